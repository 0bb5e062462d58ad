// A ranking that was made final: what it says, the bytes that are kept of it, and the digest by
// which they prove themselves (proto/thidua/scoring/v1/finality.proto). Values; immutable once
// made.
#ifndef THIDUA_SERVICES_SCORING_FINAL_H_
#define THIDUA_SERVICES_SCORING_FINAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "thidua/scoring/v1/finality.pb.h"
#include "thidua/scoring/v1/ranking.pb.h"
#include "thidua/scoring/v1/scorecard.pb.h"

namespace thidua::scoring {

// As it is kept.
struct StoredFinal {
  // How often the period's ranking had been made final or revoked, this time included.
  int64_t number = 0;
  v1::FinalRecord record;
  std::string ranking;                  // Bytes of the message, without its digest.
  std::vector<std::string> scorecards;  // In the order of the ranking's rows.
};

struct Final {
  int64_t number = 0;
  v1::FinalRecord record;
  v1::Ranking ranking;
  std::vector<v1::Scorecard> scorecards;  // In the order of the ranking's rows.

  // `unit` is a slug; null when it was no member.
  const v1::Scorecard* FindScorecard(absl::string_view unit) const;
};

// The bytes to keep of a ranking and its scorecards; their parts and digest are put into `record`.
StoredFinal MakeFinal(int64_t number, const v1::Ranking& ranking,
                      const std::vector<v1::Scorecard>& scorecards, v1::FinalRecord record);

// What was kept. DATA_LOSS (FINAL_DAMAGED) when it is not what its digest says.
absl::StatusOr<Final> ReadFinal(const StoredFinal& stored);

// The period's number from the record on: a revocation counts too.
int64_t NumberAfter(int64_t number, const v1::FinalRecord& record);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_FINAL_H_
