// The engine against the slow oracle: scoring, layers of assessment, ranking, classes and awards,
// on random schemes that use the whole language. A case on which they disagree is made as small as
// can be and printed.
//
// The number of cases is what a test run has time for. THIDUA_ORACLE_CASES=100000 asks for more
// and prints how often each feature was reached (make oracle); THIDUA_ORACLE_SEED begins elsewhere
// than at 1; THIDUA_ORACLE_TOLD=1 prints the small cases that show an oracle that is wrong on
// purpose.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/assessment.h"
#include "services/domain/award.h"
#include "services/domain/ranking.h"
#include "services/domain/scoring.h"
#include "services/domain/scoring_maker_testlib.h"
#include "services/domain/scoring_oracle_testlib.h"
#include "services/domain/shorthand_testlib.h"

namespace thidua::domain::oracle {
namespace {

size_t CriteriaOf(const std::vector<Criterion>& criteria) {
  size_t number = criteria.size();
  for (const Criterion& criterion : criteria) number += CriteriaOf(criterion.children);
  return number;
}

// How often the engine has the case that it scores in whole numbers alone, and how often those did
// not fit.
void CountWholes(const PeriodFigures& figures, const ScoringPlan& plan, Reached& reached) {
  for (size_t n = 0; n < plan.nodes().size(); ++n) {
    if (!plan.nodes()[n].pro_rata.possible || figures.voided[n]) continue;
    const uint32_t* begin = &figures.target_begin[n * figures.units];
    bool one_each = true;
    for (size_t u = 0; u < figures.units && one_each; ++u) {
      one_each = begin[u + 1] - begin[u] == 1 && figures.targets[begin[u]].counted &&
                 !figures.targets[begin[u]].without_target;
    }
    const bool fit = figures.lane_begin[n] != PeriodFigures::kNoLane;
    if (one_each) ++reached[fit ? "engine: in wholes" : "engine: wholes that do not fit"];
  }
}

// Where engine and oracle disagree; empty: nowhere.
class Comparison {
 public:
  Comparison(const Case& one, Slip slip, Reached& reached, ScoreSheet& reused)
      : case_(one), verdict_(Judge(one, slip, reached)) {
    const Pact& pact = one.pact;
    const std::vector<AssessedPoints> assessed = CountingPoints(pact, one.given);

    const PeriodScore scored(pact, one.results, assessed);
    for (size_t unit = 0; unit < pact.members.size(); ++unit) {
      const UnitScore& score = scored.units().at(unit);
      const std::string& id = pact.members[unit].unit;
      CompareSum("derivation of " + id, score.assigned_points, score.points, score.bonus, unit);
      for (const CriterionScore& content : score.contents) CompareDerivation(content, id, unit);
    }
    CompareSheet("derivations", scored.sheet());
    CompareRanking("derivations", Rank(scored), scored.sheet());

    const ScoringPlan plan(pact.scheme);
    const PeriodFigures figures(plan, pact, one.results, assessed);
    CountWholes(figures, plan, reached);
    FillSheet(plan, figures, SheetDetail::kNumbers, reused);
    CompareSheet("numbers", reused);
    CompareRanking("numbers", Rank(reused), reused);
    if (pact.members.size() % 2 == 0) return;  // Some sheets are filled by turns.
    FillSheet(plan, figures, SheetDetail::kDerivations, reused);
    CompareSheet("derivations again", reused);
    // Nothing is left of what the sheet was filled with before.
    for (size_t t = 0; t < reused.targets.size(); ++t) {
      const TargetPoints& again = reused.targets[t];
      const TargetPoints& once = scored.sheet().targets[t];
      const std::string where = absl::StrCat("target ", t, " again");
      Differ(where + " share", again.share_points.ToString(), once.share_points.ToString());
      Differ(where + " points", again.points.ToString(), once.points.ToString());
      Differ(where + " bonus", again.bonus.ToString(), once.bonus.ToString());
      Differ(where + " capped", YesOrNo(again.capped), YesOrNo(once.capped));
    }
  }

  const std::vector<std::string>& differences() const { return differences_; }

 private:
  void Differ(const std::string& where, const std::string& engine, const std::string& oracle) {
    if (engine == oracle) return;
    differences_.push_back(absl::StrCat(where, ": engine ", engine, ", oracle ", oracle));
  }
  void Differ(const std::string& where, const Rational& engine, const Fraction& oracle) {
    Differ(where, engine.ToString(), Text(oracle));
  }
  static std::string YesOrNo(bool yes) { return yes ? "yes" : "no"; }

