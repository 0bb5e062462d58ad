// The rows in which a service stores what its audit's entries are about: walked page by page, so
// that they can be held against the entries, whatever their number.
#ifndef THIDUA_SERVICES_AUDIT_STORED_ROWS_H_
#define THIDUA_SERVICES_AUDIT_STORED_ROWS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/storage/database.h"

namespace thidua::audit {

// One row: a resource as it stands, or one of its earlier revisions.
struct StoredRow {
  std::string resource;
  std::string bytes = {};       // As a trail is told them.
  bool standing = true;         // What is served as the present one.
  absl::string_view type = {};  // The message's full name; lives as long as the program.
};

using KeyValue = std::variant<int64_t, std::string>;

// Some of the rows of one table.
struct Rows {
  enum class Column { kInteger, kText };
  struct Key {
    const char* name;
    Column type;
  };
  // "SELECT period, number, … FROM seals WHERE bloc = $1", with those parameters. Its first columns
  // are `key`, by which rows are told apart and put in order: revisions of one resource side by
  // side, the oldest first.
  std::string sql;
  std::vector<KeyValue> parameters;
  std::vector<Key> key;
  std::function<StoredRow(const storage::Row&)> read;
  int64_t at_once = 1000;  // What is large is read in smaller pages.
};

// How far a walk over several of them has come.
struct RowCursor {
  size_t at = 0;              // Of the list.
  std::vector<KeyValue> key;  // Of the last row in there; empty: at its beginning.
};

// The next rows, of one of the list, at most so many; none: there are no more.
absl::StatusOr<std::vector<StoredRow>> NextRows(storage::Transaction& transaction,
                                                const std::vector<Rows>& list, RowCursor& cursor,
                                                int64_t limit);

// Which rows have to be there.
enum class Kept {
  kEvery,    // One for each revision.
  kLast,     // One, which each change writes anew.
  kNothing,  // It is not for the audit to say what has to be there.
};

// What a service stores of what is audited. Thread-safe.
class Resources {
 public:
  virtual ~Resources() = default;
  // All rows of the resources of a root.
  virtual std::vector<Rows> OfRoot(const std::string& root) const = 0;
  // At least one row of every root that there is; only `resource` is looked at.
  virtual std::vector<Rows> OfAllRoots() const = 0;
  virtual Kept KeptOf(absl::string_view resource) const = 0;
  // What has to be looked up for rows that were just read.
  virtual absl::Status Complete(storage::Transaction&, std::vector<StoredRow>&) const {
    return absl::OkStatus();
  }
};

}  // namespace thidua::audit

#endif  // THIDUA_SERVICES_AUDIT_STORED_ROWS_H_
