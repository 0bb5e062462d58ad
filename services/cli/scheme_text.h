// The text form of scheme files (protobuf text), read so that an official can mend what is wrong in
// it.
#ifndef THIDUA_SERVICES_CLI_SCHEME_TEXT_H_
#define THIDUA_SERVICES_CLI_SCHEME_TEXT_H_

#include <string>
#include <vector>

#include "thidua/registry/v1/scheme.pb.h"

namespace thidua::cli {

// What cannot be read, in Vietnamese, each with its line and column in characters:
// "dòng 3, cột 3: không có mục “max_pionts”; gần nhất là “max_points”". Every name and every choice
// that does not exist, and the first break of the syntax: what follows one is guesswork. Empty:
// read.
std::vector<std::string> ReadSchemeText(const std::string& text, registry::v1::Scheme& scheme);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_SCHEME_TEXT_H_
