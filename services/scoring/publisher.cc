#include "services/scoring/publisher.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/messages/resource_names.h"
#include "services/platform/background.h"
#include "services/platform/digest.h"
#include "services/platform/log.h"

namespace thidua::scoring {
namespace {

constexpr char kChangesKey[] = "thidua:pub:v1:changes";
// Lost together with everything else by a flush or an empty restart.
constexpr char kMarkerKey[] = "thidua:pub:v1:published";
constexpr absl::Duration kLookEvery = absl::Seconds(1);
// What a marker cannot tell (a fail-over that lost the last writes) is made good by doing it all
// again; the script makes that cheap.
constexpr absl::Duration kRepublishEvery = absl::Seconds(30);
constexpr absl::Duration kPauseFirst = absl::Milliseconds(100);
constexpr absl::Duration kPauseMax = absl::Seconds(2);

constexpr char kPublished[] = "PUBLISHED";

// Revisions are padded texts of one length: Lua's numbers are doubles and cannot tell them apart.
// Whatever else somebody put under these keys (another type, a text that is no revision) gives way.
constexpr char kPublishScript[] = R"lua(
local known = redis.pcall('HGET', KEYS[1], 'revision')
if type(known) == 'string' and #known == #ARGV[1] and known:match('^[%d-]+$')
    and known >= ARGV[1] then
  return known
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'revision', unpack(ARGV))
if redis.call('TYPE', KEYS[2]).ok ~= 'stream' then redis.call('DEL', KEYS[2]) end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', '10000', '*', 'ranking', KEYS[1], 'revision', ARGV[1])
return 'PUBLISHED'
)lua";

std::string StateText(v1::Ranking::State state) {
  return state == v1::Ranking::STATE_FINAL ? "FINAL" : "PROVISIONAL";
}

// ISO 8601, UTC, to the millisecond.
std::string PrintInstant(const google::protobuf::Timestamp& instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", messages::ReadInstant(instant),
                          absl::UTCTimeZone());
}

std::string JsonOf(const v1::Ranking& ranking) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;  // A zero is a value, and is shown.
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(ranking, &json, options).ok()) json = "{}";
  return json;
}

// Changes exactly when the content does: not with when, or how often, it was computed.
std::string EtagOf(v1::Ranking ranking) {
  ranking.clear_compute_time();
  ranking.clear_revision();
  return platform::Sha256Hex(platform::DeterministicBytes(ranking)).substr(0, 32);
}

std::vector<std::string> PublishCommand(const Snapshot& shown) {
  const v1::Ranking ranking = RankingIn(shown);
  const std::string bytes = platform::DeterministicBytes(ranking);
  return {"EVAL",        kPublishScript,
          "2",           RankingKey(shown.period),
          kChangesKey,   ranking.revision(),
          "etag",        EtagOf(ranking),
          "state",       StateText(ranking.state()),
          "computed_at", PrintInstant(ranking.compute_time()),
          "data_as_of",  PrintInstant(ranking.data_time()),
          "sha256",      platform::Sha256Hex(bytes),
          "protobuf",    bytes,
          "json",        JsonOf(ranking)};
}

}  // namespace

std::string RankingKey(const std::string& period) {
  const absl::StatusOr<messages::PeriodName> name = messages::ReadPeriodName("", period);
  if (!name.ok()) return "";
  return absl::StrCat("thidua:pub:v1:ranking:{", name->pact.bloc, "/", name->pact.year,
                      "}:", name->period);
}

Publisher::Publisher(std::string address, const Board& board)
    : address_(std::move(address)), board_(board), thread_([this] { Run(); }) {}

Publisher::~Publisher() { Stop(); }

void Publisher::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Publisher::Publish(std::shared_ptr<const Snapshot> shown) {
  // Before anything is known of a period there is nothing to publish.
  if (address_.empty() || !shown->ranks_anybody) return;
  const absl::MutexLock lock(&mutex_);
  waiting_[shown->period] = std::move(shown);
}

void Publisher::Withdraw(const std::string& period) {
  if (address_.empty()) return;
  const absl::MutexLock lock(&mutex_);
  waiting_[period] = nullptr;
}

void Publisher::EnqueueAll() {
  for (const std::string& period : board_.Periods()) {
    absl::StatusOr<std::shared_ptr<const Snapshot>> found = board_.Get(period);
    if (!found.ok() || !(*found)->ranks_anybody) continue;
    std::shared_ptr<const Snapshot> shown = *std::move(found);
    const absl::MutexLock lock(&mutex_);
    // What is waiting already came later than this reading of the board: something newer, or a
    // withdrawal.
    waiting_.try_emplace(shown->period, std::move(shown));
  }
}

void Publisher::Run() {
  platform::WorkInBackground();
  absl::Duration pause = kPauseFirst;
  bool told = false;
  while (!address_.empty()) {
    absl::StatusOr<RedisConnection> redis = RedisConnection::Open(address_);
    absl::Status ended = redis.status();
    if (redis.ok()) {
      platform::Log(platform::Severity::kInfo, "redis connected", {{"address", address_}});
      ended = PublishWhileConnected(*redis, pause);
      told = false;
    }
    const absl::MutexLock lock(&mutex_);
    if (stopping_) return;
    if (!std::exchange(told, true)) {
      platform::Log(platform::Severity::kWarning, "redis away", {{"why", ended.ToString()}});
    }
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), pause);
    if (stopping_) return;
    pause = std::min(pause * 2, kPauseMax);
  }
}

absl::Status Publisher::PublishWhileConnected(RedisConnection& redis, absl::Duration& pause) {
  EnqueueAll();
  absl::Time republish_at = absl::Now() + kRepublishEvery;
  while (true) {
    Waiting batch;
    {
      const absl::MutexLock lock(&mutex_);
      const auto something = [this] {
        mutex_.AssertReaderHeld();
        return stopping_ || !waiting_.empty();
      };
      mutex_.AwaitWithTimeout(absl::Condition(&something), kLookEvery);
      if (stopping_ && waiting_.empty()) return absl::OkStatus();
      batch.swap(waiting_);
    }
    if (batch.empty()) {
      ASSIGN_OR_RETURN(const std::string marker, redis.Command({"EXISTS", kMarkerKey}));
      if (marker != "1" || absl::Now() >= republish_at) {
        EnqueueAll();
        republish_at = absl::Now() + kRepublishEvery;
        RETURN_IF_ERROR(redis.Command({"SET", kMarkerKey, "1"}).status());
      }
      continue;
    }
    // What is not published here is not lost: everything is, again, on the next connection.
    for (const auto& [period, shown] : batch) {
      if (shown == nullptr) {
        RETURN_IF_ERROR(redis.Command({"DEL", RankingKey(period)}).status());
        continue;
      }
      ASSIGN_OR_RETURN(const std::string answer, redis.Command(PublishCommand(*shown)));
      pause = kPauseFirst;  // It works: a connection lost later is looked for again at once.
      if (answer != kPublished && answer != shown->revision) {
        platform::Log(platform::Severity::kWarning, "redis holds a newer ranking",
                      {{"period", period}, {"known", answer}});
      }
    }
  }
}

}  // namespace thidua::scoring
