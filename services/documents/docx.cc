// Office Open XML (ECMA-376), of which a document needs few parts: the text, its styles, and a
// header with the page number.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "services/documents/characters.h"
#include "services/documents/document.h"
#include "services/documents/layout.h"
#include "services/documents/package.h"

namespace thidua::documents {
namespace {

constexpr absl::string_view kXml =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
constexpr absl::string_view kNamespaces =
    " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
    " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

constexpr absl::string_view kContentTypes =
    R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)"
    R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
    R"(<Default Extension="xml" ContentType="application/xml"/>)"
    R"(<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>)"
    R"(<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>)"
    R"(<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>)"
    R"(<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>)"
    R"(<Override PartName="/word/header2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>)"
    R"(<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>)"
    R"(</Types>)";

constexpr absl::string_view kPackageRelationships =
    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)"
    R"(<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>)"
    R"(<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>)"
    R"(</Relationships>)";

constexpr absl::string_view kDocumentRelationships =
    R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)"
    R"(<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>)"
    R"(<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/settings" Target="settings.xml"/>)"
    R"(<Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/>)"
    R"(<Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header2.xml"/>)"
    R"(</Relationships>)";

constexpr absl::string_view kSettings =
    R"(<w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>)"
    R"(<w:characterSpacingControl w:val="doNotCompress"/>)"
    R"(<w:compat><w:compatSetting w:name="compatibilityMode" )"
    R"(w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>)"
    R"(<w:themeFontLang w:val="vi-VN"/><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/>)";

// The page's number, and nothing on a first page.
constexpr absl::string_view kPageNumber =
    R"(<w:p><w:pPr><w:pStyle w:val="PageNumber"/></w:pPr>)"
    R"(<w:r><w:fldChar w:fldCharType="begin"/></w:r>)"
    R"(<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>)"
    R"(<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r>)"
    R"(<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>)";
constexpr absl::string_view kNoPageNumber =
    R"(<w:p><w:pPr><w:pStyle w:val="PageNumber"/></w:pPr></w:p>)";

// A paragraph style on top of Normal.
std::string Style(absl::string_view id, absl::string_view name, absl::string_view paragraph,
                  absl::string_view letters) {
  return absl::StrCat("<w:style w:type=\"paragraph\" w:styleId=\"", id, "\"><w:name w:val=\"", name,
                      "\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/><w:pPr>", paragraph,
                      "</w:pPr><w:rPr>", letters, "</w:rPr></w:style>");
}

std::string Size(int points) {
  return absl::StrCat("<w:sz w:val=\"", 2 * points, "\"/><w:szCs w:val=\"", 2 * points, "\"/>");
}

constexpr absl::string_view kBold = "<w:b/><w:bCs/>", kItalic = "<w:i/><w:iCs/>";
constexpr absl::string_view kCentred = "<w:jc w:val=\"center\"/>";
constexpr absl::string_view kKept = "<w:keepNext/><w:keepLines/>";

