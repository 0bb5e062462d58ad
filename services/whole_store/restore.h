// A service's store made again: from a backup, or from where it was before.
#ifndef THIDUA_SERVICES_WHOLE_STORE_RESTORE_H_
#define THIDUA_SERVICES_WHOLE_STORE_RESTORE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/whole_store/backup.h"
#include "services/whole_store/served_store.h"
#include "services/whole_store/table_digest.h"

namespace thidua::whole_store {

// What stands at the place to be restored to.
enum class Old { kIsRefused, kIsSetAside };

// Verifies the backup and makes the store of it, at an empty place only, and reads it again. Then
// takes its schema forward to this build's, and its epoch, so that whoever knows the store from
// before sees that this is the newer state. FAILED_PRECONDITION when the place is not empty, or a
// service has it. An old store that is a file may be set aside: once the backup is found sound it
// is given another name ("registry.db.before-1570000000").
absl::StatusOr<BackupMade> RestoreBackup(const std::filesystem::path& backup, const Place& to,
                                         const Teller& tell, Old old = Old::kIsRefused);

// The digests at both ends.
struct StoreMoved {
  std::vector<TableDigest> from;
  std::vector<TableDigest> to;
};

// Makes the same store at another, empty place, on whichever engine; nothing is changed where it
// was. FAILED_PRECONDITION when a service has one of them open. Files in the data folder stay where
// they are.
absl::StatusOr<StoreMoved> MoveStore(const ServedStore& store, const std::string& from,
                                     const std::string& to, const std::string& password_file,
                                     const Teller& tell);

}  // namespace thidua::whole_store

#endif  // THIDUA_SERVICES_WHOLE_STORE_RESTORE_H_
