// What results-ingest promises, by its RPCs: one suite, run on every engine.
#include "services/results_ingest/service.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/access/policy_testlib.h"
#include "services/audit/on_record_testlib.h"
#include "services/domain/fault.h"
#include "services/messages/khoi4_2019_pact_testlib.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/paging.h"
#include "services/platform/refusal_testlib.h"
#include "services/results_ingest/audited_resources.h"
#include "services/results_ingest/schema.h"
#include "services/results_ingest/store.h"
#include "services/storage/engines_testlib.h"
#include "thidua/results/v1/results_service.grpc.pb.h"

namespace thidua::results_ingest {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Outcome = v1::RowOutcome;

const messages::PeriodName kPeriod = {{"khoi-4", 2019}, "6-thang"};
constexpr char kPact[] = "blocs/khoi-4/pacts/2019";
constexpr char kSixMonths[] = "blocs/khoi-4/pacts/2019/periods/6-thang";
constexpr char kYear[] = "blocs/khoi-4/pacts/2019/periods/nam";
constexpr char kScienceReport[] =
    "blocs/khoi-4/pacts/2019/periods/6-thang/submissions/so-khoa-hoc-va-cong-nghe";

std::string Target(int number) {
  return absl::StrCat(kPact, "/targets/", domain::khoi4_2019::TargetId(number));
}

v1::ResultRow Row(int number, const std::string& value, const std::string& reason = "") {
  v1::ResultRow row;
  row.set_target(Target(number));
  row.mutable_actual()->set_value(value);
  row.set_correction_reason(reason);
  return row;
}

using platform::Said;

template <typename Engine>
class ResultsServiceTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { engine_ = new Engine; }
  static void TearDownTestSuite() { delete engine_; }

  ResultsServiceTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-evidence-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    auto database = storage::Database::Open(engine_->NewLocation(), Schema());
    EXPECT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
    feed_ = std::make_unique<platform::ChangeFeed>(0, database_->store_epoch_ms());
    auto files = EvidenceFiles::Open(folder_);
    EXPECT_TRUE(files.ok()) << files.status();
    files_ = *std::move(files);
    service_ = std::make_unique<ResultsService>(*database_, *feed_, *files_);
    EXPECT_TRUE(service_->CheckComplete().ok());
    server_ = std::make_unique<platform::LocalServer>(*service_);
    stub_ = v1::ResultsService::NewStub(server_->NewChannel());
    Arrive(domain::khoi4_2019::ThePact());
  }
  ~ResultsServiceTest() override {
    feed_->Close();
    server_->Stop();
    audit::ExpectSound(*database_, AuditedResources());
    std::filesystem::remove_all(folder_);
  }

  // The pact comes from the registry, as Intake takes it in.
  void Arrive(domain::Pact pact) {
    pact.periods[0].opens_on = pact.periods[1].opens_on = domain::Date(2019, 1, 1);
    pact.periods[1].closes_on.reset();
    const absl::Status done = database_->Write([&](storage::Transaction& transaction) {
      Store store(transaction);
      absl::Status status =
          store.PutPact(kPeriod.pact, {"registry:1", messages::khoi4_2019::PactMessage(pact)});
      for (const domain::Period& period : pact.periods) {
        if (!status.ok()) return status;
        const messages::PeriodName name = {kPeriod.pact, period.id};
        const auto state = store.FindPeriodState(name);
        if (state.ok() && state->has_value() && (*state)->sealed) continue;
        status = store.AdvancePeriod(name, absl::Now()).status();
      }
      return status;
    });
    EXPECT_TRUE(done.ok()) << done;
  }

  grpc::Status Put(const std::vector<v1::ResultRow>& rows, v1::PutResultsResponse* response,
                   const std::string& period = kSixMonths) {
    v1::PutResultsRequest request;
    request.set_period(period);
    for (const v1::ResultRow& row : rows) *request.add_rows() = row;
    grpc::ClientContext context;
    return stub_->PutResults(&context, request, response);
  }
  int64_t PutOk(const std::vector<v1::ResultRow>& rows, const std::string& period = kSixMonths) {
    v1::PutResultsResponse response;
    EXPECT_EQ(Said(Put(rows, &response, period)), "OK");
    return response.period_version();
  }

  v1::PeriodInputs Inputs(int64_t version = 0) {
    v1::GetPeriodInputsRequest request;
    request.set_name(kSixMonths);
    request.set_version(version);
    v1::GetPeriodInputsResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(Said(stub_->GetPeriodInputs(&context, request, &response)), "OK");
    return response.inputs();
  }

  v1::Submission Report() {
    v1::GetSubmissionRequest request;
    request.set_name(kScienceReport);
    v1::GetSubmissionResponse response;
    grpc::ClientContext context;
    EXPECT_EQ(Said(stub_->GetSubmission(&context, request, &response)), "OK");
    return response.submission();
  }
  std::string Submit(const std::string& digest = "",
                     v1::SubmitResultsResponse* response = nullptr) {
    v1::SubmitResultsRequest request;
    request.set_submission(kScienceReport);
    request.set_digest(digest);
    v1::SubmitResultsResponse ignored;
    grpc::ClientContext context;
    return Said(stub_->SubmitResults(&context, request, response ? response : &ignored));
  }
  std::string Verify(const std::string& digest, const std::string& by) {
    v1::VerifyResultsRequest request;
    request.set_submission(kScienceReport);
    request.set_digest(digest);
    request.set_verified_by(by);
    v1::VerifyResultsResponse response;
    grpc::ClientContext context;
    return Said(stub_->VerifyResults(&context, request, &response));
  }
  std::string Return(const std::string& reason, const std::string& by) {
    v1::ReturnResultsRequest request;
    request.set_submission(kScienceReport);
    request.set_reason(reason);
    request.set_returned_by(by);
    v1::ReturnResultsResponse response;
    grpc::ClientContext context;
    return Said(stub_->ReturnResults(&context, request, &response));
  }
  std::string Seal(int64_t version = 0) {
    v1::SealPeriodRequest request;
    request.set_period(kSixMonths);
    request.set_period_version(version);
    request.set_reason("Chốt số liệu sơ kết");
    request.set_authority("Biên bản họp khối ngày 12/7/2019");
    v1::SealPeriodResponse response;
    grpc::ClientContext context;
    return Said(stub_->SealPeriod(&context, request, &response));
  }
  std::string Reopen(const std::string& reason, int64_t version = 0) {
    v1::ReopenPeriodRequest request;
    request.set_period(kSixMonths);
    request.set_period_version(version);
    request.set_reason(reason);
    request.set_authority("Công văn 15/BTĐKT");
    v1::ReopenPeriodResponse response;
    grpc::ClientContext context;
    return Said(stub_->ReopenPeriod(&context, request, &response));
  }

  // An upload in messages of that many bytes; what it was answered.
  std::string Upload(const std::string& bytes, v1::Evidence evidence,
                     v1::Evidence* stored = nullptr, std::string sha256 = "",
                     size_t at_once = 64 * 1024) {
    v1::UploadEvidenceRequest request;
    request.mutable_start()->set_pact(kPact);
    if (evidence.size() == 0) evidence.set_size(static_cast<int64_t>(bytes.size()));
    *request.mutable_start()->mutable_evidence() = evidence;
    request.mutable_start()->set_sha256(sha256.empty() ? platform::Sha256Hex(bytes) : sha256);
    v1::UploadEvidenceResponse response;
    grpc::ClientContext context;
    const auto writer = stub_->UploadEvidence(&context, &response);
    writer->Write(request);
    for (size_t at = 0; at < bytes.size(); at += at_once) {
      request.set_data(bytes.substr(at, at_once));
      if (!writer->Write(request)) break;
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (stored != nullptr) *stored = response.evidence();
    return Said(status);
  }
  std::pair<std::string, std::string> Download(const std::string& name) {
    v1::DownloadEvidenceRequest request;
    request.set_name(name);
    grpc::ClientContext context;
    const auto reader = stub_->DownloadEvidence(&context, request);
    v1::DownloadEvidenceResponse part;
    std::string bytes;
    while (reader->Read(&part)) bytes += part.data();
    return {Said(reader->Finish()), bytes};
  }

  // A stream of rows into an import, as its caller sees it.
  class Import {
   public:
    Import(v1::ResultsService::Stub& stub, const std::string& import, v1::Import::Mode mode,
           const std::string& period = kSixMonths)
        : stream_(stub.ImportResults(&context_)) {
      v1::ImportResultsRequest request;
      request.mutable_start()->set_import(absl::StrCat("imports/", import));
      request.mutable_start()->set_mode(mode);
      request.mutable_start()->set_period(period);
      stream_->Write(request);
    }
    // The row to go on from; -1 when the stream was refused.
    int64_t Started() { return Read() && event_.has_started() ? event_.started().next_row() : -1; }
    // Sends rows from that one on; what was told of them.
    std::vector<std::string> Send(int64_t first_row, const std::vector<v1::ResultRow>& rows,
                                  const std::string& period = "") {
      v1::ImportResultsRequest request;
      request.mutable_chunk()->set_first_row(first_row);
      for (const v1::ResultRow& row : rows) {
        v1::ImportRow& to = *request.mutable_chunk()->add_rows();
        *to.mutable_row() = row;
        to.set_period(period);
        to.set_place(absl::StrCat("Sheet1!B", first_row + request.chunk().rows_size()));
      }
      stream_->Write(request);
      std::vector<std::string> told;
      if (!Read()) return {Said(stream_->Finish())};
      for (const v1::ImportOutcome& outcome : event_.progress().outcomes()) {
        told.push_back(Told(outcome));
      }
      return told;
    }
    static std::string Told(const v1::ImportOutcome& outcome) {
      const auto& of = outcome.outcome();
      return absl::StrCat(outcome.row(), " ", outcome.place(), " ", Outcome::Kind_Name(of.kind()),
                          of.faults().empty() ? ""
                                              : absl::StrCat(" ", of.faults(0).field(), ": ",
                                                             of.faults(0).reason()));
    }
    const v1::ImportResultsResponse& event() const { return event_; }
    // "OK", and the import as it is then.
    std::string Finish(int64_t rows, v1::Import* import = nullptr) {
      v1::ImportResultsRequest request;
      request.mutable_finish()->set_rows(rows);
      stream_->Write(request);
      stream_->WritesDone();
      while (Read()) {
        if (import != nullptr) *import = event_.finished().import();
      }
      return Said(stream_->Finish());
    }
    void Cut() {
      context_.TryCancel();
      stream_->Finish();
    }

   private:
    bool Read() { return stream_->Read(&event_); }
    grpc::ClientContext context_;
    std::unique_ptr<grpc::ClientReaderWriter<v1::ImportResultsRequest, v1::ImportResultsResponse>>
        stream_;
    v1::ImportResultsResponse event_;
  };

  // "OK", and the last event; or every fault: "rows[0]: PLAN_MOVED".
  std::string Commit(const std::string& import, bool skip_rejected = false,
                     v1::CommitImportResponse* last = nullptr) {
    v1::CommitImportRequest request;
    request.set_import(absl::StrCat("imports/", import));
    request.set_skip_rejected(skip_rejected);
    grpc::ClientContext context;
    const auto reader = stub_->CommitImport(&context, request);
    v1::CommitImportResponse event;
    while (reader->Read(&event)) {
      if (last != nullptr) *last = event;
    }
    const grpc::Status status = reader->Finish();
    if (status.ok()) return "OK";
    std::string said(absl::StatusCodeToString(platform::FromGrpcStatus(status).code()));
    for (const domain::Fault& fault : domain::FaultsOf(platform::FromGrpcStatus(status))) {
      absl::StrAppend(&said, " ", fault.path, ": ", fault.reason);
    }
    return said;
  }
  // The figures that rows of an import came with; "-" where that is not told.
  std::vector<std::string> Given(const std::string& text) {
    std::vector<std::string> given;
    for (const v1::ImportOutcome& outcome : OutcomesOf(text)) {
      given.push_back(outcome.has_given() ? outcome.given().actual().value() : "-");
    }
    return given;
  }
  std::vector<std::string> Outcomes(const std::string& text) {
    std::vector<std::string> told;
    for (const v1::ImportOutcome& outcome : OutcomesOf(text)) told.push_back(Import::Told(outcome));
    return told;
  }
  std::vector<v1::ImportOutcome> OutcomesOf(const std::string& text) {
    v1::ListImportOutcomesRequest request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    request.set_page_size(1);
    std::vector<v1::ImportOutcome> told;
    v1::ListImportOutcomesResponse page;
    do {
      request.set_page_token(page.next_page_token());
      page.Clear();
      grpc::ClientContext context;
      EXPECT_EQ(Said(stub_->ListImportOutcomes(&context, request, &page)), "OK");
      told.insert(told.end(), page.outcomes().begin(), page.outcomes().end());
    } while (!page.next_page_token().empty());
    return told;
  }

  static inline Engine* engine_ = nullptr;
  std::filesystem::path folder_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<platform::ChangeFeed> feed_;
  std::unique_ptr<EvidenceFiles> files_;
  std::unique_ptr<ResultsService> service_;
  std::unique_ptr<platform::LocalServer> server_;
  std::unique_ptr<v1::ResultsService::Stub> stub_;
};

