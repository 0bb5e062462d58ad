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

PostgresqlServer::PostgresqlServer() {
  std::string pattern = (std::filesystem::temp_directory_path() / "thidua-pg-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  if (geteuid() == 0) {
    const passwd* user = getpwnam("postgres");
    if (user == nullptr || chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) {
      ADD_FAILURE() << "no user postgres to run PostgreSQL as";
      return;
    }
  }
  Process initdb(AsPostgres("initdb", {"-D", (folder_ / "data").string(), "-A", "trust", "-U",
                                       "postgres", "-E", "UTF8", "--locale=C", "--no-sync"}),
                 (folder_ / "initdb.log").string());
  initdb.ReadAll();
  EXPECT_EQ(initdb.Wait(), 0) << "initdb failed";
  Start();
}

PostgresqlServer::~PostgresqlServer() {
  if (process_ != nullptr) Kill();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

void PostgresqlServer::Start() {
  process_ = std::make_unique<Process>(
      AsPostgres("postgres", {"-D", (folder_ / "data").string(), "-k", folder_.string(), "-c",
                              "listen_addresses="}),
      (folder_ / "postgresql.log").string());
  const absl::Time until = absl::Now() + kPatience;
  while (true) {
    Process ready({std::string(kBinaries) + "pg_isready", "-q", "-h", folder_.string()},
                  "/dev/null");
    if (ready.Wait() == 0) return;
    ASSERT_LT(absl::Now(), until) << "PostgreSQL did not start";
    absl::SleepFor(kLookEvery);
  }
}

void PostgresqlServer::Kill() {
  process_->Signal(SIGQUIT);  // "Immediate": no checkpoint; recovery follows at the next start.
  process_->Wait();
}

std::string PostgresqlServer::NewDatabase() {
  const std::string name = absl::StrCat("test", ++databases_);
  Process createdb(
      {std::string(kBinaries) + "createdb", "-h", folder_.string(), "-U", "postgres", name},
      "/dev/null");
  EXPECT_EQ(createdb.Wait(), 0) << "createdb failed";
  return absl::StrCat("postgresql:///", name, "?user=postgres&host=", folder_.string());
}

}  // namespace thidua::tests
