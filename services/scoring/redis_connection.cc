#include "services/scoring/redis_connection.h"

#include <hiredis/hiredis.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"

namespace thidua::scoring {
namespace {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

RedisAnswer AnswerOf(const redisReply& reply) {
  using Kind = RedisAnswer::Kind;
  switch (reply.type) {
    case REDIS_REPLY_ERROR:
      return {Kind::kError, std::string(reply.str, reply.len), {}};
    case REDIS_REPLY_INTEGER:
      return {Kind::kText, absl::StrCat(reply.integer), {}};
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return {Kind::kText, std::string(reply.str, reply.len), {}};
    case REDIS_REPLY_ARRAY: {
      RedisAnswer answer{Kind::kList, "", {}};
      for (size_t i = 0; i < reply.elements; ++i) {
        answer.list.push_back(AnswerOf(*reply.element[i]));
      }
      return answer;
    }
    default:
      return {};
  }
}

// hiredis makes room for as many elements as a list is said to have, before any has come.
constexpr int kListMax = 1 << 20;

redisReplyObjectFunctions WithinListMax(const redisReplyObjectFunctions& hiredis) {
  static void* (*const make)(const redisReadTask*, int) = hiredis.createArray;
  redisReplyObjectFunctions bounded = hiredis;
  bounded.createArray = [](const redisReadTask* task, int elements) -> void* {
    return elements > kListMax ? nullptr : make(task, elements);
  };
  return bounded;
}

// Whether it can be read from (POLLIN) or written to (POLLOUT) by then.
bool AwaitReady(int fd, short events, absl::Time until) {
  pollfd waiting = {fd, events, 0};
  int ready = 0;
  do {
    const absl::Duration left = std::max(absl::ZeroDuration(), until - absl::Now());
    // Rounded up: a last fraction of a millisecond is slept through, not spun through.
    ready =
        poll(&waiting, 1,
             static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)))));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

absl::Status LogIn(RedisConnection& redis, const RedisOptions& options) {
  if (options.password_file.empty()) return absl::OkStatus();
  std::ifstream in(options.password_file, std::ios::binary);
  std::string password((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  absl::StripTrailingAsciiWhitespace(&password);
  if (password.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("no password in the file ", options.password_file));
  }
  RedisCommand words = {"AUTH", password};
  if (!options.user.empty()) words.insert(words.begin() + 1, options.user);
  return redis.Command(words).status();
}

}  // namespace

absl::Status RedisAnswer::status() const {
  return is(Kind::kError) ? absl::FailedPreconditionError(text) : absl::OkStatus();
}

void RedisConnection::Free::operator()(redisContext* context) const { redisFree(context); }

int RedisConnection::fd() const { return context_->fd; }

absl::StatusOr<RedisConnection> RedisConnection::Open(const std::string& address,
                                                      const RedisOptions& options) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat("not HOST:PORT: ", address));
  }
  const timeval timeout = absl::ToTimeval(options.timeout);
  RedisConnection connection(
      redisConnectWithTimeout(address.substr(0, colon).c_str(), port, timeout), options.timeout);
  redisContext* context = connection.context_.get();
  if (context == nullptr) return absl::ResourceExhaustedError("no memory for a connection");
  // Bounds a write that the other side does not take; reads wait by themselves.
  if (context->err != 0 || redisSetTimeout(context, timeout) != REDIS_OK) {
    return absl::UnavailableError(absl::StrCat(address, ": ", context->errstr));
  }
  static redisReplyObjectFunctions bounded = WithinListMax(*context->reader->fn);
  context->reader->fn = &bounded;
  RETURN_IF_ERROR(LogIn(connection, options));
  return connection;
}

void RedisConnection::Append(const RedisCommand& words) {
  std::vector<const char*> starts;
  std::vector<size_t> sizes;
  for (const std::string& word : words) {
    starts.push_back(word.data());
    sizes.push_back(word.size());
  }
  if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), starts.data(),
                             sizes.data()) != REDIS_OK) {
    broken_ = true;
  }
}

absl::Status RedisConnection::Send(const RedisCommand& words) {
  Append(words);
  return Flush(absl::Now() + timeout_);
}

absl::Status RedisConnection::Flush(absl::Time until) {
  for (int done = 0; done == 0 && !broken_;) {
    broken_ = !AwaitReady(context_->fd, POLLOUT, until) ||
              redisBufferWrite(context_.get(), &done) != REDIS_OK;
  }
  return broken_ ? absl::UnavailableError(absl::StrCat("Redis takes nothing: ", context_->errstr))
                 : absl::OkStatus();
}

absl::StatusOr<std::optional<RedisAnswer>> RedisConnection::ReceiveUntil(absl::Time until) {
  while (!broken_) {
    void* read = nullptr;
    if (redisGetReplyFromReader(context_.get(), &read) != REDIS_OK) break;
    if (read != nullptr) {
      const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(read));
      return AnswerOf(*reply);
    }
    if (!AwaitReady(context_->fd, POLLIN, until)) return std::nullopt;
    if (redisBufferRead(context_.get()) != REDIS_OK) break;
  }
  broken_ = true;
  return absl::UnavailableError(absl::StrCat("the line to Redis broke: ", context_->errstr));
}

absl::StatusOr<std::vector<RedisAnswer>> RedisConnection::Commands(
    const std::vector<RedisCommand>& commands) {
  const absl::Time until = absl::Now() + timeout_;
  std::vector<RedisAnswer> answers;
  for (const RedisCommand& words : commands) Append(words);
  if (!commands.empty()) RETURN_IF_ERROR(Flush(until));
  while (answers.size() < commands.size()) {
    ASSIGN_OR_RETURN(std::optional<RedisAnswer> answer, ReceiveUntil(until));
    if (!answer.has_value()) {
      broken_ = true;
      return absl::UnavailableError("Redis does not answer");
    }
    answers.push_back(*std::move(answer));
  }
  return answers;
}

absl::StatusOr<std::string> RedisConnection::Command(const RedisCommand& words) {
  ASSIGN_OR_RETURN(const std::vector<RedisAnswer> answers, Commands({words}));
  RETURN_IF_ERROR(answers[0].status());
  return answers[0].text;
}

absl::Status CheckMaster(RedisConnection& redis) {
  ASSIGN_OR_RETURN(const std::vector<RedisAnswer> answers, redis.Commands({{"ROLE"}}));
  RETURN_IF_ERROR(answers[0].status());
  const std::vector<RedisAnswer>& role = answers[0].list;
  if (!role.empty() && role[0].text == "master") return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("not a master: ", role.empty() ? "" : role[0].text));
}

}  // namespace thidua::scoring
