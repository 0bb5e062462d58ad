#include "tests/faults/clients.h"

#include <grpcpp/grpcpp.h>
#include <hiredis/hiredis.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/channel.h"
#include "services/platform/errors.h"
#include "tests/faults/portal_line.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using faults::History;
using results::v1::PutResultsRequest;
using results::v1::PutResultsResponse;
using results::v1::ResultsService;
using scoring::v1::GetRankingRequest;
using scoring::v1::GetRankingResponse;
using scoring::v1::Ranking;
using scoring::v1::ScoringService;

constexpr int kWriters = 4;
// How long one attempt waits: longer than most faults last, shorter than some.
constexpr absl::Duration kAttempt = absl::Seconds(2);
constexpr absl::Duration kBetweenWrites = absl::Milliseconds(20);
constexpr absl::Duration kBetweenReads = absl::Milliseconds(15);
const char* const kPeriods[] = {kMidYear2019, kYear2019};

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + kAttempt));
}

std::string ReasonOf(const grpc::Status& status) {
  const auto faults = domain::FaultsOf(platform::FromGrpcStatus(status));
  return faults.empty() ? absl::StrCat("code ", static_cast<int>(status.error_code()))
                        : faults.front().reason;
}

// All that anybody may be told while something is broken. Whatever else is told is an answer, for
// good.
bool IsNotNow(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return true;
    default:
      return false;
  }
}

// How often the ranking of that revision had been made final or revoked.
int64_t FinalityOf(const std::string& revision) {
  int64_t finality = 0;
  return absl::SimpleAtoi(revision.substr(0, revision.find('-')), &finality) ? finality : 0;
}

}  // namespace

Clients::Clients(const Addresses& addresses, const std::vector<std::string>& targets, uint64_t seed,
                 Recorder& recorder)
    : addresses_(addresses), targets_(targets), recorder_(recorder) {
  for (size_t i = 0; i < kWriters; ++i) {
    Begin(absl::StrCat("writer ", i), seed + i, [this, i] { return Writer(i); });
  }
  const auto reader = [this](const std::string& where, const std::string& address) {
    return [this, where, address] { return GrpcReader(where, address); };
  };
  Begin("reader of scoring", seed + 10, reader("scoring", addresses_.scoring));
  if (!addresses_.replica.empty()) {
    Begin("reader of the replica", seed + 11, reader("replica", addresses_.replica));
  }
  Begin("reader of the portal", seed + 12, [this] { return HttpReader(); });
  Begin("reader of Redis", seed + 13, [this] { return RedisReader(); });
  Begin("who makes finals", seed + 14, [this] { return Finaliser(); });
}

Clients::~Clients() {
  {
    const absl::MutexLock lock(&mutex_);
    turn_ = Turn::kEnd;
  }
  for (std::thread& thread : threads_) thread.join();
}

void Clients::Begin(const std::string& name, uint64_t seed, const std::function<Deed()>& make) {
  {
    const absl::MutexLock lock(&mutex_);
    answered_[name] = 0;
  }
  threads_.emplace_back([this, name, seed, make] {
    std::mt19937_64 random(seed);
    const Deed deed = make();
    while (true) {
      {
        const absl::MutexLock lock(&mutex_);
        const auto has_turn = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
          return turn_ != Turn::kRest;
        };
        mutex_.Await(absl::Condition(&has_turn));
        if (turn_ == Turn::kEnd) return;
        ++busy_;
      }
      const bool given = deed(random);
      const absl::MutexLock lock(&mutex_);
      if (given) ++answered_[name];
      --busy_;
    }
  });
}

void Clients::Work() {
  const absl::MutexLock lock(&mutex_);
  // Of an earlier life.
  known_.clear();
  known_final_.clear();
  turn_ = Turn::kWork;
}

bool Clients::Rest(absl::Duration patience) {
  const absl::MutexLock lock(&mutex_);
  turn_ = Turn::kRest;
  const auto at_rest = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return busy_ == 0; };
  return mutex_.AwaitWithTimeout(absl::Condition(&at_rest), patience);
}

