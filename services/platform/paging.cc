#include "services/platform/paging.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/domain/fault.h"

namespace thidua::platform {
namespace {

constexpr int32_t kPageSizeDefault = 100;
constexpr int32_t kPageSizeMax = 1000;

}  // namespace

absl::StatusOr<int64_t> PageSize(int32_t asked) {
  if (asked < 0) {
    return domain::Fault{"page_size", "OUT_OF_RANGE", "Số dòng mỗi trang không thể âm."}.ToStatus();
  }
  return asked == 0 ? kPageSizeDefault : std::min(asked, kPageSizeMax);
}

std::string PageToken(absl::string_view list, absl::string_view last) {
  return absl::WebSafeBase64Escape(absl::StrCat(list, "\n", last));
}

absl::StatusOr<std::string> ReadPageToken(absl::string_view list, absl::string_view token) {
  if (token.empty()) return std::string();
  std::string text;
  absl::string_view last;
  if (absl::WebSafeBase64Unescape(token, &text)) {
    last = text;
    if (absl::ConsumePrefix(&last, absl::StrCat(list, "\n"))) return std::string(last);
  }
  return domain::Fault{"page_token", "PAGE_TOKEN_UNKNOWN",
                       "Mã trang (page_token) không thuộc danh sách này."}
      .ToStatus();
}

}  // namespace thidua::platform
