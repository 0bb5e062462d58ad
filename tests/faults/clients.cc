#include "tests/faults/clients.h"

#include <grpcpp/grpcpp.h>
#include <hiredis/hiredis.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/channel.h"
#include "services/platform/errors.h"
#include "tests/faults/history_checker.h"
#include "tests/faults/portal_line.h"
#include "tests/faults/published_ranking.h"
#include "tests/faults/revision.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using faults::History;
using registry::v1::RegistryService;
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

History::Outcome OutcomeOf(const std::optional<grpc::Status>& status) {
  return !status.has_value() ? History::OUTCOME_OPEN
         : status->ok()      ? History::OUTCOME_ACKNOWLEDGED
                             : History::OUTCOME_REFUSED;
}

// Empty: nothing is published there, or nothing was answered.
PublishedFields FieldsIn(const redisReply* reply) {
  PublishedFields fields;
  if (reply == nullptr || reply->type != REDIS_REPLY_ARRAY) return fields;
  const auto text = [reply](size_t i) {
    return std::string(reply->element[i]->str, reply->element[i]->len);
  };
  for (size_t i = 0; i + 1 < reply->elements; i += 2) fields[text(i)] = text(i + 1);
  return fields;
}

}  // namespace

Clients::Clients(const Addresses& addresses, const std::vector<std::string>& targets, uint64_t seed,
                 Recorder& recorder)
    : addresses_(addresses), targets_(targets), recorder_(recorder) {
  for (size_t i = 0; i < kWriters; ++i) {
    Begin(absl::StrCat("writer ", i), seed + i, [this, i] { return Writer(i); });
  }
  Begin("reader of scoring", seed + 10, [this] { return Reader("scoring"); });
  if (!addresses_.replica.empty()) {
    Begin("reader of the replica", seed + 11, [this] { return Reader("replica"); });
  }
  Begin("reader of the portal", seed + 12, [this] { return Reader("portal"); });
  Begin("reader of Redis", seed + 13, [this] { return RedisReader(); });
  Begin("who makes finals", seed + 14, [this] { return Finaliser(); });
  Begin("who registers units", seed + 15, [this] { return Registrar(); });
}

Clients::~Clients() { End(); }

