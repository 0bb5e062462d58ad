#include "services/results_ingest/intake.h"

#include <google/protobuf/util/message_differencer.h>

#include <optional>

#include "absl/time/clock.h"
#include "services/domain/return_if_error.h"
#include "services/messages/resource_names.h"
#include "services/platform/log.h"
#include "services/results_ingest/store.h"

namespace thidua::results_ingest {

using messages::PactName;

Intake::Intake(storage::Database& database, platform::ChangeFeed& feed,
               const std::shared_ptr<grpc::Channel>& registry)
    : database_(database),
      feed_(feed),
      registry_(registry::v1::RegistryService::NewStub(registry)),
      follower_(
          {"registry",
           [this](grpc::ClientContext* context, registry::v1::WatchRequest request) {
             request.add_collections(registry::v1::COLLECTION_PACTS);
             request.add_collections(registry::v1::COLLECTION_UNITS);
             return registry_->Watch(context, request);
           }},
          {[this] { return ResumeToken(); }, [this] { return StartOver(); },
           [this](const registry::v1::WatchResponse& event) { return Apply(event); }, [] {}}) {}

std::string Intake::ResumeToken() {
  std::string token;
  const absl::Status status = database_.Read([&](storage::Transaction& transaction) {
    absl::StatusOr<std::string> stored = Store(transaction).RegistryResumeToken();
    if (stored.ok()) token = *std::move(stored);
    return stored.status();
  });
  // Without a token the watch sends everything again, which is as right, only longer.
  if (!status.ok()) {
    platform::Log(platform::Severity::kError, "resume token not read",
                  {{"why", status.ToString()}});
  }
  return token;
}

// The pacts that are here stay: results were taken for them.
absl::Status Intake::StartOver() {
  return database_.Write([](storage::Transaction& transaction) {
    return Store(transaction).PutRegistryResumeToken("");
  });
}

absl::Status Intake::Apply(const registry::v1::WatchResponse& event) {
  if (event.has_pact()) return ApplyPact(event);
  if (event.has_unit()) return ApplyUnit(event);
  return absl::OkStatus();  // Nothing changed: nothing to keep.
}

// Names by which rows find their unit; no version of a period is made of them.
absl::Status Intake::ApplyUnit(const registry::v1::WatchResponse& event) {
  ASSIGN_OR_RETURN(const std::string unit,
                   messages::ReadUnitName("unit.name", event.unit().name()));
  return database_.Write([&](storage::Transaction& transaction) -> absl::Status {
    Store store(transaction);
    RETURN_IF_ERROR(store.PutRegistryResumeToken(event.resume_token()));
    return store.PutUnit(unit, event.unit());
  });
}

absl::Status Intake::ApplyPact(const registry::v1::WatchResponse& event) {
  ASSIGN_OR_RETURN(const PactName name, messages::ReadPactName("pact.name", event.pact().name()));
  int64_t sequence = 0;
  RETURN_IF_ERROR(database_.Write([&](storage::Transaction& transaction) -> absl::Status {
    Store store(transaction);
    RETURN_IF_ERROR(store.PutRegistryResumeToken(event.resume_token()));
    ASSIGN_OR_RETURN(const std::optional<MirroredPact> known, store.FindPact(name));
    if (known.has_value() && known->registry_store_id == event.store_id() &&
        google::protobuf::util::MessageDifferencer::Equals(known->message, event.pact())) {
      return absl::OkStatus();  // Sent again after a broken line.
    }
    RETURN_IF_ERROR(store.PutPact(name, {event.store_id(), event.pact()}));
    RETURN_IF_ERROR(transaction.NextSequence().status());  // Wakes those who wait for this pact.
    // What is not signed by all is nobody's to see or to rank.
    if (event.pact().state() == registry::v1::Pact::STATE_IN_FORCE) {
      for (const registry::v1::Period& period : event.pact().periods()) {
        const messages::PeriodName of_pact = {name, period.period_id()};
        ASSIGN_OR_RETURN(const std::optional<PeriodState> state, store.FindPeriodState(of_pact));
        // A sealed period keeps the pact that it was sealed with.
        if (state.has_value() && state->sealed) continue;
        RETURN_IF_ERROR(store.AdvancePeriod(of_pact, absl::Now()).status());
      }
    }
    ASSIGN_OR_RETURN(sequence, transaction.Sequence());
    return absl::OkStatus();
  }));
  feed_.Advance(sequence);
  return absl::OkStatus();
}

}  // namespace thidua::results_ingest
