#include "services/messages/scheme.h"

#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/worked_example.h"
#include "services/messages/assessment.h"
#include "services/messages/choice.h"
#include "services/messages/interval.h"
#include "services/messages/quantity.h"
#include "services/messages/reading.h"
#include "services/messages/resource_names.h"
#include "services/messages/scheme_rules.h"
#include "services/messages/worked_example.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;

domain::RankingRule ReadRanking(const std::string& path, const v1::RankingRule& message,
                                std::vector<domain::Fault>& faults) {
  using Key = domain::RankingKey;
  domain::RankingRule ranking;
  ranking.key = ReadChoice<v1::RankingRule::Key, Key>(
      path + ".key", message.key(),
      {{v1::RankingRule::KEY_POINTS, Key::kPoints},
       {v1::RankingRule::KEY_PERCENT_OF_ASSIGNED, Key::kPercentOfAssigned},
       {v1::RankingRule::KEY_CAPPED_POINTS, Key::kCappedPoints},
       {v1::RankingRule::KEY_FORMULA, Key::kFormula}},
      faults);
  for (const v1::TieKey& key : message.tie_keys()) {
    domain::TieKey& read = ranking.tie_keys.emplace_back(key.criterion_id());
    read.formula = key.formula();
    read.name = key.display_name();
    read.less_is_better = key.less_is_better();
  }
  ranking.cap = ReadOptional(path + ".cap", message.cap(), faults);
  ranking.formula = message.formula();
  ranking.formula_name = message.formula_display_name();
  if (message.has_rounding()) {
    ranking.rounding = ReadRounding(path + ".rounding", message.rounding(), faults);
  }
  ranking.dense = message.dense();
  return ranking;
}

domain::Classes ReadClasses(const std::string& path, const v1::Classes& message,
                            std::vector<domain::Fault>& faults) {
  using Measure = domain::Classes::Measure;
  domain::Classes classes;
  classes.measure = ReadChoice<v1::Classes::Measure, Measure>(
      path + ".measure", message.measure(),
      {{v1::Classes::MEASURE_POINTS, Measure::kPoints},
       {v1::Classes::MEASURE_CAPPED_POINTS, Measure::kCappedPoints},
       {v1::Classes::MEASURE_PERCENT_OF_ASSIGNED, Measure::kPercentOfAssigned}},
      faults);
  classes.cap = ReadOptional(path + ".cap", message.cap(), faults);
  for (int i = 0; i < message.classes_size(); ++i) {
    const v1::ClassRule& one = message.classes(i);
    domain::ClassRule& read = classes.classes.emplace_back();
    read.id = one.class_id();
    read.name = one.display_name();
    Take(ReadDecimal(absl::StrCat(path, ".classes[", i, "].at_least"), one.at_least(), 0),
         read.at_least, faults);
    read.condition = one.condition();
  }
  return classes;
}

domain::AwardRule ReadAward(const std::string& path, const v1::AwardRule& message,
                            std::vector<domain::Fault>& faults) {
  domain::AwardRule award;
  award.id = message.award_id();
  award.name = message.display_name();
  award.at_most = message.at_most();
  award.classes = {message.class_ids().begin(), message.class_ids().end()};
  award.votes_at_least_percent =
      ReadOptional(path + ".votes_at_least_percent", message.votes_at_least_percent(), faults);
  return award;
}

domain::Parameter ReadParameter(const std::string& path, const v1::Parameter& message,
                                std::vector<domain::Fault>& faults) {
  domain::Parameter parameter;
  parameter.id = message.parameter_id();
  parameter.name = message.display_name();
  Take(ReadDecimal(path + ".value", message.value(), 0), parameter.value, faults);
  for (int i = 0; i < message.of_units_size(); ++i) {
    const std::string place = absl::StrCat(path, ".of_units[", i, "]");
    auto& [unit, value] = parameter.of_units.emplace_back();
    Take(ReadDecimal(place + ".value", message.of_units(i).value(), 0), value, faults);
    // The first that cannot be read stands for the rest.
    if (!Take(ReadUnitName(place + ".unit", message.of_units(i).unit()), unit, faults)) break;
  }
  return parameter;
}

// All but its name. What cannot be read has a default in its place, and a fault.
domain::Scheme ReadContent(absl::string_view path, const v1::Scheme& message,
                           std::vector<domain::Fault>& faults) {
  domain::Scheme scheme;
  scheme.name = message.display_name();
  scheme.legal_basis = message.legal_basis();
  scheme.contents = ReadContents(path, message, faults);
  Take(ReadInterval(path, message), scheme.valid, faults);
  scheme.ranking = ReadRanking(Under(path, "ranking"), message.ranking(), faults);
  for (int i = 0; i < message.assessment_precedence_size(); ++i) {
    domain::Layer layer = {};
    // The first that cannot be read stands for the rest: an enum is one byte, a fault is hundreds.
    if (!Take(ReadLayer(Under(path, absl::StrCat("assessment_precedence[", i, "]")),
                        message.assessment_precedence(i)),
              layer, faults)) {
      break;
    }
    scheme.assessment_precedence.push_back(layer);
  }
  scheme.classes = ReadClasses(Under(path, "classes"), message.classes(), faults);
  for (int i = 0; i < message.awards_size(); ++i) {
    scheme.awards.push_back(
        ReadAward(Under(path, absl::StrCat("awards[", i, "]")), message.awards(i), faults));
  }
  for (int i = 0; i < message.parameters_size(); ++i) {
    scheme.parameters.push_back(ReadParameter(Under(path, absl::StrCat("parameters[", i, "]")),
                                              message.parameters(i), faults));
  }
  return scheme;
}

void Append(std::vector<domain::Fault> more, std::vector<domain::Fault>& faults) {
  faults.insert(faults.end(), std::make_move_iterator(more.begin()),
                std::make_move_iterator(more.end()));
}

}  // namespace

absl::StatusOr<domain::Scheme> ReadScheme(absl::string_view path, const v1::Scheme& message) {
  std::vector<domain::Fault> faults;
  SchemeName name;
  if (!message.name().empty()) {
    Take(ReadSchemeName(Under(path, "name"), message.name()), name, faults);
  }
  domain::Scheme scheme = ReadContent(path, message, faults);
  scheme.id = std::move(name.scheme);
  scheme.version = name.version;
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return scheme;
}

std::vector<domain::Fault> FaultsOfScheme(const v1::Scheme& message, const std::string& scheme_id) {
  std::vector<domain::Fault> faults;
  domain::Scheme scheme = ReadContent("", message, faults);
  scheme.id = scheme_id;
  const std::vector<domain::WorkedExample> examples = ReadExamples(message, scheme, faults);
  Append(domain::ValidateScheme(scheme, faults), faults);
  if (faults.empty()) Append(domain::CheckExamples(scheme, examples), faults);
  return faults;
}

}  // namespace thidua::messages
