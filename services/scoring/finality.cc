#include "services/scoring/finality.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "services/platform/log.h"
#include "services/platform/mutation.h"
#include "services/scoring/scorecard_message.h"
#include "services/scoring/wording.h"

namespace thidua::scoring {
namespace {

using domain::Fault;
using platform::Refusal;
using storage::Transaction;

// How often a period may change under a caller who would have it as it is, before it is told so.
constexpr int kAttempts = 5;
// Between two tries to finish what was begun, and two looks at what other processes did: who has a
// token of that does not wait for it.
constexpr absl::Duration kLookEvery = absl::Milliseconds(300);
// For so long what another process began is left to it.
constexpr absl::Duration kLeftToOthers = absl::Seconds(30);
// So long finals may not have been looked for before what is shown may be overtaken.
constexpr absl::Duration kUnfollowedMax = absl::Seconds(3);
// What a revision has digits for.
constexpr int64_t kNumberMax = 9'998;

bool HasReason(const absl::Status& status, absl::string_view reason) {
  const std::vector<Fault> faults = domain::FaultsOf(status);
  return !faults.empty() && faults.front().reason == reason;
}

// Whether an attempt that ended so may yet succeed as it is; anything else was refused.
bool MayYetSucceed(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

absl::Status RevisionMoved() {
  return Refusal(absl::StatusCode::kAborted, "revision", "REVISION_MOVED",
                 "Xếp hạng đã thay đổi so với bản đã xem; vui lòng xem lại bản hiện tại rồi quyết "
                 "định.");
}

absl::Status UnderWay() {
  return Refusal(absl::StatusCode::kAborted, "period", "FINALITY_UNDER_WAY",
                 "Việc chốt hoặc thu hồi kỳ này đang được thực hiện; vui lòng xem lại rồi quyết "
                 "định.");
}

absl::Status AlreadyFinal(const std::string& revision) {
  return Refusal(absl::StatusCode::kFailedPrecondition, "period", "ALREADY_FINAL",
                 absl::StrCat("Xếp hạng của kỳ này đã là chính thức (phiên bản ", revision,
                              "); muốn thay đổi phải thu hồi trước."));
}

absl::Status NotFinal() {
  return Refusal(absl::StatusCode::kFailedPrecondition, "period", "NOT_FINAL",
                 "Kỳ này không có kết quả chính thức đang có hiệu lực để thu hồi.");
}

absl::Status CheckKind(const Standing& standing) {
  if (standing.period == nullptr || standing.period->kind == domain::PeriodKind::kYear) {
    return absl::OkStatus();
  }
  return Refusal(absl::StatusCode::kFailedPrecondition, "period", "PERIOD_ALWAYS_PROVISIONAL",
                 absl::StrCat("Kỳ “", standing.period->name,
                              "” không phải kỳ tổng kết năm: xếp hạng luôn là tạm tính."));
}

bool IsSealed(const results::v1::PeriodInputs& inputs) {
  return !inputs.seals().empty() && !inputs.seals().rbegin()->has_reopen_time();
}

// By its id a request is known again, whoever finishes it: one that has none is given one.
template <typename Request>
Request WithId(Request request) {
  if (request.request_id().empty() && !request.validate_only()) {
    absl::BitGen random;
    request.set_request_id(
        absl::StrCat("finality-", absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16)));
  }
  return request;
}

std::string UnitSlug(absl::string_view name) {
  return std::string(absl::StripPrefix(name, "units/"));
}

// The ranking as it is official.
v1::Ranking OfficialRanking(v1::Ranking ranking, const std::string& authority, absl::Time now) {
  ranking.set_state(v1::Ranking::STATE_FINAL);
  const std::vector<std::string> notes(ranking.notes().begin(), ranking.notes().end());
  ranking.clear_notes();
  ranking.add_notes(absl::StrCat("Kết quả thi đua chính thức, chốt ngày ",
                                 domain::PrintDate(absl::ToCivilDay(now, domain::VietnamTime())),
                                 " theo: ", authority, absl::EndsWith(authority, ".") ? "" : "."));
  for (const std::string& note : notes) {
    if (note != kProvisionalNote) ranking.add_notes(note);
  }
  return ranking;
}

StoredFinal FinalOf(const Standing& standing, const v1::FinaliseRankingRequest& request,
                    absl::Time now) {
  const ReceivedPeriod& received = standing.received;
  v1::FinalRecord record;
  record.set_period(received.inputs.name());
  record.set_revision(standing.ranking.revision());
  record.set_state(v1::FinalRecord::STATE_FINAL);
  record.set_reason(request.reason());
  record.set_authority(request.authority());
  *record.mutable_final_time() = messages::InstantMessage(now);
  record.set_period_version(received.inputs.version());
  record.set_pact_version(received.inputs.pact().version());
  record.set_results_store_id(received.store_id);
  record.set_pact_store_id(received.inputs.pact_store_id());
  record.set_scheme(received.inputs.pact().scheme());
  record.set_engine_revision(domain::kEngineRevision);
  std::vector<v1::Scorecard> scorecards;
  for (const v1::RankingRow& row : standing.ranking.rows()) {
    if (auto card = ScorecardMessage(standing, UnitSlug(row.unit())); card.has_value()) {
      scorecards.push_back(*std::move(card));
    }
  }
  return MakeFinal(standing.finality.number,
                   OfficialRanking(standing.ranking, request.authority(), now), scorecards,
                   std::move(record));
}

// The final is to be newer than whatever was shown. results-ingest may have been started again
// since it told of the sealed period, and the same version been shown under its new epoch; another
// version means that the period was opened again.
absl::Status FollowKnown(const ReceivedPeriod* known, ReceivedPeriod& sealed) {
  if (known == nullptr) return absl::OkStatus();
  const int64_t ahead = known->inputs.version() - sealed.inputs.version();
  if (known->store_epoch_ms > sealed.store_epoch_ms    ? ahead != 0
      : known->store_epoch_ms == sealed.store_epoch_ms ? ahead > 0
                                                       : false) {
    return RevisionMoved();
  }
  sealed.store_epoch_ms = std::max(sealed.store_epoch_ms, known->store_epoch_ms);
  return absl::OkStatus();
}

}  // namespace

class Finality::Turn {
 public:
  Turn(Finality& finality, std::string period) : finality_(finality), period_(std::move(period)) {}
  ~Turn() {
    const absl::MutexLock lock(&finality_.mutex_);
    finality_.busy_.erase(period_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Finality& finality_;
  const std::string period_;
};

Finality::Finality(storage::Database& database, Board& board, Stage& stage,
                   std::unique_ptr<PeriodKeeper> results)
    : database_(database),
      board_(board),
      stage_(stage),
      results_(std::move(results)),
      store_id_(absl::StrCat("scoring:", database.store_id())),
      followed_(stage.recalled_sequence()),
      thread_([this] { Run(); }) {}

void Finality::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status Finality::Recall() {
  std::vector<Intent> intents;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(intents, FinalityStore(transaction).Intents());
    return absl::OkStatus();
  }));
  for (const Intent& intent : intents) {
    platform::Log(platform::Severity::kInfo, "finality to be resumed",
                  {{"period", intent.period}, {"request_key", intent.request_key}});
    SetUnfinished(intent.period, true);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Finality::Turn>> Finality::TakeTurn(const std::string& period,
                                                                   absl::Time until) {
  const absl::MutexLock lock(&mutex_);
  const auto free = [&] {
    mutex_.AssertReaderHeld();
    return stopping_ || !busy_.contains(period);
  };
  if (!mutex_.AwaitWithDeadline(absl::Condition(&free),
                                std::min(until, absl::Now() + 2 * kKeeperPatience)) ||
      stopping_) {
    return Refusal(absl::StatusCode::kUnavailable, "period", "PERIOD_BUSY",
                   "Một yêu cầu khác về kỳ này đang được thực hiện; vui lòng thử lại sau giây "
                   "lát.");
  }
  busy_.insert(period);
  return std::make_unique<Turn>(*this, period);
}

void Finality::SetUnfinished(const std::string& period, bool unfinished) {
  const absl::MutexLock lock(&mutex_);
  if (unfinished) {
    unfinished_.insert(period);
  } else {
    unfinished_.erase(period);
  }
}

absl::StatusOr<std::optional<FinalHead>> Finality::Newest(const std::string& period) {
  std::optional<FinalHead> newest;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(newest, FinalityStore(transaction).Newest(period));
    return absl::OkStatus();
  }));
  return newest;
}

