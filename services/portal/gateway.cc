#include "services/portal/gateway.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/verb.hpp>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/log.h"
#include "services/platform/trace.h"
#include "services/portal/content_disposition.h"
#include "services/portal/http_errors.h"
#include "services/portal/rpc_events.h"
#include "services/portal/traceparent.h"
#include "thidua/registry/v1/registry_service.pb.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::portal {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using domain::Fault;
using google::protobuf::Message;

// As gRPC's own bound: a whole year of a large bloc fits twice.
constexpr size_t kLoggedPathMax = 200;
constexpr size_t kJsonBytesMax = 16 * 1024 * 1024;
// A document of a report brings its own style, and may stand in a frame of our pages.
constexpr char kFilePolicy[] =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox";
// The rest of what a call says of itself has its place too in the 8 KiB that gRPC takes.
constexpr size_t kAuthorizationBytesMax = 7 * 1024;
// What everybody may ask whom a service knows.
constexpr char kEverybodyMayAsk[] = "thidua.registry.v1.RegistryService.ListUnits";
constexpr char kReadRanking[] = "thidua.scoring.v1.ScoringService.GetRanking";

absl::Status Refused(absl::StatusCode code, absl::string_view reason, absl::string_view sentence) {
  return Fault{"", std::string(reason), std::string(sentence)}.ToStatus(code);
}

absl::Status Overloaded() {
  return Refused(
      absl::StatusCode::kUnavailable, "OVERLOADED",
      "Cổng đang nhận và gửi quá nhiều dữ liệu cùng lúc; vui lòng thử lại sau giây lát.");
}

absl::Status HeadTooLong() {
  return Refused(absl::StatusCode::kInvalidArgument, "TOO_LONG",
                 "Phần đầu của yêu cầu HTTP dài hơn mức cho phép.");
}

absl::Status OriginNotAllowed() {
  return Refused(absl::StatusCode::kPermissionDenied, "ORIGIN_NOT_ALLOWED",
                 "Trang của hệ thống khác không được gửi dữ liệu vào đây.");
}

absl::Status MethodNotAllowed() {
  return Refused(absl::StatusCode::kUnimplemented, "METHOD_NOT_ALLOWED",
                 "Địa chỉ này không nhận phương thức HTTP đó.");
}

absl::Status ContentTypeUnknown() {
  return Refused(absl::StatusCode::kInvalidArgument, "CONTENT_TYPE_UNKNOWN",
                 "Nội dung phải là JSON: Content-Type: application/json.");
}

HttpReply Text(unsigned status, absl::string_view text) {
  HttpReply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
  reply.body = std::make_shared<const std::string>(text);
  return reply;
}

HttpReply Json(std::string json) {
  HttpReply reply;
  reply.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  reply.body = std::make_shared<const std::string>(std::move(json));
  return reply;
}

HttpHeaders& HeadersOf(HttpAnswer& answer) {
  auto* const reply = std::get_if<HttpReply>(&answer);
  return reply != nullptr ? reply->headers : std::get<HttpEvents>(answer).headers;
}

bool WantsAnotherToken(const HttpAnswer& answer) {
  const auto* const reply = std::get_if<HttpReply>(&answer);
  return reply != nullptr && reply->status == 401;
}

}  // namespace

struct Gateway::Asked {
  const HttpRequest& request;
  const asio::ip::address& peer;
  absl::string_view verb;
  absl::string_view path;
  absl::string_view query;
  PassedOn passed_on;
};

Gateway::Gateway(const Contracts& contracts, const Routes& routes, const Transcoding& transcoding,
                 Upstream& upstream, ShownRankings& rankings, const WebPages& pages,
                 const Files& files, GatewayOptions options)
    : contracts_(contracts),
      routes_(routes),
      transcoding_(transcoding),
      upstream_(upstream),
      rankings_(rankings),
      pages_(pages),
      files_(files),
      options_(std::move(options)),
      sessions_(options_.secure, options_.sign_on_url),
      visitors_(options_.visitors) {}

