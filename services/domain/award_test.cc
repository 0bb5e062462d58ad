#include "services/domain/award.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace thidua::domain {
namespace {

using Standing = AwardCandidate::Standing;

Decimal D(absl::string_view text) { return *Decimal::Parse(text); }

// "a1 b2/tot c2!": units with their ranks, classes and "!" for who is not eligible.
std::vector<Contender> Line(absl::string_view text) {
  std::vector<Contender> contenders;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    Contender& one = contenders.emplace_back();
    one.ineligible = absl::ConsumeSuffix(&word, "!");
    const std::vector<absl::string_view> parts = absl::StrSplit(word, '/');
    if (parts.size() > 1) one.class_id = std::string(parts[1]);
    one.unit = std::string(parts[0].substr(0, 1));
    EXPECT_TRUE(absl::SimpleAtoi(parts[0].substr(1), &one.rank)) << word;
  }
  return contenders;
}

// "co 1 xuat-sac,tot 80": id, how many, of which classes ("-": any), with how many percent of the
// votes.
std::vector<AwardRule> Awards(const std::vector<std::string>& texts) {
  std::vector<AwardRule> awards;
  for (const std::string& text : texts) {
    const std::vector<std::string> words = absl::StrSplit(text, ' ');
    AwardRule& award = awards.emplace_back();
    award.id = award.name = words[0];
    EXPECT_TRUE(absl::SimpleAtoi(words[1], &award.at_most)) << text;
    if (words.size() > 2 && words[2] != "-") award.classes = absl::StrSplit(words[2], ',');
    if (words.size() > 3) award.votes_at_least_percent = D(words[3]);
  }
  return awards;
}

// "co:a=5/1/0 bk:b=3/0/0/2": yes, no and blank, and in which session.
AwardVotes Votes(absl::string_view text, const std::vector<AwardRule>& awards,
                 const std::vector<Contender>& contenders) {
  AwardVotes votes;
  for (absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const std::vector<std::string> parts = absl::StrSplit(word, absl::ByAnyChar(":=/"));
    std::pair<size_t, size_t> key = {awards.size(), contenders.size()};
    for (size_t i = 0; i < awards.size(); ++i) {
      if (awards[i].id == parts[0]) key.first = i;
    }
    for (size_t i = 0; i < contenders.size(); ++i) {
      if (contenders[i].unit == parts[1]) key.second = i;
    }
    VoteCount& count = votes[key];
    EXPECT_TRUE(absl::SimpleAtoi(parts[2], &count.yes) && absl::SimpleAtoi(parts[3], &count.no) &&
                absl::SimpleAtoi(parts[4], &count.blank))
        << word;
    if (parts.size() > 5) count.session = parts[5];
  }
  return votes;
}

// "co: a b! | bk: c?2:1 +1": proposed as it is, "!" not eligible, "/" of another class, "-" voted
// down, "<" not chosen, "?2:1" one of two for one award, "~" likewise if it gets none before; "+1"
// one award for nobody, "…" when more cannot be told yet. "*" after a unit or a line: provisional.
std::string Print(const std::vector<AwardRule>& awards, const std::vector<Contender>& contenders,
                  const std::vector<AwardLine>& lines) {
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : " | ", awards[i].id, ":");
    for (const AwardCandidate& one : lines[i].candidates) {
      absl::StrAppend(&text, " ", contenders[one.contender].unit);
      switch (one.standing) {
        case Standing::kProposed:
          break;
        case Standing::kTied:
          absl::StrAppend(&text, one.waits ? "~" : "?", one.equals, ":", one.equals_for);
          break;
        case Standing::kIneligible:
          text += "!";
          break;
        case Standing::kOtherClass:
          text += "/";
          break;
        case Standing::kVotedDown:
          text += "-";
          break;
        case Standing::kNotChosen:
          text += "<";
          break;
      }
      if (one.provisional) text += "*";
    }
    if (lines[i].open > 0) absl::StrAppend(&text, " +", lines[i].open);
    if (lines[i].waits) text += " …";
    if (lines[i].provisional) text += " *";
  }
  return text;
}

