#include "services/sheets/utf8_text.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"
#include "services/domain/folded_text.h"
#include "services/domain/return_if_error.h"

namespace thidua::sheets {
namespace {

constexpr absl::string_view kUtf8Bom = "\xEF\xBB\xBF";
// How far around the first byte that is no UTF-8 the text is looked at to know its encoding.
constexpr int64_t kAround = int64_t{32} << 10;

// Each table: the bytes 0x80 to 0xFF in UTF-8; "" where a byte says nothing about Vietnamese. iconv
// knows two of the three encodings, from files that an image of the suite does not carry.
using UpperHalf = std::array<const char*, 128>;

struct ByteLetter {
  unsigned char byte;
  const char* utf8;
};

template <size_t n>
UpperHalf TableOf(const ByteLetter (&letters)[n]) {
  UpperHalf table;
  table.fill("");
  for (const ByteLetter& letter : letters) table[letter.byte - 0x80] = letter.utf8;
  return table;
}

// Combining marks.
constexpr char kGrave[] = "\u0300", kAcute[] = "\u0301", kTilde[] = "\u0303", kHook[] = "\u0309",
               kDot[] = "\u0323";

const UpperHalf& Windows1258() {
  static const UpperHalf table = TableOf({
      {0xC0, "À"}, {0xC1, "Á"},    {0xC2, "Â"}, {0xC3, "Ă"}, {0xC8, "È"},   {0xC9, "É"},
      {0xCA, "Ê"}, {0xCC, kGrave}, {0xCD, "Í"}, {0xD0, "Đ"}, {0xD2, kHook}, {0xD3, "Ó"},
      {0xD4, "Ô"}, {0xD5, "Ơ"},    {0xD9, "Ù"}, {0xDA, "Ú"}, {0xDD, "Ư"},   {0xDE, kTilde},
      {0xE0, "à"}, {0xE1, "á"},    {0xE2, "â"}, {0xE3, "ă"}, {0xE8, "è"},   {0xE9, "é"},
      {0xEA, "ê"}, {0xEC, kAcute}, {0xED, "í"}, {0xF0, "đ"}, {0xF2, kDot},  {0xF3, "ó"},
      {0xF4, "ô"}, {0xF5, "ơ"},    {0xF9, "ù"}, {0xFA, "ú"}, {0xFD, "ư"},
  });
  return table;
}

const UpperHalf& Vni() {
  static const UpperHalf table = TableOf({
      // A letter, then the byte of its marks.
      {0xD8, kGrave},
      {0xD9, kAcute},
      {0xDB, kHook},
      {0xD5, kTilde},
      {0xCF, kDot},
      {0xF8, kGrave},
      {0xF9, kAcute},
      {0xFB, kHook},
      {0xF5, kTilde},
      {0xEF, kDot},
      {0xC2, "\u0302"},
      {0xC1, "\u0302\u0301"},
      {0xC0, "\u0302\u0300"},
      {0xC5, "\u0302\u0309"},
      {0xC3, "\u0302\u0303"},
      {0xC4, "\u0302\u0323"},
      {0xE2, "\u0302"},
      {0xE1, "\u0302\u0301"},
      {0xE0, "\u0302\u0300"},
      {0xE5, "\u0302\u0309"},
      {0xE3, "\u0302\u0303"},
      {0xE4, "\u0302\u0323"},
      {0xCA, "\u0306"},
      {0xC9, "\u0306\u0301"},
      {0xC8, "\u0306\u0300"},
      {0xDA, "\u0306\u0309"},
      {0xDC, "\u0306\u0303"},
      {0xCB, "\u0306\u0323"},
      {0xEA, "\u0306"},
      {0xE9, "\u0306\u0301"},
      {0xE8, "\u0306\u0300"},
      {0xFA, "\u0306\u0309"},
      {0xFC, "\u0306\u0303"},
      {0xEB, "\u0306\u0323"},
      // Letters of one byte.
      {0xD4, "Ơ"},
      {0xF4, "ơ"},
      {0xD6, "Ư"},
      {0xF6, "ư"},
      {0xD1, "Đ"},
      {0xF1, "đ"},
      {0xCC, "Ì"},
      {0xEC, "ì"},
      {0xCD, "Í"},
      {0xED, "í"},
      {0xC6, "Ỉ"},
      {0xE6, "ỉ"},
      {0xD3, "Ĩ"},
      {0xF3, "ĩ"},
      {0xD2, "Ị"},
      {0xF2, "ị"},
      {0xCE, "Ỵ"},
      {0xEE, "ỵ"},
  });
  return table;
}

const UpperHalf& Tcvn3() {
  static const UpperHalf table = TableOf({
      {0xA1, "Ă"}, {0xA2, "Â"}, {0xA3, "Ê"}, {0xA4, "Ô"}, {0xA5, "Ơ"}, {0xA6, "Ư"}, {0xA7, "Đ"},
      {0xA8, "ă"}, {0xA9, "â"}, {0xAA, "ê"}, {0xAB, "ô"}, {0xAC, "ơ"}, {0xAD, "ư"}, {0xAE, "đ"},
      {0xB5, "à"}, {0xB6, "ả"}, {0xB7, "ã"}, {0xB8, "á"}, {0xB9, "ạ"}, {0xBB, "ằ"}, {0xBC, "ẳ"},
      {0xBD, "ẵ"}, {0xBE, "ắ"}, {0xC6, "ặ"}, {0xC7, "ầ"}, {0xC8, "ẩ"}, {0xC9, "ẫ"}, {0xCA, "ấ"},
      {0xCB, "ậ"}, {0xCC, "è"}, {0xCE, "ẻ"}, {0xCF, "ẽ"}, {0xD0, "é"}, {0xD1, "ẹ"}, {0xD2, "ề"},
      {0xD3, "ể"}, {0xD4, "ễ"}, {0xD5, "ế"}, {0xD6, "ệ"}, {0xD7, "ì"}, {0xD8, "ỉ"}, {0xDC, "ĩ"},
      {0xDD, "í"}, {0xDE, "ị"}, {0xDF, "ò"}, {0xE1, "ỏ"}, {0xE2, "õ"}, {0xE3, "ó"}, {0xE4, "ọ"},
      {0xE5, "ồ"}, {0xE6, "ổ"}, {0xE7, "ỗ"}, {0xE8, "ố"}, {0xE9, "ộ"}, {0xEA, "ờ"}, {0xEB, "ở"},
      {0xEC, "ỡ"}, {0xED, "ớ"}, {0xEE, "ợ"}, {0xEF, "ù"}, {0xF1, "ủ"}, {0xF2, "ũ"}, {0xF3, "ú"},
      {0xF4, "ụ"}, {0xF5, "ừ"}, {0xF6, "ử"}, {0xF7, "ữ"}, {0xF8, "ứ"}, {0xF9, "ự"}, {0xFA, "ỳ"},
      {0xFB, "ỷ"}, {0xFC, "ỹ"}, {0xFD, "ý"}, {0xFE, "ỵ"},
  });
  return table;
}

// Words with a Vietnamese letter that reports are full of, titles of columns first.
const std::set<std::string>& OfficeWords() {
  static const std::set<std::string> words = {
      "đơn",   "vị",     "chỉ",  "kết",    "quả",  "tỷ",    "tỉ",   "lệ",    "thực",  "hiện",
      "chú",   "sở",     "tỉnh", "của",    "và",   "người", "năm",  "được",  "đạt",   "kế",
      "hoạch", "số",     "giải", "quyết",  "việc", "làm",   "quốc", "ủy",    "phòng", "huyện",
      "xã",    "hộ",     "đồng", "triệu",  "lượt", "tế",    "giáo", "dục",   "đào",   "tạo",
      "nông",  "nghiệp", "công", "thương", "xây",  "dựng",  "tài",  "chính", "văn",   "hóa",
      "thể",   "thao",   "lịch", "trường", "môi",  "thông", "học",  "nghệ",  "pháp",  "nội",
      "vụ",    "động",   "hội",  "báo",    "cáo",  "thi",   "đua",  "điểm",  "mục",   "tổng",
      "các",   "cơ",     "quan", "mã",     "kỳ",   "lý",    "sửa",  "độ",    "tiêu",  "dân"};
  return words;
}

// How many different office words the bytes hold under that encoding.
size_t WordsFound(absl::string_view bytes, const UpperHalf& table) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == 0) {
      text += ' ';
    } else if (byte < 0x80) {
      text += c;
    } else {
      // A byte that the encoding has no Vietnamese letter for ends no word quietly.
      const char* letter = table[byte - 0x80];
      text += *letter == '\0' ? "?" : letter;
    }
  }
  std::set<absl::string_view> found;
  const std::string words = domain::FoldedWords(text);
  for (const absl::string_view word : absl::StrSplit(words, ' ')) {
    const auto known = OfficeWords().find(std::string(word));
    const bool ascii = std::all_of(word.begin(), word.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (known != OfficeWords().end() && !ascii) found.insert(*known);
  }
  return found.size();
}

