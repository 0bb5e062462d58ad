#include "services/domain/target_name.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/domain/fault.h"
#include "services/domain/folded_text.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/domain/unit_name.h"

namespace thidua::domain {
namespace {

// Texts of units remembered; a document names a handful.
constexpr size_t kResolvedMax = 1000;

// How many words two texts have in common, of a thousand that they have in all.
int LikenessOf(absl::string_view a, absl::string_view b) {
  const absl::flat_hash_set<absl::string_view> words = absl::StrSplit(a, ' ');
  const absl::flat_hash_set<absl::string_view> others = absl::StrSplit(b, ' ');
  const auto both = std::count_if(words.begin(), words.end(),
                                  [&](absl::string_view word) { return others.contains(word); });
  const auto all = static_cast<std::ptrdiff_t>(words.size() + others.size()) - both;
  return static_cast<int>(both * 1000 / all);
}

Fault Ambiguous(absl::string_view path, absl::string_view reason, absl::string_view what,
                absl::string_view text, const std::vector<std::string>& names) {
  return {
      std::string(path), std::string(reason),
      absl::StrCat(what, " “", Excerpt(text), "” có thể là: ",
                   absl::StrJoin(names.begin(),
                                 names.begin() + std::min<std::ptrdiff_t>(
                                                     static_cast<std::ptrdiff_t>(names.size()), 5),
                                 "; "),
                   ".")};
}

}  // namespace

TargetNames::TargetNames(const Pact& pact, std::vector<Unit> units, Date day)
    : day_(day), units_(std::move(units)) {
  // What a member was called when the pact was signed is a name of it on any day, whatever it is
  // called now, and if it is no more: so it stands beside what the registry knows of it.
  units_.reserve(units_.size() + pact.members.size());
  for (const Member& member : pact.members) {
    Unit unit;
    unit.id = member.unit;
    unit.namings.push_back({member.display_name, "", UnitKind::kUnspecified, {}, ""});
    units_.push_back(std::move(unit));
  }
  // A voided target is found when no other is called so: what is said of it is told, too.
  for (const bool voided : {false, true}) {
    for (const Target& target : pact.targets) {
      if (target.voided != voided) continue;
      OfUnit& of_unit = targets_[target.unit];
      for (Targets* of_name : {&of_unit.by_folded[FoldedWords(target.name)],
                               &of_unit.by_unmarked[UnmarkedWords(target.name)]}) {
        if (!voided || of_name->empty() || of_name->front()->voided) of_name->push_back(&target);
      }
    }
  }
}

absl::StatusOr<std::string> TargetNames::FindUnit(absl::string_view text) {
  if (text.empty()) {
    return Fault{"unit_text", "REQUIRED", "Phải ghi mã chỉ tiêu, hoặc tên đơn vị và tên chỉ tiêu."}
        .ToStatus();
  }
  std::vector<UnitMatch> matches;
  absl::flat_hash_set<absl::string_view> matched;
  for (UnitMatch& match : MatchUnits(text, day_, units_)) {  // Best first.
    if (matched.insert(match.unit->id).second) matches.push_back(std::move(match));
  }
  if (const UnitMatch* best = BestMatch(matches)) return best->unit->id;
  if (matches.empty()) {
    return Fault{"unit_text", "UNIT_UNKNOWN",
                 absl::StrCat("Không có đơn vị nào tên “", Excerpt(text), "” trong giao ước này.")}
        .ToStatus();
  }
  std::vector<std::string> names;
  for (const UnitMatch& match : matches) names.push_back(NamingOn(*match.unit, day_).name);
  return Ambiguous("unit_text", "UNIT_AMBIGUOUS", "Đơn vị", text, names).ToStatus();
}

std::string TargetNames::NearestName(const OfUnit& targets, absl::string_view text) const {
  constexpr int kNear = 500;
  const std::string words = UnmarkedWords(text);
  const Target* nearest = nullptr;
  int likeness = kNear;
  for (const auto& [name, of_name] : targets.by_unmarked) {
    const int found = LikenessOf(words, name);
    // Of equals the first by name: the same whatever the order of the map.
    if (found > likeness ||
        (found == likeness && nearest != nullptr && of_name[0]->name < nearest->name)) {
      likeness = found;
      nearest = of_name[0];
    }
  }
  return nearest == nullptr ? "" : nearest->name;
}

absl::StatusOr<const Target*> TargetNames::Find(absl::string_view unit_text,
                                                absl::string_view target_text) {
  auto resolved = resolved_.find(unit_text);
  if (resolved == resolved_.end()) {
    if (resolved_.size() >= kResolvedMax) resolved_.clear();
    resolved = resolved_.emplace(unit_text, FindUnit(unit_text)).first;
  }
  ASSIGN_OR_RETURN(const std::string unit, resolved->second);
  if (target_text.empty()) {
    return Fault{"target_text", "REQUIRED", "Phải ghi tên chỉ tiêu."}.ToStatus();
  }
  const OfUnit& targets = targets_[unit];
  for (const auto& [by_name, words] :
       {std::pair(&targets.by_folded, FoldedWords(target_text)),
        std::pair(&targets.by_unmarked, UnmarkedWords(target_text))}) {
    const auto found = by_name->find(words);
    if (found == by_name->end()) continue;
    if (found->second.size() == 1) return found->second[0];
    std::vector<std::string> names;
    for (const Target* target : found->second) {
      names.push_back(absl::StrCat(target->name, " (", target->id, ")"));
    }
    return Ambiguous("target_text", "TARGET_AMBIGUOUS", "Chỉ tiêu", target_text, names).ToStatus();
  }
  const std::string nearest = NearestName(targets, target_text);
  return Fault{"target_text", "TARGET_UNKNOWN",
               absl::StrCat("Đơn vị không đăng ký chỉ tiêu nào tên “", Excerpt(target_text), "”",
                            nearest.empty() ? "." : absl::StrCat("; gần nhất là “", nearest, "”.")),
               nearest}
      .ToStatus();
}

}  // namespace thidua::domain
