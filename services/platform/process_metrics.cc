#include "services/platform/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace thidua::platform {
namespace {

// Of /proc/self/stat (proc(5)), counted from what comes after the name, which is field 2.
constexpr size_t kUserTicks = 11, kSystemTicks = 12, kThreads = 17, kStartTicks = 19,
                 kVirtualBytes = 20, kResidentPages = 21;

std::string ContentOf(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "btime 1700000000" of /proc/stat: when the machine started; 0: not known.
double MachineStart() {
  const std::string stat = ContentOf("/proc/stat");
  for (absl::string_view line : absl::StrSplit(stat, '\n')) {
    double time = 0;
    if (absl::ConsumePrefix(&line, "btime ") && absl::SimpleAtod(line, &time)) return time;
  }
  return 0;
}

class Families {
 public:
  void Add(const char* name, const char* help, prometheus::MetricType type, double value) {
    prometheus::MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    prometheus::ClientMetric& metric = family.metric.emplace_back();
    (type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    families_.push_back(std::move(family));
  }
  std::vector<prometheus::MetricFamily> Take() { return std::move(families_); }

 private:
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const {
  using prometheus::MetricType;
  Families families;
  const std::string stat = ContentOf("/proc/self/stat");
  const size_t name_end = stat.rfind(") ");
  if (name_end != std::string::npos) {
    const std::vector<std::string> fields = absl::StrSplit(stat.substr(name_end + 2), ' ');
    const auto field = [&](size_t at) {
      double value = 0;
      return at < fields.size() && absl::SimpleAtod(fields[at], &value) ? value : 0;
    };
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    families.Add("process_cpu_seconds_total", "Time of processors that was used.",
                 MetricType::Counter, (field(kUserTicks) + field(kSystemTicks)) / ticks);
    families.Add("process_resident_memory_bytes", "Memory that is held.", MetricType::Gauge,
                 field(kResidentPages) * static_cast<double>(sysconf(_SC_PAGESIZE)));
    families.Add("process_virtual_memory_bytes", "Addresses that are taken.", MetricType::Gauge,
                 field(kVirtualBytes));
    families.Add("process_threads", "Threads.", MetricType::Gauge, field(kThreads));
    static const double machine_start = MachineStart();
    families.Add("process_start_time_seconds", "When it started, since 1970.", MetricType::Gauge,
                 machine_start + field(kStartTicks) / ticks);
  }
  std::error_code error;
  const std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (!error) {
    families.Add("process_open_fds", "Files that are open.", MetricType::Gauge,
                 static_cast<double>(std::distance(begin(files), end(files))));
  }
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    families.Add("process_max_fds", "Files that may be.", MetricType::Gauge,
                 static_cast<double>(limit.rlim_cur));
  }
  return families.Take();
}

}  // namespace thidua::platform
