// Numbers of a scheme that two readers read differently: "1.000" is one to a program, and a
// thousand to every Vietnamese official.
#ifndef THIDUA_SERVICES_CLI_THOUSANDS_H_
#define THIDUA_SERVICES_CLI_THOUSANDS_H_

#include <vector>

#include "services/domain/fault.h"
#include "thidua/registry/v1/scheme.pb.h"

namespace thidua::cli {

// NUMBER_AMBIGUOUS: points and figures that end in a mark and three digits ("1.000", "12.345"), but
// for those that no thousand looks like ("0.125"). A person's file is asked to say which is meant;
// the contract's numbers are a machine's, and stay as they are. Percentages are never thousands.
std::vector<domain::Fault> AmbiguousNumbers(const registry::v1::Scheme& scheme);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_THOUSANDS_H_
