// Who calls, and what they are to the suite. A value that does not change.
#ifndef THIDUA_SERVICES_ACCESS_PRINCIPAL_H_
#define THIDUA_SERVICES_ACCESS_PRINCIPAL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "thidua/access/v1/access.pb.h"
#include "thidua/access/v1/policy.pb.h"

namespace thidua::access {

class Principal {
 public:
  // Whoever calls where there is no policy: may do everything.
  static const Principal& Unchecked();

  // How much is known of a caller: nothing, a name that was proved, or one that the policy has too.
  enum class Known { kNobody, kByName, kToThePolicy };

  // Of members that a caller fits: what they have together. `name`: as an audit entry's actor;
  // `until`: when what proved it ends.
  Principal(std::string name, Known known, absl::Span<const v1::Member* const> members,
            absl::Time until = absl::InfiniteFuture());

  // "uri:spiffe://…", "dns:…", "token:{issuer}|{sub}", "anyone"; unique.
  const std::string& name() const { return name_; }
  // Somebody was named, by a certificate or a token.
  bool known() const { return known_ != Known::kNobody; }
  // And the policy knows them, other than as anyone.
  bool listed() const { return known_ == Known::kToThePolicy; }
  // From then on a token is good no more; whatever goes on longer is to end.
  absl::Time until() const { return until_; }
  // Unchecked().
  bool unchecked() const { return this == &Unchecked(); }
  // "units/{unit}"; whose official they are.
  const std::vector<std::string>& units() const { return units_; }

  bool IsOfficialOf(absl::string_view unit) const;
  bool HoldsSomewhere(v1::Role role) const;
  // On what `name` names: a bloc, or what is in it. Empty, or of no one bloc ("blocs/-/…"): on all.
  bool Holds(v1::Role role, absl::string_view name) const;

 private:
  Principal() = default;

  std::string name_;
  Known known_ = Known::kNobody;
  absl::Time until_ = absl::InfiniteFuture();
  std::vector<std::string> units_;
  std::vector<v1::Grant> grants_;
  uint32_t roles_ = 0;  // Of the grants: a bit each, by its number.
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_PRINCIPAL_H_
