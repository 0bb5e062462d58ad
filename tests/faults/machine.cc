#include "tests/faults/machine.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace thidua::tests {
namespace {

bool Runs(const std::vector<std::string>& words) {
  Process process(words, "/dev/null");
  process.ReadAll();
  return process.Wait() == 0;
}

void MustRun(const std::vector<std::string>& words) {
  if (Runs(words)) return;
  std::fprintf(stderr, "failed: %s\n", words[0].c_str());
  std::abort();
}

std::vector<std::string> LosingPackets(int percent) {
  return {"iptables",
          "-A",
          "INPUT",
          "-i",
          "lo",
          "-p",
          "tcp",
          "-m",
          "statistic",
          "--mode",
          "random",
          "--probability",
          absl::StrCat(percent / 100.0),
          "-j",
          "DROP"};
}

}  // namespace

Machine::Machine(const std::filesystem::path& folder, int disk_mib)
    : folder_(folder), disk_(folder / "disk") {
  std::filesystem::create_directories(disk_);
  const bool apart = unshare(CLONE_NEWNET | CLONE_NEWNS) == 0;
  if (apart) {
    MustRun({"ip", "link", "set", "lo", "up"});
    can_lose_packets_ = Runs(LosingPackets(0)) && Runs({"iptables", "-F", "INPUT"});
    if (!can_lose_packets_) missing_.push_back("packets are not lost: no iptables that can");
    const std::string size = absl::StrCat("size=", disk_mib, "m,mode=1777");
    // Nobody else sees what is mounted then.
    can_fill_disk_ = mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                     mount("tmpfs", disk_.c_str(), "tmpfs", 0, size.c_str()) == 0;
    if (!can_fill_disk_) missing_.push_back("no disk fills up: tmpfs is not to be mounted");
  } else {
    missing_.push_back("packets are not lost and no disk fills up: not root");
  }
  can_fail_fsync_ = Runs({"strace", "-o", "/dev/null", "true"});
  if (!can_fail_fsync_) missing_.push_back("fsync does not fail: no strace, or it may not trace");
  if (TurnedClock::CanBe()) {
    clock_ = std::make_unique<TurnedClock>(folder_);
  } else {
    missing_.push_back("the clock is not turned: no faketime");
  }
}

Machine::~Machine() {
  while (!tracers_.empty()) LetFsyncPass(tracers_.begin()->first);
  if (can_fill_disk_) umount2(disk_.c_str(), MNT_DETACH);
}

void Machine::LosePackets(int percent) {
  MustRun({"iptables", "-F", "INPUT"});
  if (percent == 0) return;
  MustRun(LosingPackets(percent));
}

void Machine::FillDisk() {
  const int file = open((disk_ / "filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) std::abort();
  // Smaller and smaller, until not a byte is left.
  const std::string zeros(1 << 20, '\0');
  for (size_t piece = zeros.size(); piece > 0;) {
    if (write(file, zeros.data(), piece) != static_cast<ssize_t>(piece)) piece /= 2;
  }
  close(file);
}

void Machine::FreeDisk() { std::filesystem::remove(disk_ / "filler"); }

void Machine::FailFsync(pid_t process) {
  LetFsyncPass(process);
  const std::filesystem::path told = folder_ / absl::StrCat("strace-", process, ".err");
  std::filesystem::remove(told);
  std::unique_ptr<Process>& tracer = tracers_[process];
  tracer = std::make_unique<Process>(
      std::vector<std::string>{"strace", "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync",
                               "-e", "inject=fsync,fdatasync:error=EIO", "-p",
                               absl::StrCat(process)},
      told.string());
  // It says so when it holds the process: "strace: Process 7 attached …".
  const absl::Time until = absl::Now() + absl::Seconds(10);
  const auto has_it = [&told] {
    std::ifstream stream(told);
    return absl::StrContains(
        std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()),
        " attached");
  };
  while (!has_it()) {
    if (!tracer->running() || absl::Now() > until) {
      std::fprintf(stderr, "strace did not attach\n");
      std::abort();
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
}

void Machine::LetFsyncPass(pid_t process) {
  const auto found = tracers_.find(process);
  if (found == tracers_.end()) return;
  found->second->Signal(SIGTERM);
  found->second->Wait();
  tracers_.erase(found);
}

}  // namespace thidua::tests
