#include "services/results_ingest/store.h"

#include <limits>

#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/platform/stored_message.h"
#include "services/results_ingest/audited_resources.h"

namespace thidua::results_ingest {
namespace {

using messages::EvidenceName;
using messages::PactName;
using messages::PeriodName;
using messages::ResultName;
using platform::ReadStored;
using storage::Bytes;
using storage::Parameter;
using storage::Row;

// A version that none exceeds, and as many rows as there are.
constexpr int64_t kAny = std::numeric_limits<int64_t>::max();

std::string LastPart(absl::string_view name) {
  return std::string(name.substr(name.rfind('/') + 1));
}

}  // namespace

AssessmentKey KeyOf(const v1::Assessment& assessment) {
  return {LastPart(assessment.unit()), assessment.criterion_id(), assessment.layer(),
          LastPart(assessment.rater())};
}

absl::StatusOr<std::string> Store::RegistryResumeToken() {
  std::string token;
  RETURN_IF_ERROR(
      transaction_.Query("SELECT resume_token FROM registry_watch", {}, [&](const Row& row) {
        token = row.Text(0);
        return absl::OkStatus();
      }));
  return token;
}

absl::Status Store::PutRegistryResumeToken(absl::string_view token) {
  return transaction_.Execute(
      "INSERT INTO registry_watch (only_row, resume_token) VALUES (1, $1) "
      "ON CONFLICT (only_row) DO UPDATE SET resume_token = excluded.resume_token",
      {token});
}

absl::StatusOr<std::optional<MirroredPact>> Store::FindPact(const PactName& name) {
  std::optional<MirroredPact> pact;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT registry_store_id, message FROM pacts WHERE bloc = $1 AND year = $2 "
      "AND is_current = 1",
      {name.bloc, name.year}, [&](const Row& row) {
        pact.emplace().registry_store_id = row.Text(0);
        return ReadStored(row, 1, pact->message);
      }));
  return pact;
}

absl::StatusOr<std::optional<PactVersion>> Store::FindPactVersion(const PactName& name) {
  std::optional<PactVersion> version;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT registry_store_id, version FROM pacts WHERE bloc = $1 AND year = $2 "
      "AND is_current = 1",
      {name.bloc, name.year}, [&](const Row& row) {
        version = {row.Text(0), row.Integer(1)};
        return absl::OkStatus();
      }));
  return version;
}

absl::Status Store::PutPact(const PactName& name, const MirroredPact& pact) {
  // What no version of a period was made of need not be kept.
  RETURN_IF_ERROR(transaction_.Execute(
      "DELETE FROM pacts WHERE bloc = $1 AND year = $2 AND is_current = 1 AND NOT EXISTS (SELECT 1 "
      "FROM period_versions AS v WHERE v.bloc = $1 AND v.year = $2 AND "
      "v.registry_store_id = pacts.registry_store_id AND v.pact_version = pacts.version)",
      {name.bloc, name.year}));
  RETURN_IF_ERROR(transaction_.Execute(
      "UPDATE pacts SET is_current = 0 WHERE bloc = $1 AND year = $2 AND is_current = 1",
      {name.bloc, name.year}));
  return transaction_.Execute(
      "INSERT INTO pacts (bloc, year, registry_store_id, version, is_current, message) "
      "VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT (bloc, year, registry_store_id, version) "
      "DO UPDATE SET is_current = 1, message = excluded.message",
      {name.bloc, name.year, pact.registry_store_id, pact.message.version(),
       Bytes{pact.message.SerializeAsString()}});
}

absl::Status Store::PutUnit(absl::string_view unit, const registry::v1::Unit& message) {
  return transaction_.Execute(
      "INSERT INTO units (unit, message) VALUES ($1, $2) "
      "ON CONFLICT (unit) DO UPDATE SET message = excluded.message",
      {unit, Bytes{message.SerializeAsString()}});
}

