// One part's XML as a stream of elements and text, never held whole (docs/decisions/0016).
//
// No document type is taken (XML_DOCTYPE): what a workbook needs has none, and entities are how a
// kilobyte of XML becomes a gigabyte. Limits: 64 elements deep (XML_TOO_DEEP); 1 MiB a tag
// (XML_TOKEN_TOO_LARGE). XML that is not well-formed: WORKBOOK_DAMAGED. Not thread-safe.
#ifndef THIDUA_SERVICES_SHEETS_XML_STREAM_H_
#define THIDUA_SERVICES_SHEETS_XML_STREAM_H_

#include <expat.h>

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "services/sheets/container.h"

namespace thidua::sheets {

// The attributes of one element; valid while its handler runs.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
  // By the name alone when it has no namespace, of "r:id" in either namespace of relationships
  // "r:id".
  absl::optional<absl::string_view> Find(absl::string_view name) const;

 private:
  const char** pairs_;
};

// Who is told. Elements of the spreadsheet and relationship namespaces come by their local names,
// whatever their prefix; of others only the text within is told of.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual absl::Status Begin(absl::string_view element, const XmlAttributes& attributes) = 0;
  // Whether to pause: Run then answers, and goes on when it is called again.
  virtual absl::StatusOr<bool> End(absl::string_view element) = 0;
  virtual absl::Status Text(absl::string_view text) = 0;
};

class XmlStream {
 public:
  XmlStream(std::unique_ptr<Part> part, XmlHandler& handler);

  // Until the handler pauses (true) or the part ends (false).
  absl::StatusOr<bool> Run();

  double progress() const;

 private:
  struct Freer {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };
  static void OnBegin(void* self, const char* name, const char** attributes);
  static void OnEnd(void* self, const char* name);
  static void OnText(void* self, const char* text, int size);
  static void OnDoctype(void* self, const char*, const char*, const char*, int);
  void Stop(absl::Status status);

  const std::unique_ptr<Part> part_;
  XmlHandler& handler_;
  const std::unique_ptr<XML_ParserStruct, Freer> parser_;
  absl::Status status_;
  int depth_ = 0;
  bool paused_ = false;
  bool fed_all_ = false;
};

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_XML_STREAM_H_
