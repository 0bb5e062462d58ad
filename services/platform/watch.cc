#include "services/platform/watch.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace thidua::platform {

std::string ResumeToken(absl::string_view store_id, int64_t epoch_ms, int64_t sequence) {
  return absl::WebSafeBase64Escape(absl::StrCat(store_id, "#", epoch_ms, "@", sequence));
}

absl::StatusOr<int64_t> ReadResumeToken(absl::string_view token, absl::string_view store_id,
                                        int64_t epoch_ms, int64_t sequence_now) {
  if (token.empty()) return 0;
  std::string text;
  int64_t sequence = 0;
  if (absl::WebSafeBase64Unescape(token, &text)) {
    const size_t at = text.rfind('@');
    if (at != std::string::npos &&
        absl::SimpleAtoi(absl::string_view(text).substr(at + 1), &sequence) && sequence >= 0 &&
        sequence <= sequence_now &&
        // In the one spelling that we give it.
        ResumeToken(store_id, epoch_ms, sequence) == token) {
      return sequence;
    }
  }
  return Refusal(absl::StatusCode::kOutOfRange, "", "RESUME_TOKEN_UNKNOWN",
                 "Không thể theo dõi tiếp từ mã này; xin theo dõi lại từ đầu.");
}

}  // namespace thidua::platform
