// The report of a period (báo cáo sơ kết, tổng kết) as a document, from its message alone: the
// frozen figures and what people wrote. At every time but the year's end it says percentages and
// words only, no points and no ranks. Pure functions; thread-safe.
#ifndef THIDUA_SERVICES_SCORING_REPORT_H_
#define THIDUA_SERVICES_SCORING_REPORT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "services/documents/document.h"
#include "thidua/scoring/v1/report.pb.h"

namespace thidua::scoring {

// The same figures and texts give the same document. INVALID_ARGUMENT or DATA_LOSS when the figures
// are not what scoring froze.
absl::StatusOr<documents::Document> ComposeReport(const v1::Report& report);

// What was left empty filled in with what is customary for this pact.
v1::ReportTemplate Completed(const v1::ReportTemplate& given, const registry::v1::Pact& pact);

// Whether a section of that kind and content may be in the report.
bool HasSection(const registry::v1::Pact& pact, const v1::ReportSection& section);

// In the order of the report. Paragraphs of `written` take the place of those in `sections`.
void PutSections(const google::protobuf::RepeatedPtrField<v1::ReportSection>& written,
                 v1::Report& report);

// What is neither written nor follows from the figures: the document has a mark in its place.
std::vector<v1::ReportSection> MissingSections(const v1::Report& report);

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_REPORT_H_
