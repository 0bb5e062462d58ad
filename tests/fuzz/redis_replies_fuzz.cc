// Any bytes as what a Redis, or its sentinels, answer: scoring connects, looks, publishes, hears
// and sweeps, or gives the line up; never a crash, no waiting, and whatever it is answered it
// writes to no keys but its own, and nothing but the ranking that is shown.
//
// An input is what each connection answers, one after the other, whatever is asked on it:
//
//   s|line|*2\r\n$9\r\n127.0.0.1\r\n$4\r\n6379\r\n     the first letter says who asks: s sentinels,
//   |line|…                                            t tracking, p the publisher
//
// "@hash@" stands for the published ranking as HGETALL answers it, "@key@" for its key, and "|end|"
// at the end of a line for the other side's hanging up. hiredis is the real one; only the network
// below it is a pair of sockets.
#include <hiredis/hiredis.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/scoring/board.h"
#include "services/scoring/khoi4_2019_inputs_testlib.h"
#include "services/scoring/published_rankings.h"
#include "services/scoring/ranking_hash.h"
#include "services/scoring/redis_connection.h"
#include "services/scoring/redis_sentinels.h"
#include "services/scoring/redis_tracking.h"
#include "services/scoring/standing.h"
#include "tests/fuzz/hold.h"

namespace {

using namespace thidua::scoring;
using thidua::tests::Goal;
using thidua::tests::Hold;

Goal sentinels_asked("a master that the sentinels know");
Goal tracked("something heard while tracking");
Goal published_all("all rankings published and swept");

constexpr char kChanges[] = "thidua:pub:v1:changes";
constexpr int kLinesMax = 8;

// What is still to be answered, by connection, and the far ends of those that were made.
std::deque<std::string> lines;
std::vector<int> far_ends;

struct Shown {
  Board board;
  std::string revision;
  std::string key;
  std::string hash;  // As HGETALL answers it.
};

const Shown& TheRanking() {
  static const auto* const kShown = [] {
    auto* shown = new Shown;
    // Of its seven units two: to write a ranking out is most of what a run takes.
    ReceivedPeriod received = khoi4_2019::Received(2);
    auto& members = *received.inputs.mutable_pact()->mutable_members();
    members.DeleteSubrange(2, members.size() - 2);
    const auto standing = ComputeStanding(received, absl::FromUnixSeconds(1565000000));
    Hold(standing.ok(), "the ranking of the test's data is computed");
    const auto snapshot = shown->board.Put(*standing);
    shown->board.SetInSight(true);
    shown->revision = snapshot->revision;
    shown->key = RankingKey(snapshot->period);
    v1::GetRankingResponse reply;
    reply.ParseFromString(snapshot->reply);
    const RankingFields fields = FieldsOf(reply);
    shown->hash = absl::StrCat("*", 2 * fields.size(), "\r\n");
    for (const auto& [name, value] : fields) {
      absl::StrAppend(&shown->hash, "$", name.size(), "\r\n", name, "\r\n$", value.size(), "\r\n",
                      value, "\r\n");
    }
    return shown;
  }();
  return *kShown;
}

// "*3\r\n" or "$3\r\n", taken off; nothing: it was not written to its end.
std::optional<size_t> TakeSize(absl::string_view& written, char mark) {
  const size_t end = written.find("\r\n");
  if (end == absl::string_view::npos) return std::nullopt;
  size_t size = 0;
  Hold(written[0] == mark && absl::SimpleAtoi(written.substr(1, end - 1), &size),
       "what is written is a command");
  written.remove_prefix(end + 2);
  return size;
}

// The next command that was written, taken off; empty: none, or not to its end, as when a socket
// takes no more.
RedisCommand TakeCommand(absl::string_view& written) {
  RedisCommand words;
  const std::optional<size_t> count = TakeSize(written, '*');
  while (count.has_value() && words.size() < *count) {
    const std::optional<size_t> size = TakeSize(written, '$');
    if (!size.has_value() || *size + 2 > written.size()) return {};
    words.emplace_back(written.substr(0, *size));
    written.remove_prefix(*size + 2);
  }
  return words;
}

void CheckCommand(const RedisCommand& words) {
  const Shown& shown = TheRanking();
  const std::string& verb = words[0];
  if (verb == "EVAL" || verb == "EVALSHA") {
    Hold(words.size() >= 7 && words[2] == "2" && absl::StartsWith(words[3], kRankingKeyPrefix) &&
             words[4] == kChanges,
         "no script writes to another's keys");
    const bool publishes = words.size() > 7;  // Else it takes out.
    Hold(!publishes || (words[3] == shown.key && words[7] == shown.revision),
         "nothing is published but what is shown");
  } else if (verb == "DEL") {
    Hold(words.size() == 2 && absl::StartsWith(words[1], kRankingKeyPrefix),
         "no key of another's is deleted");
  } else {
    static const auto* const kOthers = new std::vector<std::string>{
        "ROLE", "CLIENT", "SUBSCRIBE", "PING", "SCRIPT", "HGETALL", "PTTL",
        "HGET", "HMGET",  "WATCH",     "SCAN", "MULTI",  "EXEC",    "SENTINEL"};
    Hold(std::find(kOthers->begin(), kOthers->end(), verb) != kOthers->end(),
         "nothing else is asked of a Redis");
  }
}

void CheckWritten(absl::string_view written) {
  for (RedisCommand words = TakeCommand(written); !words.empty(); words = TakeCommand(written)) {
    CheckCommand(words);
  }
}

std::string WrittenTo(int far_end) {
  std::string written;
  char piece[4096];
  for (ssize_t read = 0; (read = recv(far_end, piece, sizeof piece, MSG_DONTWAIT)) > 0;) {
    written.append(piece, static_cast<size_t>(read));
  }
  return written;
}

RedisOptions Options() {
  RedisOptions options;
  options.addresses = {"redis:6379"};
  options.sentinels = {"one:26379", "two:26379", "three:26379"};
  options.master = "thidua";
  // What is answered is there before it is asked for.
  options.timeout = absl::ZeroDuration();
  return options;
}

void AskSentinels() {
  RedisSentinels sentinels(Options());
  const auto address = sentinels.FindMaster();
  if (!address.ok()) return;
  Hold(absl::StrContains(*address, ':'), "an address has a port");
  auto redis = RedisConnection::Open(*address, Options());
  if (!redis.ok()) return;
  sentinels_asked.Reach();
  const auto answers = redis->Commands({{"ROLE"}, {"PING"}});
  Hold(!answers.ok() || answers->size() == 2, "as many answers as questions");
}

void Track() {
  auto tracking = RedisTracking::Open("redis:6379", Options(), kRankingKeyPrefix);
  if (!tracking.ok()) return;
  for (int i = 0; i < 3; ++i) {
    if (!tracking->Hear().ok()) return;
    tracked.Reach();
  }
}

void Publish() {
  const Shown& shown = TheRanking();
  PublishedRankings published(Options(), shown.board, [] { return false; });
  while (!lines.empty()) {
    // As the publisher goes on, until something fails; then it connects anew.
    if (!published.Connect("redis:6379").ok() || !published.PutAllRight().ok() ||
        !published.Hear().ok() || !published.CheckLine().ok() || !published.Sweep().ok() ||
        !published.Sweep().ok()) {
      continue;
    }
    published_all.Reach();
    (void)published.Withdraw(khoi4_2019::kPeriodName, shown.revision);
  }
}

}  // namespace

