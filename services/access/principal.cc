#include "services/access/principal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace thidua::access {
namespace {

static_assert(v1::Role_MAX < 32);
constexpr uint32_t BitOf(int role) { return role < 32 ? uint32_t{1} << role : 0; }

// Whether `name` is what `scope` names, or is in it.
bool Covers(absl::string_view scope, absl::string_view name) {
  return absl::StartsWith(name, scope) &&
         (name.size() == scope.size() || name[scope.size()] == '/');
}

}  // namespace

const Principal& Principal::Unchecked() {
  static const Principal* const kUnchecked = [] {
    auto* const all = new Principal;
    all->name_ = "unchecked";
    for (int role = v1::Role_MIN + 1; role <= v1::Role_MAX; ++role) {
      all->grants_.emplace_back().set_role(static_cast<v1::Role>(role));
      all->roles_ |= BitOf(role);
    }
    return all;
  }();
  return *kUnchecked;
}

Principal::Principal(std::string name, Known known, absl::Span<const v1::Member* const> members,
                     absl::Time until)
    : name_(std::move(name)), known_(known), until_(until) {
  for (const v1::Member* member : members) {
    units_.insert(units_.end(), member->units().begin(), member->units().end());
    grants_.insert(grants_.end(), member->grants().begin(), member->grants().end());
  }
  for (const v1::Grant& grant : grants_) roles_ |= BitOf(grant.role());
}

bool Principal::IsOfficialOf(absl::string_view unit) const {
  return std::find(units_.begin(), units_.end(), unit) != units_.end();
}

bool Principal::HoldsSomewhere(v1::Role role) const { return (roles_ & BitOf(role)) != 0; }

bool Principal::Holds(v1::Role role, absl::string_view name) const {
  return std::any_of(grants_.begin(), grants_.end(), [&](const v1::Grant& grant) {
    if (grant.role() != role) return false;
    return grant.on().empty() ||
           std::any_of(grant.on().begin(), grant.on().end(),
                       [&](const std::string& scope) { return Covers(scope, name); });
  });
}

}  // namespace thidua::access
