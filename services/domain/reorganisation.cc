#include "services/domain/reorganisation.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/identifier.h"
#include "services/domain/qualifier_word.h"
#include "services/domain/rational.h"
#include "services/domain/return_if_error.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

constexpr size_t kMaxUnits = 50;
constexpr size_t kMaxTransfers = 200;
constexpr size_t kMaxDocument = 1'000;
constexpr size_t kMaxDependencies = 20;

// How many units a kind has on either side, and whether functions are named one by one.
struct Shape {
  ReorganisationKind kind;
  absl::string_view name;
  size_t sources_min, sources_max;
  size_t successors_min, successors_max;
  bool has_transfers;
};
constexpr std::array kShapes = {
    Shape{ReorganisationKind::kRename, "Đổi tên", 1, 1, 0, 0, false},
    Shape{ReorganisationKind::kMerge, "Hợp nhất", 2, kMaxUnits, 1, 1, false},
    Shape{ReorganisationKind::kSplit, "Chia tách", 1, 1, 2, kMaxUnits, true},
    Shape{ReorganisationKind::kAbsorb, "Sáp nhập", 1, kMaxUnits, 1, 1, false},
    Shape{ReorganisationKind::kTransferFunction, "Chuyển chức năng", 1, kMaxUnits, 1, kMaxUnits,
          true},
};

const Shape* ShapeOf(ReorganisationKind kind) {
  const auto* shape = std::ranges::find(kShapes, kind, &Shape::kind);
  return shape == kShapes.end() ? nullptr : shape;
}

bool IsSource(const Reorganisation& reorganisation, absl::string_view unit) {
  return std::ranges::find(reorganisation.sources, unit) != reorganisation.sources.end();
}

bool IsSuccessor(const Reorganisation& reorganisation, absl::string_view unit) {
  return std::ranges::find(reorganisation.successors, unit, &Successor::unit) !=
         reorganisation.successors.end();
}

// The new unit with its days: it begins on the day, and nothing of it held before.
Unit Established(const Reorganisation& reorganisation, Unit unit) {
  const Date day = reorganisation.effective_on;
  for (Naming& naming : unit.namings) {
    naming.held = {day, std::nullopt};
    naming.reorganisation = reorganisation.id;
  }
  for (Alias& alias : unit.aliases) alias.held.from = std::max(alias.held.from.value_or(day), day);
  for (UnitIdentifier& identifier : unit.identifiers) {
    identifier.held.from = std::max(identifier.held.from.value_or(day), day);
  }
  return unit;
}

class Validation {
 public:
  explicit Validation(const Reorganisation& reorganisation)
      : it_(reorganisation), shape_(ShapeOf(reorganisation.kind)) {}

  std::vector<Fault> Faults() && {
    Add(CheckIdentifier("name", it_.id));
    if (shape_ == nullptr) {
      Add("kind", "REQUIRED",
          "Phải ghi hình thức sắp xếp: đổi tên, hợp nhất, chia tách, sáp nhập hoặc chuyển chức "
          "năng.");
    }
    // A day before it must be left to end on.
    if (it_.effective_on <= Date(1900, 1, 1) || it_.effective_on > Date(9999, 12, 31)) {
      Add("effective_on", "OUT_OF_RANGE",
          "Ngày có hiệu lực phải sau 01/01/1900 và không quá 31/12/9999.");
    }
    Add(CheckName("decision_number", it_.decision_number));
    Add(CheckText("document", it_.document, kMaxDocument));
    CheckSources();
    CheckSuccessors();
    CheckTransfers();
    CheckRemainder();
    CheckNewNaming();
    return std::move(faults_);
  }

 private:
  void Add(std::string path, absl::string_view reason, std::string message) {
    faults_.push_back({std::move(path), std::string(reason), std::move(message)});
  }
  void Add(std::optional<Fault> fault) {
    if (fault.has_value()) faults_.push_back(*std::move(fault));
  }
  void AddUseless(std::string path, absl::string_view what) {
    Add(std::move(path), "NOT_FOR_THIS_KIND",
        absl::StrCat("Hình thức “", shape_->name, "” không dùng đến ", what, "."));
  }

  // False: so many that none is looked at.
  bool CheckCount(std::string path, absl::string_view what, size_t count, size_t min, size_t max) {
    if (count > 0 && max == 0) {
      AddUseless(std::move(path), what);
      return false;
    }
    if (count < min) {
      Add(std::move(path), "REQUIRED",
          shape_ == nullptr ? absl::StrCat("Phải ghi ", what, ".")
                            : absl::StrCat("Hình thức “", shape_->name, "” phải có ít nhất ", min,
                                           " ", what, "."));
    } else if (count > max) {
      Add(std::move(path), "TOO_MANY", absl::StrCat("Quá nhiều ", what, ": tối đa ", max, "."));
      return count <= kMaxUnits;
    }
    return true;
  }

  void CheckSources() {
    if (!CheckCount("sources", "đơn vị được sắp xếp", it_.sources.size(),
                    shape_ == nullptr ? 1 : shape_->sources_min,
                    shape_ == nullptr ? kMaxUnits : shape_->sources_max)) {
      return;
    }
    absl::flat_hash_set<absl::string_view> seen;
    for (size_t i = 0; i < it_.sources.size(); ++i) {
      const std::string path = absl::StrCat("sources[", i, "]");
      CheckUnitId(path, it_.sources[i], seen);
    }
  }

