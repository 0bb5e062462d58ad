#include "services/messages/worked_example.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/vietnamese_number.h"
#include "services/messages/assessment.h"
#include "services/messages/choice.h"
#include "services/messages/quantity.h"
#include "services/messages/reading.h"
#include "services/messages/scheme_rules.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;
using domain::Qualifier;
using domain::Quantity;
using domain::QuantityState;
using domain::WorkedExample;
using Faults = std::vector<domain::Fault>;
using type::v1::Quantity_Qualifier;
using type::v1::Quantity_State;

// Units, targets, assessments, figures and expected criteria of all examples: a bound for our own
// memory, for a part may be two bytes on the wire.
constexpr int kMaxParts = 50'000;

int PartsOf(const v1::WorkedExample& example) {
  int parts = 1 + example.units_size();
  for (const v1::WorkedExample::Unit& unit : example.units()) {
    parts += unit.targets_size() + unit.assessments_size() + unit.expected().criteria_size();
    for (const auto& assessment : unit.assessments()) parts += assessment.figures_size();
  }
  return parts;
}

Qualifier ReadQualifier(const std::string& path, Quantity_Qualifier message, Faults& faults) {
  return ReadChoice<Quantity_Qualifier, Qualifier>(
      path, message,
      {{type::v1::Quantity::QUALIFIER_EXACT, Qualifier::kExact},
       {type::v1::Quantity::QUALIFIER_AT_LEAST, Qualifier::kAtLeast},
       {type::v1::Quantity::QUALIFIER_NEARLY, Qualifier::kNearly},
       {type::v1::Quantity::QUALIFIER_ABOUT, Qualifier::kAbout}},
      faults);
}

Quantity ReadFigure(const std::string& path, const std::string& text, Faults& faults) {
  Quantity quantity;
  if (const auto value = ReadOptional(path, text, faults)) {
    quantity.state = QuantityState::kValue;
    quantity.value = *value;
  }
  return quantity;
}

WorkedExample::Target ReadTarget(const std::string& path, const v1::WorkedExample::Target& message,
                                 Faults& faults) {
  WorkedExample::Target target;
  target.criterion = message.criterion_id();
  if (message.lower_is_better()) target.direction = domain::Direction::kLowerIsBetter;
  target.value = ReadFigure(path + ".value", message.value(), faults);
  target.actual = ReadFigure(path + ".actual", message.actual(), faults);
  target.actual.qualifier =
      ReadQualifier(path + ".actual_qualifier", message.actual_qualifier(), faults);
  target.stated_percent = ReadOptional(path + ".stated_percent", message.stated_percent(), faults);
  target.stated_qualifier =
      ReadQualifier(path + ".stated_percent_qualifier", message.stated_percent_qualifier(), faults);
  const auto state = ReadChoice<Quantity_State, QuantityState>(
      path + ".actual_state", message.actual_state(),
      {{type::v1::Quantity::STATE_NOT_REPORTED, QuantityState::kNotReported},
       {type::v1::Quantity::STATE_VALUE, QuantityState::kNotReported},
       {type::v1::Quantity::STATE_NOT_ASSIGNED, QuantityState::kNotAssigned},
       {type::v1::Quantity::STATE_NOT_COMPUTABLE, QuantityState::kNotComputable}},
      faults);
  if (state == QuantityState::kNotReported) return target;
  if (!message.actual().empty()) {
    faults.push_back({path + ".actual_state", "STATE_AND_VALUE_DISAGREE",
                      "Đã ghi con số thì không thể đồng thời ghi là không có."});
  }
  target.actual.state = state;
  return target;
}

domain::Assessment ReadGiven(const std::string& path, const v1::WorkedExample::Assessment& message,
                             domain::Layer first_layer, Faults& faults) {
  domain::Assessment given;
  given.criterion = message.criterion_id();
  given.layer = first_layer;
  if (message.layer() != type::v1::ASSESSMENT_LAYER_UNSPECIFIED) {
    Take(ReadLayer(path + ".layer", message.layer()), given.layer, faults);
  }
  given.rater = message.rater();
  Take(ReadDecimal(path + ".points", message.points(), 0), given.points, faults);
  Take(ReadDecimal(path + ".bonus", message.bonus(), 0), given.bonus, faults);
  for (int i = 0; i < message.figures_size(); ++i) {
    domain::Assessment::Figure& figure = given.figures.emplace_back();
    figure.id = message.figures(i).figure_id();
    Take(ReadDecimal(absl::StrCat(path, ".figures[", i, "].value"), message.figures(i).value(), 0),
         figure.value, faults);
  }
  return given;
}

