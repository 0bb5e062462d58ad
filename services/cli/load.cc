#include "services/cli/load.h"

#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/cli/contracts.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/platform/freshness.h"
#include "services/platform/mutation.h"
#include "thidua/registry/v1/registry_service.pb.h"

namespace thidua::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

absl::Status InFile(const std::string& file, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(file, ": ", status.message()));
}

absl::StatusOr<std::unique_ptr<Message>> ReadRequest(const google::protobuf::Struct& value) {
  google::protobuf::Struct fields = value;
  const std::string type = fields.fields().contains("@type")
                               ? fields.fields().at("@type").string_value()
                               : std::string();
  if (type.empty()) return absl::InvalidArgumentError("thiếu “@type”");
  fields.mutable_fields()->erase("@type");
  ASSIGN_OR_RETURN(const MethodDescriptor* method, MethodTaking(type));
  std::unique_ptr<Message> message = NewMessage(*method->input_type());
  RETURN_IF_ERROR(ReadJson(PrintJson(fields), *message));
  return message;
}

absl::Status ReadFile(const std::filesystem::path& path, std::vector<FileRequest>& requests) {
  std::ifstream stream(path);
  std::stringstream text;
  text << stream.rdbuf();
  google::protobuf::Value value;
  RETURN_IF_ERROR(ReadJson(text.str(), value));
  google::protobuf::ListValue list;
  if (value.has_list_value()) {
    list = value.list_value();
  } else {
    *list.add_values() = value;
  }
  for (int i = 0; i < list.values_size(); ++i) {
    absl::StatusOr<std::unique_ptr<Message>> message = ReadRequest(list.values(i).struct_value());
    if (!message.ok()) return InFile(absl::StrCat("[", i, "]"), message.status());
    requests.push_back({path.filename().string(), i, *std::move(message)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<FileRequest>> ReadFolder(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (error || files.empty()) {
    return absl::NotFoundError(absl::StrCat("không có tệp .json nào trong ", folder.string()));
  }
  std::sort(files.begin(), files.end());
  std::vector<FileRequest> requests;
  for (const std::filesystem::path& file : files) {
    if (absl::Status status = ReadFile(file, requests); !status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(file.string(), ": ", status.message()));
    }
  }
  return requests;
}

std::string RequestId(const Message& request) {
  return absl::StrCat("load-",
                      platform::Sha256Hex(absl::StrCat(request.GetDescriptor()->full_name(), "\n",
                                                       platform::DeterministicBytes(request))));
}

void Answered::Note(const Message& request, const Message& response) {
  const auto vector = platform::ReadFreshnessToken(GetText(response, "freshness_token"));
  if (vector.ok()) {
    for (const auto& entry : vector->entries()) {
      int64_t& version = versions_[{entry.store_id(), entry.resource()}];
      version = std::max(version, entry.version());
    }
  }
  if (const auto* created = dynamic_cast<const registry::v1::CreatePactResponse*>(&response)) {
    digests_[created->pact().name()] = created->pact().digest();
  }
  if (const auto* registered =
          dynamic_cast<const registry::v1::RegisterTargetsResponse*>(&response)) {
    digests_[GetText(request, "pact")] = registered->digest();
  }
}

void Answered::Fill(Message& request) const {
  if (TextField(request, "freshness_token") != nullptr &&
      GetText(request, "freshness_token").empty()) {
    // What the request builds on: the pact and the period that it names.
    const std::string subject = absl::StrCat(GetText(request, "period"), GetText(request, "name"));
    SetText(request, "freshness_token", TokenOf([&](const std::string& resource) {
              return absl::StartsWith(subject, resource);
            }));
  }
  if (auto* sign = dynamic_cast<registry::v1::SignPactRequest*>(&request)) {
    const auto digest = digests_.find(sign->pact());
    if (sign->digest().empty() && digest != digests_.end()) sign->set_digest(digest->second);
  }
}

std::string Answered::FreshnessToken() const {
  return TokenOf(
      [](const std::string& resource) { return absl::StrContains(resource, "/pacts/"); });
}

std::string Answered::TokenOf(absl::FunctionRef<bool(const std::string& resource)> wanted) const {
  type::v1::FreshnessVector vector;
  for (const auto& [key, version] : versions_) {
    if (!wanted(key.second)) continue;
    auto* entry = vector.add_entries();
    entry->set_store_id(key.first);
    entry->set_resource(key.second);
    entry->set_version(version);
  }
  if (vector.entries_size() > platform::kFreshnessEntriesMax) return "";
  return absl::WebSafeBase64Escape(vector.SerializeAsString());
}

absl::StatusOr<LoadOutcome> Load(const std::filesystem::path& folder, Caller& caller,
                                 Progress& progress) {
  ASSIGN_OR_RETURN(std::vector<FileRequest> requests, ReadFolder(folder));
  progress.Begin(static_cast<int>(requests.size()));
  Answered answered;
  for (FileRequest& request : requests) {
    progress.Step(request.file);
    Message& message = *request.message;
    if (TextField(message, "request_id") != nullptr && GetText(message, "request_id").empty()) {
      SetText(message, "request_id", RequestId(message));
    }
    answered.Fill(message);
    ASSIGN_OR_RETURN(const MethodDescriptor* method,
                     MethodTaking(message.GetDescriptor()->full_name()));
    const auto response =
        caller.Call(*method, message, [&](const std::string& service) { progress.Wait(service); });
    if (!response.ok()) {
      progress.End();
      return domain::UnderPath(absl::StrCat(request.file, "[", request.index, "]"),
                               response.status());
    }
    answered.Note(message, **response);
  }
  progress.End();
  return LoadOutcome{static_cast<int>(requests.size()), answered.FreshnessToken()};
}

}  // namespace thidua::cli
