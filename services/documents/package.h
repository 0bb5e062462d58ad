// The ZIP package of an Office document.
#ifndef THIDUA_SERVICES_DOCUMENTS_PACKAGE_H_
#define THIDUA_SERVICES_DOCUMENTS_PACKAGE_H_

#include <string>
#include <utility>
#include <vector>

namespace thidua::documents {

// Parts by name, in order, deflated. The same parts give the same bytes: all are dated 1 January
// 1980, and nothing of this machine goes in.
std::string Package(const std::vector<std::pair<std::string, std::string>>& parts);

}  // namespace thidua::documents

#endif  // THIDUA_SERVICES_DOCUMENTS_PACKAGE_H_
