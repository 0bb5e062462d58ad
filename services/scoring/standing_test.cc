#include "services/scoring/standing.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "services/domain/fault.h"
#include "services/platform/digest.h"
#include "services/scoring/khoi4_2019_inputs_testlib.h"
#include "services/scoring/scorecard_message.h"

namespace thidua::scoring {
namespace {

const absl::Time kNow = absl::FromUnixMillis(1565000000123);

std::string Revision(int64_t epoch_ms, int64_t version) {
  ReceivedPeriod received;
  received.store_epoch_ms = epoch_ms;
  received.inputs.set_version(version);
  return RevisionOf(received);
}

TEST(RevisionTest, ComparesAsTextWhereverDigitsAreGained) {
  const int64_t kEpochs[] = {0,
                             1,
                             999'999'999'999,
                             1'564'963'200'000,
                             1'564'963'200'001,
                             9'999'999'999'999,
                             10'000'000'000'000,
                             999'999'999'999'999};
  const int64_t kVersions[] = {1,   2,   9,    10,         11,         99,
                               100, 999, 1000, 2147483647, 2147483648, 999'999'999'999};
  // A later store is newer whatever it has counted to.
  std::string before;
  for (const int64_t epoch : kEpochs) {
    for (const int64_t version : kVersions) {
      const std::string revision = Revision(epoch, version);
      EXPECT_LT(before, revision) << epoch << " " << version;
      EXPECT_EQ(revision.size(), Revision(0, 1).size());
      before = revision;
    }
  }
}

// What a replica ranks that has not heard of a final, before it or after.
TEST(RevisionTest, AFinalIsNewerThanEveryRankingOfFewerDecisions) {
  ReceivedPeriod sealed;
  sealed.store_epoch_ms = 1'564'963'200'000;
  sealed.inputs.set_version(7);
  const std::string made_final = RevisionOf(sealed, 1), revoked = RevisionOf(sealed, 2);
  EXPECT_LT(made_final, revoked);
  for (const int64_t epoch : {int64_t{1'564'963'200'000}, int64_t{9'999'999'999'999}}) {
    for (const int64_t version : {6, 7, 8, 999'999}) {
      EXPECT_LT(Revision(epoch, version), made_final) << epoch << " " << version;
    }
  }
}

TEST(RevisionTest, ReadsOnlyWhatItPrints) {
  const std::string revision = Revision(1'564'963'200'000, 7);
  ASSERT_TRUE(ReadRevision(revision).has_value());
  EXPECT_EQ(ReadRevision(revision)->store_epoch_ms, 1'564'963'200'000);
  EXPECT_EQ(ReadRevision(revision)->version, 7);
  EXPECT_EQ(ReadRevision(revision)->engine, domain::kEngineRevision);
  EXPECT_EQ(revision.size(), std::string(kRevisionShape).size());
  for (const std::string& other : {std::string(), std::string("1"), revision.substr(1),
                                   revision + "0", "+" + revision.substr(1)}) {
    EXPECT_FALSE(ReadRevision(other).has_value()) << other;
  }
}

TEST(RevisionTest, IsTheSameForTheSameInputs) {
  EXPECT_EQ(Revision(1'564'963'200'000, 7), Revision(1'564'963'200'000, 7));
}

TEST(StandingTest, RanksTheFirstHalfOf2019) {
  const auto standing = ComputeStanding(khoi4_2019::Received(3), kNow);
  ASSERT_TRUE(standing.ok()) << standing.status();
  const v1::Ranking& ranking = (*standing)->ranking;
  EXPECT_EQ(ranking.name(), "blocs/khoi-4/pacts/2019/periods/6-thang/ranking");
  EXPECT_EQ(ranking.bloc_display_name(), "Khối thi đua 4");
  EXPECT_EQ(ranking.period_display_name(), "6 tháng đầu năm 2019");
  EXPECT_EQ(ranking.state(), v1::Ranking::STATE_PROVISIONAL);
  EXPECT_EQ(ranking.key(), registry::v1::RankingRule::KEY_PERCENT_OF_ASSIGNED);
  EXPECT_EQ(ranking.period_version(), 3);
  EXPECT_EQ(ranking.scheme(), "schemes/kien-giang-khoi-2019/versions/1");
  EXPECT_EQ(ranking.revision(), RevisionOf((*standing)->received));
  EXPECT_EQ(messages::ReadInstant(ranking.data_time()), absl::FromUnixSeconds(1564966923));
  EXPECT_EQ(messages::ReadInstant(ranking.compute_time()), kNow);

  const struct {
    int rank;
    const char* unit;
    const char* points;
    const char* bonus;
    const char* total;
    const char* percent;
    const char* margin;
  } kRows[] = {
      {1, "units/ban-dan-toc", "650", "25", "675", "103.8462", "3.8462"},
      {2, "units/so-y-te", "650", "0", "650", "100", "1.3806"},
      {3, "units/so-van-hoa-va-the-thao", "641.0263", "0", "641.0263", "98.6194", "25.2861"},
      {4, "units/so-khoa-hoc-va-cong-nghe", "476.6667", "0", "476.6667", "73.3333", "22.2105"},
      {5, "units/so-lao-dong-thuong-binh-va-xa-hoi", "332.2986", "0", "332.2986", "51.1229", "0"},
      // This scheme does not take their word for it.
      {0, "units/so-du-lich", "0", "0", "0", "", "0"},
      {0, "units/so-giao-duc-va-dao-tao", "0", "0", "0", "", "0"},
  };
  ASSERT_EQ(ranking.rows_size(), 7);
  for (int i = 0; i < 7; ++i) {
    const v1::RankingRow& row = ranking.rows(i);
    SCOPED_TRACE(row.unit());
    EXPECT_EQ(row.rank(), kRows[i].rank);
    EXPECT_EQ(row.unit(), kRows[i].unit);
    EXPECT_EQ(row.points(), kRows[i].points);
    EXPECT_EQ(row.bonus(), kRows[i].bonus);
    EXPECT_EQ(row.total(), kRows[i].total);
    EXPECT_EQ(row.assigned_points(), kRows[i].rank == 0 ? "0" : "650");
    EXPECT_EQ(row.percent_of_assigned(), kRows[i].percent);
    EXPECT_EQ(row.margin_to_next(), kRows[i].margin);
    EXPECT_FALSE(row.reason().empty());
    EXPECT_EQ(row.contents_size(), 3);
    EXPECT_FALSE(row.contents(1).assigned()) << "nobody has assessed it yet";
  }
}

TEST(StandingTest, TwoComputationsDifferInTheirTimeOnly) {
  auto first = (*ComputeStanding(khoi4_2019::Received(), kNow))->ranking;
  auto second = (*ComputeStanding(khoi4_2019::Received(), kNow + absl::Seconds(5)))->ranking;
  EXPECT_NE(first.compute_time().seconds(), second.compute_time().seconds());
  first.clear_compute_time();
  second.clear_compute_time();
  EXPECT_EQ(platform::DeterministicBytes(first), platform::DeterministicBytes(second));
}

TEST(StandingTest, KeepsTheMessageBehindEachTargetAndResult) {
  const auto standing = *ComputeStanding(khoi4_2019::Received(), kNow);
  ASSERT_EQ(standing->target_messages.size(), 16u);
  for (const domain::Target& target : standing->pact.targets) {
    EXPECT_EQ(standing->target_messages.at(&target)->display_name(), target.name);
  }
  ASSERT_EQ(standing->result_messages.size(), 16u);
  for (const domain::Result& result : standing->results) {
    EXPECT_EQ(standing->result_messages.at(&result)->target(),
              absl::StrCat(khoi4_2019::kPactName, "/targets/", result.target));
  }
}

// All are equal at nothing: a ranking in name only.
TEST(StandingTest, BeforeAnythingIsReportedNobodyIsRanked) {
  ReceivedPeriod received = khoi4_2019::Received();
  received.inputs.clear_results();
  const auto standing = ComputeStanding(std::move(received), kNow);
  ASSERT_TRUE(standing.ok()) << standing.status();
  EXPECT_EQ((*standing)->ranking.rows_size(), 7);
  for (const v1::RankingRow& row : (*standing)->ranking.rows()) EXPECT_EQ(row.rank(), 0);
}

// Sở Y tế by its peers and by itself, Ban Dân tộc by the province after itself.
ReceivedPeriod ReceivedWithAssessments() {
  using khoi4_2019::Assessed;
  ReceivedPeriod received = khoi4_2019::Received(4);
  for (const results::v1::Assessment& assessment : {
           Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_SELF, "200"),
           Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_PEER, "190", "",
                    "so-du-lich"),
           Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_PEER, "195", "",
                    "ban-dan-toc"),
           Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_PEER, "180", "",
                    "so-khoa-hoc-va-cong-nghe"),
           Assessed("so-y-te", "noi-dung-3", type::v1::ASSESSMENT_LAYER_SELF, "90", "10"),
           Assessed("ban-dan-toc", "noi-dung-2", type::v1::ASSESSMENT_LAYER_SELF, "200"),
           Assessed("ban-dan-toc", "noi-dung-2", type::v1::ASSESSMENT_LAYER_PROVINCE, "150"),
       }) {
    *received.inputs.add_assessments() = assessment;
  }
  return received;
}

