// What gRPC hands from one thread to another, as the thread sanitizer understands it. Part of every
// executable of the preset `tsan`, and of no other.
//
// Debian's gRPC is compiled without the sanitizer, which therefore does not see that whoever starts
// a batch of a call comes before whoever hears that it is done, and takes what the two share (a
// message, a status, a reactor) for a race. These stand before gRPC's own functions, and tell of
// that order, each by what makes it:
// - of a batch: by its tag;
// - of who sends a message and who reads it, or ends a call with a refusal and hears of it: by what
//   it says (a test and the service that it plays are one process);
// - of who lets go of a call of the server's last, and takes it down: by the call's own count; of
//   who waits for a server's calls: by the server's.
// Of nothing else: what only happens to run one after the other stays a race.
#include <dlfcn.h>
#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/slice.h>
#include <grpcpp/server.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
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

// Where those who say the same and those who hear it meet. Two that only share a place are told an
// order that is none, seldom enough.
std::array<uint64_t, 1 << 14> said;

UNSEEN void* PlaceOf(const grpc_slice* parts, size_t count) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const grpc_slice* part = parts; part != parts + count; ++part) {
    const uint8_t* const end = GRPC_SLICE_END_PTR(*part);
    for (const uint8_t* at = GRPC_SLICE_START_PTR(*part); at != end; ++at) {
      hash = (hash ^ *at) * 0x100000001b3;
    }
  }
  return &said[(hash ^ hash >> 32) % std::tuple_size_v<decltype(said)>];
}

UNSEEN void* PlaceOf(const grpc_byte_buffer& message) {
  return PlaceOf(message.data.raw.slice_buffer.slices, message.data.raw.slice_buffer.count);
}

// The batches under way that are to hear how their call ends, each near where its tag belongs; of
// one that finds no room nothing is told.
struct Hearing {
  std::atomic<void*> tag = nullptr;
  grpc_slice* why = nullptr;
};
constexpr size_t kHearings = 1 << 14;
constexpr size_t kNear = 64;
std::array<Hearing, kHearings + kNear> hearings;

UNSEEN void NoteHearing(void* tag, grpc_slice* why) {
  Hearing* const nearest = &hearings[reinterpret_cast<uintptr_t>(tag) / 16 % kHearings];
  for (Hearing* place = nearest; place != nearest + kNear; ++place) {
    void* nobody = nullptr;
    if (place->tag.compare_exchange_strong(nobody, tag, std::memory_order_relaxed)) {
      place->why = why;
      return;
    }
  }
}

// Null: it hears of no end.
UNSEEN grpc_slice* TakeHearing(void* tag) {
  Hearing* const nearest = &hearings[reinterpret_cast<uintptr_t>(tag) / 16 % kHearings];
  for (Hearing* place = nearest; place != nearest + kNear; ++place) {
    if (place->tag.load(std::memory_order_relaxed) == tag) {
      grpc_slice* const why = place->why;
      place->tag.store(nullptr, std::memory_order_relaxed);
      return why;
    }
  }
  return nullptr;
}

UNSEEN void Start(const grpc_op& op, void* tag) {
  if (op.op == GRPC_OP_SEND_MESSAGE) {
    __tsan_release(PlaceOf(*op.data.send_message.send_message));
  } else if (op.op == GRPC_OP_SEND_STATUS_FROM_SERVER) {
    const auto& status = op.data.send_status_from_server;
    if (status.status != GRPC_STATUS_OK && status.status_details != nullptr) {
      __tsan_release(PlaceOf(status.status_details, 1));
    }
  } else if (op.op == GRPC_OP_RECV_STATUS_ON_CLIENT) {
    NoteHearing(tag, op.data.recv_status_on_client.status_details);
  }
}

UNSEEN void End(void* tag) {
  if (tag == nullptr) return;
  __tsan_acquire(tag);
  grpc_slice* const why = TakeHearing(tag);
  if (why == nullptr || GRPC_SLICE_LENGTH(*why) == 0) return;  // Of what went well messages tell.
  __tsan_acquire(PlaceOf(why, 1));
  // A thread of libgrpc's own may have put it together, with functions that libgrpc shares with
  // what is compiled with the sanitizer. The copy is made by nobody seen.
  // (Both by name: who is of the rules alone is linked to no gRPC.)
  static const auto copy_of = Real<decltype(&grpc_slice_copy)>("grpc_slice_copy");
  static const auto let_go = Real<decltype(&grpc_slice_unref)>("grpc_slice_unref");
  const grpc_slice copy = copy_of(*why);
  let_go(*why);
  *why = copy;
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
  End(functor);
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
    if (functions[i].compare_exchange_strong(known, run, std::memory_order_relaxed) ||
        known == run) {
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
    for (const grpc_op* op = ops; op != ops + count; ++op) Start(*op, tag);
    if (IsCode(*static_cast<uintptr_t*>(tag))) TakePlace(static_cast<Functor*>(tag));
  }
  return real(call, ops, count, tag, reserved);
}

UNSEEN grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline,
                                             void* reserved) {
  static const auto real =
      Real<decltype(&grpc_completion_queue_next)>("grpc_completion_queue_next");
  const grpc_event event = real(queue, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) End(event.tag);
  return event;
}

UNSEEN grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag,
                                              gpr_timespec deadline, void* reserved) {
  static const auto real =
      Real<decltype(&grpc_completion_queue_pluck)>("grpc_completion_queue_pluck");
  const grpc_event event = real(queue, tag, deadline, reserved);
  if (event.type == GRPC_OP_COMPLETE) End(tag);
  return event;
}

UNSEEN int grpc_byte_buffer_reader_init(grpc_byte_buffer_reader* reader, grpc_byte_buffer* buffer) {
  static const auto real =
      Real<decltype(&grpc_byte_buffer_reader_init)>("grpc_byte_buffer_reader_init");
  __tsan_acquire(PlaceOf(*buffer));
  return real(reader, buffer);
}

}  // extern "C"

// Reads without a reader.
UNSEEN grpc::Status grpc::ByteBuffer::TrySingleSlice(Slice* slice) const {
  static const auto real = Real<Status (*)(const ByteBuffer*, Slice*)>(
      "_ZNK4grpc10ByteBuffer14TrySingleSliceEPNS_5SliceE");
  if (buffer_ != nullptr) __tsan_acquire(PlaceOf(*buffer_));
  return real(this, slice);
}

// By whoever counted down to nothing, in gRPC's headers or within libgrpc++, where the sanitizer
// does not see it count.
UNSEEN void grpc::internal::ServerCallbackCall::ScheduleOnDone(bool inline_ondone) {
  static const auto real = Real<void (*)(ServerCallbackCall*, bool)>(
      "_ZN4grpc8internal18ServerCallbackCall14ScheduleOnDoneEb");
  __tsan_acquire(&callbacks_outstanding_);
  real(this, inline_ondone);
}

// A call of the server's is over.
UNSEEN void grpc::Server::UnrefWithPossibleNotify() {
  static const auto real = Real<void (*)(Server*)>("_ZN4grpc6Server23UnrefWithPossibleNotifyEv");
  __tsan_release(&shutdown_refs_outstanding_);
  real(this);
}

// All are.
UNSEEN void grpc::Server::UnrefAndWaitLocked() {
  static const auto real = Real<void (*)(Server*)>("_ZN4grpc6Server18UnrefAndWaitLockedEv");
  real(this);
  __tsan_acquire(&shutdown_refs_outstanding_);
}
