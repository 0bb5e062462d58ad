// What a process tells Prometheus of itself: series of prometheus-cpp in one registry.
//
//   static prometheus::Counter& closed =
//       CounterOf("thidua_connections_closed_total", "Closed at once: there were too many.");
//   closed.Increment();
//
// Whoever can reach --metrics_listen reads them: neither a name, a help nor a label is made of what
// somebody registered, reported or is called. Series live as long as the process; asked for again,
// by the same name and labels, they are the same. Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_METRICS_H_
#define THIDUA_SERVICES_PLATFORM_METRICS_H_

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/labels.h>
#include <prometheus/registry.h>

#include <memory>
#include <string>

namespace thidua::platform {

const std::shared_ptr<prometheus::Registry>& MetricsOfProcess();

// `name`: as https://prometheus.io/docs/practices/naming has it, "thidua_…_total" and so on.
prometheus::Counter& CounterOf(const std::string& name, const std::string& help,
                               const prometheus::Labels& labels = {});
prometheus::Gauge& GaugeOf(const std::string& name, const std::string& help,
                           const prometheus::Labels& labels = {});
// Of lengths of time, in seconds, from half a millisecond to ten seconds.
prometheus::Histogram& SecondsOf(const std::string& name, const std::string& help,
                                 const prometheus::Labels& labels = {});

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_METRICS_H_
