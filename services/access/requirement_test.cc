#include "services/access/requirement.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "thidua/results/v1/results_service.pb.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

v1::Member MemberOf(const std::string& text) {
  v1::Member member;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &member)) << text;
  return member;
}

Principal PrincipalOf(const std::string& text) {
  const v1::Member member = MemberOf(text);
  return Principal("token:sso|somebody", Principal::Known::kToThePolicy,
                   std::vector<const v1::Member*>{&member});
}

// As "reporter", of units/so-y-te in blocs/khoi-4, and the like.
Principal Named(const std::string& who) {
  const std::vector<std::pair<std::string, std::string>> kPeople = {
      {"reporter", "units: 'units/so-y-te' grants {role: ROLE_REPORTER on: 'blocs/khoi-4'}"},
      {"leader", "units: 'units/so-y-te' grants {role: ROLE_LEADER on: 'blocs/khoi-4'}"},
      {"watcher", "grants {role: ROLE_WATCHER on: 'blocs/khoi-4'}"},
      {"competing watcher",
       "units: 'units/so-y-te' grants {role: ROLE_WATCHER on: 'blocs/khoi-4'}"},
      {"council", "grants {role: ROLE_COUNCIL}"},
      {"registrar", "grants {role: ROLE_REGISTRAR}"},
      {"service", "grants {role: ROLE_SERVICE}"},
      {"reader", "grants {role: ROLE_READER}"},
      {"nobody", ""},
      {"reporter and watcher of another bloc",
       "units: 'units/so-y-te' grants {role: ROLE_REPORTER on: 'blocs/khoi-4'}"
       "grants {role: ROLE_WATCHER on: 'blocs/khoi-7'}"},
  };
  for (const auto& [name, text] : kPeople) {
    if (name == who) return PrincipalOf(text);
  }
  ADD_FAILURE() << who;
  return PrincipalOf("");
}

const MethodDescriptor& MethodNamed(const std::string& name) {
  for (const Descriptor* message : {results::v1::PutResultsRequest::descriptor(),
                                    scoring::v1::GetRankingRequest::descriptor()}) {
    const MethodDescriptor* method = message->file()->service(0)->FindMethodByName(name);
    if (method != nullptr) return *method;
  }
  ADD_FAILURE() << name;
  return *results::v1::PutResultsRequest::descriptor()->file()->service(0)->method(0);
}

std::unique_ptr<Message> Request(const MethodDescriptor& method, const std::string& text) {
  auto request = std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()
                                              ->GetPrototype(method.input_type())
                                              ->New());
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
  return request;
}

std::string Words(const absl::Status& status, const Terms& terms) {
  if (!status.ok()) return domain::FaultsOf(status).at(0).reason;
  return absl::StrCat("allowed", terms.own_units_only ? ", own units" : "",
                      terms.own_imports_only ? ", own imports" : "",
                      terms.published_only ? ", published" : "");
}

// What becomes of these messages, one after the other.
std::string Asked(const std::string& who, const std::string& method_name,
                  const std::vector<std::string>& messages) {
  const MethodDescriptor& method = MethodNamed(method_name);
  const absl::StatusOr<Requirement> requirement = Requirement::Of(method);
  EXPECT_TRUE(requirement.ok()) << requirement.status();
  const Principal principal = Named(who);
  absl::StatusOr<Requirement::Admission> admission = requirement->Begin(principal);
  absl::Status status = admission.status();
  for (const std::string& text : messages) {
    if (status.ok()) status = requirement->Admit(*Request(method, text), *admission);
  }
  return Words(status, admission.ok() ? admission->terms() : Terms());
}

struct Case {
  std::string who;
  std::string method;
  std::vector<std::string> messages;
  std::string answer;
};

class RequirementTest : public testing::TestWithParam<Case> {};

TEST_P(RequirementTest, LetsInWhomTheContractNames) {
  EXPECT_EQ(Asked(GetParam().who, GetParam().method, GetParam().messages), GetParam().answer);
}

