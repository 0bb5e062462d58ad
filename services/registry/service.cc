#include "services/registry/service.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/date.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/messages/pact.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"
#include "services/messages/scheme.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "services/platform/mutation.h"
#include "services/platform/paging.h"
#include "services/platform/watch.h"
#include "services/registry/store.h"

namespace thidua::registry {
namespace {

using domain::Fault;
using messages::PactName;
using messages::SchemeName;
using platform::Mutate;
using platform::Refusal;
using storage::Transaction;

constexpr int kAliasesMax = 50;
constexpr int kIdentifiersMax = 50;
constexpr int kTargetsPerRequestMax = 10'000;

void AddIfAny(std::optional<Fault> fault, std::vector<Fault>& faults) {
  if (fault.has_value()) faults.push_back(*std::move(fault));
}

void AddFaultsOf(const absl::Status& status, std::vector<Fault>& faults) {
  for (Fault& fault : domain::FaultsOf(status)) faults.push_back(std::move(fault));
}

// The days between which an alias or an identifier holds.
template <typename Dated>
void CheckInterval(const std::string& path, const Dated& dated, std::vector<Fault>& faults) {
  const auto check = [&](const char* field, const std::string& day) {
    if (day.empty()) return;
    AddFaultsOf(domain::UnderPath(absl::StrCat(path, ".", field), domain::ParseDate(day).status()),
                faults);
  };
  check("valid_from", dated.valid_from());
  check("valid_until", dated.valid_until());
}

std::vector<Fault> ValidateUnit(const v1::Unit& unit) {
  std::vector<Fault> faults;
  AddFaultsOf(messages::ReadUnitName("unit.name", unit.name()).status(), faults);
  AddIfAny(domain::CheckName("unit.display_name", unit.display_name()), faults);
  AddIfAny(domain::CheckText("unit.short_name", unit.short_name(), 300), faults);
  if (unit.kind() == v1::Unit::KIND_UNSPECIFIED || !v1::Unit::Kind_IsValid(unit.kind())) {
    faults.push_back({"unit.kind", "REQUIRED", "Phải ghi loại đơn vị: sở, ban, ngành, xã…"});
  }
  if (unit.aliases_size() > kAliasesMax || unit.identifiers_size() > kIdentifiersMax) {
    faults.push_back({"unit", "TOO_MANY",
                      absl::StrCat("Mỗi đơn vị có nhiều nhất ", kAliasesMax, " tên gọi khác và ",
                                   kIdentifiersMax, " mã định danh.")});
    return faults;
  }
  for (int i = 0; i < unit.aliases_size(); ++i) {
    const std::string path = absl::StrCat("unit.aliases[", i, "]");
    AddIfAny(domain::CheckName(path + ".text", unit.aliases(i).text()), faults);
    CheckInterval(path, unit.aliases(i), faults);
  }
  for (int i = 0; i < unit.identifiers_size(); ++i) {
    const v1::Unit::Identifier& identifier = unit.identifiers(i);
    const std::string path = absl::StrCat("unit.identifiers[", i, "]");
    AddIfAny(domain::CheckIdentifier(path + ".system", identifier.system()), faults);
    AddIfAny(domain::CheckName(path + ".value", identifier.value()), faults);
    CheckInterval(path, identifier, faults);
  }
  return faults;
}

std::vector<Fault> ValidateBloc(const v1::Bloc& bloc) {
  std::vector<Fault> faults;
  AddFaultsOf(messages::ReadBlocName("bloc.name", bloc.name()).status(), faults);
  AddIfAny(domain::CheckName("bloc.display_name", bloc.display_name()), faults);
  AddIfAny(domain::CheckText("bloc.province", bloc.province(), 300), faults);
  return faults;
}

// What the members of a pact sign: everything that binds them, and nothing that changes after.
std::string DigestOf(const v1::Pact& pact) {
  v1::Pact content;
  content.set_name(pact.name());
  content.set_scheme(pact.scheme());
  content.mutable_scheme_content()->set_digest(pact.scheme_content().digest());
  *content.mutable_members() = pact.members();
  *content.mutable_periods() = pact.periods();
  *content.mutable_targets() = pact.targets();
  return absl::StrCat("v1:", platform::Sha256Hex(platform::DeterministicBytes(content)));
}

std::vector<std::string> UnsignedUnits(const v1::Pact& pact) {
  std::vector<std::string> units;
  for (const v1::Member& member : pact.members()) {
    const bool has_signed = std::any_of(
        pact.signatures().begin(), pact.signatures().end(),
        [&](const v1::Signature& signature) { return signature.unit() == member.unit(); });
    if (!has_signed) units.push_back(member.unit());
  }
  return units;
}

absl::StatusOr<v1::Pact> FindPact(Store& store, absl::string_view path, const PactName& name) {
  ASSIGN_OR_RETURN(std::optional<v1::Pact> pact, store.FindPact(name));
  if (!pact.has_value()) {
    return Refusal(absl::StatusCode::kNotFound, path, "PACT_UNKNOWN",
                   absl::StrCat("Không có giao ước thi đua “", name.ToString(), "”."));
  }
  return *std::move(pact);
}

// The pact as it is drawn up from what the caller asked for and what the registry knows.
absl::StatusOr<v1::Pact> DrawUpPact(Store& store, const PactName& name, const v1::Pact& asked) {
  v1::Pact pact;
  pact.set_name(name.ToString());
  pact.set_state(v1::Pact::STATE_DRAFT);
  *pact.mutable_periods() = asked.periods();

  ASSIGN_OR_RETURN(std::optional<v1::Bloc> bloc, store.FindBloc(name.bloc));
  if (!bloc.has_value()) {
    return Refusal(absl::StatusCode::kNotFound, "pact.name", "BLOC_UNKNOWN",
                   absl::StrCat("Không có khối thi đua “", name.bloc, "”."));
  }
  pact.set_bloc_display_name(bloc->display_name());
  pact.set_province(bloc->province());

  std::vector<Fault> faults;
  const absl::StatusOr<SchemeName> scheme_name =
      messages::ReadSchemeName("pact.scheme", asked.scheme());
  AddFaultsOf(scheme_name.status(), faults);
  if (scheme_name.ok()) {
    ASSIGN_OR_RETURN(std::optional<v1::Scheme> scheme, store.FindScheme(*scheme_name));
    if (scheme.has_value()) {
      pact.set_scheme(scheme->name());
      *pact.mutable_scheme_content() = *std::move(scheme);
    } else {
      faults.push_back({"pact.scheme", "SCHEME_UNKNOWN",
                        absl::StrCat("Không có thang bảng điểm “", asked.scheme(), "”.")});
    }
  }
  for (int i = 0; i < asked.members_size(); ++i) {
    const std::string path = absl::StrCat("pact.members[", i, "].unit");
    const absl::StatusOr<std::string> unit_id =
        messages::ReadUnitName(path, asked.members(i).unit());
    AddFaultsOf(unit_id.status(), faults);
    if (!unit_id.ok()) continue;
    ASSIGN_OR_RETURN(std::optional<v1::Unit> unit, store.FindUnit(*unit_id));
    if (!unit.has_value()) {
      faults.push_back({path, "UNIT_UNKNOWN",
                        absl::StrCat("Không có đơn vị “", *unit_id, "” trong sổ đăng ký.")});
      continue;
    }
    v1::Member& member = *pact.add_members();
    member.set_unit(unit->name());
    member.set_display_name(unit->display_name());
    member.set_role(asked.members(i).role() == v1::Member::ROLE_UNSPECIFIED
                        ? v1::Member::ROLE_MEMBER
                        : asked.members(i).role());
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));
  ASSIGN_OR_RETURN(const domain::Pact read, messages::ReadPact("pact", pact));
  for (int i = 0; i < pact.periods_size(); ++i) {
    pact.mutable_periods(i)->set_pace_percent(
        read.periods[static_cast<size_t>(i)].pace_percent.ToString());
  }
  RETURN_IF_ERROR(domain::UnderPath("pact", domain::FaultsToStatus(domain::ValidatePact(read))));
  return pact;
}

// The targets as they are to be stored, or every fault of every row.
absl::StatusOr<std::vector<v1::Target>> AdmitTargets(const v1::Pact& pact,
                                                     const v1::RegisterTargetsRequest& request) {
  std::vector<Fault> faults;
  std::vector<domain::Target> targets;
  for (int i = 0; i < request.targets_size(); ++i) {
    absl::StatusOr<domain::Target> target =
        messages::ReadTarget(absl::StrCat("targets[", i, "]"), pact.name(), request.targets(i));
    AddFaultsOf(target.status(), faults);
    if (target.ok()) targets.push_back(*std::move(target));
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));
  ASSIGN_OR_RETURN(const domain::Pact read, messages::ReadPact("", pact));
  RETURN_IF_ERROR(domain::FaultsToStatus(domain::ValidateNewTargets(read, targets)));

