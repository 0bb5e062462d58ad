#include "services/domain/award.h"

#include <algorithm>
#include <limits>
#include <set>

namespace thidua::domain {
namespace {

using Standing = AwardCandidate::Standing;

// Those of one rank who may still get an award.
struct Equals {
  int rank = 0;
  std::vector<size_t> units;
  // Those among whom `given` awards are still to be decided by vote: so many of them have one, and
  // it is not known who.
  std::vector<size_t> tied = {};
  size_t given = 0;
};

// Those who may have an award by now or not, as votes go that are missing for awards before. Of all
// others it is known, but for who of those who are tied. More may be in it than need be, never
// fewer: every course that the votes may take is too many to follow.
using Unsure = std::set<size_t>;

bool Contains(const std::vector<size_t>& units, size_t unit) {
  return std::find(units.begin(), units.end(), unit) != units.end();
}

void Remove(const std::vector<size_t>& gone, std::vector<size_t>& units) {
  std::erase_if(units, [&](size_t unit) { return Contains(gone, unit); });
}

std::vector<Equals> ByRank(absl::Span<const Contender> contenders) {
  std::map<int, Equals> by_rank;
  for (size_t i = 0; i < contenders.size(); ++i) {
    if (contenders[i].rank > 0) by_rank[contenders[i].rank].units.push_back(i);
  }
  std::vector<Equals> in_order;
  for (auto& [rank, equals] : by_rank) {
    equals.rank = rank;
    in_order.push_back(std::move(equals));
  }
  return in_order;
}

bool OfClass(const AwardRule& award, const std::string& class_id) {
  return award.classes.empty() ||
         std::find(award.classes.begin(), award.classes.end(), class_id) != award.classes.end();
}

// Gives out one award.
class Round {
 public:
  Round(const AwardRule& award, size_t number, absl::Span<const Contender> contenders,
        const AwardVotes& votes)
      : award_(award),
        number_(number),
        contenders_(contenders),
        votes_(votes),
        left_(static_cast<size_t>(std::max(award.at_most, 0))) {}

  // From `undecided_from` on it is not known who is left; lowered when that is found out here.
  AwardLine Give(std::vector<Equals>& in_order, int& undecided_from, Unsure& unsure) {
    unsure_ = unsure;
    for (Equals& equals : in_order) {
      if (left_ == 0) break;
      if (equals.rank >= undecided_from) {
        line_.waits = true;
        break;
      }
      CountThoseWhoMayBeInLine(equals);
      if (!Turn(equals)) {
        undecided_from = equals.rank;
        line_.waits = true;
        break;
      }
    }
    // Those passed over when nobody came after them are worth telling too.
    if (left_ > 0) TellPassedOver();
    if (!line_.waits) line_.open = left_;
    line_.provisional = unsure_ahead_;
    FindWhoElseMayGetIt(in_order, undecided_from);
    unsure.insert(newly_unsure_.begin(), newly_unsure_.end());
    for (const size_t unit : sure_now_) unsure.erase(unit);
    return std::move(line_);
  }

 private:
  std::optional<VoteCount> VotesOn(size_t unit) const {
    const auto found = votes_.find({number_, unit});
    return found == votes_.end() ? std::nullopt : std::optional(found->second);
  }

  std::optional<Standing> PassedOverAs(size_t unit) const {
    if (contenders_[unit].ineligible) return Standing::kIneligible;
    if (!OfClass(award_, contenders_[unit].class_id)) return Standing::kOtherClass;
    const std::optional<VoteCount> votes = VotesOn(unit);
    if (votes.has_value() && !VotesSuffice(award_, *votes)) return Standing::kVotedDown;
    return std::nullopt;
  }

  bool LacksVotes(size_t unit) const {
    return award_.votes_at_least_percent.has_value() && !VotesOn(unit).has_value();
  }

  void CountThoseWhoMayBeInLine(const Equals& equals) {
    std::set<size_t> may(equals.units.begin(), equals.units.end());
    for (const size_t unit : unsure_) {
      if (contenders_[unit].rank == equals.rank) may.insert(unit);
    }
    std::erase_if(may, [&](size_t unit) { return PassedOverAs(unit).has_value(); });
    most_in_line_ += may.size();
    for (const size_t unit : may) {
      if (unsure_.count(unit) == 0) continue;
      unsure_ahead_ = true;
      // By now it has this award or one before.
      if (!RoomIsShort() && !LacksVotes(unit)) sure_now_.insert(unit);
    }
  }