// How many bytes at the start of `bytes` are whole, sound characters other than NUL.
size_t SoundUtf8(absl::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    if (const auto byte = static_cast<unsigned char>(bytes[at]); byte < 0x80) {
      if (byte == 0) break;
      ++at;
      continue;
    }
    utf8proc_int32_t code_point = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(bytes.data() + at),
                         static_cast<utf8proc_ssize_t>(bytes.size() - at), &code_point);
    if (length <= 0) break;
    at += static_cast<size_t>(length);
  }
  return at;
}

// Whether so few bytes could be the beginning of a character.
bool MayGoOn(absl::string_view bytes) {
  const auto first = static_cast<unsigned char>(bytes[0]);
  const size_t length = first >= 0xF0 && first <= 0xF4   ? 4
                        : first >= 0xE0                  ? 3
                        : first >= 0xC2 && first <= 0xDF ? 2
                                                         : 0;
  if (first > 0xF4 || bytes.size() >= length) return false;
  return std::all_of(bytes.begin() + 1, bytes.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; });
}

std::pair<absl::string_view, std::string> AdviceFor(LegacyEncoding encoding) {
  constexpr absl::string_view kAdvice = "hãy mở bằng Excel và lưu lại dạng “CSV UTF-8”.";
  constexpr absl::string_view kConvert =
      "hãy chuyển sang Unicode (chẳng hạn bằng UniKey) rồi lưu lại dạng “CSV UTF-8”.";
  switch (encoding) {
    case LegacyEncoding::kWindows1258:
      return {"ENCODING_WINDOWS_1258", absl::StrCat("Tệp dùng bảng mã Windows-1258; ", kAdvice)};
    case LegacyEncoding::kVni:
      return {"ENCODING_VNI", absl::StrCat("Tệp dùng bảng mã VNI; ", kConvert)};
    case LegacyEncoding::kTcvn3:
      return {"ENCODING_TCVN3", absl::StrCat("Tệp dùng bảng mã TCVN3 (phông .VnTime); ", kConvert)};
    case LegacyEncoding::kUnknown:
      break;
  }
  return {"ENCODING_NOT_UTF8", absl::StrCat("Tệp không phải bảng mã UTF-8; ", kAdvice)};
}

}  // namespace

