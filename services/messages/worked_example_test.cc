#include "services/messages/worked_example.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/messages/scheme.h"

namespace thidua::messages {
namespace {

using domain::Decimal;
using domain::Layer;
using domain::Qualifier;
using domain::QuantityState;
using domain::WorkedExample;
using testing::ElementsAre;

registry::v1::Scheme SchemeOf(const std::string& text) {
  registry::v1::Scheme scheme;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &scheme)) << text;
  return scheme;
}

std::vector<std::string> Briefly(const std::vector<domain::Fault>& faults) {
  std::vector<std::string> said;
  for (const domain::Fault& fault : faults) {
    said.push_back(absl::StrCat(fault.path, ": ", fault.reason));
  }
  return said;
}

TEST(ReadExamplesTest, ReadsEveryField) {
  std::vector<domain::Fault> faults;
  const auto examples = ReadExamples(
      SchemeOf(R"pb(
        examples {
          display_name: "Ví dụ"
          units {
            unit_id: "xa-a"
            role: ROLE_DEPUTY
            ineligibility: "đang bị thanh tra"
            targets {
              criterion_id: "c"
              value: "10"
              actual: "8"
              actual_qualifier: QUALIFIER_NEARLY
              lower_is_better: true
            }
            targets {
              criterion_id: "c"
              stated_percent: "63.4"
              stated_percent_qualifier: QUALIFIER_AT_LEAST
            }
            targets { criterion_id: "c" value: "1" actual_state: STATE_NOT_ASSIGNED }
            assessments { criterion_id: "d" points: "7.5" bonus: "1" }
            assessments {
              criterion_id: "d"
              layer: ASSESSMENT_LAYER_PEER
              rater: "xa-b"
              figures { figure_id: "mark" value: "9" }
            }
            expected {
              criteria { criterion_id: "c" points: "2.5" bonus: "1/3" assigned_points: "~5.0" }
              total: "940"
              assigned_points: "990"
              percent: "~94.95"
              rank: 2
              class_id: "tot"
              award_id: "-"
            }
          }
          units { unit_id: "xa-b" }
        })pb"),
      domain::Scheme(), faults);
  EXPECT_THAT(Briefly(faults), ElementsAre());
  ASSERT_EQ(examples.size(), 1u);
  EXPECT_EQ(examples[0].name, "Ví dụ");
  ASSERT_EQ(examples[0].units.size(), 2u);
  const WorkedExample::Unit& unit = examples[0].units[0];
  EXPECT_EQ(unit.id, "xa-a");
  EXPECT_EQ(unit.role, domain::Role::kDeputy);
  EXPECT_EQ(unit.ineligibility, "đang bị thanh tra");
  ASSERT_EQ(unit.targets.size(), 3u);
  EXPECT_EQ(unit.targets[0].direction, domain::Direction::kLowerIsBetter);
  EXPECT_EQ(unit.targets[0].value.value, Decimal(10));
  EXPECT_EQ(unit.targets[0].actual.value, Decimal(8));
  EXPECT_EQ(unit.targets[0].actual.qualifier, Qualifier::kNearly);
  EXPECT_FALSE(unit.targets[1].value.has_value());
  EXPECT_EQ(unit.targets[1].actual.state, QuantityState::kNotReported);
  EXPECT_EQ(unit.targets[1].stated_percent, *Decimal::Parse("63.4"));
  EXPECT_EQ(unit.targets[1].stated_qualifier, Qualifier::kAtLeast);
  EXPECT_EQ(unit.targets[2].actual.state, QuantityState::kNotAssigned);
  ASSERT_EQ(unit.assessments.size(), 2u);
  EXPECT_EQ(unit.assessments[0].layer, Layer::kProvince) << "the first that counts";
  EXPECT_EQ(unit.assessments[0].points, *Decimal::Parse("7.5"));
  EXPECT_EQ(unit.assessments[0].bonus, Decimal(1));
  EXPECT_EQ(unit.assessments[1].layer, Layer::kPeer);
  EXPECT_EQ(unit.assessments[1].rater, "xa-b");
  EXPECT_EQ(unit.assessments[1].figures, (std::vector<domain::Assessment::Figure>{{"mark", 9}}));
  ASSERT_EQ(unit.expected.criteria.size(), 1u);
  EXPECT_EQ(unit.expected.criteria[0].points->value.ToString(), "5/2");
  EXPECT_EQ(unit.expected.criteria[0].bonus->value.ToString(), "1/3");
  EXPECT_EQ(unit.expected.criteria[0].assigned_points->digits, 1);
  EXPECT_EQ(unit.expected.total->value, domain::Rational(940));
  EXPECT_EQ(unit.expected.assigned_points->value, domain::Rational(990));
  EXPECT_EQ(unit.expected.percent->digits, 2);
  EXPECT_EQ(unit.expected.rank, 2);
  EXPECT_EQ(unit.expected.class_id, "tot");
  EXPECT_EQ(unit.expected.award_id, "-");
  EXPECT_FALSE(examples[0].units[1].expected.total.has_value());
  EXPECT_FALSE(examples[0].units[1].expected.rank.has_value());
}

