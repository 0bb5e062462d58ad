// Calls any RPC of the suite by its descriptor, and does not give up at the first broken line.
#ifndef THIDUA_SERVICES_PLATFORM_CALLER_H_
#define THIDUA_SERVICES_PLATFORM_CALLER_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/patience.h"
#include "thidua/results/v1/results_service.grpc.pb.h"

namespace thidua::platform {

// HOST:PORT of each service.
struct Addresses {
  std::string registry;
  std::string results;
  std::string scoring;
};

// What a call says of who makes it: "Bearer …", as HTTP's Authorization, or "": nothing, so that
// the line's certificate tells. Asked before each call, by any thread. Printable ASCII only: gRPC
// ends the process over anything else.
using Authorization = std::function<std::string()>;

// Thread-safe. A copy calls over the same lines.
class Caller {
 public:
  // How long a call is tried again while its service is away; only what may be asked twice is:
  // reads, and mutations with a request_id.
  Caller(Addresses addresses, absl::Duration patience, Authorization authorization = {});

  // FAILED_PRECONDITION where it says who makes the call and others may read that on a line to one
  // of the services (channel.h). Such a call is not made.
  absl::Status CheckLines() const;

  // For one request of somebody else's: no call outlasts its deadline, and each carries its
  // traceparent and says who that is; "": none.
  Caller For(absl::Time deadline, std::string traceparent, std::string authorization) const;

  // For RPCs that several services serve, each of what is its own (the audit's): "registry",
  // "results-ingest" or "scoring" is the one that is called.
  Caller At(std::string service) const;

  // The answer, or the service's refusal with its faults (domain::FaultsOf). UNAVAILABLE: not
  // reached within the patience. `on_wait` hears which service is waited for, each time it is.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Call(
      const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request,
      const std::function<void(const std::string& service)>& on_wait = [](const std::string&) {
      }) const;

  // The same, for the one RPC that takes such a request.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Call(
      const google::protobuf::Message& request) const;

  // Each event of a stream until it ends, or `each` answers false.
  absl::Status Stream(
      const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request,
      const std::function<bool(const google::protobuf::Message& event)>& each) const;

  // The events of a watch, for as long as `each` answers true: whatever becomes of the line or of
  // the service, it goes on from the last event's resume token. UNAVAILABLE: not reached within the
  // patience.
  struct Following {
    std::function<bool(const google::protobuf::Message& event)> each;
    // The service does not know that token: the present state comes again, whole.
    std::function<void()> start_over;
    // The service is away and waited for; called each time it is tried.
    std::function<void()> on_wait;
  };
  absl::Status Follow(const google::protobuf::Message& request, const Following& following) const;

  // For the streams of results-ingest that send more than one message; each call of them is made
  // ready first; answers the context's address. It says nothing of who calls over a line on which
  // CheckLines would not have it said.
  std::unique_ptr<results::v1::ResultsService::Stub> NewResultsStub() const;
  grpc::ClientContext* MakeReady(grpc::ClientContext& context) const;
  Patience NewPatience() const { return Patience(patience_, deadline_); }

 private:
  void Prepare(grpc::ClientContext& context, bool says_who) const;
  // What the service ended the stream with. `read`: an event that could not be read, or a
  // stream that was not begun.
  grpc::Status StreamOnce(const google::protobuf::MethodDescriptor& method,
                          const google::protobuf::Message& request,
                          const std::function<bool(const google::protobuf::Message& event)>& each,
                          absl::Status& read) const;

  struct Lines;  // To each service.
  absl::Status CheckLine(const std::string& address) const;
  std::string ServiceOf(const google::protobuf::MethodDescriptor& method) const;
  const std::string& AddressOf(const google::protobuf::MethodDescriptor& method) const;
  std::shared_ptr<grpc::Channel> LineOf(const google::protobuf::MethodDescriptor& method) const;

  std::shared_ptr<Lines> lines_;
  absl::Duration patience_;
  absl::Time deadline_ = absl::InfiniteFuture();
  std::string traceparent_;
  Authorization authorization_;
  std::string service_;  // Of RPCs that several serve.
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_CALLER_H_
