#include "services/domain/scheme.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/rational.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

// The largest scheme known has 230 nodes and 1.000 points.
constexpr int kMaxCriteria = 1000;
constexpr int kMaxPoints = 1'000'000;
constexpr int kMaxCapPercent = 10'000;
constexpr size_t kMaxCurvePoints = 50;
constexpr size_t kLayers = 4;  // Of assessment.
constexpr size_t kMaxClause = 300;
constexpr size_t kMaxLegalBasis = 1000;

class SchemeCheck {
 public:
  SchemeCheck(const Scheme& scheme, absl::Span<const Fault> unreadable) : scheme_(scheme) {
    for (const Fault& fault : unreadable) unreadable_.insert(fault.path);
  }

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
      too_large_ = true;
    }
    // Where not every id was seen, a key could be called unknown wrongly.
    if (!too_large_) CheckRanking();
    CheckPrecedence();
    return std::move(faults_);
  }

 private:
  void Add(std::optional<Fault> fault) {
    if (fault.has_value() && IsRead(fault->path)) faults_.push_back(*std::move(fault));
  }
  void Add(absl::string_view path, absl::string_view reason, absl::string_view message) {
    Add(Fault{std::string(path), std::string(reason), std::string(message)});
  }

  bool IsRead(absl::string_view path) const { return !unreadable_.contains(path); }
  // Whether all fields of that name below the criterion are.
  bool AreRead(absl::string_view path, absl::string_view field) const {
    return std::none_of(unreadable_.begin(), unreadable_.end(), [&](absl::string_view other) {
      return absl::StartsWith(other, path) && absl::EndsWith(other, field);
    });
  }

  void CheckCriteria(const std::vector<Criterion>& criteria, absl::string_view path, int depth) {
    for (size_t i = 0; i < criteria.size(); ++i) {
      // Past the limit nothing more is looked at: a hostile tree costs no more than a sound one.
      if (++criteria_ > kMaxCriteria) return;
      CheckCriterion(criteria[i], absl::StrCat(path, "[", i, "]"), depth);
    }
  }

  void CheckCriterion(const Criterion& criterion, const std::string& path, int depth) {
    if (depth > kMaxCriterionDepth) {
      too_large_ = true;
      Add(path, "TOO_DEEP",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name), "” nằm sâu quá: tối đa ",
                       kMaxCriterionDepth, " cấp."));
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
    if (criterion.bonus_cap > 0 && !MayGiveBonus(criterion) &&
        AreRead(path, ".bonus_per_percent_above")) {
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
      if (const auto* targets = std::get_if<TargetsRule>(&criterion.rule)) {
        CheckTargetsRule(*targets, criterion, path);
      } else if (const auto* assessed = std::get_if<AssessedRule>(&criterion.rule)) {
        CheckAssessedRule(*assessed, criterion, path);
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
    if (std::holds_alternative<AssessedRule>(criterion.rule)) return criterion.bonus_cap > 0;
    if (criterion.children.empty()) return true;  // Without a rule, which is said already.
    return std::any_of(criterion.children.begin(), criterion.children.end(), MayGiveBonus);
  }

  void CheckCurve(const TargetsRule& rule, const std::string& rule_path) {
    const Curve& curve = *rule.curve;
    const std::string path = rule_path + ".curve";
    const bool cap_is_read = IsRead(rule_path + ".achievement_cap_percent");
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
      } else if (point.achievement_percent > rule.achievement_cap_percent && cap_is_read) {
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
    const auto earns_nothing = [](const Curve::Point& point) {
      return point.earned_percent.is_zero();
    };
    if (std::all_of(curve.points.begin(), curve.points.end(), earns_nothing) &&
        AreRead(path, ".earned_percent")) {
      Add(path + ".points", "RULE_UNREACHABLE",
          "Thang quy đổi không cho điểm ở mức hoàn thành nào.");
    }
  }

  void CheckSum(const Criterion& criterion, const std::string& path) {
    Rational sum = 0;
    int scale = 0;
    for (size_t i = 0; i < criterion.children.size(); ++i) {
      const Criterion& child = criterion.children[i];
      const std::string place = absl::StrCat(path, ".children[", i, "]");
      if (!IsRead(place) || !IsRead(place + ".max_points")) return;
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
    if (rule.curve.has_value()) CheckCurve(rule, path + ".targets");
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

  void CheckAssessedRule(const AssessedRule& rule, const Criterion& criterion,
                         const std::string& path) {
    if (!rule.step.has_value()) return;
    if (*rule.step <= 0) {
      Add(path + ".assessed.step", "OUT_OF_RANGE", "Bước điểm phải lớn hơn 0.");
      return;
    }
    const auto check = [&](const Decimal& bound, absl::string_view what) {
      const Rational steps = Rational(bound) / *rule.step;
      if (steps.Floor() == steps) return;
      Add(path + ".assessed.step", "STEP_DOES_NOT_DIVIDE",
          absl::StrCat(what, " ", PrintNumber(bound), " của tiêu chí “", Excerpt(criterion.name),
                       "” không phải là bội số của bước điểm ", PrintNumber(*rule.step), "."));
    };
    check(criterion.max_points, "Điểm tối đa");
    check(criterion.bonus_cap, "Mức trần điểm thưởng");
  }

  void CheckPrecedence() {
    absl::flat_hash_set<Layer> seen;
    for (size_t i = 0; i < scheme_.assessment_precedence.size(); ++i) {
      if (seen.insert(scheme_.assessment_precedence[i]).second) continue;
      Add(absl::StrCat("assessment_precedence[", i, "]"), "DUPLICATE",
          "Mỗi cấp chấm điểm chỉ ghi một lần trong thứ tự ưu tiên.");
      if (i > kLayers) return;  // Whatever was sent, a handful of faults says it.
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
  absl::flat_hash_set<absl::string_view> unreadable_;
  std::vector<Fault> faults_;
  absl::flat_hash_set<absl::string_view> ids_;
  int criteria_ = 0;
  bool too_large_ = false;  // Not all of it was looked at.
};

const Criterion* FindAmong(const std::vector<Criterion>& criteria, absl::string_view id) {
  for (const Criterion& criterion : criteria) {
    if (criterion.id == id) return &criterion;
    if (const Criterion* below = FindAmong(criterion.children, id)) return below;
  }
  return nullptr;
}

}  // namespace

std::vector<Fault> ValidateScheme(const Scheme& scheme, absl::Span<const Fault> unreadable) {
  return SchemeCheck(scheme, unreadable).Run();
}

std::vector<Layer> PrecedenceOf(const Scheme& scheme) {
  if (!scheme.assessment_precedence.empty()) return scheme.assessment_precedence;
  return {Layer::kProvince, Layer::kBloc, Layer::kPeer, Layer::kSelf};
}

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
