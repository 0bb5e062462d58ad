#include "services/access/written_rights.h"

namespace thidua::access {

std::vector<WrittenRight> RightsOf(const v1::Requirement& written) {
  std::vector<WrittenRight> rights;
  if (written.everybody() || written.everybody_published()) {
    WrittenRight& everybody = rights.emplace_back();
    for (int role = v1::Role_MIN + 1; role <= v1::Role_MAX; ++role) {
      everybody.right.add_roles(static_cast<v1::Role>(role));
    }
    everybody.published_only = !written.everybody();
  }
  if (!written.inside().empty()) {
    v1::Right& blocs = rights.emplace_back().right;
    for (const v1::Role role : {v1::ROLE_REPORTER, v1::ROLE_LEADER, v1::ROLE_WATCHER}) {
      blocs.add_roles(role);
    }
    *blocs.mutable_on() = written.inside();
    v1::Right& province = rights.emplace_back().right;
    for (const v1::Role role : {v1::ROLE_COUNCIL, v1::ROLE_REGISTRAR, v1::ROLE_SERVICE}) {
      province.add_roles(role);
    }
  }
  for (const v1::Right& right : written.rights()) rights.emplace_back().right = right;
  return rights;
}

}  // namespace thidua::access
