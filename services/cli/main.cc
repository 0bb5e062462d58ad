// The command `thidua`.
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/cli/audit.h"
#include "services/cli/awards.h"
#include "services/cli/compare.h"
#include "services/cli/effort.h"
#include "services/cli/extract.h"
#include "services/cli/finality.h"
#include "services/cli/import_command.h"
#include "services/cli/ineligible.h"
#include "services/cli/load.h"
#include "services/cli/pages.h"
#include "services/cli/progress.h"
#include "services/cli/rankings.h"
#include "services/cli/report.h"
#include "services/cli/scheme_file.h"
#include "services/cli/simulate.h"
#include "services/cli/thousands.h"
#include "services/cli/token_file.h"
#include "services/cli/watch.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/platform/caller.h"
#include "services/platform/contracts.h"
#include "services/platform/flags.h"
#include "services/platform/tls.h"
#include "services/result_files/evidence.h"
#include "services/result_files/export.h"
#include "services/result_files/file_fault.h"
#include "thidua/registry/v1/registry_service.pb.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

ABSL_FLAG(std::string, registry, "127.0.0.1:7101", "HOST:PORT of registry (THIDUA_REGISTRY)");
ABSL_FLAG(std::string, results, "127.0.0.1:7102", "HOST:PORT of results-ingest (THIDUA_RESULTS)");
ABSL_FLAG(std::string, scoring, "127.0.0.1:7103", "HOST:PORT of scoring (THIDUA_SCORING)");
ABSL_FLAG(std::string, token_file, "",
          "file with the token to call with, read at each call (THIDUA_TOKEN_FILE)");
ABSL_FLAG(bool, json, false, "print the service's answer as JSON");
ABSL_FLAG(std::string, fresh, "", "freshness token: never answer from an older state");
ABSL_FLAG(absl::Duration, patience, absl::Seconds(30),
          "how long to wait for a service that is away");
ABSL_FLAG(std::string, csv, "", "extract: write the proposals into this table");
ABSL_FLAG(std::string, period, "", "import: the period of rows that name none");
ABSL_FLAG(std::string, sheet, "", "import: the workbook's sheet; empty: the first");
ABSL_FLAG(std::string, columns, "", "import: columns by letter, \"Kết quả=D,Đơn vị=A\"");
ABSL_FLAG(std::string, import, "", "import: its id; empty: made from the file");
ABSL_FLAG(std::string, errors, "", "import: write what is to be mended into this workbook");
ABSL_FLAG(bool, commit, false, "import: store the plan when no row is rejected");
ABSL_FLAG(bool, skip_rejected, false, "import: store the others when rows are rejected");
ABSL_FLAG(bool, store, false, "import: store row by row, without a plan");
ABSL_FLAG(std::string, reason, "", "finalise, revoke, ineligible: why; vote: of a correction");
ABSL_FLAG(std::string, authority, "",
          "finalise, revoke, ineligible, awards propose, vote: by which document");
ABSL_FLAG(
    std::string, revision, "",
    "finalise, revoke, awards propose: the ranking that was seen; ranking, scorecard: a final "
    "of the record");
ABSL_FLAG(bool, validate_only, false,
          "finalise, revoke, ineligible, awards propose, vote: only tell what would become of it");
ABSL_FLAG(std::string, docx, "", "report: write it into this Word file");
ABSL_FLAG(std::string, html, "", "report: write it into this HTML file");
ABSL_FLAG(std::string, checkpoints, "",
          "audit verify: checkpoints kept elsewhere, as audit checkpoints --json prints them");
ABSL_FLAG(int, count, 0,
          "call: end a stream after so many events; watch: after so many that are told; 0: never");

namespace thidua::cli {
namespace {

constexpr char kUsage[] = R"(thidua LỆNH … – lệnh của bộ dịch vụ Thi Đua