TYPED_TEST_SUITE(ResultsServiceTest, storage::Engines, storage::EngineNames);

TYPED_TEST(ResultsServiceTest, AFigureIsKeptWithEveryRevision) {
  v1::PutResultsResponse response;
  ASSERT_EQ(Said(this->Put({Row(6, "8"), Row(7, "0")}, &response)), "OK");
  EXPECT_EQ(response.outcomes(0).kind(), Outcome::KIND_CREATED);
  EXPECT_EQ(response.outcomes(1).kind(), Outcome::KIND_CREATED) << "zero is a figure";
  ASSERT_EQ(Said(this->Put({Row(6, "9", "đếm sót một lớp"), Row(7, "0")}, &response)), "OK");
  EXPECT_EQ(response.outcomes(0).kind(), Outcome::KIND_UPDATED);
  EXPECT_EQ(response.outcomes(0).before().actual().value(), "8");
  EXPECT_EQ(response.outcomes(1).kind(), Outcome::KIND_UNCHANGED);

  v1::ListResultRevisionsRequest list;
  list.set_name(absl::StrCat(kSixMonths, "/results/chi-tieu-6"));
  v1::ListResultRevisionsResponse listed;
  grpc::ClientContext context;
  ASSERT_EQ(Said(this->stub_->ListResultRevisions(&context, list, &listed)), "OK");
  ASSERT_THAT(listed.results(), SizeIs(2));
  EXPECT_EQ(listed.results(0).actual().value(), "9");
  EXPECT_EQ(listed.results(0).correction_reason(), "đếm sót một lớp");
  EXPECT_EQ(listed.results(1).actual().value(), "8");
}

// The period as it was, at any version: what a ranking was computed from can be shown for ever.
TYPED_TEST(ResultsServiceTest, APeriodIsShownAsItWasAtAnyVersion) {
  const int64_t first = this->PutOk({Row(6, "8")});
  const int64_t second = this->PutOk({Row(7, "8")});
  const int64_t third = this->PutOk({Row(6, "9", "sửa")});
  domain::Pact amended = domain::khoi4_2019::ThePact();
  amended.version = 2;
  amended.targets[5].name = "Tên mới";
  this->Arrive(amended);

  const auto figures = [this](int64_t version) {
    std::vector<std::string> said;
    const v1::PeriodInputs inputs = this->Inputs(version);
    EXPECT_EQ(inputs.version(), version == 0 ? 5 : version);
    for (const v1::Result& result : inputs.results()) said.push_back(result.actual().value());
    said.push_back(inputs.pact().targets(5).display_name());
    return said;
  };
  const std::string old_name = domain::khoi4_2019::ThePact().targets[5].name;
  EXPECT_THAT(figures(1), ElementsAre(old_name));
  EXPECT_THAT(figures(first), ElementsAre("8", old_name));
  EXPECT_THAT(figures(second), ElementsAre("8", "8", old_name));
  EXPECT_THAT(figures(third), ElementsAre("9", "8", old_name));
  EXPECT_THAT(figures(0), ElementsAre("9", "8", "Tên mới"));

  v1::GetPeriodInputsRequest request;
  request.set_name(kSixMonths);
  request.set_version(6);
  v1::GetPeriodInputsResponse response;
  grpc::ClientContext context;
  EXPECT_EQ(Said(this->stub_->GetPeriodInputs(&context, request, &response)),
            "NOT_FOUND version: VERSION_UNKNOWN");
}

