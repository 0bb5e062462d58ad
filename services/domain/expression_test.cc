#include "services/domain/expression.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"

namespace thidua::domain {
namespace {

// What stands in the maps is there; what does not is absent.
class Place : public Inputs {
 public:
  Value OfName(int slot) const override {
    if (asked != nullptr) ++*asked;
    const auto found = names.find(slot);
    return found == names.end() ? Value() : found->second;
  }
  Value OfLookup(int slot, int index) const override {
    const auto found = lookups.find({slot, index});
    return found == lookups.end() ? Value() : found->second;
  }
  size_t SizeOf(int list) const override {
    const auto found = lists.find(list);
    return found == lists.end() ? 0 : found->second.size();
  }
  const Inputs& ElementOf(int list, size_t index) const override { return *lists.at(list)[index]; }

  std::map<int, Value> names;
  std::map<std::pair<int, int>, Value> lookups;
  std::map<int, std::vector<const Place*>> lists;
  int* asked = nullptr;
};

constexpr ValueKind kNumber = ValueKind::kNumber;
constexpr ValueKind kCondition = ValueKind::kCondition;

Rational R(int64_t top, int64_t bottom = 1) { return Rational(top) / Rational(bottom); }

// Of a target: it has an achievement too, in a slot of its own.
const FormulaVocabulary& OfTarget() {
  static const auto* const kVocabulary = new FormulaVocabulary{
      {{"weight", kNumber, 0}, {"met", kCondition, 1}, {"achievement", kNumber, 2}}, {}, {}};
  return *kVocabulary;
}

// Of a unit, whose bloc is of units.
const FormulaVocabulary& OfUnit() {
  static const auto* const kVocabulary = [] {
    auto* unit = new FormulaVocabulary{
        {{"max_points", kNumber, 0},
         {"achievement", kNumber, 1},
         {"gone", kNumber, 2},
         {"leads", kCondition, 3},
         {"unsure", kCondition, 4},
         {"number", kNumber, 5}},
        {{"points", kNumber, 0, {"noi-dung-1", "noi-dung-2", "noi-dung-2.1"}},
         {"given", kCondition, 1, {"noi-dung-1", "điểm thưởng"}}},
        {{"targets", 0, &OfTarget(), false}, {"bloc", 1, nullptr, true}, {"empty", 2, nullptr}}};
    static const std::vector<std::string> kElsewhere = {"share_points", "under"};
    unit->elsewhere = &kElsewhere;
    unit->lists[1].element = unit;
    unit->lists[2].element = unit;
    return unit;
  }();
  return *kVocabulary;
}

// Five units, of which the third has no achievement; the second, "this one", has three targets.
struct Bloc {
  Bloc() : units(5), targets(3) {
    const std::vector<Value> achievements = {R(1), R(3, 2), std::nullopt, R(3, 2), R(1, 2)};
    for (size_t i = 0; i < units.size(); ++i) {
      Place& unit = units[i];
      unit.names = {{0, R(100)}, {3, R(i == 1 ? 1 : 0)}, {5, R(static_cast<int64_t>(i) + 1)}};
      if (achievements[i].has_value()) unit.names[1] = achievements[i];
      for (const Place& other : units) unit.lists[1].push_back(&other);
      unit.asked = &asked;
    }
    targets[0].names = {{0, R(2)}, {1, R(1)}, {2, R(2)}};
    targets[1].names = {{0, R(3)}, {1, R(0)}};
    targets[2].names = {{0, R(5)}, {2, R(1, 3)}};
    for (const Place& target : targets) units[1].lists[0].push_back(&target);
    units[1].lookups = {{{0, 0}, R(40)}, {{0, 2}, R(7)}, {{1, 1}, R(1)}};
  }
  Bloc(const Bloc&) = delete;  // The units point to each other.

  const Place& this_one() const { return units[1]; }