size_t Gateway::BodyBytesMax(absl::string_view target) const {
  const absl::string_view path = PathAndQueryOf(target).path;
  if (path == kSessionPath) return kSessionBodyBytesMax;
  return Files::Takes(path) ? Files::BodyBytesMax(path) : kJsonBytesMax;
}

// What failed, and what is traced. The question of a request may name what is no log's business.
void Gateway::Log(const Asked& asked, unsigned status, absl::Duration took) {
  const std::string& traceparent = asked.passed_on.traceparent;
  const bool failed = status >= 500;
  // Strangers decide nothing about what is logged.
  const bool taken = status < 400 || (!asked.passed_on.authorization.empty() && status != 401);
  if (!failed && !(taken && platform::IsSampled(traceparent))) return;
  platform::LogOfCaller(failed ? platform::CallersLine::kFailure : platform::CallersLine::kTrace,
                        failed ? platform::Severity::kWarning : platform::Severity::kInfo,
                        failed ? "a request failed" : "request",
                        {{"status", absl::StrCat(status)},
                         {"method", asked.verb},
                         {"path", asked.path.substr(0, kLoggedPathMax)},
                         {"ms", absl::StrCat(absl::ToInt64Milliseconds(took))},
                         {"trace", platform::TraceIdIn(traceparent)}});
}

HttpReply Gateway::Refuse(unsigned http_status) const {
  absl::Status status = Refused(absl::StatusCode::kInvalidArgument, "REQUEST_UNREADABLE",
                                "Yêu cầu HTTP không đọc được.");
  if (http_status == 413) {
    status = Refused(absl::StatusCode::kInvalidArgument, "TOO_LONG",
                     "Nội dung gửi lên lớn hơn mức cho phép.");
  } else if (http_status == 503) {
    status = Overloaded();
  } else if (http_status == 431) {
    status = HeadTooLong();
  }
  HttpReply reply = ErrorReply(contracts_, status, http_status);
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return reply;
}

asio::awaitable<HttpAnswer> Gateway::Answer(const HttpRequest& request,
                                            const asio::ip::address& peer) {
  const absl::Time began = absl::Now();
  const absl::string_view target(request.target().data(), request.target().size());
  const bool reads = request.method() == http::verb::get || request.method() == http::verb::head;
  // The one that is asked most: nothing is taken apart for it. It is public, and the same whoever
  // asks.
  if (reads) {
    if (const auto found = rankings_.Find(target); found.has_value() && found->vouched) {
      HttpAnswer answer = found->ranking->Reply(found->stale, HeaderIn(request, "If-None-Match"));
      Finish(request, answer);
      metrics_.Count(RequestMetrics::kRanking, StatusOf(answer), absl::Now() - began);
      co_return answer;
    }
  }
  const auto [path, query] = PathAndQueryOf(target);
  Asked asked{request,
              peer,
              absl::string_view(request.method_string().data(), request.method_string().size()),
              path,
              query,
              {TraceparentOf(HeaderIn(request, platform::kTraceparent),
                             /*sampled=*/!reads && request.method() != http::verb::options),
               ""}};
  if (request.method() == http::verb::head) asked.verb = "GET";

  HttpAnswer answer;
  RequestMetrics::From from = RequestMetrics::kItself;
  if (request.method() == http::verb::options) {
    answer = AnswerPreflight(asked);
  } else if (!reads && FromAnotherSite(request) && !Allows(HeaderIn(request, "Origin"))) {
    // What a page of another site can send without asking first, as a form does, changes nothing
    // here.
    answer = ErrorReply(contracts_, OriginNotAllowed());
  } else if (absl::StartsWith(asked.path, "/v1/") || Files::Takes(asked.path)) {
    from = RequestMetrics::kServices;
    answer = co_await AnswerByServices(asked);
  } else if (asked.path == kSessionPath) {
    from = RequestMetrics::kSession;
    answer = co_await AnswerSession(asked);
  } else if (reads) {
    from = RequestMetrics::kPage;
    answer = AnswerPage(asked);
  } else {
    answer = ErrorReply(
        contracts_,
        Refused(absl::StatusCode::kUnimplemented, "METHOD_NOT_ALLOWED", "Địa chỉ này chỉ để đọc."),
        405);
  }
  Finish(request, answer);
  const absl::Duration took = absl::Now() - began;
  metrics_.Count(from, StatusOf(answer), took);
  Log(asked, StatusOf(answer), took);
  co_return answer;
}

