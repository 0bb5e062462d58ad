// What the scoring engine does beside a bare loop: 5,000 blocs of 10 units and 30 leaves, in
// memory.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/domain/ranking.h"
#include "tests/bench/bench.h"
#include "tests/bench/report.h"

namespace {

// Every allocation of the process, counted: the engine must not make one a leaf.
int64_t allocations = 0;

}  // namespace

void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace thidua::bench {
namespace {

namespace domain = ::thidua::domain;

constexpr size_t kBlocs = 5'000;
constexpr size_t kUnits = 10;
constexpr int kRounds = 20;

// A scheme with so many leaves under three contents, each with targets, rounded to two digits as
// provincial schemes are; `exact`: rounded nowhere.
domain::Scheme SchemeOf(size_t leaves, bool exact) {
  domain::Scheme scheme;
  for (size_t content = 0; content < 3; ++content) {
    domain::Criterion top;
    top.id = absl::StrCat("noi-dung-", content + 1);
    int64_t points = 0;
    for (size_t i = content; i < leaves; i += 3) {
      domain::Criterion leaf;
      leaf.id = absl::StrCat(top.id, ".", i);
      leaf.max_points = domain::Decimal(static_cast<int64_t>(5 + i % 40));
      points += leaf.max_points.coefficient();
      domain::TargetsRule rule;
      leaf.rule = rule;
      if (!exact) leaf.rounding = domain::Rounding::ToDigits(2);
      top.children.push_back(std::move(leaf));
    }
    top.max_points = points;
    scheme.contents.push_back(std::move(top));
  }
  scheme.ranking.key = domain::RankingKey::kPercentOfAssigned;
  return scheme;
}

// The figures of one bloc, and the same numbers flat for the bare loop.
struct Bloc {
  domain::PeriodFigures figures;
};
struct Flat {
  std::vector<int64_t> max_points, actual, target;
};

std::vector<std::unique_ptr<Bloc>> Blocs(const domain::ScoringPlan& plan, size_t count,
                                         Flat& flat) {
  std::mt19937_64 random(4);
  std::vector<std::unique_ptr<Bloc>> blocs;
  for (size_t b = 0; b < count; ++b) {
    domain::Pact pact;
    std::vector<domain::Result> results;
    for (size_t u = 0; u < kUnits; ++u) {
      pact.members.push_back({absl::StrCat("don-vi-", u), "Đơn vị", domain::Role::kMember});
    }
    for (const domain::PlanNode& node : plan.nodes()) {
      if (!node.is_leaf) continue;
      for (size_t u = 0; u < kUnits; ++u) {
        domain::Target target;
        target.id = absl::StrCat(node.criterion->id, ".", u);
        target.unit = pact.members[u].unit;
        target.criterion = node.criterion->id;
        target.value.state = domain::QuantityState::kValue;
        target.value.value = static_cast<int64_t>(1 + random() % 40'000);
        domain::Result result;
        result.target = target.id;
        result.actual.state = domain::QuantityState::kValue;
        result.actual.value = static_cast<int64_t>(
            random() % static_cast<uint64_t>(target.value.value.coefficient() * 5 / 4 + 1));
        flat.max_points.push_back(node.criterion->max_points.coefficient());
        flat.actual.push_back(result.actual.value.coefficient());
        flat.target.push_back(target.value.value.coefficient());
        pact.targets.push_back(std::move(target));
        results.push_back(std::move(result));
      }
    }
    auto bloc = std::make_unique<Bloc>();
    bloc->figures = domain::PeriodFigures(plan, pact, results, {});
    // The pact was only needed to lay them flat.
    bloc->figures.sources.assign(bloc->figures.sources.size(), {});
    bloc->figures.members.clear();
    blocs.push_back(std::move(bloc));
  }
  return blocs;
}

__extension__ using Wide = __int128;

// One exact multiply-divide a leaf: the quotient and what is left over.
double BareLoop(const Flat& flat, std::vector<int64_t>& quotients, std::vector<int64_t>& rests) {
  return Seconds([&] {
    for (size_t i = 0; i < flat.actual.size(); ++i) {
      const Wide product = Wide{flat.max_points[i]} * flat.actual[i];
      const auto quotient = static_cast<int64_t>(product / flat.target[i]);
      quotients[i] = quotient;
      rests[i] = static_cast<int64_t>(product - Wide{quotient} * flat.target[i]);
    }
  });
}

struct Measured {
  double seconds = 0;
  int64_t allocations = 0;
  int64_t first_places = 0;  // So that nothing is left out as unused.
};

Measured Rank(const domain::ScoringPlan& plan, const std::vector<std::unique_ptr<Bloc>>& blocs,
              domain::SheetDetail detail, domain::ScoreSheet& sheet) {
  Measured measured;
  const int64_t before = allocations;
  measured.seconds = Seconds([&] {
    for (const std::unique_ptr<Bloc>& bloc : blocs) {
      domain::FillSheet(plan, bloc->figures, detail, sheet);
      measured.first_places += static_cast<int64_t>(domain::Rank(sheet)[0].unit);
    }
  });
  measured.allocations = allocations - before;
  return measured;
}

struct Beside {
  double engine = 0, bare = 0;  // Seconds; the least of the rounds.
  int64_t allocations = 0;
  double leaves = 0;
};

Beside Compare(size_t leaves, size_t count, bool exact,
               domain::SheetDetail detail = domain::SheetDetail::kNumbers) {
  const domain::Scheme scheme = SchemeOf(leaves, exact);
  const domain::ScoringPlan plan(scheme);
  Flat flat;
  const auto blocs = Blocs(plan, count, flat);
  std::vector<int64_t> quotients(flat.actual.size()), rests(flat.actual.size());
  domain::ScoreSheet sheet;
  Beside beside;
  beside.leaves = static_cast<double>(flat.actual.size());
  for (int round = 0; round < kRounds; ++round) {
    const double bare = BareLoop(flat, quotients, rests);
    const Measured measured = Rank(plan, blocs, detail, sheet);
    Must(measured.first_places >= 0, "nobody is first");
    beside.bare = round == 0 ? bare : std::min(beside.bare, bare);
    beside.engine = round == 0 ? measured.seconds : std::min(beside.engine, measured.seconds);
    beside.allocations = measured.allocations;
  }
  return beside;
}

void Run(const std::string& path) {
  const Beside rounded = Compare(30, kBlocs, /*exact=*/false);
  const Beside exact = Compare(30, kBlocs / 10, /*exact=*/true);
  const Beside detailed =
      Compare(30, kBlocs / 10, /*exact=*/false, domain::SheetDetail::kDerivations);
  const Beside wide = Compare(300, kBlocs / 10, /*exact=*/false);
  const auto per_leaf = [](double seconds, const Beside& beside) {
    return seconds / beside.leaves * 1e9;
  };
  Report report(path);
  report.Add(
      "engine_vs_bare_loop", rounded.bare / rounded.engine, "ratio",
      "5.000 blocs of 10 units and 30 leaves, points to two digits, ranked; least of 20 rounds");
  report.Add("engine_exact_vs_bare_loop", exact.bare / exact.engine, "ratio",
             "500 such blocs whose points are rounded nowhere: fractions without bound");
  report.Add("engine_detailed_vs_bare_loop", detailed.bare / detailed.engine, "ratio",
             "500 such blocs with what their derivations need, as a standing is scored once");
  report.Add("engine_nanoseconds_per_leaf", per_leaf(rounded.engine, rounded), "ns",
             absl::StrFormat("the bare loop: %.1f", per_leaf(rounded.bare, rounded)));
  report.Add("engine_leaf_at_300_vs_at_30",
             per_leaf(wide.engine, wide) / per_leaf(rounded.engine, rounded), "ratio",
             "cost of a leaf among 300 to one among 30: 1 is linear");
  report.Add("engine_allocations_per_bloc",
             static_cast<double>(rounded.allocations) / static_cast<double>(kBlocs), "count",
             "of 300 leaves of 10 units, ranked");
  report.Save();
}

}  // namespace
}  // namespace thidua::bench

int main(int argc, char** argv) { thidua::bench::Run(argc > 1 ? argv[1] : ""); }
