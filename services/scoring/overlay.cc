#include "services/scoring/overlay.h"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/domain/amendment.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/assessment.h"
#include "services/messages/pact.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"
#include "services/messages/scheme.h"

namespace thidua::scoring {
namespace {

using domain::Fault;
using domain::Pact;
using domain::Target;

constexpr int kEachMax = 10'000;

// All faults of a part of the overlay.
class Faults {
 public:
  void Add(const std::string& under, const absl::Status& status) {
    Add(under, domain::FaultsOf(status));
  }
  void Add(const std::string& under, std::vector<Fault> faults) {
    for (Fault& fault : faults) {
      fault.path = fault.path.empty() ? under : absl::StrCat(under, ".", fault.path);
      faults_.push_back(std::move(fault));
    }
  }
  absl::Status Result() const { return domain::FaultsToStatus(faults_); }

 private:
  std::vector<Fault> faults_;
};

absl::Status CheckSizes(const v1::RankingOverlay& overlay) {
  const std::pair<const char*, int> sizes[] = {{"results", overlay.results_size()},
                                               {"targets", overlay.targets_size()},
                                               {"assessments", overlay.assessments_size()}};
  for (const auto& [path, size] : sizes) {
    if (size > kEachMax) {
      return Fault{path, "TOO_MANY", absl::StrCat("Nhiều nhất ", kEachMax, " dòng mỗi loại.")}
          .ToStatus();
    }
  }
  return absl::OkStatus();
}

// A target of this pact that takes figures, each once.
class TargetsOf {
 public:
  TargetsOf(const Pact& pact, const std::string& pact_name) : pact_(pact), name_(pact_name) {}

  absl::StatusOr<const Target*> Read(const std::string& name) {
    ASSIGN_OR_RETURN(const messages::TargetName read, messages::ReadTargetName("target", name));
    const Target* target =
        read.pact.ToString() == name_ ? domain::FindTarget(pact_, read.target) : nullptr;
    if (target == nullptr) {
      return Fault{"target", "TARGET_UNKNOWN",
                   absl::StrCat("Chỉ tiêu “", domain::Excerpt(name),
                                "” không có trong giao ước thi đua này.")}
          .ToStatus();
    }
    if (target->voided) {
      return Fault{"target", "TARGET_VOIDED",
                   absl::StrCat("Chỉ tiêu “", domain::Excerpt(target->name),
                                "” đã được đưa ra khỏi giao ước.")}
          .ToStatus();
    }
    if (!seen_.insert(target->id).second) {
      return Fault{"target", "DUPLICATE",
                   absl::StrCat("Chỉ tiêu “", domain::Excerpt(target->name), "” ghi hai lần.")}
          .ToStatus();
    }
    return target;
  }

