// What the service promises of reports, by its RPCs: one suite, run on every engine.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/audit/on_record_testlib.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/channel.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/paging.h"
#include "services/platform/refusal_testlib.h"
#include "services/scoring/audited_resources.h"
#include "services/scoring/finality.h"
#include "services/scoring/khoi4_2019_report_testlib.h"
#include "services/scoring/period_keeper.h"
#include "services/scoring/publisher.h"
#include "services/scoring/report_store.h"
#include "services/scoring/schema.h"
#include "services/scoring/service.h"
#include "services/scoring/stage.h"
#include "services/storage/engines_testlib.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::scoring {
namespace {

using khoi4_2019::kPeriodName;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kFirst[] = "blocs/khoi-4/pacts/2019/periods/6-thang/reports/1";
constexpr char kLeader[] = "units/so-lao-dong-thuong-binh-va-xa-hoi";
constexpr char kDeputy[] = "units/so-du-lich";
constexpr char kMember[] = "units/so-y-te";
// What people have to write before a report of Khối 4 can be final.
constexpr char kAllSections[] = R"pb(
  sections { kind: KIND_CONTENT criterion_id: "noi-dung-2" paragraphs: "Chấp hành tốt." }
  sections { kind: KIND_CONTENT criterion_id: "noi-dung-3" paragraphs: "Phát động 02 đợt." }
  sections { kind: KIND_DIRECTIONS paragraphs: "Tập trung các chỉ tiêu còn lại." }
  sections { kind: KIND_PROPOSALS paragraphs: "Không có." }
)pb";

using platform::SaidInFull;

template <typename Request>
Request Parsed(const std::string& text) {
  Request request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
  return request;
}

