// What a unit reports for one target in one period, and what is wrong or odd about it.
#ifndef THIDUA_SERVICES_DOMAIN_RESULT_H_
#define THIDUA_SERVICES_DOMAIN_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/domain/fault.h"
#include "services/domain/pact.h"
#include "services/domain/quantity.h"

namespace thidua::domain {

struct Result {
  std::string target;  // Its id.
  Quantity actual;     // Its measure: empty is the target's own.
  // The percentage of the year's target as the unit printed it; its scale is the printed digits.
  // With no figure it is a percent-only result: kept as stated.
  std::optional<Decimal> stated_percent;
  int64_t revision = 0;  // 1 for the first report of a target in a period.
  Qualifier stated_qualifier = Qualifier::kExact;  // Of stated_percent: "gần 100%" is not 100 %.
};

// Faults that keep a result out (paths "actual", "actual.text", "stated_percent", "target"):
// TARGET_UNKNOWN, MEASURE_DISAGREES, OUT_OF_RANGE (a negative figure), NOTHING_REPORTED (neither
// figure, percent nor state), TOO_LONG and CONTROL_CHARACTER (the text of a figure).
std::vector<Fault> ValidateResult(const Pact& pact, const Result& result);

// The same for a result of that target, which is of the pact.
std::vector<Fault> ValidateResult(const Target& target, const Result& result);

// What a person must look at and may confirm: PERCENT_DISAGREES (the stated percent is not
// actual/target rounded half up to its printed digits; for a lower-is-better target, nor the
// achievement by its criterion's formula). Never mended by the suite.
std::vector<Fault> WarningsOf(const Pact& pact, const Result& result);

// The same for a result of that target of the pact.
std::vector<Fault> WarningsOf(const Pact& pact, const Target& target, const Result& result);

// What the figure is held against: the target's newest result of an earlier period of the same
// pact.
struct EarlierResult {
  const Period* period = nullptr;
  Quantity actual;
};

// What a person should look at when a figure is held against others: CUMULATIVE_FELL (less than the
// same target had in an earlier period, though its figures add up over the year) and
// FAR_FROM_LAST_YEAR (more than thrice, or less than a third, of what the target's baseline would
// give by the end of the period). `earlier` may be null. Never mended by the suite.
std::vector<Fault> WarningsAgainst(const EarlierResult* earlier, const Period& period,
                                   const Target& target, const Result& result);

// Whether a result with that warning is taken only from one who has said to have seen it: what is
// nearly always an error is (PERCENT_DISAGREES, CUMULATIVE_FELL); the others are told only.
bool MustBeAcknowledged(absl::string_view warning);

// The newest revision of each target's result; of equals, the last. Keys and pointers refer to
// `results`.
absl::flat_hash_map<absl::string_view, const Result*> NewestByTarget(
    const std::vector<Result>& results);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_RESULT_H_
