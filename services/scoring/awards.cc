// Awards: who is not eligible, who is put forward, and how people voted.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/messages/resource_names.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "services/platform/mutation.h"
#include "services/platform/paging.h"
#include "services/platform/update.h"
#include "services/scoring/award_proposal.h"
#include "services/scoring/award_store.h"
#include "services/scoring/award_wording.h"
#include "services/scoring/service.h"

namespace thidua::scoring {
namespace {

using domain::Fault;
using messages::AwardProposalName;
using messages::IneligibilityName;
using platform::Mutate;
using platform::PageStart;
using platform::Refusal;
using storage::Transaction;

constexpr size_t kInForceMax = 20;
constexpr int64_t kIneligibilitiesMax = 1'000;
constexpr int64_t kProposalsMax = 100;
constexpr int64_t kVotesMax = 2'000;
constexpr int kCountMax = 10'000;

absl::Status TooMany(absl::string_view path, absl::string_view sentence) {
  return Refusal(absl::StatusCode::kFailedPrecondition, path, "TOO_MANY", sentence);
}

absl::Status CheckReasonAndAuthority(const std::string& reason, const std::string& authority) {
  std::vector<Fault> faults;
  if (auto fault = domain::CheckReason("reason", reason)) faults.push_back(*std::move(fault));
  if (auto fault = domain::CheckName("authority", authority)) faults.push_back(*std::move(fault));
  return domain::FaultsToStatus(faults);
}

absl::Status ProposalUnknown(absl::string_view path, const AwardProposalName& name) {
  return Refusal(absl::StatusCode::kNotFound, path, "PROPOSAL_UNKNOWN",
                 absl::StrCat("Kỳ này không có đề nghị khen thưởng số ", name.number, "."));
}

absl::Status NotFinal() {
  return Refusal(
      absl::StatusCode::kFailedPrecondition, "period", "RANKING_NOT_FINAL",
      "Xếp hạng của kỳ này chưa phải kết quả chính thức; chỉ đề nghị khen thưởng sau khi "
      "chốt.");
}

bool IsStanding(const v1::AwardCandidate& candidate) {
  return candidate.standing() != v1::AwardCandidate::STANDING_INELIGIBLE &&
         candidate.standing() != v1::AwardCandidate::STANDING_OTHER_CLASS;
}

// As it was when the store's sequence was `at`.
v1::Ineligibility IneligibilityAt(const StoredIneligibility& stored, int64_t at,
                                  const std::string& store_id) {
  v1::Ineligibility message = stored.message;
  const bool lifted = stored.lift_sequence > 0 && stored.lift_sequence <= at;
  if (!lifted) {
    message.clear_lift_reason();
    message.clear_lift_authority();
    message.clear_lift_time();
  }
  message.set_etag(platform::Etag(store_id, message.name(), lifted ? 2 : 1));
  return message;
}

absl::Status RevisionMoved() {
  return Refusal(absl::StatusCode::kAborted, "revision", "REVISION_MOVED",
                 "Kết quả chính thức đang có hiệu lực không phải bản đã xem; vui lòng xem lại.");
}

absl::Status NotAMember(absl::string_view unit) {
  return Refusal(absl::StatusCode::kNotFound, "unit", "UNIT_NOT_A_MEMBER",
                 absl::StrCat("Đơn vị “", unit, "” không thuộc giao ước này."));
}

// The revision of the final that stands; none when none does.
absl::StatusOr<std::optional<std::string>> FinalThatStands(Transaction& transaction,
                                                           const std::string& period) {
  ASSIGN_OR_RETURN(const std::optional<FinalHead> newest,
                   FinalityStore(transaction).Newest(period));
  if (!newest.has_value() || newest->record.state() != v1::FinalRecord::STATE_FINAL) {
    return std::nullopt;
  }
  return newest->record.revision();
}

// The proposal with its state, and with what the votes leave of it.
absl::StatusOr<v1::AwardProposal> ProposalAt(Transaction& transaction, const StoredProposal& stored,
                                             int64_t at, const std::string& store_id) {
  AwardStore store(transaction);
  v1::AwardProposal proposal = stored.message;
  const std::string& period = proposal.period();
  ASSIGN_OR_RETURN(const std::optional<std::string> official, FinalThatStands(transaction, period));
  ASSIGN_OR_RETURN(const std::optional<StoredProposal> newest,
                   store.ProposalBefore(period, INT64_MAX, at));
  proposal.set_state(v1::AwardProposal::STATE_STANDING);
  if (official != proposal.ranking_revision()) {
    proposal.set_state(v1::AwardProposal::STATE_SUPERSEDED);
    proposal.set_supersede_reason(v1::AwardProposal::SUPERSEDE_REASON_FINAL_REVOKED);
  } else if (newest.has_value() && newest->number > stored.number) {
    proposal.set_state(v1::AwardProposal::STATE_SUPERSEDED);
    proposal.set_supersede_reason(v1::AwardProposal::SUPERSEDE_REASON_REPLACED);
  }
  ASSIGN_OR_RETURN(const std::vector<v1::AwardVotes> votes,
                   store.PresentVotes(period, stored.number, at));
  RETURN_IF_ERROR(AddOutcome(votes, proposal));
  ASSIGN_OR_RETURN(const int64_t newest_votes, store.NewestVotes(period, stored.number, at));
  proposal.set_etag(platform::Etag(store_id, proposal.name(), 1 + newest_votes));
  for (const std::string& note : ProposalNotes(proposal)) proposal.add_notes(note);
  if (proposal.state() != v1::AwardProposal::STATE_STANDING) return proposal;

  // It stands as it was made; who asks is to know that it would be made differently now.
  ASSIGN_OR_RETURN(const messages::PeriodName name, messages::ReadPeriodName("period", period));
  ASSIGN_OR_RETURN(const std::vector<v1::Ineligibility> in_force,
                   store.InForce(name.pact.ToString(), at));
  for (const v1::AwardContender& contender : proposal.contenders()) {
    std::vector<v1::Ineligibility> against;
    std::copy_if(in_force.begin(), in_force.end(), std::back_inserter(against),
                 [&](const v1::Ineligibility& one) { return one.unit() == contender.unit(); });
    const bool was_eligible = contender.ineligible_because().empty();
    if (was_eligible && !against.empty()) {
      proposal.add_notes(NowIneligibleNote(contender, IneligibleBecause(against)));
    } else if (!was_eligible && against.empty()) {
      proposal.add_notes(EligibleAgainNote(contender));
    }
  }
  return proposal;
}

absl::Status CheckVotes(const v1::RecordVotesRequest& request) {
  std::vector<Fault> faults;
  const std::pair<const char*, int32_t> kCounts[] = {{"yes_count", request.yes_count()},
                                                     {"no_count", request.no_count()},
                                                     {"blank_count", request.blank_count()}};
  int64_t cast = 0;
  for (const auto& [path, count] : kCounts) {
    cast += count;
    if (count >= 0 && count <= kCountMax) continue;
    faults.push_back({path, "OUT_OF_RANGE", "Số phiếu phải từ 0 đến 10.000."});
  }
  if (faults.empty() && cast == 0) {
    faults.push_back({"yes_count", "NO_VOTES", "Chưa có phiếu nào: tổng số phiếu phải lớn hơn 0."});
  }
  if (auto fault = domain::CheckName("session", request.session())) {
    faults.push_back(*std::move(fault));
  }
  if (auto fault = domain::CheckText("correction_reason", request.correction_reason(), 2'000)) {
    faults.push_back(*std::move(fault));
  }
  return domain::FaultsToStatus(faults);
}

}  // namespace

absl::StatusOr<std::optional<std::string>> ScoringService::MemberName(const std::string& pact,
                                                                      const std::string& unit) {
  // Periods may be at several editions of the pact: one of each, which is enough to look at.
  using Edition = std::pair<int64_t, std::string>;  // And who counts them.
  std::map<Edition, std::shared_ptr<const Snapshot>, std::greater<>> newest_first;
  absl::Status broken = absl::OkStatus();
  for (const std::string& period : board_.Periods()) {
    if (!absl::StartsWith(period, absl::StrCat(pact, "/periods/"))) continue;
    const absl::StatusOr<std::shared_ptr<const Snapshot>> shown = board_.Get(period);
    if (shown.ok()) {
      newest_first.emplace(Edition{(*shown)->pact_version, (*shown)->pact_store_id}, *shown);
    } else if (!absl::IsNotFound(shown.status())) {  // It was removed a moment ago.
      broken = shown.status();
    }
  }
  if (unit.empty() && (!newest_first.empty() || !broken.ok())) return std::nullopt;
  for (const auto& [edition, shown] : newest_first) {
    ASSIGN_OR_RETURN(const auto standing, board_.GetStanding(shown->period));
    for (const registry::v1::Member& member : standing->received.inputs.pact().members()) {
      if (member.unit() == unit) return member.display_name();
    }
  }
  // It may be a member in what cannot be read, or has not arrived yet.
  if (!broken.ok()) return broken;
  if (!board_.was_in_sight()) {
    return Refusal(absl::StatusCode::kUnavailable, "", "NOT_YET_SYNCED",
                   "Dịch vụ chấm điểm đang nạp số liệu; vui lòng thử lại sau giây lát.");
  }
  if (!newest_first.empty()) return std::nullopt;
  return Refusal(absl::StatusCode::kNotFound, "pact", "PACT_UNKNOWN",
                 absl::StrCat("Không có giao ước “", pact, "” nào đang có kỳ báo cáo."));
}

absl::StatusOr<v1::RecordIneligibilityResponse> ScoringService::RecordIneligibility(
    const v1::RecordIneligibilityRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const messages::PactName pact, messages::ReadPactName("pact", request.pact()));
  RETURN_IF_ERROR(messages::ReadUnitName("unit", request.unit()).status());
  RETURN_IF_ERROR(CheckReasonAndAuthority(request.reason(), request.authority()));
  ASSIGN_OR_RETURN(auto first, platform::FirstReply<v1::RecordIneligibilityResponse>(
                                   database_, request, call.author()));
  if (first.has_value()) return *std::move(first);
  ASSIGN_OR_RETURN(const std::optional<std::string> display_name,
                   MemberName(request.pact(), request.unit()));
  if (!display_name.has_value()) return NotAMember(request.unit());
  return Mutate<v1::RecordIneligibilityResponse>(
      database_, changes_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::RecordIneligibilityResponse> {
        AwardStore store(transaction);
        ASSIGN_OR_RETURN(const int64_t sequence, transaction.NextSequence());
        ASSIGN_OR_RETURN(const int64_t newest, store.NewestIneligibility(request.pact()));
        if (newest >= kIneligibilitiesMax) {
          return TooMany("pact", "Giao ước này đã có quá nhiều ghi nhận (1.000).");
        }
        ASSIGN_OR_RETURN(const auto in_force,
                         store.IneligibilitiesAfter(request.pact(), request.unit(), true, 0,
                                                    sequence, static_cast<int64_t>(kInForceMax)));
        if (in_force.size() >= kInForceMax) {
          return TooMany("unit", "Đơn vị này đang có quá nhiều ghi nhận còn hiệu lực (20).");
        }
        StoredIneligibility made;
        made.number = newest + 1;
        made.message.set_name(IneligibilityName{pact, made.number}.ToString());
        made.message.set_unit(request.unit());
        made.message.set_unit_display_name(*display_name);
        made.message.set_reason(request.reason());
        made.message.set_authority(request.authority());
        *made.message.mutable_record_time() = messages::InstantMessage(absl::Now());
        RETURN_IF_ERROR(
            store.PutIneligibility(request.pact(), made.number, sequence, made.message, trail));
        v1::RecordIneligibilityResponse response;
        *response.mutable_ineligibility() = IneligibilityAt(made, sequence, store_id_);
        response.set_freshness_token(platform::FreshnessToken(store_id_, made.message.name(), 1));
        return response;
      });
}

absl::StatusOr<v1::LiftIneligibilityResponse> ScoringService::LiftIneligibility(
    const v1::LiftIneligibilityRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const IneligibilityName name,
                   messages::ReadIneligibilityName("name", request.name()));
  RETURN_IF_ERROR(CheckReasonAndAuthority(request.reason(), request.authority()));
  const std::string pact = name.pact.ToString();
  return Mutate<v1::LiftIneligibilityResponse>(
      database_, changes_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::LiftIneligibilityResponse> {
        AwardStore store(transaction);
        ASSIGN_OR_RETURN(const int64_t sequence, transaction.NextSequence());
        ASSIGN_OR_RETURN(std::optional<StoredIneligibility> found,
                         store.FindIneligibility(pact, name.number));
        if (!found.has_value()) {
          return Refusal(absl::StatusCode::kNotFound, "name", "INELIGIBILITY_UNKNOWN",
                         absl::StrCat("Không có ghi nhận “", request.name(), "”."));
        }
        if (call.caller().IsOfficialOf(found->message.unit())) {
          return Refusal(absl::StatusCode::kPermissionDenied, "", "OWN_UNIT",
                         "Không ai được tự thực hiện việc này đối với chính đơn vị mình.");
        }
        RETURN_IF_ERROR(platform::CheckEtag(request.etag(),
                                            IneligibilityAt(*found, sequence, store_id_).etag()));
        if (found->lift_sequence > 0) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "name", "ALREADY_LIFTED",
                         "Ghi nhận này đã được gỡ trước đó.");
        }
        found->lift_sequence = sequence;
        found->message.set_lift_reason(request.reason());
        found->message.set_lift_authority(request.authority());
        *found->message.mutable_lift_time() = messages::InstantMessage(absl::Now());
        RETURN_IF_ERROR(
            store.LiftIneligibility(pact, name.number, sequence, found->message, trail));
        v1::LiftIneligibilityResponse response;
        *response.mutable_ineligibility() = IneligibilityAt(*found, sequence, store_id_);
        response.set_freshness_token(platform::FreshnessToken(store_id_, request.name(), 2));
        return response;
      });
}

