// Lines between real servers and clients on loopback.
#include "services/platform/tls.h"

#include <gmock/gmock.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "services/platform/certificates_testlib.h"
#include "services/platform/channel.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::platform {
namespace {

using scoring::v1::GetRankingRequest;
using scoring::v1::GetRankingResponse;
using scoring::v1::ScoringService;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr absl::Duration kPatience = absl::Seconds(20);

// Answers who it was that called: the names in the certificate that the line was authenticated by.
class Doorkeeper : public ScoringService::Service {
 public:
  grpc::Status GetRanking(grpc::ServerContext* context, const GetRankingRequest*,
                          GetRankingResponse* response) override {
    const auto line = context->auth_context();
    scoring::v1::Ranking& ranking = *response->mutable_ranking();
    ranking.set_name(context->peer());  // The connection.
    if (line != nullptr && line->IsPeerAuthenticated()) {
      for (const grpc::string_ref& name : line->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
        ranking.set_revision(std::string(name.data(), name.size()));
      }
    }
    return grpc::Status::OK;
  }
};

// As one process has them.
using Flags = std::vector<std::pair<std::string, std::string>>;

class TlsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ours_ = new Certificates;
    theirs_ = new Certificates;
    for (const char* name : {"late", "gone"}) ours_->Issue(name);
    ours_->LetExpire("portal");
    ours_->LetExpire("gone");
  }
  static void TearDownTestSuite() {
    delete ours_;
    delete theirs_;
  }

  static void SetFlags(const Flags& flags) {
    for (const char* name : {"tls_certificate", "tls_key", "tls_caller_certificate",
                             "tls_caller_key", "tls_client_ca", "tls_ca"}) {
      SetFlag(name, "");
    }
    SetFlag("tls_require_client_certificate", "false");
    for (const auto& [name, value] : flags) SetFlag(name, value);
  }
  static void SetFlag(const std::string& name, const std::string& value) {
    std::string error;
    ASSERT_TRUE(absl::FindCommandLineFlag(name)->ParseFrom(value, &error)) << error;
  }
  static Flags Pair(const Certificates& of, const std::string& name) {
    return {{"tls_certificate", of.pem(name)}, {"tls_key", of.key(name)}};
  }
  static Flags With(Flags flags, const Flags& more) {
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
  }

  // Serves with those flags.
  void Serve(const Flags& flags, const std::string& ip = "127.0.0.1") {
    SetFlags(flags);
    const auto tls = Tls::OfProcess();
    ASSERT_TRUE(tls.ok()) << tls.status();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(ip + ":0", (*tls)->ServerCredentials(), &port);
    builder.RegisterService(&doorkeeper_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    address_ = absl::StrCat(ip, ":", port);
  }

  static std::shared_ptr<grpc::Channel> Channel(const Flags& flags, const std::string& address) {
    SetFlags(flags);
    return ChannelTo(address);
  }
  static grpc::Status Call(const std::shared_ptr<grpc::Channel>& channel,
                           GetRankingResponse& response,
                           std::shared_ptr<const grpc::AuthContext>* line = nullptr) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    const grpc::Status status =
        ScoringService::NewStub(channel)->GetRanking(&context, {}, &response);
    if (line != nullptr) *line = context.auth_context();
    return status;
  }
  // "OK" and by which name the caller is known there, or the refusal.
  static std::string Said(const std::shared_ptr<grpc::Channel>& channel) {
    GetRankingResponse response;
    const grpc::Status status = Call(channel, response);
    if (status.ok()) return absl::StrCat("OK ", response.ranking().revision());
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
    return "UNAVAILABLE";
  }

  static Certificates* ours_;
  static Certificates* theirs_;
  absl::FlagSaver saver_;
  Doorkeeper doorkeeper_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};
Certificates* TlsTest::ours_ = nullptr;
Certificates* TlsTest::theirs_ = nullptr;

