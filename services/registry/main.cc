// The registry service.
#include "services/platform/server.h"
#include "services/registry/schema.h"
#include "services/registry/service.h"

int main(int argc, char** argv) {
  namespace platform = thidua::platform;
  platform::BeginProcess("registry", argc, argv);
  const auto database = platform::OpenDatabase("registry", thidua::registry::Schema());
  const absl::Status complete = thidua::registry::CompleteSchema(*database);
  if (!complete.ok()) platform::Die(complete);
  const auto feed = platform::OpenFeed(*database);

  thidua::registry::RegistryService service(*database, *feed);
  const auto server = platform::Server::Start({&service});
  if (!server.ok()) platform::Die(server.status());
  (*server)->RunUntilSignal([&] { feed->Close(); });
}
