#include "services/cli/awards.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/pages.h"
#include "services/cli/request_id.h"
#include "services/cli/table.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"

namespace thidua::cli {
namespace {

using scoring::v1::AwardCandidate;
using scoring::v1::AwardProposal;
using scoring::v1::AwardVotes;
using scoring::v1::ProposedAward;

constexpr char kOnlyValidated[] = "CHỈ XEM TRƯỚC: chưa có gì được lưu.\n\n";

template <typename Response, typename Request>
absl::StatusOr<Response> Ask(const Request& request, platform::Caller& caller) {
  ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
  return dynamic_cast<const Response&>(*answer);
}

absl::StatusOr<AwardProposal> GetProposal(const std::string& name, platform::Caller& caller) {
  scoring::v1::GetAwardProposalRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const auto response,
                   Ask<scoring::v1::GetAwardProposalResponse>(request, caller));
  return response.proposal();
}

absl::StatusOr<int32_t> ReadCount(const char* path, const std::string& text) {
  int32_t count = 0;
  if (absl::SimpleAtoi(text, &count)) return count;
  return domain::Fault{path, "NUMBER_UNREADABLE",
                       absl::StrCat("“", domain::Excerpt(text), "” không phải số phiếu.")}
      .ToStatus();
}

// Null: the unit is not in line for it by now.
const AwardCandidate* InLine(const AwardProposal& proposal, const VoteWish& wish) {
  for (const ProposedAward& award : proposal.awards()) {
    if (award.award_id() != wish.award) continue;
    for (const AwardCandidate& candidate : award.outcome()) {
      if (candidate.unit() == wish.unit) return &candidate;
    }
  }
  return nullptr;
}

// The last revision of the votes, whether they count by now or not; 0: there is none.
absl::StatusOr<int64_t> LastRevision(const VoteWish& wish, platform::Caller& caller) {
  scoring::v1::ListAwardVotesRequest request;
  request.set_proposal(wish.proposal);
  request.set_award_id(wish.award);
  request.set_unit(wish.unit);
  int64_t last = 0;
  do {
    ASSIGN_OR_RETURN(const auto page, Ask<scoring::v1::ListAwardVotesResponse>(request, caller));
    for (const AwardVotes& one : page.votes()) last = one.revision();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return last;
}

// What was there when the votes were, or would be, recorded.
absl::StatusOr<int64_t> BaseOf(const VoteWish& wish, const scoring::v1::RecordVotesRequest& request,
                               platform::Caller& caller) {
  ASSIGN_OR_RETURN(const AwardProposal proposal, GetProposal(wish.proposal, caller));
  const AwardCandidate* in_line = InLine(proposal, wish);
  // Who has left the line is refused now, whatever was answered when it was in it.
  if (in_line == nullptr) return LastRevision(wish, caller);
  if (!in_line->has_votes()) return 0;
  const AwardVotes& present = in_line->votes();
  const bool is_this =
      present.yes_count() == request.yes_count() && present.no_count() == request.no_count() &&
      present.blank_count() == request.blank_count() && present.session() == request.session() &&
      present.correction_reason() == request.correction_reason();
  return present.revision() - (is_this ? 1 : 0);
}

absl::StatusOr<scoring::v1::ListAwardProposalsResponse> NewestProposal(const std::string& period,
                                                                       platform::Caller& caller) {
  scoring::v1::ListAwardProposalsRequest request;
  request.set_period(period);
  request.set_page_size(1);
  return Ask<scoring::v1::ListAwardProposalsResponse>(request, caller);
}

// "…/awardProposals/3": 3.
int64_t NumberOf(const std::string& proposal) {
  int64_t number = 0;
  const bool read = absl::SimpleAtoi(proposal.substr(proposal.rfind('/') + 1), &number);
  return read ? number : 0;
}

// The newest proposal when this one was, or would be, made.
absl::StatusOr<int64_t> BaseOf(const scoring::v1::ProposeAwardsRequest& request,
                               platform::Caller& caller) {
  ASSIGN_OR_RETURN(const auto newest, NewestProposal(request.period(), caller));
  if (newest.proposals().empty()) return 0;
  const AwardProposal& proposal = newest.proposals(0);
  const int64_t number = NumberOf(proposal.name());
  const bool is_this = proposal.state() == AwardProposal::STATE_STANDING &&
                       proposal.ranking_revision() == request.revision() &&
                       proposal.authority() == request.authority() &&
                       (request.replaces().empty() || NumberOf(request.replaces()) == number - 1);
  return number - (is_this ? 1 : 0);
}

const char* StandingWords(const AwardCandidate& one, const ProposedAward& award, bool after_votes) {
  switch (one.standing()) {
    case AwardCandidate::STANDING_PROPOSED:
      if (after_votes && !award.votes_at_least_percent().empty() && !one.has_votes()) {
        return "Chờ bỏ phiếu";
      }
      return one.provisional() ? "Tạm đề nghị" : "Đề nghị";
    case AwardCandidate::STANDING_TIED:
      return "Đồng hạng";
    case AwardCandidate::STANDING_INELIGIBLE:
      return "Không được xét";
    case AwardCandidate::STANDING_OTHER_CLASS:
      return "Khác loại";
    case AwardCandidate::STANDING_CARRIED:
      return "ĐỀ NGHỊ";
    case AwardCandidate::STANDING_VOTED_DOWN:
      return "Không đủ phiếu";
    case AwardCandidate::STANDING_NOT_CHOSEN:
      return "Không được chọn";
    default:
      return "–";
  }
}

const char* Title(AwardProposal::State state) {
  switch (state) {
    case AwardProposal::STATE_PREVIEW:
      return "XEM TRƯỚC ĐỀ NGHỊ KHEN THƯỞNG";
    case AwardProposal::STATE_SUPERSEDED:
      return "ĐỀ NGHỊ KHEN THƯỞNG KHÔNG CÒN GIÁ TRỊ";
    default:
      return "ĐỀ NGHỊ KHEN THƯỞNG";
  }
}

void AddAward(const ProposedAward& award, bool after_votes, int width, std::string& page) {
  std::string title =
      absl::StrCat(award.display_name(), " (", award.award_id(), ") · ", award.at_most(), " suất");
  if (award.class_display_names_size() > 0) {
    absl::StrAppend(&title, " · loại ", absl::StrJoin(award.class_display_names(), ", "));
  }
  if (!award.votes_at_least_percent().empty()) {
    absl::StrAppend(&title, " · ít nhất ", VietnameseNumber(award.votes_at_least_percent()),
                    "% số phiếu");
  }
  absl::StrAppend(&page, "\n", absl::StrJoin(Wrap(title, width), "\n"), "\n");
  Table table({{"Hạng", Align::kRight}, {"Đơn vị"}, {"Kết quả"}, {"Vì sao"}});
  for (const AwardCandidate& one : after_votes ? award.outcome() : award.candidates()) {
    table.Add({absl::StrCat(one.rank()), one.unit_display_name(),
               StandingWords(one, award, after_votes), one.reason()});
  }
  if (!table.empty()) absl::StrAppend(&page, table.Print(width));
  if (award.waits()) {
    absl::StrAppend(
        &page,
        Indented("Chưa xác định tiếp được: còn chờ bỏ phiếu cho danh hiệu xét trước.", width));
  }
  if (award.provisional()) {
    absl::StrAppend(&page,
                    Indented("Tạm thời: còn tùy kết quả bỏ phiếu chưa ghi nhận cho danh hiệu "
                             "xét trước.",
                             width));
  }
  if (award.open_count() > 0) {
    absl::StrAppend(&page, Indented(absl::StrCat("Còn ", award.open_count(),
                                                 " suất không có đơn vị nào được đề nghị."),
                                    width));
  }
}

std::string ProposalText(const AwardProposal& proposal, int width) {
  const bool preview = proposal.state() == AwardProposal::STATE_PREVIEW;
  std::string page = absl::StrCat(Title(proposal.state()), " · ", proposal.bloc_display_name(),
                                  proposal.bloc_display_name().empty() ? "" : " · ",
                                  proposal.period_display_name(), "\n");
  if (!proposal.name().empty()) absl::StrAppend(&page, Indented(proposal.name(), width));
  if (proposal.has_propose_time()) {
    absl::StrAppend(
        &page, Indented(absl::StrCat("Lập lúc ", PrintInstant(proposal.propose_time())), width));
  }
  if (!proposal.authority().empty()) {
    absl::StrAppend(&page, Indented(absl::StrCat("Căn cứ: ", proposal.authority()), width));
  }
  absl::StrAppend(&page, Indented(absl::StrCat(proposal.ranking_digest().empty()
                                                   ? "Theo xếp hạng tạm tính, phiên bản "
                                                   : "Theo kết quả chính thức, phiên bản ",
                                               proposal.ranking_revision()),
                                  width));
  for (const std::string& note : proposal.notes()) absl::StrAppend(&page, Indented(note, width));
  for (const ProposedAward& award : proposal.awards()) AddAward(award, !preview, width, page);
  return page;
}

}  // namespace

absl::StatusOr<ShownAwards> FindAwards(const std::string& period_or_proposal,
                                       const std::string& freshness_token,
                                       platform::Caller& caller) {
  ShownAwards shown;
  if (absl::StrContains(period_or_proposal, "/awardProposals/")) {
    ASSIGN_OR_RETURN(shown.proposal, GetProposal(period_or_proposal, caller));
    return shown;
  }
  ASSIGN_OR_RETURN(const auto newest, NewestProposal(period_or_proposal, caller));
  if (newest.proposals_size() > 0) {
    if (newest.proposals(0).state() == AwardProposal::STATE_STANDING) {
      shown.proposal = newest.proposals(0);
      return shown;
    }
    shown.superseded = newest.proposals(0).name();
  }
  scoring::v1::GetAwardPreviewRequest request;
  request.set_period(period_or_proposal);
  request.set_freshness_token(freshness_token);
  ASSIGN_OR_RETURN(auto preview, Ask<scoring::v1::GetAwardPreviewResponse>(request, caller));
  shown.proposal = std::move(*preview.mutable_proposal());
  shown.stale = preview.stale();
  return shown;
}

absl::StatusOr<scoring::v1::ProposeAwardsResponse> ProposeAwards(const ProposalWish& wish,
                                                                 platform::Caller& caller) {
  scoring::v1::ProposeAwardsRequest request;
  request.set_period(wish.period);
  request.set_revision(wish.revision);
  request.set_authority(wish.authority);
  request.set_replaces(wish.replaces);
  request.set_validate_only(wish.validate_only);
  if (wish.revision.empty()) {
    scoring::v1::GetRankingRequest shown;
    shown.set_period(wish.period);
    ASSIGN_OR_RETURN(const auto ranking, Ask<scoring::v1::GetRankingResponse>(shown, caller));
    request.set_revision(ranking.ranking().revision());
  }
  ASSIGN_OR_RETURN(const int64_t base, BaseOf(request, caller));
  request.set_request_id(RequestIdOf("propose", request, base));
  return Ask<scoring::v1::ProposeAwardsResponse>(request, caller);
}

absl::StatusOr<scoring::v1::RecordVotesResponse> RecordVotes(const VoteWish& wish,
                                                             platform::Caller& caller) {
  scoring::v1::RecordVotesRequest request;
  request.set_proposal(wish.proposal);
  request.set_award_id(wish.award);
  request.set_unit(wish.unit);
  ASSIGN_OR_RETURN(const int32_t yes, ReadCount("yes_count", wish.yes));
  ASSIGN_OR_RETURN(const int32_t no, ReadCount("no_count", wish.no));
  ASSIGN_OR_RETURN(const int32_t blank, ReadCount("blank_count", wish.blank));
  request.set_yes_count(yes);
  request.set_no_count(no);
  request.set_blank_count(blank);
  request.set_session(wish.session);
  request.set_correction_reason(wish.correction_reason);
  request.set_validate_only(wish.validate_only);

  ASSIGN_OR_RETURN(const int64_t base, BaseOf(wish, request, caller));
  request.set_request_id(RequestIdOf("vote", request, base));
  return Ask<scoring::v1::RecordVotesResponse>(request, caller);
}

std::string AwardsPage(const ShownAwards& shown, int width) {
  std::string page;
  if (shown.stale) {
    page =
        "CÓ THỂ CHƯA CẬP NHẬT: dịch vụ chấm điểm đang mất kết nối với dịch vụ tiếp nhận kết quả.\n";
  }
  if (!shown.superseded.empty()) {
    absl::StrAppend(
        &page,
        Indented(absl::StrCat("Đề nghị đã lập không còn giá trị: ", shown.superseded), width));
  }
  absl::StrAppend(&page, ProposalText(shown.proposal, width));
  return Shown(page);
}

std::string ProposedPage(const scoring::v1::ProposeAwardsResponse& response, int width) {
  return absl::StrCat(response.freshness_token().empty() ? kOnlyValidated : "",
                      Shown(ProposalText(response.proposal(), width)));
}

std::string VotesPage(const scoring::v1::RecordVotesResponse& response, int width) {
  const AwardVotes& votes = response.votes();
  const bool only_validated = response.freshness_token().empty();
  std::string page = absl::StrCat(
      only_validated ? "PHIẾU SẼ GHI · " : "ĐÃ GHI PHIẾU · ", votes.unit(), " · ", votes.award_id(),
      ": ", votes.yes_count(), " đồng ý, ", votes.no_count(), " không đồng ý, ",
      votes.blank_count(), " phiếu trắng (lần ", votes.revision(), ")\n\n");
  return absl::StrCat(only_validated ? kOnlyValidated : "",
                      Shown(absl::StrCat(page, ProposalText(response.proposal(), width))));
}

}  // namespace thidua::cli
