// Reading a ranking over HTTP from the real thidua-portal beside a bare Boost.Beast server that
// answers the same head and body to whatever it is asked. The two take turns under the same load,
// on the machine's own cores.
//
//   http_read_bench SUMMARY.json
//   http_read_bench --bare ANSWER-FILE THREADS      the bare server; its file: a head without
//   length, and a body
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
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
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "tests/bench/bench.h"
#include "tests/bench/report.h"
#include "tests/system/suite.h"

namespace thidua::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
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
asio::awaitable<void> ServeBare(tcp::socket socket, const Answer& answer) {
  beast::flat_buffer buffer;
  error_code error;
  socket.set_option(tcp::no_delay(true), error);
  while (!error) {
    http::request<http::string_body> request;
    co_await http::async_read(socket, buffer, request,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    http::response<http::span_body<const char>> response(http::status::ok, request.version());
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    response.body() = {answer.body.data(), answer.body.size()};
    response.prepare_payload();
    co_await http::async_write(socket, response, asio::redirect_error(asio::use_awaitable, error));
  }
}

asio::awaitable<void> AcceptBare(tcp::acceptor& acceptor, asio::io_context& io,
                                 const Answer& answer) {
  while (true) {
    tcp::socket socket = co_await acceptor.async_accept(asio::make_strand(io), asio::use_awaitable);
    const auto executor = socket.get_executor();
    asio::co_spawn(executor, ServeBare(std::move(socket), answer), asio::detached);
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
  asio::io_context io(threads);
  tcp::acceptor acceptor(io, {asio::ip::make_address("127.0.0.1"), 0});
  asio::co_spawn(io, AcceptBare(acceptor, io, answer), asio::detached);
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

// The whole answer to one request, head and body.
std::string AnswerTo(const std::string& address, const std::string& request) {
  asio::io_context io;
  tcp::socket socket(io);
  socket.connect(EndpointOf(address));
  asio::write(socket, asio::buffer(request));
  std::string answer;
  size_t whole = 0;
  while (whole == 0 || answer.size() < whole) {
    char part[16384];
    answer.append(part, socket.read_some(asio::buffer(part)));
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
asio::awaitable<void> Ask(tcp::socket& socket, const std::string& request, size_t answer_size,
                          absl::Time end, std::vector<float>& waits) {
  std::string answer(answer_size, '\0');
  while (true) {
    const absl::Time begun = absl::Now();
    if (begun >= end) break;
    co_await asio::async_write(socket, asio::buffer(request), asio::use_awaitable);
    co_await asio::async_read(socket, asio::buffer(answer), asio::use_awaitable);
    waits.push_back(static_cast<float>(absl::ToDoubleMicroseconds(absl::Now() - begun)));
  }
}

Turn RunTurn(const std::string& address, pid_t pid, const std::string& request) {
  const std::string expected = AnswerTo(address, request);
  Must(absl::StartsWith(expected, "HTTP/1.1 200 "), expected);
  asio::io_context io(1);
  std::vector<tcp::socket> sockets;
  std::vector<std::vector<float>> waits(kConnections);
  for (int i = 0; i < kConnections; ++i) {
    sockets.emplace_back(io);
    sockets.back().connect(EndpointOf(address));
  }
  const double cpu_before = CpuSeconds(pid);
  const absl::Time start = absl::Now();
  for (size_t i = 0; i < sockets.size(); ++i) {
    asio::co_spawn(io, Ask(sockets[i], request, expected.size(), start + kTurn, waits[i]),
                   asio::detached);
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

void Run(const std::string& self, const std::string& path) {
  tests::Suite suite;
  const tests::CommandOutcome load = suite.Command({"load", tests::Khoi4Folder().string()});
  Must(load.exit_code == 0, load.err);
  suite.FreshRanking();

  const TemporaryFolder folder;
  const std::string log = (folder.path() / "log").string();
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  tests::Process portal({THIDUA_BIN_DIR "/thidua-portal", "--listen=127.0.0.1:0",
                         absl::StrCat("--registry=", suite.address(tests::Suite::kRegistry)),
                         absl::StrCat("--results=", suite.address(tests::Suite::kResults)),
                         absl::StrCat("--scoring=", suite.address(tests::Suite::kScoring)),
                         absl::StrCat("--http_threads=", threads),
                         absl::StrCat("--web_dir=", folder.path().string())},
                        log);
  const std::string ours_address = ReadyAddress(portal);
  const std::string request =
      absl::StrCat("GET /v1/", tests::kMidYear2019, "/ranking HTTP/1.1\r\nHost: ", ours_address,
                   "\r\nAccept: application/json\r\nUser-Agent: bench\r\n\r\n");
  const std::string answer = AnswerTo(ours_address, request);
  const std::string answer_file = (folder.path() / "answer").string();
  // Without the status line, and without the length, which Beast writes itself.
  std::string headers;
  const std::string head = answer.substr(0, answer.find("\r\n\r\n"));
  for (const absl::string_view line : absl::StrSplit(head, "\r\n")) {
    if (absl::StartsWith(line, "HTTP/") || absl::StartsWith(line, "Content-Length:")) continue;
    absl::StrAppend(&headers, headers.empty() ? "" : "\r\n", line);
  }
  std::ofstream(answer_file, std::ios::binary) << headers << "\r\n\r\n"
                                               << answer.substr(head.size() + 4);
  tests::Process bare({self, "--bare", answer_file, absl::StrCat(threads)}, log);
  const std::string bare_address = ReadyAddress(bare);
  Must(AnswerTo(bare_address, request).size() == answer.size(), "the answers are not alike");

  // Each figure is the median of the ratios of one round, so that a disturbance hits both sides.
  std::vector<double> rate, p99, cpu, rates;
  for (int round = -1; round < kRounds; ++round) {  // The first warms up.
    const Turn ours = RunTurn(ours_address, portal.pid(), request);
    const Turn theirs = RunTurn(bare_address, bare.pid(), request);
    std::fprintf(stderr, "ours %.0f/s p99 %.0f us cpu %.1f us; bare %.0f/s %.0f us %.1f us\n",
                 ours.requests_per_second, ours.p99_us, ours.cpu_us, theirs.requests_per_second,
                 theirs.p99_us, theirs.cpu_us);
    if (round < 0) continue;
    rate.push_back(ours.requests_per_second / theirs.requests_per_second);
    p99.push_back(ours.p99_us / theirs.p99_us);
    cpu.push_back(ours.cpu_us / theirs.cpu_us);
    rates.push_back(ours.requests_per_second);
  }
  Report report(path);
  const std::string how = absl::StrFormat(
      "%d connections, client and servers on the same cores; an answer of %d bytes; median of %d "
      "rounds",
      kConnections, answer.size(), kRounds);
  report.Add("http_ranking_vs_bare_beast", Median(rate), "ratio", how);
  report.Add("http_ranking_p99_vs_bare_beast", Median(p99), "ratio", how);
  report.Add("http_ranking_cpu_vs_bare_beast", Median(cpu), "ratio",
             "of the server process, a request");
  report.Add("http_rankings_per_second", Median(rates), "1/s", how);
  report.Save();
}

}  // namespace
}  // namespace thidua::bench

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  if (words.size() == 4 && words[1] == "--bare") {
    thidua::bench::RunBare(words[2], std::stoi(words[3]));
  } else if (words.size() == 2) {
    thidua::bench::Run(words[0], words[1]);
  } else {
    std::fprintf(stderr, "http_read_bench SUMMARY.json\n");
    return 2;
  }
}
