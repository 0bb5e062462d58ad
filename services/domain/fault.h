// What is wrong with an input, in the three forms its readers need.
//
//   return Fault{"rows[17].actual", "NUMBER_UNREADABLE", "Không đọc được số."}.ToStatus();
//
// A fault travels inside absl::Status as a payload, so that pure rules can answer absl::Status and
// a service's edge can still tell a machine which field, an integrator which reason, and an
// official what to mend. Values; safe to use from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_FAULT_H_
#define THIDUA_SERVICES_DOMAIN_FAULT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "absl/status/status.h"

namespace thidua::domain {

struct Fault {
  std::string path;     // The field, as google.rpc.BadRequest writes it; empty: the whole input.
  std::string reason;   // Stable, UPPER_SNAKE_CASE; a program may switch on it.
  std::string message;  // One Vietnamese sentence for the official who sent the input.
  std::string suggestion = {};  // What may have been meant, as it would be sent; empty: no idea.

  absl::Status ToStatus(absl::StatusCode code = absl::StatusCode::kInvalidArgument) const;
  friend bool operator==(const Fault&, const Fault&) = default;
};

// One status for all faults found in one input; OK when there are none.
absl::Status FaultsToStatus(const std::vector<Fault>& faults,
                            absl::StatusCode code = absl::StatusCode::kInvalidArgument);

// The faults that a status carries, in the order found; empty for a status made without them.
std::vector<Fault> FaultsOf(const absl::Status& status);

// The same status with `prefix` before the path of each fault: "rows[3]" + "actual" becomes
// "rows[3].actual". OK stays OK.
absl::Status UnderPath(absl::string_view prefix, const absl::Status& status);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_FAULT_H_
