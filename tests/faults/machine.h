// What of this machine can be broken under a suite: its network, a disk, what a disk says, the
// clock. Each needs a right or a tool, and is told by name when that is missing. Not thread-safe.
#ifndef THIDUA_TESTS_FAULTS_MACHINE_H_
#define THIDUA_TESTS_FAULTS_MACHINE_H_

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/system/process.h"
#include "tests/system/turned_clock.h"

namespace thidua::tests {

class Machine {
 public:
  // Moves this process to a network and mounts of its own, where it may: before it has threads.
  // Makes `folder`, of this run, and for what is put there a disk of `disk_mib`.
  Machine(const std::filesystem::path& folder, int disk_mib);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // Why something of it cannot be broken: "packets are not lost: no iptables".
  const std::vector<std::string>& missing() const { return missing_; }

  bool can_lose_packets() const { return can_lose_packets_; }
  void LosePackets(int percent);  // Of those on loopback, at random; 0: none.

  bool can_fill_disk() const { return can_fill_disk_; }
  const std::filesystem::path& disk() const { return disk_; }
  void FillDisk();  // To the last byte.
  void FreeDisk();

  bool can_fail_fsync() const { return can_fail_fsync_; }
  // Each fsync of that process ends in EIO, until it is let pass.
  void FailFsync(pid_t process);
  void LetFsyncPass(pid_t process);

  TurnedClock* clock() { return clock_.get(); }  // Null: it cannot be turned.

 private:
  const std::filesystem::path folder_;
  const std::filesystem::path disk_;
  std::vector<std::string> missing_;
  bool can_lose_packets_ = false, can_fill_disk_ = false, can_fail_fsync_ = false;
  std::unique_ptr<TurnedClock> clock_;
  std::map<pid_t, std::unique_ptr<Process>> tracers_;  // By whose fsync fails.
};

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FAULTS_MACHINE_H_
