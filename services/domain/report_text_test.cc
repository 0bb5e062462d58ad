#include "services/domain/report_text.h"

#include <gtest/gtest.h>
#include <utf8proc.h>

#include <cstdlib>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/domain/report_tokens.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

using Lines = std::vector<std::string>;

std::string Figure(const Quantity& quantity) {
  if (!quantity.has_value()) return "-";
  constexpr const char* kSigns[] = {"", "≥", "≲", "≈"};
  return absl::StrCat(kSigns[static_cast<int>(quantity.qualifier)], PrintNumber(quantity.value));
}

// "Sở Y tế: Giảm sinh | 0,2 / - ‰ | 100% | PERCENT_SHARED"
std::string Told(const Proposal& proposal) {
  Lines remarks;
  for (const Fault& remark : proposal.remarks) remarks.push_back(remark.reason);
  return absl::StrCat(
      proposal.unit, proposal.unit.empty() ? "" : ": ", proposal.name, " | ",
      Figure(proposal.actual), " / ", Figure(proposal.target),
      proposal.actual.measure.empty() ? "" : " ", proposal.actual.measure, " | ",
      proposal.stated_percent.has_value() ? PrintNumber(*proposal.stated_percent) + "%" : "-",
      remarks.empty() ? "" : " | ", absl::StrJoin(remarks, " "));
}

Lines Proposed(const ReportReading& reading) {
  Lines lines;
  for (const Proposal& proposal : reading.proposals) lines.push_back(Told(proposal));
  return lines;
}

Lines Doubted(const ReportReading& reading) {
  Lines lines;
  for (const DoubtfulNumber& number : reading.doubtful) {
    EXPECT_NE(number.message, "");
    lines.push_back(absl::StrCat(number.text, " ", number.reason));
  }
  return lines;
}

std::string Joined(const Lines& lines) { return absl::StrJoin(lines, "\n"); }

ReportReading Read(const std::string& text) {
  absl::StatusOr<ReportReading> reading = ReadReport(text);
  EXPECT_TRUE(reading.ok()) << reading.status();
  return reading.ok() ? *std::move(reading) : ReportReading();
}

std::string ReasonOf(const absl::Status& status) {
  const std::vector<Fault> faults = FaultsOf(status);
  return faults.empty() ? std::string(status.message()) : faults[0].reason;
}

// Sentences in the manner of a bloc's report, none of which holds a figure.
const Lines& Traps() {
  static const auto& traps = *new Lines{
      "Số: 45/BC-SYT",
      "Kiên Giang, ngày 02 tháng 8 năm 2019",
      "Căn cứ Quyết định số 12/2018/QĐ-TTg ngày 06/3/2018 của Thủ tướng Chính phủ.",
      "Thực hiện Nghị quyết 26 của Hội đồng nhân dân tỉnh và Chỉ thị 34-CT/TW.",
      "Theo khoản 2 Điều 6 Luật Thi đua, khen thưởng; Điều 7, 8 và 9 của Quy chế.",
      "Theo điểm a khoản 1, mục 3 phần II, phụ lục 2, trang 2/5.",
      "Hội nghị sơ kết được tổ chức vào ngày 02/8/2019 tại thành phố Rạch Giá.",
      "Đến hết ngày 05/4 các đơn vị đã gửi báo cáo; từ 01/01 đến 30/6 không có vi phạm.",
      "Trước 15/7, sau 20/7, hạn 05/4, sáng 08/10.",
      "Trong tháng 6/2019, quý I/2019, tháng 4, 5 và 6, năm 2019 tình hình ổn định.",
      "Kết quả 6 tháng đầu năm 2019, nhiệm vụ 6 tháng cuối năm.",
      "Giai đoạn 2016 - 2020, năm học 2018-2019, nhiệm kỳ 2015-2020, từ năm 2016 đến năm 2020.",
      "Quan tâm trẻ em từ 6-14 tuổi, thanh niên từ 15 đến 25 tuổi, trẻ TE<5 tuổi, người 60 tuổi.",
      "Triển khai Đề án “Phấn đấu 30% cán bộ nữ đạt chuẩn” trong toàn ngành.",
      "Tham gia dự án \"Hỗ trợ đạt 30% chi phí cho 05/4 mô hình\".",
      "Triển khai Chương trình 30% lao động nữ nông thôn.",
      "Điện thoại: 0297.3863.123, Fax: 0297 3862 123, di động 0912345678.",
      "Khối 4 gồm các sở, ban; Khối thi đua 4 ký giao ước 2019 cùng Cụm 2.",
      "Xếp hạng 12/63 tỉnh, thành phố; lần thứ 12; khóa XII; Nghị quyết Trung ương 4.",
      "Trực 24/24 giờ trong 05 ngày liền, thời hạn 15 ngày làm việc, nhiệm kỳ 5 năm.",
      "Số vụ giảm 12 vụ so với cùng kỳ, tăng 5% so với cùng kỳ năm 2018.",
      "Đi qua quốc lộ 61, đường 3/2, phường 5, ấp 3, lớp 5, cấp độ 4, mức độ 3, 4.",
      "Lập bản đồ tỷ lệ 1/500; kỷ niệm Ngày Nhà giáo Việt Nam 20/11.",
      "Phòng, chống dịch COVID-19 theo Công văn số 123/UBND-NC và Kế hoạch 35/KH-UBND.",
      "2.1. Công tác chỉ đạo",
      "2.2 Công tác tuyên truyền",
      "1. Nội dung 1",
      "a) Nội dung 2",
      "I. Kết quả",
      "- Lưu: VT, TĐKT (03).",
      "12",
  };
  return traps;
}

