#include "services/scoring/report.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "services/documents/characters.h"
#include "services/domain/date.h"
#include "services/domain/pact.h"
#include "services/domain/qualifier_word.h"
#include "services/domain/return_if_error.h"
#include "services/domain/vietnamese_number.h"
#include "services/messages/instant.h"
#include "services/messages/pact.h"
#include "services/messages/quantity.h"
#include "services/messages/resource_names.h"
#include "services/scoring/wording.h"

namespace thidua::scoring {
namespace {

using documents::Align;
using documents::Block;
using documents::Document;
using documents::Heading;
using documents::Paragraph;
using documents::Run;
using documents::Table;
using domain::Decimal;
using domain::Quantity;
using domain::Rational;
using registry::v1::Criterion;
using registry::v1::Pact;
using v1::ReportSection;
using v1::ReviewLine;

// A unit with more indicators than this has a line for each instead of one paragraph.
constexpr size_t kInOneParagraph = 6;
constexpr size_t kRowsTogether = 15;
constexpr absl::string_view kDayRoom = "ngày      tháng      năm ";
constexpr absl::string_view kDash = "–";

// Where a line stands; how many of a group stand there.
struct Counts {
  int scored = 0;  // Assigned, not voided.
  int informational = 0;
  std::map<ReviewLine::Standing, int> by_standing;