TEST_F(TlsTest, WhoIsLetInAndByWhichName) {
  const Flags plain;
  const Flags registry = Pair(*ours_, "registry");
  const Flags asks = With(registry, {{"tls_client_ca", ours_->ca()}});
  const Flags insists = With(asks, {{"tls_require_client_certificate", "true"}});
  const Flags nobody = {{"tls_ca", ours_->ca()}};
  const Flags administrator = With(Pair(*ours_, "administrator"), nobody);
  const Flags foreigner = With(Pair(*theirs_, "administrator"), nobody);
  const Flags expired = With(Pair(*ours_, "gone"), nobody);
  const Flags credulous = {{"tls_ca", theirs_->ca()}};

  const char kNobody[] = "OK ";
  const char kAdministrator[] = "OK spiffe://thidua/administrator";
  const char kRefused[] = "UNAVAILABLE";
  const struct {
    const char* what;
    Flags server, client;
    const char* said;
  } kCases[] = {
      {"plaintext on both sides", plain, plain, kNobody},
      {"plaintext before TLS", registry, plain, kRefused},
      {"plaintext before TLS that insists", insists, plain, kRefused},
      {"TLS before plaintext", plain, nobody, kRefused},
      {"nobody is asked", registry, nobody, kNobody},
      {"who is not asked is not known", registry, administrator, kNobody},
      {"who is asked may show nothing, and is nobody", asks, nobody, kNobody},
      {"who shows a certificate is known by it", asks, administrator, kAdministrator},
      {"a certificate of another CA is worse than none", asks, foreigner, kRefused},
      {"an expired one too", asks, expired, kRefused},
      {"who must show one and does not", insists, nobody, kRefused},
      {"who must show one and does", insists, administrator, kAdministrator},
      {"who must show one and has that of another CA", insists, foreigner, kRefused},
      {"who must show one and has an expired one", insists, expired, kRefused},
      {"a server of another CA", registry, credulous, kRefused},
      {"a server whose certificate has expired", Pair(*ours_, "portal"), nobody, kRefused},
      {"a caller's certificate is none to serve with", Pair(*ours_, "administrator"), nobody,
       kRefused},
  };
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.what);
    server_ = nullptr;
    Serve(one.server);
    EXPECT_EQ(Said(Channel(one.client, address_)), one.said);
  }
}

// As the portal, when browsers do not know the CA of the services.
TEST_F(TlsTest, WhomItCallsMayBeShownAnotherCertificate) {
  Serve(With(Pair(*ours_, "registry"), {{"tls_client_ca", ours_->ca()}}));
  const Flags portal = {{"tls_caller_certificate", ours_->pem("administrator")},
                        {"tls_caller_key", ours_->key("administrator")},
                        {"tls_ca", ours_->ca()}};
  EXPECT_EQ(Said(Channel(portal, address_)), "OK spiffe://thidua/administrator");
  const Flags public_too = With(portal, Pair(*theirs_, "registry"));
  EXPECT_EQ(Said(Channel(public_too, address_)), "OK spiffe://thidua/administrator");
  Serve(public_too);
  EXPECT_EQ(ShakeHands(address_).serial, theirs_->serial("registry"));
}

TEST_F(TlsTest, TheNameThatIsCalledStandsInTheCertificate) {
  const Flags nobody = {{"tls_ca", ours_->ca()}};
  Serve(Pair(*ours_, "registry"));
  EXPECT_EQ(Said(Channel(nobody, address_)), "OK ");
  EXPECT_EQ(Said(Channel(nobody, "localhost" + address_.substr(address_.rfind(':')))), "OK ");
  server_ = nullptr;
  Serve(Pair(*ours_, "registry"), "127.0.0.2");
  GetRankingResponse response;
  const grpc::Status status = Call(Channel(nobody, address_), response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("Hostname Verification"));
}

TEST_F(TlsTest, NothingBelowTls12) {
  Serve(Pair(*ours_, "registry"));
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    HandshakeOptions options;
    options.version_max = version;
    EXPECT_FALSE(ShakeHands(address_, options).done);
  }
  HandshakeOptions options;
  options.version_max = TLS1_2_VERSION;
  EXPECT_EQ(ShakeHands(address_, options).protocol, "TLSv1.2");
  EXPECT_EQ(ShakeHands(address_).protocol, "TLSv1.3");
}

std::string SerialShown(const grpc::AuthContext& line) {
  const std::vector<grpc::string_ref> pem =
      line.FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  EXPECT_EQ(pem.size(), 1u);
  if (pem.empty()) return "";
  BIO* const bio = BIO_new_mem_buf(pem[0].data(), static_cast<int>(pem[0].size()));
  X509* const certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  std::string serial = SerialOf(certificate);
  X509_free(certificate);
  BIO_free(bio);
  return serial;
}

// Whether a new connection is soon shown that certificate.
bool AwaitShown(const std::string& address, const std::string& serial) {
  const absl::Time until = absl::Now() + kPatience;
  while (absl::Now() < until) {
    if (ShakeHands(address).serial == serial) return true;
    absl::SleepFor(absl::Milliseconds(100));
  }
  return false;
}

TEST_F(TlsTest, AReplacedCertificateIsShownToNewLinesAndOldOnesGoOn) {
  Serve(Pair(*ours_, "scoring"));
  const std::string before = ours_->serial("scoring");
  EXPECT_EQ(ShakeHands(address_).serial, before);
  const auto old = Channel({{"tls_ca", ours_->ca()}}, address_);
  GetRankingResponse first, second;
  ASSERT_TRUE(Call(old, first).ok());

  ours_->Issue("scoring");
  const std::string after = ours_->serial("scoring");
  ASSERT_NE(after, before);
  EXPECT_TRUE(AwaitShown(address_, after));
  std::shared_ptr<const grpc::AuthContext> line;
  ASSERT_TRUE(Call(old, second, &line).ok());
  EXPECT_EQ(second.ranking().name(), first.ranking().name()) << "over another connection";
  EXPECT_EQ(SerialShown(*line), before);
}

