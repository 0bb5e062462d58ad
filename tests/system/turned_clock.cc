#include "tests/system/turned_clock.h"

#include <unistd.h>

#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"

namespace thidua::tests {
namespace {

constexpr char kFaketime[] = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
// What has to be loaded before it.
#ifdef __SANITIZE_ADDRESS__
constexpr char kFirst[] = "libasan.so.8:";
#else
constexpr char kFirst[] = "";
#endif

}  // namespace

bool TurnedClock::CanBe() { return access(kFaketime, R_OK) == 0; }

TurnedClock::TurnedClock(std::filesystem::path folder) : folder_(std::move(folder)) { TurnBack(0); }

std::vector<std::string> TurnedClock::Before() const {
  return {"env", absl::StrCat("LD_PRELOAD=", kFirst, kFaketime),
          absl::StrCat("FAKETIME_TIMESTAMP_FILE=", (folder_ / "clock").string()),
          "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_NO_CACHE=1"};
}

void TurnedClock::TurnBack(int seconds) {
  const std::filesystem::path written = folder_ / "clock.new";
  std::ofstream(written) << "-" << seconds << "\n";
  std::filesystem::rename(written, folder_ / "clock");
}

}  // namespace thidua::tests
