#include "services/portal/path_template.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "services/platform/admission.h"

namespace thidua::portal {

std::optional<std::string> PercentDecoded(absl::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size() || !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) ||
        !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) {
      return std::nullopt;
    }
    decoded += absl::HexStringToBytes(text.substr(i + 1, 2));
    i += 2;
  }
  if (!platform::IsUtf8(decoded)) return std::nullopt;
  return decoded;
}

std::optional<AskedPath> ReadPath(absl::string_view path) {
  if (!absl::StartsWith(path, "/")) return std::nullopt;
  AskedPath asked;
  // Before decoding: "%3A" belongs to a name.
  if (const size_t colon = path.rfind(':');
      colon != absl::string_view::npos && colon > path.rfind('/')) {
    asked.verb = std::string(path.substr(colon + 1));
    path = path.substr(0, colon);
  }
  for (const absl::string_view segment : absl::StrSplit(path.substr(1), '/')) {
    std::optional<std::string> decoded = PercentDecoded(segment);
    if (!decoded.has_value() || absl::StrContains(*decoded, '/')) return std::nullopt;
    asked.segments.push_back(*std::move(decoded));
  }
  return asked;
}

absl::StatusOr<PathTemplate> PathTemplate::Parse(absl::string_view text) {
  const auto invalid = [text](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("path template \"", text, "\": ", why));
  };
  if (!absl::StartsWith(text, "/")) return invalid("does not begin with /");
  PathTemplate parsed;
  absl::string_view rest = text.substr(1);
  while (!rest.empty()) {
    absl::string_view part;
    if (rest[0] == '{') {
      const size_t close = rest.find('}');
      if (close == absl::string_view::npos) return invalid("a { without its }");
      const absl::string_view variable = rest.substr(1, close - 1);
      const size_t equals = variable.find('=');
      part = equals == absl::string_view::npos ? "*" : variable.substr(equals + 1);
      parsed.variables_.push_back(
          {std::string(variable.substr(0, equals)), parsed.segments_.size(), 0});
      rest.remove_prefix(close + 1);
    } else {
      part = rest.substr(0, rest.find_first_of("/{:"));
      rest.remove_prefix(part.size());
    }
    for (const absl::string_view segment : absl::StrSplit(part, '/')) {
      if (segment.empty() || segment == "**") return invalid("an empty segment, or **");
      parsed.segments_.push_back(std::string(segment));
    }
    if (!parsed.variables_.empty() && parsed.variables_.back().end == 0) {
      parsed.variables_.back().end = parsed.segments_.size();
    }
    if (absl::StartsWith(rest, ":")) {
      parsed.verb_ = std::string(rest.substr(1));
      if (parsed.verb_.empty() || absl::StrContains(parsed.verb_, '/')) return invalid("its verb");
      break;
    }
    if (!rest.empty() && (rest[0] != '/' || rest.size() == 1)) return invalid("a / at its place");
    if (!rest.empty()) rest.remove_prefix(1);
  }
  if (parsed.segments_.empty()) return invalid("no segment");
  return parsed;
}

std::optional<std::vector<std::string>> PathTemplate::Match(const AskedPath& path) const {
  if (path.segments.size() != segments_.size() || path.verb != verb_) return std::nullopt;
  for (size_t i = 0; i < segments_.size(); ++i) {
    if (segments_[i] == "*" ? path.segments[i].empty() : path.segments[i] != segments_[i]) {
      return std::nullopt;
    }
  }
  std::vector<std::string> values;
  values.reserve(variables_.size());
  for (const Variable& variable : variables_) {
    values.push_back(absl::StrJoin(
        absl::MakeConstSpan(path.segments).subspan(variable.begin, variable.end - variable.begin),
        "/"));
  }
  return values;
}

}  // namespace thidua::portal
