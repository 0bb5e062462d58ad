#include "services/cli/report.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"
#include "services/result_files/file_fault.h"

namespace thidua::cli {

using scoring::v1::GetReportResponse;
using scoring::v1::Report;

absl::StatusOr<Report> NewestReport(const std::string& period, const std::string& freshness_token,
                                    platform::Caller& caller, bool* drafted) {
  scoring::v1::ListReportsRequest list;
  list.set_period(period);
  list.set_page_size(1);
  ASSIGN_OR_RETURN(const auto listed, caller.Call(list));
  const auto& reports = dynamic_cast<const scoring::v1::ListReportsResponse&>(*listed).reports();
  if (drafted != nullptr) *drafted = reports.empty();
  if (!reports.empty()) return reports[0];
  scoring::v1::DraftReportRequest draft;
  draft.set_period(period);
  draft.set_freshness_token(freshness_token);
  // Of this call alone: a draft that was lost on the way may be asked for again.
  absl::BitGen random;
  draft.set_request_id(
      absl::StrCat("thidua-report-", absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16)));
  ASSIGN_OR_RETURN(const auto answer, caller.Call(draft));
  return dynamic_cast<const scoring::v1::DraftReportResponse&>(*answer).report();
}

absl::StatusOr<GetReportResponse> FetchReport(const std::string& name,
                                              scoring::v1::ReportFormat format,
                                              platform::Caller& caller) {
  scoring::v1::GetReportRequest request;
  request.set_name(name);
  request.set_format(format);
  ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
  return std::move(dynamic_cast<GetReportResponse&>(*answer));
}

absl::Status WriteReportFile(const std::string& name, scoring::v1::ReportFormat format,
                             const std::string& path, platform::Caller& caller) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    return result_files::AboutTheFile(
        domain::Fault{"", "FILE_EXISTS",
                      absl::StrCat("Tệp ", path, " đã có, có thể đã được sửa: hãy chọn tên khác.")}
            .ToStatus(absl::StatusCode::kAlreadyExists));
  }
  ASSIGN_OR_RETURN(const GetReportResponse report, FetchReport(name, format, caller));
  if (platform::Sha256Hex(report.content()) != report.sha256()) {
    return platform::Refusal(absl::StatusCode::kDataLoss, "", "DIGEST_DISAGREES",
                             "Nội dung nhận được không đúng với mã của báo cáo.");
  }
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  file << report.content();
  file.close();
  if (file) std::filesystem::rename(part, path, error);
  if (file && !error) return absl::OkStatus();
  std::filesystem::remove(part, error);
  return result_files::AboutTheFile(
      domain::Fault{"", "FILE_UNWRITABLE",
                    absl::StrCat("Không ghi được tệp ", path,
                                 ": kiểm tra thư mục, quyền ghi và chỗ trống trên "
                                 "đĩa.")}
          .ToStatus());
}

}  // namespace thidua::cli
