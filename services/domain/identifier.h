// What a service lets in as an identifier, a name or a text.
//
//   CheckIdentifier("bloc_id", "khoi-4")             nothing: sound
//   CheckIdentifier("bloc_id", "Khối 4")->reason     "IDENTIFIER_INVALID"
//
// Text is UTF-8, its validity checked where it enters. Pure functions; safe from any thread.
#ifndef THIDUA_SERVICES_DOMAIN_IDENTIFIER_H_
#define THIDUA_SERVICES_DOMAIN_IDENTIFIER_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "services/domain/fault.h"

namespace thidua::domain {

// A resource id (slug): 1 to 63 characters, [a-z0-9]([a-z0-9.-]*[a-z0-9])?. Reasons: REQUIRED,
// TOO_LONG, IDENTIFIER_INVALID.
std::optional<Fault> CheckIdentifier(absl::string_view path, absl::string_view id);

// A display name: one line of 1 to 300 code points, not all of them spaces. Reasons: REQUIRED,
// TOO_LONG, CONTROL_CHARACTER (below U+0020, U+007F to U+009F).
std::optional<Fault> CheckName(absl::string_view path, absl::string_view text);

// A text of up to `max_code_points`; may be empty, and may have new lines and tabs. Reasons:
// TOO_LONG, CONTROL_CHARACTER.
std::optional<Fault> CheckText(absl::string_view path, absl::string_view text,
                               size_t max_code_points);

// Why something is done that is not done without a reason: a text of 1 to 2,000 code points.
// Reasons: REQUIRED, and those of a text.
std::optional<Fault> CheckReason(absl::string_view path, absl::string_view text);

// What a message may repeat of an input: its first 60 code points, "…" where it was cut, and a
// space for each control character. Bytes that are no UTF-8 become U+FFFD.
std::string Excerpt(absl::string_view text);

}  // namespace thidua::domain

#endif  // THIDUA_SERVICES_DOMAIN_IDENTIFIER_H_