  std::vector<Place> units, targets;
  int asked = 0;  // How often a unit was asked for a name.
};

std::string Text(const Value& value, ValueKind kind) {
  if (!value.has_value()) return "absent";
  return kind == kNumber ? value->ToString() : value->is_zero() ? "false" : "true";
}

// "3/2", "true", "absent", or "REASON 12 suggestion": the column is that of the sentence.
std::string FaultOf(absl::string_view formula, ValueKind wanted) {
  const auto compiled = Expression::Compile(formula, wanted, OfUnit());
  if (compiled.ok()) return "";
  const std::vector<Fault> faults = FaultsOf(compiled.status());
  EXPECT_EQ(faults.size(), 1);
  EXPECT_EQ(faults[0].path, "");
  const std::vector<std::string> words = absl::StrSplit(faults[0].message, "ở ký tự ");
  const std::string column = words.size() < 2 ? "" : words[1].substr(0, words[1].find(':'));
  return absl::StrJoin({absl::string_view(faults[0].reason).substr(8), absl::string_view(column),
                        absl::string_view(faults[0].suggestion)},
                       " ");
}

std::string Of(absl::string_view formula, const Place& place) {
  for (const ValueKind kind : {kNumber, kCondition}) {
    const auto compiled = Expression::Compile(formula, kind, OfUnit());
    if (compiled.ok()) return Text(Evaluation(*compiled).Of(place), kind);
  }
  return absl::StrCat(FaultOf(formula, kNumber), " or ", FaultOf(formula, kCondition));
}

struct Row {
  const char* formula;
  const char* value;
};

void ExpectAll(const std::vector<Row>& rows) {
  const Bloc bloc;
  for (const Row& row : rows) EXPECT_EQ(Of(row.formula, bloc.this_one()), row.value) << row.formula;
}

TEST(Expression, ReckonsInFractions) {
  ExpectAll({
      {"12", "12"},
      {"0.25", "1/4"},
      {"007.50", "15/2"},
      {"999999999999999999", "999999999999999999"},
      {"0.000000001", "1/1000000000"},
      {"1 / 2", "1/2"},
      {"1 / 3 + 1 / 6", "1/2"},
      {"0.1 + 0.2 == 0.3", "true"},
      {" \t\n1\r\n+1 ", "2"},
      {"max_points * achievement", "150"},
      {"true", "true"},
      {"false", "false"},
      {"points(\"noi-dung-1\")", "40"},
      {"points ( \"noi-dung-2.1\" )", "7"},
      {"given(\"điểm thưởng\")", "true"},
      {"min(3, 1, 2)", "1"},
      {"max(3, 1, 2, 5, 4)", "5"},
      {"min(1, 1)", "1"},
      {"abs(-3)", "3"},
      {"abs(1/2)", "1/2"},
      {"floor(-3/2)", "-2"},
      {"floor(3/2)", "1"},
      {"floor(2)", "2"},
      {"ceil(-3/2)", "-1"},
      {"ceil(3/2)", "2"},
      {"ceil(-2)", "-2"},
      {"round(2.5, 0)", "3"},
      {"round(-2.5, 0)", "-3"},
      {"round(2/3, 2)", "67/100"},
      {"round(0.125, 2)", "13/100"},
      {"round(1/3, 9)", "333333333/1000000000"},
      {"round(1, 3)", "1"},
      // The formula of the header: above the target, the second half by the best of the bloc.
      {"achievement < 1 ? max_points / 2 * achievement"
       " : max_points / 2 * (1 + (achievement - 1) / bloc.highest(achievement - 1))",
       "100"},
  });
}

TEST(Expression, BindsAsInCel) {
  ExpectAll({
      {"2 + 3 * 4", "14"},
      {"(2 + 3) * 4", "20"},
      {"10 - 4 - 3", "3"},
      {"10 - (4 - 3)", "9"},
      {"24 / 4 / 2", "3"},
      {"24 / 4 * 2", "12"},
      {"24 / (4 * 2)", "3"},
      {"2 - 3 + 4 * 5 / 2 - 1", "8"},
      {"-2 * 3", "-6"},
      {"2 * -3", "-6"},
      {"2 - -3", "5"},
      {"- - 2", "2"},
      {"- - - 2", "-2"},
      {"--2", "2"},
      {"-(1 + 1)", "-2"},
      {"!true", "false"},
      {"!!true", "true"},
      {"!!!true", "false"},
      {"!false && false", "false"},
      {"1 + 1 < 3", "true"},
      {"1 < 2 == true", "true"},
      {"1 < 2 == 2 < 3", "KIND_DISAGREES 10  or KIND_DISAGREES 10 "},  // (1 < 2 == 2) < 3.
      {"1 < 2 == (2 < 3)", "true"},
      {"1 < 2 != (2 < 3)", "false"},
      {"true == false == false", "true"},
      {"true || true && false", "true"},
      {"(true || true) && false", "false"},
      {"false && true || true", "true"},
      {"1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 1 == 1 && 1 != 2", "true"},
      {"1 < 1 || 2 <= 1 || 2 > 2 || 2 >= 3 || 1 == 2 || 1 != 1", "false"},
      {"true ? 1 : 2", "1"},
      {"false ? 1 : true ? 2 : 3", "2"},
      {"false ? 1 : false ? 2 : 3", "3"},
      {"false ? 1 : false ? 2 : 1 < 2 ? 4 : 5", "4"},
      {"true ? (false ? 1 : 2) : 3", "2"},
      {"1 < 2 ? 3 + 4 : 5 + 6", "7"},
      {"true || false ? 1 : 2", "1"},
      {"true ? true : false", "true"},
      {"(true ? 1 : 2) + 10", "11"},
      {"true ? 1 : 2 + 10", "1"},
  });
}

TEST(Expression, WhatIsMadeOfAnAbsentValueIsAbsent) {
  ExpectAll({
      {"gone", "absent"},
      {"unsure", "absent"},
      {"points(\"noi-dung-2\")", "absent"},
      {"given(\"noi-dung-1\")", "absent"},
      {"gone + 1", "absent"},
      {"1 - gone", "absent"},
      {"0 * gone", "absent"},
      {"gone / 1", "absent"},
      {"-gone", "absent"},
      {"!unsure", "absent"},
      {"gone == gone", "absent"},
      {"gone != 1", "absent"},
      {"gone < 1", "absent"},
      {"1 <= gone", "absent"},
      {"1 > gone", "absent"},
      {"gone >= 1", "absent"},
      {"unsure == true", "absent"},
      {"unsure != unsure", "absent"},
      {"min(1, gone)", "absent"},
      {"max(gone, 1, 2)", "absent"},
      {"abs(gone)", "absent"},
      {"floor(gone)", "absent"},
      {"ceil(gone)", "absent"},
      {"round(gone, 2)", "absent"},
      // Not computable.
      {"1 / 0", "absent"},
      {"0 / 0", "absent"},
      {"1 / (1 - 1)", "absent"},
      {"1 / gone", "absent"},
      {"round(999999999999999999 * 10, 0)", "absent"},
      {"round(999999999999999999, 1)", "absent"},
      {"round(999999999999999999.4, 0)", "UNREADABLE 7  or UNREADABLE 7 "},
      {"round(9999999999 / 10, 9)", "9999999999/10"},
      {"round(9999999999, 9)", "absent"},
      {"round(999999999, 9)", "999999999"},
      // But has and value_or.
      {"has(gone)", "false"},
      {"has(max_points)", "true"},
      {"has(unsure)", "false"},
      {"has(leads)", "true"},
      {"has(1 / 0)", "false"},
      {"has(has(gone))", "true"},
      {"value_or(gone, 7)", "7"},
      {"value_or(max_points, 7)", "100"},
      {"value_or(max_points, gone)", "100"},
      {"value_or(gone, gone)", "absent"},
      {"value_or(unsure, true)", "true"},
      {"value_or(leads, false)", "true"},
      // But the branch not taken.
      {"true ? 1 : gone", "1"},
      {"false ? gone : 1", "1"},
      {"true ? gone : 1", "absent"},
      {"unsure ? 1 : 1", "absent"},
      {"false ? gone : unsure ? 1 : 2", "absent"},
      {"true ? 1 : unsure ? 1 : 2", "1"},
      // But what a condition decides whatever the other is.
      {"false && unsure", "false"},
      {"unsure && false", "false"},
      {"true && unsure", "absent"},
      {"unsure && true", "absent"},
      {"unsure && unsure", "absent"},
      {"true || unsure", "true"},
      {"unsure || true", "true"},
      {"false || unsure", "absent"},
      {"unsure || false", "absent"},
      {"unsure || unsure", "absent"},
      {"unsure && true && false", "false"},
      {"unsure || false || true", "true"},
      {"unsure || unsure && false", "absent"},
      {"(unsure || true) && true", "true"},
  });
}

TEST(Expression, DrawsFromLists) {
  ExpectAll({
      {"targets.sum(weight)", "10"},
      {"targets.average(weight)", "10/3"},
      {"targets.highest(weight)", "5"},
      {"targets.lowest(weight)", "2"},
      {"targets.count(weight > 2)", "2"},
      {"targets.all(weight > 1)", "true"},
      {"targets.all(weight > 2)", "false"},
      {"targets.any(weight > 4)", "true"},
      {"targets.any(weight > 5)", "false"},
      {"targets.first(weight > 2, weight * 10)", "30"},
      {"targets.first(weight > 2, weight == 3)", "true"},
      {"targets.first(weight > 9, weight)", "absent"},
      {"targets.count(true)", "3"},
      {"targets.sum(1)", "3"},
      // The second has no achievement; of the third nobody knows whether it is met.
      {"targets.sum(achievement)", "7/3"},
      {"targets.average(achievement)", "7/6"},
      {"targets.highest(achievement)", "2"},
      {"targets.lowest(achievement)", "1/3"},
      {"targets.count(met)", "1"},
      {"targets.count(!met)", "1"},
      {"targets.first(!met, weight)", "3"},
      {"targets.first(!met, achievement)", "absent"},
      {"targets.first(weight > 2, achievement)", "1/3"},  // Goes on where x is absent.
      {"targets.first(achievement < 1, weight)", "5"},    // And where c is.
      {"targets.all(met)", "false"},
      {"targets.all(met || weight == 3)", "absent"},
      {"targets.all(has(met) ? met || true : true)", "true"},
      {"targets.any(met)", "true"},
      {"targets.any(met && weight > 2)", "absent"},
      {"targets.any(weight > 9 || weight == 7)", "false"},
      {"targets.sum(value_or(achievement, 0) * weight)", "17/3"},
      // Of nothing.
      {"empty.sum(max_points)", "0"},
      {"empty.count(leads)", "0"},
      {"empty.all(leads)", "true"},
      {"empty.any(leads)", "false"},
      {"empty.average(max_points)", "absent"},
      {"empty.highest(max_points)", "absent"},
      {"empty.lowest(max_points)", "absent"},
      {"empty.first(leads, max_points)", "absent"},
      {"bloc.sum(gone)", "0"},
      {"bloc.count(unsure)", "0"},
      {"bloc.average(gone)", "absent"},
      {"bloc.highest(gone)", "absent"},
      {"bloc.all(unsure)", "absent"},
      {"bloc.any(unsure)", "absent"},
      // Of the bloc, and lists within lists.
      {"bloc.sum(achievement)", "9/2"},
      {"bloc.average(achievement)", "9/8"},
      {"bloc.highest(achievement)", "3/2"},
      {"bloc.lowest(achievement)", "1/2"},
      {"bloc.first(leads, number)", "2"},
      {"bloc.highest(targets.average(weight))", "10/3"},
      {"bloc.count(targets.count(true) > 0)", "1"},
      {"bloc.sum(targets.sum(weight) + 1)", "15"},
      {"bloc.count(achievement > bloc.average(achievement))", "2"},
      {"bloc.first(bloc.rank(achievement) == 1, number)", "2"},
      {"bloc.sum(bloc.rank(achievement))", "9"},  // 3 + 1 + 1 + 4, and the third has none.
  });
}

TEST(Expression, EqualsShareARank) {
  const Bloc bloc;
  struct Ranks {
    const char* formula;
    std::vector<std::string> ranks;
  };
  for (const Ranks& row : {
           Ranks{"bloc.rank(achievement)", {"3", "1", "absent", "1", "4"}},
           Ranks{"bloc.rank(-achievement)", {"2", "3", "absent", "3", "1"}},
           Ranks{"bloc.rank(number)", {"5", "4", "3", "2", "1"}},
           Ranks{"bloc.rank(max_points)", {"1", "1", "1", "1", "1"}},
           Ranks{"bloc.rank(gone)", {"absent", "absent", "absent", "absent", "absent"}},
           Ranks{"empty.rank(number)", {"1", "1", "1", "1", "1"}},  // Nobody is greater.
           Ranks{"bloc.count(true) - bloc.rank(number)", {"0", "1", "2", "3", "4"}},
       }) {
    const auto compiled = Expression::Compile(row.formula, kNumber, OfUnit());
    ASSERT_TRUE(compiled.ok()) << row.formula;
    Evaluation evaluation(*compiled);
    std::vector<std::string> ranks;
    for (const Place& unit : bloc.units) ranks.push_back(Text(evaluation.Of(unit), kNumber));
    EXPECT_EQ(ranks, row.ranks) << row.formula;
  }
}

TEST(Expression, ARankAsksThisOneInItsOwnPlaceAndTheElementsInTheirs) {
  const Bloc bloc;
  EXPECT_EQ(Of("targets.rank(achievement)", bloc.this_one()), "2");  // 3/2 after 2.
  EXPECT_EQ(Of("targets.rank(achievement - 1)", bloc.this_one()), "2");
  EXPECT_EQ(Of("targets.rank(achievement)", bloc.units[2]), "absent");
  EXPECT_EQ(Of("targets.rank(achievement)", bloc.units[0]), "1") << "it has no targets";
  EXPECT_EQ(FaultOf("targets.rank(weight)", kNumber), "NAME_UNKNOWN 14 ") << "no unit has one";
  EXPECT_EQ(FaultOf("targets.rank(max_points)", kNumber), "NAME_UNKNOWN 14 ")
      << "no target has one";
}

TEST(Evaluation, DrawsFromASharedListOnce) {
  struct Counted {
    const char* formula;
    int first, further;  // How often units are asked for a name, then how often for one unit more.
  };
  for (const Counted& row : {
           Counted{"bloc.sum(number)", 5, 0}, Counted{"bloc.sum(number) + bloc.sum(number)", 10, 0},
           Counted{"number / bloc.highest(number)", 6, 1},
           Counted{"bloc.average(gone)", 5, 0},  // Absent is kept too.
           Counted{"bloc.rank(number)", 6, 1},
           Counted{"bloc.count(number > bloc.average(number))", 10, 0},
           Counted{"bloc.sum(bloc.rank(number))", 10, 0}, Counted{"empty.sum(number)", 0, 0},
           Counted{"false ? bloc.sum(number) : number", 1, 1},  // Only at need.
       }) {
    Bloc bloc;
    const auto compiled = Expression::Compile(row.formula, kNumber, OfUnit());
    ASSERT_TRUE(compiled.ok()) << row.formula;
    Evaluation evaluation(*compiled);
    const Value value = evaluation.Of(bloc.units[0]);
    EXPECT_EQ(bloc.asked, row.first) << row.formula;
    Evaluation moved = std::move(evaluation);
    EXPECT_EQ(moved.Of(bloc.units[0]), value) << row.formula;
    EXPECT_EQ(bloc.asked, row.first + row.further) << row.formula;
    (void)Evaluation(*compiled).Of(bloc.units[0]);
    EXPECT_EQ(bloc.asked, 2 * row.first + row.further) << "each evaluation begins anew";
  }
}

// The same list, not said to be shared: each is asked again.
TEST(Evaluation, DrawsFromOtherListsEachTime) {
  FormulaVocabulary unit = OfUnit();
  unit.lists[1] = {"bloc", 1, &OfUnit(), false};
  Bloc bloc;
  for (const char* formula : {"bloc.sum(number)", "bloc.rank(2)"}) {
    const auto compiled = Expression::Compile(formula, kNumber, unit);
    ASSERT_TRUE(compiled.ok());
    Evaluation evaluation(*compiled);
    const Value first = evaluation.Of(bloc.units[0]);
    bloc.units[0].lists[1].pop_back();
    EXPECT_EQ(evaluation.Of(bloc.units[0]) == first, std::string(formula) == "bloc.rank(2)");
  }
  EXPECT_EQ(bloc.asked, 9);
}

// Each sum multiplies the length of the fractions by the units.
TEST(Evaluation, ANumberDrawnTooLongMakesTheFormulaAbsentWhereItIsNeeded) {
  Bloc bloc;
  std::string tower = "number";
  for (int i = 0; i < 12; ++i) tower = absl::StrCat("bloc.sum(1/(number+", tower, "))");
  for (const auto& [formula, values] :
       std::vector<std::pair<std::string, std::vector<std::string>>>{
           {absl::StrCat("value_or(", tower, ", 7)"), {"absent", "absent", "absent"}},
           // Whoever needs it, and nobody else, whoever came first.
           {absl::StrCat("number == 2 ? bloc.rank(", tower, ") : number"), {"1", "absent", "3"}},
           {"bloc.sum(1/(number+bloc.sum(1/number))) > 1 ? 1 : 0", {"1", "1", "1"}},
       }) {
    const auto compiled = Expression::Compile(formula, kNumber, OfUnit());
    ASSERT_TRUE(compiled.ok());
    Evaluation evaluation(*compiled);
    for (int again = 0; again < 2; ++again) {
      for (size_t i = 0; i < values.size(); ++i) {
        EXPECT_EQ(Text(evaluation.Of(bloc.units[i]), kNumber), values[i]) << formula;
      }
    }
  }
}

TEST(Expression, NamesWhatIsWrongAndWhere) {
  struct Wrong {
    const char* formula;
    const char* fault;
    ValueKind wanted = kNumber;
  };
  for (const Wrong& row : {
           // Unreadable.
           Wrong{"", "UNREADABLE 1 "},
           Wrong{"  ", "UNREADABLE 3 "},
           Wrong{"1 +", "UNREADABLE 4 "},
           Wrong{"1 + * 2", "UNREADABLE 5 "},
           Wrong{"(1 + 2", "UNREADABLE 7 "},
           Wrong{"1 + 2)", "UNREADABLE 6 "},
           Wrong{"()", "UNREADABLE 2 "},
           Wrong{"1 2", "UNREADABLE 3 "},
           Wrong{"leads ? 1", "UNREADABLE 10 "},
           Wrong{"leads ? 1 : ", "UNREADABLE 13 "},
           Wrong{"leads ? leads ? 1 : 2 : 3", "UNREADABLE 15 "},
           Wrong{"1e5", "UNREADABLE 1 "},
           Wrong{"2 + 1.5.2", "UNREADABLE 5 "},
           Wrong{"5.", "UNREADABLE 1 "},
           Wrong{".5", "UNREADABLE 1 "},
           Wrong{"0,25", "UNREADABLE 2 "},
           Wrong{"1234567890123456789", "UNREADABLE 1 "},
           Wrong{"0.0123456789", "UNREADABLE 1 "},
           Wrong{"max_points % 2", "UNREADABLE 12 "},
           Wrong{"điểm", "UNREADABLE 1 "},
           Wrong{"1 + điểm", "UNREADABLE 5 "},
           Wrong{"\xff", "UNREADABLE 1 "},
           Wrong{"1;", "UNREADABLE 2 "},
           Wrong{"2 ^ 3", "UNREADABLE 3 "},
           Wrong{"leads and leads", "UNREADABLE 7 &&", kCondition},
           Wrong{"leads OR leads", "UNREADABLE 7 ||", kCondition},
           Wrong{"leads và leads", "UNREADABLE 7 &&", kCondition},
           Wrong{"not leads", "UNREADABLE 1 !", kCondition},
           Wrong{"if(leads, 1, 2)", "UNREADABLE 1 điều-kiện ? nếu-đúng : nếu-sai"},
           Wrong{"\"noi-dung-1\"", "UNREADABLE 1 "},
           Wrong{"points(\"noi-dung-1)", "UNREADABLE 8 "},
           Wrong{"points(\"a\\n\")", "UNREADABLE 10 "},
           Wrong{"points(\"đ\x1f\")", "UNREADABLE 10 "},
           Wrong{"points(\"\xff\")", "UNREADABLE 9 "},
           Wrong{"points(\"noi-dung-1\" 2)", "UNREADABLE 21 "},
           Wrong{"targets.", "UNREADABLE 9 "},
           Wrong{"targets.5", "UNREADABLE 9 "},
           Wrong{"!-1", "UNREADABLE 2 "},
           Wrong{"min(1, )", "UNREADABLE 8 "},
           Wrong{"min(1 2)", "UNREADABLE 7 "},
           // Columns are of characters, not of bytes.
           Wrong{"given(\"điểm thưởng\") ? 1 : #", "UNREADABLE 28 "},
           // A sign for another.
           Wrong{"number = 1", "UNREADABLE 8 ==", kCondition},
           Wrong{"number => 1", "UNREADABLE 8 >=", kCondition},
           Wrong{"number ≥ 1", "UNREADABLE 8 >=", kCondition},
           Wrong{"leads & leads", "UNREADABLE 7 &&", kCondition},
           Wrong{"leads | leads", "UNREADABLE 7 ||", kCondition},
           Wrong{"2 × 3", "UNREADABLE 3 *"},
           Wrong{"2 – 3", "UNREADABLE 3 -"},
           Wrong{"points(“noi-dung-1”)", "UNREADABLE 8 \""},
           Wrong{"points('noi-dung-1')", "UNREADABLE 8 \""},
           // Names.
           Wrong{"max_point + 1", "NAME_UNKNOWN 1 max_points"},
           Wrong{"1 + acheivement", "NAME_UNKNOWN 5 achievement"},
           Wrong{"MAX_POINTS", "NAME_UNKNOWN 1 max_points"},
           Wrong{"tru", "NAME_UNKNOWN 1 true"},
           Wrong{"something_else", "NAME_UNKNOWN 1 "},
           Wrong{"x", "NAME_UNKNOWN 1 "},
           Wrong{"mix(1, 2)", "NAME_UNKNOWN 1 min"},
           Wrong{"point(\"noi-dung-1\")", "NAME_UNKNOWN 1 points"},
           Wrong{"points(\"noi-dung-9\")", "NAME_UNKNOWN 8 noi-dung-1"},
           Wrong{"points(\"Nội dung 7\")", "NAME_UNKNOWN 8 "},
           Wrong{"1 + points(\"\")", "NAME_UNKNOWN 12 "},
           Wrong{"max_points(1)", "NAME_UNKNOWN 1 "},
           Wrong{"target.sum(weight)", "NAME_UNKNOWN 1 targets"},
           Wrong{"max_points.sum(weight)", "NAME_UNKNOWN 1 "},
           Wrong{"targets.summ(weight)", "NAME_UNKNOWN 9 sum"},
           Wrong{"targets.median(weight)", "NAME_UNKNOWN 9 "},
           // Inside an aggregate only what an element has, and outside only what is outside.
           Wrong{"targets.sum(max_points)", "NAME_UNKNOWN 13 "},
           Wrong{"targets.sum(bloc.sum(1))", "NAME_UNKNOWN 13 "},
           Wrong{"targets.sum(points(\"noi-dung-1\"))", "NAME_UNKNOWN 13 "},
           Wrong{"targets.sum(weight) + weight", "NAME_UNKNOWN 23 "},
           // Kinds.
           Wrong{"leads", "KIND_DISAGREES 1 "},
           Wrong{"number", "KIND_DISAGREES 1 ", kCondition},
           Wrong{"1 < 2", "KIND_DISAGREES 1 "},
           Wrong{"1 + 2", "KIND_DISAGREES 1 ", kCondition},
           Wrong{"1 + leads", "KIND_DISAGREES 5 "},
           Wrong{"leads + 1", "KIND_DISAGREES 1 "},
           Wrong{"1 + (leads || leads)", "KIND_DISAGREES 5 "},
           Wrong{"number && leads", "KIND_DISAGREES 1 ", kCondition},
           Wrong{"leads || number", "KIND_DISAGREES 10 ", kCondition},
           Wrong{"1 < 2 < 3", "KIND_DISAGREES 1 ", kCondition},
           Wrong{"1 == leads", "KIND_DISAGREES 6 ", kCondition},
           Wrong{"leads != 1", "KIND_DISAGREES 10 ", kCondition},
           Wrong{"!number", "KIND_DISAGREES 2 ", kCondition},
           Wrong{"-leads", "KIND_DISAGREES 2 "},
           Wrong{"number ? 1 : 2", "KIND_DISAGREES 1 "},
           Wrong{"leads ? 1 : leads", "KIND_DISAGREES 13 "},
           Wrong{"leads ? 1 : leads ? leads : 1", "KIND_DISAGREES 21 "},
           Wrong{"leads ? leads : leads", "KIND_DISAGREES 1 "},
           Wrong{"min(1, leads)", "KIND_DISAGREES 8 "},
           Wrong{"abs(leads)", "KIND_DISAGREES 5 "},
           Wrong{"value_or(1, leads)", "KIND_DISAGREES 13 "},
           Wrong{"has(1)", "KIND_DISAGREES 1 "},
           Wrong{"given(\"noi-dung-1\")", "KIND_DISAGREES 1 "},
           Wrong{"targets.sum(met)", "KIND_DISAGREES 13 "},
           Wrong{"targets.rank(met)", "KIND_DISAGREES 14 "},
           Wrong{"targets.count(weight)", "KIND_DISAGREES 15 "},
           Wrong{"targets.all(weight)", "KIND_DISAGREES 13 ", kCondition},
           Wrong{"targets.all(met)", "KIND_DISAGREES 1 "},
           Wrong{"targets.first(weight, weight)", "KIND_DISAGREES 15 "},
           Wrong{"targets.first(met, met)", "KIND_DISAGREES 1 "},
           // Arguments.
           Wrong{"min(1)", "ARGUMENTS 1 "},
           Wrong{"2 + min()", "ARGUMENTS 5 "},
           Wrong{"abs(1, 2)", "ARGUMENTS 1 "},
           Wrong{"round(1)", "ARGUMENTS 1 "},
           Wrong{"round(1, 2, 3)", "ARGUMENTS 1 "},
           Wrong{"round(1, 10)", "ARGUMENTS 10 "},
           Wrong{"round(1, number)", "ARGUMENTS 10 "},
           Wrong{"round(1, 1 + 1)", "ARGUMENTS 10 "},
           Wrong{"round(1, -1)", "ARGUMENTS 10 "},
           Wrong{"round(1, --1)", "ARGUMENTS 10 "},
           Wrong{"round(1, 0.5)", "ARGUMENTS 10 "},
           Wrong{"round(1, (2))", "ARGUMENTS 10 "},
           Wrong{"has()", "ARGUMENTS 1 ", kCondition},
           Wrong{"value_or(1)", "ARGUMENTS 1 "},
           Wrong{"points()", "ARGUMENTS 8 "},
           Wrong{"points(number)", "ARGUMENTS 8 "},
           Wrong{"points(\"noi-dung-1\", 2)", "ARGUMENTS 20 "},
           Wrong{"points", "ARGUMENTS 1 "},
           Wrong{"min", "ARGUMENTS 1 "},
           Wrong{"1 + targets", "ARGUMENTS 5 "},
           Wrong{"targets.sum", "ARGUMENTS 9 "},
           Wrong{"targets.sum()", "ARGUMENTS 9 "},
           Wrong{"targets.sum(weight, weight)", "ARGUMENTS 9 "},
           Wrong{"targets.first(met)", "ARGUMENTS 9 "},
       }) {
    EXPECT_EQ(FaultOf(row.formula, row.wanted), row.fault) << row.formula;
  }
}

TEST(Expression, SaysItToAnOfficial) {
  for (const auto& [formula, message] : std::vector<std::pair<std::string, std::string>>{
           {"(1 + 2 * 3", "Công thức không đọc được ở ký tự 11: cần dấu đóng ngoặc."},
           {"0,25",
            "Công thức không đọc được ở ký tự 2: cần một dấu phép tính hoặc hết công thức; phần "
            "thập "
            "phân viết sau dấu chấm, không phải dấu phẩy."},
           {"1 = 2", "Công thức không đọc được ở ký tự 3: thay “=” hãy viết ==."},
           {"points(“a”)",
            "Công thức không đọc được ở ký tự 8: thay ““” hãy viết dấu ngoặc kép thẳng."},
           {"max_point",
            "Công thức có tên lạ ở ký tự 1: không có tên nào là “max_point”; gần nhất là "
            "“max_points”."},
           {"max_points ; 1",
            "Công thức không đọc được ở ký tự 12: giữa các đối số viết dấu phẩy, cuối công thức "
            "không có dấu gì."},
           {"max_points # 1",
            "Công thức không đọc được ở ký tự 12: ký tự “#” không dùng trong "
            "công thức."},
           {"max_points\u00A0+ 1",
            "Công thức không đọc được ở ký tự 11: có dấu cách lạ (dấu cách không ngắt): xóa đi và "
            "gõ lại dấu cách thường."},
           {"leads && leads ? 1 : 1 < 2 < 3 ? 1 : 2",
            "Công thức sai loại ở ký tự 22: mỗi phép so sánh chỉ có hai vế: a < b < c viết là "
            "a < b && b < c."},
           {"leads ? leads ? 1 : 2 : 3",
            "Công thức không đọc được ở ký tự 15: “? :” đứng giữa ? và : thì để trong ngoặc "
            "tròn."},
           {"share_points", "Công thức có tên lạ ở ký tự 1: “share_points” không dùng được ở đây."},
           {"under(\"noi-dung-1\") ? 1 : 2",
            "Công thức có tên lạ ở ký tự 1: “under” không dùng được ở đây."},
           {"targets.sum(max_points)",
            "Công thức có tên lạ ở ký tự 13: không có tên nào là “max_points”."},
           {"median(1)", "Công thức có tên lạ ở ký tự 1: không có hàm nào tên “median”."},
           {"points(\"x\")", "Công thức có tên lạ ở ký tự 8: không có mã nào là “x”."},
           {"1 + leads", "Công thức sai loại ở ký tự 5: cần một số, không phải một điều kiện."},
           {"min(1)", "Công thức sai đối số ở ký tự 1: “min” cần ít nhất 2 đối số."},
           {"abs(1, 2)", "Công thức sai đối số ở ký tự 1: “abs” cần 1 đối số."},
           {"bloc + 1",
            "Công thức sai đối số ở ký tự 1: sau danh sách “bloc” cần dấu chấm và một hàm, như "
            "bloc.count(…)."},
           {std::string(51, '('), "Công thức lồng quá sâu ở ký tự 51: tối đa 50 tầng ngoặc."},
           {std::string(2001, ' '),
            "Công thức dài quá: tối đa 2.000 ký tự không dấu, kể cả dấu cách."},
       }) {
    const auto compiled = Expression::Compile(formula, kNumber, OfUnit());
    ASSERT_FALSE(compiled.ok()) << formula;
    EXPECT_EQ(FaultsOf(compiled.status())[0].message, message);
  }
}

TEST(Expression, TellsThatItNeverHasAValue) {
  for (const auto& [formula, never] : std::vector<std::pair<std::string, bool>>{
           {"max_points / 0", true},
           {"max_points / (0.0)", true},
           {"1 + max_points / 0 * 2", true},
           {"-(1 / 0)", true},
           {"min(1, max_points / 0)", true},
           {"leads ? 1 / 0 : 2 / 0", true},
           {"leads ? 1 / 0 : 2", false},
           {"1 / 0 > 2 ? 1 : 2", true},
           {"value_or(1 / 0, 5)", false},
           {"value_or(1 / 0, 5 / 0)", true},
           {"has(1 / 0) ? 1 : 2", false},
           {"1 / 0 > 2 && leads ? 1 : 2", false},
           {"bloc.sum(1 / 0)", false},
           {"bloc.highest(1 / 0)", true},
           {"targets.rank(1 / 0)", true},
           {"bloc.first(leads, 1 / 0)", true},
           {"max_points / number", false},
           {"0 / max_points", false},
           {"5", false},
       }) {
    const auto compiled = Expression::Compile(formula, kNumber, OfUnit());
    ASSERT_TRUE(compiled.ok()) << formula << compiled.status();
    EXPECT_EQ(compiled->NeverHasAValue(), never) << formula;
  }
}

std::string Times(int count, absl::string_view text) {
  std::string all;
  for (int i = 0; i < count; ++i) absl::StrAppend(&all, text);
  return all;
}

TEST(Expression, IsBoundedInLengthAndDepthAndLongChainsAreNotDeep) {
  struct Long {
    std::string formula;
    std::string value;
  };
  for (const Long& row : {
           Long{"1" + Times(999, "+1"), "1000"},
           Long{"1" + Times(999, "-1"), "-998"},
           Long{"1" + Times(999, "*1"), "1"},
           Long{Times(1999, "-") + "1", "-1"},
           Long{Times(1000, "-") + "1", "1"},
           Long{Times(1996, "!") + "true", "true"},
           Long{"true" + Times(332, "&&true"), "true"},
           Long{"false" + Times(249, "||false"), "false"},
           Long{"true" + Times(332, "==true"), "true"},
           Long{"true" + Times(249, "!=false"), "true"},
           Long{Times(180, "1>2?1:") + "7", "7"},
           Long{"min(1" + Times(990, ",1") + ")", "1"},
           Long{Times(50, "(") + "1" + Times(50, ")"), "1"},
           Long{Times(50, "abs(") + "1" + Times(50, ")"), "1"},
           Long{Times(50, "(1+") + "1" + Times(50, ")"), "51"},
           Long{Times(50, "-(") + "1" + Times(50, ")"), "1"},
           Long{Times(49, "bloc.sum(") + "1" + Times(49, ")"),
                "17763568394002504646778106689453125"},
           Long{Times(51, "(") + "1" + Times(51, ")"), "TOO_LONG 51 "},
           Long{Times(51, "abs(") + "1" + Times(51, ")"), "TOO_LONG 204 "},
           Long{Times(2000, "("), "TOO_LONG 51 "},
           Long{Times(333, "true?("), "TOO_LONG 306 "},
           Long{Times(333, "has(("), "TOO_LONG 129 "},
           Long{Times(2000, "!"), "UNREADABLE 2001 "},
           Long{Times(2001, "1"), "TOO_LONG  "},
           Long{"1" + Times(1999, " "), "1"},
       }) {
    const Bloc bloc;
    const bool refused = absl::StrContains(row.value, "TOO") || absl::StrContains(row.value, "UN");
    EXPECT_EQ(refused ? FaultOf(row.formula, kNumber) : Of(row.formula, bloc.this_one()), row.value)
        << row.formula.substr(0, 20);
  }
}

// Two places each of which has a list of the other: every rank within a rank would be compiled for
// both.
TEST(Expression, RanksWithinRanksOfOtherPlacesAreBounded) {
  FormulaVocabulary one, other;
  one.names = other.names = {{"x", kNumber, 0}};
  one.lists = {{"l", 0, &other, true}};
  other.lists = {{"l", 0, &one, false}};
  const auto nested = [](int depth) { return Times(depth, "l.rank(") + "x" + Times(depth, ")"); };
  EXPECT_TRUE(Expression::Compile(nested(3), kNumber, one).ok());
  const auto compiled = Expression::Compile(nested(50), kNumber, one);
  ASSERT_FALSE(compiled.ok());
  EXPECT_EQ(FaultsOf(compiled.status())[0].reason, "FORMULA_TOO_LONG");
}

TEST(Expression, TellsWhichLookupsItDependsOn) {
  using Reference = Expression::Reference;
  struct Depends {
    const char* formula;
    std::vector<Reference> on;
  };
  for (const Depends& row : {
           Depends{"1", {}},
           Depends{"points(\"noi-dung-2\")", {{0, 1}}},
           Depends{"points(\"noi-dung-2.1\") + points(\"noi-dung-1\") + points(\"noi-dung-2.1\")",
                   {{0, 2}, {0, 0}}},
           Depends{"given(\"noi-dung-1\") ? min(1, points(\"noi-dung-1\")) : 0", {{1, 0}, {0, 0}}},
           Depends{"false ? points(\"noi-dung-1\") : 0", {{0, 0}}},
           Depends{"bloc.highest(points(\"noi-dung-2\")) + bloc.rank(points(\"noi-dung-1\"))",
                   {{0, 1}, {0, 0}}},
       }) {
    const auto compiled = Expression::Compile(row.formula, kNumber, OfUnit());
    ASSERT_TRUE(compiled.ok()) << row.formula;
    EXPECT_EQ(compiled->References(), row.on) << row.formula;
    EXPECT_EQ(compiled->source(), row.formula);
  }
}

TEST(Expression, EachFunctionTakesItsArgumentsAndNoMore) {
  const struct {
    const char* called;
    int least, most;
  } kFunctions[] = {{"min", 2, 40},         {"max", 2, 40},         {"abs", 1, 1},
                    {"floor", 1, 1},        {"ceil", 1, 1},         {"round", 2, 2},
                    {"has", 1, 1},          {"value_or", 2, 2},     {"bloc.sum", 1, 1},
                    {"bloc.average", 1, 1}, {"bloc.highest", 1, 1}, {"bloc.lowest", 1, 1},
                    {"bloc.rank", 1, 1}};
  for (const auto& function : kFunctions) {
    for (const int number :
         {function.least - 1, function.least, function.most, function.most + 1}) {
      if (number > 40) continue;
      const std::string formula = absl::StrCat(
          function.called, "(",
          absl::StrJoin(std::vector<std::string>(static_cast<size_t>(number), "1"), ", "), ")");
      const bool condition = absl::string_view(function.called) == "has";
      const std::string fault = FaultOf(formula, condition ? kCondition : kNumber);
      if (number < function.least || number > function.most) {
        EXPECT_NE(fault, "") << formula;
      } else if (!condition) {  // has() asks of a name.
        EXPECT_EQ(fault, "") << formula;
      }
    }
  }
  for (const char* sound : {"bloc.count(leads)", "bloc.first(leads, achievement)"}) {
    EXPECT_EQ(FaultOf(sound, kNumber), "") << sound;
  }
  for (const char* sound : {"bloc.all(leads)", "bloc.any(leads)", "has(achievement)"}) {
    EXPECT_EQ(FaultOf(sound, kCondition), "") << sound;
  }
  for (const char* wrong : {"bloc.count(leads, leads)", "bloc.count()", "bloc.first(leads)",
                            "bloc.first(leads, 1, 1)"}) {
    EXPECT_NE(FaultOf(wrong, kNumber), "") << wrong;
  }
  for (const char* wrong : {"bloc.all(leads, leads)", "bloc.any()", "has(achievement, 1)"}) {
    EXPECT_NE(FaultOf(wrong, kCondition), "") << wrong;
  }
}

TEST(Expression, ItsPartsAreWhatAValueMayBeMissingOf) {
  const struct {
    const char* formula;
    std::vector<std::string> parts;
  } kCases[] = {
      {"1", {}},
      {"achievement + 2 * achievement", {"achievement"}},
      {"min(achievement, points(\"noi-dung-1\"))", {"achievement", "points(\"noi-dung-1\")"}},
      {"bloc.highest(achievement) / bloc.count(leads) + gone",
       {"bloc.highest(achievement)", "bloc.count(leads)", "gone"}},
  };
  const Bloc bloc;
  for (const auto& c : kCases) {
    const auto compiled = Expression::Compile(c.formula, kNumber, OfUnit());
    ASSERT_TRUE(compiled.ok()) << c.formula;
    std::vector<std::string> parts;
    for (const Expression& part : compiled->Parts()) {
      parts.emplace_back(part.source());
      EXPECT_EQ(Text(Evaluation(part).Of(bloc.this_one()), kNumber),
                Of(part.source(), bloc.this_one()));
    }
    EXPECT_EQ(parts, c.parts) << c.formula;
  }
}

// ---- Against another reckoning: pairs of big integers, over the tree that was printed ----

using Integer = boost::multiprecision::cpp_int;

// A number, or a condition as 1 or 0; there is none when `there` is false.
struct Found {
  bool there = false;
  Integer top = 0;
  Integer bottom = 1;  // > 0
};

Found None() { return {}; }
Found Fraction(Integer top, Integer bottom) {
  if (bottom == 0) return None();
  if (bottom < 0) top = -top, bottom = -bottom;
  const Integer divisor = boost::multiprecision::gcd(top, bottom);
  return {true, top / divisor, bottom / divisor};
}
Found Truth(bool holds) { return {true, holds ? 1 : 0, 1}; }
bool Holds(const Found& a) { return a.there && a.top != 0; }
bool Fails(const Found& a) { return a.there && a.top == 0; }
bool Less(const Found& a, const Found& b) { return a.top * b.bottom < b.top * a.bottom; }
bool Same(const Found& a, const Found& b) { return a.top * b.bottom == b.top * a.bottom; }
Found Plus(const Found& a, const Found& b) {
  return Fraction(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom);
}

Integer FloorOf(const Found& a) {
  Integer rest = a.top % a.bottom;
  if (rest < 0) rest += a.bottom;
  return (a.top - rest) / a.bottom;
}

struct Tree {
  std::string op;  // A sign, a function, ".sum", or a leaf as it is printed.
  std::vector<Tree> parts;
  std::string list;  // Of an aggregate.
  Found literal;     // Of a number.
  int name = -1;     // Of a name: 0 to 2 numbers, 3 and 4 conditions.
};

constexpr const char* kNames[] = {"a", "b", "c", "p", "q"};

struct World {
  struct Somebody {
    Found names[5];
    Place place;
    std::vector<const Somebody*> own;
  };
  std::vector<Somebody> all;

