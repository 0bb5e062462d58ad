// What the report says, on the real data.
#include "services/scoring/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/documents/document.h"
#include "services/scoring/khoi4_2019_report_testlib.h"

namespace thidua::scoring {
namespace {

using documents::Block;
using documents::Document;
using documents::Heading;
using documents::Paragraph;
using documents::Table;
using khoi4_2019::Drafted;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Section = v1::ReportSection;

Document Composed(const v1::Report& report) {
  const auto document = ComposeReport(report);
  EXPECT_TRUE(document.ok()) << document.status();
  return *document;
}

// The text of each heading and paragraph.
std::vector<std::string> Texts(const std::vector<Block>& blocks) {
  std::vector<std::string> texts;
  for (const Block& block : blocks) {
    if (const auto* heading = std::get_if<Heading>(&block)) texts.push_back(heading->text);
    if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
      texts.emplace_back();
      for (const documents::Run& run : paragraph->runs) texts.back() += run.text;
    }
  }
  return texts;
}

std::vector<std::string> Headings(const Document& document) {
  std::vector<std::string> texts;
  for (const Block& block : document.body) {
    if (const auto* heading = std::get_if<Heading>(&block)) texts.push_back(heading->text);
  }
  return texts;
}

// The table of the annex.
const Table& Annexed(const Document& document) {
  return std::get<Table>(document.annexes.at(0).body.at(0));
}

std::vector<Table> Tables(const Document& document) {
  std::vector<Table> tables;
  for (const Block& block : document.body) {
    if (const auto* table = std::get_if<Table>(&block)) tables.push_back(*table);
  }
  return tables;
}

// Everything that the document says, on one line.
std::string All(const Document& document) {
  std::string all = absl::StrJoin(Texts(document.body), " ");
  for (const Table& table : Tables(document)) {
    for (const Table::Column& column : table.columns) absl::StrAppend(&all, " ", column.title);
    for (const Table::Row& row : table.rows) {
      absl::StrAppend(&all, " ", absl::StrJoin(row.cells, " "));
    }
  }
  for (const documents::Annex& annex : document.annexes) {
    absl::StrAppend(&all, " ", annex.title, " ", absl::StrJoin(Texts(annex.body), " "));
  }
  for (const Table::Column& column : Annexed(document).columns) {
    absl::StrAppend(&all, " ", column.title);
  }
  for (const Table::Row& row : Annexed(document).rows) {
    absl::StrAppend(&all, " ", absl::StrJoin(row.cells, " "));
  }
  return all;
}

TEST(ReportTest, SaysEveryFigureOfTheArticle) {
  const std::vector<std::string> texts = Texts(Composed(Drafted(khoi4_2019::Received())).body);
  for (
      const char* paragraph : {
          "- Sở Lao động, Thương binh và Xã hội: Giải quyết việc làm: 17.893/35.000 lượt lao động, "
          "đạt 51,12% chỉ tiêu năm; Chi trả trợ cấp xã hội cho đối tượng xã hội: 50.460 người; "
          "Tham "
          "mưu ban hành văn bản quy phạm pháp luật: 5 văn bản.",
          "- Sở Du lịch: Tổng lượt khách du lịch quốc tế: 405.509 lượt, đạt 63,4% chỉ tiêu năm; "
          "Tổng "
          "doanh thu: trên 4.268 tỷ đồng, đạt 62,4% chỉ tiêu năm.",
          "- Sở Khoa học và Công nghệ: Tổ chức lớp đào tạo, tập huấn: 8/10 lớp, đạt 80% chỉ tiêu "
          "năm; "
          "Hỗ trợ doanh nghiệp, đơn vị đăng ký bảo hộ quyền sở hữu công nghiệp: 8/12 doanh nghiệp, "
          "đơn vị, đạt 66,7% chỉ tiêu năm; Tham mưu ban hành quy định quản lý đề tài, dự án: 2 quy "
          "định.",
          "- Sở Giáo dục và Đào tạo: Huy động trẻ từ 6-14 tuổi đến trường: đạt 104,09% chỉ tiêu "
          "năm; "
          "Số lượng học sinh giỏi cấp tỉnh trở lên: 770 học sinh, đạt 154% chỉ tiêu năm.",
          "- Sở Văn hóa và Thể thao: Số lượng đăng ký khu phố văn hóa, ấp văn hóa: 949/957 khu "
          "phố, "
          "ấp, đạt 99,16% chỉ tiêu năm; Số lượng cơ quan, đơn vị, doanh nghiệp đăng ký đạt chuẩn "
          "văn "
          "hóa: 1.783/1.818 cơ quan, đơn vị, doanh nghiệp, đạt 98,07% chỉ tiêu năm.",
          "- Sở Y tế: Giảm sinh: 0,2 (0,2‰), đạt 100% chỉ tiêu năm; Tỷ lệ tăng dân số tự nhiên: "
          "5,0 "
          "(5,0‰), đạt 100% chỉ tiêu năm; Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi: 13,1/13,1%, đạt "
          "100% "
          "chỉ tiêu năm.",
          "- Ban Dân tộc: Tổ chức cuộc cung cấp thông tin cho người có uy tín: 5/4 cuộc, đạt 125% "
          "chỉ "
          "tiêu năm.",
      }) {
    EXPECT_THAT(texts, Contains(paragraph));
  }
}

TEST(ReportTest, HasTheSectionsOfAMidYearReport) {
  const Document document = Composed(Drafted(khoi4_2019::Received()));
  EXPECT_THAT(Headings(document),
              ElementsAre("I. KẾT QUẢ THỰC HIỆN", "1. Thực hiện các chỉ tiêu đăng ký",
                          "2. Chấp hành chủ trương, chính sách", "3. Công tác thi đua, khen thưởng",
                          "II. TỒN TẠI, CHỈ TIÊU CHƯA ĐẠT",
                          "III. PHƯƠNG HƯỚNG 6 THÁNG CUỐI NĂM 2019; KIẾN NGHỊ",
                          "1. Phương hướng, nhiệm vụ", "2. Kiến nghị, đề xuất"));
  EXPECT_EQ(document.title, "BÁO CÁO");
  EXPECT_THAT(document.subject,
              ElementsAre("Sơ kết thực hiện giao ước thi đua 6 tháng đầu năm 2019"));
  const std::vector<std::string> texts = Texts(document.body);
  EXPECT_EQ(
      texts[0],
      "Thực hiện giao ước thi đua năm 2019, Khối thi đua 4 gồm 07 đơn vị báo cáo sơ kết 6 tháng "
      "đầu năm 2019 như sau:");
  EXPECT_EQ(
      texts[1],
      "Theo số liệu các đơn vị báo cáo đến 08 giờ 02 phút ngày 05/8/2019, trong 13 chỉ tiêu đăng "
      "ký có 02 chỉ tiêu đạt chỉ tiêu năm, 05 chỉ tiêu đúng tiến độ (mốc chung 50% chỉ tiêu năm), "
      "0 chỉ tiêu chậm tiến độ, 0 chỉ tiêu chưa báo cáo, 06 chỉ tiêu không tính được vì thiếu "
      "số liệu để đối chiếu. Ngoài ra có 03 nội dung thông tin, không so với chỉ tiêu.");
  EXPECT_THAT(texts, Contains("Không có chỉ tiêu chậm tiến độ hoặc chưa báo cáo."));
  EXPECT_THAT(texts.back(),
              HasSubstr("kính gửi Hội đồng Thi đua - Khen thưởng tỉnh Kiên Giang./."));
}

TEST(ReportTest, TheHeadIsCustomaryAndItsNumberAndDayAreEmpty) {
  const Document document = Composed(Drafted(khoi4_2019::Received()));
  EXPECT_THAT(document.head.superior_body, ElementsAre("UBND TỈNH KIÊN GIANG"));
  EXPECT_THAT(document.head.issuing_body, ElementsAre("KHỐI THI ĐUA 4"));
  EXPECT_EQ(document.head.number_suffix, "/BC-KTĐ4");
  EXPECT_EQ(document.head.place_and_date, "Kiên Giang, ngày      tháng      năm 2019");
  EXPECT_EQ(document.head.draft_mark, "DỰ THẢO 1");
  EXPECT_THAT(document.signers.at(0).office, ElementsAre("TM. KHỐI THI ĐUA 4", "KHỐI TRƯỞNG"));
  EXPECT_EQ(document.signers.at(0).name, "");
  v1::Report report = Drafted(khoi4_2019::Received());
  report.set_state(v1::Report::STATE_FINAL);
  EXPECT_EQ(Composed(report).head.draft_mark, "");
}

TEST(ReportTest, WhatIsGivenStandsAndTheRestIsFilledIn) {
  v1::ReportTemplate given;
  given.set_place("Rạch Giá");
  given.add_signers()->add_office("KT. KHỐI TRƯỞNG");
  const v1::ReportTemplate frame =
      Completed(given, Drafted(khoi4_2019::Received()).figures().pact());
  EXPECT_EQ(frame.place(), "Rạch Giá");
  EXPECT_EQ(frame.signers_size(), 1);
  EXPECT_EQ(frame.signers(0).office(0), "KT. KHỐI TRƯỞNG");
  EXPECT_EQ(frame.issuing_body(), "KHỐI THI ĐUA 4");
  EXPECT_EQ(frame.recipients_size(), 3);
}

TEST(ReportTest, AtMidYearThereAreNoPointsAndNoRanks) {
  const std::string all = All(Composed(Drafted(khoi4_2019::Received())));
  for (const char* word : {"điểm", "Điểm", "hạng", "Hạng"}) EXPECT_THAT(all, Not(HasSubstr(word)));
}

TEST(ReportTest, CountsByUnitAddUp) {
  const std::vector<Table> tables = Tables(Composed(Drafted(khoi4_2019::Received())));
  ASSERT_EQ(tables.size(), 1u);
  ASSERT_EQ(tables[0].rows.size(), 8u);
  EXPECT_THAT(tables[0].rows[0].cells,
              ElementsAre("1", "Sở Lao động, Thương binh và Xã hội", "1", "0", "1", "0", "0", "0"));
  EXPECT_THAT(tables[0].rows[7].cells, ElementsAre("", "Cộng", "13", "2", "5", "0", "0", "6"));
}

// Every number in the annex can be followed to the revision of a result.
TEST(ReportTest, EveryFigureOfTheAnnexNamesItsRevision) {
  ReceivedPeriod received = khoi4_2019::Received();
  received.inputs.mutable_results(0)->set_revision(7);
  received.inputs.mutable_results()->DeleteSubrange(15, 1);
  const Document document = Composed(Drafted(received));
  const Table& table = Annexed(document);
  ASSERT_EQ(table.rows.size(), 16u);
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const std::vector<std::string>& cells = table.rows[i].cells;
    SCOPED_TRACE(absl::StrJoin(cells, " | "));
    EXPECT_EQ(cells.size(), table.columns.size());
    const bool has_figure = cells[5] != "–" || cells[6] != "–";
    EXPECT_EQ(has_figure, cells[8] != "–");
    if (has_figure) {
      EXPECT_EQ(cells[8], absl::StrCat("chi-tieu-", i + 1, ", lần ", i == 0 ? 7 : 1));
    }
  }
  EXPECT_THAT(
      table.rows[0].cells,
      ElementsAre("1", "Sở Lao động, Thương binh và Xã hội", "Giải quyết việc làm", "lượt lao động",
                  "35.000", "17.893", "51,12", "Đúng tiến độ", "chi-tieu-1, lần 7"));
  EXPECT_THAT(
      table.rows[4].cells,
      ElementsAre("5", "Sở Du lịch", "Tổng doanh thu", "tỷ đồng", "–", "trên 4.268", "62,4*",
                  "Không tính được (theo số đơn vị nêu: đúng tiến độ)", "chi-tieu-5, lần 1"));
  EXPECT_THAT(table.rows[15].cells[7], "Chưa báo cáo");
  const std::string sources = Texts(document.annexes[0].body).back();
  EXPECT_THAT(sources, HasSubstr("kỳ blocs/khoi-4/pacts/2019/periods/6-thang"));
  EXPECT_THAT(sources,
              HasSubstr("Giao ước phiên bản 1, kỳ báo cáo phiên bản 1, số liệu lúc 08 giờ 02 "
                        "phút ngày 05/8/2019"));
  EXPECT_THAT(sources, HasSubstr("* Tỷ lệ do đơn vị nêu"));
}

