#include "services/sheets/csv_reader.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/sheets/formula_guard.h"
#include "services/sheets/utf8_text.h"

namespace thidua::sheets {
namespace {

using domain::Fault;

constexpr int kEnd = -1;
// From how much of the text its delimiter is found out.
constexpr size_t kBeginning = size_t{64} << 10;

class CsvReader : public TableReader {
 public:
  CsvReader(std::unique_ptr<SourceFile> file, char delimiter)
      : text_(std::move(file)), delimiter_(delimiter) {}

  // Reads the beginning ahead, to know the encoding and the delimiter.
  absl::Status Begin() {
    std::string beginning;
    while (more_ && beginning.size() < kBeginning) {
      std::string& piece = ahead_.emplace_back();
      ASSIGN_OR_RETURN(more_, text_.Append(piece));
      beginning += piece;
    }
    beginning.resize(std::min(beginning.size(), kBeginning));
    if (absl::StartsWithIgnoreCase(beginning, "sep=") && beginning.find_first_of("\r\n") == 5 &&
        absl::StrContains(",;\t", beginning[4])) {
      delimiter_ = beginning[4];
      int c = kEnd;
      for (int i = 0; i < 6; ++i) {
        ASSIGN_OR_RETURN(c, Peek());
        ++at_;
      }
      TakeNewLine(static_cast<char>(c));  // Spreadsheets number the rows from the next line.
    }
    if (delimiter_ == '\0') delimiter_ = GuessDelimiter(beginning);
    return absl::OkStatus();
  }

  absl::StatusOr<bool> Next(Row& row) override {
    while (true) {
      row.cells.clear();
      ASSIGN_OR_RETURN(const bool read, ReadRecord(row));
      if (!read) return false;
      row.number = ++row_;
      if (row.cells.empty()) continue;
      if (row_ > kRowsMax) {
        return FaultAt(line_, "TOO_MANY_ROWS",
                       absl::StrCat("Bảng có quá ", kRowsMax, " dòng; hãy chia thành nhiều tệp."));
      }
      return true;
    }
  }

  const std::string& sheet() const override { return no_sheet_; }

  double progress() const override {
    if (text_.file().size() == 0) return 1;
    size_t ahead = piece_.size() - at_;
    for (const std::string& piece : ahead_) ahead += piece.size();
    const auto read = text_.file().bytes_read() - static_cast<int64_t>(ahead);
    return std::clamp(static_cast<double>(read) / static_cast<double>(text_.file().size()), 0.0,
                      1.0);
  }

 private:
  static absl::Status FaultAt(int64_t line, const char* reason, std::string message) {
    return Fault{absl::StrCat("dòng ", line), reason, std::move(message)}.ToStatus();
  }

  // The next byte, left where it is; kEnd at the end.
  absl::StatusOr<int> Peek() {
    while (at_ == piece_.size()) {
      if (ahead_.empty() && !more_) return kEnd;
      piece_.clear();
      at_ = 0;
      if (ahead_.empty()) {
        ASSIGN_OR_RETURN(more_, text_.Append(piece_));
      } else {
        piece_ = std::move(ahead_.front());
        ahead_.pop_front();
      }
    }
    return static_cast<unsigned char>(piece_[at_]);
  }

  // CRLF is one new line: its LF is passed over when it comes.
  void TakeNewLine(char c) {
    after_cr_ = c == '\r';
    ++line_;
  }

  absl::StatusOr<bool> ReadRecord(Row& row) {
    ASSIGN_OR_RETURN(int next, Peek());
    if (after_cr_ && next == '\n') {
      ++at_;
      ASSIGN_OR_RETURN(next, Peek());
    }
    after_cr_ = false;
    if (next == kEnd) return false;
    for (int column = 0;; ++column) {
      std::string cell;
      ASSIGN_OR_RETURN(const int end, ReadCell(cell));
      if (!cell.empty()) {
        if (column >= kColumnsMax) {
          return FaultAt(line_, "TOO_MANY_COLUMNS",
                         absl::StrCat("Bảng có quá ", kColumnsMax, " cột."));
        }
        row.cells.resize(static_cast<size_t>(column) + 1);
        row.cells.back() = {CellKind::kText, UnguardFormula(std::move(cell))};
      }
      if (end == kEnd) return true;
      ++at_;
      if (end == delimiter_) continue;
      TakeNewLine(static_cast<char>(end));
      return true;
    }
  }

