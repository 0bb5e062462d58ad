#include "services/domain/pact.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/scheme_formula.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::domain {
namespace {

constexpr size_t kMaxTargets = 10'000;
constexpr size_t kMaxDependencies = 20;
constexpr size_t kMaxNote = 300;
constexpr size_t kMaxReason = 2000;
constexpr size_t kMaxExceptions = 1000;

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

// Opens, is due, closes: in this order.
void CheckWindow(const Period& period, Faults& faults) {
  if (period.due_on.has_value() && *period.due_on < period.opens_on) {
    faults.Add("due_on", "OUT_OF_RANGE",
               absl::StrCat("Hạn nộp kết quả ", PrintDate(*period.due_on), " sớm hơn ngày bắt đầu ",
                            PrintDate(period.opens_on), "."));
  }
  const Date first = period.due_on.value_or(period.opens_on);
  if (period.closes_on.has_value() && *period.closes_on < first) {
    faults.Add("closes_on", "OUT_OF_RANGE",
               absl::StrCat("Ngày kết thúc nhận kết quả ", PrintDate(*period.closes_on),
                            " sớm hơn ", period.due_on.has_value() ? "hạn nộp " : "ngày bắt đầu ",
                            PrintDate(first), "."));
  }
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
    if (!period.pace_percent.has_value()) {
      // In twelfths: always between 0 and 1.
    } else if (*period.pace_percent <= 0 || *period.pace_percent > 100) {
      faults.Add("pace_percent", "OUT_OF_RANGE",
                 "Tiến độ của kỳ báo cáo phải lớn hơn 0% và không quá 100% chỉ tiêu năm.");
    } else if (period.kind == PeriodKind::kYear && *period.pace_percent != 100) {
      faults.Add("pace_percent", "OUT_OF_RANGE",
                 "Kỳ tổng kết năm phải có tiến độ 100% chỉ tiêu năm.");
    }
    const bool only_pace = period.kind == PeriodKind::kQuarter && period.through_month == 0 &&
                           period.pace_percent.has_value();
    if (!only_pace && (period.through_month < 1 || period.through_month > 12)) {
      faults.Add("through_month", "OUT_OF_RANGE", "Tháng cuối của kỳ báo cáo phải từ 1 đến 12.");
    } else if (period.kind == PeriodKind::kYear && period.through_month != 12) {
      faults.Add("through_month", "OUT_OF_RANGE", "Kỳ tổng kết năm phải tính đến hết tháng 12.");
    }
    CheckWindow(period, faults);
  }
  faults.Under("");
}

void CheckCriterionOf(const Target& target, const Pact& pact, Faults& faults) {
  if (target.criterion.empty()) {
    if (target.kind == TargetKind::kScored) {
      faults.Add("criterion_id", "REQUIRED", "Chỉ tiêu được chấm điểm phải thuộc một tiêu chí.");
    }
    return;
  }
  const Criterion* criterion = FindCriterion(pact.scheme, target.criterion);
  if (criterion == nullptr) {
    faults.Add("criterion_id", "CRITERION_UNKNOWN",
               absl::StrCat("Tiêu chí “", Excerpt(target.criterion),
                            "” không có trong thang bảng điểm của giao ước."));
  } else if (!TakesTargets(*criterion)) {
    faults.Add("criterion_id", "CRITERION_TAKES_NO_TARGETS",
               absl::StrCat("Tiêu chí “", Excerpt(criterion->name),
                            "” không chấm theo chỉ tiêu đăng ký."));
  } else if (IsVoided(pact, target.criterion)) {
    faults.Add(
        "criterion_id", "CRITERION_VOIDED",
        absl::StrCat("Tiêu chí “", Excerpt(criterion->name), "” đã được đưa ra khỏi giao ước."));
  }
}

void CheckPaceOf(const Target& target, Faults& faults) {
  if (target.pace.empty()) return;
  if (target.accumulation == Accumulation::kRate) {
    faults.Add("pace", "PACE_OF_A_RATE",
               "Chỉ tiêu tỷ lệ không cộng dồn nên không có tiến độ riêng.");
  }
  int month = 0;
  Decimal percent = 0;
  for (size_t i = 0; i < target.pace.size(); ++i) {
    const PacePoint& point = target.pace[i];
    if (point.month <= month || point.month > 12) {
      faults.Add(absl::StrCat("pace[", i, "].month"), "OUT_OF_RANGE",
                 "Tháng của tiến độ phải từ 1 đến 12, tháng sau lớn hơn tháng trước.");
      return;
    }
    if (point.percent < percent || point.percent > 100) {
      faults.Add(absl::StrCat("pace[", i, "].percent"), "OUT_OF_RANGE",
                 "Tiến độ phải từ 0% đến 100% và không giảm theo tháng.");
      return;
    }
    month = point.month;
    percent = point.percent;
  }
}

void CheckDependenciesOf(const Target& target, Faults& faults) {
  if (target.dependencies.size() > kMaxDependencies) {
    faults.Add("dependencies", "TOO_MANY",
               absl::StrCat("Mỗi chỉ tiêu phụ thuộc nhiều nhất ", kMaxDependencies, " đơn vị."));
    return;
  }
  absl::flat_hash_set<absl::string_view> units;
  for (size_t i = 0; i < target.dependencies.size(); ++i) {
    const Dependency& dependency = target.dependencies[i];
    const std::string field = absl::StrCat("dependencies[", i, "]");
    faults.Add(CheckIdentifier(faults.Path(field + ".unit"), dependency.unit));
    faults.Add(CheckText(faults.Path(field + ".note"), dependency.note, kMaxNote));
    if (dependency.unit == target.unit) {
      faults.Add(field + ".unit", "DEPENDS_ON_ITSELF",
                 "Chỉ tiêu không phụ thuộc chính đơn vị đăng ký nó.");
    } else if (!units.insert(dependency.unit).second) {
      faults.Add(field + ".unit", "DUPLICATE",
                 absl::StrCat("Đơn vị “", Excerpt(dependency.unit), "” ghi hai lần."));
    }
  }
}

