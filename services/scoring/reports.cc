// Reports: drafted from frozen figures, written on, commented on, made final.
#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "services/domain/identifier.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/messages/resource_names.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"
#include "services/platform/freshness.h"
#include "services/platform/mutation.h"
#include "services/platform/paging.h"
#include "services/platform/update.h"
#include "services/scoring/report.h"
#include "services/scoring/report_store.h"
#include "services/scoring/review_message.h"
#include "services/scoring/service.h"
#include "services/scoring/snapshot.h"

namespace thidua::scoring {
namespace {

using domain::Fault;
using messages::ReportName;
using platform::Refusal;
using registry::v1::Member;
using registry::v1::Pact;
using storage::Transaction;
using Section = v1::ReportSection;

constexpr int64_t kReportsMax = 1000;  // Of a period.
constexpr int kCommentsMax = 1000;
constexpr int kParagraphsMax = 100;
constexpr int kRecipientsMax = 20, kSignersMax = 4, kOfficeLinesMax = 5;
constexpr size_t kWrittenMax = 5000;  // Characters of a paragraph or a comment.
// Of a report without its figures: what people write of a bloc's half year is far less.
constexpr size_t kReportBytesMax = 2 * 1024 * 1024;

constexpr v1::ReportFormat kFormats[] = {v1::REPORT_FORMAT_TEXT, v1::REPORT_FORMAT_HTML,
                                         v1::REPORT_FORMAT_DOCX};

std::string WriteAs(v1::ReportFormat format, const documents::Document& document) {
  switch (format) {
    case v1::REPORT_FORMAT_HTML:
      return documents::WriteHtml(document);
    case v1::REPORT_FORMAT_DOCX:
      return documents::WriteDocx(document);
    default:
      return documents::WriteText(document);
  }
}

const char* ContentType(v1::ReportFormat format) {
  switch (format) {
    case v1::REPORT_FORMAT_HTML:
      return "text/html; charset=utf-8";
    case v1::REPORT_FORMAT_DOCX:
      return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    default:
      return "text/plain; charset=utf-8";
  }
}

absl::Status ReportUnknown(const ReportName& name) {
  return Refusal(absl::StatusCode::kNotFound, "name", "REPORT_UNKNOWN",
                 absl::StrCat("Không có báo cáo “", name.ToString(), "”."));
}

// Checks of texts, all faults at once.
class Checks {
 public:
  // One line; may be empty when it is filled in with what is customary.
  void Line(const std::string& path, const std::string& text, bool may_be_empty) {
    if (text.empty() && may_be_empty) return;
    Add(domain::CheckName(path, text));
  }
  void Written(const std::string& path, const std::string& text) {
    if (text.find_first_not_of(" \t\n") == std::string::npos) {
      faults_.push_back({path, "REQUIRED", "Chưa ghi nội dung."});
    } else {
      Add(domain::CheckText(path, text, kWrittenMax));
    }
  }
  void AtMost(int count, int most, const std::string& path, absl::string_view what) {
    if (count <= most) return;
    faults_.push_back({path, "TOO_MANY", absl::StrCat("Nhiều nhất ", most, " ", what, ".")});
  }
  void Add(std::optional<Fault> fault) {
    if (fault.has_value()) faults_.push_back(*std::move(fault));
  }
  absl::Status Result() const { return domain::FaultsToStatus(faults_); }

