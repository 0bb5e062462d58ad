#include "services/whole_store/store_copy.h"

#include <algorithm>
#include <deque>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/return_if_error.h"

namespace thidua::whole_store {
namespace {

using storage::Bytes;
using storage::Company;
using storage::Database;
using storage::Parameter;
using storage::Row;
using storage::Table;
using storage::Transaction;

// How many rows, or bytes, are held at once.
constexpr size_t kRowsAtOnce = 1000;
constexpr size_t kBytesAtOnce = 1024 * 1024;

// The storage library's own, each of one row, which it makes itself.
bool IsOwn(const Table& table) { return table.name == "store" || table.name == "store_builds"; }

// Rows on their way into one table.
class RowsOnTheirWay {
 public:
  RowsOnTheirWay(const Table& table, Transaction& to) : table_(table), to_(to) {
    for (const Table::Column& column : table.columns) columns_.push_back(column.name);
  }

  absl::Status Add(const Row& row) {
    std::vector<Parameter>& values = rows_.emplace_back();
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      const int column = static_cast<int>(i);
      if (row.IsNull(column)) {
        values.emplace_back(nullptr);
      } else if (table_.columns[i].type == Table::Type::kInteger) {
        values.emplace_back(row.Integer(column));
      } else {
        const std::string& text = texts_.emplace_back(row.Text(column));
        bytes_ += text.size();
        if (table_.columns[i].type == Table::Type::kText) {
          values.emplace_back(absl::string_view(text));
        } else {
          values.emplace_back(Bytes{text});
        }
      }
    }
    return rows_.size() < kRowsAtOnce && bytes_ < kBytesAtOnce ? absl::OkStatus() : Send();
  }

  absl::Status Send() {
    absl::Status sent;
    if (IsOwn(table_)) {
      for (const std::vector<Parameter>& row : rows_) {
        if (sent.ok()) sent = Replace(row);
      }
    } else {
      sent = to_.InsertRows(table_.name, columns_, rows_);
    }
    rows_.clear();
    texts_.clear();
    bytes_ = 0;
    return sent;
  }

 private:
  absl::Status Replace(const std::vector<Parameter>& row) {
    RETURN_IF_ERROR(to_.Execute(absl::StrCat("DELETE FROM ", table_.name), {}));
    std::string places;
    for (size_t i = 1; i <= row.size(); ++i) absl::StrAppend(&places, i == 1 ? "$" : ", $", i);
    return to_.Execute(absl::StrCat("INSERT INTO ", table_.name, " (",
                                    absl::StrJoin(columns_, ", "), ") VALUES (", places, ")"),
                       row);
  }

  const Table& table_;
  Transaction& to_;
  std::vector<absl::string_view> columns_;
  std::vector<std::vector<Parameter>> rows_;
  std::deque<std::string> texts_;  // What the rows refer to.
  size_t bytes_ = 0;
};

// One that was made before the storage library had all its own tables lacks some of them.
absl::Status CheckSameTables(const std::vector<Table>& from, const std::vector<Table>& to) {
  std::string differing;
  const auto find_in = [&differing](const std::vector<Table>& tables, const Table& table) {
    if (std::find(tables.begin(), tables.end(), table) != tables.end()) return;
    absl::StrAppend(&differing, differing.empty() ? "" : ", ", table.name);
  };
  for (const Table& table : from) find_in(to, table);
  for (const Table& table : to) {
    if (!IsOwn(table)) find_in(from, table);
  }
  if (differing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("Hai kho dữ liệu không cùng lược đồ; bảng khác nhau: ", differing, "."));
}

absl::Status CheckNoRows(Transaction& transaction) {
  ASSIGN_OR_RETURN(const std::vector<Table> tables, transaction.Tables());
  for (const Table& table : tables) {
    if (IsOwn(table)) continue;
    ASSIGN_OR_RETURN(const int64_t rows, CountRows(transaction, table));
    if (rows == 0) continue;
    return absl::FailedPreconditionError(absl::StrCat("Nơi nhận đã có dữ liệu: bảng ", table.name,
                                                      " có ", rows, " dòng. Không ghi đè gì cả."));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<TableDigest>> CopyTables(Transaction& from, Transaction& to,
                                                    const Teller& tell) {
  ASSIGN_OR_RETURN(const std::vector<Table> tables, from.Tables());
  ASSIGN_OR_RETURN(const std::vector<Table> places, to.Tables());
  RETURN_IF_ERROR(CheckSameTables(tables, places));
  RETURN_IF_ERROR(CheckNoRows(to));
  std::vector<TableDigest> digests;
  for (const Table& table : tables) {
    ASSIGN_OR_RETURN(const int64_t rows, CountRows(from, table));
    tell(table.name, 0, rows);
    TableHash hash(table);
    RowsOnTheirWay under_way(table, to);
    int64_t done = 0;
    RETURN_IF_ERROR(from.ReadInOrder(table, [&](const Row& row) {
      hash.Add(row);
      if (++done % kTellEvery == 0) tell(table.name, done, rows);
      return under_way.Add(row);
    }));
    RETURN_IF_ERROR(under_way.Send());
    digests.push_back(hash.Finish());
  }
  return digests;
}

absl::Status CheckEmpty(const std::string& location, const std::string& password_file) {
  const auto there = Database::OpenToLook(location, Company::kNobody, password_file);
  if (absl::IsNotFound(there.status())) return absl::OkStatus();
  RETURN_IF_ERROR(there.status());
  return (*there)->Read(&CheckNoRows);
}

absl::StatusOr<std::vector<TableDigest>> FillStore(Transaction& from, const std::string& location,
                                                   const std::string& password_file,
                                                   storage::Migrations schema, const Teller& tell) {
  absl::StatusOr<std::vector<TableDigest>> digests;
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<Database> filled,
                     Database::OpenToFill(location, schema, password_file));
    RETURN_IF_ERROR(filled->Write([&](Transaction& to) {
      digests = CopyTables(from, to, tell);
      return digests.status();
    }));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Database> read_again,
                   Database::OpenToLook(location, Company::kNobody, password_file));
  RETURN_IF_ERROR(read_again->Read([&](Transaction& there) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<TableDigest> found, DigestTables(there, tell));
    return CheckDigests(*digests, found);
  }));
  return digests;
}

}  // namespace thidua::whole_store
