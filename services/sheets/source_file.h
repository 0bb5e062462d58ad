// The bytes of a file, in order. Not thread-safe.
#ifndef THIDUA_SERVICES_SHEETS_SOURCE_FILE_H_
#define THIDUA_SERVICES_SHEETS_SOURCE_FILE_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/sheets/table.h"

namespace thidua::sheets {

class SourceFile {
 public:
  // Faults FILE_NOT_FOUND, FILE_UNREADABLE (a folder, a pipe, no permission, an error of the disk).
  static absl::StatusOr<std::unique_ptr<SourceFile>> Open(const TableSource& source,
                                                          size_t piece_bytes = kPieceBytes);

  // Up to `bytes` from the beginning; what is read next begins there too.
  absl::StatusOr<std::string> Peek(size_t bytes);
  // Up to `bytes` from `offset` on, wherever reading has come to and leaving it there.
  absl::StatusOr<std::string> At(int64_t offset, size_t bytes);
  // The next piece at the end of `to`; false when there is none.
  absl::StatusOr<bool> Append(std::string& to);

  int64_t size() const { return size_; }
  int64_t bytes_read() const { return bytes_read_; }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  SourceFile(std::FILE* file, int64_t size, size_t piece_bytes)
      : file_(file), size_(size), piece_bytes_(piece_bytes) {}

  const std::unique_ptr<std::FILE, Closer> file_;
  const int64_t size_;
  const size_t piece_bytes_;
  int64_t bytes_read_ = 0;
};

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_SOURCE_FILE_H_
