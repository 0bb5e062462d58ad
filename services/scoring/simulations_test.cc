// What SimulateRanking answers, checks and leaves as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/platform/digest.h"
#include "services/scoring/served_standing_testlib.h"

namespace thidua::scoring {
namespace {

using khoi4_2019::kPactName;
using khoi4_2019::kPeriodName;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SimulationsTest : public ServedStandingTest {
 protected:
  SimulationsTest() { Arrive(khoi4_2019::Received(1)); }

  std::string Suppose(const std::string& overlay) {
    response_.Clear();
    return Ask(&v1::ScoringService::Stub::SimulateRanking,
               absl::StrCat("period: '", kPeriodName, "' overlay { ", overlay, " }"), &response_);
  }
  static std::string Target(int number) {
    return absl::StrCat("target: '", kPactName, "/targets/", domain::khoi4_2019::TargetId(number),
                        "' ");
  }
  // The table that the same data gives when it is meant.
  static v1::Ranking Meant(const ReceivedPeriod& received) {
    return khoi4_2019::StandingOf(received)->ranking;
  }
  static std::vector<std::string> RowsOf(const v1::Ranking& ranking) {
    std::vector<std::string> rows;
    for (const v1::RankingRow& row : ranking.rows()) rows.push_back(row.DebugString());
    return rows;
  }

  v1::SimulateRankingResponse response_;
};

TEST_F(SimulationsTest, FiguresGiveTheTableThatTheyWouldGiveIfTheyWereMeant) {
  ASSERT_EQ(Suppose(absl::StrCat("results { ", Target(1), "actual { value: '36000' } }")), "OK");
  ReceivedPeriod meant = khoi4_2019::Received(2);
  Correct(meant, 1, "36000");
  EXPECT_EQ(RowsOf(response_.ranking()), RowsOf(Meant(meant)));
  ExpectAddsUp(response_.comparison());
  for (const v1::UnitComparison& unit : response_.comparison().units()) {
    if (unit.unit() != "units/so-lao-dong-thuong-binh-va-xa-hoi") continue;
    EXPECT_EQ(unit.before().rank(), 5);
    EXPECT_EQ(unit.after().rank(), 2);
    EXPECT_EQ(unit.points_moves(0).cause(), v1::MOVE_CAUSE_OWN_RESULT);
  }
  EXPECT_THAT(response_.warnings(), testing::IsEmpty());
}

TEST_F(SimulationsTest, TargetsPointsAndSchemesToo) {
  ASSERT_EQ(Suppose(absl::StrCat("targets { ", Target(1), "value { value: '17893' } }")), "OK");
  ReceivedPeriod target = khoi4_2019::Received(2);
  target.inputs.mutable_pact()->mutable_targets(0)->mutable_value()->set_value("17893");
  EXPECT_EQ(RowsOf(response_.ranking()), RowsOf(Meant(target)));
  EXPECT_EQ(response_.comparison().units(1).points_moves_size(), 1);

  ASSERT_EQ(Suppose("assessments { unit: 'units/so-y-te' criterion_id: 'noi-dung-2' "
                    "layer: ASSESSMENT_LAYER_BLOC points: '150' }"),
            "OK");
  ReceivedPeriod assessed = khoi4_2019::Received(2);
  *assessed.inputs.add_assessments() =
      khoi4_2019::Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_BLOC, "150");
  EXPECT_EQ(RowsOf(response_.ranking()), RowsOf(Meant(assessed)));

