// What gRPC hands from one thread to another, as the thread sanitizer understands it. Part of every
// executable of the preset `tsan`, and of no other.
//
// Debian's gRPC is compiled without the sanitizer, which therefore does not see that whoever starts
// a batch of a call comes before whoever hears that it is done, and takes what the two share (a
// message, a status, a reactor) for a race. These stand before gRPC's own functions, and tell of
// that order by the batch's tag, of nothing else: what only happens to run one after the other
// stays a race.
#include <dlfcn.h>
#include <grpc/grpc.h>
#include <link.h>
#include <sanitizer/tsan_interface.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <utility>

// Its own order is none that the sanitizer is to count with.
#define UNSEEN __attribute__((no_sanitize("thread")))

namespace {

using Functor = grpc_completion_queue_functor;
using Run = void (*)(Functor*, int);

template <typename Function>
UNSEEN Function Real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// A tag is a functor, which begins with a function, or an object, which begins with a table of
// them.
UNSEEN bool IsCode(uintptr_t address) {
  const auto look = [](dl_phdr_info* file, size_t, void* wanted) UNSEEN -> int {
    const uintptr_t at = *static_cast<uintptr_t*>(wanted);
    for (int i = 0; i < file->dlpi_phnum; ++i) {
      const auto& part = file->dlpi_phdr[i];
      if (part.p_type == PT_LOAD && (part.p_flags & PF_X) != 0 &&
          at - (file->dlpi_addr + part.p_vaddr) < part.p_memsz) {
        return 1;
      }
    }
    return 0;
  };
  return dl_iterate_phdr(look, &address) == 1;
}

// What functors run: the few functions of gRPC's headers. Each has one in its place that first
// tells that it comes after whoever started the batch.
constexpr size_t kFunctions = 16;
std::array<std::atomic<Run>, kFunctions> functions;

template <size_t i>
UNSEEN void RunAfter(Functor* functor, int ok) {
  __tsan_acquire(functor);
  functions[i].load(std::memory_order_relaxed)(functor, ok);
}

template <size_t... i>
constexpr std::array<Run, kFunctions> Places(std::index_sequence<i...>) {
  return {RunAfter<i>...};
}
constexpr std::array<Run, kFunctions> kPlaces = Places(std::make_index_sequence<kFunctions>());

UNSEEN void TakePlace(Functor* functor) {
  const Run run = functor->functor_run;
  for (const Run place : kPlaces) {
    if (run == place) return;
  }
  for (size_t i = 0; i < kFunctions; ++i) {
    Run known = nullptr;
    if (functions[i].compare_exchange_strong(known, run) || known == run) {
      functor->functor_run = kPlaces[i];
      return;
    }
  }
  std::abort();  // More functions than anybody knew of.
}

}  // namespace

extern "C" {

UNSEEN grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count,
                                             void* tag, void* reserved) {
  static const auto real = Real<decltype(&grpc_call_start_batch)>("grpc_call_start_batch");
  if (tag != nullptr) {
    __tsan_release(tag);
    if (IsCode(*static_cast<uintptr_t*>(tag))) TakePlace(static_cast<Functor*>(tag));
  }
  return real(call, ops, count, tag, reserved);
}

UNSEEN grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline,
                                             void* reserved) {
  static const auto real =
      Real<decltype(&grpc_completion_queue_next)>("grpc_completion_queue_next");
  const grpc_event event = real(queue, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(event.tag);
  return event;
}

UNSEEN grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag,
                                              gpr_timespec deadline, void* reserved) {
  static const auto real =
      Real<decltype(&grpc_completion_queue_pluck)>("grpc_completion_queue_pluck");
  const grpc_event event = real(queue, tag, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) __tsan_acquire(tag);
  return event;
}

}  // extern "C"
