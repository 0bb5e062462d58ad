#include "services/whole_store/restore.h"

#include <memory>

#include "services/domain/return_if_error.h"
#include "services/whole_store/evidence_copy.h"
#include "services/whole_store/store_copy.h"

namespace thidua::whole_store {

using storage::Company;
using storage::Database;
using storage::Transaction;

absl::StatusOr<BackupMade> RestoreBackup(const std::filesystem::path& backup, const Place& to,
                                         const Teller& tell) {
  ASSIGN_OR_RETURN(BackupMade made, VerifyBackup(backup, tell));
  ASSIGN_OR_RETURN(const ServedStore store, StoreOf(made.manifest.service));
  ASSIGN_OR_RETURN(const storage::Migrations schema, SchemaAt(store, made.manifest.schema_version));
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