struct Case {
  const char* what;
  std::vector<std::string> awards;
  const char* line;
  const char* votes;
  const char* expected;
};

void Expect(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    const std::vector<AwardRule> awards = Awards(one.awards);
    const std::vector<Contender> contenders = Line(one.line);
    const std::vector<AwardLine> lines =
        ProposeAwards(awards, contenders, Votes(one.votes, awards, contenders));
    EXPECT_EQ(Print(awards, contenders, lines), one.expected) << one.what;
  }
}

TEST(ProposeAwards, TheBestAreInLineFirstEachOnce) {
  Expect({
      {"one award", {"co 1"}, "a1 b2 c3", "", "co: a"},
      {"several, in the scheme's order", {"co 1", "bk 2"}, "a1 b2 c3 d4", "", "co: a | bk: b c"},
      {"fewer units than awards", {"co 1", "bk 3"}, "a1 b2", "", "co: a | bk: b +2"},
      {"no unit at all", {"co 1"}, "", "", "co: +1"},
      {"nobody ranked", {"co 1", "bk 2"}, "a0 b0", "", "co: +1 | bk: +2"},
      {"the unranked are in no line", {"co 2"}, "a1 b0", "", "co: a +1"},
      {"no awards", {}, "a1", "", ""},
      {"the order in which units are given does not matter",
       {"co 1", "bk 1"},
       "b2 a1",
       "",
       "co: a | bk: b"},
      {"dense ranks", {"co 1", "bk 2"}, "a1 b2 c2 d3", "", "co: a | bk: b c"},
      {"equals for as many awards", {"co 2", "bk 1"}, "a1 b1 c3", "", "co: a b | bk: c"},
  });
}

TEST(ProposeAwards, WhoIsPassedOverKeepsItsRankAndStandsThereWithTheReason) {
  Expect({
      {"not eligible", {"co 1", "bk 1"}, "a1! b2 c3", "", "co: a! b | bk: a! c"},
      {"below the last one proposed nothing is told", {"co 1"}, "a1 b2! c3", "", "co: a"},
      {"nobody comes after", {"co 2"}, "a1 b2! c3!", "", "co: a b! c! +1"},
      {"all", {"co 1"}, "a1! b1!", "", "co: a! b! +1"},
      {"of equals one: the other is not tied", {"co 1"}, "a1 b1! c3", "", "co: b! a"},
      {"of three equals one: the others are", {"co 1"}, "a1 b1! c1", "", "co: b! a?2:1 c?2:1"},
      {"not eligible and not ranked", {"co 1"}, "a0! b1", "", "co: b"},
  });
}

TEST(ProposeAwards, AnAwardMayBeForSomeClassesOnly) {
  Expect({
      {"the first of the class", {"co 1 xuat-sac"}, "a1/tot b2/xuat-sac", "", "co: a/ b"},
      {"one of several classes", {"co 1 xuat-sac,tot"}, "a1/tot b2/xuat-sac", "", "co: a"},
      {"no class at all", {"co 1 tot"}, "a1 b2/tot", "", "co: a/ b"},
      {"whatever the class", {"co 1 -"}, "a1 b2/tot", "", "co: a"},
      {"it is in line for the next award",
       {"co 1 xuat-sac", "bk 1"},
       "a1/tot b2/xuat-sac c3",
       "",
       "co: a/ b | bk: a"},
      {"not eligible says more than the class", {"co 1 xuat-sac"}, "a1/tot!", "", "co: a! +1"},
      {"nobody is of it", {"co 1 xuat-sac", "bk 1"}, "a1/tot b2/tot", "", "co: a/ b/ +1 | bk: a"},
  });
}

