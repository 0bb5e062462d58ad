#include "services/messages/scheme_rules.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/messages/choice.h"
#include "services/messages/quantity.h"
#include "services/messages/reading.h"
#include "services/messages/resource_names.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;
using domain::Decimal;
using domain::Fault;
using Faults = std::vector<Fault>;

// A decimal that stays as it is when the text is empty, or cannot be read.
bool TakeDecimal(const std::string& path, absl::string_view text, Decimal& into, Faults& faults) {
  return Take(ReadDecimal(path, text, into), into, faults);
}

domain::LowerIsBetterFormula ReadLowerIsBetter(const std::string& path,
                                               v1::TargetsRule::LowerIsBetter message,
                                               Faults& faults) {
  using Formula = domain::LowerIsBetterFormula;
  if (message == v1::TargetsRule::LOWER_IS_BETTER_UNSPECIFIED) {
    faults.push_back(
        {path, "REQUIRED", "Thang bảng điểm phải chọn cách tính cho chỉ tiêu càng thấp càng tốt."});
  }
  return ReadChoice<v1::TargetsRule::LowerIsBetter, Formula>(
      path, message,
      {{v1::TargetsRule::LOWER_IS_BETTER_TARGET_OVER_ACTUAL, Formula::kTargetOverActual},
       {v1::TargetsRule::LOWER_IS_BETTER_TWO_MINUS_RATIO, Formula::kTwoMinusActualOverTarget}},
      faults);
}

domain::StatedPercentPolicy ReadStatedPercent(const std::string& path,
                                              v1::TargetsRule::StatedPercent message,
                                              Faults& faults) {
  using Policy = domain::StatedPercentPolicy;
  return ReadChoice<v1::TargetsRule::StatedPercent, Policy>(
      path, message,
      {{v1::TargetsRule::STATED_PERCENT_EXCLUDE, Policy::kExclude},
       {v1::TargetsRule::STATED_PERCENT_ACCEPT, Policy::kAccept}},
      faults);
}

domain::Curve ReadCurve(const std::string& path, const v1::Curve& message, Faults& faults) {
  using Between = domain::Curve::Between;
  domain::Curve curve;
  for (int i = 0; i < message.points_size(); ++i) {
    const v1::Curve::Point& point = message.points(i);
    const std::string place = absl::StrCat(path, ".points[", i, "]");
    domain::Curve::Point& read = curve.points.emplace_back();
    TakeDecimal(place + ".achievement_percent", point.achievement_percent(),
                read.achievement_percent, faults);
    TakeDecimal(place + ".earned_percent", point.earned_percent(), read.earned_percent, faults);
  }
  curve.between = ReadChoice<v1::Curve::Between, Between>(
      path + ".between", message.between(),
      {{v1::Curve::BETWEEN_LINEAR, Between::kLinear}, {v1::Curve::BETWEEN_STEP, Between::kStep}},
      faults);
  curve.may_fall = message.may_fall();
  return curve;
}

domain::BestInBloc ReadBestInBloc(const std::string& path, const v1::BestInBloc& message,
                                  Faults& faults) {
  using Method = domain::BestInBloc::Method;
  domain::BestInBloc best;
  best.method = ReadChoice<v1::BestInBloc::Method, Method>(
      path + ".method", message.method(),
      {{v1::BestInBloc::METHOD_EXCESS_OVER_HIGHEST, Method::kExcessOverHighest},
       {v1::BestInBloc::METHOD_SHARE_OF_HIGHEST, Method::kShareOfHighest}},
      faults);
  TakeDecimal(path + ".at_target_percent", message.at_target_percent(), best.at_target_percent,
              faults);
  return best;
}

domain::PercentStep ReadStep(const std::string& path, const v1::PercentStep& message,
                             Faults& faults) {
  domain::PercentStep step;
  step.above = ReadChoice<v1::PercentStep::Side, bool>(
      path + ".side", message.side(),
      {{v1::PercentStep::SIDE_ABOVE, true}, {v1::PercentStep::SIDE_BELOW, false}}, faults);
  TakeDecimal(path + ".from_percent", message.from_percent(), step.from_percent, faults);
  TakeDecimal(path + ".every_percent", message.every_percent(), step.every_percent, faults);
  TakeDecimal(path + ".points", message.points(), step.points, faults);
  step.begun_counts = message.begun_counts();
  step.at_most = ReadOptional(path + ".at_most", message.at_most(), faults);
  return step;
}

