#include "services/scoring/award_wording.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/vietnamese_number.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

using domain::AwardCandidate;
using domain::AwardRule;
using domain::VoteCount;
using Standing = AwardCandidate::Standing;

constexpr size_t kMaxClassesBytes = 40;  // So many of their names, and one more.

std::string Count(int64_t count) { return domain::PrintNumber(domain::Decimal(count)); }

// "8/10 phiếu đồng ý = 80%".
std::string Votes(const VoteCount& votes) {
  const std::string counts =
      absl::StrCat(Count(votes.yes), "/", Count(votes.cast()), " phiếu đồng ý");
  if (votes.cast() == 0) return counts;
  const domain::Rational share = domain::Rational(votes.yes) / domain::Rational(votes.cast());
  return absl::StrCat(counts, " ", EqualsOrAbout(share * 100), "%");
}

// The same with what sets it off from what was said before; nothing when there are none.
std::string ThenVotes(const AwardCandidate& candidate) {
  return candidate.votes.has_value() ? absl::StrCat(", ", Votes(*candidate.votes)) : "";
}

std::string Percent(const AwardRule& rule) {
  return absl::StrCat(domain::PrintNumber(*rule.votes_at_least_percent), "%");
}

// "Xếp thứ 1"; where equals have to be told apart "Xếp thứ 1 (2 đơn vị đồng hạng)".
std::string Rank(const v1::AwardContender& contender, size_t of_its_rank,
                 const AwardCandidate& candidate) {
  return absl::StrCat(
      "Xếp thứ ", contender.rank(),
      candidate.equals > 1 ? absl::StrCat(" (", of_its_rank, " đơn vị đồng hạng)") : "");
}

std::string Name(const v1::ProposedAward& award) { return domain::Excerpt(award.display_name()); }

std::string OtherClass(const v1::ProposedAward& award, const v1::AwardContender& contender) {
  const std::string own = contender.class_id().empty()
                              ? "chưa được xếp loại"
                              : absl::StrCat("xếp loại ", Quoted(contender.class_display_name()));
  std::string wanted;
  for (const std::string& name : award.class_display_names()) {
    if (wanted.size() > kMaxClassesBytes) {
      wanted += ", …";
      break;
    }
    absl::StrAppend(&wanted, wanted.empty() ? "" : ", ", Quoted(name));
  }
  return absl::StrCat(own, ", trong khi ", Name(award), " chỉ xét loại ", wanted);
}

std::string Proposed(const v1::ProposedAward& award, const AwardRule& rule,
                     const AwardCandidate& candidate, bool after_votes) {
  const bool needs_votes = rule.votes_at_least_percent.has_value();
  if (!after_votes) {
    return absl::StrCat(
        "được đề nghị ", Name(award),
        needs_votes ? absl::StrCat("; cần ít nhất ", Percent(rule), " số phiếu đồng ý") : "");
  }
  if (!candidate.votes.has_value()) {
    if (!needs_votes) return absl::StrCat("được đề nghị ", Name(award));
    return absl::StrCat("chờ bỏ phiếu cho ", Name(award), ": cần ít nhất ", Percent(rule),
                        " số phiếu đồng ý");
  }
  std::string most;
  if (candidate.equals_for > 0) {
    most = absl::StrCat(", thuộc ", candidate.equals_for, " đơn vị nhiều phiếu nhất trong ",
                        candidate.equals, " đơn vị cùng xét");
  }
  return absl::StrCat(Votes(*candidate.votes),
                      needs_votes ? absl::StrCat(", đạt mức ít nhất ", Percent(rule)) : "", most,
                      ": được đề nghị ", Name(award));
}

std::string Tied(const v1::ProposedAward& award, const AwardCandidate& candidate) {
  const std::string awards = absl::StrCat(candidate.equals_for, " suất ", Name(award));
  if (candidate.waits) {
    return absl::StrCat(
        "đang chờ bỏ phiếu cho danh hiệu xét trước; nếu không được chọn thì được "
        "xét ",
        awards);
  }
  const std::string left = absl::StrCat("còn ", awards, " cho ", candidate.equals, " đơn vị");
  if (!candidate.votes.has_value()) return absl::StrCat(left, ": bỏ phiếu để chọn");
  return absl::StrCat(
      left, ThenVotes(candidate),
      ": chưa phân định được, cần phiếu của cùng một lần bỏ phiếu hoặc bỏ phiếu lại");
}

}  // namespace

