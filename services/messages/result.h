// Results between their messages and their domain form.
#ifndef THIDUA_SERVICES_MESSAGES_RESULT_H_
#define THIDUA_SERVICES_MESSAGES_RESULT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/result.h"
#include "thidua/results/v1/result.pb.h"

namespace thidua::messages {

// A stored result, as results-ingest sends it on.
absl::StatusOr<domain::Result> ReadResult(const results::v1::Result& message);

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_RESULT_H_
