// The scoring service.
#include "absl/flags/flag.h"
#include "services/platform/channel.h"
#include "services/platform/server.h"
#include "services/scoring/board.h"
#include "services/scoring/intake.h"
#include "services/scoring/publisher.h"
#include "services/scoring/schema.h"
#include "services/scoring/service.h"

ABSL_FLAG(std::string, results, "127.0.0.1:7102", "HOST:PORT of the results-ingest service");
ABSL_FLAG(std::string, redis, "", "HOST:PORT of the Redis to publish rankings to; empty: none");

int main(int argc, char** argv) {
  namespace platform = thidua::platform;
  namespace scoring = thidua::scoring;
  platform::BeginProcess("scoring", argc, argv);

  const auto database = platform::OpenDatabase("scoring", scoring::Schema());

  scoring::Board board;
  scoring::Publisher publisher(absl::GetFlag(FLAGS_redis), board);
  if (absl::Status recalled = scoring::RecallPeriods(*database, board, publisher); !recalled.ok()) {
    platform::Die(recalled);
  }

  scoring::ScoringService service(board);
  auto server = platform::Server::Start({&service});
  if (!server.ok()) platform::Die(server.status());
  // With nothing recalled there is nothing to answer until results-ingest has been seen.
  (*server)->SetReady(!board.All().empty());
  scoring::Intake intake(*database, board, publisher,
                         platform::ChannelTo(absl::GetFlag(FLAGS_results)),
                         [&] { (*server)->SetReady(true); });
  (*server)->RunUntilSignal([&] { board.feed().Close(); });
  intake.Stop();
  publisher.Stop();
}
