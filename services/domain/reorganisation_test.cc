#include "services/domain/reorganisation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/rational.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain {
namespace {

using Strings = std::vector<std::string>;

const Date kDay(2025, 2, 24);
constexpr Interval kEver;

Interval From(Date from) { return {from, std::nullopt}; }
Interval Until(Date until) { return {std::nullopt, until}; }
Interval Year(int year) { return {Date(year, 1, 1), Date(year, 12, 31)}; }

Unit UnitOf(const std::string& id, const std::string& name, UnitKind kind = UnitKind::kDepartment) {
  Unit unit;
  unit.id = id;
  unit.namings = {{name, "", kind, kEver, ""}};
  return unit;
}

// What a criterion with targets needs to be one.
Scheme TheScheme() {
  Scheme scheme;
  scheme.id = "thang-diem";
  scheme.version = 1;
  scheme.name = "Thang bảng điểm";
  for (const char* id : {"noi-dung-1", "noi-dung-2"}) {
    Criterion content;
    content.id = id;
    content.name = "Nội dung";
    content.max_points = 100;
    content.rule = TargetsRule{};
    scheme.contents.push_back(std::move(content));
  }
  return scheme;
}

Pact PactOf(const std::string& bloc, int year) {
  Pact pact;
  pact.bloc = bloc;
  pact.year = year;
  pact.version = 1;
  pact.scheme = TheScheme();
  Period period;
  period.id = "nam";
  period.name = "Cả năm";
  period.kind = PeriodKind::kYear;
  period.pace_percent = 100;
  period.through_month = 12;
  period.opens_on = Date(year, 12, 1);
  pact.periods = {period};
  return pact;
}

Target TargetOf(const std::string& id, const std::string& unit, const std::string& name,
                const std::string& value, const std::string& measure,
                const std::string& function = "") {
  Target target;
  target.id = id;
  target.unit = unit;
  target.criterion = "noi-dung-1";
  target.name = name;
  target.measure = measure;
  target.value = Figure(value);
  target.function = function;
  return target;
}

// A registry in small: it shows what it knows, and does what an effect says.
struct Registry {
  struct Signed {
    Pact pact;
    bool in_force = true;
    bool amendment_pending = false;
  };
  std::vector<Unit> units;
  std::vector<Bloc> blocs;
  std::deque<Signed> pacts;

  RegistryView View() const {
    RegistryView view;
    for (const Unit& unit : units) view.units.push_back(&unit);
    for (const Bloc& bloc : blocs) view.blocs.push_back(&bloc);
    for (const Signed& one : pacts) {
      view.pacts.push_back({&one.pact, one.in_force, one.amendment_pending});
    }
    return view;
  }

  const Unit& UnitAt(const std::string& id) const {
    return *std::ranges::find(units, id, &Unit::id);
  }
  const Bloc& BlocAt(const std::string& id) const {
    return *std::ranges::find(blocs, id, &Bloc::id);
  }
  const Pact& PactAt(const std::string& bloc, int year) const {
    return std::ranges::find_if(
               pacts,
               [&](const Signed& one) { return one.pact.bloc == bloc && one.pact.year == year; })
        ->pact;
  }

