#include "services/scoring/rule_wording.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/identifier.h"
#include "services/domain/vietnamese_number.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

using domain::Decimal;
using domain::PrintNumber;

constexpr size_t kMaxListed = 4;

std::string Points(const Decimal& points) { return absl::StrCat(PrintNumber(points), " điểm"); }

std::string Signed(const Decimal& points) {
  return absl::StrCat(points > 0 ? "+" : "", PrintNumber(points));
}

// The list, of a long one its beginning.
std::string Listed(const std::vector<std::string>& all) {
  const size_t told = all.size() > kMaxListed ? kMaxListed - 1 : all.size();
  std::string list = absl::StrJoin(all.begin(), all.begin() + static_cast<ptrdiff_t>(told), ", ");
  if (told < all.size()) absl::StrAppend(&list, ", …");
  return list;
}

// Sentences of one rule, the first one first.
class Sentences {
 public:
  explicit Sentences(const domain::Criterion& criterion) : criterion_(criterion) {}

  std::string Take() {
    std::visit([&](const auto& rule) { Say(rule); }, criterion_.rule);
    if (!criterion_.children.empty()) SayParent();
    if (criterion_.min_points.has_value() && !criterion_.min_points->is_zero()) {
      Add(absl::StrCat("Trừ đến không dưới ", Points(*criterion_.min_points), "."));
    }
    if (criterion_.rounding.has_value()) {
      Add(absl::StrCat("Điểm làm tròn ", RoundingWords(*criterion_.rounding), "."));
    }
    return std::move(text_);
  }

 private:
  void Add(const std::string& sentence) {
    if (CodePoints(text_) + 1 + CodePoints(sentence) > kMaxSentence) return;
    absl::StrAppend(&text_, text_.empty() ? "" : " ", sentence);
  }

  // ", tối đa 40 điểm"
  std::string UpToTheCap(absl::string_view before = ", ") const {
    return criterion_.bonus_cap.is_zero()
               ? ""
               : absl::StrCat(before, "tối đa ", Points(criterion_.bonus_cap));
  }
  void AddRunningOver() {
    if (criterion_.bonus_cap.is_zero()) return;
    Add(absl::StrCat("Phần vượt ", Points(criterion_.max_points), " tính là điểm thưởng",
                     UpToTheCap(), "."));
  }

  void Say(const std::monostate&) {}

  void SayParent() {
    Add(criterion_.highest_child_only
            ? "Chỉ tính tiêu chí con được điểm cao nhất."
            : absl::StrCat("Cộng điểm các tiêu chí con",
                           criterion_.bonus_cap.is_zero()
                               ? ""
                               : absl::StrCat("; điểm thưởng", UpToTheCap(" ")),
                           "."));
  }

  void Say(const domain::TargetsRule& rule) {
    if (rule.best_in_bloc.has_value()) {
      SayBest(*rule.best_in_bloc);
    } else if (rule.curve.has_value()) {
      SayCurve(*rule.curve, rule.achievement_cap_percent);
    } else {
      Add(absl::StrCat("Mỗi chỉ tiêu được điểm theo tỷ lệ đạt, tính tối đa ",
                       PrintNumber(rule.achievement_cap_percent), "%."));
    }
    if (!rule.bonus_per_percent_above.is_zero()) {
      Add(absl::StrCat("Vượt chỉ tiêu: mỗi 1% thưởng ", Points(rule.bonus_per_percent_above),
                       UpToTheCap(), "."));
    }
    std::vector<std::string> steps;
    for (const domain::PercentStep& step : rule.steps) {
      const bool takes_off = step.points < 0;
      steps.push_back(absl::StrCat(
          "cứ ", PrintNumber(step.every_percent), "%", step.begun_counts ? " hoặc phần lẻ" : "",
          step.above ? " trên " : " dưới ", PrintNumber(step.from_percent), "% ",
          takes_off ? "trừ " : "thưởng ",
          PrintShort(takes_off ? domain::Rational(0) - step.points : domain::Rational(step.points)),
          " điểm",
          step.at_most.has_value() ? absl::StrCat(" (tối đa ", PrintNumber(*step.at_most), ")")
                                   : ""));
    }
    if (!steps.empty()) Add(absl::StrCat("Thêm: ", Listed(steps), "."));
    if (rule.without_target == domain::WithoutTargetPolicy::kShareOfHighest) {
      Add("Không đăng ký chỉ tiêu: theo tỷ lệ so với số cao nhất của các đơn vị không đăng ký.");
    }
    if (rule.each_rounding.has_value()) {
      Add(absl::StrCat("Điểm mỗi chỉ tiêu làm tròn ", RoundingWords(*rule.each_rounding), "."));
    }
  }

  void SayBest(const domain::BestInBloc& best) {
    if (best.method == domain::BestInBloc::Method::kShareOfHighest) {
      Add("Điểm theo tỷ lệ giữa mức đạt của đơn vị và mức đạt cao nhất khối.");
      return;
    }
    Add(absl::StrCat("Đạt 100% chỉ tiêu được ",
                     best.at_target_percent == 100
                         ? "trọn điểm"
                         : absl::StrCat(PrintNumber(best.at_target_percent), "% số điểm"),
                     ", chưa đạt thì theo tỷ lệ",
                     best.at_target_percent == 100
                         ? "."
                         : "; vượt thì phần còn lại tính theo mức vượt so với đơn vị vượt cao nhất "
                           "khối."));
  }

