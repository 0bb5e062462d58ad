// Changes of the apparatus: what the domain says follows from them is carried out here.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/reorganisation.h"
#include "services/domain/return_if_error.h"
#include "services/domain/unit_name.h"
#include "services/messages/bloc.h"
#include "services/messages/instant.h"
#include "services/messages/pact.h"
#include "services/messages/reorganisation.h"
#include "services/messages/resource_names.h"
#include "services/messages/unit.h"
#include "services/platform/errors.h"
#include "services/platform/mutation.h"
#include "services/platform/paging.h"
#include "services/registry/listing.h"
#include "services/registry/pact_editions.h"
#include "services/registry/service.h"
#include "services/registry/store.h"

namespace thidua::registry {
namespace {

using messages::PactName;
using platform::Mutate;
using platform::PageStart;
using platform::Refusal;
using storage::Transaction;

// What the registry knows that a reorganisation may touch, as messages and as the domain reads
// them.
struct Known {
  std::vector<v1::Unit> unit_messages;
  std::vector<domain::Unit> units;
  std::vector<v1::Bloc> bloc_messages;
  std::vector<domain::Bloc> blocs;
  std::vector<v1::Pact> pact_messages;
  std::vector<domain::Pact> pacts;

  domain::RegistryView View() const {
    domain::RegistryView view;
    for (const domain::Unit& unit : units) view.units.push_back(&unit);
    for (const domain::Bloc& bloc : blocs) view.blocs.push_back(&bloc);
    for (size_t i = 0; i < pacts.size(); ++i) {
      view.pacts.push_back({&pacts[i], pact_messages[i].state() == v1::Pact::STATE_IN_FORCE,
                            pact_messages[i].has_proposed_amendment()});
    }
    return view;
  }
};

// Every unit that it names.
std::vector<std::string> UnitsOf(const domain::Reorganisation& reorganisation) {
  absl::btree_set<std::string> units(reorganisation.sources.begin(), reorganisation.sources.end());
  for (const domain::Successor& successor : reorganisation.successors) units.insert(successor.unit);
  return std::vector<std::string>(units.begin(), units.end());
}

absl::StatusOr<Known> KnownOf(Store& store, const domain::Reorganisation& reorganisation) {
  Known known;
  const std::vector<std::string> units = UnitsOf(reorganisation);
  ASSIGN_OR_RETURN(known.unit_messages, store.FindUnits(units));
  for (const v1::Unit& message : known.unit_messages) {
    ASSIGN_OR_RETURN(known.units.emplace_back(), messages::ReadUnit("", message));
  }
  ASSIGN_OR_RETURN(const auto memberships, store.MembershipsOf(units));
  absl::btree_set<std::string> blocs;
  for (const Store::DatedMembership& membership : memberships) blocs.insert(membership.bloc);
  for (const domain::Successor& successor : reorganisation.successors) {
    if (!successor.bloc.empty()) blocs.insert(successor.bloc);
  }
  // By whom they name: the bloc's memberships may be others since it was signed.
  ASSIGN_OR_RETURN(const std::vector<PactName> pacts, store.PactsNaming(reorganisation.sources));
  for (const PactName& name : pacts) {
    ASSIGN_OR_RETURN(std::optional<v1::Pact> pact, store.FindPact(name));
    if (!pact.has_value()) return absl::DataLossError("a pact that is only in its index");
    ASSIGN_OR_RETURN(known.pacts.emplace_back(), messages::ReadPact("", *pact));
    known.pact_messages.push_back(*std::move(pact));
    blocs.insert(name.bloc);
  }
  for (const std::string& bloc : blocs) {
    ASSIGN_OR_RETURN(std::optional<v1::Bloc> message, store.FindBloc(bloc));
    if (!message.has_value()) continue;  // The domain says so.
    ASSIGN_OR_RETURN(known.blocs.emplace_back(), messages::ReadBloc("", *message));
    known.bloc_messages.push_back(*std::move(message));
  }
  return known;
}

template <typename Message>
const Message* Named(const std::vector<Message>& messages, const std::string& name) {
  const auto found = std::find_if(messages.begin(), messages.end(),
                                  [&](const Message& message) { return message.name() == name; });
  return found == messages.end() ? nullptr : &*found;
}

v1::Amendment AmendmentMessage(const std::string& pact_name, const domain::Amendment& amendment) {
  v1::Amendment message;
  message.set_reason(amendment.reason);
  message.set_document(amendment.document);
  for (const domain::Target& target : amendment.put_targets) {
    *message.add_put_targets() = messages::TargetMessage(pact_name, target);
  }
  for (const std::string& target : amendment.void_targets) {
    message.add_void_targets(absl::StrCat(pact_name, "/targets/", target));
  }
  for (const domain::Member& member : amendment.add_members) {
    *message.add_add_members() = messages::MemberMessage(member);
  }
  for (const std::string& unit : amendment.remove_members) {
    message.add_remove_members(messages::UnitName(unit));
  }
  return message;
}

// A draft as the reorganisation leaves it: rewritten, unsigned, no edition more.
absl::StatusOr<v1::Pact> Rewritten(Store& store, const v1::Pact& draft,
                                   const v1::Amendment& amendment) {
  ASSIGN_OR_RETURN(v1::Pact pact, Amended(store, "", draft, amendment));
  pact.set_edition(draft.edition());
  *pact.mutable_amendments() = draft.amendments();
  return pact;
}

}  // namespace

absl::StatusOr<v1::RecordReorganisationResponse> RegistryService::RecordReorganisation(
    const v1::RecordReorganisationRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const domain::Reorganisation reorganisation,
                   messages::ReadReorganisation("reorganisation", request.reorganisation()));
  RETURN_IF_ERROR(domain::UnderPath(
      "reorganisation", domain::FaultsToStatus(domain::ValidateReorganisation(reorganisation))));
  return Mutate<v1::RecordReorganisationResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::RecordReorganisationResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const auto present, store.FindReorganisation(reorganisation.id));
        if (present.has_value()) {
          return Refusal(absl::StatusCode::kAlreadyExists, "reorganisation.name",
                         "REORGANISATION_EXISTS",
                         absl::StrCat("Việc sắp xếp “", reorganisation.id, "” đã được ghi nhận."));
        }
        ASSIGN_OR_RETURN(const Known known, KnownOf(store, reorganisation));
        const absl::StatusOr<domain::ReorganisationEffect> effect =
            domain::EffectOf(reorganisation, known.View());
        if (!effect.ok()) return domain::UnderPath("reorganisation", effect.status());

        for (const domain::UnitEffect& change : effect->units) {
          v1::Unit unit = messages::UnitMessage(change.unit, Today());
          const v1::Unit* before = Named(known.unit_messages, unit.name());
          if (before == nullptr) {
            Advance(unit);
            RETURN_IF_ERROR(store.InsertUnits({unit}, {domain::KeysOf(change.unit)}, trail));
          } else {
            const domain::Unit& known_as =
                known.units[static_cast<size_t>(before - known.unit_messages.data())];
            if (known_as == change.unit) continue;
            unit.set_version(before->version());
            Advance(unit);
            RETURN_IF_ERROR(store.UpdateUnit(unit, domain::KeysOf(known_as),
                                             domain::KeysOf(change.unit), trail));
          }
        }
        for (const domain::Bloc& after : effect->blocs) {
          v1::Bloc bloc = messages::BlocMessage(after);
          const v1::Bloc& before = *Named(known.bloc_messages, bloc.name());
          bloc.set_version(before.version());
          Advance(bloc);
          RETURN_IF_ERROR(store.UpdateBloc(
              bloc, known.blocs[static_cast<size_t>(&before - known.bloc_messages.data())], after,
              trail));
        }
        for (const domain::PactEffect& change : effect->pacts) {
          if (!change.amendment.has_value()) continue;
          const v1::Pact& before =
              known.pact_messages[static_cast<size_t>(change.pact - known.pacts.data())];
          v1::Amendment amendment = AmendmentMessage(before.name(), *change.amendment);
          amendment.set_reorganisation(request.reorganisation().name());
          v1::Pact pact;
          if (change.change == domain::PactChange::kRewritten) {
            ASSIGN_OR_RETURN(pact, Rewritten(store, before, amendment));
          } else {
            *amendment.mutable_propose_time() = messages::InstantMessage(absl::Now());
            ASSIGN_OR_RETURN(const v1::Pact amended, Amended(store, "", before, amendment));
            amendment.set_edition(amended.edition());
            amendment.set_digest(DigestOf(amended));
            pact = before;
            *pact.mutable_proposed_amendment() = std::move(amendment);
          }
          AdvancePact(pact);
          RETURN_IF_ERROR(store.PutPact(&before, pact, trail));
        }
        v1::RecordReorganisationResponse response;
        v1::Reorganisation& recorded = *response.mutable_reorganisation();
        recorded = request.reorganisation();
        *recorded.mutable_record_time() = messages::InstantMessage(absl::Now());
        RETURN_IF_ERROR(store.InsertReorganisation(recorded, UnitsOf(reorganisation), trail));
        *response.mutable_effect() = messages::EffectMessage(*effect, reorganisation.effective_on);
        response.set_freshness_token(Token(recorded.name(), 1));
        return response;
      });
}

