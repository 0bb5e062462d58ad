// Judges a history: whether what clients were told can be true of one store that loses nothing.
#ifndef THIDUA_TESTS_FAULTS_HISTORY_CHECKER_H_
#define THIDUA_TESTS_FAULTS_HISTORY_CHECKER_H_

#include <map>
#include <string>
#include <vector>

#include "tests/faults/history.pb.h"

namespace thidua::tests {

// What the units are called that clients have registered.
inline constexpr char kRegisteredPrefix[] = "units/don-vi-moi-";

struct Violation {
  enum class Kind {
    kUnanswered,      // A write that nobody answered in the end.
    kRefused,         // What was sound was refused for another reason than a sealed period.
    kNotRepeated,     // A write that was asked once more is not answered as it was.
    kLost,            // An acknowledged write is not in the store, or no longer as it was.
    kDoubled,         // One request was stored twice, or though it was refused.
    kNobodyWrote,     // The store has what nobody asked for.
    kGap,             // Versions or revisions that do not rise by one.
    kRestoredWrong,   // After a restore the store is not what it was at that version.
    kUnknownVersion,  // A ranking names data that never was.
    kWrongRanking,    // A ranking is not the oracle's of the version that it names.
    kOlderThanToken,  // A read showed less than its token asks for.
    kWentBack,        // Redis showed an older ranking after a newer one.
    kFinalChanged,    // A final is not, or no longer, what was answered when it was made.
    kNotSealed,       // A final is of a version at which the period was not sealed.
    kSealBroken,      // A period changed between its being sealed and its being opened again.
    kUnsynced,        // Something was acknowledged while nothing of that service could be synced.
    kComplaint,       // A client was told what nobody may be told, whatever is broken.
  };
  Kind kind;
  std::string what;
};
std::string NameOf(Violation::Kind kind);

struct Judgement {
  std::vector<Violation> violations;
  // How much was looked at: by name, such as "writes acknowledged".
  std::map<std::string, int64_t> counts;
};

Judgement Judge(const faults::History& history);

}  // namespace thidua::tests

#endif  // THIDUA_TESTS_FAULTS_HISTORY_CHECKER_H_
