// The registry service.
#include "services/audit/checkpoint_maker.h"
#include "services/audit/genesis.h"
#include "services/audit/service.h"
#include "services/platform/server.h"
#include "services/registry/audited_resources.h"
#include "services/registry/schema.h"
#include "services/registry/service.h"

int main(int argc, char** argv) {
  namespace platform = thidua::platform;
  platform::BeginProcess("registry", argc, argv);
  const auto database = platform::OpenDatabase("registry", thidua::registry::Schema());
  const absl::Status complete = thidua::registry::CompleteSchema(*database);
  if (!complete.ok()) platform::Die(complete);
  const thidua::registry::AuditedResources resources;
  const absl::Status recorded = thidua::audit::RecordWhatStood(*database, resources);
  if (!recorded.ok()) platform::Die(recorded);
  const auto feed = platform::OpenFeed(*database);

  thidua::registry::RegistryService service(*database, *feed);
  thidua::audit::AuditService audit(*database, resources);
  const auto server = platform::Server::Start({&service, &audit});
  if (!server.ok()) platform::Die(server.status());
  thidua::audit::CheckpointMaker checkpoints(*database);
  (*server)->RunUntilSignal([&] { feed->Close(); });
  checkpoints.Stop();
}
