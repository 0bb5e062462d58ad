#include "services/results_ingest/store.h"

#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/platform/stored_message.h"

namespace thidua::results_ingest {
namespace {

using messages::PactName;
using messages::PeriodName;
using messages::ResultName;
using platform::ReadStored;
using storage::Bytes;
using storage::Row;

std::string TargetId(absl::string_view target_name) {
  return std::string(target_name.substr(target_name.rfind('/') + 1));
}

}  // namespace

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
      "SELECT registry_store_id, message FROM pacts WHERE bloc = $1 AND year = $2",
      {name.bloc, name.year}, [&](const Row& row) {
        pact.emplace().registry_store_id = row.Text(0);
        return ReadStored(row, 1, pact->message);
      }));
  return pact;
}

absl::StatusOr<std::optional<PactVersion>> Store::FindPactVersion(const PactName& name) {
  std::optional<PactVersion> version;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT registry_store_id, version FROM pacts WHERE bloc = $1 AND year = $2",
      {name.bloc, name.year}, [&](const Row& row) {
        version = {row.Text(0), row.Integer(1)};
        return absl::OkStatus();
      }));
  return version;
}

absl::Status Store::PutPact(const PactName& name, const MirroredPact& pact) {
  return transaction_.Execute(
      "INSERT INTO pacts (bloc, year, registry_store_id, version, message) "
      "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (bloc, year) DO UPDATE SET "
      "registry_store_id = excluded.registry_store_id, version = excluded.version, "
      "message = excluded.message",
      {name.bloc, name.year, pact.registry_store_id, pact.message.version(),
       Bytes{pact.message.SerializeAsString()}});
}

absl::StatusOr<int64_t> Store::AdvancePeriod(const PeriodName& name, absl::Time data_time) {
  ASSIGN_OR_RETURN(const int64_t sequence, transaction_.NextSequence());
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO periods (bloc, year, period, version, sequence, data_time_ms) "
      "VALUES ($1, $2, $3, 1, $4, $5) ON CONFLICT (bloc, year, period) DO UPDATE SET "
      "version = periods.version + 1, sequence = excluded.sequence, data_time_ms = "
      "excluded.data_time_ms",
      {name.pact.bloc, name.pact.year, name.period, sequence, absl::ToUnixMillis(data_time)}));
  return PeriodVersion(name);
}

absl::StatusOr<int64_t> Store::PeriodVersion(const PeriodName& name) {
  int64_t version = 0;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT version FROM periods WHERE bloc = $1 AND year = $2 AND period = $3",
      {name.pact.bloc, name.pact.year, name.period}, [&](const Row& row) {
        version = row.Integer(0);
        return absl::OkStatus();
      }));
  return version;
}

absl::StatusOr<absl::flat_hash_map<std::string, v1::Result>> Store::CurrentResults(
    const PeriodName& name) {
  absl::flat_hash_map<std::string, v1::Result> results;
  RETURN_IF_ERROR(
      transaction_.Query("SELECT target, message FROM results "
                         "WHERE bloc = $1 AND year = $2 AND period = $3 AND is_current = 1",
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

absl::Status Store::AppendResult(const ResultName& name, const v1::Result& result) {
  RETURN_IF_ERROR(transaction_.Execute(
      "UPDATE results SET is_current = 0 WHERE bloc = $1 AND year = $2 AND period = $3 "
      "AND target = $4 AND is_current = 1",
      {name.period.pact.bloc, name.period.pact.year, name.period.period, name.target}));
  return transaction_.Execute(
      "INSERT INTO results (bloc, year, period, target, revision, is_current, message) "
      "VALUES ($1, $2, $3, $4, $5, 1, $6)",
      {name.period.pact.bloc, name.period.pact.year, name.period.period, name.target,
       result.revision(), Bytes{result.SerializeAsString()}});
}

absl::StatusOr<std::optional<v1::PeriodInputs>> Store::FindInputs(const PeriodName& name) {
  std::optional<v1::PeriodInputs> inputs;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT version, data_time_ms FROM periods WHERE bloc = $1 AND year = $2 AND period = $3",
      {name.pact.bloc, name.pact.year, name.period}, [&](const Row& row) {
        inputs.emplace().set_version(row.Integer(0));
        *inputs->mutable_data_time() =
            messages::InstantMessage(absl::FromUnixMillis(row.Integer(1)));
        return absl::OkStatus();
      }));
  if (!inputs.has_value()) return inputs;
  ASSIGN_OR_RETURN(std::optional<MirroredPact> pact, FindPact(name.pact));
  if (!pact.has_value()) return absl::DataLossError("a period without its pact");
  inputs->set_name(name.ToString());
  inputs->set_pact_store_id(pact->registry_store_id);
  *inputs->mutable_pact() = std::move(pact->message);
  ASSIGN_OR_RETURN(auto current, CurrentResults(name));
  for (const registry::v1::Target& target : inputs->pact().targets()) {
    const auto found = current.find(TargetId(target.name()));
    if (found == current.end()) continue;
    v1::Result& result = *inputs->add_results();
    result = std::move(found->second);
    result.clear_note();  // Long texts that no point depends on.
    result.clear_correction_reason();
  }
  return inputs;
}

absl::StatusOr<std::vector<std::pair<int64_t, v1::PeriodInputs>>> Store::InputsChangedAfter(
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
  std::vector<std::pair<int64_t, v1::PeriodInputs>> all;
  for (const auto& [sequence, name] : changed) {
    ASSIGN_OR_RETURN(std::optional<v1::PeriodInputs> inputs, FindInputs(name));
    all.emplace_back(sequence, *std::move(inputs));
  }
  return all;
}

}  // namespace thidua::results_ingest
