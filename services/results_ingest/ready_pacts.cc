#include "services/results_ingest/ready_pacts.h"

#include <algorithm>
#include <utility>

#include "services/domain/return_if_error.h"
#include "services/messages/pact.h"

namespace thidua::results_ingest {

absl::StatusOr<std::shared_ptr<const ReadyPact>> ReadyPacts::Find(Store& store,
                                                                  const messages::PactName& name) {
  ASSIGN_OR_RETURN(const std::optional<PactVersion> version, store.FindPactVersion(name));
  if (!version.has_value()) return nullptr;
  const std::string key = name.ToString();
  if (auto known = Take(key, *version)) return known;

  ASSIGN_OR_RETURN(const std::optional<MirroredPact> mirrored, store.FindPact(name));
  if (!mirrored.has_value()) return absl::DataLossError("a pact's version without the pact");
  auto ready = std::make_shared<ReadyPact>();
  ready->version = *version;
  ready->in_force = mirrored->message.state() == registry::v1::Pact::STATE_IN_FORCE;
  ASSIGN_OR_RETURN(ready->pact, messages::ReadPact("", mirrored->message));
  ready->targets.reserve(ready->pact.targets.size());
  for (const domain::Target& target : ready->pact.targets) {
    ready->targets.emplace(target.id, &target);
  }
  Keep(key, ready);
  return ready;
}

std::shared_ptr<const ReadyPact> ReadyPacts::Take(const std::string& name,
                                                  const PactVersion& version) {
  const absl::MutexLock lock(&mutex_);
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return kept.name == name && kept.pact->version == version;
  });
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return found->pact;
}

void ReadyPacts::Keep(const std::string& name, std::shared_ptr<const ReadyPact> pact) {
  const absl::MutexLock lock(&mutex_);
  const auto drop = [this](std::list<Kept>::iterator kept) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    targets_ -= kept->pact->targets.size();
    kept_.erase(kept);
  };
  const auto before =
      std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) { return kept.name == name; });
  if (before != kept_.end()) drop(before);
  targets_ += pact->targets.size();
  kept_.push_front({name, std::move(pact)});
  while (targets_ > kTargetsMax && kept_.size() > 1) drop(std::prev(kept_.end()));
}

}  // namespace thidua::results_ingest
