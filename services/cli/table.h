// The tables of plain text that the command prints, by their short names.
#ifndef THIDUA_SERVICES_CLI_TABLE_H_
#define THIDUA_SERVICES_CLI_TABLE_H_

#include "services/documents/text_table.h"

namespace thidua::cli {

using documents::DisplayWidth;
using documents::Indented;
using documents::Wrap;
using Align = documents::TextAlign;
using Column = documents::TextColumn;
using Table = documents::TextTable;

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_TABLE_H_
