// HTML 5 that stands alone: one page, its style within, no script and nothing fetched.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "services/documents/characters.h"
#include "services/documents/document.h"
#include "services/documents/layout.h"

namespace thidua::documents {
namespace {

constexpr absl::string_view kStyle = R"css(
@page { size: A4; margin: 20mm 15mm 20mm 30mm; @top-center { content: counter(page); font: 14pt "Times New Roman", "Liberation Serif", serif; } }
@page :first { @top-center { content: none; } }
@page landscape { size: A4 landscape; }
body { font: 14pt/1.2 "Times New Roman", "Liberation Serif", serif; color: #000; background: #fff; max-width: 165mm; margin: 1em auto; padding: 0 1em; }
p, h1, h2, h3 { margin: 6pt 0; font-size: 14pt; text-align: justify; text-indent: 12.7mm; orphans: 2; widows: 2; overflow-wrap: break-word; }
h1, h2, h3 { font-weight: bold; text-align: left; break-after: avoid; }
h3 { font-style: italic; }
p.small { font-size: 12pt; text-indent: 0; }
p.flush { text-indent: 0; }
p.left { text-align: left; } p.centre { text-align: center; text-indent: 0; } p.right { text-align: right; text-indent: 0; }
p.with-next { break-after: avoid; }
mark { background: #ff0; color: #000; }
.head, .signatures { display: grid; column-gap: 4mm; break-inside: avoid; }
.head { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); }
.signatures { grid-template-columns: 9fr 11fr; break-before: avoid; margin-top: 6pt; }
.head p, .signatures p, .title p, .annex > header p { margin: 0; text-indent: 0; text-align: center; }
.head p, .annex > header p { white-space: pre-wrap; }
.head p { font-size: 13pt; }
.head .motto, .head .date { font-size: 14pt; }
.head .number, .head .date { margin-top: 3pt; }
.ruled::after { content: ""; display: block; margin: 2pt auto 0; border-top: 0.75pt solid #000; width: 40%; }
.head .ruled { width: fit-content; max-width: 100%; margin: 0 auto; }
.head .motto.ruled::after { width: 100%; }
.title { margin: 18pt 0 12pt; break-after: avoid; }
.title .ruled { width: fit-content; max-width: 100%; margin: 0 auto; }
.addressee { text-align: center; text-indent: 0; margin: 12pt 0; white-space: pre-line; }
.signatures p.recipient { font-size: 11pt; text-align: left; }
.signatures p.recipients { font-size: 12pt; text-align: left; }
.signatures .name { margin-top: 75pt; min-height: 1.2em; }
table { border-collapse: collapse; width: 100%; margin: 6pt 0; }
table.small-letters { font-size: 11pt; }
table { font-size: 12pt; }
th, td { border: 0.5pt solid #000; padding: 1.5pt 3pt; overflow-wrap: break-word; }
th { text-align: center; vertical-align: middle; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
table.together { break-inside: avoid; }
td.centre { text-align: center; } td.right { text-align: right; } td.left { text-align: left; }
.annex { break-before: page; }
.annex.landscape { page: landscape; }
@media screen { .annex.landscape { width: 252mm; max-width: calc(100vw - 3em); position: relative; left: 50%; transform: translateX(-50%); } }
@media print { body { max-width: none; margin: 0; padding: 0; } }
)css";

std::string Lines(absl::string_view text) {
  return absl::StrReplaceAll(Escaped(text), {{"\n", "<br>"}});
}

std::string P(absl::string_view classes, absl::string_view text) {
  return classes.empty() ? absl::StrCat("<p>", Lines(text), "</p>\n")
                         : absl::StrCat("<p class=\"", classes, "\">", Lines(text), "</p>\n");
}

std::string BoldP(absl::string_view classes, absl::string_view text) {
  return absl::StrCat("<p class=\"", classes, "\"><b>", Lines(text), "</b></p>\n");
}

std::string RunHtml(const Run& run) {
  std::string html = Lines(run.text);
  if (run.marked) html = absl::StrCat("<mark>", html, "</mark>");
  if (run.italic) html = absl::StrCat("<i>", html, "</i>");
  if (run.bold) html = absl::StrCat("<b>", html, "</b>");
  return html;
}

absl::string_view ClassOf(Align align) {
  switch (align) {
    case Align::kLeft:
      return "left";
    case Align::kCentre:
      return "centre";
    case Align::kRight:
      return "right";
    case Align::kJustified:
      return "";
  }
  return "";
}

std::string BlockHtml(const Heading& heading) {
  return absl::StrCat("<h", heading.level, ">", Lines(heading.text), "</h", heading.level, ">\n");
}

std::string BlockHtml(const Paragraph& paragraph) {
  std::vector<absl::string_view> classes;
  if (paragraph.small) classes.push_back("small");
  if (!paragraph.indented) classes.push_back("flush");
  if (paragraph.with_next) classes.push_back("with-next");
  if (paragraph.align != Align::kJustified) classes.push_back(ClassOf(paragraph.align));
  std::string html =
      classes.empty() ? "<p>" : absl::StrCat("<p class=\"", absl::StrJoin(classes, " "), "\">");
  for (const Run& run : paragraph.runs) html += RunHtml(run);
  return html + "</p>\n";
}

std::string BlockHtml(const Table& table) {
  std::string html = "<table class=\"";
  absl::StrAppend(&html, table.together ? "together" : "long",
                  table.points < 12 ? " small-letters" : "", "\">\n<colgroup>");
  // In thousandths of the page.
  for (const int width : ColumnWidths(table, 1000)) {
    absl::StrAppend(&html, "<col style=\"width:", width / 10, ".", width % 10, "%\">");
  }
  html += "</colgroup>\n<thead><tr>";
  for (const Table::Column& column : table.columns) {
    absl::StrAppend(&html, "<th scope=\"col\">", Lines(column.title), "</th>");
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const Table::Row& row : table.rows) {
    html += "<tr>";
    for (size_t c = 0; c < table.columns.size(); ++c) {
      const absl::string_view align = ClassOf(table.columns[c].align);
      absl::StrAppend(&html, "<td class=\"", align.empty() ? "left" : align, "\">",
                      RunHtml({row.cells[c], row.bold}), "</td>");
    }
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table>\n";
}

std::string BlocksHtml(const std::vector<Block>& blocks) {
  std::string html;
  for (const Block& block : blocks) {
    html += std::visit([](const auto& it) { return BlockHtml(it); }, block);
  }
  return html;
}

std::string HeadHtml(const Head& head) {
  std::string left;
  for (const std::string& line : head.superior_body) left += P("", line);
  for (size_t i = 0; i < head.issuing_body.size(); ++i) {
    const bool last = i + 1 == head.issuing_body.size();
    left += BoldP(last ? "issuing ruled" : "issuing", head.issuing_body[i]);
  }
  std::string number = P("number", absl::StrCat(kNumberRoom, head.number_suffix));
  if (!head.draft_mark.empty()) number += BoldP("draft", head.draft_mark);
  return absl::StrCat("<div class=\"head\">\n<div>\n", left, "</div>\n<div>\n",
                      BoldP("nation", kNation), BoldP("motto ruled", kMotto), "</div>\n<div>\n",
                      number, "</div>\n<div>\n<p class=\"date\"><i>", Lines(head.place_and_date),
                      "</i></p>\n</div>\n</div>\n");
}

std::string SignerHtml(const Signer& signer) {
  std::string html = "<div>\n";
  for (const std::string& line : signer.office) html += BoldP("office", line);
  return absl::StrCat(html, BoldP("name", signer.name), "</div>\n");
}

std::string SignaturesHtml(const Document& document) {
  std::string recipients = "<div>\n<p class=\"recipients\"><b><i>Nơi nhận:</i></b></p>\n";
  for (const std::string& recipient : document.recipients) {
    recipients += P("recipient", absl::StrCat("- ", recipient, ";"));
  }
  absl::StrAppend(&recipients, P("recipient", absl::StrCat("- ", kLastRecipient, ".")), "</div>\n");
  std::string html = "<div class=\"signatures\">\n";
  const std::vector<Signer>& signers = document.signers;
  if (signers.size() > 1) {
    for (const Signer& signer : signers) html += SignerHtml(signer);
    if (signers.size() % 2 == 1) html += "<div></div>\n";
  }
  html += recipients;
  if (signers.size() == 1) html += SignerHtml(signers[0]);
  return html + "</div>\n";
}

}  // namespace

std::string WriteHtml(const Document& document) {
  const std::string subject = absl::StrJoin(document.subject, " ");
  std::string html = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
      Escaped(absl::StrCat(document.title, ". ", subject)), "</title>\n<style>", kStyle,
      "</style>\n</head>\n<body>\n", HeadHtml(document.head), "<div class=\"title\">\n",
      BoldP("kind", document.title));
  for (size_t i = 0; i < document.subject.size(); ++i) {
    const bool last = i + 1 == document.subject.size();
    html += BoldP(last ? "subject ruled" : "subject", document.subject[i]);
  }
  html += "</div>\n";
  if (!document.addressees.empty()) {
    html +=
        P("addressee", absl::StrCat("Kính gửi: ", absl::StrJoin(document.addressees, ";\n"), "."));
  }
  absl::StrAppend(&html, "<main>\n", BlocksHtml(document.body), "</main>\n",
                  SignaturesHtml(document));
  for (const Annex& annex : document.annexes) {
    absl::StrAppend(&html, "<section class=\"annex", annex.landscape ? " landscape" : "",
                    "\">\n<header>\n", BoldP("label", annex.label),
                    BoldP("title-line", annex.title), "<p><i>", Lines(annex.note),
                    "</i></p>\n</header>\n", BlocksHtml(annex.body), "</section>\n");
  }
  return html + "</body>\n</html>\n";
}

}  // namespace thidua::documents
