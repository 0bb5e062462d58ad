// Any bytes as a scheme file, in both of its forms: refused with a reason, or read; and a scheme
// that was read is printed in either form and read again as the same. Whether it may be published
// is told in faults that each have a place, a reason and a sentence; never a crash.
#include <google/protobuf/util/message_differencer.h>

#include <cstdint>

#include "absl/strings/string_view.h"
#include "services/cli/scheme_file.h"
#include "services/domain/scheme.h"
#include "services/messages/scheme.h"
#include "tests/fuzz/hold.h"

namespace {

using namespace thidua;
using google::protobuf::util::MessageDifferencer;
using registry::v1::Scheme;
using tests::Goal;
using tests::Hold;

Goal scheme_sound("a scheme that may be published");
Goal json_read("a scheme in JSON");
Goal examples_held("worked examples that hold");

constexpr char kText[] = "a.textproto";
constexpr char kJson[] = "a.json";

void CheckReadAgain(const Scheme& content, const char* file, cli::SchemeForm form) {
  const auto again = cli::ReadSchemeBytes(file, cli::PrintScheme(content, form));
  Hold(again.ok(), "a scheme that is printed can be read");
  Hold(MessageDifferencer::Equals(*again, content), "and is the same scheme");
  Hold(cli::DiffSchemes(content, *again).empty(), "nothing changed from it to itself");
}

void Check(const char* file, absl::string_view bytes) {
  const auto scheme = cli::ReadSchemeBytes(file, bytes);
  if (!scheme.ok()) {
    Hold(absl::IsInvalidArgument(scheme.status()) && !scheme.status().message().empty(),
         "what is refused has a reason");
    return;
  }
  if (file == kJson) json_read.Reach();
  Scheme content = *scheme;
  content.clear_name();  // Names and digests of versions are no content.
  content.clear_digest();
  CheckReadAgain(content, kText, cli::SchemeForm::kText);
  CheckReadAgain(content, kJson, cli::SchemeForm::kJson);

  const auto faults = cli::CheckScheme(*scheme);
  for (const domain::Fault& fault : faults) {
    Hold(!fault.reason.empty() && !fault.message.empty(), "a fault says what is wrong");
    cli::CriterionNameAt(*scheme, fault.path);
  }
  if (faults.empty()) scheme_sound.Reach();
  const cli::ExamplesHeld examples = cli::CountExamples(*scheme, faults);
  Hold(0 <= examples.held && examples.held <= examples.tried && examples.tried <= examples.all,
       "no more examples hold than were tried");
  if (examples.held > 0) examples_held.Reach();
  const auto read = messages::ReadScheme("scheme", *scheme);
  Hold(read.ok() || !faults.empty(), "what cannot be read has a fault");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const tests::InputTime time;
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check(kText, bytes);
  Check(kJson, bytes);
  return 0;
}
