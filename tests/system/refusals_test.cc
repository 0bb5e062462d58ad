// What bad input gets: a field path, a stable reason and a Vietnamese sentence; and nothing stored.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "services/platform/watch.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using domain::Fault;
using registry::v1::CreatePactRequest;
using registry::v1::RegisterTargetsRequest;
using results::v1::PutResultsRequest;

class RefusalsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite;
    const CommandOutcome load = suite_->Command({"load", Khoi4Folder().string()});
    ASSERT_EQ(load.exit_code, 0) << load.err;
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  // A pact of a later year, drawn up from the one of 2019, with nobody's signature.
  static void DrawUpDraft(int year, const std::string& opens_on) {
    CreatePactRequest request = DraftRequest(year);
    request.mutable_pact()->mutable_periods(0)->set_opens_on(opens_on);
    registry::v1::CreatePactResponse response;
    grpc::ClientContext context;
    const grpc::Status status = suite_->registry().CreatePact(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  static CreatePactRequest DraftRequest(int year) {
    registry::v1::GetPactRequest get;
    get.set_name(kPact2019);
    registry::v1::GetPactResponse present;
    grpc::ClientContext context;
    EXPECT_TRUE(suite_->registry().GetPact(&context, get, &present).ok());
    CreatePactRequest request;
    *request.mutable_pact() = present.pact();
    request.mutable_pact()->set_name(absl::StrCat("blocs/khoi-thi-dua-4/pacts/", year));
    return request;
  }

  static std::string SignByAll(const std::string& pact_name) {
    registry::v1::GetPactRequest get;
    get.set_name(pact_name);
    registry::v1::GetPactResponse pact;
    grpc::ClientContext get_context;
    EXPECT_TRUE(suite_->registry().GetPact(&get_context, get, &pact).ok());
    std::string token;
    for (const auto& member : pact.pact().members()) {
      registry::v1::SignPactRequest sign;
      sign.set_pact(pact_name);
      sign.set_unit(member.unit());
      sign.set_digest(pact.pact().digest());
      registry::v1::SignPactResponse signed_by;
      grpc::ClientContext context;
      const grpc::Status status = suite_->registry().SignPact(&context, sign, &signed_by);
      EXPECT_TRUE(status.ok()) << status.error_message();
      token = signed_by.freshness_token();
    }
    return token;
  }

  static Suite* suite_;
};
Suite* RefusalsTest::suite_ = nullptr;

void ExpectFault(const grpc::Status& status, grpc::StatusCode code, const std::string& path,
                 const std::string& reason) {
  EXPECT_EQ(status.error_code(), code) << status.error_message();
  const std::vector<Fault> faults = domain::FaultsOf(platform::FromGrpcStatus(status));
  ASSERT_FALSE(faults.empty()) << status.error_message();
  EXPECT_EQ(faults[0].path, path);
  EXPECT_EQ(faults[0].reason, reason);
  EXPECT_GT(faults[0].message.size(), 10u) << "a sentence, not a code";
}

PutResultsRequest OneRow(const std::string& target, const std::string& text,
                         const std::string& percent) {
  PutResultsRequest request;
  request.set_period(kMidYear2019);
  auto& row = *request.add_rows();
  row.set_target(absl::StrCat(kPact2019, "/targets/", target));
  row.mutable_actual()->set_text(text);
  row.mutable_stated_percent()->set_text(percent);
  row.set_correction_reason("thử");
  return request;
}

TEST_F(RefusalsTest, OfResults) {
  struct Case {
    const char* name;
    PutResultsRequest request;
    const char* path;
    const char* reason;
  };
  PutResultsRequest twice = OneRow("giai-quyet-viec-lam", "18.000", "");
  *twice.add_rows() = twice.rows(0);
  PutResultsRequest nothing = OneRow("giai-quyet-viec-lam", "", "");
  const Case cases[] = {
      {"17.89.3 is no number", OneRow("giai-quyet-viec-lam", "17.89.3", ""), "rows[0].actual",
       "NUMBER_UNREADABLE"},
      {"a per mille is never a fraction", OneRow("giai-quyet-viec-lam", "0,20/00", ""),
       "rows[0].actual", "MEASURE_DISAGREES"},
      {"two figures are not one", OneRow("giai-quyet-viec-lam", "08/10", ""), "rows[0].actual",
       "NUMBER_IS_TWO_FIGURES"},
      {"a date is no figure", OneRow("giai-quyet-viec-lam", "02/8/2019", ""), "rows[0].actual",
       "NUMBER_IS_A_DATE_OR_CODE"},
      {"a percent that disagrees with its figures",
       OneRow("giai-quyet-viec-lam", "17.900", "51,12%"), "rows[0].stated_percent",
       "PERCENT_DISAGREES"},
      {"a negative figure", OneRow("giai-quyet-viec-lam", "-5", ""), "rows[0].actual",
       "OUT_OF_RANGE"},
      {"a target that was never registered", OneRow("khong-co", "5", ""), "rows[0].target",
       "TARGET_UNKNOWN"},
      {"one target twice", twice, "rows[1].target", "DUPLICATE"},
      {"nothing at all", nothing, "rows[0].actual", "NOTHING_REPORTED"},
  };
  const std::string before = suite_->FreshRanking().SerializeAsString();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    results::v1::PutResultsResponse response;
    grpc::ClientContext context;
    ExpectFault(suite_->results().PutResults(&context, c.request, &response),
                grpc::StatusCode::INVALID_ARGUMENT, c.path, c.reason);
  }
  EXPECT_EQ(suite_->FreshRanking().SerializeAsString(), before);
}

