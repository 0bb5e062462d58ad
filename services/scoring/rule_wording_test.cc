#include "services/scoring/rule_wording.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace thidua::scoring {
namespace {

using domain::Decimal;

Decimal D(const char* number) { return *Decimal::Parse(number); }

domain::Criterion Of(decltype(domain::Criterion::rule) rule, Decimal max, Decimal cap = 0) {
  domain::Criterion criterion;
  criterion.max_points = max;
  criterion.bonus_cap = cap;
  criterion.rule = std::move(rule);
  return criterion;
}

// One row a kind of rule, and one for each of its settings.
TEST(RuleSentenceTest, SaysWhatTheRuleSays) {
  domain::TargetsRule capped;
  capped.achievement_cap_percent = 120;
  capped.bonus_per_percent_above = 1;
  domain::TargetsRule curve;
  curve.curve = domain::Curve{{{50, 50}, {80, 75}, {100, 100}}, domain::Curve::Between::kStep};
  domain::TargetsRule best;
  best.best_in_bloc = domain::BestInBloc();
  best.without_target = domain::WithoutTargetPolicy::kShareOfHighest;
  domain::TargetsRule share;
  share.best_in_bloc = domain::BestInBloc{domain::BestInBloc::Method::kShareOfHighest};
  domain::TargetsRule whole = best;
  whole.best_in_bloc->at_target_percent = 100;
  whole.without_target = domain::WithoutTargetPolicy::kExclude;
  domain::TargetsRule steps;
  steps.steps = {{false, 100, 5, -1, true}, {true, 100, 1, D("0.5"), false}};
  steps.each_rounding = domain::Rounding::ToDigits(2);
  domain::AssessedRule assessed;
  assessed.step = D("0.25");
  domain::AssessedRule raters;
  raters.scale_max = 10;
  raters.raters = {domain::Rounding::ToDigits(0), true};
  domain::EventsRule events;
  events.starts_at = 10;
  events.events = {{"phe-binh", "Bị phê bình", -3}, {"khen", "Được khen", 3, 2}};
  domain::EventsRule greatest = events;
  greatest.starts_at = 0;
  greatest.only_greatest = true;
  domain::PlacesRule places;
  places.points = {60, 45, 30, 15, 0};
  domain::PlacesRule marks;
  marks.source = domain::PlacesRule::Source::kHighestMark;
  marks.points = {3, 2};
  marks.beyond = 1;
  marks.ties_share_average = true;
  domain::FormulaRule formula;
  formula.points = "max_points";
  domain::FormulaRule described = formula;
  described.description = "Mỗi vụ vượt cấp trừ 2 điểm.";
  domain::Criterion parent = Of(std::monostate(), 100, 5);
  parent.children = {Of(assessed, 100)};
  domain::Criterion highest = parent;
  highest.highest_child_only = true;
  domain::Criterion below = Of(assessed, 0);
  below.min_points = -5;
  below.rounding = domain::Rounding::ToDigits(1);

  domain::Criterion least = Of(events, 10);
  least.min_points = 7;
  domain::TargetsRule at_most;
  at_most.steps = {{false, 100, 5, -1, false, D("2.5")}};

  const struct {
    domain::Criterion criterion;
    const char* sentence;
  } kCases[] = {
      {Of(domain::TargetsRule(), 650), "Mỗi chỉ tiêu được điểm theo tỷ lệ đạt, tính tối đa 100%."},
      {Of(capped, 650, 40),
       "Mỗi chỉ tiêu được điểm theo tỷ lệ đạt, tính tối đa 120%. Vượt chỉ tiêu: mỗi 1% thưởng 1 "
       "điểm, tối đa 40 điểm."},
      {Of(curve, 10),
       "Điểm theo bậc: đạt 50% được 50% số điểm, đạt 80% được 75% số điểm, đạt 100% được 100% số "
       "điểm."},
      {Of(best, 5),
       "Đạt 100% chỉ tiêu được 50% số điểm, chưa đạt thì theo tỷ lệ; vượt thì phần còn lại tính "
       "theo mức vượt so với đơn vị vượt cao nhất khối. Không đăng ký chỉ tiêu: theo tỷ lệ so với "
       "số cao nhất của các đơn vị không đăng ký."},
      {Of(share, 5), "Điểm theo tỷ lệ giữa mức đạt của đơn vị và mức đạt cao nhất khối."},
      {Of(whole, 5), "Đạt 100% chỉ tiêu được trọn điểm, chưa đạt thì theo tỷ lệ."},
      {Of(steps, 10, 5),
       "Mỗi chỉ tiêu được điểm theo tỷ lệ đạt, tính tối đa 100%. Thêm: cứ 5% hoặc phần lẻ dưới "
       "100% trừ 1 điểm, cứ 1% trên 100% thưởng 0,5 điểm. Điểm mỗi chỉ tiêu làm tròn đến 2 chữ "
       "số thập phân."},
      {Of(assessed, 30, 2), "Chấm trực tiếp, tối đa 30 điểm, lẻ đến 0,25; thưởng tối đa 2 điểm."},
      {Of(raters, 30),
       "Chấm theo thang 10, quy ra tối đa 30 điểm. Điểm của mỗi đơn vị chấm làm tròn thành số "
       "nguyên trước khi lấy trung bình. Từ 3 đơn vị chấm trở lên: bỏ một điểm cao nhất và một "
       "điểm thấp nhất."},
      {Of(domain::PassFailRule{2}, 5), "Đạt được 5 điểm, không đạt được 2 điểm."},
      {Of(events, 10, 5),
       "Khởi điểm 10 điểm. Mỗi lần: Bị phê bình -3, Được khen +3 (tối đa 2 lần). Phần vượt 10 "
       "điểm tính là điểm thưởng, tối đa 5 điểm."},
      {least,
       "Khởi điểm 10 điểm. Mỗi lần: Bị phê bình -3, Được khen +3 (tối đa 2 lần). Trừ đến không "
       "dưới 7 điểm."},
      {Of(at_most, 10, 5),
       "Mỗi chỉ tiêu được điểm theo tỷ lệ đạt, tính tối đa 100%. Thêm: cứ 5% dưới 100% trừ 1 điểm "
       "(tối đa 2,5)."},
      {Of(greatest, 10),
       "Chỉ tính một việc có điểm lớn nhất: Bị phê bình -3, Được khen +3 (tối đa 2 lần)."},
      {Of(places, 60),
       "Theo thứ hạng được ghi nhận: hạng 1 được 60, hạng 2 được 45, hạng 3 được 30, …; các hạng "
       "sau được 0 điểm."},
      {Of(marks, 3),
       "Xếp các đơn vị trong khối theo điểm chấm, cao nhất đứng đầu: hạng 1 được 3, hạng 2 được "
       "2; các hạng sau được 1 điểm. Đồng hạng: lấy trung bình điểm của các hạng ấy."},
      {Of(domain::RolesRule{5, 3, 0}, 5),
       "Theo vai trò trong khối: Khối trưởng 5 điểm, Khối phó 3 điểm, thành viên 0 điểm."},
      {Of(formula, 10), "Tính theo công thức của thang bảng điểm, tối đa 10 điểm."},
      {Of(described, 10), "Mỗi vụ vượt cấp trừ 2 điểm."},
      {parent, "Cộng điểm các tiêu chí con; điểm thưởng tối đa 5 điểm."},
      {highest, "Chỉ tính tiêu chí con được điểm cao nhất."},
      {below,
       "Chấm trực tiếp, tối đa 0 điểm, lẻ đến 0,25. Trừ đến không dưới -5 điểm. Điểm làm tròn đến "
       "1 chữ số thập phân."},
  };
  for (const auto& c : kCases) EXPECT_EQ(RuleSentence(c.criterion), c.sentence);
}

TEST(RuleSentenceTest, IsShortHoweverLongTheSchemeIs) {
  domain::EventsRule events;
  for (int i = 0; i < 100; ++i) {
    events.events.push_back({"e", std::string(250, 'x'), D("-3")});
  }
  EXPECT_EQ(RuleSentence(Of(events, 10)), "Mỗi lần: " + std::string(60, 'x') + "… -3, " +
                                              std::string(60, 'x') + "… -3, " +
                                              std::string(60, 'x') + "… -3, ….");
}

}  // namespace
}  // namespace thidua::scoring
