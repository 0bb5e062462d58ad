#include "services/cli/extract.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/cli/table.h"
#include "services/domain/report_tokens.h"
#include "services/result_files/figure_text.h"

namespace thidua::cli {
namespace {

using domain::DoubtfulNumber;
using domain::Fault;
using domain::Proposal;
using domain::Qualifier;
using domain::Quantity;
using domain::ReportPlace;
using domain::ReportReading;
using Json = nlohmann::ordered_json;

const char* NameOf(Qualifier qualifier) {
  switch (qualifier) {
    case Qualifier::kExact:
      return "QUALIFIER_EXACT";
    case Qualifier::kAtLeast:
      return "QUALIFIER_AT_LEAST";
    case Qualifier::kNearly:
      return "QUALIFIER_NEARLY";
    case Qualifier::kAbout:
      return "QUALIFIER_ABOUT";
  }
  return "QUALIFIER_UNSPECIFIED";
}

std::string FigureCell(const Quantity& quantity) {
  if (!quantity.has_value()) return "";
  return result_files::FigureText(quantity.qualifier, quantity.value);
}

std::string PercentCell(const Proposal& proposal) {
  if (!proposal.stated_percent.has_value()) return "";
  return absl::StrCat(result_files::FigureText(proposal.stated_qualifier, *proposal.stated_percent),
                      "%");
}

std::string ShortPlace(const ReportPlace& place) {
  return absl::StrCat(place.line, ":", place.column);
}

std::string RemarksCell(const Proposal& proposal) {
  return absl::StrJoin(proposal.remarks, " ",
                       [](std::string* out, const Fault& remark) { *out += remark.message; });
}

Json PlaceJson(const ReportPlace& place) {
  return {{"line", place.line}, {"column", place.column}, {"excerpt", place.excerpt}};
}

Json QuantityJson(const Quantity& quantity) {
  if (!quantity.has_value()) return nullptr;
  return {{"value", quantity.value.ToString()},
          {"qualifier", NameOf(quantity.qualifier)},
          {"measure", quantity.measure},
          {"text", quantity.text}};
}

Json ProposalJson(const Proposal& proposal) {
  Json json = {{"unitText", proposal.unit},
               {"targetText", proposal.name},
               {"actual", QuantityJson(proposal.actual)},
               {"target", QuantityJson(proposal.target)},
               {"statedPercent", nullptr},
               {"place", PlaceJson(proposal.place)},
               {"remarks", Json::array()}};
  if (proposal.stated_percent.has_value()) {
    json["statedPercent"] = {{"value", proposal.stated_percent->ToString()},
                             {"qualifier", NameOf(proposal.stated_qualifier)}};
  }
  for (const Fault& remark : proposal.remarks) {
    json["remarks"].push_back({{"field", remark.path},
                               {"reason", remark.reason},
                               {"message", remark.message},
                               {"suggestion", remark.suggestion}});
  }
  return json;
}

std::string CsvCell(std::string text) {
  // A spreadsheet runs what begins with these.
  constexpr absl::string_view kFormulas = "=+-@\t\r";
  if (!text.empty() && absl::StrContains(kFormulas, text.substr(0, 1))) text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

std::string CsvLine(const std::vector<std::string>& cells) {
  return absl::StrCat(absl::StrJoin(cells, ",",
                                    [](std::string* out, const std::string& cell) {
                                      absl::StrAppend(out, CsvCell(cell));
                                    }),
                      "\r\n");
}

}  // namespace

absl::StatusOr<ReportReading> ReadReportFile(const std::string& file) {
  std::ifstream stream;
  if (file != "-") {
    // A folder opens like a file, and reads like an empty one.
    std::error_code ignored;
    if (!std::filesystem::is_directory(file, ignored)) stream.open(file, std::ios::binary);
    if (!stream.is_open()) return absl::NotFoundError(absl::StrCat("không đọc được tệp ", file));
  }
  std::istream& input = file == "-" ? std::cin : stream;
  // One byte more than is read: enough to refuse a text that is longer.
  std::string text(domain::kReportMaxBytes + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(input.gcount()));
  if (input.bad()) return absl::NotFoundError(absl::StrCat("không đọc được tệp ", file));
  return domain::ReadReport(text);
}

std::string ExtractPage(const ReportReading& reading, int width) {
  const std::string title = absl::StrCat(
      "ĐỀ XUẤT TỪ VĂN BẢN · ", reading.proposals.size(),
      " dòng · chưa lưu vào đâu: cần người đối chiếu với văn bản và xác nhận từng dòng");
  std::string page = absl::StrCat(absl::StrJoin(Wrap(title, width), "\n"), "\n");
  Table rows({{"STT", Align::kRight},
              {"Đơn vị"},
              {"Chỉ tiêu"},
              {"Kết quả", Align::kRight},
              {"Chỉ tiêu năm", Align::kRight},
              {"Tỷ lệ", Align::kRight},
              {"Đơn vị tính"}});
  Table places({{"STT", Align::kRight}, {"Dòng:cột"}, {"Trích văn bản"}, {"Lưu ý"}});
  int number = 0;
  for (const Proposal& proposal : reading.proposals) {
    const std::string index = absl::StrCat(++number);
    rows.Add({index, proposal.unit, proposal.name, FigureCell(proposal.actual),
              FigureCell(proposal.target), PercentCell(proposal), proposal.actual.measure});
    places.Add({index, ShortPlace(proposal.place), proposal.place.excerpt, RemarksCell(proposal)});
  }
  if (number > 0) {
    absl::StrAppend(&page, "\n", rows.Print(width), "\nNGUỒN\n\n", places.Print(width));
  }
  if (reading.doubtful.empty()) return page;
  Table doubtful({{"Dòng:cột"}, {"Số"}, {"Vì sao không đề xuất"}, {"Trích văn bản"}});
  for (const DoubtfulNumber& one : reading.doubtful) {
    doubtful.Add({ShortPlace(one.place), one.text, one.message, one.place.excerpt});
  }
  absl::StrAppend(&page, "\nKHÔNG CHẮC LÀ SỐ LIỆU: ", reading.doubtful.size(), "\n\n",
                  doubtful.Print(width));
  return page;
}

std::string ExtractJson(const ReportReading& reading) {
  Json json = {{"proposals", Json::array()}, {"doubtful", Json::array()}};
  for (const Proposal& proposal : reading.proposals) {
    json["proposals"].push_back(ProposalJson(proposal));
  }
  for (const DoubtfulNumber& one : reading.doubtful) {
    json["doubtful"].push_back({{"text", one.text},
                                {"reason", one.reason},
                                {"message", one.message},
                                {"place", PlaceJson(one.place)}});
  }
  return absl::StrCat(json.dump(2), "\n");
}

std::string ExtractCsv(const ReportReading& reading) {
  std::string csv = "\uFEFF";  // Without it spreadsheets take the text for another encoding.
  absl::StrAppend(&csv, CsvLine({"Xác nhận", "Đơn vị", "Chỉ tiêu", "Kết quả", "Chỉ tiêu năm",
                                 "Tỷ lệ", "Đơn vị tính", "Nguồn"}));
  for (const Proposal& proposal : reading.proposals) {
    const ReportPlace& place = proposal.place;
    std::string source =
        absl::StrCat("dòng ", place.line, ", cột ", place.column, ": ", place.excerpt);
    // What a person must look at is said where the row is confirmed.
    if (!proposal.remarks.empty()) {
      absl::StrAppend(&source, " [Lưu ý: ", RemarksCell(proposal), "]");
    }
    absl::StrAppend(&csv, CsvLine({"", proposal.unit, proposal.name, FigureCell(proposal.actual),
                                   FigureCell(proposal.target), PercentCell(proposal),
                                   proposal.actual.measure, std::move(source)}));
  }
  return csv;
}

absl::Status WriteCsvFile(const std::string& file, const std::string& csv) {
  std::FILE* stream = std::fopen(file.c_str(), "wbx");
  if (stream == nullptr && errno == EEXIST) {
    return absl::AlreadyExistsError(
        absl::StrCat("tệp ", file, " đã có, có thể đã được đánh dấu xác nhận: hãy chọn tên khác"));
  }
  bool is_written = stream != nullptr;
  if (stream != nullptr) {
    is_written = std::fwrite(csv.data(), 1, csv.size(), stream) == csv.size();
    is_written = std::fclose(stream) == 0 && is_written;
  }
  if (is_written) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("không ghi được tệp ", file));
}

}  // namespace thidua::cli
