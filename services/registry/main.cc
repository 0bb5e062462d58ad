// The registry service.
#include <utility>

#include "services/platform/change_feed.h"
#include "services/platform/server.h"
#include "services/registry/schema.h"
#include "services/registry/service.h"
#include "services/storage/database.h"

int main(int argc, char** argv) {
  namespace platform = thidua::platform;
  platform::BeginProcess("registry", argc, argv);

  auto database = thidua::storage::Database::Open(platform::DataDirectory() / "registry.db",
                                                  thidua::registry::Schema());
  if (!database.ok()) platform::Die(database.status());
  auto sequence = (*database)->Sequence();
  if (!sequence.ok()) platform::Die(sequence.status());
  platform::ChangeFeed feed(*sequence);

  thidua::registry::RegistryService service(**database, feed);
  auto server = platform::Server::Start({&service});
  if (!server.ok()) platform::Die(server.status());
  (*server)->RunUntilSignal([&] { feed.Close(); });
}
