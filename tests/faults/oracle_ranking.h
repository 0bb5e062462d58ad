// What a period's figures rank to by the slow oracle of the domain (scoring_oracle_testlib.h),
// which shares no arithmetic and no structure with the services.
#ifndef THIDUA_TESTS_FAULTS_ORACLE_RANKING_H_
#define THIDUA_TESTS_FAULTS_ORACLE_RANKING_H_

#include <string>
#include <vector>

#include "thidua/results/v1/period.pb.h"
#include "thidua/scoring/v1/ranking.pb.h"

namespace thidua::tests {

// A line for each unit in order: its rank, and every number of its row as contracts print it ("2=
// units/so-y-te 511.2 …"). The scheme of the pact uses no formulas and nobody was assessed: such a
// period ends the process.
std::vector<std::string> OracleRows(const results::v1::PeriodInputs& inputs);

// The same of what was shown.
std::vector<std::string> RowsShown(const scoring::v1::Ranking& ranking);

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FAULTS_ORACLE_RANKING_H_