template <typename Engine>
class ReportsServiceTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { engine_ = new Engine; }
  static void TearDownTestSuite() { delete engine_; }

  ReportsServiceTest() {
    auto database = storage::Database::Open(engine_->NewLocation(), Schema());
    EXPECT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
    // No report asks results-ingest for anything: there is none at the end of this line.
    finality_.emplace(*database_, board_,
                      stage_.emplace(*database_, received_.emplace(*database_), board_, publisher_),
                      KeeperAt(platform::ChannelTo("127.0.0.1:9")));
    service_ = std::make_unique<ScoringService>(*database_, board_, *finality_);
    EXPECT_TRUE(service_->CheckComplete().ok());
    server_ = std::make_unique<platform::LocalServer>(*service_);
    stub_ = v1::ScoringService::NewStub(server_->NewChannel());
    board_.Put(khoi4_2019::StandingOf(khoi4_2019::Received()));
    board_.SetInSight(true);
  }
  ~ReportsServiceTest() override { server_->Stop(); }

  template <typename Response, typename Request>
  std::string Call(grpc::Status (v1::ScoringService::Stub::*method)(grpc::ClientContext*,
                                                                    const Request&, Response*),
                   const std::string& request, Response& response) {
    grpc::ClientContext context;
    return SaidInFull(((*stub_).*method)(&context, Parsed<Request>(request), &response));
  }
  template <typename Response, typename Request>
  std::string Call(grpc::Status (v1::ScoringService::Stub::*method)(grpc::ClientContext*,
                                                                    const Request&, Response*),
                   const std::string& request) {
    Response response;
    return Call(method, request, response);
  }

  std::string Draft(const std::string& more = "", v1::DraftReportResponse* response = nullptr) {
    v1::DraftReportResponse unused;
    return Call(&v1::ScoringService::Stub::DraftReport,
                absl::StrCat("period: '", kPeriodName, "' ", more),
                response == nullptr ? unused : *response);
  }
  std::string Revise(const std::string& more, v1::ReviseReportResponse* response = nullptr) {
    v1::ReviseReportResponse unused;
    return Call(&v1::ScoringService::Stub::ReviseReport,
                absl::StrCat("name: '", kFirst, "' ", more),
                response == nullptr ? unused : *response);
  }
  std::string Comment(const std::string& more, v1::CommentReportResponse* response = nullptr) {
    v1::CommentReportResponse unused;
    return Call(&v1::ScoringService::Stub::CommentReport,
                absl::StrCat("name: '", kFirst, "' ", more),
                response == nullptr ? unused : *response);
  }
  std::string Finalise(const std::string& more, v1::FinaliseReportResponse* response = nullptr) {
    v1::FinaliseReportResponse unused;
    return Call(&v1::ScoringService::Stub::FinaliseReport,
                absl::StrCat("name: '", kFirst, "' ", more),
                response == nullptr ? unused : *response);
  }
  v1::GetReportResponse Get(const std::string& more = "") {
    v1::GetReportResponse response;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::GetReport,
                   absl::StrCat("name: '", kFirst, "' ", more), response),
              "OK");
    return response;
  }
  v1::Report Report() { return Get().report(); }
  std::string EtagNow() { return absl::StrCat("etag: '", Report().etag(), "' "); }

  // As results-ingest tells of a corrected figure.
  void Correct(int64_t version, const std::string& value) {
    ReceivedPeriod received = khoi4_2019::Received(version);
    received.inputs.mutable_results(0)->mutable_actual()->set_value(value);
    received.inputs.mutable_results(0)->clear_stated_percent();
    received.inputs.mutable_results(0)->set_revision(2);
    board_.Put(khoi4_2019::StandingOf(received));
  }

  // Shows the year as scoring would: `number` counts how often it was made final or revoked; with
  // the ranking of the period's version `final_of`, or the provisional one.
  void ShowYear(int64_t version, int64_t number, int64_t final_of = 0, int64_t epoch_ms = 0) {
    ReceivedPeriod received = khoi4_2019::ReceivedYear();
    received.inputs.set_version(version);
    received.store_epoch_ms += epoch_ms;
    PeriodFinality finality{number, nullptr};
    if (final_of > 0) {
      ReceivedPeriod sealed = khoi4_2019::ReceivedYear();
      sealed.inputs.set_version(final_of);
      const auto standing = ComputeStanding(sealed, absl::UnixEpoch(), {number, nullptr});
      ASSERT_TRUE(standing.ok()) << standing.status();
      auto official = std::make_shared<Final>();
      official->number = number;
      official->ranking = (*standing)->ranking;
      official->ranking.set_state(v1::Ranking::STATE_FINAL);
      finality.official = std::move(official);
    }
    const auto standing = ComputeStanding(received, absl::UnixEpoch(), finality);
    ASSERT_TRUE(standing.ok()) << standing.status();
    board_.Put(*standing);
  }
  // The name of a new report of the year, with all that people have to write.
  std::string DraftYear() {
    v1::DraftReportResponse drafted;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::DraftReport,
                   absl::StrCat("period: '", khoi4_2019::kYearName, "'"), drafted),
              "OK");
    v1::ReviseReportResponse revised;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::ReviseReport,
                   absl::StrCat("name: '", drafted.report().name(), "' revised_by: '", kLeader,
                                "' ", kAllSections),
                   revised),
              "OK");
    return drafted.report().name();
  }
  v1::GetReportResponse GetNamed(const std::string& name, const std::string& more = "",
                                 const std::string& expected = "OK") {
    v1::GetReportResponse response;
    EXPECT_EQ(Call(&v1::ScoringService::Stub::GetReport, absl::StrCat("name: '", name, "' ", more),
                   response),
              expected);
    return response;
  }
  std::string FinaliseNamed(const std::string& name) {
    v1::FinaliseReportResponse response;
    return Call(
        &v1::ScoringService::Stub::FinaliseReport,
        absl::StrCat("name: '", name, "' finalised_by: '", kDeputy,
                     "' without_comments: true etag: '", GetNamed(name).report().etag(), "'"),
        response);
  }

  static Engine* engine_;
  std::unique_ptr<storage::Database> database_;
  Board board_;
  Publisher publisher_{"", board_};
  std::optional<ReceivedPeriods> received_;
  std::optional<Stage> stage_;
  std::optional<Finality> finality_;
  std::unique_ptr<ScoringService> service_;
  std::unique_ptr<platform::LocalServer> server_;
  std::unique_ptr<v1::ScoringService::Stub> stub_;
};
template <typename Engine>
Engine* ReportsServiceTest<Engine>::engine_ = nullptr;

TYPED_TEST_SUITE(ReportsServiceTest, storage::Engines, storage::EngineNames);

