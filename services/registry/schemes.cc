// Schemes: drafted, validated, published.
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/domain/scheme.h"
#include "services/messages/interval.h"
#include "services/messages/resource_names.h"
#include "services/messages/scheme.h"
#include "services/platform/digest.h"
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
using messages::SchemeName;
using platform::Mutate;
using platform::PageStart;
using platform::Refusal;
using storage::Transaction;

// What an unsound draft may weigh; a sound scheme is far smaller.
constexpr size_t kDraftBytesMax = 1024 * 1024;

// What is the author's of a scheme.
v1::Scheme ContentOf(v1::Scheme scheme) {
  scheme.clear_name();
  scheme.clear_digest();
  return scheme;
}

template <typename Response>
void AddFaults(const std::vector<Fault>& faults, Response& response) {
  for (const Fault& fault : faults) {
    v1::SchemeFault& message = *response.add_faults();
    message.set_field(fault.path);
    message.set_reason(fault.reason);
    message.set_message(fault.message);
  }
}

absl::Status SchemeUnknown(absl::string_view name) {
  return Refusal(absl::StatusCode::kNotFound, "name", "SCHEME_UNKNOWN",
                 absl::StrCat("Không có thang bảng điểm “", name, "”."));
}

absl::Status NoDraft(absl::string_view path, absl::string_view scheme) {
  return Refusal(absl::StatusCode::kNotFound, path, "DRAFT_UNKNOWN",
                 absl::StrCat("Thang bảng điểm “", scheme, "” không có bản dự thảo."));
}

absl::Status CheckSchemeId(const std::string& id) {
  std::optional<Fault> fault = domain::CheckIdentifier("scheme_id", id);
  return fault.has_value() ? fault->ToStatus() : absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::PutSchemeDraftResponse> RegistryService::PutSchemeDraft(
    const v1::PutSchemeDraftRequest& request, const Call& call) {
  RETURN_IF_ERROR(CheckSchemeId(request.scheme_id()));
  const v1::Scheme content = ContentOf(request.scheme());
  if (content.ByteSizeLong() > kDraftBytesMax) {
    return Fault{"scheme", "TOO_LONG", "Bản dự thảo thang bảng điểm quá lớn."}.ToStatus();
  }
  return Mutate<v1::PutSchemeDraftResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::PutSchemeDraftResponse> {
        Store store(transaction);
        ASSIGN_OR_RETURN(const std::optional<v1::SchemeDraft> present,
                         store.FindSchemeDraft(request.scheme_id()));
        RETURN_IF_ERROR(
            platform::CheckEtag(request.etag(), present.has_value() ? present->etag() : ""));
        v1::PutSchemeDraftResponse response;
        v1::SchemeDraft& draft = *response.mutable_draft();
        draft.set_name(messages::SchemeDraftName(request.scheme_id()));
        *draft.mutable_scheme() = content;
        draft.set_version(present.has_value() ? present->version() : 0);
        Advance(draft);
        RETURN_IF_ERROR(store.PutSchemeDraft(request.scheme_id(), draft, trail));
        AddFaults(messages::FaultsOfScheme(content, request.scheme_id()), response);
        response.set_freshness_token(Token(draft.name(), draft.version()));
        return response;
      });
}

absl::StatusOr<v1::GetSchemeDraftResponse> RegistryService::GetSchemeDraft(
    const v1::GetSchemeDraftRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const std::string scheme, messages::ReadSchemeDraftName("name", request.name()));
  v1::GetSchemeDraftResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(std::optional<v1::SchemeDraft> draft,
                     Store(transaction).FindSchemeDraft(scheme));
    if (!draft.has_value()) return NoDraft("name", scheme);
    *response.mutable_draft() = *std::move(draft);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ValidateSchemeResponse> RegistryService::ValidateScheme(
    const v1::ValidateSchemeRequest& request, const Call&) {
  // A scheme to be validated may have no id yet: any will do.
  v1::ValidateSchemeResponse response;
  AddFaults(messages::FaultsOfScheme(request.scheme(), "thang-diem"), response);
  return response;
}

absl::StatusOr<v1::PublishSchemeResponse> RegistryService::PublishScheme(
    const v1::PublishSchemeRequest& request, const Call& call) {
  RETURN_IF_ERROR(CheckSchemeId(request.scheme_id()));
  return Mutate<v1::PublishSchemeResponse>(
      database_, feed_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::PublishSchemeResponse> {
        Store store(transaction);
        v1::Scheme content = ContentOf(request.scheme());
        if (!request.has_scheme() || !request.etag().empty()) {
          ASSIGN_OR_RETURN(const std::optional<v1::SchemeDraft> draft,
                           store.FindSchemeDraft(request.scheme_id()));
          if (!draft.has_value()) return NoDraft("scheme", request.scheme_id());
          RETURN_IF_ERROR(platform::CheckEtag(request.etag(), draft->etag()));
          if (!request.has_scheme()) content = draft->scheme();
        }
        RETURN_IF_ERROR(domain::UnderPath("scheme", domain::FaultsToStatus(messages::FaultsOfScheme(
                                                        content, request.scheme_id()))));
        ASSIGN_OR_RETURN(const int64_t newest, store.NewestSchemeVersion(request.scheme_id()));
        const SchemeName name{request.scheme_id(), newest + 1};
        v1::PublishSchemeResponse response;
        v1::Scheme& scheme = *response.mutable_scheme();
        scheme = std::move(content);
        scheme.set_name(name.ToString());
        scheme.set_digest(platform::Sha256Hex(platform::DeterministicBytes(scheme)));
        RETURN_IF_ERROR(store.InsertScheme(name, scheme, trail));
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
    if (!scheme.has_value()) return SchemeUnknown(name.ToString());
    *response.mutable_scheme() = *std::move(scheme);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListSchemesResponse> RegistryService::ListSchemes(
    const v1::ListSchemesRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  if (!request.scheme_id().empty()) RETURN_IF_ERROR(CheckSchemeId(request.scheme_id()));
  ASSIGN_OR_RETURN(const domain::Date day,
                   messages::ReadDay("valid_on", request.valid_on(), Today()));
  v1::ListSchemesResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    Store store(transaction);
    ASSIGN_OR_RETURN(const int64_t now, transaction.Sequence());
    ASSIGN_OR_RETURN(const PageStart page, platform::ReadPageToken(request, {now, "", ""}));
    ASSIGN_OR_RETURN(
        *response.mutable_next_page_token(),
        FillPage<v1::Scheme>(
            request, call, page, size,
            [&](PageOf some) {
              if (!request.scheme_id().empty()) some.facet = request.scheme_id();
              return store.ListSchemes(some);
            },
            [&](v1::Scheme& scheme) -> absl::StatusOr<bool> {
              scheme.clear_contents();
              scheme.clear_ranking();
              scheme.clear_classes();
              scheme.clear_awards();
              scheme.clear_parameters();
              scheme.clear_examples();
              if (request.valid_on().empty()) return true;
              ASSIGN_OR_RETURN(const domain::Interval valid, messages::ReadInterval("", scheme));
              return valid.Includes(day);
            },
            [&](v1::Scheme&& scheme) { *response.add_schemes() = std::move(scheme); }));
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace thidua::registry
