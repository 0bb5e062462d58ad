// What attacks on running services begin and end with: a suite under guard that everybody may talk
// to, and the proof afterwards that it stands as it stood. For tests.
#ifndef THIDUA_TESTS_HOSTILE_ATTACK_TESTLIB_H_
#define THIDUA_TESTS_HOSTILE_ATTACK_TESTLIB_H_

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/platform/contracts.h"
#include "services/platform/refusal_testlib.h"
#include "tests/system/guarded_suite.h"
#include "thidua/audit/v1/audit_service.pb.h"

namespace thidua::tests {

// Who says something: the certificate of the line by its name ("": none), and a token ("": none).
struct Somebody {
  std::string certificate;
  std::string token;
};

// Stands in a result's note, which nobody outside may ever see.
inline constexpr char kInternalNote[] = "Ghi chú nội bộ 3,1459.";

class AttackTest : public testing::Test {
 protected:
  // Bounds that a test can reach, and that nothing else comes near.
  static std::vector<std::string> Bounds() {
    return {"--uploads_per_caller=12", "--streams_per_caller=20", "--line_memory_mib=128"};
  }

  static void SetUpTestSuite() {
    guard_ = new GuardedSuite(Bounds());
    tokens_ = new std::vector<std::string>;
    ASSERT_EQ(
        Try(Administrator(), "thidua.results.v1.PutResultsRequest",
            absl::StrCat(R"({"requestId":"note","mode":"MODE_ATOMIC","period":")", kMidYear2019,
                         R"(","rows":[{"target":")", kPact2019,
                         R"(/targets/giai-quyet-viec-lam","actual":{"text":"17.893"},"note":")",
                         kInternalNote, R"(","correctionReason":"Bổ sung ghi chú."}]})")),
        "OK");
    suite().FreshRanking();  // Scoring has heard of the pact.
    stands_ = new std::string(Standing());
  }
  static void TearDownTestSuite() {
    ExpectNoSecretInLogs();
    ExpectNoSecretInRedis();
    delete std::exchange(guard_, nullptr);
    delete std::exchange(tokens_, nullptr);
    delete std::exchange(stands_, nullptr);
  }

  // After each attack: nothing has changed, and an honest caller is answered.
  void TearDown() override {
    EXPECT_EQ(Standing(), *stands_);
    EXPECT_EQ(AskAgain([] {
                return Try(Official(kWatcher), "thidua.scoring.v1.GetRankingRequest",
                           absl::StrCat(R"({"period":")", kMidYear2019, R"("})"));
              }),
              "OK");
  }

  static GuardedSuite& guard() { return *guard_; }
  static Suite& suite() { return guard_->suite(); }
  // With bounds besides that not even a slow machine stays below; without: as it was.
  static void StartAgain(Suite::Service service, const std::vector<std::string>& bounds = {}) {
    suite().Kill(service, SIGTERM);
    suite().Start(service, bounds);
  }
  static Somebody Official(const std::string& subject) { return {"", guard_->Token(subject)}; }
  static Somebody Administrator() { return {"administrator", ""}; }

  static Suite::Service ServiceOf(const std::string& message) {
    if (absl::StartsWith(message, "thidua.registry.")) return Suite::kRegistry;
    return absl::StartsWith(message, "thidua.results.") ? Suite::kResults : Suite::kScoring;
  }

