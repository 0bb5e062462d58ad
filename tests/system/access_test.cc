// Every RPC for every role, on the real services, held against the page that says who may call what
// (docs/access.md).
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/access/policy_testlib.h"
#include "services/access/written_rights.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"
#include "tests/system/process.h"
#include "thidua/audit/v1/audit_service.pb.h"
#include "thidua/registry/v1/registry_service.pb.h"
#include "thidua/results/v1/results_service.pb.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::tests {
namespace {

using access::v1::Right;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr absl::Duration kPatience = absl::Seconds(20);

constexpr std::pair<const char*, const char*> kRoles[] = {
    {"reader", "grants {role: ROLE_READER}"},
    {"reporter", "units: 'units/so-y-te' grants {role: ROLE_REPORTER on: 'blocs/khoi-4'}"},
    {"leader", "units: 'units/so-y-te' grants {role: ROLE_LEADER on: 'blocs/khoi-4'}"},
    {"watcher", "units: 'units/so-y-te' grants {role: ROLE_WATCHER on: 'blocs/khoi-4'}"},
    {"council", "units: 'units/so-y-te' grants {role: ROLE_COUNCIL}"},
    {"registrar", "units: 'units/so-y-te' grants {role: ROLE_REGISTRAR}"},
    {"service", "grants {role: ROLE_SERVICE}"},
};

// What a request names: the role's own, or another's.
struct Names {
  std::string bloc = "khoi-4";
  std::string own = "so-y-te";        // Where a unit has to be the caller's.
  std::string other = "so-khoa-hoc";  // Where it must not be.
};

// Sets all that the path leads to.
void Set(Message& message, const std::vector<std::string>& path, const std::string& value) {
  Message* in = &message;
  for (size_t i = 0; i < path.size(); ++i) {
    const FieldDescriptor* field = in->GetDescriptor()->FindFieldByName(path[i]);
    ASSERT_NE(field, nullptr) << path[i];
    const auto& reflection = *in->GetReflection();
    if (i + 1 < path.size()) {
      if (!field->is_repeated()) {
        in = reflection.MutableMessage(in, field);
      } else {
        in = reflection.FieldSize(*in, field) > 0 ? reflection.MutableRepeatedMessage(in, field, 0)
                                                  : reflection.AddMessage(in, field);
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      reflection.SetEnum(in, field, field->enum_type()->FindValueByName(value));
    } else if (field->is_repeated()) {
      if (reflection.FieldSize(*in, field) == 0)
        reflection.AddString(in, field, value);
      else
        reflection.SetRepeatedString(in, field, 0, value);
    } else {
      reflection.SetString(in, field, value);
    }
  }
}

void Set(Message& message, absl::string_view path, const std::string& value) {
  absl::ConsumeSuffix(&path, "?");
  Set(message, std::vector<std::string>(absl::StrSplit(path, '.')), value);
}

// A request by that right, of these names. A stream's first message.
void Fill(const Right& right, const Names& names, Message& request) {
  const std::string period = absl::StrCat("blocs/", names.bloc, "/pacts/2019/periods/nam");
  const auto named = [&](absl::string_view field, const std::string& unit) {
    return absl::EndsWith(field, "submission") ? absl::StrCat(period, "/submissions/", unit)
                                               : absl::StrCat("units/", unit);
  };
  for (const std::string& field : right.on()) {
    // Of a stream of requests only what its first message says.
    if (!absl::StartsWith(field, "chunk.")) Set(request, field, period);
  }
  if (!right.where().empty()) {
    const std::pair<std::string, std::string> condition =
        absl::StrSplit(right.where(), absl::MaxSplits('=', 1));
    Set(request, condition.first, condition.second);
  }
  for (const std::string& field : right.not_own_unit()) {
    Set(request, field, named(field, names.other));
  }
  for (const std::string& field : right.unit()) Set(request, field, named(field, names.own));
}

// The cells of docs/access.md by "Service/Rpc", in the order of kRoles.
std::map<std::string, std::vector<std::string>> ReadPage() {
  std::map<std::string, std::vector<std::string>> rows;
  std::ifstream page(THIDUA_SOURCE_DIR "/docs/access.md");
  std::string service;
  for (std::string line; std::getline(page, line);) {
    absl::string_view rest = line;
    if (absl::ConsumePrefix(&rest, "## ")) service = std::string(rest);
    std::vector<std::string> cells = absl::StrSplit(line, '|');
    if (service.empty() || cells.size() != 10) continue;
    for (std::string& cell : cells) absl::StripAsciiWhitespace(&cell);
    if (cells[1] == "RPC" || absl::StartsWith(cells[1], "---")) continue;
    rows[absl::StrCat(service, "/", cells[1])] = {cells.begin() + 2, cells.end() - 1};
  }
  return rows;
}

std::vector<const ServiceDescriptor*> Services() {
  return {registry::v1::GetUnitRequest::descriptor()->file()->service(0),
          results::v1::PutResultsRequest::descriptor()->file()->service(0),
          scoring::v1::GetRankingRequest::descriptor()->file()->service(0),
          audit::v1::ListAuditEntriesRequest::descriptor()->file()->service(0)};
}

class AccessTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { installation_ = new Installation; }
  static void TearDownTestSuite() { delete installation_; }

  // The three services with a policy: a person for each role, known by a token.
  struct Installation {
    Installation() : policy({std::begin(kRoles), std::end(kRoles)}) {
      Start("registry", {});
      Start("results-ingest", {"--registry=" + addresses.at("registry")});
      Start("scoring", {"--results=" + addresses.at("results-ingest")});
    }
    void Start(const std::string& name, std::vector<std::string> flags) {
      std::vector<std::string> argv = {
          absl::StrCat(THIDUA_BIN_DIR "/thidua-", name), "--listen=127.0.0.1:0",
          absl::StrCat("--data_dir=", (folder / name.c_str()).string()),
          absl::StrCat("--access_policy=", policy.file().string())};
      argv.insert(argv.end(), flags.begin(), flags.end());
      services.push_back(
          std::make_unique<Process>(argv, (folder / (name + ".log").c_str()).string()));
      std::string line = services.back()->ReadLine();
      absl::string_view address = line;
      ASSERT_TRUE(absl::ConsumePrefix(&address, "ready ")) << name << ": " << line;
      addresses[name] = std::string(address);
      channels[name] = grpc::CreateChannel(addresses[name], grpc::InsecureChannelCredentials());
    }

    const access::TestPolicy policy;
    const access::TestFolder folder;
    std::map<std::string, std::string> addresses;
    std::map<std::string, std::shared_ptr<grpc::Channel>> channels;
    std::vector<std::unique_ptr<Process>> services;
  };

  static std::string NameOf(const MethodDescriptor& method) {
    const std::string& service = method.service()->full_name();
    if (absl::StartsWith(service, "thidua.results.")) return "results-ingest";
    if (absl::StartsWith(service, "thidua.scoring.")) return "scoring";
    return "registry";
  }

  // "let in", or why not.
  static std::string Ask(const MethodDescriptor& method, const std::string& role,
                         const Message& request) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    if (!role.empty()) {
      context.AddMetadata("authorization", installation_->policy.BearerOf(role));
    }
    grpc::CompletionQueue queue;
    void* tag = nullptr;
    bool ok = false;
    grpc::GenericStub stub(installation_->channels.at(NameOf(method)));
    const auto call = stub.PrepareCall(
        &context, absl::StrCat("/", method.service()->full_name(), "/", method.name()), &queue);
    call->StartCall(nullptr);
    queue.Next(&tag, &ok);
    grpc::Slice slice(request.SerializeAsString());
    if (ok) {
      call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
      queue.Next(&tag, &ok);
    }
    if (ok) {
      grpc::ByteBuffer answer;
      call->Read(&answer, nullptr);
      queue.Next(&tag, &ok);
      if (ok && method.server_streaming()) context.TryCancel();  // A watch never ends.
      if (ok) return FinishOf(*call, queue), "let in";
    }
    const absl::Status status = platform::FromGrpcStatus(FinishOf(*call, queue));
    const std::vector<domain::Fault> faults = domain::FaultsOf(status);
    const std::string reason = faults.empty() ? "" : faults[0].reason;
    for (const char* refusal : {"NOT_ALLOWED", "OWN_UNIT", "OWN_BLOC", "NOT_SIGNED_IN"}) {
      if (reason == refusal) return reason;
    }
    // What a handler may say of such a request; nothing else is an answer to it.
    switch (status.code()) {
      case absl::StatusCode::kOk:
      case absl::StatusCode::kCancelled:
      case absl::StatusCode::kInvalidArgument:
      case absl::StatusCode::kNotFound:
      case absl::StatusCode::kFailedPrecondition:
        break;
      case absl::StatusCode::kUnavailable:
        EXPECT_EQ(reason, "NOT_YET_SYNCED") << method.full_name();
        break;
      default:
        ADD_FAILURE() << method.full_name() << " by " << role << ": " << status;
    }
    return "let in";
  }