absl::StatusOr<std::string> Gateway::AuthorizationOf(const HttpRequest& request) const {
  const absl::string_view said = HeaderIn(request, "Authorization");
  if (!said.empty()) {
    if (!absl::c_all_of(said, [](unsigned char c) { return absl::ascii_isprint(c); })) {
      return Refused(absl::StatusCode::kUnauthenticated, "TOKEN_REFUSED",
                     "Không đọc được mã đăng nhập trong phần đầu của yêu cầu.");
    }
    return std::string(said);
  }
  // A page of another site says nothing in the name of who is signed in here.
  if (FromAnotherSite(request)) return "";
  const absl::string_view token = sessions_.TokenIn(HeaderIn(request, "Cookie"));
  return token.empty() ? "" : absl::StrCat("Bearer ", token);
}

absl::StatusOr<VisitorLimits::Hold> Gateway::Enter(const Asked& asked, bool streams) {
  if (!asked.passed_on.authorization.empty()) return VisitorLimits::Hold();
  return streams ? visitors_.EnterStream(asked.peer) : visitors_.EnterCall();
}

asio::awaitable<HttpAnswer> Gateway::AnswerByServices(Asked& asked) {
  if (HeaderIn(asked.request, "Authorization").size() > kAuthorizationBytesMax) {
    co_return ErrorReply(contracts_, HeadTooLong(), 431);
  }
  absl::StatusOr<std::string> authorization = AuthorizationOf(asked.request);
  if (!authorization.ok()) co_return ErrorReply(contracts_, authorization.status());
  asked.passed_on.authorization = *std::move(authorization);
  const bool says_who = !asked.passed_on.authorization.empty();
  if (says_who) {
    const absl::Status listened_to = visitors_.CheckCredentials(asked.peer);
    if (!listened_to.ok()) co_return ErrorReply(contracts_, listened_to);
  }
  HttpAnswer answer;
  if (Files::Takes(asked.path)) {
    answer = co_await AnswerFile(asked);
  } else {
    answer = co_await AnswerApi(asked);
  }
  if (says_who && WantsAnotherToken(answer)) visitors_.CountRefusal(asked.peer);
  // All but the ranking that is the same for all.
  HttpHeaders& headers = HeadersOf(answer);
  if (absl::c_linear_search(headers,
                            std::pair<std::string, std::string>("Cache-Control", "no-store"))) {
    headers.emplace_back("Vary", "Authorization, Cookie");
  }
  co_return answer;
}

asio::awaitable<HttpAnswer> Gateway::AnswerApi(const Asked& asked) {
  const auto path = ReadPath(asked.path);
  const auto found = path.has_value() ? routes_.Find(asked.verb, *path) : std::nullopt;
  if (!found.has_value()) {
    const std::vector<std::string> verbs =
        path.has_value() ? routes_.VerbsAt(*path) : std::vector<std::string>();
    if (verbs.empty()) {
      co_return ErrorReply(contracts_, Refused(absl::StatusCode::kNotFound, "ROUTE_UNKNOWN",
                                               "Không có dịch vụ nào ở địa chỉ này."));
    }
    HttpReply reply = ErrorReply(contracts_, MethodNotAllowed(), 405);
    reply.headers.emplace_back("Allow", absl::StrJoin(verbs, ", "));
    co_return reply;
  }
  co_return co_await AnswerRpc(asked, *found);
}

