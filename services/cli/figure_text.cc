#include "services/cli/figure_text.h"

#include "absl/strings/str_cat.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::cli {
namespace {

using domain::Qualifier;

const char* WordOf(Qualifier qualifier) {
  switch (qualifier) {
    case Qualifier::kExact:
      return "";
    case Qualifier::kAtLeast:
      return "trên ";
    case Qualifier::kNearly:
      return "gần ";
    case Qualifier::kAbout:
      return "khoảng ";
  }
  return "";
}

}  // namespace

std::string FigureText(Qualifier qualifier, const domain::Decimal& value) {
  return absl::StrCat(WordOf(qualifier), domain::PrintNumber(value));
}

}  // namespace thidua::cli
