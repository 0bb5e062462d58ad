// Whoever may reach the ports of registry, results-ingest and scoring, and means no good: without
// credentials, with somebody else's, with tokens of every make, beyond their rights, beyond all
// measure. Nothing of it moves anything, and who is honest is answered throughout.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "services/platform/contracts.h"
#include "services/platform/errors.h"
#include "services/platform/server.h"
#include "tests/hostile/attack_testlib.h"
#include "tests/hostile/raw_line.h"
#include "tests/hostile/token_tricks.h"
#include "tests/hostile/unfinished_requests.h"
#include "tests/system/process.h"

namespace thidua::tests {
namespace {

using access::SigningKey;
using google::protobuf::MethodDescriptor;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kNotSignedIn[] = "UNAUTHENTICATED : NOT_SIGNED_IN";
constexpr char kNotAllowed[] = "PERMISSION_DENIED : NOT_ALLOWED";
constexpr char kOwnUnit[] = "PERMISSION_DENIED : OWN_UNIT";
constexpr char kOwnBloc[] = "PERMISSION_DENIED : OWN_BLOC";
constexpr char kTokenRefused[] = "UNAUTHENTICATED : TOKEN_REFUSED";
constexpr char kTooManyCalls[] = "RESOURCE_EXHAUSTED : TOO_MANY_CALLS";
constexpr char kTooManyRefusals[] = "RESOURCE_EXHAUSTED : TOO_MANY_REFUSALS";
constexpr char kTooManyUploads[] = "RESOURCE_EXHAUSTED : TOO_MANY_UPLOADS";
constexpr char kTooManyStreams[] = "RESOURCE_EXHAUSTED : TOO_MANY_STREAMS";
constexpr char kGetRanking[] = "thidua.scoring.v1.GetRankingRequest";
constexpr Suite::Service kServices[] = {Suite::kRegistry, Suite::kResults, Suite::kScoring};

// $P, $Y, $A: the half-year, the year, the pact.
std::string Named(absl::string_view json) {
  return absl::StrReplaceAll(json, {{"$P", kMidYear2019}, {"$Y", kYear2019}, {"$A", kPact2019}});
}

const MethodDescriptor& Method(const std::string& name) { return **platform::MethodNamed(name); }

class HostileClientTest : public AttackTest {
 protected:
  static std::string GetRankingBy(const Somebody& who) {
    return Try(who, kGetRanking, Named(R"({"period":"$P"})"));
  }
  // Over a line of that make, to each service.
  static void ExpectNoLine(const std::string& make,
                           const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    const std::pair<Suite::Service, const char*> kAsked[] = {{Suite::kRegistry, "ListUnits"},
                                                             {Suite::kResults, "ListEvidence"},
                                                             {Suite::kScoring, "ListRankings"}};
    for (const auto& [service, rpc] : kAsked) {
      EXPECT_THAT(
          TryOver(guard().Line(service, credentials), guard().Token(kCouncil), Method(rpc), ""),
          StartsWith("UNAVAILABLE"))
          << make << " " << rpc;
    }
  }
  // By a new line. What was done to it may keep a service busy for a moment, and gRPC then says so.
  static void ExpectSoonAnswered(Suite::Service service) {
    const auto line = guard().Line(service, guard().Tls(""));
    const auto ask = [&] {
      return service == Suite::kResults
                 ? TryOver(line, guard().Token(kCouncil), Method("ListEvidence"),
                           absl::StrCat("\x0a", std::string(1, sizeof kPact2019 - 1), kPact2019))
                 : TryOver(line, guard().Token(kCouncil),
                           Method(service == Suite::kRegistry ? "ListUnits" : "ListRankings"), "");
    };
    std::string answer = ask();
    for (const absl::Time until = absl::Now() + absl::Seconds(20);
         answer == "RESOURCE_EXHAUSTED Server Threadpool Exhausted" && absl::Now() < until;) {
      answer = ask();
    }
    EXPECT_EQ(answer, "OK");
  }
  static std::shared_ptr<grpc::ChannelCredentials> TlsOf(const std::string& pem,
                                                         const std::string& key) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = platform::ContentOf(guard().certificates().ca());
    options.pem_cert_chain = pem;
    options.pem_private_key = key;
    return grpc::SslCredentials(options);
  }
};

// ---- Who they are ----

TEST_F(HostileClientTest, WithoutCredentialsNoRpcAnswers) {
  for (const MethodDescriptor* method : platform::AllMethods()) {
    EXPECT_EQ(TryBytes({"", ""}, *method, ""), kNotSignedIn) << method->full_name();
  }
}

TEST_F(HostileClientTest, WhomThePolicyDoesNotNameNoRpcAnswers) {
  guard().certificates().Issue("stranger");
  for (const MethodDescriptor* method : platform::AllMethods()) {
    EXPECT_EQ(TryBytes(Official(kNobody), *method, ""), kNotAllowed) << method->full_name();
    EXPECT_EQ(TryBytes({"stranger", ""}, *method, ""), kNotAllowed) << method->full_name();
  }
}

TEST_F(HostileClientTest, ALineOfAnotherMakeIsNone) {
  const platform::Certificates& ours = guard().certificates();
  const platform::Certificates foreign;
  ours.Issue("old");
  ours.LetExpire("old");
  // Signed by a certificate of ours, as if that were a CA's.
  const platform::Certificates forger;
  const auto copy = [&](const std::string& from, const std::string& to) {
    std::ofstream(forger.folder() / to, std::ios::trunc) << platform::ContentOf(from);
  };
  copy(ours.pem("portal"), "ca.pem");
  copy(ours.key("portal"), "ca.key");
  forger.Issue("administrator");

  ExpectNoLine("plaintext", grpc::InsecureChannelCredentials());
  ExpectNoLine("foreign", TlsOf(platform::ContentOf(foreign.pem("administrator")),
                                platform::ContentOf(foreign.key("administrator"))));
  ExpectNoLine("self-signed", TlsOf(platform::ContentOf(foreign.ca()),
                                    platform::ContentOf((foreign.folder() / "ca.key").string())));
  ExpectNoLine("expired",
               TlsOf(platform::ContentOf(ours.pem("old")), platform::ContentOf(ours.key("old"))));
  ExpectNoLine("signed by no CA",
               TlsOf(absl::StrCat(platform::ContentOf(forger.pem("administrator")),
                                  platform::ContentOf(ours.pem("portal"))),
                     platform::ContentOf(forger.key("administrator"))));
}

// ---- Tokens of every make ----

TEST_F(HostileClientTest, NoTokenThatIsNotSoundIsTaken) {
  ASSERT_EQ(GetRankingBy(Official(kCouncil)), "OK") << "what is varied below is sound";
  for (const Trick& trick : Tricks(guard())) {
    // A certificate that the policy knows lends it nothing.
    for (const char* certificate : {"", "administrator"}) {
      // Shown as it is, also where Try would show none.
      grpc::ClientContext context;
      context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
      context.AddMetadata("authorization", absl::StrCat("Bearer ", trick.token));
      scoring::v1::GetRankingRequest request;
      request.set_period(kMidYear2019);
      scoring::v1::GetRankingResponse response;
      const auto stub = scoring::v1::ScoringService::NewStub(LineOf(certificate, Suite::kScoring));
      EXPECT_EQ(platform::Said(stub->GetRanking(&context, request, &response)),
                trick.is_over ? "UNAUTHENTICATED : TOKEN_EXPIRED" : kTokenRefused)
          << trick.name << " over the line of '" << certificate << "'";
    }
  }
}

TEST_F(HostileClientTest, NoCredentialsOfAnotherKindAreTaken) {
  const std::string good = guard().Token(kCouncil);
  for (const std::string& said :
       {good, absl::StrCat("Basic ", good), absl::StrCat("Token ", good), std::string("Bearer"),
        std::string("Basic a2hhbmg6a2hhbmg="), absl::StrCat("Bearer: ", good)}) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", said);
    scoring::v1::GetRankingRequest request;
    request.set_period(kMidYear2019);
    scoring::v1::GetRankingResponse response;
    const auto stub = scoring::v1::ScoringService::NewStub(LineOf("", Suite::kScoring));
    EXPECT_EQ(platform::Said(stub->GetRanking(&context, request, &response)), kTokenRefused)
        << said.substr(0, 8);
  }
}