  std::vector<v1::Target> admitted(request.targets().begin(), request.targets().end());
  for (size_t i = 0; i < admitted.size(); ++i) {
    *admitted[i].mutable_value() = messages::QuantityMessage(targets[i].value);
    if (admitted[i].kind() == v1::Target::KIND_UNSPECIFIED) {
      admitted[i].set_kind(v1::Target::KIND_SCORED);
    }
    if (admitted[i].direction() == v1::Target::DIRECTION_UNSPECIFIED) {
      admitted[i].set_direction(v1::Target::DIRECTION_HIGHER_IS_BETTER);
    }
    if (admitted[i].accumulation() == v1::Target::ACCUMULATION_UNSPECIFIED) {
      admitted[i].set_accumulation(v1::Target::ACCUMULATION_CUMULATIVE);
    }
  }
  return admitted;
}

}  // namespace

RegistryService::RegistryService(storage::Database& database, platform::ChangeFeed& feed)
    : Endpoint(*v1::CreateUnitRequest::descriptor()->file()->FindServiceByName("RegistryService")),
      database_(database),
      feed_(feed),
      store_id_(absl::StrCat("registry:", database.store_id())) {
  Unary("CreateUnit", this, &RegistryService::CreateUnit);
  Unary("GetUnit", this, &RegistryService::GetUnit);
  Unary("ListUnits", this, &RegistryService::ListUnits);
  Unary("CreateBloc", this, &RegistryService::CreateBloc);
  Unary("GetBloc", this, &RegistryService::GetBloc);
  Unary("PublishScheme", this, &RegistryService::PublishScheme);
  Unary("GetScheme", this, &RegistryService::GetScheme);
  Unary("CreatePact", this, &RegistryService::CreatePact);
  Unary("GetPact", this, &RegistryService::GetPact);
  Unary("RegisterTargets", this, &RegistryService::RegisterTargets);
  Unary("SignPact", this, &RegistryService::SignPact);
  ServerStream("WatchPacts", this, &RegistryService::WatchPacts);
}

