#include "services/domain/bloc.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

using Strings = std::vector<std::string>;
constexpr BlocRoleKind kLeader = BlocRoleKind::kLeader;
constexpr BlocRoleKind kDeputy = BlocRoleKind::kDeputy;
constexpr BlocRoleKind kWatcher = BlocRoleKind::kWatcher;

Interval Year(int year) { return {Date(year, 1, 1), Date(year, 12, 31)}; }

// Khối thi đua 4 of Kiên Giang with the leadership of 2019 and 2020; Sở Y tế was in it twice,
// without a gap.
Bloc TheBloc() {
  Bloc bloc;
  bloc.id = "khoi-4";
  bloc.name = "Khối thi đua 4";
  bloc.province = "Tỉnh Kiên Giang";
  bloc.memberships = {{"so-ldtbxh", {}},
                      {"so-du-lich", {Date(2017, 1, 1), std::nullopt}},
                      {"so-y-te", {Date(2020, 1, 1), std::nullopt}},
                      {"so-y-te", {Date(2018, 1, 1), Date(2019, 12, 31)}},
                      {"ban-dan-toc", {std::nullopt, Date(2025, 2, 23)}}};
  bloc.roles = {{kLeader, "so-ldtbxh", "", Year(2019)},
                {kDeputy, "so-du-lich", "", Year(2019)},
                {kWatcher, "", "Nguyễn Văn A", {}},
                {kLeader, "so-du-lich", "", Year(2020)},
                {kDeputy, "so-y-te", "", {Date(2019, 6, 1), Date(2020, 12, 31)}}};
  return bloc;
}

TEST(ValidateBloc, TakesTheFirstRealBloc) {
  EXPECT_EQ(Briefly(ValidateBloc(TheBloc())), Strings{});
}

TEST(ValidateBloc, NamesEveryFaultWithItsPath) {
  struct Row {
    std::function<void(Bloc&)> spoil;
    Strings faults;
  };
  const Interval reversed = {Date(2019, 2, 1), Date(2019, 1, 31)};
  const std::vector<Row> rows = {
      {[](Bloc& b) { b.id = ""; }, {"name: REQUIRED"}},
      {[](Bloc& b) { b.id = "Khối 4"; }, {"name: IDENTIFIER_INVALID"}},
      {[](Bloc& b) { b.name = " "; }, {"display_name: REQUIRED"}},
      {[](Bloc& b) { b.province = ""; }, {}},
      {[](Bloc& b) { b.province = std::string(301, 'a'); }, {"province: TOO_LONG"}},
      {[](Bloc& b) {
         b.roles.clear();
         b.memberships.resize(1001);
       },
       {"memberships: TOO_MANY"}},
      {[](Bloc& b) { b.memberships[1].held.until = Date(2016, 12, 31); },
       {"memberships[1].valid_until: OUT_OF_RANGE", "roles[1].unit: ROLE_WITHOUT_MEMBERSHIP",
        "roles[3].unit: ROLE_WITHOUT_MEMBERSHIP"}},
      {[](Bloc& b) { b.memberships[4].unit = ""; }, {"memberships[4].unit: REQUIRED"}},
      {[](Bloc& b) { b.memberships[4].unit = "Ban"; }, {"memberships[4].unit: IDENTIFIER_INVALID"}},
      {[](Bloc& b) { b.memberships[3].held.until = Date(2020, 1, 1); },
       {"memberships[3].unit: MEMBERSHIPS_OVERLAP"}},
      {[](Bloc& b) { b.memberships[4].unit = "so-ldtbxh"; },
       {"memberships[4].unit: MEMBERSHIPS_OVERLAP"}},
      {[](Bloc& b) { b.roles.resize(1001); }, {"roles: TOO_MANY"}},
      {[](Bloc& b) { b.roles[0].kind = BlocRoleKind::kUnspecified; }, {"roles[0].kind: REQUIRED"}},
      {[](Bloc& b) { b.roles[0].unit = ""; }, {"roles[0].unit: REQUIRED"}},
      {[](Bloc& b) { b.roles[0].official = "Nguyễn Văn B"; }, {"roles[0].official: OUT_OF_RANGE"}},
      {[](Bloc& b) { b.roles[2].unit = "so-y-te"; }, {"roles[2].unit: OUT_OF_RANGE"}},
      {[](Bloc& b) { b.roles[2].official = ""; }, {"roles[2].official: REQUIRED"}},
      {[&](Bloc& b) { b.roles[0].held = reversed; }, {"roles[0].valid_until: OUT_OF_RANGE"}},
      {[&](Bloc& b) { b.roles[2].held = reversed; }, {"roles[2].valid_until: OUT_OF_RANGE"}},
      {[](Bloc& b) { b.roles[3].held.from = Date(2019, 12, 31); }, {"roles[3].kind: TWO_LEADERS"}},
      {[](Bloc& b) { b.roles[3].unit = "ban-dan-toc", b.roles[3].held.from = Date(2019, 12, 31); },
       {"roles[3].kind: TWO_LEADERS"}},
      {[](Bloc& b) { b.roles[3].unit = "so-ldtbxh", b.roles[3].held.from = Date(2019, 12, 31); },
       {"roles[3].unit: ROLES_OVERLAP"}},
      {[](Bloc& b) { b.roles[4].unit = "so-du-lich"; }, {"roles[4].unit: ROLES_OVERLAP"}},
      {[](Bloc& b) { b.roles[4].unit = "so-ldtbxh"; }, {"roles[4].unit: ROLES_OVERLAP"}},
      {[](Bloc& b) { b.roles[4] = b.roles[2]; }, {"roles[4].official: ROLES_OVERLAP"}},
      {[](Bloc& b) {
         b.roles[4] = {kWatcher, "", "Trần Thị B", {}};
       },
       {}},
      {[](Bloc& b) { b.roles[4].unit = "so-noi-vu"; }, {"roles[4].unit: ROLE_WITHOUT_MEMBERSHIP"}},
      {[](Bloc& b) { b.roles[4].held.from = Date(2017, 12, 31); },
       {"roles[4].unit: ROLE_WITHOUT_MEMBERSHIP"}},
      {[](Bloc& b) {
         b.roles[4] = {kDeputy, "ban-dan-toc", "", {Date(2025, 1, 1), std::nullopt}};
       },
       {"roles[4].unit: ROLE_WITHOUT_MEMBERSHIP"}},
      // A day between its two times in the bloc is none of the bloc's.
      {[](Bloc& b) { b.memberships[3].held.until = Date(2019, 12, 30); },
       {"roles[4].unit: ROLE_WITHOUT_MEMBERSHIP"}},
      {[](Bloc& b) {
         b.name = "";
         b.memberships[4].unit = "";
         b.roles[2].official = "";
       },
       {"display_name: REQUIRED", "memberships[4].unit: REQUIRED", "roles[2].official: REQUIRED"}},
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    Bloc bloc = TheBloc();
    rows[i].spoil(bloc);
    EXPECT_EQ(Briefly(ValidateBloc(bloc)), rows[i].faults) << "row " << i;
  }
}

