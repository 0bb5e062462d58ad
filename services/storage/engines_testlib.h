// Both engines, each with new, empty databases to test on: what a store promises is tested once and
// holds on both.
#ifndef THIDUA_SERVICES_STORAGE_ENGINES_TESTLIB_H_
#define THIDUA_SERVICES_STORAGE_ENGINES_TESTLIB_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "tests/system/postgresql_server.h"

namespace thidua::storage {

// Where a new, empty database of the engine may be.
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::string NewLocation() = 0;
};

class SqliteEngine : public Engine {
 public:
  SqliteEngine() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-storage-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~SqliteEngine() override { std::filesystem::remove_all(folder_); }
  std::string NewLocation() override {
    return (folder_ / absl::StrCat("made-on-the-way-", ++count_) / "test.db").string();
  }

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

class PostgresqlEngine : public Engine {
 public:
  std::string NewLocation() override { return server_.NewDatabase(); }
  tests::PostgresqlServer& server() { return server_; }

 private:
  tests::PostgresqlServer server_;
};

// Of typed test suites.
using Engines = testing::Types<SqliteEngine, PostgresqlEngine>;
class EngineNames {
 public:
  template <typename TestedEngine>
  static std::string GetName(int) {
    return std::is_same_v<TestedEngine, SqliteEngine> ? "Sqlite" : "Postgresql";
  }
};

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_ENGINES_TESTLIB_H_