std::string RegistryService::Etag(absl::string_view name, int64_t version) const {
  return platform::Sha256Hex(absl::StrCat(store_id_, "\n", name, "\n", version)).substr(0, 16);
}

std::string RegistryService::Token(absl::string_view name, int64_t version) const {
  return platform::FreshnessToken(store_id_, name, version);
}

void RegistryService::Advance(v1::Pact& pact) const {
  pact.set_version(pact.version() + 1);
  pact.set_digest(DigestOf(pact));
  pact.set_etag(Etag(pact.name(), pact.version()));
}

absl::StatusOr<v1::CreateUnitResponse> RegistryService::CreateUnit(
    const v1::CreateUnitRequest& request, const Call&) {
  RETURN_IF_ERROR(domain::FaultsToStatus(ValidateUnit(request.unit())));
  return Mutate<v1::CreateUnitResponse>(
      database_, feed_, request,
      [&](Transaction& transaction) -> absl::StatusOr<v1::CreateUnitResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const std::string id,
                         messages::ReadUnitName("unit.name", request.unit().name()));
        ASSIGN_OR_RETURN(const std::optional<v1::Unit> present, store.FindUnit(id));
        if (present.has_value()) {
          return Refusal(absl::StatusCode::kAlreadyExists, "unit.name", "UNIT_EXISTS",
                         absl::StrCat("Đơn vị “", id, "” đã có trong sổ đăng ký."));
        }
        v1::CreateUnitResponse response;
        v1::Unit& unit = *response.mutable_unit();
        unit = request.unit();
        unit.set_version(1);
        unit.set_etag(Etag(unit.name(), unit.version()));
        RETURN_IF_ERROR(store.InsertUnit(id, unit));
        response.set_freshness_token(Token(unit.name(), unit.version()));
        return response;
      });
}