TYPED_TEST(ReportsServiceTest, ADraftFreezesTheFiguresAsTheyAre) {
  v1::DraftReportResponse drafted;
  ASSERT_EQ(this->Draft("", &drafted), "OK");
  EXPECT_EQ(drafted.report().name(), kFirst);
  EXPECT_EQ(drafted.report().state(), v1::Report::STATE_DRAFT);
  EXPECT_EQ(drafted.report().version(), 1);
  EXPECT_EQ(drafted.report().template_().issuing_body(), "KHỐI THI ĐUA 4");
  EXPECT_EQ(drafted.report().missing_sections_size(), 4);
  EXPECT_FALSE(drafted.freshness_token().empty());

  this->Correct(2, "20000");
  const v1::GetReportResponse text = this->Get("format: REPORT_FORMAT_TEXT");
  EXPECT_THAT(text.content(), HasSubstr("17.893/35.000"));
  EXPECT_THAT(text.content(), Not(HasSubstr("20.000")));
  EXPECT_TRUE(text.figures_overtaken());

  const v1::Report report = this->Report();
  EXPECT_EQ(report.figures().taking(), 1);
  EXPECT_EQ(report.figures().review().lines_size(), 16);
  EXPECT_FALSE(report.figures().has_ranking()) << "no points and no ranks at mid-year";
  EXPECT_EQ(report.figures().pact().targets_size(), 0);
}

TYPED_TEST(ReportsServiceTest, EachFormatIsServedWithItsDigest) {
  ASSERT_EQ(this->Draft(), "OK");
  const std::pair<const char*, const char*> kBegins[] = {{"REPORT_FORMAT_TEXT", " "},
                                                         {"REPORT_FORMAT_HTML", "<!DOCTYPE"},
                                                         {"REPORT_FORMAT_DOCX", "PK"}};
  for (const auto& [format, begins] : kBegins) {
    SCOPED_TRACE(format);
    const v1::GetReportResponse got = this->Get(absl::StrCat("format: ", format));
    EXPECT_EQ(got.content().rfind(begins, 0), 0u);
    EXPECT_EQ(got.sha256(), platform::Sha256Hex(got.content()));
    EXPECT_FALSE(got.content_type().empty());
    EXPECT_FALSE(got.report().has_figures());
    EXPECT_EQ(this->Get(absl::StrCat("format: ", format)).content(), got.content());
  }
  EXPECT_EQ(this->Get().content(), "");
}

TYPED_TEST(ReportsServiceTest, ADraftIsAskedForOnceHoweverOften) {
  v1::DraftReportResponse first, again;
  ASSERT_EQ(this->Draft("request_id: 'a'", &first), "OK");
  ASSERT_EQ(this->Draft("request_id: 'a'", &again), "OK");
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(this->Draft("request_id: 'a' template { place: 'X' }"),
            "INVALID_ARGUMENT request_id: REQUEST_ID_REUSED");
  v1::DraftReportResponse checked;
  ASSERT_EQ(this->Draft("validate_only: true", &checked), "OK");
  EXPECT_EQ(checked.report().name(), absl::StrCat(kPeriodName, "/reports/2"));
  EXPECT_EQ(checked.freshness_token(), "");
  ASSERT_EQ(this->Draft("", &again), "OK");
  EXPECT_EQ(again.report().name(), absl::StrCat(kPeriodName, "/reports/2")) << "nothing was stored";
}

