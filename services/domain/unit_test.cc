#include "services/domain/unit.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

using Strings = std::vector<std::string>;

// Ban Dân tộc of Kiên Giang: renamed on 24/02/2025, ended on 01/7/2025.
Unit TheUnit() {
  Unit unit;
  unit.id = "ban-dan-toc";
  unit.namings = {
      {"Ban Dân tộc", "", UnitKind::kBoard, {Date(2004, 5, 1), Date(2025, 2, 23)}, ""},
      {"Sở Dân tộc và Tôn giáo",
       "Sở DTTG",
       UnitKind::kDepartment,
       {Date(2025, 2, 24), Date(2025, 6, 30)},
       "sap-xep-2025"},
  };
  unit.aliases = {{"Ban Dân tộc tỉnh", {std::nullopt, Date(2025, 2, 23)}},
                  {"Ban DT", {}},
                  {"Ban Dân tộc tỉnh", {Date(2025, 2, 24), std::nullopt}}};
  unit.identifiers = {{"ma-dinh-danh-dien-tu", "000.00.10.H33", {}},
                      {"ma-dinh-danh-dien-tu", "000.00.11.H33", {}},
                      {"ma-so-thue", "000.00.10.H33", {}}};
  return unit;
}

TEST(ValidateUnit, TakesAUnitThatWasRenamed) {
  EXPECT_EQ(Briefly(ValidateUnit(TheUnit())), Strings{});
}

TEST(ValidateUnit, NamesEveryFaultWithItsPath) {
  struct Row {
    std::function<void(Unit&)> spoil;
    Strings faults;
  };
  const std::string too_long(301, 'a');
  const std::vector<Row> rows = {
      {[](Unit& u) { u.id = ""; }, {"name: REQUIRED"}},
      {[](Unit& u) { u.id = "Ban Dân tộc"; }, {"name: IDENTIFIER_INVALID"}},
      {[](Unit& u) { u.namings.clear(); }, {"namings: REQUIRED"}},
      {[](Unit& u) { u.namings.resize(51); }, {"namings: TOO_MANY"}},
      {[](Unit& u) { u.namings[1].name = " "; }, {"namings[1].display_name: REQUIRED"}},
      {[&](Unit& u) { u.namings[1].name = too_long; }, {"namings[1].display_name: TOO_LONG"}},
      {[&](Unit& u) { u.namings[0].short_name = too_long; }, {"namings[0].short_name: TOO_LONG"}},
      {[](Unit& u) { u.namings[0].short_name = "Ban\nDT"; },
       {"namings[0].short_name: CONTROL_CHARACTER"}},
      {[](Unit& u) { u.namings[0].short_name = " "; }, {"namings[0].short_name: REQUIRED"}},
      {[](Unit& u) { u.namings[0].kind = UnitKind::kUnspecified; }, {"namings[0].kind: REQUIRED"}},
      {[](Unit& u) { u.namings[0].held.until = Date(2004, 4, 30); },
       {"namings[0].valid_until: OUT_OF_RANGE"}},
      {[](Unit& u) { u.namings[1].held.until = Date(2025, 2, 23); },
       {"namings[1].valid_until: OUT_OF_RANGE"}},
      {[](Unit& u) { u.namings[0].held.until.reset(); },
       {"namings[1].valid_from: NAMINGS_OVERLAP"}},
      {[](Unit& u) { u.namings[1].held.from.reset(); }, {"namings[1].valid_from: NAMINGS_OVERLAP"}},
      {[](Unit& u) { u.namings[1].held.from = Date(2025, 2, 23); },
       {"namings[1].valid_from: NAMINGS_OVERLAP"}},
      {[](Unit& u) { std::swap(u.namings[0], u.namings[1]); },
       {"namings[1].valid_from: NAMINGS_OVERLAP"}},
      {[](Unit& u) { u.namings[1].held.from = Date(2025, 2, 25); },
       {"namings[1].valid_from: NAMINGS_HAVE_A_GAP"}},
      {[](Unit& u) { u.aliases.resize(51); }, {"aliases: TOO_MANY"}},
      {[](Unit& u) { u.aliases[1].text = ""; }, {"aliases[1].text: REQUIRED"}},
      {[](Unit& u) {
         u.aliases[1].held = {Date(2025, 1, 2), Date(2025, 1, 1)};
       },
       {"aliases[1].valid_until: OUT_OF_RANGE"}},
      {[](Unit& u) { u.aliases[2].held.from = Date(2025, 2, 23); }, {"aliases[2].text: DUPLICATE"}},
      {[](Unit& u) { u.identifiers.resize(51); }, {"identifiers: TOO_MANY"}},
      {[](Unit& u) { u.identifiers[0].system = "Mã"; },
       {"identifiers[0].system: IDENTIFIER_INVALID"}},
      {[](Unit& u) { u.identifiers[0].value = ""; }, {"identifiers[0].value: REQUIRED"}},
      {[](Unit& u) {
         u.identifiers[2].held = {Date(2025, 1, 2), Date(2025, 1, 1)};
       },
       {"identifiers[2].valid_until: OUT_OF_RANGE"}},
      {[](Unit& u) { u.identifiers[1].value = "000.00.10.H33"; },
       {"identifiers[1].value: DUPLICATE"}},
      {[](Unit& u) {
         u.id = "";
         u.aliases[0].text = "";
         u.identifiers[1].value = "";
       },
       {"name: REQUIRED", "aliases[0].text: REQUIRED", "identifiers[1].value: REQUIRED"}},
  };
  for (const Row& row : rows) {
    Unit unit = TheUnit();
    row.spoil(unit);
    EXPECT_EQ(Briefly(ValidateUnit(unit)), row.faults);
  }
}

