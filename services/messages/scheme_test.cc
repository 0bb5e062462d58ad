#include "services/messages/scheme.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"

namespace thidua::messages {
namespace {

using domain::AssessedRule;
using domain::Decimal;
using domain::LowerIsBetterFormula;
using domain::RankingKey;
using domain::StatedPercentPolicy;
using domain::TargetsRule;

registry::v1::Scheme SchemeOf(const std::string& text) {
  registry::v1::Scheme scheme;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &scheme)) << text;
  return scheme;
}

TEST(ReadSchemeTest, ReadsTheWholeTree) {
  const auto scheme = ReadScheme("scheme", SchemeOf(R"pb(
                                   name: "schemes/kien-giang/versions/3"
                                   display_name: "Thang điểm"
                                   legal_basis: "QĐ 809/QĐ-UBND"
                                   contents {
                                     criterion_id: "nd-1"
                                     display_name: "Nội dung 1"
                                     clause: "Điều 6"
                                     max_points: "650"
                                     bonus_cap: "40"
                                     children {
                                       criterion_id: "nd-1.1"
                                       max_points: "600.50"
                                       rounding { digits: 0 }
                                       targets {
                                         achievement_cap_percent: "120"
                                         lower_is_better: LOWER_IS_BETTER_TWO_MINUS_RATIO
                                         stated_percent: STATED_PERCENT_ACCEPT
                                         bonus_per_percent_above: "0.2"
                                       }
                                     }
                                     children {
                                       criterion_id: "nd-1.2"
                                       max_points: "49.5"
                                       assessed { step: "0.50" }
                                     }
                                   }
                                   contents {
                                     criterion_id: "nd-2"
                                     max_points: "200"
                                     assessed {}
                                   }
                                   assessment_precedence: ASSESSMENT_LAYER_BLOC
                                   assessment_precedence: ASSESSMENT_LAYER_PEER
                                   ranking {
                                     key: KEY_PERCENT_OF_ASSIGNED
                                     tie_keys { criterion_id: "nd-1" }
                                     tie_keys { criterion_id: "nd-2" }
                                   }
                                 )pb"));
  ASSERT_TRUE(scheme.ok()) << scheme.status();
  EXPECT_EQ(scheme->id, "kien-giang");
  EXPECT_EQ(scheme->version, 3);
  EXPECT_EQ(scheme->name, "Thang điểm");
  EXPECT_EQ(scheme->legal_basis, "QĐ 809/QĐ-UBND");
  ASSERT_EQ(scheme->contents.size(), 2u);
  const domain::Criterion& content = scheme->contents[0];
  EXPECT_EQ(content.id, "nd-1");
  EXPECT_EQ(content.name, "Nội dung 1");
  EXPECT_EQ(content.clause, "Điều 6");
  EXPECT_EQ(content.max_points, Decimal(650));
  EXPECT_EQ(content.bonus_cap, Decimal(40));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(content.rule));
  ASSERT_EQ(content.children.size(), 2u);
  EXPECT_EQ(content.children[0].max_points.ToString(), "600.50");
  const auto* rule = std::get_if<TargetsRule>(&content.children[0].rule);
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->achievement_cap_percent, Decimal(120));
  EXPECT_EQ(rule->lower_is_better, LowerIsBetterFormula::kTwoMinusActualOverTarget);
  EXPECT_EQ(rule->stated_percent, StatedPercentPolicy::kAccept);
  EXPECT_EQ(rule->bonus_per_percent_above, *Decimal::Parse("0.2"));
  EXPECT_EQ(content.children[0].rounding, domain::Rounding::ToDigits(0))
      << "rounding to whole points is not exactness";
  const auto* assessed = std::get_if<AssessedRule>(&content.children[1].rule);
  ASSERT_NE(assessed, nullptr);
  EXPECT_EQ(assessed->step, *Decimal::Parse("0.5"));
  EXPECT_EQ(std::get<AssessedRule>(scheme->contents[1].rule).step, std::nullopt);
  EXPECT_EQ(scheme->assessment_precedence,
            (std::vector<domain::Layer>{domain::Layer::kBloc, domain::Layer::kPeer}));
  EXPECT_EQ(scheme->ranking.key, RankingKey::kPercentOfAssigned);
  ASSERT_EQ(scheme->ranking.tie_keys.size(), 2u);
  EXPECT_EQ(scheme->ranking.tie_keys[0].criterion, "nd-1");
  EXPECT_EQ(scheme->ranking.tie_keys[1].criterion, "nd-2");
}

TEST(ReadSchemeTest, WhatIsNotSaidIsAsTheContractSays) {
  const auto scheme = ReadScheme("scheme", SchemeOf("contents { targets { lower_is_better: "
                                                    "LOWER_IS_BETTER_TARGET_OVER_ACTUAL } }"));
  ASSERT_TRUE(scheme.ok()) << scheme.status();
  EXPECT_EQ(scheme->ranking.key, RankingKey::kPoints);
  EXPECT_EQ(scheme->contents[0].bonus_cap, Decimal(0));
  const auto& rule = std::get<TargetsRule>(scheme->contents[0].rule);
  EXPECT_EQ(rule.achievement_cap_percent, Decimal(100));
  EXPECT_EQ(rule.lower_is_better, LowerIsBetterFormula::kTargetOverActual);
  EXPECT_EQ(rule.stated_percent, StatedPercentPolicy::kExclude);
  EXPECT_EQ(rule.bonus_per_percent_above, Decimal(0));
  EXPECT_FALSE(scheme->contents[0].rounding.has_value());
  EXPECT_FALSE(scheme->contents[0].min_points.has_value());
  EXPECT_EQ(scheme->contents[0].when_missing, domain::WhenMissing::kLeaveOut);
  EXPECT_FALSE(rule.best_in_bloc.has_value());
  EXPECT_EQ(rule.without_target, domain::WithoutTargetPolicy::kExclude);
  EXPECT_TRUE(scheme->classes.classes.empty());
  EXPECT_FALSE(scheme->ranking.dense);
  EXPECT_TRUE(scheme->assessment_precedence.empty());
}

