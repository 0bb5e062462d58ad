#include "services/scoring/published_rankings.h"

#include <algorithm>
#include <memory>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/platform/log.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::scoring {
namespace {

constexpr char kChangesKey[] = "thidua:pub:v1:changes";

// Read or written at once: some hundred KiB.
constexpr size_t kChunk = 32;
constexpr int kRounds = 4;
constexpr int kRepeats = 32;
constexpr absl::Duration kEchoWithin = absl::Seconds(3);
// Of a SCAN: keys looked at a step, and steps a sweep. Of a Redis with more keys than that the next
// sweep goes on.
constexpr char kScanCount[] = "1000";
constexpr int kScanSteps = 100;
constexpr size_t kUnknownMax = 10000;

constexpr char kPublished[] = "PUBLISHED";

// Both scripts begin so. KEYS: the ranking, the stream. ARGV[1] is kRevisionShape. Revisions are
// padded texts of one shape: Lua's numbers are doubles and cannot tell them apart. What is no
// revision is older than all. Whatever keeps the stream from taking an entry (another type, an
// exhausted id) gives way.
constexpr char kBegin[] = R"lua(
local known = redis.pcall('HGET', KEYS[1], 'revision')
if type(known) ~= 'string' or (known:gsub('%d', '0')) ~= ARGV[1] then known = '' end
local function tell(change, revision)
  local entry = {'XADD', KEYS[2], 'MAXLEN', '~', '10000', '*',
                 'ranking', KEYS[1], 'revision', revision, 'change', change}
  local told = redis.pcall(unpack(entry))
  if type(told) ~= 'table' or not told.err then return end
  if not told.err:find('WRONGTYPE') and not told.err:find('exhausted') then error(told.err) end
  redis.call('DEL', KEYS[2])
  redis.call(unpack(entry))
end
)lua";

// ARGV: what is told, PUBLISHED or MENDED, which looks at no revision; the revision; names and
// values.
constexpr char kPublishScript[] = R"lua(
if ARGV[2] == 'PUBLISHED' and known >= ARGV[3] then return known end
tell(ARGV[2], ARGV[3])
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'revision', unpack(ARGV, 3))
return 'PUBLISHED'
)lua";

// ARGV: the revision that goes, and all before it.
constexpr char kRemoveScript[] = R"lua(
if known > ARGV[2] then return known end
if redis.call('EXISTS', KEYS[1]) == 0 then return '' end
tell('WITHDRAWN', known)
redis.call('DEL', KEYS[1])
return 'WITHDRAWN'
)lua";

std::string PublishScript() { return absl::StrCat(kBegin, kPublishScript); }
std::string RemoveScript() { return absl::StrCat(kBegin, kRemoveScript); }

// What follows EVAL and the script, or EVALSHA and its digest.
void AppendPublishing(absl::string_view change, const std::string& key, const RankingFields& fields,
                      RedisCommand& words) {
  words.insert(words.end(),
               {"2", key, kChangesKey, kRevisionShape, std::string(change), fields.at("revision")});
  for (const auto& [name, value] : fields) {
    if (name != "revision") words.insert(words.end(), {name, value});
  }
}

RedisCommand LookCommand(const std::string& period) { return {"HGETALL", RankingKey(period)}; }
// A key that is to expire is not right, whatever is in it.
RedisCommand LifetimeCommand(const std::string& period) { return {"PTTL", RankingKey(period)}; }

// Of what is not a hash: none.
RankingFields FieldsIn(const RedisAnswer& hash) {
  RankingFields fields;
  for (size_t i = 0; i + 1 < hash.list.size(); i += 2) {
    fields[hash.list[i].text] = hash.list[i + 1].text;
  }
  return fields;
}

absl::StatusOr<v1::GetRankingResponse> ReplyOn(const Board& board, const std::string& period) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const Snapshot> shown, board.Get(period));
  v1::GetRankingResponse reply;
  if (!reply.ParseFromString(shown->reply) || reply.ranking().revision() != shown->revision) {
    return absl::DataLossError("a snapshot without its ranking");
  }
  return reply;
}

std::string TextOr(const RankingFields& fields, absl::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

}  // namespace

