#include "services/results_ingest/ready_pacts.h"

#include <iterator>
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
  const auto found = by_name_.find(name);
  if (found == by_name_.end() || found->second->pact->version != version) return nullptr;
  kept_.splice(kept_.begin(), kept_, found->second);
  return kept_.front().pact;
}

void ReadyPacts::Keep(const std::string& name, std::shared_ptr<const ReadyPact> pact) {
  const absl::MutexLock lock(&mutex_);
  if (const auto before = by_name_.find(name); before != by_name_.end()) Drop(before->second);
  targets_ += pact->targets.size();
  kept_.push_front({name, std::move(pact)});
  by_name_[name] = kept_.begin();
  while (targets_ > kTargetsMax && kept_.size() > 1) Drop(std::prev(kept_.end()));
}

void ReadyPacts::Drop(std::list<Kept>::iterator kept) {
  targets_ -= kept->pact->targets.size();
  by_name_.erase(kept->name);
  kept_.erase(kept);
}

}  // namespace thidua::results_ingest
