#include "services/messages/unit.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"

namespace thidua::messages {
namespace {

using domain::Date;
using domain::UnitKind;
using UnitMessageType = registry::v1::Unit;
using Strings = std::vector<std::string>;

UnitMessageType Of(const std::string& text) {
  UnitMessageType message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

Strings FaultsOf(const absl::Status& status) {
  Strings faults;
  for (const domain::Fault& fault : domain::FaultsOf(status)) {
    EXPECT_FALSE(fault.message.empty());
    faults.push_back(absl::StrCat(fault.path, ": ", fault.reason));
  }
  return faults;
}

// Ban Dân tộc of Kiên Giang: renamed on 24/02/2025, ended on 01/7/2025. As shown on 01/3/2025.
UnitMessageType Whole() {
  return Of(R"pb(
    name: "units/ban-dan-toc"
    display_name: "Sở Dân tộc và Tôn giáo"
    short_name: "Sở DTTG"
    kind: KIND_DEPARTMENT
    aliases { text: "Ban DT" }
    aliases { text: "Ban Dân tộc tỉnh" valid_from: "2004-05-01" valid_until: "2025-02-23" }
    identifiers { system: "ma-dinh-danh-dien-tu" value: "000.00.10.H33" valid_until: "2025-06-30" }
    namings {
      display_name: "Ban Dân tộc"
      kind: KIND_BOARD
      valid_from: "2004-05-01"
      valid_until: "2025-02-23"
    }
    namings {
      display_name: "Sở Dân tộc và Tôn giáo"
      short_name: "Sở DTTG"
      kind: KIND_DEPARTMENT
      valid_from: "2025-02-24"
      valid_until: "2025-06-30"
      reorganisation: "reorganisations/sap-xep-2025"
    }
    state: STATE_ACTIVE
  )pb");
}

TEST(UnitMessageTest, IsReadAndWrittenAgainWithoutLoss) {
  const auto unit = ReadUnit("", Whole());
  ASSERT_TRUE(unit.ok()) << unit.status();
  EXPECT_EQ(unit->id, "ban-dan-toc");
  ASSERT_EQ(unit->namings.size(), 2u);
  EXPECT_EQ(unit->namings[1], (domain::Naming{"Sở Dân tộc và Tôn giáo",
                                              "Sở DTTG",
                                              UnitKind::kDepartment,
                                              {Date(2025, 2, 24), Date(2025, 6, 30)},
                                              "sap-xep-2025"}));
  EXPECT_EQ(unit->aliases[0], (domain::Alias{"Ban DT", {}}));
  EXPECT_EQ(unit->identifiers[0],
            (domain::UnitIdentifier{
                "ma-dinh-danh-dien-tu", "000.00.10.H33", {std::nullopt, Date(2025, 6, 30)}}));
  EXPECT_EQ(UnitMessage(*unit, Date(2025, 3, 1)).DebugString(), Whole().DebugString());
}

TEST(UnitMessageTest, EveryKindHasTheSameNumberOnBothSides) {
  for (int kind = UnitMessageType::Kind_MIN; kind <= UnitMessageType::Kind_MAX; ++kind) {
    const auto unit =
        ReadUnit("", Of(absl::StrCat("name: 'units/a' display_name: 'A' kind: ", kind)));
    ASSERT_TRUE(unit.ok()) << unit.status();
    EXPECT_EQ(UnitMessage(*unit, Date(2025, 1, 1)).kind(), kind);
  }
  // domain::ValidateUnit refuses it then.
  UnitMessageType stranger = Of("name: 'units/a'");
  stranger.set_kind(static_cast<UnitMessageType::Kind>(99));
  EXPECT_EQ(ReadUnit("", stranger)->namings[0].kind, UnitKind::kUnspecified);
}

TEST(ReadUnitTest, TheOneNamingMayBeWrittenInTheUnitsOwnFields) {
  const auto unit = ReadUnit(
      "",
      Of("name: 'units/so-y-te' display_name: 'Sở Y tế' short_name: 'SYT' kind: KIND_DEPARTMENT"));
  ASSERT_TRUE(unit.ok()) << unit.status();
  EXPECT_EQ(unit->namings,
            (std::vector<domain::Naming>{{"Sở Y tế", "SYT", UnitKind::kDepartment, {}, ""}}));
}

TEST(ReadUnitTest, WhatIsShownIsOfOneNaming) {
  const struct {
    std::string shown;
    Strings faults;
  } kCases[] = {
      {"", {}},
      {"display_name: 'Ban Dân tộc' kind: KIND_BOARD", {}},
      {"display_name: 'Sở Dân tộc và Tôn giáo'", {}},
      {"kind: KIND_BOARD", {}},
      {"display_name: 'Ban Tôn giáo'", {"unit.display_name: NAMINGS_DISAGREE"}},
      {"short_name: 'BDT'", {"unit.short_name: NAMINGS_DISAGREE"}},
      {"kind: KIND_AGENCY", {"unit.kind: NAMINGS_DISAGREE"}},
      {"display_name: 'Ban Dân tộc' short_name: 'Sở DTTG'", {"unit.short_name: NAMINGS_DISAGREE"}},
      {"display_name: 'Ban Dân tộc' kind: KIND_DEPARTMENT", {"unit.kind: NAMINGS_DISAGREE"}},
      {"display_name: 'X' short_name: 'Y' kind: KIND_AGENCY",
       {"unit.display_name: NAMINGS_DISAGREE"}},
  };
  for (const auto& c : kCases) {
    UnitMessageType message = Whole();
    message.clear_display_name();
    message.clear_short_name();
    message.clear_kind();
    message.MergeFrom(Of(c.shown));
    EXPECT_EQ(FaultsOf(ReadUnit("unit", message).status()), c.faults) << c.shown;
  }
}

TEST(ReadUnitTest, NamesEveryFaultAtOnceWithItsPath) {
  const UnitMessageType message = Of(R"pb(
    name: "so-y-te"
    aliases { text: "a" }
    aliases { text: "b" valid_from: "01/7/2025" valid_until: "2025-02-30" }
    identifiers { system: "a" value: "b" valid_until: "hôm nay" }
    namings { display_name: "A" valid_from: "2025" reorganisation: "sap-xep" }
  )pb");
  const Strings fields = {
      "name: RESOURCE_NAME_INVALID",
      "namings[0].valid_from: DATE_UNREADABLE",
      "namings[0].reorganisation: RESOURCE_NAME_INVALID",
      "aliases[1].valid_from: DATE_UNREADABLE",
      "aliases[1].valid_until: DATE_UNREADABLE",
      "identifiers[0].valid_until: DATE_UNREADABLE",
  };
  EXPECT_EQ(FaultsOf(ReadUnit("", message).status()), fields);
  Strings under;
  for (const std::string& field : fields) under.push_back("units[2]." + field);
  EXPECT_EQ(FaultsOf(ReadUnit("units[2]", message).status()), under);
}

TEST(ShowOnTest, BringsAStoredUnitToAnotherDayAndBack) {
  struct Row {
    Date day;
    std::string name, short_name;
    UnitMessageType::Kind kind;
    UnitMessageType::State state;
  };
  UnitMessageType message = Whole();
  for (const Row& row : {
           Row{Date(2004, 4, 30), "Ban Dân tộc", "", UnitMessageType::KIND_BOARD,
               UnitMessageType::STATE_FUTURE},
           Row{Date(2025, 2, 23), "Ban Dân tộc", "", UnitMessageType::KIND_BOARD,
               UnitMessageType::STATE_ACTIVE},
           Row{Date(2025, 7, 1), "Sở Dân tộc và Tôn giáo", "Sở DTTG",
               UnitMessageType::KIND_DEPARTMENT, UnitMessageType::STATE_ENDED},
           Row{Date(2025, 2, 24), "Sở Dân tộc và Tôn giáo", "Sở DTTG",
               UnitMessageType::KIND_DEPARTMENT, UnitMessageType::STATE_ACTIVE},
       }) {
    ShowOn(row.day, message);
    EXPECT_EQ(message.display_name(), row.name) << row.day;
    EXPECT_EQ(message.short_name(), row.short_name) << row.day;
    EXPECT_EQ(message.kind(), row.kind) << row.day;
    EXPECT_EQ(message.state(), row.state) << row.day;
    // Shown on whatever day, it can be read again.
    EXPECT_TRUE(ReadUnit("", message).ok()) << row.day;
  }
  EXPECT_EQ(message.DebugString(), Whole().DebugString());
}

}  // namespace
}  // namespace thidua::messages
