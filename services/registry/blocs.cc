// Blocs: who belongs to them and who leads them, by dates.
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/domain/bloc.h"
#include "services/domain/return_if_error.h"
#include "services/domain/unit.h"
#include "services/messages/bloc.h"
#include "services/messages/interval.h"
#include "services/messages/pact.h"
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
constexpr absl::string_view kChangeable[] = {"display_name", "province", "memberships", "roles"};

absl::StatusOr<domain::Bloc> ReadSoundBloc(const std::string& path, const v1::Bloc& message) {
  ASSIGN_OR_RETURN(domain::Bloc bloc, messages::ReadBloc(path, message));
  RETURN_IF_ERROR(domain::UnderPath(path, domain::FaultsToStatus(domain::ValidateBloc(bloc))));
  return bloc;
}

absl::Status BlocUnknown(absl::string_view path, absl::string_view id) {
  return Refusal(absl::StatusCode::kNotFound, path, "BLOC_UNKNOWN",
                 absl::StrCat("Không có khối thi đua “", id, "”."));
}

absl::Status BlocExists(absl::string_view path, absl::string_view id) {
  return Refusal(absl::StatusCode::kAlreadyExists, path, "BLOC_EXISTS",
                 absl::StrCat("Khối thi đua “", id, "” đã có trong sổ đăng ký."));
}

// What the rest of the registry has against the members of these blocs: every unit must be
// registered, be active all the time, and belong to one bloc at a time. `paths` are of the blocs.
absl::Status CheckMembers(Store& store, const std::vector<domain::Bloc>& blocs,
                          const std::vector<std::string>& paths) {
  std::vector<std::string> units;
  absl::flat_hash_set<absl::string_view> given;
  for (const domain::Bloc& bloc : blocs) {
    given.insert(bloc.id);
    for (const domain::Membership& membership : bloc.memberships) units.push_back(membership.unit);
  }
  ASSIGN_OR_RETURN(const std::vector<v1::Unit> found, store.FindUnits(units));
  absl::flat_hash_map<std::string, domain::Unit> registered;
  for (const v1::Unit& message : found) {
    ASSIGN_OR_RETURN(domain::Unit unit, messages::ReadUnit("", message));
    std::string id = unit.id;
    registered.emplace(std::move(id), std::move(unit));
  }
  ASSIGN_OR_RETURN(const auto elsewhere, store.MembershipsOf(units));
  absl::flat_hash_map<std::string, std::vector<Store::DatedMembership>> by_unit;
  for (const Store::DatedMembership& membership : elsewhere) {
    // Those of the blocs given are being replaced.
    if (!given.contains(membership.bloc)) by_unit[membership.unit].push_back(membership);
  }
  std::vector<Fault> faults;
  for (size_t b = 0; b < blocs.size(); ++b) {
    for (size_t i = 0; i < blocs[b].memberships.size(); ++i) {
      const domain::Membership& membership = blocs[b].memberships[i];
      const std::string path = absl::StrCat(paths[b], ".memberships[", i, "].unit");
      const auto unit = registered.find(membership.unit);
      if (unit == registered.end()) {
        faults.push_back(
            {path, "UNIT_UNKNOWN",
             absl::StrCat("Không có đơn vị “", membership.unit, "” trong sổ đăng ký.")});
        continue;
      }
      if (std::optional<Fault> fault = domain::CheckActive(path, unit->second, membership.held)) {
        faults.push_back(*std::move(fault));
      }
      std::vector<Store::DatedMembership>& others = by_unit[membership.unit];
      for (const Store::DatedMembership& other : others) {
        if (other.bloc == blocs[b].id || !other.held.Overlaps(membership.held)) continue;
        faults.push_back({path, "UNIT_IN_ANOTHER_BLOC",
                          absl::StrCat("Đơn vị “", membership.unit,
                                       "” trong cùng thời gian đã thuộc khối thi đua “", other.bloc,
                                       "”; mỗi lúc một đơn vị chỉ thuộc một khối.")});
        break;
      }
      others.push_back({membership.unit, blocs[b].id, membership.held});
    }
  }
  return domain::FaultsToStatus(faults);
}

// `bloc` with these fields as `given` has them.
absl::StatusOr<domain::Bloc> Changed(domain::Bloc bloc, const std::vector<std::string>& fields,
                                     const v1::Bloc& given) {
  ASSIGN_OR_RETURN(domain::Bloc read, messages::ReadBloc("bloc", given));
  for (const std::string& field : fields) {
    if (field == "display_name") bloc.name = read.name;
    if (field == "province") bloc.province = read.province;
    if (field == "memberships") bloc.memberships = std::move(read.memberships);
    if (field == "roles") bloc.roles = std::move(read.roles);
  }
  RETURN_IF_ERROR(domain::UnderPath("bloc", domain::FaultsToStatus(domain::ValidateBloc(bloc))));
  return bloc;
}

}  // namespace