TEST(StandingTest, CountsThePointsOfTheFirstLayerThatGaveAny) {
  const auto standing = ComputeStanding(ReceivedWithAssessments(), kNow);
  ASSERT_TRUE(standing.ok()) << standing.status();
  const struct {
    int rank;
    const char* unit;
    const char* total;
    const char* assigned;
    const char* percent;
  } kRows[] = {
      // 650 + 565/3 + 90 + 10 of 950.
      {1, "units/so-y-te", "938.3333", "950", "98.7719"},
      {2, "units/so-van-hoa-va-the-thao", "641.0263", "650", "98.6194"},
      // 650 + 25 + 150 of 850: the province's points, and not its own.
      {3, "units/ban-dan-toc", "825", "850", "97.0588"},
  };
  for (int i = 0; i < 3; ++i) {
    const v1::RankingRow& row = (*standing)->ranking.rows(i);
    SCOPED_TRACE(row.unit());
    EXPECT_EQ(row.rank(), kRows[i].rank);
    EXPECT_EQ(row.unit(), kRows[i].unit);
    EXPECT_EQ(row.total(), kRows[i].total);
    EXPECT_EQ(row.assigned_points(), kRows[i].assigned);
    EXPECT_EQ(row.percent_of_assigned(), kRows[i].percent);
  }
}

