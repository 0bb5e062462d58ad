// registry.v1.RegistryService: one function an RPC, in one file a resource (units.cc, blocs.cc,
// schemes.cc, pacts.cc, reorganisations.cc, changes.cc). The rules are the domain's, the rows the
// store's; here is what each call does with them. Thread-safe.
#ifndef THIDUA_SERVICES_REGISTRY_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_SERVICE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/domain/date.h"
#include "services/platform/change_feed.h"
#include "services/platform/endpoint.h"
#include "services/storage/database.h"
#include "thidua/registry/v1/registry_service.pb.h"

namespace thidua::registry {

class Store;

class RegistryService : public platform::Endpoint {
 public:
  RegistryService(storage::Database& database, platform::ChangeFeed& feed);

 private:
  using Call = platform::Call;

  // units.cc
  absl::StatusOr<v1::CreateUnitResponse> CreateUnit(const v1::CreateUnitRequest&, const Call&);
  absl::StatusOr<v1::BatchCreateUnitsResponse> BatchCreateUnits(const v1::BatchCreateUnitsRequest&,
                                                                const Call&);
  absl::StatusOr<v1::UpdateUnitResponse> UpdateUnit(const v1::UpdateUnitRequest&, const Call&);
  absl::StatusOr<v1::GetUnitResponse> GetUnit(const v1::GetUnitRequest&, const Call&);
  absl::StatusOr<v1::ListUnitsResponse> ListUnits(const v1::ListUnitsRequest&, const Call&);
  absl::StatusOr<v1::ResolveUnitResponse> ResolveUnit(const v1::ResolveUnitRequest&, const Call&);

  // reorganisations.cc
  absl::StatusOr<v1::RecordReorganisationResponse> RecordReorganisation(
      const v1::RecordReorganisationRequest&, const Call&);
  absl::StatusOr<v1::GetReorganisationResponse> GetReorganisation(
      const v1::GetReorganisationRequest&, const Call&);
  absl::StatusOr<v1::ListReorganisationsResponse> ListReorganisations(
      const v1::ListReorganisationsRequest&, const Call&);

  // blocs.cc
  absl::StatusOr<v1::CreateBlocResponse> CreateBloc(const v1::CreateBlocRequest&, const Call&);
  absl::StatusOr<v1::BatchCreateBlocsResponse> BatchCreateBlocs(const v1::BatchCreateBlocsRequest&,
                                                                const Call&);
  absl::StatusOr<v1::UpdateBlocResponse> UpdateBloc(const v1::UpdateBlocRequest&, const Call&);
  absl::StatusOr<v1::RotateRolesResponse> RotateRoles(const v1::RotateRolesRequest&, const Call&);
  absl::StatusOr<v1::GetBlocResponse> GetBloc(const v1::GetBlocRequest&, const Call&);
  absl::StatusOr<v1::ListBlocsResponse> ListBlocs(const v1::ListBlocsRequest&, const Call&);

  // schemes.cc
  absl::StatusOr<v1::PutSchemeDraftResponse> PutSchemeDraft(const v1::PutSchemeDraftRequest&,
                                                            const Call&);
  absl::StatusOr<v1::GetSchemeDraftResponse> GetSchemeDraft(const v1::GetSchemeDraftRequest&,
                                                            const Call&);
  absl::StatusOr<v1::ValidateSchemeResponse> ValidateScheme(const v1::ValidateSchemeRequest&,
                                                            const Call&);
  absl::StatusOr<v1::PublishSchemeResponse> PublishScheme(const v1::PublishSchemeRequest&,
                                                          const Call&);
  absl::StatusOr<v1::GetSchemeResponse> GetScheme(const v1::GetSchemeRequest&, const Call&);
  absl::StatusOr<v1::ListSchemesResponse> ListSchemes(const v1::ListSchemesRequest&, const Call&);

  // pacts.cc
  absl::StatusOr<v1::CreatePactResponse> CreatePact(const v1::CreatePactRequest&, const Call&);
  absl::StatusOr<v1::GetPactResponse> GetPact(const v1::GetPactRequest&, const Call&);
  absl::StatusOr<v1::ListPactsResponse> ListPacts(const v1::ListPactsRequest&, const Call&);
  absl::StatusOr<v1::RegisterTargetsResponse> RegisterTargets(const v1::RegisterTargetsRequest&,
                                                              const Call&);
  absl::StatusOr<v1::WithdrawTargetsResponse> WithdrawTargets(const v1::WithdrawTargetsRequest&,
                                                              const Call&);
  absl::StatusOr<v1::SignPactResponse> SignPact(const v1::SignPactRequest&, const Call&);
  absl::StatusOr<v1::AmendPactResponse> AmendPact(const v1::AmendPactRequest&, const Call&);
  absl::StatusOr<v1::WithdrawAmendmentResponse> WithdrawAmendment(
      const v1::WithdrawAmendmentRequest&, const Call&);
  absl::StatusOr<v1::GrantPeriodExceptionResponse> GrantPeriodException(
      const v1::GrantPeriodExceptionRequest&, const Call&);

  // changes.cc
  absl::StatusOr<v1::ListChangesResponse> ListChanges(const v1::ListChangesRequest&, const Call&);
  absl::Status Watch(const v1::WatchRequest&, const Call&,
                     const platform::Send<v1::WatchResponse>&);

  std::string Etag(absl::string_view name, int64_t version) const;
  std::string Token(absl::string_view name, int64_t version) const;
  // Numbers the resource's next version, and puts its etag in.
  template <typename Resource>
  void Advance(Resource& resource) const {
    resource.set_version(resource.version() + 1);
    resource.set_etag(Etag(resource.name(), resource.version()));
  }
  // Besides brings the digests of what is signed up to date.
  void AdvancePact(v1::Pact& pact) const;

  storage::Database& database_;
  platform::ChangeFeed& feed_;
  const std::string store_id_;  // "registry:…"
};

// The day it is in the province.
domain::Date Today();

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SERVICE_H_
