// The rows of reports, inside one transaction: every revision of what people write, each taking of
// the figures, and the bytes of what is final. Decides nothing. Errors are the storage library's;
// what is not there is nothing. What is stored is told to the trail.
#ifndef THIDUA_SERVICES_SCORING_REPORT_STORE_H_
#define THIDUA_SERVICES_SCORING_REPORT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/audit/trail.h"
#include "services/messages/resource_names.h"
#include "services/storage/database.h"
#include "thidua/scoring/v1/report.pb.h"

namespace thidua::scoring {

class ReportStore {
 public:
  explicit ReportStore(storage::Transaction& transaction) : transaction_(transaction) {}

  // The number of the period's newest report; 0 when it has none.
  absl::StatusOr<int64_t> Newest(const messages::PeriodName& period);
  // As it is now, with its figures.
  absl::StatusOr<std::optional<v1::Report>> Find(const messages::ReportName& name);
  // The newest of the period's reports before that number, as it was after change `sequence`;
  // without figures.
  absl::StatusOr<std::optional<v1::Report>> FindBefore(const messages::PeriodName& period,
                                                       int64_t before, int64_t sequence);
  // The next revision, of a new report the first. Its figures are kept when they are a new taking.
  absl::Status Put(const messages::ReportName& name, const v1::Report& report, audit::Trail& trail);

  absl::Status InsertFile(const messages::ReportName& name, v1::ReportFormat format,
                          absl::string_view bytes, audit::Trail& trail);
  absl::StatusOr<std::optional<std::string>> FindFile(const messages::ReportName& name,
                                                      v1::ReportFormat format);

 private:
  storage::Transaction& transaction_;
};

}  // namespace thidua::scoring

#endif  // THIDUA_SERVICES_SCORING_REPORT_STORE_H_
