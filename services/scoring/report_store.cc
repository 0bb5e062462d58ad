#include "services/scoring/report_store.h"

#include <limits>
#include <utility>

#include "services/domain/return_if_error.h"
#include "services/platform/stored_message.h"
#include "services/scoring/audited_resources.h"

namespace thidua::scoring {
namespace {

using storage::Bytes;
using storage::Row;

// A revision that none has followed.
constexpr int64_t kStanding = std::numeric_limits<int64_t>::max();

}  // namespace

absl::StatusOr<int64_t> ReportStore::Newest(const messages::PeriodName& period) {
  int64_t newest = 0;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT report FROM reports WHERE period = $1 ORDER BY report DESC LIMIT 1",
      {period.ToString()}, [&](const Row& row) {
        newest = row.Integer(0);
        return absl::OkStatus();
      }));
  return newest;
}

absl::StatusOr<std::optional<v1::Report>> ReportStore::Find(const messages::ReportName& name) {
  const std::string period = name.period.ToString();
  std::optional<v1::Report> report;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM reports WHERE period = $1 AND report = $2 AND until = $3",
      {period, name.report, kStanding},
      [&](const Row& row) { return platform::ReadStored(row, 0, report.emplace()); }));
  if (!report.has_value()) return report;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM report_figures WHERE period = $1 AND report = $2 "
      "ORDER BY taking DESC LIMIT 1",
      {period, name.report},
      [&](const Row& row) { return platform::ReadStored(row, 0, *report->mutable_figures()); }));
  return report;
}

absl::StatusOr<std::optional<v1::Report>> ReportStore::FindBefore(
    const messages::PeriodName& period, int64_t before, int64_t sequence) {
  std::optional<v1::Report> report;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM reports WHERE period = $1 AND report < $2 AND since <= $3 AND "
      "until > $3 ORDER BY report DESC LIMIT 1",
      {period.ToString(), before, sequence},
      [&](const Row& row) { return platform::ReadStored(row, 0, report.emplace()); }));
  return report;
}

absl::Status ReportStore::Put(const messages::ReportName& name, const v1::Report& report,
                              audit::Trail& trail) {
  const std::string period = name.period.ToString();
  ASSIGN_OR_RETURN(const int64_t since, transaction_.NextSequence());
  std::optional<std::string> before;
  RETURN_IF_ERROR(transaction_.Query(
      "UPDATE reports SET until = $1 WHERE period = $2 AND report = $3 AND until = $4 "
      "RETURNING message",
      {since, period, name.report, kStanding}, [&](const Row& row) {
        before = row.Text(0);
        return absl::OkStatus();
      }));
  v1::Report without_figures = report;
  without_figures.clear_figures();
  std::string message = without_figures.SerializeAsString();
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO reports (period, report, since, until, message) VALUES ($1, $2, $3, $4, $5)",
      {period, name.report, since, kStanding, Bytes{message}}));
  RETURN_IF_ERROR(
      trail.Changed<v1::Report>(name.ToString(), std::move(before), std::move(message)));
  const int64_t taking = report.figures().taking();
  const std::string figures = report.figures().SerializeAsString();
  bool is_new = false;
  RETURN_IF_ERROR(transaction_.Query(
      "INSERT INTO report_figures (period, report, taking, message) VALUES ($1, $2, $3, $4) "
      "ON CONFLICT (period, report, taking) DO NOTHING RETURNING taking",
      {period, name.report, taking, Bytes{figures}}, [&](const Row&) {
        is_new = true;
        return absl::OkStatus();
      }));
  if (!is_new) return absl::OkStatus();
  return trail.ChangedBytes(FiguresResource(name, taking), std::nullopt, figures);
}

absl::Status ReportStore::InsertFile(const messages::ReportName& name, v1::ReportFormat format,
                                     absl::string_view bytes, audit::Trail& trail) {
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO report_files (period, report, format, bytes) VALUES ($1, $2, $3, $4)",
      {name.period.ToString(), name.report, static_cast<int64_t>(format), Bytes{bytes}}));
  return trail.ChangedBytes(FileResource(name, format), std::nullopt, bytes);
}

absl::StatusOr<std::optional<std::string>> ReportStore::FindFile(const messages::ReportName& name,
                                                                 v1::ReportFormat format) {
  std::optional<std::string> bytes;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT bytes FROM report_files WHERE period = $1 AND report = $2 AND format = $3",
      {name.period.ToString(), name.report, static_cast<int64_t>(format)}, [&](const Row& row) {
        bytes = row.Text(0);
        return absl::OkStatus();
      }));
  return bytes;
}

}  // namespace thidua::scoring