absl::StatusOr<v1::ListIneligibilitiesResponse> ScoringService::ListIneligibilities(
    const v1::ListIneligibilitiesRequest& request, const Call&) {
  RETURN_IF_ERROR(messages::ReadPactName("pact", request.pact()).status());
  if (!request.unit().empty()) {
    RETURN_IF_ERROR(messages::ReadUnitName("unit", request.unit()).status());
  }
  ASSIGN_OR_RETURN(const int64_t page_size, platform::PageSize(request.page_size()));
  v1::ListIneligibilitiesResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    PageStart start;
    ASSIGN_OR_RETURN(start.sequence, transaction.Sequence());
    ASSIGN_OR_RETURN(start, platform::ReadPageToken(request, start));
    ASSIGN_OR_RETURN(const int64_t after, platform::LastNumber(start, 0));
    ASSIGN_OR_RETURN(
        const std::vector<StoredIneligibility> found,
        AwardStore(transaction)
            .IneligibilitiesAfter(request.pact(), request.unit(), request.in_force_only(), after,
                                  start.sequence, page_size + 1));
    size_t bytes = 0;
    int64_t last = after;
    for (const StoredIneligibility& stored : found) {
      if (response.ineligibilities_size() == page_size || bytes > platform::kPageBytesMax) {
        response.set_next_page_token(
            platform::NextPageToken(request, {start.sequence, start.day, absl::StrCat(last)}));
        break;
      }
      *response.add_ineligibilities() = IneligibilityAt(stored, start.sequence, store_id_);
      bytes += response.ineligibilities().rbegin()->ByteSizeLong();
      last = stored.number;
    }
    return absl::OkStatus();
  }));
  if (response.ineligibilities().empty() && request.page_token().empty()) {
    ASSIGN_OR_RETURN(const std::optional<std::string> member,
                     MemberName(request.pact(), request.unit()));
    if (!request.unit().empty() && !member.has_value()) return NotAMember(request.unit());
  }
  return response;
}

