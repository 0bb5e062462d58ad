// A document with one of everything, and hard texts in it. For tests.
#ifndef THIDUA_SERVICES_DOCUMENTS_SAMPLE_DOCUMENT_TESTLIB_H_
#define THIDUA_SERVICES_DOCUMENTS_SAMPLE_DOCUMENT_TESTLIB_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "services/documents/document.h"

namespace thidua::documents {

inline constexpr char kHardText[] = "Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi & \"khác\" 'nữa' > 1";

inline Document SampleDocument(int annex_rows = 3) {
  Document document;
  document.head = {{"UBND TỈNH KIÊN GIANG"},
                   {"KHỐI THI ĐUA 4"},
                   "/BC-KTĐ4",
                   "DỰ THẢO 1",
                   "Kiên Giang, ngày      tháng      năm 2019"};
  document.title = "BÁO CÁO";
  document.subject = {"Sơ kết thực hiện giao ước thi đua 6 tháng đầu năm 2019"};
  document.addressees = {"Hội đồng Thi đua - Khen thưởng tỉnh Kiên Giang"};
  document.body = {
      Heading{1, "I. KẾT QUẢ"},
      Heading{2, "1. Nội dung 1"},
      Paragraph{{{"Sở Y tế: ", /*bold=*/true}, {kHardText}}},
      Paragraph{{{"(Bổ sung: …)", /*bold=*/false, /*italic=*/true, /*marked=*/true}}},
      Paragraph{{{"hai\ndòng\ttab\x01\x1B[31m\xC2\x85\xEF\xBF\xBE\xE2\x80\xAEhết\xFF"}}},
      Table{{{"STT", 1, Align::kCentre}, {"Đơn vị", 4}, {"Tỷ lệ", 2, Align::kRight}},
            {{{"1", kHardText, "100"}}, {{"", "Cộng", "51,12"}, /*bold=*/true}},
            12,
            /*together=*/true},
  };
  document.signers = {{{"TM. KHỐI THI ĐUA 4", "KHỐI TRƯỞNG"}, "Nguyễn Văn A"}};
  document.recipients = {"Như trên", "Các đơn vị <trong> khối"};
  Annex annex{
      "PHỤ LỤC", "CÁC CHỈ TIÊU", "(Kèm theo Báo cáo số        /BC-KTĐ4)", /*landscape=*/true, {}};
  Table table{{{"STT", 1}, {"Chỉ tiêu", 9}}, {}};
  for (int i = 1; i <= annex_rows; ++i) {
    table.rows.push_back({{absl::StrCat(i), absl::StrCat("Chỉ tiêu số ", i)}});
  }
  annex.body = {table};
  document.annexes = {annex};
  return document;
}

}  // namespace thidua::documents

#endif  // THIDUA_SERVICES_DOCUMENTS_SAMPLE_DOCUMENT_TESTLIB_H_
