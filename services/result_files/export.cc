#include "services/result_files/export.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/fault.h"
#include "services/domain/result.h"
#include "services/domain/return_if_error.h"
#include "services/messages/quantity.h"
#include "services/messages/result.h"
#include "services/result_files/figure_text.h"
#include "services/result_files/file_fault.h"
#include "services/result_files/result_columns.h"
#include "services/sheets/table_writer.h"
#include "thidua/registry/v1/pact.pb.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::result_files {
namespace {

using domain::Quantity;
using domain::QuantityState;
using results::v1::PeriodInputs;
using results::v1::Result;
using sheets::Cell;
using sheets::CellKind;
using sheets::MarkedCell;

sheets::TableLayout Layout() {
  const auto column = [](ResultField field, double width) {
    return sheets::TableLayout::Column{std::string(HeaderOf(field)), width};
  };
  return {"Kết quả",
          {column(ResultField::kTargetCode, 24),
           column(ResultField::kUnit, 36),
           column(ResultField::kTarget, 48),
           {std::string(kYearTargetHeader), 14},
           column(ResultField::kActual, 16),
           column(ResultField::kPercent, 12),
           column(ResultField::kMeasure, 16),
           column(ResultField::kNote, 30),
           column(ResultField::kExplanation, 30),
           column(ResultField::kEvidence, 30),
           column(ResultField::kAcknowledged, 24),
           column(ResultField::kCorrectionReason, 30)}};
}

Cell TextCell(std::string text) {
  return {text.empty() ? CellKind::kEmpty : CellKind::kText, std::move(text)};
}

// The words are those that an import reads as the same state.
Cell FigureCell(const Quantity& figure) {
  switch (figure.state) {
    case QuantityState::kNotReported:
      return {};
    case QuantityState::kNotAssigned:
      return TextCell("không được giao");
    case QuantityState::kNotComputable:
      return TextCell("không tính được");
    case QuantityState::kValue:
      break;
  }
  if (figure.qualifier == domain::Qualifier::kExact) {
    return {CellKind::kNumber, figure.value.ToString()};
  }
  return TextCell(FigureText(figure.qualifier, figure.value));
}

// "blocs/…/targets/y-te-1" is "y-te-1": an import completes it by the period's pact.
std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

std::string Evidence(const Result& result) {
  return absl::StrJoin(result.evidence(), "; ", [](std::string* out, const std::string& name) {
    absl::StrAppend(out, IdOf(name));
  });
}

// `result` is null when there is none.
absl::StatusOr<std::vector<MarkedCell>> RowOf(const registry::v1::Target& target,
                                              const std::string& unit, const Result* result) {
  ASSIGN_OR_RETURN(const Quantity wanted,
                   messages::ReadQuantity("", target.value(), target.measure()));
  std::vector<MarkedCell> row;
  const auto add = [&row](Cell cell) { row.push_back({std::move(cell)}); };
  add(TextCell(IdOf(target.name())));
  add(TextCell(unit));
  add(TextCell(target.display_name()));
  add(FigureCell(wanted));
  if (result == nullptr) {
    add(TextCell("chưa báo cáo"));
    add({});
    add(TextCell(target.measure()));
    return row;
  }
  ASSIGN_OR_RETURN(const domain::Result read, messages::ReadResult(*result));
  add(FigureCell(read.actual));
  add(read.stated_percent.has_value()
          ? TextCell(absl::StrCat(FigureText(read.stated_qualifier, *read.stated_percent), "%"))
          : Cell());
  add(TextCell(read.actual.measure));
  add(TextCell(result->note()));
  add(TextCell(result->explanation()));
  add(TextCell(Evidence(*result)));
  add(TextCell(absl::StrJoin(result->acknowledged_warnings(), "; ")));
  return row;
}

// With its note and explanation, which the period's inputs leave out: a table without them would
// wipe them out when it is imported.
absl::StatusOr<Result> WholeResult(const Result& result, platform::Caller& caller) {
  results::v1::GetResultRequest request;
  request.set_name(result.name());
  request.set_revision(result.revision());
  ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
  return std::move(*dynamic_cast<results::v1::GetResultResponse&>(*answer).mutable_result());
}

}  // namespace

absl::StatusOr<Exported> ExportPeriod(const std::string& period, const std::string& path,
                                      const std::string& freshness_token, platform::Caller& caller,
                                      const HowFar& how_far) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) {
    return AboutTheFile(
        domain::Fault{"", "FILE_EXISTS",
                      absl::StrCat("Tệp ", path, " đã có, có thể đã được sửa: hãy chọn tên khác.")}
            .ToStatus(absl::StatusCode::kAlreadyExists));
  }
  results::v1::GetPeriodInputsRequest request;
  request.set_name(period);
  request.set_freshness_token(freshness_token);
  ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
  const PeriodInputs& inputs =
      dynamic_cast<const results::v1::GetPeriodInputsResponse&>(*answer).inputs();
  absl::flat_hash_map<std::string, std::string> units;
  for (const registry::v1::Member& member : inputs.pact().members()) {
    units[member.unit()] = member.display_name();
  }
  absl::flat_hash_map<std::string, const Result*> results;
  for (const Result& result : inputs.results()) results[result.target()] = &result;

  const auto writer = sheets::CreateTable(path, Layout());
  if (!writer.ok()) return AboutTheFile(writer.status());
  Exported exported;
  for (const registry::v1::Target& target : inputs.pact().targets()) {
    if (target.voided()) continue;  // It takes no results any more.
    std::optional<Result> whole;
    if (const auto found = results.find(target.name()); found != results.end()) {
      ASSIGN_OR_RETURN(whole, WholeResult(*found->second, caller));
      ++exported.results;
      how_far(static_cast<double>(exported.results) / inputs.results_size(), "kết quả");
    }
    ASSIGN_OR_RETURN(const std::vector<MarkedCell> row,
                     RowOf(target, units[target.unit()], whole.has_value() ? &*whole : nullptr));
    if (absl::Status added = (*writer)->Add(row); !added.ok()) return AboutTheFile(added);
    ++exported.targets;
  }
  if (absl::Status closed = (*writer)->Close(); !closed.ok()) return AboutTheFile(closed);
  return exported;
}

}  // namespace thidua::result_files
