#include "services/portal/result_downloads.h"

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/portal/ranking_table.h"
#include "services/portal/temporary_folder.h"
#include "services/result_files/export.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::portal {
namespace {

// "ket-qua-khoi-4-2019-6-thang.xlsx"
std::string TableName(absl::string_view what, const messages::PeriodName& period,
                      absl::string_view ending) {
  return absl::StrCat(what, "-", period.pact.bloc, "-", period.pact.year, "-", period.period, ".",
                      ending);
}

absl::StatusOr<FileReply> TableReply(const std::string& path, absl::string_view ending,
                                     std::string file_name) {
  FileReply reply;
  reply.content_type = ending == "csv"
                           ? "text/csv; charset=utf-8"
                           : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  ASSIGN_OR_RETURN(reply.bytes, BytesOfFile(path));
  reply.file_name = std::move(file_name);
  return reply;
}

}  // namespace

absl::StatusOr<FileReply> DownloadResults(const FileRequest& request, const std::string& period,
                                          absl::string_view ending, platform::Caller& caller) {
  RETURN_IF_ERROR(CheckParameters(request, {"freshness_token"}));
  ASSIGN_OR_RETURN(const messages::PeriodName name, messages::ReadPeriodName("period", period));
  ASSIGN_OR_RETURN(const TemporaryFolder folder, TemporaryFolder::Make());
  const std::string path = folder.At(absl::StrCat("table.", ending));
  RETURN_IF_ERROR(OfThisDisk(
      result_files::ExportPeriod(period, path, ParameterOf(request, "freshness_token"), caller)
          .status()));
  return TableReply(path, ending, TableName("ket-qua", name, ending));
}

absl::StatusOr<FileReply> DownloadRanking(const FileRequest& request, const std::string& period,
                                          absl::string_view ending, platform::Caller& caller) {
  RETURN_IF_ERROR(CheckParameters(request, {"freshness_token", "revision"}));
  ASSIGN_OR_RETURN(const messages::PeriodName name, messages::ReadPeriodName("period", period));
  scoring::v1::GetRankingRequest get;
  get.set_period(period);
  get.set_freshness_token(ParameterOf(request, "freshness_token"));
  get.set_revision(ParameterOf(request, "revision"));
  ASSIGN_OR_RETURN(const auto answer, caller.Call(get));
  ASSIGN_OR_RETURN(const TemporaryFolder folder, TemporaryFolder::Make());
  const std::string path = folder.At(absl::StrCat("table.", ending));
  RETURN_IF_ERROR(OfThisDisk(
      WriteRankingTable(dynamic_cast<const scoring::v1::GetRankingResponse&>(*answer), path)));
  return TableReply(path, ending, TableName("xep-hang", name, ending));
}

}  // namespace thidua::portal
