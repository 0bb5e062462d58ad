#include "services/portal/http_errors.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"

namespace thidua::portal {
namespace {

struct CodeName {
  grpc::StatusCode code;
  const char* name;
  unsigned http;
};

constexpr CodeName kCodes[] = {
    {grpc::StatusCode::OK, "OK", 200},
    {grpc::StatusCode::CANCELLED, "CANCELLED", 499},
    {grpc::StatusCode::UNKNOWN, "UNKNOWN", 500},
    {grpc::StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT", 400},
    {grpc::StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", 504},
    {grpc::StatusCode::NOT_FOUND, "NOT_FOUND", 404},
    {grpc::StatusCode::ALREADY_EXISTS, "ALREADY_EXISTS", 409},
    {grpc::StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED", 403},
    {grpc::StatusCode::UNAUTHENTICATED, "UNAUTHENTICATED", 401},
    {grpc::StatusCode::RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED", 429},
    {grpc::StatusCode::FAILED_PRECONDITION, "FAILED_PRECONDITION", 400},
    {grpc::StatusCode::ABORTED, "ABORTED", 409},
    {grpc::StatusCode::OUT_OF_RANGE, "OUT_OF_RANGE", 400},
    {grpc::StatusCode::UNIMPLEMENTED, "UNIMPLEMENTED", 501},
    {grpc::StatusCode::INTERNAL, "INTERNAL", 500},
    {grpc::StatusCode::UNAVAILABLE, "UNAVAILABLE", 503},
    {grpc::StatusCode::DATA_LOSS, "DATA_LOSS", 500},
};

const CodeName& CodeOf(grpc::StatusCode code) {
  const auto found = std::find_if(std::begin(kCodes), std::end(kCodes),
                                  [code](const CodeName& known) { return known.code == code; });
  return found == std::end(kCodes) ? kCodes[2] : *found;
}

// What gRPC itself says of a line that broke carries no details: it is told in the suite's general
// words.
grpc::Status InOurWords(const grpc::Status& status) {
  google::rpc::Status details;
  if (!status.error_details().empty() && details.ParseFromString(status.error_details())) {
    return status;
  }
  return platform::ToGrpcStatus(
      absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message()));
}

// Who has brought none is told by RFC 6750 that one is wanted, and nothing more.
bool BroughtAToken(const grpc::Status& status) {
  const auto faults = domain::FaultsOf(platform::FromGrpcStatus(status));
  return !faults.empty() && faults[0].reason != "NOT_SIGNED_IN";
}

HttpReply ErrorReply(const Contracts& contracts, const grpc::Status& said, unsigned http_status) {
  const grpc::Status status = InOurWords(said);
  HttpReply reply;
  reply.status = http_status;
  reply.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  if (const absl::Duration delay = platform::RetryDelayOf(status); delay > absl::ZeroDuration()) {
    reply.headers.emplace_back(
        "Retry-After", absl::StrCat(absl::ToInt64Seconds(absl::Ceil(delay, absl::Seconds(1)))));
  }
  if (http_status == 401) {
    reply.headers.emplace_back("WWW-Authenticate",
                               BroughtAToken(status) ? "Bearer error=\"invalid_token\"" : "Bearer");
  }
  reply.body = std::make_shared<const std::string>(ErrorJson(contracts, status, http_status));
  return reply;
}

}  // namespace

unsigned HttpStatusOf(grpc::StatusCode code) { return CodeOf(code).http; }

std::string ErrorJson(const Contracts& contracts, const grpc::Status& status,
                      unsigned http_status) {
  google::rpc::Status told;
  told.ParseFromString(InOurWords(status).error_details());
  nlohmann::ordered_json error;
  error["code"] = http_status;
  error["status"] = CodeOf(status.error_code()).name;
  error["message"] = told.message();
  nlohmann::ordered_json details = nlohmann::ordered_json::array();
  google::protobuf::util::JsonPrintOptions whole;
  whole.always_print_primitive_fields = true;
  for (const auto& any : told.details()) {
    google::rpc::LocalizedMessage localized;
    if (any.UnpackTo(&localized)) error["message"] = localized.message();
    std::string json;
    // A detail of a type that the contracts do not know cannot be printed; the others can.
    if (google::protobuf::util::BinaryToJsonString(&contracts.resolver(),
                                                   Contracts::TypeUrlOf(*any.GetDescriptor()),
                                                   any.SerializeAsString(), &json, whole)
            .ok()) {
      details.push_back(nlohmann::ordered_json::parse(json));
    }
  }
  error["details"] = std::move(details);
  return nlohmann::ordered_json{{"error", std::move(error)}}.dump(
      -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

HttpReply ErrorReply(const Contracts& contracts, const grpc::Status& said) {
  return ErrorReply(contracts, said, HttpStatusOf(said.error_code()));
}

HttpReply ErrorReply(const Contracts& contracts, const absl::Status& status) {
  return ErrorReply(contracts, platform::ToGrpcStatus(status));
}

HttpReply ErrorReply(const Contracts& contracts, const absl::Status& status, unsigned http_status) {
  return ErrorReply(contracts, platform::ToGrpcStatus(status), http_status);
}

}  // namespace thidua::portal
