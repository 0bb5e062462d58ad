// The bytes of documents, one file for each digest: FOLDER/3f/3f79bb7b… Bytes are written beside
// their place, hashed on the way, and take it only when they are durable and are what they were
// said to be; the record in the database comes after that. A file without a record, which a crash
// may leave, is taken for the next upload of the same bytes. Nothing is ever deleted but what was
// never finished.
//
//   ASSIGN_OR_RETURN(const auto incoming, files.Receive(sha256, size));
//   RETURN_IF_ERROR(incoming->Append(bytes));  // As often as need be.
//   RETURN_IF_ERROR(incoming->Keep());
//
// Errors, as the store beside it answers: RESOURCE_EXHAUSTED when the disk is full, UNAVAILABLE for
// whatever else the file system refuses; and DATA_LOSS when what is read is missing or changed. No
// file is held in memory whole. Thread-safe but for an Incoming.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_EVIDENCE_FILES_H_
#define THIDUA_SERVICES_RESULTS_INGEST_EVIDENCE_FILES_H_

#include <openssl/evp.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::results_ingest {

class EvidenceFiles {
 public:
  // Makes the folder, and removes what another process left unfinished. FAILED_PRECONDITION when a
  // process that still runs has it.
  static absl::StatusOr<std::unique_ptr<EvidenceFiles>> Open(const std::filesystem::path& folder);
  // For who only reads, beside the process that has it, and makes nothing.
  static std::unique_ptr<const EvidenceFiles> OpenToRead(const std::filesystem::path& folder);
  ~EvidenceFiles();
  EvidenceFiles(const EvidenceFiles&) = delete;
  EvidenceFiles& operator=(const EvidenceFiles&) = delete;

  // A document on its way in. Gone without a trace unless kept.
  class Incoming {
   public:
    ~Incoming();
    Incoming(const Incoming&) = delete;
    Incoming& operator=(const Incoming&) = delete;

    // Fault SIZE_DISAGREES, and nothing is written, when this is more than was said.
    absl::Status Append(absl::string_view bytes);
    // Durable when OK. Replaces a file of the same digest, which may be damaged. Faults
    // SIZE_DISAGREES, DIGEST_DISAGREES.
    absl::Status Keep();

   private:
    friend class EvidenceFiles;
    Incoming(std::filesystem::path place, std::filesystem::path unfinished, std::string sha256,
             int64_t size);

    const std::filesystem::path place_, unfinished_;
    const std::string sha256_;
    const int64_t size_;
    int64_t written_ = 0;
    int file_ = -1;
    EVP_MD_CTX* const hash_;
  };
  // sha256: as messages::IsSha256 has it. Faults' paths are those of UploadEvidenceRequest.
  absl::StatusOr<std::unique_ptr<Incoming>> Receive(const std::string& sha256, int64_t size);

  // Blocks of at most kBlock bytes, in order, until `each` is not OK. That the bytes are no longer
  // those of the digest is known at the end only.
  static constexpr size_t kBlock = 256 * 1024;
  absl::Status Read(const std::string& sha256, int64_t size,
                    absl::FunctionRef<absl::Status(const std::string& block)> each) const;

 private:
  EvidenceFiles(std::filesystem::path folder, int lock);  // lock: -1 for none.
  std::filesystem::path PlaceOf(const std::string& sha256) const;

  const std::filesystem::path folder_;
  const int lock_;
  std::atomic<int64_t> received_ = 0;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_EVIDENCE_FILES_H_
