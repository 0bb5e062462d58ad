#include "services/scoring/wording.h"

#include <algorithm>
#include <optional>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/identifier.h"
#include "services/domain/scheme_formula.h"
#include "services/domain/vietnamese_number.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

using domain::AchievementBasis;
using domain::Layer;
using domain::RankingKey;
using domain::Rational;

constexpr size_t kMaxNamesBytes = 60;  // So many of units, and one more name…
constexpr size_t kMaxKeysBytes = 150;  // …and of tie keys.

// How much a sentence says.
enum class Detail { kAll, kNobodysName, kPointsAndPlace };

// A lead is a lead, however small it prints.
std::string Lead(const domain::Scheme& scheme, const Rational& margin) {
  const bool by_percent = scheme.ranking.key == RankingKey::kPercentOfAssigned;
  const std::string printed = PrintShort(by_percent ? margin * 100 : margin);
  return absl::StrCat(printed == "0" ? "chưa tới 0,01" : printed,
                      by_percent                                   ? " điểm phần trăm"
                      : scheme.ranking.key == RankingKey::kFormula ? ""
                                                                   : " điểm");
}

// After the points: what they are to the key that units are ranked by.
std::string ByTheKey(const domain::RankingRule& rule, const domain::Place& place) {
  const Rational total = place.score->total();
  std::string sentence;
  Rational before_rounding = total, key = place.key;
  switch (rule.key) {
    case RankingKey::kPoints:
      break;
    case RankingKey::kPercentOfAssigned:
      absl::StrAppend(&sentence, ", tương đương ", Percent(*place.score->share(), 4));
      before_rounding = *place.score->share() * 100;
      key = key * 100;
      break;
    case RankingKey::kCappedPoints:
      before_rounding = std::min(total, Rational(rule.cap.value_or(0)));
      if (before_rounding != total) {
        absl::StrAppend(&sentence, ", tính tối đa ", PrintShort(before_rounding), " điểm");
      }
      break;
    case RankingKey::kFormula:
      return absl::StrCat(
          ", ", rule.formula_name.empty() ? "theo công thức" : domain::Excerpt(rule.formula_name),
          " ", EqualsOrAbout(key, 4));
  }
  if (rule.rounding.has_value() && key != before_rounding) {
    absl::StrAppend(&sentence, ", làm tròn ", PrintShort(key, 9),
                    rule.key == RankingKey::kPercentOfAssigned ? "%" : " điểm");
  }
  return sentence;
}

// Whether a formula speaks of the bloc: only a list has a dot after its name.
bool SpeaksOfTheBloc(std::string formula) {
  formula.erase(std::remove(formula.begin(), formula.end(), ' '), formula.end());
  return absl::StrContains(formula, "bloc.");
}

// Whether one unit's figures move the points of others.
bool IsMeasuredByOthers(const domain::Criterion& criterion) {
  if (const auto* targets = std::get_if<domain::TargetsRule>(&criterion.rule)) {
    return targets->best_in_bloc.has_value() ||
           targets->without_target == domain::WithoutTargetPolicy::kShareOfHighest;
  }
  if (const auto* places = std::get_if<domain::PlacesRule>(&criterion.rule)) {
    return places->source != domain::PlacesRule::Source::kGivenPlace;
  }
  const auto* formula = std::get_if<domain::FormulaRule>(&criterion.rule);
  return formula != nullptr &&
         (SpeaksOfTheBloc(formula->points) || SpeaksOfTheBloc(formula->bonus));
}

bool AnyMeasuredByOthers(const domain::Pact& pact, const std::vector<domain::Criterion>& criteria) {
  return std::any_of(criteria.begin(), criteria.end(), [&](const domain::Criterion& criterion) {
    if (domain::IsVoided(pact, criterion.id)) return false;
    return IsMeasuredByOthers(criterion) || AnyMeasuredByOthers(pact, criterion.children);
  });
}

