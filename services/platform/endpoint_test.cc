#include "services/platform/endpoint.h"

#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/part_of_service_testlib.h"
#include "services/platform/server.h"
#include "thidua/registry/v1/registry_service.grpc.pb.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::platform {
namespace {

using domain::Fault;
using domain::FaultsOf;
using registry::v1::CreateUnitRequest;
using registry::v1::CreateUnitResponse;
using registry::v1::GetUnitRequest;
using registry::v1::GetUnitResponse;
using registry::v1::RegistryService;
using registry::v1::WatchRequest;
using registry::v1::WatchResponse;
using testing::HasSubstr;
using testing::Not;

// A part of the registry's contract, enough to see what stands around handlers.
class SmallRegistry : public Endpoint {
 public:
  SmallRegistry()
      : Endpoint(*CreateUnitRequest::descriptor()->file()->FindServiceByName("RegistryService")) {
    Unary("CreateUnit", this, &SmallRegistry::CreateUnit);
    Unary("GetUnit", this, &SmallRegistry::GetUnit);
    ServerStream("Watch", this, &SmallRegistry::Watch);
  }

  std::vector<Fault> faults;  // With which CreateUnit refuses.
  absl::Time deadline;        // Of the last GetUnit.

 private:
  absl::StatusOr<CreateUnitResponse> CreateUnit(const CreateUnitRequest& request, const Call&) {
    if (!faults.empty()) return domain::FaultsToStatus(faults);
    CreateUnitResponse response;
    *response.mutable_unit() = request.unit();
    return response;
  }

  absl::StatusOr<GetUnitResponse> GetUnit(const GetUnitRequest&, const Call& call) {
    deadline = call.deadline();
    return absl::InternalError("no such table: units");
  }

  // Counts to three, then refuses.
  absl::Status Watch(const WatchRequest& request, const Call&, const Send<WatchResponse>& send) {
    for (int i = 1; i <= 3; ++i) {
      WatchResponse event;
      event.mutable_pact()->set_version(i);
      event.set_resume_token(request.resume_token());
      if (!send(event)) return absl::CancelledError("gone");
    }
    return Refusal(absl::StatusCode::kOutOfRange, "", "RESUME_TOKEN_UNKNOWN", "Xin theo dõi lại.");
  }
};

class EndpointTest : public testing::Test {
 protected:
  absl::Status CreateUnit(const std::string& display_name, CreateUnitResponse& response) {
    CreateUnitRequest request;
    request.mutable_unit()->set_display_name(display_name);
    grpc::ClientContext context;
    return FromGrpcStatus(stub_->CreateUnit(&context, request, &response));
  }

  SmallRegistry service_;
  LocalServer server_{service_};
  std::unique_ptr<RegistryService::Stub> stub_ = RegistryService::NewStub(server_.NewChannel());
};

TEST_F(EndpointTest, IsIncompleteUntilEveryRpcHasAHandler) {
  EXPECT_EQ(service_.full_name(), "thidua.registry.v1.RegistryService");
  const absl::Status status = service_.CheckComplete();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("RegistryService/BatchCreateUnits"));
}

TEST_F(EndpointTest, AnIncompleteOneDoesNotStart) {
  SmallRegistry service;
  EXPECT_EQ(Server::Start({&service}).status().code(), absl::StatusCode::kFailedPrecondition);
}

class WholeScoring : public Endpoint {
 public:
  WholeScoring()
      : Endpoint(PartOf(*scoring::v1::GetRankingRequest::descriptor()->file()->FindServiceByName(
                            "ScoringService"),
                        {"GetRanking", "GetScorecard"})) {
    Unary("GetRanking", this, &WholeScoring::GetRanking);
    Unary("GetScorecard", this, &WholeScoring::GetScorecard);
  }

 private:
  absl::StatusOr<scoring::v1::GetRankingResponse> GetRanking(const scoring::v1::GetRankingRequest&,
                                                             const Call&) {
    return scoring::v1::GetRankingResponse();
  }
  absl::StatusOr<scoring::v1::GetScorecardResponse> GetScorecard(
      const scoring::v1::GetScorecardRequest&, const Call&) {
    return scoring::v1::GetScorecardResponse();
  }
};

TEST(WholeEndpointTest, IsComplete) {
  const WholeScoring service;
  EXPECT_TRUE(service.CheckComplete().ok()) << service.CheckComplete();
}

TEST_F(EndpointTest, HandlersSeeAdmittedTexts) {
  CreateUnitResponse response;
  ASSERT_TRUE(CreateUnit("So\u031b\u0309 Y te\u0302\u0301", response).ok());
  EXPECT_EQ(response.unit().display_name(), "Sở Y tế");
}

