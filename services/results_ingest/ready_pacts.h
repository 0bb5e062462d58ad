// Pacts as results-ingest has them from the registry, read from their bytes once and kept for those
// who ask next. Thread-safe.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_READY_PACTS_H_
#define THIDUA_SERVICES_RESULTS_INGEST_READY_PACTS_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/domain/pact.h"
#include "services/messages/resource_names.h"
#include "services/results_ingest/store.h"

namespace thidua::results_ingest {

// A pact that can be judged by. Immutable; its own pointers refer to itself.
struct ReadyPact {
  PactVersion version;
  bool in_force = false;
  domain::Pact pact;
  absl::flat_hash_map<absl::string_view, const domain::Target*> targets;  // By id.

  // The target of that id; null when there is none.
  const domain::Target* FindTarget(absl::string_view id) const {
    const auto found = targets.find(id);
    return found == targets.end() ? nullptr : found->second;
  }
};

class ReadyPacts {
 public:
  // The pact as it stands in the store's transaction; null when it is not known.
  absl::StatusOr<std::shared_ptr<const ReadyPact>> Find(Store& store,
                                                        const messages::PactName& name);

 private:
  // What is kept is bounded by the targets in it: about 10 MB. One pact more than fits is kept
  // alone.
  static constexpr size_t kTargetsMax = 20'000;

  struct Kept {
    std::string name;
    std::shared_ptr<const ReadyPact> pact;
  };
  std::shared_ptr<const ReadyPact> Take(const std::string& name, const PactVersion& version);
  void Keep(const std::string& name, std::shared_ptr<const ReadyPact> pact);
  void Drop(std::list<Kept>::iterator kept) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  std::list<Kept> kept_ ABSL_GUARDED_BY(mutex_);  // The one asked for last is first.
  absl::flat_hash_map<std::string, std::list<Kept>::iterator> by_name_ ABSL_GUARDED_BY(mutex_);
  size_t targets_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_READY_PACTS_H_
