#include "services/domain/amendment.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/khoi4_2019_testdata.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

using khoi4_2019::ThePact;
using Strings = std::vector<std::string>;

Amendment With(const std::function<void(Amendment&)>& change) {
  Amendment amendment;
  amendment.reason = "Thiên tai";
  amendment.document = "Phụ lục 01/PL-GƯTĐ";
  change(amendment);
  return amendment;
}

Strings FaultsOfAmending(const Pact& pact, const Amendment& amendment) {
  return Briefly(FaultsOf(Amend(pact, amendment).status()));
}

Pact Amended(const Pact& pact, const std::function<void(Amendment&)>& change) {
  absl::StatusOr<Pact> amended = Amend(pact, With(change));
  EXPECT_TRUE(amended.ok()) << amended.status();
  return amended.ok() ? *std::move(amended) : Pact();
}

Target NewTarget() {
  Target target = ThePact().targets[5];
  target.id = "moi";
  return target;
}

Period Quarter() {
  return {"quy-1", "Quý I", PeriodKind::kQuarter, {}, 3, Date(2019, 3, 15), {}, Date(2019, 4, 5)};
}

Strings Ids(const std::vector<Target>& targets) {
  Strings ids;
  for (const Target& target : targets) ids.push_back(target.id);
  return ids;
}

TEST(Amend, PutsATargetBesideTheOthersOrInThePlaceOfItsOwn) {
  const Pact pact = ThePact();
  Target changed = pact.targets[5];
  changed.value.value = 7;
  const Pact amended = Amended(pact, [&](Amendment& a) { a.put_targets = {NewTarget(), changed}; });
  Strings ids = Ids(pact.targets);
  ids.push_back("moi");
  EXPECT_EQ(Ids(amended.targets), ids) << "the order of registration stays";
  EXPECT_EQ(amended.targets[5], changed);
  EXPECT_EQ(amended.targets[16], NewTarget());
  EXPECT_EQ(amended.targets[6], pact.targets[6]);
}

TEST(Amend, WhatIsPutIsNotVoidedWhateverItSays) {
  Target sly = NewTarget();
  sly.voided = true;
  Target changed = ThePact().targets[5];
  changed.voided = true;
  const Pact amended = Amended(ThePact(), [&](Amendment& a) { a.put_targets = {sly, changed}; });
  EXPECT_FALSE(amended.targets[16].voided);
  EXPECT_FALSE(amended.targets[5].voided);
}

TEST(Amend, VoidsTargetsAndKeepsThem) {
  const Pact pact = ThePact();
  const Pact amended = Amended(pact, [](Amendment& a) { a.void_targets = {"chi-tieu-6"}; });
  EXPECT_EQ(Ids(amended.targets), Ids(pact.targets));
  for (size_t i = 0; i < amended.targets.size(); ++i) {
    EXPECT_EQ(amended.targets[i].voided, i == 5);
  }
}

TEST(Amend, VoidsCriteriaBesideThoseThatWereVoided) {
  Pact pact = ThePact();
  pact.voided_criteria = {"noi-dung-3"};
  const Pact amended = Amended(pact, [](Amendment& a) { a.void_criteria = {"noi-dung-2"}; });
  EXPECT_EQ(amended.voided_criteria, (Strings{"noi-dung-3", "noi-dung-2"}));
}

TEST(Amend, ChangesMembersAndTheirOffices) {
  const Pact pact = ThePact();
  const Member newcomer{"so-noi-vu", "Sở Nội vụ", Role::kLeader};
  const Member deputy{"so-y-te", "Sở Y tế", Role::kDeputy};
  const Pact amended = Amended(pact, [&](Amendment& a) {
    a.void_targets = {"chi-tieu-1", "chi-tieu-2", "chi-tieu-3"};
    a.remove_members = {std::string(khoi4_2019::kLabour)};  // The leader until now.
    a.add_members = {newcomer, deputy};
  });
  std::vector<Member> members(pact.members.begin() + 1, pact.members.end());
  members[4] = deputy;
  members.push_back(newcomer);
  EXPECT_EQ(amended.members, members);
}