absl::StatusOr<v1::GetAwardPreviewResponse> ScoringService::GetAwardPreview(
    const v1::GetAwardPreviewRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const auto standing,
                   Await(request.period(), request.freshness_token(), call, Of::kRanking));
  ASSIGN_OR_RETURN(const messages::PeriodName name,
                   messages::ReadPeriodName("period", request.period()));
  std::vector<v1::Ineligibility> in_force;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t now, transaction.Sequence());
    ASSIGN_OR_RETURN(in_force, AwardStore(transaction).InForce(name.pact.ToString(), now));
    return absl::OkStatus();
  }));
  v1::GetAwardPreviewResponse response;
  ASSIGN_OR_RETURN(*response.mutable_proposal(), MakeProposal(*standing, in_force));
  for (const std::string& note : ProposalNotes(response.proposal())) {
    response.mutable_proposal()->add_notes(note);
  }
  response.set_stale(standing->finality.official == nullptr && !board_.in_sight());
  return response;
}

absl::StatusOr<v1::ProposeAwardsResponse> ScoringService::ProposeAwards(
    const v1::ProposeAwardsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const messages::PeriodName period,
                   messages::ReadPeriodName("period", request.period()));
  if (!request.authority().empty()) {
    if (auto fault = domain::CheckName("authority", request.authority())) return fault->ToStatus();
  }
  std::optional<AwardProposalName> replaces;
  if (!request.replaces().empty()) {
    ASSIGN_OR_RETURN(replaces, messages::ReadAwardProposalName("replaces", request.replaces()));
    if (replaces->period.ToString() != request.period()) {
      return Fault{"replaces", "OTHER_PERIOD", "Đề nghị được thay phải thuộc cùng kỳ."}.ToStatus();
    }
  }
  ASSIGN_OR_RETURN(auto first, platform::FirstReply<v1::ProposeAwardsResponse>(database_, request,
                                                                               call.author()));
  if (first.has_value()) return *std::move(first);
  ASSIGN_OR_RETURN(const auto standing, board_.GetStanding(request.period()));
  if (standing->finality.official == nullptr) return NotFinal();
  const std::string revision = standing->ranking.revision();
  if (!request.revision().empty() && request.revision() != revision) return RevisionMoved();
  return Mutate<v1::ProposeAwardsResponse>(
      database_, changes_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::ProposeAwardsResponse> {
        AwardStore store(transaction);
        ASSIGN_OR_RETURN(const int64_t sequence, transaction.NextSequence());
        // It may have been revoked since the board was looked at, and another one made.
        ASSIGN_OR_RETURN(const std::optional<std::string> official,
                         FinalThatStands(transaction, request.period()));
        if (!official.has_value()) return NotFinal();
        if (*official != revision) return RevisionMoved();
        ASSIGN_OR_RETURN(const std::optional<StoredProposal> newest,
                         store.ProposalBefore(request.period(), INT64_MAX, sequence));
        const int64_t newest_number = newest.has_value() ? newest->number : 0;
        const bool one_stands =
            newest.has_value() && newest->message.ranking_revision() == revision;
        if (replaces.has_value() && replaces->number > newest_number) {
          return ProposalUnknown("replaces", *replaces);
        }
        if (replaces.has_value() && !(one_stands && replaces->number == newest_number)) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "replaces", "PROPOSAL_SUPERSEDED",
                         "Đề nghị được thay không còn giá trị; vui lòng xem lại đề nghị mới nhất.");
        }
        if (one_stands && !replaces.has_value()) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "replaces", "ALREADY_PROPOSED",
                         absl::StrCat("Đã có đề nghị “", newest->message.name(),
                                      "” theo kết quả chính thức này; muốn lập lại phải nêu rõ đề "
                                      "nghị được thay."));
        }
        if (newest_number >= kProposalsMax) {
          return TooMany("period", "Kỳ này đã có quá nhiều đề nghị khen thưởng (100).");
        }
        ASSIGN_OR_RETURN(const std::vector<v1::Ineligibility> in_force,
                         store.InForce(period.pact.ToString(), sequence));
        StoredProposal made;
        made.number = newest_number + 1;
        ASSIGN_OR_RETURN(made.message, MakeProposal(*standing, in_force));
        made.message.clear_state();
        made.message.set_name(AwardProposalName{period, made.number}.ToString());
        made.message.set_authority(request.authority());
        *made.message.mutable_propose_time() = messages::InstantMessage(absl::Now());
        RETURN_IF_ERROR(store.PutProposal(request.period(), sequence, made, trail));
        v1::ProposeAwardsResponse response;
        ASSIGN_OR_RETURN(*response.mutable_proposal(),
                         ProposalAt(transaction, made, sequence, store_id_));
        response.set_freshness_token(platform::FreshnessToken(store_id_, made.message.name(), 1));
        return response;
      });
}

