#include "services/documents/text_table.h"

#include <utf8proc.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace thidua::documents {
namespace {

// A column is not made narrower than this.
constexpr int kColumnMin = 8;
constexpr int kBetween = 2;  // Spaces between columns.

// The bytes of the first character, and how wide it is. Bytes that are no UTF-8 count one each.
std::pair<size_t, int> FirstCharacter(absl::string_view text) {
  utf8proc_int32_t code_point = 0;
  const utf8proc_ssize_t bytes =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                       static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (bytes <= 0) return {1, 1};
  return {static_cast<size_t>(bytes), utf8proc_charwidth(code_point)};
}

std::string Repeat(absl::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) absl::StrAppend(&repeated, text);
  return repeated;
}

std::string Pad(const std::string& text, int width, TextAlign align) {
  const std::string spaces(static_cast<size_t>(std::max(0, width - DisplayWidth(text))), ' ');
  return align == TextAlign::kLeft ? text + spaces : spaces + text;
}

std::string WithoutSpacesAtItsEnd(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

int WidestWord(absl::string_view text) {
  int widest = 0;
  for (absl::string_view word : absl::StrSplit(text, ' ')) {
    widest = std::max(widest, DisplayWidth(word));
  }
  return widest;
}

}  // namespace

int DisplayWidth(absl::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const auto [bytes, columns] = FirstCharacter(text);
    width += columns;
    text.remove_prefix(bytes);
  }
  return width;
}

std::vector<std::string> Wrap(absl::string_view text, int width) {
  std::vector<std::string> lines = {""};
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!lines.back().empty() && DisplayWidth(lines.back()) + 1 + DisplayWidth(word) > width) {
      lines.emplace_back();
    }
    if (!lines.back().empty()) lines.back() += ' ';
    while (!word.empty()) {
      const auto [bytes, columns] = FirstCharacter(word);
      if (DisplayWidth(lines.back()) + columns > width && columns > 0) lines.emplace_back();
      absl::StrAppend(&lines.back(), word.substr(0, bytes));
      word.remove_prefix(bytes);
    }
  }
  return lines;
}

std::string Indented(absl::string_view text, int width) {
  std::string lines;
  for (const std::string& line : Wrap(text, width - 4)) {
    absl::StrAppend(&lines, lines.empty() ? "  " : "    ", line, "\n");
  }
  return lines;
}

std::string TextTable::Print(int width) const {
  std::vector<int> widths;
  int total = 0;
  // As wide as it is; if that is too wide, titles go over several lines first.
  for (const bool whole_titles : {true, false}) {
    widths.clear();
    total = kBetween * static_cast<int>(columns_.size() - 1);
    for (size_t c = 0; c < columns_.size(); ++c) {
      int widest = whole_titles ? DisplayWidth(columns_[c].title) : WidestWord(columns_[c].title);
      for (const auto& row : rows_) widest = std::max(widest, DisplayWidth(row[c]));
      widths.push_back(widest);
      total += widest;
    }
    if (total <= width) break;
  }
  // What is left over goes to titles that went over several lines.
  for (size_t c = 0; c < columns_.size() && total < width; ++c) {
    const int wanted = std::max(0, DisplayWidth(columns_[c].title) - widths[c]);
    const int given = std::min(wanted, width - total);
    widths[c] += given;
    total += given;
  }
  for (; total > width; --total) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (*widest <= kColumnMin) break;
    --*widest;
  }

  std::string printed;
  const auto print_row = [&](const std::vector<std::string>& cells) {
    std::vector<std::vector<std::string>> wrapped;
    size_t lines = 1;
    for (size_t c = 0; c < cells.size(); ++c) {
      wrapped.push_back(Wrap(cells[c], widths[c]));
      lines = std::max(lines, wrapped.back().size());
    }
    for (size_t l = 0; l < lines; ++l) {
      std::string line;
      for (size_t c = 0; c < cells.size(); ++c) {
        if (c > 0) line += std::string(kBetween, ' ');
        line += Pad(l < wrapped[c].size() ? wrapped[c][l] : "", widths[c], columns_[c].align);
      }
      absl::StrAppend(&printed, WithoutSpacesAtItsEnd(line), "\n");
    }
  };
  std::vector<std::string> titles;
  for (const TextColumn& column : columns_) titles.push_back(column.title);
  print_row(titles);
  std::string rule;
  for (size_t c = 0; c < widths.size(); ++c) {
    if (c > 0) rule += std::string(kBetween, ' ');
    rule += Repeat("─", widths[c]);
  }
  absl::StrAppend(&printed, rule, "\n");
  for (const auto& row : rows_) print_row(row);
  return printed;
}

}  // namespace thidua::documents