absl::StatusOr<std::vector<registry::v1::Unit>> Store::FindUnits(
    absl::Span<const std::string> units) {
  std::vector<registry::v1::Unit> found;
  RETURN_IF_ERROR(transaction_.QueryKeys(
      "SELECT message FROM units WHERE unit", {}, units,
      [&](const Row& row) { return ReadStored(row, 0, found.emplace_back()); }));
  return found;
}

absl::StatusOr<std::optional<PeriodState>> Store::FindPeriodState(const PeriodName& name) {
  std::optional<PeriodState> state;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT version, sealed FROM periods WHERE bloc = $1 AND year = $2 AND period = $3",
      {name.pact.bloc, name.pact.year, name.period}, [&](const Row& row) {
        state = {row.Integer(0), row.Integer(1) != 0};
        return absl::OkStatus();
      }));
  return state;
}

absl::StatusOr<int64_t> Store::AdvancePeriod(const PeriodName& name, absl::Time data_time) {
  ASSIGN_OR_RETURN(const int64_t sequence, transaction_.NextSequence());
  int64_t version = 0;
  RETURN_IF_ERROR(transaction_.Query(
      "INSERT INTO periods (bloc, year, period, version, sequence, sealed) "
      "VALUES ($1, $2, $3, 1, $4, 0) ON CONFLICT (bloc, year, period) DO UPDATE SET "
      "version = periods.version + 1, sequence = excluded.sequence RETURNING version",
      {name.pact.bloc, name.pact.year, name.period, sequence}, [&](const Row& row) {
        version = row.Integer(0);
        return absl::OkStatus();
      }));
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO period_versions (bloc, year, period, version, registry_store_id, "
      "pact_version, data_time_ms) SELECT bloc, year, $3, $4, registry_store_id, version, $5 "
      "FROM pacts WHERE bloc = $1 AND year = $2 AND is_current = 1",
      {name.pact.bloc, name.pact.year, name.period, version, absl::ToUnixMillis(data_time)}));
  return version;
}

absl::StatusOr<std::vector<v1::Seal>> Store::Seals(const PeriodName& name) {
  std::vector<v1::Seal> seals;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM seals WHERE bloc = $1 AND year = $2 AND period = $3 ORDER BY version",
      {name.pact.bloc, name.pact.year, name.period},
      [&](const Row& row) { return ReadStored(row, 0, seals.emplace_back()); }));
  return seals;
}

absl::Status Store::PutSeal(const PeriodName& name, const v1::Seal& seal, audit::Trail& trail) {
  std::optional<std::string> before;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM seals WHERE bloc = $1 AND year = $2 AND period = $3 AND version = $4",
      {name.pact.bloc, name.pact.year, name.period, seal.version()}, [&](const Row& row) {
        before = row.Text(0);
        return absl::OkStatus();
      }));
  std::string message = seal.SerializeAsString();
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO seals (bloc, year, period, version, message) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (bloc, year, period, version) DO UPDATE SET message = excluded.message",
      {name.pact.bloc, name.pact.year, name.period, seal.version(), Bytes{message}}));
  RETURN_IF_ERROR(transaction_.Execute(
      "UPDATE periods SET sealed = $4 WHERE bloc = $1 AND year = $2 AND period = $3",
      {name.pact.bloc, name.pact.year, name.period,
       static_cast<int64_t>(seal.has_reopen_time() ? 0 : 1)}));
  return trail.Changed<v1::Seal>(SealResource(name, seal.version()), std::move(before),
                                 std::move(message));
}

absl::StatusOr<ResultsByTarget> Store::CurrentResults(const PeriodName& name) {
  ResultsByTarget results;
  RETURN_IF_ERROR(
      transaction_.Query("SELECT target, message FROM results "
                         "WHERE bloc = $1 AND year = $2 AND period = $3 AND is_current = 1",
                         {name.pact.bloc, name.pact.year, name.period},
                         [&](const Row& row) { return ReadStored(row, 1, results[row.Text(0)]); }));
  return results;
}

