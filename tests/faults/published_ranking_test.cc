// What scoring publishes is found right, and whatever is wrong in one field is found for that.
#include "tests/faults/published_ranking.h"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/digest.h"
#include "services/platform/freshness.h"
#include "services/scoring/ranking_hash.h"

namespace thidua::tests {
namespace {

using scoring::v1::GetRankingResponse;
using scoring::v1::Ranking;

constexpr char kPact[] = "blocs/khoi-4/pacts/2019";
constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/nam";
constexpr int64_t kEpochMs = 1'500;

// One that was made final and revoked before.
Ranking Provisional() {
  Ranking ranking;
  ranking.set_name(absl::StrCat(kPeriod, "/ranking"));
  ranking.set_state(Ranking::STATE_PROVISIONAL);
  ranking.set_revision("0002-000000000001500-000000000012-0005");
  ranking.set_period_version(12);
  ranking.set_pact_version(7);
  ranking.mutable_data_time()->set_seconds(1'562'900'000);
  ranking.mutable_compute_time()->set_seconds(1'562'900'001);
  ranking.mutable_compute_time()->set_nanos(250'000'000);
  ranking.add_rows()->set_unit("units/so-y-te");
  return ranking;
}

std::string Token(const std::string& period, int64_t version, int64_t epoch_ms, int64_t pact,
                  int64_t finality) {
  type::v1::FreshnessVector vector;
  const auto add = [&vector](const std::string& store, const std::string& resource,
                             int64_t at_version, int64_t epoch) {
    auto& entry = *vector.add_entries();
    entry.set_store_id(store);
    entry.set_resource(resource);
    entry.set_version(at_version);
    entry.set_store_epoch_ms(epoch);
  };
  add("results:1", period, version, epoch_ms);
  add("registry:1", kPact, pact, 0);
  if (finality > 0) add("scoring:1", absl::StrCat(period, "/ranking"), finality, 0);
  return platform::FreshnessToken(vector);
}

// As scoring writes them.
PublishedFields FieldsOf(const Ranking& ranking, const std::string& token) {
  GetRankingResponse reply;
  *reply.mutable_ranking() = ranking;
  reply.set_freshness_token(token);
  const scoring::RankingFields fields = scoring::FieldsOf(reply);
  return {fields.begin(), fields.end()};
}
PublishedFields Sound() { return FieldsOf(Provisional(), Token(kPeriod, 12, kEpochMs, 7, 2)); }

TEST(PublishedRankingTest, WhatScoringWritesIsRight) {
  Ranking read;
  EXPECT_EQ(PublishedWrong(kPeriod, Sound(), read), "");
  EXPECT_EQ(read.SerializeAsString(), Provisional().SerializeAsString());
}

TEST(PublishedRankingTest, AFinalTellsNoEpoch) {
  Ranking final = Provisional();
  final.set_state(Ranking::STATE_FINAL);
  final.set_revision("0003-000000000001500-000000000012-0005");
  Ranking read;
  EXPECT_EQ(PublishedWrong(kPeriod, FieldsOf(final, Token(kPeriod, 12, 0, 7, 3)), read), "");
  EXPECT_EQ(PublishedWrong(kPeriod, FieldsOf(final, Token(kPeriod, 12, kEpochMs, 7, 3)), read),
            "freshness_token is another's");
}

TEST(PublishedRankingTest, OneThatWasNeverFinalCountsNoFinals) {
  Ranking first = Provisional();
  first.set_revision("0000-000000000001500-000000000012-0005");
  Ranking read;
  EXPECT_EQ(PublishedWrong(kPeriod, FieldsOf(first, Token(kPeriod, 12, kEpochMs, 7, 0)), read), "");
}

TEST(PublishedRankingTest, FieldsThatNobodyKnowsArePassedOver) {
  PublishedFields more = Sound();
  more["unit_names"] = "x";
  Ranking read;
  EXPECT_EQ(PublishedWrong(kPeriod, more, read), "");
}

TEST(PublishedRankingTest, AFieldThatIsMissingIsFound) {
  for (const auto& [name, value] : Sound()) {
    PublishedFields fewer = Sound();
    fewer.erase(name);
    Ranking read;
    EXPECT_EQ(PublishedWrong(kPeriod, fewer, read), absl::StrCat("no ", name));
  }
}

struct Wrong {
  const char* name;
  const char* found;
  std::function<void(PublishedFields&)> plant;
};
void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

// All fields as of that ranking, but the token.
std::function<void(PublishedFields&)> Of(const std::function<void(Ranking&)>& change) {
  return [change](PublishedFields& fields) {
    Ranking ranking = Provisional();
    change(ranking);
    fields = FieldsOf(ranking, fields.at("freshness_token"));
  };
}
std::function<void(PublishedFields&)> Field(const std::string& name, const std::string& value) {
  return [name, value](PublishedFields& fields) { fields[name] = value; };
}

class WrongField : public testing::TestWithParam<Wrong> {};

TEST_P(WrongField, IsFound) {
  PublishedFields fields = Sound();
  GetParam().plant(fields);
  Ranking read;
  EXPECT_EQ(PublishedWrong(kPeriod, fields, read), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongField,
    testing::Values(Wrong{"BytesThatAreNoRanking", "unreadable protobuf",
                          Field("protobuf", "\xff")},
                    Wrong{"ARankingOfAnotherPeriod", "it is another period's",
                          Of([](Ranking& ranking) {
                            ranking.set_name("blocs/khoi-4/pacts/2019/periods/6-thang/ranking");
                          })},
                    Wrong{"JsonThatIsNone", "unreadable json", Field("json", "{")},
                    Wrong{"JsonOfAnotherRanking", "json is another ranking than protobuf",
                          [](PublishedFields& fields) {
                            Ranking other = Provisional();
                            other.mutable_rows(0)->set_total("1");
                            fields["json"] = FieldsOf(other, "").at("json");
                          }},
                    Wrong{"ADigestOfOtherBytes", "sha256 is of other bytes",
                          Field("sha256", platform::Sha256Hex("x"))},
                    Wrong{"AnotherRevision", "revision is another's",
                          Field("revision", "0002-000000000001500-000000000013-0005")},
                    Wrong{"ARevisionThatIsNone", "unreadable revision",
                          Of([](Ranking& ranking) { ranking.set_revision("x"); })},
                    Wrong{"AFinalThatIsNone", "state is another's", Field("state", "FINAL")},
                    Wrong{"AStateThatIsNone", "state is another's", Field("state", "")},
                    Wrong{"NoEtag", "etag is empty", Field("etag", "")},
                    Wrong{"ComputedAMillisecondLater", "computed_at is another's",
                          Field("computed_at", "2019-07-12T02:53:21.251Z")},
                    Wrong{"ComputedInAnotherForm", "computed_at is another's",
                          Field("computed_at", "2019-07-12 02:53:21.250")},
                    Wrong{"DataOfAnotherSecond", "data_as_of is another's",
                          Field("data_as_of", "2019-07-12T02:53:21.000Z")},
                    Wrong{"NoToken", "freshness_token is empty", Field("freshness_token", "")},
                    Wrong{"ATokenThatIsNone", "unreadable freshness_token",
                          Field("freshness_token", "!")},
                    Wrong{"ATokenOfAnotherPeriod", "freshness_token is another's",
                          Field("freshness_token", Token("blocs/khoi-4/pacts/2019/periods/6-thang",
                                                         12, kEpochMs, 7, 2))},
                    Wrong{"ATokenOfTheVersionBefore", "freshness_token is another's",
                          Field("freshness_token", Token(kPeriod, 11, kEpochMs, 7, 2))},
                    Wrong{"ATokenOfAnotherLife", "freshness_token is another's",
                          Field("freshness_token", Token(kPeriod, 12, kEpochMs - 1, 7, 2))},
                    Wrong{"ATokenThatTellsNoLife", "freshness_token is another's",
                          Field("freshness_token", Token(kPeriod, 12, 0, 7, 2))},
                    Wrong{"ATokenOfAnotherPact", "freshness_token is another's",
                          Field("freshness_token", Token(kPeriod, 12, kEpochMs, 6, 2))},
                    Wrong{"ATokenOfTheFinalBefore", "freshness_token is another's",
                          Field("freshness_token", Token(kPeriod, 12, kEpochMs, 7, 1))},
                    Wrong{"ATokenThatForgetsFinals", "freshness_token is another's",
                          Field("freshness_token", Token(kPeriod, 12, kEpochMs, 7, 0))},
                    Wrong{"ATokenOfNoStore", "freshness_token is of no store",
                          [](PublishedFields& fields) {
                            auto vector =
                                *platform::ReadFreshnessToken(fields.at("freshness_token"));
                            vector.mutable_entries(0)->clear_store_id();
                            fields["freshness_token"] = platform::FreshnessToken(vector);
                          }}),
    [](const testing::TestParamInfo<Wrong>& wrong) { return wrong.param.name; });

}  // namespace
}  // namespace thidua::tests
