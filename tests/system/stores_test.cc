// Whoever looks after the services' databases finds, by `thidua-store`, that what was backed up
// beside running services is there again after everything was lost: the same rankings by their
// digests, and an audit without a fault. And a PostgreSQL that is lost while results are reported
// loses none that was answered.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/digest.h"
#include "services/portal/http_client_testlib.h"
#include "tests/system/postgresql_server.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr absl::Duration kPatience = absl::Seconds(60);

// The services that have a store, from the one that the others hear of last: a backup of one knows
// nothing that a backup taken after it has not.
struct Served {
  Suite::Service service;
  const char* name;
  const char* audit;  // To the command.
};
constexpr Served kServed[] = {{Suite::kScoring, "scoring", "scoring"},
                              {Suite::kResults, "results-ingest", "results"},
                              {Suite::kRegistry, "registry", "registry"}};

std::string ReadFile(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

// What stands beside a running suite, whichever engine: where each service has its store.
class StoresTest : public testing::Test {
 protected:
  // `databases`: by the name of a service; empty: its file.
  void StartSuite() {
    suite_ = std::make_unique<Suite>(/*tls=*/false, [this](const std::string& binary) {
      const auto found = databases_.find(binary);
      return found == databases_.end()
                 ? std::vector<std::string>()
                 : std::vector<std::string>{absl::StrCat("--database=", found->second)};
    });
  }
  void UsePostgresql() {
    if (postgresql_ == nullptr) postgresql_ = std::make_unique<PostgresqlServer>();
    for (const Served& served : kServed) databases_[served.name] = postgresql_->NewDatabase();
  }

  CommandOutcome Store(std::vector<std::string> words) const {
    words.insert(words.begin(), absl::StrCat(THIDUA_BIN_DIR, "/thidua-store"));
    const fs::path errors = suite_->folder() / "store.err";
    fs::remove(errors);
    Process process(words, errors.string());
    CommandOutcome outcome;
    outcome.out = process.ReadAll();
    outcome.exit_code = process.Wait();
    outcome.err = ReadFile(errors);
    return outcome;
  }
  // As an administrator tells the command where a service has its data.
  std::vector<std::string> PlaceOf(const Served& served) const {
    std::vector<std::string> words = {
        absl::StrCat("--service=", served.name),
        absl::StrCat("--data_dir=", suite_->data_folder(served.service).string())};
    const auto found = databases_.find(served.name);
    if (found != databases_.end()) words.push_back(absl::StrCat("--database=", found->second));
    return words;
  }
  CommandOutcome StoreAt(const Served& served, std::vector<std::string> words) const {
    const std::vector<std::string> place = PlaceOf(served);
    words.insert(words.end(), place.begin(), place.end());
    return Store(words);
  }
  fs::path BackupOf(const Served& served) const {
    return suite_->folder() / "backups" / served.name;
  }

  // Khối 4, a document, and the year made final.
  void Load() {
    const CommandOutcome load = suite_->Command({"load", Khoi4Folder().string()});
    ASSERT_EQ(load.exit_code, 0) << load.err;
    const fs::path document = suite_->folder() / "biên-bản.txt";
    std::ofstream(document) << "Biên bản nghiệm thu\n";
    const CommandOutcome put =
        suite_->Command({"evidence", "put", kPact2019, "units/so-y-te", document.string()});
    ASSERT_EQ(put.exit_code, 0) << put.err;
    evidence_ = put.out.substr(0, put.out.find('\n'));
    results::v1::PutResultsRequest request;
    request.set_period(kYear2019);
    auto& row = *request.add_rows();
    row.set_target(absl::StrCat(kPact2019, "/targets/giai-quyet-viec-lam"));
    row.mutable_actual()->set_value("20000");
    results::v1::PutResultsResponse response;
    grpc::ClientContext context;
    const grpc::Status status = suite_->results().PutResults(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    suite_->Ranking(response.freshness_token(), kYear2019);
    const CommandOutcome finalised =
        suite_->Command({"finalise", kYear2019, "--reason=Hội nghị tổng kết Khối đã thống nhất",
                         "--authority=Quyết định số 12/QĐ-UBND"});
    ASSERT_EQ(finalised.exit_code, 0) << finalised.err;
    ranked_ = Rankings();
    for (const std::string& ranking : ranked_) ASSERT_FALSE(ranking.empty());
  }

  // By their digests: the first half as it is computed, apart from when; the year as it was made
  // final, byte for byte.
  std::vector<std::string> Rankings() {
    scoring::v1::Ranking half = suite_->FreshRanking();
    half.clear_compute_time();
    half.clear_revision();
    const scoring::v1::Ranking year = suite_->Ranking("", kYear2019).ranking();
    EXPECT_EQ(year.state(), scoring::v1::Ranking::STATE_FINAL);
    return {platform::Sha256Hex(half.SerializeAsString()),
            platform::Sha256Hex(year.SerializeAsString()), year.digest()};
  }

  void BackUp() {
    for (const Served& served : kServed) {
      const CommandOutcome made = StoreAt(served, {"backup", BackupOf(served).string()});
      ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
      EXPECT_THAT(made.out, HasSubstr(absl::StrCat("Đã sao lưu ", served.name)));
      const CommandOutcome verified = Store({"verify", BackupOf(served).string()});
      EXPECT_EQ(verified.exit_code, 0) << verified.err;
      EXPECT_THAT(verified.out, HasSubstr("nguyên vẹn"));
    }
  }
  void KillAll() {
    for (const Suite::Service service : Suite::kServices) suite_->Kill(service, SIGKILL);
  }
  // `more`: words of that service.
  void Restore(const std::map<std::string, std::string>& more = {}) {
    for (const Served& served : kServed) {
      std::vector<std::string> words = {"restore", BackupOf(served).string()};
      if (const auto word = more.find(served.name); word != more.end())
        words.push_back(word->second);
      const CommandOutcome restored = StoreAt(served, words);
      ASSERT_EQ(restored.exit_code, 0) << restored.out << restored.err;
      EXPECT_THAT(restored.out, HasSubstr(absl::StrCat("Đã dựng lại ", served.name)));
    }
  }
  void ExpectAllIsAsItWas() {
    for (const Suite::Service service : Suite::kServices) suite_->Start(service);
    const absl::Time until = absl::Now() + kPatience;
    while (suite_->Ranking().stale() && absl::Now() < until) {
    }
    EXPECT_EQ(Rankings(), ranked_);
    for (const Served& served : kServed) {
      const CommandOutcome verified = suite_->Command({"audit", "verify", served.audit});
      EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
      EXPECT_THAT(verified.out, HasSubstr("không có gì sai"));
    }
    const fs::path document = suite_->folder() / "lấy-về.txt";
    fs::remove(document);
    const CommandOutcome got = suite_->Command({"evidence", "get", evidence_, document.string()});
    EXPECT_EQ(got.exit_code, 0) << got.err;
    EXPECT_EQ(ReadFile(document), "Biên bản nghiệm thu\n");
    // And goes on.
    results::v1::PutResultsRequest request;
    request.set_period(kMidYear2019);
    auto& row = *request.add_rows();
    row.set_target(absl::StrCat(kPact2019, "/targets/giai-quyet-viec-lam"));
    row.mutable_actual()->set_value("18001");
    row.set_correction_reason("Bổ sung");
    results::v1::PutResultsResponse response;
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    const grpc::Status status = suite_->results().PutResults(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    suite_->Ranking(response.freshness_token());
  }

  // Those who read Redis and the portal, within a minute.
  void ExpectReadersAreShownTheYear(const std::string& state) {
    const absl::Time until = absl::Now() + kPatience;
    std::string in_redis, at_the_portal;
    do {
      in_redis = suite_->Redis({"HGET", Suite::PublishedKey("nam"), "state"});
      at_the_portal = portal::HttpClient(suite_->address(Suite::kPortal))
                          .Ask("GET", absl::StrCat("/v1/", kYear2019, "/ranking"))
                          .body;
    } while ((in_redis != state ||
              !absl::StrContains(at_the_portal, absl::StrCat("\"STATE_", state, "\""))) &&
             absl::Now() < until);
    EXPECT_EQ(in_redis, state);
    EXPECT_THAT(at_the_portal, HasSubstr(absl::StrCat("\"STATE_", state, "\"")));
  }

  std::unique_ptr<PostgresqlServer> postgresql_;
  std::map<std::string, std::string> databases_;
  std::unique_ptr<Suite> suite_;
  std::string evidence_;  // Its name.
  std::vector<std::string> ranked_;
};

TEST_F(StoresTest, EverythingIsRestoredIntoFiles) {
  StartSuite();
  ASSERT_NO_FATAL_FAILURE(Load());
  ASSERT_NO_FATAL_FAILURE(BackUp());
  // Over what is there nothing is restored, whether it is served or not.
  const CommandOutcome served = StoreAt(kServed[2], {"restore", BackupOf(kServed[2]).string()});
  EXPECT_EQ(served.exit_code, 1);
  EXPECT_THAT(served.err, HasSubstr("phải dừng trước"));
  KillAll();
  const CommandOutcome stopped = StoreAt(kServed[2], {"restore", BackupOf(kServed[2]).string()});
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_THAT(stopped.err, HasSubstr("Không ghi đè"));
  for (const Served& one : kServed) fs::remove_all(suite_->data_folder(one.service));
  ASSERT_NO_FATAL_FAILURE(Restore());
  ExpectAllIsAsItWas();
}

TEST_F(StoresTest, EverythingIsRestoredIntoPostgresql) {
  UsePostgresql();
  StartSuite();
  ASSERT_NO_FATAL_FAILURE(Load());
  ASSERT_NO_FATAL_FAILURE(BackUp());
  KillAll();
  for (const Served& one : kServed) fs::remove_all(suite_->data_folder(one.service));
  // By their names alone, on the same server.
  std::map<std::string, std::string> replaced;
  for (const auto& [service, url] : databases_) {
    const std::string name = url.substr(0, url.find('?'));
    replaced[service] = absl::StrCat("--replaces=", name.substr(name.rfind('/') + 1));
  }
  UsePostgresql();  // Other databases, and empty.
  const CommandOutcome mistyped =
      StoreAt(kServed[2], {"restore", BackupOf(kServed[2]).string(), "--replaces=nowhere"});
  EXPECT_NE(mistyped.exit_code, 0);
  ASSERT_NO_FATAL_FAILURE(Restore(replaced)) << "nothing was restored by the wrong name";
  ExpectAllIsAsItWas();
}

TEST_F(StoresTest, EverythingIsMovedFromFilesToPostgresql) {
  StartSuite();
  ASSERT_NO_FATAL_FAILURE(Load());
  std::map<std::string, std::string> files;
  for (const Served& one : kServed) files[one.name] = suite_->database(one.service);
  UsePostgresql();
  const auto move = [&](const Served& one) {
    return Store({"move", absl::StrCat("--service=", one.name),
                  absl::StrCat("--from=", files[one.name]),
                  absl::StrCat("--to=", databases_[one.name])});
  };
  const CommandOutcome served = move(kServed[0]);
  EXPECT_EQ(served.exit_code, 1);
  EXPECT_THAT(served.err, HasSubstr("phải dừng trước"));
  KillAll();
  for (const Served& one : kServed) {
    const std::string before = ReadFile(files[one.name]);
    const CommandOutcome moved = move(one);
    ASSERT_EQ(moved.exit_code, 0) << moved.out << moved.err;
    EXPECT_THAT(moved.out, HasSubstr("hai nơi khớp nhau"));
    EXPECT_EQ(ReadFile(files[one.name]), before);
    const CommandOutcome there =
        Store({"digest", absl::StrCat("--database=", databases_[one.name])});
    EXPECT_EQ(there.exit_code, 0) << there.err;
    EXPECT_THAT(there.out, HasSubstr("audit_entries"));
    EXPECT_THAT(moved.out, HasSubstr(there.out));
    EXPECT_EQ(Store({"digest", absl::StrCat("--database=", files[one.name])}).out, there.out);
  }
  ExpectAllIsAsItWas();
}

// As docs/operations/stores.md has it, word for word: up to the restore beside the services, from
// there on without them.
TEST_F(StoresTest, WhatTheRunbookSaysWorksAsItStands) {
  StartSuite();
  ASSERT_NO_FATAL_FAILURE(Load());
  const std::string before = absl::StrCat(
      "set -eu\nexport TMPDIR='", suite_->folder().string(), "'\nPATH='", THIDUA_BIN_DIR,
      "':\"$PATH\"\nDATA='", suite_->folder().string(), "'\nBACKUPS='",
      (suite_->folder() / "kept").string(), "'\nREDIS='redis://", suite_->redis_address(), "'\n");
  std::string served = before, stopped;
  bool shell = false, to_restore = false;
  std::ifstream runbook(fs::path(THIDUA_SOURCE_DIR) / "docs/operations/stores.md");
  int blocks = 0;
  for (std::string line; std::getline(runbook, line);) {
    if (line == "## Restore") to_restore = true;
    if (line == "```sh") ++blocks;
    if (absl::StartsWith(line, "```")) {
      shell = line == "```sh";
    } else if (shell) {
      absl::StrAppend(to_restore ? &stopped : &served, line, "\n");
    }
  }
  ASSERT_GE(blocks, 6);
  const auto run = [&](const std::string& script) {
    const fs::path errors = suite_->folder() / "runbook.err";
    Process shell_process({"sh", "-c", script}, errors.string());
    const std::string out = shell_process.ReadAll();
    EXPECT_EQ(shell_process.Wait(), 0) << out << ReadFile(errors);
    return out;
  };
  const std::string first = run(served + "echo \"TODAY='$TODAY'\"\n");
  ASSERT_FALSE(HasFailure());
  // What is made of the year after the backup counts above all that is restored.
  suite_->Start(Suite::kPortal);
  ASSERT_NO_FATAL_FAILURE(ExpectReadersAreShownTheYear("FINAL"));
  const CommandOutcome revoked =
      suite_->Command({"revoke", kYear2019, "--reason=Có khiếu nại", "--authority=Công văn số 7"});
  ASSERT_EQ(revoked.exit_code, 0) << revoked.err;
  ASSERT_NO_FATAL_FAILURE(ExpectReadersAreShownTheYear("PROVISIONAL"));
  KillAll();
  const std::string second =
      run(absl::StrCat(before, first.substr(first.rfind("TODAY=")), stopped));
  EXPECT_THAT(second, HasSubstr("Đã dựng lại registry"));
  EXPECT_THAT(second, HasSubstr("audit_entries"));
  EXPECT_THAT(second, HasSubstr("không phải đổi gì"));
  suite_->Kill(Suite::kPortal, SIGTERM);
  suite_->Start(Suite::kPortal);
  ExpectAllIsAsItWas();
  ExpectReadersAreShownTheYear("FINAL");
}

TEST_F(StoresTest, AnEmptyDatabaseIsTakenForwardBeforeAServiceRuns) {
  StartSuite();
  UsePostgresql();
  const CommandOutcome first = StoreAt(kServed[0], {"upgrade"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("Đã đưa lược đồ của scoring từ phiên bản 0 lên "));
  const CommandOutcome second = StoreAt(kServed[0], {"upgrade"});
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_THAT(second.out, HasSubstr("không phải đổi gì"));
}

TEST_F(StoresTest, WhatIsTypedWronglyIsSaid) {
  StartSuite();
  EXPECT_EQ(Store({}).exit_code, 2);
  EXPECT_EQ(Store({"help"}).exit_code, 0);
  EXPECT_EQ(Store({"backup", "x"}).exit_code, 2);
  EXPECT_EQ(Store({"backup", "x", "--service=portal", "--data_dir=/x"}).exit_code, 2);
  const CommandOutcome no_folder =
      Store({"backup", (suite_->folder() / "x").string(), "--service=results-ingest",
             absl::StrCat("--database=", suite_->database(Suite::kResults))});
  EXPECT_EQ(no_folder.exit_code, 2);
  EXPECT_THAT(no_folder.err, HasSubstr("minh chứng"));
  const CommandOutcome none = Store({"digest", "--database=/nowhere/registry.db"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("Không có kho dữ liệu"));
  EXPECT_EQ(Store({"digest", "--database=postgresql://127.0.0.1:1/none"}).exit_code, 3);
  const CommandOutcome password =
      Store({"digest", "--database=postgresql://an:hunter2@127.0.0.1:1/none"});
  EXPECT_EQ(password.exit_code, 2);
  EXPECT_THAT(password.err, Not(HasSubstr("hunter2")));
}

// kill -9 of PostgreSQL under results-ingest, time and again, while results are reported.
TEST_F(StoresTest, NoReportThatWasAnsweredIsLostWithTheServerOrDoubled) {
  constexpr int kKills = 3;
  UsePostgresql();
  StartSuite();
  const CommandOutcome load = suite_->Command({"load", Khoi4Folder().string()});
  ASSERT_EQ(load.exit_code, 0) << load.err;
  std::atomic<bool> enough = false;
  std::atomic<int> reported = 0, in_doubt = 0;
  std::thread reporter([&] {
    for (int i = 1; !enough; ++i) {
      results::v1::PutResultsRequest request;
      request.set_period(kMidYear2019);
      request.set_request_id(absl::StrCat("stores-", i));
      auto& row = *request.add_rows();
      row.set_target(absl::StrCat(kPact2019, "/targets/giai-quyet-viec-lam"));
      row.mutable_actual()->set_value(absl::StrCat(17893 + i));
      row.set_correction_reason("Bổ sung");
      grpc::Status status;
      const absl::Time until = absl::Now() + kPatience;
      while (true) {
        results::v1::PutResultsResponse response;
        grpc::ClientContext context;
        context.set_wait_for_ready(true);
        status = suite_->results().PutResults(&context, request, &response);
        if (status.error_code() != grpc::StatusCode::UNAVAILABLE || absl::Now() > until) break;
        ++in_doubt;
      }
      EXPECT_TRUE(status.ok()) << status.error_message();
      if (!status.ok()) return;
      ++reported;
    }
  });
  for (int kill = 0; kill <= kKills; ++kill) {
    const int before = reported;
    const absl::Time until = absl::Now() + kPatience;
    while (reported < before + 10 && absl::Now() < until) absl::SleepFor(absl::Milliseconds(1));
    if (kill == kKills) break;
    postgresql_->Kill();
    postgresql_->Start();
  }
  enough = true;
  reporter.join();
  EXPECT_GT(in_doubt, 0);
  results::v1::ListResultRevisionsRequest request;
  request.set_name(absl::StrCat(kMidYear2019, "/results/giai-quyet-viec-lam"));
  request.set_page_size(1000);
  results::v1::ListResultRevisionsResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(suite_->results().ListResultRevisions(&context, request, &response).ok());
  ASSERT_EQ(response.results_size(), reported + 1);
  for (int i = 0; i <= reported; ++i) {
    EXPECT_EQ(response.results(reported - i).actual().value(), absl::StrCat(17893 + i));
  }
  for (const Served& served : kServed) {
    EXPECT_EQ(suite_->Command({"audit", "verify", served.audit}).exit_code, 0) << served.name;
  }
}

}  // namespace
}  // namespace thidua::tests
