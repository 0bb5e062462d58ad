// Threads whose work nobody waits for.
#ifndef THIDUA_SERVICES_PLATFORM_BACKGROUND_H_
#define THIDUA_SERVICES_PLATFORM_BACKGROUND_H_

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace thidua::platform {

// The calling thread gives way to the process's others while there are not cores enough for all:
// calls are answered before what was answered is stored behind or published. On Linux each thread
// has a niceness of its own; where that cannot be set, nothing happens.
inline void WorkInBackground() {
  constexpr int kNiceness = 10;
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kNiceness);
}

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_BACKGROUND_H_
