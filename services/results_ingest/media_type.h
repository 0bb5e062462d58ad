// Whether bytes are of the kind that their media type says: by how they begin, and texts by every
// byte.
//
//   auto check = MediaTypeCheck::Of("application/pdf");
//   sound = check->Take(first_bytes) && check->Take(more_bytes) && check->End();
//
// Taken: PDF; JPEG and PNG; documents and sheets of OOXML (docx, xlsx) and ODF (odt, ods), of which
// only is known that they are a zip; text/plain and text/csv in UTF-8 without NUL. Values; bounded
// whatever comes.
#ifndef THIDUA_SERVICES_RESULTS_INGEST_MEDIA_TYPE_H_
#define THIDUA_SERVICES_RESULTS_INGEST_MEDIA_TYPE_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace thidua::results_ingest {

class MediaTypeCheck {
 public:
  // Nothing when the type is not taken; types are written as IANA has them, without parameters.
  static std::optional<MediaTypeCheck> Of(absl::string_view media_type);

  // The next bytes; false once it is known that they are something else.
  bool Take(absl::string_view bytes);
  // After all bytes; false when they end too early.
  bool End() const;

 private:
  explicit MediaTypeCheck(absl::string_view beginning) : beginning_(beginning) {}
  bool TakeText(absl::string_view bytes);

  absl::string_view beginning_;  // What is still to come; a text has none.
  bool is_text_ = false;
  // Of the UTF-8 character that has begun: how many bytes are to come, and the bounds of the next.
  int more_ = 0;
  unsigned char low_ = 0x80, high_ = 0xBF;
};

}  // namespace thidua::results_ingest

#endif  // THIDUA_SERVICES_RESULTS_INGEST_MEDIA_TYPE_H_
