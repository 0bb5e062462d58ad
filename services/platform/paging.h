// Pages of lists (AIP-158): sizes and opaque tokens. All pages of a list show one state, that of
// the first page, whatever changes in the meantime.
//
//   ASSIGN_OR_RETURN(const PageStart start, ReadPageToken(request, {transaction.Sequence(), day}));
//   … rows after start.last as they were at start.sequence …
//   response.set_next_page_token(NextPageToken(request, {start.sequence, start.day, last_shown}));
//
// A token belongs to its list and its filters: every field of the request but page_size and
// page_token. Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_PAGING_H_
#define THIDUA_SERVICES_PLATFORM_PAGING_H_

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace thidua::platform {

// What a page may weigh: it then holds fewer rows than were asked for, but at least one. gRPC's
// clients take 4 MiB unless told otherwise.
inline constexpr size_t kPageBytesMax = 2 * 1024 * 1024;

// 1 to 1000; 0 is 100, more is 1000. Fault OUT_OF_RANGE below 0.
absl::StatusOr<int64_t> PageSize(int32_t asked);

// From where a page goes on.
struct PageStart {
  int64_t sequence = 0;  // The store's sequence whose state all pages show.
  std::string day;       // The day asked for, as the first page understood it; may be empty.
  std::string last;      // The key shown last; "" on the first page.
};

// `first`: from where the first page goes. A token of another list, of a state that is not there
// (yet), or in any spelling but NextPageToken's is refused (PAGE_TOKEN_UNKNOWN).
absl::StatusOr<PageStart> ReadPageToken(const google::protobuf::Message& request,
                                        const PageStart& first);

// Of a list that goes by numbers from 1 on: the one shown last, or `first` on the first page. What
// is none is refused (PAGE_TOKEN_UNKNOWN).
absl::StatusOr<int64_t> LastNumber(const PageStart& start, int64_t first);

// PAGE_TOKEN_UNKNOWN, of a list whose keys have a form of their own.
absl::Status UnknownPageToken();

std::string NextPageToken(const google::protobuf::Message& request, const PageStart& next);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_PAGING_H_
