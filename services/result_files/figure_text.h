// A figure as a table for people has it, and as it is read back: "trên 4.268".
#ifndef THIDUA_SERVICES_RESULT_FILES_FIGURE_TEXT_H_
#define THIDUA_SERVICES_RESULT_FILES_FIGURE_TEXT_H_

#include <string>

#include "services/domain/decimal.h"
#include "services/domain/quantity.h"

namespace thidua::result_files {

// domain::ReadNumber reads it as the same value with the same qualifier.
std::string FigureText(domain::Qualifier qualifier, const domain::Decimal& value);

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_FIGURE_TEXT_H_