void CheckBaselineOf(const Target& target, Faults& faults) {
  const Quantity& baseline = target.baseline;
  faults.Add(CheckText(faults.Path("baseline.text"), baseline.text, kFigureTextMax));
  if (!baseline.has_value()) return;
  if (!baseline.measure.empty() && baseline.measure != target.measure) {
    faults.Add("baseline", "MEASURE_DISAGREES",
               absl::StrCat("Đơn vị tính “", Excerpt(baseline.measure),
                            "” của số năm trước khác đơn vị tính “", Excerpt(target.measure),
                            "” của chỉ tiêu."));
  }
  if (baseline.value.is_negative()) {
    faults.Add("baseline", "OUT_OF_RANGE",
               absl::StrCat("Số thực hiện năm trước không được là số âm: ",
                            PrintNumber(baseline.value), "."));
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
    CheckCriterionOf(target, pact, faults);
    faults.Add(CheckName(faults.Path("display_name"), target.name));
    if (!target.measure.empty()) {
      // A short line, like a name.
      if (faults.Add(CheckText(faults.Path("measure"), target.measure, kMeasureMax))) {
        faults.Add(CheckName(faults.Path("measure"), target.measure));
      }
    }
    CheckValueOf(target, faults);
    CheckBaselineOf(target, faults);
    CheckPaceOf(target, faults);
    if (!target.function.empty()) {
      faults.Add(CheckIdentifier(faults.Path("function_id"), target.function));
    }
    CheckDependenciesOf(target, faults);
  }
  return faults.Take();
}

std::vector<Fault> ValidateException(const Pact& pact, const PeriodException& exception) {
  Faults faults;
  const Period* period = FindPeriod(pact, exception.period);
  if (period == nullptr) {
    faults.Add("period_id", "PERIOD_UNKNOWN",
               absl::StrCat("Giao ước không có kỳ báo cáo “", Excerpt(exception.period), "”."));
  } else if (!period->closes_on.has_value() || exception.open_until <= *period->closes_on) {
    faults.Add("open_until", "OUT_OF_RANGE",
               "Ngày gia hạn phải sau ngày kết thúc nhận kết quả của kỳ.");
  }
  if (!exception.unit.empty() && FindMember(pact, exception.unit) == nullptr) {
    faults.Add("unit", "UNIT_UNKNOWN",
               absl::StrCat("“", Excerpt(exception.unit),
                            "” không phải là đơn vị tham gia giao ước này."));
  }
  if (exception.reason.empty()) {
    faults.Add("reason", "REQUIRED", "Phải ghi lý do gia hạn.");
  }
  faults.Add(CheckText("reason", exception.reason, kMaxReason));
  faults.Add(CheckText("document", exception.document, kMaxNote));
  if (pact.exceptions.size() >= kMaxExceptions) {
    faults.Add("", "TOO_MANY", "Giao ước đã có quá nhiều lần gia hạn.");
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

namespace {

// Whether the criterion, or one between it and `criteria`, was voided; nothing when it is not
// there.
std::optional<bool> IsVoidedAmong(const Pact& pact, const std::vector<Criterion>& criteria,
                                  absl::string_view id) {
  for (const Criterion& criterion : criteria) {
    const std::optional<bool> below = criterion.id == id
                                          ? std::optional<bool>(false)
                                          : IsVoidedAmong(pact, criterion.children, id);
    if (!below.has_value()) continue;
    return *below || std::find(pact.voided_criteria.begin(), pact.voided_criteria.end(),
                               criterion.id) != pact.voided_criteria.end();
  }
  return std::nullopt;
}

}  // namespace

bool IsVoided(const Pact& pact, absl::string_view criterion) {
  return !pact.voided_criteria.empty() &&
         IsVoidedAmong(pact, pact.scheme.contents, criterion).value_or(false);
}

Rational PaceOf(const Target& target, const Period& period) {
  if (period.kind == PeriodKind::kYear) return 1;
  if (target.pace.empty() || period.through_month == 0) {
    return period.pace_percent.has_value() ? Rational(*period.pace_percent) / 100
                                           : Rational(period.through_month) / 12;
  }
  Rational month = 0, due = 0;
  for (const PacePoint& point : target.pace) {
    const Rational next = Rational(point.percent) / 100;
    if (period.through_month <= point.month) {
      const Rational way =
          (Rational(period.through_month) - month) / (Rational(point.month) - month);
      return due + (next - due) * way;
    }
    month = point.month;
    due = next;
  }
  return due;
}

PeriodWindow WindowOn(const Pact& pact, const Period& period, absl::string_view unit, Date today) {
  if (today < period.opens_on) return PeriodWindow::kNotYetOpen;
  if (!period.closes_on.has_value() || today <= *period.closes_on) {
    return period.due_on.has_value() && today > *period.due_on ? PeriodWindow::kLate
                                                               : PeriodWindow::kOpen;
  }
  for (const PeriodException& exception : pact.exceptions) {
    if (exception.period == period.id && (exception.unit.empty() || exception.unit == unit) &&
        today <= exception.open_until) {
      return PeriodWindow::kLate;
    }
  }
  return PeriodWindow::kClosed;
}

}  // namespace thidua::domain
