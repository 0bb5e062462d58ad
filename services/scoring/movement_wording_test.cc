#include "services/scoring/movement_wording.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

using domain::MoveCause;
using domain::UnitComparison;

domain::Pact PactOf(int members, const std::string& name) {
  domain::Pact pact;
  for (int i = 0; i < members; ++i) {
    pact.members.push_back(
        {absl::StrCat("u", i), absl::StrCat(name, " ", i), domain::Role::kMember});
  }
  return pact;
}

UnitComparison Moved(int rank_before, int rank_after, int points_before, int points_after) {
  UnitComparison unit;
  unit.unit = "u0";
  unit.before = domain::UnitPlace{rank_before, points_before, 0, 100};
  unit.after = domain::UnitPlace{rank_after, points_after, 0, 100};
  return unit;
}

TEST(MovementSentenceTest, TellsRankPassersPointsAndCauses) {
  const domain::Pact pact = PactOf(3, "Sở");
  UnitComparison up = Moved(3, 1, 50, 57);
  up.passed = {"u1", "u2"};
  up.rank_moves = {{MoveCause::kOwnResult, 3}, {MoveCause::kOthers, -1}};
  up.points_moves = {
      {MoveCause::kOwnResult, "a", 10}, {MoveCause::kBloc, "a", -2}, {MoveCause::kBloc, "b", -1}};
  UnitComparison level = Moved(2, 2, 50, 50);
  level.points_moves = {{MoveCause::kScheme, "a", 1}, {MoveCause::kPact, "a", -1}};
  UnitComparison joined = Moved(0, 2, 0, 45);
  joined.before.reset();
  UnitComparison left = Moved(1, 0, 60, 0);
  left.after.reset();
  UnitComparison down = Moved(1, 2, 60, 55);
  down.passed_by = {"u2"};
  down.rank_moves = {{MoveCause::kAssessment, -1}};
  down.points_moves = {{MoveCause::kAssessment, "a", -5}};
  const struct {
    UnitComparison unit;
    const char* sentence;
  } kCases[] = {
      {up,
       "Từ hạng 3 lên hạng 1: lên 3 do kết quả của đơn vị, xuống 1 do điểm của đơn vị khác; vượt "
       "hoặc bắt kịp Sở 1, Sở 2; điểm tăng 7, thành 57: kết quả của đơn vị cộng 10, mức so sánh "
       "của khối trừ 3."},
      {level, "Giữ hạng 2; điểm không đổi (50): thang điểm cộng 1, điều chỉnh giao ước trừ 1."},
      {joined, "Mới vào giao ước, hạng 2 với 45 điểm."},
      {left, "Không còn trong giao ước; trước hạng 1 với 60 điểm."},
      {down,
       "Từ hạng 1 xuống hạng 2 do điểm chấm; xếp sau Sở 2 mà trước không; điểm giảm 5, còn 55 do "
       "điểm chấm."},
      {Moved(0, 0, 0, 0), "Chưa xếp hạng; điểm không đổi (0)."},
      {Moved(0, 1, 0, 0), "Trước chưa xếp hạng, nay hạng 1; điểm không đổi (0)."},
      {Moved(1, 0, 0, 0), "Trước hạng 1, nay chưa xếp hạng; điểm không đổi (0)."},
  };
  for (const auto& one : kCases) EXPECT_EQ(MovementSentence(pact, pact, one.unit), one.sentence);
}

// However many units and causes, and however long their names, it can be read out in one breath.
TEST(MovementSentenceTest, IsShortWhateverTheNames) {
  std::string name;
  for (int i = 0; i < 40; ++i) name += "Ban Chỉ đạo ";
  const domain::Pact pact = PactOf(100, name);
  UnitComparison unit = Moved(99, 1, 0, 100);
  for (int i = 1; i < 100; ++i)
    (i % 2 == 0 ? unit.passed : unit.passed_by).push_back(absl::StrCat("u", i));
  for (int i = 0; i <= static_cast<int>(MoveCause::kBloc); ++i) {
    unit.rank_moves.push_back({static_cast<MoveCause>(i), i % 2 == 0 ? 10 : -10});
    unit.points_moves.push_back(
        {static_cast<MoveCause>(i), "a", domain::Rational(1'000'001) / domain::Rational(7)});
  }
  EXPECT_LE(CodePoints(MovementSentence(pact, pact, unit)), kMaxSentence);
}

TEST(BestSentenceTest, TellsWhoWasAndWhoIs) {
  domain::Pact pact = PactOf(2, "Sở");
  pact.scheme.contents = {{"kq", "Kết quả", "", 100, 0, {}, domain::TargetsRule()}};
  domain::BestMove move{"kq", std::nullopt,
                        domain::BestMove::Best{"u1", domain::Rational(4) / domain::Rational(3)}};
  EXPECT_EQ(BestSentence(pact, pact, move),
            "Mức cao nhất khối ở “Kết quả”: trước là chưa có, nay là Sở 1 133,33%.");
}

}  // namespace
}  // namespace thidua::scoring
