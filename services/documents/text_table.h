// Tables of plain text for people: columns by display width, long cells wrapped between words.
//
//   TextTable table({{"Hạng", TextAlign::kRight}, {"Đơn vị", TextAlign::kLeft}});
//   table.Add({"1", "Ban Dân tộc"});
//   std::cout << table.Print(100);
#ifndef THIDUA_SERVICES_DOCUMENTS_TEXT_TABLE_H_
#define THIDUA_SERVICES_DOCUMENTS_TEXT_TABLE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace thidua::documents {

// How many columns of a terminal a text takes: combining marks none, wide characters two.
int DisplayWidth(absl::string_view text);

// The text in lines of at most `width` columns, broken between words; a word that is wider is cut.
std::vector<std::string> Wrap(absl::string_view text, int width);

// The text in lines of at most `width` columns, two spaces before the first, four before the
// others.
std::string Indented(absl::string_view text, int width);

enum class TextAlign { kLeft, kRight };

struct TextColumn {
  std::string title;
  TextAlign align = TextAlign::kLeft;
};

class TextTable {
 public:
  explicit TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

  // As many cells as columns.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }

  // At most `width` columns wide where the words allow: the widest columns give way first.
  std::string Print(int width) const;

 private:
  std::vector<TextColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace thidua::documents

#endif  // THIDUA_SERVICES_DOCUMENTS_TEXT_TABLE_H_
