// The criteria of a scheme from their messages to their domain form: a part of scheme.h.
#ifndef THIDUA_SERVICES_MESSAGES_SCHEME_RULES_H_
#define THIDUA_SERVICES_MESSAGES_SCHEME_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/domain/decimal.h"
#include "services/domain/fault.h"
#include "services/domain/scheme.h"
#include "thidua/registry/v1/scheme.pb.h"

namespace thidua::messages {

// The contents with all that is below them. What cannot be read has a default in its place, and a
// fault. No more is read than tells that there are too many: domain::kMaxCriteria and one.
std::vector<domain::Criterion> ReadContents(absl::string_view path,
                                            const registry::v1::Scheme& message,
                                            std::vector<domain::Fault>& faults);

// Faults under `path`: OUT_OF_RANGE ("digits" outside 0 to 9), NOT_ALLOWED ("digits" beside a
// step), and those of numbers ("step").
domain::Rounding ReadRounding(const std::string& path, const registry::v1::Rounding& message,
                              std::vector<domain::Fault>& faults);

// Nothing when the text is empty, or cannot be read: then with a fault.
std::optional<domain::Decimal> ReadOptional(const std::string& path, absl::string_view text,
                                            std::vector<domain::Fault>& faults);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_SCHEME_RULES_H_
