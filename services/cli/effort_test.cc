#include "services/cli/effort.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thidua::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/6-thang";

TEST(EffortTest, AGoalIsOneWord) {
  using Request = scoring::v1::GetRequiredEffortRequest;
  const auto read = [](const std::string& goal) {
    return ReadEffort({kPeriod, "units/so-y-te", goal});
  };
  EXPECT_TRUE(read("target")->targets_met());
  EXPECT_EQ(read("rank=2")->rank(), 2);
  EXPECT_EQ(read("percent=95,5")->percent_of_assigned(), "95.5");
  EXPECT_EQ(read("points=600")->total(), "600");
  EXPECT_EQ(read("points=600")->goal_case(), Request::kTotal);
  EXPECT_EQ(read("target")->unit(), "units/so-y-te");
  EXPECT_EQ(read("target")->target(), "");
  EXPECT_EQ(ReadEffort({kPeriod, "units/so-y-te", "rank=1", "chi-tieu-15"})->target(),
            "blocs/khoi-4/pacts/2019/targets/chi-tieu-15");
  for (const char* goal : {"", "rank", "rank=nhất", "hang=1", "rank="}) {
    EXPECT_FALSE(read(goal).ok()) << goal;
  }
}

TEST(EffortTest, APageTellsWhatIsNeededAndWhatItBrings) {
  scoring::v1::GetRequiredEffortResponse response;
  scoring::v1::RequiredEffort& effort = *response.mutable_effort();
  effort.set_unit_display_name("Sở Y tế");
  effort.set_sentence("Để đạt hạng 4, cần nhiều.");
  scoring::v1::RequiredFigure& figure = *effort.add_figures();
  figure.set_display_name("Giải quyết việc làm");
  figure.mutable_needed()->set_value("25667");
  figure.set_missing_per_month("1295.6667");
  effort.mutable_now()->set_rank(5);
  effort.mutable_now()->set_total("332.2986");
  effort.mutable_then()->set_rank(4);
  effort.add_notes("Các đơn vị khác giữ nguyên.");
  EXPECT_THAT(EffortPage(response, 100),
              AllOf(HasSubstr("CẦN THÊM GÌ · Sở Y tế"), HasSubstr("Để đạt hạng 4, cần nhiều."),
                    HasSubstr("25.667"), HasSubstr("1.295,6667"), HasSubstr("332,2986"),
                    HasSubstr("Khi đó"), Not(HasSubstr("Thiếu một bậc")),
                    HasSubstr("• Các đơn vị khác giữ nguyên.")));
  effort.mutable_with_step_less()->set_rank(5);
  EXPECT_THAT(EffortPage(response, 100), HasSubstr("Thiếu một bậc"));
}

}  // namespace
}  // namespace thidua::cli
