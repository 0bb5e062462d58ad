// The judge of what is stored is judged: when all is stored as it was acknowledged nothing is said,
// and when a single thing is not, that, and nothing else.
#include "tests/load/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace thidua::load {
namespace {

using results::v1::Assessment;
using results::v1::Submission;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Three figures of one target are acknowledged, and stored.
class FiguresTest : public testing::Test {
 protected:
  FiguresTest() {
    ledger_.Acknowledge(7, 2, 1, 100);
    ledger_.Acknowledge(7, 2, 2, 250);
    ledger_.Acknowledge(7, 2, 3, 120);
  }
  std::vector<std::string> Judged() const {
    const auto figures = ledger_.figures();
    EXPECT_EQ(figures.size(), 1u);
    EXPECT_EQ(figures.at(0).first, std::pair(size_t{7}, size_t{2}));
    return JudgeFigures(figures.at(0).second, stored_);
  }

  Ledger ledger_;
  std::vector<StoredFigure> stored_ = {{1, "100"}, {2, "250"}, {3, "120"}};
};

TEST_F(FiguresTest, WhatIsStoredAsItWasAcknowledgedIsRight) {
  EXPECT_THAT(Judged(), IsEmpty());
  EXPECT_EQ(ledger_.acknowledged(), 3);
}

TEST_F(FiguresTest, InWhichOrderTheyAreListedDoesNotMatter) {
  std::swap(stored_[0], stored_[2]);
  EXPECT_THAT(Judged(), IsEmpty());
}

TEST_F(FiguresTest, OneThatIsMissingIsLost) {
  stored_.pop_back();
  EXPECT_THAT(Judged(), ElementsAre("120 was acknowledged as revision 3, which holds nothing"));
}

TEST_F(FiguresTest, AllAreLostWhenNothingIsThere) {
  stored_.clear();
  EXPECT_THAT(Judged(), ElementsAre(HasSubstr("100 was"), HasSubstr("120 was"), HasSubstr("250")));
}

TEST_F(FiguresTest, OneIsNotTwoRevisions) {
  stored_.push_back({4, "250"});
  EXPECT_THAT(Judged(), ElementsAre("revision 4 holds 250, which another holds already"));
}

TEST_F(FiguresTest, ARevisionIsNotListedTwice) {
  stored_.push_back({2, "250"});
  EXPECT_THAT(Judged(), ElementsAre("revision 2 was listed twice"));
}

TEST_F(FiguresTest, AnotherValueIsNotWhatWasAcknowledged) {
  stored_[1].value = "251";
  EXPECT_THAT(Judged(), ElementsAre("250 was acknowledged as revision 2, which holds 251"));
}

TEST_F(FiguresTest, AnotherDigitIsAnotherValue) {
  for (const char* const value : {"250.5", "250.0", " 250", "", "2500", "-250"}) {
    stored_[1].value = value;
    EXPECT_THAT(Judged(), ElementsAre(absl::StrCat(
                              "250 was acknowledged as revision 2, which holds ", value)));
  }
}

TEST_F(FiguresTest, EachStandsWhereItWasAcknowledged) {
  std::swap(stored_[0].value, stored_[1].value);
  EXPECT_THAT(Judged(), ElementsAre("100 was acknowledged as revision 1, which holds 250",
                                    "250 was acknowledged as revision 2, which holds 100"));
}

TEST_F(FiguresTest, NothingIsThereThatNobodyWasToldOf) {
  stored_.push_back({4, "777"});
  EXPECT_THAT(Judged(), ElementsAre("revision 4 holds 777, which was never acknowledged"));
}

TEST_F(FiguresTest, TwoAreNotAcknowledgedAsOneRevision) {
  ledger_.Acknowledge(7, 2, 3, 130);
  EXPECT_THAT(Judged(), ElementsAre("130 was acknowledged as revision 3, which holds nothing"));
}

TEST_F(FiguresTest, OneIsNotAcknowledgedAsTwoRevisions) {
  ledger_.Acknowledge(7, 2, 4, 250);
  EXPECT_THAT(Judged(), ElementsAre("one figure was acknowledged as two revisions"));
}

TEST_F(FiguresTest, OneThatIsAcknowledgedAgainCountsOnce) {
  ledger_.Acknowledge(7, 2, 2, 250);
  ledger_.Acknowledge(7, 2, 0, 250);  // By the end of an import.
  EXPECT_THAT(Judged(), IsEmpty());
  EXPECT_EQ(ledger_.acknowledged(), 3);
}

TEST_F(FiguresTest, OneOfNoNamedRevisionIsInAny) {
  ledger_.Acknowledge(7, 2, 0, 300);
  EXPECT_THAT(Judged(), ElementsAre("300 was acknowledged as revision 0, which holds nothing"));
  stored_.push_back({4, "300"});
  EXPECT_THAT(Judged(), IsEmpty());
  stored_.push_back({5, "300"});
  EXPECT_THAT(Judged(), ElementsAre("revision 5 holds 300, which another holds already"));
}

TEST_F(FiguresTest, TheRevisionMayBeNamedLater) {
  ledger_.Acknowledge(7, 2, 0, 300);
  ledger_.Acknowledge(7, 2, 5, 300);
  stored_.push_back({4, "300"});
  EXPECT_THAT(Judged(), ElementsAre("300 was acknowledged as revision 5, which holds nothing",
                                    "revision 4 holds 300, which another holds already"));
}

TEST_F(FiguresTest, WhatIsOpenMayBeThereOnceOrNot) {
  ledger_.LeaveOpen(7, 2, 300);
  EXPECT_THAT(Judged(), IsEmpty());
  stored_.push_back({4, "300"});
  EXPECT_THAT(Judged(), IsEmpty());
  stored_.push_back({5, "300"});
  EXPECT_THAT(Judged(), ElementsAre("revision 5 holds 300, which another holds already"));
}

TEST_F(FiguresTest, WhatWasOpenIsThereOnceItIsAcknowledged) {
  ledger_.LeaveOpen(7, 2, 300);
  ledger_.Acknowledge(7, 2, 4, 300);
  EXPECT_THAT(Judged(), ElementsAre("300 was acknowledged as revision 4, which holds nothing"));
  stored_.insert(stored_.end(), {{4, "300"}, {5, "300"}});
  EXPECT_THAT(Judged(), ElementsAre("revision 5 holds 300, which another holds already"));
}

TEST_F(FiguresTest, WhatWasAcknowledgedIsNeverOpenAgain) {
  ledger_.LeaveOpen(7, 2, 250);
  stored_.push_back({4, "250"});
  EXPECT_THAT(Judged(), ElementsAre("revision 4 holds 250, which another holds already"));
  stored_.pop_back();
  stored_.erase(stored_.begin() + 1);
  EXPECT_THAT(Judged(), ElementsAre("250 was acknowledged as revision 2, which holds nothing"));
}

// Two units' own points of two criteria.
class OwnPointsTest : public testing::Test {
 protected:
  OwnPointsTest() {
    for (const char* const unit : {"units/so-y-te", "units/so-du-lich"}) {
      for (const char* const criterion : {"i-1", "ii"}) {
        Assessment& one = stored_.emplace_back();
        one.set_unit(unit);
        one.set_criterion_id(criterion);
        one.set_points("12.5");
        one.set_revision(1);
      }
    }
    acknowledged_ = stored_;
  }
  std::vector<std::string> Judged() const { return JudgeOwnPoints(acknowledged_, open_, stored_); }