  bool RoomIsShort() const {
    return most_in_line_ > static_cast<size_t>(std::max(award_.at_most, 0));
  }

  // Of one who has its turn and a place.
  bool MayLoseIt(size_t unit) const {
    return unsure_.count(unit) > 0 || (unsure_ahead_ && RoomIsShort());
  }

  // Its award may go on to others.
  void Loosen(size_t unit) {
    newly_unsure_.insert(unit);
    ++loose_;
  }

  void FindWhoElseMayGetIt(const std::vector<Equals>& in_order, int undecided_from) {
    size_t awards = loose_;
    for (const Equals& equals : in_order) {
      if (awards == 0 || equals.rank >= undecided_from) return;
      size_t takers = 0;
      for (const size_t unit : equals.units) {
        if (PassedOverAs(unit).has_value()) continue;
        const bool sure =
            !Contains(equals.tied, unit) && unsure_.count(unit) == 0 && !LacksVotes(unit);
        if (sure) ++takers;
        newly_unsure_.insert(unit);
      }
      awards -= std::min(awards, takers);
    }
  }

  void TellPassedOver() {
    line_.candidates.insert(line_.candidates.end(), passed_over_.begin(), passed_over_.end());
    passed_over_.clear();
  }

  AwardCandidate& Add(size_t unit, Standing standing) {
    return line_.candidates.emplace_back(AwardCandidate{unit, standing, VotesOn(unit)});
  }

  // Equals have their turn together. False when it cannot be told how many of them are in line.
  bool Turn(Equals& equals) {
    std::vector<size_t> turn;
    for (const size_t unit : equals.units) {
      if (const std::optional<Standing> passed = PassedOverAs(unit); passed.has_value()) {
        passed_over_.push_back({unit, *passed, VotesOn(unit)});
      } else {
        turn.push_back(unit);
      }
    }
    if (turn.empty()) return true;
    TellPassedOver();
    const auto tied = static_cast<size_t>(std::count_if(
        turn.begin(), turn.end(), [&](size_t unit) { return Contains(equals.tied, unit); }));
    // When not all of those who are tied are in line here, it matters who of them was chosen.
    if (tied > 0 && tied < equals.tied.size()) {
      for (const size_t unit : turn) AddTied(unit, equals, turn.size(), left_);
      return false;
    }
    const size_t have_one = tied > 0 ? equals.given : 0;
    const size_t takers = turn.size() - have_one;
    if (takers <= left_) {
      for (const size_t unit : turn) {
        if (Contains(equals.tied, unit)) {
          AddTied(unit, equals, tied, takers - (turn.size() - tied));
        } else {
          Add(unit, Standing::kProposed).provisional = MayLoseIt(unit);
        }
      }
      for (const size_t unit : turn) {
        if (LacksVotes(unit) || MayLoseIt(unit)) Loosen(unit);
      }
      left_ -= takers;
      Remove(turn, equals.units);  // Each has this one, or the one before.
      if (tied > 0) {
        equals.tied.clear();
        equals.given = 0;
      }
    } else {
      TellApart(turn, have_one, equals);
      left_ = 0;
    }
    return true;
  }

  void AddTied(size_t unit, const Equals& equals, size_t among, size_t awards) {
    AwardCandidate& candidate = Add(unit, Standing::kTied);
    candidate.equals = among;
    candidate.equals_for = awards;
    candidate.waits = Contains(equals.tied, unit);
    candidate.provisional = OtherEqualsOrAwards();
  }

  // Whether equals may come to be others, or for another number of awards.
  bool OtherEqualsOrAwards() const { return unsure_ahead_ || loose_ > 0; }

  // By counts of one session: those of another say nothing of who is preferred.
  bool WereVotedOnTogether(const std::vector<size_t>& units) const {
    const std::optional<VoteCount> first = VotesOn(units.front());
    return std::all_of(units.begin(), units.end(), [&](size_t unit) {
      const std::optional<VoteCount> votes = VotesOn(unit);
      return votes.has_value() && votes->session == first->session;
    });
  }

  // `awards` are for those who are tied, of whom so many have one before.
  void LoosenEquals(const std::vector<size_t>& turn, const std::vector<size_t>& chosen,
                    const std::vector<size_t>& tied, size_t have_one, size_t awards) {
    const bool others = OtherEqualsOrAwards();
    if (unsure_ahead_) {
      for (const size_t unit : chosen) Loosen(unit);
    }
    const auto sure = static_cast<size_t>(std::count_if(tied.begin(), tied.end(), [&](size_t unit) {
      return !LacksVotes(unit) && unsure_.count(unit) == 0;
    }));
    const size_t takers = sure - std::min(sure, have_one);
    const size_t not_taken = awards - std::min(awards, takers);
    if (!others && not_taken == 0) return;
    for (const size_t unit : turn) {
      if (!Contains(chosen, unit)) newly_unsure_.insert(unit);
    }
    loose_ += not_taken;
  }

