#include "services/messages/reorganisation.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/messages/interval.h"
#include "services/messages/resource_names.h"
#include "services/messages/unit.h"

namespace thidua::messages {
namespace {

namespace v1 = registry::v1;

// Reads one reorganisation, collecting what cannot be read.
class Reading {
 public:
  explicit Reading(absl::string_view path) : path_(path) {}

  absl::StatusOr<domain::Reorganisation> Read(const v1::Reorganisation& message) && {
    domain::Reorganisation it;
    Take(ReadReorganisationName(Path("name"), message.name()), it.id);
    if (v1::Reorganisation::Kind_IsValid(message.kind())) {
      it.kind = static_cast<domain::ReorganisationKind>(message.kind());
    }
    if (message.effective_on().empty()) {
      Add(Path("effective_on"), "REQUIRED", "Phải ghi ngày có hiệu lực của việc sắp xếp.");
    } else {
      Take(ReadDay(Path("effective_on"), message.effective_on(), {}), it.effective_on);
    }
    it.decision_number = message.decision_number();
    it.document = message.document();
    for (int i = 0; i < message.sources_size(); ++i) {
      it.sources.emplace_back();
      Take(ReadUnitName(Path(absl::StrCat("sources[", i, "]")), message.sources(i)),
           it.sources.back());
    }
    for (int i = 0; i < message.successors_size(); ++i) {
      it.successors.push_back(
          ReadSuccessor(Path(absl::StrCat("successors[", i, "]")), message.successors(i)));
    }
    for (int i = 0; i < message.transfers_size(); ++i) {
      it.transfers.push_back(
          ReadTransfer(Path(absl::StrCat("transfers[", i, "]")), message.transfers(i)));
    }
    if (!message.remainder_to().empty()) {
      Take(ReadUnitName(Path("remainder_to"), message.remainder_to()), it.remainder_to);
    }
    if (message.has_new_naming()) {
      it.new_naming = ReadNewNaming(Path("new_naming"), message.new_naming());
    }
    if (!faults_.empty()) return domain::FaultsToStatus(faults_);
    return it;
  }

 private:
  std::string Path(absl::string_view field) const {
    return path_.empty() ? std::string(field) : absl::StrCat(path_, ".", field);
  }

  void Add(std::string path, absl::string_view reason, std::string message) {
    faults_.push_back({std::move(path), std::string(reason), std::move(message)});
  }

  template <typename T, typename Field>
  void Take(absl::StatusOr<T> read, Field& field) {
    if (read.ok()) {
      field = *std::move(read);
      return;
    }
    for (domain::Fault& fault : domain::FaultsOf(read.status())) {
      faults_.push_back(std::move(fault));
    }
  }

  domain::Successor ReadSuccessor(const std::string& path,
                                  const v1::Reorganisation::Successor& message) {
    domain::Successor successor;
    Take(ReadUnitName(absl::StrCat(path, ".unit"), message.unit()), successor.unit);
    if (message.has_new_unit()) {
      Take(ReadUnit(absl::StrCat(path, ".new_unit"), message.new_unit()), successor.new_unit);
    }
    if (!message.bloc().empty()) {
      Take(ReadBlocName(absl::StrCat(path, ".bloc"), message.bloc()), successor.bloc);
    }
    return successor;
  }

  domain::FunctionTransfer ReadTransfer(const std::string& path,
                                        const v1::Reorganisation::Transfer& message) {
    domain::FunctionTransfer transfer;
    transfer.function = message.function_id();
    transfer.function_name = message.function_display_name();
    Take(ReadUnitName(absl::StrCat(path, ".from"), message.from()), transfer.from);
    Take(ReadUnitName(absl::StrCat(path, ".to"), message.to()), transfer.to);
    return transfer;
  }

  // Its days and its reorganisation are the domain's to set.
  domain::Naming ReadNewNaming(const std::string& path, const v1::Unit::Naming& message) {
    domain::Naming naming;
    naming.name = message.display_name();
    naming.short_name = message.short_name();
    if (v1::Unit::Kind_IsValid(message.kind())) {
      naming.kind = static_cast<domain::UnitKind>(message.kind());
    } else {
      Add(absl::StrCat(path, ".kind"), "KIND_UNKNOWN", "Không rõ loại đơn vị.");
    }
    return naming;
  }

  const absl::string_view path_;
  std::vector<domain::Fault> faults_;
};

}  // namespace

absl::StatusOr<domain::Reorganisation> ReadReorganisation(absl::string_view path,
                                                          const v1::Reorganisation& message) {
  return Reading(path).Read(message);
}

v1::ReorganisationEffect EffectMessage(const domain::ReorganisationEffect& effect,
                                       domain::Date effective_on) {
  // The domain's numbers are the contract's.
  v1::ReorganisationEffect message;
  for (const domain::UnitEffect& unit : effect.units) {
    v1::ReorganisationEffect::UnitEffect& line = *message.add_units();
    line.set_unit(UnitName(unit.unit.id));
    line.set_display_name(domain::NamingOn(unit.unit, effective_on).name);
    line.set_change(static_cast<v1::ReorganisationEffect::UnitEffect::Change>(unit.change));
  }
  for (const domain::MembershipEffect& membership : effect.memberships) {
    v1::ReorganisationEffect::MembershipEffect& line = *message.add_memberships();
    line.set_bloc(BlocName(membership.bloc));
    line.set_unit(UnitName(membership.unit));
    line.set_change(
        static_cast<v1::ReorganisationEffect::MembershipEffect::Change>(membership.change));
  }
  for (const domain::RoleEffect& role : effect.roles) {
    v1::ReorganisationEffect::RoleEffect& line = *message.add_roles();
    line.set_bloc(BlocName(role.bloc));
    line.set_role(static_cast<v1::Bloc::Role::Kind>(role.role));
    line.set_unit(UnitName(role.unit));
    line.set_change(static_cast<v1::ReorganisationEffect::RoleEffect::Change>(role.change));
    if (!role.to.empty()) line.set_to(UnitName(role.to));
  }
  for (const domain::PactEffect& pact : effect.pacts) {
    const PactName name{pact.pact->bloc, pact.pact->year};
    v1::ReorganisationEffect::PactEffect& line = *message.add_pacts();
    line.set_pact(name.ToString());
    line.set_change(static_cast<v1::ReorganisationEffect::PactEffect::Change>(pact.change));
    for (const domain::TargetEffect& target : pact.targets) {
      v1::ReorganisationEffect::TargetEffect& moved = *line.add_targets();
      moved.set_target(TargetName{name, target.target}.ToString());
      moved.set_from_unit(UnitName(target.from_unit));
      if (!target.to_unit.empty()) moved.set_to_unit(UnitName(target.to_unit));
      if (!target.to_target.empty()) {
        moved.set_to_target(TargetName{name, target.to_target}.ToString());
      }
      moved.set_results(
          static_cast<v1::ReorganisationEffect::TargetEffect::Results>(target.results));
      moved.set_sentence(target.sentence);
    }
  }
  return message;
}

}  // namespace thidua::messages
