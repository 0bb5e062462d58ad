#include "services/domain/comparison.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/domain/ranking.h"
#include "services/domain/scoring.h"

namespace thidua::domain {
namespace {

// One step on the way, scored. Its parts refer to one another.
class Step {
 public:
  Step(const ScoringPlan& plan, const Pact& pact, std::vector<Result> results,
       const std::vector<Assessment>& given)
      : results_(std::move(results)),
        assessed_(CountingPoints(pact, given)),
        figures_(plan, pact, results_, assessed_) {
    FillSheet(plan, figures_, SheetDetail::kNumbers, sheet_);
    for (size_t u = 0; u < figures_.units; ++u) {
      units_.emplace(figures_.members[u]->unit, u);
    }
    contenders_ = EntriesOf(sheet_);
    ranks_ = RanksOf(contenders_);
  }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  const PeriodFigures& figures() const { return figures_; }
  const ScoringPlan& plan() const { return *sheet_.plan; }
  bool HasMember(absl::string_view unit) const { return units_.contains(unit); }
  // 0: not ranked, or no member.
  int RankOf(absl::string_view unit) const {
    const auto found = units_.find(unit);
    return found == units_.end() ? 0 : ranks_[found->second];
  }
  // The rank that the unit would have with its points of another step under the same pact.
  int RankWith(const Step& own, absl::string_view unit) const {
    const auto found = units_.find(unit);
    if (found == units_.end()) return 0;
    const auto is_it = [&](const RankingEntry& one) { return one.unit == found->second; };
    std::vector<RankingEntry> mixed;
    std::copy_if(contenders_.begin(), contenders_.end(), std::back_inserter(mixed),
                 [&](const RankingEntry& one) { return !is_it(one); });
    std::copy_if(own.contenders_.begin(), own.contenders_.end(), std::back_inserter(mixed), is_it);
    return RanksOf(std::move(mixed))[found->second];
  }
  UnitPlace PlaceOf(absl::string_view unit) const {
    const UnitPoints& points = sheet_.units[units_.at(unit)];
    return {RankOf(unit), points.points, points.bonus, points.assigned_points};
  }
  // Points and bonus in that content; 0 for whoever is no member, and where there is no such
  // content.
  Rational PointsIn(const std::string& content, absl::string_view unit) const {
    const auto found = units_.find(unit);
    const size_t node = plan().Find(content);
    if (found == units_.end() || node == plan().nodes().size() ||
        !plan().nodes()[node].is_content) {
      return 0;
    }
    const CriterionPoints points = sheet_.At(node, found->second);
    return points.assigned ? points.points + points.bonus : Rational(0);
  }
  // Nobody has a rank while nothing is known.
  void UnrankUnlessKnown() {
    if (!AnythingKnown(figures_)) std::fill(ranks_.begin(), ranks_.end(), 0);
  }

 private:
  std::vector<int> RanksOf(std::vector<RankingEntry> entries) const {
    std::vector<int> ranks(figures_.units);
    for (const Place& place : RankEntries(std::move(entries), sheet_.plan->scheme().ranking)) {
      ranks[place.unit] = place.rank;
    }
    return ranks;
  }

  const std::vector<Result> results_;
  const std::vector<AssessedPoints> assessed_;
  const PeriodFigures figures_;
  ScoreSheet sheet_;
  absl::flat_hash_map<absl::string_view, size_t> units_;
  std::vector<RankingEntry> contenders_;
  std::vector<int> ranks_;  // By unit.
};

bool SameFigure(const Result& a, const Result& b) {
  const bool same_actual = a.actual.state == b.actual.state &&
                           (!a.actual.has_value() || (a.actual.value == b.actual.value &&
                                                      a.actual.qualifier == b.actual.qualifier));
  return same_actual && a.stated_percent == b.stated_percent &&
         (!a.stated_percent.has_value() || a.stated_qualifier == b.stated_qualifier);
}

bool SamePoints(const std::vector<const Assessment*>& a, const std::vector<const Assessment*>& b) {
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const Assessment* x, const Assessment* y) {
        return x->criterion == y->criterion && x->layer == y->layer && x->rater == y->rater &&
               x->points == y->points && x->bonus == y->bonus && x->figures == y->figures;
      });
}

std::vector<std::string> ContentsOf(const Scheme& before, const Scheme& after) {
  std::vector<std::string> contents;
  for (const Criterion& content : after.contents) contents.push_back(content.id);
  for (const Criterion& content : before.contents) {
    if (std::find(contents.begin(), contents.end(), content.id) == contents.end()) {
      contents.push_back(content.id);
    }
  }
  return contents;
}

