#include "services/cli/scheme_file.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "services/domain/worked_example.h"

namespace thidua::cli {
namespace {

using google::protobuf::util::MessageDifferencer;
using registry::v1::Criterion;
using registry::v1::Scheme;
using testing::HasSubstr;

class SchemeFileTest : public testing::Test {
 protected:
  SchemeFileTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-scheme-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~SchemeFileTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  std::filesystem::path folder_;
};

Criterion Assessed(const std::string& id, const std::string& name, const std::string& points) {
  Criterion criterion;
  criterion.set_criterion_id(id);
  criterion.set_display_name(name);
  criterion.set_max_points(points);
  criterion.mutable_assessed();
  return criterion;
}

Scheme TwoContents() {
  Scheme scheme;
  scheme.set_display_name("Thang điểm \"2025\"");
  scheme.set_legal_basis("QĐ 809/QĐ-UBND");
  Criterion& first = *scheme.add_contents();
  first.set_criterion_id("noi-dung-1");
  first.set_display_name("Nội dung 1");
  first.set_max_points("650");
  *first.add_children() = Assessed("nd1.a", "Phần a", "600");
  *first.add_children() = Assessed("nd1.b", "Phần b", "50");
  *scheme.add_contents() = Assessed("noi-dung-2", "Nội dung 2", "200");
  return scheme;
}

TEST_F(SchemeFileTest, WhatIsWrittenInEitherFormIsReadBack) {
  const Scheme scheme = TwoContents();
  for (const char* name : {"thang.json", "thang.textproto", "thang.txtpb"}) {
    const auto file = Write(name, PrintScheme(scheme, *FormOf(name)));
    const auto read = ReadSchemeFile(file);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(MessageDifferencer::Equals(*read, scheme)) << name;
  }
}

TEST_F(SchemeFileTest, VietnameseStaysReadableAndAVersionSaysWhichItWas) {
  Scheme published = TwoContents();
  published.set_name("schemes/thang/versions/3");
  published.set_digest("ab12");
  const std::string text = PrintScheme(published, SchemeForm::kText);
  EXPECT_THAT(text, HasSubstr("# schemes/thang/versions/3"));
  EXPECT_THAT(text, HasSubstr("Nội dung 1"));
  const auto read = ReadSchemeFile(Write("lai.textproto", text));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->name(), "") << "importing it makes a version of its own";
}

TEST_F(SchemeFileTest, AFileThatCannotBeReadSaysWhere) {
  const struct {
    const char* name;
    const char* text;
    const char* says;
  } kCases[] = {
      {"a.textproto", "display_name: \"A\"\ncontents {\n  max_point: \"1\"\n}\n", "dòng 3, cột 3"},
      {"b.textproto", "display_name: 5", "dòng 1"},
      {"c.json", "{\"displayName\": }", "c.json"},
      {"d.json", "{\"contens\": []}", "contens"},
      {"e.docx", "", ".json, .textproto"},
      {"f.textproto", "display_name: \"A\"\nlegal_basis: \"\xD0ua\"", "dòng 2"},
      {"g.json", "{\"displayName\": \"\xD0ua\"}", "dòng 1"},
  };
  for (const auto& c : kCases) {
    const auto read = ReadSchemeFile(Write(c.name, c.text));
    EXPECT_TRUE(absl::IsInvalidArgument(read.status())) << c.name;
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(c.says));
  }
  EXPECT_TRUE(absl::IsNotFound(ReadSchemeFile(folder_ / "khong-co.json").status()));
}

TEST_F(SchemeFileTest, WhatIsNoTextBehindItsEscapesIsRefused) {
  const auto read = ReadSchemeFile(Write("thang.textproto", R"(
    contents { criterion_id: "a" display_name: "N\xC6 dung" })"));
  ASSERT_TRUE(absl::IsInvalidArgument(read.status())) << read.status();
  EXPECT_THAT(read.status().message(), HasSubstr("thang.textproto: contents[0].display_name: "));
}

TEST_F(SchemeFileTest, AFileOfAnyEditorIsRead) {
  const auto read = ReadSchemeFile(
      Write("a.textproto", "\xEF\xBB\xBF# BOM\ndisplay_name: \"So\xCC\x9B\xCC\x89\""));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->display_name(), "Sở");
}