TEST(ProposeAwards, EqualsAtTheEdgeOfAnAwardAreForPeopleToDecide) {
  Expect({
      {"two for one", {"co 1"}, "a1 b1 c3", "", "co: a?2:1 b?2:1"},
      {"the edge is further down", {"bk 2"}, "a1 b2 c2 d4", "", "bk: a b?2:1 c?2:1"},
      {"three for two", {"bk 2"}, "a1 b1 c1 d4", "", "bk: a?3:2 b?3:2 c?3:2"},
      {"who is not chosen has its turn for the next: it is the third's last place",
       {"co 1", "bk 2"},
       "a1 b1 c3 d4",
       "",
       "co: a?2:1 b?2:1 | bk: a~2:1 b~2:1 c"},
      {"and there it may be short again",
       {"co 1", "bk 1"},
       "a1 b1 c1 d4",
       "",
       "co: a?3:1 b?3:1 c?3:1 | bk: a~3:1 b~3:1 c~3:1"},
      {"until all have one",
       {"co 1", "bk 1", "gk 2"},
       "a1 b1 c1 d4",
       "",
       "co: a?3:1 b?3:1 c?3:1 | bk: a~3:1 b~3:1 c~3:1 | gk: a~3:1 b~3:1 c~3:1 d"},
      {"one who was passed over joins them",
       {"co 1 tot", "bk 2"},
       "a1/tot b1/tot c1 d4",
       "",
       "co: c/ a?2:1 b?2:1 | bk: a~2:1 b~2:1 c"},
      {"who is in line depends on who is chosen",
       {"co 1", "bk 1 tot", "gk 1"},
       "a1/tot b1 c3/tot",
       "",
       "co: a?2:1 b?2:1 | bk: b/ a~1:1 … | gk: …"},
      {"those before them do not",
       {"co 1 tot", "bk 1", "gk 1 tot"},
       "x1 a2/tot b2 c2/tot",
       "",
       "co: x/ b/ a?2:1 c?2:1 | bk: x | gk: b/ a~2:1 c~2:1"},
      {"two ties at one rank, of two classes",
       {"co 1 tot", "bk 1 kha", "gk 4"},
       "a1/tot b1/tot c1/kha d1/kha",
       "",
       "co: c/ d/ a?2:1 b?2:1 | bk: a/ b/ c?2:1 d?2:1 | gk: a~4:2 b~4:2 c~4:2 d~4:2 +2"},
  });
}

TEST(ProposeAwards, VotesDecideAmongEquals) {
  const std::vector<std::string> both = {"co 1", "bk 2"};
  Expect({
      {"most yes votes first", both, "a1 b1 c3 d4", "co:a=4/5/0 co:b=5/4/0", "co: b a< | bk: a c"},
      {"equal votes stay tied", both, "a1 b1 c3 d4", "co:a=4/5/0 co:b=4/4/1",
       "co: a?2:1 b?2:1 | bk: a~2:1 b~2:1 c"},
      {"yes votes count, not their share", both, "a1 b1 c3", "co:a=5/5/5 co:b=4/0/0",
       "co: a b< | bk: b c"},
      {"not before all were voted on", both, "a1 b1 c3", "co:a=9/0/0",
       "co: a?2:1 b?2:1 | bk: a~2:1 b~2:1 c"},
      {"one chosen, two of the rest tied",
       {"bk 2"},
       "a1 b1 c1",
       "bk:a=3/0/0 bk:b=3/0/0 bk:c=9/0/0",
       "bk: c a?2:1 b?2:1"},
      {"two chosen, the last one out",
       {"bk 2", "gk 1"},
       "a1 b1 c1",
       "bk:a=3/0/0 bk:b=9/0/0 bk:c=9/0/0",
       "bk: b c a< | gk: a"},
      {"a tie below the edge is none",
       {"bk 1", "gk 2"},
       "a1 b1 c1",
       "bk:a=3/0/0 bk:b=3/0/0 bk:c=9/0/0",
       "bk: c a< b< | gk: a b"},
      {"all as many, all still tied",
       {"bk 2"},
       "a1 b1 c1",
       "bk:a=0/9/0 bk:b=0/9/0 bk:c=0/9/0",
       "bk: a?3:2 b?3:2 c?3:2"},
      {"one tied of the rest, one out",
       {"bk 2"},
       "a1 b1 c1 d1",
       "bk:a=3/0/0 bk:b=1/0/0 bk:c=9/0/0 bk:d=3/0/0",
       "bk: c a?2:1 d?2:1 b<"},
      {"then for the next award",
       {"co 1", "bk 1"},
       "a1 b1 c1",
       "co:a=9/0/0 co:b=1/0/0 co:c=2/0/0 bk:b=7/0/0 bk:c=6/0/0",
       "co: a c< b< | bk: b c<"},
      {"a vote for the next award waits for the first",
       {"co 1", "bk 1"},
       "a1 b1 c1",
       "bk:a=9/0/0 bk:b=7/0/0 bk:c=6/0/0",
       "co: a?3:1 b?3:1 c?3:1 | bk: a~3:1 b~3:1 c~3:1"},
      {"what depended on it is told",
       {"co 1", "bk 1 tot", "gk 1"},
       "a1/tot b1 c3/tot",
       "co:a=9/0/0 co:b=1/0/0",
       "co: a b< | bk: b/ c | gk: b"},
      {"who is not in line is not brought in by votes", {"co 1"}, "a1 b2", "co:b=9/0/0", "co: a"},
      {"nor over the points", {"co 1", "bk 1"}, "a1 b2", "co:a=1/8/0 co:b=9/0/0", "co: a | bk: b"},
  });
}

