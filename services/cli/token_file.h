// The token that the command calls with. It lies in a file, never in an argument, which everybody
// on the machine could read; and it may be renewed there while the command runs.
#ifndef THIDUA_SERVICES_CLI_TOKEN_FILE_H_
#define THIDUA_SERVICES_CLI_TOKEN_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/platform/caller.h"

namespace thidua::cli {

// Says "Bearer …" with what the file holds at each call; while nothing can be read there, what it
// held before. INVALID_ARGUMENT, Vietnamese, when it holds no token now; the text is not told.
absl::StatusOr<platform::Authorization> AuthorizationFrom(std::string token_file);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_TOKEN_FILE_H_
