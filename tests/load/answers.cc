#include "tests/load/answers.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace thidua::load {

std::vector<std::string> JudgeAnswers(const std::string& kind,
                                      const std::map<std::string, int64_t>& codes, bool carried) {
  std::vector<std::string> faults;
  int64_t right = 0;
  for (const auto& [code, count] : codes) {
    // Of more than can be carried all may be too late for their token.
    if (code == "OK" || (code == kNotInTime && !carried)) right += count;
    if (code == "OK" || code == kNotInTime) continue;
    // Nobody is left without an answer there either: 2,000 threads (--threads_max) at 150 writes a
    // second wait 13 seconds of the 30 that a call may take.
    if (!carried && code == absl::StrCat(kSentAgain, "RESOURCE_EXHAUSTED")) continue;
    faults.push_back(absl::StrCat(count, " ", kind,
                                  absl::StartsWith(code, kSentAgain) ? " " : " answered ", code));
  }
  if (right == 0) faults.push_back(absl::StrCat("no ", kind, " answered"));
  return faults;
}

}  // namespace thidua::load
