#include "tests/faults/portal_line.h"

#include <google/protobuf/util/json_util.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace thidua::tests {
namespace {

size_t Take(char* bytes, size_t one, size_t count, void* into) {
  static_cast<std::string*>(into)->append(bytes, one * count);
  return one * count;
}

// Of an error as google.rpc.Status has it; empty: it tells none.
std::string ReasonIn(const std::string& body) {
  const auto error = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!error.is_object() || !error.contains("error") || !error["error"].contains("details")) {
    return "";
  }
  for (const auto& detail : error["error"]["details"]) {
    if (detail.contains("reason")) return detail["reason"].get<std::string>();
  }
  return "";
}

}  // namespace

PortalLine::PortalLine(std::string address)
    : address_(std::move(address)), curl_(curl_easy_init(), curl_easy_cleanup) {}

absl::StatusOr<scoring::v1::GetRankingResponse> PortalLine::GetRanking(
    const std::string& period, const std::string& freshness_token, absl::Duration patience) const {
  std::string url = absl::StrCat("http://", address_, "/v1/", period, "/ranking");
  if (!freshness_token.empty()) absl::StrAppend(&url, "?freshness_token=", freshness_token);
  std::string body;
  CURL* const curl = curl_.get();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(patience / absl::Milliseconds(1)));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Take);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  const CURLcode done = curl_easy_perform(curl);
  // Nobody answers, or stops to; a reply that is garbled is no such thing.
  if (done == CURLE_COULDNT_CONNECT || done == CURLE_OPERATION_TIMEDOUT ||
      done == CURLE_GOT_NOTHING || done == CURLE_RECV_ERROR || done == CURLE_SEND_ERROR ||
      done == CURLE_PARTIAL_FILE) {
    return absl::UnavailableError(curl_easy_strerror(done));
  }
  if (done != CURLE_OK) return absl::DataLossError(curl_easy_strerror(done));
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status == 200) {
    scoring::v1::GetRankingResponse response;
    if (!google::protobuf::util::JsonStringToMessage(body, &response).ok()) {
      return absl::DataLossError("unreadable JSON");
    }
    return response;
  }
  const std::string told = absl::StrCat("status ", status, " ", ReasonIn(body));
  return status == 503 || status == 504 ? absl::UnavailableError(told) : absl::UnknownError(told);
}

}  // namespace thidua::tests
