#include "services/domain/assessment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

using Strings = std::vector<std::string>;

constexpr Layer kSelf = Layer::kSelf;
constexpr Layer kPeer = Layer::kPeer;
constexpr Layer kBloc = Layer::kBloc;
constexpr Layer kProvince = Layer::kProvince;

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

AssessedRule InStepsOf(absl::string_view step) { return {D(step)}; }

// 1 { 1.1 assessed 30 + 5 in steps of 0,25; 1.2 targets 20 }, 2 assessed 100; four members.
Pact ThePact() {
  Pact pact;
  pact.members = {{"so-y-te", "Sở Y tế", Role::kLeader},
                  {"so-du-lich", "Sở Du lịch", {}},
                  {"so-noi-vu", "Sở Nội vụ", {}},
                  {"ban-dan-toc", "Ban Dân tộc", {}}};
  pact.scheme.contents = {
      {"1",
       "Một",
       "",
       50,
       0,
       {{"1.1", "Một một", "", 30, 5, {}, InStepsOf("0.25")},
        {"1.2", "Một hai", "", 20, 0, {}, TargetsRule{}}},
       {}},
      {"2", "Hai", "", 100, 0, {}, AssessedRule{}},
  };
  return pact;
}

Assessment ByProvince(const Decimal& points, const Decimal& bonus = 0) {
  return {"so-y-te", "1.1", kProvince, "", points, bonus};
}

TEST(ValidateAssessment, NamesEveryFaultAtItsField) {
  struct Row {
    Assessment given;
    Strings faults;
  };
  for (const Row& row : {
           Row{{"so-y-te", "1.1", kProvince, "", 30, 5}, {}},
           Row{{"so-y-te", "1.1", kProvince, "", 0, 0}, {}},
           Row{{"so-y-te", "1.1", kBloc, "", D("29.75"), D("0.25")}, {}},
           Row{{"so-y-te", "1.1", kBloc, "", D("29.750"), D("4.5")}, {}},
           Row{{"so-y-te", "1.1", kPeer, "so-du-lich", 7}, {}},
           Row{{"so-y-te", "2", kSelf, "", D("33.333")}, {}},  // No step: any.

           Row{{"so-cong-an", "1.1", kSelf, "", 7}, {"unit: UNIT_UNKNOWN"}},
           Row{{"", "1.1", kSelf, "", 7}, {"unit: UNIT_UNKNOWN"}},

           Row{{"so-y-te", "9", kSelf, "", 7}, {"criterion_id: CRITERION_UNKNOWN"}},
           Row{{"so-y-te", "", kSelf, "", 7}, {"criterion_id: CRITERION_UNKNOWN"}},
           Row{{"so-y-te", "1", kSelf, "", 7}, {"criterion_id: CRITERION_NOT_ASSESSED"}},
           Row{{"so-y-te", "1.2", kSelf, "", 7}, {"criterion_id: CRITERION_NOT_ASSESSED"}},
           // Of what is not assessed no bound is known.
           Row{{"so-y-te", "1.2", kSelf, "", -7, 99}, {"criterion_id: CRITERION_NOT_ASSESSED"}},

           Row{{"so-y-te", "1.1", kPeer, "", 7}, {"rater: REQUIRED"}},
           Row{{"so-y-te", "1.1", kPeer, "so-y-te", 7}, {"rater: OWN_UNIT"}},
           Row{{"so-y-te", "1.1", kPeer, "so-cong-an", 7}, {"rater: UNIT_UNKNOWN"}},
           Row{{"so-y-te", "1.1", kSelf, "so-y-te", 7}, {"rater: NOT_ALLOWED"}},
           Row{{"so-y-te", "1.1", kBloc, "so-du-lich", 7}, {"rater: NOT_ALLOWED"}},
           Row{{"so-y-te", "1.1", kProvince, "so-cong-an", 7}, {"rater: NOT_ALLOWED"}},

           Row{ByProvince(D("30.25")), {"points: OUT_OF_RANGE"}},
           Row{ByProvince(D("30.000000001")), {"points: OUT_OF_RANGE"}},
           Row{ByProvince(D("-0.25")), {"points: OUT_OF_RANGE"}},
           Row{ByProvince(D("7.3")), {"points: NOT_A_STEP"}},
           Row{ByProvince(7, D("5.25")), {"bonus: OUT_OF_RANGE"}},
           Row{ByProvince(7, D("-0.1")), {"bonus: OUT_OF_RANGE"}},
           Row{ByProvince(7, D("0.1")), {"bonus: NOT_A_STEP"}},
           Row{{"so-y-te", "2", kSelf, "", 7, D("0.5")}, {"bonus: OUT_OF_RANGE"}},  // It has none.

           Row{{"so-cong-an", "9", kPeer, "", 7},
               {"unit: UNIT_UNKNOWN", "criterion_id: CRITERION_UNKNOWN", "rater: REQUIRED"}},
           Row{{"so-y-te", "1.1", kSelf, "so-du-lich", 31, D("0.1")},
               {"rater: NOT_ALLOWED", "points: OUT_OF_RANGE", "bonus: NOT_A_STEP"}},
       }) {
    EXPECT_EQ(Briefly(ValidateAssessment(ThePact(), row.given)), row.faults)
        << row.given.unit << " " << row.given.criterion << " " << row.given.rater << " "
        << row.given.points.ToString() << " " << row.given.bonus.ToString();
  }
}

