// What a table says, as one SHA-256: the same on both engines, whatever the order in which rows
// were stored.
//
//   SHA-256 of, for the table and each of its columns: name, 0
//              for each row in the order of the key (text by its bytes), for each column:
//                'N'                                  NULL
//                'I', 8 bytes                         a number, the highest byte first
//                'T' or 'B', 8 bytes, the bytes       text or bytes, with their length
#ifndef THIDUA_SERVICES_WHOLE_STORE_TABLE_DIGEST_H_
#define THIDUA_SERVICES_WHOLE_STORE_TABLE_DIGEST_H_

#include <openssl/evp.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/storage/database.h"

namespace thidua::whole_store {

struct TableDigest {
  std::string table;
  int64_t rows = 0;
  std::string sha256;
  bool operator==(const TableDigest&) const = default;
};

// Told of long work: the table (or what else), and how many of its rows are done, of how many.
using Teller = std::function<void(const std::string& what, int64_t done, int64_t of)>;
inline constexpr int64_t kTellEvery = 1000;

class TableHash {
 public:
  explicit TableHash(const storage::Table& table);
  ~TableHash();
  TableHash(const TableHash&) = delete;
  TableHash& operator=(const TableHash&) = delete;

  void Add(const storage::Row& row);  // All columns, in the table's order.
  TableDigest Finish();

 private:
  void AddSized(char kind, absl::string_view bytes);

  const storage::Table& table_;
  EVP_MD_CTX* const hash_;
  int64_t rows_ = 0;
};

// How many rows a table has.
absl::StatusOr<int64_t> CountRows(storage::Transaction& transaction, const storage::Table& table);

// Of every table, by name.
absl::StatusOr<std::vector<TableDigest>> DigestTables(storage::Transaction& transaction,
                                                      const Teller& tell);

// OK when both say the same of each table that `expected` names. DATA_LOSS names the tables that
// differ.
absl::Status CheckDigests(const std::vector<TableDigest>& expected,
                          const std::vector<TableDigest>& found);

}  // namespace thidua::whole_store

#endif  // THIDUA_SERVICES_WHOLE_STORE_TABLE_DIGEST_H_