TEST(ProposeAwards, CountsOfTwoSessionsDoNotTellEqualsApart) {
  const std::vector<std::string> both = {"co 1", "bk 1"};
  Expect({
      {"voted on apart", both, "a1 b1", "co:a=4/5/0/1 co:b=5/4/0/2",
       "co: a?2:1 b?2:1 | bk: a~2:1 b~2:1"},
      {"again, together", both, "a1 b1", "co:a=4/5/0/2 co:b=5/4/0/2", "co: b a< | bk: a"},
      {"one of three", both, "a1 b1 c1", "co:a=4/5/0/1 co:b=5/4/0/1 co:c=6/0/0/2",
       "co: a?3:1 b?3:1 c?3:1 | bk: a~3:1 b~3:1 c~3:1"},
      {"each award by itself",
       {"co 1", "bk 1"},
       "a1 b1 c1",
       "co:a=9/0/0/1 co:b=1/0/0/1 co:c=2/0/0/1 bk:b=7/0/0/2 bk:c=6/0/0/2",
       "co: a c< b< | bk: b c<"},
      {"whether they are enough does not depend on it",
       {"co 2 - 80"},
       "a1 b1",
       "co:a=8/2/0/1 co:b=7/3/0/2",
       "co: b- a +1"},
  });
}

TEST(ProposeAwards, AnAwardMayNeedVotes) {
  const std::vector<std::string> both = {"co 1 - 80", "bk 1"};
  Expect({
      {"before the vote it is its turn", both, "a1 b2", "", "co: a | bk: b* *"},
      {"exactly enough", both, "a1 b2", "co:a=8/1/1", "co: a | bk: b"},
      {"not enough: the next has its turn, and it the next award", both, "a1 b2 c3", "co:a=7/3/0",
       "co: a- b | bk: a"},
      {"nobody has enough", both, "a1 b2", "co:a=7/3/0 co:b=0/1/0", "co: a- b- +1 | bk: a"},
      {"of equals one has not enough", both, "a1 b1 c3", "co:a=7/3/0 co:b=8/2/0",
       "co: a- b | bk: a"},
      {"even with the other not voted on", both, "a1 b1", "co:a=7/3/0", "co: a- b | bk: a* *"},
      {"of equals both have", both, "a1 b1", "co:a=9/1/0 co:b=8/2/0", "co: a b< | bk: b"},
  });
}

