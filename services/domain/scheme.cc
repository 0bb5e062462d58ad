#include "services/domain/scheme.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/rational.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

// The largest scheme known has 230 nodes, 5 deep, and 1.000 points.
constexpr int kMaxCriteria = 1000;
constexpr int kMaxDepth = 10;
constexpr int kMaxPoints = 1'000'000;
constexpr int kMaxCapPercent = 10'000;
constexpr size_t kMaxClause = 300;
constexpr size_t kMaxLegalBasis = 1000;

class SchemeCheck {
 public:
  explicit SchemeCheck(const Scheme& scheme) : scheme_(scheme) {}

  std::vector<Fault> Run() {
    Add(CheckIdentifier("scheme_id", scheme_.id));
    Add(CheckName("display_name", scheme_.name));
    Add(CheckText("legal_basis", scheme_.legal_basis, kMaxLegalBasis));
    if (scheme_.contents.empty()) {
      Add("contents", "REQUIRED", "Thang bảng điểm phải có ít nhất một nội dung thi đua.");
    }
    CheckCriteria(scheme_.contents, "contents", /*depth=*/1);
    if (criteria_ > kMaxCriteria) {
      Add("contents", "TOO_MANY",
          absl::StrCat("Thang bảng điểm có quá nhiều tiêu chí: tối đa ", PrintNumber(kMaxCriteria),
                       "."));
      return std::move(faults_);  // Not every id is known: a key could be called unknown wrongly.
    }
    CheckRanking();
    return std::move(faults_);
  }

 private:
  void Add(std::optional<Fault> fault) {
    if (fault.has_value()) faults_.push_back(*std::move(fault));
  }
  void Add(absl::string_view path, absl::string_view reason, absl::string_view message) {
    faults_.push_back({std::string(path), std::string(reason), std::string(message)});
  }

  void CheckCriteria(const std::vector<Criterion>& criteria, absl::string_view path, int depth) {
    for (size_t i = 0; i < criteria.size(); ++i) {
      // Past the limit nothing more is looked at: a hostile tree costs no more than a sound one.
      if (++criteria_ > kMaxCriteria) return;
      CheckCriterion(criteria[i], absl::StrCat(path, "[", i, "]"), depth);
    }
  }

