// Callers that were identified already, by what they showed. Thread-safe; readers do not wait for
// each other.
#ifndef THIDUA_SERVICES_ACCESS_PRINCIPAL_CACHE_H_
#define THIDUA_SERVICES_ACCESS_PRINCIPAL_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/access/principal.h"

namespace thidua::access {

class PrincipalCache {
 public:
  // Keeps no more than about so many, and forgets any of them for another.
  explicit PrincipalCache(size_t entries_max);

  // Null: not kept, over by `now`, or of another generation: of what policy and keys were at a
  // time.
  std::shared_ptr<const Principal> Find(absl::string_view shown, int64_t generation,
                                        absl::Time now) const;
  // Until `ends`.
  void Keep(absl::string_view shown, int64_t generation, absl::Time ends,
            std::shared_ptr<const Principal> principal);

  size_t size() const;

 private:
  struct Entry {
    int64_t generation;
    absl::Time ends;
    std::shared_ptr<const Principal> principal;
  };
  struct Shard {
    mutable absl::Mutex mutex;
    absl::flat_hash_map<std::string, Entry> entries ABSL_GUARDED_BY(mutex);
  };
  static constexpr size_t kShards = 16;

  static size_t ShardOf(absl::string_view shown);

  const size_t entries_max_;  // Of a shard.
  std::array<Shard, kShards> shards_;
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_PRINCIPAL_CACHE_H_