TEST(ProposeAwards, WhoDependsOnMissingVotesIsProvisional) {
  Expect({
      {"for the same award it is not: nobody is put before it",
       {"co 2 - 80"},
       "a1 b2 c3",
       "co:b=9/0/0",
       "co: a b"},
      {"who has a place whoever comes back",
       {"co 1 tot 80", "bk 3"},
       "a1/tot b2 c3 d4",
       "",
       "co: a | bk: b c d* *"},
      {"and then nobody is left to come back",
       {"co 1 tot 80", "bk 3", "gk 1"},
       "a1/tot b2 c3 d4 e5",
       "",
       "co: a | bk: b c d* * | gk: e* *"},
      {"who comes next has enough votes already: the third is safe, which is not followed so far",
       {"co 1 - 80", "bk 1", "gk 1", "kn 1"},
       "a1 b2 c3 d4",
       "co:b=9/1/0",
       "co: a | bk: b* * | gk: c* * | kn: d* *"},
      {"it may be of no class that the others are of",
       {"co 1 tot 80", "bk 1 kha"},
       "a1/tot b2/kha c3/kha",
       "",
       "co: a | bk: b"},
      {"equals below it may come to be fewer than awards",
       {"co 2 - 80"},
       "a1 b2 c2",
       "co:b=9/1/0 co:c=8/2/0",
       "co: a b c<*"},
      {"of whom one has enough votes",
       {"co 1 - 80", "bk 2"},
       "a1 b1 c3 d4",
       "co:a=9/1/0",
       "co: a?2:1 b?2:1 | bk: a~2:1 b~2:1 c"},
      {"of whom none has",
       {"co 1 - 80", "bk 2"},
       "a1 b1 c3 d4",
       "",
       "co: a?2:1 b?2:1 | bk: a~2:1* b~2:1* c* *"},
      {"nobody is left: an award may be for one more, or one fewer",
       {"co 1 - 80", "bk 3"},
       "a1 b2",
       "",
       "co: a | bk: b* +2 *"},
  });
}

TEST(ProposeAwards, TellsOfEqualsAndVotes) {
  const std::vector<AwardRule> awards = Awards({"bk 2"});
  const std::vector<Contender> contenders = Line("a1 b1 c1");
  const AwardVotes votes = Votes("bk:a=3/1/1 bk:b=9/0/0 bk:c=3/0/0", awards, contenders);
  const std::vector<AwardLine> lines = ProposeAwards(awards, contenders, votes);
  const std::vector<AwardCandidate>& candidates = lines[0].candidates;
  ASSERT_EQ(candidates.size(), 3u);
  EXPECT_EQ(candidates[0].contender, 1u);
  EXPECT_EQ(candidates[0].votes, (VoteCount{9, 0, 0}));
  EXPECT_EQ(candidates[0].equals, 3u);
  EXPECT_EQ(candidates[0].equals_for, 2u);
  EXPECT_EQ(candidates[1].votes, (VoteCount{3, 1, 1}));
  EXPECT_EQ(candidates[1].equals, 2u);
  EXPECT_EQ(candidates[1].equals_for, 1u);
}

// Four units: where ranks begin, and the class of each.
constexpr int kShapes = 3 * 3 * 3 * 3 * 8;
std::vector<Contender> Shape(int shape) {
  std::vector<Contender> contenders;
  int rest = shape / 8;
  for (int i = 0; i < 4; ++i, rest /= 3) {
    const bool as_before = i > 0 && ((shape >> (i - 1)) & 1) != 0;
    const char* const classes[] = {"", "tot", "kha"};
    contenders.push_back({std::string(1, static_cast<char>('a' + i)),
                          as_before ? contenders.back().rank : i + 1, classes[rest % 3], false});
  }
  return contenders;
}

const AwardCandidate* Find(const AwardLine& line, size_t contender) {
  for (const AwardCandidate& one : line.candidates) {
    if (one.contender == contender) return &one;
  }
  return nullptr;
}

