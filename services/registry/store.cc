#include "services/registry/store.h"

#include <algorithm>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/domain/date.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/platform/stored_message.h"

namespace thidua::registry {
namespace {

using messages::PactName;
using messages::SchemeName;
using platform::ReadStored;
using storage::Bytes;
using storage::Parameter;
using storage::Row;

// `until` of a revision that nothing has replaced yet.
constexpr int64_t kStanding = std::numeric_limits<int64_t>::max();
// Pacts held in memory while they are indexed.
constexpr int64_t kIndexedAtOnce = 100;
// Wide enough for a scheme's versions to be in the order of their ids.
constexpr int kVersionDigits = 9;

std::string SchemeId(const SchemeName& name) {
  std::string version = absl::StrCat(name.version);
  if (version.size() < kVersionDigits) version.insert(0, kVersionDigits - version.size(), '0');
  return absl::StrCat(name.scheme, "/", version);
}

std::string PactId(const PactName& name) { return absl::StrCat(name.bloc, "/", name.year); }

// The last part of a resource's name.
std::string IdOf(absl::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

std::string PactIdOf(const v1::Pact& pact) {
  const std::vector<std::string> parts = absl::StrSplit(pact.name(), '/');
  return absl::StrCat(parts[1], "/", parts[3]);
}

// The units that a pact names: its members, and those that its targets depend on.
absl::btree_set<std::string> UnitsNamedIn(const v1::Pact& pact) {
  absl::btree_set<std::string> units;
  for (const v1::Member& member : pact.members()) units.insert(IdOf(member.unit()));
  for (const v1::Target& target : pact.targets()) {
    for (const v1::Target::Dependency& dependency : target.dependencies()) {
      units.insert(IdOf(dependency.unit()));
    }
  }
  return units;
}

std::string ResourceName(v1::Collection collection, const std::string& id) {
  const std::vector<std::string> parts = absl::StrSplit(id, '/');
  switch (collection) {
    case v1::COLLECTION_UNITS:
      return messages::UnitName(id);
    case v1::COLLECTION_BLOCS:
      return messages::BlocName(id);
    case v1::COLLECTION_SCHEMES:
      return SchemeName{parts[0], std::stoll(parts[1])}.ToString();
    case v1::COLLECTION_PACTS:
      return PactName{parts[0], std::stoi(parts[1])}.ToString();
    case v1::COLLECTION_REORGANISATIONS:
      return messages::ReorganisationName(id);
    default:
      return id;
  }
}

// Beside the keys of the domain, which have another form.
constexpr char kKindKey[] = "kind:";

std::vector<std::string> KindKeys(const v1::Unit& unit) {
  std::vector<std::string> keys;
  for (const v1::Unit::Naming& naming : unit.namings()) {
    keys.push_back(absl::StrCat(kKindKey, naming.kind()));
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

std::string DayText(const std::optional<domain::Date>& day) {
  return day.has_value() ? domain::DateToString(*day) : "";
}

domain::Interval IntervalOf(const Row& row, int from, int until) {
  domain::Interval interval;
  if (const auto day = domain::ParseDate(row.Text(from)); day.ok()) interval.from = *day;
  if (const auto day = domain::ParseDate(row.Text(until)); day.ok()) interval.until = *day;
  return interval;
}

}  // namespace

std::optional<ResourceKey> KeyOfResource(absl::string_view name) {
  if (const auto unit = messages::ReadUnitName("", name); unit.ok()) {
    return ResourceKey{v1::COLLECTION_UNITS, *unit};
  }
  if (const auto bloc = messages::ReadBlocName("", name); bloc.ok()) {
    return ResourceKey{v1::COLLECTION_BLOCS, *bloc};
  }
  if (const auto scheme = messages::ReadSchemeName("", name); scheme.ok()) {
    return ResourceKey{v1::COLLECTION_SCHEMES, SchemeId(*scheme)};
  }
  if (const auto pact = messages::ReadPactName("", name); pact.ok()) {
    return ResourceKey{v1::COLLECTION_PACTS, PactId(*pact)};
  }
  if (const auto id = messages::ReadReorganisationName("", name); id.ok()) {
    return ResourceKey{v1::COLLECTION_REORGANISATIONS, *id};
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<std::string>> Store::Find(v1::Collection collection,
                                                       absl::string_view id, int64_t at) {
  std::optional<std::string> message;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM revisions WHERE collection = $1 AND id = $2 AND since <= $3 AND until > "
      "$3",
      {static_cast<int64_t>(collection), id, at}, [&](const Row& row) {
        message = row.Text(0);
        return absl::OkStatus();
      }));
  return message;
}

template <typename Message>
absl::StatusOr<std::optional<Message>> Store::FindMessage(v1::Collection collection,
                                                          absl::string_view id, int64_t at) {
  ASSIGN_OR_RETURN(const std::optional<std::string> bytes, Find(collection, id, at));
  std::optional<Message> message;
  if (bytes.has_value() && !message.emplace().ParseFromString(*bytes)) {
    return absl::DataLossError("a stored message is unreadable");
  }
  return message;
}

template <typename Message>
absl::StatusOr<std::vector<Listed<Message>>> Store::List(v1::Collection collection,
                                                         const PageOf& page) {
  std::vector<Listed<Message>> listed;
  const auto take = [&](const Row& row) {
    listed.emplace_back().key = row.Text(0);
    return ReadStored(row, 1, listed.back().message);
  };
  if (page.facet.has_value()) {
    RETURN_IF_ERROR(transaction_.Query(
        "SELECT id, message FROM revisions WHERE collection = $1 AND facet = $5 AND facet <> '' "
        "AND id > $2 AND since <= $3 AND until > $3 ORDER BY id LIMIT $4",
        {static_cast<int64_t>(collection), page.last, page.sequence, page.limit, *page.facet},
        take));
  } else {
    RETURN_IF_ERROR(transaction_.Query(
        "SELECT id, message FROM revisions WHERE collection = $1 AND id > $2 "
        "AND since <= $3 AND until > $3 ORDER BY id LIMIT $4",
        {static_cast<int64_t>(collection), page.last, page.sequence, page.limit}, take));
  }
  return listed;
}

absl::StatusOr<absl::flat_hash_set<std::string>> Store::WhichExist(
    v1::Collection collection, absl::Span<const std::string> ids) {
  absl::flat_hash_set<std::string> there;
  RETURN_IF_ERROR(transaction_.QueryKeys("SELECT id FROM revisions WHERE collection = $1 AND id",
                                         {static_cast<int64_t>(collection)}, ids,
                                         [&](const Row& row) {
                                           there.insert(row.Text(0));
                                           return absl::OkStatus();
                                         }));
  return there;
}

template <typename Message>
absl::Status Store::InsertNew(std::vector<Revision> revisions, audit::Trail& trail) {
  static constexpr absl::string_view kColumns[] = {
      "collection", "id", "since", "until", "version", "change_time_ms", "facet", "message"};
  ASSIGN_OR_RETURN(int64_t since,
                   transaction_.NextSequences(static_cast<int64_t>(revisions.size())));
  const int64_t now_ms = absl::ToUnixMillis(absl::Now());
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(revisions.size());
  for (const Revision& revision : revisions) {
    rows.push_back({static_cast<int64_t>(revision.collection), absl::string_view(revision.id),
                    since++, kStanding, revision.version, now_ms, absl::string_view(revision.facet),
                    Bytes{revision.message}});
  }
  RETURN_IF_ERROR(transaction_.InsertRows("revisions", kColumns, rows));
  for (Revision& revision : revisions) {
    RETURN_IF_ERROR(trail.Changed<Message>(ResourceName(revision.collection, revision.id),
                                           std::nullopt, std::move(revision.message)));
  }
  return absl::OkStatus();
}

template <typename Message>
absl::StatusOr<int64_t> Store::Put(Revision revision, audit::Trail& trail) {
  ASSIGN_OR_RETURN(const int64_t since, transaction_.NextSequence());
  std::optional<std::string> before;
  RETURN_IF_ERROR(transaction_.Query(
      "UPDATE revisions SET until = $3 WHERE collection = $1 AND id = $2 AND until = "
      "9223372036854775807 RETURNING message",
      {static_cast<int64_t>(revision.collection), revision.id, since}, [&](const Row& row) {
        before = row.Text(0);
        return absl::OkStatus();
      }));
  RETURN_IF_ERROR(transaction_.Execute(
      "INSERT INTO revisions (collection, id, since, until, version, change_time_ms, facet, "
      "message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {static_cast<int64_t>(revision.collection), revision.id, since, kStanding, revision.version,
       absl::ToUnixMillis(absl::Now()), revision.facet, Bytes{revision.message}}));
  RETURN_IF_ERROR(trail.Changed<Message>(ResourceName(revision.collection, revision.id),
                                         std::move(before), std::move(revision.message)));
  return since;
}

// Units.

absl::StatusOr<std::optional<v1::Unit>> Store::FindUnit(absl::string_view unit, int64_t at) {
  return FindMessage<v1::Unit>(v1::COLLECTION_UNITS, unit, at);
}

absl::StatusOr<std::vector<v1::Unit>> Store::FindUnits(absl::Span<const std::string> units) {
  std::vector<v1::Unit> found;
  RETURN_IF_ERROR(transaction_.QueryKeys(
      "SELECT message FROM revisions WHERE collection = $1 AND until = 9223372036854775807 AND id",
      {static_cast<int64_t>(v1::COLLECTION_UNITS)}, units,
      [&](const Row& row) { return ReadStored(row, 0, found.emplace_back()); }));
  return found;
}

absl::StatusOr<absl::flat_hash_set<std::string>> Store::WhichUnitsExist(
    absl::Span<const std::string> units) {
  return WhichExist(v1::COLLECTION_UNITS, units);
}

absl::StatusOr<std::vector<std::string>> Store::UnitsWithKeys(absl::Span<const std::string> keys) {
  absl::flat_hash_set<std::string> units;
  RETURN_IF_ERROR(
      transaction_.QueryKeys("SELECT unit FROM unit_keys WHERE key", {}, keys, [&](const Row& row) {
        units.insert(row.Text(0));
        return absl::OkStatus();
      }));
  return std::vector<std::string>(units.begin(), units.end());
}

absl::StatusOr<std::vector<Listed<v1::Unit>>> Store::ListUnits(const PageOf& page) {
  if (!page.facet.has_value()) return List<v1::Unit>(v1::COLLECTION_UNITS, page);
  std::vector<Listed<v1::Unit>> listed;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT k.unit, r.message FROM unit_keys k JOIN revisions r "
      "ON r.collection = $5 AND r.id = k.unit AND r.since <= $3 AND r.until > $3 "
      // Said of both, though it follows: PostgreSQL would read revisions from the first id on.
      "WHERE k.key = $1 AND k.unit > $2 AND r.id > $2 ORDER BY k.unit LIMIT $4",
      {absl::StrCat(kKindKey, *page.facet), page.last, page.sequence, page.limit,
       static_cast<int64_t>(v1::COLLECTION_UNITS)},
      [&](const Row& row) {
        listed.emplace_back().key = row.Text(0);
        return ReadStored(row, 1, listed.back().message);
      }));
  return listed;
}

absl::Status Store::InsertUnits(absl::Span<const v1::Unit> units,
                                absl::Span<const std::vector<std::string>> keys,
                                audit::Trail& trail) {
  std::vector<Revision> revisions;
  revisions.reserve(units.size());
  std::vector<std::vector<std::string>> kind_keys;
  std::vector<std::string> ids;
  for (const v1::Unit& unit : units) {
    ids.push_back(IdOf(unit.name()));
    revisions.push_back(
        {v1::COLLECTION_UNITS, ids.back(), "", unit.version(), unit.SerializeAsString()});
    kind_keys.push_back(KindKeys(unit));
  }
  RETURN_IF_ERROR(InsertNew<v1::Unit>(std::move(revisions), trail));
  static constexpr absl::string_view kColumns[] = {"key", "unit"};
  std::vector<std::vector<Parameter>> rows;
  for (size_t i = 0; i < units.size(); ++i) {
    const absl::string_view id = ids[i];
    for (const std::string& key : keys[i]) rows.push_back({absl::string_view(key), id});
    for (const std::string& key : kind_keys[i]) rows.push_back({absl::string_view(key), id});
  }
  return transaction_.InsertRows("unit_keys", kColumns, rows);
}

absl::Status Store::UpdateUnit(const v1::Unit& unit, absl::Span<const std::string> keys_before,
                               absl::Span<const std::string> keys, audit::Trail& trail) {
  const std::string id = IdOf(unit.name());
  RETURN_IF_ERROR(
      Put<v1::Unit>({v1::COLLECTION_UNITS, id, "", unit.version(), unit.SerializeAsString()}, trail)
          .status());
  for (const std::string& key : keys_before) {
    RETURN_IF_ERROR(
        transaction_.Execute("DELETE FROM unit_keys WHERE key = $1 AND unit = $2", {key, id}));
  }
  std::vector<std::string> now = KindKeys(unit);
  now.insert(now.end(), keys.begin(), keys.end());
  for (const std::string& key : now) {
    RETURN_IF_ERROR(transaction_.Execute(
        "INSERT INTO unit_keys (key, unit) VALUES ($1, $2) ON CONFLICT DO NOTHING", {key, id}));
  }
  return absl::OkStatus();
}

// Blocs.

absl::StatusOr<std::optional<v1::Bloc>> Store::FindBloc(absl::string_view bloc, int64_t at) {
  return FindMessage<v1::Bloc>(v1::COLLECTION_BLOCS, bloc, at);
}

absl::StatusOr<absl::flat_hash_set<std::string>> Store::WhichBlocsExist(
    absl::Span<const std::string> blocs) {
  return WhichExist(v1::COLLECTION_BLOCS, blocs);
}

absl::StatusOr<std::vector<Listed<v1::Bloc>>> Store::ListBlocs(const PageOf& page) {
  return List<v1::Bloc>(v1::COLLECTION_BLOCS, page);
}

absl::Status Store::InsertBlocs(absl::Span<const v1::Bloc> blocs,
                                absl::Span<const domain::Bloc> members, audit::Trail& trail) {
  std::vector<Revision> revisions;
  std::vector<std::vector<std::string>> texts;  // Of membership rows: unit, bloc, from, until.
  revisions.reserve(blocs.size());
  for (size_t i = 0; i < blocs.size(); ++i) {
    revisions.push_back({v1::COLLECTION_BLOCS, IdOf(blocs[i].name()), "", blocs[i].version(),
                         blocs[i].SerializeAsString()});
    for (const domain::Membership& membership : members[i].memberships) {
      texts.push_back({membership.unit, members[i].id, DayText(membership.held.from),
                       DayText(membership.held.until)});
    }
  }
  RETURN_IF_ERROR(InsertNew<v1::Bloc>(std::move(revisions), trail));
  static constexpr absl::string_view kColumns[] = {"unit", "bloc", "valid_from", "valid_until"};
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(texts.size());
  for (const std::vector<std::string>& row : texts) rows.emplace_back(row.begin(), row.end());
  return transaction_.InsertRows("memberships", kColumns, rows);
}

absl::Status Store::UpdateBloc(const v1::Bloc& bloc, const domain::Bloc& before,
                               const domain::Bloc& after, audit::Trail& trail) {
  RETURN_IF_ERROR(Put<v1::Bloc>({v1::COLLECTION_BLOCS, IdOf(bloc.name()), "", bloc.version(),
                                 bloc.SerializeAsString()},
                                trail)
                      .status());
  for (const domain::Membership& membership : before.memberships) {
    RETURN_IF_ERROR(transaction_.Execute("DELETE FROM memberships WHERE unit = $1 AND bloc = $2",
                                         {membership.unit, after.id}));
  }
  for (const domain::Membership& membership : after.memberships) {
    RETURN_IF_ERROR(transaction_.Execute(
        "INSERT INTO memberships (unit, bloc, valid_from, valid_until) VALUES ($1, $2, $3, $4)",
        {membership.unit, after.id, DayText(membership.held.from),
         DayText(membership.held.until)}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Store::DatedMembership>> Store::MembershipsOf(
    absl::Span<const std::string> units) {
  std::vector<DatedMembership> memberships;
  RETURN_IF_ERROR(transaction_.QueryKeys(
      "SELECT unit, bloc, valid_from, valid_until FROM memberships WHERE unit", {}, units,
      [&](const Row& row) {
        memberships.push_back({row.Text(0), row.Text(1), IntervalOf(row, 2, 3)});
        return absl::OkStatus();
      }));
  return memberships;
}

// Schemes.

absl::StatusOr<std::optional<v1::Scheme>> Store::FindScheme(const SchemeName& name) {
  return FindMessage<v1::Scheme>(v1::COLLECTION_SCHEMES, SchemeId(name), kPresent);
}

absl::StatusOr<int64_t> Store::NewestSchemeVersion(absl::string_view scheme) {
  std::string newest;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT id FROM revisions WHERE collection = $1 AND facet = $2 AND facet <> '' "
      "ORDER BY id DESC LIMIT 1",
      {static_cast<int64_t>(v1::COLLECTION_SCHEMES), scheme}, [&](const Row& row) {
        newest = row.Text(0);
        return absl::OkStatus();
      }));
  return newest.empty() ? 0 : std::stoll(IdOf(newest));
}

absl::StatusOr<std::vector<Listed<v1::Scheme>>> Store::ListSchemes(const PageOf& page) {
  return List<v1::Scheme>(v1::COLLECTION_SCHEMES, page);
}

absl::Status Store::InsertScheme(const SchemeName& name, const v1::Scheme& scheme,
                                 audit::Trail& trail) {
  return InsertNew<v1::Scheme>(
      {{v1::COLLECTION_SCHEMES, SchemeId(name), name.scheme, 1, scheme.SerializeAsString()}},
      trail);
}

absl::StatusOr<std::optional<v1::SchemeDraft>> Store::FindSchemeDraft(absl::string_view scheme) {
  std::optional<v1::SchemeDraft> draft;
  RETURN_IF_ERROR(
      transaction_.Query("SELECT message FROM scheme_drafts WHERE scheme = $1", {scheme},
                         [&](const Row& row) { return ReadStored(row, 0, draft.emplace()); }));
  return draft;
}

absl::Status Store::PutSchemeDraft(absl::string_view scheme, const v1::SchemeDraft& draft,
                                   audit::Trail& trail) {
  std::optional<std::string> before;
  RETURN_IF_ERROR(transaction_.Query("SELECT message FROM scheme_drafts WHERE scheme = $1",
                                     {scheme}, [&](const Row& row) {
                                       before = row.Text(0);
                                       return absl::OkStatus();
                                     }));
  std::string message = draft.SerializeAsString();
  RETURN_IF_ERROR(
      transaction_.Execute("INSERT INTO scheme_drafts (scheme, message) VALUES ($1, $2) "
                           "ON CONFLICT (scheme) DO UPDATE SET message = excluded.message",
                           {scheme, Bytes{message}}));
  return trail.Changed<v1::SchemeDraft>(draft.name(), std::move(before), std::move(message));
}

// Pacts.

absl::Status Store::MakeWhole(const PactName& name, int64_t at, v1::Pact& pact) {
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT message FROM targets WHERE pact = $1 AND since <= $2 AND until > $2 "
      "ORDER BY position",
      {PactId(name), at}, [&](const Row& row) { return ReadStored(row, 0, *pact.add_targets()); }));
  ASSIGN_OR_RETURN(const SchemeName scheme_name, messages::ReadSchemeName("", pact.scheme()));
  ASSIGN_OR_RETURN(std::optional<v1::Scheme> scheme, FindScheme(scheme_name));
  if (!scheme.has_value()) return absl::DataLossError("a pact without its scheme");
  *pact.mutable_scheme_content() = *std::move(scheme);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::Pact>> Store::FindPact(const PactName& name, int64_t at) {
  ASSIGN_OR_RETURN(std::optional<v1::Pact> pact,
                   FindMessage<v1::Pact>(v1::COLLECTION_PACTS, PactId(name), at));
  if (pact.has_value()) RETURN_IF_ERROR(MakeWhole(name, at, *pact));
  return pact;
}

absl::StatusOr<std::optional<int64_t>> Store::ChangeOfEdition(const PactName& name,
                                                              int32_t edition) {
  std::optional<int64_t> change;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT since, message FROM revisions WHERE collection = $1 AND id = $2 ORDER BY since",
      {static_cast<int64_t>(v1::COLLECTION_PACTS), PactId(name)},
      [&](const Row& row) -> absl::Status {
        v1::Pact pact;
        RETURN_IF_ERROR(ReadStored(row, 1, pact));
        if (!change.has_value() && pact.state() == v1::Pact::STATE_IN_FORCE &&
            pact.edition() == edition) {
          change = row.Integer(0);
        }
        return absl::OkStatus();
      }));
  return change;
}

