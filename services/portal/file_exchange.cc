#include "services/portal/file_exchange.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"

namespace thidua::portal {
namespace {

// "freshness_token" of "freshnessToken".
std::string SnakeCase(absl::string_view name) {
  std::string snake;
  for (const char c : name) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) snake += '_';
    snake += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return snake;
}

}  // namespace

std::string ParameterOf(const FileRequest& request, absl::string_view name) {
  for (const auto& [key, value] : request.query) {
    if (SnakeCase(key) == name) return value;
  }
  return "";
}

absl::Status CheckParameters(const FileRequest& request,
                             absl::Span<const absl::string_view> names) {
  std::vector<std::string> seen;
  std::vector<domain::Fault> faults;
  for (const auto& [key, value] : request.query) {
    const std::string name = SnakeCase(key);
    const std::string shown = domain::Excerpt(key);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      faults.push_back({shown, "PARAMETER_UNKNOWN",
                        absl::StrCat("Địa chỉ này không có tham số “", shown, "”.")});
    } else if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      faults.push_back(
          {shown, "PARAMETER_REPEATED", absl::StrCat("Tham số “", shown, "” ghi hai lần.")});
    }
    seen.push_back(name);
  }
  return domain::FaultsToStatus(faults);
}

absl::Status AtParameters(const absl::Status& status) {
  std::vector<domain::Fault> faults = domain::FaultsOf(status);
  if (faults.empty()) return status;
  for (domain::Fault& fault : faults) {
    absl::string_view path = fault.path;
    if (absl::ConsumePrefix(&path, "start.")) fault.path = std::string(path);
  }
  return domain::FaultsToStatus(faults, status.code());
}

}  // namespace thidua::portal
