// An administrative document as Nghị định 30/2020/NĐ-CP lays it out, and the three forms it is
// written in. Knows nothing of what it says.
//
//   Document document;
//   document.head = {{"UBND TỈNH KIÊN GIANG"}, {"KHỐI THI ĐUA 4"}, "/BC-KTĐ4", …};
//   document.title = "BÁO CÁO";
//   document.body.push_back(Heading{1, "I. KẾT QUẢ"});
//   document.body.push_back(Paragraph{{{"Giải quyết việc làm: 17.893/35.000"}}});
//   const std::string docx = WriteDocx(document);
//
// Equal documents give equal bytes, in this build. Texts are UTF-8 and are shown as they are: what
// is markup is escaped, a new line breaks the line, and what no document holds (control
// characters, marks that turn the direction of writing around) is left out. Pure functions;
// thread-safe.
#ifndef THIDUA_SERVICES_DOCUMENTS_DOCUMENT_H_
#define THIDUA_SERVICES_DOCUMENTS_DOCUMENT_H_

#include <string>
#include <variant>
#include <vector>

namespace thidua::documents {

enum class Align { kLeft, kCentre, kRight, kJustified };

// Text of one look.
struct Run {
  std::string text;
  bool bold = false;
  bool italic = false;
  bool marked = false;  // Stands out as something still to be done.
};

struct Paragraph {
  std::vector<Run> runs;
  Align align = Align::kJustified;
  bool indented = true;    // The first line, by 1,27 cm.
  bool with_next = false;  // On the same page as what follows.
  bool small = false;      // Of 12 points, under a table.
};

// Of a section: level 1 "I. KẾT QUẢ", level 2 "1. Nội dung 1". Never the last line of a page.
struct Heading {
  int level = 1;  // 1 to 3.
  std::string text;
};

struct Table {
  struct Column {
    std::string title;
    double width = 1;  // A share of the page's, in proportion to the others.
    Align align = Align::kLeft;
  };
  struct Row {
    std::vector<std::string> cells;  // As many as columns.
    bool bold = false;
  };
  // Stands at the top of each page that the table goes over. A row is never split between pages.
  std::vector<Column> columns;
  std::vector<Row> rows;
  int points = 12;        // Of its letters.
  bool together = false;  // Small enough to be kept on one page.
};

using Block = std::variant<Heading, Paragraph, Table>;

// The head of the first page.
struct Head {
  // Of the left column, each a line: who is above, and who writes (bold, with a rule below).
  std::vector<std::string> superior_body;
  std::vector<std::string> issuing_body;
  // What follows the room for the number: "/BC-KTĐ4".
  std::string number_suffix;
  // "DỰ THẢO"; empty: nothing.
  std::string draft_mark;
  // "Kiên Giang, ngày      tháng      năm 2019"
  std::string place_and_date;
};

struct Signer {
  // "TM. KHỐI THI ĐUA 4", "KHỐI TRƯỞNG"
  std::vector<std::string> office;
  std::string name;  // Empty: room for it.
};

// What follows the signatures, on pages of its own with numbers of their own.
struct Annex {
  std::string label;  // "PHỤ LỤC"
  std::string title;
  std::string note;  // "(Kèm theo Báo cáo số …)"
  bool landscape = false;
  std::vector<Block> body;
};

struct Document {
  Head head;
  std::string title;                    // "BÁO CÁO"
  std::vector<std::string> subject;     // Each a line; a rule below the last.
  std::vector<std::string> addressees;  // "Kính gửi: …"; none: no such line.
  std::vector<Block> body;
  std::vector<Signer> signers;
  // "Như trên", …; as a list that ends with "Lưu: VT."
  std::vector<std::string> recipients;
  std::vector<Annex> annexes;
};

// An Office Open XML document. Times New Roman, A4.
std::string WriteDocx(const Document& document);

// One HTML 5 page that needs nothing else, and prints on A4.
std::string WriteHtml(const Document& document);

// Plain text in lines of at most `width` characters where the words allow; a landscape annex in
// lines of a third more.
std::string WriteText(const Document& document, int width = 90);

}  // namespace thidua::documents

#endif  // THIDUA_SERVICES_DOCUMENTS_DOCUMENT_H_