TEST(ValidateAssessment, AVoidedCriterionTakesNoPointsNorDoesWhatIsBelowOne) {
  for (const char* voided : {"1.1", "1"}) {
    Pact pact = ThePact();
    pact.voided_criteria = {voided};
    EXPECT_EQ(Briefly(ValidateAssessment(pact, ByProvince(99))),
              Strings{"criterion_id: CRITERION_VOIDED"});
    EXPECT_EQ(Briefly(ValidateAssessment(pact, {"so-y-te", "2", kSelf, "", 7})), Strings{});
  }
}

TEST(ValidateAssessment, TellsTheOfficialTheBoundsAndTheNearestSteps) {
  struct Row {
    Assessment given;
    std::string message, suggestion;
  };
  for (const Row& row : {
           Row{ByProvince(D("30.5")),
               "Điểm của tiêu chí “Một một” phải từ 0 đến 30, không phải 30,5.", ""},
           Row{ByProvince(7, 6),
               "Điểm thưởng của tiêu chí “Một một” phải từ 0 đến 5, không phải 6.", ""},
           Row{{"so-y-te", "2", kSelf, "", 7, 1}, "Tiêu chí “Hai” không có điểm thưởng.", ""},
           Row{ByProvince(D("7.3")),
               "Điểm của tiêu chí “Một một” phải là bội số của 0,25; gần 7,3 nhất là 7,25 và 7,50.",
               "7.25; 7.50"},
           Row{ByProvince(D("29.999999999")),
               "Điểm của tiêu chí “Một một” phải là bội số của 0,25; gần 29,999999999 nhất là "
               "29,75 và 30,00.",
               "29.75; 30.00"},
           Row{ByProvince(7, D("0.1")),
               "Điểm thưởng của tiêu chí “Một một” phải là bội số của 0,25; gần 0,1 nhất là 0,00 "
               "và 0,25.",
               "0.00; 0.25"},
           Row{{"so-y-te", "1", kSelf, "", 7},
               "Tiêu chí “Một” có tiêu chí con: chấm điểm ở từng tiêu chí con.",
               ""},
           Row{{"so-y-te", "1.2", kSelf, "", 7},
               "Tiêu chí “Một hai” tính điểm theo chỉ tiêu đăng ký, không chấm trực tiếp.",
               ""},
       }) {
    const std::vector<Fault> faults = ValidateAssessment(ThePact(), row.given);
    ASSERT_EQ(faults.size(), 1);
    EXPECT_EQ(faults[0].message, row.message);
    EXPECT_EQ(faults[0].suggestion, row.suggestion);
  }
}

TEST(ValidateAssessment, SuggestsNoStepBeyondTheMaximum) {
  Pact pact = ThePact();  // As nobody would publish it: 30 is no multiple of 0,7.
  pact.scheme.contents[0].children[0].rule = InStepsOf("0.7");
  const std::vector<Fault> faults = ValidateAssessment(pact, ByProvince(D("29.9")));
  ASSERT_EQ(faults.size(), 1);
  EXPECT_EQ(faults[0].suggestion, "29.4");
  pact.scheme.contents[0].children[0].rule = InStepsOf("0");
  EXPECT_TRUE(ValidateAssessment(pact, ByProvince(D("29.9"))).empty()) << "no division by nothing";
}

