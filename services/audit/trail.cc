#include "services/audit/trail.h"

#include <google/protobuf/wrappers.pb.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/platform/digest.h"

namespace thidua::audit {
namespace {

using storage::Bytes;
using storage::Parameter;

// What a trail holds at most, of all roots together.
constexpr size_t kPendingBytes = 4 * kEntryBytes;
// A change weighs this beside its bytes.
constexpr size_t kChangeBytes = 200;

// Answers what the message weighs.
size_t Put(const std::string& type, std::string message, google::protobuf::Any& any) {
  const size_t size = message.size();
  any.set_type_url(absl::StrCat("type.googleapis.com/", type));
  any.set_value(std::move(message));
  return size;
}

}  // namespace

std::string RootOf(absl::string_view resource) {
  const std::vector<absl::string_view> parts = absl::StrSplit(resource, '/');
  const size_t kept = parts.size() >= 4 && parts[0] == "blocs" && parts[2] == "pacts" ? 4 : 2;
  std::string root;
  for (size_t i = 0; i < parts.size() && i < kept; ++i) {
    absl::StrAppend(&root, i == 0 ? "" : "/", parts[i]);
  }
  return root;
}

std::string StandIn(absl::string_view bytes) {
  google::protobuf::StringValue value;
  value.set_value(absl::StrCat("sha256:", platform::Sha256Hex(bytes)));
  return value.SerializeAsString();
}

Trail::Trail(storage::Transaction& transaction, Author author, absl::string_view request_id)
    : transaction_(transaction),
      author_(std::move(author)),
      request_id_(request_id),
      time_ms_(absl::ToUnixMillis(absl::Now())),
      numbers_taken_(transaction.numbers_taken()) {}

absl::Status Trail::ChangedBytes(std::string resource, std::optional<absl::string_view> before,
                                 std::optional<absl::string_view> after) {
  const auto stand_in = [](std::optional<absl::string_view> bytes) {
    return bytes.has_value() ? std::optional(StandIn(*bytes)) : std::nullopt;
  };
  return Changed<google::protobuf::StringValue>(std::move(resource), stand_in(before),
                                                stand_in(after));
}

absl::Status Trail::Changed(const std::string& type, std::string resource,
                            std::optional<std::string> before, std::optional<std::string> after) {
  told_ = true;
  const std::string root = RootOf(resource);
  v1::AuditEntry& entry = pending_[root];
  v1::AuditChange& change = *entry.add_changes();
  size_t bytes = kChangeBytes;
  if (before.has_value()) bytes += Put(type, *std::move(before), *change.mutable_before());
  if (after.has_value()) bytes += Put(type, *std::move(after), *change.mutable_after());
  change.set_resource(std::move(resource));

  bytes_[root] += bytes;
  all_bytes_ += bytes;
  if (all_bytes_ >= kPendingBytes) {
    bytes_.clear();
    all_bytes_ = 0;
    return Append(std::exchange(pending_, {}));
  }
  if (entry.changes_size() < kChangesMax && bytes_[root] < kEntryBytes) return absl::OkStatus();
  Pending full;
  full[root] = std::move(entry);
  pending_.erase(root);
  all_bytes_ -= bytes_[root];
  bytes_.erase(root);
  return Append(std::move(full));
}

absl::Status Trail::Append(Pending entries) {
  RETURN_IF_ERROR(ReadHeads(entries));
  static constexpr absl::string_view kColumns[] = {"root", "number", "hash", "message"};
  std::vector<std::string> messages;  // Never moved while rows refer to them.
  messages.reserve(entries.size());
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(entries.size());
  for (auto& [root, entry] : entries) {
    Head& head = heads_[root];
    entry.set_root(root);
    entry.set_number(++head.number);
    *entry.mutable_time() = messages::InstantMessage(absl::FromUnixMillis(time_ms_));
    entry.set_actor(author_.actor);
    entry.set_on_behalf_of(author_.on_behalf_of);
    entry.set_method(author_.method);
    entry.set_trace(author_.trace);
    entry.set_request_id(request_id_);
    entry.set_previous_hash(head.hash);
    const std::string& message = messages.emplace_back(platform::DeterministicBytes(entry));
    entry.Clear();
    head.hash = platform::Sha256Hex(message);
    rows.push_back(
        {absl::string_view(root), head.number, absl::string_view(head.hash), Bytes{message}});
  }
  return transaction_.InsertRows("audit_entries", kColumns, rows);
}

// A writer's transaction is alone: nobody else's entry can come between.
absl::Status Trail::ReadHeads(const Pending& entries) {
  std::vector<std::string> unread;
  for (const auto& [root, entry] : entries) {
    if (heads_.try_emplace(root).second) unread.push_back(root);
  }
  return transaction_.QueryKeys("SELECT root, number, hash FROM audit_heads WHERE root", {}, unread,
                                [&](const storage::Row& row) {
                                  heads_[row.Text(0)] = {row.Integer(1), row.Text(2), false};
                                  return absl::OkStatus();
                                });
}

absl::Status Trail::WriteHeads() {
  static constexpr absl::string_view kColumns[] = {"root", "number", "hash", "bound"};
  std::vector<std::vector<Parameter>> rows;
  for (const auto& [root, head] : heads_) {
    if (head.is_new) {
      rows.push_back(
          {absl::string_view(root), head.number, absl::string_view(head.hash), int64_t{0}});
      continue;
    }
    RETURN_IF_ERROR(
        transaction_.Execute("UPDATE audit_heads SET number = $2, hash = $3 WHERE root = $1",
                             {root, head.number, head.hash}));
  }
  RETURN_IF_ERROR(transaction_.InsertRows("audit_heads", kColumns, rows));
  heads_.clear();  // Not before: the rows refer to them.
  return absl::OkStatus();
}

absl::Status Trail::Close() {
  if (!told_ && transaction_.numbers_taken() != numbers_taken_) {
    return absl::InternalError("a change was stored that the audit was not told of");
  }
  RETURN_IF_ERROR(Append(std::exchange(pending_, {})));
  bytes_.clear();
  all_bytes_ = 0;
  return WriteHeads();
}

}  // namespace thidua::audit