asio::awaitable<HttpAnswer> Gateway::AnswerRpc(const Asked& asked, const Routes::Found& found) {
  const Route& route = *found.route;
  if (!upstream_.Serves(route)) {
    co_return ErrorReply(contracts_, absl::UnimplementedError("no such service behind the portal"));
  }
  if (!route.binding.body.empty() && !IsJson(HeaderIn(asked.request, "Content-Type"))) {
    co_return ErrorReply(contracts_, ContentTypeUnknown(), 415);
  }
  auto query = ReadQuery(asked.query);
  if (!query.ok()) co_return ErrorReply(contracts_, query.status());
  auto request = transcoding_.RequestOf(found, *query, asked.request.body());
  if (!request.ok()) co_return ErrorReply(contracts_, request.status());
  const std::string key(HeaderIn(asked.request, "Idempotency-Key"));
  const auto& type = *route.method->input_type();
  if (!key.empty() && type.FindFieldByName("request_id") != nullptr &&
      !SetTextWhereEmpty(**request, "request_id", key)) {
    co_return ErrorReply(contracts_, Fault{"request_id", "IDEMPOTENCY_KEY_CONTRADICTED",
                                           "Idempotency-Key và requestId không giống nhau."}
                                         .ToStatus());
  }

  if (route.method->full_name() == kReadRanking) {
    co_return co_await AnswerRanking(asked, route, *std::move(request));
  }
  absl::StatusOr<VisitorLimits::Hold> hold = Enter(asked, route.method->server_streaming());
  if (!hold.ok()) co_return ErrorReply(contracts_, hold.status());
  if (route.method->server_streaming()) {
    const std::string last_event(HeaderIn(asked.request, "Last-Event-ID"));
    // Whoever comes back is where the last event left it, whatever its address says.
    const auto* token = type.FindFieldByName("resume_token");
    const bool resumed = !last_event.empty() && token != nullptr;
    if (resumed) (*request)->GetReflection()->SetString(request->get(), token, last_event);
    RpcEvents::Opened opened =
        co_await RpcEvents::Open(upstream_, transcoding_, contracts_, route, *std::move(request),
                                 resumed, asked.passed_on, options_.heartbeat, *std::move(hold));
    if (opened.events == nullptr) co_return ErrorReply(contracts_, opened.refused);
    // X-Accel-Buffering: a proxy in between must not gather events before it passes them on.
    co_return HttpEvents{{{"Content-Type", "text/event-stream"},
                          {"Cache-Control", "no-store"},
                          {"X-Accel-Buffering", "no"}},
                         std::move(opened.events)};
  }
  const std::string bytes = (*request)->SerializeAsString();
  const UpstreamReply reply =
      co_await upstream_.Call(route, bytes, asked.passed_on, absl::Now() + options_.call_timeout);
  if (!reply.status.ok()) co_return ErrorReply(contracts_, reply.status);
  auto json = transcoding_.JsonOf(*route.method->output_type(), reply.bytes);
  if (!json.ok()) co_return ErrorReply(contracts_, json.status());
  co_return Json(*std::move(json));
}

asio::awaitable<HttpAnswer> Gateway::AnswerRanking(const Asked& asked, const Route& route,
                                                   std::unique_ptr<Message> request) {
  const absl::string_view if_none_match = HeaderIn(asked.request, "If-None-Match");
  // What was shown here is not gone back from, whoever is asked next.
  const auto known =
      asked.query.empty()
          ? rankings_.Find(absl::StrCat("/v1/", TextOf(*request, "period"), "/ranking"))
          : std::nullopt;
  if (known.has_value()) {
    SetTextWhereEmpty(*request, "freshness_token", known->ranking->freshness_token());
  }
  const absl::StatusOr<VisitorLimits::Hold> hold = Enter(asked, /*streams=*/false);
  if (!hold.ok()) {
    if (known.has_value()) co_return known->ranking->Reply(/*stale=*/true, if_none_match);
    co_return ErrorReply(contracts_, hold.status());
  }
  const absl::Time deadline =
      absl::Now() + (known.has_value() ? options_.known_timeout : options_.call_timeout);
  std::string bytes = request->SerializeAsString();
  UpstreamReply reply = co_await upstream_.Call(route, bytes, asked.passed_on, deadline);
  // The token was ours: a store that has been replaced knows nothing of it, and the reader did not
  // ask.
  const bool replaced =
      known.has_value() && reply.status.error_code() == grpc::StatusCode::FAILED_PRECONDITION;
  if (replaced) {
    request->GetReflection()->ClearField(
        request.get(), request->GetDescriptor()->FindFieldByName("freshness_token"));
    bytes = request->SerializeAsString();
    reply = co_await upstream_.Call(route, bytes, asked.passed_on, deadline);
  }
  if (reply.status.ok()) {
    // What is answered to somebody need not be for others. What is asked for by its revision may be
    // revoked in the meantime. Neither is an answer to keep.
    if (!asked.passed_on.authorization.empty() || !TextOf(*request, "revision").empty()) {
      auto json = transcoding_.JsonOf(*route.method->output_type(), reply.bytes);
      if (!json.ok()) co_return ErrorReply(contracts_, json.status());
      co_return Json(*std::move(json));
    }
    scoring::v1::GetRankingResponse response;
    if (!response.ParseFromString(reply.bytes)) {
      co_return ErrorReply(contracts_, absl::InternalError("GetRanking's answer cannot be read"));
    }
    const bool stale = response.stale();
    const auto ranking = rankings_.Of(std::move(response));
    rankings_.Keep(ranking, replaced);
    co_return ranking->Reply(stale, if_none_match);
  }
  const bool away = reply.status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                    reply.status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
  if (known.has_value() && away) co_return known->ranking->Reply(/*stale=*/true, if_none_match);
  co_return ErrorReply(contracts_, reply.status);
}

