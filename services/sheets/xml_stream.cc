#include "services/sheets/xml_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"

namespace thidua::sheets {
namespace {

using domain::Fault;

constexpr int kDepthMax = 64;
constexpr int64_t kTokenMax = int64_t{1} << 20;
constexpr char kBetween = '\n';  // In no namespace and in no name.

// Transitional and strict: the two forms that ISO 29500 has of each.
constexpr absl::string_view kElementSpaces[] = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main\n",
    "http://purl.oclc.org/ooxml/spreadsheetml/main\n",
    "http://schemas.openxmlformats.org/package/2006/relationships\n"};
constexpr absl::string_view kRelationshipSpaces[] = {
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships\n",
    "http://purl.oclc.org/ooxml/officeDocument/relationships\n"};

// The local name; "" of an element that says nothing here.
absl::string_view LocalName(absl::string_view name) {
  for (const absl::string_view space : kElementSpaces) {
    if (absl::ConsumePrefix(&name, space)) return name;
  }
  return "";
}

}  // namespace

absl::optional<absl::string_view> XmlAttributes::Find(absl::string_view name) const {
  absl::string_view wanted = name;
  const bool relationship = absl::ConsumePrefix(&wanted, "r:");
  for (const char** pair = pairs_; *pair != nullptr; pair += 2) {
    absl::string_view found = pair[0];
    if (!relationship && found == wanted) return absl::string_view(pair[1]);
    for (const absl::string_view space : kRelationshipSpaces) {
      if (relationship && absl::ConsumePrefix(&found, space) && found == wanted) {
        return absl::string_view(pair[1]);
      }
    }
  }
  return absl::nullopt;
}

XmlStream::XmlStream(std::unique_ptr<Part> part, XmlHandler& handler)
    : part_(std::move(part)), handler_(handler), parser_(XML_ParserCreateNS(nullptr, kBetween)) {
  XML_SetUserData(parser_.get(), this);
  XML_SetElementHandler(parser_.get(), &OnBegin, &OnEnd);
  XML_SetCharacterDataHandler(parser_.get(), &OnText);
  XML_SetStartDoctypeDeclHandler(parser_.get(), &OnDoctype);
}

absl::StatusOr<bool> XmlStream::Run() {
  while (true) {
    XML_Status result = XML_STATUS_OK;
    if (paused_) {
      paused_ = false;
      result = XML_ResumeParser(parser_.get());
    } else {
      if (fed_all_) return false;
      const size_t piece = part_->piece_bytes();
      void* buffer = XML_GetBuffer(parser_.get(), static_cast<int>(piece));
      if (buffer == nullptr) return Damaged("hết bộ nhớ");
      ASSIGN_OR_RETURN(const size_t read, part_->Read(static_cast<char*>(buffer), piece));
      fed_all_ = read == 0;
      result = XML_ParseBuffer(parser_.get(), static_cast<int>(read), fed_all_);
    }
    if (!status_.ok()) return status_;
    if (result == XML_STATUS_ERROR) return Damaged("XML không đúng dạng");
    if (result == XML_STATUS_SUSPENDED) {
      paused_ = true;
      return true;
    }
    // Expat keeps, and reads again with each piece, what it has no end of.
    const int64_t consumed = XML_GetCurrentByteIndex(parser_.get());
    if (!fed_all_ && consumed >= 0 && part_->bytes_read() - consumed > kTokenMax) {
      return Fault{"", "XML_TOKEN_TOO_LARGE", "Tệp Excel có một thẻ XML dài bất thường."}
          .ToStatus();
    }
  }
}

double XmlStream::progress() const {
  if (part_->size() == 0) return 1;
  return std::clamp(static_cast<double>(XML_GetCurrentByteIndex(parser_.get())) /
                        static_cast<double>(part_->size()),
                    0.0, 1.0);
}

void XmlStream::Stop(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
  XML_StopParser(parser_.get(), XML_FALSE);
}

// After a stop Expat may still tell an end that belongs to a beginning already told: by then nobody
// listens.
void XmlStream::OnBegin(void* self, const char* name, const char** attributes) {
  auto& stream = *static_cast<XmlStream*>(self);
  if (!stream.status_.ok()) return;
  if (++stream.depth_ > kDepthMax) {
    stream.Stop(
        Fault{"", "XML_TOO_DEEP", "Tệp Excel có các thẻ XML lồng nhau quá sâu."}.ToStatus());
    return;
  }
  absl::Status status = stream.handler_.Begin(LocalName(name), XmlAttributes(attributes));
  if (!status.ok()) stream.Stop(std::move(status));
}

void XmlStream::OnEnd(void* self, const char* name) {
  auto& stream = *static_cast<XmlStream*>(self);
  if (!stream.status_.ok()) return;
  --stream.depth_;
  absl::StatusOr<bool> pause = stream.handler_.End(LocalName(name));
  if (!pause.ok()) {
    stream.Stop(pause.status());
  } else if (*pause) {
    XML_StopParser(stream.parser_.get(), XML_TRUE);
  }
}

void XmlStream::OnText(void* self, const char* text, int size) {
  auto& stream = *static_cast<XmlStream*>(self);
  if (!stream.status_.ok()) return;
  absl::Status status = stream.handler_.Text(absl::string_view(text, static_cast<size_t>(size)));
  if (!status.ok()) stream.Stop(std::move(status));
}

void XmlStream::OnDoctype(void* self, const char*, const char*, const char*, int) {
  static_cast<XmlStream*>(self)->Stop(
      Fault{"", "XML_DOCTYPE", "Tệp Excel khai báo DOCTYPE nên không được mở."}.ToStatus());
}

}  // namespace thidua::sheets