TEST(ReadExamplesTest, NamesEveryFaultAtOnce) {
  std::vector<domain::Fault> faults;
  ReadExamples(SchemeOf(R"pb(
                 examples {}
                 examples {
                   units {
                     targets {
                       value: "a"
                       actual: "1,5"
                       stated_percent: "5%"
                       actual_state: STATE_NOT_COMPUTABLE
                     }
                     assessments {
                       points: "x"
                       bonus: "y"
                       figures { value: "z" }
                     }
                     expected {
                       criteria { points: "2,5" bonus: "1/0" assigned_points: "~" }
                       total: "95%"
                       assigned_points: "1.000,5"
                       percent: "1/x"
                     }
                   }
                 })pb"),
               domain::Scheme(), faults);
  const std::string unit = "examples[1].units[0].";
  EXPECT_THAT(Briefly(faults),
              ElementsAre(unit + "targets[0].value: NUMBER_UNREADABLE",
                          unit + "targets[0].actual: NUMBER_UNREADABLE",
                          unit + "targets[0].stated_percent: NUMBER_UNREADABLE",
                          unit + "targets[0].actual_state: STATE_AND_VALUE_DISAGREE",
                          unit + "assessments[0].points: NUMBER_UNREADABLE",
                          unit + "assessments[0].bonus: NUMBER_UNREADABLE",
                          unit + "assessments[0].figures[0].value: NUMBER_UNREADABLE",
                          unit + "expected.criteria[0].points: NUMBER_UNREADABLE",
                          unit + "expected.criteria[0].bonus: NUMBER_UNREADABLE",
                          unit + "expected.criteria[0].assigned_points: NUMBER_UNREADABLE",
                          unit + "expected.total: NUMBER_UNREADABLE",
                          unit + "expected.assigned_points: NUMBER_UNREADABLE",
                          unit + "expected.percent: NUMBER_UNREADABLE"));
}

TEST(ReadExamplesTest, WhatHasNoEndIsNotRead) {
  registry::v1::Scheme scheme;
  auto& unit = *scheme.add_examples()->add_units();
  for (int i = 0; i < 60'000; ++i) unit.add_assessments();
  std::vector<domain::Fault> faults;
  EXPECT_TRUE(ReadExamples(scheme, domain::Scheme(), faults).empty());
  EXPECT_THAT(Briefly(faults), ElementsAre("examples: TOO_MANY"));
}

// A scheme of one criterion of 10 points, and one example of it.
std::string WithExample(const std::string& max_points, const std::string& expected) {
  return absl::StrCat(
      "display_name: 'Thang' contents { criterion_id: 'c' display_name: 'Tiêu chí' max_points: '",
      max_points,
      "' assessed {} } examples { display_name: 'Một' units { unit_id: 'xa-a' assessments { "
      "criterion_id: 'c' points: '8' } expected { ",
      expected, " } } }");
}

TEST(FaultsOfSchemeTest, ASoundSchemeIsTriedOnItsExamples) {
  const struct {
    const char* max_points;
    const char* expected;
    std::vector<std::string> faults;
  } kCases[] = {
      {"10", "total: '8'", {}},
      {"10", "total: '9'", {"examples[0].units[0].expected.total: EXAMPLE_DISAGREES"}},
      {"10", "", {"examples[0]: EXAMPLE_EXPECTS_NOTHING"}},
      // Of a scheme with other faults nothing is tried, but what is unreadable is still said.
      {"-1", "total: '9'", {"contents[0].max_points: OUT_OF_RANGE"}},
      {"x",
       "total: 'y'",
       {"contents[0].max_points: NUMBER_UNREADABLE",
        "examples[0].units[0].expected.total: NUMBER_UNREADABLE"}},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(Briefly(FaultsOfScheme(SchemeOf(WithExample(c.max_points, c.expected)), "thang")),
              c.faults)
        << c.max_points << " " << c.expected;
  }
}

}  // namespace
}  // namespace thidua::messages
