#include "services/cli/error_workbook.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/cli/import_page.h"
#include "services/domain/folded_text.h"
#include "services/domain/return_if_error.h"
#include "services/result_files/file_fault.h"
#include "services/result_files/import_outcomes.h"
#include "services/sheets/table_writer.h"

namespace thidua::cli {
namespace {

using result_files::AboutTheFile;
using result_files::ImportJob;
using result_files::kRemarksHeader;
using result_files::OutcomesOfNote;
using result_files::ResultColumns;
using result_files::ResultField;
using result_files::ResultTable;
using result_files::SentImport;
using results::v1::ImportOutcome;
using results::v1::RowFault;
using results::v1::RowOutcome;
using sheets::Mark;
using sheets::MarkedCell;

constexpr int kPageSize = 1000;
constexpr double kNameWidth = 40;
constexpr double kRemarksWidth = 60;
constexpr double kOtherWidth = 14;

// The table's own columns, an older column of remarks left out, and a new one after them.
struct Layout {
  sheets::TableLayout table;
  int remarks = 0;              // Its column.
  std::optional<int> left_out;  // Of the table that was read.
};

Layout LayoutOf(const ResultTable& table, int widest) {
  Layout layout;
  layout.table.sheet = table.sheet().empty() ? "Kết quả" : table.sheet();
  const auto titles = static_cast<int>(table.titles().size());
  for (int i = 0; i < widest; ++i) {
    const std::string title = i < titles ? table.titles()[static_cast<size_t>(i)] : "";
    if (domain::FoldedWords(title) == domain::FoldedWords(kRemarksHeader) && i + 1 == widest) {
      layout.left_out = i;
      continue;
    }
    const bool is_name = table.columns().Find(ResultField::kUnit) == i ||
                         table.columns().Find(ResultField::kTarget) == i;
    layout.table.columns.push_back({title, is_name ? kNameWidth : kOtherWidth});
  }
  layout.remarks = static_cast<int>(layout.table.columns.size());
  layout.table.columns.push_back({std::string(kRemarksHeader), kRemarksWidth});
  return layout;
}

void MarkCells(const google::protobuf::RepeatedPtrField<RowFault>& faults, Mark mark,
               const ResultColumns& columns, std::vector<MarkedCell>& cells) {
  for (const RowFault& fault : faults) {
    // What is wrong with the row as a whole stands in the last column.
    const auto column = static_cast<size_t>(
        columns.OfFault(fault.field()).value_or(static_cast<int>(cells.size()) - 1));
    if (column >= cells.size()) continue;
    MarkedCell& cell = cells[column];
    cell.mark = std::max(cell.mark, mark);
    absl::StrAppend(&cell.comment, cell.comment.empty() ? "" : "\n", fault.message());
  }
}

std::vector<MarkedCell> CellsOf(const sheets::Row& row, const Layout& layout) {
  std::vector<MarkedCell> cells(static_cast<size_t>(layout.remarks) + 1);
  for (size_t i = 0; i < row.cells.size() && i < cells.size() - 1; ++i) {
    if (layout.left_out != static_cast<int>(i)) cells[i].cell = row.cells[i];
  }
  return cells;
}

void AddRemarks(const RowOutcome& outcome, const ResultColumns& columns,
                std::vector<MarkedCell>& cells) {
  MarkCells(outcome.warnings(), Mark::kWarned, columns, cells);
  MarkCells(outcome.faults(), Mark::kFaulty, columns, cells);
  std::string sentences = Sentences(outcome.faults());
  const std::string warnings = Sentences(outcome.warnings());
  if (!warnings.empty()) {
    absl::StrAppend(&sentences, sentences.empty() ? "" : " ", "Lưu ý: ", warnings);
  }
  cells.back().cell = {sheets::CellKind::kText, std::move(sentences)};
}

}  // namespace

absl::Status WriteErrorWorkbook(const std::string& path, const ImportJob& job,
                                const SentImport& sent, platform::Caller& caller) {
  ASSIGN_OR_RETURN(const auto table, ResultTable::Open(job.file));
  const Layout layout = LayoutOf(*table, sent.widest);
  const auto writer = sheets::CreateTable(path, layout.table);
  if (!writer.ok()) return AboutTheFile(writer.status());
  OutcomesOfNote outcomes(caller, job.import, {RowOutcome::KIND_REJECTED}, kPageSize);
  int64_t number = 0;
  while (true) {
    sheets::Row raw;
    std::optional<results::v1::ImportRow> reported;
    ASSIGN_OR_RETURN(const bool read, table->NextRaw(raw, reported));
    if (!read) break;
    std::vector<MarkedCell> cells = CellsOf(raw, layout);
    if (reported.has_value()) {
      ASSIGN_OR_RETURN(const ImportOutcome* outcome, outcomes.Peek());
      if (outcome != nullptr && outcome->row() == number) {
        AddRemarks(outcome->outcome(), table->columns(), cells);
        RETURN_IF_ERROR(outcomes.Pop());
      }
      ++number;
    }
    RETURN_IF_ERROR(AboutTheFile((*writer)->Add(cells)));
  }
  return AboutTheFile((*writer)->Close());
}

}  // namespace thidua::cli
