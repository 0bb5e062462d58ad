#include "services/domain/worked_example.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/domain/award.h"
#include "services/domain/identifier.h"
#include "services/domain/period_figures.h"
#include "services/domain/ranking.h"
#include "services/domain/return_if_error.h"
#include "services/domain/scoring.h"
#include "services/domain/scoring_inputs.h"
#include "services/domain/scoring_plan.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

constexpr size_t kMaxReasonText = 300;
// What all examples of a scheme may cost together, roughly in steps of a formula: well under a
// second, whatever the formulas. The largest scheme known, 230 criteria, has room for fifty
// examples of a dozen units with two targets each.
constexpr uint64_t kMaxWork = 12'000'000;
constexpr uint64_t kWorkOfCriterion = 20;

// Exactly where it has at most 9 digits after the mark, else as a fraction beside its decimal.
std::string PrintExactly(const Rational& value) {
  for (int digits = 0; digits <= Decimal::kMaxScale; ++digits) {
    const std::optional<Decimal> decimal = value.RoundHalfUp(digits);
    if (decimal.has_value() && Rational(*decimal) == value) return PrintNumber(*decimal);
  }
  const std::string fraction = value.ToString();
  const std::optional<Decimal> near = value.RoundHalfUp(4);
  if (!near.has_value()) return Excerpt(fraction);
  return absl::StrCat("khoảng ", PrintNumber(*near),
                      fraction.size() <= 40 ? absl::StrCat(" (", fraction, ")") : "");
}

std::string PrintExpected(const ExpectedNumber& expected) {
  if (!expected.digits.has_value()) return PrintExactly(expected.value);
  const std::optional<Decimal> printed = expected.value.RoundHalfUp(*expected.digits);
  return absl::StrCat("khoảng ", printed.has_value() ? PrintNumber(*printed) : "");
}

// As an example would expect it.
std::string Suggestion(const Rational& value) {
  for (int digits = 0; digits <= Decimal::kMaxScale; ++digits) {
    const std::optional<Decimal> decimal = value.RoundHalfUp(digits);
    if (decimal.has_value() && Rational(*decimal) == value) return decimal->ToString();
  }
  const std::string fraction = value.ToString();
  return fraction.size() <= 40 ? fraction : "";
}

bool Agrees(const ExpectedNumber& expected, const Rational& computed) {
  if (!expected.digits.has_value()) return computed == expected.value;
  const std::optional<Decimal> rounded = computed.RoundHalfUp(*expected.digits);
  return rounded.has_value() && Rational(*rounded) == expected.value;
}

bool ExpectsSomething(const WorkedExample::CriterionPoints& points) {
  return points.points.has_value() || points.bonus.has_value() ||
         points.assigned_points.has_value();
}

bool ExpectsSomething(const WorkedExample::Expected& expected) {
  return !expected.criteria.empty() || expected.total.has_value() ||
         expected.assigned_points.has_value() || expected.percent.has_value() ||
         expected.rank.has_value() || !expected.class_id.empty() || !expected.award_id.empty();
}

// The examples of one scheme, one after another.
class ExampleCheck {
 public:
  explicit ExampleCheck(const Scheme& scheme) {
    pact_.scheme = scheme;
    pact_.bloc = "vi-du";
    // Of the copy, which stays where it is.
    plan_.emplace(pact_.scheme);
    work_of_unit_ = WorkOf(pact_.scheme.contents);
    work_of_unit_ += WorkOverUnit(scheme.ranking.formula);
    for (const TieKey& key : scheme.ranking.tie_keys) {
      work_of_unit_ += 1 + WorkOverUnit(key.formula);
    }
    for (const ClassRule& one : scheme.classes.classes) {
      work_of_unit_ += 1 + WorkOverUnit(one.condition);
    }
  }

  std::vector<Fault> Run(const std::vector<WorkedExample>& examples) {
    if (examples.size() > kMaxExamples) {
      Add("examples", "TOO_MANY", absl::StrCat("Tối đa ", kMaxExamples, " ví dụ."));
      return std::move(faults_);
    }
    for (size_t i = 0; i < examples.size() && !IsFull(); ++i) {
      const std::string path = absl::StrCat("examples[", i, "]");
      work_ += WorkOf(examples[i]);
      if (work_ > kMaxWork) {
        Add(path, "TOO_MANY", "Các ví dụ có quá nhiều đơn vị và chỉ tiêu để tính thử.");
        break;
      }
      if (!TakeUp(examples[i], path)) continue;
      Compute(examples[i], path);
    }
    if (faults_.size() > kMaxExampleFaults) faults_.resize(kMaxExampleFaults);
    return std::move(faults_);
  }

