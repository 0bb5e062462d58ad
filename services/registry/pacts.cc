// Pacts: drawn up, filled with targets, signed, amended, their windows kept open.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/domain/bloc.h"
#include "services/domain/return_if_error.h"
#include "services/domain/unit.h"
#include "services/messages/bloc.h"
#include "services/messages/instant.h"
#include "services/messages/interval.h"
#include "services/messages/pact.h"
#include "services/messages/resource_names.h"
#include "services/messages/unit.h"
#include "services/platform/errors.h"
#include "services/platform/mutation.h"
#include "services/platform/paging.h"
#include "services/platform/update.h"
#include "services/registry/listing.h"
#include "services/registry/pact_editions.h"
#include "services/registry/service.h"
#include "services/registry/store.h"

namespace thidua::registry {
namespace {

using domain::Fault;
using messages::PactName;
using platform::Mutate;
using platform::PageStart;
using platform::Refusal;
using storage::Transaction;

constexpr int kTargetsPerRequestMax = 10'000;

absl::StatusOr<v1::Pact> FindPact(Store& store, absl::string_view path, const PactName& name) {
  ASSIGN_OR_RETURN(std::optional<v1::Pact> pact, store.FindPact(name));
  if (!pact.has_value()) {
    return Refusal(absl::StatusCode::kNotFound, path, "PACT_UNKNOWN",
                   absl::StrCat("Không có giao ước thi đua “", name.ToString(), "”."));
  }
  return *std::move(pact);
}

// The pact to be changed, as its caller last saw it.
absl::StatusOr<v1::Pact> FindPactToChange(Store& store, const PactName& name,
                                          const std::string& etag) {
  ASSIGN_OR_RETURN(v1::Pact pact, FindPact(store, "pact", name));
  RETURN_IF_ERROR(platform::CheckEtag(etag, pact.etag()));
  return pact;
}

absl::Status CheckIsDraft(const v1::Pact& pact) {
  if (pact.state() == v1::Pact::STATE_DRAFT) return absl::OkStatus();
  return Refusal(absl::StatusCode::kFailedPrecondition, "", "PACT_IN_FORCE",
                 "Giao ước đã được ký đủ và có hiệu lực; muốn thay đổi phải lập bản điều chỉnh.");
}

absl::Status CheckIsInForce(const v1::Pact& pact) {
  if (pact.state() == v1::Pact::STATE_IN_FORCE) return absl::OkStatus();
  return Refusal(absl::StatusCode::kFailedPrecondition, "", "PACT_NOT_IN_FORCE",
                 "Giao ước chưa được tất cả đơn vị ký nên còn sửa trực tiếp được, không cần bản "
                 "điều chỉnh.");
}

// The day whose members a pact takes when the caller names none.
domain::Date DayWithin(int year) {
  const domain::Interval days = DaysOf(year);
  return std::clamp(Today(), *days.from, *days.until);
}

v1::Member::Role RoleMessage(domain::Role role) {
  domain::Member member;
  member.role = role;
  return messages::MemberMessage(member).role();
}

// The members of the pact: those asked for, or all of the bloc's on that day, as they are called
// then.
absl::Status DrawUpMembers(Store& store, const domain::Bloc& bloc, domain::Date day,
                           const v1::Pact& asked, v1::Pact& pact, std::vector<Fault>& faults) {
  absl::flat_hash_map<std::string, domain::Role> roles;
  std::vector<v1::Member> members(asked.members().begin(), asked.members().end());
  for (const domain::Member& member : domain::MembersOn(bloc, day)) {
    roles.emplace(member.unit, member.role);
    if (asked.members().empty()) members.push_back(messages::MemberMessage(member));
  }
  for (size_t i = 0; i < members.size(); ++i) {
    v1::Member& member = members[i];
    const std::string path = absl::StrCat("pact.members[", i, "].unit");
    const absl::StatusOr<std::string> id = messages::ReadUnitName(path, member.unit());
    if (!id.ok()) {
      for (Fault& fault : domain::FaultsOf(id.status())) faults.push_back(std::move(fault));
      continue;
    }
    ASSIGN_OR_RETURN(std::optional<v1::Unit> unit, store.FindUnit(*id));
    if (!unit.has_value()) {
      faults.push_back(
          {path, "UNIT_UNKNOWN", absl::StrCat("Không có đơn vị “", *id, "” trong sổ đăng ký.")});
      continue;
    }
    const auto role = roles.find(*id);
    if (role == roles.end()) {
      faults.push_back({path, "UNIT_NOT_IN_BLOC",
                        absl::StrCat("Đơn vị “", *id, "” không thuộc khối thi đua “", bloc.name,
                                     "” vào ngày ", domain::PrintDate(day), ".")});
      continue;
    }
    ASSIGN_OR_RETURN(const domain::Unit read, messages::ReadUnit("", *unit));
    if (std::optional<Fault> fault = domain::CheckActive(path, read, {day, day})) {
      faults.push_back(*std::move(fault));
      continue;
    }
    messages::ShowOn(day, *unit);
    member.set_display_name(unit->display_name());
    if (member.role() == v1::Member::ROLE_UNSPECIFIED) member.set_role(RoleMessage(role->second));
    *pact.add_members() = std::move(member);
  }
  return absl::OkStatus();
}

// The pact as it is drawn up from what the caller asked for and what the registry knows.
absl::StatusOr<v1::Pact> DrawUpPact(Store& store, const PactName& name,
                                    const v1::CreatePactRequest& request) {
  ASSIGN_OR_RETURN(const domain::Date day,
                   messages::ReadDay("as_of", request.as_of(), DayWithin(name.year)));
  if (!DaysOf(name.year).Includes(day)) {
    return Fault{"as_of", "OUT_OF_RANGE",
                 absl::StrCat("Ngày lấy danh sách đơn vị phải trong năm ", name.year, ".")}
        .ToStatus();
  }
  ASSIGN_OR_RETURN(const std::optional<v1::Bloc> bloc_message, store.FindBloc(name.bloc));
  if (!bloc_message.has_value()) {
    return Refusal(absl::StatusCode::kNotFound, "pact.name", "BLOC_UNKNOWN",
                   absl::StrCat("Không có khối thi đua “", name.bloc, "”."));
  }
  ASSIGN_OR_RETURN(const domain::Bloc bloc, messages::ReadBloc("", *bloc_message));
  v1::Pact pact;
  pact.set_name(name.ToString());
  pact.set_state(v1::Pact::STATE_DRAFT);
  pact.set_edition(1);
  pact.set_bloc_display_name(bloc.name);
  pact.set_province(bloc.province);
  *pact.mutable_periods() = request.pact().periods();

  std::vector<Fault> faults;
  absl::StatusOr<v1::Scheme> scheme =
      SchemeFor(store, "pact.scheme", request.pact().scheme(), name.year);
  if (scheme.ok()) {
    pact.set_scheme(scheme->name());
    *pact.mutable_scheme_content() = *std::move(scheme);
  } else if (faults = domain::FaultsOf(scheme.status()); faults.empty()) {
    return scheme.status();
  }
  RETURN_IF_ERROR(DrawUpMembers(store, bloc, day, request.pact(), pact, faults));
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));
  ASSIGN_OR_RETURN(const domain::Pact read, messages::ReadPact("pact", pact));
  RETURN_IF_ERROR(domain::UnderPath("pact", domain::FaultsToStatus(domain::ValidatePact(read))));
  messages::SetContent(read, pact);
  return pact;
}