LegacyEncoding RecogniseLegacyEncoding(absl::string_view bytes) {
  constexpr size_t kEnough = 3, kTimesTheNext = 3;
  std::vector<std::pair<size_t, LegacyEncoding>> found = {
      {WordsFound(bytes, Windows1258()), LegacyEncoding::kWindows1258},
      {WordsFound(bytes, Vni()), LegacyEncoding::kVni},
      {WordsFound(bytes, Tcvn3()), LegacyEncoding::kTcvn3}};
  std::sort(found.rbegin(), found.rend());
  if (found[0].first < kEnough || found[0].first < kTimesTheNext * found[1].first) {
    return LegacyEncoding::kUnknown;
  }
  return found[0].second;
}

absl::StatusOr<bool> Utf8Text::Append(std::string& to) {
  ASSIGN_OR_RETURN(bool read, file_->Append(bytes_));
  if (form_ == Form::kNotKnownYet) {
    while (read && bytes_.size() < kUtf8Bom.size()) {
      ASSIGN_OR_RETURN(read, file_->Append(bytes_));
    }
    TakeBom();
  }
  if (!read && bytes_.empty()) return false;
  const size_t before = to.size();
  RETURN_IF_ERROR(form_ == Form::kUtf8 ? AppendUtf8(to, !read) : AppendUtf16(to, !read));
  lines_ += std::count(to.begin() + static_cast<std::ptrdiff_t>(before), to.end(), '\n');
  return true;
}

