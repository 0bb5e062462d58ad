// Any bytes, as a CSV file or a workbook: the reader answers rows within its limits or refuses,
// never crashes.
#include <cstdint>
#include <cstdlib>

#include "services/sheets/table.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace thidua::sheets;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto table = OpenTable(TableSource::Bytes(bytes));
  if (!table.ok()) return 0;
  Row row;
  int64_t last = 0;
  for (auto read = (*table)->Next(row); read.ok() && *read; read = (*table)->Next(row)) {
    if (row.number <= last || row.cells.empty() || row.cells.back().empty() ||
        row.cells.size() > static_cast<size_t>(kColumnsMax)) {
      std::abort();
    }
    last = row.number;
  }
  return 0;
}
