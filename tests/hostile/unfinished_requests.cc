#include "tests/hostile/unfinished_requests.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace thidua::tests {
namespace {

constexpr size_t kFrameMax = 16384;
constexpr size_t kFrameHead = 9;
enum FrameType {
  kData = 0,
  kHeaders = 1,
  kReset = 3,
  kSettings = 4,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8
};
constexpr int kAck = 1;
constexpr int kEndStream = 1;
constexpr int kEndHeaders = 4;
constexpr long kInitialWindowSize = 4;  // The setting.

long NumberIn(absl::string_view bytes) {
  long number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

int StreamOf(size_t request) { return static_cast<int>(2 * request + 1); }

}  // namespace

UnfinishedRequests::UnfinishedRequests(const std::string& address, const std::string& path,
                                       int requests, size_t bytes_each)
    : line_(address), requests_(static_cast<size_t>(requests), Request{5 + bytes_each - 1}) {
  over_ = !line_.StartTls("h2");
  std::string begin = Http2Preface();
  for (size_t i = 0; i < requests_.size(); ++i) {
    requests_[i].window = first_window_;
    absl::StrAppend(&begin, Http2Frame(kHeaders, kEndHeaders, StreamOf(i), GrpcHead(path)));
  }
  line_.Say(begin);
  Run(bytes_each);
}

int UnfinishedRequests::broken_off() const {
  return static_cast<int>(std::count_if(requests_.begin(), requests_.end(),
                                        [](const Request& request) { return request.ended; }));
}

void UnfinishedRequests::Run(size_t bytes_each) {
  // What stands before a message: not compressed, so many bytes.
  std::string head(1, '\0');
  for (const int shift : {24, 16, 8, 0}) head += static_cast<char>(bytes_each >> shift);
  for (size_t i = 0; i < requests_.size(); ++i) {
    line_.Say(Http2Frame(kData, 0, StreamOf(i), head));
    requests_[i].left -= head.size();
    requests_[i].window -= static_cast<long>(head.size());
    window_ -= static_cast<long>(head.size());
  }
  const auto has_more = [this] {
    return std::any_of(requests_.begin(), requests_.end(),
                       [](const Request& request) { return !request.ended && request.left > 0; });
  };
  while (!over_ && has_more()) {
    if (!SendOn() && !Hear()) return;
  }
}

// One frame of each request that has room; false when none has.
bool UnfinishedRequests::SendOn() {
  static const std::string kBytes(kFrameMax, '\0');
  bool sent = false;
  for (size_t i = 0; i < requests_.size(); ++i) {
    Request& request = requests_[i];
    if (request.ended) continue;
    const auto size = static_cast<size_t>(
        std::max(0L, std::min({request.window, window_, static_cast<long>(kFrameMax),
                               static_cast<long>(request.left)})));
    if (size == 0) continue;
    if (!line_.Say(Http2Frame(kData, 0, StreamOf(i), absl::string_view(kBytes).substr(0, size)))) {
      over_ = true;
      return false;
    }
    request.left -= size;
    request.window -= static_cast<long>(size);
    window_ -= static_cast<long>(size);
    sent = true;
  }
  return sent;
}

// What the service says next; false when it says nothing more.
bool UnfinishedRequests::Hear() {
  const std::string more = line_.HearSome();
  if (more.empty()) return false;
  heard_ += more;
  while (heard_.size() >= kFrameHead) {
    const auto size = static_cast<size_t>(NumberIn({heard_.data(), 3}));
    if (heard_.size() < kFrameHead + size) break;
    Take(heard_[3], heard_[4], static_cast<int>(NumberIn({heard_.data() + 5, 4})),
         heard_.substr(kFrameHead, size));
    heard_.erase(0, kFrameHead + size);
  }
  return true;
}

void UnfinishedRequests::Take(int type, int flags, int stream, const std::string& payload) {
  const auto request = static_cast<size_t>(stream / 2);
  const bool is_of_request = stream % 2 == 1 && request < requests_.size();
  if (type == kWindowUpdate) {
    (is_of_request ? requests_[request].window : window_) += NumberIn(payload);
  } else if (type == kSettings && (flags & kAck) == 0) {
    for (size_t at = 0; at + 6 <= payload.size(); at += 6) {
      if (NumberIn({payload.data() + at, 2}) != kInitialWindowSize) continue;
      const long now = NumberIn({payload.data() + at + 2, 4});
      for (Request& one : requests_) one.window += now - first_window_;
      first_window_ = now;
    }
    line_.Say(Http2Frame(kSettings, kAck, 0, ""));
  } else if (type == kPing && (flags & kAck) == 0) {
    line_.Say(Http2Frame(kPing, kAck, 0, payload));
  } else if (type == kReset || (type == kHeaders && (flags & kEndStream) != 0)) {
    if (is_of_request) requests_[request].ended = true;
  } else if (type == kGoAway) {
    over_ = true;
  }
}

}  // namespace thidua::tests
