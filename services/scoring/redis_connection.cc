#include "services/scoring/redis_connection.h"

#include <hiredis/hiredis.h>

#include <sys/time.h>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace thidua::scoring {
namespace {

// Loopback or one data centre: what takes longer is not well.
constexpr timeval kTimeout = {1, 0};

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

}  // namespace

void RedisConnection::Free::operator()(redisContext* context) const { redisFree(context); }

absl::StatusOr<RedisConnection> RedisConnection::Open(const std::string& address) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat("not HOST:PORT: ", address));
  }
  RedisConnection connection(
      redisConnectWithTimeout(address.substr(0, colon).c_str(), port, kTimeout));
  redisContext* context = connection.context_.get();
  if (context == nullptr) return absl::ResourceExhaustedError("no memory for a connection");
  if (context->err != 0) return absl::UnavailableError(context->errstr);
  if (redisSetTimeout(context, kTimeout) != REDIS_OK) {
    return absl::UnavailableError(context->errstr);
  }
  return connection;
}

absl::StatusOr<std::string> RedisConnection::Command(const std::vector<std::string>& words) {
  std::vector<const char*> starts;
  std::vector<size_t> sizes;
  for (const std::string& word : words) {
    starts.push_back(word.data());
    sizes.push_back(word.size());
  }
  const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(redisCommandArgv(
      context_.get(), static_cast<int>(words.size()), starts.data(), sizes.data())));
  if (reply == nullptr) return absl::UnavailableError(context_->errstr);
  switch (reply->type) {
    case REDIS_REPLY_ERROR:
      return absl::FailedPreconditionError(std::string(reply->str, reply->len));
    case REDIS_REPLY_INTEGER:
      return absl::StrCat(reply->integer);
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return std::string(reply->str, reply->len);
    default:
      return std::string();
  }
}

}  // namespace thidua::scoring
