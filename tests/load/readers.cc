// First, for Beast wants <utility> before it.
#include "services/portal/http_client_testlib.h"
//
#include <grpcpp/grpcpp.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/background.h"
#include "tests/load/call.h"
#include "tests/load/readers.h"

namespace thidua::load {
namespace {

// What follows "revision": in an answer's JSON; "" when there is none.
std::string RevisionIn(const std::string& json) {
  constexpr absl::string_view kKey = "\"revision\":";
  const size_t key = json.find(kKey.data(), 0, kKey.size());
  if (key == std::string::npos) return "";
  const size_t begin = json.find('"', key + kKey.size());
  const size_t end = begin == std::string::npos ? begin : json.find('"', begin + 1);
  return end == std::string::npos ? "" : json.substr(begin + 1, end - begin - 1);
}

std::string CodeOf(unsigned http_status) {
  if (http_status == 200) return "OK";
  if (http_status == 429) return "RESOURCE_EXHAUSTED";
  return http_status == 0 ? "LINE_ENDED" : absl::StrCat("HTTP_", http_status);
}

}  // namespace

Readers::Readers(tests::GuardedSuite& guard, const Provinces& provinces, Recorder& recorder,
                 const Lines& lines)
    : guard_(guard),
      provinces_(provinces),
      recorder_(recorder),
      lines_(lines),
      tls_(portal::ClientTls(guard.certificates().ca())) {
  for (int i = 0; i < lines.grpc; ++i) threads_.emplace_back([this, i] { ReadByGrpc(i); });
  for (int i = 0; i < lines.http; ++i) threads_.emplace_back([this, i] { ReadByHttp(i); });
}

void Readers::Stop() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool Readers::Pause() {
  if (lines_.pause == absl::ZeroDuration()) return !stopping_;
  const auto over = [this] { return stopping_.load(); };
  const absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&over), lines_.pause);
}

void Readers::Check(size_t bloc, const std::string& revision, Shown& shown) {
  std::string& last = shown[bloc];
  // One without a revision is older than nothing: it would pass for the first.
  if (revision.empty() || revision < last) {
    faults_.Add(absl::StrCat(provinces_.blocs()[bloc].period, ": revision “", revision,
                             "” was shown after “", last, "”"));
  }
  last = revision;
}

void Readers::ReadByGrpc(int line) {
  platform::WorkInBackground();
  const auto stub =
      scoring::v1::ScoringService::NewStub(guard_.Line(tests::Suite::kScoring, guard_.Tls("")));
  const std::string token = guard_.Token(Provinces::kReader);
  Chance chance(provinces_.seed() + 1000 + static_cast<uint64_t>(line));
  Shown shown;
  while (Pause()) {
    const size_t bloc = chance.Next() % provinces_.blocs().size();
    scoring::v1::GetRankingRequest request;
    request.set_period(provinces_.blocs()[bloc].period);
    scoring::v1::GetRankingResponse response;
    grpc::ClientContext context;
    Prepare(context, token);
    const absl::Time asked = absl::Now();
    const grpc::Status status = stub->GetRanking(&context, request, &response);
    recorder_.Note(Kind::kGrpcRead, status, absl::Now() - asked);
    if (status.ok()) Check(bloc, response.ranking().revision(), shown);
  }
}

void Readers::ReadByHttp(int line) {
  platform::WorkInBackground();
  Chance chance(provinces_.seed() + 2000 + static_cast<uint64_t>(line));
  Shown shown;
  std::optional<portal::HttpClient> client;
  while (Pause()) {
    const size_t bloc = chance.Next() % provinces_.blocs().size();
    const absl::Time asked = absl::Now();
    if (!client.has_value())
      client.emplace(guard_.suite().address(tests::Suite::kPortal), 0, tls_.get());
    const portal::HttpReceived received =
        client->Ask("GET", absl::StrCat("/v1/", provinces_.blocs()[bloc].period, "/ranking"));
    recorder_.Note(Kind::kHttpRead, CodeOf(received.status), absl::Now() - asked);
    if (received.status == 200) Check(bloc, RevisionIn(received.body), shown);
    if (received.status == 0) client.reset();
  }
}

}  // namespace thidua::load
