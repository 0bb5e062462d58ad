#include "services/whole_store/evidence_copy.h"

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "services/domain/return_if_error.h"
#include "services/results_ingest/evidence_files.h"
#include "thidua/results/v1/evidence.pb.h"

namespace thidua::whole_store {
namespace {

using results_ingest::EvidenceFiles;
using storage::Row;
using storage::Transaction;

constexpr char kWhat[] = "minh chứng";

// One pact may name what another names: it is one file.
absl::StatusOr<EvidenceCount> ForEachFile(
    Transaction& records, const Teller& tell,
    absl::FunctionRef<absl::Status(const std::string& sha256, int64_t size)> each) {
  int64_t files = 0;
  RETURN_IF_ERROR(
      records.Query("SELECT COUNT(DISTINCT sha256) FROM evidence", {}, [&](const Row& row) {
        files = row.Integer(0);
        return absl::OkStatus();
      }));
  if (files > 0) tell(kWhat, 0, files);
  EvidenceCount count;
  std::string last;
  RETURN_IF_ERROR(records.Query("SELECT sha256, message FROM evidence ORDER BY sha256", {},
                                [&](const Row& row) -> absl::Status {
                                  std::string sha256 = row.Text(0);
                                  if (sha256 == last) return absl::OkStatus();
                                  results::v1::Evidence evidence;
                                  if (!evidence.ParseFromString(row.Text(1))) {
                                    return absl::DataLossError(
                                        "Bản ghi minh chứng không đọc được.");
                                  }
                                  RETURN_IF_ERROR(each(sha256, evidence.size()));
                                  ++count.files;
                                  count.bytes += evidence.size();
                                  tell(kWhat, count.files, files);
                                  last = std::move(sha256);
                                  return absl::OkStatus();
                                }));
  return count;
}

absl::Status Nothing(const std::string&) { return absl::OkStatus(); }

}  // namespace

std::filesystem::path EvidenceFolder(const std::filesystem::path& data_folder) {
  return data_folder / "evidence";
}

absl::StatusOr<EvidenceCount> CopyEvidence(Transaction& records, const std::filesystem::path& from,
                                           const std::filesystem::path& to, const Teller& tell) {
  const std::unique_ptr<const EvidenceFiles> source = EvidenceFiles::OpenToRead(from);
  ASSIGN_OR_RETURN(const std::unique_ptr<EvidenceFiles> place, EvidenceFiles::Open(to));
  return ForEachFile(records, tell, [&](const std::string& sha256, int64_t size) -> absl::Status {
    if (place->Read(sha256, size, &Nothing).ok()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto incoming, place->Receive(sha256, size));
    RETURN_IF_ERROR(source->Read(
        sha256, size, [&](const std::string& block) { return incoming->Append(block); }));
    return incoming->Keep();
  });
}

absl::StatusOr<EvidenceCount> CheckEvidence(Transaction& records,
                                            const std::filesystem::path& folder,
                                            const Teller& tell) {
  const std::unique_ptr<const EvidenceFiles> files = EvidenceFiles::OpenToRead(folder);
  return ForEachFile(records, tell, [&](const std::string& sha256, int64_t size) {
    return files->Read(sha256, size, &Nothing);
  });
}

}  // namespace thidua::whole_store
