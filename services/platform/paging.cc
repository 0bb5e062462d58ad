#include "services/platform/paging.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"
#include "services/platform/admission.h"
#include "services/platform/digest.h"

namespace thidua::platform {
namespace {

using google::protobuf::Message;

constexpr int32_t kPageSizeDefault = 100;
constexpr int32_t kPageSizeMax = 1000;

std::string TextOf(const Message& request, const char* field) {
  const auto* descriptor = request.GetDescriptor()->FindFieldByName(field);
  return request.GetReflection()->GetString(request, descriptor);
}

// What makes this list this list.
std::string ListDigest(const Message& request) {
  const std::unique_ptr<Message> list(request.New());
  list->CopyFrom(request);
  for (const char* field : {"page_size", "page_token"}) {
    list->GetReflection()->ClearField(list.get(), list->GetDescriptor()->FindFieldByName(field));
  }
  return Sha256Hex(
             absl::StrCat(list->GetDescriptor()->full_name(), "\n", DeterministicBytes(*list)))
      .substr(0, 16);
}

}  // namespace

absl::StatusOr<int64_t> PageSize(int32_t asked) {
  if (asked < 0) {
    return domain::Fault{"page_size", "OUT_OF_RANGE", "Số dòng mỗi trang không thể âm."}.ToStatus();
  }
  return asked == 0 ? kPageSizeDefault : std::min(asked, kPageSizeMax);
}

std::string NextPageToken(const Message& request, const PageStart& next) {
  return absl::WebSafeBase64Escape(
      absl::StrCat(ListDigest(request), "\n", next.sequence, "\n", next.day, "\n", next.last));
}

absl::StatusOr<PageStart> ReadPageToken(const Message& request, const PageStart& first) {
  const std::string token = TextOf(request, "page_token");
  if (token.empty()) return first;
  std::string text;
  if (absl::WebSafeBase64Unescape(token, &text)) {
    const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('\n', 3));
    PageStart start;
    if (parts.size() == 4 && IsUtf8(text) && absl::SimpleAtoi(parts[1], &start.sequence) &&
        start.sequence >= 0 && start.sequence <= first.sequence) {
      start.day = parts[2];
      start.last = parts[3];
      // In the one spelling that we give it, and of this list.
      if (NextPageToken(request, start) == token) return start;
    }
  }
  return UnknownPageToken();
}

absl::StatusOr<int64_t> LastNumber(const PageStart& start, int64_t first) {
  if (start.last.empty()) return first;
  int64_t last = 0;
  if (!absl::SimpleAtoi(start.last, &last) || last < 1 || absl::StrCat(last) != start.last) {
    return UnknownPageToken();
  }
  return last;
}

absl::Status UnknownPageToken() {
  return domain::Fault{"page_token", "PAGE_TOKEN_UNKNOWN",
                       "Mã trang (page_token) không thuộc danh sách này."}
      .ToStatus();
}

}  // namespace thidua::platform
