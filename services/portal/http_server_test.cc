#include "services/portal/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/platform/certificates_testlib.h"
#include "services/portal/http_client_testlib.h"

namespace thidua::portal {
namespace {

namespace asio = boost::asio;
using testing::ElementsAre;
using testing::HasSubstr;

// The same event so many times, and then silence.
class FakeEvents : public EventStream {
 public:
  FakeEvents(std::string event, int events) : event_(std::move(event)), left_(events) {}

  asio::awaitable<std::optional<std::string>> Next() override {
    if (left_ == 0 && !cancelled_.HasBeenNotified()) {
      asio::steady_timer silence(co_await asio::this_coro::executor,
                                 asio::steady_timer::time_point::max());
      silence_ = &silence;
      boost::system::error_code error;
      co_await silence.async_wait(asio::redirect_error(asio::use_awaitable, error));
      silence_ = nullptr;
    }
    if (cancelled_.HasBeenNotified()) co_return std::nullopt;
    --left_;
    ++taken_;
    co_return event_;
  }
  void Cancel() override {
    if (!cancelled_.HasBeenNotified()) cancelled_.Notify();
    if (silence_ != nullptr) silence_->cancel();
  }

  bool AwaitCancelled() { return cancelled_.WaitForNotificationWithTimeout(absl::Seconds(10)); }
  int taken() const { return taken_.load(); }

 private:
  const std::string event_;
  int left_;
  std::atomic<int> taken_{0};
  absl::Notification cancelled_;
  asio::steady_timer* silence_ = nullptr;
};

// Says what was asked; "/hold" waits until the test lets it go.
class FakeHandler : public HttpHandler {
 public:
  size_t BodyBytesMax(absl::string_view target) const override {
    return target == "/large" ? 32 * 1024 * 1024 : 1000;
  }
  asio::awaitable<HttpAnswer> Answer(const HttpRequest& request,
                                     const asio::ip::address&) override {
    const std::string target(request.target());
    if (target == "/events" || target == "/flood") {
      const absl::MutexLock lock(&mutex_);
      events_ = target == "/events"
                    ? std::make_shared<FakeEvents>("data: 1\n\n", 2)
                    : std::make_shared<FakeEvents>(std::string(1024 * 1024, 'x'), 1000);
      co_return HttpEvents{{{"Content-Type", "text/event-stream"}}, events_};
    }
    if (target == "/throw") throw std::runtime_error("a fault of ours");
    if (target == "/hold") {
      asio::steady_timer timer(co_await asio::this_coro::executor);
      holding_.Notify();
      while (!let_go_.HasBeenNotified()) {
        timer.expires_after(std::chrono::milliseconds(1));
        co_await timer.async_wait(asio::use_awaitable);
      }
    }
    HttpReply reply;
    if (target == "/204") reply.status = 204;
    if (target == "/304") reply.status = 304;
    reply.headers = {{"Content-Type", "text/plain"}};
    reply.body = std::make_shared<const std::string>(
        target == "/big"    ? std::string(24 * 1024 * 1024, 'b')
        : target == "/huge" ? std::string(64 * 1024 * 1024, 'b')
        : target == "/large"
            ? absl::StrCat(request.body().size())
            : absl::StrCat(std::string(request.method_string()), " ", target, " ", request.body()));
    co_return reply;
  }
  HttpReply Refuse(unsigned http_status) const override {
    HttpReply reply;
    reply.status = http_status;
    reply.body = std::make_shared<const std::string>("refused");
    return reply;
  }

  std::shared_ptr<FakeEvents> events() {
    const auto there = [this] {
      mutex_.AssertReaderHeld();
      return events_ != nullptr;
    };
    const absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&there), absl::Seconds(10));
    return events_;
  }
  absl::Notification holding_;
  absl::Notification let_go_;

 private:
  absl::Mutex mutex_;
  std::shared_ptr<FakeEvents> events_ ABSL_GUARDED_BY(mutex_);
};

std::shared_ptr<const std::string> PairOf(const platform::Certificates& certificates,
                                          const std::string& name) {
  return std::make_shared<const std::string>(absl::StrCat(
      platform::ContentOf(certificates.key(name)), platform::ContentOf(certificates.pem(name))));
}