TEST(Amend, PutsAPeriodBesideTheOthersOrInThePlaceOfItsOwn) {
  const Pact pact = ThePact();
  Period mid_year = pact.periods[0];
  mid_year.closes_on = Date(2019, 7, 31);
  const Pact amended = Amended(pact, [&](Amendment& a) { a.put_periods = {Quarter(), mid_year}; });
  EXPECT_EQ(amended.periods, (std::vector<Period>{mid_year, pact.periods[1], Quarter()}));
}

TEST(Amend, TakesAnotherSchemeAndForgetsTheVoidedCriteriaItHasNot) {
  Pact pact = ThePact();
  pact.voided_criteria = {"noi-dung-2", "noi-dung-3"};
  Scheme scheme = pact.scheme;
  scheme.version = 2;
  scheme.contents.pop_back();
  const Pact amended = Amended(pact, [&](Amendment& a) { a.scheme = scheme; });
  EXPECT_EQ(amended.scheme.version, 2);
  EXPECT_EQ(amended.scheme.contents.size(), 2u);
  EXPECT_EQ(amended.voided_criteria, Strings{"noi-dung-2"});
}

TEST(Amend, LeavesTheEditionBeforeAndAllElseAsItWas) {
  const Pact pact = ThePact();
  const Pact amended = Amended(pact, [](Amendment& a) { a.put_targets = {NewTarget()}; });
  EXPECT_EQ(Ids(pact.targets), Ids(ThePact().targets));
  EXPECT_EQ(amended.members, pact.members);
  EXPECT_EQ(amended.periods, pact.periods);
  EXPECT_EQ(amended.bloc, pact.bloc);
  EXPECT_EQ(amended.year, pact.year);
  EXPECT_EQ(amended.version, pact.version);
}

TEST(Amend, MovesATargetToAnotherUnit) {
  Pact pact = ThePact();
  const Pact amended = Amended(pact, [&](Amendment& a) {
    for (int i : {5, 6, 7}) {
      Target target = pact.targets[static_cast<size_t>(i)];
      target.unit = std::string(khoi4_2019::kEducation);
      a.put_targets.push_back(target);
    }
    a.remove_members = {std::string(khoi4_2019::kScience)};
  });
  EXPECT_EQ(FindMember(amended, khoi4_2019::kScience), nullptr);
  EXPECT_EQ(FindTarget(amended, "chi-tieu-6")->unit, khoi4_2019::kEducation);
}

