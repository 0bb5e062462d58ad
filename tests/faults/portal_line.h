// A line to the portal, over which a ranking is read as JSON over HTTP. Not thread-safe.
#ifndef THIDUA_TESTS_FAULTS_PORTAL_LINE_H_
#define THIDUA_TESTS_FAULTS_PORTAL_LINE_H_

#include <curl/curl.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::tests {

class PortalLine {
 public:
  // `address`: host:port.
  explicit PortalLine(std::string address);

  // As shown to everybody, no older than `freshness_token` (empty: whatever is shown). UNAVAILABLE:
  // the line broke, or it is not to be had now (503, 504), with the reason that was told. Otherwise
  // what nobody may be told: another HTTP status, or what cannot be read.
  absl::StatusOr<scoring::v1::GetRankingResponse> GetRanking(const std::string& period,
                                                             const std::string& freshness_token,
                                                             absl::Duration patience) const;

 private:
  const std::string address_;
  const std::unique_ptr<CURL, void (*)(CURL*)> curl_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FAULTS_PORTAL_LINE_H_
