#include "services/domain/identifier.h"

#include <gtest/gtest.h>

#include <string>

namespace thidua::domain {
namespace {

std::string Repeat(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

std::string ReasonOf(const std::optional<Fault>& fault) {
  return fault.has_value() ? fault->reason : "";
}

TEST(Identifier, IsASlugOfOneTo63Characters) {
  struct Row {
    std::string id, reason;
  };
  for (const Row& row : {
           Row{"a", ""},
           Row{"7", ""},
           Row{"so-y-te", ""},
           Row{"noi-dung-1.2", ""},
           Row{"a..b--c", ""},
           Row{std::string(63, 'a'), ""},
           Row{"", "REQUIRED"},
           Row{std::string(64, 'a'), "TOO_LONG"},
           Row{"-a", "IDENTIFIER_INVALID"},
           Row{"a-", "IDENTIFIER_INVALID"},
           Row{".", "IDENTIFIER_INVALID"},
           Row{"a.", "IDENTIFIER_INVALID"},
           Row{"A", "IDENTIFIER_INVALID"},
           Row{"a_b", "IDENTIFIER_INVALID"},
           Row{"a/b", "IDENTIFIER_INVALID"},
           Row{"a b", "IDENTIFIER_INVALID"},
           Row{"sở-y-tế", "IDENTIFIER_INVALID"},
           Row{std::string("a\0b", 3), "IDENTIFIER_INVALID"},
       }) {
    EXPECT_EQ(ReasonOf(CheckIdentifier("unit_id", row.id)), row.reason) << row.id;
  }
  EXPECT_EQ(CheckIdentifier("units[2].unit_id", "")->path, "units[2].unit_id");
}

TEST(Name, IsOneLineOfOneTo300CodePoints) {
  struct Row {
    std::string name, reason;
  };
  for (const Row& row : {
           Row{"Sở Lao động, Thương binh và Xã hội", ""},
           Row{"TE<5 & \"x\"", ""},
           Row{Repeat("ế", 300), ""},  // 900 bytes: code points count, not bytes.
           Row{Repeat("𝄞", 300), ""},
           Row{"", "REQUIRED"},
           Row{"   ", "REQUIRED"},
           Row{"\u00a0 ", "REQUIRED"},
           Row{Repeat("ế", 301), "TOO_LONG"},
           Row{"Sở\nY tế", "CONTROL_CHARACTER"},
           Row{"Sở\tY tế", "CONTROL_CHARACTER"},
           Row{std::string("Sở\0", 5), "CONTROL_CHARACTER"},
           Row{"\u001f", "CONTROL_CHARACTER"},
           Row{"a\u007f", "CONTROL_CHARACTER"},
           Row{"a\u0080", "CONTROL_CHARACTER"},
           Row{"a\u009f", "CONTROL_CHARACTER"},
           Row{"a\u00a0b", ""},
       }) {
    EXPECT_EQ(ReasonOf(CheckName("display_name", row.name)), row.reason) << row.name;
  }
}

TEST(Text, MayBeEmptyAndHaveLines) {
  EXPECT_EQ(ReasonOf(CheckText("note", "", 10)), "");
  EXPECT_EQ(ReasonOf(CheckText("note", "một\n\thai", 8)), "");
  EXPECT_EQ(ReasonOf(CheckText("note", "một\n\thai", 7)), "TOO_LONG");
  EXPECT_EQ(ReasonOf(CheckText("note", "a\rb", 10)), "CONTROL_CHARACTER");
  EXPECT_EQ(ReasonOf(CheckText("note", "a\u0085b", 10)), "CONTROL_CHARACTER");
}

TEST(Excerpt, RepeatsAtMost60CodePointsOfTheInput) {
  EXPECT_EQ(Excerpt(""), "");
  EXPECT_EQ(Excerpt(Repeat("ế", 60)), Repeat("ế", 60));
  EXPECT_EQ(Excerpt(Repeat("ế", 61)), Repeat("ế", 60) + "…");
  EXPECT_EQ(CheckName("display_name", Repeat("ế", 301))->message,
            "Nội dung “" + Repeat("ế", 60) + "…” dài quá: tối đa 300 ký tự.");
}

TEST(Excerpt, IsAlwaysSoundTextForAMessage) {
  EXPECT_EQ(Excerpt("a\u001fb\u001ec\u0085d\n"), "a b c d ");
  for (const std::string bytes : {"\xff", "\x80", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                  "\xe1\xba", "\xc3(", "\xf8\x88\x80\x80\x80"}) {
    const std::string excerpt = Excerpt(bytes);
    EXPECT_EQ(excerpt.substr(0, 3), "\uFFFD");
    EXPECT_EQ(Excerpt(excerpt), excerpt);
  }
}

TEST(Fault, SurvivesAStatusWhateverIdentifierItNames) {
  const std::optional<Fault> fault = CheckIdentifier("unit_id", "a\u001fb\u001ec");
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(FaultsOf(fault->ToStatus()), std::vector<Fault>{*fault});
}

}  // namespace
}  // namespace thidua::domain
