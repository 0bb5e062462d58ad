// Certificates and keys in PEM files, which may be replaced while the process runs. What is there
// counts once it is whole: a pair that is half written, or whose parts do not belong together,
// changes nothing. Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_CERTIFICATE_FILES_H_
#define THIDUA_SERVICES_PLATFORM_CERTIFICATE_FILES_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace thidua::platform {

class CertificateFiles {
 public:
  // A certificate, followed by those that lead from it to its CA, and its key; both may be one
  // file. INVALID_ARGUMENT names the file and what is wrong with it, never what stands in it.
  static absl::StatusOr<std::unique_ptr<CertificateFiles>> OpenPair(
      const std::filesystem::path& certificate, const std::filesystem::path& key);
  // The certificates of CAs.
  static absl::StatusOr<std::unique_ptr<CertificateFiles>> OpenAuthorities(
      const std::filesystem::path& file);
  ~CertificateFiles();
  CertificateFiles(const CertificateFiles&) = delete;
  CertificateFiles& operator=(const CertificateFiles&) = delete;

  // Takes what stands in the files now, or logs, once, why it cannot be taken.
  void ReadAgain();

  // What counts now, of a pair the key first; the same object until it is replaced.
  std::shared_ptr<const std::string> pem() const;
  // Where the same can be read as a file, for as long as this lives. Its time of change is another
  // one whenever its content is.
  const std::string& held_at() const { return held_at_; }

  // Which certificate counts, and until when it is valid: into the log.
  void LogValidity() const;

 private:
  // What is wrong with what was read.
  using Check = absl::Status (*)(const std::string& pem);

  CertificateFiles(std::vector<std::filesystem::path> files, Check check);
  absl::StatusOr<std::string> Read() const;
  absl::Status Hold(std::string pem) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::vector<std::filesystem::path> files_;
  const Check check_;
  std::string held_at_;
  mutable absl::Mutex mutex_;
  int held_ ABSL_GUARDED_BY(mutex_) = -1;
  int times_replaced_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const std::string> pem_ ABSL_GUARDED_BY(mutex_);
  std::string told_ ABSL_GUARDED_BY(mutex_);  // The complaint that was logged last.
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_CERTIFICATE_FILES_H_
