// The road of the real data: from files through the public RPCs to review, ranking, scorecards and
// Redis, by the real binaries.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/digest.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

using scoring::v1::ReviewLine;
using testing::HasSubstr;

// One suite, loaded once, for the tests that only read.
class RoadTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite;
    const CommandOutcome load = suite_->Command({"load", Khoi4Folder().string()});
    ASSERT_EQ(load.exit_code, 0) << load.err;
    suite_->FreshRanking();  // What was loaded has come all the way.
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static scoring::v1::MidYearReview Review() {
    grpc::ClientContext context;
    scoring::v1::GetMidYearReviewRequest request;
    request.set_period(kMidYear2019);
    scoring::v1::GetMidYearReviewResponse response;
    EXPECT_TRUE(suite_->scoring().GetMidYearReview(&context, request, &response).ok());
    return response.review();
  }

  static Suite* suite_;
};
Suite* RoadTest::suite_ = nullptr;

// Every indicator of the article, as it was printed there, and where it stands.
struct Printed {
  const char* indicator;
  ReviewLine::Standing standing;
  ReviewLine::Standing as_stated;
  const char* sentence;
};
constexpr auto kNone = ReviewLine::STANDING_UNSPECIFIED;
constexpr auto kReached = ReviewLine::STANDING_REACHED;
constexpr auto kOnPace = ReviewLine::STANDING_ON_PACE;
constexpr auto kNotComputable = ReviewLine::STANDING_NOT_COMPUTABLE;
constexpr auto kInformational = ReviewLine::STANDING_INFORMATIONAL;
constexpr Printed kPrinted[] = {
    {"Giải quyết việc làm", kOnPace, kNone, "17.893/35.000 lượt lao động, đạt 51,12%"},
    {"Chi trả trợ cấp xã hội cho đối tượng xã hội", kInformational, kNone, "50.460 người"},
    {"Tham mưu ban hành văn bản quy phạm pháp luật", kInformational, kNone, "05 văn bản"},
    {"Tổng lượt khách du lịch quốc tế", kNotComputable, kOnPace, "405.509 lượt, đạt 63,4%"},
    {"Tổng doanh thu", kNotComputable, kOnPace, "trên 4.268 tỷ đồng, đạt 62,4%"},
    {"Tổ chức lớp đào tạo, tập huấn về hệ thống quản lý và công cụ cải tiến cho các cơ quan hành "
     "chính, doanh nghiệp",
     kOnPace, kNone, "08/10 lớp, đạt 80%"},
    {"Hỗ trợ doanh nghiệp, đơn vị đăng ký bảo hộ quyền sở hữu công nghiệp và tham gia giải thưởng "
     "chất lượng quốc gia",
     kOnPace, kNone, "08/12 doanh nghiệp, đơn vị, đạt 66,7%"},
    {"Tham mưu ban hành quy định quản lý đề tài, dự án khoa học và công nghệ cấp tỉnh và cấp cơ sở",
     kInformational, kNone, "02 quy định"},
    {"Huy động trẻ từ 6-14 tuổi đến trường", kNotComputable, kReached, "đạt 104,09%"},
    {"Số lượng học sinh giỏi cấp tỉnh trở lên", kNotComputable, kReached, "770 học sinh, đạt 154%"},
    {"Số lượng đăng ký khu phố văn hóa, ấp văn hóa", kOnPace, kNone,
     "949/957 khu phố, ấp, đạt 99,16%"},
    {"Số lượng cơ quan, đơn vị, doanh nghiệp đăng ký đạt chuẩn văn hóa", kOnPace, kNone,
     "1.783/1.818 cơ quan, đơn vị, doanh nghiệp, đạt 98,07%"},
    {"Giảm sinh", kNotComputable, kReached, "0,20/00 (0,2‰), đạt 100%"},
    {"Tỷ lệ tăng dân số tự nhiên", kNotComputable, kReached, "5,00/00 (5,0‰), đạt 100%"},
    {"Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi", kReached, kNone, "13,1/13,1%, đạt 100%"},
    {"Tổ chức cuộc cung cấp thông tin cho người có uy tín theo Quyết định số 12/2018/QĐ-TTg",
     kReached, kNone, "05/4 cuộc, đạt 125%"},
};

TEST_F(RoadTest, TheReviewSaysEveryFigureOfTheArticleAsPrinted) {
  const scoring::v1::MidYearReview review = Review();
  ASSERT_EQ(review.lines_size(), 16);
  for (int i = 0; i < 16; ++i) {
    SCOPED_TRACE(kPrinted[i].indicator);
    EXPECT_EQ(review.lines(i).target().display_name(), kPrinted[i].indicator);
    EXPECT_EQ(review.lines(i).standing(), kPrinted[i].standing);
    EXPECT_EQ(review.lines(i).standing_as_stated(), kPrinted[i].as_stated);
    EXPECT_EQ(review.lines(i).sentence(), kPrinted[i].sentence);
  }
}

