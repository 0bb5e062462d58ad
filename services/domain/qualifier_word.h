// The word that a qualified figure is printed with, and read back by ReadNumber: "trên 4.268".
#ifndef THIDUA_SERVICES_DOMAIN_QUALIFIER_WORD_H_
#define THIDUA_SERVICES_DOMAIN_QUALIFIER_WORD_H_

#include "absl/strings/string_view.h"
#include "services/domain/quantity.h"

namespace thidua::domain {

// With the space behind it; "" for an exact figure.
inline absl::string_view QualifierWord(Qualifier qualifier) {
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

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_QUALIFIER_WORD_H_