TEST(ReportTest, SaysWhatIsMissingOfWhatIsBehind) {
  ReceivedPeriod received = khoi4_2019::Received();
  received.inputs.mutable_results(0)->mutable_actual()->set_value("10000");
  received.inputs.mutable_results(0)->clear_stated_percent();
  // More malnutrition than was registered.
  received.inputs.mutable_results(14)->mutable_actual()->set_value("13.4");
  received.inputs.mutable_results(14)->clear_stated_percent();
  received.inputs.mutable_results()->DeleteSubrange(15, 1);
  const std::vector<std::string> texts = Texts(Composed(Drafted(received)).body);
  EXPECT_THAT(texts, Contains("Chỉ tiêu chậm tiến độ (02):"));
  EXPECT_THAT(
      texts,
      Contains("- Sở Lao động, Thương binh và Xã hội: Giải quyết việc làm: 10.000/35.000 lượt "
               "lao động, đạt 28,57% chỉ tiêu năm; còn thiếu 7.500 lượt lao động so với tiến "
               "độ (50% chỉ tiêu năm), 25.000 lượt lao động so với chỉ tiêu năm;"));
  EXPECT_THAT(texts, Contains(HasSubstr("còn cao hơn chỉ tiêu 0,3%.")));
  EXPECT_THAT(texts, Contains("Chỉ tiêu chưa báo cáo (01):"));
  EXPECT_THAT(texts,
              Contains("- Ban Dân tộc: Tổ chức cuộc cung cấp thông tin cho người có uy tín."));
}

