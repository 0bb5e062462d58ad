#include "services/platform/metrics_listener.h"

#include <prometheus/exposer.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/platform/log.h"
#include "services/platform/metrics.h"
#include "services/platform/plaintext.h"
#include "services/platform/process_metrics.h"

ABSL_FLAG(std::string, metrics_listen, "",
          "IP:PORT on which Prometheus reads /metrics, by plaintext HTTP; empty: nowhere");

namespace thidua::platform {

struct MetricsListener::State {
  explicit State(const std::string& address)
      : exposer(std::vector<std::string>{"listening_ports", address, "num_threads", "4",
                                         "request_timeout_ms", "5000"}) {
    exposer.RegisterCollectable(MetricsOfProcess());
    exposer.RegisterCollectable(process);
  }

  const std::shared_ptr<ProcessMetrics> process = std::make_shared<ProcessMetrics>();
  prometheus::Exposer exposer;
};

absl::StatusOr<std::unique_ptr<MetricsListener>> MetricsListener::Start() {
  const std::string address = absl::GetFlag(FLAGS_metrics_listen);
  if (address.empty()) return nullptr;
  RETURN_IF_ERROR(CheckOperationsAddress("metrics_listen", address));
  try {
    auto state = std::make_unique<State>(address);
    const int port = state->exposer.GetListeningPorts().at(0);
    Log(Severity::kInfo, "metrics listening",
        {{"address", absl::StrCat(address.substr(0, address.rfind(':')), ":", port)}});
    return std::unique_ptr<MetricsListener>(new MetricsListener(std::move(state)));
  } catch (const std::exception& error) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address, " for metrics: ", error.what()));
  }
}

MetricsListener::MetricsListener(std::unique_ptr<State> state) : state_(std::move(state)) {}
MetricsListener::~MetricsListener() = default;

}  // namespace thidua::platform