  void CompareSum(const std::string& where, const Rational& assigned, const Rational& points,
                  const Rational& bonus, size_t unit) {
    const Line& sum = verdict_.units[unit];
    Differ(where + " assigned points", assigned, sum.assigned_points);
    Differ(where + " points", points, sum.points);
    Differ(where + " bonus", bonus, sum.bonus);
  }

  void CompareDerivation(const CriterionScore& score, const std::string& unit, size_t index) {
    const std::string where = absl::StrCat(unit, " at ", score.criterion->id, " derived");
    const Line& line = verdict_.lines.at(score.criterion->id)[index];
    Differ(where + " voided", YesOrNo(score.voided), YesOrNo(line.voided));
    Differ(where + " assigned", YesOrNo(score.assigned), YesOrNo(line.assigned));
    Differ(where + " assigned points", score.assigned_points, line.assigned_points);
    Differ(where + " points", score.points, line.points);
    Differ(where + " bonus", score.bonus, line.bonus);
    Differ(where + " limits", absl::StrCat(score.numbers.limits), absl::StrCat(line.limits));
    Differ(where + " place", absl::StrCat(score.numbers.place), absl::StrCat(line.place));
    Differ(where + " raw points", score.numbers.raw_points, line.raw_points);
    Differ(where + " raw bonus", score.numbers.raw_bonus, line.raw_bonus);
    if (score.voided) {
      Differ(where + " below", absl::StrCat(score.targets.size() + score.children.size()), "0");
      return;
    }
    Differ(where + " excluded", YesOrNo(score.excluded), YesOrNo(line.excluded));
    for (const TargetScore& target : score.targets) {
      const auto counted = verdict_.counted.find(target.target->id);
      Differ(absl::StrCat(where, " target ", target.target->id), YesOrNo(target.counted),
             YesOrNo(counted != verdict_.counted.end() && counted->second));
    }
    for (const CriterionScore& child : score.children) CompareDerivation(child, unit, index);
  }

  void CompareSheet(const std::string& which, const ScoreSheet& sheet) {
    const std::vector<PlanNode>& nodes = sheet.plan->nodes();
    const size_t units = case_.pact.members.size();
    for (size_t node = 0; node < nodes.size(); ++node) {
      const std::string& id = nodes[node].criterion->id;
      for (size_t unit = 0; unit < units; ++unit) {
        const std::string where = absl::StrCat(which, " u", unit, " at ", id);
        const Line& line = verdict_.lines.at(id)[unit];
        const CriterionPoints engine = sheet.At(node, unit);
        Differ(where + " assigned", YesOrNo(engine.assigned), YesOrNo(line.assigned));
        Differ(where + " assigned points", engine.assigned_points, line.assigned_points);
        Differ(where + " points", engine.points, line.points);
        Differ(where + " bonus", engine.bonus, line.bonus);
      }
    }
    for (size_t unit = 0; unit < units; ++unit) {
      const UnitPoints& sum = sheet.units[unit];
      CompareSum(absl::StrCat(which, " u", unit), sum.assigned_points, sum.points, sum.bonus, unit);
      const ClassRule* engine = ClassOf(sheet, unit);
      Differ(absl::StrCat(which, " u", unit, " class"), engine == nullptr ? "none" : engine->id,
             verdict_.classes[unit].empty() ? "none" : verdict_.classes[unit]);
    }
  }

  static std::string KeyText(const std::optional<size_t>& key) {
    return key.has_value() ? absl::StrCat("tie key ", *key) : "the key";
  }

  void CompareRanking(const std::string& which, const std::vector<Place>& places,
                      const ScoreSheet& sheet) {
    const auto order = [](const auto& list) {
      return absl::StrJoin(list, " ", [](std::string* out, const auto& place) {
        absl::StrAppend(out, place.rank, ":u", place.unit, place.shared ? "=" : "");
      });
    };
    Differ(which + " ranking", order(places), order(verdict_.places));
    if (!differences_.empty()) return;
    for (size_t i = 0; i < places.size(); ++i) {
      const std::string where = absl::StrCat(which, " place of u", places[i].unit);
      const Ranked& oracle = verdict_.places[i];
      Differ(where + " key", places[i].key, oracle.key);
      Differ(where + " decided by", KeyText(places[i].decided_by), KeyText(oracle.decided_by));
      Differ(where + " margin", places[i].margin_to_next, oracle.margin);
    }
    CompareAwards(which, places, sheet);
  }

