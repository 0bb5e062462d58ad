// The command `thidua`.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/cli/caller.h"
#include "services/cli/contracts.h"
#include "services/cli/load.h"
#include "services/cli/pages.h"
#include "services/cli/progress.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/platform/flags.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

ABSL_FLAG(std::string, registry, "127.0.0.1:7101", "HOST:PORT of registry (THIDUA_REGISTRY)");
ABSL_FLAG(std::string, results, "127.0.0.1:7102", "HOST:PORT of results-ingest (THIDUA_RESULTS)");
ABSL_FLAG(std::string, scoring, "127.0.0.1:7103", "HOST:PORT of scoring (THIDUA_SCORING)");
ABSL_FLAG(bool, json, false, "print the service's answer as JSON");
ABSL_FLAG(std::string, fresh, "", "freshness token: never answer from an older state");
ABSL_FLAG(absl::Duration, patience, absl::Seconds(30),
          "how long to wait for a service that is away");
ABSL_FLAG(int, count, 0, "end a stream after so many events; 0: when the service ends it");

namespace thidua::cli {
namespace {

constexpr char kUsage[] = R"(thidua LỆNH … – lệnh của bộ dịch vụ Thi Đua

  load THƯ-MỤC              gửi các yêu cầu trong *.json của thư mục (send a folder of requests)
  review KỲ                 sơ kết: từng chỉ tiêu so với tiến độ (mid-year review)
  ranking KỲ                xếp hạng và vì sao (ranking, with the reason for each place)
  scorecard KỲ [ĐƠN-VỊ]     phiếu điểm, cách tính từng điểm (derivation of every point)
  call RPC JSON|-           gọi một RPC bất kỳ, "-" đọc JSON từ stdin (any RPC)
  help                      trang này (this page)

  KỲ     blocs/{bloc}/pacts/{year}/periods/{period}
  ĐƠN-VỊ units/{unit}

  --json            trả lời nguyên văn bằng JSON (the answer as JSON)
  --fresh=MÃ        không nhận dữ liệu cũ hơn mã này (never older than this token)
  --patience=30s    chờ dịch vụ vắng mặt bao lâu (how long to wait for a service)
  --registry, --results, --scoring=HOST:PORT
                    hoặc (or) THIDUA_REGISTRY, THIDUA_RESULTS, THIDUA_SCORING

