#include "services/cli/simulate.h"

#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/cli/compare.h"
#include "services/cli/pages.h"
#include "services/cli/scheme_file.h"
#include "services/domain/return_if_error.h"
#include "services/platform/contracts.h"
#include "services/result_files/file_fault.h"

namespace thidua::cli {
namespace {

absl::StatusOr<scoring::v1::RankingOverlay> ReadOverlayFile(const std::string& file) {
  std::ifstream stream(file);
  if (!stream) return absl::NotFoundError(absl::StrCat("không đọc được tệp ", file));
  std::stringstream text;
  text << stream.rdbuf();
  scoring::v1::RankingOverlay overlay;
  const absl::Status read = platform::ReadJson(text.str(), overlay);
  if (!read.ok()) return absl::InvalidArgumentError(absl::StrCat(file, ": ", read.message()));
  return overlay;
}

// Targets are named in the pact that the period is of.
std::string TargetName(const std::string& period, absl::string_view target) {
  return absl::StrCat(period.substr(0, period.find("/periods/")), "/targets/", target);
}

absl::Status AddWord(const std::string& period, const std::string& word,
                     scoring::v1::RankingOverlay& overlay) {
  const size_t equals = word.find('=');
  if (equals == std::string::npos) {
    if (!absl::EndsWith(word, ".json")) {
      return absl::InvalidArgumentError(
          absl::StrCat("không hiểu “", word, "”: cần CHỈ-TIÊU=SỐ hoặc TỆP.json"));
    }
    ASSIGN_OR_RETURN(const scoring::v1::RankingOverlay read, ReadOverlayFile(word));
    overlay.MergeFrom(read);
    return absl::OkStatus();
  }
  absl::string_view what = absl::string_view(word).substr(0, equals);
  const std::string value = word.substr(equals + 1);
  if (what == "scheme") {
    ASSIGN_OR_RETURN(*overlay.mutable_scheme(), ReadSchemeFile(value));
  } else if (absl::ConsumePrefix(&what, "target:")) {
    scoring::v1::SupposedTarget& target = *overlay.add_targets();
    target.set_target(TargetName(period, what));
    target.mutable_value()->set_text(value);
  } else {
    scoring::v1::SupposedResult& result = *overlay.add_results();
    result.set_target(TargetName(period, what));
    result.mutable_actual()->set_text(value);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<scoring::v1::SimulateRankingRequest> ReadSimulation(
    const std::string& period, const std::vector<std::string>& words) {
  scoring::v1::SimulateRankingRequest request;
  request.set_period(period);
  request.mutable_overlay();
  for (const std::string& word : words) {
    const absl::Status added = AddWord(period, word, *request.mutable_overlay());
    if (!added.ok()) return result_files::AboutTheFile(added);
  }
  return request;
}

std::string SimulationPage(const scoring::v1::SimulateRankingResponse& response, int width) {
  const scoring::v1::Ranking& ranking = response.ranking();
  std::string page =
      absl::StrCat("XẾP HẠNG GIẢ ĐỊNH · ", ranking.bloc_display_name(), " · ",
                   ranking.period_display_name(), "\n", response.stale() ? kStaleNote : "");
  for (const scoring::v1::SimulationWarning& warning : response.warnings()) {
    absl::StrAppend(&page, "Lưu ý ", warning.field(), ": ", warning.message(), "\n");
  }
  return Shown(absl::StrCat(page, "\n", MovesText(response.comparison(), width)));
}

}  // namespace thidua::cli
