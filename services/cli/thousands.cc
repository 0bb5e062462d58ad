#include "services/cli/thousands.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace thidua::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Points, targets and figures, wherever they stand.
constexpr absl::string_view kFields[] = {
    "actual", "assigned_points", "at_least",  "beyond",    "bonus",      "bonus_cap", "cap",
    "deputy", "fail_points",     "leader",    "least",     "max_points", "member",    "min_points",
    "most",   "points",          "scale_max", "starts_at", "total",      "value"};

// "12" and "345" of "12.345"; false for any other number.
bool IsGrouped(absl::string_view text) {
  absl::ConsumePrefix(&text, "-");
  const size_t mark = text.find('.');
  if (mark == absl::string_view::npos || mark < 1 || mark > 3 || text.size() != mark + 4) {
    return false;
  }
  const auto is_digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  return text.front() != '0' &&
         std::all_of(text.begin(), text.begin() + static_cast<ptrdiff_t>(mark), is_digit) &&
         std::all_of(text.end() - 3, text.end(), is_digit);
}

// Such that it is read in one way only: "1.0", "12.3450".
std::string AsFraction(std::string text) {
  const size_t mark = text.find('.');
  while (text.size() > mark + 2 && text.back() == '0') text.pop_back();
  return text.size() == mark + 4 ? text + "0" : text;
}

void AddAmbiguous(const Message& message, const std::string& path,
                  std::vector<domain::Fault>& faults) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool repeated = field->is_repeated();
    const int count = repeated ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const std::string place = absl::StrCat(path, path.empty() ? "" : ".", field->name(),
                                             repeated ? absl::StrCat("[", i, "]") : "");
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        AddAmbiguous(repeated ? reflection.GetRepeatedMessage(message, field, i)
                              : reflection.GetMessage(message, field),
                     place, faults);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
                 std::find(std::begin(kFields), std::end(kFields), field->name()) !=
                     std::end(kFields)) {
        const std::string text = repeated ? reflection.GetRepeatedString(message, field, i)
                                          : reflection.GetString(message, field);
        if (!IsGrouped(text)) continue;
        std::string whole = text;
        whole.erase(whole.find('.'), 1);
        faults.push_back({place, "NUMBER_AMBIGUOUS",
                          absl::StrCat("“", text, "” đọc được hai cách: viết ", whole,
                                       " nếu dấu chấm ngăn hàng nghìn, viết ", AsFraction(text),
                                       " nếu là dấu thập phân."),
                          whole});
      }
    }
  }
}

}  // namespace

std::vector<domain::Fault> AmbiguousNumbers(const registry::v1::Scheme& scheme) {
  std::vector<domain::Fault> faults;
  AddAmbiguous(scheme, "", faults);
  return faults;
}

}  // namespace thidua::cli
