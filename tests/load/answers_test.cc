// The judge of answers is judged.
#include "tests/load/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thidua::load {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(AnswersTest, NothingButOkIsRight) {
  EXPECT_THAT(JudgeAnswers("writes", {{"OK", 5}}, /*carried=*/true), IsEmpty());
  EXPECT_THAT(JudgeAnswers("writes", {{"OK", 5}}, /*carried=*/false), IsEmpty());
}

TEST(AnswersTest, AnErrorIsWrongWhetherAllCanBeCarriedOrNot) {
  for (const bool carried : {true, false}) {
    EXPECT_THAT(JudgeAnswers("writes", {{"OK", 5}, {"RESOURCE_EXHAUSTED", 2}}, carried),
                ElementsAre("2 writes answered RESOURCE_EXHAUSTED"));
    EXPECT_THAT(
        JudgeAnswers("http_reads", {{"OK", 5}, {"HTTP_500", 1}, {"LINE_ENDED", 3}}, carried),
        ElementsAre("1 http_reads answered HTTP_500", "3 http_reads answered LINE_ENDED"));
  }
}

TEST(AnswersTest, NothingAnsweredIsWrong) {
  for (const bool carried : {true, false}) {
    EXPECT_THAT(JudgeAnswers("grpc_reads", {}, carried), ElementsAre("no grpc_reads answered"));
  }
  EXPECT_THAT(JudgeAnswers("grpc_reads", {{"UNAVAILABLE", 1}}, true),
              ElementsAre("1 grpc_reads answered UNAVAILABLE", "no grpc_reads answered"));
}

TEST(AnswersTest, ToldToComeBackIsRightButNotForAllWhereAllCanBeCarried) {
  EXPECT_THAT(JudgeAnswers("fresh_reads", {{"OK", 1}, {kNotInTime, 51}}, true), IsEmpty());
  EXPECT_THAT(JudgeAnswers("fresh_reads", {{kNotInTime, 51}}, true),
              ElementsAre("no fresh_reads answered"));
  EXPECT_THAT(JudgeAnswers("fresh_reads", {{kNotInTime, 51}}, false), IsEmpty());
}

TEST(AnswersTest, NobodyAsksTwiceWhereAllCanBeCarried) {
  EXPECT_THAT(JudgeAnswers("writes", {{"OK", 5}, {"SENT_AGAIN RESOURCE_EXHAUSTED", 2}}, true),
              ElementsAre("2 writes SENT_AGAIN RESOURCE_EXHAUSTED"));
}

TEST(AnswersTest, WhoIsTurnedAwayAsksTwiceWhereItCannotBeAndWhoIsNotAnsweredDoesNot) {
  EXPECT_THAT(
      JudgeAnswers("writes",
                   {{"OK", 5},
                    {"SENT_AGAIN DEADLINE_EXCEEDED", 1},
                    {"SENT_AGAIN RESOURCE_EXHAUSTED", 2},
                    {"SENT_AGAIN UNAVAILABLE", 3}},
                   false),
      ElementsAre("1 writes SENT_AGAIN DEADLINE_EXCEEDED", "3 writes SENT_AGAIN UNAVAILABLE"));
}

}  // namespace
}  // namespace thidua::load
