// results.v1.ResultsService: one function an RPC. Thread-safe.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_SERVICE_H_
#define THIDUA_SERVICES_RESULTS_INGEST_SERVICE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/change_feed.h"
#include "services/platform/endpoint.h"
#include "services/platform/freshness.h"
#include "services/storage/database.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::results_ingest {

namespace v1 = results::v1;

class ResultsService : public platform::Endpoint {
 public:
  ResultsService(storage::Database& database, platform::ChangeFeed& feed);

 private:
  using Call = platform::Call;

  absl::StatusOr<v1::PutResultsResponse> PutResults(const v1::PutResultsRequest&, const Call&);
  absl::StatusOr<v1::GetResultResponse> GetResult(const v1::GetResultRequest&, const Call&);
  absl::StatusOr<v1::ListResultRevisionsResponse> ListResultRevisions(
      const v1::ListResultRevisionsRequest&, const Call&);
  absl::StatusOr<v1::GetPeriodInputsResponse> GetPeriodInputs(const v1::GetPeriodInputsRequest&,
                                                              const Call&);
  absl::Status WatchPeriodInputs(const v1::WatchPeriodInputsRequest&, const Call&,
                                 const platform::Send<v1::WatchPeriodInputsResponse>&);

  absl::StatusOr<platform::Sight> Look(const type::v1::FreshnessVector::Entry& entry);

  storage::Database& database_;
  platform::ChangeFeed& feed_;
  const std::string store_id_;  // "results:…"
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_SERVICE_H_
