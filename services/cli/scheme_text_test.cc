#include "services/cli/scheme_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/cli/file_text.h"

namespace thidua::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> FaultsOf(const std::string& text) {
  registry::v1::Scheme scheme;
  return ReadSchemeText(text, scheme);
}

TEST(SchemeTextTest, WhatIsWrongIsSaidInVietnameseAndWhere) {
  const struct {
    const char* text;
    const char* says;
  } kCases[] = {
      {"contents {\n  max_pionts: \"1\"\n}",
       "dòng 2, cột 3: không có mục “max_pionts”; gần nhất là “max_points”"},
      {"contents { display_name: \"Nội dung\" max_pionts: \"1\" }", "dòng 1, cột 37: không có mục"},
      {"\tcontents { asessed {} }",
       "dòng 1, cột 13: không có mục “asessed”; gần nhất là “assessed”"},
      {"contents { digits: 1 }", "mục “digits” không đặt được ở đây"},
      {"contents { trong_so: 1 }", "không có mục “trong_so”"},
      {"ranking { key: KEY_PERCENT }",
       "dòng 1, cột 16: mục “key” không có lựa chọn “KEY_PERCENT”; chọn một trong: KEY_POINTS, "
       "KEY_PERCENT_OF_ASSIGNED, KEY_CAPPED_POINTS, KEY_FORMULA"},
      {"contents { max_points: 50 }",
       "dòng 1, cột 24: giá trị của mục này viết trong ngoặc kép: \"50\""},
      {"contents { max_points \"50\" }", "sau tên mục thiếu dấu hai chấm"},
      {"contents { max_points: \"5\" max_points: \"6\" }", "mục “max_points” ghi hai lần"},
      {"contents { assessed {} pass_fail {} }",
       "“pass_fail” không đi cùng “assessed”: chỉ chọn một"},
      {"ranking { dense: \"true\" }", "viết một tên, không có ngoặc kép: true"},
      {"ranking { dense: \"", "thiếu dấu ngoặc kép đóng"},
      {"ranking { dense: vang }", "mục “dense” chỉ nhận true (có) hoặc false (không)"},
      {"ranking { dense: đúng }", "dòng 1, cột 18: “đ” đứng ngoài ngoặc kép"},
      {"display_name: “A”", "dòng 1, cột 15: thay dấu “ hãy viết dấu ngoặc kép thẳng"},
      {"display_name:\u00A0\"A\"", "dấu cách không ngắt"},
      {"contents {", "tệp hết khi còn thiếu dấu đóng ngoặc }"},
      {"contents { } }", "dòng 1, cột 14: thừa dấu đóng ngoặc }"},
      {"contents { targets: \"a\" }", "mục này gồm nhiều mục con trong ngoặc { }"},
      {"contents { places { points: [\"5\", \"3\" } }", "trong danh sách [ ] thiếu dấu phẩy"},
      {"awards { at_most: \"1\" }", "chỗ này viết một số nguyên, không có ngoặc kép"},
      {"awards { at_most: 99999999999 }", "số nguyên lớn quá"},
      {"display_name: \"A\\q\"", "sau dấu \\ chỉ viết được"},
      {"display_name: \"A\nB\"", "dòng 1, cột 17: thiếu dấu ngoặc kép đóng"},
  };
  for (const auto& c : kCases) {
    const std::vector<std::string> faults = FaultsOf(c.text);
    ASSERT_FALSE(faults.empty()) << c.text;
    EXPECT_THAT(faults[0], HasSubstr(c.says)) << c.text;
  }
  EXPECT_THAT(FaultsOf("display_name: \"A\""), IsEmpty());
}

TEST(SchemeTextTest, EveryUnknownNameIsSaidAndTheFirstBreak) {
  EXPECT_THAT(
      FaultsOf("ten: \"A\"\ncontents {\n  max_pionts: \"1\"\n  when_missing: ZERO\n  }}\n}"),
      ElementsAre(HasSubstr("dòng 1, cột 1"), HasSubstr("dòng 3, cột 3"),
                  HasSubstr("mục “when_missing” không có lựa chọn “ZERO”"),
                  HasSubstr("dòng 5, cột 4")));
}

TEST(FileTextTest, IsWhatAnyEditorMeant) {
  EXPECT_EQ(*FileText("\xEF\xBB\xBF# Sở\n"), "# Sở\n");
  EXPECT_EQ(*FileText("So\xCC\x9B\xCC\x89"), "Sở") << "typed in two ways, one name";
  EXPECT_EQ(*FileText(""), "");
}

TEST(FileTextTest, WhatIsNotUtf8IsRefusedWithItsLine) {
  for (const char* bytes : {"a: 1\nb: \"N\xE9i\"\n", "a: 1\nb: \"\xC0\xAF\"\n"}) {
    const auto text = FileText(bytes);
    ASSERT_FALSE(text.ok());
    EXPECT_THAT(std::string(text.status().message()),
                HasSubstr("dòng 2: có chữ không phải mã UTF-8"));
  }
  EXPECT_THAT(std::string(FileText("\xFF\xFE"
                                   "a")
                              .status()
                              .message()),
              HasSubstr("UTF-16"));
  EXPECT_FALSE(FileText(absl::string_view("a\0b", 3)).ok());
}

}  // namespace
}  // namespace thidua::cli