TYPED_TEST(ResultsServiceTest, AReportIsHandedInHandedBackAndVerifiedBySomeoneElse) {
  EXPECT_EQ(this->Submit(), "FAILED_PRECONDITION submission: NOTHING_TO_SUBMIT");
  this->PutOk({Row(6, "8")});
  const std::string digest = this->Report().digest();
  EXPECT_EQ(this->Verify(digest, ""), "FAILED_PRECONDITION submission: NOT_SUBMITTED");
  EXPECT_EQ(this->Return("thiếu", ""), "FAILED_PRECONDITION submission: NOT_SUBMITTED");
  EXPECT_EQ(this->Submit("v1:another"), "ABORTED digest: SUBMISSION_CHANGED");

  v1::SubmitResultsResponse submitted;
  ASSERT_EQ(this->Submit(digest, &submitted), "OK");
  EXPECT_EQ(submitted.submission().state(), v1::Submission::STATE_SUBMITTED);
  EXPECT_THAT(submitted.missing_targets(), ElementsAre(Target(7)));
  ASSERT_EQ(this->Submit(), "OK");
  EXPECT_THAT(this->Report().steps(), SizeIs(1)) << "handing in again takes nothing back";

  EXPECT_EQ(this->Return(" ", ""), "INVALID_ARGUMENT reason: REQUIRED");
  ASSERT_EQ(this->Return("Thiếu chỉ tiêu 7", "units/so-y-te"), "OK");
  EXPECT_EQ(this->Report().state(), v1::Submission::STATE_RETURNED);
  EXPECT_EQ(this->Return("nữa", ""), "FAILED_PRECONDITION submission: NOT_SUBMITTED");

  this->PutOk({Row(7, "8")});
  ASSERT_EQ(this->Submit(), "OK");
  const std::string whole = this->Report().digest();
  EXPECT_NE(whole, digest);
  for (const char* own : {"units/so-khoa-hoc-va-cong-nghe"}) {
    EXPECT_EQ(this->Verify(whole, own), "PERMISSION_DENIED verified_by: OWN_UNIT");
    EXPECT_EQ(this->Return("x", own), "PERMISSION_DENIED returned_by: OWN_UNIT");
  }
  EXPECT_EQ(this->Verify(whole, "units/so-tai-chinh"),
            "INVALID_ARGUMENT verified_by: UNIT_UNKNOWN");
  EXPECT_EQ(this->Verify(digest, ""), "ABORTED digest: SUBMISSION_CHANGED");
  ASSERT_EQ(this->Verify(whole, "units/so-lao-dong-thuong-binh-va-xa-hoi"), "OK");
  const v1::Submission verified = this->Report();
  EXPECT_EQ(verified.state(), v1::Submission::STATE_VERIFIED);
  ASSERT_THAT(verified.steps(), SizeIs(4));
  EXPECT_EQ(verified.steps(1).reason(), "Thiếu chỉ tiêu 7");
  EXPECT_EQ(verified.steps(1).actor(), "units/so-y-te");
}

// The bloc's leader competes too.
TYPED_TEST(ResultsServiceTest, NotEvenTheLeaderVerifiesItsOwnUnit) {
  this->PutOk({Row(1, "17893")});
  v1::SubmitResultsRequest submit;
  submit.set_submission(absl::StrCat(kSixMonths, "/submissions/", domain::khoi4_2019::kLabour));
  v1::SubmitResultsResponse submitted;
  grpc::ClientContext context;
  ASSERT_EQ(Said(this->stub_->SubmitResults(&context, submit, &submitted)), "OK");
  v1::VerifyResultsRequest verify;
  verify.set_submission(submit.submission());
  verify.set_digest(submitted.submission().digest());
  verify.set_verified_by(messages::UnitName(domain::khoi4_2019::kLabour));
  v1::VerifyResultsResponse response;
  grpc::ClientContext again;
  EXPECT_EQ(Said(this->stub_->VerifyResults(&again, verify, &response)),
            "PERMISSION_DENIED verified_by: OWN_UNIT");
}

TYPED_TEST(ResultsServiceTest, AnEditAfterVerificationMakesItUnverifiedAndIsShown) {
  this->PutOk({Row(6, "8"), Row(7, "8")});
  ASSERT_EQ(this->Submit(), "OK");
  ASSERT_EQ(this->Verify(this->Report().digest(), ""), "OK");
  const int64_t verified_at = this->Report().steps(1).period_version();
  this->PutOk({Row(11, "949")});  // Another unit's.
  EXPECT_EQ(this->Report().state(), v1::Submission::STATE_VERIFIED);

  this->PutOk({Row(6, "9", "đếm sót")});
  EXPECT_EQ(this->Report().state(), v1::Submission::STATE_CHANGED);
  EXPECT_EQ(this->Inputs().submissions(2).state(), v1::Submission::STATE_CHANGED);

  v1::DiffSinceRequest request;
  request.set_submission(kScienceReport);
  request.set_period_version(verified_at);
  v1::DiffSinceResponse diff;
  grpc::ClientContext context;
  ASSERT_EQ(Said(this->stub_->DiffSince(&context, request, &diff)), "OK");
  ASSERT_THAT(diff.results(), SizeIs(1));
  EXPECT_EQ(diff.results(0).before().actual().value(), "8");
  EXPECT_EQ(diff.results(0).after().actual().value(), "9");
  EXPECT_EQ(diff.digest(), this->Report().digest());

  this->PutOk({Row(6, "8", "đếm lại: vẫn là tám")});
  EXPECT_EQ(this->Report().state(), v1::Submission::STATE_VERIFIED)
      << "it says again what was verified";
}

TYPED_TEST(ResultsServiceTest, WhatATargetWantsAsEvidenceIsThereBeforeItIsHandedIn) {
  domain::Pact pact = domain::khoi4_2019::ThePact();
  pact.version = 2;
  pact.targets[5].evidence = domain::EvidenceRule::kRequired;
  pact.targets[6].evidence = domain::EvidenceRule::kRequiredOrExplained;
  this->Arrive(pact);
  this->PutOk({Row(6, "8"), Row(7, "8")});
  EXPECT_EQ(this->Submit(), absl::StrCat("FAILED_PRECONDITION ", Target(6), ": EVIDENCE_REQUIRED"));
  v1::Evidence document;
  document.set_file_name("Danh sách lớp.pdf");
  document.set_media_type("application/pdf");
  document.set_unit("units/so-khoa-hoc-va-cong-nghe");
  v1::Evidence stored;
  ASSERT_EQ(this->Upload("%PDF-1.7 …", document, &stored), "OK");
  v1::ResultRow row = Row(6, "8", "thêm minh chứng");
  row.add_evidence(stored.name());
  this->PutOk({row});
  EXPECT_EQ(this->Submit(),
            absl::StrCat("FAILED_PRECONDITION ", Target(7), ": EXPLANATION_REQUIRED"));
  row = Row(7, "8", "thêm giải trình");
  row.set_explanation("Văn bản bị mất do bão.");
  this->PutOk({row});
  EXPECT_EQ(this->Submit(), "OK");
}

// Its result can no longer be corrected: the unit could never hand its report in.
TYPED_TEST(ResultsServiceTest, AVoidedTargetWantsNoEvidenceAnyMore) {
  domain::Pact pact = domain::khoi4_2019::ThePact();
  pact.version = 2;
  pact.targets[5].evidence = domain::EvidenceRule::kRequired;
  this->Arrive(pact);
  this->PutOk({Row(6, "8"), Row(7, "8")});
  EXPECT_EQ(this->Submit(), absl::StrCat("FAILED_PRECONDITION ", Target(6), ": EVIDENCE_REQUIRED"));
  pact.version = 3;
  pact.targets[5].voided = true;
  this->Arrive(pact);
  EXPECT_EQ(this->Submit(), "OK");
}

TYPED_TEST(ResultsServiceTest, AReasonOfBlanksIsNone) {
  this->PutOk({Row(6, "8")});
  v1::PutResultsResponse ignored;
  EXPECT_EQ(Said(this->Put({Row(6, "9", " \t ")}, &ignored)),
            "INVALID_ARGUMENT rows[0].correction_reason: CORRECTION_REASON_REQUIRED");
}

// What was sealed is shown by the pact of its time, whoever asks.
TYPED_TEST(ResultsServiceTest, AReportOfASealedPeriodStaysWhatItWas) {
  this->PutOk({Row(6, "8")});
  ASSERT_EQ(this->Submit(), "OK");
  ASSERT_EQ(this->Verify(this->Report().digest(), ""), "OK");
  ASSERT_EQ(this->Seal(), "OK");
  domain::Pact amended = domain::khoi4_2019::ThePact();
  amended.version = 2;
  amended.targets[5].unit = std::string(domain::khoi4_2019::kHealth);
  this->Arrive(amended);
  EXPECT_EQ(this->Report().state(), v1::Submission::STATE_VERIFIED);
  EXPECT_EQ(this->Inputs().submissions(2).state(), v1::Submission::STATE_VERIFIED);
}

