#include "services/results_ingest/filing_rights.h"

#include <utility>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::results_ingest {
namespace {

const absl::StatusOr<access::Requirement>& OfPutResults() {
  static const auto* const kRequirement = new absl::StatusOr<access::Requirement>(
      access::Requirement::Of(*results::v1::PutResultsRequest::descriptor()
                                   ->file()
                                   ->FindServiceByName("ResultsService")
                                   ->FindMethodByName("PutResults")));
  return *kRequirement;
}

}  // namespace

OwnUnits OwnUnitsOf(const access::Principal& caller, const access::Terms& terms) {
  if (!terms.own_units_only) return std::nullopt;
  OwnUnits own(std::in_place);
  for (absl::string_view unit : caller.units()) {
    absl::ConsumePrefix(&unit, "units/");
    own->emplace(unit);
  }
  return own;
}

absl::StatusOr<OwnUnits> MayFile(const access::Principal& caller,
                                 const messages::PeriodName& period) {
  RETURN_IF_ERROR(OfPutResults().status());
  results::v1::PutResultsRequest request;
  request.set_period(period.ToString());
  absl::StatusOr<access::Requirement::Admission> admission = OfPutResults()->Begin(caller);
  absl::Status admitted = admission.status();
  if (admitted.ok()) admitted = OfPutResults()->Admit(request, *admission);
  if (!admitted.ok()) {
    return domain::Fault{"period", "NOT_ALLOWED",
                         "Tài khoản này không được báo cáo số liệu vào kỳ này."}
        .ToStatus(absl::StatusCode::kPermissionDenied);
  }
  return OwnUnitsOf(caller, admission->terms());
}

}  // namespace thidua::results_ingest
