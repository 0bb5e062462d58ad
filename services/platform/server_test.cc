#include "services/platform/server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/platform/certificates_testlib.h"
#include "services/platform/change_feed.h"
#include "services/platform/channel.h"
#include "services/platform/errors.h"
#include "services/platform/health_testlib.h"
#include "services/platform/part_of_service_testlib.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::platform {
namespace {

using scoring::v1::GetRankingRequest;
using scoring::v1::GetRankingResponse;
using scoring::v1::ScoringService;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// GetRanking answers when the feed is closed.
class SlowScoring : public Endpoint {
 public:
  SlowScoring()
      : Endpoint(
            PartOf(*GetRankingRequest::descriptor()->file()->FindServiceByName("ScoringService"),
                   {"GetRanking"})) {
    Unary("GetRanking", this, &SlowScoring::GetRanking);
  }

  ChangeFeed feed{0};
  absl::Notification asked;

 private:
  absl::StatusOr<GetRankingResponse> GetRanking(const GetRankingRequest&, const Call&) {
    asked.Notify();
    feed.AwaitBeyond(0, absl::Now() + absl::Seconds(20));
    GetRankingResponse response;
    response.set_stale(feed.closed());
    return response;
  }
};

class QuickScoring : public Endpoint {
 public:
  QuickScoring()
      : Endpoint(
            PartOf(*GetRankingRequest::descriptor()->file()->FindServiceByName("ScoringService"),
                   {"GetRanking"})) {
    Unary("GetRanking", this, &QuickScoring::GetRanking);
  }

  std::atomic<int64_t> answered = 0;

 private:
  absl::StatusOr<GetRankingResponse> GetRanking(const GetRankingRequest&, const Call&) {
    ++answered;
    return GetRankingResponse();
  }
};

class ServerTest : public testing::Test {
 protected:
  static void SetFlag(absl::string_view name, absl::string_view value) {
    std::string error;
    ASSERT_TRUE(absl::FindCommandLineFlag(name)->ParseFrom(value, &error)) << error;
  }

  // Starts the service and reads from stdout where.
  std::unique_ptr<Server> Start(std::string& address, const std::string& ip = "127.0.0.1") {
    return Start(service_, address, ip);
  }
  static std::unique_ptr<Server> Start(Endpoint& service, std::string& address,
                                       const std::string& ip = "127.0.0.1") {
    testing::internal::CaptureStdout();
    absl::StatusOr<std::unique_ptr<Server>> server = Server::Start({&service});
    const std::string out = testing::internal::GetCapturedStdout();
    EXPECT_TRUE(server.ok()) << server.status();
    EXPECT_THAT(out, StartsWith(absl::StrCat("ready ", ip, ":")));
    address = out.substr(6, out.find('\n') - 6);
    return server.ok() ? *std::move(server) : nullptr;
  }

  // Runs it until SIGTERM comes to that thread alone, where it is blocked until it is waited for.
  static std::thread ProcessOf(Server& server, std::function<void()> end_streams) {
    absl::Notification waiting;
    std::thread process([&server, &waiting, end_streams = std::move(end_streams)] {
      sigset_t signals;
      sigemptyset(&signals);
      sigaddset(&signals, SIGTERM);
      pthread_sigmask(SIG_BLOCK, &signals, nullptr);
      waiting.Notify();
      server.RunUntilSignal(end_streams);
    });
    waiting.WaitForNotification();
    return process;
  }

  static int HealthAt(const std::string& address, const std::string& service) {
    return HealthOf(ChannelTo(address), service);
  }

