#include "services/domain/ranking.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/khoi4_2019_testdata.h"

namespace thidua::domain {
namespace {

using khoi4_2019::ThePact;
using khoi4_2019::TheResults;

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

// A unit's points in the contents "1" (990 points), "2" with its children "2.1" and "2.2" (5 each);
// empty: not assessed.
struct Unit {
  std::string id, one;
  std::string two_one = "", two_two = "";
};

struct Ranked {
  Pact pact;
  std::vector<AssessedPoints> assessed;
  std::unique_ptr<PeriodScore> scored;
  std::vector<Place> places;

  Ranked(RankingKey key, std::vector<std::string> tie_keys, const std::vector<Unit>& units) {
    pact.scheme.contents = {{"1", "Một", "", 990, 0, {}, AssessedRule{}},
                            {"2",
                             "Hai",
                             "",
                             10,
                             0,
                             {{"2.1", "Hai một", "", 5, 0, {}, AssessedRule{}},
                              {"2.2", "Hai hai", "", 5, 0, {}, AssessedRule{}}},
                             {}}};
    pact.scheme.ranking = {key, {tie_keys.begin(), tie_keys.end()}};
    for (const Unit& unit : units) {
      pact.members.push_back({unit.id, unit.id, Role::kMember});
      if (!unit.one.empty()) assessed.push_back({unit.id, "1", D(unit.one)});
      if (!unit.two_one.empty()) assessed.push_back({unit.id, "2.1", D(unit.two_one)});
      if (!unit.two_two.empty()) assessed.push_back({unit.id, "2.2", D(unit.two_two)});
    }
    scored = std::make_unique<PeriodScore>(pact, std::vector<Result>(), assessed);
    places = Rank(*scored);
  }

