#include "services/access/key_source.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "services/access/token_testlib.h"

namespace thidua::access {
namespace {

const SigningKey& One() {
  static const auto& key = *new SigningKey(SigningKey::P256("one"));
  return key;
}
const SigningKey& Two() {
  static const auto& key = *new SigningKey(SigningKey::P256("two"));
  return key;
}

// An issuer that answers what the test wants, when the test wants.
class FakeIssuer {
 public:
  using Answer = absl::StatusOr<std::optional<std::string>>;

  // The looks from now on are told this.
  void Say(Answer answer) {
    absl::MutexLock lock(&mutex_);
    answer_ = std::move(answer);
  }
  // The looks from now on wait.
  void Hold(bool held) {
    absl::MutexLock lock(&mutex_);
    held_ = held;
  }
  void AwaitLooks(int looks) {
    absl::MutexLock lock(&mutex_);
    const auto begun = [&]() { return begun_ >= looks; };
    mutex_.Await(absl::Condition(&begun));
  }
  int looks() {
    absl::MutexLock lock(&mutex_);
    return begun_;
  }
  std::string told() {
    absl::MutexLock lock(&mutex_);
    return absl::StrJoin(told_, "\n");
  }
  int changes() const { return changes_; }

  std::unique_ptr<KeySource> Follow(KeySource::Pace pace) {
    return std::make_unique<KeySource>(
        "sso", [this](const std::atomic<bool>& stop) { return Look(stop); }, pace,
        [this](absl::string_view line) {
          absl::MutexLock lock(&mutex_);
          told_.emplace_back(line);
        },
        [this] { ++changes_; });
  }

 private:
  Answer Look(const std::atomic<bool>& stop) {
    absl::MutexLock lock(&mutex_);
    ++begun_;
    const auto may = [&]() { return !held_; };
    // What stops is not told of by a lock.
    while (!mutex_.AwaitWithTimeout(absl::Condition(&may), absl::Milliseconds(10)) && !stop) {
    }
    return answer_;
  }

