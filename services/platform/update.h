// Updates of resources: which fields (AIP-134), and of which state (AIP-154). The same for every
// service. Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_UPDATE_H_
#define THIDUA_SERVICES_PLATFORM_UPDATE_H_

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace thidua::platform {

// The etag of one version of one resource of one store.
std::string Etag(absl::string_view store_id, absl::string_view name, int64_t version);

// ABORTED (ETAG_MISMATCH) when an etag is given and is not the present one.
absl::Status CheckEtag(absl::string_view given, absl::string_view present);

// The fields to be updated, by name, each once, in the order of `changeable`: those of the mask;
// without a mask those that are set in `update`; for "*" all. Faults at "update_mask":
// FIELD_NOT_MUTABLE for a field that is not changeable, UPDATE_EMPTY when nothing is left.
absl::StatusOr<std::vector<std::string>> FieldsToUpdate(
    const google::protobuf::FieldMask& mask, const google::protobuf::Message& update,
    absl::Span<const absl::string_view> changeable);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_UPDATE_H_