  explicit World(std::mt19937_64& random) : all(5) {
    const auto between = [&](int low, int high) {
      return std::uniform_int_distribution<int>(low, high)(random);
    };
    for (Somebody& one : all) {
      for (int i = 0; i < 5; ++i) {
        if (between(1, 5) == 1) continue;
        const int top = i < 3 ? between(-4, 9) : between(0, 1), bottom = i < 3 ? between(1, 4) : 1;
        one.names[i] = Fraction(top, bottom);
        one.place.names[i] = R(top, bottom);
      }
      for (int i = between(0, 3); i > 0; --i) {
        const Somebody& other = all[static_cast<size_t>(between(0, 4))];
        one.own.push_back(&other);
        one.place.lists[0].push_back(&other.place);
      }
      for (const Somebody& other : all) one.place.lists[1].push_back(&other.place);
    }
  }
  World(const World&) = delete;
};

Found Reckon(const Tree& tree, const World::Somebody& who, const World& world);

Found ReckonDrawn(const Tree& tree, const World::Somebody& who, const World& world) {
  std::vector<const World::Somebody*> list = who.own;
  if (tree.list == "all") {
    list.clear();
    for (const World::Somebody& one : world.all) list.push_back(&one);
  }
  std::vector<Found> found;
  for (const World::Somebody* one : list) found.push_back(Reckon(tree.parts[0], *one, world));
  if (tree.op == ".first") {
    for (size_t i = 0; i < list.size(); ++i) {
      if (!Holds(found[i])) continue;
      if (Found x = Reckon(tree.parts[1], *list[i], world); x.there) return x;
    }
    return None();
  }
  int holding = 0, failing = 0, missing = 0;
  std::vector<Found> there;
  for (const Found& one : found) {
    holding += Holds(one) ? 1 : 0;
    failing += Fails(one) ? 1 : 0;
    missing += one.there ? 0 : 1;
    if (one.there) there.push_back(one);
  }
  if (tree.op == ".count") return Fraction(holding, 1);
  if (tree.op == ".all") return failing > 0 ? Truth(false) : missing > 0 ? None() : Truth(true);
  if (tree.op == ".any") return holding > 0 ? Truth(true) : missing > 0 ? None() : Truth(false);
  if (tree.op == ".rank") {
    const Found mine = Reckon(tree.parts[0], who, world);
    int place = 1;
    for (const Found& one : there) place += Less(mine, one) ? 1 : 0;
    return mine.there ? Fraction(place, 1) : None();
  }
  Found sum = Fraction(0, 1), best;
  for (const Found& one : there) {
    sum = Plus(sum, one);
    const bool better = tree.op == ".highest" ? Less(best, one) : Less(one, best);
    if (!best.there || better) best = one;
  }
  if (tree.op == ".sum") return sum;
  if (tree.op == ".average") return Fraction(sum.top, sum.bottom * there.size());
  return best;
}

Found Reckon(const Tree& tree, const World::Somebody& who, const World& world) {
  if (tree.name >= 0) return who.names[tree.name];
  if (tree.parts.empty()) return tree.literal;
  if (tree.op[0] == '.') return ReckonDrawn(tree, who, world);
  std::vector<Found> parts;
  for (const Tree& part : tree.parts) parts.push_back(Reckon(part, who, world));
  const Found &a = parts[0], &b = parts.back();
  if (tree.op == "?") return !a.there ? None() : Holds(a) ? parts[1] : b;
  if (tree.op == "has") return Truth(a.there);
  if (tree.op == "value_or") return a.there ? a : b;
  if (tree.op == "&&" && (Fails(a) || Fails(b))) return Truth(false);
  if (tree.op == "||" && (Holds(a) || Holds(b))) return Truth(true);
  for (const Found& part : parts) {
    if (!part.there) return None();
  }
  if (tree.op == "&&") return Truth(true);
  if (tree.op == "||") return Truth(false);
  if (tree.op == "!") return Truth(Fails(a));
  if (tree.op == "==") return Truth(Same(a, b));
  if (tree.op == "!=") return Truth(!Same(a, b));
  if (tree.op == "<") return Truth(Less(a, b));
  if (tree.op == "<=") return Truth(!Less(b, a));
  if (tree.op == ">") return Truth(Less(b, a));
  if (tree.op == ">=") return Truth(!Less(a, b));
  if (tree.op == "neg") return Fraction(-a.top, a.bottom);
  if (tree.op == "+") return Plus(a, b);
  if (tree.op == "-") return Plus(a, Fraction(-b.top, b.bottom));
  if (tree.op == "*") return Fraction(a.top * b.top, a.bottom * b.bottom);
  if (tree.op == "/") return Fraction(a.top * b.bottom, a.bottom * b.top);
  if (tree.op == "abs") return Fraction(abs(a.top), a.bottom);
  if (tree.op == "floor") return Fraction(FloorOf(a), 1);
  if (tree.op == "ceil") return Fraction(-FloorOf(Fraction(-a.top, a.bottom)), 1);
  if (tree.op == "round") {  // To two digits.
    const Integer rounded = FloorOf(Fraction(abs(a.top) * 200 + a.bottom, a.bottom * 2));
    if (rounded >= Integer("1000000000000000000")) return None();
    return Fraction(a.top < 0 ? Integer(-rounded) : rounded, 100);
  }
  Found best = a;  // min, max.
  for (const Found& part : parts) {
    if (tree.op == "min" ? Less(part, best) : Less(best, part)) best = part;
  }
  return best;
}

class TreeMaker {
 public:
  explicit TreeMaker(std::mt19937_64& random) : random_(random) {}

