// What GetRequiredEffort answers of the article's bloc; held against SimulateRanking.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/scoring/served_standing_testlib.h"

namespace thidua::scoring {
namespace {

using khoi4_2019::kPactName;
using khoi4_2019::kPeriodName;
using testing::HasSubstr;

constexpr char kLabour[] = "so-lao-dong-thuong-binh-va-xa-hoi";
constexpr char kScience[] = "so-khoa-hoc-va-cong-nghe";

class EffortsTest : public ServedStandingTest {
 protected:
  EffortsTest() { Arrive(khoi4_2019::Received(1)); }

  std::string Find(const std::string& unit, const std::string& more) {
    response_.Clear();
    return Ask(&v1::ScoringService::Stub::GetRequiredEffort,
               absl::StrCat("period: '", kPeriodName, "' unit: 'units/", unit, "' ", more),
               &response_);
  }
  static std::string Target(int number) {
    return absl::StrCat("target: '", kPactName, "/targets/", domain::khoi4_2019::TargetId(number),
                        "' ");
  }
  // The unit's row were these its figures.
  v1::RankingRow Supposed(const std::string& unit, const std::vector<std::string>& values) {
    std::string overlay;
    for (size_t i = 0; i < values.size(); ++i) {
      absl::StrAppend(&overlay, "results { target: '",
                      effort().figures(static_cast<int>(i)).target(), "' actual { value: '",
                      values[i], "' } } ");
    }
    v1::SimulateRankingResponse simulated;
    EXPECT_EQ(
        Ask(&v1::ScoringService::Stub::SimulateRanking,
            absl::StrCat("period: '", kPeriodName, "' overlay { ", overlay, " }"), &simulated),
        "OK");
    for (const v1::RankingRow& row : simulated.ranking().rows()) {
      if (row.unit() == "units/" + unit) return row;
    }
    return {};
  }
  const v1::RequiredEffort& effort() const { return response_.effort(); }

