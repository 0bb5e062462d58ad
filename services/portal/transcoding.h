// Between HTTP and messages: what was asked as the RPC's request, and what was answered as JSON.
//
// Messages go by descriptor, so that a new RPC needs no code here. JSON is protobuf's own
// (lowerCamelCase, 64-bit integers as texts, times by RFC 3339). Answers print every plain field,
// also 0, "" and []; a field that may be absent is there only when it is set: so zero and absent
// are told apart.
#ifndef THIDUA_SERVICES_PORTAL_TRANSCODING_H_
#define THIDUA_SERVICES_PORTAL_TRANSCODING_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/portal/contracts.h"
#include "services/portal/routes.h"

namespace thidua::portal {

// "a=1&b=%20": in its order. Faults: QUERY_UNREADABLE.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;
absl::StatusOr<QueryParameters> ReadQuery(absl::string_view query);

// Thread-safe. `contracts` outlives it.
class Transcoding {
 public:
  explicit Transcoding(const Contracts& contracts) : contracts_(contracts) {}

  // An empty message of any type of the contracts.
  std::unique_ptr<google::protobuf::Message> NewMessage(
      const google::protobuf::Descriptor& type) const;

  // The request of `found`. What stands in the path and in the query overrides nothing: a field is
  // said in one place. Faults, each at its field: those of CheckJson, BODY_UNEXPECTED,
  // PARAMETER_UNKNOWN, PARAMETER_INVALID, PARAMETER_REPEATED, PATH_CONTRADICTED (the body says
  // something else than the path).
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> RequestOf(
      const Routes::Found& found, const QueryParameters& query, absl::string_view body) const;

  // A serialised message as JSON on one line. INTERNAL when it cannot be printed.
  absl::StatusOr<std::string> JsonOf(const google::protobuf::Descriptor& type,
                                     const std::string& bytes) const;

 private:
  absl::Status ReadJson(absl::string_view path, absl::string_view json,
                        google::protobuf::Message& message) const;
  // Without a look at its shape (json_check.h).
  absl::Status ReadValue(absl::string_view path, absl::string_view json,
                         google::protobuf::Message& message) const;
  absl::Status SetParameter(const std::string& name, const std::string& value, const Route& route,
                            google::protobuf::Message& request) const;

  const Contracts& contracts_;
  // Makes messages of types that nobody has compiled; it keeps what it has made.
  mutable google::protobuf::DynamicMessageFactory factory_;
};

// Sets a text field of the message by name, where the type has it and it is empty: what headers say
// (Idempotency-Key, Last-Event-ID). False when there is none, or it says something else already.
bool SetTextWhereEmpty(google::protobuf::Message& message, const std::string& field,
                       const std::string& value);
// "" where the type has no such field.
std::string TextOf(const google::protobuf::Message& message, const std::string& field);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_TRANSCODING_H_
