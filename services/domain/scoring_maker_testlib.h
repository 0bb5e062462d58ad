// Random blocs, schemes and inputs for scoring, each decision of which is drawn from a sequence of
// numbers. The sequence is kept, so that a case that fails is made smaller without knowing anything
// of schemes: numbers are left out and lowered, and the case is made anew from what remains.
#ifndef THIDUA_SERVICES_DOMAIN_SCORING_MAKER_TESTLIB_H_
#define THIDUA_SERVICES_DOMAIN_SCORING_MAKER_TESTLIB_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/domain/scoring_oracle_testlib.h"

namespace thidua::domain::oracle {

// Numbers drawn at random, or read again. Where 0 is drawn the simplest is made.
class Choices {
 public:
  explicit Choices(uint64_t seed) : random_(seed) {}
  // Read again; after the last only zeros come.
  explicit Choices(std::vector<uint32_t> numbers)
      : random_(0), given_(std::move(numbers)), again_(true) {}

  // 0 to bound − 1.
  uint32_t Draw(uint32_t bound);
  // Yes so many times in so many; how many is not asked when it is read again.
  bool Decide(uint32_t yes, uint32_t of);

  // What is drawn while it lives belongs together: one of a list, a part of a tree. The numbers of
  // a part may be left out whole, or be put in the place of a larger part's with the same label.
  class Part {
   public:
    Part(Choices& choices, int label);
    ~Part();
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

   private:
    Choices& choices_;
    size_t at_ = 0;
  };
  struct Range {
    int label = 0;
    size_t begin = 0, end = 0;
  };

  const std::vector<uint32_t>& drawn() const { return drawn_; }
  const std::vector<Range>& parts() const { return parts_; }

 private:
  std::mt19937_64 random_;
  std::vector<uint32_t> given_, drawn_;
  std::vector<Range> parts_;
  bool again_ = false;
};

// A sound scheme and a bloc under it. Small numbers on purpose: ties, exact edges and zeros are
// common; and now and then numbers that no 64 bits hold the products of.
Case MakeCase(Choices& choices);

// Numbers as few and as low as can be found within `most_tries` cases, for which `fails` still
// holds; it holds for the given ones.
std::vector<uint32_t> Shrunk(const std::vector<uint32_t>& numbers,
                             const std::function<bool(Choices&)>& fails, int most_tries);

// The scheme and its inputs, a line each.
std::string Text(const Case& one);

}  // namespace thidua::domain::oracle

#endif  // THIDUA_SERVICES_DOMAIN_SCORING_MAKER_TESTLIB_H_