absl::StatusOr<v1::RecordVotesResponse> ScoringService::RecordVotes(
    const v1::RecordVotesRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const AwardProposalName name,
                   messages::ReadAwardProposalName("proposal", request.proposal()));
  RETURN_IF_ERROR(messages::ReadUnitName("unit", request.unit()).status());
  RETURN_IF_ERROR(CheckVotes(request));
  const std::string period = name.period.ToString();
  return Mutate<v1::RecordVotesResponse>(
      database_, changes_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::RecordVotesResponse> {
        AwardStore store(transaction);
        ASSIGN_OR_RETURN(const int64_t sequence, transaction.NextSequence());
        ASSIGN_OR_RETURN(const std::optional<StoredProposal> stored,
                         store.FindProposal(period, name.number));
        if (!stored.has_value()) return ProposalUnknown("proposal", name);
        ASSIGN_OR_RETURN(const v1::AwardProposal before,
                         ProposalAt(transaction, *stored, sequence, store_id_));
        if (before.state() != v1::AwardProposal::STATE_STANDING) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "proposal", "PROPOSAL_SUPERSEDED",
                         before.notes(0));
        }
        RETURN_IF_ERROR(platform::CheckEtag(request.etag(), before.etag()));
        const auto award = std::find_if(
            before.awards().begin(), before.awards().end(),
            [&](const v1::ProposedAward& one) { return one.award_id() == request.award_id(); });
        if (award == before.awards().end()) {
          return Refusal(absl::StatusCode::kNotFound, "award_id", "AWARD_UNKNOWN",
                         absl::StrCat("Đề nghị này không có hình thức khen thưởng “",
                                      domain::Excerpt(request.award_id()), "”."));
        }
        const auto candidate = std::find_if(
            award->outcome().begin(), award->outcome().end(),
            [&](const v1::AwardCandidate& one) { return one.unit() == request.unit(); });
        if (candidate == award->outcome().end() || !IsStanding(*candidate)) {
          return Refusal(
              absl::StatusCode::kFailedPrecondition, "unit", "NOT_A_CANDIDATE",
              absl::StrCat("Đơn vị “", request.unit(), "” không thuộc diện bỏ phiếu cho ",
                           domain::Excerpt(award->display_name()), "."));
        }
        ASSIGN_OR_RETURN(const int64_t newest, store.NewestVotes(period, name.number, sequence));
        if (newest >= kVotesMax) {
          return TooMany("proposal", "Đề nghị này đã có quá nhiều lần ghi phiếu (2.000).");
        }
        StoredVotes made;
        made.number = newest + 1;
        v1::AwardVotes& votes = made.message;
        votes.set_revision(1 + candidate->votes().revision());
        if (votes.revision() > 1 && request.correction_reason().empty()) {
          return Fault{"correction_reason", "REQUIRED",
                       "Đã có kết quả kiểm phiếu; muốn sửa phải nêu lý do."}
              .ToStatus();
        }
        votes.set_award_id(request.award_id());
        votes.set_unit(request.unit());
        votes.set_yes_count(request.yes_count());
        votes.set_no_count(request.no_count());
        votes.set_blank_count(request.blank_count());
        votes.set_session(request.session());
        votes.set_correction_reason(request.correction_reason());
        *votes.mutable_record_time() = messages::InstantMessage(absl::Now());
        RETURN_IF_ERROR(store.PutVotes(period, name.number, sequence, made, trail));
        v1::RecordVotesResponse response;
        *response.mutable_votes() = votes;
        ASSIGN_OR_RETURN(*response.mutable_proposal(),
                         ProposalAt(transaction, *stored, sequence, store_id_));
        response.set_freshness_token(
            platform::FreshnessToken(store_id_, request.proposal(), 1 + made.number));
        return response;
      });
}

