#include "services/messages/unit.h"

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

// The numbers are the same on both sides; a stranger is none.
domain::UnitKind ReadKind(v1::Unit::Kind kind) {
  return v1::Unit::Kind_IsValid(kind) ? static_cast<domain::UnitKind>(kind)
                                      : domain::UnitKind::kUnspecified;
}

v1::Unit::State StateMessage(domain::UnitState state) {
  switch (state) {
    case domain::UnitState::kFuture:
      return v1::Unit::STATE_FUTURE;
    case domain::UnitState::kActive:
      return v1::Unit::STATE_ACTIVE;
    case domain::UnitState::kEnded:
      return v1::Unit::STATE_ENDED;
  }
  return v1::Unit::STATE_UNSPECIFIED;
}

// What is given of display_name, short_name and kind is that of one of the namings: any, as a
// stored message shows the day on which it was written.
void CheckShown(absl::string_view path, const v1::Unit& message, std::vector<Fault>& faults) {
  std::vector<const v1::Unit::Naming*> shown;
  for (const v1::Unit::Naming& naming : message.namings()) shown.push_back(&naming);
  const auto keep = [&](absl::string_view field, const char* what, const auto& agrees) {
    if (shown.empty()) return;  // Said of a field before.
    std::erase_if(shown, [&](const v1::Unit::Naming* naming) { return !agrees(*naming); });
    if (!shown.empty()) return;
    faults.push_back(
        {Under(path, field), "NAMINGS_DISAGREE",
         absl::StrCat(what, " của đơn vị khác với mọi tên gọi qua các thời kỳ của đơn vị.")});
  };
  if (!message.display_name().empty()) {
    keep("display_name", "Tên", [&](const v1::Unit::Naming& naming) {
      return naming.display_name() == message.display_name();
    });
  }
  if (!message.short_name().empty()) {
    keep("short_name", "Tên viết tắt", [&](const v1::Unit::Naming& naming) {
      return naming.short_name() == message.short_name();
    });
  }
  if (message.kind() != v1::Unit::KIND_UNSPECIFIED) {
    keep("kind", "Loại",
         [&](const v1::Unit::Naming& naming) { return naming.kind() == message.kind(); });
  }
}

void ReadNamings(absl::string_view path, const v1::Unit& message, domain::Unit& unit,
                 std::vector<Fault>& faults) {
  for (int i = 0; i < message.namings_size(); ++i) {
    const v1::Unit::Naming& given = message.namings(i);
    const std::string place = Under(path, absl::StrCat("namings[", i, "]"));
    domain::Naming naming{given.display_name(), given.short_name(), ReadKind(given.kind()), {}, ""};
    Take(ReadInterval(place, given), naming.held, faults);
    if (!given.reorganisation().empty()) {
      Take(ReadReorganisationName(place + ".reorganisation", given.reorganisation()),
           naming.reorganisation, faults);
    }
    unit.namings.push_back(std::move(naming));
  }
}

}  // namespace

absl::StatusOr<domain::Unit> ReadUnit(absl::string_view path, const v1::Unit& message) {
  domain::Unit unit;
  std::vector<Fault> faults;
  Take(ReadUnitName(Under(path, "name"), message.name()), unit.id, faults);
  if (message.namings().empty()) {
    unit.namings.push_back(
        {message.display_name(), message.short_name(), ReadKind(message.kind()), {}, ""});
  } else {
    ReadNamings(path, message, unit, faults);
    CheckShown(path, message, faults);
  }
  for (int i = 0; i < message.aliases_size(); ++i) {
    const v1::Unit::Alias& given = message.aliases(i);
    domain::Alias& alias = unit.aliases.emplace_back();
    alias.text = given.text();
    Take(ReadInterval(Under(path, absl::StrCat("aliases[", i, "]")), given), alias.held, faults);
  }
  for (int i = 0; i < message.identifiers_size(); ++i) {
    const v1::Unit::Identifier& given = message.identifiers(i);
    domain::UnitIdentifier& identifier = unit.identifiers.emplace_back();
    identifier.system = given.system();
    identifier.value = given.value();
    Take(ReadInterval(Under(path, absl::StrCat("identifiers[", i, "]")), given), identifier.held,
         faults);
  }
  if (!faults.empty()) return domain::FaultsToStatus(faults);
  return unit;
}

v1::Unit UnitMessage(const domain::Unit& unit, domain::Date as_of) {
  v1::Unit message;
  message.set_name(UnitName(unit.id));
  for (const domain::Naming& naming : unit.namings) {
    v1::Unit::Naming& given = *message.add_namings();
    given.set_display_name(naming.name);
    given.set_short_name(naming.short_name);
    given.set_kind(static_cast<v1::Unit::Kind>(naming.kind));
    SetInterval(naming.held, given);
    if (!naming.reorganisation.empty()) {
      given.set_reorganisation(ReorganisationName(naming.reorganisation));
    }
  }
  for (const domain::Alias& alias : unit.aliases) {
    v1::Unit::Alias& given = *message.add_aliases();
    given.set_text(alias.text);
    SetInterval(alias.held, given);
  }
  for (const domain::UnitIdentifier& identifier : unit.identifiers) {
    v1::Unit::Identifier& given = *message.add_identifiers();
    given.set_system(identifier.system);
    given.set_value(identifier.value);
    SetInterval(identifier.held, given);
  }
  ShowOn(as_of, message);
  return message;
}

void ShowOn(domain::Date as_of, v1::Unit& message) {
  // Only the intervals matter for which naming it is.
  domain::Unit dated;
  for (const v1::Unit::Naming& naming : message.namings()) {
    dated.namings.emplace_back().held = ReadInterval("", naming).value_or(domain::Interval());
  }
  if (dated.namings.empty()) return;
  const auto which = &domain::NamingOn(dated, as_of) - dated.namings.data();
  const v1::Unit::Naming& naming = message.namings(static_cast<int>(which));
  message.set_display_name(naming.display_name());
  message.set_short_name(naming.short_name());
  message.set_kind(naming.kind());
  message.set_state(StateMessage(domain::StateOn(dated, as_of)));
}

}  // namespace thidua::messages
