#include "services/portal/shown_rankings.h"

#include <chrono>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "services/platform/log.h"

namespace thidua::portal {
namespace {

using platform::Log;
using platform::Severity;
using scoring::v1::GetRankingResponse;
using scoring::v1::WatchRankingsResponse;

constexpr absl::Duration kAgainAfter = absl::Milliseconds(200);

// A clock that is set back makes no silence shorter.
absl::Duration Uptime() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

std::string TargetOf(absl::string_view name) { return absl::StrCat("/v1/", name); }

// RFC 9110: weak comparison, which is enough for whoever only reads.
bool Names(absl::string_view if_none_match, absl::string_view etag) {
  for (absl::string_view one : absl::StrSplit(if_none_match, ',')) {
    one = absl::StripAsciiWhitespace(one);
    if (one == "*" || absl::StripPrefix(one, "W/") == absl::StripPrefix(etag, "W/")) return true;
  }
  return false;
}

}  // namespace

ShownRanking::ShownRanking(const Transcoding& transcoding, const google::protobuf::Descriptor& type,
                           GetRankingResponse response)
    : transcoding_(transcoding), type_(type), response_(std::move(response)) {}

void ShownRanking::Encode(bool stale, Encoded& encoded) const {
  GetRankingResponse response = response_;
  response.set_stale(stale);
  absl::StatusOr<std::string> json = transcoding_.JsonOf(type_, response.SerializeAsString());
  // Of one revision two computations differ in their times only: hence weak.
  encoded.etag = absl::StrCat("W/\"", revision(), stale ? "-stale" : "", "\"");
  encoded.not_modified.status = 304;
  encoded.not_modified.headers = {{"ETag", encoded.etag}, {"Cache-Control", kRankingCacheControl}};
  encoded.whole.headers = encoded.not_modified.headers;
  encoded.whole.headers.emplace_back("Content-Type", "application/json");
  if (!json.ok()) {
    Log(Severity::kError, "a ranking cannot be printed", {{"why", json.status().ToString()}});
    encoded.whole.status = encoded.not_modified.status = 500;
    encoded.whole.headers = encoded.not_modified.headers = {{"Cache-Control", "no-store"}};
    return;
  }
  encoded.whole.body = std::make_shared<const std::string>(*std::move(json));
}

const HttpReply& ShownRanking::Reply(bool stale, absl::string_view if_none_match) const {
  Encoded& encoded = encoded_[stale ? 1 : 0];
  absl::call_once(encoded.once, [&] { Encode(stale, encoded); });
  if (!if_none_match.empty() && Names(if_none_match, encoded.etag)) return encoded.not_modified;
  return encoded.whole;
}

ShownRankings::ShownRankings(const Contracts& contracts, const Transcoding& transcoding,
                             std::shared_ptr<grpc::Channel> scoring)
    : transcoding_(transcoding),
      type_(*contracts.pool().FindMessageTypeByName(GetRankingResponse::descriptor()->full_name())),
      scoring_(scoring::v1::ScoringService::NewStub(std::move(scoring))) {
  thread_ = std::thread([this] { Run(); });
}

ShownRankings::~ShownRankings() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (watch_ != nullptr) watch_->TryCancel();
  }
  thread_.join();
}

std::optional<ShownRankings::Found> ShownRankings::Find(absl::string_view target) const {
  const absl::Duration now = Uptime();
  absl::ReaderMutexLock lock(&mutex_);
  const auto held = by_target_.find(target);
  if (held == by_target_.end() || now - heard_ > kStaleIfError) return std::nullopt;
  return Found{held->second.ranking, held->second.told && whole_ && now - heard_ <= kSilenceMax,
               stale_ && !held->second.ranking->final()};
}

std::shared_ptr<const ShownRanking> ShownRankings::Of(GetRankingResponse response) const {
  return std::make_shared<const ShownRanking>(transcoding_, type_, std::move(response));
}

void ShownRankings::Keep(std::shared_ptr<const ShownRanking> ranking, bool whatever_is_held) {
  absl::MutexLock lock(&mutex_);
  Held& held = by_target_[TargetOf(ranking->name())];
  if (!whatever_is_held && held.ranking != nullptr &&
      held.ranking->revision() >= ranking->revision()) {
    return;
  }
  held.ranking = std::move(ranking);
  held.told = false;  // Until the watch has come as far.
}

void ShownRankings::Run() {
  std::string resume_token;
  while (true) {
    const bool token_known = Watch(resume_token);
    absl::MutexLock lock(&mutex_);
    whole_ = false;
    if (!token_known) {
      resume_token.clear();
      pruned_ = false;
      for (auto& [target, held] : by_target_) held.named = held.told = false;
    }
    if (token_known) mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kAgainAfter);
    if (stopping_) return;
  }
}

bool ShownRankings::Watch(std::string& resume_token) {
  grpc::ClientContext context;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return true;
    watch_ = &context;
    // A watch that goes on tells what has changed since; what was told before still holds.
    whole_ = false;
  }
  scoring::v1::WatchRankingsRequest request;
  request.set_resume_token(resume_token);
  const auto stream = scoring_->WatchRankings(&context, request);
  WatchRankingsResponse event;
  while (stream->Read(&event)) {
    Take(event);
    if (!event.resume_token().empty()) resume_token = event.resume_token();
  }
  const grpc::Status status = stream->Finish();
  absl::MutexLock lock(&mutex_);
  watch_ = nullptr;
  in_sight_.Set(0);
  return status.error_code() != grpc::StatusCode::OUT_OF_RANGE;
}

void ShownRankings::Take(const WatchRankingsResponse& event) {
  absl::MutexLock lock(&mutex_);
  heard_ = Uptime();
  stale_ = event.stale();
  switch (event.event_case()) {
    case WatchRankingsResponse::kRanking: {
      Held& held = by_target_[TargetOf(event.ranking().ranking().name())];
      // A replica that lags behind the one watched before may tell what is older: it is not shown,
      // and nothing is vouched for until it has caught up.
      held.named = true;
      held.told = held.ranking == nullptr ||
                  event.ranking().ranking().revision() >= held.ranking->revision();
      if (held.told) held.ranking = Of(event.ranking());
      break;
    }
    case WatchRankingsResponse::kRemoved:
      by_target_.erase(TargetOf(absl::StrCat(event.removed(), "/ranking")));
      break;
    case WatchRankingsResponse::kSnapshotEnd:
    case WatchRankingsResponse::kBookmark:
      whole_ = true;
      in_sight_.Set(1);
      if (!event.stale() && !pruned_) {
        absl::erase_if(by_target_, [](const auto& entry) { return !entry.second.named; });
        pruned_ = true;
      }
      break;
    case WatchRankingsResponse::EVENT_NOT_SET:
      break;
  }
}

}  // namespace thidua::portal