  static grpc::Status FinishOf(grpc::GenericClientAsyncReaderWriter& call,
                               grpc::CompletionQueue& queue) {
    grpc::Status status;
    call.Finish(&status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status;
  }

  static Installation* installation_;
};
AccessTest::Installation* AccessTest::installation_ = nullptr;

std::unique_ptr<Message> NewRequest(const MethodDescriptor& method) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()
                                      ->GetPrototype(method.input_type())
                                      ->New());
}

TEST_F(AccessTest, EveryRpcLetsInWhomThePageNames) {
  std::map<std::string, std::vector<std::string>> page = ReadPage();
  int asked = 0;
  for (const ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      const std::string name = absl::StrCat(service->full_name(), "/", method.name());
      ASSERT_TRUE(page.contains(name)) << name;
      const std::vector<std::string> cells = page.extract(name).mapped();
      const auto rights = access::RightsOf(method.options().GetExtension(access::v1::requirement));
      // Nobody is let in without a name.
      EXPECT_EQ(Ask(method, "", *NewRequest(method)), "NOT_SIGNED_IN") << name;
      for (size_t column = 0; column < std::size(kRoles); ++column) {
        const std::string role = kRoles[column].first;
        const std::string& cell = cells[column];
        if (cell == "–") {
          // Whatever is asked, in whatever way others may ask.
          for (const auto& right : rights) {
            const std::unique_ptr<Message> request = NewRequest(method);
            Fill(right.right, {}, *request);
            EXPECT_NE(Ask(method, role, *request), "let in") << name << " by " << role;
            ++asked;
          }
          continue;
        }
        // The ways in, as the page tells them; at least one, and each with its bounds.
        for (const auto& way : rights) {
          const Right& right = way.right;
          const auto& roles = right.roles();
          const auto of_role = access::v1::Role(column + 1);
          if (std::find(roles.begin(), roles.end(), of_role) == roles.end()) continue;
          const auto ask = [&](const Names& names) {
            const std::unique_ptr<Message> request = NewRequest(method);
            Fill(right, names, *request);
            ++asked;
            return Ask(method, role, *request);
          };
          EXPECT_EQ(ask({}), "let in") << name << " by " << role;
          const bool everywhere =
              absl::StrContains(cell, "published") || !absl::StrContains(cell, "own bloc");
          if (!right.on().empty()) {
            EXPECT_EQ(ask({.bloc = "khoi-7"}), everywhere ? "let in" : "NOT_ALLOWED")
                << name << " by " << role << " of another bloc";
          }
          if (!right.unit().empty() && absl::StrContains(cell, "own unit") &&
              !absl::StrContains(cell, ";")) {
            EXPECT_EQ(ask({.own = "so-xay-dung"}), "NOT_ALLOWED")
                << name << " by " << role << " as another unit";
          }
          const bool has_unit = role != "reader" && role != "service";
          if (!right.not_own_unit().empty() && has_unit) {
            EXPECT_EQ(ask({.other = "so-y-te"}), "OWN_UNIT") << name << " by " << role;
          }
        }
      }
    }
  }
  EXPECT_TRUE(page.empty()) << page.begin()->first << " is no RPC";
  EXPECT_GT(asked, 600);
}

}  // namespace
}  // namespace thidua::tests