TEST_F(RoadTest, TheCommandPrintsEveryFigureOfTheArticle) {
  const CommandOutcome review = suite_->Command({"review", kMidYear2019});
  EXPECT_EQ(review.exit_code, 0) << review.err;
  for (const char* figure : {"17.893/35.000", "51,12%", "63,4%", "62,4%", "80%", "66,7%", "104,09%",
                             "154%", "99,16%", "98,07%", "100%", "125%", "50.460"}) {
    EXPECT_THAT(review.out, HasSubstr(figure));
  }
}

TEST_F(RoadTest, TheReportSaysEveryFigureOfTheArticleAsPrinted) {
  const CommandOutcome report = suite_->Command({"report", kMidYear2019});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  EXPECT_THAT(report.err, HasSubstr("reports/1"));
  std::string on_one_line;
  for (absl::string_view word :
       absl::StrSplit(report.out, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
    absl::StrAppend(&on_one_line, word, " ");
  }
  for (const Printed& printed : kPrinted) {
    EXPECT_THAT(on_one_line, HasSubstr(absl::StrCat(printed.indicator, ": ", printed.sentence)));
  }
  for (const char* word : {"điểm", "hạng"}) EXPECT_THAT(report.out, testing::Not(HasSubstr(word)));

  const std::string docx = (suite_->folder() / "bao-cao.docx").string();
  const std::string html = (suite_->folder() / "bao-cao.html").string();
  const std::vector<std::string> files = {"report", kMidYear2019, "--docx=" + docx,
                                          "--html=" + html};
  const CommandOutcome written = suite_->Command(files);
  EXPECT_EQ(written.exit_code, 0) << written.err;
  EXPECT_THAT(written.err, testing::IsEmpty()) << "the draft that is there is taken";
  std::ifstream stream(docx, std::ios::binary);
  char begins[2] = {};
  stream.read(begins, 2);
  EXPECT_EQ(std::string(begins, 2), "PK");
  const CommandOutcome again = suite_->Command(files);
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("FILE_EXISTS"));
  // Drafts are not public.
  EXPECT_THAT(suite_->Redis({"KEYS", "*report*"}), testing::IsEmpty());
}

TEST_F(RoadTest, TheRankingIsProvisionalCompleteAndExplained) {
  const scoring::v1::Ranking ranking = suite_->FreshRanking();
  EXPECT_EQ(ranking.state(), scoring::v1::Ranking::STATE_PROVISIONAL);
  EXPECT_EQ(ranking.key(), registry::v1::RankingRule::KEY_PERCENT_OF_ASSIGNED);
  ASSERT_EQ(ranking.rows_size(), 7);
  for (int i = 0; i < 7; ++i) {
    const scoring::v1::RankingRow& row = ranking.rows(i);
    SCOPED_TRACE(row.unit());
    EXPECT_EQ(row.assigned_points(), "650") << "contents 2 and 3 are not yet assessed";
    EXPECT_FALSE(row.reason().empty());
    EXPECT_EQ(row.contents_size(), 3);
    if (i > 0) {
      EXPECT_GE(row.rank(), ranking.rows(i - 1).rank());
    }
  }
  // Both of its percentages are its own word, and the scheme accepts them: the whole 650, and
  // (4 + 54) whole percent above at 0,2 points each.
  EXPECT_EQ(ranking.rows(0).unit(), "units/so-giao-duc-va-dao-tao");
  EXPECT_EQ(ranking.rows(0).total(), "661.6");
  // 5 of 4 sessions: 25 whole percent above.
  EXPECT_EQ(ranking.rows(1).unit(), "units/ban-dan-toc");
  EXPECT_EQ(ranking.rows(1).total(), "655");
  // 17.893/35.000 × 650 = 332.298…, rounded to two digits by the scheme.
  EXPECT_EQ(ranking.rows(6).unit(), "units/so-lao-dong-thuong-binh-va-xa-hoi");
  EXPECT_EQ(ranking.rows(6).total(), "332.3");
}

TEST_F(RoadTest, RedisHoldsTheSameRankingAsGrpc) {
  const scoring::v1::Ranking ranking = suite_->FreshRanking();
  const scoring::v1::Ranking published = suite_->PublishedRanking(ranking.revision());
  EXPECT_EQ(published.SerializeAsString(), ranking.SerializeAsString());

  const std::string key = "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:6-thang";
  EXPECT_EQ(suite_->Redis({"HGET", key, "revision"}), ranking.revision());
  EXPECT_EQ(suite_->Redis({"HGET", key, "state"}), "PROVISIONAL");
  EXPECT_EQ(suite_->Redis({"HGET", key, "sha256"}),
            platform::Sha256Hex(suite_->Redis({"HGET", key, "protobuf"})));
  scoring::v1::Ranking from_json;
  ASSERT_TRUE(
      google::protobuf::util::JsonStringToMessage(suite_->Redis({"HGET", key, "json"}), &from_json)
          .ok());
  EXPECT_EQ(from_json.SerializeAsString(), ranking.SerializeAsString());
}

