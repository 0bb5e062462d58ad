// A file that others replace while this process runs. Not thread-safe.
#ifndef THIDUA_SERVICES_ACCESS_FOLLOWED_FILE_H_
#define THIDUA_SERVICES_ACCESS_FOLLOWED_FILE_H_

#include <sys/stat.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace thidua::access {

class FollowedFile {
 public:
  FollowedFile(std::filesystem::path path, size_t bytes_max)
      : path_(std::move(path)), bytes_max_(bytes_max) {}

  // All of it, where it is not what the last look told; nothing: it is the same. Costs little as
  // long as nobody writes it. NOT_FOUND and the like when it cannot be read, FAILED_PRECONDITION
  // when it is no file, RESOURCE_EXHAUSTED when it is too large, UNAVAILABLE when it was being
  // written at that moment; a later look tells what is there then.
  absl::StatusOr<std::optional<std::string>> Look();

 private:
  const std::filesystem::path path_;
  const size_t bytes_max_;
  std::optional<std::string> told_;
  // What was told, when nothing can have changed in it since without these telling.
  std::optional<struct stat> settled_;
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_FOLLOWED_FILE_H_