TEST(ReportTest, WhereMuchIsBehindItIsATable) {
  const Document document = Composed(Drafted(khoi4_2019::ReceivedMany(30)));
  const std::vector<Table> tables = Tables(document);
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[1].rows.size(), 9u);
  EXPECT_EQ(tables[1].rows[0].cells[3], "1.234/10.000 lượt lao động, đạt 12,34%");
  EXPECT_EQ(
      tables[1].rows[0].cells[4],
      "3.766 lượt lao động so với tiến độ (50% chỉ tiêu năm), 8.766 lượt lao động so với chỉ tiêu "
      "năm");
}

TEST(ReportTest, WhatPeopleWroteTakesThePlaceOfItsMark) {
  v1::Report report = Drafted(khoi4_2019::Received());
  EXPECT_THAT(All(Composed(report)), HasSubstr("(Khối bổ sung: phương hướng"));
  EXPECT_EQ(MissingSections(report).size(), 4u);
  google::protobuf::RepeatedPtrField<Section> written;
  const auto write = [&](Section::Kind kind, const char* criterion, const char* text) {
    Section& section = *written.Add();
    section.set_kind(kind);
    section.set_criterion_id(criterion);
    section.add_paragraphs(text);
  };
  write(Section::KIND_PROPOSALS, "", "Không có.");
  write(Section::KIND_DIRECTIONS, "", "Tập trung giải quyết việc làm.");
  write(Section::KIND_CONTENT, "noi-dung-3", "Đã phát động 02 đợt.");
  write(Section::KIND_CONTENT, "noi-dung-2", "Chấp hành tốt.");
  for (const Section& section : written) EXPECT_TRUE(HasSection(report.figures().pact(), section));
  PutSections(written, report);
  EXPECT_EQ(report.sections(0).criterion_id(), "noi-dung-2") << "in the order of the report";
  EXPECT_EQ(report.sections(3).kind(), Section::KIND_PROPOSALS);
  EXPECT_THAT(MissingSections(report), IsEmpty());
  const std::string all = All(Composed(report));
  EXPECT_THAT(all, Not(HasSubstr("Khối bổ sung")));
  EXPECT_THAT(all, HasSubstr("1. Phương hướng, nhiệm vụ Tập trung giải quyết việc làm."));

  // Emptied again.
  written.Clear();
  written.Add()->set_kind(Section::KIND_PROPOSALS);
  PutSections(written, report);
  EXPECT_EQ(report.sections_size(), 3);
  EXPECT_EQ(MissingSections(report).size(), 1u);
}

