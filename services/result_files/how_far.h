// Whom long work tells how far it has come.
#ifndef THIDUA_SERVICES_RESULT_FILES_HOW_FAR_H_
#define THIDUA_SERVICES_RESULT_FILES_HOW_FAR_H_

#include <functional>
#include <string>

namespace thidua::result_files {

// `fraction` is 0 to 1, `what` is being done, in Vietnamese. Called often, on the thread that
// works.
using HowFar = std::function<void(double fraction, const std::string& what)>;

// Nobody.
inline void Untold(double, const std::string&) {}

}  // namespace thidua::result_files

#endif  // THIDUA_SERVICES_RESULT_FILES_HOW_FAR_H_
