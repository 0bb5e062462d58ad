#include "services/scoring/target_wording.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/scoring/khoi4_2019_scored_testlib.h"

namespace thidua::scoring {
namespace {

using domain::Decimal;
using domain::Pact;
using domain::Quantity;
using domain::QuantityState;
using domain::Result;
using domain::TargetsRule;
using khoi4_2019::AcceptStated;
using khoi4_2019::Scored;

// A figure as the article prints it, and what was registered.
struct Figure {
  const char* actual;  // "" for none.
  const char* actual_text;
  domain::Qualifier qualifier;
  const char* target;
  const char* target_text;
  const char* stated;
  const char* measure;
  const char* sentence;
  const char* percent;  // AchievementPercent
};

Quantity QuantityOf(const char* value, const char* text, const char* measure,
                    domain::Qualifier qualifier = domain::Qualifier::kExact) {
  if (*value == '\0') return {};
  return {QuantityState::kValue, *Decimal::Parse(value), qualifier, measure, text};
}

TEST(ReviewSentenceTest, SaysTheFiguresAsTheUnitWroteThem) {
  constexpr auto kExact = domain::Qualifier::kExact;
  const Figure kFigures[] = {
      {"17893", "17.893", kExact, "35000", "35.000", "51.12", "lượt lao động",
       "17.893/35.000 lượt lao động, đạt 51,12%", "51.12"},
      {"17893", "", kExact, "35000", "", "51.12", "lượt lao động",
       "17.893/35.000 lượt lao động, đạt 51,12%", "51.12"},
      {"8", "08", kExact, "10", "10", "80", "lớp", "08/10 lớp, đạt 80%", "80"},
      {"8", "08", kExact, "12", "12", "66.7", "đơn vị", "08/12 đơn vị, đạt 66,7%", "66.7"},
      {"405509", "405.509", kExact, "", "", "63.4", "lượt", "405.509 lượt, đạt 63,4%", "63.4"},
      {"4268", "", domain::Qualifier::kAtLeast, "", "", "62.4", "tỷ đồng",
       "trên 4.268 tỷ đồng, đạt 62,4%", "62.4"},
      {"4268", "gần 4.268 tỷ đồng", domain::Qualifier::kNearly, "", "", "62.4", "tỷ đồng",
       "gần 4.268 tỷ đồng, đạt 62,4%", "62.4"},
      {"", "", kExact, "", "", "104.09", "", "đạt 104,09%", "104.09"},
      {"13.1", "13,1", kExact, "13.1", "13,1%", "100", "%", "13,1/13,1%, đạt 100%", "100"},
      {"0.2", "0,20/00", kExact, "", "", "100", "‰", "0,20/00 (0,2‰), đạt 100%", "100"},
      // Two digits when the unit printed none; as many as it printed when it did.
      {"1", "", kExact, "3", "", "", "lớp", "1/3 lớp, đạt 33,33%", "33.33"},
      {"1", "", kExact, "3", "", "33.3333", "lớp", "1/3 lớp, đạt 33,3333%", "33.3333"},
      // What the unit stated and what its figures say are both told.
      {"17893", "", kExact, "35000", "", "50", "lượt",
       "17.893/35.000 lượt, đạt 51% (đơn vị ghi 50%)", "51"},
      {"0", "", kExact, "4", "", "", "cuộc", "0/4 cuộc, đạt 0,00%", "0.00"},
      {"7", "", kExact, "", "", "", "lớp", "7 lớp", ""},
  };
  for (const Figure& figure : kFigures) {
    SCOPED_TRACE(figure.sentence);
    domain::Target target;
    target.measure = figure.measure;
    target.value = QuantityOf(figure.target, figure.target_text, figure.measure);
    Result result;
    result.actual = QuantityOf(figure.actual, figure.actual_text, figure.measure, figure.qualifier);
    if (*figure.stated != '\0') result.stated_percent = *Decimal::Parse(figure.stated);
    domain::ReviewLine line;
    line.target = &target;
    line.result = &result;
    line.achievement =
        domain::AchievementOf(target, &result, domain::LowerIsBetterFormula::kTargetOverActual);
    EXPECT_EQ(ReviewSentence(line), figure.sentence);
    EXPECT_EQ(AchievementPercent(line.achievement, &result), figure.percent);
  }
}

TEST(ReviewSentenceTest, SaysWhyThereIsNoFigure) {
  domain::Target target;
  target.measure = "lớp";
  target.value = QuantityOf("10", "", "lớp");
  domain::ReviewLine line;
  line.target = &target;
  EXPECT_EQ(ReviewSentence(line), "chưa báo cáo");
  Result result;
  line.result = &result;
  result.actual.state = QuantityState::kNotAssigned;
  EXPECT_EQ(ReviewSentence(line), "không được giao");
  result.actual.state = QuantityState::kNotComputable;
  line.achievement.basis = domain::AchievementBasis::kNotComputable;
  EXPECT_EQ(ReviewSentence(line), "không tính được");
}

TEST(ReviewSentenceTest, SaysThatTheTargetIsInThePactNoMore) {
  domain::Target target;
  target.measure = "lớp";
  target.value = QuantityOf("10", "", "lớp");
  target.voided = true;
  domain::ReviewLine line;
  line.target = &target;
  line.standing = domain::Standing::kVoided;
  EXPECT_EQ(ReviewSentence(line), "đã đưa ra khỏi giao ước");
  Result result;
  line.result = &result;
  result.stated_percent = 80;
  EXPECT_EQ(ReviewSentence(line), "đã đưa ra khỏi giao ước");
  result.actual = QuantityOf("8", "08", "lớp");
  line.achievement =
      domain::AchievementOf(target, &result, domain::LowerIsBetterFormula::kTargetOverActual);
  EXPECT_EQ(ReviewSentence(line), "08/10 lớp (đã đưa ra khỏi giao ước)");
}

TEST(ReviewSentenceTest, AnInformationalFigureHasNoPercent) {
  domain::Target target;
  target.kind = domain::TargetKind::kInformational;
  target.measure = "người";
  target.value = QuantityOf("60000", "", "người");
  Result result;
  result.actual = QuantityOf("50460", "50.460", "người");
  domain::ReviewLine line;
  line.target = &target;
  line.result = &result;
  line.achievement =
      domain::AchievementOf(target, &result, domain::LowerIsBetterFormula::kTargetOverActual);
  EXPECT_EQ(ReviewSentence(line), "50.460/60.000 người");
}

TEST(DerivationSentenceTest, IsTheSumAsItIsSaidAloud) {
  const Scored scored;
  EXPECT_EQ(scored.Derivation(1), "17.893/35.000 ≈ 51,12% × 650 điểm ≈ 332,3 điểm.");
  EXPECT_EQ(scored.Derivation(6), "8/10 = 80% × 325 điểm = 260 điểm.");
  EXPECT_EQ(scored.Derivation(7), "8/12 ≈ 66,67% × 325 điểm ≈ 216,67 điểm.");
  EXPECT_EQ(scored.Derivation(15), "13,1/13,1 (càng thấp càng tốt) = 100% × 650 điểm = 650 điểm.");
  EXPECT_EQ(scored.Derivation(16),
            "5/4 = 125%, tính tối đa 100% × 650 điểm = 650 điểm; vượt chỉ tiêu 25%, mỗi 1% được 1 "
            "điểm: thưởng 25 điểm.");
}

// Science's 8 of 12 is 66,67 %, its 8 of 10 is 80 %; Minorities' 5 of 4 is 125 %.
TEST(DerivationSentenceTest, SaysWhatTheCurvePaysAndWhichOfItsPointsSaySo) {
  using Between = domain::Curve::Between;
  const struct {
    domain::Curve curve;
    int number;
    const char* sentence;
  } kCases[] = {
      {{{{50, 50}, {80, 75}, {100, 100}}, Between::kStep},
       6,
       "8/10 = 80%, theo thang điểm (từ 80% đến dưới 100%) được hưởng 75% × 325 điểm = 243,75 "
       "điểm."},
      {{{{50, 50}, {80, 75}, {100, 100}}, Between::kStep},
       7,
       "8/12 ≈ 66,67%, theo thang điểm (từ 50% đến dưới 80%) được hưởng 50% × 325 điểm = 162,5 "
       "điểm."},
      {{{{50, 50}, {80, 75}, {100, 100}}, Between::kLinear},
       7,
       "8/12 ≈ 66,67%, theo thang điểm (50% được 50%, 80% được 75%) được hưởng ≈ 63,89% × 325 điểm "
       "≈ 207,64 điểm."},
      {{{{70, 50}, {100, 100}}, Between::kLinear},
       7,
       "8/12 ≈ 66,67%, theo thang điểm (dưới 70%) được hưởng 0% × 325 điểm = 0 điểm."},
      {{{{50, *Decimal::Parse("32.5")}}, Between::kLinear},
       6,
       "8/10 = 80%, theo thang điểm (từ 50% trở lên) được hưởng 32,5% × 325 điểm ≈ 105,63 điểm."},
      {{{{50, 50}, {100, 90}}, Between::kStep},
       16,
       "5/4 = 125%, tính tối đa 100%, theo thang điểm (từ 100% trở lên) được hưởng 90% × 650 điểm "
       "= 585 điểm; vượt chỉ tiêu 25%, mỗi 1% được 1 điểm: thưởng 25 điểm."},
  };
  for (const auto& c : kCases) {
    Scored scored;
    std::get<TargetsRule>(scored.pact.scheme.contents[0].rule).curve = c.curve;
    scored.Compute();
    EXPECT_EQ(scored.Derivation(c.number), c.sentence);
  }
}

TEST(DerivationSentenceTest, SaysWhoseWordItIs) {
  EXPECT_EQ(Scored().Derivation(9),
            "Chỉ có tỷ lệ đơn vị tự nêu, không có chỉ tiêu để đối chiếu: không tính vào tổng điểm "
            "được giao.");
  EXPECT_EQ(Scored(&AcceptStated).Derivation(4),
            "63,4% (đơn vị tự nêu, không có chỉ tiêu để đối chiếu) × 325 điểm = 206,05 điểm.");
}

TEST(DerivationSentenceTest, SaysWhyNothingCounts) {
  const Scored scored([](Pact&, std::vector<Result>& results) {
    results[5] = Result{results[5].target, {}, {}, 1};
    results[5].actual.state = QuantityState::kNotAssigned;
    results[6] = Result{results[6].target, {}, {}, 1};
    results[6].actual.state = QuantityState::kNotComputable;
    results.erase(results.begin());
  });
  EXPECT_EQ(scored.Derivation(6),
            "Không được giao cho đơn vị: không tính vào tổng điểm được giao.");
  EXPECT_EQ(scored.Derivation(7), "Không đủ số liệu để tính: không tính vào tổng điểm được giao.");
  EXPECT_EQ(scored.Derivation(1), "Chưa báo cáo: 0/650 điểm.");
}

// One target of a unit in a bloc, with the targets of others under the same criterion.
struct Reported {
  const char* unit;
  const char* actual;  // "" for none.
  const char* target;
  domain::Direction direction = domain::Direction::kHigherIsBetter;
};

std::string SaidOf(const domain::TargetsRule& rule, const Decimal& max,
                   const std::vector<Reported>& reported) {
  Pact pact;
  domain::Criterion criterion{"chi-tieu", "Chỉ tiêu", "", max, 100, {}, rule};
  pact.scheme.contents = {criterion};
  pact.members = {{"a", "Công an huyện A"}, {"b", "Công an huyện B"}, {"c", "Công an huyện C"}};
  std::vector<Result> results;
  for (const Reported& one : reported) {
    domain::Target& target = pact.targets.emplace_back();
    target.id = absl::StrCat("t", pact.targets.size());
    target.unit = one.unit;
    target.criterion = "chi-tieu";
    target.direction = one.direction;
    target.value = QuantityOf(one.target, "", "");
    if (*one.actual == '\0') continue;
    results.push_back({target.id, QuantityOf(one.actual, "", ""), {}, 1});
  }
  const auto standing = StandingOf(pact, results, {});
  const Spot spot = SpotOf(*standing->scored, "chi-tieu", "a");
  return DerivationSentence(TargetSpot{spot, spot.first_target()});
}

// The police cluster's Điều 6: MS = 5, T = 10.
TEST(DerivationSentenceTest, SaysHowTheBestOfTheBlocMeasuresTheOthers) {
  domain::TargetsRule excess;
  excess.best_in_bloc = domain::BestInBloc();
  excess.without_target = domain::WithoutTargetPolicy::kShareOfHighest;
  domain::TargetsRule share;
  share.best_in_bloc = domain::BestInBloc{domain::BestInBloc::Method::kShareOfHighest};
  constexpr auto kLower = domain::Direction::kLowerIsBetter;
  const struct {
    domain::TargetsRule rule;
    std::vector<Reported> reported;
    const char* sentence;
  } kCases[] = {
      {excess,
       {{"a", "15", "10"}, {"b", "20", "10"}},
       "15/10 = 150%, vượt 50% so với mức vượt cao nhất khối 100% (Công an huyện B): 2,5 + 2,5 × "
       "50%/100% = 3,75 điểm."},
      {excess,
       {{"a", "15", "10"}, {"b", "20", "10"}, {"c", "20", "10"}},
       "15/10 = 150%, vượt 50% so với mức vượt cao nhất khối 100% (Công an huyện B và 1 chỉ tiêu "
       "khác): 2,5 + 2,5 × 50%/100% = 3,75 điểm."},
      {excess,
       {{"a", "20", "10"}, {"b", "15", "10"}},
       "20/10 = 200%, vượt 100%, cao nhất khối: trọn 5 điểm."},
      {excess,
       {{"a", "10", "10"}, {"b", "20", "10"}},
       "10/10 = 100%, đạt chỉ tiêu được 50% × 5 điểm = 2,5 điểm."},
      {excess,
       {{"a", "8", "10"}, {"b", "20", "10"}},
       "8/10 = 80% × 2,5 điểm (50% số điểm, vì chưa đạt chỉ tiêu) = 2 điểm."},
      {excess,
       {{"a", "12", ""}, {"b", "15", ""}, {"c", "20", "10"}},
       "12 (không đăng ký chỉ tiêu), cao nhất trong các đơn vị không đăng ký chỉ tiêu là 15 (Công "
       "an huyện B): 5 × 12/15 = 4 điểm."},
      {excess,
       {{"a", "15", ""}, {"b", "12", ""}},
       "15 (không đăng ký chỉ tiêu), cao nhất trong các đơn vị không đăng ký chỉ tiêu: được 5/5 "
       "điểm."},
      {excess,
       {{"a", "15", "", kLower}, {"b", "12", "", kLower}},
       "15 (không đăng ký chỉ tiêu), thấp nhất trong các đơn vị không đăng ký chỉ tiêu là 12 (Công "
       "an huyện B): 5 × 12/15 = 4 điểm."},
      {share,
       {{"a", "15", "10"}, {"b", "20", "10"}},
       "15/10 = 150%, cao nhất khối là 200% (Công an huyện B): 5 × 150%/200% = 3,75 điểm."},
      {share, {{"a", "20", "10"}}, "20/10 = 200%, cao nhất khối: trọn 5 điểm."},
      {share,
       {{"a", "0", "3", kLower}, {"b", "0.5", "3", kLower}},
       "0/3 (càng thấp càng tốt; kết quả 0 tính bằng mức cao nhất khối) = 600%, cao nhất khối: "
       "trọn 5 điểm."},
      {share,
       {{"a", "0", "3", kLower}},
       "0/3 (càng thấp càng tốt; kết quả 0 tính là 200%) = 200%, cao nhất khối: trọn 5 điểm."},
  };
  for (const auto& c : kCases) EXPECT_EQ(SaidOf(c.rule, 5, c.reported), c.sentence);
}

TEST(DerivationSentenceTest, SaysEachStepAndEachRounding) {
  domain::TargetsRule steps;
  steps.achievement_cap_percent = 100;
  steps.steps = {{false, 100, 5, -1, false}, {true, 100, 10, *Decimal::Parse("0.5"), false}};
  domain::TargetsRule at_most = steps;
  at_most.steps[0].at_most = 2;
  domain::TargetsRule rounded;
  rounded.each_rounding = domain::Rounding::ToDigits(1);
  domain::TargetsRule many = steps;
  many.steps.push_back({false, 90, 1, -1, false});
  many.steps.push_back({false, 80, 1, -1, false});
  const struct {
    domain::TargetsRule rule;
    const char* actual;
    const char* target;
    const char* sentence;
  } kCases[] = {
      {steps, "84", "100",
       "84/100 = 84% × 10 điểm = 8,4 điểm; dưới 100% là 3 lần 5%, mỗi lần trừ 1 điểm: trừ 3, còn "
       "5,4 điểm."},
      {at_most, "84", "100",
       "84/100 = 84% × 10 điểm = 8,4 điểm; dưới 100% là 3 lần 5%, mỗi lần trừ 1 điểm, tối đa 2 "
       "điểm: trừ 2, còn 6,4 điểm."},
      {steps, "125", "100",
       "125/100 = 125%, tính tối đa 100% × 10 điểm = 10 điểm; trên 100% là 2 lần 10%, mỗi lần "
       "thưởng 0,5 điểm: thưởng 1 điểm."},
      {steps, "", "100",
       "Chưa báo cáo: 0/10 điểm; dưới 100% là 20 lần 5%, mỗi lần trừ 1 điểm: trừ 20, còn -20 "
       "điểm."},
      {many, "70", "100",
       "70/100 = 70% × 10 điểm = 7 điểm; 3 mức cộng, trừ theo phần trăm: trừ 36, còn -29 điểm."},
      {rounded, "2", "3",
       "2/3 ≈ 66,67% × 10 điểm ≈ 6,67 điểm; làm tròn đến 1 chữ số thập phân: 6,7 điểm."},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(SaidOf(c.rule, 10, {{"a", c.actual, c.target}}), c.sentence);
  }
}

TEST(DerivationSentenceTest, SaysWhatAFormulaMadeOfATarget) {
  Pact pact;
  domain::FormulaRule rule;
  rule.points = "has_target ? share_points * achievement / 2 : 1";
  rule.each_target = true;
  pact.scheme.contents = {{"chi-tieu", "Chỉ tiêu", "", 10, 0, {}, rule}};
  pact.members = {{"a", "Công an huyện A"}};
  for (const char* value : {"10", ""}) {
    domain::Target& target = pact.targets.emplace_back();
    target.id = absl::StrCat("t", pact.targets.size());
    target.unit = "a";
    target.criterion = "chi-tieu";
    target.value = QuantityOf(value, "", "");
  }
  const auto standing = StandingOf(
      pact, {{"t1", QuantityOf("8", "", ""), {}, 1}, {"t2", QuantityOf("7", "", ""), {}, 1}}, {});
  const Spot spot = SpotOf(*standing->scored, "chi-tieu", "a");
  EXPECT_EQ(DerivationSentence(TargetSpot{spot, spot.first_target()}),
            "8/10 = 80%; theo công thức: 2 điểm.");
  EXPECT_EQ(DerivationSentence(TargetSpot{spot, spot.first_target() + 1}),
            "7 (không đăng ký chỉ tiêu); theo công thức: 1 điểm.");
  const std::vector<FormulaInput> inputs = FormulaInputs(TargetSpot{spot, spot.first_target()});
  ASSERT_EQ(inputs.size(), 3u);
  EXPECT_EQ(inputs[0].name, "has_target");
  EXPECT_TRUE(inputs[0].is_condition);
  EXPECT_EQ(inputs[1].display_name, "điểm của chỉ tiêu");
  EXPECT_EQ(*inputs[1].value, domain::Rational(5));
  EXPECT_EQ(*inputs[2].value, domain::Rational(4) / 5);
}

}  // namespace
}  // namespace thidua::scoring
