#include "services/portal/contracts.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/api/annotations.pb.h"
#include "google/api/http.pb.h"
#include "services/platform/server.h"

// The bytes of the set, laid into the binary by the assembler.
asm(".section .rodata\n"
    "thidua_contracts_begin:\n"
    ".incbin \"" THIDUA_CONTRACTS
    "\"\n"
    "thidua_contracts_end:\n"
    ".globl thidua_contracts_begin\n"
    ".globl thidua_contracts_end\n"
    ".text\n");
extern "C" const char thidua_contracts_begin[];
extern "C" const char thidua_contracts_end[];

namespace thidua::portal {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;

constexpr char kTypeUrlPrefix[] = "type.googleapis.com";

HttpBinding BindingOf(const google::api::HttpRule& rule) {
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      return {"GET", rule.get(), rule.body()};
    case google::api::HttpRule::kPut:
      return {"PUT", rule.put(), rule.body()};
    case google::api::HttpRule::kPost:
      return {"POST", rule.post(), rule.body()};
    case google::api::HttpRule::kDelete:
      return {"DELETE", rule.delete_(), rule.body()};
    case google::api::HttpRule::kPatch:
      return {"PATCH", rule.patch(), rule.body()};
    case google::api::HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path(), rule.body()};
    case google::api::HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Contracts>> Contracts::Read(absl::string_view descriptor_set) {
  FileDescriptorSet set;
  if (!set.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size()))) {
    return absl::InvalidArgumentError("not a FileDescriptorSet");
  }
  std::unique_ptr<Contracts> contracts(new Contracts());
  contracts->pool_ = std::make_unique<google::protobuf::DescriptorPool>();
  for (const FileDescriptorProto& file : set.file()) {
    const FileDescriptor* built = contracts->pool_->BuildFile(file);
    if (built == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("cannot read ", file.name()));
    }
    for (int i = 0; i < built->service_count(); ++i) {
      contracts->services_.push_back(built->service(i));
    }
  }
  contracts->resolver_.reset(google::protobuf::util::NewTypeResolverForDescriptorPool(
      kTypeUrlPrefix, contracts->pool_.get()));
  return contracts;
}

const Contracts& Contracts::Embedded() {
  static const Contracts* const kEmbedded = [] {
    auto contracts =
        Read(absl::string_view(thidua_contracts_begin,
                               static_cast<size_t>(thidua_contracts_end - thidua_contracts_begin)));
    if (!contracts.ok()) platform::Die(contracts.status());
    return contracts->release();
  }();
  return *kEmbedded;
}

std::string Contracts::TypeUrlOf(const google::protobuf::Descriptor& message) {
  return absl::StrCat(kTypeUrlPrefix, "/", message.full_name());
}

std::vector<HttpBinding> BindingsOf(const google::protobuf::MethodDescriptor& method) {
  std::vector<HttpBinding> bindings;
  if (!method.options().HasExtension(google::api::http)) return bindings;
  const google::api::HttpRule& rule = method.options().GetExtension(google::api::http);
  bindings.push_back(BindingOf(rule));
  for (const auto& additional : rule.additional_bindings()) {
    bindings.push_back(BindingOf(additional));
  }
  return bindings;
}

}  // namespace thidua::portal
