// Digests of bytes and of messages. Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_DIGEST_H_
#define THIDUA_SERVICES_PLATFORM_DIGEST_H_

#include <google/protobuf/message.h>

#include <string>

#include "absl/strings/string_view.h"

namespace thidua::platform {

// Lower-case hexadecimal SHA-256.
std::string Sha256Hex(absl::string_view bytes);

// The message's bytes, the same for equal messages in this build.
std::string DeterministicBytes(const google::protobuf::Message& message);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_DIGEST_H_
