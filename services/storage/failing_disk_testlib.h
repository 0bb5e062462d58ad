// A disk that refuses, as one thread sees it: the kernel ends each such call of the thread in an
// error (seccomp). What the thread logs or prints meanwhile is lost, where it is writing that
// fails.
#ifndef THIDUA_SERVICES_STORAGE_FAILING_DISK_TESTLIB_H_
#define THIDUA_SERVICES_STORAGE_FAILING_DISK_TESTLIB_H_

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"

namespace thidua::storage {

// By the kernel's numbers of its calls.
struct FailingCalls {
  std::vector<uint32_t> calls;
  uint32_t error;  // EIO, …
};
inline const std::vector<uint32_t> kWrites = {SYS_write, SYS_pwrite64};
inline const std::vector<uint32_t> kSyncs = {SYS_fsync, SYS_fdatasync};

// Runs `work` on a thread of its own, of which these calls fail.
inline void OnFailingDisk(const FailingCalls& failing, absl::FunctionRef<void()> work) {
  std::vector<sock_filter> steps = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const uint32_t call : failing.calls) {
    steps.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1));
    steps.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | failing.error));
  }
  steps.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const sock_fprog filter = {static_cast<unsigned short>(steps.size()), steps.data()};
  bool fails = false;
  std::thread([&] {
    fails = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
            prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
    if (fails) work();
  }).join();
  EXPECT_TRUE(fails) << "the kernel takes no filter";
}

}  // namespace thidua::storage

#endif  // THIDUA_SERVICES_STORAGE_FAILING_DISK_TESTLIB_H_
