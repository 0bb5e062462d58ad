// Who may call what, as a page: every RPC and every role, from what the contracts say.
#ifndef THIDUA_SERVICES_ACCESS_MATRIX_H_
#define THIDUA_SERVICES_ACCESS_MATRIX_H_

#include <google/protobuf/descriptor.h>

#include <string>

#include "absl/types/span.h"
#include "thidua/access/v1/access.pb.h"

namespace thidua::access {

// What a role may do with an RPC. "": nothing. "all": anything. Otherwise the terms, the widest
// right first: "own bloc", "own bloc, own unit", "published"; several rights are parted by "; ".
std::string MatrixCell(const v1::Requirement& requirement, v1::Role role);

// The page (Markdown), for docs/.
std::string MatrixPage(absl::Span<const google::protobuf::ServiceDescriptor* const> services);

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_MATRIX_H_
