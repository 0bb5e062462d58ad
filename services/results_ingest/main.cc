// The results-ingest service.
#include "absl/flags/flag.h"
#include "services/audit/checkpoint_maker.h"
#include "services/audit/genesis.h"
#include "services/audit/service.h"
#include "services/platform/channel.h"
#include "services/platform/server.h"
#include "services/results_ingest/audited_resources.h"
#include "services/results_ingest/evidence_files.h"
#include "services/results_ingest/intake.h"
#include "services/results_ingest/schema.h"
#include "services/results_ingest/service.h"

ABSL_FLAG(std::string, registry, "127.0.0.1:7101", "HOST:PORT of the registry service");

int main(int argc, char** argv) {
  namespace platform = thidua::platform;
  platform::BeginProcess("results-ingest", argc, argv);
  const auto database = platform::OpenDatabase("results", thidua::results_ingest::Schema());
  const thidua::results_ingest::AuditedResources resources;
  const absl::Status recorded = thidua::audit::RecordWhatStood(*database, resources);
  if (!recorded.ok()) platform::Die(recorded);
  const auto feed = platform::OpenFeed(*database);
  const auto evidence =
      thidua::results_ingest::EvidenceFiles::Open(platform::DataFolder("evidence"));
  if (!evidence.ok()) platform::Die(evidence.status());

  thidua::results_ingest::ResultsService service(*database, *feed, **evidence);
  thidua::audit::AuditService audit(*database, resources);
  const auto server = platform::Server::Start({&service, &audit});
  if (!server.ok()) platform::Die(server.status());
  thidua::audit::CheckpointMaker checkpoints(*database);
  thidua::results_ingest::Intake intake(*database, *feed,
                                        platform::ChannelTo(absl::GetFlag(FLAGS_registry)));
  (*server)->RunUntilSignal([&] { feed->Close(); });
  intake.Stop();
  checkpoints.Stop();
}
