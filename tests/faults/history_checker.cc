#include "tests/faults/history_checker.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/faults/oracle_ranking.h"
#include "tests/faults/revision.h"

namespace thidua::tests {
namespace {

using faults::History;
using results::v1::PeriodInputs;
using results::v1::Result;
using scoring::v1::Ranking;
using Kind = Violation::Kind;

// One period in one life of the store, version after version.
class PeriodLife {
 public:
  PeriodLife(const PeriodInputs& begun, const PeriodInputs& ended) : begun_(begun), ended_(ended) {
    for (const results::v1::Seal& seal : ended.seals()) {
      NoteChange(seal.version(), nullptr);
      NoteChange(seal.reopen_version(), nullptr);
    }
  }

  const PeriodInputs& begun() const { return begun_; }
  const PeriodInputs& ended() const { return ended_; }

  // Whether that version was still free. Null: the period was sealed or opened again.
  bool NoteChange(int64_t version, const History::Write* write) {
    if (version <= begun_.version()) return write == nullptr;
    return changes_.emplace(version, write).second;
  }
  std::vector<int64_t> MissingVersions() const {
    std::vector<int64_t> missing;
    for (int64_t version = begun_.version() + 1; version <= ended_.version(); ++version) {
      if (changes_.count(version) == 0) missing.push_back(version);
    }
    return missing;
  }
  // Each that came to be after a seal and before its reopening.
  std::vector<int64_t> VersionsWhileSealed() const {
    std::vector<int64_t> versions;
    for (const results::v1::Seal& seal : ended_.seals()) {
      const int64_t opened =
          seal.reopen_version() == 0 ? std::numeric_limits<int64_t>::max() : seal.reopen_version();
      for (auto at = changes_.upper_bound(seal.version());
           at != changes_.end() && at->first < opened; ++at) {
        versions.push_back(at->first);
      }
    }
    return versions;
  }
  // By anybody, in this life or before.
  bool WasSealedAs(int64_t version) const {
    return std::any_of(
        ended_.seals().begin(), ended_.seals().end(),
        [version](const results::v1::Seal& seal) { return seal.version() == version; });
  }
  bool Had(int64_t version) const {
    return version >= begun_.version() &&
           version <=
               std::max(ended_.version(), changes_.empty() ? int64_t{0} : changes_.rbegin()->first);
  }

  // As it was then, by what the writers were told: the pact, and each target's figure.
  PeriodInputs At(int64_t version) const {
    std::map<std::string, Result> by_target;
    for (const Result& result : begun_.results()) by_target[result.target()] = result;
    for (const auto& [at, write] : changes_) {
      if (at > version) break;
      if (write == nullptr) continue;
      for (const History::Write::Row& row : write->rows()) {
        Result& result = by_target[row.target()];
        result.Clear();
        result.set_target(row.target());
        result.mutable_actual()->set_value(row.figure());
        result.set_revision(row.revision());
      }
    }
    PeriodInputs inputs;
    inputs.set_name(begun_.name());
    inputs.set_version(version);
    *inputs.mutable_pact() = begun_.pact();
    for (const registry::v1::Target& target : begun_.pact().targets()) {
      const auto found = by_target.find(target.name());
      if (found != by_target.end()) *inputs.add_results() = found->second;
    }
    return inputs;
  }

