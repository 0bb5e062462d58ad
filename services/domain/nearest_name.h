// The name that was probably meant by one that does not exist.
#ifndef THIDUA_SERVICES_DOMAIN_NEAREST_NAME_H_
#define THIDUA_SERVICES_DOMAIN_NEAREST_NAME_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace thidua::domain {

// Of equally near ones the first; letters of either case are alike. Empty: none is near.
std::string NearestName(absl::string_view written, const std::vector<std::string>& names);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_NEAREST_NAME_H_
