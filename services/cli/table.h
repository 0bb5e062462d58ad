// Tables for people: columns by display width, long cells wrapped between words.
//
//   Table table({{"Hạng", Align::kRight}, {"Đơn vị", Align::kLeft}});
//   table.Add({"1", "Ban Dân tộc"});
//   std::cout << table.Print(100);
#ifndef THIDUA_SERVICES_CLI_TABLE_H_
#define THIDUA_SERVICES_CLI_TABLE_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace thidua::cli {

// How many columns of a terminal a text takes: combining marks none, wide characters two.
int DisplayWidth(absl::string_view text);

// The text in lines of at most `width` columns, broken between words; a word that is wider is cut.
std::vector<std::string> Wrap(absl::string_view text, int width);

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns.
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }

  // At most `width` columns wide where the words allow: the widest columns give way first.
  std::string Print(int width) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_TABLE_H_
