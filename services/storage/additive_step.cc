#include "services/storage/additive_step.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace thidua::storage {
namespace {

constexpr absl::string_view kSays = "-- additive";

using Words = std::vector<std::string>;

bool Has(const Words& words, absl::string_view word) {
  for (const std::string& one : words) {
    if (one == word) return true;
  }
  return false;
}

bool BeginsWith(const Words& words, const Words& beginning) {
  return words.size() > beginning.size() &&
         std::equal(beginning.begin(), beginning.end(), words.begin());
}

// In capitals, and each bracket and comma a word of its own.
Words WordsOf(absl::string_view statement) {
  std::string text;
  for (const char c : statement) {
    const bool mark = c == '(' || c == ')' || c == ',';
    if (mark) text += ' ';
    text += absl::ascii_toupper(static_cast<unsigned char>(c));
    if (mark) text += ' ';
  }
  return absl::StrSplit(text, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
}

bool OnlyAdds(const Words& words, absl::flat_hash_set<std::string>& made) {
  if (BeginsWith(words, {"CREATE", "TABLE"})) {
    made.insert(words[2]);
    return !Has(words, "REFERENCES");
  }
  if (BeginsWith(words, {"CREATE", "INDEX"})) return true;
  if (BeginsWith(words, {"CREATE", "UNIQUE", "INDEX"})) {
    return words.size() > 5 && words[4] == "ON" && made.contains(words[5]);
  }
  if (words.size() > 5 && BeginsWith(words, {"ALTER", "TABLE"}) && words[3] == "ADD" &&
      words[4] == "COLUMN") {
    for (const char* word : {"UNIQUE", "REFERENCES", "CHECK", "PRIMARY", ","}) {
      if (Has(words, word)) return false;
    }
    return !Has(words, "NOT") || Has(words, "DEFAULT");
  }
  return false;
}

}  // namespace

bool SaysAdditive(absl::string_view step) {
  const absl::string_view begun = absl::StripLeadingAsciiWhitespace(step);
  return absl::StartsWith(begun, kSays) &&
         (begun.size() == kSays.size() || begun[kSays.size()] == '\n');
}

absl::Status CheckAdditive(absl::string_view step) {
  std::string statements;
  for (const absl::string_view line : absl::StrSplit(step, '\n')) {
    if (absl::StartsWith(absl::StripLeadingAsciiWhitespace(line), "--")) continue;
    absl::StrAppend(&statements, line, "\n");
  }
  absl::flat_hash_set<std::string> made;
  for (const absl::string_view statement : absl::StrSplit(statements, ';')) {
    const Words words = WordsOf(statement);
    if (words.empty() || OnlyAdds(words, made)) continue;
    return absl::InternalError(
        absl::StrCat("a step that says that it only adds does more: ", absl::StrJoin(words, " ")));
  }
  return absl::OkStatus();
}

}  // namespace thidua::storage