 private:
  const PeriodInputs& begun_;
  const PeriodInputs& ended_;
  std::map<int64_t, const History::Write*> changes_;
};

// "giai-quyet-viec-lam 17893 r1", a line each.
std::vector<std::string> FiguresOf(const PeriodInputs& inputs) {
  std::vector<std::string> figures;
  for (const Result& result : inputs.results()) {
    figures.push_back(
        absl::StrCat(result.target(), " ", result.actual().value(), " r", result.revision()));
  }
  return figures;
}

// "sealed as 9, opened as 10", a line each, as it was at that version.
std::vector<std::string> SealsOf(const PeriodInputs& inputs, int64_t version) {
  std::vector<std::string> seals;
  for (const results::v1::Seal& seal : inputs.seals()) {
    if (seal.version() > version) continue;
    const bool opened = seal.reopen_version() > 0 && seal.reopen_version() <= version;
    seals.push_back(absl::StrCat(
        "sealed as ", seal.version(), ", ",
        opened ? absl::StrCat("opened as ", seal.reopen_version()) : "and not opened"));
  }
  return seals;
}

// The first line in which they differ.
std::string FirstDifference(const std::vector<std::string>& is,
                            const std::vector<std::string>& should_be) {
  for (size_t i = 0; i < std::max(is.size(), should_be.size()); ++i) {
    const std::string here = i < is.size() ? is[i] : "nothing";
    const std::string there = i < should_be.size() ? should_be[i] : "nothing";
    if (here != there) return absl::StrCat("is ", here, ", should be ", there);
  }
  return "";
}

class Checker {
 public:
  explicit Checker(const History& history) : history_(history) {
    for (const History::Life& life : history.lives()) {
      auto& periods = lives_.emplace_back();
      for (const PeriodInputs& begun : life.begun()) {
        for (const PeriodInputs& ended : life.ended()) {
          if (ended.name() == begun.name()) periods.emplace(begun.name(), PeriodLife(begun, ended));
        }
      }
    }
  }

  Judgement Done() {
    CheckWrites();
    for (int life = 0; life < history_.lives_size(); ++life) CheckLife(life);
    CheckRankings();
    CheckReads();
    CheckFinals();
    CheckRegistrations();
    for (const std::string& complaint : history_.complaints()) Found(Kind::kComplaint, complaint);
    return std::move(judgement_);
  }

 private:
  void Found(Kind kind, const std::string& what) { judgement_.violations.push_back({kind, what}); }
  void Count(const std::string& what, int64_t more = 1) { judgement_.counts[what] += more; }

  PeriodLife* At(int life, const std::string& period) {
    const auto found = lives_[static_cast<size_t>(life)].find(period);
    return found == lives_[static_cast<size_t>(life)].end() ? nullptr : &found->second;
  }

  void CheckWrites() {
    for (const History::Write& write : history_.writes()) {
      switch (write.outcome()) {
        case History::OUTCOME_ACKNOWLEDGED:
          Count("writes acknowledged");
          if (write.attempts() > 1) Count("of them asked more than once");
          if (PeriodLife* const data = At(write.life(), write.period());
              data != nullptr && !data->NoteChange(write.period_version(), &write)) {
            Found(Kind::kGap, absl::StrCat(write.request_id(), " was answered version ",
                                           write.period_version(), ", which another has"));
          }
          CheckSynced("results-ingest", write.span(), write.request_id());
          CheckRepeats(write);
          break;
        case History::OUTCOME_REFUSED:
          Count("writes refused");
          if (write.reason() != "PERIOD_SEALED" || !MayHaveMetASeal(write)) {
            Found(Kind::kRefused, absl::StrCat(write.request_id(), ": ", write.reason()));
          }
          break;
        default:
          Found(Kind::kUnanswered, write.request_id());
      }
    }
  }

  // Under its request id it was done once, and is answered as it was, to the byte.
  void CheckRepeats(const History::Write& write) {
    for (const History::Write::Repeat& repeat : write.repeats()) {
      Count("writes asked once more");
      const std::string what = absl::StrCat(write.request_id(), ", asked once more");
      if (repeat.outcome() == History::OUTCOME_REFUSED) {
        Found(Kind::kNotRepeated, absl::StrCat(what, ", is refused: ", repeat.reason()));
      } else if (repeat.outcome() != History::OUTCOME_ACKNOWLEDGED) {
        Found(Kind::kUnanswered, what);
      } else if (repeat.answer().SerializeAsString() != write.answer().SerializeAsString()) {
        Found(Kind::kNotRepeated, absl::StrCat(what, ": ", repeat.answer().ShortDebugString(),
                                               "; before: ", write.answer().ShortDebugString()));
      }
    }
  }

  // Whether the period may have been sealed at some time while it was asked.
  bool MayHaveMetASeal(const History::Write& write) const {
    for (const History::Sealing& sealing : history_.sealings()) {
      if (sealing.period() == write.period() &&
          sealing.span().asked_us() <= write.span().answered_us() &&
          (sealing.span().answered_us() == 0 ||
           sealing.span().answered_us() >= write.span().asked_us())) {
        return true;
      }
    }
    return false;
  }

