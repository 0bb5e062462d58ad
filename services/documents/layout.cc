#include "services/documents/layout.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>

namespace thidua::documents {
namespace {

// Advance widths of U+0020 to U+007E in 1/2048 of the letters' size.
constexpr int16_t kRegular[] = {
    512,  682,  836,  1024, 1024, 1706, 1593, 369,  682,  682,  1024, 1155, 512,  682,  512,  569,
    1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 569,  569,  1155, 1155, 1155, 909,
    1886, 1479, 1366, 1366, 1479, 1251, 1139, 1479, 1479, 682,  797,  1479, 1251, 1821, 1479, 1479,
    1139, 1479, 1366, 1139, 1251, 1479, 1479, 1933, 1479, 1479, 1251, 682,  569,  682,  961,  1024,
    682,  909,  1024, 909,  1024, 909,  682,  1024, 1024, 569,  569,  1024, 569,  1593, 1024, 1024,
    1024, 1024, 682,  797,  569,  1024, 1024, 1479, 1024, 1024, 909,  983,  410,  983,  1108};
constexpr int16_t kBold[] = {
    512,  682,  1137, 1024, 1024, 2048, 1706, 569,  682,  682,  1024, 1167, 512,  682,  512,  569,
    1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 1024, 682,  682,  1167, 1167, 1167, 1024,
    1905, 1479, 1366, 1479, 1479, 1366, 1251, 1593, 1593, 797,  1024, 1593, 1366, 1933, 1479, 1593,
    1251, 1593, 1479, 1139, 1366, 1479, 1479, 2048, 1479, 1479, 1366, 682,  569,  682,  1190, 1024,
    682,  1024, 1139, 909,  1139, 909,  682,  1024, 1139, 569,  682,  1139, 569,  1706, 1139, 1024,
    1139, 1139, 909,  797,  682,  1139, 1024, 1479, 1024, 1024, 909,  807,  451,  807,  1065};
constexpr int kUnitsPerEm = 2048, kDxaPerPoint = 20;

int Advance(utf8proc_int32_t code_point, bool bold) {
  if (code_point >= 0x20 && code_point <= 0x7E) {
    return (bold ? kBold : kRegular)[code_point - 0x20];
  }
  if (code_point == 0x110) return 1479;                // Đ
  if (code_point == 0x111) return bold ? 1139 : 1024;  // đ
  if (code_point == 0x31B) return 110;  // The horn of Ơ and Ư, the one mark that has a width.
  if (utf8proc_charwidth(code_point) == 0) return 0;  // A mark on a letter.
  return kUnitsPerEm / 2;
}

}  // namespace

int TextWidth(absl::string_view text, int points, bool bold) {
  // Decomposed: letters, and marks on them.
  utf8proc_uint8_t* decomposed = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &decomposed,
                   static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_STABLE));
  int64_t units = 0;
  if (length < 0) {
    units = static_cast<int64_t>(text.size()) * kUnitsPerEm / 2;
  } else {
    for (utf8proc_ssize_t at = 0; at < length;) {
      utf8proc_int32_t code_point = 0;
      const utf8proc_ssize_t bytes = utf8proc_iterate(decomposed + at, length - at, &code_point);
      if (bytes <= 0) break;
      units += Advance(code_point, bold);
      at += bytes;
    }
    std::free(decomposed);
  }
  return static_cast<int>(std::min<int64_t>(units, 1 << 24) * points * kDxaPerPoint / kUnitsPerEm);
}

int FittingPoints(const std::vector<std::string>& lines, int points, bool bold, int width) {
  const bool fits = std::all_of(lines.begin(), lines.end(), [&](const std::string& line) {
    return TextWidth(line, points, bold) <= width;
  });
  return fits ? points : points - 1;
}

int RuleUnder(absl::string_view line, int points, int column_width) {
  constexpr int kShare = 40;  // Percent: between a third and a half.
  return std::min(TextWidth(line, points, /*bold=*/true), column_width) * kShare / 100;
}

std::vector<int> ColumnWidths(const Table& table, int width) {
  double all = 0;
  for (const Table::Column& column : table.columns) all += column.width;
  std::vector<int> widths;
  double before = 0;
  int taken = 0;
  for (const Table::Column& column : table.columns) {
    before += column.width;
    const int end = static_cast<int>(before / all * width + 0.5);
    widths.push_back(end - taken);
    taken = end;
  }
  return widths;
}

}  // namespace thidua::documents
