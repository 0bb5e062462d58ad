// What an import came to, for people.
#ifndef THIDUA_SERVICES_CLI_IMPORT_PAGE_H_
#define THIDUA_SERVICES_CLI_IMPORT_PAGE_H_

#include <string>
#include <vector>

#include "services/result_files/result_columns.h"
#include "services/result_files/result_table.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::cli {

// How many rows came to what; what of the table was passed over.
std::string ImportSummary(const results::v1::Import& import,
                          const result_files::PassedOver& passed_over,
                          const std::vector<std::string>& unknown_columns, int width);

// The rows that say something: where, about what, what is to be looked at, and what may have been
// meant. `columns`: of the table they came from, to point at the very cell; none: as the rows say.
std::string OutcomesPage(const std::vector<results::v1::ImportOutcome>& outcomes,
                         const result_files::ResultColumns& columns, int width);

// One sentence after the other, with what may have been meant: of the row's faults, or of its
// warnings.
std::string Sentences(const google::protobuf::RepeatedPtrField<results::v1::RowFault>& faults);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_IMPORT_PAGE_H_
