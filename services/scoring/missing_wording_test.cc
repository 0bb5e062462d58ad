#include "services/scoring/missing_wording.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/khoi4_2019_testdata.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

using domain::Effort;
using domain::EffortGoal;

struct ReviewCase {
  const char* name;
  void (*change)(domain::Target&, domain::Result&);
  const char* sentence;
};

TEST(MissingSentenceTest, OfOneTarget) {
  const std::vector<ReviewCase> cases = {
      {"on pace", [](domain::Target&, domain::Result&) {},
       "Còn thiếu 17.107 lượt lao động, mỗi tháng còn lại (6 tháng) cần ≈ 2.851,17."},
      {"behind",
       [](domain::Target&, domain::Result& result) {
         result.actual.value = domain::Decimal(17000);
       },
       "Còn thiếu 18.000 lượt lao động, mỗi tháng còn lại (6 tháng) cần 3.000; đến nay phải đạt "
       "17.500."},
      {"reached",
       [](domain::Target& target, domain::Result& result) {
         target.dependencies = {{"so-y-te", ""}};
         result.actual.value = domain::Decimal(35000);
       },
       ""},
      {"less is better",
       [](domain::Target& target, domain::Result&) {
         target.direction = domain::Direction::kLowerIsBetter;
         target.value.value = *domain::Decimal::Parse("17890.5");
         target.measure = "%";
       },
       "Còn phải giảm 2,5%."},
      {"who is waited for, of what nobody knows how much it is",
       [](domain::Target& target, domain::Result&) {
         target.value = {};
         target.dependencies = {{"so-y-te", "văn bản hướng dẫn"}, {"bo-y-te", ""}};
       },
       "Đang chờ Sở Y tế (văn bản hướng dẫn), bo-y-te."},
  };
  for (const ReviewCase& one : cases) {
    SCOPED_TRACE(one.name);
    domain::Pact pact = domain::khoi4_2019::ThePact();
    pact.targets.resize(1);
    domain::Result result = domain::khoi4_2019::TheResults()[0];
    result.stated_percent.reset();
    one.change(pact.targets[0], result);
    const domain::Period& period = pact.periods[0];
    EXPECT_EQ(MissingSentence(pact, period, Review(pact, period, {result})[0]), one.sentence);
  }
}

TEST(MissingSentenceTest, IsShortHoweverManyAreWaitedFor) {
  domain::Pact pact = domain::khoi4_2019::ThePact();
  for (int i = 0; i < 20; ++i) {
    std::string note;
    for (int j = 0; j < 25; ++j) note += "văn bản ";
    pact.targets[0].dependencies.push_back({absl::StrCat("don-vi-", i), note});
  }
  const domain::Period& period = pact.periods[0];
  const std::vector<domain::Result> results = domain::khoi4_2019::TheResults();
  const std::string sentence = MissingSentence(pact, period, Review(pact, period, results)[0]);
  EXPECT_LE(CodePoints(sentence), kMaxSentence) << sentence;
  EXPECT_NE(sentence.find("đơn vị khác"), std::string::npos) << sentence;
}

TEST(EffortSentenceTest, OfEachOutcomeAndGoal) {
  domain::Target target;
  target.name = "Việc làm";
  target.measure = "lượt";
  const EffortGoal met, percent{EffortGoal::Kind::kPercent, *domain::Decimal::Parse("95.5"), 0},
      points{EffortGoal::Kind::kPoints, 600, 0}, first{EffortGoal::Kind::kRank, 0, 1};
  Effort already;
  already.now = {2, 50, 5, 100};
  Effort reachable = already;
  reachable.outcome = Effort::Outcome::kReachable;
  reachable.figures = {{&target, domain::Decimal(8), 1250, domain::Decimal(1249)}};
  reachable.then = {1, 90, 0, 100};
  Effort evenly = reachable;
  evenly.percent_of_gap = *domain::Decimal::Parse("47.50");
  evenly.figures.push_back({&target, std::nullopt, 3, std::nullopt});
  Effort impossible = reachable;
  impossible.outcome = Effort::Outcome::kImpossible;
  Effort hopeless = already;
  hopeless.outcome = Effort::Outcome::kImpossible;
  Effort unknown = already;
  unknown.outcome = Effort::Outcome::kNotFound;
  unknown.is_least = false;
  const struct {
    const Effort& effort;
    const EffortGoal& goal;
    bool one_target;
    const char* sentence;
  } kCases[] = {
      {already, met, true, "Đã đạt chỉ tiêu năm: hiện được 55/100 điểm được giao, hạng 2."},
      {already, met, false, "Đã đạt mọi chỉ tiêu năm: hiện được 55/100 điểm được giao, hạng 2."},
      {reachable, first, true,
       "Để đứng đầu khối, cần “Việc làm” đạt 1.250 lượt (hiện 8); khi đó được 90/100 điểm được "
       "giao, hạng 1."},
      {evenly, percent, false,
       "Để đạt 95,5% điểm được giao, cần bù 47,50% phần còn thiếu của 2 chỉ tiêu chưa đạt: “Việc "
       "làm” đạt 1.250 lượt (hiện 8), “Việc làm” đạt 3 lượt (chưa có số liệu); khi đó được 90/100 "
       "điểm được giao, hạng 1."},
      {impossible, points, true,
       "Không thể đạt 600 điểm chỉ bằng chỉ tiêu này: cao nhất được 90/100 điểm được giao, hạng 1, "
       "khi “Việc làm” đạt 1.250 lượt (hiện 8)."},
      {hopeless, points, false,
       "Không thể đạt 600 điểm chỉ bằng các chỉ tiêu: không chỉ tiêu nào đưa đơn vị đi xa hơn mức "
       "hiện "
       "có, 55/100 điểm được giao, hạng 2."},
      {unknown, points, true,
       "Chưa tìm được mức để đạt 600 điểm; hiện được 55/100 điểm được giao, hạng 2."},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ(EffortSentence(one.effort, one.goal, one.one_target), one.sentence);
  }
  // What was not known is said beside it.
  EXPECT_EQ(EffortNotes(reachable).size(), 1u);
  EXPECT_EQ(EffortNotes(unknown).size(), 2u);
  Effort perhaps = reachable;
  perhaps.is_least = false;
  EXPECT_NE(EffortNotes(perhaps).at(1), EffortNotes(unknown).at(1));
}

TEST(EffortSentenceTest, IsShortWhateverTheNames) {
  domain::Target target;
  for (int i = 0; i < 40; ++i) target.name += "Tỷ lệ hộ ";
  target.measure = target.name;
  Effort effort;
  effort.outcome = Effort::Outcome::kImpossible;
  effort.percent_of_gap = 100;
  effort.figures = {{&target, domain::Decimal(999'999'999'999'999'999), 1, std::nullopt},
                    {&target, domain::Decimal(999'999'999'999'999'999), 1, std::nullopt}};
  EXPECT_LE(CodePoints(EffortSentence(effort, {}, false)), kMaxSentence);
}

}  // namespace
}  // namespace thidua::scoring
