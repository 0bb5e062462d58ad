#include "services/results_ingest/reported_rows.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "services/domain/identifier.h"
#include "services/domain/result.h"
#include "services/domain/return_if_error.h"
#include "services/domain/target_name.h"
#include "services/domain/vietnamese_number.h"
#include "services/messages/instant.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"
#include "services/messages/result.h"
#include "services/messages/unit.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;

constexpr size_t kRemarkMax = 2000;
// More than there are kinds of warnings.
constexpr size_t kAcknowledgedMax = 10;
constexpr int kEvidenceMax = 20;

// The figure as it would be written to be read the other way: "1,250" for "1.250".
std::string OtherWayRound(std::string text) {
  for (char& c : text) c = c == '.' ? ',' : c == ',' ? '.' : c;
  return text;
}

// Notes in `judged` that the figure's text may be read in two ways.
void WarnOfAmbiguity(absl::string_view path, const type::v1::Quantity& message,
                     const domain::Quantity& read, JudgedRow& judged) {
  judged.warnings.push_back({std::string(path), "NUMBER_AMBIGUOUS",
                             absl::StrCat("“", domain::Excerpt(message.text()), "” được hiểu là ",
                                          absl::StrReplaceAll(read.value.ToString(), {{".", ","}}),
                                          ": dấu chấm ngăn hàng nghìn, dấu phẩy là dấu thập phân."),
                             OtherWayRound(message.text())});
}

// "51,12%" as printed in `text`, or "51.12" in machine form in `value`. Not a value: none stated.
absl::StatusOr<domain::Quantity> ReadStatedPercent(const type::v1::Quantity& message,
                                                   JudgedRow& judged) {
  if (!message.measure().empty() && message.measure() != "%") {
    return Fault{"stated_percent", "MEASURE_DISAGREES", "Tỷ lệ phải ghi theo phần trăm (%)."}
        .ToStatus();
  }
  bool ambiguous = false;
  ASSIGN_OR_RETURN(domain::Quantity percent,
                   messages::ReadQuantity("stated_percent", message, "%", &ambiguous));
  percent.measure = "%";
  if (ambiguous) WarnOfAmbiguity("stated_percent", message, percent, judged);
  return percent;
}

// A row as it was read: the result, and the percentage with the text it came from.
struct ReadRow {
  domain::Result result;
  domain::Quantity stated_percent;
};

// What is ambiguous about the row is noted in `judged`.
absl::StatusOr<ReadRow> Read(const v1::ResultRow& row, const domain::Target& target,
                             JudgedRow& judged) {
  ReadRow read;
  domain::Result& result = read.result;
  result.target = target.id;
  bool ambiguous = false;
  ASSIGN_OR_RETURN(result.actual,
                   messages::ReadQuantity("actual", row.actual(), target.measure, &ambiguous));
  if (result.actual.measure.empty()) result.actual.measure = target.measure;
  if (ambiguous) WarnOfAmbiguity("actual", row.actual(), result.actual, judged);
  ASSIGN_OR_RETURN(read.stated_percent, ReadStatedPercent(row.stated_percent(), judged));
  if (read.stated_percent.has_value()) {
    result.stated_percent = read.stated_percent.value;
    result.stated_qualifier = read.stated_percent.qualifier;
  }
  return read;
}

v1::Result ResultMessage(const v1::ResultRow& row, const ReadRow& read, const Ground& ground) {
  v1::Result message;
  message.set_name(absl::StrCat(ground.results_prefix, read.result.target));
  message.set_target(absl::StrCat(ground.targets_prefix, read.result.target));
  *message.mutable_actual() = messages::QuantityMessage(read.result.actual);
  if (read.result.stated_percent.has_value()) {
    *message.mutable_stated_percent() = messages::QuantityMessage(read.stated_percent);
  }
  message.set_note(row.note());
  const std::set<std::string> acknowledged(row.acknowledged_warnings().begin(),
                                           row.acknowledged_warnings().end());
  for (const std::string& reason : acknowledged) message.add_acknowledged_warnings(reason);
  const std::set<std::string> evidence(row.evidence().begin(), row.evidence().end());
  for (const std::string& name : evidence) message.add_evidence(name);
  message.set_explanation(row.explanation());
  return message;
}