 private:
  void Add(std::string path, absl::string_view reason, std::string message,
           std::string suggestion = "") {
    faults_.push_back(
        {std::move(path), std::string(reason), std::move(message), std::move(suggestion)});
  }
  bool IsFull() const { return faults_.size() >= kMaxExampleFaults; }
  void Add(std::optional<Fault> fault) {
    if (fault.has_value()) faults_.push_back(*std::move(fault));
  }

  // The fractions in a long formula grow with it.
  static uint64_t WorkOf(const std::string& formula) {
    return formula.size() + formula.size() * formula.size() / 32;
  }
  // Of a formula that may go through all criteria of the unit.
  uint64_t WorkOverUnit(const std::string& formula) const {
    return WorkOf(formula) * (absl::StrContains(formula, "criteria") ? plan_->nodes().size() : 1);
  }
  static uint64_t WorkOf(const std::vector<Criterion>& criteria) {
    uint64_t work = 0;
    for (const Criterion& criterion : criteria) {
      work += kWorkOfCriterion + WorkOf(criterion.assigned_if) + WorkOf(criterion.children);
      for (const Limit& limit : criterion.limits) work += WorkOf(limit.when);
      if (const auto* rule = std::get_if<FormulaRule>(&criterion.rule)) {
        work += WorkOf(rule->points) + WorkOf(rule->bonus);
      }
    }
    return work;
  }
  uint64_t WorkOf(const WorkedExample& example) const {
    uint64_t targets = 0, assessments = 0;
    for (const WorkedExample::Unit& unit : example.units) {
      targets += unit.targets.size();
      assessments += unit.assessments.size() + unit.expected.criteria.size();
    }
    return work_of_unit_ * (example.units.size() + targets) + work_of_unit_ / 10 * assessments;
  }

  // Makes a pact, results and assessments of the example: whether they are sound.
  bool TakeUp(const WorkedExample& example, const std::string& path) {
    const size_t before = faults_.size();
    pact_.members.clear();
    pact_.targets.clear();
    results_.clear();
    assessments_.clear();
    Add(CheckName(path + ".display_name", example.name));
    if (example.units.empty() || example.units.size() > kMaxMembers) {
      Add(path + ".units", example.units.empty() ? "REQUIRED" : "TOO_MANY",
          absl::StrCat("Mỗi ví dụ có từ 1 đến ", kMaxMembers, " đơn vị."));
      return false;
    }
    if (std::none_of(example.units.begin(), example.units.end(),
                     [](const auto& unit) { return ExpectsSomething(unit.expected); })) {
      Add(path, "EXAMPLE_EXPECTS_NOTHING",
          absl::StrCat("Ví dụ “", Excerpt(example.name), "” không ghi kết quả phải có."));
    }
    absl::flat_hash_set<absl::string_view> seen;
    bool has_leader = false;
    for (size_t u = 0; u < example.units.size(); ++u) {
      const WorkedExample::Unit& unit = example.units[u];
      const std::string place = absl::StrCat(path, ".units[", u, "]");
      Add(CheckIdentifier(place + ".unit_id", unit.id));
      if (!seen.insert(unit.id).second) {
        Add(place + ".unit_id", "DUPLICATE",
            absl::StrCat("Đơn vị “", Excerpt(unit.id), "” ghi hai lần trong ví dụ."));
      }
      if (unit.role == Role::kLeader && std::exchange(has_leader, true)) {
        Add(place + ".role", "TWO_LEADERS", "Mỗi khối chỉ có một Khối trưởng.");
      }
      Add(CheckText(place + ".ineligibility", unit.ineligibility, kMaxReasonText));
      pact_.members.push_back({unit.id, unit.id, unit.role});
    }
    if (faults_.size() > before) return false;
    TakeTargets(example, path);
    TakeAssessments(example, path);
    for (size_t u = 0; u < example.units.size(); ++u) {
      CheckExpected(example.units[u].expected, absl::StrCat(path, ".units[", u, "].expected"));
    }
    return faults_.size() == before;
  }

