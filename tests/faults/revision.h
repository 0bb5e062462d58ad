// A ranking's revision, "{finality}-{epoch}-{version}-{engine}" (ranking.proto), as its parts.
#ifndef THIDUA_TESTS_FAULTS_REVISION_H_
#define THIDUA_TESTS_FAULTS_REVISION_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace thidua::tests {

struct Revision {
  int64_t finality = 0, epoch_ms = 0, version = 0;
};

inline std::optional<Revision> ReadRevision(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  Revision read;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &read.finality) ||
      !absl::SimpleAtoi(parts[1], &read.epoch_ms) || !absl::SimpleAtoi(parts[2], &read.version)) {
    return std::nullopt;
  }
  return read;
}

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FAULTS_REVISION_H_
