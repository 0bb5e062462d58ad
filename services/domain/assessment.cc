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
#include "services/domain/scheme_formula.h"
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
  if (!IsAssessed(*criterion)) {
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
  const auto* rule = std::get_if<AssessedRule>(&criterion.rule);
  if (rule == nullptr || !rule->step.has_value() || *rule->step <= 0) return std::nullopt;
  const std::optional<Decimal>& step = rule->step;
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

// The figures that a rule asks for.
void CheckFigures(const Criterion& criterion, const Assessment& assessment,
                  std::vector<Fault>& faults) {
  const std::vector<FigureDefinition> definitions = FiguresOf(criterion);
  const auto add = [&](const std::string& path, absl::string_view reason, std::string sentence) {
    faults.push_back({path, std::string(reason), std::move(sentence)});
  };
  absl::flat_hash_set<absl::string_view> seen;
  for (size_t i = 0; i < assessment.figures.size(); ++i) {
    const Assessment::Figure& figure = assessment.figures[i];
    const std::string place = absl::StrCat("figures[", i, "]");
    const auto found = std::find_if(definitions.begin(), definitions.end(),
                                    [&](const auto& one) { return one.id == figure.id; });
    if (found == definitions.end()) {
      add(place + ".figure_id", "FIGURE_UNKNOWN",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name), "” không có số liệu “",
                       Excerpt(figure.id), "”."));
      if (i > definitions.size()) return;  // A handful says it.
      continue;
    }
    if (!seen.insert(figure.id).second) {
      add(place + ".figure_id", "DUPLICATE",
          absl::StrCat("Số liệu “", Excerpt(found->name), "” ghi hai lần."));
    } else if (figure.value < found->least || figure.value > found->most) {
      add(place + ".value", "OUT_OF_RANGE",
          absl::StrCat("“", Excerpt(found->name), "” phải từ ", PrintNumber(found->least), " đến ",
                       PrintNumber(found->most), "."));
    } else if (found->whole && Rational(figure.value).Floor() != Rational(figure.value)) {
      add(place + ".value", "NOT_WHOLE",
          absl::StrCat("“", Excerpt(found->name), "” phải là số nguyên."));
    }
  }
  if (std::holds_alternative<PlacesRule>(criterion.rule) && seen.empty()) {
    add("figures", "REQUIRED",
        absl::StrCat("Tiêu chí “", Excerpt(criterion.name), "” chấm theo ",
                     Excerpt(definitions[0].name), ": phải ghi số liệu này."));
  }
}

// What may be given for the criterion by its rule.
void CheckGiven(const Criterion& criterion, const Assessment& assessment,
                std::vector<Fault>& faults) {
  const auto add = [&](std::optional<Fault> fault) {
    if (fault.has_value()) faults.push_back(*std::move(fault));
  };
  CheckFigures(criterion, assessment, faults);
  if (std::holds_alternative<EventsRule>(criterion.rule) ||
      std::holds_alternative<PlacesRule>(criterion.rule)) {
    for (const auto& [path, value] :
         {std::pair("points", assessment.points), std::pair("bonus", assessment.bonus)}) {
      if (value.is_zero()) continue;
      add(Fault{path, "NOT_ALLOWED",
                absl::StrCat("Điểm của tiêu chí “", Excerpt(criterion.name),
                             "” tính từ số liệu, không chấm trực tiếp.")});
    }
    return;
  }
  if (const auto* rule = std::get_if<PassFailRule>(&criterion.rule)) {
    if (assessment.points != criterion.max_points && assessment.points != rule->fail_points) {
      add(Fault{"points", "NOT_PASS_OR_FAIL",
                absl::StrCat("Tiêu chí “", Excerpt(criterion.name), "” chỉ có đạt (",
                             PrintNumber(criterion.max_points), " điểm) hoặc không đạt (",
                             PrintNumber(rule->fail_points), " điểm)."),
                absl::StrCat(rule->fail_points.ToString(), "; ", criterion.max_points.ToString())});
    }
    add(CheckPoints("bonus", "Điểm thưởng", assessment.bonus, 0, criterion));
    return;
  }
  const auto* assessed = std::get_if<AssessedRule>(&criterion.rule);
  const Decimal most = assessed == nullptr ? criterion.max_points
                                           : assessed->scale_max.value_or(criterion.max_points);
  add(CheckPoints("points", "Điểm", assessment.points, most, criterion));
  add(CheckPoints("bonus", "Điểm thưởng", assessment.bonus, criterion.bonus_cap, criterion));
}

// All that was given to one unit for one criterion.
struct Given {
  absl::flat_hash_map<Layer, const Assessment*> by_layer;  // But for peers.
  std::vector<const Assessment*> peers;                    // One a rater: at most a bloc's members.

  std::vector<const Assessment*> Of(Layer layer) const {
    if (layer == Layer::kPeer) return peers;
    const auto found = by_layer.find(layer);
    if (found == by_layer.end()) return {};
    return {found->second};
  }
};

// Rounds each, and says which are left out of the average.
std::vector<bool> PrepareForAverage(std::vector<Rational>& values, const Raters& raters) {
  for (Rational& value : values) {
    if (raters.rounding.has_value()) {
      value = value.RoundedTo(raters.rounding->step, raters.rounding->mode);
    }
  }
  std::vector<bool> left_out(values.size());
  if (!raters.drop_extremes || values.size() < 3) return left_out;
  const auto highest = std::max_element(values.begin(), values.end());
  auto lowest = highest == values.begin() ? values.begin() + 1 : values.begin();
  for (auto one = lowest; one != values.end(); ++one) {
    if (one != highest && *one < *lowest) lowest = one;
  }
  left_out[static_cast<size_t>(highest - values.begin())] = true;
  left_out[static_cast<size_t>(lowest - values.begin())] = true;
  return left_out;
}