// Nobody writes that; whoever does must not end the process.
TEST_F(SchemeFileTest, AFileWithoutABottomIsRefused) {
  constexpr int kLevels = 200'000;
  std::string text = "contents {", json = "{\"contents\": [{";
  for (int i = 0; i < kLevels; ++i) {
    text += " children {";
    json += "\"children\": [{";
  }
  const struct {
    const char* name;
    const std::string& text;
  } kCases[] = {{"sau.textproto", text}, {"sau.json", json}};
  for (const auto& c : kCases) {
    EXPECT_TRUE(absl::IsInvalidArgument(ReadSchemeFile(Write(c.name, c.text)).status())) << c.name;
  }
}

TEST_F(SchemeFileTest, CheckingNamesEveryFault) {
  EXPECT_TRUE(CheckScheme(TwoContents()).empty());
  Scheme wrong = TwoContents();
  wrong.mutable_contents(0)->mutable_children(1)->set_max_points("51");
  wrong.mutable_contents(1)->set_criterion_id("noi-dung-1");
  const std::vector<domain::Fault> faults = CheckScheme(wrong);
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0].path, "contents[0].max_points");
  EXPECT_EQ(faults[0].reason, "CHILDREN_DO_NOT_ADD_UP");
  EXPECT_EQ(faults[1].path, "contents[1].criterion_id");
  EXPECT_EQ(faults[1].reason, "DUPLICATE");
}

TEST(SchemeDiffTest, ACriterionThatStandsTwiceHasNotMoved) {
  Scheme twice = TwoContents();
  *twice.add_contents() = twice.contents(0);
  EXPECT_EQ(DiffSchemes(twice, twice), "");
}

TEST(SchemeDiffTest, TellsWhatChangedByTheCriterionsId) {
  const Scheme before = TwoContents();
  EXPECT_EQ(DiffSchemes(before, before), "");
  Scheme after = before;
  after.set_name("schemes/thang/versions/2");  // A version's name is no content.
  EXPECT_EQ(DiffSchemes(before, after), "");
  after.set_legal_basis("QĐ 900/QĐ-UBND");
  // One more comes first: the others are told by their ids, not by their places.
  after.mutable_contents(0)->clear_children();
  *after.mutable_contents(0)->add_children() = Assessed("nd1.moi", "Phần mới", "50");
  *after.mutable_contents(0)->add_children() = Assessed("nd1.a", "Phần a", "550");
  *after.mutable_contents(0)->add_children() = Assessed("nd1.b", "Phần b", "50");
  after.mutable_contents()->RemoveLast();
  const std::string diff = DiffSchemes(before, after);
  EXPECT_THAT(diff, HasSubstr("sửa   legal_basis \"QĐ 809/QĐ-UBND\" → \"QĐ 900/QĐ-UBND\""));
  EXPECT_THAT(diff, HasSubstr("sửa   nd1.a: max_points \"600\" → \"550\""));
  EXPECT_THAT(diff, HasSubstr("thêm  nd1.moi “Phần mới”"));
  EXPECT_THAT(diff, HasSubstr("bớt   noi-dung-2 “Nội dung 2”"));
  EXPECT_THAT(diff, testing::Not(HasSubstr("nd1.b:")));
}

TEST(SchemeDiffTest, TellsTheStepAndWhosePointsCount) {
  const Scheme before = TwoContents();
  Scheme after = before;
  after.mutable_contents(1)->mutable_assessed()->set_step("0.25");
  after.add_assessment_precedence(type::v1::ASSESSMENT_LAYER_PROVINCE);
  const std::string diff = DiffSchemes(before, after);
  EXPECT_THAT(diff, HasSubstr("thêm  noi-dung-2: assessed.step \"0.25\""));
  EXPECT_THAT(diff, HasSubstr("thêm  assessment_precedence ASSESSMENT_LAYER_PROVINCE"));
}

// Contents 1 (650 points, of which nd1.a has a rule of its own, and nd1.b, nd1.c) and 2.
Scheme ThreeParts() {
  Scheme scheme = TwoContents();
  *scheme.mutable_contents(0)->add_children() = Assessed("nd1.c", "Phần c", "10");
  return scheme;
}

TEST(SchemeDiffTest, TellsWhatChangedAndNotWhatItIsIn) {
  const Scheme before = ThreeParts();
  Scheme after = before;
  after.mutable_contents(0)->mutable_children(1)->set_max_points("51");
  after.mutable_ranking()->set_key(registry::v1::RankingRule::KEY_POINTS);
  EXPECT_EQ(DiffSchemes(before, after),
            "sửa   nd1.b: max_points \"50\" → \"51\"\n"
            "thêm  ranking { key: KEY_POINTS }\n");
}

