#include "services/domain/result.h"

#include "absl/strings/str_cat.h"
#include "services/domain/achievement.h"
#include "services/domain/identifier.h"
#include "services/domain/rational.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

// Whether `percent` is `share` as it would be printed with the same digits.
bool Prints(const Rational& share, const Decimal& percent) {
  return (share * 100).RoundHalfUp(percent.scale()) == percent;
}

// What is wrong with it whatever its target is; a target of null is not known.
std::vector<Fault> FaultsOfResult(const Target* target, const Result& result) {
  std::vector<Fault> faults;
  const Quantity& actual = result.actual;
  if (target == nullptr) {
    faults.push_back({"target", "TARGET_UNKNOWN",
                      absl::StrCat("Chỉ tiêu “", Excerpt(result.target),
                                   "” không có trong giao ước thi đua này.")});
  }
  if (actual.state == QuantityState::kNotReported && !result.stated_percent.has_value()) {
    faults.push_back({"actual", "NOTHING_REPORTED",
                      "Phải ghi kết quả, tỷ lệ phần trăm, hoặc lý do không có con số."});
  }
  if (actual.has_value() && actual.value.is_negative()) {
    faults.push_back(
        {"actual", "OUT_OF_RANGE",
         absl::StrCat("Kết quả không được là số âm: ", PrintNumber(actual.value), ".")});
  }
  if (actual.has_value() && target != nullptr && !actual.measure.empty() &&
      actual.measure != target->measure) {
    faults.push_back(
        {"actual", "MEASURE_DISAGREES",
         absl::StrCat("Đơn vị tính “", Excerpt(actual.measure), "” của kết quả khác đơn vị tính “",
                      Excerpt(target->measure), "” đã đăng ký."),
         target->measure});
  }
  if (std::optional<Fault> fault = CheckText("actual.text", actual.text, kFigureTextMax)) {
    faults.push_back(*std::move(fault));
  }
  if (result.stated_percent.has_value() && result.stated_percent->is_negative()) {
    faults.push_back({"stated_percent", "OUT_OF_RANGE",
                      absl::StrCat("Tỷ lệ phần trăm không được là số âm: ",
                                   PrintNumber(*result.stated_percent), "%.")});
  }
  return faults;
}

}  // namespace

std::vector<Fault> ValidateResult(const Pact& pact, const Result& result) {
  return FaultsOfResult(FindTarget(pact, result.target), result);
}

std::vector<Fault> ValidateResult(const Target& target, const Result& result) {
  return FaultsOfResult(&target, result);
}

std::vector<Fault> WarningsOf(const Pact& pact, const Result& result) {
  const Target* target = FindTarget(pact, result.target);
  return target == nullptr ? std::vector<Fault>() : WarningsOf(pact, *target, result);
}

std::vector<Fault> WarningsOf(const Pact& pact, const Target& target, const Result& result) {
  if (!result.stated_percent.has_value()) return {};
  if (result.stated_qualifier != Qualifier::kExact) return {};  // "gần 52%" of 51,12 % is no fault.
  const Achievement achievement = AchievementOf(target, &result, FormulaOf(pact, target));
  if (achievement.basis != AchievementBasis::kComputed) return {};

  const Decimal& stated = *result.stated_percent;
  if (Prints(achievement.share, stated)) return {};
  // Nobody says which way round a unit works out its percent when lower is better.
  const Decimal& wanted = target.value.value;
  if (target.direction == Direction::kLowerIsBetter && !wanted.is_zero() &&
      Prints(Rational(result.actual.value) / wanted, stated)) {
    return {};
  }
  return {{"stated_percent", "PERCENT_DISAGREES",
           absl::StrCat("Tỷ lệ đã ghi là ", PrintNumber(stated), "%, nhưng ",
                        PrintNumber(result.actual.value), " so với chỉ tiêu ", PrintNumber(wanted),
                        " là ", PrintPercent(achievement.share, stated.scale()), "."),
           PrintPercent(achievement.share, stated.scale())}};
}

std::vector<Fault> WarningsAgainst(const EarlierResult* earlier, const Period& period,
                                   const Target& target, const Result& result) {
  std::vector<Fault> warnings;
  if (!result.actual.has_value()) return warnings;
  const Decimal& actual = result.actual.value;
  const bool adds_up = target.accumulation == Accumulation::kCumulative;
  if (adds_up && earlier != nullptr && earlier->actual.has_value() &&
      actual < earlier->actual.value) {
    warnings.push_back({"actual", "CUMULATIVE_FELL",
                        absl::StrCat("Số lũy kế ", PrintNumber(actual), " thấp hơn ",
                                     PrintNumber(earlier->actual.value), " đã báo cáo ở kỳ “",
                                     Excerpt(earlier->period->name), "”.")});
  }
  const Quantity& baseline = target.baseline;
  if (baseline.has_value() && !baseline.value.is_zero() && !baseline.value.is_negative()) {
    // A slip of a digit is tenfold, of a mark a thousandfold; a doubling does happen.
    constexpr int64_t kFar = 3;
    const Rational last_year =
        Rational(baseline.value) * (adds_up ? PaceOf(target, period) : Rational(1));
    // By a pace of 0 nothing is due yet, and whatever came would be far from it.
    const bool is_far = Rational(actual) > last_year * kFar || Rational(actual) * kFar < last_year;
    if (!last_year.is_zero() && is_far) {
      warnings.push_back({"actual", "FAR_FROM_LAST_YEAR",
                          absl::StrCat("Kết quả ", PrintNumber(actual), " khác xa năm trước (",
                                       PrintNumber(baseline.value), " cả năm).")});
    }
  }
  return warnings;
}

bool MustBeAcknowledged(absl::string_view warning) {
  return warning == "PERCENT_DISAGREES" || warning == "CUMULATIVE_FELL";
}

absl::flat_hash_map<absl::string_view, const Result*> NewestByTarget(
    const std::vector<Result>& results) {
  absl::flat_hash_map<absl::string_view, const Result*> newest;
  newest.reserve(results.size());
  for (const Result& result : results) {
    const Result*& known = newest[result.target];
    if (known == nullptr || result.revision >= known->revision) known = &result;
  }
  return newest;
}

}  // namespace thidua::domain