std::string Clients::AwaitAnswers(int each, absl::Duration patience) {
  const absl::MutexLock lock(&mutex_);
  const std::map<std::string, int64_t> before = answered_;
  std::string waits;
  const auto enough = [this, &before, &waits, each]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    for (const auto& [client, answers] : before) {
      waits = client;
      if (answered_.at(client) < answers + each) return false;
    }
    waits.clear();
    return true;
  };
  mutex_.AwaitWithTimeout(absl::Condition(&enough), patience);
  return waits;
}

std::map<std::string, int64_t> Clients::refusals() const {
  const absl::MutexLock lock(&mutex_);
  return refusals_;
}

bool Clients::Pause(absl::Duration how_long) const {
  const absl::MutexLock lock(&mutex_);
  const auto changed = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return turn_ == Turn::kEnd; };
  return !mutex_.AwaitWithTimeout(absl::Condition(&changed), how_long);
}

void Clients::Refused(const std::string& by, const std::string& what, bool may_be_told) {
  const std::string refusal = absl::StrCat(by, ": ", what);
  if (!may_be_told) recorder_.Complain(refusal);
  const absl::MutexLock lock(&mutex_);
  ++refusals_[refusal];
}

// The same request again and again: under its id it is done once.
template <typename Stub, typename Request, typename Response>
std::optional<grpc::Status> Clients::Ask(
    Stub& stub, grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
    const Request& request, Response& response, int* attempts) const {
  do {
    ++*attempts;
    grpc::ClientContext context;
    SetDeadline(context);
    grpc::Status status = (stub.*rpc)(&context, request, &response);
    // ABORTED: the figures moved while they were sealed; it may be asked again.
    if (!IsNotNow(status) && status.error_code() != grpc::StatusCode::ABORTED) return status;
    const absl::Duration asked = platform::RetryDelayOf(status);
    if (!Pause(std::clamp(asked, absl::Milliseconds(10), absl::Milliseconds(300)))) break;
  } while (true);
  return std::nullopt;
}

Clients::Deed Clients::Writer(size_t writer) {
  const std::shared_ptr<ResultsService::Stub> stub =
      ResultsService::NewStub(platform::ChannelTo(addresses_.results));
  // Of its targets, in both periods, what it said already: no figure comes twice.
  auto said = std::make_shared<std::map<std::string, std::set<int>>>();
  return [this, writer, stub, said](std::mt19937_64& random) {
    const auto draw = [&](size_t below) { return static_cast<size_t>(random() % below); };
    const std::string period = kPeriods[draw(2)];
    // Each writer has targets of its own.
    const std::string target =
        targets_[writer + kWriters * draw((targets_.size() - writer + kWriters - 1) / kWriters)];
    int figure = 0;
    do {
      figure = 1 + static_cast<int>(draw(2'000'000));
    } while (!(*said)[period + target].insert(figure).second);

    History::Write write;
    write.mutable_span()->set_asked_us(recorder_.now_us());
    write.set_life(recorder_.life());
    write.set_request_id(absl::StrCat("fault-", writer, "-", random()));
    write.set_period(period);
    write.set_target(absl::StrCat(kPact2019, "/targets/", target));
    write.set_figure(absl::StrCat(figure));

    PutResultsRequest request;
    request.set_period(period);
    request.set_request_id(write.request_id());
    results::v1::ResultRow& row = *request.add_rows();
    row.set_target(write.target());
    row.mutable_actual()->set_value(write.figure());
    row.set_note(write.request_id());
    row.set_correction_reason("Đếm lại");
    row.add_acknowledged_warnings("CUMULATIVE_FELL");
    PutResultsResponse response;
    int attempts = 0;
    const auto status = Ask(*stub, &ResultsService::Stub::PutResults, request, response, &attempts);
    write.set_attempts(attempts);
    write.mutable_span()->set_answered_us(recorder_.now_us());
    if (!status.has_value()) {
      write.set_outcome(History::Write::OUTCOME_OPEN);
    } else if (!status->ok()) {
      write.set_outcome(History::Write::OUTCOME_REFUSED);
      write.set_reason(ReasonOf(*status));
    } else {
      write.set_outcome(History::Write::OUTCOME_ACKNOWLEDGED);
      write.set_period_version(response.period_version());
      write.set_revision(response.outcomes(0).revision());
      const absl::MutexLock lock(&mutex_);
      Known& newest = known_[period];
      if (response.period_version() > newest.known.version()) {
        newest.token = response.freshness_token();
        newest.known.set_life(write.life());
        newest.known.set_version(response.period_version());
      }
    }
    recorder_.Add(std::move(write));
    Pause(kBetweenWrites);
    return status.has_value() && status->ok();
  };
}

