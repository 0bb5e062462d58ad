// Which periods a reader asks for: a period's name, in which "-" stands for all (AIP-159).
//
//   ReadPeriodPattern("periods", "blocs/-/pacts/2019/periods/nam")    "nam" of 2019, of every bloc
//   ReadPeriodPattern("periods", "")                                  all
//
// A value; safe to read from any thread.
#ifndef THIDUA_SERVICES_SCORING_PERIOD_PATTERN_H_
#define THIDUA_SERVICES_SCORING_PERIOD_PATTERN_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::scoring {

class PeriodPattern {
 public:
  PeriodPattern() = default;  // All.

  // `period`: a period's name, "blocs/{bloc}/pacts/{year}/periods/{period}".
  bool Matches(absl::string_view period) const;

 private:
  friend absl::StatusOr<PeriodPattern> ReadPeriodPattern(absl::string_view, absl::string_view);

  std::string bloc_, year_, period_;  // Empty: all.
};

// Fault PATTERN_INVALID at `path`.
absl::StatusOr<PeriodPattern> ReadPeriodPattern(absl::string_view path, absl::string_view text);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_PERIOD_PATTERN_H_
