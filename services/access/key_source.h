// The keys of one issuer, kept while the issuer changes them. Thread-safe.
#ifndef THIDUA_SERVICES_ACCESS_KEY_SOURCE_H_
#define THIDUA_SERVICES_ACCESS_KEY_SOURCE_H_

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/access/key_set.h"
#include "thidua/access/v1/policy.pb.h"

namespace thidua::access {

class KeySource {
 public:
  struct Pace {
    absl::Duration refresh;   // From one look to the next.
    absl::Duration at_least;  // The same, when it failed or a token names a key that is not known.
    absl::Duration kept;      // How long keys hold that could not be confirmed since.
  };
  // The JWKS as it is now; nothing: as it was. Called on the source's own thread; gives up soon
  // when `stop` becomes true.
  using Fetch =
      std::function<absl::StatusOr<std::optional<std::string>>(const std::atomic<bool>& stop)>;
  // Told what happens, one line each; never a key.
  using Log = std::function<void(absl::string_view)>;

  // Looks at once, behind. `changed`: called after the keys have become others.
  KeySource(std::string issuer, Fetch fetch, Pace pace, Log log, std::function<void()> changed);
  // Where the policy says; file names are meant from `folder`.
  static std::unique_ptr<KeySource> Of(const v1::Issuer& issuer,
                                       const std::filesystem::path& folder, Log log,
                                       std::function<void()> changed);
  ~KeySource();
  KeySource(const KeySource&) = delete;
  KeySource& operator=(const KeySource&) = delete;

  // Whether whoever asks may wait for an issuer to answer.
  enum class MayWait { kNo, kYes };
  // To check a token with that names the key; empty: names none. A look is due when there are no
  // keys yet, or the key is not among them and the last look was a while ago. A few callers at a
  // time wait for it, the others have what there is; who may not wait has null until it is over.
  // Null: there are no keys.
  std::shared_ptr<const KeySet> KeysFor(absl::string_view key_id, MayWait may_wait = MayWait::kYes);
  bool has_keys() const;

 private:
  void Run();
  // Takes what was fetched; whether the keys are others now.
  bool Take(const absl::StatusOr<std::optional<std::string>>& fetched)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What is worth a line, unless it was the last one.
  void Tell(const std::string& what) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string issuer_;
  const Fetch fetch_;
  const Pace pace_;
  const Log log_;
  const std::function<void()> changed_;

  std::atomic<bool> stop_ = false;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const KeySet> keys_ ABSL_GUARDED_BY(mutex_);
  absl::Status fault_ ABSL_GUARDED_BY(mutex_);  // Of what was fetched last.
  absl::Time confirmed_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool looking_ ABSL_GUARDED_BY(mutex_) = true;  // The first look is on its way.
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t looks_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time looked_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string told_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace thidua::access

#endif  // THIDUA_SERVICES_ACCESS_KEY_SOURCE_H_
