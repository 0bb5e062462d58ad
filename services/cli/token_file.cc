#include "services/cli/token_file.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/domain/return_if_error.h"

namespace thidua::cli {
namespace {

// Twice what any service takes.
constexpr size_t kTokenBytesMax = 16 * 1024;

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::InvalidArgumentError(absl::StrCat("không đọc được tệp mã đăng nhập ", path));
  }
  std::string text(kTokenBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  const absl::string_view token = absl::StripAsciiWhitespace(text);
  if (token.empty() || text.size() > kTokenBytesMax ||
      !absl::c_all_of(token, [](unsigned char c) { return absl::ascii_isgraph(c); })) {
    return absl::InvalidArgumentError(
        absl::StrCat("tệp ", path, " phải chứa đúng một mã đăng nhập, không có gì khác"));
  }
  return std::string(token);
}

class TokenFile {
 public:
  TokenFile(std::string path, std::string token)
      : path_(std::move(path)), token_(std::move(token)) {}

  std::string Authorization() {
    absl::StatusOr<std::string> now = ReadToken(path_);
    const absl::MutexLock lock(&mutex_);
    if (now.ok()) token_ = *std::move(now);
    return absl::StrCat("Bearer ", token_);
  }

 private:
  const std::string path_;
  absl::Mutex mutex_;
  std::string token_ ABSL_GUARDED_BY(mutex_);  // The last that could be read.
};

}  // namespace

absl::StatusOr<platform::Authorization> AuthorizationFrom(std::string token_file) {
  ASSIGN_OR_RETURN(std::string token, ReadToken(token_file));
  auto file = std::make_shared<TokenFile>(std::move(token_file), std::move(token));
  return platform::Authorization([file] { return file->Authorization(); });
}

}  // namespace thidua::cli
