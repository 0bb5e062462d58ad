// registry.v1.RegistryService: one function an RPC. The rules are the domain's, the rows the
// store's; here is what each call does with them. Thread-safe.
#ifndef THIDUA_SERVICES_REGISTRY_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_SERVICE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/change_feed.h"
#include "services/platform/endpoint.h"
#include "services/storage/database.h"
#include "thidua/registry/v1/registry_service.pb.h"

namespace thidua::registry {

class RegistryService : public platform::Endpoint {
 public:
  RegistryService(storage::Database& database, platform::ChangeFeed& feed);

 private:
  using Call = platform::Call;

  absl::StatusOr<v1::CreateUnitResponse> CreateUnit(const v1::CreateUnitRequest&, const Call&);
  absl::StatusOr<v1::GetUnitResponse> GetUnit(const v1::GetUnitRequest&, const Call&);
  absl::StatusOr<v1::ListUnitsResponse> ListUnits(const v1::ListUnitsRequest&, const Call&);
  absl::StatusOr<v1::CreateBlocResponse> CreateBloc(const v1::CreateBlocRequest&, const Call&);
  absl::StatusOr<v1::GetBlocResponse> GetBloc(const v1::GetBlocRequest&, const Call&);
  absl::StatusOr<v1::PublishSchemeResponse> PublishScheme(const v1::PublishSchemeRequest&,
                                                          const Call&);
  absl::StatusOr<v1::GetSchemeResponse> GetScheme(const v1::GetSchemeRequest&, const Call&);
  absl::StatusOr<v1::CreatePactResponse> CreatePact(const v1::CreatePactRequest&, const Call&);
  absl::StatusOr<v1::GetPactResponse> GetPact(const v1::GetPactRequest&, const Call&);
  absl::StatusOr<v1::RegisterTargetsResponse> RegisterTargets(const v1::RegisterTargetsRequest&,
                                                              const Call&);
  absl::StatusOr<v1::SignPactResponse> SignPact(const v1::SignPactRequest&, const Call&);
  absl::Status WatchPacts(const v1::WatchPactsRequest&, const Call&,
                          const platform::Send<v1::WatchPactsResponse>&);

  std::string Etag(absl::string_view name, int64_t version) const;
  std::string Token(absl::string_view name, int64_t version) const;
  // Counts one more change of the pact, and brings what follows from its content up to date.
  void Advance(v1::Pact& pact) const;

  storage::Database& database_;
  platform::ChangeFeed& feed_;
  const std::string store_id_;  // "registry:…"
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SERVICE_H_
