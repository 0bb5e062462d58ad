#include "services/scoring/award_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/platform/stored_message.h"
#include "services/scoring/audited_resources.h"

namespace thidua::scoring {

using platform::ReadStored;
using storage::Bytes;
using storage::Parameter;
using storage::Row;

absl::StatusOr<int64_t> AwardStore::Number(absl::string_view sql,
                                           absl::Span<const Parameter> values) {
  int64_t number = 0;
  RETURN_IF_ERROR(transaction_.Query(sql, values, [&](const Row& row) {
    number = row.Integer(0);
    return absl::OkStatus();
  }));
  return number;
}

absl::StatusOr<int64_t> AwardStore::NewestIneligibility(absl::string_view pact) {
  return Number("SELECT COALESCE(MAX(number), 0) FROM ineligibilities WHERE pact = $1", {pact});
}

absl::StatusOr<std::optional<StoredIneligibility>> AwardStore::FindIneligibility(
    absl::string_view pact, int64_t number) {
  std::optional<StoredIneligibility> found;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT lift_sequence, message FROM ineligibilities WHERE pact = $1 AND number = $2",
      {pact, number}, [&](const Row& row) {
        found.emplace().number = number;
        found->lift_sequence = row.Integer(0);
        return ReadStored(row, 1, found->message);
      }));
  return found;
}

absl::StatusOr<std::vector<v1::Ineligibility>> AwardStore::InForce(absl::string_view pact,
                                                                   int64_t at) {
  std::vector<v1::Ineligibility> in_force;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM ineligibilities WHERE pact = $1 AND sequence <= $2 AND "
      "(lift_sequence = 0 OR lift_sequence > $3) ORDER BY number",
      {pact, at, at}, [&](const Row& row) { return ReadStored(row, 0, in_force.emplace_back()); }));
  return in_force;
}

absl::StatusOr<std::vector<StoredIneligibility>> AwardStore::IneligibilitiesAfter(
    absl::string_view pact, absl::string_view unit, bool in_force_only, int64_t after, int64_t at,
    int64_t limit) {
  std::vector<Parameter> values = {pact, after, at};
  std::string sql =
      "SELECT number, lift_sequence, message FROM ineligibilities WHERE pact = $1 AND "
      "number > $2 AND sequence <= $3";
  if (in_force_only) {
    values.emplace_back(at);
    absl::StrAppend(&sql, " AND (lift_sequence = 0 OR lift_sequence > $", values.size(), ")");
  }
  if (!unit.empty()) {
    values.emplace_back(unit);
    absl::StrAppend(&sql, " AND unit = $", values.size());
  }
  values.emplace_back(limit);
  absl::StrAppend(&sql, " ORDER BY number LIMIT $", values.size());
  std::vector<StoredIneligibility> found;
  RETURN_IF_ERROR(transaction_.Query(sql, values, [&](const Row& row) {
    StoredIneligibility& one = found.emplace_back();
    one.number = row.Integer(0);
    one.lift_sequence = row.Integer(1);
    return ReadStored(row, 2, one.message);
  }));
  return found;
}

absl::Status AwardStore::PutIneligibility(absl::string_view pact, int64_t number, int64_t sequence,
                                          const v1::Ineligibility& message, audit::Trail& trail) {
  std::string bytes = message.SerializeAsString();
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO ineligibilities (pact, number, unit, sequence, lift_sequence, message) "
      "VALUES ($1, $2, $3, $4, 0, $5)",
      {pact, number, message.unit(), sequence, Bytes{bytes}}));
  return trail.Changed<v1::Ineligibility>(message.name(), std::nullopt, std::move(bytes));
}

absl::Status AwardStore::LiftIneligibility(absl::string_view pact, int64_t number, int64_t sequence,
                                           const v1::Ineligibility& message, audit::Trail& trail) {
  std::optional<std::string> before;
  RETURN_IF_ERROR(
      transaction_.Query("SELECT message FROM ineligibilities WHERE pact = $1 AND number = $2",
                         {pact, number}, [&](const Row& row) {
                           before = row.Text(0);
                           return absl::OkStatus();
                         }));
  std::string bytes = message.SerializeAsString();
  RETURN_IF_ERROR(transaction_.Execute(
      "UPDATE ineligibilities SET lift_sequence = $3, message = $4 WHERE pact = $1 AND number = $2",
      {pact, number, sequence, Bytes{bytes}}));
  return trail.Changed<v1::Ineligibility>(message.name(), std::move(before), std::move(bytes));
}

