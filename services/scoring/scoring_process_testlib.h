// One life of the scoring process within a test: its parts on one database, as main puts them
// together, with whatever keeper stands for results-ingest. For tests.
#ifndef THIDUA_SERVICES_SCORING_SCORING_PROCESS_TESTLIB_H_
#define THIDUA_SERVICES_SCORING_SCORING_PROCESS_TESTLIB_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "services/platform/local_server_testlib.h"
#include "services/scoring/schema.h"
#include "services/scoring/service.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::scoring {

class ScoringProcess {
 public:
  ScoringProcess(const std::string& location, std::unique_ptr<PeriodKeeper> results)
      : board_([this](const Snapshot& shown) { return StandingsIn(*database_, *received_)(shown); },
               {.standing_bytes = 0}) {  // Nearly every standing is computed again.
    auto opened = storage::Database::Open(location, Schema());
    EXPECT_TRUE(opened.ok()) << opened.status();
    database_ = *std::move(opened);
    publisher_ = std::make_unique<Publisher>("", board_);
    received_ = std::make_unique<ReceivedPeriods>(*database_);
    stage_ = std::make_unique<Stage>(*database_, *received_, board_, *publisher_);
    EXPECT_TRUE(stage_->Recall().ok());
    finality_ = std::make_unique<Finality>(*database_, board_, *stage_, std::move(results));
    EXPECT_TRUE(finality_->Recall().ok());
    service_ = std::make_unique<ScoringService>(*database_, board_, *finality_);
    EXPECT_TRUE(service_->CheckComplete().ok());
    server_ = std::make_unique<platform::LocalServer>(*service_);
    stub_ = v1::ScoringService::NewStub(server_->NewChannel());
  }
  ~ScoringProcess() {
    board_.feed().Close();
    server_->Stop();
    finality_->Stop();
    publisher_->Stop();
  }
  ScoringProcess(const ScoringProcess&) = delete;
  ScoringProcess& operator=(const ScoringProcess&) = delete;

  v1::ScoringService::Stub& stub() { return *stub_; }
  storage::Database& database() { return *database_; }
  Board& board() { return board_; }
  const Board& board() const { return board_; }
  ReceivedPeriods& received() { return *received_; }
  Stage& stage() { return *stage_; }
  Finality& finality() { return *finality_; }

 private:
  std::unique_ptr<storage::Database> database_;
  Board board_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<ReceivedPeriods> received_;
  std::unique_ptr<Stage> stage_;
  std::unique_ptr<Finality> finality_;
  std::unique_ptr<ScoringService> service_;
  std::unique_ptr<platform::LocalServer> server_;
  std::unique_ptr<v1::ScoringService::Stub> stub_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_SCORING_PROCESS_TESTLIB_H_