  // More equals than awards are left; so many of them have one.
  void TellApart(std::vector<size_t>& turn, size_t have_one, Equals& equals) {
    const bool waits = have_one > 0;
    std::vector<size_t> tied = turn;
    size_t chosen = 0;
    if (WereVotedOnTogether(turn) && !waits) {
      const auto yes = [&](size_t unit) { return VotesOn(unit)->yes; };
      std::stable_sort(turn.begin(), turn.end(),
                       [&](size_t a, size_t b) { return yes(a) > yes(b); });
      const int64_t last_in = yes(turn[left_ - 1]), first_out = yes(turn[left_]);
      tied.clear();
      for (const size_t unit : turn) {
        if (last_in == first_out && yes(unit) == last_in) {
          tied.push_back(unit);
        } else if (yes(unit) >= last_in) {
          ++chosen;
        }
      }
    }
    std::vector<size_t> settled;
    for (size_t i = 0; i < turn.size(); ++i) {
      if (Contains(tied, turn[i])) {
        AddTied(turn[i], equals, tied.size(), left_ - chosen);
        continue;
      }
      const bool is_chosen = i < chosen;
      AwardCandidate& candidate =
          Add(turn[i], is_chosen ? Standing::kProposed : Standing::kNotChosen);
      candidate.equals = turn.size();
      candidate.equals_for = left_;
      candidate.provisional = is_chosen ? MayLoseIt(turn[i]) : OtherEqualsOrAwards();
      if (is_chosen) settled.push_back(turn[i]);
    }
    LoosenEquals(turn, settled, tied, have_one, left_ - chosen);
    Remove(settled, equals.units);
    if (tied.empty()) return;
    for (const size_t unit : tied) {
      if (!Contains(equals.tied, unit)) equals.tied.push_back(unit);
    }
    equals.given += left_ - chosen;
  }

  const AwardRule& award_;
  const size_t number_;
  const absl::Span<const Contender> contenders_;
  const AwardVotes& votes_;
  size_t left_;
  AwardLine line_;
  std::vector<AwardCandidate> passed_over_;
  Unsure unsure_;              // Before this award.
  Unsure newly_unsure_;        // By this one.
  Unsure sure_now_;            // Have this one, or one before.
  bool unsure_ahead_ = false;  // So is somebody of the ranks so far who would be in line.
  size_t most_in_line_ = 0;    // Of those ranks.
  size_t loose_ = 0;           // Awards that may go on to others, at most.
};

}  // namespace

std::vector<Contender> ContendersOf(const ScoreSheet& sheet, const std::vector<Place>& places,
                                    absl::Span<const std::string> ineligible) {
  std::vector<Contender> contenders;
  contenders.reserve(places.size());
  for (const Place& place : places) {
    Contender& contender = contenders.emplace_back();
    contender.unit = sheet.figures->members[place.unit]->unit;
    contender.rank = place.rank;
    const ClassRule* of_unit = ClassOf(sheet, place.unit);
    if (of_unit != nullptr) contender.class_id = of_unit->id;
    contender.ineligible =
        std::find(ineligible.begin(), ineligible.end(), contender.unit) != ineligible.end();
  }
  return contenders;
}

bool VotesSuffice(const AwardRule& award, const VoteCount& votes) {
  if (!award.votes_at_least_percent.has_value()) return true;
  return votes.cast() > 0 &&
         Rational(votes.yes) * 100 >= Rational(votes.cast()) * *award.votes_at_least_percent;
}

std::vector<AwardLine> ProposeAwards(absl::Span<const AwardRule> awards,
                                     absl::Span<const Contender> contenders,
                                     const AwardVotes& votes) {
  std::vector<Equals> in_order = ByRank(contenders);
  int undecided_from = std::numeric_limits<int>::max();
  Unsure unsure;
  std::vector<AwardLine> lines;
  lines.reserve(awards.size());
  for (size_t i = 0; i < awards.size(); ++i) {
    lines.push_back(Round(awards[i], i, contenders, votes).Give(in_order, undecided_from, unsure));
  }
  return lines;
}

}  // namespace thidua::domain