  void CheckUnitId(const std::string& path, const std::string& unit,
                   absl::flat_hash_set<absl::string_view>& seen) {
    std::optional<Fault> fault = CheckIdentifier(path, unit);
    if (!fault.has_value() && !seen.insert(unit).second) {
      fault = Fault{path, "DUPLICATE", absl::StrCat("Đơn vị “", Excerpt(unit), "” ghi hai lần.")};
    }
    Add(std::move(fault));
  }

  void CheckSuccessors() {
    if (!CheckCount("successors", "đơn vị tiếp nhận", it_.successors.size(),
                    shape_ == nullptr ? 0 : shape_->successors_min,
                    shape_ == nullptr ? kMaxUnits : shape_->successors_max)) {
      return;
    }
    absl::flat_hash_set<absl::string_view> seen;
    for (size_t i = 0; i < it_.successors.size(); ++i) {
      const Successor& successor = it_.successors[i];
      const std::string path = absl::StrCat("successors[", i, "]");
      CheckUnitId(absl::StrCat(path, ".unit"), successor.unit, seen);
      const bool is_source = IsSource(it_, successor.unit);
      if (is_source && it_.kind == ReorganisationKind::kMerge) {
        Add(absl::StrCat(path, ".unit"), "OUT_OF_RANGE",
            "Đơn vị hình thành sau hợp nhất phải là một đơn vị mới, dù có thể mang tên của một đơn "
            "vị cũ.");
      }
      if (is_source && it_.kind == ReorganisationKind::kAbsorb) {
        Add(absl::StrCat(path, ".unit"), "OUT_OF_RANGE",
            "Đơn vị nhận sáp nhập vẫn hoạt động, không thể là đơn vị chấm dứt hoạt động.");
      }
      if (!successor.bloc.empty()) {
        Add(CheckIdentifier(absl::StrCat(path, ".bloc"), successor.bloc));
      }
      if (successor.new_unit.has_value()) {
        CheckNewUnit(absl::StrCat(path, ".new_unit"), successor, is_source);
      }
    }
  }

  void CheckNewUnit(const std::string& path, const Successor& successor, bool is_source) {
    if (it_.kind == ReorganisationKind::kAbsorb) {
      AddUseless(path, "việc thành lập đơn vị mới");
      return;
    }
    if (is_source && it_.kind != ReorganisationKind::kMerge) {
      Add(path, "OUT_OF_RANGE",
          absl::StrCat("Đơn vị “", Excerpt(successor.unit),
                       "” đang hoạt động, không thể thành lập "
                       "mới."));
    }
    const Unit& unit = *successor.new_unit;
    if (unit.id != successor.unit) {
      Add(absl::StrCat(path, ".name"), "OUT_OF_RANGE",
          "Tên tài nguyên của đơn vị thành lập mới phải trùng với đơn vị tiếp nhận.");
    }
    if (unit.namings.size() > 1) {
      Add(absl::StrCat(path, ".namings"), "TOO_MANY",
          "Đơn vị thành lập mới chỉ có một tên gọi, từ ngày có hiệu lực.");
      return;
    }
    for (Fault& fault : ToldByOwnFields(ValidateUnit(Established(it_, unit)), 0)) {
      if (fault.path == "name") continue;  // Said of `unit`.
      if (fault.path == "namings") fault.path = "display_name";
      Add(absl::StrCat(path, ".", fault.path), fault.reason, std::move(fault.message));
    }
  }

  void CheckTransfers() {
    const std::vector<FunctionTransfer>& transfers = it_.transfers;
    if (shape_ != nullptr && !shape_->has_transfers) {
      if (!transfers.empty()) AddUseless("transfers", "việc chuyển từng chức năng");
      return;
    }
    if (transfers.empty() && shape_ != nullptr) {
      Add("transfers", "REQUIRED", "Phải ghi ít nhất một chức năng được chuyển.");
    }
    if (transfers.size() > kMaxTransfers) {
      Add("transfers", "TOO_MANY",
          absl::StrCat("Quá nhiều chức năng được chuyển: tối đa ", kMaxTransfers, "."));
      return;
    }
    absl::flat_hash_set<std::pair<absl::string_view, absl::string_view>> seen;
    for (size_t i = 0; i < transfers.size(); ++i) {
      const FunctionTransfer& transfer = transfers[i];
      const std::string path = absl::StrCat("transfers[", i, "]");
      std::optional<Fault> fault =
          CheckIdentifier(absl::StrCat(path, ".function_id"), transfer.function);
      if (!fault.has_value() && !seen.insert({transfer.from, transfer.function}).second) {
        fault = Fault{absl::StrCat(path, ".function_id"), "DUPLICATE",
                      absl::StrCat("Chức năng “", Excerpt(transfer.function),
                                   "” của cùng một đơn vị ghi hai lần.")};
      }
      Add(std::move(fault));
      Add(CheckName(absl::StrCat(path, ".function_display_name"), transfer.function_name));
      if (!IsSource(it_, transfer.from)) {
        Add(absl::StrCat(path, ".from"), "UNIT_UNKNOWN",
            absl::StrCat("Đơn vị chuyển giao “", Excerpt(transfer.from),
                         "” không phải là đơn vị được sắp xếp."));
      }
      if (!IsSuccessor(it_, transfer.to)) {
        Add(absl::StrCat(path, ".to"), "UNIT_UNKNOWN",
            absl::StrCat("“", Excerpt(transfer.to), "” không phải là đơn vị tiếp nhận."));
      } else if (transfer.to == transfer.from &&
                 it_.kind == ReorganisationKind::kTransferFunction) {
        Add(absl::StrCat(path, ".to"), "OUT_OF_RANGE",
            "Chức năng phải chuyển sang một đơn vị khác.");
      }
    }
  }

