#include "services/domain/fault.h"

#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"

namespace thidua::domain {
namespace {

TEST(Fault, TravelsWholeInAStatus) {
  const std::vector<Fault> faults = {
      {"rows[17].actual", "NUMBER_UNREADABLE", "Không đọc được số.", "50.5"},
      {"", "REQUIRED", "Thiếu."}};
  const absl::Status status = FaultsToStatus(faults, absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "rows[17].actual: NUMBER_UNREADABLE; REQUIRED");
  EXPECT_EQ(FaultsOf(status), faults);
  EXPECT_EQ(FaultsOf(faults[1].ToStatus()), std::vector<Fault>{faults[1]});
  EXPECT_TRUE(FaultsToStatus({}).ok());
  EXPECT_TRUE(FaultsOf(absl::InternalError("khác")).empty());
}

TEST(Fault, IsWholeWhateverStandsInIt) {
  const std::vector<Fault> faults = {{"page\x1f\x1e%", "FIELD_UNKNOWN", "“\\x1f\n\"”", "\xff\\"},
                                     {"\x1e", "R", "\x1f", "\\037"}};
  EXPECT_EQ(FaultsOf(FaultsToStatus(faults)), faults);
}

TEST(Fault, TenStandInTheSummaryAndAllInTheStatus) {
  std::vector<Fault> faults(10, {"a", "R", "S."});
  EXPECT_EQ(FaultsToStatus(faults).message(),
            "a: R; a: R; a: R; a: R; a: R; a: R; a: R; a: R; a: R; a: R");
  faults.resize(13, {"b", "R", "S."});
  const absl::Status status = FaultsToStatus(faults);
  EXPECT_EQ(status.message(),
            "a: R; a: R; a: R; a: R; a: R; a: R; a: R; a: R; a: R; a: R; and 3 more");
  EXPECT_EQ(FaultsOf(status), faults);
}

TEST(Fault, StandsUnderThePathOfWhatHoldsIt) {
  const auto path_under = [](const char* prefix, const char* path) {
    return FaultsOf(UnderPath(prefix, Fault{path, "R", "S."}.ToStatus()))[0].path;
  };
  EXPECT_EQ(path_under("rows[3]", "actual"), "rows[3].actual");
  EXPECT_EQ(path_under("rows[3]", ""), "rows[3]");
  EXPECT_TRUE(UnderPath("rows[3]", absl::OkStatus()).ok());
  EXPECT_EQ(UnderPath("rows[3]", absl::InternalError("khác")), absl::InternalError("khác"));
  EXPECT_EQ(UnderPath("rows", Fault{"a", "R", "S."}.ToStatus(absl::StatusCode::kAborted)).code(),
            absl::StatusCode::kAborted);
}

}  // namespace
}  // namespace thidua::domain
