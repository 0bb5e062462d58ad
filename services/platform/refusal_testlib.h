// What a call was answered with, in one line, for tests to compare. Looks that each fault has a
// sentence for people.
#ifndef THIDUA_SERVICES_PLATFORM_REFUSAL_TESTLIB_H_
#define THIDUA_SERVICES_PLATFORM_REFUSAL_TESTLIB_H_

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/platform/errors.h"

namespace thidua::platform {

// "ABORTED name: ETAG_MISMATCH" with every fault of a refusal; "OK".
inline std::string SaidInFull(const grpc::Status& status) {
  if (status.ok()) return "OK";
  const absl::Status read = FromGrpcStatus(status);
  std::string said(absl::StatusCodeToString(read.code()));
  for (const domain::Fault& fault : domain::FaultsOf(read)) {
    EXPECT_FALSE(fault.message.empty());
    absl::StrAppend(&said, " ", fault.path, ": ", fault.reason);
  }
  return said;
}

// "ABORTED revision: REVISION_MOVED" for the first fault of a refusal; of what has none its
// message; "OK".
inline std::string Said(const grpc::Status& status) {
  if (status.ok()) return "OK";
  const absl::Status read = FromGrpcStatus(status);
  const std::vector<domain::Fault> faults = domain::FaultsOf(read);
  std::string said(absl::StatusCodeToString(read.code()));
  if (faults.empty()) return absl::StrCat(said, " ", std::string(read.message()));
  EXPECT_FALSE(faults[0].message.empty());
  return absl::StrCat(said, " ", faults[0].path, ": ", faults[0].reason);
}

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_REFUSAL_TESTLIB_H_
