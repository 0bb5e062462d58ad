#include "services/scoring/wording.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/qualifier_word.h"
#include "services/domain/vietnamese_number.h"

namespace thidua::scoring {
namespace {

using domain::AchievementBasis;
using domain::Decimal;
using domain::Layer;
using domain::Quantity;
using domain::Rational;

// Rounded half up to at most `digits`, without trailing zeros.
Decimal Shortened(const Rational& value, int digits) {
  std::optional<Decimal> shortest = value.RoundHalfUp(digits);
  // Points are bounded by their scheme; only an achievement can be beyond what a decimal holds, and
  // is then shown as the greatest that it holds.
  if (!shortest.has_value()) return *Decimal::Parse("999999999999999999");
  while (digits > 0) {
    const std::optional<Decimal> shorter = value.RoundHalfUp(digits - 1);
    if (!shorter.has_value() || *shorter != *shortest) break;
    shortest = shorter;
    --digits;
  }
  return *shortest;
}

bool IsShort(const Rational& value) { return Rational(Shortened(value, 2)) == value; }

// "= 332,3" or "≈ 332,31".
std::string EqualsOrAbout(const Rational& value, int digits) {
  const Decimal printed = Shortened(value, digits);
  return absl::StrCat(Rational(printed) == value ? "= " : "≈ ", domain::PrintNumber(printed));
}

// "27,25" or "≈ 22,67".
std::string AboutIfRounded(const Rational& value) {
  return absl::StrCat(IsShort(value) ? "" : "≈ ", domain::PrintNumber(Shortened(value, 2)));
}

// As the unit wrote it, or else as a figure is written.
std::string Figure(const Quantity& quantity) {
  if (!quantity.text.empty()) return quantity.text;
  return absl::StrCat(domain::QualifierWord(quantity.qualifier),
                      domain::PrintNumber(quantity.value));
}

// "lượt" after "405.509"; nothing after "13,1%", which has its measure already. A figure whose mark
// was lost on the way ("0,20/00") is followed by what it means.
std::string MeasureAfter(const std::string& figure, const Quantity& quantity,
                         const std::string& measure) {
  if (measure.empty() || absl::EndsWith(figure, measure)) return "";
  if (measure == "%") return "%";
  if (measure == "‰") return absl::StrCat(" (", domain::PrintNumber(quantity.value), "‰)");
  return absl::StrCat(" ", measure);
}

std::string CriterionName(const domain::Scheme& scheme, const std::string& criterion) {
  const domain::Criterion* found = domain::FindCriterion(scheme, criterion);
  return found == nullptr ? criterion : found->name;
}

// A lead is a lead, however small it prints.
std::string Lead(const Rational& margin, absl::string_view unit) {
  const std::string printed = PrintShort(margin);
  return printed == "0" ? absl::StrCat("chưa tới 0,01 ", unit) : absl::StrCat(printed, " ", unit);
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

// After "điểm": whose they are.
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

// What an assessed criterion without points waits for, after "chưa": "được chấm điểm"; or "có điểm
// tỉnh thẩm định" where the unit's own points may be there and count for nothing.
std::string Awaited(const domain::Scheme& scheme) {
  constexpr size_t kLayers = 4;
  const std::vector<Layer> precedence = domain::PrecedenceOf(scheme);
  if (precedence.size() == kLayers) return "được chấm điểm";
  return absl::StrCat("có ", absl::StrJoin(precedence, " hoặc ", [](std::string* out, Layer layer) {
                        absl::StrAppend(out, "điểm ", LayerWords(layer));
                      }));
}

std::string Percent(const Rational& share, int digits) {
  return absl::StrCat(PrintShort(share * 100, digits), "%");
}

// "theo thang điểm (từ 80% đến dưới 100%) được hưởng 75%": the points of the curve that say so,
// too.
std::string ByTheCurve(const domain::Curve& curve, const Rational& achievement) {
  const auto above = std::find_if(curve.points.begin(), curve.points.end(), [&](const auto& point) {
    return achievement * 100 < point.achievement_percent;
  });
  const auto at = [](const domain::Curve::Point& point) {
    return absl::StrCat(domain::PrintNumber(point.achievement_percent), "%");
  };
  const auto earns = [&](const domain::Curve::Point& point) {
    return absl::StrCat(at(point), " được ", domain::PrintNumber(point.earned_percent), "%");
  };
  std::string place;
  if (above == curve.points.begin()) {
    place = absl::StrCat("dưới ", at(*above));
  } else if (above == curve.points.end()) {
    place = absl::StrCat("từ ", at(curve.points.back()), " trở lên");
  } else if (curve.between == domain::Curve::Between::kStep) {
    place = absl::StrCat("từ ", at(*(above - 1)), " đến dưới ", at(*above));
  } else {
    place = absl::StrCat(earns(*(above - 1)), ", ", earns(*above));
  }
  const Rational earned = domain::EarnedBy(curve, achievement) * 100;
  return absl::StrCat("theo thang điểm (", place, ") được hưởng ", AboutIfRounded(earned), "%");
}

}  // namespace

std::string PrintShort(const Rational& value, int digits) {
  return domain::PrintNumber(Shortened(value, digits));
}

std::string MachineShort(const Rational& value, int digits) {
  return Shortened(value, digits).ToString();
}

std::string AchievementPercent(const domain::Achievement& achievement,
                               const domain::Result* result) {
  const bool stated = result != nullptr && result->stated_percent.has_value();
  if (achievement.basis == AchievementBasis::kStated && stated) {
    return result->stated_percent->ToString();
  }
  if (achievement.basis != AchievementBasis::kComputed) return "";
  const std::optional<Decimal> rounded =
      (achievement.share * 100).RoundHalfUp(stated ? result->stated_percent->scale() : 2);
  return rounded.has_value() ? rounded->ToString() : "";
}

std::string ReviewSentence(const domain::ReviewLine& line) {
  const domain::Target& target = *line.target;
  constexpr absl::string_view kVoided = "đã đưa ra khỏi giao ước";
  if (target.voided && line.result == nullptr) return std::string(kVoided);
  if (line.result == nullptr) return "chưa báo cáo";
  const domain::Result& result = *line.result;
  std::string sentence;
  if (result.actual.has_value()) {
    sentence = Figure(result.actual);
    if (target.value.has_value()) {
      const std::string wanted = Figure(target.value);
      absl::StrAppend(&sentence, "/", wanted, MeasureAfter(wanted, target.value, target.measure));
    } else {
      absl::StrAppend(&sentence, MeasureAfter(sentence, result.actual, target.measure));
    }
  } else if (result.actual.state == domain::QuantityState::kNotAssigned) {
    return "không được giao";
  } else if (result.actual.state == domain::QuantityState::kNotComputable) {
    sentence = "không tính được";
  }
  if (target.voided) {  // Nothing is asked of it any more: no percent of it is told.
    return sentence.empty() ? std::string(kVoided) : absl::StrCat(sentence, " (", kVoided, ")");
  }
  if (target.kind != domain::TargetKind::kScored) return sentence;
  const absl::string_view comma = sentence.empty() ? "" : ", ";
  const std::string percent = AchievementPercent(line.achievement, line.result);
  const std::string stated = result.stated_percent.has_value()
                                 ? absl::StrCat(domain::QualifierWord(result.stated_qualifier),
                                                domain::PrintNumber(*result.stated_percent), "%")
                                 : "";
  if (line.achievement.basis == AchievementBasis::kStated) {
    absl::StrAppend(&sentence, comma, "đạt ", stated);
  } else if (!percent.empty()) {
    absl::StrAppend(&sentence, comma, "đạt ", domain::PrintNumber(*Decimal::Parse(percent)), "%");
    if (result.stated_percent.has_value() && result.stated_percent->ToString() != percent) {
      absl::StrAppend(&sentence, " (đơn vị ghi ", stated, ")");
    }
  } else if (!stated.empty()) {
    absl::StrAppend(&sentence, comma, "đơn vị ghi ", stated);
  }
  return sentence;
}

std::string DerivationSentence(const domain::TargetScore& score, const domain::TargetsRule& rule) {
  const domain::Achievement& achievement = score.achievement;
  // A third of 650 points is said as such: a rounded one would not multiply up.
  const std::string share_points = absl::StrCat(
      IsShort(score.share_points) ? PrintShort(score.share_points) : score.share_points.ToString(),
      " điểm");
  if (!score.counted) {
    switch (achievement.basis) {
      case AchievementBasis::kNotAssigned:
        return "Không được giao cho đơn vị: không tính vào tổng điểm được giao.";
      case AchievementBasis::kStated:
        return "Chỉ có tỷ lệ đơn vị tự nêu, không có chỉ tiêu để đối chiếu: không tính vào tổng "
               "điểm được giao.";
      default:
        return "Không đủ số liệu để tính: không tính vào tổng điểm được giao.";
    }
  }
  if (achievement.basis == AchievementBasis::kNotReported) {
    return absl::StrCat("Chưa báo cáo: 0/", share_points, ".");
  }
  std::string sentence;
  if (achievement.basis == AchievementBasis::kStated) {
    sentence = absl::StrCat(Percent(achievement.share, 9),
                            " (đơn vị tự nêu, không có chỉ tiêu để đối chiếu)");
  } else {
    sentence = absl::StrCat(domain::PrintNumber(score.result->actual.value), "/",
                            domain::PrintNumber(score.target->value.value));
    if (score.target->direction == domain::Direction::kLowerIsBetter) {
      absl::StrAppend(&sentence, " (càng thấp càng tốt)");
    }
    absl::StrAppend(&sentence, " ", EqualsOrAbout(achievement.share * 100, 2), "%");
  }
  if (score.capped) {
    absl::StrAppend(&sentence, ", tính tối đa ", domain::PrintNumber(rule.achievement_cap_percent),
                    "%");
  }
  if (rule.curve.has_value()) {
    const Rational reached =
        std::min(achievement.share, Rational(rule.achievement_cap_percent) / 100);
    absl::StrAppend(&sentence, ", ", ByTheCurve(*rule.curve, reached));
  }
  absl::StrAppend(&sentence, " × ", share_points, " ", EqualsOrAbout(score.points, 2), " điểm");
  if (!score.bonus.is_zero()) {
    absl::StrAppend(&sentence, "; vượt chỉ tiêu ",
                    PrintShort(((achievement.share - 1) * 100).Floor()), "%, mỗi 1% được ",
                    domain::PrintNumber(rule.bonus_per_percent_above), " điểm: thưởng ",
                    PrintShort(score.bonus), " điểm");
  }
  return sentence + ".";
}

std::string AssessmentSentence(const domain::CriterionScore& score) {
  const domain::AssessedPoints& given = *score.assessed;
  const std::vector<domain::FigureDefinition> figures = domain::FiguresOf(*score.criterion);
  std::string sentence =
      absl::StrCat(figures.empty() ? "Điểm " : "Số liệu ", LayerWords(given.layer));
  if (given.layer == Layer::kPeer) {
    absl::StrAppend(&sentence, given.raters == 1 ? " của " : ", trung bình của ", given.raters,
                    " đơn vị");
  }
  if (!figures.empty()) {
    std::vector<std::string> said;
    for (size_t i = 0; i < figures.size() && i < given.figures.size(); ++i) {
      if (!given.figures[i].has_value()) continue;
      said.push_back(absl::StrCat(figures[i].name, " ", AboutIfRounded(*given.figures[i])));
    }
    absl::StrAppend(&sentence, said.empty() ? "" : ": ", absl::StrJoin(said, "; "));
    if (score.numbers.place > 0) {
      absl::StrAppend(&sentence, "; xếp thứ ", score.numbers.place, " trong khối");
    }
    return absl::StrCat(sentence, "; tính được ", AboutIfRounded(score.numbers.raw_points), "/",
                        domain::PrintNumber(score.criterion->max_points), " điểm.");
  }
  const auto* rule = std::get_if<domain::AssessedRule>(&score.criterion->rule);
  absl::StrAppend(&sentence, ": ", AboutIfRounded(given.points), "/",
                  domain::PrintNumber(rule != nullptr && rule->scale_max.has_value()
                                          ? *rule->scale_max
                                          : score.criterion->max_points));
  if (!given.bonus.is_zero()) {
    absl::StrAppend(&sentence, ", thưởng ", AboutIfRounded(given.bonus), " điểm");
  }
  return sentence + ".";
}

std::string CriterionSentence(const domain::Scheme& scheme, const domain::CriterionScore& score) {
  const domain::Criterion& criterion = *score.criterion;
  if (score.voided) {
    return "Đã được đưa ra khỏi giao ước theo bản điều chỉnh: không tính cho đơn vị nào.";
  }
  if (score.excluded) return "Không giao cho đơn vị: không tính vào tổng điểm được giao.";
  if (!score.assigned) {
    if (domain::IsAssessed(criterion)) {
      return absl::StrCat("Chưa ", Awaited(scheme), ": không tính vào tổng điểm được giao.");
    }
    if (domain::TakesTargets(criterion)) {
      return "Đơn vị không có chỉ tiêu nào tính điểm được: không tính vào tổng điểm được giao.";
    }
    return "Chưa có tiêu chí nào được tính.";
  }
  const bool assessed = score.assessed != nullptr;
  const Rational& points = score.numbers.raw_points;
  const Rational& bonus = score.numbers.raw_bonus;
  std::vector<std::string> cuts;
  if (score.numbers.by_default) {
    cuts.push_back(absl::StrCat("Chưa có số liệu: tính ", PrintShort(score.points),
                                " điểm theo thang bảng điểm."));
  }
  for (size_t i = 0; i < criterion.limits.size() && i < 16; ++i) {
    if ((score.numbers.limits & (1u << i)) != 0) {
      cuts.push_back(absl::StrCat("Áp dụng khống chế: ", criterion.limits[i].name, "."));
    }
  }
  const std::string whole = criterion.children.empty()
                                ? assessed ? "Điểm được chấm" : "Tổng điểm các chỉ tiêu"
                                : "Tổng điểm các tiêu chí con";
  const std::optional<domain::Rounding>& rounding = criterion.rounding;
  if (rounding.has_value() && points != score.points &&
      points.RoundedTo(rounding->step, rounding->mode) == score.points) {
    const int digits = rounding->step.scale();
    cuts.push_back(absl::StrCat(
        assessed ? "Điểm" : "Tổng điểm", " được làm tròn ",
        digits == 0 ? "thành số nguyên." : absl::StrCat("đến ", digits, " chữ số thập phân.")));
  } else if (points > score.points) {
    cuts.push_back(absl::StrCat(whole, " là ", PrintShort(points), ", chỉ tính tối đa ",
                                PrintShort(score.points), " điểm."));
  } else if (points < score.points) {
    cuts.push_back(absl::StrCat(whole, " là ", PrintShort(points), ", tính thấp nhất là ",
                                PrintShort(score.points), " điểm."));
  }
  if (bonus > score.bonus) {
    cuts.push_back(absl::StrCat(assessed ? "Điểm thưởng" : "Tổng điểm thưởng", " là ",
                                PrintShort(bonus), ", chỉ tính tối đa ", PrintShort(score.bonus),
                                " điểm."));
  }
  return absl::StrJoin(cuts, " ");
}

std::string PlaceSentence(const domain::Scheme& scheme, const std::vector<domain::Place>& places,
                          size_t index) {
  const domain::Place& place = places[index];
  if (place.rank == 0) {
    return AnyRank(places) ? "Chưa xếp hạng: chưa có nội dung nào tính được điểm."
                           : "Chưa xếp hạng: chưa có kết quả nào được báo cáo.";
  }
  const domain::UnitScore& score = *place.score;
  const bool by_percent = scheme.ranking.key == domain::RankingKey::kPercentOfAssigned;
  std::string sentence = absl::StrCat("Đạt ", PrintShort(score.total()), "/",
                                      PrintShort(score.assigned_points), " điểm được giao");
  if (by_percent) absl::StrAppend(&sentence, ", tương đương ", Percent(*score.share(), 4));
  if (const int stated = CountTargets(score, AchievementBasis::kStated); stated > 0) {
    absl::StrAppend(&sentence, " (", stated, " chỉ tiêu tính theo tỷ lệ đơn vị tự nêu)");
  }
  if (const int missing = CountTargets(score, AchievementBasis::kNotReported); missing > 0) {
    absl::StrAppend(&sentence, " (", missing, " chỉ tiêu chưa báo cáo, tạm tính 0 điểm)");
  }
  if (const int self = CountBySelf(score); self > 0) {
    absl::StrAppend(&sentence, " (", self, " tiêu chí tính theo điểm đơn vị tự chấm)");
  }
  if (place.shared) {
    std::vector<std::string> equals;
    for (const domain::Place& other : places) {
      if (other.rank == place.rank && &other != &place) {
        equals.push_back(other.score->member->display_name);
      }
    }
    absl::StrAppend(&sentence, "; đồng hạng với ", absl::StrJoin(equals, ", "));
  }
  if (place.decided_by.has_value()) {
    const domain::TieKey& key = scheme.ranking.tie_keys[*place.decided_by];
    absl::StrAppend(&sentence, "; bằng đơn vị xếp sau nhưng ",
                    key.less_is_better ? "thấp hơn" : "hơn", " ở “",
                    key.formula.empty() ? CriterionName(scheme, key.criterion) : key.name, "”");
  } else if (!place.margin_to_next.is_zero()) {
    absl::StrAppend(&sentence, "; hơn hạng sau ",
                    by_percent ? Lead(place.margin_to_next * 100, "điểm phần trăm")
                               : Lead(place.margin_to_next, "điểm"));
  }
  return sentence + ".";
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
      notes.push_back(absl::StrCat("“", content.name, "” đã được đưa ra khỏi giao ước nên ",
                                   domain::PrintNumber(content.max_points),
                                   " điểm của nội dung này không tính cho đơn vị nào."));
      continue;
    }
    notes.push_back(absl::StrCat("“", content.name, "” ",
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
  if (pact.scheme.ranking.key == domain::RankingKey::kPercentOfAssigned) {
    notes.push_back(
        "Xếp theo tỷ lệ phần trăm giữa điểm đạt được và tổng điểm được giao của từng đơn vị.");
  }
  return notes;
}

}  // namespace thidua::scoring
