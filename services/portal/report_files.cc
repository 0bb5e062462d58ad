#include "services/portal/report_files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"

namespace thidua::portal {
namespace {

using scoring::v1::ReportFormat;

struct Form {
  absl::string_view ending;
  ReportFormat format;
  absl::string_view content_type;
};

constexpr Form kForms[] = {
    {"docx", scoring::v1::REPORT_FORMAT_DOCX,
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"html", scoring::v1::REPORT_FORMAT_HTML, "text/html; charset=utf-8"},
    {"txt", scoring::v1::REPORT_FORMAT_TEXT, "text/plain; charset=utf-8"},
};

}  // namespace

std::optional<ReportFormat> ReportFormatOf(absl::string_view ending) {
  for (const Form& form : kForms) {
    if (form.ending == ending) return form.format;
  }
  return std::nullopt;
}

absl::StatusOr<FileReply> DownloadReport(const FileRequest& request, const std::string& report,
                                         ReportFormat format, platform::Caller& caller) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  ASSIGN_OR_RETURN(const messages::ReportName name, messages::ReadReportName("name", report));
  scoring::v1::GetReportRequest get;
  get.set_name(report);
  get.set_format(format);
  ASSIGN_OR_RETURN(const auto answer, caller.Call(get));
  auto& response = dynamic_cast<scoring::v1::GetReportResponse&>(*answer);
  if (platform::Sha256Hex(response.content()) != response.sha256()) {
    return platform::Refusal(absl::StatusCode::kDataLoss, "name", "DIGEST_DISAGREES",
                             "Nội dung nhận được không đúng với mã của báo cáo.");
  }
  FileReply reply;
  for (const Form& form : kForms) {
    if (form.format != format) continue;
    reply.content_type = std::string(form.content_type);
    reply.file_name = absl::StrCat("bao-cao-", name.period.pact.bloc, "-", name.period.pact.year,
                                   "-", name.period.period, "-", name.report, ".", form.ending);
  }
  reply.bytes = std::move(*response.mutable_content());
  reply.may_be_shown = format == scoring::v1::REPORT_FORMAT_HTML;
  return reply;
}

}  // namespace thidua::portal