  void TakeTargets(const WorkedExample& example, const std::string& path) {
    std::vector<Target> targets;
    std::vector<std::string> places;
    for (size_t u = 0; u < example.units.size(); ++u) {
      for (size_t t = 0; t < example.units[u].targets.size(); ++t) {
        const WorkedExample::Target& given = example.units[u].targets[t];
        places.push_back(absl::StrCat(path, ".units[", u, "].targets[", t, "]"));
        Target& target = targets.emplace_back();
        target.id = absl::StrCat("chi-tieu-", targets.size());
        target.unit = example.units[u].id;
        target.criterion = given.criterion;
        target.name = target.id;
        target.direction = given.direction;
        target.value = given.value;
        if (given.actual.state == QuantityState::kNotReported &&
            !given.stated_percent.has_value()) {
          continue;
        }
        const Result& result = results_.emplace_back(
            Result{target.id, given.actual, given.stated_percent, 1, given.stated_qualifier});
        for (Fault& fault : ValidateResult(target, result)) {
          fault.path = absl::StrCat(places.back(), ".", fault.path);
          Add(std::move(fault));
        }
      }
    }
    for (Fault& fault : ValidateNewTargets(pact_, targets)) {
      // "targets[3].value"
      absl::string_view rest = fault.path;
      absl::ConsumePrefix(&rest, "targets[");
      const std::pair<absl::string_view, absl::string_view> parts =
          absl::StrSplit(rest, absl::MaxSplits(']', 1));
      size_t index = 0;
      if (absl::SimpleAtoi(parts.first, &index) && index < places.size()) {
        fault.path = absl::StrCat(places[index], parts.second);
      } else {
        fault.path = path;
      }
      Add(std::move(fault));
    }
    pact_.targets = std::move(targets);
  }

  void TakeAssessments(const WorkedExample& example, const std::string& path) {
    absl::flat_hash_set<std::tuple<std::string, std::string, Layer, std::string>> seen;
    for (size_t u = 0; u < example.units.size(); ++u) {
      for (size_t a = 0; a < example.units[u].assessments.size() && !IsFull(); ++a) {
        Assessment given = example.units[u].assessments[a];
        given.unit = example.units[u].id;
        const std::string place = absl::StrCat(path, ".units[", u, "].assessments[", a, "]");
        for (Fault& fault : ValidateAssessment(pact_, given)) {
          fault.path = absl::StrCat(place, ".", fault.path);
          Add(std::move(fault));
        }
        if (!seen.emplace(given.unit, given.criterion, given.layer, given.rater).second) {
          Add(place, "DUPLICATE", "Điểm này ghi hai lần trong ví dụ.");
        }
        assessments_.push_back(std::move(given));
      }
    }
  }

  void CheckExpected(const WorkedExample::Expected& expected, const std::string& path) {
    const Scheme& scheme = pact_.scheme;
    for (size_t i = 0; i < expected.criteria.size() && !IsFull(); ++i) {
      const WorkedExample::CriterionPoints& points = expected.criteria[i];
      const std::string place = absl::StrCat(path, ".criteria[", i, "]");
      if (plan_->Find(points.criterion) == plan_->nodes().size()) {
        Add(place + ".criterion_id", "CRITERION_UNKNOWN",
            absl::StrCat("Tiêu chí “", Excerpt(points.criterion),
                         "” không có trong thang bảng điểm."));
      }
      if (!ExpectsSomething(points)) {
        Add(place, "EXAMPLE_EXPECTS_NOTHING",
            absl::StrCat("Ví dụ không ghi số điểm phải có ở tiêu chí “", Excerpt(points.criterion),
                         "”."));
      }
    }
    if (expected.rank.has_value() && *expected.rank < 1) {
      Add(path + ".rank", "OUT_OF_RANGE", "Thứ hạng phải từ 1.");
    }
    if (!expected.class_id.empty() && expected.class_id != WorkedExample::kNone &&
        std::none_of(scheme.classes.classes.begin(), scheme.classes.classes.end(),
                     [&](const ClassRule& one) { return one.id == expected.class_id; })) {
      Add(path + ".class_id", "CLASS_UNKNOWN",
          absl::StrCat("Không có mức xếp loại “", Excerpt(expected.class_id), "”."));
    }
    if (!expected.award_id.empty() && expected.award_id != WorkedExample::kNone &&
        std::none_of(scheme.awards.begin(), scheme.awards.end(),
                     [&](const AwardRule& one) { return one.id == expected.award_id; })) {
      Add(path + ".award_id", "AWARD_UNKNOWN",
          absl::StrCat("Không có hình thức khen thưởng “", Excerpt(expected.award_id), "”."));
    }
  }