absl::StatusOr<v1::CreateBlocResponse> RegistryService::CreateBloc(
    const v1::CreateBlocRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const domain::Bloc read, ReadSoundBloc("bloc", request.bloc()));
  v1::Bloc bloc = messages::BlocMessage(read);
  Advance(bloc);
  return Mutate<v1::CreateBlocResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<v1::CreateBlocResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const auto there, store.WhichBlocsExist({read.id}));
        if (!there.empty()) return BlocExists("bloc.name", read.id);
        RETURN_IF_ERROR(CheckMembers(store, {read}, {"bloc"}));
        RETURN_IF_ERROR(store.InsertBlocs({bloc}, {read}, trail));
        v1::CreateBlocResponse response;
        *response.mutable_bloc() = bloc;
        response.set_freshness_token(Token(bloc.name(), bloc.version()));
        return response;
      });
}

absl::StatusOr<v1::BatchCreateBlocsResponse> RegistryService::BatchCreateBlocs(
    const v1::BatchCreateBlocsRequest& request, const Call& call) {
  if (request.blocs().empty() || request.blocs_size() > kBatchMax) {
    return Fault{"blocs", request.blocs().empty() ? "REQUIRED" : "TOO_MANY",
                 absl::StrCat("Mỗi lần đăng ký từ 1 đến ", kBatchMax, " khối thi đua.")}
        .ToStatus();
  }
  // Everything that can be made ready is, before other writers have to wait.
  std::vector<Fault> faults;
  std::vector<domain::Bloc> read;
  std::vector<v1::Bloc> blocs;
  std::vector<std::string> ids, paths;
  absl::flat_hash_set<std::string> seen;
  for (int i = 0; i < request.blocs_size(); ++i) {
    const std::string path = absl::StrCat("blocs[", i, "]");
    absl::StatusOr<domain::Bloc> bloc = ReadSoundBloc(path, request.blocs(i));
    if (!bloc.ok()) {
      for (Fault& fault : domain::FaultsOf(bloc.status())) faults.push_back(std::move(fault));
      continue;
    }
    if (!seen.insert(bloc->id).second) {
      faults.push_back({path + ".name", "DUPLICATE",
                        absl::StrCat("Khối thi đua “", bloc->id, "” ghi hai lần.")});
    }
    Advance(blocs.emplace_back(messages::BlocMessage(*bloc)));
    ids.push_back(bloc->id);
    paths.push_back(path);
    read.push_back(*std::move(bloc));
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));
  return Mutate<v1::BatchCreateBlocsResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::BatchCreateBlocsResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const auto there, store.WhichBlocsExist(ids));
        for (size_t i = 0; i < ids.size(); ++i) {
          if (there.contains(ids[i])) return BlocExists(paths[i] + ".name", ids[i]);
        }
        RETURN_IF_ERROR(CheckMembers(store, read, paths));
        RETURN_IF_ERROR(store.InsertBlocs(blocs, read, trail));
        v1::BatchCreateBlocsResponse response;
        for (const v1::Bloc& bloc : blocs) response.add_etags(bloc.etag());
        response.set_freshness_token(Token(blocs.back().name(), blocs.back().version()));
        return response;
      });
}

absl::StatusOr<v1::UpdateBlocResponse> RegistryService::UpdateBloc(
    const v1::UpdateBlocRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const std::string id,
                   messages::ReadBlocName("bloc.name", request.bloc().name()));
  ASSIGN_OR_RETURN(const std::vector<std::string> fields,
                   platform::FieldsToUpdate(request.update_mask(), request.bloc(), kChangeable));
  return Mutate<v1::UpdateBlocResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<v1::UpdateBlocResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const std::optional<v1::Bloc> present, store.FindBloc(id));
        if (!present.has_value()) return BlocUnknown("bloc.name", id);
        RETURN_IF_ERROR(platform::CheckEtag(request.bloc().etag(), present->etag()));
        ASSIGN_OR_RETURN(const domain::Bloc before, messages::ReadBloc("bloc", *present));
        ASSIGN_OR_RETURN(const domain::Bloc after, Changed(before, fields, request.bloc()));
        RETURN_IF_ERROR(CheckMembers(store, {after}, {"bloc"}));
        v1::UpdateBlocResponse response;
        v1::Bloc& bloc = *response.mutable_bloc();
        bloc = messages::BlocMessage(after);
        bloc.set_version(present->version());
        Advance(bloc);
        RETURN_IF_ERROR(store.UpdateBloc(bloc, before, after, trail));
        response.set_freshness_token(Token(bloc.name(), bloc.version()));
        return response;
      });
}