TEST(SchemeDiffTest, TellsWhatStandsInAnotherPlace) {
  const Scheme before = ThreeParts();
  const struct {
    std::vector<int> children;  // In their new order.
    bool contents_swapped;
    std::string diff;
  } kCases[] = {
      {{0, 1, 2}, false, ""},
      {{2, 0, 1}, false, "dời   nd1.c “Phần c” lên đầu\n"},
      {{1, 2, 0}, false, "dời   nd1.a “Phần a” đến sau nd1.c\n"},
      {{2, 1, 0},
       false,
       "dời   nd1.b “Phần b” đến sau nd1.c\ndời   nd1.a “Phần a” đến sau nd1.b\n"},
      {{0, 1, 2}, true, "dời   noi-dung-1 “Nội dung 1” đến sau noi-dung-2\n"},
  };
  for (const auto& c : kCases) {
    Scheme after = before;
    after.mutable_contents(0)->clear_children();
    for (const int child : c.children) {
      *after.mutable_contents(0)->add_children() = before.contents(0).children(child);
    }
    if (c.contents_swapped) after.mutable_contents()->SwapElements(0, 1);
    EXPECT_EQ(DiffSchemes(before, after), c.diff);
  }
}

// Two classes, an award, a parameter, an example.
Scheme WithClasses() {
  Scheme scheme = TwoContents();
  for (const char* id : {"xuat-sac", "tot"}) {
    registry::v1::ClassRule& one = *scheme.mutable_classes()->add_classes();
    one.set_class_id(id);
    one.set_display_name("Mức " + std::string(id));
  }
  scheme.mutable_classes()->mutable_classes(0)->set_at_least("95");
  registry::v1::AwardRule& award = *scheme.add_awards();
  award.set_award_id("co");
  award.set_display_name("Cờ thi đua");
  award.set_at_most(1);
  registry::v1::Parameter& parameter = *scheme.add_parameters();
  parameter.set_parameter_id("he-so");
  parameter.set_display_name("Hệ số");
  parameter.set_value("1");
  registry::v1::WorkedExample& example = *scheme.add_examples();
  example.set_display_name("Một đơn vị");
  registry::v1::WorkedExample::Unit& unit = *example.add_units();
  unit.set_unit_id("so-y-te");
  registry::v1::WorkedExample::Assessment& given = *unit.add_assessments();
  given.set_criterion_id("noi-dung-2");
  given.set_points("150");
  unit.mutable_expected()->set_total("150");
  return scheme;
}

TEST(SchemeDiffTest, WhatHasAnIdIsToldByIt) {
  const Scheme before = WithClasses();
  const struct {
    std::function<void(Scheme&)> change;
    std::string diff;
  } kCases[] = {
      {[](Scheme&) {}, ""},
      {[](Scheme& s) { s.mutable_classes()->mutable_classes(1)->set_at_least("85"); },
       "thêm  classes.classes[tot].at_least \"85\"\n"},
      // A better class before all others: they are told by their ids, not by their places.
      {[](Scheme& s) {
         *s.mutable_classes()->add_classes() = s.classes().classes(1);
         *s.mutable_classes()->mutable_classes(1) = s.classes().classes(0);
         s.mutable_classes()->mutable_classes(0)->set_class_id("tieu-bieu");
         s.mutable_classes()->mutable_classes(0)->set_display_name("Tiêu biểu");
       },
       "thêm  classes.classes[tieu-bieu] { class_id: \"tieu-bieu\" display_name: \"Tiêu biểu\" "
       "at_least: \"95\" }\n"},
      {[](Scheme& s) { s.mutable_classes()->mutable_classes()->SwapElements(0, 1); },
       "dời   xuat-sac “Mức xuat-sac” đến sau tot\n"},
      {[](Scheme& s) { s.mutable_awards(0)->set_at_most(2); }, "sửa   awards[co].at_most 1 → 2\n"},
      {[](Scheme& s) { s.mutable_parameters(0)->set_value("1.5"); },
       "sửa   parameters[he-so].value \"1\" → \"1.5\"\n"},
      {[](Scheme& s) {
         s.mutable_examples(0)->mutable_units(0)->mutable_expected()->set_total("151");
       },
       "sửa   examples[Một đơn vị].units[so-y-te].expected.total \"150\" → \"151\"\n"},
  };
  for (const auto& c : kCases) {
    Scheme after = before;
    c.change(after);
    EXPECT_EQ(DiffSchemes(before, after), c.diff);
  }
}

