#include "tests/system/postgresql_server.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace thidua::tests {
namespace {

constexpr char kBinaries[] = "/usr/lib/postgresql/15/bin/";
constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr absl::Duration kLookEvery = absl::Milliseconds(10);

// PostgreSQL refuses to run as root: there it runs as the user that its package made.
std::vector<std::string> AsPostgres(const std::string& program, std::vector<std::string> words) {
  std::vector<std::string> argv;
  if (geteuid() == 0) argv = {"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"};
  argv.push_back(kBinaries + program);
  argv.insert(argv.end(), words.begin(), words.end());
  return argv;
}

}  // namespace

PostgresqlServer::PostgresqlServer(int port) : port_(port) {
  MakeFolder();
  Process initdb(AsPostgres("initdb", {"-D", (folder_ / "data").string(), "-A", "trust", "-U",
                                       "postgres", "-E", "UTF8", "--locale=C", "--no-sync"}),
                 (folder_ / "initdb.log").string());
  initdb.ReadAll();
  EXPECT_EQ(initdb.Wait(), 0) << "initdb failed";
  Start();
}

PostgresqlServer::PostgresqlServer(const PostgresqlServer& primary) : port_(0) {
  MakeFolder();
  Process copy(
      AsPostgres("pg_basebackup", {"-h", primary.folder_.string(), "-U", "postgres", "-D",
                                   (folder_ / "data").string(), "-R", "-c", "fast", "--no-sync"}),
      (folder_ / "copy.log").string());
  copy.ReadAll();
  EXPECT_EQ(copy.Wait(), 0) << "pg_basebackup failed";
  Start();
}

void PostgresqlServer::MakeFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "thidua-pg-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  if (geteuid() == 0) {
    const passwd* user = getpwnam("postgres");
    if (user == nullptr || chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) {
      ADD_FAILURE() << "no user postgres to run PostgreSQL as";
    }
  }
}

PostgresqlServer::~PostgresqlServer() {
  if (process_ != nullptr) Kill();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

void PostgresqlServer::Start() {
  std::vector<std::string> words = {"-D", (folder_ / "data").string(), "-k", folder_.string(),
                                    "-c", "listen_addresses="};
  if (port_ != 0) {
    words.back() += "127.0.0.1";
    words.insert(words.end(), {"-p", absl::StrCat(port_)});
  }
  const absl::Time until = absl::Now() + kPatience;
  process_ = nullptr;
  while (true) {
    // One that was killed leaves processes that end soon, and the next does not start before.
    if (process_ == nullptr || !process_->running()) {
      process_ = std::make_unique<Process>(AsPostgres("postgres", words),
                                           (folder_ / "postgresql.log").string());
    }
    Process ready({std::string(kBinaries) + "pg_isready", "-q", "-h", folder_.string(), "-p",
                   absl::StrCat(port())},
                  "/dev/null");
    if (ready.Wait() == 0) return;
    ASSERT_LT(absl::Now(), until) << "PostgreSQL did not start";
    absl::SleepFor(kLookEvery);
  }
}

void PostgresqlServer::Kill(int signal) {
  process_->Signal(signal);
  process_->Wait();
}

std::string PostgresqlServer::NewDatabase() {
  const std::string name = absl::StrCat("test", ++databases_);
  Process createdb({std::string(kBinaries) + "createdb", "-h", folder_.string(), "-p",
                    absl::StrCat(port()), "-U", "postgres", name},
                   "/dev/null");
  EXPECT_EQ(createdb.Wait(), 0) << "createdb failed";
  const std::string url =
      absl::StrCat("postgresql:///", name, "?user=postgres&host=", folder_.string());
  return port_ == 0 ? url : absl::StrCat(url, "&port=", port_);
}

void PostgresqlServer::Promote() {
  Process promote(AsPostgres("pg_ctl", {"promote", "-w", "-D", (folder_ / "data").string()}),
                  "/dev/null");
  promote.ReadAll();
  EXPECT_EQ(promote.Wait(), 0) << "not promoted";
}

void PostgresqlServer::Run(const std::string& sql) {
  Process psql({std::string(kBinaries) + "psql", "-q", "-h", folder_.string(), "-p",
                absl::StrCat(port()), "-U", "postgres", "-c", sql},
               (folder_ / "psql.log").string());
  psql.ReadAll();
  EXPECT_EQ(psql.Wait(), 0) << sql;
}

}  // namespace thidua::tests
