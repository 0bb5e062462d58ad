#include "services/sheets/source_file.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"

namespace thidua::sheets {
namespace {

absl::Status Unreadable(absl::string_view path) {
  return domain::Fault{"", "FILE_UNREADABLE",
                       absl::StrCat("Không đọc được tệp ", domain::Excerpt(path), ".")}
      .ToStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<SourceFile>> SourceFile::Open(const TableSource& source,
                                                             size_t piece_bytes) {
  if (source.bytes().has_value()) {
    const absl::string_view bytes = *source.bytes();
    // Read only: the memory is never written to.
    std::FILE* file = fmemopen(const_cast<char*>(bytes.data()), bytes.size(), "rb");
    if (file == nullptr) return Unreadable("trong bộ nhớ");
    return std::unique_ptr<SourceFile>(
        new SourceFile(file, static_cast<int64_t>(bytes.size()), piece_bytes));
  }
  std::error_code error;
  const auto status = std::filesystem::status(source.path(), error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return domain::Fault{"", "FILE_NOT_FOUND",
                         absl::StrCat("Không có tệp ", domain::Excerpt(source.path()), ".")}
        .ToStatus(absl::StatusCode::kNotFound);
  }
  const bool regular = std::filesystem::is_regular_file(status);
  const auto size = regular ? std::filesystem::file_size(source.path(), error) : 0;
  std::FILE* file = regular && !error ? std::fopen(source.path().c_str(), "rb") : nullptr;
  if (file == nullptr) return Unreadable(source.path());
  return std::unique_ptr<SourceFile>(new SourceFile(file, static_cast<int64_t>(size), piece_bytes));
}

absl::StatusOr<std::string> SourceFile::At(int64_t offset, size_t bytes) {
  std::string read(bytes, '\0');
  if (std::fseek(file_.get(), static_cast<long>(offset), SEEK_SET) != 0) return Unreadable("");
  read.resize(std::fread(read.data(), 1, bytes, file_.get()));
  if (std::ferror(file_.get()) != 0 ||
      std::fseek(file_.get(), static_cast<long>(bytes_read_), SEEK_SET) != 0) {
    return Unreadable("");
  }
  return read;
}

absl::StatusOr<std::string> SourceFile::Peek(size_t bytes) { return At(0, bytes); }

absl::StatusOr<bool> SourceFile::Append(std::string& to) {
  const size_t before = to.size();
  to.resize(before + piece_bytes_);
  const size_t read = std::fread(to.data() + before, 1, piece_bytes_, file_.get());
  to.resize(before + read);
  if (std::ferror(file_.get()) != 0) return Unreadable("");
  bytes_read_ += static_cast<int64_t>(read);
  return read > 0;
}

}  // namespace thidua::sheets