  void CheckRemainder() {
    if (it_.remainder_to.empty() || shape_ == nullptr) return;
    if (it_.kind != ReorganisationKind::kSplit) {
      AddUseless("remainder_to", "đơn vị nhận phần còn lại");
    } else if (!IsSuccessor(it_, it_.remainder_to)) {
      Add("remainder_to", "UNIT_UNKNOWN",
          absl::StrCat("“", Excerpt(it_.remainder_to), "” không phải là đơn vị tiếp nhận."));
    }
  }

  void CheckNewNaming() {
    if (!it_.new_naming.has_value()) {
      if (it_.kind == ReorganisationKind::kRename) {
        Add("new_naming", "REQUIRED", "Phải ghi tên gọi mới của đơn vị được đổi tên.");
      }
      return;
    }
    if (shape_ != nullptr && it_.kind != ReorganisationKind::kRename) {
      AddUseless("new_naming", "tên gọi mới");
      return;
    }
    Add(CheckName("new_naming.display_name", it_.new_naming->name));
    if (!it_.new_naming->short_name.empty()) {
      Add(CheckName("new_naming.short_name", it_.new_naming->short_name));
    }
  }

  const Reorganisation& it_;
  const Shape* shape_;
  std::vector<Fault> faults_;
};

// What would still hold on `day` ends the day before; what would have begun then is empty.
void EndBefore(Date day, Interval& held) {
  if (!held.until.has_value() || *held.until >= day) held.until = day - 1;
}

template <typename Dated>
void EndAllBefore(Date day, std::vector<Dated>& all) {
  for (Dated& one : all) EndBefore(day, one.held);
  std::erase_if(all, [](const Dated& one) { return one.held.IsEmpty(); });
}

// Whether the unit is a member on every day of `time`, which has a first day.
bool IsMemberThroughout(const Bloc& bloc, absl::string_view unit, const Interval& time) {
  Date day = *time.from;
  while (true) {
    const auto held = std::ranges::find_if(bloc.memberships, [&](const Membership& membership) {
      return membership.unit == unit && membership.held.Includes(day);
    });
    if (held == bloc.memberships.end()) return false;
    if (!held->held.until.has_value()) return true;
    if (time.until.has_value() && *held->held.until >= *time.until) return true;
    day = *held->held.until + 1;
  }
}

bool IsMemberOn(const Bloc& bloc, absl::string_view unit, Date day) {
  return IsMemberThroughout(bloc, unit, {day, day});
}

bool HasRoleDuring(const Bloc& bloc, absl::string_view unit, const Interval& time) {
  return std::ranges::any_of(bloc.roles, [&](const BlocRole& role) {
    return role.unit == unit && role.kind != BlocRoleKind::kWatcher && role.held.Overlaps(time);
  });
}

// Whether two targets are one and the same but for the unit, so that their figures add up.
bool AreAlike(const Target& a, const Target& b) {
  return a.criterion == b.criterion && a.kind == b.kind && a.direction == b.direction &&
         a.accumulation == b.accumulation && a.accumulation != Accumulation::kRate &&
         a.name == b.name && a.measure == b.measure && a.value.has_value() && b.value.has_value();
}

// Exactly, or nothing when it has too many digits for a figure.
std::optional<Quantity> Sum(const Quantity& a, const Quantity& b) {
  const std::optional<Decimal> value = (Rational(a.value) + Rational(b.value))
                                           .RoundHalfUp(std::max(a.value.scale(), b.value.scale()));
  if (!a.has_value() || !b.has_value() || !value.has_value()) return std::nullopt;
  Quantity sum = a;
  sum.value = *value;
  sum.text.clear();  // Nobody wrote it.
  if (a.qualifier == Qualifier::kExact) {
    sum.qualifier = b.qualifier;
  } else if (b.qualifier != Qualifier::kExact && b.qualifier != a.qualifier) {
    sum.qualifier = Qualifier::kAbout;
  }
  return sum;
}

// Adds what `other` was to bring; pace and evidence stay the target's own. False: the sum does not
// fit.
bool AddTo(Target& target, const Target& other) {
  const std::optional<Quantity> value = Sum(target.value, other.value);
  if (!value.has_value()) return false;
  target.value = *value;
  // Of last year either both are known, or the sum is not.
  target.baseline = Sum(target.baseline, other.baseline).value_or(Quantity{});
  target.dependencies.insert(target.dependencies.end(), other.dependencies.begin(),
                             other.dependencies.end());
  return true;
}

// "Sở A, Sở B và Sở C", at most four, the rest counted.
std::string Enumerate(std::vector<std::string> names, absl::string_view others) {
  constexpr size_t kShown = 4;
  if (names.size() == 1) return names.front();
  std::string last;
  if (names.size() > kShown) {
    last = absl::StrCat(names.size() - kShown, " ", others);
    names.resize(kShown);
  } else {
    last = std::move(names.back());
    names.pop_back();
  }
  return absl::StrCat(absl::StrJoin(names, ", "), " và ", last);
}

// One reorganisation being worked out.
class Change {
 public:
  Change(const Reorganisation& reorganisation, const RegistryView& view)
      : it_(reorganisation), view_(view), day_(reorganisation.effective_on) {
    for (const std::string& source : it_.sources) {
      const bool ends = it_.kind == ReorganisationKind::kMerge ||
                        it_.kind == ReorganisationKind::kAbsorb ||
                        (it_.kind == ReorganisationKind::kSplit && !IsSuccessor(it_, source));
      if (ends) ending_.push_back(source);
    }
    if (it_.kind == ReorganisationKind::kMerge || it_.kind == ReorganisationKind::kAbsorb) {
      heir_ = it_.successors.front().unit;
    }
  }

