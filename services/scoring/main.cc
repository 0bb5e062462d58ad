// The scoring service.
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "services/audit/checkpoint_maker.h"
#include "services/audit/genesis.h"
#include "services/audit/service.h"
#include "services/platform/channel.h"
#include "services/platform/server.h"
#include "services/scoring/audited_resources.h"
#include "services/scoring/board.h"
#include "services/scoring/finality.h"
#include "services/scoring/intake.h"
#include "services/scoring/publisher.h"
#include "services/scoring/redis_connection.h"
#include "services/scoring/schema.h"
#include "services/scoring/service.h"
#include "services/scoring/stage.h"

ABSL_FLAG(std::string, results, "127.0.0.1:7102", "HOST:PORT of the results-ingest service");
ABSL_FLAG(std::vector<std::string>, redis, {},
          "HOST:PORT of the Redis to publish rankings to, or several of which the master counts; "
          "empty: none");
ABSL_FLAG(std::vector<std::string>, redis_sentinels, {},
          "HOST:PORT of each sentinel to ask for the Redis, instead of --redis");
ABSL_FLAG(std::string, redis_master, "thidua", "what the sentinels call the Redis");
ABSL_FLAG(std::string, redis_user, "", "user of the Redis; empty: its default user");
ABSL_FLAG(std::string, redis_password_file, "",
          "file with the user's password, read at each connection; empty: none");

int main(int argc, char** argv) {
  namespace platform = thidua::platform;
  namespace scoring = thidua::scoring;
  platform::BeginProcess("scoring", argc, argv);

  const auto database = platform::OpenDatabase("scoring", scoring::Schema());
  const scoring::AuditedResources resources;
  const absl::Status recorded = thidua::audit::RecordWhatStood(*database, resources);
  if (!recorded.ok()) platform::Die(recorded);

  scoring::ReceivedPeriods received(*database);
  scoring::Board board(scoring::StandingsIn(*database, received));
  scoring::RedisOptions redis;
  redis.addresses = absl::GetFlag(FLAGS_redis);
  redis.sentinels = absl::GetFlag(FLAGS_redis_sentinels);
  redis.master = absl::GetFlag(FLAGS_redis_master);
  redis.user = absl::GetFlag(FLAGS_redis_user);
  redis.password_file = absl::GetFlag(FLAGS_redis_password_file);
  scoring::Publisher publisher(redis, board);
  scoring::Stage stage(*database, received, board, publisher);
  if (absl::Status recalled = stage.Recall(); !recalled.ok()) platform::Die(recalled);

  const auto results = platform::ChannelTo(absl::GetFlag(FLAGS_results));
  scoring::Finality finality(*database, board, stage, scoring::KeeperAt(results));
  if (absl::Status recalled = finality.Recall(); !recalled.ok()) platform::Die(recalled);

  scoring::ScoringService service(*database, board, finality);
  thidua::audit::AuditService audit(*database, resources);
  auto server = platform::Server::Start({&service, &audit});
  if (!server.ok()) platform::Die(server.status());
  thidua::audit::CheckpointMaker checkpoints(*database);
  // With nothing recalled there is nothing to answer until results-ingest has been seen.
  (*server)->SetReady(!board.Periods().empty());
  scoring::Intake intake(stage, board, results, [&] { (*server)->SetReady(true); });
  (*server)->RunUntilSignal([&] { board.feed().Close(); });
  intake.Stop();
  finality.Stop();
  received.Stop();
  publisher.Stop();
  checkpoints.Stop();
}