Rational AverageOf(std::vector<Rational> values, const Raters& raters) {
  const std::vector<bool> left_out = PrepareForAverage(values, raters);
  Rational sum = 0;
  int64_t count = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (left_out[i]) continue;
    sum += values[i];
    ++count;
  }
  return sum / count;
}

std::vector<Rational> ValuesOf(const std::vector<const Assessment*>& given,
                               Decimal Assessment::*what) {
  std::vector<Rational> values;
  for (const Assessment* assessment : given) values.push_back(assessment->*what);
  return values;
}

Rational AverageOf(const std::vector<const Assessment*>& given, Decimal Assessment::*what,
                   const Raters& raters) {
  return AverageOf(ValuesOf(given, what), raters);
}

std::optional<Rational> AverageOf(const std::vector<const Assessment*>& given,
                                  const FigureDefinition& figure) {
  std::vector<Rational> values;
  for (const Assessment* assessment : given) {
    for (const Assessment::Figure& one : assessment->figures) {
      if (one.id == figure.id) values.push_back(one.value);
    }
  }
  if (values.empty()) return std::nullopt;
  return AverageOf(std::move(values), Raters());
}

// Of peers alone: another layer speaks with one voice, and is taken at its word.
Raters RatersOf(const Criterion& criterion, Layer layer) {
  const auto* rule = std::get_if<AssessedRule>(&criterion.rule);
  return rule != nullptr && layer == Layer::kPeer ? rule->raters : Raters();
}

constexpr Layer kAllLayers[] = {Layer::kSelf, Layer::kPeer, Layer::kBloc, Layer::kProvince};

std::optional<AssessedPoints> FirstOf(const std::vector<Layer>& precedence,
                                      const Criterion& criterion, const Given& given) {
  for (const Layer layer : precedence) {
    const std::vector<const Assessment*> counting = given.Of(layer);
    if (counting.empty()) continue;
    AssessedPoints points;
    points.unit = counting[0]->unit;
    points.criterion = counting[0]->criterion;
    points.layer = layer;
    points.raters = static_cast<int>(counting.size());
    points.points = AverageOf(counting, &Assessment::points, RatersOf(criterion, layer));
    points.bonus = AverageOf(counting, &Assessment::bonus, RatersOf(criterion, layer));
    points.passed =
        static_cast<int>(std::count_if(counting.begin(), counting.end(), [&](const auto* one) {
          return one->points >= criterion.max_points;
        }));
    for (const FigureDefinition& figure : FiguresOf(criterion)) {
      points.figures.push_back(AverageOf(counting, figure));
    }
    for (const Layer other : kAllLayers) {
      const std::vector<const Assessment*> gave = given.Of(other);
      if (gave.empty()) continue;
      points.by_layer[static_cast<size_t>(other)] =
          AverageOf(gave, &Assessment::points, RatersOf(criterion, other));
    }
    return points;
  }
  return std::nullopt;
}

// The leaves that take points, in the order of the scheme.
void AddAssessedLeaves(const absl::flat_hash_set<absl::string_view>& voided,
                       const std::vector<Criterion>& criteria,
                       std::vector<const Criterion*>& leaves) {
  for (const Criterion& criterion : criteria) {
    if (voided.contains(criterion.id)) continue;
    AddAssessedLeaves(voided, criterion.children, leaves);
    if (IsAssessed(criterion)) leaves.push_back(&criterion);
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
    CheckGiven(*criterion, assessment, faults);
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
  std::vector<const Criterion*> leaves;
  AddAssessedLeaves({pact.voided_criteria.begin(), pact.voided_criteria.end()},
                    pact.scheme.contents, leaves);
  const std::vector<Layer> precedence = PrecedenceOf(pact.scheme);
  std::vector<AssessedPoints> counting;
  for (const Member& member : pact.members) {
    for (const Criterion* leaf : leaves) {
      const auto found = given.find({member.unit, leaf->id});
      if (found == given.end()) continue;
      if (std::optional<AssessedPoints> points = FirstOf(precedence, *leaf, found->second)) {
        counting.push_back(*std::move(points));
      }
    }
  }
  return counting;
}

bool RestOnOwnWord(const std::vector<AssessedPoints>& counting) {
  return std::any_of(counting.begin(), counting.end(),
                     [](const AssessedPoints& points) { return points.layer == Layer::kSelf; });
}

std::vector<Voice> VoicesOf(const Criterion& criterion,
                            const std::vector<const Assessment*>& of_one_layer) {
  if (of_one_layer.empty()) return {};
  const Raters raters = RatersOf(criterion, of_one_layer.front()->layer);
  std::vector<Rational> points = ValuesOf(of_one_layer, &Assessment::points);
  std::vector<Rational> bonus = ValuesOf(of_one_layer, &Assessment::bonus);
  const std::vector<bool> points_left_out = PrepareForAverage(points, raters);
  const std::vector<bool> bonus_left_out = PrepareForAverage(bonus, raters);
  std::vector<Voice> voices;
  for (size_t i = 0; i < of_one_layer.size(); ++i) {
    voices.push_back({of_one_layer[i], std::move(points[i]), std::move(bonus[i]),
                      points_left_out[i], bonus_left_out[i]});
  }
  return voices;
}

}  // namespace thidua::domain