template <typename Response, typename Request>
absl::StatusOr<Finality::Begun<Response>> Finality::Begin(
    Intent::Kind kind, const Request& request, const audit::Author& author,
    absl::FunctionRef<absl::Status(FinalityStore&)> may_begin) {
  const std::string key =
      request.request_id().empty() ? "" : platform::RequestKey(author, request.request_id());
  Begun<Response> begun;
  begun.intent = {request.period(),
                  kind,
                  absl::ToUnixMillis(absl::Now()),
                  key,
                  request.SerializeAsString(),
                  author};
  bool put = false;
  const auto begin = [&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(begun.reply, platform::FirstReply<Response>(transaction, request, author));
    if (begun.reply.has_value()) return absl::OkStatus();
    FinalityStore store(transaction);
    ASSIGN_OR_RETURN(std::optional<Intent> of_request, store.FindIntentOfRequest(key));
    if (of_request.has_value() && !request.validate_only()) {
      Request before;
      if (of_request->kind != kind || !before.ParseFromString(of_request->request) ||
          !google::protobuf::util::MessageDifferencer::Equals(before, request)) {
        return Fault{"request_id", "REQUEST_ID_REUSED",
                     "Mã yêu cầu (request_id) này đã dùng cho một yêu cầu có nội dung khác."}
            .ToStatus();
      }
      begun.intent = *std::move(of_request);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::optional<Intent> of_period, store.FindIntent(request.period()));
    if (of_period.has_value()) return UnderWay();
    RETURN_IF_ERROR(may_begin(store));
    if (request.validate_only()) return absl::OkStatus();
    put = true;
    return store.PutIntent(begun.intent);
  };
  const absl::Status done =
      request.validate_only() ? database_.Read(begin) : database_.Write(begin);
  if (put) SetUnfinished(request.period(), true);  // Also when it is not sure what was stored.
  RETURN_IF_ERROR(done);
  return begun;
}

