#include "services/registry/audited_resources.h"

#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "thidua/registry/v1/registry_service.pb.h"

namespace thidua::registry {
namespace {

using audit::KeyValue;
using audit::Rows;
using audit::StoredRow;
using storage::Row;
using Column = audit::Rows::Column;

constexpr int64_t kStanding = std::numeric_limits<int64_t>::max();
constexpr v1::Collection kCollections[] = {v1::COLLECTION_UNITS, v1::COLLECTION_BLOCS,
                                           v1::COLLECTION_SCHEMES, v1::COLLECTION_PACTS,
                                           v1::COLLECTION_REORGANISATIONS};

// Of a row's id, which may be whatever somebody put in.
std::string NameOf(v1::Collection collection, const std::string& id) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(id, absl::MaxSplits('/', 1));
  switch (collection) {
    case v1::COLLECTION_UNITS:
      return absl::StrCat("units/", id);
    case v1::COLLECTION_BLOCS:
      return absl::StrCat("blocs/", id);
    case v1::COLLECTION_SCHEMES: {
      absl::string_view version = parts.second;  // With leading zeros.
      while (absl::ConsumePrefix(&version, "0")) continue;
      return absl::StrCat("schemes/", parts.first, "/versions/", version);
    }
    case v1::COLLECTION_PACTS:
      return absl::StrCat("blocs/", parts.first, "/pacts/", parts.second);
    default:
      return absl::StrCat("reorganisations/", id);
  }
}

absl::string_view TypeOf(v1::Collection collection) {
  switch (collection) {
    case v1::COLLECTION_UNITS:
      return v1::Unit::descriptor()->full_name();
    case v1::COLLECTION_BLOCS:
      return v1::Bloc::descriptor()->full_name();
    case v1::COLLECTION_SCHEMES:
      return v1::Scheme::descriptor()->full_name();
    case v1::COLLECTION_PACTS:
      return v1::Pact::descriptor()->full_name();
    default:
      return v1::Reorganisation::descriptor()->full_name();
  }
}

// Those of one collection whose ids are so; `condition` has "$2".
Rows Revisions(v1::Collection collection, absl::string_view condition, const std::string& id) {
  return {absl::StrCat("SELECT id, since, until, message FROM revisions WHERE collection = $1 AND ",
                       condition),
          {static_cast<int64_t>(collection), id},
          {{"id", Column::kText}, {"since", Column::kInteger}},
          [collection](const Row& row) {
            return StoredRow{NameOf(collection, row.Text(0)), row.Text(3),
                             row.Integer(2) == kStanding, TypeOf(collection)};
          }};
}

Rows Targets(const std::string& root, const std::string& pact) {
  return {"SELECT target, since, until, message FROM targets WHERE pact = $1",
          {pact},
          {{"target", Column::kText}, {"since", Column::kInteger}},
          [root](const Row& row) {
            return StoredRow{absl::StrCat(root, "/targets/", row.Text(0)), row.Text(3),
                             row.Integer(2) == kStanding, v1::Target::descriptor()->full_name()};
          }};
}

Rows Draft(const std::string& scheme) {
  return {"SELECT scheme, message FROM scheme_drafts WHERE scheme = $1",
          {scheme},
          {{"scheme", Column::kText}},
          [](const Row& row) {
            return StoredRow{absl::StrCat("schemes/", row.Text(0), "/draft"), row.Text(1), true,
                             v1::SchemeDraft::descriptor()->full_name()};
          }};
}

}  // namespace

std::vector<Rows> AuditedResources::OfRoot(const std::string& root) const {
  const std::vector<std::string> parts = absl::StrSplit(root, '/');
  if (parts.size() == 4) {
    const std::string pact = absl::StrCat(parts[1], "/", parts[3]);
    return {Revisions(v1::COLLECTION_PACTS, "id = $2", pact), Targets(root, pact)};
  }
  if (parts.size() != 2) return {};
  const std::string& id = parts[1];
  if (parts[0] == "units") return {Revisions(v1::COLLECTION_UNITS, "id = $2", id)};
  if (parts[0] == "blocs") return {Revisions(v1::COLLECTION_BLOCS, "id = $2", id)};
  if (parts[0] == "schemes") {
    const std::string versions = absl::StrCat(id, "/");
    return {Revisions(v1::COLLECTION_SCHEMES,
                      absl::StrCat("substr(id, 1, ", versions.size(), ") = $2"), versions),
            Draft(id)};
  }
  return {Revisions(v1::COLLECTION_REORGANISATIONS, "id = $2", id)};
}

std::vector<Rows> AuditedResources::OfAllRoots() const {
  std::vector<Rows> all;
  for (const v1::Collection collection : kCollections) {
    all.push_back(
        {"SELECT DISTINCT id FROM revisions WHERE collection = $1",
         {static_cast<int64_t>(collection)},
         {{"id", Column::kText}},
         [collection](const Row& row) { return StoredRow{NameOf(collection, row.Text(0))}; }});
  }
  all.push_back(
      {"SELECT DISTINCT pact FROM targets WHERE 1 = 1",
       {},
       {{"pact", Column::kText}},
       [](const Row& row) { return StoredRow{NameOf(v1::COLLECTION_PACTS, row.Text(0))}; }});
  all.push_back(
      {"SELECT scheme FROM scheme_drafts WHERE 1 = 1",
       {},
       {{"scheme", Column::kText}},
       [](const Row& row) { return StoredRow{absl::StrCat("schemes/", row.Text(0), "/draft")}; }});
  return all;
}

audit::Kept AuditedResources::KeptOf(absl::string_view resource) const {
  return absl::EndsWith(resource, "/draft") ? audit::Kept::kLast : audit::Kept::kEvery;
}

}  // namespace thidua::registry
