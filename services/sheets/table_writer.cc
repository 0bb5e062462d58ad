#include "services/sheets/table_writer.h"

#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/sheets/formula_guard.h"

namespace thidua::sheets {
namespace {

using domain::Fault;

constexpr int kDoubleDigits = 15;
constexpr int kCommentsMax = 10'000;

// "17893,5" for "17893.5".
std::string Vietnamese(const Cell& number) {
  return absl::StrReplaceAll(number.text, {{".", ","}});
}

// Whether a double, and Excel with its 15 digits, gives the number back.
bool FitsDouble(absl::string_view machine) {
  const auto digits = std::count_if(machine.begin(), machine.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  return digits <= kDoubleDigits;
}

// A file that gets its name when it is whole.
class Draft {
 public:
  explicit Draft(std::string path)
      : path_(std::move(path)), draft_(absl::StrCat(path_, ".", getpid(), ".tmp")) {}
  ~Draft() {
    std::error_code ignored;
    if (!draft_.empty()) std::filesystem::remove(draft_, ignored);
  }

  const std::string& path() const { return draft_; }

  absl::Status Finish() {
    std::error_code error;
    std::filesystem::rename(draft_, path_, error);
    if (error) return Unwritable();
    draft_.clear();
    return absl::OkStatus();
  }

  absl::Status Unwritable() const {
    return Fault{"", "FILE_UNWRITABLE",
                 absl::StrCat("Không ghi được tệp ", domain::Excerpt(path_),
                              ": kiểm tra thư mục, quyền ghi và chỗ trống trên đĩa.")}
        .ToStatus();
  }

 private:
  const std::string path_;
  std::string draft_;  // "" once it has its name.
};

class CsvWriter : public TableWriter {
 public:
  explicit CsvWriter(const std::string& path)
      : draft_(path), stream_(draft_.path(), std::ios::binary) {}

  absl::Status Begin(const TableLayout& layout) {
    stream_ << "\xEF\xBB\xBF";
    for (const std::string& heading : layout.headings) {
      const MarkedCell cell = {{CellKind::kText, heading}};
      RETURN_IF_ERROR(Add({&cell, 1}));
    }
    std::vector<MarkedCell> titles;
    for (const auto& column : layout.columns) titles.push_back({{CellKind::kText, column.title}});
    return Add(titles);
  }

  absl::Status Add(absl::Span<const MarkedCell> row) override {
    line_.clear();
    for (const MarkedCell& marked : row) {
      if (&marked != row.data()) line_ += ',';
      const Cell& cell = marked.cell;
      Append(cell.kind == CellKind::kNumber ? Vietnamese(cell) : GuardFormula(cell.text));
    }
    line_ += "\r\n";
    stream_ << line_;
    return stream_ ? absl::OkStatus() : draft_.Unwritable();
  }

  absl::Status Close() override {
    stream_.close();
    return stream_ ? draft_.Finish() : draft_.Unwritable();
  }

 private:
  void Append(absl::string_view text) {
    if (text.find_first_of(",;\t\"\r\n ") == absl::string_view::npos) {
      absl::StrAppend(&line_, text);
    } else {
      absl::StrAppend(&line_, "\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
    }
  }

  Draft draft_;
  std::ofstream stream_;
  std::string line_;
};

// What XML cannot hold, as workbooks write it: "_x001B_"; and so what looks like that already.
std::string Escaped(absl::string_view text) {
  std::string escaped;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    const bool looks_escaped = c == '_' && absl::StartsWith(text.substr(at), "_x") &&
                               text.size() >= at + 7 && text[at + 6] == '_';
    if (looks_escaped || (c < 0x20 && c != '\t' && c != '\n')) {
      absl::StrAppendFormat(&escaped, "_x%04X_", c);
    } else {
      escaped += text[at];
    }
  }
  return escaped;
}

class XlsxWriter : public TableWriter {
 public:
  explicit XlsxWriter(const std::string& path) : draft_(path) {}
  ~XlsxWriter() override {
    if (workbook_ != nullptr) lxw_workbook_free(workbook_);
  }

  absl::Status Begin(const TableLayout& layout) {
    // libxlsxwriter opens it when all is written: too late to learn that it cannot.
    if (!std::ofstream(draft_.path())) return draft_.Unwritable();
    lxw_workbook_options options = {};
    options.constant_memory = LXW_TRUE;
    workbook_ = workbook_new_opt(draft_.path().c_str(), &options);
    if (workbook_ == nullptr) return draft_.Unwritable();
    sheet_ =
        workbook_add_worksheet(workbook_, layout.sheet.empty() ? nullptr : layout.sheet.c_str());
    if (sheet_ == nullptr) {
      return Fault{"", "SHEET_UNKNOWN", "Tên trang tính không hợp lệ."}.ToStatus();
    }
    lxw_format* title = workbook_add_format(workbook_);
    format_set_bold(title);
    format_set_text_wrap(title);
    format_set_align(title, LXW_ALIGN_VERTICAL_CENTER);
    format_set_bottom(title, LXW_BORDER_THIN);
    format_set_bg_color(title, 0xDDEBF7);
    warned_ = workbook_add_format(workbook_);
    format_set_bg_color(warned_, 0xFFF2CC);
    faulty_ = workbook_add_format(workbook_);
    format_set_bg_color(faulty_, 0xF8CBAD);
    format_set_font_color(faulty_, 0x9C0006);
    lxw_col_t column = 0;
    for (const auto& each : layout.columns) {
      worksheet_set_column(sheet_, column, column, each.width, nullptr);
      ++column;
    }
    lxw_format* heading = workbook_add_format(workbook_);
    format_set_bold(heading);
    for (const std::string& each : layout.headings) {
      RETURN_IF_ERROR(WriteTitle(0, each, row_ == 0 ? heading : nullptr));
      ++row_;
    }
    column = 0;
    for (const auto& each : layout.columns) {
      RETURN_IF_ERROR(WriteTitle(column++, each.title, title));
    }
    ++row_;
    worksheet_freeze_panes(sheet_, static_cast<lxw_row_t>(row_), 0);
    return absl::OkStatus();
  }

  absl::Status Add(absl::Span<const MarkedCell> row) override {
    if (row_ >= kRowsMax) {
      return Fault{"", "TOO_MANY_ROWS",
                   absl::StrCat("Một trang tính Excel chứa nhiều nhất ", kRowsMax,
                                " dòng; hãy ghi ra tệp .csv.")}
          .ToStatus();
    }
    lxw_col_t column = 0;
    for (const MarkedCell& cell : row) RETURN_IF_ERROR(Write(column++, cell));
    ++row_;
    return absl::OkStatus();
  }

  absl::Status Close() override {
    // libxlsxwriter asks gmtime() for the day that a workbook was made, which answers all threads
    // in one place.
    static absl::Mutex closing(absl::kConstInit);
    const absl::MutexLock lock(&closing);
    const lxw_error error = workbook_close(std::exchange(workbook_, nullptr));
    return error == LXW_NO_ERROR ? draft_.Finish() : draft_.Unwritable();
  }

 private:
  absl::Status WriteTitle(lxw_col_t column, const std::string& text, lxw_format* format) {
    return Written(worksheet_write_string(sheet_, static_cast<lxw_row_t>(row_), column,
                                          Escaped(text).c_str(), format));
  }

  absl::Status Write(lxw_col_t column, const MarkedCell& marked) {
    lxw_format* format = marked.mark == Mark::kFaulty   ? faulty_
                         : marked.mark == Mark::kWarned ? warned_
                                                        : nullptr;
    const Cell& cell = marked.cell;
    const auto row = static_cast<lxw_row_t>(row_);
    double number = 0;
    lxw_error error = LXW_NO_ERROR;
    if (cell.empty()) {
      if (format != nullptr) error = worksheet_write_blank(sheet_, row, column, format);
    } else if (cell.kind == CellKind::kNumber && FitsDouble(cell.text) &&
               absl::SimpleAtod(cell.text, &number)) {
      error = worksheet_write_number(sheet_, row, column, number, format);
    } else {
      const std::string text =
          Escaped(cell.kind == CellKind::kNumber ? Vietnamese(cell) : cell.text);
      error = worksheet_write_string(sheet_, row, column, text.c_str(), format);
    }
    RETURN_IF_ERROR(Written(error));
    if (marked.comment.empty() || comments_ == kCommentsMax) return absl::OkStatus();
    ++comments_;
    lxw_comment_options options = {};
    options.width = 320;
    options.height = 120;
    return Written(worksheet_write_comment_opt(sheet_, row, column, Escaped(marked.comment).c_str(),
                                               &options));
  }

  absl::Status Written(lxw_error error) const {
    if (error == LXW_NO_ERROR) return absl::OkStatus();
    if (error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED) {
      return Fault{absl::StrCat(row_ + 1), "CELL_TOO_LONG",
                   "Một ô Excel chứa nhiều nhất 32.767 ký tự."}
          .ToStatus();
    }
    return draft_.Unwritable();
  }

  Draft draft_;
  lxw_workbook* workbook_ = nullptr;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format* warned_ = nullptr;
  lxw_format* faulty_ = nullptr;
  int64_t row_ = 0;
  int comments_ = 0;
};

template <typename Writer>
absl::StatusOr<std::unique_ptr<TableWriter>> Begun(const std::string& path,
                                                   const TableLayout& layout) {
  auto writer = std::make_unique<Writer>(path);
  RETURN_IF_ERROR(writer->Begin(layout));
  return writer;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TableWriter>> CreateTable(const std::string& path,
                                                         const TableLayout& layout) {
  if (absl::EndsWithIgnoreCase(path, ".csv")) return Begun<CsvWriter>(path, layout);
  if (absl::EndsWithIgnoreCase(path, ".xlsx")) return Begun<XlsxWriter>(path, layout);
  return Fault{
      "", "FORMAT_UNKNOWN",
      absl::StrCat("Tên tệp ", domain::Excerpt(path), " phải kết thúc bằng .xlsx hoặc .csv.")}
      .ToStatus();
}

}  // namespace thidua::sheets