 private:
  std::vector<Fault> faults_;
};

absl::Status CheckTemplate(const v1::ReportTemplate& frame) {
  Checks checks;
  checks.Line("template.superior_body", frame.superior_body(), /*may_be_empty=*/true);
  checks.Line("template.issuing_body", frame.issuing_body(), /*may_be_empty=*/true);
  checks.Line("template.number_suffix", frame.number_suffix(), /*may_be_empty=*/true);
  checks.Line("template.place", frame.place(), /*may_be_empty=*/true);
  checks.Line("template.addressee", frame.addressee(), /*may_be_empty=*/true);
  checks.AtMost(frame.recipients_size(), kRecipientsMax, "template.recipients", "nơi nhận");
  for (int i = 0; i < std::min(frame.recipients_size(), kRecipientsMax); ++i) {
    checks.Line(absl::StrCat("template.recipients[", i, "]"), frame.recipients(i),
                /*may_be_empty=*/false);
  }
  checks.AtMost(frame.signers_size(), kSignersMax, "template.signers", "người ký");
  for (int i = 0; i < std::min(frame.signers_size(), kSignersMax); ++i) {
    const std::string path = absl::StrCat("template.signers[", i, "]");
    const v1::ReportTemplate::Signer& signer = frame.signers(i);
    const std::string office = absl::StrCat(path, ".office");
    if (signer.office().empty()) {
      checks.Add(Fault{office, "REQUIRED", "Phải ghi chức vụ của người ký."});
    }
    checks.AtMost(signer.office_size(), kOfficeLinesMax, office, "dòng chức vụ");
    for (int j = 0; j < std::min(signer.office_size(), kOfficeLinesMax); ++j) {
      checks.Line(absl::StrCat(office, "[", j, "]"), signer.office(j), /*may_be_empty=*/false);
    }
    checks.Line(absl::StrCat(path, ".name"), signer.name(), /*may_be_empty=*/true);
  }
  return checks.Result();
}

absl::Status CheckSections(const google::protobuf::RepeatedPtrField<Section>& sections) {
  Checks checks;
  std::set<std::pair<int, std::string>> seen;
  for (int i = 0; i < sections.size(); ++i) {
    const std::string path = absl::StrCat("sections[", i, "]");
    const Section& section = sections[i];
    if (section.kind() == Section::KIND_UNSPECIFIED) {
      checks.Add(
          Fault{absl::StrCat(path, ".kind"), "REQUIRED", "Phải ghi là mục nào của báo cáo."});
    }
    if (!seen.insert({section.kind(), section.criterion_id()}).second) {
      checks.Add(Fault{path, "DUPLICATE", "Mục này đã có trong cùng yêu cầu."});
    }
    const std::string paragraphs = absl::StrCat(path, ".paragraphs");
    checks.AtMost(section.paragraphs_size(), kParagraphsMax, paragraphs, "đoạn văn một mục");
    for (int j = 0; j < std::min(section.paragraphs_size(), kParagraphsMax); ++j) {
      checks.Written(absl::StrCat(paragraphs, "[", j, "]"), section.paragraphs(j));
    }
  }
  return checks.Result();
}

// Whether the report of that pact has such sections.
absl::Status CheckSectionsOf(const Pact& pact,
                             const google::protobuf::RepeatedPtrField<Section>& sections) {
  std::vector<Fault> faults;
  for (int i = 0; i < sections.size(); ++i) {
    if (HasSection(pact, sections[i])) continue;
    faults.push_back({absl::StrCat("sections[", i, "].criterion_id"), "CRITERION_UNKNOWN",
                      absl::StrCat("Báo cáo không có mục cho nội dung “",
                                   domain::Excerpt(sections[i].criterion_id()), "”.")});
  }
  return domain::FaultsToStatus(faults);
}

absl::Status CheckNotFinal(const v1::Report& report) {
  if (report.state() != v1::Report::STATE_FINAL) return absl::OkStatus();
  return Refusal(absl::StatusCode::kFailedPrecondition, "name", "REPORT_FINAL",
                 "Báo cáo đã chốt nên không thay đổi nữa; hãy lập dự thảo mới nếu cần.");
}

// The member of the pact that acts.
absl::StatusOr<const Member*> FindActor(const Pact& pact, absl::string_view path,
                                        const std::string& unit) {
  RETURN_IF_ERROR(messages::ReadUnitName(path, unit).status());
  for (const Member& member : pact.members()) {
    if (member.unit() == unit) return &member;
  }
  return Refusal(absl::StatusCode::kPermissionDenied, path, "NOT_A_MEMBER",
                 absl::StrCat("Đơn vị “", domain::Excerpt(unit), "” không ký giao ước này."));
}

bool HasRole(const Pact& pact, Member::Role role) {
  return std::any_of(pact.members().begin(), pact.members().end(),
                     [role](const Member& member) { return member.role() == role; });
}

// The leader and deputies; where a pact names none, any member.
absl::Status CheckMayWrite(const Pact& pact, const std::string& unit) {
  ASSIGN_OR_RETURN(const Member* actor, FindActor(pact, "revised_by", unit));
  const bool any = !HasRole(pact, Member::ROLE_LEADER) && !HasRole(pact, Member::ROLE_DEPUTY);
  if (any || actor->role() == Member::ROLE_LEADER || actor->role() == Member::ROLE_DEPUTY) {
    return absl::OkStatus();
  }
  return Refusal(absl::StatusCode::kPermissionDenied, "revised_by", "NOT_THE_LEADER",
                 "Chỉ khối trưởng hoặc khối phó sửa báo cáo; đơn vị khác xin gửi ý kiến.");
}

// A deputy; where a pact has none its leader, and without either any member.
absl::Status CheckMayFinalise(const Pact& pact, const std::string& unit) {
  ASSIGN_OR_RETURN(const Member* actor, FindActor(pact, "finalised_by", unit));
  const Member::Role wanted = HasRole(pact, Member::ROLE_DEPUTY)   ? Member::ROLE_DEPUTY
                              : HasRole(pact, Member::ROLE_LEADER) ? Member::ROLE_LEADER
                                                                   : actor->role();
  if (actor->role() == wanted) return absl::OkStatus();
  return Refusal(absl::StatusCode::kPermissionDenied, "finalised_by", "NOT_THE_DEPUTY",
                 wanted == Member::ROLE_DEPUTY ? "Chỉ khối phó được chốt báo cáo."
                                               : "Chỉ khối trưởng được chốt báo cáo.");
}

// What the document has a mark in place of.
absl::Status CheckNothingMissing(const v1::Report& report) {
  std::vector<Fault> faults;
  for (const Section& section : MissingSections(report)) {
    const bool content = section.kind() == Section::KIND_CONTENT;
    faults.push_back(
        {absl::StrCat("sections.", Section::Kind_Name(section.kind()), content ? "." : "",
                      section.criterion_id()),
         "SECTION_MISSING",
         absl::StrCat("Báo cáo còn mục chưa viết: ",
                      content ? absl::StrCat("nội dung “", section.criterion_id(), "”")
                      : section.kind() == Section::KIND_DIRECTIONS ? "phương hướng, nhiệm vụ"
                                                                   : "kiến nghị, đề xuất",
                      ".")});
  }
  return domain::FaultsToStatus(faults, absl::StatusCode::kFailedPrecondition);
}

absl::Status NotComputed(const std::string& period) {
  return absl::DataLossError(absl::StrCat("not computed: ", period));
}

// The figures as they are now. Points and ranks are of a year only.
v1::ReportFigures Figures(const Standing& standing, bool stale, absl::Time now) {
  v1::ReportFigures figures;
  *figures.mutable_take_time() = messages::InstantMessage(now);
  Pact& pact = *figures.mutable_pact();
  pact = standing.received.inputs.pact();
  pact.clear_targets();  // The review has them.
  pact.clear_signatures();
  pact.clear_amendments();
  pact.clear_proposed_amendment();
  *figures.mutable_review() = ReviewMessage(standing);
  if (standing.period->kind == domain::PeriodKind::kYear) {
    *figures.mutable_ranking() = standing.ranking;
  }
  figures.set_stale(stale);
  return figures;
}

// What the report says of itself follows from its figures and its sections.
void TakeFigures(v1::ReportFigures figures, v1::Report& report) {
  figures.set_taking(report.figures().taking() + 1);
  *report.mutable_figures() = std::move(figures);
  report.set_bloc_display_name(report.figures().review().bloc_display_name());
  report.set_period_display_name(report.figures().review().period_display_name());
}

void NoteMissing(v1::Report& report) {
  report.clear_missing_sections();
  for (Section& section : MissingSections(report)) {
    *report.add_missing_sections() = std::move(section);
  }
}

absl::Status CheckSize(const v1::Report& report) {
  if (report.ByteSizeLong() - report.figures().ByteSizeLong() <= kReportBytesMax) {
    return absl::OkStatus();
  }
  return Refusal(absl::StatusCode::kResourceExhausted, "name", "TOO_LONG",
                 "Phần viết và ý kiến của báo cáo quá dài.");
}

v1::Report WithoutFigures(v1::Report report) {
  report.clear_figures();
  return report;
}

v1::Report InShort(v1::Report report) {
  report.clear_figures();
  report.clear_sections();
  report.clear_comments();
  report.clear_missing_sections();
  return report;
}

// What a ranking's revision names, but for the results store's epoch, which every start of
// results-ingest raises and which changes nothing of what is ranked.
Revision WithoutEpoch(absl::string_view revision) {
  Revision read = ReadRevision(revision).value_or(Revision());
  read.store_epoch_ms = 0;
  return read;
}

// Whether the ranking has become official since, or is official no more.
bool IsStandingMoved(const v1::ReportFigures& figures, const Snapshot& shown) {
  if (!figures.has_ranking()) return false;
  const v1::Ranking& ranking = figures.ranking();
  return (ranking.state() == v1::Ranking::STATE_FINAL) != shown.is_final ||
         WithoutEpoch(ranking.revision()).finality != WithoutEpoch(shown.revision).finality;
}

// Whether the period shows something else by now.
bool IsOvertaken(const v1::ReportFigures& figures, const Snapshot& shown) {
  const v1::MidYearReview& review = figures.review();
  if (shown.version != review.period_version() || shown.pact_version != review.pact_version()) {
    return true;
  }
  return IsStandingMoved(figures, shown) ||
         (figures.has_ranking() &&
          WithoutEpoch(figures.ranking().revision()) != WithoutEpoch(shown.revision));
}

absl::Status Damaged(const ReportName& name) {
  return Refusal(absl::StatusCode::kDataLoss, "name", "REPORT_DAMAGED",
                 absl::StrCat("Báo cáo đã chốt “", name.ToString(),
                              "” lưu trong kho không còn khớp với mã kiểm chứng của nó."));
}

// Over everything that a final report is: all but what storing it adds.
std::string DigestOf(v1::Report report) {
  report.clear_version();
  report.clear_etag();
  report.clear_digest();
  return absl::StrCat("v1:", platform::Sha256Hex(platform::DeterministicBytes(report)));
}

// Whether the bytes are those that became final. Nothing else is served in their place.
absl::Status CheckFile(const ReportName& name, const v1::Report& report, v1::ReportFormat format,
                       const std::optional<std::string>& bytes) {
  const auto file = std::find_if(report.files().begin(), report.files().end(),
                                 [format](const auto& one) { return one.format() == format; });
  const bool is_whole = bytes.has_value() && file != report.files().end() &&
                        platform::Sha256Hex(*bytes) == file->sha256();
  return is_whole ? absl::OkStatus() : Damaged(name);
}

// Renders and keeps each form, and closes the report with a digest over everything in it.
absl::Status KeepFiles(const ReportName& name, ReportStore& store, v1::Report& report,
                       audit::Trail& trail) {
  ASSIGN_OR_RETURN(const documents::Document document, ComposeReport(report));
  for (const v1::ReportFormat format : kFormats) {
    const std::string bytes = WriteAs(format, document);
    RETURN_IF_ERROR(store.InsertFile(name, format, bytes, trail));
    v1::ReportFile& file = *report.add_files();
    file.set_format(format);
    file.set_sha256(platform::Sha256Hex(bytes));
    file.set_size(static_cast<int64_t>(bytes.size()));
  }
  report.set_digest(DigestOf(report));
  return absl::OkStatus();
}

}  // namespace

std::string ScoringService::Advance(v1::Report& report) const {
  report.set_version(report.version() + 1);
  report.set_etag(platform::Etag(store_id_, report.name(), report.version()));
  return platform::FreshnessToken(store_id_, report.name(), report.version());
}

absl::StatusOr<v1::DraftReportResponse> ScoringService::DraftReport(
    const v1::DraftReportRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const messages::PeriodName period,
                   messages::ReadPeriodName("period", request.period()));
  RETURN_IF_ERROR(CheckTemplate(request.template_()));
  ASSIGN_OR_RETURN(
      std::optional<v1::DraftReportResponse> first,
      platform::FirstReply<v1::DraftReportResponse>(database_, request, call.author()));
  if (first.has_value()) return *std::move(first);
  ASSIGN_OR_RETURN(const auto standing,
                   Await(request.period(), request.freshness_token(), call, Of::kData));
  if (standing->period == nullptr) return NotComputed(request.period());
  const absl::Time now = absl::Now();
  const v1::ReportFigures figures = Figures(*standing, !board_.in_sight(), now);
  return platform::Mutate<v1::DraftReportResponse>(
      database_, changes_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::DraftReportResponse> {
        ReportStore store(transaction);
        ASSIGN_OR_RETURN(const int64_t newest, store.Newest(period));
        if (newest >= kReportsMax) {
          return Refusal(absl::StatusCode::kResourceExhausted, "period", "TOO_MANY",
                         absl::StrCat("Kỳ này đã có ", kReportsMax, " báo cáo."));
        }
        const ReportName name{period, newest + 1};
        v1::DraftReportResponse response;
        v1::Report report;
        report.set_name(name.ToString());
        for (const registry::v1::Period& of_pact : figures.pact().periods()) {
          if (of_pact.period_id() == period.period) report.set_period_kind(of_pact.kind());
        }
        report.set_state(v1::Report::STATE_DRAFT);
        TakeFigures(figures, report);
        *report.mutable_template_() = Completed(request.template_(), figures.pact());
        NoteMissing(report);
        *report.mutable_create_time() = *report.mutable_update_time() =
            messages::InstantMessage(now);
        response.set_freshness_token(Advance(report));
        // What cannot be composed is not drafted either.
        RETURN_IF_ERROR(ComposeReport(report).status());
        RETURN_IF_ERROR(store.Put(name, report, trail));
        *response.mutable_report() = WithoutFigures(std::move(report));
        return response;
      });
}