TYPED_TEST(ResultsServiceTest, ASealedPeriodChangesNoMoreUntilItIsReopened) {
  const int64_t seen = this->PutOk({Row(6, "8")});
  EXPECT_EQ(this->Reopen("x"), "FAILED_PRECONDITION period: PERIOD_NOT_SEALED");
  EXPECT_EQ(this->Seal(seen - 1), "ABORTED period_version: PERIOD_CHANGED");
  ASSERT_EQ(this->Seal(seen), "OK");
  EXPECT_EQ(this->Seal(), "FAILED_PRECONDITION period: PERIOD_SEALED");
  v1::PutResultsResponse ignored;
  EXPECT_EQ(Said(this->Put({Row(6, "9", "x")}, &ignored)),
            "FAILED_PRECONDITION period: PERIOD_SEALED");
  EXPECT_EQ(this->Submit(), "FAILED_PRECONDITION period: PERIOD_SEALED");
  this->PutOk({Row(6, "10")}, kYear);  // Another period is another matter.

  // What the registry changes meanwhile is not in it either.
  domain::Pact amended = domain::khoi4_2019::ThePact();
  amended.version = 2;
  amended.targets[5].name = "Tên mới";
  this->Arrive(amended);
  const v1::PeriodInputs sealed = this->Inputs();
  EXPECT_EQ(sealed.version(), seen + 1);
  EXPECT_EQ(sealed.pact().version(), 1);
  ASSERT_THAT(sealed.seals(), SizeIs(1));
  EXPECT_EQ(sealed.seals(0).version(), seen + 1);

  EXPECT_EQ(this->Reopen(""), "INVALID_ARGUMENT reason: REQUIRED");
  EXPECT_EQ(this->Reopen("x", seen), "ABORTED period_version: PERIOD_CHANGED");
  EXPECT_FALSE(this->Inputs().seals(0).has_reopen_time());
  ASSERT_EQ(this->Reopen("Tỉnh yêu cầu rà soát", seen + 1), "OK");
  const v1::PeriodInputs open = this->Inputs();
  EXPECT_EQ(open.pact().version(), 2) << "it takes up what it missed";
  EXPECT_EQ(open.seals(0).reopen_reason(), "Tỉnh yêu cầu rà soát");
  EXPECT_EQ(open.seals(0).reopen_version(), open.version());
  this->PutOk({Row(6, "9", "x")});
  EXPECT_EQ(this->Inputs(seen + 1).pact().version(), 1) << "what was sealed stays on record";
  EXPECT_FALSE(this->Inputs(seen + 1).seals(0).has_reopen_time());
}

TYPED_TEST(ResultsServiceTest, CompletenessCountsWhatEachUnitOwes) {
  domain::Pact pact = domain::khoi4_2019::ThePact();
  pact.version = 2;
  pact.periods[0].due_on = domain::Date(2019, 7, 10);  // Long ago.
  this->Arrive(pact);
  v1::ResultRow not_assigned;
  not_assigned.set_target(Target(7));
  not_assigned.mutable_actual()->set_state(type::v1::Quantity::STATE_NOT_ASSIGNED);
  this->PutOk({Row(6, "8"), not_assigned, Row(8, "2")});
  v1::GetCompletenessRequest request;
  request.set_period(kSixMonths);
  v1::GetCompletenessResponse response;
  grpc::ClientContext context;
  ASSERT_EQ(Said(this->stub_->GetCompleteness(&context, request, &response)), "OK");
  ASSERT_THAT(response.units(), SizeIs(7));
  const v1::CompletenessRow& science = response.units(2);
  EXPECT_EQ(science.unit(), "units/so-khoa-hoc-va-cong-nghe");
  EXPECT_EQ(science.expected(), 2) << "an informational target is not owed";
  EXPECT_EQ(science.reported(), 2);
  EXPECT_EQ(science.late(), 2);
  EXPECT_EQ(science.in_time(), 0);
  EXPECT_EQ(science.missing(), 0);
  EXPECT_EQ(science.not_assigned(), 1);
  EXPECT_EQ(science.submission(), v1::Submission::STATE_NOT_SUBMITTED);
  EXPECT_THAT(response.units(4).missing_targets(), ElementsAre(Target(11), Target(12)));
  EXPECT_EQ(response.total().expected(), 13);
  EXPECT_EQ(response.total().missing(), 11);
  EXPECT_FALSE(response.sealed());
}

TYPED_TEST(ResultsServiceTest, FiguresAreKeptAsPointsAre) {
  domain::Pact pact = domain::khoi4_2019::ThePact();
  pact.version = 2;
  pact.scheme.contents[1].rule =
      domain::EventsRule{197, {{"phe-binh", "Bị phê bình", -3}, {"khen", "Được khen", 3}}};
  this->Arrive(pact);
  const auto put = [this](const std::string& figures, v1::PutAssessmentsResponse* response) {
    v1::PutAssessmentsRequest request;
    request.set_period(kSixMonths);
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
        absl::StrCat("unit: 'units/so-y-te' criterion_id: 'noi-dung-2' layer: "
                     "ASSESSMENT_LAYER_BLOC ",
                     figures),
        request.add_assessments()))
        << figures;
    grpc::ClientContext context;
    return Said(this->stub_->PutAssessments(&context, request, response));
  };
  const std::string one = "figures { figure_id: 'phe-binh' value: '1' } ";
  const std::string none = "figures { figure_id: 'khen' value: '0' } ";
  v1::PutAssessmentsResponse response;
  EXPECT_EQ(put("points: '5'" + one, &response),
            "INVALID_ARGUMENT assessments[0].points: NOT_ALLOWED");
  EXPECT_EQ(put("figures { figure_id: 'khong-co' value: '1' }", &response),
            "INVALID_ARGUMENT assessments[0].figures[0].figure_id: FIGURE_UNKNOWN");
  EXPECT_EQ(put("figures { figure_id: 'khen' value: '0.5' }", &response),
            "INVALID_ARGUMENT assessments[0].figures[0].value: NOT_WHOLE");
  ASSERT_EQ(put(one + none, &response), "OK");
  EXPECT_THAT(response.assessments(0).figures(), SizeIs(2));
  EXPECT_EQ(response.assessments(0).points(), "");
  const int64_t version = response.period_version();
  ASSERT_EQ(put(none + "figures { figure_id: 'phe-binh' value: '1.0' }", &response), "OK");
  EXPECT_EQ(response.period_version(), version) << "the same, in whatever order";
  EXPECT_EQ(put(one, &response),
            "INVALID_ARGUMENT assessments[0].correction_reason: CORRECTION_REASON_REQUIRED");
  ASSERT_EQ(
      put("correction_reason: 'rà lại' figures { figure_id: 'phe-binh' value: '2' }", &response),
      "OK");
  EXPECT_EQ(response.assessments(0).revision(), 2);

  v1::ListAssessmentsRequest request;
  request.set_period(kSixMonths);
  v1::ListAssessmentsResponse listed;
  grpc::ClientContext context;
  ASSERT_EQ(Said(this->stub_->ListAssessments(&context, request, &listed)), "OK");
  ASSERT_THAT(listed.assessments(), SizeIs(1));
  ASSERT_THAT(listed.assessments(0).figures(), SizeIs(1));
  EXPECT_EQ(listed.assessments(0).figures(0).figure_id(), "phe-binh");
  EXPECT_EQ(listed.assessments(0).figures(0).value(), "2");
}

