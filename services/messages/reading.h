// What readers of messages share: where a field stands, and how its faults are gathered.
#ifndef THIDUA_SERVICES_MESSAGES_READING_H_
#define THIDUA_SERVICES_MESSAGES_READING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/domain/fault.h"

namespace thidua::messages {

// "pact" + "members[2].unit"; a path of "" is a message that stands alone.
inline std::string Under(absl::string_view path, absl::string_view field) {
  return path.empty() ? std::string(field) : absl::StrCat(path, ".", field);
}

// Takes what was read, or adds why it could not be: whether it was.
template <typename Value>
bool Take(absl::StatusOr<Value> read, Value& into, std::vector<domain::Fault>& faults) {
  if (read.ok()) {
    into = *std::move(read);
    return true;
  }
  for (domain::Fault& fault : domain::FaultsOf(read.status())) faults.push_back(std::move(fault));
  return false;
}

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_READING_H_
