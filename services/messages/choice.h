// Enums of the contract as the domain's own.
#ifndef THIDUA_SERVICES_MESSAGES_CHOICE_H_
#define THIDUA_SERVICES_MESSAGES_CHOICE_H_

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/domain/fault.h"

namespace thidua::messages {

// What `value` stands for among the choices; unspecified, or what a newer contract may say, is the
// first. The latter is a fault CHOICE_UNKNOWN at `path`: nothing is taken for another thing.
template <typename Message, typename Domain>
Domain ReadChoice(absl::string_view path, Message value,
                  std::initializer_list<std::pair<Message, Domain>> choices,
                  std::vector<domain::Fault>& faults) {
  for (const auto& [message, meaning] : choices) {
    if (message == value) return meaning;
  }
  if (static_cast<int>(value) != 0) {
    faults.push_back({std::string(path), "CHOICE_UNKNOWN", "Không có lựa chọn này."});
  }
  return choices.begin()->second;
}

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_CHOICE_H_
