#include "services/messages/scheme.h"

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/messages/assessment.h"
#include "services/messages/interval.h"
#include "services/messages/quantity.h"
#include "services/messages/reading.h"
#include "services/messages/resource_names.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;

domain::Curve ReadCurve(const std::string& path, const v1::Curve& message,
                        std::vector<domain::Fault>& faults) {
  domain::Curve curve;
  for (int i = 0; i < message.points_size(); ++i) {
    const v1::Curve::Point& point = message.points(i);
    const std::string place = absl::StrCat(path, ".points[", i, "]");
    domain::Curve::Point& read = curve.points.emplace_back();
    Take(ReadDecimal(place + ".achievement_percent", point.achievement_percent(), 0),
         read.achievement_percent, faults);
    Take(ReadDecimal(place + ".earned_percent", point.earned_percent(), 0), read.earned_percent,
         faults);
  }
  if (message.between() == v1::Curve::BETWEEN_STEP) curve.between = domain::Curve::Between::kStep;
  curve.may_fall = message.may_fall();
  return curve;
}

domain::TargetsRule ReadRule(const std::string& path, const v1::TargetsRule& rule,
                             std::vector<domain::Fault>& faults) {
  domain::TargetsRule read;
  Take(ReadDecimal(path + ".achievement_cap_percent", rule.achievement_cap_percent(),
                   read.achievement_cap_percent),
       read.achievement_cap_percent, faults);
  Take(ReadDecimal(path + ".bonus_per_percent_above", rule.bonus_per_percent_above(),
                   read.bonus_per_percent_above),
       read.bonus_per_percent_above, faults);
  if (rule.lower_is_better() == v1::TargetsRule::LOWER_IS_BETTER_UNSPECIFIED) {
    faults.push_back({path + ".lower_is_better", "REQUIRED",
                      "Thang bảng điểm phải chọn cách tính cho chỉ tiêu càng thấp càng tốt."});
  }
  read.lower_is_better = rule.lower_is_better() == v1::TargetsRule::LOWER_IS_BETTER_TWO_MINUS_RATIO
                             ? domain::LowerIsBetterFormula::kTwoMinusActualOverTarget
                             : domain::LowerIsBetterFormula::kTargetOverActual;
  read.stated_percent = rule.stated_percent() == v1::TargetsRule::STATED_PERCENT_ACCEPT
                            ? domain::StatedPercentPolicy::kAccept
                            : domain::StatedPercentPolicy::kExclude;
  if (rule.has_curve()) read.curve = ReadCurve(path + ".curve", rule.curve(), faults);
  return read;
}

domain::AssessedRule ReadRule(const std::string& path, const v1::AssessedRule& rule,
                              std::vector<domain::Fault>& faults) {
  domain::AssessedRule read;
  domain::Decimal step;
  if (!rule.step().empty() && Take(ReadDecimal(path + ".step", rule.step(), 0), step, faults)) {
    read.step = step;
  }
  return read;
}

domain::Criterion ReadCriterion(const std::string& path, const v1::Criterion& message, int depth,
                                std::vector<domain::Fault>& faults) {
  domain::Criterion criterion;
  if (depth > domain::kMaxCriterionDepth) {  // A bound for our own recursion.
    faults.push_back({path, "TOO_DEEP",
                      absl::StrCat("Tiêu chí “", domain::Excerpt(message.display_name()),
                                   "” nằm sâu quá: tối đa ", domain::kMaxCriterionDepth, " cấp.")});
    return criterion;
  }
  criterion.id = message.criterion_id();
  criterion.name = message.display_name();
  criterion.clause = message.clause();
  Take(ReadDecimal(path + ".max_points", message.max_points(), 0), criterion.max_points, faults);
  Take(ReadDecimal(path + ".bonus_cap", message.bonus_cap(), 0), criterion.bonus_cap, faults);
  if (message.has_targets()) {
    criterion.rule = ReadRule(path + ".targets", message.targets(), faults);
  } else if (message.has_assessed()) {
    criterion.rule = ReadRule(path + ".assessed", message.assessed(), faults);
  }
  if (message.has_rounding()) criterion.rounding_digits = message.rounding().digits();
  for (int i = 0; i < message.children_size(); ++i) {
    criterion.children.push_back(ReadCriterion(absl::StrCat(path, ".children[", i, "]"),
                                               message.children(i), depth + 1, faults));
  }
  return criterion;
}

// All but its name. What cannot be read has a default in its place, and a fault.
domain::Scheme ReadContent(absl::string_view path, const v1::Scheme& message,
                           std::vector<domain::Fault>& faults) {
  domain::Scheme scheme;
  scheme.name = message.display_name();
  scheme.legal_basis = message.legal_basis();
  for (int i = 0; i < message.contents_size(); ++i) {
    scheme.contents.push_back(ReadCriterion(Under(path, absl::StrCat("contents[", i, "]")),
                                            message.contents(i), 1, faults));
  }
  Take(ReadInterval(path, message), scheme.valid, faults);
  scheme.ranking.key = message.ranking().key() == v1::RankingRule::KEY_PERCENT_OF_ASSIGNED
                           ? domain::RankingKey::kPercentOfAssigned
                           : domain::RankingKey::kPoints;
  for (const v1::TieKey& key : message.ranking().tie_keys()) {
    scheme.ranking.tie_break_criteria.push_back(key.criterion_id());
  }
  for (int i = 0; i < message.assessment_precedence_size(); ++i) {
    domain::Layer layer = {};
    // The first that cannot be read stands for the rest: an enum is one byte, a fault is hundreds.
    if (!Take(ReadLayer(Under(path, absl::StrCat("assessment_precedence[", i, "]")),
                        message.assessment_precedence(i)),
              layer, faults)) {
      break;
    }
    scheme.assessment_precedence.push_back(layer);
  }
  return scheme;
}

}  // namespace

absl::StatusOr<domain::Scheme> ReadScheme(absl::string_view path, const v1::Scheme& message) {
  std::vector<domain::Fault> faults;
  SchemeName name;
  if (!message.name().empty()) {
    Take(ReadSchemeName(Under(path, "name"), message.name()), name, faults);
  }
  domain::Scheme scheme = ReadContent(path, message, faults);
  scheme.id = std::move(name.scheme);
  scheme.version = name.version;
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return scheme;
}

std::vector<domain::Fault> FaultsOfScheme(const v1::Scheme& message, const std::string& scheme_id) {
  std::vector<domain::Fault> faults;
  domain::Scheme scheme = ReadContent("", message, faults);
  scheme.id = scheme_id;
  std::vector<domain::Fault> unsound = domain::ValidateScheme(scheme, faults);
  faults.insert(faults.end(), std::make_move_iterator(unsound.begin()),
                std::make_move_iterator(unsound.end()));
  return faults;
}

}  // namespace thidua::messages