absl::StatusOr<v1::GetUnitResponse> RegistryService::GetUnit(const v1::GetUnitRequest& request,
                                                             const Call&) {
  ASSIGN_OR_RETURN(const std::string id, messages::ReadUnitName("name", request.name()));
  v1::GetUnitResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<v1::Unit> unit, Store(transaction).FindUnit(id));
    if (!unit.has_value()) {
      return Refusal(absl::StatusCode::kNotFound, "name", "UNIT_UNKNOWN",
                     absl::StrCat("Không có đơn vị “", id, "” trong sổ đăng ký."));
    }
    *response.mutable_unit() = *std::move(unit);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListUnitsResponse> RegistryService::ListUnits(
    const v1::ListUnitsRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(const std::string after, platform::ReadPageToken("units", request.page_token()));
  v1::ListUnitsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(std::vector<v1::Unit> units, Store(transaction).ListUnits(after, size + 1));
    const bool more = static_cast<int64_t>(units.size()) > size;
    if (more) units.pop_back();
    if (more) {
      ASSIGN_OR_RETURN(const std::string last, messages::ReadUnitName("", units.back().name()));
      response.set_next_page_token(platform::PageToken("units", last));
    }
    response.mutable_units()->Add(std::make_move_iterator(units.begin()),
                                  std::make_move_iterator(units.end()));
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::CreateBlocResponse> RegistryService::CreateBloc(
    const v1::CreateBlocRequest& request, const Call&) {
  RETURN_IF_ERROR(domain::FaultsToStatus(ValidateBloc(request.bloc())));
  return Mutate<v1::CreateBlocResponse>(
      database_, feed_, request,
      [&](Transaction& transaction) -> absl::StatusOr<v1::CreateBlocResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const std::string id,
                         messages::ReadBlocName("bloc.name", request.bloc().name()));
        ASSIGN_OR_RETURN(const std::optional<v1::Bloc> present, store.FindBloc(id));
        if (present.has_value()) {
          return Refusal(absl::StatusCode::kAlreadyExists, "bloc.name", "BLOC_EXISTS",
                         absl::StrCat("Khối thi đua “", id, "” đã có trong sổ đăng ký."));
        }
        v1::CreateBlocResponse response;
        v1::Bloc& bloc = *response.mutable_bloc();
        bloc = request.bloc();
        bloc.set_version(1);
        bloc.set_etag(Etag(bloc.name(), bloc.version()));
        RETURN_IF_ERROR(store.InsertBloc(id, bloc));
        response.set_freshness_token(Token(bloc.name(), bloc.version()));
        return response;
      });
}

