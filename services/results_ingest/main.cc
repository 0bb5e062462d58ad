// The results-ingest service.
#include "absl/flags/flag.h"
#include "services/platform/change_feed.h"
#include "services/platform/channel.h"
#include "services/platform/server.h"
#include "services/results_ingest/intake.h"
#include "services/results_ingest/schema.h"
#include "services/results_ingest/service.h"
#include "services/storage/database.h"

ABSL_FLAG(std::string, registry, "127.0.0.1:7101", "HOST:PORT of the registry service");

int main(int argc, char** argv) {
  namespace platform = thidua::platform;
  platform::BeginProcess("results-ingest", argc, argv);

  auto database = thidua::storage::Database::Open(platform::DataDirectory() / "results.db",
                                                  thidua::results_ingest::Schema());
  if (!database.ok()) platform::Die(database.status());
  auto sequence = (*database)->Sequence();
  if (!sequence.ok()) platform::Die(sequence.status());
  platform::ChangeFeed feed(*sequence);

  thidua::results_ingest::Intake intake(**database, feed,
                                        platform::ChannelTo(absl::GetFlag(FLAGS_registry)));
  thidua::results_ingest::ResultsService service(**database, feed);
  auto server = platform::Server::Start({&service});
  if (!server.ok()) platform::Die(server.status());
  (*server)->RunUntilSignal([&] { feed.Close(); });
  intake.Stop();
}