// Whether both say the same, however it was typed. DATA_LOSS when what is stored cannot be read.
absl::StatusOr<bool> SameReport(const v1::Result& stored, const v1::Result& reported) {
  const absl::StatusOr<domain::Result> before = messages::ReadResult(stored);
  const absl::StatusOr<domain::Result> now = messages::ReadResult(reported);
  if (!before.ok() || !now.ok()) return absl::DataLossError("a stored result is unreadable");
  domain::Quantity a = before->actual, b = now->actual;
  a.text = b.text = "";
  return a == b && before->stated_percent == now->stated_percent &&
         before->stated_qualifier == now->stated_qualifier && stored.note() == reported.note() &&
         stored.explanation() == reported.explanation() &&
         absl::c_equal(stored.acknowledged_warnings(), reported.acknowledged_warnings()) &&
         absl::c_equal(stored.evidence(), reported.evidence());
}

// Which documents the row names: those must be of this pact, and here.
std::vector<Fault> FaultsOfEvidence(const v1::ResultRow& row, const Ground& ground) {
  if (row.evidence_size() > kEvidenceMax) {
    return {{"evidence", "TOO_MANY",
             absl::StrCat("Mỗi kết quả kèm nhiều nhất ", kEvidenceMax, " minh chứng.")}};
  }
  std::vector<Fault> faults;
  for (int i = 0; i < row.evidence_size(); ++i) {
    const std::string path = absl::StrCat("evidence[", i, "]");
    const auto name = messages::ReadEvidenceName(path, row.evidence(i));
    if (!name.ok()) {
      for (Fault& fault : domain::FaultsOf(name.status())) faults.push_back(std::move(fault));
    } else if (!(name->pact == ground.name.pact) || !ground.evidence.contains(name->sha256)) {
      faults.push_back(
          {path, "EVIDENCE_UNKNOWN", "Minh chứng này chưa được tải lên cho giao ước."});
    }
  }
  return faults;
}

// What is odd about the row's figures. What must be acknowledged and is not is a fault.
void Warn(const v1::ResultRow& row, const domain::Result& result, const v1::Result& message,
          const domain::Target& target, const Ground& ground, std::vector<Fault>& faults,
          JudgedRow& judged) {
  const domain::Pact& pact = ground.open.pact->pact;
  std::vector<Fault> warnings = domain::WarningsOf(pact, target, result);
  const auto earlier = ground.earlier.find(target.id);
  for (Fault& warning :
       domain::WarningsAgainst(earlier == ground.earlier.end() ? nullptr : &earlier->second,
                               *ground.open.period, target, result)) {
    warnings.push_back(std::move(warning));
  }
  if (LacksEvidence(target, message)) {
    warnings.push_back(
        {"evidence", "EVIDENCE_MISSING", "Chỉ tiêu này phải có minh chứng khi nộp báo cáo."});
  }
  for (Fault& warning : warnings) {
    const bool stops = domain::MustBeAcknowledged(warning.reason) &&
                       !absl::c_linear_search(row.acknowledged_warnings(), warning.reason);
    (stops ? faults : judged.warnings).push_back(std::move(warning));
  }
}

