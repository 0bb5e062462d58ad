// A folder that is there whole or not at all: made under another name, and durable before it takes
// its own.
//
//   ASSIGN_OR_RETURN(const auto folder, DurableFolder::Begin(out));
//   … files in folder->path() …
//   RETURN_IF_ERROR(folder->Write("manifest.json", json));
//   RETURN_IF_ERROR(folder->Keep());
//
// Errors: RESOURCE_EXHAUSTED when the disk is full, INTERNAL for whatever else the file system
// refuses; in words for who typed the place.
#ifndef THIDUA_SERVICES_WHOLE_STORE_DURABLE_FOLDER_H_
#define THIDUA_SERVICES_WHOLE_STORE_DURABLE_FOLDER_H_

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::whole_store {

// By its name: what was begun, and may never take its own.
bool IsUnfinished(const std::filesystem::path& folder);

class DurableFolder {
 public:
  // FAILED_PRECONDITION when there is something at that place already.
  static absl::StatusOr<std::unique_ptr<DurableFolder>> Begin(const std::filesystem::path& place);
  ~DurableFolder();  // What was not kept is removed.
  DurableFolder(const DurableFolder&) = delete;
  DurableFolder& operator=(const DurableFolder&) = delete;

  const std::filesystem::path& path() const { return unfinished_; }
  absl::Status Write(const std::string& name, absl::string_view bytes);
  // Durable when OK. Files that others wrote into it they have made durable.
  absl::Status Keep();

 private:
  DurableFolder(std::filesystem::path place, std::filesystem::path unfinished);

  const std::filesystem::path place_, unfinished_;
  bool kept_ = false;
};

}  // namespace thidua::whole_store

#endif  // THIDUA_SERVICES_WHOLE_STORE_DURABLE_FOLDER_H_
