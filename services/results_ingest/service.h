// results.v1.ResultsService: one function an RPC, in the file of its subject (results.cc,
// imports.cc, evidence.cc, assessments.cc, submissions.cc, periods.cc). Thread-safe.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_SERVICE_H_
#define THIDUA_SERVICES_RESULTS_INGEST_SERVICE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/change_feed.h"
#include "services/platform/endpoint.h"
#include "services/platform/freshness.h"
#include "services/results_ingest/evidence_files.h"
#include "services/results_ingest/period_events.h"
#include "services/results_ingest/ready_pacts.h"
#include "services/results_ingest/store.h"
#include "services/storage/database.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::results_ingest {

namespace v1 = results::v1;

class ResultsService : public platform::Endpoint {
 public:
  ResultsService(storage::Database& database, platform::ChangeFeed& feed,
                 EvidenceFiles& evidence_files);

 private:
  using Call = platform::Call;
  using PeriodEvent = platform::Encoded<v1::WatchPeriodInputsResponse>;

  // results.cc
  absl::StatusOr<v1::PutResultsResponse> PutResults(const v1::PutResultsRequest&, const Call&);
  absl::StatusOr<v1::GetResultResponse> GetResult(const v1::GetResultRequest&, const Call&);
  absl::StatusOr<v1::ListResultRevisionsResponse> ListResultRevisions(
      const v1::ListResultRevisionsRequest&, const Call&);

  // imports.cc
  absl::Status ImportResults(const platform::Receive<v1::ImportResultsRequest>&, const Call&,
                             const platform::Send<v1::ImportResultsResponse>&);
  absl::StatusOr<v1::GetImportResponse> GetImport(const v1::GetImportRequest&, const Call&);
  absl::StatusOr<v1::ListImportOutcomesResponse> ListImportOutcomes(
      const v1::ListImportOutcomesRequest&, const Call&);
  absl::Status CommitImport(const v1::CommitImportRequest&, const Call&,
                            const platform::Send<v1::CommitImportResponse>&);

  // evidence.cc
  absl::StatusOr<v1::UploadEvidenceResponse> UploadEvidence(
      const platform::Receive<v1::UploadEvidenceRequest>&, const Call&);
  absl::StatusOr<v1::GetEvidenceResponse> GetEvidence(const v1::GetEvidenceRequest&, const Call&);
  absl::StatusOr<v1::ListEvidenceResponse> ListEvidence(const v1::ListEvidenceRequest&,
                                                        const Call&);
  absl::Status DownloadEvidence(const v1::DownloadEvidenceRequest&, const Call&,
                                const platform::Send<v1::DownloadEvidenceResponse>&);

  // assessments.cc
  absl::StatusOr<v1::PutAssessmentsResponse> PutAssessments(const v1::PutAssessmentsRequest&,
                                                            const Call&);
  absl::StatusOr<v1::ListAssessmentsResponse> ListAssessments(const v1::ListAssessmentsRequest&,
                                                              const Call&);

  // submissions.cc
  absl::StatusOr<v1::SubmitResultsResponse> SubmitResults(const v1::SubmitResultsRequest&,
                                                          const Call&);
  absl::StatusOr<v1::ReturnResultsResponse> ReturnResults(const v1::ReturnResultsRequest&,
                                                          const Call&);
  absl::StatusOr<v1::VerifyResultsResponse> VerifyResults(const v1::VerifyResultsRequest&,
                                                          const Call&);
  absl::StatusOr<v1::GetSubmissionResponse> GetSubmission(const v1::GetSubmissionRequest&,
                                                          const Call&);
  absl::StatusOr<v1::DiffSinceResponse> DiffSince(const v1::DiffSinceRequest&, const Call&);

  // periods.cc
  absl::StatusOr<v1::GetCompletenessResponse> GetCompleteness(const v1::GetCompletenessRequest&,
                                                              const Call&);
  absl::StatusOr<v1::SealPeriodResponse> SealPeriod(const v1::SealPeriodRequest&, const Call&);
  absl::StatusOr<v1::ReopenPeriodResponse> ReopenPeriod(const v1::ReopenPeriodRequest&,
                                                        const Call&);
  absl::StatusOr<v1::GetPeriodInputsResponse> GetPeriodInputs(const v1::GetPeriodInputsRequest&,
                                                              const Call&);
  absl::Status WatchPeriodInputs(const v1::WatchPeriodInputsRequest&, const Call&,
                                 const platform::Send<PeriodEvent>&);

  // The record of a document; NOT_FOUND (EVIDENCE_UNKNOWN).
  absl::StatusOr<v1::Evidence> FindEvidence(const std::string& name);
  // The period as ReadInputs has it; NOT_FOUND for one that is not, or at no such version.
  absl::StatusOr<v1::PeriodInputs> ReadWholePeriod(Store& store, const messages::PeriodName& name,
                                                   int64_t version);

  absl::StatusOr<domain::Pact> PactOf(Store& store, const messages::PeriodName& name);

  // Tokens speak of the registry's pacts, which arrive here by watch, and of periods counted here.
  absl::Status AwaitFreshness(const std::string& token, const Call& call);
  absl::StatusOr<platform::Sight> Look(const type::v1::FreshnessVector::Entry& entry);
  std::string TokenOf(const messages::PeriodName& name, int64_t version) const;

  storage::Database& database_;
  platform::ChangeFeed& feed_;
  EvidenceFiles& evidence_files_;
  const std::string store_id_;  // "results:…"
  ReadyPacts pacts_;
  PeriodEvents period_events_;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_SERVICE_H_