std::string Clients::TokenFor(const std::string& period, std::mt19937_64& random, const Seen& seen,
                              History::Read& read) const {
  read.mutable_span()->set_asked_us(recorder_.now_us());
  read.set_period(period);
  const uint64_t which = random() % 4;
  if (which == 0) return "";  // Whatever is shown.
  if (which == 1) {
    if (!seen.token.empty()) read.set_seen(seen.ranking);
    return seen.token;
  }
  const absl::MutexLock lock(&mutex_);
  const auto& all = which == 2 ? known_ : known_final_;
  const auto found = all.find(period);
  if (found == all.end()) return "";
  *read.mutable_known() = found->second.known;
  return found->second.token;
}

int Clients::Shown(History::Read read, const std::string& where, const Ranking& ranking) {
  read.set_where(where);
  read.mutable_span()->set_answered_us(recorder_.now_us());
  return recorder_.Add(std::move(read), ranking);
}

Clients::Deed Clients::GrpcReader(const std::string& where, const std::string& address) {
  const std::shared_ptr<ScoringService::Stub> stub =
      ScoringService::NewStub(platform::ChannelTo(address));
  auto seen = std::make_shared<std::map<std::string, Seen>>();
  return [this, where, stub, seen](std::mt19937_64& random) {
    const std::string period = kPeriods[random() % 2];
    History::Read read;
    Seen& last = (*seen)[period];
    GetRankingRequest request;
    request.set_period(period);
    request.set_freshness_token(TokenFor(period, random, last, read));
    GetRankingResponse response;
    grpc::ClientContext context;
    SetDeadline(context);
    const grpc::Status status = stub->GetRanking(&context, request, &response);
    if (status.ok()) {
      last = {response.freshness_token(), Shown(std::move(read), where, response.ranking())};
    } else {
      const std::string reason = ReasonOf(status);
      Refused(where, reason, IsNotNow(status));
      // A backup may have been put back: it lets go of what it saw.
      if (reason == "FRESHNESS_NOT_REACHED") last = {};
    }
    Pause(kBetweenReads);
    return status.ok();
  };
}

Clients::Deed Clients::HttpReader() {
  const auto line = std::make_shared<const PortalLine>(addresses_.portal);
  auto seen = std::make_shared<std::map<std::string, Seen>>();
  return [this, line, seen](std::mt19937_64& random) {
    const std::string period = kPeriods[random() % 2];
    History::Read read;
    Seen& last = (*seen)[period];
    const std::string asked = TokenFor(period, random, last, read);
    const auto response = line->GetRanking(period, asked, kAttempt);
    if (response.ok()) {
      last = {response->freshness_token(), Shown(std::move(read), "portal", response->ranking())};
    } else {
      Refused("portal", std::string(response.status().message()),
              absl::IsUnavailable(response.status()));
      if (absl::StrContains(response.status().message(), "FRESHNESS_NOT_REACHED")) last = {};
    }
    Pause(kBetweenReads);
    return response.ok();
  };
}