TEST(Amend, NamesEveryFaultWithItsPath) {
  struct Row {
    std::function<void(Amendment&)> spoil;
    Strings faults;
  };
  const std::vector<Row> rows = {
      {[](Amendment&) {}, {": AMENDMENT_EMPTY"}},
      // What is put stands there as it is.
      {[](Amendment& a) {
         a.put_targets = {ThePact().targets[0], ThePact().targets[5]};
         a.put_periods = {ThePact().periods[0]};
         a.add_members = {ThePact().members[1]};
         a.scheme = ThePact().scheme;
       },
       {": AMENDMENT_EMPTY"}},
      {[](Amendment& a) {
         a.put_targets = {ThePact().targets[0], ThePact().targets[5]};
         a.put_targets[1].value.value = 7;
       },
       {}},
      {[](Amendment& a) { a.reason = a.document = ""; },
       {"reason: REQUIRED", "document: REQUIRED", ": AMENDMENT_EMPTY"}},
      {[](Amendment& a) {
         a.reason = "";
         a.void_targets = {"chi-tieu-17"};
         a.remove_members = {"so-noi-vu"};
       },
       {"reason: REQUIRED", "remove_members[0]: UNIT_UNKNOWN", "void_targets[0]: TARGET_UNKNOWN"}},
      {[](Amendment& a) {
         a.put_periods = {Quarter()};
         a.reason = std::string(2001, 'a');
         a.document = std::string(301, 'a');
       },
       {"reason: TOO_LONG", "document: TOO_LONG"}},
      {[](Amendment& a) {
         a.put_targets = {NewTarget(), NewTarget(), NewTarget()};
         a.put_targets[1].id = "chi-tieu-1";
         a.put_targets[1].value.value = -1;
       },
       {"put_targets[1].value: OUT_OF_RANGE", "put_targets[2].name: DUPLICATE"}},
      {[](Amendment& a) { a.put_targets.assign(9'985, NewTarget()); }, {"put_targets: TOO_MANY"}},
      {[](Amendment& a) {
         a.put_targets = {NewTarget()};
         a.put_targets[0].unit = "so-noi-vu";
       },
       {"put_targets[0].unit: UNIT_UNKNOWN"}},
      {[](Amendment& a) {
         a.put_targets = {NewTarget()};
         a.put_targets[0].unit = "so-noi-vu";
         a.add_members = {{"so-noi-vu", "Sở Nội vụ", Role::kMember}};
       },
       {}},
      {[](Amendment& a) {
         a.put_targets = {NewTarget()};
         a.void_criteria = {"noi-dung-1"};
       },
       {"put_targets[0].criterion_id: CRITERION_VOIDED"}},
      {[](Amendment& a) {
         a.void_targets = {"chi-tieu-1", "chi-tieu-17", "chi-tieu-1"};
       },
       {"void_targets[1]: TARGET_UNKNOWN", "void_targets[2]: TARGET_VOIDED"}},
      {[](Amendment& a) { a.void_targets = {"chi-tieu-16"}; }, {"void_targets[0]: TARGET_VOIDED"}},
      {[](Amendment& a) {
         a.put_targets = {ThePact().targets[15], ThePact().targets[0]};
         a.void_targets = {"chi-tieu-1"};
       },
       {"put_targets[0].name: TARGET_VOIDED", "put_targets[1].name: TARGET_VOIDED"}},
      {[](Amendment& a) {
         a.void_criteria = {"noi-dung-9", "noi-dung-2", "noi-dung-2"};
       },
       {"void_criterion_ids[0]: CRITERION_UNKNOWN", "void_criterion_ids[2]: DUPLICATE"}},
      {[](Amendment& a) { a.void_criteria = {"noi-dung-3"}; },
       {"void_criterion_ids[0]: DUPLICATE"}},
      {[](Amendment& a) {
         a.remove_members = {"so-noi-vu", "so-y-te"};
       },
       {"remove_members[0]: UNIT_UNKNOWN", "remove_members[1]: MEMBER_HAS_TARGETS"}},
      // Its one target is voided already.
      {[](Amendment& a) { a.remove_members = {"ban-dan-toc"}; }, {}},
      {[](Amendment& a) {
         a.remove_members = {"ban-dan-toc", "ban-dan-toc"};
       },
       {"remove_members[1]: UNIT_UNKNOWN"}},
      {[](Amendment& a) {
         a.remove_members = {"so-y-te"};
         a.add_members = {{"so-y-te", "Sở Y tế", Role::kMember}};
       },
       {"remove_members[0]: DUPLICATE"}},
      {[](Amendment& a) {
         a.add_members.assign(2, {"so-noi-vu", "Sở Nội vụ", Role::kMember});
       },
       {"add_members[1].unit: DUPLICATE"}},
      {[](Amendment& a) {
         a.add_members = {{"so-noi-vu", "Sở Nội vụ", Role::kMember}, {"Sở", "", Role::kLeader}};
       },
       {"add_members[1].unit: IDENTIFIER_INVALID", "add_members[1].display_name: REQUIRED",
        "add_members[1].role: TWO_LEADERS"}},
      {[](Amendment& a) {
         for (int i = 0; i < 94; ++i) a.add_members.push_back({absl::StrCat("xa-", i), "Xã", {}});
       },
       {"add_members: TOO_MANY"}},
      {[](Amendment& a) {
         a.add_members.resize(101);
         a.put_periods.resize(21);
       },
       {"add_members: TOO_MANY", "put_periods: TOO_MANY"}},
      {[](Amendment& a) {
         a.put_periods = {Quarter(), Quarter(), Quarter()};
         a.put_periods[2].id = "quy-2";
       },
       {"put_periods[1].period_id: DUPLICATE"}},
      {[](Amendment& a) {
         a.put_periods = {Quarter(), ThePact().periods[0]};
         a.put_periods[0].through_month = 13;
         a.put_periods[1].pace_percent = 101;
       },
       {"put_periods[1].pace_percent: OUT_OF_RANGE", "put_periods[0].through_month: OUT_OF_RANGE"}},
      {[](Amendment& a) {
         for (int i = 0; i < 19; ++i) {
           a.put_periods.push_back(Quarter());
           a.put_periods.back().id = absl::StrCat("quy-", i);
         }
       },
       {"put_periods: TOO_MANY"}},
      {[](Amendment& a) {
         a.scheme = ThePact().scheme;
         a.scheme->contents[0].id = "noi-dung-1-moi";
       },
       {"scheme: CRITERION_UNKNOWN"}},
      {[](Amendment& a) {
         a.scheme = ThePact().scheme;
         a.scheme->contents[0].rule = AssessedRule{};
       },
       {"scheme: CRITERION_UNKNOWN"}},
      // Put under a criterion that the other scheme has not: said once, where it is.
      {[](Amendment& a) {
         a.scheme = ThePact().scheme;
         a.put_targets = {NewTarget()};
         a.put_targets[0].criterion = "noi-dung-9";
       },
       {"put_targets[0].criterion_id: CRITERION_UNKNOWN"}},
  };
  Pact pact = ThePact();
  pact.targets[15].voided = true;  // "chi-tieu-16", the only one of ban-dan-toc.
  pact.voided_criteria = {"noi-dung-3"};
  for (size_t i = 0; i < rows.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(FaultsOfAmending(pact, With(rows[i].spoil)), rows[i].faults);
  }
}

// A voided target may stay under a criterion that another scheme no longer has.
TEST(Amend, AsksNoCriterionOfWhatIsVoided) {
  Pact pact = ThePact();
  Amendment amendment = With([&](Amendment& a) {
    a.scheme = pact.scheme;
    a.scheme->contents.erase(a.scheme->contents.begin());
    for (const Target& target : pact.targets) {
      if (target.kind == TargetKind::kScored) a.void_targets.push_back(target.id);
    }
  });
  EXPECT_EQ(FaultsOfAmending(pact, amendment), Strings{});
  amendment.void_targets.pop_back();
  EXPECT_EQ(FaultsOfAmending(pact, amendment), Strings{"scheme: CRITERION_UNKNOWN"});
}

// A fault of what stood there before is still the amendment's.
TEST(Amend, NamesTheListWhenTheFaultIsOfNothingItNames) {
  Pact pact = ThePact();
  pact.members[0].role = Role::kMember;
  pact.members[6].role = Role::kLeader;
  EXPECT_EQ(FaultsOfAmending(pact, With([](Amendment& a) {
                               a.add_members = {{"so-du-lich", "Sở Du lịch", Role::kLeader}};
                             })),
            Strings{"add_members: TWO_LEADERS"});
  EXPECT_EQ(FaultsOfAmending(pact, With([&](Amendment& a) {
                               for (const Target& target : pact.targets) {
                                 a.void_targets.push_back(target.id);
                               }
                               for (const Member& member : pact.members) {
                                 a.remove_members.push_back(member.unit);
                               }
                             })),
            Strings{"remove_members: REQUIRED"});
}

// The limit of a pact at once: the cost grows with their number, not with its square.
TEST(Amend, PutsTenThousandTargets) {
  Pact pact = ThePact();
  pact.targets.clear();
  const Pact amended = Amended(pact, [](Amendment& a) {
    for (int i = 0; i < 10'000; ++i) {
      a.put_targets.push_back(NewTarget());
      a.put_targets.back().id = absl::StrCat("t-", i);
    }
  });
  EXPECT_EQ(amended.targets.size(), 10'000u);
  EXPECT_EQ(amended.targets[9'999].id, "t-9999");
}

}  // namespace
}  // namespace thidua::domain
