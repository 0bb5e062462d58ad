// The command that tells how rankings change, while they do.
#ifndef THIDUA_SERVICES_CLI_WATCH_H_
#define THIDUA_SERVICES_CLI_WATCH_H_

#include <map>
#include <string>

#include "absl/time/time.h"
#include "thidua/scoring/v1/scoring_service.pb.h"

namespace thidua::cli {

// Lines for people from the events of a watch, each thing once however often it is sent. For one
// thread at a time.
class RankingNews {
 public:
  // The lines of an event that was told at that time; empty: nothing is new.
  std::string LinesOf(const scoring::v1::WatchRankingsResponse& event, absl::Time now);
  // The present state comes again, whole: what is not in it has gone.
  void StartOver();

 private:
  struct Known {
    std::string title;
    std::string revision;
    bool shown_again = true;  // Since it started over.
  };
  std::string Gone(const std::string& period, absl::string_view time);

  std::map<std::string, Known> known_;  // By their periods.
  bool stale_ = false;
  bool begun_ = false;  // The present state was told.
};

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_WATCH_H_