absl::Status PublishedRankings::Connect(const std::string& address) {
  redis_.reset();
  // Told of what is written from here on, and only then looked at.
  ASSIGN_OR_RETURN(tracking_, RedisTracking::Open(address, options_, kRankingKeyPrefix));
  for (auto& [period, holding] : holdings_) holding.sure = false;
  echoes_.clear();
  unknown_.clear();
  cursor_ = std::string("0");
  ASSIGN_OR_RETURN(redis_, RedisConnection::Open(address, options_));
  RETURN_IF_ERROR(CheckMaster(*redis_));
  return LoadScripts();
}

absl::Status PublishedRankings::LoadScripts() {
  ASSIGN_OR_RETURN(publish_sha_, redis_->Command({"SCRIPT", "LOAD", PublishScript()}));
  ASSIGN_OR_RETURN(remove_sha_, redis_->Command({"SCRIPT", "LOAD", RemoveScript()}));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RedisAnswer>> PublishedRankings::RunScripts(
    const std::vector<RedisCommand>& commands) {
  ASSIGN_OR_RETURN(std::vector<RedisAnswer> answers, redis_->Commands(commands));
  std::vector<size_t> lost;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].is(RedisAnswer::Kind::kError) && absl::StartsWith(answers[i].text, "NOSCRIPT")) {
      lost.push_back(i);
    }
  }
  if (!lost.empty()) {
    RETURN_IF_ERROR(LoadScripts());
    std::vector<RedisCommand> again;
    for (const size_t i : lost) again.push_back(commands[i]);
    ASSIGN_OR_RETURN(std::vector<RedisAnswer> second, redis_->Commands(again));
    for (size_t i = 0; i < lost.size(); ++i) answers[lost[i]] = std::move(second[i]);
  }
  for (const RedisAnswer& answer : answers) RETURN_IF_ERROR(answer.status());
  return answers;
}

absl::Status PublishedRankings::PutAllRight() { return PutRight(board_.Periods()); }

absl::Status PublishedRankings::PutRight(const std::vector<std::string>& periods) {
  for (size_t begin = 0; begin < periods.size(); begin += kChunk) {
    if (enough_()) return absl::CancelledError("enough");
    const size_t end = std::min(periods.size(), begin + kChunk);
    RETURN_IF_ERROR(PutChunkRight({periods.begin() + static_cast<ptrdiff_t>(begin),
                                   periods.begin() + static_cast<ptrdiff_t>(end)}));
  }
  return absl::OkStatus();
}

// Until nothing is to be done, or others write at the same time: they are told of, and looked at
// again.
absl::Status PublishedRankings::PutChunkRight(const std::vector<std::string>& periods) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::string> known;
    std::vector<Wanted> wanted;
    for (const std::string& period : periods) {
      const std::shared_ptr<const Snapshot> shown = board_.Find(period);
      // Of what is gone, or cannot be shown, nothing can be said here.
      if (shown == nullptr || RankingKey(period).empty()) continue;
      known.push_back(period);
      wanted.push_back({shown->revision, shown->ranks_anybody && shown->is_public});
    }
    ASSIGN_OR_RETURN(const std::vector<Deed> deeds, Look(known, wanted));
    bool done = true;
    std::vector<std::string> to_publish;
    for (size_t i = 0; i < known.size(); ++i) {
      if (deeds[i] == Deed::kNothing ||
          !MayWrite(known[i], holdings_[known[i]], wanted[i].revision)) {
        continue;
      }
      done = false;
      if (deeds[i] == Deed::kPublish) to_publish.push_back(known[i]);
      if (deeds[i] == Deed::kMend) RETURN_IF_ERROR(Mend(known[i], wanted[i]));
      if (deeds[i] == Deed::kRemove) RETURN_IF_ERROR(Remove(known[i], wanted[i].revision));
    }
    RETURN_IF_ERROR(Publish(to_publish));
    if (done) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PublishedRankings::Deed>> PublishedRankings::Look(
    const std::vector<std::string>& periods, const std::vector<Wanted>& wanted) {
  std::vector<Deed> deeds(periods.size(), Deed::kNothing);
  std::vector<size_t> looked_at;
  std::vector<RedisCommand> commands;
  for (size_t i = 0; i < periods.size(); ++i) {
    const Holding& holding = holdings_[periods[i]];
    // One that was newer, and the board has caught up with it, was never held against ours.
    const bool unjudged = holding.digest.empty() && holding.revision == wanted[i].revision;
    if (!holding.sure || (wanted[i].published && unjudged)) {
      looked_at.push_back(i);
      commands.push_back(LookCommand(periods[i]));
      commands.push_back(LifetimeCommand(periods[i]));
    } else if (wanted[i].published && holding.revision < wanted[i].revision) {
      deeds[i] = Deed::kPublish;
    } else if (!wanted[i].published && !holding.revision.empty() &&
               holding.revision <= wanted[i].revision) {
      deeds[i] = Deed::kRemove;
    }
  }
  ASSIGN_OR_RETURN(const std::vector<RedisAnswer> answers, redis_->Commands(commands));
  for (size_t i = 0; i < looked_at.size(); ++i) {
    const size_t at = looked_at[i];
    deeds[at] = Take(answers[2 * i], answers[2 * i + 1], periods[at], wanted[at]);
  }
  return deeds;
}

