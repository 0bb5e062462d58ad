#include "services/cli/audit.h"

#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/util/delimited_message_util.h>

#include <fstream>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/cli/pages.h"
#include "services/cli/table.h"
#include "services/domain/return_if_error.h"
#include "services/platform/contracts.h"
#include "services/platform/digest.h"
#include "services/result_files/file_fault.h"

namespace thidua::cli {
namespace {

using audit::v1::AuditChange;
using audit::v1::AuditCheckpoint;
using audit::v1::AuditEntry;
using audit::v1::AuditFault;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using Done = audit::v1::VerifyAuditResponse::Done;

const MethodDescriptor& Method(const char* name) {
  return *audit::v1::VerifyAuditRequest::descriptor()
              ->file()
              ->FindServiceByName("AuditService")
              ->FindMethodByName(name);
}

absl::string_view KindText(AuditFault::Kind kind) {
  switch (kind) {
    case AuditFault::KIND_ENTRY_CHANGED:
      return "BÚT TOÁN BỊ SỬA";
    case AuditFault::KIND_ENTRY_MISSING:
      return "THIẾU BÚT TOÁN";
    case AuditFault::KIND_ENTRY_MISPLACED:
      return "BÚT TOÁN SAI CHỖ";
    case AuditFault::KIND_CHECKPOINT_CHANGED:
      return "MỐC BỊ SỬA";
    case AuditFault::KIND_CHECKPOINT_MISSING:
      return "THIẾU MỐC";
    case AuditFault::KIND_HEAD_DISAGREES:
      return "ĐẦU CHUỖI KHÔNG KHỚP";
    case AuditFault::KIND_RESOURCE_CHANGED:
      return "DỮ LIỆU BỊ SỬA";
    default:
      return "SAI";
  }
}

absl::string_view ChangeText(const AuditChange& change) {
  if (!change.has_before()) return "thêm ";
  return change.has_after() ? "sửa  " : "xóa  ";
}

absl::Status FileFault(const std::string& file, absl::string_view what) {
  return result_files::AboutTheFile(
      absl::InvalidArgumentError(absl::StrCat("tệp ", file, ": ", what)));
}

// Entries that come in their order, one after another, against their own hashes and the one before.
class ChainReader {
 public:
  ChainReader(const std::vector<AuditCheckpoint>& kept, const TellFault& tell) : tell_(tell) {
    for (const AuditCheckpoint& checkpoint : kept) {
      for (const AuditCheckpoint::Head& head : checkpoint.heads()) {
        bound_[{head.root(), head.number()}] = head.hash();
      }
    }
  }

  void Take(const AuditEntry& entry) {
    done_.set_entries(done_.entries() + 1);
    if (entry.root() != root_) {
      done_.set_chains(done_.chains() + 1);
      root_ = entry.root();
      number_ = 0;
      hash_.clear();
    }
    AuditEntry without = entry;
    without.clear_hash();
    if (platform::Sha256Hex(platform::DeterministicBytes(without)) != entry.hash()) {
      Tell(AuditFault::KIND_ENTRY_CHANGED, entry.number(),
           "Nội dung bút toán không khớp với mã của nó.");
    } else if (entry.number() > number_ + 1) {
      Tell(AuditFault::KIND_ENTRY_MISSING, entry.number(), "Thiếu bút toán trước bút toán này.");
    } else if (entry.number() <= number_ || entry.previous_hash() != hash_) {
      Tell(AuditFault::KIND_ENTRY_MISPLACED, entry.number(),
           "Bút toán này không nối tiếp bút toán trước.");
    }
    number_ = entry.number();
    hash_ = entry.hash();
    const auto bound = bound_.find({entry.root(), entry.number()});
    if (bound == bound_.end()) return;
    if (bound->second != entry.hash()) {
      Tell(AuditFault::KIND_HEAD_DISAGREES, entry.number(),
           "Bút toán này không còn như khi lập mốc đã lưu riêng.");
    }
    bound_.erase(bound);
  }

  // What the checkpoints bind has to be among the entries.
  Done End() {
    for (const auto& [place, hash] : bound_) {
      root_ = place.first;
      Tell(AuditFault::KIND_ENTRY_MISSING, place.second,
           "Bút toán này đã có khi lập mốc đã lưu riêng, nay không còn.");
    }
    return done_;
  }

