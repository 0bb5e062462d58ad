#include "services/access/principal_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace thidua::access {
namespace {

std::shared_ptr<const Principal> Named(std::string name) {
  return std::make_shared<const Principal>(std::move(name), Principal::Known::kToThePolicy,
                                           absl::Span<const v1::Member* const>());
}

TEST(PrincipalCacheTest, FindsWhatItKeepsUntilItEnds) {
  PrincipalCache cache(100);
  const absl::Time end = absl::FromUnixSeconds(1000);
  const auto lan = Named("lan");
  cache.Keep("a", 1, end, lan);
  EXPECT_EQ(cache.Find("a", 1, end - absl::Nanoseconds(1)), lan);
  EXPECT_EQ(cache.Find("a", 1, end), nullptr);
  EXPECT_EQ(cache.Find("b", 1, absl::InfinitePast()), nullptr);
  EXPECT_EQ(cache.Find("", 1, absl::InfinitePast()), nullptr);
}

TEST(PrincipalCacheTest, AnotherGenerationKnowsNobody) {
  PrincipalCache cache(100);
  cache.Keep("a", 1, absl::InfiniteFuture(), Named("before"));
  EXPECT_EQ(cache.Find("a", 2, absl::Now()), nullptr);
  const auto after = Named("after");
  cache.Keep("a", 2, absl::InfiniteFuture(), after);
  EXPECT_EQ(cache.Find("a", 2, absl::Now()), after);
  EXPECT_EQ(cache.Find("a", 1, absl::Now()), nullptr);
  EXPECT_EQ(cache.size(), 1u);
}

TEST(PrincipalCacheTest, KeepsNoMoreThanItMay) {
  PrincipalCache cache(160);
  for (int i = 0; i < 10000; ++i) {
    const std::string shown = absl::StrCat("token ", i);
    const auto principal = Named(shown);
    cache.Keep(shown, 1, absl::InfiniteFuture(), principal);
    ASSERT_EQ(cache.Find(shown, 1, absl::Now()), principal) << "the newest is kept";
    ASSERT_LE(cache.size(), 160u);
  }
  EXPECT_GT(cache.size(), 100u);
}

TEST(PrincipalCacheTest, ManyMayUseItAtOnce) {
  PrincipalCache cache(64);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20000; ++i) {
        const std::string shown = absl::StrCat((i * 7 + t) % 200);
        const auto found = cache.Find(shown, 1, absl::UnixEpoch());
        if (found != nullptr && found->name() != shown) ++wrong;
        if (found == nullptr) cache.Keep(shown, 1, absl::InfiniteFuture(), Named(shown));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace thidua::access
