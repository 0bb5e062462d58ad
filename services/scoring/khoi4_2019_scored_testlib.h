// Khối thi đua 4 in the first half of 2019, scored, and what is said of it. For tests.
#ifndef THIDUA_SERVICES_SCORING_KHOI4_2019_SCORED_TESTLIB_H_
#define THIDUA_SERVICES_SCORING_KHOI4_2019_SCORED_TESTLIB_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "services/domain/assessment.h"
#include "services/domain/khoi4_2019_testdata.h"
#include "services/domain/ranking.h"
#include "services/scoring/standing_testlib.h"
#include "services/scoring/target_wording.h"
#include "services/scoring/wording.h"

namespace thidua::scoring::khoi4_2019 {

// The article's data, scored; what refers to what stays in one place.
struct Scored {
  explicit Scored(void (*change)(domain::Pact&, std::vector<domain::Result>&) = nullptr,
                  const std::vector<domain::Assessment>& given = {})
      : pact(domain::khoi4_2019::ThePact()), results(domain::khoi4_2019::TheResults()) {
    if (change != nullptr) change(pact, results);
    assessments = given;
    assessed = domain::CountingPoints(pact, assessments);
    Compute();
  }
  void Compute() { places = domain::Rank(scored.emplace(pact, results, assessed)); }
  const std::vector<domain::UnitScore>& scores() const { return scored->units(); }
  Scored(const Scored&) = delete;
  Scored& operator=(const Scored&) = delete;

  std::string Derivation(int number) const {
    for (size_t u = 0; u < scores().size(); ++u) {
      const Spot spot{&scored->sheet(), 0, u};
      for (size_t t = spot.first_target(); t < spot.end_target(); ++t) {
        if (spot.figures().sources[t].target->id == domain::khoi4_2019::TargetId(number)) {
          return DerivationSentence(TargetSpot{spot, t});
        }
      }
    }
    return "no such target";
  }
  // One of the contents, none of which has children, for a unit.
  Spot At(size_t content, absl::string_view unit) const {
    return SpotOf(*scored, pact.scheme.contents[content].id, unit);
  }
  const domain::UnitScore& Of(absl::string_view unit) const {
    for (const domain::UnitScore& score : scores()) {
      if (score.member->unit == unit) return score;
    }
    return scores()[0];
  }
  std::string PlaceOf(absl::string_view unit) const {
    for (size_t i = 0; i < places.size(); ++i) {
      if (places[i].score->member->unit == unit) return PlaceSentence(pact.scheme, places, i);
    }
    return "no such unit";
  }

  domain::Pact pact;
  std::vector<domain::Result> results;
  std::vector<domain::Assessment> assessments;
  std::vector<domain::AssessedPoints> assessed;
  std::optional<domain::PeriodScore> scored;
  std::vector<domain::Place> places;
};

inline void AcceptStated(domain::Pact& pact, std::vector<domain::Result>&) {
  std::get<domain::TargetsRule>(pact.scheme.contents[0].rule).stated_percent =
      domain::StatedPercentPolicy::kAccept;
}

// Points for the third content, of Sở Y tế.
inline domain::Assessment Given(domain::Layer layer, const char* points, const char* bonus = "0",
                                const std::string& rater = "") {
  return {std::string(domain::khoi4_2019::kHealth),
          "noi-dung-3",
          layer,
          rater,
          *domain::Decimal::Parse(points),
          *domain::Decimal::Parse(bonus)};
}

}  // namespace thidua::scoring::khoi4_2019

#endif  // THIDUA_SERVICES_SCORING_KHOI4_2019_SCORED_TESTLIB_H_