TYPED_TEST(ReportsServiceTest, PeopleWriteAndTheRestStays) {
  ASSERT_EQ(this->Draft(), "OK");
  v1::ReviseReportResponse revised;
  ASSERT_EQ(this->Revise(absl::StrCat("revised_by: '", kLeader, "' ", kAllSections), &revised),
            "OK");
  EXPECT_EQ(revised.report().version(), 2);
  EXPECT_EQ(revised.report().sections_size(), 4);
  EXPECT_EQ(revised.report().missing_sections_size(), 0);
  EXPECT_EQ(revised.report().state(), v1::Report::STATE_DRAFT);
  EXPECT_FALSE(revised.report().has_figures());
  ASSERT_EQ(
      this->Revise(absl::StrCat("revised_by: '", kDeputy,
                                "' sections { kind: KIND_PROPOSALS paragraphs: 'Đề nghị <A>.' }")),
      "OK");
  EXPECT_THAT(this->Get("format: REPORT_FORMAT_HTML").content(), HasSubstr("Đề nghị &lt;A&gt;."));
  EXPECT_EQ(this->Report().sections_size(), 4);

  // Fresh figures, and what people wrote stays.
  this->Correct(2, "20000");
  ASSERT_EQ(this->Revise(absl::StrCat("revised_by: '", kLeader, "' take_figures: true")), "OK");
  const v1::GetReportResponse text = this->Get("format: REPORT_FORMAT_TEXT");
  EXPECT_THAT(text.content(), HasSubstr("20.000/35.000"));
  EXPECT_THAT(text.content(), HasSubstr("Đề nghị <A>."));
  EXPECT_FALSE(text.figures_overtaken());
  EXPECT_EQ(this->Report().figures().taking(), 2);
  EXPECT_EQ(this->Report().figures().review().lines(0).result().revision(), 2);

  ASSERT_EQ(
      this->Revise(absl::StrCat("revised_by: '", kLeader, "' template { place: 'Rạch Giá' }")),
      "OK");
  EXPECT_EQ(this->Report().template_().place(), "Rạch Giá");
  EXPECT_EQ(this->Report().version(), 5);
}

TYPED_TEST(ReportsServiceTest, WhoMayWriteIsChecked) {
  ASSERT_EQ(this->Draft(), "OK");
  const std::string some = "take_figures: true revised_by: ";
  EXPECT_EQ(this->Revise(absl::StrCat(some, "'", kMember, "'")),
            "PERMISSION_DENIED revised_by: NOT_THE_LEADER");
  EXPECT_EQ(this->Revise(absl::StrCat(some, "'units/so-tai-chinh'")),
            "PERMISSION_DENIED revised_by: NOT_A_MEMBER");
  EXPECT_EQ(this->Revise(absl::StrCat(some, "'Sở Y tế'")),
            "INVALID_ARGUMENT revised_by: RESOURCE_NAME_INVALID");
  EXPECT_EQ(this->Comment("unit: 'units/so-tai-chinh' text: 'Đồng ý.'"),
            "PERMISSION_DENIED unit: NOT_A_MEMBER");
}

TYPED_TEST(ReportsServiceTest, FaultsAreNamedByTheirFields) {
  EXPECT_EQ(this->Draft("template { superior_body: ' ' signers { name: 'A' } recipients: '' }"),
            "INVALID_ARGUMENT template.superior_body: REQUIRED template.recipients[0]: REQUIRED "
            "template.signers[0].office: REQUIRED");
  EXPECT_EQ(this->Draft("template { place: 'a\\nb' }"),
            "INVALID_ARGUMENT template.place: CONTROL_CHARACTER");
  ASSERT_EQ(this->Draft(), "OK");
  const std::string by = absl::StrCat("revised_by: '", kLeader, "' ");
  EXPECT_EQ(this->Revise(by), "INVALID_ARGUMENT : UPDATE_EMPTY");
  EXPECT_EQ(this->Revise(by + "sections { paragraphs: 'a' } sections { kind: KIND_PROPOSALS "
                              "paragraphs: ' ' } sections { kind: KIND_PROPOSALS }"),
            "INVALID_ARGUMENT sections[0].kind: REQUIRED sections[1].paragraphs[0]: REQUIRED "
            "sections[2]: DUPLICATE");
  EXPECT_EQ(this->Revise(by + "sections { kind: KIND_CONTENT criterion_id: 'noi-dung-9' }"),
            "INVALID_ARGUMENT sections[0].criterion_id: CRITERION_UNKNOWN");
  EXPECT_EQ(this->Revise(by + "sections { kind: KIND_PROPOSALS paragraphs: '" +
                         std::string(5001, 'a') + "' }"),
            "INVALID_ARGUMENT sections[0].paragraphs[0]: TOO_LONG");
  EXPECT_EQ(this->Comment(absl::StrCat("unit: '", kMember, "'")),
            "INVALID_ARGUMENT text: REQUIRED");
  EXPECT_EQ(this->Finalise(absl::StrCat("finalised_by: '", kDeputy, "'")),
            "INVALID_ARGUMENT etag: REQUIRED");
  EXPECT_EQ(this->Report().version(), 1) << "a refused request changes nothing";
}