// Content 3: passed or not, 10 or 4 points; 4: faults, and something good that happened; 5: a
// place; 6: a formula of a whole number of 1 to 3 and of a mark.
Pact PactOfFigures() {
  Pact pact = ThePact();
  FormulaRule formula;
  formula.points = "figure(\"lan\") + figure(\"diem\")";
  formula.figures = {{"lan", "Số lần", 1, 3, true}, {"diem", "Điểm", 0, 5}};
  pact.scheme.contents = {
      {"3", "Ba", "", 10, 0, {}, PassFailRule{4}},
      {"4", "Bốn", "", 10, 5, {}, EventsRule{10, {{"loi", "Lỗi", -1}, {"khen", "Khen", 2}}}},
      {"5", "Năm", "", 10, 0, {}, PlacesRule{PlacesRule::Source::kGivenPlace, {10, 5}}},
      {"6", "Sáu", "", 10, 0, {}, formula}};
  return pact;
}

TEST(ValidateAssessment, TakesThePointsOrTheFiguresThatTheRuleAsksFor) {
  struct Row {
    const char* criterion;
    Decimal points, bonus;
    std::vector<Assessment::Figure> figures;
    Strings faults;
  };
  for (const Row& row : std::vector<Row>{
           {"3", 10, 0, {}, {}},
           {"3", 4, 0, {}, {}},
           {"3", 0, 0, {}, {"points: NOT_PASS_OR_FAIL"}},
           {"3", 7, 1, {}, {"points: NOT_PASS_OR_FAIL", "bonus: OUT_OF_RANGE"}},
           {"3", 10, 0, {{"loi", 1}}, {"figures[0].figure_id: FIGURE_UNKNOWN"}},
           {"4", 0, 0, {{"loi", 0}, {"khen", 1'000'000}}, {}},
           {"4", 0, 0, {}, {}},  // Nothing happened, or nobody says.
           {"4", 1, 0, {{"loi", 1}}, {"points: NOT_ALLOWED"}},
           {"4", 0, 1, {{"loi", 1}}, {"bonus: NOT_ALLOWED"}},
           {"4", 0, 0, {{"loi", -1}}, {"figures[0].value: OUT_OF_RANGE"}},
           {"4", 0, 0, {{"loi", 1'000'001}}, {"figures[0].value: OUT_OF_RANGE"}},
           {"4", 0, 0, {{"loi", D("1.5")}}, {"figures[0].value: NOT_WHOLE"}},
           {"4", 0, 0, {{"loi", 1}, {"loi", 1}}, {"figures[1].figure_id: DUPLICATE"}},
           {"5", 0, 0, {{"place", 1}}, {}},
           {"5", 0, 0, {{"place", 0}}, {"figures[0].value: OUT_OF_RANGE"}},
           {"5", 0, 0, {}, {"figures: REQUIRED"}},
           {"5", 3, 0, {{"place", 1}}, {"points: NOT_ALLOWED"}},
           {"6", 0, 0, {{"lan", 3}, {"diem", D("2.5")}}, {}},
           {"6", 10, 0, {{"diem", 5}}, {}},  // What a formula takes of it, it says itself.
           {"6", D("10.1"), 0, {}, {"points: OUT_OF_RANGE"}},
           {"6",
            0,
            0,
            {{"lan", 4}, {"diem", D("5.1")}},
            {"figures[0].value: OUT_OF_RANGE", "figures[1].value: OUT_OF_RANGE"}},
           {"6", 0, 0, {{"lan", D("1.5")}}, {"figures[0].value: NOT_WHOLE"}},
       }) {
    Assessment given = {"so-y-te", row.criterion, kProvince, "", row.points, row.bonus};
    given.figures = row.figures;
    EXPECT_EQ(Briefly(ValidateAssessment(PactOfFigures(), given)), row.faults)
        << row.criterion << " " << row.points.ToString();
  }
}

TEST(ValidateAssessment, TellsTheOfficialWhatPassesAndWhatFails) {
  const std::vector<Fault> faults =
      ValidateAssessment(PactOfFigures(), {"so-y-te", "3", kProvince, "", 7});
  ASSERT_EQ(faults.size(), 1);
  EXPECT_EQ(faults[0].message, "Tiêu chí “Ba” chỉ có đạt (10 điểm) hoặc không đạt (4 điểm).");
  EXPECT_EQ(faults[0].suggestion, "4; 10");
}

TEST(ValidateAssessment, AHandfulSaysThatFiguresAreUnknown) {
  Assessment given = {"so-y-te", "5", kProvince, "", 0};
  given.figures.assign(1000, {"khac", 1});
  EXPECT_LE(ValidateAssessment(PactOfFigures(), given).size(), 4U);
}

