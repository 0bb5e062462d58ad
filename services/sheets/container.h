// The ZIP container of a workbook, read with mistrust: what it claims is checked against the limits
// before anything is inflated, and inflating stops where the claim ends.
//
// Limits: 10,000 parts; 1 GiB a part and 2 GiB together, inflated; 200 times as many bytes as
// packed, of a part above 4 MiB. No encryption, no two parts of one name, nothing but stored and
// deflated. ZIP64 is read. Faults: WORKBOOK_DAMAGED, WORKBOOK_ENCRYPTED, WORKBOOK_TOO_LARGE,
// COMPRESSION_SUSPICIOUS, TOO_MANY_PARTS. A ZIP within the ZIP is a part like any other: nothing
// opens it. Not thread-safe.
#ifndef THIDUA_SERVICES_SHEETS_CONTAINER_H_
#define THIDUA_SERVICES_SHEETS_CONTAINER_H_

#include <zip.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/sheets/table.h"

namespace thidua::sheets {

// What is wrong with the file, at no place of it.
absl::Status Damaged(absl::string_view why);

// One part while it is inflated. Outlived by its container.
class Part {
 public:
  // At most `size` bytes into `to`; 0 at the end.
  absl::StatusOr<size_t> Read(char* to, size_t size);

  int64_t size() const { return size_; }
  int64_t bytes_read() const { return read_; }
  // How much is best asked for at a time.
  size_t piece_bytes() const { return piece_bytes_; }

 private:
  friend class Container;
  struct Closer {
    void operator()(zip_file_t* file) const { zip_fclose(file); }
  };
  Part(zip_file_t* file, int64_t size, size_t piece_bytes)
      : file_(file), size_(size), piece_bytes_(piece_bytes) {}

  const std::unique_ptr<zip_file_t, Closer> file_;
  const int64_t size_;
  const size_t piece_bytes_;
  int64_t read_ = 0;
};

class Container {
 public:
  static absl::StatusOr<std::unique_ptr<Container>> Open(const TableSource& source,
                                                         size_t piece_bytes = kPieceBytes);

  // "xl/workbook.xml", capitals aside.
  bool Has(absl::string_view name) const;
  // WORKBOOK_DAMAGED when there is none.
  absl::StatusOr<std::unique_ptr<Part>> OpenPart(absl::string_view name) const;

 private:
  struct Closer {
    void operator()(zip_t* zip) const { zip_discard(zip); }
  };
  struct Entry {
    zip_uint64_t index = 0;
    int64_t size = 0;
  };
  Container(zip_t* zip, size_t piece_bytes) : zip_(zip), piece_bytes_(piece_bytes) {}
  absl::Status CheckEntries();

  const std::unique_ptr<zip_t, Closer> zip_;
  const size_t piece_bytes_;                         // Of its parts.
  absl::flat_hash_map<std::string, Entry> entries_;  // By name in small letters.
};

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_CONTAINER_H_
