#include "services/messages/reorganisation.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/domain/shorthand_testlib.h"

namespace thidua::messages {
namespace {

using domain::Briefly;
using domain::Date;
using domain::FaultsOf;
using domain::ReorganisationKind;
using domain::UnitKind;
using Strings = std::vector<std::string>;

template <typename Message>
Message Of(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

TEST(ReadReorganisationTest, ReadsAMerge) {
  const auto it = ReadReorganisation(
      "", Of<registry::v1::Reorganisation>(R"pb(
        name: "reorganisations/2025-noi-vu"
        kind: KIND_MERGE
        effective_on: "2025-02-24"
        decision_number: "Nghị quyết 02/NQ-HĐND"
        document: "van-ban/02.pdf"
        sources: "units/so-ldtbxh"
        sources: "units/so-noi-vu"
        successors {
          unit: "units/so-noi-vu-2025"
          new_unit { name: "units/so-noi-vu-2025" display_name: "Sở Nội vụ" kind: KIND_DEPARTMENT }
          bloc: "blocs/khoi-4"
        }
      )pb"));
  ASSERT_TRUE(it.ok()) << it.status();
  EXPECT_EQ(it->id, "2025-noi-vu");
  EXPECT_EQ(it->kind, ReorganisationKind::kMerge);
  EXPECT_EQ(it->effective_on, Date(2025, 2, 24));
  EXPECT_EQ(it->decision_number, "Nghị quyết 02/NQ-HĐND");
  EXPECT_EQ(it->document, "van-ban/02.pdf");
  EXPECT_EQ(it->sources, (Strings{"so-ldtbxh", "so-noi-vu"}));
  ASSERT_EQ(it->successors.size(), 1u);
  EXPECT_EQ(it->successors[0].unit, "so-noi-vu-2025");
  EXPECT_EQ(it->successors[0].bloc, "khoi-4");
  ASSERT_TRUE(it->successors[0].new_unit.has_value());
  EXPECT_EQ(it->successors[0].new_unit->id, "so-noi-vu-2025");
  ASSERT_EQ(it->successors[0].new_unit->namings.size(), 1u);
  EXPECT_EQ(it->successors[0].new_unit->namings[0].name, "Sở Nội vụ");
  EXPECT_EQ(it->successors[0].new_unit->namings[0].kind, UnitKind::kDepartment);
  EXPECT_FALSE(it->new_naming.has_value());
  EXPECT_EQ(it->remainder_to, "");
  EXPECT_EQ(Briefly(domain::ValidateReorganisation(*it)), Strings{});
}

TEST(ReadReorganisationTest, ReadsASplitAndARename) {
  const auto split = ReadReorganisation("", Of<registry::v1::Reorganisation>(R"pb(
                                          name: "reorganisations/chia"
                                          kind: KIND_SPLIT
                                          effective_on: "2025-03-01"
                                          decision_number: "NQ 1"
                                          sources: "units/so-ldtbxh"
                                          successors { unit: "units/so-noi-vu" }
                                          successors { unit: "units/so-y-te" }
                                          transfers {
                                            function_id: "tre-em"
                                            function_display_name: "Trẻ em"
                                            from: "units/so-ldtbxh"
                                            to: "units/so-y-te"
                                          }
                                          remainder_to: "units/so-noi-vu"
                                        )pb"));
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_EQ(split->kind, ReorganisationKind::kSplit);
  ASSERT_EQ(split->transfers.size(), 1u);
  EXPECT_EQ(split->transfers[0].function, "tre-em");
  EXPECT_EQ(split->transfers[0].function_name, "Trẻ em");
  EXPECT_EQ(split->transfers[0].from, "so-ldtbxh");
  EXPECT_EQ(split->transfers[0].to, "so-y-te");
  EXPECT_EQ(split->remainder_to, "so-noi-vu");
  EXPECT_FALSE(split->successors[0].new_unit.has_value());
  EXPECT_EQ(split->successors[0].bloc, "");

  const auto rename = ReadReorganisation("", Of<registry::v1::Reorganisation>(R"pb(
                                           name: "reorganisations/doi-ten"
                                           kind: KIND_RENAME
                                           effective_on: "2025-02-24"
                                           decision_number: "NQ 1"
                                           sources: "units/ban-dan-toc"
                                           new_naming {
                                             display_name: "Sở Dân tộc và Tôn giáo"
                                             short_name: "Sở DTTG"
                                             kind: KIND_DEPARTMENT
                                           }
                                         )pb"));
  ASSERT_TRUE(rename.ok()) << rename.status();
  EXPECT_EQ(rename->kind, ReorganisationKind::kRename);
  ASSERT_TRUE(rename->new_naming.has_value());
  EXPECT_EQ(rename->new_naming->name, "Sở Dân tộc và Tôn giáo");
  EXPECT_EQ(rename->new_naming->short_name, "Sở DTTG");
  EXPECT_EQ(rename->new_naming->kind, UnitKind::kDepartment);
}

TEST(ReadReorganisationTest, NamesAllFaultsAtOnce) {
  const auto it = ReadReorganisation("reorganisation", Of<registry::v1::Reorganisation>(R"pb(
                                       name: "units/chia"
                                       effective_on: "24/02/2025"
                                       sources: "units/so-y-te"
                                       sources: "Sở Y tế"
                                       successors { unit: "blocs/khoi-4" bloc: "units/so-y-te" }
                                       successors {
                                         unit: "units/a"
                                         new_unit { name: "a" }
                                       }
                                       transfers { from: "a" to: "units/a" }
                                       transfers { from: "units/a" }
                                       remainder_to: "a"
                                       new_naming { kind: 99 }
                                     )pb"));
  EXPECT_EQ(it.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Briefly(FaultsOf(it.status())),
            (Strings{"reorganisation.name: RESOURCE_NAME_INVALID",
                     "reorganisation.effective_on: DATE_UNREADABLE",
                     "reorganisation.sources[1]: RESOURCE_NAME_INVALID",
                     "reorganisation.successors[0].unit: RESOURCE_NAME_INVALID",
                     "reorganisation.successors[0].bloc: RESOURCE_NAME_INVALID",
                     "reorganisation.successors[1].new_unit.name: RESOURCE_NAME_INVALID",
                     "reorganisation.transfers[0].from: RESOURCE_NAME_INVALID",
                     "reorganisation.transfers[1].to: RESOURCE_NAME_INVALID",
                     "reorganisation.remainder_to: RESOURCE_NAME_INVALID",
                     "reorganisation.new_naming.kind: KIND_UNKNOWN"}));
  EXPECT_EQ(Briefly(FaultsOf(ReadReorganisation("", {}).status())),
            (Strings{"name: RESOURCE_NAME_INVALID", "effective_on: REQUIRED"}));
}

TEST(ReadReorganisationTest, LeavesAKindItDoesNotKnowToTheDomain) {
  auto message = Of<registry::v1::Reorganisation>(R"pb(
    name: "reorganisations/a"
    effective_on: "2025-02-24")pb");
  message.set_kind(static_cast<registry::v1::Reorganisation::Kind>(99));
  const auto it = ReadReorganisation("", message);
  ASSERT_TRUE(it.ok()) << it.status();
  EXPECT_EQ(it->kind, ReorganisationKind::kUnspecified);
}

TEST(EffectMessageTest, NamesResourcesInFull) {
  const Date day(2025, 2, 24);
  domain::Pact pact;
  pact.bloc = "khoi-4";
  pact.year = 2025;
  domain::Unit labour{
      "so-ldtbxh", {{"Sở LĐTBXH", "", UnitKind::kDepartment, {std::nullopt, day - 1}, ""}}, {}, {}};
  domain::Unit board{
      "ban-dan-toc",
      {{"Ban Dân tộc", "", UnitKind::kBoard, {std::nullopt, day - 1}, ""},
       {"Sở Dân tộc và Tôn giáo", "", UnitKind::kDepartment, {day, std::nullopt}, "a"}},
      {},
      {}};
  domain::ReorganisationEffect effect;
  effect.units = {{board, domain::UnitChange::kRenamed}, {labour, domain::UnitChange::kEnded}};
  effect.memberships = {{"khoi-4", "so-ldtbxh", domain::MembershipChange::kEnds},
                        {"khoi-4", "so-noi-vu", domain::MembershipChange::kBegins}};
  effect.roles = {
      {"khoi-4", domain::BlocRoleKind::kLeader, "so-ldtbxh", domain::RoleChange::kPasses,
       "so-noi-vu"},
      {"khoi-4", domain::BlocRoleKind::kDeputy, "so-tttt", domain::RoleChange::kFallsVacant, ""}};
  effect.pacts.push_back(
      {&pact,
       domain::PactChange::kAmendmentProposed,
       {{"viec-lam", "so-ldtbxh", "so-noi-vu", "", domain::ResultsChange::kCarry, "Chuyển."},
        {"van-ban", "so-ldtbxh", "so-noi-vu", "van-ban-nv", domain::ResultsChange::kSum, "Gộp."},
        {"nghe", "so-ldtbxh", "so-gddt", "", domain::ResultsChange::kLeave, "Rời."},
        {"khac", "so-ldtbxh", "", "", domain::ResultsChange::kStay, "Giữ."}},
       std::nullopt});
  const auto expected = Of<registry::v1::ReorganisationEffect>(R"pb(
    units {
      unit: "units/ban-dan-toc"
      display_name: "Sở Dân tộc và Tôn giáo"
      change: CHANGE_RENAMED
    }
    units { unit: "units/so-ldtbxh" display_name: "Sở LĐTBXH" change: CHANGE_ENDED }
    memberships { bloc: "blocs/khoi-4" unit: "units/so-ldtbxh" change: CHANGE_ENDS }
    memberships { bloc: "blocs/khoi-4" unit: "units/so-noi-vu" change: CHANGE_BEGINS }
    roles {
      bloc: "blocs/khoi-4"
      role: KIND_LEADER
      unit: "units/so-ldtbxh"
      change: CHANGE_PASSES
      to: "units/so-noi-vu"
    }
    roles {
      bloc: "blocs/khoi-4"
      role: KIND_DEPUTY
      unit: "units/so-tttt"
      change: CHANGE_FALLS_VACANT
    }
    pacts {
      pact: "blocs/khoi-4/pacts/2025"
      change: CHANGE_AMENDMENT_PROPOSED
      targets {
        target: "blocs/khoi-4/pacts/2025/targets/viec-lam"
        from_unit: "units/so-ldtbxh"
        to_unit: "units/so-noi-vu"
        results: RESULTS_CARRY
        sentence: "Chuyển."
      }
      targets {
        target: "blocs/khoi-4/pacts/2025/targets/van-ban"
        from_unit: "units/so-ldtbxh"
        to_unit: "units/so-noi-vu"
        to_target: "blocs/khoi-4/pacts/2025/targets/van-ban-nv"
        results: RESULTS_SUM
        sentence: "Gộp."
      }
      targets {
        target: "blocs/khoi-4/pacts/2025/targets/nghe"
        from_unit: "units/so-ldtbxh"
        to_unit: "units/so-gddt"
        results: RESULTS_LEAVE
        sentence: "Rời."
      }
      targets {
        target: "blocs/khoi-4/pacts/2025/targets/khac"
        from_unit: "units/so-ldtbxh"
        results: RESULTS_STAY
        sentence: "Giữ."
      }
    }
  )pb");
  const registry::v1::ReorganisationEffect message = EffectMessage(effect, day);
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(message, expected))
      << message.DebugString();
}

TEST(EffectMessageTest, HasTheDomainsNumbers) {
  using Effect = registry::v1::ReorganisationEffect;
  EXPECT_EQ(static_cast<int>(domain::UnitChange::kContinues), Effect::UnitEffect::CHANGE_CONTINUES);
  EXPECT_EQ(static_cast<int>(domain::UnitChange::kEstablished),
            Effect::UnitEffect::CHANGE_ESTABLISHED);
  EXPECT_EQ(static_cast<int>(domain::PactChange::kStays), Effect::PactEffect::CHANGE_STAYS);
  EXPECT_EQ(static_cast<int>(domain::PactChange::kRewritten), Effect::PactEffect::CHANGE_REWRITTEN);
  EXPECT_EQ(static_cast<int>(ReorganisationKind::kAbsorb),
            registry::v1::Reorganisation::KIND_ABSORB);
  EXPECT_EQ(static_cast<int>(ReorganisationKind::kTransferFunction),
            registry::v1::Reorganisation::KIND_TRANSFER_FUNCTION);
}

}  // namespace
}  // namespace thidua::messages