TEST_F(RoadTest, TheScorecardDerivesEveryPoint) {
  grpc::ClientContext context;
  scoring::v1::GetScorecardRequest request;
  request.set_period(kMidYear2019);
  request.set_unit("units/so-lao-dong-thuong-binh-va-xa-hoi");
  scoring::v1::GetScorecardResponse response;
  ASSERT_TRUE(suite_->scoring().GetScorecard(&context, request, &response).ok());
  const scoring::v1::CriterionScore& content = response.scorecard().contents(0);
  ASSERT_EQ(content.targets_size(), 1) << "informational targets earn nothing";
  EXPECT_EQ(content.targets(0).derivation(), "17.893/35.000 ≈ 51,12% × 650 điểm ≈ 332,3 điểm.");
  EXPECT_FALSE(response.scorecard().contents(1).assigned());
  EXPECT_THAT(response.scorecard().contents(1).note(), HasSubstr("Chưa được chấm"));
}

TEST_F(RoadTest, LoadingAgainChangesNothing) {
  const scoring::v1::Ranking before = suite_->FreshRanking();
  const CommandOutcome again = suite_->Command({"load", Khoi4Folder().string()});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(suite_->FreshRanking().SerializeAsString(), before.SerializeAsString());
}

TEST_F(RoadTest, ACorrectionIsSeenByWhoeverHoldsItsToken) {
  results::v1::PutResultsRequest request;
  request.set_period(kMidYear2019);
  auto& row = *request.add_rows();
  row.set_target(std::string(kPact2019) + "/targets/giai-quyet-viec-lam");
  row.mutable_actual()->set_text("35.000");
  row.mutable_stated_percent()->set_text("100%");
  row.set_correction_reason("Cộng thêm số liệu của huyện báo cáo muộn");
  const auto put = [&](results::v1::PutResultsResponse& response) {
    grpc::ClientContext context;
    const grpc::Status status = suite_->results().PutResults(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  };
  results::v1::PutResultsResponse corrected;
  put(corrected);
  EXPECT_EQ(corrected.outcomes(0).kind(), results::v1::RowOutcome::KIND_UPDATED);
  EXPECT_EQ(corrected.outcomes(0).revision(), 2);
  const scoring::v1::Ranking after = suite_->Ranking(corrected.freshness_token()).ranking();
  EXPECT_EQ(after.period_version(), corrected.period_version());

  // And back: both revisions stay on record, and the next tests find what the article says.
  row.mutable_actual()->set_text("17.893");
  row.mutable_stated_percent()->set_text("51,12%");
  row.set_correction_reason("Trả lại số đã báo cáo");
  results::v1::PutResultsResponse restored;
  put(restored);
  EXPECT_EQ(restored.outcomes(0).revision(), 3);
  EXPECT_EQ(suite_->Ranking(restored.freshness_token()).ranking().rows(6).total(), "332.3");

  // Why it had moved is told from the version that has been overtaken.
  const CommandOutcome compared =
      suite_->Command({"compare", absl::StrCat(kMidYear2019, "@", corrected.period_version())});
  ASSERT_EQ(compared.exit_code, 0) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("do sửa số liệu"));
}

TEST_F(RoadTest, TheCommandSaysWhatWouldBeAndWhatItTakes) {
  const scoring::v1::Ranking before = suite_->FreshRanking();
  const CommandOutcome effort =
      suite_->Command({"effort", kMidYear2019, "units/so-lao-dong-thuong-binh-va-xa-hoi", "target",
                       "giai-quyet-viec-lam"});
  ASSERT_EQ(effort.exit_code, 0) << effort.err;
  EXPECT_THAT(effort.out, HasSubstr("35.000"));
  EXPECT_THAT(effort.out, HasSubstr("2.851,1667"));  // A month.
  const CommandOutcome supposed =
      suite_->Command({"simulate", kMidYear2019, "giai-quyet-viec-lam=35.000"});
  ASSERT_EQ(supposed.exit_code, 0) << supposed.err;
  EXPECT_THAT(supposed.out, HasSubstr("XẾP HẠNG GIẢ ĐỊNH"));
  EXPECT_THAT(supposed.out, HasSubstr("Kết quả của đơn vị"));
  const CommandOutcome refused = suite_->Command({"simulate", kMidYear2019, "khong-co=1"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("overlay.results[0].target TARGET_UNKNOWN"));
  EXPECT_EQ(suite_->Command({"simulate", kMidYear2019, "khong-co"}).exit_code, 2);
  EXPECT_EQ(suite_->FreshRanking().SerializeAsString(), before.SerializeAsString())
      << "what was supposed is nowhere";
}

}  // namespace
}  // namespace thidua::tests