absl::StatusOr<v1::ReviseReportResponse> ScoringService::ReviseReport(
    const v1::ReviseReportRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const ReportName name, messages::ReadReportName("name", request.name()));
  RETURN_IF_ERROR(CheckSections(request.sections()));
  RETURN_IF_ERROR(CheckTemplate(request.template_()));
  if (request.sections().empty() && !request.take_figures() && !request.has_template_()) {
    return Fault{"", "UPDATE_EMPTY", "Chưa ghi nội dung nào cần sửa."}.ToStatus();
  }
  ASSIGN_OR_RETURN(
      std::optional<v1::ReviseReportResponse> first,
      platform::FirstReply<v1::ReviseReportResponse>(database_, request, call.author()));
  if (first.has_value()) return *std::move(first);
  std::optional<v1::ReportFigures> figures;
  if (request.take_figures()) {
    ASSIGN_OR_RETURN(const auto standing,
                     Await(name.period.ToString(), request.freshness_token(), call, Of::kData));
    if (standing->period == nullptr) return NotComputed(name.period.ToString());
    figures = Figures(*standing, !board_.in_sight(), absl::Now());
  }
  return platform::Mutate<v1::ReviseReportResponse>(
      database_, changes_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::ReviseReportResponse> {
        ReportStore store(transaction);
        ASSIGN_OR_RETURN(std::optional<v1::Report> report, store.Find(name));
        if (!report.has_value()) return ReportUnknown(name);
        RETURN_IF_ERROR(CheckMayWrite(report->figures().pact(), request.revised_by()));
        RETURN_IF_ERROR(CheckNotFinal(*report));
        RETURN_IF_ERROR(platform::CheckEtag(request.etag(), report->etag()));
        if (figures.has_value()) TakeFigures(*figures, *report);
        const Pact& pact = report->figures().pact();
        RETURN_IF_ERROR(CheckSectionsOf(pact, request.sections()));
        PutSections(request.sections(), *report);
        if (request.has_template_()) {
          *report->mutable_template_() = Completed(request.template_(), pact);
        }
        NoteMissing(*report);
        *report->mutable_update_time() = messages::InstantMessage(absl::Now());
        v1::ReviseReportResponse response;
        response.set_freshness_token(Advance(*report));
        RETURN_IF_ERROR(CheckSize(*report));
        RETURN_IF_ERROR(ComposeReport(*report).status());
        RETURN_IF_ERROR(store.Put(name, *report, trail));
        *response.mutable_report() = WithoutFigures(*std::move(report));
        return response;
      });
}

