#include "services/whole_store/kept_backups.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/whole_store/backup.h"
#include "services/whole_store/durable_folder.h"

namespace thidua::whole_store {
namespace {

namespace fs = std::filesystem;

// A backup that takes longer has been given up by whoever began it.
constexpr std::chrono::hours kUnfinishedMax(24);

absl::Status Refused(const fs::path& place, const std::error_code& error) {
  return absl::InternalError(absl::StrCat(place.string(), ": ", error.message()));
}

absl::StatusOr<std::vector<fs::path>> FoldersIn(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> folders;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error)) folders.push_back(entry->path());
  }
  if (error == std::errc::no_such_file_or_directory) {
    return absl::NotFoundError(absl::StrCat("Không có thư mục ", folder.string(), "."));
  }
  if (error) return Refused(folder, error);
  return folders;
}

absl::Status Remove(const fs::path& backup) {
  std::error_code error;
  fs::remove(ManifestFile(backup), error);
  if (!error) fs::remove_all(backup, error);
  return error ? Refused(backup, error) : absl::OkStatus();
}

bool WasGivenUp(const fs::path& folder) {
  if (!IsUnfinished(folder)) return false;
  std::error_code error;
  const fs::file_time_type touched = fs::last_write_time(folder, error);
  return !error && touched < fs::file_time_type::clock::now() - kUnfinishedMax;
}

}  // namespace

absl::StatusOr<std::vector<KeptBackup>> BackupsIn(const fs::path& folder) {
  ASSIGN_OR_RETURN(const std::vector<fs::path> folders, FoldersIn(folder));
  std::vector<KeptBackup> backups;
  for (const fs::path& path : folders) {
    if (IsUnfinished(path)) continue;
    absl::StatusOr<Manifest> manifest = ReadManifest(path);
    if (manifest.ok()) backups.push_back({path, *std::move(manifest)});
  }
  // RFC 3339 in UTC compares as text.
  std::sort(backups.begin(), backups.end(), [](const KeptBackup& a, const KeptBackup& b) {
    return std::tie(b.manifest.taken_at, b.path) < std::tie(a.manifest.taken_at, a.path);
  });
  return backups;
}

absl::StatusOr<std::vector<fs::path>> RemoveOlderBackups(const fs::path& folder,
                                                         const std::string& service, int keep) {
  ASSIGN_OR_RETURN(const std::vector<KeptBackup> backups, BackupsIn(folder));
  std::vector<fs::path> removed;
  int kept = 0;
  for (const KeptBackup& backup : backups) {
    if (backup.manifest.service != service || ++kept <= keep) continue;
    RETURN_IF_ERROR(Remove(backup.path));
    removed.push_back(backup.path);
  }
  ASSIGN_OR_RETURN(const std::vector<fs::path> folders, FoldersIn(folder));
  for (const fs::path& path : folders) {
    if (!WasGivenUp(path)) continue;
    RETURN_IF_ERROR(Remove(path));
    removed.push_back(path);
  }
  return removed;
}

}  // namespace thidua::whole_store
