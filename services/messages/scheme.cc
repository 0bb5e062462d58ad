#include "services/messages/scheme.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;

// Deeper than any sound scheme (domain/scheme.h): a bound for the reader's own recursion.
constexpr int kDepthMax = 20;

absl::StatusOr<domain::TargetsRule> ReadRule(const std::string& path, const v1::TargetsRule& rule) {
  domain::TargetsRule read;
  ASSIGN_OR_RETURN(read.achievement_cap_percent,
                   ReadDecimal(absl::StrCat(path, ".achievement_cap_percent"),
                               rule.achievement_cap_percent(), read.achievement_cap_percent));
  ASSIGN_OR_RETURN(read.bonus_per_percent_above,
                   ReadDecimal(absl::StrCat(path, ".bonus_per_percent_above"),
                               rule.bonus_per_percent_above(), read.bonus_per_percent_above));
  if (rule.lower_is_better() == v1::TargetsRule::LOWER_IS_BETTER_UNSPECIFIED) {
    return domain::Fault{absl::StrCat(path, ".lower_is_better"), "REQUIRED",
                         "Thang bảng điểm phải chọn cách tính cho chỉ tiêu càng thấp càng tốt."}
        .ToStatus();
  }
  read.lower_is_better = rule.lower_is_better() == v1::TargetsRule::LOWER_IS_BETTER_TWO_MINUS_RATIO
                             ? domain::LowerIsBetterFormula::kTwoMinusActualOverTarget
                             : domain::LowerIsBetterFormula::kTargetOverActual;
  read.stated_percent = rule.stated_percent() == v1::TargetsRule::STATED_PERCENT_ACCEPT
                            ? domain::StatedPercentPolicy::kAccept
                            : domain::StatedPercentPolicy::kExclude;
  return read;
}

absl::StatusOr<domain::Criterion> ReadCriterion(const std::string& path,
                                                const v1::Criterion& message, int depth) {
  if (depth > kDepthMax) {
    return domain::Fault{path, "TOO_DEEP", "Thang bảng điểm có quá nhiều cấp tiêu chí."}.ToStatus();
  }
  domain::Criterion criterion;
  criterion.id = message.criterion_id();
  criterion.name = message.display_name();
  criterion.clause = message.clause();
  ASSIGN_OR_RETURN(criterion.max_points,
                   ReadDecimal(absl::StrCat(path, ".max_points"), message.max_points(), 0));
  ASSIGN_OR_RETURN(criterion.bonus_cap,
                   ReadDecimal(absl::StrCat(path, ".bonus_cap"), message.bonus_cap(), 0));
  if (message.has_targets()) {
    ASSIGN_OR_RETURN(criterion.rule, ReadRule(absl::StrCat(path, ".targets"), message.targets()));
  } else if (message.has_assessed()) {
    criterion.rule = domain::AssessedRule{};
  }
  if (message.has_rounding()) criterion.rounding_digits = message.rounding().digits();
  for (int i = 0; i < message.children_size(); ++i) {
    ASSIGN_OR_RETURN(
        domain::Criterion child,
        ReadCriterion(absl::StrCat(path, ".children[", i, "]"), message.children(i), depth + 1));
    criterion.children.push_back(std::move(child));
  }
  return criterion;
}

}  // namespace

absl::StatusOr<domain::Scheme> ReadScheme(absl::string_view path, const v1::Scheme& message) {
  domain::Scheme scheme;
  if (!message.name().empty()) {
    ASSIGN_OR_RETURN(const SchemeName name,
                     ReadSchemeName(absl::StrCat(path, ".name"), message.name()));
    scheme.id = name.scheme;
    scheme.version = name.version;
  }
  scheme.name = message.display_name();
  scheme.legal_basis = message.legal_basis();
  for (int i = 0; i < message.contents_size(); ++i) {
    ASSIGN_OR_RETURN(
        domain::Criterion content,
        ReadCriterion(absl::StrCat(path, ".contents[", i, "]"), message.contents(i), 1));
    scheme.contents.push_back(std::move(content));
  }
  scheme.ranking.key = message.ranking().key() == v1::RankingRule::KEY_PERCENT_OF_ASSIGNED
                           ? domain::RankingKey::kPercentOfAssigned
                           : domain::RankingKey::kPoints;
  for (const v1::TieKey& key : message.ranking().tie_keys()) {
    scheme.ranking.tie_break_criteria.push_back(key.criterion_id());
  }
  return scheme;
}

}  // namespace thidua::messages