TEST_F(HostileClientTest, ATokenOfAMegabyteIsNotReadThrough) {
  for (const size_t size : {size_t{7000}, size_t{9000}, size_t{1} << 20}) {
    EXPECT_NE(GetRankingBy({"", std::string(size, 'a')}), "OK");
    // Not by a client that knows better than to send it.
    RawLine line(suite().address(Suite::kScoring));
    ASSERT_TRUE(line.StartTls("h2"));
    const std::string head = GrpcHead("/thidua.scoring.v1.ScoringService/GetRanking",
                                      absl::StrCat("Bearer ", std::string(size, 'a')));
    std::string said = Http2Preface();
    for (size_t at = 0; at < head.size(); at += 16384) {
      const bool last = at + 16384 >= head.size();
      absl::StrAppend(&said, Http2Frame(at == 0 ? /*HEADERS*/ 1 : /*CONTINUATION*/ 9,
                                        last ? /*END_HEADERS*/ 4 : 0, 1,
                                        absl::string_view(head).substr(at, 16384)));
    }
    line.Say(said);
    EXPECT_TRUE(line.Hears());
  }
}

// ---- Beyond their rights ----

TEST_F(HostileClientTest, NobodyDoesWhatTheyMayNot) {
  const std::string kPutOfTourism = Named(
      R"({"requestId":"x","mode":"MODE_ATOMIC","period":"$P","rows":[{
          "target":"$A/targets/khach-du-lich-quoc-te","actual":{"text":"999.999"},
          "correctionReason":"x"}]})");
  const auto self = [](const std::string& unit) {
    return Named(
        absl::StrCat(R"({"requestId":"x","period":"$P","assessments":[{"unit":")", unit,
                     R"(","layer":"ASSESSMENT_LAYER_SELF","criterionId":"x","points":"1"}]})"));
  };
  const auto by = [](const std::string& layer, const std::string& rater, const std::string& unit) {
    return Named(absl::StrCat(R"({"requestId":"x","period":"$P","assessments":[{"unit":")", unit,
                              R"(","rater":")", rater, R"(","layer":"ASSESSMENT_LAYER_)", layer,
                              R"(","criterionId":"x","points":"1"}]})"));
  };
  const std::string kSeal =
      Named(R"({"requestId":"x","period":"$Y","periodVersion":"1","reason":"x","authority":"x"})");
  const std::string kFinalise =
      Named(R"({"requestId":"x","period":"$Y","revision":"x","reason":"x","authority":"x"})");
  const auto verify = [](const std::string& unit, const std::string& verified_by) {
    return Named(absl::StrCat(R"({"requestId":"x","digest":"x","submission":"$P/submissions/)",
                              unit, R"(","verifiedBy":")", verified_by, R"("})"));
  };
  const struct {
    const char* what;
    Somebody who;
    const char* message;
    std::string json;
    const char* answer;
  } kAttempts[] = {
      {"another unit's figures", Official(kReporterOfHealth), "thidua.results.v1.PutResultsRequest",
       kPutOfTourism, "INVALID_ARGUMENT rows[0].target: NOT_OWN_UNIT"},
      {"another bloc's figures", Official(kLeaderOfBloc5), "thidua.results.v1.PutResultsRequest",
       kPutOfTourism, kNotAllowed},
      {"figures, though one only watches", Official(kWatcher),
       "thidua.results.v1.PutResultsRequest", kPutOfTourism, kNotAllowed},
      {"figures, though one only reads", Official(kReader), "thidua.results.v1.PutResultsRequest",
       kPutOfTourism, kNotAllowed},
      {"figures of all blocs", Official(kLeader), "thidua.results.v1.PutResultsRequest",
       R"({"period":"blocs/-/pacts/2019/periods/6-thang"})", kNotAllowed},
      {"figures of a bloc whose name begins alike", Official(kLeader),
       "thidua.results.v1.PutResultsRequest",
       R"({"period":"blocs/khoi-thi-dua-45/pacts/2019/periods/6-thang"})", kNotAllowed},
      {"another unit's own points", Official(kReporterOfHealth),
       "thidua.results.v1.PutAssessmentsRequest", self("units/so-du-lich"), kNotAllowed},
      {"points for oneself as a peer", Official(kReporterOfHealth),
       "thidua.results.v1.PutAssessmentsRequest", by("PEER", "units/so-y-te", "units/so-y-te"),
       kOwnUnit},
      {"points in another unit's name", Official(kReporterOfHealth),
       "thidua.results.v1.PutAssessmentsRequest",
       by("PEER", "units/so-du-lich", "units/ban-dan-toc"), kNotAllowed},
      {"points for one's own as the bloc", Official(kLeader),
       "thidua.results.v1.PutAssessmentsRequest",
       by("BLOC", "", "units/so-lao-dong-thuong-binh-va-xa-hoi"), kOwnUnit},
      {"points for one's own as the province", Official(kWatcherOfHealth),
       "thidua.results.v1.PutAssessmentsRequest", by("PROVINCE", "", "units/so-y-te"), kOwnUnit},
      {"points as the province", Official(kLeader), "thidua.results.v1.PutAssessmentsRequest",
       by("PROVINCE", "", "units/so-du-lich"), kNotAllowed},
      {"handing in another's report", Official(kReporterOfHealth),
       "thidua.results.v1.SubmitResultsRequest",
       Named(R"({"requestId":"x","digest":"x","submission":"$P/submissions/so-du-lich"})"),
       kNotAllowed},
      {"verifying one's own", Official(kReporterOfHealth), "thidua.results.v1.VerifyResultsRequest",
       verify("so-y-te", "units/so-y-te"), kOwnUnit},
      {"verifying one's own as the leader", Official(kLeader),
       "thidua.results.v1.VerifyResultsRequest",
       verify("so-lao-dong-thuong-binh-va-xa-hoi", "units/so-lao-dong-thuong-binh-va-xa-hoi"),
       kOwnUnit},
      {"verifying one's own as the watcher", Official(kWatcherOfHealth),
       "thidua.results.v1.VerifyResultsRequest", verify("so-y-te", ""), kOwnUnit},
      {"verifying in another's name", Official(kReporterOfHealth),
       "thidua.results.v1.VerifyResultsRequest", verify("so-du-lich", "units/ban-dan-toc"),
       kNotAllowed},
      {"verifying one's own in another's name", Official(kReporterOfHealth),
       "thidua.results.v1.VerifyResultsRequest", verify("so-y-te", "units/so-du-lich"),
       kNotAllowed},
      {"verifying in another bloc", Official(kLeaderOfBloc5),
       "thidua.results.v1.VerifyResultsRequest", verify("so-y-te", "units/so-tu-phap"),
       kNotAllowed},
      {"sealing one's own bloc", Official(kWatcherOfHealth), "thidua.results.v1.SealPeriodRequest",
       kSeal, kOwnBloc},
      {"sealing as the leader", Official(kLeader), "thidua.results.v1.SealPeriodRequest", kSeal,
       kNotAllowed},
      {"reopening as the leader", Official(kLeader), "thidua.results.v1.ReopenPeriodRequest",
       Named(R"({"requestId":"x","period":"$Y","reason":"x","authority":"x"})"), kNotAllowed},
      {"making one's own bloc final", Official(kWatcherOfHealth),
       "thidua.scoring.v1.FinaliseRankingRequest", kFinalise, kOwnBloc},
      {"making final as the leader", Official(kLeader), "thidua.scoring.v1.FinaliseRankingRequest",
       kFinalise, kNotAllowed},
      {"revoking as the watcher", Official(kWatcher), "thidua.scoring.v1.RevokeFinalRequest",
       kFinalise, kNotAllowed},
      {"commenting in another's name", Official(kReporterOfHealth),
       "thidua.scoring.v1.CommentReportRequest",
       Named(R"({"name":"$P/reports/1","unit":"units/so-du-lich","text":"x"})"), kNotAllowed},
      {"a register of one's own", Official(kCouncil), "thidua.registry.v1.CreateUnitRequest",
       R"({"requestId":"x","unit":{"name":"units/cua-toi","displayName":"Của tôi"}})", kNotAllowed},
      {"signing for another", Official(kReporterOfHealth), "thidua.registry.v1.SignPactRequest",
       Named(R"({"requestId":"x","pact":"$A","unit":"units/so-du-lich","digest":"x"})"),
       kNotAllowed},
      {"another's targets", Official(kReporterOfHealth),
       "thidua.registry.v1.RegisterTargetsRequest",
       Named(R"({"requestId":"x","pact":"$A","targets":[{"unit":"units/so-y-te"},
                 {"unit":"units/so-du-lich"}]})"),
       kNotAllowed},
      {"more time for one's own", Official(kWatcherOfHealth),
       "thidua.registry.v1.GrantPeriodExceptionRequest",
       Named(R"({"requestId":"x","pact":"$A","exception":{"unit":"units/so-y-te"}})"), kOwnUnit},
      {"what services tell each other", Official(kCouncil),
       "thidua.results.v1.WatchPeriodInputsRequest", "{}", kNotAllowed},
      {"what services tell each other", Official(kCouncil), "thidua.registry.v1.WatchRequest", "{}",
       kNotAllowed},
      {"a service's rights by the portal",
       {"portal", ""},
       "thidua.results.v1.SealPeriodRequest",
       kSeal,
       kNotAllowed},
      {"what the portal may, with a reader's token",
       {"scoring", guard().Token(kReader)},
       "thidua.results.v1.SealPeriodRequest",
       kSeal,
       kNotAllowed},
  };
  for (const auto& attempt : kAttempts) {
    EXPECT_EQ(Try(attempt.who, attempt.message, attempt.json), attempt.answer) << attempt.what;
  }
}