// How the scheme ranks: what by, rounded how, and what becomes of equals.
void AddRankingPolicy(const domain::Scheme& scheme, std::vector<std::string>& notes) {
  const domain::RankingRule& rule = scheme.ranking;
  const char* what = "tổng điểm";
  switch (rule.key) {
    case RankingKey::kPoints:
      break;
    case RankingKey::kPercentOfAssigned:
      what = "tỷ lệ phần trăm";
      notes.push_back(
          "Xếp theo tỷ lệ phần trăm giữa điểm đạt được và tổng điểm được giao của từng đơn vị.");
      break;
    case RankingKey::kCappedPoints:
      notes.push_back(absl::StrCat("Xếp theo tổng điểm kể cả điểm thưởng, tính tối đa ",
                                   domain::PrintNumber(rule.cap.value_or(0)), " điểm."));
      break;
    case RankingKey::kFormula:
      what = "kết quả công thức";
      notes.push_back(rule.formula_name.empty()
                          ? "Xếp theo công thức của thang bảng điểm."
                          : absl::StrCat("Xếp theo ", domain::Excerpt(rule.formula_name),
                                         ", tính bằng công thức của thang bảng điểm."));
      break;
  }
  if (rule.rounding.has_value()) {
    notes.push_back(absl::StrCat("Trước khi so sánh để xếp hạng, ", what, " được làm tròn ",
                                 RoundingWords(*rule.rounding), "."));
  }
  std::vector<std::string> keys;
  for (const domain::TieKey& key : rule.tie_keys) {
    if (absl::StrJoin(keys, ", ").size() > kMaxKeysBytes) {
      keys.push_back("…");
      break;
    }
    keys.push_back(absl::StrCat(Quoted(TieKeyName(scheme, key)),
                                key.less_is_better ? " (thấp hơn xếp trước)" : ""));
  }
  notes.push_back(keys.empty()
                      ? "Các đơn vị bằng nhau thì đồng hạng."
                      : absl::StrCat("Các đơn vị bằng nhau thì xét ",
                                     keys.size() > 1 ? "lần lượt " : "", absl::StrJoin(keys, ", "),
                                     "; vẫn bằng nhau thì đồng hạng."));
  if (rule.dense) {
    notes.push_back("Sau các đơn vị đồng hạng là hạng liền kề, không bỏ số: 1, 2, 2, 3.");
  }
}

// The others of the same rank, as many as there is room for: "Sở Y tế, Ban Dân tộc và 2 đơn vị
// khác".
std::string Equals(const std::vector<domain::Place>& places, size_t index, Detail detail) {
  std::string equals;
  int untold = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i].rank != places[index].rank || i == index) continue;
    if (detail != Detail::kAll || equals.size() > kMaxNamesBytes) {
      ++untold;
    } else {
      absl::StrAppend(&equals, equals.empty() ? "" : ", ",
                      domain::Excerpt(places[i].score->member->display_name));
    }
  }
  if (untold > 0) {
    absl::StrAppend(&equals, equals.empty() ? "" : " và ", untold, " đơn vị khác");
  }
  return equals;
}

bool AnyRank(const std::vector<domain::Place>& places) {
  return std::any_of(places.begin(), places.end(),
                     [](const domain::Place& place) { return place.rank > 0; });
}

// How many of the unit's targets count with that basis.
int CountTargets(const domain::CriterionScore& score, AchievementBasis basis) {
  int count = 0;
  for (const domain::TargetScore& target : score.targets) {
    count += target.counted && target.achievement.basis == basis;
  }
  for (const domain::CriterionScore& child : score.children) count += CountTargets(child, basis);
  return count;
}

int CountTargets(const domain::UnitScore& score, AchievementBasis basis) {
  int count = 0;
  for (const domain::CriterionScore& content : score.contents) {
    count += CountTargets(content, basis);
  }
  return count;
}

// How many criteria count by the unit's own word.
int CountBySelf(const std::vector<domain::CriterionScore>& criteria) {
  int count = 0;
  for (const domain::CriterionScore& criterion : criteria) {
    count += criterion.assessed != nullptr && criterion.assessed->layer == Layer::kSelf;
    count += CountBySelf(criterion.children);
  }
  return count;
}

int CountBySelf(const domain::UnitScore& score) { return CountBySelf(score.contents); }

// How much of it is the unit's own word, and how much is not known yet.
std::string WhatItRestsOn(const domain::UnitScore& score) {
  std::string sentence;
  if (const int stated = CountTargets(score, AchievementBasis::kStated); stated > 0) {
    absl::StrAppend(&sentence, " (", stated, " chỉ tiêu tính theo tỷ lệ đơn vị tự nêu)");
  }
  if (const int missing = CountTargets(score, AchievementBasis::kNotReported); missing > 0) {
    absl::StrAppend(&sentence, " (", missing, " chỉ tiêu chưa báo cáo)");
  }
  if (const int self = CountBySelf(score); self > 0) {
    absl::StrAppend(&sentence, " (", self, " tiêu chí tính theo điểm đơn vị tự chấm)");
  }
  return sentence;
}

