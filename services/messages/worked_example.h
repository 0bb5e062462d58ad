// Worked examples of a scheme from their messages to their domain form. Pure; thread-safe.
#ifndef THIDUA_SERVICES_MESSAGES_WORKED_EXAMPLE_H_
#define THIDUA_SERVICES_MESSAGES_WORKED_EXAMPLE_H_

#include <vector>

#include "services/domain/fault.h"
#include "services/domain/scheme.h"
#include "services/domain/worked_example.h"
#include "thidua/registry/v1/scheme.pb.h"

namespace thidua::messages {

// All examples of the scheme; `scheme` is its domain form, whose first layer is that of assessments
// that name none. What cannot be read has a default in its place, and a fault: NUMBER_UNREADABLE,
// NUMBER_TOO_LONG, LAYER_UNKNOWN, CHOICE_UNKNOWN, REQUIRED (a figure without a value); TOO_MANY at
// "examples" where they have more parts than any that are sound, and the rest is not read.
std::vector<domain::WorkedExample> ReadExamples(const registry::v1::Scheme& message,
                                                const domain::Scheme& scheme,
                                                std::vector<domain::Fault>& faults);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_WORKED_EXAMPLE_H_