  v1::GetRequiredEffortResponse response_;
};

TEST_F(EffortsTest, ARankByOneTargetAndNotOneLess) {
  ASSERT_EQ(Find(kLabour, Target(1) + "rank: 4"), "OK");
  EXPECT_EQ(effort().outcome(), v1::RequiredEffort::OUTCOME_REACHABLE);
  EXPECT_TRUE(effort().is_least());
  ASSERT_EQ(effort().figures_size(), 1);
  // Sở Khoa học và Công nghệ is fourth with 22/30 of the points: 35.000 × 22/30 = 25.666,67.
  const v1::RequiredFigure& figure = effort().figures(0);
  EXPECT_EQ(figure.now().value(), "17893");
  EXPECT_EQ(figure.needed().value(), "25667");
  EXPECT_EQ(figure.short_of(), "25666");
  EXPECT_EQ(figure.missing(), "7774");
  EXPECT_EQ(figure.missing_per_month(), "1295.6667");
  EXPECT_EQ(figure.missing_per_month_exact(), "3887/3");
  EXPECT_EQ(effort().months_left(), 6);
  EXPECT_EQ(effort().now().rank(), 5);
  EXPECT_EQ(effort().then().rank(), 4);
  EXPECT_EQ(effort().with_step_less().rank(), 5);
  EXPECT_EQ(Supposed(kLabour, {figure.needed().value()}).rank(), 4);
  EXPECT_EQ(Supposed(kLabour, {figure.short_of()}).rank(), 5);
  EXPECT_EQ(effort().sentence(),
            "Để đạt hạng 4, cần “Giải quyết việc làm” đạt 25.667 lượt lao động (hiện 17.893); khi "
            "đó được 476,67/650 điểm được giao, hạng 4.");
  EXPECT_THAT(effort().notes(0), HasSubstr("các đơn vị khác"));
}

TEST_F(EffortsTest, BeyondTheTargetWhereBonusCounts) {
  // Ban Dân tộc has 675 of 650; one point for each whole percent above, up to 40.
  ASSERT_EQ(Find(kLabour, Target(1) + "rank: 1"), "OK");
  EXPECT_EQ(effort().outcome(), v1::RequiredEffort::OUTCOME_REACHABLE);
  EXPECT_EQ(effort().figures(0).needed().value(), "43750") << "125 % of 35.000";
  EXPECT_EQ(Supposed(kLabour, {"43750"}).rank(), 1);
  EXPECT_EQ(Supposed(kLabour, {"43749"}).rank(), 2);
}

TEST_F(EffortsTest, EvenlyByAllThatIsNotReached) {
  ASSERT_EQ(Find(kScience, "percent_of_assigned: '90'"), "OK");
  EXPECT_EQ(effort().outcome(), v1::RequiredEffort::OUTCOME_REACHABLE);
  ASSERT_EQ(effort().figures_size(), 2);
  EXPECT_FALSE(effort().percent_of_gap().empty());
  const v1::RankingRow then = Supposed(
      kScience, {effort().figures(0).needed().value(), effort().figures(1).needed().value()});
  EXPECT_EQ(then.total(), effort().then().total());
  EXPECT_GE(*domain::Decimal::Parse(then.percent_of_assigned()), domain::Decimal(90));
  EXPECT_LT(*domain::Decimal::Parse(effort().with_step_less().percent_of_assigned()),
            domain::Decimal(90));
  EXPECT_THAT(effort().sentence(), HasSubstr("phần còn thiếu của 2 chỉ tiêu chưa đạt"));
}

TEST_F(EffortsTest, EvenlyBeyondTheTargetsWhenTheyAreNotEnough) {
  ASSERT_EQ(Find(kScience, "rank: 1"), "OK");
  EXPECT_EQ(effort().outcome(), v1::RequiredEffort::OUTCOME_REACHABLE);
  EXPECT_EQ(effort().percent_of_gap(), "");
  EXPECT_FALSE(effort().percent_of_targets().empty());
  ASSERT_EQ(effort().figures_size(), 2);
  EXPECT_EQ(Supposed(kScience,
                     {effort().figures(0).needed().value(), effort().figures(1).needed().value()})
                .rank(),
            1);
  EXPECT_GT(effort().with_step_less().rank(), 1);
  EXPECT_THAT(effort().sentence(), HasSubstr("cần đưa 2 chỉ tiêu lên ít nhất 1"));
  EXPECT_THAT(effort().sentence(), HasSubstr("% mức đăng ký"));
}

TEST_F(EffortsTest, ThatItCannotBeReachedIsAnAnswer) {
  ASSERT_EQ(Find("ban-dan-toc", "total: '10000'"), "OK");
  EXPECT_EQ(effort().outcome(), v1::RequiredEffort::OUTCOME_IMPOSSIBLE);
  EXPECT_EQ(effort().then().total(), "690") << "40 of bonus, and no more";
  EXPECT_THAT(effort().sentence(), HasSubstr("Không thể đạt 10.000 điểm chỉ bằng các chỉ tiêu"));
}

TEST_F(EffortsTest, WhatIsThereAlreadyNeedsNothing) {
  ASSERT_EQ(Find("so-y-te", Target(15) + "targets_met: true"), "OK");
  EXPECT_EQ(effort().outcome(), v1::RequiredEffort::OUTCOME_ALREADY);
  EXPECT_EQ(effort().figures_size(), 0);
  EXPECT_FALSE(effort().has_then());
  EXPECT_EQ(effort().sentence(), "Đã đạt chỉ tiêu năm: hiện được 650/650 điểm được giao, hạng 2.");
}

TEST_F(EffortsTest, RefusesWhatHasNoAnswer) {
  const struct {
    std::string unit, more, said;
  } kCases[] = {
      {kLabour, "", "INVALID_ARGUMENT goal: REQUIRED"},
      {kLabour, "targets_met: false", "INVALID_ARGUMENT goal: REQUIRED"},
      {kLabour, "rank: 8", "INVALID_ARGUMENT rank: OUT_OF_RANGE"},
      {kLabour, "percent_of_assigned: 'x'",
       "INVALID_ARGUMENT percent_of_assigned: NUMBER_UNREADABLE"},
      {"so-lao-dong", "rank: 1", "NOT_FOUND unit: UNIT_NOT_A_MEMBER"},
      {"So Y te", "rank: 1", "INVALID_ARGUMENT unit: RESOURCE_NAME_INVALID"},
      {kLabour, Target(99) + "rank: 1", "NOT_FOUND target: TARGET_UNKNOWN"},
      {kLabour, "target: 'blocs/khoi-5/pacts/2019/targets/chi-tieu-1' rank: 1",
       "NOT_FOUND target: TARGET_UNKNOWN"},
      {kLabour, Target(6) + "rank: 1", "FAILED_PRECONDITION target: TARGET_OF_ANOTHER_UNIT"},
      {kLabour, Target(2) + "rank: 1", "FAILED_PRECONDITION target: TARGET_NOT_SCORED"},
      // The article does not print what was registered.
      {"so-du-lich", Target(4) + "rank: 1", "FAILED_PRECONDITION target: TARGET_VALUE_UNKNOWN"},
  };
  for (const auto& one : kCases) EXPECT_EQ(Find(one.unit, one.more), one.said) << one.more;
}

// The review of the same bloc says what is missing of each target.
TEST_F(EffortsTest, TheReviewTellsWhatIsMissingAndWhoIsWaitedFor) {
  ReceivedPeriod received = khoi4_2019::Received(2);
  registry::v1::Pact& pact = *received.inputs.mutable_pact();
  for (const int place : {0, 14}) {  // One that is behind its own pace, one that is reached.
    auto& awaited = *pact.mutable_targets(place)->add_dependencies();
    awaited.set_unit("units/so-y-te");
    awaited.set_note("danh sách lao động");
  }
  pact.mutable_targets(0)->add_dependencies()->set_unit("units/bo-lao-dong");
  auto& pace = *pact.mutable_targets(0)->add_pace();
  pace.set_month(6);
  pace.set_percent("60");
  pact.mutable_targets(14)->mutable_dependencies(0)->set_unit("units/so-du-lich");
  Arrive(received);
  v1::GetMidYearReviewResponse response;
  ASSERT_EQ(Ask(&v1::ScoringService::Stub::GetMidYearReview,
                absl::StrCat("period: '", kPeriodName, "'"), &response),
            "OK");
  EXPECT_EQ(response.review().months_left(), 6);
  const v1::ReviewLine& labour = response.review().lines(0);
  EXPECT_EQ(labour.standing(), v1::ReviewLine::STANDING_BEHIND);
  EXPECT_EQ(labour.due_now(), "21000");
  EXPECT_EQ(labour.missing_total(), "17107");
  EXPECT_EQ(labour.missing_per_month(), "2851.1667");
  EXPECT_EQ(labour.missing_per_month_exact(), "17107/6");
  ASSERT_EQ(labour.awaited_size(), 2);
  EXPECT_EQ(labour.awaited(0).unit_display_name(), "Sở Y tế");
  EXPECT_EQ(labour.awaited(0).note(), "danh sách lao động");
  EXPECT_EQ(labour.awaited(1).unit(), "units/bo-lao-dong");
  EXPECT_EQ(labour.awaited(1).unit_display_name(), "") << "no member of the pact";
  EXPECT_EQ(labour.missing_sentence(),
            "Còn thiếu 17.107 lượt lao động, mỗi tháng còn lại (6 tháng) cần ≈ 2.851,17; đến nay "
            "phải đạt 21.000; đang chờ Sở Y tế (danh sách lao động), bo-lao-dong.");
  const v1::ReviewLine& reached = response.review().lines(14);
  EXPECT_EQ(reached.standing(), v1::ReviewLine::STANDING_REACHED);
  EXPECT_EQ(reached.awaited_size(), 0) << "what is done waits for nobody";
  EXPECT_EQ(reached.missing_sentence(), "");
  EXPECT_EQ(response.review().lines(3).missing_total(), "") << "nobody knows its target";
}

}  // namespace
}  // namespace thidua::scoring