  // Nothing that was asked of the service once no fsync of it came to pass is acknowledged before
  // one does.
  void CheckSynced(const std::string& service, const History::Span& span, const std::string& what) {
    for (const History::Blow& blow : history_.blows()) {
      if (blow.not_synced() != service || span.asked_us() < blow.span().asked_us() ||
          span.asked_us() > blow.span().answered_us()) {
        continue;
      }
      Count(absl::StrCat("asked while no fsync came to pass: ", service));
      if (span.answered_us() <= blow.span().answered_us()) {
        Found(Kind::kUnsynced, absl::StrCat(what, " beside: ", blow.what()));
      }
    }
  }

  // Empty: the period of that life is as the life before was at the version that it names, which is
  // no older than what had been acknowledged when the backup was begun.
  std::string RestoredWrong(int life, const PeriodInputs& begun) {
    PeriodLife* const before = At(life - 1, begun.name());
    if (before == nullptr) return "there was none";
    if (!before->Had(begun.version())) {
      return absl::StrCat("version ", begun.version(), " never was");
    }
    for (int i = 0; i < history_.lives(life).writes_before_backup(); ++i) {
      const History::Write& write = history_.writes(i);
      if (write.life() == life - 1 && write.period() == begun.name() &&
          write.outcome() == History::OUTCOME_ACKNOWLEDGED &&
          write.period_version() > begun.version()) {
        return absl::StrCat(write.request_id(), " of version ", write.period_version(),
                            " is not in the backup that was begun after it");
      }
    }
    const std::string figure =
        FirstDifference(FiguresOf(begun), FiguresOf(before->At(begun.version())));
    return !figure.empty() ? figure
                           : FirstDifference(SealsOf(begun, begun.version()),
                                             SealsOf(before->ended(), begun.version()));
  }

  // Whether a write of that life, or of one before, was not taken back by a restore until `life`.
  bool IsKept(const History::Write& write, int life) {
    for (int later = write.life() + 1; later <= life; ++later) {
      PeriodLife* const data = At(later, write.period());
      if (data == nullptr || data->begun().version() < write.period_version()) return false;
    }
    return write.life() <= life;
  }

  void CheckLife(int life) {
    const History::Life& told = history_.lives(life);
    if (told.ended().empty()) {
      Found(Kind::kUnknownVersion, absl::StrCat("life ", life, " has no end to be judged by"));
      return;
    }
    for (auto& [name, period] : lives_[static_cast<size_t>(life)]) {
      if (life > 0) {
        const std::string wrong = RestoredWrong(life, period.begun());
        if (!wrong.empty()) {
          Found(Kind::kRestoredWrong, absl::StrCat(name, " of life ", life, ": ", wrong));
        }
        Count("periods restored");
      }
      const std::vector<int64_t> missing = period.MissingVersions();
      if (!missing.empty()) {
        Found(Kind::kGap, absl::StrCat(name, " of life ", life, " has versions that nobody made: ",
                                       absl::StrJoin(missing, " ")));
      }
      const std::vector<int64_t> sealed = period.VersionsWhileSealed();
      if (!sealed.empty()) {
        Found(Kind::kSealBroken,
              absl::StrCat(name, " of life ", life,
                           " was changed while sealed: ", absl::StrJoin(sealed, " ")));
      }
      Count("versions", period.ended().version() - period.begun().version());
      const std::string difference = FirstDifference(
          FiguresOf(period.ended()), FiguresOf(period.At(period.ended().version())));
      if (!difference.empty()) {
        Found(Kind::kLost, absl::StrCat(name, " in the end of life ", life, ": ", difference));
      }
    }
    CheckStored(life, told);
  }

