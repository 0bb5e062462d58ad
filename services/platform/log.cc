#include "services/platform/log.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

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

}  // namespace

void StartLogging(absl::string_view service) {
  ServiceName() = std::string(service);
  gpr_set_log_function([](gpr_log_func_args* args) {
    if (args->severity == GPR_LOG_SEVERITY_DEBUG) return;
    Log(args->severity == GPR_LOG_SEVERITY_ERROR ? Severity::kWarning : Severity::kInfo,
        args->message, {{"from", "grpc"}});
  });
  google::protobuf::SetLogHandler(
      [](google::protobuf::LogLevel level, const char*, int, const std::string& message) {
        if (level < google::protobuf::LOGLEVEL_WARNING) return;
        Log(Severity::kWarning, message, {{"from", "protobuf"}});
      });
}

void Log(Severity severity, absl::string_view message,
         std::initializer_list<std::pair<absl::string_view, absl::string_view>> fields) {
  nlohmann::ordered_json line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  line["severity"] = NameOf(severity);
  line["service"] = ServiceName();
  line["message"] = std::string(message);
  for (const auto& [key, value] : fields) line[std::string(key)] = std::string(value);
  // Bytes that are not UTF-8 must not keep a line from being written.
  std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text += '\n';
  // One write a line: lines of several threads do not mix.
  if (write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

}  // namespace thidua::platform