std::string SentenceOf(const domain::Scheme& scheme, const std::vector<domain::Place>& places,
                       size_t index, Detail detail) {
  const domain::Place& place = places[index];
  if (place.rank == 0) {
    return AnyRank(places) ? "Chưa xếp hạng: chưa có nội dung nào tính được điểm."
                           : "Chưa xếp hạng: chưa có kết quả nào được báo cáo.";
  }
  const domain::UnitScore& score = *place.score;
  std::string sentence =
      absl::StrCat("Đạt ", PrintShort(score.total()), "/", PrintShort(score.assigned_points),
                   " điểm được giao", ByTheKey(scheme.ranking, place));
  if (detail != Detail::kPointsAndPlace) absl::StrAppend(&sentence, WhatItRestsOn(score));
  if (place.shared) absl::StrAppend(&sentence, "; đồng hạng với ", Equals(places, index, detail));
  if (place.decided_by.has_value()) {
    const domain::TieKey& key = scheme.ranking.tie_keys[*place.decided_by];
    absl::StrAppend(&sentence, "; bằng đơn vị xếp sau nhưng ",
                    key.less_is_better ? "thấp hơn ở " : "hơn ở ", Quoted(TieKeyName(scheme, key)));
  } else if (!place.margin_to_next.is_zero()) {
    absl::StrAppend(&sentence, "; hơn hạng sau ", Lead(scheme, place.margin_to_next));
  }
  return sentence + ".";
}

}  // namespace

absl::string_view LayerWords(Layer layer) {
  switch (layer) {
    case Layer::kSelf:
      return "đơn vị tự chấm";
    case Layer::kPeer:
      return "chấm chéo";
    case Layer::kBloc:
      return "khối chấm";
    case Layer::kProvince:
      return "tỉnh thẩm định";
  }
  return "";
}

std::string Awaited(const domain::Scheme& scheme) {
  constexpr size_t kLayers = 4;
  const std::vector<Layer> precedence = domain::PrecedenceOf(scheme);
  if (precedence.size() == kLayers) return "được chấm điểm";
  return absl::StrCat("có ", absl::StrJoin(precedence, " hoặc ", [](std::string* out, Layer layer) {
                        absl::StrAppend(out, "điểm ", LayerWords(layer));
                      }));
}

std::string TieKeyName(const domain::Scheme& scheme, const domain::TieKey& key) {
  if (!key.formula.empty()) return key.name.empty() ? key.formula : key.name;
  const domain::Criterion* found = domain::FindCriterion(scheme, key.criterion);
  return found == nullptr ? key.criterion : found->name;
}

std::string PlaceSentence(const domain::Scheme& scheme, const std::vector<domain::Place>& places,
                          size_t index) {
  std::string sentence;
  for (const Detail detail : {Detail::kAll, Detail::kNobodysName, Detail::kPointsAndPlace}) {
    sentence = SentenceOf(scheme, places, index, detail);
    if (CodePoints(sentence) <= kMaxSentence) break;
  }
  return sentence;
}

const char kProvisionalNote[] =
    "Xếp hạng tạm tính từ số liệu đã báo cáo, chưa phải kết quả thi đua chính thức.";

std::vector<std::string> RankingNotes(const domain::Pact& pact,
                                      const std::vector<domain::UnitScore>& scores) {
  std::vector<std::string> notes;
  notes.push_back(kProvisionalNote);
  for (size_t i = 0; i < pact.scheme.contents.size(); ++i) {
    const domain::Criterion& content = pact.scheme.contents[i];
    const bool nobody =
        std::none_of(scores.begin(), scores.end(),
                     [&](const domain::UnitScore& score) { return score.contents[i].assigned; });
    if (!nobody) continue;
    if (domain::IsVoided(pact, content.id)) {
      notes.push_back(absl::StrCat(Quoted(content.name), " đã được đưa ra khỏi giao ước nên ",
                                   domain::PrintNumber(content.max_points),
                                   " điểm của nội dung này không tính cho đơn vị nào."));
      continue;
    }
    notes.push_back(absl::StrCat(Quoted(content.name), " ",
                                 domain::IsAssessed(content)
                                     ? absl::StrCat("chưa ", Awaited(pact.scheme))
                                     : "chưa có tiêu chí nào tính được điểm",
                                 " cho đơn vị nào nên ", domain::PrintNumber(content.max_points),
                                 " điểm của nội dung này chưa tính vào tổng điểm được giao."));
  }
  int stated = 0;
  for (const domain::UnitScore& score : scores) {
    stated += CountTargets(score, AchievementBasis::kStated);
  }
  if (stated > 0) {
    notes.push_back(absl::StrCat(
        stated,
        " chỉ tiêu được tính theo tỷ lệ đơn vị tự nêu, vì không có chỉ tiêu đăng ký để đối "
        "chiếu."));
  }
  const auto by_self =
      std::count_if(scores.begin(), scores.end(),
                    [](const domain::UnitScore& score) { return CountBySelf(score) > 0; });
  if (by_self > 0) {
    notes.push_back(
        absl::StrCat(by_self, " đơn vị có tiêu chí tính theo điểm chính đơn vị tự chấm."));
  }
  AddRankingPolicy(pact.scheme, notes);
  if (AnyMeasuredByOthers(pact, pact.scheme.contents)) {
    notes.push_back(
        "Có tiêu chí tính so với các đơn vị trong khối: điểm của mỗi đơn vị thay đổi khi đơn vị "
        "cao nhất thay đổi.");
  }
  return notes;
}

}  // namespace thidua::scoring
