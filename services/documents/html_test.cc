#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/documents/document.h"
#include "services/documents/docx_parts_testlib.h"
#include "services/documents/sample_document_testlib.h"

namespace thidua::documents {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(HtmlTest, IsOnePageThatNeedsNothingElse) {
  const std::string html = WriteHtml(SampleDocument());
  EXPECT_EQ(html.substr(0, 15), "<!DOCTYPE html>");
  EXPECT_THAT(html, HasSubstr("<html lang=\"vi\">"));
  EXPECT_THAT(html, HasSubstr("@page { size: A4; margin: 20mm 15mm 20mm 30mm;"));
  for (const char* fetched : {"http:", "https:", "<script", "<link", "<img", "url("}) {
    EXPECT_THAT(html, Not(HasSubstr(fetched)));
  }
}

// Elements that HTML leaves open apart, it is well-formed.
TEST(HtmlTest, IsWellFormed) {
  std::string html = WriteHtml(SampleDocument());
  html.erase(0, html.find("<html"));
  for (const char* open : {"<meta ", "<col "}) {
    for (size_t at = html.find(open); at != std::string::npos; at = html.find(open, at + 1)) {
      html.insert(html.find('>', at), "/");
    }
  }
  for (size_t at = html.find("<br>"); at != std::string::npos; at = html.find("<br>", at + 1)) {
    html.insert(at + 3, "/");
  }
  const auto events = EventsOf(html);
  EXPECT_EQ(CountOf(events, "table"), 2);
  EXPECT_EQ(CountOf(events, "thead"), 2);
  EXPECT_EQ(CountOf(events, "tr"), 1 + 2 + 1 + 3);
  std::string text;
  for (const XmlEvent& event : events) text += event.text;
  EXPECT_THAT(text, HasSubstr(kHardText)) << "escaped once";
}

TEST(HtmlTest, WhatIsMarkupIsText) {
  const std::string html = WriteHtml(SampleDocument());
  EXPECT_THAT(html, HasSubstr("TE&lt;5 tuổi &amp; &quot;khác&quot; &#39;nữa&#39; &gt; 1"));
  EXPECT_THAT(html, HasSubstr("hai<br>dòng tab[31mhết\uFFFD"));
  EXPECT_THAT(html, HasSubstr("<mark>(Bổ sung: …)</mark>"));
  EXPECT_EQ(html.find('\x1B'), std::string::npos);
}

TEST(HtmlTest, EqualDocumentsGiveEqualBytes) {
  EXPECT_EQ(WriteHtml(SampleDocument()), WriteHtml(SampleDocument()));
}

}  // namespace
}  // namespace thidua::documents