  // Sends one message to the RPC that takes it, and hears all that is answered. "OK", "CODE path:
  // REASON" of a refusal, or "CODE what gRPC said". `answer`: the first message, as JSON.
  static std::string Try(const Somebody& who, const std::string& message, const std::string& json,
                         std::string* answer = nullptr) {
    const auto method = platform::MethodTaking(message);
    EXPECT_TRUE(method.ok()) << method.status();
    const auto request = platform::NewMessage(*(*method)->input_type());
    const absl::Status read = platform::ReadJson(json, *request);
    EXPECT_TRUE(read.ok()) << message << " " << json << ": " << read;
    return TryBytes(who, **method, request->SerializeAsString(), answer);
  }
  static std::string TryBytes(const Somebody& who, const google::protobuf::MethodDescriptor& method,
                              const std::string& bytes, std::string* answer = nullptr) {
    return TryOver(LineOf(who.certificate, ServiceOf(method.full_name())), who.token, method, bytes,
                   answer);
  }
  static std::string TryOver(const std::shared_ptr<grpc::Channel>& line, const std::string& token,
                             const google::protobuf::MethodDescriptor& method,
                             const std::string& bytes, std::string* answer = nullptr) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    Present(token, context);
    grpc::CompletionQueue queue;
    const auto next = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    grpc::GenericStub stub(line);
    const auto call = stub.PrepareCall(
        &context, absl::StrCat("/", method.service()->full_name(), "/", method.name()), &queue);
    call->StartCall(nullptr);
    bool open = next();
    if (open) {
      const grpc::Slice slice(bytes);
      call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
      open = next();
    }
    for (bool first = true; open; first = false) {
      grpc::ByteBuffer event;
      call->Read(&event, nullptr);
      open = next();
      if (!open || !first || answer == nullptr) continue;
      grpc::Slice slice;
      const auto response = platform::NewMessage(*method.output_type());
      EXPECT_TRUE(event.DumpToSingleSlice(&slice).ok() &&
                  response->ParseFromArray(slice.begin(), static_cast<int>(slice.size())));
      *answer = platform::PrintJson(*response, /*on_one_line=*/true);
    }
    grpc::Status status;
    call->Finish(&status, nullptr);
    next();
    return platform::Said(status);
  }

  // Shows the token with the call, and notes it for the look at the logs.
  static void Present(const std::string& token, grpc::ClientContext& context) {
    if (token.empty()) return;
    context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
    tokens_->push_back(token);
  }

  static std::shared_ptr<grpc::Channel> LineOf(const std::string& certificate,
                                               Suite::Service service) {
    static auto& lines =
        *new std::map<std::pair<std::string, std::string>, std::shared_ptr<grpc::Channel>>;
    auto& line = lines[{certificate, suite().address(service)}];
    if (line == nullptr) line = guard_->Line(service, guard_->Tls(certificate));
    return line;
  }

  // A line that was idle may have been closed to make room: as every client, ask again.
  static std::string AskAgain(const std::function<std::string()>& ask) {
    const absl::Time until = absl::Now() + absl::Seconds(20);
    std::string said = ask();
    while (absl::StartsWith(said, "UNAVAILABLE") && absl::Now() < until) said = ask();
    return said;
  }

  // All that the services keep, and what is on record of it, as the administrator sees it.
  static std::string Standing() {
    const std::string period = absl::StrCat(R"(":")", kMidYear2019, R"("})");
    const std::string year = absl::StrCat(R"(":")", kYear2019, R"("})");
    const std::string pact = absl::StrCat(R"(":")", kPact2019, R"("})");
    const std::pair<std::string, std::string> kAsked[] = {
        {"thidua.registry.v1.ListUnitsRequest", R"({"pageSize":1000})"},
        {"thidua.registry.v1.ListBlocsRequest", R"({"pageSize":1000})"},
        {"thidua.registry.v1.ListSchemesRequest", "{}"},
        {"thidua.registry.v1.ListPactsRequest", "{}"},
        {"thidua.registry.v1.GetPactRequest", R"({"name)" + pact},
        {"thidua.registry.v1.ListChangesRequest", R"({"pageSize":1000})"},
        {"thidua.results.v1.GetPeriodInputsRequest", R"({"name)" + period},
        {"thidua.results.v1.GetPeriodInputsRequest", R"({"name)" + year},
        {"thidua.results.v1.ListAssessmentsRequest", R"({"everyRevision":true,"period)" + period},
        {"thidua.results.v1.ListEvidenceRequest", R"({"pact)" + pact},
        {"thidua.results.v1.GetCompletenessRequest", R"({"period)" + period},
        {"thidua.scoring.v1.ListReportsRequest", R"({"period)" + year},
        {"thidua.scoring.v1.GetRankingHistoryRequest", R"({"period)" + year},
        {"thidua.scoring.v1.ListIneligibilitiesRequest", R"({"pact)" + pact},
    };
    std::string all;
    const auto* audit = audit::v1::ListAuditEntriesRequest::descriptor()->file()->service(0);
    for (const Suite::Service service : Suite::kServices) {
      audit::v1::ListAuditEntriesRequest request;
      request.set_page_size(1000);
      std::string answer;
      EXPECT_EQ(AskAgain([&] {
                  return TryOver(LineOf("administrator", service), "",
                                 *audit->FindMethodByName("ListAuditEntries"),
                                 request.SerializeAsString(), &answer);
                }),
                "OK");
      absl::StrAppend(&all, answer, "\n");
    }
    for (const auto& [message, json] : kAsked) {
      std::string answer;
      const std::string asked = message, with = json;
      EXPECT_EQ(AskAgain([&] { return Try(Administrator(), asked, with, &answer); }), "OK")
          << message;
      absl::StrAppend(&all, message, " ", answer, "\n");
    }
    return all;
  }

  static void ExpectNoSecretInRedis() {
    const std::vector<std::string> keys =
        absl::StrSplit(suite().Redis({"--scan"}), '\n', absl::SkipEmpty());
    EXPECT_FALSE(keys.empty()) << "nothing is published";
    for (const std::string& key : keys) {
      EXPECT_TRUE(absl::StartsWith(key, "thidua:pub:")) << key;
      const std::string type = suite().Redis({"TYPE", key});
      const std::string content = type == "hash"     ? suite().Redis({"HGETALL", key})
                                  : type == "stream" ? suite().Redis({"XRANGE", key, "-", "+"})
                                                     : suite().Redis({"GET", key});
      EXPECT_FALSE(absl::StrContains(content, kInternalNote)) << key;
    }
  }

  static void ExpectNoSecretInLogs() {
    for (const Suite::Service service :
         {Suite::kRegistry, Suite::kResults, Suite::kScoring, Suite::kPortal}) {
      const std::string log = suite().log(service);
      EXPECT_FALSE(absl::StrContains(log, "PRIVATE KEY"));
      EXPECT_FALSE(absl::StrContains(log, kInternalNote));
      EXPECT_FALSE(absl::StrContains(log, "Bearer "));
      for (const std::string& token : *tokens_) {
        // What of a token is worth having: its payload and its signature.
        const std::vector<std::string> parts = absl::StrSplit(token, '.');
        for (size_t i = 1; i < parts.size(); ++i) {
          if (parts[i].size() < 20) continue;
          ASSERT_FALSE(absl::StrContains(log, parts[i])) << "the log has a token";
        }
      }
      for (const char* name :
           {"registry", "results-ingest", "scoring", "portal", "administrator"}) {
        const std::vector<std::string> lines =
            absl::StrSplit(platform::ContentOf(guard_->certificates().key(name)), '\n');
        EXPECT_FALSE(lines.size() > 1 && absl::StrContains(log, lines[1])) << "the log has a key";
      }
    }
  }

 private:
  static GuardedSuite* guard_;
  static std::vector<std::string>* tokens_;
  static std::string* stands_;
};
inline GuardedSuite* AttackTest::guard_ = nullptr;
inline std::vector<std::string>* AttackTest::tokens_ = nullptr;
inline std::string* AttackTest::stands_ = nullptr;

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_HOSTILE_ATTACK_TESTLIB_H_