  ReceivedPeriod scheme = khoi4_2019::Received(2);
  registry::v1::Scheme& content = *scheme.inputs.mutable_pact()->mutable_scheme_content();
  content.mutable_contents(0)->set_max_points("600");
  content.mutable_ranking()->set_key(registry::v1::RankingRule::KEY_POINTS);
  std::string text;
  google::protobuf::TextFormat::PrintToString(content, &text);
  ASSERT_EQ(Suppose(absl::StrCat("scheme { ", text, " }")), "OK");
  EXPECT_EQ(RowsOf(response_.ranking()), RowsOf(Meant(scheme)));
  EXPECT_EQ(response_.ranking().key(), registry::v1::RankingRule::KEY_POINTS);
  EXPECT_EQ(response_.ranking().scheme(), "") << "it is nobody's scheme";
  ExpectAddsUp(response_.comparison());
}

// An assessment takes the place of the one of its hand, and of no other.
TEST_F(SimulationsTest, PointsTakeThePlaceOfThoseOfTheSameHand) {
  ReceivedPeriod received = khoi4_2019::Received(2);
  for (const char* points : {"100", "120"}) {
    *received.inputs.add_assessments() =
        khoi4_2019::Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_PEER, points, "",
                             std::string(points) == "100" ? "so-du-lich" : "ban-dan-toc");
  }
  Arrive(received);
  ASSERT_EQ(Suppose("assessments { unit: 'units/so-y-te' criterion_id: 'noi-dung-2' layer: "
                    "ASSESSMENT_LAYER_PEER rater: 'units/so-du-lich' points: '200' }"),
            "OK");
  for (const v1::RankingRow& row : response_.ranking().rows()) {
    if (row.unit() != "units/so-y-te") continue;
    EXPECT_EQ(row.contents(1).points(), "160");
  }
}

TEST_F(SimulationsTest, NothingOfItIsKeptOrShown) {
  const auto shown = board_.Find(kPeriodName);
  const std::string bytes = shown->reply;
  const int64_t moves = board_.feed().sequence();
  const int64_t writes = *database_->Sequence();
  ASSERT_EQ(Suppose(absl::StrCat("results { ", Target(1), "actual { value: '36000' } }")), "OK");
  EXPECT_EQ(board_.Find(kPeriodName), shown);
  EXPECT_EQ(shown->reply, bytes);
  EXPECT_EQ(board_.feed().sequence(), moves);
  EXPECT_EQ(*database_->Sequence(), writes);
  // Nor can it be taken for what counts.
  EXPECT_EQ(response_.ranking().name(), "");
  EXPECT_EQ(response_.ranking().revision(), "");
  EXPECT_EQ(response_.ranking().state(), v1::Ranking::STATE_UNSPECIFIED);
  EXPECT_THAT(response_.ranking().notes(0), HasSubstr("giả định"));
  EXPECT_THAT(response_.comparison().notes(0), HasSubstr("giả định"));
  for (int i = 1; i < response_.ranking().notes_size(); ++i) {
    EXPECT_THAT(response_.ranking().notes(i), Not(HasSubstr("tạm tính từ số liệu đã báo cáo")));
  }
}

TEST_F(SimulationsTest, NothingSupposedIsTheDataAsItIs) {
  ASSERT_EQ(Suppose(""), "OK");
  EXPECT_EQ(RowsOf(response_.ranking()), RowsOf(Meant(khoi4_2019::Received(1))));
  for (const v1::UnitComparison& unit : response_.comparison().units()) {
    EXPECT_EQ(unit.change(), "0");
    EXPECT_EQ(unit.points_moves_size() + unit.rank_moves_size(), 0);
  }
}

TEST_F(SimulationsTest, WhatAPersonWouldHaveToLookAtIsAWarning) {
  ASSERT_EQ(Suppose(absl::StrCat("results { ", Target(6),
                                 "actual { text: '1.250' } stated_percent { value: '80' } }")),
            "OK");
  std::vector<std::string> warnings;
  for (const v1::SimulationWarning& warning : response_.warnings()) {
    EXPECT_FALSE(warning.message().empty());
    warnings.push_back(warning.field() + ": " + warning.reason());
  }
  EXPECT_THAT(warnings, ElementsAre("overlay.results[0].actual: NUMBER_AMBIGUOUS",
                                    "overlay.results[0].stated_percent: PERCENT_DISAGREES"));
}