TYPED_TEST(ReportsServiceTest, TwoWhoWriteAtOnceAreToldSo) {
  ASSERT_EQ(this->Draft(), "OK");
  const std::string etag = this->EtagNow();
  const std::string by = absl::StrCat("revised_by: '", kLeader, "' take_figures: true ");
  ASSERT_EQ(this->Revise(by + etag), "OK");
  EXPECT_EQ(this->Revise(by + etag), "ABORTED : ETAG_MISMATCH");
  EXPECT_EQ(this->Comment(absl::StrCat("unit: '", kMember, "' text: 'a' ", etag)),
            "ABORTED : ETAG_MISMATCH");
  EXPECT_EQ(this->Finalise(absl::StrCat("finalised_by: '", kDeputy, "' ", etag)),
            "ABORTED : ETAG_MISMATCH");
}

TYPED_TEST(ReportsServiceTest, CommentedAndMadeFinalByTheDeputyForGood) {
  ASSERT_EQ(this->Draft(), "OK");
  const std::string by_deputy = absl::StrCat("finalised_by: '", kDeputy, "' ");
  EXPECT_EQ(this->Finalise(by_deputy + this->EtagNow()),
            "FAILED_PRECONDITION without_comments: NOT_COMMENTED");
  v1::CommentReportResponse commented;
  ASSERT_EQ(this->Comment(absl::StrCat("unit: '", kMember, "' text: 'Xin bổ sung.'"), &commented),
            "OK");
  EXPECT_EQ(commented.report().state(), v1::Report::STATE_COMMENTED);
  EXPECT_EQ(commented.report().comments(0).unit_display_name(), "Sở Y tế");
  EXPECT_EQ(commented.report().comments(0).report_version(), 1);
  EXPECT_EQ(this->Finalise(by_deputy + this->EtagNow()),
            "FAILED_PRECONDITION sections.KIND_CONTENT.noi-dung-2: SECTION_MISSING "
            "sections.KIND_CONTENT.noi-dung-3: SECTION_MISSING sections.KIND_DIRECTIONS: "
            "SECTION_MISSING sections.KIND_PROPOSALS: SECTION_MISSING");
  ASSERT_EQ(this->Revise(absl::StrCat("revised_by: '", kLeader, "' ", kAllSections)), "OK");
  EXPECT_EQ(this->Report().state(), v1::Report::STATE_COMMENTED);
  EXPECT_EQ(this->Finalise(absl::StrCat("finalised_by: '", kLeader, "' ", this->EtagNow())),
            "PERMISSION_DENIED finalised_by: NOT_THE_DEPUTY");
  v1::FinaliseReportResponse checked, done;
  ASSERT_EQ(this->Finalise(by_deputy + this->EtagNow() + "validate_only: true", &checked), "OK");
  EXPECT_EQ(this->Report().state(), v1::Report::STATE_COMMENTED);
  ASSERT_EQ(this->Finalise(by_deputy + this->EtagNow(), &done), "OK");
  EXPECT_EQ(done.report().state(), v1::Report::STATE_FINAL);
  EXPECT_EQ(done.report().finalised_by(), kDeputy);
  EXPECT_EQ(done.report().digest().substr(0, 3), "v1:");
  ASSERT_EQ(done.report().files_size(), 3);

  // From here on it is as it was, whatever comes.
  EXPECT_EQ(this->Revise(absl::StrCat("revised_by: '", kLeader, "' take_figures: true")),
            "FAILED_PRECONDITION name: REPORT_FINAL");
  EXPECT_EQ(this->Comment(absl::StrCat("unit: '", kMember, "' text: 'Muộn.'")),
            "FAILED_PRECONDITION name: REPORT_FINAL");
  EXPECT_EQ(this->Finalise(by_deputy + this->EtagNow()), "FAILED_PRECONDITION name: REPORT_FINAL");
  this->Correct(2, "35000");
  for (const v1::ReportFile& file : done.report().files()) {
    const v1::GetReportResponse got =
        this->Get(absl::StrCat("format: ", v1::ReportFormat_Name(file.format())));
    EXPECT_EQ(got.sha256(), file.sha256());
    EXPECT_EQ(platform::Sha256Hex(got.content()), file.sha256());
    EXPECT_EQ(static_cast<int64_t>(got.content().size()), file.size());
  }
  EXPECT_THAT(this->Get("format: REPORT_FORMAT_TEXT").content(), Not(HasSubstr("DỰ THẢO")));
  v1::DraftReportResponse next;
  ASSERT_EQ(this->Draft("", &next), "OK");
  EXPECT_EQ(next.report().name(), absl::StrCat(kPeriodName, "/reports/2"));
}

