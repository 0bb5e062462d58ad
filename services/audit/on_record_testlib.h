// What tests of services that take mutations ask of the audit.
#ifndef THIDUA_SERVICES_AUDIT_ON_RECORD_TESTLIB_H_
#define THIDUA_SERVICES_AUDIT_ON_RECORD_TESTLIB_H_

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "services/audit/log.h"
#include "services/audit/verification.h"
#include "services/storage/database.h"

namespace thidua::audit {

inline std::vector<v1::AuditEntry> EntriesOf(storage::Database& database) {
  std::vector<v1::AuditEntry> entries;
  const absl::Status read = database.Read([&](storage::Transaction& transaction) -> absl::Status {
    const auto stored = Log(transaction).EntriesAfter("", {}, {100'000, size_t{1} << 30});
    if (!stored.ok()) return stored.status();
    for (const StoredEntry& entry : *stored) entries.push_back(*entry.Read());
    return absl::OkStatus();
  });
  EXPECT_TRUE(read.ok()) << read;
  return entries;
}

// "UpdateUnit units/so-a" for each resource of each entry.
inline std::multiset<std::string> DeedsOf(storage::Database& database) {
  std::multiset<std::string> deeds;
  for (const v1::AuditEntry& entry : EntriesOf(database)) {
    const std::string method = entry.method().substr(entry.method().rfind('/') + 1);
    for (const v1::AuditChange& change : entry.changes()) {
      deeds.insert(method + " " + change.resource());
    }
  }
  return deeds;
}

inline std::set<std::string> MethodsOnRecord(storage::Database& database) {
  std::set<std::string> methods;
  for (const v1::AuditEntry& entry : EntriesOf(database)) {
    methods.insert(entry.method().substr(entry.method().rfind('/') + 1));
  }
  return methods;
}

// The RPCs of a service that change something: their requests have an id.
inline std::set<std::string> MutationsOf(const google::protobuf::ServiceDescriptor& service) {
  std::set<std::string> methods;
  for (int i = 0; i < service.method_count(); ++i) {
    if (service.method(i)->input_type()->FindFieldByName("request_id") != nullptr) {
      methods.insert(service.method(i)->name());
    }
  }
  return methods;
}

// Whatever the service did is as its last entries say: nothing was stored that is not on record.
inline void ExpectSound(storage::Database& database, const Resources& resources) {
  const absl::Status verified = Verify(
      database, resources, {},
      [](const v1::VerifyAuditResponse& response) {
        EXPECT_FALSE(response.has_fault()) << response.fault().ShortDebugString();
        return absl::OkStatus();
      },
      [] { return absl::OkStatus(); });
  EXPECT_TRUE(verified.ok()) << verified;
}

// The resources that verification finds fault with.
inline std::multiset<std::string> FoundIn(storage::Database& database, const Resources& resources) {
  std::multiset<std::string> found;
  const absl::Status verified = Verify(
      database, resources, {},
      [&](const v1::VerifyAuditResponse& response) {
        if (response.has_fault()) found.insert(response.fault().resource());
        return absl::OkStatus();
      },
      [] { return absl::OkStatus(); });
  EXPECT_TRUE(verified.ok()) << verified;
  return found;
}

}  // namespace thidua::audit

#endif  // THIDUA_SERVICES_AUDIT_ON_RECORD_TESTLIB_H_
