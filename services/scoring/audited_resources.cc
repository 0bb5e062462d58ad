#include "services/scoring/audited_resources.h"

#include <google/protobuf/wrappers.pb.h>

#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/audit/trail.h"
#include "services/domain/return_if_error.h"
#include "services/scoring/finality_store.h"
#include "thidua/scoring/v1/award.pb.h"
#include "thidua/scoring/v1/finality.pb.h"
#include "thidua/scoring/v1/report.pb.h"

namespace thidua::scoring {
namespace {

using audit::Rows;
using audit::StoredRow;
using storage::Row;
using Column = audit::Rows::Column;

constexpr int64_t kStanding = std::numeric_limits<int64_t>::max();
constexpr char kFinals[] = "/finals/";
// Of what may have mebibytes.
constexpr int64_t kLargeAtOnce = 20;
constexpr const char* kTablesOfPeriods[] = {"finals",  "award_proposals", "award_votes",
                                            "reports", "report_figures",  "report_files"};

}  // namespace

std::string FinalResource(absl::string_view period, int64_t number) {
  return absl::StrCat(period, "/finals/", number);
}

std::string VotesResource(absl::string_view period, int64_t proposal, int64_t number) {
  return absl::StrCat(period, "/awardProposals/", proposal, "/votes/", number);
}

std::string FiguresResource(const messages::ReportName& report, int64_t taking) {
  return absl::StrCat(report.ToString(), "/figures/", taking);
}

std::string FileResource(const messages::ReportName& report, int64_t format) {
  return absl::StrCat(report.ToString(), "/files/", format);
}

// Columns may say whatever somebody put in: names are put together without being read.
std::vector<Rows> AuditedResources::OfRoot(const std::string& root) const {
  std::vector<Rows> all;
  // What a period begins with; no range of texts, whose order depends on the engine's language.
  const std::string periods = absl::StrCat(root, "/periods/");
  const auto add = [&](const char* columns, const char* from, std::vector<Rows::Key> key,
                       std::function<StoredRow(const Row&)> read, int64_t at_once) {
    key.insert(key.begin(), {"period", Column::kText});
    all.push_back({absl::StrCat("SELECT period, ", columns, " FROM ", from,
                                " WHERE substr(period, 1, ", periods.size(), ") = $1"),
                   {periods},
                   std::move(key),
                   std::move(read),
                   at_once});
  };
  add(
      "number, record", "finals", {{"number", Column::kInteger}},
      [](const Row& row) {
        return StoredRow{FinalResource(row.Text(0), row.Integer(1)), row.Text(2), true,
                         v1::FinalRecord::descriptor()->full_name()};
      },
      kLargeAtOnce);
  add(
      "number, message", "award_proposals", {{"number", Column::kInteger}},
      [](const Row& row) {
        return StoredRow{absl::StrCat(row.Text(0), "/awardProposals/", row.Integer(1)), row.Text(2),
                         true, v1::AwardProposal::descriptor()->full_name()};
      },
      kLargeAtOnce);
  add(
      "proposal, number, message", "award_votes",
      {{"proposal", Column::kInteger}, {"number", Column::kInteger}},
      [](const Row& row) {
        return StoredRow{VotesResource(row.Text(0), row.Integer(1), row.Integer(2)), row.Text(3),
                         true, v1::AwardVotes::descriptor()->full_name()};
      },
      1000);
  const auto report = [](const Row& row) {
    return absl::StrCat(row.Text(0), "/reports/", row.Integer(1));
  };
  add(
      "report, since, message, until", "reports",
      {{"report", Column::kInteger}, {"since", Column::kInteger}},
      [report](const Row& row) {
        return StoredRow{report(row), row.Text(3), row.Integer(4) == kStanding,
                         v1::Report::descriptor()->full_name()};
      },
      kLargeAtOnce);
  const auto by_digest = [report](const char* collection) {
    return [report, collection](const Row& row) {
      return StoredRow{absl::StrCat(report(row), collection, row.Integer(2)),
                       audit::StandIn(row.Text(3)), true,
                       google::protobuf::StringValue::descriptor()->full_name()};
    };
  };
  add("report, taking, message", "report_figures",
      {{"report", Column::kInteger}, {"taking", Column::kInteger}}, by_digest("/figures/"),
      kLargeAtOnce);
  add("report, format, bytes", "report_files",
      {{"report", Column::kInteger}, {"format", Column::kInteger}}, by_digest("/files/"),
      kLargeAtOnce);
  all.push_back({"SELECT number, message FROM ineligibilities WHERE pact = $1",
                 {root},
                 {{"number", Column::kInteger}},
                 [root](const Row& row) {
                   return StoredRow{absl::StrCat(root, "/ineligibilities/", row.Integer(0)),
                                    row.Text(1), true,
                                    v1::Ineligibility::descriptor()->full_name()};
                 }});
  return all;
}

std::vector<Rows> AuditedResources::OfAllRoots() const {
  const auto read = [](const Row& row) { return StoredRow{row.Text(0)}; };
  std::vector<Rows> all;
  for (const char* table : kTablesOfPeriods) {
    all.push_back({absl::StrCat("SELECT DISTINCT period FROM ", table, " WHERE 1 = 1"),
                   {},
                   {{"period", Column::kText}},
                   read});
  }
  all.push_back({"SELECT DISTINCT pact FROM ineligibilities WHERE 1 = 1",
                 {},
                 {{"pact", Column::kText}},
                 read});
  return all;
}

audit::Kept AuditedResources::KeptOf(absl::string_view resource) const {
  const bool renewed =
      absl::StrContains(resource, kFinals) || absl::StrContains(resource, "/ineligibilities/");
  return renewed ? audit::Kept::kLast : audit::Kept::kEvery;
}

absl::Status AuditedResources::Complete(storage::Transaction& transaction,
                                        std::vector<StoredRow>& rows) const {
  for (StoredRow& row : rows) {
    const size_t at = row.resource.find(kFinals);
    int64_t number = 0;
    if (at == std::string::npos ||
        !absl::SimpleAtoi(row.resource.substr(at + sizeof kFinals - 1), &number)) {
      continue;
    }
    const auto stored = FinalityStore(transaction).Find(row.resource.substr(0, at), number);
    if (!stored.ok() && stored.status().code() != absl::StatusCode::kDataLoss) {
      return stored.status();
    }
    if (!stored.ok() || !stored->has_value() || !ReadFinal(**stored).ok()) row.bytes = "";
  }
  return absl::OkStatus();
}

}  // namespace thidua::scoring
