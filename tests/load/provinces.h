// Provinces made up for a load: units in blocs of 7 to 12 (one or two may have 6), each bloc with a
// pact of 2025 by one of two real schemes, targets, and points of the province for what is not
// counted by targets. All of it follows from a seed.
#ifndef THIDUA_TESTS_LOAD_PROVINCES_H_
#define THIDUA_TESTS_LOAD_PROVINCES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/system/guarded_suite.h"
#include "thidua/registry/v1/scheme.pb.h"
#include "thidua/results/v1/assessment.pb.h"

namespace thidua::load {

// Numbers that follow from a seed alone, on every machine.
class Chance {
 public:
  explicit Chance(uint64_t seed) : state_(seed) {}
  uint64_t Next();
  // least ≤ it ≤ greatest
  int Between(int least, int greatest);
  double Share();  // 0 ≤ it < 1
  bool In(double probability) { return Share() < probability; }

 private:
  uint64_t state_;
};

struct Target {
  std::string name;  // "blocs/…/pacts/2025/targets/…"
  std::string criterion;
  int64_t value = 0;  // What was registered.
};

struct Unit {
  std::string name;  // "units/…"
  size_t bloc = 0;
  std::vector<Target> targets;
};

struct Bloc {
  std::string name;    // "blocs/…"
  std::string pact;    // "blocs/…/pacts/2025"
  std::string period;  // "blocs/…/pacts/2025/periods/nam"
  int province = 0;
  size_t scheme = 0;
  std::vector<size_t> units;
};

class Provinces {
 public:
  Provinces(int provinces, int units_each, uint64_t seed);

  const std::vector<Unit>& units() const { return units_; }
  const std::vector<Bloc>& blocs() const { return blocs_; }
  size_t targets() const { return targets_; }
  // What else is made up about them follows from it too.
  uint64_t seed() const { return seed_; }

  // Members of a policy: each unit's reporter, by the subject of their token, and readers.
  std::string People() const;
  static std::string ReporterOf(const Unit& unit);
  static constexpr char kReader[] = "nguoi-doc";
  // The name of its submission.
  std::string HandOverOf(const Unit& unit) const;

  // Points for each criterion of the bloc's scheme that is not counted by targets, in that layer.
  std::vector<results::v1::Assessment> PointsOf(const Unit& unit, type::v1::AssessmentLayer layer,
                                                Chance& chance) const;

  // Puts all of it into the register by its public RPCs, as the administrator; then the province's
  // points. `told` hears what was done and how long it took, in seconds. Ends the process when
  // something is refused.
  void Register(tests::GuardedSuite& guard,
                const std::function<void(const std::string& what, double seconds)>& told) const;

 private:
  const uint64_t seed_;
  std::vector<registry::v1::Scheme> schemes_;
  std::vector<std::vector<const registry::v1::Criterion*>> by_hand_;     // Leaves, by scheme.
  std::vector<std::vector<const registry::v1::Criterion*>> by_targets_;  // The same.
  std::vector<Unit> units_;
  std::vector<Bloc> blocs_;
  size_t targets_ = 0;
};

// work(0) to work(count - 1) on so many threads.
void InParallel(size_t count, int threads, const std::function<void(size_t)>& work);

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_PROVINCES_H_
