#include "services/domain/scoring_maker_testlib.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace thidua::domain::oracle {
namespace {

using Kind = Tree::Kind;

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

// In parts of 10^-9.
int64_t PartsOf(const Decimal& decimal) {
  int64_t parts = decimal.coefficient();
  for (int i = decimal.scale(); i < Decimal::kMaxScale; ++i) parts *= 10;
  return parts;
}
// With as few digits after the mark as it needs.
Decimal OfParts(int64_t parts) {
  int scale = Decimal::kMaxScale;
  for (; scale > 0 && parts % 10 == 0; --scale) parts /= 10;
  return *Decimal::FromParts(parts, scale);
}
// number × percent / 100; the number itself when that is no Decimal.
Decimal PercentOf(const Decimal& number, const Decimal& percent) {
  Integer parts = Integer(number.coefficient()) * percent.coefficient();
  int scale = number.scale() + percent.scale() + 2;
  for (; scale > 0 && parts % 10 == 0; --scale) parts /= 10;
  if (scale > Decimal::kMaxScale || parts > Integer("999999999999999999")) return number;
  return Decimal::FromParts(parts.convert_to<int64_t>(), scale).value_or(number);
}

class Maker {
 public:
  explicit Maker(Choices& choices) : choices_(choices) {}

  Case Make() {
    Pact& pact = case_.pact;
    Scheme& scheme = pact.scheme;
    scheme.id = "s";
    scheme.name = "S";
    big_ = Chance(6);
    coarse_ = Chance(3);
    backwards_ = Chance(3);
    List(1, 7, 4, 5, [&] {
      const Role role =
          Pick({Role::kMember, Role::kMember, Role::kMember, Role::kLeader, Role::kDeputy});
      const bool taken = std::any_of(pact.members.begin(), pact.members.end(),
                                     [&](const Member& other) { return other.role == role; });
      pact.members.push_back(
          {absl::StrCat("u", pact.members.size()), "", taken ? Role::kMember : role});
    });
    List(0, 2, 1, 3, [&] {
      Parameter parameter{absl::StrCat("p", scheme.parameters.size()), "P", Small(), {}};
      List(0, 1, 1, 2, [&] { parameter.of_units.push_back({AnyUnit(), Small()}); });
      scheme.parameters.push_back(parameter);
    });
    List(1, 3, 1, 2, [&] { scheme.contents.push_back(MakeCriterion(1)); });
    MakePrecedence();
    MakeRanking();
    MakeClasses();
    MakeAwards();
    if (Chance(8)) case_.results.push_back({"unknown", Value(Small()), D("100"), 1});
    if (Chance(8)) case_.given.push_back({"unknown", "c0", Layer::kBloc, "", 1});
    if (Chance(8)) case_.given.push_back({"u0", "unknown", Layer::kBloc, "", 1});
    NumberRows(scheme.contents, -1);
    ResolveAll();
    return std::move(case_);
  }

 private:
  // --- Drawing.

  int Between(int low, int high) {
    return low + static_cast<int>(choices_.Draw(static_cast<uint32_t>(high - low + 1)));
  }
  // Once in so many; 0 is no.
  bool Chance(uint32_t one_in) { return choices_.Draw(one_in) == one_in - 1; }
  // One after the other; another one `yes` times in `of`. Each is a part that may be left out.
  template <typename Element>
  void List(size_t least, size_t most, uint32_t yes, uint32_t of, const Element& element) {
    for (size_t i = 0;; ++i) {  // Asked after the last, too: leaving one out moves no question.
      const Choices::Part part(choices_, /*label=*/1);
      const bool more = choices_.Decide(i < most ? yes : 0, of);
      if (i >= most || (i >= least && !more)) return;
      element();
    }
  }
  // About one or two for each unit, whose turns it is; how many is not asked again when there are
  // fewer units.
  template <typename Element>
  void ListOfUnits(uint32_t stop_one_in, const Element& element) {
    const size_t units = case_.pact.members.size();
    for (size_t i = 0;; ++i) {
      const Choices::Part part(choices_, /*label=*/1);
      const bool more = choices_.Decide(i < 2 * units ? stop_one_in - 1 : 0, stop_one_in);
      if (i >= 14 || !more) return;
      element();
    }
  }
  template <typename T>
  T Pick(std::initializer_list<T> list) {
    return *(list.begin() + choices_.Draw(static_cast<uint32_t>(list.size())));
  }
  Decimal PickDecimal(std::initializer_list<absl::string_view> list) { return D(Pick(list)); }

