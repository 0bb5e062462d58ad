// Who may do what in an installation (proto/thidua/access/v1/policy.proto), checked and ready to be
// asked. Does not change; thread-safe.
#ifndef THIDUA_SERVICES_ACCESS_POLICY_H_
#define THIDUA_SERVICES_ACCESS_POLICY_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/access/principal.h"
#include "thidua/access/v1/policy.pb.h"

namespace thidua::access {

class Policy {
 public:
  // From protobuf's text format. INVALID_ARGUMENT with all faults: POLICY_UNREADABLE at "line 3,
  // column 5" when it is no policy, otherwise each at its field ("members[2].grants[0].on[1]"):
  // REQUIRED, CALLER_INVALID, ISSUER_UNKNOWN, UNITS_REQUIRED, ROLE_NOT_FOR_ANYONE, SCOPE_REQUIRED,
  // SCOPE_NOT_TAKEN, RESOURCE_NAME_INVALID, ISSUER_INVALID, ISSUER_REPEATED, OUT_OF_RANGE,
  // ADDRESS_INVALID.
  static absl::StatusOr<Policy> Read(absl::string_view text);

  // `names`: "uri:…" and "dns:…" of one certificate; the first URI, else the first DNS name, is the
  // caller's. Without any: anyone.
  Principal OfCertificate(absl::Span<const std::string> names) const;
  // `until`: when the token ends.
  Principal OfToken(absl::string_view issuer, absl::string_view subject,
                    absl::Span<const std::string> groups,
                    absl::Time until = absl::InfiniteFuture()) const;

  const v1::Policy& written() const { return written_; }
  // Null: its tokens are not taken.
  const v1::Issuer* FindIssuer(absl::string_view issuer) const;

 private:
  // `callers`: what fits besides "anyone"; none: nobody was named.
  Principal Of(std::string name, const std::vector<std::string>& callers, absl::Time until) const;

  v1::Policy written_;
  absl::flat_hash_map<std::string, std::vector<int>> members_;  // Indices, by caller.
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_POLICY_H_