PublishedRankings::Deed PublishedRankings::Take(const RedisAnswer& hash,
                                                const RedisAnswer& lifetime,
                                                const std::string& period, const Wanted& wanted) {
  Holding& holding = holdings_[period];
  const RankingFields fields = FieldsIn(hash);
  const std::string digest = DigestOf(fields);
  const bool known = !holding.digest.empty() && holding.digest == digest;
  holding.sure = true;
  holding.revision = TextOr(fields, "revision");
  holding.sha256 = TextOr(fields, "sha256");
  holding.digest.clear();
  if (lifetime.text == "-2") return wanted.published ? Deed::kPublish : Deed::kNothing;  // No key.

  Found found = Found::kWrong;
  if (lifetime.text == "-1" && hash.is(RedisAnswer::Kind::kList)) {
    if (!wanted.published) {
      found = Judge(fields, period, wanted.revision);
    } else if (known && holding.revision == wanted.revision) {
      found = Found::kSame;  // Byte for byte what was found right before, or was written.
    } else if (const auto reply = ReplyOn(board_, period); reply.ok()) {
      found = Judge(fields, period, *reply);
    } else {
      holding.sure = false;
      unsettled_.insert(period);
      return Deed::kNothing;
    }
  }
  switch (found) {
    case Found::kSame:
      holding.digest = digest;
      return Deed::kNothing;
    case Found::kNewer:
      return Deed::kNothing;
    case Found::kOlder:
      return wanted.published ? Deed::kPublish : Deed::kRemove;
    case Found::kWrong:
      break;
  }
  holding.sure = false;
  return Deed::kMend;
}

absl::Status PublishedRankings::Publish(const std::vector<std::string>& periods) {
  std::vector<std::string> published;
  std::vector<RankingFields> contents;
  std::vector<RedisCommand> commands;
  for (const std::string& period : periods) {
    const absl::StatusOr<v1::GetRankingResponse> reply = ReplyOn(board_, period);
    if (!reply.ok()) {
      unsettled_.insert(period);
      continue;
    }
    published.push_back(period);
    contents.push_back(FieldsOf(*reply));
    commands.push_back({"EVALSHA", publish_sha_});
    AppendPublishing(kPublished, RankingKey(period), contents.back(), commands.back());
  }
  ASSIGN_OR_RETURN(const std::vector<RedisAnswer> answers, RunScripts(commands));
  for (size_t i = 0; i < published.size(); ++i) {
    Holding& holding = holdings_[published[i]];
    holding.sure = answers[i].text == kPublished;
    (holding.sure ? published_ : refused_as_old_).Increment();
    if (!holding.sure) continue;  // Another was faster, or it is garbage: it is looked at.
    holding.revision = contents[i].at("revision");
    holding.sha256 = contents[i].at("sha256");
    holding.digest = DigestOf(contents[i]);
    ExpectEcho(RankingKey(published[i]));
  }
  return absl::OkStatus();
}

