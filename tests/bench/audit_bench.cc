// The audit of a million entries: what verifying all of them takes, in time and memory, and what
// appending costs, on either engine.
//
//   audit_bench SUMMARY.json [ENTRIES] [ENGINE]
#include <google/protobuf/wrappers.pb.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "services/audit/checkpoint.h"
#include "services/audit/schema.h"
#include "services/audit/trail.h"
#include "services/audit/verification.h"
#include "services/domain/return_if_error.h"
#include "services/storage/database.h"
#include "tests/bench/bench.h"
#include "tests/bench/report.h"
#include "tests/system/postgresql_server.h"

namespace thidua::bench {
namespace {

using google::protobuf::StringValue;
using storage::Bytes;
using storage::Database;
using storage::Row;
using storage::Transaction;

constexpr const char* kMigrations[] = {
    audit::kSchema,
    "CREATE TABLE results (pact TEXT NOT NULL, target TEXT NOT NULL, revision BIGINT NOT NULL, "
    "is_current BIGINT NOT NULL, message BYTEA NOT NULL, PRIMARY KEY (pact, target, revision))"};
constexpr int64_t kPacts = 200;
constexpr int64_t kResultsOfAPact = 500;  // Each reported again and again.
constexpr int64_t kPerCommit = 5000;
// As much as a result's message.
const std::string kText(150, 'x');

std::string PactName(int64_t i) { return absl::StrCat("blocs/khoi-", i % kPacts, "/pacts/2025"); }

std::string Target(int64_t i) {
  return absl::StrCat("periods/6-thang/results/chi-tieu-", i / kPacts % kResultsOfAPact);
}

std::string ResultBytes(int64_t i) {
  StringValue value;
  value.set_value(absl::StrCat(i, kText));
  return value.SerializeAsString();
}

// One entry a change, so many of them; each change is stored as a service would.
void Append(Database& database, int64_t entries) {
  for (int64_t first = 0; first < entries; first += kPerCommit) {
    Must(database.Write([&](Transaction& transaction) -> absl::Status {
      for (int64_t i = first; i < std::min(first + kPerCommit, entries); ++i) {
        audit::Trail trail(transaction, {"uri:spiffe://tinh.example/so-y-te", "", "results/Put"},
                           absl::StrCat("yeu-cau-", i));
        std::optional<std::string> before;
        const std::string pact = PactName(i), target = Target(i);
        const int64_t revision = 1 + i / (kPacts * kResultsOfAPact);
        if (revision > 1) {
          before = ResultBytes(i - kPacts * kResultsOfAPact);
          RETURN_IF_ERROR(
              transaction.Execute("UPDATE results SET is_current = 0 WHERE pact = $1 AND target = "
                                  "$2 AND revision = $3",
                                  {pact, target, revision - 1}));
        }
        std::string name = absl::StrCat(pact, "/", target);
        std::string after = ResultBytes(i);
        RETURN_IF_ERROR(
            transaction.Execute("INSERT INTO results (pact, target, revision, is_current, message) "
                                "VALUES ($1, $2, $3, 1, $4)",
                                {pact, target, revision, Bytes{after}}));
        RETURN_IF_ERROR(
            trail.Changed<StringValue>(std::move(name), std::move(before), std::move(after)));
        RETURN_IF_ERROR(trail.Close());
      }
      return absl::OkStatus();
    }));
    Must(audit::MakeCheckpoint(database, absl::Now()).status());
  }
}

// As results-ingest stores them: every revision stays.
class Results : public audit::Resources {
 public:
  std::vector<audit::Rows> OfRoot(const std::string& root) const override {
    return {{"SELECT target, revision, is_current, message FROM results WHERE pact = $1",
             {root},
             {{"target", audit::Rows::Column::kText}, {"revision", audit::Rows::Column::kInteger}},
             [root](const Row& row) {
               return audit::StoredRow{absl::StrCat(root, "/", row.Text(0)), row.Text(3),
                                       row.Integer(2) == 1};
             }}};
  }
  std::vector<audit::Rows> OfAllRoots() const override {
    return {{"SELECT DISTINCT pact FROM results WHERE 1 = 1",
             {},
             {{"pact", audit::Rows::Column::kText}},
             [](const Row& row) { return audit::StoredRow{row.Text(0)}; }}};
  }
  audit::Kept KeptOf(absl::string_view) const override { return audit::Kept::kEvery; }
};

void Measure(Report& report, const std::string& engine, const std::string& location,
             int64_t entries) {
  auto database = Database::Open(location, kMigrations);
  Must(database.status());
  const double appended = Seconds([&] { Append(**database, entries); });
  report.Add(absl::StrCat("audit_append_", engine), static_cast<double>(entries) / appended,
             "entries/s", absl::StrFormat("%d entries of one change, 5.000 a commit", entries));
  const double before = Mebibytes(getpid(), "VmRSS");
  audit::v1::VerifyAuditResponse::Done done;
  const double verified = Seconds([&] {
    Must(audit::Verify(
        **database, Results(), {},
        [&](const audit::v1::VerifyAuditResponse& response) {
          if (response.has_done()) done = response.done();
          return absl::OkStatus();
        },
        [] { return absl::OkStatus(); }));
  });
  Must(done.entries() == entries && done.faults() == 0, done.ShortDebugString());
  report.Add(absl::StrCat("audit_verify_", engine), verified, "s",
             absl::StrFormat("%d entries of %d chains, %d checkpoints, %d resources", entries,
                             done.chains(), done.checkpoints(), done.resources()));
  report.Add(absl::StrCat("audit_verify_memory_", engine), Mebibytes(getpid(), "VmHWM") - before,
             "MiB", "at most, beyond what was held before");
}

}  // namespace
}  // namespace thidua::bench

int main(int argc, char** argv) {
  namespace bench = thidua::bench;
  if (argc < 2) {
    std::fprintf(stderr, "audit_bench SUMMARY.json [ENTRIES] [ENGINE]\n");
    return 2;
  }
  bench::Report report(argv[1]);
  const int64_t entries = argc > 2 ? std::atoll(argv[2]) : 1'000'000;
  const std::string engine = argc > 3 ? argv[3] : "";
  if (engine.empty() || engine == "sqlite") {
    const bench::TemporaryFolder folder;
    bench::Measure(report, "sqlite", (folder.path() / "audit.db").string(), entries);
  }
  if (engine.empty() || engine == "postgresql") {
    thidua::tests::PostgresqlServer server;
    bench::Measure(report, "postgresql", server.NewDatabase(), entries);
  }
  report.Save();
  return 0;
}