  Mã thoát (exit code): 0 xong (done) · 1 dịch vụ từ chối (refused) · 2 gọi sai (wrong usage or
  file) · 3 không liên lạc được (unreachable)
)";

enum ExitCode { kDone = 0, kRefused = 1, kWrongUsage = 2, kUnreachable = 3 };

int TerminalWidth() {
  constexpr int kUnknown = 100, kMin = 60, kMax = 160;
  int width = 0;
  const char* columns = std::getenv("COLUMNS");
  winsize size = {};
  if (columns == nullptr || !absl::SimpleAtoi(columns, &width)) {
    width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : kUnknown;
  }
  if (width == 0) width = kUnknown;
  return std::min(std::max(width, kMin), kMax);
}

void Print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

void PrintFaults(const std::vector<domain::Fault>& faults) {
  for (const domain::Fault& fault : faults) {
    std::fprintf(stderr, "%s%s%s: %s\n", fault.path.c_str(), fault.path.empty() ? "" : " ",
                 fault.reason.c_str(), fault.message.c_str());
  }
}

int Fail(const absl::Status& status) {
  const std::vector<domain::Fault> faults = domain::FaultsOf(status);
  PrintFaults(faults);
  if (faults.empty()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.code() == absl::StatusCode::kUnavailable ? kUnreachable : kRefused;
}

int FailUsage(absl::string_view what) {
  std::fprintf(stderr, "%s\n\n%s", std::string(what).c_str(), kUsage);
  return kWrongUsage;
}

int RunLoad(Caller& caller, const std::string& folder) {
  // Read first: a folder with a fault sends nothing.
  const absl::StatusOr<std::vector<FileRequest>> requests = ReadFolder(folder);
  if (!requests.ok()) {
    std::fprintf(stderr, "%s\n", std::string(requests.status().message()).c_str());
    return kWrongUsage;
  }
  Progress progress(isatty(STDERR_FILENO) != 0);
  const absl::StatusOr<LoadOutcome> outcome = Load(*requests, caller, progress);
  if (!outcome.ok()) return Fail(outcome.status());
  PrintFaults(outcome->rejected);
  if (absl::GetFlag(FLAGS_json)) {
    Print(absl::StrCat("{\"requests\": ", outcome->requests, ", \"freshnessToken\": \"",
                       outcome->freshness_token, "\"}\n"));
  } else {
    Print(absl::StrCat("Đã nạp ", outcome->requests, " yêu cầu từ ", folder, "\n"));
  }
  return outcome->rejected.empty() ? kDone : kRefused;
}

// One read of scoring, printed as a page or as JSON.
template <typename Request, typename Response>
absl::Status Show(Caller& caller, absl::string_view method, Request request,
                  std::string (*page)(const Response&, int width)) {
  request.set_freshness_token(absl::GetFlag(FLAGS_fresh));
  ASSIGN_OR_RETURN(const auto* descriptor, MethodNamed(method));
  ASSIGN_OR_RETURN(const auto answer, caller.Call(*descriptor, request));
  const auto& response = dynamic_cast<const Response&>(*answer);
  Print(absl::GetFlag(FLAGS_json) ? PrintJson(response) : page(response, TerminalWidth()));
  return absl::OkStatus();
}

absl::Status ShowReview(Caller& caller, const std::string& period) {
  scoring::v1::GetMidYearReviewRequest request;
  request.set_period(period);
  return Show(caller, "GetMidYearReview", request, &ReviewPage);
}

absl::Status ShowRanking(Caller& caller, const std::string& period) {
  scoring::v1::GetRankingRequest request;
  request.set_period(period);
  return Show(caller, "GetRanking", request, &RankingPage);
}

absl::Status ShowScorecard(Caller& caller, const std::string& period, const std::string& unit) {
  scoring::v1::GetScorecardRequest request;
  request.set_period(period);
  request.set_unit(unit);
  return Show(caller, "GetScorecard", request, &ScorecardPage);
}

absl::Status ShowAllScorecards(Caller& caller, const std::string& period) {
  scoring::v1::GetRankingRequest request;
  request.set_period(period);
  request.set_freshness_token(absl::GetFlag(FLAGS_fresh));
  ASSIGN_OR_RETURN(const auto* descriptor, MethodNamed("GetRanking"));
  ASSIGN_OR_RETURN(const auto answer, caller.Call(*descriptor, request));
  const auto& response = dynamic_cast<const scoring::v1::GetRankingResponse&>(*answer);
  bool first = true;
  for (const scoring::v1::RankingRow& row : response.ranking().rows()) {
    if (!first && !absl::GetFlag(FLAGS_json)) Print("\n");
    first = false;
    RETURN_IF_ERROR(ShowScorecard(caller, period, row.unit()));
  }
  return absl::OkStatus();
}

int RunCall(Caller& caller, const std::string& name, std::string json) {
  const auto method = MethodNamed(name);
  if (!method.ok()) return FailUsage(method.status().message());
  if (json == "-") {
    json.clear();
    for (int c = std::getchar(); c != EOF; c = std::getchar()) json += static_cast<char>(c);
  }
  const auto request = NewMessage(*(*method)->input_type());
  if (absl::Status read = ReadJson(json, *request); !read.ok()) return FailUsage(read.message());
  if ((*method)->server_streaming()) {
    int left = absl::GetFlag(FLAGS_count);
    const absl::Status ended =
        caller.Stream(**method, *request, [&left](const google::protobuf::Message& event) {
          Print(PrintJson(event, /*on_one_line=*/true));
          std::fflush(stdout);
          return --left != 0;
        });
    return ended.ok() ? kDone : Fail(ended);
  }
  const auto answer = caller.Call(**method, *request);
  if (!answer.ok()) return Fail(answer.status());
  Print(PrintJson(**answer));
  return kDone;
}

int Run(const std::vector<std::string>& words) {
  Caller caller(
      {absl::GetFlag(FLAGS_registry), absl::GetFlag(FLAGS_results), absl::GetFlag(FLAGS_scoring)},
      absl::GetFlag(FLAGS_patience));
  const size_t given = words.size();
  const std::string command = given > 0 ? words[0] : "";
  absl::Status status;
  if (command == "help") {
    Print(kUsage);
    return kDone;
  } else if (command == "load" && given == 2) {
    return RunLoad(caller, words[1]);
  } else if (command == "call" && given == 3) {
    return RunCall(caller, words[1], words[2]);
  } else if (command == "review" && given == 2) {
    status = ShowReview(caller, words[1]);
  } else if (command == "ranking" && given == 2) {
    status = ShowRanking(caller, words[1]);
  } else if (command == "scorecard" && given == 2) {
    status = ShowAllScorecards(caller, words[1]);
  } else if (command == "scorecard" && given == 3) {
    status = ShowScorecard(caller, words[1], words[2]);
  } else {
    return FailUsage(command.empty() ? "Thiếu lệnh." : absl::StrCat("Gọi sai: ", command));
  }
  return status.ok() ? kDone : Fail(status);
}

}  // namespace
}  // namespace thidua::cli

int main(int argc, char** argv) {
  namespace cli = thidua::cli;
  for (int i = 1; i < argc; ++i) {
    if (absl::string_view(argv[i]) == "--help") return cli::Run({"help"});
  }
  if (absl::Status status = thidua::platform::ReadFlagsFromEnvironment(); !status.ok()) {
    return cli::FailUsage(status.message());
  }
  const auto words = thidua::platform::ReadFlags(argc, argv);
  return words.ok() ? cli::Run(*words) : cli::FailUsage(words.status().message());
}
