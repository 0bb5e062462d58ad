#include "services/domain/assessment.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/domain/identifier.h"
#include "services/domain/rational.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

Fault UnitUnknown(absl::string_view path, absl::string_view unit) {
  return {
      std::string(path), "UNIT_UNKNOWN",
      absl::StrCat("“", Excerpt(unit), "” không phải là đơn vị tham gia giao ước thi đua này.")};
}

std::optional<Fault> CheckCriterion(const Pact& pact, const std::string& id,
                                    const Criterion* criterion) {
  if (criterion == nullptr) {
    return Fault{
        "criterion_id", "CRITERION_UNKNOWN",
        absl::StrCat("Tiêu chí “", Excerpt(id), "” không có trong thang bảng điểm của giao ước.")};
  }
  if (!std::holds_alternative<AssessedRule>(criterion->rule) || !criterion->children.empty()) {
    return Fault{"criterion_id", "CRITERION_NOT_ASSESSED",
                 absl::StrCat("Tiêu chí “", Excerpt(criterion->name),
                              criterion->children.empty()
                                  ? "” tính điểm theo chỉ tiêu đăng ký, không chấm trực tiếp."
                                  : "” có tiêu chí con: chấm điểm ở từng tiêu chí con.")};
  }
  if (IsVoided(pact, id)) {
    return Fault{
        "criterion_id", "CRITERION_VOIDED",
        absl::StrCat("Tiêu chí “", Excerpt(criterion->name), "” đã được đưa ra khỏi giao ước.")};
  }
  return std::nullopt;
}

std::optional<Fault> CheckRater(const Pact& pact, const Assessment& assessment) {
  const std::string& rater = assessment.rater;
  if (assessment.layer != Layer::kPeer) {
    if (rater.empty()) return std::nullopt;
    return Fault{"rater", "NOT_ALLOWED", "Chỉ điểm chấm chéo mới ghi đơn vị chấm."};
  }
  if (rater.empty()) return Fault{"rater", "REQUIRED", "Điểm chấm chéo phải ghi đơn vị chấm."};
  if (rater == assessment.unit) {
    return Fault{"rater", "OWN_UNIT", "Đơn vị không chấm chéo cho chính mình."};
  }
  if (FindMember(pact, rater) == nullptr) return UnitUnknown("rater", rater);
  return std::nullopt;
}

// `what`: "Điểm", "Điểm thưởng".
std::optional<Fault> CheckPoints(absl::string_view path, absl::string_view what,
                                 const Decimal& points, const Decimal& most,
                                 const Criterion& criterion) {
  const std::string of_criterion = absl::StrCat(" của tiêu chí “", Excerpt(criterion.name), "”");
  if (points < 0 || points > most) {
    return Fault{
        std::string(path), "OUT_OF_RANGE",
        most.is_zero()
            ? absl::StrCat("Tiêu chí “", Excerpt(criterion.name), "” không có điểm thưởng.")
            : absl::StrCat(what, of_criterion, " phải từ 0 đến ", PrintNumber(most),
                           ", không phải ", PrintNumber(points), ".")};
  }
  const std::optional<Decimal>& step = std::get<AssessedRule>(criterion.rule).step;
  if (!step.has_value() || *step <= 0) return std::nullopt;
  const Rational below = (Rational(points) / *step).Floor() * *step;
  if (below == Rational(points)) return std::nullopt;
  // A multiple of the step has no more digits than the step: nothing is rounded here.
  std::vector<Decimal> nearest;
  for (const Rational& multiple : {below, below + *step}) {
    const std::optional<Decimal> decimal = multiple.RoundHalfUp(step->scale());
    if (decimal.has_value() && *decimal <= most) nearest.push_back(*decimal);
  }
  std::string printed, machine;
  for (const Decimal& decimal : nearest) {
    absl::StrAppend(&printed, printed.empty() ? "" : " và ", PrintNumber(decimal));
    absl::StrAppend(&machine, machine.empty() ? "" : "; ", decimal.ToString());
  }
  return Fault{std::string(path), "NOT_A_STEP",
               absl::StrCat(what, of_criterion, " phải là bội số của ", PrintNumber(*step),
                            "; gần ", PrintNumber(points), " nhất là ", printed, "."),
               machine};
}

