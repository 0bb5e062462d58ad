// What is answered over HTTP (what is asked: http_request.h): an answer whole, or a stream of
// events.
#ifndef THIDUA_SERVICES_PORTAL_HTTP_EXCHANGE_H_
#define THIDUA_SERVICES_PORTAL_HTTP_EXCHANGE_H_

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "services/portal/http_request.h"

namespace thidua::portal {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpReply {
  unsigned status = 200;
  HttpHeaders headers;
  // Shared with whoever keeps the same bytes for others; null: none.
  std::shared_ptr<const std::string> body;
};

// Server-sent events, one after the other, for one reader. Not thread-safe: asked for the next only
// when the one before has been written, so that no more than one of them waits for a slow reader.
class EventStream {
 public:
  virtual ~EventStream() = default;
  // What comes next, ready to be written; a comment when nothing has come for a while, so that both
  // sides know of each other. nullopt: the stream has ended.
  virtual boost::asio::awaitable<std::optional<std::string>> Next() = 0;
  // Ends it from this side. Next answers nullopt soon.
  virtual void Cancel() = 0;
};

struct HttpEvents {
  HttpHeaders headers;
  std::shared_ptr<EventStream> events;
};

using HttpAnswer = std::variant<HttpReply, HttpEvents>;

inline unsigned StatusOf(const HttpAnswer& answer) {
  const auto* const reply = std::get_if<HttpReply>(&answer);
  return reply == nullptr ? 200 : reply->status;
}

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_HTTP_EXCHANGE_H_
