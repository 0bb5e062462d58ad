#include "services/messages/scheme.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;

// Deeper than any sound scheme (domain/scheme.h): a bound for the reader's own recursion.
constexpr int kDepthMax = 20;

absl::StatusOr<domain::TargetsRule> ReadRule(const std::string& path, const v1::TargetsRule& rule) {
  domain::TargetsRule read;
  absl::StatusOr<domain::Decimal> cap =
      ReadDecimal(absl::StrCat(path, ".achievement_cap_percent"), rule.achievement_cap_percent(),
                  read.achievement_cap_percent);
  if (!cap.ok()) return cap.status();
  read.achievement_cap_percent = *cap;
  absl::StatusOr<domain::Decimal> bonus =
      ReadDecimal(absl::StrCat(path, ".bonus_per_percent_above"), rule.bonus_per_percent_above(),
                  read.bonus_per_percent_above);
  if (!bonus.ok()) return bonus.status();
  read.bonus_per_percent_above = *bonus;
  if (rule.lower_is_better() == v1::TargetsRule::LOWER_IS_BETTER_UNSPECIFIED) {
    return domain::Fault{absl::StrCat(path, ".lower_is_better"), "REQUIRED",
                         "Thang điểm phải chọn cách tính cho chỉ tiêu càng thấp càng tốt."}
        .ToStatus();
  }
  read.lower_is_better = rule.lower_is_better() == v1::TargetsRule::LOWER_IS_BETTER_TWO_MINUS_RATIO
                             ? domain::LowerIsBetterFormula::kTwoMinusActualOverTarget
                             : domain::LowerIsBetterFormula::kTargetOverActual;
  read.stated_percent = rule.stated_percent() == v1::TargetsRule::STATED_PERCENT_ACCEPT
                            ? domain::StatedPercentPolicy::kAccept
                            : domain::StatedPercentPolicy::kExclude;
  if (rule.has_rounding_digits()) read.rounding_digits = rule.rounding_digits();
  return read;
}

absl::StatusOr<domain::Criterion> ReadCriterion(const std::string& path,
                                                const v1::Criterion& message, int depth) {
  if (depth > kDepthMax) {
    return domain::Fault{path, "TOO_DEEP", "Thang điểm có quá nhiều cấp tiêu chí."}.ToStatus();
  }
  domain::Criterion criterion;
  criterion.id = message.criterion_id();
  criterion.name = message.display_name();
  criterion.clause = message.clause();
  absl::StatusOr<domain::Decimal> max_points =
      ReadDecimal(absl::StrCat(path, ".max_points"), message.max_points(), 0);
  if (!max_points.ok()) return max_points.status();
  criterion.max_points = *max_points;
  absl::StatusOr<domain::Decimal> bonus_cap =
      ReadDecimal(absl::StrCat(path, ".bonus_cap"), message.bonus_cap(), 0);
  if (!bonus_cap.ok()) return bonus_cap.status();
  criterion.bonus_cap = *bonus_cap;
  if (message.has_targets()) {
    absl::StatusOr<domain::TargetsRule> rule =
        ReadRule(absl::StrCat(path, ".targets"), message.targets());
    if (!rule.ok()) return rule.status();
    criterion.rule = *rule;
  } else if (message.has_assessed()) {
    criterion.rule = domain::AssessedRule{};
  }
  for (int i = 0; i < message.children_size(); ++i) {
    absl::StatusOr<domain::Criterion> child =
        ReadCriterion(absl::StrCat(path, ".children[", i, "]"), message.children(i), depth + 1);
    if (!child.ok()) return child.status();
    criterion.children.push_back(*std::move(child));
  }
  return criterion;
}

}  // namespace

absl::StatusOr<domain::Scheme> ReadScheme(absl::string_view path, const v1::Scheme& message) {
  domain::Scheme scheme;
  if (!message.name().empty()) {
    absl::StatusOr<SchemeName> name = ReadSchemeName(absl::StrCat(path, ".name"), message.name());
    if (!name.ok()) return name.status();
    scheme.id = name->scheme;
    scheme.version = name->version;
  }
  scheme.name = message.display_name();
  scheme.legal_basis = message.legal_basis();
  for (int i = 0; i < message.contents_size(); ++i) {
    absl::StatusOr<domain::Criterion> content =
        ReadCriterion(absl::StrCat(path, ".contents[", i, "]"), message.contents(i), 1);
    if (!content.ok()) return content.status();
    scheme.contents.push_back(*std::move(content));
  }
  scheme.ranking.key = message.ranking().key() == v1::RankingRule::KEY_PERCENT_OF_ASSIGNED
                           ? domain::RankingKey::kPercentOfAssigned
                           : domain::RankingKey::kPoints;
  scheme.ranking.tie_break_criteria.assign(message.ranking().tie_break_criteria().begin(),
                                           message.ranking().tie_break_criteria().end());
  return scheme;
}

}  // namespace thidua::messages
