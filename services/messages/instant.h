// Moments between absl::Time and google.protobuf.Timestamp, to the millisecond.
#ifndef THIDUA_SERVICES_MESSAGES_INSTANT_H_
#define THIDUA_SERVICES_MESSAGES_INSTANT_H_

#include <google/protobuf/timestamp.pb.h>

#include "absl/time/time.h"

namespace thidua::messages {

inline google::protobuf::Timestamp InstantMessage(absl::Time time) {
  const int64_t ms = absl::ToUnixMillis(time);
  google::protobuf::Timestamp message;
  message.set_seconds(ms / 1000);
  message.set_nanos(static_cast<int32_t>(ms % 1000) * 1'000'000);
  return message;
}

inline absl::Time ReadInstant(const google::protobuf::Timestamp& message) {
  return absl::FromUnixSeconds(message.seconds()) + absl::Nanoseconds(message.nanos());
}

}  // namespace thidua::messages

#endif  // THIDUA_SERVICES_MESSAGES_INSTANT_H_
