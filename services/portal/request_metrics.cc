#include "services/portal/request_metrics.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/metrics.h"

namespace thidua::portal {
namespace {

// In the order of From.
constexpr const char* kNames[] = {"ranking", "services", "session", "page", "itself"};

}  // namespace

RequestMetrics::RequestMetrics() {
  static_assert(std::size(kNames) == kFroms);
  for (size_t from = 0; from < kFroms; ++from) {
    seconds_[from] = &platform::SecondsOf("http_server_request_seconds",
                                          "How long answers took to begin, by what answered.",
                                          {{"from", kNames[from]}});
    // Of a series that begins with its first failure Prometheus would not see that it rose.
    for (const unsigned status : {500, 502, 503, 504}) Requests(static_cast<From>(from), status);
  }
}

prometheus::Counter& RequestMetrics::Requests(From from, unsigned status) {
  std::atomic<prometheus::Counter*>& place =
      requests_[from][std::min<size_t>(status, kStatuses - 1)];
  prometheus::Counter* counter = place.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &platform::CounterOf("http_server_requests_total",
                                   "Requests that were answered, by what answered and how.",
                                   {{"from", kNames[from]}, {"code", absl::StrCat(status)}});
    place.store(counter, std::memory_order_release);
  }
  return *counter;
}

void RequestMetrics::Count(From from, unsigned status, absl::Duration took) {
  Requests(from, status).Increment();
  seconds_[from]->Observe(absl::ToDoubleSeconds(took));
}

}  // namespace thidua::portal