// What holds in plaintext and by TLS alike.
class HttpServerTest : public testing::TestWithParam<bool> {
 protected:
  static void SetUpTestSuite() {
    certificates_ = new platform::Certificates;
    client_tls_ = ClientTls(certificates_->ca()).release();
  }
  static void TearDownTestSuite() {
    delete client_tls_;
    delete certificates_;
  }

  HttpServerTest() { Start({}); }
  ~HttpServerTest() override {
    if (!handler_.let_go_.HasBeenNotified()) handler_.let_go_.Notify();
    server_->Drain(absl::Seconds(10));
  }

  void Start(HttpLimits limits) {
    server_.reset();
    server_ = NewServer(limits, handler_);
  }
  static std::unique_ptr<HttpServer> NewServer(HttpLimits limits, HttpHandler& handler) {
    std::unique_ptr<Https> https;
    if (GetParam()) {
      auto opened = Https::Open([pair = PairOf(*certificates_, "portal")] { return pair; });
      EXPECT_TRUE(opened.ok()) << opened.status();
      https = *std::move(opened);
    }
    auto server = HttpServer::Start("127.0.0.1:0", 2, limits, handler, std::move(https));
    EXPECT_TRUE(server.ok()) << server.status();
    return *std::move(server);
  }
  static boost::asio::ssl::context* client_tls() { return GetParam() ? client_tls_ : nullptr; }
  HttpClient Client(int receive_buffer = 0) {
    return HttpClient(server_->address(), receive_buffer, client_tls());
  }
  std::unique_ptr<HttpClient> NewClient() {
    return std::make_unique<HttpClient>(server_->address(), 0, client_tls());
  }
  // To what is sent on a connection of its own, which then ends.
  HttpReceived To(absl::string_view bytes) {
    HttpClient client = Client();
    client.Send(bytes);
    HttpReceived received = client.Read();
    EXPECT_TRUE(client.AwaitEnd());
    return received;
  }
  void AwaitConnections(int connections) {
    const absl::Time until = absl::Now() + absl::Seconds(10);
    while (server_->connections() != connections && absl::Now() < until) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    EXPECT_EQ(server_->connections(), connections);
  }

  static platform::Certificates* certificates_;
  static boost::asio::ssl::context* client_tls_;
  FakeHandler handler_;
  std::unique_ptr<HttpServer> server_;
};
platform::Certificates* HttpServerTest::certificates_ = nullptr;
boost::asio::ssl::context* HttpServerTest::client_tls_ = nullptr;
INSTANTIATE_TEST_SUITE_P(Line, HttpServerTest, testing::Bool(),
                         [](const auto& line) { return line.param ? "Tls" : "Plain"; });

TEST_P(HttpServerTest, OneConnectionServesManyRequests) {
  HttpClient client = Client();
  for (int i = 0; i < 3; ++i) {
    const HttpReceived received = client.Ask("POST", absl::StrCat("/", i), {}, "body");
    EXPECT_EQ(received.status, 200u);
    EXPECT_EQ(received.body, absl::StrCat("POST /", i, " body"));
    EXPECT_EQ(received.header("Connection"), "");
  }
  EXPECT_EQ(server_->connections(), 1);
}

TEST_P(HttpServerTest, RequestsThatComeTogetherAreAnsweredInTheirOrder) {
  HttpClient client = Client();
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    absl::StrAppend(&requests, "PUT /", i, " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n",
                    10 + i);
  }
  client.Send(requests);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.Read().body, absl::StrCat("PUT /", i, " ", 10 + i));
}

TEST_P(HttpServerTest, ARequestMayComeByteByByte) {
  HttpClient client = Client();
  for (const char c : absl::string_view("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")) {
    ASSERT_TRUE(client.Send(absl::string_view(&c, 1)));
  }
  EXPECT_EQ(client.Read().body, "GET /slow ");
}

