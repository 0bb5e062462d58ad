#include "services/scoring/wording.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/scoring/khoi4_2019_scored_testlib.h"

namespace thidua::scoring {
namespace {

using domain::Assessment;
using domain::Layer;
using domain::Pact;
using domain::Rational;
using domain::Result;
using khoi4_2019::AcceptStated;
using khoi4_2019::Given;
using khoi4_2019::Scored;

TEST(PlaceSentenceTest, SaysHowMuchIsTheUnitsOwnAssessment) {
  std::vector<Assessment> given = {Given(Layer::kSelf, "95")};
  const Scored own(nullptr, given);
  EXPECT_EQ(own.PlaceOf(domain::khoi4_2019::kHealth),
            "Đạt 745/750 điểm được giao, tương đương 99,3333% (1 tiêu chí tính theo điểm đơn vị tự "
            "chấm); hơn hạng sau 0,71 điểm phần trăm.");
  const std::vector<std::string> notes = RankingNotes(own.pact, own.scores());
  ASSERT_EQ(notes.size(), 5u);
  EXPECT_EQ(notes[2], "1 đơn vị có tiêu chí tính theo điểm chính đơn vị tự chấm.");

  given.push_back(Given(Layer::kBloc, "95"));
  const Scored checked(nullptr, given);
  EXPECT_EQ(checked.PlaceOf(domain::khoi4_2019::kHealth),
            "Đạt 745/750 điểm được giao, tương đương 99,3333%; hơn hạng sau 0,71 điểm phần trăm.");
  EXPECT_EQ(RankingNotes(checked.pact, checked.scores()).size(), 4u);
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
            "Đạt 0/650 điểm được giao, tương đương 0% (1 chỉ tiêu chưa báo cáo).");
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
          "Xếp theo tỷ lệ phần trăm giữa điểm đạt được và tổng điểm được giao của từng đơn vị.",
          "Các đơn vị bằng nhau thì xét “Thực hiện các chỉ tiêu đăng ký”; vẫn bằng nhau thì đồng "
          "hạng."}));
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

// What each setting of the ranking adds to the sentence of the first place.
TEST(PlaceSentenceTest, SaysWhatTheKeyMakesOfThePoints) {
  const struct {
    void (*change)(Pact&, std::vector<Result>&);
    const char* sentence;
  } kCases[] = {
      {[](Pact& pact, std::vector<Result>&) {
         pact.scheme.ranking.rounding = domain::Rounding::ToDigits(1);
       },
       "Đạt 675/650 điểm được giao, tương đương 103,8462%, làm tròn 103,8%; hơn hạng sau 3,8 điểm "
       "phần trăm."},
      {[](Pact& pact, std::vector<Result>&) {
         pact.scheme.ranking.key = domain::RankingKey::kCappedPoints;
         pact.scheme.ranking.cap = 660;
       },
       "Đạt 675/650 điểm được giao, tính tối đa 660 điểm; hơn hạng sau 10 điểm."},
      {[](Pact& pact, std::vector<Result>&) {
         pact.scheme.ranking.key = domain::RankingKey::kFormula;
         pact.scheme.ranking.formula = "total / 9";
         pact.scheme.ranking.formula_name = "điểm bình quân";
       },
       "Đạt 675/650 điểm được giao, điểm bình quân = 75; hơn hạng sau 2,78."},
      // All are equal by the cap: a count of targets decides.
      {[](Pact& pact, std::vector<Result>&) {
         pact.scheme.ranking.key = domain::RankingKey::kCappedPoints;
         pact.scheme.ranking.cap = 1;
         domain::TieKey exceeded;
         exceeded.formula = "targets.count(achievement > 1)";
         exceeded.name = "số chỉ tiêu vượt kế hoạch";
         pact.scheme.ranking.tie_keys = {exceeded};
       },
       "Đạt 675/650 điểm được giao, tính tối đa 1 điểm; bằng đơn vị xếp sau nhưng hơn ở “số chỉ "
       "tiêu vượt kế hoạch”."},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Scored(c.change).PlaceOf(domain::khoi4_2019::kMinorities), c.sentence);
  }
}

// The notes after those of the contents, by what the scheme says of ranking.
TEST(RankingNotesTest, SayHowTheSchemeRanks) {
  const struct {
    void (*change)(Pact&, std::vector<Result>&);
    std::vector<std::string> notes;
  } kCases[] = {
      {[](Pact& pact, std::vector<Result>&) { pact.scheme.ranking = {}; },
       {"Các đơn vị bằng nhau thì đồng hạng."}},
      {[](Pact& pact, std::vector<Result>&) {
         pact.scheme.ranking.rounding = domain::Rounding::ToDigits(2);
         pact.scheme.ranking.dense = true;
         domain::TieKey fewest;
         fewest.formula = "targets.count(!reached)";
         fewest.name = "số chỉ tiêu chưa đạt";
         fewest.less_is_better = true;
         pact.scheme.ranking.tie_keys.push_back(fewest);
       },
       {"Xếp theo tỷ lệ phần trăm giữa điểm đạt được và tổng điểm được giao của từng đơn vị.",
        "Trước khi so sánh để xếp hạng, tỷ lệ phần trăm được làm tròn đến 2 chữ số thập phân.",
        "Các đơn vị bằng nhau thì xét lần lượt “Thực hiện các chỉ tiêu đăng ký”, “số chỉ tiêu "
        "chưa đạt” (thấp hơn xếp trước); vẫn bằng nhau thì đồng hạng.",
        "Sau các đơn vị đồng hạng là hạng liền kề, không bỏ số: 1, 2, 2, 3."}},
      {[](Pact& pact, std::vector<Result>&) {
         pact.scheme.ranking = {};
         pact.scheme.ranking.key = domain::RankingKey::kCappedPoints;
         pact.scheme.ranking.cap = 100;
       },
       {"Xếp theo tổng điểm kể cả điểm thưởng, tính tối đa 100 điểm.",
        "Các đơn vị bằng nhau thì đồng hạng."}},
      {[](Pact& pact, std::vector<Result>&) {
         pact.scheme.ranking = {};
         pact.scheme.ranking.key = domain::RankingKey::kFormula;
         pact.scheme.ranking.formula = "total / 3";
         pact.scheme.ranking.formula_name = "điểm bình quân";
       },
       {"Xếp theo điểm bình quân, tính bằng công thức của thang bảng điểm.",
        "Các đơn vị bằng nhau thì đồng hạng."}},
      {[](Pact& pact, std::vector<Result>&) {
         pact.scheme.ranking = {};
         std::get<domain::TargetsRule>(pact.scheme.contents[0].rule).best_in_bloc =
             domain::BestInBloc();
       },
       {"Các đơn vị bằng nhau thì đồng hạng.",
        "Có tiêu chí tính so với các đơn vị trong khối: điểm của mỗi đơn vị thay đổi khi đơn vị "
        "cao nhất thay đổi."}},
  };
  for (const auto& c : kCases) {
    const Scored scored(c.change);
    const std::vector<std::string> notes = RankingNotes(scored.pact, scored.scores());
    ASSERT_GE(notes.size(), 3u);
    EXPECT_EQ(std::vector<std::string>(notes.begin() + 3, notes.end()), c.notes);
  }
}

}  // namespace
}  // namespace thidua::scoring