  absl::FlagSaver saver_;
  SlowScoring service_;
};

TEST_F(ServerTest, RefusesPlaintextOutsideLoopback) {
  for (const char* address :
       {"0.0.0.0:0", "[::]:0", ":0", "192.168.1.7:0", "10.127.0.0:0", "example.org:0",
        "localhost.example.org:0", "127.0.0.1.example.org:0", "[::10]:0"}) {
    SetFlag("listen", address);
    const auto server = Server::Start({&service_});
    EXPECT_EQ(server.status().code(), absl::StatusCode::kFailedPrecondition) << address;
    EXPECT_THAT(
        std::string(server.status().message()),
        AllOf(HasSubstr("--allow_plaintext_outside_loopback"), HasSubstr("--tls_certificate")));
  }
}

TEST_F(ServerTest, RefusesToServeEverybodyOutsideLoopback) {
  SetFlag("listen", "0.0.0.0:0");
  SetFlag("allow_plaintext_outside_loopback", "true");
  const auto server = Server::Start({&service_});
  EXPECT_EQ(server.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(server.status().message()),
              AllOf(HasSubstr("--allow_everybody_everything_outside_loopback"),
                    HasSubstr("--access_policy")));
}

TEST_F(ServerTest, TellsOtherMachinesHowItIsOnlyWhereThatIsMeant) {
  SetFlag("health_listen", "0.0.0.0:0");
  const auto server = Server::Start({&service_});
  EXPECT_EQ(server.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(server.status().message()),
              HasSubstr("--allow_plaintext_health_and_metrics_outside_loopback"));
  SetFlag("allow_plaintext_health_and_metrics_outside_loopback", "true");
  std::string address;
  EXPECT_NE(Start(address), nullptr);
}

TEST_F(ServerTest, AsksForAPolicyThatIsThere) {
  SetFlag("access_policy", "/nowhere/policy.textproto");
  EXPECT_FALSE(Server::Start({&service_}).ok()) << "on loopback too";
}

TEST_F(ServerTest, ServesPlaintextOutsideLoopbackWhenThatIsMeant) {
  SetFlag("listen", "0.0.0.0:0");
  SetFlag("allow_plaintext_outside_loopback", "true");
  SetFlag("allow_everybody_everything_outside_loopback", "true");
  EXPECT_TRUE(Server::Start({&service_}).ok());
}

TEST_F(ServerTest, ServesOutsideLoopbackByTls) {
  const Certificates certificates;
  SetFlag("listen", "0.0.0.0:0");
  SetFlag("allow_everybody_everything_outside_loopback", "true");
  SetFlag("tls_certificate", certificates.pem("scoring"));
  SetFlag("tls_key", certificates.key("scoring"));
  SetFlag("tls_ca", certificates.ca());
  std::string address;
  const std::unique_ptr<Server> server = Start(address, "0.0.0.0");
  ASSERT_NE(server, nullptr);
  address = absl::StrCat("127.0.0.1", address.substr(address.rfind(':')));
  EXPECT_EQ(HealthAt(address, ""), 1);
  SetFlag("tls_ca", "");
  EXPECT_EQ(HealthAt(address, ""), -1) << "in plaintext";
}

TEST_F(ServerTest, TellsWhereItListensAndWhatIsReady) {
  std::string address;
  const std::unique_ptr<Server> server = Start(address);
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(HealthAt(address, ""), 1);
  EXPECT_EQ(HealthAt(address, service_.full_name()), 1);
  server->SetReady(false);
  EXPECT_EQ(HealthAt(address, ""), 1) << "alive all the same";
  EXPECT_EQ(HealthAt(address, service_.full_name()), 2);
  server->SetReady(true);
  EXPECT_EQ(HealthAt(address, service_.full_name()), 1);
}

TEST_F(ServerTest, ALimitThatIsNoneIsRefused) {
  const struct {
    const char* flag;
    const char* value;
  } kFlags[] = {
      {"calls_per_second_per_caller", "-1"},
      {"calls_at_once_per_caller", "0"},
      {"calls_under_way_per_caller", "0"},
      {"streams_per_caller", "0"},
      {"refusals_per_second_per_address", "-1"},
      {"call_time_max", "0"},
      {"connections_max", "0"},
      {"calls_per_connection", "0"},
      {"threads_max", "1"},
      {"line_memory_mib", "1"},
  };
  for (const auto& [flag, value] : kFlags) {
    const absl::FlagSaver one_at_a_time;
    SetFlag(flag, value);
    const absl::Status refused = Server::Start({&service_}).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << flag;
    EXPECT_THAT(std::string(refused.message()), HasSubstr(flag));
  }
}

TEST_F(ServerTest, TakesNoPortThatAnotherServerHas) {
  std::string address;
  const std::unique_ptr<Server> server = Start(address);
  ASSERT_NE(server, nullptr);
  SetFlag("listen", address);
  SlowScoring second;
  EXPECT_EQ(Server::Start({&second}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, ASignalLetsWhatIsUnderWayEnd) {
  std::string address;
  const std::unique_ptr<Server> server = Start(address);
  ASSERT_NE(server, nullptr);
  std::thread process = ProcessOf(*server, [&] { service_.feed.Close(); });
  std::thread caller([&] {
    const auto stub = ScoringService::NewStub(ChannelTo(address));
    grpc::ClientContext context;
    GetRankingResponse response;
    const grpc::Status status = stub->GetRanking(&context, GetRankingRequest(), &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_TRUE(response.stale()) << "answered before the feed was closed";
  });
  service_.asked.WaitForNotification();
  const absl::Time begun = absl::Now();
  ASSERT_EQ(pthread_kill(process.native_handle(), SIGTERM), 0);
  process.join();
  caller.join();
  EXPECT_LT(absl::Now() - begun, kDrainMax) << "nothing is waited for that has ended";
  EXPECT_EQ(HealthAt(address, ""), -1);
}

// One of several is stopped, and nobody notices: neither who is under way nor who comes later.
TEST_F(ServerTest, WhoCallsSeveralIsNeverTurnedAwayByOneThatStops) {
  QuickScoring stopping_service, staying_service;
  std::string stopping_address, staying_address;
  const std::unique_ptr<Server> stopping = Start(stopping_service, stopping_address);
  const std::unique_ptr<Server> staying = Start(staying_service, staying_address);
  std::thread process = ProcessOf(*stopping, [] {});

  const auto channel = ChannelTo(absl::StrCat("ipv4:", stopping_address, ",", staying_address));
  std::atomic<bool> enough = false;
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto stub = ScoringService::NewStub(channel);
      while (!enough) {
        grpc::ClientContext context;
        GetRankingResponse response;
        const grpc::Status status = stub->GetRanking(&context, GetRankingRequest(), &response);
        EXPECT_TRUE(status.ok()) << status.error_code() << " " << status.error_message();
      }
    });
  }
  while (stopping_service.answered < 200 || staying_service.answered < 200) {
    std::this_thread::yield();
  }
  ASSERT_EQ(pthread_kill(process.native_handle(), SIGTERM), 0);
  process.join();
  const int64_t before = staying_service.answered;
  while (staying_service.answered < before + 200) std::this_thread::yield();
  enough = true;
  for (std::thread& caller : callers) caller.join();
}

}  // namespace
}  // namespace thidua::platform