absl::StatusOr<v1::GetBlocResponse> RegistryService::GetBloc(const v1::GetBlocRequest& request,
                                                             const Call&) {
  ASSIGN_OR_RETURN(const std::string id, messages::ReadBlocName("name", request.name()));
  v1::GetBlocResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<v1::Bloc> bloc, Store(transaction).FindBloc(id));
    if (!bloc.has_value()) {
      return Refusal(absl::StatusCode::kNotFound, "name", "BLOC_UNKNOWN",
                     absl::StrCat("Không có khối thi đua “", id, "”."));
    }
    *response.mutable_bloc() = *std::move(bloc);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::PublishSchemeResponse> RegistryService::PublishScheme(
    const v1::PublishSchemeRequest& request, const Call&) {
  std::vector<Fault> faults;
  AddIfAny(domain::CheckIdentifier("scheme_id", request.scheme_id()), faults);
  v1::Scheme asked = request.scheme();
  asked.clear_name();
  asked.clear_digest();
  const absl::StatusOr<domain::Scheme> read = messages::ReadScheme("scheme", asked);
  AddFaultsOf(read.status(), faults);
  if (read.ok()) {
    domain::Scheme scheme = *read;
    scheme.id = request.scheme_id();
    AddFaultsOf(domain::UnderPath("scheme", domain::FaultsToStatus(domain::ValidateScheme(scheme))),
                faults);
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));
  return Mutate<v1::PublishSchemeResponse>(
      database_, feed_, request,
      [&](Transaction& transaction) -> absl::StatusOr<v1::PublishSchemeResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const int64_t newest, store.NewestSchemeVersion(request.scheme_id()));
        const SchemeName name{request.scheme_id(), newest + 1};
        v1::PublishSchemeResponse response;
        v1::Scheme& scheme = *response.mutable_scheme();
        scheme = asked;
        scheme.set_name(name.ToString());
        scheme.set_digest(platform::Sha256Hex(platform::DeterministicBytes(scheme)));
        RETURN_IF_ERROR(store.InsertScheme(name, scheme));
        response.set_freshness_token(Token(scheme.name(), name.version));
        return response;
      });
}

absl::StatusOr<v1::GetSchemeResponse> RegistryService::GetScheme(
    const v1::GetSchemeRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const SchemeName name, messages::ReadSchemeName("name", request.name()));
  v1::GetSchemeResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<v1::Scheme> scheme, Store(transaction).FindScheme(name));
    if (!scheme.has_value()) {
      return Refusal(absl::StatusCode::kNotFound, "name", "SCHEME_UNKNOWN",
                     absl::StrCat("Không có thang bảng điểm “", name.ToString(), "”."));
    }
    *response.mutable_scheme() = *std::move(scheme);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::CreatePactResponse> RegistryService::CreatePact(
    const v1::CreatePactRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact.name", request.pact().name()));
  return Mutate<v1::CreatePactResponse>(
      database_, feed_, request,
      [&](Transaction& transaction) -> absl::StatusOr<v1::CreatePactResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const std::optional<v1::Pact> present, store.FindPact(name));
        if (present.has_value()) {
          return Refusal(absl::StatusCode::kAlreadyExists, "pact.name", "PACT_EXISTS",
                         absl::StrCat("Giao ước thi đua “", name.ToString(), "” đã có."));
        }
        v1::CreatePactResponse response;
        ASSIGN_OR_RETURN(*response.mutable_pact(), DrawUpPact(store, name, request.pact()));
        Advance(*response.mutable_pact());
        RETURN_IF_ERROR(store.PutPact(name, response.pact()));
        response.set_freshness_token(Token(name.ToString(), response.pact().version()));
        return response;
      });
}

absl::StatusOr<v1::GetPactResponse> RegistryService::GetPact(const v1::GetPactRequest& request,
                                                             const Call&) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("name", request.name()));
  v1::GetPactResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(*response.mutable_pact(), FindPact(store, "name", name));
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::RegisterTargetsResponse> RegistryService::RegisterTargets(
    const v1::RegisterTargetsRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact", request.pact()));
  if (request.targets().empty() || request.targets_size() > kTargetsPerRequestMax) {
    return Fault{"targets", request.targets().empty() ? "REQUIRED" : "TOO_MANY",
                 absl::StrCat("Mỗi lần đăng ký từ 1 đến ", kTargetsPerRequestMax, " chỉ tiêu.")}
        .ToStatus();
  }
  return Mutate<v1::RegisterTargetsResponse>(
      database_, feed_, request,
      [&](Transaction& transaction) -> absl::StatusOr<v1::RegisterTargetsResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(v1::Pact pact, FindPact(store, "pact", name));
        if (!request.etag().empty() && request.etag() != pact.etag()) {
          return Refusal(absl::StatusCode::kAborted, "", "ETAG_MISMATCH",
                         "Giao ước đã được người khác thay đổi; xin đọc lại trước khi đăng ký.");
        }
        if (pact.state() != v1::Pact::STATE_DRAFT) {
          return Refusal(
              absl::StatusCode::kFailedPrecondition, "", "PACT_IN_FORCE",
              "Giao ước đã được ký đủ và có hiệu lực nên không thể đăng ký thêm chỉ tiêu.");
        }
        ASSIGN_OR_RETURN(const std::vector<v1::Target> targets, AdmitTargets(pact, request));
        RETURN_IF_ERROR(store.AppendTargets(name, pact.targets_size(), targets));
        for (const v1::Target& target : targets) *pact.add_targets() = target;
        pact.clear_signatures();  // They were given to another content.
        Advance(pact);
        RETURN_IF_ERROR(store.PutPact(name, pact));
        v1::RegisterTargetsResponse response;
        for (const v1::Target& target : targets) *response.add_targets() = target;
        response.set_pact_version(pact.version());
        response.set_digest(pact.digest());
        response.set_etag(pact.etag());
        response.set_freshness_token(Token(pact.name(), pact.version()));
        return response;
      });
}

