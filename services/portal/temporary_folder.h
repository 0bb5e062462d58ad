// A folder for one request: gone with it, whatever becomes of the request.
#ifndef THIDUA_SERVICES_PORTAL_TEMPORARY_FOLDER_H_
#define THIDUA_SERVICES_PORTAL_TEMPORARY_FOLDER_H_

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"

namespace thidua::portal {

class TemporaryFolder {
 public:
  // Below TMPDIR, for nobody else to look into. RESOURCE_EXHAUSTED (DISK_UNWRITABLE).
  static absl::StatusOr<TemporaryFolder> Make();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder&& other) noexcept { path_.swap(other.path_); }
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  std::string At(const std::string& file_name) const { return path_ / file_name; }

 private:
  explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// RESOURCE_EXHAUSTED (DISK_UNWRITABLE) in the place of a fault FILE_UNWRITABLE, which would show
// where the folder is; any other status as it is.
absl::Status OfThisDisk(absl::Status status);

// The bytes of a file that was written there. INTERNAL when it cannot be read.
absl::StatusOr<std::string> BytesOfFile(const std::string& path);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_TEMPORARY_FOLDER_H_
