// What passes through the portal and is no JSON: tables, documents, evidence.
//
//   POST /files/v1/{period}/results              a table planned as an import   result_uploads.h
//   GET  /files/v1/{period}/results.xlsx|.csv    results as a table             result_downloads.h
//   GET  /files/v1/{period}/ranking.xlsx|.csv    the ranking as a table         result_downloads.h
//   GET  /files/v1/{report}.docx|.html|.txt      a report's document            report_files.h
//   POST /files/v1/{pact}/evidence               evidence in                    evidence_files.h
//   GET  /files/v1/{evidence}                    evidence out                   evidence_files.h
//
// Nothing is kept here: a request holds its bytes, and at most a temporary folder that goes with
// it.
#ifndef THIDUA_SERVICES_PORTAL_FILES_H_
#define THIDUA_SERVICES_PORTAL_FILES_H_

#include <cstddef>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/caller.h"
#include "services/portal/file_exchange.h"

namespace thidua::portal {

// Thread-safe.
class Files {
 public:
  explicit Files(platform::Caller caller) : caller_(std::move(caller)) {}

  // Whether the path is one of those, also where Answer knows no such file.
  static bool Takes(absl::string_view path);
  // More of a body than that is not worth reading: it is refused as FILE_TOO_LARGE.
  static size_t BodyBytesMax(absl::string_view path);

  // Blocks until the services have answered or the request's deadline has come. NOT_FOUND
  // (PATH_UNKNOWN) for another path, verb or ending; the others as the files above say.
  absl::StatusOr<FileReply> Answer(const FileRequest& request) const;

 private:
  const platform::Caller caller_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_FILES_H_
