// Paths of google.api.http options: "/v1/{name=blocs/*/pacts/*}:sign".
#ifndef THIDUA_SERVICES_PORTAL_PATH_TEMPLATE_H_
#define THIDUA_SERVICES_PORTAL_PATH_TEMPLATE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace thidua::portal {

// A path as it was asked for, taken apart once for all templates.
struct AskedPath {
  std::vector<std::string> segments;  // Percent-decoded, without the verb.
  std::string verb;                   // "sign" of "…/2019:sign"; empty: none.
};

// nullopt: no path ("/" comes first), or one that is percent-encoded wrongly, or holds an encoded
// slash: no resource's name does.
std::optional<AskedPath> ReadPath(absl::string_view path);

// "%41+" as "A+"; nullopt when a '%' is not followed by two hexadecimal digits, or when what comes
// out is not UTF-8.
std::optional<std::string> PercentDecoded(absl::string_view text);

// Immutable; thread-safe.
class PathTemplate {
 public:
  // INVALID_ARGUMENT for what is no template: "**" is not taken, as no contract has a use for it.
  static absl::StatusOr<PathTemplate> Parse(absl::string_view text);

  struct Variable {
    std::string field;  // "unit.name": a path of fields in the request.
    size_t begin = 0;   // Its segments.
    size_t end = 0;
  };

  // The values of the variables, in their order; nullopt: another path.
  std::optional<std::vector<std::string>> Match(const AskedPath& path) const;

  // A segment that may be anything is "*".
  const std::vector<std::string>& segments() const { return segments_; }
  const std::vector<Variable>& variables() const { return variables_; }
  const std::string& verb() const { return verb_; }

 private:
  std::vector<std::string> segments_;
  std::vector<Variable> variables_;
  std::string verb_;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_PATH_TEMPLATE_H_
