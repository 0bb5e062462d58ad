// The suite under faults: clients use it while one thing after another breaks, and what they were
// told is judged.
//
//   fault_run --seed=N --faults=N --engine=sqlite|replicas|postgresql|all --folder=FOLDER
//   fault_run --judge=FILE            judges a history that was kept, again
//
// One seed makes one sequence of faults, on machines that can be broken in the same ways. What each
// client asks is drawn from it too, but goes on by what it was told: only a write that was taken is
// asked once more. And what meets what in time is the machine's. In rounds, each with a suite of
// its own. Prints a line every dozen faults; writes FOLDER/summary.json, and of a round in which
// something was wrong its whole history. 0: nothing was wrong. 1: something was.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/faults/broken_suite.h"
#include "tests/faults/clients.h"
#include "tests/faults/history_checker.h"
#include "tests/faults/machine.h"
#include "tests/faults/recorder.h"

ABSL_FLAG(uint64_t, seed, 1, "of the first round; the next has the next");
ABSL_FLAG(int, faults, 40, "how many in all");
ABSL_FLAG(int, faults_per_round, 40, "how many one suite takes");
ABSL_FLAG(std::string, engine, "all", "sqlite, replicas, postgresql; all: by turns");
ABSL_FLAG(std::string, folder, "build/faults", "where to write");
ABSL_FLAG(std::string, judge, "", "a history to be judged");
ABSL_FLAG(bool, plant, false,
          "put a backup back that nobody is told of: the judge has to find out, else 1");