// Garbage may pass itself off as newer, so that no revision can decide here; and what was garbage
// may be a sibling's ranking by now. WATCH tells.
absl::Status PublishedRankings::Mend(const std::string& period, const Wanted& wanted) {
  const std::string key = RankingKey(period);
  ASSIGN_OR_RETURN(
      const std::vector<RedisAnswer> seen,
      redis_->Commands({{"WATCH", key}, LookCommand(period), LifetimeCommand(period)}));
  RETURN_IF_ERROR(seen[0].status());
  const absl::StatusOr<v1::GetRankingResponse> reply = ReplyOn(board_, period);
  const bool still_there = !wanted.published || reply.ok();
  if (!still_there || Take(seen[1], seen[2], period, wanted) != Deed::kMend) {
    holdings_[period].sure = false;
    unsettled_.insert(period);
    return redis_->Commands({{"MULTI"}, {"EXEC"}}).status();  // Ends the watch.
  }
  platform::Log(platform::Severity::kWarning, "what stood in redis was not ours",
                {{"key", key}, {"revision", holdings_[period].revision}});
  RedisCommand write;
  if (wanted.published) {
    write = {"EVAL", PublishScript()};
    AppendPublishing("MENDED", key, FieldsOf(*reply), write);
  } else {
    write = {"DEL", key};
  }
  ASSIGN_OR_RETURN(const std::vector<RedisAnswer> written,
                   redis_->Commands({{"MULTI"}, write, {"EXEC"}}));
  for (const RedisAnswer& answer : written) RETURN_IF_ERROR(answer.status());
  for (const RedisAnswer& answer : written[2].list) RETURN_IF_ERROR(answer.status());
  // Nothing: somebody else wrote. Either way it is looked at.
  if (written[2].is(RedisAnswer::Kind::kList)) {
    mended_.Increment();
    ExpectEcho(key);
  }
  holdings_[period].sure = false;
  return absl::OkStatus();
}

absl::Status PublishedRankings::Remove(const std::string& period, const std::string& revision) {
  const std::string key = RankingKey(period);
  ASSIGN_OR_RETURN(
      const std::vector<RedisAnswer> answers,
      RunScripts({{"EVALSHA", remove_sha_, "2", key, kChangesKey, kRevisionShape, revision}}));
  if (answers[0].text == "WITHDRAWN") {
    withdrawn_.Increment();
    ExpectEcho(key);
  }
  holdings_[period].sure = false;
  return absl::OkStatus();
}

absl::Status PublishedRankings::Withdraw(const std::string& period, const std::string& revision) {
  if (RankingKey(period).empty()) return absl::OkStatus();
  RETURN_IF_ERROR(Remove(period, revision));
  holdings_.erase(period);
  return absl::OkStatus();
}

bool PublishedRankings::MayWrite(const std::string& period, Holding& holding,
                                 const std::string& revision) {
  if (holding.written != revision) {
    holding.written = revision;
    holding.repeats_left = kRepeats;
    return true;
  }
  if (holding.repeats_left > 0) {
    if (--holding.repeats_left == 0) {
      platform::Log(platform::Severity::kWarning, "redis is changed by others again and again",
                    {{"key", RankingKey(period)}});
    }
    return true;
  }
  return false;
}

void PublishedRankings::ExpectEcho(const std::string& key) {
  echoes_.try_emplace(key, absl::Now());
}

absl::Status PublishedRankings::Hear() {
  ASSIGN_OR_RETURN(const RedisTracking::Told told, tracking_->Hear());
  if (told.everything) {
    for (auto& [period, holding] : holdings_) holding.sure = false;
    echoes_.clear();
    unknown_.clear();
    return PutAllRight();
  }
  std::vector<std::string> periods;
  for (const std::string& key : told.keys) {
    echoes_.erase(key);
    unknown_.erase(key);
    std::string period = PeriodOfKey(key);
    const auto holding = holdings_.find(period);
    if (holding == holdings_.end()) continue;
    holding->second.sure = false;
    periods.push_back(std::move(period));
  }
  return PutRight(periods);
}

