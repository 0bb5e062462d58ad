#include "services/results_ingest/unit_report.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/completeness.h"
#include "services/domain/return_if_error.h"
#include "services/platform/digest.h"

namespace thidua::results_ingest {
namespace {

std::string LastPart(absl::string_view name) {
  return std::string(name.substr(name.rfind('/') + 1));
}

// Only what the unit says.
v1::Result Said(v1::Result result) {
  result.clear_revision();
  result.clear_correction_reason();
  result.clear_report_time();
  result.clear_late();
  return result;
}

v1::Assessment Said(v1::Assessment assessment) {
  assessment.clear_revision();
  assessment.clear_correction_reason();
  assessment.clear_assess_time();
  return assessment;
}

template <typename Message>
bool SaysTheSame(const Message& a, const Message& b) {
  return platform::DeterministicBytes(Said(a)) == platform::DeterministicBytes(Said(b));
}

// Each part with its length before it, so that no two reports make the same bytes.
void Append(const google::protobuf::Message& message, std::string& bytes) {
  const std::string part = platform::DeterministicBytes(message);
  absl::StrAppend(&bytes, part.size(), ":", part);
}

}  // namespace

UnitReport ReportOf(const domain::Pact& pact, absl::string_view unit,
                    const ResultsByTarget& results,
                    const std::vector<v1::Assessment>& assessments) {
  UnitReport report;
  for (const domain::Target& target : pact.targets) {
    if (target.unit != unit) continue;
    const auto found = results.find(target.id);
    if (found != results.end()) report.results.push_back(found->second);
  }
  const std::string name = messages::UnitName(unit);
  for (const v1::Assessment& assessment : assessments) {
    if (assessment.unit() == name && assessment.layer() == type::v1::ASSESSMENT_LAYER_SELF) {
      report.assessments.push_back(assessment);
    }
  }
  return report;
}

std::string DigestOf(const UnitReport& report) {
  std::string bytes = absl::StrCat("v1 ", report.results.size(), " ");
  for (const v1::Result& result : report.results) Append(Said(result), bytes);
  // In an order of their own: a database sorts by its locale.
  std::vector<const v1::Assessment*> assessments;
  for (const v1::Assessment& assessment : report.assessments) assessments.push_back(&assessment);
  std::sort(assessments.begin(), assessments.end(),
            [](const v1::Assessment* a, const v1::Assessment* b) {
              return a->criterion_id() < b->criterion_id();
            });
  for (const v1::Assessment* assessment : assessments) Append(Said(*assessment), bytes);
  return absl::StrCat("v1:", platform::Sha256Hex(bytes));
}

std::vector<std::string> MissingTargets(const domain::Pact& pact, absl::string_view unit,
                                        const UnitReport& report) {
  absl::flat_hash_map<std::string, domain::ReportedTarget> reported;
  for (const v1::Result& result : report.results) reported[LastPart(result.target())];
  std::vector<std::string> missing;
  for (const domain::Completeness& counted : domain::CompletenessOf(pact, reported)) {
    if (counted.unit != unit) continue;
    for (const domain::Target* target : counted.missing_targets) missing.push_back(target->id);
  }
  return missing;
}

v1::DiffSinceResponse DiffOf(const UnitReport& before, const UnitReport& after) {
  v1::DiffSinceResponse diff;
  absl::flat_hash_map<absl::string_view, const v1::Result*> results;
  for (const v1::Result& result : before.results) results[result.target()] = &result;
  for (const v1::Result& result : after.results) {
    const auto found = results.find(result.target());
    if (found != results.end() && SaysTheSame(*found->second, result)) continue;
    auto& change = *diff.add_results();
    if (found != results.end()) *change.mutable_before() = *found->second;
    *change.mutable_after() = result;
  }
  absl::flat_hash_map<absl::string_view, const v1::Assessment*> assessments;
  for (const v1::Assessment& own : before.assessments) assessments[own.criterion_id()] = &own;
  for (const v1::Assessment& own : after.assessments) {
    const auto found = assessments.find(own.criterion_id());
    if (found != assessments.end() && SaysTheSame(*found->second, own)) continue;
    auto& change = *diff.add_assessments();
    if (found != assessments.end()) *change.mutable_before() = *found->second;
    *change.mutable_after() = own;
  }
  return diff;
}

v1::Submission::State StateOf(const v1::Submission::Step* last, absl::string_view digest) {
  if (last == nullptr) return v1::Submission::STATE_NOT_SUBMITTED;
  if (last->kind() == v1::Submission::Step::KIND_RETURN) return v1::Submission::STATE_RETURNED;
  if (last->digest() != digest) return v1::Submission::STATE_CHANGED;
  return last->kind() == v1::Submission::Step::KIND_VERIFY ? v1::Submission::STATE_VERIFIED
                                                           : v1::Submission::STATE_SUBMITTED;
}

absl::StatusOr<StoredReport> ReadReport(Store& store, const messages::PeriodName& name,
                                        const domain::Pact& pact, absl::string_view unit) {
  StoredReport stored;
  std::vector<std::string> targets;
  for (const domain::Target& target : pact.targets) {
    if (target.unit == unit) targets.push_back(target.id);
  }
  ASSIGN_OR_RETURN(const ResultsByTarget results, store.CurrentResults(name, targets));
  constexpr int64_t kAny = std::numeric_limits<int64_t>::max();
  ASSIGN_OR_RETURN(
      const std::vector<v1::Assessment> assessments,
      store.ListAssessments(name, kAny, {std::string(unit), type::v1::ASSESSMENT_LAYER_SELF, false},
                            {}, kAny));
  stored.report = ReportOf(pact, unit, results, assessments);

  v1::Submission& submission = stored.submission;
  submission.set_name(messages::SubmissionName{name, std::string(unit)}.ToString());
  submission.set_unit(messages::UnitName(unit));
  submission.set_digest(DigestOf(stored.report));
  ASSIGN_OR_RETURN(const std::vector<v1::Submission::Step> steps, store.Steps(name, unit));
  submission.set_state(StateOf(steps.empty() ? nullptr : &steps.back(), submission.digest()));
  submission.mutable_steps()->Add(steps.begin(), steps.end());
  return stored;
}

absl::StatusOr<std::optional<v1::PeriodInputs>> ReadInputs(Store& store,
                                                           const messages::PeriodName& name,
                                                           int64_t version) {
  ASSIGN_OR_RETURN(std::optional<v1::PeriodInputs> inputs, store.FindInputs(name, version));
  if (!inputs.has_value()) return inputs;
  ASSIGN_OR_RETURN(const auto last_steps, store.LastSteps(name, version));

  // By unit, as the digest has them: in the order of the pact, and of criteria.
  absl::flat_hash_map<absl::string_view, UnitReport> reports;
  if (!last_steps.empty()) {
    absl::flat_hash_map<absl::string_view, absl::string_view> unit_of_target;
    for (const registry::v1::Target& target : inputs->pact().targets()) {
      unit_of_target[target.name()] = target.unit();
    }
    for (const v1::Result& result : inputs->results()) {
      reports[unit_of_target[result.target()]].results.push_back(result);
    }
    for (const v1::Assessment& assessment : inputs->assessments()) {
      if (assessment.layer() != type::v1::ASSESSMENT_LAYER_SELF) continue;
      reports[assessment.unit()].assessments.push_back(assessment);
    }
  }
  for (const registry::v1::Member& member : inputs->pact().members()) {
    v1::Submission& submission = *inputs->add_submissions();
    const std::string unit = LastPart(member.unit());
    submission.set_name(messages::SubmissionName{name, unit}.ToString());
    submission.set_unit(member.unit());
    const auto last = last_steps.find(unit);
    submission.set_state(last == last_steps.end()
                             ? v1::Submission::STATE_NOT_SUBMITTED
                             : StateOf(&last->second, DigestOf(reports[member.unit()])));
  }
  for (v1::Result& result : *inputs->mutable_results()) {
    result.clear_note();
    result.clear_explanation();
    result.clear_correction_reason();
  }
  for (v1::Assessment& assessment : *inputs->mutable_assessments()) {
    assessment.clear_note();
    assessment.clear_correction_reason();
  }
  return inputs;
}

}  // namespace thidua::results_ingest
