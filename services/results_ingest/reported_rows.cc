#include "services/results_ingest/reported_rows.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/result.h"
#include "services/domain/return_if_error.h"
#include "services/domain/vietnamese_number.h"
#include "services/messages/instant.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"
#include "services/messages/result.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;

constexpr size_t kRemarkMax = 2000;
// More than there are kinds of warnings.
constexpr size_t kAcknowledgedMax = 10;

// Notes in `judged` that the figure's text may be read in two ways.
void WarnOfAmbiguity(absl::string_view path, const type::v1::Quantity& message,
                     const domain::Quantity& read, JudgedRow& judged) {
  judged.warnings.push_back(
      {std::string(path), "NUMBER_AMBIGUOUS",
       absl::StrCat("“", domain::Excerpt(message.text()), "” được hiểu là ",
                    domain::PrintNumber(read.value), " theo cách viết số Việt Nam.")});
}

// "51,12%" as printed in `text`, or "51.12" in machine form in `value`. Not a value: none stated.
absl::StatusOr<domain::Quantity> ReadStatedPercent(const type::v1::Quantity& message,
                                                   JudgedRow& judged) {
  if (!message.measure().empty() && message.measure() != "%") {
    return Fault{"stated_percent", "MEASURE_DISAGREES", "Tỷ lệ phải ghi theo phần trăm (%)."}
        .ToStatus();
  }
  bool ambiguous = false;
  ASSIGN_OR_RETURN(domain::Quantity percent,
                   messages::ReadQuantity("stated_percent", message, "%", &ambiguous));
  percent.measure = "%";
  if (ambiguous) WarnOfAmbiguity("stated_percent", message, percent, judged);
  return percent;
}

// A row as it was read: the result, and the percentage with the text it came from.
struct ReadRow {
  domain::Result result;
  domain::Quantity stated_percent;
};

// What is ambiguous about the row is noted in `judged`.
absl::StatusOr<ReadRow> Read(const v1::ResultRow& row, const domain::Target& target,
                             JudgedRow& judged) {
  ReadRow read;
  domain::Result& result = read.result;
  result.target = target.id;
  bool ambiguous = false;
  ASSIGN_OR_RETURN(result.actual,
                   messages::ReadQuantity("actual", row.actual(), target.measure, &ambiguous));
  if (result.actual.measure.empty()) result.actual.measure = target.measure;
  if (ambiguous) WarnOfAmbiguity("actual", row.actual(), result.actual, judged);
  ASSIGN_OR_RETURN(read.stated_percent, ReadStatedPercent(row.stated_percent(), judged));
  if (read.stated_percent.has_value()) {
    result.stated_percent = read.stated_percent.value;
    result.stated_qualifier = read.stated_percent.qualifier;
  }
  return read;
}

v1::Result ResultMessage(const v1::ResultRow& row, const ReadRow& read,
                         const messages::PeriodName& period) {
  v1::Result message;
  message.set_name(messages::ResultName{period, read.result.target}.ToString());
  message.set_target(row.target());
  *message.mutable_actual() = messages::QuantityMessage(read.result.actual);
  if (read.result.stated_percent.has_value()) {
    *message.mutable_stated_percent() = messages::QuantityMessage(read.stated_percent);
  }
  message.set_note(row.note());
  const std::set<std::string> acknowledged(row.acknowledged_warnings().begin(),
                                           row.acknowledged_warnings().end());
  for (const std::string& reason : acknowledged) message.add_acknowledged_warnings(reason);
  return message;
}

// Whether both say the same, however it was typed. DATA_LOSS when what is stored cannot be read.
absl::StatusOr<bool> SameReport(const v1::Result& stored, const v1::Result& reported) {
  const absl::StatusOr<domain::Result> before = messages::ReadResult(stored);
  const absl::StatusOr<domain::Result> now = messages::ReadResult(reported);
  if (!before.ok() || !now.ok()) return absl::DataLossError("a stored result is unreadable");
  domain::Quantity a = before->actual, b = now->actual;
  a.text = b.text = "";
  return a == b && before->stated_percent == now->stated_percent &&
         before->stated_qualifier == now->stated_qualifier && stored.note() == reported.note() &&
         std::equal(stored.acknowledged_warnings().begin(), stored.acknowledged_warnings().end(),
                    reported.acknowledged_warnings().begin(),
                    reported.acknowledged_warnings().end());
}

using TargetsById = absl::flat_hash_map<absl::string_view, const domain::Target*>;