absl::StatusOr<v1::CommentReportResponse> ScoringService::CommentReport(
    const v1::CommentReportRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const ReportName name, messages::ReadReportName("name", request.name()));
  Checks checks;
  checks.Written("text", request.text());
  RETURN_IF_ERROR(checks.Result());
  return platform::Mutate<v1::CommentReportResponse>(
      database_, changes_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::CommentReportResponse> {
        ReportStore store(transaction);
        ASSIGN_OR_RETURN(std::optional<v1::Report> report, store.Find(name));
        if (!report.has_value()) return ReportUnknown(name);
        ASSIGN_OR_RETURN(const Member* actor,
                         FindActor(report->figures().pact(), "unit", request.unit()));
        RETURN_IF_ERROR(CheckNotFinal(*report));
        RETURN_IF_ERROR(platform::CheckEtag(request.etag(), report->etag()));
        if (report->comments_size() >= kCommentsMax) {
          return Refusal(absl::StatusCode::kResourceExhausted, "name", "TOO_MANY",
                         absl::StrCat("Báo cáo này đã có ", kCommentsMax, " ý kiến."));
        }
        v1::ReportComment& comment = *report->add_comments();
        comment.set_unit(actor->unit());
        comment.set_unit_display_name(actor->display_name());
        comment.set_text(request.text());
        comment.set_report_version(report->version());
        *comment.mutable_time() = *report->mutable_update_time() =
            messages::InstantMessage(absl::Now());
        report->set_state(v1::Report::STATE_COMMENTED);
        v1::CommentReportResponse response;
        response.set_freshness_token(Advance(*report));
        RETURN_IF_ERROR(CheckSize(*report));
        RETURN_IF_ERROR(store.Put(name, *report, trail));
        *response.mutable_report() = WithoutFigures(*std::move(report));
        return response;
      });
}

