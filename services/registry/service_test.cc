// The registry's RPCs, called through gRPC, on either engine.
#include "services/registry/service.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/access/policy_testlib.h"
#include "services/audit/on_record_testlib.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/paging.h"
#include "services/registry/audited_resources.h"
#include "services/registry/schema.h"
#include "services/registry/store.h"
#include "services/storage/engines_testlib.h"
#include "thidua/registry/v1/registry_service.grpc.pb.h"

namespace thidua::registry {
namespace {

using testing::ElementsAre;

template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// One process of the registry on a database.
class Process {
 public:
  // `callers`: of whom it asks who calls; null: everybody may do everything.
  explicit Process(const std::string& location, access::Callers* callers = nullptr)
      : database_(*storage::Database::Open(location, Schema())),
        feed_(*database_->Sequence(), database_->store_epoch_ms()),
        service_(*database_, feed_),
        server_(Asking(service_, callers)),
        stub_(v1::RegistryService::NewStub(server_.NewChannel())) {}
  ~Process() {
    feed_.Close();
    audit::ExpectSound(*database_, AuditedResources());
  }
  storage::Database& database() { return *database_; }
  // From now on calls come with that authorization.
  void SignIn(std::string authorization) { authorization_ = std::move(authorization); }
  void Execute(const char* sql) {
    const absl::Status done = database_->Write(
        [&](storage::Transaction& transaction) { return transaction.Execute(sql, {}); });
    ASSERT_TRUE(done.ok()) << sql << "\n" << done;
  }

  v1::RegistryService::Stub& stub() { return *stub_; }

  template <typename Request, typename Response>
  using Method = grpc::Status (v1::RegistryService::Stub::*)(grpc::ClientContext*, const Request&,
                                                             Response*);

  // The answer to a request.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(Method<Request, Response> method,
                                const std::type_identity_t<Request>& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    if (!authorization_.empty()) context.AddMetadata("authorization", authorization_);
    Response response;
    const absl::Status status =
        platform::FromGrpcStatus((*stub_.*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }
  // The same to one in its text form.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(Method<Request, Response> method, const std::string& request) {
    return Call(method, Parse<Request>(request));
  }
  // The same, which must be OK.
  template <typename Request, typename Response>
  Response Do(Method<Request, Response> method, const std::string& request) {
    absl::StatusOr<Response> response = Call(method, request);
    EXPECT_TRUE(response.ok()) << request << "\n" << response.status();
    return response.ok() ? *std::move(response) : Response();
  }

  // More of a unit than its name and kind in its text form.
  void CreateUnit(const std::string& unit, const std::string& more = "") {
    Do(&Stub::CreateUnit, absl::StrCat("unit { name: 'units/", unit, "' display_name: 'Sở ", unit,
                                       "' kind: KIND_DEPARTMENT ", more, " }"));
  }

  // A pact of 2025 of all the bloc's members, with these targets, which all have signed.
  void SignPact(const std::string& bloc, const std::string& targets,
                const std::string& more_of_period = "") {
    const std::string name = absl::StrCat("blocs/", bloc, "/pacts/2025");
    Do(&Stub::PublishScheme,
       "request_id: 'thang' scheme_id: 'thang' scheme { display_name: 'Thang điểm' contents { "
       "criterion_id: 'nd' "
       "display_name: 'Nội dung' max_points: '100' targets { "
       "lower_is_better: LOWER_IS_BETTER_TARGET_OVER_ACTUAL } } }");
    Do(&Stub::CreatePact,
       absl::StrCat("as_of: '2025-01-15' pact { name: '", name,
                    "' scheme: 'schemes/thang/versions/1' periods { period_id: 'nam' "
                    "display_name: 'Năm 2025' kind: KIND_YEAR opens_on: '2025-12-01' ",
                    more_of_period, " } }"));
    Do(&Stub::RegisterTargets, absl::StrCat("pact: '", name, "' ", targets));
    SignAll(name);
  }
  void SignAll(const std::string& pact) {
    const v1::Pact drawn_up = Do(&Stub::GetPact, absl::StrCat("name: '", pact, "'")).pact();
    for (const v1::Member& member : drawn_up.members()) {
      Do(&Stub::SignPact, absl::StrCat("pact: '", pact, "' unit: '", member.unit(), "' digest: '",
                                       drawn_up.digest(), "'"));
    }
  }

