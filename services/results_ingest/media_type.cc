#include "services/results_ingest/media_type.h"

#include <algorithm>

namespace thidua::results_ingest {
namespace {

struct Taken {
  absl::string_view media_type;
  absl::string_view beginning;  // "": a text.
};

constexpr absl::string_view kZip = "PK\x03\x04";
constexpr Taken kTaken[] = {
    {"application/pdf", "%PDF-"},
    {"image/jpeg", "\xFF\xD8\xFF"},
    {"image/png", "\x89PNG\r\n\x1A\n"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", kZip},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", kZip},
    {"application/vnd.oasis.opendocument.text", kZip},
    {"application/vnd.oasis.opendocument.spreadsheet", kZip},
    {"text/plain", ""},
    {"text/csv", ""},
};

}  // namespace

std::optional<MediaTypeCheck> MediaTypeCheck::Of(absl::string_view media_type) {
  for (const Taken& taken : kTaken) {
    if (taken.media_type != media_type) continue;
    MediaTypeCheck check(taken.beginning);
    check.is_text_ = taken.beginning.empty();
    return check;
  }
  return std::nullopt;
}

bool MediaTypeCheck::Take(absl::string_view bytes) {
  if (is_text_) return TakeText(bytes);
  const size_t length = std::min(bytes.size(), beginning_.size());
  if (bytes.substr(0, length) != beginning_.substr(0, length)) return false;
  beginning_.remove_prefix(length);
  return true;
}

// Table 3-7 of the Unicode standard: no character is written longer than it need be, and none is
// half of a UTF-16 pair.
bool MediaTypeCheck::TakeText(absl::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (more_ > 0) {
      if (byte < low_ || byte > high_) return false;
      --more_;
      low_ = 0x80;
      high_ = 0xBF;
    } else if (byte >= 0x80) {
      if (byte < 0xC2 || byte > 0xF4) return false;
      more_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
      if (byte == 0xE0) low_ = 0xA0;
      if (byte == 0xED) high_ = 0x9F;
      if (byte == 0xF0) low_ = 0x90;
      if (byte == 0xF4) high_ = 0x8F;
    } else if (byte == 0) {
      return false;
    }
  }
  return true;
}

bool MediaTypeCheck::End() const { return beginning_.empty() && more_ == 0; }

}  // namespace thidua::results_ingest
