// Tells what is wrong with a file of the caller's from what a service refuses: both are faults, and
// the command ends with another code.
#ifndef THIDUA_SERVICES_RESULT_FILES_FILE_FAULT_H_
#define THIDUA_SERVICES_RESULT_FILES_FILE_FAULT_H_

#include "absl/status/status.h"
#include "absl/strings/cord.h"

namespace thidua::result_files {

inline constexpr char kAboutTheFile[] = "thidua.result_files/about-the-file";

// The same status, marked. OK stays OK.
inline absl::Status AboutTheFile(absl::Status status) {
  if (!status.ok()) status.SetPayload(kAboutTheFile, absl::Cord());
  return status;
}

inline bool IsAboutTheFile(const absl::Status& status) {
  return status.GetPayload(kAboutTheFile).has_value();
}

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_FILE_FAULT_H_