TEST_F(RefusalsTest, OneBadRowKeepsTheWholeAtomicRequestOut) {
  PutResultsRequest request = OneRow("lop-dao-tao", "9", "");
  request.mutable_rows(0)->set_target(absl::StrCat(kPact2019, "/targets/giai-quyet-viec-lam"));
  *request.add_rows() = OneRow("khong-co", "5", "").rows(0);
  results::v1::PutResultsResponse response;
  grpc::ClientContext context;
  ExpectFault(suite_->results().PutResults(&context, request, &response),
              grpc::StatusCode::INVALID_ARGUMENT, "rows[1].target", "TARGET_UNKNOWN");

  results::v1::GetResultRequest get;
  get.set_name(absl::StrCat(kMidYear2019, "/results/giai-quyet-viec-lam"));
  results::v1::GetResultResponse present;
  grpc::ClientContext get_context;
  ASSERT_TRUE(suite_->results().GetResult(&get_context, get, &present).ok());
  EXPECT_EQ(present.result().revision(), 1);
}

TEST_F(RefusalsTest, PerUnitKeepsOutTheRowsOfTheFaultyUnitOnly) {
  PutResultsRequest request = OneRow("giai-quyet-viec-lam", "18.000", "");
  *request.add_rows() = OneRow("chi-tra-tro-cap-xa-hoi", "x", "").rows(0);
  *request.add_rows() = OneRow("cung-cap-thong-tin-nguoi-co-uy-tin", "4", "").rows(0);
  request.set_mode(PutResultsRequest::MODE_PER_UNIT);
  request.set_validate_only(true);
  results::v1::PutResultsResponse response;
  grpc::ClientContext context;
  const grpc::Status status = suite_->results().PutResults(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.outcomes(0).kind(), results::v1::RowOutcome::KIND_REJECTED);
  EXPECT_EQ(response.outcomes(0).faults(0).reason(), "UNIT_REJECTED");
  EXPECT_EQ(response.outcomes(1).kind(), results::v1::RowOutcome::KIND_REJECTED);
  EXPECT_EQ(response.outcomes(1).faults(0).field(), "rows[1].actual");
  EXPECT_EQ(response.outcomes(2).kind(), results::v1::RowOutcome::KIND_UPDATED);
}