// In the place of hiredis's own: the network.
extern "C" redisContext* redisConnectWithTimeout(const char*, int, const struct timeval) {
  int ends[2];
  Hold(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "there is a pair of sockets");
  far_ends.push_back(ends[1]);
  if (!lines.empty()) {
    absl::string_view line = lines.front();
    const bool hangs_up = absl::ConsumeSuffix(&line, "|end|");
    // What is more than a socket holds is not answered.
    (void)!send(ends[1], line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (hangs_up) shutdown(ends[1], SHUT_WR);
    lines.pop_front();
  }
  return redisConnectFd(ends[0]);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const thidua::tests::InputTime time;
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const std::vector<absl::string_view> parts =
      absl::StrSplit(input, absl::MaxSplits("|line|", kLinesMax));
  for (size_t i = 1; i < parts.size(); ++i) {
    lines.push_back(absl::StrReplaceAll(
        parts[i], {{"@hash@", TheRanking().hash}, {"@key@", TheRanking().key}}));
  }
  const char who = input.empty() ? 'p' : input[0];
  if (who == 's') {
    AskSentinels();
  } else if (who == 't') {
    Track();
  } else {
    Publish();
  }
  for (const int far_end : far_ends) {
    CheckWritten(WrittenTo(far_end));
    close(far_end);
  }
  far_ends.clear();
  lines.clear();
  return 0;
}
