#include "tests/load/filers.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "tests/load/answers.h"
#include "tests/load/call.h"

namespace thidua::load {
namespace {

using results::v1::Assessment;
using results::v1::ImportResultsRequest;
using results::v1::ImportResultsResponse;
using results::v1::ResultsService;
using results::v1::RowOutcome;
using results::v1::Submission;
using scoring::v1::ScoringService;

constexpr absl::Duration kPatienceInAll = absl::Minutes(2);
constexpr size_t kLines = 8;  // As many connections as other systems hold to a service.
constexpr char kReason[] = "Rà soát lại số liệu trước giờ chốt";

void SetRow(const Target& target, int64_t figure, results::v1::ResultRow& row) {
  row.set_target(target.name);
  row.mutable_actual()->set_value(absl::StrCat(figure));
  row.set_correction_reason(kReason);
}

bool MayBeSentAgain(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED ||
         status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
}

}  // namespace

// One import of one chunk, from Start to Finished.
class Filers::Import : public grpc::ClientBidiReactor<ImportResultsRequest, ImportResultsResponse> {
 public:
  Import(Filers& filers, size_t filing) : filers_(filers), filing_(filing) {
    const Filing& what = (*filers_.filings_)[filing_];
    const Unit& unit = filers_.provinces_.units()[what.unit];
    auto& start = *request_.mutable_start();
    start.set_import(absl::StrCat("imports/", filers_.IdOf(filing_)));
    start.set_mode(results::v1::Import::MODE_STORE);
    start.set_period(filers_.provinces_.blocs()[unit.bloc].period);
    start.set_every_outcome(true);
    Prepare(context_, filers_.tokens_.at(what.unit));
    filers_.StubOf(what.unit).async()->ImportResults(&context_, this);
    StartWrite(&request_);
    StartRead(&response_);
    StartCall();
  }

  // What was heard is gone into once what was said before is on its way: the two end in any order,
  // and one message is said at a time.
  void OnReadDone(bool ok) override {
    if (!ok) return;
    {
      const absl::MutexLock lock(&mutex_);
      heard_ = true;
      if (writing_) return;
    }
    GoOn();
  }
  void OnWriteDone(bool ok) override {
    {
      const absl::MutexLock lock(&mutex_);
      writing_ = false;
      if (!ok || !heard_) return;
    }
    GoOn();
  }

  void OnDone(const grpc::Status& status) override {
    if (!status.ok() && !durable_) filers_.TakeRefusal(filing_, status);
    if (status.ok() && !finished_) filers_.faults_.Add("an import ended without an answer");
    filers_.Answered(filing_, status);
    delete this;
  }

 private:
  void GoOn() {
    {
      const absl::MutexLock lock(&mutex_);
      heard_ = false;
      writing_ = response_.event_case() != ImportResultsResponse::kFinished;
    }
    const Filing& what = (*filers_.filings_)[filing_];
    const Unit& unit = filers_.provinces_.units()[what.unit];
    switch (response_.event_case()) {
      case ImportResultsResponse::kStarted:
        request_.Clear();
        for (const auto& [target, figure] : what.figures) {
          SetRow(unit.targets[target], figure,
                 *request_.mutable_chunk()->add_rows()->mutable_row());
        }
        StartWrite(&request_);
        break;
      case ImportResultsResponse::kProgress:
        for (const results::v1::ImportOutcome& outcome : response_.progress().outcomes()) {
          filers_.TakeOutcome(filing_, static_cast<size_t>(outcome.row()), outcome.outcome());
        }
        durable_ = true;
        request_.Clear();
        request_.mutable_finish()->set_rows(static_cast<int64_t>(what.figures.size()));
        StartWriteLast(&request_, grpc::WriteOptions());
        break;
      case ImportResultsResponse::kFinished:
        finished_ = true;
        // Of rows that an earlier stream brought, and was not answered, nothing else is told.
        for (const auto& [target, figure] : what.figures) {
          filers_.ledger_.Acknowledge(what.unit, target, 0, figure);
        }
        filers_.TakeToken(filing_, response_.finished().freshness_token());
        break;
      case ImportResultsResponse::EVENT_NOT_SET:
        filers_.faults_.Add("an import answered nothing");
        context_.TryCancel();
        break;
    }
    StartRead(&response_);
  }

