#include "services/cli/watch.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "services/cli/rankings.h"
#include "services/cli/table.h"
#include "services/platform/caller.h"
#include "services/platform/errors.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::cli {
namespace {

using scoring::v1::ListRankingsRequest;
using scoring::v1::ListRankingsResponse;
using scoring::v1::Ranking;
using scoring::v1::WatchRankingsRequest;
using scoring::v1::WatchRankingsResponse;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/nam";

void AddRow(Ranking& ranking, int rank, const std::string& unit, const std::string& total) {
  auto& row = *ranking.add_rows();
  row.set_rank(rank);
  row.set_unit_display_name(unit);
  row.set_total(total);
}

Ranking RankingAt(const std::string& revision, int bloc = 4) {
  Ranking ranking;
  ranking.set_name(absl::StrCat("blocs/khoi-", bloc, "/pacts/2019/periods/nam/ranking"));
  ranking.set_bloc_display_name(absl::StrCat("Khối thi đua ", bloc));
  ranking.set_period_display_name("Năm 2019");
  ranking.set_state(Ranking::STATE_PROVISIONAL);
  ranking.set_revision(revision);
  AddRow(ranking, 1, "Sở Y tế", "332.3000");
  AddRow(ranking, 2, "Sở Du lịch", "300");
  return ranking;
}

WatchRankingsResponse Shows(const Ranking& ranking, const std::string& token = "") {
  WatchRankingsResponse event;
  *event.mutable_ranking()->mutable_ranking() = ranking;
  event.set_resume_token(token);
  return event;
}

WatchRankingsResponse Removed(const std::string& period) {
  WatchRankingsResponse event;
  event.set_removed(period);
  return event;
}

WatchRankingsResponse End(const std::string& token = "") {
  WatchRankingsResponse event;
  event.mutable_snapshot_end();
  event.set_resume_token(token);
  return event;
}

WatchRankingsResponse Bookmark(bool stale) {
  WatchRankingsResponse event;
  event.mutable_bookmark();
  event.set_stale(stale);
  return event;
}

const absl::Time kNow = absl::FromUnixSeconds(1578621600);  // 10/01/2020 09:00 in Vietnam.

TEST(RankingNewsTest, TellsEachChangeOnce) {
  RankingNews news;
  EXPECT_EQ(news.LinesOf(Shows(RankingAt("0001")), kNow),
            "10/01/2020 09:00:00  Khối thi đua 4 · Năm 2019 · TẠM TÍNH · dẫn đầu: Sở Y tế (332,3 "
            "điểm) · phiên bản 0001\n");
  EXPECT_THAT(news.LinesOf(End(), kNow), HasSubstr("Đang theo dõi 1 bảng xếp hạng"));
  EXPECT_EQ(news.LinesOf(Shows(RankingAt("0001")), kNow), "");
  EXPECT_EQ(news.LinesOf(Bookmark(false), kNow), "");
  EXPECT_EQ(news.LinesOf(End(), kNow), "") << "it went on from where it was";
  Ranking official = RankingAt("0002");
  official.set_state(Ranking::STATE_FINAL);
  official.mutable_rows(1)->set_rank(1);
  EXPECT_THAT(news.LinesOf(Shows(official), kNow),
              HasSubstr("CHÍNH THỨC · dẫn đầu: Sở Y tế (332,3 điểm), Sở Du lịch (300 điểm)"));
  official.set_revision("0003");
  official.clear_rows();
  official.set_bloc_display_name("Khối\x1B[31m 4");
  EXPECT_THAT(news.LinesOf(Shows(official), kNow),
              AllOf(HasSubstr("chưa xếp hạng đơn vị nào"), Not(HasSubstr("\x1B"))));
}

TEST(RankingNewsTest, TellsWhatMayBeOvertakenAndWhatHasGone) {
  RankingNews news;
  news.LinesOf(Shows(RankingAt("0001")), kNow);
  EXPECT_THAT(news.LinesOf(Bookmark(true), kNow), HasSubstr("CÓ THỂ CHƯA CẬP NHẬT"));
  EXPECT_EQ(news.LinesOf(Bookmark(true), kNow), "");
  EXPECT_THAT(news.LinesOf(Bookmark(false), kNow), HasSubstr("Đã kết nối lại"));
  EXPECT_THAT(news.LinesOf(Removed(kPeriod), kNow),
              HasSubstr(absl::StrCat("Khối thi đua 4 · Năm 2019 · KHÔNG CÒN HIỂN THỊ (", kPeriod)));
  EXPECT_EQ(news.LinesOf(Removed(kPeriod), kNow), "");
}

TEST(RankingNewsTest, WhatIsNotInAPresentStateThatComesAgainHasGone) {
  RankingNews news;
  news.LinesOf(Shows(RankingAt("0001", 4)), kNow);
  news.LinesOf(Shows(RankingAt("0001", 5)), kNow);
  news.LinesOf(End(), kNow);
  news.StartOver();
  EXPECT_EQ(news.LinesOf(Shows(RankingAt("0001", 5)), kNow), "");
  EXPECT_THAT(news.LinesOf(End(), kNow),
              AllOf(HasSubstr("Khối thi đua 4 · Năm 2019 · KHÔNG CÒN"), Not(HasSubstr("đua 5"))));
  EXPECT_EQ(news.LinesOf(End(), kNow), "");
}

TEST(RankingsPageTest, TellsWhoLeadsAndWhereToAsk) {
  ListRankingsResponse list;
  *list.add_rankings() = RankingAt("0001");
  *list.add_rankings() = RankingAt("0007", 5);
  list.mutable_rankings(0)->mutable_data_time()->set_seconds(1578621600);
  const std::string page = RankingsPage("", list, 80);
  EXPECT_THAT(page, AllOf(HasSubstr("tất cả: 2"), HasSubstr("dẫn đầu: Sở Y tế (332,3 điểm)"),
                          HasSubstr(kPeriod), HasSubstr("10/01/2020 09:00:00"), HasSubstr("0007"),
                          Not(HasSubstr("CÓ THỂ CHƯA CẬP NHẬT"))));
  for (absl::string_view line : absl::StrSplit(page, '\n')) EXPECT_LE(DisplayWidth(line), 80);
  list.set_stale(true);
  EXPECT_THAT(
      RankingsPage("blocs/-/pacts/2019/periods/nam", list, 80),
      AllOf(HasSubstr("blocs/-/pacts/2019/periods/nam: 2"), HasSubstr("CÓ THỂ CHƯA CẬP NHẬT")));
}

// Answers each watch by the next of its scripts, and is away when there is none.
class FakeScoring : public scoring::v1::ScoringService::Service {
 public:
  struct Script {
    std::vector<WatchRankingsResponse> events;
    grpc::Status ended;
  };

