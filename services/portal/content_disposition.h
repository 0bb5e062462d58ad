// The header that says what a document is called (RFC 6266), of names that anybody may have made.
#ifndef THIDUA_SERVICES_PORTAL_CONTENT_DISPOSITION_H_
#define THIDUA_SERVICES_PORTAL_CONTENT_DISPOSITION_H_

#include <string>

#include "absl/strings/string_view.h"

namespace thidua::portal {

// What a document may be called on anybody's disk: no folder before it, no character that steers a
// terminal, turns the direction of writing ("exe.pdf" for "fdp.exe") or that Windows does not take,
// no dot or space at its ends, at most 200 bytes, its ending kept. "tep" when nothing is left.
std::string SafeFileName(absl::string_view name);

// `attachment; filename="B_o c_o.pdf"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o.pdf`, or inline.
std::string ContentDisposition(absl::string_view file_name, bool may_be_shown);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_CONTENT_DISPOSITION_H_