absl::StatusOr<v1::FinaliseReportResponse> ScoringService::FinaliseReport(
    const v1::FinaliseReportRequest& request, const Call& call) {
  ASSIGN_OR_RETURN(const ReportName name, messages::ReadReportName("name", request.name()));
  if (request.etag().empty()) {
    return Fault{"etag", "REQUIRED", "Phải ghi etag của bản báo cáo đã xem."}.ToStatus();
  }
  return platform::Mutate<v1::FinaliseReportResponse>(
      database_, changes_, request, call.author(),
      [&](Transaction& transaction,
          audit::Trail& trail) -> absl::StatusOr<v1::FinaliseReportResponse> {
        ReportStore store(transaction);
        ASSIGN_OR_RETURN(std::optional<v1::Report> report, store.Find(name));
        if (!report.has_value()) return ReportUnknown(name);
        RETURN_IF_ERROR(CheckMayFinalise(report->figures().pact(), request.finalised_by()));
        RETURN_IF_ERROR(CheckNotFinal(*report));
        RETURN_IF_ERROR(platform::CheckEtag(request.etag(), report->etag()));
        if (report->comments().empty() && !request.without_comments()) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "without_comments", "NOT_COMMENTED",
                         "Chưa đơn vị nào có ý kiến về báo cáo này.");
        }
        RETURN_IF_ERROR(CheckNothingMissing(*report));
        if (report->figures().stale()) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "name", "FIGURES_STALE",
                         "Số liệu được lấy khi đang mất kết nối với nơi tiếp nhận kết quả; xin lấy "
                         "lại số liệu trước khi chốt.");
        }
        if (const auto shown = board_.Find(name.period.ToString());
            shown != nullptr && IsStandingMoved(report->figures(), *shown)) {
          return Refusal(absl::StatusCode::kFailedPrecondition, "name", "RANKING_OVERTAKEN",
                         "Xếp hạng của kỳ đã được chốt chính thức hoặc thu hồi sau khi lấy số "
                         "liệu; xin lấy lại số liệu trước khi chốt báo cáo.");
        }
        report->set_state(v1::Report::STATE_FINAL);
        report->set_finalised_by(request.finalised_by());
        *report->mutable_finalise_time() = *report->mutable_update_time() =
            messages::InstantMessage(absl::Now());
        RETURN_IF_ERROR(KeepFiles(name, store, *report, trail));
        v1::FinaliseReportResponse response;
        response.set_freshness_token(Advance(*report));
        RETURN_IF_ERROR(store.Put(name, *report, trail));
        *response.mutable_report() = WithoutFigures(*std::move(report));
        return response;
      });
}

