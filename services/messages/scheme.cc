#include "services/messages/scheme.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/messages/interval.h"
#include "services/messages/quantity.h"
#include "services/messages/reading.h"
#include "services/messages/resource_names.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;

// Deeper than any sound scheme (domain/scheme.h): a bound for the reader's own recursion.
constexpr int kDepthMax = 20;

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

domain::Criterion ReadCriterion(const std::string& path, const v1::Criterion& message, int depth,
                                std::vector<domain::Fault>& faults) {
  domain::Criterion criterion;
  if (depth > kDepthMax) {
    faults.push_back({path, "TOO_DEEP", "Thang bảng điểm có quá nhiều cấp tiêu chí."});
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
    criterion.rule = domain::AssessedRule{};
  }
  if (message.has_rounding()) criterion.rounding_digits = message.rounding().digits();
  for (int i = 0; i < message.children_size(); ++i) {
    criterion.children.push_back(ReadCriterion(absl::StrCat(path, ".children[", i, "]"),
                                               message.children(i), depth + 1, faults));
  }
  return criterion;
}

}  // namespace

absl::StatusOr<domain::Scheme> ReadScheme(absl::string_view path, const v1::Scheme& message) {
  std::vector<domain::Fault> faults;
  domain::Scheme scheme;
  if (!message.name().empty()) {
    SchemeName name;
    Take(ReadSchemeName(Under(path, "name"), message.name()), name, faults);
    scheme.id = std::move(name.scheme);
    scheme.version = name.version;
  }
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
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return scheme;
}

}  // namespace thidua::messages