TYPED_TEST(ResultsServiceTest, PointsAreKeptByLayerWithEveryRevision) {
  const auto put = [this](const std::string& text, v1::PutAssessmentsResponse* response) {
    v1::PutAssessmentsRequest request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    request.set_period(kSixMonths);
    grpc::ClientContext context;
    return Said(this->stub_->PutAssessments(&context, request, response));
  };
  v1::PutAssessmentsResponse response;
  EXPECT_EQ(put("", &response), "INVALID_ARGUMENT assessments: REQUIRED");
  EXPECT_EQ(put(R"pb(assessments {
                       unit: "units/so-y-te"
                       criterion_id: "noi-dung-2"
                       layer: ASSESSMENT_LAYER_SELF
                       points: "200.5"
                     })pb",
                &response),
            "INVALID_ARGUMENT assessments[0].points: OUT_OF_RANGE");
  EXPECT_EQ(put(R"pb(assessments {
                       unit: "units/so-y-te"
                       criterion_id: "noi-dung-1"
                       layer: ASSESSMENT_LAYER_SELF
                       points: "1"
                     })pb",
                &response),
            "INVALID_ARGUMENT assessments[0].criterion_id: CRITERION_NOT_ASSESSED");
  EXPECT_EQ(put(R"pb(assessments {
                       unit: "units/so-y-te"
                       criterion_id: "noi-dung-2"
                       layer: ASSESSMENT_LAYER_PEER
                       rater: "units/so-y-te"
                       points: "1"
                     })pb",
                &response),
            "INVALID_ARGUMENT assessments[0].rater: OWN_UNIT");
  const std::string own = R"pb(assessments {
                                 unit: "units/so-y-te"
                                 criterion_id: "noi-dung-2"
                                 layer: ASSESSMENT_LAYER_SELF
                                 points: "195.5"
                               })pb";
  ASSERT_EQ(put(own, &response), "OK");
  const int64_t version = response.period_version();
  ASSERT_EQ(put(own, &response), "OK");
  EXPECT_EQ(response.period_version(), version) << "the same again changes nothing";
  EXPECT_EQ(put(R"pb(assessments {
                       unit: "units/so-y-te"
                       criterion_id: "noi-dung-2"
                       layer: ASSESSMENT_LAYER_SELF
                       points: "190"
                     })pb",
                &response),
            "INVALID_ARGUMENT assessments[0].correction_reason: CORRECTION_REASON_REQUIRED");
  ASSERT_EQ(put(R"pb(assessments {
                       unit: "units/so-y-te"
                       criterion_id: "noi-dung-2"
                       layer: ASSESSMENT_LAYER_SELF
                       points: "190"
                       correction_reason: "rà lại"
                     })pb",
                &response),
            "OK");
  ASSERT_EQ(put(R"pb(assessments {
                       unit: "units/so-y-te"
                       criterion_id: "noi-dung-2"
                       layer: ASSESSMENT_LAYER_BLOC
                       points: "180"
                     })pb",
                &response),
            "OK");
  ASSERT_EQ(put(R"pb(assessments {
                       unit: "units/so-y-te"
                       criterion_id: "noi-dung-2"
                       layer: ASSESSMENT_LAYER_PEER
                       rater: "units/so-du-lich"
                       points: "170"
                     }
                     assessments {
                       unit: "units/so-y-te"
                       criterion_id: "noi-dung-2"
                       layer: ASSESSMENT_LAYER_PEER
                       rater: "units/ban-dan-toc"
                       points: "172"
                     })pb",
                &response),
            "OK");

  const auto list = [this](v1::ListAssessmentsRequest request) {
    request.set_period(kSixMonths);
    request.set_page_size(1);
    std::vector<std::string> listed;
    v1::ListAssessmentsResponse page;
    do {
      request.set_page_token(page.next_page_token());
      page.Clear();
      grpc::ClientContext context;
      EXPECT_EQ(Said(this->stub_->ListAssessments(&context, request, &page)), "OK");
      for (const v1::Assessment& a : page.assessments()) {
        listed.push_back(absl::StrCat(a.layer(), a.rater(), "=", a.points(), "#", a.revision()));
      }
    } while (!page.next_page_token().empty());
    return listed;
  };
  v1::ListAssessmentsRequest forged;
  forged.set_period(kSixMonths);
  for (const char* last : {"x", "units/so-y-te\nnoi-dung-2\n1\n", "u\nc\nx\nr\n1", "u\nc\n1\nr\nx",
                           "u\nc\n01\nr\n1"}) {
    forged.set_page_token(platform::NextPageToken(forged, {0, "", last}));
    grpc::ClientContext context;
    v1::ListAssessmentsResponse page;
    EXPECT_EQ(Said(this->stub_->ListAssessments(&context, forged, &page)),
              "INVALID_ARGUMENT page_token: PAGE_TOKEN_UNKNOWN");
  }
  v1::ListAssessmentsRequest request;
  EXPECT_THAT(list(request), ElementsAre("1=190#2", "2units/ban-dan-toc=172#1",
                                         "2units/so-du-lich=170#1", "3=180#1"));
  request.set_layer(type::v1::ASSESSMENT_LAYER_SELF);
  request.set_every_revision(true);
  EXPECT_THAT(list(request), ElementsAre("1=195.5#1", "1=190#2"));
  EXPECT_THAT(this->Inputs().assessments(), SizeIs(4));
  ASSERT_THAT(this->Inputs(version).assessments(), SizeIs(1));
  EXPECT_EQ(this->Inputs(version).assessments(0).points(), "195.5");
}

TYPED_TEST(ResultsServiceTest, ADocumentIsStoredOnceAndComesBackAsItWas) {
  v1::Evidence document;
  document.set_file_name("Nghị quyết 12.txt");
  document.set_media_type("text/plain");
  document.set_unit("units/so-y-te");
  std::string bytes;
  for (int i = 0; bytes.size() < 3'000'000; ++i) absl::StrAppend(&bytes, "Dòng ", i, "\n");
  v1::Evidence stored, again;
  ASSERT_EQ(this->Upload(bytes, document, &stored), "OK");
  EXPECT_EQ(stored.name(), absl::StrCat(kPact, "/evidence/", platform::Sha256Hex(bytes)));
  EXPECT_EQ(stored.size(), bytes.size());
  document.set_file_name("tên khác.txt");
  ASSERT_EQ(this->Upload(bytes, document, &again, "", 1024 * 1024), "OK");
  EXPECT_EQ(again.file_name(), "Nghị quyết 12.txt") << "as it was first called";
  EXPECT_EQ(this->Download(stored.name()), std::make_pair(std::string("OK"), bytes));

  v1::ListEvidenceRequest list;
  list.set_pact(kPact);
  v1::ListEvidenceResponse listed;
  grpc::ClientContext context;
  ASSERT_EQ(Said(this->stub_->ListEvidence(&context, list, &listed)), "OK");
  EXPECT_THAT(listed.evidence(), SizeIs(1));

  // What rots on the disk is told, and mended by whoever still has it.
  for (const auto& file : std::filesystem::recursive_directory_iterator(this->folder_)) {
    if (!file.is_regular_file()) continue;
    std::fstream damaged(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(1000);
    damaged.put('\0');
  }
  EXPECT_THAT(this->Download(stored.name()).first, testing::StartsWith("DATA_LOSS"));
  ASSERT_EQ(this->Upload(bytes, document), "OK");
  EXPECT_EQ(this->Download(stored.name()).first, "OK");
}

TYPED_TEST(ResultsServiceTest, ADocumentThatIsNotWhatItSaysIsRefusedAndLeavesNothing) {
  v1::Evidence pdf;
  pdf.set_file_name("a.pdf");
  pdf.set_media_type("application/pdf");
  pdf.set_unit("units/so-y-te");
  const auto but = [&pdf](const std::string& text) {
    v1::Evidence changed = pdf;
    EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(text, &changed));
    return changed;
  };
  EXPECT_EQ(this->Upload("MZ…", pdf),
            "INVALID_ARGUMENT start.evidence.media_type: MEDIA_TYPE_DISAGREES");
  EXPECT_EQ(this->Upload("%PD", pdf),
            "INVALID_ARGUMENT start.evidence.media_type: MEDIA_TYPE_DISAGREES");
  EXPECT_EQ(this->Upload("%PDF-1", pdf, nullptr, std::string(64, '0')),
            "INVALID_ARGUMENT start.sha256: DIGEST_DISAGREES");
  EXPECT_EQ(this->Upload("%PDF-1", pdf, nullptr, "abc"),
            "INVALID_ARGUMENT start.sha256: DIGEST_INVALID");
  EXPECT_EQ(this->Upload("%PDF-1", but("size: 5")),
            "INVALID_ARGUMENT start.evidence.size: SIZE_DISAGREES");
  EXPECT_EQ(this->Upload("%PDF-1", but("size: 7")),
            "INVALID_ARGUMENT start.evidence.size: SIZE_DISAGREES");
  EXPECT_EQ(this->Upload("%PDF-1", but("size: 104857601")),
            "INVALID_ARGUMENT start.evidence.size: TOO_LARGE");
  EXPECT_EQ(this->Upload("%PDF-1", but("media_type: 'text/html'")),
            "INVALID_ARGUMENT start.evidence.media_type: MEDIA_TYPE_NOT_TAKEN");
  EXPECT_EQ(this->Upload("%PDF-1", but("file_name: '../a.pdf'")),
            "INVALID_ARGUMENT start.evidence.file_name: NAME_INVALID");
  EXPECT_EQ(this->Upload("%PDF-1", but("unit: 'units/so-tai-chinh'")),
            "INVALID_ARGUMENT start.evidence.unit: UNIT_UNKNOWN");
  EXPECT_EQ(this->Download(absl::StrCat(kPact, "/evidence/", std::string(64, 'a'))).first,
            "NOT_FOUND name: EVIDENCE_UNKNOWN");
  for (const auto& file : std::filesystem::recursive_directory_iterator(this->folder_)) {
    EXPECT_FALSE(file.is_regular_file()) << file;
  }
}

