// Plain text, for terminals and mail.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "services/documents/characters.h"
#include "services/documents/document.h"
#include "services/documents/layout.h"
#include "services/documents/text_table.h"

namespace thidua::documents {
namespace {

constexpr int kFirstLineColumns = 4;

std::string Spaces(int count) { return std::string(static_cast<size_t>(std::max(0, count)), ' '); }

std::string Repeated(absl::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) absl::StrAppend(&repeated, text);
  return repeated;
}

// Each line of the text, wrapped.
std::vector<std::string> Wrapped(absl::string_view text, int width) {
  std::vector<std::string> lines;
  const std::string printable = Printable(text);
  for (const absl::string_view line : absl::StrSplit(printable, '\n')) {
    for (std::string& wrapped : Wrap(line, width)) lines.push_back(std::move(wrapped));
  }
  return lines;
}

// As it is when it fits: room for a number or a day is not to be closed up.
std::vector<std::string> Fitted(absl::string_view text, int width) {
  const std::string printable = Printable(text);
  if (printable.find('\n') == std::string::npos && DisplayWidth(printable) <= width) {
    return {printable};
  }
  return Wrapped(text, width);
}

std::string Centred(absl::string_view line, int width) {
  return absl::StrCat(Spaces((width - DisplayWidth(line)) / 2), line);
}

std::string CentredLines(absl::string_view text, int width) {
  std::string lines;
  for (const std::string& line : Fitted(text, width)) {
    absl::StrAppend(&lines, Centred(line, width), "\n");
  }
  return lines;
}

std::string BesideEachOther(const std::vector<std::string>& left, int left_width,
                            const std::vector<std::string>& right) {
  std::string lines;
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    std::string line = i < left.size() ? left[i] : "";
    if (i < right.size() && !right[i].empty()) {
      absl::StrAppend(&line, Spaces(left_width - DisplayWidth(line)), right[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&lines, line, "\n");
  }
  return lines;
}

void AddCentred(absl::string_view text, int width, std::vector<std::string>& to) {
  for (const std::string& line : Fitted(text, width)) to.push_back(Centred(line, width));
}

std::string HeadText(const Head& head, int width) {
  const int right_width = std::max(DisplayWidth(kNation), width * 3 / 5);
  const int left_width = std::max(12, width - right_width - 2);
  std::vector<std::string> left, right;
  for (const std::string& line : head.superior_body) AddCentred(line, left_width, left);
  for (const std::string& line : head.issuing_body) AddCentred(line, left_width, left);
  AddCentred(Repeated("─", left_width / 3), left_width, left);
  AddCentred(kNation, right_width, right);
  AddCentred(kMotto, right_width, right);
  AddCentred(Repeated("─", DisplayWidth(kMotto)), right_width, right);
  const size_t head_lines = std::max(left.size(), right.size());
  left.resize(head_lines);
  right.resize(head_lines);
  AddCentred(absl::StrCat(kNumberRoom, head.number_suffix), left_width, left);
  if (!head.draft_mark.empty()) AddCentred(head.draft_mark, left_width, left);
  AddCentred(head.place_and_date, right_width, right);
  return BesideEachOther(left, left_width + 2, right);
}

std::string BlockText(const Heading& heading, int width) {
  std::string text = "\n";
  for (const std::string& line : Wrapped(heading.text, width)) absl::StrAppend(&text, line, "\n");
  return text;
}

std::string BlockText(const Paragraph& paragraph, int width) {
  std::string whole;
  for (const Run& run : paragraph.runs) whole += Printable(run.text);
  std::string text = "\n";
  if (paragraph.align == Align::kCentre) return absl::StrCat(text, CentredLines(whole, width));
  const int indent = paragraph.indented && !paragraph.small ? kFirstLineColumns : 0;
  // A first line that is shorter: words that stand for the indent while the rest is wrapped.
  const std::string room = Repeated("\u00A0", indent);
  bool first = true;
  for (const std::string& line : Wrapped(absl::StrCat(room, whole), width)) {
    absl::string_view rest = line;
    if (first) rest.remove_prefix(std::min(rest.size(), room.size()));
    absl::StrAppend(&text, first ? Spaces(indent) : "", rest, "\n");
    first = false;
  }
  return text;
}

std::string BlockText(const Table& table, int width) {
  std::vector<TextColumn> columns;
  for (const Table::Column& column : table.columns) {
    columns.push_back({Printable(column.title),
                       column.align == Align::kRight ? TextAlign::kRight : TextAlign::kLeft});
  }
  TextTable printed(std::move(columns));
  for (const Table::Row& row : table.rows) {
    std::vector<std::string> cells;
    for (const std::string& cell : row.cells) cells.push_back(Printable(cell));
    printed.Add(std::move(cells));
  }
  return absl::StrCat("\n", printed.Print(width));
}

std::string BlocksText(const std::vector<Block>& blocks, int width) {
  std::string text;
  for (const Block& block : blocks) {
    text += std::visit([width](const auto& it) { return BlockText(it, width); }, block);
  }
  return text;
}

std::vector<std::string> SignerLines(const Signer& signer, int width) {
  std::vector<std::string> lines;
  for (const std::string& line : signer.office) AddCentred(line, width, lines);
  lines.resize(lines.size() + 4);
  AddCentred(signer.name, width, lines);
  return lines;
}

std::string SignaturesText(const Document& document, int width) {
  const int half = width / 2;
  std::vector<std::string> recipients = {"Nơi nhận:"};
  for (const std::string& recipient : document.recipients) {
    for (std::string& line : Wrapped(absl::StrCat("- ", recipient, ";"), half - 2)) {
      recipients.push_back(std::move(line));
    }
  }
  recipients.push_back(absl::StrCat("- ", kLastRecipient, "."));
  const std::vector<Signer>& signers = document.signers;
  std::string text = "\n";
  if (signers.size() == 1) {
    return text + BesideEachOther(recipients, half, SignerLines(signers[0], width - half));
  }
  for (size_t i = 0; i < signers.size(); i += 2) {
    const bool pair = i + 1 < signers.size();
    absl::StrAppend(&text,
                    BesideEachOther(SignerLines(signers[i], half), half,
                                    pair ? SignerLines(signers[i + 1], width - half)
                                         : std::vector<std::string>()),
                    "\n");
  }
  return text + BesideEachOther(recipients, half, {});
}

}  // namespace

std::string WriteText(const Document& document, int width) {
  std::string text = HeadText(document.head, width);
  absl::StrAppend(&text, "\n", CentredLines(document.title, width));
  for (const std::string& line : document.subject) text += CentredLines(line, width);
  if (!document.subject.empty()) {
    const int rule = std::min(DisplayWidth(document.subject.back()), width) * 2 / 5;
    text += CentredLines(Repeated("─", rule), width);
  }
  if (!document.addressees.empty()) {
    absl::StrAppend(
        &text, "\n",
        CentredLines(absl::StrCat("Kính gửi: ", absl::StrJoin(document.addressees, ";\n"), "."),
                     width));
  }
  absl::StrAppend(&text, BlocksText(document.body, width), SignaturesText(document, width));
  for (const Annex& annex : document.annexes) {
    const int wide = annex.landscape ? width * 4 / 3 : width;
    absl::StrAppend(&text, "\n", Repeated("═", wide), "\n\n", CentredLines(annex.label, wide),
                    CentredLines(annex.title, wide), CentredLines(annex.note, wide),
                    BlocksText(annex.body, wide));
  }
  return text;
}

}  // namespace thidua::documents