absl::StatusOr<v1::GetAwardProposalResponse> ScoringService::GetAwardProposal(
    const v1::GetAwardProposalRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const AwardProposalName name,
                   messages::ReadAwardProposalName("name", request.name()));
  v1::GetAwardProposalResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t now, transaction.Sequence());
    ASSIGN_OR_RETURN(const std::optional<StoredProposal> stored,
                     AwardStore(transaction).FindProposal(name.period.ToString(), name.number));
    if (!stored.has_value()) return ProposalUnknown("name", name);
    ASSIGN_OR_RETURN(*response.mutable_proposal(),
                     ProposalAt(transaction, *stored, now, store_id_));
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListAwardProposalsResponse> ScoringService::ListAwardProposals(
    const v1::ListAwardProposalsRequest& request, const Call& call) {
  RETURN_IF_ERROR(messages::ReadPeriodName("period", request.period()).status());
  ASSIGN_OR_RETURN(const int64_t page_size, platform::PageSize(request.page_size()));
  v1::ListAwardProposalsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    AwardStore store(transaction);
    PageStart start;
    ASSIGN_OR_RETURN(start.sequence, transaction.Sequence());
    ASSIGN_OR_RETURN(start, platform::ReadPageToken(request, start));
    ASSIGN_OR_RETURN(int64_t before, platform::LastNumber(start, INT64_MAX));
    size_t bytes = 0;
    while (true) {
      RETURN_IF_ERROR(call.StillAwaited());
      ASSIGN_OR_RETURN(const std::optional<StoredProposal> stored,
                       store.ProposalBefore(request.period(), before, start.sequence));
      if (!stored.has_value()) return absl::OkStatus();
      if (response.proposals_size() == page_size || bytes > platform::kPageBytesMax) {
        response.set_next_page_token(
            platform::NextPageToken(request, {start.sequence, start.day, absl::StrCat(before)}));
        return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(*response.add_proposals(),
                       ProposalAt(transaction, *stored, start.sequence, store_id_));
      bytes += response.proposals().rbegin()->ByteSizeLong();
      before = stored->number;
    }
  }));
  if (response.proposals().empty() && request.page_token().empty()) {
    const absl::Status known = board_.Get(request.period()).status();
    if (!known.ok() && !absl::IsDataLoss(known)) return known;  // None yet, of a period there is.
  }
  return response;
}