  Tree Make(ValueKind kind, int depth, int drawn = 0) {
    if (depth == 0 || Chance(8)) return Leaf(kind);
    const auto number = [&] { return Make(kNumber, depth - 1, drawn); };
    const auto condition = [&] { return Make(kCondition, depth - 1, drawn); };
    if (Chance(8))
      return {
          "?", {condition(), Make(kind, depth - 1, drawn), Make(kind, depth - 1, drawn)}, {}, {}};
    if (Chance(12)) {
      return {"value_or", {Make(kind, depth - 1, drawn), Make(kind, depth - 1, drawn)}, {}, {}};
    }
    if (drawn < 2 && Chance(4)) {
      const auto inner = [&](ValueKind of) { return Make(of, depth - 1, drawn + 1); };
      Tree tree;
      tree.list = Chance(2) ? "own" : "all";
      if (Chance(6)) {
        tree.op = ".first";
        tree.parts = {inner(kCondition), inner(kind)};
      } else if (kind == kCondition) {
        tree.op = Chance(2) ? ".all" : ".any";
        tree.parts = {inner(kCondition)};
      } else {
        tree.op = OneOf({".sum", ".average", ".highest", ".lowest", ".rank", ".count"});
        tree.parts = {inner(tree.op == ".count" ? kCondition : kNumber)};
      }
      return tree;
    }
    if (kind == kCondition) {
      if (Chance(8)) return {"!", {condition()}, {}, {}};
      if (Chance(8))
        return {"has", {Make(Chance(2) ? kNumber : kCondition, depth - 1, drawn)}, {}, {}};
      if (Chance(8)) return {Chance(2) ? "==" : "!=", {condition(), condition()}, {}, {}};
      if (Chance(2)) return {Chance(2) ? "&&" : "||", {condition(), condition()}, {}, {}};
      return {OneOf({"==", "!=", "<", "<=", ">", ">="}), {number(), number()}, {}, {}};
    }
    if (Chance(4)) return {OneOf({"neg", "abs", "floor", "ceil", "round"}), {number()}, {}, {}};
    if (Chance(6)) {
      Tree tree{Chance(2) ? "min" : "max", {number(), number()}, {}, {}};
      if (Chance(2)) tree.parts.push_back(number());
      return tree;
    }
    return {OneOf({"+", "-", "*", "/"}), {number(), number()}, {}, {}};
  }

