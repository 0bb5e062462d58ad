// How much memory a test's process has ever held.
#ifndef THIDUA_SERVICES_SHEETS_MEMORY_TESTLIB_H_
#define THIDUA_SERVICES_SHEETS_MEMORY_TESTLIB_H_

#include <sys/resource.h>

#include <cstdint>

namespace thidua::sheets {

// In KiB; always 0 under the address sanitizer, which keeps what was freed.
inline int64_t PeakMemory() {
#ifdef __SANITIZE_ADDRESS__
  return 0;
#else
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
#endif
}

}  // namespace thidua::sheets

#endif  // THIDUA_SERVICES_SHEETS_MEMORY_TESTLIB_H_