TEST_F(RefusalsTest, AnAcknowledgedWarningIsKeptWithTheFigure) {
  PutResultsRequest request = OneRow("giai-quyet-viec-lam", "17.900", "51,12%");
  request.mutable_rows(0)->add_acknowledged_warnings("PERCENT_DISAGREES");
  request.set_validate_only(true);
  results::v1::PutResultsResponse response;
  grpc::ClientContext context;
  const grpc::Status status = suite_->results().PutResults(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.outcomes(0).kind(), results::v1::RowOutcome::KIND_UPDATED);
  // Besides, "17.900" is told to be readable in two ways.
  EXPECT_EQ(response.outcomes(0).warnings(0).reason(), "NUMBER_AMBIGUOUS");
  EXPECT_EQ(response.outcomes(0).warnings(1).reason(), "PERCENT_DISAGREES");
  EXPECT_EQ(response.outcomes(0).faults_size(), 0);
}

TEST_F(RefusalsTest, OfAPeriodThatTakesNoResults) {
  DrawUpDraft(2098, "2098-06-15");
  DrawUpDraft(2099, "2099-06-15");
  const std::string pact = "blocs/khoi-thi-dua-4/pacts/2099";
  {
    registry::v1::GetPactRequest get;
    get.set_name(pact);
    registry::v1::GetPactResponse empty;
    grpc::ClientContext get_context;
    ASSERT_TRUE(suite_->registry().GetPact(&get_context, get, &empty).ok());
    registry::v1::SignPactRequest sign;
    sign.set_pact(pact);
    sign.set_unit("units/so-y-te");
    sign.set_digest(empty.pact().digest());
    registry::v1::SignPactResponse signed_by;
    grpc::ClientContext sign_context;
    ExpectFault(suite_->registry().SignPact(&sign_context, sign, &signed_by),
                grpc::StatusCode::FAILED_PRECONDITION, "", "PACT_EMPTY");

    RegisterTargetsRequest targets;
    targets.set_pact(pact);
    auto& target = *targets.add_targets();
    target.set_name(pact + "/targets/mot");
    target.set_unit("units/so-y-te");
    target.set_criterion_id("noi-dung-1");
    target.set_display_name("Một chỉ tiêu");
    target.mutable_value()->set_text("100");
    registry::v1::RegisterTargetsResponse registered;
    grpc::ClientContext register_context;
    ASSERT_TRUE(suite_->registry().RegisterTargets(&register_context, targets, &registered).ok());
  }
  const std::string token = SignByAll(pact);
  struct Case {
    const char* period;
    grpc::StatusCode code;
    const char* reason;
  };
  const Case cases[] = {
      {"blocs/khoi-thi-dua-4/pacts/2099/periods/6-thang", grpc::StatusCode::FAILED_PRECONDITION,
       "PERIOD_NOT_YET_OPEN"},
      {"blocs/khoi-thi-dua-4/pacts/2098/periods/6-thang", grpc::StatusCode::FAILED_PRECONDITION,
       "PACT_NOT_IN_FORCE"},
      {"blocs/khoi-thi-dua-4/pacts/2019/periods/quy-9", grpc::StatusCode::NOT_FOUND,
       "PERIOD_UNKNOWN"},
      {"blocs/khoi-thi-dua-4/pacts/1999/periods/6-thang", grpc::StatusCode::NOT_FOUND,
       "PACT_UNKNOWN"},
      {"blocs/Khối 4/pacts/2019/periods/6-thang", grpc::StatusCode::INVALID_ARGUMENT,
       "RESOURCE_NAME_INVALID"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.period);
    PutResultsRequest request = OneRow("giai-quyet-viec-lam", "1", "");
    request.set_period(c.period);
    request.set_freshness_token(token);  // The drafts have arrived.
    results::v1::PutResultsResponse response;
    grpc::ClientContext context;
    ExpectFault(suite_->results().PutResults(&context, request, &response), c.code, "period",
                c.reason);
  }
}