TEST(ReportTest, AYearHasPointsAndAProvisionalRanking) {
  ReceivedPeriod received = khoi4_2019::ReceivedYear();
  *received.inputs.add_assessments() =
      khoi4_2019::Assessed("so-y-te", "noi-dung-2", type::v1::ASSESSMENT_LAYER_BLOC, "190.5");
  v1::Report report = Drafted(received);
  const Document document = Composed(report);
  EXPECT_THAT(document.subject, ElementsAre("Tổng kết thực hiện giao ước thi đua năm 2019"));
  EXPECT_EQ(document.head.place_and_date, "Kiên Giang, ngày      tháng      năm 20    ");
  EXPECT_THAT(Headings(document), Contains("4. Kết quả xếp hạng (tạm tính)"));
  EXPECT_THAT(Headings(document), Contains("III. PHƯƠNG HƯỚNG NĂM 2020; KIẾN NGHỊ"));
  EXPECT_THAT(Headings(document), Not(Contains(HasSubstr("tiến độ"))));
  const std::vector<Table> tables = Tables(document);
  ASSERT_EQ(tables.size(), 3u) << "counts, points of content 2, ranking";
  EXPECT_THAT(Texts(document.body),
              Contains("Nội dung này đã được chấm điểm đối với 01/07 đơn vị:"));
  EXPECT_THAT(tables[1].rows[5].cells, ElementsAre("6", "Sở Y tế", "190,5", "0", "200"));
  EXPECT_THAT(tables[1].rows[0].cells[2], "–");
  EXPECT_THAT(tables[2].rows[0].cells,
              ElementsAre("1", "Ban Dân tộc", "650", "25", "675", "650", "≈ 103,85"));
  EXPECT_THAT(Texts(document.body),
              Contains(HasSubstr("Phiên bản xếp hạng: 0000-001564963200000-")));
  EXPECT_EQ(MissingSections(report).size(), 3u) << "content 2 speaks by its points";
  report.mutable_figures()->mutable_ranking()->set_state(v1::Ranking::STATE_FINAL);
  EXPECT_THAT(Headings(Composed(report)), Contains("4. Kết quả xếp hạng (chính thức)"));
}

