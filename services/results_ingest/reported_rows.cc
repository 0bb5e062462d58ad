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
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"
#include "services/messages/result.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;

constexpr size_t kRemarkMax = 2000;

// "51.12" in machine form, or "51,12%" as printed.
absl::StatusOr<domain::Decimal> ReadStatedPercent(const std::string& text) {
  absl::StatusOr<domain::Decimal> machine = domain::Decimal::Parse(text);
  if (machine.ok()) return machine;
  return domain::ReadPercent(text);
}

// The row as a result, with what is ambiguous about it noted in `judged`.
absl::StatusOr<domain::Result> ReadRow(const v1::ResultRow& row, const domain::Target& target,
                                       JudgedRow& judged) {
  domain::Result result;
  result.target = target.id;
  bool ambiguous = false;
  ASSIGN_OR_RETURN(result.actual,
                   messages::ReadQuantity("actual", row.actual(), target.measure, &ambiguous));
  if (result.actual.measure.empty()) result.actual.measure = target.measure;
  if (ambiguous) {
    judged.faults.push_back(
        {"actual", "NUMBER_AMBIGUOUS",
         absl::StrCat("“", domain::Excerpt(row.actual().text()), "” được hiểu là ",
                      domain::PrintNumber(result.actual.value), " theo cách viết số Việt Nam.")});
  }
  if (!row.stated_percent().empty()) {
    absl::StatusOr<domain::Decimal> percent = ReadStatedPercent(row.stated_percent());
    if (!percent.ok()) return domain::UnderPath("stated_percent", percent.status());
    result.stated_percent = *percent;
  }
  return result;
}

v1::Result ResultMessage(const v1::ResultRow& row, const domain::Result& result) {
  v1::Result message;
  message.set_target(row.target());
  *message.mutable_actual() = messages::QuantityMessage(result.actual);
  if (result.stated_percent.has_value()) {
    message.set_stated_percent(result.stated_percent->ToString());
  }
  message.set_note(row.note());
  const std::set<std::string> acknowledged(row.acknowledged_warnings().begin(),
                                           row.acknowledged_warnings().end());
  for (const std::string& reason : acknowledged) message.add_acknowledged_warnings(reason);
  return message;
}

// Whether both say the same, however it was typed.
bool SameReport(const v1::Result& a, const v1::Result& b) {
  const auto figure = [](const v1::Result& result) {
    const absl::StatusOr<domain::Result> read = messages::ReadResult(result);
    domain::Quantity quantity = read.ok() ? read->actual : domain::Quantity();
    quantity.text.clear();
    return quantity;
  };
  return figure(a) == figure(b) && a.stated_percent() == b.stated_percent() &&
         a.note() == b.note() &&
         std::equal(a.acknowledged_warnings().begin(), a.acknowledged_warnings().end(),
                    b.acknowledged_warnings().begin(), b.acknowledged_warnings().end());
}

// Everything about one row but what other rows have to do with it.
absl::Status JudgeRow(const v1::ResultRow& row, const domain::Pact& pact,
                      const messages::PactName& pact_name,
                      const absl::flat_hash_map<std::string, v1::Result>& current,
                      const std::string& report_time, JudgedRow& judged) {
  ASSIGN_OR_RETURN(const messages::TargetName name,
                   messages::ReadTargetName("target", row.target()));
  const domain::Target* target =
      name.pact == pact_name ? domain::FindTarget(pact, name.target) : nullptr;
  if (target == nullptr) {
    return Fault{"target", "UNKNOWN_TARGET",
                 absl::StrCat("Chỉ tiêu “", name.target, "” không có trong giao ước “",
                              pact_name.ToString(), "”.")}
        .ToStatus();
  }
  judged.target = target->id;
  judged.unit = target->unit;

  std::vector<Fault> faults;
  for (auto fault : {domain::CheckText("note", row.note(), kRemarkMax),
                     domain::CheckText("correction_reason", row.correction_reason(), kRemarkMax)}) {
    if (fault.has_value()) faults.push_back(*std::move(fault));
  }
  absl::StatusOr<domain::Result> result = ReadRow(row, *target, judged);
  if (!result.ok()) {
    for (Fault& fault : domain::FaultsOf(result.status())) faults.push_back(std::move(fault));
    return domain::FaultsToStatus(faults);
  }
  for (Fault& fault : domain::ValidateResult(pact, *result)) faults.push_back(std::move(fault));
  for (Fault& warning : domain::WarningsOf(pact, *result)) {
    const bool acknowledged = std::count(row.acknowledged_warnings().begin(),
                                         row.acknowledged_warnings().end(), warning.reason) > 0;
    (acknowledged ? judged.faults : faults).push_back(std::move(warning));
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));

  judged.result = ResultMessage(row, *result);
  const auto present = current.find(target->id);
  if (present == current.end()) {
    judged.kind = v1::RowOutcome::KIND_CREATED;
    judged.result.set_revision(1);
  } else if (SameReport(present->second, judged.result)) {
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
  judged.result.set_report_time(report_time);
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

std::vector<JudgedRow> JudgeRows(const v1::PutResultsRequest& request, const domain::Pact& pact,
                                 const absl::flat_hash_map<std::string, v1::Result>& current,
                                 const std::string& report_time) {
  const messages::PactName pact_name{pact.bloc, pact.year};
  std::vector<JudgedRow> rows(static_cast<size_t>(request.rows_size()));
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < request.rows_size(); ++i) {
    JudgedRow& judged = rows[static_cast<size_t>(i)];
    absl::Status status = JudgeRow(request.rows(i), pact, pact_name, current, report_time, judged);
    if (status.ok() && !seen.insert(judged.target).second) {
      status = Fault{"target", "DUPLICATE", "Chỉ tiêu này ghi hai lần trong cùng một lần báo cáo."}
                   .ToStatus();
    }
    if (!status.ok()) {
      judged.kind = v1::RowOutcome::KIND_REJECTED;
      judged.faults = domain::FaultsOf(status);
    }
  }
  if (request.mode() == v1::PutResultsRequest::MODE_PER_UNIT) RejectUnitsWithAFault(rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string path = absl::StrCat("rows[", i, "]");
    for (Fault& fault : rows[i].faults) {
      fault.path = fault.path.empty() ? path : absl::StrCat(path, ".", fault.path);
    }
  }
  return rows;
}

}  // namespace thidua::results_ingest