TEST(VoicesOf, TellWhatEachRaterGaveAndWhoIsLeftOut) {
  AssessedRule rule;
  rule.raters = {Rounding::ToDigits(0), /*drop_extremes=*/true};
  const Criterion criterion = {"1.1", "Một một", "", 30, 5, {}, rule};
  const std::vector<Assessment> given = {{"so-y-te", "1.1", kPeer, "so-du-lich", D("7.5"), 2},
                                         {"so-y-te", "1.1", kPeer, "so-noi-vu", D("20.4"), 1},
                                         {"so-y-te", "1.1", kPeer, "ban-dan-toc", D("9.4"), 0}};
  const std::vector<Voice> voices = VoicesOf(criterion, {&given[0], &given[1], &given[2]});
  ASSERT_EQ(voices.size(), 3U);
  const struct {
    int points, bonus;
    bool points_left_out, bonus_left_out;
  } kWanted[] = {{8, 2, true, true}, {20, 1, true, false}, {9, 0, false, true}};
  for (size_t i = 0; i < voices.size(); ++i) {
    EXPECT_EQ(voices[i].given, &given[i]);
    EXPECT_EQ(voices[i].points, Rational(kWanted[i].points));
    EXPECT_EQ(voices[i].bonus, Rational(kWanted[i].bonus));
    EXPECT_EQ(voices[i].points_left_out, kWanted[i].points_left_out) << i;
    EXPECT_EQ(voices[i].bonus_left_out, kWanted[i].bonus_left_out) << i;
  }
  EXPECT_TRUE(VoicesOf(criterion, {}).empty());
  // Of two nobody is the middle one.
  for (const Voice& voice : VoicesOf(criterion, {&given[0], &given[1]})) {
    EXPECT_FALSE(voice.points_left_out || voice.bonus_left_out);
  }
}

// "so-y-te 1.1 PEER*2 15/2+1/4": whose points count, of how many, and which.
Strings Counting(const Pact& pact, const std::vector<Assessment>& given) {
  constexpr const char* kNames[] = {"SELF", "PEER", "BLOC", "PROVINCE"};
  Strings counting;
  for (const AssessedPoints& points : CountingPoints(pact, given)) {
    counting.push_back(absl::StrCat(
        points.unit, " ", points.criterion, " ", kNames[static_cast<int>(points.layer)],
        points.raters == 1 ? "" : absl::StrCat("*", points.raters), " ", points.points.ToString(),
        points.bonus.is_zero() ? "" : "+" + points.bonus.ToString()));
  }
  return counting;
}

const std::vector<Assessment>& InEveryLayer() {
  static const auto* const kGiven = new std::vector<Assessment>{
      {"so-y-te", "1.1", kSelf, "", 30, 5},       {"so-y-te", "1.1", kPeer, "so-du-lich", 20, 1},
      {"so-y-te", "1.1", kPeer, "so-noi-vu", 25}, {"so-y-te", "1.1", kPeer, "ban-dan-toc", 23},
      {"so-y-te", "1.1", kBloc, "", 22, 2},       {"so-y-te", "1.1", kProvince, "", 21, 3},
  };
  return *kGiven;
}

TEST(CountingPoints, AreThoseOfTheFirstLayerOfThePrecedenceThatGaveAny) {
  struct Row {
    std::vector<Layer> precedence;
    std::vector<Layer> gave;
    Strings counting;
  };
  const std::vector<Layer> all = {kSelf, kPeer, kBloc, kProvince};
  for (const Row& row : {
           // Nothing said: the province before the bloc before the peers before the unit.
           Row{{}, all, {"so-y-te 1.1 PROVINCE 21+3"}},
           Row{{}, {kSelf, kPeer, kBloc}, {"so-y-te 1.1 BLOC 22+2"}},
           Row{{}, {kSelf, kPeer}, {"so-y-te 1.1 PEER*3 68/3+1/3"}},
           Row{{}, {kSelf}, {"so-y-te 1.1 SELF 30+5"}},
           Row{{}, {}, {}},
           Row{{kPeer, kProvince}, all, {"so-y-te 1.1 PEER*3 68/3+1/3"}},
           Row{{kPeer, kProvince}, {kSelf, kBloc, kProvince}, {"so-y-te 1.1 PROVINCE 21+3"}},
           Row{{kPeer, kProvince}, {kSelf, kBloc}, {}},  // Not of the precedence: nobody's.
           Row{{kSelf}, all, {"so-y-te 1.1 SELF 30+5"}},
           Row{{kBloc}, all, {"so-y-te 1.1 BLOC 22+2"}},
       }) {
    Pact pact = ThePact();
    pact.scheme.assessment_precedence = row.precedence;
    std::vector<Assessment> given;
    for (const Assessment& one : InEveryLayer()) {
      if (std::count(row.gave.begin(), row.gave.end(), one.layer) > 0) given.push_back(one);
    }
    EXPECT_EQ(Counting(pact, given), row.counting);
    std::reverse(given.begin(), given.end());
    EXPECT_EQ(Counting(pact, given), row.counting) << "whatever came first";
  }
}