absl::StatusOr<std::vector<Listed<v1::Pact>>> Store::ListPacts(const PageOf& page) {
  return List<v1::Pact>(v1::COLLECTION_PACTS, page);
}

absl::Status Store::PutPact(const v1::Pact* before, const v1::Pact& pact, audit::Trail& trail) {
  v1::Pact kept = pact;
  kept.clear_targets();
  kept.clear_scheme_content();
  const std::string id = PactIdOf(pact);
  const std::string bloc = id.substr(0, id.find('/'));
  ASSIGN_OR_RETURN(const int64_t sequence, Put<v1::Pact>({v1::COLLECTION_PACTS, id, bloc,
                                                          pact.version(), kept.SerializeAsString()},
                                                         trail));
  RETURN_IF_ERROR(PutPactUnits(id, before, pact));
  return PutTargets(id, before, pact, sequence, trail);
}

absl::Status Store::PutPactUnits(const std::string& pact, const v1::Pact* before,
                                 const v1::Pact& after) {
  const absl::btree_set<std::string> now = UnitsNamedIn(after);
  absl::btree_set<std::string> then;
  if (before != nullptr) then = UnitsNamedIn(*before);
  for (const std::string& unit : then) {
    if (now.contains(unit)) continue;
    RETURN_IF_ERROR(
        transaction_.Execute("DELETE FROM pact_units WHERE unit = $1 AND pact = $2", {unit, pact}));
  }
  for (const std::string& unit : now) {
    if (then.contains(unit)) continue;
    RETURN_IF_ERROR(transaction_.Execute(
        "INSERT INTO pact_units (unit, pact) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        {unit, pact}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PactName>> Store::PactsNaming(absl::Span<const std::string> units) {
  absl::btree_set<std::string> ids;
  RETURN_IF_ERROR(transaction_.QueryKeys("SELECT pact FROM pact_units WHERE unit", {}, units,
                                         [&](const Row& row) {
                                           ids.insert(row.Text(0));
                                           return absl::OkStatus();
                                         }));
  std::vector<PactName> pacts;
  for (const std::string& id : ids) {
    const std::vector<std::string> parts = absl::StrSplit(id, '/');
    pacts.push_back({parts[0], std::stoi(parts[1])});
  }
  return pacts;
}

absl::Status Store::IndexPacts() {
  // Every pact has a member: where one is found, all are.
  bool indexed = false;
  RETURN_IF_ERROR(transaction_.Query("SELECT pact FROM pact_units LIMIT 1", {}, [&](const Row&) {
    indexed = true;
    return absl::OkStatus();
  }));
  std::string last;
  while (!indexed) {
    ASSIGN_OR_RETURN(const std::vector<Listed<v1::Pact>> some,
                     ListPacts({last, kPresent, kIndexedAtOnce}));
    if (some.empty()) break;
    for (const Listed<v1::Pact>& listed : some) {
      last = listed.key;
      ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("", listed.message.name()));
      ASSIGN_OR_RETURN(const std::optional<v1::Pact> pact, FindPact(name));
      RETURN_IF_ERROR(PutPactUnits(last, nullptr, *pact));
    }
  }
  return absl::OkStatus();
}

absl::Status Store::PutTargets(const std::string& pact, const v1::Pact* before,
                               const v1::Pact& after, int64_t sequence, audit::Trail& trail) {
  struct Kept {
    int64_t position = 0;
    std::string message;
  };
  absl::flat_hash_map<absl::string_view, Kept> old;
  if (before != nullptr) {
    for (int i = 0; i < before->targets_size(); ++i) {
      old[before->targets(i).name()] = {i, before->targets(i).SerializeAsString()};
    }
  }
  const auto close = [&](absl::string_view name) {
    return transaction_.Execute(
        "UPDATE targets SET until = $3 WHERE pact = $1 AND target = $2 AND until = "
        "9223372036854775807",
        {pact, IdOf(name), sequence});
  };
  std::vector<Kept> changed;
  std::vector<std::string> ids;
  std::vector<std::pair<const std::string*, std::optional<std::string>>> befores;  // As changed.
  for (int i = 0; i < after.targets_size(); ++i) {
    const v1::Target& target = after.targets(i);
    Kept kept{i, target.SerializeAsString()};
    const auto found = old.find(target.name());
    std::optional<std::string> was;
    if (found != old.end()) {
      const bool same = found->second.position == i && found->second.message == kept.message;
      was = std::move(found->second.message);
      old.erase(found);
      if (same) continue;
      RETURN_IF_ERROR(close(target.name()));
    }
    befores.emplace_back(&target.name(), std::move(was));
    changed.push_back(std::move(kept));
    ids.push_back(IdOf(target.name()));
  }
  for (auto& [name, kept] : old) {
    RETURN_IF_ERROR(close(name));
    RETURN_IF_ERROR(
        trail.Changed<v1::Target>(std::string(name), std::move(kept.message), std::nullopt));
  }
  static constexpr absl::string_view kColumns[] = {"pact",  "target",   "since",
                                                   "until", "position", "message"};
  std::vector<std::vector<Parameter>> rows;
  rows.reserve(changed.size());
  for (size_t i = 0; i < changed.size(); ++i) {
    rows.push_back({absl::string_view(pact), absl::string_view(ids[i]), sequence, kStanding,
                    changed[i].position, Bytes{changed[i].message}});
  }
  RETURN_IF_ERROR(transaction_.InsertRows("targets", kColumns, rows));
  for (size_t i = 0; i < changed.size(); ++i) {
    auto& [name, was] = befores[i];
    if (was == changed[i].message) continue;  // It only moved up or down the list.
    RETURN_IF_ERROR(
        trail.Changed<v1::Target>(*name, std::move(was), std::move(changed[i].message)));
  }
  return absl::OkStatus();
}

// Reorganisations.

absl::StatusOr<std::optional<v1::Reorganisation>> Store::FindReorganisation(absl::string_view id) {
  return FindMessage<v1::Reorganisation>(v1::COLLECTION_REORGANISATIONS, id, kPresent);
}

absl::StatusOr<std::vector<Listed<v1::Reorganisation>>> Store::ListReorganisations(
    const PageOf& page) {
  // The key is "2025-02-24/sap-nhap-1": days in order, ids within a day.
  const std::pair<std::string, std::string> last =
      absl::StrSplit(page.last, absl::MaxSplits('/', 1));
  std::vector<Listed<v1::Reorganisation>> listed;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT facet, id, message FROM revisions WHERE collection = $1 "
      "AND (facet > $2 OR (facet = $2 AND id > $3)) AND since <= $4 ORDER BY facet, id LIMIT $5",
      {static_cast<int64_t>(v1::COLLECTION_REORGANISATIONS), last.first, last.second, page.sequence,
       page.limit},
      [&](const Row& row) {
        listed.emplace_back().key = absl::StrCat(row.Text(0), "/", row.Text(1));
        return ReadStored(row, 2, listed.back().message);
      }));
  return listed;
}

