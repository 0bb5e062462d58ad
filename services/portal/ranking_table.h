// A ranking as a table to print and to calculate with.
#ifndef THIDUA_SERVICES_PORTAL_RANKING_TABLE_H_
#define THIDUA_SERVICES_PORTAL_RANKING_TABLE_H_

#include <string>

#include "absl/status/status.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::portal {

// What it is stands above: the bloc and the period, whether it is official, what every shown
// ranking says of itself, and of which data it is. A row a unit, in its order. Points and
// percentages are numbers with the digits that the ranking has, texts are never formulas. The
// file's ending says which: ".xlsx", ".csv". Faults: those of sheets::CreateTable.
absl::Status WriteRankingTable(const scoring::v1::GetRankingResponse& response,
                               const std::string& path);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_RANKING_TABLE_H_