absl::StatusOr<ResultsByTarget> Store::CurrentResults(const PeriodName& name,
                                                      absl::Span<const std::string> targets) {
  ResultsByTarget results;
  RETURN_IF_ERROR(transaction_.QueryKeys(
      "SELECT target, message FROM results WHERE bloc = $1 AND year = $2 AND period = $3 "
      "AND is_current = 1 AND target",
      {name.pact.bloc, name.pact.year, name.period}, targets,
      [&](const Row& row) { return ReadStored(row, 1, results[row.Text(0)]); }));
  return results;
}

absl::StatusOr<ResultsByTarget> Store::ResultsAt(const PeriodName& name, int64_t version) {
  ResultsByTarget results;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT r.target, r.message FROM results AS r WHERE r.bloc = $1 AND r.year = $2 "
      "AND r.period = $3 AND r.period_version <= $4 AND NOT EXISTS (SELECT 1 FROM results AS n "
      "WHERE n.bloc = r.bloc AND n.year = r.year AND n.period = r.period AND n.target = r.target "
      "AND n.revision = r.revision + 1 AND n.period_version <= $4)",
      {name.pact.bloc, name.pact.year, name.period, version},
      [&](const Row& row) { return ReadStored(row, 1, results[row.Text(0)]); }));
  return results;
}

absl::StatusOr<ResultsByTarget> Store::FirstResults(const PeriodName& name) {
  ResultsByTarget results;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT target, message FROM results WHERE bloc = $1 AND year = $2 AND period = $3 "
      "AND revision = 1",
      {name.pact.bloc, name.pact.year, name.period},
      [&](const Row& row) { return ReadStored(row, 1, results[row.Text(0)]); }));
  return results;
}

absl::StatusOr<std::optional<v1::Result>> Store::FindResult(const ResultName& name,
                                                            int64_t revision) {
  std::optional<v1::Result> result;
  const auto read = [&](const Row& row) { return ReadStored(row, 0, result.emplace()); };
  if (revision == 0) {
    RETURN_IF_ERROR(transaction_.Query(
        "SELECT message FROM results WHERE bloc = $1 AND year = $2 AND period = $3 "
        "AND target = $4 AND is_current = 1",
        {name.period.pact.bloc, name.period.pact.year, name.period.period, name.target}, read));
  } else {
    RETURN_IF_ERROR(transaction_.Query(
        "SELECT message FROM results WHERE bloc = $1 AND year = $2 AND period = $3 "
        "AND target = $4 AND revision = $5",
        {name.period.pact.bloc, name.period.pact.year, name.period.period, name.target, revision},
        read));
  }
  return result;
}

absl::StatusOr<std::vector<v1::Result>> Store::ListRevisions(const ResultName& name, int64_t before,
                                                             int64_t limit) {
  std::vector<v1::Result> revisions;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM results WHERE bloc = $1 AND year = $2 AND period = $3 "
      "AND target = $4 AND revision < $5 ORDER BY revision DESC LIMIT $6",
      {name.period.pact.bloc, name.period.pact.year, name.period.period, name.target, before,
       limit},
      [&](const Row& row) { return ReadStored(row, 0, revisions.emplace_back()); }));
  return revisions;
}