std::string Styles() {
  const std::string body_spacing =
      absl::StrCat("<w:spacing w:before=\"", kBetweenParagraphs / 2, "\" w:after=\"",
                   kBetweenParagraphs, "\" w:line=\"269\" w:lineRule=\"auto\"/>");
  // A table leaves no room below it.
  const std::string heading_spacing =
      absl::StrCat("<w:spacing w:before=\"", kBetweenParagraphs, "\" w:after=\"",
                   kBetweenParagraphs, "\" w:line=\"269\" w:lineRule=\"auto\"/>");
  const std::string first_line = absl::StrCat("<w:ind w:firstLine=\"", kFirstLine, "\"/>");
  const std::string heading = absl::StrCat(kKept, heading_spacing, first_line,
                                           "<w:jc w:val=\"left\"/><w:outlineLvl w:val=\"");
  return absl::StrCat(
      "<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"Times New Roman\" "
      "w:hAnsi=\"Times New Roman\" w:eastAsia=\"Times New Roman\" w:cs=\"Times New Roman\"/>"
      "<w:color w:val=\"000000\"/>",
      Size(kTextPoints),
      "<w:lang w:val=\"vi-VN\" w:eastAsia=\"vi-VN\" w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault>"
      "<w:pPrDefault/></w:docDefaults>"
      "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\">"
      "<w:name w:val=\"Normal\"/><w:qFormat/><w:pPr><w:widowControl/></w:pPr></w:style>",
      Style("BodyText", "Body Text",
            absl::StrCat(body_spacing, first_line, "<w:jc w:val=\"both\"/>"), ""),
      Style("SmallText", "Small Text",
            absl::StrCat("<w:spacing w:before=\"", kBetweenParagraphs, "\" w:after=\"",
                         kBetweenParagraphs, "\"/><w:jc w:val=\"both\"/>"),
            Size(12)),
      Style("Heading1", "heading 1", absl::StrCat(heading, "0\"/>"), kBold),
      Style("Heading2", "heading 2", absl::StrCat(heading, "1\"/>"), kBold),
      Style("Heading3", "heading 3", absl::StrCat(heading, "2\"/>"), absl::StrCat(kBold, kItalic)),
      Style("Head", "Document Head", absl::StrCat(kKept, kCentred), ""),
      Style("Rule", "Document Rule",
            absl::StrCat(kKept, "<w:spacing w:before=\"50\" w:line=\"80\" w:lineRule=\"exact\"/>"),
            Size(2)),
      Style("Title", "Title", absl::StrCat(kKept, "<w:spacing w:before=\"360\"/>", kCentred),
            kBold),
      Style("Subject", "Subject", absl::StrCat(kKept, kCentred), kBold),
      Style("Addressee", "Addressee",
            absl::StrCat(kKept, "<w:spacing w:before=\"240\" w:after=\"240\"/>", kCentred), ""),
      Style("Cell", "Table Cell", "<w:spacing w:before=\"30\" w:after=\"30\"/>", Size(12)),
      Style("Signature", "Signature", absl::StrCat(kKept, kCentred), kBold),
      Style("Recipients", "Recipients", kKept, Size(kRecipientPoints)),
      Style("AnnexTitle", "Annex Title", absl::StrCat(kKept, kCentred), kBold),
      Style("AnnexNote", "Annex Note",
            absl::StrCat(kKept, "<w:spacing w:after=\"160\"/>", kCentred), kItalic),
      Style("PageNumber", "Page Number Header", kCentred, Size(kTextPoints)),
      Style("SectionEnd", "Section End", "<w:spacing w:line=\"20\" w:lineRule=\"exact\"/>",
            Size(1)));
}

std::string Letters(const Run& run, int points) {
  std::string letters;
  if (run.bold) absl::StrAppend(&letters, kBold);
  if (run.italic) absl::StrAppend(&letters, kItalic);
  if (points > 0) letters += Size(points);
  if (run.marked) letters += "<w:highlight w:val=\"yellow\"/>";
  return letters;
}

// `points` 0: as the style says.
std::string RunXml(const Run& run, int points = 0) {
  std::string xml = "<w:r>";
  const std::string letters = Letters(run, points);
  if (!letters.empty()) absl::StrAppend(&xml, "<w:rPr>", letters, "</w:rPr>");
  bool first = true;
  const std::string text = Escaped(run.text);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    if (!first) xml += "<w:br/>";
    first = false;
    absl::StrAppend(&xml, "<w:t xml:space=\"preserve\">", line, "</w:t>");
  }
  return xml + "</w:r>";
}

// `properties` follow the style's name, in the schema's order.
std::string ParagraphXml(absl::string_view style, absl::string_view properties,
                         const std::vector<Run>& runs, int points = 0) {
  std::string xml =
      absl::StrCat("<w:p><w:pPr><w:pStyle w:val=\"", style, "\"/>", properties, "</w:pPr>");
  for (const Run& run : runs) xml += RunXml(run, points);
  return xml + "</w:p>";
}

std::string RuleXml(int length, int width) {
  const int indent = std::max(0, (width - length) / 2);
  return absl::StrCat(
      "<w:p><w:pPr><w:pStyle w:val=\"Rule\"/><w:pBdr><w:top w:val=\"single\" w:sz=\"6\" "
      "w:space=\"1\" w:color=\"000000\"/></w:pBdr><w:ind w:left=\"",
      indent, "\" w:right=\"", indent, "\"/></w:pPr></w:p>");
}

