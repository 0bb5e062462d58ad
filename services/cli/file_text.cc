#include "services/cli/file_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace thidua::cli {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

const utf8proc_uint8_t* Bytes(absl::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

// How many bytes at the beginning are UTF-8, and no zero.
size_t ReadableBytes(absl::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t size = utf8proc_iterate(
        Bytes(text.substr(at)), static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
    if (size <= 0 || code_point == 0) break;
    at += static_cast<size_t>(size);
  }
  return at;
}

}  // namespace

absl::StatusOr<std::string> FileText(absl::string_view bytes) {
  if (absl::StartsWith(bytes, "\xFF\xFE") || absl::StartsWith(bytes, "\xFE\xFF")) {
    return absl::InvalidArgumentError(
        "tệp lưu theo mã UTF-16: mở bằng trình soạn thảo và lưu lại theo mã UTF-8");
  }
  absl::ConsumePrefix(&bytes, kByteOrderMark);
  const size_t readable = ReadableBytes(bytes);
  if (readable < bytes.size()) {
    const auto line =
        std::count(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(readable), '\n');
    return absl::InvalidArgumentError(
        absl::StrCat("dòng ", line + 1,
                     ": có chữ không phải mã UTF-8 (có thể tệp gõ bằng TCVN3, VNI hay lưu theo mã "
                     "Windows-1258): chuyển sang Unicode và lưu lại theo mã UTF-8"));
  }
  utf8proc_uint8_t* composed = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(Bytes(bytes), static_cast<utf8proc_ssize_t>(bytes.size()), &composed,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(composed, &std::free);
  if (length < 0) return absl::ResourceExhaustedError("tệp lớn quá");
  return std::string(reinterpret_cast<const char*>(composed), static_cast<size_t>(length));
}

}  // namespace thidua::cli
