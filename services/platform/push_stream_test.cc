#include "services/platform/push_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/endpoint.h"
#include "services/platform/errors.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/refusal_testlib.h"
#include "thidua/registry/v1/registry_service.grpc.pb.h"

namespace thidua::platform {
namespace {

using registry::v1::RegistryService;
using registry::v1::WatchRequest;
using registry::v1::WatchResponse;

constexpr absl::Duration kPatience = absl::Seconds(20);
// More than a connection takes without its reader: gRPC's clients have 4 MiB room.
constexpr size_t kLarge = 16 << 20;

// Takes streams in and leaves what becomes of them to the test.
class Streams : public Endpoint {
 public:
  struct Taken {
    std::shared_ptr<PushStream> stream;
    int moved = 0;
    bool over = false;
  };

  Streams() : Endpoint(*WatchRequest::descriptor()->file()->FindServiceByName("RegistryService")) {
    ServerPush("Watch", this, &Streams::Take);
  }

  // The stream taken as the n-th, once there is one.
  std::shared_ptr<PushStream> Await(size_t number) {
    const absl::MutexLock lock(&mutex_);
    const auto there = [&] { return taken_.size() > number; };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&there), kPatience));
    return taken_.at(number).stream;
  }
  // Until it has moved so often.
  void AwaitMoved(size_t number, int times) {
    const absl::MutexLock lock(&mutex_);
    const auto moved = [&] { return taken_.at(number).moved >= times; };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&moved), kPatience))
        << taken_.at(number).moved;
  }
  int moved(size_t number) {
    const absl::MutexLock lock(&mutex_);
    return taken_.at(number).moved;
  }
  void AwaitOver(size_t number) {
    const absl::MutexLock lock(&mutex_);
    const auto over = [&] { return taken_.size() > number && taken_[number].over; };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&over), kPatience));
  }
  void Clear() {
    const absl::MutexLock lock(&mutex_);
    for (Taken& taken : taken_) taken.stream = nullptr;
  }

 private:
  absl::Status Take(const WatchRequest& request, const Call&, std::shared_ptr<PushStream> stream) {
    if (request.resume_token() == "refuse") {
      return Refusal(absl::StatusCode::kOutOfRange, "", "RESUME_TOKEN_UNKNOWN", "Xin làm lại.");
    }
    const absl::MutexLock lock(&mutex_);
    const size_t number = taken_.size();
    stream->Start([this, number](bool over) {
      const absl::MutexLock moved(&mutex_);
      EXPECT_FALSE(taken_.at(number).over) << "that was the last time";
      ++taken_.at(number).moved;
      taken_.at(number).over = over;
    });
    taken_.push_back({std::move(stream)});
    return absl::OkStatus();
  }

  absl::Mutex mutex_;
  std::vector<Taken> taken_ ABSL_GUARDED_BY(mutex_);
};

grpc::ByteBuffer Event(const std::string& token) {
  WatchResponse event;
  event.set_resume_token(token);
  return Endpoint::ToBuffer(event);
}

class PushStreamTest : public testing::Test {
 protected:
  struct Caller {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<WatchResponse>> reader;
    std::string Read() {
      WatchResponse event;
      return reader->Read(&event) ? event.resume_token() : "over";
    }
    std::string Finish() { return SaidInFull(reader->Finish()); }
  };

  std::unique_ptr<Caller> Open(const std::string& token = "") {
    auto caller = std::make_unique<Caller>();
    WatchRequest request;
    request.set_resume_token(token);
    caller->reader = stub_->Watch(&caller->context, request);
    return caller;
  }

  Streams streams_;
  LocalServer server_{streams_};
  std::unique_ptr<RegistryService::Stub> stub_ = RegistryService::NewStub(server_.NewChannel());
};

TEST_F(PushStreamTest, SendsOneAfterTheOtherAndEnds) {
  const auto caller = Open();
  const auto stream = streams_.Await(0);
  EXPECT_EQ(stream->state(), PushStream::State::kIdle);
  for (int i = 0; i < 100; ++i) {
    stream->Send(Event(absl::StrCat(i)));
    EXPECT_EQ(caller->Read(), absl::StrCat(i));
    streams_.AwaitMoved(0, i + 1);
    EXPECT_EQ(stream->state(), PushStream::State::kIdle);
  }
  stream->End(Refusal(absl::StatusCode::kUnavailable, "", "SHUTTING_DOWN", "Dịch vụ đang dừng."));
  stream->End(absl::InternalError("the first counts"));
  EXPECT_EQ(caller->Read(), "over");
  EXPECT_EQ(caller->Finish(), "UNAVAILABLE : SHUTTING_DOWN");
  streams_.AwaitOver(0);
  EXPECT_EQ(streams_.moved(0), 101);
  stream->Send(Event("too late"));
  stream->End(absl::OkStatus());
  stream->BreakOff();
}