// Every indicator of the article, each in a sentence of its own shape.
struct Indicator {
  std::string sentence;
  std::string proposal;
};
const std::vector<Indicator>& Indicators() {
  static const auto& indicators = *new std::vector<Indicator>{
      {"Giải quyết việc làm cho 17.893/35.000 lượt lao động, đạt 51,12% chỉ tiêu năm",
       "Giải quyết việc làm | 17.893 / 35.000 lượt lao động | 51,12%"},
      {"Chi trả trợ cấp xã hội cho đối tượng xã hội 50.460 người",
       "Chi trả trợ cấp xã hội cho đối tượng xã hội | 50.460 / - người | -"},
      {"Tham mưu ban hành 05 văn bản quy phạm pháp luật, gồm: Nghị quyết số 12/2018/NQ-HĐND ngày "
       "05/4/2019 quy định mức hỗ trợ 30% học phí, Nghị quyết 26",
       "Tham mưu ban hành văn bản quy phạm pháp luật | 5 / - văn bản | -"},
      {"Tổng lượt khách du lịch quốc tế 405.509 lượt, đạt 63,4%",
       "Tổng lượt khách du lịch quốc tế | 405.509 / - lượt | 63,4%"},
      {"Tổng doanh thu đạt trên 4.268 tỷ đồng, đạt 62,4%",
       "Tổng doanh thu | ≥4.268 / - tỷ đồng | 62,4%"},
      {"Đã tổ chức được 08/10 lớp đào tạo, tập huấn về hệ thống quản lý và công cụ cải tiến cho "
       "các "
       "cơ quan hành chính, doanh nghiệp, đạt 80%",
       "Tổ chức lớp đào tạo, tập huấn về hệ thống quản lý và công cụ cải tiến cho các cơ quan hành "
       "chính, doanh nghiệp | 8 / 10 lớp | 80%"},
      {"Hỗ trợ 08/12 doanh nghiệp, đơn vị đăng ký bảo hộ quyền sở hữu công nghiệp và tham gia giải "
       "thưởng chất lượng quốc gia (đạt 66,7%)",
       "Hỗ trợ doanh nghiệp, đơn vị đăng ký bảo hộ quyền sở hữu công nghiệp và tham gia giải "
       "thưởng "
       "chất lượng quốc gia | 8 / 12 doanh nghiệp, đơn vị | 66,7%"},
      {"Tham mưu ban hành 02 quy định quản lý đề tài, dự án khoa học và công nghệ cấp tỉnh và cấp "
       "cơ sở",
       "Tham mưu ban hành quy định quản lý đề tài, dự án khoa học và công nghệ cấp tỉnh và cấp cơ "
       "sở | 2 / - quy định | -"},
      {"Huy động trẻ từ 6-14 tuổi đến trường đạt 104,09% so chỉ tiêu năm",
       "Huy động trẻ từ 6-14 tuổi đến trường | - / - | 104,09%"},
      {"Số lượng học sinh giỏi cấp tỉnh trở lên 770 học sinh đạt 154%",
       "Số lượng học sinh giỏi cấp tỉnh trở lên | 770 / - học sinh | 154%"},
      {"Số lượng đăng ký khu phố văn hóa, ấp văn hóa: 949/957 khu phố, ấp, đạt 99,16%",
       "Số lượng đăng ký khu phố văn hóa, ấp văn hóa | 949 / 957 khu phố, ấp | 99,16%"},
      {"Số lượng cơ quan, đơn vị, doanh nghiệp đăng ký đạt chuẩn văn hóa 1.783/1.818 cơ quan, đơn "
       "vị, doanh nghiệp đạt 98,07% chỉ tiêu",
       "Số lượng cơ quan, đơn vị, doanh nghiệp đăng ký đạt chuẩn văn hóa | 1.783 / 1.818 cơ quan, "
       "đơn vị, doanh nghiệp | 98,07%"},
      {"Giảm sinh 0,20/00, tỷ lệ tăng dân số tự nhiên 5,00/00 đạt 100%",
       "Giảm sinh | 0,2 / - ‰ | 100% | PERCENT_SHARED\n"
       "Tỷ lệ tăng dân số tự nhiên | 5,0 / - ‰ | 100% | PERCENT_SHARED"},
      {"Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi 13,1/13,1% đạt 100%",
       "Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi | 13,1 / 13,1 % | 100%"},
      {"Tổ chức 05/4 cuộc cung cấp thông tin cho người có uy tín theo Quyết định số "
       "12/2018/QĐ-TTg, đạt 125%",
       "Tổ chức cuộc cung cấp thông tin cho người có uy tín theo Quyết định số 12/2018/QĐ-TTg | 5 "
       "/ "
       "4 cuộc | 125%"},
  };
  return indicators;
}

