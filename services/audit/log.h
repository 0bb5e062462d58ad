// What the audit has kept, read inside one transaction. Errors are the storage library's.
#ifndef THIDUA_SERVICES_AUDIT_LOG_H_
#define THIDUA_SERVICES_AUDIT_LOG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/storage/database.h"
#include "thidua/audit/v1/audit.pb.h"

namespace thidua::audit {

// One entry among all; the first place is before all of them.
struct Place {
  std::string root;
  int64_t number = 0;
};

struct StoredEntry {
  Place place;
  std::string hash;
  std::string message;  // Bytes without the hash, of which the hash is made.
  // As they are told; whatever is wrong with them. DATA_LOSS for bytes that are no entry.
  absl::StatusOr<v1::AuditEntry> Read() const;
};

struct StoredCheckpoint {
  int64_t number = 0;
  std::string hash;
  std::string message;
  absl::StatusOr<v1::AuditCheckpoint> Read() const;
};

struct Head {
  int64_t number = 0;
  std::string hash;
};

class Log {
 public:
  explicit Log(storage::Transaction& transaction) : transaction_(transaction) {}

  // What is read at once: at most so many, and no more once they weigh so much; at least one.
  struct Limit {
    int64_t count = 0;
    size_t bytes = 0;
  };
  // In their order, from the first after that place; `root`: of that one, "": of all.
  absl::StatusOr<std::vector<StoredEntry>> EntriesAfter(absl::string_view root, const Place& after,
                                                        Limit limit);
  // Of all, in the order turned round; from the last one before that place, nothing: from the last.
  absl::StatusOr<std::vector<StoredEntry>> EntriesBefore(const std::optional<Place>& before,
                                                         Limit limit);
  // Nothing when there is none.
  absl::StatusOr<std::optional<std::string>> HashAt(const Place& place);

  // By root; those that are there.
  absl::StatusOr<absl::flat_hash_map<std::string, Head>> Heads(absl::Span<const std::string> roots);
  // Of chains without an entry, in the order of roots, after that root.
  absl::StatusOr<std::vector<Place>> HeadsWithoutEntries(absl::string_view after, int64_t limit);
  // Of these roots, those of which there is neither a head nor an entry.
  absl::StatusOr<std::vector<std::string>> WithoutChain(absl::Span<const std::string> roots);
  // What all heads say together.
  struct Totals {
    int64_t chains = 0;
    int64_t entries = 0;
    // The same of what checkpoints have.
    int64_t bound_chains = 0;
    int64_t bound_entries = 0;
  };
  absl::StatusOr<Totals> HeadTotals();

  // In their order, after that number.
  absl::StatusOr<std::vector<StoredCheckpoint>> CheckpointsAfter(int64_t number, Limit limit);

 private:
  // `tail` follows the table: what is wanted, and in which order.
  absl::StatusOr<std::vector<StoredEntry>> Entries(absl::string_view tail,
                                                   std::vector<storage::Parameter> parameters,
                                                   Limit limit);
  absl::StatusOr<int64_t> Fitting(absl::string_view from,
                                  std::vector<storage::Parameter> parameters, Limit limit);

  storage::Transaction& transaction_;
};

}  // namespace thidua::audit

#endif  // THIDUA_SERVICES_AUDIT_LOG_H_