asio::awaitable<HttpAnswer> Gateway::AnswerFile(const Asked& asked) {
  auto query = ReadQuery(asked.query);
  if (!query.ok()) co_return ErrorReply(contracts_, query.status());
  const auto path = PercentDecoded(asked.path);
  if (!path.has_value()) {
    co_return ErrorReply(contracts_, Refused(absl::StatusCode::kNotFound, "PATH_UNKNOWN",
                                             "Không có tệp nào ở địa chỉ này."));
  }
  const absl::StatusOr<VisitorLimits::Hold> hold = Enter(asked, /*streams=*/false);
  if (!hold.ok()) co_return ErrorReply(contracts_, hold.status());
  // Those that wait hold what they sent.
  const int waiting = file_requests_.fetch_add(1);
  const absl::Cleanup done = [this] { file_requests_.fetch_sub(1); };
  if (waiting >= kFilesWaitingMax) co_return ErrorReply(contracts_, Overloaded());
  FileRequest file;
  file.verb = std::string(asked.verb);
  file.path = *path;
  file.query = *std::move(query);
  file.body = asked.request.body();
  file.traceparent = asked.passed_on.traceparent;
  file.authorization = asked.passed_on.authorization;
  file.deadline = absl::Now() + options_.call_timeout;
  absl::StatusOr<FileReply> answer = co_await asio::co_spawn(
      file_threads_.get_executor(),
      [this, &file]() -> asio::awaitable<absl::StatusOr<FileReply>> {
        co_return files_.Answer(file);
      },
      asio::use_awaitable);
  if (!answer.ok()) co_return ErrorReply(contracts_, answer.status());
  HttpReply reply;
  reply.headers = {{"Content-Type", answer->content_type},
                   {"Cache-Control", "no-store"},
                   // Whoever made the file says nothing in the name of this site.
                   {"Content-Security-Policy", kFilePolicy}};
  if (!answer->file_name.empty()) {
    reply.headers.emplace_back("Content-Disposition",
                               ContentDisposition(answer->file_name, answer->may_be_shown));
  }
  reply.body = std::make_shared<const std::string>(std::move(answer->bytes));
  co_return reply;
}

