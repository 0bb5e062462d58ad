// The measures of Nghị định 30/2020/NĐ-CP, Phụ lục I, and how wide a text is in Times New Roman.
// Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_DOCUMENTS_LAYOUT_H_
#define THIDUA_SERVICES_DOCUMENTS_LAYOUT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/documents/document.h"

namespace thidua::documents {

// In dxa, twentieths of a point: 1 mm is 56,7.
inline constexpr int kPageShort = 11906, kPageLong = 16838;  // A4
inline constexpr int kMarginTop = 1134, kMarginBottom = 1134, kMarginLeft = 1701,
                     kMarginRight = 851;
inline constexpr int kTextWidth = kPageShort - kMarginLeft - kMarginRight;
inline constexpr int kTextWidthLandscape = kPageLong - kMarginLeft - kMarginRight;
inline constexpr int kHeadRight = 5600;  // The national title's column.
inline constexpr int kHeadLeft = kTextWidth - kHeadRight;
inline constexpr int kFirstLine = 720;          // 1,27 cm
inline constexpr int kBetweenParagraphs = 120;  // 6 pt

inline constexpr int kTextPoints = 14, kSmallPoints = 13, kRecipientPoints = 11;

inline constexpr absl::string_view kNation = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
inline constexpr absl::string_view kMotto = "Độc lập - Tự do - Hạnh phúc";
// Room for a number that is written in by hand.
inline constexpr absl::string_view kNumberRoom = "Số:        ";
inline constexpr absl::string_view kLastRecipient = "Lưu: VT";

// The width of one line of text, in dxa. The letters are measured without their tone marks, which
// make none wider.
int TextWidth(absl::string_view text, int points, bool bold);

// The greatest of `points` and one less at which every line fits into `width`; the lesser when none
// does.
int FittingPoints(const std::vector<std::string>& lines, int points, bool bold, int width);

// How long the rules are: under the issuing body and the subject between a third and a half of the
// line, under the motto as long as it.
int RuleUnder(absl::string_view line, int points, int column_width);

// The columns' widths in dxa; their sum is `width` exactly.
std::vector<int> ColumnWidths(const Table& table, int width);

}  // namespace thidua::documents

#endif  // THIDUA_SERVICES_DOCUMENTS_LAYOUT_H_