  // Each request once, and nothing else.
  void CheckStored(int life, const History::Life& told) {
    std::map<std::string, const History::Write*> asked;
    std::map<std::pair<std::string, int64_t>, const Result*> by_revision;
    for (const History::Write& write : history_.writes()) {
      // A life begins with what those before it had.
      if (write.life() <= life) asked[write.request_id()] = &write;
    }
    std::map<std::string, int64_t> there_before;  // Anybody wrote: revisions, by name.
    for (const PeriodInputs& begun : history_.lives(0).begun()) {
      for (const Result& result : begun.results()) there_before[result.name()] = result.revision();
    }
    std::set<std::pair<std::string, std::string>> seen;  // Of each request, each result.
    for (const Result& result : told.stored()) {
      by_revision[{result.name(), result.revision()}] = &result;
      if (result.revision() <= there_before[result.name()]) continue;
      const auto found = asked.find(result.note());
      const std::string where =
          absl::StrCat(result.note(), " at ", result.name(), " r", result.revision());
      if (found == asked.end()) {
        Found(Kind::kNobodyWrote, where);
      } else if (found->second->outcome() == History::OUTCOME_REFUSED) {
        Found(Kind::kDoubled, absl::StrCat(where, " was refused"));
      } else if (!seen.emplace(result.note(), result.name()).second) {
        Found(Kind::kDoubled, where);
      }
    }
    for (const History::Write& write : history_.writes()) {
      if (write.outcome() != History::OUTCOME_ACKNOWLEDGED || !IsKept(write, life)) continue;
      for (const History::Write::Row& row : write.rows()) {
        const std::string name = absl::StrCat(write.period(), "/results/",
                                              row.target().substr(row.target().rfind('/') + 1));
        const auto found = by_revision.find({name, row.revision()});
        if (found == by_revision.end() || found->second->note() != write.request_id() ||
            found->second->actual().value() != row.figure()) {
          Found(Kind::kLost, absl::StrCat(write.request_id(), ", ", row.figure(), " as ", name,
                                          " r", row.revision()));
        }
      }
    }
    // Revisions of one result follow each other.
    std::map<std::string, int64_t> last;
    for (const auto& [key, result] : by_revision) {
      if (++last[key.first] != key.second) {
        Found(Kind::kGap, absl::StrCat(key.first, " has no revision ", last[key.first]));
        last[key.first] = key.second;
      }
    }
  }

  // The life whose store had that epoch; −1: none.
  int LifeOf(int64_t epoch_ms) const {
    int life = -1;
    for (int i = 0; i < history_.lives_size(); ++i) {
      if (history_.lives(i).first_epoch_ms() <= epoch_ms) life = i;
    }
    return life;
  }

  static std::string PeriodOf(const Ranking& ranking) {
    return ranking.name().substr(0, ranking.name().rfind('/'));
  }
  static std::string Called(const Ranking& ranking) {
    return absl::StrCat(ranking.name(), " ", ranking.revision());
  }

  void CheckRankings() {
    std::map<std::pair<int, std::pair<std::string, int64_t>>, std::vector<std::string>> oracle;
    std::map<std::pair<std::string, std::string>, const Ranking*> by_revision;
    for (const Ranking& ranking : history_.rankings()) {
      Count("different rankings shown");
      const std::string period = PeriodOf(ranking);
      const std::optional<Revision> revision = ReadRevision(ranking.revision());
      const int life = revision.has_value() ? LifeOf(revision->epoch_ms) : -1;
      PeriodLife* const data = life < 0 ? nullptr : At(life, period);
      if (life >= 0 && history_.lives(life).ended().empty()) continue;  // Found once, for all.
      if (data == nullptr || revision->version != ranking.period_version() ||
          !data->Had(ranking.period_version())) {
        Found(Kind::kUnknownVersion, Called(ranking));
        continue;
      }
      if (ranking.pact_version() != data->begun().pact().version() ||
          ranking.scheme() != data->begun().pact().scheme()) {
        Found(Kind::kWrongRanking, absl::StrCat(Called(ranking), " is by pact ",
                                                ranking.pact_version(), ", ", ranking.scheme()));
      }
      const auto [at, is_new] = oracle.try_emplace({life, {period, ranking.period_version()}});
      if (is_new) at->second = OracleRows(data->At(ranking.period_version()));
      const std::string difference = FirstDifference(RowsShown(ranking), at->second);
      if (!difference.empty()) {
        Found(Kind::kWrongRanking, absl::StrCat(Called(ranking), ": ", difference));
      }
      const auto [twin, first] =
          by_revision.try_emplace({ranking.name(), ranking.revision()}, &ranking);
      if (!first) {
        Found(
            ranking.state() == Ranking::STATE_FINAL || twin->second->state() == Ranking::STATE_FINAL
                ? Kind::kFinalChanged
                : Kind::kWrongRanking,
            absl::StrCat(Called(ranking), " was shown in two ways"));
      }
    }
    Count("versions ranked by the oracle", static_cast<int64_t>(oracle.size()));
  }