template <typename Response, typename Request>
absl::StatusOr<Response> Finality::Conclude(const Request& request, const Intent& intent,
                                            absl::StatusOr<Response> outcome) {
  if (request.validate_only()) return outcome;
  if (outcome.ok()) {
    SetUnfinished(intent.period, false);
    return outcome;
  }
  if (MayYetSucceed(outcome.status())) {
    platform::Log(platform::Severity::kWarning, "finality unfinished",
                  {{"period", intent.period}, {"why", outcome.status().ToString()}});
    if (!HasReason(outcome.status(), "RESULTS_AWAY")) return outcome;
    return Refusal(absl::StatusCode::kUnavailable, "", "RESULTS_AWAY",
                   "Dịch vụ tiếp nhận kết quả đang mất liên lạc. Yêu cầu đã được ghi lại và sẽ "
                   "được hoàn tất khi có liên lạc; có thể gửi lại với cùng mã yêu cầu.");
  }
  bool on_record = false;
  std::optional<Response> reply;
  RETURN_IF_ERROR(database_.Write([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(on_record, FinalityStore(transaction).DeleteIntent(intent));
    ASSIGN_OR_RETURN(reply, platform::FirstReply<Response>(transaction, request, intent.author));
    return absl::OkStatus();
  }));
  SetUnfinished(intent.period, false);
  // Another process was at work on it too, and has finished it, or refused it.
  if (reply.has_value()) return *std::move(reply);
  if (!on_record) return UnderWay();
  platform::Log(platform::Severity::kInfo, "finality refused",
                {{"period", intent.period}, {"why", outcome.status().ToString()}});
  return outcome;
}

