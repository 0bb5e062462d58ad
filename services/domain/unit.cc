#include "services/domain/unit.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/domain/identifier.h"

namespace thidua::domain {
namespace {

constexpr size_t kManyMax = 50;  // Namings, aliases, identifiers: of each.

class UnitCheck {
 public:
  explicit UnitCheck(const Unit& unit) : unit_(unit) {}

  std::vector<Fault> Run() {
    Add(CheckIdentifier("name", unit_.id));
    CheckNamings();
    CheckAliases();
    CheckIdentifiers();
    return std::move(faults_);
  }

 private:
  void Add(std::optional<Fault> fault) {
    if (fault.has_value()) faults_.push_back(*std::move(fault));
  }
  void Add(std::string path, absl::string_view reason, std::string message) {
    faults_.push_back({std::move(path), std::string(reason), std::move(message)});
  }

  bool CheckCount(absl::string_view path, size_t count, absl::string_view what) {
    if (count <= kManyMax) return true;
    Add(std::string(path), "TOO_MANY",
        absl::StrCat("Mỗi đơn vị có nhiều nhất ", kManyMax, " ", what, "."));
    return false;
  }

  void CheckInterval(const std::string& path, const Interval& held) {
    if (!held.IsEmpty()) return;
    Add(path + ".valid_until", "OUT_OF_RANGE",
        absl::StrCat("Ngày kết thúc ", PrintDate(*held.until), " sớm hơn ngày bắt đầu ",
                     PrintDate(*held.from), "."));
  }

  void CheckNamings() {
    if (unit_.namings.empty()) {
      Add("namings", "REQUIRED", "Đơn vị phải có tên gọi.");
    }
    if (!CheckCount("namings", unit_.namings.size(), "tên gọi qua các thời kỳ")) return;
    for (size_t i = 0; i < unit_.namings.size(); ++i) {
      const Naming& naming = unit_.namings[i];
      const std::string path = absl::StrCat("namings[", i, "]");
      Add(CheckName(path + ".display_name", naming.name));
      if (!naming.short_name.empty()) Add(CheckName(path + ".short_name", naming.short_name));
      if (naming.kind == UnitKind::kUnspecified) {
        Add(path + ".kind", "REQUIRED", "Phải ghi loại đơn vị: sở, ban, ngành, xã…");
      }
      CheckInterval(path, naming.held);
      if (i > 0) CheckFollows(path, unit_.namings[i - 1].held, naming.held);
    }
  }

  // One naming begins the day after the one before it ended.
  void CheckFollows(const std::string& path, const Interval& before, const Interval& next) {
    if (before.IsEmpty() || next.IsEmpty()) return;  // That is a fault of its own.
    if (!before.until.has_value() || !next.from.has_value() || *next.from <= *before.until) {
      Add(path + ".valid_from", "NAMINGS_OVERLAP",
          "Tên gọi này bắt đầu khi tên gọi trước chưa kết thúc.");
    } else if (*next.from > *before.until + 1) {
      Add(path + ".valid_from", "NAMINGS_HAVE_A_GAP",
          absl::StrCat("Từ ngày ", PrintDate(*before.until + 1), " đến ngày ",
                       PrintDate(*next.from - 1), " đơn vị không có tên gọi nào."));
    }
  }

  void CheckAliases() {
    if (!CheckCount("aliases", unit_.aliases.size(), "tên gọi khác")) return;
    for (size_t i = 0; i < unit_.aliases.size(); ++i) {
      const Alias& alias = unit_.aliases[i];
      const std::string path = absl::StrCat("aliases[", i, "]");
      Add(CheckName(path + ".text", alias.text));
      CheckInterval(path, alias.held);
      for (size_t k = 0; k < i; ++k) {
        if (unit_.aliases[k].text != alias.text || !unit_.aliases[k].held.Overlaps(alias.held)) {
          continue;
        }
        Add(path + ".text", "DUPLICATE",
            absl::StrCat("Tên gọi khác “", Excerpt(alias.text), "” ghi hai lần."));
        break;
      }
    }
  }

  void CheckIdentifiers() {
    if (!CheckCount("identifiers", unit_.identifiers.size(), "mã định danh")) return;
    for (size_t i = 0; i < unit_.identifiers.size(); ++i) {
      const UnitIdentifier& identifier = unit_.identifiers[i];
      const std::string path = absl::StrCat("identifiers[", i, "]");
      Add(CheckIdentifier(path + ".system", identifier.system));
      Add(CheckName(path + ".value", identifier.value));
      CheckInterval(path, identifier.held);
      for (size_t k = 0; k < i; ++k) {
        const UnitIdentifier& other = unit_.identifiers[k];
        if (other.system != identifier.system || other.value != identifier.value ||
            !other.held.Overlaps(identifier.held)) {
          continue;
        }
        Add(path + ".value", "DUPLICATE",
            absl::StrCat("Mã định danh “", Excerpt(identifier.value), "” ghi hai lần."));
        break;
      }
    }
  }

  const Unit& unit_;
  std::vector<Fault> faults_;
};

}  // namespace

std::vector<Fault> ValidateUnit(const Unit& unit) { return UnitCheck(unit).Run(); }

std::vector<Fault> ToldByOwnFields(std::vector<Fault> faults, size_t index) {
  const std::string naming = absl::StrCat("namings[", index, "].");
  for (Fault& fault : faults) fault.path = std::string(absl::StripPrefix(fault.path, naming));
  return faults;
}

Interval LifeOf(const Unit& unit) {
  return {unit.namings.front().held.from, unit.namings.back().held.until};
}

std::optional<Fault> CheckActive(absl::string_view path, const Unit& unit, const Interval& time) {
  const Interval life = LifeOf(unit);
  if (life.Includes(time)) return std::nullopt;
  std::string active;
  if (life.from.has_value()) absl::StrAppend(&active, " từ ngày ", PrintDate(*life.from));
  if (life.until.has_value()) absl::StrAppend(&active, " đến hết ngày ", PrintDate(*life.until));
  return Fault{std::string(path), "UNIT_NOT_ACTIVE",
               absl::StrCat("Đơn vị “", Excerpt(unit.id), "” chỉ hoạt động", active, ".")};
}

UnitState StateOn(const Unit& unit, Date day) {
  const Interval whole = LifeOf(unit);
  if (whole.Includes(day)) return UnitState::kActive;
  return whole.from.has_value() && day < *whole.from ? UnitState::kFuture : UnitState::kEnded;
}

const Naming& NamingOn(const Unit& unit, Date day) {
  for (const Naming& naming : unit.namings) {
    // In order: the first that has not ended is that of the day, or the first of all.
    if (!naming.held.until.has_value() || day <= *naming.held.until) return naming;
  }
  return unit.namings.back();
}

}  // namespace thidua::domain
