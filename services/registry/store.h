// The registry's rows, inside one transaction: every revision of units, blocs, schemes, pacts and
// reorganisations, and the tables by which they are found. Decides nothing. Errors are the storage
// library's; what is not there is nothing.
//
// Reads show a resource as it is, or, given a sequence, as it was after that change. Messages are
// kept without what follows from other rows or from the day: a pact's targets and its scheme's
// content are put back in when it is read, a unit is shown on a day by messages::ShowOn.
#ifndef THIDUA_SERVICES_REGISTRY_STORE_H_
#define THIDUA_SERVICES_REGISTRY_STORE_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/audit/trail.h"
#include "services/domain/bloc.h"
#include "services/domain/unit.h"
#include "services/messages/resource_names.h"
#include "services/storage/database.h"
#include "thidua/registry/v1/registry_service.pb.h"

namespace thidua::registry {

// As the resource is now: after every change that will ever be numbered.
inline constexpr int64_t kPresent = std::numeric_limits<int64_t>::max() - 1;

// One page of a list: at most `limit` resources after `last`, as they were after change `sequence`.
struct PageOf {
  std::string last;
  int64_t sequence = kPresent;
  int64_t limit = 0;
  // Only those with this facet; nothing: any.
  std::optional<std::string> facet = std::nullopt;
};

// A resource in a list, with the key by which a next page goes on after it.
template <typename Message>
struct Listed {
  std::string key;
  Message message;
};

// Where the revisions of a resource are found.
struct ResourceKey {
  v1::Collection collection;
  std::string id;
};
// By its full name; nothing for what is no name of a resource that has revisions.
std::optional<ResourceKey> KeyOfResource(absl::string_view name);

class Store {
 public:
  explicit Store(storage::Transaction& transaction) : transaction_(transaction) {}

  absl::StatusOr<std::optional<v1::Unit>> FindUnit(absl::string_view unit, int64_t at = kPresent);
  // Those that are there, in no order.
  absl::StatusOr<std::vector<v1::Unit>> FindUnits(absl::Span<const std::string> units);
  absl::StatusOr<absl::flat_hash_set<std::string>> WhichUnitsExist(
      absl::Span<const std::string> units);
  absl::StatusOr<std::vector<std::string>> UnitsWithKeys(absl::Span<const std::string> keys);
  // `page.facet` is a kind (Unit.Kind as a number): those that are, were or will be of it.
  absl::StatusOr<std::vector<Listed<v1::Unit>>> ListUnits(const PageOf& page);
  // New ones, with the keys that they are found under.
  absl::Status InsertUnits(absl::Span<const v1::Unit> units,
                           absl::Span<const std::vector<std::string>> keys, audit::Trail& trail);
  absl::Status UpdateUnit(const v1::Unit& unit, absl::Span<const std::string> keys_before,
                          absl::Span<const std::string> keys, audit::Trail& trail);

  absl::StatusOr<std::optional<v1::Bloc>> FindBloc(absl::string_view bloc, int64_t at = kPresent);
  absl::StatusOr<absl::flat_hash_set<std::string>> WhichBlocsExist(
      absl::Span<const std::string> blocs);
  absl::StatusOr<std::vector<Listed<v1::Bloc>>> ListBlocs(const PageOf& page);
  absl::Status InsertBlocs(absl::Span<const v1::Bloc> blocs, absl::Span<const domain::Bloc> members,
                           audit::Trail& trail);
  absl::Status UpdateBloc(const v1::Bloc& bloc, const domain::Bloc& before,
                          const domain::Bloc& after, audit::Trail& trail);

  // Where units belong, or belonged, or will belong; by unit.
  struct DatedMembership {
    std::string unit;
    std::string bloc;
    domain::Interval held;
  };
  absl::StatusOr<std::vector<DatedMembership>> MembershipsOf(absl::Span<const std::string> units);