absl::StatusOr<v1::FinaliseRankingResponse> Finality::Finalise(
    const v1::FinaliseRankingRequest& asked, const audit::Author& author, absl::Time deadline) {
  const v1::FinaliseRankingRequest request = WithId(asked);
  ASSIGN_OR_RETURN(const auto turn, TakeTurn(request.period(), deadline));
  ASSIGN_OR_RETURN(auto first,
                   platform::FirstReply<v1::FinaliseRankingResponse>(database_, request, author));
  if (first.has_value()) return *std::move(first);  // Also while nothing can be written.
  // Looked at before the writer's transaction, and said last in it.
  const absl::Status shown = CheckShown(request);
  const auto may_begin = [&](FinalityStore& store) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<FinalHead> newest, store.Newest(request.period()));
    if (newest.has_value() && newest->record.state() == v1::FinalRecord::STATE_FINAL) {
      return AlreadyFinal(newest->record.revision());
    }
    if (newest.has_value() && newest->number >= kNumberMax) {
      return absl::ResourceExhaustedError("a period made final too often");
    }
    return shown;
  };
  ASSIGN_OR_RETURN(auto begun, Begin<v1::FinaliseRankingResponse>(Intent::Kind::kFinalise, request,
                                                                  author, may_begin));
  if (begun.reply.has_value()) return *std::move(begun.reply);
  return Conclude(request, begun.intent, CarryOut(request, begun.intent, deadline));
}

absl::StatusOr<v1::RevokeFinalResponse> Finality::Revoke(const v1::RevokeFinalRequest& asked,
                                                         const audit::Author& author,
                                                         absl::Time deadline) {
  const v1::RevokeFinalRequest request = WithId(asked);
  ASSIGN_OR_RETURN(const auto turn, TakeTurn(request.period(), deadline));
  ASSIGN_OR_RETURN(auto first,
                   platform::FirstReply<v1::RevokeFinalResponse>(database_, request, author));
  if (first.has_value()) return *std::move(first);  // Also while nothing can be written.
  const auto may_begin = [&](FinalityStore& store) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<FinalHead> newest, store.Newest(request.period()));
    if (!newest.has_value() || newest->record.state() != v1::FinalRecord::STATE_FINAL) {
      return NotFinal();
    }
    return newest->record.revision() == request.revision() ? absl::OkStatus() : RevisionMoved();
  };
  ASSIGN_OR_RETURN(auto begun, Begin<v1::RevokeFinalResponse>(Intent::Kind::kRevoke, request,
                                                              author, may_begin));
  if (begun.reply.has_value()) return *std::move(begun.reply);
  return Conclude(request, begun.intent, CarryOut(request, begun.intent, deadline));
}

absl::Status Finality::CheckShown(const v1::FinaliseRankingRequest& request) {
  ASSIGN_OR_RETURN(const auto standing, board_.GetStanding(request.period()));
  RETURN_IF_ERROR(CheckKind(*standing));
  if (!request.revision().empty() && request.revision() != standing->ranking.revision()) {
    return RevisionMoved();
  }
  return absl::OkStatus();
}

std::string Finality::RequestIdOf(const Intent& intent, int64_t version) const {
  return absl::StrCat("finality-",
                      platform::Sha256Hex(absl::StrCat(store_id_, "\n", intent.period, "\n",
                                                       static_cast<int64_t>(intent.kind), "\n",
                                                       intent.begun_at_ms, "\n", version)));
}

std::string Finality::TokenOf(const std::string& period, const ReceivedPeriod* received,
                              int64_t number) const {
  type::v1::FreshnessVector vector;
  if (received != nullptr) {
    auto& of_period = *vector.add_entries();
    of_period.set_store_id(received->store_id);
    of_period.set_resource(period);
    of_period.set_version(received->inputs.version());
    of_period.set_store_epoch_ms(received->store_epoch_ms);
  }
  auto& of_ranking = *vector.add_entries();
  of_ranking.set_store_id(store_id_);
  of_ranking.set_resource(RankingResource(period));
  of_ranking.set_version(number);
  return platform::FreshnessToken(vector);
}

