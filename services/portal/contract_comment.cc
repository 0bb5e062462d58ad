#include "services/portal/contract_comment.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace thidua::portal {
namespace {

// Spaces after "//": one is the house's style, two or three begin a term of a list, and more go on
// with it.
constexpr size_t kTermIndent = 3;
constexpr size_t kContinuedIndent = 5;

// "page_size   1 to 1000" as "page_size: 1 to 1000".
std::string Term(absl::string_view line) {
  const size_t gap = line.find("  ");
  if (gap == absl::string_view::npos) return std::string(line);
  return absl::StrCat(line.substr(0, gap), ": ",
                      absl::StripLeadingAsciiWhitespace(line.substr(gap)));
}

}  // namespace

std::string ReadableComment(absl::string_view comment) {
  std::string text;
  bool in_list = false;
  bool gap = false;
  for (absl::string_view line : absl::StrSplit(comment, '\n')) {
    const absl::string_view words = absl::StripAsciiWhitespace(line);
    if (words.empty()) {
      gap = true;
      continue;
    }
    const size_t indent = line.find_first_not_of(' ');
    const bool term = indent >= kTermIndent && indent < kContinuedIndent;
    if (term) {
      if (!text.empty()) absl::StrAppend(&text, in_list ? "\n" : "\n\n");
      absl::StrAppend(&text, "- ", Term(words));
    } else if (!text.empty() && (gap || (in_list && indent < kTermIndent))) {
      absl::StrAppend(&text, "\n\n", words);
    } else {
      absl::StrAppend(&text, text.empty() ? "" : " ", words);
    }
    in_list = term || (in_list && !gap && indent >= kContinuedIndent);
    gap = false;
  }
  return text;
}

std::string CommentOf(const google::protobuf::ServiceDescriptor& service) {
  std::vector<std::string> paragraphs;
  const auto add = [&](absl::string_view comment) {
    if (std::string text = ReadableComment(comment); !text.empty()) {
      paragraphs.push_back(std::move(text));
    }
  };
  add(internal::LocationOf(service).leading_comments);
  for (int i = 0; i < service.method_count(); ++i) {
    for (const std::string& detached :
         internal::LocationOf(*service.method(i)).leading_detached_comments) {
      add(detached);
    }
  }
  return absl::StrJoin(paragraphs, "\n\n");
}

}  // namespace thidua::portal