TEST_P(HttpServerTest, BrowsersAreToldToComeBackByTls) {
  const std::string year = GetParam() ? "max-age=31536000" : "";
  HttpClient client = Client();
  EXPECT_EQ(client.Ask("GET", "/").header("Strict-Transport-Security"), year);
  EXPECT_EQ(To("rubbish\r\n\r\n").header("Strict-Transport-Security"), year);
  client.Begin("GET", "/events");
  EXPECT_EQ(client.ReadHead().header("Strict-Transport-Security"), year);
}

TEST_P(HttpServerTest, TheEndIsSaid) {
  HttpClient client = Client();
  client.Send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.Read().status, 200u);
  EXPECT_TRUE(client.AwaitEnd());
  EXPECT_TRUE(client.end_was_said());
  AwaitConnections(0);
}

TEST_P(HttpServerTest, WhoSaysSoIsNotKept) {
  HttpReceived received = To("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(received.body, "GET / ");
  EXPECT_EQ(received.header("Connection"), "close");
  EXPECT_EQ(To("GET / HTTP/1.0\r\n\r\n").body, "GET / ");
}

TEST_P(HttpServerTest, HeadAndWhatHasNoBody) {
  HttpClient client = Client();
  const HttpReceived head = client.Ask("HEAD", "/x");
  EXPECT_EQ(head.header("Content-Length"), "8");  // "HEAD /x "
  for (const char* target : {"/204", "/304"}) {
    const HttpReceived none = client.Ask("GET", target);
    EXPECT_EQ(none.body, "") << target;
    EXPECT_EQ(none.header("Content-Length"), "") << target;
  }
  EXPECT_EQ(client.Ask("GET", "/after").body, "GET /after ");
}

TEST_P(HttpServerTest, ALongHeaderIsRefused) {
  const std::string fits(15 * 1024, 'a'), long_one(17 * 1024, 'a');
  EXPECT_EQ(Client().Ask("GET", "/", {absl::StrCat("X: ", fits)}).status, 200u);
  EXPECT_EQ(To(absl::StrCat("GET / HTTP/1.1\r\nX: ", long_one, "\r\n\r\n")).status, 431u);
  EXPECT_EQ(To(absl::StrCat("GET /", long_one, " HTTP/1.1\r\n\r\n")).status, 431u);
}

TEST_P(HttpServerTest, ALongBodyIsRefusedHoweverItComes) {
  const std::string thousand(1000, 'b');
  EXPECT_EQ(Client().Ask("POST", "/", {}, thousand).body, absl::StrCat("POST / ", thousand));
  EXPECT_EQ(
      To(absl::StrCat("POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", thousand, "b")).status,
      413u);
  // Before any of it has come.
  EXPECT_EQ(To("POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n").status, 413u);
  const std::string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(To(absl::StrCat(chunked, "3E9\r\n", thousand, "b\r\n0\r\n\r\n")).status, 413u);
  std::string many = chunked;
  for (int i = 0; i < 20; ++i) absl::StrAppend(&many, "64\r\n", thousand.substr(0, 100), "\r\n");
  EXPECT_EQ(To(absl::StrCat(many, "0\r\n\r\n")).status, 413u);
  EXPECT_EQ(To(absl::StrCat(chunked, "FFFFFFFFFFFFFFFFFF\r\n")).status, 400u);
}

TEST_P(HttpServerTest, ABodyByChunksIsPutTogether) {
  HttpClient client = Client();
  client.Send(
      "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\nGET /d HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.Read().body, "POST /c abcdefg");
  EXPECT_EQ(client.Read().body, "GET /d ");
}

TEST_P(HttpServerTest, TheLimitOfABodyIsItsTargets) {
  EXPECT_EQ(Client().Ask("POST", "/large", {}, std::string(16 * 1024 * 1024, 'x')).body,
            "16777216");
}

TEST_P(HttpServerTest, WhoAsksWhetherToGoOnIsToldFirst) {
  HttpClient client = Client();
  client.Send("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.Read().status, 100u);
  client.Send("ab");
  EXPECT_EQ(client.Read().body, "POST / ab");
  EXPECT_EQ(To("POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2000\r\n\r\n").status,
            413u);
}

TEST_P(HttpServerTest, WhatIsNoRequestIsRefused) {
  for (const std::string bytes :
       {"rubbish\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nNo colon\r\n\r\n", "GET / HTTP/1.1\r\nX : y\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        // What two readers could read in two ways.
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\x16\x03\x01\x02\x01\x01\xfc\x03\x03 a TLS greeting\r\n\r\n"}) {
    const HttpReceived received = To(bytes);
    EXPECT_EQ(received.status, 400u) << bytes;
    EXPECT_EQ(received.body, "refused") << bytes;
  }
  AwaitConnections(0);
}

TEST_P(HttpServerTest, AFaultOfOursEndsItsConnectionOnly) {
  HttpClient other = Client();
  EXPECT_EQ(other.Ask("GET", "/1").status, 200u);
  EXPECT_EQ(Client().Ask("GET", "/throw").status, 0u);
  EXPECT_EQ(other.Ask("GET", "/2").status, 200u);
}

TEST_P(HttpServerTest, WhoIsSlowIsNotWaitedFor) {
  Start({.request = absl::Milliseconds(50)});
  for (const char* part : {"G", "GET / HTTP/1.1\r\n",
                           "GET / HTTP/1.1\r\nX:", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nab",
                           "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    HttpClient client = Client();
    client.Send(part);
    EXPECT_TRUE(client.AwaitEnd()) << part;
  }
  AwaitConnections(0);
}

TEST_P(HttpServerTest, WhoSaysNothingIsNotKept) {
  Start({.idle = absl::Milliseconds(50)});
  EXPECT_TRUE(Client().AwaitEnd());
  // The first request has no longer than that either: where the test was too slow, once more.
  std::unique_ptr<HttpClient> client;
  const absl::Time until = absl::Now() + absl::Seconds(10);
  do {
    client = NewClient();
  } while (client->Ask("GET", "/").status != 200u && absl::Now() < until);
  EXPECT_LT(absl::Now(), until);
  EXPECT_TRUE(client->AwaitEnd());
}

TEST_P(HttpServerTest, BodiesTogetherWeighNoMoreThanTheirRoom) {
  Start({.body_bytes = 3000});
  std::vector<std::unique_ptr<HttpClient>> idle;
  for (int i = 0; i < 5; ++i) {  // Who only says how much it will send takes no room.
    idle.push_back(NewClient());
    idle.back()->Send("POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n");
  }
  EXPECT_EQ(Client().Ask("POST", "/b", {}, std::string(900, 'b')).status, 200u);
  HttpClient holding = Client();
  holding.Begin("POST", "/hold", {}, std::string(1000, 'b'));
  handler_.holding_.WaitForNotification();
  EXPECT_EQ(Client().Ask("POST", "/large", {}, std::string(2500, 'b')).status, 503u);
  EXPECT_EQ(Client().Ask("POST", "/large", {}, std::string(1500, 'b')).status, 200u)
      << "what was refused holds nothing";
  EXPECT_EQ(Client().Ask("GET", "/c").status, 200u);
  handler_.let_go_.Notify();
  EXPECT_EQ(holding.Read().status, 200u);
  // Its room is given back once its answer is written, which comes before its next request is read.
  EXPECT_EQ(holding.Ask("GET", "/c").status, 200u);
  EXPECT_EQ(Client().Ask("POST", "/large", {}, std::string(2500, 'b')).status, 200u);
}

TEST_P(HttpServerTest, WhoDoesNotReadAnAnswerIsNotWaitedFor) {
  Start({.write = absl::Milliseconds(100)});
  HttpClient client = Client(4096);
  AwaitConnections(1);
  client.Begin("GET", "/big");
  AwaitConnections(0);
}

TEST_P(HttpServerTest, WhoReadsSlowlyGetsALongAnswerWhole) {
  const HttpLimits limits = {.write = absl::Seconds(1)};
  Start(limits);
  // TLS goes by records that are longer than a small buffer, and would take as long as a test
  // waits.
  HttpClient client = Client(GetParam() ? 65536 : 4096);
  client.Begin("GET", "/huge");
  const absl::Time begun = absl::Now();
  const std::string body = client.ReadBodySlowly(absl::Milliseconds(40));
  EXPECT_GT(absl::Now() - begun, 2 * limits.write) << "in all, though never for one piece";
  EXPECT_EQ(body.size(), 64u * 1024 * 1024);
  EXPECT_EQ(body.find_first_not_of('b'), std::string::npos);
}

TEST_P(HttpServerTest, WhoDoesNotReadEventsIsNotWaitedForAndNothingIsPiledUp) {
  Start({.write = absl::Milliseconds(100)});
  HttpClient client = Client(4096);
  client.Begin("GET", "/flood");
  const auto events = handler_.events();
  EXPECT_TRUE(events->AwaitCancelled());
  EXPECT_LT(events->taken(), 20);  // What the kernel takes, and one more.
  AwaitConnections(0);
}

TEST_P(HttpServerTest, EventsComeAsChunksUntilTheirEnd) {
  HttpClient client = Client();
  client.Begin("GET", "/events");
  const HttpReceived head = client.ReadHead();
  EXPECT_EQ(head.status, 200u);
  EXPECT_EQ(head.header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(client.NextBlock(), "data: 1");
  EXPECT_EQ(client.NextBlock(), "data: 1");
  server_->Drain(absl::Seconds(10));
  EXPECT_EQ(client.NextBlock(), std::nullopt);
  EXPECT_TRUE(client.ended_whole());
}

TEST_P(HttpServerTest, EventsForWhoKnowsNoChunks) {
  HttpClient client = Client();
  client.Send("GET /events HTTP/1.0\r\n\r\n");
  const HttpReceived head = client.ReadHead();
  EXPECT_EQ(head.header("Transfer-Encoding"), "");
  EXPECT_EQ(client.NextBlock(), "data: 1");
  handler_.events();
  client.Close();
  EXPECT_TRUE(handler_.events()->AwaitCancelled());
}

TEST_P(HttpServerTest, TheHeadOfEventsHasNone) {
  HttpClient client = Client();
  const HttpReceived head = client.Ask("HEAD", "/events");
  EXPECT_EQ(head.header("Content-Type"), "text/event-stream");
  EXPECT_TRUE(handler_.events()->AwaitCancelled());
  EXPECT_TRUE(client.AwaitEnd());
}

TEST_P(HttpServerTest, AReaderOfEventsThatGoesIsNoticedAtOnce) {
  for (const bool killed : {false, true}) {
    FakeHandler handler;
    const std::unique_ptr<HttpServer> server = NewServer({}, handler);
    HttpClient client(server->address(), 0, client_tls());
    client.Begin("GET", "/events");
    client.ReadHead();
    EXPECT_EQ(client.NextBlock(), "data: 1");
    EXPECT_EQ(client.NextBlock(), "data: 1");  // And then silence.
    killed ? client.Reset() : client.Close();
    EXPECT_TRUE(handler.events()->AwaitCancelled());
    server->Drain(absl::Seconds(10));
  }
}

TEST_P(HttpServerTest, BeyondItsConnectionsItTakesNone) {
  Start({.connections = 3});
  std::vector<std::unique_ptr<HttpClient>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(NewClient());
    EXPECT_EQ(clients.back()->Ask("GET", "/").status, 200u);
  }
  EXPECT_TRUE(Client().AwaitEnd());
  EXPECT_EQ(clients[0]->Ask("GET", "/").status, 200u);
  clients.pop_back();
  AwaitConnections(2);
  EXPECT_EQ(Client().Ask("GET", "/").status, 200u);
}

TEST_P(HttpServerTest, ThoseThatComeAndGoLeaveNothingOpen) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 50; ++i) {
        HttpClient client = Client();
        switch ((i + t) % 4) {
          case 0:
            EXPECT_EQ(client.Ask("GET", "/").status, 200u);
            break;
          case 1:
            client.Begin("GET", "/events");
            break;
          case 2:
            client.Send("GET / HT");
            break;
          case 3:
            client.Begin("GET", "/big");
            client.Reset();
            break;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  AwaitConnections(0);
}

TEST_P(HttpServerTest, WithoutAFileDescriptorLeftItWaitsForOne) {
  if (GetParam()) GTEST_SKIP() << "what waits has not shaken hands yet";
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer asks a pipe of its own what may be read";
#endif
  HttpClient kept = Client();
  EXPECT_EQ(kept.Ask("GET", "/").status, 200u);
  const int late = socket(AF_INET, SOCK_STREAM, 0);
  timeval patience = {10, 0};
  setsockopt(late, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const int lowest_free = dup(late);
  close(lowest_free);
  rlimit before = {};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none = {static_cast<rlim_t>(lowest_free), before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(
      std::stoi(server_->address().substr(server_->address().find(':') + 1))));
  EXPECT_EQ(connect(late, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const absl::string_view request = "GET /late HTTP/1.0\r\n\r\n";
  EXPECT_EQ(write(late, request.data(), request.size()), static_cast<ssize_t>(request.size()));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(kept.Ask("GET", "/").status, 200u);
  setrlimit(RLIMIT_NOFILE, &before);
  char answer[1024];
  const ssize_t size = read(late, answer, sizeof answer);
  ASSERT_GT(size, 0);
  EXPECT_THAT(std::string(answer, static_cast<size_t>(size)), HasSubstr("200 OK"));
  close(late);
}

TEST_P(HttpServerTest, DrainingClosesWhatIsIdleAndAnswersWhatIsAsked) {
  HttpClient idle = Client(), silent = Client(), asking = Client(), reading = Client();
  EXPECT_EQ(idle.Ask("GET", "/").status, 200u);
  reading.Begin("GET", "/events");
  reading.ReadHead();
  asking.Begin("GET", "/hold");
  handler_.holding_.WaitForNotification();
  AwaitConnections(4);
  bool drained = false;
  std::thread draining([&] { drained = server_->Drain(absl::Seconds(10)); });
  EXPECT_TRUE(idle.AwaitEnd());
  EXPECT_TRUE(silent.AwaitEnd());
  while (reading.NextBlock().has_value()) {
  }
  EXPECT_TRUE(reading.ended_whole());
  AwaitConnections(1);
  handler_.let_go_.Notify();
  const HttpReceived received = asking.Read();
  EXPECT_EQ(received.body, "GET /hold ");
  EXPECT_EQ(received.header("Connection"), "close");
  draining.join();
  EXPECT_TRUE(drained);
  EXPECT_EQ(server_->connections(), 0);
}

TEST_P(HttpServerTest, WhatCannotBeAnsweredIsGivenUp) {
  HttpClient asking = Client();
  asking.Begin("GET", "/hold");
  handler_.holding_.WaitForNotification();
  EXPECT_FALSE(server_->Drain(absl::Milliseconds(10)));
  EXPECT_EQ(asking.Read().status, 0u);
}

// What is TLS's own.
class HttpsTest : public testing::Test {
 protected:
  HttpsTest() : pair_(PairOf(certificates_, "portal")) { Start({}); }

  void Start(HttpLimits limits) {
    server_.reset();
    auto https = Https::Open([this] {
      const absl::MutexLock lock(&mutex_);
      return pair_;
    });
    ASSERT_TRUE(https.ok()) << https.status();
    auto server = HttpServer::Start("127.0.0.1:0", 2, limits, handler_, *std::move(https));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void Replace(std::shared_ptr<const std::string> pair) {
    const absl::MutexLock lock(&mutex_);
    pair_ = std::move(pair);
  }
  platform::Handshake Shake(const platform::HandshakeOptions& options = {}) {
    return platform::ShakeHands(server_->address(), options);
  }

  platform::Certificates certificates_;
  absl::Mutex mutex_;
  std::shared_ptr<const std::string> pair_ ABSL_GUARDED_BY(mutex_);
  FakeHandler handler_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpsTest, SpeaksHttp11ByTls12And13) {
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    EXPECT_FALSE(Shake({.version_max = version}).done);
  }
  EXPECT_EQ(Shake({.version_max = TLS1_2_VERSION}).protocol, "TLSv1.2");
  EXPECT_EQ(Shake().protocol, "TLSv1.3");
  EXPECT_EQ(Shake().alpn, "");
  EXPECT_EQ(Shake({.alpn = "\x02h2\x08http/1.1"}).alpn, "http/1.1");
  const platform::Handshake other = Shake({.alpn = "\x02h2"});
  EXPECT_FALSE(other.done);
  EXPECT_THAT(other.refused_for, HasSubstr("no application protocol"));
  // CBC is not taken any more.
  EXPECT_FALSE(
      Shake({.version_max = TLS1_2_VERSION, .ciphers_of_tls12 = "ECDHE-ECDSA-AES256-SHA384"}).done);
  EXPECT_TRUE(
      Shake({.version_max = TLS1_2_VERSION, .ciphers_of_tls12 = "ECDHE-ECDSA-AES256-GCM-SHA384"})
          .done);
}

TEST_F(HttpsTest, WhoDoesNotSpeakTlsIsNotAnswered) {
  HttpClient plain(server_->address());
  plain.Begin("GET", "/");
  EXPECT_EQ(plain.Read().status, 0u);
  const platform::Certificates others;
  const auto credulous = ClientTls(others.ca());
  EXPECT_EQ(HttpClient(server_->address(), 0, credulous.get()).Ask("GET", "/").status, 0u);
}

TEST_F(HttpsTest, WhoIsSlowToShakeHandsIsNotWaitedFor) {
  Start({.handshake = absl::Milliseconds(50)});
  for (const char* part : {"", "\x16", "\x16\x03\x01\x02"}) {
    HttpClient client(server_->address());
    client.Send(part);
    EXPECT_TRUE(client.AwaitEnd());
  }
}

TEST_F(HttpsTest, WhoShakesHandsCountsAmongTheConnectionsAndHoldsUpNoEnd) {
  Start({.connections = 1});
  HttpClient silent(server_->address());
  const absl::Time until = absl::Now() + absl::Seconds(10);
  while (server_->connections() != 1 && absl::Now() < until) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_FALSE(Shake().done);
  EXPECT_TRUE(server_->Drain(absl::Seconds(5)));
  EXPECT_TRUE(silent.AwaitEnd());
}

TEST_F(HttpsTest, AReplacedCertificateIsShownToNewConnectionsAndOldOnesGoOn) {
  const auto tls = ClientTls(certificates_.ca());
  HttpClient old(server_->address(), 0, tls.get());
  EXPECT_EQ(old.Ask("GET", "/1").status, 200u);
  const std::string before = certificates_.serial("portal");
  EXPECT_EQ(Shake().serial, before);
  certificates_.Issue("portal");
  Replace(PairOf(certificates_, "portal"));
  EXPECT_NE(certificates_.serial("portal"), before);
  EXPECT_EQ(Shake().serial, certificates_.serial("portal"));
  EXPECT_EQ(old.Ask("GET", "/2").status, 200u);
  EXPECT_EQ(HttpClient(server_->address(), 0, tls.get()).Ask("GET", "/3").status, 200u);
}

TEST_F(HttpsTest, WhatIsNoPairIsNotServedWith) {
  const std::string before = certificates_.serial("portal");
  const auto mismatched = std::make_shared<const std::string>(
      absl::StrCat(platform::ContentOf(certificates_.key("scoring")),
                   platform::ContentOf(certificates_.pem("portal"))));
  Replace(mismatched);
  EXPECT_EQ(Shake().serial, before);
  EXPECT_EQ(Shake().serial, before);
  EXPECT_TRUE(absl::IsInvalidArgument(Https::Open([&] { return mismatched; }).status()));
}

TEST_P(HttpServerTest, AnAddressThatIsTakenOrNoneIsTold) {
  EXPECT_TRUE(absl::IsUnavailable(HttpServer::Start(server_->address(), 1, {}, handler_).status()));
  for (const char* address : {"", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "nowhere:80"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(HttpServer::Start(address, 1, {}, handler_).status()))
        << address;
  }
}

}  // namespace
}  // namespace thidua::portal