absl::Status Store::AppendResults(const PeriodName& name, int64_t period_version,
                                  absl::Span<const v1::Result* const> results,
                                  audit::Trail& trail) {
  static constexpr absl::string_view kColumns[] = {
      "bloc", "year", "period", "target", "revision", "is_current", "period_version", "message"};
  struct Texts {
    std::string target, message;
    std::optional<std::string> before;
  };
  std::vector<Texts> texts(results.size());  // Never moved while rows refer to them.
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(results.size());
  for (size_t i = 0; i < results.size(); ++i) {
    const v1::Result* const result = results[i];
    texts[i] = {LastPart(result->target()), result->SerializeAsString(), std::nullopt};
    const std::string& target = texts[i].target;
    if (result->revision() > 1) {
      RETURN_IF_ERROR(transaction_.Query(
          "UPDATE results SET is_current = 0 WHERE bloc = $1 AND year = $2 AND period = $3 "
          "AND target = $4 AND is_current = 1 RETURNING message",
          {name.pact.bloc, name.pact.year, name.period, target}, [&](const Row& row) {
            texts[i].before = row.Text(0);
            return absl::OkStatus();
          }));
    }
    rows.push_back({absl::string_view(name.pact.bloc), static_cast<int64_t>(name.pact.year),
                    absl::string_view(name.period), absl::string_view(target), result->revision(),
                    int64_t{1}, period_version, Bytes{texts[i].message}});
  }
  RETURN_IF_ERROR(transaction_.InsertRows("results", kColumns, rows));
  for (Texts& stored : texts) {
    RETURN_IF_ERROR(trail.Changed<v1::Result>(ResultName{name, std::move(stored.target)}.ToString(),
                                              std::move(stored.before), std::move(stored.message)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Assessment>> Store::AssessmentsAt(const PeriodName& name,
                                                                 int64_t version) {
  return ListAssessments(name, version == 0 ? kAny : version, {}, {}, kAny);
}

absl::StatusOr<absl::flat_hash_map<AssessmentKey, v1::Assessment>> Store::CurrentAssessments(
    const PeriodName& name, absl::Span<const std::string> units) {
  absl::flat_hash_map<AssessmentKey, v1::Assessment> current;
  RETURN_IF_ERROR(transaction_.QueryKeys(
      "SELECT message FROM assessments WHERE bloc = $1 AND year = $2 AND period = $3 "
      "AND is_current = 1 AND unit",
      {name.pact.bloc, name.pact.year, name.period}, units, [&](const Row& row) -> absl::Status {
        v1::Assessment assessment;
        RETURN_IF_ERROR(ReadStored(row, 0, assessment));
        AssessmentKey key = KeyOf(assessment);
        current[std::move(key)] = std::move(assessment);
        return absl::OkStatus();
      }));
  return current;
}

absl::StatusOr<std::vector<v1::Assessment>> Store::ListAssessments(const PeriodName& name,
                                                                   int64_t version,
                                                                   const AssessmentFilter& filter,
                                                                   const AssessmentPlace& after,
                                                                   int64_t limit) {
  std::vector<v1::Assessment> listed;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT a.message FROM assessments AS a WHERE a.bloc = $1 AND a.year = $2 AND a.period = $3 "
      "AND a.period_version <= $4 AND (a.unit = $5 OR $5 = '') AND (a.layer = $6 OR $6 = 0) "
      "AND (a.unit, a.criterion, a.layer, a.rater, a.revision) > ($7, $8, $9, $10, $11) "
      "AND ($12 = 1 OR NOT EXISTS (SELECT 1 FROM assessments AS n WHERE n.bloc = a.bloc "
      "AND n.year = a.year AND n.period = a.period AND n.unit = a.unit "
      "AND n.criterion = a.criterion AND n.layer = a.layer AND n.rater = a.rater "
      "AND n.revision = a.revision + 1 AND n.period_version <= $4)) "
      "ORDER BY a.unit, a.criterion, a.layer, a.rater, a.revision LIMIT $13",
      {name.pact.bloc, name.pact.year, name.period, version, filter.unit,
       static_cast<int64_t>(filter.layer), after.key.unit, after.key.criterion, after.key.layer,
       after.key.rater, after.revision, static_cast<int64_t>(filter.every_revision ? 1 : 0), limit},
      [&](const Row& row) { return ReadStored(row, 0, listed.emplace_back()); }));
  return listed;
}

absl::Status Store::AppendAssessments(const PeriodName& name, int64_t period_version,
                                      absl::Span<const v1::Assessment> assessments,
                                      audit::Trail& trail) {
  for (const v1::Assessment& assessment : assessments) {
    const AssessmentKey key = KeyOf(assessment);
    std::optional<std::string> before;
    if (assessment.revision() > 1) {
      RETURN_IF_ERROR(transaction_.Query(
          "UPDATE assessments SET is_current = 0 WHERE bloc = $1 AND year = $2 AND period = $3 "
          "AND unit = $4 AND criterion = $5 AND layer = $6 AND rater = $7 AND is_current = 1 "
          "RETURNING message",
          {name.pact.bloc, name.pact.year, name.period, key.unit, key.criterion, key.layer,
           key.rater},
          [&](const Row& row) {
            before = row.Text(0);
            return absl::OkStatus();
          }));
    }
    std::string message = assessment.SerializeAsString();
    RETURN_IF_ERROR(transaction_.Execute(
        "INSERT INTO assessments (bloc, year, period, unit, criterion, layer, rater, revision, "
        "is_current, period_version, message) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10)",
        {name.pact.bloc, name.pact.year, name.period, key.unit, key.criterion, key.layer, key.rater,
         assessment.revision(), period_version, Bytes{message}}));
    RETURN_IF_ERROR(trail.Changed<v1::Assessment>(AssessmentResource(name, key), std::move(before),
                                                  std::move(message)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Submission::Step>> Store::Steps(const PeriodName& name,
                                                               absl::string_view unit) {
  std::vector<v1::Submission::Step> steps;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM submission_steps WHERE bloc = $1 AND year = $2 AND period = $3 "
      "AND unit = $4 ORDER BY step",
      {name.pact.bloc, name.pact.year, name.period, unit},
      [&](const Row& row) { return ReadStored(row, 0, steps.emplace_back()); }));
  return steps;
}

absl::StatusOr<absl::flat_hash_map<std::string, v1::Submission::Step>> Store::LastSteps(
    const PeriodName& name, int64_t version) {
  absl::flat_hash_map<std::string, v1::Submission::Step> steps;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT unit, message FROM submission_steps WHERE bloc = $1 AND year = $2 AND period = $3 "
      "AND period_version <= $4 ORDER BY unit, step",
      {name.pact.bloc, name.pact.year, name.period, version == 0 ? kAny : version},
      [&](const Row& row) { return ReadStored(row, 1, steps[row.Text(0)]); }));
  return steps;
}

absl::Status Store::AppendStep(const PeriodName& name, absl::string_view unit, int64_t number,
                               const v1::Submission::Step& step, audit::Trail& trail) {
  std::string message = step.SerializeAsString();
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO submission_steps (bloc, year, period, unit, step, period_version, message) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {name.pact.bloc, name.pact.year, name.period, unit, number, step.period_version(),
       Bytes{message}}));
  return trail.Changed<v1::Submission::Step>(StepResource(name, unit, number), std::nullopt,
                                             std::move(message));
}