  FakeScoring() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  grpc::Status WatchRankings(grpc::ServerContext*, const WatchRankingsRequest* request,
                             grpc::ServerWriter<WatchRankingsResponse>* writer) override {
    const absl::MutexLock lock(&mutex_);
    asked.push_back(absl::StrCat(request->periods(), " from ", request->resume_token()));
    if (scripts.empty()) return Away();
    const Script script = scripts.front();
    scripts.pop_front();
    for (const WatchRankingsResponse& event : script.events) writer->Write(event);
    return script.ended;
  }
  grpc::Status ListRankings(grpc::ServerContext*, const ListRankingsRequest* request,
                            ListRankingsResponse* response) override {
    const bool first = request->page_token().empty();
    *response->add_rankings() = RankingAt(request->with_rows() ? "0001" : "", first ? 4 : 5);
    response->set_stale(!first);
    if (first) response->set_next_page_token("second");
    return grpc::Status::OK;
  }

  static grpc::Status Away() {
    return platform::ToGrpcStatus(
        platform::Refusal(absl::StatusCode::kUnavailable, "", "SHUTTING_DOWN", "Đang dừng."));
  }
  static grpc::Status Restarted() {
    return platform::ToGrpcStatus(platform::Refusal(absl::StatusCode::kOutOfRange, "",
                                                    "RESUME_TOKEN_UNKNOWN", "Xin làm lại."));
  }

  std::deque<Script> scripts;
  std::vector<std::string> asked;

