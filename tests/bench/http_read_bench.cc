// Reading a ranking over HTTP from the real thidua-portal beside a bare Boost.Beast server that
// answers the same head and body to whatever it is asked. The two take turns under the same load,
// on the machine's own cores. Then the same under guard: by HTTPS, with a token at each request.
//
//   http_read_bench SUMMARY.json
//   http_read_bench bare ANSWER-FILE THREADS [FLAG…]      the bare server, by TLS with its flags;
//   its file: a head without length, and a body
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "services/platform/flags.h"
#include "services/platform/tls.h"
#include "services/portal/https.h"
#include "tests/bench/bench.h"
#include "tests/bench/report.h"
#include "tests/system/guarded_suite.h"
#include "tests/system/suite.h"

namespace thidua::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr int kConnections = 32;
constexpr int kRounds = 7;
constexpr absl::Duration kTurn = absl::Seconds(2);

// ---- The bare server ----

struct Answer {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// Nothing but Beast: a request read, a response written, by a coroutine a connection.
template <typename Stream>
asio::awaitable<void> AnswerBare(Stream& stream, const Answer& answer) {
  beast::flat_buffer buffer;
  error_code error;
  while (!error) {
    http::request<http::string_body> request;
    co_await http::async_read(stream, buffer, request,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    http::response<http::span_body<const char>> response(http::status::ok, request.version());
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    response.body() = {answer.body.data(), answer.body.size()};
    response.prepare_payload();
    co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
  }
}

// `tls`: null for plaintext.
asio::awaitable<void> ServeBare(tcp::socket socket, ssl::context* tls, const Answer& answer) {
  error_code error;
  socket.set_option(tcp::no_delay(true), error);
  if (tls == nullptr) {
    co_await AnswerBare(socket, answer);
    co_return;
  }
  ssl::stream<tcp::socket> stream(std::move(socket), *tls);
  co_await stream.async_handshake(ssl::stream_base::server,
                                  asio::redirect_error(asio::use_awaitable, error));
  if (!error) co_await AnswerBare(stream, answer);
}

asio::awaitable<void> AcceptBare(tcp::acceptor& acceptor, asio::io_context& io, ssl::context* tls,
                                 const Answer& answer) {
  while (true) {
    tcp::socket socket = co_await acceptor.async_accept(asio::make_strand(io), asio::use_awaitable);
    const auto executor = socket.get_executor();
    asio::co_spawn(executor, ServeBare(std::move(socket), tls, answer), asio::detached);
  }
}

void RunBare(const std::string& file, int threads) {
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const size_t end_of_head = text.find("\r\n\r\n");
  Answer answer;
  answer.body = text.substr(end_of_head + 4);
  for (const absl::string_view line : absl::StrSplit(text.substr(0, end_of_head), "\r\n")) {
    const std::pair<std::string, std::string> header =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    answer.headers.push_back(header);
  }
  std::unique_ptr<portal::Https> https;
  const auto tls = platform::Tls::OfProcess();
  Must(tls.status());
  if ((*tls)->serves()) {
    auto opened = portal::Https::Open([&tls] { return (*tls)->pair(); });
    Must(opened.status());
    https = *std::move(opened);
  }
  asio::io_context io(threads);
  tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
  asio::co_spawn(io,
                 AcceptBare(acceptor, io, https == nullptr ? nullptr : &https->Context(), answer),
                 asio::detached);
  std::printf("ready 127.0.0.1:%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back([&io] { io.run(); });
  io.run();
}

// ---- The load ----

struct Turn {
  double requests_per_second = 0;
  double p99_us = 0;
  double cpu_us = 0;  // Of the server, a request.
};

tcp::endpoint EndpointOf(const std::string& address) {
  const size_t colon = address.rfind(':');
  return {asio::ip::make_address(address.substr(0, colon)),
          static_cast<uint16_t>(std::stoi(address.substr(colon + 1)))};
}

// A client's line, plain or by TLS.
class Line {
 public:
  Line(asio::io_context& io, const std::string& address, ssl::context* tls) : socket_(io) {
    socket_.connect(EndpointOf(address));
    if (tls == nullptr) return;
    tls_.emplace(socket_, *tls);
    tls_->handshake(ssl::stream_base::client);
  }
  // What is done alike on both.
  template <typename Work>
  auto With(Work work) {
    return tls_.has_value() ? work(*tls_) : work(socket_);
  }

 private:
  tcp::socket socket_;
  std::optional<ssl::stream<tcp::socket&>> tls_;
};

// The whole answer to one request, head and body.
std::string AnswerTo(const std::string& address, ssl::context* tls, const std::string& request) {
  asio::io_context io;
  Line line(io, address, tls);
  line.With([&](auto& stream) { asio::write(stream, asio::buffer(request)); });
  std::string answer;
  size_t whole = 0;
  while (whole == 0 || answer.size() < whole) {
    char part[16384];
    answer.append(part,
                  line.With([&](auto& stream) { return stream.read_some(asio::buffer(part)); }));
    const size_t head = answer.find("\r\n\r\n");
    if (whole != 0 || head == std::string::npos) continue;
    const size_t length = answer.find("Content-Length: ");
    Must(length < head, "an answer without its length");
    whole = head + 4 + std::stoul(answer.substr(length + 16));
  }
  return answer;
}

// Asks again as soon as it is answered, until `end`. Every answer has the same size; it is not
// looked at: what is measured is who answers.
template <typename Stream>
asio::awaitable<void> Ask(Stream& stream, const std::string& request, size_t answer_size,
                          absl::Time end, std::vector<float>& waits) {
  std::string answer(answer_size, '\0');
  while (true) {
    const absl::Time begun = absl::Now();
    if (begun >= end) break;
    co_await asio::async_write(stream, asio::buffer(request), asio::use_awaitable);
    co_await asio::async_read(stream, asio::buffer(answer), asio::use_awaitable);
    waits.push_back(static_cast<float>(absl::ToDoubleMicroseconds(absl::Now() - begun)));
  }
}

Turn RunTurn(const std::string& address, pid_t pid, ssl::context* tls, const std::string& request) {
  const std::string expected = AnswerTo(address, tls, request);
  Must(absl::StartsWith(expected, "HTTP/1.1 200 "), expected);
  asio::io_context io(1);
  std::vector<std::unique_ptr<Line>> lines;
  std::vector<std::vector<float>> waits(kConnections);
  for (int i = 0; i < kConnections; ++i) {
    lines.push_back(std::make_unique<Line>(io, address, tls));
  }
  const double cpu_before = CpuSeconds(pid);
  const absl::Time start = absl::Now();
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i]->With([&](auto& stream) {
      asio::co_spawn(io, Ask(stream, request, expected.size(), start + kTurn, waits[i]),
                     asio::detached);
    });
  }
  io.run();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const double cpu = CpuSeconds(pid) - cpu_before;
  std::vector<float> all;
  for (const auto& one : waits) all.insert(all.end(), one.begin(), one.end());
  const size_t at = all.size() * 99 / 100;
  std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at), all.end());
  const auto requests = static_cast<double>(all.size());
  return {requests / seconds, all[at], cpu / requests * 1e6};
}

