// A scoring in the test's own process: it shows what it is told to, and counts who watches. While
// there is nothing to tell it sends bookmarks, so that no slow test finds it out of sight.
#ifndef THIDUA_SERVICES_PORTAL_FAKE_SCORING_TESTLIB_H_
#define THIDUA_SERVICES_PORTAL_FAKE_SCORING_TESTLIB_H_

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "thidua/scoring/v1/scoring_service.grpc.pb.h"

namespace thidua::portal {

inline constexpr char kFakePeriod[] = "blocs/khoi-4/pacts/2019/periods/nam";

// Watches that bring a traceparent are those of the portal's clients; the one that brings none is
// the portal's own.
class FakeScoring : public scoring::v1::ScoringService::Service {
 public:
  using Writer = grpc::ServerWriter<scoring::v1::WatchRankingsResponse>;
  using Watch = std::function<grpc::Status(grpc::ServerContext&,
                                           const scoring::v1::WatchRankingsRequest&, Writer&)>;
  using Get =
      std::function<grpc::Status(grpc::ServerContext&, const scoring::v1::GetRankingRequest&,
                                 scoring::v1::GetRankingResponse*)>;

  static scoring::v1::GetRankingResponse RankingOf(int revision) {
    scoring::v1::GetRankingResponse response;
    response.mutable_ranking()->set_name(absl::StrCat(kFakePeriod, "/ranking"));
    response.mutable_ranking()->set_revision(absl::StrCat(1000 + revision));
    response.set_freshness_token(absl::StrCat("token-", revision));
    return response;
  }

  // Of clients. Called by the server's threads.
  void OnWatch(Watch watch) {
    const absl::MutexLock lock(&mutex_);
    watch_ = std::move(watch);
  }
  void OnGet(Get get) {
    const absl::MutexLock lock(&mutex_);
    get_ = std::move(get);
  }
  // To the portal's own watch, one after the other.
  void Tell(scoring::v1::WatchRankingsResponse event) {
    const absl::MutexLock lock(&mutex_);
    told_.push_back(std::move(event));
  }
  void TellRanking(int revision) {
    scoring::v1::WatchRankingsResponse event;
    *event.mutable_ranking() = RankingOf(revision);
    Tell(event);
  }
  void TellSnapshotEnd() {
    scoring::v1::WatchRankingsResponse event;
    event.mutable_snapshot_end();
    Tell(event);
  }
  // Of all calls of clients.
  std::vector<std::string> traceparents() {
    const absl::MutexLock lock(&mutex_);
    return traceparents_;
  }
  // Of the same; "": none.
  std::vector<std::string> authorizations() {
    const absl::MutexLock lock(&mutex_);
    return authorizations_;
  }
  int asked() {
    const absl::MutexLock lock(&mutex_);
    return asked_;
  }
  void EndOwnWatch() {
    const absl::MutexLock lock(&mutex_);
    ended_ = true;
  }

  // As after a restart: the portal's own watch is told that its token is not known, and begins
  // anew; `told` is what it is told then.
  void ForgetOwnWatch(std::vector<scoring::v1::WatchRankingsResponse> told) {
    const absl::MutexLock lock(&mutex_);
    ++restarts_;
    told_ = std::move(told);
  }

  // Whether it comes true within ten seconds.
  bool Await(const std::function<bool()>& condition) {
    const absl::MutexLock lock(&mutex_);
    const absl::Condition is_true(
        +[](const std::function<bool()>* c) { return (*c)(); }, &condition);
    return mutex_.AwaitWithTimeout(is_true, absl::Seconds(10));
  }
  absl::Mutex& mutex() { return mutex_; }

  grpc::Status GetRanking(grpc::ServerContext* context,
                          const scoring::v1::GetRankingRequest* request,
                          scoring::v1::GetRankingResponse* response) override {
    Get get;
    {
      const absl::MutexLock lock(&mutex_);
      ++asked_;
      Note(*context);
      get = get_;
    }
    if (get == nullptr) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "away");
    return get(*context, *request, response);
  }

  grpc::Status WatchRankings(grpc::ServerContext* context,
                             const scoring::v1::WatchRankingsRequest* request,
                             Writer* writer) override {
    Watch watch;
    {
      const absl::MutexLock lock(&mutex_);
      if (Note(*context)) watch = watch_;
    }
    if (watch != nullptr) return watch(*context, *request, *writer);
    const int restarts = [this] {
      const absl::MutexLock lock(&mutex_);
      return restarts_;
    }();
    bool whole = false;  // The end of the snapshot was told.
    for (size_t told = 0; !context->IsCancelled();) {
      scoring::v1::WatchRankingsResponse event;
      {
        const absl::MutexLock lock(&mutex_);
        if (ended_) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "ended");
        if (restarts != restarts_) return grpc::Status(grpc::StatusCode::OUT_OF_RANGE, "restarted");
        const auto more = [&] { return told_.size() > told || ended_ || restarts != restarts_; };
        if (mutex_.AwaitWithTimeout(absl::Condition(&more), absl::Milliseconds(20))) {
          if (ended_ || restarts != restarts_) continue;
          event = told_[told++];
          whole = whole || event.has_snapshot_end();
        } else if (whole) {
          event.mutable_bookmark();
        } else {
          continue;
        }
      }
      writer->Write(event);
    }
    return grpc::Status::OK;
  }

 private:
  bool Note(const grpc::ServerContext& context) {
    const auto found = context.client_metadata().find("traceparent");
    if (found == context.client_metadata().end()) return false;
    traceparents_.emplace_back(found->second.data(), found->second.size());
    const auto said = context.client_metadata().find("authorization");
    authorizations_.emplace_back();
    if (said != context.client_metadata().end()) {
      authorizations_.back().assign(said->second.data(), said->second.size());
    }
    return true;
  }

  absl::Mutex mutex_;
  Watch watch_;
  Get get_;
  std::vector<scoring::v1::WatchRankingsResponse> told_;
  std::vector<std::string> traceparents_;
  std::vector<std::string> authorizations_;
  int asked_ = 0;
  int restarts_ = 0;
  bool ended_ = false;
};

}  // namespace thidua::portal

#endif  // THIDUA_SERVICES_PORTAL_FAKE_SCORING_TESTLIB_H_
