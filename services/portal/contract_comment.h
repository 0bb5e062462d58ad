// What the contracts say of themselves, as text for people: the comments of protos.
#ifndef THIDUA_SERVICES_PORTAL_CONTRACT_COMMENT_H_
#define THIDUA_SERVICES_PORTAL_CONTRACT_COMMENT_H_

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace thidua::portal {

// A comment as it stands in a proto, without its lines' ends: paragraphs with an empty line
// between them, indented terms ("  page_size   1 to 1000") as a list ("- page_size: 1 to 1000").
// CommonMark reads it as it is meant.
std::string ReadableComment(absl::string_view comment);

namespace internal {
template <typename Descriptor>
google::protobuf::SourceLocation LocationOf(const Descriptor& descriptor) {
  google::protobuf::SourceLocation location;
  descriptor.GetSourceLocation(&location);
  return location;
}
}  // namespace internal

// The comment over a service, an RPC, a message, a field, an enum or a value, and what stands
// behind it on its line; empty: none.
template <typename Descriptor>
std::string CommentOf(const Descriptor& descriptor) {
  const google::protobuf::SourceLocation location = internal::LocationOf(descriptor);
  return ReadableComment(location.leading_comments + "\n" + location.trailing_comments);
}

// A service's comment, and those that stand alone between its RPCs.
std::string CommentOf(const google::protobuf::ServiceDescriptor& service);

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_CONTRACT_COMMENT_H_
