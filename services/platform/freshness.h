// Tokens by which a caller asks never to be shown an older state than it knows of
// (proto/thidua/type/v1/freshness.proto).
#ifndef THIDUA_SERVICES_PLATFORM_FRESHNESS_H_
#define THIDUA_SERVICES_PLATFORM_FRESHNESS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/change_feed.h"
#include "services/platform/endpoint.h"
#include "thidua/type/v1/freshness.pb.h"

namespace thidua::platform {

inline constexpr int kFreshnessEntriesMax = 64;

// The token of resources of one store, each at a version; "" of none. Of more than
// kFreshnessEntriesMax it names the first, by name. `store_epoch_ms`: told where what is read may
// lag behind the store; 0: where it is read from the store itself.
std::string FreshnessToken(absl::string_view store_id,
                           const std::map<std::string, int64_t>& versions,
                           int64_t store_epoch_ms = 0);
// The same of one resource.
std::string FreshnessToken(absl::string_view store_id, absl::string_view resource, int64_t version,
                           int64_t store_epoch_ms = 0);
// Of resources of several stores.
std::string FreshnessToken(const type::v1::FreshnessVector& vector);

// Fault FRESHNESS_TOKEN_INVALID at "freshness_token". An empty token has no entries.
absl::StatusOr<type::v1::FreshnessVector> ReadFreshnessToken(absl::string_view token);

// How a service stands to one entry of a token.
enum class Sight {
  kSeen,        // At least that version is here, or the resource does not concern this service.
  kNotYet,      // An older version, or nothing of it.
  kOtherStore,  // The resource is known here from another store (perhaps one just replaced).
};

// Looks until it is seen, again at each change of the feed, and every half second:
// what another process on the same database commits moves no feed here. Shortly before the
// call's deadline, and after kFreshnessPatience: UNAVAILABLE (FRESHNESS_NOT_REACHED), or
// FAILED_PRECONDITION (FRESHNESS_OTHER_STORE) when another store is what is still known here.
inline constexpr absl::Duration kFreshnessPatience = absl::Seconds(5);
absl::Status AwaitSight(ChangeFeed& feed, const Call& call,
                        absl::FunctionRef<absl::StatusOr<Sight>()> look);
// The same of each entry of a token, until all are seen.
absl::Status AwaitFreshness(
    absl::string_view token, ChangeFeed& feed, const Call& call,
    absl::FunctionRef<absl::StatusOr<Sight>(const type::v1::FreshnessVector::Entry&)> look);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_FRESHNESS_H_
