// RPCs found by name and by what they take, and called while their service is away.
#include "services/platform/caller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/flags/reflection.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/platform/certificates_testlib.h"
#include "services/platform/contracts.h"
#include "services/platform/fake_registry_testlib.h"

namespace thidua::platform {
namespace {

using registry::v1::CreateUnitRequest;
using testing::AllOf;
using testing::Each;
using testing::Not;
using testing::SizeIs;

TEST(ContractsTest, AMethodIsFoundByWhatItTakesAndByItsNames) {
  const auto taking = MethodTaking("thidua.registry.v1.CreateUnitRequest");
  ASSERT_TRUE(taking.ok());
  EXPECT_EQ((*taking)->name(), "CreateUnit");
  EXPECT_EQ(*MethodNamed("CreateUnit"), *taking);
  EXPECT_EQ(*MethodNamed("thidua.registry.v1.RegistryService/CreateUnit"), *taking);
  EXPECT_TRUE(absl::IsNotFound(MethodTaking("thidua.registry.v1.Unit").status()));
  EXPECT_TRUE(absl::IsNotFound(MethodNamed("DropEverything").status()));
}

TEST(ContractsTest, EveryMethodIsFoundByWhatItTakes) {
  for (const auto* method : AllMethods()) {
    EXPECT_EQ(*MethodTaking(method->input_type()->full_name()), method);
    EXPECT_EQ(*MethodNamed(method->name()), method) << "two services with one name: say which";
  }
}

TEST(ContractsTest, AJsonOfAnotherShapeIsRefused) {
  CreateUnitRequest request;
  EXPECT_TRUE(ReadJson(R"({"unit": {"name": "units/so-y-te"}})", request).ok());
  EXPECT_EQ(request.unit().name(), "units/so-y-te");
  for (const char* wrong : {"{", R"({"unti": {}})", R"({"unit": {"kind": "KIND_OF_BLUE"}})"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ReadJson(wrong, request))) << wrong;
  }
}

TEST(CallerTest, AMutationWithoutAnIdIsNotAskedTwice) {
  FakeRegistry registry;
  registry.AnswerFirst({grpc::Status(grpc::StatusCode::UNAVAILABLE, "starting")});
  Caller caller({registry.address(), "", ""}, absl::Seconds(5));
  const auto answer = caller.Call(**MethodNamed("CreateUnit"), CreateUnitRequest());
  EXPECT_TRUE(absl::IsUnavailable(answer.status()));
  EXPECT_THAT(registry.received(), SizeIs(1)) << "it might have been done";
}

// A line that breaks during an answer may reach the caller under another code.
TEST(CallerTest, ABrokenLineUnderAnotherCodeIsTriedAgain) {
  for (const auto code :
       {grpc::StatusCode::UNKNOWN, grpc::StatusCode::INTERNAL, grpc::StatusCode::CANCELLED}) {
    FakeRegistry registry;
    registry.AnswerFirst({grpc::Status(code, "Stream removed")});
    Caller caller({registry.address(), "", ""}, absl::Seconds(5));
    CreateUnitRequest request;
    request.set_request_id("load-1");
    EXPECT_TRUE(caller.Call(**MethodNamed("CreateUnit"), request).ok()) << code;
  }
}

TEST(CallerTest, AServiceIsLeftAloneForAsLongAsItAsks) {
  google::rpc::Status details;
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(300'000'000);
  details.add_details()->PackFrom(retry);
  FakeRegistry registry;
  registry.AnswerFirst(
      {grpc::Status(grpc::StatusCode::UNAVAILABLE, "starting", details.SerializeAsString())});
  Caller caller({registry.address(), "", ""}, absl::Seconds(10));
  CreateUnitRequest request;
  request.set_request_id("load-1");
  const absl::Time begun = absl::Now();
  ASSERT_TRUE(caller.Call(**MethodNamed("CreateUnit"), request).ok());
  EXPECT_GE(absl::Now() - begun, absl::Milliseconds(300));
}

TEST(CallerTest, PatienceHasAnEnd) {
  Caller caller({"127.0.0.1:1", "", ""}, absl::Seconds(3));
  registry::v1::GetUnitRequest request;
  std::vector<std::string> waited_for;
  const absl::Time begun = absl::Now();
  const auto answer =
      caller.Call(**MethodNamed("GetUnit"), request,
                  [&](const std::string& service) { waited_for.push_back(service); });
  EXPECT_TRUE(absl::IsUnavailable(answer.status()));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(20));
  EXPECT_THAT(waited_for, AllOf(Not(SizeIs(0)), Each("registry")));
}

