// Points by layer between their messages and their domain form. Pure; thread-safe.
#ifndef THIDUA_SERVICES_MESSAGES_ASSESSMENT_H_
#define THIDUA_SERVICES_MESSAGES_ASSESSMENT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/assessment.h"
#include "services/domain/assessment_layer.h"
#include "thidua/results/v1/assessment.pb.h"
#include "thidua/type/v1/assessment_layer.pb.h"

namespace thidua::messages {

// Every fault under `path`: RESOURCE_NAME_INVALID ("unit"; "rater" when it is not empty), REQUIRED
// ("layer"; "points" where there are no figures: no points are not 0 points; "figures[0].value"),
// LAYER_UNKNOWN ("layer"), NUMBER_UNREADABLE and NUMBER_TOO_LONG ("points", "bonus",
// "figures[0].value"). Whether they may be given is domain::ValidateAssessment's to say.
absl::StatusOr<domain::Assessment> ReadAssessment(absl::string_view path,
                                                  const results::v1::Assessment& message);

// Digits are kept as written ("7.50"); a bonus of 0 is left empty, and so are points of 0 beside
// figures. Without note, revision and all else that the domain does not know.
results::v1::Assessment AssessmentMessage(const domain::Assessment& assessment);

// Faults at `path`: REQUIRED when it is unspecified, LAYER_UNKNOWN for a number of a newer
// contract.
absl::StatusOr<domain::Layer> ReadLayer(absl::string_view path, type::v1::AssessmentLayer layer);
type::v1::AssessmentLayer LayerMessage(domain::Layer layer);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_ASSESSMENT_H_
