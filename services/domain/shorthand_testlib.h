// Shorthands that the domain's tests share: figures and faults in brief.
#ifndef THIDUA_SERVICES_DOMAIN_SHORTHAND_TESTLIB_H_
#define THIDUA_SERVICES_DOMAIN_SHORTHAND_TESTLIB_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/domain/fault.h"
#include "services/domain/quantity.h"
#include "services/domain/scoring.h"

namespace thidua::domain {

// "8", "" for a figure that is not there, "-" for not assigned, "?" for not computable.
inline Quantity Figure(const std::string& text) {
  Quantity quantity;
  if (text == "-") {
    quantity.state = QuantityState::kNotAssigned;
  } else if (text == "?") {
    quantity.state = QuantityState::kNotComputable;
  } else if (!text.empty()) {
    quantity.state = QuantityState::kValue;
    quantity.value = *Decimal::Parse(text);
  }
  return quantity;
}

// "path: REASON" of each; every fault has a sentence.
inline std::vector<std::string> Briefly(const std::vector<Fault>& faults) {
  std::vector<std::string> brief;
  for (const Fault& fault : faults) {
    EXPECT_FALSE(fault.message.empty());
    brief.push_back(fault.path + ": " + fault.reason);
  }
  return brief;
}

// The units' scores alone; they refer to the pact, the results and what was given.
inline std::vector<UnitScore> Score(const Pact& pact, const std::vector<Result>& results,
                                    const std::vector<AssessedPoints>& assessed) {
  return PeriodScore(pact, results, assessed).units();
}

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_SHORTHAND_TESTLIB_H_
