// Errors as they cross the wire: absl::Status inside, google.rpc details outside.
//
// A status made of domain faults travels with ErrorInfo (the first fault's reason, domain
// "thidua"), BadRequest (field = the fault's path, description = "REASON: sentence") and
// LocalizedMessage (the sentences, "vi"). UNAVAILABLE, and what AskAgainAfter made, add RetryInfo.
// A status without faults is what went wrong inside: it is logged here and told in general words
// only. docs/decisions/0008 says why. Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_ERRORS_H_
#define THIDUA_SERVICES_PLATFORM_ERRORS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace thidua::platform {

grpc::Status ToGrpcStatus(const absl::Status& status);

// The other way: code, message and faults as the other side sent them.
absl::Status FromGrpcStatus(const grpc::Status& status);

// How long the other side asks to be left alone (RetryInfo); 0 when it does not say.
absl::Duration RetryDelayOf(const grpc::Status& status);

// Of a stream whose caller's token has ended meanwhile: UNAUTHENTICATED (TOKEN_EXPIRED).
absl::Status SignInEnded();

// One fault as the answer to a call. `path`: the field at fault; "" for the call as a whole.
absl::Status Refusal(absl::StatusCode code, absl::string_view path, absl::string_view reason,
                     absl::string_view vietnamese_sentence);

// A refusal that will have passed by then.
absl::Status AskAgainAfter(absl::Duration delay, absl::Status refusal);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_ERRORS_H_
