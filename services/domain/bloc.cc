#include "services/domain/bloc.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

constexpr size_t kManyMax = 1000;  // Memberships, roles: of each, past ones included.
constexpr size_t kProvinceMax = 300;

// The times of one unit in the bloc, those that follow on one another joined.
std::vector<Interval> TimesOf(const Bloc& bloc, const std::string& unit) {
  std::vector<Interval> times;
  for (const Membership& membership : bloc.memberships) {
    if (membership.unit == unit && !membership.held.IsEmpty()) times.push_back(membership.held);
  }
  std::sort(times.begin(), times.end(), [](const Interval& a, const Interval& b) {
    return a.from.value_or(Date::min()) < b.from.value_or(Date::min());
  });
  std::vector<Interval> joined;
  for (const Interval& time : times) {
    const bool follows =
        !joined.empty() && (!joined.back().until.has_value() || !time.from.has_value() ||
                            *time.from <= *joined.back().until + 1);
    if (!follows) {
      joined.push_back(time);
    } else if (joined.back().until.has_value() &&
               (!time.until.has_value() || *joined.back().until < *time.until)) {
      joined.back().until = time.until;
    }
  }
  return joined;
}

bool IsMemberAllThe(const Bloc& bloc, const std::string& unit, const Interval& time) {
  const std::vector<Interval> times = TimesOf(bloc, unit);
  return std::any_of(times.begin(), times.end(),
                     [&](const Interval& one) { return one.Includes(time); });
}

bool IsOffice(BlocRoleKind kind) {
  return kind == BlocRoleKind::kLeader || kind == BlocRoleKind::kDeputy;
}

class BlocCheck {
 public:
  explicit BlocCheck(const Bloc& bloc) : bloc_(bloc) {}

  std::vector<Fault> Run() {
    Add(CheckIdentifier("name", bloc_.id));
    Add(CheckName("display_name", bloc_.name));
    Add(CheckText("province", bloc_.province, kProvinceMax));
    if (CheckCount("memberships", bloc_.memberships.size(), "lượt tham gia")) CheckMemberships();
    if (CheckCount("roles", bloc_.roles.size(), "lượt phân công")) CheckRoles();
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
        absl::StrCat("Mỗi khối có nhiều nhất ", PrintNumber(static_cast<int64_t>(kManyMax)), " ",
                     what, "."));
    return false;
  }
  void CheckInterval(const std::string& path, const Interval& held) {
    if (!held.IsEmpty()) return;
    Add(path + ".valid_until", "OUT_OF_RANGE",
        absl::StrCat("Ngày kết thúc ", PrintDate(*held.until), " sớm hơn ngày bắt đầu ",
                     PrintDate(*held.from), "."));
  }

  void CheckMemberships() {
    absl::flat_hash_map<absl::string_view, std::vector<const Interval*>> times;
    for (size_t i = 0; i < bloc_.memberships.size(); ++i) {
      const Membership& membership = bloc_.memberships[i];
      const std::string path = absl::StrCat("memberships[", i, "]");
      Add(CheckIdentifier(path + ".unit", membership.unit));
      CheckInterval(path, membership.held);
      if (membership.held.IsEmpty()) continue;
      std::vector<const Interval*>& others = times[membership.unit];
      if (std::any_of(others.begin(), others.end(),
                      [&](const Interval* other) { return other->Overlaps(membership.held); })) {
        Add(path + ".unit", "MEMBERSHIPS_OVERLAP",
            absl::StrCat("Đơn vị “", Excerpt(membership.unit),
                         "” tham gia khối hai lần trong cùng một thời gian."));
      }
      others.push_back(&membership.held);
    }
  }

  void CheckRoles() {
    for (size_t i = 0; i < bloc_.roles.size(); ++i) {
      const BlocRole& role = bloc_.roles[i];
      const std::string path = absl::StrCat("roles[", i, "]");
      CheckInterval(path, role.held);
      if (role.kind == BlocRoleKind::kUnspecified) {
        Add(path + ".kind", "REQUIRED",
            "Phải ghi vai trò: Khối trưởng, Khối phó hoặc chuyên viên theo dõi.");
      } else if (IsOffice(role.kind)) {
        CheckOffice(path, role);
      } else {
        CheckWatcher(path, role);
      }
      for (size_t k = 0; k < i; ++k) {
        if (CheckBeside(path, bloc_.roles[k], role)) break;
      }
    }
  }

  void CheckOffice(const std::string& path, const BlocRole& role) {
    if (!role.official.empty()) {
      Add(path + ".official", "OUT_OF_RANGE",
          "Khối trưởng, Khối phó là đơn vị thành viên, không ghi tên người.");
    }
    if (role.unit.empty()) {
      Add(path + ".unit", "REQUIRED", "Phải ghi đơn vị làm Khối trưởng hoặc Khối phó.");
      return;
    }
    Add(CheckIdentifier(path + ".unit", role.unit));
    if (!role.held.IsEmpty() && !IsMemberAllThe(bloc_, role.unit, role.held)) {
      Add(path + ".unit", "ROLE_WITHOUT_MEMBERSHIP",
          absl::StrCat("Đơn vị “", Excerpt(role.unit),
                       "” không phải là thành viên của khối trong suốt thời gian giữ vai trò."));
    }
  }

  void CheckWatcher(const std::string& path, const BlocRole& role) {
    if (!role.unit.empty()) {
      Add(path + ".unit", "OUT_OF_RANGE",
          "Chuyên viên theo dõi khối là một người, không ghi đơn vị.");
    }
    Add(CheckName(path + ".official", role.official));
  }

  // Whether two roles that overlap in time cannot both be; then there is a fault of the later one.
  bool CheckBeside(const std::string& path, const BlocRole& other, const BlocRole& role) {
    if (other.held.IsEmpty() || role.held.IsEmpty() || !other.held.Overlaps(role.held)) {
      return false;
    }
    const bool same_unit = IsOffice(role.kind) && IsOffice(other.kind) && !role.unit.empty() &&
                           role.unit == other.unit;
    const bool same_official = role.kind == BlocRoleKind::kWatcher && other.kind == role.kind &&
                               !role.official.empty() && role.official == other.official;
    if (!same_unit && role.kind == BlocRoleKind::kLeader && other.kind == role.kind) {
      Add(path + ".kind", "TWO_LEADERS", "Mỗi lúc khối chỉ có một Khối trưởng.");
      return true;
    }
    if (!same_unit && !same_official) return false;
    Add(absl::StrCat(path, same_unit ? ".unit" : ".official"), "ROLES_OVERLAP",
        absl::StrCat("“", Excerpt(same_unit ? role.unit : role.official),
                     "” giữ hai vai trò trong cùng một thời gian."));
    return true;
  }

  const Bloc& bloc_;
  std::vector<Fault> faults_;
};

