#include "services/domain/amendment.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/domain/identifier.h"
#include "services/domain/scheme_formula.h"

namespace thidua::domain {
namespace {

constexpr size_t kMaxReason = 2000;

class Amending {
 public:
  Amending(const Pact& pact, const Amendment& amendment)
      : amendment_(amendment), before_(pact), pact_(pact) {}

  absl::StatusOr<Pact> Run() && {
    CheckWords();
    if (!LengthsAreSound()) return FaultsToStatus(faults_);
    TakeScheme();
    VoidCriteria();
    ChangeMembers();
    VoidTargets();
    PutTargets();
    PutPeriods();
    CheckNobodyLeftTargetsBehind();
    CheckCriteriaOfScheme();
    if (!faults_.empty()) return FaultsToStatus(faults_);
    CheckMembersAndPeriods();
    CheckSomethingChanged();
    if (!faults_.empty()) return FaultsToStatus(faults_);
    return std::move(pact_);
  }

 private:
  void Add(std::string path, absl::string_view reason, std::string message) {
    faults_.push_back({std::move(path), std::string(reason), std::move(message)});
  }
  void Add(std::optional<Fault> fault) {
    if (fault.has_value()) faults_.push_back(*std::move(fault));
  }

  void CheckWords() {
    if (amendment_.reason.empty()) Add("reason", "REQUIRED", "Phải ghi lý do điều chỉnh giao ước.");
    Add(CheckText("reason", amendment_.reason, kMaxReason));
    Add(CheckName("document", amendment_.document));
    if (amendment_.put_targets.empty() && amendment_.void_targets.empty() &&
        amendment_.void_criteria.empty() && amendment_.add_members.empty() &&
        amendment_.remove_members.empty() && amendment_.put_periods.empty() &&
        !amendment_.scheme.has_value()) {
      AddEmpty();
    }
  }

  void AddEmpty() {
    Add("", "AMENDMENT_EMPTY", "Bản điều chỉnh không thay đổi nội dung nào của giao ước.");
  }

  // All would have to sign again for what they have signed.
  void CheckSomethingChanged() {
    const bool same_scheme =
        before_.scheme.id == pact_.scheme.id && before_.scheme.version == pact_.scheme.version;
    if (same_scheme && before_.members == pact_.members && before_.periods == pact_.periods &&
        before_.targets == pact_.targets && before_.voided_criteria == pact_.voided_criteria) {
      AddEmpty();
    }
  }

  // More members or periods than any pact has are not even looked for one in another.
  bool LengthsAreSound() {
    const size_t before = faults_.size();
    if (amendment_.add_members.size() > kMaxMembers) {
      Add("add_members", "TOO_MANY",
          absl::StrCat("Giao ước thi đua có quá nhiều đơn vị: tối đa ", kMaxMembers, "."));
    }
    if (amendment_.put_periods.size() > kMaxPeriods) {
      Add("put_periods", "TOO_MANY",
          absl::StrCat("Giao ước thi đua có quá nhiều kỳ báo cáo: tối đa ", kMaxPeriods, "."));
    }
    return faults_.size() == before;
  }

  void TakeScheme() {
    if (amendment_.scheme.has_value()) pact_.scheme = *amendment_.scheme;
    // What the other scheme no longer has cannot be void in it.
    std::erase_if(pact_.voided_criteria, [&](const std::string& id) {
      return FindCriterion(pact_.scheme, id) == nullptr;
    });
  }

  void VoidCriteria() {
    for (size_t i = 0; i < amendment_.void_criteria.size(); ++i) {
      const std::string& id = amendment_.void_criteria[i];
      const std::string path = absl::StrCat("void_criterion_ids[", i, "]");
      if (FindCriterion(pact_.scheme, id) == nullptr) {
        Add(path, "CRITERION_UNKNOWN",
            absl::StrCat("Tiêu chí “", Excerpt(id), "” không có trong thang bảng điểm."));
      } else if (IsVoided(pact_, id)) {
        Add(path, "DUPLICATE",
            absl::StrCat("Tiêu chí “", Excerpt(id), "” đã được đưa ra khỏi giao ước."));
      } else {
        pact_.voided_criteria.push_back(id);
      }
    }
  }

