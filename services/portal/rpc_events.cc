#include "services/portal/rpc_events.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/portal/http_errors.h"

namespace thidua::portal {
namespace {

namespace asio = boost::asio;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// How long a refusal may take to be told by HTTP's own status.
constexpr absl::Duration kFirstMessage = absl::Seconds(1);
constexpr char kResumeToken[] = "resume_token";

// "ranking": the field of the message's first oneof that is set; "message" where there is none.
std::string NameOf(const Message& message) {
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
    const FieldDescriptor* set =
        message.GetReflection()->GetOneofFieldDescriptor(message, type.oneof_decl(i));
    if (set != nullptr) return set->json_name();
  }
  return "message";
}

// No line of it breaks: JSON on one line, names of fields, tokens of ours.
std::string Event(absl::string_view name, absl::string_view id, absl::string_view json) {
  return absl::StrCat("event: ", name, "\n", id.empty() ? "" : absl::StrCat("id: ", id, "\n"),
                      "data: ", json, "\n\n");
}

}  // namespace

RpcEvents::RpcEvents(asio::any_io_executor executor, const Transcoding& transcoding,
                     const Contracts& contracts, const Route& route, absl::Duration heartbeat)
    : transcoding_(transcoding),
      contracts_(contracts),
      route_(route),
      heartbeat_(heartbeat),
      news_(executor),
      room_(executor) {}

asio::awaitable<RpcEvents::Opened> RpcEvents::Open(Upstream& upstream,
                                                   const Transcoding& transcoding,
                                                   const Contracts& contracts, const Route& route,
                                                   std::unique_ptr<Message> request, bool resumed,
                                                   PassedOn passed_on, absl::Duration heartbeat,
                                                   VisitorLimits::Hold hold) {
  const auto executor = co_await asio::this_coro::executor;
  bool restarted = false;
  while (true) {
    auto events = std::make_shared<RpcEvents>(executor, transcoding, contracts, route, heartbeat);
    events->ready_.push_back(
        absl::StrCat("retry: ", absl::ToInt64Milliseconds(kReconnect), "\n\n"));
    if (restarted) events->ready_.push_back(Event("restart", "", "{}"));
    const size_t preface = events->ready_.size();
    const std::string bytes = request->SerializeAsString();
    events->stream_ = co_await upstream.Open(route, bytes, passed_on);
    asio::co_spawn(executor, events->Read(events), asio::detached);
    co_await events->AwaitNews(kFirstMessage);
    if (events->ready_.size() > preface || !events->ended_ || events->stream_->status().ok()) {
      events->hold_ = std::move(hold);
      co_return Opened{std::move(events), grpc::Status::OK};
    }
    const grpc::Status refused = events->stream_->status();
    // A browser's EventSource that comes back and is refused by HTTP gives up for ever: told within
    // the stream that the service is away, it comes back again.
    if (resumed && refused.error_code() == grpc::StatusCode::UNAVAILABLE) {
      events->hold_ = std::move(hold);
      co_return Opened{std::move(events), grpc::Status::OK};
    }
    if (!resumed || restarted || refused.error_code() != grpc::StatusCode::OUT_OF_RANGE) {
      co_return Opened{nullptr, refused};
    }
    restarted = true;
    const FieldDescriptor* token = request->GetDescriptor()->FindFieldByName(kResumeToken);
    request->GetReflection()->ClearField(request.get(), token);
  }
}

asio::awaitable<void> RpcEvents::AwaitNews(absl::Duration for_long) {
  if (ended_) co_return;
  news_.expires_after(absl::ToChronoMilliseconds(for_long));
  boost::system::error_code error;  // Cancelled: there is news.
  co_await news_.async_wait(asio::redirect_error(asio::use_awaitable, error));
}

asio::awaitable<void> RpcEvents::Read(std::shared_ptr<RpcEvents> /*kept*/) {
  std::string bytes;
  while (co_await stream_->Next(bytes)) {
    ready_.push_back(EventOf(bytes));
    news_.cancel();
    while (!ready_.empty() && !cancelled_) {
      room_.expires_at(asio::steady_timer::time_point::max());
      boost::system::error_code error;
      co_await room_.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
  }
  ended_ = true;
  news_.cancel();
}

asio::awaitable<std::optional<std::string>> RpcEvents::Next() {
  if (ready_.empty() && !ended_) co_await AwaitNews(heartbeat_);
  if (!ready_.empty()) {
    std::string event = std::move(ready_.front());
    ready_.pop_front();
    if (ready_.empty()) room_.cancel();
    co_return event;
  }
  if (!ended_) co_return ": \n\n";
  if (told_ || cancelled_ || stream_->status().ok()) co_return std::nullopt;
  told_ = true;
  const unsigned http = HttpStatusOf(stream_->status().error_code());
  co_return Event("error", "", ErrorJson(contracts_, stream_->status(), http));
}

void RpcEvents::Cancel() {
  cancelled_ = true;
  stream_->Cancel();
  room_.cancel();
}

std::string RpcEvents::EventOf(const std::string& bytes) {
  const auto& type = *route_.method->output_type();
  const std::unique_ptr<Message> message = transcoding_.NewMessage(type);
  const absl::StatusOr<std::string> json = transcoding_.JsonOf(type, bytes);
  if (!json.ok() || !message->ParseFromString(bytes)) {
    const grpc::Status unreadable(grpc::StatusCode::INTERNAL, "an event that cannot be read");
    told_ = true;
    stream_->Cancel();
    return Event("error", "", ErrorJson(contracts_, unreadable, 500));
  }
  return Event(NameOf(*message), TextOf(*message, kResumeToken), *json);
}

}  // namespace thidua::portal
