#include "services/domain/nearest_name.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"

namespace thidua::domain {
namespace {

// How many letters must be put in, taken out or changed to make one of the other.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, changed});
    }
  }
  return row.back();
}

}  // namespace

std::string NearestName(absl::string_view written, const std::vector<std::string>& names) {
  const std::string small = absl::AsciiStrToLower(written);
  size_t nearest = std::min<size_t>(4, 2 + small.size() / 4);  // Exclusive.
  std::string found;
  for (const std::string& name : names) {
    const auto [less, more] = std::minmax({small.size(), name.size()});
    if (more - less >= nearest || nearest > more) continue;
    const size_t distance = EditDistance(small, absl::AsciiStrToLower(name));
    if (distance < nearest) {
      nearest = distance;
      found = name;
    }
  }
  return found;
}

}  // namespace thidua::domain
