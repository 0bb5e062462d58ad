// Scheme files: a scoring scheme as a person writes and reads it.
//
//   *.json                      protobuf JSON of thidua.registry.v1.Scheme
//   *.textproto, *.txtpb        protobuf text of the same; '#' begins a comment
#ifndef THIDUA_SERVICES_CLI_SCHEME_FILE_H_
#define THIDUA_SERVICES_CLI_SCHEME_FILE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/domain/fault.h"
#include "thidua/registry/v1/scheme.pb.h"

namespace thidua::cli {

enum class SchemeForm { kJson, kText };

// By the file's ending; INVALID_ARGUMENT for another.
absl::StatusOr<SchemeForm> FormOf(const std::filesystem::path& file);

// INVALID_ARGUMENT says the line and the column of what cannot be read, a line each; NOT_FOUND when
// there is no such file. Text is brought to NFC; what is not UTF-8 is refused.
absl::StatusOr<registry::v1::Scheme> ReadSchemeFile(const std::filesystem::path& file);

// The same of what stands in such a file.
absl::StatusOr<registry::v1::Scheme> ReadSchemeBytes(const std::filesystem::path& file,
                                                     absl::string_view bytes);

std::string PrintScheme(const registry::v1::Scheme& scheme, SchemeForm form);

// Every fault of the scheme, as publishing it would name them, after the numbers of which nobody
// knows whether they are thousands (thousands.h).
std::vector<domain::Fault> CheckScheme(const registry::v1::Scheme& scheme);

// The name of the criterion that a path leads to or into ("contents[0].children[2].max_points");
// empty: to none.
std::string CriterionNameAt(const registry::v1::Scheme& scheme, absl::string_view path);

// How many of its worked examples a scheme holds, by the faults that checking it found. Not all are
// tried where that would cost too much, and none of a scheme with other faults.
struct ExamplesHeld {
  int held = 0;
  int tried = 0;
  int all = 0;
};
ExamplesHeld CountExamples(const registry::v1::Scheme& scheme,
                           const std::vector<domain::Fault>& faults);

// "Ví dụ tính đúng: 6/7."; of those that were tried, and how many were not.
std::string ExamplesSentence(const ExamplesHeld& examples);

// What changed from one scheme to another, a line a change; criteria, classes, awards
// and all else that has an id told by it:
//
//   sửa   noi-dung-1: max_points "650" → "600"
//   thêm  noi-dung-1.3
//
// Empty: nothing did. Names and digests of versions are no content.
std::string DiffSchemes(const registry::v1::Scheme& before, const registry::v1::Scheme& after);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_SCHEME_FILE_H_