  // A final stands, whatever is changed behind it, until whoever revoked it was answered (decision
  // 21).
  bool StoodAt(const History::Read& read) const {
    for (const History::Final& one : history_.finals()) {
      if (one.ranking() == read.ranking()) {
        return !one.has_revoked() || one.revoked().answered_us() >= read.span().asked_us();
      }
    }
    return false;
  }

  // What whoever saw a ranking knows.
  History::Read::Known KnownOf(const Ranking& seen) const {
    const Revision revision = ReadRevision(seen.revision()).value_or(Revision());
    History::Read::Known known;
    known.set_life(LifeOf(revision.epoch_ms));
    known.set_version(revision.version);
    known.set_finality(revision.finality);
    return known;
  }

  void CheckReads() {
    std::map<std::pair<int, std::string>, std::string> redis;
    for (const History::Read& read : history_.reads()) {
      Count(absl::StrCat("reads of ", read.where()));
      const Ranking& ranking = history_.rankings(read.ranking());
      const std::optional<Revision> revision = ReadRevision(ranking.revision());
      if (!revision.has_value()) continue;  // Found before.
      if (read.token_case() != History::Read::TOKEN_NOT_SET) Count("reads with a token");
      if (read.has_seen() && ranking.revision() < history_.rankings(read.seen()).revision()) {
        Found(Kind::kOlderThanToken,
              absl::StrCat(read.where(), " showed ", Called(ranking), " to who had seen ",
                           history_.rankings(read.seen()).revision()));
      } else if (read.token_case() != History::Read::TOKEN_NOT_SET) {
        // Versions are compared across epochs too: who saw what a restore took back is told so, and
        // not shown less (decision 45).
        const History::Read::Known known =
            read.has_seen() ? KnownOf(history_.rankings(read.seen())) : read.known();
        const bool is_older =
            revision->version < known.version() || LifeOf(revision->epoch_ms) < known.life();
        if ((is_older && !StoodAt(read)) || revision->finality < known.finality()) {
          Found(Kind::kOlderThanToken,
                absl::StrCat(read.where(), " showed ", Called(ranking), " to who knew version ",
                             known.version(), " and finality ", known.finality(), " of life ",
                             known.life()));
        }
      }
      if (read.where() == "redis") {
        std::string& before = redis[{read.redis_life(), read.period()}];
        if (ranking.revision() < before) {
          Found(Kind::kWentBack, absl::StrCat(Called(ranking), " after ", before));
        }
        before = ranking.revision();
      }
    }
  }

  void CheckFinals() {
    std::map<int, const History::Final*> on_record;
    for (const History::Final& one : history_.on_record()) {
      if (!on_record.emplace(one.ranking(), &one).second) {
        Found(Kind::kFinalChanged,
              absl::StrCat(Called(history_.rankings(one.ranking())), " twice"));
      }
    }
    std::set<int> made;
    for (const History::Final& one : history_.finals()) {
      Count("finals");
      const std::string name = Called(history_.rankings(one.ranking()));
      CheckSynced("scoring", one.made(), name);
      if (one.has_revoked()) CheckSynced("scoring", one.revoked(), absl::StrCat(name, " revoked"));
      made.insert(one.ranking());
      CheckSealed(one, name);
      const auto found = on_record.find(one.ranking());
      if (history_.rankings(one.ranking()).state() != Ranking::STATE_FINAL) {
        Found(Kind::kFinalChanged, absl::StrCat(name, " was answered and is none"));
      } else if (found == on_record.end()) {
        Found(Kind::kFinalChanged, absl::StrCat(name, " is not on record as it was answered"));
      } else if (found->second->has_revoked() != one.has_revoked()) {
        Found(Kind::kFinalChanged, absl::StrCat(name, one.has_revoked() ? " stands on record"
                                                                        : " is revoked on record"));
      }
    }
    for (const auto& [ranking, one] : on_record) {
      if (made.count(ranking) == 0) {
        Found(Kind::kFinalChanged, absl::StrCat(Called(history_.rankings(ranking)),
                                                " on record was answered to nobody"));
      }
    }
    for (int index = 0; index < history_.rankings_size(); ++index) {
      const Ranking& ranking = history_.rankings(index);
      if (ranking.state() == Ranking::STATE_FINAL && made.count(index) == 0 &&
          on_record.count(index) == 0) {
        Found(Kind::kFinalChanged, absl::StrCat(Called(ranking), " was shown and never made"));
      }
    }
  }

