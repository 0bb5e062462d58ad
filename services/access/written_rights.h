// The rights that a contract gives, with its shorthands (`everybody`, `inside`) written out.
#ifndef THIDUA_SERVICES_ACCESS_WRITTEN_RIGHTS_H_
#define THIDUA_SERVICES_ACCESS_WRITTEN_RIGHTS_H_

#include <vector>

#include "thidua/access/v1/access.pb.h"

namespace thidua::access {

struct WrittenRight {
  v1::Right right;
  bool published_only = false;
};

std::vector<WrittenRight> RightsOf(const v1::Requirement& written);

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_WRITTEN_RIGHTS_H_
