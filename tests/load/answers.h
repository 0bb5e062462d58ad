// Whether everybody within their limits was answered as they should be.
#ifndef THIDUA_TESTS_LOAD_ANSWERS_H_
#define THIDUA_TESTS_LOAD_ANSWERS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace thidua::load {

// The code of a fresh read that was told to come back, for the write had not come so far in time:
// right, but slow.
inline constexpr char kNotInTime[] = "FRESHNESS_NOT_REACHED";
// Before the code of a write that was not taken, or not answered in time, and is sent again:
// "SENT_AGAIN RESOURCE_EXHAUSTED".
inline constexpr char kSentAgain[] = "SENT_AGAIN ";

// What is wrong with the answers of one kind, in words: any error, and when nothing was answered as
// it should be. `codes`: how often each. `carried`: this machine can carry all that is asked, so
// that nobody has to ask twice. Where it cannot, whoever there is no thread for is turned away, and
// at once.
std::vector<std::string> JudgeAnswers(const std::string& kind,
                                      const std::map<std::string, int64_t>& codes, bool carried);

}  // namespace thidua::load

#endif  // THIDUA_TESTS_LOAD_ANSWERS_H_