 private:
  using Stub = v1::RegistryService::Stub;

  static RegistryService& Asking(RegistryService& service, access::Callers* callers) {
    service.SetCallers(callers);
    return service;
  }

  std::string authorization_;
  std::unique_ptr<storage::Database> database_;
  platform::ChangeFeed feed_;
  RegistryService service_;
  platform::LocalServer server_;
  std::unique_ptr<Stub> stub_;
};

// A target of 2025 in its text form.
std::string Target(const std::string& bloc, const std::string& id, const std::string& unit,
                   const std::string& more = "") {
  return absl::StrCat("targets { name: 'blocs/", bloc, "/pacts/2025/targets/", id,
                      "' unit: 'units/", unit, "' criterion_id: 'nd' display_name: 'Chỉ tiêu ", id,
                      "' value { text: '1.000' } ", more, " }");
}

// A bloc in its text form.
std::string Bloc(const std::string& bloc, const std::vector<std::string>& units) {
  std::string text =
      absl::StrCat("bloc { name: 'blocs/", bloc, "' display_name: 'Khối ", bloc, "'");
  for (const std::string& unit : units) {
    absl::StrAppend(&text, " memberships { unit: 'units/", unit, "' }");
  }
  return absl::StrCat(text, " }");
}

// "REASON at path" of each fault.
std::vector<std::string> FaultsOf(const absl::Status& status) {
  std::vector<std::string> said;
  for (const domain::Fault& fault : domain::FaultsOf(status)) {
    said.push_back(absl::StrCat(fault.reason, " at ", fault.path));
  }
  return said;
}

// The next event of a watch that is not a bookmark.
v1::WatchResponse NextOf(grpc::ClientReader<v1::WatchResponse>& reader) {
  v1::WatchResponse event;
  while (reader.Read(&event) && event.has_bookmark()) {
  }
  return event;
}

// As in a rolling update: SQLite has one process.
TEST(TwoProcessesTest, AWatchAtOneTellsWhatTheOtherCommits) {
  storage::PostgresqlEngine engine;
  const std::string location = engine.NewLocation();
  Process first(location), second(location);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  const auto reader = first.stub().Watch(&context, v1::WatchRequest());
  EXPECT_TRUE(NextOf(*reader).has_snapshot_end());
  for (const char* unit : {"so-a", "so-b"}) {
    second.CreateUnit(unit);
    EXPECT_EQ(NextOf(*reader).unit().name(), absl::StrCat("units/", unit));
  }
  context.TryCancel();
}

// A registry of its own for each test, on either engine.
template <typename TestedEngine>
class RegistryTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { engine_ = new TestedEngine; }
  static void TearDownTestSuite() {
    delete engine_;
    engine_ = nullptr;
  }

