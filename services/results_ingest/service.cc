#include "services/results_ingest/service.h"

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/results_ingest/store.h"

namespace thidua::results_ingest {

using platform::Sight;
using storage::Transaction;

ResultsService::ResultsService(storage::Database& database, platform::ChangeFeed& feed,
                               EvidenceFiles& evidence_files)
    : Endpoint(*v1::PutResultsRequest::descriptor()->file()->FindServiceByName("ResultsService")),
      database_(database),
      feed_(feed),
      evidence_files_(evidence_files),
      store_id_(absl::StrCat("results:", database.store_id())),
      period_events_(database.store_epoch_ms()) {
  Unary("PutResults", this, &ResultsService::PutResults);
  Unary("GetResult", this, &ResultsService::GetResult);
  Unary("ListResultRevisions", this, &ResultsService::ListResultRevisions);
  BidiStream("ImportResults", this, &ResultsService::ImportResults);
  Unary("GetImport", this, &ResultsService::GetImport);
  Unary("ListImportOutcomes", this, &ResultsService::ListImportOutcomes);
  ServerStream("CommitImport", this, &ResultsService::CommitImport);
  ClientStream("UploadEvidence", this, &ResultsService::UploadEvidence);
  Unary("GetEvidence", this, &ResultsService::GetEvidence);
  Unary("ListEvidence", this, &ResultsService::ListEvidence);
  ServerStream("DownloadEvidence", this, &ResultsService::DownloadEvidence);
  Unary("PutAssessments", this, &ResultsService::PutAssessments);
  Unary("ListAssessments", this, &ResultsService::ListAssessments);
  Unary("SubmitResults", this, &ResultsService::SubmitResults);
  Unary("ReturnResults", this, &ResultsService::ReturnResults);
  Unary("VerifyResults", this, &ResultsService::VerifyResults);
  Unary("GetSubmission", this, &ResultsService::GetSubmission);
  Unary("DiffSince", this, &ResultsService::DiffSince);
  Unary("GetCompleteness", this, &ResultsService::GetCompleteness);
  Unary("SealPeriod", this, &ResultsService::SealPeriod);
  Unary("ReopenPeriod", this, &ResultsService::ReopenPeriod);
  Unary("GetPeriodInputs", this, &ResultsService::GetPeriodInputs);
  ServerStream("WatchPeriodInputs", this, &ResultsService::WatchPeriodInputs);
}

absl::Status ResultsService::AwaitFreshness(const std::string& token, const Call& call) {
  return platform::AwaitFreshness(token, feed_, call,
                                  [this](const auto& entry) { return Look(entry); });
}

absl::StatusOr<Sight> ResultsService::Look(const type::v1::FreshnessVector::Entry& entry) {
  int64_t version = 0;
  bool known = false, same_store = false;
  const auto pact = messages::ReadPactName("", entry.resource());
  const auto period = messages::ReadPeriodName("", entry.resource());
  if (!pact.ok() && !period.ok()) return Sight::kSeen;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    if (pact.ok()) {
      ASSIGN_OR_RETURN(const std::optional<PactVersion> here, store.FindPactVersion(*pact));
      known = here.has_value();
      if (!known) return absl::OkStatus();
      version = here->version;
      same_store = here->registry_store_id == entry.store_id();
    } else {
      ASSIGN_OR_RETURN(const std::optional<PeriodState> here, store.FindPeriodState(*period));
      version = here.has_value() ? here->version : 0;
      known = true;
      same_store = entry.store_id() == store_id_;
    }
    return absl::OkStatus();
  }));
  if (!known) return Sight::kNotYet;
  if (!same_store) return Sight::kOtherStore;
  return version >= entry.version() ? Sight::kSeen : Sight::kNotYet;
}

std::string ResultsService::TokenOf(const messages::PeriodName& name, int64_t version) const {
  return platform::FreshnessToken(store_id_, name.ToString(), version, database_.store_epoch_ms());
}

}  // namespace thidua::results_ingest