// A whole report: every row of the article and nothing else, whatever stands between.
TEST(ReadReport, ProposesEveryIndicatorOfTheArticleAndNothingElse) {
  const ReportReading reading = Read(
      R"(UBND TỈNH KIÊN GIANG
KHỐI THI ĐUA 4
Số: 45/BC-KTĐ
Kiên Giang, ngày 02 tháng 8 năm 2019

BÁO CÁO
Kết quả công tác thi đua 6 tháng đầu năm 2019

Căn cứ Quyết định số 12/2018/QĐ-TTg ngày 06/3/2018 của Thủ tướng Chính phủ; Nghị quyết 26;…
Ngày 02/8/2019, tại thành phố Rạch Giá, Khối 4 tổ chức hội nghị sơ kết, có 07 đơn vị tham dự 02/8.
I. Kết quả thực hiện
1. Thực hiện chỉ tiêu
- Sở Lao động – TB&XH: Trong 6 tháng đầu năm 2019, đã giải quyết việc làm cho 17.893/35.000 lượt
lao động, đạt 51,12% chỉ tiêu năm; chi trả trợ cấp xã hội cho đối tượng xã hội 50.460 người; tham
mưu ban hành 05 văn bản quy phạm pháp luật, gồm: Nghị quyết số 12/2018/NQ-HĐND ngày 05/4/2019 quy
định mức hỗ trợ 30% học phí; Nghị quyết số 26; Quyết định 15/2019/QĐ-UBND;…
- Sở Du lịch: tổng lượt khách du lịch quốc tế 405.509 lượt đạt 63,4%; tổng doanh thu trên 4.268 tỷ
đồng, đạt 62,4%, tăng 5% so với cùng kỳ;…
- Sở Khoa học và Công nghệ đã tổ chức 08/10 lớp đào tạo, tập huấn về hệ thống quản lý và công cụ cải
tiến cho các cơ quan hành chính, doanh nghiệp, đạt 80%; hỗ trợ 08/12 doanh nghiệp, đơn vị đăng ký bảo
hộ quyền sở hữu công nghiệp và tham gia giải thưởng chất lượng quốc gia đạt 66,7%. Đồng thời, tham
mưu ban hành 02 quy định quản lý đề tài, dự án khoa học và công nghệ cấp tỉnh và cấp cơ sở.
- Sở Giáo dục và Đào tạo huy động trẻ từ 6-14 tuổi đến trường đạt 104,09% so chỉ tiêu năm. Số lượng
học sinh giỏi cấp tỉnh trở lên 770 học sinh đạt 154%.
- Sở Văn hóa và Thể thao:
+ Số lượng đăng ký khu phố văn hóa, ấp văn hóa 949/957 khu phố, ấp, đạt 99,16%
+ Số lượng cơ quan, đơn vị, doanh nghiệp đăng ký đạt chuẩn văn hóa: 1.783/1.818 cơ quan, đơn vị, doanh
nghiệp đạt 98,07%.
- Sở Y tế: Giảm sinh 0,20/00 tỷ lệ tăng dân số tự nhiên 5,00/00 đạt 100%; giảm tỷ lệ suy dinh dưỡng
TE<5 tuổi 13,1/13,1% đạt 100%.
- Ban Dân tộc: Tổ chức 05/4 cuộc cung cấp thông tin cho người có uy tín theo Quyết định số
12/2018/QĐ-TTg, đạt 125%.
2. Tuyên truyền Đề án “Phấn đấu 30% cán bộ nữ đạt chuẩn” theo khoản 2 Điều 6 của Quy chế.
II. Phương hướng 6 tháng cuối năm 2019
Phấn đấu đến 31/12 giải quyết việc làm cho 35.000 lượt lao động.
Nơi nhận: Như trên; Lưu: VT (03). Điện thoại: 0297.3863.123.)");
  const std::string labour = "Sở Lao động – TB&XH: ", science = "Sở Khoa học và Công nghệ: ",
                    health = "Sở Y tế: ", culture = "Sở Văn hóa và Thể thao: ";
  EXPECT_EQ(
      Joined(Proposed(reading)),
      Joined({
          labour + "Giải quyết việc làm | 17.893 / 35.000 lượt lao động | 51,12%",
          labour + "Chi trả trợ cấp xã hội cho đối tượng xã hội | 50.460 / - người | -",
          labour + "Tham mưu ban hành văn bản quy phạm pháp luật | 5 / - văn bản | -",
          "Sở Du lịch: Tổng lượt khách du lịch quốc tế | 405.509 / - lượt | 63,4%",
          "Sở Du lịch: Tổng doanh thu | ≥4.268 / - tỷ đồng | 62,4%",
          science + "Tổ chức lớp đào tạo, tập huấn về hệ thống quản lý và công cụ cải tiến cho các "
                    "cơ quan hành chính, doanh nghiệp | 8 / 10 lớp | 80%",
          science +
              "Hỗ trợ doanh nghiệp, đơn vị đăng ký bảo hộ quyền sở hữu công nghiệp và tham gia "
              "giải thưởng chất lượng quốc gia | 8 / 12 doanh nghiệp, đơn vị | 66,7%",
          science +
              "Tham mưu ban hành quy định quản lý đề tài, dự án khoa học và công nghệ cấp tỉnh "
              "và cấp cơ sở | 2 / - quy định | -",
          "Sở Giáo dục và Đào tạo: Huy động trẻ từ 6-14 tuổi đến trường | - / - | 104,09%",
          "Sở Giáo dục và Đào tạo: Số lượng học sinh giỏi cấp tỉnh trở lên | 770 / - học sinh | "
          "154%",
          culture + "Số lượng đăng ký khu phố văn hóa, ấp văn hóa | 949 / 957 khu phố, ấp | 99,16%",
          culture +
              "Số lượng cơ quan, đơn vị, doanh nghiệp đăng ký đạt chuẩn văn hóa | 1.783 / 1.818 "
              "cơ quan, đơn vị, doanh nghiệp | 98,07%",
          health + "Giảm sinh | 0,2 / - ‰ | 100% | PERCENT_SHARED",
          health + "Tỷ lệ tăng dân số tự nhiên | 5,0 / - ‰ | 100% | PERCENT_SHARED",
          health + "Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi | 13,1 / 13,1 % | 100%",
          "Ban Dân tộc: Tổ chức cuộc cung cấp thông tin cho người có uy tín theo Quyết định số "
          "12/2018/QĐ-TTg | 5 / 4 cuộc | 125%",
      }));
  // Who took part on that day is no result, and the plan of section II is not one yet.
  EXPECT_EQ(Doubted(reading), (Lines{"07 PARTICIPANTS", "35.000 PLANNED"}));
}

