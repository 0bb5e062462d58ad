// Any bytes as what goes on where an answer ended, a page's token or a watch's: what we have not
// made is refused, and what we have made is read as what it was made of.
#include <cstdint>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/domain/fault.h"
#include "services/platform/admission.h"
#include "services/platform/paging.h"
#include "services/platform/watch.h"
#include "tests/fuzz/hold.h"
#include "thidua/registry/v1/registry_service.pb.h"

namespace {

using namespace thidua;
using namespace thidua::platform;
using tests::Goal;
using tests::Hold;

Goal page_read("a page's token");
Goal resume_read("a watch's token");

constexpr int64_t kSequence = 1'000'000;
constexpr char kStore[] = "registry:1";
constexpr int64_t kEpoch = 1'560'000'000'000;

registry::v1::ListUnitsRequest ListAt(const std::string& token) {
  registry::v1::ListUnitsRequest request;
  request.set_page_size(10);
  request.set_page_token(token);
  return request;
}

void CheckPage(const std::string& token) {
  const registry::v1::ListUnitsRequest request = ListAt(token);
  const auto start = ReadPageToken(request, {kSequence, "2019-06-30", ""});
  if (!start.ok()) {
    Hold(domain::FaultsOf(start.status()).size() == 1, "what is refused has one fault");
    return;
  }
  if (token.empty()) return;
  page_read.Reach();
  Hold(start->sequence >= 0 && start->sequence <= kSequence, "a state that there was");
  Hold(IsUtf8(start->day) && IsUtf8(start->last), "a token holds text");
  Hold(NextPageToken(request, *start) == token, "no token but those that we make");
  const auto number = LastNumber(*start, 7);
  Hold(!number.ok() || (start->last.empty() ? *number == 7 : absl::StrCat(*number) == start->last),
       "a number is what it says");
  // Another list, by its filter.
  registry::v1::ListUnitsRequest other = request;
  other.set_bloc("blocs/khoi-4");
  Hold(!ReadPageToken(other, {kSequence, "", ""}).ok(), "a token belongs to its list");
}

void CheckResume(const std::string& token) {
  const auto sequence = ReadResumeToken(token, kStore, kEpoch, kSequence);
  if (!sequence.ok() || token.empty()) return;
  resume_read.Reach();
  Hold(*sequence >= 0 && *sequence <= kSequence, "a change that there was");
  Hold(ResumeToken(kStore, kEpoch, *sequence) == token, "no token but those that we make");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tests::InputTime time;
  const std::string text(reinterpret_cast<const char*>(data), size);
  // A field that is no UTF-8 has been refused before.
  if (IsUtf8(text)) CheckPage(text);
  CheckResume(text);

  // As one who knows how tokens are made would write them: with the right beginning.
  static const std::string* const kList = [] {
    std::string made;
    absl::WebSafeBase64Unescape(NextPageToken(ListAt(""), {}), &made);
    return new std::string(made.substr(0, made.find('\n')));
  }();
  CheckPage(absl::WebSafeBase64Escape(absl::StrCat(*kList, "\n", text)));
  CheckResume(absl::WebSafeBase64Escape(absl::StrCat(kStore, "#", kEpoch, "@", text)));
  return 0;
}
