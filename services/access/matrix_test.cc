#include "services/access/matrix.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "services/access/requirement.h"
#include "thidua/audit/v1/audit_service.pb.h"
#include "thidua/registry/v1/registry_service.pb.h"
#include "thidua/results/v1/results_service.pb.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::access {
namespace {

constexpr char kGolden[] = THIDUA_SOURCE_DIR "/docs/access.md";

std::vector<const google::protobuf::ServiceDescriptor*> Services() {
  return {registry::v1::GetUnitRequest::descriptor()->file()->service(0),
          results::v1::PutResultsRequest::descriptor()->file()->service(0),
          scoring::v1::GetRankingRequest::descriptor()->file()->service(0),
          audit::v1::ListAuditEntriesRequest::descriptor()->file()->service(0)};
}

TEST(MatrixTest, EveryRpcSaysWhatItRequires) {
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_TRUE(Requirement::Of(*service->method(i)).ok()) << service->method(i)->full_name();
    }
  }
}

// The page in docs/ is what the contracts say. Where the difference is meant:
// THIDUA_WRITE_GOLDEN=1 build/release/bin/access_test
TEST(MatrixTest, ThePageIsWhatTheContractsSay) {
  const std::string page = MatrixPage(Services());
  if (std::getenv("THIDUA_WRITE_GOLDEN") != nullptr) {
    std::ofstream(kGolden, std::ios::binary) << page;
    return;
  }
  std::ostringstream there;
  there << std::ifstream(kGolden, std::ios::binary).rdbuf();
  EXPECT_EQ(there.str(), page);
}

}  // namespace
}  // namespace thidua::access