absl::StatusOr<std::optional<StoredProposal>> AwardStore::ProposalBefore(absl::string_view period,
                                                                         int64_t before,
                                                                         int64_t at) {
  std::optional<StoredProposal> found;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT number, message FROM award_proposals WHERE period = $1 AND number < $2 AND "
      "sequence <= $3 ORDER BY number DESC LIMIT 1",
      {period, before, at}, [&](const Row& row) {
        found.emplace().number = row.Integer(0);
        return ReadStored(row, 1, found->message);
      }));
  return found;
}

absl::StatusOr<std::optional<StoredProposal>> AwardStore::FindProposal(absl::string_view period,
                                                                       int64_t number) {
  std::optional<StoredProposal> found;
  RETURN_IF_ERROR(
      transaction_.Query("SELECT message FROM award_proposals WHERE period = $1 AND number = $2",
                         {period, number}, [&](const Row& row) {
                           found.emplace().number = number;
                           return ReadStored(row, 0, found->message);
                         }));
  return found;
}

absl::Status AwardStore::PutProposal(absl::string_view period, int64_t sequence,
                                     const StoredProposal& proposal, audit::Trail& trail) {
  std::string bytes = proposal.message.SerializeAsString();
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO award_proposals (period, number, sequence, message) VALUES ($1, $2, $3, $4)",
      {period, proposal.number, sequence, Bytes{bytes}}));
  return trail.Changed<v1::AwardProposal>(proposal.message.name(), std::nullopt, std::move(bytes));
}

absl::StatusOr<int64_t> AwardStore::NewestVotes(absl::string_view period, int64_t proposal,
                                                int64_t at) {
  return Number(
      "SELECT COALESCE(MAX(number), 0) FROM award_votes WHERE period = $1 AND proposal = $2 AND "
      "sequence <= $3",
      {period, proposal, at});
}

absl::StatusOr<std::vector<v1::AwardVotes>> AwardStore::PresentVotes(absl::string_view period,
                                                                     int64_t proposal, int64_t at) {
  std::vector<v1::AwardVotes> votes;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM award_votes AS v WHERE period = $1 AND proposal = $2 AND "
      "sequence <= $3 AND NOT EXISTS (SELECT 1 FROM award_votes AS n WHERE n.period = v.period AND "
      "n.proposal = v.proposal AND n.award = v.award AND n.unit = v.unit AND "
      "n.revision > v.revision AND n.sequence <= $4) ORDER BY number",
      {period, proposal, at, at},
      [&](const Row& row) { return ReadStored(row, 0, votes.emplace_back()); }));
  return votes;
}

absl::StatusOr<std::vector<StoredVotes>> AwardStore::VotesAfter(
    absl::string_view period, int64_t proposal, absl::string_view award, absl::string_view unit,
    int64_t after, int64_t at, int64_t limit) {
  std::vector<Parameter> values = {period, proposal, after, at};
  std::string sql =
      "SELECT number, message FROM award_votes WHERE period = $1 AND proposal = $2 AND "
      "number > $3 AND sequence <= $4";
  if (!award.empty()) {
    values.emplace_back(award);
    absl::StrAppend(&sql, " AND award = $", values.size());
  }
  if (!unit.empty()) {
    values.emplace_back(unit);
    absl::StrAppend(&sql, " AND unit = $", values.size());
  }
  values.emplace_back(limit);
  absl::StrAppend(&sql, " ORDER BY number LIMIT $", values.size());
  std::vector<StoredVotes> found;
  RETURN_IF_ERROR(transaction_.Query(sql, values, [&](const Row& row) {
    StoredVotes& one = found.emplace_back();
    one.number = row.Integer(0);
    return ReadStored(row, 1, one.message);
  }));
  return found;
}

absl::Status AwardStore::PutVotes(absl::string_view period, int64_t proposal, int64_t sequence,
                                  const StoredVotes& votes, audit::Trail& trail) {
  const v1::AwardVotes& message = votes.message;
  std::string bytes = message.SerializeAsString();
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO award_votes (period, proposal, number, award, unit, revision, sequence, message)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {period, proposal, votes.number, message.award_id(), message.unit(), message.revision(),
       sequence, Bytes{bytes}}));
  return trail.Changed<v1::AwardVotes>(VotesResource(period, proposal, votes.number), std::nullopt,
                                       std::move(bytes));
}

}  // namespace thidua::scoring