absl::StatusOr<v1::GetReportResponse> ScoringService::GetReport(const v1::GetReportRequest& request,
                                                                const Call&) {
  ASSIGN_OR_RETURN(const ReportName name, messages::ReadReportName("name", request.name()));
  const bool as_file = request.format() != v1::REPORT_FORMAT_UNSPECIFIED;
  std::optional<v1::Report> report;
  std::optional<std::string> content;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ReportStore store(transaction);
    ASSIGN_OR_RETURN(report, store.Find(name));
    if (!report.has_value()) return ReportUnknown(name);
    if (!as_file) return absl::OkStatus();
    ASSIGN_OR_RETURN(content, store.FindFile(name, request.format()));
    return absl::OkStatus();
  }));
  if (report->state() == v1::Report::STATE_FINAL) {
    if (DigestOf(*report) != report->digest()) return Damaged(name);
    if (as_file) RETURN_IF_ERROR(CheckFile(name, *report, request.format(), content));
  }
  v1::GetReportResponse response;
  if (const auto shown = board_.Find(name.period.ToString()); shown != nullptr) {
    response.set_figures_overtaken(IsOvertaken(report->figures(), *shown));
  }
  if (as_file && !content.has_value()) {
    ASSIGN_OR_RETURN(const documents::Document document, ComposeReport(*report));
    content = WriteAs(request.format(), document);
  }
  if (as_file) {
    response.set_content_type(ContentType(request.format()));
    response.set_sha256(platform::Sha256Hex(*content));
    response.set_content(*std::move(content));
  }
  *response.mutable_report() = as_file ? InShort(*std::move(report)) : *std::move(report);
  return response;
}