constexpr char kOwn[] = "period: 'blocs/khoi-4/pacts/2019/periods/nam'";
constexpr char kOther[] = "period: 'blocs/khoi-7/pacts/2019/periods/nam'";
constexpr char kNear[] = "period: 'blocs/khoi-40/pacts/2019/periods/nam'";
constexpr char kAll[] = "periods: 'blocs/-/pacts/-/periods/-'";
constexpr char kOwnReport[] =
    "submission: 'blocs/khoi-4/pacts/2019/periods/nam/submissions/so-y-te'";
constexpr char kOtherReport[] =
    "submission: 'blocs/khoi-4/pacts/2019/periods/nam/submissions/so-khoa-hoc'";

std::string Verify(const std::string& report, const std::string& by) {
  return absl::StrCat(report, " verified_by: '", by, "'");
}

std::string Points(const std::string& layer, const std::string& unit, const std::string& rater) {
  return absl::StrCat(kOwn, " assessments {layer: ASSESSMENT_LAYER_", layer, " unit: 'units/", unit,
                      "' rater: '", rater, "'}");
}

const std::vector<Case> kCases = {
    // A role holds where it is held, and what is in there.
    {"reporter", "GetCompleteness", {kOwn}, "allowed"},
    {"reporter", "GetCompleteness", {kOther}, "NOT_ALLOWED"},
    {"reporter", "GetCompleteness", {kNear}, "NOT_ALLOWED"},
    {"reporter", "GetCompleteness", {""}, "NOT_ALLOWED"},
    {"council", "GetCompleteness", {kOther}, "allowed"},
    {"council", "GetCompleteness", {""}, "allowed"},
    {"reader", "GetCompleteness", {kOwn}, "NOT_ALLOWED"},
    {"nobody", "GetCompleteness", {kOwn}, "NOT_ALLOWED"},
    // What is public is everybody's, and more is whose it is.
    {"reader", "GetRanking", {kOwn}, "allowed, published"},
    {"reporter", "GetRanking", {kOwn}, "allowed"},
    {"reporter", "GetRanking", {kOther}, "allowed, published"},
    {"reporter", "BatchGetRankings", {kAll}, "allowed, published"},
    {"council", "BatchGetRankings", {kAll}, "allowed"},
    {"watcher", "WatchRankings", {"periods: 'blocs/khoi-4/pacts/-/periods/-'"}, "allowed"},
    {"nobody", "GetRanking", {kOwn}, "NOT_ALLOWED"},
    // A reporter files for their own units, which their rows may tell in words.
    {"reporter", "PutResults", {kOwn}, "allowed, own units"},
    {"leader", "PutResults", {kOwn}, "allowed"},
    {"watcher", "PutResults", {kOwn}, "NOT_ALLOWED"},
    {"reporter", "SubmitResults", {kOwnReport}, "allowed"},
    {"reporter", "SubmitResults", {kOtherReport}, "NOT_ALLOWED"},
    {"registrar", "SubmitResults", {kOwnReport}, "NOT_ALLOWED"},
    // Nobody verifies their own, nor in another unit's name.
    {"leader", "VerifyResults", {Verify(kOtherReport, "units/so-y-te")}, "allowed"},
    {"leader", "VerifyResults", {Verify(kOtherReport, "units/so-xay-dung")}, "NOT_ALLOWED"},
    {"leader", "VerifyResults", {Verify(kOtherReport, "")}, "NOT_ALLOWED"},
    {"leader", "VerifyResults", {Verify(kOwnReport, "units/so-y-te")}, "OWN_UNIT"},
    {"watcher", "VerifyResults", {Verify(kOwnReport, "")}, "allowed"},
    {"watcher", "VerifyResults", {Verify(kOwnReport, "units/so-y-te")}, "NOT_ALLOWED"},
    {"competing watcher", "VerifyResults", {Verify(kOwnReport, "")}, "OWN_UNIT"},
    {"competing watcher", "VerifyResults", {Verify(kOtherReport, "")}, "allowed"},
    // Each layer is somebody's.
    {"reporter", "PutAssessments", {Points("SELF", "so-y-te", "")}, "allowed"},
    {"reporter", "PutAssessments", {Points("SELF", "so-khoa-hoc", "")}, "NOT_ALLOWED"},
    {"reporter", "PutAssessments", {Points("PEER", "so-khoa-hoc", "units/so-y-te")}, "allowed"},
    {"reporter",
     "PutAssessments",
     {Points("PEER", "so-khoa-hoc", "units/so-xay-dung")},
     "NOT_ALLOWED"},
    {"reporter", "PutAssessments", {Points("PEER", "so-y-te", "units/so-y-te")}, "OWN_UNIT"},
    {"reporter", "PutAssessments", {Points("BLOC", "so-khoa-hoc", "")}, "NOT_ALLOWED"},
    {"leader", "PutAssessments", {Points("BLOC", "so-khoa-hoc", "")}, "allowed"},
    {"leader", "PutAssessments", {Points("BLOC", "so-y-te", "")}, "OWN_UNIT"},
    {"leader", "PutAssessments", {Points("PROVINCE", "so-khoa-hoc", "")}, "NOT_ALLOWED"},
    {"watcher", "PutAssessments", {Points("PROVINCE", "so-khoa-hoc", "")}, "allowed"},
    {"council", "PutAssessments", {Points("PROVINCE", "so-khoa-hoc", "")}, "allowed"},
    {"council", "PutAssessments", {Points("BLOC", "so-khoa-hoc", "")}, "NOT_ALLOWED"},
    {"registrar", "PutAssessments", {Points("UNSPECIFIED", "so-khoa-hoc", "")}, "NOT_ALLOWED"},
    // No unit named is every unit.
    {"competing watcher", "VerifyResults", {""}, "NOT_ALLOWED"},
    {"leader",
     "PutAssessments",
     {absl::StrCat(kOwn, " assessments {layer: ASSESSMENT_LAYER_BLOC}")},
     "OWN_UNIT"},
    // One right, all messages of a stream.
    {"reporter",
     "ImportResults",
     {"start {period: 'blocs/khoi-4/pacts/2019/periods/nam'}", "chunk {rows {} rows {}}",
      "finish {}"},
     "allowed, own units, own imports"},
    {"reporter",
     "ImportResults",
     {"start {period: 'blocs/khoi-4/pacts/2019/periods/nam'}",
      "chunk {rows {} rows {period: 'blocs/khoi-7/pacts/2019/periods/nam'}}"},
     "NOT_ALLOWED"},
    {"reporter", "ImportResults", {"start {}"}, "NOT_ALLOWED"},
    {"registrar", "ImportResults", {"start {}"}, "allowed"},
    {"reporter and watcher of another bloc",
     "ImportResults",
     {"start {period: 'blocs/khoi-7/pacts/2019/periods/nam'}"},
     "NOT_ALLOWED"},
};

