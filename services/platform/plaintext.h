// Where a line may go without TLS.
#ifndef THIDUA_SERVICES_PLATFORM_PLAINTEXT_H_
#define THIDUA_SERVICES_PLATFORM_PLAINTEXT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace thidua::platform {

// Whether nobody but this machine hears what goes over HOST:PORT.
bool IsLoopback(const std::string& address);

// Whether plaintext is well there: on loopback, or because --allow_plaintext_outside_loopback says
// that it is meant.
bool MayBePlaintext(const std::string& address);

// For a listener of --FLAG that is plaintext in any case, and tells how the process is and nothing
// else: FAILED_PRECONDITION outside loopback, unless
// --allow_plaintext_health_and_metrics_outside_loopback says that it is meant.
absl::Status CheckOperationsAddress(absl::string_view flag, const std::string& address);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_PLAINTEXT_H_