Clients::Deed Clients::RedisReader() {
  auto line =
      std::make_shared<std::unique_ptr<redisContext, void (*)(redisContext*)>>(nullptr, redisFree);
  return [this, line](std::mt19937_64& random) {
    const std::string period = kPeriods[random() % 2];
    const int redis_life = redis_life_;
    bool given = false;
    const timeval patience = {1, 0};
    if (*line == nullptr || (*line)->err != 0) {
      const size_t colon = addresses_.redis.rfind(':');
      line->reset(redisConnectWithTimeout(addresses_.redis.substr(0, colon).c_str(),
                                          std::atoi(addresses_.redis.substr(colon + 1).c_str()),
                                          patience));
      if (*line != nullptr && (*line)->err == 0) redisSetTimeout(line->get(), patience);
    }
    if (*line != nullptr && (*line)->err == 0) {
      History::Read read;
      read.mutable_span()->set_asked_us(recorder_.now_us());
      read.set_period(period);
      read.set_redis_life(redis_life);
      const std::string key = Suite::PublishedKey(period);
      const std::unique_ptr<redisReply, void (*)(void*)> reply(
          static_cast<redisReply*>(redisCommand(line->get(), "HGET %s protobuf", key.c_str())),
          freeReplyObject);
      Ranking ranking;
      // What a Redis was asked before it ended is of neither life for certain.
      if (reply != nullptr && reply->type == REDIS_REPLY_STRING && redis_life == redis_life_) {
        if (ranking.ParseFromString(std::string(reply->str, reply->len))) {
          Shown(std::move(read), "redis", ranking);
          given = true;
        } else {
          Refused("redis", "unreadable protobuf", /*may_be_told=*/false);
        }
      }
    }
    Pause(kBetweenReads);
    return given;
  };
}

Clients::Deed Clients::Finaliser() {
  const std::shared_ptr<ScoringService::Stub> stub =
      ScoringService::NewStub(platform::ChannelTo(addresses_.scoring));
  return [this, stub](std::mt19937_64& random) {
    if (!Pause(absl::Milliseconds(200 + random() % 800))) return false;
    scoring::v1::FinaliseRankingRequest finalise;
    finalise.set_period(kYear2019);
    finalise.set_reason("Hội nghị tổng kết Khối đã thống nhất");
    finalise.set_authority("Quyết định số 12/QĐ-UBND");
    finalise.set_request_id(absl::StrCat("final-", random()));
    scoring::v1::FinaliseRankingResponse made;
    History::Final one;
    int attempts = 0;
    one.mutable_made()->set_asked_us(recorder_.now_us());
    recorder_.MayBeSealed(kYear2019);
    auto status = Ask(*stub, &ScoringService::Stub::FinaliseRanking, finalise, made, &attempts);
    one.mutable_made()->set_answered_us(recorder_.now_us());
    if (!status.has_value()) return false;
    if (!status->ok()) {
      recorder_.IsOpen(kYear2019);
      Refused("FinaliseRanking", ReasonOf(*status), /*may_be_told=*/false);
      return false;
    }
    one.set_life(recorder_.life());
    one.set_period(kYear2019);
    const int index = recorder_.AddFinal(one, made.ranking());
    const int64_t finality = FinalityOf(made.ranking().revision());
    const auto know = [&](const std::string& token, int64_t number) {
      const absl::MutexLock lock(&mutex_);
      Known& newest = known_final_[kYear2019];
      newest.token = token;
      newest.known.set_life(one.life());
      newest.known.set_version(made.ranking().period_version());
      newest.known.set_finality(number);
    };
    know(made.freshness_token(), finality);
    Pause(absl::Milliseconds(200 + random() % 600));

    scoring::v1::RevokeFinalRequest revoke;
    revoke.set_period(kYear2019);
    revoke.set_revision(made.ranking().revision());
    revoke.set_reason("Rà soát lại");
    revoke.set_authority("Công văn số 20/UBND");
    revoke.set_request_id(absl::StrCat("revoke-", random()));
    scoring::v1::RevokeFinalResponse revoked;
    History::Span span;
    span.set_asked_us(recorder_.now_us());
    status = Ask(*stub, &ScoringService::Stub::RevokeFinal, revoke, revoked, &attempts);
    span.set_answered_us(recorder_.now_us());
    if (!status.has_value()) return false;
    if (!status->ok()) {
      Refused("RevokeFinal", ReasonOf(*status), /*may_be_told=*/false);
      return false;
    }
    recorder_.Revoked(index, span);
    recorder_.IsOpen(kYear2019);
    know(revoked.freshness_token(), finality + 1);
    return true;
  };
}

}  // namespace thidua::tests
