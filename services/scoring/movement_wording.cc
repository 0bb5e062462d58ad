#include "services/scoring/movement_wording.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/identifier.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

using domain::MoveCause;
using domain::Pact;
using domain::Rational;
using domain::UnitComparison;

constexpr size_t kMaxNamesBytes = 60;  // So many of units, and one more name.

// How much a sentence says.
enum class Detail { kAll, kNobodysName, kNoCauses };

Rational Size(const Rational& number) {
  return number.is_negative() ? Rational(0) - number : number;
}

std::string Names(const Pact& before, const Pact& after, const std::vector<std::string>& units,
                  Detail detail) {
  std::string names;
  int untold = 0;
  for (const std::string& unit : units) {
    if (detail != Detail::kAll || names.size() > kMaxNamesBytes) {
      ++untold;
    } else {
      absl::StrAppend(&names, names.empty() ? "" : ", ",
                      domain::Excerpt(NameOf(before, after, unit)));
    }
  }
  if (untold > 0) {
    absl::StrAppend(&names, names.empty() ? "" : " và ", untold,
                    names.empty() ? " đơn vị" : " đơn vị khác");
  }
  return names;
}

std::string RankWords(const UnitComparison& unit) {
  const int before = unit.before->rank, after = unit.after->rank;
  if (before == 0 && after == 0) return "Chưa xếp hạng";
  if (before == 0) return absl::StrCat("Trước chưa xếp hạng, nay hạng ", after);
  if (after == 0) return absl::StrCat("Trước hạng ", before, ", nay chưa xếp hạng");
  if (before == after) return absl::StrCat("Giữ hạng ", after);
  return absl::StrCat("Từ hạng ", before, after < before ? " lên hạng " : " xuống hạng ", after);
}

// "lên 2 do kết quả của đơn vị, xuống 1 do điểm của đơn vị khác"; the only cause needs no number.
std::string RankCauses(const UnitComparison& unit) {
  std::vector<std::string> causes;
  for (const domain::RankMove& move : unit.rank_moves) {
    const std::string number =
        unit.rank_moves.size() == 1
            ? ""
            : absl::StrCat(move.places > 0 ? "lên " : "xuống ",
                           move.places > 0 ? move.places : -move.places, " ");
    causes.push_back(absl::StrCat(number, "do ", CauseWords(move.cause)));
  }
  return absl::StrJoin(causes, ", ");
}

std::string PointsWords(const UnitComparison& unit, Detail detail) {
  const Rational change = unit.after->total() - unit.before->total();
  std::map<MoveCause, Rational> by_cause;
  for (const domain::PointsMove& move : unit.points_moves) by_cause[move.cause] += move.points;
  const std::string words =
      change.is_zero()
          ? absl::StrCat("điểm không đổi (", AboutIfRounded(unit.after->total()), ")")
          : absl::StrCat("điểm ", change.is_negative() ? "giảm " : "tăng ",
                         AboutIfRounded(Size(change)), change.is_negative() ? ", còn " : ", thành ",
                         AboutIfRounded(unit.after->total()));
  std::vector<std::string> causes;
  MoveCause only = MoveCause::kScheme;
  for (const auto& [cause, points] : by_cause) {
    if (points.is_zero()) continue;
    only = cause;
    causes.push_back(absl::StrCat(CauseWords(cause), points.is_negative() ? " trừ " : " cộng ",
                                  AboutIfRounded(Size(points))));
  }
  if (causes.empty() || detail == Detail::kNoCauses) return words;
  if (causes.size() == 1) return absl::StrCat(words, " do ", CauseWords(only));
  return absl::StrCat(words, ": ", absl::StrJoin(causes, ", "));
}

std::string SentenceOf(const Pact& before, const Pact& after, const UnitComparison& unit,
                       Detail detail) {
  if (!unit.before.has_value()) {
    return absl::StrCat("Mới vào giao ước, ",
                        unit.after->rank == 0 ? std::string("chưa xếp hạng")
                                              : absl::StrCat("hạng ", unit.after->rank),
                        " với ", AboutIfRounded(unit.after->total()), " điểm.");
  }
  if (!unit.after.has_value()) {
    return absl::StrCat("Không còn trong giao ước; trước ",
                        unit.before->rank == 0 ? std::string("chưa xếp hạng")
                                               : absl::StrCat("hạng ", unit.before->rank),
                        " với ", AboutIfRounded(unit.before->total()), " điểm.");
  }
  std::string sentence = RankWords(unit);
  if (!unit.rank_moves.empty() && detail != Detail::kNoCauses) {
    absl::StrAppend(&sentence, unit.rank_moves.size() == 1 ? " " : ": ", RankCauses(unit));
  }
  if (!unit.passed.empty()) {
    absl::StrAppend(&sentence, "; vượt hoặc bắt kịp ", Names(before, after, unit.passed, detail));
  }
  if (!unit.passed_by.empty()) {
    absl::StrAppend(&sentence, "; xếp sau ", Names(before, after, unit.passed_by, detail),
                    " mà trước không");
  }
  return absl::StrCat(sentence, "; ", PointsWords(unit, detail), ".");
}

std::string BestWords(const Pact& before, const Pact& after,
                      const std::optional<domain::BestMove::Best>& best) {
  if (!best.has_value()) return "chưa có";
  return absl::StrCat(domain::Excerpt(NameOf(before, after, best->unit)), " ",
                      Percent(best->share));
}

}  // namespace

absl::string_view CauseWords(MoveCause cause) {
  switch (cause) {
    case MoveCause::kScheme:
      return "thang điểm";
    case MoveCause::kPact:
      return "điều chỉnh giao ước";
    case MoveCause::kOwnResult:
      return "kết quả của đơn vị";
    case MoveCause::kCorrection:
      return "sửa số liệu";
    case MoveCause::kAssessment:
      return "điểm chấm";
    case MoveCause::kOthers:
      return "điểm của đơn vị khác";
    case MoveCause::kBloc:
      return "mức so sánh của khối";
  }
  return "";
}

std::string NameOf(const Pact& before, const Pact& after, const std::string& unit) {
  for (const Pact* pact : {&after, &before}) {
    if (const domain::Member* member = domain::FindMember(*pact, unit); member != nullptr) {
      return member->display_name;
    }
  }
  return unit;
}

std::string MovementSentence(const Pact& before, const Pact& after, const UnitComparison& unit) {
  std::string sentence;
  for (const Detail detail : {Detail::kAll, Detail::kNobodysName, Detail::kNoCauses}) {
    sentence = SentenceOf(before, after, unit, detail);
    if (CodePoints(sentence) <= kMaxSentence) break;
  }
  return sentence;
}

std::string BestSentence(const Pact& before, const Pact& after, const domain::BestMove& move) {
  const domain::Criterion* criterion = domain::FindCriterion(after.scheme, move.criterion);
  return absl::StrCat("Mức cao nhất khối ở ",
                      Quoted(criterion == nullptr ? move.criterion : criterion->name),
                      ": trước là ", BestWords(before, after, move.before), ", nay là ",
                      BestWords(before, after, move.after), ".");
}

}  // namespace thidua::scoring