  Decimal Small() {
    if (coarse_) return Between(0, 3);
    return PickDecimal({"1", "2", "0", "3", "0.5", "4", "10", "0.25", "7", "2.5", "0.1", "33.33"});
  }
  // Near the bounds of a Decimal and of 64 bits.
  Decimal Big() {
    const int scale = Between(0, 9);
    int64_t coefficient =
        Pick<int64_t>({100'000'000'000'000'000, 99'999'999'999'999'999, 100'000'000'000'000'001,
                       999'999'999'999'999'999, 92'233'720'368'547'758, 3'037'000'500, 1});
    if (Chance(2)) coefficient -= Between(0, 1'000'000);
    if (coefficient < 1) coefficient = 7;
    return *Decimal::FromParts(coefficient, scale);
  }
  // Of achievements; 0 is the whole.
  Decimal AnyPercent() {
    return PickDecimal({"100", "50", "0", "80", "90", "110", "120", "150", "200", "101", "99.99",
                        "33.3", "105", "95", "75", "10"});
  }

  std::string AnyUnit() {
    return absl::StrCat("u", choices_.Draw(static_cast<uint32_t>(case_.pact.members.size())));
  }
  // Mostly each in turn.
  std::string NextUnit() {
    if (Chance(8)) next_unit_ += choices_.Draw(3);
    return absl::StrCat("u", next_unit_++ % case_.pact.members.size());
  }
  static Quantity Value(const Decimal& decimal) {
    Quantity quantity;
    quantity.state = QuantityState::kValue;
    quantity.value = decimal;
    return quantity;
  }

  // --- The tree.

  Criterion MakeCriterion(int depth) {
    const Choices::Part part(choices_, /*label=*/2);
    Criterion criterion;
    criterion.id = absl::StrCat("c", criteria_++);
    criterion.name = "C";
    if (Chance(3) && depth < 4 && leaves_ < 7) {
      MakeParent(criterion, depth);
    } else {
      ++leaves_;
      MakeLeaf(criterion);
    }
    List(0, 1, 1, 10, [&] { criterion.not_assigned_units.push_back(AnyUnit()); });
    if (Chance(10)) {
      criterion.assigned_if = Later(Condition({Place::kAssignment}, 2));
    }
    List(0, 2, 1, 6, [&] {
      Limit limit;
      limit.name = "L";
      limit.no_bonus = Chance(2);
      if (Chance(3) || !limit.no_bonus) {
        limit.points_at_most_percent = PickDecimal({"50", "0", "100", "80", "33.3"});
      }
      limit.when = Later(Condition({Place::kCriterion, true, &criterion}, 3));
      criterion.limits.push_back(limit);
    });
    if (Chance(20)) case_.pact.voided_criteria.push_back(criterion.id);
    return criterion;
  }

  void MakeParent(Criterion& parent, int depth) {
    parent.highest_child_only = Chance(4);
    int64_t sum = 0, most = 0;
    List(1, 3, 2, 3, [&] {
      const Criterion& child = parent.children.emplace_back(MakeCriterion(depth + 1));
      sum += PartsOf(child.max_points);
      most = std::max(most, PartsOf(child.max_points));
    });
    parent.max_points = OfParts(parent.highest_child_only ? most : sum);
    if (parent.highest_child_only && Chance(3)) parent.max_points = OfParts(most + 1'000'000'000);
    if (MayGiveBonus(parent) && Chance(3)) parent.bonus_cap = AnyCap();
    if (Chance(6)) parent.rounding = AnyRounding();
    if (Chance(3)) parent.min_points = PickDecimal({"-0.5", "0", "-1", "-0.25"});
  }

  // What children give is told by their caps.
  static bool MayGiveBonus(const Criterion& criterion) {
    if (criterion.children.empty()) return criterion.bonus_cap > 0;
    return std::any_of(criterion.children.begin(), criterion.children.end(), MayGiveBonus);
  }

  Decimal AnyCap() { return PickDecimal({"5", "1", "2", "0.5", "10", "30"}); }

  Decimal AnyMaximum() {
    if (big_ && Chance(2)) {
      return PickDecimal({"99999.999999999", "12345.678901234", "99999", "100000", "0.000000001",
                          "33333.333333333"});
    }
    if (coarse_) return 4;
    return PickDecimal({"10", "5", "4", "1", "3", "100", "20", "7", "2.5", "0.75", "12.34"});
  }

  Rounding AnyRounding() {
    Rounding rounding;
    rounding.step = PickDecimal({"1", "0.1", "0.01", "0.5", "0.25", "2", "0.3", "0.000000001"});
    rounding.mode = Pick(
        {RoundingMode::kHalfUp, RoundingMode::kHalfEven, RoundingMode::kDown, RoundingMode::kUp});
    return rounding;
  }

  void MakeLeaf(Criterion& leaf) {
    leaf.max_points = AnyMaximum();
    next_unit_ = 0;
    if (Chance(3)) leaf.rounding = AnyRounding();
    if (Chance(4)) leaf.min_points = PickDecimal({"-1", "-3", "0", "-0.5"});
    if (Chance(3)) leaf.when_missing = WhenMissing::kZero;
    switch (Between(0, 15)) {
      case 0:
      case 1:
      case 2:
        return MakePlain(leaf);
      case 3:
      case 4:
      case 5:
        return MakeTargets(leaf);
      case 6:
      case 7:
        return MakeAssessed(leaf);
      case 8:
        return MakePassFail(leaf);
      case 9:
      case 10:
        return MakeEvents(leaf);
      case 11:
      case 12:
        return MakePlaces(leaf);
      case 13:
        return MakeRoles(leaf);
      default:
        return MakeFormula(leaf);
    }
  }

  // Pro rata and rounded to digits, one target a unit, which the engine scores in whole numbers.
  void MakePlain(Criterion& leaf) {
    TargetsRule rule;
    leaf.rounding = Rounding::ToDigits(Pick({2, 0, 1, 3}));
    if (big_) leaf.rounding = Rounding::ToDigits(Between(0, 9));
    if (Chance(12)) leaf.rounding->mode = RoundingMode::kHalfEven;
    if (Chance(12)) leaf.rounding->step = D("0.5");
    if (Chance(6)) rule.achievement_cap_percent = AnyAchievementCap();
    if (Chance(4)) rule.lower_is_better = LowerIsBetterFormula::kTwoMinusActualOverTarget;
    if (Chance(4)) rule.stated_percent = StatedPercentPolicy::kAccept;
    if (Chance(6)) {
      rule.bonus_per_percent_above = PickDecimal({"1", "0.5", "0.1"});
      leaf.bonus_cap = AnyCap();
    }
    leaf.rule = rule;
    const size_t units = case_.pact.members.size();
    for (size_t i = 0;; ++i) {
      const Choices::Part part(choices_, /*label=*/1);
      const bool more = choices_.Decide(i < units ? 23 : 0, 24);
      if (i >= 7 || !more) break;
      MakeTarget(leaf.id, absl::StrCat("u", i % units), /*no_value_one_in=*/0);
    }
    List(0, 1, 1, 8, [&] { MakeTarget(leaf.id, AnyUnit(), 8); });
  }

  Decimal AnyAchievementCap() {
    return PickDecimal({"100", "120", "50", "80", "90", "110", "150", "200", "33.3"});
  }

  void MakeTargets(Criterion& leaf) {
    TargetsRule rule;
    rule.achievement_cap_percent = AnyAchievementCap();
    if (Chance(2)) rule.lower_is_better = LowerIsBetterFormula::kTwoMinusActualOverTarget;
    if (Chance(2)) rule.stated_percent = StatedPercentPolicy::kAccept;
    if (Chance(3)) rule.without_target = WithoutTargetPolicy::kShareOfHighest;
    bool bonus = false;
    if (Chance(4)) {
      rule.bonus_per_percent_above = PickDecimal({"1", "0.5", "2"});
      bonus = true;
    }
    switch (Between(0, 3)) {
      case 2:
        rule.curve = MakeCurve(rule.achievement_cap_percent);
        break;
      case 3: {
        rule.achievement_cap_percent = 100;  // Nothing is cut where the bloc's best is the measure.
        BestInBloc best;
        if (Chance(2)) {
          best.method = BestInBloc::Method::kShareOfHighest;
        } else {
          best.at_target_percent = PickDecimal({"50", "0", "100", "80"});
        }
        rule.best_in_bloc = best;
        break;
      }
      default:
        break;
    }
    List(0, 3, 1, 3, [&] {
      PercentStep step;
      step.above = Chance(2);
      step.from_percent = PickDecimal({"100", "90", "95", "110", "50"});
      step.every_percent = PickDecimal({"1", "5", "10", "0.5", "3"});
      step.points = PickDecimal({"-0.1", "-1", "0.5", "1", "-2", "0.25"});
      step.begun_counts = Chance(2);
      if (Chance(4)) step.at_most = PickDecimal({"1", "0.5", "3", "10"});
      bonus = bonus || step.points > 0;
      rule.steps.push_back(step);
    });
    if (Chance(4)) rule.each_rounding = AnyRounding();
    if (bonus) leaf.bonus_cap = AnyCap();
    leaf.rule = rule;
    const bool without = rule.without_target == WithoutTargetPolicy::kShareOfHighest;
    ListOfUnits(12, [&] { MakeTarget(leaf.id, NextUnit(), without ? 3 : 10); });
  }

  // Rising or falling, in wide steps or narrow ones; some begin at 0, some pay more than the whole.
  Curve MakeCurve(const Decimal& cap) {
    Curve curve;
    if (Chance(2)) curve.between = Curve::Between::kStep;
    curve.may_fall = Chance(4);
    std::vector<Decimal> achievements;
    for (const char* one : {"0", "10", "30", "50", "75", "80", "90", "100", "110", "150", "200"}) {
      if (D(one) <= cap && achievements.size() < 5 && Chance(3)) achievements.push_back(D(one));
    }
    if (achievements.empty()) achievements.push_back(cap);
    bool earns = false;
    for (const Decimal& achievement : achievements) {
      Decimal earned = PickDecimal({"100", "50", "0", "80", "60", "110", "33.3", "90"});
      if (!curve.may_fall && !curve.points.empty()) {
        earned = std::max(earned, curve.points.back().earned_percent);
      }
      earns = earns || earned > 0;
      curve.points.push_back({achievement, earned});
    }
    if (!earns) curve.points.back().earned_percent = 100;
    return curve;
  }

  void MakeTarget(const std::string& criterion, const std::string& unit, uint32_t no_value_one_in) {
    Target target;
    target.id = absl::StrCat("t", case_.pact.targets.size());
    target.unit = unit;
    target.criterion = criterion;
    target.name = "T";
    const bool plain = no_value_one_in == 0;  // Nothing but a figure against a value.
    if (Chance(16) && !plain) target.kind = TargetKind::kInformational;
    if (Chance(16) && !plain) target.voided = true;
    if (Chance(4)) target.direction = Direction::kLowerIsBetter;
    if (plain || !Chance(no_value_one_in)) {
      Decimal wanted =
          coarse_ ? Decimal(Between(1, 3))
                  : PickDecimal({"10", "4", "1", "2", "5", "3", "8", "20", "7.5", "0.3", "35000"});
      if (big_ && (plain || Chance(2))) wanted = Big();
      if (Chance(32)) wanted = 0;
      target.value = Value(wanted);
    } else if (Chance(4)) {
      target.value.state = QuantityState::kNotComputable;
    }
    if (!Chance(20)) MakeResult(target, plain);
    if (!plain) List(0, 2, 1, 10, [&] { MakeResult(target, plain); });
    case_.pact.targets.push_back(target);
  }

  void MakeResult(const Target& target, bool plain) {
    Result result;
    result.target = target.id;
    result.revision = Between(1, 2);
    const Decimal base = target.value.has_value() ? target.value.value : Decimal(10);
    switch (plain ? Between(0, 7) : Between(0, 9)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        result.actual = Value(PercentOf(base, AnyPercent()));
        break;
      case 5:
      case 6:
        result.actual = Value(Small());
        break;
      case 7:
        result.actual = Value(big_ ? Big() : Small());
        break;
      case 8:
        result.actual.state = Pick({QuantityState::kNotReported, QuantityState::kNotAssigned,
                                    QuantityState::kNotComputable});
        break;
      default:
        result.stated_percent = AnyPercent();
        break;
    }
    if (Chance(8)) result.stated_percent = AnyPercent();
    if (Chance(6)) {
      result.actual.qualifier = Pick({Qualifier::kNearly, Qualifier::kAtLeast, Qualifier::kAbout});
      result.stated_qualifier = result.actual.qualifier;
    }
    if (Chance(8)) {
      case_.results.insert(case_.results.begin(), result);
    } else {
      case_.results.push_back(result);
    }
  }

  // --- What is given.

  // One assessment of each of several units, by whoever; `fill` says what.
  template <typename Fill>
  void MakeGiven(const Criterion& leaf, const Fill& fill) {
    ListOfUnits(8, [&] {
      const std::string unit = NextUnit();
      const Layer layer = Pick(
          {Layer::kProvince, Layer::kPeer, Layer::kBloc, Layer::kPeer, Layer::kPeer, Layer::kSelf});
      size_t rater = 0;
      // Several raters of one unit; what another layer gives again is the last of it.
      List(1, 4, layer == Layer::kPeer ? 5 : 1, 8, [&] {
        Assessment one;
        one.unit = unit;
        one.criterion = leaf.id;
        one.layer = layer;
        if (!Chance(10)) ++rater;  // Else the same rater again.
        if (layer == Layer::kPeer) one.rater = absl::StrCat("u", rater);
        fill(one);
        if (Chance(8)) {
          case_.given.insert(case_.given.begin(), one);
        } else {
          case_.given.push_back(one);
        }
      });
    });
  }

  void MakeAssessed(Criterion& leaf) {
    AssessedRule rule;
    if (Chance(3)) leaf.bonus_cap = AnyCap();
    if (Chance(3)) rule.scale_max = PickDecimal({"10", "5", "3", "100"});
    const Decimal most = rule.scale_max.value_or(leaf.max_points);
    if (Chance(3)) {
      const Decimal step = PickDecimal({"1", "0.5", "0.25"});
      if (PartsOf(most) % PartsOf(step) == 0 && PartsOf(leaf.bonus_cap) % PartsOf(step) == 0) {
        rule.step = step;
      }
    }
    if (Chance(3)) rule.raters.rounding = AnyRounding();
    rule.raters.drop_extremes = Chance(2);
    leaf.rule = rule;
    MakeGiven(leaf, [&](Assessment& one) {
      one.points = PercentOf(most, AnyShare());
      if (Chance(16)) one.points = PickDecimal({"-1", "101"});
      if (leaf.bonus_cap > 0 && Chance(2)) one.bonus = PercentOf(leaf.bonus_cap, AnyShare());
    });
  }

  Decimal AnyShare() {
    return PickDecimal({"100", "50", "0", "80", "90", "25", "75", "33.3", "10"});
  }

  void MakePassFail(Criterion& leaf) {
    PassFailRule rule;
    if (Chance(3)) rule.fail_points = PercentOf(leaf.max_points, 50);
    if (rule.fail_points >= leaf.max_points) rule.fail_points = 0;
    leaf.rule = rule;
    MakeGiven(leaf, [&](Assessment& one) {
      one.points = Chance(2) ? rule.fail_points : leaf.max_points;
    });
  }

  void MakeEvents(Criterion& leaf) {
    EventsRule rule;
    if (Chance(3)) leaf.when_missing = WhenMissing::kAsNone;
    rule.starts_at = PercentOf(leaf.max_points, PickDecimal({"100", "50", "0"}));
    rule.only_greatest = Chance(3);
    bool adds = false;
    List(1, 3, 2, 3, [&] {
      EventsRule::Event event;
      event.id = absl::StrCat("e", rule.events.size());
      event.name = "E";
      event.points = PickDecimal({"-1", "1", "-3", "3", "-0.5", "0.25", "-10"});
      if (Chance(3)) event.most_times = Between(1, 3);
      adds = adds || event.points > 0;
      rule.events.push_back(event);
    });
    if (Chance(2) && adds) leaf.bonus_cap = AnyCap();
    if ((leaf.bonus_cap > 0 || leaf.min_points.value_or(0) < 0) && Chance(4)) {
      leaf.max_points = 0;
      rule.starts_at = 0;
    }
    if (rule.starts_at == leaf.max_points && leaf.max_points > 0 &&
        leaf.when_missing != WhenMissing::kZero && Chance(3)) {
      leaf.min_points = PercentOf(leaf.max_points, PickDecimal({"50", "80", "100"}));
    }
    leaf.rule = rule;
    MakeGiven(leaf, [&](Assessment& one) {
      for (const EventsRule::Event& event : rule.events) {
        if (one.figures.empty() || !Chance(3)) {
          one.figures.push_back({event.id, Pick({0, 1, 2, 3, 5})});
        }
      }
    });
  }

  void MakePlaces(Criterion& leaf) {
    PlacesRule rule;
    rule.source = Pick({PlacesRule::Source::kHighestMark, PlacesRule::Source::kLowestMark,
                        PlacesRule::Source::kGivenPlace});
    rule.ties_share_average = Chance(2);
    Decimal points = leaf.max_points;
    if (Chance(4)) {
      points = OfParts(PartsOf(points) + 1'000'000'000);
      leaf.bonus_cap = AnyCap();
    }
    List(1, 4, 3, 4, [&] {
      rule.points.push_back(points);
      points = PercentOf(points, PickDecimal({"50", "100", "80", "0"}));
      if (points > rule.points.back()) points = rule.points.back();
    });
    rule.beyond = Chance(2) ? Decimal(0) : std::min(points, rule.points.back());
    leaf.rule = rule;
    const bool given = rule.source == PlacesRule::Source::kGivenPlace;
    MakeGiven(leaf, [&](Assessment& one) {
      if (given) {
        one.figures.push_back({std::string(kPlaceFigure), Between(1, 5)});
      } else {
        one.figures.push_back({std::string(kMarkFigure), PickDecimal({"1", "2", "3", "0", "2.5"})});
      }
    });
  }

  void MakeRoles(Criterion& leaf) {
    RolesRule rule;
    rule.leader = PercentOf(leaf.max_points, AnyShare());
    rule.deputy = PercentOf(leaf.max_points, AnyShare());
    rule.member = PercentOf(leaf.max_points, AnyShare());
    if (Chance(3)) {
      leaf.bonus_cap = AnyCap();
      rule.leader = OfParts(PartsOf(leaf.max_points) + PartsOf(leaf.bonus_cap));
    }
    leaf.rule = rule;
  }

  void MakeFormula(Criterion& leaf) {
    FormulaRule rule;
    rule.description = "F";
    rule.each_target = Chance(3);
    rule.takes_targets = !rule.each_target && Chance(3);
    if (Chance(2)) rule.lower_is_better = LowerIsBetterFormula::kTwoMinusActualOverTarget;
    if (Chance(2)) rule.stated_percent = StatedPercentPolicy::kAccept;
    List(0, 2, 1, 2, [&] {
      rule.figures.push_back({absl::StrCat("f", rule.figures.size()), "F", 0, 10});
    });
    if (Chance(3)) leaf.when_missing = WhenMissing::kAsNone;
    if (Chance(3)) leaf.bonus_cap = AnyCap();
    leaf.rule = rule;
    auto& kept = std::get<FormulaRule>(leaf.rule);
    const Scope scope = {rule.each_target ? Place::kEachTarget : Place::kCriterion, true, &leaf};
    kept.points = Later(Number(scope, 3));
    if (leaf.bonus_cap > 0) kept.bonus = Later(Number(scope, 2));
    if (TakesTargets(rule)) {
      ListOfUnits(12, [&] { MakeTarget(leaf.id, NextUnit(), 6); });
    }
    if (!TakesTargets(rule) || !rule.figures.empty()) {
      MakeGiven(leaf, [&](Assessment& one) {
        for (const FigureDefinition& figure : rule.figures) {
          if (one.figures.empty() || !Chance(3)) {
            one.figures.push_back({figure.id, PickDecimal({"1", "0", "2", "5", "0.5", "10"})});
          }
        }
        if (rule.figures.empty()) one.points = PercentOf(leaf.max_points, AnyShare());
      });
    }
  }
  static bool TakesTargets(const FormulaRule& rule) {
    return rule.each_target || rule.takes_targets;
  }

  // --- What comes after the points.

  void MakePrecedence() {
    List(0, 4, 1, 4, [&] {
      const Layer layer = Pick({Layer::kPeer, Layer::kBloc, Layer::kSelf, Layer::kProvince});
      auto& layers = case_.pact.scheme.assessment_precedence;
      if (std::find(layers.begin(), layers.end(), layer) == layers.end()) layers.push_back(layer);
    });
  }

  void MakeRanking() {
    RankingRule& ranking = case_.pact.scheme.ranking;
    ranking.key = Pick({RankingKey::kPoints, RankingKey::kPercentOfAssigned,
                        RankingKey::kCappedPoints, RankingKey::kFormula});
    if (ranking.key == RankingKey::kCappedPoints) {
      ranking.cap = PickDecimal({"10", "5", "4", "100", "2"});
    }
    if (ranking.key == RankingKey::kFormula) {
      ranking.formula = Later(Number({Place::kUnit, true}, 3));
      ranking.formula_name = "K";
    }
    if (Chance(4)) ranking.rounding = AnyRounding();
    ranking.dense = Chance(3);
    List(0, 3, 1, 2, [&] {
      TieKey key;
      if (Chance(2)) {
        key.formula = Later(Number({Place::kUnit, true}, 3));
        key.name = "K";
      } else {
        key.criterion = absl::StrCat("#", choices_.Draw(1000));
      }
      key.less_is_better = Chance(3);
      ranking.tie_keys.push_back(key);
    });
  }

  void MakeClasses() {
    Classes& classes = case_.pact.scheme.classes;
    if (!Chance(2)) return;
    classes.measure = Pick({Classes::Measure::kPercentOfAssigned, Classes::Measure::kPoints,
                            Classes::Measure::kCappedPoints});
    if (classes.measure == Classes::Measure::kCappedPoints) {
      classes.cap = PickDecimal({"100", "10", "5", "4"});
    }
    for (const char* bar :
         {"100", "95", "90", "80", "75", "50", "20", "10", "8", "5", "4", "2", "1", "0"}) {
      if (classes.cap.has_value() && D(bar) > *classes.cap) continue;
      if (!Chance(4)) continue;
      ClassRule one;
      one.id = absl::StrCat("k", classes.classes.size());
      one.name = "K";
      one.at_least = D(bar);
      if (Chance(3)) one.condition = Later(Condition({Place::kUnit, true}, 3));
      classes.classes.push_back(one);
    }
  }

  void MakeAwards() {
    Scheme& scheme = case_.pact.scheme;
    List(0, 3, 1, 2, [&] {
      AwardRule award;
      award.id = absl::StrCat("a", scheme.awards.size());
      award.name = "A";
      award.at_most = Between(1, 3);
      for (const ClassRule& one : scheme.classes.classes) {
        if (award.classes.size() < 2 && Chance(3)) award.classes.push_back(one.id);
      }
      if (Chance(3)) award.votes_at_least_percent = PickDecimal({"50", "66.67", "80", "100"});
      scheme.awards.push_back(award);
    });
    List(0, 2, 1, 3, [&] { case_.ineligible.push_back(AnyUnit()); });
    for (size_t award = 0; award < scheme.awards.size(); ++award) {
      if (!Chance(3)) continue;
      for (size_t unit = 0; unit < case_.pact.members.size(); ++unit) {
        if (Chance(8)) continue;
        VoteCount& count = case_.votes[{award, unit}];
        count = {Between(0, 3), Between(0, 1), Between(0, 1)};
        if (count.cast() == 0) count.no = 1;
        if (Chance(12)) count.session = "2";
      }
    }
  }

  // --- Formulas. Which criteria they name is only said when all are known.

  enum class Place { kAssignment, kUnit, kCriterion, kEachTarget, kTarget, kLeaf };
  struct Scope {
    Place place = Place::kUnit;
    bool bloc = false;  // Whether there is a list of the bloc.
    const Criterion* criterion = nullptr;
  };

  std::string Later(Tree tree) {
    trees_.push_back(std::move(tree));
    return absl::StrCat("#", trees_.size() - 1);
  }

  static bool HasScores(const Scope& scope) {
    return scope.place != Place::kAssignment && scope.place != Place::kTarget &&
           scope.place != Place::kLeaf;
  }
  static bool IsAtCriterion(const Scope& scope) {
    return scope.place == Place::kCriterion || scope.place == Place::kEachTarget;
  }
  static bool HasTargetNames(const Scope& scope) {
    return scope.place == Place::kTarget || scope.place == Place::kEachTarget;
  }
  static bool HasTargets(const Scope& scope) {
    return scope.place == Place::kUnit || scope.place == Place::kCriterion;
  }

  static Tree Leaf(Kind kind, const std::string& name) {
    Tree tree;
    tree.kind = kind;
    tree.name = name;
    return tree;
  }
  static Tree Node(Kind kind, std::vector<Tree> parts) {
    Tree tree;
    tree.kind = kind;
    tree.parts = std::move(parts);
    return tree;
  }

  Tree Literal() {
    Tree tree;
    tree.number = PickDecimal({"1", "0", "2", "100", "0.5", "10", "50", "3", "0.25", "99.9", "80"});
    if (big_ && Chance(2)) tree.number = Big();
    return tree;
  }

  Tree NumberName(const Scope& scope) {
    std::vector<const char*> names;
    if (HasTargetNames(scope)) {
      names.insert(names.end(), {"achievement", "percent", "actual", "target"});
    }
    if (IsAtCriterion(scope)) names.insert(names.end(), {"max_points", "bonus_cap"});
    if (scope.place == Place::kEachTarget) names.push_back("share_points");
    if (scope.place == Place::kUnit) {
      names.insert(names.end(), {"total", "percent", "assigned_points"});
    }
    if (scope.place == Place::kLeaf) {
      names.insert(names.end(), {"points", "bonus", "max_points"});
    }
    if (names.empty()) return Literal();
    return Leaf(Kind::kName, names[choices_.Draw(static_cast<uint32_t>(names.size()))]);
  }

  // digits keep what the id will be chosen by.
  Tree Lookup(const char* name) {
    Tree tree = Leaf(Kind::kLookup, name);
    tree.digits = Between(0, 999);
    return tree;
  }

  Tree NumberLookup(const Scope& scope) {
    std::vector<const char*> names;
    if (HasScores(scope)) names.insert(names.end(), {"points", "bonus", "percent_of"});
    if (scope.place != Place::kTarget && scope.place != Place::kLeaf &&
        !case_.pact.scheme.parameters.empty()) {
      names.push_back("param");
    }
    if (IsAtCriterion(scope)) {
      if (!FiguresOf(*scope.criterion).empty()) names.insert(names.end(), {"figure", "figure"});
      if (TakesPoints(*scope.criterion)) names.insert(names.end(), {"given", "given"});
    }
    if (names.empty()) return NumberName(scope);
    const char* name = names[choices_.Draw(static_cast<uint32_t>(names.size()))];
    Tree tree = Lookup(name);
    const auto any = static_cast<size_t>(tree.digits);
    if (name == std::string("figure")) {
      const std::vector<FigureDefinition> figures = FiguresOf(*scope.criterion);
      tree.id = figures[any % figures.size()].id;
    } else if (name == std::string("given")) {
      constexpr const char* kLayerNames[] = {"province", "bloc", "peer", "self"};
      tree.id = kLayerNames[any % 4];
    } else if (name == std::string("param")) {
      const auto& parameters = case_.pact.scheme.parameters;
      tree.id = parameters[any % parameters.size()].id;
    }
    return tree;
  }

  // Whether assessments give points, and not figures, for the leaf.
  static bool TakesPoints(const Criterion& leaf) {
    const auto* formula = std::get_if<FormulaRule>(&leaf.rule);
    if (formula != nullptr) return formula->figures.empty() && !TakesTargets(*formula);
    return std::holds_alternative<AssessedRule>(leaf.rule) ||
           std::holds_alternative<PassFailRule>(leaf.rule);
  }

  Tree Number(const Scope& scope, int depth) {
    const Choices::Part part(choices_, /*label=*/3);
    Tree tree = BareNumber(scope, depth);
    tree.extra_parentheses = Chance(16);
    return tree;
  }

  Tree BareNumber(const Scope& scope, int depth) {
    const int production = depth == 0 ? Between(0, 8) : Between(0, 21);
    const auto number = [&] { return Number(scope, depth - 1); };
    switch (production) {
      case 0:
      case 1:
        return Literal();
      case 2:
      case 3:
      case 4:
      case 5:
        return NumberName(scope);
      case 6:
      case 7:
      case 8:
        return NumberLookup(scope);
      case 9:
      case 10: {
        const Kind kind = Pick({Kind::kPlus, Kind::kMinus});
        Tree left = number();
        return Node(kind, {std::move(left), number()});
      }
      case 11:
      case 12:
      case 13: {
        const Kind kind = Pick({Kind::kTimes, Kind::kOver});
        Tree left = number(), right = number();
        // By a 0 that is written down nobody divides: the check says so.
        const bool is_zero = right.kind == Kind::kNumber && right.number.is_zero();
        if (kind == Kind::kOver && is_zero) right.number = 2;
        return Node(kind, {std::move(left), std::move(right)});
      }
      case 14:
      case 15: {
        Tree condition = Condition(scope, depth - 1);
        Tree yes = number();
        return Node(Kind::kChoice, {std::move(condition), std::move(yes), number()});
      }
      case 16: {
        Tree tree = Node(Pick({Kind::kMin, Kind::kMax}), {});
        List(2, 4, 1, 3, [&] { tree.parts.push_back(number()); });
        return tree;
      }
      case 17:
        return Node(Pick({Kind::kAbs, Kind::kFloor, Kind::kCeil, Kind::kNegative}), {number()});
      case 18: {
        Tree tree = Node(Kind::kRound, {});
        tree.digits = Pick({0, 1, 2, 9});
        tree.parts.push_back(number());
        return tree;
      }
      case 19: {
        Tree left = number();
        return Node(Kind::kValueOr, {std::move(left), number()});
      }
      default:
        return NumberOfList(scope, depth);
    }
  }

  // The list's name, and the scope of its elements; nothing where there is none.
  std::optional<std::pair<std::string, Scope>> AnyList(const Scope& scope) {
    const bool bloc = scope.bloc && HasScores(scope);
    if (!bloc && !HasTargets(scope)) return std::nullopt;
    if (scope.place == Place::kUnit && Chance(3)) {
      return std::pair("criteria", Scope{Place::kLeaf});
    }
    if (bloc && (!HasTargets(scope) || !Chance(2))) {
      Scope element = scope;
      element.bloc = false;
      if (scope.place == Place::kEachTarget) element.place = Place::kTarget;
      return std::pair("bloc", element);
    }
    return std::pair("targets", Scope{Place::kTarget});
  }

  Tree NumberOfList(const Scope& scope, int depth) {
    const auto list = AnyList(scope);
    if (!list.has_value()) return NumberName(scope);
    const auto& [name, element] = *list;
    Tree tree = Leaf(Pick({Kind::kHighest, Kind::kLowest, Kind::kAverage, Kind::kSum, Kind::kCount,
                           Kind::kFirst, Kind::kRank}),
                     name);
    switch (tree.kind) {
      case Kind::kCount:
        tree.parts.push_back(Condition(element, depth - 1));
        break;
      case Kind::kFirst:
        tree.parts.push_back(Condition(element, depth - 1));
        tree.parts.push_back(Number(element, depth - 1));
        break;
      case Kind::kRank:
        // Of names that both the element and the own place have.
        if (name == "criteria") return NumberName(scope);
        if (name == "targets") {
          if (scope.place != Place::kUnit) return NumberName(scope);
          tree.parts.push_back(Leaf(Kind::kName, "percent"));
        } else {
          tree.parts.push_back(Number(element, depth - 1));
        }
        break;
      default:
        tree.parts.push_back(Number(element, depth - 1));
        break;
    }
    return tree;
  }

  Tree ConditionName(const Scope& scope) {
    if (scope.place == Place::kLeaf) {
      return Node(Kind::kEqual, {NumberName(scope), NumberName(scope)});
    }
    std::vector<const char*> names;
    if (HasTargetNames(scope)) names.insert(names.end(), {"reached", "reported", "has_target"});
    if (scope.place != Place::kTarget) names.insert(names.end(), {"is_leader", "is_deputy"});
    return Leaf(Kind::kName, names[choices_.Draw(static_cast<uint32_t>(names.size()))]);
  }

  Tree Condition(const Scope& scope, int depth) {
    const Choices::Part part(choices_, /*label=*/4);
    Tree tree = BareCondition(scope, std::max(depth, 0));
    tree.extra_parentheses = Chance(16);
    return tree;
  }

  Tree BareCondition(const Scope& scope, int depth) {
    const auto condition = [&] { return Condition(scope, depth - 1); };
    switch (depth == 0 ? Between(0, 3) : Between(0, 13)) {
      case 0: {
        Tree tree;
        tree.kind = Kind::kTruth;
        tree.number = Chance(2) ? 0 : 1;
        return tree;
      }
      case 1:
      case 2:
        return ConditionName(scope);
      case 3:
        if (HasScores(scope)) return Lookup("assigned");
        if (HasTargetNames(scope)) return Lookup("under");
        return ConditionName(scope);
      case 4:
      case 5:
      case 6:
      case 7:
      case 8: {
        const Kind kind = Pick({Kind::kLess, Kind::kLessOrEqual, Kind::kGreater,
                                Kind::kGreaterOrEqual, Kind::kEqual, Kind::kUnequal});
        Tree left = Number(scope, depth - 1);
        return Node(kind, {std::move(left), Number(scope, depth - 1)});
      }
      case 9: {
        const Kind kind = Pick({Kind::kAnd, Kind::kOr});
        Tree left = condition();
        return Node(kind, {std::move(left), condition()});
      }
      case 10:
        return Node(Kind::kNot, {condition()});
      case 11: {
        const Kind kind = Pick({Kind::kEqual, Kind::kUnequal});
        Tree left = condition();
        return Node(kind, {std::move(left), condition()});
      }
      case 12:
        return Node(Kind::kHas, {Number(scope, depth - 1)});
      default: {
        const auto list = AnyList(scope);
        if (!list.has_value()) return ConditionName(scope);
        Tree tree = Leaf(Pick({Kind::kAll, Kind::kAny}), list->first);
        tree.parts.push_back(Condition(list->second, depth - 1));
        return tree;
      }
    }
  }

  // --- Ids, when all criteria are known.

  struct RowOf {
    std::string id;
    int parent = -1;
    int end = 0;  // One past the last row below it.
  };

  void NumberRows(const std::vector<Criterion>& criteria, int parent) {
    for (const Criterion& criterion : criteria) {
      const size_t row = rows_.size();
      rows_.push_back({criterion.id, parent, 0});
      NumberRows(criterion.children, static_cast<int>(row));
      rows_[row].end = static_cast<int>(rows_.size());
    }
  }

  // The criteria that a formula of row `own` may name, so that nothing goes round in a circle; all
  // when it is -1.
  std::vector<std::string> NameableFrom(int own) const {
    std::vector<std::string> ids;
    for (int i = 0; i < static_cast<int>(rows_.size()); ++i) {
      const RowOf& row = rows_[static_cast<size_t>(i)];
      bool nameable = own < 0;
      if (own >= 0 && i != own && !(i < own && own < row.end)) {
        const bool below = own < i && i < rows_[static_cast<size_t>(own)].end;
        nameable = below || (backwards_ ? own < i : i < own);
      }
      if (nameable) ids.push_back(row.id);
    }
    return ids;
  }

  void Resolve(Tree& tree, const std::vector<std::string>& nameable) {
    for (Tree& part : tree.parts) Resolve(part, nameable);
    if (tree.kind != Kind::kLookup || !tree.id.empty()) return;
    const auto any = static_cast<size_t>(tree.digits);
    tree.digits = 0;
    if (tree.name == "under") {
      tree.id = rows_[any % rows_.size()].id;
    } else if (!nameable.empty()) {
      tree.id = nameable[any % nameable.size()];
    } else {
      tree.kind = tree.name == "assigned" ? Kind::kTruth : Kind::kNumber;
      tree.number = 1;
    }
  }

  void Resolve(std::string& formula, int own) {
    if (formula.empty()) return;
    Tree tree = trees_[static_cast<size_t>(std::stoi(formula.substr(1)))];
    Resolve(tree, NameableFrom(own));
    formula = Text(tree);
    case_.formulas[formula] = std::move(tree);
  }

  void Resolve(std::vector<Criterion>& criteria, int& row) {
    for (Criterion& criterion : criteria) {
      const int own = row++;
      Resolve(criterion.assigned_if, own);
      for (Limit& limit : criterion.limits) Resolve(limit.when, own);
      if (auto* formula = std::get_if<FormulaRule>(&criterion.rule)) {
        Resolve(formula->points, own);
        Resolve(formula->bonus, own);
      }
      Resolve(criterion.children, row);
    }
  }

  void ResolveAll() {
    Scheme& scheme = case_.pact.scheme;
    int row = 0;
    Resolve(scheme.contents, row);
    Resolve(scheme.ranking.formula, -1);
    std::set<std::string> seen;
    std::vector<TieKey> keys;
    for (TieKey& key : scheme.ranking.tie_keys) {
      Resolve(key.formula, -1);
      if (key.formula.empty()) {
        key.criterion =
            rows_[static_cast<size_t>(std::stoi(key.criterion.substr(1))) % rows_.size()].id;
        if (!seen.insert(key.criterion).second) continue;
      }
      keys.push_back(key);
    }
    scheme.ranking.tie_keys = keys;
    for (ClassRule& one : scheme.classes.classes) Resolve(one.condition, -1);
  }

  Choices& choices_;
  Case case_;
  std::vector<Tree> trees_;
  std::vector<RowOf> rows_;
  bool big_ = false;        // Big numbers now and then.
  bool coarse_ = false;     // Figures of 0 to 3 only: equals that a tie key parts are common.
  bool backwards_ = false;  // Formulas name criteria after their own, not before.
  int criteria_ = 0;
  int leaves_ = 0;
  size_t next_unit_ = 0;
};

// --- Printing.

std::string Text(const Quantity& quantity) {
  constexpr const char* kStates[] = {"not reported", "", "not assigned", "not computable"};
  if (!quantity.has_value()) return kStates[static_cast<int>(quantity.state)];
  constexpr const char* kQualifiers[] = {"", "at least ", "nearly ", "about "};
  return kQualifiers[static_cast<int>(quantity.qualifier)] + quantity.value.ToString();
}

std::string Text(const std::optional<Rounding>& rounding) {
  if (!rounding.has_value()) return "";
  constexpr const char* kModes[] = {"half up", "half even", "down", "up"};
  return absl::StrCat(" rounded to ", rounding->step.ToString(), " ",
                      kModes[static_cast<int>(rounding->mode)]);
}

std::string Text(const std::vector<std::string>& list) {
  std::string text = "[";
  for (const std::string& one : list) absl::StrAppend(&text, text.size() > 1 ? " " : "", one);
  return text + "]";
}

std::string TextOf(const TargetsRule& rule) {
  std::string text =
      absl::StrCat("targets, cap ", rule.achievement_cap_percent.ToString(), "%",
                   rule.lower_is_better == LowerIsBetterFormula::kTargetOverActual ? "" : ", 2-A/T",
                   rule.stated_percent == StatedPercentPolicy::kAccept ? ", stated accepted" : "",
                   rule.without_target == WithoutTargetPolicy::kShareOfHighest
                       ? ", without target by share of highest"
                       : "");
  if (rule.bonus_per_percent_above > 0) {
    absl::StrAppend(&text, ", ", rule.bonus_per_percent_above.ToString(), " a percent above");
  }
  if (rule.curve.has_value()) {
    absl::StrAppend(&text, rule.curve->between == Curve::Between::kStep ? ", steps" : ", curve");
    for (const Curve::Point& point : rule.curve->points) {
      absl::StrAppend(&text, " ", point.achievement_percent.ToString(),
                      "%:", point.earned_percent.ToString(), "%");
    }
  }
  if (rule.best_in_bloc.has_value()) {
    const bool excess = rule.best_in_bloc->method == BestInBloc::Method::kExcessOverHighest;
    absl::StrAppend(&text, excess ? ", excess over highest, at target " : ", share of highest, ",
                    rule.best_in_bloc->at_target_percent.ToString(), "%");
  }
  for (const PercentStep& step : rule.steps) {
    absl::StrAppend(&text, ", ", step.points.ToString(),
                    step.begun_counts ? " each begun " : " each ", step.every_percent.ToString(),
                    "% ", step.above ? "above " : "below ", step.from_percent.ToString(), "%",
                    step.at_most.has_value() ? " at most " + step.at_most->ToString() : "");
  }
  if (rule.each_rounding.has_value()) absl::StrAppend(&text, ", each", Text(rule.each_rounding));
  return text;
}
std::string TextOf(const AssessedRule& rule) {
  return absl::StrCat(
      "assessed", rule.scale_max.has_value() ? ", of " + rule.scale_max->ToString() : "",
      rule.raters.rounding.has_value() ? ", raters" + Text(rule.raters.rounding) : "",
      rule.raters.drop_extremes ? ", without extremes" : "");
}
std::string TextOf(const PassFailRule& rule) {
  return absl::StrCat("pass or ", rule.fail_points.ToString());
}
std::string TextOf(const EventsRule& rule) {
  std::string text = absl::StrCat("events from ", rule.starts_at.ToString(),
                                  rule.only_greatest ? ", only the greatest" : "");
  for (const EventsRule::Event& event : rule.events) {
    absl::StrAppend(&text, ", ", event.id, " ", event.points.ToString());
    if (event.most_times.has_value()) absl::StrAppend(&text, " at most ", *event.most_times);
  }
  return text;
}
std::string TextOf(const PlacesRule& rule) {
  constexpr const char* kSources[] = {"given", "by highest mark", "by lowest mark"};
  std::string text = absl::StrCat("places ", kSources[static_cast<int>(rule.source)],
                                  rule.ties_share_average ? ", ties share," : ",");
  for (const Decimal& points : rule.points) absl::StrAppend(&text, " ", points.ToString());
  return absl::StrCat(text, " beyond ", rule.beyond.ToString());
}
std::string TextOf(const RolesRule& rule) {
  return absl::StrCat("roles ", rule.leader.ToString(), " ", rule.deputy.ToString(), " ",
                      rule.member.ToString());
}
std::string TextOf(const FormulaRule& rule) {
  std::string text = absl::StrCat(
      rule.each_target ? "of each target " : (rule.takes_targets ? "over targets " : "formula "),
      "{", rule.points, "}", rule.bonus.empty() ? "" : " bonus {" + rule.bonus + "}",
      rule.lower_is_better == LowerIsBetterFormula::kTargetOverActual ? "" : ", 2-A/T",
      rule.stated_percent == StatedPercentPolicy::kAccept ? ", stated accepted" : "");
  for (const FigureDefinition& figure : rule.figures)
    absl::StrAppend(&text, ", figure ", figure.id);
  return text;
}
std::string TextOf(const std::monostate&) { return "parent"; }

void Print(const std::vector<Criterion>& criteria, const std::string& indent, std::string& text) {
  for (const Criterion& criterion : criteria) {
    absl::StrAppend(&text, indent, criterion.id, " of ", criterion.max_points.ToString());
    if (criterion.bonus_cap > 0) absl::StrAppend(&text, "+", criterion.bonus_cap.ToString());
    absl::StrAppend(&text, ": ",
                    std::visit([](const auto& rule) { return TextOf(rule); }, criterion.rule),
                    criterion.highest_child_only ? ", highest child only" : "",
                    criterion.rounding.has_value() ? "," : "", Text(criterion.rounding));
    if (criterion.min_points.has_value()) {
      absl::StrAppend(&text, ", at least ", criterion.min_points->ToString());
    }
    constexpr const char* kMissing[] = {"", ", missing is owed", ", missing is none"};
    absl::StrAppend(&text, kMissing[static_cast<int>(criterion.when_missing)]);
    if (!criterion.not_assigned_units.empty()) {
      absl::StrAppend(&text, ", not of ", Text(criterion.not_assigned_units));
    }
    if (!criterion.assigned_if.empty())
      absl::StrAppend(&text, ", if {", criterion.assigned_if, "}");
    for (const Limit& limit : criterion.limits) {
      absl::StrAppend(&text, ", when {", limit.when, "}");
      if (limit.points_at_most_percent.has_value()) {
        absl::StrAppend(&text, " at most ", limit.points_at_most_percent->ToString(), "%");
      }
      if (limit.no_bonus) absl::StrAppend(&text, " no bonus");
    }
    absl::StrAppend(&text, "\n");
    Print(criterion.children, indent + "  ", text);
  }
}

}  // namespace

uint32_t Choices::Draw(uint32_t bound) {
  uint32_t number = 0;
  if (!again_) {
    number = static_cast<uint32_t>(random_() % bound);
  } else if (drawn_.size() < given_.size()) {
    number = given_[drawn_.size()] % bound;
  }
  drawn_.push_back(number);
  return number;
}

bool Choices::Decide(uint32_t yes, uint32_t of) {
  if (again_) return Draw(2) == 1;
  drawn_.push_back(random_() % of < yes ? 1 : 0);
  return drawn_.back() == 1;
}

Choices::Part::Part(Choices& choices, int label) : choices_(choices) {
  at_ = choices_.parts_.size();
  choices_.parts_.push_back({label, choices_.drawn_.size(), choices_.drawn_.size()});
}
Choices::Part::~Part() { choices_.parts_[at_].end = choices_.drawn_.size(); }

Case MakeCase(Choices& choices) { return Maker(choices).Make(); }

namespace {

class Shrinker {
 public:
  Shrinker(const std::function<bool(Choices&)>& fails, int most_tries)
      : fails_(fails), tries_left_(most_tries) {}

  std::vector<uint32_t> Run(const std::vector<uint32_t>& numbers) {
    Take(numbers);
    bool smaller = true;
    while (smaller && tries_left_ > 0) {
      smaller = LeaveOutParts();
      smaller = PutInnerForOuter() || smaller;
      smaller = LeaveOutChunks() || smaller;
      smaller = LowerNumbers() || smaller;
      if (!smaller) smaller = LeaveOutTwoParts();
    }
    return numbers_;
  }

 private:
  using Place = std::vector<uint32_t>::difference_type;

  // Whether it still fails; then it is what goes on being made smaller.
  bool Take(const std::vector<uint32_t>& numbers) {
    if (tries_left_-- <= 0) return false;
    Choices choices(numbers);
    if (!fails_(choices)) return false;
    // As they were read: in bounds, and no more than were asked for.
    std::vector<uint32_t> read = choices.drawn();
    while (!read.empty() && read.back() == 0) read.pop_back();
    const bool is_smaller = numbers_.empty() || read.size() < numbers_.size() ||
                            (read.size() == numbers_.size() && read < numbers_);
    if (!is_smaller) return false;
    numbers_ = std::move(read);
    parts_ = choices.parts();
    return true;
  }

  std::vector<uint32_t> Without(size_t begin, size_t end) const {
    std::vector<uint32_t> without = numbers_;
    end = std::min(end, without.size());
    begin = std::min(begin, end);
    without.erase(without.begin() + static_cast<Place>(begin),
                  without.begin() + static_cast<Place>(end));
    return without;
  }

  bool LeaveOutParts() {
    bool smaller = false;
    for (size_t i = 0; i < parts_.size(); ++i) {  // The outer before the inner.
      while (i < parts_.size() && parts_[i].begin < numbers_.size() &&
             Take(Without(parts_[i].begin, parts_[i].end))) {
        smaller = true;
      }
    }
    return smaller;
  }

  // A unit and what was given to it, say.
  bool LeaveOutTwoParts() {
    for (size_t i = 0; i < parts_.size() && tries_left_ > 0; ++i) {
      for (size_t k = i + 1; k < parts_.size(); ++k) {
        const Choices::Range first = parts_[i], second = parts_[k];
        if (second.begin < first.end || second.begin >= numbers_.size()) continue;
        std::vector<uint32_t> without = Without(second.begin, second.end);
        without.erase(without.begin() + static_cast<Place>(first.begin),
                      without.begin() + static_cast<Place>(first.end));
        if (Take(without)) return true;
      }
    }
    return false;
  }

  // A part of the same kind that is inside another, in the place of the whole.
  bool PutInnerForOuter() {
    bool smaller = false;
    for (size_t i = 0; i < parts_.size(); ++i) {
      for (size_t k = i + 1; k < parts_.size() && parts_[k].begin < parts_[i].end; ++k) {
        const Choices::Range outer = parts_[i], inner = parts_[k];
        if (inner.label != outer.label) continue;
        std::vector<uint32_t> hoisted = numbers_;
        hoisted.resize(std::max(hoisted.size(), outer.end));  // Zeros at the end were cut off.
        hoisted.erase(hoisted.begin() + static_cast<Place>(inner.end),
                      hoisted.begin() + static_cast<Place>(outer.end));
        hoisted.erase(hoisted.begin() + static_cast<Place>(outer.begin),
                      hoisted.begin() + static_cast<Place>(inner.begin));
        smaller = Take(hoisted) || smaller;
      }
    }
    return smaller;
  }

  bool LeaveOutChunks() {
    bool smaller = false;
    for (size_t length = 32; length > 0; length /= 2) {
      for (size_t end = numbers_.size(); end > 0;) {
        const size_t begin = end > length ? end - length : 0;
        std::vector<uint32_t> zeros = numbers_;
        std::fill(zeros.begin() + static_cast<Place>(begin),
                  zeros.begin() + static_cast<Place>(end), 0);
        if (Take(Without(begin, end)) || (zeros != numbers_ && Take(zeros))) smaller = true;
        end = std::min(begin, numbers_.size());
      }
    }
    return smaller;
  }

  bool LowerNumbers() {
    bool smaller = false;
    for (size_t i = numbers_.size(); i-- > 0;) {
      for (const bool halve : {true, false}) {
        while (i < numbers_.size() && numbers_[i] > 0) {
          std::vector<uint32_t> lower = numbers_;
          lower[i] = halve ? lower[i] / 2 : lower[i] - 1;
          if (!Take(lower)) break;
          smaller = true;
        }
      }
      i = std::min(i, numbers_.size());
    }
    return smaller;
  }

  const std::function<bool(Choices&)>& fails_;
  int tries_left_;
  std::vector<uint32_t> numbers_;
  std::vector<Choices::Range> parts_;
};

}  // namespace

std::vector<uint32_t> Shrunk(const std::vector<uint32_t>& numbers,
                             const std::function<bool(Choices&)>& fails, int most_tries) {
  return Shrinker(fails, most_tries).Run(numbers);
}

std::string Text(const Case& one) {
  const Scheme& scheme = one.pact.scheme;
  std::string text;
  Print(scheme.contents, "", text);
  constexpr const char* kKeys[] = {"points", "percent", "capped points", "formula"};
  absl::StrAppend(&text, "ranked by ", kKeys[static_cast<int>(scheme.ranking.key)]);
  if (scheme.ranking.cap.has_value()) absl::StrAppend(&text, " ", scheme.ranking.cap->ToString());
  if (!scheme.ranking.formula.empty()) absl::StrAppend(&text, " {", scheme.ranking.formula, "}");
  absl::StrAppend(&text, Text(scheme.ranking.rounding), scheme.ranking.dense ? ", dense" : "");
  for (const TieKey& key : scheme.ranking.tie_keys) {
    absl::StrAppend(&text, ", then ", key.criterion,
                    key.formula.empty() ? "" : "{" + key.formula + "}",
                    key.less_is_better ? " less" : "");
  }
  absl::StrAppend(&text, "\n");
  if (!scheme.classes.classes.empty()) {
    constexpr const char* kMeasures[] = {"points", "capped points", "percent"};
    absl::StrAppend(&text, "classes by ", kMeasures[static_cast<int>(scheme.classes.measure)]);
    if (scheme.classes.cap.has_value()) absl::StrAppend(&text, " ", scheme.classes.cap->ToString());
    for (const ClassRule& rule : scheme.classes.classes) {
      absl::StrAppend(&text, ", ", rule.id, " from ", rule.at_least.ToString(),
                      rule.condition.empty() ? "" : " if {" + rule.condition + "}");
    }
    absl::StrAppend(&text, "\n");
  }
  for (const AwardRule& award : scheme.awards) {
    absl::StrAppend(&text, "award ", award.id, " for ", award.at_most, " of ", Text(award.classes));
    if (award.votes_at_least_percent.has_value()) {
      absl::StrAppend(&text, " by ", award.votes_at_least_percent->ToString(), "%");
    }
    absl::StrAppend(&text, "\n");
  }
  for (const Parameter& parameter : scheme.parameters) {
    absl::StrAppend(&text, "parameter ", parameter.id, " ", parameter.value.ToString());
    for (const auto& [unit, value] : parameter.of_units) {
      absl::StrAppend(&text, " ", unit, ":", value.ToString());
    }
    absl::StrAppend(&text, "\n");
  }
  constexpr const char* kLayers[] = {"self", "peer", "bloc", "province"};
  if (!scheme.assessment_precedence.empty()) {
    absl::StrAppend(&text, "layers");
    for (const Layer layer : scheme.assessment_precedence) {
      absl::StrAppend(&text, " ", kLayers[static_cast<int>(layer)]);
    }
    absl::StrAppend(&text, "\n");
  }
  if (!one.pact.voided_criteria.empty()) {
    absl::StrAppend(&text, "voided ", Text(one.pact.voided_criteria), "\n");
  }
  absl::StrAppend(&text, "units");
  for (const Member& member : one.pact.members) {
    constexpr const char* kRoles[] = {"", " leader", " deputy"};
    absl::StrAppend(&text, " ", member.unit, kRoles[static_cast<int>(member.role)]);
  }
  for (const std::string& unit : one.ineligible) absl::StrAppend(&text, ", not ", unit);
  absl::StrAppend(&text, "\n");
  for (const auto& [of, count] : one.votes) {
    absl::StrAppend(&text, "votes a", of.first, " u", of.second, ": ", count.yes, "/", count.no,
                    "/", count.blank, "\n");
  }
  for (const Target& target : one.pact.targets) {
    absl::StrAppend(&text, "target ", target.id, " of ", target.unit, " under ", target.criterion,
                    ": ", Text(target.value),
                    target.direction == Direction::kLowerIsBetter ? ", lower is better" : "",
                    target.kind == TargetKind::kInformational ? ", informational" : "",
                    target.voided ? ", voided" : "", "\n");
  }
  for (const Result& result : one.results) {
    absl::StrAppend(&text, "result ", result.target, ": ", Text(result.actual));
    if (result.stated_percent.has_value()) {
      absl::StrAppend(&text, ", stated ", result.stated_percent->ToString(), "%");
    }
    absl::StrAppend(&text, ", revision ", result.revision, "\n");
  }
  for (const Assessment& given : one.given) {
    absl::StrAppend(&text, "given ", given.unit, " at ", given.criterion, " by ",
                    kLayers[static_cast<int>(given.layer)], " ", given.rater, ": ",
                    given.points.ToString());
    if (!given.bonus.is_zero()) absl::StrAppend(&text, "+", given.bonus.ToString());
    for (const Assessment::Figure& figure : given.figures) {
      absl::StrAppend(&text, " ", figure.id, "=", figure.value.ToString());
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace thidua::domain::oracle
