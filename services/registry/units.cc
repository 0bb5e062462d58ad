// Units: registered, corrected, shown as of a day, found by what documents call them.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/domain/bloc.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/domain/unit.h"
#include "services/domain/unit_name.h"
#include "services/messages/bloc.h"
#include "services/messages/interval.h"
#include "services/messages/resource_names.h"
#include "services/messages/unit.h"
#include "services/platform/errors.h"
#include "services/platform/mutation.h"
#include "services/platform/paging.h"
#include "services/platform/update.h"
#include "services/registry/listing.h"
#include "services/registry/service.h"
#include "services/registry/store.h"

namespace thidua::registry {
namespace {

using domain::Fault;
using platform::Mutate;
using platform::PageStart;
using platform::Refusal;
using storage::Transaction;

constexpr int kBatchMax = 5000;
constexpr size_t kCandidatesMax = 20;
constexpr absl::string_view kChangeable[] = {"display_name", "short_name", "kind", "aliases",
                                             "identifiers"};

absl::StatusOr<domain::Unit> ReadSoundUnit(const std::string& path, const v1::Unit& message) {
  ASSIGN_OR_RETURN(domain::Unit unit, messages::ReadUnit(path, message));
  std::vector<Fault> faults = domain::ValidateUnit(unit);
  if (message.namings().empty()) faults = domain::ToldByOwnFields(std::move(faults), 0);
  RETURN_IF_ERROR(domain::UnderPath(path, domain::FaultsToStatus(faults)));
  return unit;
}

absl::Status UnitUnknown(absl::string_view path, absl::string_view id) {
  return Refusal(absl::StatusCode::kNotFound, path, "UNIT_UNKNOWN",
                 absl::StrCat("Không có đơn vị “", id, "” trong sổ đăng ký."));
}

absl::Status UnitExists(absl::string_view path, absl::string_view id) {
  return Refusal(absl::StatusCode::kAlreadyExists, path, "UNIT_EXISTS",
                 absl::StrCat("Đơn vị “", id, "” đã có trong sổ đăng ký."));
}

// The naming that an update corrects: that of the day.
domain::Naming& PresentNaming(domain::Unit& unit, domain::Date day) {
  return const_cast<domain::Naming&>(domain::NamingOn(unit, day));
}

// `unit` with these fields as `given` has them.
absl::StatusOr<domain::Unit> Corrected(domain::Unit unit, const std::vector<std::string>& fields,
                                       const v1::Unit& given, domain::Date day) {
  // What is not asked for is not looked at.
  v1::Unit readable;
  readable.set_name(given.name());
  *readable.mutable_aliases() = given.aliases();
  *readable.mutable_identifiers() = given.identifiers();
  readable.set_display_name(given.display_name());
  readable.set_short_name(given.short_name());
  readable.set_kind(given.kind());
  ASSIGN_OR_RETURN(domain::Unit read, messages::ReadUnit("unit", readable));
  domain::Naming& naming = PresentNaming(unit, day);
  for (const std::string& field : fields) {
    if (field == "display_name") naming.name = read.namings[0].name;
    if (field == "short_name") naming.short_name = read.namings[0].short_name;
    if (field == "kind") naming.kind = read.namings[0].kind;
    if (field == "aliases") unit.aliases = std::move(read.aliases);
    if (field == "identifiers") unit.identifiers = std::move(read.identifiers);
  }
  const std::vector<Fault> faults = domain::ToldByOwnFields(
      domain::ValidateUnit(unit), static_cast<size_t>(&naming - unit.namings.data()));
  RETURN_IF_ERROR(domain::UnderPath("unit", domain::FaultsToStatus(faults)));
  return unit;
}

// The ids of a bloc's members on that day, as the bloc was after a change, in order.
absl::StatusOr<std::vector<std::string>> MembersOf(Store& store, const std::string& bloc_id,
                                                   int64_t at, domain::Date day) {
  ASSIGN_OR_RETURN(const std::optional<v1::Bloc> bloc, store.FindBloc(bloc_id, at));
  if (!bloc.has_value()) {
    return Refusal(absl::StatusCode::kNotFound, "bloc", "BLOC_UNKNOWN",
                   absl::StrCat("Không có khối thi đua “", bloc_id, "”."));
  }
  ASSIGN_OR_RETURN(const domain::Bloc read, messages::ReadBloc("bloc", *bloc));
  std::vector<std::string> units;
  for (const domain::Member& member : domain::MembersOn(read, day)) units.push_back(member.unit);
  std::sort(units.begin(), units.end());
  return units;
}

}  // namespace

absl::StatusOr<v1::CreateUnitResponse> RegistryService::CreateUnit(
    const v1::CreateUnitRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const domain::Unit read, ReadSoundUnit("unit", request.unit()));
  v1::Unit unit = messages::UnitMessage(read, Today());
  Advance(unit);
  return Mutate<v1::CreateUnitResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<v1::CreateUnitResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const auto there, store.WhichUnitsExist({read.id}));
        if (!there.empty()) return UnitExists("unit.name", read.id);
        RETURN_IF_ERROR(store.InsertUnits({unit}, {domain::KeysOf(read)}, trail));
        v1::CreateUnitResponse response;
        *response.mutable_unit() = unit;
        response.set_freshness_token(Token(unit.name(), unit.version()));
        return response;
      });
}

