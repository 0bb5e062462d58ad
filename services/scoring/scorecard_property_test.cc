// Scorecards of random blocs under random schemes of every kind of rule: whatever was scored, what
// is shown adds up, and there is a sentence wherever a point was changed.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/domain/scoring_maker_testlib.h"
#include "services/scoring/criterion_wording.h"
#include "services/scoring/explanation.h"
#include "services/scoring/rule_wording.h"
#include "services/scoring/scorecard_message.h"
#include "services/scoring/standing_testlib.h"
#include "services/scoring/target_wording.h"
#include "services/scoring/wording.h"

namespace thidua::scoring {
namespace {

using domain::Rational;

// How often each thing was met, by name: a property of nothing says nothing.
using Met = std::map<std::string, int>;

void ExpectSentence(const std::string& sentence, const char* what) {
  EXPECT_FALSE(sentence.empty()) << what;
  EXPECT_LE(CodePoints(sentence), kMaxSentence) << what << ": " << sentence;
  EXPECT_EQ(sentence.find("  "), std::string::npos) << sentence;
  EXPECT_TRUE(absl::EndsWith(sentence, ".")) << what << ": " << sentence;
}

// From the raw points to those that count, each step where the one before ended.
void ExpectNoGap(const Spot& spot, Met& met) {
  const domain::CriterionPoints numbers = spot.numbers();
  PointsAndBonus now = RawOf(spot);
  for (const Adjustment& adjustment : AdjustmentsOf(spot)) {
    ExpectSentence(AdjustmentSentence(spot, adjustment), "adjustment");
    ++met[absl::StrCat("adjustment ", static_cast<int>(adjustment.kind))];
    if (adjustment.points.has_value()) {
      EXPECT_EQ(adjustment.points->before, now.points);
      EXPECT_NE(adjustment.points->after, now.points) << "nothing changed";
      now.points = adjustment.points->after;
    }
    if (adjustment.bonus.has_value()) {
      EXPECT_EQ(adjustment.bonus->before, now.bonus);
      EXPECT_NE(adjustment.bonus->after, now.bonus) << "nothing changed";
      now.bonus = adjustment.bonus->after;
    }
  }
  if (!numbers.assigned) {
    EXPECT_FALSE(CriterionSentence(spot).empty());
    return;
  }
  EXPECT_EQ(now.points, numbers.points);
  EXPECT_EQ(now.bonus, numbers.bonus);
}

// What the rule went by adds up to the raw points.
void ExpectPartsAddUp(const Spot& spot, Met& met) {
  const PointsAndBonus raw = RawOf(spot);
  if (spot.criterion().highest_child_only) {
    const std::optional<Spot> counted = CountedChild(spot);
    ASSERT_TRUE(counted.has_value());
    EXPECT_EQ(counted->numbers().points, raw.points);
    EXPECT_EQ(counted->numbers().bonus, raw.bonus);
    ++met["highest child"];
  } else if (!spot.criterion().children.empty()) {
    PointsAndBonus sum;
    for (const Spot& child : spot.Children()) {
      if (!child.numbers().assigned) continue;
      sum.points += child.numbers().points;
      sum.bonus += child.numbers().bonus;
    }
    EXPECT_EQ(sum.points, raw.points);
    EXPECT_EQ(sum.bonus, raw.bonus);
    ++met["sum"];
  } else if (const auto* events = spot.rule<domain::EventsRule>()) {
    if (spot.given() == nullptr && spot.criterion().when_missing == domain::WhenMissing::kZero) {
      // Nobody said whether anything happened: no events are told of.
      EXPECT_TRUE(raw.points.is_zero());
      EXPECT_FALSE(absl::StartsWith(DerivationSentence(spot), "Không có việc nào"));
      ++met["events not assessed"];
      return;
    }
    Rational sum = events->starts_at;
    for (const EventPart& part : EventsOf(spot)) sum += part.points;
    EXPECT_EQ(sum, raw.points);
    ++met["events"];
  } else if (const auto* places = spot.rule<domain::PlacesRule>()) {
    ++met["places"];
    if (spot.given() == nullptr || places->source == domain::PlacesRule::Source::kGivenPlace) {
      return;
    }
    for (const Placed& placed : PlacedBloc(spot)) {
      if (placed.unit != spot.unit) continue;
      EXPECT_EQ(placed.place, spot.numbers().place);
    }
  }
}

void ExpectTargetsAddUp(const Spot& spot, Met& met) {
  Rational points = 0, bonus = 0;
  const bool by_targets = spot.rule<domain::TargetsRule>() != nullptr;
  for (size_t t = spot.first_target(); t < spot.end_target(); ++t) {
    const TargetSpot target{spot, t};
    ExpectSentence(DerivationSentence(target), "target");
    if (!target.figure().counted) continue;
    const domain::TargetPoints& found = target.points();
    points += found.points;
    bonus += found.bonus;
    if (!by_targets) continue;
    const TargetParts parts = PartsOf(target);
    const auto& rounding = spot.rule<domain::TargetsRule>()->each_rounding;
    EXPECT_EQ(rounding.has_value() ? parts.before_rounding.RoundedTo(rounding->step, rounding->mode)
                                   : parts.before_rounding,
              found.points)
        << DerivationSentence(target);
    Rational part_bonus = parts.percent_bonus;
    for (const TargetParts::Step& step : parts.steps) {
      if (!step.points.is_negative()) part_bonus += step.points;
      ++met["step"];
    }
    EXPECT_EQ(part_bonus, found.bonus) << DerivationSentence(target);
    met["without target"] += target.figure().without_target ? 1 : 0;
    met["best in bloc"] += spot.rule<domain::TargetsRule>()->best_in_bloc.has_value() ? 1 : 0;
  }
  if (by_targets && spot.numbers().assigned && !spot.numbers().by_default) {
    EXPECT_EQ(points, RawOf(spot).points);
    EXPECT_EQ(bonus, RawOf(spot).bonus);
    ++met["targets"];
  }
}

void ExpectExplained(const Spot& spot, const GivenPoints& given, Met& met) {
  SCOPED_TRACE(absl::StrCat(spot.criterion().id, " of ", spot.unit_name(spot.unit)));
  ExpectSentence(RuleSentence(spot.criterion()), "rule");
  ExpectNoGap(spot, met);
  if (spot.voided()) return;
  if (spot.numbers().assigned) {
    ExpectSentence(DerivationSentence(spot, given), "derivation");
    ExpectPartsAddUp(spot, met);
  }
  if (spot.given() != nullptr) {
    const std::string sentence = AssessmentSentence(spot, given);
    if (spot.numbers().assigned) ExpectSentence(sentence, "assessment");
    // The average of the voices that are not left out is what counts.
    Rational sum = 0;
    int64_t count = 0;
    for (const domain::Voice& voice :
         domain::VoicesOf(spot.criterion(), given.Of(spot.criterion().id, spot.given()->layer))) {
      if (voice.points_left_out) continue;
      sum += voice.points;
      ++count;
    }
    ASSERT_GT(count, 0);
    EXPECT_EQ(sum / count, spot.given()->points);
  }
  ExpectTargetsAddUp(spot, met);
  if (spot.rule<domain::FormulaRule>() != nullptr) ++met["formula"];
  for (const size_t limit : HeldLimits(spot)) {
    LimitInputs(spot, limit);
    ++met["limit"];
  }
  for (const Spot& child : spot.Children()) ExpectExplained(child, given, met);
}

// What the contract carries is the same again, as text.
void ExpectMessageAddsUp(const v1::CriterionScore& score) {
  SCOPED_TRACE(score.criterion_id());
  const auto same = [](const v1::Amount& amount, const std::string& decimal) {
    EXPECT_EQ(amount.decimal(), decimal);
  };
  EXPECT_NE(score.rule_kind(), v1::RULE_KIND_UNSPECIFIED);
  EXPECT_EQ(score.assigned(), score.has_raw_points());
  if (!score.assigned()) return;
  v1::Amount points = score.raw_points(), bonus = score.raw_bonus();
  for (const v1::Adjustment& adjustment : score.adjustments()) {
    if (adjustment.has_before()) {
      EXPECT_EQ(adjustment.before().decimal(), points.decimal());
      EXPECT_EQ(adjustment.before().exact(), points.exact());
      points = adjustment.after();
    }
    if (adjustment.has_bonus_before()) {
      EXPECT_EQ(adjustment.bonus_before().decimal(), bonus.decimal());
      bonus = adjustment.bonus_after();
    }
    EXPECT_EQ(adjustment.kind() == v1::Adjustment::KIND_ROUNDED,
              !adjustment.rounding_step().empty());
  }
  same(points, score.points());
  same(bonus, score.bonus());
  EXPECT_EQ(points.exact(), score.exact().points());
  for (const v1::CriterionScore& child : score.children()) ExpectMessageAddsUp(child);
}

// The maker's have no names; half of them get the longest there are.
std::string NameOf(absl::string_view what, bool is_long) {
  std::string name = absl::StrCat("Tên của ", what);
  while (is_long && CodePoints(name) < 290) name += " và nữa";
  return name;
}

void Name(std::vector<domain::Criterion>& criteria, bool is_long) {
  for (domain::Criterion& criterion : criteria) {
    criterion.name = NameOf(criterion.id, is_long);
    if (auto* events = std::get_if<domain::EventsRule>(&criterion.rule)) {
      for (auto& event : events->events) event.name = NameOf(event.id, is_long);
    }
    if (auto* formula = std::get_if<domain::FormulaRule>(&criterion.rule)) {
      for (auto& figure : formula->figures) figure.name = NameOf(figure.id, is_long);
      if (!formula->description.empty()) formula->description = "Theo công thức.";
    }
    for (domain::Limit& limit : criterion.limits) limit.name = NameOf("khống chế", is_long);
    Name(criterion.children, is_long);
  }
}

void Name(domain::Pact& pact, bool is_long) {
  for (domain::Member& member : pact.members) {
    member.display_name = NameOf(member.unit, is_long);
  }
  Name(pact.scheme.contents, is_long);
  pact.scheme.ranking.formula_name = NameOf("công thức", is_long);
  for (domain::TieKey& key : pact.scheme.ranking.tie_keys) key.name = NameOf("khóa", is_long);
  for (auto& parameter : pact.scheme.parameters) parameter.name = NameOf(parameter.id, is_long);
}

void CheckOneBloc(uint64_t seed, Met& met) {
  domain::oracle::Choices choices(seed);
  domain::oracle::Case one = domain::oracle::MakeCase(choices);
  Name(one.pact, seed % 2 == 0);
  const auto standing =
      StandingOf(std::move(one.pact), std::move(one.results), std::move(one.given));
  const domain::PeriodScore& scored = *standing->scored;
  for (size_t u = 0; u < scored.units().size(); ++u) {
    const domain::UnitScore& unit = scored.units()[u];
    const GivenPoints given(standing->assessments, unit.member->unit);
    PointsAndBonus sum;
    const std::vector<domain::PlanNode>& nodes = scored.sheet().plan->nodes();
    for (size_t n = 0; n < nodes.size(); n = nodes[n].end) {
      const Spot content{&scored.sheet(), n, u};
      ExpectExplained(content, given, met);
      if (!content.numbers().assigned) continue;
      sum.points += content.numbers().points;
      sum.bonus += content.numbers().bonus;
    }
    EXPECT_EQ(sum.points, unit.points);
    EXPECT_EQ(sum.bonus, unit.bonus);
    const auto card = ScorecardMessage(*standing, unit.member->unit);
    ASSERT_TRUE(card.has_value());
    for (const v1::CriterionScore& content : card->contents()) ExpectMessageAddsUp(content);
    EXPECT_FALSE(card->text().empty());
  }
  const v1::Ranking ranking = RankingMessage(*standing, absl::UnixEpoch());
  for (const v1::RankingRow& row : ranking.rows()) {
    ExpectSentence(row.reason(), "place");
    EXPECT_EQ(row.has_decided_by(), !row.decided_by_name().empty());
    EXPECT_EQ(row.rank() > 0, !row.ranked_by().empty());
  }
  for (const std::string& note : ranking.notes()) ExpectSentence(note, "note");
}

TEST(ScorecardPropertyTest, WhatIsShownIsTheWholeOfWhatCounts) {
  Met met;
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    CheckOneBloc(seed, met);
    if (testing::Test::HasFailure()) break;  // One bloc tells the story.
  }
  for (int kind = 0; kind <= static_cast<int>(Adjustment::Kind::kLimited); ++kind) {
    EXPECT_GT(met[absl::StrCat("adjustment ", kind)], 20) << kind;
  }
  for (const char* what :
       {"highest child", "sum", "events", "places", "targets", "formula", "limit", "step",
        "without target", "best in bloc", "events not assessed"}) {
    EXPECT_GT(met[what], 50) << what;
  }
}

}  // namespace
}  // namespace thidua::scoring
