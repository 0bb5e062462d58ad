#include "tests/bench/report.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"

namespace thidua::bench {

void Report::Add(const std::string& name, double value, const std::string& unit,
                 const std::string& how) {
  absl::PrintF("%-52s %12.3f %-10s %s\n", name, value, unit, how);
  std::fflush(stdout);
  figures_[name] = {value, unit, how};
}

void Report::Save() const {
  nlohmann::json summary = nlohmann::json::object();
  if (std::ifstream present(file_); present) {
    summary = nlohmann::json::parse(present, nullptr, /*allow_exceptions=*/false);
    if (!summary.is_object()) summary = nlohmann::json::object();
  }
  for (const auto& [name, figure] : figures_) {
    summary[name] = {{"value", figure.value}, {"unit", figure.unit}, {"how", figure.how}};
  }
  std::filesystem::create_directories(std::filesystem::path(file_).parent_path());
  std::ofstream(file_) << summary.dump(2) << "\n";
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double Spread(const std::vector<double>& values) {
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  return (*greatest - *least) / Median(values);
}

}  // namespace thidua::bench
