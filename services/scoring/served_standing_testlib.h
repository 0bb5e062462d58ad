// The scoring service over periods put on its board by hand, with a results-ingest that remembers
// the versions it is told of. For tests of what is answered and never stored.
#ifndef THIDUA_SERVICES_SCORING_SERVED_STANDING_TESTLIB_H_
#define THIDUA_SERVICES_SCORING_SERVED_STANDING_TESTLIB_H_

#include <google/protobuf/text_format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/rational.h"
#include "services/platform/errors.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/refusal_testlib.h"
#include "services/scoring/finality.h"
#include "services/scoring/khoi4_2019_report_testlib.h"
#include "services/scoring/schema.h"
#include "services/scoring/scorecard_message.h"
#include "services/scoring/service.h"
#include "services/scoring/stage.h"
#include "services/storage/engines_testlib.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::scoring {

class RememberingKeeper : public PeriodKeeper {
 public:
  absl::StatusOr<ReceivedPeriod> Inputs(const std::string& period, int64_t version,
                                        absl::Time) override {
    if (away) {
      return platform::Refusal(absl::StatusCode::kUnavailable, "", "RESULTS_AWAY", "Mất liên lạc.");
    }
    const auto found = versions.find({period, version});
    if (found != versions.end()) return found->second;
    return platform::Refusal(absl::StatusCode::kNotFound, "version", "VERSION_UNKNOWN", "Chưa có.");
  }
  absl::StatusOr<results::v1::Seal> Seal(const results::v1::SealPeriodRequest&, const std::string&,
                                         absl::Time) override {
    return absl::UnimplementedError("nobody seals here");
  }
  absl::Status Reopen(const results::v1::ReopenPeriodRequest&, const std::string&,
                      absl::Time) override {
    return absl::UnimplementedError("nobody reopens here");
  }

  std::map<std::pair<std::string, int64_t>, ReceivedPeriod> versions;
  bool away = false;
};

class ServedStandingTest : public testing::Test {
 protected:
  ServedStandingTest() {
    auto database = storage::Database::Open(engine_.NewLocation(), Schema());
    EXPECT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
    auto keeper = std::make_unique<RememberingKeeper>();
    keeper_ = keeper.get();
    stage_.emplace(*database_, received_.emplace(*database_), board_, publisher_);
    finality_.emplace(*database_, board_, *stage_, std::move(keeper));
    service_ = std::make_unique<ScoringService>(*database_, board_, *finality_);
    EXPECT_TRUE(service_->CheckComplete().ok());
    server_ = std::make_unique<platform::LocalServer>(*service_);
    stub_ = v1::ScoringService::NewStub(server_->NewChannel());
    board_.SetInSight(true);
  }
  ~ServedStandingTest() override { server_->Stop(); }

  // As results-ingest has it by now.
  void Arrive(const ReceivedPeriod& received) {
    keeper_->versions[{received.inputs.name(), received.inputs.version()}] = received;
    board_.Put(khoi4_2019::StandingOf(received));
  }

  // "OK", or "INVALID_ARGUMENT overlay.results[0].target: TARGET_UNKNOWN" with every fault.
  template <typename Request, typename Response>
  std::string Ask(grpc::Status (v1::ScoringService::Stub::*method)(grpc::ClientContext*,
                                                                   const Request&, Response*),
                  const std::string& text, Response* response) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    grpc::ClientContext context;
    return platform::SaidInFull(((*stub_).*method)(&context, request, response));
  }

  storage::SqliteEngine engine_;
  std::unique_ptr<storage::Database> database_;
  Board board_;
  Publisher publisher_{"", board_};
  RememberingKeeper* keeper_ = nullptr;
  std::optional<ReceivedPeriods> received_;
  std::optional<Stage> stage_;
  std::optional<Finality> finality_;
  std::unique_ptr<ScoringService> service_;
  std::unique_ptr<platform::LocalServer> server_;
  std::unique_ptr<v1::ScoringService::Stub> stub_;
};

// The figure of one of the article's indicators, reported anew.
inline void Correct(ReceivedPeriod& received, int number, const std::string& value) {
  const std::string target =
      absl::StrCat(khoi4_2019::kPactName, "/targets/", domain::khoi4_2019::TargetId(number));
  for (results::v1::Result& result : *received.inputs.mutable_results()) {
    if (result.target() != target) continue;
    result.mutable_actual()->set_value(value);
    result.mutable_actual()->clear_text();
    result.clear_stated_percent();
    result.set_revision(result.revision() + 1);
  }
}

// What a decimal and the fraction beside it say together.
inline domain::Rational ExactOf(const std::string& decimal, const std::string& exact) {
  if (exact.empty()) return *domain::Decimal::Parse(decimal);
  const size_t slash = exact.find('/');
  if (slash == std::string::npos) return *domain::Decimal::Parse(exact);
  return domain::Rational(*domain::Decimal::Parse(exact.substr(0, slash))) /
         domain::Rational(*domain::Decimal::Parse(exact.substr(slash + 1)));
}

// The moves of each unit add up to its change, and that is what lies between the places.
inline void ExpectAddsUp(const v1::RankingComparison& comparison) {
  for (const v1::UnitComparison& unit : comparison.units()) {
    SCOPED_TRACE(unit.unit());
    domain::Rational moved = 0;
    for (const v1::PointsMove& move : unit.points_moves()) {
      moved += ExactOf(move.points(), move.points_exact());
    }
    EXPECT_EQ(moved, ExactOf(unit.change(), unit.change_exact()));
    const auto total = [](bool is_there, const v1::ComparedPlace& place) {
      return is_there ? ExactOf(place.total(), place.total_exact()) : domain::Rational(0);
    };
    EXPECT_EQ(moved,
              total(unit.has_after(), unit.after()) - total(unit.has_before(), unit.before()));
    int places = 0;
    for (const v1::RankMove& move : unit.rank_moves()) places += move.places();
    if (unit.before().rank() > 0 && unit.after().rank() > 0) {
      EXPECT_EQ(places, unit.before().rank() - unit.after().rank());
    }
    EXPECT_FALSE(unit.sentence().empty());
  }
}

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_SERVED_STANDING_TESTLIB_H_
