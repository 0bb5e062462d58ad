// How absl::Status counts its holders, as the thread sanitizer understands it. Part of every
// executable of the preset `tsan`, and of no other.
//
// Debian's Abseil, compiled without the sanitizer, counts down and frees, what is ours counts up:
// the last to let go was told to race with all others. Stands before Abseil's own.
#include <atomic>

#include "absl/base/dynamic_annotations.h"
#include "absl/status/status.h"

namespace absl {
ABSL_NAMESPACE_BEGIN

// What is freed may be libgrpc's, whose holders the sanitizer did not see count up. Who copies a
// status while another assigns it is told by the status itself.
void Status::UnrefNonInlined(uintptr_t rep) {
  status_internal::StatusRep* const held = RepToPointer(rep);
  if (held->ref.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  ABSL_ANNOTATE_IGNORE_READS_AND_WRITES_BEGIN();
  delete held;
  ABSL_ANNOTATE_IGNORE_READS_AND_WRITES_END();
}

ABSL_NAMESPACE_END
}  // namespace absl
