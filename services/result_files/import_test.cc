// Imports against a service that cuts the line, refuses, and takes over.
#include "services/result_files/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/caller.h"
#include "services/platform/errors.h"
#include "services/result_files/fake_imports_testlib.h"
#include "services/result_files/file_fault.h"

namespace thidua::result_files {
namespace {

using results::v1::Import;
using testing::AllOf;
using testing::Each;
using testing::Le;
using testing::SizeIs;

constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/6-thang";
const grpc::Status kCut(grpc::StatusCode::UNAVAILABLE, "cut");

class ImportTest : public testing::Test {
 protected:
  ImportTest() {
    std::string pattern = testing::TempDir() + "import-test-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ImportTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }
  // Rows of a target each, "muc-0" on.
  std::string WriteRows(int count, const std::string& note = "") const {
    std::string text = "Mã chỉ tiêu,Kết quả,Ghi chú\n";
    for (int i = 0; i < count; ++i) absl::StrAppend(&text, "muc-", i, ",", i, ",", note, "\n");
    return Write("rows.csv", text);
  }

  static ImportJob JobOf(const std::string& path) {
    return {{path, "", {}, kPeriod}, "imports/thu", Import::MODE_PLAN, ""};
  }
  absl::StatusOr<SentImport> Send(const std::string& path) {
    return SendTable(JobOf(path), caller_);
  }
  // Every row once and in order, whatever happened on the way.
  void ExpectRows(int count) const {
    ASSERT_THAT(service_.rows(), SizeIs(count));
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(service_.rows()[static_cast<size_t>(i)].row().actual().text(), absl::StrCat(i));
    }
  }

  std::filesystem::path folder_;
  FakeImports service_;
  platform::Caller caller_{{"", service_.address(), ""}, absl::Seconds(5)};
};

TEST_F(ImportTest, SendsEveryRowOnceInChunks) {
  const auto sent = Send(WriteRows(2500));
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_EQ(sent->import.state(), Import::STATE_PLANNED);
  EXPECT_EQ(sent->import.counts().created(), 2500);
  EXPECT_THAT(service_.chunk_bytes(), SizeIs(3));
  ExpectRows(2500);
}

TEST_F(ImportTest, AChunkIsNoLargerThanOneMebibyte) {
  ASSERT_TRUE(Send(WriteRows(600, std::string(5000, 'a'))).ok());
  EXPECT_THAT(service_.chunk_bytes(), AllOf(SizeIs(3), Each(Le((1u << 20) + 4096))));
}

TEST_F(ImportTest, EightChunksAreOnTheirWayBeforeTheFirstIsAcknowledged) {
  service_.AcknowledgeInRunsOf(8);
  ASSERT_TRUE(Send(WriteRows(20'000)).ok());
  ExpectRows(20'000);
}

TEST_F(ImportTest, ACutLineIsTakenUpWhereItWasCut) {
  service_.CutStreams({{3, kCut}, {0, kCut}, {1, {grpc::StatusCode::CANCELLED, "gone"}}});
  const auto sent = Send(WriteRows(9500));
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_EQ(service_.streams(), 4);
  ExpectRows(9500);
}

TEST_F(ImportTest, AnEmptyTableIsAnImportOfNoRows) {
  const auto sent = Send(WriteRows(0));
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_EQ(sent->import.state(), Import::STATE_PLANNED);
}

TEST_F(ImportTest, ARefusalIsNotTriedAgain) {
  service_.CutStreams(
      {{1, platform::ToGrpcStatus(platform::Refusal(absl::StatusCode::kAborted, "start.import",
                                                    "IMPORT_TAKEN_OVER", "Kết nối khác."))}});
  const auto sent = Send(WriteRows(3000));
  EXPECT_TRUE(absl::IsAborted(sent.status()));
  ASSERT_THAT(domain::FaultsOf(sent.status()), SizeIs(1));
  EXPECT_EQ(domain::FaultsOf(sent.status())[0].reason, "IMPORT_TAKEN_OVER");
  EXPECT_EQ(service_.streams(), 1);
}

TEST_F(ImportTest, PatienceHasAnEnd) {
  platform::Caller nobody({"", "127.0.0.1:1", ""}, absl::Milliseconds(300));
  const absl::Time begun = absl::Now();
  const auto sent = SendTable(JobOf(WriteRows(3)), nobody);
  EXPECT_TRUE(absl::IsUnavailable(sent.status()));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
}

TEST_F(ImportTest, AFileThatBreaksOffIsNotFinished) {
  const auto sent = Send(Write("broken.csv", "Mã chỉ tiêu,Kết quả\nmuc-0,0\nmuc-1,\"1\n"));
  EXPECT_TRUE(IsAboutTheFile(sent.status())) << sent.status();
  EXPECT_NE(service_.import().state(), Import::STATE_PLANNED);
}

TEST_F(ImportTest, AFileOfAnotherLengthIsToldApart) {
  ASSERT_TRUE(Send(WriteRows(5)).ok());
  for (const int rows : {3, 7}) {
    const auto again = Send(WriteRows(rows));
    ASSERT_THAT(domain::FaultsOf(again.status()), SizeIs(1)) << rows;
    EXPECT_EQ(domain::FaultsOf(again.status())[0].reason, "FILE_CHANGED");
  }
}

TEST_F(ImportTest, TheNameIsOfTheFileAndHowItIsRead) {
  const ResultFile file{WriteRows(3), "", {}, kPeriod};
  const auto name = ImportNameOf(file, Import::MODE_PLAN);
  ASSERT_TRUE(name.ok());
  EXPECT_THAT(*name, testing::MatchesRegex("imports/tep-[0-9a-f]+"));
  EXPECT_EQ(*ImportNameOf(file, Import::MODE_PLAN), *name);
  ResultFile other = file;
  other.columns[ResultField::kActual] = 2;
  EXPECT_NE(*ImportNameOf(other, Import::MODE_PLAN), *name);
  other = file;
  other.period += "-2";
  EXPECT_NE(*ImportNameOf(other, Import::MODE_PLAN), *name);
  EXPECT_NE(*ImportNameOf(file, Import::MODE_STORE), *name);
  other = file;
  other.path = Write("other.csv", "Mã chỉ tiêu,Kết quả\n");
  EXPECT_NE(*ImportNameOf(other, Import::MODE_PLAN), *name);
  EXPECT_TRUE(
      absl::IsNotFound(ImportNameOf({"/khong-co", "", {}, ""}, Import::MODE_PLAN).status()));
}

}  // namespace
}  // namespace thidua::result_files