  void SayCurve(const domain::Curve& curve, const Decimal& cap) {
    std::vector<std::string> points;
    for (const domain::Curve::Point& point : curve.points) {
      points.push_back(absl::StrCat("đạt ", PrintNumber(point.achievement_percent), "% được ",
                                    PrintNumber(point.earned_percent), "% số điểm"));
    }
    Add(absl::StrCat("Điểm theo ",
                     curve.between == domain::Curve::Between::kStep
                         ? "bậc"
                         : "thang, giữa hai mức tính theo tỷ lệ",
                     ": ", Listed(points), "."));
    if (cap != 100) Add(absl::StrCat("Mức đạt tính tối đa ", PrintNumber(cap), "%."));
  }

  void Say(const domain::AssessedRule& rule) {
    std::string sentence;
    if (rule.scale_max.has_value()) {
      sentence = absl::StrCat("Chấm theo thang ", PrintNumber(*rule.scale_max), ", quy ra tối đa ",
                              Points(criterion_.max_points));
    } else {
      sentence = absl::StrCat("Chấm trực tiếp, tối đa ", Points(criterion_.max_points));
    }
    if (rule.step.has_value()) absl::StrAppend(&sentence, ", lẻ đến ", PrintNumber(*rule.step));
    if (!criterion_.bonus_cap.is_zero()) {
      absl::StrAppend(&sentence, "; thưởng", UpToTheCap(" "));
    }
    Add(sentence + ".");
    if (rule.raters.rounding.has_value()) {
      Add(absl::StrCat("Điểm của mỗi đơn vị chấm làm tròn ", RoundingWords(*rule.raters.rounding),
                       " trước khi lấy trung bình."));
    }
    if (rule.raters.drop_extremes) {
      Add("Từ 3 đơn vị chấm trở lên: bỏ một điểm cao nhất và một điểm thấp nhất.");
    }
  }

  void Say(const domain::PassFailRule& rule) {
    Add(absl::StrCat("Đạt được ", Points(criterion_.max_points), ", không đạt được ",
                     Points(rule.fail_points), "."));
  }

  void Say(const domain::EventsRule& rule) {
    std::vector<std::string> events;
    for (const domain::EventsRule::Event& event : rule.events) {
      events.push_back(absl::StrCat(domain::Excerpt(event.name), " ", Signed(event.points),
                                    event.most_times.has_value()
                                        ? absl::StrCat(" (tối đa ", *event.most_times, " lần)")
                                        : ""));
    }
    const std::string start =
        rule.starts_at.is_zero() ? "" : absl::StrCat("Khởi điểm ", Points(rule.starts_at), ". ");
    std::string sentence = absl::StrCat(
        start,
        rule.only_greatest ? "Chỉ tính một việc có điểm lớn nhất: " : "Mỗi lần: ", Listed(events),
        ".");
    if (CodePoints(sentence) > kMaxSentence) {
      sentence = absl::StrCat(start, "Cộng, trừ điểm theo ", rule.events.size(), " loại việc",
                              rule.only_greatest ? ", chỉ tính một việc có điểm lớn nhất." : ".");
    }
    Add(sentence);
    AddRunningOver();
  }

  void Say(const domain::PlacesRule& rule) {
    std::vector<std::string> places;
    for (size_t i = 0; i < rule.points.size(); ++i) {
      places.push_back(absl::StrCat("hạng ", i + 1, " được ", PrintNumber(rule.points[i])));
    }
    const char* source = "";
    switch (rule.source) {
      case domain::PlacesRule::Source::kGivenPlace:
        source = "Theo thứ hạng được ghi nhận: ";
        break;
      case domain::PlacesRule::Source::kHighestMark:
        source = "Xếp các đơn vị trong khối theo điểm chấm, cao nhất đứng đầu: ";
        break;
      case domain::PlacesRule::Source::kLowestMark:
        source = "Xếp các đơn vị trong khối theo số chấm, thấp nhất đứng đầu: ";
        break;
    }
    Add(absl::StrCat(source, Listed(places), "; các hạng sau được ", Points(rule.beyond), "."));
    if (rule.ties_share_average) Add("Đồng hạng: lấy trung bình điểm của các hạng ấy.");
    AddRunningOver();
  }

  void Say(const domain::RolesRule& rule) {
    Add(absl::StrCat("Theo vai trò trong khối: Khối trưởng ", Points(rule.leader), ", Khối phó ",
                     Points(rule.deputy), ", thành viên ", Points(rule.member), "."));
    AddRunningOver();
  }

  void Say(const domain::FormulaRule& rule) {
    if (rule.description.empty()) {
      Add(absl::StrCat("Tính theo công thức của thang bảng điểm, tối đa ",
                       Points(criterion_.max_points), "."));
    } else {
      text_ = rule.description;  // As the scheme says it.
    }
  }

  const domain::Criterion& criterion_;
  std::string text_;
};

}  // namespace

std::string RuleSentence(const domain::Criterion& criterion) { return Sentences(criterion).Take(); }

}  // namespace thidua::scoring
