// Pages of lists (AIP-158): sizes and opaque tokens.
#ifndef THIDUA_SERVICES_PLATFORM_PAGING_H_
#define THIDUA_SERVICES_PLATFORM_PAGING_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::platform {

// 1 to 1000; 0 is 100, more is 1000. Fault OUT_OF_RANGE below 0.
absl::StatusOr<int64_t> PageSize(int32_t asked);

// `list` names the list and its filters, `last` the last key shown: a token of another list is
// refused (PAGE_TOKEN_UNKNOWN).
std::string PageToken(absl::string_view list, absl::string_view last);

// The last key shown; "" for the first page.
absl::StatusOr<std::string> ReadPageToken(absl::string_view list, absl::string_view token);

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_PAGING_H_
