#include "services/domain/fault.h"

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace thidua::domain {
namespace {

constexpr absl::string_view kPayloadUrl = "thidua/faults";
// The payload never leaves the process: fields, escaped, end with U+001F, faults with U+001E. A
// path can hold either when it is told as it was sent.
constexpr char kFieldEnd = '\x1f';
constexpr char kFaultEnd = '\x1e';

void Append(const std::string& field, char end, std::string& payload) {
  absl::StrAppend(&payload, absl::Utf8SafeCEscape(field), std::string(1, end));
}

}  // namespace

absl::Status Fault::ToStatus(absl::StatusCode code) const { return FaultsToStatus({*this}, code); }

absl::Status FaultsToStatus(const std::vector<Fault>& faults, absl::StatusCode code) {
  if (faults.empty()) return absl::OkStatus();
  std::string payload;
  std::vector<std::string> summary;
  for (const Fault& fault : faults) {
    Append(fault.path, kFieldEnd, payload);
    Append(fault.reason, kFieldEnd, payload);
    Append(fault.message, kFieldEnd, payload);
    Append(fault.suggestion, kFaultEnd, payload);
    if (summary.size() < 10) {
      summary.push_back(fault.path.empty() ? fault.reason
                                           : absl::StrCat(fault.path, ": ", fault.reason));
    }
  }
  if (faults.size() > summary.size()) {
    summary.push_back(absl::StrCat("and ", faults.size() - summary.size(), " more"));
  }
  absl::Status status(code, absl::StrJoin(summary, "; "));
  status.SetPayload(kPayloadUrl, absl::Cord(payload));
  return status;
}

std::vector<Fault> FaultsOf(const absl::Status& status) {
  std::vector<Fault> faults;
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return faults;
  const std::string text(*payload);
  for (absl::string_view one : absl::StrSplit(text, kFaultEnd, absl::SkipEmpty())) {
    std::vector<std::string> fields = absl::StrSplit(one, kFieldEnd);
    if (fields.size() != 4) continue;
    for (std::string& field : fields) absl::CUnescape(std::string(field), &field);
    faults.push_back({fields[0], fields[1], fields[2], fields[3]});
  }
  return faults;
}

absl::Status UnderPath(absl::string_view prefix, const absl::Status& status) {
  std::vector<Fault> faults = FaultsOf(status);
  if (faults.empty()) return status;
  for (Fault& fault : faults) {
    fault.path = fault.path.empty() ? std::string(prefix) : std::string(prefix) + "." + fault.path;
  }
  return FaultsToStatus(faults, status.code());
}

}  // namespace thidua::domain