  // One cell, up to what ends it: the delimiter, CR, LF or kEnd, which is left where it is.
  absl::StatusOr<int> ReadCell(std::string& cell) {
    ASSIGN_OR_RETURN(int c, Peek());
    if (c != '"') return ReadBareCell(cell);
    ++at_;
    const int64_t begun = line_;
    bool after_cr = false;
    while (true) {
      ASSIGN_OR_RETURN(c, Peek());
      if (c == kEnd) {
        return FaultAt(begun, "QUOTE_UNCLOSED", "Ô bắt đầu ở dòng này thiếu dấu ngoặc kép đóng.");
      }
      ++at_;
      if (c == '"') {
        ASSIGN_OR_RETURN(c, Peek());
        if (c == delimiter_ || c == '\r' || c == '\n' || c == kEnd) return c;
        if (c != '"') {
          return FaultAt(
              line_, "QUOTE_MISPLACED",
              "Sau dấu ngoặc kép đóng phải là dấu phân cách; dấu ngoặc kép trong ô phải viết "
              "hai lần.");
        }
        ++at_;
      }
      if (c == '\r' || (c == '\n' && !after_cr)) ++line_;
      after_cr = c == '\r';
      cell += static_cast<char>(c);
      RETURN_IF_ERROR(CheckLength(cell, begun, ", có thể do thiếu dấu ngoặc kép đóng"));
    }
  }

  absl::StatusOr<int> ReadBareCell(std::string& cell) {
    while (true) {
      ASSIGN_OR_RETURN(const int c, Peek());
      if (c == delimiter_ || c == '\r' || c == '\n' || c == kEnd) return c;
      // The whole run at once: most of a file is this.
      const auto from = piece_.begin() + static_cast<std::ptrdiff_t>(at_);
      const auto end = std::find_if(from, piece_.end(), [this](char each) {
        return each == delimiter_ || each == '\r' || each == '\n';
      });
      cell.append(from, end);
      at_ += static_cast<size_t>(end - from);
      RETURN_IF_ERROR(CheckLength(cell, line_, ""));
    }
  }

  static absl::Status CheckLength(const std::string& cell, int64_t line, const char* perhaps) {
    if (cell.size() <= kCellBytesMax) return absl::OkStatus();
    return FaultAt(
        line, "CELL_TOO_LONG",
        absl::StrCat("Ô bắt đầu ở dòng này dài quá ", kCellBytesMax, " byte", perhaps, "."));
  }

  Utf8Text text_;
  char delimiter_;
  std::string piece_;  // Of the text; read up to at_.
  size_t at_ = 0;
  std::deque<std::string> ahead_;  // Of the text, the pieces behind that one.
  bool more_ = true;               // Behind those.
  bool after_cr_ = false;
  int64_t line_ = 1;  // Where at_ is.
  int64_t row_ = 0;
  const std::string no_sheet_;
};

}  // namespace

char GuessDelimiter(absl::string_view text) {
  constexpr int kLines = 50;
  char best = ',';
  // How many lines agree on how many cells. A decimal comma or a sentence is in some lines only,
  // and not as often in each.
  std::pair<int, int> best_score = {0, 0};
  for (const char delimiter : {'\t', ';', ','}) {
    std::map<int, int> lines_of_width;
    int width = 1, lines = 0;
    bool quoted = false;
    for (const char c : text) {
      if (c == '"') quoted = !quoted;
      if (quoted) continue;
      if (c == delimiter) ++width;
      if (c != '\n' && c != '\r') continue;
      if (width > 1) ++lines_of_width[width];
      width = 1;
      if (++lines == kLines) break;
    }
    if (width > 1) ++lines_of_width[width];
    for (const auto& [cells, agreeing] : lines_of_width) {
      const std::pair<int, int> score = {agreeing, cells};
      if (score <= best_score) continue;
      best_score = score;
      best = delimiter;
    }
  }
  return best;
}

absl::StatusOr<std::unique_ptr<TableReader>> OpenCsv(std::unique_ptr<SourceFile> file,
                                                     const ReadOptions& options) {
  auto reader = std::make_unique<CsvReader>(std::move(file), options.delimiter);
  RETURN_IF_ERROR(reader->Begin());
  return reader;
}

}  // namespace thidua::sheets
