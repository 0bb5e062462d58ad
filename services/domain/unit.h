// A unit (đơn vị): an agency that competes. Its id is fixed for ever, its names are dated. Values;
// safe to use from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_UNIT_H_
#define THIDUA_SERVICES_DOMAIN_UNIT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/domain/fault.h"
#include "services/domain/interval.h"

namespace thidua::domain {

// The numbers are the contract's (registry/v1/unit.proto).
enum class UnitKind {
  kUnspecified = 0,
  kDepartment = 1,    // Sở
  kBoard = 2,         // Ban
  kAgency = 3,        // Ngành, cơ quan khác cấp tỉnh
  kDistrict = 4,      // Huyện, thành phố thuộc tỉnh (until 01/7/2025)
  kCommune = 5,       // Xã, phường, đặc khu
  kEnterprise = 6,    // Doanh nghiệp
  kOrganisation = 7,  // Mặt trận, đoàn thể
};

// What it was called for a time.
struct Naming {
  std::string name;        // "Sở Nội vụ"
  std::string short_name;  // May be empty.
  UnitKind kind = UnitKind::kUnspecified;
  Interval held;
  std::string reorganisation;  // The id of the one that gave the name; may be empty.
  friend bool operator==(const Naming&, const Naming&) = default;
};

// Another way that documents write the name.
struct Alias {
  std::string text;
  Interval held;
  friend bool operator==(const Alias&, const Alias&) = default;
};

// Given by somebody else, opaque here: mã định danh điện tử (Quyết định 20/2020/QĐ-TTg).
struct UnitIdentifier {
  std::string system;  // Who gave it, a slug.
  std::string value;
  Interval held;
  friend bool operator==(const UnitIdentifier&, const UnitIdentifier&) = default;
};

struct Unit {
  std::string id;
  std::vector<Naming> namings;  // In order, one at a time, without a gap; 1 to 50.
  std::vector<Alias> aliases;
  std::vector<UnitIdentifier> identifiers;
  friend bool operator==(const Unit&, const Unit&) = default;
};

// Every fault, each with its path as the contract names the fields ("namings[1].display_name",
// "aliases[0].text", "identifiers[2].value", "…valid_until"). Reasons: those of identifier.h, and
// REQUIRED (no naming, no kind), TOO_MANY (50 of each), OUT_OF_RANGE (an interval that ends before
// it begins), NAMINGS_OVERLAP, NAMINGS_HAVE_A_GAP (at the later one's valid_from), DUPLICATE (the
// same alias, or the same identifier, twice at one time).
std::vector<Fault> ValidateUnit(const Unit& unit);

// The same faults, of a unit whose naming `index` was written in its own fields: what is wrong with
// that naming is told by these, "namings[2].kind" as "kind".
std::vector<Fault> ToldByOwnFields(std::vector<Fault> faults, size_t index);

// From the first day of its first naming to the last day of its last. The unit has at least one.
Interval LifeOf(const Unit& unit);

// Fault UNIT_NOT_ACTIVE at `path` when the unit is not there all that time.
std::optional<Fault> CheckActive(absl::string_view path, const Unit& unit, const Interval& time);

enum class UnitState { kFuture, kActive, kEnded };
UnitState StateOn(const Unit& unit, Date day);

// The naming of that day; of the last day when it has ended, of the first when it is not there yet.
// The unit has at least one naming.
const Naming& NamingOn(const Unit& unit, Date day);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_UNIT_H_
