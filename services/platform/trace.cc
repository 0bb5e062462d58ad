#include "services/platform/trace.h"

#include <utility>

namespace thidua::platform {
namespace {

constexpr absl::string_view kShape = "00-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
constexpr size_t kTraceIdAt = 3, kTraceIdSize = 32;
constexpr size_t kParentIdAt = 36, kParentIdSize = 16;

bool IsZero(absl::string_view digits) {
  return digits.find_first_not_of('0') == absl::string_view::npos;
}

std::string& OfThread() {
  static thread_local std::string traceparent;
  return traceparent;
}

}  // namespace

bool IsTraceparent(absl::string_view text) {
  if (text.size() != kShape.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (kShape[i] == 'x' ? !digit : text[i] != kShape[i]) return false;
  }
  return !IsZero(text.substr(kTraceIdAt, kTraceIdSize)) &&
         !IsZero(text.substr(kParentIdAt, kParentIdSize));
}

absl::string_view TraceIdIn(absl::string_view traceparent) {
  return traceparent.substr(kTraceIdAt, kTraceIdSize);
}

bool IsSampled(absl::string_view traceparent) {
  const char digit = traceparent.back();  // Its lowest bit.
  return ((digit <= '9' ? digit - '0' : digit - 'a' + 10) & 1) != 0;
}

Traced::Traced(absl::string_view traceparent)
    : before_(std::exchange(
          OfThread(), IsTraceparent(traceparent) ? std::string(traceparent) : std::string())) {}

Traced::~Traced() { OfThread() = std::move(before_); }

const std::string& Traced::Traceparent() { return OfThread(); }

absl::string_view Traced::TraceId() {
  return OfThread().empty() ? absl::string_view() : TraceIdIn(OfThread());
}

}  // namespace thidua::platform
