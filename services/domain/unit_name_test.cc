#include "services/domain/unit_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "services/domain/identifier.h"

namespace thidua::domain {
namespace {

const Date kToday(2025, 6, 30);

Unit Named(const std::string& id, const std::string& name, const std::string& short_name = "",
           Interval held = {}) {
  Unit unit;
  unit.id = id;
  unit.namings = {{name, short_name, UnitKind::kDepartment, held, ""}};
  return unit;
}

// The departments of a province before and after the mergers of 2025.
std::vector<Unit> Departments() {
  std::vector<Unit> units = {
      Named("so-ldtbxh", "Sở Lao động - Thương binh và Xã hội", "", {{}, Date(2025, 2, 23)}),
      Named("so-noi-vu", "Sở Nội vụ", "", {{}, Date(2025, 2, 23)}),
      Named("so-noi-vu-2025", "Sở Nội vụ", "", {Date(2025, 2, 24), {}}),
      Named("so-khcn", "Sở Khoa học và Công nghệ", "Sở KH&CN"),
      Named("so-khdt", "Sở Kế hoạch và Đầu tư"),
      Named("so-y-te", "Sở Y tế"),
      Named("so-gddt", "Sở Giáo dục và Đào tạo"),
      Named("so-vhtt", "Sở Văn hóa và Thể thao"),
      Named("so-du-lich", "Sở Du lịch"),
      Named("so-tu-phap", "Sở Tư pháp"),
      Named("so-tai-chinh", "Sở Tài chính"),
      Named("so-tnmt", "Sở Tài nguyên và Môi trường"),
      Named("so-nnptnt", "Sở Nông nghiệp và Phát triển nông thôn"),
      Named("so-gtvt", "Sở Giao thông vận tải"),
      Named("so-xay-dung", "Sở Xây dựng"),
      Named("so-cong-thuong", "Sở Công Thương"),
      Named("so-tttt", "Sở Thông tin và Truyền thông"),
      Named("ban-dan-toc", "Ban Dân tộc"),
      Named("van-phong-ubnd", "Văn phòng Ủy ban nhân dân tỉnh", "Văn phòng UBND tỉnh"),
      Named("thanh-tra", "Thanh tra tỉnh"),
  };
  units[3].identifiers = {{"ma-dinh-danh", "000.00.10.H33", {}},
                          {"ma-dinh-danh", "CU.7", {{}, Date(2020, 12, 31)}}};
  units[5].aliases = {{"Ngành Y tế", {}}, {"Ty Y tế", {{}, Date(1980, 12, 31)}}};
  return units;
}

std::string Best(absl::string_view text, Date day = kToday) {
  const std::vector<Unit> units = Departments();
  const std::vector<UnitMatch> matches = MatchUnits(text, day, units);
  const UnitMatch* best = BestMatch(matches);
  return best == nullptr ? "" : best->unit->id;
}

TEST(UnitNameTest, OneNameIsWrittenInManyWays) {
  const struct {
    const char* text;
    const char* unit;
  } kCases[] = {
      {"Sở Khoa học và Công nghệ", "so-khcn"},
      {"SỞ KHOA HỌC VÀ CÔNG NGHỆ", "so-khcn"},
      {"sở khoa học & công nghệ", "so-khcn"},
      {"Sở Khoa học - Công nghệ", "so-khcn"},
      {"Sở\xC2\xA0Khoa học và  Công\xC2\xA0nghệ", "so-khcn"},
      {"So\xCC\x9B\xCC\x89 Y t\x65\xCC\x82\xCC\x81", "so-y-te"},  // Typed in pieces.
      {"so khoa hoc va cong nghe", "so-khcn"},
      {"Sở KH&CN", "so-khcn"},
      {"Sở KHCN", "so-khcn"},
      {"SỞ KH-CN", "so-khcn"},
      {"so khcn", "so-khcn"},
      {"SKHCN", "so-khcn"},
      {"Sở KHĐT", "so-khdt"},
      {"Sở KH&ĐT", "so-khdt"},
      {"Sở GD-ĐT", "so-gddt"},
      {"SYT", "so-y-te"},
      {"SỞ YT", "so-y-te"},
      {"S. Y tế", "so-y-te"},
      {"Sở Y t\xC2\xADế", "so-y-te"},  // A soft hyphen.
      {"Ngành y tế", "so-y-te"},
      {"VP UBND tỉnh", "van-phong-ubnd"},
      {"Văn phòng UBND tỉnh", "van-phong-ubnd"},
      {"BAN DÂN TỘC", "ban-dan-toc"},
      {"BAN DAN TOC", "ban-dan-toc"},
      {"Sở Nội vụ", "so-noi-vu-2025"},
      {"so-khcn", "so-khcn"},
      {"units/so-khcn", "so-khcn"},
      {"000.00.10.h33", "so-khcn"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Best(c.text), c.unit) << c.text;
}

TEST(UnitNameTest, TheArticlesOwnSpellingsMeanOneDepartment) {
  for (const char* text : {"Sở Lao Động- Thương Binh và Xã hội", "Sở Lao động – TB&XH",
                           "Sở Lao động, Thương binh và Xã hội", "SỞ LĐTBXH", "Sở LĐ-TB&XH",
                           "Sở LĐTB&XH", "so lao dong tbxh", "Sở Lao động - TBXH", "SLĐTBXH"}) {
    EXPECT_EQ(Best(text, Date(2019, 6, 30)), "so-ldtbxh") << text;
  }
}

TEST(UnitNameTest, TheSameNameIsNotTheSameUnit) {
  EXPECT_EQ(Best("Sở Nội vụ", Date(2025, 2, 23)), "so-noi-vu");
  EXPECT_EQ(Best("Sở Nội vụ", Date(2025, 2, 24)), "so-noi-vu-2025");
}

TEST(UnitNameTest, WhatFitsNobodyIsNobody) {
  for (const char* text : {"", "Sở", "Sở Ngoại vụ", "Sở Khoa học", "Sở Y", "KH&CN của Sở", "&",
                           "Sở Khoa học và Công nghệ tỉnh", "12/2018/QĐ-TTg", "\xff\xfe"}) {
    EXPECT_TRUE(MatchUnits(text, kToday, Departments()).empty()) << text;
  }
}

TEST(UnitNameTest, WhyItFitsIsToldBestFirst) {
  std::vector<Unit> units = {Named("a", "Sở Y tế"), Named("b", "Sơ Y Tê"), Named("c", "Sở Yên Thế"),
                             Named("d", "Sở Y tế", "", {{}, Date(2000, 1, 1)})};
  const std::vector<UnitMatch> matches = MatchUnits("sở y tế", kToday, units);
  ASSERT_EQ(matches.size(), 3u);
  EXPECT_EQ(matches[0].match, NameMatch::kName);
  EXPECT_EQ(matches[0].unit->id, "a");
  EXPECT_EQ(matches[0].text, "Sở Y tế");
  EXPECT_EQ(matches[1].match, NameMatch::kOtherMarks);
  EXPECT_EQ(matches[2].match, NameMatch::kOtherDay);
  EXPECT_EQ(BestMatch(matches), &matches[0]);

  const std::vector<UnitMatch> letters = MatchUnits("SYT", kToday, units);
  EXPECT_EQ(BestMatch(letters), nullptr) << "three fit equally well";
}

TEST(UnitNameTest, OtherMarksAreAnotherName) {
  const std::vector<Unit> units = {Named("hoa", "Xã Tân Hóa")};
  const std::vector<UnitMatch> other = MatchUnits("Xã Tân Hòa", kToday, units);
  ASSERT_EQ(other.size(), 1u);
  EXPECT_EQ(other[0].match, NameMatch::kOtherMarks);
  EXPECT_EQ(BestMatch(other), nullptr);
  EXPECT_EQ(MatchUnits("xã Tân Hoá", kToday, units)[0].match, NameMatch::kName)
      << "the tone's place is a matter of taste";
  EXPECT_EQ(MatchUnits("xa tan hoa", kToday, units)[0].match, NameMatch::kUnmarkedName);
}

TEST(UnitNameTest, OfEqualsNobodyIsChosen) {
  const std::vector<Unit> units = {Named("mot", "Xã Tân Lập"), Named("hai", "Xã Tân Lập")};
  const std::vector<UnitMatch> matches = MatchUnits("xã Tân Lập", kToday, units);
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].unit->id, "hai") << "in the order of ids";
  EXPECT_EQ(BestMatch(matches), nullptr);
}

TEST(UnitNameTest, ANameOfAnotherDayChoosesNobody) {
  const std::vector<Unit> units = {Departments()[0]};
  const std::vector<UnitMatch> matches = MatchUnits("Sở LĐTBXH", kToday, units);
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0].match, NameMatch::kOtherDay);
  EXPECT_EQ(BestMatch(matches), nullptr);
}

