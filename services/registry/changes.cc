// What changed, and what changes.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/unit.h"
#include "services/platform/paging.h"
#include "services/platform/watch.h"
#include "services/registry/service.h"
#include "services/registry/store.h"

namespace thidua::registry {
namespace {

using domain::Fault;
using platform::PageStart;
using storage::Transaction;

// The collections that a watch asks for; none asked for: all.
absl::StatusOr<std::vector<v1::Collection>> CollectionsOf(const v1::WatchRequest& request) {
  std::vector<v1::Collection> collections;
  for (int i = 0; i < request.collections_size(); ++i) {
    const v1::Collection collection = request.collections(i);
    if (collection == v1::COLLECTION_UNSPECIFIED) {
      return Fault{absl::StrCat("collections[", i, "]"), "REQUIRED", "Chưa ghi loại dữ liệu nào."}
          .ToStatus();
    }
    if (std::find(collections.begin(), collections.end(), collection) == collections.end()) {
      collections.push_back(collection);
    }
  }
  if (collections.empty()) {
    collections = {v1::COLLECTION_UNITS, v1::COLLECTION_BLOCS, v1::COLLECTION_SCHEMES,
                   v1::COLLECTION_PACTS, v1::COLLECTION_REORGANISATIONS};
  }
  return collections;
}

}  // namespace

absl::StatusOr<v1::ListChangesResponse> RegistryService::ListChanges(
    const v1::ListChangesRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  if (request.after_sequence() < 0) {
    return Fault{"after_sequence", "OUT_OF_RANGE", "Số thứ tự thay đổi không thể âm."}.ToStatus();
  }
  std::optional<ResourceKey> resource;
  if (!request.resource().empty()) {
    resource = KeyOfResource(request.resource());
    if (!resource.has_value()) {
      return Fault{"resource", "RESOURCE_NAME_INVALID",
                   absl::StrCat("“", domain::Excerpt(request.resource()),
                                "” không phải là tên của đơn vị, khối thi đua, thang bảng điểm, "
                                "giao ước hay việc sắp xếp nào.")}
          .ToStatus();
    }
  }
  v1::ListChangesResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t now, transaction.Sequence());
    ASSIGN_OR_RETURN(PageStart page, platform::ReadPageToken(request, {now, "", ""}));
    ASSIGN_OR_RETURN(const int64_t after, platform::LastNumber(page, request.after_sequence()));
    ASSIGN_OR_RETURN(std::vector<v1::Change> changes,
                     Store(transaction).ListChanges(after, resource, page.sequence, size + 1));
    if (static_cast<int64_t>(changes.size()) > size) {
      changes.pop_back();
      page.last = absl::StrCat(changes.back().sequence());
      response.set_next_page_token(platform::NextPageToken(request, page));
    }
    response.mutable_changes()->Add(std::make_move_iterator(changes.begin()),
                                    std::make_move_iterator(changes.end()));
    return absl::OkStatus();
  }));
  return response;
}

absl::Status RegistryService::Watch(const v1::WatchRequest& request, const Call& call,
                                    const platform::Send<v1::WatchResponse>& send) {
  using Batch = platform::WatchBatch<v1::WatchResponse>;
  ASSIGN_OR_RETURN(const std::vector<v1::Collection> collections, CollectionsOf(request));
  return platform::ServeWatch<v1::WatchResponse>(
      store_id_, feed_, request.resume_token(), call, send,
      [&](int64_t after) -> absl::StatusOr<Batch> {
        Batch batch;
        RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
          ASSIGN_OR_RETURN(batch.sequence, transaction.Sequence());
          ASSIGN_OR_RETURN(
              batch.changes,
              Store(transaction).ChangedAfter(after, collections, platform::kWatchBatch));
          batch.more = static_cast<int64_t>(batch.changes.size()) == platform::kWatchBatch;
          return absl::OkStatus();
        }));
        for (auto& [sequence, event] : batch.changes) {
          if (event.has_unit()) messages::ShowOn(Today(), *event.mutable_unit());
        }
        return batch;
      });
}

}  // namespace thidua::registry
