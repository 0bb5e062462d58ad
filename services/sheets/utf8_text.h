// A file's text as UTF-8, whatever its encoding may be: UTF-8 with or without BOM and UTF-16 with
// one are taken; the encodings from before Unicode that Vietnamese offices still keep
// (Windows-1258, VNI, TCVN3) are recognised and refused with advice, for reading them by guess
// would change names.
#ifndef THIDUA_SERVICES_SHEETS_UTF8_TEXT_H_
#define THIDUA_SERVICES_SHEETS_UTF8_TEXT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/sheets/source_file.h"

namespace thidua::sheets {

// What text that is no UTF-8 seems to be. Told only when several words of office Vietnamese are
// found in it under that encoding, and hardly any under the others.
enum class LegacyEncoding { kUnknown, kWindows1258, kVni, kTcvn3 };
LegacyEncoding RecogniseLegacyEncoding(absl::string_view bytes);

class Utf8Text {
 public:
  explicit Utf8Text(std::unique_ptr<SourceFile> file) : file_(std::move(file)) {}

  // The next piece, valid UTF-8 without BOM and without NUL, at the end of `to`; false at the end.
  // Faults ENCODING_…, NUL_BYTE at "dòng 12".
  absl::StatusOr<bool> Append(std::string& to);

  const SourceFile& file() const { return *file_; }

 private:
  enum class Form { kNotKnownYet, kUtf8, kUtf16Le, kUtf16Be };

  void TakeBom();
  // What stands in the file around bytes_[at].
  absl::StatusOr<std::string> Around(size_t at) const;
  absl::Status AppendUtf8(std::string& to, bool at_end);
  absl::Status AppendUtf16(std::string& to, bool at_end);
  absl::Status FaultAt(size_t appended, const std::string& to, absl::string_view reason,
                       std::string message) const;

  const std::unique_ptr<SourceFile> file_;
  Form form_ = Form::kNotKnownYet;
  std::string bytes_;  // Read and not yet taken: a character that goes on in the next piece.
  int64_t lines_ = 1;  // Before the next piece.
};

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_UTF8_TEXT_H_