TEST_F(HostileClientTest, AReaderSeesNothingThatIsNotPublicAndLearnsNothingByAsking) {
  const std::pair<const char*, const char*> kAsked[] = {
      {"thidua.registry.v1.GetPactRequest", R"({"name":"$A"})"},
      {"thidua.registry.v1.ListPactsRequest", "{}"},
      {"thidua.registry.v1.ListPactsRequest", R"({"bloc":"blocs/khoi-thi-dua-4"})"},
      {"thidua.registry.v1.ListChangesRequest", "{}"},
      {"thidua.registry.v1.GetSchemeDraftRequest", R"({"name":"schemes/x/draft"})"},
      {"thidua.results.v1.GetResultRequest", R"({"name":"$P/results/giai-quyet-viec-lam"})"},
      {"thidua.results.v1.ListResultRevisionsRequest",
       R"({"name":"$P/results/giai-quyet-viec-lam"})"},
      {"thidua.results.v1.GetPeriodInputsRequest", R"({"name":"$P"})"},
      {"thidua.results.v1.ListAssessmentsRequest", R"({"period":"$P"})"},
      {"thidua.results.v1.ListEvidenceRequest", R"({"pact":"$A"})"},
      {"thidua.results.v1.DownloadEvidenceRequest", R"({"name":"$A/evidence/0"})"},
      {"thidua.results.v1.GetCompletenessRequest", R"({"period":"$P"})"},
      {"thidua.results.v1.GetSubmissionRequest", R"({"name":"$P/submissions/so-y-te"})"},
      {"thidua.scoring.v1.GetScorecardRequest", R"({"period":"$P","unit":"units/so-y-te"})"},
      {"thidua.scoring.v1.GetMidYearReviewRequest", R"({"period":"$P"})"},
      {"thidua.scoring.v1.SimulateRankingRequest", R"({"period":"$P"})"},
      {"thidua.scoring.v1.GetRankingHistoryRequest", R"({"period":"$Y"})"},
      {"thidua.scoring.v1.ListReportsRequest", R"({"period":"$P"})"},
      {"thidua.scoring.v1.ListIneligibilitiesRequest", R"({"pact":"$A"})"},
  };
  for (const auto& [message, json] : kAsked) {
    // What is there, and the same where nothing is.
    EXPECT_EQ(Try(Official(kReader), message, Named(json)), kNotAllowed) << message;
    EXPECT_EQ(Try(Official(kReader), message,
                  absl::StrReplaceAll(Named(json), {{"khoi-thi-dua-4", "khoi-khong-co"}})),
              kNotAllowed)
        << message;
  }
  for (const char* message : {kGetRanking, "thidua.scoring.v1.ListRankingsRequest"}) {
    std::string answer;
    const std::string json = message == kGetRanking ? Named(R"({"period":"$P"})") : "{}";
    EXPECT_EQ(Try(Official(kReader), message, json, &answer), "OK");
    EXPECT_FALSE(absl::StrContains(answer, kInternalNote));
  }
}