absl::StatusOr<v1::ListReportsResponse> ScoringService::ListReports(
    const v1::ListReportsRequest& request, const Call&) {
  ASSIGN_OR_RETURN(const messages::PeriodName period,
                   messages::ReadPeriodName("period", request.period()));
  ASSIGN_OR_RETURN(const int64_t size, platform::PageSize(request.page_size()));
  v1::ListReportsResponse response;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t sequence, transaction.Sequence());
    ASSIGN_OR_RETURN(const platform::PageStart start,
                     platform::ReadPageToken(request, {sequence, "", ""}));
    ASSIGN_OR_RETURN(int64_t before,
                     platform::LastNumber(start, std::numeric_limits<int64_t>::max()));
    // One at a time: a report is large, and what the page keeps of it is small.
    size_t bytes = 0;
    while (true) {
      ASSIGN_OR_RETURN(std::optional<v1::Report> report,
                       ReportStore(transaction).FindBefore(period, before, start.sequence));
      if (!report.has_value()) return absl::OkStatus();
      if (response.reports_size() == size || bytes > platform::kPageBytesMax) {
        response.set_next_page_token(
            platform::NextPageToken(request, {start.sequence, "", absl::StrCat(before)}));
        return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(const ReportName name, messages::ReadReportName("name", report->name()));
      before = name.report;
      v1::Report& kept = *response.add_reports();
      kept = InShort(*std::move(report));
      bytes += kept.ByteSizeLong();
    }
  }));
  return response;
}

}  // namespace thidua::scoring
