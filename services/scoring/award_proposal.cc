#include "services/scoring/award_proposal.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "services/domain/award.h"
#include "services/domain/return_if_error.h"
#include "services/platform/errors.h"
#include "services/scoring/award_wording.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

using domain::AwardRule;
using domain::Contender;

// A final tells ranks and classes, but not which awards its scheme has: they are taken from the
// pact that was received, when it is of that scheme.
absl::Status CheckIsOfTheScheme(const Standing& standing, const Final& official) {
  const results::v1::PeriodInputs& inputs = standing.received.inputs;
  if (official.record.scheme() != inputs.pact().scheme() ||
      official.record.pact_store_id() != inputs.pact_store_id()) {
    return platform::Refusal(
        absl::StatusCode::kFailedPrecondition, "period", "SCHEME_MOVED",
        "Giao ước hiện có không theo thang bảng điểm đã dùng để chốt kết quả chính thức, nên không "
        "xác định được các hình thức khen thưởng; cần thu hồi và chốt lại.");
  }
  if (standing.period == nullptr) {
    return platform::Refusal(
        absl::StatusCode::kFailedPrecondition, "period", "INPUTS_NOT_COMPUTABLE",
        "Kết quả chính thức vẫn còn giá trị, nhưng giao ước và số liệu hiện có của kỳ này không "
        "đọc được, nên chưa xác định được các hình thức khen thưởng; cần khắc phục số liệu.");
  }
  return absl::OkStatus();
}

std::string ClassName(const domain::Scheme& scheme, const std::string& id) {
  for (const domain::ClassRule& one : scheme.classes.classes) {
    if (one.id == id) return one.name;
  }
  return id;
}

v1::ProposedAward AwardMessage(const domain::Scheme& scheme, const AwardRule& award) {
  v1::ProposedAward message;
  message.set_award_id(award.id);
  message.set_display_name(award.name);
  message.set_at_most(award.at_most);
  for (const std::string& id : award.classes) {
    message.add_class_ids(id);
    message.add_class_display_names(ClassName(scheme, id));
  }
  if (award.votes_at_least_percent.has_value()) {
    message.set_votes_at_least_percent(award.votes_at_least_percent->ToString());
  }
  return message;
}

// What AwardMessage made of it, but for its classes' names.
absl::StatusOr<AwardRule> ReadAward(const v1::ProposedAward& message) {
  AwardRule award;
  award.id = message.award_id();
  award.name = message.display_name();
  award.at_most = message.at_most();
  award.classes.assign(message.class_ids().begin(), message.class_ids().end());
  if (!message.votes_at_least_percent().empty()) {
    ASSIGN_OR_RETURN(award.votes_at_least_percent,
                     domain::Decimal::Parse(message.votes_at_least_percent()));
  }
  return award;
}

std::vector<Contender> ReadContenders(const v1::AwardProposal& proposal) {
  std::vector<Contender> contenders;
  for (const v1::AwardContender& message : proposal.contenders()) {
    contenders.push_back(
        {message.unit(), message.rank(), message.class_id(), message.ineligibilities_size() > 0});
  }
  return contenders;
}

// In an outcome, who is proposed is put forward as soon as no vote is missing on which it depends.
v1::AwardCandidate::Standing StandingMessage(const AwardRule& award,
                                             const domain::AwardCandidate& candidate,
                                             bool after_votes) {
  using Standing = domain::AwardCandidate::Standing;
  switch (candidate.standing) {
    case Standing::kProposed:
      return after_votes && !candidate.provisional &&
                     (candidate.votes.has_value() || VotesSuffice(award, {}))
                 ? v1::AwardCandidate::STANDING_CARRIED
                 : v1::AwardCandidate::STANDING_PROPOSED;
    case Standing::kTied:
      return v1::AwardCandidate::STANDING_TIED;
    case Standing::kIneligible:
      return v1::AwardCandidate::STANDING_INELIGIBLE;
    case Standing::kOtherClass:
      return v1::AwardCandidate::STANDING_OTHER_CLASS;
    case Standing::kVotedDown:
      return v1::AwardCandidate::STANDING_VOTED_DOWN;
    case Standing::kNotChosen:
      return v1::AwardCandidate::STANDING_NOT_CHOSEN;
  }
  return v1::AwardCandidate::STANDING_UNSPECIFIED;
}

v1::AwardCandidate CandidateMessage(const v1::AwardProposal& proposal,
                                    const v1::ProposedAward& award, const AwardRule& rule,
                                    const domain::AwardCandidate& candidate, bool after_votes) {
  const v1::AwardContender& contender = proposal.contenders(static_cast<int>(candidate.contender));
  const auto of_its_rank =
      std::count_if(proposal.contenders().begin(), proposal.contenders().end(),
                    [&](const v1::AwardContender& one) { return one.rank() == contender.rank(); });
  v1::AwardCandidate message;
  message.set_unit(contender.unit());
  message.set_unit_display_name(contender.unit_display_name());
  message.set_rank(contender.rank());
  message.set_standing(StandingMessage(rule, candidate, after_votes));
  message.set_provisional(candidate.provisional);
  message.set_reason(AwardSentence(award, contender, static_cast<size_t>(of_its_rank), rule,
                                   candidate, after_votes));
  return message;
}