// Everything about one row but what other rows have to do with it.
absl::Status JudgeRow(const v1::ResultRow& row, const MeantTarget& meant, const Ground& ground,
                      JudgedRow& judged) {
  RETURN_IF_ERROR(meant.status());
  const domain::Target* target = *meant;
  judged.target = target->id;
  judged.unit = target->unit;
  if (target->voided) {
    return Fault{"target", "TARGET_VOIDED",
                 absl::StrCat("Chỉ tiêu “", target->name,
                              "” đã được đưa ra khỏi giao ước nên không nhận kết quả.")}
        .ToStatus();
  }
  const domain::PeriodWindow window =
      domain::WindowOn(ground.open.pact->pact, *ground.open.period, target->unit,
                       absl::ToCivilDay(ground.report_time, domain::VietnamTime()));
  if (window == domain::PeriodWindow::kClosed) {
    return Fault{"target", "PERIOD_CLOSED",
                 "Kỳ báo cáo đã khóa đối với đơn vị này và không được gia hạn."}
        .ToStatus();
  }

  std::vector<Fault> faults;
  for (auto fault : {domain::CheckText("note", row.note(), kRemarkMax),
                     domain::CheckText("correction_reason", row.correction_reason(), kRemarkMax),
                     domain::CheckText("explanation", row.explanation(), kRemarkMax)}) {
    if (fault.has_value()) faults.push_back(*std::move(fault));
  }
  for (Fault& fault : FaultsOfEvidence(row, ground)) faults.push_back(std::move(fault));
  if (static_cast<size_t>(row.acknowledged_warnings_size()) > kAcknowledgedMax) {
    faults.push_back({"acknowledged_warnings", "TOO_MANY", "Ghi quá nhiều cảnh báo đã xem."});
    return domain::FaultsToStatus(faults);
  }
  absl::StatusOr<ReadRow> read = Read(row, *target, judged);
  if (!read.ok()) {
    for (Fault& fault : domain::FaultsOf(read.status())) faults.push_back(std::move(fault));
    return domain::FaultsToStatus(faults);
  }
  for (Fault& fault : domain::ValidateResult(*target, read->result)) {
    faults.push_back(std::move(fault));
  }
  judged.result = ResultMessage(row, *read, ground);
  Warn(row, read->result, judged.result, *target, ground, faults, judged);
  RETURN_IF_ERROR(domain::FaultsToStatus(faults));

  const auto present = ground.current.find(target->id);
  bool same = false;
  if (present != ground.current.end()) {
    ASSIGN_OR_RETURN(same, SameReport(present->second, judged.result));
  }
  if (present == ground.current.end()) {
    judged.kind = v1::RowOutcome::KIND_CREATED;
    judged.result.set_revision(1);
  } else if (same) {
    judged.kind = v1::RowOutcome::KIND_UNCHANGED;
    judged.result = present->second;
    return absl::OkStatus();
  } else if (absl::StripAsciiWhitespace(row.correction_reason()).empty()) {
    return Fault{"correction_reason", "CORRECTION_REASON_REQUIRED",
                 "Chỉ tiêu này đã có kết quả khác trong kỳ; muốn sửa phải ghi lý do."}
        .ToStatus();
  } else {
    judged.kind = v1::RowOutcome::KIND_UPDATED;
    judged.before = present->second;
    judged.result.set_revision(present->second.revision() + 1);
    judged.result.set_correction_reason(row.correction_reason());
  }
  *judged.result.mutable_report_time() = messages::InstantMessage(ground.report_time);
  judged.result.set_late(window == domain::PeriodWindow::kLate);
  return absl::OkStatus();
}

// The row's target by its name, or by the unit's and the target's names in words.
MeantTarget TargetOf(const v1::ResultRow& row, const Ground& ground, TargetsInWords& in_words,
                     Store& store) {
  if (row.target().empty()) {
    return in_words.Find(row, ground.open,
                         absl::ToCivilDay(ground.report_time, domain::VietnamTime()), store);
  }
  absl::string_view id = row.target();
  if (absl::ConsumePrefix(&id, ground.targets_prefix)) {
    if (const domain::Target* target = ground.open.pact->FindTarget(id)) return target;
  }
  ASSIGN_OR_RETURN(const messages::TargetName name,
                   messages::ReadTargetName("target", row.target()));
  return Fault{"target", "TARGET_UNKNOWN",
               absl::StrCat("Chỉ tiêu “", name.target, "” không có trong giao ước “",
                            ground.name.pact.ToString(), "”.")}
      .ToStatus();
}