TEST(ReadReport, ReadsTheShapesOfSentences) {
  struct Row {
    std::string text;
    Lines proposals;
  };
  const std::vector<Row> rows = {
      {"05 Nghị quyết được ban hành", {"Nghị quyết được ban hành | 5 / - Nghị quyết | -"}},
      {"Ban hành 08/10 văn bản.", {"Ban hành văn bản | 8 / 10 văn bản | -"}},
      {"Xây dựng 05/4 mô hình, đạt 125%.", {"Xây dựng mô hình | 5 / 4 mô hình | 125%"}},
      {"Mô hình mới 05/4, đạt 125%", {"Mô hình mới | 5 / 4 | 125% | MEASURE_UNCLEAR"}},
      {"Giải quyết việc làm: 17.893 lượt/35.000 lượt, đạt tỷ lệ 51,12%",
       {"Giải quyết việc làm | 17.893 / 35.000 lượt | 51,12%"}},
      {"Giải quyết việc làm 17.893 / 35.000 lượt, đạt 51,12 %",
       {"Giải quyết việc làm | 17.893 / 35.000 lượt | 51,12%"}},
      {"Hòa giải thành 45/50 vụ (90%)", {"Hòa giải thành | 45 / 50 vụ | 90%"}},
      {"Giải quyết việc làm 17.893/35.000 lượt; đạt 51,12%",
       {"Giải quyết việc làm | 17.893 / 35.000 lượt | 51,12%"}},
      {"Thu ngân sách 4.268,5 tỷ đồng, tăng 5% so với cùng kỳ, đạt 62,4% dự toán năm.",
       {"Thu ngân sách | 4.268,5 / - tỷ đồng | 62,4%"}},
      {"Tỷ lệ bao phủ bảo hiểm y tế đạt 90,5%, đạt 101% kế hoạch",
       {"Tỷ lệ bao phủ bảo hiểm y tế | 90,5 / - % | 101%"}},
      {"Tỷ lệ hộ nghèo còn 2,5%, đạt 100% chỉ tiêu", {"Tỷ lệ hộ nghèo | 2,5 / - % | 100%"}},
      {"Tỷ lệ che phủ rừng đạt 40,5%",
       {"Tỷ lệ che phủ rừng | - / - | 40,5% | PERCENT_MAY_BE_A_RATE"}},
      {"Trồng 120 ha rừng, kế hoạch 200 ha, đạt 60%", {"Trồng rừng | 120 / 200 ha | 60%"}},
      {"Trồng 120 ha rừng so với chỉ tiêu năm là 200 ha", {"Trồng rừng | 120 / 200 ha | -"}},
      {"Tổ chức 05 lớp tập huấn cho 250 học viên, đạt 100% kế hoạch",
       {"Tổ chức lớp tập huấn | 5 / - lớp | - | PERCENT_MAY_BE_SHARED",
        "Tổ chức lớp tập huấn cho học viên | 250 / - học viên | 100%"}},
      {"Khen thưởng 860 tập thể và hơn 2.500,5 cá nhân có thành tích xuất sắc.",
       {"Khen thưởng tập thể | 860 / - tập thể | -",
        "Khen thưởng cá nhân có thành tích xuất sắc | ≥2.500,5 / - cá nhân | -"}},
      {"Tổng lượt khách 405.509 lượt, đạt 63,4%, tổng doanh thu đạt 62,4% chỉ tiêu.",
       {"Tổng lượt khách | 405.509 / - lượt | 63,4%", "Tổng doanh thu | - / - | 62,4%"}},
      {"Chi trả trợ cấp 460 người, huy động trẻ đến trường đạt 104,09%",
       {"Chi trả trợ cấp | 460 / - người | -", "Huy động trẻ đến trường | - / - | 104,09%"}},
      {"Thu hút gần 5,2 triệu lượt khách, bằng 104% so với cùng kỳ và đạt khoảng 62% kế hoạch.",
       {"Thu hút lượt khách | ≲5,2 / - triệu lượt khách | 62%"}},
      {"Hỗ trợ 12/15 chủ thể OCOP, đạt 80%",
       {"Hỗ trợ chủ thể OCOP | 12 / 15 chủ thể OCOP | 80% | MEASURE_UNCLEAR"}},
      {"Giảm 234 hộ nghèo, đạt 105% kế hoạch", {"Giảm hộ nghèo | 234 / - hộ nghèo | 105%"}},
      {"Tỷ suất sinh 12 ‰, mức chết 5 0/00.",
       {"Tỷ suất sinh | 12 / - ‰ | -", "Mức chết | 5 / - ‰ | -"}},
      {"Năng suất lúa 7,2 tấn/ha", {"Năng suất lúa | 7,2 / - tấn/ha | -"}},
      {"Ban hành 12 Quyết định, 05 Kế hoạch và 03 Chỉ thị.",
       {"Ban hành Quyết định | 12 / - Quyết định | -", "Ban hành Kế hoạch | 5 / - Kế hoạch | -",
        "Ban hành Chỉ thị | 3 / - Chỉ thị | -"}},
      // A line that was broken on a page goes on; a paragraph of a word processor does not.
      {"Đã giải quyết việc làm cho\n893/1000 lượt\nlao động, đạt\n89,3%\nchỉ tiêu năm.",
       {"Giải quyết việc làm | 893 / 1.000 lượt lao động | 89,3%"}},
      {"Kết quả chung\nGiải quyết 5/6 vụ\nTổ chức 7/8 lớp",
       {"Giải quyết vụ | 5 / 6 vụ | -", "Tổ chức lớp | 7 / 8 lớp | -"}},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Joined(Proposed(Read(row.text))), Joined(row.proposals)) << row.text;
    EXPECT_EQ(Doubted(Read(row.text)), Lines()) << row.text;
  }
}

