#include "services/audit/service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/audit/log.h"
#include "services/domain/return_if_error.h"
#include "services/platform/paging.h"

namespace thidua::audit {
namespace {

using platform::PageStart;
using storage::Transaction;

// What is held in memory of what is read.
constexpr Log::Limit kReadAtOnce = {1000, 4 * 1024 * 1024};

// As a page's token has it: roots have no space in them.
std::string KeyOf(const Place& place) { return absl::StrCat(place.root, " ", place.number); }

absl::StatusOr<Place> ReadPlace(const std::string& key) {
  Place place;
  if (key.empty()) return place;
  const std::pair<std::string, std::string> parts = absl::StrSplit(key, absl::MaxSplits(' ', 1));
  place.root = parts.first;
  if (!absl::SimpleAtoi(parts.second, &place.number) || KeyOf(place) != key) {
    return platform::UnknownPageToken();
  }
  return place;
}

void RemoveChanges(v1::AuditEntry& entry) {
  for (v1::AuditChange& change : *entry.mutable_changes()) {
    change.clear_before();
    change.clear_after();
  }
}

// One that is garbled hides none of the others: it is told as far as it is known.
v1::AuditEntry Told(const StoredEntry& stored) {
  if (auto entry = stored.Read(); entry.ok()) return *std::move(entry);
  v1::AuditEntry entry;
  entry.set_root(stored.place.root);
  entry.set_number(stored.place.number);
  entry.set_hash(stored.hash);
  return entry;
}

v1::AuditCheckpoint Told(const StoredCheckpoint& stored) {
  if (auto checkpoint = stored.Read(); checkpoint.ok()) return *std::move(checkpoint);
  v1::AuditCheckpoint checkpoint;
  checkpoint.set_number(stored.number);
  checkpoint.set_hash(stored.hash);
  return checkpoint;
}

}  // namespace

AuditService::AuditService(storage::Database& database, const Resources& resources)
    : Endpoint(*v1::VerifyAuditRequest::descriptor()->file()->FindServiceByName("AuditService")),
      database_(database),
      resources_(resources) {
  Unary("ListAuditEntries", this, &AuditService::ListAuditEntries);
  ServerStream("ExportAuditEntries", this, &AuditService::ExportAuditEntries);
  Unary("ListAuditCheckpoints", this, &AuditService::ListAuditCheckpoints);
  ServerStream("VerifyAudit", this, &AuditService::VerifyAudit);
}

// Entries never change: a page that is asked for later has what was added since, and nothing else
// is different.
absl::StatusOr<v1::ListAuditEntriesResponse> AuditService::ListAuditEntries(
    const v1::ListAuditEntriesRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const PageStart start, platform::ReadPageToken(request, {}));
  ASSIGN_OR_RETURN(Place last, ReadPlace(start.last));
  v1::ListAuditEntriesResponse response;
  size_t bytes = 0;
  while (true) {
    RETURN_IF_ERROR(call.StillAwaited());
    std::vector<StoredEntry> entries;
    Log::Limit limit = kReadAtOnce;
    limit.count = size + 1 - response.entries_size();
    RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(entries, Log(transaction).EntriesAfter(request.root(), last, limit));
      return absl::OkStatus();
    }));
    if (entries.empty()) return response;
    for (const StoredEntry& stored : entries) {
      if (response.entries_size() == size || bytes > platform::kPageBytesMax) {
        response.set_next_page_token(platform::NextPageToken(request, {0, "", KeyOf(last)}));
        return response;
      }
      v1::AuditEntry entry = Told(stored);
      if (!request.with_changes()) RemoveChanges(entry);
      bytes += entry.ByteSizeLong();
      *response.add_entries() = std::move(entry);
      last = stored.place;
    }
  }
}

absl::Status AuditService::ExportAuditEntries(
    const v1::ExportAuditEntriesRequest& request, const Call& call,
    const platform::Send<v1::ExportAuditEntriesResponse>& send) {
  Place last;
  while (true) {
    RETURN_IF_ERROR(call.StillAwaited());
    std::vector<StoredEntry> entries;
    RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(entries, Log(transaction).EntriesAfter(request.root(), last, kReadAtOnce));
      return absl::OkStatus();
    }));
    if (entries.empty()) return absl::OkStatus();
    for (const StoredEntry& stored : entries) {
      v1::ExportAuditEntriesResponse response;
      *response.mutable_entry() = Told(stored);
      if (!send(response)) return absl::CancelledError("caller gone");
    }
    last = entries.back().place;
  }
}

absl::StatusOr<v1::ListAuditCheckpointsResponse> AuditService::ListAuditCheckpoints(
    const v1::ListAuditCheckpointsRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const PageStart start, platform::ReadPageToken(request, {}));
  ASSIGN_OR_RETURN(int64_t last, platform::LastNumber(start, 0));
  std::vector<StoredCheckpoint> checkpoints;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(checkpoints,
                     Log(transaction).CheckpointsAfter(last, {size + 1, platform::kPageBytesMax}));
    return absl::OkStatus();
  }));
  v1::ListAuditCheckpointsResponse response;
  for (const StoredCheckpoint& stored : checkpoints) {
    if (response.checkpoints_size() == size) break;
    *response.add_checkpoints() = Told(stored);
    last = stored.number;
  }
  if (response.checkpoints_size() == 0) return response;
  bool more = false;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const auto next, Log(transaction).CheckpointsAfter(last, {1, 1}));
    more = !next.empty();
    return absl::OkStatus();
  }));
  if (more) {
    response.set_next_page_token(platform::NextPageToken(request, {0, "", absl::StrCat(last)}));
  }
  return response;
}

absl::Status AuditService::VerifyAudit(const v1::VerifyAuditRequest& request, const Call& call,
                                       const platform::Send<v1::VerifyAuditResponse>& send) {
  return Verify(
      database_, resources_, request,
      [&](const v1::VerifyAuditResponse& response) -> absl::Status {
        return send(response) ? absl::OkStatus() : absl::CancelledError("caller gone");
      },
      [&] { return call.StillAwaited(); });
}

}  // namespace thidua::audit