TEST(StandingTest, TheSchemesPrecedenceDecidesWhosePointsCount) {
  ReceivedPeriod received = ReceivedWithAssessments();
  auto& scheme = *received.inputs.mutable_pact()->mutable_scheme_content();
  scheme.add_assessment_precedence(type::v1::ASSESSMENT_LAYER_PROVINCE);
  const auto standing = ComputeStanding(received, kNow);
  ASSERT_TRUE(standing.ok()) << standing.status();
  ASSERT_EQ((*standing)->assessed.size(), 1u);
  EXPECT_EQ((*standing)->assessed[0].unit, "ban-dan-toc");
  EXPECT_EQ((*standing)->assessed[0].points, domain::Rational(150));
}

TEST(StandingTest, PointsAloneMakeARanking) {
  ReceivedPeriod received = khoi4_2019::Received();
  received.inputs.clear_results();
  *received.inputs.add_assessments() =
      khoi4_2019::Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_SELF, "0");
  const auto standing = ComputeStanding(received, kNow);
  ASSERT_TRUE(standing.ok()) << standing.status();
  EXPECT_GT((*standing)->ranking.rows(0).rank(), 0);
}

TEST(ScorecardMessageTest, SaysWhosePointsCount) {
  const auto standing = ComputeStanding(ReceivedWithAssessments(), kNow);
  ASSERT_TRUE(standing.ok()) << standing.status();
  const v1::Scorecard card = *ScorecardMessage(**standing, "so-y-te");
  ASSERT_EQ(card.contents_size(), 3);
  EXPECT_FALSE(card.contents(0).has_assessment()) << "it counts by targets";
  const struct {
    type::v1::AssessmentLayer layer;
    int raters;
    const char* points;
    const char* bonus;
    const char* derivation;
  } kCases[] = {
      {type::v1::ASSESSMENT_LAYER_PEER, 3, "188.3333", "0",
       "Điểm chấm chéo, trung bình của 3 đơn vị: ≈ 188,33/200."},
      {type::v1::ASSESSMENT_LAYER_SELF, 1, "90", "10",
       "Điểm đơn vị tự chấm: 90/100, thưởng 10 điểm."},
  };
  for (int i = 0; i < 2; ++i) {
    const v1::CriterionScore& content = card.contents(i + 1);
    SCOPED_TRACE(content.criterion_id());
    EXPECT_TRUE(content.assigned());
    EXPECT_EQ(content.points(), kCases[i].points);
    EXPECT_EQ(content.bonus(), kCases[i].bonus);
    EXPECT_EQ(content.assessment().layer(), kCases[i].layer);
    EXPECT_EQ(content.assessment().raters(), kCases[i].raters);
    EXPECT_EQ(content.assessment().points(), kCases[i].points);
    EXPECT_EQ(content.assessment().bonus(), kCases[i].bonus);
    EXPECT_EQ(content.assessment().derivation(), kCases[i].derivation);
    EXPECT_EQ(content.note(), "");
  }
  const v1::CriterionScore waiting = ScorecardMessage(**standing, "so-du-lich")->contents(1);
  EXPECT_FALSE(waiting.has_assessment());
  EXPECT_EQ(waiting.note(), "Chưa được chấm điểm: không tính vào tổng điểm được giao.");
}

TEST(StandingTest, RefusesWhatResultsIngestNeverSends) {
  ReceivedPeriod received = khoi4_2019::Received();
  received.inputs.set_name("blocs/khoi-4/pacts/2019/periods/9-thang");
  EXPECT_EQ(ComputeStanding(received, kNow).status().code(), absl::StatusCode::kDataLoss);
  received = khoi4_2019::Received();
  received.inputs.set_name("6-thang");
  EXPECT_FALSE(ComputeStanding(received, kNow).ok());
  received = khoi4_2019::Received();
  received.inputs.mutable_pact()->clear_name();
  EXPECT_FALSE(ComputeStanding(received, kNow).ok());
  received = khoi4_2019::Received();
  received.inputs.mutable_results(3)->mutable_actual()->set_value("4.268,0");
  EXPECT_FALSE(ComputeStanding(received, kNow).ok());
  received = ReceivedWithAssessments();
  received.inputs.mutable_assessments(2)->set_points("195,0");
  const auto faults = domain::FaultsOf(ComputeStanding(received, kNow).status());
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].path, "inputs.assessments[2].points");
}

}  // namespace
}  // namespace thidua::scoring