  Filers& filers_;
  const size_t filing_;
  absl::Mutex mutex_;
  bool writing_ ABSL_GUARDED_BY(mutex_) = true;
  bool heard_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext context_;
  ImportResultsRequest request_;
  ImportResultsResponse response_;
  bool durable_ = false;
  bool finished_ = false;
};

Filers::Filers(tests::GuardedSuite& guard, const Provinces& provinces, Ledger& ledger,
               Recorder& recorder, int fresh_every)
    : guard_(guard),
      provinces_(provinces),
      ledger_(ledger),
      recorder_(recorder),
      fresh_every_(fresh_every),
      units_(provinces.units().size()) {
  const auto nobody = guard_.Tls("");
  for (size_t i = 0; i < kLines; ++i) {
    results_.push_back(ResultsService::NewStub(guard_.Line(tests::Suite::kResults, nobody)));
    scoring_.push_back(ScoringService::NewStub(guard_.Line(tests::Suite::kScoring, nobody)));
  }
}

void Filers::Run(const std::vector<Filing>& filings, const std::string& name) {
  filings_ = &filings;
  name_ = name;
  for (const Filing& filing : filings) {
    std::string& token = tokens_[filing.unit];
    if (!token.empty()) continue;
    token = guard_.Token(Provinces::ReporterOf(provinces_.units()[filing.unit]));
  }
  {
    const absl::MutexLock lock(&mutex_);
    left_ = filings.size();
    first_replies_.clear();
    same_again_ = 0;
  }
  began_ = absl::Now();
  for (size_t next = 0; SendNext(next);) continue;
  const int64_t twice = std::count_if(filings.begin(), filings.end(),
                                      [](const Filing& filing) { return filing.twice; });
  if (same_again() != twice) {
    faults_.Add(absl::StrCat("of ", twice, " filings that were sent twice ", same_again(),
                             " were answered twice the same"));
  }
}

bool Filers::SendNext(size_t& next) {
  std::optional<size_t> again;
  {
    const absl::MutexLock lock(&mutex_);
    absl::Time at =
        next < filings_->size() ? began_ + (*filings_)[next].due : absl::InfiniteFuture();
    if (!again_.empty()) at = std::min(at, again_.begin()->first);
    const auto something_else = [&] {
      mutex_.AssertReaderHeld();
      return left_ == 0 || (!again_.empty() && again_.begin()->first < at);
    };
    if (mutex_.AwaitWithDeadline(absl::Condition(&something_else), at)) return left_ > 0;
    if (!again_.empty() && again_.begin()->first <= at) {
      again = again_.begin()->second;
      again_.erase(again_.begin());
    }
  }
  if (again.has_value()) {
    SendOnce(*again);
  } else {
    Due(next++);
  }
  return true;
}

int64_t Filers::same_again() const {
  const absl::MutexLock lock(&mutex_);
  return same_again_;
}

void Filers::Due(size_t filing) {
  {
    const absl::MutexLock lock(&mutex_);
    OfUnit& unit = units_[(*filings_)[filing].unit];
    if (unit.under_way > 0) {
      unit.waiting.push_back(filing);
      return;
    }
    unit.under_way = (*filings_)[filing].twice ? 2 : 1;
  }
  Send(filing);
}

void Filers::Send(size_t filing) {
  SendOnce(filing);
  if ((*filings_)[filing].twice) SendOnce(filing);
}

void Filers::SendOnce(size_t filing) {
  switch ((*filings_)[filing].what) {
    case Filing::kFigures:
    case Filing::kCorrection:
      SendRows(filing);
      break;
    case Filing::kImport:
      new Import(*this, filing);  // Until it is done.
      break;
    case Filing::kOwnPoints:
      SendOwnPoints(filing);
      break;
    case Filing::kHandOver:
      SendHandOver(filing);
      break;
  }
}

void Filers::SendRows(size_t filing) {
  const Filing& what = (*filings_)[filing];
  const Unit& unit = provinces_.units()[what.unit];
  auto asked =
      std::make_shared<Asked<results::v1::PutResultsRequest, results::v1::PutResultsResponse>>(
          tokens_.at(what.unit));
  asked->request.set_period(provinces_.blocs()[unit.bloc].period);
  asked->request.set_request_id(IdOf(filing));
  for (const auto& [target, figure] : what.figures) {
    SetRow(unit.targets[target], figure, *asked->request.add_rows());
  }
  StubOf(what.unit).async()->PutResults(&asked->context, &asked->request, &asked->response,
                                        [this, asked, filing](const grpc::Status& status) {
                                          if (status.ok()) {
                                            TakeOutcomes(filing, asked->response);
                                            if ((*filings_)[filing].twice)
                                              TakeReply(filing,
                                                        asked->response.SerializeAsString());
                                            TakeToken(filing, asked->response.freshness_token());
                                          } else {
                                            TakeRefusal(filing, status);
                                          }
                                          Answered(filing, status);
                                        });
}

void Filers::SendOwnPoints(size_t filing) {
  const Filing& what = (*filings_)[filing];
  const Unit& unit = provinces_.units()[what.unit];
  auto asked = std::make_shared<
      Asked<results::v1::PutAssessmentsRequest, results::v1::PutAssessmentsResponse>>(
      tokens_.at(what.unit));
  asked->request.set_period(provinces_.blocs()[unit.bloc].period);
  asked->request.set_request_id(IdOf(filing));
  Chance chance(provinces_.seed() + filing + 1);
  for (const auto& one : provinces_.PointsOf(unit, type::v1::ASSESSMENT_LAYER_SELF, chance)) {
    *asked->request.add_assessments() = one;
  }
  StubOf(what.unit).async()->PutAssessments(
      &asked->context, &asked->request, &asked->response,
      [this, asked, filing](const grpc::Status& status) {
        if (status.ok()) {
          TakeOwnPoints(filing, asked->request, asked->response);
          TakeToken(filing, asked->response.freshness_token());
        } else {
          TakeRefusal(filing, status);
        }
        Answered(filing, status);
      });
}

void Filers::SendHandOver(size_t filing) {
  const Filing& what = (*filings_)[filing];
  const Unit& unit = provinces_.units()[what.unit];
  auto asked = std::make_shared<
      Asked<results::v1::SubmitResultsRequest, results::v1::SubmitResultsResponse>>(
      tokens_.at(what.unit));
  asked->request.set_submission(provinces_.HandOverOf(unit));
  asked->request.set_request_id(IdOf(filing));
  StubOf(what.unit).async()->SubmitResults(&asked->context, &asked->request, &asked->response,
                                           [this, asked, filing](const grpc::Status& status) {
                                             if (status.ok()) {
                                               TakeHandOver(filing, asked->response);
                                             } else {
                                               TakeRefusal(filing, status);
                                             }
                                             Answered(filing, status);
                                           });
}

void Filers::ReadFresh(size_t unit, const std::string& token, int64_t version) {
  {
    const absl::MutexLock lock(&mutex_);
    ++left_;
  }
  auto asked =
      std::make_shared<Asked<scoring::v1::GetRankingRequest, scoring::v1::GetRankingResponse>>(
          tokens_.at(unit));
  asked->request.set_period(provinces_.blocs()[provinces_.units()[unit].bloc].period);
  asked->request.set_freshness_token(token);
  scoring_[unit % kLines]->async()->GetRanking(
      &asked->context, &asked->request, &asked->response,
      [this, asked, version](const grpc::Status& status) {
        // Nothing older is shown in the place of what has not come in time.
        const auto faults = domain::FaultsOf(platform::FromGrpcStatus(status));
        if (!faults.empty() && faults[0].reason == kNotInTime) {
          recorder_.Note(Kind::kFreshRead, kNotInTime, absl::Now() - asked->at);
        } else {
          recorder_.Note(Kind::kFreshRead, status, absl::Now() - asked->at);
        }
        if (status.ok()) {
          faults_.Add(JudgeVersion(version, asked->response.ranking().period_version()),
                      asked->request.period());
        }
        Ended();
      });
}

void Filers::Answered(size_t filing, const grpc::Status& status) {
  const Filing& what = (*filings_)[filing];
  const absl::Duration late = absl::Now() - (began_ + what.due);
  if (MayBeSentAgain(status) && late < kPatienceInAll) {
    recorder_.Note(Kind::kWrite, absl::StrCat(kSentAgain, NameOf(status)), late);
    const absl::Duration asked = platform::RetryDelayOf(status);
    // More and more seldom, and not all at once again.
    const absl::Duration in =
        std::max(asked, std::clamp(late / 2, absl::Seconds(1), absl::Seconds(10))) +
        absl::Milliseconds(filing % 1000);
    const absl::MutexLock lock(&mutex_);
    again_.emplace(absl::Now() + in, filing);
    return;
  }
  recorder_.Note(Kind::kWrite, status, late);
  size_t next = filing;
  {
    const absl::MutexLock lock(&mutex_);
    OfUnit& unit = units_[what.unit];
    if (--unit.under_way > 0) return;
    if (!unit.waiting.empty()) {
      next = unit.waiting.front();
      unit.waiting.pop_front();
      unit.under_way = (*filings_)[next].twice ? 2 : 1;
    }
  }
  if (next != filing) Send(next);
  Ended();
}

void Filers::Ended() {
  const absl::MutexLock lock(&mutex_);
  --left_;
}

ResultsService::Stub& Filers::StubOf(size_t unit) const { return *results_[unit % kLines]; }

void Filers::TakeOutcomes(size_t filing, const results::v1::PutResultsResponse& answer) {
  const size_t rows = (*filings_)[filing].figures.size();
  if (static_cast<size_t>(answer.outcomes_size()) != rows) {
    faults_.Add(absl::StrCat(IdOf(filing), ": ", rows, " rows were answered with ",
                             answer.outcomes_size(), " outcomes"));
    return;
  }
  for (size_t i = 0; i < rows; ++i) {
    TakeOutcome(filing, i, answer.outcomes(static_cast<int>(i)));
  }
}

void Filers::TakeOutcome(size_t filing, size_t figure, const RowOutcome& outcome) {
  const Filing& what = (*filings_)[filing];
  // Nobody else reports the figure: what says that it was there already has stored it twice.
  if ((outcome.kind() != RowOutcome::KIND_CREATED && outcome.kind() != RowOutcome::KIND_UPDATED) ||
      outcome.revision() < 1) {
    faults_.Add(absl::StrCat(outcome.target(), " was answered ",
                             RowOutcome::Kind_Name(outcome.kind()), " ",
                             outcome.faults().empty() ? "" : outcome.faults(0).reason()));
    return;
  }
  ledger_.Acknowledge(what.unit, what.figures.at(figure).first, outcome.revision(),
                      what.figures.at(figure).second);
}

void Filers::TakeOwnPoints(size_t filing, const results::v1::PutAssessmentsRequest& asked,
                           const results::v1::PutAssessmentsResponse& answer) {
  bool as_asked = asked.assessments_size() == answer.assessments_size();
  for (int i = 0; as_asked && i < asked.assessments_size(); ++i) {
    Assessment stored = answer.assessments(i);
    as_asked = stored.revision() == 1;  // A unit files them once.
    stored.clear_revision();
    stored.clear_assess_time();
    as_asked = as_asked && stored.SerializeAsString() == asked.assessments(i).SerializeAsString();
  }
  if (!as_asked) faults_.Add(absl::StrCat(IdOf(filing), ": own points were answered otherwise"));
  ledger_.AcknowledgeOwnPoints((*filings_)[filing].unit,
                               {answer.assessments().begin(), answer.assessments().end()});
}

void Filers::TakeHandOver(size_t filing, const results::v1::SubmitResultsResponse& answer) {
  const size_t unit = (*filings_)[filing].unit;
  const Submission& submission = answer.submission();
  if (submission.name() != provinces_.HandOverOf(provinces_.units()[unit]) ||
      submission.state() != Submission::STATE_SUBMITTED || submission.steps_size() != 1) {
    faults_.Add(
        absl::StrCat(IdOf(filing), ": a hand-over was answered ", submission.ShortDebugString()));
    return;
  }
  ledger_.AcknowledgeHandOver(unit, submission);
}

void Filers::TakeReply(size_t filing, std::string reply) {
  {
    const absl::MutexLock lock(&mutex_);
    const auto [first, is_new] = first_replies_.try_emplace(filing, std::move(reply));
    if (is_new) return;
    if (first->second == reply) {
      ++same_again_;
      return;
    }
  }
  faults_.Add(absl::StrCat(IdOf(filing), " was sent twice and answered twice, and not the same"));
}

void Filers::TakeRefusal(size_t filing, const grpc::Status& status) {
  // What was turned away must not be there; of anything else nobody can tell.
  if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED ||
      status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) {
    return;
  }
  const Filing& what = (*filings_)[filing];
  for (const auto& [target, figure] : what.figures) ledger_.LeaveOpen(what.unit, target, figure);
  if (what.what == Filing::kOwnPoints) ledger_.LeaveOwnPointsOpen(what.unit);
}

void Filers::TakeToken(size_t filing, const std::string& token) {
  const size_t unit = (*filings_)[filing].unit;
  const Bloc& bloc = provinces_.blocs()[provinces_.units()[unit].bloc];
  const auto vector = platform::ReadFreshnessToken(token);
  int64_t version = 0;
  if (vector.ok()) {
    for (const auto& entry : vector->entries()) {
      if (entry.resource() == bloc.period) version = entry.version();
    }
  }
  if (version == 0) {
    faults_.Add(absl::StrCat(bloc.period, ": an answer without a token"));
    return;
  }
  ledger_.SawVersion(provinces_.units()[unit].bloc, version, token);
  if (fresh_every_ > 0 && answers_++ % fresh_every_ == 0) ReadFresh(unit, token, version);
}

std::string Filers::IdOf(size_t filing) const { return absl::StrCat(name_, "-", filing); }

}  // namespace thidua::load