absl::StatusOr<std::optional<v1::PeriodInputs>> Store::FindInputs(const PeriodName& name,
                                                                  int64_t version) {
  ASSIGN_OR_RETURN(const std::optional<PeriodState> state, FindPeriodState(name));
  if (!state.has_value() || version > state->version) return std::nullopt;
  const bool as_it_is = version == 0 || version == state->version;
  if (as_it_is) version = state->version;

  v1::PeriodInputs inputs;
  inputs.set_name(name.ToString());
  inputs.set_version(version);
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT v.data_time_ms, p.registry_store_id, p.message FROM period_versions AS v "
      "JOIN pacts AS p ON p.bloc = v.bloc AND p.year = v.year AND "
      "p.registry_store_id = v.registry_store_id AND p.version = v.pact_version "
      "WHERE v.bloc = $1 AND v.year = $2 AND v.period = $3 AND v.version = $4",
      {name.pact.bloc, name.pact.year, name.period, version}, [&](const Row& row) {
        *inputs.mutable_data_time() =
            messages::InstantMessage(absl::FromUnixMillis(row.Integer(0)));
        inputs.set_pact_store_id(row.Text(1));
        return ReadStored(row, 2, *inputs.mutable_pact());
      }));
  if (!inputs.has_pact()) return absl::DataLossError("a version of a period without its pact");

  ASSIGN_OR_RETURN(auto results, as_it_is ? CurrentResults(name) : ResultsAt(name, version));
  for (const registry::v1::Target& target : inputs.pact().targets()) {
    const auto found = results.find(LastPart(target.name()));
    if (found != results.end()) *inputs.add_results() = std::move(found->second);
  }
  ASSIGN_OR_RETURN(std::vector<v1::Assessment> assessments,
                   AssessmentsAt(name, as_it_is ? 0 : version));
  inputs.mutable_assessments()->Add(std::make_move_iterator(assessments.begin()),
                                    std::make_move_iterator(assessments.end()));
  ASSIGN_OR_RETURN(std::vector<v1::Seal> seals, Seals(name));
  for (v1::Seal& seal : seals) {
    if (seal.version() > version) continue;
    if (seal.reopen_version() > version) {  // It was to be reopened later.
      seal.clear_reopen_version();
      seal.clear_reopen_time();
      seal.clear_reopen_reason();
      seal.clear_reopen_authority();
    }
    *inputs.add_seals() = std::move(seal);
  }
  return inputs;
}