absl::StatusOr<v1::ListAwardVotesResponse> ScoringService::ListAwardVotes(
    const v1::ListAwardVotesRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const AwardProposalName name,
                   messages::ReadAwardProposalName("proposal", request.proposal()));
  if (!request.unit().empty()) {
    RETURN_IF_ERROR(messages::ReadUnitName("unit", request.unit()).status());
  }
  ASSIGN_OR_RETURN(const int64_t page_size, platform::PageSize(request.page_size()));
  const std::string period = name.period.ToString();
  v1::ListAwardVotesResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    AwardStore store(transaction);
    ASSIGN_OR_RETURN(const std::optional<StoredProposal> proposal,
                     store.FindProposal(period, name.number));
    if (!proposal.has_value()) return ProposalUnknown("proposal", name);
    PageStart start;
    ASSIGN_OR_RETURN(start.sequence, transaction.Sequence());
    ASSIGN_OR_RETURN(start, platform::ReadPageToken(request, start));
    ASSIGN_OR_RETURN(int64_t last, platform::LastNumber(start, 0));
    ASSIGN_OR_RETURN(const std::vector<StoredVotes> found,
                     store.VotesAfter(period, name.number, request.award_id(), request.unit(), last,
                                      start.sequence, page_size + 1));
    size_t bytes = 0;
    for (const StoredVotes& stored : found) {
      if (response.votes_size() == page_size || bytes > platform::kPageBytesMax) {
        response.set_next_page_token(
            platform::NextPageToken(request, {start.sequence, start.day, absl::StrCat(last)}));
        break;
      }
      *response.add_votes() = stored.message;
      bytes += stored.message.ByteSizeLong();
      last = stored.number;
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace thidua::scoring