std::optional<BestMove::Best> BestOf(const Step& step, const std::string& criterion) {
  const size_t node = step.plan().Find(criterion);
  if (node == step.plan().nodes().size()) return std::nullopt;
  const PeriodFigures& figures = step.figures();
  std::optional<BestMove::Best> best;
  for (size_t u = 0; u < figures.units; ++u) {
    for (size_t t = figures.target_begin[node * figures.units + u];
         t < figures.target_begin[node * figures.units + u + 1]; ++t) {
      const TargetFigure& figure = figures.targets[t];
      if (!figure.counted || figure.without_target ||
          figure.basis == AchievementBasis::kNotReported) {
        continue;
      }
      if (!best.has_value() || figure.share > best->share) {
        best = BestMove::Best{figures.members[u]->unit, figure.share};
      }
    }
  }
  return best;
}

// Both sides, and the way from one to the other.
class Way {
 public:
  Way(const PeriodState& before, const PeriodState& after, bool same_period)
      : before_(before),
        after_(after),
        rescored_pact_(WithScheme(before.pact, after.pact.scheme)),
        plan_before_(before.pact.scheme),
        plan_rescored_(rescored_pact_.scheme),
        plan_after_(after.pact.scheme),
        contents_(ContentsOf(before.pact.scheme, after.pact.scheme)) {
    FindFigureChanges(same_period);
    for (const Assessment& one : before.assessments) given_before_[one.unit].push_back(&one);
    for (const Assessment& one : after.assessments) given_after_[one.unit].push_back(&one);
    first_ = std::make_unique<Step>(plan_before_, before.pact, before.results, before.assessments);
    rescored_ =
        std::make_unique<Step>(plan_rescored_, rescored_pact_, before.results, before.assessments);
    repacted_ = std::make_unique<Step>(plan_after_, after.pact, before.results, before.assessments);
    last_ = std::make_unique<Step>(plan_after_, after.pact, after.results, after.assessments);
    first_->UnrankUnlessKnown();
    last_->UnrankUnlessKnown();
  }

  Comparison Told() {
    Comparison told;
    for (const Member& member : after_.pact.members) told.units.push_back(TellOf(member.unit));
    for (const Member& member : before_.pact.members) {
      if (!last_->HasMember(member.unit)) told.units.push_back(TellOf(member.unit));
    }
    for (const PlanNode& node : plan_after_.nodes()) {
      const auto* rule = std::get_if<TargetsRule>(&node.criterion->rule);
      if (rule == nullptr || !rule->best_in_bloc.has_value()) continue;
      BestMove move{node.criterion->id, BestOf(*first_, node.criterion->id),
                    BestOf(*last_, node.criterion->id)};
      const bool same = move.before.has_value() == move.after.has_value() &&
                        (!move.before.has_value() || (move.before->unit == move.after->unit &&
                                                      move.before->share == move.after->share));
      if (!same) told.best_moves.push_back(std::move(move));
    }
    return told;
  }

 private:
  static Pact WithScheme(Pact pact, const Scheme& scheme) {
    pact.scheme = scheme;
    return pact;
  }

  void FindFigureChanges(bool same_period) {
    const auto before = NewestByTarget(before_.results);
    const auto after = NewestByTarget(after_.results);
    const auto look = [&](const Target& target) {
      const auto old = before.find(target.id), now = after.find(target.id);
      const Result* from = old == before.end() ? nullptr : old->second;
      const Result* to = now == after.end() ? nullptr : now->second;
      if (from == to || (from != nullptr && to != nullptr && SameFigure(*from, *to))) return;
      const bool is_correction =
          same_period && from != nullptr && to != nullptr && to->revision > from->revision;
      changes_[target.unit].push_back({&target, from, to, is_correction});
    };
    for (const Target& target : after_.pact.targets) look(target);
    for (const Target& target : before_.pact.targets) {
      if (FindTarget(after_.pact, target.id) == nullptr) look(target);
    }
  }

  // The figures before, with those of one unit that were changed as they are after.
  std::vector<Result> ResultsWith(const std::vector<FigureChange>& changes,
                                  bool corrections_too) const {
    absl::flat_hash_map<absl::string_view, const Result*> replaced;
    for (const FigureChange& change : changes) {
      if (corrections_too || !change.is_correction) {
        replaced.emplace(change.target->id, change.after);
      }
    }
    std::vector<Result> results;
    for (const Result& result : before_.results) {
      if (!replaced.contains(result.target)) results.push_back(result);
    }
    for (const auto& [target, result] : replaced) {
      if (result != nullptr) results.push_back(*result);
    }
    return results;
  }