std::string Jc(Align align) {
  switch (align) {
    case Align::kLeft:
      return "<w:jc w:val=\"left\"/>";
    case Align::kCentre:
      return "<w:jc w:val=\"center\"/>";
    case Align::kRight:
      return "<w:jc w:val=\"right\"/>";
    case Align::kJustified:
      return "<w:jc w:val=\"both\"/>";
  }
  return "";
}

std::string CellXml(int width, absl::string_view properties, absl::string_view content) {
  return absl::StrCat("<w:tc><w:tcPr><w:tcW w:w=\"", width, "\" w:type=\"dxa\"/>", properties,
                      "</w:tcPr>", content, "</w:tc>");
}

std::string TableBegin(const std::vector<int>& widths, bool bordered) {
  int all = 0;
  std::string grid;
  for (const int width : widths) {
    all += width;
    absl::StrAppend(&grid, "<w:gridCol w:w=\"", width, "\"/>");
  }
  std::string xml = absl::StrCat("<w:tbl><w:tblPr><w:tblW w:w=\"", all, "\" w:type=\"dxa\"/>",
                                 "<w:jc w:val=\"center\"/>");
  if (bordered) {
    xml += "<w:tblBorders>";
    for (const char* side : {"top", "left", "bottom", "right", "insideH", "insideV"}) {
      absl::StrAppend(&xml, "<w:", side,
                      " w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>");
    }
    xml += "</w:tblBorders>";
  }
  const int margin = bordered ? 70 : 0;
  return absl::StrCat(xml, "<w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"", margin,
                      "\" w:type=\"dxa\"/><w:right w:w=\"", margin,
                      "\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>", grid,
                      "</w:tblGrid>");
}

std::string HeadXml(const Head& head) {
  const int superior = FittingPoints(head.superior_body, kSmallPoints, /*bold=*/false, kHeadLeft);
  const int issuing = FittingPoints(head.issuing_body, kSmallPoints, /*bold=*/true, kHeadLeft);
  std::string left;
  for (const std::string& line : head.superior_body) {
    left += ParagraphXml("Head", "", {{line}}, superior);
  }
  for (const std::string& line : head.issuing_body) {
    left += ParagraphXml("Head", "", {{line, /*bold=*/true}}, issuing);
  }
  if (!head.issuing_body.empty()) {
    left += RuleXml(RuleUnder(head.issuing_body.back(), issuing, kHeadLeft), kHeadLeft);
  }
  const std::string right =
      absl::StrCat(ParagraphXml("Head", "", {{std::string(kNation), /*bold=*/true}}, kSmallPoints),
                   ParagraphXml("Head", "", {{std::string(kMotto), /*bold=*/true}}, kTextPoints),
                   RuleXml(TextWidth(kMotto, kTextPoints, /*bold=*/true), kHeadRight));
  std::string number =
      ParagraphXml("Head", "<w:spacing w:before=\"60\"/>",
                   {{absl::StrCat(kNumberRoom, head.number_suffix)}}, kSmallPoints);
  if (!head.draft_mark.empty()) {
    number += ParagraphXml("Head", "", {{head.draft_mark, /*bold=*/true}}, kSmallPoints);
  }
  const std::string place =
      ParagraphXml("Head", "<w:spacing w:before=\"60\"/>",
                   {{head.place_and_date, /*bold=*/false, /*italic=*/true}}, kTextPoints);
  return absl::StrCat(TableBegin({kHeadLeft, kHeadRight}, /*bordered=*/false), "<w:tr>",
                      CellXml(kHeadLeft, "", left), CellXml(kHeadRight, "", right), "</w:tr><w:tr>",
                      CellXml(kHeadLeft, "", number), CellXml(kHeadRight, "", place),
                      "</w:tr></w:tbl>");
}

std::string BlockXml(const Heading& heading, int) {
  return ParagraphXml(absl::StrCat("Heading", heading.level), "", {{heading.text}});
}

std::string BlockXml(const Paragraph& paragraph, int) {
  std::string properties;
  if (paragraph.with_next) properties += "<w:keepNext/>";
  if (!paragraph.indented && !paragraph.small) properties += "<w:ind w:firstLine=\"0\"/>";
  if (paragraph.align != Align::kJustified) properties += Jc(paragraph.align);
  return ParagraphXml(paragraph.small ? "SmallText" : "BodyText", properties, paragraph.runs);
}