TYPED_TEST(ReportsServiceTest, FiguresTakenOutOfSightAreNotMadeFinal) {
  this->board_.SetInSight(false);
  ASSERT_EQ(this->Draft(), "OK");
  EXPECT_THAT(this->Get("format: REPORT_FORMAT_TEXT").content(), HasSubstr("đang mất kết nối"));
  ASSERT_EQ(this->Revise(absl::StrCat("revised_by: '", kLeader, "' ", kAllSections)), "OK");
  const std::string how = absl::StrCat("finalised_by: '", kDeputy, "' without_comments: true ");
  EXPECT_EQ(this->Finalise(how + this->EtagNow()), "FAILED_PRECONDITION name: FIGURES_STALE");
  this->board_.SetInSight(true);
  ASSERT_EQ(this->Revise(absl::StrCat("revised_by: '", kLeader, "' take_figures: true")), "OK");
  EXPECT_EQ(this->Finalise(how + this->EtagNow()), "OK");
}

TYPED_TEST(ReportsServiceTest, ListsNewestFirstWithoutWhatIsMuch) {
  for (int i = 0; i < 5; ++i) ASSERT_EQ(this->Draft(), "OK");
  std::vector<std::string> names;
  std::string token;
  do {
    v1::ListReportsResponse page;
    ASSERT_EQ(this->Call(&v1::ScoringService::Stub::ListReports,
                         absl::StrCat("period: '", kPeriodName, "' page_size: 2 page_token: '",
                                      token, "'"),
                         page),
              "OK");
    for (const v1::Report& report : page.reports()) {
      names.push_back(report.name().substr(report.name().rfind('/') + 1));
      EXPECT_FALSE(report.has_figures());
      EXPECT_FALSE(report.etag().empty());
    }
    token = page.next_page_token();
    // A page shows the state of the first, whatever is added meanwhile.
    ASSERT_EQ(this->Draft(), "OK");
  } while (!token.empty());
  EXPECT_THAT(names, ElementsAre("5", "4", "3", "2", "1"));
  v1::ListReportsResponse none;
  EXPECT_EQ(this->Call(&v1::ScoringService::Stub::ListReports,
                       "period: 'blocs/khoi-9/pacts/2019/periods/nam'", none),
            "OK");
  EXPECT_EQ(none.reports_size(), 0);
}

TYPED_TEST(ReportsServiceTest, WhatIsNotThereIsSaid) {
  v1::GetReportResponse response;
  EXPECT_EQ(this->Call(&v1::ScoringService::Stub::GetReport, absl::StrCat("name: '", kFirst, "'"),
                       response),
            "NOT_FOUND name: REPORT_UNKNOWN");
  EXPECT_EQ(this->Comment(absl::StrCat("unit: '", kMember, "' text: 'a'")),
            "NOT_FOUND name: REPORT_UNKNOWN");
  EXPECT_EQ(this->Call(&v1::ScoringService::Stub::GetReport, "name: 'reports/1'", response),
            "INVALID_ARGUMENT name: RESOURCE_NAME_INVALID");
  v1::DraftReportResponse drafted;
  EXPECT_EQ(this->Call(&v1::ScoringService::Stub::DraftReport,
                       "period: 'blocs/khoi-9/pacts/2019/periods/nam'", drafted),
            "NOT_FOUND period: PERIOD_UNKNOWN");
}

TYPED_TEST(ReportsServiceTest, ADraftIsNeverOlderThanItsToken) {
  const auto token = [](int64_t version) {
    return absl::StrCat("freshness_token: '",
                        platform::FreshnessToken("results:1", kPeriodName, version), "'");
  };
  EXPECT_EQ(this->Draft(token(1)), "OK");
  EXPECT_EQ(this->Draft(token(2)), "UNAVAILABLE : FRESHNESS_NOT_REACHED");
}

