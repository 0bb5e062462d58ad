// Reads the prose of a report and proposes the rows that it may mean:
//
//   "Sở Lao động – TB&XH: giải quyết việc làm cho 17.893/35.000 lượt lao động, đạt 51,12% chỉ tiêu
//   năm"      unit "Sở Lao động – TB&XH", name "Giải quyết việc làm", 17.893 of 35.000 lượt lao
//             động, stated 51,12 %
//
// A proposal is for a person to confirm; nothing of it may be stored before. A number that is no
// figure (a date, a document's number, an age, a title's percentage) is passed over in silence; one
// that cannot be told apart is doubtful, with the reason, and never a proposal. What the report
// prints is never mended: a percentage that contradicts its own figures is remarked on.
//
// Pure; thread-safe. Time and space grow with the text and not faster.
#ifndef THIDUA_SERVICES_DOMAIN_REPORT_TEXT_H_
#define THIDUA_SERVICES_DOMAIN_REPORT_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/decimal.h"
#include "services/domain/fault.h"
#include "services/domain/quantity.h"

namespace thidua::domain {

// Where in the report a figure stands, and the sentence around it.
struct ReportPlace {
  uint32_t line = 0;    // From 1.
  uint32_t column = 0;  // In characters, from 1.
  std::string excerpt;  // On one line, at most some 160 characters; "…" where it was cut.
};

struct Proposal {
  std::string unit;  // As the report writes it; empty: the report does not say at this place.
  std::string name;  // Of the indicator: the sentence without its figures; at most 300 characters.
  // State kNotReported: none is printed. Measure: đơn vị tính as printed, "%" and "‰" included;
  // text: as printed.
  Quantity actual;
  Quantity target;
  std::optional<Decimal> stated_percent;
  Qualifier stated_qualifier = Qualifier::kExact;
  ReportPlace place;
  // What the person should look at. Paths "actual", "target", "stated_percent", "name", "measure".
  // Reasons: NUMBER_AMBIGUOUS (nothing in the report shows which mark groups thousands),
  // PERCENT_DISAGREES, PERCENT_SHARED (it stands with several figures), PERCENT_MAY_BE_SHARED,
  // PERCENT_MAY_BE_A_RATE, MEASURE_UNCLEAR.
  std::vector<Fault> remarks;
};

// A number that may be a figure.
struct DoubtfulNumber {
  std::string text;     // As printed.
  std::string reason;   // Stable, UPPER_SNAKE_CASE.
  std::string message;  // One Vietnamese sentence: why it was not taken.
  ReportPlace place;
};

struct ReportReading {
  std::vector<Proposal> proposals;       // In the order of the report.
  std::vector<DoubtfulNumber> doubtful;  // Likewise.
};

// Proposals and doubtful numbers of one report at most: each is for a person to look at.
inline constexpr size_t kReportMaxFigures = 20'000;

// `text` in UTF-8, composed or not, up to kReportMaxBytes. Faults: those of TokensOf
// (report_tokens.h), and TOO_MANY_FIGURES.
absl::StatusOr<ReportReading> ReadReport(absl::string_view text);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_REPORT_TEXT_H_
