// Runs a fuzz target over every file of the folders named, as libFuzzer would: the kept corpus is a
// test on machines without clang. It has to reach the target's goals.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/hold.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  int inputs = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), {});
      LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
      ++inputs;
    }
  }
  std::printf("%d inputs replayed\n", inputs);
  int missed = 0;
  for (const thidua::tests::Goal* goal : thidua::tests::Goal::All()) {
    if (goal->reached()) continue;
    std::printf("no input reaches: %s\n", goal->what());
    ++missed;
  }
  return inputs > 0 && missed == 0 ? 0 : 1;
}
