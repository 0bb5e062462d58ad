#include "services/result_files/file_digest.h"

#include <openssl/evp.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace thidua::result_files {

absl::StatusOr<FileDigest> DigestFile(const std::string& path) {
  constexpr size_t kAtOnce = 256 * 1024;
  // A folder opens like a file, and reads like an empty one.
  std::error_code ignored;
  std::ifstream stream;
  if (!std::filesystem::is_directory(path, ignored)) stream.open(path, std::ios::binary);
  if (!stream.is_open()) return absl::NotFoundError(absl::StrCat("không đọc được tệp ", path));
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  bool sound = context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  FileDigest digest;
  std::string bytes(kAtOnce, '\0');
  while (sound && stream) {
    stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto count = static_cast<size_t>(stream.gcount());
    sound = EVP_DigestUpdate(context.get(), bytes.data(), count) == 1;
    digest.size += static_cast<int64_t>(count);
  }
  std::string binary(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  sound = sound && !stream.bad() &&
          EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(binary.data()),
                             &length) == 1;
  if (!sound) return absl::NotFoundError(absl::StrCat("không đọc được tệp ", path));
  digest.sha256 = absl::BytesToHexString(absl::string_view(binary).substr(0, length));
  return digest;
}

}  // namespace thidua::result_files
