#include "tests/load/ledger.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace thidua::load {

using results::v1::Assessment;
using results::v1::Submission;

void Ledger::Acknowledge(size_t unit, size_t target, int64_t revision, int64_t figure) {
  const absl::MutexLock lock(&mutex_);
  AcknowledgedFigures& of = figures_[{unit, target}];
  of.open.erase(figure);
  const auto [at, is_new] = of.revisions.emplace(figure, revision);
  if (is_new) {
    ++acknowledged_;
  } else if (at->second == 0) {
    at->second = revision;
  } else if (revision != 0 && revision != at->second) {
    of.doubled = true;
  }
}

void Ledger::AcknowledgeOwnPoints(size_t unit, std::vector<Assessment> answered) {
  const absl::MutexLock lock(&mutex_);
  AcknowledgedOfUnit& of = units_[unit];
  of.own_points = std::move(answered);
  of.own_points_open = false;
}

void Ledger::AcknowledgeHandOver(size_t unit, const Submission& answered) {
  const absl::MutexLock lock(&mutex_);
  units_[unit].hand_over = answered;
}

void Ledger::LeaveOpen(size_t unit, size_t target, int64_t figure) {
  const absl::MutexLock lock(&mutex_);
  AcknowledgedFigures& of = figures_[{unit, target}];
  if (!of.revisions.contains(figure)) of.open.insert(figure);
}

void Ledger::LeaveOwnPointsOpen(size_t unit) {
  const absl::MutexLock lock(&mutex_);
  units_[unit].own_points_open = true;
}

void Ledger::SawVersion(size_t bloc, int64_t version, const std::string& token) {
  const absl::MutexLock lock(&mutex_);
  AcknowledgedVersion& newest = versions_[bloc];
  if (version > newest.version) newest = {version, token};
}

int64_t Ledger::acknowledged() const {
  const absl::MutexLock lock(&mutex_);
  return acknowledged_;
}

std::vector<std::pair<std::pair<size_t, size_t>, AcknowledgedFigures>> Ledger::figures() const {
  const absl::MutexLock lock(&mutex_);
  return {figures_.begin(), figures_.end()};
}

std::map<size_t, AcknowledgedOfUnit> Ledger::units() const {
  const absl::MutexLock lock(&mutex_);
  return units_;
}

std::vector<std::pair<size_t, AcknowledgedVersion>> Ledger::versions() const {
  const absl::MutexLock lock(&mutex_);
  return {versions_.begin(), versions_.end()};
}

std::vector<std::string> JudgeFigures(const AcknowledgedFigures& acknowledged,
                                      const std::vector<StoredFigure>& stored) {
  std::vector<std::string> faults;
  if (acknowledged.doubled) {
    faults.push_back("one figure was acknowledged as two revisions");
  }
  std::map<int64_t, std::string> left;  // Values by revision, until somebody is found to know them.
  for (const StoredFigure& one : stored) {
    if (!left.emplace(one.revision, one.value).second) {
      faults.push_back(absl::StrCat("revision ", one.revision, " was listed twice"));
    }
  }
  std::set<std::string> known, open;
  for (const auto& [figure, revision] : acknowledged.revisions) {
    const std::string value = absl::StrCat(figure);
    known.insert(value);
    auto found = left.find(revision);
    if (revision == 0) {  // Whichever holds it.
      found = std::find_if(left.begin(), left.end(),
                           [&value](const auto& one) { return one.second == value; });
    }
    if (found == left.end() || found->second != value) {
      faults.push_back(absl::StrCat(value, " was acknowledged as revision ", revision,
                                    ", which holds ",
                                    found == left.end() ? "nothing" : found->second));
    }
    if (found != left.end()) left.erase(found);
  }
  for (const int64_t figure : acknowledged.open) open.insert(absl::StrCat(figure));
  known.insert(open.begin(), open.end());
  for (const auto& [revision, value] : left) {
    if (open.erase(value) > 0) continue;
    faults.push_back(absl::StrCat("revision ", revision, " holds ", value,
                                  known.contains(value) ? ", which another holds already"
                                                        : ", which was never acknowledged"));
  }
  return faults;
}

std::vector<std::string> JudgeOwnPoints(const std::vector<Assessment>& acknowledged,
                                        const std::set<std::string>& open,
                                        const std::vector<Assessment>& stored) {
  std::vector<std::string> faults;
  std::set<std::string> left;  // As bytes: every field.
  for (const Assessment& one : acknowledged) left.insert(one.SerializeAsString());
  for (const Assessment& one : stored) {
    if (left.erase(one.SerializeAsString()) > 0 || open.contains(one.unit())) continue;
    faults.push_back(absl::StrCat("own points are there that were never acknowledged: ",
                                  one.ShortDebugString()));
  }
  if (!left.empty()) {
    faults.push_back(
        absl::StrCat(left.size(), " own points are not there as they were acknowledged"));
  }
  return faults;
}

std::vector<std::string> JudgeHandOver(const Submission& acknowledged, const Submission& stored) {
  if (stored.SerializeAsString() == acknowledged.SerializeAsString()) return {};
  return {absl::StrCat(acknowledged.ShortDebugString(), " was acknowledged, and there is ",
                       stored.ShortDebugString())};
}

std::vector<std::string> JudgeVersion(int64_t of_token, int64_t shown) {
  if (shown >= of_token) return {};
  return {absl::StrCat("version ", shown, " was shown for a token of version ", of_token)};
}

}  // namespace thidua::load
