// Any bytes on a connection to the portal, as its server reads them (Boost.Beast): requests, one
// behind the other, up to the RPCs, files and pages that they ask for. Never a crash, no header
// that could break out of its line, no refusal that is lost, and no request to a service with a
// field that neither path, query, headers nor body have said.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "services/messages/resource_names.h"
#include "services/platform/trace.h"
#include "services/portal/content_disposition.h"
#include "services/portal/evidence_files.h"
#include "services/portal/file_exchange.h"
#include "services/portal/files.h"
#include "services/portal/http_errors.h"
#include "services/portal/http_request.h"
#include "services/portal/path_template.h"
#include "services/portal/result_uploads.h"
#include "services/portal/session.h"
#include "services/portal/temporary_folder.h"
#include "services/portal/traceparent.h"
#include "services/portal/web_pages.h"
#include "services/result_files/import.h"
#include "services/result_files/result_columns.h"
#include "tests/fuzz/asked_rpc.h"

namespace {

namespace http = boost::beast::http;
using namespace thidua::portal;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using thidua::platform::IsUtf8;
using thidua::tests::Goal;
using thidua::tests::Hold;
using thidua::tests::ThePortal;

Goal rpc_asked("an RPC, with a request for it");
Goal watch_resumed("a watch that goes on behind an event");
Goal file_asked("a file, with parameters that it takes");
Goal page_gzipped("a page, compressed");

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

// What is refused is told in JSON, with its faults.
void CheckRefusal(const absl::Status& status) {
  const auto faults = thidua::domain::FaultsOf(status);
  Hold(!faults.empty(), "what is refused has a fault");
  for (const auto& fault : faults) {
    Hold(IsUtf8(fault.path) && IsUtf8(fault.message), "a fault is text");
  }
  const HttpReply reply = ErrorReply(ThePortal().contracts, status);
  const auto told = nlohmann::json::parse(*reply.body, nullptr, false);
  Hold(told.is_object() && told["error"]["code"] == reply.status &&
           !told["error"]["details"].empty(),
       "a refusal is told");
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

// What the gateway takes of headers into the request, and answers the fields of; false: it refuses.
// A header that is no UTF-8 is passed on as it is, and refused by the service.
bool TakeHeaders(const HttpRequest& asked, const Route& route, Message& request,
                 std::vector<std::string>& said) {
  const auto& type = *route.method->input_type();
  const std::string key(HeaderIn(asked, "Idempotency-Key"));
  if (!key.empty() && IsUtf8(key) && type.FindFieldByName("request_id") != nullptr) {
    if (!SetTextWhereEmpty(request, "request_id", key)) return false;
    said.push_back("request_id");
    CheckSaid(request, said.back(), key);
  }
  const std::string last_event(HeaderIn(asked, "Last-Event-ID"));
  const auto* token = type.FindFieldByName("resume_token");
  if (route.method->server_streaming() && !last_event.empty() && IsUtf8(last_event) &&
      token != nullptr) {
    request.GetReflection()->SetString(&request, token, last_event);
    said.push_back("resume_token");
    watch_resumed.Reach();
  }
  return true;
}

void CheckRpc(const HttpRequest& asked, const Routes::Found& found, absl::string_view query_text) {
  const Route& route = *found.route;
  Hold(found.values.size() == route.path.variables().size(), "each variable has a value");
  const auto query = ReadQuery(query_text);
  if (!query.ok()) return CheckRefusal(query.status());
  const auto request = ThePortal().transcoding.RequestOf(found, *query, asked.body());
  if (!request.ok()) return CheckRefusal(request.status());
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
  if (!TakeHeaders(asked, route, **request, said)) return;
  thidua::tests::CheckAdmissible(**request);
  rpc_asked.Reach();
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

// Before any service is called: the gateway's part, then what uploads and downloads read.
void CheckFile(const HttpRequest& request, const PathAndQuery& target) {
  const size_t body_max = Files::BodyBytesMax(target.path);
  Hold(body_max == 0 || body_max == kTableBytesMax || body_max == kEvidenceBytesMax,
       "a body has one of three bounds");
  const auto query = ReadQuery(target.query);
  if (!query.ok()) return CheckRefusal(query.status());
  const auto path = PercentDecoded(target.path);
  if (!path.has_value()) return;
  FileRequest file;
  file.path = *path;
  file.query = *query;
  const absl::Status known =
      CheckParameters(file, {"file_name", "import", "sheet", "columns", "freshness_token"});
  if (!known.ok()) return CheckRefusal(known);
  const std::string header = ContentDisposition(ParameterOf(file, "file_name"), false);
  Hold(absl::c_all_of(header, [](unsigned char c) { return absl::ascii_isprint(c); }),
       "a name is a header's text");
  const auto columns = thidua::result_files::ReadColumnsFlag(ParameterOf(file, "columns"));
  if (!columns.ok()) return CheckRefusal(columns.status());
  for (const auto& [field, column] : *columns) {
    Hold(column >= 0 && column < thidua::sheets::kColumnsMax, "a column that there may be");
  }
  const auto import = thidua::result_files::ImportNameOf(
      {"", ParameterOf(file, "sheet"), *columns, *path, request.body()},
      thidua::results::v1::Import::MODE_PLAN);
  Hold(import.ok() && thidua::messages::ReadImportName("import", *import).ok(),
       "an import has a name");
  if (!columns->empty()) file_asked.Reach();
}

const WebPages& ThePages() {
  static const auto* const kPages = [] {
    const auto folder = *TemporaryFolder::Make();
    for (const char* name : {"index.html", "index.html.gz", "main-3f79bb7b.js", "licence.txt"}) {
      std::ofstream(folder.At(name)) << name;
    }
    return new WebPages(*WebPages::Read(folder.At("")));
  }();
  return *kPages;
}

void CheckPage(const HttpRequest& request, absl::string_view target_path) {
  const auto path = PercentDecoded(target_path);
  if (!path.has_value()) return;
  const absl::string_view taken = HeaderIn(request, "Accept-Encoding");
  const auto reply = ThePages().Find(*path, taken, HeaderIn(request, "If-None-Match"));
  if (!reply.has_value()) return;
  Hold(reply->status == (reply->body == nullptr ? 304 : 200), "a page is there, or known");
  for (const auto& [name, value] : reply->headers) {
    Hold(IsOneLine(value), "a header is one line");
    if (name != "Content-Encoding") continue;
    Hold(absl::StrContains(taken, "gzip"), "nothing is compressed that nobody takes so");
    page_gzipped.Reach();
  }
}

void CheckRequest(const HttpRequest& request) {
  CheckHeaders(request);
  CheckSession(request);
  const PathAndQuery target = PathAndQueryOf({request.target().data(), request.target().size()});
  if (Files::Takes(target.path)) return CheckFile(request, target);
  absl::string_view verb(request.method_string().data(), request.method_string().size());
  if (verb == "HEAD") verb = "GET";
  if (!absl::StartsWith(target.path, "/v1/")) return CheckPage(request, target.path);
  const auto path = ReadPath(target.path);
  if (!path.has_value()) return;
  const auto found = ThePortal().routes.Find(verb, *path);
  const auto verbs = ThePortal().routes.VerbsAt(*path);
  Hold(found.has_value() == absl::c_linear_search(verbs, verb), "a route is told of by its verb");
  if (found.has_value()) CheckRpc(request, *found, target.query);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const thidua::tests::InputTime time;
  absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  while (!bytes.empty()) {
    const auto request = ReadRequest(bytes);
    if (!request.has_value()) break;
    CheckRequest(*request);
  }
  return 0;
}