template <typename Request>
absl::Status Finality::CheckStands(const Request& request, const Intent& intent) {
  if (request.validate_only()) return absl::OkStatus();
  return database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const auto of_period, FinalityStore(transaction).FindIntent(intent.period));
    ASSIGN_OR_RETURN(
        const auto reply,
        platform::FirstReplyBytes(transaction, request, request.request_id(), intent.author));
    const bool stands = of_period.has_value() && of_period->begun_at_ms == intent.begun_at_ms;
    return stands && !reply.has_value() ? absl::OkStatus() : UnderWay();
  });
}

absl::StatusOr<ReceivedPeriod> Finality::SealedInputs(const v1::FinaliseRankingRequest& request,
                                                      const Intent& intent, absl::Time until) {
  const std::optional<Revision> seen = ReadRevision(request.revision());
  // Begun before an upgrade and resumed after it: this engine may make another ranking of the same
  // figures, which nobody has looked at. What was sealed by then stays so for whoever decides.
  if (seen.has_value() ? seen->engine != domain::kEngineRevision : !request.revision().empty()) {
    return RevisionMoved();
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    ASSIGN_OR_RETURN(ReceivedPeriod present, results_->Inputs(request.period(), 0, until));
    const int64_t version = present.inputs.version();
    const bool sealed = IsSealed(present.inputs);
    // Of a sealed period one change may have come after what was seen: the seal, by whomever.
    if (seen.has_value() && version != seen->version && !(sealed && version == seen->version + 1)) {
      return RevisionMoved();
    }
    // Looked at before it is sealed: what cannot be final is not to be left sealed.
    absl::StatusOr<std::shared_ptr<const Standing>> standing =
        ComputeStanding(present, absl::Now());
    if (!standing.ok()) return absl::DataLossError(standing.status().ToString());
    RETURN_IF_ERROR(CheckKind(**standing));
    if (!RanksAnybody((*standing)->ranking)) {
      return Refusal(absl::StatusCode::kFailedPrecondition, "period", "NOTHING_TO_FINALISE",
                     "Chưa có đơn vị nào được xếp hạng trong kỳ này nên chưa có gì để chốt.");
    }
    if (sealed) return present;
    // Asked for after the version that is to be sealed: once it is finished, that version is past.
    RETURN_IF_ERROR(CheckStands(request, intent));

    results::v1::SealPeriodRequest seal;
    seal.set_period(request.period());
    seal.set_period_version(version);
    seal.set_reason(request.reason());
    seal.set_authority(request.authority());
    seal.set_request_id(RequestIdOf(intent, version));
    seal.set_validate_only(request.validate_only());
    const absl::StatusOr<results::v1::Seal> made = results_->Seal(seal, intent.author.actor, until);
    if (made.ok() && request.validate_only()) {
      present.inputs.set_version(made->version());
      *present.inputs.add_seals() = *made;
      return present;
    }
    if (made.ok()) return results_->Inputs(request.period(), made->version(), until);
    // Somebody was quicker, by a change or a seal: it is looked at again.
    if (!HasReason(made.status(), "PERIOD_CHANGED") && !HasReason(made.status(), "PERIOD_SEALED")) {
      return made.status();
    }
  }
  return RevisionMoved();
}

template <typename Request, typename Response>
absl::Status Finality::Keep(const Request& request, const Intent& intent,
                            const ReceivedPeriod* received, Response& reply, bool& kept,
                            absl::FunctionRef<absl::Status(FinalityStore&, audit::Trail&)> put) {
  const auto store = [&](Transaction& transaction,
                         audit::Trail& trail) -> absl::StatusOr<Response> {
    FinalityStore finals(transaction);
    ASSIGN_OR_RETURN(const bool on_record, finals.DeleteIntent(intent));
    if (!on_record && !request.validate_only()) return UnderWay();
    if (received != nullptr) RETURN_IF_ERROR(Store(transaction).PutPeriod(*received));
    RETURN_IF_ERROR(put(finals, trail));
    kept = !request.validate_only();
    return reply;
  };
  ASSIGN_OR_RETURN(reply,
                   platform::Mutate<Response>(database_, replies_, request, intent.author, store));
  return absl::OkStatus();
}

