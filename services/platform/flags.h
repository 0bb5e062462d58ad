// Flags from the environment: --data_dir may stand there as THIDUA_DATA_DIR; a command line
// overrides it.
#ifndef THIDUA_SERVICES_PLATFORM_FLAGS_H_
#define THIDUA_SERVICES_PLATFORM_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace thidua::platform {

// INVALID_ARGUMENT names the variable whose value its flag does not take.
absl::Status ReadFlagsFromEnvironment();

// Sets the flags among the words and answers the other words. Unlike absl::ParseCommandLine it
// never ends the process: INVALID_ARGUMENT names the flag that is unknown or wrong.
absl::StatusOr<std::vector<std::string>> ReadFlags(int argc, char** argv);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_FLAGS_H_