// The targets as they are to be stored, or every fault of every row. `others`: the pact without
// those that they replace.
absl::StatusOr<std::vector<v1::Target>> AdmitTargets(Store& store, const v1::Pact& others,
                                                     const v1::RegisterTargetsRequest& request) {
  std::vector<Fault> faults;
  std::vector<domain::Target> targets;
  for (int i = 0; i < request.targets_size(); ++i) {
    absl::StatusOr<domain::Target> target =
        messages::ReadTarget(absl::StrCat("targets[", i, "]"), others.name(), request.targets(i));
    if (target.ok()) {
      target->voided = false;
      targets.push_back(*std::move(target));
    } else {
      for (Fault& fault : domain::FaultsOf(target.status())) faults.push_back(std::move(fault));
    }
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));
  ASSIGN_OR_RETURN(const domain::Pact read, messages::ReadPact("", others));
  RETURN_IF_ERROR(domain::FaultsToStatus(domain::ValidateNewTargets(read, targets)));
  RETURN_IF_ERROR(CheckDependencies(store, "targets", request.targets()));
  std::vector<v1::Target> admitted;
  admitted.reserve(targets.size());
  for (const domain::Target& target : targets) {
    admitted.push_back(messages::TargetMessage(others.name(), target));
  }
  return admitted;
}

