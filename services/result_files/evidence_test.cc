// Documents sent and fetched over a line that breaks.
#include "services/result_files/evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/platform/digest.h"
#include "services/result_files/fake_imports_testlib.h"
#include "services/result_files/file_digest.h"
#include "services/result_files/file_fault.h"

namespace thidua::result_files {
namespace {

using testing::SizeIs;

constexpr char kPact[] = "blocs/khoi-4/pacts/2019";

class EvidenceTest : public testing::Test {
 protected:
  EvidenceTest() {
    std::string pattern = testing::TempDir() + "evidence-test-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~EvidenceTest() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }

  std::filesystem::path folder_;
  FakeImports service_;
  platform::Caller caller_{{"", service_.address(), ""}, absl::Seconds(5)};
};

TEST(MediaTypeTest, IsByTheEndingHoweverItIsWritten) {
  EXPECT_EQ(MediaTypeOf("Báo cáo.PDF"), "application/pdf");
  EXPECT_EQ(MediaTypeOf("a.b.jpeg"), "image/jpeg");
  EXPECT_EQ(MediaTypeOf("a.exe"), "");
  EXPECT_EQ(MediaTypeOf("pdf"), "");
}

TEST_F(EvidenceTest, ADocumentIsSentWholeAfterACut) {
  const std::string bytes = absl::StrCat("%PDF-", std::string(3 << 20, 'x'));
  service_.CutDocuments({{grpc::StatusCode::UNAVAILABLE, "cut"}});
  const auto evidence = PutEvidence(kPact, "so-y-te", Write("Báo cáo.pdf", bytes), caller_);
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  EXPECT_EQ(evidence->name(), absl::StrCat(kPact, "/evidence/", platform::Sha256Hex(bytes)));
  EXPECT_EQ(service_.uploaded().evidence().file_name(), "Báo cáo.pdf");
  EXPECT_EQ(service_.uploaded().evidence().unit(), "units/so-y-te");
  EXPECT_EQ(service_.uploaded().evidence().media_type(), "application/pdf");
  EXPECT_EQ(service_.uploaded().evidence().size(), static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(service_.document(), bytes);
}

TEST_F(EvidenceTest, BytesInMemoryGoTheSameWay) {
  const std::string bytes = absl::StrCat("%PDF-", std::string((2 << 20) + 3, 'x'));
  service_.CutDocuments({{grpc::StatusCode::UNAVAILABLE, "cut"}});
  const auto evidence = PutEvidenceBytes(kPact, "units/so-y-te", "Báo cáo.pdf", bytes, caller_);
  ASSERT_TRUE(evidence.ok()) << evidence.status();
  EXPECT_EQ(service_.uploaded().evidence().size(), static_cast<int64_t>(bytes.size()));
  EXPECT_EQ(service_.document(), bytes);

  service_.CutDocuments({{grpc::StatusCode::UNAVAILABLE, "cut"}});
  const auto fetched = FetchEvidence(evidence->name(), bytes.size(), caller_);
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  EXPECT_EQ(fetched->bytes, bytes);
  EXPECT_TRUE(absl::IsResourceExhausted(
      FetchEvidence(evidence->name(), bytes.size() - 1, caller_).status()));
  service_.document() += "c";
  EXPECT_TRUE(
      absl::IsDataLoss(FetchEvidence(evidence->name(), bytes.size() + 1, caller_).status()));
}

TEST_F(EvidenceTest, WhatTheServiceDoesNotTakeIsNotSent) {
  const auto refused = PutEvidence(kPact, "so-y-te", Write("a.exe", "MZ"), caller_);
  ASSERT_THAT(domain::FaultsOf(refused.status()), SizeIs(1));
  EXPECT_EQ(domain::FaultsOf(refused.status())[0].reason, "MEDIA_TYPE_NOT_TAKEN");
  EXPECT_TRUE(
      absl::IsNotFound(PutEvidence(kPact, "so-y-te", folder_ / "khong-co.pdf", caller_).status()));
}

TEST_F(EvidenceTest, ADocumentComesWholeOrNotAtAll) {
  service_.document() = std::string(100'000, 'a') + "b";
  const std::string name =
      absl::StrCat(kPact, "/evidence/", platform::Sha256Hex(service_.document()));
  const std::string path = folder_ / "ve.pdf";
  service_.CutDocuments({{grpc::StatusCode::UNAVAILABLE, "cut"}});
  ASSERT_TRUE(GetEvidence(name, path, caller_).ok());
  EXPECT_EQ(DigestFile(path)->sha256, platform::Sha256Hex(service_.document()));

  const auto again = GetEvidence(name, path, caller_);
  EXPECT_TRUE(absl::IsAlreadyExists(again.status()));
  EXPECT_TRUE(IsAboutTheFile(again.status()));
  service_.document() += "c";
  const std::string other = folder_ / "khac.pdf";
  EXPECT_TRUE(absl::IsDataLoss(GetEvidence(name, other, caller_).status()));
  EXPECT_FALSE(std::filesystem::exists(other));
  EXPECT_FALSE(std::filesystem::exists(other + ".part"));
  EXPECT_TRUE(IsAboutTheFile(GetEvidence(name, "/khong-co-thu-muc/a.pdf", caller_).status()));
}

}  // namespace
}  // namespace thidua::result_files
