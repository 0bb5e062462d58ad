#include "services/scoring/standing.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "services/domain/assessment.h"
#include "services/domain/return_if_error.h"
#include "services/messages/assessment.h"
#include "services/messages/pact.h"
#include "services/messages/resource_names.h"
#include "services/messages/result.h"
#include "services/platform/log.h"
#include "services/scoring/ranking_message.h"

namespace thidua::scoring {

namespace {

std::string Print(const Revision& revision) {
  return absl::StrFormat("%04d-%015d-%012d-%04d", revision.finality, revision.store_epoch_ms,
                         revision.version, revision.engine);
}

}  // namespace

std::string RevisionOf(const ReceivedPeriod& received, int64_t finality) {
  return Print({.finality = finality,
                .store_epoch_ms = received.store_epoch_ms,
                .version = received.inputs.version(),
                .engine = domain::kEngineRevision});
}

std::optional<Revision> ReadRevision(absl::string_view revision) {
  const std::vector<absl::string_view> parts = absl::StrSplit(revision, '-');
  Revision read;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &read.finality) ||
      !absl::SimpleAtoi(parts[1], &read.store_epoch_ms) ||
      !absl::SimpleAtoi(parts[2], &read.version) || !absl::SimpleAtoi(parts[3], &read.engine) ||
      Print(read) != revision) {
    return std::nullopt;
  }
  return read;
}

void Standing::Compute() {
  assessed = domain::CountingPoints(pact, assessments);
  const domain::PeriodScore& computed = scored.emplace(pact, results, assessed);
  places = domain::AnythingKnown(*computed.sheet().figures) ? domain::Rank(computed)
                                                            : domain::Unranked(computed);
}

namespace {

// Fills what follows from what was received and the finality.
absl::Status Fill(Standing& standing, absl::Time now) {
  const results::v1::PeriodInputs& inputs = standing.received.inputs;
  ASSIGN_OR_RETURN(const messages::PeriodName name,
                   messages::ReadPeriodName("inputs.name", inputs.name()));
  ASSIGN_OR_RETURN(standing.pact, messages::ReadPact("inputs.pact", inputs.pact()));
  standing.period = domain::FindPeriod(standing.pact, name.period);
  if (standing.period == nullptr) return absl::DataLossError("a period that its pact lacks");
  standing.results.reserve(static_cast<size_t>(inputs.results_size()));
  for (const results::v1::Result& message : inputs.results()) {
    ASSIGN_OR_RETURN(domain::Result result, messages::ReadResult(message));
    standing.results.push_back(std::move(result));
    standing.result_messages[&standing.results.back()] = &message;
  }
  standing.assessments.reserve(static_cast<size_t>(inputs.assessments_size()));
  for (int i = 0; i < inputs.assessments_size(); ++i) {
    ASSIGN_OR_RETURN(domain::Assessment assessment,
                     messages::ReadAssessment(absl::StrCat("inputs.assessments[", i, "]"),
                                              inputs.assessments(i)));
    standing.assessments.push_back(std::move(assessment));
  }
  for (int i = 0; i < inputs.pact().targets_size(); ++i) {
    standing.target_messages[&standing.pact.targets[static_cast<size_t>(i)]] =
        &inputs.pact().targets(i);
  }
  standing.Compute();
  const Final* official = standing.finality.official.get();
  standing.ranking = official != nullptr ? official->ranking : RankingMessage(standing, now);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Standing>> ComputeStanding(ReceivedPeriod received,
                                                                absl::Time now,
                                                                PeriodFinality finality) {
  auto standing = std::make_shared<Standing>();
  standing->received = std::move(received);
  standing->finality = std::move(finality);
  RETURN_IF_ERROR(Fill(*standing, now));
  return standing;
}

absl::StatusOr<std::shared_ptr<const Standing>> ComputeShown(ReceivedPeriod&& received,
                                                             absl::Time now,
                                                             PeriodFinality finality) {
  auto standing = std::make_shared<Standing>();
  standing->received = std::move(received);
  standing->finality = finality;
  const absl::Status filled = Fill(*standing, now);
  if (filled.ok()) return standing;
  received = std::move(standing->received);
  platform::Log(platform::Severity::kError, "period not computed",
                {{"period", received.inputs.name()},
                 {"revision", RevisionOf(received, finality.number)},
                 {"why", filled.ToString()}});
  if (finality.official == nullptr) return filled;
  auto only_final = std::make_shared<Standing>();
  only_final->received = std::move(received);
  only_final->ranking = finality.official->ranking;
  only_final->finality = std::move(finality);
  return only_final;
}

}  // namespace thidua::scoring
