// Whether a service hears the one before it on the road.
#ifndef THIDUA_SERVICES_PLATFORM_WATCH_METRICS_H_
#define THIDUA_SERVICES_PLATFORM_WATCH_METRICS_H_

#include <prometheus/gauge.h>

#include <string>

#include "services/platform/metrics.h"

namespace thidua::platform {

// 1 while the watch of that service stands. `source`: "registry", "results-ingest", "scoring".
inline prometheus::Gauge& WatchInSight(const std::string& source) {
  return GaugeOf("thidua_watch_in_sight", "Whether the watch of another service stands.",
                 {{"source", source}});
}

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_WATCH_METRICS_H_
