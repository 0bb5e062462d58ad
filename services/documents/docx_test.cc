#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <time.h>

#include <set>
#include <string>
#include <vector>

#include "services/documents/document.h"
#include "services/documents/docx_parts_testlib.h"
#include "services/documents/layout.h"
#include "services/documents/sample_document_testlib.h"

namespace thidua::documents {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::vector<XmlEvent> DocumentEvents(const Document& document) {
  return EventsOf(PartsOf(WriteDocx(document)).at("word/document.xml"));
}

TEST(DocxTest, EveryPartIsWellFormedAndDeclared) {
  const auto parts = PartsOf(WriteDocx(SampleDocument()));
  const std::string& types = parts.at("[Content_Types].xml");
  for (const auto& [name, xml] : parts) {
    SCOPED_TRACE(name);
    EXPECT_FALSE(EventsOf(xml).empty());
    if (name.rfind("word/", 0) == 0 && name.find("_rels") == std::string::npos) {
      EXPECT_THAT(types, HasSubstr("\"/" + name + "\""));
    }
  }
  // Whatever the text refers to is there.
  const std::string& relationships = parts.at("word/_rels/document.xml.rels");
  for (const XmlEvent& event : EventsOf(parts.at("word/document.xml"))) {
    const auto id = event.attributes.find("r:id");
    if (id != event.attributes.end()) {
      EXPECT_THAT(relationships, HasSubstr("\"" + id->second + "\""));
    }
  }
  for (const XmlEvent& event : EventsOf(relationships)) {
    if (event.begin == "Relationship") {
      EXPECT_EQ(parts.count("word/" + event.attributes.at("Target")), 1u);
    }
  }
}

TEST(DocxTest, EveryStyleThatIsNamedIsThere) {
  const auto parts = PartsOf(WriteDocx(SampleDocument()));
  std::set<std::string> styles;
  for (const XmlEvent& event : EventsOf(parts.at("word/styles.xml"))) {
    if (event.begin == "w:style") styles.insert(event.attributes.at("w:styleId"));
  }
  for (const char* part : {"word/document.xml", "word/header1.xml", "word/header2.xml"}) {
    for (const XmlEvent& event : EventsOf(parts.at(part))) {
      if (event.begin == "w:pStyle") {
        EXPECT_THAT(styles, Contains(event.attributes.at("w:val")));
      }
    }
  }
}

TEST(DocxTest, EqualDocumentsGiveEqualBytesWhateverTheTimeAndItsZone) {
  const std::string before = WriteDocx(SampleDocument());
  setenv("TZ", "Asia/Ho_Chi_Minh", 1);
  tzset();
  EXPECT_EQ(WriteDocx(SampleDocument()), before);
  unsetenv("TZ");
  tzset();
  Document other = SampleDocument();
  other.signers[0].name = "Trần Thị B";
  EXPECT_NE(WriteDocx(other), before);
}

TEST(DocxTest, TextsArriveAsTheyAreWithoutWhatNoDocumentHolds) {
  const auto events = DocumentEvents(SampleDocument());
  const auto paragraphs = ParagraphsOf(events);
  EXPECT_THAT(paragraphs, Contains(std::string("Sở Y tế: ") + kHardText));
  EXPECT_THAT(paragraphs, Contains("hai\ndòng tab[31mhết\uFFFD"));
  EXPECT_THAT(paragraphs, Contains(kHardText)) << "in a cell";
  EXPECT_THAT(paragraphs, Contains("- Các đơn vị <trong> khối;"));
  EXPECT_THAT(paragraphs, Contains("- Lưu: VT."));
}

TEST(DocxTest, ATableRepeatsItsHeaderAndSplitsNoRow) {
  const auto events = DocumentEvents(SampleDocument(100));
  int headers = 0, rows = 0, whole_rows = 0;
  bool in_bordered = false;
  for (const XmlEvent& event : events) {
    if (event.begin == "w:tbl") in_bordered = false;
    if (event.begin == "w:tblBorders") in_bordered = true;
    if (!in_bordered) continue;
    rows += event.begin == "w:tr";
    headers += event.begin == "w:tblHeader";
    whole_rows += event.begin == "w:cantSplit";
  }
  EXPECT_EQ(headers, 2) << "one a table";
  EXPECT_EQ(rows, 1 + 2 + 1 + 100);
  EXPECT_EQ(whole_rows, rows);
}

TEST(DocxTest, ColumnsFillThePageExactly) {
  int grid = 0;
  std::vector<int> tables;
  for (const XmlEvent& event : DocumentEvents(SampleDocument())) {
    if (event.begin == "w:tblGrid") grid = 0;
    if (event.begin == "w:gridCol") grid += std::stoi(event.attributes.at("w:w"));
    if (event.end == "w:tblGrid") tables.push_back(grid);
  }
  EXPECT_THAT(tables,
              testing::ElementsAre(kTextWidth, kTextWidth, kTextWidth, kTextWidthLandscape));
}

TEST(DocxTest, PagesAreA4NumberedFromTheSecondOnEachSectionForItself) {
  const auto parts = PartsOf(WriteDocx(SampleDocument()));
  const auto events = EventsOf(parts.at("word/document.xml"));
  std::vector<std::string> sizes;
  for (const XmlEvent& event : events) {
    if (event.begin == "w:pgSz") {
      sizes.push_back(event.attributes.at("w:w") + "x" + event.attributes.at("w:h"));
    }
    if (event.begin == "w:pgMar") {
      EXPECT_EQ(event.attributes.at("w:top"), "1134") << "20 mm";
      EXPECT_EQ(event.attributes.at("w:left"), "1701") << "30 mm";
      EXPECT_EQ(event.attributes.at("w:right"), "851") << "15 mm";
    }
    if (event.begin == "w:pgNumType") {
      EXPECT_EQ(event.attributes.at("w:start"), "1");
    }
  }
  EXPECT_THAT(sizes, testing::ElementsAre("11906x16838", "16838x11906"));
  EXPECT_EQ(CountOf(events, "w:titlePg"), 2);
  EXPECT_THAT(parts.at("word/header1.xml"), HasSubstr(" PAGE "));
  EXPECT_THAT(parts.at("word/header2.xml"), Not(HasSubstr("PAGE ")));
}

TEST(DocxTest, ATitleIsNeverTheLastLineOfAPage) {
  const std::string styles = PartsOf(WriteDocx(SampleDocument())).at("word/styles.xml");
  std::string style;
  std::set<std::string> kept;
  for (const XmlEvent& event : EventsOf(styles)) {
    if (event.begin == "w:style") style = event.attributes.at("w:styleId");
    if (event.begin == "w:keepNext") kept.insert(style);
  }
  for (const char* title : {"Heading1", "Heading2", "Heading3", "Title", "Subject", "AnnexTitle",
                            "Signature", "Recipients"}) {
    EXPECT_THAT(kept, Contains(title));
  }
}

TEST(DocxTest, WithoutAnnexesAndWithManySigners) {
  Document document = SampleDocument();
  document.annexes.clear();
  document.addressees.clear();
  document.head.superior_body.clear();
  document.signers = {{{"A"}, "a"}, {{"B"}, "b"}, {{"C"}, ""}};
  const auto events = DocumentEvents(document);
  EXPECT_EQ(CountOf(events, "w:pgSz"), 1);
  const auto paragraphs = ParagraphsOf(events);
  for (const char* text : {"A", "a", "B", "b", "C", "Nơi nhận:"}) {
    EXPECT_THAT(paragraphs, Contains(text));
  }
  EXPECT_THAT(paragraphs, Not(Contains(HasSubstr("Kính gửi"))));
}

}  // namespace
}  // namespace thidua::documents
