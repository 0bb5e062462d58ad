// Who calls: by the client certificate of the line, or by the token that came with the call.
// Thread-safe.
#ifndef THIDUA_SERVICES_ACCESS_CALLERS_H_
#define THIDUA_SERVICES_ACCESS_CALLERS_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/access/key_source.h"
#include "services/access/principal.h"

namespace thidua::access {

class Callers {
 public:
  // Told what those who run the service should know, one line each and never a token: what is wrong
  // with a policy or with tokens, how the keys are. Called from several threads.
  using Log = std::function<void(absl::string_view)>;
  // A thread that answers many callers must not wait for one caller's keys.
  using MayWait = KeySource::MayWait;

  // Follows the policy file (policy.proto) and the keys of its issuers, which may change while this
  // lives; file names in it are meant from its own folder. A policy with a fault changes nothing,
  // except at first: INVALID_ARGUMENT when the policy has a fault, NOT_FOUND when there is none.
  // Keys that cannot be had yet are no error: their tokens are refused until they are.
  static absl::StatusOr<std::unique_ptr<Callers>> Open(
      std::filesystem::path policy_file, Log log = [](absl::string_view) {});
  ~Callers();
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  // `certificate_names`: "uri:…" and "dns:…" of a client certificate that was verified, in its
  // order; `authorization`: "Bearer …", as HTTP's header; empty: none came. A token, where there is
  // one, says alone who calls: whoever passes it on lends it nothing. UNAUTHENTICATED
  // (TOKEN_REFUSED) for a token that is not sound, whatever is wrong with it, or (TOKEN_EXPIRED)
  // for one that was; UNAVAILABLE
  // (KEYS_AWAY) while the keys of its issuer could not be had yet, or, to one who may not wait for
  // them, while they are asked for.
  absl::StatusOr<std::shared_ptr<const Principal>> Identify(
      absl::Span<const std::string> certificate_names, absl::string_view authorization,
      MayWait may_wait = MayWait::kYes);

 private:
  struct State;
  explicit Callers(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_CALLERS_H_