  // Who is removed goes first, so that somebody else may take over the office. A member that is
  // added again gets its new role in its old place.
  void ChangeMembers() {
    absl::flat_hash_set<absl::string_view> added;
    for (const Member& member : amendment_.add_members) added.insert(member.unit);
    for (size_t i = 0; i < amendment_.remove_members.size(); ++i) {
      const std::string& unit = amendment_.remove_members[i];
      const std::string path = absl::StrCat("remove_members[", i, "]");
      const auto found = FindIn(pact_.members, unit);
      if (found == pact_.members.end()) {
        Add(path, "UNIT_UNKNOWN",
            absl::StrCat("“", Excerpt(unit), "” không phải là đơn vị tham gia giao ước này."));
      } else if (added.contains(unit)) {
        Add(path, "DUPLICATE",
            absl::StrCat("Đơn vị “", Excerpt(unit), "” vừa được thêm vừa được bớt."));
      } else {
        pact_.members.erase(found);
      }
    }
    absl::flat_hash_set<absl::string_view> seen;
    for (size_t i = 0; i < amendment_.add_members.size(); ++i) {
      const Member& member = amendment_.add_members[i];
      if (!seen.insert(member.unit).second) {
        Add(absl::StrCat("add_members[", i, "].unit"), "DUPLICATE",
            absl::StrCat("Đơn vị “", Excerpt(member.unit), "” ghi hai lần."));
        continue;
      }
      const auto found = FindIn(pact_.members, member.unit);
      if (found == pact_.members.end()) {
        pact_.members.push_back(member);
      } else {
        *found = member;
      }
    }
  }

  void VoidTargets() {
    for (size_t i = 0; i < amendment_.void_targets.size(); ++i) {
      Target* target = FindIn(amendment_.void_targets[i]);
      const std::string path = absl::StrCat("void_targets[", i, "]");
      if (target == nullptr) {
        Add(path, "TARGET_UNKNOWN",
            absl::StrCat("Giao ước không có chỉ tiêu “", Excerpt(amendment_.void_targets[i]),
                         "”."));
      } else if (target->voided) {
        Add(path, "TARGET_VOIDED",
            absl::StrCat("Chỉ tiêu “", Excerpt(target->name), "” đã được đưa ra khỏi giao ước."));
      } else {
        target->voided = true;
      }
    }
  }

  void PutTargets() {
    // Checked as if they were new beside those that they do not replace.
    Pact others = pact_;
    absl::flat_hash_set<absl::string_view> put;
    for (const Target& target : amendment_.put_targets) put.insert(target.id);
    std::erase_if(others.targets, [&](const Target& target) { return put.contains(target.id); });
    for (Fault& fault : ValidateNewTargets(others, amendment_.put_targets)) {
      fault.path = absl::StrCat("put_", fault.path);
      faults_.push_back(std::move(fault));
    }
    for (size_t i = 0; i < amendment_.put_targets.size(); ++i) {
      const Target& target = amendment_.put_targets[i];
      Target* present = FindIn(target.id);
      if (present == nullptr) {
        pact_.targets.push_back(target);
        pact_.targets.back().voided = false;
        index_.emplace(target.id, pact_.targets.size() - 1);
      } else if (present->voided) {
        Add(absl::StrCat("put_targets[", i, "].name"), "TARGET_VOIDED",
            absl::StrCat("Chỉ tiêu “", Excerpt(present->name),
                         "” đã được đưa ra khỏi giao ước, không thể sửa."));
      } else {
        *present = target;
        present->voided = false;
      }
    }
  }

  void PutPeriods() {
    absl::flat_hash_set<absl::string_view> put;
    for (size_t i = 0; i < amendment_.put_periods.size(); ++i) {
      const Period& period = amendment_.put_periods[i];
      if (!put.insert(period.id).second) {
        Add(absl::StrCat("put_periods[", i, "].period_id"), "DUPLICATE",
            absl::StrCat("Kỳ báo cáo “", Excerpt(period.id), "” ghi hai lần."));
        continue;
      }
      const auto found = FindIn(pact_.periods, period.id);
      if (found == pact_.periods.end()) {
        pact_.periods.push_back(period);
      } else {
        *found = period;
      }
    }
  }