// The one criterion of a scheme in which only `criterion` is written.
domain::Criterion CriterionOf(const std::string& criterion) {
  const auto scheme = ReadScheme("", SchemeOf("contents { " + criterion + " }"));
  EXPECT_TRUE(scheme.ok()) << scheme.status();
  return scheme.ok() ? scheme->contents[0] : domain::Criterion();
}

TEST(ReadSchemeTest, ReadsWhatSurroundsARule) {
  const domain::Criterion criterion = CriterionOf(R"pb(
    min_points: "-10"
    when_missing: WHEN_MISSING_AS_NONE
    highest_child_only: true
    not_assigned_units: [ "units/xa-a", "units/xa-b" ]
    assigned_if: "is_leader"
    limits { when: "targets.any(percent < 50)" display_name: "Khống chế" no_bonus: true }
    limits { points_at_most_percent: "50" })pb");
  EXPECT_EQ(criterion.min_points, Decimal(-10));
  EXPECT_EQ(criterion.when_missing, domain::WhenMissing::kAsNone);
  EXPECT_TRUE(criterion.highest_child_only);
  EXPECT_EQ(criterion.not_assigned_units, (std::vector<std::string>{"xa-a", "xa-b"}));
  EXPECT_EQ(criterion.assigned_if, "is_leader");
  ASSERT_EQ(criterion.limits.size(), 2u);
  EXPECT_EQ(criterion.limits[0].when, "targets.any(percent < 50)");
  EXPECT_EQ(criterion.limits[0].name, "Khống chế");
  EXPECT_TRUE(criterion.limits[0].no_bonus);
  EXPECT_FALSE(criterion.limits[0].points_at_most_percent.has_value());
  EXPECT_EQ(criterion.limits[1].points_at_most_percent, Decimal(50));
}

TEST(ReadSchemeTest, ReadsARounding) {
  using domain::RoundingMode;
  const struct {
    const char* text;
    const char* step;
    RoundingMode mode;
  } kCases[] = {
      {"", "1", RoundingMode::kHalfUp},
      {"digits: 2", "0.01", RoundingMode::kHalfUp},
      {"digits: 9 mode: MODE_HALF_UP", "0.000000001", RoundingMode::kHalfUp},
      {"digits: 1 mode: MODE_HALF_EVEN", "0.1", RoundingMode::kHalfEven},
      {"step: '0.25' mode: MODE_DOWN", "0.25", RoundingMode::kDown},
      {"step: '5' mode: MODE_UP", "5", RoundingMode::kUp},
  };
  for (const auto& c : kCases) {
    const auto criterion = CriterionOf(absl::StrCat("rounding { ", c.text, " }"));
    ASSERT_TRUE(criterion.rounding.has_value()) << c.text;
    EXPECT_EQ(criterion.rounding->step, *Decimal::Parse(c.step)) << c.text;
    EXPECT_EQ(criterion.rounding->mode, c.mode) << c.text;
  }
}

TEST(ReadSchemeTest, ReadsWhatTargetsAreMeasuredBy) {
  const auto criterion =
      CriterionOf(R"pb(targets {
                         lower_is_better: LOWER_IS_BETTER_TARGET_OVER_ACTUAL
                         best_in_bloc { method: METHOD_SHARE_OF_HIGHEST at_target_percent: "60" }
                         without_target: WITHOUT_TARGET_SHARE_OF_HIGHEST
                         steps { points: "0.5" }
                         steps {
                           side: SIDE_BELOW
                           from_percent: "90"
                           every_percent: "5"
                           points: "-1"
                           begun_counts: true
                           at_most: "2.5"
                         }
                         each_rounding { digits: 3 }
                       })pb");
  const auto& rule = std::get<TargetsRule>(criterion.rule);
  EXPECT_EQ(rule.best_in_bloc->method, domain::BestInBloc::Method::kShareOfHighest);
  EXPECT_EQ(rule.best_in_bloc->at_target_percent, Decimal(60));
  EXPECT_EQ(rule.without_target, domain::WithoutTargetPolicy::kShareOfHighest);
  ASSERT_EQ(rule.steps.size(), 2u);
  EXPECT_TRUE(rule.steps[0].above);
  EXPECT_EQ(rule.steps[0].from_percent, Decimal(100));
  EXPECT_EQ(rule.steps[0].every_percent, Decimal(1));
  EXPECT_FALSE(rule.steps[0].begun_counts);
  EXPECT_FALSE(rule.steps[1].above);
  EXPECT_EQ(rule.steps[1].from_percent, Decimal(90));
  EXPECT_EQ(rule.steps[1].every_percent, Decimal(5));
  EXPECT_EQ(rule.steps[1].points, Decimal(-1));
  EXPECT_TRUE(rule.steps[1].begun_counts);
  EXPECT_FALSE(rule.steps[0].at_most.has_value());
  EXPECT_EQ(rule.steps[1].at_most, *Decimal::Parse("2.5"));
  EXPECT_EQ(rule.each_rounding, domain::Rounding::ToDigits(3));
}

