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