TEST_F(RefusalsTest, OfPactsAndTargets) {
  CreatePactRequest unknown_unit = DraftRequest(2031);
  unknown_unit.mutable_pact()->mutable_members(2)->set_unit("units/so-khong-co");
  registry::v1::CreatePactResponse created;
  grpc::ClientContext create_context;
  ExpectFault(suite_->registry().CreatePact(&create_context, unknown_unit, &created),
              grpc::StatusCode::INVALID_ARGUMENT, "pact.members[2].unit", "UNIT_UNKNOWN");

  DrawUpDraft(2030, "2030-06-15");
  const std::string pact = "blocs/khoi-thi-dua-4/pacts/2030";
  registry::v1::Target sound;
  sound.set_name(pact + "/targets/mot");
  sound.set_unit("units/so-y-te");
  sound.set_criterion_id("noi-dung-1");
  sound.set_display_name("Một chỉ tiêu");
  sound.mutable_value()->set_text("100");
  struct Case {
    const char* name;
    std::function<void(RegisterTargetsRequest&)> spoil;
    const char* path;
    const char* reason;
  };
  const Case cases[] = {
      {"one target twice", [&](auto& r) { *r.add_targets() = sound; }, "targets[1].name",
       "DUPLICATE"},
      {"a unit of another bloc",
       [](auto& r) { r.mutable_targets(0)->set_unit("units/so-khong-co"); }, "targets[0].unit",
       "UNIT_UNKNOWN"},
      {"a target of 0", [](auto& r) { r.mutable_targets(0)->mutable_value()->set_text("0"); },
       "targets[0].value", "TARGET_ZERO"},
      {"a number with two minds",
       [](auto& r) { r.mutable_targets(0)->mutable_value()->set_text("17.89.3"); },
       "targets[0].value", "NUMBER_UNREADABLE"},
      {"a criterion that takes no targets",
       [](auto& r) { r.mutable_targets(0)->set_criterion_id("noi-dung-2"); },
       "targets[0].criterion_id", "CRITERION_TAKES_NO_TARGETS"},
      {"a name of 10 MB",
       [](auto& r) { r.mutable_targets(0)->set_display_name(std::string(10 << 20, 'a')); },
       "targets[0].display_name", "TOO_LONG"},
      {"a name of 301 letters",
       [](auto& r) { r.mutable_targets(0)->set_display_name(std::string(301, 'a')); },
       "targets[0].display_name", "TOO_LONG"},
      {"invalid UTF-8",
       [](auto& r) { r.mutable_targets(0)->set_display_name("S\xe1\xbb Y t\xc3"); },
       "targets[0].display_name", "TEXT_NOT_UTF8"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    RegisterTargetsRequest request;
    request.set_pact(pact);
    *request.add_targets() = sound;
    c.spoil(request);
    registry::v1::RegisterTargetsResponse response;
    grpc::ClientContext context;
    ExpectFault(suite_->registry().RegisterTargets(&context, request, &response),
                grpc::StatusCode::INVALID_ARGUMENT, c.path, c.reason);
  }
  registry::v1::GetPactRequest get;
  get.set_name(pact);
  registry::v1::GetPactResponse present;
  grpc::ClientContext get_context;
  ASSERT_TRUE(suite_->registry().GetPact(&get_context, get, &present).ok());
  EXPECT_EQ(present.pact().targets_size(), 0);
  EXPECT_EQ(present.pact().version(), 1);
}

registry::v1::CreateUnitRequest NewUnit(const std::string& id) {
  registry::v1::CreateUnitRequest request;
  request.mutable_unit()->set_name("units/" + id);
  request.mutable_unit()->set_display_name("Sở Thử nghiệm");
  request.mutable_unit()->set_kind(registry::v1::Unit::KIND_DEPARTMENT);
  return request;
}

TEST_F(RefusalsTest, TheSameRequestIdGetsTheFirstReplyAndNoOtherBody) {
  const auto create = [](const registry::v1::CreateUnitRequest& request,
                         registry::v1::CreateUnitResponse& response) {
    grpc::ClientContext context;
    return suite_->registry().CreateUnit(&context, request, &response);
  };
  registry::v1::CreateUnitRequest request = NewUnit("so-lap-lai");
  request.set_request_id("lan-thu-nhat");
  registry::v1::CreateUnitResponse first, second;
  ASSERT_TRUE(create(request, first).ok());
  ASSERT_TRUE(create(request, second).ok());
  EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());
  suite_->Kill(Suite::kRegistry, SIGKILL);
  suite_->Start(Suite::kRegistry);
  grpc::Status status;
  do {
    status = create(request, second);
  } while (status.error_code() == grpc::StatusCode::UNAVAILABLE);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(second.SerializeAsString(), first.SerializeAsString());

  request.mutable_unit()->set_display_name("Sở Khác");
  ExpectFault(create(request, second), grpc::StatusCode::INVALID_ARGUMENT, "request_id",
              "REQUEST_ID_REUSED");
  request.set_request_id("");
  ExpectFault(create(request, second), grpc::StatusCode::ALREADY_EXISTS, "unit.name",
              "UNIT_EXISTS");
}