asio::awaitable<HttpAnswer> Gateway::AnswerSession(const Asked& asked) {
  // Not even of those whose pages may read the answers: they would sign people in as whom they
  // like.
  if (FromAnotherSite(asked.request)) co_return ErrorReply(contracts_, OriginNotAllowed());
  const auto described = [this](absl::string_view token, const std::string& cookie) {
    HttpReply reply = Json(sessions_.Describe(token));
    if (!cookie.empty()) reply.headers.emplace_back("Set-Cookie", cookie);
    return reply;
  };
  if (asked.verb == "GET") {
    co_return described(sessions_.TokenIn(HeaderIn(asked.request, "Cookie")), "");
  }
  if (asked.verb == "DELETE") co_return described("", sessions_.Forgetting());
  if (asked.verb != "POST") {
    HttpReply reply = ErrorReply(contracts_, MethodNotAllowed(), 405);
    reply.headers.emplace_back("Allow", "GET, POST, DELETE");
    co_return reply;
  }
  if (!IsJson(HeaderIn(asked.request, "Content-Type"))) {
    co_return ErrorReply(contracts_, ContentTypeUnknown(), 415);
  }
  const absl::StatusOr<std::string> token = Sessions::ReadPosted(asked.request.body());
  if (!token.ok()) co_return ErrorReply(contracts_, token.status());
  const absl::Status listened_to = visitors_.CheckCredentials(asked.peer);
  if (!listened_to.ok()) co_return ErrorReply(contracts_, listened_to);
  const grpc::Status tried = co_await TryToken(*token, asked.passed_on.traceparent);
  if (tried.error_code() == grpc::StatusCode::UNAUTHENTICATED) visitors_.CountRefusal(asked.peer);
  if (!tried.ok()) co_return ErrorReply(contracts_, tried);
  co_return described(*token, sessions_.Keeping(*token, absl::Now()));
}

asio::awaitable<grpc::Status> Gateway::TryToken(const std::string& token,
                                                const std::string& traceparent) {
  const auto route = absl::c_find_if(
      routes_.all(), [](const Route& one) { return one.method->full_name() == kEverybodyMayAsk; });
  if (route == routes_.all().end() || !upstream_.Serves(*route)) {
    co_return grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no such service behind the portal");
  }
  registry::v1::ListUnitsRequest request;
  request.set_page_size(1);
  const std::string bytes = request.SerializeAsString();
  const PassedOn passed_on{traceparent, absl::StrCat("Bearer ", token)};
  const UpstreamReply reply =
      co_await upstream_.Call(*route, bytes, passed_on, absl::Now() + options_.call_timeout);
  co_return reply.status;
}

HttpReply Gateway::AnswerPreflight(const Asked& asked) const {
  HttpReply reply;
  reply.status = 204;
  if (!HeaderIn(asked.request, "Access-Control-Request-Method").empty() &&
      Allows(HeaderIn(asked.request, "Origin"))) {
    reply.headers = {{"Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"},
                     {"Access-Control-Allow-Headers",
                      "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, "
                      "traceparent"},
                     {"Access-Control-Max-Age", "600"}};
  }
  return reply;
}

HttpReply Gateway::AnswerPage(const Asked& asked) const {
  if (asked.path == "/healthz") return Text(200, "ok\n");
  if (asked.path == "/readyz") {
    return ready_.load() ? Text(200, "ready\n") : Text(503, "shutting down\n");
  }
  const auto path = PercentDecoded(asked.path);
  const auto page = path.has_value()
                        ? pages_.Find(*path, HeaderIn(asked.request, "Accept-Encoding"),
                                      HeaderIn(asked.request, "If-None-Match"))
                        : std::nullopt;
  if (page.has_value()) return *page;
  return ErrorReply(contracts_, Refused(absl::StatusCode::kNotFound, "PAGE_UNKNOWN",
                                        "Không có trang nào ở địa chỉ này."));
}

bool Gateway::Allows(absl::string_view origin) const {
  return !origin.empty() &&
         absl::c_any_of(options_.allowed_origins, [origin](const std::string& allowed) {
           return allowed == "*" || allowed == origin;
         });
}

void Gateway::Finish(const HttpRequest& request, HttpAnswer& answer) const {
  HttpHeaders& headers = HeadersOf(answer);
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("Referrer-Policy", "same-origin");
  if (options_.allowed_origins.empty()) return;
  headers.emplace_back("Vary", "Origin");
  const absl::string_view origin = HeaderIn(request, "Origin");
  if (!Allows(origin)) return;
  headers.emplace_back("Access-Control-Allow-Origin", origin);
  headers.emplace_back("Access-Control-Expose-Headers",
                       "ETag, Retry-After, Content-Disposition, WWW-Authenticate");
}

}  // namespace thidua::portal
