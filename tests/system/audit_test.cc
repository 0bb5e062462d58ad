// Who did what is on record at every service, proves itself, and tells on whoever changes the
// database behind the service's back; by the command, as officials see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/results_ingest/schema.h"
#include "services/storage/database.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class AuditTest : public testing::Test {
 protected:
  void SetUp() override {
    const CommandOutcome load = suite_.Command({"load", Khoi4Folder().string()});
    ASSERT_EQ(load.exit_code, 0) << load.err;
  }

  // What is done while the service does not run.
  void BehindTheBackOfResults(const std::string& sql) {
    suite_.Kill(Suite::kResults, SIGTERM);
    {
      const auto database =
          storage::Database::Open(suite_.database(Suite::kResults), results_ingest::Schema());
      ASSERT_TRUE(database.ok()) << database.status();
      const absl::Status done = (*database)->Write(
          [&](storage::Transaction& transaction) { return transaction.Execute(sql, {}); });
      ASSERT_TRUE(done.ok()) << done;
    }
    suite_.Start(Suite::kResults);
  }

  Suite suite_;
};

TEST_F(AuditTest, WhatWasLoadedIsOnRecordAndProvesItself) {
  for (const char* service : {"registry", "results", "scoring"}) {
    const CommandOutcome verified = suite_.Command({"audit", "verify", service});
    EXPECT_EQ(verified.exit_code, 0) << verified.out << verified.err;
    EXPECT_THAT(verified.out, HasSubstr("không có gì sai"));
  }
  const CommandOutcome listed = suite_.Command({"audit", "list", "results", kPact2019});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_THAT(listed.out, AllOf(HasSubstr(absl::StrCat("#1 ", kPact2019)),
                                HasSubstr("ResultsService/PutResults"),
                                HasSubstr("thêm blocs/khoi-thi-dua-4/pacts/2019/periods/6-thang/"
                                          "results/giai-quyet-viec-lam")));
  EXPECT_EQ(suite_.Command({"audit", "list", "portal"}).exit_code, 2);

  // An orderly end leaves a checkpoint, which is kept elsewhere.
  suite_.Kill(Suite::kRegistry, SIGTERM);
  suite_.Start(Suite::kRegistry);
  const CommandOutcome checkpoints = suite_.Command({"audit", "checkpoints", "registry", "--json"});
  ASSERT_EQ(checkpoints.exit_code, 0) << checkpoints.err;
  EXPECT_THAT(checkpoints.out, HasSubstr("\"number\":\"1\""));
  const std::string kept = (suite_.folder() / "kept.json").string();
  std::ofstream(kept) << checkpoints.out;
  const std::string flag = absl::StrCat("--checkpoints=", kept);
  EXPECT_EQ(suite_.Command({"audit", "verify", "registry", flag}).exit_code, 0);
  // They are no other service's.
  EXPECT_EQ(suite_.Command({"audit", "verify", "results", flag}).exit_code, 1);

  const std::string exported = (suite_.folder() / "registry.audit").string();
  ASSERT_EQ(suite_.Command({"audit", "export", "registry", exported}).exit_code, 0);
  const CommandOutcome offline = suite_.Command({"audit", "verify", exported, flag});
  EXPECT_EQ(offline.exit_code, 0) << offline.out << offline.err;
}

TEST_F(AuditTest, WhatIsDoneBehindTheServicesBackIsNamed) {
  BehindTheBackOfResults(
      "UPDATE results SET message = (SELECT message FROM results AS other WHERE other.target <> "
      "results.target ORDER BY other.target LIMIT 1) WHERE target = 'giai-quyet-viec-lam'");
  const CommandOutcome changed = suite_.Command({"audit", "verify", "results"});
  EXPECT_EQ(changed.exit_code, 1) << changed.err;
  EXPECT_THAT(changed.out,
              AllOf(HasSubstr("DỮ LIỆU BỊ SỬA"), HasSubstr("6-thang/results/giai-quyet-viec-lam"),
                    HasSubstr("1 điểm sai")));

  BehindTheBackOfResults(
      absl::StrCat("DELETE FROM audit_entries WHERE number = 1 AND root = '", kPact2019, "'"));
  const CommandOutcome removed = suite_.Command({"audit", "verify", "results", "--json"});
  EXPECT_EQ(removed.exit_code, 1) << removed.err;
  EXPECT_THAT(removed.out, AllOf(HasSubstr("KIND_ENTRY_MISSING"), HasSubstr(kPact2019)));
}

}  // namespace
}  // namespace thidua::tests
