#include "services/sheets/table.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/sheets/csv_reader.h"
#include "services/sheets/source_file.h"
#include "services/sheets/xlsx_reader.h"

namespace thidua::sheets {
namespace {

using domain::Fault;

constexpr size_t kSniffed = 4096;

bool IsZip(absl::string_view bytes) {
  return absl::StartsWith(bytes, "PK\x03\x04") || absl::StartsWith(bytes, "PK\x05\x06");
}

bool IsOle2(absl::string_view bytes) {
  return absl::StartsWith(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
}

// An encrypted workbook is an OLE2 file with a stream of that name, which stands in UTF-16.
absl::StatusOr<bool> IsEncrypted(SourceFile& file) {
  constexpr absl::string_view kName = "EncryptedPackage";
  std::string wanted;
  for (const char c : kName) wanted.append({c, '\0'});
  constexpr int64_t kSearched = int64_t{64} << 20;
  std::string window;
  while (file.bytes_read() < kSearched) {
    window.erase(0, window.size() - std::min(window.size(), wanted.size()));
    ASSIGN_OR_RETURN(const bool read, file.Append(window));
    if (absl::StrContains(window, wanted)) return true;
    if (!read) break;
  }
  return false;
}

absl::Status RefuseOle2(SourceFile& file) {
  ASSIGN_OR_RETURN(const bool encrypted, IsEncrypted(file));
  if (encrypted) {
    return Fault{"", "WORKBOOK_ENCRYPTED",
                 "Tệp Excel có mật khẩu; hãy mở bằng Excel, bỏ mật khẩu rồi lưu lại."}
        .ToStatus();
  }
  return Fault{"", "FORMAT_XLS",
               "Tệp thuộc định dạng Excel cũ (.xls); hãy mở bằng Excel và lưu lại dạng “Excel "
               "Workbook (.xlsx)”."}
      .ToStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<TableReader>> OpenTable(const TableSource& source,
                                                       const ReadOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<SourceFile> file, SourceFile::Open(source, options.piece_bytes));
  ASSIGN_OR_RETURN(const std::string start, file->Peek(kSniffed));
  if (IsZip(start)) return OpenXlsx(source, options);
  if (IsOle2(start)) return RefuseOle2(*file);
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(start);
  if (absl::StartsWithIgnoreCase(text, "<!doctype html") ||
      absl::StartsWithIgnoreCase(text, "<html") || absl::StartsWithIgnoreCase(text, "<table") ||
      absl::StartsWith(text, "<?xml")) {
    return Fault{"", "FORMAT_HTML",
                 "Tệp là trang HTML hoặc XML mang tên bảng tính; hãy mở bằng Excel và lưu lại dạng "
                 "“Excel Workbook (.xlsx)”."}
        .ToStatus();
  }
  if (absl::StartsWith(text, "%PDF-")) {
    return Fault{"", "FORMAT_UNKNOWN",
                 "Tệp là PDF, không phải bảng tính; hãy gửi tệp .xlsx hoặc .csv."}
        .ToStatus();
  }
  return OpenCsv(std::move(file), options);
}

std::string ColumnLetters(int column) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  }
  return letters;
}

absl::optional<int> ReadColumnLetters(absl::string_view letters) {
  if (letters.empty() || letters.size() > 3) return absl::nullopt;
  int column = 0;
  for (const char c : letters) {
    if (!absl::ascii_isalpha(static_cast<unsigned char>(c))) return absl::nullopt;
    column = column * 26 + (absl::ascii_toupper(static_cast<unsigned char>(c)) - 'A' + 1);
  }
  return column - 1;
}

std::string CellReference(absl::string_view sheet, int64_t row, int column) {
  return absl::StrCat(sheet, sheet.empty() ? "" : "!", ColumnLetters(column), row);
}

}  // namespace thidua::sheets
