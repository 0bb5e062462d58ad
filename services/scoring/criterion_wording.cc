#include "services/scoring/criterion_wording.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/identifier.h"
#include "services/domain/scheme_formula.h"
#include "services/domain/vietnamese_number.h"
#include "services/scoring/number_wording.h"
#include "services/scoring/wording.h"

namespace thidua::scoring {
namespace {

using domain::Assessment;
using domain::Layer;
using domain::Rational;
using Kind = Adjustment::Kind;

constexpr size_t kMaxEventsTold = 2;
constexpr size_t kMaxInputsTold = 4;
constexpr size_t kMaxInputName = 40;  // Bytes of a formula's words; longer ones are not read out.

std::string Points(const Rational& points) { return absl::StrCat(AboutIfRounded(points), " điểm"); }

// After a sum: ", thưởng 2 điểm".
std::string WithBonus(const Rational& bonus) {
  return bonus.is_zero() ? "" : absl::StrCat(", thưởng ", Points(bonus));
}

// "chấm chéo, trung bình của 3 đơn vị"
std::string Whose(const domain::AssessedPoints& given) {
  std::string whose(LayerWords(given.layer));
  if (given.layer == Layer::kPeer) {
    absl::StrAppend(&whose, given.raters == 1 ? " của " : ", trung bình của ", given.raters,
                    " đơn vị");
  }
  return whose;
}

// Of raters: " (bỏ điểm cao nhất 30 và điểm thấp nhất 20)".
std::string LeftOut(const Spot& spot, const GivenPoints& given) {
  const domain::AssessedPoints& counting = *spot.given();
  std::vector<Rational> left_out;
  for (const domain::Voice& voice :
       domain::VoicesOf(spot.criterion(), given.Of(spot.criterion().id, counting.layer))) {
    if (voice.points_left_out) left_out.push_back(voice.points);
  }
  if (left_out.size() != 2) return "";
  const auto [least, most] = std::minmax(left_out[0], left_out[1]);
  return absl::StrCat(" (bỏ điểm cao nhất ", PrintShort(most), " và điểm thấp nhất ",
                      PrintShort(least), ")");
}

// Who gave each of the figures that count. A figure's average is over those who gave it, and must
// not be said to be of others.
class FigureGivers {
 public:
  FigureGivers(const Spot& spot, const GivenPoints& given) {
    if (spot.given() == nullptr) return;
    const auto all = given.Of(spot.criterion().id, spot.given()->layer);
    all_ = static_cast<int>(all.size());
    for (const Assessment* one : all) {
      for (const Assessment::Figure& figure : one->figures) ++by_figure_[figure.id];
    }
    each_by_all_ = std::all_of(by_figure_.begin(), by_figure_.end(),
                               [this](const auto& of) { return of.second == all_; });
  }

  // The same where there is no room to say it of each.
  FigureGivers Together() const {
    FigureGivers together = *this;
    together.by_figure_.clear();
    return together;
  }

  bool each_by_all() const { return each_by_all_; }
  bool told_of_each() const { return !by_figure_.empty(); }
  int all() const { return all_; }
  // After the figure's name: " (theo 1/3 đơn vị)"; "" where all of them gave all.
  std::string Of(absl::string_view figure) const {
    const auto found = by_figure_.find(figure);
    if (each_by_all_ || found == by_figure_.end()) return "";
    return absl::StrCat(found->second == 1 ? " (theo " : " (trung bình của ", found->second, "/",
                        all_, " đơn vị)");
  }