void Clients::End() {
  {
    const absl::MutexLock lock(&mutex_);
    turn_ = Turn::kEnd;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
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
  turn_ = Turn::kWork;
}

void Clients::BeginLife() {
  const absl::MutexLock lock(&mutex_);
  known_.clear();
  known_final_.clear();
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
  if (may_be_told) {
    ++told_not_now_;
  } else {
    recorder_.Complain(refusal);
  }
  const absl::MutexLock lock(&mutex_);
  ++refusals_[refusal];
}

// The same request again and again: under its id it is done once.
template <typename Stub, typename Request, typename Response>
std::optional<grpc::Status> Clients::Ask(
    const std::string& by, const std::vector<std::shared_ptr<Stub>>& stubs,
    grpc::Status (Stub::*rpc)(grpc::ClientContext*, const Request&, Response*),
    const Request& request, Response& response, int* attempts, const std::set<std::string>& moved) {
  do {
    Stub& stub = *stubs[static_cast<size_t>((*attempts)++) % stubs.size()];
    grpc::ClientContext context;
    SetDeadline(context);
    grpc::Status status = (stub.*rpc)(&context, request, &response);
    const bool has_moved =
        status.error_code() == grpc::StatusCode::ABORTED && moved.count(ReasonOf(status)) > 0;
    if (!IsNotNow(status) && !has_moved) return status;
    Refused(by, ReasonOf(status), /*may_be_told=*/true);
    const absl::Duration asked = platform::RetryDelayOf(status);
    if (!Pause(std::clamp(asked, absl::Milliseconds(10), absl::Milliseconds(300)))) break;
  } while (true);
  return std::nullopt;
}

Clients::Deed Clients::Writer(size_t writer) {
  const std::vector<std::shared_ptr<ResultsService::Stub>> stub = {
      ResultsService::NewStub(platform::ChannelTo(addresses_.results))};
  struct Memory {
    // By period and target, what it said already: no figure comes twice.
    std::map<std::string, std::set<size_t>> said;
    // What it asked last, and was answered; of this life.
    PutResultsRequest request;
    int write = 0;  // As the recorder knows it.
    int life = -1;
  };
  auto memory = std::make_shared<Memory>();
  return [this, writer, stub, memory](std::mt19937_64& random) {
    const auto draw = [&](size_t below) { return static_cast<size_t>(random() % below); };
    const auto put = &ResultsService::Stub::PutResults;
    int attempts = 0;
    if (draw(8) == 0 && memory->life == recorder_.life()) {
      History::Write::Repeat repeat;
      repeat.mutable_span()->set_asked_us(recorder_.now_us());
      const auto again =
          Ask("PutResults", stub, put, memory->request, *repeat.mutable_answer(), &attempts);
      repeat.mutable_span()->set_answered_us(recorder_.now_us());
      repeat.set_outcome(OutcomeOf(again));
      if (again.has_value() && !again->ok()) repeat.set_reason(ReasonOf(*again));
      recorder_.AddRepeat(memory->write, std::move(repeat));
      return again.has_value() && again->ok();
    }

    const std::string period = kPeriods[draw(2)];
    History::Write write;
    write.mutable_span()->set_asked_us(recorder_.now_us());
    write.set_life(recorder_.life());
    write.set_request_id(absl::StrCat("fault-", writer, "-", random()));
    write.set_period(period);
    PutResultsRequest request;
    request.set_period(period);
    request.set_request_id(write.request_id());
    // One target, or two at once; of all that there are: writers meet.
    const size_t first = draw(targets_.size());
    for (const size_t target : {first, (first + 1) % targets_.size()}) {
      size_t figure = 0;
      do {
        figure = 1 + writer + kWriters * draw(500'000);
      } while (!memory->said[period + targets_[target]].insert(figure).second);
      History::Write::Row& told = *write.add_rows();
      told.set_target(absl::StrCat(kPact2019, "/targets/", targets_[target]));
      told.set_figure(absl::StrCat(figure));
      results::v1::ResultRow& row = *request.add_rows();
      row.set_target(told.target());
      row.mutable_actual()->set_value(told.figure());
      row.set_note(write.request_id());
      row.set_correction_reason("Đếm lại");
      row.add_acknowledged_warnings("CUMULATIVE_FELL");
      if (draw(4) != 0) break;
    }
    PutResultsResponse response;
    const auto status = Ask("PutResults", stub, put, request, response, &attempts);
    write.set_attempts(attempts);
    write.mutable_span()->set_answered_us(recorder_.now_us());
    write.set_outcome(OutcomeOf(status));
    const bool taken = write.outcome() == History::OUTCOME_ACKNOWLEDGED;
    if (taken) {
      write.set_period_version(response.period_version());
      for (int i = 0; i < write.rows_size(); ++i) {
        write.mutable_rows(i)->set_revision(response.outcomes(i).revision());
      }
      const absl::MutexLock lock(&mutex_);
      Known& newest = known_[period];
      if (response.period_version() > newest.known.version()) {
        newest.token = response.freshness_token();
        newest.known.set_life(write.life());
        newest.known.set_version(response.period_version());
      }
      *write.mutable_answer() = std::move(response);
    } else if (status.has_value()) {
      write.set_reason(ReasonOf(*status));
    }
    const int life = write.life();
    const int index = recorder_.Add(std::move(write));
    if (taken) *memory = {std::move(memory->said), std::move(request), index, life};
    Pause(kBetweenWrites);
    return taken;
  };
}

std::string Clients::TokenFor(const std::string& period, std::mt19937_64& random, const Seen& seen,
                              History::Read& read) const {
  read.mutable_span()->set_asked_us(recorder_.now_us());
  read.set_period(period);
  const uint64_t which = random() % 5;
  if (which == 0) return "";  // Whatever is shown.
  const absl::MutexLock lock(&mutex_);
  if (which == 1 || which == 4) {
    const auto shown = seen_.find(period);
    const Seen& last = which == 1 || shown == seen_.end() ? seen : shown->second;
    if (!last.token.empty()) read.set_seen(last.ranking);
    return last.token;
  }
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

void Clients::Saw(const std::string& period, const Seen& seen) {
  const absl::MutexLock lock(&mutex_);
  seen_[period] = seen;
}

Clients::Showing Clients::ShowingOf(const std::string& where) const {
  if (where == "portal") {
    const auto line = std::make_shared<const PortalLine>(addresses_.portal);
    return [line](const std::string& period, const std::string& token) {
      auto response = line->GetRanking(period, token, kAttempt);
      Told told;
      if (response.ok()) {
        told.shown = *std::move(response);
      } else {
        told.reason = std::string(response.status().message());
        told.may_be_told = absl::IsUnavailable(response.status());
      }
      return told;
    };
  }
  const std::shared_ptr<ScoringService::Stub> stub = ScoringService::NewStub(
      platform::ChannelTo(where == "replica" ? addresses_.replica : addresses_.scoring));
  return [stub](const std::string& period, const std::string& token) {
    GetRankingRequest request;
    request.set_period(period);
    request.set_freshness_token(token);
    GetRankingResponse response;
    grpc::ClientContext context;
    SetDeadline(context);
    const grpc::Status status = stub->GetRanking(&context, request, &response);
    Told told;
    if (status.ok()) {
      told.shown = std::move(response);
    } else {
      told.reason = ReasonOf(status);
      told.may_be_told = IsNotNow(status);
    }
    return told;
  };
}

Clients::Deed Clients::Reader(const std::string& where) {
  const Showing ask = ShowingOf(where);
  auto seen = std::make_shared<std::map<std::string, Seen>>();
  return [this, where, ask, seen](std::mt19937_64& random) {
    const std::string period = kPeriods[random() % 2];
    History::Read read;
    Seen& last = (*seen)[period];
    const std::string token = TokenFor(period, random, last, read);
    const Told told = ask(period, token);
    if (told.shown.has_value()) {
      last = {told.shown->freshness_token(), Shown(std::move(read), where, told.shown->ranking())};
      Saw(period, last);
    } else {
      Refused(where, told.reason, told.may_be_told);
      // A backup may have been put back: it lets go of what was seen.
      if (absl::StrContains(told.reason, "FRESHNESS_NOT_REACHED")) Saw(period, last = {});
    }
    Pause(kBetweenReads);
    return told.shown.has_value();
  };
}

std::string Clients::AwaitTokensMet(absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  std::vector<std::pair<std::string, Known>> newest;
  {
    const absl::MutexLock lock(&mutex_);
    newest.assign(known_.begin(), known_.end());
    newest.insert(newest.end(), known_final_.begin(), known_final_.end());
  }
  for (const std::string where : {"scoring", "replica", "portal"}) {
    if (where == "replica" && addresses_.replica.empty()) continue;
    const Showing ask = ShowingOf(where);
    for (const auto& [period, known] : newest) {
      while (true) {
        History::Read read;
        read.mutable_span()->set_asked_us(recorder_.now_us());
        read.set_period(period);
        *read.mutable_known() = known.known;
        const Told told = ask(period, known.token);
        if (told.shown.has_value()) {
          Shown(std::move(read), where, told.shown->ranking());
          break;
        }
        Refused(where, told.reason, told.may_be_told);
        if (!told.may_be_told || absl::Now() > until || !Pause(kBetweenReads)) {
          return absl::StrCat(where, " does not show ", period, " to who knows version ",
                              known.known.version(), " and finality ", known.known.finality(), ": ",
                              told.reason);
        }
      }
    }
  }
  return "";
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
          static_cast<redisReply*>(redisCommand(line->get(), "HGETALL %s", key.c_str())),
          freeReplyObject);
      const PublishedFields fields = FieldsIn(reply.get());
      // What a Redis was asked before it ended is of neither life for certain.
      if (!fields.empty() && redis_life == redis_life_) {
        Ranking ranking;
        const std::string wrong = PublishedWrong(period, fields, ranking);
        if (wrong.empty()) {
          Shown(std::move(read), "redis", ranking);
          given = true;
        } else {
          Refused("redis", wrong, /*may_be_told=*/false);
        }
      }
    }
    Pause(kBetweenReads);
    return given;
  };
}