TEST(ReadReport, AnIndicatorReadsTheSameWhereverItStands) {
  for (const Indicator& one : Indicators()) {
    // The comma in it shows which mark is the decimal one.
    const std::string shown = "Tỷ suất sinh 12,5‰. ";
    const std::string first = "Tỷ suất sinh | 12,5 / - ‰ | -\n";
    for (const char* end : {"", ".", ";", ";…", "…", "; ngày 05/4 tổng kết", ". Khối 4 tổng kết"}) {
      for (const char* begin : {"", "- ", "1. ", "a) ", "Kết quả: ", "Năm 2019, ", "\u2022 ",
                                "Trong 6 tháng đầu năm 2019, "}) {
        const std::string text = absl::StrCat(shown, "\n\n", begin, one.sentence, end);
        EXPECT_EQ(absl::StrJoin(Proposed(Read(text)), "\n"), first + one.proposal) << text;
      }
    }
  }
}

TEST(ReadReport, PassesOverEveryTrapInSilence) {
  for (const std::string& trap : Traps()) {
    const ReportReading reading = Read(trap);
    EXPECT_EQ(Proposed(reading), Lines()) << trap;
    EXPECT_EQ(Doubted(reading), Lines()) << trap;
  }
}

// Whatever traps stand together, and however they are joined, no figure comes of them.
TEST(ReadReport, NoMixtureOfTrapsIsAFigure) {
  std::mt19937 random(20190805);
  constexpr const char* kJoints[] = {" ", "\n", ". ", "; ", ", ", "\n\n", ";… ", "\u00a0"};
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    const size_t count = 1 + random() % 6;
    for (size_t k = 0; k < count; ++k) {
      absl::StrAppend(&text, Traps()[random() % Traps().size()], kJoints[random() % 8]);
    }
    EXPECT_EQ(Proposed(Read(text)), Lines()) << text;
  }
}

// Traps around them change nothing about the indicators.
TEST(ReadReport, IndicatorsAreFoundAmongTraps) {
  std::mt19937 random(42);
  for (int i = 0; i < 300; ++i) {
    std::string text = "Tỷ suất sinh 12,5‰.\n";
    Lines expected = {"Tỷ suất sinh | 12,5 / - ‰ | -"};
    for (int k = 0; k < 6; ++k) {
      absl::StrAppend(&text, Traps()[random() % Traps().size()], "\n\n");
      const Indicator& one = Indicators()[random() % Indicators().size()];
      absl::StrAppend(&text, "- ", one.sentence, ".\n\n");
      expected.push_back(one.proposal);
    }
    EXPECT_EQ(absl::StrJoin(Proposed(Read(text)), "\n"), absl::StrJoin(expected, "\n")) << text;
  }
}