TYPED_TEST(ResultsServiceTest, APlanStoresNothingUntilItIsCommitted) {
  using Stream = typename TestFixture::Import;
  this->PutOk({Row(6, "7")});
  const int64_t before = this->Inputs().version();
  Stream import(*this->stub_, "a", v1::Import::MODE_PLAN);
  ASSERT_EQ(import.Started(), 0);
  EXPECT_THAT(import.Send(0, {Row(1, "17893"), Row(6, "8"), Row(6, "8", "đếm sót")}),
              ElementsAre("1 Sheet1!B2 KIND_REJECTED row.correction_reason: "
                          "CORRECTION_REASON_REQUIRED",
                          "2 Sheet1!B3 KIND_UPDATED"))
      << "a row that is simply new says nothing";
  EXPECT_THAT(import.Send(3, {Row(7, "8"), Row(1, "17893")}),
              ElementsAre("4 Sheet1!B5 KIND_REJECTED row.target: DUPLICATE"))
      << "also when its twin came in another chunk";
  EXPECT_EQ(this->Commit("a"), "FAILED_PRECONDITION import: PLAN_INCOMPLETE");
  v1::Import planned;
  ASSERT_EQ(import.Finish(5, &planned), "OK");
  EXPECT_EQ(planned.state(), v1::Import::STATE_PLANNED);
  EXPECT_EQ(planned.counts().created(), 2);
  EXPECT_EQ(planned.counts().updated(), 1);
  EXPECT_EQ(planned.counts().rejected(), 2);
  EXPECT_EQ(this->Inputs().version(), before) << "nothing is stored";
  EXPECT_THAT(this->Outcomes("import: 'imports/a'"), SizeIs(5));
  EXPECT_THAT(this->Outcomes("import: 'imports/a' kinds: KIND_CREATED"),
              ElementsAre("0 Sheet1!B1 KIND_CREATED", "3 Sheet1!B4 KIND_CREATED"));
  EXPECT_THAT(this->Given("import: 'imports/a'"), ElementsAre("17893", "8", "8", "8", "17893"))
      << "each row as it came, also the rejected ones";

  EXPECT_EQ(this->Commit("a"), "FAILED_PRECONDITION import: ROWS_REJECTED");
  v1::CommitImportResponse last;
  ASSERT_EQ(this->Commit("a", true, &last), "OK");
  EXPECT_EQ(last.committed().import().state(), v1::Import::STATE_STORED);
  const v1::PeriodInputs inputs = this->Inputs();
  EXPECT_EQ(
      last.committed().freshness_token(),
      platform::FreshnessToken(absl::StrCat("results:", this->database_->store_id()), inputs.name(),
                               inputs.version(), this->database_->store_epoch_ms()));
  EXPECT_EQ(inputs.version(), before + 1) << "one change, one version";
  ASSERT_THAT(inputs.results(), SizeIs(3));
  EXPECT_EQ(inputs.results(1).actual().value(), "8");
  EXPECT_EQ(inputs.results(1).revision(), 2);

  v1::CommitImportResponse again;
  ASSERT_EQ(this->Commit("a", true, &again), "OK");
  EXPECT_EQ(again.committed().SerializeAsString(), last.committed().SerializeAsString());
  EXPECT_EQ(this->Inputs().version(), before + 1);
  EXPECT_EQ(this->Commit("b"), "NOT_FOUND import: IMPORT_UNKNOWN");
}

TYPED_TEST(ResultsServiceTest, APlanWhoseBaseMovedIsNotCommitted) {
  using Stream = typename TestFixture::Import;
  this->PutOk({Row(6, "7")});
  const auto plan = [this](const std::string& name) {
    Stream import(*this->stub_, name, v1::Import::MODE_PLAN);
    EXPECT_EQ(import.Started(), 0);
    import.Send(0, {Row(6, "8", "đếm sót"), Row(7, "8"), Row(11, "949")});
    EXPECT_EQ(import.Finish(3), "OK");
  };
  plan("a");
  this->PutOk({Row(7, "9")});
  EXPECT_EQ(this->Commit("a"), "ABORTED rows[1]: PLAN_MOVED");
  plan("b");
  this->PutOk({Row(6, "9", "x")});
  EXPECT_EQ(this->Commit("b", true), "ABORTED rows[0]: PLAN_MOVED");
  plan("c");
  domain::Pact pact = domain::khoi4_2019::ThePact();
  pact.version = 2;
  pact.targets[10].voided = true;
  this->Arrive(pact);
  EXPECT_EQ(this->Commit("c", true), "ABORTED rows[2]: PLAN_MOVED");
  plan("d");
  pact.version = 3;
  pact.periods[0].due_on = domain::Date(2019, 7, 1);
  this->Arrive(pact);
  EXPECT_EQ(this->Commit("d", true), "ABORTED rows[0]: PLAN_MOVED") << "it would be late now";
  plan("e");
  const int64_t unmoved = this->Inputs().version();
  ASSERT_EQ(this->Seal(), "OK");
  EXPECT_EQ(this->Commit("e", true), "ABORTED rows[0]: PLAN_MOVED");
  EXPECT_EQ(this->Inputs().version(), unmoved + 1) << "only the seal";
}

TYPED_TEST(ResultsServiceTest, ACutImportGoesOnWhereItsLastAcknowledgedChunkEnded) {
  using Stream = typename TestFixture::Import;
  for (const auto mode : {v1::Import::MODE_PLAN, v1::Import::MODE_STORE}) {
    const std::string name = absl::StrCat("mode-", mode);
    Stream cut(*this->stub_, name, mode);
    ASSERT_EQ(cut.Started(), 0);
    cut.Send(0, {Row(1, "17893"), Row(6, "8")});
    EXPECT_EQ(cut.event().progress().next_row(), 2);
    cut.Cut();

    Stream on(*this->stub_, name, mode);
    ASSERT_EQ(on.Started(), 2);
    on.Send(1, {Row(6, "8"), Row(7, "8")});  // The first of them is here already.
    EXPECT_EQ(on.event().progress().next_row(), 3);
    EXPECT_EQ(on.event().progress().counts().created(), 3);
    EXPECT_THAT(on.Send(5, {Row(11, "949")}), ElementsAre("INVALID_ARGUMENT chunk: ROWS_MISSING"));

    Stream again(*this->stub_, name, mode);
    ASSERT_EQ(again.Started(), 3);
    EXPECT_EQ(again.Finish(4), "INVALID_ARGUMENT finish.rows: ROWS_MISSING");
    Stream last(*this->stub_, name, mode);
    v1::Import finished;
    ASSERT_EQ(last.Started(), 3);
    ASSERT_EQ(last.Finish(3, &finished), "OK");
    EXPECT_EQ(finished.state(),
              mode == v1::Import::MODE_PLAN ? v1::Import::STATE_PLANNED : v1::Import::STATE_STORED);
    Stream late(*this->stub_, name, mode);
    ASSERT_EQ(late.Started(), 3);
    EXPECT_EQ(late.Finish(3), "OK") << "whoever lost the answer asks again";
  }
  EXPECT_THAT(this->Inputs().results(), SizeIs(3)) << "of the import that stores";
}

TYPED_TEST(ResultsServiceTest, OneStreamAtATimeGoesOnWithAnImport) {
  using Stream = typename TestFixture::Import;
  Stream first(*this->stub_, "a", v1::Import::MODE_STORE);
  ASSERT_EQ(first.Started(), 0);
  first.Send(0, {Row(1, "17893")});
  Stream second(*this->stub_, "a", v1::Import::MODE_STORE);
  ASSERT_EQ(second.Started(), 1);
  EXPECT_THAT(first.Send(1, {Row(6, "8")}), ElementsAre("ABORTED start.import: IMPORT_TAKEN_OVER"));
  second.Send(1, {Row(6, "8")});
  EXPECT_EQ(second.Finish(2), "OK");
  Stream other_mode(*this->stub_, "a", v1::Import::MODE_PLAN);
  EXPECT_EQ(other_mode.Started(), -1);
  EXPECT_EQ(other_mode.Finish(0), "INVALID_ARGUMENT start.import: IMPORT_DIFFERS");
}

