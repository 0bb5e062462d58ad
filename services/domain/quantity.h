// A figure as an official gives it: not every figure is a number, and not every number is exact.
#ifndef THIDUA_SERVICES_DOMAIN_QUANTITY_H_
#define THIDUA_SERVICES_DOMAIN_QUANTITY_H_

#include <cstddef>
#include <string>

#include "services/domain/decimal.h"

namespace thidua::domain {

// Four states that never stand for one another; zero is a value.
enum class QuantityState {
  kNotReported,    // Expected, and nothing came.
  kValue,          // A number, zero included.
  kNotAssigned,    // The criterion is not this unit's: it leaves the unit's denominator.
  kNotComputable,  // Cannot be worked out from what is known (say, the target was not printed).
};

// How the number stands to the truth, from the word before it.
enum class Qualifier {
  kExact,
  kAtLeast,  // trên, hơn
  kNearly,   // gần
  kAbout,    // khoảng, ước
};

// Code points of a unit of measure, and of a figure as written.
inline constexpr size_t kMeasureMax = 100;
inline constexpr size_t kFigureTextMax = 200;

struct Quantity {
  QuantityState state = QuantityState::kNotReported;
  Decimal value;  // Meaningful in state kValue only.
  Qualifier qualifier = Qualifier::kExact;
  std::string measure;  // đơn vị tính: "lượt lao động", "tỷ đồng", "%"; may be empty.
  std::string text;     // What was written, where the figure was read from a text: "trên 4.268".

  bool has_value() const { return state == QuantityState::kValue; }
  friend bool operator==(const Quantity&, const Quantity&) = default;
};

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_QUANTITY_H_
