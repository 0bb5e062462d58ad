#include "tests/load/growth.h"

#include <cstddef>

#include "absl/strings/str_format.h"
#include "tests/bench/report.h"

namespace thidua::load {
namespace {

// What tells a leak from a warm-up is that it goes on. Of what is filed nothing stays in memory:
// rows are on disk, standings and replies take the place of those before, and after a quarter of an
// hour every target has a result and what is kept of callers and pages is there. From then on
// memory grows in steps, when a burst needs more threads, more room in an arena, or another of
// SQLite's connections (up to 16 to read, each keeps 2,000 KiB of pages). So the second half is cut
// into windows, and the median is taken of what each grew by from the one before: a step is in one
// of them, a leak in all. An hour beside compilers came to 0 to 60 bytes a filing, and with a leak
// of 100 comes to 97 at the least. Where a burst has left memory free, and 5 MiB were seen, a leak
// first fills that: then the smallest that is told is 300 bytes a filing, which fill it in half the
// second half.
constexpr double kLeakBytes = 80;
constexpr size_t kWindows = 12;
constexpr size_t kLeakJudged = 45 * 60;  // Seconds; half of less is still warm-up.
// What comes in steps is held against a bound only: four connections' pages, from the third quarter
// to the last. In an hour that is 470 bytes a filing, however they come.
constexpr double kStepMib = 8;
constexpr size_t kStepJudged = 60;  // Seconds; a quarter of less is a few samples.

// Of the values between two shares of all of them.
double MedianOf(const std::vector<double>& values, double from, double to) {
  const auto at = [&](double share) {
    return values.begin() +
           static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()) + 0.5);
  };
  return bench::Median({at(from), at(to)});
}

}  // namespace

Growth JudgeGrowth(const std::vector<double>& memory, int64_t filings) {
  Growth growth;
  if (memory.size() < kStepJudged) return growth;
  const double before = MedianOf(memory, 0.5, 0.75), last = MedianOf(memory, 0.75, 1);
  growth.third_quarter = before;
  growth.last_quarter = last;
  if (last > before + kStepMib) {
    growth.faults.push_back(absl::StrFormat("grew from %.1f to %.1f MiB", before, last));
  }
  if (memory.size() < kLeakJudged) return growth;
  std::vector<double> windows, grew;
  for (size_t w = 0; w < kWindows; ++w) {
    const double begin = 0.5 + 0.5 * static_cast<double>(w) / kWindows;
    windows.push_back(MedianOf(memory, begin, begin + 0.5 / kWindows));
    if (w > 0) grew.push_back(windows[w] - windows[w - 1]);
  }
  const double filings_a_window = static_cast<double>(filings) / (2 * kWindows);
  const double bytes = bench::Median(grew) * (1 << 20) / filings_a_window;
  growth.bytes_a_filing = bytes;
  if (bytes > kLeakBytes) {
    growth.faults.push_back(absl::StrFormat("keeps %.0f bytes of each filing", bytes));
  }
  return growth;
}

}  // namespace thidua::load
