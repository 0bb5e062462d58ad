#include "services/whole_store/backup.h"

#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/digest.h"
#include "services/whole_store/durable_folder.h"
#include "services/whole_store/evidence_copy.h"
#include "services/whole_store/store_copy.h"

namespace thidua::whole_store {
namespace {

namespace fs = std::filesystem;
using storage::Company;
using storage::Database;
using storage::Transaction;

constexpr char kManifestName[] = "manifest.json";

// The service may have been upgraded since the database was opened.
absl::StatusOr<int64_t> SchemaVersion(Transaction& transaction) {
  int64_t version = 0;
  RETURN_IF_ERROR(
      transaction.Query("SELECT schema_version FROM store", {}, [&](const storage::Row& row) {
        version = row.Integer(0);
        return absl::OkStatus();
      }));
  return version;
}

absl::StatusOr<std::string> ManifestText(const fs::path& backup) {
  std::ifstream stream(ManifestFile(backup), std::ios::binary);
  if (!stream) {
    return absl::NotFoundError(absl::StrCat("Không có bản sao lưu ở ", backup.string(),
                                            ": không mở được ", kManifestName, "."));
  }
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

absl::Status CheckSound(Transaction& transaction) {
  std::string found;
  RETURN_IF_ERROR(transaction.Query("PRAGMA integrity_check(1)", {}, [&](const storage::Row& row) {
    found = row.Text(0);
    return absl::OkStatus();
  }));
  if (found == "ok") return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("store.db bị hỏng: ", found));
}

}  // namespace

fs::path StoreFile(const fs::path& backup) { return backup / "store.db"; }

fs::path ManifestFile(const fs::path& backup) { return backup / kManifestName; }

absl::StatusOr<BackupMade> MakeBackup(const ServedStore& store, const Place& from,
                                      const fs::path& out, const Teller& tell) {
  ASSIGN_OR_RETURN(const std::unique_ptr<DurableFolder> folder, DurableFolder::Begin(out));
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> source,
                   Database::OpenToLook(from.database, Company::kItsService, from.password_file));
  BackupMade made;
  const fs::path file = StoreFile(folder->path());
  RETURN_IF_ERROR(source->Read([&](Transaction& snapshot) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t version, SchemaVersion(snapshot));
    ASSIGN_OR_RETURN(const storage::Migrations schema, SchemaAt(store, version));
    ASSIGN_OR_RETURN(std::vector<TableDigest> tables,
                     FillStore(snapshot, file.string(), "", schema, tell));
    ASSIGN_OR_RETURN(made.manifest, ReadManifestOf(snapshot, std::move(tables)));
    if (!store.has_evidence) return absl::OkStatus();
    // After the records: whatever they name is there.
    ASSIGN_OR_RETURN(made.manifest.evidence,
                     CopyEvidence(snapshot, EvidenceFolder(from.data_folder),
                                  EvidenceFolder(folder->path()), tell));
    return absl::OkStatus();
  }));
  fs::remove(absl::StrCat(file.string(), ".lock"));
  made.manifest.service = store.service;
  made.manifest.taken_at = absl::FormatTime(absl::RFC3339_sec, absl::Now(), absl::UTCTimeZone());
  const std::string json = PrintManifest(made.manifest);
  made.manifest_sha256 = platform::Sha256Hex(json);
  RETURN_IF_ERROR(folder->Write(kManifestName, json));
  RETURN_IF_ERROR(folder->Keep());
  return made;
}

absl::StatusOr<Manifest> ReadManifest(const fs::path& backup) {
  ASSIGN_OR_RETURN(const std::string json, ManifestText(backup));
  return ParseManifest(json);
}

absl::StatusOr<BackupMade> VerifyBackup(const fs::path& backup, const Teller& tell) {
  ASSIGN_OR_RETURN(const std::string json, ManifestText(backup));
  BackupMade made;
  made.manifest_sha256 = platform::Sha256Hex(json);
  ASSIGN_OR_RETURN(made.manifest, ParseManifest(json));
  ASSIGN_OR_RETURN(const ServedStore store, StoreOf(made.manifest.service));
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> copy,
                   Database::OpenToLook(StoreFile(backup).string(), Company::kItsService, ""));
  RETURN_IF_ERROR(copy->Read([&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(CheckSound(transaction));
    ASSIGN_OR_RETURN(std::vector<TableDigest> tables, DigestTables(transaction, tell));
    RETURN_IF_ERROR(CheckDigests(made.manifest.tables, tables));
    ASSIGN_OR_RETURN(const Manifest found, ReadManifestOf(transaction, std::move(tables)));
    if (found.audit_heads != made.manifest.audit_heads ||
        found.audit_checkpoint != made.manifest.audit_checkpoint) {
      return absl::DataLossError("Đầu các chuỗi nhật ký không khớp manifest.json.");
    }
    if (found.store_id != made.manifest.store_id || found.sequence != made.manifest.sequence ||
        found.store_epoch_ms != made.manifest.store_epoch_ms ||
        found.schema_version != made.manifest.schema_version) {
      return absl::DataLossError("Mã kho dữ liệu không khớp manifest.json.");
    }
    if (!store.has_evidence) return absl::OkStatus();
    ASSIGN_OR_RETURN(const EvidenceCount evidence,
                     CheckEvidence(transaction, EvidenceFolder(backup), tell));
    if (evidence == made.manifest.evidence) return absl::OkStatus();
    return absl::DataLossError("Số minh chứng không khớp manifest.json.");
  }));
  return made;
}

}  // namespace thidua::whole_store
