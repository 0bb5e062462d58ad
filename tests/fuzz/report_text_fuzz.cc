// Any bytes: a report is read or refused, never crashes. No proposal is without a name or a figure,
// each has its place in the report, in order, and all that is told of it is text for people.
#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "services/domain/report_text.h"
#include "services/platform/admission.h"
#include "tests/fuzz/hold.h"

namespace {

using namespace thidua::domain;
using thidua::platform::IsUtf8;
using thidua::tests::Goal;
using thidua::tests::Hold;

Goal proposal_made("a proposal");
Goal doubt_told("a doubtful number");

using At = std::pair<uint32_t, uint32_t>;

At CheckPlace(const ReportPlace& place, At last) {
  const At at = {place.line, place.column};
  Hold(at.first >= 1 && at.second >= 1, "places count from 1");
  Hold(at >= last, "in the order of the report");
  Hold(IsUtf8(place.excerpt) && place.excerpt.find('\n') == std::string::npos,
       "an excerpt is a line of text");
  return at;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const thidua::tests::InputTime time;
  const auto reading = ReadReport(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!reading.ok()) {
    Hold(!FaultsOf(reading.status()).empty(), "what is refused has a fault");
    return 0;
  }
  At last;
  for (const Proposal& proposal : reading->proposals) {
    proposal_made.Reach();
    Hold(!proposal.name.empty(), "a proposal has a name");
    Hold(proposal.actual.has_value() || proposal.stated_percent.has_value(),
         "a proposal says something");
    Hold(IsUtf8(proposal.unit) && IsUtf8(proposal.name) && IsUtf8(proposal.actual.text) &&
             IsUtf8(proposal.actual.measure) && IsUtf8(proposal.target.measure),
         "a proposal is text");
    last = CheckPlace(proposal.place, last);
  }
  last = {};
  for (const DoubtfulNumber& doubtful : reading->doubtful) {
    doubt_told.Reach();
    Hold(!doubtful.text.empty() && !doubtful.reason.empty() && !doubtful.message.empty(),
         "a doubt is told in full");
    last = CheckPlace(doubtful.place, last);
  }
  return 0;
}
