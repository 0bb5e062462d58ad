#include "services/scoring/target_wording.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/qualifier_word.h"
#include "services/domain/vietnamese_number.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

using domain::AchievementBasis;
using domain::Decimal;
using domain::Quantity;
using domain::Rational;

constexpr size_t kMaxStepsTold = 2;

// How much a sentence says.
enum class Detail { kAll, kStepsTogether, kNobodysName, kResult };

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

// "2,5 điểm", of a third "650/3 điểm": a rounded number would not multiply up.
std::string Points(const Rational& points) { return absl::StrCat(PrintExact(points), " điểm"); }

std::string WhyNotCounted(AchievementBasis basis) {
  switch (basis) {
    case AchievementBasis::kNotAssigned:
      return "Không được giao cho đơn vị: không tính vào tổng điểm được giao.";
    case AchievementBasis::kStated:
      return "Chỉ có tỷ lệ đơn vị tự nêu, không có chỉ tiêu để đối chiếu: không tính vào tổng "
             "điểm được giao.";
    default:
      return "Không đủ số liệu để tính: không tính vào tổng điểm được giao.";
  }
}

// " (càng thấp càng tốt)", of a zero with what stands for the ratio that it has not.
std::string DirectionOf(const TargetSpot& target) {
  const domain::PeriodFigures::Source& source = target.source();
  if (source.target->direction != domain::Direction::kLowerIsBetter) return "";
  const Rational& share = target.figure().share;
  const bool is_zero = source.result->actual.value <= 0 && source.target->value.value > 0;
  return absl::StrCat(" (càng thấp càng tốt",
                      !is_zero    ? ""
                      : share > 2 ? "; kết quả 0 tính bằng mức cao nhất khối"
                                  : "; kết quả 0 tính là 200%",
                      ")");
}

// What was reported, and how far the target was reached: "15/10 = 150%".
std::string Reached(const TargetSpot& target) {
  const domain::TargetFigure& figure = target.figure();
  const domain::PeriodFigures::Source& source = target.source();
  if (figure.basis == AchievementBasis::kNotReported) return "Chưa báo cáo";
  if (figure.without_target || figure.basis == AchievementBasis::kNotComputable) {
    return absl::StrCat(domain::PrintNumber(source.result->actual.value),
                        " (không đăng ký chỉ tiêu)");
  }
  if (figure.basis == AchievementBasis::kStated) {
    return absl::StrCat(Percent(figure.share, 9),
                        " (đơn vị tự nêu, không có chỉ tiêu để đối chiếu)");
  }
  return absl::StrCat(domain::PrintNumber(source.result->actual.value), "/",
                      domain::PrintNumber(source.target->value.value), DirectionOf(target), " ",
                      EqualsOrAbout(figure.share * 100), "%");
}

// " (Công an huyện A)"; " (Công an huyện A và 2 chỉ tiêu khác)".
std::string WhoIsBest(const TargetSpot& target, const Best& best, Detail detail) {
  if (detail >= Detail::kNobodysName) return "";
  std::string who = domain::Excerpt(target.spot.unit_name(best.unit));
  if (best.shared_by > 1) absl::StrAppend(&who, " và ", best.shared_by - 1, " chỉ tiêu khác");
  return absl::StrCat(" (", who, ")");
}

// Among those without a value of their own.
std::string BesideThoseWithout(const TargetSpot& target, const Rational& earned, Detail detail) {
  const bool lower = target.source().target->direction == domain::Direction::kLowerIsBetter;
  const std::optional<Best> best =
      BestWithoutTarget(target.spot, target.source().target->direction);
  const Rational& own = target.figure().share;
  const Rational& all = target.points().share_points;
  const std::string first =
      absl::StrCat(lower ? "thấp nhất" : "cao nhất", " trong các đơn vị không đăng ký chỉ tiêu");
  if (!best.has_value() || own == best->value) {
    return absl::StrCat(", ", first, ": được ", PrintShort(earned), "/", Points(all));
  }
  const std::string above = PrintShort(lower ? best->value : own);
  const std::string below = PrintShort(lower ? own : best->value);
  return absl::StrCat(", ", first, " là ", PrintShort(best->value),
                      WhoIsBest(target, *best, detail), ": ", PrintExact(all), " × ", above, "/",
                      below, " ", EqualsOrAbout(earned), " điểm");
}

