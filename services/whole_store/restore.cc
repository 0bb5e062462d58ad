#include "services/whole_store/restore.h"

#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/whole_store/evidence_copy.h"
#include "services/whole_store/store_copy.h"

namespace thidua::whole_store {

using storage::Company;
using storage::Database;
using storage::Transaction;

namespace {

namespace fs = std::filesystem;

// With what SQLite may have left beside it, which is a part of it. What is no file stays.
absl::Status SetAside(const std::string& database) {
  if (!fs::exists(database)) return absl::OkStatus();
  // It may be past opening; all that matters is that nobody has it open.
  const absl::Status served = Database::OpenToLook(database, Company::kNobody, "").status();
  if (absl::IsFailedPrecondition(served)) return served;
  const std::string aside = absl::StrCat(database, ".before-", absl::ToUnixSeconds(absl::Now()));
  if (fs::exists(aside)) {
    return absl::FailedPreconditionError(absl::StrCat(aside, " đã có. Không ghi đè gì cả."));
  }
  // The file last: none of these may be taken for a part of the file that takes its place.
  for (const char* part : {"-wal", "-shm", ""}) {
    if (!fs::exists(absl::StrCat(database, part))) continue;
    std::error_code error;
    fs::rename(absl::StrCat(database, part), absl::StrCat(aside, part), error);
    if (error) return absl::InternalError(absl::StrCat(database, part, ": ", error.message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BackupMade> RestoreBackup(const fs::path& backup, const Place& to,
                                         const Teller& tell, Old old) {
  ASSIGN_OR_RETURN(BackupMade made, VerifyBackup(backup, tell));
  ASSIGN_OR_RETURN(const ServedStore store, StoreOf(made.manifest.service));
  ASSIGN_OR_RETURN(const storage::Migrations schema, SchemaAt(store, made.manifest.schema_version));
  if (old == Old::kIsSetAside) RETURN_IF_ERROR(SetAside(to.database));
  RETURN_IF_ERROR(CheckEmpty(to.database, to.password_file));
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> copy,
                   Database::OpenToLook(StoreFile(backup).string(), Company::kItsService, ""));
  RETURN_IF_ERROR(copy->Read([&](Transaction& from) -> absl::Status {
    // The bytes before their records, as the service has it.
    if (store.has_evidence) {
      RETURN_IF_ERROR(
          CopyEvidence(from, EvidenceFolder(backup), EvidenceFolder(to.data_folder), tell)
              .status());
    }
    ASSIGN_OR_RETURN(const std::vector<TableDigest> tables,
                     FillStore(from, to.database, to.password_file, schema, tell));
    return CheckDigests(made.manifest.tables, tables);
  }));
  RETURN_IF_ERROR(Database::Open(to.database, store.schema, to.password_file).status());
  return made;
}

absl::StatusOr<StoreMoved> MoveStore(const ServedStore& store, const std::string& from,
                                     const std::string& to, const std::string& password_file,
                                     const Teller& tell) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> source,
                   Database::OpenToLook(from, Company::kNobody, password_file));
  RETURN_IF_ERROR(CheckEmpty(to, password_file));
  StoreMoved moved;
  RETURN_IF_ERROR(source->Read([&](Transaction& snapshot) -> absl::Status {
    ASSIGN_OR_RETURN(const storage::Migrations schema, SchemaAt(store, source->schema_version()));
    ASSIGN_OR_RETURN(moved.from, FillStore(snapshot, to, password_file, schema, tell));
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> there,
                   Database::OpenToLook(to, Company::kNobody, password_file));
  RETURN_IF_ERROR(there->Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(moved.to, DigestTables(transaction, tell));
    return CheckDigests(moved.from, moved.to);
  }));
  return moved;
}

}  // namespace thidua::whole_store