  absl::StatusOr<ReorganisationEffect> Effect() && {
    RETURN_IF_ERROR(CheckRegistry());
    ChangeUnits();
    ChangeBlocs();
    for (const TouchedPact& touched : view_.pacts) {
      PactEffect effect = EffectOnPact(touched);
      // One that only depends on a source is named when something of it changes.
      if (HasSource(*touched.pact) || effect.amendment.has_value()) {
        effect_.pacts.push_back(std::move(effect));
      }
    }
    RefuseUndecided();
    RETURN_IF_ERROR(FaultsToStatus(refusals_, absl::StatusCode::kFailedPrecondition));
    RETURN_IF_ERROR(CheckSound());
    return std::move(effect_);
  }

 private:
  bool Ends(absl::string_view unit) const {
    return std::ranges::find(ending_, unit) != ending_.end();
  }

  bool HasSource(const Pact& pact) const {
    return std::ranges::any_of(it_.sources, [&](const std::string& source) {
      return FindMember(pact, source) != nullptr;
    });
  }

  const Unit* FindUnit(absl::string_view id) const {
    const auto unit =
        std::ranges::find_if(view_.units, [&](const Unit* known) { return known->id == id; });
    return unit == view_.units.end() ? nullptr : *unit;
  }

  void Refuse(std::string path, absl::string_view reason, std::string message) {
    refusals_.push_back({std::move(path), std::string(reason), std::move(message)});
  }

  // Whether units and blocs are there, and may be changed on that day.
  absl::Status CheckRegistry() {
    std::vector<Fault> unknown;
    std::vector<Fault> taken;
    for (size_t i = 0; i < it_.sources.size(); ++i) {
      const std::string path = absl::StrCat("sources[", i, "]");
      const Unit* unit = FindUnit(it_.sources[i]);
      if (unit == nullptr) {
        unknown.push_back(UnknownUnit(path, it_.sources[i]));
      } else if (RefuseInactive(path, *unit, day_ - 1) && RefuseInactive(path, *unit, day_) &&
                 (Ends(unit->id) || it_.kind == ReorganisationKind::kRename) &&
                 unit->namings.back().held.from >= day_) {
        const Naming& later = unit->namings.back();
        Refuse(path, "UNIT_CHANGED_LATER",
               absl::StrCat("Đơn vị “", Excerpt(unit->id), "” đã được ghi nhận đổi tên thành ",
                            Excerpt(later.name), " từ ngày ", PrintDate(*later.held.from),
                            "; các lần sắp xếp phải ghi theo thứ tự thời gian."));
      }
    }
    for (size_t i = 0; i < it_.successors.size(); ++i) {
      const Successor& successor = it_.successors[i];
      const std::string path = absl::StrCat("successors[", i, "]");
      const Unit* unit = FindUnit(successor.unit);
      if (successor.new_unit.has_value() && unit != nullptr) {
        taken.push_back({absl::StrCat(path, ".unit"), "UNIT_EXISTS",
                         absl::StrCat("Mã đơn vị “", Excerpt(successor.unit),
                                      "” đã có; đơn vị mới phải mang mã khác, kể cả khi trùng "
                                      "tên.")});
      } else if (!successor.new_unit.has_value() && unit == nullptr) {
        unknown.push_back(UnknownUnit(absl::StrCat(path, ".unit"), successor.unit));
      } else if (unit != nullptr && !IsSource(it_, successor.unit)) {
        RefuseInactive(absl::StrCat(path, ".unit"), *unit, day_);
      }
      if (!successor.bloc.empty() && std::ranges::none_of(view_.blocs, [&](const Bloc* bloc) {
            return bloc->id == successor.bloc;
          })) {
        unknown.push_back({absl::StrCat(path, ".bloc"), "BLOC_UNKNOWN",
                           absl::StrCat("Không có khối thi đua “", Excerpt(successor.bloc), "”.")});
      }
    }
    RETURN_IF_ERROR(FaultsToStatus(unknown, absl::StatusCode::kNotFound));
    RETURN_IF_ERROR(FaultsToStatus(taken, absl::StatusCode::kAlreadyExists));
    return FaultsToStatus(refusals_, absl::StatusCode::kFailedPrecondition);
  }

  static Fault UnknownUnit(std::string path, absl::string_view unit) {
    return {std::move(path), "UNIT_UNKNOWN",
            absl::StrCat("Không có đơn vị “", Excerpt(unit), "”.")};
  }

  // True: it is active.
  bool RefuseInactive(std::string path, const Unit& unit, Date day) {
    const UnitState state = StateOn(unit, day);
    if (state == UnitState::kActive) return true;
    Refuse(std::move(path), "UNIT_NOT_ACTIVE",
           absl::StrCat(Excerpt(NamingOn(unit, day).name),
                        state == UnitState::kFuture ? " chưa thành lập vào ngày "
                                                    : " đã chấm dứt hoạt động trước ngày ",
                        PrintDate(day), "."));
    return false;
  }

  void ChangeUnits() {
    for (const Successor& successor : it_.successors) {
      if (!successor.new_unit.has_value()) continue;
      effect_.units.push_back({Established(it_, *successor.new_unit), UnitChange::kEstablished});
    }
    for (const std::string& source : it_.sources) {
      const Unit& unit = *FindUnit(source);
      if (it_.kind == ReorganisationKind::kRename) {
        effect_.units.push_back({Renamed(unit), UnitChange::kRenamed});
      } else if (Ends(source)) {
        effect_.units.push_back({Ended(unit), UnitChange::kEnded});
      }
    }
    for (const std::string& source : it_.sources) AddContinuing(source);
    for (const Successor& successor : it_.successors) AddContinuing(successor.unit);
  }

