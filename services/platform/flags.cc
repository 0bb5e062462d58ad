#include "services/platform/flags.h"

#include <cstdlib>

#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace thidua::platform {

absl::Status ReadFlagsFromEnvironment() {
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    const std::string variable = absl::StrCat("THIDUA_", absl::AsciiStrToUpper(name));
    const char* value = std::getenv(variable.c_str());
    std::string error;
    if (value != nullptr && !flag->ParseFrom(value, &error)) {
      return absl::InvalidArgumentError(absl::StrCat(variable, ": ", error));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ReadFlags(int argc, char** argv) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    absl::string_view word = argv[i];
    if (!absl::ConsumePrefix(&word, "--")) {
      words.emplace_back(word);
      continue;
    }
    const size_t equals = word.find('=');
    const bool has_value = equals != absl::string_view::npos;
    absl::CommandLineFlag* flag = absl::FindCommandLineFlag(word.substr(0, equals));
    std::string error;
    if (flag == nullptr || (!has_value && !flag->IsOfType<bool>()) ||
        !flag->ParseFrom(has_value ? word.substr(equals + 1) : "true", &error)) {
      return absl::InvalidArgumentError(absl::StrCat(argv[i], ": ", error));
    }
  }
  return words;
}

}  // namespace thidua::platform
