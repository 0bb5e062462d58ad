#include "services/portal/http_request.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace thidua::portal {

absl::string_view HeaderIn(const HttpRequest& request, absl::string_view name) {
  const auto found = request.find(boost::beast::string_view(name.data(), name.size()));
  if (found == request.end()) return "";
  return absl::string_view(found->value().data(), found->value().size());
}

PathAndQuery PathAndQueryOf(absl::string_view target) {
  const size_t question = target.find('?');
  return {target.substr(0, question),
          question == absl::string_view::npos ? absl::string_view() : target.substr(question + 1)};
}

bool FromAnotherSite(const HttpRequest& request) {
  const absl::string_view site = HeaderIn(request, "Sec-Fetch-Site");
  if (!site.empty()) return site != "same-origin" && site != "none";
  absl::string_view origin = HeaderIn(request, "Origin");
  if (origin.empty()) return false;
  if (!absl::ConsumePrefix(&origin, "https://")) absl::ConsumePrefix(&origin, "http://");
  return origin != HeaderIn(request, "Host");
}

bool IsJson(absl::string_view content_type) {
  return absl::EqualsIgnoreCase(
      absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';'))),
      "application/json");
}

}  // namespace thidua::portal