std::string AwardSentence(const v1::ProposedAward& award, const v1::AwardContender& contender,
                          size_t of_its_rank, const AwardRule& rule,
                          const AwardCandidate& candidate, bool after_votes) {
  const std::string rank = Rank(contender, of_its_rank, candidate);
  const char* const end =
      candidate.provisional ? " (tạm thời, còn tùy kết quả bỏ phiếu chưa ghi nhận)." : ".";
  switch (candidate.standing) {
    case Standing::kProposed:
      return absl::StrCat(rank, ", ", Proposed(award, rule, candidate, after_votes), end);
    case Standing::kTied:
      return absl::StrCat(rank, ", ", Tied(award, candidate), end);
    case Standing::kIneligible:
      return absl::StrCat(rank, " và giữ nguyên thứ hạng, nhưng không được xét ", Name(award), ": ",
                          contender.ineligible_because(), ".");
    case Standing::kOtherClass:
      return absl::StrCat(rank, ", ", OtherClass(award, contender), ".");
    case Standing::kVotedDown:
      return absl::StrCat(rank, ThenVotes(candidate), ", chưa đạt mức ít nhất ", Percent(rule),
                          ": không được đề nghị ", Name(award), ".");
    case Standing::kNotChosen:
      // Those with more may still be tied among themselves: none of them is said to be chosen.
      return absl::StrCat(rank, ThenVotes(candidate),
                          ", trong khi đã có đủ đơn vị cùng xét nhiều phiếu hơn: không được đề "
                          "nghị ",
                          Name(award), end);
  }
  return rank;
}

std::string IneligibleBecause(const std::vector<v1::Ineligibility>& in_force) {
  if (in_force.empty()) return "";
  const v1::Ineligibility& first = in_force.front();
  std::string reason(absl::StripAsciiWhitespace(domain::Excerpt(first.reason())));
  while (!reason.empty() && reason.back() == '.') reason.pop_back();
  std::string because = absl::StrCat(reason, " (", domain::Excerpt(first.authority()), ")");
  if (in_force.size() > 1) absl::StrAppend(&because, " và ", in_force.size() - 1, " việc khác");
  return because;
}

std::vector<std::string> ProposalNotes(const v1::AwardProposal& proposal) {
  switch (proposal.state()) {
    case v1::AwardProposal::STATE_PREVIEW:
      return {proposal.ranking_digest().empty()
                  ? "Xem trước theo xếp hạng tạm tính: chưa phải đề nghị khen thưởng, còn có thể "
                    "thay đổi."
                  : "Xem trước theo xếp hạng chính thức: chưa được lập thành đề nghị khen thưởng."};
    case v1::AwardProposal::STATE_SUPERSEDED:
      return {proposal.supersede_reason() == v1::AwardProposal::SUPERSEDE_REASON_FINAL_REVOKED
                  ? "Không còn giá trị: kết quả chính thức làm căn cứ đã được thu hồi."
                  : "Không còn giá trị: đã được thay bằng một đề nghị khác."};
    default:
      return {};
  }
}

std::string NowIneligibleNote(const v1::AwardContender& contender, const std::string& because) {
  return absl::StrCat("Từ sau khi lập đề nghị này, ",
                      domain::Excerpt(contender.unit_display_name()),
                      " thuộc diện không được xét: ", because, "; cần lập lại đề nghị.");
}

std::string EligibleAgainNote(const v1::AwardContender& contender) {
  return absl::StrCat("Từ sau khi lập đề nghị này, ",
                      domain::Excerpt(contender.unit_display_name()),
                      " không còn thuộc diện không được xét; cần lập lại đề nghị nếu muốn xét.");
}

}  // namespace thidua::scoring
