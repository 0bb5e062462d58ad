#include "services/domain/target_name.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/khoi4_2019_testdata.h"

namespace thidua::domain {
namespace {

const Date kDay(2019, 6, 30);

constexpr char kHealth[] = "Sở Y tế";

Unit Named(absl::string_view id, const std::string& name, Interval held = {}) {
  Unit unit;
  unit.id = std::string(id);
  unit.namings = {{name, "", UnitKind::kDepartment, held, ""}};
  return unit;
}

Target Registered(const std::string& id, absl::string_view unit, const std::string& name) {
  Target target;
  target.id = id;
  target.unit = std::string(unit);
  target.name = name;
  return target;
}

// The id of the target, or "path: REASON".
std::string Find(TargetNames& names, absl::string_view unit_text, absl::string_view target_text) {
  const absl::StatusOr<const Target*> found = names.Find(unit_text, target_text);
  if (found.ok()) return (*found)->id;
  const std::vector<Fault> faults = FaultsOf(found.status());
  EXPECT_EQ(faults.size(), 1);
  EXPECT_FALSE(faults[0].message.empty());
  return absl::StrCat(faults[0].path, ": ", faults[0].reason);
}

Fault FaultOf(TargetNames& names, absl::string_view unit_text, absl::string_view target_text) {
  const std::vector<Fault> faults = FaultsOf(names.Find(unit_text, target_text).status());
  return faults.size() == 1 ? faults[0] : Fault{};
}

struct Row {
  std::string unit_text, target_text, found;
};

TEST(TargetNames, FindsWhatTheNamesSayHoweverTheyWereTyped) {
  const Pact pact = khoi4_2019::ThePact();
  TargetNames names(pact, {}, kDay);
  for (const Row& row : {
           // As in the pact.
           Row{"Sở Lao động, Thương binh và Xã hội", "Giải quyết việc làm", "chi-tieu-1"},
           Row{kHealth, "Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi", "chi-tieu-15"},
           // Capitals, spaces, no-break spaces, marks typed letter by letter.
           Row{"SỞ Y TẾ", "GIẢM SINH;", "chi-tieu-13"},
           Row{" Sở  Y\u00a0tế ", "  giảm\u00a0 sinh ", "chi-tieu-13"},
           Row{kHealth, "Gia\u0309m sinh", "chi-tieu-13"},
           Row{kHealth, "Giảm tỷ lệ suy dinh dưỡng TE < 5 tuổi", "chi-tieu-15"},
           // Units by what documents write: unit_name.h.
           Row{"Sở Lao động – TB&XH", "giải quyết việc làm", "chi-tieu-1"},
           Row{"units/so-y-te", "Giảm sinh", "chi-tieu-13"},
           Row{"so-y-te", "Giảm sinh", "chi-tieu-13"},
           // Without marks, of the unit, the target or both.
           Row{"so y te", "giam sinh", "chi-tieu-13"},
           Row{kHealth, "GIAM SINH", "chi-tieu-13"},
           // A tone on the other vowel.
           Row{"Sở Văn hoá và Thể thao", "Số lượng đăng ký khu phố văn hoá, ấp văn hoá",
               "chi-tieu-11"},
       }) {
    EXPECT_EQ(Find(names, row.unit_text, row.target_text), row.found)
        << row.unit_text << ": " << row.target_text;
  }
}

TEST(TargetNames, NamesTheTextThatSaysNothingKnown) {
  const Pact pact = khoi4_2019::ThePact();
  TargetNames names(pact, {}, kDay);
  for (const Row& row : {
           Row{"", "Giảm sinh", "unit_text: REQUIRED"},
           Row{"", "", "unit_text: REQUIRED"},
           Row{kHealth, "", "target_text: REQUIRED"},
           Row{"Sở Công an", "Giảm sinh", "unit_text: UNIT_UNKNOWN"},
           Row{"Sở Y tế 2", "Giảm sinh", "unit_text: UNIT_UNKNOWN"},
           Row{kHealth, "Giải quyết việc làm", "target_text: TARGET_UNKNOWN"},  // Another's.
           Row{kHealth, "Giảm", "target_text: TARGET_UNKNOWN"},
       }) {
    for (int i = 0; i < 2; ++i) {  // What was remembered is answered alike.
      EXPECT_EQ(Find(names, row.unit_text, row.target_text), row.found)
          << row.unit_text << ": " << row.target_text;
    }
  }
}

TEST(TargetNames, SuggestsTheNameThatComesNearest) {
  const Pact pact = khoi4_2019::ThePact();
  TargetNames names(pact, {}, kDay);
  const struct {
    const char* text;
    const char* suggestion;
  } kCases[] = {
      {"Giảm tỷ lệ trẻ suy dinh dưỡng dưới 5 tuổi", "Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi"},
      {"Tỉ lệ tăng dân số tự nhiên", "Tỷ lệ tăng dân số tự nhiên"},
      {"ty le tang dan so", "Tỷ lệ tăng dân số tự nhiên"},
      {"Giải quyết việc làm", ""},
      {"Giảm", ""},  // Half of "Giảm sinh": no more than a word in common.
      {"—", ""},
  };
  for (const auto& c : kCases) {
    const Fault fault = FaultOf(names, kHealth, c.text);
    EXPECT_EQ(fault.reason, "TARGET_UNKNOWN") << c.text;
    EXPECT_EQ(fault.suggestion, c.suggestion) << c.text;
  }
  EXPECT_EQ(FaultOf(names, kHealth, "Tăng dân số tự nhiên").message,
            "Đơn vị không đăng ký chỉ tiêu nào tên “Tăng dân số tự nhiên”; gần nhất là “Tỷ lệ tăng "
            "dân số tự nhiên”.");
  EXPECT_EQ(FaultOf(names, kHealth, "Giảm").message,
            "Đơn vị không đăng ký chỉ tiêu nào tên “Giảm”.");
}

TEST(TargetNames, OfTwoThatAreEquallyNearTheFirstByNameIsSuggested) {
  Pact pact;
  pact.members = {{"so-y-te", kHealth, {}}};
  pact.targets = {Registered("c", "so-y-te", "Số trạm y tế xã C"),
                  Registered("a", "so-y-te", "Số trạm y tế xã A"),
                  Registered("b", "so-y-te", "Số trạm y tế xã B")};
  TargetNames names(pact, {}, kDay);
  EXPECT_EQ(FaultOf(names, kHealth, "Số trạm y tế xã D").suggestion, "Số trạm y tế xã A");
}

TEST(TargetNames, DoesNotChooseBetweenTargetsOfOneName) {
  Pact pact;
  pact.members = {{"so-y-te", kHealth, {}}, {"so-du-lich", "Sở Du lịch", {}}};
  pact.targets = {Registered("t1", "so-y-te", "Giảm sinh"),
                  Registered("t2", "so-y-te", "Giảm  SINH."), Registered("t3", "so-y-te", "Số bò"),
                  Registered("t4", "so-y-te", "Số bộ"),
                  Registered("t5", "so-du-lich", "Giảm sinh")};
  TargetNames names(pact, {}, kDay);
  for (const Row& row : {
           Row{kHealth, "Giảm sinh", "target_text: TARGET_AMBIGUOUS"},
           Row{kHealth, "giam sinh", "target_text: TARGET_AMBIGUOUS"},
           Row{"Sở Du lịch", "giam sinh", "t5"},
           // Told apart by their marks, unless they were not typed.
           Row{kHealth, "số bò", "t3"},
           Row{kHealth, "số bộ", "t4"},
           Row{kHealth, "so bo", "target_text: TARGET_AMBIGUOUS"},
           Row{kHealth, "số bơ", "target_text: TARGET_AMBIGUOUS"},
       }) {
    EXPECT_EQ(Find(names, row.unit_text, row.target_text), row.found) << row.target_text;
  }
  EXPECT_EQ(FaultOf(names, kHealth, "so bo").message,
            "Chỉ tiêu “so bo” có thể là: Số bò (t3); Số bộ (t4).");
}

TEST(TargetNames, TellsAtMostFiveOfManyCandidates) {
  Pact pact;
  pact.members = {{"so-y-te", kHealth, {}}};
  for (int i = 1; i <= 7; ++i) {
    pact.targets.push_back(Registered(absl::StrCat("t", i), "so-y-te", "Giảm sinh"));
  }
  TargetNames names(pact, {}, kDay);
  EXPECT_EQ(FaultOf(names, kHealth, "Giảm sinh").message,
            "Chỉ tiêu “Giảm sinh” có thể là: Giảm sinh (t1); Giảm sinh (t2); Giảm sinh (t3); Giảm "
            "sinh (t4); Giảm sinh (t5).");
}

TEST(TargetNames, KnowsAMemberByTheRegistryAndByThePact) {
  Pact pact = khoi4_2019::ThePact();
  Unit health = Named("so-y-te", "Sở Y tế và Dân số");
  health.aliases = {{"Ngành Y tế", {}}, {"Ty Y tế", {{}, Date(1980, 12, 31)}}};
  health.identifiers = {{"ma-dinh-danh", "000.00.10.H33", {}}};
  TargetNames names(pact, {health}, kDay);
  for (const Row& row : {
           Row{"Sở Y tế và Dân số", "Giảm sinh", "chi-tieu-13"},
           Row{"Ngành Y tế", "Giảm sinh", "chi-tieu-13"},
           Row{"000.00.10.H33", "Giảm sinh", "chi-tieu-13"},
           Row{"Sở Y tế", "Giảm sinh", "chi-tieu-13"},  // When the pact was signed.
           Row{"so-y-te", "Giảm sinh", "chi-tieu-13"},
           // A name of another day is a candidate, and not taken.
           Row{"Ty Y tế", "Giảm sinh", "unit_text: UNIT_AMBIGUOUS"},
           Row{"Sở Du lịch", "Tổng doanh thu", "chi-tieu-5"},  // Not among the units given.
       }) {
    EXPECT_EQ(Find(names, row.unit_text, row.target_text), row.found) << row.unit_text;
  }
  EXPECT_EQ(FaultOf(names, "Ty Y tế", "Giảm sinh").message,
            "Đơn vị “Ty Y tế” có thể là: Sở Y tế và Dân số.");
}

// A report on the year is taken in when the unit is no more: the pact keeps the names of its time.
TEST(TargetNames, AMemberThatHasEndedIsStillKnownByItsNameInThePact) {
  const Pact pact = khoi4_2019::ThePact();
  const Date after(2025, 6, 30);
  TargetNames names(
      pact,
      {Named(khoi4_2019::kLabour, "Sở Lao động - Thương binh và Xã hội", {{}, Date(2025, 2, 23)})},
      after);
  EXPECT_EQ(Find(names, "Sở Lao động, Thương binh và Xã hội", "Giải quyết việc làm"), "chi-tieu-1");
  EXPECT_EQ(Find(names, "Sở Lao động – TB&XH", "Giải quyết việc làm"), "chi-tieu-1");
}

// The same name is not the same unit: what one member is called now, another was when they signed.
TEST(TargetNames, DoesNotChooseBetweenMembersOfOneName) {
  Pact pact;
  pact.members = {{"so-noi-vu", "Sở Nội vụ", {}}, {"so-moi", "Sở Mới", {}}};
  pact.targets = {Registered("t1", "so-noi-vu", "Việc"), Registered("t2", "so-moi", "Việc")};
  TargetNames names(pact, {Named("so-noi-vu", "Sở Nội chính"), Named("so-moi", "Sở Nội vụ")}, kDay);
  EXPECT_EQ(Find(names, "Sở Nội vụ", "Việc"), "unit_text: UNIT_AMBIGUOUS");
  EXPECT_EQ(Find(names, "Sở Nội chính", "Việc"), "t1");
  EXPECT_EQ(Find(names, "Sở Mới", "Việc"), "t2");
}

TEST(TargetNames, AMemberWithoutTargetsHasNone) {
  Pact pact;
  pact.members = {{"so-y-te", kHealth, {}}};
  TargetNames names(pact, {}, kDay);
  EXPECT_EQ(Find(names, kHealth, "Giảm sinh"), "target_text: TARGET_UNKNOWN");
}

TEST(TargetNames, TakesAnyBytesAndAnyNumberOfTexts) {
  const Pact pact = khoi4_2019::ThePact();
  TargetNames names(pact, {}, kDay);
  EXPECT_EQ(Find(names, "S\xde", "Giảm sinh"), "unit_text: UNIT_UNKNOWN");
  EXPECT_EQ(Find(names, kHealth, "\xff\xfe"), "target_text: TARGET_UNKNOWN");
  for (int i = 0; i < 2500; ++i) {  // More than it remembers.
    ASSERT_EQ(Find(names, absl::StrCat("Sở số ", i), "Giảm sinh"), "unit_text: UNIT_UNKNOWN");
  }
  EXPECT_EQ(Find(names, kHealth, "Giảm sinh"), "chi-tieu-13");
}

}  // namespace
}  // namespace thidua::domain