std::string BlockXml(const Table& table, int page_width) {
  const std::vector<int> widths = ColumnWidths(table, page_width);
  std::string xml = TableBegin(widths, /*bordered=*/true);
  const auto add_row = [&](absl::string_view properties, auto cell) {
    absl::StrAppend(&xml, "<w:tr><w:trPr><w:cantSplit/>", properties, "</w:trPr>");
    for (size_t c = 0; c < widths.size(); ++c) xml += cell(c);
    xml += "</w:tr>";
  };
  add_row("<w:tblHeader/>", [&](size_t c) {
    return CellXml(widths[c], "<w:vAlign w:val=\"center\"/>",
                   ParagraphXml("Cell", absl::StrCat("<w:keepNext/>", kCentred),
                                {{table.columns[c].title, /*bold=*/true}}, table.points));
  });
  for (const Table::Row& row : table.rows) {
    const bool kept = table.together && &row != &table.rows.back();
    add_row("", [&](size_t c) {
      return CellXml(
          widths[c], "<w:vAlign w:val=\"center\"/>",
          ParagraphXml("Cell",
                       absl::StrCat(kept ? "<w:keepNext/>" : "", Jc(table.columns[c].align)),
                       {{row.cells[c], row.bold}}, table.points));
    });
  }
  return xml + "</w:tbl>";
}

std::string BlocksXml(const std::vector<Block>& blocks, int page_width) {
  std::string xml;
  for (size_t i = 0; i < blocks.size(); ++i) {
    absl::StrAppend(&xml, std::visit([&](const auto& block) { return BlockXml(block, page_width); },
                                     blocks[i]));
    // Two tables without a paragraph in between would become one.
    if (std::holds_alternative<Table>(blocks[i])) {
      const bool another = i + 1 < blocks.size() && std::holds_alternative<Table>(blocks[i + 1]);
      if (another) xml += "<w:p/>";
    }
  }
  return xml;
}

std::string SignerXml(const Signer& signer) {
  std::string xml;
  for (const std::string& line : signer.office) xml += ParagraphXml("Signature", "", {{line}});
  // Room for signature and seal.
  constexpr absl::string_view kRoom = "<w:spacing w:before=\"1500\"/>";
  return xml + ParagraphXml("Signature", kRoom, {{signer.name}});
}

std::string RecipientsXml(const std::vector<std::string>& recipients) {
  std::string xml =
      ParagraphXml("Recipients", "", {{"Nơi nhận:", /*bold=*/true, /*italic=*/true}}, 12);
  for (const std::string& recipient : recipients) {
    xml += ParagraphXml("Recipients", "", {{absl::StrCat("- ", recipient, ";")}});
  }
  return xml + ParagraphXml("Recipients", "", {{absl::StrCat("- ", kLastRecipient, ".")}});
}

// One signer beside the recipients; several in pairs, above them.
std::string SignaturesXml(const Document& document) {
  constexpr int kLeft = kTextWidth * 9 / 20, kRight = kTextWidth - kLeft;
  std::string xml = TableBegin({kLeft, kRight}, /*bordered=*/false);
  const auto add_row = [&xml](absl::string_view left, absl::string_view right) {
    absl::StrAppend(&xml, "<w:tr><w:trPr><w:cantSplit/></w:trPr>", CellXml(kLeft, "", left),
                    CellXml(kRight, "", right), "</w:tr>");
  };
  const std::string nobody = ParagraphXml("Signature", "", {});
  const std::vector<Signer>& signers = document.signers;
  if (signers.size() > 1) {
    for (size_t i = 0; i < signers.size(); i += 2) {
      add_row(SignerXml(signers[i]), i + 1 < signers.size() ? SignerXml(signers[i + 1]) : nobody);
    }
  }
  add_row(RecipientsXml(document.recipients), signers.size() == 1 ? SignerXml(signers[0]) : nobody);
  return xml + "</w:tbl>";
}

