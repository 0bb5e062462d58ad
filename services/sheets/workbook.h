// What a workbook's sheets rest on: which sheets there are, the number formats of its styles, its
// shared strings. Bounded as table.h says.
#ifndef THIDUA_SERVICES_SHEETS_WORKBOOK_H_
#define THIDUA_SERVICES_SHEETS_WORKBOOK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "services/sheets/container.h"
#include "services/sheets/number_format.h"

namespace thidua::sheets {

// Texts by their number, one after the other in one piece of memory.
class SharedStrings {
 public:
  // Fault STRINGS_TOO_LARGE.
  absl::Status Add(absl::string_view text);
  void Reserve(size_t bytes) { text_.reserve(bytes); }
  absl::optional<absl::string_view> Find(size_t number) const;

 private:
  std::string text_;
  std::vector<uint32_t> ends_;
};

struct Workbook {
  struct Sheet {
    std::string name;
    std::string part;  // "xl/worksheets/sheet1.xml"; empty: no table (a chart, a macro sheet).
    bool hidden = false;
  };
  std::vector<Sheet> sheets;
  bool since_1904 = false;
  std::vector<NumberFormat> formats;  // By a cell's style.
  SharedStrings strings;

  // By its name, capitals and spaces aside; empty: the first that is not hidden. SHEET_UNKNOWN.
  absl::StatusOr<const Sheet*> FindSheet(absl::string_view name) const;
};

absl::StatusOr<Workbook> ReadWorkbook(const Container& container);

// A text as workbooks write it: "_x000D_" is a carriage return, "_x005F_" an underscore.
std::string Unescaped(absl::string_view text);

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_WORKBOOK_H_
