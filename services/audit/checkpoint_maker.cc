#include "services/audit/checkpoint_maker.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/audit/checkpoint.h"
#include "services/platform/background.h"
#include "services/platform/log.h"

namespace thidua::audit {

CheckpointMaker::CheckpointMaker(storage::Database& database, absl::Duration every)
    : database_(database), every_(every), thread_([this] { Run(); }) {}

CheckpointMaker::~CheckpointMaker() { Stop(); }

void CheckpointMaker::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void CheckpointMaker::Run() {
  platform::WorkInBackground();
  for (bool stopping = false; !stopping;) {
    {
      const absl::MutexLock lock(&mutex_);
      stopping = mutex_.AwaitWithTimeout(absl::Condition(&stopping_), every_);
    }
    Make();
  }
}

void CheckpointMaker::Make() {
  while (true) {
    const auto made = MakeCheckpoint(database_, absl::Now());
    if (!made.ok()) {
      failures_.Increment();
      platform::Log(platform::Severity::kError, "no audit checkpoint",
                    {{"why", made.status().ToString()}});
      return;
    }
    if (!made->has_value()) return;
    const v1::AuditCheckpoint& checkpoint = **made;
    platform::Log(platform::Severity::kInfo, "audit checkpoint",
                  {{"number", absl::StrCat(checkpoint.number())},
                   {"hash", checkpoint.hash()},
                   {"chains", absl::StrCat(checkpoint.chains())},
                   {"entries", absl::StrCat(checkpoint.entries())}});
  }
}

}  // namespace thidua::audit
