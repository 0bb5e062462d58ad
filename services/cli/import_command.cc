#include "services/cli/import_command.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "services/cli/error_workbook.h"
#include "services/cli/import_page.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/contracts.h"
#include "services/result_files/file_fault.h"
#include "services/result_files/import.h"
#include "services/result_files/import_outcomes.h"

namespace thidua::cli {
namespace {

using domain::Fault;
using result_files::CommittedImport;
using result_files::ImportJob;
using result_files::OutcomesOfNote;
using result_files::ResultColumns;
using result_files::SentImport;
using results::v1::Import;
using results::v1::ImportOutcome;
using results::v1::RowOutcome;

constexpr int kRowsTold = 20;
constexpr int kVietnamUtcOffset = 7 * 60 * 60;

std::string NameOf(absl::string_view import) {
  return absl::StartsWith(import, "imports/") ? std::string(import) : messages::ImportName(import);
}

absl::string_view IdOf(absl::string_view name) { return absl::StripPrefix(name, "imports/"); }

// 17 for "rows[17]".
std::optional<int64_t> RowOf(absl::string_view path) {
  int64_t row = 0;
  if (!absl::ConsumePrefix(&path, "rows[") || !absl::ConsumeSuffix(&path, "]") ||
      !absl::SimpleAtoi(path, &row)) {
    return std::nullopt;
  }
  return row;
}

// A plan that moved names rows by their numbers; its author knows them by their places in the file.
absl::Status AtPlaces(const absl::Status& status, const std::string& import,
                      platform::Caller& caller) {
  std::vector<Fault> faults = domain::FaultsOf(status);
  std::set<int64_t> rows;
  for (const Fault& fault : faults) {
    if (const auto row = RowOf(fault.path)) rows.insert(*row);
  }
  if (rows.empty()) return status;
  ASSIGN_OR_RETURN(const auto places, result_files::PlacesOf(caller, import, rows));
  for (Fault& fault : faults) {
    const std::optional<int64_t> row = RowOf(fault.path);
    if (!row.has_value()) continue;
    const auto place = places.find(*row);
    fault.path = place == places.end() || place->second.empty()
                     ? absl::StrCat("dòng thứ ", *row + 1)
                     : place->second;
  }
  if (absl::IsAborted(status)) {
    faults.push_back(
        {"", "PLAN_MOVED",
         absl::StrCat("Chưa lưu gì. Lập dự kiến mới: chạy lại lệnh import với --import=",
                      IdOf(import), "-2 (một mã chưa dùng).")});
  }
  return domain::FaultsToStatus(faults, status.code());
}

absl::StatusOr<std::string> RowsPage(const Import& import, const ResultColumns& columns,
                                     platform::Caller& caller, int width) {
  OutcomesOfNote of_note(caller, import.name(),
                         {RowOutcome::KIND_REJECTED, RowOutcome::KIND_UPDATED}, kRowsTold);
  std::vector<ImportOutcome> told;
  while (true) {
    ASSIGN_OR_RETURN(const ImportOutcome* outcome, of_note.Peek());
    if (outcome == nullptr) break;
    if (told.size() == kRowsTold) {
      return absl::StrCat("\n", OutcomesPage(told, columns, width), "\nCòn nữa: ", kRowsTold,
                          " dòng đầu ở trên; tất cả: --errors=TỆP.xlsx.\n");
    }
    told.push_back(*outcome);
    RETURN_IF_ERROR(of_note.Pop());
  }
  return told.empty() ? "" : absl::StrCat("\n", OutcomesPage(told, columns, width));
}

// What may be done next.
std::string NextStep(const Import& import, bool stored_now) {
  if (import.state() == Import::STATE_STORED) {
    return stored_now ? "" : "\nLần nhập này đã lưu từ trước: không lưu thêm gì.\n";
  }
  const std::string commit = absl::StrCat("thidua import commit ", IdOf(import.name()));
  if (import.counts().rejected() == 0) return absl::StrCat("\nLưu: ", commit, "\n");
  return absl::StrCat("\nSửa tệp rồi chạy lại, hoặc lưu các dòng đúng: ", commit,
                      " --skip_rejected\n");
}

// What came under this name before is not read again, whatever the file says by now.
std::string KnownBefore(const SentImport& sent) {
  if (sent.known_rows == 0 || sent.import.state() != Import::STATE_PLANNED) return "";
  const absl::Time begun = absl::FromUnixSeconds(sent.import.create_time().seconds());
  return absl::StrCat(
      "\n", sent.known_rows, " dòng đã nhận từ lần chạy trước (lập lúc ",
      absl::FormatTime("%H:%M %d/%m/%Y", begun, absl::FixedTimeZone(kVietnamUtcOffset)),
      "), giữ như khi ấy. Lập lại từ đầu: --import=MÃ, một mã chưa dùng.\n");
}

// What is to be mended by a flag, with the flag.
absl::Status WithFlags(const absl::Status& status) {
  static constexpr absl::string_view kColumns =
      " Chỉ rõ cột nào là gì: --columns=\"Kết quả=D,Đơn vị=A\".";
  static constexpr std::pair<absl::string_view, absl::string_view> kFlags[] = {
      {"HEADER_MISSING", kColumns},
      {"COLUMN_MISSING", kColumns},
      {"COLUMN_DOUBLED", kColumns},
      {"PERIOD_REQUIRED", " Dùng --period=blocs/…/pacts/…/periods/…."},
      {"FILE_CHANGED", " Dùng --import=MÃ."},
  };
  std::vector<Fault> faults = domain::FaultsOf(status);
  for (Fault& fault : faults) {
    for (const auto& [reason, flag] : kFlags) {
      if (fault.reason == reason) absl::StrAppend(&fault.message, flag);
    }
  }
  if (faults.empty()) return status;
  absl::Status told = domain::FaultsToStatus(faults, status.code());
  return result_files::IsAboutTheFile(status) ? result_files::AboutTheFile(std::move(told)) : told;
}

ImportAnswer AnswerOf(const Import& import, std::string page) {
  return {std::move(page), platform::PrintJson(import), import.counts().rejected() > 0};
}

}  // namespace

absl::StatusOr<ImportAnswer> ImportFile(const ImportWish& wish, platform::Caller& caller,
                                        Progress& progress, int width) {
  ImportJob job;
  job.file = wish.file;
  job.mode = wish.store ? Import::MODE_STORE : Import::MODE_PLAN;
  job.freshness_token = wish.freshness_token;
  if (wish.import.empty()) {
    ASSIGN_OR_RETURN(job.import, result_files::ImportNameOf(wish.file, job.mode));
  } else {
    job.import = NameOf(wish.import);
  }
  absl::StatusOr<SentImport> answer = result_files::SendTable(job, caller, progress.Teller());
  progress.End();
  if (!answer.ok()) return WithFlags(answer.status());
  SentImport sent = *std::move(answer);
  bool stored_now = wish.store;
  if (wish.commit && sent.import.state() == Import::STATE_PLANNED &&
      (wish.skip_rejected || sent.import.counts().rejected() == 0)) {
    absl::StatusOr<CommittedImport> committed =
        result_files::CommitPlan(job.import, wish.skip_rejected, caller, progress.Teller());
    progress.End();
    if (!committed.ok()) return AtPlaces(committed.status(), job.import, caller);
    sent.import = std::move(committed->import);
    stored_now = true;
  }
  std::string page = ImportSummary(sent.import, sent.passed_over, sent.columns.unknown, width);
  ASSIGN_OR_RETURN(const std::string rows, RowsPage(sent.import, sent.columns, caller, width));
  absl::StrAppend(&page, rows);
  if (!wish.errors.empty()) {
    RETURN_IF_ERROR(WriteErrorWorkbook(wish.errors, job, sent, caller));
    absl::StrAppend(&page, "\nĐã ghi bảng có đánh dấu lỗi: ", wish.errors, "\n");
  }
  absl::StrAppend(&page, KnownBefore(sent), NextStep(sent.import, stored_now));
  return AnswerOf(sent.import, std::move(page));
}

absl::StatusOr<ImportAnswer> CommitImport(absl::string_view import, bool skip_rejected,
                                          platform::Caller& caller, Progress& progress, int width) {
  const std::string name = NameOf(import);
  const absl::StatusOr<CommittedImport> committed =
      result_files::CommitPlan(name, skip_rejected, caller, progress.Teller());
  progress.End();
  if (!committed.ok()) return AtPlaces(committed.status(), name, caller);
  return AnswerOf(committed->import, ImportSummary(committed->import, {}, {}, width));
}

}  // namespace thidua::cli
