#include "services/scoring/missing_wording.h"

#include "absl/strings/str_cat.h"
#include "services/domain/identifier.h"
#include "services/domain/vietnamese_number.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

using domain::Effort;
using domain::EffortGoal;
using domain::Rational;

constexpr size_t kMaxNamesBytes = 60;  // So many of units, and one more name.
constexpr size_t kMaxTargetsTold = 2;  // Of several targets, each with its figure.
constexpr int kFigureDigits = 9;       // A figure is told with all its digits.

enum class Detail { kAll, kShort };

std::string WithMeasure(const Rational& figure, const domain::Target& target, int digits) {
  const std::string number = AboutIfRounded(figure, digits);
  if (target.measure.empty()) return number;
  const bool is_sign = target.measure == "%" || target.measure == "‰";
  return absl::StrCat(number, is_sign ? "" : " ", domain::Excerpt(target.measure));
}

// "Bộ Y tế (văn bản hướng dẫn), Sở Tài chính".
std::string AwaitedNames(const domain::Pact& pact, const domain::Target& target, Detail detail) {
  std::string names;
  size_t told = 0;
  for (const domain::Dependency& dependency : target.dependencies) {
    if (names.size() > kMaxNamesBytes) break;
    const domain::Member* member = domain::FindMember(pact, dependency.unit);
    absl::StrAppend(&names, names.empty() ? "" : ", ",
                    domain::Excerpt(member == nullptr ? dependency.unit : member->display_name));
    if (!dependency.note.empty() && detail == Detail::kAll) {
      absl::StrAppend(&names, " (", domain::Excerpt(dependency.note), ")");
    }
    ++told;
  }
  const size_t untold = target.dependencies.size() - told;
  return untold == 0 ? names : absl::StrCat(names, " và ", untold, " đơn vị khác");
}

std::string MissingWords(const domain::Pact& pact, const domain::Period& period,
                         const domain::ReviewLine& line, Detail detail) {
  const domain::Target& target = *line.target;
  std::string sentence;
  const bool missing = line.missing_total.has_value() && !line.missing_total->is_zero();
  if (missing) {
    const bool up = target.direction == domain::Direction::kHigherIsBetter;
    absl::StrAppend(&sentence, up ? "Còn thiếu " : "Còn phải giảm ",
                    WithMeasure(*line.missing_total, target, kFigureDigits));
    if (line.missing_per_month.has_value()) {
      absl::StrAppend(&sentence, ", mỗi tháng còn lại (", domain::MonthsLeft(period),
                      " tháng) cần ", AboutIfRounded(*line.missing_per_month));
    }
    if (line.standing == domain::Standing::kBehind && line.due_now.has_value()) {
      absl::StrAppend(&sentence, "; đến nay phải đạt ", AboutIfRounded(*line.due_now));
    }
  }
  if (Awaits(line)) {
    absl::StrAppend(&sentence, sentence.empty() ? "Đang chờ " : "; đang chờ ",
                    AwaitedNames(pact, target, detail));
  }
  return sentence.empty() ? sentence : sentence + ".";
}

std::string GoalWords(const EffortGoal& goal, bool one_target) {
  switch (goal.kind) {
    case EffortGoal::Kind::kTarget:
      return one_target ? "đạt chỉ tiêu năm" : "đạt mọi chỉ tiêu năm";
    case EffortGoal::Kind::kPercent:
      return absl::StrCat("đạt ", domain::PrintNumber(goal.amount), "% điểm được giao");
    case EffortGoal::Kind::kPoints:
      return absl::StrCat("đạt ", domain::PrintNumber(goal.amount), " điểm");
    case EffortGoal::Kind::kRank:
      break;
  }
  return goal.rank == 1 ? "đứng đầu khối" : absl::StrCat("đạt hạng ", goal.rank);
}

// "557,14/650 điểm được giao, hạng 4".
std::string Stands(const domain::UnitPlace& place) {
  return absl::StrCat(PrintShort(place.total()), "/", PrintShort(place.assigned_points),
                      " điểm được giao, ",
                      place.rank == 0 ? "chưa xếp hạng" : absl::StrCat("hạng ", place.rank));
}

// "“Giải quyết việc làm” đạt 30.000 lượt lao động (hiện 17.893)".
std::string FigureWords(const domain::EffortFigure& figure) {
  return absl::StrCat(Quoted(figure.target->name), " đạt ",
                      WithMeasure(figure.needed, *figure.target, kFigureDigits), " (",
                      figure.now.has_value()
                          ? absl::StrCat("hiện ", PrintShort(*figure.now, kFigureDigits))
                          : "chưa có số liệu",
                      ")");
}

