// `thidua import` against a service that judges, and the code that the command ends with.
#include "services/cli/import_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/fault.h"
#include "services/platform/caller.h"
#include "services/platform/errors.h"
#include "services/result_files/fake_imports_testlib.h"
#include "services/result_files/import.h"
#include "services/sheets/table.h"

namespace thidua::cli {
namespace {

using result_files::FakeImports;
using results::v1::Import;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/6-thang";
const grpc::Status kCut(grpc::StatusCode::UNAVAILABLE, "cut");

class ImportCommandTest : public testing::Test {
 protected:
  ImportCommandTest() {
    std::string pattern = testing::TempDir() + "import-command-test-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ImportCommandTest() override { std::filesystem::remove_all(folder_); }

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
  // The rows of a table, cells between bars.
  static std::vector<std::string> RowsOf(const std::string& path) {
    std::vector<std::string> rows;
    const auto table = sheets::OpenTable(sheets::TableSource::File(path));
    sheets::Row row;
    while (table.ok() && (*table)->Next(row).value_or(false)) {
      rows.push_back(absl::StrJoin(row.cells, "|", [](std::string* out, const sheets::Cell& cell) {
        absl::StrAppend(out, cell.text);
      }));
    }
    return rows;
  }

  absl::StatusOr<ImportAnswer> Run(ImportWish wish) {
    return ImportFile(std::move(wish), caller_, progress_, 200);
  }
  ImportWish WishOf(const std::string& path) const {
    ImportWish wish;
    wish.file = {path, "", {}, kPeriod};
    return wish;
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
  Progress progress_{false};
};

TEST_F(ImportCommandTest, APlanIsToldWithItsRowsAndHowToStoreIt) {
  const std::string path =
      Write("a.csv", "Đơn vị,Chỉ tiêu,Kết quả\nSở Y tế,a,1\n,b,sai\n,c,1.250\n,d,\n");
  const auto answer = Run(WishOf(path));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->has_rejected);
  EXPECT_THAT(answer->page,
              AllOf(HasSubstr("chưa lưu gì"), HasSubstr("C3"), HasSubstr("Kết quả"),
                    HasSubstr("TỪ CHỐI: Không đọc được số “sai”."), HasSubstr("C4"),
                    HasSubstr("“1.250” được hiểu là 1.250."), HasSubstr("1 dòng chưa có số liệu"),
                    HasSubstr("thidua import commit tep-"), HasSubstr("--skip_rejected")));
}

TEST_F(ImportCommandTest, TheSameCommandAgainShowsTheSamePlan) {
  const std::string path = WriteRows(30);
  const auto first = Run(WishOf(path));
  const auto second = Run(WishOf(path));
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(second->json, first->json);
  EXPECT_THAT(first->page, Not(HasSubstr("từ lần chạy trước")));
  EXPECT_THAT(second->page, HasSubstr("30 dòng đã nhận từ lần chạy trước"));
  ExpectRows(30);
}

TEST_F(ImportCommandTest, IsCommittedAtOnceOnlyWhenNothingIsRejected) {
  ImportWish wish = WishOf(Write("sai.csv", "Mã chỉ tiêu,Kết quả\na,1\nb,sai\n"));
  wish.commit = true;
  ASSERT_TRUE(Run(wish).ok());
  EXPECT_EQ(service_.import().state(), Import::STATE_PLANNED);
  wish.skip_rejected = true;
  const auto skipped = Run(wish);
  ASSERT_TRUE(skipped.ok()) << skipped.status();
  EXPECT_TRUE(skipped->has_rejected);
  EXPECT_EQ(service_.import().state(), Import::STATE_STORED);

  ImportWish right = WishOf(WriteRows(3));
  right.commit = true;
  const auto stored = Run(right);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_THAT(stored->page, AllOf(HasSubstr("ĐÃ LƯU"), Not(HasSubstr("từ trước"))));
  const auto again = Run(right);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(again->page, HasSubstr("đã lưu từ trước"));
}

// Runs the command by the shell; the arguments are the test's own.
int ExitCodeOf(const std::string& arguments) {
  const int status = std::system(absl::StrCat(THIDUA_COMMAND, " ", arguments, " 2>&1").c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(ImportCommandTest, TheCommandEndsWithACodeThatSaysWhose) {
  const std::string right = WriteRows(3), wrong = Write("sai.csv", "Mã chỉ tiêu,Kết quả\nb,sai\n");
  const std::string period = absl::StrCat(" --period=", kPeriod);
  const std::string there = absl::StrCat(" --results=", service_.address());
  struct Case {
    std::string arguments;
    int code;
  };
  const Case cases[] = {
      {absl::StrCat("import ", right, period, there), 0},
      {absl::StrCat("import ", right, period, there, " --columns='Kết quả=B' --commit"), 0},
      {absl::StrCat("import ", wrong, period, there), 1},
      {absl::StrCat("import ", wrong, period, there, " --commit"), 1},
      {absl::StrCat("import ", wrong, period, there, " --store"), 1},
      {absl::StrCat("import ", wrong, period, there, " --store --commit"), 2},
      {absl::StrCat("import ", right, period, there, " --columns='Màu=B'"), 2},
      {absl::StrCat("import ", right, there), 2},
      {absl::StrCat("import /khong-co.xlsx", period, there), 2},
      {absl::StrCat("import ", right, period, " --results=127.0.0.1:1 --patience=100ms"), 3},
      {absl::StrCat("export ", kPeriod, " ", folder_.string(), "/ra.csv", there), 0},
      {absl::StrCat("export ", kPeriod, " ", folder_.string(), "/ra.doc", there), 2},
      {"evidence", 2},
  };
  for (const Case& c : cases) EXPECT_EQ(ExitCodeOf(c.arguments), c.code) << c.arguments;
}

TEST_F(ImportCommandTest, ACommitIsAskedAgainAndAMovedPlanIsToldByPlaces) {
  ASSERT_TRUE(result_files::SendTable(
                  {{WriteRows(5), "", {}, kPeriod}, "imports/thu", Import::MODE_PLAN, ""}, caller_)
                  .ok());
  service_.AnswerCommits(
      {kCut, platform::ToGrpcStatus(platform::Refusal(absl::StatusCode::kAborted, "rows[3]",
                                                      "PLAN_MOVED", "Nay sẽ sửa."))});
  const auto moved = CommitImport("thu", false, caller_, progress_, 100);
  EXPECT_TRUE(absl::IsAborted(moved.status()));
  const auto faults = domain::FaultsOf(moved.status());
  ASSERT_THAT(faults, SizeIs(2));
  EXPECT_EQ(faults[0], (domain::Fault{"B5", "PLAN_MOVED", "Nay sẽ sửa."}));
  EXPECT_THAT(faults[1].message, HasSubstr("--import=thu-2"));
  service_.AnswerCommits({kCut});
  EXPECT_TRUE(CommitImport("imports/thu", false, caller_, progress_, 100).ok());
}

TEST_F(ImportCommandTest, ACopyOfTheTableSaysWhatIsToBeMendedAndCanBeImportedAgain) {
  std::string text = "Báo cáo\nĐơn vị,Chỉ tiêu,Kết quả,Người lập\nSở Y tế,a,1,An\nNhóm,,,\n";
  for (int i = 0; i < 5; ++i) absl::StrAppend(&text, "Sở Y tế,b", i, ",sai,An\nSở Y tế,c,1.250,\n");
  ImportWish wish = WishOf(Write("a.csv", text));
  for (const char* ending : {"csv", "xlsx"}) {
    SCOPED_TRACE(ending);
    wish.errors = folder_ / absl::StrCat("loi.", ending);
    const auto answer = Run(wish);
    ASSERT_TRUE(answer.ok()) << answer.status();
    std::vector<std::string> expected = {"Đơn vị|Chỉ tiêu|Kết quả|Người lập|Lỗi / Gợi ý",
                                         "Sở Y tế|a|1|An", "Nhóm"};
    for (int i = 0; i < 5; ++i) {
      expected.push_back(
          absl::StrCat("Sở Y tế|b", i, "|sai|An|Không đọc được số “sai”. (Có thể là: 5)"));
      expected.push_back("Sở Y tế|c|1.250||Lưu ý: “1.250” được hiểu là 1.250.");
    }
    EXPECT_EQ(RowsOf(wish.errors), expected);

    ImportWish again = WishOf(wish.errors);
    again.errors = folder_ / absl::StrCat("loi-2.", ending);
    ASSERT_TRUE(Run(again).ok());
    EXPECT_EQ(RowsOf(again.errors), expected) << "one column of remarks, not two";
  }
}

}  // namespace
}  // namespace thidua::cli
