// An issuer's keys from its address on the web. Thread-safe.
#ifndef THIDUA_SERVICES_ACCESS_KEY_DOWNLOAD_H_
#define THIDUA_SERVICES_ACCESS_KEY_DOWNLOAD_H_

#include <atomic>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace thidua::access {

// What an address answers to GET with 200, at most `bytes_max`. Redirections are not followed; the
// server of an https address has to show a certificate for its name from `ca_file` (PEM; empty: the
// system's). UNAVAILABLE when it cannot be had within `patience`, or `stop` has become true.
absl::StatusOr<std::string> DownloadKeys(const std::string& url, const std::string& ca_file,
                                         size_t bytes_max, absl::Duration patience,
                                         const std::atomic<bool>& stop);

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_KEY_DOWNLOAD_H_