  void AddContinuing(const std::string& id) {
    if (FindChanged(id) != nullptr) return;
    effect_.units.push_back({*FindUnit(id), UnitChange::kContinues});
  }

  const Unit* FindChanged(absl::string_view id) const {
    for (const UnitEffect& unit : effect_.units) {
      if (unit.unit.id == id) return &unit.unit;
    }
    return nullptr;
  }

  // As it is called from the day on; the last name of one that ended.
  std::string NameOf(absl::string_view unit) const {
    return Excerpt(NamingOn(*FindChanged(unit), day_).name);
  }

  Unit Renamed(Unit unit) const {
    Naming naming = *it_.new_naming;
    Naming& before = unit.namings.back();
    if (naming.kind == UnitKind::kUnspecified) naming.kind = before.kind;
    naming.held = {day_, before.held.until};
    naming.reorganisation = it_.id;
    before.held.until = day_ - 1;
    unit.namings.push_back(std::move(naming));
    return unit;
  }

  Unit Ended(Unit unit) const {
    EndBefore(day_, unit.namings.back().held);
    EndAllBefore(day_, unit.aliases);
    EndAllBefore(day_, unit.identifiers);
    return unit;
  }

  void ChangeBlocs() {
    for (const Bloc* bloc : view_.blocs) blocs_.push_back(*bloc);
    Bloc* of_sources = BlocOfSources();
    for (const std::string& unit : ending_) {
      for (Bloc& bloc : blocs_) EndMemberships(unit, bloc);
    }
    for (size_t i = 0; i < it_.successors.size(); ++i) {
      Join(absl::StrCat("successors[", i, "].bloc"), it_.successors[i], of_sources);
    }
    // A leader's office before a deputy's, should two sources hold one each.
    for (BlocRoleKind kind : {BlocRoleKind::kLeader, BlocRoleKind::kDeputy}) {
      for (const std::string& unit : ending_) {
        for (Bloc& bloc : blocs_) EndRoles(kind, unit, bloc);
      }
    }
    for (size_t i = 0; i < blocs_.size(); ++i) {
      if (blocs_[i] != *view_.blocs[i]) effect_.blocs.push_back(blocs_[i]);
    }
  }

  Bloc* BlocOn(absl::string_view unit, Date day) {
    const auto bloc =
        std::ranges::find_if(blocs_, [&](const Bloc& one) { return IsMemberOn(one, unit, day); });
    return bloc == blocs_.end() ? nullptr : &*bloc;
  }

  // The one bloc in which all sources are on the day before; null when there is none such.
  Bloc* BlocOfSources() {
    Bloc* bloc = BlocOn(it_.sources.front(), day_ - 1);
    for (const std::string& source : it_.sources) {
      if (BlocOn(source, day_ - 1) != bloc) return nullptr;
    }
    return bloc;
  }

  void EndMemberships(const std::string& unit, Bloc& bloc) {
    bool ends = false;
    for (Membership& membership : bloc.memberships) {
      if (membership.unit != unit) continue;
      const Interval before = membership.held;
      EndBefore(day_, membership.held);
      ends = ends || membership.held != before;
    }
    std::erase_if(bloc.memberships, [&](const Membership& membership) {
      return membership.unit == unit && membership.held.IsEmpty();
    });
    if (ends) effect_.memberships.push_back({bloc.id, unit, MembershipChange::kEnds});
  }

  void Join(std::string path, const Successor& successor, Bloc* of_sources) {
    const std::string& unit = successor.unit;
    if (const Bloc* present = BlocOn(unit, day_); present != nullptr) {
      if (!successor.bloc.empty() && successor.bloc != present->id) {
        Refuse(std::move(path), "BLOC_OVERLAP",
               absl::StrCat(NameOf(unit), " đang thuộc ", Excerpt(present->name),
                            ", không thể vào thêm khối khác cùng lúc."));
      }
      return;
    }
    // A body that was there before and competed nowhere does not compete for having got more to do.
    Bloc* joined = successor.new_unit.has_value() ? of_sources : nullptr;
    if (!successor.bloc.empty()) {
      joined = &*std::ranges::find(blocs_, successor.bloc, &Bloc::id);
    }
    if (joined == nullptr) return;
    // Until it goes where it was to go anyhow.
    Interval held = {day_, std::nullopt};
    for (const Bloc& bloc : blocs_) {
      for (const Membership& later : bloc.memberships) {
        if (later.unit != unit || !later.held.from.has_value() || *later.held.from <= day_) {
          continue;
        }
        held.until = std::min(held.until.value_or(*later.held.from - 1), *later.held.from - 1);
      }
    }
    joined->memberships.push_back({unit, held});
    effect_.memberships.push_back({joined->id, unit, MembershipChange::kBegins});
  }