  absl::StatusOr<std::optional<v1::Scheme>> FindScheme(const messages::SchemeName& name);
  // The newest version of a scheme; 0 when there is none.
  absl::StatusOr<int64_t> NewestSchemeVersion(absl::string_view scheme);
  absl::StatusOr<std::vector<Listed<v1::Scheme>>> ListSchemes(const PageOf& page);
  absl::Status InsertScheme(const messages::SchemeName& name, const v1::Scheme& scheme,
                            audit::Trail& trail);
  absl::StatusOr<std::optional<v1::SchemeDraft>> FindSchemeDraft(absl::string_view scheme);
  absl::Status PutSchemeDraft(absl::string_view scheme, const v1::SchemeDraft& draft,
                              audit::Trail& trail);

  // Whole, with its targets and its scheme's content.
  absl::StatusOr<std::optional<v1::Pact>> FindPact(const messages::PactName& name,
                                                   int64_t at = kPresent);
  // The change by which an edition came into force; nothing when it has not.
  absl::StatusOr<std::optional<int64_t>> ChangeOfEdition(const messages::PactName& name,
                                                         int32_t edition);
  // Without targets and scheme content.
  absl::StatusOr<std::vector<Listed<v1::Pact>>> ListPacts(const PageOf& page);
  // The pacts that name any of these units, as a member or as one that a target depends on, in
  // order.
  absl::StatusOr<std::vector<messages::PactName>> PactsNaming(absl::Span<const std::string> units);
  // Makes that findable for pacts that were stored before it was.
  absl::Status IndexPacts();
  // Stores what became of the pact, as the store's next change; `before` is the pact as it was
  // found, null for a new one.
  absl::Status PutPact(const v1::Pact* before, const v1::Pact& pact, audit::Trail& trail);

  absl::StatusOr<std::optional<v1::Reorganisation>> FindReorganisation(absl::string_view id);
  // In the order of days; `facet` is a unit.
  absl::StatusOr<std::vector<Listed<v1::Reorganisation>>> ListReorganisations(const PageOf& page);
  // `units`: all that it concerns.
  absl::Status InsertReorganisation(const v1::Reorganisation& reorganisation,
                                    absl::Span<const std::string> units, audit::Trail& trail);
  // Of one unit, in the order of days.
  absl::StatusOr<std::vector<v1::Reorganisation>> ReorganisationsOf(absl::string_view unit);

  // Changes after `after`, up to `sequence`, in commit order: of this resource, or of all.
  absl::StatusOr<std::vector<v1::Change>> ListChanges(int64_t after,
                                                      const std::optional<ResourceKey>& resource,
                                                      int64_t sequence, int64_t limit);
  // Resources of these collections last changed after `after`, in that order, each with its number,
  // as a watch sends them.
  absl::StatusOr<std::vector<std::pair<int64_t, v1::WatchResponse>>> ChangedAfter(
      int64_t after, const std::vector<v1::Collection>& collections, int64_t limit);

 private:
  struct Revision {
    v1::Collection collection;
    std::string id;
    std::string facet;
    int64_t version = 1;
    std::string message;
  };
  absl::StatusOr<std::optional<std::string>> Find(v1::Collection collection, absl::string_view id,
                                                  int64_t at);
  template <typename Message>
  absl::StatusOr<std::optional<Message>> FindMessage(v1::Collection collection,
                                                     absl::string_view id, int64_t at);
  template <typename Message>
  absl::StatusOr<std::vector<Listed<Message>>> List(v1::Collection collection, const PageOf& page);
  absl::StatusOr<absl::flat_hash_set<std::string>> WhichExist(v1::Collection collection,
                                                              absl::Span<const std::string> ids);
  // As the store's next changes, in the order given.
  template <typename Message>
  absl::Status InsertNew(std::vector<Revision> revisions, audit::Trail& trail);
  // As the store's next change, whose number is answered.
  template <typename Message>
  absl::StatusOr<int64_t> Put(Revision revision, audit::Trail& trail);
  absl::Status PutMemberships(const domain::Bloc* before, const domain::Bloc& after);
  absl::Status PutPactUnits(const std::string& pact, const v1::Pact* before, const v1::Pact& after);
  absl::Status PutTargets(const std::string& pact, const v1::Pact* before, const v1::Pact& after,
                          int64_t sequence, audit::Trail& trail);
  // Puts the pact's targets and scheme content, which are kept apart, back in.
  absl::Status MakeWhole(const messages::PactName& name, int64_t at, v1::Pact& pact);

  storage::Transaction& transaction_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_STORE_H_
