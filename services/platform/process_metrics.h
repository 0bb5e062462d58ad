// What Linux knows of the process, under the names that Prometheus has for it:
// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes,
// process_open_fds, process_max_fds, process_threads and process_start_time_seconds. Read when
// somebody asks. Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_PROCESS_METRICS_H_
#define THIDUA_SERVICES_PLATFORM_PROCESS_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace thidua::platform {

class ProcessMetrics : public prometheus::Collectable {
 public:
  // What cannot be read is left out.
  std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_PROCESS_METRICS_H_