Role PactRole(BlocRoleKind kind) {
  switch (kind) {
    case BlocRoleKind::kLeader:
      return Role::kLeader;
    case BlocRoleKind::kDeputy:
      return Role::kDeputy;
    default:
      return Role::kMember;
  }
}

}  // namespace

std::vector<Fault> ValidateBloc(const Bloc& bloc) { return BlocCheck(bloc).Run(); }

std::vector<Member> MembersOn(const Bloc& bloc, Date day) {
  std::vector<Member> members;
  for (const Membership& membership : bloc.memberships) {
    if (!membership.held.Includes(day)) continue;
    Member member{membership.unit, "", Role::kMember};
    for (const BlocRole& role : bloc.roles) {
      if (IsOffice(role.kind) && role.unit == member.unit && role.held.Includes(day)) {
        member.role = PactRole(role.kind);
      }
    }
    members.push_back(std::move(member));
  }
  return members;
}

absl::StatusOr<Bloc> RotateRoles(const Bloc& bloc, Date effective_on, const std::string& leader,
                                 const std::vector<std::string>& deputies,
                                 std::optional<Date> until) {
  if (until.has_value() && *until < effective_on) {
    return Fault{"until", "OUT_OF_RANGE",
                 absl::StrCat("Ngày kết thúc ", PrintDate(*until), " sớm hơn ngày bắt đầu ",
                              PrintDate(effective_on), ".")}
        .ToStatus();
  }
  const Interval held = {effective_on, until};
  std::vector<Fault> faults;
  absl::flat_hash_set<absl::string_view> holders;
  const auto check = [&](std::string path, const std::string& unit) {
    if (!IsMemberAllThe(bloc, unit, held)) {
      faults.push_back({std::move(path), "UNIT_NOT_A_MEMBER",
                        absl::StrCat("Đơn vị “", Excerpt(unit),
                                     "” không phải là thành viên của khối trong thời gian đó.")});
    } else if (!holders.insert(unit).second) {
      faults.push_back({std::move(path), "DUPLICATE",
                        absl::StrCat("Đơn vị “", Excerpt(unit), "” ghi hai lần.")});
    }
  };
  if (!leader.empty()) check("leader", leader);
  for (size_t i = 0; i < deputies.size(); ++i)
    check(absl::StrCat("deputies[", i, "]"), deputies[i]);
  if (!faults.empty()) return FaultsToStatus(faults);

  Bloc rotated = bloc;
  rotated.roles.clear();
  for (const BlocRole& role : bloc.roles) {
    if (!IsOffice(role.kind) || !role.held.Overlaps(held)) {
      rotated.roles.push_back(role);
      continue;
    }
    BlocRole before = role;
    before.held.until = effective_on - 1;
    if (!before.held.IsEmpty()) rotated.roles.push_back(std::move(before));
  }
  if (!leader.empty()) rotated.roles.push_back({BlocRoleKind::kLeader, leader, "", held});
  for (const std::string& deputy : deputies) {
    rotated.roles.push_back({BlocRoleKind::kDeputy, deputy, "", held});
  }
  std::vector<Fault> unsound = ValidateBloc(rotated);
  if (!unsound.empty()) return FaultsToStatus(unsound);
  return rotated;
}

}  // namespace thidua::domain