TEST(ReportTest, NumbersAreRoundedOnceAndSaySo) {
  v1::Report report = Drafted(khoi4_2019::ReceivedYear());
  v1::RankingRow& row = *report.mutable_figures()->mutable_ranking()->mutable_rows(0);
  row.set_points("48.995");
  row.mutable_exact()->set_points("9750/199");
  row.set_percent_of_assigned("91.665");
  row.mutable_exact()->set_percent_of_assigned("18058/197");
  const Table table = Tables(Composed(report)).back();
  EXPECT_EQ(table.rows[0].cells[2], "≈ 48,99");
  EXPECT_EQ(table.rows[0].cells[6], "≈ 91,66");
}

TEST(ReportTest, TheRankingShowsClassesAndWhatDecidedBetweenEquals) {
  v1::Report report = Drafted(khoi4_2019::ReceivedYear());
  EXPECT_EQ(Tables(Composed(report)).back().columns.size(), 7u);
  v1::Ranking& ranking = *report.mutable_figures()->mutable_ranking();
  for (int i = 0; i < 2; ++i) {  // Two share the first rank, above an equal.
    v1::RankingRow& row = *ranking.mutable_rows(i);
    row.set_rank(1);
    row.set_shared(true);
    row.set_class_id("tot");
    row.set_class_display_name("Hoàn thành tốt");
    row.set_decided_by_name("Số chỉ tiêu đạt");
  }
  ranking.mutable_rows(2)->set_rank(3);
  const Document document = Composed(report);
  const Table table = Tables(document).back();
  ASSERT_EQ(table.columns.size(), 8u);
  double width = 0;
  for (const Table::Column& column : table.columns) width += column.width;
  EXPECT_EQ(width, 100);
  EXPECT_EQ(table.rows[0].cells[7], "Hoàn thành tốt");
  EXPECT_EQ(table.rows[2].cells[7], "–");
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Texts(document.body),
                Contains(absl::StrCat("- ", ranking.rows(i).unit_display_name(), " xếp trên ",
                                      ranking.rows(2).unit_display_name(),
                                      ": bằng nhau khi so sánh nhưng hơn ở “Số chỉ tiêu đạt”.")));
  }
}

