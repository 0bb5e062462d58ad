#include "services/whole_store/table_digest.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"

namespace thidua::whole_store {
namespace {

using storage::Row;
using storage::Table;
using storage::Transaction;

std::string BigEndian(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<unsigned char>(number >> shift));
  }
  return bytes;
}

}  // namespace

TableHash::TableHash(const Table& table) : table_(table), hash_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(hash_, EVP_sha256(), nullptr);
  EVP_DigestUpdate(hash_, table.name.c_str(), table.name.size() + 1);
  for (const Table::Column& column : table.columns) {
    EVP_DigestUpdate(hash_, column.name.c_str(), column.name.size() + 1);
  }
}

TableHash::~TableHash() { EVP_MD_CTX_free(hash_); }

void TableHash::AddSized(char kind, absl::string_view bytes) {
  const std::string head = absl::StrCat(std::string(1, kind), BigEndian(bytes.size()));
  EVP_DigestUpdate(hash_, head.data(), head.size());
  EVP_DigestUpdate(hash_, bytes.data(), bytes.size());
}

void TableHash::Add(const Row& row) {
  for (size_t i = 0; i < table_.columns.size(); ++i) {
    const int column = static_cast<int>(i);
    if (row.IsNull(column)) {
      EVP_DigestUpdate(hash_, "N", 1);
    } else if (table_.columns[i].type == Table::Type::kInteger) {
      const std::string number =
          absl::StrCat("I", BigEndian(static_cast<uint64_t>(row.Integer(column))));
      EVP_DigestUpdate(hash_, number.data(), number.size());
    } else {
      AddSized(table_.columns[i].type == Table::Type::kText ? 'T' : 'B', row.Text(column));
    }
  }
  ++rows_;
}

TableDigest TableHash::Finish() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_DigestFinal_ex(hash_, digest, &length);
  return {table_.name, rows_,
          absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), length))};
}

absl::StatusOr<int64_t> CountRows(Transaction& transaction, const Table& table) {
  int64_t rows = 0;
  RETURN_IF_ERROR(
      transaction.Query(absl::StrCat("SELECT COUNT(*) FROM ", table.name), {}, [&](const Row& row) {
        rows = row.Integer(0);
        return absl::OkStatus();
      }));
  return rows;
}

absl::StatusOr<std::vector<TableDigest>> DigestTables(Transaction& transaction,
                                                      const Teller& tell) {
  ASSIGN_OR_RETURN(const std::vector<Table> tables, transaction.Tables());
  std::vector<TableDigest> digests;
  for (const Table& table : tables) {
    ASSIGN_OR_RETURN(const int64_t rows, CountRows(transaction, table));
    tell(table.name, 0, rows);
    TableHash hash(table);
    int64_t done = 0;
    RETURN_IF_ERROR(transaction.ReadInOrder(table, [&](const Row& row) {
      hash.Add(row);
      if (++done % kTellEvery == 0) tell(table.name, done, rows);
      return absl::OkStatus();
    }));
    digests.push_back(hash.Finish());
  }
  return digests;
}

absl::Status CheckDigests(const std::vector<TableDigest>& expected,
                          const std::vector<TableDigest>& found) {
  std::string differing;
  for (const TableDigest& table : expected) {
    if (std::find(found.begin(), found.end(), table) != found.end()) continue;
    absl::StrAppend(&differing, differing.empty() ? "" : ", ", table.table);
  }
  if (differing.empty()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("Nội dung bảng không khớp: ", differing, "."));
}

}  // namespace thidua::whole_store
