// What every request passes before a handler sees it.
//
//   PutResultsRequest request;
//   absl::Status admitted = AdmitRequest(bytes, request);
//
// Texts must be UTF-8 (fault TEXT_NOT_UTF8 at the field's path), of at most kTextBytesMax bytes
// (TOO_LONG), and are brought to NFC, so that "Sở" typed in two ways is one name. Bytes that are no
// message are REQUEST_UNREADABLE. What this build does not know is not let in to be stored and to
// mean something later: FIELD_UNKNOWN, ENUM_UNKNOWN. Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_ADMISSION_H_
#define THIDUA_SERVICES_PLATFORM_ADMISSION_H_

#include <google/protobuf/message.h>

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace thidua::platform {

// No field of the contracts is longer; what is, is refused before any work is done on it.
inline constexpr size_t kTextBytesMax = 64 * 1024;

bool IsUtf8(absl::string_view text);

absl::Status AdmitRequest(absl::string_view bytes, google::protobuf::Message& request);

// The same of a message that was read from something else than bytes, a file that a person wrote.
absl::Status AdmitMessage(google::protobuf::Message& message);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_ADMISSION_H_