TYPED_TEST(ResultsServiceTest, RowsOfSeveralPeriodsAreStoredEachInItsOwn) {
  using Stream = typename TestFixture::Import;
  Stream import(*this->stub_, "a", v1::Import::MODE_STORE, "");
  ASSERT_EQ(import.Started(), 0);
  EXPECT_THAT(import.Send(0, {Row(6, "8"), Row(7, "8")}, kSixMonths), IsEmpty());
  EXPECT_THAT(import.Send(2, {Row(6, "10")}, kYear), IsEmpty());
  EXPECT_THAT(import.Send(3, {Row(6, "10")}),
              ElementsAre("3 Sheet1!B4 KIND_REJECTED period: REQUIRED"));
  EXPECT_THAT(import.Send(4, {Row(6, "1")}, "blocs/khoi-4/pacts/2019/periods/quy-9"),
              ElementsAre("4 Sheet1!B5 KIND_REJECTED period: PERIOD_UNKNOWN"));
  EXPECT_THAT(import.Send(5, {Row(6, "1")}, "blocs/khoi-5/pacts/2019/periods/nam"),
              ElementsAre("5 Sheet1!B6 KIND_REJECTED period: PACT_UNKNOWN"));
  EXPECT_THAT(import.Send(6, {Row(6, "9")}, "kỳ 1"),
              ElementsAre("6 Sheet1!B7 KIND_REJECTED period: RESOURCE_NAME_INVALID"));
  v1::Import finished;
  ASSERT_EQ(import.Finish(7, &finished), "OK");
  EXPECT_EQ(finished.counts().created(), 3);
  EXPECT_EQ(finished.counts().rejected(), 4);
  EXPECT_THAT(this->Inputs().results(), SizeIs(2));
  EXPECT_THAT(this->Outcomes("import: 'imports/a'"), SizeIs(4)) << "those with something to say";
  EXPECT_THAT(this->Given("import: 'imports/a'"), Each("-"))
      << "what is stored at once is not kept";
  EXPECT_EQ(this->Commit("a", true), "FAILED_PRECONDITION import: NOT_A_PLAN");
}

// Old revisions answer for periods as they were, and what is first put in is the present one.
TYPED_TEST(ResultsServiceTest, WhatIsDoneBehindItsBackIsNamed) {
  this->PutOk({Row(6, "7"), Row(7, "8")});
  this->PutOk({Row(6, "8", "đếm sót")});
  ASSERT_EQ(this->Submit(), "OK");
  ASSERT_EQ(this->Seal(), "OK");
  const std::string target = domain::khoi4_2019::TargetId(6);
  const std::string sixth = absl::StrCat(kSixMonths, "/results/", target);
  const std::string old = absl::StrCat(" WHERE target = '", target, "' AND revision = 1");
  const std::string copied = absl::StrCat(" FROM results WHERE revision = 1 AND target = '",
                                          domain::khoi4_2019::TargetId(7), "'");
  const std::string put_in = "INSERT INTO results SELECT bloc, year, period, ";
  const struct {
    std::vector<std::string> done;
    std::vector<std::string> undone;
    std::string found;
  } kCases[] = {
      {{"UPDATE results SET revision = -1" + old,
        put_in + "'" + target + "', 1, 0, period_version, message" + copied},
       {"DELETE FROM results" + old, "UPDATE results SET revision = 1 WHERE revision = -1"},
       sixth},
      {{"UPDATE results SET target = 'away'" + old},
       {absl::StrCat("UPDATE results SET target = '", target, "' WHERE target = 'away'")},
       "away"},
      {{put_in + "'gia', 1, 1, period_version, message" + copied},
       {"DELETE FROM results WHERE target = 'gia'"},
       absl::StrCat(kSixMonths, "/results/gia")},
      {{"INSERT INTO seals SELECT bloc, year, period, version + 1, message FROM seals"},
       {"DELETE FROM seals WHERE version = (SELECT MAX(version) FROM seals)"},
       "seals"},
      {{"INSERT INTO assessments SELECT bloc, year, period, 'so-y-te', 'noi-dung-2', 1, '', 1, 1, "
        "1, message" +
        copied},
       {"DELETE FROM assessments"},
       absl::StrCat(kSixMonths, "/assessments/so-y-te/noi-dung-2/1/-")},
  };
  const auto execute = [&](const std::vector<std::string>& statements) {
    for (const std::string& sql : statements) {
      const absl::Status done = this->database_->Write(
          [&](storage::Transaction& transaction) { return transaction.Execute(sql, {}); });
      ASSERT_TRUE(done.ok()) << sql << "\n" << done;
    }
  };
  for (const auto& [done, undone, found] : kCases) {
    execute(done);
    EXPECT_THAT(audit::FoundIn(*this->database_, AuditedResources()),
                testing::Contains(testing::HasSubstr(found)))
        << done[0];
    execute(undone);
  }
}

// Whoever adds a mutation is told here when it leaves nothing on record.
TYPED_TEST(ResultsServiceTest, EveryMutationIsOnRecord) {
  using Stream = typename TestFixture::Import;
  EXPECT_EQ(audit::EntriesOf(*this->database_).size(), 0u) << "what arrives is nobody's deed";
  this->PutOk({Row(6, "7")});
  this->PutOk({Row(6, "7")});
  EXPECT_EQ(audit::EntriesOf(*this->database_).size(), 1u) << "the second changed nothing";
  ASSERT_EQ(this->Submit(), "OK");
  ASSERT_EQ(this->Return("Thiếu chỉ tiêu 7", "units/so-y-te"), "OK");
  this->PutOk({Row(6, "8", "đếm sót"), Row(7, "8")});
  ASSERT_EQ(this->Submit(), "OK");
  ASSERT_EQ(this->Verify(this->Report().digest(), "units/so-y-te"), "OK");
  v1::PutAssessmentsRequest assessments;
  assessments.set_period(kSixMonths);
  v1::Assessment& assessment = *assessments.add_assessments();
  assessment.set_unit("units/so-y-te");
  assessment.set_criterion_id("noi-dung-2");
  assessment.set_layer(type::v1::ASSESSMENT_LAYER_SELF);
  for (const char* points : {"195", "196"}) {
    assessment.set_points(points);
    assessment.set_correction_reason("chấm lại");
    v1::PutAssessmentsResponse response;
    grpc::ClientContext context;
    ASSERT_EQ(Said(this->stub_->PutAssessments(&context, assessments, &response)), "OK");
  }
  v1::Evidence document;
  document.set_file_name("Nghị quyết 12.txt");
  document.set_media_type("text/plain");
  document.set_unit("units/so-y-te");
  for (const char* time : {"once", "again"}) {
    ASSERT_EQ(this->Upload("Nghị quyết", document), "OK") << time;
  }
  Stream planned(*this->stub_, "a", v1::Import::MODE_PLAN);
  ASSERT_EQ(planned.Started(), 0);
  planned.Send(0, {Row(1, "17893")});
  ASSERT_EQ(planned.Finish(1), "OK");
  for (const char* time : {"once", "again"}) ASSERT_EQ(this->Commit("a"), "OK") << time;
  Stream stored(*this->stub_, "b", v1::Import::MODE_STORE);
  ASSERT_EQ(stored.Started(), 0);
  stored.Send(0, {Row(1, "17894", "đếm lại")});
  ASSERT_EQ(stored.Finish(1), "OK");
  ASSERT_EQ(this->Seal(), "OK");
  ASSERT_EQ(this->Reopen("Rà soát"), "OK");

  std::set<std::string> mutations = audit::MutationsOf(
      *v1::PutResultsRequest::descriptor()->file()->FindServiceByName("ResultsService"));
  // Those that have no request id: they may be repeated as they are.
  mutations.insert({"UploadEvidence", "ImportResults", "CommitImport"});
  EXPECT_EQ(audit::MethodsOnRecord(*this->database_), mutations);
  const std::string sixth = absl::StrCat(kSixMonths, "/results/", domain::khoi4_2019::TargetId(6));
  const std::string first = absl::StrCat(kSixMonths, "/results/", domain::khoi4_2019::TargetId(1));
  const std::string steps = absl::StrCat(kScienceReport, "/steps/");
  const std::string points = absl::StrCat(kSixMonths, "/assessments/so-y-te/noi-dung-2/",
                                          type::v1::ASSESSMENT_LAYER_SELF, "/-");
  const std::multiset<std::string> deeds = audit::DeedsOf(*this->database_);
  EXPECT_EQ(deeds.count("PutResults " + sixth), 2u);
  EXPECT_EQ(deeds.count("SubmitResults " + steps + "1"), 1u);
  EXPECT_EQ(deeds.count("ReturnResults " + steps + "2"), 1u);
  EXPECT_EQ(deeds.count("VerifyResults " + steps + "4"), 1u);
  EXPECT_EQ(deeds.count("PutAssessments " + points), 2u);
  EXPECT_EQ(deeds.count(absl::StrCat("UploadEvidence ", kPact, "/evidence/",
                                     platform::Sha256Hex("Nghị quyết"))),
            1u);
  EXPECT_EQ(deeds.count("ImportResults imports/a"), 2u) << "its beginning and its end";
  EXPECT_EQ(deeds.count("CommitImport imports/a"), 1u);
  EXPECT_EQ(deeds.count("CommitImport " + first), 1u);
  EXPECT_EQ(deeds.count("ImportResults " + first), 1u);
  const v1::PeriodInputs inputs = this->Inputs();
  for (const v1::Seal& seal : inputs.seals()) {
    const std::string name = absl::StrCat(kSixMonths, "/seals/", seal.version());
    EXPECT_EQ(deeds.count("SealPeriod " + name), 1u);
    EXPECT_EQ(deeds.count("ReopenPeriod " + name), 1u);
  }
  for (const audit::v1::AuditEntry& entry : audit::EntriesOf(*this->database_)) {
    if (entry.method().find("ReopenPeriod") == std::string::npos) continue;
    v1::Seal before, after;
    ASSERT_TRUE(entry.changes(0).before().UnpackTo(&before));
    ASSERT_TRUE(entry.changes(0).after().UnpackTo(&after));
    EXPECT_FALSE(before.has_reopen_time());
    EXPECT_TRUE(after.has_reopen_time());
  }
}

