// The text of a file that a person wrote, whatever their editor made of it.
#ifndef THIDUA_SERVICES_CLI_FILE_TEXT_H_
#define THIDUA_SERVICES_CLI_FILE_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::cli {

// In NFC, as services bring what they are sent to it, and without a byte order mark.
// INVALID_ARGUMENT says in Vietnamese which line is not UTF-8: the old encodings of Vietnamese
// (TCVN3, VNI, Windows-1258) give bytes that would be stored as they are and never be found again.
absl::StatusOr<std::string> FileText(absl::string_view bytes);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_FILE_TEXT_H_