std::string ReadyAddress(tests::Process& process) {
  const std::string line = process.ReadLine();
  Must(absl::StartsWith(line, "ready "), "a server did not start");
  return line.substr(6);
}

// A portal beside a bare server that answers as it does. `prefix`: of the figures' names. `headers`
// go with each request; `tls`: null for plaintext, otherwise `tls_flags` are the bare server's.
void Compare(const std::string& self, const TemporaryFolder& folder, const std::string& prefix,
             const std::string& address, pid_t pid, int threads, ssl::context* tls,
             const std::vector<std::string>& tls_flags, const std::string& headers,
             Report& report) {
  const std::string request =
      absl::StrCat("GET /v1/", tests::kMidYear2019, "/ranking HTTP/1.1\r\nHost: ", address,
                   "\r\nAccept: application/json\r\nUser-Agent: bench\r\n", headers, "\r\n");
  const std::string answer = AnswerTo(address, tls, request);
  const std::string answer_file = (folder.path() / absl::StrCat(prefix, "answer")).string();
  // Without the status line, and without the length, which Beast writes itself.
  std::string kept;
  const std::string head = answer.substr(0, answer.find("\r\n\r\n"));
  for (const absl::string_view line : absl::StrSplit(head, "\r\n")) {
    if (absl::StartsWith(line, "HTTP/") || absl::StartsWith(line, "Content-Length:")) continue;
    absl::StrAppend(&kept, kept.empty() ? "" : "\r\n", line);
  }
  std::ofstream(answer_file, std::ios::binary) << kept << "\r\n\r\n"
                                               << answer.substr(head.size() + 4);
  std::vector<std::string> words = {self, "bare", answer_file, absl::StrCat(threads)};
  words.insert(words.end(), tls_flags.begin(), tls_flags.end());
  tests::Process bare(words, (folder.path() / "log").string());
  const std::string bare_address = ReadyAddress(bare);
  Must(AnswerTo(bare_address, tls, request).size() == answer.size(), "the answers are not alike");

  // Each figure is the median of the ratios of one round, so that a disturbance hits both sides.
  std::vector<double> rate, p99, cpu, rates;
  for (int round = -1; round < kRounds; ++round) {  // The first warms up.
    const Turn ours = RunTurn(address, pid, tls, request);
    const Turn theirs = RunTurn(bare_address, bare.pid(), tls, request);
    std::fprintf(stderr, "%sours %.0f/s p99 %.0f us cpu %.1f us; bare %.0f/s %.0f us %.1f us\n",
                 prefix.c_str(), ours.requests_per_second, ours.p99_us, ours.cpu_us,
                 theirs.requests_per_second, theirs.p99_us, theirs.cpu_us);
    if (round < 0) continue;
    rate.push_back(ours.requests_per_second / theirs.requests_per_second);
    p99.push_back(ours.p99_us / theirs.p99_us);
    cpu.push_back(ours.cpu_us / theirs.cpu_us);
    rates.push_back(ours.requests_per_second);
  }
  const std::string how = absl::StrFormat(
      "%s%d connections, client and servers on the same cores; an answer of %d bytes; median of %d "
      "rounds",
      tls == nullptr ? "" : "TLS 1.3, a token at each request; ", kConnections, answer.size(),
      kRounds);
  report.Add(absl::StrCat(prefix, "http_ranking_vs_bare_beast"), Median(rate), "ratio", how);
  report.Add(absl::StrCat(prefix, "http_ranking_p99_vs_bare_beast"), Median(p99), "ratio", how);
  report.Add(absl::StrCat(prefix, "http_ranking_cpu_vs_bare_beast"), Median(cpu), "ratio",
             "of the server process, a request");
  report.Add(absl::StrCat(prefix, "http_rankings_per_second"), Median(rates), "1/s", how);
}

