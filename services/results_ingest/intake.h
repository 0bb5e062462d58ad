// Takes the registry's pacts and units in: follows its watch, and keeps each as it last arrived
// together with the place to go on from, so that a restart misses nothing and needs no help.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_INTAKE_H_
#define THIDUA_SERVICES_RESULTS_INGEST_INTAKE_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "services/platform/change_feed.h"
#include "services/platform/watch.h"
#include "services/storage/database.h"
#include "thidua/registry/v1/registry_service.grpc.pb.h"

namespace thidua::results_ingest {

class Intake {
 public:
  Intake(storage::Database& database, platform::ChangeFeed& feed,
         const std::shared_ptr<grpc::Channel>& registry);
  void Stop() { follower_.Stop(); }

 private:
  std::string ResumeToken();
  absl::Status StartOver();
  absl::Status Apply(const registry::v1::WatchResponse& event);
  absl::Status ApplyPact(const registry::v1::WatchResponse& event);
  absl::Status ApplyUnit(const registry::v1::WatchResponse& event);

  storage::Database& database_;
  platform::ChangeFeed& feed_;
  const std::unique_ptr<registry::v1::RegistryService::Stub> registry_;
  platform::WatchFollower<registry::v1::WatchRequest, registry::v1::WatchResponse> follower_;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_INTAKE_H_
