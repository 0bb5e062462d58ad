// A unit's report on its way: handed in, handed back, verified; each step bound to a digest of what
// the report said, so that an edit afterwards cannot pass for what was checked.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/identifier.h"
#include "services/domain/pact.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/messages/pact.h"
#include "services/platform/errors.h"
#include "services/platform/mutation.h"
#include "services/results_ingest/open_period.h"
#include "services/results_ingest/reported_rows.h"
#include "services/results_ingest/service.h"
#include "services/results_ingest/store.h"
#include "services/results_ingest/unit_report.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using messages::SubmissionName;
using platform::Refusal;
using storage::Transaction;
using Step = v1::Submission::Step;

constexpr int kStepsMax = 1000;
constexpr size_t kRemarkMax = 2000;

absl::Status CheckMember(const domain::Pact& pact, const SubmissionName& name) {
  if (domain::FindMember(pact, name.unit) != nullptr) return absl::OkStatus();
  return Refusal(absl::StatusCode::kNotFound, "submission", "UNIT_UNKNOWN",
                 absl::StrCat("Đơn vị “", name.unit, "” không ký giao ước này."));
}

absl::Status CheckDigest(absl::string_view seen, const v1::Submission& submission) {
  if (seen == submission.digest()) return absl::OkStatus();
  return Refusal(absl::StatusCode::kAborted, "digest", "SUBMISSION_CHANGED",
                 "Báo cáo đã khác với bản được xem; xin xem lại những chỗ thay đổi.");
}

// Who checks a report: "" is the provincial board. Never the unit itself, its bloc's leader
// included: nobody verifies their own unit.
absl::StatusOr<std::string> ReadChecker(absl::string_view path, const std::string& checker,
                                        const domain::Pact& pact, const SubmissionName& name) {
  if (checker.empty()) return std::string();
  ASSIGN_OR_RETURN(std::string unit, messages::ReadUnitName(path, checker));
  if (unit == name.unit) {
    return Refusal(absl::StatusCode::kPermissionDenied, path, "OWN_UNIT",
                   "Không ai được xác nhận hay trả lại báo cáo của chính đơn vị mình.");
  }
  if (domain::FindMember(pact, unit) == nullptr) {
    return Fault{std::string(path), "UNIT_UNKNOWN",
                 absl::StrCat("Đơn vị “", domain::Excerpt(unit), "” không ký giao ước này.")}
        .ToStatus();
  }
  return unit;
}

absl::Status NotSubmitted(absl::string_view sentence) {
  return Refusal(absl::StatusCode::kFailedPrecondition, "submission", "NOT_SUBMITTED", sentence);
}

// Figures that are handed in have what their targets want of them.
absl::Status CheckEvidence(const domain::Pact& pact, const UnitReport& report) {
  std::vector<Fault> faults;
  for (const v1::Result& result : report.results) {
    ASSIGN_OR_RETURN(const messages::TargetName name,
                     messages::ReadTargetName("target", result.target()));
    const domain::Target* target = domain::FindTarget(pact, name.target);
    if (target == nullptr || target->voided || domain::IsVoided(pact, target->criterion) ||
        !LacksEvidence(*target, result)) {
      continue;
    }
    const bool explained_will_do = target->evidence == domain::EvidenceRule::kRequiredOrExplained;
    faults.push_back(
        {result.target(), explained_will_do ? "EXPLANATION_REQUIRED" : "EVIDENCE_REQUIRED",
         absl::StrCat("Chỉ tiêu “", domain::Excerpt(target->name), "” phải có minh chứng",
                      explained_will_do ? " hoặc giải trình" : "", " trước khi nộp báo cáo.")});
  }
  return domain::FaultsToStatus(faults, absl::StatusCode::kFailedPrecondition);
}

// Takes a step of the report as it is now; the period has one more version by it.
absl::StatusOr<int64_t> TakeStep(Store& store, const SubmissionName& name, Step::Kind kind,
                                 std::string actor, const std::string& reason, absl::Time now,
                                 v1::Submission& submission, audit::Trail& trail) {
  if (submission.steps_size() >= kStepsMax) {
    return Refusal(absl::StatusCode::kResourceExhausted, "submission", "TOO_MANY",
                   absl::StrCat("Báo cáo này đã qua ", kStepsMax, " bước nộp, trả, xác nhận."));
  }
  ASSIGN_OR_RETURN(const int64_t version, store.AdvancePeriod(name.period, now));
  Step& step = *submission.add_steps();
  step.set_kind(kind);
  step.set_digest(submission.digest());
  step.set_period_version(version);
  if (!actor.empty()) step.set_actor(messages::UnitName(actor));
  step.set_reason(reason);
  *step.mutable_time() = messages::InstantMessage(now);
  submission.set_state(StateOf(&step, submission.digest()));
  RETURN_IF_ERROR(store.AppendStep(name.period, name.unit, submission.steps_size(), step, trail));
  return version;
}

}  // namespace

