#include "tests/load/read_back.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/load/call.h"
#include "tests/load/faults.h"

namespace thidua::load {
namespace {

using results::v1::Assessment;
using results::v1::ResultsService;
using scoring::v1::ScoringService;

// What was acknowledged is shown some time: a starved scoring takes its time.
constexpr absl::Duration kCatchUp = absl::Minutes(5);
constexpr int kAtOnce = 8;
constexpr int kPage = 1000;

// As the administrator, once.
template <typename Request, typename Response, typename Stub>
grpc::Status Read(Stub& stub,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response& response) {
  grpc::ClientContext context;
  Prepare(context, "");
  return (stub.*method)(&context, request, &response);
}

class Reader {
 public:
  Reader(tests::Suite& suite, const Provinces& provinces, Faults& faults)
      : suite_(suite), provinces_(provinces), faults_(faults) {}

  // Each of one target, bloc or unit: how much was looked at.
  int64_t CheckFigures(size_t unit, size_t target, const AcknowledgedFigures& of) {
    const Unit& of_unit = provinces_.units()[unit];
    const std::string& name = of_unit.targets[target].name;
    results::v1::ListResultRevisionsRequest request;
    request.set_name(absl::StrCat(provinces_.blocs()[of_unit.bloc].period, "/results/",
                                  name.substr(name.rfind('/') + 1)));
    request.set_page_size(kPage);
    std::vector<StoredFigure> stored;
    do {
      results::v1::ListResultRevisionsResponse response;
      const grpc::Status status =
          Read(suite_.results(), &ResultsService::Stub::ListResultRevisions, request, response);
      if (status.error_code() == grpc::StatusCode::NOT_FOUND && stored.empty()) break;
      if (!status.ok()) {
        faults_.Add(absl::StrCat(name, ": ", status.error_message()));
        return 0;
      }
      for (const results::v1::Result& result : response.results()) {
        stored.push_back({result.revision(), result.actual().value()});
      }
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    faults_.Add(JudgeFigures(of, stored), name);
    return static_cast<int64_t>(stored.size());
  }

  int64_t CheckOwnPoints(const Bloc& bloc, const std::map<size_t, AcknowledgedOfUnit>& units) {
    std::vector<Assessment> acknowledged, stored;
    std::set<std::string> open;
    for (const size_t u : bloc.units) {
      const auto of = units.find(u);
      if (of == units.end()) continue;
      if (of->second.own_points_open) open.insert(provinces_.units()[u].name);
      const std::vector<Assessment>& own = of->second.own_points;
      acknowledged.insert(acknowledged.end(), own.begin(), own.end());
    }
    results::v1::ListAssessmentsRequest request;
    request.set_period(bloc.period);
    request.set_layer(type::v1::ASSESSMENT_LAYER_SELF);
    request.set_every_revision(true);
    request.set_page_size(kPage);
    do {
      results::v1::ListAssessmentsResponse response;
      const grpc::Status status =
          Read(suite_.results(), &ResultsService::Stub::ListAssessments, request, response);
      if (!status.ok()) {
        faults_.Add(absl::StrCat(bloc.period, ": ", status.error_message()));
        return 0;
      }
      stored.insert(stored.end(), response.assessments().begin(), response.assessments().end());
      request.set_page_token(response.next_page_token());
    } while (!request.page_token().empty());
    faults_.Add(JudgeOwnPoints(acknowledged, open, stored), bloc.period);
    return static_cast<int64_t>(stored.size());
  }

  void CheckHandOver(size_t unit, const AcknowledgedOfUnit& of) {
    results::v1::GetSubmissionRequest request;
    request.set_name(provinces_.HandOverOf(provinces_.units()[unit]));
    results::v1::GetSubmissionResponse response;
    const grpc::Status status =
        Read(suite_.results(), &ResultsService::Stub::GetSubmission, request, response);
    if (!status.ok()) {
      faults_.Add(absl::StrCat(request.name(), ": ", status.error_message()));
    } else {
      faults_.Add(JudgeHandOver(of.hand_over, response.submission()), request.name());
    }
  }

  void CheckRanking(size_t bloc, const AcknowledgedVersion& newest) {
    scoring::v1::GetRankingRequest request;
    request.set_period(provinces_.blocs()[bloc].period);
    request.set_freshness_token(newest.token);
    scoring::v1::GetRankingResponse response;
    grpc::Status status;
    const absl::Time until = absl::Now() + kCatchUp;
    do {
      response.Clear();
      status = Read(suite_.scoring(), &ScoringService::Stub::GetRanking, request, response);
    } while (status.error_code() == grpc::StatusCode::UNAVAILABLE && absl::Now() < until);
    if (!status.ok()) {
      faults_.Add(absl::StrCat(request.period(), ": ", status.error_message()));
    } else {
      faults_.Add(JudgeVersion(newest.version, response.ranking().period_version()),
                  request.period());
    }
  }

 private:
  tests::Suite& suite_;
  const Provinces& provinces_;
  Faults& faults_;
};

}  // namespace

ReadBack ReadAllBack(tests::Suite& suite, const Provinces& provinces, const Ledger& ledger,
                     size_t one_in) {
  const auto figures = ledger.figures();
  const auto units = ledger.units();
  const auto versions = ledger.versions();
  std::vector<size_t> handed_over;
  for (const auto& [unit, of] : units) {
    if (!of.hand_over.name().empty()) handed_over.push_back(unit);
  }
  Faults faults;
  Reader reader(suite, provinces, faults);
  std::atomic<int64_t> targets = 0, revisions = 0, own_points = 0;
  InParallel(figures.size(), kAtOnce, [&](size_t i) {
    const auto& [at, of] = figures[i];
    const bool filed_once = of.revisions.size() == 1 && of.open.empty() && !of.doubled;
    if (filed_once && i % one_in != 0) return;
    ++targets;
    revisions += reader.CheckFigures(at.first, at.second, of);
  });
  InParallel(provinces.blocs().size(), kAtOnce,
             [&](size_t b) { own_points += reader.CheckOwnPoints(provinces.blocs()[b], units); });
  InParallel(handed_over.size(), kAtOnce,
             [&](size_t i) { reader.CheckHandOver(handed_over[i], units.at(handed_over[i])); });
  InParallel(versions.size(), kAtOnce,
             [&](size_t i) { reader.CheckRanking(versions[i].first, versions[i].second); });
  return {.faults = faults.all(),
          .targets = targets,
          .of_targets = static_cast<int64_t>(figures.size()),
          .revisions = revisions,
          .own_points = own_points,
          .hand_overs = static_cast<int64_t>(handed_over.size()),
          .rankings = static_cast<int64_t>(versions.size())};
}

}  // namespace thidua::load
