// Any bytes on a connection to the portal, as its server reads them (Boost.Beast): requests, one
// behind the other, up to the RPCs that they ask for. Never a crash, no header that could break out
// of its line, and no request to a service with a field that neither path, query nor body has said.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "services/platform/trace.h"
#include "services/portal/http_request.h"
#include "services/portal/path_template.h"
#include "services/portal/session.h"
#include "services/portal/traceparent.h"
#include "tests/fuzz/asked_rpc.h"

namespace {

namespace http = boost::beast::http;
using namespace thidua::portal;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using thidua::tests::Hold;
using thidua::tests::ThePortal;

// As of HttpLimits and of the gateway.
constexpr uint32_t kHeaderBytes = 16 * 1024;
constexpr uint64_t kBodyBytes = 16 * 1024 * 1024;

// The next request of the bytes, which are taken off; nothing: they hold none, or no whole one.
std::optional<HttpRequest> ReadRequest(absl::string_view& bytes) {
  http::request_parser<http::string_body> parser;
  parser.header_limit(kHeaderBytes);
  parser.body_limit(kBodyBytes);
  while (!parser.is_done()) {
    boost::system::error_code error;
    const size_t taken = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    Hold(taken <= bytes.size(), "no more is taken than there is");
    bytes.remove_prefix(taken);
    // Of the header as of each chunk the parser stops behind it, to be asked again.
    if (error || (taken == 0 && !parser.is_done())) return std::nullopt;
  }
  return parser.release();
}

bool IsOneLine(absl::string_view text) {
  return absl::c_none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

// "00-<32>-<16>-<2>", each in small hexadecimal digits.
bool IsTraceparent(absl::string_view text) {
  return text.size() == 55 && absl::StartsWith(text, "00-") && text[35] == '-' && text[52] == '-' &&
         text.find_first_not_of("0123456789abcdef-") == absl::string_view::npos;
}

void CheckSession(const HttpRequest& request) {
  static const auto* const kSessions = new Sessions(/*secure=*/false, "");
  const absl::string_view token = kSessions->TokenIn(HeaderIn(request, "Cookie"));
  const auto posted = Sessions::ReadPosted(request.body());
  const absl::string_view brought = posted.ok() ? absl::string_view(*posted) : "";
  for (const absl::string_view one : {token, brought}) {
    Hold(absl::c_all_of(one, [](unsigned char c) { return absl::ascii_isgraph(c) && c != ';'; }),
         "a token is one word");
    Hold(IsOneLine(kSessions->Keeping(one, absl::FromUnixSeconds(1'800'000'000))),
         "a cookie is one line");
    const auto described = nlohmann::json::parse(kSessions->Describe(one), nullptr, false);
    Hold(described.is_object() && described["signedIn"] == !one.empty(), "a session is described");
  }
}

void CheckHeaders(const HttpRequest& request) {
  // What goes out again with an answer, into a log, or on to the services.
  for (const char* name : {"Origin", "Authorization", "Idempotency-Key", "Last-Event-ID", "Host"}) {
    Hold(IsOneLine(HeaderIn(request, name)), "a header is one line");
  }
  const std::string traceparent =
      TraceparentOf(HeaderIn(request, thidua::platform::kTraceparent), false);
  Hold(IsTraceparent(traceparent), "a trace has a name");
  const bool says_so = HeaderIn(request, "Sec-Fetch-Site") == "cross-site";
  Hold(!says_so || FromAnotherSite(request), "a browser is believed where a page is from");
  const absl::string_view content_type = HeaderIn(request, "Content-Type");
  Hold(!IsJson(content_type) ||
           absl::StartsWithIgnoreCase(absl::StripLeadingAsciiWhitespace(content_type),
                                      "application/json"),
       "what is taken for JSON says so");
}

// What a query says of a text field stands there, as it was said.
void CheckSaid(const Message& request, const std::string& place, const std::string& value) {
  const Message* at = &request;
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view part : absl::StrSplit(place, '.')) {
    if (field != nullptr) at = &at->GetReflection()->GetMessage(*at, field);
    field = at->GetDescriptor()->FindFieldByName(std::string(part));
    Hold(field != nullptr, "what is taken is a field");
  }
  if (field->type() != FieldDescriptor::TYPE_STRING) return;
  if (!field->is_repeated()) {
    Hold(at->GetReflection()->GetString(*at, field) == value, "a text is what was said");
    return;
  }
  for (int i = 0; i < at->GetReflection()->FieldSize(*at, field); ++i) {
    if (at->GetReflection()->GetRepeatedString(*at, field, i) == value) return;
  }
  Hold(false, "a text of a list is there");
}

void CheckRpc(const Routes::Found& found, absl::string_view query_text, const std::string& body) {
  const Route& route = *found.route;
  Hold(found.values.size() == route.path.variables().size(), "each variable has a value");
  const auto query = ReadQuery(query_text);
  if (!query.ok()) return;
  const auto request = ThePortal().transcoding.RequestOf(found, *query, body);
  if (!request.ok()) {
    Hold(!thidua::domain::FaultsOf(request.status()).empty(), "what is refused has a fault");
    return;
  }
  thidua::tests::CheckAdmissible(**request);
  const auto& type = *route.method->input_type();
  std::vector<std::string> said;
  for (size_t i = 0; i < found.values.size(); ++i) {
    said.push_back(route.path.variables()[i].field);
    CheckSaid(**request, said.back(), found.values[i]);
  }
  for (const auto& [name, value] : *query) {
    said.push_back(thidua::tests::PlaceOf(type, name));
    CheckSaid(**request, said.back(), value);
  }
  if (route.binding.body == "*") return;  // Whatever there is may be of it: gateway_json_fuzz.
  std::vector<std::string> places;
  thidua::tests::CollectSet(**request, "", places);
  for (const std::string& place : places) {
    const bool of_body =
        !route.binding.body.empty() &&
        (place == route.binding.body || absl::StartsWith(place, route.binding.body + "."));
    Hold(of_body || absl::c_linear_search(said, place), "nothing is set that nobody has said");
  }
}

void CheckRequest(const HttpRequest& request) {
  CheckHeaders(request);
  CheckSession(request);
  const PathAndQuery target = PathAndQueryOf({request.target().data(), request.target().size()});
  const auto path = ReadPath(target.path);
  if (!path.has_value()) return;
  const absl::string_view verb(request.method_string().data(), request.method_string().size());
  const auto found = ThePortal().routes.Find(verb, *path);
  const auto verbs = ThePortal().routes.VerbsAt(*path);
  Hold(found.has_value() == absl::c_linear_search(verbs, verb), "a route is told of by its verb");
  if (found.has_value()) CheckRpc(*found, target.query, request.body());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  while (!bytes.empty()) {
    const auto request = ReadRequest(bytes);
    if (!request.has_value()) break;
    CheckRequest(*request);
  }
  return 0;
}
