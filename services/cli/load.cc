#include "services/cli/load.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/platform/contracts.h"
#include "services/platform/digest.h"
#include "services/platform/freshness.h"
#include "thidua/registry/v1/registry_service.pb.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

using Json = nlohmann::json;

// "tệp.json[3]"
std::string PlaceOf(const FileRequest& request) {
  return absl::StrCat(request.file, "[", request.index, "]");
}

absl::StatusOr<std::unique_ptr<Message>> ReadRequest(Json json) {
  if (!json.is_object() || !json.contains("@type") || !json["@type"].is_string()) {
    return absl::InvalidArgumentError("thiếu “@type”");
  }
  ASSIGN_OR_RETURN(const MethodDescriptor* method,
                   platform::MethodTaking(json["@type"].get<std::string>()));
  json.erase("@type");
  std::unique_ptr<Message> message = platform::NewMessage(*method->input_type());
  RETURN_IF_ERROR(platform::ReadJson(json.dump(), *message));
  return message;
}

absl::Status ReadFile(const std::filesystem::path& path, std::vector<FileRequest>& requests) {
  std::ifstream stream(path);
  Json list;
  try {
    list = Json::parse(stream);
  } catch (const Json::exception& error) {
    return absl::InvalidArgumentError(error.what());  // Says the line and the column.
  }
  if (!list.is_array()) list = Json::array({list});
  int index = 0;
  for (Json& json : list) {
    FileRequest request{path.filename().string(), index++, nullptr};
    absl::StatusOr<std::unique_ptr<Message>> message = ReadRequest(std::move(json));
    if (!message.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("[", request.index, "]: ", message.status().message()));
    }
    request.message = *std::move(message);
    requests.push_back(std::move(request));
  }
  return absl::OkStatus();
}

// The rows of a reply that were not taken: what a reply in mode PER_UNIT says with OK.
std::vector<domain::Fault> RejectedRows(const FileRequest& request, const Message& response) {
  std::vector<domain::Fault> faults;
  const auto* put = dynamic_cast<const results::v1::PutResultsResponse*>(&response);
  if (put == nullptr) return faults;
  for (const results::v1::RowOutcome& outcome : put->outcomes()) {
    if (outcome.kind() != results::v1::RowOutcome::KIND_REJECTED) continue;
    for (const results::v1::RowFault& fault : outcome.faults()) {
      faults.push_back(
          {absl::StrCat(PlaceOf(request), ".", fault.field()), fault.reason(), fault.message()});
    }
  }
  return faults;
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
  const auto vector = platform::ReadFreshnessToken(platform::GetText(response, "freshness_token"));
  if (vector.ok()) {
    for (const auto& entry : vector->entries()) {
      Newest& newest = newest_[{entry.store_id(), entry.resource()}];
      if (std::make_pair(entry.store_epoch_ms(), entry.version()) >
          std::make_pair(newest.store_epoch_ms, newest.version)) {
        newest = {entry.store_epoch_ms(), entry.version()};
      }
    }
  }
  if (const auto* created = dynamic_cast<const registry::v1::CreatePactResponse*>(&response)) {
    digests_[created->pact().name()] = created->pact().digest();
  }
  if (const auto* registered =
          dynamic_cast<const registry::v1::RegisterTargetsResponse*>(&response)) {
    digests_[platform::GetText(request, "pact")] = registered->digest();
  }
}

void Answered::Fill(Message& request) const {
  if (platform::TextField(request, "freshness_token") != nullptr &&
      platform::GetText(request, "freshness_token").empty()) {
    // What the request builds on: the pact and the period that it names.
    const std::string subject =
        absl::StrCat(platform::GetText(request, "period"), platform::GetText(request, "name"));
    platform::SetText(request, "freshness_token", TokenOf([&](const std::string& resource) {
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
  for (const auto& [key, newest] : newest_) {
    if (!wanted(key.second)) continue;
    auto* entry = vector.add_entries();
    entry->set_store_id(key.first);
    entry->set_resource(key.second);
    entry->set_version(newest.version);
    entry->set_store_epoch_ms(newest.store_epoch_ms);
  }
  if (vector.entries_size() > platform::kFreshnessEntriesMax) return "";
  return platform::FreshnessToken(vector);
}

absl::StatusOr<LoadOutcome> Load(const std::vector<FileRequest>& requests, platform::Caller& caller,
                                 Progress& progress) {
  progress.Begin(static_cast<int>(requests.size()));
  LoadOutcome outcome;
  Answered answered;
  for (const FileRequest& request : requests) {
    progress.Step(request.file);
    Message& message = *request.message;
    if (platform::TextField(message, "request_id") != nullptr &&
        platform::GetText(message, "request_id").empty()) {
      platform::SetText(message, "request_id", RequestId(message));
    }
    answered.Fill(message);
    ASSIGN_OR_RETURN(const MethodDescriptor* method,
                     platform::MethodTaking(message.GetDescriptor()->full_name()));
    const auto response =
        caller.Call(*method, message, [&](const std::string& service) { progress.Wait(service); });
    if (!response.ok()) {
      progress.End();
      const absl::Status& status = response.status();
      if (!domain::FaultsOf(status).empty()) return domain::UnderPath(PlaceOf(request), status);
      return absl::Status(status.code(), absl::StrCat(PlaceOf(request), ": ", status.message()));
    }
    answered.Note(message, **response);
    for (domain::Fault& fault : RejectedRows(request, **response)) {
      outcome.rejected.push_back(std::move(fault));
    }
    ++outcome.requests;
  }
  progress.End();
  outcome.freshness_token = answered.FreshnessToken();
  return outcome;
}

}  // namespace thidua::cli