  // Scores, ranks and puts forward as for a real bloc, and compares.
  void Compute(const WorkedExample& example, const std::string& path) {
    const std::vector<AssessedPoints> counting = CountingPoints(pact_, assessments_);
    const PeriodFigures figures(*plan_, pact_, results_, counting);
    FillSheet(*plan_, figures, SheetDetail::kNumbers, sheet_);
    const std::vector<Place> places = Rank(sheet_);
    std::vector<std::string> ineligible;
    for (const WorkedExample::Unit& unit : example.units) {
      if (!unit.ineligibility.empty()) ineligible.push_back(unit.id);
    }
    std::vector<const AwardRule*> awards(example.units.size(), nullptr);
    const std::vector<AwardLine> lines =
        ProposeAwards(pact_.scheme.awards, ContendersOf(sheet_, places, ineligible));
    for (size_t i = 0; i < lines.size(); ++i) {
      for (const AwardCandidate& candidate : lines[i].candidates) {
        if (candidate.standing != AwardCandidate::Standing::kProposed) continue;
        awards[places[candidate.contender].unit] = &pact_.scheme.awards[i];
      }
    }
    std::vector<int> ranks(example.units.size(), 0);
    for (const Place& place : places) ranks[place.unit] = place.rank;
    for (size_t u = 0; u < example.units.size(); ++u) {
      const std::string place = absl::StrCat(path, ".units[", u, "].expected");
      who_ = absl::StrCat("Ví dụ “", Excerpt(example.name), "”: đơn vị “",
                          Excerpt(example.units[u].id), "”");
      const WorkedExample::Expected& expected = example.units[u].expected;
      CompareCriteria(expected, u, place);
      CompareUnit(expected, u, place);
      if (expected.rank.has_value() && ranks[u] != *expected.rank) {
        Add(place + ".rank", "EXAMPLE_DISAGREES",
            absl::StrCat(who_, " phải xếp thứ ", *expected.rank, " nhưng ",
                         ranks[u] == 0 ? "không được xếp hạng."
                                       : absl::StrCat("tính ra thứ ", ranks[u], ".")),
            ranks[u] == 0 ? "" : absl::StrCat(ranks[u]));
      }
      CompareNamed(place + ".class_id", expected.class_id, ClassOf(sheet_, u),
                   pact_.scheme.classes.classes, "được xếp loại");
      CompareNamed(place + ".award_id", expected.award_id, awards[u], pact_.scheme.awards,
                   "được đề nghị");
    }
  }

  void CompareCriteria(const WorkedExample::Expected& expected, size_t unit,
                       const std::string& path) {
    for (size_t i = 0; i < expected.criteria.size(); ++i) {
      const WorkedExample::CriterionPoints& wanted = expected.criteria[i];
      const size_t node = plan_->Find(wanted.criterion);
      const CriterionPoints computed = sheet_.At(node, unit);
      const std::string place = absl::StrCat(path, ".criteria[", i, "]");
      const std::string whose =
          absl::StrCat(who_, " ở tiêu chí “", Excerpt(plan_->nodes()[node].criterion->name), "”");
      Compare(place + ".assigned_points", wanted.assigned_points, computed.assigned_points,
              absl::StrCat(whose, " phải có"), " điểm được giao");
      // 0 points, and a criterion that is not the unit's, never stand for one another.
      if (!computed.assigned && (wanted.points.has_value() || wanted.bonus.has_value())) {
        Add(place + (wanted.points.has_value() ? ".points" : ".bonus"), "EXAMPLE_DISAGREES",
            absl::StrCat(
                whose, " phải được ",
                PrintExpected(wanted.points.value_or(wanted.bonus.value_or(ExpectedNumber()))),
                " điểm nhưng tiêu chí không tính cho đơn vị này", WhyNoValue(node, unit), "."));
        continue;
      }
      Compare(place + ".points", wanted.points, computed.points, absl::StrCat(whose, " phải được"),
              " điểm");
      Compare(place + ".bonus", wanted.bonus, computed.bonus, absl::StrCat(whose, " phải được"),
              " điểm thưởng");
    }
  }

