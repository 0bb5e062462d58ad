// What a card says, as a page and as a contract.
#include "services/scoring/scorecard_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "services/domain/khoi4_2019_testdata.h"
#include "services/scoring/scorecard_message.h"
#include "services/scoring/standing_testlib.h"

namespace thidua::scoring {
namespace {

using domain::Decimal;
using domain::Layer;
using testing::HasSubstr;
using testing::Not;

// A bloc of two with one content of 650 points.
domain::Pact PactOf(decltype(domain::Criterion::rule) rule) {
  domain::Pact pact;
  pact.scheme.legal_basis = "QĐ 809/QĐ-UBND ngày 04/4/2019";
  domain::Criterion& content = pact.scheme.contents.emplace_back();
  content.id = "tieu-chi";
  content.name = "Tiêu chí";
  content.max_points = 650;
  content.rule = std::move(rule);
  pact.members = {{"a", "Công an huyện A", domain::Role::kLeader},
                  {"b", "Công an huyện B", domain::Role::kMember}};
  return pact;
}

domain::Target TargetOf(const char* value) {
  domain::Target target;
  target.id = "chi-tieu";
  target.unit = "a";
  target.criterion = "tieu-chi";
  target.name = "Chỉ tiêu";
  target.value = domain::khoi4_2019::Figure(value, "");
  return target;
}

domain::Result ResultOf(const char* actual) {
  domain::Result result;
  result.target = "chi-tieu";
  result.actual = domain::khoi4_2019::Figure(actual, "");
  result.revision = 1;
  return result;
}

v1::Scorecard CardOf(domain::Pact pact, std::vector<domain::Result> results,
                     std::vector<domain::Assessment> given = {}) {
  const auto standing = StandingOf(std::move(pact), std::move(results), std::move(given));
  const std::optional<v1::Scorecard> card = ScorecardMessage(*standing, "a");
  EXPECT_TRUE(card.has_value());
  return card.value_or(v1::Scorecard());
}

TEST(ScorecardTextTest, RoundsOnceAndSaysSo) {
  // 650 × 15/199 = 48,99497…, which four digits make 48,9950.
  domain::Pact pact = PactOf(domain::TargetsRule());
  pact.targets = {TargetOf("199")};
  const v1::Scorecard card = CardOf(std::move(pact), {ResultOf("15")});
  EXPECT_EQ(card.total(), "48.995");
  EXPECT_EQ(card.exact().total(), "9750/199");
  EXPECT_THAT(card.text(), HasSubstr("Tổng ≈ 48,99/650 điểm được giao, đạt ≈ 7,54%."));
  EXPECT_THAT(card.text(), HasSubstr("Tiêu chí: ≈ 48,99/650 điểm."));
  EXPECT_THAT(card.text(), Not(HasSubstr("49/650")));
}

TEST(ScorecardTextTest, NamesWhatItRestsOn) {
  const v1::Scorecard card = CardOf(PactOf(domain::AssessedRule()), {});
  EXPECT_EQ(card.legal_basis(), "QĐ 809/QĐ-UBND ngày 04/4/2019");
  EXPECT_THAT(card.text(), HasSubstr("\nCăn cứ chấm điểm: QĐ 809/QĐ-UBND ngày 04/4/2019.\n"));
  domain::Pact without = PactOf(domain::AssessedRule());
  without.scheme.legal_basis.clear();
  EXPECT_THAT(CardOf(std::move(without), {}).text(), Not(HasSubstr("Căn cứ")));
}

TEST(ScorecardTextTest, SaysNothingTwice) {
  domain::Pact pact = PactOf(domain::AssessedRule());
  pact.scheme.contents[0].when_missing = domain::WhenMissing::kZero;
  EXPECT_THAT(CardOf(std::move(pact), {}).text(),
              HasSubstr("\n  Chưa được chấm điểm: tính 0/650 điểm.\n"));
}

// Nothing comes of events that nobody has looked for.
TEST(ScorecardMessageTest, OfEventsNotAssessedNoneIsCounted) {
  domain::EventsRule rule;
  rule.starts_at = 10;
  rule.events = {{"phe-binh", "Bị phê bình", -3}};
  domain::Pact pact = PactOf(rule);
  pact.scheme.contents[0].when_missing = domain::WhenMissing::kZero;
  const v1::CriterionScore score = CardOf(std::move(pact), {}).contents(0);
  EXPECT_EQ(score.derivation(), "Chưa được chấm điểm.");
  ASSERT_EQ(score.figures_size(), 1);
  EXPECT_FALSE(score.figures(0).has_value());
  EXPECT_FALSE(score.figures(0).has_counted());
  EXPECT_FALSE(score.figures(0).has_points());
}

TEST(ScorecardMessageTest, AFigureSaysHowManyGaveIt) {
  domain::EventsRule rule;
  rule.starts_at = 10;
  rule.events = {{"phe-binh", "Bị phê bình", -3}, {"khen", "Được khen", 3}};
  domain::Pact pact = PactOf(rule);
  pact.members.push_back({"c", "Công an huyện C", domain::Role::kMember});
  const v1::CriterionScore score =
      CardOf(std::move(pact), {},
             {{"a", "tieu-chi", Layer::kPeer, "b", 0, 0, {{"phe-binh", 3}, {"khen", 1}}},
              {"a", "tieu-chi", Layer::kPeer, "c", 0, 0, {{"khen", 2}}}})
          .contents(0);
  ASSERT_EQ(score.figures_size(), 2);
  EXPECT_EQ(score.figures(0).raters(), 1);
  EXPECT_EQ(score.figures(0).value().decimal(), "3");
  EXPECT_EQ(score.figures(1).raters(), 2);
  EXPECT_EQ(score.figures(1).value().decimal(), "1.5");
}

TEST(ScorecardMessageTest, ATargetWithoutPointsOfItsOwnCarriesNone) {
  domain::FormulaRule together;
  together.takes_targets = true;
  together.points = "max_points * targets.average(achievement)";
  for (const bool each : {false, true}) {
    domain::FormulaRule rule = together;
    rule.each_target = each;
    if (each) rule.points = "share_points * achievement";
    domain::Pact pact = PactOf(rule);
    pact.targets = {TargetOf("10")};
    const v1::CriterionScore score = CardOf(std::move(pact), {ResultOf("8")}).contents(0);
    ASSERT_EQ(score.targets_size(), 1);
    EXPECT_EQ(score.points(), "520");
    EXPECT_EQ(score.targets(0).points(), each ? "520" : "");
    EXPECT_EQ(score.targets(0).share_points(), each ? "650" : "");
    EXPECT_EQ(score.targets(0).bonus(), each ? "0" : "");
    EXPECT_EQ(score.targets(0).achievement_percent(), "80");
  }
}

}  // namespace
}  // namespace thidua::scoring