namespace thidua::tests {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
// So many faults, and then all is mended, and has to be well again.
constexpr int kDozen = 12;
constexpr size_t kAtOnceMax = 2;
// One fault of so many lasts: longer than all that finds a silence out, and then everybody is well
// again though nobody has mended it, where that can be.
constexpr uint64_t kOneLastsOf = 10;
constexpr absl::Duration kLastsMin = absl::Seconds(6);
constexpr absl::Duration kLastsMax = absl::Seconds(20);

struct RoundOutcome {
  std::map<std::string, int64_t> struck;  // By name.
  // Of those that were alone: how often somebody was told "not now" meanwhile.
  std::map<std::string, int64_t> felt;
  std::map<std::string, int64_t> lasted;
  int64_t backups = 0;
  int64_t restored = 0;
  std::vector<std::string> wrong;
  std::map<std::string, int64_t> counts;
  std::map<std::string, int64_t> refusals;
  int64_t longest_write_ms = 0;
};

class Round {
 public:
  Round(uint64_t seed, const std::string& engine, int faults, Machine& machine)
      : faults_(faults),
        machine_(machine),
        random_(seed),
        broken_(engine, machine),
        recorder_(seed, engine),
        clients_(broken_.addresses(), broken_.targets(), seed * 1'000, recorder_),
        kinds_(broken_.Faults(clients_)) {}

  RoundOutcome Run(bool plant) {
    try {
      Strike(plant);
    } catch (const NotRecovered& why) {
      outcome_.wrong.push_back(absl::StrCat("NOT_RECOVERED: ", why.what()));
    }
    outcome_.refusals = clients_.refusals();
    clients_.End();
    JudgeAll();
    return std::move(outcome_);
  }

  faults::History history() const { return recorder_.history(); }

  // What the services logged.
  void KeepLogs(const std::filesystem::path& folder) const {
    std::filesystem::create_directories(folder);
    for (const auto& entry : std::filesystem::directory_iterator(broken_.folder())) {
      if (entry.path().extension() != ".log") continue;
      std::filesystem::copy(entry.path(), folder / entry.path().filename(),
                            std::filesystem::copy_options::overwrite_existing);
    }
  }

 private:
  void Strike(bool plant) {
    BeginLife();
    AwaitAllShown(nullptr);
    clients_.Work();
    MustBeGiven("nothing is broken yet");
    for (int i = 0; i < faults_; ++i) {
      StrikeOne();
      if ((i + 1) % kDozen == 0) {
        MendAll();
        MustBeWell("all is mended");
        if (broken_.can_be_restored()) BackUpOrRestore();
        std::printf("  %d faults: %lld writes answered, %lld reads, %lld finals\n", i + 1,
                    static_cast<long long>(recorder_.acknowledged()),
                    static_cast<long long>(recorder_.reads()),
                    static_cast<long long>(recorder_.finals()));
        std::fflush(stdout);
      }
    }
    MendAll();
    if (plant) {
      BackUp();
      MustBeGiven("nothing is broken");
      Rest();
      broken_.Restore();
    }
    Rest();
    AwaitAllShown(&recorder_);
    if (!plant) AwaitTokensMet();  // What is planted forgets what they ask for.
    broken_.RecordFinals(recorder_);
    broken_.RecordUnits(recorder_);
    recorder_.EndLife(broken_.Look());
  }

  static void MustBe(bool holds, const std::string& what) {
    if (!holds) throw NotRecovered(what);
  }

  // Everybody is given what they ask for.
  void MustBeGiven(const std::string& when) {
    const std::string waits = clients_.AwaitAnswers(2, kPatience);
    MustBe(waits.empty(), absl::StrCat(when, ", and ", waits, " is not given what he asks for"));
  }

  // And what is shown is what is there, also to who asks with the newest tokens.
  void MustBeWell(const std::string& when) {
    MustBeGiven(when);
    Rest();
    AwaitAllShown(&recorder_);
    AwaitTokensMet();
    clients_.Work();
  }

  void Rest() { MustBe(clients_.Rest(kPatience), "somebody still waits for an answer"); }

  void AwaitAllShown(Recorder* recorder) {
    const std::string who = broken_.AwaitAllShown(recorder, kPatience);
    MustBe(who.empty(), who);
  }

  void AwaitTokensMet() {
    const std::string who = clients_.AwaitTokensMet(kPatience);
    MustBe(who.empty(), who);
  }

  void BeginLife() {
    faults::History::Life life = broken_.Look();
    life.mutable_begun()->Swap(life.mutable_ended());
    life.clear_stored();
    life.set_writes_before_backup(writes_before_backup_);
    recorder_.BeginLife(std::move(life));
  }

  // Strikes something that is whole; and most often mends it after a while, and sometimes lets it
  // be beside the next.
  void StrikeOne() {
    std::vector<const Fault*> open;
    for (const Fault& kind : kinds_) {
      const bool held = std::any_of(struck_.begin(), struck_.end(), [&](const auto& one) {
        return one.first->subject == kind.subject;
      });
      if (!held) open.push_back(&kind);
    }
    // Subjects by equal shares, whatever ways there are to break one.
    std::set<std::string> subjects;
    for (const Fault* kind : open) subjects.insert(kind->subject);
    const std::string subject =
        *std::next(subjects.begin(), static_cast<long>(random_() % subjects.size()));
    open.erase(std::remove_if(open.begin(), open.end(),
                              [&](const Fault* kind) { return kind->subject != subject; }),
               open.end());
    const Fault& fault = *open[random_() % open.size()];
    // Where the clock is turned all are started: whoever watches over a machine mends it first.
    const bool lasts = random_() % kOneLastsOf == 0;
    if (struck_.size() == kAtOnceMax || fault.alone || lasts || fault.subject == "the clock") {
      MendAll();
    }
    ++outcome_.struck[fault.name];
    const int64_t told_before = clients_.told_not_now();
    fault.strike(random_);
    struck_.emplace_back(&fault, recorder_.now_us());
    if (!lasts) {
      absl::SleepFor(absl::Milliseconds(50 + random_() % 700));
    } else if (fault.is_found_out) {
      const absl::Time least = absl::Now() + kLastsMin;
      MustBeWell(absl::StrCat(fault.name, ", which nobody has mended"));
      absl::SleepFor(least - absl::Now());  // Clients go on with what is left of it.
    } else {
      absl::SleepFor(kLastsMin +
                     absl::Milliseconds(random_() % static_cast<uint64_t>((kLastsMax - kLastsMin) /
                                                                          absl::Milliseconds(1))));
    }
    if (lasts) ++outcome_.lasted[fault.name];
    if (struck_.size() == 1 && clients_.told_not_now() > told_before) ++outcome_.felt[fault.name];
    if (fault.alone || lasts || random_() % 4 != 0) MendAll();
  }

  void MendAll() {
    for (const auto& [fault, since_us] : struck_) {
      NoteBlow(since_us, fault->name, fault->not_synced);
      fault->mend();
    }
    struck_.clear();
    MustBe(!testing::UnitTest::GetInstance()->Failed(), "the suite said why");
  }

  void NoteBlow(int64_t since_us, const std::string& what, const std::string& not_synced = "") {
    faults::History::Blow blow;
    blow.mutable_span()->set_asked_us(since_us);
    blow.mutable_span()->set_answered_us(recorder_.now_us());
    blow.set_what(what);
    blow.set_not_synced(not_synced);
    recorder_.Add(std::move(blow));
  }

  void BackUp() {
    writes_before_backup_ = recorder_.writes();
    broken_.BackUp();
  }

  void BackUpOrRestore() {
    if (!broken_.backed_up()) {
      BackUp();
      ++outcome_.backups;
      return;
    }
    Rest();
    recorder_.EndLife(broken_.Look());
    const int64_t since_us = recorder_.now_us();
    broken_.Restore();
    NoteBlow(since_us, "put back an old backup");
    ++outcome_.restored;
    BeginLife();
    clients_.BeginLife();
    clients_.Work();
  }

  // Of a round that was broken off, what there is of it.
  void JudgeAll() {
    const faults::History told = recorder_.history();
    Judgement judgement = Judge(told);
    outcome_.counts = std::move(judgement.counts);
    for (const Violation& violation : judgement.violations) {
      outcome_.wrong.push_back(absl::StrCat(NameOf(violation.kind), ": ", violation.what));
    }
    for (const faults::History::Write& write : told.writes()) {
      outcome_.longest_write_ms =
          std::max(outcome_.longest_write_ms,
                   (write.span().answered_us() - write.span().asked_us()) / 1'000);
    }
  }

  const int faults_;
  Machine& machine_;
  std::mt19937_64 random_;
  BrokenSuite broken_;
  Recorder recorder_;
  Clients clients_;
  const std::vector<Fault> kinds_;
  std::vector<std::pair<const Fault*, int64_t>> struck_;  // And since when.
  int writes_before_backup_ = 0;
  RoundOutcome outcome_;
};

void Keep(const faults::History& history, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::ofstream stream(folder / "history.binpb", std::ios::binary);
  history.SerializeToOstream(&stream);
  std::printf("  what there is of it is in %s\n", folder.c_str());
}

int JudgeKept(const std::string& file) {
  faults::History history;
  std::ifstream stream(file, std::ios::binary);
  if (!history.ParseFromIstream(&stream)) {
    std::fprintf(stderr, "%s: no history\n", file.c_str());
    return 2;
  }
  const Judgement judgement = Judge(history);
  for (const auto& [what, count] : judgement.counts) {
    std::printf("%10lld %s\n", static_cast<long long>(count), what.c_str());
  }
  for (const Violation& violation : judgement.violations) {
    std::printf("%s: %s\n", NameOf(violation.kind).c_str(), violation.what.c_str());
  }
  return judgement.violations.empty() ? 0 : 1;
}

void Add(std::map<std::string, int64_t>& to, const std::map<std::string, int64_t>& more) {
  for (const auto& [what, count] : more) to[what] += count;
}

int RunAll(const std::filesystem::path& folder) {
  const std::string engine = absl::GetFlag(FLAGS_engine);
  const std::vector<std::string> engines =
      engine == "all" ? std::vector<std::string>{"sqlite", "replicas", "postgresql"}
                      : std::vector<std::string>{engine};
  const bool plant = absl::GetFlag(FLAGS_plant);
  Machine machine(folder, /*disk_mib=*/128);
  for (const std::string& missing : machine.missing()) std::printf("%s\n", missing.c_str());

  RoundOutcome all;
  const int faults = absl::GetFlag(FLAGS_faults);
  const absl::Time begun = absl::Now();
  int done = 0, wrong_rounds = 0;
  for (uint64_t seed = absl::GetFlag(FLAGS_seed); done < faults; ++seed) {
    const std::string& of_round = engines[seed % engines.size()];
    const int here = std::min(faults - done, absl::GetFlag(FLAGS_faults_per_round));
    std::printf("seed %llu, %s: %d of %d faults\n", static_cast<unsigned long long>(seed),
                of_round.c_str(), here, faults);
    std::fflush(stdout);
    RoundOutcome outcome;
    std::optional<faults::History> told;  // Outlives the processes, whose end is judged too.
    const std::filesystem::path kept = folder / absl::StrCat("seed-", seed);
    try {
      Round round(seed, of_round, here, machine);
      outcome = round.Run(plant);
      told = round.history();
      if (!outcome.wrong.empty()) round.KeepLogs(kept);
    } catch (const NotRecovered& why) {
      outcome.wrong.push_back(
          absl::StrCat("NOT_RECOVERED: before anything was broken: ", why.what()));
    }
    // How its processes ended, too.
    if (outcome.wrong.empty() && testing::UnitTest::GetInstance()->Failed()) {
      outcome.wrong.push_back("NOT_RECOVERED: a process did not end as it should");
    }
    if (!outcome.wrong.empty() && told.has_value()) Keep(*told, kept);
    done += here;
    Add(all.struck, outcome.struck);
    Add(all.felt, outcome.felt);
    Add(all.lasted, outcome.lasted);
    all.backups += outcome.backups;
    all.restored += outcome.restored;
    Add(all.counts, outcome.counts);
    Add(all.refusals, outcome.refusals);
    all.longest_write_ms = std::max(all.longest_write_ms, outcome.longest_write_ms);
    if (outcome.wrong.empty()) continue;
    ++wrong_rounds;
    for (size_t i = 0; i < std::min<size_t>(outcome.wrong.size(), 20); ++i) {
      std::printf("  %s\n", outcome.wrong[i].c_str());
    }
    for (const std::string& one : outcome.wrong) {
      all.wrong.push_back(absl::StrCat("seed ", seed, ": ", one));
    }
    // What failed once is failed for good.
    if (testing::UnitTest::GetInstance()->Failed()) break;
  }
  nlohmann::json summary = {{"seed", absl::GetFlag(FLAGS_seed)},
                            {"engine", engine},
                            {"faults", done},
                            {"seconds", absl::ToInt64Seconds(absl::Now() - begun)},
                            {"struck", all.struck},
                            {"felt", all.felt},
                            {"lasted", all.lasted},
                            {"backups", all.backups},
                            {"restored", all.restored},
                            {"judged", all.counts},
                            {"refused", all.refusals},
                            {"longest_write_ms", all.longest_write_ms},
                            {"not_broken", machine.missing()},
                            {"wrong", all.wrong}};
  std::ofstream(folder / "summary.json") << summary.dump(2) << "\n";
  for (const auto& [what, count] : all.counts) {
    std::printf("%10lld %s\n", static_cast<long long>(count), what.c_str());
  }
  if (plant) {
    const auto are = [&all](const char* kind) {
      return std::any_of(all.wrong.begin(), all.wrong.end(),
                         [kind](const std::string& one) { return absl::StrContains(one, kind); });
    };
    const bool found = are(": LOST: ") && !are(": NOT_RECOVERED: ");
    std::printf("%s\n", found ? "what was planted was found" : "what was planted was not found");
    return found ? 0 : 1;
  }
  std::printf("%d faults: %s\n", done,
              wrong_rounds == 0 ? "nothing was wrong" : "something was wrong");
  return wrong_rounds == 0 ? 0 : 1;
}

}  // namespace
}  // namespace thidua::tests

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  if (!absl::GetFlag(FLAGS_judge).empty()) {
    return thidua::tests::JudgeKept(absl::GetFlag(FLAGS_judge));
  }
  signal(SIGPIPE, SIG_IGN);
  const std::filesystem::path folder = std::filesystem::absolute(absl::GetFlag(FLAGS_folder));
  std::filesystem::create_directories(folder);
  return thidua::tests::RunAll(folder);
}
