// The people and systems that use a suite while it breaks: they report figures, read rankings in
// every way there is, make a year final and take it back; and whatever they ask and are told is
// recorded.
#ifndef THIDUA_TESTS_FAULTS_CLIENTS_H_
#define THIDUA_TESTS_FAULTS_CLIENTS_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/faults/recorder.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::tests {

// Where they find the services: HOST:PORT each.
struct Addresses {
  std::string registry;
  std::string results;
  std::string scoring;
  std::string replica;  // Empty: there is none.
  std::string portal;
  std::string redis;
};

class Clients {
 public:
  // `targets`: that they report of, of kPact2019. They rest until they are told to work.
  Clients(const Addresses& addresses, const std::vector<std::string>& targets, uint64_t seed,
          Recorder& recorder);
  ~Clients();
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  void Work();
  // Each ends what it is about: every write is answered, no final stands. False: somebody still
  // waits for an answer when the patience ends.
  bool Rest(absl::Duration patience);
  // While they rest: the store was put back, and nobody holds it to what it was told before; but
  // readers to what they saw.
  void BeginLife();
  // For good; whoever still waits for an answer gives up.
  void End();
  // Until each of them was given what it asked for so many times more. Empty: they were; or who was
  // not when the patience ended.
  std::string AwaitAnswers(int each, absl::Duration patience);
  // While they rest: until each scoring and the portal has shown what the newest tokens ask for
  // that they were given in this life, of a write and of a final or its revocation. Empty: they
  // have; or who has not when the patience ended.
  std::string AwaitTokensMet(absl::Duration patience);

  // Before Redis is emptied.
  void RedisEnds() { ++redis_life_; }

  // What they were told instead: "scoring: UNAVAILABLE", by how often. What nobody may be told,
  // whatever is broken, is complained of to the recorder besides.
  std::map<std::string, int64_t> refusals() const;
  int64_t told_not_now() const { return told_not_now_; }  // How often anybody was.

 private:
  enum class Turn { kRest, kWork, kEnd };
  // An answer which readers hold the suite to: its token, and what whoever got it knows.
  struct Known {
    std::string token;
    faults::History::Read::Known known;
  };
  // What a reader saw last of each period: the token, and the ranking's index.
  struct Seen {
    std::string token;
    int ranking = 0;
  };

  // What a reader is told: a ranking, or why there is none.
  struct Told {
    std::optional<scoring::v1::GetRankingResponse> shown;
    std::string reason;
    bool may_be_told = true;
  };
  // One who shows rankings, as one reader asks him: of that period, with that token.
  using Showing = std::function<Told(const std::string& period, const std::string& token)>;

  // One thing that a client does, again and again. Whether it was given what it asked for.
  using Deed = std::function<bool(std::mt19937_64& random)>;

  void Begin(const std::string& name, uint64_t seed, const std::function<Deed()>& make);
  // False: all is to end.
  bool Pause(absl::Duration how_long) const;
  // "Not now", or what nobody may be told.
  void Refused(const std::string& by, const std::string& what, bool may_be_told);

  Deed Writer(size_t writer);
  // `where`: "scoring", "replica", "portal".
  Deed Reader(const std::string& where);
  Deed RedisReader();
  Deed Finaliser();
  Deed Registrar();

  // Asks one after the other of those who can answer, until one does; `moved`: reasons for which
  // the caller may ask again. Nothing: all is to end, and nobody knows.
  template <typename Stub, typename Request, typename Response>
  std::optional<grpc::Status> Ask(const std::string& by,
                                  const std::vector<std::shared_ptr<Stub>>& stubs,
                                  grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&,
                                                            Response*),
                                  const Request& request, Response& response, int* attempts,
                                  const std::set<std::string>& moved = {});
  Showing ShowingOf(const std::string& where) const;
  // The token to read that period with, which `read` then tells of.
  std::string TokenFor(const std::string& period, std::mt19937_64& random, const Seen& seen,
                       faults::History::Read& read) const;
  // The ranking's index.
  int Shown(faults::History::Read read, const std::string& where,
            const scoring::v1::Ranking& ranking);
  // What a reader of that period saw last, which others may ask with.
  void Saw(const std::string& period, const Seen& seen);

  const Addresses addresses_;
  const std::vector<std::string> targets_;
  Recorder& recorder_;
  std::atomic<int> redis_life_ = 0;
  std::atomic<int64_t> told_not_now_ = 0;

  mutable absl::Mutex mutex_;
  Turn turn_ ABSL_GUARDED_BY(mutex_) = Turn::kRest;
  int busy_ ABSL_GUARDED_BY(mutex_) = 0;  // How many are not at rest.
  // By period: what was seen last by anybody.
  std::map<std::string, Seen> seen_ ABSL_GUARDED_BY(mutex_);
  // By period: of the newest write, and of the newest change of finality; of this life.
  std::map<std::string, Known> known_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Known> known_final_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> answered_ ABSL_GUARDED_BY(mutex_);  // By client.
  std::map<std::string, int64_t> refusals_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FAULTS_CLIENTS_H_
