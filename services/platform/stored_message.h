// Messages in the columns of a store (docs/decisions/0004).
#ifndef THIDUA_SERVICES_PLATFORM_STORED_MESSAGE_H_
#define THIDUA_SERVICES_PLATFORM_STORED_MESSAGE_H_

#include <google/protobuf/message_lite.h>

#include "absl/status/status.h"
#include "services/storage/database.h"

namespace thidua::platform {

// DATA_LOSS when the column holds no such message.
inline absl::Status ReadStored(const storage::Row& row, int column,
                               google::protobuf::MessageLite& message) {
  if (message.ParseFromString(row.Text(column))) return absl::OkStatus();
  return absl::DataLossError("a stored message is unreadable");
}

}  // namespace thidua::platform

#endif  // THIDUA_SERVICES_PLATFORM_STORED_MESSAGE_H_
