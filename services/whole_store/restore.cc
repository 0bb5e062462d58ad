#include "services/whole_store/restore.h"

#include <algorithm>
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

absl::StatusOr<int64_t> EpochOf(const std::string& database, const std::string& password_file) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> store,
                   Database::OpenToLook(database, Company::kNobody, password_file));
  return store->store_epoch_ms();
}

// Gives the file its other name, with what SQLite may have left beside it, which is a part of it.
// That name; empty: what is there is no file.
absl::StatusOr<std::string> SetAside(const std::string& database) {
  if (!fs::exists(database)) return "";
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
  return aside;
}

absl::Status FillPlace(const fs::path& backup, const Manifest& manifest, const ServedStore& store,
                       const Place& to, const Teller& tell) {
  ASSIGN_OR_RETURN(const storage::Migrations schema, SchemaAt(store, manifest.schema_version));
  RETURN_IF_ERROR(CheckEmpty(to.database, to.password_file));
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> copy,
                   Database::OpenToLook(StoreFile(backup).string(), Company::kItsService, ""));
  return copy->Read([&](Transaction& from) -> absl::Status {
    // The bytes before their records, as the service has it.
    if (store.has_evidence) {
      RETURN_IF_ERROR(
          CopyEvidence(from, EvidenceFolder(backup), EvidenceFolder(to.data_folder), tell)
              .status());
    }
    ASSIGN_OR_RETURN(const std::vector<TableDigest> tables,
                     FillStore(from, to.database, to.password_file, schema, tell));
    return CheckDigests(manifest.tables, tables);
  });
}

// As a service would, and above the old one.
absl::Status OpenAnew(const ServedStore& store, const Place& to, int64_t old_epoch_ms) {
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> restored,
                   Database::Open(to.database, store.schema, to.password_file));
  return restored->Write([&](Transaction& transaction) {
    return transaction.Execute("UPDATE store SET epoch_ms = $1 WHERE epoch_ms < $1",
                               {old_epoch_ms + 1});
  });
}

}  // namespace

absl::StatusOr<StoreRestored> RestoreBackup(const fs::path& backup, const Place& to,
                                            const Teller& tell, const Old& old) {
  int64_t old_epoch_ms = 0;
  if (!old.database.empty()) {
    ASSIGN_OR_RETURN(old_epoch_ms, EpochOf(old.database, to.password_file));
  }
  StoreRestored restored;
  ASSIGN_OR_RETURN(restored.from, VerifyBackup(backup, tell));
  const Manifest& manifest = restored.from.manifest;
  ASSIGN_OR_RETURN(const ServedStore store, StoreOf(manifest.service));
  std::string aside;
  if (old.set_aside) {
    const auto epoch_ms = EpochOf(to.database, to.password_file);
    if (absl::IsFailedPrecondition(epoch_ms.status())) return epoch_ms.status();  // In use.
    ASSIGN_OR_RETURN(aside, SetAside(to.database));
    if (epoch_ms.ok()) old_epoch_ms = std::max(old_epoch_ms, *epoch_ms);
    if (!aside.empty()) restored.old_read = epoch_ms.status();
  }
  absl::Status done = FillPlace(backup, manifest, store, to, tell);
  if (done.ok()) done = OpenAnew(store, to, old_epoch_ms);
  if (done.ok()) return restored;
  if (aside.empty()) return done;
  return absl::Status(done.code(), absl::StrCat(done.message(), " (Kho cũ nay là ", aside,
                                                "; khi dựng lại, nêu --replaces=", aside, ")"));
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