  load THƯ-MỤC              gửi các yêu cầu trong *.json của thư mục (send a folder of requests)
  review KỲ                 sơ kết: từng chỉ tiêu so với tiến độ (mid-year review)
  ranking KỲ                xếp hạng và vì sao (ranking, with the reason for each place)
  rankings [MẪU]            các bảng xếp hạng và ai dẫn đầu (rankings, and who leads)
  watch [MẪU]               theo dõi, báo từng thay đổi (tell each change of rankings)
  scorecard KỲ [ĐƠN-VỊ]     phiếu điểm, cách tính từng điểm (derivation of every point)
  compare TRƯỚC [SAU]       vì sao điểm và hạng thay đổi; bỏ trống SAU: hiện nay
                            (why points and ranks moved; without SAU: since then)
  simulate KỲ GIẢ-ĐỊNH…     xếp hạng nếu khác đi, không lưu gì (what if; stores nothing)
  effort KỲ ĐƠN-VỊ MỤC-TIÊU [CHỈ-TIÊU]
                            đơn vị cần thêm gì để tới mục tiêu (what a unit needs to get there)
  finalise KỲ               chốt xếp hạng năm thành kết quả chính thức, khóa sổ kỳ
                            (make a year's ranking final and seal the period)
  revoke KỲ                 thu hồi kết quả chính thức, mở lại kỳ (revoke a final, reopen)
  history KỲ                mọi lần chốt và thu hồi (every final, revoked ones too)
  report KỲ                 báo cáo sơ kết, tổng kết mới nhất; lập dự thảo nếu chưa có
                            (the newest report; drafts one when there is none)
  awards KỲ|ĐỀ-NGHỊ         đề nghị khen thưởng mới nhất, hoặc xem trước (who is put forward)
  awards propose KỲ [ĐỀ-NGHỊ]
                            lập đề nghị theo kết quả chính thức, thay đề nghị đã lập nếu nêu tên
                            (propose by the final, in the place of another)
  vote ĐỀ-NGHỊ DANH-HIỆU ĐƠN-VỊ ĐỒNG-Ý KHÔNG TRẮNG
                            ghi kết quả kiểm phiếu (record votes: yes, no, blank)
  ineligible GIAO-ƯỚC [ĐƠN-VỊ]
                            đơn vị không được xét khen thưởng (who is not considered)
  ineligible record GIAO-ƯỚC ĐƠN-VỊ
                            ghi nhận, không đổi điểm và hạng (put on record; no point changes)
  ineligible lift TÊN       gỡ ghi nhận, vẫn lưu (lift it; it stays on record)
  scheme check TỆP          kiểm tra tệp thang bảng điểm (check a scheme file)
  scheme diff A B           thang bảng điểm khác nhau ở đâu (what differs between two schemes)
  scheme draft MÃ TỆP       ghi bản dự thảo (write the draft of the next version)
  scheme import MÃ TỆP      công bố tệp thành phiên bản kế tiếp (publish a file)
  scheme publish MÃ         công bố bản dự thảo (publish the draft)
  scheme export THANG [TỆP] lấy thang bảng điểm ra tệp (write a scheme into a file)
  extract TỆP|-             đề xuất số liệu từ văn bản báo cáo, để người xác nhận; không lưu gì
                            (propose figures from a report's text; stores nothing)
  import TỆP                nhập bảng kết quả *.xlsx, *.csv: lập dự kiến để xem, chưa lưu
                            (plan what a table of results would become; stores nothing)
  import commit MÃ          lưu dự kiến đã xem (store a plan)
  export KỲ TỆP             lấy kết quả ra bảng, sửa rồi nhập lại được (results as a table)
  evidence put GIAO-ƯỚC ĐƠN-VỊ TỆP
                            gửi minh chứng (store a document)
  evidence get TÊN TỆP      lấy minh chứng (fetch a document)
  audit list DỊCH-VỤ [GỐC]  ai đã làm gì, trước và sau ra sao (who did what)
  audit verify DỊCH-VỤ|TỆP  kiểm tra nhật ký không bị sửa, bớt, thêm, đổi chỗ; và dữ liệu đang lưu
                            (that nothing was changed, removed or put in behind the service)
  audit export DỊCH-VỤ TỆP [GỐC]
                            lấy toàn bộ nhật ký ra tệp (all of it into a file)
  audit checkpoints DỊCH-VỤ các mốc; nên lưu ở nơi khác (to be kept elsewhere)
  call RPC JSON|-           gọi một RPC bất kỳ, "-" đọc JSON từ stdin (any RPC)
  help                      trang này (this page)

  KỲ     blocs/{bloc}/pacts/{year}/periods/{period}
  MẪU    như KỲ, phần nào cũng có thể là "-": tất cả (any part may be "-", for all)
  ĐƠN-VỊ units/{unit}
  TỆP    *.json, *.textproto; của import, export: *.xlsx, *.csv
  GIAO-ƯỚC, TÊN: blocs/{bloc}/pacts/{year}, blocs/{bloc}/pacts/{year}/evidence/{sha256};
         của ineligible: blocs/{bloc}/pacts/{year}/ineligibilities/{number}
  ĐỀ-NGHỊ blocs/{bloc}/pacts/{year}/periods/{period}/awardProposals/{number}
  TRƯỚC, SAU KỲ, KỲ@PHIÊN-BẢN-SỐ-LIỆU hoặc (or) KỲ@PHIÊN-BẢN-CHÍNH-THỨC
  GIẢ-ĐỊNH chi-tieu-1=36.000 · target:chi-tieu-1=30.000 · scheme=TỆP · TỆP.json (RankingOverlay)
  MỤC-TIÊU target · rank=2 · percent=95 · points=600
  THANG  schemes/{scheme}/versions/{version} hoặc (or) schemes/{scheme}/draft
  A, B   TỆP hoặc (or) THANG
  DỊCH-VỤ registry · results · scoring
  GỐC    units/{unit}, blocs/{bloc}, blocs/{bloc}/pacts/{year}, schemes/{scheme}, …

  --json            trả lời nguyên văn bằng JSON (the answer as JSON)
  --docx=TỆP.docx, --html=TỆP.html
                    report: ghi ra tệp thay vì in (into a file instead of printing it)
  --csv=TỆP.csv     extract: ghi bảng đề xuất, cột “Xác nhận” để trống (write them as a table)
  --period=KỲ       import: kỳ của các dòng không ghi kỳ (of rows that name none)
  --sheet=TÊN       import: trang tính; bỏ trống: trang đầu (sheet of a workbook)
  --columns="Kết quả=D,Đơn vị=A"
                    import: chỉ rõ cột nào là gì (which column is what)
  --commit          import: lưu ngay nếu không dòng nào bị từ chối (store when none is rejected)
  --skip_rejected   import: lưu các dòng đúng, bỏ dòng bị từ chối (store the others)
  --errors=TỆP.xlsx import: ghi bảng có đánh dấu lỗi (a copy with every fault marked)
  --import=MÃ       import: mã lần nhập; bỏ trống: theo nội dung tệp (id of the import)
  --store           import: lưu từng dòng, không lập dự kiến (without a plan)
  --reason="…" --authority="…"
                    finalise, revoke, ineligible: lý do và căn cứ, bắt buộc (why, by which document);
                    awards propose: căn cứ; vote: biên bản kiểm phiếu, và lý do nếu sửa lại
                    (the record of the session, and why it is corrected)
  --revision=MÃ     finalise, revoke, awards propose: bản đã xem; bỏ trống: bản hiện tại (the one
                    seen); ranking, scorecard: một lần chốt đã lưu (a final of the record)
  --validate_only   finalise, revoke, ineligible, awards propose, vote: chỉ xem trước
                    (only tell what would become of it)
  --checkpoints=TỆP audit verify: so với các mốc đã lưu riêng (against checkpoints kept elsewhere)
  --fresh=MÃ        không nhận dữ liệu cũ hơn mã này (never older than this token)
  --patience=30s    chờ dịch vụ vắng mặt bao lâu (how long to wait for a service)
  --registry, --results, --scoring=HOST:PORT
                    hoặc (or) THIDUA_REGISTRY, THIDUA_RESULTS, THIDUA_SCORING
  --tls_ca=TỆP.pem  gọi qua TLS; chứng thư của dịch vụ phải do CA này cấp (call by TLS; the services'
                    certificates have to be of this CA; THIDUA_TLS_CA)
  --tls_certificate=TỆP.pem, --tls_key=TỆP.pem
                    chứng thư của người gọi (the caller's own; THIDUA_TLS_CERTIFICATE,
                    THIDUA_TLS_KEY)
  --token_file=TỆP  tệp chứa mã đăng nhập, được đọc lại ở mỗi lần gọi; hoặc THIDUA_TOKEN_FILE
                    (a file with the token to call with, read again at each call)
  --allow_plaintext_outside_loopback
                    vẫn gửi mã đăng nhập tới máy khác khi không có --tls_ca (send the token to
                    other machines without TLS all the same)

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

int RunLoad(platform::Caller& caller, const std::string& folder) {
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
absl::Status Show(platform::Caller& caller, absl::string_view method, Request request,
                  std::string (*page)(const Response&, int width)) {
  request.set_freshness_token(absl::GetFlag(FLAGS_fresh));
  ASSIGN_OR_RETURN(const auto* descriptor, platform::MethodNamed(method));
  ASSIGN_OR_RETURN(const auto answer, caller.Call(*descriptor, request));
  const auto& response = dynamic_cast<const Response&>(*answer);
  Print(absl::GetFlag(FLAGS_json) ? platform::PrintJson(response)
                                  : page(response, TerminalWidth()));
  return absl::OkStatus();
}

absl::Status ShowReview(platform::Caller& caller, const std::string& period) {
  scoring::v1::GetMidYearReviewRequest request;
  request.set_period(period);
  return Show(caller, "GetMidYearReview", request, &ReviewPage);
}

absl::Status ShowRanking(platform::Caller& caller, const std::string& period) {
  scoring::v1::GetRankingRequest request;
  request.set_period(period);
  request.set_revision(absl::GetFlag(FLAGS_revision));
  return Show(caller, "GetRanking", request, &RankingPage);
}

absl::Status ShowScorecard(platform::Caller& caller, const std::string& period,
                           const std::string& unit) {
  scoring::v1::GetScorecardRequest request;
  request.set_period(period);
  request.set_unit(unit);
  request.set_revision(absl::GetFlag(FLAGS_revision));
  return Show(caller, "GetScorecard", request, &ScorecardPage);
}

absl::Status ShowAllScorecards(platform::Caller& caller, const std::string& period) {
  scoring::v1::GetRankingRequest request;
  request.set_period(period);
  request.set_freshness_token(absl::GetFlag(FLAGS_fresh));
  request.set_revision(absl::GetFlag(FLAGS_revision));
  ASSIGN_OR_RETURN(const auto* descriptor, platform::MethodNamed("GetRanking"));
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

absl::Status ShowComparison(platform::Caller& caller, const std::string& before,
                            const std::string& after) {
  scoring::v1::CompareRankingsRequest request;
  *request.mutable_before() = ReadMoment(before);
  *request.mutable_after() = ReadMoment(after);
  return Show(caller, "CompareRankings", request, &ComparisonPage);
}

int RunWatch(platform::Caller& caller, const std::string& periods) {
  scoring::v1::WatchRankingsRequest request;
  request.set_periods(periods);
  RankingNews news;
  int left = absl::GetFlag(FLAGS_count);
  bool away = false;
  platform::Caller::Following following;
  following.each = [&](const google::protobuf::Message& event) {
    if (away) std::fprintf(stderr, "Đã liên lạc lại với dịch vụ chấm điểm.\n");
    away = false;
    const std::string lines =
        news.LinesOf(dynamic_cast<const scoring::v1::WatchRankingsResponse&>(event), absl::Now());
    if (lines.empty()) return true;
    Print(absl::GetFlag(FLAGS_json) ? platform::PrintJson(event, /*on_one_line=*/true) : lines);
    std::fflush(stdout);
    return --left != 0;
  };
  following.start_over = [&] { news.StartOver(); };
  following.on_wait = [&] {
    if (!away) std::fprintf(stderr, "Mất liên lạc với dịch vụ chấm điểm; đang thử lại.\n");
    away = true;
  };
  const absl::Status ended = caller.Follow(request, following);
  return ended.ok() ? kDone : Fail(ended);
}

FinalityWish WishFor(const std::string& period) {
  return {period, absl::GetFlag(FLAGS_revision), absl::GetFlag(FLAGS_reason),
          absl::GetFlag(FLAGS_authority), absl::GetFlag(FLAGS_validate_only)};
}

absl::Status RunFinalise(platform::Caller& caller, const std::string& period) {
  ASSIGN_OR_RETURN(const auto made, FinaliseRanking(WishFor(period), caller));
  Print(absl::GetFlag(FLAGS_json) ? platform::PrintJson(made)
                                  : FinalisedPage(made, TerminalWidth()));
  return absl::OkStatus();
}

absl::Status RunRevoke(platform::Caller& caller, const std::string& period) {
  ASSIGN_OR_RETURN(const auto revoked, RevokeFinal(WishFor(period), caller));
  Print(absl::GetFlag(FLAGS_json) ? platform::PrintJson(revoked)
                                  : RevokedPage(revoked, TerminalWidth()));
  return absl::OkStatus();
}

absl::Status ShowHistory(platform::Caller& caller, const std::string& period) {
  ASSIGN_OR_RETURN(const auto history, RankingHistory(period, caller));
  Print(absl::GetFlag(FLAGS_json) ? platform::PrintJson(history)
                                  : HistoryPage(period, history, TerminalWidth()));
  return absl::OkStatus();
}

// The answer as a page, or as JSON.
template <typename Message>
absl::Status PrintAnswer(const Message& answer, const std::string& page) {
  Print(absl::GetFlag(FLAGS_json) ? platform::PrintJson(answer) : page);
  return absl::OkStatus();
}

absl::Status ShowRankings(platform::Caller& caller, const std::string& periods) {
  ASSIGN_OR_RETURN(const auto list, ListRankings(periods, caller));
  return PrintAnswer(list, RankingsPage(periods, list, TerminalWidth()));
}

absl::Status ShowAwards(platform::Caller& caller, const std::string& name) {
  ASSIGN_OR_RETURN(const ShownAwards shown, FindAwards(name, absl::GetFlag(FLAGS_fresh), caller));
  return PrintAnswer(shown.proposal, AwardsPage(shown, TerminalWidth()));
}

absl::Status RunPropose(platform::Caller& caller, const std::string& period,
                        const std::string& replaces) {
  ASSIGN_OR_RETURN(const auto made, ProposeAwards({period, absl::GetFlag(FLAGS_revision),
                                                   absl::GetFlag(FLAGS_authority), replaces,
                                                   absl::GetFlag(FLAGS_validate_only)},
                                                  caller));
  return PrintAnswer(made, ProposedPage(made, TerminalWidth()));
}

absl::Status RunVote(platform::Caller& caller, const std::vector<std::string>& words) {
  ASSIGN_OR_RETURN(const auto made,
                   RecordVotes({words[1], words[2], words[3], words[4], words[5], words[6],
                                absl::GetFlag(FLAGS_authority), absl::GetFlag(FLAGS_reason),
                                absl::GetFlag(FLAGS_validate_only)},
                               caller));
  return PrintAnswer(made, VotesPage(made, TerminalWidth()));
}

absl::Status ShowIneligibilities(platform::Caller& caller, const std::string& pact,
                                 const std::string& unit) {
  ASSIGN_OR_RETURN(const auto list, ListIneligibilities(pact, unit, caller));
  return PrintAnswer(list, IneligibilitiesPage(pact, list, TerminalWidth()));
}

absl::Status RunIneligible(platform::Caller& caller, const std::vector<std::string>& words) {
  IneligibilityWish wish;
  wish.reason = absl::GetFlag(FLAGS_reason);
  wish.authority = absl::GetFlag(FLAGS_authority);
  wish.validate_only = absl::GetFlag(FLAGS_validate_only);
  if (words[1] == "lift") {
    wish.name = words[2];
    ASSIGN_OR_RETURN(const auto lifted, LiftIneligibility(wish, caller));
    return PrintAnswer(lifted, IneligibilityPage(lifted.ineligibility(), lifted.freshness_token(),
                                                 TerminalWidth()));
  }
  wish.pact = words[2];
  wish.unit = words[3];
  ASSIGN_OR_RETURN(const auto made, RecordIneligibility(wish, caller));
  return PrintAnswer(
      made, IneligibilityPage(made.ineligibility(), made.freshness_token(), TerminalWidth()));
}

// A scheme from a file or, by its name, from the registry.
absl::StatusOr<registry::v1::Scheme> FindScheme(platform::Caller& caller,
                                                const std::string& place) {
  if (!absl::StartsWith(place, "schemes/")) return ReadSchemeFile(place);
  if (absl::EndsWith(place, "/draft")) {
    registry::v1::GetSchemeDraftRequest request;
    request.set_name(place);
    ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
    return dynamic_cast<const registry::v1::GetSchemeDraftResponse&>(*answer).draft().scheme();
  }
  registry::v1::GetSchemeRequest request;
  request.set_name(place);
  ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
  return dynamic_cast<const registry::v1::GetSchemeResponse&>(*answer).scheme();
}

int FailFile(const absl::Status& status) {
  if (result_files::IsAboutTheFile(status)) {
    Fail(status);
    return kWrongUsage;
  }
  // The services' refusals have faults; what else is wrong is wrong with the file.
  if (!domain::FaultsOf(status).empty() || absl::IsUnavailable(status)) return Fail(status);
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return kWrongUsage;
}

int CheckSchemeFile(const std::string& file) {
  const auto scheme = ReadSchemeFile(file);
  if (!scheme.ok()) return FailFile(scheme.status());
  std::vector<domain::Fault> faults = CheckScheme(*scheme);
  for (domain::Fault& fault : faults) {
    // A person finds a criterion by its name, sooner than by counting.
    const std::string name = domain::Excerpt(CriterionNameAt(*scheme, fault.path));
    if (!name.empty() && !absl::StrContains(fault.message, name)) {
      fault.message = absl::StrCat("tiêu chí “", name, "”: ", fault.message);
    }
  }
  PrintFaults(faults);
  const ExamplesHeld examples = CountExamples(*scheme, faults);
  const std::string held = ExamplesSentence(examples);
  if (!faults.empty()) {
    // Of what has other faults none was tried.
    if (examples.held > 0) std::fprintf(stderr, "%s\n", held.c_str());
    return kRefused;
  }
  Print(absl::StrCat("Thang bảng điểm “", scheme->display_name(), "” không có lỗi. ", held, "\n"));
  return kDone;
}

int ShowSchemeDiff(platform::Caller& caller, const std::string& a, const std::string& b) {
  const auto before = FindScheme(caller, a);
  if (!before.ok()) return FailFile(before.status());
  const auto after = FindScheme(caller, b);
  if (!after.ok()) return FailFile(after.status());
  const std::string differences = DiffSchemes(*before, *after);
  Print(differences.empty() ? "Không có gì khác.\n" : differences);
  return kDone;
}

int ExportScheme(platform::Caller& caller, const std::string& name, const std::string& file) {
  const auto form = file.empty() ? absl::StatusOr<SchemeForm>(SchemeForm::kText) : FormOf(file);
  if (!form.ok()) return FailFile(form.status());
  const auto scheme = FindScheme(caller, name);
  if (!scheme.ok()) return FailFile(scheme.status());
  const std::string text = PrintScheme(*scheme, *form);
  if (file.empty()) {
    Print(text);
    return kDone;
  }
  std::ofstream stream(file);
  stream << text;
  stream.close();
  if (stream) return kDone;
  std::fprintf(stderr, "không ghi được tệp %s\n", file.c_str());
  return kWrongUsage;
}

// What is sent is what was meant: to a service "1.000" is one.
absl::StatusOr<registry::v1::Scheme> ReadSchemeToSend(const std::string& file) {
  ASSIGN_OR_RETURN(registry::v1::Scheme scheme, ReadSchemeFile(file));
  absl::Status numbers = domain::FaultsToStatus(AmbiguousNumbers(scheme));
  if (!numbers.ok()) return result_files::AboutTheFile(std::move(numbers));
  return scheme;
}

int DraftScheme(platform::Caller& caller, const std::string& id, const std::string& file) {
  const auto scheme = ReadSchemeToSend(file);
  if (!scheme.ok()) return FailFile(scheme.status());
  registry::v1::PutSchemeDraftRequest request;
  request.set_scheme_id(id);
  *request.mutable_scheme() = *scheme;
  const auto answer = caller.Call(request);
  if (!answer.ok()) return Fail(answer.status());
  const auto& response = dynamic_cast<const registry::v1::PutSchemeDraftResponse&>(**answer);
  for (const registry::v1::SchemeFault& fault : response.faults()) {
    std::fprintf(stderr, "%s %s: %s\n", fault.field().c_str(), fault.reason().c_str(),
                 fault.message().c_str());
  }
  Print(absl::StrCat(response.draft().name(), "  etag ", response.draft().etag(), "\n"));
  return kDone;
}

// Without a file: the draft.
int PublishScheme(platform::Caller& caller, const std::string& id, const std::string& file) {
  registry::v1::PublishSchemeRequest request;
  request.set_scheme_id(id);
  if (!file.empty()) {
    const auto scheme = ReadSchemeToSend(file);
    if (!scheme.ok()) return FailFile(scheme.status());
    *request.mutable_scheme() = *scheme;
  }
  const auto answer = caller.Call(request);
  if (!answer.ok()) return Fail(answer.status());
  const auto& scheme = dynamic_cast<const registry::v1::PublishSchemeResponse&>(**answer).scheme();
  Print(absl::StrCat(scheme.name(), "  sha256 ", scheme.digest(), "\n"));
  return kDone;
}

int RunScheme(platform::Caller& caller, const std::vector<std::string>& words) {
  const size_t given = words.size();
  const std::string what = given > 1 ? words[1] : "";
  if (what == "check" && given == 3) return CheckSchemeFile(words[2]);
  if (what == "diff" && given == 4) return ShowSchemeDiff(caller, words[2], words[3]);
  if (what == "draft" && given == 4) return DraftScheme(caller, words[2], words[3]);
  if (what == "import" && given == 4) return PublishScheme(caller, words[2], words[3]);
  if (what == "publish" && given == 3) return PublishScheme(caller, words[2], "");
  if (what == "export" && given == 3) return ExportScheme(caller, words[2], "");
  if (what == "export" && given == 4) return ExportScheme(caller, words[2], words[3]);
  return FailUsage(absl::StrCat("Gọi sai: scheme ", what));
}

int RunCall(platform::Caller& caller, const std::string& name, std::string json) {
  const auto method = platform::MethodNamed(name);
  if (!method.ok()) return FailUsage(method.status().message());
  if (json == "-") {
    json.clear();
    for (int c = std::getchar(); c != EOF; c = std::getchar()) json += static_cast<char>(c);
  }
  const auto request = platform::NewMessage(*(*method)->input_type());
  if (absl::Status read = platform::ReadJson(json, *request); !read.ok()) {
    return FailUsage(read.message());
  }
  if ((*method)->server_streaming()) {
    int left = absl::GetFlag(FLAGS_count);
    const absl::Status ended =
        caller.Stream(**method, *request, [&left](const google::protobuf::Message& event) {
          Print(platform::PrintJson(event, /*on_one_line=*/true));
          std::fflush(stdout);
          return --left != 0;
        });
    return ended.ok() ? kDone : Fail(ended);
  }
  const auto answer = caller.Call(**method, *request);
  if (!answer.ok()) return Fail(answer.status());
  Print(platform::PrintJson(**answer));
  return kDone;
}

int RunExtract(const std::string& file) {
  const auto reading = ReadReportFile(file);
  if (!reading.ok()) return FailFile(reading.status());
  const std::string csv = absl::GetFlag(FLAGS_csv);
  if (!csv.empty()) {
    const absl::Status written = WriteCsvFile(csv, ExtractCsv(*reading));
    if (!written.ok()) return FailFile(written);
    std::fprintf(stderr, "Đã ghi %zu dòng vào %s: điền “x” vào cột “Xác nhận” của dòng đúng.\n",
                 reading->proposals.size(), csv.c_str());
  }
  Print(absl::GetFlag(FLAGS_json) ? ExtractJson(*reading) : ExtractPage(*reading, TerminalWidth()));
  return kDone;
}

int ShowImport(const absl::StatusOr<ImportAnswer>& answer) {
  if (!answer.ok()) return FailFile(answer.status());
  Print(absl::GetFlag(FLAGS_json) ? answer->json : answer->page);
  return answer->has_rejected ? kRefused : kDone;
}

int RunImport(platform::Caller& caller, const std::vector<std::string>& words) {
  Progress progress(isatty(STDERR_FILENO) != 0);
  if (words.size() == 3 && words[1] == "commit") {
    return ShowImport(CommitImport(words[2], absl::GetFlag(FLAGS_skip_rejected), caller, progress,
                                   TerminalWidth()));
  }
  if (words.size() != 2) return FailUsage("Gọi sai: import");
  ImportWish wish;
  const auto columns = result_files::ReadColumnsFlag(absl::GetFlag(FLAGS_columns));
  if (!columns.ok()) return FailFile(result_files::AboutTheFile(columns.status()));
  wish.file = {words[1], absl::GetFlag(FLAGS_sheet), *columns, absl::GetFlag(FLAGS_period)};
  wish.import = absl::GetFlag(FLAGS_import);
  wish.store = absl::GetFlag(FLAGS_store);
  wish.commit = absl::GetFlag(FLAGS_commit);
  wish.skip_rejected = absl::GetFlag(FLAGS_skip_rejected);
  wish.errors = absl::GetFlag(FLAGS_errors);
  wish.freshness_token = absl::GetFlag(FLAGS_fresh);
  if (wish.store && wish.commit)
    return FailUsage("--store lưu ngay, không có dự kiến để --commit.");
  return ShowImport(ImportFile(wish, caller, progress, TerminalWidth()));
}

int RunExport(platform::Caller& caller, const std::string& period, const std::string& file) {
  Progress progress(isatty(STDERR_FILENO) != 0);
  const auto exported = result_files::ExportPeriod(period, file, absl::GetFlag(FLAGS_fresh), caller,
                                                   progress.Teller());
  progress.End();
  if (!exported.ok()) return FailFile(exported.status());
  Print(absl::StrCat("Đã ghi ", exported->targets, " chỉ tiêu vào ", file, ", ", exported->results,
                     " có kết quả.\n"));
  return kDone;
}

int RunReport(platform::Caller& caller, const std::string& period) {
  bool drafted = false;
  const auto report = NewestReport(period, absl::GetFlag(FLAGS_fresh), caller, &drafted);
  if (!report.ok()) return Fail(report.status());
  if (drafted) std::fprintf(stderr, "Đã lập dự thảo %s.\n", report->name().c_str());
  const std::pair<std::string, scoring::v1::ReportFormat> files[] = {
      {absl::GetFlag(FLAGS_docx), scoring::v1::REPORT_FORMAT_DOCX},
      {absl::GetFlag(FLAGS_html), scoring::v1::REPORT_FORMAT_HTML}};
  bool written = false;
  for (const auto& [path, format] : files) {
    if (path.empty()) continue;
    const absl::Status status = WriteReportFile(report->name(), format, path, caller);
    if (!status.ok()) return FailFile(status);
    Print(absl::StrCat("Đã ghi ", report->name(), " vào ", path, ".\n"));
    written = true;
  }
  if (written) return kDone;
  const bool json = absl::GetFlag(FLAGS_json);
  const auto shown = FetchReport(
      report->name(),
      json ? scoring::v1::REPORT_FORMAT_UNSPECIFIED : scoring::v1::REPORT_FORMAT_TEXT, caller);
  if (!shown.ok()) return Fail(shown.status());
  Print(json ? platform::PrintJson(*shown) : shown->content());
  if (shown->figures_overtaken()) {
    std::fprintf(stderr, "Đã có số liệu mới hơn số liệu của báo cáo này.\n");
  }
  return kDone;
}

int RunSimulate(platform::Caller& caller, const std::vector<std::string>& words) {
  const auto request = ReadSimulation(words[1], {words.begin() + 2, words.end()});
  if (!request.ok()) return FailFile(request.status());
  const absl::Status shown = Show(caller, "SimulateRanking", *request, &SimulationPage);
  return shown.ok() ? kDone : Fail(shown);
}

int RunEffort(platform::Caller& caller, const std::vector<std::string>& words) {
  const auto request = ReadEffort({words.begin() + 1, words.end()});
  if (!request.ok()) return FailUsage(request.status().message());
  const absl::Status shown = Show(caller, "GetRequiredEffort", *request, &EffortPage);
  return shown.ok() ? kDone : Fail(shown);
}

int RunEvidence(platform::Caller& caller, const std::vector<std::string>& words) {
  Progress progress(isatty(STDERR_FILENO) != 0);
  absl::StatusOr<results::v1::Evidence> evidence;
  if (words.size() == 5 && words[1] == "put") {
    evidence = result_files::PutEvidence(words[2], words[3], words[4], caller, progress.Teller());
  } else if (words.size() == 4 && words[1] == "get") {
    evidence = result_files::GetEvidence(words[2], words[3], caller, progress.Teller());
  } else {
    return FailUsage("Gọi sai: evidence");
  }
  progress.End();
  if (!evidence.ok()) return FailFile(evidence.status());
  Print(absl::GetFlag(FLAGS_json) ? platform::PrintJson(*evidence)
                                  : absl::StrCat(evidence->name(), "\n"));
  return kDone;
}

void PrintFault(const audit::v1::AuditFault& fault) {
  Print(absl::GetFlag(FLAGS_json) ? platform::PrintJson(fault, /*on_one_line=*/true)
                                  : FaultPage(fault, TerminalWidth()));
  std::fflush(stdout);
}

// Of a service, or of a file that was taken out of one.
int RunAuditVerify(const platform::Caller& caller, const std::string& what) {
  std::vector<audit::v1::AuditCheckpoint> kept;
  if (const std::string file = absl::GetFlag(FLAGS_checkpoints); !file.empty()) {
    auto read = ReadCheckpoints(file);
    if (!read.ok()) return FailFile(read.status());
    kept = *std::move(read);
  }
  Progress progress(isatty(STDERR_FILENO) != 0);
  const auto service = AuditedService(what);
  const auto done = service.ok()
                        ? VerifyAudit(kept, caller.At(*service), PrintFault, progress.Teller())
                        : VerifyExport(what, kept, PrintFault);
  progress.End();
  if (!done.ok()) return FailFile(done.status());
  Print(absl::GetFlag(FLAGS_json) ? platform::PrintJson(*done, /*on_one_line=*/true)
                                  : VerdictPage(*done));
  return done->faults() == 0 ? kDone : kRefused;
}

int RunAudit(const platform::Caller& any, const std::vector<std::string>& words) {
  const size_t given = words.size();
  const std::string what = given > 1 ? words[1] : "";
  if (what == "verify" && given == 3) return RunAuditVerify(any, words[2]);
  if (given < 3) return FailUsage(absl::StrCat("Gọi sai: audit ", what));
  const auto service = AuditedService(words[2]);
  if (!service.ok()) return FailUsage(service.status().message());
  const platform::Caller caller = any.At(*service);
  const bool json = absl::GetFlag(FLAGS_json);
  absl::Status status;
  if (what == "list" && given <= 4) {
    status = ListEntries(given == 4 ? words[3] : "", caller, [&](const auto& entry) {
      Print(json ? platform::PrintJson(entry, /*on_one_line=*/true)
                 : EntryPage(entry, TerminalWidth()));
    });
  } else if (what == "checkpoints" && given == 3) {
    status = ListCheckpoints(caller, [&](const auto& checkpoint) {
      Print(json ? platform::PrintJson(checkpoint, /*on_one_line=*/true)
                 : CheckpointPage(checkpoint));
    });
  } else if (what == "export" && (given == 4 || given == 5)) {
    Progress progress(isatty(STDERR_FILENO) != 0);
    const auto count =
        ExportEntries(given == 5 ? words[4] : "", words[3], caller, progress.Teller());
    progress.End();
    if (!count.ok()) return FailFile(count.status());
    Print(absl::StrCat("Đã ghi ", *count, " bút toán vào ", words[3], ".\n"));
  } else {
    return FailUsage(absl::StrCat("Gọi sai: audit ", what));
  }
  return status.ok() ? kDone : Fail(status);
}

int Run(const std::vector<std::string>& words) {
  const size_t given = words.size();
  const std::string command = given > 0 ? words[0] : "";
  platform::Authorization authorization;
  if (const std::string file = absl::GetFlag(FLAGS_token_file);
      !file.empty() && command != "help") {
    const auto from_file = AuthorizationFrom(file);
    if (!from_file.ok()) {
      std::fprintf(stderr, "%s\n", std::string(from_file.status().message()).c_str());
      return kWrongUsage;
    }
    authorization = *from_file;
  }
  platform::Caller caller(
      {absl::GetFlag(FLAGS_registry), absl::GetFlag(FLAGS_results), absl::GetFlag(FLAGS_scoring)},
      absl::GetFlag(FLAGS_patience), std::move(authorization));
  if (const absl::Status lines = caller.CheckLines(); !lines.ok()) {
    std::fprintf(stderr,
                 "Không gửi mã đăng nhập qua đường truyền không mã hóa: hãy đặt --tls_ca (%s).\n",
                 std::string(lines.message()).c_str());
    return kWrongUsage;
  }
  absl::Status status;
  if (command == "help") {
    Print(kUsage);
    return kDone;
  } else if (command == "load" && given == 2) {
    return RunLoad(caller, words[1]);
  } else if (command == "scheme") {
    return RunScheme(caller, words);
  } else if (command == "extract" && given == 2) {
    return RunExtract(words[1]);
  } else if (command == "import") {
    return RunImport(caller, words);
  } else if (command == "export" && given == 3) {
    return RunExport(caller, words[1], words[2]);
  } else if (command == "report" && given == 2) {
    return RunReport(caller, words[1]);
  } else if (command == "evidence") {
    return RunEvidence(caller, words);
  } else if (command == "simulate" && given >= 3) {
    return RunSimulate(caller, words);
  } else if (command == "effort" && (given == 4 || given == 5)) {
    return RunEffort(caller, words);
  } else if (command == "audit") {
    return RunAudit(caller, words);
  } else if (command == "call" && given == 3) {
    return RunCall(caller, words[1], words[2]);
  } else if (command == "watch" && given <= 2) {
    return RunWatch(caller, given == 2 ? words[1] : "");
  } else if (command == "rankings" && given <= 2) {
    status = ShowRankings(caller, given == 2 ? words[1] : "");
  } else if (command == "review" && given == 2) {
    status = ShowReview(caller, words[1]);
  } else if (command == "ranking" && given == 2) {
    status = ShowRanking(caller, words[1]);
  } else if (command == "compare" && (given == 2 || given == 3)) {
    // By itself: against what has become of it.
    status = ShowComparison(caller, words[1],
                            given == 3 ? words[2] : words[1].substr(0, words[1].find('@')));
  } else if (command == "finalise" && given == 2) {
    status = RunFinalise(caller, words[1]);
  } else if (command == "revoke" && given == 2) {
    status = RunRevoke(caller, words[1]);
  } else if (command == "history" && given == 2) {
    status = ShowHistory(caller, words[1]);
  } else if (command == "awards" && given == 2) {
    status = ShowAwards(caller, words[1]);
  } else if (command == "awards" && (given == 3 || given == 4) && words[1] == "propose") {
    status = RunPropose(caller, words[2], given == 4 ? words[3] : "");
  } else if (command == "vote" && given == 7) {
    status = RunVote(caller, words);
  } else if (command == "ineligible" &&
             ((given == 4 && words[1] == "record") || (given == 3 && words[1] == "lift"))) {
    status = RunIneligible(caller, words);
  } else if (command == "ineligible" && (given == 2 || given == 3) && words[1] != "record" &&
             words[1] != "lift") {
    status = ShowIneligibilities(caller, words[1], given == 3 ? words[2] : "");
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
  if (!words.ok()) return cli::FailUsage(words.status().message());
  if (const auto tls = thidua::platform::Tls::OfProcess(); !tls.ok()) {
    std::fprintf(stderr, "%s\n", std::string(tls.status().message()).c_str());
    return cli::kWrongUsage;
  }
  return cli::Run(*words);
}
