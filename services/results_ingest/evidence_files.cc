#include "services/results_ingest/evidence_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/domain/return_if_error.h"
#include "services/platform/errors.h"

namespace thidua::results_ingest {
namespace {

namespace fs = std::filesystem;

constexpr char kUnfinished[] = ".part";

absl::Status Failed(absl::string_view what, const fs::path& path, int error) {
  const std::string message = absl::StrCat("cannot ", what, " ", path.string(), ": ",
                                           std::generic_category().message(error));
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

// What was done to a folder's entries is there after a power cut, too.
absl::Status SyncFolder(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return Failed("open", folder, errno);
  const absl::Cleanup close_it = [descriptor] { close(descriptor); };
  if (fsync(descriptor) != 0) return Failed("sync", folder, errno);
  return absl::OkStatus();
}

std::string Finish(EVP_MD_CTX* hash) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_DigestFinal_ex(hash, digest, &length);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), length));
}

absl::Status RemoveUnfinished(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() != kUnfinished) continue;
    if (unlink(entry->path().c_str()) != 0) return Failed("remove", entry->path(), errno);
  }
  return error ? Failed("read", folder, error.value()) : absl::OkStatus();
}

absl::Status SizeDisagrees(int64_t said, absl::string_view came) {
  return platform::Refusal(
      absl::StatusCode::kInvalidArgument, "start.evidence.size", "SIZE_DISAGREES",
      absl::StrCat("Tệp được báo là ", said, " byte nhưng ", came, "; xin gửi lại trọn tệp."));
}

}  // namespace

absl::StatusOr<std::unique_ptr<EvidenceFiles>> EvidenceFiles::Open(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Failed("make", folder, error.value());
  const int lock = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0) return Failed("open", folder, errno);
  std::unique_ptr<EvidenceFiles> files(new EvidenceFiles(folder, lock));
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(folder.string(), " is in use by another process"));
  }
  // Every part at once, so that there is one moment at which they are made durable.
  for (int part = 0; part < 256; ++part) {
    const fs::path path = folder / absl::StrFormat("%02x", part);
    if (mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return Failed("make", path, errno);
    RETURN_IF_ERROR(RemoveUnfinished(path));
  }
  RETURN_IF_ERROR(SyncFolder(folder));
  RETURN_IF_ERROR(SyncFolder(fs::absolute(folder / "..")));
  return files;
}

std::unique_ptr<const EvidenceFiles> EvidenceFiles::OpenToRead(const fs::path& folder) {
  return std::unique_ptr<const EvidenceFiles>(new EvidenceFiles(folder, -1));
}

EvidenceFiles::EvidenceFiles(fs::path folder, int lock) : folder_(std::move(folder)), lock_(lock) {}

EvidenceFiles::~EvidenceFiles() {
  if (lock_ >= 0) close(lock_);
}

fs::path EvidenceFiles::PlaceOf(const std::string& sha256) const {
  return folder_ / sha256.substr(0, 2) / sha256;
}

absl::StatusOr<std::unique_ptr<EvidenceFiles::Incoming>> EvidenceFiles::Receive(
    const std::string& sha256, int64_t size) {
  fs::path place = PlaceOf(sha256);
  fs::path unfinished = absl::StrCat(place.string(), ".", ++received_, kUnfinished);
  std::unique_ptr<Incoming> incoming(
      new Incoming(std::move(place), std::move(unfinished), sha256, size));
  incoming->file_ =
      open(incoming->unfinished_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (incoming->file_ < 0) return Failed("make", incoming->unfinished_, errno);
  return incoming;
}

EvidenceFiles::Incoming::Incoming(fs::path place, fs::path unfinished, std::string sha256,
                                  int64_t size)
    : place_(std::move(place)),
      unfinished_(std::move(unfinished)),
      sha256_(std::move(sha256)),
      size_(size),
      hash_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(hash_, EVP_sha256(), nullptr);
}

EvidenceFiles::Incoming::~Incoming() {
  EVP_MD_CTX_free(hash_);
  if (file_ < 0) return;
  unlink(unfinished_.c_str());
  close(file_);
}

absl::Status EvidenceFiles::Incoming::Append(absl::string_view bytes) {
  if (bytes.size() > static_cast<size_t>(size_ - written_)) {
    return SizeDisagrees(size_, "gửi lên nhiều hơn");
  }
  EVP_DigestUpdate(hash_, bytes.data(), bytes.size());
  written_ += static_cast<int64_t>(bytes.size());
  while (!bytes.empty()) {
    const ssize_t put = write(file_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Failed("write", unfinished_, errno);
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return absl::OkStatus();
}

absl::Status EvidenceFiles::Incoming::Keep() {
  if (written_ != size_) {
    return SizeDisagrees(size_, absl::StrCat("chỉ gửi lên ", written_, " byte"));
  }
  if (Finish(hash_) != sha256_) {
    return platform::Refusal(absl::StatusCode::kInvalidArgument, "start.sha256", "DIGEST_DISAGREES",
                             "Nội dung tệp nhận được không khớp mã SHA-256 đã báo; xin gửi lại.");
  }
  if (fsync(file_) != 0) return Failed("sync", unfinished_, errno);
  if (rename(unfinished_.c_str(), place_.c_str()) != 0) return Failed("keep", place_, errno);
  close(std::exchange(file_, -1));
  return SyncFolder(place_.parent_path());
}

absl::Status EvidenceFiles::Read(
    const std::string& sha256, int64_t size,
    absl::FunctionRef<absl::Status(const std::string& block)> each) const {
  const fs::path place = PlaceOf(sha256);
  const int file = open(place.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 && errno == ENOENT) {
    return absl::DataLossError(absl::StrCat(place.string(), " is missing"));
  }
  if (file < 0) return Failed("open", place, errno);
  const absl::Cleanup close_it = [file] { close(file); };
  struct stat status = {};
  if (fstat(file, &status) != 0) return Failed("look at", place, errno);
  if (status.st_size != size) {
    return absl::DataLossError(
        absl::StrCat(place.string(), " has ", status.st_size, " bytes, not ", size));
  }

  EVP_MD_CTX* const hash = EVP_MD_CTX_new();
  const absl::Cleanup free_hash = [hash] { EVP_MD_CTX_free(hash); };
  EVP_DigestInit_ex(hash, EVP_sha256(), nullptr);
  std::string block;
  while (true) {
    block.resize(kBlock);
    const ssize_t got = read(file, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EIO) {
      return absl::DataLossError(absl::StrCat(place.string(), " is unreadable"));
    }
    if (got < 0) return Failed("read", place, errno);
    if (got == 0) break;
    block.resize(static_cast<size_t>(got));
    EVP_DigestUpdate(hash, block.data(), block.size());
    RETURN_IF_ERROR(each(block));
  }
  if (Finish(hash) != sha256) {
    return absl::DataLossError(absl::StrCat(place.string(), " is no longer what it was"));
  }
  return absl::OkStatus();
}

}  // namespace thidua::results_ingest
