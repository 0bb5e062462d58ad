// The suite with whatever can break in it, and what breaks it: each service, the databases, every
// line between them, the network, the disk, the clock.
#ifndef THIDUA_TESTS_FAULTS_BROKEN_SUITE_H_
#define THIDUA_TESTS_FAULTS_BROKEN_SUITE_H_

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/faults/clients.h"
#include "tests/faults/machine.h"
#include "tests/faults/recorder.h"
#include "tests/system/stalling_proxy.h"
#include "tests/system/suite.h"

namespace thidua::tests {

// Thrown when the suite does not come back: the round is over.
class NotRecovered : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One way to break something; it can be mended.
struct Fault {
  std::string name;
  // What it takes hold of: of two faults with the same, the second waits for the first to be
  // mended.
  std::string subject;
  std::function<void(std::mt19937_64& random)> strike;
  std::function<void()> mend;
  // Nobody can be started meanwhile: it is struck when nothing else is, and mended before the next.
  bool alone = false;
  // Of that service nothing can be synced: what it acknowledges meanwhile is a violation.
  std::string not_synced = "";
  // What is left of it the suite has to find out by itself, as nobody mends a dead line.
  bool is_found_out = false;
};

class BrokenSuite {
 public:
  // `engine`: as in SUITE_ENGINE ("sqlite", "replicas", "postgresql"). Loads Khối thi đua 4 and two
  // targets more for each of its units. With SQLite the stores lie on the machine's small disk.
  BrokenSuite(const std::string& engine, Machine& machine);
  ~BrokenSuite();

  Addresses addresses() const;
  const std::vector<std::string>& targets() const { return targets_; }
  // Where the logs of the services are.
  const std::filesystem::path& folder() const { return suite_->folder(); }

  // All that can be struck here. `clients` and `recorder` are told of what they must know.
  std::vector<Fault> Faults(Clients& clients);

  // The store of results as it is: its epoch, its periods, every revision. Waits until it is there.
  faults::History::Life Look();

  // results-ingest's store, kept and put back; only where that is a file.
  bool can_be_restored() const { return suite_->database(Suite::kResults).front() == '/'; }
  void BackUp();
  bool backed_up() const { return backed_up_; }
  void Restore();  // The one kept last. While nobody writes.

  // Whether the scorings, the portal and Redis show what results-ingest has now, while nobody
  // writes and no final stands. Empty: they do; or who does not. What the scorings show on the way
  // is recorded, if at all.
  std::string AwaitAllShown(Recorder* recorder, absl::Duration patience);
  // What is on record in the end: finals, as both scorings have them, and units.
  void RecordFinals(Recorder& recorder);
  void RecordUnits(Recorder& recorder);

 private:
  enum Line {
    kRegistryForResults,
    kResultsForClients,
    kResultsForScoring,
    kResultsForReplica,
    kRedisForScoring,
    kRedisForReplica,
    kScoringForPortal,
    kPostgresqlForRegistry,
    kPostgresqlForResults,
    kPostgresqlForScoring,
    kPostgresqlForReplica,
    kLines
  };
  bool has_replica() const { return engine_ != "sqlite"; }
  std::vector<Suite::Service> services() const;
  // Throws when it does not start, or end as it should.
  void Start(Suite::Service service);
  void Kill(Suite::Service service, int signal);
  void Load();
  std::string Store(std::vector<std::string> words) const;

  const std::string engine_;
  Machine& machine_;
  std::unique_ptr<Suite> suite_;
  std::array<std::unique_ptr<StallingProxy>, kLines> lines_;
  std::map<Suite::Service, std::vector<std::string>> flags_;
  std::vector<std::string> targets_;
  int turned_back_ = 0;  // Seconds, by all that was ever done to the clock.
  int backups_ = 0;
  bool backed_up_ = false;  // Since the last restore.
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FAULTS_BROKEN_SUITE_H_