TEST(ValidateBloc, TakesAThousandOfEach) {
  Bloc bloc = TheBloc();
  bloc.memberships.clear();
  bloc.roles.clear();
  for (int i = 0; i < 1000; ++i) {
    bloc.memberships.push_back({absl::StrCat("xa-", i), {}});
    bloc.roles.push_back({kDeputy, absl::StrCat("xa-", i), "", {}});
  }
  EXPECT_EQ(Briefly(ValidateBloc(bloc)), Strings{});
}

std::string Briefly(const Member& member) {
  return absl::StrCat(member.unit, member.display_name,
                      member.role == Role::kLeader   ? " leader"
                      : member.role == Role::kDeputy ? " deputy"
                                                     : "");
}

TEST(MembersOn, AreInTheOrderOfMembershipsWithTheirRoles) {
  struct Row {
    Date day;
    Strings members;
  };
  for (const Row& row : {
           Row{Date(2016, 12, 31), {"so-ldtbxh", "ban-dan-toc"}},
           Row{Date(2017, 12, 31), {"so-ldtbxh", "so-du-lich", "ban-dan-toc"}},
           Row{Date(2019, 5, 31),
               {"so-ldtbxh leader", "so-du-lich deputy", "so-y-te", "ban-dan-toc"}},
           Row{Date(2019, 12, 31),
               {"so-ldtbxh leader", "so-du-lich deputy", "so-y-te deputy", "ban-dan-toc"}},
           Row{Date(2020, 1, 1),
               {"so-ldtbxh", "so-du-lich leader", "so-y-te deputy", "ban-dan-toc"}},
           Row{Date(2025, 2, 23), {"so-ldtbxh", "so-du-lich", "so-y-te", "ban-dan-toc"}},
           Row{Date(2025, 2, 24), {"so-ldtbxh", "so-du-lich", "so-y-te"}},
       }) {
    Strings members;
    for (const Member& member : MembersOn(TheBloc(), row.day)) members.push_back(Briefly(member));
    EXPECT_EQ(members, row.members) << row.day;
  }
}

// "leader so-y-te 2020-01-01 2020-12-31"
Strings Briefly(const std::vector<BlocRole>& roles) {
  Strings brief;
  for (const BlocRole& role : roles) {
    brief.push_back(absl::StrCat(role.kind == kLeader   ? "leader "
                                 : role.kind == kDeputy ? "deputy "
                                                        : "watcher ",
                                 role.unit, role.official, " ",
                                 role.held.from ? DateToString(*role.held.from) : "…", " ",
                                 role.held.until ? DateToString(*role.held.until) : "…"));
  }
  return brief;
}

