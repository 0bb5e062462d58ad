// Contracts written in a test, as protoc compiles them.
#ifndef THIDUA_SERVICES_PORTAL_CONTRACTS_TESTLIB_H_
#define THIDUA_SERVICES_PORTAL_CONTRACTS_TESTLIB_H_

#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/portal/contracts.h"

namespace thidua::portal {

// Of one .proto file's text; it may import google/api and google/protobuf.
inline std::unique_ptr<Contracts> ContractsOf(const std::string& text) {
  std::string folder = (std::filesystem::temp_directory_path() / "thidua-contract-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) std::abort();
  const std::string set = absl::StrCat(folder, "/set");
  std::ofstream(absl::StrCat(folder, "/test.proto")) << text;
  const std::string command =
      absl::StrCat(THIDUA_PROTOC, " -I ", folder, " -I ", THIDUA_GOOGLEAPIS,
                   " --include_imports --descriptor_set_out=", set, " test.proto");
  if (std::system(command.c_str()) != 0) std::abort();
  std::ifstream in(set, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::filesystem::remove_all(folder);
  return *Contracts::Read(bytes);
}

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_CONTRACTS_TESTLIB_H_
