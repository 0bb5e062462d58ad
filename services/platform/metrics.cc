#include "services/platform/metrics.h"

namespace thidua::platform {
namespace {

const prometheus::Histogram::BucketBoundaries& SecondsBounds() {
  static const auto& bounds = *new prometheus::Histogram::BucketBoundaries{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return bounds;
}

}  // namespace

const std::shared_ptr<prometheus::Registry>& MetricsOfProcess() {
  // Series are counted up by threads that nobody ends.
  static const auto& registry =
      *new std::shared_ptr<prometheus::Registry>(std::make_shared<prometheus::Registry>());
  return registry;
}

prometheus::Counter& CounterOf(const std::string& name, const std::string& help,
                               const prometheus::Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*MetricsOfProcess()).Add(labels);
}

prometheus::Gauge& GaugeOf(const std::string& name, const std::string& help,
                           const prometheus::Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*MetricsOfProcess()).Add(labels);
}

prometheus::Histogram& SecondsOf(const std::string& name, const std::string& help,
                                 const prometheus::Labels& labels) {
  return prometheus::BuildHistogram()
      .Name(name)
      .Help(help)
      .Register(*MetricsOfProcess())
      .Add(labels, SecondsBounds());
}

}  // namespace thidua::platform