absl::Status CheckTargetCount(int count) {
  if (count > 0 && count <= kTargetsPerRequestMax) return absl::OkStatus();
  return Fault{"targets", count == 0 ? "REQUIRED" : "TOO_MANY",
               absl::StrCat("Mỗi lần từ 1 đến ", kTargetsPerRequestMax, " chỉ tiêu.")}
      .ToStatus();
}

// A proposed amendment as it is kept: in its canonical form, with names as they are now.
absl::StatusOr<v1::Amendment> Proposed(Store& store, const PactName& name, const v1::Pact& pact,
                                       v1::Amendment amendment) {
  for (auto clear : {&v1::Amendment::clear_edition, &v1::Amendment::clear_digest,
                     &v1::Amendment::clear_signatures, &v1::Amendment::clear_propose_time,
                     &v1::Amendment::clear_in_force_time, &v1::Amendment::clear_reorganisation}) {
    (amendment.*clear)();
  }
  ASSIGN_OR_RETURN(const std::optional<v1::Bloc> bloc_message, store.FindBloc(name.bloc));
  if (!bloc_message.has_value()) return absl::DataLossError("a pact without its bloc");
  ASSIGN_OR_RETURN(const domain::Bloc bloc, messages::ReadBloc("", *bloc_message));
  std::vector<Fault> faults;
  for (int i = 0; i < amendment.add_members_size(); ++i) {
    v1::Member& member = *amendment.mutable_add_members(i);
    const std::string path = absl::StrCat("amendment.add_members[", i, "].unit");
    ASSIGN_OR_RETURN(const std::string id, messages::ReadUnitName(path, member.unit()));
    const bool belongs =
        std::any_of(bloc.memberships.begin(), bloc.memberships.end(),
                    [&](const domain::Membership& membership) {
                      return membership.unit == id && membership.held.Overlaps(DaysOf(name.year));
                    });
    ASSIGN_OR_RETURN(std::optional<v1::Unit> unit, store.FindUnit(id));
    if (!unit.has_value()) {
      faults.push_back(
          {path, "UNIT_UNKNOWN", absl::StrCat("Không có đơn vị “", id, "” trong sổ đăng ký.")});
      continue;
    }
    ASSIGN_OR_RETURN(const domain::Unit read, messages::ReadUnit("", *unit));
    // Who is yet to be established this year may be added; who has ended may not.
    const domain::Date day = DayWithin(name.year);
    const std::optional<domain::Date> ends = domain::LifeOf(read).until;
    if (!belongs) {
      faults.push_back({path, "UNIT_NOT_IN_BLOC",
                        absl::StrCat("Đơn vị “", id, "” không thuộc khối thi đua “", bloc.name,
                                     "” trong năm ", name.year, ".")});
    } else if (ends.has_value() && *ends < day) {
      faults.push_back(*domain::CheckActive(path, read, {day, day}));
    } else {
      messages::ShowOn(day, *unit);
      member.set_display_name(unit->display_name());
    }
  }
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));
  RETURN_IF_ERROR(CheckDependencies(store, "amendment.put_targets", amendment.put_targets()));
  *amendment.mutable_propose_time() = messages::InstantMessage(absl::Now());
  ASSIGN_OR_RETURN(const v1::Pact amended, Amended(store, "amendment", pact, amendment));
  amendment.set_edition(amended.edition());
  amendment.set_digest(DigestOf(amended));
  return amendment;
}