 private:
  int all_ = 0;
  bool each_by_all_ = true;
  absl::flat_hash_map<std::string, int> by_figure_;
};

// "Số liệu khối chấm: " before what is worked out from figures that were given.
std::string WhoseFigures(const Spot& spot, const FigureGivers& givers) {
  if (spot.given() == nullptr || domain::FiguresOf(spot.criterion()).empty()) return "";
  if (givers.each_by_all()) return absl::StrCat("Số liệu ", Whose(*spot.given()), ": ");
  const absl::string_view layer = LayerWords(spot.given()->layer);
  return givers.told_of_each()
             ? absl::StrCat("Số liệu ", layer, " của ", givers.all(), " đơn vị: ")
             : absl::StrCat("Số liệu ", layer, ", trung bình của các đơn vị có nêu: ");
}

// ---- Derivations ----

std::string OfTargets(const Spot& spot) {
  std::vector<Rational> points, bonus;
  Rational points_sum = 0, bonus_sum = 0;
  for (size_t t = spot.first_target(); t < spot.end_target(); ++t) {
    if (!spot.figures().targets[t].counted) continue;
    const domain::TargetPoints& one = spot.sheet->targets[t];
    points.push_back(one.points);
    points_sum += one.points;
    if (!one.bonus.is_zero()) bonus.push_back(one.bonus);
    bonus_sum += one.bonus;
  }
  if (points.size() < 2)
    return absl::StrCat("1 chỉ tiêu: ", Points(points_sum), WithBonus(bonus_sum), ".");
  std::string sum = PrintSum(points, points_sum);
  if (sum.empty()) sum = AboutIfRounded(points_sum);
  std::string sentence = absl::StrCat("Cộng ", points.size(), " chỉ tiêu: ", sum, " điểm");
  if (!bonus.empty()) {
    const std::string bonuses = bonus.size() > 1 ? PrintSum(bonus, bonus_sum) : "";
    absl::StrAppend(&sentence, ", thưởng ", bonuses.empty() ? AboutIfRounded(bonus_sum) : bonuses,
                    " điểm");
  }
  return sentence + ".";
}

std::string PassOrFail(const Spot& spot, const domain::PassFailRule& rule) {
  const domain::AssessedPoints& given = *spot.given();
  const bool passed = 2 * given.passed > given.raters;
  std::string sentence = absl::StrCat("Điểm ", LayerWords(given.layer), ": ");
  if (given.raters > 1) {
    absl::StrAppend(&sentence, given.passed, "/", given.raters, " đơn vị chấm đạt, ",
                    passed ? "quá nửa: " : "không quá nửa: ");
  }
  return absl::StrCat(sentence, passed ? "đạt, được " : "không đạt, được ",
                      domain::PrintNumber(passed ? spot.criterion().max_points : rule.fail_points),
                      "/", domain::PrintNumber(spot.criterion().max_points), " điểm.");
}

// Of the events that count the first `most` by name, of the others their sum.
std::string OfEvents(const Spot& spot, const domain::EventsRule& rule, const FigureGivers& givers,
                     size_t most) {
  std::vector<Rational> parts;
  if (!rule.starts_at.is_zero()) parts.push_back(rule.starts_at);
  std::vector<std::string> told;
  std::vector<EventPart> counted;
  for (const EventPart& part : EventsOf(spot)) {
    if (!part.counted.is_zero()) counted.push_back(part);
  }
  Rational rest = 0;
  for (size_t i = 0; i < counted.size(); ++i) {
    const EventPart& part = counted[i];
    if (i >= most) {
      rest += part.points;
      continue;
    }
    parts.push_back(part.points);
    std::string times = rule.only_greatest
                            ? absl::StrCat(" (chỉ tính việc này): ", PrintShort(part.points))
                            : absl::StrCat(" ", AboutIfRounded(*part.times), " lần",
                                           part.counted == *part.times
                                               ? ""
                                               : absl::StrCat(", tính ", PrintShort(part.counted)),
                                           " × ", domain::PrintNumber(part.event->points));
    told.push_back(
        absl::StrCat(domain::Excerpt(part.event->name), givers.Of(part.event->id), times));
  }
  if (counted.size() > most) {
    parts.push_back(rest);
    told.push_back(absl::StrCat(counted.size() - most, " loại việc khác: ", AboutIfRounded(rest)));
  }
  const Rational raw = RawOf(spot).points;
  if (counted.empty()) {
    return absl::StrCat("Không có việc nào được ghi nhận: ", Points(raw), ".");
  }
  if (!rule.starts_at.is_zero()) {
    told.insert(told.begin(), absl::StrCat("Khởi điểm ", domain::PrintNumber(rule.starts_at)));
  }
  const std::string sum = parts.size() > 1 ? PrintSum(parts, raw) : "";
  const std::string points = absl::StrCat(sum.empty() ? AboutIfRounded(raw) : sum, " điểm.");
  return absl::StrCat(absl::StrJoin(told, "; "), ": ", points);
}

std::string OfPlaces(const Spot& spot, const domain::PlacesRule& rule) {
  const domain::AssessedPoints& given = *spot.given();
  const int place = spot.numbers().place;
  const Rational raw = RawOf(spot).points;
  const Rational& mark = *given.figures[0];
  if (rule.source == domain::PlacesRule::Source::kGivenPlace) {
    if (static_cast<size_t>(place) > rule.points.size()) {
      return absl::StrCat("Thứ hạng ", AboutIfRounded(mark), ", sau hạng ", rule.points.size(),
                          ": ", Points(raw), ".");
    }
    return mark == Rational(place) ? absl::StrCat("Thứ hạng ", place, ": ", Points(raw), ".")
                                   : absl::StrCat("Thứ hạng trung bình ", AboutIfRounded(mark),
                                                  ", tính là hạng ", place, ": ", Points(raw), ".");
  }
  const std::vector<Placed> bloc = PlacedBloc(spot);
  const auto equals = std::count_if(bloc.begin(), bloc.end(),
                                    [&](const Placed& one) { return one.place == place; });
  std::string sentence = absl::StrCat("Điểm chấm ", AboutIfRounded(mark), ", xếp thứ ", place, "/",
                                      bloc.size(), " đơn vị có điểm chấm");
  if (equals > 1) {
    absl::StrAppend(&sentence, ", đồng hạng với ", equals - 1, " đơn vị");
    if (rule.ties_share_average) {
      absl::StrAppend(&sentence, ", lấy trung bình điểm từ hạng ", place, " đến hạng ",
                      place + static_cast<int>(equals) - 1);
    }
  }
  return absl::StrCat(sentence, ": ", Points(raw), ".");
}

std::string OfRole(const Spot& spot) {
  const domain::Role role = spot.figures().roles[spot.unit];
  return absl::StrCat(role == domain::Role::kLeader   ? "Khối trưởng"
                      : role == domain::Role::kDeputy ? "Khối phó"
                                                      : "Thành viên của khối",
                      ": ", Points(RawOf(spot).points), ".");
}

// "so-vu" of "figure(\"so-vu\")"; "" of what is no figure.
absl::string_view FigureOf(const FormulaInput& input) {
  const absl::string_view written = input.name;
  const size_t open = written.find('"'), close = written.rfind('"');
  if (!absl::StartsWith(written, "figure") || open == absl::string_view::npos || close <= open) {
    return "";
  }
  return written.substr(open + 1, close - open - 1);
}

// "số vụ = 3, là Khối trưởng: không"
std::string InputText(const FormulaInput& input, const FigureGivers& givers) {
  const std::string name = absl::StrCat(
      input.display_name.empty() ? input.name : input.display_name, givers.Of(FigureOf(input)));
  if (!input.value.has_value()) return absl::StrCat(name, ": chưa có");
  if (input.is_condition) {
    return absl::StrCat(name, input.value->is_zero() ? ": không" : ": có");
  }
  return absl::StrCat(name, " ", EqualsOrAbout(*input.value));
}

std::string InputsText(const std::vector<FormulaInput>& inputs, const FigureGivers& givers) {
  std::vector<std::string> told;
  size_t left = inputs.size();
  for (const FormulaInput& input : inputs) {
    if (told.size() == kMaxInputsTold) break;
    if (input.display_name.empty() && input.name.size() > kMaxInputName) continue;
    told.push_back(InputText(input, givers));
    --left;
    // Names of criteria are long, and the whole must be short.
    if (absl::StrJoin(told, ", ").size() > 200) {
      if (told.size() > 1) {
        told.pop_back();
        ++left;
      }
      break;
    }
  }
  if (left > 0 && !told.empty()) told.push_back(absl::StrCat("và ", left, " số khác"));
  return absl::StrJoin(told, ", ");
}

std::string OfFormula(const Spot& spot, const domain::FormulaRule& rule,
                      const FigureGivers& givers) {
  if (rule.each_target) return OfTargets(spot);
  const PointsAndBonus raw = RawOf(spot);
  const std::string inputs = InputsText(FormulaInputs(spot), givers);
  return absl::StrCat("Theo công thức", inputs.empty() ? "" : absl::StrCat(", với ", inputs), ": ",
                      Points(raw.points), WithBonus(raw.bonus), ".");
}

std::string OfChildren(const Spot& spot) {
  const PointsAndBonus raw = RawOf(spot);
  if (spot.criterion().highest_child_only) {
    const std::optional<Spot> counted = CountedChild(spot);
    return absl::StrCat("Chỉ tính tiêu chí con cao điểm nhất, ",
                        counted.has_value() ? Quoted(counted->criterion().name) : "", ": ",
                        Points(raw.points), WithBonus(raw.bonus), ".");
  }
  std::vector<Rational> points, bonus;
  for (const Spot& child : spot.Children()) {
    const domain::CriterionPoints numbers = child.numbers();
    if (!numbers.assigned) continue;
    points.push_back(numbers.points);
    if (!numbers.bonus.is_zero()) bonus.push_back(numbers.bonus);
  }
  const std::string sum = points.size() > 1 ? PrintSum(points, raw.points) : "";
  const std::string more = bonus.size() > 1 ? PrintSum(bonus, raw.bonus) : "";
  std::string sentence =
      absl::StrCat("Cộng ", points.size(),
                   " tiêu chí: ", sum.empty() ? AboutIfRounded(raw.points) : sum, " điểm");
  if (!bonus.empty()) {
    absl::StrAppend(&sentence, ", thưởng ", more.empty() ? AboutIfRounded(raw.bonus) : more,
                    " điểm");
  }
  return sentence + ".";
}

// ---- Adjustments ----

// Why nothing is known yet of a criterion that would be the unit's; without what that is worth.
std::string WhyUnknown(const Spot& spot) {
  const domain::Criterion& criterion = spot.criterion();
  if (!criterion.children.empty()) return "Chưa có tiêu chí nào được tính";
  if (std::holds_alternative<domain::TargetsRule>(criterion.rule)) {
    return "Đơn vị không có chỉ tiêu nào tính điểm được";
  }
  if (const auto* formula = spot.rule<domain::FormulaRule>()) {
    const bool has_targets = spot.first_target() < spot.end_target();
    if (domain::TakesTargets(criterion) && !has_targets) {
      return "Đơn vị không có chỉ tiêu nào tính điểm được";
    }
    // Also where nothing given counts as none: with zeros too it comes to nothing.
    if (spot.given() != nullptr || formula->figures.empty() ||
        criterion.when_missing == domain::WhenMissing::kAsNone) {
      return "Công thức chưa tính được vì thiếu số liệu";
    }
  }
  return absl::StrCat("Chưa ", Awaited(spot.scheme()));
}

// Whether nothing was given, and it counts as if nothing had happened.
bool CountsAsNone(const Spot& spot) {
  if (spot.criterion().when_missing != domain::WhenMissing::kAsNone || spot.given() != nullptr) {
    return false;
  }
  // Of a formula, unless it comes to nothing with zeros too: then it is owed, and earns 0.
  return spot.rule<domain::EventsRule>() != nullptr || !spot.numbers().by_default;
}

std::string ByDefault(const Spot& spot) {
  if (CountsAsNone(spot)) {
    return "Không có số liệu nào được ghi nhận: coi như không xảy ra.";
  }
  return absl::StrCat(WhyUnknown(spot), ": tính ", PrintShort(RawOf(spot).points), "/",
                      domain::PrintNumber(spot.criterion().max_points), " điểm.");
}

// What the number of points is of, before "điểm … là": the whole, or what was given.
bool IsGiven(const Spot& spot) {
  return spot.given() != nullptr && (spot.rule<domain::AssessedRule>() != nullptr ||
                                     spot.rule<domain::PassFailRule>() != nullptr);
}

std::string Cut(const Spot& spot, const Adjustment::Change& change) {
  const char* what = IsGiven(spot)                                 ? "Điểm được chấm"
                     : spot.rule<domain::TargetsRule>() != nullptr ? "Tổng điểm các chỉ tiêu"
                     : !spot.criterion().children.empty() ? "Tổng điểm các tiêu chí"
                                                          : "Điểm tính được";
  return absl::StrCat(what, " là ", PrintShort(change.before), ", chỉ tính tối đa ",
                      PrintShort(change.after), " điểm.");
}

std::string Rounded(const Spot& spot, const Adjustment& adjustment) {
  const domain::Rounding& rounding = *adjustment.rounding;
  // Enough digits to see what was rounded.
  const int digits = std::min(rounding.step.scale() + 2, 9);
  return absl::StrCat(IsGiven(spot) ? "Điểm " : "Tổng điểm ",
                      AboutIfRounded(adjustment.points->before, digits), " được làm tròn ",
                      RoundingWords(rounding), ": ", PrintShort(adjustment.points->after, 9), ".");
}

std::string Limited(const Spot& spot, const Adjustment& adjustment) {
  std::vector<std::string> cuts;
  if (adjustment.points.has_value()) {
    cuts.push_back(absl::StrCat("điểm từ ", PrintShort(adjustment.points->before), " chỉ còn ",
                                PrintShort(adjustment.points->after), " (tối đa ",
                                domain::PrintNumber(*adjustment.limit->points_at_most_percent),
                                "% của ", PrintShort(spot.numbers().assigned_points), ")"));
  }
  if (adjustment.bonus.has_value()) {
    cuts.push_back(
        absl::StrCat("không tính ", PrintShort(adjustment.bonus->before), " điểm thưởng"));
  }
  return absl::StrCat("Áp dụng khống chế ", Quoted(adjustment.limit->name), ": ",
                      absl::StrJoin(cuts, ", "), ".");
}

// Of rules that go by figures; "" of the others.
std::string OfFigures(const Spot& spot, const FigureGivers& givers) {
  const std::string whose = WhoseFigures(spot, givers);
  std::string sentence;
  if (const auto* events = spot.rule<domain::EventsRule>()) {
    for (size_t told = kMaxEventsTold; told > 0; --told) {  // Names may be long.
      sentence = OfEvents(spot, *events, givers, told);
      if (CodePoints(whose) + CodePoints(sentence) <= kMaxSentence) break;
    }
  } else if (const auto* formula = spot.rule<domain::FormulaRule>()) {
    sentence = OfFormula(spot, *formula, givers);
  } else if (const auto* places = spot.rule<domain::PlacesRule>()) {
    sentence = OfPlaces(spot, *places);
  }
  return sentence.empty() ? "" : whose + sentence;
}

}  // namespace

std::string AssessmentSentence(const Spot& spot, const GivenPoints& given) {
  const domain::AssessedPoints& counting = *spot.given();
  if (const auto* rule = spot.rule<domain::PassFailRule>()) return PassOrFail(spot, *rule);
  const auto* rule = spot.rule<domain::AssessedRule>();
  if (rule == nullptr) return DerivationSentence(spot, given);
  const domain::Decimal& most = rule->scale_max.value_or(spot.criterion().max_points);
  std::string sentence =
      absl::StrCat("Điểm ", Whose(counting), LeftOut(spot, given), ": ",
                   AboutIfRounded(counting.points), "/", domain::PrintNumber(most));
  if (rule->scale_max.has_value()) {
    absl::StrAppend(&sentence, " × ", domain::PrintNumber(spot.criterion().max_points), " điểm ",
                    EqualsOrAbout(RawOf(spot).points), " điểm");
  }
  return absl::StrCat(sentence, WithBonus(counting.bonus), ".");
}

std::string DerivationSentence(const Spot& spot, const GivenPoints& given) {
  if (!spot.numbers().assigned) return "";
  if (!spot.criterion().children.empty()) return OfChildren(spot);
  if (spot.numbers().by_default && !CountsAsNone(spot)) {
    return absl::StrCat(WhyUnknown(spot), ".");
  }
  if (spot.rule<domain::TargetsRule>() != nullptr) return OfTargets(spot);
  if (spot.rule<domain::RolesRule>() != nullptr) return OfRole(spot);
  const FigureGivers givers(spot, given);
  std::string sentence = OfFigures(spot, givers);
  if (!givers.each_by_all() && CodePoints(sentence) > kMaxSentence) {
    sentence = OfFigures(spot, givers.Together());
  }
  if (!sentence.empty()) return sentence;
  return AssessmentSentence(spot, given);
}

std::string AdjustmentSentence(const Spot& spot, const Adjustment& adjustment) {
  switch (adjustment.kind) {
    case Kind::kVoided:
      return "Đã được đưa ra khỏi giao ước theo bản điều chỉnh: không tính cho đơn vị nào.";
    case Kind::kExcluded:
      return "Thang bảng điểm không giao cho đơn vị này: không tính vào tổng điểm được giao.";
    case Kind::kLeftOut:
      return absl::StrCat(WhyUnknown(spot), spot.criterion().children.empty()
                                                ? ": không tính vào tổng điểm được giao."
                                                : ".");
    case Kind::kByDefault:
      return ByDefault(spot);
    case Kind::kRunOverToBonus:
      return absl::StrCat("Vượt tối đa ", PrintShort(adjustment.points->after),
                          " điểm: ", PrintShort(adjustment.bonus->after),
                          " điểm vượt chuyển thành điểm thưởng.");
    case Kind::kRounded:
      return Rounded(spot, adjustment);
    case Kind::kCutAtMaximum:
      return Cut(spot, *adjustment.points);
    case Kind::kRaisedToMinimum:
      if (adjustment.bonus.has_value()) {
        return absl::StrCat("Điểm thưởng là ", PrintShort(adjustment.bonus->before),
                            ", không tính dưới 0.");
      }
      return absl::StrCat("Điểm là ", PrintShort(adjustment.points->before), ", không tính dưới ",
                          PrintShort(adjustment.points->after), ".");
    case Kind::kBonusCut:
      return absl::StrCat(IsGiven(spot) ? "Điểm thưởng" : "Tổng điểm thưởng", " là ",
                          PrintShort(adjustment.bonus->before), ", chỉ tính tối đa ",
                          PrintShort(adjustment.bonus->after), " điểm.");
    case Kind::kLimited:
      return Limited(spot, adjustment);
  }
  return "";
}

std::string CriterionSentence(const Spot& spot) {
  std::vector<std::string> sentences;
  for (const Adjustment& adjustment : AdjustmentsOf(spot)) {
    sentences.push_back(AdjustmentSentence(spot, adjustment));
  }
  return absl::StrJoin(sentences, " ");
}

}  // namespace thidua::scoring