  // With no more parentheses than needed, but now and then.
  std::string Print(const Tree& tree, int level = 0) {
    const auto part = [&](size_t i, int at) { return Print(tree.parts[i], at); };
    const int own = LevelOf(tree);
    std::string text;
    if (tree.parts.empty()) return tree.op;
    if (tree.op[0] == '.' || own == kPrimary) {
      std::vector<std::string> arguments;
      for (size_t i = 0; i < tree.parts.size(); ++i) arguments.push_back(part(i, 0));
      if (tree.op == "round") arguments.push_back("2");
      return absl::StrCat(tree.list, tree.op, "(", absl::StrJoin(arguments, ", "), ")");
    }
    if (tree.op == "?") {
      text = absl::StrCat(part(0, 1), " ? ", part(1, 1), " : ", part(2, 0));
    } else if (own == kUnary) {
      // The sign again needs none, the other does.
      const int inside = tree.parts[0].op == tree.op ? kUnary : kPrimary;
      text = absl::StrCat(tree.op == "neg" ? "-" : "!", part(0, inside));
    } else {
      text = absl::StrCat(part(0, own), Chance(2) ? " " : "", tree.op, Chance(2) ? " " : "",
                          part(1, own + 1));
    }
    return own < level || Chance(20) ? absl::StrCat("(", text, ")") : text;
  }

