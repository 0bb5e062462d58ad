#include "services/cli/ineligible.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/cli/pages.h"
#include "services/cli/request_id.h"
#include "services/cli/table.h"
#include "services/domain/return_if_error.h"

namespace thidua::cli {
namespace {

using scoring::v1::Ineligibility;

std::string RecordText(const Ineligibility& one, int width) {
  std::string page = absl::StrCat(one.has_lift_time() ? "ĐÃ GỠ" : "KHÔNG ĐƯỢC XÉT", " · ",
                                  one.unit_display_name(), " (", one.unit(), ")\n");
  const auto add = [&](const char* label, const std::string& text) {
    absl::StrAppend(&page, Indented(absl::StrCat(label, ": ", text), width));
  };
  add("Ghi nhận lúc", PrintInstant(one.record_time()));
  add("Lý do", one.reason());
  add("Căn cứ", one.authority());
  if (one.has_lift_time()) {
    add("Gỡ lúc", PrintInstant(one.lift_time()));
    add("Lý do gỡ", one.lift_reason());
    add("Căn cứ gỡ", one.lift_authority());
  }
  add("Tên", one.name());
  return page;
}

}  // namespace

absl::StatusOr<scoring::v1::RecordIneligibilityResponse> RecordIneligibility(
    const IneligibilityWish& wish, platform::Caller& caller) {
  ASSIGN_OR_RETURN(const auto known, ListIneligibilities(wish.pact, wish.unit, caller));
  const auto lifted = std::count_if(known.ineligibilities().begin(), known.ineligibilities().end(),
                                    [](const Ineligibility& one) { return one.has_lift_time(); });
  scoring::v1::RecordIneligibilityRequest request;
  request.set_pact(wish.pact);
  request.set_unit(wish.unit);
  request.set_reason(wish.reason);
  request.set_authority(wish.authority);
  request.set_validate_only(wish.validate_only);
  request.set_request_id(RequestIdOf("ineligible", request, lifted));
  ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
  return dynamic_cast<const scoring::v1::RecordIneligibilityResponse&>(*answer);
}

absl::StatusOr<scoring::v1::LiftIneligibilityResponse> LiftIneligibility(
    const IneligibilityWish& wish, platform::Caller& caller) {
  scoring::v1::LiftIneligibilityRequest request;
  request.set_name(wish.name);
  request.set_reason(wish.reason);
  request.set_authority(wish.authority);
  request.set_validate_only(wish.validate_only);
  request.set_request_id(RequestIdOf("lift", request));
  ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
  return dynamic_cast<const scoring::v1::LiftIneligibilityResponse&>(*answer);
}

absl::StatusOr<scoring::v1::ListIneligibilitiesResponse> ListIneligibilities(
    const std::string& pact, const std::string& unit, platform::Caller& caller) {
  scoring::v1::ListIneligibilitiesResponse whole;
  scoring::v1::ListIneligibilitiesRequest request;
  request.set_pact(pact);
  request.set_unit(unit);
  do {
    ASSIGN_OR_RETURN(const auto answer, caller.Call(request));
    const auto& page = dynamic_cast<const scoring::v1::ListIneligibilitiesResponse&>(*answer);
    whole.mutable_ineligibilities()->MergeFrom(page.ineligibilities());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return whole;
}

std::string IneligibilityPage(const Ineligibility& one, const std::string& freshness_token,
                              int width) {
  return absl::StrCat(freshness_token.empty() ? "CHỈ XEM TRƯỚC: chưa có gì được lưu.\n\n" : "",
                      Shown(RecordText(one, width)));
}

std::string IneligibilitiesPage(const std::string& pact,
                                const scoring::v1::ListIneligibilitiesResponse& list, int width) {
  std::string page = absl::StrCat("KHÔNG ĐƯỢC XÉT KHEN THƯỞNG · ", pact, "\n");
  if (list.ineligibilities().empty()) absl::StrAppend(&page, "\nChưa ghi nhận đơn vị nào.\n");
  for (const Ineligibility& one : list.ineligibilities()) {
    absl::StrAppend(&page, "\n", RecordText(one, width));
  }
  return Shown(page);
}

}  // namespace thidua::cli
