// One change, once, and on record: request ids, validate_only and the audit's entries, the same for
// every mutation of every service.
//
//   return Mutate<CreateUnitResponse>(database, feed, request, call.author(),
//                                     [&](Transaction& transaction, audit::Trail& trail) { …
//   });
//
// `change` runs in one transaction. When it answers OK, its reply is stored under the request's id
// in that same transaction, so that a caller that lost the answer may ask again: the same id and
// body get the first reply, word for word; the same id with another body is INVALID_ARGUMENT
// (REQUEST_ID_REUSED). An id is its caller's own: nobody is given another's reply. Replies are kept
// for kRepliesKept. A refusal stores nothing. With validate_only the same code runs and nothing is
// committed. What `change` tells the trail is on record with what it stores, or neither is;
// INTERNAL when it stores something that it does not tell.
#ifndef THIDUA_SERVICES_PLATFORM_MUTATION_H_
#define THIDUA_SERVICES_PLATFORM_MUTATION_H_

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <type_traits>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/audit/trail.h"
#include "services/platform/change_feed.h"
#include "services/storage/database.h"

namespace thidua::platform {

inline constexpr absl::Duration kRepliesKept = absl::Hours(24 * 30);

// The table of replies; the first migration of every service that takes mutations.
extern const char kRepliesSchema[];

// What a stored reply is found by: one caller's id. As it was given where nobody is told apart.
std::string RequestKey(const audit::Author& author, absl::string_view request_id);

absl::StatusOr<std::string> MutateBytes(
    storage::Database& database, ChangeFeed& feed, const google::protobuf::Message& request,
    absl::string_view request_id, bool validate_only, const audit::Author& author,
    absl::FunctionRef<absl::StatusOr<std::string>(storage::Transaction&, audit::Trail&)> change);

// The reply already given to this request, if any; for a mutation that has to wait for something
// before it can be made, and need not wait to say again what it said. Errors as MutateBytes.
absl::StatusOr<std::optional<std::string>> FirstReplyBytes(storage::Transaction& transaction,
                                                           const google::protobuf::Message& request,
                                                           absl::string_view request_id,
                                                           const audit::Author& author);

// As of the transaction: what one of the writer's decides when there is none, it decides of a
// request that nobody has answered.
template <typename Response, typename Request>
absl::StatusOr<std::optional<Response>> FirstReply(storage::Transaction& transaction,
                                                   const Request& request,
                                                   const audit::Author& author) {
  if (request.validate_only()) return std::optional<Response>();
  absl::StatusOr<std::optional<std::string>> bytes =
      FirstReplyBytes(transaction, request, request.request_id(), author);
  if (!bytes.ok()) return bytes.status();
  std::optional<Response> response;
  if (bytes->has_value() && !response.emplace().ParseFromString(**bytes)) {
    return absl::DataLossError("a stored reply is unreadable");
  }
  return response;
}
template <typename Response, typename Request>
absl::StatusOr<std::optional<Response>> FirstReply(storage::Database& database,
                                                   const Request& request,
                                                   const audit::Author& author) {
  absl::StatusOr<std::optional<Response>> response;
  const absl::Status read = database.Read([&](storage::Transaction& transaction) {
    response = FirstReply<Response>(transaction, request, author);
    return response.status();
  });
  if (!read.ok()) return read;
  return response;
}

template <typename Response, typename Request>
absl::StatusOr<Response> Mutate(
    storage::Database& database, ChangeFeed& feed, const Request& request,
    const audit::Author& author,
    std::type_identity_t<
        absl::FunctionRef<absl::StatusOr<Response>(storage::Transaction&, audit::Trail&)>>
        change) {
  absl::StatusOr<std::string> bytes = MutateBytes(
      database, feed, request, request.request_id(), request.validate_only(), author,
      [&](storage::Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<std::string> {
        absl::StatusOr<Response> response = change(transaction, trail);
        if (!response.ok()) return response.status();
        // What was not stored cannot be waited for.
        if (request.validate_only()) response->clear_freshness_token();
        return response->SerializeAsString();
      });
  if (!bytes.ok()) return bytes.status();
  Response response;
  if (!response.ParseFromString(*bytes)) return absl::DataLossError("a stored reply is unreadable");
  return response;
}

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_MUTATION_H_