absl::StatusOr<v1::SubmitResultsResponse> ResultsService::SubmitResults(
    const v1::SubmitResultsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const SubmissionName name,
                   messages::ReadSubmissionName("submission", request.submission()));
  return platform::Mutate<v1::SubmitResultsResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::SubmitResultsResponse> {
        const absl::Time now = absl::Now();
        Store store(transaction);
        ASSIGN_OR_RETURN(const OpenPeriod open, FindOpenPeriod(store, pacts_, name.period, now));
        const domain::Pact& pact = open.pact->pact;
        RETURN_IF_ERROR(CheckMember(pact, name));
        ASSIGN_OR_RETURN(StoredReport stored, ReadReport(store, name.period, pact, name.unit));
        v1::Submission& submission = stored.submission;
        if (!request.digest().empty()) RETURN_IF_ERROR(CheckDigest(request.digest(), submission));
        if (stored.report.results.empty() && stored.report.assessments.empty()) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "submission", "NOTHING_TO_SUBMIT",
                         "Đơn vị chưa báo cáo gì trong kỳ này nên chưa có gì để nộp.");
        }
        RETURN_IF_ERROR(CheckEvidence(pact, stored.report));

        v1::SubmitResultsResponse response;
        int64_t version = open.version;
        // Handing in once more what is handed in, or verified, takes nothing back.
        if (submission.state() != v1::Submission::STATE_SUBMITTED &&
            submission.state() != v1::Submission::STATE_VERIFIED) {
          ASSIGN_OR_RETURN(version, TakeStep(store, name, Step::KIND_SUBMIT, name.unit, "", now,
                                             submission, trail));
        }
        for (const std::string& target : MissingTargets(pact, name.unit, stored.report)) {
          response.add_missing_targets(messages::TargetName{name.period.pact, target}.ToString());
        }
        *response.mutable_submission() = std::move(submission);
        response.set_period_version(version);
        response.set_freshness_token(TokenOf(name.period, version));
        return response;
      });
}

absl::StatusOr<v1::ReturnResultsResponse> ResultsService::ReturnResults(
    const v1::ReturnResultsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const SubmissionName name,
                   messages::ReadSubmissionName("submission", request.submission()));
  if (auto fault = domain::CheckReason("reason", request.reason())) return fault->ToStatus();
  return platform::Mutate<v1::ReturnResultsResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::ReturnResultsResponse> {
        const absl::Time now = absl::Now();
        Store store(transaction);
        ASSIGN_OR_RETURN(const OpenPeriod open, FindOpenPeriod(store, pacts_, name.period, now));
        const domain::Pact& pact = open.pact->pact;
        RETURN_IF_ERROR(CheckMember(pact, name));
        ASSIGN_OR_RETURN(std::string checker,
                         ReadChecker("returned_by", request.returned_by(), pact, name));
        ASSIGN_OR_RETURN(StoredReport stored, ReadReport(store, name.period, pact, name.unit));
        v1::Submission& submission = stored.submission;
        if (submission.state() == v1::Submission::STATE_NOT_SUBMITTED ||
            submission.state() == v1::Submission::STATE_RETURNED) {
          return NotSubmitted("Báo cáo này chưa được nộp, hoặc đã trả lại và chưa nộp lại.");
        }
        ASSIGN_OR_RETURN(const int64_t version,
                         TakeStep(store, name, Step::KIND_RETURN, std::move(checker),
                                  request.reason(), now, submission, trail));
        v1::ReturnResultsResponse response;
        *response.mutable_submission() = std::move(submission);
        response.set_period_version(version);
        response.set_freshness_token(TokenOf(name.period, version));
        return response;
      });
}