TEST(UnitNameTest, ANumberIsNotItsFirstDigit) {
  const std::vector<Unit> units = {Named("a", "Khối thi đua 1"), Named("b", "Khối thi đua 12")};
  EXPECT_EQ(MatchUnits("khối thi đua 1", kToday, units).size(), 1u);
  EXPECT_EQ(MatchUnits("KTĐ 12", kToday, units).size(), 1u);
}

// Every way in which this test can think of writing a name.
std::vector<std::string> WritingsOf(const std::string& name) {
  std::vector<std::string> writings = {name, absl::StrReplaceAll(name, {{" và ", " & "}}),
                                       absl::StrReplaceAll(name, {{" - ", " – "}}),
                                       absl::StrReplaceAll(name, {{" ", "\xC2\xA0"}}),
                                       absl::StrReplaceAll(name, {{" và ", " - "}})};
  const std::vector<std::string> words = absl::StrSplit(name, ' ');
  // The words from one to another by their first letters, in capitals.
  for (size_t from = 0; from < words.size(); ++from) {
    for (size_t to = from + 2; to <= words.size(); ++to) {
      std::string letters;
      for (size_t i = from; i < to; ++i) {
        if (words[i] == "và" || words[i] == "-") continue;
        const bool is_d = words[i].rfind("Đ", 0) == 0 || words[i].rfind("đ", 0) == 0;
        const unsigned char first = static_cast<unsigned char>(words[i][0]);
        if (first >= 0x80 && !is_d)
          letters += "U";  // "Ủy": as it is abbreviated.
        else
          letters += is_d ? "Đ" : std::string(1, absl::ascii_toupper(first));
      }
      if (letters.size() < 2 || letters == "Đ") continue;
      std::vector<std::string> writing(words.begin(), words.begin() + static_cast<ptrdiff_t>(from));
      writing.push_back(letters);
      writing.insert(writing.end(), words.begin() + static_cast<ptrdiff_t>(to), words.end());
      writings.push_back(absl::StrJoin(writing, " "));
    }
  }
  return writings;
}