domain::TargetsRule ReadRule(const std::string& path, const v1::TargetsRule& rule, Faults& faults) {
  using Policy = domain::WithoutTargetPolicy;
  domain::TargetsRule read;
  TakeDecimal(path + ".achievement_cap_percent", rule.achievement_cap_percent(),
              read.achievement_cap_percent, faults);
  TakeDecimal(path + ".bonus_per_percent_above", rule.bonus_per_percent_above(),
              read.bonus_per_percent_above, faults);
  read.lower_is_better =
      ReadLowerIsBetter(path + ".lower_is_better", rule.lower_is_better(), faults);
  read.stated_percent = ReadStatedPercent(path + ".stated_percent", rule.stated_percent(), faults);
  if (rule.has_curve()) read.curve = ReadCurve(path + ".curve", rule.curve(), faults);
  if (rule.has_best_in_bloc()) {
    read.best_in_bloc = ReadBestInBloc(path + ".best_in_bloc", rule.best_in_bloc(), faults);
  }
  read.without_target = ReadChoice<v1::TargetsRule::WithoutTarget, Policy>(
      path + ".without_target", rule.without_target(),
      {{v1::TargetsRule::WITHOUT_TARGET_EXCLUDE, Policy::kExclude},
       {v1::TargetsRule::WITHOUT_TARGET_SHARE_OF_HIGHEST, Policy::kShareOfHighest}},
      faults);
  for (int i = 0; i < rule.steps_size(); ++i) {
    read.steps.push_back(ReadStep(absl::StrCat(path, ".steps[", i, "]"), rule.steps(i), faults));
  }
  if (rule.has_each_rounding()) {
    read.each_rounding = ReadRounding(path + ".each_rounding", rule.each_rounding(), faults);
  }
  return read;
}

domain::AssessedRule ReadRule(const std::string& path, const v1::AssessedRule& rule,
                              Faults& faults) {
  domain::AssessedRule read;
  read.step = ReadOptional(path + ".step", rule.step(), faults);
  read.scale_max = ReadOptional(path + ".scale_max", rule.scale_max(), faults);
  if (rule.raters().has_rounding()) {
    read.raters.rounding =
        ReadRounding(path + ".raters.rounding", rule.raters().rounding(), faults);
  }
  read.raters.drop_extremes = rule.raters().drop_extremes();
  return read;
}

domain::PassFailRule ReadRule(const std::string& path, const v1::PassFailRule& rule,
                              Faults& faults) {
  domain::PassFailRule read;
  TakeDecimal(path + ".fail_points", rule.fail_points(), read.fail_points, faults);
  return read;
}

domain::EventsRule ReadRule(const std::string& path, const v1::EventsRule& rule, Faults& faults) {
  domain::EventsRule read;
  TakeDecimal(path + ".starts_at", rule.starts_at(), read.starts_at, faults);
  for (int i = 0; i < rule.events_size(); ++i) {
    const v1::EventsRule::Event& event = rule.events(i);
    domain::EventsRule::Event& one = read.events.emplace_back();
    one.id = event.event_id();
    one.name = event.display_name();
    TakeDecimal(absl::StrCat(path, ".events[", i, "].points"), event.points(), one.points, faults);
    if (event.most_times() != 0) one.most_times = event.most_times();
  }
  read.only_greatest = rule.only_greatest();
  return read;
}

domain::PlacesRule ReadRule(const std::string& path, const v1::PlacesRule& rule, Faults& faults) {
  using Source = domain::PlacesRule::Source;
  domain::PlacesRule read;
  read.source = ReadChoice<v1::PlacesRule::Source, Source>(
      path + ".source", rule.source(),
      {{v1::PlacesRule::SOURCE_GIVEN_PLACE, Source::kGivenPlace},
       {v1::PlacesRule::SOURCE_HIGHEST_MARK, Source::kHighestMark},
       {v1::PlacesRule::SOURCE_LOWEST_MARK, Source::kLowestMark}},
      faults);
  for (int i = 0; i < rule.points_size(); ++i) {
    // The first that cannot be read stands for the rest: a text may be one byte, a fault is
    // hundreds.
    if (!TakeDecimal(absl::StrCat(path, ".points[", i, "]"), rule.points(i),
                     read.points.emplace_back(), faults)) {
      break;
    }
  }
  TakeDecimal(path + ".beyond", rule.beyond(), read.beyond, faults);
  read.ties_share_average = rule.ties_share_average();
  return read;
}

