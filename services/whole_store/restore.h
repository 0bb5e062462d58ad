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

// The store that the restored one takes the place of.
struct Old {
  // It is still there, a file, and is given another name ("registry.db.before-1570000000") once the
  // backup is found sound.
  bool set_aside = false;
  // Where it was put by others, as of Database::Open, with the same password; empty: not told.
  std::string database = {};
};

struct StoreRestored {
  BackupMade from;
  // OK, or why the old store that was set aside could not be read.
  absl::Status old_read;
};

// Verifies the backup and makes the store of it, at an empty place only, and reads it again. Then
// takes its schema forward to this build's, and its epoch above that of the backup, of the old
// store and the time, so that whoever knows the store from before sees that this is the newer
// state. When one that is set aside cannot be read, the clock alone says so, and must not be behind
// what it was. FAILED_PRECONDITION when the place is not empty, or a service has it; errors of
// Database::OpenToLook for old.database.
absl::StatusOr<StoreRestored> RestoreBackup(const std::filesystem::path& backup, const Place& to,
                                            const Teller& tell, const Old& old = {});

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