// The newest results of the last earlier period that has any of a target, of targets whose figures
// add up over the year.
absl::Status ReadEarlier(Store& store, const std::vector<std::string>& targets, Ground& ground) {
  const domain::Pact& pact = ground.open.pact->pact;
  std::vector<const domain::Period*> earlier;
  for (const domain::Period& period : pact.periods) {
    if (period.through_month > 0 && period.through_month < ground.open.period->through_month) {
      earlier.push_back(&period);
    }
  }
  absl::c_stable_sort(earlier, [](const domain::Period* a, const domain::Period* b) {
    return a->through_month > b->through_month;
  });
  std::vector<std::string> open;
  for (const std::string& target : targets) {
    const domain::Target* found = ground.open.pact->FindTarget(target);
    if (found->accumulation == domain::Accumulation::kCumulative) open.push_back(target);
  }
  for (const domain::Period* period : earlier) {
    if (open.empty()) break;
    const messages::PeriodName earlier_name = {ground.name.pact, period->id};
    ASSIGN_OR_RETURN(const std::optional<PeriodState> state, store.FindPeriodState(earlier_name));
    ground.looked_at.push_back({period->id, state.has_value() ? state->version : 0});
    ASSIGN_OR_RETURN(const ResultsByTarget results, store.CurrentResults(earlier_name, open));
    for (const auto& [target, message] : results) {
      ASSIGN_OR_RETURN(const domain::Result result, messages::ReadResult(message));
      if (!result.actual.has_value()) continue;
      ground.earlier.emplace(target, domain::EarlierResult{period, result.actual});
    }
    open.erase(
        std::remove_if(open.begin(), open.end(),
                       [&](const std::string& target) { return ground.earlier.contains(target); }),
        open.end());
  }
  return absl::OkStatus();
}

}  // namespace

MeantTarget TargetsInWords::Find(const v1::ResultRow& row, const OpenPeriod& open,
                                 domain::Date today, Store& store) {
  if (pact_ != open.pact || day_ != today) {
    const domain::Pact& pact = open.pact->pact;
    std::vector<std::string> members;
    for (const domain::Member& member : pact.members) members.push_back(member.unit);
    ASSIGN_OR_RETURN(const std::vector<registry::v1::Unit> messages, store.FindUnits(members));
    std::vector<domain::Unit> units;
    for (const registry::v1::Unit& message : messages) {
      ASSIGN_OR_RETURN(domain::Unit unit, messages::ReadUnit("", message));
      units.push_back(std::move(unit));
    }
    names_.emplace(pact, std::move(units), today);
    pact_ = open.pact;
    day_ = today;
  }
  return names_->Find(row.unit_text(), row.target_text());
}

absl::StatusOr<Ground> ReadGround(Store& store, OpenPeriod open, const messages::PeriodName& name,
                                  Rows rows, absl::Time report_time, TargetsInWords& in_words) {
  Ground ground;
  ground.name = name;
  ground.targets_prefix = absl::StrCat(name.pact.ToString(), "/targets/");
  ground.results_prefix = absl::StrCat(name.ToString(), "/results/");
  ground.open = std::move(open);
  ground.report_time = report_time;
  std::vector<std::string> targets, evidence;
  for (const v1::ResultRow* row : rows) {
    const MeantTarget& meant = ground.targets.emplace_back(TargetOf(*row, ground, in_words, store));
    // What is wrong without a fault of the row is wrong inside.
    if (!meant.ok() && domain::FaultsOf(meant.status()).empty()) return meant.status();
    if (meant.ok()) targets.push_back((*meant)->id);
    for (const std::string& document : row->evidence()) {
      const auto read = messages::ReadEvidenceName("", document);
      if (read.ok()) evidence.push_back(read->sha256);
    }
  }
  ASSIGN_OR_RETURN(ground.current, store.CurrentResults(name, targets));
  RETURN_IF_ERROR(ReadEarlier(store, targets, ground));
  ASSIGN_OR_RETURN(ground.evidence, store.KnownEvidence(name.pact, evidence));
  return ground;
}

absl::StatusOr<std::vector<JudgedRow>> JudgeRows(Rows rows, const Ground& ground) {
  std::vector<JudgedRow> judged(rows.size());
  absl::flat_hash_set<const domain::Target*> seen;
  for (size_t i = 0; i < rows.size(); ++i) {
    absl::Status status = JudgeRow(*rows[i], ground.targets[i], ground, judged[i]);
    if (status.ok() && !seen.insert(*ground.targets[i]).second) {
      status = Fault{"target", "DUPLICATE", "Chỉ tiêu này ghi hai lần trong cùng một lần báo cáo."}
                   .ToStatus();
    }
    if (status.ok()) continue;
    judged[i].kind = v1::RowOutcome::KIND_REJECTED;
    judged[i].faults = domain::FaultsOf(status);
    if (judged[i].faults.empty()) return status;
  }
  return judged;
}