TEST(CallerTest, ARequestsDeadlineEndsAPatienceThatIsLonger) {
  const Caller caller = Caller({"127.0.0.1:1", "", ""}, absl::Hours(1))
                            .For(absl::Now() + absl::Milliseconds(300), "", "");
  const absl::Time begun = absl::Now();
  EXPECT_TRUE(absl::IsUnavailable(caller.Call(registry::v1::GetUnitRequest()).status()));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
}

TEST(CallerTest, TheTraceAndWhoAsksAreCarriedOn) {
  FakeRegistry registry;
  const Caller caller({registry.address(), "", ""}, absl::Seconds(5));
  CreateUnitRequest request;
  request.set_request_id("load-1");
  ASSERT_TRUE(caller.Call(request).ok());
  EXPECT_EQ(registry.traceparent(), "");
  EXPECT_EQ(registry.authorization(), "");
  ASSERT_TRUE(caller.For(absl::InfiniteFuture(), "00-ab-cd-01", "Bearer a.b.c").Call(request).ok());
  EXPECT_EQ(registry.traceparent(), "00-ab-cd-01");
  EXPECT_EQ(registry.authorization(), "Bearer a.b.c");
}

TEST(CallerTest, WhoCallsIsAskedAtEachCallAndNeverLentToSomebodyElse) {
  FakeRegistry registry;
  int calls = 0;
  const Caller caller({registry.address(), "", ""}, absl::Seconds(5),
                      [&calls] { return absl::StrCat("Bearer ", ++calls); });
  CreateUnitRequest request;
  request.set_request_id("load-1");
  for (const char* said : {"Bearer 1", "Bearer 2"}) {
    ASSERT_TRUE(caller.Call(request).ok());
    EXPECT_EQ(registry.authorization(), said);
  }
  ASSERT_TRUE(caller.For(absl::InfiniteFuture(), "", "").Call(request).ok());
  EXPECT_EQ(registry.authorization(), "");
}

// Nobody answers at 192.0.2.1.
TEST(CallerTest, ATokenIsSentNowhereThatOthersMayReadIt) {
  const absl::FlagSaver saver;
  const auto set = [](const char* flag, const std::string& value) {
    std::string error;
    ASSERT_TRUE(absl::FindCommandLineFlag(flag)->ParseFrom(value, &error)) << error;
  };
  const struct {
    const char* address;
    bool may;
  } kAddresses[] = {{"127.0.0.1:1", true},          {"127.8.9.1:1", true},
                    {"localhost:1", true},          {"[::1]:1", true},
                    {"192.0.2.1:1", false},         {"0.0.0.0:1", false},
                    {"localhost.example:1", false}, {"127.0.0.1.example:1", false},
                    {"dns:///192.0.2.1:1", false},  {"ipv4:127.0.0.1:1,192.0.2.1:1", false}};
  for (const auto& [address, may] : kAddresses) {
    const Caller caller({"127.0.0.1:1", address, ""}, absl::ZeroDuration());
    EXPECT_TRUE(caller.CheckLines().ok()) << address << ": nobody says who calls";
    const Caller says_who = caller.For(absl::Now() + absl::Milliseconds(100), "", "Bearer a.b.c");
    EXPECT_EQ(says_who.CheckLines().ok(), may) << address;
    if (may) continue;
    const absl::Status refused = says_who.CheckLines();
    EXPECT_TRUE(absl::IsFailedPrecondition(refused));
    EXPECT_EQ(says_who.Call(results::v1::GetPeriodInputsRequest()).status(), refused);
    EXPECT_EQ(
        says_who.Stream(**MethodNamed("WatchPeriodInputs"), results::v1::WatchPeriodInputsRequest(),
                        [](const auto&) { return true; }),
        refused);
    EXPECT_TRUE(absl::IsUnavailable(says_who.Call(registry::v1::GetUnitRequest()).status()))
        << "the other line is sound";
  }
  const Caller says_who = Caller({"192.0.2.1:1", "", ""}, absl::ZeroDuration())
                              .For(absl::InfiniteFuture(), "", "Bearer a.b.c");
  EXPECT_FALSE(says_who.CheckLines().ok());
  {
    const absl::FlagSaver meant;
    set("allow_plaintext_outside_loopback", "true");
    EXPECT_TRUE(says_who.CheckLines().ok());
  }
  EXPECT_FALSE(says_who.CheckLines().ok());
  const Certificates certificates;
  set("tls_ca", certificates.ca());
  EXPECT_TRUE(says_who.CheckLines().ok());
}

TEST(CallerTest, ManyThreadsCallOverOneLine) {
  FakeRegistry registry;
  const Caller caller({registry.address(), "", ""}, absl::Seconds(5));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&caller] {
      CreateUnitRequest request;
      request.set_request_id("load-1");
      for (int i = 0; i < 20; ++i) EXPECT_TRUE(caller.Call(request).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(registry.received(), SizeIs(80));
}

}  // namespace
}  // namespace thidua::platform
