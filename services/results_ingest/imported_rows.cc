#include "services/results_ingest/imported_rows.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/domain/vietnamese_number.h"
#include "services/messages/result.h"
#include "services/platform/digest.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using messages::PeriodName;

v1::RowOutcome Rejected(const absl::Status& why) {
  v1::RowOutcome outcome;
  outcome.set_kind(v1::RowOutcome::KIND_REJECTED);
  for (const Fault& fault : domain::FaultsOf(why)) {
    v1::RowFault& message = *outcome.add_faults();
    message.set_field(fault.path);
    message.set_reason(fault.reason);
    message.set_message(fault.message);
    message.set_suggestion(fault.suggestion);
  }
  return outcome;
}

absl::string_view KindInWords(v1::RowOutcome::Kind kind) {
  switch (kind) {
    case v1::RowOutcome::KIND_CREATED:
      return "thêm số mới";
    case v1::RowOutcome::KIND_UPDATED:
      return "sửa số đã báo cáo";
    case v1::RowOutcome::KIND_UNCHANGED:
      return "giữ nguyên số đã báo cáo";
    default:
      return "bị từ chối";
  }
}

// The figure as people read it.
std::string FigureOf(const v1::Result& message) {
  const absl::StatusOr<domain::Result> result = messages::ReadResult(message);
  if (!result.ok()) return "?";
  if (result->actual.has_value()) return domain::PrintNumber(result->actual.value);
  if (result->stated_percent.has_value()) {
    return absl::StrCat(domain::PrintNumber(*result->stated_percent), "%");
  }
  return "không có số";
}

}  // namespace

void ImportedRows::Sort(absl::Span<const v1::ImportRow* const> rows, absl::string_view period) {
  rows_.resize(rows.size());
  absl::flat_hash_map<absl::string_view, size_t> known;  // By name, into periods_.
  for (size_t i = 0; i < rows.size(); ++i) {
    const absl::string_view name = rows[i]->period().empty() ? period : rows[i]->period();
    auto found = known.find(name);
    if (found == known.end()) {
      absl::StatusOr<PeriodName> read =
          name.empty() ? Fault{"period", "REQUIRED", "Dòng này không ghi kỳ báo cáo."}.ToStatus()
                       : messages::ReadPeriodName("period", name);
      if (!read.ok()) {
        rows_[i].refusal = read.status();
        continue;
      }
      found = known.emplace(name, periods_.size()).first;
      periods_.emplace_back().name = *std::move(read);
    }
    std::vector<size_t>& places = periods_[found->second].places;
    rows_[i].period = found->second;
    rows_[i].place = places.size();
    places.push_back(i);
  }
}

const absl::Status& ImportedRows::RefusalOf(size_t row) const {
  return rows_[row].refusal.ok() ? periods_[rows_[row].period].refusal : rows_[row].refusal;
}

const JudgedRow* ImportedRows::Judged(size_t row) const {
  return RefusalOf(row).ok() ? &periods_[rows_[row].period].judged[rows_[row].place] : nullptr;
}

v1::RowOutcome::Kind ImportedRows::kind(size_t row) const {
  const JudgedRow* judged = Judged(row);
  return judged == nullptr ? v1::RowOutcome::KIND_REJECTED : judged->kind;
}

bool ImportedRows::warned(size_t row) const {
  const JudgedRow* judged = Judged(row);
  return judged != nullptr && !judged->warnings.empty();
}

bool ImportedRows::warned_of(size_t row, absl::string_view reason) const {
  return warned(row) && absl::c_any_of(Judged(row)->warnings, [reason](const Fault& warning) {
           return warning.reason == reason;
         });
}

void ImportedRows::Reject(size_t row, Fault why) {
  JudgedRow& judged = periods_[rows_[row].period].judged[rows_[row].place];
  judged.kind = v1::RowOutcome::KIND_REJECTED;
  judged.faults = {std::move(why)};
  judged.warnings.clear();
}

v1::RowOutcome ImportedRows::Outcome(size_t row) const {
  const JudgedRow* judged = Judged(row);
  return judged == nullptr ? Rejected(RefusalOf(row))
                           : OutcomeMessage(periods_[rows_[row].period].name, *judged, "row");
}

std::string ImportedRows::Result(size_t row) const {
  const JudgedRow* judged = Judged(row);
  return judged == nullptr || judged->kind == v1::RowOutcome::KIND_REJECTED ? ""
                                                                            : judged->result.name();
}

absl::StatusOr<ImportedRows> JudgeImported(Store& store, ReadyPacts& pacts,
                                           absl::Span<const v1::ImportRow* const> rows,
                                           absl::string_view period, absl::Time now,
                                           const access::Principal& caller,
                                           TargetsInWords& in_words) {
  ImportedRows imported;
  imported.Sort(rows, period);
  for (ImportedPeriod& of_period : imported.periods_) {
    const absl::StatusOr<OwnUnits> own = MayFile(caller, of_period.name);
    if (!own.ok()) {
      of_period.refusal = own.status();
      continue;
    }
    absl::StatusOr<OpenPeriod> open = FindOpenPeriod(store, pacts, of_period.name, now);
    if (!open.ok()) {
      if (domain::FaultsOf(open.status()).empty()) return open.status();
      of_period.refusal = open.status();
      continue;
    }
    std::vector<const v1::ResultRow*> of_rows;
    of_rows.reserve(of_period.places.size());
    for (const size_t place : of_period.places) of_rows.push_back(&rows[place]->row());
    ASSIGN_OR_RETURN(of_period.ground,
                     ReadGround(store, *std::move(open), of_period.name, of_rows, now, in_words));
    ASSIGN_OR_RETURN(of_period.judged, JudgeRows(of_rows, of_period.ground));
    RejectOtherUnits(*own, of_period.judged);
  }
  return imported;
}

std::string WhatMoved(const v1::RowOutcome& planned, const v1::RowOutcome& now) {
  if (planned.kind() != now.kind()) {
    return absl::StrCat("Khi lập dự kiến, dòng này sẽ ", KindInWords(planned.kind()), "; nay sẽ ",
                        KindInWords(now.kind()),
                        now.faults().empty() ? "." : absl::StrCat(": ", now.faults(0).message()));
  }
  if (planned.target() != now.target()) {
    return absl::StrCat("Khi lập dự kiến, dòng này là của chỉ tiêu ", planned.target(), "; nay là ",
                        now.target(), ".");
  }
  if (planned.revision() != now.revision() || platform::DeterministicBytes(planned.before()) !=
                                                  platform::DeterministicBytes(now.before())) {
    return now.has_before()
               ? absl::StrCat("Số đã báo cáo nay là ", FigureOf(now.before()),
                              ", khi lập dự kiến là ", FigureOf(planned.before()), ".")
               : std::string("Số đã báo cáo của chỉ tiêu này đã được sửa từ khi lập dự kiến.");
  }
  if (planned.late() != now.late()) {
    return "Kỳ báo cáo nay đã quá hạn: dòng này sẽ được ghi là nộp muộn.";
  }
  return "";
}

}  // namespace thidua::results_ingest