domain::RolesRule ReadRule(const std::string& path, const v1::RolesRule& rule, Faults& faults) {
  domain::RolesRule read;
  TakeDecimal(path + ".leader", rule.leader(), read.leader, faults);
  TakeDecimal(path + ".deputy", rule.deputy(), read.deputy, faults);
  TakeDecimal(path + ".member", rule.member(), read.member, faults);
  return read;
}

domain::FormulaRule ReadRule(const std::string& path, const v1::FormulaRule& rule, Faults& faults) {
  domain::FormulaRule read;
  read.points = rule.points();
  read.bonus = rule.bonus();
  read.description = rule.description();
  read.each_target = rule.each_target();
  read.takes_targets = rule.takes_targets();
  if (rule.each_target() || rule.takes_targets() ||
      rule.lower_is_better() != v1::TargetsRule::LOWER_IS_BETTER_UNSPECIFIED) {
    read.lower_is_better =
        ReadLowerIsBetter(path + ".lower_is_better", rule.lower_is_better(), faults);
  }
  read.stated_percent = ReadStatedPercent(path + ".stated_percent", rule.stated_percent(), faults);
  for (int i = 0; i < rule.figures_size(); ++i) {
    const v1::FormulaRule::Figure& figure = rule.figures(i);
    const std::string place = absl::StrCat(path, ".figures[", i, "]");
    domain::FigureDefinition& one = read.figures.emplace_back();
    one.id = figure.figure_id();
    one.name = figure.display_name();
    TakeDecimal(place + ".least", figure.least(), one.least, faults);
    TakeDecimal(place + ".most", figure.most(), one.most, faults);
    one.whole = figure.whole();
  }
  return read;
}

void ReadRuleOf(const std::string& path, const v1::Criterion& message, domain::Criterion& criterion,
                Faults& faults) {
  switch (message.rule_case()) {
    case v1::Criterion::kTargets:
      criterion.rule = ReadRule(path + ".targets", message.targets(), faults);
      return;
    case v1::Criterion::kAssessed:
      criterion.rule = ReadRule(path + ".assessed", message.assessed(), faults);
      return;
    case v1::Criterion::kPassFail:
      criterion.rule = ReadRule(path + ".pass_fail", message.pass_fail(), faults);
      return;
    case v1::Criterion::kEvents:
      criterion.rule = ReadRule(path + ".events", message.events(), faults);
      return;
    case v1::Criterion::kPlaces:
      criterion.rule = ReadRule(path + ".places", message.places(), faults);
      return;
    case v1::Criterion::kRoles:
      criterion.rule = ReadRule(path + ".roles", message.roles(), faults);
      return;
    case v1::Criterion::kFormula:
      criterion.rule = ReadRule(path + ".formula", message.formula(), faults);
      return;
    case v1::Criterion::RULE_NOT_SET:
      return;
  }
}

