#include "services/domain/pact.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

constexpr size_t kMaxMembers = 100;
constexpr size_t kMaxPeriods = 20;
constexpr size_t kMaxTargets = 10'000;

// Collects faults under one path: Add("unit", …) is a fault of "members[2].unit".
class Faults {
 public:
  void Under(std::string path) { path_ = std::move(path); }
  std::string Path(absl::string_view field) const {
    return path_.empty() ? std::string(field) : absl::StrCat(path_, ".", field);
  }
  void Add(absl::string_view field, absl::string_view reason, std::string message) {
    faults_.push_back({Path(field), std::string(reason), std::move(message)});
  }
  // True: sound.
  bool Add(std::optional<Fault> fault) {
    if (!fault.has_value()) return true;
    faults_.push_back(*std::move(fault));
    return false;
  }
  std::vector<Fault> Take() { return std::move(faults_); }

 private:
  std::string path_;
  std::vector<Fault> faults_;
};

void CheckMembers(const Pact& pact, Faults& faults) {
  if (pact.members.empty()) {
    faults.Add("members", "REQUIRED", "Giao ước thi đua phải có ít nhất một đơn vị.");
  }
  if (pact.members.size() > kMaxMembers) {
    faults.Add("members", "TOO_MANY",
               absl::StrCat("Giao ước thi đua có quá nhiều đơn vị: tối đa ", kMaxMembers, "."));
    return;
  }
  absl::flat_hash_set<absl::string_view> units;
  const Member* leader = nullptr;
  for (size_t i = 0; i < pact.members.size(); ++i) {
    const Member& member = pact.members[i];
    faults.Under(absl::StrCat("members[", i, "]"));
    if (faults.Add(CheckIdentifier(faults.Path("unit"), member.unit)) &&
        !units.insert(member.unit).second) {
      faults.Add("unit", "DUPLICATE",
                 absl::StrCat("Đơn vị “", Excerpt(member.unit), "” ghi hai lần trong giao ước."));
    }
    faults.Add(CheckName(faults.Path("display_name"), member.display_name));
    if (member.role != Role::kLeader) continue;
    if (leader != nullptr) {
      faults.Add("role", "TWO_LEADERS",
                 absl::StrCat("Mỗi khối chỉ có một Khối trưởng; “", Excerpt(leader->display_name),
                              "” đã là Khối trưởng."));
    } else {
      leader = &member;
    }
  }
  faults.Under("");
}

void CheckPeriods(const Pact& pact, Faults& faults) {
  if (pact.periods.empty()) {
    faults.Add("periods", "REQUIRED", "Giao ước thi đua phải có ít nhất một kỳ báo cáo.");
  }
  if (pact.periods.size() > kMaxPeriods) {
    faults.Add("periods", "TOO_MANY",
               absl::StrCat("Giao ước thi đua có quá nhiều kỳ báo cáo: tối đa ", kMaxPeriods, "."));
    return;
  }
  absl::flat_hash_set<absl::string_view> ids;
  for (size_t i = 0; i < pact.periods.size(); ++i) {
    const Period& period = pact.periods[i];
    faults.Under(absl::StrCat("periods[", i, "]"));
    if (faults.Add(CheckIdentifier(faults.Path("period_id"), period.id)) &&
        !ids.insert(period.id).second) {
      faults.Add("period_id", "DUPLICATE",
                 absl::StrCat("Mã kỳ báo cáo “", Excerpt(period.id), "” đã dùng cho kỳ khác."));
    }
    faults.Add(CheckName(faults.Path("display_name"), period.name));
    if (period.pace_percent <= 0 || period.pace_percent > 100) {
      faults.Add("pace_percent", "OUT_OF_RANGE",
                 "Tiến độ của kỳ báo cáo phải lớn hơn 0% và không quá 100% chỉ tiêu năm.");
    } else if (period.kind == PeriodKind::kYear && period.pace_percent != 100) {
      faults.Add("pace_percent", "OUT_OF_RANGE",
                 "Kỳ tổng kết năm phải có tiến độ 100% chỉ tiêu năm.");
    }
    if (period.closes_on.has_value() && *period.closes_on < period.opens_on) {
      faults.Add("closes_on", "OUT_OF_RANGE",
                 absl::StrCat("Ngày kết thúc nhận kết quả ", PrintDate(*period.closes_on),
                              " sớm hơn ngày bắt đầu ", PrintDate(period.opens_on), "."));
    }
  }
  faults.Under("");
}

void CheckCriterionOf(const Target& target, const Scheme& scheme, Faults& faults) {
  if (target.criterion.empty()) {
    if (target.kind == TargetKind::kScored) {
      faults.Add("criterion_id", "REQUIRED", "Chỉ tiêu được chấm điểm phải thuộc một tiêu chí.");
    }
    return;
  }
  const Criterion* criterion = FindCriterion(scheme, target.criterion);
  if (criterion == nullptr) {
    faults.Add("criterion_id", "CRITERION_UNKNOWN",
               absl::StrCat("Tiêu chí “", Excerpt(target.criterion),
                            "” không có trong thang bảng điểm của giao ước."));
  } else if (!criterion->children.empty() ||
             !std::holds_alternative<TargetsRule>(criterion->rule)) {
    faults.Add("criterion_id", "CRITERION_TAKES_NO_TARGETS",
               absl::StrCat("Tiêu chí “", Excerpt(criterion->name),
                            "” không chấm theo chỉ tiêu đăng ký."));
  }
}

