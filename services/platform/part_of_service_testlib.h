// A service's contract with some of its methods only, so that a test's small service is complete
// however many the real one has.
#ifndef THIDUA_SERVICES_PLATFORM_PART_OF_SERVICE_TESTLIB_H_
#define THIDUA_SERVICES_PLATFORM_PART_OF_SERVICE_TESTLIB_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <deque>
#include <set>
#include <string>

namespace thidua::platform {

inline void AddFile(const google::protobuf::FileDescriptor& file, const std::string& service,
                    const std::set<std::string>& methods, google::protobuf::DescriptorPool& pool) {
  if (pool.FindFileByName(file.name()) != nullptr) return;
  for (int i = 0; i < file.dependency_count(); ++i) {
    AddFile(*file.dependency(i), service, methods, pool);
  }
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  for (auto& one : *proto.mutable_service()) {
    if (one.name() != service) continue;
    auto& all = *one.mutable_method();
    for (int i = all.size(); i-- > 0;) {
      if (methods.count(all[i].name()) == 0) all.DeleteSubrange(i, 1);
    }
  }
  ASSERT_NE(pool.BuildFile(proto), nullptr);
}

// Lives as long as the process. Of one thread.
inline const google::protobuf::ServiceDescriptor& PartOf(
    const google::protobuf::ServiceDescriptor& whole, const std::set<std::string>& methods) {
  static auto* const kPools = new std::deque<google::protobuf::DescriptorPool>;
  auto& pool = kPools->emplace_back();
  AddFile(*whole.file(), whole.name(), methods, pool);
  return *pool.FindServiceByName(whole.full_name());
}

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_PART_OF_SERVICE_TESTLIB_H_
