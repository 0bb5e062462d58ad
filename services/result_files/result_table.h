// A table of results out of an office's file, row by row as an import takes it.
//
//   ASSIGN_OR_RETURN(const auto table, ResultTable::Open({"bao-cao.xlsx", "", {}, period}));
//   results::v1::ImportRow row;
//   while (true) {
//     ASSIGN_OR_RETURN(const bool read, table->Next(row));
//     if (!read) break;
//     …
//   }
//
// One row is held, and the first few while the header is looked for. Reading a file twice gives the
// same rows: that is how a cut import goes on. Not thread-safe.
#ifndef THIDUA_SERVICES_RESULT_FILES_RESULT_TABLE_H_
#define THIDUA_SERVICES_RESULT_FILES_RESULT_TABLE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "services/result_files/result_columns.h"
#include "services/sheets/table.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::result_files {

struct ResultFile {
  std::string path;        // Where it is, but for `bytes`.
  std::string sheet;       // Of a workbook; empty: the first.
  ColumnsByField columns;  // As the caller says; the others by the header.
  // Of rows that name none: "blocs/{bloc}/pacts/{year}/periods/{period}". May be empty when the
  // table has a column "Kỳ".
  std::string period;
  // What is in it, where it is no file on the disk; outlives whatever reads it.
  absl::optional<absl::string_view> bytes = {};
};

// Rows of the table that report nothing.
struct PassedOver {
  int64_t without_figure = 0;  // A target is named, and no figure or "chưa báo cáo".
  int64_t not_confirmed = 0;   // The column "Xác nhận" is there and not marked.
};

class ResultTable {
 public:
  // Finds the header within the first 20 rows: the row with the most headers. Faults: those of
  // sheets::OpenTable and of ReadHeader; HEADER_MISSING; PERIOD_REQUIRED. All of them, and those of
  // Next, are about the file (IsAboutTheFile).
  static absl::StatusOr<std::unique_ptr<ResultTable>> Open(const ResultFile& file);

  // The next row that reports something; false at the end.
  absl::StatusOr<bool> Next(results::v1::ImportRow& row);
  // The next row as it stands, `row` with what it reports or nullopt; for a copy of the table.
  absl::StatusOr<bool> NextRaw(sheets::Row& raw, std::optional<results::v1::ImportRow>& row);

  const ResultColumns& columns() const { return columns_; }
  const std::vector<std::string>& titles() const { return titles_; }
  const std::string& sheet() const { return reader_->sheet(); }
  const PassedOver& passed_over() const { return passed_over_; }
  int widest() const { return widest_; }  // Cells of the widest row so far.
  double progress() const { return reader_->progress(); }

 private:
  ResultTable(ResultFile file, std::unique_ptr<sheets::TableReader> reader)
      : file_(std::move(file)), reader_(std::move(reader)) {}

  absl::Status FindHeader();
  absl::StatusOr<bool> ReadRow(sheets::Row& row);
  const std::string& Text(const sheets::Row& row, ResultField field) const;
  // Notes in passed_over_ why it reports nothing, if it might have been meant to.
  std::optional<results::v1::ImportRow> Report(const sheets::Row& row);

  const ResultFile file_;
  const std::unique_ptr<sheets::TableReader> reader_;
  std::deque<sheets::Row> ahead_;  // Read while the header was looked for.
  ResultColumns columns_;
  std::vector<std::string> titles_;
  std::string unit_;  // Of the row above: a merged cell is written once.
  bool at_first_ = true;
  PassedOver passed_over_;
  int widest_ = 0;
};

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_RESULT_TABLE_H_
