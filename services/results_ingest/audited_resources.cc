#include "services/results_ingest/audited_resources.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace thidua::results_ingest {
namespace {

using audit::KeyValue;
using audit::Rows;
using audit::StoredRow;
using messages::PeriodName;
using storage::Row;
using Column = audit::Rows::Column;

constexpr char kNoRater[] = "-";
constexpr const char* kTables[] = {"results", "assessments", "submission_steps", "seals",
                                   "evidence"};

}  // namespace

std::string AssessmentResource(const PeriodName& period, const AssessmentKey& key) {
  return absl::StrCat(period.ToString(), "/assessments/", key.unit, "/", key.criterion, "/",
                      key.layer, "/", key.rater.empty() ? kNoRater : key.rater);
}

std::string SealResource(const PeriodName& period, int64_t version) {
  return absl::StrCat(period.ToString(), "/seals/", version);
}

std::string StepResource(const PeriodName& period, absl::string_view unit, int64_t number) {
  return absl::StrCat(period.ToString(), "/submissions/", unit, "/steps/", number);
}

// Columns may say whatever somebody put in: names are put together without being read.
std::vector<Rows> AuditedResources::OfRoot(const std::string& root) const {
  const absl::StatusOr<messages::PactName> pact = messages::ReadPactName("", root);
  if (!pact.ok()) return {};
  const std::vector<KeyValue> parameters = {pact->bloc, static_cast<int64_t>(pact->year)};
  const auto period = [root](const Row& row) {
    return absl::StrCat(root, "/periods/", row.Text(0));
  };
  std::vector<Rows> all;
  all.push_back(
      {"SELECT period, target, revision, message, is_current FROM results WHERE "
       "bloc = $1 AND year = $2",
       parameters,
       {{"period", Column::kText}, {"target", Column::kText}, {"revision", Column::kInteger}},
       [period](const Row& row) {
         return StoredRow{absl::StrCat(period(row), "/results/", row.Text(1)), row.Text(3),
                          row.Integer(4) == 1, v1::Result::descriptor()->full_name()};
       }});
  all.push_back(
      {"SELECT period, unit, criterion, layer, rater, revision, message, is_current "
       "FROM assessments WHERE bloc = $1 AND year = $2",
       parameters,
       {{"period", Column::kText},
        {"unit", Column::kText},
        {"criterion", Column::kText},
        {"layer", Column::kInteger},
        {"rater", Column::kText},
        {"revision", Column::kInteger}},
       [period](const Row& row) {
         const std::string rater = row.Text(4);
         return StoredRow{absl::StrCat(period(row), "/assessments/", row.Text(1), "/", row.Text(2),
                                       "/", row.Integer(3), "/", rater.empty() ? kNoRater : rater),
                          row.Text(6), row.Integer(7) == 1,
                          v1::Assessment::descriptor()->full_name()};
       }});
  all.push_back(
      {"SELECT period, unit, step, message FROM submission_steps WHERE bloc = $1 AND year = $2",
       parameters,
       {{"period", Column::kText}, {"unit", Column::kText}, {"step", Column::kInteger}},
       [period](const Row& row) {
         return StoredRow{
             absl::StrCat(period(row), "/submissions/", row.Text(1), "/steps/", row.Integer(2)),
             row.Text(3), true, v1::Submission::Step::descriptor()->full_name()};
       }});
  all.push_back({"SELECT period, version, message FROM seals WHERE bloc = $1 AND year = $2",
                 parameters,
                 {{"period", Column::kText}, {"version", Column::kInteger}},
                 [period](const Row& row) {
                   return StoredRow{absl::StrCat(period(row), "/seals/", row.Integer(1)),
                                    row.Text(2), true, v1::Seal::descriptor()->full_name()};
                 }});
  all.push_back({"SELECT sha256, message FROM evidence WHERE bloc = $1 AND year = $2",
                 parameters,
                 {{"sha256", Column::kText}},
                 [root](const Row& row) {
                   return StoredRow{absl::StrCat(root, "/evidence/", row.Text(0)), row.Text(1),
                                    true, v1::Evidence::descriptor()->full_name()};
                 }});
  return all;
}

std::vector<Rows> AuditedResources::OfAllRoots() const {
  std::vector<Rows> all;
  for (const char* table : kTables) {
    all.push_back({absl::StrCat("SELECT DISTINCT bloc, year FROM ", table, " WHERE 1 = 1"),
                   {},
                   {{"bloc", Column::kText}, {"year", Column::kInteger}},
                   [](const Row& row) {
                     return StoredRow{
                         absl::StrCat("blocs/", row.Text(0), "/pacts/", row.Integer(1))};
                   }});
  }
  return all;
}

audit::Kept AuditedResources::KeptOf(absl::string_view resource) const {
  if (absl::StartsWith(resource, "imports/")) return audit::Kept::kNothing;
  return absl::StrContains(resource, "/seals/") ? audit::Kept::kLast : audit::Kept::kEvery;
}

}  // namespace thidua::results_ingest