  void CheckCriterion(const Criterion& criterion, const std::string& path, int depth) {
    if (depth > kMaxDepth) {
      Add(path, "TOO_DEEP",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name), "” nằm sâu quá: tối đa ", kMaxDepth,
                       " cấp."));
      return;
    }
    Add(CheckIdentifier(path + ".criterion_id", criterion.id));
    if (!criterion.id.empty() && !ids_.insert(criterion.id).second) {
      Add(path + ".criterion_id", "DUPLICATE",
          absl::StrCat("Mã tiêu chí “", Excerpt(criterion.id),
                       "” đã dùng cho một tiêu chí khác trong thang bảng điểm."));
    }
    Add(CheckName(path + ".display_name", criterion.name));
    Add(CheckText(path + ".clause", criterion.clause, kMaxClause));
    if (criterion.max_points <= 0 || criterion.max_points > kMaxPoints) {
      Add(path + ".max_points", "OUT_OF_RANGE",
          absl::StrCat("Điểm tối đa của tiêu chí phải lớn hơn 0 và không quá ",
                       PrintNumber(kMaxPoints), "."));
    }
    if (criterion.bonus_cap < 0 || criterion.bonus_cap > kMaxPoints) {
      Add(path + ".bonus_cap", "OUT_OF_RANGE",
          absl::StrCat("Mức trần điểm thưởng của tiêu chí phải từ 0 đến ", PrintNumber(kMaxPoints),
                       "."));
    }
    const bool has_rule = !std::holds_alternative<std::monostate>(criterion.rule);
    if (criterion.children.empty()) {
      if (!has_rule) {
        Add(path + ".rule", "RULE_MISSING",
            absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                         "” không có tiêu chí con thì phải có cách chấm điểm."));
      }
      if (const auto* rule = std::get_if<TargetsRule>(&criterion.rule)) {
        CheckTargetsRule(*rule, criterion, path);
      }
      if (criterion.rounding_digits.has_value() &&
          (*criterion.rounding_digits < 0 || *criterion.rounding_digits > Decimal::kMaxScale)) {
        Add(path + ".rounding.digits", "OUT_OF_RANGE",
            absl::StrCat("Số chữ số thập phân khi làm tròn điểm phải từ 0 đến ", Decimal::kMaxScale,
                         "."));
      }
      return;
    }
    if (criterion.rounding_digits.has_value()) {
      Add(path + ".rounding", "ROUNDING_ON_PARENT",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                       "” có tiêu chí con: chỉ làm tròn điểm ở tiêu chí con."));
    }
    if (has_rule) {
      Add(path + ".rule", "RULE_ON_PARENT",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                       "” có tiêu chí con thì không có cách chấm điểm riêng."));
    }
    CheckSum(criterion, path);
    CheckCriteria(criterion.children, path + ".children", depth + 1);
  }

  void CheckSum(const Criterion& criterion, const std::string& path) {
    Rational sum = 0;
    int scale = 0;
    for (const Criterion& child : criterion.children) {
      sum += child.max_points;
      scale = std::max(scale, child.max_points.scale());
    }
    if (sum == Rational(criterion.max_points)) return;
    const std::optional<Decimal> printable = sum.RoundHalfUp(scale);
    Add(path + ".max_points", "CHILDREN_DO_NOT_ADD_UP",
        absl::StrCat("Tổng điểm tối đa của các tiêu chí con",
                     printable.has_value() ? " là " + PrintNumber(*printable) + "," : "",
                     " không bằng ", PrintNumber(criterion.max_points), " điểm của tiêu chí “",
                     Excerpt(criterion.name), "”."));
  }

  void CheckTargetsRule(const TargetsRule& rule, const Criterion& criterion,
                        const std::string& path) {
    if (rule.achievement_cap_percent <= 0 || rule.achievement_cap_percent > kMaxCapPercent) {
      Add(path + ".targets.achievement_cap_percent", "OUT_OF_RANGE",
          absl::StrCat("Mức hoàn thành được tính điểm phải lớn hơn 0% và không quá ",
                       PrintNumber(kMaxCapPercent), "%."));
    }
    if (rule.bonus_per_percent_above < 0 || rule.bonus_per_percent_above > kMaxPoints) {
      Add(path + ".targets.bonus_per_percent_above", "OUT_OF_RANGE",
          absl::StrCat("Điểm thưởng cho mỗi phần trăm vượt chỉ tiêu phải từ 0 đến ",
                       PrintNumber(kMaxPoints), "."));
    }
    // A bonus with a cap of 0 would be promised in the scheme and never given.
    if (rule.bonus_per_percent_above > 0 && criterion.bonus_cap.is_zero()) {
      Add(path + ".bonus_cap", "REQUIRED",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                       "” có điểm thưởng thì phải ghi mức trần điểm thưởng lớn hơn 0."));
    }
  }

  void CheckRanking() {
    absl::flat_hash_set<absl::string_view> keys;
    for (size_t i = 0; i < scheme_.ranking.tie_break_criteria.size(); ++i) {
      const std::string& id = scheme_.ranking.tie_break_criteria[i];
      const std::string path = absl::StrCat("ranking.tie_keys[", i, "].criterion_id");
      // Each known key once: so there are never more keys than criteria, whatever was sent.
      if (i >= kMaxCriteria) {
        Add("ranking.tie_keys", "TOO_MANY", "Có quá nhiều tiêu chí phụ để xếp hạng khi bằng điểm.");
        return;
      }
      if (!ids_.contains(id)) {
        Add(path, "CRITERION_UNKNOWN",
            absl::StrCat("Tiêu chí phụ “", Excerpt(id), "” không có trong thang bảng điểm."));
      } else if (!keys.insert(id).second) {
        Add(path, "DUPLICATE", absl::StrCat("Tiêu chí phụ “", Excerpt(id), "” ghi hai lần."));
      }
    }
  }

  const Scheme& scheme_;
  std::vector<Fault> faults_;
  absl::flat_hash_set<absl::string_view> ids_;
  int criteria_ = 0;
};

const Criterion* FindAmong(const std::vector<Criterion>& criteria, absl::string_view id) {
  for (const Criterion& criterion : criteria) {
    if (criterion.id == id) return &criterion;
    if (const Criterion* below = FindAmong(criterion.children, id)) return below;
  }
  return nullptr;
}

}  // namespace

std::vector<Fault> ValidateScheme(const Scheme& scheme) { return SchemeCheck(scheme).Run(); }

const Criterion* FindCriterion(const Scheme& scheme, absl::string_view id) {
  return FindAmong(scheme.contents, id);
}

}  // namespace thidua::domain