void TellOfTheLine(const domain::AwardLine& line, v1::ProposedAward& award) {
  award.set_open_count(static_cast<int32_t>(line.open));
  award.set_waits(line.waits);
  award.set_provisional(line.provisional);
}

}  // namespace

absl::StatusOr<v1::AwardProposal> MakeProposal(const Standing& standing,
                                               const std::vector<v1::Ineligibility>& in_force) {
  const Final* official = standing.finality.official.get();
  if (official != nullptr) RETURN_IF_ERROR(CheckIsOfTheScheme(standing, *official));
  const domain::Scheme& scheme = standing.pact.scheme;
  if (scheme.awards.empty()) {
    return platform::Refusal(absl::StatusCode::kFailedPrecondition, "period", "NO_AWARDS",
                             absl::StrCat("Thang bảng điểm ", Quoted(scheme.name),
                                          " không nêu hình thức khen thưởng nào."));
  }
  const v1::Ranking& ranking = standing.ranking;
  v1::AwardProposal proposal;
  proposal.set_period(standing.received.inputs.name());
  proposal.set_bloc_display_name(ranking.bloc_display_name());
  proposal.set_period_display_name(ranking.period_display_name());
  proposal.set_state(v1::AwardProposal::STATE_PREVIEW);
  proposal.set_ranking_revision(ranking.revision());
  proposal.set_ranking_digest(ranking.digest());
  proposal.set_scheme(ranking.scheme());

  absl::flat_hash_map<std::string, std::vector<v1::Ineligibility>> against;
  for (const v1::Ineligibility& one : in_force) against[one.unit()].push_back(one);
  for (const v1::RankingRow& row : ranking.rows()) {
    v1::AwardContender& contender = *proposal.add_contenders();
    contender.set_unit(row.unit());
    contender.set_unit_display_name(row.unit_display_name());
    contender.set_rank(row.rank());
    contender.set_class_id(row.class_id());
    contender.set_class_display_name(row.class_display_name());
    const auto of_unit = against.find(row.unit());
    if (of_unit == against.end()) continue;
    for (const v1::Ineligibility& one : of_unit->second) {
      contender.add_ineligibilities(one.name());
    }
    contender.set_ineligible_because(IneligibleBecause(of_unit->second));
  }

  const std::vector<domain::AwardLine> lines =
      domain::ProposeAwards(scheme.awards, ReadContenders(proposal));
  for (size_t i = 0; i < lines.size(); ++i) {
    const AwardRule& rule = scheme.awards[i];
    v1::ProposedAward& award = *proposal.add_awards();
    award = AwardMessage(scheme, rule);
    for (const domain::AwardCandidate& candidate : lines[i].candidates) {
      *award.add_candidates() = CandidateMessage(proposal, award, rule, candidate, false);
    }
    TellOfTheLine(lines[i], award);
  }
  return proposal;
}

absl::Status AddOutcome(const std::vector<v1::AwardVotes>& votes, v1::AwardProposal& proposal) {
  std::vector<AwardRule> rules;
  for (const v1::ProposedAward& award : proposal.awards()) {
    ASSIGN_OR_RETURN(AwardRule rule, ReadAward(award));
    rules.push_back(std::move(rule));
  }
  const std::vector<Contender> contenders = ReadContenders(proposal);
  domain::AwardVotes counts;
  absl::flat_hash_map<std::pair<size_t, size_t>, const v1::AwardVotes*> records;
  for (const v1::AwardVotes& one : votes) {
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const AwardRule& candidate) {
      return candidate.id == one.award_id();
    });
    const auto contender =
        std::find_if(contenders.begin(), contenders.end(),
                     [&](const Contender& candidate) { return candidate.unit == one.unit(); });
    if (rule == rules.end() || contender == contenders.end()) {
      return absl::DataLossError("votes on what was not proposed");
    }
    const std::pair<size_t, size_t> key = {static_cast<size_t>(rule - rules.begin()),
                                           static_cast<size_t>(contender - contenders.begin())};
    counts[key] = {one.yes_count(), one.no_count(), one.blank_count(), one.session()};
    records[key] = &one;
  }
  const std::vector<domain::AwardLine> lines = domain::ProposeAwards(rules, contenders, counts);
  for (size_t i = 0; i < lines.size(); ++i) {
    v1::ProposedAward& award = *proposal.mutable_awards(static_cast<int>(i));
    award.clear_outcome();
    for (const domain::AwardCandidate& candidate : lines[i].candidates) {
      v1::AwardCandidate& message = *award.add_outcome();
      message = CandidateMessage(proposal, award, rules[i], candidate, true);
      const auto record = records.find({i, candidate.contender});
      if (record != records.end()) *message.mutable_votes() = *record->second;
    }
    TellOfTheLine(lines[i], award);
  }
  return absl::OkStatus();
}

}  // namespace thidua::scoring