void RejectOtherUnits(const OwnUnits& own, std::vector<JudgedRow>& rows) {
  if (!own.has_value()) return;
  for (JudgedRow& row : rows) {
    if (row.unit.empty() || own->contains(row.unit)) continue;  // "": it is rejected already.
    row.kind = v1::RowOutcome::KIND_REJECTED;
    row.warnings.clear();
    row.faults = {{"target", "NOT_OWN_UNIT",
                   "Chỉ tiêu này của đơn vị khác; chỉ được báo cáo cho đơn vị mình."}};
  }
}

void RejectUnitsWithAFault(std::vector<JudgedRow>& rows) {
  absl::flat_hash_set<std::string> rejected;
  for (const JudgedRow& row : rows) {
    if (row.kind == v1::RowOutcome::KIND_REJECTED) rejected.insert(row.unit);
  }
  for (JudgedRow& row : rows) {
    if (row.kind == v1::RowOutcome::KIND_REJECTED || !rejected.contains(row.unit)) continue;
    row.kind = v1::RowOutcome::KIND_REJECTED;
    row.faults = {
        {"", "UNIT_REJECTED", "Dòng này đúng, nhưng một dòng khác của cùng đơn vị bị từ chối."}};
  }
}

absl::Status StoreJudged(Store& store, const Ground& ground, const std::vector<JudgedRow>& rows,
                         std::optional<int64_t>& version, audit::Trail& trail) {
  std::vector<const v1::Result*> results;
  for (const JudgedRow& row : rows) {
    if (row.kind == v1::RowOutcome::KIND_CREATED || row.kind == v1::RowOutcome::KIND_UPDATED) {
      results.push_back(&row.result);
    }
  }
  if (results.empty()) return absl::OkStatus();
  if (!version.has_value()) {
    ASSIGN_OR_RETURN(version, store.AdvancePeriod(ground.name, ground.report_time));
  }
  return store.AppendResults(ground.name, *version, results, trail);
}

bool LacksEvidence(const domain::Target& target, const v1::Result& result) {
  const bool a_figure =
      result.actual().state() == type::v1::Quantity::STATE_VALUE || result.has_stated_percent();
  if (!a_figure || !result.evidence().empty()) return false;
  switch (target.evidence) {
    case domain::EvidenceRule::kNone:
      return false;
    case domain::EvidenceRule::kRequired:
      return true;
    case domain::EvidenceRule::kRequiredOrExplained:
      return result.explanation().empty();
  }
  return false;
}

v1::RowOutcome OutcomeMessage(const messages::PeriodName& period, const JudgedRow& judged,
                              absl::string_view path) {
  v1::RowOutcome outcome;
  if (!judged.target.empty()) {
    outcome.set_target(messages::TargetName{period.pact, judged.target}.ToString());
  }
  outcome.set_kind(judged.kind);
  if (judged.kind != v1::RowOutcome::KIND_REJECTED) outcome.set_revision(judged.result.revision());
  if (judged.kind == v1::RowOutcome::KIND_UPDATED) *outcome.mutable_before() = *judged.before;
  outcome.set_late(judged.kind != v1::RowOutcome::KIND_REJECTED && judged.result.late());
  const auto add = [path](const Fault& fault, v1::RowFault& message) {
    message.set_field(fault.path.empty() ? std::string(path) : absl::StrCat(path, ".", fault.path));
    message.set_reason(fault.reason);
    message.set_message(fault.message);
    message.set_suggestion(fault.suggestion);
  };
  for (const Fault& fault : judged.faults) add(fault, *outcome.add_faults());
  for (const Fault& warning : judged.warnings) add(warning, *outcome.add_warnings());
  return outcome;
}

}  // namespace thidua::results_ingest
