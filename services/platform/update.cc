#include "services/platform/update.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/domain/fault.h"
#include "services/domain/identifier.h"
#include "services/platform/digest.h"
#include "services/platform/errors.h"

namespace thidua::platform {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsSet(const Message& message, absl::string_view name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field == nullptr) return false;
  if (field->is_repeated()) return message.GetReflection()->FieldSize(message, field) > 0;
  return message.GetReflection()->HasField(message, field);
}

}  // namespace

std::string Etag(absl::string_view store_id, absl::string_view name, int64_t version) {
  return Sha256Hex(absl::StrCat(store_id, "\n", name, "\n", version)).substr(0, 16);
}

absl::Status CheckEtag(absl::string_view given, absl::string_view present) {
  if (given.empty() || given == present) return absl::OkStatus();
  return Refusal(absl::StatusCode::kAborted, "", "ETAG_MISMATCH",
                 "Nội dung đã được người khác thay đổi; vui lòng đọc lại rồi hãy sửa.");
}

absl::StatusOr<std::vector<std::string>> FieldsToUpdate(
    const google::protobuf::FieldMask& mask, const Message& update,
    absl::Span<const absl::string_view> changeable) {
  const bool all = std::find(mask.paths().begin(), mask.paths().end(), "*") != mask.paths().end();
  for (const std::string& path : mask.paths()) {
    if (path == "*" || std::find(changeable.begin(), changeable.end(), path) != changeable.end()) {
      continue;
    }
    return domain::Fault{"update_mask", "FIELD_NOT_MUTABLE",
                         absl::StrCat("Không sửa được trường “", domain::Excerpt(path),
                                      "”; chỉ sửa được: ", absl::StrJoin(changeable, ", "), ".")}
        .ToStatus();
  }
  std::vector<std::string> fields;
  for (absl::string_view name : changeable) {
    const bool named =
        std::find(mask.paths().begin(), mask.paths().end(), name) != mask.paths().end();
    if (all || named || (mask.paths().empty() && IsSet(update, name))) fields.emplace_back(name);
  }
  if (!fields.empty()) return fields;
  return domain::Fault{"update_mask", "UPDATE_EMPTY", "Chưa ghi nội dung nào cần sửa."}.ToStatus();
}

}  // namespace thidua::platform