std::string FiguresWords(const Effort& effort, Detail detail) {
  std::string words;
  if (effort.percent_of_gap.has_value() || effort.percent_of_targets.has_value()) {
    words = effort.percent_of_gap.has_value()
                ? absl::StrCat("bù ", domain::PrintNumber(*effort.percent_of_gap),
                               "% phần còn thiếu của ", effort.figures.size(), " chỉ tiêu chưa đạt")
                : absl::StrCat("đưa ", effort.figures.size(), " chỉ tiêu lên ít nhất ",
                               domain::PrintNumber(*effort.percent_of_targets), "% mức đăng ký");
    if (effort.figures.size() > kMaxTargetsTold || detail == Detail::kShort) return words;
    words += ": ";
  }
  for (size_t i = 0; i < effort.figures.size(); ++i) {
    absl::StrAppend(&words, i == 0 ? "" : ", ", FigureWords(effort.figures[i]));
  }
  return words;
}

std::string SentenceOf(const Effort& effort, const EffortGoal& goal, bool one_target,
                       Detail detail) {
  const std::string aim = GoalWords(goal, one_target);
  switch (effort.outcome) {
    case Effort::Outcome::kAlready:
      return absl::StrCat("Đã ", aim, ": hiện được ", Stands(effort.now), ".");
    case Effort::Outcome::kReachable:
      return absl::StrCat("Để ", aim, ", cần ", FiguresWords(effort, detail), "; khi đó được ",
                          Stands(effort.then), ".");
    case Effort::Outcome::kImpossible:
      if (!effort.figures.empty()) {
        return absl::StrCat(
            "Không thể ", aim, one_target ? " chỉ bằng chỉ tiêu này" : " chỉ bằng các chỉ tiêu",
            ": cao nhất được ", Stands(effort.then), ", khi ", FiguresWords(effort, detail), ".");
      }
      return absl::StrCat(
          "Không thể ", aim,
          one_target
              ? " chỉ bằng chỉ tiêu này: chỉ tiêu này không đưa đơn vị đi xa hơn mức hiện có, "
              : " chỉ bằng các chỉ tiêu: không chỉ tiêu nào đưa đơn vị đi xa hơn mức hiện có, ",
          Stands(effort.now), ".");
    case Effort::Outcome::kNotFound:
      break;
  }
  return absl::StrCat("Chưa tìm được mức để ", aim, "; hiện được ", Stands(effort.now), ".");
}

}  // namespace

bool Awaits(const domain::ReviewLine& line) {
  switch (line.standing) {
    case domain::Standing::kOnPace:
    case domain::Standing::kBehind:
    case domain::Standing::kNotReported:
    case domain::Standing::kNotComputable:
      return !line.target->dependencies.empty() &&
             line.standing_as_stated != domain::Standing::kReached;
    case domain::Standing::kReached:
    case domain::Standing::kInformational:
    case domain::Standing::kNotAssigned:
    case domain::Standing::kVoided:
      break;
  }
  return false;
}

std::string MissingSentence(const domain::Pact& pact, const domain::Period& period,
                            const domain::ReviewLine& line) {
  const std::string sentence = MissingWords(pact, period, line, Detail::kAll);
  return CodePoints(sentence) <= kMaxSentence ? sentence
                                              : MissingWords(pact, period, line, Detail::kShort);
}

std::string EffortSentence(const Effort& effort, const EffortGoal& goal, bool one_target) {
  const std::string sentence = SentenceOf(effort, goal, one_target, Detail::kAll);
  return CodePoints(sentence) <= kMaxSentence
             ? sentence
             : SentenceOf(effort, goal, one_target, Detail::kShort);
}

std::vector<std::string> EffortNotes(const Effort& effort) {
  std::vector<std::string> notes = {
      "Kết quả của các đơn vị khác và mọi điểm đã chấm được giữ như hiện có."};
  if (effort.outcome == Effort::Outcome::kNotFound) {
    notes.push_back(
        "Thang điểm có quy định mà kết quả cao hơn chưa chắc được nhiều điểm hơn, và chưa thử hết "
        "mọi con số: chưa thể nói là không đạt được.");
  } else if (!effort.is_least) {
    notes.push_back(
        "Thang điểm có quy định mà kết quả cao hơn chưa chắc được nhiều điểm hơn: có thể có mức "
        "thấp hơn cũng đạt.");
  }
  return notes;
}

}  // namespace thidua::scoring
