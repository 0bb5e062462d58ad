#include "services/platform/call_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/metrics.h"
#include "thidua/registry/v1/registry_service.pb.h"

namespace thidua::platform {
namespace {

using testing::HasSubstr;

const google::protobuf::MethodDescriptor& Method(const std::string& name) {
  return *registry::v1::GetUnitRequest::descriptor()
              ->file()
              ->FindServiceByName("RegistryService")
              ->FindMethodByName(name);
}

std::string Told() { return prometheus::TextSerializer().Serialize(MetricsOfProcess()->Collect()); }

// As it is told; `code`: "": of all.
std::string Series(const std::string& name, const std::string& method, const std::string& type,
                   const std::string& code, int value) {
  return absl::StrCat("\n", name, "{",
                      code.empty() ? "" : absl::StrCat("grpc_code=\"", code, "\","),
                      "grpc_method=\"", method,
                      "\",grpc_service=\"thidua.registry.v1.RegistryService\",grpc_type=\"", type,
                      "\"} ", value, "\n");
}

TEST(CallMetricsTest, CountsWhatBeganAndHowItEnded) {
  CallMetrics metrics(Method("GetUnit"));
  for (int i = 0; i < 3; ++i) metrics.CountStarted();
  metrics.CountEnded(grpc::StatusCode::OK, absl::Milliseconds(3));
  metrics.CountEnded(grpc::StatusCode::NOT_FOUND, absl::Seconds(30));
  const std::string told = Told();
  EXPECT_THAT(told, HasSubstr(Series("grpc_server_started_total", "GetUnit", "unary", "", 3)));
  for (const char* code : {"OK", "NotFound"}) {
    EXPECT_THAT(told, HasSubstr(Series("grpc_server_handled_total", "GetUnit", "unary", code, 1)));
  }
  // What has not happened is told as that.
  EXPECT_THAT(told,
              HasSubstr(Series("grpc_server_handled_total", "GetUnit", "unary", "DataLoss", 0)));
  EXPECT_THAT(told,
              HasSubstr(Series("grpc_server_handling_seconds_count", "GetUnit", "unary", "", 2)));
}

TEST(CallMetricsTest, NamesTheKindOfCall) {
  CallMetrics(Method("Watch")).CountStarted();
  EXPECT_THAT(Told(),
              HasSubstr(Series("grpc_server_started_total", "Watch", "server_stream", "", 1)));
}

TEST(CallMetricsTest, ManyThreadsCountTogether) {
  CallMetrics metrics(Method("ListUnits"));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j) {
        metrics.CountEnded(j % 2 == 0 ? grpc::StatusCode::OK : grpc::StatusCode::ABORTED,
                           absl::Milliseconds(1));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const char* code : {"OK", "Aborted"}) {
    EXPECT_THAT(Told(),
                HasSubstr(Series("grpc_server_handled_total", "ListUnits", "unary", code, 2000)));
  }
}

}  // namespace
}  // namespace thidua::platform