// All that was given to one unit for one criterion.
struct Given {
  absl::flat_hash_map<Layer, const Assessment*> by_layer;  // But for peers.
  std::vector<const Assessment*> peers;                    // One a rater: at most a bloc's members.
};

std::optional<AssessedPoints> FirstOf(const std::vector<Layer>& precedence, const Given& given) {
  for (const Layer layer : precedence) {
    std::vector<const Assessment*> counting;
    if (layer == Layer::kPeer) {
      counting = given.peers;
    } else if (const auto found = given.by_layer.find(layer); found != given.by_layer.end()) {
      counting = {found->second};
    }
    if (counting.empty()) continue;
    AssessedPoints points;
    points.unit = counting[0]->unit;
    points.criterion = counting[0]->criterion;
    points.layer = layer;
    points.raters = static_cast<int>(counting.size());
    for (const Assessment* assessment : counting) {
      points.points += assessment->points;
      points.bonus += assessment->bonus;
    }
    points.points = points.points / points.raters;
    points.bonus = points.bonus / points.raters;
    return points;
  }
  return std::nullopt;
}

// The leaves that take points, in the order of the scheme.
void AddAssessedLeaves(const absl::flat_hash_set<absl::string_view>& voided,
                       const std::vector<Criterion>& criteria,
                       std::vector<absl::string_view>& leaves) {
  for (const Criterion& criterion : criteria) {
    if (voided.contains(criterion.id)) continue;
    AddAssessedLeaves(voided, criterion.children, leaves);
    if (criterion.children.empty() && std::holds_alternative<AssessedRule>(criterion.rule)) {
      leaves.push_back(criterion.id);
    }
  }
}

}  // namespace

std::vector<Fault> ValidateAssessment(const Pact& pact, const Assessment& assessment) {
  std::vector<Fault> faults;
  const auto add = [&](std::optional<Fault> fault) {
    if (fault.has_value()) faults.push_back(*std::move(fault));
    return !fault.has_value();
  };
  if (FindMember(pact, assessment.unit) == nullptr) add(UnitUnknown("unit", assessment.unit));
  const Criterion* criterion = FindCriterion(pact.scheme, assessment.criterion);
  const bool takes_points = add(CheckCriterion(pact, assessment.criterion, criterion));
  add(CheckRater(pact, assessment));
  if (takes_points) {
    add(CheckPoints("points", "Điểm", assessment.points, criterion->max_points, *criterion));
    add(CheckPoints("bonus", "Điểm thưởng", assessment.bonus, criterion->bonus_cap, *criterion));
  }
  return faults;
}

std::vector<AssessedPoints> CountingPoints(const Pact& pact,
                                           const std::vector<Assessment>& assessments) {
  absl::flat_hash_map<std::pair<absl::string_view, absl::string_view>, Given> given;
  for (const Assessment& assessment : assessments) {
    Given& here = given[{assessment.unit, assessment.criterion}];
    if (assessment.layer != Layer::kPeer) {
      here.by_layer[assessment.layer] = &assessment;
      continue;
    }
    const auto same =
        std::find_if(here.peers.begin(), here.peers.end(),
                     [&](const Assessment* earlier) { return earlier->rater == assessment.rater; });
    if (same == here.peers.end()) {
      here.peers.push_back(&assessment);
    } else {
      *same = &assessment;
    }
  }
  std::vector<absl::string_view> leaves;
  AddAssessedLeaves({pact.voided_criteria.begin(), pact.voided_criteria.end()},
                    pact.scheme.contents, leaves);
  const std::vector<Layer> precedence = PrecedenceOf(pact.scheme);
  std::vector<AssessedPoints> counting;
  for (const Member& member : pact.members) {
    for (const absl::string_view leaf : leaves) {
      const auto found = given.find({member.unit, leaf});
      if (found == given.end()) continue;
      if (std::optional<AssessedPoints> points = FirstOf(precedence, found->second)) {
        counting.push_back(*std::move(points));
      }
    }
  }
  return counting;
}

}  // namespace thidua::domain
