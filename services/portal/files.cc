#include "services/portal/files.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/domain/identifier.h"
#include "services/platform/errors.h"
#include "services/portal/evidence_files.h"
#include "services/portal/report_files.h"
#include "services/portal/result_downloads.h"
#include "services/portal/result_uploads.h"

namespace thidua::portal {
namespace {

constexpr absl::string_view kPrefix = "/files/v1/";

// A path taken apart by what its names are of.
struct Place {
  std::string pact;    // "blocs/{bloc}/pacts/{year}"
  std::string period;  // "{pact}/periods/{period}"; "" where the path has none.
  // What follows: {"results.xlsx"}, {"reports", "1.docx"}, {"evidence", "3f79…"}.
  std::vector<std::string> rest;
};

Place PlaceOf(absl::string_view path) {
  constexpr size_t kPactParts = 4, kPeriodParts = 6;
  absl::ConsumePrefix(&path, kPrefix);
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  const auto first = [&parts](size_t count) {
    return absl::StrJoin(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count), "/");
  };
  Place place;
  if (parts.size() <= kPactParts || parts[0] != "blocs" || parts[2] != "pacts") return place;
  place.pact = first(kPactParts);
  size_t taken = kPactParts;
  if (parts.size() > kPeriodParts && parts[kPactParts] == "periods") {
    place.period = first(kPeriodParts);
    taken = kPeriodParts;
  }
  place.rest.assign(parts.begin() + static_cast<std::ptrdiff_t>(taken), parts.end());
  return place;
}

// {"results", "xlsx"} of "results.xlsx".
std::pair<std::string, std::string> EndingOf(const std::string& name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string::npos) return {name, ""};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

absl::Status PathUnknown(const FileRequest& request) {
  return platform::Refusal(absl::StatusCode::kNotFound, "", "PATH_UNKNOWN",
                           absl::StrCat("Không có tệp nào ở địa chỉ ", request.verb, " ",
                                        domain::Excerpt(request.path), "."));
}

absl::StatusOr<FileReply> AnswerPost(const FileRequest& request, const Place& place,
                                     platform::Caller& caller) {
  if (place.rest.size() == 1 && place.rest[0] == "results" && !place.period.empty()) {
    return PlanUpload(request, place.period, caller);
  }
  if (place.rest.size() == 1 && place.rest[0] == "evidence" && place.period.empty()) {
    return UploadEvidence(request, place.pact, caller);
  }
  return PathUnknown(request);
}

absl::StatusOr<FileReply> AnswerGet(const FileRequest& request, const Place& place,
                                    platform::Caller& caller) {
  if (place.rest.size() == 2 && place.rest[0] == "evidence" && place.period.empty()) {
    return DownloadEvidence(request, absl::StrCat(place.pact, "/evidence/", place.rest[1]), caller);
  }
  if (place.rest.empty() || place.period.empty()) return PathUnknown(request);
  const auto& [name, ending] = EndingOf(place.rest.back());
  if (place.rest.size() == 2 && place.rest[0] == "reports") {
    const auto format = ReportFormatOf(ending);
    if (!format.has_value()) return PathUnknown(request);
    return DownloadReport(request, absl::StrCat(place.period, "/reports/", name), *format, caller);
  }
  if (place.rest.size() != 1 || (ending != "xlsx" && ending != "csv")) return PathUnknown(request);
  if (name == "results") return DownloadResults(request, place.period, ending, caller);
  if (name == "ranking") return DownloadRanking(request, place.period, ending, caller);
  return PathUnknown(request);
}

}  // namespace

bool Files::Takes(absl::string_view path) { return absl::StartsWith(path, kPrefix); }

size_t Files::BodyBytesMax(absl::string_view path) {
  const Place place = PlaceOf(path);
  if (place.rest.size() != 1) return 0;
  if (place.rest[0] == "results") return kTableBytesMax;
  return place.rest[0] == "evidence" ? kEvidenceBytesMax : 0;
}

absl::StatusOr<FileReply> Files::Answer(const FileRequest& request) const {
  platform::Caller caller =
      caller_.For(request.deadline, request.traceparent, request.authorization);
  const Place place = PlaceOf(request.path);
  if (request.verb == "POST") return AnswerPost(request, place, caller);
  if (request.verb == "GET") return AnswerGet(request, place, caller);
  return PathUnknown(request);
}

}  // namespace thidua::portal
