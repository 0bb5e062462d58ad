#include "services/platform/log.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/platform/trace.h"

namespace thidua::platform {
namespace {

std::string& ServiceName() {
  static auto& name = *new std::string("thidua");
  return name;
}

const char* NameOf(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      return "ERROR";
  }
  return "INFO";
}

// How many lines callers have caused in this second.
class CallersLines {
 public:
  // Whether one more may be written; and how many were not, of seconds that are over.
  bool Take(int64_t& unwritten) {
    const int64_t second = absl::ToUnixSeconds(absl::Now());
    const absl::MutexLock lock(&mutex_);
    if (second != second_) {
      second_ = second;
      written_ = 0;
      unwritten = std::exchange(unwritten_, 0);
    }
    if (written_ == kCallersLinesPerSecond) {
      ++unwritten_;
      return false;
    }
    ++written_;
    return true;
  }

 private:
  absl::Mutex mutex_;
  int64_t second_ ABSL_GUARDED_BY(mutex_) = 0;
  int written_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t unwritten_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

void StartLogging(absl::string_view service) {
  ServiceName() = std::string(service);
  gpr_set_log_function([](gpr_log_func_args* args) {
    if (args->severity == GPR_LOG_SEVERITY_DEBUG) return;
    LogOfCaller(CallersLine::kLine,
                args->severity == GPR_LOG_SEVERITY_ERROR ? Severity::kWarning : Severity::kInfo,
                args->message, {{"from", "grpc"}});
  });
  google::protobuf::SetLogHandler(
      [](google::protobuf::LogLevel level, const char*, int, const std::string& message) {
        if (level < google::protobuf::LOGLEVEL_WARNING) return;
        // Of bytes that a caller sent, most likely.
        LogOfCaller(CallersLine::kLine, Severity::kWarning, message, {{"from", "protobuf"}});
      });
}

void Log(Severity severity, absl::string_view message,
         std::initializer_list<std::pair<absl::string_view, absl::string_view>> fields) {
  nlohmann::ordered_json line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  line["severity"] = NameOf(severity);
  line["service"] = ServiceName();
  line["message"] = std::string(message);
  if (!Traced::TraceId().empty()) line["trace"] = std::string(Traced::TraceId());
  for (const auto& [key, value] : fields) line[std::string(key)] = std::string(value);
  // Bytes that are not UTF-8 must not keep a line from being written.
  std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text += '\n';
  // One write a line: lines of several threads do not mix.
  if (write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

void LogOfCaller(CallersLine kind, Severity severity, absl::string_view message,
                 std::initializer_list<std::pair<absl::string_view, absl::string_view>> fields) {
  static auto& kinds = *new std::array<CallersLines, 3>;
  CallersLines& lines = kinds[static_cast<size_t>(kind)];
  int64_t unwritten = 0;
  const bool may = lines.Take(unwritten);
  if (unwritten > 0) {
    Log(Severity::kWarning, "lines left out", {{"lines", absl::StrCat(unwritten)}});
  }
  if (may) Log(severity, message, fields);
}

}  // namespace thidua::platform
