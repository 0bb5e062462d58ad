// A server stream of gRPC as server-sent events.
//
//   event: ranking
//   id: <resume token>
//   data: {"ranking": …}
//
// The event is called as the field of the message's oneof that is set; the id is the message's
// resume_token. "restart": the token that the reader came back with is not known any more, and the
// present state comes again, whole. "error": the stream has ended; data is what http_errors.h says.
// Nothing to tell for a heartbeat: a comment.
#ifndef THIDUA_SERVICES_PORTAL_RPC_EVENTS_H_
#define THIDUA_SERVICES_PORTAL_RPC_EVENTS_H_

#include <google/protobuf/message.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "services/portal/http_exchange.h"
#include "services/portal/transcoding.h"
#include "services/portal/upstream.h"
#include "services/portal/visitor_limits.h"

namespace thidua::portal {

// How long a reader waits before it comes back after the stream has ended.
inline constexpr absl::Duration kReconnect = absl::Seconds(2);

class RpcEvents : public EventStream, public std::enable_shared_from_this<RpcEvents> {
 public:
  // Opens the stream, and waits a moment for its first message: so that what is refused is told by
  // a status of HTTP. `resumed`: the reader came back with a token, which `request` holds.
  // `hold` lives as long as the events.
  struct Opened {
    std::shared_ptr<RpcEvents> events;
    grpc::Status refused;  // OK: events are there.
  };
  static boost::asio::awaitable<Opened> Open(Upstream& upstream, const Transcoding& transcoding,
                                             const Contracts& contracts, const Route& route,
                                             std::unique_ptr<google::protobuf::Message> request,
                                             bool resumed, PassedOn passed_on,
                                             absl::Duration heartbeat, VisitorLimits::Hold hold);

  RpcEvents(boost::asio::any_io_executor executor, const Transcoding& transcoding,
            const Contracts& contracts, const Route& route, absl::Duration heartbeat);

  boost::asio::awaitable<std::optional<std::string>> Next() override;
  void Cancel() override;

 private:
  // Reads messages, one ahead of the reader.
  boost::asio::awaitable<void> Read(std::shared_ptr<RpcEvents> kept);
  // Until something is there, or the time is over.
  boost::asio::awaitable<void> AwaitNews(absl::Duration for_long);
  // The stream ends with one that cannot be read.
  std::string EventOf(const std::string& bytes);

  const Transcoding& transcoding_;
  const Contracts& contracts_;
  const Route& route_;
  const absl::Duration heartbeat_;
  VisitorLimits::Hold hold_;
  std::shared_ptr<UpstreamStream> stream_;
  // Conditions to wait for: cancelled when they may have come true.
  boost::asio::steady_timer news_;
  boost::asio::steady_timer room_;
  std::deque<std::string> ready_;
  bool ended_ = false;
  bool told_ = false;  // That it ended with an error.
  bool cancelled_ = false;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_RPC_EVENTS_H_
