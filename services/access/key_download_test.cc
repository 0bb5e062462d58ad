#include "services/access/key_download.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/access/key_server_testlib.h"
#include "services/access/token_testlib.h"

namespace thidua::access {
namespace {

constexpr size_t kBytesMax = 1000;
constexpr absl::Duration kPatience = absl::Seconds(5);

absl::StatusOr<std::string> Download(const std::string& url, const std::string& ca_file = "") {
  const std::atomic<bool> stop = false;
  return DownloadKeys(url, ca_file, kBytesMax, kPatience, stop);
}

TEST(KeyDownloadTest, TakesWhatTheAddressAnswers) {
  KeyServer server([](absl::string_view head) {
    EXPECT_TRUE(absl::StartsWith(head, "GET /realms/tinh/keys?v=1 HTTP/1.1\r\n")) << head;
    return HttpAnswer("200 OK", "{\"keys\":[]}");
  });
  const auto keys = Download(server.Url("/realms/tinh/keys?v=1"));
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(*keys, "{\"keys\":[]}");
}

TEST(KeyDownloadTest, OnlyTheFileToldVouchesForAServer) {
  // A server that breaks a handshake off writes to a line that is gone.
  signal(SIGPIPE, SIG_IGN);
  const TestFolder folder;
  const ServerCertificate certificate("IP:127.0.0.1");
  const ServerCertificate elsewhere("DNS:sso.khac.gov.vn");
  WriteAnew(folder / "ca.pem", certificate.Pem());
  WriteAnew(folder / "elsewhere.pem", elsewhere.Pem());
  WriteAnew(folder / "none.pem", "");
  const auto answer = [](absl::string_view) { return HttpAnswer("200 OK", "keys"); };
  KeyServer server(answer, &certificate);
  KeyServer misnamed(answer, &elsewhere);
  const auto keys = Download(server.Url("/"), folder / "ca.pem");
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(*keys, "keys");
  const std::pair<std::string, std::string> refused[] = {
      {server.Url("/"), ""},
      {server.Url("/"), folder / "elsewhere.pem"},
      {server.Url("/"), folder / "none.pem"},
      {server.Url("/"), folder / "missing.pem"},
      {misnamed.Url("/"), folder / "elsewhere.pem"},
      {absl::StrCat("http", misnamed.Url("/").substr(5)), folder / "elsewhere.pem"},
  };
  for (const auto& [url, ca_file] : refused) {
    EXPECT_EQ(Download(url, ca_file).status().code(), absl::StatusCode::kUnavailable)
        << url << " by " << ca_file;
  }
  EXPECT_EQ(server.requests(), 1) << "nobody asks a server that is not vouched for";
  EXPECT_EQ(misnamed.requests(), 0);
}

TEST(KeyDownloadTest, WhatIsNoPlainAnswerIsAFailure) {
  const std::string keys(10, 'k');
  KeyServer other([&](absl::string_view) { return HttpAnswer("200 OK", keys); });
  const std::string answers[] = {
      HttpAnswer("404 Not Found", keys),
      HttpAnswer("500 Oops", keys),
      HttpAnswer("204 No Content", ""),
      HttpAnswer("206 Partial Content", keys),
      HttpAnswer("301 Moved", "", absl::StrCat("Location: ", other.Url("/"), "\r\n")),
      HttpAnswer("302 Found", "", absl::StrCat("Location: ", other.Url("/"), "\r\n")),
      HttpAnswer("302 Found", "", "Location: file:///etc/hostname\r\n"),
      HttpAnswer("200 OK", std::string(kBytesMax + 1, 'k')),
      absl::StrCat("HTTP/1.1 200 OK\r\n\r\n", std::string(100 * kBytesMax, 'k')),
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nless",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nless",
      "SSH-2.0-x\r\n\r\n",
      "",
  };
  for (const std::string& answer : answers) {
    KeyServer server([&](absl::string_view) { return answer; });
    EXPECT_EQ(Download(server.Url("/")).status().code(), absl::StatusCode::kUnavailable)
        << answer.substr(0, 100);
  }
  EXPECT_EQ(other.requests(), 0) << "no redirection is followed";
  KeyServer full(
      [&](absl::string_view) { return HttpAnswer("200 OK", std::string(kBytesMax, 'k')); });
  EXPECT_TRUE(Download(full.Url("/")).ok());
}

TEST(KeyDownloadTest, OnlyTheWebIsAsked) {
  const TestFolder folder;
  WriteAnew(folder / "keys", "keys");
  for (const std::string& url :
       {absl::StrCat("file://", (folder / "keys").string()), std::string("ftp://127.0.0.1/keys"),
        std::string("127.0.0.1:1"), std::string("http://127.0.0.1:1/"), std::string()}) {
    EXPECT_EQ(Download(url).status().code(), absl::StatusCode::kUnavailable) << url;
  }
}

TEST(KeyDownloadTest, ASilentServerIsWaitedForAsLongAsTold) {
  absl::Notification over;
  KeyServer server([&](absl::string_view) {
    over.WaitForNotification();
    return std::string();
  });
  std::atomic<bool> stop = false;
  const absl::Time began = absl::Now();
  EXPECT_FALSE(DownloadKeys(server.Url("/"), "", kBytesMax, absl::Milliseconds(200), stop).ok());
  EXPECT_LT(absl::Now() - began, absl::Seconds(4));

  stop = true;
  EXPECT_FALSE(DownloadKeys(server.Url("/"), "", kBytesMax, absl::Hours(1), stop).ok())
      << "and no longer than anybody wants it";
  over.Notify();
}

}  // namespace
}  // namespace thidua::access
