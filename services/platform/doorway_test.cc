#include "services/platform/doorway.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/platform/channel.h"

namespace thidua::platform {
namespace {

using std::filesystem::directory_iterator;

constexpr timeval kPatience = {20, 0};
// What a test's own process opens besides counts too: more than that.
constexpr int kConnections = 50;

int OpenFiles() {
  return static_cast<int>(std::distance(directory_iterator("/proc/self/fd"), {})) - 1;
}

// A line that says nothing.
class Line {
 public:
  explicit Line(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    reached_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Line() { close(socket_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  // Whether somebody listens.
  bool reached() const { return reached_; }
  // Waits for the first word of the server, which gRPC says to whoever comes: true, or for the end.
  bool IsLetIn() const {
    char byte = 0;
    return recv(socket_, &byte, 1, 0) == 1;
  }

 private:
  const int socket_;
  bool reached_ = false;
};

class DoorwayTest : public testing::Test {
 protected:
  void Start(const std::string& address) {
    // Files below that number are taken: those of the test are above, as connections are.
    auto doorway = Doorway::Listen(address, kConnections);
    ASSERT_TRUE(doorway.ok()) << doorway.status();
    doorway_ = *std::move(doorway);
    grpc::ServerBuilder builder;
    auto acceptor = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials());
    grpc::EnableDefaultHealthCheckService(true);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    doorway_->LetInto(std::move(acceptor));
  }
  ~DoorwayTest() override {
    if (doorway_ != nullptr) doorway_->Close();
    if (server_ != nullptr) server_->Shutdown();
  }

  bool Connects(const std::string& host) const {
    return ChannelTo(absl::StrCat(host, ":", doorway_->port()))
        ->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(5));
  }

  std::unique_ptr<Doorway> doorway_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(DoorwayTest, LetsInToEveryAddressOfAName) {
  const struct {
    const char* address;
    const char* host;
  } kAddresses[] = {
      {"127.0.0.1:0", "127.0.0.1"},
      {"localhost:0", "127.0.0.1"},
      {"0.0.0.0:0", "127.0.0.1"},
      {":0", "127.0.0.1"},
  };
  for (const auto& [address, host] : kAddresses) {
    Start(address);
    EXPECT_TRUE(Connects(host)) << address;
    doorway_->Close();
    EXPECT_FALSE(Line(doorway_->port()).reached()) << address;
    server_->Shutdown();
  }
}

TEST_F(DoorwayTest, RefusesWhatIsNoAddressOrAnothersPort) {
  const auto first = Doorway::Listen("127.0.0.1:0", kConnections);
  ASSERT_TRUE(first.ok()) << first.status();
  const struct {
    std::string address;
    absl::StatusCode code;
  } kAddresses[] = {
      {"127.0.0.1", absl::StatusCode::kInvalidArgument},
      {"127.0.0.1:", absl::StatusCode::kInvalidArgument},
      {"127.0.0.1:http", absl::StatusCode::kInvalidArgument},
      {"127.0.0.1:65536", absl::StatusCode::kInvalidArgument},
      {"192.0.2.1:0", absl::StatusCode::kUnavailable},
      {absl::StrCat("127.0.0.1:", (*first)->port()), absl::StatusCode::kUnavailable},
      {absl::StrCat("localhost:", (*first)->port()), absl::StatusCode::kUnavailable},
  };
  for (const auto& [address, code] : kAddresses) {
    EXPECT_EQ(Doorway::Listen(address, kConnections).status().code(), code) << address;
  }
}

TEST_F(DoorwayTest, OneTooManyIsTurnedAwayAndRoomIsGivenAgain) {
  Start("127.0.0.1:0");
  // Both ends of each line are files of this process.
  std::vector<std::unique_ptr<Line>> in;
  int turned_away = 0;
  for (int i = 0; i < 400; ++i) {
    auto line = std::make_unique<Line>(doorway_->port());
    if (line->IsLetIn()) {
      in.push_back(std::move(line));
    } else {
      ++turned_away;
    }
  }
  EXPECT_GT(turned_away, 0);
  EXPECT_GE(in.size(), size_t{kConnections} / 2);
  const int files = OpenFiles();
  EXPECT_FALSE(Line(doorway_->port()).IsLetIn());
  in.clear();
  while (OpenFiles() >= files - kConnections / 2) {
    absl::SleepFor(absl::Milliseconds(1));  // Until gRPC has seen that they went.
  }
  EXPECT_TRUE(Connects("127.0.0.1"));
}

}  // namespace
}  // namespace thidua::platform