  // "1 b, 2= a, 2= c, 0 d"
  std::string order() const {
    std::string order;
    for (const Place& place : places) {
      absl::StrAppend(&order, order.empty() ? "" : ", ", place.rank, place.shared ? "= " : " ",
                      place.score->member->unit);
    }
    return order;
  }
  // "2.1|key|": what decided each place.
  std::string decided() const {
    std::string decided;
    for (const Place& place : places) {
      if (place.decided_by.has_value()) {
        decided += pact.scheme.ranking.tie_keys[*place.decided_by].criterion;
      }
      decided += "|";
    }
    return decided;
  }
  std::string margins() const {
    std::string margins;
    for (const Place& place : places) {
      absl::StrAppend(&margins, place.margin_to_next.ToString(), " ");
    }
    return margins;
  }
};

constexpr auto kPoints = RankingKey::kPoints;
constexpr auto kPercent = RankingKey::kPercentOfAssigned;

TEST(Rank, FollowsThePoints) {
  const Ranked ranked(kPoints, {},
                      {{"a", "90", "", ""}, {"b", "95.5", "", ""}, {"c", "0", "", ""}});
  EXPECT_EQ(ranked.order(), "1 b, 2 a, 3 c");
  EXPECT_EQ(ranked.margins(), "11/2 90 0 ");
  EXPECT_EQ(ranked.decided(), "|||");
}

TEST(Rank, ComparesSharesExactly) {
  // 940/990 is 94,9494…%, 950/1000 is 95%.
  const Ranked plain(kPercent, {}, {{"a", "940", "", ""}, {"b", "945", "5", "0"}});
  EXPECT_EQ(plain.order(), "1 b, 2 a");
  EXPECT_EQ(plain.margins(), "1/1980 0 ");

  // The two round to the same text, and are not the same.
  const Ranked close(kPercent, {}, {{"a", "940.499999999", "", ""}, {"b", "945", "5", "0"}});
  EXPECT_EQ(close.order(), "1 b, 2 a");

  // Equal over different denominators: 940,5/990 is 950/1000.
  const Ranked equal(kPercent, {}, {{"a", "940.5", "", ""}, {"b", "945", "5", "0"}});
  EXPECT_EQ(equal.order(), "1= a, 1= b");
  EXPECT_EQ(equal.margins(), "0 0 ");
}

TEST(Rank, OfPointsAndOfSharesMayDiffer) {
  const std::vector<Unit> units = {{"a", "940", "", ""}, {"b", "940", "1", ""}};
  EXPECT_EQ(Ranked(kPoints, {}, units).order(), "1 b, 2 a");
  EXPECT_EQ(Ranked(kPercent, {}, units).order(), "1 a, 2 b");
}

TEST(Rank, SharesARankAmongEqualsAndSkipsTheNext) {
  const Ranked ranked(
      kPoints, {},
      {{"a", "8", "", ""}, {"b", "9", "", ""}, {"c", "7", "", ""}, {"d", "8", "", ""}});
  EXPECT_EQ(ranked.order(), "1 b, 2= a, 2= d, 4 c");
  EXPECT_EQ(ranked.margins(), "1 1 1 0 ");
  EXPECT_EQ(ranked.decided(), "||||");
}

TEST(Rank, LetsTieKeysDecideInTheirOrder) {
  const std::vector<Unit> units = {{"a", "10", "1", "4"},
                                   {"b", "10", "4", "1"},
                                   {"c", "11", "2", "2"},
                                   {"d", "10", "4", "1"},
                                   {"e", "3", "0", "0"}};
  EXPECT_EQ(Ranked(kPoints, {}, units).order(), "1= a, 1= b, 1= c, 1= d, 5 e");

  const Ranked by_one(kPoints, {"1", "2.1"}, units);
  EXPECT_EQ(by_one.order(), "1 c, 2= b, 2= d, 4 a, 5 e");
  EXPECT_EQ(by_one.decided(), "1|2.1|2.1|||");
  EXPECT_EQ(by_one.margins(), "12 12 12 12 0 ") << "the lead over the next with other points";

  const Ranked by_inner(kPoints, {"2.2"}, units);
  EXPECT_EQ(by_inner.order(), "1 a, 2 c, 3= b, 3= d, 5 e");
  EXPECT_EQ(by_inner.decided(), "2.2|2.2||||");

  // A parent's points are its children's.
  EXPECT_EQ(Ranked(kPoints, {"2", "2.1"}, units).order(), "1= b, 1= d, 3 a, 4 c, 5 e");
}

TEST(Rank, CountsNothingForATieKeyThatIsNotAssignedOrUnknown) {
  const std::vector<Unit> units = {{"a", "10", "", ""}, {"b", "9", "1", ""}};
  EXPECT_EQ(Ranked(kPoints, {"2.1"}, units).order(), "1 b, 2 a");
  EXPECT_EQ(Ranked(kPoints, {"9"}, units).order(), "1= a, 1= b");
}

TEST(AnythingKnown, IsTrueFromTheFirstResultOrTheFirstPoints) {
  Pact pact = ThePact();
  const auto known = [&](const std::vector<Result>& results,
                         const std::vector<AssessedPoints>& assessed) {
    return AnythingKnown(*PeriodScore(pact, results, assessed).sheet().figures);
  };
  EXPECT_FALSE(known({}, {}));
  EXPECT_TRUE(known({TheResults()[0]}, {}));
  // Points of any layer, and 0 points too: somebody has looked.
  EXPECT_TRUE(known({}, {{"so-y-te", "noi-dung-2", 0, 0, Layer::kSelf}}));
  EXPECT_FALSE(known({}, {{"so-y-te", "noi-dung-1", 10}})) << "it takes no points";
  EXPECT_FALSE(known({}, {{"so-cong-an", "noi-dung-2", 10}})) << "no member";
  pact.voided_criteria = {"noi-dung-2"};
  EXPECT_FALSE(known({}, {{"so-y-te", "noi-dung-2", 10}}));
}

TEST(Rank, LeavesUnrankedWhatHasNothingAssigned) {
  const std::vector<Unit> units = {{"a", "", "", ""}, {"b", "0", "", ""}, {"c", "", "", ""}};
  for (const RankingKey key : {kPoints, kPercent}) {
    const Ranked ranked(key, {"1"}, units);
    EXPECT_EQ(ranked.order(), "1 b, 0 a, 0 c") << "zero points is a place; nothing assigned is not";
    EXPECT_EQ(ranked.margins(), "0 0 0 ");
  }
  EXPECT_EQ(Ranked(kPercent, {}, {}).order(), "");
  EXPECT_EQ(Ranked(kPercent, {}, {{"a", "", "", ""}}).order(), "0 a");
}

TEST(Unranked, ShowsEachScoreInThePactsOrderWithoutAPlace) {
  const Ranked ranked(kPoints, {}, {{"c", "1", "", ""}, {"a", "9", "", ""}, {"b", "5", "", ""}});
  std::string told;
  for (const Place& place : Unranked(*ranked.scored)) {
    EXPECT_EQ(place.score, &ranked.scored->units()[place.unit]);
    absl::StrAppend(&told, place.rank, " ", place.score->member->unit, place.shared ? "=" : "",
                    " ");
  }
  EXPECT_EQ(told, "0 c 0 a 0 b ");
}

TEST(Rank, ByAFormulaThatIsNoneNobodyIsAheadOfAnother) {
  Ranked ranked(kPoints, {}, {{"a", "1", "", ""}, {"b", "9", "", ""}});
  ranked.pact.scheme.ranking.key = RankingKey::kFormula;  // As nobody would publish it.
  for (const char* formula : {"", "tong +"}) {
    ranked.pact.scheme.ranking.formula = formula;
    const PeriodScore scored(ranked.pact, {}, ranked.assessed);
    for (const Place& place : Rank(scored)) EXPECT_EQ(place.rank, 1) << formula;
  }
}

TEST(Rank, KeepsThePactsOrderAmongEquals) {
  const Ranked ranked(kPoints, {}, {{"c", "1", "", ""}, {"a", "1", "", ""}, {"b", "1", "", ""}});
  EXPECT_EQ(ranked.order(), "1= c, 1= a, 1= b");

  // A bloc too large for a sort to be stable by luck.
  std::vector<Unit> many;
  for (int i = 0; i < 100; ++i) many.push_back({absl::StrCat("u", i), i % 2 == 0 ? "1" : "2"});
  const Ranked large(kPoints, {}, many);
  for (size_t i = 0; i + 1 < large.places.size(); ++i) {
    if (large.places[i].rank == large.places[i + 1].rank) {
      EXPECT_LT(large.places[i].score, large.places[i + 1].score);
    }
  }
}

std::vector<std::string> OrderOf(const std::vector<Place>& places) {
  std::vector<std::string> order;
  for (const Place& place : places) {
    order.push_back(absl::StrCat(place.rank, " ", place.score->member->unit));
  }
  return order;
}

// Mid-year: contents 2 and 3 are not yet assessed, so 650 of the 950 points count.
TEST(Rank, OfTheFirstRealBlocByPercentOfWhatIsAssigned) {
  const Pact pact = ThePact();
  const std::vector<Result> results = TheResults();
  const PeriodScore scored(pact, results, {});
  const std::vector<Place> places = Rank(scored);
  EXPECT_EQ(
      OrderOf(places),
      (std::vector<std::string>{"1 ban-dan-toc", "2 so-y-te", "3 so-van-hoa-va-the-thao",
                                "4 so-khoa-hoc-va-cong-nghe", "5 so-lao-dong-thuong-binh-va-xa-hoi",
                                "0 so-du-lich", "0 so-giao-duc-va-dao-tao"}));
  EXPECT_EQ(*places[0].score->share(), Rational(675) / Rational(650)) << "bonus passes the scale";
  EXPECT_EQ(places[0].margin_to_next, Rational(25) / Rational(650));
}

TEST(Rank, OfTheFirstRealBlocWhenStatedPercentsAreAccepted) {
  Pact pact = ThePact();
  std::get<TargetsRule>(pact.scheme.contents[0].rule).stated_percent = StatedPercentPolicy::kAccept;
  const std::vector<Result> results = TheResults();
  const PeriodScore scored(pact, results, {});
  EXPECT_EQ(
      OrderOf(Rank(scored)),
      (std::vector<std::string>{
          "1 so-giao-duc-va-dao-tao",  // 104,09% and 154%: 4 + 54 bonus points, cut to 40.
          "2 ban-dan-toc", "3 so-y-te", "4 so-van-hoa-va-the-thao", "5 so-khoa-hoc-va-cong-nghe",
          "6 so-du-lich", "7 so-lao-dong-thuong-binh-va-xa-hoi"}));
}

// Once a unit is assessed in Content 2, its denominator grows with its points.
TEST(Rank, OfTheFirstRealBlocMovesAsContentsAreAssessed) {
  const Pact pact = ThePact();
  const std::vector<Result> results = TheResults();
  const std::vector<AssessedPoints> assessed = {{"ban-dan-toc", "noi-dung-2", 150},
                                                {"so-y-te", "noi-dung-2", 200}};
  const PeriodScore scored(pact, results, assessed);
  const std::vector<Place> places = Rank(scored);
  EXPECT_EQ(*places[0].score->share(), Rational(1));
  // 825/850 is less than the 98,6% of the third, which nobody has assessed yet.
  EXPECT_EQ(*places[2].score->share(), Rational(825) / Rational(850));
  const std::vector<std::string> order = OrderOf(places);
  EXPECT_EQ(std::vector<std::string>(order.begin(), order.begin() + 3),
            (std::vector<std::string>{"1 so-y-te", "2 so-van-hoa-va-the-thao", "3 ban-dan-toc"}));
}

}  // namespace
}  // namespace thidua::domain