TEST(ValidateUnit, TakesFiftyOfEach) {
  Unit unit = TheUnit();
  unit.namings.clear();
  unit.aliases.clear();
  unit.identifiers.clear();
  for (int i = 0; i < 50; ++i) {
    const std::string name = absl::StrCat("Tên ", i);
    unit.namings.push_back(
        {name, "", UnitKind::kAgency, {Date(1950 + i, 1, 1), Date(1950 + i, 12, 31)}, ""});
    unit.aliases.push_back({name, {}});
    unit.identifiers.push_back({"ma", name, {}});
  }
  EXPECT_EQ(Briefly(ValidateUnit(unit)), Strings{});
}

TEST(OnADay, AUnitBeginsWithItsFirstNamingAndEndsWithItsLast) {
  const Unit unit = TheUnit();
  struct Row {
    Date day;
    UnitState state;
    std::string name;
  };
  for (const Row& row : {
           Row{Date(2004, 4, 30), UnitState::kFuture, "Ban Dân tộc"},
           Row{Date(2004, 5, 1), UnitState::kActive, "Ban Dân tộc"},
           Row{Date(2025, 2, 23), UnitState::kActive, "Ban Dân tộc"},
           Row{Date(2025, 2, 24), UnitState::kActive, "Sở Dân tộc và Tôn giáo"},
           Row{Date(2025, 6, 30), UnitState::kActive, "Sở Dân tộc và Tôn giáo"},
           Row{Date(2025, 7, 1), UnitState::kEnded, "Sở Dân tộc và Tôn giáo"},
       }) {
    EXPECT_EQ(StateOn(unit, row.day), row.state) << row.day;
    EXPECT_EQ(NamingOn(unit, row.day).name, row.name) << row.day;
  }
}

TEST(OnADay, AUnitWithoutDaysIsAlwaysThere) {
  Unit unit = TheUnit();
  unit.namings = {{"Sở Y tế", "", UnitKind::kDepartment, {}, ""}};
  for (const Date day : {Date(1900, 1, 1), Date(2025, 7, 1), Date(9999, 12, 31)}) {
    EXPECT_EQ(StateOn(unit, day), UnitState::kActive);
    EXPECT_EQ(NamingOn(unit, day).name, "Sở Y tế");
  }
}

TEST(CheckActiveTest, AllOfTheTimeMustBeInTheUnitsLife) {
  const auto day = [](int year) { return Date(year, 1, 1); };
  Unit unit{"so-a", {{"Sở A", "", UnitKind::kDepartment, {day(2019), day(2024) - 1}, ""}}, {}, {}};
  unit.namings.push_back({"Sở B", "", UnitKind::kDepartment, {day(2024), day(2025)}, ""});
  const struct {
    Interval time;
    bool active;
  } kCases[] = {
      {{day(2019), day(2025)}, true},      {{day(2023), day(2024)}, true},
      {{day(2019) - 1, day(2020)}, false}, {{day(2020), day(2025) + 1}, false},
      {{day(2020), std::nullopt}, false},  {{std::nullopt, day(2020)}, false},
  };
  for (const auto& c : kCases) {
    const std::optional<Fault> fault = CheckActive("unit", unit, c.time);
    EXPECT_EQ(!fault.has_value(), c.active);
    if (!fault.has_value()) continue;
    EXPECT_EQ(fault->path, "unit");
    EXPECT_EQ(fault->reason, "UNIT_NOT_ACTIVE");
    EXPECT_EQ(fault->message,
              "Đơn vị “so-a” chỉ hoạt động từ ngày 01/01/2019 đến hết ngày 01/01/2025.");
  }
  unit.namings.front().held.from.reset();
  unit.namings.back().held.until.reset();
  EXPECT_FALSE(CheckActive("unit", unit, {}).has_value()) << "for ever is in for ever";
}

}  // namespace
}  // namespace thidua::domain
