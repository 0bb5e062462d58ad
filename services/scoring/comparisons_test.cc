// What CompareRankings says of the article's bloc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/scoring/served_standing_testlib.h"

namespace thidua::scoring {
namespace {

using khoi4_2019::kPeriodName;
using khoi4_2019::kYearName;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ComparisonsTest : public ServedStandingTest {
 protected:
  // Sides as text: "period: '…' period_version: 1".
  std::string Compare(const std::string& before, const std::string& after) {
    response_.Clear();
    return Ask(&v1::ScoringService::Stub::CompareRankings,
               absl::StrCat("before { ", before, " } after { ", after, " }"), &response_);
  }
  static std::string Six(const std::string& more = "") {
    return absl::StrCat("period: '", kPeriodName, "' ", more);
  }
  static std::string Year(const std::string& more = "") {
    return absl::StrCat("period: '", kYearName, "' ", more);
  }
  const v1::UnitComparison& Of(const std::string& unit) {
    for (const v1::UnitComparison& one : response_.comparison().units()) {
      if (one.unit() == "units/" + unit) return one;
    }
    ADD_FAILURE() << "no unit " << unit;
    return v1::UnitComparison::default_instance();
  }
  // Stored as FinaliseRanking would.
  std::string Finalise(const ReceivedPeriod& received,
                       void (*change)(v1::Ranking&, v1::FinalRecord&) = nullptr) {
    const auto standing = khoi4_2019::StandingOf(received);
    v1::Ranking ranking = standing->ranking;
    ranking.set_state(v1::Ranking::STATE_FINAL);
    v1::FinalRecord record;
    record.set_period(received.inputs.name());
    record.set_revision(ranking.revision());
    record.set_state(v1::FinalRecord::STATE_FINAL);
    record.set_period_version(received.inputs.version());
    record.set_results_store_id(received.store_id);
    if (change != nullptr) change(ranking, record);
    std::vector<v1::Scorecard> cards;
    for (const v1::RankingRow& row : ranking.rows()) {
      cards.push_back(*ScorecardMessage(*standing, row.unit().substr(6)));
    }
    const StoredFinal stored = MakeFinal(++finals_, ranking, cards, record);
    const absl::Status put = database_->Write([&](storage::Transaction& transaction) {
      audit::Trail trail(transaction, {}, "");
      return FinalityStore(transaction).Put(stored, trail);
    });
    EXPECT_TRUE(put.ok()) << put;
    return ranking.revision();
  }

  v1::CompareRankingsResponse response_;
  int finals_ = 0;
};

TEST_F(ComparisonsTest, ACorrectionTellsWhomItPassed) {
  Arrive(khoi4_2019::Received(1));
  ReceivedPeriod corrected = khoi4_2019::Received(2);
  Correct(corrected, 6, "10");
  Correct(corrected, 7, "12");
  Arrive(corrected);
  ASSERT_EQ(Compare(Six("period_version: 1"), Six()), "OK");
  const v1::RankingComparison& told = response_.comparison();
  EXPECT_EQ(told.before().period_version(), 1);
  EXPECT_EQ(told.after().period_version(), 2);
  EXPECT_FALSE(response_.stale());
  ExpectAddsUp(told);
  ASSERT_EQ(told.units_size(), 7);

  // From fourth to second, level with Sở Y tế; 650 instead of 1.430/3.
  const v1::UnitComparison& science = Of("so-khoa-hoc-va-cong-nghe");
  EXPECT_EQ(science.before().rank(), 4);
  EXPECT_EQ(science.after().rank(), 2);
  EXPECT_EQ(science.change(), "173.3333");
  EXPECT_EQ(science.change_exact(), "520/3");
  ASSERT_EQ(science.points_moves_size(), 1);
  EXPECT_EQ(science.points_moves(0).cause(), v1::MOVE_CAUSE_CORRECTION);
  EXPECT_EQ(science.points_moves(0).criterion_id(), "noi-dung-1");
  ASSERT_EQ(science.figure_changes_size(), 2);
  EXPECT_EQ(science.figure_changes(0).before().value(), "8");
  EXPECT_EQ(science.figure_changes(0).after().value(), "10");
  EXPECT_EQ(science.figure_changes(0).revision_after(), 2);
  EXPECT_TRUE(science.figure_changes(0).is_correction());
  EXPECT_EQ(science.sentence(),
            "Từ hạng 4 lên hạng 2 do sửa số liệu; vượt hoặc bắt kịp Sở Văn hóa và Thể thao, Sở "
            "Y tế; điểm tăng ≈ 173,33, thành 650 do sửa số liệu.");
  // Who did nothing and lost a place.
  const v1::UnitComparison& culture = Of("so-van-hoa-va-the-thao");
  EXPECT_EQ(culture.after().rank(), 4);
  EXPECT_EQ(culture.rank_moves(0).cause(), v1::MOVE_CAUSE_OTHERS);
  EXPECT_THAT(culture.points_moves(), IsEmpty());
  EXPECT_EQ(culture.sentence(),
            "Từ hạng 3 xuống hạng 4 do điểm của đơn vị khác; xếp sau Sở Khoa học và Công nghệ mà "
            "trước không; điểm không đổi (≈ 641,03).");
  EXPECT_THAT(told.notes(0), HasSubstr("tạm tính"));
}

TEST_F(ComparisonsTest, AYearAgainstItsMiddle) {
  Arrive(khoi4_2019::Received(1));
  ReceivedPeriod year = khoi4_2019::ReceivedYear();
  Correct(year, 1, "36000");
  *year.inputs.add_assessments() =
      khoi4_2019::Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_BLOC, "150");
  Arrive(year);
  ASSERT_EQ(Compare(Six(), Year()), "OK");
  ExpectAddsUp(response_.comparison());
  // In two periods nothing is a correction, whatever the revisions.
  const v1::UnitComparison& labour = Of("so-lao-dong-thuong-binh-va-xa-hoi");
  EXPECT_EQ(labour.points_moves(0).cause(), v1::MOVE_CAUSE_OWN_RESULT);
  EXPECT_FALSE(labour.figure_changes(0).is_correction());
  const v1::UnitComparison& health = Of("so-y-te");
  ASSERT_EQ(health.points_moves_size(), 1);
  EXPECT_EQ(health.points_moves(0).cause(), v1::MOVE_CAUSE_ASSESSMENT);
  EXPECT_EQ(health.points_moves(0).points(), "150");
  // 800 of 850 is less than it was in percent, though more in points.
  EXPECT_EQ(health.before().percent_of_assigned(), "100");
  EXPECT_EQ(health.after().percent_of_assigned(), "94.1176");
  EXPECT_EQ(health.after().rank(), 4);
}

TEST_F(ComparisonsTest, TheBestOfTheBlocMovesThoseWhoDidNothing) {
  ReceivedPeriod before = khoi4_2019::Received(1);
  auto& rule = *before.inputs.mutable_pact()->mutable_scheme_content()->mutable_contents(0);
  rule.mutable_targets()->clear_bonus_per_percent_above();
  rule.clear_bonus_cap();
  rule.mutable_targets()->mutable_best_in_bloc()->set_method(
      registry::v1::BestInBloc::METHOD_SHARE_OF_HIGHEST);
  ReceivedPeriod after = before;
  after.inputs.set_version(2);
  Correct(after, 16, "10");  // Of 4.
  Arrive(before);
  Arrive(after);
  ASSERT_EQ(Compare(Six("period_version: 1"), Six()), "OK");
  ExpectAddsUp(response_.comparison());
  const v1::UnitComparison& health = Of("so-y-te");
  ASSERT_EQ(health.points_moves_size(), 1);
  EXPECT_EQ(health.points_moves(0).cause(), v1::MOVE_CAUSE_BLOC_BEST);
  EXPECT_EQ(health.points_moves(0).points(), "-260") << "650 × 100/125 became 650 × 100/250";
  ASSERT_EQ(response_.comparison().best_moves_size(), 1);
  EXPECT_EQ(response_.comparison().best_moves(0).sentence(),
            "Mức cao nhất khối ở “Thực hiện các chỉ tiêu đăng ký”: trước là Ban Dân tộc 125%, nay "
            "là Ban Dân tộc 250%.");
}

TEST_F(ComparisonsTest, AnotherSchemeIsItsOwnCause) {
  const ReceivedPeriod before = khoi4_2019::Received(1);
  ReceivedPeriod after = khoi4_2019::Received(2);
  after.inputs.mutable_pact()->mutable_scheme_content()->mutable_contents(0)->set_bonus_cap("10");
  Arrive(before);
  Arrive(after);
  ASSERT_EQ(Compare(Six("period_version: 1"), Six()), "OK");
  ExpectAddsUp(response_.comparison());
  const v1::UnitComparison& minorities = Of("ban-dan-toc");
  ASSERT_EQ(minorities.points_moves_size(), 1);
  EXPECT_EQ(minorities.points_moves(0).cause(), v1::MOVE_CAUSE_SCHEME);
  EXPECT_EQ(minorities.points_moves(0).points(), "-15");
  EXPECT_THAT(minorities.sentence(), HasSubstr("Giữ hạng 1"));
}

TEST_F(ComparisonsTest, AFinalIsComparedFromItsOwnData) {
  ReceivedPeriod sealed = khoi4_2019::ReceivedYear();
  Arrive(sealed);
  const std::string revision = Finalise(sealed);
  ReceivedPeriod corrected = sealed;
  corrected.inputs.set_version(2);
  Correct(corrected, 1, "35000");
  Arrive(corrected);
  ASSERT_EQ(Compare(Year("revision: '" + revision + "'"), Year()), "OK");
  EXPECT_EQ(response_.comparison().before().revision(), revision);
  ExpectAddsUp(response_.comparison());
  EXPECT_EQ(Of("so-lao-dong-thuong-binh-va-xa-hoi").points_moves(0).cause(),
            v1::MOVE_CAUSE_CORRECTION);

  keeper_->away = true;
  EXPECT_EQ(Compare(Year("revision: '" + revision + "'"), Year()),
            "UNAVAILABLE before: RESULTS_AWAY");
  EXPECT_EQ(Compare(Year(), Year()), "OK") << "the present needs nobody";
}

TEST_F(ComparisonsTest, AFinalThatTodaysEngineDoesNotComeToIsNotExplained) {
  const ReceivedPeriod sealed = khoi4_2019::ReceivedYear();
  Arrive(sealed);
  Finalise(sealed, [](v1::Ranking& ranking, v1::FinalRecord& record) {
    ranking.set_revision("001");
    record.set_revision("001");
    ranking.mutable_rows(0)->set_bonus("24");
  });
  EXPECT_EQ(Compare(Year("revision: '001'"), Year()),
            "FAILED_PRECONDITION before.revision: FINAL_NOT_REPRODUCED");
  Finalise(sealed, [](v1::Ranking& ranking, v1::FinalRecord& record) {
    ranking.set_revision("002");
    record.set_revision("002");
    record.set_results_store_id("results:another");
  });
  EXPECT_EQ(Compare(Year(), Year("revision: '002'")),
            "FAILED_PRECONDITION after.revision: OTHER_STORE");
  keeper_->versions.clear();  // A store that has not come so far is another one, too.
  EXPECT_EQ(Compare(Year(), Year("revision: '002'")),
            "FAILED_PRECONDITION after.revision: OTHER_STORE");
}

TEST_F(ComparisonsTest, RefusesWhatCannotBeCompared) {
  Arrive(khoi4_2019::Received(1));
  const struct {
    std::string before, after, said;
  } kCases[] = {
      {"period: 'x'", Six(), "INVALID_ARGUMENT before.period: RESOURCE_NAME_INVALID"},
      {Six(), "period: 'blocs/khoi-4/pacts/2020/periods/nam'",
       "INVALID_ARGUMENT after.period: OTHER_PACT"},
      {Six("revision: 'r' period_version: 1"), Six(),
       "INVALID_ARGUMENT before.period_version: NOT_ALLOWED"},
      {Six("period_version: -1"), Six(), "INVALID_ARGUMENT before.period_version: OUT_OF_RANGE"},
      {Six("period_version: 9"), Six(), "NOT_FOUND before.period_version: VERSION_UNKNOWN"},
      {Six(), Six("revision: 'r'"), "NOT_FOUND after.revision: FINAL_UNKNOWN"},
      {Six(), Year(), "NOT_FOUND after.period: PERIOD_UNKNOWN"},
  };
  for (const auto& one : kCases) EXPECT_EQ(Compare(one.before, one.after), one.said);
}

TEST_F(ComparisonsTest, SaysWhenThePresentMayHaveBeenOvertaken) {
  Arrive(khoi4_2019::Received(1));
  Arrive(khoi4_2019::Received(2));
  board_.SetInSight(false);
  ASSERT_EQ(Compare(Six("period_version: 1"), Six()), "OK");
  EXPECT_TRUE(response_.stale());
  ASSERT_EQ(Compare(Six("period_version: 1"), Six("period_version: 2")), "OK");
  EXPECT_FALSE(response_.stale()) << "what was, stays";
}

}  // namespace
}  // namespace thidua::scoring