TEST(ReadSchemeTest, ReadsEveryOtherKindOfRule) {
  const auto assessed = std::get<AssessedRule>(
      CriterionOf("assessed { scale_max: '10' raters { rounding { step: '0.5' } drop_extremes: "
                  "true } }")
          .rule);
  EXPECT_EQ(assessed.scale_max, Decimal(10));
  EXPECT_EQ(assessed.raters.rounding->step, *Decimal::Parse("0.5"));
  EXPECT_TRUE(assessed.raters.drop_extremes);

  EXPECT_EQ(std::get<domain::PassFailRule>(CriterionOf("pass_fail { fail_points: '2' }").rule)
                .fail_points,
            Decimal(2));

  const auto events = std::get<domain::EventsRule>(
      CriterionOf("events { starts_at: '7' only_greatest: true "
                  "events { event_id: 'khen' display_name: 'Khen' points: '3' } "
                  "events { event_id: 'phe-binh' points: '-3' most_times: 2 } }")
          .rule);
  EXPECT_EQ(events.starts_at, Decimal(7));
  EXPECT_TRUE(events.only_greatest);
  ASSERT_EQ(events.events.size(), 2u);
  EXPECT_EQ(events.events[0].id, "khen");
  EXPECT_EQ(events.events[0].name, "Khen");
  EXPECT_EQ(events.events[0].points, Decimal(3));
  EXPECT_FALSE(events.events[0].most_times.has_value());
  EXPECT_EQ(events.events[1].points, Decimal(-3));
  EXPECT_EQ(events.events[1].most_times, 2);

  const struct {
    const char* source;
    domain::PlacesRule::Source read;
  } kSources[] = {{"SOURCE_UNSPECIFIED", domain::PlacesRule::Source::kGivenPlace},
                  {"SOURCE_GIVEN_PLACE", domain::PlacesRule::Source::kGivenPlace},
                  {"SOURCE_HIGHEST_MARK", domain::PlacesRule::Source::kHighestMark},
                  {"SOURCE_LOWEST_MARK", domain::PlacesRule::Source::kLowestMark}};
  for (const auto& c : kSources) {
    const auto places = std::get<domain::PlacesRule>(
        CriterionOf(absl::StrCat("places { source: ", c.source,
                                 " points: ['60', '45.5'] beyond: '1' ties_share_average: true }"))
            .rule);
    EXPECT_EQ(places.source, c.read);
    EXPECT_EQ(places.points, (std::vector<Decimal>{60, *Decimal::Parse("45.5")}));
    EXPECT_EQ(places.beyond, Decimal(1));
    EXPECT_TRUE(places.ties_share_average);
  }

  const auto roles = std::get<domain::RolesRule>(
      CriterionOf("roles { leader: '5' deputy: '3' member: '1' }").rule);
  EXPECT_EQ(roles.leader, Decimal(5));
  EXPECT_EQ(roles.deputy, Decimal(3));
  EXPECT_EQ(roles.member, Decimal(1));

  const auto formula = std::get<domain::FormulaRule>(
      CriterionOf(R"pb(formula {
                         points: "share_points"
                         bonus: "1"
                         description: "Mô tả"
                         each_target: true
                         takes_targets: true
                         lower_is_better: LOWER_IS_BETTER_TWO_MINUS_RATIO
                         stated_percent: STATED_PERCENT_ACCEPT
                         figures { figure_id: "ho-so" display_name: "Hồ sơ" }
                         figures { figure_id: "lan" least: "1" most: "9" whole: true }
                       })pb")
          .rule);
  EXPECT_EQ(formula.points, "share_points");
  EXPECT_EQ(formula.bonus, "1");
  EXPECT_EQ(formula.description, "Mô tả");
  EXPECT_TRUE(formula.each_target);
  EXPECT_TRUE(formula.takes_targets);
  EXPECT_EQ(formula.lower_is_better, LowerIsBetterFormula::kTwoMinusActualOverTarget);
  EXPECT_EQ(formula.stated_percent, StatedPercentPolicy::kAccept);
  ASSERT_EQ(formula.figures.size(), 2u);
  EXPECT_EQ(formula.figures[0].id, "ho-so");
  EXPECT_EQ(formula.figures[0].name, "Hồ sơ");
  EXPECT_EQ(formula.figures[0].least, Decimal(0));
  EXPECT_EQ(formula.figures[0].most, Decimal(1'000'000));
  EXPECT_FALSE(formula.figures[0].whole);
  EXPECT_EQ(formula.figures[1].least, Decimal(1));
  EXPECT_EQ(formula.figures[1].most, Decimal(9));
  EXPECT_TRUE(formula.figures[1].whole);
}