 private:
  static constexpr int kUnary = 6, kPrimary = 7;

  static int LevelOf(const Tree& tree) {
    static const auto* const kLevels = new std::map<std::string, int>{
        {"?", 0},  {"||", 1}, {"&&", 2}, {"==", 3}, {"!=", 3}, {"<", 3}, {"<=", 3}, {">", 3},
        {">=", 3}, {"+", 4},  {"-", 4},  {"*", 5},  {"/", 5},  {"!", 6}, {"neg", 6}};
    const auto found = kLevels->find(tree.op);
    return found == kLevels->end() ? kPrimary : found->second;
  }

  int Between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool Chance(int one_in) { return Between(1, one_in) == 1; }
  std::string OneOf(const std::vector<std::string>& all) {
    return all[static_cast<size_t>(Between(0, static_cast<int>(all.size()) - 1))];
  }

  Tree Leaf(ValueKind kind) {
    Tree leaf;
    if (Chance(3)) {
      if (kind == kCondition) {
        leaf.literal = Truth(Chance(2));
        leaf.op = leaf.literal.top == 0 ? "false" : "true";
        return leaf;
      }
      const int tenths = Between(0, 40);
      leaf.literal = Fraction(tenths, 10);
      leaf.op = absl::StrCat(tenths / 10, ".", tenths % 10);
      return leaf;
    }
    leaf.name = kind == kNumber ? Between(0, 2) : Between(3, 4);
    leaf.op = kNames[leaf.name];
    return leaf;
  }