void CheckValueOf(const Target& target, Faults& faults) {
  const Quantity& value = target.value;
  faults.Add(CheckText(faults.Path("value.text"), value.text, kFigureTextMax));
  if (value.state == QuantityState::kNotAssigned) {
    faults.Add("value", "OUT_OF_RANGE",
               "Chỉ tiêu không giao cho đơn vị thì không đăng ký trong giao ước.");
  }
  if (!value.has_value()) return;
  if (!value.measure.empty() && value.measure != target.measure) {
    faults.Add(
        "value", "MEASURE_DISAGREES",
        absl::StrCat("Đơn vị tính “", Excerpt(value.measure), "” của con số khác đơn vị tính “",
                     Excerpt(target.measure), "” của chỉ tiêu."));
  }
  if (value.value.is_negative()) {
    faults.Add(
        "value", "OUT_OF_RANGE",
        absl::StrCat("Chỉ tiêu đăng ký không được là số âm: ", PrintNumber(value.value), "."));
  } else if (value.value.is_zero() && target.direction == Direction::kHigherIsBetter) {
    faults.Add("value", "TARGET_ZERO",
               "Chỉ tiêu đăng ký bằng 0 thì không tính được mức hoàn thành; nếu là “không để xảy "
               "ra” thì chọn chiều càng thấp càng tốt.");
  }
}

}  // namespace

std::vector<Fault> ValidatePact(const Pact& pact) {
  Faults faults;
  CheckMembers(pact, faults);
  CheckPeriods(pact, faults);
  return faults.Take();
}

std::vector<Fault> ValidateNewTargets(const Pact& pact, const std::vector<Target>& targets) {
  Faults faults;
  if (pact.targets.size() + targets.size() > kMaxTargets) {
    faults.Add("targets", "TOO_MANY",
               absl::StrCat("Giao ước thi đua có quá nhiều chỉ tiêu: tối đa ",
                            PrintNumber(static_cast<int64_t>(kMaxTargets)), "."));
    return faults.Take();
  }
  absl::flat_hash_set<absl::string_view> registered;
  for (const Target& target : pact.targets) registered.insert(target.id);
  absl::flat_hash_set<absl::string_view> units;
  for (const Member& member : pact.members) units.insert(member.unit);
  absl::flat_hash_set<absl::string_view> added;
  for (size_t i = 0; i < targets.size(); ++i) {
    const Target& target = targets[i];
    faults.Under(absl::StrCat("targets[", i, "]"));
    if (faults.Add(CheckIdentifier(faults.Path("name"), target.id))) {
      if (registered.contains(target.id)) {
        faults.Add(
            "name", "TARGET_ALREADY_REGISTERED",
            absl::StrCat("Chỉ tiêu “", Excerpt(target.id), "” đã được đăng ký trong giao ước."));
      } else if (!added.insert(target.id).second) {
        faults.Add("name", "DUPLICATE",
                   absl::StrCat("Mã chỉ tiêu “", Excerpt(target.id), "” ghi hai lần."));
      }
    }
    if (target.unit.empty()) {
      faults.Add("unit", "REQUIRED", "Chỉ tiêu phải ghi đơn vị đăng ký.");
    } else if (!units.contains(target.unit)) {
      faults.Add(
          "unit", "UNIT_UNKNOWN",
          absl::StrCat("“", Excerpt(target.unit), "” không phải là đơn vị tham gia giao ước này."));
    }
    CheckCriterionOf(target, pact.scheme, faults);
    faults.Add(CheckName(faults.Path("display_name"), target.name));
    if (!target.measure.empty()) {
      // A short line, like a name.
      if (faults.Add(CheckText(faults.Path("measure"), target.measure, kMeasureMax))) {
        faults.Add(CheckName(faults.Path("measure"), target.measure));
      }
    }
    CheckValueOf(target, faults);
  }
  return faults.Take();
}

const Target* FindTarget(const Pact& pact, absl::string_view id) {
  for (const Target& target : pact.targets) {
    if (target.id == id) return &target;
  }
  return nullptr;
}

const Period* FindPeriod(const Pact& pact, absl::string_view id) {
  for (const Period& period : pact.periods) {
    if (period.id == id) return &period;
  }
  return nullptr;
}

const Member* FindMember(const Pact& pact, absl::string_view unit) {
  for (const Member& member : pact.members) {
    if (member.unit == unit) return &member;
  }
  return nullptr;
}

PeriodWindow WindowOn(const Period& period, Date today) {
  if (today < period.opens_on) return PeriodWindow::kNotYetOpen;
  if (period.closes_on.has_value() && today > *period.closes_on) return PeriodWindow::kClosed;
  return PeriodWindow::kOpen;
}

}  // namespace thidua::domain
