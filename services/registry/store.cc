#include "services/registry/store.h"

#include <string>

#include "services/domain/return_if_error.h"
#include "services/platform/stored_message.h"

namespace thidua::registry {
namespace {

using messages::PactName;
using messages::SchemeName;
using platform::ReadStored;
using storage::Bytes;
using storage::Row;

// The message in the first column of the one row asked for, if there is such a row.
template <typename Message>
absl::StatusOr<std::optional<Message>> FindMessage(
    storage::Transaction& transaction, absl::string_view sql,
    std::initializer_list<storage::Parameter> parameters) {
  std::optional<Message> found;
  RETURN_IF_ERROR(transaction.Query(
      sql, parameters, [&](const Row& row) { return ReadStored(row, 0, found.emplace()); }));
  return found;
}

}  // namespace

absl::StatusOr<std::optional<v1::Unit>> Store::FindUnit(absl::string_view unit) {
  return FindMessage<v1::Unit>(transaction_, "SELECT message FROM units WHERE unit = $1", {unit});
}

absl::StatusOr<std::vector<v1::Unit>> Store::ListUnits(absl::string_view after, int64_t limit) {
  std::vector<v1::Unit> units;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM units WHERE unit > $1 ORDER BY unit LIMIT $2", {after, limit},
      [&](const Row& row) { return ReadStored(row, 0, units.emplace_back()); }));
  return units;
}

absl::Status Store::InsertUnit(absl::string_view unit, const v1::Unit& message) {
  return transaction_.Execute("INSERT INTO units (unit, message) VALUES ($1, $2)",
                              {unit, Bytes{message.SerializeAsString()}});
}

absl::StatusOr<std::optional<v1::Bloc>> Store::FindBloc(absl::string_view bloc) {
  return FindMessage<v1::Bloc>(transaction_, "SELECT message FROM blocs WHERE bloc = $1", {bloc});
}

absl::Status Store::InsertBloc(absl::string_view bloc, const v1::Bloc& message) {
  return transaction_.Execute("INSERT INTO blocs (bloc, message) VALUES ($1, $2)",
                              {bloc, Bytes{message.SerializeAsString()}});
}

absl::StatusOr<std::optional<v1::Scheme>> Store::FindScheme(const SchemeName& name) {
  return FindMessage<v1::Scheme>(transaction_,
                                 "SELECT message FROM schemes WHERE scheme = $1 AND version = $2",
                                 {name.scheme, name.version});
}

absl::StatusOr<int64_t> Store::NewestSchemeVersion(absl::string_view scheme) {
  int64_t version = 0;
  RETURN_IF_ERROR(
      transaction_.Query("SELECT COALESCE(MAX(version), 0) FROM schemes WHERE scheme = $1",
                         {scheme}, [&](const Row& row) {
                           version = row.Integer(0);
                           return absl::OkStatus();
                         }));
  return version;
}

absl::Status Store::InsertScheme(const SchemeName& name, const v1::Scheme& message) {
  return transaction_.Execute("INSERT INTO schemes (scheme, version, message) VALUES ($1, $2, $3)",
                              {name.scheme, name.version, Bytes{message.SerializeAsString()}});
}

absl::StatusOr<std::optional<v1::Pact>> Store::FindPact(const PactName& name) {
  ASSIGN_OR_RETURN(
      std::optional<v1::Pact> pact,
      FindMessage<v1::Pact>(transaction_, "SELECT message FROM pacts WHERE bloc = $1 AND year = $2",
                            {name.bloc, name.year}));
  if (!pact.has_value()) return pact;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM targets WHERE bloc = $1 AND year = $2 ORDER BY position",
      {name.bloc, name.year},
      [&](const Row& row) { return ReadStored(row, 0, *pact->add_targets()); }));
  return pact;
}

absl::Status Store::PutPact(const PactName& name, const v1::Pact& pact) {
  v1::Pact without_targets = pact;
  without_targets.clear_targets();
  ASSIGN_OR_RETURN(const int64_t sequence, transaction_.NextSequence());
  return transaction_.Execute(
      "INSERT INTO pacts (bloc, year, sequence, message) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (bloc, year) DO UPDATE SET "
      "sequence = excluded.sequence, message = excluded.message",
      {name.bloc, name.year, sequence, Bytes{without_targets.SerializeAsString()}});
}

absl::Status Store::AppendTargets(const PactName& name, int64_t first_position,
                                  const std::vector<v1::Target>& targets) {
  int64_t position = first_position;
  for (const v1::Target& target : targets) {
    const std::string id = target.name().substr(target.name().rfind('/') + 1);
    RETURN_IF_ERROR(transaction_.Execute(
        "INSERT INTO targets (bloc, year, position, target, message) VALUES ($1, $2, $3, $4, $5)",
        {name.bloc, name.year, position++, id, Bytes{target.SerializeAsString()}}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::pair<int64_t, v1::Pact>>> Store::PactsChangedAfter(int64_t after,
                                                                                   int64_t limit) {
  std::vector<std::pair<int64_t, PactName>> changed;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT sequence, bloc, year FROM pacts WHERE sequence > $1 ORDER BY sequence LIMIT $2",
      {after, limit}, [&](const Row& row) {
        changed.push_back({row.Integer(0), {row.Text(1), static_cast<int>(row.Integer(2))}});
        return absl::OkStatus();
      }));
  std::vector<std::pair<int64_t, v1::Pact>> pacts;
  for (const auto& [sequence, name] : changed) {
    ASSIGN_OR_RETURN(std::optional<v1::Pact> pact, FindPact(name));
    pacts.emplace_back(sequence, *std::move(pact));
  }
  return pacts;
}

}  // namespace thidua::registry
