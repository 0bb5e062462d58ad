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
constexpr size_t kMaxCurvePoints = 50;
constexpr size_t kMaxClause = 300;
constexpr size_t kMaxLegalBasis = 1000;

class SchemeCheck {
 public:
  explicit SchemeCheck(const Scheme& scheme) : scheme_(scheme) {}

  std::vector<Fault> Run() {
    Add(CheckIdentifier("scheme_id", scheme_.id));
    Add(CheckName("display_name", scheme_.name));
    Add(CheckText("legal_basis", scheme_.legal_basis, kMaxLegalBasis));
    if (scheme_.valid.IsEmpty()) {
      Add("valid_until", "OUT_OF_RANGE",
          absl::StrCat("Ngày hết hiệu lực ", PrintDate(*scheme_.valid.until),
                       " sớm hơn ngày có hiệu lực ", PrintDate(*scheme_.valid.from), "."));
    }
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
    if (criterion.bonus_cap > 0 && !MayGiveBonus(criterion)) {
      Add(path + ".bonus_cap", "RULE_UNREACHABLE",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                       "” có mức trần điểm thưởng nhưng không có cách nào được thưởng."));
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

  // Whether some result or assessment could bring a bonus there, or below.
  static bool MayGiveBonus(const Criterion& criterion) {
    if (const auto* targets = std::get_if<TargetsRule>(&criterion.rule)) {
      return targets->bonus_per_percent_above > 0;
    }
    if (criterion.children.empty()) return true;  // Assessed; or without a rule, which is said.
    return std::any_of(criterion.children.begin(), criterion.children.end(), MayGiveBonus);
  }

  void CheckCurve(const TargetsRule& rule, const std::string& path) {
    const Curve& curve = *rule.curve;
    if (curve.points.empty() || curve.points.size() > kMaxCurvePoints) {
      Add(path + ".points", curve.points.empty() ? "REQUIRED" : "TOO_MANY",
          absl::StrCat("Thang quy đổi phải có từ 1 đến ", kMaxCurvePoints, " mức."));
      return;
    }
    for (size_t i = 0; i < curve.points.size(); ++i) {
      const Curve::Point& point = curve.points[i];
      const std::string place = absl::StrCat(path, ".points[", i, "]");
      const bool ascends =
          i == 0 || curve.points[i - 1].achievement_percent < point.achievement_percent;
      if (point.achievement_percent < 0 || !ascends) {
        Add(place + ".achievement_percent", "OUT_OF_RANGE",
            "Mức hoàn thành trong thang quy đổi không được âm và phải tăng dần.");
      } else if (point.achievement_percent > rule.achievement_cap_percent) {
        Add(place + ".achievement_percent", "RULE_UNREACHABLE",
            absl::StrCat("Mức ", PrintNumber(point.achievement_percent),
                         "% không bao giờ đạt tới vì mức hoàn thành chỉ tính đến ",
                         PrintNumber(rule.achievement_cap_percent), "%."));
      }
      if (point.earned_percent < 0 || point.earned_percent > kMaxCapPercent) {
        Add(place + ".earned_percent", "OUT_OF_RANGE",
            absl::StrCat("Tỷ lệ điểm được hưởng phải từ 0% đến ", PrintNumber(kMaxCapPercent),
                         "%."));
      } else if (i > 0 && !curve.may_fall &&
                 point.earned_percent < curve.points[i - 1].earned_percent) {
        Add(place + ".earned_percent", "CURVE_NOT_MONOTONE",
            "Hoàn thành cao hơn lại được ít điểm hơn; nếu đúng như vậy thì phải ghi rõ "
            "(may_fall).");
      }
    }
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
    if (rule.curve.has_value()) CheckCurve(rule, path + ".targets.curve");
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

Rational EarnedBy(const Curve& curve, const Rational& achievement) {
  const Rational percent = achievement * 100;
  const Curve::Point* below = nullptr;
  for (const Curve::Point& point : curve.points) {
    if (percent < point.achievement_percent) {
      if (below == nullptr) return 0;
      if (curve.between == Curve::Between::kStep) break;
      const Rational from = below->achievement_percent, low = below->earned_percent;
      const Rational way = (percent - from) / (Rational(point.achievement_percent) - from);
      return (low + (Rational(point.earned_percent) - low) * way) / 100;
    }
    below = &point;
  }
  return below == nullptr ? Rational(0) : Rational(below->earned_percent) / 100;
}

}  // namespace thidua::domain