v1::Signature Sign(const v1::SignPactRequest& request) {
  v1::Signature signature;
  signature.set_unit(request.unit());
  signature.set_digest(request.digest());
  *signature.mutable_sign_time() = messages::InstantMessage(absl::Now());
  return signature;
}

bool IsMember(const google::protobuf::RepeatedPtrField<v1::Member>& members,
              const std::string& unit) {
  return std::any_of(members.begin(), members.end(),
                     [&](const v1::Member& member) { return member.unit() == unit; });
}

absl::Status NotAMember(const std::string& unit) {
  return Fault{"unit", "UNIT_NOT_A_MEMBER",
               absl::StrCat("Đơn vị “", unit, "” không thuộc giao ước này.")}
      .ToStatus();
}

// What signing did.
struct Signing {
  std::vector<std::string> unsigned_units;
  bool changed = false;
};

absl::StatusOr<Signing> SignContent(const v1::SignPactRequest& request, v1::Pact& pact) {
  if (!IsMember(pact.members(), request.unit())) return NotAMember(request.unit());
  if (pact.targets().empty()) {
    return Refusal(absl::StatusCode::kFailedPrecondition, "", "PACT_EMPTY",
                   "Giao ước chưa có chỉ tiêu nào nên chưa thể ký.");
  }
  Signing signing{UnsignedUnits(pact.members(), pact.signatures())};
  const auto mine =
      std::find(signing.unsigned_units.begin(), signing.unsigned_units.end(), request.unit());
  if (mine == signing.unsigned_units.end()) return signing;
  signing.unsigned_units.erase(mine);
  signing.changed = true;
  *pact.add_signatures() = Sign(request);
  if (signing.unsigned_units.empty()) pact.set_state(v1::Pact::STATE_IN_FORCE);
  return signing;
}

absl::StatusOr<Signing> SignAmendment(Store& store, const v1::SignPactRequest& request,
                                      v1::Pact& pact) {
  v1::Amendment& amendment = *pact.mutable_proposed_amendment();
  ASSIGN_OR_RETURN(v1::Pact amended, Amended(store, "amendment", pact, amendment));
  if (!IsMember(amended.members(), request.unit())) return NotAMember(request.unit());
  Signing signing{UnsignedUnits(amended.members(), amendment.signatures())};
  const auto mine =
      std::find(signing.unsigned_units.begin(), signing.unsigned_units.end(), request.unit());
  if (mine == signing.unsigned_units.end()) return signing;
  signing.unsigned_units.erase(mine);
  signing.changed = true;
  *amendment.add_signatures() = Sign(request);
  if (!signing.unsigned_units.empty()) return signing;
  *amended.mutable_signatures() = amendment.signatures();
  v1::Amendment& behind = *amended.mutable_amendments(amended.amendments_size() - 1);
  behind.set_digest(amendment.digest());
  *behind.mutable_in_force_time() = messages::InstantMessage(absl::Now());
  pact = std::move(amended);
  return signing;
}

}  // namespace

void RegistryService::AdvancePact(v1::Pact& pact) const {
  Advance(pact);
  pact.set_digest(DigestOf(pact));
}

