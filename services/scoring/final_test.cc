#include "services/scoring/final.h"

#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "services/platform/digest.h"

namespace thidua::scoring {
namespace {

TEST(FinalTest, TheDigestIsOfLinesAsSha256sumPrintsThem) {
  v1::Ranking ranking;
  ranking.set_name("p/ranking");
  ranking.set_revision("r");
  v1::Scorecard card;
  card.set_name("p/scorecards/a");
  v1::FinalRecord record;
  record.set_revision("r");
  const StoredFinal stored = MakeFinal(3, ranking, {card}, record);
  const std::string lines =
      absl::StrCat(platform::Sha256Hex(ranking.SerializeAsString()), "  p/ranking\n",
                   platform::Sha256Hex(card.SerializeAsString()), "  p/scorecards/a\n");
  EXPECT_EQ(stored.record.digest(), platform::Sha256Hex(lines));
  const auto read = ReadFinal(stored);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->ranking.digest(), stored.record.digest());
  EXPECT_NE(read->FindScorecard("a"), nullptr);
  EXPECT_EQ(read->FindScorecard("b"), nullptr);

  const std::function<void(StoredFinal&)> kDamages[] = {
      [](StoredFinal& s) { s.ranking += '\x08'; },
      [](StoredFinal& s) { s.scorecards.clear(); },
      [](StoredFinal& s) { s.scorecards.push_back(s.scorecards[0]); },
      [](StoredFinal& s) { s.scorecards[0].clear(); },
      [](StoredFinal& s) { s.record.mutable_parts(1)->set_sha256("0"); },
      [](StoredFinal& s) { s.record.set_digest("0"); },
      [](StoredFinal& s) { s.record.set_revision("q"); },
  };
  for (const auto& damage : kDamages) {
    StoredFinal damaged = stored;
    damage(damaged);
    EXPECT_EQ(ReadFinal(damaged).status().code(), absl::StatusCode::kDataLoss);
  }
}

}  // namespace
}  // namespace thidua::scoring
