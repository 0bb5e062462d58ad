#include "services/scoring/period_pattern.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/messages/resource_names.h"

namespace thidua::scoring {
namespace {

constexpr absl::string_view kAll = "-";
// Where a period's name has its three ids.
constexpr size_t kBlocAt = 1;
constexpr size_t kYearAt = 3;
constexpr size_t kPeriodAt = 5;
constexpr size_t kSegments = 6;

}  // namespace

bool PeriodPattern::Matches(absl::string_view period) const {
  size_t at = 0;
  for (const absl::string_view segment : absl::StrSplit(period, '/')) {
    const std::string* asked = at == kBlocAt     ? &bloc_
                               : at == kYearAt   ? &year_
                               : at == kPeriodAt ? &period_
                                                 : nullptr;
    if (asked != nullptr && !asked->empty() && *asked != segment) return false;
    ++at;
  }
  return true;
}

absl::StatusOr<PeriodPattern> ReadPeriodPattern(absl::string_view path, absl::string_view text) {
  PeriodPattern pattern;
  if (text.empty()) return pattern;
  std::vector<absl::string_view> name = absl::StrSplit(text, '/');
  if (name.size() == kSegments) {
    const auto take = [&name](size_t at, absl::string_view any_id, std::string& asked) {
      if (name[at] == kAll) {
        name[at] = any_id;
      } else {
        asked = std::string(name[at]);
      }
    };
    take(kBlocAt, "any", pattern.bloc_);
    take(kYearAt, "2000", pattern.year_);
    take(kPeriodAt, "any", pattern.period_);
    // With some id wherever it stands for all of them it is a period's name.
    if (messages::ReadPeriodName(path, absl::StrJoin(name, "/")).ok()) return pattern;
  }
  return domain::Fault{
      std::string(path), "PATTERN_INVALID",
      absl::StrCat("“", domain::Excerpt(text),
                   "” không chỉ ra được kỳ nào: phải có dạng “blocs/{bloc}/pacts/{year}/periods/"
                   "{period}”, mỗi phần trong ngoặc có thể thay bằng “-” để lấy tất cả.")}
      .ToStatus();
}

}  // namespace thidua::scoring
