#include "services/portal/traceparent.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/str_format.h"

namespace thidua::portal {
namespace {

constexpr absl::string_view kShape = "00-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";

bool IsZero(absl::string_view digits) {
  return digits.find_first_not_of('0') == absl::string_view::npos;
}

bool IsTraceparent(absl::string_view text) {
  if (text.size() != kShape.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (kShape[i] == 'x' ? !digit : text[i] != kShape[i]) return false;
  }
  return !IsZero(text.substr(3, 32)) && !IsZero(text.substr(36, 16));
}

}  // namespace

std::string TraceparentOf(absl::string_view header) {
  if (IsTraceparent(header)) return std::string(header);
  static thread_local absl::InsecureBitGen random;
  const auto part = [] { return absl::Uniform<uint64_t>(random) | 1; };  // Never all zeros.
  return absl::StrFormat("00-%016x%016x-%016x-01", part(), part(), part());
}

}  // namespace thidua::portal
