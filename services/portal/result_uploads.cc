#include "services/portal/result_uploads.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/contracts.h"
#include "services/result_files/import.h"
#include "services/result_files/result_columns.h"
#include "services/sheets/table.h"

namespace thidua::portal {
namespace {

using domain::Fault;
using nlohmann::ordered_json;
using result_files::ResultField;
using result_files::SentImport;

const char* NameOf(ResultField field) {
  switch (field) {
    case ResultField::kUnit:
      return "UNIT";
    case ResultField::kTarget:
      return "TARGET";
    case ResultField::kTargetCode:
      return "TARGET_CODE";
    case ResultField::kActual:
      return "ACTUAL";
    case ResultField::kPercent:
      return "PERCENT";
    case ResultField::kMeasure:
      return "MEASURE";
    case ResultField::kNote:
      return "NOTE";
    case ResultField::kCorrectionReason:
      return "CORRECTION_REASON";
    case ResultField::kExplanation:
      return "EXPLANATION";
    case ResultField::kEvidence:
      return "EVIDENCE";
    case ResultField::kAcknowledged:
      return "ACKNOWLEDGED";
    case ResultField::kPeriod:
      return "PERIOD";
    case ResultField::kConfirmed:
      return "CONFIRMED";
  }
  return "";
}

absl::StatusOr<result_files::ImportJob> JobOf(const FileRequest& request,
                                              const std::string& period) {
  result_files::ImportJob job;
  ASSIGN_OR_RETURN(auto columns, result_files::ReadColumnsFlag(ParameterOf(request, "columns")));
  job.file = {"", ParameterOf(request, "sheet"), std::move(columns), period, request.body};
  job.mode = results::v1::Import::MODE_PLAN;
  job.freshness_token = ParameterOf(request, "freshness_token");
  job.import = ParameterOf(request, "import");
  if (job.import.empty()) {
    ASSIGN_OR_RETURN(job.import, result_files::ImportNameOf(job.file, job.mode));
  } else if (!absl::StartsWith(job.import, "imports/")) {
    job.import = messages::ImportName(job.import);
  }
  return job;
}

// 64-bit integers as texts, as protobuf's own JSON has them.
ordered_json JsonOf(const SentImport& sent) {
  ordered_json columns = ordered_json::array();
  for (const auto& [field, column] : sent.columns.columns) {
    const auto at = static_cast<size_t>(column);
    columns.push_back(
        {{"field", NameOf(field)},
         {"letter", sheets::ColumnLetters(column)},
         {"title",
          at < sent.titles.size() ? sent.titles[at] : std::string(result_files::HeaderOf(field))}});
  }
  return {{"import", ordered_json::parse(platform::PrintJson(sent.import))},
          {"freshnessToken", sent.freshness_token},
          {"knownRows", absl::StrCat(sent.known_rows)},
          {"passedOver",
           {{"withoutFigure", absl::StrCat(sent.passed_over.without_figure)},
            {"notConfirmed", absl::StrCat(sent.passed_over.not_confirmed)}}},
          {"unknownColumns", sent.columns.unknown},
          {"columns", std::move(columns)}};
}

}  // namespace

absl::StatusOr<FileReply> PlanUpload(const FileRequest& request, const std::string& period,
                                     platform::Caller& caller) {
  RETURN_IF_ERROR(
      CheckParameters(request, {"file_name", "import", "sheet", "columns", "freshness_token"}));
  if (request.body.empty()) {
    return Fault{"body", "FILE_EMPTY", "Tệp rỗng: chưa có gì để nhập."}.ToStatus();
  }
  if (request.body.size() > kTableBytesMax) {
    return Fault{"body", "FILE_TOO_LARGE",
                 absl::StrCat("Tệp bảng kết quả nặng nhất ", kTableBytesMax >> 20,
                              " MiB; hãy chia thành nhiều tệp.")}
        .ToStatus();
  }
  ASSIGN_OR_RETURN(const result_files::ImportJob job, JobOf(request, period));
  const absl::StatusOr<SentImport> sent = result_files::SendTable(job, caller);
  if (!sent.ok()) return AtParameters(sent.status());
  // Titles are an office's own: what is no UTF-8 must not lose the answer.
  return FileReply{"application/json", JsonOf(*sent).dump(-1, ' ', /*ensure_ascii=*/false,
                                                          ordered_json::error_handler_t::replace)};
}

}  // namespace thidua::portal
