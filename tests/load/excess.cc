#include "tests/load/excess.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/errors.h"
#include "tests/load/call.h"

namespace thidua::load {
namespace {

// Told is a second where too many calls are under way, and less where too many came; beyond a few,
// somebody at a screen would give up.
constexpr absl::Duration kToldAtMost = absl::Seconds(3);

}  // namespace

Excess::Excess(tests::GuardedSuite& guard, const Provinces& provinces, Ledger& ledger,
               Recorder& recorder, const std::vector<size_t>& units, int under_way)
    : provinces_(provinces), ledger_(ledger), recorder_(recorder) {
  for (const size_t unit : units) {
    Caller& caller = *callers_.emplace_back(std::make_unique<Caller>());
    caller.unit = unit;
    caller.token = guard.Token(Provinces::ReporterOf(provinces_.units()[unit]));
    caller.results =
        results::v1::ResultsService::NewStub(guard.Line(tests::Suite::kResults, guard.Tls("")));
  }
  Caller& reader = *callers_.emplace_back(std::make_unique<Caller>());
  reader.unit = units.front();
  reader.token = guard.Token(Provinces::ReporterOf(provinces_.units()[reader.unit]));
  reader.scoring =
      scoring::v1::ScoringService::NewStub(guard.Line(tests::Suite::kScoring, guard.Tls("")));
  for (const auto& caller : callers_) {
    for (int i = 0; i < under_way; ++i) Ask(*caller);
  }
}

void Excess::Stop() {
  const auto all_answered = [this] {
    mutex_.AssertReaderHeld();
    return under_way_ == 0;
  };
  const absl::MutexLock lock(&mutex_);
  stopping_ = true;
  mutex_.Await(absl::Condition(&all_answered));
}

std::vector<std::string> Excess::AskAgain() {
  std::vector<std::string> faults;
  for (const auto& caller : callers_) {
    absl::SleepFor(std::min(caller->may_ask_at - absl::Now(), kToldAtMost));
    {
      const absl::MutexLock lock(&mutex_);
      last_error_.clear();
    }
    Ask(*caller);
    Stop();
    const absl::MutexLock lock(&mutex_);
    if (!last_error_.empty()) faults.push_back(last_error_);
  }
  const absl::MutexLock lock(&mutex_);
  if (longest_told_ > kToldAtMost) {
    faults.push_back(absl::StrCat("who had asked for too much was told to wait for ",
                                  absl::FormatDuration(longest_told_)));
  }
  if (not_told_ > 0) {
    faults.push_back(absl::StrCat(not_told_, " were turned away and not told for how long"));
  }
  return faults;
}

absl::Duration Excess::longest_told() const {
  const absl::MutexLock lock(&mutex_);
  return longest_told_;
}

void Excess::Ask(Caller& caller) {
  {
    const absl::MutexLock lock(&mutex_);
    ++under_way_;
  }
  caller.results != nullptr ? Write(caller) : Read(caller);
}

void Excess::Write(Caller& caller) {
  const Unit& unit = provinces_.units()[caller.unit];
  auto asked =
      std::make_shared<Asked<results::v1::PutResultsRequest, results::v1::PutResultsResponse>>(
          caller.token);
  int64_t figure = 0;
  {
    const absl::MutexLock lock(&mutex_);
    figure = ++caller.figure;
  }
  const size_t target = static_cast<size_t>(figure) % unit.targets.size();
  asked->request.set_period(provinces_.blocs()[unit.bloc].period);
  auto& row = *asked->request.add_rows();
  row.set_target(unit.targets[target].name);
  row.mutable_actual()->set_value(absl::StrCat(figure));
  row.set_correction_reason("Một chương trình gửi lại không ngừng");
  caller.results->async()->PutResults(
      &asked->context, &asked->request, &asked->response,
      [this, &caller, asked, target, figure](const grpc::Status& status) {
        if (status.ok()) {
          ledger_.Acknowledge(caller.unit, target, asked->response.outcomes(0).revision(), figure);
        } else if (status.error_code() != grpc::StatusCode::RESOURCE_EXHAUSTED) {
          ledger_.LeaveOpen(caller.unit, target, figure);
        }
        Answered(caller, status, asked->at);
      });
}

void Excess::Read(Caller& caller) {
  auto asked =
      std::make_shared<Asked<scoring::v1::GetRankingRequest, scoring::v1::GetRankingResponse>>(
          caller.token);
  asked->request.set_period(provinces_.blocs()[provinces_.units()[caller.unit].bloc].period);
  caller.scoring->async()->GetRanking(
      &asked->context, &asked->request, &asked->response,
      [this, &caller, asked](const grpc::Status& status) { Answered(caller, status, asked->at); });
}

void Excess::Answered(Caller& caller, const grpc::Status& status, absl::Time asked) {
  recorder_.Note(Kind::kExcess, status, absl::Now() - asked);
  bool again = false;
  {
    const absl::MutexLock lock(&mutex_);
    if (!status.ok()) {
      const absl::Duration told = platform::RetryDelayOf(status);
      caller.may_ask_at = std::max(caller.may_ask_at, absl::Now() + told);
      longest_told_ = std::max(longest_told_, told);
      if (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
          told == absl::ZeroDuration()) {
        ++not_told_;
      }
      last_error_ = absl::StrCat("who had asked for too much was answered ", status.error_code(),
                                 " ", status.error_message());
    }
    again = !stopping_;
  }
  if (again) Ask(caller);
  const absl::MutexLock lock(&mutex_);
  --under_way_;
}

}  // namespace thidua::load