// The same store before a server that asks who calls.
class Asked {
 public:
  explicit Asked(storage::Database& database, platform::ChangeFeed& feed, EvidenceFiles& files)
      : callers_(access::Callers::Open(policy_.file())), service_(database, feed, files) {
    EXPECT_TRUE(callers_.ok()) << callers_.status();
    service_.SetCallers(callers_->get());
    server_ = std::make_unique<platform::LocalServer>(service_);
    stub_ = v1::ResultsService::NewStub(server_->NewChannel());
  }

  // What becomes of a call by that person.
  template <typename Request, typename Response>
  std::string Ask(const std::string& who,
                  grpc::Status (v1::ResultsService::Stub::*rpc)(grpc::ClientContext*,
                                                                const Request&, Response*),
                  const std::string& text, Response* response = nullptr) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    Response ignored;
    grpc::ClientContext context;
    SignIn(context, who);
    return platform::SaidInFull(
        (stub_.get()->*rpc)(&context, request, response ? response : &ignored));
  }
  // An import of one row as a plan: what became of the row, or of the stream.
  std::string Plan(const std::string& who, const std::string& import, int target,
                   const std::string& begun_for = kSixMonths) {
    grpc::ClientContext context;
    SignIn(context, who);
    const auto stream = stub_->ImportResults(&context);
    v1::ImportResultsRequest request;
    request.mutable_start()->set_import(absl::StrCat("imports/", import));
    request.mutable_start()->set_period(begun_for);
    request.mutable_start()->set_every_outcome(true);
    stream->Write(request);
    *request.mutable_chunk()->add_rows()->mutable_row() = Row(target, "8");
    request.mutable_chunk()->mutable_rows(0)->set_period(kSixMonths);
    stream->Write(request);
    request.mutable_finish()->set_rows(1);
    stream->Write(request);
    stream->WritesDone();
    v1::ImportResultsResponse event;
    std::string told;
    while (stream->Read(&event)) {
      for (const auto& one : event.progress().outcomes()) {
        const auto& outcome = one.outcome();
        told = outcome.faults().empty() ? Outcome::Kind_Name(outcome.kind())
                                        : outcome.faults(0).reason();
      }
    }
    const std::string said = Said(stream->Finish());
    return said == "OK" ? told : said;
  }

 private:
  void SignIn(grpc::ClientContext& context, const std::string& who) const {
    context.AddMetadata("authorization", policy_.BearerOf(who));
  }

  const access::TestPolicy policy_{{
      {"science",
       "units: 'units/so-khoa-hoc-va-cong-nghe'"
       "grants {role: ROLE_REPORTER on: 'blocs/khoi-4'}"},
      {"culture",
       "units: 'units/so-van-hoa-va-the-thao'"
       "grants {role: ROLE_REPORTER on: 'blocs/khoi-4'}"},
      {"leader",
       "units: 'units/so-lao-dong-thuong-binh-va-xa-hoi'"
       "grants {role: ROLE_LEADER on: 'blocs/khoi-4'}"},
      {"watcher", "grants {role: ROLE_WATCHER on: 'blocs/khoi-4'}"},
      {"competing-watcher",
       "units: 'units/so-y-te' grants {role: ROLE_WATCHER on: 'blocs/khoi-4'}"},
      {"leader-of-another",
       "units: 'units/so-khoa-hoc-va-cong-nghe'"
       "grants {role: ROLE_REPORTER on: 'blocs/khoi-4' on: 'blocs/khoi-7'}"
       "grants {role: ROLE_LEADER on: 'blocs/khoi-7'}"},
      {"registrar", "grants {role: ROLE_REGISTRAR}"},
  }};
  absl::StatusOr<std::unique_ptr<access::Callers>> callers_;
  ResultsService service_;
  std::unique_ptr<platform::LocalServer> server_;
  std::unique_ptr<v1::ResultsService::Stub> stub_;
};

TYPED_TEST(ResultsServiceTest, ReportersFileForTheirOwnUnitsOnly) {
  using Stub = v1::ResultsService::Stub;
  Asked asked(*this->database_, *this->feed_, *this->files_);
  const auto rows = [](const std::string& mode) {
    return absl::StrCat("period: '", kSixMonths, "' mode: ", mode, " rows {target: '", Target(6),
                        "' actual {value: '8'}} rows {target: '", Target(11),
                        "' actual {value: '949'}}");
  };
  EXPECT_EQ(asked.Ask("science", &Stub::PutResults, rows("MODE_ATOMIC")),
            "INVALID_ARGUMENT rows[1].target: NOT_OWN_UNIT");
  EXPECT_THAT(this->Inputs().results(), IsEmpty()) << "bad input changes nothing";
  v1::PutResultsResponse response;
  EXPECT_EQ(asked.Ask("science", &Stub::PutResults, rows("MODE_PER_UNIT"), &response), "OK");
  EXPECT_EQ(response.outcomes(0).kind(), Outcome::KIND_CREATED);
  EXPECT_EQ(response.outcomes(1).faults(0).reason(), "NOT_OWN_UNIT");
  EXPECT_EQ(asked.Ask("leader", &Stub::PutResults, rows("MODE_ATOMIC")), "OK");
  EXPECT_EQ(asked.Ask("watcher", &Stub::PutResults, rows("MODE_ATOMIC")),
            "PERMISSION_DENIED : NOT_ALLOWED");
}

TYPED_TEST(ResultsServiceTest, AnImportIsItsCallersOnly) {
  using Stub = v1::ResultsService::Stub;
  Asked asked(*this->database_, *this->feed_, *this->files_);
  EXPECT_EQ(asked.Plan("science", "a", 6), "KIND_CREATED");
  EXPECT_EQ(asked.Plan("science", "b", 11), "NOT_OWN_UNIT");
  EXPECT_EQ(asked.Plan("culture", "a", 11), "INVALID_ARGUMENT start.import: IMPORT_DIFFERS");
  const std::string of_khoi_7 = "blocs/khoi-7/pacts/2019/periods/nam";
  EXPECT_EQ(asked.Plan("leader-of-another", "c", 6, of_khoi_7), "KIND_CREATED");
  EXPECT_EQ(asked.Plan("leader-of-another", "d", 11, of_khoi_7), "NOT_OWN_UNIT")
      << "what was begun by other rights is filed by these";
  const std::string a = "name: 'imports/a'", of_a = "import: 'imports/a'";
  EXPECT_EQ(asked.Ask("science", &Stub::GetImport, a), "OK");
  EXPECT_EQ(asked.Ask("registrar", &Stub::GetImport, a), "OK");
  for (const char* other : {"culture", "leader"}) {
    EXPECT_EQ(asked.Ask(other, &Stub::GetImport, a), "NOT_FOUND name: IMPORT_UNKNOWN");
    EXPECT_EQ(asked.Ask(other, &Stub::ListImportOutcomes, of_a),
              "NOT_FOUND import: IMPORT_UNKNOWN");
  }
}

TYPED_TEST(ResultsServiceTest, NobodySealsABlocInWhichTheirOwnUnitCompetes) {
  using Stub = v1::ResultsService::Stub;
  Asked asked(*this->database_, *this->feed_, *this->files_);
  const std::string decision =
      absl::StrCat("period: '", kSixMonths, "' reason: 'Chốt số liệu' authority: 'Biên bản 12/7'");
  EXPECT_EQ(asked.Ask("leader", &Stub::SealPeriod, decision), "PERMISSION_DENIED : NOT_ALLOWED");
  EXPECT_EQ(asked.Ask("competing-watcher", &Stub::SealPeriod, decision),
            "PERMISSION_DENIED : OWN_BLOC");
  EXPECT_EQ(asked.Ask("watcher", &Stub::SealPeriod, decision), "OK");
  EXPECT_EQ(asked.Ask("competing-watcher", &Stub::ReopenPeriod, decision),
            "PERMISSION_DENIED : OWN_BLOC");
  EXPECT_EQ(asked.Ask("watcher", &Stub::ReopenPeriod, decision), "OK");
}

}  // namespace
}  // namespace thidua::results_ingest
