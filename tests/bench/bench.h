// What every bench of a service starts with: an engine, a folder, a clock, and no patience with
// what fails.
#ifndef THIDUA_TESTS_BENCH_BENCH_H_
#define THIDUA_TESTS_BENCH_BENCH_H_

#include <grpcpp/grpcpp.h>
#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include "absl/status/status.h"
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
