// How often the portal was asked, by what answered and with which status, and how long that took:
//
//   http_server_requests_total    from, code
//   http_server_request_seconds   from: to the answer's beginning
//
// Thread-safe.
#ifndef THIDUA_SERVICES_PORTAL_REQUEST_METRICS_H_
#define THIDUA_SERVICES_PORTAL_REQUEST_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <array>
#include <atomic>
#include <cstddef>

#include "absl/time/time.h"

namespace thidua::portal {

class RequestMetrics {
 public:
  // What answered: a ranking that is kept here, which takes no call; the services; the session; a
  // page; the portal itself, which refused.
  enum From { kRanking, kServices, kSession, kPage, kItself };

  RequestMetrics();
  RequestMetrics(const RequestMetrics&) = delete;
  RequestMetrics& operator=(const RequestMetrics&) = delete;

  void Count(From from, unsigned status, absl::Duration took);

 private:
  prometheus::Counter& Requests(From from, unsigned status);

  static constexpr size_t kFroms = kItself + 1;
  static constexpr size_t kStatuses = 600;

  std::array<prometheus::Histogram*, kFroms> seconds_;
  // Made when a status is first answered. Null: it was not.
  std::array<std::array<std::atomic<prometheus::Counter*>, kStatuses>, kFroms> requests_{};
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_REQUEST_METRICS_H_