absl::StatusOr<v1::CreatePactResponse> RegistryService::CreatePact(
    const v1::CreatePactRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact.name", request.pact().name()));
  return Mutate<v1::CreatePactResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<v1::CreatePactResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const std::optional<v1::Pact> present, store.FindPact(name));
        if (present.has_value()) {
          return Refusal(absl::StatusCode::kAlreadyExists, "pact.name", "PACT_EXISTS",
                         absl::StrCat("Giao ước thi đua “", name.ToString(), "” đã có."));
        }
        v1::CreatePactResponse response;
        ASSIGN_OR_RETURN(*response.mutable_pact(), DrawUpPact(store, name, request));
        AdvancePact(*response.mutable_pact());
        RETURN_IF_ERROR(store.PutPact(nullptr, response.pact(), trail));
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
    if (request.edition() == 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::optional<int64_t> change,
                     store.ChangeOfEdition(name, request.edition()));
    if (!change.has_value()) {
      return Refusal(absl::StatusCode::kNotFound, "edition", "EDITION_UNKNOWN",
                     absl::StrCat("Giao ước không có bản thứ ", request.edition(), "."));
    }
    ASSIGN_OR_RETURN(std::optional<v1::Pact> edition, store.FindPact(name, *change));
    *response.mutable_pact() = *std::move(edition);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListPactsResponse> RegistryService::ListPacts(
    const v1::ListPactsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  std::string bloc;
  if (!request.bloc().empty()) {
    ASSIGN_OR_RETURN(bloc, messages::ReadBlocName("bloc", request.bloc()));
  }
  v1::ListPactsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(const int64_t now, transaction.Sequence());
    ASSIGN_OR_RETURN(const PageStart page, platform::ReadPageToken(request, {now, "", ""}));
    ASSIGN_OR_RETURN(*response.mutable_next_page_token(),
                     FillPage<v1::Pact>(
                         request, call, page, size,
                         [&](PageOf some) {
                           if (!bloc.empty()) some.facet = bloc;
                           return store.ListPacts(some);
                         },
                         [&](const v1::Pact& pact) -> absl::StatusOr<bool> {
                           if (request.state() != v1::Pact::STATE_UNSPECIFIED &&
                               request.state() != pact.state()) {
                             return false;
                           }
                           if (request.year() == 0) return true;
                           ASSIGN_OR_RETURN(const PactName name,
                                            messages::ReadPactName("", pact.name()));
                           return name.year == request.year();
                         },
                         [&](v1::Pact&& pact) { *response.add_pacts() = std::move(pact); }));
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::RegisterTargetsResponse> RegistryService::RegisterTargets(
    const v1::RegisterTargetsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact", request.pact()));
  RETURN_IF_ERROR(CheckTargetCount(request.targets_size()));
  return Mutate<v1::RegisterTargetsResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::RegisterTargetsResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const v1::Pact before, FindPactToChange(store, name, request.etag()));
        RETURN_IF_ERROR(CheckIsDraft(before));
        v1::Pact pact = before;
        absl::flat_hash_map<std::string, v1::Target*> replaced;
        std::vector<Fault> not_own;
        v1::Pact others = before;
        if (request.replace()) {
          for (const v1::Target& target : request.targets()) replaced[target.name()] = nullptr;
          others.clear_targets();
          for (v1::Target& target : *pact.mutable_targets()) {
            const auto found = replaced.find(target.name());
            if (found == replaced.end()) {
              *others.add_targets() = target;
            } else {
              found->second = &target;
              if (call.terms().own_units_only && !call.caller().IsOfficialOf(target.unit())) {
                not_own.push_back({"targets", "NOT_OWN_UNIT",
                                   absl::StrCat("Chỉ tiêu “", target.name(),
                                                "” của đơn vị khác; chỉ được thay chỉ tiêu của "
                                                "đơn vị mình.")});
              }
            }
          }
        }
        RETURN_IF_ERROR(domain::FaultsToStatus(not_own));
        ASSIGN_OR_RETURN(const std::vector<v1::Target> targets,
                         AdmitTargets(store, others, request));
        v1::RegisterTargetsResponse response;
        for (const v1::Target& target : targets) {
          const auto found = replaced.find(target.name());
          if (found != replaced.end() && found->second != nullptr) *found->second = target;
          *response.add_targets() = target;
        }
        for (const v1::Target& target : targets) {
          const auto found = replaced.find(target.name());
          if (found == replaced.end() || found->second == nullptr) *pact.add_targets() = target;
        }
        pact.clear_signatures();  // They were given to another content.
        AdvancePact(pact);
        RETURN_IF_ERROR(store.PutPact(&before, pact, trail));
        response.set_pact_version(pact.version());
        response.set_digest(pact.digest());
        response.set_etag(pact.etag());
        response.set_freshness_token(Token(pact.name(), pact.version()));
        return response;
      });
}

