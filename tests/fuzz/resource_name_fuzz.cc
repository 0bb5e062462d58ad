// Any bytes as the name of a resource, as a slug, as a ranking's key in Redis, as a pattern of
// periods, as a day: taken or refused, never a crash; and what is taken is written just as it was
// read, so that one thing has one name.
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/domain/date.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/messages/resource_names.h"
#include "services/scoring/period_pattern.h"
#include "services/scoring/ranking_hash.h"
#include "tests/fuzz/hold.h"

namespace {

using namespace thidua;
using tests::Goal;
using tests::Hold;

Goal name_taken("a name of a resource");
Goal key_taken("a ranking's key");
Goal pattern_taken("a pattern of periods");
Goal day_taken("a day");

int taken;

void Check(const absl::StatusOr<std::string>& id, std::string (*written)(absl::string_view),
           absl::string_view name) {
  if (!id.ok()) {
    Hold(domain::FaultsOf(id.status()).size() == 1, "what is refused has one fault");
    return;
  }
  ++taken;
  Hold(!domain::CheckIdentifier("", *id).has_value(), "what names a resource is a slug");
  Hold(written(*id) == name, "a name is written as it was read");
}

template <typename Name>
void Check(const absl::StatusOr<Name>& read, absl::string_view name) {
  if (!read.ok()) {
    Hold(domain::FaultsOf(read.status()).size() == 1, "what is refused has one fault");
    return;
  }
  ++taken;
  Hold(read->ToString() == name, "a name is written as it was read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tests::InputTime time;
  const absl::string_view name(reinterpret_cast<const char*>(data), size);
  using namespace messages;
  taken = 0;
  Check(ReadUnitName("f", name), UnitName, name);
  Check(ReadBlocName("f", name), BlocName, name);
  Check(ReadSchemeDraftName("f", name), SchemeDraftName, name);
  Check(ReadReorganisationName("f", name), ReorganisationName, name);
  Check(ReadImportName("f", name), ImportName, name);
  Check(ReadSchemeName("f", name), name);
  Check(ReadPactName("f", name), name);
  Check(ReadTargetName("f", name), name);
  Check(ReadPeriodName("f", name), name);
  Check(ReadResultName("f", name), name);
  Check(ReadSubmissionName("f", name), name);
  Check(ReadReportName("f", name), name);
  Check(ReadEvidenceName("f", name), name);
  Check(ReadIneligibilityName("f", name), name);
  Check(ReadAwardProposalName("f", name), name);
  if (taken == 1) name_taken.Reach();
  Hold(taken <= 1, "a name is of one kind of resource");

  if (const std::string key = scoring::RankingKey(name); !key.empty()) {
    Hold(scoring::PeriodOfKey(key) == name, "a period's key leads to that period");
  }
  if (const std::string period = scoring::PeriodOfKey(name); !period.empty()) {
    key_taken.Reach();
    Hold(scoring::RankingKey(period) == name, "a key is that of its period");
  }
  const auto pattern = scoring::ReadPeriodPattern("f", name);
  if (pattern.ok()) pattern_taken.Reach();
  if (pattern.ok() && ReadPeriodName("f", name).ok()) {
    Hold(pattern->Matches(name), "a period matches its own name");
  }
  if (const auto day = domain::ParseDate(name); day.ok()) {
    day_taken.Reach();
    Hold(domain::DateToString(*day) == name, "a day is written as it was read");
  }
  return 0;
}