std::string BesideTheBest(const TargetSpot& target, const domain::BestInBloc& rule,
                          const Rational& earned, Detail detail) {
  const std::optional<Best> best = BestWithTarget(target.spot);
  if (!best.has_value()) return absl::StrCat(": ", PrintShort(earned), " điểm");
  const Rational& own = target.figure().share;
  const Rational& all = target.points().share_points;
  if (rule.method == domain::BestInBloc::Method::kShareOfHighest) {
    if (own == best->value) {
      return own.is_zero() ? ": 0 điểm" : absl::StrCat(", cao nhất khối: trọn ", Points(all));
    }
    return absl::StrCat(", cao nhất khối là ", Percent(best->value),
                        WhoIsBest(target, *best, detail), ": ", PrintExact(all), " × ",
                        Percent(own), "/", Percent(best->value), " ", EqualsOrAbout(earned),
                        " điểm");
  }
  const Rational at_target = all * (Rational(rule.at_target_percent) / 100);
  if (own < 1) {
    return absl::StrCat(" × ", Points(at_target), " (", domain::PrintNumber(rule.at_target_percent),
                        "% số điểm, vì chưa đạt chỉ tiêu) ", EqualsOrAbout(earned), " điểm");
  }
  if (own == 1) {
    return absl::StrCat(", đạt chỉ tiêu được ", domain::PrintNumber(rule.at_target_percent), "% × ",
                        Points(all), " ", EqualsOrAbout(earned), " điểm");
  }
  if (at_target == all) return absl::StrCat(", đạt chỉ tiêu được trọn ", Points(all));
  const std::string excess = Percent(own - 1);
  if (own == best->value) {
    return absl::StrCat(", vượt ", excess, ", cao nhất khối: trọn ", Points(all));
  }
  const std::string highest = Percent(best->value - 1);
  return absl::StrCat(", vượt ", excess, " so với mức vượt cao nhất khối ", highest,
                      WhoIsBest(target, *best, detail), ": ", PrintExact(at_target), " + ",
                      PrintExact(all - at_target), " × ", excess, "/", highest, " ",
                      EqualsOrAbout(earned), " điểm");
}

std::string ByProportion(const TargetSpot& target, const domain::TargetsRule& rule,
                         const Rational& earned) {
  std::string sentence;
  if (target.points().capped) {
    absl::StrAppend(&sentence, ", tính tối đa ", domain::PrintNumber(rule.achievement_cap_percent),
                    "%");
  }
  if (rule.curve.has_value()) {
    const Rational reached =
        std::min(target.figure().share, Rational(rule.achievement_cap_percent) / 100);
    absl::StrAppend(&sentence, ", ", ByTheCurve(*rule.curve, reached));
  }
  absl::StrAppend(&sentence, " × ", Points(target.points().share_points), " ",
                  EqualsOrAbout(earned), " điểm");
  return sentence;
}

