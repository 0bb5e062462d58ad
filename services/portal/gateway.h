// What a request over HTTP is answered: by the RPC that it means, by a ranking held in memory, or
// by a page.
//
//   GET  /v1/…            REST of every RPC that says how it is asked (routes.h); streams as events
//   *    /files/v1/…      what is no JSON: workbooks, documents, evidence (files.h)
//   *    /session         whose token the pages call with (session.h)
//   GET  /openapi.json    the contracts as OpenAPI
//   GET  /healthz         the process is alive;  /readyz  requests should come here
//   GET  everything else  the pages (web_pages.h)
//
// Who asks is for the services to judge: a request's Authorization goes on with every call that it
// makes, else the token of its session. Whoever says nothing asks as the portal itself, which is to
// be a reader of what is public; only what was answered to that is ever kept for others. How much
// they may take, and how often come with credentials that are refused, is bounded here
// (visitor_limits.h): 429 beyond.
#ifndef THIDUA_SERVICES_PORTAL_GATEWAY_H_
#define THIDUA_SERVICES_PORTAL_GATEWAY_H_

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/portal/contracts.h"
#include "services/portal/files.h"
#include "services/portal/http_server.h"
#include "services/portal/request_metrics.h"
#include "services/portal/routes.h"
#include "services/portal/session.h"
#include "services/portal/shown_rankings.h"
#include "services/portal/transcoding.h"
#include "services/portal/upstream.h"
#include "services/portal/visitor_limits.h"
#include "services/portal/web_pages.h"

namespace thidua::portal {

struct GatewayOptions {
  // Whose pages may read the answers (CORS): "https://dichvucong.kiengiang.gov.vn"; "*": anybody's.
  std::vector<std::string> allowed_origins = {};
  // Of one call, from when its request has been read.
  absl::Duration call_timeout = absl::Seconds(30);
  // Of scoring, for a ranking that can be told from memory: longer nobody waits for "stale".
  absl::Duration known_timeout = absl::Seconds(1);
  // How long a stream of events may be silent.
  absl::Duration heartbeat = absl::Seconds(15);
  // Browsers reach the portal by https, whoever ends it; where people sign on (session.h).
  bool secure = false;
  std::string sign_on_url = "";
  VisitorLimitsConfig visitors = {};
};

// Thread-safe. All that is given outlives it.
class Gateway : public HttpHandler {
 public:
  Gateway(const Contracts& contracts, const Routes& routes, const Transcoding& transcoding,
          Upstream& upstream, ShownRankings& rankings, const WebPages& pages, const Files& files,
          GatewayOptions options);

  size_t BodyBytesMax(absl::string_view target) const override;
  boost::asio::awaitable<HttpAnswer> Answer(const HttpRequest& request,
                                            const boost::asio::ip::address& peer) override;
  HttpReply Refuse(unsigned http_status) const override;

  // From now on requests should go elsewhere.
  void SetNotReady() { ready_.store(false); }
  // Once nothing is under way and nothing more is asked, and before the server that asked is taken
  // down: the threads that answered files hold on to its own for a moment longer.
  void AwaitFiles() { file_threads_.join(); }

 private:
  // Each may hold a table or a file of evidence; more of them wait.
  static constexpr size_t kFilesAtOnce = 4;
  static constexpr int kFilesWaitingMax = 32;

  // A target taken apart.
  struct Asked;

  // "Bearer …", as PassedOn holds it; "": nobody says who asks. UNAUTHENTICATED (TOKEN_REFUSED) for
  // what cannot be passed on.
  absl::StatusOr<std::string> AuthorizationOf(const HttpRequest& request) const;
  // Room for one more call or stream of a visitor; of nothing, where somebody says who asks.
  absl::StatusOr<VisitorLimits::Hold> Enter(const Asked& asked, bool streams);
  boost::asio::awaitable<HttpAnswer> AnswerByServices(Asked& asked);
  boost::asio::awaitable<HttpAnswer> AnswerApi(const Asked& asked);
  boost::asio::awaitable<HttpAnswer> AnswerRpc(const Asked& asked, const Routes::Found& found);
  boost::asio::awaitable<HttpAnswer> AnswerRanking(
      const Asked& asked, const Route& route, std::unique_ptr<google::protobuf::Message> request);
  boost::asio::awaitable<HttpAnswer> AnswerFile(const Asked& asked);
  boost::asio::awaitable<HttpAnswer> AnswerSession(const Asked& asked);
  // What a service that everybody may ask says of a token.
  boost::asio::awaitable<grpc::Status> TryToken(const std::string& token,
                                                const std::string& traceparent);
  HttpReply AnswerPreflight(const Asked& asked) const;
  HttpReply AnswerPage(const Asked& asked) const;

  bool Allows(absl::string_view origin) const;
  static void Log(const Asked& asked, unsigned status, absl::Duration took);
  // What stands in every answer.
  void Finish(const HttpRequest& request, HttpAnswer& answer) const;

  const Contracts& contracts_;
  const Routes& routes_;
  const Transcoding& transcoding_;
  Upstream& upstream_;
  ShownRankings& rankings_;
  const WebPages& pages_;
  const Files& files_;
  // Files are answered by threads that may wait.
  boost::asio::thread_pool file_threads_{kFilesAtOnce};
  const GatewayOptions options_;
  const Sessions sessions_;
  VisitorLimits visitors_;
  RequestMetrics metrics_;
  std::atomic<int> file_requests_{0};
  std::atomic<bool> ready_{true};
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_GATEWAY_H_
