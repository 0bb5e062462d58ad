#include "services/scoring/finality_store.h"

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

absl::StatusOr<std::optional<FinalHead>> FinalityStore::Newest(absl::string_view period) {
  std::optional<FinalHead> head;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT number, record FROM finals WHERE period = $1 ORDER BY number DESC LIMIT 1", {period},
      [&](const Row& row) {
        head.emplace().number = row.Integer(0);
        return ReadStored(row, 1, head->record);
      }));
  return head;
}

absl::StatusOr<std::vector<FinalHead>> FinalityStore::NewestOfEach() {
  std::vector<FinalHead> heads;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT number, record FROM finals AS f WHERE NOT EXISTS (SELECT 1 FROM finals AS n "
      "WHERE n.period = f.period AND n.number > f.number)",
      {}, [&](const Row& row) {
        FinalHead& head = heads.emplace_back();
        head.number = row.Integer(0);
        return ReadStored(row, 1, head.record);
      }));
  return heads;
}

absl::StatusOr<std::optional<StoredFinal>> FinalityStore::FindWhere(absl::string_view condition,
                                                                    absl::string_view period,
                                                                    const Parameter& value) {
  std::optional<StoredFinal> found;
  RETURN_IF_ERROR(transaction_.Query(
      absl::StrCat("SELECT number, record, ranking FROM finals WHERE period = $1 AND ", condition,
                   " ORDER BY number DESC LIMIT 1"),
      {period, value}, [&](const Row& row) {
        found.emplace().number = row.Integer(0);
        found->ranking = row.Text(2);
        return ReadStored(row, 1, found->record);
      }));
  if (!found.has_value()) return found;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT scorecard FROM final_scorecards WHERE period = $1 AND number = $2 ORDER BY place",
      {period, found->number}, [&](const Row& row) {
        found->scorecards.push_back(row.Text(0));
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<std::optional<StoredFinal>> FinalityStore::Find(absl::string_view period,
                                                               int64_t number) {
  return FindWhere("number = $2", period, number);
}

absl::StatusOr<std::optional<StoredFinal>> FinalityStore::Find(absl::string_view period,
                                                               absl::string_view revision) {
  return FindWhere("revision = $2", period, revision);
}

absl::StatusOr<std::optional<StoredFinal>> FinalityStore::FindBefore(absl::string_view period,
                                                                     int64_t before) {
  return FindWhere("number < $2", period, before);
}

absl::StatusOr<std::vector<std::string>> FinalityStore::ChangedAfter(int64_t sequence) {
  std::vector<std::string> periods;
  RETURN_IF_ERROR(transaction_.Query("SELECT DISTINCT period FROM finals WHERE sequence > $1",
                                     {sequence}, [&](const Row& row) {
                                       periods.push_back(row.Text(0));
                                       return absl::OkStatus();
                                     }));
  return periods;
}

absl::Status FinalityStore::Put(const StoredFinal& stored, audit::Trail& trail) {
  const v1::FinalRecord& record = stored.record;
  ASSIGN_OR_RETURN(const int64_t sequence, transaction_.NextSequence());
  std::string bytes = record.SerializeAsString();
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO finals (period, number, revision, record, ranking, sequence) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {record.period(), stored.number, record.revision(), Bytes{bytes}, Bytes{stored.ranking},
       sequence}));
  for (size_t i = 0; i < stored.scorecards.size(); ++i) {
    RETURN_IF_ERROR(transaction_.Execute(
        "INSERT INTO final_scorecards (period, number, place, scorecard) VALUES ($1, $2, $3, $4)",
        {record.period(), stored.number, static_cast<int64_t>(i), Bytes{stored.scorecards[i]}}));
  }
  return trail.Changed<v1::FinalRecord>(FinalResource(record.period(), stored.number), std::nullopt,
                                        std::move(bytes));
}

absl::Status FinalityStore::PutRecord(const FinalHead& head, audit::Trail& trail) {
  ASSIGN_OR_RETURN(const int64_t sequence, transaction_.NextSequence());
  std::optional<std::string> before;
  RETURN_IF_ERROR(transaction_.Query("SELECT record FROM finals WHERE period = $1 AND number = $2",
                                     {head.record.period(), head.number}, [&](const Row& row) {
                                       before = row.Text(0);
                                       return absl::OkStatus();
                                     }));
  std::string bytes = head.record.SerializeAsString();
  RETURN_IF_ERROR(transaction_.Execute(
      "UPDATE finals SET record = $3, sequence = $4 WHERE period = $1 AND number = $2",
      {head.record.period(), head.number, Bytes{bytes}, sequence}));
  return trail.Changed<v1::FinalRecord>(FinalResource(head.record.period(), head.number),
                                        std::move(before), std::move(bytes));
}

absl::StatusOr<std::vector<Intent>> FinalityStore::IntentsWhere(
    absl::string_view condition, absl::Span<const Parameter> values) {
  std::vector<Intent> intents;
  RETURN_IF_ERROR(transaction_.Query(
      absl::StrCat("SELECT period, kind, begun_at_ms, request_id, request, actor, on_behalf_of, "
                   "method FROM finality_intents ",
                   condition),
      values, [&](const Row& row) {
        intents.push_back({row.Text(0),
                           static_cast<Intent::Kind>(row.Integer(1)),
                           row.Integer(2),
                           row.Text(3),
                           row.Text(4),
                           {row.Text(5), row.Text(6), row.Text(7)}});
        return absl::OkStatus();
      }));
  return intents;
}

absl::StatusOr<std::optional<Intent>> FinalityStore::FindIntent(absl::string_view period) {
  ASSIGN_OR_RETURN(std::vector<Intent> found, IntentsWhere("WHERE period = $1", {period}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

absl::StatusOr<std::optional<Intent>> FinalityStore::FindIntentOfRequest(
    absl::string_view request_key) {
  ASSIGN_OR_RETURN(std::vector<Intent> found,
                   IntentsWhere("WHERE request_id = $1 AND request_id <> ''", {request_key}));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

absl::StatusOr<std::vector<Intent>> FinalityStore::Intents() {
  return IntentsWhere("ORDER BY begun_at_ms", {});
}

absl::Status FinalityStore::PutIntent(const Intent& intent) {
  return transaction_.Execute(
      "INSERT INTO finality_intents (period, kind, begun_at_ms, request_id, request, actor, "
      "on_behalf_of, method) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {intent.period, static_cast<int64_t>(intent.kind), intent.begun_at_ms, intent.request_key,
       Bytes{intent.request}, intent.author.actor, intent.author.on_behalf_of,
       intent.author.method});
}

absl::StatusOr<bool> FinalityStore::DeleteIntent(const Intent& intent) {
  bool on_record = false;
  RETURN_IF_ERROR(transaction_.Query(
      "DELETE FROM finality_intents WHERE period = $1 AND begun_at_ms = $2 RETURNING period",
      {intent.period, intent.begun_at_ms}, [&](const Row&) {
        on_record = true;
        return absl::OkStatus();
      }));
  return on_record;
}

}  // namespace thidua::scoring