TEST(ReadSchemeTest, ReadsRankingClassesAwardsAndParameters) {
  const auto scheme = ReadScheme(
      "", SchemeOf(R"pb(
        ranking {
          key: KEY_FORMULA
          cap: "100"
          formula: "total"
          formula_display_name: "Tổng"
          rounding { digits: 2 }
          dense: true
          tie_keys { formula: "targets.count(reached)" display_name: "Số chỉ tiêu đạt" }
          tie_keys { criterion_id: "nd-1" less_is_better: true }
        }
        classes {
          measure: MEASURE_CAPPED_POINTS
          cap: "100"
          classes { class_id: "tot" display_name: "Tốt" at_least: "85" condition: "is_leader" }
          classes { class_id: "kha" }
        }
        awards {
          award_id: "co"
          display_name: "Cờ"
          at_most: 2
          class_ids: [ "tot", "kha" ]
          votes_at_least_percent: "70"
        }
        parameters {
          parameter_id: "he-so"
          display_name: "Hệ số"
          value: "1.5"
          of_units { unit: "units/xa-a" value: "2" }
        }
      )pb"));
  ASSERT_TRUE(scheme.ok()) << scheme.status();
  const domain::RankingRule& ranking = scheme->ranking;
  EXPECT_EQ(ranking.key, RankingKey::kFormula);
  EXPECT_EQ(ranking.cap, Decimal(100));
  EXPECT_EQ(ranking.formula, "total");
  EXPECT_EQ(ranking.formula_name, "Tổng");
  EXPECT_EQ(ranking.rounding, domain::Rounding::ToDigits(2));
  EXPECT_TRUE(ranking.dense);
  ASSERT_EQ(ranking.tie_keys.size(), 2u);
  EXPECT_EQ(ranking.tie_keys[0].criterion, "");
  EXPECT_EQ(ranking.tie_keys[0].formula, "targets.count(reached)");
  EXPECT_EQ(ranking.tie_keys[0].name, "Số chỉ tiêu đạt");
  EXPECT_FALSE(ranking.tie_keys[0].less_is_better);
  EXPECT_EQ(ranking.tie_keys[1].criterion, "nd-1");
  EXPECT_TRUE(ranking.tie_keys[1].less_is_better);
  EXPECT_EQ(scheme->classes.measure, domain::Classes::Measure::kCappedPoints);
  EXPECT_EQ(scheme->classes.cap, Decimal(100));
  ASSERT_EQ(scheme->classes.classes.size(), 2u);
  EXPECT_EQ(scheme->classes.classes[0].id, "tot");
  EXPECT_EQ(scheme->classes.classes[0].name, "Tốt");
  EXPECT_EQ(scheme->classes.classes[0].at_least, Decimal(85));
  EXPECT_EQ(scheme->classes.classes[0].condition, "is_leader");
  EXPECT_EQ(scheme->classes.classes[1].at_least, Decimal(0));
  ASSERT_EQ(scheme->awards.size(), 1u);
  EXPECT_EQ(scheme->awards[0].id, "co");
  EXPECT_EQ(scheme->awards[0].at_most, 2);
  EXPECT_EQ(scheme->awards[0].classes, (std::vector<std::string>{"tot", "kha"}));
  EXPECT_EQ(scheme->awards[0].votes_at_least_percent, Decimal(70));
  ASSERT_EQ(scheme->parameters.size(), 1u);
  EXPECT_EQ(scheme->parameters[0].id, "he-so");
  EXPECT_EQ(scheme->parameters[0].value, *Decimal::Parse("1.5"));
  EXPECT_EQ(scheme->parameters[0].of_units,
            (std::vector<std::pair<std::string, Decimal>>{{"xa-a", 2}}));
}

TEST(ReadSchemeTest, RefusesAtThePathOfTheField) {
  const struct {
    const char* scheme;
    const char* fault;
  } kCases[] = {
      {R"(name: "kien-giang")", "scheme.name: RESOURCE_NAME_INVALID"},
      {R"(contents { max_points: "1.000,5" })", "scheme.contents[0].max_points: NUMBER_UNREADABLE"},
      {R"(contents {} contents { bonus_cap: "x" })",
       "scheme.contents[1].bonus_cap: NUMBER_UNREADABLE"},
      {R"(contents { children {} children { max_points: "x" } })",
       "scheme.contents[0].children[1].max_points: NUMBER_UNREADABLE"},
      {R"(contents { targets { lower_is_better: LOWER_IS_BETTER_TARGET_OVER_ACTUAL
                               achievement_cap_percent: "100%" } })",
       "scheme.contents[0].targets.achievement_cap_percent: NUMBER_UNREADABLE"},
      {R"(contents { targets { lower_is_better: LOWER_IS_BETTER_TARGET_OVER_ACTUAL
                               bonus_per_percent_above: "0,2" } })",
       "scheme.contents[0].targets.bonus_per_percent_above: NUMBER_UNREADABLE"},
      {R"(contents { targets {} })", "scheme.contents[0].targets.lower_is_better: REQUIRED"},
      {R"(contents { assessed { step: "0,25" } })",
       "scheme.contents[0].assessed.step: NUMBER_UNREADABLE"},
      {"assessment_precedence: [ ASSESSMENT_LAYER_SELF, ASSESSMENT_LAYER_UNSPECIFIED ]",
       "scheme.assessment_precedence[1]: REQUIRED"},
      // One stands for however many there are.
      {"assessment_precedence: [ ASSESSMENT_LAYER_UNSPECIFIED, ASSESSMENT_LAYER_UNSPECIFIED ]",
       "scheme.assessment_precedence[0]: REQUIRED"},
      {"contents { min_points: '-1,5' }", "scheme.contents[0].min_points: NUMBER_UNREADABLE"},
      {"contents { rounding { digits: 10 } }", "scheme.contents[0].rounding.digits: OUT_OF_RANGE"},
      {"contents { rounding { digits: -1 } }", "scheme.contents[0].rounding.digits: OUT_OF_RANGE"},
      {"contents { rounding { digits: 2 step: '0.5' } }",
       "scheme.contents[0].rounding.digits: NOT_ALLOWED"},
      {"contents { rounding { step: 'x' } }",
       "scheme.contents[0].rounding.step: NUMBER_UNREADABLE"},
      {"contents { limits { points_at_most_percent: '50%' } }",
       "scheme.contents[0].limits[0].points_at_most_percent: NUMBER_UNREADABLE"},
      // One stands for however many there are.
      {"contents { not_assigned_units: ['units/a', 'b', 'c'] }",
       "scheme.contents[0].not_assigned_units[1]: RESOURCE_NAME_INVALID"},
      {"contents { targets { lower_is_better: LOWER_IS_BETTER_TARGET_OVER_ACTUAL best_in_bloc { "
       "at_target_percent: 'x' } } }",
       "scheme.contents[0].targets.best_in_bloc.at_target_percent: NUMBER_UNREADABLE"},
      {"contents { targets { lower_is_better: LOWER_IS_BETTER_TARGET_OVER_ACTUAL steps {} steps { "
       "every_percent: 'x' } } }",
       "scheme.contents[0].targets.steps[1].every_percent: NUMBER_UNREADABLE"},
      {"contents { targets { lower_is_better: LOWER_IS_BETTER_TARGET_OVER_ACTUAL each_rounding { "
       "digits: 99 } } }",
       "scheme.contents[0].targets.each_rounding.digits: OUT_OF_RANGE"},
      {"contents { assessed { scale_max: 'x' } }",
       "scheme.contents[0].assessed.scale_max: NUMBER_UNREADABLE"},
      {"contents { assessed { raters { rounding { digits: 99 } } } }",
       "scheme.contents[0].assessed.raters.rounding.digits: OUT_OF_RANGE"},
      {"contents { pass_fail { fail_points: 'x' } }",
       "scheme.contents[0].pass_fail.fail_points: NUMBER_UNREADABLE"},
      {"contents { events { events { points: 'x' } } }",
       "scheme.contents[0].events.events[0].points: NUMBER_UNREADABLE"},
      {"contents { events { starts_at: 'x' } }",
       "scheme.contents[0].events.starts_at: NUMBER_UNREADABLE"},
      {"contents { places { points: ['1', 'x', 'y'] } }",
       "scheme.contents[0].places.points[1]: NUMBER_UNREADABLE"},
      {"contents { places { beyond: 'x' } }",
       "scheme.contents[0].places.beyond: NUMBER_UNREADABLE"},
      {"contents { roles { leader: 'x' } }", "scheme.contents[0].roles.leader: NUMBER_UNREADABLE"},
      {"contents { formula { each_target: true } }",
       "scheme.contents[0].formula.lower_is_better: REQUIRED"},
      {"contents { formula { figures { most: 'x' } } }",
       "scheme.contents[0].formula.figures[0].most: NUMBER_UNREADABLE"},
      {"ranking { cap: 'x' }", "scheme.ranking.cap: NUMBER_UNREADABLE"},
      {"ranking { rounding { digits: 11 } }", "scheme.ranking.rounding.digits: OUT_OF_RANGE"},
      {"classes { cap: 'x' }", "scheme.classes.cap: NUMBER_UNREADABLE"},
      {"classes { classes {} classes { at_least: 'x' } }",
       "scheme.classes.classes[1].at_least: NUMBER_UNREADABLE"},
      {"awards { votes_at_least_percent: 'x' }",
       "scheme.awards[0].votes_at_least_percent: NUMBER_UNREADABLE"},
      {"parameters { value: 'x' }", "scheme.parameters[0].value: NUMBER_UNREADABLE"},
      {"parameters { of_units { unit: 'xa-a' } of_units { unit: 'xa-b' } }",
       "scheme.parameters[0].of_units[0].unit: RESOURCE_NAME_INVALID"},
      {R"(valid_from: "01/01/2019")", "scheme.valid_from: DATE_UNREADABLE"},
      {R"(valid_until: "2019-02-29")", "scheme.valid_until: DATE_UNREADABLE"},
  };
  for (const auto& c : kCases) {
    const auto faults = domain::FaultsOf(ReadScheme("scheme", SchemeOf(c.scheme)).status());
    ASSERT_EQ(faults.size(), 1u) << c.scheme;
    EXPECT_EQ(absl::StrCat(faults[0].path, ": ", faults[0].reason), c.fault);
  }
}

