#include "services/access/key_source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/access/followed_file.h"
#include "services/access/key_download.h"

namespace thidua::access {
namespace {

constexpr size_t kJwksBytesMax = 1024 * 1024;
constexpr absl::Duration kDownloadPatience = absl::Seconds(5);
constexpr absl::Duration kKept = absl::Hours(24);
constexpr KeySource::Pace kOfFile = {absl::Seconds(1), absl::Seconds(1), kKept};
constexpr KeySource::Pace kOfAddress = {absl::Minutes(5), absl::Seconds(10), kKept};
// Tokens with made-up keys must not bind all threads to a slow issuer.
constexpr int kWaitingMax = 8;

}  // namespace

std::unique_ptr<KeySource> KeySource::Of(const v1::Issuer& issuer,
                                         const std::filesystem::path& folder, Log log,
                                         std::function<void()> changed) {
  if (issuer.has_jwks_file()) {
    const auto file = std::make_shared<FollowedFile>(folder / issuer.jwks_file(), kJwksBytesMax);
    return std::make_unique<KeySource>(
        issuer.issuer(), [file](const std::atomic<bool>&) { return file->Look(); }, kOfFile,
        std::move(log), std::move(changed));
  }
  const std::string ca_file =
      issuer.ca_file().empty() ? std::string() : (folder / issuer.ca_file()).string();
  return std::make_unique<KeySource>(
      issuer.issuer(),
      [url = issuer.jwks_url(), ca_file, last = std::make_shared<std::string>()](
          const std::atomic<bool>& stop) -> absl::StatusOr<std::optional<std::string>> {
        absl::StatusOr<std::string> now =
            DownloadKeys(url, ca_file, kJwksBytesMax, kDownloadPatience, stop);
        if (!now.ok()) return now.status();
        if (*now == *last) return std::nullopt;
        *last = *now;
        return *std::move(now);
      },
      kOfAddress, std::move(log), std::move(changed));
}

KeySource::KeySource(std::string issuer, Fetch fetch, Pace pace, Log log,
                     std::function<void()> changed)
    : issuer_(std::move(issuer)),
      fetch_(std::move(fetch)),
      pace_(pace),
      log_(std::move(log)),
      changed_(std::move(changed)),
      thread_([this] { Run(); }) {}

KeySource::~KeySource() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

std::shared_ptr<const KeySet> KeySource::KeysFor(absl::string_view key_id, MayWait may_wait) {
  absl::MutexLock lock(&mutex_);
  if (keys_ != nullptr && (key_id.empty() || keys_->Find(key_id) != nullptr)) return keys_;
  const bool soon = absl::Now() - looked_ < pace_.at_least;
  if (!looking_ && soon) return keys_;
  if (may_wait == MayWait::kYes && waiting_ == kWaitingMax) return keys_;
  wanted_ = wanted_ || !looking_;
  if (may_wait == MayWait::kNo) return nullptr;
  ++waiting_;
  const auto looked = [this, before = looks_]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return looks_ > before || stop_;
  };
  mutex_.Await(absl::Condition(&looked));
  --waiting_;
  return keys_;
}

bool KeySource::has_keys() const {
  const absl::MutexLock lock(&mutex_);
  return keys_ != nullptr;
}

bool KeySource::Take(const absl::StatusOr<std::optional<std::string>>& fetched) {
  absl::Status status = fetched.status();
  if (fetched.ok() && fetched->has_value()) {
    absl::StatusOr<KeySet> keys = KeySet::Read(**fetched);
    fault_ = keys.status();
    if (keys.ok()) {
      Tell(absl::StrCat(keys->keys().size(), " usable, ", keys->left_out(), " left out"));
      keys_ = std::make_shared<const KeySet>(*std::move(keys));
      confirmed_ = absl::Now();
      return true;
    }
  }
  // What is as it was is as good as it was.
  if (status.ok()) status = fault_;
  if (status.ok()) {
    confirmed_ = absl::Now();
    return false;
  }
  Tell(absl::StrCat("not to be had: ", status.message()));
  if (keys_ == nullptr || absl::Now() - confirmed_ <= pace_.kept) return false;
  keys_ = nullptr;
  Tell("those of before are too old");
  return true;
}

void KeySource::Tell(const std::string& what) {
  if (what == told_) return;
  told_ = what;
  log_(absl::StrCat("keys of ", issuer_, ": ", what));
}

void KeySource::Run() {
  while (!stop_) {
    const absl::StatusOr<std::optional<std::string>> fetched = fetch_(stop_);
    bool changed = false;
    absl::Time next;
    {
      absl::MutexLock lock(&mutex_);
      changed = Take(fetched);
      looked_ = absl::Now();
      looking_ = false;
      ++looks_;
      next = looked_ + (fetched.ok() ? pace_.refresh : pace_.at_least);
    }
    if (changed) changed_();
    absl::MutexLock lock(&mutex_);
    const auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return wanted_ || stop_; };
    mutex_.AwaitWithDeadline(absl::Condition(&due), next);
    wanted_ = false;
    looking_ = true;
  }
}

}  // namespace thidua::access
