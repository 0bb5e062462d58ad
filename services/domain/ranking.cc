#include "services/domain/ranking.h"

#include <algorithm>

namespace thidua::domain {
namespace {

Rational KeyOf(const ScoreSheet& sheet, size_t unit) {
  const RankingRule& rule = sheet.plan->scheme().ranking;
  const UnitPoints& points = sheet.units[unit];
  const auto rounded = [&](const Rational& value) {
    return rule.rounding.has_value() ? value.RoundedTo(rule.rounding->step, rule.rounding->mode)
                                     : value;
  };
  switch (rule.key) {
    case RankingKey::kPoints:
      break;
    case RankingKey::kPercentOfAssigned: {
      const Rational share = points.total() / points.assigned_points;
      // What is rounded is the percentage, as it would be printed.
      return rule.rounding.has_value() ? rounded(share * 100) / 100 : share;
    }
    case RankingKey::kCappedPoints:
      return rounded(std::min(points.total(), Rational(rule.cap.value_or(0))));
    case RankingKey::kFormula: {
      const std::optional<Expression>& formula = sheet.plan->formulas().ranking;
      if (!formula.has_value()) return 0;
      return rounded(OfUnit(*formula, sheet, unit).value_or(0));
    }
  }
  return rounded(points.total());
}

RankingEntry EntryOf(const ScoreSheet& sheet, size_t unit) {
  RankingEntry entry{unit, KeyOf(sheet, unit), {}};
  const std::vector<TieKey>& keys = sheet.plan->scheme().ranking.tie_keys;
  entry.tie_values.reserve(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    Value value;
    if (const std::optional<Expression>& formula = sheet.plan->formulas().tie_keys[i]) {
      value = OfUnit(*formula, sheet, unit);
    } else if (const size_t node = sheet.plan->Find(keys[i].criterion);
               node < sheet.plan->nodes().size()) {
      value = sheet.At(node, unit).points;
    }
    if (value.has_value() && keys[i].less_is_better) value = Rational(0) - *value;
    entry.tie_values.push_back(std::move(value));
  }
  return entry;
}

// Absent values are the last: an empty optional is less than any other. Equals stand in the pact's
// order.
inline bool Better(const RankingEntry& a, const RankingEntry& b) {
  if (const auto order = a.key <=> b.key; order != 0) return order > 0;
  if (a.tie_values != b.tie_values) {
    return std::lexicographical_compare(a.tie_values.begin(), a.tie_values.end(),
                                        b.tie_values.begin(), b.tie_values.end(),
                                        [](const Value& x, const Value& y) { return x > y; });
  }
  return a.unit < b.unit;
}

bool SameRank(const RankingEntry& a, const RankingEntry& b) {
  return a.key == b.key && a.tie_values == b.tie_values;
}

// The tie key that puts `a` before `b`; nothing when the key itself does.
std::optional<size_t> DecidedBy(const RankingEntry& a, const RankingEntry& b) {
  if (a.key != b.key) return std::nullopt;
  for (size_t i = 0; i < a.tie_values.size(); ++i) {
    if (a.tie_values[i] != b.tie_values[i]) return i;
  }
  return std::nullopt;
}

Place UnrankedPlace(size_t unit) {
  Place place;
  place.unit = unit;
  return place;
}

void SetScores(const PeriodScore& scored, std::vector<Place>& places) {
  for (Place& place : places) place.score = &scored.units()[place.unit];
}

}  // namespace

bool AnythingKnown(const PeriodFigures& figures) {
  return std::any_of(figures.targets.begin(), figures.targets.end(),
                     [](const TargetFigure& figure) {
                       return figure.basis != AchievementBasis::kNotReported;
                     }) ||
         std::any_of(figures.assessed.begin(), figures.assessed.end(),
                     [](const AssessedPoints* given) { return given != nullptr; });
}

std::vector<Place> Unranked(const PeriodScore& scored) {
  std::vector<Place> places;
  for (size_t u = 0; u < scored.units().size(); ++u) places.push_back(UnrankedPlace(u));
  SetScores(scored, places);
  return places;
}

std::vector<RankingEntry> EntriesOf(const ScoreSheet& sheet) {
  std::vector<RankingEntry> entries;
  entries.reserve(sheet.units.size());
  for (size_t u = 0; u < sheet.units.size(); ++u) {
    if (!sheet.units[u].assigned_points.is_zero()) entries.push_back(EntryOf(sheet, u));
  }
  return entries;
}

std::vector<Place> RankEntries(std::vector<RankingEntry> entries, const RankingRule& rule) {
  std::sort(entries.begin(), entries.end(),
            [](const RankingEntry& a, const RankingEntry& b) { return Better(a, b); });

  std::vector<Place> places(entries.size());
  int distinct = 0;
  for (size_t i = 0; i < entries.size(); ++i) {
    const bool as_before = i > 0 && SameRank(entries[i - 1], entries[i]);
    const bool as_after = i + 1 < entries.size() && SameRank(entries[i], entries[i + 1]);
    distinct += as_before ? 0 : 1;
    const int next = rule.dense ? distinct : static_cast<int>(i) + 1;
    places[i].rank = as_before ? places[i - 1].rank : next;
    places[i].unit = entries[i].unit;
    places[i].shared = as_before || as_after;
  }
  // From the last place up, so that equals take over what is known of the one below.
  for (size_t i = entries.size(); i-- > 1;) {
    const RankingEntry& above = entries[i - 1];
    const RankingEntry& below = entries[i];
    places[i - 1].decided_by =
        SameRank(above, below) ? places[i].decided_by : DecidedBy(above, below);
    places[i - 1].margin_to_next =
        above.key == below.key ? places[i].margin_to_next : above.key - below.key;
  }
  for (size_t i = 0; i < entries.size(); ++i) places[i].key = std::move(entries[i].key);
  return places;
}

std::vector<Place> Rank(const ScoreSheet& sheet) {
  std::vector<Place> places = RankEntries(EntriesOf(sheet), sheet.plan->scheme().ranking);
  for (size_t u = 0; u < sheet.units.size(); ++u) {
    if (sheet.units[u].assigned_points.is_zero()) places.push_back(UnrankedPlace(u));
  }
  return places;
}

std::vector<Place> Rank(const PeriodScore& scored) {
  std::vector<Place> places = Rank(scored.sheet());
  SetScores(scored, places);
  return places;
}

const ClassRule* ClassOf(const ScoreSheet& sheet, size_t unit) {
  const Classes& classes = sheet.plan->scheme().classes;
  const UnitPoints& points = sheet.units[unit];
  if (points.assigned_points.is_zero()) return nullptr;
  Rational measured = points.total();
  switch (classes.measure) {
    case Classes::Measure::kPoints:
      break;
    case Classes::Measure::kCappedPoints:
      measured = std::min(measured, Rational(classes.cap.value_or(0)));
      break;
    case Classes::Measure::kPercentOfAssigned:
      measured = measured / points.assigned_points * 100;
      break;
  }
  for (size_t i = 0; i < classes.classes.size(); ++i) {
    const ClassRule& one = classes.classes[i];
    if (measured < one.at_least) continue;
    if (const std::optional<Expression>& condition = sheet.plan->formulas().classes[i]) {
      const Value holds = OfUnit(*condition, sheet, unit);
      if (!holds.has_value() || holds->is_zero()) continue;
    }
    return &one;
  }
  return nullptr;
}

}  // namespace thidua::domain
