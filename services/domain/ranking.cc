#include "services/domain/ranking.h"

#include <algorithm>
#include <variant>

#include "absl/strings/string_view.h"

namespace thidua::domain {
namespace {

// A unit with everything its place is decided by.
struct Entry {
  const UnitScore* score = nullptr;
  Rational key;
  std::vector<Rational> tie_points;  // In the order of the tie keys.
};

const CriterionScore* FindAmong(const std::vector<CriterionScore>& scores, absl::string_view id) {
  for (const CriterionScore& score : scores) {
    if (score.criterion->id == id) return &score;
    if (const CriterionScore* below = FindAmong(score.children, id)) return below;
  }
  return nullptr;
}

Entry EntryOf(const RankingRule& rule, const UnitScore& score) {
  Entry entry{&score, rule.key == RankingKey::kPoints ? score.total() : *score.share(), {}};
  for (const std::string& id : rule.tie_break_criteria) {
    const CriterionScore* criterion = FindAmong(score.contents, id);
    entry.tie_points.push_back(criterion == nullptr ? Rational(0) : criterion->points);
  }
  return entry;
}

bool Better(const Entry& a, const Entry& b) {
  if (a.key != b.key) return a.key > b.key;
  return std::lexicographical_compare(a.tie_points.begin(), a.tie_points.end(),
                                      b.tie_points.begin(), b.tie_points.end(),
                                      [](const Rational& x, const Rational& y) { return x > y; });
}

bool SameRank(const Entry& a, const Entry& b) {
  return a.key == b.key && a.tie_points == b.tie_points;
}

// The tie key that puts `a` before `b`; empty when the key itself does.
std::string DecidedBy(const RankingRule& rule, const Entry& a, const Entry& b) {
  if (a.key != b.key) return "";
  for (size_t i = 0; i < rule.tie_break_criteria.size(); ++i) {
    if (a.tie_points[i] != b.tie_points[i]) return rule.tie_break_criteria[i];
  }
  return "";
}

bool Known(const CriterionScore& score) {
  for (const TargetScore& target : score.targets) {
    if (target.achievement.basis != AchievementBasis::kNotReported) return true;
  }
  if (std::holds_alternative<AssessedRule>(score.criterion->rule) && score.assigned) return true;
  return std::any_of(score.children.begin(), score.children.end(), Known);
}

}  // namespace

bool AnythingKnown(const std::vector<UnitScore>& scores) {
  return std::any_of(scores.begin(), scores.end(), [](const UnitScore& score) {
    return std::any_of(score.contents.begin(), score.contents.end(), Known);
  });
}

std::vector<Place> Unranked(const std::vector<UnitScore>& scores) {
  std::vector<Place> places(scores.size());
  for (size_t i = 0; i < scores.size(); ++i) places[i].score = &scores[i];
  return places;
}

std::vector<Place> Rank(const RankingRule& rule, const std::vector<UnitScore>& scores) {
  std::vector<Entry> entries;
  entries.reserve(scores.size());
  for (const UnitScore& score : scores) {
    if (score.share().has_value()) entries.push_back(EntryOf(rule, score));
  }
  std::stable_sort(entries.begin(), entries.end(), Better);

  std::vector<Place> places(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    const bool as_before = i > 0 && SameRank(entries[i - 1], entries[i]);
    const bool as_after = i + 1 < entries.size() && SameRank(entries[i], entries[i + 1]);
    places[i].rank = as_before ? places[i - 1].rank : static_cast<int>(i) + 1;
    places[i].score = entries[i].score;
    places[i].shared = as_before || as_after;
  }
  // From the last place up, so that equals take over what is known of the one below.
  for (size_t i = entries.size(); i-- > 1;) {
    const Entry& above = entries[i - 1];
    const Entry& below = entries[i];
    places[i - 1].decided_by =
        SameRank(above, below) ? places[i].decided_by : DecidedBy(rule, above, below);
    places[i - 1].margin_to_next =
        above.key == below.key ? places[i].margin_to_next : above.key - below.key;
  }
  for (const UnitScore& score : scores) {
    if (!score.share().has_value()) {
      Place unranked;
      unranked.score = &score;
      places.push_back(unranked);
    }
  }
  return places;
}

}  // namespace thidua::domain