absl::StatusOr<v1::FinaliseRankingResponse> Finality::CarryOut(
    const v1::FinaliseRankingRequest& request, const Intent& intent, absl::Time until) {
  ASSIGN_OR_RETURN(ReceivedPeriod sealed, SealedInputs(request, intent, until));
  ASSIGN_OR_RETURN(const std::optional<FinalHead> newest, Newest(request.period()));
  const int64_t number = 1 + (newest.has_value() ? NumberAfter(newest->number, newest->record) : 0);
  v1::FinaliseRankingResponse reply;
  using Change = std::optional<Stage::Change>;
  const auto make = [&](const ReceivedPeriod* known) -> absl::StatusOr<Change> {
    RETURN_IF_ERROR(FollowKnown(known, sealed));
    const absl::Time now = absl::Now();
    ASSIGN_OR_RETURN(const auto standing, ComputeStanding(sealed, now, {number, nullptr}));
    const StoredFinal stored = FinalOf(*standing, request, now);
    ASSIGN_OR_RETURN(Final made, ReadFinal(stored));  // As it will be read for ever.
    *reply.mutable_ranking() = made.ranking;
    *reply.mutable_record() = made.record;
    reply.set_freshness_token(TokenOf(request.period(), &sealed, number));
    bool kept = false;
    RETURN_IF_ERROR(Keep(
        request, intent, &sealed, reply, kept,
        [&](FinalityStore& finals, audit::Trail& trail) { return finals.Put(stored, trail); }));
    if (!kept) return Change();
    return Change({{number, std::make_shared<const Final>(std::move(made))}, sealed});
  };
  RETURN_IF_ERROR(stage_.Apply(request.period(), make));
  return reply;
}

absl::StatusOr<v1::RevokeFinalResponse> Finality::CarryOut(const v1::RevokeFinalRequest& request,
                                                           const Intent& intent, absl::Time until) {
  // What is not sealed, or not there, is not in the way: somebody opened it, or replaced the store.
  // Nor is what was opened and sealed since: that seal is another's.
  const auto in_the_way = [](const absl::Status& status) {
    return !status.ok() && !absl::IsFailedPrecondition(status) && !absl::IsNotFound(status) &&
           !HasReason(status, "PERIOD_CHANGED");
  };
  ASSIGN_OR_RETURN(std::optional<FinalHead> revoked, Newest(request.period()));
  if (!revoked.has_value()) return absl::DataLossError("a final to be revoked is gone");
  v1::FinalRecord& record = revoked->record;
  RETURN_IF_ERROR(CheckStands(request, intent));
  results::v1::ReopenPeriodRequest reopen;
  reopen.set_period(request.period());
  reopen.set_reason(request.reason());
  reopen.set_authority(request.authority());
  reopen.set_period_version(record.period_version());
  reopen.set_request_id(RequestIdOf(intent, record.period_version()));
  reopen.set_validate_only(request.validate_only());
  const absl::Status reopened = results_->Reopen(reopen, intent.author.actor, until);
  if (in_the_way(reopened)) return reopened;
  absl::StatusOr<ReceivedPeriod> present = results_->Inputs(request.period(), 0, until);
  if (in_the_way(present.status())) return present.status();
  if (request.validate_only() && reopened.ok() && present.ok()) {
    present->inputs.set_version(present->inputs.version() + 1);  // As it would be, opened.
  }

  record.set_state(v1::FinalRecord::STATE_REVOKED);
  record.set_revoke_reason(request.reason());
  record.set_revoke_authority(request.authority());
  *record.mutable_revoke_time() = messages::InstantMessage(absl::Now());
  const int64_t number = NumberAfter(revoked->number, record);
  v1::RevokeFinalResponse reply;
  *reply.mutable_record() = record;
  using Change = std::optional<Stage::Change>;
  const auto make = [&](const ReceivedPeriod* known) -> absl::StatusOr<Change> {
    const bool is_newer = present.ok() && (known == nullptr || !IsOlder(*present, *known));
    const ReceivedPeriod* shown = is_newer ? &*present : known;
    if (shown != nullptr) {
      const auto standing = ComputeStanding(*shown, absl::Now(), {number, nullptr});
      if (standing.ok()) *reply.mutable_ranking() = (*standing)->ranking;
    }
    reply.set_freshness_token(TokenOf(request.period(), shown, number));
    bool kept = false;
    RETURN_IF_ERROR(Keep(request, intent, is_newer ? shown : nullptr, reply, kept,
                         [&](FinalityStore& finals, audit::Trail& trail) {
                           return finals.PutRecord(*revoked, trail);
                         }));
    if (!kept) return Change();
    Stage::Change change = {{number, nullptr}, std::nullopt};
    if (is_newer) change.received = *shown;
    return change;
  };
  RETURN_IF_ERROR(stage_.Apply(request.period(), make));
  return reply;
}