  void EndRoles(BlocRoleKind kind, const std::string& unit, Bloc& bloc) {
    // Those that pass are added at the end, and are not of this unit.
    for (size_t i = 0; i < bloc.roles.size(); ++i) {
      const BlocRole role = bloc.roles[i];
      if (role.kind != kind || role.unit != unit) continue;
      EndBefore(day_, bloc.roles[i].held);
      if (bloc.roles[i].held == role.held) continue;
      const Interval rest = {std::max(role.held.from.value_or(day_), day_), role.held.until};
      RoleEffect change{bloc.id, kind, unit, RoleChange::kFallsVacant, ""};
      if (!heir_.empty() && IsMemberThroughout(bloc, heir_, rest) &&
          !HasRoleDuring(bloc, heir_, rest)) {
        bloc.roles.push_back({kind, heir_, "", rest});
        change.change = RoleChange::kPasses;
        change.to = heir_;
      }
      effect_.roles.push_back(std::move(change));
    }
    std::erase_if(bloc.roles,
                  [&](const BlocRole& role) { return role.unit == unit && role.held.IsEmpty(); });
  }

  // Who has the target from the day on, perhaps the unit that has it now; nothing: undecided.
  std::optional<std::string> Destination(const Target& target) const {
    if (!heir_.empty()) return heir_;
    for (const FunctionTransfer& transfer : it_.transfers) {
      if (transfer.from == target.unit && transfer.function == target.function) {
        return transfer.to;
      }
    }
    if (!it_.remainder_to.empty()) return it_.remainder_to;
    if (Ends(target.unit)) return std::nullopt;
    return target.unit;
  }

  // A target on its way through the reorganisation.
  struct Move {
    Target target;            // As it will be.
    bool of_source = false;   // And not voided before.
    std::string depended_on;  // The unit that ends in whose place it depends on the heir.
    ResultsChange results = ResultsChange::kStay;
    std::string to;   // Where it belongs.
    size_t into = 0;  // With kSum: its place in the pact.
    bool put = false;
  };

  PactEffect EffectOnPact(const TouchedPact& touched) {
    const Pact& pact = *touched.pact;
    PactEffect effect;
    effect.pact = &pact;
    const bool over = pact.year < day_.year();

    std::vector<Move> moves;
    for (const Target& target : pact.targets) {
      Move move;
      move.target = target;
      move.of_source = !target.voided && IsSource(it_, target.unit);
      move.to = target.unit;
      moves.push_back(std::move(move));
    }
    Amendment amendment;
    if (!over) {
      // Parties change where a source is one; another bloc's pact only depends on it.
      if (HasSource(pact)) ChangeMembers(pact, amendment);
      MoveTargets(pact, amendment, moves);
      FollowDependencies(pact, moves);
    }
    for (size_t i = 0; i < moves.size(); ++i) {
      if (moves[i].of_source || !moves[i].depended_on.empty())
        effect.targets.push_back(EffectOnTarget(pact, i, moves));
    }
    for (Move& move : moves) {
      if (move.results == ResultsChange::kSum || move.results == ResultsChange::kLeave) {
        amendment.void_targets.push_back(move.target.id);
      } else if (move.put) {
        amendment.put_targets.push_back(std::move(move.target));
      }
    }
    if (amendment.put_targets.empty() && amendment.void_targets.empty() &&
        amendment.add_members.empty() && amendment.remove_members.empty()) {
      return effect;
    }
    if (touched.in_force && touched.amendment_pending) {
      Refuse("", "AMENDMENT_PENDING",
             absl::StrCat("Giao ước năm ", pact.year, " của ", BlocName(pact.bloc),
                          " đang có một lần điều chỉnh chờ ký; phải ký xong hoặc rút lại trước."));
    }
    amendment.reason = Reason();
    amendment.document = it_.decision_number;
    effect.amendment = std::move(amendment);
    effect.change = touched.in_force ? PactChange::kAmendmentProposed : PactChange::kRewritten;
    return effect;
  }

  std::string BlocName(absl::string_view id) const {
    const auto bloc = std::ranges::find(blocs_, id, &Bloc::id);
    return Excerpt(bloc == blocs_.end() ? id : bloc->name);
  }

  void ChangeMembers(const Pact& pact, Amendment& amendment) {
    for (const Member& member : pact.members) {
      if (Ends(member.unit)) amendment.remove_members.push_back(member.unit);
    }
    const auto bloc = std::ranges::find(blocs_, pact.bloc, &Bloc::id);
    // A pact of a later year takes those who are in the bloc when that year begins.
    const Date from = std::max(day_, Date(pact.year, 1, 1));
    for (const Successor& successor : it_.successors) {
      const std::string& unit = successor.unit;
      const Role role = unit == heir_ ? PassedRole(pact) : Role::kMember;
      const Member* present = FindMember(pact, unit);
      if (present == nullptr ? bloc != blocs_.end() && IsMemberOn(*bloc, unit, from)
                             : role != Role::kMember && present->role == Role::kMember) {
        amendment.add_members.push_back({unit, NamingOn(*FindChanged(unit), from).name, role});
      }
    }
    const bool stays =
        std::ranges::any_of(pact.members, [&](const Member& member) { return !Ends(member.unit); });
    if (!stays && amendment.add_members.empty()) {
      Refuse("", "PACT_WOULD_BE_EMPTY",
             absl::StrCat("Giao ước năm ", pact.year, " của ", BlocName(pact.bloc),
                          " sẽ không còn đơn vị nào."));
    }
  }

  // That of a member that ends, when the bloc's passes to the heir.
  Role PassedRole(const Pact& pact) const {
    Role passed = Role::kMember;
    for (const RoleEffect& role : effect_.roles) {
      if (role.bloc != pact.bloc || role.change != RoleChange::kPasses) continue;
      const Member* member = FindMember(pact, role.unit);
      if (member == nullptr) continue;
      if (role.role == BlocRoleKind::kLeader && member->role == Role::kLeader) return Role::kLeader;
      if (role.role == BlocRoleKind::kDeputy && member->role == Role::kDeputy) {
        passed = Role::kDeputy;
      }
    }
    return passed;
  }

