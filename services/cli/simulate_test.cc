#include "services/cli/simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "services/result_files/file_fault.h"

namespace thidua::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/nam";

std::string Write(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "simulate-" + name;
  std::ofstream(path) << text;
  return path;
}

TEST(SimulateTest, WordsSayWhatIsSupposed) {
  const std::string scheme = Write("thang.textproto", "display_name: \"Thang điểm\"");
  const auto request = ReadSimulation(
      kPeriod, {"chi-tieu-1=36.000", "target:chi-tieu-2=30,5", absl::StrCat("scheme=", scheme)});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->period(), kPeriod);
  const scoring::v1::RankingOverlay& overlay = request->overlay();
  ASSERT_EQ(overlay.results_size(), 1);
  EXPECT_EQ(overlay.results(0).target(), "blocs/khoi-4/pacts/2019/targets/chi-tieu-1");
  EXPECT_EQ(overlay.results(0).actual().text(), "36.000") << "read by the service, as in an import";
  ASSERT_EQ(overlay.targets_size(), 1);
  EXPECT_EQ(overlay.targets(0).target(), "blocs/khoi-4/pacts/2019/targets/chi-tieu-2");
  EXPECT_EQ(overlay.targets(0).value().text(), "30,5");
  EXPECT_EQ(overlay.scheme().display_name(), "Thang điểm");
}

TEST(SimulateTest, AFileIsAWholeOverlayAndWordsComeOnTop) {
  const std::string file =
      Write("gia-dinh.json", R"({"assessments": [{"unit": "units/so-y-te", "points": "5"}],
                                 "results": [{"target": "x"}]})");
  const auto request = ReadSimulation(kPeriod, {file, "chi-tieu-1=1"});
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->overlay().assessments(0).points(), "5");
  EXPECT_EQ(request->overlay().results_size(), 2);
}

TEST(SimulateTest, WhatCannotBeReadIsSaid) {
  const std::string broken = Write("hong.json", "{");
  for (const std::string& word : {std::string("chi-tieu-1"), std::string("khong-co.json"), broken,
                                  std::string("scheme=khong-co.textproto")}) {
    const absl::Status status = ReadSimulation(kPeriod, {word}).status();
    EXPECT_FALSE(status.ok()) << word;
    EXPECT_TRUE(result_files::IsAboutTheFile(status)) << word;
  }
}

TEST(SimulateTest, APageCannotBeTakenForARanking) {
  scoring::v1::SimulateRankingResponse response;
  response.mutable_ranking()->set_bloc_display_name("Khối thi đua 4");
  scoring::v1::UnitComparison& unit = *response.mutable_comparison()->add_units();
  unit.set_unit_display_name("Sở Y tế");
  unit.set_sentence("Giữ hạng 1.");
  response.mutable_comparison()->add_notes("Xếp hạng giả định.");
  scoring::v1::SimulationWarning& warning = *response.add_warnings();
  warning.set_field("overlay.results[0].actual");
  warning.set_message("Có hai cách đọc.");
  EXPECT_THAT(SimulationPage(response, 100),
              AllOf(HasSubstr("XẾP HẠNG GIẢ ĐỊNH · Khối thi đua 4"), HasSubstr("Giữ hạng 1."),
                    HasSubstr("• Xếp hạng giả định."),
                    HasSubstr("Lưu ý overlay.results[0].actual: Có hai cách đọc.")));
}

}  // namespace
}  // namespace thidua::cli