TEST_F(TlsTest, ACallerShowsItsReplacedCertificateOnNewLines) {
  Serve(With(Pair(*ours_, "registry"), {{"tls_client_ca", ours_->ca()}}));
  const Flags late = With(Pair(*ours_, "late"), {{"tls_ca", ours_->ca()}});
  const auto channel = Channel(late, address_);
  EXPECT_EQ(Said(channel), "OK spiffe://thidua/late");
  // As its certificate, but by whom it says that it is.
  ours_->Issue("early");
  for (const char* kind : {".key", ".pem"}) {
    std::filesystem::copy_file(ours_->folder() / absl::StrCat("early", kind),
                               ours_->folder() / absl::StrCat("late", kind),
                               std::filesystem::copy_options::overwrite_existing);
  }
  const std::string port = address_.substr(address_.rfind(':'));
  const absl::Time until = absl::Now() + kPatience;
  std::string said;
  do {
    // A connection of its own each time: gRPC would use one that it has.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    said = Said(
        grpc::CreateCustomChannel(address_, (*Tls::OfProcess())->ChannelCredentials(), arguments));
    if (said != "OK spiffe://thidua/early") absl::SleepFor(absl::Milliseconds(100));
  } while (said != "OK spiffe://thidua/early" && absl::Now() < until);
  EXPECT_EQ(said, "OK spiffe://thidua/early");
  EXPECT_EQ(Said(channel), "OK spiffe://thidua/late");
}

TEST_F(TlsTest, APairThatDoesNotFitIsNotTakenWhileOtherFilesAre) {
  const std::string client_ca = (ours_->folder() / "callers.pem").string();
  const auto trust = [&](const Certificates& whose) {
    std::filesystem::copy_file(whose.ca(), client_ca,
                               std::filesystem::copy_options::overwrite_existing);
  };
  trust(*ours_);
  Serve(With(Pair(*ours_, "results-ingest"),
             {{"tls_client_ca", client_ca}, {"tls_require_client_certificate", "true"}}));
  const std::string before = ours_->serial("results-ingest");

  std::filesystem::copy_file(ours_->key("registry"), ours_->key("results-ingest"),
                             std::filesystem::copy_options::overwrite_existing);
  // Whoever is trusted anew is let in only when all files have been looked at again; the second
  // time, that was after the key was spoilt.
  for (const Certificates* whose : {theirs_, ours_}) {
    trust(*whose);
    const Flags caller = With(Pair(*whose, "administrator"), {{"tls_ca", ours_->ca()}});
    const absl::Time until = absl::Now() + kPatience;
    std::string said;
    do {
      const auto channel = Channel(caller, address_);
      said = Said(channel);
      if (said == "UNAVAILABLE") absl::SleepFor(absl::Milliseconds(100));
    } while (said == "UNAVAILABLE" && absl::Now() < until);
    EXPECT_EQ(said, "OK spiffe://thidua/administrator");
  }
  EXPECT_EQ(ShakeHands(address_).serial, before);

  ours_->Issue("results-ingest");
  EXPECT_TRUE(AwaitShown(address_, ours_->serial("results-ingest")));
}

TEST_F(TlsTest, FlagsThatDoNotGoTogetherAreTold) {
  const std::string ca = ours_->ca();
  const struct {
    Flags flags;
    const char* told;
  } kCases[] = {
      {{{"tls_certificate", ours_->pem("registry")}}, "--tls_key"},
      {{{"tls_key", ours_->key("registry")}}, "--tls_certificate"},
      {{{"tls_client_ca", ca}}, "--tls_certificate"},
      {{{"tls_caller_certificate", ours_->pem("registry")}, {"tls_ca", ca}}, "--tls_caller_key"},
      {{{"tls_caller_certificate", ours_->pem("registry")},
        {"tls_caller_key", ours_->key("registry")}},
       "--tls_ca"},
      {With(Pair(*ours_, "registry"), {{"tls_require_client_certificate", "true"}}),
       "--tls_client_ca"},
      {{{"tls_ca", "/nowhere/ca.pem"}}, "/nowhere/ca.pem"},
      {{{"tls_ca", ours_->key("registry")}}, "no certificate"},
      {With(Pair(*ours_, "registry"), {{"tls_client_ca", "/nowhere/ca.pem"}}), "/nowhere/ca.pem"},
      {{{"tls_certificate", ours_->pem("registry")}, {"tls_key", ours_->key("scoring")}},
       "mismatch"},
  };
  for (const auto& one : kCases) {
    SetFlags(one.flags);
    const auto tls = Tls::OfProcess();
    EXPECT_EQ(tls.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(tls.status().message()), HasSubstr(one.told));
    // And nothing is said in plaintext instead.
    GetRankingResponse response;
    EXPECT_EQ(Call(ChannelTo("127.0.0.1:1"), response).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
}

}  // namespace
}  // namespace thidua::platform
