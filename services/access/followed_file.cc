#include "services/access/followed_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace thidua::access {
namespace {

// File systems tell times this coarsely at worst: what was written shortly before it was read may
// be written once more at the same time of the clock.
constexpr absl::Duration kCoarsestClock = absl::Seconds(2);

bool IsSame(const struct stat& one, const struct stat& other) {
  const auto time = [](const timespec& t) { return absl::TimeFromTimespec(t); };
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino && one.st_size == other.st_size &&
         time(one.st_mtim) == time(other.st_mtim) && time(one.st_ctim) == time(other.st_ctim);
}

}  // namespace

absl::StatusOr<std::optional<std::string>> FollowedFile::Look() {
  const auto failed = [this] {
    const int error = errno;
    return absl::ErrnoToStatus(error, path_.string());
  };
  // A pipe by this name must not hold up whoever looks.
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return failed();
  const absl::Cleanup close_file = [file] { close(file); };
  struct stat before;
  if (fstat(file, &before) != 0) return failed();
  if (!S_ISREG(before.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path_.string(), " is no file"));
  }
  if (settled_.has_value() && IsSame(*settled_, before)) return std::nullopt;
  const size_t size = static_cast<size_t>(before.st_size);
  if (size > bytes_max_) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path_.string(), " is larger than ", bytes_max_, " bytes"));
  }

  const absl::Time began = absl::Now();
  std::string text(size, '\0');
  size_t had = 0;
  while (had < size) {
    const ssize_t got = read(file, &text[had], size - had);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed();
    if (got == 0) break;
    had += static_cast<size_t>(got);
  }
  struct stat after;
  if (fstat(file, &after) != 0) return failed();
  if (had < size || !IsSame(before, after)) {
    return absl::UnavailableError(absl::StrCat(path_.string(), " is being written"));
  }

  settled_.reset();
  const absl::Time written =
      std::max(absl::TimeFromTimespec(before.st_mtim), absl::TimeFromTimespec(before.st_ctim));
  if (began - written > kCoarsestClock) settled_ = before;
  if (told_ == text) return std::nullopt;
  told_ = text;
  return text;
}

}  // namespace thidua::access