absl::StatusOr<std::vector<std::pair<int64_t, PeriodName>>> Store::PeriodsChangedAfter(
    int64_t after, int64_t limit) {
  std::vector<std::pair<int64_t, PeriodName>> changed;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT sequence, bloc, year, period FROM periods WHERE sequence > $1 "
      "ORDER BY sequence LIMIT $2",
      {after, limit}, [&](const Row& row) {
        changed.push_back(
            {row.Integer(0), {{row.Text(1), static_cast<int>(row.Integer(2))}, row.Text(3)}});
        return absl::OkStatus();
      }));
  return changed;
}

absl::StatusOr<std::optional<v1::Evidence>> Store::FindEvidence(const EvidenceName& name) {
  std::optional<v1::Evidence> evidence;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM evidence WHERE bloc = $1 AND year = $2 AND sha256 = $3",
      {name.pact.bloc, name.pact.year, name.sha256},
      [&](const Row& row) { return ReadStored(row, 0, evidence.emplace()); }));
  return evidence;
}

absl::StatusOr<absl::flat_hash_set<std::string>> Store::KnownEvidence(
    const PactName& pact, absl::Span<const std::string> sha256s) {
  absl::flat_hash_set<std::string> known;
  RETURN_IF_ERROR(
      transaction_.QueryKeys("SELECT sha256 FROM evidence WHERE bloc = $1 AND year = $2 AND sha256",
                             {pact.bloc, pact.year}, sha256s, [&](const Row& row) {
                               known.insert(row.Text(0));
                               return absl::OkStatus();
                             }));
  return known;
}

absl::StatusOr<std::vector<std::pair<int64_t, v1::Evidence>>> Store::ListEvidence(
    const PactName& pact, absl::string_view unit, int64_t after, int64_t up_to, int64_t limit) {
  std::vector<std::pair<int64_t, v1::Evidence>> evidence;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT sequence, message FROM evidence WHERE bloc = $1 AND year = $2 AND sequence > $3 "
      "AND sequence <= $4 AND (unit = $5 OR $5 = '') ORDER BY sequence LIMIT $6",
      {pact.bloc, pact.year, after, up_to, unit, limit}, [&](const Row& row) {
        evidence.emplace_back().first = row.Integer(0);
        return ReadStored(row, 1, evidence.back().second);
      }));
  return evidence;
}

absl::Status Store::PutEvidence(const EvidenceName& name, absl::string_view unit,
                                const v1::Evidence& evidence, audit::Trail& trail) {
  ASSIGN_OR_RETURN(const int64_t sequence, transaction_.NextSequence());
  std::string message = evidence.SerializeAsString();
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO evidence (bloc, year, sha256, unit, sequence, message) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {name.pact.bloc, name.pact.year, name.sha256, unit, sequence, Bytes{message}}));
  return trail.Changed<v1::Evidence>(name.ToString(), std::nullopt, std::move(message));
}

}  // namespace thidua::results_ingest