// `left`: how many more criteria are read.
domain::Criterion ReadCriterion(const std::string& path, const v1::Criterion& message, int depth,
                                int& left, Faults& faults) {
  using WhenMissing = domain::WhenMissing;
  domain::Criterion criterion;
  --left;
  if (depth > domain::kMaxCriterionDepth) {  // A bound for our own recursion.
    faults.push_back({path, "TOO_DEEP",
                      absl::StrCat("Tiêu chí “", domain::Excerpt(message.display_name()),
                                   "” nằm sâu quá: tối đa ", domain::kMaxCriterionDepth, " cấp.")});
    return criterion;
  }
  criterion.id = message.criterion_id();
  criterion.name = message.display_name();
  criterion.clause = message.clause();
  TakeDecimal(path + ".max_points", message.max_points(), criterion.max_points, faults);
  TakeDecimal(path + ".bonus_cap", message.bonus_cap(), criterion.bonus_cap, faults);
  criterion.min_points = ReadOptional(path + ".min_points", message.min_points(), faults);
  ReadRuleOf(path, message, criterion, faults);
  if (message.has_rounding()) {
    criterion.rounding = ReadRounding(path + ".rounding", message.rounding(), faults);
  }
  criterion.when_missing = ReadChoice<v1::Criterion::WhenMissing, WhenMissing>(
      path + ".when_missing", message.when_missing(),
      {{v1::Criterion::WHEN_MISSING_LEAVE_OUT, WhenMissing::kLeaveOut},
       {v1::Criterion::WHEN_MISSING_ZERO, WhenMissing::kZero},
       {v1::Criterion::WHEN_MISSING_AS_NONE, WhenMissing::kAsNone}},
      faults);
  criterion.highest_child_only = message.highest_child_only();
  for (int i = 0; i < message.not_assigned_units_size(); ++i) {
    // As with points of places.
    if (!Take(ReadUnitName(absl::StrCat(path, ".not_assigned_units[", i, "]"),
                           message.not_assigned_units(i)),
              criterion.not_assigned_units.emplace_back(), faults)) {
      break;
    }
  }
  criterion.assigned_if = message.assigned_if();
  for (int i = 0; i < message.limits_size(); ++i) {
    const v1::Limit& limit = message.limits(i);
    domain::Limit& read = criterion.limits.emplace_back();
    read.when = limit.when();
    read.name = limit.display_name();
    read.points_at_most_percent =
        ReadOptional(absl::StrCat(path, ".limits[", i, "].points_at_most_percent"),
                     limit.points_at_most_percent(), faults);
    read.no_bonus = limit.no_bonus();
  }
  for (int i = 0; i < message.children_size() && left > 0; ++i) {
    criterion.children.push_back(ReadCriterion(absl::StrCat(path, ".children[", i, "]"),
                                               message.children(i), depth + 1, left, faults));
  }
  return criterion;
}

}  // namespace

std::optional<Decimal> ReadOptional(const std::string& path, absl::string_view text,
                                    Faults& faults) {
  Decimal read;
  if (text.empty() || !TakeDecimal(path, text, read, faults)) return std::nullopt;
  return read;
}

domain::Rounding ReadRounding(const std::string& path, const v1::Rounding& message,
                              Faults& faults) {
  using Mode = domain::RoundingMode;
  const Mode mode =
      ReadChoice<v1::Rounding::Mode, Mode>(path + ".mode", message.mode(),
                                           {{v1::Rounding::MODE_HALF_UP, Mode::kHalfUp},
                                            {v1::Rounding::MODE_HALF_EVEN, Mode::kHalfEven},
                                            {v1::Rounding::MODE_DOWN, Mode::kDown},
                                            {v1::Rounding::MODE_UP, Mode::kUp}},
                                           faults);
  domain::Rounding rounding;
  rounding.mode = mode;
  if (!message.step().empty()) {
    TakeDecimal(path + ".step", message.step(), rounding.step, faults);
    if (message.digits() != 0) {
      faults.push_back({path + ".digits", "NOT_ALLOWED",
                        "Đã ghi bước làm tròn thì không ghi số chữ số thập phân."});
    }
    return rounding;
  }
  if (message.digits() < 0 || message.digits() > Decimal::kMaxScale) {
    faults.push_back({path + ".digits", "OUT_OF_RANGE",
                      absl::StrCat("Số chữ số sau dấu phẩy khi làm tròn phải từ 0 đến ",
                                   Decimal::kMaxScale, ".")});
    return rounding;
  }
  return domain::Rounding::ToDigits(message.digits(), mode);
}

std::vector<domain::Criterion> ReadContents(absl::string_view path, const v1::Scheme& message,
                                            Faults& faults) {
  std::vector<domain::Criterion> contents;
  int left = domain::kMaxCriteria + 1;
  for (int i = 0; i < message.contents_size() && left > 0; ++i) {
    contents.push_back(ReadCriterion(Under(path, absl::StrCat("contents[", i, "]")),
                                     message.contents(i), 1, left, faults));
  }
  return contents;
}

}  // namespace thidua::messages