TEST_F(SimulationsTest, ChecksWhatIsSupposedAsIfItWereMeant) {
  ReceivedPeriod received = khoi4_2019::Received(2);
  received.inputs.mutable_pact()->mutable_targets(5)->set_voided(true);
  Arrive(received);
  const std::string bad = "INVALID_ARGUMENT overlay.";
  const struct {
    std::string overlay, said;
  } kCases[] = {
      {"results { target: 'x' actual { value: '1' } }", "results[0].target: RESOURCE_NAME_INVALID"},
      {absl::StrCat("results { ", Target(99), "actual { value: '1' } }"),
       "results[0].target: TARGET_UNKNOWN"},
      {"results { target: 'blocs/khoi-5/pacts/2019/targets/chi-tieu-1' actual { value: '1' } }",
       "results[0].target: TARGET_UNKNOWN"},
      {absl::StrCat("results { ", Target(6), "actual { value: '1' } }"),
       "results[0].target: TARGET_VOIDED"},
      {absl::StrCat("results { ", Target(1), "actual { value: '1' } } results { ", Target(1),
                    "actual { value: '2' } }"),
       "results[1].target: DUPLICATE"},
      {absl::StrCat("results { ", Target(1), "actual { value: '-1' } }"),
       "results[0].actual: OUT_OF_RANGE"},
      {absl::StrCat("results { ", Target(1), "actual { text: 'nhiều' } }"),
       "results[0].actual: NUMBER_UNREADABLE"},
      {absl::StrCat("results { ", Target(1), " }"), "results[0].actual: NOTHING_REPORTED"},
      {absl::StrCat("results { ", Target(1), "actual { value: '1' measure: 'tỷ đồng' } }"),
       "results[0].actual: MEASURE_DISAGREES"},
      {absl::StrCat("targets { ", Target(1), "value { value: '0' } }"),
       "targets[0].value: TARGET_ZERO"},
      {absl::StrCat("targets { ", Target(1), "value { value: '-5' } }"),
       "targets[0].value: OUT_OF_RANGE"},
      {"assessments { unit: 'units/so-y-te' criterion_id: 'noi-dung-2' layer: "
       "ASSESSMENT_LAYER_BLOC points: '201' }",
       "assessments[0].points: OUT_OF_RANGE"},
      {"assessments { unit: 'units/so-y-te' criterion_id: 'noi-dung-1' layer: "
       "ASSESSMENT_LAYER_BLOC points: '1' }",
       "assessments[0].criterion_id: CRITERION_NOT_ASSESSED"},
      {"scheme { display_name: 'S' }", "scheme.contents: REQUIRED"},
      {"scheme { display_name: 'S' contents { criterion_id: 'khac' display_name: 'K' max_points: "
       "'10' assessed {} } }",
       "scheme: CRITERION_UNKNOWN"},
  };
  for (const auto& one : kCases) EXPECT_EQ(Suppose(one.overlay), bad + one.said) << one.overlay;
  // Faults of one kind all at once.
  EXPECT_EQ(Suppose(absl::StrCat("results { ", Target(1), " } results { ", Target(99), " }")),
            bad + "results[0].actual: NOTHING_REPORTED overlay.results[1].target: TARGET_UNKNOWN");
  v1::SimulateRankingResponse unused;
  EXPECT_EQ(Ask(&v1::ScoringService::Stub::SimulateRanking,
                absl::StrCat("period: '", kPeriodName, "'"), &unused),
            "INVALID_ARGUMENT overlay: REQUIRED");
  EXPECT_EQ(Ask(&v1::ScoringService::Stub::SimulateRanking,
                absl::StrCat("period: '", khoi4_2019::kYearName, "' overlay {}"), &unused),
            "NOT_FOUND period: PERIOD_UNKNOWN");
}

}  // namespace
}  // namespace thidua::scoring
