#include "services/access/requirement.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/access/written_rights.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"

namespace thidua::access {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Path = std::vector<const FieldDescriptor*>;

constexpr size_t kRightsMax = 32;  // A bit each (Admission).

absl::StatusOr<Path> ReadPath(const Descriptor& request, absl::string_view text) {
  Path path;
  const Descriptor* in = &request;
  for (absl::string_view name : absl::StrSplit(text, '.')) {
    const FieldDescriptor* field = in == nullptr ? nullptr : in->FindFieldByName(std::string(name));
    if (field == nullptr) {
      return absl::FailedPreconditionError(
          absl::StrCat(request.full_name(), " has no field ", text));
    }
    path.push_back(field);
    in = field->message_type();
  }
  const FieldDescriptor::CppType type = path.back()->cpp_type();
  if (type != FieldDescriptor::CPPTYPE_STRING && type != FieldDescriptor::CPPTYPE_ENUM) {
    return absl::FailedPreconditionError(
        absl::StrCat(request.full_name(), ".", text, " is neither a text nor a choice"));
  }
  return path;
}

// `copy`: for a text that the message does not hold as one.
const std::string& TextOf(const Message& message, const FieldDescriptor& field, int index,
                          std::string& copy) {
  const auto& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return (index < 0 ? reflection.GetEnum(message, &field)
                      : reflection.GetRepeatedEnum(message, &field, index))
        ->name();
  }
  return index < 0 ? reflection.GetStringReference(message, &field, &copy)
                   : reflection.GetRepeatedStringReference(message, &field, index, &copy);
}

// Whether all values that the path leads to pass.
bool All(const Message& message, absl::Span<const FieldDescriptor* const> path,
         absl::FunctionRef<bool(const std::string&)> pass) {
  const FieldDescriptor& field = *path.front();
  const auto& reflection = *message.GetReflection();
  const auto rest = path.subspan(1);
  std::string copy;
  if (field.is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      const bool passed = rest.empty()
                              ? pass(TextOf(message, field, i, copy))
                              : All(reflection.GetRepeatedMessage(message, &field, i), rest, pass);
      if (!passed) return false;
    }
    return true;
  }
  if (rest.empty()) return pass(TextOf(message, field, -1, copy));
  return !reflection.HasField(message, &field) ||
         All(reflection.GetMessage(message, &field), rest, pass);
}

// The unit that a name names: itself, or that of "…/submissions/{unit}".
std::string UnitNamed(absl::string_view name) {
  constexpr absl::string_view kOfSubmission = "/submissions/";
  const size_t at = name.rfind(kOfSubmission);
  if (at == absl::string_view::npos) return std::string(name);
  return absl::StrCat("units/", name.substr(at + kOfSubmission.size()));
}

int CountOf(const Terms& terms) {
  return int{terms.own_units_only} + int{terms.own_imports_only} + int{terms.published_only};
}

absl::Status NotAllowed(const Principal& principal) {
  if (!principal.known()) {
    return domain::Fault{"", "NOT_SIGNED_IN", "Cần đăng nhập để thực hiện việc này."}.ToStatus(
        absl::StatusCode::kUnauthenticated);
  }
  return domain::Fault{"", "NOT_ALLOWED", "Tài khoản này không có quyền thực hiện việc này."}
      .ToStatus(absl::StatusCode::kPermissionDenied);
}

}  // namespace

absl::StatusOr<Requirement> Requirement::Of(const google::protobuf::MethodDescriptor& method) {
  Requirement requirement;
  requirement.written_ = method.options().GetExtension(v1::requirement);
  for (const WrittenRight& right : RightsOf(requirement.written_)) {
    RETURN_IF_ERROR(requirement.AddRight(*method.input_type(), right.right, right.published_only));
  }
  if (requirement.rights_.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(method.full_name(), " does not say what it requires of its caller"));
  }
  if (requirement.rights_.size() > kRightsMax) {
    return absl::FailedPreconditionError(
        absl::StrCat(method.full_name(), " has more than ", kRightsMax, " rights"));
  }
  return requirement;
}