  void MoveTargets(const Pact& pact, const Amendment& amendment, std::vector<Move>& moves) {
    for (Move& move : moves) {
      if (!move.of_source) continue;
      const Target& target = move.target;
      std::optional<std::string> to = Destination(target);
      if (IsVoided(pact, target.criterion)) {
        // It counts for nobody any more: what can stay stays, and nobody takes the rest.
        if (!Ends(target.unit)) continue;
        move.to = std::move(to).value_or("");
        move.results = ResultsChange::kLeave;
      } else if (!to.has_value()) {
        undecided_.push_back(absl::StrCat("“", Excerpt(target.name), "”"));
      } else if (*to != target.unit) {
        move.to = *std::move(to);
        const bool in_pact = (FindMember(pact, move.to) != nullptr && !Ends(move.to)) ||
                             std::ranges::find(amendment.add_members, move.to, &Member::unit) !=
                                 amendment.add_members.end();
        move.results = in_pact ? ResultsChange::kCarry : ResultsChange::kLeave;
      }
    }
    for (size_t i = 0; i < moves.size(); ++i) {
      if (moves[i].results != ResultsChange::kCarry) continue;
      const std::optional<size_t> into = SummedInto(pact, moves, i);
      if (into.has_value() && AddTo(moves[*into].target, moves[i].target)) {
        moves[*into].put = true;
        moves[i].results = ResultsChange::kSum;
        moves[i].into = *into;
      } else {
        moves[i].target.unit = moves[i].to;
        moves[i].put = true;
      }
    }
  }

  // The target that the `i`th adds to: one that its new unit has already, otherwise the first that
  // it takes over from another source.
  static std::optional<size_t> SummedInto(const Pact& pact, const std::vector<Move>& moves,
                                          size_t i) {
    const Move& move = moves[i];
    for (size_t j = 0; j < moves.size(); ++j) {
      const Move& own = moves[j];
      if (own.results == ResultsChange::kStay && !own.target.voided && own.to == move.to &&
          AreAlike(own.target, move.target)) {
        return j;
      }
    }
    for (size_t j = 0; j < i; ++j) {
      const Move& taken = moves[j];
      if (taken.results == ResultsChange::kCarry && taken.to == move.to &&
          pact.targets[j].unit != pact.targets[i].unit && AreAlike(taken.target, move.target)) {
        return j;
      }
    }
    return std::nullopt;
  }

  // Who depended on a unit that ends depends on the one that took it over, if it is one; nobody on
  // himself.
  void FollowDependencies(const Pact& pact, std::vector<Move>& moves) const {
    for (size_t i = 0; i < moves.size(); ++i) {
      Move& move = moves[i];
      Target& target = move.target;
      if (target.voided || move.results == ResultsChange::kSum ||
          move.results == ResultsChange::kLeave || IsVoided(pact, target.criterion)) {
        continue;
      }
      const bool follows = !heir_.empty() && std::ranges::any_of(target.dependencies,
                                                                 [&](const Dependency& dependency) {
                                                                   return Ends(dependency.unit);
                                                                 });
      if (!follows && !move.put) continue;
      if (!heir_.empty()) move.depended_on = FirstEnding(pact.targets[i].dependencies);
      std::vector<Dependency> dependencies;
      for (Dependency& dependency : target.dependencies) {
        if (!heir_.empty() && Ends(dependency.unit)) dependency.unit = heir_;
        if (dependency.unit == target.unit || dependencies.size() == kMaxDependencies ||
            std::ranges::find(dependencies, dependency.unit, &Dependency::unit) !=
                dependencies.end()) {
          continue;
        }
        dependencies.push_back(std::move(dependency));
      }
      target.dependencies = std::move(dependencies);
      move.put = true;
    }
  }

  std::string FirstEnding(const std::vector<Dependency>& dependencies) const {
    const auto ending = std::ranges::find_if(
        dependencies, [&](const Dependency& dependency) { return Ends(dependency.unit); });
    return ending == dependencies.end() ? "" : ending->unit;
  }

  // Targets and moves stand in the same order.
  TargetEffect EffectOnTarget(const Pact& pact, size_t i, const std::vector<Move>& moves) const {
    const Target& before = pact.targets[i];
    const Move& move = moves[i];
    TargetEffect effect;
    effect.target = before.id;
    effect.from_unit = before.unit;
    effect.results = move.results;
    if (move.results != ResultsChange::kStay) effect.to_unit = move.to;
    if (move.results == ResultsChange::kSum) effect.to_target = moves[move.into].target.id;
    effect.sentence = Sentence(pact, before, move, moves);
    return effect;
  }

