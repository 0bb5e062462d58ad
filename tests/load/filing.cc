#include "tests/load/filing.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"

namespace thidua::load {
namespace {

using results::v1::Assessment;
using results::v1::ImportResultsRequest;
using results::v1::ImportResultsResponse;
using results::v1::ResultsService;
using results::v1::RowOutcome;
using results::v1::Submission;
using scoring::v1::ScoringService;

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr absl::Duration kPatienceInAll = absl::Minutes(2);
// What was acknowledged is shown some time: a starved scoring takes its time.
constexpr absl::Duration kCatchUp = absl::Minutes(5);
constexpr size_t kLines = 8;  // As many connections as other systems hold to a service.
constexpr int kCheckers = 8;
constexpr int kPage = 1000;
constexpr size_t kFaultsTold = 20;
// How much denser moments are at the end than at the beginning: e^3.
constexpr double kSteepness = 3;
constexpr char kReason[] = "Rà soát lại số liệu trước giờ chốt";

void SetRow(const Target& target, int64_t figure, results::v1::ResultRow& row) {
  row.set_target(target.name);
  row.mutable_actual()->set_value(absl::StrCat(figure));
  row.set_correction_reason(kReason);
}

// One that was not reported of the target before.
int64_t Figure(const Target& target, std::set<int64_t>& reported, Chance& chance) {
  int64_t figure = target.value * chance.Between(60, 130) / 100;
  while (!reported.insert(figure).second) ++figure;
  return figure;
}

std::string HandOverOf(const Provinces& provinces, const Unit& unit) {
  return absl::StrCat(provinces.blocs()[unit.bloc].period, "/submissions/",
                      unit.name.substr(unit.name.find('/') + 1));
}

// Of what was filed; by the administrator.
template <typename Request, typename Response, typename Stub>
grpc::Status Read(Stub& stub,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response& response) {
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  return (stub.*method)(&context, request, &response);
}

bool MayBeSentAgain(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED ||
         status.error_code() == grpc::StatusCode::UNAVAILABLE ||
         status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
}

}  // namespace

std::vector<Filing> DeadlineRush(const Provinces& provinces, absl::Duration whole, uint64_t seed,
                                 double window_from) {
  Chance chance(seed);
  std::vector<Filing> filings;
  for (size_t u = 0; u < provinces.units().size(); ++u) {
    const Unit& unit = provinces.units()[u];
    const double moment = std::log1p(chance.Share() * std::expm1(kSteepness)) / kSteepness;
    absl::Duration thinking;                       // Before the filing that comes next, all in all.
    std::map<size_t, std::set<int64_t>> reported;  // Of each target.
    const size_t first_filing = filings.size();
    const auto add = [&](Filing::What what, size_t first, size_t count, bool twice) {
      Filing& filing = filings.emplace_back();
      filing.what = what;
      filing.unit = u;
      filing.due = thinking;
      filing.twice = twice;
      for (size_t t = first; t < first + count; ++t) {
        filing.figures.emplace_back(t, Figure(unit.targets[t], reported[t], chance));
      }
      // Between 20 seconds and four minutes of a real hour.
      thinking += whole * (static_cast<double>(chance.Between(20, 240)) / 3600);
    };
    const size_t targets = unit.targets.size();
    if (chance.In(0.1)) {
      add(Filing::kImport, 0, targets, false);
    } else {
      const auto portions = static_cast<size_t>(chance.Between(2, 4));
      for (size_t p = 0; p < portions; ++p) {
        const size_t first = targets * p / portions;
        add(Filing::kFigures, first, targets * (p + 1) / portions - first, chance.In(0.03));
      }
    }
    if (chance.In(0.8)) add(Filing::kOwnPoints, 0, 0, false);
    if (chance.In(0.3)) {
      const auto rows = static_cast<size_t>(chance.Between(1, 2));
      add(Filing::kCorrection, chance.Next() % (targets - rows), rows, chance.In(0.03));
    }
    add(Filing::kHandOver, 0, 0, false);
    // Whose time does not suffice for that thinks faster: nobody files after the deadline.
    const double haste =
        std::min(1.0, absl::FDivDuration((1 - moment) * whole, filings.back().due));
    for (size_t i = first_filing; i < filings.size(); ++i) {
      filings[i].due = moment * whole + haste * filings[i].due;
    }
  }
  std::stable_sort(filings.begin(), filings.end(),
                   [](const Filing& a, const Filing& b) { return a.due < b.due; });
  const auto first = std::find_if(filings.begin(), filings.end(), [&](const Filing& filing) {
    return filing.due >= window_from * whole;
  });
  filings.erase(filings.begin(), first);
  for (Filing& filing : filings) filing.due -= window_from * whole;
  return filings;
}

std::vector<Filing> Steady(const Provinces& provinces, double per_second, absl::Duration whole,
                           uint64_t seed, const std::vector<size_t>& units) {
  Chance chance(seed);
  std::map<std::pair<size_t, size_t>, std::set<int64_t>> reported;  // Of each unit's targets.
  std::vector<Filing> filings;
  const auto count = static_cast<size_t>(per_second * absl::ToDoubleSeconds(whole));
  for (size_t i = 0; i < count; ++i) {
    Filing& filing = filings.emplace_back();
    filing.what = chance.In(0.1) ? Filing::kImport : Filing::kCorrection;
    filing.unit = units[chance.Next() % units.size()];
    filing.due = absl::Seconds(static_cast<double>(i) / per_second);
    filing.twice = filing.what == Filing::kCorrection && chance.In(0.03);
    const Unit& unit = provinces.units()[filing.unit];
    const auto rows = static_cast<size_t>(chance.Between(1, 3));
    const size_t first = chance.Next() % (unit.targets.size() - rows);
    for (size_t t = first; t < first + rows; ++t) {
      filing.figures.emplace_back(t, Figure(unit.targets[t], reported[{filing.unit, t}], chance));
    }
  }
  return filings;
}

// ---- The ledger ----

void Ledger::Acknowledge(size_t unit, size_t target, int64_t revision, int64_t figure) {
  const absl::MutexLock lock(&mutex_);
  OfTarget& of = targets_[{unit, target}];
  of.open.erase(figure);
  const auto [at, is_new] = of.revisions.emplace(figure, revision);
  if (is_new) {
    ++acknowledged_;
  } else if (at->second == 0) {
    at->second = revision;
  } else if (revision != 0 && revision != at->second) {
    of.doubled = true;
  }
}

void Ledger::AcknowledgeOwnPoints(size_t unit, const results::v1::PutAssessmentsResponse& answer) {
  const absl::MutexLock lock(&mutex_);
  OfUnit& of = units_[unit];
  of.own_points.assign(answer.assessments().begin(), answer.assessments().end());
  of.own_points_open = false;
}

void Ledger::AcknowledgeHandOver(size_t unit, const Submission& answer) {
  const absl::MutexLock lock(&mutex_);
  units_[unit].hand_over = answer;
}

void Ledger::LeaveOpen(size_t unit, size_t target, int64_t figure) {
  const absl::MutexLock lock(&mutex_);
  OfTarget& of = targets_[{unit, target}];
  if (!of.revisions.contains(figure)) of.open.insert(figure);
}

void Ledger::LeaveOwnPointsOpen(size_t unit) {
  const absl::MutexLock lock(&mutex_);
  units_[unit].own_points_open = true;
}

void Ledger::SawVersion(size_t bloc, int64_t version, const std::string& token) {
  const absl::MutexLock lock(&mutex_);
  auto& newest = newest_[bloc];
  if (version > newest.first) newest = {version, token};
}

int64_t Ledger::acknowledged() const {
  const absl::MutexLock lock(&mutex_);
  return acknowledged_;
}

Ledger::ReadBack Ledger::Check(tests::Suite& suite, size_t one_in) const {
  std::vector<std::pair<std::pair<size_t, size_t>, OfTarget>> targets;
  std::vector<std::pair<size_t, std::pair<int64_t, std::string>>> newest;
  std::map<size_t, OfUnit> units;
  {
    const absl::MutexLock lock(&mutex_);
    targets.assign(targets_.begin(), targets_.end());
    newest.assign(newest_.begin(), newest_.end());
    units = units_;
  }
  ReadBack read_back;
  absl::Mutex mutex;
  const Wrong wrong = [&](std::string text) {
    const absl::MutexLock lock(&mutex);
    if (read_back.faults.size() < kFaultsTold) read_back.faults.push_back(std::move(text));
  };
  std::atomic<int64_t> looked_at = 0, revisions = 0, own_points = 0;
  InParallel(targets.size(), kCheckers, [&](size_t i) {
    const auto& [at, of] = targets[i];
    if (of.revisions.size() == 1 && of.open.empty() && !of.doubled && i % one_in != 0) return;
    ++looked_at;
    revisions += CheckTarget(suite, at.first, at.second, of, wrong);
  });
  InParallel(provinces_.blocs().size(), kCheckers, [&](size_t b) {
    own_points += CheckOwnPoints(suite, provinces_.blocs()[b], units, wrong);
  });
  std::vector<size_t> handed_over;
  for (const auto& [unit, of] : units) {
    if (!of.hand_over.name().empty()) handed_over.push_back(unit);
  }
  InParallel(handed_over.size(), kCheckers, [&](size_t i) {
    CheckHandOver(suite, handed_over[i], units.at(handed_over[i]), wrong);
  });
  InParallel(newest.size(), kCheckers, [&](size_t i) {
    const auto& [bloc, seen] = newest[i];
    CheckRanking(suite, bloc, seen.first, seen.second, wrong);
  });
  read_back.targets = looked_at;
  read_back.of_targets = static_cast<int64_t>(targets.size());
  read_back.revisions = revisions;
  read_back.own_points = own_points;
  read_back.hand_overs = static_cast<int64_t>(handed_over.size());
  read_back.rankings = static_cast<int64_t>(newest.size());
  return read_back;
}

int64_t Ledger::CheckTarget(tests::Suite& suite, size_t unit, size_t target, const OfTarget& of,
                            const Wrong& wrong) const {
  const Unit& of_unit = provinces_.units()[unit];
  const std::string& name = of_unit.targets[target].name;
  if (of.doubled) wrong(absl::StrCat(name, ": one figure was acknowledged as two revisions"));
  results::v1::ListResultRevisionsRequest request;
  request.set_name(absl::StrCat(provinces_.blocs()[of_unit.bloc].period, "/results/",
                                name.substr(name.rfind('/') + 1)));
  request.set_page_size(kPage);
  std::map<int64_t, int64_t> stored;  // Figures by revision.
  do {
    results::v1::ListResultRevisionsResponse response;
    const grpc::Status status =
        Read(suite.results(), &ResultsService::Stub::ListResultRevisions, request, response);
    if (!status.ok()) {
      if (of.revisions.empty() && status.error_code() == grpc::StatusCode::NOT_FOUND) return 0;
      wrong(absl::StrCat(name, ": ", status.error_message()));
      return 0;
    }
    for (const results::v1::Result& result : response.results()) {
      if (!stored.emplace(result.revision(), std::stoll(result.actual().value())).second) {
        wrong(absl::StrCat(name, ": revision ", result.revision(), " was listed twice"));
      }
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  const auto count = static_cast<int64_t>(stored.size());
  for (const auto& [figure, revision] : of.revisions) {
    auto found = stored.find(revision);
    if (revision == 0) {  // Whichever holds it.
      found = std::find_if(stored.begin(), stored.end(),
                           [&, wanted = figure](const auto& one) { return one.second == wanted; });
    }
    if (found == stored.end() || found->second != figure) {
      wrong(absl::StrCat(name, ": ", figure, " was acknowledged as revision ", revision,
                         ", which holds ",
                         found == stored.end() ? "nothing" : absl::StrCat(found->second)));
    }
    if (found != stored.end()) stored.erase(found);
  }
  std::set<int64_t> open = of.open;
  for (const auto& [revision, figure] : stored) {  // What is left nobody was told of.
    if (open.erase(figure) > 0) continue;
    wrong(absl::StrCat(name, ": revision ", revision, " holds ", figure,
                       of.revisions.contains(figure) || of.open.contains(figure)
                           ? ", which another holds already"
                           : ", which was never acknowledged"));
  }
  return count;
}

int64_t Ledger::CheckOwnPoints(tests::Suite& suite, const Bloc& bloc,
                               const std::map<size_t, OfUnit>& units, const Wrong& wrong) const {
  std::set<std::string> acknowledged;  // As bytes, every field.
  std::set<std::string> open;          // Names of units.
  for (const size_t u : bloc.units) {
    const auto of = units.find(u);
    if (of == units.end()) continue;
    if (of->second.own_points_open) open.insert(provinces_.units()[u].name);
    for (const Assessment& one : of->second.own_points) {
      acknowledged.insert(one.SerializeAsString());
    }
  }
  int64_t count = 0;
  results::v1::ListAssessmentsRequest request;
  request.set_period(bloc.period);
  request.set_layer(type::v1::ASSESSMENT_LAYER_SELF);
  request.set_every_revision(true);
  request.set_page_size(kPage);
  do {
    results::v1::ListAssessmentsResponse response;
    const grpc::Status status =
        Read(suite.results(), &ResultsService::Stub::ListAssessments, request, response);
    if (!status.ok()) {
      wrong(absl::StrCat(bloc.period, ": ", status.error_message()));
      return count;
    }
    for (const Assessment& one : response.assessments()) {
      ++count;
      if (acknowledged.erase(one.SerializeAsString()) > 0 || open.contains(one.unit())) continue;
      wrong(absl::StrCat(bloc.period, ": own points are there that were never acknowledged: ",
                         one.ShortDebugString()));
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!acknowledged.empty()) {
    wrong(absl::StrCat(bloc.period, ": ", acknowledged.size(),
                       " own points are not there as they were acknowledged"));
  }
  return count;
}

// Of what the unit files it comes last, so that nothing of it moves afterwards: state, content and
// steps.
void Ledger::CheckHandOver(tests::Suite& suite, size_t unit, const OfUnit& of,
                           const Wrong& wrong) const {
  results::v1::GetSubmissionRequest request;
  request.set_name(HandOverOf(provinces_, provinces_.units()[unit]));
  results::v1::GetSubmissionResponse response;
  const grpc::Status status =
      Read(suite.results(), &ResultsService::Stub::GetSubmission, request, response);
  if (!status.ok()) {
    wrong(absl::StrCat(request.name(), ": ", status.error_message()));
  } else if (response.submission().SerializeAsString() != of.hand_over.SerializeAsString()) {
    wrong(absl::StrCat(request.name(), ": ", of.hand_over.ShortDebugString(),
                       " was acknowledged, and there is ",
                       response.submission().ShortDebugString()));
  }
}

void Ledger::CheckRanking(tests::Suite& suite, size_t bloc, int64_t version,
                          const std::string& token, const Wrong& wrong) const {
  scoring::v1::GetRankingRequest request;
  request.set_period(provinces_.blocs()[bloc].period);
  request.set_freshness_token(token);
  scoring::v1::GetRankingResponse response;
  grpc::Status status;
  const absl::Time until = absl::Now() + kCatchUp;
  do {
    response.Clear();
    status = Read(suite.scoring(), &ScoringService::Stub::GetRanking, request, response);
  } while (status.error_code() == grpc::StatusCode::UNAVAILABLE && absl::Now() < until);
  if (!status.ok()) {
    wrong(absl::StrCat(request.period(), ": ", status.error_message()));
  } else if (response.ranking().period_version() < version) {
    wrong(absl::StrCat(request.period(), ": version ", response.ranking().period_version(),
                       " was shown for a token of version ", version));
  }
}

// ---- Sending ----

template <typename Request, typename Response>
struct Filers::Asked {
  grpc::ClientContext context;
  Request request;
  Response response;
};

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
    filers_.Prepare(context_, what.unit);
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
    if (status.ok() && !finished_) filers_.Fault("an import ended without an answer");
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
        filers_.Fault("an import answered nothing");
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
    std::string& bearer = bearers_[filing.unit];
    if (!bearer.empty()) continue;
    bearer = absl::StrCat("Bearer ",
                          guard_.Token(Provinces::ReporterOf(provinces_.units()[filing.unit])));
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
    Fault(absl::StrCat("of ", twice, " filings that were sent twice ", same_again(),
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

std::vector<std::string> Filers::faults() const {
  const absl::MutexLock lock(&mutex_);
  return faults_;
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
      std::make_shared<Asked<results::v1::PutResultsRequest, results::v1::PutResultsResponse>>();
  asked->request.set_period(provinces_.blocs()[unit.bloc].period);
  asked->request.set_request_id(IdOf(filing));
  for (const auto& [target, figure] : what.figures) {
    SetRow(unit.targets[target], figure, *asked->request.add_rows());
  }
  Prepare(asked->context, what.unit);
  StubOf(what.unit).async()->PutResults(
      &asked->context, &asked->request, &asked->response,
      [this, asked, filing](const grpc::Status& status) {
        if (status.ok()) {
          for (int i = 0; i < asked->response.outcomes_size(); ++i) {
            TakeOutcome(filing, static_cast<size_t>(i), asked->response.outcomes(i));
          }
          if ((*filings_)[filing].twice) TakeReply(filing, asked->response.SerializeAsString());
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
      Asked<results::v1::PutAssessmentsRequest, results::v1::PutAssessmentsResponse>>();
  asked->request.set_period(provinces_.blocs()[unit.bloc].period);
  asked->request.set_request_id(IdOf(filing));
  Chance chance(filing + 1);
  for (const auto& one : provinces_.PointsOf(unit, type::v1::ASSESSMENT_LAYER_SELF, chance)) {
    *asked->request.add_assessments() = one;
  }
  Prepare(asked->context, what.unit);
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
      Asked<results::v1::SubmitResultsRequest, results::v1::SubmitResultsResponse>>();
  asked->request.set_submission(HandOverOf(provinces_, unit));
  asked->request.set_request_id(IdOf(filing));
  Prepare(asked->context, what.unit);
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
      std::make_shared<Asked<scoring::v1::GetRankingRequest, scoring::v1::GetRankingResponse>>();
  asked->request.set_period(provinces_.blocs()[provinces_.units()[unit].bloc].period);
  asked->request.set_freshness_token(token);
  Prepare(asked->context, unit);
  scoring_[unit % kLines]->async()->GetRanking(
      &asked->context, &asked->request, &asked->response,
      [this, asked, version, asked_at = absl::Now()](const grpc::Status& status) {
        // Nothing older is shown in the place of what has not come in time.
        const auto faults = domain::FaultsOf(platform::FromGrpcStatus(status));
        if (!faults.empty() && faults[0].reason == kNotInTime) {
          recorder_.Note(Kind::kFreshRead, kNotInTime, absl::Now() - asked_at);
        } else {
          recorder_.Note(Kind::kFreshRead, status, absl::Now() - asked_at);
        }
        if (status.ok() && asked->response.ranking().period_version() < version) {
          Fault(absl::StrCat(asked->request.period(), ": version ",
                             asked->response.ranking().period_version(),
                             " was shown for a token of version ", version));
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

void Filers::Fault(std::string fault) {
  const absl::MutexLock lock(&mutex_);
  if (faults_.size() < kFaultsTold) faults_.push_back(std::move(fault));
}

void Filers::Prepare(grpc::ClientContext& context, size_t unit) const {
  context.AddMetadata("authorization", bearers_.at(unit));
  context.set_wait_for_ready(true);  // The first call makes the line.
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
}

ResultsService::Stub& Filers::StubOf(size_t unit) const { return *results_[unit % kLines]; }

void Filers::TakeOutcome(size_t filing, size_t figure, const RowOutcome& outcome) {
  const Filing& what = (*filings_)[filing];
  // Nobody else reports the figure: what says that it was there already has stored it twice.
  if ((outcome.kind() != RowOutcome::KIND_CREATED && outcome.kind() != RowOutcome::KIND_UPDATED) ||
      outcome.revision() < 1) {
    Fault(absl::StrCat(outcome.target(), " was answered ", RowOutcome::Kind_Name(outcome.kind()),
                       " ", outcome.faults().empty() ? "" : outcome.faults(0).reason()));
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
  if (!as_asked) Fault(absl::StrCat(IdOf(filing), ": own points were answered otherwise"));
  ledger_.AcknowledgeOwnPoints((*filings_)[filing].unit, answer);
}

void Filers::TakeHandOver(size_t filing, const results::v1::SubmitResultsResponse& answer) {
  const size_t unit = (*filings_)[filing].unit;
  const Submission& submission = answer.submission();
  if (submission.name() != HandOverOf(provinces_, provinces_.units()[unit]) ||
      submission.state() != Submission::STATE_SUBMITTED || submission.steps_size() != 1) {
    Fault(absl::StrCat(IdOf(filing), ": a hand-over was answered ", submission.ShortDebugString()));
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
  Fault(absl::StrCat(IdOf(filing), " was sent twice and answered twice, and not the same"));
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
  if (version == 0) return Fault(absl::StrCat(bloc.period, ": an answer without a token"));
  ledger_.SawVersion(provinces_.units()[unit].bloc, version, token);
  if (fresh_every_ > 0 && answers_++ % fresh_every_ == 0) ReadFresh(unit, token, version);
}

std::string Filers::IdOf(size_t filing) const { return absl::StrCat(name_, "-", filing); }

}  // namespace thidua::load