absl::Status Requirement::AddRight(const Descriptor& request, const v1::Right& written,
                                   bool published_only) {
  Right right;
  for (const int role : written.roles()) right.roles.push_back(static_cast<v1::Role>(role));
  if (right.roles.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(request.full_name(), ": a right without a role"));
  }
  const auto read = [&](const auto& texts, std::vector<Field>& fields) -> absl::Status {
    for (absl::string_view text : texts) {
      Field& field = fields.emplace_back();
      field.empty_is_none = absl::ConsumeSuffix(&text, "?");
      ASSIGN_OR_RETURN(field.path, ReadPath(request, text));
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(read(written.on(), right.on));
  RETURN_IF_ERROR(read(written.unit(), right.unit));
  RETURN_IF_ERROR(read(written.not_own_unit(), right.not_own_unit));
  if (!written.where().empty()) {
    const std::pair<std::string, std::string> condition =
        absl::StrSplit(written.where(), absl::MaxSplits('=', 1));
    right.where.emplace().value = condition.second;
    ASSIGN_OR_RETURN(right.where->path, ReadPath(request, condition.first));
  }
  right.terms = {written.own_units_only(), written.own_imports_only(), published_only};
  rights_.push_back(std::move(right));
  return absl::OkStatus();
}

absl::StatusOr<Requirement::Admission> Requirement::Begin(const Principal& principal) const {
  Admission admission;
  admission.principal_ = &principal;
  for (size_t i = 0; i < rights_.size(); ++i) {
    const std::vector<v1::Role>& roles = rights_[i].roles;
    if (std::any_of(roles.begin(), roles.end(),
                    [&](v1::Role role) { return principal.HoldsSomewhere(role); })) {
      admission.rights_ |= uint32_t{1} << i;
    }
  }
  if (admission.rights_ == 0) return NotAllowed(principal);
  return admission;
}

absl::Status Requirement::Admit(const Message& message, Admission& admission) const {
  if (admission.principal_->unchecked()) return absl::OkStatus();
  bool own_unit = false;
  uint32_t allowed = 0;
  Terms terms;
  int fewest = std::numeric_limits<int>::max();
  for (size_t i = 0; i < rights_.size(); ++i) {
    if ((admission.rights_ & uint32_t{1} << i) == 0) continue;
    const Verdict verdict = Judge(rights_[i], *admission.principal_, message);
    own_unit = own_unit || verdict == Verdict::kOwnUnit;
    if (verdict != Verdict::kAllowed) continue;
    allowed |= uint32_t{1} << i;
    const int count = CountOf(rights_[i].terms);
    if (count >= fewest) continue;
    fewest = count;
    terms = rights_[i].terms;
  }
  if (allowed == 0 && own_unit) {
    return domain::Fault{"", "OWN_UNIT",
                         "Không ai được tự thực hiện việc này đối với chính đơn vị mình."}
        .ToStatus(absl::StatusCode::kPermissionDenied);
  }
  if (allowed == 0) return NotAllowed(*admission.principal_);
  admission.rights_ = allowed;
  admission.terms_ = terms;
  return absl::OkStatus();
}

Requirement::Verdict Requirement::Judge(const Right& right, const Principal& principal,
                                        const Message& message) {
  if (right.where.has_value() && !All(message, right.where->path, [&](const std::string& value) {
        return value == right.where->value;
      })) {
    return Verdict::kNotHeld;
  }
  const auto held = [&](const std::string& name) {
    return std::any_of(right.roles.begin(), right.roles.end(),
                       [&](v1::Role role) { return principal.Holds(role, name); });
  };
  for (const Field& field : right.on) {
    if (!All(message, field.path, [&](const std::string& name) {
          return (name.empty() && field.empty_is_none) || held(name);
        })) {
      return Verdict::kNotHeld;
    }
  }
  const auto own = [&](const std::string& name) { return principal.IsOfficialOf(UnitNamed(name)); };
  for (const Field& field : right.unit) {
    if (!All(message, field.path, own)) return Verdict::kNotHeld;
  }
  for (const Field& field : right.not_own_unit) {
    // Where no unit is named, all are meant.
    const auto not_own = [&](const std::string& name) {
      return name.empty() ? principal.units().empty() : !own(name);
    };
    if (!All(message, field.path, not_own)) {
      return Verdict::kOwnUnit;
    }
  }
  return Verdict::kAllowed;
}

}  // namespace thidua::access
