// One page of a list whose filter is looked at row by row: as much as the page holds, and from
// where the next goes on.
#ifndef THIDUA_SERVICES_REGISTRY_LISTING_H_
#define THIDUA_SERVICES_REGISTRY_LISTING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/endpoint.h"
#include "services/platform/paging.h"
#include "services/registry/store.h"

namespace thidua::registry {

// Rows looked through at once.
inline constexpr int64_t kLookThrough = 1000;

// `list` answers rows after a place, in order, nothing when there are no more; `fits` says whether
// one belongs to the list (and may bring it into the form that is shown), `take` puts it on the
// page, which ends when it has `size` rows or weighs enough. Answers the token of the next page, ""
// on the last. A filter that next to nothing fits makes this long: it ends when nobody waits for
// the page any more (CANCELLED, DEADLINE_EXCEEDED).
template <typename Message>
absl::StatusOr<std::string> FillPage(
    const google::protobuf::Message& request, const platform::Call& call, platform::PageStart page,
    int64_t size,
    absl::FunctionRef<absl::StatusOr<std::vector<Listed<Message>>>(const PageOf&)> list,
    absl::FunctionRef<absl::StatusOr<bool>(Message&)> fits,
    absl::FunctionRef<void(Message&&)> take) {
  int64_t taken = 0;
  size_t bytes = 0;
  // Without a filter the page, and whether there is another, is had at once. Where some do not fit,
  // few may: then as many are looked through as can be.
  for (int64_t limit = size + 1;; limit = kLookThrough) {
    if (absl::Status awaited = call.StillAwaited(); !awaited.ok()) return awaited;
    absl::StatusOr<std::vector<Listed<Message>>> rows = list({page.last, page.sequence, limit});
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return std::string();
    for (Listed<Message>& row : *rows) {
      const absl::StatusOr<bool> wanted = fits(row.message);
      if (!wanted.ok()) return wanted.status();
      if (*wanted) {
        bytes += row.message.ByteSizeLong();
        const bool full = taken == size || (taken > 0 && bytes > platform::kPageBytesMax);
        if (full) return platform::NextPageToken(request, page);
      }
      page.last = std::move(row.key);
      if (!*wanted) continue;
      take(std::move(row.message));
      ++taken;
    }
  }
}

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_LISTING_H_