TEST_F(HostileClientTest, AnotherBlocIsAsIfItWereNotThere) {
  for (const char* message :
       {"thidua.results.v1.GetPeriodInputsRequest", "thidua.results.v1.GetResultRequest",
        "thidua.registry.v1.GetPactRequest"}) {
    for (const char* name : {"$P", "$P/results/giai-quyet-viec-lam", "$A"}) {
      EXPECT_EQ(Try(Official(kLeaderOfBloc5), message,
                    Named(absl::StrCat(R"({"name":")", name, R"("})"))),
                kNotAllowed)
          << message << name;
    }
  }
}

// ---- Beyond all measure ----

TEST_F(HostileClientTest, NoMessageIsLargerThanItMayBe) {
  const std::string unit = "\x0a\xff\xff\xff\x08";
  EXPECT_THAT(TryBytes(Administrator(), Method("CreateUnit"), unit + std::string(17 << 20, 'x')),
              StartsWith("RESOURCE_EXHAUSTED"));
  EXPECT_EQ(Try(Administrator(), "thidua.registry.v1.CreateUnitRequest",
                absl::StrCat(R"({"unit":{"name":"units/x","displayName":")",
                             std::string(70'000, 'x'), R"("}})")),
            "INVALID_ARGUMENT unit.display_name: TOO_LONG");
}

TEST_F(HostileClientTest, BytesThatAreNoMessageAreRefused) {
  for (const MethodDescriptor* method : platform::AllMethods()) {
    if (method->client_streaming()) continue;
    for (const std::string& bytes : {std::string("\xff\xff\xff\xff\xff"), std::string(1000, '\x0b'),
                                     std::string("\x0a\x7f\x0a")}) {
      EXPECT_THAT(TryBytes(Administrator(), *method, bytes),
                  AnyOf(HasSubstr("REQUEST_UNREADABLE"), kNotAllowed, HasSubstr("FIELD_UNKNOWN")))
          << method->full_name();
    }
  }
}

TEST_F(HostileClientTest, GarbageOnTheLineEndsNothingButTheLine) {
  const std::string noise = [] {
    std::string bytes;
    unsigned state = 2019;
    for (int i = 0; i < 100'000; ++i) {
      state = state * 1664525 + 1013904223;
      bytes += static_cast<char>(state >> 24);
    }
    return bytes;
  }();
  const std::string head = GrpcHead("/thidua.registry.v1.RegistryService/CreateUnit");
  std::string endless = Http2Preface() + Http2Frame(1, 0, 1, head);
  for (int i = 0; i < 200; ++i) endless += Http2Frame(9, 0, 1, std::string(16384, 'x'));
  std::string reset = Http2Preface();
  for (int stream = 1; stream < 20'000; stream += 2) {
    reset +=
        Http2Frame(1, 4, stream, head) + Http2Frame(/*RST_STREAM*/ 3, 0, stream, {"\0\0\0\x08", 4});
  }
  std::string settings = Http2Preface();
  for (int i = 0; i < 20'000; ++i) settings += Http2Frame(4, 0, 0, {"\0\x04\0\0\xff\xff", 6});
  std::string pings = Http2Preface();
  for (int i = 0; i < 20'000; ++i) pings += Http2Frame(6, 0, 0, "12345678");

  for (const Suite::Service service : kServices) {
    for (const std::string& bytes :
         {noise, std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string(100'000, '\0')}) {
      RawLine plain(suite().address(service));
      plain.Say(bytes);
      plain.Finish();
      plain.HearAll();
    }
    for (const std::string& bytes :
         {noise, Http2Preface() + noise, endless, reset, settings, pings,
          Http2Preface() + Http2Frame(0, 0, 0, "data of no stream"),
          Http2Preface() + std::string("\xff\xff\xff\x00\x00\x00\x00\x00\x01", 9)}) {
      RawLine line(suite().address(service));
      ASSERT_TRUE(line.StartTls("h2"));
      line.Say(bytes);
      line.Finish();
      line.HearAll();
    }
    ExpectSoonAnswered(service);
  }
}

// Many calls at once, as fast as they go; how often each answer came.
std::map<std::string, int> Flood(const std::shared_ptr<grpc::Channel>& line,
                                 const std::string& token, int calls) {
  constexpr int kThreads = 8;
  std::map<std::string, int> answers;
  absl::Mutex mutex;
  std::atomic<int> left{calls};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const auto stub = scoring::v1::ScoringService::NewStub(line);
      scoring::v1::GetRankingRequest request;
      request.set_period(kMidYear2019);
      while (left.fetch_sub(1) > 0) {
        grpc::ClientContext context;
        if (!token.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
        scoring::v1::GetRankingResponse response;
        const grpc::Status status = stub->GetRanking(&context, request, &response);
        if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
          EXPECT_GT(platform::RetryDelayOf(status), absl::ZeroDuration());
          EXPECT_LE(platform::RetryDelayOf(status), absl::Seconds(1));
        }
        const absl::MutexLock lock(&mutex);
        ++answers[platform::Said(status)];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return answers;
}

TEST_F(HostileClientTest, WhoAsksWithoutEndIsHeldToTheRateAndNobodyElseIs) {
  StartAgain(Suite::kScoring, {"--calls_per_second_per_caller=1", "--calls_at_once_per_caller=50"});
  auto answers =
      Flood(guard().Line(Suite::kScoring, guard().Tls("")), guard().Token(kReporterOfTourism), 500);
  EXPECT_GE(answers["OK"], 50) << "the burst";
  EXPECT_GT(answers[kTooManyCalls], 0);
  EXPECT_EQ(answers.size(), 2u);
  EXPECT_EQ(AskAgain([] { return GetRankingBy(Official(kReporterOfHealth)); }), "OK");
  StartAgain(Suite::kScoring);
}

TEST_F(HostileClientTest, WhoTriesTokenAfterTokenIsNotListenedToAndComesBack) {
  const std::string forged = SigningKey::Rsa("k1").Token(GuardedSuite::Claims(kCouncil));
  StartAgain(Suite::kScoring, {"--refusals_per_second_per_address=1"});
  auto answers = Flood(guard().Line(Suite::kScoring, guard().Tls("")), forged, 500);
  EXPECT_GT(answers[kTokenRefused], 0);
  EXPECT_GT(answers[kTooManyRefusals], 0);
  EXPECT_EQ(answers.size(), 2u);
  // Who has shown a certificate is known without a token.
  EXPECT_EQ(AskAgain([] { return GetRankingBy(Administrator()); }), "OK");
  // From there sound tokens are taken again as soon as the time is over that was told.
  std::string answer = kTooManyRefusals;
  for (const absl::Time until = absl::Now() + absl::Seconds(20);
       answer == kTooManyRefusals && absl::Now() < until;) {
    answer = AskAgain([] { return GetRankingBy(Official(kReporterOfHealth)); });
  }
  EXPECT_EQ(answer, "OK");
  StartAgain(Suite::kScoring);
}

TEST_F(HostileClientTest, NobodyHoldsMoreStreamsThanTheyMay) {
  // Watches, which take no thread.
  struct Watch {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<scoring::v1::WatchRankingsResponse>> reader;
  };
  const auto stub = scoring::v1::ScoringService::NewStub(LineOf("", Suite::kScoring));
  std::vector<std::unique_ptr<Watch>> held;
  const auto open = [&] {
    auto watch = std::make_unique<Watch>();
    Present(guard().Token(kReporterOfHealth), watch->context);
    watch->reader = stub->WatchRankings(&watch->context, scoring::v1::WatchRankingsRequest());
    scoring::v1::WatchRankingsResponse event;
    if (!watch->reader->Read(&event)) return platform::Said(watch->reader->Finish());
    held.push_back(std::move(watch));
    return std::string("OK");
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(open(), "OK");
  EXPECT_EQ(open(), kTooManyStreams);
  EXPECT_EQ(Try(Official(kReporterOfTourism), "thidua.scoring.v1.GetScorecardRequest",
                Named(R"({"period":"$P","unit":"units/so-du-lich"})")),
            "OK");
  held.back()->context.TryCancel();
  held.back()->reader->Finish();
  held.pop_back();
  std::string again = kTooManyStreams;
  while (again == kTooManyStreams) again = open();  // As soon as the service has seen it go.
  EXPECT_EQ(again, "OK");
  for (const auto& watch : held) {
    watch->context.TryCancel();
    watch->reader->Finish();
  }
}

TEST_F(HostileClientTest, NobodyHoldsThreadsByFilesThatDoNotCome) {
  struct Import {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReaderWriter<results::v1::ImportResultsRequest,
                                             results::v1::ImportResultsResponse>>
        stream;
  };
  const auto stub = results::v1::ResultsService::NewStub(LineOf("", Suite::kResults));
  // Each begins, and then says nothing.
  std::vector<std::unique_ptr<Import>> held;
  for (int i = 0; i < 40; ++i) {
    held.push_back(std::make_unique<Import>());
    Present(guard().Token(kReporterOfTourism), held.back()->context);
    held.back()->stream = stub->ImportResults(&held.back()->context);
  }
  // As many as may be are under way at the end, whichever came first.
  std::atomic<int> refused{0};
  std::vector<std::thread> readers;
  for (const auto& import : held) {
    readers.emplace_back([&import, &refused] {
      results::v1::ImportResultsResponse response;
      while (import->stream->Read(&response)) {
      }
      if (platform::Said(import->stream->Finish()) == kTooManyUploads) ++refused;
    });
  }
  while (refused < 40 - 12) std::this_thread::yield();
  // Neither what else they do waits for it, nor anybody else.
  for (const char* reporter : {kReporterOfTourism, kReporterOfHealth}) {
    EXPECT_EQ(
        Try(Official(reporter), "thidua.results.v1.ListEvidenceRequest", Named(R"({"pact":"$A"})")),
        "OK");
  }
  for (const auto& import : held) import->context.TryCancel();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(refused, 40 - 12);
}

TEST_F(HostileClientTest, ThousandsOfLinesThatSayNothingAreClosed) {
  std::vector<RawLine> lines;
  for (const Suite::Service service : kServices) {
    for (int i = 0; i < 1000; ++i) lines.emplace_back(suite().address(service));
    ExpectSoonAnswered(service);  // Somebody comes all the same.
  }
  for (RawLine& line : lines) EXPECT_FALSE(line.Hears());
}

TEST_F(HostileClientTest, WhoTakesAllConnectionsEndsNothing) {
  // With few files to open, as many an installation gives.
  const std::string folder = (suite().folder() / "few").string();
  std::vector<std::string> words = {"prlimit", "--nofile=200",
                                    absl::StrCat(THIDUA_BIN_DIR, "/thidua-registry"),
                                    "--listen=127.0.0.1:0", absl::StrCat("--data_dir=", folder)};
  Process registry(words, folder + ".log");
  const std::string address = registry.ReadLine().substr(6);
  {
    std::vector<RawLine> lines;
    for (int i = 0; i < 400; ++i) lines.emplace_back(address);
    EXPECT_FALSE(lines.back().Hears());
  }
  const auto stub = registry::v1::RegistryService::NewStub(
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  registry::v1::ListUnitsResponse response;
  EXPECT_EQ(platform::Said(stub->ListUnits(&context, registry::v1::ListUnitsRequest(), &response)),
            "OK");
}

// Sends, from two lines, as much as a large machine has room for in requests that never end.
class EndlessRequests {
 public:
  explicit EndlessRequests(const std::string& address) : unfinished_(2) {
    std::vector<std::thread> callers;
    for (auto& one : unfinished_) {
      callers.emplace_back([&one, &address] {
        one = std::make_unique<UnfinishedRequests>(address,
                                                   "/thidua.registry.v1.RegistryService/CreateUnit",
                                                   /*requests=*/60, platform::kRequestBytesMax - 1);
      });
    }
    for (std::thread& caller : callers) caller.join();
  }
  int broken_off() const {
    int broken_off = 0;
    for (const auto& one : unfinished_) broken_off += one->broken_off();
    return broken_off;
  }

 private:
  std::vector<std::unique_ptr<UnfinishedRequests>> unfinished_;
};

TEST_F(HostileClientTest, RequestsThatNeverEndAreBrokenOffAndOthersAnswered) {
  const EndlessRequests flood(suite().address(Suite::kRegistry));
  EXPECT_GT(flood.broken_off(), 0);
  // As the suite's own callers do, who are sent away for a moment too, and ask again.
  std::string said;
  for (const absl::Time until = absl::Now() + absl::Seconds(20);
       said != "OK" && absl::Now() < until;) {
    const auto stub =
        registry::v1::RegistryService::NewStub(LineOf("administrator", Suite::kRegistry));
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(absl::ToChronoTime(until));
    registry::v1::ListUnitsResponse response;
    said = platform::Said(stub->ListUnits(&context, registry::v1::ListUnitsRequest(), &response));
  }
  EXPECT_EQ(said, "OK");
}

TEST_F(HostileClientTest, NothingOfGrpcsOwnHoldsThreadsForWhoIsNotKnown) {
  for (const Suite::Service service : kServices) {
    grpc::GenericStub stub(LineOf("", service));
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    const grpc::Slice slice("");
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer answer;
    grpc::Status status;
    absl::Notification answered;
    stub.UnaryCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                   grpc::StubOptions(), &request, &answer, [&](grpc::Status ended) {
                     status = std::move(ended);
                     answered.Notify();
                   });
    answered.WaitForNotification();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  }
}

// ---- Secrets ----

TEST_F(HostileClientTest, APasswordInAnArgumentIsRefusedAndNotRepeated) {
  const std::string log = (suite().folder() / "password.log").string();
  Process registry({absl::StrCat(THIDUA_BIN_DIR, "/thidua-registry"), "--listen=127.0.0.1:0",
                    "--database=postgresql://thidua:hunter2@127.0.0.1:1/registry"},
                   log);
  EXPECT_EQ(registry.ReadAll(), "");
  EXPECT_EQ(registry.Wait(), 1);
  const std::string said = platform::ContentOf(log);
  EXPECT_THAT(said, HasSubstr("password"));
  EXPECT_FALSE(absl::StrContains(said, "hunter2"));
}

}  // namespace
}  // namespace thidua::tests