 private:
  const Pact& pact_;
  const std::string& name_;
  std::set<std::string> seen_;
};

// The pact with what is supposed of its targets and its scheme, checked as an amendment is.
absl::StatusOr<Pact> SupposePact(const Standing& present, const v1::RankingOverlay& overlay) {
  const Pact& pact = present.pact;
  const registry::v1::Pact& message = present.received.inputs.pact();
  Faults faults;
  domain::Amendment amendment;
  amendment.reason = amendment.document = "-";
  amendment.scheme = pact.scheme;
  if (overlay.has_scheme()) {
    registry::v1::Scheme content = overlay.scheme();
    content.clear_name();
    content.clear_digest();
    faults.Add("scheme", messages::FaultsOfScheme(content, pact.scheme.id));
    RETURN_IF_ERROR(faults.Result());
    ASSIGN_OR_RETURN(amendment.scheme, messages::ReadScheme("scheme", content));
    amendment.scheme->id = pact.scheme.id;
  }
  amendment.scheme->version = pact.scheme.version + 1;  // Another one: there is always a change.
  TargetsOf targets(pact, message.name());
  for (int i = 0; i < overlay.targets_size(); ++i) {
    const v1::SupposedTarget& supposed = overlay.targets(i);
    const std::string path = absl::StrCat("targets[", i, "]");
    const absl::StatusOr<const Target*> target = targets.Read(supposed.target());
    if (!target.ok()) {
      faults.Add(path, target.status());
      continue;
    }
    const auto value = messages::ReadQuantity("value", supposed.value(), (*target)->measure);
    if (!value.ok()) {
      faults.Add(path, value.status());
      continue;
    }
    Target put = **target;
    put.value = *value;
    if (put.value.measure.empty()) put.value.measure = put.measure;
    amendment.put_targets.push_back(std::move(put));
  }
  RETURN_IF_ERROR(faults.Result());
  absl::StatusOr<Pact> amended = domain::Amend(pact, amendment);
  if (!amended.ok()) {
    std::vector<Fault> told = domain::FaultsOf(amended.status());
    for (Fault& fault : told) {
      fault.path = absl::StrReplaceAll(fault.path, {{"put_targets[", "targets["}});
    }
    return domain::FaultsToStatus(told);
  }
  amended->version = pact.version;
  return amended;
}

// As PutResults reads a row.
absl::StatusOr<domain::Result> ReadSupposed(const v1::SupposedResult& supposed,
                                            const Target& target, std::vector<Fault>& warnings) {
  domain::Result result;
  result.target = target.id;
  const auto warn = [&](const char* path, const domain::Quantity& read) {
    warnings.push_back({path, "NUMBER_AMBIGUOUS",
                        absl::StrCat("“", domain::Excerpt(read.text), "” được hiểu là ",
                                     absl::StrReplaceAll(read.value.ToString(), {{".", ","}}),
                                     ": dấu chấm ngăn hàng nghìn, dấu phẩy là dấu thập phân.")});
  };
  bool ambiguous = false;
  ASSIGN_OR_RETURN(result.actual,
                   messages::ReadQuantity("actual", supposed.actual(), target.measure, &ambiguous));
  if (ambiguous) warn("actual", result.actual);
  if (result.actual.measure.empty()) result.actual.measure = target.measure;
  const type::v1::Quantity& percent = supposed.stated_percent();
  if (!percent.measure().empty() && percent.measure() != "%") {
    return Fault{"stated_percent", "MEASURE_DISAGREES", "Tỷ lệ phải ghi theo phần trăm (%)."}
        .ToStatus();
  }
  ambiguous = false;
  ASSIGN_OR_RETURN(const domain::Quantity stated,
                   messages::ReadQuantity("stated_percent", percent, "%", &ambiguous));
  if (ambiguous) warn("stated_percent", stated);
  if (stated.has_value()) {
    result.stated_percent = stated.value;
    result.stated_qualifier = stated.qualifier;
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(domain::ValidateResult(target, result)));
  return result;
}

absl::Status SupposeResults(const Pact& pact, const v1::RankingOverlay& overlay,
                            Supposed& supposed) {
  results::v1::PeriodInputs& inputs = supposed.received.inputs;
  absl::flat_hash_map<std::string, results::v1::Result*> there;
  for (results::v1::Result& result : *inputs.mutable_results()) there[result.target()] = &result;
  Faults faults;
  TargetsOf targets(pact, inputs.pact().name());
  std::vector<results::v1::Result> added;
  for (int i = 0; i < overlay.results_size(); ++i) {
    const std::string path = absl::StrCat("results[", i, "]");
    const absl::StatusOr<const Target*> target = targets.Read(overlay.results(i).target());
    if (!target.ok()) {
      faults.Add(path, target.status());
      continue;
    }
    std::vector<Fault> warnings;
    const auto result = ReadSupposed(overlay.results(i), **target, warnings);
    if (!result.ok()) {
      faults.Add(path, result.status());
      continue;
    }
    for (Fault& warning : domain::WarningsOf(pact, **target, *result)) {
      warnings.push_back(std::move(warning));
    }
    for (Fault& warning : warnings) {
      warning.path = absl::StrCat(path, ".", warning.path);
      supposed.warnings.push_back(std::move(warning));
    }
    results::v1::Result message;
    message.set_target(overlay.results(i).target());
    *message.mutable_actual() = messages::QuantityMessage(result->actual);
    if (result->stated_percent.has_value()) {
      *message.mutable_stated_percent() =
          messages::QuantityMessage({domain::QuantityState::kValue, *result->stated_percent,
                                     result->stated_qualifier, "%", ""});
    }
    const auto present = there.find(message.target());
    message.set_revision(present == there.end() ? 1 : present->second->revision() + 1);
    if (present == there.end()) {
      added.push_back(std::move(message));
    } else {
      *present->second = std::move(message);
    }
  }
  RETURN_IF_ERROR(faults.Result());
  for (results::v1::Result& one : added) *inputs.add_results() = std::move(one);
  return absl::OkStatus();
}

using AssessmentKey = std::tuple<std::string, std::string, int, std::string>;

AssessmentKey KeyOf(const results::v1::Assessment& one) {
  return {one.unit(), one.criterion_id(), one.layer(), one.rater()};
}

absl::Status SupposeAssessments(const Pact& pact, const v1::RankingOverlay& overlay,
                                Supposed& supposed) {
  results::v1::PeriodInputs& inputs = supposed.received.inputs;
  Faults faults;
  std::set<AssessmentKey> seen;
  std::map<AssessmentKey, int> there;
  for (int i = 0; i < inputs.assessments_size(); ++i) there[KeyOf(inputs.assessments(i))] = i;
  for (int i = 0; i < overlay.assessments_size(); ++i) {
    const std::string path = absl::StrCat("assessments[", i, "]");
    const results::v1::Assessment& given = overlay.assessments(i);
    const auto read = messages::ReadAssessment("", given);
    if (!read.ok()) {
      faults.Add(path, read.status());
      continue;
    }
    std::vector<Fault> wrong = domain::ValidateAssessment(pact, *read);
    if (wrong.empty() && !seen.insert(KeyOf(given)).second) {
      wrong.push_back({"", "DUPLICATE", "Điểm này ghi hai lần."});
    }
    if (!wrong.empty()) {
      faults.Add(path, std::move(wrong));
      continue;
    }
    results::v1::Assessment message = messages::AssessmentMessage(*read);
    const auto present = there.find(KeyOf(given));
    if (present == there.end()) {
      message.set_revision(1);
      *inputs.add_assessments() = std::move(message);
    } else {
      results::v1::Assessment& one = *inputs.mutable_assessments(present->second);
      message.set_revision(one.revision() + 1);
      one = std::move(message);
    }
  }
  return faults.Result();
}

}  // namespace

absl::StatusOr<Supposed> Suppose(const Standing& present, const v1::RankingOverlay& overlay) {
  RETURN_IF_ERROR(CheckSizes(overlay));
  Supposed supposed{present.received, {}};
  Pact pact = present.pact;
  if (overlay.has_scheme() || overlay.targets_size() > 0) {
    ASSIGN_OR_RETURN(pact, SupposePact(present, overlay));
    registry::v1::Pact& message = *supposed.received.inputs.mutable_pact();
    messages::SetContent(pact, message);
    if (overlay.has_scheme()) {
      const std::string name = message.scheme_content().name();
      *message.mutable_scheme_content() = overlay.scheme();
      message.mutable_scheme_content()->set_name(name);
      message.mutable_scheme_content()->clear_digest();
      message.clear_scheme();
    }
  }
  RETURN_IF_ERROR(SupposeResults(pact, overlay, supposed));
  RETURN_IF_ERROR(SupposeAssessments(pact, overlay, supposed));
  return supposed;
}

}  // namespace thidua::scoring