absl::StatusOr<v1::WithdrawTargetsResponse> RegistryService::WithdrawTargets(
    const v1::WithdrawTargetsRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact", request.pact()));
  RETURN_IF_ERROR(CheckTargetCount(request.targets_size()));
  return Mutate<v1::WithdrawTargetsResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::WithdrawTargetsResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const v1::Pact before, FindPactToChange(store, name, request.etag()));
        RETURN_IF_ERROR(CheckIsDraft(before));
        absl::flat_hash_map<std::string, int> withdrawn;
        std::vector<Fault> faults;
        for (int i = 0; i < request.targets_size(); ++i) {
          if (!withdrawn.emplace(request.targets(i), i).second) {
            faults.push_back({absl::StrCat("targets[", i, "]"), "DUPLICATE",
                              absl::StrCat("Chỉ tiêu “", request.targets(i), "” ghi hai lần.")});
          }
        }
        v1::Pact pact = before;
        pact.clear_targets();
        for (const v1::Target& target : before.targets()) {
          const auto found = withdrawn.find(target.name());
          if (found == withdrawn.end()) {
            *pact.add_targets() = target;
            continue;
          }
          if (call.terms().own_units_only && !call.caller().IsOfficialOf(target.unit())) {
            faults.push_back(
                {absl::StrCat("targets[", found->second, "]"), "NOT_OWN_UNIT",
                 "Chỉ tiêu này của đơn vị khác; chỉ được rút chỉ tiêu của đơn vị mình."});
          }
          withdrawn.erase(found);
        }
        for (const auto& [target, i] : withdrawn) {
          faults.push_back({absl::StrCat("targets[", i, "]"), "TARGET_UNKNOWN",
                            absl::StrCat("Giao ước không có chỉ tiêu “", target, "”.")});
        }
        RETURN_IF_ERROR(domain::FaultsToStatus(faults));
        pact.clear_signatures();  // They were given to another content.
        AdvancePact(pact);
        RETURN_IF_ERROR(store.PutPact(&before, pact, trail));
        v1::WithdrawTargetsResponse response;
        response.set_pact_version(pact.version());
        response.set_digest(pact.digest());
        response.set_etag(pact.etag());
        response.set_freshness_token(Token(pact.name(), pact.version()));
        return response;
      });
}

absl::StatusOr<v1::SignPactResponse> RegistryService::SignPact(const v1::SignPactRequest& request,
                                                               const Call& call) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact", request.pact()));
  RETURN_IF_ERROR(messages::ReadUnitName("unit", request.unit()).status());
  return Mutate<v1::SignPactResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<v1::SignPactResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const v1::Pact before, FindPact(store, "pact", name));
        v1::Pact pact = before;
        const bool amends =
            pact.has_proposed_amendment() && request.digest() == pact.proposed_amendment().digest();
        if (!amends && request.digest() != pact.digest()) {
          return Refusal(absl::StatusCode::kAborted, "digest", "PACT_CHANGED",
                         "Nội dung giao ước không còn như bản mà đơn vị đã xem; vui lòng xem lại "
                         "rồi ký.");
        }
        v1::SignPactResponse response;
        response.set_edition(amends ? pact.proposed_amendment().edition() : pact.edition());
        ASSIGN_OR_RETURN(Signing signing,
                         amends ? SignAmendment(store, request, pact) : SignContent(request, pact));
        if (signing.changed) {
          AdvancePact(pact);
          RETURN_IF_ERROR(store.PutPact(&before, pact, trail));
        }
        response.set_state(pact.state());
        for (std::string& unit : signing.unsigned_units) {
          response.add_unsigned_units(std::move(unit));
        }
        response.set_pact_version(pact.version());
        response.set_freshness_token(Token(pact.name(), pact.version()));
        return response;
      });
}

