#include "services/sheets/container.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/sheets/source_file.h"

namespace thidua::sheets {
namespace {

using domain::Fault;

constexpr uint64_t kPartsMax = 10'000;
constexpr uint64_t kPartBytesMax = uint64_t{1} << 30;
constexpr uint64_t kAllBytesMax = uint64_t{2} << 30;
constexpr uint64_t kRatioMax = 200, kRatioFrom = uint64_t{4} << 20;

absl::Status TooManyParts() {
  return Fault{"", "TOO_MANY_PARTS",
               absl::StrCat("Tệp nén có quá ", kPartsMax, " thành phần, không phải một bảng tính.")}
      .ToStatus();
}

uint64_t Number(absl::string_view bytes, size_t at, size_t size) {
  uint64_t number = 0;
  for (size_t i = 0; i < size; ++i) {
    number |= uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return number;
}

// libzip makes room for as many parts as the file's end claims before it looks at one: the claim is
// looked at first. A file may end with several records of the kind, of which one is the true one.
absl::Status CheckClaimedParts(SourceFile& file) {
  constexpr absl::string_view kEnd = "PK\x05\x06", kEnd64 = "PK\x06\x06", kLocator64 = "PK\x06\x07";
  constexpr size_t kEndSize = 22, kCommentMax = 65'535, kLocatorSize = 20, kEnd64Size = 56;
  const int64_t from = std::max<int64_t>(
      0, file.size() - static_cast<int64_t>(kEndSize + kCommentMax + kLocatorSize));
  ASSIGN_OR_RETURN(const std::string tail, file.At(from, static_cast<size_t>(file.size() - from)));
  bool found = false;
  for (size_t at = tail.find(kEnd.data(), 0, kEnd.size()); at != std::string::npos;
       at = tail.find(kEnd.data(), at + 1, kEnd.size())) {
    if (at + kEndSize > tail.size()) break;
    found = true;
    uint64_t parts = Number(tail, at + 10, 2);
    if (at >= kLocatorSize &&
        absl::string_view(tail).substr(at - kLocatorSize, kLocator64.size()) == kLocator64) {
      const uint64_t offset = Number(tail, at - kLocatorSize + 8, 8);
      if (offset > static_cast<uint64_t>(file.size())) return Damaged("mục lục ở ngoài tệp");
      ASSIGN_OR_RETURN(const std::string end64, file.At(static_cast<int64_t>(offset), kEnd64Size));
      if (end64.size() < kEnd64Size || !absl::StartsWith(end64, kEnd64)) {
        return Damaged("không có mục lục");
      }
      parts = std::max(parts == 0xFFFF ? 0 : parts, Number(end64, 32, 8));
    }
    if (parts > kPartsMax) return TooManyParts();
  }
  return found ? absl::OkStatus() : Damaged("tệp bị cắt cụt");
}

}  // namespace

absl::Status Damaged(absl::string_view why) {
  return Fault{"", "WORKBOOK_DAMAGED",
               absl::StrCat("Tệp Excel bị hỏng (", why,
                            "); hãy mở bằng Excel, lưu lại rồi gửi lại tệp mới.")}
      .ToStatus();
}

absl::StatusOr<size_t> Part::Read(char* to, size_t size) {
  // One byte more than was claimed is asked for, so that a part that has more is found out.
  const auto left = static_cast<size_t>(size_ - read_) + 1;
  const zip_int64_t got = zip_fread(file_.get(), to, std::min(size, left));
  if (got < 0) return Damaged("không giải nén được");
  read_ += got;
  if (read_ > size_ || (got == 0 && read_ < size_)) {
    return Damaged("kích thước khai báo không đúng");
  }
  return static_cast<size_t>(got);
}

absl::StatusOr<std::unique_ptr<Container>> Container::Open(const TableSource& source,
                                                           size_t piece_bytes) {
  ASSIGN_OR_RETURN(const std::unique_ptr<SourceFile> file, SourceFile::Open(source));
  RETURN_IF_ERROR(CheckClaimedParts(*file));
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* bytes =
      source.bytes().has_value()
          ? zip_source_buffer_create(source.bytes()->data(), source.bytes()->size(), 0, &error)
          : zip_source_file_create(source.path().c_str(), 0, -1, &error);
  zip_t* zip = bytes == nullptr ? nullptr : zip_open_from_source(bytes, ZIP_RDONLY, &error);
  if (zip == nullptr) {
    if (bytes != nullptr) zip_source_free(bytes);
    zip_error_fini(&error);
    return Damaged("không phải tệp nén ZIP lành lặn");
  }
  zip_error_fini(&error);
  auto container = std::unique_ptr<Container>(new Container(zip, piece_bytes));
  RETURN_IF_ERROR(container->CheckEntries());
  return container;
}

absl::Status Container::CheckEntries() {
  const auto count = static_cast<uint64_t>(zip_get_num_entries(zip_.get(), 0));
  if (count > kPartsMax) return TooManyParts();
  uint64_t together = 0;
  for (uint64_t i = 0; i < count; ++i) {
    constexpr zip_uint64_t kWanted = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
                                     ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(zip_.get(), i, 0, &stat) != 0 || (stat.valid & kWanted) != kWanted) {
      return Damaged("mục lục không đọc được");
    }
    if (stat.encryption_method != ZIP_EM_NONE) {
      return Fault{"", "WORKBOOK_ENCRYPTED",
                   "Tệp nén có mật khẩu; hãy mở bằng Excel, bỏ mật khẩu rồi lưu lại."}
          .ToStatus();
    }
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE) {
      return Damaged("kiểu nén lạ");
    }
    together += std::min(stat.size, kAllBytesMax + 1);
    if (stat.size > kPartBytesMax || together > kAllBytesMax) {
      return Fault{
          "", "WORKBOOK_TOO_LARGE",
          "Tệp Excel giải nén ra quá lớn; hãy chia thành nhiều tệp hoặc gửi dạng CSV UTF-8."}
          .ToStatus();
    }
    if (stat.size > kRatioFrom && stat.size / kRatioMax > stat.comp_size) {
      return Fault{
          "", "COMPRESSION_SUSPICIOUS",
          "Tệp Excel nén nhiều một cách bất thường nên không được mở; hãy sao bảng sang tệp "
          "mới rồi gửi lại."}
          .ToStatus();
    }
    const auto [entry, added] = entries_.try_emplace(absl::AsciiStrToLower(stat.name));
    if (!added) {
      return Damaged(absl::StrCat("hai thành phần cùng tên ", domain::Excerpt(stat.name)));
    }
    entry->second = {i, static_cast<int64_t>(stat.size)};
  }
  return absl::OkStatus();
}

bool Container::Has(absl::string_view name) const {
  return entries_.contains(absl::AsciiStrToLower(name));
}

absl::StatusOr<std::unique_ptr<Part>> Container::OpenPart(absl::string_view name) const {
  const auto entry = entries_.find(absl::AsciiStrToLower(name));
  if (entry == entries_.end()) return Damaged(absl::StrCat("thiếu ", domain::Excerpt(name)));
  zip_file_t* file = zip_fopen_index(zip_.get(), entry->second.index, 0);
  if (file == nullptr) return Damaged(absl::StrCat("không mở được ", domain::Excerpt(name)));
  return std::unique_ptr<Part>(new Part(file, entry->second.size, piece_bytes_));
}

}  // namespace thidua::sheets