TEST(ReadReport, TellsWhatIsDoubtfulAndWhy) {
  struct Row {
    std::string text;
    Lines doubtful;
  };
  const std::vector<Row> rows = {
      {"Xây dựng 05/4", {"05/4 DATE_OR_ATTAINMENT"}},
      {"Vận động đến 05/4 mô hình, đạt 125%",
       {"05/4 DATE_OR_ATTAINMENT", "125% PERCENT_OF_DOUBTFUL"}},
      {"Trong năm 17.893 lượt, đạt 51%", {"17.893 AFTER_TIME_WORD", "51% PERCENT_OF_DOUBTFUL"}},
      {"Tăng từ 50 lớp lên 60 lớp", {"50 RANGE", "60 RANGE"}},
      {"Giao ước 2019 đơn vị", {"2019 YEAR_OR_COUNT"}},
      {"Giải quyết việc làm lượt 35.000 17.893 51,12", {"35.000 ADJACENT_NUMBERS"}},
      {"Khoảng 1/3 số hộ", {"Khoảng 1/3 FRACTION"}},
      {"Sản lượng tăng 15%", {"15% GROWTH"}},
      {"Nghị quyết quy định 05/4 mô hình", {"05/4 IN_DOCUMENT_NAME"}},
      {"Tổ chức các lớp gồm: nữ (8.500 người)", {"8.500 PART_OF_ANOTHER"}},
      {"Doanh thu 51.12 tỷ đồng", {"51.12 NUMBER_UNREADABLE"}},
      {"Trồng rừng 120ha", {"120ha NUMBER_GLUED_TO_WORD"}},
      {"Mở 5/0 lớp", {"5/0 TARGET_IS_ZERO"}},
      {"Dự kiến mở 12 lớp", {"12 PLANNED"}},
      {"Đăng ký 12 lớp", {"12 PLANNED"}},
      {"Phấn đấu đạt 30% cán bộ nữ", {"30% PLANNED"}},
      {"Chỉ tiêu giao là 35.000 lượt", {"35.000 TARGET_WITHOUT_RESULT"}},
      {"Ít nhất 30 lớp", {"30 BOUND"}},
      {"Có 95% cán bộ tham gia", {"95% PERCENT_OF_WHAT"}},
      {"Hỗ trợ 12 chủ thể", {"12 MEASURE_UNKNOWN"}},
      {"Chi 4 tỷ 268 triệu đồng", {"4 NUMBER_COMPOUND", "268 NUMBER_COMPOUND"}},
      {"Đạt 51,12% chỉ tiêu năm", {"51,12% NAME_MISSING"}},
      {"Rút ngắn 20/40 ngày", {"20/40 DURATION"}},
      {"Năm (05) văn bản", {"05 PART_OF_ANOTHER"}},
      {"Trong 10 chỉ tiêu đã đăng ký", {"10 FRACTION"}},
      {"Có 07 đơn vị tham dự", {"07 PARTICIPANTS"}},
      {"Kết quả chung; 12 Quyết định", {"12 LIST_NUMBER_OR_COUNT"}},
  };
  for (const Row& row : rows) {
    const ReportReading reading = Read(row.text);
    EXPECT_EQ(Doubted(reading), row.doubtful) << row.text;
    EXPECT_EQ(Proposed(reading), Lines()) << row.text;
  }
}

TEST(ReadReport, PartsOfAFigureAreNoFigures) {
  const ReportReading reading =
      Read("Tổ chức 10 lớp, trong đó: 06 lớp kỹ năng; 04 lớp nghiệp vụ; hỗ trợ 5/6 hộ (nữ 3 hộ).");
  EXPECT_EQ(Proposed(reading), (Lines{"Tổ chức lớp | 10 / - lớp | -", "Hỗ trợ hộ | 5 / 6 hộ | -"}));
  EXPECT_EQ(Doubted(reading),
            (Lines{"06 PART_OF_ANOTHER", "04 PART_OF_ANOTHER", "3 PART_OF_ANOTHER"}));
}

TEST(ReadReport, KnowsWhoseFigureItIs) {
  struct Row {
    std::string text;
    Lines units;
  };
  const std::vector<Row> rows = {
      {"Sở Lao Động- Thương Binh và Xã hội: mở 5/6 lớp", {"Sở Lao Động- Thương Binh và Xã hội"}},
      {"Sở Lao động, Thương binh và Xã hội đã mở 5/6 lớp", {"Sở Lao động, Thương binh và Xã hội"}},
      {"Đối với Sở Y tế: mở 5/6 lớp", {"Sở Y tế"}},
      {"Trong 6 tháng đầu năm 2019, Sở Y tế mở 5/6 lớp", {"Sở Y tế"}},
      {"Sở Nông nghiệp và Phát triển nông thôn mở 5/6 lớp",
       {"Sở Nông nghiệp và Phát triển nông thôn"}},
      {"UBND huyện Gò Quao mở 5/6 lớp", {"UBND huyện Gò Quao"}},
      {"Sở Y tế – Giải quyết 5/6 vụ", {"Sở Y tế"}},
      {"Sở Y tế, Khối phó, mở 5/6 lớp", {"Sở Y tế"}},
      {"Sở Y tế: mở 5/6 lớp; Ban Dân tộc: mở 7/8 lớp; mở 2/3 lớp",
       {"Sở Y tế", "Ban Dân tộc", "Ban Dân tộc"}},
      {"1. Sở Y tế\n- Mở 5/6 lớp\n- Mở 7/8 lớp\n2. Chung\n- Mở 2/3 lớp",
       {"Sở Y tế", "Sở Y tế", ""}},
      {"Sở Y tế\nMở 5/6 lớp.\nMở 7/8 lớp.\nBan Dân tộc\nMở 2/3 lớp.",
       {"Sở Y tế", "Sở Y tế", "Ban Dân tộc"}},
      {"Sở Y tế: mở 5/6 lớp. Toàn khối mở 7/8 lớp.", {"Sở Y tế", ""}},
      {"Sở Y tế: mở 5/6 lớp.\nMở 7/8 lớp.", {"Sở Y tế", ""}},
      {"Ban hành 5/6 văn bản", {""}},
      {"HỘI NGHỊ SƠ KẾT: mở 5/6 lớp", {""}},
  };
  for (const Row& row : rows) {
    Lines units;
    for (const Proposal& proposal : Read(row.text).proposals) units.push_back(proposal.unit);
    EXPECT_EQ(units, row.units) << row.text;
  }
}

