#include "services/access/callers.h"

#include <openssl/evp.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/access/followed_file.h"
#include "services/access/policy.h"
#include "services/access/principal_cache.h"
#include "services/access/token.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/platform/metrics.h"

namespace thidua::access {
namespace {

constexpr size_t kPolicyBytesMax = 16 * 1024 * 1024;
constexpr absl::Duration kPolicyLooks = absl::Seconds(1);
constexpr size_t kKeptMax = 10000;
constexpr size_t kFaultsToldMax = 20;
constexpr int kRefusalsToldMax = 10;  // A second.

absl::Status TokenRefused() {
  return domain::Fault{"", "TOKEN_REFUSED",
                       "Thông tin đăng nhập không hợp lệ; vui lòng đăng nhập lại."}
      .ToStatus(absl::StatusCode::kUnauthenticated);
}

absl::Status TokenExpired() {
  return domain::Fault{"", "TOKEN_EXPIRED", "Phiên đăng nhập đã hết hạn; vui lòng đăng nhập lại."}
      .ToStatus(absl::StatusCode::kUnauthenticated);
}

absl::Status KeysAway() {
  return domain::Fault{"", "KEYS_AWAY",
                       "Chưa lấy được khóa của hệ thống đăng nhập; vui lòng thử lại sau."}
      .ToStatus(absl::StatusCode::kUnavailable);
}

// SHA-256: what is kept of a token must not be one.
std::string DigestOf(absl::string_view token) {
  static EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  EVP_Digest(token.data(), token.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
             kSha256, nullptr);
  digest.resize(size);
  return digest;
}

// One text for one list of names, and another for every other.
std::string JoinedNames(absl::Span<const std::string> names) {
  std::string joined;
  for (const std::string& name : names) absl::StrAppend(&joined, name.size(), ":", name);
  return joined;
}

}  // namespace

// A policy in force, with the keys of its issuers.
struct InForce {
  Policy policy;
  absl::flat_hash_map<std::string, std::shared_ptr<KeySource>> keys;  // By issuer.
};

struct Callers::State {
  State(std::filesystem::path policy_file, Log told)
      : folder(policy_file.parent_path()),
        file(policy_file, kPolicyBytesMax),
        log(std::move(told)) {}
  ~State() {
    {
      absl::MutexLock lock(&mutex);
      stop = true;
    }
    if (follower.joinable()) follower.join();
  }

  // Looks at the policy file, and brings into force what is new there.
  absl::Status Look() {
    ASSIGN_OR_RETURN(const std::optional<std::string> text, file.Look());
    if (!text.has_value()) return absl::OkStatus();
    ASSIGN_OR_RETURN(Policy policy, Policy::Read(*text));
    auto next = std::make_shared<InForce>(InForce{std::move(policy), {}});
    const std::shared_ptr<const InForce> before = Now();
    for (const v1::Issuer& issuer : next->policy.written().issuers()) {
      next->keys[issuer.issuer()] = KeysOf(issuer, before.get());
    }
    {
      absl::MutexLock lock(&mutex);
      in_force = std::move(next);
    }
    ++generation;
    if (before != nullptr) log("the access policy has changed");
    return absl::OkStatus();
  }

  // Those that are in use already, where nothing about the issuer has changed.
  std::shared_ptr<KeySource> KeysOf(const v1::Issuer& issuer, const InForce* before) {
    const v1::Issuer* const same =
        before == nullptr ? nullptr : before->policy.FindIssuer(issuer.issuer());
    if (same != nullptr && same->SerializeAsString() == issuer.SerializeAsString()) {
      return before->keys.at(issuer.issuer());
    }
    return KeySource::Of(issuer, folder, log, [this] { ++generation; });
  }

  void Follow() {
    prometheus::Gauge& policy_faulty = platform::GaugeOf(
        "thidua_access_policy_faulty",
        "Whether the policy's file has a fault, so that what stood there before is in force.");
    absl::Status last;
    // By issuer.
    absl::flat_hash_map<std::string, prometheus::Gauge*> keys_away;
    const auto stopped = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return stop; };
    while (true) {
      {
        absl::MutexLock lock(&mutex);
        if (mutex.AwaitWithTimeout(absl::Condition(&stopped), kPolicyLooks)) return;
      }
      absl::Status status = Look();
      policy_faulty.Set(status.ok() ? 0 : 1);
      TellKeys(keys_away);
      if (!status.ok() && status != last) TellFaults(status);
      last = std::move(status);
    }
  }

  // Of the issuers in force; of one that is no longer, nothing is away.
  void TellKeys(absl::flat_hash_map<std::string, prometheus::Gauge*>& keys_away) {
    const std::shared_ptr<const InForce> current = Now();
    for (const auto& [issuer, keys] : current->keys) {
      prometheus::Gauge*& gauge = keys_away[issuer];
      if (gauge == nullptr) {
        gauge = &platform::GaugeOf(
            "thidua_issuer_keys_away",
            "Whether there are no keys of a sign-on, so that its tokens are refused.",
            {{"issuer", issuer}});
      }
    }
    for (auto& [issuer, gauge] : keys_away) {
      const auto found = current->keys.find(issuer);
      gauge->Set(found != current->keys.end() && !found->second->has_keys() ? 1 : 0);
    }
  }

