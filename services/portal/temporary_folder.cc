#include "services/portal/temporary_folder.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"

namespace thidua::portal {

namespace {

absl::Status DiskUnwritable() {
  return platform::Refusal(absl::StatusCode::kResourceExhausted, "", "DISK_UNWRITABLE",
                           "Máy chủ không còn chỗ ghi tệp tạm; xin thử lại sau.");
}

}  // namespace

absl::StatusOr<TemporaryFolder> TemporaryFolder::Make() {
  std::error_code error;
  std::string pattern = std::filesystem::temp_directory_path(error) / "thidua-portal-XXXXXX";
  if (error || mkdtemp(pattern.data()) == nullptr) {
    return DiskUnwritable();
  }
  return TemporaryFolder(pattern);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

absl::Status OfThisDisk(absl::Status status) {
  for (const domain::Fault& fault : domain::FaultsOf(status)) {
    if (fault.reason == "FILE_UNWRITABLE") return DiskUnwritable();
  }
  return status;
}

absl::StatusOr<std::string> BytesOfFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    return absl::InternalError(absl::StrCat("temporary file not read: ", path));
  }
  return bytes;
}

}  // namespace thidua::portal
