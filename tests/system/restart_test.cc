// Nothing that was answered is lost, nothing is doubled, and the ranking comes back right without
// help, whichever process dies and in whatever order they return.
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/system/suite.h"

namespace thidua::tests {
namespace {

constexpr int kCorrections = 150;
constexpr absl::Duration kPatience = absl::Seconds(60);

// What a ranking says, apart from when it was said, by which store, and in how many steps its data
// came there: a service that was away takes in several changes of a pact as one.
std::string Content(scoring::v1::Ranking ranking) {
  ranking.clear_period_version();
  ranking.clear_compute_time();
  ranking.clear_data_time();
  ranking.clear_revision();
  return ranking.DebugString();
}

// The real data, and after it many corrections of one figure, one request each: a load long enough
// to be hit in its middle.
std::filesystem::path LongLoad(const std::filesystem::path& folder) {
  const std::filesystem::path load = folder / "load";
  std::filesystem::create_directories(load);
  for (const auto& entry : std::filesystem::directory_iterator(Khoi4Folder())) {
    if (entry.path().extension() == ".json") {
      std::filesystem::copy(entry.path(), load / entry.path().filename());
    }
  }
  for (int i = 1; i <= kCorrections; ++i) {
    results::v1::PutResultsRequest request;
    request.set_period(kMidYear2019);
    auto& row = *request.add_rows();
    row.set_target(absl::StrCat(kPact2019, "/targets/giai-quyet-viec-lam"));
    row.mutable_actual()->set_value(absl::StrCat(17893 + i));
    row.set_correction_reason(absl::StrCat("Bổ sung lần ", i));
    std::string json;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(request, &json).ok());
    std::ofstream(load / absl::StrFormat("10-correction-%03d.json", i))
        << "{\"@type\": \"thidua.results.v1.PutResultsRequest\", " << json.substr(1);
  }
  return load;
}

void ExpectEveryRevisionOnce(Suite& suite) {
  results::v1::ListResultRevisionsRequest request;
  request.set_name(absl::StrCat(kMidYear2019, "/results/giai-quyet-viec-lam"));
  request.set_page_size(1000);
  results::v1::ListResultRevisionsResponse response;
  grpc::ClientContext context;
  const grpc::Status status = suite.results().ListResultRevisions(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), kCorrections + 1);
  for (int i = 0; i <= kCorrections; ++i) {
    const results::v1::Result& result = response.results(kCorrections - i);
    EXPECT_EQ(result.revision(), i + 1);
    EXPECT_EQ(result.actual().value(), absl::StrCat(17893 + i));
  }
}

TEST(RestartTest, KillingEachServiceDuringTheLoadLosesNothing) {
  std::string undisturbed;
  {
    Suite suite;
    const CommandOutcome load = suite.Command({"load", LongLoad(suite.folder()).string()});
    ASSERT_EQ(load.exit_code, 0) << load.err;
    ExpectEveryRevisionOnce(suite);
    undisturbed = Content(suite.FreshRanking());
  }

  Suite suite;
  const std::string folder = LongLoad(suite.folder()).string();
  const std::unique_ptr<Process> load = suite.StartCommand({"load", folder});
  int kills = 0;
  uintmax_t told = 0;
  while (load->running()) {
    const Suite::Service service = Suite::kServices[kills++ % 3];
    suite.Kill(service, SIGKILL);
    suite.Start(service);
    // The load tells of each file that it begins: the next blow falls after some more.
    while (load->running() && std::filesystem::file_size(suite.command_log()) < told + 200) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    told = std::filesystem::file_size(suite.command_log());
  }
  EXPECT_EQ(load->Wait(), 0);
  EXPECT_GE(kills, 6) << "each service was killed at least twice while the load ran";
  ExpectEveryRevisionOnce(suite);
  const scoring::v1::Ranking ranking = suite.FreshRanking();
  EXPECT_EQ(Content(ranking), undisturbed);
  EXPECT_EQ(Content(suite.PublishedRanking(ranking.revision())), undisturbed);
}

