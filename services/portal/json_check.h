// JSON taken at its word, before it is read as a message.
//
// protobuf's reader guesses where it can: keys without quotes, a comma too many, "yes" for true,
// one value where a list belongs, the later of two fields of one name; and it goes down as deep as
// it is led. What is reported of a figure must not be guessed.
#ifndef THIDUA_SERVICES_PORTAL_JSON_CHECK_H_
#define THIDUA_SERVICES_PORTAL_JSON_CHECK_H_

#include <google/protobuf/descriptor.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace thidua::portal {

// Objects and lists within each other, the outermost included; protobuf itself reads 100 messages.
inline constexpr int kJsonDepthMax = 64;

// Whether it is JSON (RFC 8259) of the type's shape, each field said once. Faults, each at its
// field below `path`: JSON_INVALID, JSON_TOO_DEEP, FIELD_UNKNOWN, FIELD_REPEATED, VALUE_INVALID: a
// number where a text belongs too, as a decimal must not go by way of a binary number.
absl::Status CheckJson(const google::protobuf::Descriptor& type, absl::string_view path,
                       absl::string_view json);

// By its name in the contract or in JSON; null: none.
const google::protobuf::FieldDescriptor* FieldBy(const google::protobuf::Descriptor& type,
                                                 const std::string& name);

// Whether its JSON is a text: a time, a duration, a mask of fields.
bool IsWrittenAsText(const google::protobuf::Descriptor& type);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_JSON_CHECK_H_
