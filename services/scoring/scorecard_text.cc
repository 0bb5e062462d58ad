#include "services/scoring/scorecard_text.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "services/scoring/number_wording.h"

namespace thidua::scoring {
namespace {

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
    const v1::ScorecardExact& exact = card.exact();
    Line(0, absl::StrCat("PHIẾU ĐIỂM: ", card.unit_display_name()));
    Line(0,
         absl::StrCat(
             card.rank() > 0 ? absl::StrCat("Hạng ", card.rank()) : "Chưa xếp hạng", ". Tổng ",
             PrintContract(card.total(), exact.total()), "/",
             PrintContract(card.assigned_points(), exact.assigned_points()), " điểm được giao",
             card.percent_of_assigned().empty()
                 ? ""
                 : absl::StrCat(
                       ", đạt ",
                       PrintContract(card.percent_of_assigned(), exact.percent_of_assigned()), "%"),
             "."));
    if (!card.legal_basis().empty()) {
      Line(0, absl::StrCat("Căn cứ chấm điểm: ", card.legal_basis(), "."));
    }
  }

  void Criterion(const v1::CriterionScore& score, int depth) {
    Line(depth, Title(score));
    if (!score.assigned()) return;
    if (!score.children().empty()) {
      // One child is its parent's sum; more are told when there is something to tell.
      if (score.rule_kind() == v1::RULE_KIND_HIGHEST_CHILD || !score.note().empty()) {
        Line(depth + 1, absl::StrJoin(Said(score, /*with_derivation=*/true), " "));
      }
      for (const v1::CriterionScore& child : score.children()) Criterion(child, depth + 1);
      return;
    }
    Line(depth + 1, score.rule());
    bool with_derivation = true;
    if (!score.targets().empty()) {
      int counted = 0;
      for (const v1::TargetScore& target : score.targets()) {
        Line(depth + 1,
             absl::StrCat(score.targets_size() > 1 ? "- " : "", target.target().display_name(),
                          Revision(target), ": ", target.derivation()));
        counted += target.counted() ? 1 : 0;
      }
      with_derivation = score.rule_kind() != v1::RULE_KIND_TARGETS || counted != 1;
    }
    const std::vector<std::string> said = Said(score, with_derivation);
    if (!said.empty()) Line(depth + 1, absl::StrJoin(said, " "));
  }

 private:
  // The derivation and the note, and the derivation only where the note does not begin by it: of
  // what counts by default the note says why and what it is worth.
  static std::vector<std::string> Said(const v1::CriterionScore& score, bool with_derivation) {
    std::vector<std::string> said;
    const absl::string_view derivation = absl::StripSuffix(score.derivation(), ".");
    if (with_derivation && !absl::StartsWith(score.note(), absl::StrCat(derivation, ":"))) {
      said.push_back(score.derivation());
    }
    if (!score.note().empty()) said.push_back(score.note());
    return said;
  }

  static std::string Title(const v1::CriterionScore& score) {
    std::string title = score.display_name();
    if (!score.clause().empty()) absl::StrAppend(&title, " (", score.clause(), ")");
    if (!score.assigned()) return absl::StrCat(title, ": ", score.note());
    const v1::ScorecardExact& exact = score.exact();
    absl::StrAppend(&title, ": ", PrintContract(score.points(), exact.points()), "/",
                    PrintContract(score.assigned_points(), exact.assigned_points()), " điểm");
    if (!IsZero(score.bonus())) {
      absl::StrAppend(&title, ", thưởng ", PrintContract(score.bonus(), exact.bonus()), " điểm");
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