TEST(RotateRoles, EndsWhoHoldsOfficeAndTakesOutWhoWouldFollow) {
  struct Row {
    Date effective_on;
    std::string leader;
    Strings deputies;
    std::optional<Date> until;
    Strings roles;
  };
  const std::string watcher = "watcher Nguyễn Văn A … …";
  for (const Row& row : {
           Row{Date(2021, 1, 1),
               "so-y-te",
               {"so-ldtbxh", "ban-dan-toc"},
               Date(2021, 12, 31),
               {"leader so-ldtbxh 2019-01-01 2019-12-31", "deputy so-du-lich 2019-01-01 2019-12-31",
                watcher, "leader so-du-lich 2020-01-01 2020-12-31",
                "deputy so-y-te 2019-06-01 2020-12-31", "leader so-y-te 2021-01-01 2021-12-31",
                "deputy so-ldtbxh 2021-01-01 2021-12-31",
                "deputy ban-dan-toc 2021-01-01 2021-12-31"}},
           // In the middle of terms; the leadership that would begin within it never does.
           Row{Date(2019, 7, 1),
               "so-y-te",
               {},
               Date(2020, 1, 1),
               {"leader so-ldtbxh 2019-01-01 2019-06-30", "deputy so-du-lich 2019-01-01 2019-06-30",
                watcher, "deputy so-y-te 2019-06-01 2019-06-30",
                "leader so-y-te 2019-07-01 2020-01-01"}},
           // Who begins after it stays.
           Row{Date(2019, 7, 1),
               "so-ldtbxh",
               {},
               Date(2019, 12, 31),
               {"leader so-ldtbxh 2019-01-01 2019-06-30", "deputy so-du-lich 2019-01-01 2019-06-30",
                watcher, "leader so-du-lich 2020-01-01 2020-12-31",
                "deputy so-y-te 2019-06-01 2019-06-30", "leader so-ldtbxh 2019-07-01 2019-12-31"}},
           // Corrected on the same day, until further notice.
           Row{Date(2019, 1, 1),
               "so-du-lich",
               {"so-ldtbxh"},
               std::nullopt,
               {watcher, "leader so-du-lich 2019-01-01 …", "deputy so-ldtbxh 2019-01-01 …"}},
           // Vacant.
           Row{Date(2019, 1, 2),
               "",
               {},
               std::nullopt,
               {"leader so-ldtbxh 2019-01-01 2019-01-01", "deputy so-du-lich 2019-01-01 2019-01-01",
                watcher}},
       }) {
    const auto rotated =
        RotateRoles(TheBloc(), row.effective_on, row.leader, row.deputies, row.until);
    ASSERT_TRUE(rotated.ok()) << rotated.status();
    EXPECT_EQ(Briefly(rotated->roles), row.roles);
    EXPECT_EQ(Briefly(ValidateBloc(*rotated)), Strings{});
    EXPECT_EQ(rotated->memberships, TheBloc().memberships);
  }
}

TEST(RotateRoles, NamesEveryFaultWithItsPath) {
  struct Row {
    std::string leader;
    Strings deputies;
    std::optional<Date> until;
    Strings faults;
  };
  for (const Row& row : {
           Row{"so-y-te", {}, Date(2020, 12, 31), {"until: OUT_OF_RANGE"}},
           Row{"so-noi-vu", {}, std::nullopt, {"leader: UNIT_NOT_A_MEMBER"}},
           // It leaves the bloc before the term ends.
           Row{"ban-dan-toc", {}, std::nullopt, {"leader: UNIT_NOT_A_MEMBER"}},
           Row{"so-y-te", {"so-y-te"}, std::nullopt, {"deputies[0]: DUPLICATE"}},
           Row{"so-noi-vu",
               {"so-y-te", "Sở Y tế", "so-y-te"},
               std::nullopt,
               {"leader: UNIT_NOT_A_MEMBER", "deputies[1]: UNIT_NOT_A_MEMBER",
                "deputies[2]: DUPLICATE"}},
       }) {
    const auto rotated =
        RotateRoles(TheBloc(), Date(2021, 1, 1), row.leader, row.deputies, row.until);
    EXPECT_EQ(Briefly(FaultsOf(rotated.status())), row.faults);
  }
}

TEST(RotateRoles, KeepsToTheSizeOfABloc) {
  Bloc bloc = TheBloc();
  while (bloc.roles.size() < 1000) {
    bloc.roles.push_back({kWatcher, "", absl::StrCat("Chuyên viên ", bloc.roles.size()), {}});
  }
  const auto rotated = RotateRoles(bloc, Date(2021, 1, 1), "so-y-te", {}, std::nullopt);
  EXPECT_EQ(Briefly(FaultsOf(rotated.status())), Strings{"roles: TOO_MANY"});
}

}  // namespace
}  // namespace thidua::domain
