// A backup of a service's store: one folder, the same for both engines.
//
//   OUT/store.db       every table, as an SQLite file that the service itself could open
//   OUT/evidence/      of results-ingest: the documents that the records name
//   OUT/manifest.json  what is in it (manifest.h)
#ifndef THIDUA_SERVICES_WHOLE_STORE_BACKUP_H_
#define THIDUA_SERVICES_WHOLE_STORE_BACKUP_H_

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "services/whole_store/manifest.h"
#include "services/whole_store/served_store.h"
#include "services/whole_store/table_digest.h"

namespace thidua::whole_store {

// Where a service has its data.
struct Place {
  std::string database;  // As of Database::Open.
  std::string password_file;
  std::filesystem::path data_folder;  // Of evidence; empty where there is none.
};

struct BackupMade {
  Manifest manifest;
  std::string manifest_sha256;
};

// Takes one snapshot, while the service runs or not, reads again what it wrote, and leaves `out`
// whole or not at all. Writes nothing where the data is.
absl::StatusOr<BackupMade> MakeBackup(const ServedStore& store, const Place& from,
                                      const std::filesystem::path& out, const Teller& tell);

// Whether the backup is what its manifest says: DATA_LOSS names what is not. NOT_FOUND when there
// is none.
absl::StatusOr<BackupMade> VerifyBackup(const std::filesystem::path& backup, const Teller& tell);

// What it says that it is, unproved. Errors as of VerifyBackup.
absl::StatusOr<Manifest> ReadManifest(const std::filesystem::path& backup);

std::filesystem::path StoreFile(const std::filesystem::path& backup);
std::filesystem::path ManifestFile(const std::filesystem::path& backup);

}  // namespace thidua::whole_store

#endif  // THIDUA_SERVICES_WHOLE_STORE_BACKUP_H_