TEST(ReadReport, APercentThatContradictsItsFiguresIsRemarkedOnAndKept) {
  struct Row {
    std::string text, remark;
  };
  for (const Row& row : std::vector<Row>{
           {"Giải quyết việc làm 893/1000 lượt, đạt 89,3%", ""},
           {"Giải quyết việc làm 893/1000 lượt, đạt 89%", ""},
           {"Giải quyết việc làm 893/1000 lượt, đạt 98,3%", "PERCENT_DISAGREES"},
           {"Giải quyết việc làm 893/1000 lượt, đạt trên 88%", ""},
           {"Giải quyết việc làm trên 893/1000 lượt, đạt 90%", ""},
           // Lower is better: 2 − A/T and T/A are formulas in use.
           {"Giảm tỷ lệ tử vong 8/10%, đạt 120%", ""},
           {"Giảm tỷ lệ tử vong 8/10%, đạt 125%", ""},
           {"Giảm tỷ lệ tử vong 8/10%, đạt 130%", "PERCENT_DISAGREES"},
       }) {
    const ReportReading reading = Read(row.text);
    ASSERT_EQ(reading.proposals.size(), 1u) << row.text;
    const std::vector<Fault>& remarks = reading.proposals[0].remarks;
    EXPECT_EQ(remarks.empty() ? "" : remarks[0].reason, row.remark) << row.text;
    EXPECT_TRUE(reading.proposals[0].stated_percent.has_value());
  }
  const ReportReading reading = Read("Giải quyết việc làm 893/1000 lượt, đạt 98,3%");
  EXPECT_EQ(reading.proposals[0].remarks[0].suggestion, "89,3%");
  EXPECT_EQ(PrintNumber(*reading.proposals[0].stated_percent), "98,3");
}

TEST(ReadReport, ANumberIsAmbiguousOnlyWhereTheReportShowsNoConvention) {
  const std::string ambiguous = "Mở 1.250/2.500 lớp";
  EXPECT_EQ(Proposed(Read(ambiguous)),
            (Lines{"Mở lớp | 1.250 / 2.500 lớp | - | NUMBER_AMBIGUOUS NUMBER_AMBIGUOUS"}));
  for (const char* shows : {"đạt 50,0%", "thu 1.250.000 đồng"}) {
    EXPECT_EQ(Proposed(Read(absl::StrCat(ambiguous, ", ", shows)))[0].find("AMBIGUOUS"),
              std::string::npos)
        << shows;
  }
}

TEST(ReadReport, TellsThePlaceAndTheSentence) {
  const ReportReading reading =
      Read("Mở đầu.\r\n\r\nMở\u00a05/6 lớp. Tổ chức trên 7/8 cuộc họp.\r\n");
  ASSERT_EQ(reading.proposals.size(), 2u);
  EXPECT_EQ(reading.proposals[0].place.line, 3u);
  EXPECT_EQ(reading.proposals[0].place.column, 4u);
  EXPECT_EQ(reading.proposals[0].place.excerpt, "Mở 5/6 lớp");
  EXPECT_EQ(reading.proposals[1].place.line, 3u);
  EXPECT_EQ(reading.proposals[1].place.column, 26u);
  EXPECT_EQ(reading.proposals[1].actual.text, "trên 7");
  EXPECT_EQ(reading.proposals[1].target.text, "8");

  std::string padding;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&padding, "chữ ");
  const ReportReading cut = Read(absl::StrCat(padding, "mở 5/6 lớp ", padding));
  ASSERT_EQ(cut.proposals.size(), 1u);
  const std::string& excerpt = cut.proposals[0].place.excerpt;
  EXPECT_TRUE(excerpt.starts_with("…chữ ")) << excerpt;
  EXPECT_TRUE(excerpt.ends_with(" chữ…")) << excerpt;
  EXPECT_NE(excerpt.find("mở 5/6 lớp"), std::string::npos);
  EXPECT_LT(excerpt.size(), 300u);
}