// Everything about one row but what other rows have to do with it.
absl::Status JudgeRow(const v1::ResultRow& row, const domain::Pact& pact,
                      const TargetsById& targets, const messages::PeriodName& period,
                      const absl::flat_hash_map<std::string, v1::Result>& current,
                      absl::Time report_time, JudgedRow& judged) {
  ASSIGN_OR_RETURN(const messages::TargetName name,
                   messages::ReadTargetName("target", row.target()));
  const auto registered = targets.find(name.target);
  const domain::Target* target =
      name.pact == period.pact && registered != targets.end() ? registered->second : nullptr;
  if (target == nullptr) {
    return Fault{"target", "TARGET_UNKNOWN",
                 absl::StrCat("Chỉ tiêu “", name.target, "” không có trong giao ước “",
                              period.pact.ToString(), "”.")}
        .ToStatus();
  }
  judged.target = target->id;
  judged.unit = target->unit;
  if (target->voided) {
    return Fault{"target", "TARGET_VOIDED",
                 absl::StrCat("Chỉ tiêu “", target->name,
                              "” đã được đưa ra khỏi giao ước nên không nhận kết quả.")}
        .ToStatus();
  }
  const domain::PeriodWindow window =
      domain::WindowOn(pact, *domain::FindPeriod(pact, period.period), target->unit,
                       absl::ToCivilDay(report_time, domain::VietnamTime()));
  if (window == domain::PeriodWindow::kClosed) {
    return Fault{"target", "PERIOD_CLOSED",
                 "Kỳ báo cáo đã khóa đối với đơn vị này và không được gia hạn."}
        .ToStatus();
  }

  std::vector<Fault> faults;
  for (auto fault : {domain::CheckText("note", row.note(), kRemarkMax),
                     domain::CheckText("correction_reason", row.correction_reason(), kRemarkMax)}) {
    if (fault.has_value()) faults.push_back(*std::move(fault));
  }
  if (static_cast<size_t>(row.acknowledged_warnings_size()) > kAcknowledgedMax) {
    faults.push_back({"acknowledged_warnings", "TOO_MANY", "Ghi quá nhiều cảnh báo đã xem."});
    return domain::FaultsToStatus(faults);
  }
  absl::StatusOr<ReadRow> read = Read(row, *target, judged);
  if (!read.ok()) {
    for (Fault& fault : domain::FaultsOf(read.status())) faults.push_back(std::move(fault));
    return domain::FaultsToStatus(faults);
  }
  const domain::Result& result = read->result;
  for (Fault& fault : domain::ValidateResult(*target, result)) faults.push_back(std::move(fault));
  for (Fault& warning : domain::WarningsOf(pact, *target, result)) {
    const bool acknowledged = std::count(row.acknowledged_warnings().begin(),
                                         row.acknowledged_warnings().end(), warning.reason) > 0;
    (acknowledged ? judged.warnings : faults).push_back(std::move(warning));
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));

  judged.result = ResultMessage(row, *read, period);
  const auto present = current.find(target->id);
  bool same = false;
  if (present != current.end()) {
    ASSIGN_OR_RETURN(same, SameReport(present->second, judged.result));
  }
  if (present == current.end()) {
    judged.kind = v1::RowOutcome::KIND_CREATED;
    judged.result.set_revision(1);
  } else if (same) {
    judged.kind = v1::RowOutcome::KIND_UNCHANGED;
    judged.result = present->second;
    return absl::OkStatus();
  } else if (row.correction_reason().empty()) {
    return Fault{"correction_reason", "CORRECTION_REASON_REQUIRED",
                 "Chỉ tiêu này đã có kết quả khác trong kỳ; muốn sửa phải ghi lý do."}
        .ToStatus();
  } else {
    judged.kind = v1::RowOutcome::KIND_UPDATED;
    judged.result.set_revision(present->second.revision() + 1);
    judged.result.set_correction_reason(row.correction_reason());
  }
  *judged.result.mutable_report_time() = messages::InstantMessage(report_time);
  judged.result.set_late(window == domain::PeriodWindow::kLate);
  return absl::OkStatus();
}

void RejectUnitsWithAFault(std::vector<JudgedRow>& rows) {
  absl::flat_hash_set<std::string> rejected;
  for (const JudgedRow& row : rows) {
    if (row.kind == v1::RowOutcome::KIND_REJECTED) rejected.insert(row.unit);
  }
  for (JudgedRow& row : rows) {
    if (row.kind == v1::RowOutcome::KIND_REJECTED || !rejected.contains(row.unit)) continue;
    row.kind = v1::RowOutcome::KIND_REJECTED;
    row.faults = {
        {"", "UNIT_REJECTED", "Dòng này đúng, nhưng một dòng khác của cùng đơn vị bị từ chối."}};
  }
}

}  // namespace

absl::StatusOr<std::vector<JudgedRow>> JudgeRows(
    const v1::PutResultsRequest& request, const messages::PeriodName& period,
    const domain::Pact& pact, const absl::flat_hash_map<std::string, v1::Result>& current,
    absl::Time report_time) {
  std::vector<JudgedRow> rows(static_cast<size_t>(request.rows_size()));
  TargetsById targets;
  targets.reserve(pact.targets.size());
  for (const domain::Target& target : pact.targets) targets.emplace(target.id, &target);
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < request.rows_size(); ++i) {
    JudgedRow& judged = rows[static_cast<size_t>(i)];
    absl::Status status =
        JudgeRow(request.rows(i), pact, targets, period, current, report_time, judged);
    if (status.ok() && !seen.insert(judged.target).second) {
      status = Fault{"target", "DUPLICATE", "Chỉ tiêu này ghi hai lần trong cùng một lần báo cáo."}
                   .ToStatus();
    }
    // What is wrong without a fault of the row is wrong inside.
    if (!status.ok() && domain::FaultsOf(status).empty()) return status;
    if (!status.ok()) {
      judged.kind = v1::RowOutcome::KIND_REJECTED;
      judged.faults = domain::FaultsOf(status);
    }
  }
  if (request.mode() == v1::PutResultsRequest::MODE_PER_UNIT) RejectUnitsWithAFault(rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string path = absl::StrCat("rows[", i, "]");
    for (std::vector<Fault>* found : {&rows[i].faults, &rows[i].warnings}) {
      for (Fault& fault : *found) {
        fault.path = fault.path.empty() ? path : absl::StrCat(path, ".", fault.path);
      }
    }
  }
  return rows;
}

}  // namespace thidua::results_ingest
