// What a bench found: printed as it is found, and kept in a file for machines.
//
//   Report report("build/bench/summary.json");
//   report.Add("registry_load_units_vs_raw_sqlite", 0.71, "ratio", "100.000 units, medians of 5");
//   report.Save();
#ifndef THIDUA_TESTS_BENCH_REPORT_H_
#define THIDUA_TESTS_BENCH_REPORT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace thidua::bench {

class Report {
 public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  // Prints the figure and keeps it. `how`: how it was measured, in a few words.
  void Add(const std::string& name, double value, const std::string& unit, const std::string& how);

  // Into the file, beside what other benches put there.
  void Save() const;

 private:
  struct Figure {
    double value;
    std::string unit;
    std::string how;
  };
  const std::string file_;
  std::map<std::string, Figure> figures_;
};

double Median(std::vector<double> values);
// The least and the greatest, over the median: how noisy the machine was.
double Spread(const std::vector<double>& values);

}  // namespace thidua::bench

#endif  // THIDUA_TESTS_BENCH_REPORT_H_
