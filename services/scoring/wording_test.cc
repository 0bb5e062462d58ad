#include "services/scoring/wording.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "services/domain/assessment.h"
#include "services/domain/khoi4_2019_testdata.h"

namespace thidua::scoring {
namespace {

using domain::Assessment;
using domain::Decimal;
using domain::Layer;
using domain::Pact;
using domain::Place;
using domain::Quantity;
using domain::QuantityState;
using domain::Rational;
using domain::Result;
using domain::TargetsRule;
using domain::UnitScore;

TEST(NumberWordingTest, RoundsHalfUpWithoutTrailingZeros) {
  const struct {
    Rational value;
    const char* vietnamese;  // 2 digits
    const char* machine;     // 4 digits
  } kCases[] = {
      {0, "0", "0"},
      {650, "650", "650"},
      {17893, "17.893", "17893"},
      {Rational(6646) / 20, "332,3", "332.3"},
      {Rational(17893) * 650 / 35000, "332,3", "332.2986"},
      {Rational(2) / 3, "0,67", "0.6667"},
      {Rational(1) / 8, "0,13", "0.125"},
      {Rational(1) / 32, "0,03", "0.0313"},
      {Rational(-1) / 8, "-0,13", "-0.125"},
      {Rational(1) / 100000, "0", "0"},
      {Rational(99999) / 1000, "100", "99.999"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(PrintShort(c.value), c.vietnamese) << c.value.ToString();
    EXPECT_EQ(MachineShort(c.value), c.machine) << c.value.ToString();
  }
  EXPECT_EQ(PrintShort(Rational(2) / 3, 0), "1");
  EXPECT_EQ(MachineShort(Rational(2) / 3, 9), "0.666666667");
}

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

// The article's data, scored; what refers to what stays in one place.
struct Scored {
  explicit Scored(void (*change)(Pact&, std::vector<Result>&) = nullptr,
                  const std::vector<Assessment>& given = {})
      : pact(domain::khoi4_2019::ThePact()), results(domain::khoi4_2019::TheResults()) {
    if (change != nullptr) change(pact, results);
    assessed = domain::CountingPoints(pact, given);
    Compute();
  }
  void Compute() { places = domain::Rank(scored.emplace(pact, results, assessed)); }
  const std::vector<UnitScore>& scores() const { return scored->units(); }
  Scored(const Scored&) = delete;
  Scored& operator=(const Scored&) = delete;

  std::string Derivation(int number) const {
    for (const UnitScore& score : scores()) {
      for (const domain::TargetScore& target : score.contents[0].targets) {
        if (target.target->id == domain::khoi4_2019::TargetId(number)) {
          return DerivationSentence(target, std::get<TargetsRule>(pact.scheme.contents[0].rule));
        }
      }
    }
    return "no such target";
  }
  const UnitScore& Of(absl::string_view unit) const {
    for (const UnitScore& score : scores()) {
      if (score.member->unit == unit) return score;
    }
    return scores()[0];
  }
  std::string PlaceOf(absl::string_view unit) const {
    for (size_t i = 0; i < places.size(); ++i) {
      if (places[i].score->member->unit == unit) return PlaceSentence(pact.scheme, places, i);
    }
    return "no such unit";
  }

  Pact pact;
  std::vector<Result> results;
  std::vector<domain::AssessedPoints> assessed;
  std::optional<domain::PeriodScore> scored;
  std::vector<Place> places;
};

void AcceptStated(Pact& pact, std::vector<Result>&) {
  std::get<TargetsRule>(pact.scheme.contents[0].rule).stated_percent =
      domain::StatedPercentPolicy::kAccept;
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

TEST(CriterionSentenceTest, SaysWhatTheMaximaCutOffAndWhyNothingCounts) {
  const Scored scored;
  EXPECT_EQ(
      CriterionSentence(scored.pact.scheme, scored.Of(domain::khoi4_2019::kMinorities).contents[0]),
      "");
  EXPECT_EQ(
      CriterionSentence(scored.pact.scheme, scored.Of(domain::khoi4_2019::kMinorities).contents[1]),
      "Chưa được chấm điểm: không tính vào tổng điểm được giao.");
  EXPECT_EQ(
      CriterionSentence(scored.pact.scheme, scored.Of(domain::khoi4_2019::kTourism).contents[0]),
      "Đơn vị không có chỉ tiêu nào tính điểm được: không tính vào tổng điểm được giao.");
  // 4 and 54 percent above, a point each, and 40 at most.
  const Scored accepted(&AcceptStated);
  EXPECT_EQ(CriterionSentence(accepted.pact.scheme,
                              accepted.Of(domain::khoi4_2019::kEducation).contents[0]),
            "Tổng điểm thưởng là 58, chỉ tính tối đa 40 điểm.");
}

TEST(CriterionSentenceTest, SaysThatTheCriterionIsInThePactNoMore) {
  const Scored scored([](Pact& pact, std::vector<Result>&) {
    pact.voided_criteria = {"noi-dung-1", "noi-dung-2"};
  });
  const UnitScore& unit = scored.Of(domain::khoi4_2019::kMinorities);
  const char* const kSaid =
      "Đã được đưa ra khỏi giao ước theo bản điều chỉnh: không tính cho đơn vị nào.";
  EXPECT_EQ(CriterionSentence(scored.pact.scheme, unit.contents[0]), kSaid);
  EXPECT_EQ(CriterionSentence(scored.pact.scheme, unit.contents[1]), kSaid);
  EXPECT_EQ(CriterionSentence(scored.pact.scheme, unit.contents[2]),
            "Chưa được chấm điểm: không tính vào tổng điểm được giao.");
}

TEST(CriterionSentenceTest, SaysThatTheSumWasRounded) {
  const Scored scored([](Pact& pact, std::vector<Result>&) {
    pact.scheme.contents[0].rounding = domain::Rounding::ToDigits(1);
  });
  EXPECT_EQ(
      CriterionSentence(scored.pact.scheme, scored.Of(domain::khoi4_2019::kLabour).contents[0]),
      "Tổng điểm được làm tròn đến 1 chữ số thập phân.");
  EXPECT_EQ(
      CriterionSentence(scored.pact.scheme, scored.Of(domain::khoi4_2019::kHealth).contents[0]), "")
      << "650 is 650";
}

Assessment Given(Layer layer, const char* points, const char* bonus = "0",
                 const std::string& rater = "") {
  return {std::string(domain::khoi4_2019::kHealth),
          "noi-dung-3",
          layer,
          rater,
          *Decimal::Parse(points),
          *Decimal::Parse(bonus)};
}

TEST(AssessmentSentenceTest, SaysWhosePointsCountAndOfHowManyTheyAreTheAverage) {
  const struct {
    std::vector<Assessment> given;
    const char* sentence;
  } kCases[] = {
      {{Given(Layer::kSelf, "95")}, "Điểm đơn vị tự chấm: 95/100."},
      {{Given(Layer::kSelf, "95"), Given(Layer::kBloc, "92.5", "10")},
       "Điểm khối chấm: 92,5/100, thưởng 10 điểm."},
      {{Given(Layer::kBloc, "92.5"), Given(Layer::kProvince, "0")}, "Điểm tỉnh thẩm định: 0/100."},
      {{Given(Layer::kPeer, "90", "1", "so-du-lich")},
       "Điểm chấm chéo của 1 đơn vị: 90/100, thưởng 1 điểm."},
      {{Given(Layer::kPeer, "90", "0", "so-du-lich"),
        Given(Layer::kPeer, "91", "0", "ban-dan-toc")},
       "Điểm chấm chéo, trung bình của 2 đơn vị: 90,5/100."},
      {{Given(Layer::kPeer, "90", "1", "so-du-lich"), Given(Layer::kPeer, "91", "0", "ban-dan-toc"),
        Given(Layer::kPeer, "90", "0", "so-khoa-hoc-va-cong-nghe")},
       "Điểm chấm chéo, trung bình của 3 đơn vị: ≈ 90,33/100, thưởng ≈ 0,33 điểm."},
  };
  for (const auto& c : kCases) {
    const Scored scored(nullptr, c.given);
    EXPECT_EQ(AssessmentSentence(scored.Of(domain::khoi4_2019::kHealth).contents[2]), c.sentence);
  }
}

TEST(CriterionSentenceTest, SaysWhatRoundingAndMaximaMadeOfAnAssessment) {
  const struct {
    std::vector<Assessment> given;
    void (*change)(Pact&, std::vector<Result>&);
    const char* sentence;
  } kCases[] = {
      {{Given(Layer::kBloc, "92.5", "10")}, nullptr, ""},
      {{Given(Layer::kBloc, "92.5")},
       [](Pact& pact, std::vector<Result>&) {
         pact.scheme.contents[2].rounding = domain::Rounding::ToDigits(0);
       },
       "Điểm được làm tròn thành số nguyên."},
      // Given before the scheme was amended.
      {{Given(Layer::kBloc, "92.5", "10")},
       [](Pact& pact, std::vector<Result>&) {
         pact.scheme.contents[2].max_points = 90;
         pact.scheme.contents[2].bonus_cap = 5;
       },
       "Điểm được chấm là 92,5, chỉ tính tối đa 90 điểm. Điểm thưởng là 10, chỉ tính tối đa 5 "
       "điểm."},
  };
  for (const auto& c : kCases) {
    const Scored scored(c.change, c.given);
    EXPECT_EQ(
        CriterionSentence(scored.pact.scheme, scored.Of(domain::khoi4_2019::kHealth).contents[2]),
        c.sentence);
  }
}

// Where a layer's points count for nothing, it would be untrue that nobody gave any.
TEST(CriterionSentenceTest, SaysWhosePointsAreAwaited) {
  const struct {
    std::vector<Layer> precedence;
    const char* sentence;
    const char* note;
  } kCases[] = {
      {{Layer::kProvince},
       "Chưa có điểm tỉnh thẩm định: không tính vào tổng điểm được giao.",
       "“Công tác thi đua, khen thưởng” chưa có điểm tỉnh thẩm định cho đơn vị nào nên 100 điểm "
       "của nội dung này chưa tính vào tổng điểm được giao."},
      {{Layer::kProvince, Layer::kPeer},
       "Chưa có điểm tỉnh thẩm định hoặc điểm chấm chéo: không tính vào tổng điểm được giao.",
       "“Công tác thi đua, khen thưởng” chưa có điểm tỉnh thẩm định hoặc điểm chấm chéo cho đơn vị "
       "nào nên 100 điểm của nội dung này chưa tính vào tổng điểm được giao."},
      {{Layer::kSelf, Layer::kPeer, Layer::kBloc, Layer::kProvince},
       "Chưa được chấm điểm: không tính vào tổng điểm được giao.",
       "“Công tác thi đua, khen thưởng” chưa được chấm điểm cho đơn vị nào nên 100 điểm của nội "
       "dung này chưa tính vào tổng điểm được giao."},
  };
  for (const auto& c : kCases) {
    Scored scored;
    scored.pact.scheme.assessment_precedence = c.precedence;
    EXPECT_EQ(
        CriterionSentence(scored.pact.scheme, scored.Of(domain::khoi4_2019::kHealth).contents[2]),
        c.sentence);
    EXPECT_EQ(RankingNotes(scored.pact, scored.scores())[2], c.note);
  }
}

TEST(PlaceSentenceTest, SaysHowMuchIsTheUnitsOwnAssessment) {
  std::vector<Assessment> given = {Given(Layer::kSelf, "95")};
  const Scored own(nullptr, given);
  EXPECT_EQ(own.PlaceOf(domain::khoi4_2019::kHealth),
            "Đạt 745/750 điểm được giao, tương đương 99,3333% (1 tiêu chí tính theo điểm đơn vị tự "
            "chấm); hơn hạng sau 0,71 điểm phần trăm.");
  const std::vector<std::string> notes = RankingNotes(own.pact, own.scores());
  ASSERT_EQ(notes.size(), 4u);
  EXPECT_EQ(notes[2], "1 đơn vị có tiêu chí tính theo điểm chính đơn vị tự chấm.");

  given.push_back(Given(Layer::kBloc, "95"));
  const Scored checked(nullptr, given);
  EXPECT_EQ(checked.PlaceOf(domain::khoi4_2019::kHealth),
            "Đạt 745/750 điểm được giao, tương đương 99,3333%; hơn hạng sau 0,71 điểm phần trăm.");
  EXPECT_EQ(RankingNotes(checked.pact, checked.scores()).size(), 3u);
}

TEST(PlaceSentenceTest, SaysPointsDenominatorAndLead) {
  const Scored scored;
  EXPECT_EQ(scored.PlaceOf(domain::khoi4_2019::kMinorities),
            "Đạt 675/650 điểm được giao, tương đương 103,8462%; hơn hạng sau 3,85 điểm phần trăm.");
  EXPECT_EQ(scored.PlaceOf(domain::khoi4_2019::kLabour),
            "Đạt 332,3/650 điểm được giao, tương đương 51,1229%.");
  EXPECT_EQ(scored.PlaceOf(domain::khoi4_2019::kTourism),
            "Chưa xếp hạng: chưa có nội dung nào tính được điểm.");
}

TEST(PlaceSentenceTest, SaysWhatIsTheUnitsOwnWordAndWhatIsMissing) {
  const Scored scored([](Pact& pact, std::vector<Result>& results) {
    AcceptStated(pact, results);
    results.erase(results.begin());
  });
  EXPECT_EQ(scored.PlaceOf(domain::khoi4_2019::kTourism),
            "Đạt 408,85/650 điểm được giao, tương đương 62,9% (2 chỉ tiêu tính theo tỷ lệ đơn vị "
            "tự nêu); "
            "hơn hạng sau 62,9 điểm phần trăm.");
  EXPECT_EQ(scored.PlaceOf(domain::khoi4_2019::kLabour),
            "Đạt 0/650 điểm được giao, tương đương 0% (1 chỉ tiêu chưa báo cáo, tạm tính 0 điểm).");
}

TEST(PlaceSentenceTest, NamesEqualsAndTheCriterionThatDecided) {
  // Science: 14 of 10 earns 325 and the whole bonus of 40, 62 of 65 earns 310: 675, as Minorities.
  const auto level = [](Pact& pact, std::vector<Result>& results) {
    results[5].actual.value = 14;
    results[6].actual.value = 62;
    pact.targets[6].value.value = 65;
  };
  const Scored decided(level);
  EXPECT_EQ(decided.PlaceOf(domain::khoi4_2019::kMinorities),
            "Đạt 675/650 điểm được giao, tương đương 103,8462%; bằng đơn vị xếp sau nhưng hơn ở "
            "“Thực hiện các "
            "chỉ tiêu đăng ký”.");
  const Scored shared([](Pact& pact, std::vector<Result>& results) {
    results[5].actual.value = 14;
    results[6].actual.value = 62;
    pact.targets[6].value.value = 65;
    pact.scheme.ranking.tie_keys.clear();
    pact.scheme.ranking.key = domain::RankingKey::kPoints;
  });
  EXPECT_EQ(shared.PlaceOf(domain::khoi4_2019::kScience),
            "Đạt 675/650 điểm được giao; đồng hạng với Ban Dân tộc; hơn hạng sau 25 điểm.");
}

TEST(PlaceSentenceTest, ALeadIsALeadHoweverSmallItPrints) {
  Scored scored;
  scored.places[0].margin_to_next = Rational(1) / 1000000;
  EXPECT_EQ(PlaceSentence(scored.pact.scheme, scored.places, 0),
            "Đạt 675/650 điểm được giao, tương đương 103,8462%; hơn hạng sau chưa tới 0,01 điểm "
            "phần trăm.");
}

TEST(RankingNotesTest, SayThatItIsProvisionalAndWhatDoesNotCountYet) {
  const Scored scored;
  EXPECT_EQ(
      RankingNotes(scored.pact, scored.scores()),
      (std::vector<std::string>{
          "Xếp hạng tạm tính từ số liệu đã báo cáo, chưa phải kết quả thi đua chính thức.",
          "“Chấp hành chủ trương, chính sách” chưa được chấm điểm cho đơn vị nào nên 200 điểm của "
          "nội dung này chưa tính vào tổng điểm được giao.",
          "“Công tác thi đua, khen thưởng” chưa được chấm điểm cho đơn vị nào nên 100 điểm của nội "
          "dung này chưa tính vào tổng điểm được giao.",
          "Xếp theo tỷ lệ phần trăm giữa điểm đạt được và tổng điểm được giao của từng đơn vị."}));
  const Scored accepted(&AcceptStated);
  EXPECT_EQ(RankingNotes(accepted.pact, accepted.scores())[3],
            "6 chỉ tiêu được tính theo tỷ lệ đơn vị tự nêu, vì không có chỉ tiêu đăng ký để đối "
            "chiếu.");
}

TEST(RankingNotesTest, TellAVoidedContentFromOneThatNobodyHasAssessedYet) {
  const Scored scored(
      [](Pact& pact, std::vector<Result>&) { pact.voided_criteria = {"noi-dung-2"}; });
  const std::vector<std::string> notes = RankingNotes(scored.pact, scored.scores());
  EXPECT_EQ(notes[1],
            "“Chấp hành chủ trương, chính sách” đã được đưa ra khỏi giao ước nên 200 điểm của nội "
            "dung này không tính cho đơn vị nào.");
  EXPECT_EQ(
      notes[2],
      "“Công tác thi đua, khen thưởng” chưa được chấm điểm cho đơn vị nào nên 100 điểm của nội "
      "dung này chưa tính vào tổng điểm được giao.");
}

// The kinds of rule beside the first bloc's: what is said of each, in one place.
TEST(CriterionSentenceTest, SaysWhatFiguresLimitsAndPlacesCameTo) {
  Pact pact = domain::khoi4_2019::ThePact();
  domain::EventsRule events;
  events.starts_at = 10;
  events.events = {{"phe-binh", "Bị phê bình", -3}, {"khen", "Được khen", 3}};
  domain::Criterion happened{"su-viec", "Chấp hành", "", 10, 0, {}, events};
  happened.limits = {{"figure(\"phe-binh\") >= 2", "bị phê bình từ 2 lần", 30, false}};
  domain::PlacesRule places;
  places.source = domain::PlacesRule::Source::kHighestMark;
  places.points = {60, 45, 30};
  pact.scheme.contents = {happened, {"thu-hang", "Thứ hạng", "", 60, 0, {}, places}};
  const std::string unit = pact.members[0].unit, other = pact.members[1].unit;
  const auto given = [](const std::string& of, const std::string& criterion,
                        std::vector<Assessment::Figure> figures) {
    Assessment assessment;
    assessment.unit = of;
    assessment.criterion = criterion;
    assessment.layer = Layer::kBloc;
    assessment.figures = std::move(figures);
    return assessment;
  };
  const std::vector<domain::AssessedPoints> assessed = domain::CountingPoints(
      pact, {given(unit, "su-viec", {{"phe-binh", 2}, {"khen", 1}}),
             given(unit, "thu-hang", {{"mark", 8}}), given(other, "thu-hang", {{"mark", 9}})});
  const domain::PeriodScore scored(pact, {}, assessed);
  const UnitScore& score = scored.units()[0];
  EXPECT_EQ(AssessmentSentence(score.contents[0]),
            "Số liệu khối chấm: Bị phê bình 2; Được khen 1; tính được 7/10 điểm.");
  EXPECT_EQ(
      CriterionSentence(pact.scheme, score.contents[0]),
      "Áp dụng khống chế: bị phê bình từ 2 lần. Điểm được chấm là 7, chỉ tính tối đa 3 điểm.");
  EXPECT_EQ(AssessmentSentence(score.contents[1]),
            "Số liệu khối chấm: Điểm chấm 8; xếp thứ 2 trong khối; tính được 45/60 điểm.");
}

}  // namespace
}  // namespace thidua::scoring