absl::StatusOr<v1::BatchCreateUnitsResponse> RegistryService::BatchCreateUnits(
    const v1::BatchCreateUnitsRequest& request, const Call& call) {
  if (request.units().empty() || request.units_size() > kBatchMax) {
    return Fault{"units", request.units().empty() ? "REQUIRED" : "TOO_MANY",
                 absl::StrCat("Mỗi lần đăng ký từ 1 đến ", kBatchMax, " đơn vị.")}
        .ToStatus();
  }
  // Everything that can be made ready is, before other writers have to wait.
  const domain::Date today = Today();
  std::vector<Fault> faults;
  std::vector<v1::Unit> units;
  std::vector<std::vector<std::string>> keys;
  std::vector<std::string> ids;
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < request.units_size(); ++i) {
    const std::string path = absl::StrCat("units[", i, "]");
    const absl::StatusOr<domain::Unit> read = ReadSoundUnit(path, request.units(i));
    if (!read.ok()) {
      for (Fault& fault : domain::FaultsOf(read.status())) faults.push_back(std::move(fault));
      continue;
    }
    if (!seen.insert(read->id).second) {
      faults.push_back(
          {path + ".name", "DUPLICATE", absl::StrCat("Đơn vị “", read->id, "” ghi hai lần.")});
    }
    Advance(units.emplace_back(messages::UnitMessage(*read, today)));
    keys.push_back(domain::KeysOf(*read));
    ids.push_back(read->id);
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));
  return Mutate<v1::BatchCreateUnitsResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::BatchCreateUnitsResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const auto there, store.WhichUnitsExist(ids));
        for (size_t i = 0; i < ids.size(); ++i) {
          if (there.contains(ids[i]))
            return UnitExists(absl::StrCat("units[", i, "].name"), ids[i]);
        }
        RETURN_IF_ERROR(store.InsertUnits(units, keys, trail));
        v1::BatchCreateUnitsResponse response;
        for (const v1::Unit& unit : units) response.add_etags(unit.etag());
        response.set_freshness_token(Token(units.back().name(), units.back().version()));
        return response;
      });
}

absl::StatusOr<v1::UpdateUnitResponse> RegistryService::UpdateUnit(
    const v1::UpdateUnitRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const std::string id,
                   messages::ReadUnitName("unit.name", request.unit().name()));
  ASSIGN_OR_RETURN(const std::vector<std::string> fields,
                   platform::FieldsToUpdate(request.update_mask(), request.unit(), kChangeable));
  return Mutate<v1::UpdateUnitResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<v1::UpdateUnitResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const std::optional<v1::Unit> present, store.FindUnit(id));
        if (!present.has_value()) return UnitUnknown("unit.name", id);
        RETURN_IF_ERROR(platform::CheckEtag(request.unit().etag(), present->etag()));
        ASSIGN_OR_RETURN(const domain::Unit before, messages::ReadUnit("unit", *present));
        ASSIGN_OR_RETURN(const domain::Unit after,
                         Corrected(before, fields, request.unit(), Today()));
        v1::UpdateUnitResponse response;
        v1::Unit& unit = *response.mutable_unit();
        unit = messages::UnitMessage(after, Today());
        unit.set_version(present->version());
        Advance(unit);
        RETURN_IF_ERROR(
            store.UpdateUnit(unit, domain::KeysOf(before), domain::KeysOf(after), trail));
        response.set_freshness_token(Token(unit.name(), unit.version()));
        return response;
      });
}

absl::StatusOr<v1::GetUnitResponse> RegistryService::GetUnit(const v1::GetUnitRequest& request,
                                                             const Call&) {
  ASSIGN_OR_RETURN(const std::string id, messages::ReadUnitName("name", request.name()));
  ASSIGN_OR_RETURN(const domain::Date day, messages::ReadDay("as_of", request.as_of(), Today()));
  v1::GetUnitResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(std::optional<v1::Unit> unit, store.FindUnit(id));
    if (!unit.has_value()) return UnitUnknown("name", id);
    *response.mutable_unit() = *std::move(unit);
    ASSIGN_OR_RETURN(std::vector<v1::Reorganisation> lineage, store.ReorganisationsOf(id));
    response.mutable_reorganisations()->Add(std::make_move_iterator(lineage.begin()),
                                            std::make_move_iterator(lineage.end()));
    return absl::OkStatus();
  }));
  messages::ShowOn(day, *response.mutable_unit());
  return response;
}

