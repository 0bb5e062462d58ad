#include "services/registry/service.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/freshness.h"
#include "services/platform/update.h"

namespace thidua::registry {

RegistryService::RegistryService(storage::Database& database, platform::ChangeFeed& feed)
    : Endpoint(*v1::CreateUnitRequest::descriptor()->file()->FindServiceByName("RegistryService")),
      database_(database),
      feed_(feed),
      store_id_(absl::StrCat("registry:", database.store_id())) {
  Unary("CreateUnit", this, &RegistryService::CreateUnit);
  Unary("BatchCreateUnits", this, &RegistryService::BatchCreateUnits);
  Unary("UpdateUnit", this, &RegistryService::UpdateUnit);
  Unary("GetUnit", this, &RegistryService::GetUnit);
  Unary("ListUnits", this, &RegistryService::ListUnits);
  Unary("ResolveUnit", this, &RegistryService::ResolveUnit);
  Unary("RecordReorganisation", this, &RegistryService::RecordReorganisation);
  Unary("GetReorganisation", this, &RegistryService::GetReorganisation);
  Unary("ListReorganisations", this, &RegistryService::ListReorganisations);
  Unary("CreateBloc", this, &RegistryService::CreateBloc);
  Unary("BatchCreateBlocs", this, &RegistryService::BatchCreateBlocs);
  Unary("UpdateBloc", this, &RegistryService::UpdateBloc);
  Unary("RotateRoles", this, &RegistryService::RotateRoles);
  Unary("GetBloc", this, &RegistryService::GetBloc);
  Unary("ListBlocs", this, &RegistryService::ListBlocs);
  Unary("PutSchemeDraft", this, &RegistryService::PutSchemeDraft);
  Unary("GetSchemeDraft", this, &RegistryService::GetSchemeDraft);
  Unary("ValidateScheme", this, &RegistryService::ValidateScheme);
  Unary("PublishScheme", this, &RegistryService::PublishScheme);
  Unary("GetScheme", this, &RegistryService::GetScheme);
  Unary("ListSchemes", this, &RegistryService::ListSchemes);
  Unary("CreatePact", this, &RegistryService::CreatePact);
  Unary("GetPact", this, &RegistryService::GetPact);
  Unary("ListPacts", this, &RegistryService::ListPacts);
  Unary("RegisterTargets", this, &RegistryService::RegisterTargets);
  Unary("WithdrawTargets", this, &RegistryService::WithdrawTargets);
  Unary("SignPact", this, &RegistryService::SignPact);
  Unary("AmendPact", this, &RegistryService::AmendPact);
  Unary("WithdrawAmendment", this, &RegistryService::WithdrawAmendment);
  Unary("GrantPeriodException", this, &RegistryService::GrantPeriodException);
  Unary("ListChanges", this, &RegistryService::ListChanges);
  ServerStream("Watch", this, &RegistryService::Watch);
}

std::string RegistryService::Etag(absl::string_view name, int64_t version) const {
  return platform::Etag(store_id_, name, version);
}

std::string RegistryService::Token(absl::string_view name, int64_t version) const {
  return platform::FreshnessToken(store_id_, name, version);
}

domain::Date Today() { return absl::ToCivilDay(absl::Now(), domain::VietnamTime()); }

}  // namespace thidua::registry