 private:
  absl::Mutex mutex_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// The command's outcome and what it prints.
std::string RunCommand(const FakeScoring& scoring, const std::string& arguments) {
  std::string text;
  FILE* const pipe = popen(absl::StrCat("COLUMNS=100 ", THIDUA_COMMAND,
                                        " --scoring=", scoring.address(), " ", arguments, " 2>&1")
                               .c_str(),
                           "r");
  for (int c = std::getc(pipe); c != EOF; c = std::getc(pipe)) text += static_cast<char>(c);
  return absl::StrCat(WEXITSTATUS(pclose(pipe)), "\n", text);
}

TEST(WatchCommandTest, GoesOnFromTheLastEventAndStartsOverAtAnotherProcess) {
  FakeScoring scoring;
  scoring.scripts = {
      {{Shows(RankingAt("0001"), "one"), End("two")}, FakeScoring::Away()},
      {{Shows(RankingAt("0002"), "three")}, grpc::Status::CANCELLED},
      {{}, FakeScoring::Restarted()},
      {{Shows(RankingAt("0002"), "I"), Shows(RankingAt("0001", 5), "II")}, FakeScoring::Away()},
      {{End("III")}, FakeScoring::Away()},
      {{Removed(kPeriod)}, grpc::Status::OK},
  };
  const std::string told = RunCommand(scoring, "watch blocs/-/pacts/-/periods/nam --count=5");
  EXPECT_THAT(
      scoring.asked,
      ElementsAre("blocs/-/pacts/-/periods/nam from ", "blocs/-/pacts/-/periods/nam from two",
                  "blocs/-/pacts/-/periods/nam from three", "blocs/-/pacts/-/periods/nam from ",
                  "blocs/-/pacts/-/periods/nam from II", "blocs/-/pacts/-/periods/nam from III"));
  std::vector<std::string> news;
  for (absl::string_view line : absl::StrSplit(told, '\n')) {
    for (absl::string_view part :
         {"phiên bản 0001", "phiên bản 0002", "Đang theo dõi 1", "KHÔNG CÒN", "Mất liên lạc"}) {
      if (line.find(part) != absl::string_view::npos) news.emplace_back(part);
    }
  }
  EXPECT_THAT(news, ElementsAre("phiên bản 0001", "Đang theo dõi 1", "Mất liên lạc",
                                "phiên bản 0002", "Mất liên lạc", "phiên bản 0001", "Mất liên lạc",
                                "Mất liên lạc", "KHÔNG CÒN"));
  EXPECT_THAT(told, testing::StartsWith("0\n"));
}

TEST(WatchCommandTest, EndsWithACodeThatSaysWhy) {
  FakeScoring scoring;
  scoring.scripts = {
      {{},
       platform::ToGrpcStatus(platform::Refusal(absl::StatusCode::kInvalidArgument, "periods",
                                                "PATTERN_INVALID", "Không chỉ ra được kỳ nào."))}};
  EXPECT_THAT(RunCommand(scoring, "watch x"), testing::StartsWith("1\nperiods PATTERN_INVALID"));
  EXPECT_THAT(RunCommand(scoring, "watch --patience=10ms"), testing::StartsWith("3\n"));
  EXPECT_THAT(RunCommand(scoring, "watch x y"), testing::StartsWith("2\n"));
}

TEST(WatchCommandTest, PrintsEventsAsJsonAndListsAllPages) {
  FakeScoring scoring;
  scoring.scripts = {{{Shows(RankingAt("0001"), "one")}, FakeScoring::Away()}};
  EXPECT_THAT(RunCommand(scoring, "watch --json --count=1"), HasSubstr(R"("resumeToken":"one")"));
  EXPECT_THAT(
      RunCommand(scoring, "rankings"),
      AllOf(testing::StartsWith("0\n"), HasSubstr("tất cả: 2"), HasSubstr("khoi-4"),
            HasSubstr("khoi-5"), HasSubstr("dẫn đầu: Sở Y tế"), HasSubstr("CÓ THỂ CHƯA CẬP NHẬT")));
  EXPECT_THAT(RunCommand(scoring, "rankings --json"), HasSubstr(R"("rankings")"));
}

}  // namespace
}  // namespace thidua::cli
