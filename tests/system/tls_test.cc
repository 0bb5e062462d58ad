// The real services under certificates and a policy: who is let in, and what is replaced under way.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/certificates_testlib.h"
#include "services/portal/http_client_testlib.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using portal::HttpClient;
using testing::HasSubstr;

constexpr int kDone = 0, kRefused = 1, kUnreachable = 3;

class TlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite(/*tls=*/true);
    const CommandOutcome load = suite_->Command({"load", Khoi4Folder().string()});
    ASSERT_EQ(load.exit_code, kDone) << load.err;
    suite_->FreshRanking();
    suite_->Start(Suite::kPortal);
  }
  static void TearDownTestSuite() { delete suite_; }

  // The review, by who has that name's certificate.
  static CommandOutcome ReviewAs(const std::string& name) {
    std::vector<std::string> words = suite_->TlsFlags(name);
    words.insert(words.end(), {"--patience=1s", "review", kMidYear2019});
    return suite_->Command(words);
  }
  static std::string SerialOf(const std::string& name) {
    const std::string pem = platform::ContentOf(suite_->certificates() / (name + ".pem"));
    BIO* const bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    X509* const certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    std::string serial = platform::SerialOf(certificate);
    X509_free(certificate);
    BIO_free(bio);
    return serial;
  }
  static std::string Shown(Suite::Service service) {
    return platform::ShakeHands(suite_->address(service)).serial;
  }

  static Suite* suite_;
};
Suite* TlsTest::suite_ = nullptr;

TEST_F(TlsTest, WhoeverShowsNoCertificateOfOursIsNotLetIn) {
  EXPECT_EQ(ReviewAs("administrator").exit_code, kDone);
  const CommandOutcome anonymous = suite_->Command(
      {"--tls_certificate=", "--tls_key=", "--patience=0s", "review", kMidYear2019});
  EXPECT_EQ(anonymous.exit_code, kUnreachable) << anonymous.err;
  const CommandOutcome plaintext =
      suite_->Command({"--tls_ca=", "--patience=0s", "review", kMidYear2019});
  EXPECT_EQ(plaintext.exit_code, kUnreachable) << plaintext.err;
  const platform::Certificates others;
  const CommandOutcome foreign = suite_->Command(
      {"--tls_certificate=" + others.pem("administrator"),
       "--tls_key=" + others.key("administrator"), "--patience=0s", "review", kMidYear2019});
  EXPECT_EQ(foreign.exit_code, kUnreachable) << foreign.err;
}

TEST_F(TlsTest, ACertificateIsWhoOneIsNotWhatOneMay) {
  suite_->IssueCertificate("somebody");
  const CommandOutcome somebody = ReviewAs("somebody");
  EXPECT_EQ(somebody.exit_code, kRefused);
  EXPECT_THAT(somebody.err, HasSubstr("NOT_ALLOWED"));
  // A service may not do what a registrar may.
  std::vector<std::string> words = suite_->TlsFlags("scoring");
  words.insert(words.end(), {"load", Khoi4Folder().string()});
  const CommandOutcome scoring = suite_->Command(words);
  EXPECT_EQ(scoring.exit_code, kRefused);
  EXPECT_THAT(scoring.err, HasSubstr("NOT_ALLOWED"));
}

TEST_F(TlsTest, ThePortalAnswersByHttpsWhatItAsksByTls) {
  const auto tls = portal::ClientTls((suite_->certificates() / "ca.pem").string());
  HttpClient client(suite_->address(Suite::kPortal), 0, tls.get());
  const std::string target = absl::StrCat("/v1/", kMidYear2019, "/review");
  const portal::HttpReceived visitor = client.Ask("GET", target);
  EXPECT_EQ(visitor.status, 403u) << visitor.body;
  const portal::HttpReceived review =
      client.Ask("GET", target, {absl::StrCat("Authorization: Bearer ", suite_->CouncilToken())});
  EXPECT_EQ(review.status, 200u) << review.body;
  EXPECT_THAT(review.body, HasSubstr("17.893/35.000"));
  EXPECT_THAT(review.header("Strict-Transport-Security"), HasSubstr("max-age"));
  EXPECT_EQ(HttpClient(suite_->address(Suite::kPortal)).Ask("GET", "/").status, 0u);
}

TEST_F(TlsTest, CertificatesAreReplacedUnderWay) {
  const Suite::Service all[] = {Suite::kRegistry, Suite::kResults, Suite::kScoring, Suite::kPortal};
  const char* const names[] = {"registry", "results-ingest", "scoring", "portal"};
  const auto tls = portal::ClientTls((suite_->certificates() / "ca.pem").string());
  HttpClient old(suite_->address(Suite::kPortal), 0, tls.get());
  const std::string ranking = absl::StrCat("/v1/", kMidYear2019, "/ranking");
  EXPECT_EQ(old.Ask("GET", ranking).status, 200u);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Shown(all[i]), SerialOf(names[i]));
  suite_->IssueCertificate("");  // All of them.
  const absl::Time until = absl::Now() + absl::Seconds(20);
  for (int i = 0; i < 4; ++i) {
    while (Shown(all[i]) != SerialOf(names[i]) && absl::Now() < until) {
      absl::SleepFor(absl::Milliseconds(20));
    }
    EXPECT_EQ(Shown(all[i]), SerialOf(names[i])) << names[i];
  }
  EXPECT_EQ(old.Ask("GET", ranking).status, 200u);
  // Lines that break come back by the new ones, and what is changed then still goes all the way.
  for (const Suite::Service service : {Suite::kRegistry, Suite::kResults}) {
    suite_->Kill(service, SIGKILL);
    suite_->Start(service);
  }
  const CommandOutcome changed = suite_->Command(
      {"call", "PutResults",
       absl::StrCat(
           R"({"period": ")", kMidYear2019, R"(", "rows": [{"target": ")", kPact2019,
           R"(/targets/giai-quyet-viec-lam", "actual": {"text": "35.000"},)",
           R"("statedPercent": {"text": "100%"}, "correctionReason": "Báo cáo muộn"}]})")});
  ASSERT_EQ(changed.exit_code, kDone) << changed.err;
  const std::string before_token = "\"freshnessToken\": \"";
  const size_t token = changed.out.find(before_token) + before_token.size();
  const CommandOutcome fresh =
      suite_->Command({"--fresh=" + changed.out.substr(token, changed.out.find('"', token) - token),
                       "ranking", kMidYear2019});
  EXPECT_EQ(fresh.exit_code, kDone) << fresh.err;
}

}  // namespace
}  // namespace thidua::tests
