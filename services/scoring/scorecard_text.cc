#include "services/scoring/scorecard_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/decimal.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

// "332,3" of "332.2986".
std::string Printed(const std::string& machine) {
  const absl::StatusOr<domain::Decimal> decimal = domain::Decimal::Parse(machine);
  return decimal.ok() ? PrintShort(*decimal) : machine;
}

bool IsZero(const std::string& machine) { return machine.empty() || machine == "0"; }

// The figures behind a target that was reported more than once.
std::string Revision(const v1::TargetScore& target) {
  return target.result().revision() > 1
             ? absl::StrCat(" (số liệu bản ", target.result().revision(), ")")
             : "";
}

class Page {
 public:
  std::string Take() { return std::move(text_); }

  void Head(const v1::Scorecard& card) {
    Line(0, absl::StrCat("PHIẾU ĐIỂM: ", card.unit_display_name()));
    Line(0, absl::StrCat(card.rank() > 0 ? absl::StrCat("Hạng ", card.rank()) : "Chưa xếp hạng",
                         ". Tổng ", Printed(card.total()), "/", Printed(card.assigned_points()),
                         " điểm được giao",
                         card.percent_of_assigned().empty()
                             ? ""
                             : absl::StrCat(", đạt ", Printed(card.percent_of_assigned()), "%"),
                         "."));
  }

  void Criterion(const v1::CriterionScore& score, int depth) {
    Line(depth, Title(score));
    if (!score.assigned()) return;
    if (!score.children().empty()) {
      // One child is its parent's sum; more are told when there is something to tell.
      if (score.rule_kind() == v1::RULE_KIND_HIGHEST_CHILD || !score.note().empty()) {
        Line(depth + 1,
             absl::StrCat(score.derivation(), score.note().empty() ? "" : " ", score.note()));
      }
      for (const v1::CriterionScore& child : score.children()) Criterion(child, depth + 1);
      return;
    }
    Line(depth + 1, score.rule());
    std::vector<std::string> said;
    if (score.targets().empty()) {
      said.push_back(score.derivation());
    } else {
      int counted = 0;
      for (const v1::TargetScore& target : score.targets()) {
        Line(depth + 1,
             absl::StrCat(score.targets_size() > 1 ? "- " : "", target.target().display_name(),
                          Revision(target), ": ", target.derivation()));
        counted += target.counted() ? 1 : 0;
      }
      const bool says_all = score.rule_kind() == v1::RULE_KIND_TARGETS && counted == 1;
      if (!says_all) said.push_back(score.derivation());
    }
    if (!score.note().empty()) said.push_back(score.note());
    if (!said.empty()) Line(depth + 1, absl::StrJoin(said, " "));
  }

 private:
  static std::string Title(const v1::CriterionScore& score) {
    std::string title = score.display_name();
    if (!score.clause().empty()) absl::StrAppend(&title, " (", score.clause(), ")");
    if (!score.assigned()) return absl::StrCat(title, ": ", score.note());
    absl::StrAppend(&title, ": ", Printed(score.points()), "/", Printed(score.assigned_points()),
                    " điểm");
    if (!IsZero(score.bonus())) {
      absl::StrAppend(&title, ", thưởng ", Printed(score.bonus()), " điểm");
    }
    return title + ".";
  }

  void Line(int depth, const std::string& line) {
    absl::StrAppend(&text_, std::string(static_cast<size_t>(2 * depth), ' '), line, "\n");
  }

  std::string text_;
};

}  // namespace

std::string ScorecardText(const v1::Scorecard& card) {
  Page page;
  page.Head(card);
  for (const v1::CriterionScore& content : card.contents()) page.Criterion(content, 0);
  return page.Take();
}

}  // namespace thidua::scoring
