// What a request that the portal has read may hold. For fuzz targets of the gateway.
#ifndef THIDUA_TESTS_FUZZ_ASKED_RPC_H_
#define THIDUA_TESTS_FUZZ_ASKED_RPC_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"
#include "services/platform/admission.h"
#include "services/portal/contracts.h"
#include "services/portal/json_check.h"
#include "services/portal/routes.h"
#include "services/portal/transcoding.h"
#include "tests/fuzz/hold.h"

namespace thidua::tests {

struct Portal {
  const portal::Contracts& contracts = portal::Contracts::Embedded();
  const portal::Routes routes = *portal::Routes::Of(contracts);
  const portal::Transcoding transcoding{contracts};
};

inline const Portal& ThePortal() {
  static const auto* const kPortal = new Portal;
  return *kPortal;
}

// The places of all that is set in the message, "update.actual" and the like; a message in which
// nothing is set counts itself.
inline void CollectSet(const google::protobuf::Message& message, const std::string& prefix,
                       std::vector<std::string>& places) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  if (fields.empty() && !prefix.empty()) places.push_back(prefix);
  for (const auto* field : fields) {
    std::string place = absl::StrCat(prefix, prefix.empty() ? "" : ".", field->name());
    if (field->message_type() == nullptr || field->is_repeated() ||
        portal::IsWrittenAsText(*field->message_type())) {
      places.push_back(std::move(place));
    } else {
      CollectSet(message.GetReflection()->GetMessage(message, field), place, places);
    }
  }
}

// "updateMask.paths" as "update_mask.paths"; what is no field stays.
inline std::string PlaceOf(const google::protobuf::Descriptor& type, const std::string& name) {
  const google::protobuf::Descriptor* at = &type;
  std::string place;
  for (const absl::string_view part : absl::StrSplit(name, '.')) {
    const auto* field = at == nullptr ? nullptr : portal::FieldBy(*at, std::string(part));
    if (field == nullptr) return name;
    absl::StrAppend(&place, place.empty() ? "" : ".", field->name());
    at = field->message_type();
  }
  return place;
}

// The services would let it in, or refuse it for what only they know.
inline void CheckAdmissible(const google::protobuf::Message& request) {
  const auto admitted = ThePortal().transcoding.NewMessage(*request.GetDescriptor());
  const absl::Status status = platform::AdmitRequest(request.SerializeAsString(), *admitted);
  for (const domain::Fault& fault : domain::FaultsOf(status)) {
    Hold(fault.reason == "ENUM_UNKNOWN" || fault.reason == "TOO_LONG",
         "what the portal sends is a message of the contracts, its texts UTF-8");
  }
}

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FUZZ_ASKED_RPC_H_