// Some votes are there, and then more, or all: who is proposed for good stays so, unless its own
// votes were still to come. A line may wait meanwhile for a tie that came by the votes.
TEST(ProposeAwards, WhoIsNotProvisionalStaysHoweverMissingVotesGo) {
  const std::vector<std::vector<std::string>> kAwards = {
      {"co 1 - 50", "bk 1", "gk 1"},
      {"co 1 tot 50", "bk 2", "gk 1 - 50"},
      {"co 2 - 50", "bk 1 kha 50", "gk 1"},
      {"co 1", "bk 1 tot 50", "gk 2", "kn 1 kha"},
      {"co 2 tot 50", "bk 1", "gk 1 - 50", "kn 1"},
  };
  std::mt19937 random(20'240'229);
  int for_good = 0, provisional = 0, put_out = 0;
  for (int round = 0; round < 20 * kShapes; ++round) {
    const std::vector<AwardRule> awards = Awards(kAwards[random() % kAwards.size()]);
    const std::vector<Contender> contenders = Shape(round % kShapes);
    // In the end no two of equals have as many.
    AwardVotes some, more;
    const unsigned there = random() % 4;
    const bool all = random() % 2 == 0;
    for (size_t a = 0; a < awards.size(); ++a) {
      std::vector<int> yes = {1, 2, 3, 4};
      std::shuffle(yes.begin(), yes.end(), random);
      for (size_t u = 0; u < contenders.size(); ++u) {
        const VoteCount count = {yes[u], random() % 2 == 0 ? 0 : 5, 0};
        const bool is_there = random() % 4 < there;
        if (is_there) some[{a, u}] = count;
        if (is_there || all || random() % 3 != 0) more[{a, u}] = count;
      }
    }
    const std::vector<AwardLine> before = ProposeAwards(awards, contenders, some);
    const std::vector<AwardLine> after = ProposeAwards(awards, contenders, more);
    SCOPED_TRACE(absl::StrCat(Print(awards, contenders, before), " then ",
                              Print(awards, contenders, after)));
    for (size_t a = 0; a < awards.size(); ++a) {
      EXPECT_FALSE(all && after[a].provisional);
      EXPECT_FALSE(all && after[a].waits);
      bool votes_missing = false;
      for (const AwardCandidate& one : before[a].candidates) {
        const AwardCandidate* then = Find(after[a], one.contender);
        const bool own_missing =
            awards[a].votes_at_least_percent.has_value() && !one.votes.has_value();
        votes_missing = votes_missing || own_missing;
        if (one.standing != Standing::kProposed && one.standing != Standing::kNotChosen) continue;
        if (then == nullptr && after[a].waits) continue;
        const bool as_before =
            then != nullptr && then->standing == one.standing && !then->provisional;
        if (one.provisional) {
          ++provisional;
          put_out += !as_before;
          continue;
        }
        ++for_good;
        EXPECT_TRUE(as_before ||
                    (own_missing && then != nullptr && then->standing == Standing::kVotedDown))
            << awards[a].id << " for " << contenders[one.contender].unit;
      }
      if (before[a].open > 0 && !before[a].provisional && !votes_missing && !after[a].waits) {
        EXPECT_EQ(before[a].open, after[a].open);
      }
    }
    if (testing::Test::HasFailure()) return;
  }
  // And provisional is not said of everybody: many are for good, and of the others many are put
  // out.
  EXPECT_GT(for_good, 2 * provisional);
  EXPECT_GT(3 * put_out, provisional);
}

