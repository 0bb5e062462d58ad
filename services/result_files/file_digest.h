// The SHA-256 of a file, however large.
#ifndef THIDUA_SERVICES_RESULT_FILES_FILE_DIGEST_H_
#define THIDUA_SERVICES_RESULT_FILES_FILE_DIGEST_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace thidua::result_files {

struct FileDigest {
  std::string sha256;  // Lower-case hexadecimal.
  int64_t size = 0;    // Bytes.
};

// NOT_FOUND, in Vietnamese, when it cannot be read.
absl::StatusOr<FileDigest> DigestFile(const std::string& path);

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_FILE_DIGEST_H_
