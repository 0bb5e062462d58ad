// What is asked of the portal's files, and what is answered: apart from HTTP, which gateway.h
// knows.
#ifndef THIDUA_SERVICES_PORTAL_FILE_EXCHANGE_H_
#define THIDUA_SERVICES_PORTAL_FILE_EXCHANGE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace thidua::portal {

struct FileRequest {
  std::string verb;  // "GET", "POST"
  std::string path;  // Decoded: "/files/v1/blocs/khoi-4/pacts/2019/periods/6-thang/results.xlsx"
  std::vector<std::pair<std::string, std::string>> query;  // Decoded, in its order.
  absl::string_view body = {};                             // Lives until the answer is there.
  std::string traceparent = {};
  std::string authorization = {};  // "Bearer …" of printable ASCII; "": nobody said who asks.
  absl::Time deadline = absl::InfiniteFuture();
};

struct FileReply {
  std::string content_type;
  std::string bytes;
  // For Content-Disposition, as the document is called: content_disposition.h makes the header.
  // Empty: no document, but an answer to a program.
  std::string file_name = {};
  // A page may show it in a frame; otherwise it is to be saved, whatever it says that it is.
  bool may_be_shown = false;
};

// The parameter of that name, "" when it is not there. It may be written as its messages' fields
// are in JSON: "freshnessToken" is "freshness_token".
std::string ParameterOf(const FileRequest& request, absl::string_view name);

// INVALID_ARGUMENT: PARAMETER_UNKNOWN for a parameter not among `names`, PARAMETER_REPEATED.
absl::Status CheckParameters(const FileRequest& request, absl::Span<const absl::string_view> names);

// The same refusal, of what an RPC's stream says at its start, at the parameters that it was made
// of here: "start.import" is "import".
absl::Status AtParameters(const absl::Status& status);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_FILE_EXCHANGE_H_
