#include "services/messages/scheme.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
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
  EXPECT_EQ(content.children[0].rounding_digits, 0) << "rounding to whole points is not exactness";
  const auto* assessed = std::get_if<AssessedRule>(&content.children[1].rule);
  ASSERT_NE(assessed, nullptr);
  EXPECT_EQ(assessed->step, *Decimal::Parse("0.5"));
  EXPECT_EQ(std::get<AssessedRule>(scheme->contents[1].rule).step, std::nullopt);
  EXPECT_EQ(scheme->assessment_precedence,
            (std::vector<domain::Layer>{domain::Layer::kBloc, domain::Layer::kPeer}));
  EXPECT_EQ(scheme->ranking.key, RankingKey::kPercentOfAssigned);
  EXPECT_EQ(scheme->ranking.tie_break_criteria, (std::vector<std::string>{"nd-1", "nd-2"}));
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
  EXPECT_FALSE(scheme->contents[0].rounding_digits.has_value());
  EXPECT_TRUE(scheme->assessment_precedence.empty());
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
