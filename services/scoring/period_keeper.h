// What making a ranking final asks of results-ingest, which keeps the periods: to tell one whole,
// to seal it, to open it again.
//
// Every call has a deadline: `until`, and never more than kKeeperPatience. Errors: what
// results-ingest refuses, with its faults, as INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION or
// ABORTED; whatever else comes of a call is UNAVAILABLE (RESULTS_AWAY), and it may have been done.
#ifndef THIDUA_SERVICES_SCORING_PERIOD_KEEPER_H_
#define THIDUA_SERVICES_SCORING_PERIOD_KEEPER_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/scoring/store.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::scoring {

inline constexpr absl::Duration kKeeperPatience = absl::Seconds(5);

// Thread-safe.
class PeriodKeeper {
 public:
  virtual ~PeriodKeeper() = default;
  // The period as it was at that version; 0: as it is.
  virtual absl::StatusOr<ReceivedPeriod> Inputs(const std::string& period, int64_t version,
                                                absl::Time until) = 0;
  // Of the next two results-ingest keeps on record for whom they are done: a principal's name.
  virtual absl::StatusOr<results::v1::Seal> Seal(const results::v1::SealPeriodRequest& request,
                                                 const std::string& on_behalf_of,
                                                 absl::Time until) = 0;
  virtual absl::Status Reopen(const results::v1::ReopenPeriodRequest& request,
                              const std::string& on_behalf_of, absl::Time until) = 0;
};

// The one of results-ingest at the end of that line.
std::unique_ptr<PeriodKeeper> KeeperAt(const std::shared_ptr<grpc::Channel>& results);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_PERIOD_KEEPER_H_