TYPED_TEST(ReportsServiceTest, AYearHasItsRanking) {
  this->board_.Put(khoi4_2019::StandingOf(khoi4_2019::ReceivedYear()));
  v1::DraftReportResponse drafted;
  ASSERT_EQ(this->Call(&v1::ScoringService::Stub::DraftReport,
                       absl::StrCat("period: '", khoi4_2019::kYearName, "'"), drafted),
            "OK");
  v1::GetReportResponse got;
  ASSERT_EQ(this->Call(&v1::ScoringService::Stub::GetReport,
                       absl::StrCat("name: '", drafted.report().name(), "'"), got),
            "OK");
  EXPECT_EQ(got.report().figures().ranking().rows_size(), 7);
  EXPECT_EQ(got.report().period_kind(), registry::v1::Period::KIND_YEAR);
}

TYPED_TEST(ReportsServiceTest, AProvisionalRankingIsOvertakenByTheFinalOfTheSameFigures) {
  this->ShowYear(/*version=*/6, /*number=*/0);
  const std::string name = this->DraftYear();
  EXPECT_FALSE(this->GetNamed(name).figures_overtaken());
  this->ShowYear(6, 0, /*final_of=*/0, /*epoch_ms=*/1000);
  EXPECT_FALSE(this->GetNamed(name).figures_overtaken()) << "results-ingest was started again";
  this->ShowYear(6, /*number=*/1, /*final_of=*/6, 1000);
  EXPECT_TRUE(this->GetNamed(name).figures_overtaken());
  EXPECT_EQ(this->FinaliseNamed(name), "FAILED_PRECONDITION name: RANKING_OVERTAKEN");
  v1::ReviseReportResponse revised;
  ASSERT_EQ(
      this->Call(&v1::ScoringService::Stub::ReviseReport,
                 absl::StrCat("name: '", name, "' revised_by: '", kLeader, "' take_figures: true"),
                 revised),
      "OK");
  EXPECT_FALSE(this->GetNamed(name).figures_overtaken());
  EXPECT_THAT(this->GetNamed(name, "format: REPORT_FORMAT_TEXT").content(),
              HasSubstr("chính thức"));
  EXPECT_EQ(this->FinaliseNamed(name), "OK");
}

TYPED_TEST(ReportsServiceTest, ARankingRevokedOrOfOlderFiguresIsSaidToBeOne) {
  this->ShowYear(/*version=*/7, /*number=*/1, /*final_of=*/6);
  const std::string name = this->DraftYear();
  EXPECT_FALSE(this->GetNamed(name).figures_overtaken());
  EXPECT_THAT(this->GetNamed(name, "format: REPORT_FORMAT_HTML").content(),
              HasSubstr("tính từ kỳ báo cáo phiên bản 6; các số liệu khác của báo cáo này là của "
                        "phiên bản 7."));
  this->ShowYear(7, /*number=*/2);
  EXPECT_TRUE(this->GetNamed(name).figures_overtaken());
  EXPECT_EQ(this->FinaliseNamed(name), "FAILED_PRECONDITION name: RANKING_OVERTAKEN");
  this->ShowYear(8, /*number=*/3, /*final_of=*/8);
  EXPECT_TRUE(this->GetNamed(name).figures_overtaken());
  EXPECT_EQ(this->FinaliseNamed(name), "FAILED_PRECONDITION name: RANKING_OVERTAKEN");
}

TYPED_TEST(ReportsServiceTest, EveryMutationIsOnRecord) {
  ASSERT_EQ(this->Draft(), "OK");
  ASSERT_EQ(this->Comment(absl::StrCat("unit: '", kMember, "' text: 'Xin bổ sung.'")), "OK");
  ASSERT_EQ(this->Revise(absl::StrCat("revised_by: '", kLeader, "' ", kAllSections)), "OK");
  ASSERT_EQ(this->Finalise(absl::StrCat("finalised_by: '", kDeputy, "' ", this->EtagNow())), "OK");
  std::multiset<std::string> deeds;
  for (const char* method : {"DraftReport", "CommentReport", "ReviseReport", "FinaliseReport"}) {
    deeds.insert(absl::StrCat(method, " ", kFirst));
  }
  deeds.insert(absl::StrCat("DraftReport ", kFirst, "/figures/1"));
  for (const int format : {1, 2, 3}) {
    deeds.insert(absl::StrCat("FinaliseReport ", kFirst, "/files/", format));
  }
  EXPECT_EQ(audit::DeedsOf(*this->database_), deeds);
  audit::ExpectSound(*this->database_, AuditedResources());
  for (const char* spoiled : {"UPDATE report_files SET bytes = '' WHERE format = 2",
                              "UPDATE report_figures SET message = ''"}) {
    ASSERT_TRUE(this->database_
                    ->Write([&](storage::Transaction& transaction) {
                      return transaction.Execute(spoiled, {});
                    })
                    .ok());
  }
  EXPECT_THAT(audit::FoundIn(*this->database_, AuditedResources()),
              testing::UnorderedElementsAre(absl::StrCat(kFirst, "/files/2"),
                                            absl::StrCat(kFirst, "/figures/1")));
}