// Whatever is still open, whoever is proposed now is proposed after the votes too, and no award is
// given twice.
TEST(ProposeAwards, NobodyIsProposedWhomAVoteStillToComeMayPutOut) {
  const std::vector<AwardRule> awards = Awards({"co 1", "bk 1 tot", "gk 2", "kn 1 kha"});
  for (int shape = 0; shape < kShapes; ++shape) {
    const std::vector<Contender> contenders = Shape(shape);
    const std::vector<AwardLine> before = ProposeAwards(awards, contenders);
    // Every way in which the votes may go: who has more yes votes, the same for each award.
    for (int order = 0; order < 24; ++order) {
      std::vector<int> yes = {0, 1, 2, 3};
      for (int i = 0; i < order; ++i) std::next_permutation(yes.begin(), yes.end());
      AwardVotes votes;
      for (size_t a = 0; a < awards.size(); ++a) {
        for (size_t u = 0; u < contenders.size(); ++u) votes[{a, u}] = {yes[u], 0, 0};
      }
      const std::vector<AwardLine> after = ProposeAwards(awards, contenders, votes);
      SCOPED_TRACE(absl::StrCat(Print(awards, contenders, before), " then ",
                                Print(awards, contenders, after)));
      std::vector<int> awards_of(contenders.size());
      for (size_t a = 0; a < awards.size(); ++a) {
        size_t given = 0;
        for (const AwardCandidate& one : after[a].candidates) {
          EXPECT_NE(one.standing, Standing::kTied);
          if (one.standing != Standing::kProposed) continue;
          ++given;
          ++awards_of[one.contender];
        }
        EXPECT_EQ(given + after[a].open, static_cast<size_t>(awards[a].at_most));
        for (const AwardCandidate& one : before[a].candidates) {
          if (one.standing != Standing::kProposed) continue;
          EXPECT_TRUE(std::any_of(after[a].candidates.begin(), after[a].candidates.end(),
                                  [&](const AwardCandidate& then) {
                                    return then.contender == one.contender &&
                                           then.standing == Standing::kProposed;
                                  }));
        }
        if (before[a].open > 0) {
          EXPECT_EQ(before[a].open, after[a].open);
        }
      }
      for (const int count : awards_of) EXPECT_LE(count, 1);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(VotesSuffice, Exactly) {
  const struct {
    const char* percent;  // "": none is needed.
    VoteCount votes;
    bool enough;
  } kCases[] = {
      {"80", {8, 2, 0}, true},
      {"80", {8, 1, 1}, true},
      {"80", {7, 2, 0}, false},
      {"80", {4, 0, 1}, true},
      {"80", {8'000, 2'000, 0}, true},
      {"80", {7'999, 1'999, 1}, false},  // 7.999,2 would be enough.
      {"66.67", {2, 1, 0}, false},
      {"66.66", {2, 1, 0}, true},
      {"66.666666666", {2, 1, 0}, true},
      {"66.666666667", {2, 1, 0}, false},
      {"100", {5, 0, 0}, true},
      {"100", {9'999, 0, 1}, false},
      {"0.01", {1, 9'999, 0}, true},
      {"50", {0, 0, 0}, false},
      {"", {0, 0, 0}, true},
      {"", {0, 9, 0}, true},
  };
  for (const auto& one : kCases) {
    AwardRule award;
    if (*one.percent != '\0') award.votes_at_least_percent = D(one.percent);
    EXPECT_EQ(VotesSuffice(award, one.votes), one.enough)
        << one.percent << " of " << one.votes.yes << "/" << one.votes.cast();
  }
}

TEST(ContendersOf, RanksAndClassesAreThoseOfTheScores) {
  Pact pact;
  pact.scheme.contents = {{"1", "Một", "", 100, 0, {}, AssessedRule{}}};
  pact.scheme.ranking = {RankingKey::kPoints, {}};
  pact.scheme.classes.classes = {{"xuat-sac", "Xuất sắc", 90}, {"tot", "Tốt", D("80.5")}};
  for (const char* unit : {"a", "b", "c", "d"}) pact.members.push_back({unit, unit, Role::kMember});
  const std::vector<AssessedPoints> assessed = {
      {"a", "1", D("80.4999")}, {"b", "1", 90}, {"c", "1", D("80.5")}};
  const PeriodScore scored(pact, {}, assessed);
  const std::vector<Contender> contenders =
      ContendersOf(scored.sheet(), Rank(scored), {"c", "somebody-else"});
  std::string text;
  for (const Contender& one : contenders) {
    absl::StrAppend(&text, one.unit, one.rank, "/", one.class_id, one.ineligible ? "! " : " ");
  }
  EXPECT_EQ(text, "b1/xuat-sac c2/tot! a3/ d0/ ");
}

}  // namespace
}  // namespace thidua::domain
