// What one RPC requires of its caller, as its contract says (proto/thidua/access/v1/access.proto),
// made ready to be asked of each request. Thread-safe.
#ifndef THIDUA_SERVICES_ACCESS_REQUIREMENT_H_
#define THIDUA_SERVICES_ACCESS_REQUIREMENT_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/access/principal.h"
#include "thidua/access/v1/access.pb.h"

namespace thidua::access {

// On what terms a caller was let in: what the service still has to keep to.
struct Terms {
  bool own_units_only = false;
  bool own_imports_only = false;
  bool published_only = false;
};

class Requirement {
 public:
  // FAILED_PRECONDITION when the contract does not say what the RPC requires, or names a field that
  // is not there.
  static absl::StatusOr<Requirement> Of(const google::protobuf::MethodDescriptor& method);

  // One caller's way in, message by message.
  class Admission {
   public:
    // Of all messages so far.
    const Terms& terms() const { return terms_; }

   private:
    friend class Requirement;
    const Principal* principal_ = nullptr;
    uint32_t rights_ = 0;  // By which every message so far was allowed: a bit each.
    Terms terms_;
  };

  // Before anything is read: UNAUTHENTICATED (NOT_SIGNED_IN) or PERMISSION_DENIED (NOT_ALLOWED) for
  // one who has none of the roles. The principal must outlive the admission.
  absl::StatusOr<Admission> Begin(const Principal& principal) const;
  // Of each message; errors as of Begin, and PERMISSION_DENIED (OWN_UNIT).
  absl::Status Admit(const google::protobuf::Message& message, Admission& admission) const;

  // What stands in the contract, for whoever shows it.
  const v1::Requirement& written() const { return written_; }

 private:
  using Path = std::vector<const google::protobuf::FieldDescriptor*>;
  struct Field {
    Path path;
    bool empty_is_none = false;
  };
  struct Condition {
    Path path;
    std::string value;
  };
  struct Right {
    std::vector<v1::Role> roles;
    std::vector<Field> on;
    std::vector<Field> unit;
    std::vector<Field> not_own_unit;
    std::optional<Condition> where;
    Terms terms;
  };
  enum class Verdict { kAllowed, kNotHeld, kOwnUnit };

  absl::Status AddRight(const google::protobuf::Descriptor& request, const v1::Right& written,
                        bool published_only);
  static Verdict Judge(const Right& right, const Principal& principal,
                       const google::protobuf::Message& message);

  v1::Requirement written_;
  std::vector<Right> rights_;
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_REQUIREMENT_H_