  void CompareAwards(const std::string& which, const std::vector<Place>& places,
                     const ScoreSheet& sheet) {
    const auto text = [](size_t unit, const auto& one) {
      constexpr const char* kStandings[] = {"", "?", "!", "/", "-", "<"};
      return absl::StrCat(" u", unit, kStandings[static_cast<int>(one.standing)], one.equals, ":",
                          one.equals_for, one.waits ? "~" : "");
    };
    AwardVotes votes;
    for (size_t i = 0; i < places.size(); ++i) {
      for (const auto& [of, count] : case_.votes) {
        if (of.second == places[i].unit) votes[{of.first, i}] = count;
      }
    }
    const std::vector<AwardLine> lines = ProposeAwards(
        case_.pact.scheme.awards, ContendersOf(sheet, places, case_.ineligible), votes);
    for (size_t award = 0; award < lines.size(); ++award) {
      const Candidates& wanted = verdict_.awards.at(award);
      std::string engine = absl::StrCat("+", lines[award].open, lines[award].waits ? " …" : "");
      for (const AwardCandidate& one : lines[award].candidates) {
        engine += text(places[one.contender].unit, one);
      }
      std::string oracle = absl::StrCat("+", wanted.open, wanted.waits ? " …" : "");
      for (const Candidate& one : wanted.in_order) oracle += text(one.unit, one);
      Differ(absl::StrCat(which, " award a", award), engine, oracle);
    }
  }

  const Case& case_;
  const Verdict verdict_;
  std::vector<std::string> differences_;
};

std::vector<std::string> DifferencesOf(Choices& choices, Slip slip, ScoreSheet& sheet) {
  const Case one = MakeCase(choices);
  Reached reached;
  return Comparison(one, slip, reached, sheet).differences();
}

// A case that disagrees, made small.
struct Disagreement {
  uint64_t seed = 0;
  size_t choices_before = 0;
  std::vector<uint32_t> choices;
  Case small;
  std::vector<std::string> differences;