TEST_F(SchemeFileTest, ExamplesAreTriedAndCounted) {
  Scheme scheme = WithClasses();
  *scheme.add_examples() = scheme.examples(0);
  EXPECT_TRUE(CheckScheme(scheme).empty());
  EXPECT_EQ(CountExamples(scheme, {}).held, 2);
  EXPECT_EQ(CountExamples(scheme, {}).all, 2);
  registry::v1::WorkedExample::Expected& expected =
      *scheme.mutable_examples(1)->mutable_units(0)->mutable_expected();
  expected.set_total("151");
  expected.set_rank(2);
  const std::vector<domain::Fault> faults = CheckScheme(scheme);
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0].path, "examples[1].units[0].expected.total");
  EXPECT_EQ(CountExamples(scheme, faults).held, 1);
  scheme.set_display_name("");
  EXPECT_EQ(CountExamples(scheme, CheckScheme(scheme)).held, 0) << "none was tried";
  EXPECT_EQ(CountExamples(scheme, CheckScheme(scheme)).tried, 0);
}

TEST(SchemeCheckTest, APathIsToldByTheCriterionsName) {
  const Scheme scheme = TwoContents();
  EXPECT_EQ(CriterionNameAt(scheme, "contents[0].max_points"), "Nội dung 1");
  EXPECT_EQ(CriterionNameAt(scheme, "contents[0].children[1].assessed.step"), "Phần b");
  EXPECT_EQ(CriterionNameAt(scheme, "contents[0].children[1]"), "Phần b");
  EXPECT_EQ(CriterionNameAt(scheme, "contents[0].children[7].max_points"), "Nội dung 1");
  EXPECT_EQ(CriterionNameAt(scheme, "contents"), "");
  EXPECT_EQ(CriterionNameAt(scheme, "ranking.cap"), "");
}

TEST(SchemeCheckTest, WhatWasNotTriedIsNotSaidToHold) {
  Scheme scheme;
  for (int i = 0; i < 7; ++i) scheme.add_examples();
  EXPECT_EQ(ExamplesSentence(CountExamples(scheme, {})), "Ví dụ tính đúng: 7/7.");
  const domain::Fault wrong = {"examples[1].units[0].expected.total", "EXAMPLE_DISAGREES", ""};
  EXPECT_EQ(ExamplesSentence(CountExamples(scheme, {wrong, wrong})), "Ví dụ tính đúng: 6/7.");
  const domain::Fault too_many = {"examples[5]", "TOO_MANY", ""};
  EXPECT_EQ(ExamplesSentence(CountExamples(scheme, {wrong, too_many})),
            "Ví dụ tính đúng: 4/5 ví dụ đã tính thử; chưa tính thử 2 ví dụ.");
  const domain::Fault of_units = {"examples[5].units", "TOO_MANY", ""};
  EXPECT_EQ(ExamplesSentence(CountExamples(scheme, {of_units})), "Ví dụ tính đúng: 6/7.");
  // No more is looked for after so many faults.
  const std::vector<domain::Fault> many(domain::kMaxExampleFaults, wrong);
  EXPECT_EQ(ExamplesSentence(CountExamples(scheme, many)),
            "Ví dụ tính đúng: 1/2 ví dụ đã tính thử; chưa tính thử 5 ví dụ.");
  EXPECT_EQ(ExamplesSentence({}), "Chưa có ví dụ nào để kiểm chứng.");
}

TEST(SchemeDiffTest, TellsARuleThatWasReplaced) {
  const Scheme before = TwoContents();
  Scheme after = before;
  after.mutable_contents(1)->mutable_targets()->set_bonus_per_percent_above("0.5");
  const std::string diff = DiffSchemes(before, after);
  EXPECT_THAT(diff, HasSubstr("bớt   noi-dung-2: assessed"));
  EXPECT_THAT(diff, HasSubstr("thêm  noi-dung-2: targets"));
  EXPECT_THAT(diff, HasSubstr("0.5"));
}

}  // namespace
}  // namespace thidua::cli