  std::string Sentence(const Pact& pact, const Target& before, const Move& move,
                       const std::vector<Move>& moves) const {
    const Member* member = FindMember(pact, before.unit);
    const std::string from =
        member == nullptr ? NameOf(before.unit) : Excerpt(member->display_name);
    const std::string target = absl::StrCat("Chỉ tiêu “", Excerpt(before.name), "” của ", from);
    switch (move.results) {
      case ResultsChange::kStay:
        if (!move.depended_on.empty()) {
          const std::string ended = NameOf(move.depended_on);
          return before.unit == heir_
                     ? absl::StrCat(target, " không còn phụ thuộc ", ended, ", nay là một đơn vị.")
                     : absl::StrCat(target, " nay phụ thuộc ", NameOf(heir_), " thay cho ", ended,
                                    ".");
        }
        if (pact.year < day_.year()) {
          return absl::StrCat(target, " giữ nguyên trong giao ước năm ", pact.year,
                              ", với tên gọi của thời điểm ký kết.");
        }
        if (it_.kind == ReorganisationKind::kRename) {
          return absl::StrCat(target, " (nay là ", NameOf(before.unit),
                              ") giữ nguyên, giao ước giữ tên gọi của thời điểm ký kết.");
        }
        return absl::StrCat(target, " giữ nguyên, cùng các kết quả đã báo cáo.");
      case ResultsChange::kCarry:
        return absl::StrCat(target, " chuyển sang ", NameOf(move.to),
                            ", cùng các kết quả đã báo cáo.");
      case ResultsChange::kSum: {
        const Target& sum = moves[move.into].target;
        return absl::StrCat(target, " gộp vào chỉ tiêu cùng tên của ", NameOf(move.to), ", nay là ",
                            QualifierWord(sum.value.qualifier), PrintNumber(sum.value.value),
                            sum.measure.empty() ? "" : " ", Excerpt(sum.measure),
                            "; từ nay kết quả báo cáo là số chung.");
      }
      case ResultsChange::kLeave:
        if (IsVoided(pact, before.criterion)) {
          return absl::StrCat(target,
                              " không chuyển cho đơn vị nào vì tiêu chí không còn áp dụng; kết quả "
                              "đã báo cáo được lưu lại.");
        }
        return absl::StrCat(target, " rời giao ước này theo chức năng chuyển sang ",
                            NameOf(move.to),
                            "; kết quả đã báo cáo được lưu lại, đơn vị tiếp nhận đăng ký vào giao "
                            "ước của mình.");
    }
    return "";
  }

  // The decision in one sentence.
  std::string Reason() const {
    std::vector<std::string> sources;
    for (const std::string& source : it_.sources) sources.push_back(NameOf(source));
    std::vector<std::string> successors;
    for (const Successor& successor : it_.successors) successors.push_back(NameOf(successor.unit));
    const std::string from = Enumerate(std::move(sources), "đơn vị khác");
    const std::string to =
        successors.empty() ? "" : Enumerate(std::move(successors), "đơn vị khác");
    std::string what;
    switch (it_.kind) {
      case ReorganisationKind::kUnspecified:
      case ReorganisationKind::kRename:  // Amends no pact.
        break;
      case ReorganisationKind::kMerge:
        what = absl::StrCat("hợp nhất ", from, " thành ", to);
        break;
      case ReorganisationKind::kSplit:
        what = absl::StrCat("chia tách ", from, ", chuyển chức năng cho ", to);
        break;
      case ReorganisationKind::kAbsorb:
        what = absl::StrCat("sáp nhập ", from, " vào ", to);
        break;
      case ReorganisationKind::kTransferFunction:
        what = absl::StrCat("chuyển chức năng của ", from, " sang ", to);
        break;
    }
    return absl::StrCat("Sắp xếp tổ chức bộ máy theo ", it_.decision_number, ": ", what,
                        ", có hiệu lực từ ngày ", PrintDate(day_), ".");
  }

  void RefuseUndecided() {
    if (undecided_.empty()) return;
    Refuse("transfers", "FUNCTION_UNDECIDED",
           absl::StrCat("Chưa xác định đơn vị tiếp nhận ", Enumerate(undecided_, "chỉ tiêu khác"),
                        ": phải ghi chức năng của chỉ tiêu vào phần chuyển chức năng, hoặc ghi đơn "
                        "vị nhận phần còn lại."));
  }

  // What was sound stays so but for its size: a unit's 51st name, a bloc's 1,001st member.
  absl::Status CheckSound() const {
    constexpr absl::StatusCode kCode = absl::StatusCode::kFailedPrecondition;
    for (const UnitEffect& unit : effect_.units) {
      RETURN_IF_ERROR(UnderPath(absl::StrCat("units/", unit.unit.id),
                                FaultsToStatus(ValidateUnit(unit.unit), kCode)));
    }
    for (const Bloc& bloc : effect_.blocs) {
      RETURN_IF_ERROR(
          UnderPath(absl::StrCat("blocs/", bloc.id), FaultsToStatus(ValidateBloc(bloc), kCode)));
    }
    for (const PactEffect& effect : effect_.pacts) {
      if (!effect.amendment.has_value()) continue;
      const absl::Status amended = Amend(*effect.pact, *effect.amendment).status();
      RETURN_IF_ERROR(
          UnderPath(absl::StrCat("blocs/", effect.pact->bloc, "/pacts/", effect.pact->year),
                    FaultsToStatus(FaultsOf(amended), kCode)));
    }
    return absl::OkStatus();
  }

  const Reorganisation& it_;
  const RegistryView& view_;
  const Date day_;
  std::vector<std::string> ending_;  // The sources that end.
  std::string heir_;                 // The one successor of everything; empty: there is none.
  std::vector<Bloc> blocs_;          // Of the view, in its order, as they become.
  std::vector<std::string> undecided_;
  std::vector<Fault> refusals_;
  ReorganisationEffect effect_;
};

}  // namespace

std::vector<Fault> ValidateReorganisation(const Reorganisation& reorganisation) {
  return Validation(reorganisation).Faults();
}

absl::StatusOr<ReorganisationEffect> EffectOf(const Reorganisation& reorganisation,
                                              const RegistryView& view) {
  RETURN_IF_ERROR(FaultsToStatus(ValidateReorganisation(reorganisation)));
  return Change(reorganisation, view).Effect();
}

}  // namespace thidua::domain
