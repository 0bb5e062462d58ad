#include "services/access/principal_cache.h"

#include <utility>

#include "absl/hash/hash.h"

namespace thidua::access {

PrincipalCache::PrincipalCache(size_t entries_max)
    : entries_max_((entries_max + kShards - 1) / kShards) {}

size_t PrincipalCache::ShardOf(absl::string_view shown) {
  return absl::Hash<absl::string_view>()(shown) % kShards;
}

std::shared_ptr<const Principal> PrincipalCache::Find(absl::string_view shown, int64_t generation,
                                                      absl::Time now) const {
  const Shard& shard = shards_[ShardOf(shown)];
  absl::ReaderMutexLock lock(&shard.mutex);
  const auto found = shard.entries.find(shown);
  if (found == shard.entries.end()) return nullptr;
  const Entry& entry = found->second;
  return entry.generation == generation && now < entry.ends ? entry.principal : nullptr;
}

void PrincipalCache::Keep(absl::string_view shown, int64_t generation, absl::Time ends,
                          std::shared_ptr<const Principal> principal) {
  Shard& shard = shards_[ShardOf(shown)];
  absl::MutexLock lock(&shard.mutex);
  const auto found = shard.entries.find(shown);
  if (found == shard.entries.end() && shard.entries.size() >= entries_max_) {
    shard.entries.erase(shard.entries.begin());
  }
  shard.entries.insert_or_assign(std::string(shown), Entry{generation, ends, std::move(principal)});
}

size_t PrincipalCache::size() const {
  size_t all = 0;
  for (const Shard& shard : shards_) {
    absl::ReaderMutexLock lock(&shard.mutex);
    all += shard.entries.size();
  }
  return all;
}

}  // namespace thidua::access
