#include "services/portal/routes.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace thidua::portal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

// Whether one request could mean both.
bool Collide(const PathTemplate& one, const PathTemplate& other) {
  if (one.verb() != other.verb() || one.segments().size() != other.segments().size()) return false;
  for (size_t i = 0; i < one.segments().size(); ++i) {
    const std::string& a = one.segments()[i];
    const std::string& b = other.segments()[i];
    if (a != b && a != "*" && b != "*") return false;
  }
  return true;
}

bool HasStringField(const Descriptor& message, absl::string_view path) {
  const Descriptor* at = &message;
  const FieldDescriptor* field = nullptr;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    if (at == nullptr) return false;
    field = at->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_repeated()) return false;
    at = field->message_type();
  }
  return field->type() == FieldDescriptor::TYPE_STRING;
}

absl::Status CheckServable(const MethodDescriptor& method, const Route& route) {
  const auto invalid = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(method.full_name(), ": ", why));
  };
  if (method.client_streaming()) return invalid("a stream cannot be sent over HTTP");
  for (const auto& variable : route.path.variables()) {
    if (!HasStringField(*method.input_type(), variable.field)) {
      return invalid(absl::StrCat("no text field ", variable.field));
    }
  }
  const std::string& body = route.binding.body;
  if (!body.empty() && body != "*") {
    const FieldDescriptor* field = method.input_type()->FindFieldByName(body);
    if (field == nullptr || field->message_type() == nullptr || field->is_repeated()) {
      return invalid(absl::StrCat("no message field ", body));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Routes> Routes::Of(const Contracts& contracts) {
  Routes routes;
  for (const auto* service : contracts.services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      for (HttpBinding& binding : BindingsOf(method)) {
        absl::StatusOr<PathTemplate> path = PathTemplate::Parse(binding.path);
        if (!path.ok()) return path.status();
        Route route{&method, std::move(binding), *std::move(path),
                    absl::StrCat("/", service->full_name(), "/", method.name())};
        if (absl::Status servable = CheckServable(method, route); !servable.ok()) return servable;
        for (const Route& other : routes.routes_) {
          if (other.binding.verb == route.binding.verb && Collide(other.path, route.path)) {
            return absl::InvalidArgumentError(absl::StrCat(
                other.method->full_name(), " and ", method.full_name(), " for the same request"));
          }
        }
        routes.by_shape_[{route.path.segments().size(), route.path.verb()}].push_back(
            routes.routes_.size());
        routes.routes_.push_back(std::move(route));
      }
    }
  }
  return routes;
}

std::optional<Routes::Found> Routes::Find(absl::string_view verb, const AskedPath& path) const {
  const auto candidates = by_shape_.find(std::pair(path.segments.size(), path.verb));
  if (candidates == by_shape_.end()) return std::nullopt;
  for (const size_t i : candidates->second) {
    if (routes_[i].binding.verb != verb) continue;
    if (auto values = routes_[i].path.Match(path)) return Found{&routes_[i], *std::move(values)};
  }
  return std::nullopt;
}

std::vector<std::string> Routes::VerbsAt(const AskedPath& path) const {
  std::set<std::string> verbs;
  const auto candidates = by_shape_.find(std::pair(path.segments.size(), path.verb));
  if (candidates != by_shape_.end()) {
    for (const size_t i : candidates->second) {
      if (routes_[i].path.Match(path)) verbs.insert(routes_[i].binding.verb);
    }
  }
  return {verbs.begin(), verbs.end()};
}

}  // namespace thidua::portal
