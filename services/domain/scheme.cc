#include "services/domain/scheme.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/rational.h"
#include "services/domain/scheme_formula.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

// The largest scheme known has 1.000.
constexpr int kMaxPoints = 1'000'000;
constexpr int kMaxCapPercent = 10'000;
constexpr size_t kMaxCurvePoints = 50;
constexpr size_t kMaxLimits = 10;
constexpr size_t kMaxSteps = 20;
constexpr size_t kMaxEvents = 100;
constexpr size_t kMaxPlaces = 100;
constexpr size_t kMaxFigures = 20;
constexpr size_t kMaxClasses = 20;
constexpr size_t kMaxParameters = 100;
constexpr size_t kMaxUnits = 100;  // As many as a pact has members.
constexpr size_t kLayers = 4;      // Of assessment.
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
    CheckClasses();
    CheckAwards();
    CheckParameters();
    if (!too_large_) {
      std::vector<Fault> formulas;
      CompileFormulas(scheme_, formulas);
      for (Fault& fault : formulas) Add(std::move(fault));
    }
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
    CheckPoints(criterion, path);
    if (criterion.bonus_cap < 0 || criterion.bonus_cap > kMaxPoints) {
      Add(path + ".bonus_cap", "OUT_OF_RANGE",
          absl::StrCat("Mức trần điểm thưởng của tiêu chí phải từ 0 đến ", PrintNumber(kMaxPoints),
                       "."));
    }
    if (criterion.bonus_cap > 0 && !MayGiveBonus(criterion) &&
        AreRead(path, ".bonus_per_percent_above") && AreRead(path, ".points") &&
        AreRead(path + ".places", "") && AreRead(path + ".roles", "")) {
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
      std::visit([&](const auto& rule) { CheckRule(rule, criterion, path); }, criterion.rule);
      if (criterion.highest_child_only) {
        Add(path + ".highest_child_only", "NOT_ALLOWED",
            absl::StrCat("Tiêu chí “", Excerpt(criterion.name), "” không có tiêu chí con."));
      }
      return;
    }
    if (criterion.when_missing != WhenMissing::kLeaveOut) {
      Add(path + ".when_missing", "NOT_ALLOWED",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                       "” có tiêu chí con: chỉ ghi cách tính khi chưa có số liệu ở tiêu chí con."));
    }
    if (has_rule) {
      Add(path + ".rule", "RULE_ON_PARENT",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                       "” có tiêu chí con thì không có cách chấm điểm riêng."));
    }
    if (criterion.highest_child_only) {
      CheckHighest(criterion, path);
    } else {
      CheckSum(criterion, path);
    }
    CheckCriteria(criterion.children, path + ".children", depth + 1);
  }

  void CheckPoints(const Criterion& criterion, const std::string& path) {
    const bool takes_off = criterion.min_points.has_value() && *criterion.min_points < 0;
    const bool may_be_zero = criterion.bonus_cap > 0 || takes_off || !criterion.children.empty();
    if (criterion.max_points < 0 || criterion.max_points > kMaxPoints ||
        (criterion.max_points.is_zero() && !may_be_zero && IsRead(path + ".min_points") &&
         IsRead(path + ".bonus_cap"))) {
      Add(path + ".max_points", "OUT_OF_RANGE",
          absl::StrCat("Điểm tối đa của tiêu chí phải lớn hơn 0 và không quá ",
                       PrintNumber(kMaxPoints),
                       "; chỉ bằng 0 khi tiêu chí chỉ thưởng (bonus_cap) hoặc chỉ trừ "
                       "(min_points)."));
    }
    CheckLeast(criterion, path);
    CheckRounding(criterion.rounding, path + ".rounding");
    if (!criterion.not_assigned_units.empty()) {
      CheckIds(criterion.not_assigned_units, path + ".not_assigned_units");
    }
    if (criterion.limits.size() > kMaxLimits) {
      Add(path + ".limits", "TOO_MANY",
          absl::StrCat("Mỗi tiêu chí có tối đa ", kMaxLimits, " điều kiện khống chế."));
      return;
    }
    for (size_t i = 0; i < criterion.limits.size(); ++i) {
      const Limit& limit = criterion.limits[i];
      const std::string place = absl::StrCat(path, ".limits[", i, "]");
      Add(CheckName(place + ".display_name", limit.name));
      if (limit.when.empty()) Add(place + ".when", "REQUIRED", "Điều kiện khống chế còn trống.");
      if (!IsRead(place + ".points_at_most_percent")) continue;
      if (!limit.points_at_most_percent.has_value() && !limit.no_bonus) {
        Add(place, "REQUIRED",
            "Điều kiện khống chế phải ghi mức điểm tối đa hoặc không được thưởng.");
      } else if (limit.points_at_most_percent.has_value() &&
                 (*limit.points_at_most_percent < 0 || *limit.points_at_most_percent > 100)) {
        Add(place + ".points_at_most_percent", "OUT_OF_RANGE",
            "Mức khống chế phải từ 0% đến 100% số điểm.");
      }
    }
  }

  void CheckLeast(const Criterion& criterion, const std::string& path) {
    if (!criterion.min_points.has_value()) return;
    const Decimal& least = *criterion.min_points;
    const auto* events = std::get_if<EventsRule>(&criterion.rule);
    if (least <= 0 || events == nullptr || events->starts_at != criterion.max_points) {
      if (least <= 0 && least >= -kMaxPoints) return;
      if (events != nullptr &&
          (!IsRead(path + ".events.starts_at") || !IsRead(path + ".max_points")))
        return;
      Add(path + ".min_points", "OUT_OF_RANGE",
          absl::StrCat("Điểm thấp nhất của tiêu chí phải từ -", PrintNumber(kMaxPoints),
                       " đến 0; lớn hơn 0 chỉ khi chấm theo số lần (events) và bắt đầu từ điểm tối "
                       "đa."));
      return;
    }
    if (least > criterion.max_points) {
      Add(path + ".min_points", "OUT_OF_RANGE",
          "Điểm thấp nhất của tiêu chí không được quá điểm tối đa.");
    } else if (criterion.when_missing == WhenMissing::kZero) {
      Add(path + ".when_missing", "NOT_ALLOWED",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                       "” có điểm thấp nhất lớn hơn 0 thì chưa có số liệu không thể tính 0 điểm."));
    }
  }

  void CheckRounding(const std::optional<Rounding>& rounding, const std::string& path) {
    if (rounding.has_value() && rounding->step <= 0) {
      Add(path + ".step", "OUT_OF_RANGE", "Bước làm tròn phải lớn hơn 0.");
    }
  }

  // Each a slug, once, at most as many as a pact has members. `field`: where it stands in each.
  void CheckIds(const std::vector<std::string>& ids, const std::string& path,
                absl::string_view field = "") {
    absl::flat_hash_set<absl::string_view> seen;
    for (size_t i = 0; i < ids.size(); ++i) {
      if (i >= kMaxUnits) {
        Add(path, "TOO_MANY", absl::StrCat("Ghi tối đa ", kMaxUnits, " mục."));
        return;
      }
      const std::string place = absl::StrCat(path, "[", i, "]", field);
      Add(CheckIdentifier(place, ids[i]));
      if (!seen.insert(ids[i]).second) {
        Add(place, "DUPLICATE", absl::StrCat("“", Excerpt(ids[i]), "” ghi hai lần."));
      }
    }
  }

  // The id and the name of one of a list, each id once.
  void CheckNamed(const std::string& id, const std::string& name, const std::string& place,
                  absl::string_view id_field, absl::flat_hash_set<absl::string_view>& seen) {
    const std::string id_path = absl::StrCat(place, ".", id_field);
    Add(CheckIdentifier(id_path, id));
    Add(CheckName(place + ".display_name", name));
    if (!id.empty() && !seen.insert(id).second) {
      Add(id_path, "DUPLICATE", absl::StrCat("Mã “", Excerpt(id), "” đã dùng."));
    }
  }

  // Whether some result or assessment could bring a bonus there, or below.
  static bool MayGiveBonus(const Criterion& criterion) {
    if (!criterion.children.empty()) {
      return std::any_of(criterion.children.begin(), criterion.children.end(), MayGiveBonus);
    }
    const auto above = [&](const Decimal& points) { return points > criterion.max_points; };
    if (const auto* targets = std::get_if<TargetsRule>(&criterion.rule)) {
      return targets->bonus_per_percent_above > 0 || HasBonusStep(*targets);
    }
    if (const auto* events = std::get_if<EventsRule>(&criterion.rule)) {
      return std::any_of(events->events.begin(), events->events.end(),
                         [](const EventsRule::Event& event) { return event.points > 0; });
    }
    if (const auto* places = std::get_if<PlacesRule>(&criterion.rule)) {
      return std::any_of(places->points.begin(), places->points.end(), above);
    }
    if (const auto* roles = std::get_if<RolesRule>(&criterion.rule)) {
      return above(roles->leader) || above(roles->deputy) || above(roles->member);
    }
    if (const auto* formula = std::get_if<FormulaRule>(&criterion.rule)) {
      return !formula->bonus.empty();
    }
    if (std::holds_alternative<AssessedRule>(criterion.rule)) return criterion.bonus_cap > 0;
    // Without a rule, which is said already.
    return std::holds_alternative<std::monostate>(criterion.rule);
  }

  static bool HasBonusStep(const TargetsRule& rule) {
    return std::any_of(rule.steps.begin(), rule.steps.end(),
                       [](const PercentStep& step) { return step.points > 0; });
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

  void CheckHighest(const Criterion& criterion, const std::string& path) {
    for (size_t i = 0; i < criterion.children.size(); ++i) {
      if (criterion.children[i].max_points <= criterion.max_points) continue;
      if (!IsRead(path + ".max_points")) return;
      Add(absl::StrCat(path, ".children[", i, "].max_points"), "CHILD_ABOVE_PARENT",
          absl::StrCat("Điểm tối đa của tiêu chí con lớn hơn ", PrintNumber(criterion.max_points),
                       " điểm của tiêu chí “", Excerpt(criterion.name), "”."));
    }
  }

  void CheckRule(const std::monostate&, const Criterion&, const std::string&) {}

  void CheckRule(const TargetsRule& rule, const Criterion& criterion, const std::string& path) {
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
    CheckNotAsNone(criterion, path);
    CheckRounding(rule.each_rounding, path + ".targets.each_rounding");
    CheckSteps(rule, path + ".targets");
    if (rule.best_in_bloc.has_value()) {
      if (rule.curve.has_value()) {
        Add(path + ".targets.curve", "NOT_ALLOWED",
            "Tiêu chí so với đơn vị cao nhất trong khối thì không có thang quy đổi.");
      }
      if (rule.achievement_cap_percent != 100 &&
          IsRead(path + ".targets.achievement_cap_percent")) {
        Add(path + ".targets.achievement_cap_percent", "NOT_ALLOWED",
            "Tiêu chí so với đơn vị cao nhất trong khối thì không chặn mức hoàn thành.");
      }
      if (rule.best_in_bloc->method == BestInBloc::Method::kShareOfHighest &&
          rule.best_in_bloc->at_target_percent != 50) {
        Add(path + ".targets.best_in_bloc.at_target_percent", "NOT_ALLOWED",
            "Tính theo tỷ lệ so với mức cao nhất thì không ghi tỷ lệ điểm khi vừa đạt chỉ tiêu.");
      } else if (rule.best_in_bloc->at_target_percent < 0 ||
                 rule.best_in_bloc->at_target_percent > 100) {
        Add(path + ".targets.best_in_bloc.at_target_percent", "OUT_OF_RANGE",
            "Tỷ lệ điểm khi vừa đạt chỉ tiêu phải từ 0% đến 100%.");
      }
    }
    // A bonus with a cap of 0 would be promised in the scheme and never given.
    if ((rule.bonus_per_percent_above > 0 || HasBonusStep(rule)) && criterion.bonus_cap.is_zero()) {
      Add(path + ".bonus_cap", "REQUIRED",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                       "” có điểm thưởng thì phải ghi mức trần điểm thưởng lớn hơn 0."));
    }
  }

  // What is given itself cannot be given by default.
  void CheckNotAsNone(const Criterion& criterion, const std::string& path) {
    if (criterion.when_missing != WhenMissing::kAsNone) return;
    Add(path + ".when_missing", "NOT_ALLOWED",
        absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                     "” không tính từ số lần nên không thể coi là không phát sinh."));
  }

  void CheckSteps(const TargetsRule& rule, const std::string& path) {
    if (rule.steps.size() > kMaxSteps) {
      Add(path + ".steps", "TOO_MANY", absl::StrCat("Tối đa ", kMaxSteps, " bậc cộng, trừ điểm."));
      return;
    }
    for (size_t i = 0; i < rule.steps.size(); ++i) {
      const PercentStep& step = rule.steps[i];
      const std::string place = absl::StrCat(path, ".steps[", i, "]");
      if (step.every_percent <= 0) {
        Add(place + ".every_percent", "OUT_OF_RANGE", "Mỗi bậc phải lớn hơn 0%.");
      }
      if (step.from_percent < 0 || step.from_percent > kMaxCapPercent) {
        Add(place + ".from_percent", "OUT_OF_RANGE",
            absl::StrCat("Mốc tính bậc phải từ 0% đến ", PrintNumber(kMaxCapPercent), "%."));
      }
      if (step.points.is_zero() || step.points > kMaxPoints || step.points < -kMaxPoints) {
        Add(place + ".points", "OUT_OF_RANGE", "Điểm của mỗi bậc phải khác 0.");
      }
      if (step.at_most.has_value() && (*step.at_most <= 0 || *step.at_most > kMaxPoints)) {
        Add(place + ".at_most", "OUT_OF_RANGE",
            absl::StrCat("Mức tối đa của bậc phải lớn hơn 0 và không quá ", PrintNumber(kMaxPoints),
                         "."));
      }
    }
  }

  void CheckRule(const PassFailRule& rule, const Criterion& criterion, const std::string& path) {
    CheckNotAsNone(criterion, path);
    if (rule.fail_points < 0 ||
        (rule.fail_points >= criterion.max_points && IsRead(path + ".max_points"))) {
      Add(path + ".pass_fail.fail_points", "OUT_OF_RANGE",
          "Điểm khi không đạt phải từ 0 và nhỏ hơn điểm tối đa.");
    }
  }

  void CheckRule(const EventsRule& rule, const Criterion& criterion, const std::string& path) {
    const std::string place = path + ".events";
    if (rule.starts_at < 0 ||
        (rule.starts_at > criterion.max_points && IsRead(path + ".max_points"))) {
      Add(place + ".starts_at", "OUT_OF_RANGE",
          "Điểm khi chưa phát sinh phải từ 0 đến điểm tối đa.");
    }
    if (rule.events.empty() || rule.events.size() > kMaxEvents) {
      Add(place + ".events", rule.events.empty() ? "REQUIRED" : "TOO_MANY",
          absl::StrCat("Phải có từ 1 đến ", kMaxEvents, " trường hợp cộng, trừ điểm."));
      return;
    }
    absl::flat_hash_set<absl::string_view> seen;
    for (size_t i = 0; i < rule.events.size(); ++i) {
      const EventsRule::Event& event = rule.events[i];
      const std::string at = absl::StrCat(place, ".events[", i, "]");
      CheckNamed(event.id, event.name, at, "event_id", seen);
      if (event.points.is_zero() || event.points > kMaxPoints || event.points < -kMaxPoints) {
        Add(at + ".points", "OUT_OF_RANGE", "Điểm cộng, trừ mỗi lần phải khác 0.");
      }
      if (event.most_times.has_value() && *event.most_times < 1) {
        Add(at + ".most_times", "OUT_OF_RANGE", "Số lần tối đa phải từ 1.");
      }
    }
  }

  void CheckRule(const PlacesRule& rule, const Criterion& criterion, const std::string& path) {
    CheckNotAsNone(criterion, path);
    const std::string place = path + ".places";
    if (!AreRead(place, "")) return;  // What follows from one place is said of the next.
    if (rule.points.empty() || rule.points.size() > kMaxPlaces) {
      Add(place + ".points", rule.points.empty() ? "REQUIRED" : "TOO_MANY",
          absl::StrCat("Phải ghi điểm của từ 1 đến ", kMaxPlaces, " thứ hạng."));
      return;
    }
    for (size_t i = 0; i < rule.points.size(); ++i) {
      const std::string at = absl::StrCat(place, ".points[", i, "]");
      const Decimal most = i == 0 ? Decimal(kMaxPoints) : rule.points[i - 1];
      if (rule.points[i] < 0 || rule.points[i] > most) {
        Add(at, "OUT_OF_RANGE", "Điểm theo thứ hạng không được âm và không được tăng dần.");
      }
    }
    if (rule.beyond < 0 || rule.beyond > rule.points.back()) {
      Add(place + ".beyond", "OUT_OF_RANGE",
          "Điểm của các hạng còn lại phải từ 0 và không quá điểm của hạng cuối cùng có ghi.");
    }
    if (rule.points[0] > criterion.max_points && criterion.bonus_cap.is_zero() &&
        IsRead(path + ".max_points") && IsRead(path + ".bonus_cap")) {
      Add(place + ".points[0]", "RULE_UNREACHABLE",
          absl::StrCat("Hạng nhất được ", PrintNumber(rule.points[0]),
                       " điểm nhưng tiêu chí chỉ có ", PrintNumber(criterion.max_points),
                       " điểm."));
    }
  }

  void CheckRule(const RolesRule& rule, const Criterion& criterion, const std::string& path) {
    const Rational most = Rational(criterion.max_points) + criterion.bonus_cap;
    for (const auto& [field, points] :
         {std::pair("leader", rule.leader), std::pair("deputy", rule.deputy),
          std::pair("member", rule.member)}) {
      if (points >= 0 && points <= most) continue;
      if (points >= 0 && (!IsRead(path + ".max_points") || !IsRead(path + ".bonus_cap"))) continue;
      Add(absl::StrCat(path, ".roles.", field), "OUT_OF_RANGE",
          "Điểm theo vai trò phải từ 0 đến điểm tối đa cộng mức trần điểm thưởng.");
    }
    CheckNotAsNone(criterion, path);
  }

  void CheckRule(const FormulaRule& rule, const Criterion& criterion, const std::string& path) {
    const std::string place = path + ".formula";
    if (rule.points.empty()) Add(place + ".points", "REQUIRED", "Công thức tính điểm còn trống.");
    Add(CheckName(place + ".description", rule.description));
    if (!rule.bonus.empty() && criterion.bonus_cap.is_zero()) {
      Add(path + ".bonus_cap", "REQUIRED",
          absl::StrCat("Tiêu chí “", Excerpt(criterion.name),
                       "” có điểm thưởng thì phải ghi mức trần điểm thưởng lớn hơn 0."));
    }
    if (rule.figures.size() > kMaxFigures) {
      Add(place + ".figures", "TOO_MANY", absl::StrCat("Tối đa ", kMaxFigures, " số liệu."));
      return;
    }
    absl::flat_hash_set<absl::string_view> seen;
    for (size_t i = 0; i < rule.figures.size(); ++i) {
      const FigureDefinition& figure = rule.figures[i];
      const std::string at = absl::StrCat(place, ".figures[", i, "]");
      CheckNamed(figure.id, figure.name, at, "figure_id", seen);
      if (figure.least > figure.most && IsRead(at + ".least")) {
        Add(at + ".most", "OUT_OF_RANGE", "Giá trị lớn nhất nhỏ hơn giá trị nhỏ nhất.");
      }
    }
  }

  void CheckClasses() {
    const Classes& classes = scheme_.classes;
    const bool capped = classes.measure == Classes::Measure::kCappedPoints;
    if (capped && !classes.classes.empty() && (!classes.cap.has_value() || *classes.cap <= 0)) {
      Add("classes.cap", "REQUIRED", "Xếp loại theo điểm có trần thì phải ghi mức trần lớn hơn 0.");
    }
    if (!capped && classes.cap.has_value()) {
      Add("classes.cap", "NOT_ALLOWED", "Mức trần chỉ ghi khi xếp loại theo điểm có trần.");
    }
    if (classes.classes.size() > kMaxClasses) {
      Add("classes.classes", "TOO_MANY", absl::StrCat("Tối đa ", kMaxClasses, " mức xếp loại."));
      return;
    }
    absl::flat_hash_set<absl::string_view> seen;
    std::optional<Decimal> lowest;  // Of the bars above that everybody over them passes.
    for (size_t i = 0; i < classes.classes.size(); ++i) {
      const ClassRule& one = classes.classes[i];
      const std::string place = absl::StrCat("classes.classes[", i, "]");
      CheckNamed(one.id, one.name, place, "class_id", seen);
      class_ids_.insert(one.id);
      if ((lowest.has_value() && one.at_least >= *lowest) ||
          (capped && classes.cap.has_value() && one.at_least > *classes.cap)) {
        Add(place + ".at_least", "RULE_UNREACHABLE",
            absl::StrCat("Không đơn vị nào có thể được xếp loại “", Excerpt(one.name),
                         "”: mức điểm phải giảm dần và không quá mức trần."));
      } else if (one.condition.empty() && IsRead(place + ".at_least")) {
        lowest = one.at_least;
      }
    }
  }

  void CheckAwards() {
    if (scheme_.awards.size() > kMaxClasses) {
      Add("awards", "TOO_MANY", absl::StrCat("Tối đa ", kMaxClasses, " hình thức khen thưởng."));
      return;
    }
    absl::flat_hash_set<absl::string_view> seen;
    for (size_t i = 0; i < scheme_.awards.size(); ++i) {
      const AwardRule& award = scheme_.awards[i];
      const std::string place = absl::StrCat("awards[", i, "]");
      CheckNamed(award.id, award.name, place, "award_id", seen);
      if (award.at_most < 1 || award.at_most > static_cast<int>(kMaxUnits)) {
        Add(place + ".at_most", "OUT_OF_RANGE",
            absl::StrCat("Số đơn vị được đề nghị phải từ 1 đến ", kMaxUnits, "."));
      }
      for (size_t k = 0; k < award.classes.size() && k < kMaxClasses; ++k) {
        if (class_ids_.contains(award.classes[k])) continue;
        Add(absl::StrCat(place, ".class_ids[", k, "]"), "CLASS_UNKNOWN",
            absl::StrCat("Không có mức xếp loại “", Excerpt(award.classes[k]), "”."));
      }
      const std::optional<Decimal>& votes = award.votes_at_least_percent;
      if (votes.has_value() && (*votes <= 0 || *votes > 100)) {
        Add(place + ".votes_at_least_percent", "OUT_OF_RANGE",
            "Tỷ lệ phiếu phải lớn hơn 0% và không quá 100%.");
      }
    }
  }

  void CheckParameters() {
    if (scheme_.parameters.size() > kMaxParameters) {
      Add("parameters", "TOO_MANY", absl::StrCat("Tối đa ", kMaxParameters, " tham số."));
      return;
    }
    absl::flat_hash_set<absl::string_view> seen;
    for (size_t i = 0; i < scheme_.parameters.size(); ++i) {
      const Parameter& parameter = scheme_.parameters[i];
      const std::string place = absl::StrCat("parameters[", i, "]");
      CheckNamed(parameter.id, parameter.name, place, "parameter_id", seen);
      std::vector<std::string> units;
      for (const auto& [unit, value] : parameter.of_units) units.push_back(unit);
      CheckIds(units, place + ".of_units", ".unit");
    }
  }

  void CheckRule(const AssessedRule& rule, const Criterion& criterion, const std::string& path) {
    CheckNotAsNone(criterion, path);
    CheckRounding(rule.raters.rounding, path + ".assessed.raters.rounding");
    if (rule.scale_max.has_value() && (*rule.scale_max <= 0 || *rule.scale_max > kMaxPoints)) {
      Add(path + ".assessed.scale_max", "OUT_OF_RANGE", "Thang chấm phải lớn hơn 0.");
      return;
    }
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
    if (IsRead(path + ".assessed.scale_max")) {
      check(rule.scale_max.value_or(criterion.max_points), "Điểm tối đa");
    }
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
    const RankingRule& ranking = scheme_.ranking;
    CheckRounding(ranking.rounding, "ranking.rounding");
    if (ranking.key == RankingKey::kCappedPoints &&
        (!ranking.cap.has_value() || *ranking.cap <= 0)) {
      Add("ranking.cap", "REQUIRED", "Xếp hạng theo điểm có trần thì phải ghi mức trần lớn hơn 0.");
    }
    if (ranking.key != RankingKey::kCappedPoints && ranking.cap.has_value()) {
      Add("ranking.cap", "NOT_ALLOWED", "Mức trần chỉ ghi khi xếp hạng theo điểm có trần.");
    }
    if (ranking.key != RankingKey::kFormula && !ranking.formula.empty()) {
      Add("ranking.formula", "NOT_ALLOWED", "Công thức chỉ ghi khi xếp hạng theo công thức.");
    }
    if (ranking.key == RankingKey::kFormula) {
      if (ranking.formula.empty()) Add("ranking.formula", "REQUIRED", "Công thức xếp hạng trống.");
      Add(CheckName("ranking.formula_display_name", ranking.formula_name));
    }
    absl::flat_hash_set<absl::string_view> keys;
    for (size_t i = 0; i < ranking.tie_keys.size(); ++i) {
      const TieKey& key = ranking.tie_keys[i];
      const std::string place = absl::StrCat("ranking.tie_keys[", i, "]");
      const std::string path = place + ".criterion_id";
      // Each known key once: so there are never more keys than criteria, whatever was sent.
      if (i >= kMaxCriteria) {
        Add("ranking.tie_keys", "TOO_MANY", "Có quá nhiều tiêu chí phụ để xếp hạng khi bằng điểm.");
        return;
      }
      if (!key.formula.empty()) {
        Add(CheckName(place + ".display_name", key.name));
      } else if (!ids_.contains(key.criterion)) {
        Add(path, "CRITERION_UNKNOWN",
            absl::StrCat("Tiêu chí phụ “", Excerpt(key.criterion),
                         "” không có trong thang bảng điểm."));
      } else if (!keys.insert(key.criterion).second) {
        Add(path, "DUPLICATE",
            absl::StrCat("Tiêu chí phụ “", Excerpt(key.criterion), "” ghi hai lần."));
      }
    }
  }

  const Scheme& scheme_;
  absl::flat_hash_set<absl::string_view> unreadable_;
  std::vector<Fault> faults_;
  absl::flat_hash_set<absl::string_view> ids_;
  absl::flat_hash_set<absl::string_view> class_ids_;
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