void Finality::Run() {
  absl::Time followed_at = absl::Now();
  while (true) {
    {
      const absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kLookEvery)) return;
    }
    if (const absl::Status followed = FollowOthers(); followed.ok()) {
      followed_at = absl::Now();
    } else {
      platform::Log(platform::Severity::kError, "finals not followed",
                    {{"why", followed.ToString()}});
    }
    board_.SetFinalsInSight(absl::Now() - followed_at < kUnfollowedMax);
    if (board_.in_sight()) ResumeAll();
  }
}

absl::Status Finality::FollowOthers() {
  std::vector<std::string> periods;
  std::vector<Intent> intents;
  int64_t sequence = 0;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    FinalityStore store(transaction);
    ASSIGN_OR_RETURN(sequence, transaction.Sequence());
    ASSIGN_OR_RETURN(periods, store.ChangedAfter(followed_));
    ASSIGN_OR_RETURN(intents, store.Intents());
    return absl::OkStatus();
  }));
  followed_ = sequence;
  const int64_t left_since = absl::ToUnixMillis(absl::Now() - kLeftToOthers);
  for (const Intent& intent : intents) {
    if (intent.begun_at_ms < left_since) SetUnfinished(intent.period, true);
  }
  return stage_.RecallFinals(periods);
}

absl::Status Finality::RecallNewer(const std::string& period) {
  ASSIGN_OR_RETURN(const std::optional<FinalHead> newest, Newest(period));
  if (!newest.has_value()) return absl::OkStatus();
  const auto shown = board_.Find(period);
  const bool is_newer =
      shown == nullptr || shown->finality < NumberAfter(newest->number, newest->record);
  return is_newer ? stage_.RecallFinality(period) : absl::OkStatus();
}

void Finality::ResumeAll() {
  std::vector<std::string> periods;
  {
    const absl::MutexLock lock(&mutex_);
    for (const std::string& period : unfinished_) {
      if (!busy_.contains(period)) periods.push_back(period);
    }
  }
  for (const std::string& period : periods) {
    if (const absl::Status resumed = Resume(period); !resumed.ok()) {
      platform::Log(platform::Severity::kWarning, "finality not resumed",
                    {{"period", period}, {"why", resumed.ToString()}});
    }
  }
}

absl::Status Finality::Resume(const std::string& period) {
  ASSIGN_OR_RETURN(const auto turn, TakeTurn(period, absl::Now()));
  std::optional<Intent> intent;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(intent, FinalityStore(transaction).FindIntent(period));
    return absl::OkStatus();
  }));
  if (!intent.has_value()) {
    // Finished, or never on record: what was stored is shown, whatever its writer was told.
    RETURN_IF_ERROR(stage_.RecallFinality(period));
    SetUnfinished(period, false);
    return absl::OkStatus();
  }
  platform::Log(platform::Severity::kInfo, "finality resumed", {{"period", period}});
  if (intent->kind == Intent::Kind::kFinalise) {
    v1::FinaliseRankingRequest request;
    if (!request.ParseFromString(intent->request)) return absl::DataLossError("intent unreadable");
    return Conclude(request, *intent, CarryOut(request, *intent, absl::InfiniteFuture())).status();
  }
  v1::RevokeFinalRequest request;
  if (!request.ParseFromString(intent->request)) return absl::DataLossError("intent unreadable");
  return Conclude(request, *intent, CarryOut(request, *intent, absl::InfiniteFuture())).status();
}

}  // namespace thidua::scoring