TEST(CountingPoints, ZeroIsPointsToo) {
  EXPECT_EQ(
      Counting(ThePact(), {{"so-y-te", "2", kSelf, "", 90}, {"so-y-te", "2", kProvince, "", 0}}),
      Strings{"so-y-te 2 PROVINCE 0"});
}

TEST(CountingPoints, ComeInTheOrderOfMembersAndCriteria) {
  EXPECT_EQ(Counting(ThePact(), {{"ban-dan-toc", "2", kSelf, "", 1},
                                 {"so-du-lich", "2", kBloc, "", 2},
                                 {"so-y-te", "2", kPeer, "so-noi-vu", 3},
                                 {"so-du-lich", "1.1", kProvince, "", 4}}),
            (Strings{"so-y-te 2 PEER 3", "so-du-lich 1.1 PROVINCE 4", "so-du-lich 2 BLOC 2",
                     "ban-dan-toc 2 SELF 1"}));
}

TEST(CountingPoints, TakeTheLastOfALayerAndOfARater) {
  EXPECT_EQ(Counting(ThePact(), {{"so-y-te", "2", kBloc, "", 10},
                                 {"so-y-te", "2", kBloc, "", 20},
                                 {"so-du-lich", "2", kPeer, "so-y-te", 10},
                                 {"so-du-lich", "2", kPeer, "so-noi-vu", 50},
                                 {"so-du-lich", "2", kPeer, "so-y-te", 30}}),
            (Strings{"so-y-te 2 BLOC 20", "so-du-lich 2 PEER*2 40"}));
}

TEST(CountingPoints, TakeALayerThatSpeaksWithOneVoiceAtItsWord) {
  Pact pact = ThePact();
  AssessedRule rule;
  rule.raters = {Rounding::ToDigits(0), /*drop_extremes=*/true};
  pact.scheme.contents[0].children[0].rule = rule;
  std::vector<Assessment> given = {{"so-y-te", "1.1", kPeer, "so-du-lich", D("7.5")},
                                   {"so-y-te", "1.1", kPeer, "so-noi-vu", D("20.4")},
                                   {"so-y-te", "1.1", kPeer, "ban-dan-toc", D("9.4")}};
  EXPECT_EQ(CountingPoints(pact, given)[0].points, Rational(9)) << "of 8, 9 and 20 the middle";
  given.push_back({"so-y-te", "1.1", kProvince, "", D("7.25"), D("0.5")});
  const AssessedPoints points = CountingPoints(pact, given)[0];
  EXPECT_EQ(points.points, Rational(D("7.25")));
  EXPECT_EQ(points.bonus, Rational(D("0.5")));
  EXPECT_EQ(points.by_layer[static_cast<size_t>(kPeer)], Rational(9));
  EXPECT_EQ(points.by_layer[static_cast<size_t>(kProvince)], Rational(D("7.25")));
}

TEST(CountingPoints, PassOverWhatThePactDoesNotHave) {
  Pact pact = ThePact();
  pact.voided_criteria = {"1"};
  EXPECT_EQ(Counting(pact, {{"so-cong-an", "2", kProvince, "", 1},
                            {"so-y-te", "9", kProvince, "", 2},
                            {"so-y-te", "1", kProvince, "", 3},
                            {"so-y-te", "1.1", kProvince, "", 4},
                            {"so-y-te", "1.2", kProvince, "", 5},
                            {"so-y-te", "2", kProvince, "", 6}}),
            Strings{"so-y-te 2 PROVINCE 6"});
  EXPECT_TRUE(CountingPoints({}, InEveryLayer()).empty());
}

// Points that became too many, when the scheme was amended, are cut by Score and not here.
TEST(CountingPoints, CutNothing) {
  EXPECT_EQ(Counting(ThePact(), {{"so-y-te", "1.1", kSelf, "", D("31.1"), 6}}),
            Strings{"so-y-te 1.1 SELF 311/10+6"});
}

}  // namespace
}  // namespace thidua::domain