absl::StatusOr<v1::GetReorganisationResponse> RegistryService::GetReorganisation(
    const v1::GetReorganisationRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const std::string id, messages::ReadReorganisationName("name", request.name()));
  v1::GetReorganisationResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<v1::Reorganisation> found,
                     Store(transaction).FindReorganisation(id));
    if (!found.has_value()) {
      return Refusal(absl::StatusCode::kNotFound, "name", "REORGANISATION_UNKNOWN",
                     absl::StrCat("Không có việc sắp xếp “", id, "” trong sổ đăng ký."));
    }
    *response.mutable_reorganisation() = *std::move(found);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListReorganisationsResponse> RegistryService::ListReorganisations(
    const v1::ListReorganisationsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  std::string unit;
  if (!request.unit().empty()) {
    ASSIGN_OR_RETURN(unit, messages::ReadUnitName("unit", request.unit()));
  }
  v1::ListReorganisationsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(const int64_t now, transaction.Sequence());
    ASSIGN_OR_RETURN(const PageStart page, platform::ReadPageToken(request, {now, "", ""}));
    absl::btree_set<std::string> of_unit;
    if (!unit.empty()) {
      ASSIGN_OR_RETURN(const auto all, store.ReorganisationsOf(unit));
      for (const v1::Reorganisation& one : all) of_unit.insert(one.name());
    }
    ASSIGN_OR_RETURN(
        *response.mutable_next_page_token(),
        FillPage<v1::Reorganisation>(
            request, call, page, size,
            [&](const PageOf& some) { return store.ListReorganisations(some); },
            [&](const v1::Reorganisation& one) -> absl::StatusOr<bool> {
              return unit.empty() || of_unit.contains(one.name());
            },
            [&](v1::Reorganisation&& one) { *response.add_reorganisations() = std::move(one); }));
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace thidua::registry