  std::mt19937_64& random_;
};

TEST(ExpressionProperty, AgreesWithAnotherReckoning) {
  FormulaVocabulary vocabulary;
  for (int i = 0; i < 5; ++i) {
    vocabulary.names.push_back({kNames[i], i < 3 ? kNumber : kCondition, i});
  }
  vocabulary.lists = {{"own", 0, &vocabulary, false}, {"all", 1, &vocabulary, true}};
  int there = 0, absent = 0;
  for (uint64_t seed = 1; seed <= 2000; ++seed) {
    std::mt19937_64 random(seed);
    const World world(random);
    TreeMaker maker(random);
    const ValueKind kind = seed % 3 == 0 ? kCondition : kNumber;
    std::string formula(kMaxFormula + 1, ' ');
    Tree tree;
    while (formula.size() > kMaxFormula) {
      tree = maker.Make(kind, 5);
      formula = maker.Print(tree);
    }
    const auto compiled = Expression::Compile(formula, kind, vocabulary);
    ASSERT_TRUE(compiled.ok()) << formula << ": " << compiled.status();
    Evaluation evaluation(*compiled);
    for (const World::Somebody& who : world.all) {
      const Found wanted = Reckon(tree, who, world);
      const std::string number =
          wanted.bottom == 1 ? wanted.top.str() : wanted.top.str() + "/" + wanted.bottom.str();
      const Value value = evaluation.Of(who.place);
      ASSERT_EQ(value.has_value() ? value->ToString() : "absent", wanted.there ? number : "absent")
          << "seed " << seed << ": " << formula;
      ++(wanted.there ? there : absent);
    }
  }
  EXPECT_GT(there, 4000);
  EXPECT_GT(absent, 1000);
}

}  // namespace
}  // namespace thidua::domain