absl::Status PublishedRankings::CheckLine() {
  RETURN_IF_ERROR(CheckMaster(*redis_));
  RETURN_IF_ERROR(Hear());
  const std::vector<std::string> again(unsettled_.begin(), unsettled_.end());
  unsettled_.clear();
  RETURN_IF_ERROR(PutRight(again));
  const absl::Time too_old = absl::Now() - kEchoWithin;
  for (const auto& [key, written_at] : echoes_) {
    // The lines may lead to two different servers, through something in between.
    if (written_at < too_old)
      return absl::UnavailableError("tracking does not tell our own writes");
  }
  return absl::OkStatus();
}

absl::Status PublishedRankings::Sweep() {
  ++sweep_;
  const std::vector<std::string> all = board_.Periods();
  for (size_t begin = 0; begin < all.size(); begin += kChunk) {
    if (enough_()) return absl::CancelledError("enough");
    std::vector<std::string> periods;
    std::vector<RedisCommand> commands;
    for (size_t i = begin; i < std::min(all.size(), begin + kChunk); ++i) {
      const auto holding = holdings_.find(all[i]);
      if (holding == holdings_.end()) continue;
      holding->second.repeats_left = std::min(kRepeats, holding->second.repeats_left + 1);
      periods.push_back(all[i]);
      commands.push_back({"HMGET", RankingKey(all[i]), "revision", "sha256"});
    }
    ASSIGN_OR_RETURN(const std::vector<RedisAnswer> answers, redis_->Commands(commands));
    for (size_t i = 0; i < periods.size(); ++i) {
      Holding& holding = holdings_[periods[i]];
      const std::vector<RedisAnswer>& fields = answers[i].list;
      if (fields.size() != 2 || fields[0].text != holding.revision ||
          fields[1].text != holding.sha256) {
        holding.sure = false;
      }
    }
  }
  RETURN_IF_ERROR(PutAllRight());
  return SweepUnknown();
}

// A sibling may know a period first, and does when results-ingest is not in sight here.
absl::Status PublishedRankings::SweepUnknown() {
  if (!board_.in_sight()) unknown_.clear();
  const std::vector<std::string> periods = board_.Periods();
  const absl::flat_hash_set<std::string> on_board(periods.begin(), periods.end());
  for (int step = 0; step < kScanSteps; ++step) {
    if (enough_()) return absl::CancelledError("enough");
    ASSIGN_OR_RETURN(
        const std::vector<RedisAnswer> answers,
        redis_->Commands({{"SCAN", cursor_, "MATCH", absl::StrCat(kRankingKeyPrefix, "*"), "COUNT",
                           kScanCount}}));
    RETURN_IF_ERROR(answers[0].status());
    if (answers[0].list.size() != 2) return absl::UnavailableError("no answer to SCAN");
    cursor_ = answers[0].list[0].text;
    for (const RedisAnswer& key : answers[0].list[1].list) {
      // Whatever SCAN is answered with: what is not ours is not taken out.
      if (!absl::StartsWith(key.text, kRankingKeyPrefix)) continue;
      const std::string period = PeriodOfKey(key.text);
      if (!board_.in_sight() || on_board.contains(period)) {
        unknown_.erase(key.text);
        continue;
      }
      if (unknown_.size() >= kUnknownMax && !unknown_.contains(key.text)) continue;
      if (unknown_.try_emplace(key.text, sweep_).first->second == sweep_) continue;
      ASSIGN_OR_RETURN(const std::vector<RedisAnswer> seen,
                       redis_->Commands({{"HGET", key.text, "revision"}}));
      const bool has_revision = seen[0].is(RedisAnswer::Kind::kText);
      platform::Log(platform::Severity::kWarning, "a ranking in redis of a period that is gone",
                    {{"key", key.text}});
      RETURN_IF_ERROR(RunScripts({{"EVALSHA", remove_sha_, "2", key.text, kChangesKey,
                                   kRevisionShape, has_revision ? seen[0].text : ""}})
                          .status());
      unknown_.erase(key.text);
    }
    if (cursor_ == "0") break;
  }
  return absl::OkStatus();
}

}  // namespace thidua::scoring