  void TellFaults(const absl::Status& status) {
    log(absl::StrCat("the access policy stays as it was: ", status.message()));
    const std::vector<domain::Fault> faults = domain::FaultsOf(status);
    for (size_t i = 0; i < faults.size() && i < kFaultsToldMax; ++i) {
      log(absl::StrCat("access policy: ", faults[i].path, ": ", faults[i].reason, ": ",
                       faults[i].message));
    }
  }

  // A flood of bad tokens must not become one of lines.
  void TellRefusal(absl::string_view why) {
    int64_t untold_before = 0;
    {
      absl::MutexLock lock(&refusals_mutex);
      const int64_t second = absl::ToUnixSeconds(absl::Now());
      if (second != refusals_second) {
        untold_before = std::exchange(refusals_untold, 0);
        refusals_told = 0;
        refusals_second = second;
      }
      if (refusals_told == kRefusalsToldMax) {
        ++refusals_untold;
        return;
      }
      ++refusals_told;
    }
    if (untold_before > 0) log(absl::StrCat(untold_before, " more tokens were refused"));
    log(absl::StrCat("token refused: ", why));
  }

  std::shared_ptr<const InForce> Now() {
    absl::MutexLock lock(&mutex);
    return in_force;
  }

  std::shared_ptr<const Principal> OfCertificate(absl::Span<const std::string> names) {
    const std::string shown = JoinedNames(names);
    // Before the policy is: what becomes another meanwhile must not be kept for the new one.
    const int64_t began = generation;
    if (auto known = certificates.Find(shown, began, absl::InfinitePast())) return known;
    auto principal = std::make_shared<const Principal>(Now()->policy.OfCertificate(names));
    certificates.Keep(shown, began, absl::InfiniteFuture(), principal);
    return principal;
  }

  absl::StatusOr<std::shared_ptr<const Principal>> OfToken(absl::string_view compact,
                                                           MayWait may_wait) {
    if (compact.size() > kTokenBytesMax) {
      TellRefusal("too long");
      return TokenRefused();
    }
    const std::string shown = DigestOf(compact);
    const int64_t began = generation;
    const absl::Time now = absl::Now();
    if (auto known = tokens.Find(shown, began, now)) return known;

    const auto answer = [&](const absl::Status& why) {
      TellRefusal(why.message());
      return absl::IsDeadlineExceeded(why) ? TokenExpired() : TokenRefused();
    };
    const absl::StatusOr<Token> token = Token::Read(compact);
    if (!token.ok()) return answer(token.status());
    const std::shared_ptr<const InForce> current = Now();
    const v1::Issuer* const issuer = current->policy.FindIssuer(token->issuer());
    if (issuer == nullptr) return answer(absl::UnauthenticatedError("of an issuer not known"));
    const std::shared_ptr<const KeySet> keys =
        current->keys.at(issuer->issuer())->KeysFor(token->key_id(), may_wait);
    if (keys == nullptr) return KeysAway();
    const absl::StatusOr<Claims> claims = token->Check(*keys, *issuer, now);
    if (!claims.ok()) return answer(claims.status());
    auto principal = std::make_shared<const Principal>(current->policy.OfToken(
        issuer->issuer(), claims->subject, claims->groups, claims->refused_from));
    tokens.Keep(shown, began, claims->refused_from, principal);
    return principal;
  }

  const std::filesystem::path folder;
  FollowedFile file;  // Of the follower, and of Open before there is one.
  const Log log;
  PrincipalCache certificates{kKeptMax};
  PrincipalCache tokens{kKeptMax};
  // Rises after each change of policy or keys; what was identified before is then looked at anew.
  std::atomic<int64_t> generation = 0;

  absl::Mutex refusals_mutex;
  int64_t refusals_second ABSL_GUARDED_BY(refusals_mutex) = 0;
  int refusals_told ABSL_GUARDED_BY(refusals_mutex) = 0;
  int64_t refusals_untold ABSL_GUARDED_BY(refusals_mutex) = 0;

  absl::Mutex mutex;
  bool stop ABSL_GUARDED_BY(mutex) = false;
  std::shared_ptr<const InForce> in_force ABSL_GUARDED_BY(mutex);
  std::thread follower;
};

absl::StatusOr<std::unique_ptr<Callers>> Callers::Open(std::filesystem::path policy_file, Log log) {
  auto state = std::make_unique<State>(std::move(policy_file), std::move(log));
  RETURN_IF_ERROR(state->Look());
  state->follower = std::thread([followed = state.get()] { followed->Follow(); });
  return std::unique_ptr<Callers>(new Callers(std::move(state)));
}

Callers::Callers(std::unique_ptr<State> state) : state_(std::move(state)) {}
Callers::~Callers() = default;

absl::StatusOr<std::shared_ptr<const Principal>> Callers::Identify(
    absl::Span<const std::string> certificate_names, absl::string_view authorization,
    MayWait may_wait) {
  if (authorization.empty()) return state_->OfCertificate(certificate_names);
  constexpr absl::string_view kScheme = "Bearer ";
  if (!absl::StartsWithIgnoreCase(authorization, kScheme)) {
    state_->TellRefusal("not a bearer's");
    return TokenRefused();
  }
  return state_->OfToken(authorization.substr(kScheme.size()), may_wait);
}

}  // namespace thidua::access
