// What a handler may know of the call it answers. Thread-safe.
#ifndef THIDUA_SERVICES_PLATFORM_CALL_H_
#define THIDUA_SERVICES_PLATFORM_CALL_H_

#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/access/principal.h"
#include "services/access/requirement.h"
#include "services/audit/trail.h"
#include "services/platform/caller_limits.h"

namespace thidua::platform {

// With which a service of the suite says for whom it calls; of others it says nothing. Names may
// have any letters, which only the metadata that ends in "-bin" takes.
inline constexpr char kOnBehalfOf[] = "thidua-on-behalf-of-bin";

class Call {
 public:
  // One by nobody in particular, who may do everything.
  explicit Call(grpc::ServerContextBase& context) : context_(context) {}

  // InfiniteFuture when nobody set one: neither the caller nor, of a call that is no stream, the
  // process (--call_time_max).
  absl::Time deadline() const;
  // Whether the caller has gone, or the server is going.
  bool cancelled() const { return context_.IsCancelled(); }
  // Breaks the call off: the caller is answered CANCELLED, and whoever waits for its next message
  // here no longer does.
  void BreakOff() const { context_.TryCancel(); }
  // OK while somebody waits for the answer, otherwise CANCELLED or DEADLINE_EXCEEDED: for what
  // looks through much, so that it does not go on for nobody.
  absl::Status StillAwaited() const;

  const access::Principal& caller() const { return *principal_; }
  // Whether it is known who that is, or does not matter: there is no policy.
  bool identified() const { return !unknown_; }
  // For whom a service of the suite calls, by that principal's name; empty: for itself.
  const std::string& on_behalf_of() const { return on_behalf_of_; }
  // "thidua.registry.v1.RegistryService/UpdateUnit"; empty outside a served call.
  const std::string& method() const { return *method_; }
  // What entries of the audit say of who does what this call does.
  audit::Author author() const;
  // What is still to be kept to, of the message that was read last.
  const access::Terms& terms() const { return admission_.terms(); }
  // PERMISSION_DENIED (OWN_BLOC) when the caller is an official of one of these ("units/{unit}"),
  // the members of a pact.
  absl::Status CheckNoMember(absl::Span<const std::string> units) const;

 private:
  friend class Endpoint;
  inline static const std::string kNoMethod;

  // Errors as of access::Requirement::Admit.
  absl::Status Admit(const google::protobuf::Message& message) const;

  grpc::ServerContextBase& context_;
  std::shared_ptr<const access::Principal> principal_{std::shared_ptr<void>(),
                                                      &access::Principal::Unchecked()};
  bool unknown_ = false;
  CallerLimits::Hold hold_;
  absl::Time deadline_max_ = absl::InfiniteFuture();
  std::string on_behalf_of_;
  std::string trace_;
  const std::string* method_ = &kNoMethod;
  const access::Requirement* requirement_ = nullptr;
  // Narrowed by each message, which one thread reads at a time.
  mutable access::Requirement::Admission admission_;
};

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_CALL_H_
