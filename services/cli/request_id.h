// Ids of requests that are worked out from what is asked: the same asked again after a lost answer
// is answered with the first reply.
#ifndef THIDUA_SERVICES_CLI_REQUEST_ID_H_
#define THIDUA_SERVICES_CLI_REQUEST_ID_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/digest.h"

namespace thidua::cli {

// `request` has no id yet. `base`: what was there when it was asked, where the same may be asked
// twice and mean two things.
inline std::string RequestIdOf(const char* command, const google::protobuf::Message& request,
                               int64_t base = 0) {
  const std::string body = absl::StrCat(platform::DeterministicBytes(request), "\n", base);
  return absl::StrCat(command, "-", platform::Sha256Hex(body).substr(0, 40));
}

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_REQUEST_ID_H_