absl::StatusOr<v1::ListUnitsResponse> RegistryService::ListUnits(
    const v1::ListUnitsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const domain::Date asked, messages::ReadDay("as_of", request.as_of(), Today()));
  std::string bloc_id;
  if (!request.bloc().empty()) {
    ASSIGN_OR_RETURN(bloc_id, messages::ReadBlocName("bloc", request.bloc()));
  }
  v1::ListUnitsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(const int64_t now, transaction.Sequence());
    ASSIGN_OR_RETURN(PageStart page,
                     platform::ReadPageToken(request, {now, domain::DateToString(asked), ""}));
    ASSIGN_OR_RETURN(const domain::Date day, messages::ReadDay("page_token", page.day, asked));

    // A bloc has few members: they are read by name.
    std::vector<std::string> members;
    if (!bloc_id.empty()) {
      ASSIGN_OR_RETURN(members, MembersOf(store, bloc_id, page.sequence, day));
    }
    const auto list = [&](PageOf some) -> absl::StatusOr<std::vector<Listed<v1::Unit>>> {
      if (request.kind() != v1::Unit::KIND_UNSPECIFIED) some.facet = absl::StrCat(request.kind());
      if (bloc_id.empty()) return store.ListUnits(some);
      std::vector<Listed<v1::Unit>> rows;
      for (const std::string& unit : members) {
        if (unit <= some.last) continue;
        ASSIGN_OR_RETURN(std::optional<v1::Unit> found, store.FindUnit(unit, page.sequence));
        if (found.has_value()) rows.push_back({unit, *std::move(found)});
      }
      return rows;
    };
    ASSIGN_OR_RETURN(*response.mutable_next_page_token(),
                     FillPage<v1::Unit>(
                         request, call, page, size, list,
                         [&](v1::Unit& unit) -> absl::StatusOr<bool> {
                           messages::ShowOn(day, unit);
                           return (request.state() == v1::Unit::STATE_UNSPECIFIED ||
                                   request.state() == unit.state()) &&
                                  (request.kind() == v1::Unit::KIND_UNSPECIFIED ||
                                   request.kind() == unit.kind());
                         },
                         [&](v1::Unit&& unit) { *response.add_units() = std::move(unit); }));
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ResolveUnitResponse> RegistryService::ResolveUnit(
    const v1::ResolveUnitRequest& request, const Call&) {
  if (std::optional<Fault> fault = domain::CheckName("text", request.text())) {
    return fault->ToStatus();
  }
  ASSIGN_OR_RETURN(const domain::Date day, messages::ReadDay("as_of", request.as_of(), Today()));
  std::vector<v1::Unit> found;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(std::vector<std::string> ids,
                     store.UnitsWithKeys(domain::LookupKeys(request.text())));
    // The text may be an id, or a unit's name as resources are named.
    const absl::StatusOr<std::string> named = messages::ReadUnitName("", request.text());
    const std::string id = named.ok() ? *named : request.text();
    if (!domain::CheckIdentifier("", id).has_value() &&
        std::find(ids.begin(), ids.end(), id) == ids.end()) {
      ids.push_back(id);
    }
    ASSIGN_OR_RETURN(found, store.FindUnits(ids));
    return absl::OkStatus();
  }));
  std::vector<domain::Unit> units;
  for (const v1::Unit& message : found) {
    ASSIGN_OR_RETURN(domain::Unit unit, messages::ReadUnit("", message));
    units.push_back(std::move(unit));
  }
  const std::vector<domain::UnitMatch> matches = domain::MatchUnits(request.text(), day, units);
  const auto shown = [&](const domain::UnitMatch& match) {
    v1::Unit unit = found[static_cast<size_t>(match.unit - units.data())];
    messages::ShowOn(day, unit);
    return unit;
  };
  v1::ResolveUnitResponse response;
  if (const domain::UnitMatch* best = domain::BestMatch(matches)) {
    *response.mutable_unit() = shown(*best);
  }
  for (size_t i = 0; i < std::min(matches.size(), kCandidatesMax); ++i) {
    v1::ResolveUnitResponse::Candidate& candidate = *response.add_candidates();
    *candidate.mutable_unit() = shown(matches[i]);
    candidate.set_match(static_cast<v1::ResolveUnitResponse::Match>(matches[i].match));
    candidate.set_text(matches[i].text);
  }
  return response;
}

}  // namespace thidua::registry