TEST(RestartTest, TheRankingComesBackInWhateverOrderTheyReturn) {
  Suite suite;
  const CommandOutcome load = suite.Command({"load", Khoi4Folder().string()});
  ASSERT_EQ(load.exit_code, 0) << load.err;
  const scoring::v1::Ranking before = suite.FreshRanking();
  std::vector<Suite::Service> order(std::begin(Suite::kServices), std::end(Suite::kServices));
  do {
    SCOPED_TRACE(absl::StrCat(order[0], order[1], order[2]));
    for (const Suite::Service service : Suite::kServices) suite.Kill(service, SIGKILL);
    for (const Suite::Service service : order) suite.Start(service);
    const absl::Time until = absl::Now() + kPatience;
    scoring::v1::GetRankingResponse after;
    do {
      after = suite.Ranking();
    } while (after.stale() && absl::Now() < until);
    EXPECT_FALSE(after.stale());
    EXPECT_EQ(Content(after.ranking()), Content(before));
    EXPECT_GE(after.ranking().revision(), before.revision());
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(RestartTest, ScoringAnswersFromWhatItKeptAndSaysThatItMayBeOvertaken) {
  Suite suite;
  ASSERT_EQ(suite.Command({"load", Khoi4Folder().string()}).exit_code, 0);
  const scoring::v1::Ranking before = suite.FreshRanking();
  suite.Kill(Suite::kScoring, SIGTERM);  // What it has only in memory it stores before it ends.
  suite.Kill(Suite::kResults, SIGKILL);
  suite.Start(Suite::kScoring);
  const scoring::v1::GetRankingResponse alone = suite.Ranking();
  EXPECT_TRUE(alone.stale());
  EXPECT_EQ(alone.ranking().revision(), before.revision());
  EXPECT_EQ(Content(alone.ranking()), Content(before));
  suite.Start(Suite::kResults);
  const absl::Time until = absl::Now() + kPatience;
  while (suite.Ranking().stale() && absl::Now() < until) {
  }
  EXPECT_FALSE(suite.Ranking().stale());
}

// A service that hangs keeps its connections: only its silence tells.
TEST(RestartTest, AServiceThatHangsIsNoticed) {
  Suite suite;
  ASSERT_EQ(suite.Command({"load", Khoi4Folder().string()}).exit_code, 0);
  suite.FreshRanking();
  ASSERT_FALSE(suite.Ranking().stale());
  suite.Signal(Suite::kResults, SIGSTOP);
  absl::Time until = absl::Now() + kPatience;
  while (!suite.Ranking().stale() && absl::Now() < until) {
  }
  EXPECT_TRUE(suite.Ranking().stale());
  suite.Signal(Suite::kResults, SIGCONT);
  until = absl::Now() + kPatience;
  while (suite.Ranking().stale() && absl::Now() < until) {
  }
  EXPECT_FALSE(suite.Ranking().stale());
}

TEST(RestartTest, RedisIsFilledAgainAfterAFlushAndAfterAnEmptyReturn) {
  Suite suite;
  ASSERT_EQ(suite.Command({"load", Khoi4Folder().string()}).exit_code, 0);
  const scoring::v1::Ranking ranking = suite.FreshRanking();
  suite.PublishedRanking(ranking.revision());

  EXPECT_EQ(suite.Redis({"FLUSHALL"}), "OK");
  EXPECT_EQ(Content(suite.PublishedRanking(ranking.revision())), Content(ranking));

  suite.KillRedis();
  EXPECT_EQ(Content(suite.Ranking().ranking()), Content(ranking)) << "Redis is not needed to read";
  suite.StartRedis();
  EXPECT_EQ(Content(suite.PublishedRanking(ranking.revision())), Content(ranking));
}

TEST(RestartTest, RubbishInRedisGivesWay) {
  Suite suite;
  ASSERT_EQ(suite.Command({"load", Khoi4Folder().string()}).exit_code, 0);
  const scoring::v1::Ranking ranking = suite.FreshRanking();
  suite.PublishedRanking(ranking.revision());
  const std::string key = "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:6-thang";
  suite.Redis({"SET", key, "rubbish"});
  suite.Redis({"SET", "thidua:pub:v1:changes", "rubbish"});
  suite.Redis({"HSET", "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:nam", "revision", "zzz"});
  EXPECT_EQ(Content(suite.PublishedRanking(ranking.revision())), Content(ranking));
}

// That a late writer brings no whole ranking back is told by scoring's publisher_test.
TEST(RestartTest, WhatPassesItselfOffAsNewerInRedisGivesWay) {
  Suite suite;
  ASSERT_EQ(suite.Command({"load", Khoi4Folder().string()}).exit_code, 0);
  const scoring::v1::Ranking ranking = suite.FreshRanking();
  suite.PublishedRanking(ranking.revision());
  const std::string key = "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:6-thang";
  std::string newer = ranking.revision();
  newer[0] = '9';
  suite.Kill(Suite::kScoring, SIGKILL);
  suite.Redis({"HSET", key, "revision", newer});
  suite.Start(Suite::kScoring);
  const absl::Time until = absl::Now() + kPatience;
  while (suite.Redis({"HGET", key, "revision"}) != ranking.revision() && absl::Now() < until) {
  }
  EXPECT_EQ(suite.Redis({"HGET", key, "revision"}), ranking.revision());
  EXPECT_EQ(Content(suite.PublishedRanking(ranking.revision())), Content(ranking));
}

TEST(RestartTest, WhatAReplacedStoreNoLongerHasIsForgotten) {
  Suite suite;
  ASSERT_EQ(suite.Command({"load", Khoi4Folder().string()}).exit_code, 0);
  suite.PublishedRanking(suite.FreshRanking().revision());
  for (const Suite::Service service : {Suite::kRegistry, Suite::kResults}) {
    suite.Kill(service, SIGKILL);
    std::filesystem::remove_all(suite.data_folder(service));
    suite.Start(service);
  }
  scoring::v1::GetRankingRequest request;
  request.set_period(kMidYear2019);
  absl::Time until = absl::Now() + kPatience;
  grpc::Status status;
  do {
    grpc::ClientContext context;
    scoring::v1::GetRankingResponse response;
    status = suite.scoring().GetRanking(&context, request, &response);
  } while (status.ok() && absl::Now() < until);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  until = absl::Now() + kPatience;
  while (suite.Redis({"EXISTS", "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:6-thang"}) != "0" &&
         absl::Now() < until) {
  }
  EXPECT_EQ(suite.Redis({"EXISTS", "thidua:pub:v1:ranking:{khoi-thi-dua-4/2019}:6-thang"}), "0");

  // And a new beginning works like the first.
  const CommandOutcome again = suite.Command({"load", Khoi4Folder().string()});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(suite.FreshRanking().rows(6).total(), "332.3");
}

TEST(RestartTest, SigtermEndsEachServiceInOrder) {
  Suite suite;
  for (const Suite::Service service : Suite::kServices) {
    EXPECT_EQ(suite.Kill(service, SIGTERM), 0);
    suite.Start(service);
  }
}

}  // namespace
}  // namespace thidua::tests