absl::Status Store::InsertReorganisation(const v1::Reorganisation& reorganisation,
                                         absl::Span<const std::string> units, audit::Trail& trail) {
  const std::string id = IdOf(reorganisation.name());
  RETURN_IF_ERROR(InsertNew<v1::Reorganisation>(
      {{v1::COLLECTION_REORGANISATIONS, id, reorganisation.effective_on(), 1,
        reorganisation.SerializeAsString()}},
      trail));
  for (const std::string& unit : units) {
    RETURN_IF_ERROR(transaction_.Execute(
        "INSERT INTO unit_reorganisations (unit, reorganisation) VALUES ($1, $2)", {unit, id}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Reorganisation>> Store::ReorganisationsOf(absl::string_view unit) {
  std::vector<v1::Reorganisation> all;
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT r.message FROM unit_reorganisations u JOIN revisions r "
      "ON r.collection = $2 AND r.id = u.reorganisation WHERE u.unit = $1 ORDER BY r.facet, r.id",
      {unit, static_cast<int64_t>(v1::COLLECTION_REORGANISATIONS)},
      [&](const Row& row) { return ReadStored(row, 0, all.emplace_back()); }));
  return all;
}

// Changes.

absl::StatusOr<std::vector<v1::Change>> Store::ListChanges(
    int64_t after, const std::optional<ResourceKey>& resource, int64_t sequence, int64_t limit) {
  std::vector<v1::Change> changes;
  const auto take = [&](const Row& row) {
    v1::Change& change = changes.emplace_back();
    change.set_sequence(row.Integer(0));
    change.set_resource(ResourceName(static_cast<v1::Collection>(row.Integer(1)), row.Text(2)));
    change.set_version(row.Integer(3));
    *change.mutable_change_time() = messages::InstantMessage(absl::FromUnixMillis(row.Integer(4)));
    return absl::OkStatus();
  };
  if (!resource.has_value()) {
    RETURN_IF_ERROR(
        transaction_.Query("SELECT since, collection, id, version, change_time_ms FROM revisions "
                           "WHERE since > $1 AND since <= $2 ORDER BY since LIMIT $3",
                           {after, sequence, limit}, take));
  } else {
    RETURN_IF_ERROR(transaction_.Query(
        "SELECT since, collection, id, version, change_time_ms FROM revisions "
        "WHERE collection = $4 AND id = $5 AND since > $1 AND since <= $2 ORDER BY since LIMIT $3",
        {after, sequence, limit, static_cast<int64_t>(resource->collection), resource->id}, take));
  }
  return changes;
}

absl::StatusOr<std::vector<std::pair<int64_t, v1::WatchResponse>>> Store::ChangedAfter(
    int64_t after, const std::vector<v1::Collection>& collections, int64_t limit) {
  std::vector<std::pair<int64_t, v1::WatchResponse>> changed;
  int64_t wanted[5] = {};
  std::copy_n(collections.begin(), std::min<size_t>(collections.size(), 5), wanted);
  // "+": in the order of changes from the one asked for on, not by collection from its beginning.
  RETURN_IF_ERROR(transaction_.Query(
      "SELECT since, collection, message FROM revisions "
      "WHERE since > $1 AND until = 9223372036854775807 "
      "AND +collection IN ($3, $4, $5, $6, $7) ORDER BY since LIMIT $2",
      {after, limit, wanted[0], wanted[1], wanted[2], wanted[3], wanted[4]}, [&](const Row& row) {
        v1::WatchResponse& event = changed.emplace_back(row.Integer(0), v1::WatchResponse()).second;
        switch (static_cast<v1::Collection>(row.Integer(1))) {
          case v1::COLLECTION_UNITS:
            return ReadStored(row, 2, *event.mutable_unit());
          case v1::COLLECTION_BLOCS:
            return ReadStored(row, 2, *event.mutable_bloc());
          case v1::COLLECTION_SCHEMES:
            return ReadStored(row, 2, *event.mutable_scheme());
          case v1::COLLECTION_PACTS:
            return ReadStored(row, 2, *event.mutable_pact());
          default:
            return ReadStored(row, 2, *event.mutable_reorganisation());
        }
      }));
  for (auto& [sequence, event] : changed) {
    if (!event.has_pact()) continue;
    ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("", event.pact().name()));
    RETURN_IF_ERROR(MakeWhole(name, kPresent, *event.mutable_pact()));
  }
  return changed;
}

}  // namespace thidua::registry