void Run(const std::string& self, const std::string& path) {
  const TemporaryFolder folder;
  Report report(path);
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const std::string threads_flag = absl::StrCat("--http_threads=", threads);
  {
    tests::Suite suite;
    const tests::CommandOutcome load = suite.Command({"load", tests::Khoi4Folder().string()});
    Must(load.exit_code == 0, load.err);
    suite.FreshRanking();
    suite.Start(tests::Suite::kPortal, {threads_flag});
    Compare(self, folder, "", suite.address(tests::Suite::kPortal),
            suite.pid(tests::Suite::kPortal), threads, nullptr, {}, "", report);
  }
  {
    tests::GuardedSuite guard;
    tests::Suite& suite = guard.suite();
    suite.FreshRanking();
    suite.Start(tests::Suite::kPortal, {threads_flag});
    ssl::context tls(ssl::context::tls_client);
    tls.load_verify_file(guard.certificates().ca());
    tls.set_verify_mode(ssl::verify_peer);
    Compare(self, folder, "guarded_", suite.address(tests::Suite::kPortal),
            suite.pid(tests::Suite::kPortal), threads, &tls,
            {absl::StrCat("--tls_certificate=", guard.certificates().pem("portal")),
             absl::StrCat("--tls_key=", guard.certificates().key("portal"))},
            absl::StrCat("Authorization: Bearer ", guard.Token(tests::kReader), "\r\n"), report);
  }
  report.Save();
}

}  // namespace
}  // namespace thidua::bench

int main(int argc, char** argv) {
  const auto words = thidua::platform::ReadFlags(argc, argv);
  thidua::bench::Must(words.status());
  if (words->size() == 3 && words->front() == "bare") {
    thidua::bench::RunBare((*words)[1], std::stoi((*words)[2]));
  } else if (words->size() == 1) {
    thidua::bench::Run(argv[0], words->front());
  } else {
    std::fprintf(stderr, "http_read_bench SUMMARY.json\n");
    return 2;
  }
}
