#include "services/whole_store/durable_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"

namespace thidua::whole_store {
namespace {

namespace fs = std::filesystem;

constexpr char kUnfinished[] = ".part-";

absl::Status Failed(absl::string_view what, const fs::path& path, int error) {
  const std::string message = absl::StrCat("Không ", what, " được ", path.string(), ": ",
                                           std::generic_category().message(error));
  return error == ENOSPC || error == EDQUOT ? absl::ResourceExhaustedError(message)
                                            : absl::InternalError(message);
}

absl::Status SyncFolder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failed("mở", folder, errno);
  const absl::Cleanup close_it = [descriptor] { close(descriptor); };
  return fsync(descriptor) == 0 ? absl::OkStatus() : Failed("ghi", folder, errno);
}

}  // namespace

bool IsUnfinished(const fs::path& folder) {
  const std::string name = folder.filename().string();
  const size_t at = name.rfind(kUnfinished);
  return at != std::string::npos && name.size() == at + sizeof kUnfinished - 1 + 6;
}

absl::StatusOr<std::unique_ptr<DurableFolder>> DurableFolder::Begin(const fs::path& place) {
  if (fs::exists(place)) {
    return absl::FailedPreconditionError(
        absl::StrCat(place.string(), " đã có. Không ghi đè gì cả."));
  }
  std::error_code error;
  const fs::path parent = fs::absolute(place).parent_path();
  fs::create_directories(parent, error);
  if (error) return Failed("tạo", parent, error.value());
  std::string pattern = absl::StrCat(fs::absolute(place).string(), kUnfinished, "XXXXXX");
  if (mkdtemp(pattern.data()) == nullptr) return Failed("tạo", pattern, errno);
  return std::unique_ptr<DurableFolder>(new DurableFolder(fs::absolute(place), pattern));
}

DurableFolder::DurableFolder(fs::path place, fs::path unfinished)
    : place_(std::move(place)), unfinished_(std::move(unfinished)) {}

DurableFolder::~DurableFolder() {
  std::error_code error;
  if (!kept_) fs::remove_all(unfinished_, error);
}

absl::Status DurableFolder::Write(const std::string& name, absl::string_view bytes) {
  const fs::path path = unfinished_ / name;
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (file < 0) return Failed("tạo", path, errno);
  const absl::Cleanup close_it = [file] { close(file); };
  while (!bytes.empty()) {
    const ssize_t put = write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Failed("ghi", path, errno);
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return fsync(file) == 0 ? absl::OkStatus() : Failed("ghi", path, errno);
}

absl::Status DurableFolder::Keep() {
  RETURN_IF_ERROR(SyncFolder(unfinished_));
  if (rename(unfinished_.c_str(), place_.c_str()) != 0) return Failed("đổi tên", place_, errno);
  kept_ = true;
  return SyncFolder(place_.parent_path());
}

}  // namespace thidua::whole_store
