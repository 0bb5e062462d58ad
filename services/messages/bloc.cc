#include "services/messages/bloc.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/messages/interval.h"
#include "services/messages/reading.h"
#include "services/messages/resource_names.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;
using domain::Fault;

}  // namespace

absl::StatusOr<domain::Bloc> ReadBloc(absl::string_view path, const v1::Bloc& message) {
  domain::Bloc bloc;
  std::vector<Fault> faults;
  Take(ReadBlocName(Under(path, "name"), message.name()), bloc.id, faults);
  bloc.name = message.display_name();
  bloc.province = message.province();
  for (int i = 0; i < message.memberships_size(); ++i) {
    const std::string place = Under(path, absl::StrCat("memberships[", i, "]"));
    domain::Membership& membership = bloc.memberships.emplace_back();
    Take(ReadUnitName(place + ".unit", message.memberships(i).unit()), membership.unit, faults);
    Take(ReadInterval(place, message.memberships(i)), membership.held, faults);
  }
  for (int i = 0; i < message.roles_size(); ++i) {
    const v1::Bloc::Role& given = message.roles(i);
    const std::string place = Under(path, absl::StrCat("roles[", i, "]"));
    domain::BlocRole& role = bloc.roles.emplace_back();
    // The numbers are the same on both sides; a stranger is none.
    if (v1::Bloc::Role::Kind_IsValid(given.kind())) {
      role.kind = static_cast<domain::BlocRoleKind>(given.kind());
    }
    if (!given.unit().empty()) {
      Take(ReadUnitName(place + ".unit", given.unit()), role.unit, faults);
    }
    role.official = given.official();
    Take(ReadInterval(place, given), role.held, faults);
  }
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return bloc;
}

v1::Bloc BlocMessage(const domain::Bloc& bloc) {
  v1::Bloc message;
  message.set_name(BlocName(bloc.id));
  message.set_display_name(bloc.name);
  message.set_province(bloc.province);
  for (const domain::Membership& membership : bloc.memberships) {
    v1::Bloc::Membership& given = *message.add_memberships();
    given.set_unit(UnitName(membership.unit));
    SetInterval(membership.held, given);
  }
  for (const domain::BlocRole& role : bloc.roles) {
    v1::Bloc::Role& given = *message.add_roles();
    given.set_kind(static_cast<v1::Bloc::Role::Kind>(role.kind));
    if (!role.unit.empty()) given.set_unit(UnitName(role.unit));
    given.set_official(role.official);
    SetInterval(role.held, given);
  }
  return message;
}

}  // namespace thidua::messages