  // Amendments hold at once, as if all had signed.
  void Apply(const ReorganisationEffect& effect) {
    for (const PactEffect& change : effect.pacts) {
      ASSERT_EQ(change.amendment.has_value(), change.change != PactChange::kStays);
      if (!change.amendment.has_value()) continue;
      const auto touched =
          std::ranges::find_if(pacts, [&](const Signed& one) { return &one.pact == change.pact; });
      ASSERT_NE(touched, pacts.end());
      absl::StatusOr<Pact> amended = Amend(touched->pact, *change.amendment);
      ASSERT_TRUE(amended.ok()) << amended.status();
      touched->pact = *std::move(amended);
    }
    for (const UnitEffect& change : effect.units) {
      EXPECT_EQ(Briefly(ValidateUnit(change.unit)), Strings{});
      const auto known = std::ranges::find(units, change.unit.id, &Unit::id);
      ASSERT_EQ(known == units.end(), change.change == UnitChange::kEstablished);
      if (known == units.end()) {
        units.push_back(change.unit);
      } else {
        *known = change.unit;
      }
    }
    for (const Bloc& bloc : effect.blocs) {
      EXPECT_EQ(Briefly(ValidateBloc(bloc)), Strings{});
      *std::ranges::find(blocs, bloc.id, &Bloc::id) = bloc;
    }
  }
};

// "so-y-te: Sở Y tế, leader" of each.
Strings MembersOf(const Pact& pact) {
  Strings brief;
  for (const Member& member : pact.members) {
    brief.push_back(absl::StrCat(member.unit, ": ", member.display_name,
                                 member.role == Role::kLeader   ? ", leader"
                                 : member.role == Role::kDeputy ? ", deputy"
                                                                : ""));
  }
  return brief;
}

// "viec-lam: so-noi-vu 35000" of each; "voided" of those that are.
Strings TargetsOf(const Pact& pact) {
  Strings brief;
  for (const Target& target : pact.targets) {
    brief.push_back(absl::StrCat(
        target.id, ": ",
        target.voided ? "voided" : absl::StrCat(target.unit, " ", target.value.value.ToString())));
  }
  return brief;
}

Strings UnitsOf(const ReorganisationEffect& effect) {
  constexpr const char* kWords[] = {"", "established", "renamed", "ended", "continues"};
  Strings brief;
  for (const UnitEffect& unit : effect.units) {
    brief.push_back(absl::StrCat(unit.unit.id, " ", kWords[static_cast<int>(unit.change)]));
  }
  return brief;
}

Strings MembershipsOf(const ReorganisationEffect& effect) {
  Strings brief;
  for (const MembershipEffect& membership : effect.memberships) {
    brief.push_back(absl::StrCat(
        membership.unit, membership.change == MembershipChange::kEnds ? " leaves " : " joins ",
        membership.bloc));
  }
  return brief;
}

Strings RolesOf(const ReorganisationEffect& effect) {
  Strings brief;
  for (const RoleEffect& role : effect.roles) {
    brief.push_back(absl::StrCat(
        role.role == BlocRoleKind::kLeader ? "leader " : "deputy ", role.bloc, ": ", role.unit,
        role.change == RoleChange::kPasses ? absl::StrCat(" to ", role.to) : " falls vacant"));
  }
  return brief;
}

// "viec-lam of so-ldtbxh carries to so-noi-vu" of each.
Strings TargetsOf(const PactEffect& effect) {
  Strings brief;
  for (const TargetEffect& target : effect.targets) {
    EXPECT_TRUE(absl::StartsWith(target.sentence, "Chỉ tiêu “")) << target.sentence;
    EXPECT_TRUE(absl::EndsWith(target.sentence, ".")) << target.sentence;
    std::string line = absl::StrCat(target.target, " of ", target.from_unit);
    switch (target.results) {
      case ResultsChange::kStay:
        EXPECT_EQ(target.to_unit, "");
        absl::StrAppend(&line, " stays");
        break;
      case ResultsChange::kCarry:
        absl::StrAppend(&line, " carries to ", target.to_unit);
        break;
      case ResultsChange::kSum:
        absl::StrAppend(&line, " sums into ", target.to_target, " of ", target.to_unit);
        break;
      case ResultsChange::kLeave:
        absl::StrAppend(&line, " leaves for ", target.to_unit);
        break;
    }
    brief.push_back(std::move(line));
  }
  return brief;
}

Strings Refusal(const Reorganisation& reorganisation, const Registry& registry,
                absl::StatusCode code) {
  const auto effect = EffectOf(reorganisation, registry.View());
  EXPECT_EQ(effect.status().code(), code) << effect.status();
  return Briefly(FaultsOf(effect.status()));
}

// --- Kiên Giang, 24/02/2025 ---

constexpr char kDecision[] = "Nghị quyết 02/NQ-HĐND ngày 20/02/2025";

Registry KienGiang() {
  Registry registry;
  registry.units = {
      UnitOf("so-ldtbxh", "Sở Lao động - Thương binh và Xã hội"),
      UnitOf("so-noi-vu", "Sở Nội vụ"),
      UnitOf("ban-dan-toc", "Ban Dân tộc", UnitKind::kBoard),
      UnitOf("so-khcn", "Sở Khoa học và Công nghệ"),
      UnitOf("so-tttt", "Sở Thông tin và Truyền thông"),
      UnitOf("so-y-te", "Sở Y tế"),
  };
  registry.units[0].aliases = {{"Sở LĐTBXH", kEver},
                               {"Sở Lao động", Until(Date(2010, 12, 31))},
                               {"Sở LĐ-TB&XH", From(Date(2026, 1, 1))}};
  registry.units[0].identifiers = {{"ma-dinh-danh-dien-tu", "000.00.10.H33", kEver}};

  Bloc bloc{"khoi-4", "Khối thi đua 4", "Tỉnh Kiên Giang", {}, {}};
  for (const Unit& unit : registry.units) {
    bloc.memberships.push_back({unit.id, From(Date(2020, 1, 1))});
  }
  bloc.roles = {{BlocRoleKind::kLeader, "so-y-te", "", Year(2024)},
                {BlocRoleKind::kLeader, "so-ldtbxh", "", Year(2025)},
                {BlocRoleKind::kDeputy, "so-tttt", "", Year(2025)},
                {BlocRoleKind::kLeader, "so-khcn", "", Year(2026)},
                {BlocRoleKind::kWatcher, "", "Nguyễn Thị Lan", kEver}};
  registry.blocs = {bloc};

  for (int year : {2024, 2025}) {
    Pact pact = PactOf("khoi-4", year);
    for (const Unit& unit : registry.units) {
      pact.members.push_back({unit.id, unit.namings[0].name, Role::kMember});
    }
    pact.targets = {
        TargetOf("viec-lam", "so-ldtbxh", "Giải quyết việc làm", "35000", "lượt lao động"),
        TargetOf("van-ban-ld", "so-ldtbxh", "Tham mưu ban hành văn bản", "5", "văn bản"),
        TargetOf("dung-han-ld", "so-ldtbxh", "Hồ sơ giải quyết đúng hạn", "95", "%"),
        TargetOf("bo", "so-ldtbxh", "Chỉ tiêu đã bỏ", "1", "lớp"),
        TargetOf("van-ban-nv", "so-noi-vu", "Tham mưu ban hành văn bản", "7", "văn bản"),
        TargetOf("dung-han-nv", "so-noi-vu", "Hồ sơ giải quyết đúng hạn", "98", "%"),
        TargetOf("ho-ngheo", "ban-dan-toc", "Giảm hộ nghèo dân tộc thiểu số", "120", "hộ"),
        TargetOf("lop-tt", "so-tttt", "Mở lớp tập huấn", "8", "lớp"),
        TargetOf("truc-tuyen", "so-tttt", "Dịch vụ công trực tuyến", "300", "dịch vụ"),
        TargetOf("lop-kh", "so-khcn", "Mở lớp tập huấn", "10", "lớp"),
        TargetOf("kham", "so-y-te", "Khám sức khỏe người lao động", "2000", "người"),
    };
    pact.targets[2].accumulation = pact.targets[5].accumulation = Accumulation::kRate;
    pact.targets[3].voided = true;
    pact.targets[10].dependencies = {
        {"so-ldtbxh", "Danh sách người lao động"}, {"so-tttt", "Truyền thông"}, {"so-khcn", ""}};
    registry.pacts.push_back({pact});
  }
  registry.pacts[0].pact.members[5].role = Role::kLeader;
  registry.pacts[1].pact.members[0].role = Role::kLeader;
  registry.pacts[1].pact.members[4].role = Role::kDeputy;
  return registry;
}

Reorganisation Merge() {
  Reorganisation merge;
  merge.id = "2025-noi-vu";
  merge.kind = ReorganisationKind::kMerge;
  merge.effective_on = kDay;
  merge.decision_number = kDecision;
  merge.sources = {"so-ldtbxh", "so-noi-vu"};
  Unit unit = UnitOf("so-noi-vu-2025", "Sở Nội vụ");
  unit.aliases = {{"Sở NV", kEver}};
  merge.successors = {{"so-noi-vu-2025", unit, ""}};
  return merge;
}

Reorganisation Rename() {
  Reorganisation rename;
  rename.id = "2025-dan-toc";
  rename.kind = ReorganisationKind::kRename;
  rename.effective_on = kDay;
  rename.decision_number = kDecision;
  rename.sources = {"ban-dan-toc"};
  rename.new_naming = {"Sở Dân tộc và Tôn giáo", "Sở DTTG", UnitKind::kDepartment, {}, ""};
  return rename;
}

Reorganisation Absorb() {
  Reorganisation absorb;
  absorb.id = "2025-khcn";
  absorb.kind = ReorganisationKind::kAbsorb;
  absorb.effective_on = kDay;
  absorb.decision_number = kDecision;
  absorb.sources = {"so-tttt"};
  absorb.successors = {{"so-khcn", std::nullopt, ""}};
  return absorb;
}

TEST(KienGiang, ReorganisesItsDepartmentsOn24February2025) {
  Registry registry = KienGiang();
  ASSERT_EQ(Briefly(ValidatePact(registry.PactAt("khoi-4", 2025))), Strings{});
  const Pact of_2024 = registry.PactAt("khoi-4", 2024);

  // Sở LĐTBXH and Sở Nội vụ become another Sở Nội vụ.
  auto effect = EffectOf(Merge(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(UnitsOf(*effect),
            (Strings{"so-noi-vu-2025 established", "so-ldtbxh ended", "so-noi-vu ended"}));
  EXPECT_EQ(MembershipsOf(*effect), (Strings{"so-ldtbxh leaves khoi-4", "so-noi-vu leaves khoi-4",
                                             "so-noi-vu-2025 joins khoi-4"}));
  EXPECT_EQ(RolesOf(*effect), Strings{"leader khoi-4: so-ldtbxh to so-noi-vu-2025"});
  ASSERT_EQ(effect->pacts.size(), 2u);
  EXPECT_EQ(effect->pacts[0].change, PactChange::kStays);
  EXPECT_EQ(TargetsOf(effect->pacts[0]),
            (Strings{"viec-lam of so-ldtbxh stays", "van-ban-ld of so-ldtbxh stays",
                     "dung-han-ld of so-ldtbxh stays", "van-ban-nv of so-noi-vu stays",
                     "dung-han-nv of so-noi-vu stays"}));
  EXPECT_EQ(effect->pacts[0].targets[0].sentence,
            "Chỉ tiêu “Giải quyết việc làm” của Sở Lao động - Thương binh và Xã hội giữ nguyên "
            "trong giao ước năm 2024, với tên gọi của thời điểm ký kết.");
  EXPECT_EQ(effect->pacts[1].change, PactChange::kAmendmentProposed);
  // A rate does not add up: each goes on by itself.
  EXPECT_EQ(
      TargetsOf(effect->pacts[1]),
      (Strings{"viec-lam of so-ldtbxh carries to so-noi-vu-2025",
               "van-ban-ld of so-ldtbxh carries to so-noi-vu-2025",
               "dung-han-ld of so-ldtbxh carries to so-noi-vu-2025",
               "van-ban-nv of so-noi-vu sums into van-ban-ld of so-noi-vu-2025",
               "dung-han-nv of so-noi-vu carries to so-noi-vu-2025", "kham of so-y-te stays"}));
  EXPECT_EQ(effect->pacts[1].targets[0].sentence,
            "Chỉ tiêu “Giải quyết việc làm” của Sở Lao động - Thương binh và Xã hội chuyển sang Sở "
            "Nội vụ, cùng các kết quả đã báo cáo.");
  EXPECT_EQ(effect->pacts[1].targets[3].sentence,
            "Chỉ tiêu “Tham mưu ban hành văn bản” của Sở Nội vụ gộp vào chỉ tiêu cùng tên của Sở "
            "Nội vụ, nay là 12 văn bản; từ nay kết quả báo cáo là số chung.");
  const Amendment& amendment = *effect->pacts[1].amendment;
  EXPECT_EQ(amendment.reason,
            "Sắp xếp tổ chức bộ máy theo Nghị quyết 02/NQ-HĐND ngày 20/02/2025: hợp nhất Sở Lao "
            "động - Thương binh và Xã hội và Sở Nội vụ thành Sở Nội vụ, có hiệu lực từ ngày "
            "24/02/2025.");
  EXPECT_EQ(amendment.document, kDecision);
  EXPECT_EQ(amendment.remove_members, (Strings{"so-ldtbxh", "so-noi-vu"}));
  EXPECT_EQ(amendment.add_members,
            (std::vector<Member>{{"so-noi-vu-2025", "Sở Nội vụ", Role::kLeader}}));
  EXPECT_EQ(amendment.void_targets, Strings{"van-ban-nv"});
  registry.Apply(*effect);

  // Ban Dân tộc is a department from then on, and its pacts keep the name that signed them.
  effect = EffectOf(Rename(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(UnitsOf(*effect), Strings{"ban-dan-toc renamed"});
  EXPECT_EQ(MembershipsOf(*effect), Strings{});
  EXPECT_EQ(RolesOf(*effect), Strings{});
  EXPECT_TRUE(effect->blocs.empty());
  ASSERT_EQ(effect->pacts.size(), 2u);
  for (const PactEffect& pact : effect->pacts) {
    EXPECT_EQ(pact.change, PactChange::kStays);
    EXPECT_EQ(TargetsOf(pact), Strings{"ho-ngheo of ban-dan-toc stays"});
  }
  EXPECT_EQ(effect->pacts[1].targets[0].sentence,
            "Chỉ tiêu “Giảm hộ nghèo dân tộc thiểu số” của Ban Dân tộc (nay là Sở Dân tộc và Tôn "
            "giáo) giữ nguyên, giao ước giữ tên gọi của thời điểm ký kết.");
  registry.Apply(*effect);

  // Sở KH&CN takes over Sở TT&TT, and its office of deputy; its own leadership is of next year.
  effect = EffectOf(Absorb(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(UnitsOf(*effect), (Strings{"so-tttt ended", "so-khcn continues"}));
  EXPECT_EQ(MembershipsOf(*effect), Strings{"so-tttt leaves khoi-4"});
  EXPECT_EQ(RolesOf(*effect), Strings{"deputy khoi-4: so-tttt to so-khcn"});
  ASSERT_EQ(effect->pacts.size(), 2u);
  EXPECT_EQ(effect->pacts[0].change, PactChange::kStays);
  EXPECT_EQ(effect->pacts[1].change, PactChange::kAmendmentProposed);
  EXPECT_EQ(TargetsOf(effect->pacts[1]),
            (Strings{"lop-tt of so-tttt sums into lop-kh of so-khcn",
                     "truc-tuyen of so-tttt carries to so-khcn", "kham of so-y-te stays"}));
  registry.Apply(*effect);

  // The registry afterwards.
  const Unit& labour = registry.UnitAt("so-ldtbxh");
  EXPECT_EQ(StateOn(labour, kDay - 1), UnitState::kActive);
  EXPECT_EQ(StateOn(labour, kDay), UnitState::kEnded);
  EXPECT_EQ(labour.aliases, (std::vector<Alias>{{"Sở LĐTBXH", Until(kDay - 1)},
                                                {"Sở Lao động", Until(Date(2010, 12, 31))}}));
  EXPECT_EQ(labour.identifiers[0].held, Until(kDay - 1));
  const Unit& home = registry.UnitAt("so-noi-vu-2025");
  EXPECT_EQ(
      home.namings,
      (std::vector<Naming>{{"Sở Nội vụ", "", UnitKind::kDepartment, From(kDay), "2025-noi-vu"}}));
  EXPECT_EQ(home.aliases, (std::vector<Alias>{{"Sở NV", From(kDay)}}));
  EXPECT_EQ(NamingOn(registry.UnitAt("so-noi-vu"), kDay).name, "Sở Nội vụ");
  EXPECT_EQ(registry.UnitAt("ban-dan-toc").namings,
            (std::vector<Naming>{{"Ban Dân tộc", "", UnitKind::kBoard, Until(kDay - 1), ""},
                                 {"Sở Dân tộc và Tôn giáo", "Sở DTTG", UnitKind::kDepartment,
                                  From(kDay), "2025-dan-toc"}}));

  const Bloc& bloc = registry.BlocAt("khoi-4");
  Strings members;
  for (const Member& member : MembersOn(bloc, kDay)) members.push_back(member.unit);
  EXPECT_EQ(members, (Strings{"ban-dan-toc", "so-khcn", "so-y-te", "so-noi-vu-2025"}));
  const Interval rest = {kDay, Date(2025, 12, 31)};
  const Interval begun = {Date(2025, 1, 1), kDay - 1};
  EXPECT_EQ(bloc.roles,
            (std::vector<BlocRole>{{BlocRoleKind::kLeader, "so-y-te", "", Year(2024)},
                                   {BlocRoleKind::kLeader, "so-ldtbxh", "", begun},
                                   {BlocRoleKind::kDeputy, "so-tttt", "", begun},
                                   {BlocRoleKind::kLeader, "so-khcn", "", Year(2026)},
                                   {BlocRoleKind::kWatcher, "", "Nguyễn Thị Lan", kEver},
                                   {BlocRoleKind::kLeader, "so-noi-vu-2025", "", rest},
                                   {BlocRoleKind::kDeputy, "so-khcn", "", rest}}));

  const Pact& pact = registry.PactAt("khoi-4", 2025);
  EXPECT_EQ(MembersOf(pact),
            (Strings{"ban-dan-toc: Ban Dân tộc", "so-khcn: Sở Khoa học và Công nghệ, deputy",
                     "so-y-te: Sở Y tế", "so-noi-vu-2025: Sở Nội vụ, leader"}));
  EXPECT_EQ(
      TargetsOf(pact),
      (Strings{"viec-lam: so-noi-vu-2025 35000", "van-ban-ld: so-noi-vu-2025 12",
               "dung-han-ld: so-noi-vu-2025 95", "bo: voided", "van-ban-nv: voided",
               "dung-han-nv: so-noi-vu-2025 98", "ho-ngheo: ban-dan-toc 120", "lop-tt: voided",
               "truc-tuyen: so-khcn 300", "lop-kh: so-khcn 18", "kham: so-y-te 2000"}));
  EXPECT_EQ(FindTarget(pact, "kham")->dependencies,
            (std::vector<Dependency>{{"so-noi-vu-2025", "Danh sách người lao động"},
                                     {"so-khcn", "Truyền thông"}}));
  const Pact& kept = registry.PactAt("khoi-4", 2024);
  EXPECT_EQ(kept.members, of_2024.members);
  EXPECT_EQ(kept.targets, of_2024.targets);
}

TEST(Rename, KeepsTheKindWhenNoneIsGiven) {
  Reorganisation rename = Rename();
  rename.new_naming->kind = UnitKind::kUnspecified;
  const auto effect = EffectOf(rename, KienGiang().View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->units[0].unit.namings[1].kind, UnitKind::kBoard);
}

TEST(Merge, RewritesADraftAtOnce) {
  Registry registry = KienGiang();
  registry.pacts[1].in_force = false;
  registry.pacts[1].amendment_pending = true;
  const auto effect = EffectOf(Merge(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->pacts[1].change, PactChange::kRewritten);
  EXPECT_TRUE(effect->pacts[1].amendment.has_value());
}

TEST(Merge, LeavesOneOfTwoOfficesVacant) {
  Registry registry = KienGiang();
  registry.blocs[0].roles.insert(registry.blocs[0].roles.begin(),
                                 {BlocRoleKind::kDeputy, "so-noi-vu", "", Year(2025)});
  // Next year's leadership, planned already, goes with it too.
  registry.blocs[0].roles.pop_back();
  registry.blocs[0].roles.back() = {BlocRoleKind::kLeader, "so-noi-vu", "", Year(2026)};
  const auto effect = EffectOf(Merge(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(RolesOf(*effect), (Strings{"leader khoi-4: so-ldtbxh to so-noi-vu-2025",
                                       "leader khoi-4: so-noi-vu to so-noi-vu-2025",
                                       "deputy khoi-4: so-noi-vu falls vacant"}));
  EXPECT_EQ(Briefly(ValidateBloc(effect->blocs[0])), Strings{});
}

TEST(Absorb, LeavesTheOfficeVacantWhenTheSuccessorHasOne) {
  Registry registry = KienGiang();
  registry.blocs[0].roles.push_back({BlocRoleKind::kDeputy, "so-khcn", "", Year(2025)});
  const auto effect = EffectOf(Absorb(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(RolesOf(*effect), Strings{"deputy khoi-4: so-tttt falls vacant"});
  EXPECT_TRUE(effect->pacts[1].amendment->add_members.empty());
}

TEST(Absorb, MakesAMemberLeader) {
  Registry registry = KienGiang();
  Reorganisation absorb = Absorb();
  absorb.sources = {"so-ldtbxh"};
  absorb.successors = {{"so-y-te", std::nullopt, ""}};
  const auto effect = EffectOf(absorb, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->pacts[1].amendment->add_members,
            (std::vector<Member>{{"so-y-te", "Sở Y tế", Role::kLeader}}));
  registry.Apply(*effect);
  // In its place; what depended on the one it took over depends on nobody else now.
  EXPECT_EQ(MembersOf(registry.PactAt("khoi-4", 2025)).back(), "so-y-te: Sở Y tế, leader");
  EXPECT_EQ(MembersOf(registry.PactAt("khoi-4", 2025)).size(), 5u);
  EXPECT_EQ(FindTarget(registry.PactAt("khoi-4", 2025), "kham")->dependencies,
            (std::vector<Dependency>{{"so-tttt", "Truyền thông"}, {"so-khcn", ""}}));
}

TEST(Absorb, WhoDependedOnItInAnotherBlocDependsOnItsHeir) {
  Registry registry = KienGiang();
  registry.units.push_back(UnitOf("so-tc", "Sở Tài chính"));
  registry.blocs.push_back(
      {"khoi-5", "Khối thi đua 5", "", {{"so-tc", From(Date(2020, 1, 1))}}, {}});
  Pact pact = PactOf("khoi-5", 2025);
  pact.members = {{"so-tc", "Sở Tài chính", Role::kMember}};
  pact.targets = {TargetOf("thu", "so-tc", "Thu ngân sách", "100", "tỷ đồng"),
                  TargetOf("chi", "so-tc", "Chi ngân sách", "100", "tỷ đồng")};
  pact.targets[0].dependencies = {{"so-tttt", "Hạ tầng số"}};
  registry.pacts.push_back({pact});
  Pact of_2024 = pact;
  of_2024.year = 2024;
  registry.pacts.push_back({of_2024});
  const auto effect = EffectOf(Absorb(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  ASSERT_EQ(effect->pacts.size(), 3u) << "what is over is not touched";
  const PactEffect& follows = effect->pacts[2];
  EXPECT_EQ(follows.change, PactChange::kAmendmentProposed);
  EXPECT_EQ(TargetsOf(follows), Strings{"thu of so-tc stays"});
  EXPECT_EQ(follows.targets[0].sentence,
            "Chỉ tiêu “Thu ngân sách” của Sở Tài chính nay phụ thuộc Sở Khoa học và Công nghệ thay "
            "cho Sở Thông tin và Truyền thông.");
  EXPECT_TRUE(follows.amendment->add_members.empty()) << "the heir is no party for that";
  registry.Apply(*effect);
  EXPECT_EQ(FindTarget(registry.PactAt("khoi-5", 2025), "thu")->dependencies,
            (std::vector<Dependency>{{"so-khcn", "Hạ tầng số"}}));
}

TEST(Absorb, LeavesAMemberTheRoleItHasInThePact) {
  Registry registry = KienGiang();
  registry.pacts[1].pact.members[3].role = Role::kDeputy;
  registry.pacts[1].pact.members[4].role = Role::kLeader;
  registry.blocs[0].roles = {{BlocRoleKind::kLeader, "so-tttt", "", Year(2025)}};
  const auto effect = EffectOf(Absorb(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(RolesOf(*effect), Strings{"leader khoi-4: so-tttt to so-khcn"});
  EXPECT_TRUE(effect->pacts[1].amendment->add_members.empty());
}

TEST(Merge, SumsWhatTwoSourcesHadAndNotWhatOneHadTwice) {
  Registry registry = KienGiang();
  Target twice = registry.pacts[1].pact.targets[0];
  twice.id = "viec-lam-2";
  registry.pacts[1].pact.targets.push_back(twice);
  const auto effect = EffectOf(Merge(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(TargetsOf(effect->pacts[1]).back(),
            "viec-lam-2 of so-ldtbxh carries to so-noi-vu-2025");
}

TEST(Absorb, AddsUpExactlyAndWithTheWordsBeforeFigures) {
  struct Row {
    Quantity own, taken;
    std::string sum;  // Empty: they do not add up, and the target carries.
    Qualifier qualifier = Qualifier::kExact;
  };
  const auto with = [](Quantity quantity, Qualifier qualifier) {
    quantity.qualifier = qualifier;
    quantity.text = "như văn bản";
    return quantity;
  };
  const std::vector<Row> rows = {
      {Figure("10"), Figure("8"), "18"},
      {Figure("10.50"), Figure("0.125"), "10.625"},
      {with(Figure("4268"), Qualifier::kAtLeast), Figure("2"), "4270", Qualifier::kAtLeast},
      {Figure("2"), with(Figure("4268"), Qualifier::kNearly), "4270", Qualifier::kNearly},
      {with(Figure("1"), Qualifier::kAtLeast), with(Figure("1"), Qualifier::kNearly), "2",
       Qualifier::kAbout},
      {Figure(""), Figure("8"), ""},
      {Figure("10"), Figure(""), ""},
      {Figure("10"), Figure("?"), ""},
      {Figure("?"), Figure("?"), ""},
      {Figure("999999999999999999"), Figure("1"), ""},
  };
  for (const Row& row : rows) {
    Registry registry = KienGiang();
    Pact& pact = registry.pacts[1].pact;
    pact.targets[9].value = row.own;
    pact.targets[7].value = row.taken;
    pact.targets[9].baseline = Figure("3");
    pact.targets[7].baseline = Figure("4");
    const auto effect = EffectOf(Absorb(), registry.View());
    ASSERT_TRUE(effect.ok()) << effect.status();
    registry.Apply(*effect);
    const Target& own = *FindTarget(registry.PactAt("khoi-4", 2025), "lop-kh");
    const Target& taken = *FindTarget(registry.PactAt("khoi-4", 2025), "lop-tt");
    EXPECT_EQ(taken.voided, !row.sum.empty());
    if (row.sum.empty()) {
      EXPECT_EQ(taken.unit, "so-khcn");
      EXPECT_EQ(own.value, row.own);
      continue;
    }
    EXPECT_EQ(own.value.value.ToString(), row.sum);
    EXPECT_TRUE(absl::StrContains(effect->pacts[1].targets[0].sentence,
                                  row.qualifier == Qualifier::kExact     ? ", nay là 1"
                                  : row.qualifier == Qualifier::kAtLeast ? ", nay là trên 4.270 lớp"
                                  : row.qualifier == Qualifier::kNearly ? ", nay là gần 4.270 lớp"
                                                                        : ", nay là khoảng 2 lớp"))
        << effect->pacts[1].targets[0].sentence;
    EXPECT_EQ(own.value.qualifier, row.qualifier);
    EXPECT_EQ(own.value.text, "");
    EXPECT_EQ(own.baseline, Figure("7"));
  }
}

TEST(Absorb, SumsOnlyWhatIsTheSame) {
  const std::vector<std::function<void(Target&)>> differences = {
      [](Target& t) { t.criterion = "noi-dung-2"; },
      [](Target& t) { t.direction = Direction::kLowerIsBetter; },
      [](Target& t) { t.accumulation = Accumulation::kSnapshot; },
      [](Target& t) { t.name = "Mở lớp bồi dưỡng"; },
      [](Target& t) { t.measure = "khóa"; },
      [](Target& t) { t.kind = TargetKind::kInformational; },
  };
  for (const auto& differ : differences) {
    Registry registry = KienGiang();
    differ(registry.pacts[1].pact.targets[7]);
    const auto effect = EffectOf(Absorb(), registry.View());
    ASSERT_TRUE(effect.ok()) << effect.status();
    EXPECT_EQ(effect->pacts[1].targets[0].results, ResultsChange::kCarry);
  }
}

TEST(Absorb, FromAnotherBlocTakesTheFunctionsOutOfIt) {
  Registry registry = KienGiang();
  registry.units.push_back(UnitOf("so-cong-thuong", "Sở Công Thương"));
  registry.blocs.push_back({"khoi-5", "Khối thi đua 5", "", {{"so-cong-thuong", kEver}}, {}});
  Reorganisation absorb = Absorb();
  absorb.successors = {{"so-cong-thuong", std::nullopt, ""}};
  const auto effect = EffectOf(absorb, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(MembershipsOf(*effect), Strings{"so-tttt leaves khoi-4"});
  EXPECT_EQ(RolesOf(*effect), Strings{"deputy khoi-4: so-tttt falls vacant"});
  EXPECT_EQ(TargetsOf(effect->pacts[1]), (Strings{"lop-tt of so-tttt leaves for so-cong-thuong",
                                                  "truc-tuyen of so-tttt leaves for "
                                                  "so-cong-thuong",
                                                  "kham of so-y-te stays"}));
  EXPECT_EQ(effect->pacts[1].targets[0].sentence,
            "Chỉ tiêu “Mở lớp tập huấn” của Sở Thông tin và Truyền thông rời giao ước này theo "
            "chức năng chuyển sang Sở Công Thương; kết quả đã báo cáo được lưu lại, đơn vị tiếp "
            "nhận đăng ký vào giao ước của mình.");
  registry.Apply(*effect);
  // Whoever depended on it depends on its successor, of whatever bloc.
  EXPECT_EQ(FindTarget(registry.PactAt("khoi-4", 2025), "kham")->dependencies[1].unit,
            "so-cong-thuong");
}

TEST(Absorb, TakesNothingOverUnderACriterionThatCountsNoMore) {
  Registry registry = KienGiang();
  Pact& pact = registry.pacts[1].pact;
  pact.voided_criteria = {"noi-dung-2"};
  pact.targets[8].criterion = "noi-dung-2";
  pact.targets[10].criterion = "noi-dung-2";
  const auto effect = EffectOf(Absorb(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(TargetsOf(effect->pacts[1]), (Strings{"lop-tt of so-tttt sums into lop-kh of so-khcn",
                                                  "truc-tuyen of so-tttt leaves for so-khcn"}));
  EXPECT_EQ(effect->pacts[1].targets[1].sentence,
            "Chỉ tiêu “Dịch vụ công trực tuyến” của Sở Thông tin và Truyền thông không chuyển cho "
            "đơn vị nào vì tiêu chí không còn áp dụng; kết quả đã báo cáo được lưu lại.");
  EXPECT_EQ(effect->pacts[1].amendment->void_targets, (Strings{"lop-tt", "truc-tuyen"}));
}

TEST(Membership, JoinsUntilTheSuccessorGoesWhereItWasToGo) {
  Registry registry = KienGiang();
  registry.units.push_back(UnitOf("so-moi", "Sở Mới"));
  registry.blocs.push_back(
      {"khoi-5", "Khối thi đua 5", "", {{"so-moi", From(Date(2026, 1, 1))}}, {}});
  Reorganisation merge = Merge();
  merge.successors = {{"so-moi", std::nullopt, "khoi-4"}};
  const auto effect = EffectOf(merge, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->blocs[0].memberships.back(),
            (Membership{"so-moi", {kDay, Date(2025, 12, 31)}}));
  EXPECT_EQ(RolesOf(*effect), Strings{"leader khoi-4: so-ldtbxh to so-moi"});
  EXPECT_EQ(effect->pacts[1].targets[0].results, ResultsChange::kCarry);

  // By the next year it has gone: the draft of that year's pact is not its.
  registry.pacts[1].in_force = false;
  registry.pacts[1].pact.year = 2026;
  const auto later = EffectOf(merge, registry.View());
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(later->pacts[1].change, PactChange::kRewritten);
  EXPECT_TRUE(later->pacts[1].amendment->add_members.empty());
  EXPECT_EQ(later->pacts[1].targets[0].results, ResultsChange::kLeave);
}

TEST(Membership, OfASourceOnItsLastDayIsWhatTheSuccessorJoins) {
  Registry registry = KienGiang();
  registry.blocs[0].memberships[0].held.until = kDay - 1;
  registry.blocs[0].roles.clear();
  const auto effect = EffectOf(Merge(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(MembershipsOf(*effect),
            (Strings{"so-noi-vu leaves khoi-4", "so-noi-vu-2025 joins khoi-4"}));
}

TEST(Membership, OfAUnitThatEndsIsCutAndPlansAreDropped) {
  Registry registry = KienGiang();
  registry.blocs[0].memberships[4].held.until = Date(2025, 12, 31);
  registry.blocs[0].memberships.push_back({"so-tttt", From(Date(2027, 1, 1))});
  const auto effect = EffectOf(Absorb(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(MembershipsOf(*effect), Strings{"so-tttt leaves khoi-4"});
  EXPECT_EQ(effect->blocs[0].memberships.size(), 6u);
  EXPECT_EQ(effect->blocs[0].memberships[4].held, (Interval{Date(2020, 1, 1), kDay - 1}));
}

// --- A department split over four bodies ---

Registry BeforeTheSplit() {
  Registry registry;
  registry.units = {UnitOf("so-ldtbxh", "Sở LĐTBXH"), UnitOf("so-noi-vu", "Sở Nội vụ"),
                    UnitOf("so-y-te", "Sở Y tế"), UnitOf("so-gddt", "Sở Giáo dục và Đào tạo"),
                    UnitOf("cong-an", "Công an tỉnh", UnitKind::kAgency)};
  registry.blocs = {{"khoi-4",
                     "Khối thi đua 4",
                     "",
                     {{"so-ldtbxh", kEver}, {"so-noi-vu", kEver}, {"so-y-te", kEver}},
                     {{BlocRoleKind::kLeader, "so-ldtbxh", "", Year(2025)}}},
                    {"khoi-5", "Khối thi đua 5", "", {{"so-gddt", kEver}}, {}},
                    {"khoi-7", "Khối thi đua 7", "", {{"cong-an", kEver}}, {}}};
  Pact pact = PactOf("khoi-4", 2025);
  pact.members = {{"so-ldtbxh", "Sở LĐTBXH", Role::kLeader},
                  {"so-noi-vu", "Sở Nội vụ", Role::kMember},
                  {"so-y-te", "Sở Y tế", Role::kMember}};
  pact.targets = {
      TargetOf("viec-lam", "so-ldtbxh", "Giải quyết việc làm", "35000", "lượt", "lao-dong"),
      TargetOf("nha", "so-ldtbxh", "Xây nhà tình nghĩa", "40", "căn", "nguoi-co-cong"),
      TargetOf("tre-em", "so-ldtbxh", "Trẻ em được chăm sóc", "900", "trẻ", "tre-em"),
      TargetOf("tro-cap", "so-ldtbxh", "Chi trả trợ cấp", "50000", "người", "bao-tro-xa-hoi"),
      TargetOf("nghe", "so-ldtbxh", "Đào tạo nghề", "8000", "người", "giao-duc-nghe-nghiep"),
      TargetOf("cai-nghien", "so-ldtbxh", "Cai nghiện tập trung", "200", "người", "cai-nghien"),
      TargetOf("tre-em-yt", "so-y-te", "Trẻ em được chăm sóc", "100", "trẻ"),
      TargetOf("thi-dua", "so-noi-vu", "Phát động thi đua", "4", "đợt"),
  };
  pact.targets[7].dependencies = {{"so-ldtbxh", ""}};
  registry.pacts.push_back({pact});
  return registry;
}

Reorganisation Split() {
  Reorganisation split;
  split.id = "chia-ldtbxh";
  split.kind = ReorganisationKind::kSplit;
  split.effective_on = Date(2025, 3, 1);
  split.decision_number = "Nghị quyết 18/NQ-HĐND";
  split.sources = {"so-ldtbxh"};
  for (const char* unit : {"so-noi-vu", "so-y-te", "so-gddt", "cong-an"}) {
    split.successors.push_back({unit, std::nullopt, ""});
  }
  split.transfers = {
      {"lao-dong", "Lao động, việc làm", "so-ldtbxh", "so-noi-vu"},
      {"nguoi-co-cong", "Người có công", "so-ldtbxh", "so-noi-vu"},
      {"bao-tro-xa-hoi", "Bảo trợ xã hội", "so-ldtbxh", "so-y-te"},
      {"tre-em", "Trẻ em", "so-ldtbxh", "so-y-te"},
      {"giao-duc-nghe-nghiep", "Giáo dục nghề nghiệp", "so-ldtbxh", "so-gddt"},
      {"cai-nghien", "Cai nghiện ma túy", "so-ldtbxh", "cong-an"},
  };
  return split;
}

TEST(Split, SendsEachTargetWithItsFunction) {
  Registry registry = BeforeTheSplit();
  const auto effect = EffectOf(Split(), registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(UnitsOf(*effect),
            (Strings{"so-ldtbxh ended", "so-noi-vu continues", "so-y-te continues",
                     "so-gddt continues", "cong-an continues"}));
  EXPECT_EQ(MembershipsOf(*effect), Strings{"so-ldtbxh leaves khoi-4"});
  EXPECT_EQ(RolesOf(*effect), Strings{"leader khoi-4: so-ldtbxh falls vacant"});
  ASSERT_EQ(effect->pacts.size(), 1u);
  EXPECT_EQ(
      TargetsOf(effect->pacts[0]),
      (Strings{"viec-lam of so-ldtbxh carries to so-noi-vu",
               "nha of so-ldtbxh carries to so-noi-vu",
               "tre-em of so-ldtbxh sums into tre-em-yt of so-y-te",
               "tro-cap of so-ldtbxh carries to so-y-te", "nghe of so-ldtbxh leaves for so-gddt",
               "cai-nghien of so-ldtbxh leaves for cong-an"}));
  EXPECT_EQ(effect->pacts[0].amendment->reason,
            "Sắp xếp tổ chức bộ máy theo Nghị quyết 18/NQ-HĐND: chia tách Sở LĐTBXH, chuyển chức "
            "năng cho Sở Nội vụ, Sở Y tế, Sở Giáo dục và Đào tạo và Công an tỉnh, có hiệu lực từ "
            "ngày 01/3/2025.");
  registry.Apply(*effect);
  const Pact& pact = registry.PactAt("khoi-4", 2025);
  EXPECT_EQ(MembersOf(pact), (Strings{"so-noi-vu: Sở Nội vụ", "so-y-te: Sở Y tế"}));
  EXPECT_EQ(TargetsOf(pact),
            (Strings{"viec-lam: so-noi-vu 35000", "nha: so-noi-vu 40", "tre-em: voided",
                     "tro-cap: so-y-te 50000", "nghe: voided", "cai-nghien: voided",
                     "tre-em-yt: so-y-te 1000", "thi-dua: so-noi-vu 4"}));
  // Of several successors none is said to be the one depended on.
  EXPECT_EQ(FindTarget(pact, "thi-dua")->dependencies[0].unit, "so-ldtbxh");
}

TEST(Split, ASuccessorInNoBlocJoinsTheOneNamedAndNoOther) {
  Registry registry = BeforeTheSplit();
  registry.blocs[1].memberships.clear();
  registry.blocs[2].memberships.clear();
  Reorganisation split = Split();
  split.successors[2].bloc = "khoi-5";
  auto effect = EffectOf(split, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(MembershipsOf(*effect), (Strings{"so-ldtbxh leaves khoi-4", "so-gddt joins khoi-5"}));
  EXPECT_EQ(effect->pacts[0].targets[4].results, ResultsChange::kLeave);
  EXPECT_EQ(effect->pacts[0].targets[5].results, ResultsChange::kLeave);

  split.successors[3].bloc = "khoi-4";
  effect = EffectOf(split, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->pacts[0].targets[5].results, ResultsChange::kCarry);
  EXPECT_EQ(effect->pacts[0].amendment->add_members,
            (std::vector<Member>{{"cong-an", "Công an tỉnh", Role::kMember}}));
}

TEST(Split, DoesNotGuessWhereATargetGoes) {
  Registry registry = BeforeTheSplit();
  std::vector<Target>& targets = registry.pacts[0].pact.targets;
  targets[0].function = "";
  targets[1].function = "chinh-sach";
  const auto undecided = EffectOf(Split(), registry.View());
  EXPECT_EQ(undecided.status().code(), absl::StatusCode::kFailedPrecondition);
  const std::vector<Fault> faults = FaultsOf(undecided.status());
  ASSERT_EQ(Briefly(faults), Strings{"transfers: FUNCTION_UNDECIDED"});
  EXPECT_EQ(faults[0].message,
            "Chưa xác định đơn vị tiếp nhận “Giải quyết việc làm” và “Xây nhà tình nghĩa”: phải "
            "ghi chức năng của chỉ tiêu vào phần chuyển chức năng, hoặc ghi đơn vị nhận phần còn "
            "lại.");
  for (Target& target : targets) target.function = "";
  EXPECT_TRUE(absl::StrContains(FaultsOf(EffectOf(Split(), registry.View()).status())[0].message,
                                "“Trẻ em được chăm sóc”, “Chi trả trợ cấp” và 2 chỉ tiêu khác: "));

  // Somebody takes the rest.
  Reorganisation split = Split();
  split.remainder_to = "so-y-te";
  const auto effect = EffectOf(split, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(TargetsOf(effect->pacts[0])[0], "viec-lam of so-ldtbxh carries to so-y-te");

  // A draft's targets go their way too; those of a year that is over decide nothing.
  registry.pacts[0].pact.year = 2024;
  EXPECT_TRUE(EffectOf(Split(), registry.View()).ok());
}

TEST(Split, TheSourceThatGoesOnKeepsTheRest) {
  Registry registry = BeforeTheSplit();
  std::vector<Target>& targets = registry.pacts[0].pact.targets;
  targets[0].function = "";
  targets[1].function = "chinh-sach";
  Reorganisation split = Split();
  split.successors.push_back({"so-ldtbxh", std::nullopt, ""});
  split.transfers[3].to = "so-ldtbxh";
  const auto effect = EffectOf(split, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(UnitsOf(*effect),
            (Strings{"so-ldtbxh continues", "so-noi-vu continues", "so-y-te continues",
                     "so-gddt continues", "cong-an continues"}));
  EXPECT_TRUE(effect->blocs.empty());
  EXPECT_EQ(RolesOf(*effect), Strings{});
  EXPECT_EQ(
      TargetsOf(effect->pacts[0]),
      (Strings{"viec-lam of so-ldtbxh stays", "nha of so-ldtbxh stays", "tre-em of so-ldtbxh stays",
               "tro-cap of so-ldtbxh carries to so-y-te", "nghe of so-ldtbxh leaves for so-gddt",
               "cai-nghien of so-ldtbxh leaves for cong-an"}));
  EXPECT_EQ(effect->pacts[0].targets[0].sentence,
            "Chỉ tiêu “Giải quyết việc làm” của Sở LĐTBXH giữ nguyên, cùng các kết quả đã báo "
            "cáo.");
  // Unless another is to take it.
  split.remainder_to = "so-noi-vu";
  EXPECT_EQ(TargetsOf(EffectOf(split, registry.View())->pacts[0])[0],
            "viec-lam of so-ldtbxh carries to so-noi-vu");
  registry.Apply(*effect);

  // What counts no more goes nowhere.
  registry = BeforeTheSplit();
  registry.pacts[0].pact.voided_criteria = {"noi-dung-1"};
  const auto voided = EffectOf(split, registry.View());
  ASSERT_TRUE(voided.ok()) << voided.status();
  EXPECT_EQ(voided->pacts[0].change, PactChange::kStays);
  EXPECT_EQ(TargetsOf(voided->pacts[0])[4], "nghe of so-ldtbxh stays");
}

TEST(TransferFunction, MovesTheTargetsOfTheFunctionOnly) {
  Registry registry = BeforeTheSplit();
  Reorganisation transfer = Split();
  transfer.kind = ReorganisationKind::kTransferFunction;
  transfer.successors = {{"so-y-te", std::nullopt, ""}, {"so-ldtbxh", std::nullopt, ""}};
  transfer.sources = {"so-ldtbxh", "so-y-te"};
  transfer.transfers = {{"tre-em", "Trẻ em", "so-ldtbxh", "so-y-te"},
                        {"tre-em", "Trẻ em", "so-y-te", "so-ldtbxh"}};
  registry.pacts[0].pact.targets[6].function = "tre-em";
  // An exchange: what each had is with the other now.
  const auto effect = EffectOf(transfer, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(UnitsOf(*effect), (Strings{"so-ldtbxh continues", "so-y-te continues"}));
  EXPECT_EQ(TargetsOf(effect->pacts[0]),
            (Strings{"viec-lam of so-ldtbxh stays", "nha of so-ldtbxh stays",
                     "tre-em of so-ldtbxh carries to so-y-te", "tro-cap of so-ldtbxh stays",
                     "nghe of so-ldtbxh stays", "cai-nghien of so-ldtbxh stays",
                     "tre-em-yt of so-y-te carries to so-ldtbxh"}));
  EXPECT_EQ(effect->pacts[0].amendment->put_targets.size(), 2u);
  EXPECT_TRUE(effect->pacts[0].amendment->add_members.empty());
  EXPECT_EQ(effect->pacts[0].amendment->reason,
            "Sắp xếp tổ chức bộ máy theo Nghị quyết 18/NQ-HĐND: chuyển chức năng của Sở LĐTBXH và "
            "Sở Y tế sang Sở Y tế và Sở LĐTBXH, có hiệu lực từ ngày 01/3/2025.");
}

TEST(TransferFunction, LeavesPactsAloneThatHaveNoSuchTarget) {
  Registry registry = BeforeTheSplit();
  Reorganisation transfer = Split();
  transfer.kind = ReorganisationKind::kTransferFunction;
  transfer.successors = {{"so-noi-vu", std::nullopt, ""}};
  transfer.transfers = {{"binh-dang-gioi", "Bình đẳng giới", "so-ldtbxh", "so-noi-vu"}};
  const auto effect = EffectOf(transfer, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(effect->pacts[0].change, PactChange::kStays);
  EXPECT_FALSE(effect->pacts[0].amendment.has_value());
  EXPECT_EQ(effect->pacts[0].targets.size(), 6u);
}

// --- Two provinces become one ---

TEST(Provinces, MergeTheirDepartmentsOn1July2025) {
  Registry registry;
  const std::vector<std::string> wards = {"rach-gia", "vinh-thanh", "vinh-quang"};
  Bloc of_kien_giang{"kien-giang.khoi-1", "Khối thi đua 1", "Tỉnh Kiên Giang", {}, {}};
  Bloc of_an_giang{"an-giang.khoi-1", "Khối thi đua 1", "Tỉnh An Giang", {}, {}};
  for (const char* province : {"kien-giang", "an-giang"}) {
    Bloc& bloc = province == std::string("an-giang") ? of_an_giang : of_kien_giang;
    Pact pact = PactOf(bloc.id, 2025);
    for (const char* name : {"so-y-te", "so-tai-chinh"}) {
      const std::string id = absl::StrCat(province, ".", name);
      const std::string display = name == std::string("so-y-te") ? "Sở Y tế" : "Sở Tài chính";
      registry.units.push_back(UnitOf(id, display));
      bloc.memberships.push_back({id, kEver});
      pact.members.push_back({id, display, Role::kMember});
    }
    pact.members[0].role = Role::kLeader;
    bloc.roles = {{BlocRoleKind::kLeader, pact.members[0].unit, "", Year(2025)}};
    pact.targets = {TargetOf("kham", pact.members[0].unit, "Khám bệnh", "1000", "lượt")};
    registry.pacts.push_back({pact});
  }
  registry.blocs = {of_kien_giang, of_an_giang};

  Reorganisation merge = Merge();
  merge.id = "2025-tinh";
  merge.effective_on = Date(2025, 7, 1);
  merge.sources = {"an-giang.so-y-te", "kien-giang.so-y-te"};
  merge.successors = {{"so-y-te", UnitOf("so-y-te", "Sở Y tế tỉnh An Giang"), ""}};

  // Of two blocs none is the new unit's own.
  auto effect = EffectOf(merge, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(MembershipsOf(*effect), (Strings{"an-giang.so-y-te leaves an-giang.khoi-1",
                                             "kien-giang.so-y-te leaves kien-giang.khoi-1"}));
  EXPECT_EQ(TargetsOf(effect->pacts[0]), Strings{"kham of kien-giang.so-y-te leaves for so-y-te"});
  EXPECT_EQ(TargetsOf(effect->pacts[1]), Strings{"kham of an-giang.so-y-te leaves for so-y-te"});

  merge.successors[0].bloc = "an-giang.khoi-1";
  effect = EffectOf(merge, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_EQ(RolesOf(*effect),
            (Strings{"leader an-giang.khoi-1: an-giang.so-y-te to so-y-te",
                     "leader kien-giang.khoi-1: kien-giang.so-y-te falls vacant"}));
  EXPECT_EQ(TargetsOf(effect->pacts[0]), Strings{"kham of kien-giang.so-y-te leaves for so-y-te"});
  EXPECT_EQ(TargetsOf(effect->pacts[1]), Strings{"kham of an-giang.so-y-te carries to so-y-te"});
  registry.Apply(*effect);
  EXPECT_EQ(MembersOf(registry.PactAt("kien-giang.khoi-1", 2025)),
            Strings{"kien-giang.so-tai-chinh: Sở Tài chính"});
  EXPECT_EQ(
      MembersOf(registry.PactAt("an-giang.khoi-1", 2025)),
      (Strings{"an-giang.so-tai-chinh: Sở Tài chính", "so-y-te: Sở Y tế tỉnh An Giang, leader"}));
}

TEST(Provinces, MergeFiftyCommunes) {
  Registry registry;
  Bloc bloc{"cum-1", "Cụm thi đua 1", "", {{"xa-khac", kEver}}, {}};
  registry.units = {UnitOf("xa-khac", "Xã khác", UnitKind::kCommune)};
  Pact pact = PactOf("cum-1", 2025);
  pact.members = {{"xa-khac", "Xã khác", Role::kMember}};
  Reorganisation merge = Merge();
  merge.sources.clear();
  for (int i = 0; i < 50; ++i) {
    const std::string id = absl::StrCat("xa-", i);
    registry.units.push_back(UnitOf(id, absl::StrCat("Xã số ", i), UnitKind::kCommune));
    bloc.memberships.push_back({id, kEver});
    pact.members.push_back({id, absl::StrCat("Xã số ", i), Role::kMember});
    pact.targets.push_back(TargetOf(absl::StrCat("t-", i), id, "Trồng cây", "10", "cây"));
    merge.sources.push_back(id);
  }
  registry.blocs = {bloc};
  registry.pacts.push_back({pact});
  const auto effect = EffectOf(merge, registry.View());
  ASSERT_TRUE(effect.ok()) << effect.status();
  EXPECT_TRUE(absl::StrContains(effect->pacts[0].amendment->reason,
                                "hợp nhất Xã số 0, Xã số 1, Xã số 2, Xã số 3 và 46 đơn vị khác "
                                "thành Sở Nội vụ, "));
  registry.Apply(*effect);
  EXPECT_EQ(FindTarget(registry.PactAt("cum-1", 2025), "t-0")->value, Figure("500"));
  EXPECT_EQ(registry.PactAt("cum-1", 2025).members.size(), 2u);
}

// --- What is refused ---

TEST(ValidateReorganisation, TakesEveryKind) {
  for (const Reorganisation& it : {Merge(), Rename(), Absorb(), Split()}) {
    EXPECT_EQ(Briefly(ValidateReorganisation(it)), Strings{});
  }
}

TEST(ValidateReorganisation, NamesEveryFaultWithItsPath) {
  struct Row {
    Reorganisation it;
    std::function<void(Reorganisation&)> spoil;
    Strings faults;
  };
  using R = Reorganisation;
  constexpr ReorganisationKind kTransfer = ReorganisationKind::kTransferFunction;
  const std::vector<Row> rows = {
      {{},
       [](R&) {},
       {"name: REQUIRED", "kind: REQUIRED", "decision_number: REQUIRED", "sources: REQUIRED"}},
      {Merge(), [](R& r) { r.id = "Nội vụ"; }, {"name: IDENTIFIER_INVALID"}},
      {Merge(), [](R& r) { r.effective_on = Date(1900, 1, 1); }, {"effective_on: OUT_OF_RANGE"}},
      {Merge(),
       [](R& r) { r.decision_number = std::string(301, 'a'); },
       {"decision_number: TOO_LONG"}},
      {Merge(), [](R& r) { r.document = std::string(1'001, 'a'); }, {"document: TOO_LONG"}},
      // Counts.
      {Merge(), [](R& r) { r.sources.pop_back(); }, {"sources: REQUIRED"}},
      {Merge(), [](R& r) { r.sources.resize(51); }, {"sources: TOO_MANY"}},
      {Merge(), [](R& r) { r.sources[1] = "Sở Nội vụ"; }, {"sources[1]: IDENTIFIER_INVALID"}},
      {Merge(), [](R& r) { r.sources[1] = "so-ldtbxh"; }, {"sources[1]: DUPLICATE"}},
      {Merge(), [](R& r) { r.successors.clear(); }, {"successors: REQUIRED"}},
      {Merge(),
       [](R& r) {
         r.successors.push_back({"so-y-te", std::nullopt, ""});
       },
       {"successors: TOO_MANY"}},
      {Rename(), [](R& r) { r.sources.push_back("so-y-te"); }, {"sources: TOO_MANY"}},
      {Split(), [](R& r) { r.sources.push_back("so-tttt"); }, {"sources: TOO_MANY"}},
      {Split(),
       [](R& r) {
         r.successors.resize(1);
         r.transfers.resize(2);
       },
       {"successors: REQUIRED"}},
      {Split(),
       [](R& r) {
         r.successors.resize(51);
         r.transfers.resize(2);
       },
       {"successors: TOO_MANY"}},
      // Successors.
      {Merge(),
       [](R& r) {
         r.successors = {{"so-noi-vu", std::nullopt, ""}};
       },
       {"successors[0].unit: OUT_OF_RANGE"}},
      {Absorb(),
       [](R& r) {
         r.successors = {{"so-tttt", std::nullopt, ""}};
       },
       {"successors[0].unit: OUT_OF_RANGE"}},
      {Split(),
       [](R& r) {
         r.successors.push_back({"so-y-te", std::nullopt, ""});
       },
       {"successors[4].unit: DUPLICATE"}},
      {Split(),
       [](R& r) { r.successors[0].bloc = "Khối 4"; },
       {"successors[0].bloc: IDENTIFIER_INVALID"}},
      {Absorb(),
       [](R& r) { r.successors[0].new_unit = UnitOf("so-khcn", "Sở KH&CN"); },
       {"successors[0].new_unit: NOT_FOR_THIS_KIND"}},
      {Split(),
       [](R& r) {
         r.successors.push_back({"so-ldtbxh", UnitOf("so-ldtbxh", "Sở LĐTBXH"), ""});
       },
       {"successors[4].new_unit: OUT_OF_RANGE"}},
      {Merge(),
       [](R& r) { r.successors[0].new_unit->id = "so-khac"; },
       {"successors[0].new_unit.name: OUT_OF_RANGE"}},
      {Merge(),
       [](R& r) { r.successors[0].new_unit->namings.resize(2); },
       {"successors[0].new_unit.namings: TOO_MANY"}},
      {Merge(),
       [](R& r) { r.successors[0].new_unit->namings.clear(); },
       {"successors[0].new_unit.display_name: REQUIRED"}},
      {Merge(),
       [](R& r) { r.successors[0].new_unit->namings[0].name = ""; },
       {"successors[0].new_unit.display_name: REQUIRED"}},
      {Merge(),
       [](R& r) { r.successors[0].new_unit->namings[0].kind = UnitKind::kUnspecified; },
       {"successors[0].new_unit.kind: REQUIRED"}},
      {Merge(),
       [](R& r) { r.successors[0].new_unit->aliases[0].text = ""; },
       {"successors[0].new_unit.aliases[0].text: REQUIRED"}},
      {Merge(),
       [](R& r) { r.successors[0].new_unit->aliases[0].held = Until(Date(2024, 1, 1)); },
       {"successors[0].new_unit.aliases[0].valid_until: OUT_OF_RANGE"}},
      // Its days are set here, whatever they were.
      {Merge(),
       [](R& r) { r.successors[0].new_unit->namings[0].held = Until(Date(2024, 1, 1)); },
       {}},
      // Transfers.
      {Split(), [](R& r) { r.transfers.clear(); }, {"transfers: REQUIRED"}},
      {Split(), [](R& r) { r.transfers.resize(201); }, {"transfers: TOO_MANY"}},
      {Merge(), [](R& r) { r.transfers = Split().transfers; }, {"transfers: NOT_FOR_THIS_KIND"}},
      {Split(), [](R& r) { r.transfers[1].function = ""; }, {"transfers[1].function_id: REQUIRED"}},
      {Split(),
       [](R& r) { r.transfers[1].function = "lao-dong"; },
       {"transfers[1].function_id: DUPLICATE"}},
      {Split(),
       [](R& r) { r.transfers[1].function_name = ""; },
       {"transfers[1].function_display_name: REQUIRED"}},
      {Split(), [](R& r) { r.transfers[1].from = "so-y-te"; }, {"transfers[1].from: UNIT_UNKNOWN"}},
      {Split(), [](R& r) { r.transfers[1].to = "so-tttt"; }, {"transfers[1].to: UNIT_UNKNOWN"}},
      {Split(),
       [](R& r) {
         r.kind = kTransfer;
         r.successors.push_back({"so-ldtbxh", std::nullopt, ""});
         r.transfers[1].to = "so-ldtbxh";
       },
       {"transfers[1].to: OUT_OF_RANGE"}},
      {Split(), [](R& r) { r.kind = kTransfer; }, {}},
      // The rest.
      {Split(), [](R& r) { r.remainder_to = "so-tttt"; }, {"remainder_to: UNIT_UNKNOWN"}},
      {Split(), [](R& r) { r.remainder_to = "so-y-te"; }, {}},
      {Merge(),
       [](R& r) { r.remainder_to = "so-noi-vu-2025"; },
       {"remainder_to: NOT_FOR_THIS_KIND"}},
      {Rename(), [](R& r) { r.new_naming.reset(); }, {"new_naming: REQUIRED"}},
      {Rename(), [](R& r) { r.new_naming->name = " "; }, {"new_naming.display_name: REQUIRED"}},
      {Rename(),
       [](R& r) { r.new_naming->short_name = "a\u0007"; },
       {"new_naming.short_name: CONTROL_CHARACTER"}},
      {Rename(),
       [](R& r) {
         r.successors = {{"so-y-te", std::nullopt, ""}};
       },
       {"successors: NOT_FOR_THIS_KIND"}},
      {Merge(),
       [](R& r) { r.new_naming = Rename().new_naming; },
       {"new_naming: NOT_FOR_THIS_KIND"}},
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    Reorganisation it = rows[i].it;
    rows[i].spoil(it);
    EXPECT_EQ(Briefly(ValidateReorganisation(it)), rows[i].faults) << "row " << i;
    if (rows[i].faults.empty()) continue;
    EXPECT_EQ(Refusal(it, KienGiang(), absl::StatusCode::kInvalidArgument), rows[i].faults);
  }
}

TEST(EffectOf, SaysWhyItRefuses) {
  struct Row {
    Reorganisation it;
    std::function<void(Reorganisation&, Registry&)> spoil;
    absl::StatusCode code;
    Strings faults;
  };
  using R = Reorganisation;
  constexpr absl::StatusCode kNotFound = absl::StatusCode::kNotFound;
  constexpr absl::StatusCode kExists = absl::StatusCode::kAlreadyExists;
  constexpr absl::StatusCode kFailed = absl::StatusCode::kFailedPrecondition;
  const std::vector<Row> rows = {
      {Merge(),
       [](R&, Registry& r) { r.units.erase(r.units.begin()); },
       kNotFound,
       {"sources[0]: UNIT_UNKNOWN"}},
      {Absorb(),
       [](R& it, Registry&) { it.successors[0].unit = "so-khac"; },
       kNotFound,
       {"successors[0].unit: UNIT_UNKNOWN"}},
      {Merge(),
       [](R& it, Registry& r) {
         it.successors[0].bloc = "khoi-9";
         r.units.erase(r.units.begin() + 1);
       },
       kNotFound,
       {"sources[1]: UNIT_UNKNOWN", "successors[0].bloc: BLOC_UNKNOWN"}},
      {Merge(),
       [](R&, Registry& r) { r.units.push_back(UnitOf("so-noi-vu-2025", "Sở Nội vụ")); },
       kExists,
       {"successors[0].unit: UNIT_EXISTS"}},
      // Ended by another decision on that very day, long ago, or not there yet.
      {Merge(),
       [](R&, Registry& r) { r.units[1].namings[0].held = Until(kDay - 1); },
       kFailed,
       {"sources[1]: UNIT_NOT_ACTIVE"}},
      {Merge(),
       [](R&, Registry& r) { r.units[1].namings[0].held = Until(kDay - 2); },
       kFailed,
       {"sources[1]: UNIT_NOT_ACTIVE"}},
      {Merge(),
       [](R&, Registry& r) { r.units[1].namings[0].held = From(kDay); },
       kFailed,
       {"sources[1]: UNIT_NOT_ACTIVE"}},
      {Absorb(),
       [](R&, Registry& r) { r.units[3].namings[0].held = Until(kDay - 1); },
       kFailed,
       {"successors[0].unit: UNIT_NOT_ACTIVE"}},
      {Absorb(),
       [](R&, Registry& r) { r.units[3].namings[0].held = From(kDay + 1); },
       kFailed,
       {"successors[0].unit: UNIT_NOT_ACTIVE"}},
      {Absorb(),
       [](R&, Registry& r) { r.units[3].namings[0].held = From(kDay); },
       absl::StatusCode::kOk,
       {}},
      // What is on record already is not undone.
      {Rename(),
       [](R&, Registry& r) {
         r.units[2].namings[0].held = Until(kDay - 1);
         r.units[2].namings.push_back({"Ban mới", "", UnitKind::kBoard, From(kDay), ""});
       },
       kFailed,
       {"sources[0]: UNIT_CHANGED_LATER"}},
      {Absorb(),
       [](R&, Registry& r) {
         r.units[4].namings[0].held = Until(kDay + 9);
         r.units[4].namings.push_back({"Sở TT", "", UnitKind::kDepartment, From(kDay + 10), ""});
       },
       kFailed,
       {"sources[0]: UNIT_CHANGED_LATER"}},
      {Absorb(),
       [](R& it, Registry& r) {
         r.blocs.push_back({"khoi-5", "Khối thi đua 5", "", {}, {}});
         it.successors[0].bloc = "khoi-5";
       },
       kFailed,
       {"successors[0].bloc: BLOC_OVERLAP"}},
      {Absorb(),
       [](R& it, Registry&) { it.successors[0].bloc = "khoi-4"; },
       absl::StatusCode::kOk,
       {}},
      {Merge(),
       [](R&, Registry& r) { r.pacts[1].amendment_pending = true; },
       kFailed,
       {": AMENDMENT_PENDING"}},
      // That of a year which is over waits for nothing here; nor does a pact that stays.
      {Merge(),
       [](R&, Registry& r) { r.pacts[0].amendment_pending = true; },
       absl::StatusCode::kOk,
       {}},
      {Rename(),
       [](R&, Registry& r) { r.pacts[1].amendment_pending = true; },
       absl::StatusCode::kOk,
       {}},
      {Absorb(),
       [](R&, Registry& r) {
         Pact& pact = r.pacts[1].pact;
         pact.members = {pact.members[4]};
         pact.targets = {pact.targets[7]};
         r.blocs[0].memberships.erase(r.blocs[0].memberships.begin() + 3);
         r.blocs[0].roles.erase(r.blocs[0].roles.begin() + 3);
         r.blocs.push_back({"khoi-5", "Khối thi đua 5", "", {{"so-khcn", kEver}}, {}});
       },
       kFailed,
       {": PACT_WOULD_BE_EMPTY"}},
      {Rename(),
       [](R&, Registry& r) {
         Unit& unit = r.units[2];
         unit.namings.clear();
         for (int i = 0; i < 50; ++i) {
           const Interval held = {Date(1960 + i, 1, 1), Date(1960 + i, 12, 31)};
           unit.namings.push_back({"Ban", "", UnitKind::kBoard, held, ""});
         }
         unit.namings.back().held.until.reset();
       },
       kFailed,
       {"units/ban-dan-toc.namings: TOO_MANY"}},
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    Reorganisation it = rows[i].it;
    Registry registry = KienGiang();
    rows[i].spoil(it, registry);
    EXPECT_EQ(Refusal(it, registry, rows[i].code), rows[i].faults) << "row " << i;
  }
  const auto pending = [] {
    Registry registry = KienGiang();
    registry.pacts[1].amendment_pending = true;
    return FaultsOf(EffectOf(Merge(), registry.View()).status())[0].message;
  }();
  EXPECT_EQ(pending,
            "Giao ước năm 2025 của Khối thi đua 4 đang có một lần điều chỉnh chờ ký; phải ký xong "
            "hoặc rút lại trước.");
}

// --- Whatever happens ---

class AnyReorganisation {
 public:
  explicit AnyReorganisation(unsigned seed) : random_(seed) {}

  Registry AnyRegistry() {
    Registry registry;
    const int units = Between(2, 6);
    registry.blocs = {{"khoi-1", "Khối 1", "", {}, {}}, {"khoi-2", "Khối 2", "", {}, {}}};
    for (int i = 0; i < units; ++i) {
      Unit unit = UnitOf(absl::StrCat("so-", i), absl::StrCat("Sở ", i));
      if (Chance(3)) {
        const Date renamed = AnyDay();
        unit.namings.push_back(unit.namings[0]);
        unit.namings[0].held.until = renamed - 1;
        unit.namings[1].held.from = renamed;
      }
      if (Chance(8) && unit.namings.size() == 1) {
        unit.namings[0].held = {Date(2025, 1, 1), Date(2026, 1, 31)};
      }
      registry.units.push_back(unit);
      AddMemberships(unit.id, registry);
    }
    for (Bloc& bloc : registry.blocs) AddRoles(bloc);
    for (Bloc& bloc : registry.blocs) {
      EXPECT_EQ(Briefly(ValidateBloc(bloc)), Strings{});
      for (int year : {2024, 2025, 2026}) {
        if (Chance(4)) continue;
        Pact pact = PactOf(bloc.id, year);
        for (const Unit& unit : registry.units) {
          if (!Chance(4)) pact.members.push_back({unit.id, unit.namings[0].name, Role::kMember});
        }
        if (pact.members.empty()) continue;
        pact.members[0].role = Chance(2) ? Role::kLeader : Role::kDeputy;
        AddTargets(pact, units);
        registry.pacts.push_back({pact, Chance(2), Chance(10)});
      }
    }
    return registry;
  }

  Reorganisation Any(const Registry& registry) {
    Reorganisation it;
    it.id = "sap-xep";
    it.kind = static_cast<ReorganisationKind>(Between(1, 5));
    it.effective_on = AnyDay();
    it.decision_number = "Nghị quyết 01/NQ-HĐND";
    std::vector<std::string> ids;
    for (const Unit& unit : registry.units) ids.push_back(unit.id);
    std::ranges::shuffle(ids, random_);
    const bool one =
        it.kind == ReorganisationKind::kRename || it.kind == ReorganisationKind::kSplit;
    const size_t sources = one ? 1 : static_cast<size_t>(Between(1, 3));
    it.sources.assign(ids.begin(), ids.begin() + static_cast<long>(std::min(sources, ids.size())));
    if (it.kind == ReorganisationKind::kRename) {
      it.new_naming = {"Tên mới", "", UnitKind::kUnspecified, {}, ""};
      return it;
    }
    if (!one || Chance(2)) std::reverse(ids.begin(), ids.end());
    const bool many =
        it.kind == ReorganisationKind::kSplit || it.kind == ReorganisationKind::kTransferFunction;
    for (size_t i = 0; i < ids.size() && i < (many ? 3 : 1); ++i) {
      it.successors.push_back({ids[i], std::nullopt, ""});
    }
    if (Chance(2) && it.kind != ReorganisationKind::kAbsorb) {
      it.successors.back() = {"so-moi", UnitOf("so-moi", "Sở mới"), ""};
    }
    if (Chance(4)) it.successors.back().bloc = "khoi-2";
    if (!many) return it;
    for (const std::string& source : it.sources) {
      for (const char* function : {"a", "b", "c"}) {
        const Successor& to =
            it.successors[static_cast<size_t>(Between(0, 9)) % it.successors.size()];
        if (!Chance(5)) it.transfers.push_back({function, "Chức năng", source, to.unit});
      }
    }
    if (one && Chance(2)) it.remainder_to = it.successors[0].unit;
    return it;
  }

 private:
  int Between(int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random_);
  }
  bool Chance(int in) { return Between(1, in) == 1; }
  Date AnyDay() { return Date(2025, 1, 1) + Between(0, 500); }

  void AddMemberships(const std::string& unit, Registry& registry) {
    // One bloc after another.
    Bloc& first = registry.blocs[static_cast<size_t>(Between(0, 1))];
    Bloc& then = registry.blocs[static_cast<size_t>(Between(0, 1))];
    if (Chance(6)) return;
    if (Chance(2)) {
      first.memberships.push_back({unit, kEver});
      return;
    }
    const Date moved = AnyDay();
    first.memberships.push_back({unit, Until(moved - 1)});
    if (!Chance(4)) then.memberships.push_back({unit, From(moved + Between(0, 30))});
  }

  void AddRoles(Bloc& bloc) {
    for (int year : {2025, 2026}) {
      for (const Membership& membership : bloc.memberships) {
        const Interval held = {Date(year, 1, 1), Date(year, 12, 31)};
        if (!membership.held.Includes(held) || Chance(3)) continue;
        const bool first = std::ranges::none_of(bloc.roles, [&](const BlocRole& role) {
          return role.kind == BlocRoleKind::kLeader && role.held == held;
        });
        bloc.roles.push_back(
            {first ? BlocRoleKind::kLeader : BlocRoleKind::kDeputy, membership.unit, "", held});
      }
    }
  }

  void AddTargets(Pact& pact, int units) {
    const int targets = Between(0, 12);
    for (int i = 0; i < targets; ++i) {
      const auto member = static_cast<size_t>(Between(0, 99)) % pact.members.size();
      Target target = TargetOf(absl::StrCat("t-", i), pact.members[member].unit,
                               Chance(2) ? "Mở lớp" : "Trồng cây",
                               Chance(5) ? "" : absl::StrCat(Between(1, 100)), "đơn vị");
      target.criterion = Chance(5) ? "noi-dung-2" : "noi-dung-1";
      target.accumulation = static_cast<Accumulation>(Between(0, 2));
      constexpr const char* kFunctions[] = {"", "a", "b", "c"};
      target.function = kFunctions[Between(0, 3)];
      target.voided = Chance(8);
      for (int other = 0; other < units; ++other) {
        const std::string unit = absl::StrCat("so-", other);
        if (unit != target.unit && Chance(4)) target.dependencies.push_back({unit, ""});
      }
      pact.targets.push_back(std::move(target));
    }
    if (Chance(6)) pact.voided_criteria = {"noi-dung-2"};
  }

  std::mt19937 random_;
};

// What is registered of everything that adds up, by criterion and name.
std::map<std::string, Rational> Totals(const Pact& pact) {
  std::map<std::string, Rational> totals;
  for (const Target& target : pact.targets) {
    if (target.voided || !target.value.has_value()) continue;
    totals[absl::StrCat(target.criterion, " ", target.name, " ",
                        target.accumulation == Accumulation::kRate)] +=
        Rational(target.value.value);
  }
  return totals;
}

void ExpectNothingLost(const Reorganisation& it, const PactEffect& effect, const Pact& before,
                       const Pact& after) {
  // Each target of a source, or that depended on one that ended, is spoken of once, and no other.
  const bool one_heir =
      it.kind == ReorganisationKind::kMerge || it.kind == ReorganisationKind::kAbsorb;
  const auto is_source = [&](const auto& of) {
    return std::ranges::count(it.sources, of.unit) > 0;
  };
  std::multiset<std::string> expected;
  for (const Target& target : before.targets) {
    if (target.voided) continue;
    const bool follows = one_heir && before.year >= it.effective_on.year() &&
                         !IsVoided(before, target.criterion) &&
                         std::ranges::any_of(target.dependencies, is_source);
    if (is_source(target) || follows) expected.insert(target.id);
  }
  std::multiset<std::string> listed;
  std::map<std::string, Rational> left;
  for (const TargetEffect& target : effect.targets) {
    listed.insert(target.target);
    const Target& was = *FindTarget(before, target.target);
    const Target& is = *FindTarget(after, target.target);
    switch (target.results) {
      case ResultsChange::kStay:
        EXPECT_EQ(is.unit, was.unit);
        EXPECT_FALSE(is.voided);
        break;
      case ResultsChange::kCarry:
        EXPECT_EQ(is.unit, target.to_unit);
        EXPECT_FALSE(is.voided);
        break;
      case ResultsChange::kSum:
        EXPECT_TRUE(is.voided);
        EXPECT_EQ(FindTarget(after, target.to_target)->unit, target.to_unit);
        EXPECT_FALSE(FindTarget(after, target.to_target)->voided);
        break;
      case ResultsChange::kLeave:
        EXPECT_TRUE(is.voided);
        EXPECT_TRUE(FindMember(after, target.to_unit) == nullptr ||
                    IsVoided(before, was.criterion));
        break;
    }
  }
  EXPECT_EQ(listed, expected);
  // What was promised is promised still, but for what left.
  Pact remaining = before;
  std::erase_if(remaining.targets, [&](const Target& target) {
    return std::ranges::any_of(effect.targets, [&](const TargetEffect& moved) {
      return moved.target == target.id && moved.results == ResultsChange::kLeave;
    });
  });
  EXPECT_EQ(Totals(remaining), Totals(after));
  for (const Target& target : after.targets) {
    EXPECT_TRUE(target.voided || FindMember(after, target.unit) != nullptr) << target.id;
  }
  EXPECT_EQ(Briefly(ValidatePact(after)), Strings{});
}

TEST(EffectOf, IsSoundAndLosesNothingWhateverHappens) {
  const std::set<std::string> reasons = {"UNIT_NOT_ACTIVE",     "UNIT_CHANGED_LATER",
                                         "AMENDMENT_PENDING",   "FUNCTION_UNDECIDED",
                                         "PACT_WOULD_BE_EMPTY", "BLOC_OVERLAP"};
  std::map<ReorganisationKind, int> done;
  std::set<std::string> refused;
  for (unsigned seed = 0; seed < 4'000; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    AnyReorganisation any(seed);
    const Registry before = any.AnyRegistry();
    const Reorganisation it = any.Any(before);
    if (!ValidateReorganisation(it).empty()) continue;
    Registry after = before;
    const auto effect = EffectOf(it, after.View());
    if (!effect.ok()) {
      EXPECT_EQ(effect.status().code(), absl::StatusCode::kFailedPrecondition);
      for (const Fault& fault : FaultsOf(effect.status())) {
        EXPECT_TRUE(reasons.contains(fault.reason)) << fault.path << " " << fault.reason;
        refused.insert(fault.reason);
      }
      continue;
    }
    ++done[it.kind];
    after.Apply(*effect);
    if (HasFatalFailure()) return;
    for (const PactEffect& pact : effect->pacts) {
      const Pact& was = before.PactAt(pact.pact->bloc, pact.pact->year);
      const Pact& is = after.PactAt(pact.pact->bloc, pact.pact->year);
      if (was.year < it.effective_on.year()) {
        EXPECT_EQ(pact.change, PactChange::kStays);
      }
      ExpectNothingLost(it, pact, was, is);
    }
    for (const UnitEffect& unit : effect->units) {
      const UnitState state = StateOn(after.UnitAt(unit.unit.id), it.effective_on);
      EXPECT_EQ(state == UnitState::kEnded, unit.change == UnitChange::kEnded);
      // One bloc at a time, as before; none for those that ended.
      std::vector<Interval> held;
      for (const Bloc& bloc : after.blocs) {
        for (const Membership& membership : bloc.memberships) {
          if (membership.unit != unit.unit.id) continue;
          for (const Interval& other : held) EXPECT_FALSE(other.Overlaps(membership.held));
          held.push_back(membership.held);
          EXPECT_FALSE(state == UnitState::kEnded && membership.held.Includes(it.effective_on));
        }
      }
    }
    // The same again is refused: it has happened.
    if (it.kind == ReorganisationKind::kMerge || it.kind == ReorganisationKind::kAbsorb) {
      EXPECT_FALSE(EffectOf(it, after.View()).ok());
    }
  }
  for (int kind = 1; kind <= 5; ++kind) {
    EXPECT_GT(done[static_cast<ReorganisationKind>(kind)], 100) << "kind " << kind;
  }
  EXPECT_EQ(refused, reasons);
}

}  // namespace
}  // namespace thidua::domain
