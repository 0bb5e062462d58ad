// Where a line may go without TLS.
#ifndef THIDUA_SERVICES_PLATFORM_PLAINTEXT_H_
#define THIDUA_SERVICES_PLATFORM_PLAINTEXT_H_

#include <string>

namespace thidua::platform {

// Whether nobody but this machine hears what goes over HOST:PORT.
bool IsLoopback(const std::string& address);

// Whether plaintext is well there: on loopback, or because --allow_plaintext_outside_loopback says
// that it is meant.
bool MayBePlaintext(const std::string& address);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_PLAINTEXT_H_
