// The backups that stand beside each other in one folder, as a job leaves them there every night.
#ifndef THIDUA_SERVICES_WHOLE_STORE_KEPT_BACKUPS_H_
#define THIDUA_SERVICES_WHOLE_STORE_KEPT_BACKUPS_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/whole_store/manifest.h"

namespace thidua::whole_store {

struct KeptBackup {
  std::filesystem::path path;
  Manifest manifest;  // Unproved: VerifyBackup.
};

// The newest first. What is no backup, or not a whole one, is passed over. NOT_FOUND when there is
// no such folder.
absl::StatusOr<std::vector<KeptBackup>> BackupsIn(const std::filesystem::path& folder);

// Removes that service's backups there but the newest `keep`, 1 or more, and what was begun more
// than a day ago and never became one. Answers what it removed. A backup that is being removed is
// none from the first moment on.
absl::StatusOr<std::vector<std::filesystem::path>> RemoveOlderBackups(
    const std::filesystem::path& folder, const std::string& service, int keep);

}  // namespace thidua::whole_store

#endif  // THIDUA_SERVICES_WHOLE_STORE_KEPT_BACKUPS_H_