// What was made final is served as it was, or not at all.
TYPED_TEST(ReportsServiceTest, AFinalReportThatIsNotWhatItWasIsNotServed) {
  const std::string how = absl::StrCat("finalised_by: '", kDeputy, "' without_comments: true ");
  ASSERT_EQ(this->Draft(), "OK");
  ASSERT_EQ(this->Revise(absl::StrCat("revised_by: '", kLeader, "' ", kAllSections)), "OK");
  ASSERT_EQ(this->Finalise(how + this->EtagNow()), "OK");
  const auto spoil = [&](const char* statement) {
    const absl::Status done = this->database_->Write(
        [&](storage::Transaction& transaction) { return transaction.Execute(statement, {}); });
    ASSERT_TRUE(done.ok()) << done;
  };
  const char* const kDamaged = "DATA_LOSS name: REPORT_DAMAGED";
  // One form in the place of another, and one that is gone.
  spoil(
      "UPDATE report_files SET bytes = (SELECT bytes FROM report_files WHERE format = 1) "
      "WHERE format = 2");
  spoil("DELETE FROM report_files WHERE format = 3");
  this->GetNamed(kFirst);
  this->GetNamed(kFirst, "format: REPORT_FORMAT_TEXT");
  this->GetNamed(kFirst, "format: REPORT_FORMAT_HTML", kDamaged);
  this->GetNamed(kFirst, "format: REPORT_FORMAT_DOCX", kDamaged);
  // The figures are gone, which its digest is over too.
  spoil("DELETE FROM report_figures WHERE taking = 1");
  this->GetNamed(kFirst, "", kDamaged);
  this->GetNamed(kFirst, "format: REPORT_FORMAT_TEXT", kDamaged);
}

TYPED_TEST(ReportsServiceTest, APageOfTheListIsNoLargerThanAMessage) {
  std::string recipients;
  for (int i = 0; i < 20; ++i) {
    absl::StrAppend(&recipients, "recipients: '", std::string(299, 'a'), "' ");
  }
  ASSERT_EQ(this->Draft(absl::StrCat("template { ", recipients, "}")), "OK");
  // And many like it: a page ends before as many have come as were asked for.
  constexpr int64_t kReports = 400;
  const absl::Status done =
      this->database_->Write([](storage::Transaction& transaction) -> absl::Status {
        ReportStore store(transaction);
        audit::Trail trail(transaction, {}, "");
        ASSIGN_OR_RETURN(messages::ReportName name, messages::ReadReportName("name", kFirst));
        ASSIGN_OR_RETURN(std::optional<v1::Report> report, store.Find(name));
        report->clear_figures();
        for (name.report = 2; name.report <= kReports; ++name.report) {
          report->set_name(name.ToString());
          RETURN_IF_ERROR(store.Put(name, *report, trail));
        }
        return absl::OkStatus();
      });
  ASSERT_TRUE(done.ok()) << done;
  int64_t pages = 0, reports = 0;
  std::string token;
  do {
    v1::ListReportsResponse page;
    ASSERT_EQ(this->Call(&v1::ScoringService::Stub::ListReports,
                         absl::StrCat("period: '", kPeriodName, "' page_size: 1000 page_token: '",
                                      token, "'"),
                         page),
              "OK");
    EXPECT_LT(page.ByteSizeLong(), platform::kPageBytesMax + 100'000);
    token = page.next_page_token();
    reports += page.reports_size();
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(reports, kReports);
  EXPECT_EQ(pages, 2);
}

}  // namespace
}  // namespace thidua::scoring
