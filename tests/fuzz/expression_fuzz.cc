// Any bytes: a formula is compiled or refused with one fault, never crashes, and what compiles has
// the same value, or none, whether it is asked for the first time or again.
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "services/domain/expression.h"
#include "services/domain/fault.h"
#include "tests/fuzz/hold.h"

namespace {

using namespace thidua::domain;
using thidua::tests::Goal;
using thidua::tests::Hold;

Goal number_compiled("a formula of a number that has a value");
Goal condition_compiled("a condition that has a value");

// A unit of a bloc of three; its only list is that bloc.
class Unit : public Inputs {
 public:
  Unit(int number, const std::optional<Rational>& achievement)
      : number_(number), achievement_(achievement) {}

  Value OfName(int slot) const override {
    if (slot == 0) return achievement_;
    if (slot == 1) return Rational(number_);
    return Rational(number_ == 1 ? 1 : 0);
  }
  Value OfLookup(int slot, int index) const override {
    if (index > slot) return std::nullopt;
    return Rational(slot == 0 ? 40 : 1);
  }
  size_t SizeOf(int) const override { return 3; }
  const Inputs& ElementOf(int, size_t index) const override;

 private:
  int number_;
  std::optional<Rational> achievement_;
};

const Unit& UnitAt(size_t index) {
  static const auto* const kUnits = new Unit[3]{
      {1, Rational(3) / Rational(2)}, {2, std::nullopt}, {3, Rational(5) / Rational(7)}};
  return kUnits[index];
}

const Inputs& Unit::ElementOf(int, size_t index) const { return UnitAt(index); }

const FormulaVocabulary& TheVocabulary() {
  static const auto* const kVocabulary = [] {
    auto* unit = new FormulaVocabulary{{{"achievement", ValueKind::kNumber, 0},
                                        {"number", ValueKind::kNumber, 1},
                                        {"leads", ValueKind::kCondition, 2}},
                                       {{"points", ValueKind::kNumber, 0, {"a", "b"}},
                                        {"given", ValueKind::kCondition, 1, {"a", "điểm", "c"}}},
                                       {{"bloc", 0, nullptr, true}}};
    unit->lists[0].element = unit;
    return unit;
  }();
  return *kVocabulary;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const thidua::tests::InputTime time;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  for (const ValueKind wanted : {ValueKind::kNumber, ValueKind::kCondition}) {
    const auto compiled = Expression::Compile(text, wanted, TheVocabulary());
    if (!compiled.ok()) {
      Hold(FaultsOf(compiled.status()).size() == 1, "what is refused has one fault");
      continue;
    }
    Evaluation evaluation(*compiled);
    for (size_t i = 0; i < 3; ++i) {
      const Value value = evaluation.Of(UnitAt(i));
      Hold(value == evaluation.Of(UnitAt(i)), "a value stays what it is");
      const bool is_truth = value == Rational(0) || value == Rational(1);
      if (!value.has_value()) continue;
      Hold(wanted == ValueKind::kNumber || is_truth, "a condition is true or false");
      (wanted == ValueKind::kNumber ? number_compiled : condition_compiled).Reach();
    }
  }
  return 0;
}