// The ranking may be a final's, and the period open again.
TEST(ReportTest, ARankingOfAnotherVersionIsSaidToBeOne) {
  v1::Report report = Drafted(khoi4_2019::ReceivedYear());
  EXPECT_THAT(All(Composed(report)), Not(HasSubstr("ây tính từ kỳ báo cáo phiên bản")));
  report.mutable_figures()->mutable_review()->set_period_version(7);
  report.mutable_figures()->mutable_ranking()->set_period_version(6);
  const std::string all = All(Composed(report));
  EXPECT_THAT(all, HasSubstr("Xếp hạng trên đây tính từ kỳ báo cáo phiên bản 6; các số liệu khác "
                             "của báo cáo này là của phiên bản 7."));
  EXPECT_THAT(all, HasSubstr("Riêng xếp hạng tính từ kỳ báo cáo phiên bản 6."));
}

// However many contents the scheme has, and whatever is in them.
TEST(ReportTest, TheSchemeMayHaveAnyContents) {
  ReceivedPeriod received = khoi4_2019::Received();
  registry::v1::Scheme& scheme = *received.inputs.mutable_pact()->mutable_scheme_content();
  registry::v1::Criterion parent;
  parent.set_criterion_id("phan-mot");
  parent.set_display_name("Phần một");
  parent.set_max_points("650");
  *parent.add_children() = scheme.contents(0);
  *scheme.mutable_contents(0) = parent;
  scheme.mutable_contents()->RemoveLast();
  const Document two = Composed(Drafted(received));
  EXPECT_THAT(Headings(two), Contains("1. Phần một"));
  EXPECT_THAT(Headings(two), Not(Contains(HasSubstr("3. "))));
  EXPECT_EQ(Tables(two).size(), 1u);
  EXPECT_EQ(Tables(two)[0].rows.back().cells[2], "13") << "of its criterion below";
}

TEST(ReportTest, EqualReportsGiveEqualDocuments) {
  const auto first = Composed(Drafted(khoi4_2019::Received()));
  const auto second = Composed(Drafted(khoi4_2019::Received()));
  EXPECT_EQ(documents::WriteDocx(first), documents::WriteDocx(second));
  EXPECT_EQ(documents::WriteHtml(first), documents::WriteHtml(second));
  EXPECT_EQ(documents::WriteText(first), documents::WriteText(second));
  EXPECT_THAT(documents::WriteHtml(first), HasSubstr("TE&lt;5 tuổi"));
}

}  // namespace
}  // namespace thidua::scoring