Clients::Deed Clients::Finaliser() {
  std::vector<std::shared_ptr<ScoringService::Stub>> stubs;
  for (const std::string& address : {addresses_.scoring, addresses_.replica}) {
    if (!address.empty()) stubs.push_back(ScoringService::NewStub(platform::ChannelTo(address)));
  }
  return [this, stubs](std::mt19937_64& random) {
    // Either scoring first, the other when that does not answer.
    auto asked = stubs;
    std::rotate(asked.begin(), asked.begin() + static_cast<long>(random() % asked.size()),
                asked.end());
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
    auto status = Ask("FinaliseRanking", asked, &ScoringService::Stub::FinaliseRanking, finalise,
                      made, &attempts, {"FINALITY_UNDER_WAY", "REVISION_MOVED"});
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
    const int64_t finality = ReadRevision(made.ranking().revision()).value_or(Revision()).finality;
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
    std::reverse(asked.begin(), asked.end());
    attempts = 0;
    status = Ask("RevokeFinal", asked, &ScoringService::Stub::RevokeFinal, revoke, revoked,
                 &attempts, {"FINALITY_UNDER_WAY"});
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

Clients::Deed Clients::Registrar() {
  const std::vector<std::shared_ptr<RegistryService::Stub>> stub = {
      RegistryService::NewStub(platform::ChannelTo(addresses_.registry))};
  return [this, stub](std::mt19937_64& random) {
    if (!Pause(absl::Milliseconds(50 + random() % 200))) return false;
    const std::string id = absl::StrCat(absl::Hex(random()));
    registry::v1::CreateUnitRequest request;
    request.set_request_id(absl::StrCat("unit-", id));
    request.mutable_unit()->set_name(absl::StrCat(kRegisteredPrefix, id));
    request.mutable_unit()->set_display_name(absl::StrCat("Đơn vị mới ", id));
    request.mutable_unit()->set_kind(registry::v1::Unit::KIND_ENTERPRISE);
    History::Registration one;
    one.mutable_span()->set_asked_us(recorder_.now_us());
    one.set_unit(request.unit().name());
    one.set_display_name(request.unit().display_name());
    registry::v1::CreateUnitResponse created;
    int attempts = 0;
    auto status =
        Ask("CreateUnit", stub, &RegistryService::Stub::CreateUnit, request, created, &attempts);
    one.mutable_span()->set_answered_us(recorder_.now_us());
    one.set_outcome(OutcomeOf(status));
    if (status.has_value() && !status->ok()) one.set_reason(ReasonOf(*status));
    recorder_.Add(std::move(one));
    if (!status.has_value() || !status->ok()) return false;

    registry::v1::GetUnitRequest get;
    get.set_name(request.unit().name());
    registry::v1::GetUnitResponse got;
    status = Ask("GetUnit", stub, &RegistryService::Stub::GetUnit, get, got, &attempts);
    if (!status.has_value()) return false;
    if (!status->ok() || got.unit().display_name() != request.unit().display_name()) {
      Refused("GetUnit",
              absl::StrCat(get.name(), ", just registered, is answered by ",
                           status->ok() ? got.unit().display_name() : ReasonOf(*status)),
              /*may_be_told=*/false);
    }
    return true;
  };
}

}  // namespace thidua::tests