TEST_F(RefusalsTest, ValidateOnlyAnswersAsIfDoneAndStoresNothing) {
  registry::v1::CreateUnitRequest request = NewUnit("so-chi-thu");
  request.set_validate_only(true);
  registry::v1::CreateUnitResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(suite_->registry().CreateUnit(&context, request, &response).ok());
  EXPECT_EQ(response.unit().version(), 1);
  registry::v1::GetUnitRequest get;
  get.set_name("units/so-chi-thu");
  registry::v1::GetUnitResponse absent;
  grpc::ClientContext get_context;
  ExpectFault(suite_->registry().GetUnit(&get_context, get, &absent), grpc::StatusCode::NOT_FOUND,
              "name", "UNIT_UNKNOWN");
}

TEST_F(RefusalsTest, NamesTypedInTwoWaysAreOneName) {
  registry::v1::CreateUnitRequest request = NewUnit("so-to-hop");
  request.mutable_unit()->set_display_name("So\xcc\x9b\xcc\x89 Y t\x65\xcc\x82\xcc\x81");  // NFD
  registry::v1::CreateUnitResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(suite_->registry().CreateUnit(&context, request, &response).ok());
  EXPECT_EQ(response.unit().display_name(), "Sở Y tế");
}

TEST_F(RefusalsTest, ATokenOfAnotherStoreOrFromTheFuture) {
  scoring::v1::GetRankingRequest request;
  request.set_period(kMidYear2019);
  scoring::v1::GetRankingResponse response;

  request.set_freshness_token(platform::FreshnessToken("results:khac", kMidYear2019, 1));
  grpc::ClientContext other_context;
  grpc::Status status = suite_->scoring().GetRanking(&other_context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), testing::HasSubstr("FRESHNESS_OTHER_STORE"));

  results::v1::GetPeriodInputsRequest get;
  get.set_name(kMidYear2019);
  results::v1::GetPeriodInputsResponse inputs;
  grpc::ClientContext get_context;
  ASSERT_TRUE(suite_->results().GetPeriodInputs(&get_context, get, &inputs).ok());
  request.set_freshness_token(
      platform::FreshnessToken(inputs.store_id(), kMidYear2019, inputs.inputs().version() + 1));
  grpc::ClientContext future_context;
  status = suite_->scoring().GetRanking(&future_context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), testing::HasSubstr("FRESHNESS_NOT_REACHED"));

  request.set_freshness_token("khong phai ma");
  grpc::ClientContext wrong_context;
  ExpectFault(suite_->scoring().GetRanking(&wrong_context, request, &response),
              grpc::StatusCode::INVALID_ARGUMENT, "freshness_token", "FRESHNESS_TOKEN_INVALID");
}

TEST_F(RefusalsTest, AWatchFromAnUnknownTokenStartsAgain) {
  registry::v1::WatchRequest request;
  request.set_resume_token(platform::ResumeToken("registry:khac", 0, 1));
  grpc::ClientContext context;
  const auto reader = suite_->registry().Watch(&context, request);
  registry::v1::WatchResponse event;
  EXPECT_FALSE(reader->Read(&event));
  const grpc::Status status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_THAT(status.error_message(), testing::HasSubstr("RESUME_TOKEN_UNKNOWN"));
}

}  // namespace
}  // namespace thidua::tests