  absl::Mutex mutex_;
  Answer answer_ = absl::UnavailableError("nothing said yet");
  bool held_ = false;
  int begun_ = 0;
  std::vector<std::string> told_;
  std::atomic<int> changes_ = 0;
};

constexpr absl::Duration kNever = absl::InfiniteDuration();
constexpr absl::Duration kAtOnce = absl::ZeroDuration();

TEST(KeySourceTest, TheFirstCallerWaitsForTheFirstLook) {
  FakeIssuer issuer;
  issuer.Say(JwksOf({One().Jwk(), nlohmann::json({{"kty", "oct"}})}));
  issuer.Hold(true);
  const auto source = issuer.Follow({kNever, kNever, kNever});
  std::shared_ptr<const KeySet> keys;
  std::thread caller([&] { keys = source->KeysFor("one"); });
  issuer.AwaitLooks(1);
  issuer.Hold(false);
  caller.join();
  ASSERT_NE(keys, nullptr);
  EXPECT_NE(keys->Find("one"), nullptr);
  EXPECT_EQ(issuer.told(), "keys of sso: 1 usable, 1 left out");
}

TEST(KeySourceTest, AnUnknownKeyIsLookedForOnce) {
  FakeIssuer issuer;
  issuer.Say(JwksOf({One().Jwk()}));
  const auto source = issuer.Follow({kNever, kAtOnce, kNever});
  ASSERT_NE(source->KeysFor("one"), nullptr);
  EXPECT_EQ(issuer.looks(), 1);
  issuer.Say(JwksOf({One().Jwk(), Two().Jwk()}));
  EXPECT_EQ(source->KeysFor("one")->Find("two"), nullptr);
  EXPECT_EQ(source->KeysFor("")->Find("two"), nullptr) << "without a kid there is nothing to find";
  EXPECT_EQ(issuer.looks(), 1);
  EXPECT_NE(source->KeysFor("two")->Find("two"), nullptr);
  EXPECT_EQ(issuer.looks(), 2);
  EXPECT_EQ(source->KeysFor("three")->Find("three"), nullptr);
  EXPECT_EQ(issuer.looks(), 3) << "one look for one call";
}

TEST(KeySourceTest, NotSoonerThanItsPaceAllows) {
  FakeIssuer issuer;
  issuer.Say(JwksOf({One().Jwk()}));
  const auto source = issuer.Follow({kNever, absl::Hours(1), kNever});
  ASSERT_NE(source->KeysFor("one"), nullptr);
  issuer.Say(JwksOf({Two().Jwk()}));
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(source->KeysFor(absl::StrCat("unknown ", i))->Find("two"), nullptr);
  }
  EXPECT_EQ(issuer.looks(), 1);
}

TEST(KeySourceTest, WhoKnowsItsKeyNeverWaits) {
  FakeIssuer issuer;
  issuer.Say(JwksOf({One().Jwk()}));
  const auto source = issuer.Follow({kNever, kAtOnce, kNever});
  ASSERT_NE(source->KeysFor("one"), nullptr);
  issuer.Hold(true);
  issuer.Say(absl::UnavailableError("away"));
  std::vector<std::thread> callers;
  for (int i = 0; i < 30; ++i) {
    callers.emplace_back([&] { EXPECT_NE(source->KeysFor("unknown"), nullptr); });
  }
  issuer.AwaitLooks(2);
  for (int i = 0; i < 100; ++i) {
    EXPECT_NE(source->KeysFor("one"), nullptr);
    EXPECT_NE(source->KeysFor(""), nullptr);
  }
  EXPECT_EQ(issuer.looks(), 2);
  issuer.Hold(false);
  for (std::thread& caller : callers) caller.join();
}

// More callers than may wait: those who may not are answered while the issuer is silent, by which
// the others are known to wait.
TEST(KeySourceTest, FewWaitForASilentIssuer) {
  constexpr int kCallers = 30, kWaiting = 8;
  FakeIssuer issuer;
  issuer.Say(JwksOf({One().Jwk()}));
  issuer.Hold(true);
  const auto source = issuer.Follow({kNever, kNever, kNever});
  issuer.AwaitLooks(1);
  absl::Mutex mutex;
  int answered = 0, given_keys = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      const auto keys = source->KeysFor("one");
      absl::MutexLock lock(&mutex);
      ++answered;
      if (keys != nullptr) ++given_keys;
    });
  }
  {
    absl::MutexLock lock(&mutex);
    const auto most = [&] { return answered >= kCallers - kWaiting; };
    mutex.Await(absl::Condition(&most));
    EXPECT_EQ(answered, kCallers - kWaiting);
    EXPECT_EQ(given_keys, 0);
  }
  issuer.Hold(false);
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(given_keys, kWaiting);
}

TEST(KeySourceTest, WhoMayNotWaitComesBackForTheKeys) {
  constexpr auto kNo = KeySource::MayWait::kNo;
  FakeIssuer issuer;
  issuer.Say(JwksOf({One().Jwk()}));
  issuer.Hold(true);
  const auto source = issuer.Follow({kNever, kAtOnce, kNever});
  EXPECT_EQ(source->KeysFor("one", kNo), nullptr) << "the first look is not over";
  issuer.Hold(false);
  ASSERT_NE(source->KeysFor("one"), nullptr);
  EXPECT_NE(source->KeysFor("one", kNo), nullptr);

  issuer.Hold(true);
  issuer.Say(JwksOf({One().Jwk(), Two().Jwk()}));
  EXPECT_EQ(source->KeysFor("two", kNo), nullptr) << "not those of before: it may be a new key's";
  issuer.AwaitLooks(2);
  EXPECT_EQ(source->KeysFor("two", kNo), nullptr);
  EXPECT_NE(source->KeysFor("one", kNo), nullptr);
  issuer.Hold(false);
  ASSERT_NE(source->KeysFor("two")->Find("two"), nullptr);
  EXPECT_NE(source->KeysFor("two", kNo)->Find("two"), nullptr);
}