absl::StatusOr<v1::RotateRolesResponse> RegistryService::RotateRoles(
    const v1::RotateRolesRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const std::string id, messages::ReadBlocName("bloc", request.bloc()));
  const absl::StatusOr<domain::Date> effective_on = domain::ParseDate(request.effective_on());
  if (!effective_on.ok()) return domain::UnderPath("effective_on", effective_on.status());
  std::optional<domain::Date> until;
  if (!request.until().empty()) {
    ASSIGN_OR_RETURN(until, messages::ReadDay("until", request.until(), {}));
  }
  std::string leader;
  if (!request.leader().empty()) {
    ASSIGN_OR_RETURN(leader, messages::ReadUnitName("leader", request.leader()));
  }
  std::vector<std::string> deputies;
  for (int i = 0; i < request.deputies_size(); ++i) {
    ASSIGN_OR_RETURN(
        deputies.emplace_back(),
        messages::ReadUnitName(absl::StrCat("deputies[", i, "]"), request.deputies(i)));
  }
  return Mutate<v1::RotateRolesResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::RotateRolesResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const std::optional<v1::Bloc> present, store.FindBloc(id));
        if (!present.has_value()) return BlocUnknown("bloc", id);
        RETURN_IF_ERROR(platform::CheckEtag(request.etag(), present->etag()));
        ASSIGN_OR_RETURN(const domain::Bloc before, messages::ReadBloc("bloc", *present));
        ASSIGN_OR_RETURN(const domain::Bloc after,
                         domain::RotateRoles(before, *effective_on, leader, deputies, until));
        v1::RotateRolesResponse response;
        v1::Bloc& bloc = *response.mutable_bloc();
        bloc = messages::BlocMessage(after);
        bloc.set_version(present->version());
        Advance(bloc);
        RETURN_IF_ERROR(store.UpdateBloc(bloc, before, after, trail));
        response.set_freshness_token(Token(bloc.name(), bloc.version()));
        return response;
      });
}

absl::StatusOr<v1::GetBlocResponse> RegistryService::GetBloc(const v1::GetBlocRequest& request,
                                                             const Call&) {
  ASSIGN_OR_RETURN(const std::string id, messages::ReadBlocName("name", request.name()));
  ASSIGN_OR_RETURN(const domain::Date day, messages::ReadDay("as_of", request.as_of(), Today()));
  v1::GetBlocResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(std::optional<v1::Bloc> bloc, store.FindBloc(id));
    if (!bloc.has_value()) return BlocUnknown("name", id);
    ASSIGN_OR_RETURN(const domain::Bloc read, messages::ReadBloc("bloc", *bloc));
    for (const domain::Member& member : domain::MembersOn(read, day)) {
      ASSIGN_OR_RETURN(std::optional<v1::Unit> unit, store.FindUnit(member.unit));
      v1::Member& message = *response.add_members();
      message = messages::MemberMessage(member);
      if (!unit.has_value()) continue;
      messages::ShowOn(day, *unit);
      message.set_display_name(unit->display_name());
    }
    *response.mutable_bloc() = *std::move(bloc);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListBlocsResponse> RegistryService::ListBlocs(
    const v1::ListBlocsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const domain::Date asked, messages::ReadDay("as_of", request.as_of(), Today()));
  std::string unit;
  if (!request.unit().empty()) {
    ASSIGN_OR_RETURN(unit, messages::ReadUnitName("unit", request.unit()));
  }
  v1::ListBlocsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(const int64_t now, transaction.Sequence());
    ASSIGN_OR_RETURN(const PageStart page,
                     platform::ReadPageToken(request, {now, domain::DateToString(asked), ""}));
    ASSIGN_OR_RETURN(const domain::Date day, messages::ReadDay("page_token", page.day, asked));
    const auto list = [&](const PageOf& some) -> absl::StatusOr<std::vector<Listed<v1::Bloc>>> {
      if (unit.empty()) return store.ListBlocs(some);
      // A unit belongs to one bloc at a time.
      std::vector<Listed<v1::Bloc>> rows;
      ASSIGN_OR_RETURN(const auto memberships, store.MembershipsOf({unit}));
      for (const Store::DatedMembership& membership : memberships) {
        if (!membership.held.Includes(day) || membership.bloc <= some.last) continue;
        ASSIGN_OR_RETURN(std::optional<v1::Bloc> bloc,
                         store.FindBloc(membership.bloc, some.sequence));
        if (bloc.has_value()) rows.push_back({membership.bloc, *std::move(bloc)});
      }
      return rows;
    };
    ASSIGN_OR_RETURN(
        *response.mutable_next_page_token(),
        FillPage<v1::Bloc>(
            request, call, page, size, list, [](v1::Bloc&) -> absl::StatusOr<bool> { return true; },
            [&](v1::Bloc&& bloc) { *response.add_blocs() = std::move(bloc); }));
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace thidua::registry