TEST(ReadSchemeTest, ReadsACurve) {
  const struct {
    const char* rest;
    domain::Curve::Between between;
    bool may_fall;
  } kCases[] = {
      {"", domain::Curve::Between::kLinear, false},
      {"between: BETWEEN_LINEAR", domain::Curve::Between::kLinear, false},
      {"between: BETWEEN_STEP may_fall: true", domain::Curve::Between::kStep, true},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.rest);
    const auto scheme = ReadScheme("", SchemeOf(absl::StrCat(R"(contents { targets {
              lower_is_better: LOWER_IS_BETTER_TARGET_OVER_ACTUAL
              curve { points { achievement_percent: "80" earned_percent: "75.5" }
                      points { achievement_percent: "100" earned_percent: "100" } )",
                                                             c.rest, " } } }")));
    ASSERT_TRUE(scheme.ok()) << scheme.status();
    const auto& rule = std::get<TargetsRule>(scheme->contents[0].rule);
    ASSERT_TRUE(rule.curve.has_value());
    EXPECT_EQ(rule.curve->points,
              (std::vector<domain::Curve::Point>{{80, *Decimal::Parse("75.5")}, {100, 100}}));
    EXPECT_EQ(rule.curve->between, c.between);
    EXPECT_EQ(rule.curve->may_fall, c.may_fall);
  }
  const auto without = ReadScheme("", SchemeOf("contents { targets { lower_is_better: "
                                               "LOWER_IS_BETTER_TARGET_OVER_ACTUAL } }"));
  EXPECT_FALSE(std::get<TargetsRule>(without->contents[0].rule).curve.has_value());
}

TEST(ReadSchemeTest, ReadsItsValidity) {
  EXPECT_EQ(ReadScheme("", SchemeOf("valid_from: '2019-04-04'"))->valid,
            (domain::Interval{domain::Date(2019, 4, 4), std::nullopt}));
  EXPECT_EQ(ReadScheme("", SchemeOf("valid_until: '2019-12-31'"))->valid,
            (domain::Interval{std::nullopt, domain::Date(2019, 12, 31)}));
  EXPECT_EQ(ReadScheme("", SchemeOf(""))->valid, domain::Interval{});
}

