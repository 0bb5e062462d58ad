// Whether the machine's wall clock was set back.
//
// Abseil 20220623 and gRPC 1.51 wait by the wall clock (futex, FUTEX_CLOCK_REALTIME), also for what
// is told as a duration. Set back by seven hours (the hardware clock kept local time, and a time
// server was asked only later), whatever waits just then waits seven hours longer: no deadline
// passes, nothing that is gathered is shown, no line is asked whether it is alive.
#ifndef THIDUA_SERVICES_PLATFORM_WALL_CLOCK_H_
#define THIDUA_SERVICES_PLATFORM_WALL_CLOCK_H_

#include "absl/time/time.h"

namespace thidua::platform {

// Not thread-safe.
class WallClock {
 public:
  // By how much it was set back since this was made or looked last; 0: it was not.
  absl::Duration SetBack();

 private:
  absl::Duration ahead_ = AheadOfSteady();

  // Of the clock that nobody sets, which began at some time of its own.
  static absl::Duration AheadOfSteady();
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_WALL_CLOCK_H_
