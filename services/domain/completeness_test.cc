#include "services/domain/completeness.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/khoi4_2019_testdata.h"

namespace thidua::domain {
namespace {

using khoi4_2019::TargetId;
using khoi4_2019::ThePact;
using Reported = absl::flat_hash_map<std::string, ReportedTarget>;

constexpr ReportedTarget kInTime = {};
constexpr ReportedTarget kLate = {.late = true};
constexpr ReportedTarget kNotAssigned = {.not_assigned = true};
constexpr ReportedTarget kLateNotAssigned = {.late = true, .not_assigned = true};

// "so-y-te 3 = 1 + 1 + 1 (1) chi-tieu-13": expected = in time + late + missing (not assigned), and
// what is missing.
std::string Text(const Completeness& unit) {
  EXPECT_EQ(unit.reported, unit.in_time + unit.late);
  EXPECT_EQ(unit.expected, unit.reported + unit.missing);
  std::string text = absl::StrCat(unit.unit, " ", unit.expected, " = ", unit.in_time, " + ",
                                  unit.late, " + ", unit.missing, " (", unit.not_assigned, ")");
  for (const Target* target : unit.missing_targets) absl::StrAppend(&text, " ", target->id);
  return text;
}

std::string Of(const std::vector<Completeness>& units, absl::string_view unit) {
  for (const Completeness& one : units) {
    if (one.unit == unit) return Text(one);
  }
  return "no such unit";
}

TEST(CompletenessOf, CountsNothingReportedAsAllMissing) {
  const Pact pact = ThePact();
  const std::vector<Completeness> units = CompletenessOf(pact, {});
  ASSERT_EQ(units.size(), pact.members.size());
  for (size_t i = 0; i < units.size(); ++i) EXPECT_EQ(units[i].unit, pact.members[i].unit);
  // Of three targets two are shown only: no figure is owed for them.
  EXPECT_EQ(Of(units, khoi4_2019::kLabour),
            "so-lao-dong-thuong-binh-va-xa-hoi 1 = 0 + 0 + 1 (0) chi-tieu-1");
  EXPECT_EQ(Of(units, khoi4_2019::kScience),
            "so-khoa-hoc-va-cong-nghe 2 = 0 + 0 + 2 (0) chi-tieu-6 chi-tieu-7");
  EXPECT_EQ(units[5].missing_targets[0], &pact.targets[12]) << "it refers to the pact";
}

TEST(CompletenessOf, TellsInTimeFromLateFromMissing) {
  const Pact pact = ThePact();
  struct Row {
    Reported reported;
    std::string health;  // Targets 13, 14, 15.
  };
  for (const Row& row : {
           Row{{{"chi-tieu-13", kInTime}, {"chi-tieu-14", kInTime}, {"chi-tieu-15", kInTime}},
               "so-y-te 3 = 3 + 0 + 0 (0)"},
           Row{{{"chi-tieu-13", kInTime}, {"chi-tieu-14", kLate}},
               "so-y-te 3 = 1 + 1 + 1 (0) chi-tieu-15"},
           Row{{{"chi-tieu-15", kLate}}, "so-y-te 3 = 0 + 1 + 2 (0) chi-tieu-13 chi-tieu-14"},
           // To say that it is not the unit's is a report, in time or late as any other.
           Row{{{"chi-tieu-13", kNotAssigned}, {"chi-tieu-14", kLateNotAssigned}},
               "so-y-te 3 = 1 + 1 + 1 (2) chi-tieu-15"},
           // Of other units and of nobody.
           Row{{{"chi-tieu-1", kInTime}, {"chi-tieu-99", kLate}},
               "so-y-te 3 = 0 + 0 + 3 (0) chi-tieu-13 chi-tieu-14 chi-tieu-15"},
       }) {
    EXPECT_EQ(Of(CompletenessOf(pact, row.reported), khoi4_2019::kHealth), row.health);
  }
}

TEST(CompletenessOf, WhatWasVoidedIsOwedNoMore) {
  Pact pact = ThePact();
  pact.targets[12].voided = true;
  const Reported reported = {{"chi-tieu-13", kInTime}, {"chi-tieu-14", kInTime}};
  EXPECT_EQ(Of(CompletenessOf(pact, reported), khoi4_2019::kHealth),
            "so-y-te 2 = 1 + 0 + 1 (0) chi-tieu-15")
      << "nor is its report counted";
  pact.voided_criteria = {"noi-dung-1"};
  EXPECT_EQ(Of(CompletenessOf(pact, reported), khoi4_2019::kHealth), "so-y-te 0 = 0 + 0 + 0 (0)");
}

TEST(CompletenessOf, AVoidedParentVoidsTheTargetsOfItsLeaves) {
  Pact pact = ThePact();
  Criterion parent = pact.scheme.contents[0];
  parent.id = "noi-dung";
  parent.rule = {};
  parent.children = {pact.scheme.contents[0]};
  pact.scheme.contents[0] = parent;
  pact.voided_criteria = {"noi-dung"};
  EXPECT_EQ(TotalOf(CompletenessOf(pact, {})).expected, 0);
}

// A target stays in the pact when its unit has left it by a reorganisation: nobody owes it there.
TEST(CompletenessOf, ATargetOfNoMemberIsNobodys) {
  Pact pact = ThePact();
  pact.members.erase(pact.members.begin());
  const std::vector<Completeness> units = CompletenessOf(pact, {});
  EXPECT_EQ(units.size(), 6);
  EXPECT_EQ(TotalOf(units).expected, 12);
}

TEST(TotalOf, AddsUpAllUnits) {
  Reported reported;
  for (int number = 4; number <= 16; ++number) reported[TargetId(number)] = kInTime;
  reported[TargetId(5)] = kLate;
  reported[TargetId(9)] = kNotAssigned;
  // 13 of 16 are scored, and target 1 is missing.
  EXPECT_EQ(Text(TotalOf(CompletenessOf(ThePact(), reported))), " 13 = 11 + 1 + 1 (1)");
  EXPECT_EQ(Text(TotalOf({})), " 0 = 0 + 0 + 0 (0)");
}

}  // namespace
}  // namespace thidua::domain
