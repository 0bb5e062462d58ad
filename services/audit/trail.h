// What one mutation changes, written down while it is stored and kept in its own transaction
// (proto/thidua/audit/v1/audit.proto, docs/decisions/0034).
//
//   Trail trail(transaction, author, request_id);
//   RETURN_IF_ERROR(trail.Changed<v1::Unit>("units/so-y-te", before, after));
//   RETURN_IF_ERROR(trail.Close());
//
// A store's method that changes what is audited takes the trail: it cannot be called without one.
// For one thread.
#ifndef THIDUA_SERVICES_AUDIT_TRAIL_H_
#define THIDUA_SERVICES_AUDIT_TRAIL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/storage/database.h"
#include "thidua/audit/v1/audit.pb.h"

namespace thidua::audit {

// An entry has at most so many changes, and no more once they weigh so much.
inline constexpr int kChangesMax = 1000;
inline constexpr size_t kEntryBytes = 1024 * 1024;

// Who changes something, and by which call; as the fields of an entry.
struct Author {
  std::string actor = {};
  std::string on_behalf_of = {};
  std::string method = {};
  std::string trace = {};
};

// What a resource belongs to: "blocs/khoi-4/pacts/2025" of everything in that pact.
std::string RootOf(absl::string_view resource);

class Trail {
 public:
  Trail(storage::Transaction& transaction, Author author, absl::string_view request_id);
  Trail(const Trail&) = delete;
  Trail& operator=(const Trail&) = delete;

  // The bytes as they are stored; nothing: it was not there, it is no longer. Writes what has
  // become too much to be held, so that a mutation of a million rows needs no memory for them.
  // Errors are the storage library's.
  template <typename Message>
  absl::Status Changed(std::string resource, std::optional<std::string> before,
                       std::optional<std::string> after) {
    return Changed(Message::descriptor()->full_name(), std::move(resource), std::move(before),
                   std::move(after));
  }
  // `type`: the message's full name.
  absl::Status Changed(const std::string& type, std::string resource,
                       std::optional<std::string> before, std::optional<std::string> after);
  // The same of what is large and kept beside its resource: it stands in the entry by its SHA-256,
  // as a google.protobuf.StringValue.
  absl::Status ChangedBytes(std::string resource, std::optional<absl::string_view> before,
                            std::optional<absl::string_view> after);

  // Writes the rest, once all is stored. INTERNAL when the store's sequence moved and no change was
  // told: somebody forgot.
  absl::Status Close();

 private:
  struct Head {
    int64_t number = 0;
    std::string hash;
    bool is_new = true;
  };
  using Pending = absl::btree_map<std::string, v1::AuditEntry>;  // By root.

  // Appends these to their chains.
  absl::Status Append(Pending entries);
  absl::Status ReadHeads(const Pending& entries);
  absl::Status WriteHeads();

  storage::Transaction& transaction_;
  const Author author_;
  const std::string request_id_;
  const int64_t time_ms_;
  const int64_t numbers_taken_;  // When it was opened.
  bool told_ = false;
  Pending pending_;
  absl::flat_hash_map<std::string, size_t> bytes_;  // Of what is pending, by root…
  size_t all_bytes_ = 0;                            // …and in all.
  absl::btree_map<std::string, Head> heads_;        // Of the chains that have grown; by root.
};

// How what is large stands in an entry (Trail::ChangedBytes): the bytes of the StringValue.
std::string StandIn(absl::string_view bytes);

}  // namespace thidua::audit

#endif  // THIDUA_SERVICES_AUDIT_TRAIL_H_