TEST_F(EndpointTest, ATextThatIsNotUtf8GetsItsPath) {
  const google::protobuf::LogSilencer silence;
  CreateUnitResponse response;
  const absl::Status status = CreateUnit("S\xde Y t\xd5", response);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(FaultsOf(status).size(), 1u);
  EXPECT_EQ(FaultsOf(status)[0].path, "unit.display_name");
  EXPECT_EQ(FaultsOf(status)[0].reason, "TEXT_NOT_UTF8");

  WatchRequest request;
  request.set_resume_token("\xff");
  grpc::ClientContext context;
  const auto reader = stub_->Watch(&context, request);
  WatchResponse event;
  EXPECT_FALSE(reader->Read(&event));
  const absl::Status ended = FromGrpcStatus(reader->Finish());
  ASSERT_EQ(FaultsOf(ended).size(), 1u) << ended;
  EXPECT_EQ(FaultsOf(ended)[0].path, "resume_token");
}

TEST_F(EndpointTest, ARefusalCarriesItsFaults) {
  service_.faults = {{"unit.name", "RESOURCE_NAME_INVALID", "Tên tài nguyên không đúng."},
                     {"unit.aliases[3]", "TOO_LONG", "Tên quá dài."}};
  CreateUnitResponse response;
  const absl::Status status = CreateUnit("Sở Y tế", response);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FaultsOf(status), service_.faults);
}

TEST_F(EndpointTest, ThousandsOfFaultsStillArriveAsARefusal) {
  for (int i = 0; i < 10'000; ++i) {
    service_.faults.push_back({absl::StrCat("rows[", i, "].actual"), "NUMBER_UNREADABLE",
                               "Không đọc được số “mười bảy nghìn tám trăm chín mươi ba”."});
  }
  CreateUnitResponse response;
  const absl::Status status = CreateUnit("Sở Y tế", response);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  ASSERT_GT(FaultsOf(status).size(), 1u);
  EXPECT_EQ(FaultsOf(status)[1], service_.faults[1]);
}

TEST_F(EndpointTest, WhatWentWrongInsideStaysInside) {
  GetUnitResponse response;
  grpc::ClientContext context;
  const grpc::Status status = stub_->GetUnit(&context, GetUnitRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message(), Not(HasSubstr("table")));
  EXPECT_THAT(status.error_details(), Not(HasSubstr("table")));
}

TEST_F(EndpointTest, HandlersKnowTheDeadline) {
  GetUnitResponse response;
  {
    grpc::ClientContext context;
    stub_->GetUnit(&context, GetUnitRequest(), &response);
    EXPECT_EQ(service_.deadline, absl::InfiniteFuture());
  }
  grpc::ClientContext context;
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  context.set_deadline(absl::ToChronoTime(deadline));
  stub_->GetUnit(&context, GetUnitRequest(), &response);
  EXPECT_LT(absl::AbsDuration(service_.deadline - deadline), absl::Seconds(2));
}

TEST_F(EndpointTest, ACallGoesOnNoLongerThanTheProcessLetsIt) {
  service_.SetLimits(nullptr, absl::Minutes(1));
  const struct {
    absl::Duration asked;
    absl::Duration given;
  } kDeadlines[] = {
      {absl::InfiniteDuration(), absl::Minutes(1)},
      {absl::Hours(5), absl::Minutes(1)},
      {absl::Seconds(20), absl::Seconds(20)},
  };
  for (const auto& [asked, given] : kDeadlines) {
    grpc::ClientContext context;
    const absl::Time now = absl::Now();
    if (asked != absl::InfiniteDuration()) context.set_deadline(absl::ToChronoTime(now + asked));
    GetUnitResponse response;
    stub_->GetUnit(&context, GetUnitRequest(), &response);
    EXPECT_LT(absl::AbsDuration(service_.deadline - (now + given)), absl::Seconds(5)) << asked;
  }
}

TEST_F(EndpointTest, AStreamSendsEachEventAndThenItsStatus) {
  WatchRequest request;
  request.set_resume_token("abc");
  grpc::ClientContext context;
  const auto reader = stub_->Watch(&context, request);
  WatchResponse event;
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(reader->Read(&event));
    EXPECT_EQ(event.pact().version(), i);
    EXPECT_EQ(event.resume_token(), "abc");
  }
  EXPECT_FALSE(reader->Read(&event));
  const absl::Status ended = FromGrpcStatus(reader->Finish());
  EXPECT_EQ(ended.code(), absl::StatusCode::kOutOfRange);
  ASSERT_EQ(FaultsOf(ended).size(), 1u);
  EXPECT_EQ(FaultsOf(ended)[0].reason, "RESUME_TOKEN_UNKNOWN");
}

TEST_F(EndpointTest, AnRpcWithoutAHandlerIsUnimplemented) {
  registry::v1::ListUnitsResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(stub_->ListUnits(&context, registry::v1::ListUnitsRequest(), &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace thidua::platform