  std::vector<Assessment> AssessmentsWith(const std::string& unit) const {
    std::vector<Assessment> given;
    for (const Assessment& one : before_.assessments) {
      if (one.unit != unit) given.push_back(one);
    }
    for (const Assessment& one : after_.assessments) {
      if (one.unit == unit) given.push_back(one);
    }
    return given;
  }

  UnitComparison TellOf(const std::string& unit) {
    UnitComparison told;
    told.unit = unit;
    told.figure_changes = changes_[unit];
    if (first_->HasMember(unit)) told.before = first_->PlaceOf(unit);
    if (last_->HasMember(unit)) told.after = last_->PlaceOf(unit);
    rank_ = first_->RankOf(unit);
    const bool ranked = rank_ > 0 && last_->RankOf(unit) > 0;

    const Step* now = first_.get();
    const auto go_on = [&](MoveCause cause, const Step& next) {
      TellPoints(cause, *now, next, told);
      if (ranked) TellRank(cause, next.RankOf(unit), told);
      now = &next;
    };
    go_on(MoveCause::kScheme, *rescored_);
    go_on(MoveCause::kPact, *repacted_);
    // Steps of this unit alone; where nothing of it changed there is none.
    const std::vector<FigureChange>& changes = told.figure_changes;
    const bool any_correction =
        std::any_of(changes.begin(), changes.end(),
                    [](const FigureChange& change) { return change.is_correction; });
    const bool any_result =
        std::any_of(changes.begin(), changes.end(),
                    [](const FigureChange& change) { return !change.is_correction; });
    std::unique_ptr<Step> reported, corrected, assessed;
    if (any_result) {
      reported = std::make_unique<Step>(plan_after_, after_.pact, ResultsWith(changes, false),
                                        before_.assessments);
      go_on(MoveCause::kOwnResult, *reported);
    }
    if (any_correction) {
      corrected = std::make_unique<Step>(plan_after_, after_.pact, ResultsWith(changes, true),
                                         before_.assessments);
      go_on(MoveCause::kCorrection, *corrected);
    }
    if (!SamePoints(given_before_[unit], given_after_[unit])) {
      assessed = std::make_unique<Step>(plan_after_, after_.pact, ResultsWith(changes, true),
                                        AssessmentsWith(unit));
      go_on(MoveCause::kAssessment, *assessed);
    }
    if (ranked) TellRank(MoveCause::kOthers, last_->RankWith(*now, unit), told);
    go_on(MoveCause::kBloc, *last_);
    if (ranked) TellWhoPassed(told);
    return told;
  }

  void TellPoints(MoveCause cause, const Step& from, const Step& to, UnitComparison& told) const {
    for (const std::string& content : contents_) {
      const Rational moved = to.PointsIn(content, told.unit) - from.PointsIn(content, told.unit);
      if (!moved.is_zero()) told.points_moves.push_back({cause, content, moved});
    }
  }

  // A unit that is not ranked in between moves with the step that ranks it again.
  void TellRank(MoveCause cause, int rank, UnitComparison& told) {
    if (rank == 0 || rank == rank_) return;
    told.rank_moves.push_back({cause, rank_ - rank});
    rank_ = rank;
  }

  void TellWhoPassed(UnitComparison& told) const {
    const auto is_ahead = [&](const Step& step, const std::string& other) {
      const int rank = step.RankOf(other);
      return rank > 0 && rank < step.RankOf(told.unit);
    };
    const auto look = [&](const std::string& other) {
      const bool before = is_ahead(*first_, other), after = is_ahead(*last_, other);
      if (before && !after) told.passed.push_back(other);
      if (!before && after) told.passed_by.push_back(other);
    };
    for (const Member& member : after_.pact.members) look(member.unit);
    for (const Member& member : before_.pact.members) {
      if (!last_->HasMember(member.unit)) look(member.unit);
    }
  }

  const PeriodState before_, after_;
  const Pact rescored_pact_;  // As before, under the scheme after.
  const ScoringPlan plan_before_, plan_rescored_, plan_after_;
  const std::vector<std::string> contents_;
  absl::flat_hash_map<std::string, std::vector<FigureChange>> changes_;  // By unit.
  absl::flat_hash_map<std::string, std::vector<const Assessment*>> given_before_, given_after_;
  std::unique_ptr<Step> first_, rescored_, repacted_, last_;
  int rank_ = 0;  // Of the unit that is told of, so far.
};

}  // namespace

Comparison Compare(const PeriodState& before, const PeriodState& after, bool same_period) {
  return Way(before, after, same_period).Told();
}

}  // namespace thidua::domain
