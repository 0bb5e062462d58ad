#include "services/access/key_download.h"

#include <curl/curl.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace thidua::access {
namespace {

constexpr long kOk = 200;

struct Answer {
  std::string body;
  size_t bytes_max;
};

size_t Take(char* bytes, size_t, size_t count, void* into) {
  auto& answer = *static_cast<Answer*>(into);
  if (count > answer.bytes_max - answer.body.size()) return CURL_WRITEFUNC_ERROR;
  answer.body.append(bytes, count);
  return count;
}

int BreakOff(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(stop)->load() ? 1 : 0;
}

}  // namespace

absl::StatusOr<std::string> DownloadKeys(const std::string& url, const std::string& ca_file,
                                         size_t bytes_max, absl::Duration patience,
                                         const std::atomic<bool>& stop) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, void (*)(CURL*)> line(curl_easy_init(), curl_easy_cleanup);
  if (started != CURLE_OK || line == nullptr) return absl::UnavailableError("no libcurl");
  const bool https = absl::StartsWithIgnoreCase(url, "https:");
  Answer answer{"", bytes_max};
  char error[CURL_ERROR_SIZE] = "";
  const auto set = [&](CURLoption option, auto value) {
    return curl_easy_setopt(line.get(), option, value) == CURLE_OK;
  };
  bool all = set(CURLOPT_URL, url.c_str()) && set(CURLOPT_ERRORBUFFER, error) &&
             set(CURLOPT_PROTOCOLS_STR, https ? "https" : "http") &&
             set(CURLOPT_FOLLOWLOCATION, 0L) && set(CURLOPT_SSL_VERIFYPEER, 1L) &&
             set(CURLOPT_SSL_VERIFYHOST, 2L) &&
             set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2}) &&
             set(CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(patience))) &&
             set(CURLOPT_NOSIGNAL, 1L) && set(CURLOPT_QUICK_EXIT, 1L) &&
             set(CURLOPT_WRITEFUNCTION, &Take) && set(CURLOPT_WRITEDATA, &answer) &&
             set(CURLOPT_NOPROGRESS, 0L) && set(CURLOPT_XFERINFOFUNCTION, &BreakOff) &&
             set(CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&stop));
  // What goes unencrypted is for this machine, whatever proxy the environment names.
  if (!https) all = all && set(CURLOPT_PROXY, "");
  // That file alone: not the system's folder beside it.
  if (!ca_file.empty()) {
    all = all && set(CURLOPT_CAINFO, ca_file.c_str()) &&
          set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  if (!all) return absl::UnavailableError("libcurl lacks what is needed");
  const CURLcode done = curl_easy_perform(line.get());
  if (done == CURLE_WRITE_ERROR) {
    return absl::UnavailableError(absl::StrCat("more than ", bytes_max, " bytes"));
  }
  if (done != CURLE_OK) {
    return absl::UnavailableError(error[0] != '\0' ? error : curl_easy_strerror(done));
  }
  long status = 0;
  curl_easy_getinfo(line.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != kOk) return absl::UnavailableError(absl::StrCat("answered ", status));
  return std::move(answer.body);
}

}  // namespace thidua::access