absl::StatusOr<v1::AmendPactResponse> RegistryService::AmendPact(
    const v1::AmendPactRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact", request.pact()));
  return Mutate<v1::AmendPactResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<v1::AmendPactResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const v1::Pact before, FindPactToChange(store, name, request.etag()));
        RETURN_IF_ERROR(CheckIsInForce(before));
        if (before.has_proposed_amendment()) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "", "AMENDMENT_PENDING",
                         "Giao ước đang có một bản điều chỉnh chờ ký; hãy ký xong hoặc rút bản đó "
                         "trước.");
        }
        v1::AmendPactResponse response;
        v1::Pact& pact = *response.mutable_pact();
        pact = before;
        ASSIGN_OR_RETURN(*pact.mutable_proposed_amendment(),
                         Proposed(store, name, before, request.amendment()));
        AdvancePact(pact);
        RETURN_IF_ERROR(store.PutPact(&before, pact, trail));
        response.set_freshness_token(Token(pact.name(), pact.version()));
        return response;
      });
}

absl::StatusOr<v1::WithdrawAmendmentResponse> RegistryService::WithdrawAmendment(
    const v1::WithdrawAmendmentRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact", request.pact()));
  return Mutate<v1::WithdrawAmendmentResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::WithdrawAmendmentResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const v1::Pact before, FindPactToChange(store, name, request.etag()));
        if (!before.has_proposed_amendment()) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "", "NO_AMENDMENT",
                         "Giao ước không có bản điều chỉnh nào đang chờ ký.");
        }
        v1::WithdrawAmendmentResponse response;
        v1::Pact& pact = *response.mutable_pact();
        pact = before;
        pact.clear_proposed_amendment();
        AdvancePact(pact);
        RETURN_IF_ERROR(store.PutPact(&before, pact, trail));
        response.set_freshness_token(Token(pact.name(), pact.version()));
        return response;
      });
}

absl::StatusOr<v1::GrantPeriodExceptionResponse> RegistryService::GrantPeriodException(
    const v1::GrantPeriodExceptionRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact", request.pact()));
  ASSIGN_OR_RETURN(const domain::PeriodException exception,
                   messages::ReadException("exception", request.exception()));
  return Mutate<v1::GrantPeriodExceptionResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::GrantPeriodExceptionResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const v1::Pact before, FindPactToChange(store, name, request.etag()));
        RETURN_IF_ERROR(CheckIsInForce(before));
        ASSIGN_OR_RETURN(const domain::Pact read, messages::ReadPact("", before));
        RETURN_IF_ERROR(domain::UnderPath(
            "exception", domain::FaultsToStatus(domain::ValidateException(read, exception))));
        v1::GrantPeriodExceptionResponse response;
        v1::Pact& pact = *response.mutable_pact();
        pact = before;
        v1::PeriodException& granted = *pact.add_period_exceptions();
        granted = request.exception();
        *granted.mutable_grant_time() = messages::InstantMessage(absl::Now());
        AdvancePact(pact);
        RETURN_IF_ERROR(store.PutPact(&before, pact, trail));
        response.set_freshness_token(Token(pact.name(), pact.version()));
        return response;
      });
}

}  // namespace thidua::registry