std::string SectionXml(bool landscape, bool restart) {
  const int width = landscape ? kPageLong : kPageShort;
  const int height = landscape ? kPageShort : kPageLong;
  return absl::StrCat(
      "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId3\"/>"
      "<w:headerReference w:type=\"first\" r:id=\"rId4\"/><w:type w:val=\"nextPage\"/>"
      "<w:pgSz w:w=\"",
      width, "\" w:h=\"", height, "\"", landscape ? " w:orient=\"landscape\"" : "",
      "/><w:pgMar w:top=\"", kMarginTop, "\" w:right=\"", kMarginRight, "\" w:bottom=\"",
      kMarginBottom, "\" w:left=\"", kMarginLeft,
      "\" w:header=\"510\" w:footer=\"510\" w:gutter=\"0\"/>",
      restart ? "<w:pgNumType w:start=\"1\"/>" : "", "<w:titlePg/></w:sectPr>");
}

// Ends a section that others follow: a paragraph that nobody sees.
std::string SectionEndXml(absl::string_view section) {
  return absl::StrCat("<w:p><w:pPr><w:pStyle w:val=\"SectionEnd\"/>", section, "</w:pPr></w:p>");
}

std::string DocumentXml(const Document& document) {
  std::string xml = HeadXml(document.head);
  xml += ParagraphXml("Title", "", {{document.title}});
  for (const std::string& line : document.subject) xml += ParagraphXml("Subject", "", {{line}});
  if (!document.subject.empty()) {
    xml += RuleXml(RuleUnder(document.subject.back(), kTextPoints, kTextWidth), kTextWidth);
  }
  if (!document.addressees.empty()) {
    xml += ParagraphXml(
        "Addressee", "",
        {{absl::StrCat("Kính gửi: ", absl::StrJoin(document.addressees, ";\n"), ".")}});
  } else {
    xml += ParagraphXml("Addressee", "", {});
  }
  xml += BlocksXml(document.body, kTextWidth);
  xml += SignaturesXml(document);
  bool landscape = false, restart = false;
  for (const Annex& annex : document.annexes) {
    xml += SectionEndXml(SectionXml(landscape, restart));
    landscape = annex.landscape;
    restart = true;
    xml += ParagraphXml("AnnexTitle", "", {{annex.label}});
    xml += ParagraphXml("AnnexTitle", "", {{annex.title}});
    xml += ParagraphXml("AnnexNote", "", {{annex.note}});
    xml += BlocksXml(annex.body, landscape ? kTextWidthLandscape : kTextWidth);
  }
  // A document does not end with a table.
  xml += "<w:p><w:pPr><w:pStyle w:val=\"SectionEnd\"/></w:pPr></w:p>";
  return absl::StrCat(xml, SectionXml(landscape, restart));
}

std::string CoreXml(const Document& document) {
  return absl::StrCat(
      "<cp:coreProperties "
      "xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" "
      "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>",
      Escaped(document.title), ". ", Escaped(absl::StrJoin(document.subject, " ")),
      "</dc:title><dc:creator>", Escaped(absl::StrJoin(document.head.issuing_body, " ")),
      "</dc:creator><dc:language>vi-VN</dc:language></cp:coreProperties>");
}

}  // namespace

std::string WriteDocx(const Document& document) {
  const auto part = [](absl::string_view element, absl::string_view content) {
    return absl::StrCat(kXml, "<w:", element, kNamespaces, ">", content, "</w:", element, ">");
  };
  return Package({
      {"[Content_Types].xml", absl::StrCat(kXml, kContentTypes)},
      {"_rels/.rels", absl::StrCat(kXml, kPackageRelationships)},
      {"docProps/core.xml", absl::StrCat(kXml, CoreXml(document))},
      {"word/_rels/document.xml.rels", absl::StrCat(kXml, kDocumentRelationships)},
      {"word/document.xml",
       part("document", absl::StrCat("<w:body>", DocumentXml(document), "</w:body>"))},
      {"word/styles.xml", part("styles", Styles())},
      {"word/settings.xml", part("settings", kSettings)},
      {"word/header1.xml", part("hdr", kPageNumber)},
      {"word/header2.xml", part("hdr", kNoPageNumber)},
  });
}

}  // namespace thidua::documents