TEST(UnitNameTest, WhateverFitsIsFoundByAKey) {
  const std::vector<Unit> units = Departments();
  int fits = 0;
  for (const Unit& written : units) {
    for (const std::string& text : WritingsOf(written.namings[0].name)) {
      const std::vector<std::string> lookup = LookupKeys(text);
      EXPECT_LE(lookup.size(), 17u) << text;
      const std::set<std::string> asked(lookup.begin(), lookup.end());
      bool itself = false;
      for (const UnitMatch& match : MatchUnits(text, kToday, units)) {
        ++fits;
        itself |= match.unit == &written;
        const std::vector<std::string> keys = KeysOf(*match.unit);
        EXPECT_TRUE(std::any_of(keys.begin(), keys.end(),
                                [&](const std::string& key) { return asked.contains(key); }))
            << text << " fits " << match.unit->id << " and shares no key with it";
      }
      EXPECT_TRUE(itself) << text;
    }
  }
  EXPECT_GT(fits, 200);
}

// A store refuses a key that is no text.
TEST(UnitNameTest, KeysAreWholeLettersInAnyScript) {
  for (const char* text : {"Привет мир", "ПРИВЕТ МИР", "Øresund", "ØÅ", "Sở 東京", "東", "Đ", "Ư",
                           "½ ²", "\xCC\x81", "🙂 Sở"}) {
    for (const std::string& key : LookupKeys(text)) EXPECT_EQ(Excerpt(key), key) << text;
    for (const std::string& key : KeysOf(Named("a", text))) EXPECT_EQ(Excerpt(key), key) << text;
  }
  EXPECT_EQ(MatchUnits("привет мир", kToday, {Named("a", "Привет мир")}).size(), 1u);
}

TEST(UnitNameTest, HostileTextCostsLittle) {
  std::string capitals;
  for (int i = 0; i < 60; ++i) capitals += "BAN ";
  EXPECT_LE(LookupKeys(capitals).size(), 17u);
  EXPECT_TRUE(MatchUnits(capitals, kToday, Departments()).empty());
}

}  // namespace
}  // namespace thidua::domain