INSTANTIATE_TEST_SUITE_P(Contracts, RequirementTest, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<Case>& one) {
                           return absl::StrCat(one.param.method, one.index);
                         });

TEST(RequirementTest, NobodyNamedIsToSignIn) {
  const auto requirement = Requirement::Of(MethodNamed("GetCompleteness"));
  ASSERT_TRUE(requirement.ok());
  const v1::Member reader = MemberOf("grants {role: ROLE_READER}");
  const Principal anyone("anyone", Principal::Known::kNobody,
                         std::vector<const v1::Member*>{&reader});
  const absl::Status refused = requirement->Begin(anyone).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(domain::FaultsOf(refused).at(0).reason, "NOT_SIGNED_IN");
}

TEST(RequirementTest, UncheckedMayDoEverything) {
  for (const Descriptor* message : {results::v1::PutResultsRequest::descriptor(),
                                    scoring::v1::GetRankingRequest::descriptor()}) {
    const auto& service = *message->file()->service(0);
    for (int i = 0; i < service.method_count(); ++i) {
      const auto requirement = Requirement::Of(*service.method(i));
      ASSERT_TRUE(requirement.ok()) << requirement.status();
      auto admission = requirement->Begin(Principal::Unchecked());
      ASSERT_TRUE(admission.ok());
      EXPECT_TRUE(requirement->Admit(*Request(*service.method(i), ""), *admission).ok());
      EXPECT_EQ(Words(absl::OkStatus(), admission->terms()), "allowed");
    }
  }
}

