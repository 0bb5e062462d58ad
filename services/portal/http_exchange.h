// What is asked over HTTP, and what is answered: an answer whole, or a stream of events.
#ifndef THIDUA_SERVICES_PORTAL_HTTP_EXCHANGE_H_
#define THIDUA_SERVICES_PORTAL_HTTP_EXCHANGE_H_

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "absl/strings/string_view.h"

namespace thidua::portal {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

// "" when it is not there.
inline absl::string_view HeaderIn(const HttpRequest& request, absl::string_view name) {
  const auto found = request.find(boost::beast::string_view(name.data(), name.size()));
  if (found == request.end()) return "";
  return absl::string_view(found->value().data(), found->value().size());
}

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