// "; dưới 100% là 3 lần 5%, mỗi lần trừ 1 điểm: trừ 3, còn 257 điểm".
std::string StepsTaken(const TargetParts& parts, Detail detail) {
  std::string sentence;
  Rational now = parts.earned, off = 0, bonus = 0;
  const bool each = detail == Detail::kAll && parts.steps.size() <= kMaxStepsTold;
  if (parts.steps.empty()) return sentence;
  for (const TargetParts::Step& step : parts.steps) {
    const bool takes_off = step.points.is_negative();
    (takes_off ? off : bonus) += step.points;
    if (takes_off) now += step.points;
    if (!each) continue;
    const Rational size = takes_off ? Rational(0) - step.points : step.points;
    const Rational each_time =
        takes_off ? Rational(0) - step.rule->points : Rational(step.rule->points);
    absl::StrAppend(
        &sentence, "; ", step.rule->above ? "trên " : "dưới ",
        domain::PrintNumber(step.rule->from_percent), "% là ", PrintShort(step.times), " lần ",
        domain::PrintNumber(step.rule->every_percent), "%, mỗi lần ",
        takes_off ? "trừ " : "thưởng ", PrintShort(each_time), " điểm",
        size == each_time * step.times ? "" : absl::StrCat(", tối đa ", PrintShort(size), " điểm"),
        takes_off ? absl::StrCat(": trừ ", PrintShort(size), ", còn ", AboutIfRounded(now), " điểm")
                  : absl::StrCat(": thưởng ", PrintShort(size), " điểm"));
  }
  if (each) return sentence;
  absl::StrAppend(&sentence, "; ", parts.steps.size(), " mức cộng, trừ theo phần trăm");
  if (off.is_negative()) {
    absl::StrAppend(&sentence, ": trừ ", PrintShort(Rational(0) - off), ", còn ",
                    AboutIfRounded(now), " điểm");
  }
  if (!bonus.is_zero()) absl::StrAppend(&sentence, ": thưởng ", PrintShort(bonus), " điểm");
  return sentence;
}

std::string SentenceOf(const TargetSpot& target, Detail detail) {
  const domain::TargetFigure& figure = target.figure();
  const domain::TargetPoints& points = target.points();
  if (!figure.counted) return WhyNotCounted(figure.basis);
  const auto* rule = target.spot.rule<domain::TargetsRule>();
  if (rule == nullptr) {
    std::string sentence = Reached(target);
    if (target.has_points()) {
      absl::StrAppend(&sentence, "; theo công thức: ", AboutIfRounded(points.points), " điểm");
      if (!points.bonus.is_zero()) {
        absl::StrAppend(&sentence, ", thưởng ", AboutIfRounded(points.bonus), " điểm");
      }
    }
    return sentence + ".";
  }
  const TargetParts parts = PartsOf(target);
  std::string sentence = Reached(target);
  if (detail == Detail::kResult) {
    return absl::StrCat(
        sentence, ": ", AboutIfRounded(points.points), "/", Points(points.share_points),
        points.bonus.is_zero() ? "."
                               : absl::StrCat(", thưởng ", AboutIfRounded(points.bonus), " điểm."));
  }
  if (figure.basis == AchievementBasis::kNotReported) {
    absl::StrAppend(&sentence, ": 0/", Points(points.share_points));
  } else if (figure.without_target) {
    absl::StrAppend(&sentence, BesideThoseWithout(target, parts.earned, detail));
  } else if (rule->best_in_bloc.has_value()) {
    absl::StrAppend(&sentence, BesideTheBest(target, *rule->best_in_bloc, parts.earned, detail));
  } else {
    absl::StrAppend(&sentence, ByProportion(target, *rule, parts.earned));
  }
  if (!parts.percent_bonus.is_zero()) {
    absl::StrAppend(&sentence, "; vượt chỉ tiêu ", PrintShort(parts.whole_percents),
                    "%, mỗi 1% được ", domain::PrintNumber(rule->bonus_per_percent_above),
                    " điểm: thưởng ", PrintShort(parts.percent_bonus), " điểm");
  }
  absl::StrAppend(&sentence, StepsTaken(parts, detail));
  if (points.points != parts.before_rounding) {
    absl::StrAppend(&sentence, "; làm tròn ", RoundingWords(*rule->each_rounding), ": ",
                    PrintShort(points.points, 9), " điểm");
  }
  return sentence + ".";
}

}  // namespace

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

std::string DerivationSentence(const TargetSpot& target) {
  std::string sentence;
  for (const Detail detail :
       {Detail::kAll, Detail::kStepsTogether, Detail::kNobodysName, Detail::kResult}) {
    sentence = SentenceOf(target, detail);
    if (CodePoints(sentence) <= kMaxSentence) break;
  }
  return sentence;
}

}  // namespace thidua::scoring
