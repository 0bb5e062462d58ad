// The portal.
#include <cstdlib>
#include <thread>

#include "absl/flags/flag.h"
#include "services/platform/channel.h"
#include "services/platform/limits.h"
#include "services/platform/server.h"
#include "services/platform/tls.h"
#include "services/portal/contracts.h"
#include "services/portal/files.h"
#include "services/portal/gateway.h"
#include "services/portal/http_server.h"
#include "services/portal/https.h"
#include "services/portal/openapi.h"
#include "services/portal/routes.h"
#include "services/portal/shown_rankings.h"
#include "services/portal/transcoding.h"
#include "services/portal/upstream.h"
#include "services/portal/web_pages.h"

ABSL_FLAG(std::string, registry, "127.0.0.1:7101", "HOST:PORT of the registry service");
ABSL_FLAG(std::string, results, "127.0.0.1:7102", "HOST:PORT of the results-ingest service");
ABSL_FLAG(std::string, scoring, "127.0.0.1:7103", "HOST:PORT of the scoring service");
ABSL_FLAG(std::string, web_dir, "",
          "folder of the pages; empty: \"web\" beside the binary's folder");
ABSL_FLAG(std::vector<std::string>, cors_origins, {},
          "origins whose pages may read the answers, \"*\": all; empty: none but our own");
ABSL_FLAG(std::string, sign_on_url, "",
          "where people get the token that their pages call with, which comes back to "
          "/dang-nhap#access_token=…; empty: the page takes one that is pasted");
ABSL_FLAG(bool, https_ends_before, false,
          "who stands before the portal speaks https to browsers: they keep the session's cookie "
          "for https alone, as they do where the portal speaks TLS itself; nothing is bounded by "
          "the address that asks, which is everybody's");
ABSL_FLAG(absl::Duration, call_timeout, absl::Seconds(30), "how long a call may take");
ABSL_FLAG(int, http_connections_max, 4096, "connections served at a time");
ABSL_FLAG(int, http_threads, 0, "threads that serve connections; 0: one a core");

int main(int argc, char** argv) {
  namespace platform = thidua::platform;
  namespace portal = thidua::portal;
  platform::BeginProcess("portal", argc, argv);

  const auto address = platform::ListenAddress();
  if (!address.ok()) platform::Die(address.status());

  const portal::Contracts& contracts = portal::Contracts::Embedded();
  const auto routes = portal::Routes::Of(contracts);
  if (!routes.ok()) platform::Die(routes.status());
  const portal::Transcoding transcoding(contracts);

  std::filesystem::path web = absl::GetFlag(FLAGS_web_dir);
  if (web.empty()) {
    web = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "web";
  }
  auto pages = portal::WebPages::Read(web);
  if (!pages.ok()) platform::Die(pages.status());
  pages->Add("/openapi.json", portal::OpenApiDocument(contracts).dump(1) + "\n");

  // Whoever asks is passed on to them.
  for (const auto& service : {absl::GetFlag(FLAGS_registry), absl::GetFlag(FLAGS_results),
                              absl::GetFlag(FLAGS_scoring)}) {
    if (absl::Status status = platform::CheckMayCarryTokens(service); !status.ok()) {
      platform::Die(status);
    }
  }
  portal::Upstream upstream({{"thidua.registry", absl::GetFlag(FLAGS_registry)},
                             {"thidua.results", absl::GetFlag(FLAGS_results)},
                             {"thidua.scoring", absl::GetFlag(FLAGS_scoring)}});
  portal::ShownRankings rankings(contracts, transcoding,
                                 platform::ChannelTo(absl::GetFlag(FLAGS_scoring)));
  const auto tls = platform::Tls::OfProcess();
  const bool serves_tls = tls.ok() && (*tls)->serves();
  portal::GatewayOptions options;
  options.secure = serves_tls || absl::GetFlag(FLAGS_https_ends_before);
  options.sign_on_url = absl::GetFlag(FLAGS_sign_on_url);
  options.allowed_origins = absl::GetFlag(FLAGS_cors_origins);
  options.call_timeout = absl::GetFlag(FLAGS_call_timeout);
  const auto process_limits = platform::Limits::FromFlags();
  if (!process_limits.ok()) platform::Die(process_limits.status());
  const auto visitors = portal::VisitorLimitsConfig::FromFlags(process_limits->callers.refusals);
  if (!visitors.ok()) platform::Die(visitors.status());
  options.visitors = *visitors;
  options.visitors.behind_proxy = absl::GetFlag(FLAGS_https_ends_before);
  const portal::Files files(platform::Caller(
      {absl::GetFlag(FLAGS_registry), absl::GetFlag(FLAGS_results), absl::GetFlag(FLAGS_scoring)},
      absl::ZeroDuration()));
  portal::Gateway gateway(contracts, *routes, transcoding, upstream, rankings, *pages, files,
                          options);

  portal::HttpLimits limits;
  limits.connections = static_cast<size_t>(absl::GetFlag(FLAGS_http_connections_max));
  int threads = absl::GetFlag(FLAGS_http_threads);
  if (threads <= 0) threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  std::unique_ptr<portal::Https> https;
  if (serves_tls) {
    auto opened = portal::Https::Open([tls = *tls] { return tls->pair(); });
    if (!opened.ok()) platform::Die(opened.status());
    https = *std::move(opened);
  }
  auto server = portal::HttpServer::Start(*address, threads, limits, gateway, std::move(https));
  if (!server.ok()) platform::Die(server.status());
  platform::AnnounceReady((*server)->address());
  platform::AwaitStopSignal();
  gateway.SetNotReady();
  // A call that a service does not answer holds on to what would be taken down here.
  if (!(*server)->Drain(platform::kDrainMax)) std::_Exit(0);
  gateway.AwaitFiles();
  upstream.Stop();
}