TEST(KeySourceTest, AFailureKeepsTheKeysForAWhile) {
  const FakeIssuer::Answer failures[] = {
      absl::UnavailableError("away"),
      std::string("<html>502</html>"),
      std::string("{\"keys\":1}"),
      std::string(),
  };
  for (const auto& failure : failures) {
    for (const bool long_enough : {true, false}) {
      FakeIssuer issuer;
      issuer.Say(JwksOf({One().Jwk()}));
      const auto source =
          issuer.Follow({kNever, kAtOnce, long_enough ? absl::Hours(24) : absl::Nanoseconds(1)});
      ASSERT_NE(source->KeysFor("one"), nullptr);
      issuer.Say(failure);
      const auto keys = source->KeysFor("unknown");
      if (long_enough) {
        ASSERT_NE(keys, nullptr);
        EXPECT_NE(keys->Find("one"), nullptr);
        EXPECT_TRUE(absl::StrContains(issuer.told(), "keys of sso: not to be had: "));
      } else {
        EXPECT_EQ(keys, nullptr);
        EXPECT_TRUE(absl::StrContains(issuer.told(), "too old"));
      }
      issuer.Say(JwksOf({Two().Jwk()}));
      // After a failure it looks again at once: a look under way may have been told of it still.
      source->KeysFor("two");
      const auto back = source->KeysFor("two");
      ASSERT_NE(back, nullptr);
      EXPECT_NE(back->Find("two"), nullptr) << "and it comes back";
    }
  }
}

// What was no JWKS before, and is told to be the same, confirms nothing.
TEST(KeySourceTest, OnlyASoundAnswerConfirmsTheKeys) {
  FakeIssuer issuer;
  issuer.Say(JwksOf({One().Jwk()}));
  const auto source = issuer.Follow({kNever, kAtOnce, absl::Nanoseconds(1)});
  ASSERT_NE(source->KeysFor("one"), nullptr);
  issuer.Say(std::nullopt);
  EXPECT_NE(source->KeysFor("unknown"), nullptr) << "the same";
  issuer.Say(std::string("{}"));
  EXPECT_EQ(source->KeysFor("unknown"), nullptr);
  issuer.Say(std::nullopt);
  EXPECT_EQ(source->KeysFor("unknown"), nullptr) << "the same, which was wrong";
}

TEST(KeySourceTest, LooksAgainByItself) {
  FakeIssuer issuer;
  issuer.Say(JwksOf({One().Jwk()}));
  const auto source = issuer.Follow({absl::Milliseconds(1), absl::Hours(1), kNever});
  ASSERT_NE(source->KeysFor("one"), nullptr);
  issuer.AwaitLooks(2);
  EXPECT_GE(issuer.changes(), 1);
  issuer.Say(JwksOf({Two().Jwk()}));
  // Two looks after that one at the latest has the new ones taken.
  issuer.AwaitLooks(issuer.looks() + 3);
  EXPECT_NE(source->KeysFor("two")->Find("two"), nullptr);
  EXPECT_EQ(source->KeysFor("two")->Find("one"), nullptr);
  issuer.Say(std::nullopt);
  issuer.AwaitLooks(issuer.looks() + 3);
  const int changes = issuer.changes();
  issuer.AwaitLooks(issuer.looks() + 3);
  EXPECT_EQ(issuer.changes(), changes) << "nothing changes by being looked at";
}

TEST(KeySourceTest, EndsWhileItLooks) {
  FakeIssuer issuer;
  issuer.Hold(true);
  const auto source = issuer.Follow({kNever, kNever, kNever});
  issuer.AwaitLooks(1);
}

}  // namespace
}  // namespace thidua::access
