// `thidua load FOLDER`: sends the requests that the folder's *.json files hold, in the order of the
// files' names, each through the public RPC that takes it.
//
//   {"@type": "thidua.registry.v1.CreateUnitRequest", "unit": {…}}       or an array of such
//
// A request without a request_id gets one made from its own content: a folder loaded again, or a
// call whose answer was lost, gets the first reply and changes nothing. What a file leaves empty
// because it cannot know it yet is filled in from the answers so far:
//   freshness_token          what this load was answered of the pact and period in question
//   SignPactRequest.digest   the digest of that pact as last answered
#ifndef THIDUA_SERVICES_CLI_LOAD_H_
#define THIDUA_SERVICES_CLI_LOAD_H_

#include <google/protobuf/message.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/cli/progress.h"
#include "services/domain/fault.h"
#include "services/platform/caller.h"
#include "thidua/type/v1/freshness.pb.h"

namespace thidua::cli {

// One request of a file, as it stands there.
struct FileRequest {
  std::string file;  // Its name in the folder.
  int index = 0;     // In the file, from 0.
  std::unique_ptr<google::protobuf::Message> message;
};

// INVALID_ARGUMENT names the file and what is wrong with it; NOT_FOUND when there is none.
absl::StatusOr<std::vector<FileRequest>> ReadFolder(const std::filesystem::path& folder);

// "load-" and the SHA-256 of the request.
std::string RequestId(const google::protobuf::Message& request);

// What the answers so far have told.
class Answered {
 public:
  // Takes note of an answer to `request`.
  void Note(const google::protobuf::Message& request, const google::protobuf::Message& response);
  // Fills in what `request` leaves empty.
  void Fill(google::protobuf::Message& request) const;
  // A token of every pact and period answered; "" when they are more than one token can name.
  std::string FreshnessToken() const;

 private:
  std::string TokenOf(absl::FunctionRef<bool(const std::string& resource)> wanted) const;

  // By store and resource: the newest version, of the store's latest epoch.
  struct Newest {
    int64_t store_epoch_ms = 0, version = 0;
  };
  std::map<std::pair<std::string, std::string>, Newest> newest_;
  std::map<std::string, std::string> digests_;  // By pact.
};

struct LoadOutcome {
  int requests = 0;
  std::string freshness_token;          // A later read with it sees all that was loaded.
  std::vector<domain::Fault> rejected;  // Rows that were not taken, while others were.
};

// When every request was answered. A refusal stops the load; its faults' paths, or its message,
// begin with the place: "07-results.json[0]".
absl::StatusOr<LoadOutcome> Load(const std::vector<FileRequest>& requests, platform::Caller& caller,
                                 Progress& progress);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_LOAD_H_
