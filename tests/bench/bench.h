// What every bench of a service starts with: an engine, a folder, a clock, and no patience with
// what fails.
#ifndef THIDUA_TESTS_BENCH_BENCH_H_
#define THIDUA_TESTS_BENCH_BENCH_H_

#include <grpcpp/grpcpp.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "tests/system/postgresql_server.h"

namespace thidua::bench {

inline void Must(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}
inline void Must(const grpc::Status& status) { Must(status.ok(), status.error_message()); }
inline void Must(const absl::Status& status) { Must(status.ok(), status.ToString()); }

inline double Seconds(const std::function<void()>& work) {
  const absl::Time start = absl::Now();
  work();
  return absl::ToDoubleSeconds(absl::Now() - start);
}

// Of a process: "VmRSS", what it holds; "VmHWM", the most that it ever held; MiB.
inline double Mebibytes(pid_t pid, absl::string_view which) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  std::string line;
  while (std::getline(status, line)) {
    if (!absl::StartsWith(line, which)) continue;
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(": \t"), absl::SkipEmpty());
    int64_t kib = 0;
    if (words.size() > 1 && absl::SimpleAtoi(words[1], &kib)) {
      return static_cast<double>(kib) / 1024;
    }
  }
  return 0;
}

// User and system time of a process so far, seconds.
inline double CpuSeconds(pid_t pid) {
  std::ifstream stat(absl::StrCat("/proc/", pid, "/stat"));
  std::string line;
  std::getline(stat, line);
  const std::vector<std::string> fields = absl::StrSplit(line.substr(line.rfind(')') + 2), ' ');
  Must(fields.size() > 12, "no /proc/…/stat");
  return (std::stod(fields[11]) + std::stod(fields[12])) /
         static_cast<double>(sysconf(_SC_CLK_TCK));
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "thidua-bench-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// One engine; a null server: SQLite.
struct Engine {
  std::string name;
  tests::PostgresqlServer* postgresql;
  std::string NewLocation(const std::filesystem::path& folder) const {
    return postgresql == nullptr ? (folder / "bench.db").string() : postgresql->NewDatabase();
  }
};

}  // namespace thidua::bench

#endif  // THIDUA_TESTS_BENCH_BENCH_H_