  void CheckNobodyLeftTargetsBehind() {
    absl::flat_hash_map<absl::string_view, const Target*> left;
    for (const Target& target : pact_.targets) {
      if (!target.voided) left.emplace(target.unit, &target);
    }
    for (size_t i = 0; i < amendment_.remove_members.size(); ++i) {
      const std::string& unit = amendment_.remove_members[i];
      const auto found = left.find(unit);
      if (found == left.end() || FindMember(pact_, unit) != nullptr) continue;
      Add(absl::StrCat("remove_members[", i, "]"), "MEMBER_HAS_TARGETS",
          absl::StrCat("Đơn vị “", Excerpt(unit), "” còn chỉ tiêu “", Excerpt(found->second->name),
                       "”; phải chuyển cho đơn vị khác hoặc đưa ra khỏi giao ước trước."));
    }
  }

  void CheckCriteriaOfScheme() {
    if (!amendment_.scheme.has_value()) return;
    absl::flat_hash_set<absl::string_view> put;  // What is put was checked against the new scheme.
    for (const Target& target : amendment_.put_targets) put.insert(target.id);
    for (const Target& target : pact_.targets) {
      if (target.voided || target.criterion.empty() || put.contains(target.id)) continue;
      const Criterion* criterion = FindCriterion(pact_.scheme, target.criterion);
      if (criterion != nullptr && TakesTargets(*criterion)) continue;
      Add("scheme", "CRITERION_UNKNOWN",
          absl::StrCat("Chỉ tiêu “", Excerpt(target.name), "” thuộc tiêu chí “",
                       Excerpt(target.criterion), "” mà thang bảng điểm mới không có."));
      return;  // One says enough: it is another scheme.
    }
  }

  // What holds for any pact holds for this one; each fault at what the amendment says of it.
  void CheckMembersAndPeriods() {
    for (Fault& fault : ValidatePact(pact_)) {
      const std::string path = std::move(fault.path);
      fault.path.clear();
      for (size_t i = 0; i < amendment_.add_members.size(); ++i) {
        const auto member = FindIn(pact_.members, amendment_.add_members[i].unit);
        Replace(path, absl::StrCat("members[", member - pact_.members.begin(), "]"),
                absl::StrCat("add_members[", i, "]"), fault.path);
      }
      for (size_t i = 0; i < amendment_.put_periods.size(); ++i) {
        const auto period = FindIn(pact_.periods, amendment_.put_periods[i].id);
        Replace(path, absl::StrCat("periods[", period - pact_.periods.begin(), "]"),
                absl::StrCat("put_periods[", i, "]"), fault.path);
      }
      if (fault.path.empty()) {
        // Of the whole list, or of what stood there before: the leader, beside another.
        const bool of_periods = absl::StartsWith(path, "periods");
        fault.path = of_periods              ? "put_periods"
                     : pact_.members.empty() ? "remove_members"
                                             : "add_members";
      }
      faults_.push_back(std::move(fault));
    }
  }

  // "members[3].role" becomes "add_members[0].role" in `replaced`, if it is of members[3].
  static void Replace(absl::string_view path, absl::string_view present, absl::string_view said,
                      std::string& replaced) {
    if (absl::ConsumePrefix(&path, present)) replaced = absl::StrCat(said, path);
  }

  static std::vector<Period>::iterator FindIn(std::vector<Period>& periods, const std::string& id) {
    return std::find_if(periods.begin(), periods.end(),
                        [&](const Period& period) { return period.id == id; });
  }

  static std::vector<Member>::iterator FindIn(std::vector<Member>& members,
                                              const std::string& unit) {
    return std::find_if(members.begin(), members.end(),
                        [&](const Member& member) { return member.unit == unit; });
  }

  Target* FindIn(absl::string_view id) {
    if (index_.empty()) {
      for (size_t i = 0; i < pact_.targets.size(); ++i) index_.emplace(pact_.targets[i].id, i);
    }
    const auto found = index_.find(id);
    return found == index_.end() ? nullptr : &pact_.targets[found->second];
  }

  const Amendment& amendment_;
  const Pact& before_;
  Pact pact_;
  absl::flat_hash_map<std::string, size_t> index_;  // Of pact_.targets, by id; empty: to be made.
  std::vector<Fault> faults_;
};

}  // namespace

absl::StatusOr<Pact> Amend(const Pact& pact, const Amendment& amendment) {
  return Amending(pact, amendment).Run();
}

}  // namespace thidua::domain