std::string Decomposed(const std::string& text) {
  utf8proc_uint8_t* mapped = utf8proc_NFD(reinterpret_cast<const utf8proc_uint8_t*>(text.c_str()));
  std::string result(reinterpret_cast<const char*>(mapped));
  std::free(mapped);
  return result;
}

TEST(ReadReport, HowTheTextWasTypedDoesNotMatter) {
  std::string text = "Sở Y tế: tỷ suất sinh 12,5‰.\n";
  for (const Indicator& one : Indicators()) absl::StrAppend(&text, "- ", one.sentence, "\n");
  const ReportReading as_is = Read(text);
  EXPECT_EQ(as_is.proposals.size(), 17u);
  const std::string forms[] = {Decomposed(text), absl::StrReplaceAll(text, {{" ", "\u00a0"}}),
                               absl::StrReplaceAll(text, {{" ", "\u202f \t"}}),
                               absl::StrReplaceAll(text, {{"\n", "\r\n"}}), "\uFEFF" + text};
  for (const std::string& form : forms) {
    const ReportReading reading = Read(form);
    EXPECT_EQ(Proposed(reading), Proposed(as_is));
    EXPECT_EQ(Doubted(reading), Doubted(as_is));
  }
  EXPECT_EQ(Read(forms[0]).proposals[16].place.column, as_is.proposals[16].place.column);
}

TEST(ReadReport, RefusesWhatIsNoText) {
  const std::string cut = "Sở Y tế\nGiảm sinh \xC4";
  const absl::Status status = ReadReport(cut).status();
  EXPECT_EQ(ReasonOf(status), "NOT_UTF8");
  EXPECT_NE(FaultsOf(status)[0].message.find("dòng 2"), std::string::npos);
  EXPECT_EQ(ReasonOf(ReadReport("\xFF\xFE").status()), "NOT_UTF8");
  EXPECT_EQ(ReasonOf(ReadReport("\xED\xA0\x80").status()), "NOT_UTF8") << "a surrogate";
  EXPECT_EQ(ReasonOf(ReadReport(std::string(kReportMaxBytes + 1, 'a')).status()), "TOO_LONG");
  std::string marks = "a";
  for (int i = 0; i < 31; ++i) absl::StrAppend(&marks, "\u0301");
  EXPECT_EQ(ReasonOf(ReadReport(marks).status()), "NOT_A_TEXT");
  std::string many;
  for (size_t i = 0; i <= kReportMaxFigures; ++i) absl::StrAppend(&many, "mở 5/6 lớp; ");
  EXPECT_EQ(ReasonOf(ReadReport(many).status()), "TOO_MANY_FIGURES");
  EXPECT_TRUE(Read("").proposals.empty());
  EXPECT_TRUE(Read(std::string("\0\x01\x7f", 3)).proposals.empty());
}

// Pieces of reports and of marks in any order: an answer, and every figure of it has its place.
TEST(ReadReport, AnswersOnAnyText) {
  const Lines pieces = {"5",
                        "08/10",
                        "0,20/00",
                        "13,1/13,1%",
                        "%",
                        "‰",
                        "đạt",
                        "tỷ",
                        "lượt",
                        "khách",
                        "lớp",
                        "kế hoạch",
                        "năm",
                        "từ",
                        "đến",
                        "trong đó",
                        ":",
                        ";",
                        "…",
                        "...",
                        ".",
                        ",",
                        "(",
                        ")",
                        "“",
                        "”",
                        "\"",
                        "-",
                        "/",
                        "<",
                        "\n",
                        "\n\n",
                        " ",
                        " ",
                        " ",
                        "Sở Y tế",
                        "và",
                        "cho",
                        "gồm",
                        "trên",
                        "2019",
                        "\u0301",
                        "\xF0\x9F\x98\x80"};
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    const size_t count = random() % 30;
    for (size_t k = 0; k < count; ++k) absl::StrAppend(&text, pieces[random() % pieces.size()]);
    const ReportReading reading = Read(text);
    for (const Proposal& proposal : reading.proposals) {
      ASSERT_NE(proposal.name, "") << text;
      ASSERT_TRUE(proposal.actual.has_value() || proposal.stated_percent.has_value()) << text;
      ASSERT_GE(proposal.place.line, 1u) << text;
    }
  }
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 256);
    (void)ReadReport(bytes);
  }
}

TEST(ReadReport, TakesTimeInProportionToTheText) {
  constexpr size_t kSize = size_t{1} << 20;
  for (const char* piece : {"1",        "1/",        "1 ",     "1;",   "1.1,",      "5 lớp, ",
                            "đạt 5% ",  "(",         "(5)",    "\"5",  "a. ",       "5\n",
                            "năm ",     "từ 5 đến ", ", ấp",   "5‰, ", "5 lớp và ", "chỉ tiêu năm ",
                            "Sở Y tế ", "ủa: ",      "\u0301a"}) {
    std::string text;
    while (text.size() < kSize) text += piece;
    const std::clock_t begun = std::clock();  // Of the processor: others may have the machine.
    (void)ReadReport(text);
    // Some 0,3 s; what is not linear would take hours.
    EXPECT_LT((std::clock() - begun) / CLOCKS_PER_SEC, 20) << piece;
  }
}

}  // namespace
}  // namespace thidua::domain
