#include "services/messages/bloc.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/messages/interval.h"

namespace thidua::messages {
namespace {

using domain::BlocRoleKind;
using domain::Date;
using Strings = std::vector<std::string>;

registry::v1::Bloc Of(const std::string& text) {
  registry::v1::Bloc message;
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

TEST(BlocMessageTest, IsReadAndWrittenAgainWithoutLoss) {
  const registry::v1::Bloc whole = Of(R"pb(
    name: "blocs/khoi-4"
    display_name: "Khối thi đua 4"
    province: "Tỉnh Kiên Giang"
    memberships { unit: "units/so-y-te" }
    memberships { unit: "units/ban-dan-toc" valid_from: "2017-01-01" valid_until: "2025-02-23" }
    roles {
      kind: KIND_LEADER
      unit: "units/so-y-te"
      valid_from: "2019-01-01"
      valid_until: "2019-12-31"
    }
    roles { kind: KIND_DEPUTY unit: "units/ban-dan-toc" valid_from: "2019-01-01" }
    roles { kind: KIND_WATCHER official: "Nguyễn Văn A" valid_until: "2020-12-31" }
  )pb");
  const auto bloc = ReadBloc("", whole);
  ASSERT_TRUE(bloc.ok()) << bloc.status();
  EXPECT_EQ(bloc->id, "khoi-4");
  EXPECT_EQ(bloc->name, "Khối thi đua 4");
  EXPECT_EQ(bloc->province, "Tỉnh Kiên Giang");
  EXPECT_EQ(bloc->memberships,
            (std::vector<domain::Membership>{
                {"so-y-te", {}}, {"ban-dan-toc", {Date(2017, 1, 1), Date(2025, 2, 23)}}}));
  EXPECT_EQ(bloc->roles,
            (std::vector<domain::BlocRole>{
                {BlocRoleKind::kLeader, "so-y-te", "", {Date(2019, 1, 1), Date(2019, 12, 31)}},
                {BlocRoleKind::kDeputy, "ban-dan-toc", "", {Date(2019, 1, 1), std::nullopt}},
                {BlocRoleKind::kWatcher, "", "Nguyễn Văn A", {std::nullopt, Date(2020, 12, 31)}}}));
  EXPECT_EQ(BlocMessage(*bloc).DebugString(), whole.DebugString());
}

// domain::ValidateBloc says then what is missing.
TEST(ReadBlocTest, LeavesARoleWithoutKindAndHolderAsItIs) {
  registry::v1::Bloc message = Of("name: 'blocs/a' roles {} roles {}");
  message.mutable_roles(1)->set_kind(static_cast<registry::v1::Bloc::Role::Kind>(99));
  const auto bloc = ReadBloc("", message);
  ASSERT_TRUE(bloc.ok()) << bloc.status();
  EXPECT_EQ(bloc->roles, std::vector<domain::BlocRole>(2));
}

TEST(ReadBlocTest, NamesEveryFaultAtOnceWithItsPath) {
  const registry::v1::Bloc message = Of(R"pb(
    name: "khoi-4"
    memberships { unit: "units/so-y-te" valid_from: "2019-02-29" }
    memberships { unit: "so-y-te" valid_until: "31/12/2019" }
    memberships {}
    roles { kind: KIND_LEADER unit: "so-y-te" valid_from: "x" valid_until: "y" }
  )pb");
  const Strings fields = {
      "name: RESOURCE_NAME_INVALID",
      "memberships[0].valid_from: DATE_UNREADABLE",
      "memberships[1].unit: RESOURCE_NAME_INVALID",
      "memberships[1].valid_until: DATE_UNREADABLE",
      "memberships[2].unit: RESOURCE_NAME_INVALID",
      "roles[0].unit: RESOURCE_NAME_INVALID",
      "roles[0].valid_from: DATE_UNREADABLE",
      "roles[0].valid_until: DATE_UNREADABLE",
  };
  EXPECT_EQ(FaultsOf(ReadBloc("", message).status()), fields);
  Strings under;
  for (const std::string& field : fields) under.push_back("blocs[7]." + field);
  EXPECT_EQ(FaultsOf(ReadBloc("blocs[7]", message).status()), under);
}

TEST(ReadDayTest, IsTheAbsentDayOnlyWhenNoneIsGiven) {
  EXPECT_EQ(*ReadDay("as_of", "", Date(2025, 7, 1)), Date(2025, 7, 1));
  EXPECT_EQ(*ReadDay("as_of", "2019-06-30", Date(2025, 7, 1)), Date(2019, 6, 30));
  EXPECT_EQ(FaultsOf(ReadDay("as_of", "30/6/2019", Date(2025, 7, 1)).status()),
            Strings{"as_of: DATE_UNREADABLE"});
}

TEST(SetIntervalTest, AnOpenEndIsEmpty) {
  registry::v1::Bloc::Membership message;
  message.set_valid_from("2019-01-01");
  message.set_valid_until("2019-12-31");
  SetInterval({std::nullopt, Date(2020, 2, 3)}, message);
  EXPECT_EQ(message.valid_from(), "");
  EXPECT_EQ(message.valid_until(), "2020-02-03");
  const auto interval = ReadInterval("", message);
  ASSERT_TRUE(interval.ok()) << interval.status();
  EXPECT_EQ(*interval, (domain::Interval{std::nullopt, Date(2020, 2, 3)}));
}

}  // namespace
}  // namespace thidua::messages