// A contract of its own with one RPC that requires this.
std::string FaultOf(const std::string& requirement) {
  FileDescriptorProto file;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "name: 'own.proto' syntax: 'proto3'"
      "message_type {name: 'In' field {name: 'period' number: 1 type: TYPE_STRING label: "
      "LABEL_OPTIONAL}"
      "  field {name: 'rows' number: 2 type: TYPE_INT32 label: LABEL_REPEATED}}"
      "service {name: 'Own' method {name: 'Do' input_type: '.In' output_type: '.In'}}",
      &file));
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      requirement, file.mutable_service(0)->mutable_method(0)->mutable_options()->MutableExtension(
                       v1::requirement)));
  DescriptorPool pool(DescriptorPool::generated_pool());
  const auto* const built = pool.BuildFile(file);
  EXPECT_NE(built, nullptr);
  return std::string(Requirement::Of(*built->service(0)->method(0)).status().message());
}

TEST(RequirementTest, AContractThatDoesNotSaySoIsRefused) {
  EXPECT_EQ(FaultOf(""), "Own.Do does not say what it requires of its caller");
  EXPECT_EQ(FaultOf("not_own_bloc: true"), "Own.Do does not say what it requires of its caller");
  EXPECT_EQ(FaultOf("rights {on: 'period'}"), "In: a right without a role");
  EXPECT_EQ(FaultOf("rights {roles: ROLE_LEADER on: 'bloc'}"), "In has no field bloc");
  EXPECT_EQ(FaultOf("rights {roles: ROLE_LEADER on: 'period.name'}"),
            "In has no field period.name");
  EXPECT_EQ(FaultOf("rights {roles: ROLE_LEADER on: 'rows'}"),
            "In.rows is neither a text nor a choice");
  EXPECT_EQ(FaultOf("rights {roles: ROLE_LEADER where: 'state=1'}"), "In has no field state");
  EXPECT_EQ(FaultOf("inside: 'period'"), "");
}

TEST(PrincipalTest, HoldsWhatItsMembersHoldTogether) {
  const v1::Member one =
      MemberOf("units: 'units/a' grants {role: ROLE_REPORTER on: 'blocs/b' on: 'blocs/c'}");
  const v1::Member other = MemberOf("units: 'units/d' grants {role: ROLE_COUNCIL}");
  const Principal principal("x", Principal::Known::kToThePolicy,
                            std::vector<const v1::Member*>{&one, &other});
  EXPECT_TRUE(principal.IsOfficialOf("units/a"));
  EXPECT_TRUE(principal.IsOfficialOf("units/d"));
  EXPECT_FALSE(principal.IsOfficialOf("units/"));
  EXPECT_TRUE(principal.Holds(v1::ROLE_REPORTER, "blocs/c"));
  EXPECT_TRUE(principal.Holds(v1::ROLE_REPORTER, "blocs/b/pacts/2019"));
  EXPECT_FALSE(principal.Holds(v1::ROLE_REPORTER, "blocs/bb"));
  EXPECT_FALSE(principal.Holds(v1::ROLE_REPORTER, "blocs/-/pacts/2019"));
  EXPECT_FALSE(principal.Holds(v1::ROLE_REPORTER, ""));
  EXPECT_TRUE(principal.Holds(v1::ROLE_COUNCIL, ""));
  EXPECT_FALSE(principal.HoldsSomewhere(v1::ROLE_LEADER));
}

}  // namespace
}  // namespace thidua::access