TEST(ReadSchemeTest, NamesEveryFaultAtOnce) {
  const auto faults =
      domain::FaultsOf(ReadScheme("", SchemeOf(R"pb(
                                    name: "x"
                                    contents {
                                      max_points: "a"
                                      bonus_cap: "b"
                                      targets {
                                        achievement_cap_percent: "c"
                                        bonus_per_percent_above: "d"
                                        curve {
                                          points { achievement_percent: "1" earned_percent: "e" }
                                          points { achievement_percent: "f" earned_percent: "1" }
                                        }
                                      }
                                    }
                                    contents { children { max_points: "g" } }
                                    valid_from: "h"
                                    valid_until: "i"
                                  )pb"))
                           .status());
  std::vector<std::string> paths;
  for (const domain::Fault& fault : faults) paths.push_back(fault.path);
  EXPECT_EQ(paths, (std::vector<std::string>{
                       "name",
                       "contents[0].max_points",
                       "contents[0].bonus_cap",
                       "contents[0].targets.achievement_cap_percent",
                       "contents[0].targets.bonus_per_percent_above",
                       "contents[0].targets.lower_is_better",
                       "contents[0].targets.curve.points[0].earned_percent",
                       "contents[0].targets.curve.points[1].achievement_percent",
                       "contents[1].children[0].max_points",
                       "valid_from",
                       "valid_until",
                   }));
}

TEST(ReadSchemeTest, AChoiceOfANewerContractIsNotTakenForAnother) {
  registry::v1::Scheme scheme;
  registry::v1::Criterion& criterion = *scheme.add_contents();
  criterion.set_when_missing(static_cast<registry::v1::Criterion::WhenMissing>(17));
  criterion.mutable_rounding()->set_mode(static_cast<registry::v1::Rounding::Mode>(17));
  scheme.mutable_ranking()->set_key(static_cast<registry::v1::RankingRule::Key>(17));
  std::vector<std::string> said;
  for (const domain::Fault& fault : domain::FaultsOf(ReadScheme("", scheme).status())) {
    said.push_back(absl::StrCat(fault.path, ": ", fault.reason));
  }
  EXPECT_THAT(said, testing::ElementsAre("contents[0].rounding.mode: CHOICE_UNKNOWN",
                                         "contents[0].when_missing: CHOICE_UNKNOWN",
                                         "ranking.key: CHOICE_UNKNOWN"));
}

TEST(ReadSchemeTest, NoMoreIsReadThanTellsThatThereAreTooMany) {
  registry::v1::Scheme scheme;
  for (int i = 0; i < 3000; ++i) {
    for (int k = 0; k < 10; ++k) scheme.add_contents()->add_children();
  }
  const auto read = ReadScheme("", scheme);
  ASSERT_TRUE(read.ok());
  EXPECT_LE(read->contents.size(), 1001u);
  const auto faults = FaultsOfScheme(scheme, "thang-diem");
  EXPECT_TRUE(std::any_of(faults.begin(), faults.end(),
                          [](const auto& fault) { return fault.reason == "TOO_MANY"; }));
}

TEST(ReadSchemeTest, ATreeWithoutEndIsRefused) {
  registry::v1::Scheme scheme;
  registry::v1::Criterion* criterion = scheme.add_contents();
  for (int depth = 0; depth < 90; ++depth) criterion = criterion->add_children();
  const auto faults = domain::FaultsOf(ReadScheme("scheme", scheme).status());
  ASSERT_EQ(faults.size(), 1u);
  EXPECT_EQ(faults[0].reason, "TOO_DEEP");
}

// "reason at path" of each fault, in order.
std::vector<std::string> Faults(const std::string& text) {
  std::vector<std::string> said;
  for (const domain::Fault& fault : FaultsOfScheme(SchemeOf(text), "thang-diem")) {
    said.push_back(absl::StrCat(fault.reason, " at ", fault.path));
  }
  return said;
}

std::string Leaf(const std::string& id, const std::string& points) {
  return absl::StrCat("criterion_id: '", id, "' display_name: '", id, "' max_points: '", points,
                      "' assessed {}");
}

TEST(FaultsOfSchemeTest, WhatCannotBeReadHidesNothingElse) {
  EXPECT_THAT(Faults("display_name: '' valid_from: 'mai' contents { " + Leaf("a", "6oo") +
                     " } contents { " + Leaf("a", "10") + " } contents { " + Leaf("b", "-1") +
                     " } ranking { tie_keys { criterion_id: 'c' } }"),
              testing::ElementsAre("NUMBER_UNREADABLE at contents[0].max_points",
                                   "DATE_UNREADABLE at valid_from", "REQUIRED at display_name",
                                   "DUPLICATE at contents[1].criterion_id",
                                   "OUT_OF_RANGE at contents[2].max_points",
                                   "CRITERION_UNKNOWN at ranking.tie_keys[0].criterion_id"));
}

// Each has one fault; what would follow from a default in its place is none.
TEST(FaultsOfSchemeTest, NothingIsSaidOfWhatDependsOnTheUnreadable) {
  const std::string targets =
      "criterion_id: 'a' display_name: 'a' max_points: '10' "
      "targets { lower_is_better: LOWER_IS_BETTER_TARGET_OVER_ACTUAL ";
  const struct {
    const char* what;
    std::string contents;
    std::string fault;
  } kCases[] = {
      {"the sum of children",
       "criterion_id: 'a' display_name: 'a' max_points: '10' children { " + Leaf("b", "1o") +
           " } children { " + Leaf("c", "5") + " }",
       "NUMBER_UNREADABLE at contents[0].children[0].max_points"},
      {"children's sum in the parent",
       "criterion_id: 'a' display_name: 'a' max_points: 'x' children { " + Leaf("b", "5") + " }",
       "NUMBER_UNREADABLE at contents[0].max_points"},
      {"what is beyond the cap",
       targets + "achievement_cap_percent: '2oo' curve { points { achievement_percent: '150' "
                 "earned_percent: '100' } } }",
       "NUMBER_UNREADABLE at contents[0].targets.achievement_cap_percent"},
      {"whether a bonus can be had", targets + "bonus_per_percent_above: 'o,5' } bonus_cap: '5'",
       "NUMBER_UNREADABLE at contents[0].targets.bonus_per_percent_above"},
      {"whether a bonus has a cap", targets + "bonus_per_percent_above: '1' } bonus_cap: 'x'",
       "NUMBER_UNREADABLE at contents[0].bonus_cap"},
      {"whether a place, a role or an event is beyond the maximum",
       "criterion_id: 'a' display_name: 'a' max_points: 'x' places { points: ['60', '45'] }",
       "NUMBER_UNREADABLE at contents[0].max_points"},
      {"what a role may bring",
       "criterion_id: 'a' display_name: 'a' max_points: '1' bonus_cap: 'x' roles { leader: '5' }",
       "NUMBER_UNREADABLE at contents[0].bonus_cap"},
      {"what those who fail keep",
       "criterion_id: 'a' display_name: 'a' max_points: 'x' pass_fail { fail_points: '1' }",
       "NUMBER_UNREADABLE at contents[0].max_points"},
      {"what a unit has at the beginning",
       "criterion_id: 'a' display_name: 'a' max_points: 'x' events { starts_at: '1' events { "
       "event_id: 'e' display_name: 'e' points: '-1' } }",
       "NUMBER_UNREADABLE at contents[0].max_points"},
      {"the places after an unreadable one",
       "criterion_id: 'a' display_name: 'a' max_points: '60' places { points: ['6o', '45'] beyond: "
       "'1' }",
       "NUMBER_UNREADABLE at contents[0].places.points[0]"},
      {"whether a limit says anything",
       "criterion_id: 'a' display_name: 'a' max_points: '1' assessed {} limits { when: 'is_leader' "
       "display_name: 'l' points_at_most_percent: 'x' }",
       "NUMBER_UNREADABLE at contents[0].limits[0].points_at_most_percent"},
      {"whether a scale is made of steps",
       "criterion_id: 'a' display_name: 'a' max_points: '1.1' assessed { step: '0.5' scale_max: "
       "'x' }",
       "NUMBER_UNREADABLE at contents[0].assessed.scale_max"},
      {"the classes below one without a bar",
       Leaf("a", "1") + " } classes { classes { class_id: 'x' display_name: 'x' at_least: 'o' } "
                        "classes { class_id: 'y' display_name: 'y' }",
       "NUMBER_UNREADABLE at classes.classes[0].at_least"},
      {"how a curve goes on",
       targets + "curve { points { achievement_percent: '50' earned_percent: '40' } points { "
                 "achievement_percent: '8o' earned_percent: '7o' } points { "
                 "achievement_percent: '90' earned_percent: '80' } } }",
       ""},
  };
  for (const auto& c : kCases) {
    const std::vector<std::string> faults =
        Faults("display_name: 'Thang điểm' contents { " + c.contents + " }");
    if (c.fault.empty()) {
      EXPECT_THAT(faults,
                  testing::ElementsAre("NUMBER_UNREADABLE at "
                                       "contents[0].targets.curve.points[1].achievement_percent",
                                       "NUMBER_UNREADABLE at "
                                       "contents[0].targets.curve.points[1].earned_percent"))
          << c.what;
    } else {
      EXPECT_THAT(faults, testing::ElementsAre(c.fault)) << c.what;
    }
  }
}

// Whether the path names fields of the contract, one in the other.
bool IsInTheContract(const std::string& path) {
  const google::protobuf::Descriptor* message = registry::v1::Scheme::descriptor();
  for (const absl::string_view step : absl::StrSplit(path, '.')) {
    if (message == nullptr) return false;
    const std::string name(step.substr(0, step.find('[')));
    const google::protobuf::FieldDescriptor* field = message->FindFieldByName(name);
    if (field == nullptr) return name == "rule" && message->FindOneofByName(name) != nullptr;
    // Of a list its elements are named; only a fault of the whole list names no one.
    if (absl::StrContains(step, "[") && !field->is_repeated()) return false;
    message = field->message_type();
  }
  return true;
}

// What is not sound in the whole language, each at its field.
TEST(FaultsOfSchemeTest, EveryRuleOfTheLanguageIsCheckedAtItsField) {
  const std::string named = "criterion_id: 'a' display_name: 'a' max_points: '10' ";
  const std::string targets =
      named + "targets { lower_is_better: LOWER_IS_BETTER_TARGET_OVER_ACTUAL ";
  const std::string given = named + "assessed {} ";
  const struct {
    std::string rest;  // Of a scheme, from the inside of its only content on.
    std::vector<std::string> faults;
  } kCases[] = {
      {given + "rounding { step: '0' }", {"OUT_OF_RANGE at contents[0].rounding.step"}},
      {given + "min_points: '1'", {"OUT_OF_RANGE at contents[0].min_points"}},
      {given + "when_missing: WHEN_MISSING_AS_NONE", {"NOT_ALLOWED at contents[0].when_missing"}},
      {given + "highest_child_only: true", {"NOT_ALLOWED at contents[0].highest_child_only"}},
      {given + "not_assigned_units: ['units/b', 'units/b']",
       {"DUPLICATE at contents[0].not_assigned_units[1]"}},
      {given + "assigned_if: '1'", {"FORMULA_KIND_DISAGREES at contents[0].assigned_if"}},
      {given + "limits { when: 'is_leader' display_name: 'l' }",
       {"REQUIRED at contents[0].limits[0]"}},
      {given + "limits { no_bonus: true }",
       {"REQUIRED at contents[0].limits[0].display_name",
        "REQUIRED at contents[0].limits[0].when"}},
      {given + "limits { when: 'leader' display_name: 'l' no_bonus: true }",
       {"FORMULA_NAME_UNKNOWN at contents[0].limits[0].when"}},
      {given + "limits { when: 'is_leader' display_name: 'l' points_at_most_percent: '101' }",
       {"OUT_OF_RANGE at contents[0].limits[0].points_at_most_percent"}},
      {named + "children { " + Leaf("b", "11") + " } highest_child_only: true",
       {"CHILD_ABOVE_PARENT at contents[0].children[0].max_points"}},
      {named + "children { " + Leaf("b", "10") + " } when_missing: WHEN_MISSING_ZERO",
       {"NOT_ALLOWED at contents[0].when_missing"}},
      {targets +
           "best_in_bloc {} curve { points { achievement_percent: '1' earned_percent: '1' } } }",
       {"NOT_ALLOWED at contents[0].targets.curve"}},
      {targets + "best_in_bloc { at_target_percent: '101' } }",
       {"OUT_OF_RANGE at contents[0].targets.best_in_bloc.at_target_percent"}},
      {targets + "best_in_bloc { method: METHOD_SHARE_OF_HIGHEST at_target_percent: '60' } }",
       {"NOT_ALLOWED at contents[0].targets.best_in_bloc.at_target_percent"}},
      {targets + "best_in_bloc {} achievement_cap_percent: '120' }",
       {"NOT_ALLOWED at contents[0].targets.achievement_cap_percent"}},
      {targets + "steps { every_percent: '0' from_percent: '-1' } }",
       {"OUT_OF_RANGE at contents[0].targets.steps[0].every_percent",
        "OUT_OF_RANGE at contents[0].targets.steps[0].from_percent",
        "OUT_OF_RANGE at contents[0].targets.steps[0].points"}},
      {targets + "steps { points: '1' } }", {"REQUIRED at contents[0].bonus_cap"}},
      {targets + "each_rounding { step: '-1' } }",
       {"OUT_OF_RANGE at contents[0].targets.each_rounding.step"}},
      {named + "assessed { scale_max: '0' }", {"OUT_OF_RANGE at contents[0].assessed.scale_max"}},
      {named + "assessed { step: '3' scale_max: '9' }", {}},
      {named + "assessed { step: '3' }", {"STEP_DOES_NOT_DIVIDE at contents[0].assessed.step"}},
      {named + "assessed { raters { rounding { step: '-1' } } }",
       {"OUT_OF_RANGE at contents[0].assessed.raters.rounding.step"}},
      {named + "pass_fail { fail_points: '10' }",
       {"OUT_OF_RANGE at contents[0].pass_fail.fail_points"}},
      {named + "events {}", {"REQUIRED at contents[0].events.events"}},
      {named + "events { starts_at: '11' events { event_id: 'E' most_times: -1 } }",
       {"OUT_OF_RANGE at contents[0].events.starts_at",
        "IDENTIFIER_INVALID at contents[0].events.events[0].event_id",
        "REQUIRED at contents[0].events.events[0].display_name",
        "OUT_OF_RANGE at contents[0].events.events[0].points",
        "OUT_OF_RANGE at contents[0].events.events[0].most_times"}},
      {named + "places {}", {"REQUIRED at contents[0].places.points"}},
      {named + "places { points: ['10', '5', '6'] beyond: '7' }",
       {"OUT_OF_RANGE at contents[0].places.points[2]",
        "OUT_OF_RANGE at contents[0].places.beyond"}},
      {named + "places { points: ['11'] }", {"RULE_UNREACHABLE at contents[0].places.points[0]"}},
      {named + "roles { leader: '11' deputy: '-1' }",
       {"OUT_OF_RANGE at contents[0].roles.leader", "OUT_OF_RANGE at contents[0].roles.deputy"}},
      {named + "formula {}",
       {"REQUIRED at contents[0].formula.points", "REQUIRED at contents[0].formula.description"}},
      {named + "formula { description: 'd' points: 'points(\"a\")' bonus: '1' }",
       {"REQUIRED at contents[0].bonus_cap", "FORMULA_CYCLE at contents[0]"}},
      {named + "formula { description: 'd' points: '1' figures { figure_id: 'f' display_name: 'f' "
               "least: '2' most: '1' } figures { figure_id: 'f' display_name: 'f' } }",
       {"OUT_OF_RANGE at contents[0].formula.figures[0].most",
        "DUPLICATE at contents[0].formula.figures[1].figure_id"}},
      {given + "} ranking { key: KEY_CAPPED_POINTS", {"REQUIRED at ranking.cap"}},
      {given + "} ranking { cap: '100' formula: 'total' rounding { step: '0' }",
       {"OUT_OF_RANGE at ranking.rounding.step", "NOT_ALLOWED at ranking.cap",
        "NOT_ALLOWED at ranking.formula"}},
      {given + "} ranking { key: KEY_FORMULA",
       {"REQUIRED at ranking.formula", "REQUIRED at ranking.formula_display_name"}},
      {given + "} ranking { tie_keys { formula: 'tong' } tie_keys { criterion_id: 'b' }",
       {"REQUIRED at ranking.tie_keys[0].display_name",
        "CRITERION_UNKNOWN at ranking.tie_keys[1].criterion_id",
        "FORMULA_NAME_UNKNOWN at ranking.tie_keys[0].formula"}},
      {given + "} classes { measure: MEASURE_CAPPED_POINTS classes { class_id: 'x' "
               "display_name: 'x' }",
       {"REQUIRED at classes.cap"}},
      {given +
           "} classes { cap: '1' classes { class_id: 'x' display_name: 'x' condition: 'total' } "
           "classes { class_id: 'x' display_name: 'y' }",
       {"NOT_ALLOWED at classes.cap", "DUPLICATE at classes.classes[1].class_id",
        "FORMULA_KIND_DISAGREES at classes.classes[0].condition"}},
      {given + "} classes { classes { class_id: 'x' display_name: 'x' at_least: '5' } classes { "
               "class_id: 'y' display_name: 'y' at_least: '6' }",
       {"RULE_UNREACHABLE at classes.classes[1].at_least"}},
      {given + "} awards { class_ids: 'x' votes_at_least_percent: '101'",
       {"REQUIRED at awards[0].award_id", "REQUIRED at awards[0].display_name",
        "OUT_OF_RANGE at awards[0].at_most", "CLASS_UNKNOWN at awards[0].class_ids[0]",
        "OUT_OF_RANGE at awards[0].votes_at_least_percent"}},
      {given + "} parameters { parameter_id: 'p' of_units { unit: 'units/b' } of_units { unit: "
               "'units/b' }",
       {"REQUIRED at parameters[0].display_name", "DUPLICATE at parameters[0].of_units[1].unit"}},
  };
  for (const auto& c : kCases) {
    const std::vector<std::string> faults =
        Faults("display_name: 'Thang điểm' contents { " + c.rest + " }");
    EXPECT_THAT(faults, testing::ElementsAreArray(c.faults)) << c.rest;
    for (const std::string& fault : faults) {
      EXPECT_TRUE(IsInTheContract(fault.substr(fault.find(" at ") + 4))) << fault;
    }
  }
}

TEST(FaultsOfSchemeTest, TooDeepIsSaidOnceAndNoKeyBelowIsCalledUnknown) {
  std::string tree = Leaf("duoi-cung", "10");
  for (int depth = 0; depth < domain::kMaxCriterionDepth; ++depth) {
    tree = absl::StrCat("criterion_id: 'c", depth,
                        "' display_name: 'c' max_points: '10' children { ", tree, " }");
  }
  std::string path = "contents[0]";
  for (int depth = 0; depth < domain::kMaxCriterionDepth; ++depth) path += ".children[0]";
  EXPECT_THAT(Faults("display_name: 'Thang điểm' contents { " + tree +
                     " } ranking { tie_keys { criterion_id: 'duoi-cung' } }"),
              testing::ElementsAre("TOO_DEEP at " + path));
}

}  // namespace
}  // namespace thidua::messages