TEST_F(PushStreamTest, ARefusalAndARequestThatIsNoneEndTheCall) {
  EXPECT_EQ(Open("refuse")->Finish(), "OUT_OF_RANGE : RESUME_TOKEN_UNKNOWN");
  EXPECT_EQ(Open("\xFF")->Finish(), "INVALID_ARGUMENT resume_token: TEXT_NOT_UTF8");
}

TEST_F(PushStreamTest, TheEndWaitsForTheMessageOnItsWay) {
  const auto caller = Open();
  const auto stream = streams_.Await(0);
  stream->Send(Event(std::string(kLarge, 'x')));
  EXPECT_EQ(stream->state(), PushStream::State::kSending);
  stream->End(absl::OkStatus());
  EXPECT_EQ(stream->state(), PushStream::State::kSending);
  EXPECT_EQ(caller->Read().size(), kLarge);
  EXPECT_EQ(caller->Read(), "over");
  EXPECT_EQ(caller->Finish(), "OK");
  streams_.AwaitOver(0);
}

TEST_F(PushStreamTest, WhoDoesNotReadIsCutOff) {
  const auto caller = Open();
  const auto stream = streams_.Await(0);
  stream->Send(Event(std::string(kLarge, 'x')));
  stream->End(absl::OkStatus());
  stream->BreakOff();
  streams_.AwaitOver(0);
  EXPECT_EQ(caller->Read(), "over");
  EXPECT_NE(caller->Finish(), "OK");
}

TEST_F(PushStreamTest, ACallerThatGoesIsToldOnceAndForGood) {
  // Idle, and with a message on its way.
  for (const bool sending : {false, true}) {
    const size_t number = sending ? 1 : 0;
    const auto caller = Open();
    const auto stream = streams_.Await(number);
    if (sending) stream->Send(Event(std::string(kLarge, 'x')));
    caller->context.TryCancel();
    streams_.AwaitMoved(number, 1);
    EXPECT_EQ(stream->state(), PushStream::State::kOver);
    stream->Send(Event("to nobody"));
    stream->End(absl::OkStatus());
    caller->Finish();
    EXPECT_EQ(streams_.moved(number), 1);
  }
}

TEST_F(PushStreamTest, TheCallersDeadlineEndsIt) {
  Open("refuse")->Finish();  // The line is there before time counts.
  Caller caller;
  caller.context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(3)));
  caller.reader = stub_->Watch(&caller.context, WatchRequest());
  streams_.AwaitOver(0);
  caller.Finish();
}

TEST_F(PushStreamTest, AServerThatStopsEndsWhatIsUnderWay) {
  const auto idle = Open();
  const auto sending = Open();
  streams_.Await(0);
  streams_.Await(1)->Send(Event(std::string(kLarge, 'x')));
  server_.Stop();
  EXPECT_EQ(streams_.Await(0)->state(), PushStream::State::kOver);
  EXPECT_EQ(streams_.Await(1)->state(), PushStream::State::kOver);
  EXPECT_EQ(idle->Read(), "over");
  EXPECT_EQ(sending->Read(), "over");
  idle->Finish();
  sending->Finish();
}

TEST_F(PushStreamTest, MayBeDroppedWhileAMessageIsOnItsWay) {
  const auto caller = Open();
  streams_.Await(0)->Send(Event(std::string(kLarge, 'x')));
  streams_.Clear();
  EXPECT_EQ(caller->Read().size(), kLarge);
}

// Sender, canceller and ender race; whatever wins, each stream comes to its end.
TEST_F(PushStreamTest, EveryOrderOfEndsIsAnEnd) {
  constexpr size_t kStreams = 200;
  for (size_t i = 0; i < kStreams; ++i) {
    const auto caller = Open();
    const auto stream = streams_.Await(i);
    std::thread sender([&] {
      for (int j = 0; j < 3; ++j) {
        if (stream->state() == PushStream::State::kIdle) stream->Send(Event("x"));
      }
    });
    std::thread ender([&, i] {
      if (i % 3 == 0) stream->End(absl::OkStatus());
      if (i % 3 == 1) stream->BreakOff();
    });
    if (i % 2 == 0 || i % 3 == 2) caller->context.TryCancel();
    while (caller->Read() != "over") {
    }
    caller->Finish();
    sender.join();
    ender.join();
    streams_.AwaitOver(i);
  }
}

}  // namespace
}  // namespace thidua::platform