  void Add(const ReviewLine& line) {
    switch (line.standing()) {
      case ReviewLine::STANDING_INFORMATIONAL:
        ++informational;
        break;
      case ReviewLine::STANDING_NOT_ASSIGNED:
      case ReviewLine::STANDING_VOIDED:
        break;
      default:
        ++scored;
        ++by_standing[line.standing()];
    }
  }
  int Of(ReviewLine::Standing standing) const {
    const auto found = by_standing.find(standing);
    return found == by_standing.end() ? 0 : found->second;
  }
};

// "02", "12": as officials write counts.
std::string Padded(int count) { return count == 0 ? "0" : absl::StrFormat("%02d", count); }

// With the digits that it was given.
std::string VietnamesePercent(absl::string_view machine) {
  const absl::StatusOr<Decimal> decimal = Decimal::Parse(machine);
  return decimal.ok() ? domain::PrintNumber(*decimal) : std::string(machine);
}

// "08 giờ 02 phút ngày 05/8/2019", in Vietnam's time.
std::string PrintInstant(const google::protobuf::Timestamp& instant) {
  const absl::Time time = messages::ReadInstant(instant);
  const absl::TimeZone vietnam = domain::VietnamTime();
  return absl::StrCat(absl::FormatTime("%H giờ %M phút", time, vietnam), " ngày ",
                      domain::PrintDate(absl::ToCivilDay(time, vietnam)));
}

// "Kiên Giang" of "Tỉnh Kiên Giang".
std::string PlaceOf(absl::string_view province) {
  for (const absl::string_view kind : {"Tỉnh ", "tỉnh ", "Thành phố ", "thành phố "}) {
    if (absl::ConsumePrefix(&province, kind)) break;
  }
  return std::string(province);
}

bool Covers(const Criterion& criterion, absl::string_view id) {
  return criterion.criterion_id() == id ||
         std::any_of(criterion.children().begin(), criterion.children().end(),
                     [id](const Criterion& child) { return Covers(child, id); });
}

bool TakesTargets(const Criterion& criterion) {
  return criterion.has_targets() ||
         std::any_of(criterion.children().begin(), criterion.children().end(), TakesTargets);
}

// The last part of a resource's name.
std::string IdOf(absl::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

// A year demands the whole: there is no pace beside the target.
bool IsYear(const v1::Report& report) {
  return report.period_kind() == registry::v1::Period::KIND_YEAR;
}

bool ShowsPoints(const v1::Report& report) {
  return IsYear(report) && report.figures().has_ranking();
}

const ReportSection* FindSection(const v1::Report& report, ReportSection::Kind kind,
                                 absl::string_view criterion = "") {
  for (const ReportSection& section : report.sections()) {
    if (section.kind() == kind && section.criterion_id() == criterion) return &section;
  }
  return nullptr;
}

// Of a content that takes no targets: for how many units points were given.
int UnitsWithPoints(const v1::Report& report, const Criterion& content) {
  if (!ShowsPoints(report)) return 0;
  int units = 0;
  for (const v1::RankingRow& row : report.figures().ranking().rows()) {
    for (const v1::ContentScore& score : row.contents()) {
      units += score.criterion_id() == content.criterion_id() && score.assigned();
    }
  }
  return units;
}

// The lines of each content of the scheme, in its order. Informational ones that belong to no
// criterion stand with the first content that takes targets.
std::vector<std::vector<const ReviewLine*>> LinesByContent(const v1::Report& report) {
  const auto& contents = report.figures().pact().scheme_content().contents();
  std::vector<std::vector<const ReviewLine*>> lines(static_cast<size_t>(contents.size()));
  if (lines.empty()) return lines;
  const auto first = std::find_if(contents.begin(), contents.end(),
                                  [](const Criterion& c) { return TakesTargets(c); });
  const auto by_default =
      static_cast<size_t>(first == contents.end() ? 0 : first - contents.begin());
  for (const ReviewLine& line : report.figures().review().lines()) {
    size_t content = by_default;
    for (int i = 0; i < contents.size(); ++i) {
      const std::string& criterion = line.target().criterion_id();
      if (!criterion.empty() && Covers(contents[i], criterion)) content = static_cast<size_t>(i);
    }
    lines[content].push_back(&line);
  }
  return lines;
}

Paragraph Plain(std::string text) { return Paragraph{{{std::move(text)}}}; }

Paragraph ToBeWritten(absl::string_view what) {
  return Paragraph{{Run{absl::StrCat("(Khối bổ sung: ", what, ")"), /*bold=*/false, /*italic=*/true,
                        /*marked=*/true}}};
}

// Composes one report. Refers to it for its own life only.
class Composer {
 public:
  static absl::StatusOr<Document> Compose(const v1::Report& report) {
    ASSIGN_OR_RETURN(const messages::ReportName name,
                     messages::ReadReportName("name", report.name()));
    Composer composer(report);
    ASSIGN_OR_RETURN(composer.domain_pact_, messages::ReadPact("pact", composer.pact_));
    composer.period_ = domain::FindPeriod(composer.domain_pact_, name.period.period);
    if (composer.period_ == nullptr) return absl::DataLossError("a period that its pact lacks");
    composer.year_ = name.period.pact.year;
    return composer.Whole();
  }

 private:
  explicit Composer(const v1::Report& report)
      : report_(report), pact_(report.figures().pact()), review_(report.figures().review()) {}

  absl::StatusOr<Document> Whole() {
    Document document;
    const v1::ReportTemplate& frame = report_.template_();
    if (!frame.superior_body().empty()) document.head.superior_body = {frame.superior_body()};
    document.head.issuing_body = {frame.issuing_body()};
    document.head.number_suffix = frame.number_suffix();
    if (report_.state() != v1::Report::STATE_FINAL) {
      document.head.draft_mark =
          absl::StrCat("DỰ THẢO ", messages::ReadReportName("", report_.name())->report);
    }
    document.head.place_and_date = absl::StrCat(frame.place(), ", ", kDayRoom, YearOfIssue());
    document.title = "BÁO CÁO";
    document.subject = {
        absl::StrCat(Kind(/*first_capital=*/true), " thực hiện giao ước thi đua ", PeriodName())};
    document.addressees = {frame.addressee()};
    AddOpening(document.body);
    document.body.push_back(Heading{1, "I. KẾT QUẢ THỰC HIỆN"});
    AddContents(document.body);
    if (ShowsPoints(report_)) AddRanking(document.body);
    document.body.push_back(Heading{1, "II. TỒN TẠI, CHỈ TIÊU CHƯA ĐẠT"});
    RETURN_IF_ERROR(AddShortcomings(document.body));
    document.body.push_back(Heading{
        1, absl::StrCat("III. PHƯƠNG HƯỚNG ", documents::Capitals(NextTime()), "; KIẾN NGHỊ")});
    document.body.push_back(Heading{2, "1. Phương hướng, nhiệm vụ"});
    AddWritten(ReportSection::KIND_DIRECTIONS, absl::StrCat("phương hướng, nhiệm vụ ", NextTime()),
               document.body);
    document.body.push_back(Heading{2, "2. Kiến nghị, đề xuất"});
    AddWritten(ReportSection::KIND_PROPOSALS, "kiến nghị, đề xuất; nếu không có thì ghi “Không có”",
               document.body);
    AddClosing(document.body);
    for (const v1::ReportTemplate::Signer& signer : frame.signers()) {
      document.signers.push_back({{signer.office().begin(), signer.office().end()}, signer.name()});
    }
    document.recipients = {frame.recipients().begin(), frame.recipients().end()};
    ASSIGN_OR_RETURN(documents::Annex annex, TheAnnex());
    document.annexes.push_back(std::move(annex));
    return document;
  }

  std::string Kind(bool first_capital) const {
    switch (report_.period_kind()) {
      case registry::v1::Period::KIND_YEAR:
        return first_capital ? "Tổng kết" : "tổng kết";
      case registry::v1::Period::KIND_MID_YEAR:
        return first_capital ? "Sơ kết" : "sơ kết";
      default:
        return first_capital ? "Kết quả" : "kết quả";
    }
  }

  // "6 tháng đầu năm 2019", also where the period's name leaves the year out.
  std::string PeriodName() const {
    std::string name = documents::SmallFirst(report_.period_display_name());
    if (!absl::StrContains(name, absl::StrCat(year_))) absl::StrAppend(&name, " năm ", year_);
    return name;
  }

  // A year's report may be signed in that year or the next.
  std::string YearOfIssue() const {
    return IsYear(report_) ? absl::StrCat(year_ / 100, "    ") : absl::StrCat(year_);
  }

  std::string NextTime() const {
    switch (report_.period_kind()) {
      case registry::v1::Period::KIND_YEAR:
        return absl::StrCat("năm ", year_ + 1);
      case registry::v1::Period::KIND_MID_YEAR:
        return absl::StrCat("6 tháng cuối năm ", year_);
      default:
        return "thời gian tới";
    }
  }

  void AddOpening(std::vector<Block>& body) const {
    Counts counts;
    for (const ReviewLine& line : review_.lines()) counts.Add(line);
    body.push_back(Plain(
        absl::StrCat("Thực hiện giao ước thi đua năm ", year_, ", ", report_.bloc_display_name(),
                     " gồm ", Padded(pact_.members_size()), " đơn vị báo cáo ",
                     Kind(/*first_capital=*/false), " ", PeriodName(), " như sau:")));
    std::string figures = absl::StrCat(
        "Theo số liệu các đơn vị báo cáo đến ", PrintInstant(review_.data_time()), ", trong ",
        Padded(counts.scored), " chỉ tiêu đăng ký có ",
        Padded(counts.Of(ReviewLine::STANDING_REACHED)), " chỉ tiêu đạt chỉ tiêu năm, ");
    if (!IsYear(report_)) {
      absl::StrAppend(&figures, Padded(counts.Of(ReviewLine::STANDING_ON_PACE)),
                      " chỉ tiêu đúng tiến độ (mốc chung ",
                      VietnamesePercent(review_.pace_percent()), "% chỉ tiêu năm), ");
    }
    absl::StrAppend(&figures, Padded(counts.Of(ReviewLine::STANDING_BEHIND)), " chỉ tiêu ",
                    BehindWord(), ", ", Padded(counts.Of(ReviewLine::STANDING_NOT_REPORTED)),
                    " chỉ tiêu chưa báo cáo, ",
                    Padded(counts.Of(ReviewLine::STANDING_NOT_COMPUTABLE)),
                    " chỉ tiêu không tính được vì thiếu số liệu để đối chiếu.");
    if (counts.informational > 0) {
      absl::StrAppend(&figures, " Ngoài ra có ", Padded(counts.informational),
                      " nội dung thông tin, không so với chỉ tiêu.");
    }
    body.push_back(Plain(std::move(figures)));
  }

  std::string BehindWord() const { return IsYear(report_) ? "chưa đạt" : "chậm tiến độ"; }

  void AddContents(std::vector<Block>& body) const {
    const auto& contents = pact_.scheme_content().contents();
    const auto lines = LinesByContent(report_);
    for (int i = 0; i < contents.size(); ++i) {
      const Criterion& content = contents[i];
      body.push_back(Heading{2, absl::StrCat(i + 1, ". ", content.display_name())});
      const auto& of_content = lines[static_cast<size_t>(i)];
      if (!of_content.empty()) {
        AddUnits(of_content, body);
        AddCounts(of_content, body);
      }
      const int with_points = TakesTargets(content) ? 0 : UnitsWithPoints(report_, content);
      if (with_points > 0) AddPoints(content, with_points, body);
      const ReportSection* written =
          FindSection(report_, ReportSection::KIND_CONTENT, content.criterion_id());
      if (written != nullptr) {
        for (const std::string& text : written->paragraphs()) body.push_back(Plain(text));
      } else if (of_content.empty() && with_points == 0) {
        body.push_back(ToBeWritten("kết quả thực hiện nội dung này của các đơn vị"));
      }
    }
  }

  // "Giải quyết việc làm: 17.893/35.000 lượt lao động, đạt 51,12% chỉ tiêu năm"
  static std::string Sentence(const ReviewLine& line) {
    std::string sentence = absl::StrCat(line.target().display_name(), ": ", line.sentence());
    const bool of_year = !line.achievement_percent().empty() && absl::EndsWith(sentence, "%");
    return of_year ? absl::StrCat(sentence, " chỉ tiêu năm") : sentence;
  }

  // What each unit reported, in the pact's order.
  void AddUnits(const std::vector<const ReviewLine*>& lines, std::vector<Block>& body) const {
    for (const registry::v1::Member& member : pact_.members()) {
      std::vector<std::string> sentences;
      for (const ReviewLine* line : lines) {
        const bool told = line->standing() != ReviewLine::STANDING_NOT_ASSIGNED &&
                          line->standing() != ReviewLine::STANDING_VOIDED;
        if (told && line->target().unit() == member.unit()) sentences.push_back(Sentence(*line));
      }
      if (sentences.empty()) continue;
      const Run unit{absl::StrCat("- ", member.display_name(), ":"), /*bold=*/true};
      if (sentences.size() <= kInOneParagraph) {
        body.push_back(
            Paragraph{{unit, Run{absl::StrCat(" ", absl::StrJoin(sentences, "; "), ".")}}});
        continue;
      }
      Paragraph first{{unit}};
      first.with_next = true;
      body.push_back(std::move(first));
      for (const std::string& sentence : sentences) {
        const bool last = &sentence == &sentences.back();
        body.push_back(Plain(absl::StrCat("+ ", sentence, last ? "." : ";")));
      }
    }
  }

  // How many stand where, by unit.
  void AddCounts(const std::vector<const ReviewLine*>& lines, std::vector<Block>& body) const {
    std::vector<std::pair<ReviewLine::Standing, std::string>> columns = {
        {ReviewLine::STANDING_REACHED, "Đạt chỉ tiêu năm"}};
    if (!IsYear(report_)) columns.push_back({ReviewLine::STANDING_ON_PACE, "Đúng tiến độ"});
    columns.push_back({ReviewLine::STANDING_BEHIND, IsYear(report_) ? "Chưa đạt" : "Chậm tiến độ"});
    columns.push_back({ReviewLine::STANDING_NOT_REPORTED, "Chưa báo cáo"});
    columns.push_back({ReviewLine::STANDING_NOT_COMPUTABLE, "Không tính được"});

    Table table;
    table.columns = {
        {"STT", 8, Align::kCentre}, {"Đơn vị", 37}, {"Số chỉ tiêu", 11, Align::kCentre}};
    for (const auto& [standing, title] : columns) {
      table.columns.push_back({title, 11, Align::kCentre});
    }
    Counts all;
    const auto add_row = [&](const std::string& number, const std::string& unit,
                             const Counts& counts, bool bold) {
      Table::Row row{{number, unit, absl::StrCat(counts.scored)}, bold};
      for (const auto& [standing, title] : columns) {
        row.cells.push_back(absl::StrCat(counts.Of(standing)));
      }
      table.rows.push_back(std::move(row));
    };
    for (const registry::v1::Member& member : pact_.members()) {
      Counts counts;
      for (const ReviewLine* line : lines) {
        if (line->target().unit() != member.unit()) continue;
        counts.Add(*line);
        all.Add(*line);
      }
      add_row(absl::StrCat(table.rows.size() + 1), member.display_name(), counts, /*bold=*/false);
    }
    add_row("", "Cộng", all, /*bold=*/true);
    table.together = table.rows.size() <= kRowsTogether;
    Paragraph lead = Plain("Tổng hợp theo đơn vị (số chỉ tiêu đăng ký):");
    lead.with_next = true;
    body.push_back(std::move(lead));
    body.push_back(std::move(table));
  }

  // Points given for a content that is assessed. Of a year only.
  void AddPoints(const Criterion& content, int with_points, std::vector<Block>& body) const {
    Table table;
    table.columns = {{"STT", 8, Align::kCentre},
                     {"Đơn vị", 52},
                     {"Điểm", 13, Align::kCentre},
                     {"Điểm thưởng", 13, Align::kCentre},
                     {"Điểm tối đa", 14, Align::kCentre}};
    const v1::Ranking& ranking = report_.figures().ranking();
    for (const registry::v1::Member& member : pact_.members()) {
      for (const v1::RankingRow& row : ranking.rows()) {
        if (row.unit() != member.unit()) continue;
        for (const v1::ContentScore& score : row.contents()) {
          if (score.criterion_id() != content.criterion_id()) continue;
          const bool given = score.assigned();
          table.rows.push_back(
              {{absl::StrCat(table.rows.size() + 1), member.display_name(),
                given ? PrintContract(score.points(), score.exact_points()) : std::string(kDash),
                given ? PrintContract(score.bonus(), score.exact_bonus()) : std::string(kDash),
                PrintContract(score.max_points(), "")}});
        }
      }
    }
    table.together = table.rows.size() <= kRowsTogether;
    Paragraph lead =
        Plain(absl::StrCat("Nội dung này đã được chấm điểm đối với ", Padded(with_points), "/",
                           Padded(pact_.members_size()), " đơn vị:"));
    lead.with_next = true;
    body.push_back(std::move(lead));
    body.push_back(std::move(table));
  }

  void AddRanking(std::vector<Block>& body) const {
    const v1::Ranking& ranking = report_.figures().ranking();
    const bool is_final = ranking.state() == v1::Ranking::STATE_FINAL;
    body.push_back(
        Heading{2, absl::StrCat(pact_.scheme_content().contents_size() + 1, ". Kết quả xếp hạng (",
                                is_final ? "chính thức" : "tạm tính", ")")});
    const bool has_classes =
        std::any_of(ranking.rows().begin(), ranking.rows().end(),
                    [](const v1::RankingRow& row) { return !row.class_id().empty(); });
    Table table;
    table.columns = {{"Hạng", 9, Align::kCentre},       {"Đơn vị", has_classes ? 25.0 : 37.0},
                     {"Điểm", 11, Align::kCentre},      {"Điểm thưởng", 11, Align::kCentre},
                     {"Tổng điểm", 11, Align::kCentre}, {"Điểm được giao", 11, Align::kCentre},
                     {"Tỷ lệ (%)", 10, Align::kCentre}};
    if (has_classes) table.columns.push_back({"Xếp loại", 12, Align::kCentre});
    for (const v1::RankingRow& row : ranking.rows()) {
      const std::string rank = row.rank() == 0
                                   ? std::string(kDash)
                                   : absl::StrCat(row.rank(), row.shared() ? " (đồng hạng)" : "");
      const std::string& percent = row.percent_of_assigned();
      const v1::RankingExact& exact = row.exact();
      Table::Row line{{rank, row.unit_display_name(), PrintContract(row.points(), exact.points()),
                       PrintContract(row.bonus(), exact.bonus()),
                       PrintContract(row.total(), exact.total()),
                       PrintContract(row.assigned_points(), exact.assigned_points()),
                       percent.empty() ? std::string(kDash)
                                       : PrintContract(percent, exact.percent_of_assigned())}};
      if (has_classes) {
        line.cells.push_back(row.class_id().empty() ? std::string(kDash)
                                                    : row.class_display_name());
      }
      table.rows.push_back(std::move(line));
    }
    table.together = table.rows.size() <= kRowsTogether;
    body.push_back(std::move(table));
    AddWhatDecided(ranking, body);
    if (MixesVersions()) {
      body.push_back(Plain(absl::StrCat(
          "Xếp hạng trên đây tính từ kỳ báo cáo phiên bản ", ranking.period_version(),
          "; các số liệu khác của báo cáo này là của phiên bản ", review_.period_version(), ".")));
    }
    Paragraph source = Plain(absl::StrCat("Phiên bản xếp hạng: ", ranking.revision(), "."));
    source.small = true;
    body.push_back(std::move(source));
    for (const std::string& note : ranking.notes()) body.push_back(Plain(note));
  }

  // Of units that are equal by what they are ranked by and have different ranks, what decided.
  static void AddWhatDecided(const v1::Ranking& ranking, std::vector<Block>& body) {
    const auto& rows = ranking.rows();
    for (auto row = rows.begin(); row != rows.end(); ++row) {
      if (row->decided_by_name().empty()) continue;
      const auto below = std::find_if(
          row, rows.end(), [&](const v1::RankingRow& other) { return other.rank() > row->rank(); });
      if (below == rows.end()) continue;
      body.push_back(Plain(absl::StrCat(
          "- ", row->unit_display_name(), " xếp trên ", below->unit_display_name(),
          ": bằng nhau khi so sánh nhưng ", row->decided_by().less_is_better() ? "thấp hơn" : "hơn",
          " ở ", Quoted(row->decided_by_name()), ".")));
    }
  }

  // What is missing, in the target's measure; "" when that cannot be said.
  absl::StatusOr<std::string> Missing(const ReviewLine& line) const {
    ASSIGN_OR_RETURN(const domain::Target target,
                     messages::ReadTarget("target", pact_.name(), line.target()));
    ASSIGN_OR_RETURN(const Quantity actual,
                     messages::ReadQuantity("actual", line.result().actual(), target.measure));
    if (!target.value.has_value() || !actual.has_value()) return std::string();
    const Rational wanted(target.value.value), reached(actual.value);
    const bool exact = actual.qualifier == domain::Qualifier::kExact &&
                       target.value.qualifier == domain::Qualifier::kExact;
    const auto amount = [&](const Rational& value) {
      const bool glued = target.measure == "%" || target.measure == "‰";
      return absl::StrCat(exact ? "" : "khoảng ", PrintShort(value), glued ? "" : " ",
                          target.measure);
    };
    if (target.direction == domain::Direction::kLowerIsBetter) {
      if (reached <= wanted) return std::string();
      return absl::StrCat("còn cao hơn chỉ tiêu ", amount(reached - wanted));
    }
    if (reached >= wanted) return std::string();
    if (target.accumulation == domain::Accumulation::kRate) {
      return absl::StrCat("còn thấp hơn chỉ tiêu ", amount(wanted - reached));
    }
    const Rational pace = domain::PaceOf(target, *period_);
    const std::string to_year =
        absl::StrCat("còn thiếu ", amount(wanted - reached), " so với chỉ tiêu năm");
    if (IsYear(report_) || wanted * pace <= reached) return to_year;
    return absl::StrCat("còn thiếu ", amount(wanted * pace - reached), " so với tiến độ (",
                        PrintShort(pace * 100), "% chỉ tiêu năm), ",
                        absl::StripPrefix(to_year, "còn thiếu "));
  }

  // What is behind, with what is missing: a few as text, more as a table.
  absl::Status AddBehind(std::vector<Block>& body) const {
    Table table;
    table.points = 11;
    table.columns = {{"STT", 8, Align::kCentre},
                     {"Đơn vị", 20},
                     {"Chỉ tiêu", 36},
                     {"Kết quả", 20},
                     {"Còn thiếu", 20}};
    std::vector<std::string> sentences;
    for (const ReviewLine& line : review_.lines()) {
      if (line.standing() != ReviewLine::STANDING_BEHIND) continue;
      ASSIGN_OR_RETURN(const std::string missing, Missing(line));
      sentences.push_back(absl::StrCat("- ", line.unit_display_name(), ": ", Sentence(line),
                                       missing.empty() ? "" : "; ", missing));
      table.rows.push_back({{absl::StrCat(table.rows.size() + 1), line.unit_display_name(),
                             line.target().display_name(), line.sentence(),
                             std::string(absl::StripPrefix(missing, "còn thiếu "))}});
    }
    const std::string title =
        absl::StrCat(IsYear(report_) ? "Chỉ tiêu chưa đạt (" : "Chỉ tiêu chậm tiến độ (",
                     Padded(static_cast<int>(sentences.size())), "):");
    if (table.rows.size() <= kInOneParagraph) {
      AddList(title, sentences, body);
      return absl::OkStatus();
    }
    AddList(title, {""}, body);
    body.back() = std::move(table);
    return absl::OkStatus();
  }

  // Nothing when there are no lines.
  static void AddList(std::string title, const std::vector<std::string>& lines,
                      std::vector<Block>& body) {
    if (lines.empty()) return;
    Paragraph lead{{Run{std::move(title), /*bold=*/false, /*italic=*/true}}};
    lead.with_next = true;
    body.push_back(std::move(lead));
    for (const std::string& line : lines) {
      body.push_back(Plain(absl::StrCat(line, &line == &lines.back() ? "." : ";")));
    }
  }

  absl::Status AddShortcomings(std::vector<Block>& body) const {
    std::vector<std::string> not_reported, not_computable;
    bool any_behind = false;
    for (const ReviewLine& line : review_.lines()) {
      const std::string who = absl::StrCat("- ", line.unit_display_name(), ": ");
      any_behind |= line.standing() == ReviewLine::STANDING_BEHIND;
      if (line.standing() == ReviewLine::STANDING_NOT_REPORTED) {
        not_reported.push_back(absl::StrCat(who, line.target().display_name()));
      } else if (line.standing() == ReviewLine::STANDING_NOT_COMPUTABLE) {
        const std::string stated = AsStated(line);
        not_computable.push_back(absl::StrCat(
            who, Sentence(line), stated.empty() ? "" : " (theo số đơn vị nêu: ", stated,
            stated.empty() ? "" : ")"));
      }
    }
    if (!any_behind && not_reported.empty()) {
      body.push_back(
          Plain(absl::StrCat("Không có chỉ tiêu ", BehindWord(), " hoặc chưa báo cáo.")));
    }
    RETURN_IF_ERROR(AddBehind(body));
    AddList(absl::StrCat("Chỉ tiêu chưa báo cáo (", Padded(static_cast<int>(not_reported.size())),
                         "):"),
            not_reported, body);
    AddList(absl::StrCat("Chỉ tiêu không tính được vì thiếu số liệu để đối chiếu (",
                         Padded(static_cast<int>(not_computable.size())), "):"),
            not_computable, body);
    if (const ReportSection* written = FindSection(report_, ReportSection::KIND_SHORTCOMINGS)) {
      for (const std::string& text : written->paragraphs()) body.push_back(Plain(text));
    }
    return absl::OkStatus();
  }

  void AddWritten(ReportSection::Kind kind, absl::string_view what,
                  std::vector<Block>& body) const {
    const ReportSection* written = FindSection(report_, kind);
    if (written == nullptr) {
      body.push_back(ToBeWritten(what));
      return;
    }
    for (const std::string& text : written->paragraphs()) body.push_back(Plain(text));
  }

  void AddClosing(std::vector<Block>& body) const {
    const std::string& addressee = report_.template_().addressee();
    Paragraph closing = Plain(absl::StrCat(
        "Trên đây là báo cáo ", Kind(/*first_capital=*/false), " thực hiện giao ước thi đua ",
        PeriodName(), " của ", report_.bloc_display_name(), ", kính gửi ", addressee, "./."));
    closing.with_next = true;  // Signatures do not stand alone on a page.
    body.push_back(std::move(closing));
  }

  std::string StandingWords(ReviewLine::Standing standing) const {
    switch (standing) {
      case ReviewLine::STANDING_REACHED:
        return "Đạt chỉ tiêu năm";
      case ReviewLine::STANDING_ON_PACE:
        return "Đúng tiến độ";
      case ReviewLine::STANDING_BEHIND:
        return IsYear(report_) ? "Chưa đạt" : "Chậm tiến độ";
      case ReviewLine::STANDING_NOT_REPORTED:
        return "Chưa báo cáo";
      case ReviewLine::STANDING_NOT_COMPUTABLE:
        return "Không tính được";
      case ReviewLine::STANDING_INFORMATIONAL:
        return "Thông tin";
      case ReviewLine::STANDING_NOT_ASSIGNED:
        return "Không được giao";
      case ReviewLine::STANDING_VOIDED:
        return "Đã đưa ra khỏi giao ước";
      default:
        return std::string(kDash);
    }
  }

  // How a percentage would stand that nothing confirms; "" when there is none.
  std::string AsStated(const ReviewLine& line) const {
    if (line.standing_as_stated() == ReviewLine::STANDING_UNSPECIFIED) return "";
    return documents::SmallFirst(StandingWords(line.standing_as_stated()));
  }

  static absl::StatusOr<std::string> FigureCell(const type::v1::Quantity& quantity,
                                                const std::string& measure) {
    ASSIGN_OR_RETURN(const Quantity read, messages::ReadQuantity("", quantity, measure));
    if (!read.has_value()) return std::string(kDash);
    return absl::StrCat(domain::QualifierWord(read.qualifier), domain::PrintNumber(read.value));
  }

  absl::StatusOr<documents::Annex> TheAnnex() const {
    documents::Annex annex;
    annex.label = "PHỤ LỤC";
    annex.title =
        absl::StrCat("KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU ", documents::Capitals(PeriodName()));
    annex.note =
        absl::StrCat("(Kèm theo Báo cáo số        ", report_.template_().number_suffix(), " ",
                     kDayRoom, YearOfIssue(), " của ", report_.bloc_display_name(), ")");
    annex.landscape = true;
    Table table;
    table.points = 11;
    table.columns = {{"STT", 5, Align::kCentre},
                     {"Đơn vị", 19},
                     {"Chỉ tiêu", 29},
                     {"Đơn vị tính", 11, Align::kCentre},
                     {"Chỉ tiêu năm", 10, Align::kRight},
                     {"Thực hiện", 10, Align::kRight},
                     {"Tỷ lệ (%)", 8, Align::kRight},
                     {"Đánh giá", 15},
                     {"Nguồn số liệu", 17}};
    bool any_stated = false;
    for (const ReviewLine& line : review_.lines()) {
      const registry::v1::Target& target = line.target();
      const bool stated = line.basis() == v1::ACHIEVEMENT_BASIS_STATED;
      any_stated |= stated;
      ASSIGN_OR_RETURN(std::string wanted, FigureCell(target.value(), target.measure()));
      std::string actual(kDash);
      if (line.has_result()) {
        ASSIGN_OR_RETURN(actual, FigureCell(line.result().actual(), target.measure()));
      }
      std::string words = StandingWords(line.standing());
      if (const std::string as_stated = AsStated(line); !as_stated.empty()) {
        absl::StrAppend(&words, " (theo số đơn vị nêu: ", as_stated, ")");
      }
      const std::string percent =
          line.achievement_percent().empty()
              ? std::string(kDash)
              : absl::StrCat(VietnamesePercent(line.achievement_percent()), stated ? "*" : "");
      table.rows.push_back(
          {{absl::StrCat(table.rows.size() + 1), line.unit_display_name(), target.display_name(),
            target.measure().empty() ? std::string(kDash) : target.measure(), wanted, actual,
            percent, words,
            line.has_result()
                ? absl::StrCat(IdOf(target.name()), ", lần ", line.result().revision())
                : std::string(kDash)}});
    }
    annex.body.push_back(std::move(table));
    std::string sources = absl::StrCat(
        "Nguồn số liệu ghi mã chỉ tiêu và lần báo cáo của chỉ tiêu đó trong kỳ ", PeriodResource(),
        ". Giao ước phiên bản ", review_.pact_version(), ", kỳ báo cáo phiên bản ",
        review_.period_version(), ", số liệu lúc ", PrintInstant(review_.data_time()), ".");
    if (MixesVersions()) {
      absl::StrAppend(&sources, " Riêng xếp hạng tính từ kỳ báo cáo phiên bản ",
                      report_.figures().ranking().period_version(), ".");
    }
    if (any_stated) {
      sources +=
          "\n* Tỷ lệ do đơn vị nêu, không có chỉ tiêu đăng ký để đối chiếu nên chưa được xác nhận.";
    }
    if (report_.figures().stale()) {
      sources +=
          "\nKhi lấy số liệu, dịch vụ đang mất kết nối với nơi tiếp nhận kết quả: có thể đã có số "
          "liệu mới hơn.";
    }
    Paragraph note = Plain(std::move(sources));
    note.small = true;
    note.align = Align::kLeft;
    annex.body.push_back(std::move(note));
    return annex;
  }

  // The ranking is a final's, of before the period was opened again or its pact amended, and the
  // rest is as it is now.
  bool MixesVersions() const {
    return ShowsPoints(report_) &&
           report_.figures().ranking().period_version() != review_.period_version();
  }

  std::string PeriodResource() const {
    return absl::StrCat(pact_.name(), "/periods/", period_->id);
  }

  const v1::Report& report_;
  const Pact& pact_;
  const v1::MidYearReview& review_;
  domain::Pact domain_pact_;
  const domain::Period* period_ = nullptr;  // Of domain_pact_.
  int year_ = 0;
};

// Where a section stands in the report: by its kind, and the place of its content in the scheme.
// One whose content an amendment took away stays behind the others, and out of the document.
using SectionPlace = std::tuple<int, int, std::string>;
SectionPlace PlaceOfSection(const Pact& pact, const ReportSection& section) {
  const auto& contents = pact.scheme_content().contents();
  int place = 0;
  while (place < contents.size() && contents[place].criterion_id() != section.criterion_id()) {
    ++place;
  }
  return {section.kind(), place, section.criterion_id()};
}

}  // namespace

absl::StatusOr<Document> ComposeReport(const v1::Report& report) {
  return Composer::Compose(report);
}

v1::ReportTemplate Completed(const v1::ReportTemplate& given, const Pact& pact) {
  v1::ReportTemplate frame = given;
  const std::string& province = pact.province();
  const std::string issuing = documents::Capitals(pact.bloc_display_name());
  if (frame.superior_body().empty() && !province.empty()) {
    frame.set_superior_body(absl::StrCat("UBND ", documents::Capitals(province)));
  }
  if (frame.issuing_body().empty()) frame.set_issuing_body(issuing);
  if (frame.number_suffix().empty()) {
    frame.set_number_suffix(absl::StrCat("/BC-", documents::Initials(pact.bloc_display_name())));
  }
  if (frame.place().empty()) {
    frame.set_place(province.empty() ? "………………" : PlaceOf(province));
  }
  if (frame.addressee().empty()) {
    frame.set_addressee(absl::StrCat("Hội đồng Thi đua - Khen thưởng ",
                                     province.empty() ? "tỉnh" : documents::SmallFirst(province)));
  }
  if (frame.recipients().empty()) {
    frame.add_recipients("Như trên");
    frame.add_recipients("Ban Thi đua - Khen thưởng tỉnh");
    frame.add_recipients("Các đơn vị trong khối");
  }
  if (frame.signers().empty()) {
    v1::ReportTemplate::Signer& signer = *frame.add_signers();
    signer.add_office(absl::StrCat("TM. ", issuing));
    signer.add_office("KHỐI TRƯỞNG");
  }
  return frame;
}

bool HasSection(const Pact& pact, const ReportSection& section) {
  if (section.kind() != ReportSection::KIND_CONTENT) return section.criterion_id().empty();
  const auto& contents = pact.scheme_content().contents();
  return std::any_of(contents.begin(), contents.end(), [&](const Criterion& content) {
    return content.criterion_id() == section.criterion_id();
  });
}

void PutSections(const google::protobuf::RepeatedPtrField<ReportSection>& written,
                 v1::Report& report) {
  const Pact& pact = report.figures().pact();
  std::map<SectionPlace, ReportSection> sections;
  for (const auto* some : {&report.sections(), &written}) {
    for (const ReportSection& section : *some) sections[PlaceOfSection(pact, section)] = section;
  }
  google::protobuf::RepeatedPtrField<ReportSection> put;
  for (auto& [place, section] : sections) {
    if (!section.paragraphs().empty()) *put.Add() = std::move(section);
  }
  report.mutable_sections()->Swap(&put);
}

std::vector<ReportSection> MissingSections(const v1::Report& report) {
  std::vector<ReportSection> missing;
  const auto require = [&](ReportSection::Kind kind, const std::string& criterion) {
    if (FindSection(report, kind, criterion) != nullptr) return;
    ReportSection& section = missing.emplace_back();
    section.set_kind(kind);
    section.set_criterion_id(criterion);
  };
  const auto& contents = report.figures().pact().scheme_content().contents();
  const auto lines = LinesByContent(report);
  for (int i = 0; i < contents.size(); ++i) {
    const bool told = !lines[static_cast<size_t>(i)].empty() ||
                      (!TakesTargets(contents[i]) && UnitsWithPoints(report, contents[i]) > 0);
    if (!told) require(ReportSection::KIND_CONTENT, contents[i].criterion_id());
  }
  require(ReportSection::KIND_DIRECTIONS, "");
  require(ReportSection::KIND_PROPOSALS, "");
  return missing;
}

}  // namespace thidua::scoring
