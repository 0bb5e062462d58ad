#include "services/cli/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "services/cli/pages.h"
#include "services/cli/table.h"

namespace thidua::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(CompareTest, AMomentIsAPeriodAndWhen) {
  const scoring::v1::RankingMoment now = ReadMoment("blocs/khoi-4/pacts/2019/periods/nam");
  EXPECT_EQ(now.period(), "blocs/khoi-4/pacts/2019/periods/nam");
  EXPECT_EQ(now.period_version(), 0);
  EXPECT_EQ(now.revision(), "");
  const scoring::v1::RankingMoment version = ReadMoment("blocs/khoi-4/pacts/2019/periods/nam@12");
  EXPECT_EQ(version.period(), now.period());
  EXPECT_EQ(version.period_version(), 12);
  EXPECT_EQ(version.revision(), "");
  const scoring::v1::RankingMoment final_one =
      ReadMoment("p@000001578621600-000000000012-0003-0001");
  EXPECT_EQ(final_one.period(), "p");
  EXPECT_EQ(final_one.period_version(), 0);
  EXPECT_EQ(final_one.revision(), "000001578621600-000000000012-0003-0001");
}

scoring::v1::CompareRankingsResponse Response() {
  scoring::v1::CompareRankingsResponse response;
  scoring::v1::RankingComparison& comparison = *response.mutable_comparison();
  comparison.mutable_before()->set_period_display_name("6 tháng đầu năm 2019");
  comparison.mutable_before()->set_period_version(3);
  comparison.mutable_after()->set_period_display_name("Năm 2019");
  comparison.mutable_after()->set_revision("0001-0002");
  scoring::v1::UnitComparison& unit = *comparison.add_units();
  unit.set_unit_display_name("Sở Y tế");
  unit.mutable_before()->set_rank(3);
  unit.mutable_before()->set_total("600");
  unit.mutable_after()->set_rank(1);
  unit.mutable_after()->set_total("612.5");
  unit.set_change("12.5");
  unit.set_sentence("Từ hạng 3 lên hạng 1.");
  scoring::v1::PointsMove& move = *unit.add_points_moves();
  move.set_cause(scoring::v1::MOVE_CAUSE_BLOC_BEST);
  move.set_display_name("Nội dung 1");
  move.set_points("-2.5");
  scoring::v1::UnitComparison& joined = *comparison.add_units();
  joined.set_unit_display_name("Sở Du lịch");
  joined.mutable_after()->set_total("10");
  joined.set_change("10");
  comparison.add_best_moves()->set_sentence("Mức cao nhất khối đã đổi.");
  comparison.add_notes("Ghi\x1B[31m chú");
  return response;
}

TEST(CompareTest, APageTellsWhoMovedAndWhy) {
  const std::string page = ComparisonPage(Response(), 100);
  EXPECT_THAT(
      page, AllOf(HasSubstr("6 tháng đầu năm 2019, số liệu phiên bản 3"),
                  HasSubstr("kết quả chính thức 0001-0002"), HasSubstr("612,5"), HasSubstr("+12,5"),
                  HasSubstr("Mức so sánh của khối"), HasSubstr("-2,5"),
                  HasSubstr("Từ hạng 3 lên hạng 1."), HasSubstr("• Mức cao nhất khối đã đổi.")));
  EXPECT_THAT(page, AllOf(Not(HasSubstr("\x1B")), Not(HasSubstr("CÓ THỂ CHƯA CẬP NHẬT"))));
  for (absl::string_view line : absl::StrSplit(page, '\n')) EXPECT_LE(DisplayWidth(line), 100);
  scoring::v1::CompareRankingsResponse stale = Response();
  stale.set_stale(true);
  EXPECT_THAT(ComparisonPage(stale, 100), HasSubstr("CÓ THỂ CHƯA CẬP NHẬT"));
}

}  // namespace
}  // namespace thidua::cli
