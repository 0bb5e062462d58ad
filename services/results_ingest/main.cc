// The results-ingest service.
#include "absl/flags/flag.h"
#include "services/platform/channel.h"
#include "services/platform/server.h"
#include "services/results_ingest/evidence_files.h"
#include "services/results_ingest/intake.h"
#include "services/results_ingest/schema.h"
#include "services/results_ingest/service.h"

ABSL_FLAG(std::string, registry, "127.0.0.1:7101", "HOST:PORT of the registry service");

int main(int argc, char** argv) {
  namespace platform = thidua::platform;
  platform::BeginProcess("results-ingest", argc, argv);
  const auto database = platform::OpenDatabase("results", thidua::results_ingest::Schema());
  const auto feed = platform::OpenFeed(*database);
  const auto evidence =
      thidua::results_ingest::EvidenceFiles::Open(platform::DataFolder("evidence"));
  if (!evidence.ok()) platform::Die(evidence.status());

  thidua::results_ingest::ResultsService service(*database, *feed, **evidence);
  const auto server = platform::Server::Start({&service});
  if (!server.ok()) platform::Die(server.status());
  thidua::results_ingest::Intake intake(*database, *feed,
                                        platform::ChannelTo(absl::GetFlag(FLAGS_registry)));
  (*server)->RunUntilSignal([&] { feed->Close(); });
  intake.Stop();
}