 private:
  void Tell(AuditFault::Kind kind, int64_t number, const char* message) {
    AuditFault fault;
    fault.set_kind(kind);
    fault.set_root(root_);
    fault.set_number(number);
    fault.set_message(message);
    tell_(fault);
    done_.set_faults(done_.faults() + 1);
  }

  const TellFault& tell_;
  std::map<std::pair<std::string, int64_t>, std::string> bound_;  // Hashes that were not met yet.
  std::string root_, hash_;
  int64_t number_ = 0;
  Done done_;
};

}  // namespace

absl::StatusOr<std::string> AuditedService(const std::string& name) {
  if (name == "registry" || name == "scoring" || name == "results-ingest") return name;
  if (name == "results") return "results-ingest";
  return absl::InvalidArgumentError(
      absl::StrCat("Không có dịch vụ “", name, "”: registry, results hoặc scoring."));
}

absl::Status ListEntries(const std::string& root, const platform::Caller& caller,
                         const std::function<void(const AuditEntry&)>& each) {
  audit::v1::ListAuditEntriesRequest request;
  request.set_root(root);
  request.set_with_changes(true);
  do {
    ASSIGN_OR_RETURN(const auto answer, caller.Call(Method("ListAuditEntries"), request));
    const auto& page = dynamic_cast<const audit::v1::ListAuditEntriesResponse&>(*answer);
    for (const AuditEntry& entry : page.entries()) each(entry);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::Status ListCheckpoints(const platform::Caller& caller,
                             const std::function<void(const AuditCheckpoint&)>& each) {
  audit::v1::ListAuditCheckpointsRequest request;
  do {
    ASSIGN_OR_RETURN(const auto answer, caller.Call(Method("ListAuditCheckpoints"), request));
    const auto& page = dynamic_cast<const audit::v1::ListAuditCheckpointsResponse&>(*answer);
    for (const AuditCheckpoint& checkpoint : page.checkpoints()) each(checkpoint);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

std::string EntryPage(const AuditEntry& entry, int width) {
  if (entry.changes().empty()) {  // Each has some: of this no more could be read.
    return Shown(absl::StrCat("#", entry.number(), " ", entry.root(), "\n",
                              "  Không đọc được nội dung bút toán này: nó đã bị thay đổi.\n",
                              "  mã   ", entry.hash(), "\n"));
  }
  std::string page =
      absl::StrCat("#", entry.number(), " ", entry.root(), " · ", PrintInstant(entry.time()), "\n");
  std::string who = absl::StrCat("Người làm: ", entry.actor());
  if (!entry.on_behalf_of().empty()) {
    absl::StrAppend(&who, ", thay mặt ", entry.on_behalf_of());
  }
  absl::StrAppend(&page, Indented(who, width));
  std::string what = absl::StrCat("Việc: ", entry.method());
  if (!entry.request_id().empty()) absl::StrAppend(&what, ", mã yêu cầu ", entry.request_id());
  absl::StrAppend(&page, Indented(what, width));
  for (const AuditChange& change : entry.changes()) {
    absl::StrAppend(&page, "  ", ChangeText(change), change.resource(), "\n");
  }
  absl::StrAppend(&page, "  mã   ", entry.hash(), "\n");
  return Shown(page);
}

std::string CheckpointPage(const AuditCheckpoint& checkpoint) {
  return Shown(absl::StrCat("Mốc #", checkpoint.number(), " · ", PrintInstant(checkpoint.time()),
                            " · ", checkpoint.entries(), " bút toán của ", checkpoint.chains(),
                            " chuỗi\n  mã   ", checkpoint.hash(), "\n"));
}

std::string FaultPage(const AuditFault& fault, int width) {
  std::string page = absl::StrCat(KindText(fault.kind()), " · ");
  if (!fault.root().empty()) absl::StrAppend(&page, fault.root(), " ");
  if (fault.number() > 0) absl::StrAppend(&page, "#", fault.number());
  absl::StrAppend(&page, "\n");
  if (!fault.resource().empty()) absl::StrAppend(&page, "  ", fault.resource(), "\n");
  absl::StrAppend(&page, Indented(fault.message(), width));
  return Shown(page);
}

std::string VerdictPage(const Done& done) {
  std::string page =
      absl::StrCat("Đã kiểm ", done.entries(), " bút toán của ", done.chains(), " chuỗi, ",
                   done.checkpoints(), " mốc, ", done.resources(), " dữ liệu đang lưu: ");
  if (done.faults() == 0) return absl::StrCat(page, "không có gì sai.\n");
  return absl::StrCat(page, done.faults(), " điểm sai.\n");
}

absl::StatusOr<std::vector<AuditCheckpoint>> ReadCheckpoints(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) return FileFault(file, "không đọc được.");
  std::vector<AuditCheckpoint> checkpoints;
  for (std::string line; std::getline(stream, line);) {
    if (line.empty()) continue;
    const absl::Status read = platform::ReadJson(line, checkpoints.emplace_back());
    if (!read.ok() || checkpoints.back().number() < 1) {
      return FileFault(file,
                       absl::StrCat("dòng ", checkpoints.size(),
                                    " không phải là mốc như “audit checkpoints --json” ghi."));
    }
  }
  return checkpoints;
}

absl::StatusOr<Done> VerifyAudit(const std::vector<AuditCheckpoint>& kept,
                                 const platform::Caller& caller, const TellFault& fault,
                                 const TellHowFar& how_far) {
  audit::v1::VerifyAuditRequest request;
  for (const AuditCheckpoint& checkpoint : kept) {
    AuditCheckpoint& asked = *request.add_kept();
    asked.set_number(checkpoint.number());
    asked.set_hash(checkpoint.hash());
    if (checkpoint.has_time()) *asked.mutable_time() = checkpoint.time();
  }
  std::optional<Done> done;
  RETURN_IF_ERROR(caller.Stream(Method("VerifyAudit"), request, [&](const Message& event) {
    const auto& response = dynamic_cast<const audit::v1::VerifyAuditResponse&>(event);
    if (response.has_fault()) fault(response.fault());
    if (response.has_done()) done = response.done();
    const auto& progress = response.progress();
    if (response.has_progress() && progress.of_entries() > 0) {
      how_far(static_cast<double>(progress.entries()) / static_cast<double>(progress.of_entries()),
              absl::StrCat("đã kiểm ", progress.entries(), " bút toán"));
    }
    return true;
  }));
  if (!done.has_value()) return absl::UnavailableError("việc kiểm tra bị ngắt giữa chừng");
  return *done;
}

absl::StatusOr<int64_t> ExportEntries(const std::string& root, const std::string& file,
                                      const platform::Caller& caller, const TellHowFar& how_far) {
  std::ofstream stream(file, std::ios::binary);
  audit::v1::ExportAuditEntriesRequest request;
  request.set_root(root);
  int64_t count = 0;
  const absl::Status ended =
      caller.Stream(Method("ExportAuditEntries"), request, [&](const Message& event) {
        const auto& response = dynamic_cast<const audit::v1::ExportAuditEntriesResponse&>(event);
        google::protobuf::util::SerializeDelimitedToOstream(response.entry(), &stream);
        if (++count % 1000 == 0) how_far(0, absl::StrCat("đã ghi ", count, " bút toán"));
        return stream.good();
      });
  stream.close();
  if (!stream) return FileFault(file, "không ghi được.");
  RETURN_IF_ERROR(ended);
  return count;
}

absl::StatusOr<Done> VerifyExport(const std::string& file, const std::vector<AuditCheckpoint>& kept,
                                  const TellFault& fault) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return FileFault(file, "không đọc được.");
  google::protobuf::io::IstreamInputStream input(&stream);
  ChainReader chains(kept, fault);
  while (true) {
    AuditEntry entry;
    bool ended = false;
    if (!google::protobuf::util::ParseDelimitedFromZeroCopyStream(&entry, &input, &ended)) {
      if (ended) return chains.End();
      return FileFault(file, "không phải là tệp mà “audit export” đã ghi, hoặc bị cắt ngắn.");
    }
    chains.Take(entry);
  }
}

}  // namespace thidua::cli