absl::StatusOr<v1::SignPactResponse> RegistryService::SignPact(const v1::SignPactRequest& request,
                                                               const Call&) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact", request.pact()));
  RETURN_IF_ERROR(messages::ReadUnitName("unit", request.unit()).status());
  return Mutate<v1::SignPactResponse>(
      database_, feed_, request,
      [&](Transaction& transaction) -> absl::StatusOr<v1::SignPactResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(v1::Pact pact, FindPact(store, "pact", name));
        const bool is_member =
            std::any_of(pact.members().begin(), pact.members().end(),
                        [&](const v1::Member& member) { return member.unit() == request.unit(); });
        if (!is_member) {
          return Fault{"unit", "UNIT_NOT_A_MEMBER",
                       absl::StrCat("Đơn vị “", request.unit(), "” không thuộc giao ước này.")}
              .ToStatus();
        }
        if (request.digest() != pact.digest()) {
          return Refusal(absl::StatusCode::kAborted, "digest", "PACT_CHANGED",
                         "Nội dung giao ước không còn như bản mà đơn vị đã xem; vui lòng xem lại "
                         "rồi ký.");
        }
        if (pact.targets().empty()) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "", "PACT_EMPTY",
                         "Giao ước chưa có chỉ tiêu nào nên chưa thể ký.");
        }
        std::vector<std::string> unsigned_units = UnsignedUnits(pact);
        const auto mine = std::find(unsigned_units.begin(), unsigned_units.end(), request.unit());
        if (mine != unsigned_units.end()) {
          unsigned_units.erase(mine);
          v1::Signature& signature = *pact.add_signatures();
          signature.set_unit(request.unit());
          signature.set_digest(request.digest());
          *signature.mutable_sign_time() = messages::InstantMessage(absl::Now());
          if (unsigned_units.empty()) pact.set_state(v1::Pact::STATE_IN_FORCE);
          Advance(pact);
          RETURN_IF_ERROR(store.PutPact(name, pact));
        }
        v1::SignPactResponse response;
        response.set_state(pact.state());
        for (std::string& unit : unsigned_units) response.add_unsigned_units(std::move(unit));
        response.set_pact_version(pact.version());
        response.set_freshness_token(Token(pact.name(), pact.version()));
        return response;
      });
}

absl::Status RegistryService::WatchPacts(const v1::WatchPactsRequest& request, const Call& call,
                                         const platform::Send<v1::WatchPactsResponse>& send) {
  using Batch = platform::WatchBatch<v1::WatchPactsResponse>;
  return platform::ServeWatch<v1::WatchPactsResponse>(
      store_id_, feed_, request.resume_token(), call, send,
      [&](int64_t after) -> absl::StatusOr<Batch> {
        Batch batch;
        RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
          ASSIGN_OR_RETURN(batch.sequence, transaction.Sequence());
          ASSIGN_OR_RETURN(auto pacts,
                           Store(transaction).PactsChangedAfter(after, platform::kWatchBatch));
          for (auto& [sequence, pact] : pacts) {
            *batch.changes.emplace_back(sequence, v1::WatchPactsResponse()).second.mutable_pact() =
                std::move(pact);
          }
          return absl::OkStatus();
        }));
        return batch;
      });
}

}  // namespace thidua::registry