std::optional<domain::ExpectedNumber> ReadExpected(const std::string& path, const std::string& text,
                                                   Faults& faults) {
  domain::ExpectedNumber number;
  if (text.empty() || !Take(
                          [&]() -> absl::StatusOr<domain::ExpectedNumber> {
                            auto read = domain::ReadExpectedNumber(text);
                            if (!read.ok()) return domain::UnderPath(path, read.status());
                            return read;
                          }(),
                          number, faults)) {
    return std::nullopt;
  }
  return number;
}

WorkedExample::Expected ReadExpected(const std::string& path,
                                     const v1::WorkedExample::Expected& message, Faults& faults) {
  WorkedExample::Expected expected;
  for (int i = 0; i < message.criteria_size(); ++i) {
    const v1::WorkedExample::CriterionPoints& points = message.criteria(i);
    const std::string place = absl::StrCat(path, ".criteria[", i, "]");
    expected.criteria.push_back(
        {points.criterion_id(), ReadExpected(place + ".points", points.points(), faults),
         ReadExpected(place + ".bonus", points.bonus(), faults),
         ReadExpected(place + ".assigned_points", points.assigned_points(), faults)});
  }
  expected.total = ReadExpected(path + ".total", message.total(), faults);
  expected.assigned_points =
      ReadExpected(path + ".assigned_points", message.assigned_points(), faults);
  expected.percent = ReadExpected(path + ".percent", message.percent(), faults);
  if (message.rank() != 0) expected.rank = message.rank();
  expected.class_id = message.class_id();
  expected.award_id = message.award_id();
  return expected;
}

WorkedExample::Unit ReadUnit(const std::string& path, const v1::WorkedExample::Unit& message,
                             domain::Layer first_layer, Faults& faults) {
  using Role = domain::Role;
  WorkedExample::Unit unit;
  unit.id = message.unit_id();
  unit.role = ReadChoice<v1::WorkedExample::Unit::Role, Role>(
      path + ".role", message.role(),
      {{v1::WorkedExample::Unit::ROLE_MEMBER, Role::kMember},
       {v1::WorkedExample::Unit::ROLE_LEADER, Role::kLeader},
       {v1::WorkedExample::Unit::ROLE_DEPUTY, Role::kDeputy}},
      faults);
  for (int i = 0; i < message.targets_size(); ++i) {
    unit.targets.push_back(
        ReadTarget(absl::StrCat(path, ".targets[", i, "]"), message.targets(i), faults));
  }
  for (int i = 0; i < message.assessments_size(); ++i) {
    unit.assessments.push_back(ReadGiven(absl::StrCat(path, ".assessments[", i, "]"),
                                         message.assessments(i), first_layer, faults));
  }
  unit.ineligibility = message.ineligibility();
  unit.expected = ReadExpected(path + ".expected", message.expected(), faults);
  return unit;
}

}  // namespace

std::vector<WorkedExample> ReadExamples(const v1::Scheme& message, const domain::Scheme& scheme,
                                        Faults& faults) {
  const domain::Layer first_layer = domain::PrecedenceOf(scheme).front();
  std::vector<WorkedExample> examples;
  int left = kMaxParts;
  for (int i = 0; i < message.examples_size(); ++i) {
    left -= PartsOf(message.examples(i));
    if (left < 0 || examples.size() > domain::kMaxExamples) {
      faults.push_back({"examples", "TOO_MANY",
                        absl::StrCat("Tối đa ", domain::kMaxExamples, " ví dụ, với tổng cộng ",
                                     domain::PrintNumber(kMaxParts), " số liệu.")});
      break;
    }
    WorkedExample& example = examples.emplace_back();
    example.name = message.examples(i).display_name();
    for (int u = 0; u < message.examples(i).units_size(); ++u) {
      example.units.push_back(ReadUnit(absl::StrCat("examples[", i, "].units[", u, "]"),
                                       message.examples(i).units(u), first_layer, faults));
    }
  }
  return examples;
}

}  // namespace thidua::messages