  // Where a formula of the whole criterion has no value for the unit, what it lacks.
  std::string WhyNoValue(size_t node, size_t unit) const {
    const auto* rule = std::get_if<FormulaRule>(&plan_->nodes()[node].criterion->rule);
    const std::optional<Expression>& formula = plan_->formulas().of_criteria[node].points;
    const bool excluded = sheet_.figures->excluded[node * sheet_.units.size() + unit];
    if (rule == nullptr || rule->each_target || !formula.has_value() || excluded) return "";
    const ScoringInputs inputs = ScoringInputs::AtCriterion(sheet_, node, unit);
    if (Evaluation(*formula).Of(inputs).has_value()) return "";
    std::vector<std::string> missing;
    for (const Expression& part : formula->Parts()) {
      if (!Evaluation(part).Of(inputs).has_value()) missing.push_back(part.source());
    }
    return missing.empty() ? ", vì công thức chia cho 0"
                           : absl::StrCat(", vì công thức cần mà chưa có ",
                                          Excerpt(absl::StrJoin(missing, ", ")));
  }

  void CompareUnit(const WorkedExample::Expected& expected, size_t unit, const std::string& path) {
    const UnitPoints& points = sheet_.units[unit];
    Compare(path + ".total", expected.total, points.total(),
            absl::StrCat(who_, " phải được tổng cộng"), " điểm");
    Compare(path + ".assigned_points", expected.assigned_points, points.assigned_points,
            absl::StrCat(who_, " phải có tổng cộng"), " điểm được giao");
    if (!expected.percent.has_value()) return;
    if (points.assigned_points.is_zero()) {
      Add(path + ".percent", "EXAMPLE_DISAGREES",
          absl::StrCat(who_, " phải đạt ", PrintExpected(*expected.percent),
                       "% số điểm được giao nhưng không được giao điểm nào."));
      return;
    }
    Compare(path + ".percent", expected.percent, points.total() / points.assigned_points * 100,
            absl::StrCat(who_, " phải đạt"), "% số điểm được giao");
  }

  void Compare(const std::string& path, const std::optional<ExpectedNumber>& expected,
               const Rational& computed, const std::string& must, absl::string_view what) {
    if (!expected.has_value() || Agrees(*expected, computed)) return;
    Add(path, "EXAMPLE_DISAGREES",
        absl::StrCat(must, " ", PrintExpected(*expected), what, " nhưng tính ra ",
                     PrintExactly(computed), what, "."),
        Suggestion(computed));
  }

  template <typename Named>
  void CompareNamed(const std::string& path, const std::string& expected, const Named* computed,
                    const std::vector<Named>& all, absl::string_view what) {
    const absl::string_view id = computed == nullptr ? WorkedExample::kNone : computed->id;
    if (expected.empty() || expected == id) return;
    std::string wanted = absl::StrCat("không ", what, " gì");
    for (const Named& one : all) {
      if (one.id == expected) wanted = absl::StrCat(what, " “", Excerpt(one.name), "”");
    }
    Add(path, "EXAMPLE_DISAGREES",
        absl::StrCat(who_, " phải ", wanted, " nhưng ",
                     computed == nullptr ? absl::StrCat("không ", what, " gì.")
                                         : absl::StrCat(what, " “", Excerpt(computed->name), "”.")),
        std::string(id));
  }

  Pact pact_;
  std::optional<ScoringPlan> plan_;
  ScoreSheet sheet_;
  std::vector<Result> results_;
  std::vector<Assessment> assessments_;
  uint64_t work_of_unit_ = 0;
  uint64_t work_ = 0;
  std::string who_;  // The beginning of a sentence.
  std::vector<Fault> faults_;
};

}  // namespace

absl::StatusOr<ExpectedNumber> ReadExpectedNumber(absl::string_view text) {
  ExpectedNumber number;
  if (absl::ConsumePrefix(&text, "~")) {
    ASSIGN_OR_RETURN(const Decimal printed, Decimal::Parse(text));
    number.value = printed;
    number.digits = printed.scale();
    return number;
  }
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('/', 1));
  ASSIGN_OR_RETURN(const Decimal top, Decimal::Parse(parts.first));
  number.value = top;
  if (!absl::StrContains(text, "/")) return number;
  ASSIGN_OR_RETURN(const Decimal bottom, Decimal::Parse(parts.second));
  if (bottom <= 0) {
    return Fault{"", "NUMBER_UNREADABLE", "Mẫu số của phân số phải lớn hơn 0."}.ToStatus();
  }
  number.value = Rational(top) / bottom;
  return number;
}

std::vector<Fault> CheckExamples(const Scheme& scheme, const std::vector<WorkedExample>& examples) {
  if (examples.empty()) return {};
  return ExampleCheck(scheme).Run(examples);
}

}  // namespace thidua::domain