  // A final is computed at exactly the version that the period was sealed as, by whoever sealed it,
  // of the store as it is in that life.
  void CheckSealed(const History::Final& one, const std::string& name) {
    PeriodLife* const data = At(one.life(), one.period());
    if (data == nullptr) return;  // Found once, for all.
    const Ranking& ranking = history_.rankings(one.ranking());
    if (!data->WasSealedAs(ranking.period_version())) {
      Found(Kind::kNotSealed, absl::StrCat(name, ": the period was never sealed as version ",
                                           ranking.period_version()));
    } else if (const std::optional<Revision> revision = ReadRevision(ranking.revision());
               revision.has_value() && LifeOf(revision->epoch_ms) != one.life()) {
      Found(Kind::kNotSealed, absl::StrCat(name, " is of life ", LifeOf(revision->epoch_ms),
                                           ", and was made in life ", one.life()));
    }
  }

  // The registry is not put back: each unit that it took in is there, as it was asked for.
  void CheckRegistrations() {
    std::map<std::string, const registry::v1::Unit*> on_record;
    for (const registry::v1::Unit& unit : history_.units()) {
      if (!on_record.emplace(unit.name(), &unit).second) Found(Kind::kDoubled, unit.name());
    }
    for (const History::Registration& one : history_.registrations()) {
      const auto found = on_record.find(one.unit());
      switch (one.outcome()) {
        case History::OUTCOME_ACKNOWLEDGED:
          Count("units registered");
          CheckSynced("registry", one.span(), one.unit());
          if (found == on_record.end() || found->second->display_name() != one.display_name()) {
            Found(Kind::kLost, absl::StrCat(one.unit(), ", ", one.display_name()));
          }
          break;
        case History::OUTCOME_REFUSED:
          Found(Kind::kRefused, absl::StrCat(one.unit(), ": ", one.reason()));
          break;
        default:
          Found(Kind::kUnanswered, one.unit());
      }
      on_record.erase(one.unit());
    }
    for (const auto& [name, unit] : on_record) {
      if (absl::StartsWith(name, kRegisteredPrefix)) Found(Kind::kNobodyWrote, name);
    }
  }

  const History& history_;
  std::vector<std::map<std::string, PeriodLife>> lives_;
  Judgement judgement_;
};

}  // namespace

std::string NameOf(Violation::Kind kind) {
  switch (kind) {
    case Kind::kUnanswered:
      return "UNANSWERED";
    case Kind::kRefused:
      return "REFUSED";
    case Kind::kNotRepeated:
      return "NOT_REPEATED";
    case Kind::kLost:
      return "LOST";
    case Kind::kDoubled:
      return "DOUBLED";
    case Kind::kNobodyWrote:
      return "NOBODY_WROTE";
    case Kind::kGap:
      return "GAP";
    case Kind::kRestoredWrong:
      return "RESTORED_WRONG";
    case Kind::kUnknownVersion:
      return "UNKNOWN_VERSION";
    case Kind::kWrongRanking:
      return "WRONG_RANKING";
    case Kind::kOlderThanToken:
      return "OLDER_THAN_TOKEN";
    case Kind::kWentBack:
      return "WENT_BACK";
    case Kind::kFinalChanged:
      return "FINAL_CHANGED";
    case Kind::kNotSealed:
      return "NOT_SEALED";
    case Kind::kSealBroken:
      return "SEAL_BROKEN";
    case Kind::kUnsynced:
      return "UNSYNCED";
    case Kind::kComplaint:
      return "COMPLAINT";
  }
  return "";
}

Judgement Judge(const History& history) { return Checker(history).Done(); }

}  // namespace thidua::tests
