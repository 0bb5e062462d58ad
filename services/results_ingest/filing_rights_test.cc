#include "services/results_ingest/filing_rights.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "services/domain/fault.h"

namespace thidua::results_ingest {
namespace {

// "anybody's", whose, or why not.
std::string Files(const std::string& rights, const std::string& bloc) {
  access::v1::Member member;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(rights, &member)) << rights;
  const access::Principal caller("token:sso|an", access::Principal::Known::kToThePolicy,
                                 std::vector<const access::v1::Member*>{&member});
  const absl::StatusOr<OwnUnits> may = MayFile(caller, {{bloc, 2019}, "nam"});
  if (!may.ok()) return domain::FaultsOf(may.status()).at(0).reason;
  if (!may->has_value()) return "anybody's";
  std::vector<std::string> units((*may)->begin(), (*may)->end());
  std::sort(units.begin(), units.end());
  return absl::StrJoin(units, ", ");
}

TEST(FilingRightsTest, AreThoseOfEachPeriodsBloc) {
  const std::string reporter =
      "units: 'units/a' units: 'units/b' grants {role: ROLE_REPORTER on: 'blocs/x'}";
  EXPECT_EQ(Files(reporter, "x"), "a, b");
  EXPECT_EQ(Files(reporter, "y"), "NOT_ALLOWED");
  const std::string also_leader =
      "units: 'units/a' grants {role: ROLE_REPORTER on: 'blocs/x' on: 'blocs/y'}"
      "grants {role: ROLE_LEADER on: 'blocs/y'}";
  EXPECT_EQ(Files(also_leader, "x"), "a") << "who leads another bloc leads not this one";
  EXPECT_EQ(Files(also_leader, "y"), "anybody's");
  EXPECT_EQ(Files("grants {role: ROLE_REGISTRAR}", "x"), "anybody's");
  EXPECT_EQ(Files("grants {role: ROLE_WATCHER on: 'blocs/x'}", "x"), "NOT_ALLOWED");
  EXPECT_EQ(Files("grants {role: ROLE_READER}", "x"), "NOT_ALLOWED");
}

TEST(FilingRightsTest, WhereNobodyIsToldApartEverybodyFiles) {
  const absl::StatusOr<OwnUnits> may =
      MayFile(access::Principal::Unchecked(), {{"x", 2019}, "nam"});
  ASSERT_TRUE(may.ok()) << may.status();
  EXPECT_FALSE(may->has_value());
}

}  // namespace
}  // namespace thidua::results_ingest
