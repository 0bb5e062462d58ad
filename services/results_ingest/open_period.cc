#include "services/results_ingest/open_period.h"

#include "absl/strings/str_cat.h"
#include "services/domain/return_if_error.h"
#include "services/platform/errors.h"

namespace thidua::results_ingest {

absl::StatusOr<OpenPeriod> FindPeriodOfPact(Store& store, ReadyPacts& pacts,
                                            const messages::PeriodName& name) {
  OpenPeriod open;
  ASSIGN_OR_RETURN(open.pact, pacts.Find(store, name.pact));
  if (open.pact == nullptr) {
    return platform::Refusal(
        absl::StatusCode::kNotFound, "period", "PACT_UNKNOWN",
        absl::StrCat("Không có giao ước thi đua “", name.pact.ToString(), "”."));
  }
  open.period = domain::FindPeriod(open.pact->pact, name.period);
  if (open.period == nullptr) {
    return platform::Refusal(absl::StatusCode::kNotFound, "period", "PERIOD_UNKNOWN",
                             absl::StrCat("Giao ước không có kỳ báo cáo “", name.period, "”."));
  }
  if (!open.pact->in_force) {
    return platform::Refusal(absl::StatusCode::kFailedPrecondition, "period", "PACT_NOT_IN_FORCE",
                             "Giao ước chưa được tất cả đơn vị ký nên chưa nhận kết quả.");
  }
  ASSIGN_OR_RETURN(const std::optional<PeriodState> state, store.FindPeriodState(name));
  if (!state.has_value()) return absl::DataLossError("a period of a pact in force is not there");
  open.version = state->version;
  open.sealed = state->sealed;
  return open;
}

absl::StatusOr<OpenPeriod> FindOpenPeriod(Store& store, ReadyPacts& pacts,
                                          const messages::PeriodName& name, absl::Time now) {
  ASSIGN_OR_RETURN(OpenPeriod open, FindPeriodOfPact(store, pacts, name));
  if (open.sealed) {
    return platform::Refusal(
        absl::StatusCode::kFailedPrecondition, "period", "PERIOD_SEALED",
        absl::StrCat("Kỳ “", open.period->name, "” đã khóa sổ; muốn sửa phải mở lại kỳ."));
  }
  if (absl::ToCivilDay(now, domain::VietnamTime()) < open.period->opens_on) {
    return platform::Refusal(absl::StatusCode::kFailedPrecondition, "period", "PERIOD_NOT_YET_OPEN",
                             absl::StrCat("Kỳ “", open.period->name, "” nhận kết quả từ ngày ",
                                          domain::PrintDate(open.period->opens_on), "."));
  }
  return open;
}

}  // namespace thidua::results_ingest
