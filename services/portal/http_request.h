// What is asked over HTTP: the parts of a request that decide what becomes of it. Pure functions;
// thread-safe.
#ifndef THIDUA_SERVICES_PORTAL_HTTP_REQUEST_H_
#define THIDUA_SERVICES_PORTAL_HTTP_REQUEST_H_

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "absl/strings/string_view.h"

namespace thidua::portal {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

// "" when it is not there.
absl::string_view HeaderIn(const HttpRequest& request, absl::string_view name);

// "/v1/units?page_size=5" taken apart at its first '?': "/v1/units", "page_size=5".
struct PathAndQuery {
  absl::string_view path;
  absl::string_view query;
};
PathAndQuery PathAndQueryOf(absl::string_view target);

// Whether a page of another site sends it: a browser says so itself. Browsers too old for that name
// the page's origin, which is ours when it is of the host that was asked.
bool FromAnotherSite(const HttpRequest& request);

// Of a Content-Type: "application/json; charset=utf-8" too. Nothing that a form of another site can
// send.
bool IsJson(absl::string_view content_type);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_HTTP_REQUEST_H_