  static TestedEngine* engine_;
  Process registry_{engine_->NewLocation()};
};
template <typename TestedEngine>
TestedEngine* RegistryTest<TestedEngine>::engine_ = nullptr;

TYPED_TEST_SUITE(RegistryTest, storage::Engines, storage::EngineNames);

using Stub = v1::RegistryService::Stub;

// The pact binds so-a, though the bloc's list of members names it no more.
TYPED_TEST(RegistryTest, AReorganisationFindsThePactOfAUnitThatWasDroppedFromItsBloc) {
  Process& registry = this->registry_;
  for (const char* unit : {"so-a", "so-b", "so-c"}) registry.CreateUnit(unit);
  registry.Do(&Stub::CreateBloc, Bloc("k", {"so-a", "so-b"}));
  registry.SignPact("k", Target("k", "ct-a", "so-a") + Target("k", "ct-b", "so-b"));
  registry.Do(&Stub::UpdateBloc, Bloc("k", {"so-b"}) + " update_mask { paths: 'memberships' }");
  const v1::ReorganisationEffect effect =
      registry
          .Do(&Stub::RecordReorganisation,
              "reorganisation { name: 'reorganisations/sap-nhap' kind: KIND_ABSORB "
              "effective_on: '2025-02-24' decision_number: 'Nghị quyết 02' sources: 'units/so-a' "
              "successors { unit: 'units/so-c' } }")
          .effect();
  ASSERT_EQ(effect.pacts_size(), 1);
  EXPECT_EQ(effect.pacts(0).pact(), "blocs/k/pacts/2025");
  EXPECT_EQ(effect.pacts(0).change(),
            v1::ReorganisationEffect::PactEffect::CHANGE_AMENDMENT_PROPOSED);
  ASSERT_EQ(effect.pacts(0).targets_size(), 1);
  EXPECT_EQ(effect.pacts(0).targets(0).results(),
            v1::ReorganisationEffect::TargetEffect::RESULTS_LEAVE);
}

TYPED_TEST(RegistryTest, AUnitIsAMemberOnlyWhileItIsThere) {
  Process& registry = this->registry_;
  for (const char* unit : {"so-a", "so-b"}) registry.CreateUnit(unit);
  registry.CreateUnit("so-cu",
                      "namings { display_name: 'Sở so-cu' kind: KIND_DEPARTMENT "
                      "valid_from: '2019-01-01' valid_until: '2025-02-23' }");
  const struct {
    const char* days;
    bool admitted;
  } kCases[] = {
      {"valid_from: '2019-01-01' valid_until: '2025-02-23'", true},
      {"valid_from: '2024-01-01' valid_until: '2024-12-31'", true},
      {"valid_from: '2019-01-01'", false},
      {"valid_until: '2025-02-23'", false},
      {"valid_from: '2026-01-01'", false},
  };
  for (const auto& c : kCases) {
    const std::string bloc = absl::StrCat(
        "validate_only: true bloc { name: 'blocs/k' display_name: 'Khối' memberships { unit: "
        "'units/so-a' } memberships { unit: 'units/so-cu' ",
        c.days, " } }");
    const absl::Status created = registry.Call(&Stub::CreateBloc, bloc).status();
    if (c.admitted) {
      EXPECT_TRUE(created.ok()) << c.days << created;
    } else {
      EXPECT_THAT(FaultsOf(created), ElementsAre("UNIT_NOT_ACTIVE at bloc.memberships[1].unit"))
          << c.days;
    }
  }
  registry.Do(&Stub::CreateBloc, Bloc("k", {"so-a"}));
  EXPECT_THAT(FaultsOf(registry
                           .Call(&Stub::UpdateBloc,
                                 "update_mask { paths: 'memberships' paths: 'roles' } bloc { name: "
                                 "'blocs/k' memberships { unit: 'units/so-cu' valid_from: "
                                 "'2026-01-01' } roles { kind: KIND_LEADER unit: 'units/so-cu' "
                                 "valid_from: '2026-01-01' } }")
                           .status()),
              ElementsAre("UNIT_NOT_ACTIVE at bloc.memberships[0].unit"));
}

// It belonged to the bloc early in the year, and is no more when the pact is amended.
TYPED_TEST(RegistryTest, AUnitThatHasEndedIsNotAddedToAPact) {
  Process& registry = this->registry_;
  registry.CreateUnit("so-a");
  registry.CreateUnit("so-cu",
                      "namings { display_name: 'Sở so-cu' kind: KIND_DEPARTMENT "
                      "valid_from: '2019-01-01' valid_until: '2025-02-23' }");
  registry.Do(&Stub::CreateBloc,
              "bloc { name: 'blocs/k' display_name: 'Khối' memberships { unit: 'units/so-a' } "
              "memberships { unit: 'units/so-cu' valid_from: '2019-01-01' valid_until: "
              "'2025-02-23' } }");
  // Drawn up in spring, from who is in the bloc then.
  registry.Do(&Stub::PublishScheme,
              "scheme_id: 'thang' scheme { display_name: 'Thang điểm' contents { criterion_id: "
              "'nd' display_name: 'Nội dung' max_points: '100' targets { lower_is_better: "
              "LOWER_IS_BETTER_TARGET_OVER_ACTUAL } } }");
  const std::string pact =
      "pact { name: 'blocs/k/pacts/2025' scheme: 'schemes/thang/versions/1' periods { period_id: "
      "'nam' display_name: 'Năm 2025' kind: KIND_YEAR opens_on: '2025-12-01' } ";
  EXPECT_EQ(registry
                .Do(&Stub::CreatePact,
                    absl::StrCat("as_of: '2025-01-15' validate_only: true ", pact, "}"))
                .pact()
                .members_size(),
            2);
  registry.Do(&Stub::CreatePact, absl::StrCat("as_of: '2025-03-15' ", pact, "}"));
  registry.Do(&Stub::RegisterTargets, "pact: 'blocs/k/pacts/2025' " + Target("k", "ct", "so-a"));
  registry.SignAll("blocs/k/pacts/2025");
  EXPECT_THAT(FaultsOf(registry
                           .Call(&Stub::AmendPact,
                                 "pact: 'blocs/k/pacts/2025' amendment { reason: 'Bổ sung' "
                                 "document: 'Phụ lục 01' add_members { unit: 'units/so-cu' } }")
                           .status()),
              ElementsAre("UNIT_NOT_ACTIVE at amendment.add_members[0].unit"));
}

TYPED_TEST(RegistryTest, ASchemeIsTriedOnItsExamplesAndProvesThem) {
  Process& registry = this->registry_;
  const auto with_example = [](const std::string& points, const std::string& total) {
    return absl::StrCat(
        "scheme_id: 'thang' scheme { display_name: 'Thang điểm' contents { criterion_id: 'nd' "
        "display_name: 'Nội dung' max_points: '100' assessed {} } examples { display_name: 'Một' "
        "units { unit_id: 'so-a' assessments { criterion_id: 'nd' points: '",
        points, "' } expected { total: '", total, "' } } } }");
  };
  EXPECT_THAT(FaultsOf(registry.Call(&Stub::PublishScheme, with_example("80", "81")).status()),
              ElementsAre("EXAMPLE_DISAGREES at scheme.examples[0].units[0].expected.total"));
  const v1::PutSchemeDraftResponse drafted =
      registry.Do(&Stub::PutSchemeDraft, with_example("80", "81"));
  ASSERT_EQ(drafted.faults_size(), 1) << "a draft may be unsound";
  EXPECT_EQ(drafted.faults(0).field(), "examples[0].units[0].expected.total");
  EXPECT_EQ(drafted.faults(0).message(),
            "Ví dụ “Một”: đơn vị “so-a” phải được tổng cộng 81 điểm nhưng tính ra 80 điểm.");
  const v1::Scheme first = registry.Do(&Stub::PublishScheme, with_example("80", "80")).scheme();
  const v1::Scheme second = registry.Do(&Stub::PublishScheme, with_example("81", "81")).scheme();
  EXPECT_NE(first.digest(), second.digest());
  EXPECT_EQ(
      registry.Do(&Stub::GetScheme, "name: 'schemes/thang/versions/1'").scheme().examples_size(),
      1);
  const v1::ListSchemesResponse listed = registry.Do(&Stub::ListSchemes, "");
  ASSERT_EQ(listed.schemes_size(), 2);
  EXPECT_EQ(listed.schemes(0).examples_size(), 0);
}

TYPED_TEST(RegistryTest, DependenciesInOtherBlocsFollowTheHeir) {
  Process& registry = this->registry_;
  for (const char* unit : {"so-a", "so-b", "so-c"}) registry.CreateUnit(unit);
  registry.Do(&Stub::CreateBloc, Bloc("k", {"so-a", "so-b"}));
  registry.Do(&Stub::CreateBloc, Bloc("o", {"so-c"}));
  registry.SignPact("k", Target("k", "ct-a", "so-a") + Target("k", "ct-b", "so-b"));
  registry.SignPact("o", Target("o", "ct-c", "so-c", "dependencies { unit: 'units/so-a' }") +
                             Target("o", "ct-d", "so-c"));
  const v1::ReorganisationEffect effect =
      registry
          .Do(&Stub::RecordReorganisation,
              "reorganisation { name: 'reorganisations/sap-nhap' kind: KIND_ABSORB "
              "effective_on: '2025-02-24' decision_number: 'Nghị quyết 02' sources: 'units/so-a' "
              "successors { unit: 'units/so-b' } }")
          .effect();
  ASSERT_EQ(effect.pacts_size(), 2);
  const auto& of_o = effect.pacts(1);
  EXPECT_EQ(of_o.pact(), "blocs/o/pacts/2025");
  EXPECT_EQ(of_o.change(), v1::ReorganisationEffect::PactEffect::CHANGE_AMENDMENT_PROPOSED);
  ASSERT_EQ(of_o.targets_size(), 1);
  EXPECT_EQ(of_o.targets(0).sentence(),
            "Chỉ tiêu “Chỉ tiêu ct-c” của Sở so-c nay phụ thuộc Sở so-b thay cho Sở "
            "so-a.");
  const v1::Pact pact = registry.Do(&Stub::GetPact, "name: 'blocs/o/pacts/2025'").pact();
  ASSERT_EQ(pact.proposed_amendment().put_targets_size(), 1);
  EXPECT_EQ(pact.proposed_amendment().put_targets(0).dependencies(0).unit(), "units/so-b");
}

TYPED_TEST(RegistryTest, FaultsAreToldByTheFieldsThatWereSent) {
  Process& registry = this->registry_;
  registry.CreateUnit("so-a",
                      "namings { display_name: 'Ban so-a' kind: KIND_BOARD valid_until: "
                      "'2023-12-31' } namings { display_name: 'Sở so-a' kind: KIND_DEPARTMENT "
                      "valid_from: '2024-01-01' }");
  EXPECT_THAT(FaultsOf(registry.Call(&Stub::CreateUnit, "unit { name: 'units/so-b' }").status()),
              ElementsAre("REQUIRED at unit.display_name", "REQUIRED at unit.kind"));
  EXPECT_THAT(FaultsOf(registry
                           .Call(&Stub::CreateUnit,
                                 "unit { name: 'units/so-b' namings { display_name: 'Sở so-b' } }")
                           .status()),
              ElementsAre("REQUIRED at unit.namings[0].kind"));
  EXPECT_THAT(FaultsOf(registry
                           .Call(&Stub::UpdateUnit,
                                 "unit { name: 'units/so-a' } update_mask { paths: "
                                 "'display_name' paths: 'kind' }")
                           .status()),
              ElementsAre("REQUIRED at unit.display_name", "REQUIRED at unit.kind"));
}

TYPED_TEST(RegistryTest, ChangesAreListedOfResourcesOnly) {
  Process& registry = this->registry_;
  registry.CreateUnit("so-a");
  EXPECT_EQ(registry.Do(&Stub::ListChanges, "resource: 'units/so-a'").changes_size(), 1);
  EXPECT_EQ(registry.Do(&Stub::ListChanges, "resource: 'units/so-b'").changes_size(), 0);
  for (const char* resource :
       {"rác", "units/", "schemes/thang/draft", "blocs/k/pacts/2025/targets/ct"}) {
    EXPECT_THAT(
        FaultsOf(
            registry.Call(&Stub::ListChanges, absl::StrCat("resource: '", resource, "'")).status()),
        ElementsAre("RESOURCE_NAME_INVALID at resource"))
        << resource;
  }
}

TYPED_TEST(RegistryTest, AForgedPageTokenIsSaidToBeNone) {
  v1::ListUnitsRequest request;
  request.set_page_token(platform::NextPageToken(request, {0, "2025-01-01", "so-\xff"}));
  EXPECT_THAT(FaultsOf(this->registry_.Call(&Stub::ListUnits, request).status()),
              ElementsAre("PAGE_TOKEN_UNKNOWN at page_token"));
}

// Whoever adds a mutation is told here when it leaves nothing on record.
TYPED_TEST(RegistryTest, EveryMutationIsOnRecord) {
  Process& registry = this->registry_;
  registry.CreateUnit("so-a");
  registry.Do(&Stub::BatchCreateUnits,
              "units { name: 'units/so-b' display_name: 'Sở b' kind: KIND_DEPARTMENT } "
              "units { name: 'units/so-c' display_name: 'Sở c' kind: KIND_DEPARTMENT }");
  registry.Do(&Stub::UpdateUnit,
              "unit { name: 'units/so-a' short_name: 'A' } update_mask { paths: 'short_name' }");
  registry.Do(&Stub::CreateBloc, Bloc("k", {"so-a", "so-b"}));
  std::string others = Bloc("l", {"so-c"});
  registry.Do(&Stub::BatchCreateBlocs, others.replace(0, 4, "blocs"));
  registry.Do(&Stub::UpdateBloc,
              "bloc { name: 'blocs/l' display_name: 'Khối khác' } update_mask { "
              "paths: 'display_name' }");
  registry.Do(&Stub::RotateRoles,
              "bloc: 'blocs/k' effective_on: '2025-01-01' leader: 'units/so-a'");
  registry.Do(&Stub::PutSchemeDraft, "scheme_id: 'nhap' scheme { display_name: 'Nháp' }");
  registry.Do(&Stub::PutSchemeDraft,
              "scheme_id: 'nhap' scheme { display_name: 'Nháp 2' } etag: '" +
                  registry.Do(&Stub::GetSchemeDraft, "name: 'schemes/nhap/draft'").draft().etag() +
                  "'");
  const std::string pact = "blocs/k/pacts/2025";
  registry.SignPact("k", Target("k", "ct-a", "so-a") + Target("k", "ct-b", "so-b"),
                    "closes_on: '2026-01-31'");
  registry.Do(&Stub::GrantPeriodException,
              absl::StrCat("pact: '", pact,
                           "' exception { unit: 'units/so-a' period_id: 'nam' open_until: "
                           "'2026-02-28' reason: 'Bão lụt' }"));
  registry.Do(
      &Stub::AmendPact,
      absl::StrCat("pact: '", pact,
                   "' amendment { reason: 'Giao lại' document: 'Phụ lục 01' void_targets: '", pact,
                   "/targets/ct-a' }"));
  registry.Do(&Stub::WithdrawAmendment, absl::StrCat("pact: '", pact, "'"));
  registry.Do(&Stub::CreatePact, absl::StrCat("as_of: '2025-01-15' pact { name: 'blocs/l/pacts/2025"
                                              "' scheme: 'schemes/thang/versions/1' periods { "
                                              "period_id: 'nam' display_name: 'Năm 2025' kind: "
                                              "KIND_YEAR opens_on: '2025-12-01' } }"));
  registry.Do(&Stub::RegisterTargets,
              absl::StrCat("pact: 'blocs/l/pacts/2025' ", Target("l", "ct-c", "so-c")));
  registry.Do(&Stub::WithdrawTargets,
              "pact: 'blocs/l/pacts/2025' targets: 'blocs/l/pacts/2025/targets/ct-c'");
  registry.Do(&Stub::RecordReorganisation,
              "reorganisation { name: 'reorganisations/sap-nhap' kind: KIND_ABSORB "
              "effective_on: '2025-02-24' decision_number: 'Nghị quyết 02' sources: 'units/so-a' "
              "successors { unit: 'units/so-c' } }");
  EXPECT_EQ(audit::MethodsOnRecord(registry.database()),
            audit::MutationsOf(*v1::CreateUnitRequest::descriptor()->file()->FindServiceByName(
                "RegistryService")));
  const std::multiset<std::string> deeds = audit::DeedsOf(registry.database());
  for (const char* deed : {
           "CreateUnit units/so-a",
           "BatchCreateUnits units/so-c",
           "UpdateUnit units/so-a",
           "PutSchemeDraft schemes/nhap/draft",
           "PublishScheme schemes/thang/versions/1",
           "RegisterTargets blocs/k/pacts/2025",
           "RegisterTargets blocs/k/pacts/2025/targets/ct-a",
           "WithdrawTargets blocs/l/pacts/2025/targets/ct-c",
           "RecordReorganisation reorganisations/sap-nhap",
           "RecordReorganisation units/so-a",
           "RecordReorganisation blocs/k/pacts/2025",
       }) {
    EXPECT_TRUE(deeds.contains(deed)) << deed;
  }
}

// A registry's data changed behind its back is found, whichever table it is in.
TYPED_TEST(RegistryTest, WhatIsChangedBehindItsBackIsNamed) {
  Process& registry = this->registry_;
  for (const char* unit : {"so-a", "so-b"}) registry.CreateUnit(unit);
  registry.Do(&Stub::CreateBloc, Bloc("k", {"so-a", "so-b"}));
  registry.Do(&Stub::PutSchemeDraft, "scheme_id: 'nhap' scheme { display_name: 'Nháp' }");
  registry.SignPact("k", Target("k", "ct-a", "so-a") + Target("k", "ct-b", "so-b"));
  const auto in_turn = [&](const std::string& table, const std::string& where,
                           const std::string& resource) {
    const auto execute = [&](const std::string& sql, const std::string& bytes) {
      const absl::Status done = registry.database().Write([&](storage::Transaction& transaction) {
        return transaction.Execute(sql, {storage::Bytes{bytes}});
      });
      ASSERT_TRUE(done.ok()) << done;
    };
    std::string before;
    ASSERT_TRUE(registry.database()
                    .Read([&](storage::Transaction& transaction) {
                      return transaction.Query(
                          absl::StrCat("SELECT message FROM ", table, " WHERE ", where), {},
                          [&](const storage::Row& row) {
                            before = row.Text(0);
                            return absl::OkStatus();
                          });
                    })
                    .ok());
    const std::string put = absl::StrCat("UPDATE ", table, " SET message = $1 WHERE ", where);
    execute(put, before + before);
    EXPECT_THAT(audit::FoundIn(registry.database(), AuditedResources()), ElementsAre(resource));
    execute(put, before);
  };
  const std::string present = " AND until = 9223372036854775807";
  in_turn("revisions", "id = 'so-a'" + present, "units/so-a");
  in_turn("revisions", "id = 'k'" + present, "blocs/k");
  in_turn("revisions", "id = 'k/2025'" + present, "blocs/k/pacts/2025");
  in_turn("targets", "target = 'ct-b'" + present, "blocs/k/pacts/2025/targets/ct-b");
  in_turn("scheme_drafts", "scheme = 'nhap'", "schemes/nhap/draft");
  // Of which old dates are answered.
  registry.Do(&Stub::UpdateUnit,
              "unit { name: 'units/so-b' short_name: 'B' } update_mask { paths: 'short_name' }");
  in_turn("revisions", "id = 'so-b' AND until < 9223372036854775807", "units/so-b");
}

// So is what was put in.
TYPED_TEST(RegistryTest, WhatIsPutInBehindItsBackIsNamed) {
  Process& registry = this->registry_;
  for (const char* unit : {"so-a", "so-b"}) registry.CreateUnit(unit);
  registry.Do(&Stub::CreateBloc, Bloc("k", {"so-a", "so-b"}));
  registry.SignPact("k", Target("k", "ct-a", "so-a") + Target("k", "ct-b", "so-b"));
  const struct {
    const char* put;
    const char* undone;
    const char* found;
  } kCases[] = {
      {"INSERT INTO revisions SELECT collection, 'gia', 0, until, version, change_time_ms, facet, "
       "message FROM revisions WHERE id = 'so-a'",
       "DELETE FROM revisions WHERE id = 'gia'", "units/gia"},
      {"INSERT INTO targets SELECT pact, 'gia', since, until, 9, message FROM targets WHERE target "
       "= 'ct-a'",
       "DELETE FROM targets WHERE target = 'gia'", "blocs/k/pacts/2025/targets/gia"},
      {"INSERT INTO scheme_drafts (scheme, message) SELECT 'gia', message FROM revisions WHERE id "
       "= 'so-a'",
       "DELETE FROM scheme_drafts", "schemes/gia/draft"},
      // An earlier revision that never was.
      {"INSERT INTO revisions SELECT collection, 'so-a', 0, 1, version, change_time_ms, facet, "
       "message FROM revisions WHERE id = 'so-b'",
       "DELETE FROM revisions WHERE since = 0", "units/so-a"},
  };
  for (const auto& [put, undone, found] : kCases) {
    registry.Execute(put);
    EXPECT_THAT(audit::FoundIn(registry.database(), AuditedResources()), ElementsAre(found));
    registry.Execute(undone);
  }
}

// A reporter registers for their own unit, and puts nothing in the place of another's.
TYPED_TEST(RegistryTest, NobodyTakesTheTargetsOfOthers) {
  const access::TestPolicy policy(
      {{"an", "units: 'units/so-a' grants {role: ROLE_REPORTER on: 'blocs/k'}"},
       {"binh", "units: 'units/so-b' grants {role: ROLE_REPORTER on: 'blocs/k'}"},
       {"so", "grants {role: ROLE_REGISTRAR}"}});
  const auto callers = access::Callers::Open(policy.file());
  ASSERT_TRUE(callers.ok()) << callers.status();
  Process registry(this->engine_->NewLocation(), callers->get());
  registry.SignIn(policy.BearerOf("so"));
  registry.CreateUnit("so-a");
  registry.CreateUnit("so-b");
  registry.Do(&Stub::CreateBloc, Bloc("k", {"so-a", "so-b"}));
  registry.Do(&Stub::PublishScheme,
              "scheme_id: 'thang' scheme { display_name: 'Thang điểm' contents { criterion_id: "
              "'nd' display_name: 'Nội dung' max_points: '100' targets { lower_is_better: "
              "LOWER_IS_BETTER_TARGET_OVER_ACTUAL } } }");
  registry.Do(&Stub::CreatePact,
              "as_of: '2025-01-15' pact { name: 'blocs/k/pacts/2025' scheme: "
              "'schemes/thang/versions/1' periods { period_id: 'nam' display_name: 'Năm 2025' "
              "kind: KIND_YEAR opens_on: '2025-12-01' } }");
  registry.Do(&Stub::RegisterTargets, "pact: 'blocs/k/pacts/2025' " + Target("k", "ct-b", "so-b"));

  const std::string replace = "replace: true pact: 'blocs/k/pacts/2025' ";
  const std::string withdraw =
      "pact: 'blocs/k/pacts/2025' targets: 'blocs/k/pacts/2025/targets/ct-b'";
  registry.SignIn(policy.BearerOf("an"));
  registry.Do(&Stub::RegisterTargets, replace + Target("k", "ct-a", "so-a"));
  EXPECT_THAT(
      FaultsOf(
          registry.Call(&Stub::RegisterTargets, replace + Target("k", "ct-b", "so-a")).status()),
      ElementsAre("NOT_OWN_UNIT at targets"));
  EXPECT_THAT(
      FaultsOf(
          registry.Call(&Stub::RegisterTargets, replace + Target("k", "ct-c", "so-b")).status()),
      ElementsAre("NOT_ALLOWED at "));
  EXPECT_THAT(FaultsOf(registry.Call(&Stub::WithdrawTargets, withdraw).status()),
              ElementsAre("NOT_OWN_UNIT at targets[0]"));
  registry.SignIn(policy.BearerOf("binh"));
  registry.Do(&Stub::RegisterTargets, replace + Target("k", "ct-b", "so-b"));
  registry.Do(&Stub::WithdrawTargets, withdraw);
}

}  // namespace
}  // namespace thidua::registry
