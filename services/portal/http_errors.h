// Errors as HTTP tells them: google.rpc's JSON form with the status of HTTP that belongs to the
// code.
//
//   {"error": {"code": 404, "status": "NOT_FOUND", "message": "<tiếng Việt>", "details": [{"@type":
//   …}]}}
//
// `message` is the sentence for people (LocalizedMessage); details are those of the gRPC answer,
// whole.
#ifndef THIDUA_SERVICES_PORTAL_HTTP_ERRORS_H_
#define THIDUA_SERVICES_PORTAL_HTTP_ERRORS_H_

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"
#include "services/portal/contracts.h"
#include "services/portal/http_exchange.h"

namespace thidua::portal {

// As google/rpc/code.proto maps them.
unsigned HttpStatusOf(grpc::StatusCode code);

// The JSON above. `http_status`: where HTTP has a finer one than the code (413, 415).
std::string ErrorJson(const Contracts& contracts, const grpc::Status& status, unsigned http_status);

// The same as a reply, with Retry-After where the status asks to be left alone for a while, and
// WWW-Authenticate where it wants to know who asks.
HttpReply ErrorReply(const Contracts& contracts, const grpc::Status& status);
HttpReply ErrorReply(const Contracts& contracts, const absl::Status& status);
HttpReply ErrorReply(const Contracts& contracts, const absl::Status& status, unsigned http_status);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_HTTP_ERRORS_H_