  std::vector<Assessment> acknowledged_, stored_;
  std::set<std::string> open_;
};

TEST_F(OwnPointsTest, WhatIsStoredAsItWasAcknowledgedIsRight) { EXPECT_THAT(Judged(), IsEmpty()); }

TEST_F(OwnPointsTest, OnesThatAreMissingAreLost) {
  stored_.pop_back();
  EXPECT_THAT(Judged(), ElementsAre("1 own points are not there as they were acknowledged"));
}

TEST_F(OwnPointsTest, EveryFieldIsAsItWasAcknowledged) {
  const std::function<void(Assessment&)> changes[] = {
      [](Assessment& one) { one.set_points("12.50"); },
      [](Assessment& one) { one.set_revision(2); },
      [](Assessment& one) { one.mutable_assess_time()->set_seconds(1); },
      [](Assessment& one) { one.add_figures()->set_value("1"); }};
  for (const auto& change : changes) {
    stored_ = acknowledged_;
    change(stored_[2]);
    EXPECT_THAT(Judged(),
                ElementsAre(HasSubstr("own points are there that were never acknowledged: "),
                            "1 own points are not there as they were acknowledged"));
  }
}

TEST_F(OwnPointsTest, TheyAreThereOnce) {
  stored_.push_back(stored_[0]);
  EXPECT_THAT(Judged(),
              ElementsAre(HasSubstr("own points are there that were never acknowledged: ")));
}

TEST_F(OwnPointsTest, WhatIsOpenMayBeThereOrNot) {
  Assessment one = stored_[0];
  one.set_unit("units/so-tu-phap");
  open_.insert(one.unit());
  EXPECT_THAT(Judged(), IsEmpty());
  stored_.push_back(one);
  EXPECT_THAT(Judged(), IsEmpty());
  open_.clear();
  EXPECT_THAT(Judged(), ElementsAre(HasSubstr("were never acknowledged")));
}

TEST_F(OwnPointsTest, TheyAreNotedAsTheyWereAnswered) {
  Ledger ledger;
  ledger.LeaveOwnPointsOpen(7);
  EXPECT_TRUE(ledger.units().at(7).own_points_open);
  ledger.AcknowledgeOwnPoints(7, acknowledged_);
  EXPECT_FALSE(ledger.units().at(7).own_points_open);
  EXPECT_EQ(ledger.units().at(7).own_points.size(), acknowledged_.size());
}

TEST(HandOverTest, IsThereAsItWasAcknowledged) {
  Submission answered;
  answered.set_name("blocs/khoi-4/pacts/2019/periods/nam/submissions/so-y-te");
  answered.set_state(Submission::STATE_SUBMITTED);
  answered.add_steps()->set_digest("d1");
  Ledger ledger;
  ledger.AcknowledgeHandOver(7, answered);
  const Submission acknowledged = ledger.units().at(7).hand_over;
  EXPECT_THAT(JudgeHandOver(acknowledged, answered), IsEmpty());

  Submission changed = answered;
  changed.set_state(Submission::STATE_CHANGED);
  EXPECT_THAT(JudgeHandOver(acknowledged, changed), ElementsAre(HasSubstr("and there is")));
  Submission handed_over_twice = answered;
  handed_over_twice.add_steps()->set_digest("d1");
  EXPECT_THAT(JudgeHandOver(acknowledged, handed_over_twice), testing::SizeIs(1));
  EXPECT_THAT(JudgeHandOver(acknowledged, Submission()), testing::SizeIs(1));
}

TEST(VersionTest, ARankingIsNoOlderThanItsToken) {
  EXPECT_THAT(JudgeVersion(/*of_token=*/5, /*shown=*/5), IsEmpty());
  EXPECT_THAT(JudgeVersion(5, 6), IsEmpty());
  EXPECT_THAT(JudgeVersion(5, 4), ElementsAre("version 4 was shown for a token of version 5"));
}

TEST(VersionTest, OfABlocTheNewestIsNoted) {
  Ledger ledger;
  ledger.SawVersion(3, 5, "five");
  ledger.SawVersion(3, 4, "four");
  ledger.SawVersion(4, 9, "nine");
  const auto versions = ledger.versions();
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].first, 3u);
  EXPECT_EQ(versions[0].second.version, 5);
  EXPECT_EQ(versions[0].second.token, "five");
  EXPECT_EQ(versions[1].second.token, "nine");
}

}  // namespace
}  // namespace thidua::load