  std::string Told() const {
    return absl::StrCat(
        "seed ", seed, ": ", choices_before, " choices, ", choices.size(), " when made small\n",
        Text(small),
        absl::StrJoin(differences.begin(),
                      differences.begin() +
                          static_cast<std::ptrdiff_t>(std::min<size_t>(differences.size(), 12)),
                      "\n"),
        "\n");
  }
};

// `before`: the numbers of the case before, where only a sheet that it used disagrees.
Disagreement Explain(uint64_t seed, const std::vector<uint32_t>& numbers,
                     const std::vector<uint32_t>& before, Slip slip) {
  ScoreSheet fresh;
  Choices same(numbers);
  const bool stale = DifferencesOf(same, slip, fresh).empty();
  const auto differences = [&](Choices& choices) {
    ScoreSheet sheet;
    Choices earlier(before);
    if (stale) DifferencesOf(earlier, Slip::kNone, sheet);
    return DifferencesOf(choices, slip, sheet);
  };
  Disagreement found{seed, numbers.size(), {}, {}, {}};
  found.choices = Shrunk(
      numbers, [&](Choices& choices) { return !differences(choices).empty(); },
      /*most_tries=*/3'000);
  Choices small(found.choices), again(found.choices);
  found.small = MakeCase(small);
  found.differences = differences(again);
  if (stale) found.differences.push_back("only on a sheet that was used before");
  return found;
}

// The first of so many cases on which they disagree.
std::optional<Disagreement> Search(uint64_t first_seed, uint64_t cases, Slip slip,
                                   Reached& reached) {
  ScoreSheet sheet;  // One for all: what is left of one case must not reach the next.
  std::vector<uint32_t> before;
  const bool told = cases > 10'000 && isatty(STDERR_FILENO) != 0;
  for (uint64_t i = 0; i < cases; ++i) {
    if (told && i % 10'000 == 0) {
      std::fprintf(stderr, "%llu of %llu cases\n", static_cast<unsigned long long>(i),
                   static_cast<unsigned long long>(cases));
    }
    Choices choices(first_seed + i);
    const Case one = MakeCase(choices);
    if (slip == Slip::kNone) {  // What is drawn is sound: what is scored has been validated.
      const std::vector<Fault> faults = ValidateScheme(one.pact.scheme);
      EXPECT_TRUE(faults.empty()) << "seed " << first_seed + i << " " << faults[0].path << ": "
                                  << faults[0].message << "\n"
                                  << Text(one);
      if (!faults.empty()) return std::nullopt;
    }
    if (!Comparison(one, slip, reached, sheet).differences().empty()) {
      return Explain(first_seed + i, choices.drawn(), before, slip);
    }
    before = choices.drawn();
  }
  return std::nullopt;
}

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

constexpr uint64_t kCases = 8'000;

// What must be reached how often in a thousand cases, so that nothing is silently never drawn. All
// that the oracle counts stands here.
struct Wanted {
  const char* feature;
  int in_a_thousand;
};
constexpr Wanted kWanted[] = {
    {"assessed", 323},
    {"assessed: extremes dropped", 214},
    {"assessed: on a scale", 108},
    {"assessed: raters rounded", 341},
    {"averages of raters", 1451},
    {"awards: for nobody", 260},
    {"awards: ineligible", 124},
    {"awards: not chosen", 12},
    {"awards: other class", 220},
    {"awards: proposed", 281},
    {"awards: tied", 207},
    {"awards: tied, and for the one before", 80},
    {"awards: voted down", 46},
    {"awards: voted on among equals", 8},
    {"awards: voted on in two sessions", 1},
    {"awards: wait", 2},
    {"beyond the maximum as bonus", 125},
    {"beyond 64 bits", 16},
    {"classes: exactly at the bar", 103},
    {"classes: given", 489},
    {"classes: kept out by a condition", 110},
    {"classes: let in by a condition", 90},
    {"classes: none reached", 263},
    {"engine: in wholes", 53},
    {"engine: wholes that do not fit", 2},
    {"events", 404},
    {"events: most times", 84},
    {"events: only the greatest", 49},
    {"events: only the greatest of several", 51},
    {"formula: absent of a target", 34},
    {"formula: of each target", 187},
    {"formula: over figures", 256},
    {"formula: over targets", 83},
    {"formula: points absent", 96},
    {"formulas: aggregate", 587},
    {"formulas: aggregate of nothing", 218},
    {"formulas: aggregate with absent elements", 82},
    {"formulas: condition absent", 165},
    {"formulas: divided by zero", 104},
    {"formulas: over criteria", 150},
    {"formulas: rounded to too many digits", 4},
    {"formulas: value_or, absent", 34},
    {"formulas: value_or, there", 391},
    {"leaf: below 0", 35},
    {"leaf: cut at the bonus cap", 172},
    {"leaf: cut at the maximum", 220},
    {"leaf: raised to a least above 0", 18},
    {"leaf: raised to the least", 172},
    {"limits: cut a bonus", 27},
    {"limits: cut points", 115},
    {"limits: held", 442},
    {"missing: as none", 81},
    {"missing: owed", 480},
    {"not assigned by the scheme", 1300},
    {"parent: cut at the bonus cap", 31},
    {"parent: cut at the maximum", 4},
    {"parent: highest of several", 294},
    {"parent: raised to the least", 2},
    {"pass/fail: failed", 86},
    {"pass/fail: half", 14},
    {"pass/fail: passed", 72},
    {"places: by highest mark", 110},
    {"places: by lowest mark", 108},
    {"places: given", 107},
    {"places: tied, average", 31},
    {"places: tied, best", 32},
    {"ranking: capped", 408},
    {"ranking: decided by a criterion", 44},
    {"ranking: decided by a formula", 49},
    {"ranking: decided by less", 30},
    {"ranking: dense", 127},
    {"ranking: formula", 410},
    {"ranking: key absent", 62},
    {"ranking: key rounded", 409},
    {"ranking: percent", 400},
    {"ranking: points", 408},
    {"ranking: shared", 836},
    {"ranking: unranked", 342},
    {"roles: leader or deputy", 77},
    {"roles: member", 206},
    {"rounding: down", 91},
    {"rounding: half even", 111},
    {"rounding: half up", 303},
    {"rounding: up", 94},
    {"targets", 1291},
    {"targets: a zero as far as the farthest", 9},
    {"targets: above the cap", 476},
    {"targets: above the target under best_in_bloc", 31},
    {"targets: bonus per percent", 105},
    {"targets: curve of steps", 84},
    {"targets: each rounded", 173},
    {"targets: exactly at a curve's point", 47},
    {"targets: exactly at the cap", 99},
    {"targets: excess over highest", 89},
    {"targets: linear curve", 86},
    {"targets: lower is better", 465},
    {"targets: several", 231},
    {"targets: share of highest", 87},
    {"targets: stated percent accepted", 72},
    {"targets: stated percent left out", 119},
    {"targets: step exactly", 96},
    {"targets: steps begun", 80},
    {"targets: steps of what was not reported", 16},
    {"targets: steps up to the most", 45},
    {"targets: steps whole", 80},
    {"targets: without a target", 77},
    {"targets: without a target, lower is better", 20},
    {"voided", 823},
    {"!", 426},
    {"!=", 587},
    {"&&", 209},
    {"*", 634},
    {"+", 433},
    {"-", 435},
    {"/", 642},
    {"<", 367},
    {"<=", 350},
    {"==", 575},
    {">", 355},
    {">=", 373},
    {"?:", 854},
    {"abs", 109},
    {"achievement", 164},
    {"actual", 166},
    {"all", 102},
    {"any", 107},
    {"assigned", 300},
    {"assigned_points", 432},
    {"average", 93},
    {"bonus", 476},
    {"bonus_cap", 683},
    {"ceil", 107},
    {"count", 94},
    {"figure", 139},
    {"first", 91},
    {"floor", 104},
    {"given", 74},
    {"has", 445},
    {"has_target", 40},
    {"highest", 96},
    {"is_deputy", 960},
    {"is_leader", 956},
    {"lowest", 94},
    {"max", 218},
    {"max_points", 690},
    {"min", 209},
    {"param", 468},
    {"percent", 652},
    {"percent_of", 471},
    {"points", 488},
    {"rank", 70},
    {"reached", 46},
    {"reported", 44},
    {"round", 423},
    {"share_points", 22},
    {"sum", 94},
    {"target", 165},
    {"total", 421},
    {"unary -", 111},
    {"under", 66},
    {"value_or", 425},
    {"||", 215},
};

TEST(Oracle, AgreesOnRandomSchemesAndPeriods) {
  const uint64_t cases = FromEnvironment("THIDUA_ORACLE_CASES", kCases);
  Reached reached;
  const auto found = Search(FromEnvironment("THIDUA_ORACLE_SEED", 1), cases, Slip::kNone, reached);
  ASSERT_FALSE(found.has_value()) << found->Told();
  for (const Wanted& wanted : kWanted) {
    const int times = reached[wanted.feature];
    if (cases >= 1'000) {
      EXPECT_GE(times, wanted.in_a_thousand * static_cast<int64_t>(cases) / 1'000)
          << wanted.feature;
    }
    if (std::getenv("THIDUA_ORACLE_CASES") != nullptr)
      std::printf("%9d %s\n", times, wanted.feature);
    reached.erase(wanted.feature);
  }
  for (const auto& [feature, times] : reached)
    ADD_FAILURE() << feature << " is not wanted: " << times;
}

// An oracle that is wrong on purpose is found, and found out: the case that shows it is no larger
// than it must be.
struct Slipped {
  Slip slip;
  const char* name;
  size_t units, criteria;  // At most, when made small.
};
class Shrinking : public ::testing::TestWithParam<Slipped> {};

TEST_P(Shrinking, FindsASmallCase) {
  Reached reached;
  const auto found = Search(/*first_seed=*/1, /*cases=*/2'000, GetParam().slip, reached);
  ASSERT_TRUE(found.has_value());
  EXPECT_LE(found->small.pact.members.size(), GetParam().units) << found->Told();
  EXPECT_LE(CriteriaOf(found->small.pact.scheme.contents), GetParam().criteria) << found->Told();
  EXPECT_LE(found->choices.size(), found->choices_before);
  EXPECT_FALSE(found->differences.empty());
  RecordProperty("seed", static_cast<int>(found->seed));
  RecordProperty("choices_before", static_cast<int>(found->choices_before));
  RecordProperty("choices", static_cast<int>(found->choices.size()));
  if (std::getenv("THIDUA_ORACLE_TOLD") != nullptr) std::printf("%s", found->Told().c_str());
}

INSTANTIATE_TEST_SUITE_P(
    Of, Shrinking,
    ::testing::Values(Slipped{Slip::kRoundsHalfDown, "RoundsHalfDown", 1, 1},
                      Slipped{Slip::kForgetsAchievementCap, "ForgetsAchievementCap", 1, 1},
                      Slipped{Slip::kForgetsBonusCap, "ForgetsBonusCap", 1, 1},
                      Slipped{Slip::kForgetsLeast, "ForgetsLeast", 1, 1},
                      Slipped{Slip::kForgetsLimits, "ForgetsLimits", 1, 1},
                      Slipped{Slip::kLeavesZerosAtTwice, "LeavesZerosAtTwice", 2, 1},
                      Slipped{Slip::kForgetsStepsMost, "ForgetsStepsMost", 1, 1},
                      Slipped{Slip::kMeasuresByOwnBest, "MeasuresByOwnBest", 2, 1},
                      Slipped{Slip::kCountsEventsWithoutEnd, "CountsEventsWithoutEnd", 1, 1},
                      Slipped{Slip::kKeepsExtremes, "KeepsExtremes", 1, 1},
                      Slipped{Slip::kPassesAtHalf, "PassesAtHalf", 1, 1},
                      Slipped{Slip::kPlacesTiesByOrder, "PlacesTiesByOrder", 2, 1},
                      Slipped{Slip::kAddsUpChildren, "AddsUpChildren", 1, 4},
                      Slipped{Slip::kTakesAbsentForZero, "TakesAbsentForZero", 2, 2},
                      Slipped{Slip::kForgetsTieKeys, "ForgetsTieKeys", 2, 3},
                      Slipped{Slip::kSkipsAfterShared, "SkipsAfterShared", 3, 1},
                      Slipped{Slip::kWantsMoreThanBar, "WantsMoreThanBar", 1, 1},
                      Slipped{Slip::kProposesTied, "ProposesTied", 2, 1},
                      Slipped{Slip::kTiedHaveHadTheirTurn, "TiedHaveHadTheirTurn", 2, 1},
                      Slipped{Slip::kIgnoresVotes, "IgnoresVotes", 2, 1}),
    [](const auto& slipped) { return std::string(slipped.param.name); });

// The order in which results and assessments arrive changes nothing, but where the same was given
// twice.
TEST(Scoring, DoesNotDependOnTheOrderOfArrival) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Choices choices(seed);
    Case one = MakeCase(choices);
    for (size_t i = 0; i < one.results.size(); ++i) {
      one.results[i].revision = static_cast<int64_t>(i);
    }
    std::set<std::vector<std::string>> seen;
    std::erase_if(one.given, [&](const Assessment& given) {
      return !seen.insert({given.unit, given.criterion, given.rater,
                           absl::StrCat(static_cast<int>(given.layer))})
                  .second;
    });
    const auto totals = [&] {
      std::string text;
      const std::vector<AssessedPoints> assessed = CountingPoints(one.pact, one.given);
      for (const UnitScore& unit : Score(one.pact, one.results, assessed)) {
        absl::StrAppend(&text, unit.points.ToString(), " + ", unit.bonus.ToString(), " of ",
                        unit.assigned_points.ToString(), "; ");
      }
      return text;
    };
    const std::string forward = totals();
    std::reverse(one.results.begin(), one.results.end());
    std::reverse(one.given.begin(), one.given.end());
    EXPECT_EQ(totals(), forward);
  }
}

TEST(Votes, SufficeExactlyFromThePercentageOn) {
  for (const char* percent : {"50", "66.67", "66.666666666", "80", "100", "0.000000001"}) {
    AwardRule award;
    award.votes_at_least_percent = *Decimal::Parse(percent);
    EXPECT_FALSE(VotesSuffice(award, {}));
    for (int cast = 1; cast <= 15; ++cast) {
      for (int yes = 0; yes <= cast; ++yes) {
        const Fraction wanted = Fraction(*award.votes_at_least_percent) / 100;
        EXPECT_EQ(VotesSuffice(award, {yes, cast - yes, 0}), !(Fraction(yes, cast) < wanted))
            << yes << " of " << cast << " at " << percent;
      }
    }
  }
}

}  // namespace
}  // namespace thidua::domain::oracle