absl::StatusOr<v1::VerifyResultsResponse> ResultsService::VerifyResults(
    const v1::VerifyResultsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const SubmissionName name,
                   messages::ReadSubmissionName("submission", request.submission()));
  if (request.digest().empty()) {
    return Fault{"digest", "REQUIRED", "Phải ghi mã của bản báo cáo đã kiểm tra."}.ToStatus();
  }
  if (auto fault = domain::CheckText("note", request.note(), kRemarkMax)) return fault->ToStatus();
  return platform::Mutate<v1::VerifyResultsResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::VerifyResultsResponse> {
        const absl::Time now = absl::Now();
        Store store(transaction);
        ASSIGN_OR_RETURN(const OpenPeriod open, FindOpenPeriod(store, pacts_, name.period, now));
        const domain::Pact& pact = open.pact->pact;
        RETURN_IF_ERROR(CheckMember(pact, name));
        ASSIGN_OR_RETURN(std::string checker,
                         ReadChecker("verified_by", request.verified_by(), pact, name));
        ASSIGN_OR_RETURN(StoredReport stored, ReadReport(store, name.period, pact, name.unit));
        v1::Submission& submission = stored.submission;
        RETURN_IF_ERROR(CheckDigest(request.digest(), submission));
        if (submission.state() != v1::Submission::STATE_SUBMITTED) {
          return NotSubmitted(submission.state() == v1::Submission::STATE_VERIFIED
                                  ? "Báo cáo này đã được xác nhận."
                                  : "Báo cáo này chưa được nộp, hoặc đã sửa sau khi nộp.");
        }
        ASSIGN_OR_RETURN(const int64_t version,
                         TakeStep(store, name, Step::KIND_VERIFY, std::move(checker),
                                  request.note(), now, submission, trail));
        v1::VerifyResultsResponse response;
        *response.mutable_submission() = std::move(submission);
        response.set_period_version(version);
        response.set_freshness_token(TokenOf(name.period, version));
        return response;
      });
}

// The pact that the period is of: a sealed one keeps that of its seal.
absl::StatusOr<domain::Pact> ResultsService::PactOf(Store& store,
                                                    const messages::PeriodName& name) {
  ASSIGN_OR_RETURN(const OpenPeriod open, FindPeriodOfPact(store, pacts_, name));
  if (!open.sealed) return open.pact->pact;
  ASSIGN_OR_RETURN(const v1::PeriodInputs inputs, ReadWholePeriod(store, name, 0));
  return messages::ReadPact("", inputs.pact());
}

absl::StatusOr<v1::GetSubmissionResponse> ResultsService::GetSubmission(
    const v1::GetSubmissionRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const SubmissionName name, messages::ReadSubmissionName("name", request.name()));
  v1::GetSubmissionResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(const domain::Pact pact, PactOf(store, name.period));
    RETURN_IF_ERROR(CheckMember(pact, name));
    ASSIGN_OR_RETURN(StoredReport stored, ReadReport(store, name.period, pact, name.unit));
    *response.mutable_submission() = std::move(stored.submission);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::DiffSinceResponse> ResultsService::DiffSince(const v1::DiffSinceRequest& request,
                                                                const Call&) {
  ASSIGN_OR_RETURN(const SubmissionName name,
                   messages::ReadSubmissionName("submission", request.submission()));
  v1::DiffSinceResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(const OpenPeriod open, FindPeriodOfPact(store, pacts_, name.period));
    ASSIGN_OR_RETURN(const domain::Pact pact, PactOf(store, name.period));
    RETURN_IF_ERROR(CheckMember(pact, name));
    if (request.period_version() < 0 || request.period_version() > open.version) {
      return Fault{"period_version", "OUT_OF_RANGE",
                   absl::StrCat("Kỳ này có phiên bản từ 0 đến ", open.version, ".")}
          .ToStatus();
    }
    ASSIGN_OR_RETURN(const StoredReport now, ReadReport(store, name.period, pact, name.unit));
    UnitReport before;  // Version 0: nothing yet.
    if (request.period_version() > 0) {
      ASSIGN_OR_RETURN(const ResultsByTarget results,
                       store.ResultsAt(name.period, request.period_version()));
      ASSIGN_OR_RETURN(const std::vector<v1::Assessment> assessments,
                       store.AssessmentsAt(name.period, request.period_version()));
      before = ReportOf(pact, name.unit, results, assessments);
    }
    response = DiffOf(before, now.report);
    response.set_digest(now.submission.digest());
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace thidua::results_ingest
