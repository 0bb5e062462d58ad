#include "services/result_files/figure_text.h"

#include "absl/strings/str_cat.h"
#include "services/domain/qualifier_word.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::result_files {
namespace {}  // namespace

std::string FigureText(domain::Qualifier qualifier, const domain::Decimal& value) {
  return absl::StrCat(domain::QualifierWord(qualifier), domain::PrintNumber(value));
}

}  // namespace thidua::result_files