void Utf8Text::TakeBom() {
  if (absl::StartsWith(bytes_, "\xFF\xFE")) {
    form_ = Form::kUtf16Le;
    bytes_.erase(0, 2);
  } else if (absl::StartsWith(bytes_, "\xFE\xFF")) {
    form_ = Form::kUtf16Be;
    bytes_.erase(0, 2);
  } else {
    form_ = Form::kUtf8;
    if (absl::StartsWith(bytes_, kUtf8Bom)) bytes_.erase(0, kUtf8Bom.size());
  }
}

absl::StatusOr<std::string> Utf8Text::Around(size_t at) const {
  const int64_t place = file_->bytes_read() - static_cast<int64_t>(bytes_.size() - at);
  const int64_t before = std::min(place, kAround);
  return file_->At(place - before, static_cast<size_t>(before + kAround));
}

absl::Status Utf8Text::FaultAt(size_t appended, const std::string& to, absl::string_view reason,
                               std::string message) const {
  const auto here = to.end() - static_cast<std::ptrdiff_t>(appended);
  return domain::Fault{absl::StrCat("dòng ", lines_ + std::count(here, to.end(), '\n')),
                       std::string(reason), std::move(message)}
      .ToStatus();
}

absl::Status Utf8Text::AppendUtf8(std::string& to, bool at_end) {
  const size_t sound = SoundUtf8(bytes_);
  to.append(bytes_, 0, sound);
  const absl::string_view rest = absl::string_view(bytes_).substr(sound);
  if (!rest.empty() && (at_end || !MayGoOn(rest))) {
    ASSIGN_OR_RETURN(const std::string around, Around(sound));
    if (rest[0] != '\0') {
      auto [reason, message] = AdviceFor(RecogniseLegacyEncoding(around));
      return FaultAt(sound, to, reason, std::move(message));
    }
    // Every other byte of Latin letters in UTF-16 is one.
    if (std::count(around.begin(), around.end(), '\0') > static_cast<int64_t>(around.size() / 8)) {
      return FaultAt(
          sound, to, "ENCODING_UTF16",
          "Tệp có vẻ dùng bảng mã UTF-16 nhưng thiếu dấu BOM; hãy mở bằng Excel và lưu lại "
          "dạng “CSV UTF-8”.");
    }
    return FaultAt(sound, to, "NUL_BYTE",
                   "Tệp có byte NUL: không phải tệp CSV, hoặc đã hỏng khi truyền.");
  }
  bytes_.erase(0, sound);
  return absl::OkStatus();
}

absl::Status Utf8Text::AppendUtf16(std::string& to, bool at_end) {
  const size_t before = to.size();
  const auto unit = [this](size_t at) {
    const auto a = static_cast<unsigned char>(bytes_[at]);
    const auto b = static_cast<unsigned char>(bytes_[at + 1]);
    return form_ == Form::kUtf16Le ? a | b << 8 : a << 8 | b;
  };
  size_t at = 0;
  bool sound = true;
  while (at + 1 < bytes_.size()) {
    utf8proc_int32_t code_point = unit(at);
    size_t length = 2;
    if (code_point >= 0xD800 && code_point < 0xDC00) {
      if (at + 3 >= bytes_.size()) break;
      const int low = unit(at + 2);
      if (low < 0xDC00 || low > 0xDFFF) {
        sound = false;
        break;
      }
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
      length = 4;
    } else if (code_point >= 0xDC00 && code_point < 0xE000) {
      sound = false;
      break;
    }
    if (code_point == 0) {
      return FaultAt(to.size() - before, to, "NUL_BYTE",
                     "Tệp có ký tự NUL: không phải tệp CSV, hoặc đã hỏng khi truyền.");
    }
    std::array<utf8proc_uint8_t, 4> encoded;
    const utf8proc_ssize_t bytes = utf8proc_encode_char(code_point, encoded.data());
    to.append(reinterpret_cast<const char*>(encoded.data()), static_cast<size_t>(bytes));
    at += length;
  }
  bytes_.erase(0, at);
  if (sound && (!at_end || bytes_.empty())) return absl::OkStatus();
  return FaultAt(to.size() - before, to, "ENCODING_UTF16",
                 "Tệp UTF-16 bị hỏng; hãy mở bằng Excel và lưu lại dạng “CSV UTF-8”.");
}

}  // namespace thidua::sheets
