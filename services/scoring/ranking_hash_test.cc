#include "services/scoring/ranking_hash.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>

#include "services/messages/instant.h"
#include "services/platform/digest.h"
#include "services/scoring/publisher_testlib.h"

namespace thidua::scoring {
namespace {

v1::GetRankingResponse ReplyAt(int64_t version, absl::Time compute_time = absl::UnixEpoch()) {
  v1::GetRankingResponse reply;
  *reply.mutable_ranking() = StandingAt(version, khoi4_2019::kPeriodName, compute_time)->ranking;
  reply.set_freshness_token("token");
  return reply;
}

class RankingHashTest : public testing::Test {
 protected:
  Found Of(const RankingFields& fields) { return Judge(fields, khoi4_2019::kPeriodName, ours_); }
  // As somebody would who knows how it is made.
  RankingFields Forged(const v1::Ranking& ranking) {
    v1::GetRankingResponse reply = ours_;
    *reply.mutable_ranking() = ranking;
    return FieldsOf(reply);
  }

  const v1::GetRankingResponse ours_ = ReplyAt(5);
  const RankingFields fields_ = FieldsOf(ours_);
};

TEST_F(RankingHashTest, KeysAndPeriodsNameEachOther) {
  EXPECT_EQ(RankingKey(khoi4_2019::kPeriodName), kKey);
  EXPECT_EQ(PeriodOfKey(kKey), khoi4_2019::kPeriodName);
  EXPECT_EQ(RankingKey("no period"), "");
  for (const char* key :
       {"", "x", "thidua:pub:v1:ranking:", "thidua:pub:v1:ranking:{khoi-4/2019}",
        "thidua:pub:v1:ranking:{khoi-4}:nam", "thidua:pub:v1:ranking:{khoi-4/2019}:nam}:nam",
        "thidua:pub:v1:ranking:{khoi-4/2019}:nam/x", "thidua:pub:v1:ranking:{../2019}:nam"}) {
    EXPECT_EQ(PeriodOfKey(key), "") << key;
  }
}

TEST_F(RankingHashTest, WhatWasWrittenIsRight) {
  EXPECT_EQ(Of(fields_), Found::kSame);
  EXPECT_EQ(Of(FieldsOf(ReplyAt(5, absl::Now()))), Found::kSame) << "computed by a sibling";
}

TEST_F(RankingHashTest, RevisionsTellOlderAndNewer) {
  EXPECT_EQ(Of(FieldsOf(ReplyAt(4))), Found::kOlder);
  EXPECT_EQ(Of(FieldsOf(ReplyAt(6))), Found::kNewer);
  // As text, so that the tenth is not before the ninth.
  EXPECT_EQ(Of(FieldsOf(ReplyAt(10))), Found::kNewer);
}

TEST_F(RankingHashTest, AnyFieldThatIsOtherwiseIsFound) {
  for (const auto& [name, value] : fields_) {
    RankingFields altered = fields_;
    altered[name] += "x";
    EXPECT_EQ(Of(altered), Found::kWrong) << name;
    EXPECT_NE(DigestOf(altered), DigestOf(fields_)) << name;
    altered[name].clear();
    EXPECT_EQ(Of(altered), Found::kWrong) << name;
    altered.erase(name);
    EXPECT_EQ(Of(altered), Found::kWrong) << name;
  }
  EXPECT_EQ(Of({}), Found::kWrong);
}

TEST_F(RankingHashTest, AForgedRankingOfTheSameRevisionIsFound) {
  v1::Ranking forged = ours_.ranking();
  forged.mutable_rows(0)->set_rank(2);
  EXPECT_EQ(Of(Forged(forged)), Found::kWrong);
  forged = ours_.ranking();
  forged.mutable_rows(0)->set_total("100");
  RankingFields with_our_etag = Forged(forged);
  with_our_etag["etag"] = fields_.at("etag");
  EXPECT_EQ(Of(with_our_etag), Found::kWrong);
}

TEST_F(RankingHashTest, WhatPassesItselfOffAsNewerIsFound) {
  const RankingFields newer = FieldsOf(ReplyAt(6));
  RankingFields mixed = fields_;
  mixed["revision"] = newer.at("revision");
  EXPECT_EQ(Of(mixed), Found::kWrong) << "the protobuf is another's";
  for (const char* name : {"sha256", "protobuf", "json", "state", "computed_at", "data_as_of"}) {
    RankingFields altered = newer;
    altered[name] = "x";
    EXPECT_EQ(Of(altered), Found::kWrong) << name;
  }
  RankingFields of_another_period = FieldsOf([] {
    v1::GetRankingResponse reply;
    *reply.mutable_ranking() = StandingAt(6, kYear)->ranking;
    return reply;
  }());
  EXPECT_EQ(Of(of_another_period), Found::kWrong);
  for (const std::string& revision : {std::string("zzz"), std::string(38, '9'),
                                      fields_.at("revision") + "0", "9" + fields_.at("revision")}) {
    RankingFields altered = newer;
    altered["revision"] = revision;
    EXPECT_EQ(Of(altered), Found::kWrong) << revision;
  }
}

TEST_F(RankingHashTest, OfALaterVersionsFieldsNoNoticeIsTaken) {
  RankingFields more = fields_;
  more["unit_names"] = "x";
  EXPECT_EQ(Of(more), Found::kSame);
  EXPECT_EQ(DigestOf(more), DigestOf(fields_));
}

TEST_F(RankingHashTest, JsonCountsByWhatItSays) {
  RankingFields spaced = fields_;
  spaced["json"].insert(1, " \n ");
  EXPECT_EQ(Of(spaced), Found::kSame);
  spaced["json"] = "{}";
  EXPECT_EQ(Of(spaced), Found::kWrong);
}

TEST_F(RankingHashTest, WhereNothingShouldBeOnlyANewerOneStays) {
  const auto judge = [&](const RankingFields& fields) {
    return Judge(fields, khoi4_2019::kPeriodName, ours_.ranking().revision());
  };
  EXPECT_EQ(judge(fields_), Found::kOlder);
  EXPECT_EQ(judge(FieldsOf(ReplyAt(4))), Found::kOlder);
  EXPECT_EQ(judge(FieldsOf(ReplyAt(6))), Found::kNewer);
  EXPECT_EQ(judge({}), Found::kWrong);
}

}  // namespace
}  // namespace thidua::scoring
