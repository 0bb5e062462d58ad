#include "services/registry/listing.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/platform/local_server_testlib.h"
#include "thidua/registry/v1/registry_service.grpc.pb.h"

namespace thidua::registry {
namespace {

using Rows = std::vector<Listed<v1::Unit>>;

constexpr int kUnits = 20'000;

std::string KeyOf(int unit) { return absl::StrFormat("xa-%05d", unit); }

// So many units in the order of their keys; `asked` gathers how many rows each round asked for.
auto ListOf(int units, std::vector<int64_t>& asked) {
  return [units, &asked](const PageOf& page) -> absl::StatusOr<Rows> {
    asked.push_back(page.limit);
    Rows rows;
    for (int unit = page.last.empty() ? 0 : std::stoi(page.last.substr(3)) + 1;
         unit < units && static_cast<int64_t>(rows.size()) < page.limit; ++unit) {
      rows.emplace_back().key = KeyOf(unit);
      rows.back().message.set_name(KeyOf(unit));
    }
    return rows;
  };
}

class FillPageTest : public testing::Test {
 protected:
  // A page of so many of those units of which every `nth` belongs to the list.
  std::string Fill(int64_t size, int nth, const std::string& after = "") {
    asked_.clear();
    shown_.clear();
    const absl::StatusOr<std::string> next = FillPage<v1::Unit>(
        v1::ListUnitsRequest(), call_, {1, "", after}, size, ListOf(kUnits, asked_),
        [&](v1::Unit& unit) -> absl::StatusOr<bool> {
          return std::stoi(unit.name().substr(3)) % nth == 0;
        },
        [&](v1::Unit&& unit) { shown_.push_back(unit.name()); });
    EXPECT_TRUE(next.ok()) << next.status();
    return next.value_or("");
  }

  grpc::ServerContext context_;
  const platform::Call call_{context_};
  std::vector<int64_t> asked_;
  std::vector<std::string> shown_;
};

TEST_F(FillPageTest, WithoutAFilterAPageIsReadAtOnce) {
  EXPECT_NE(Fill(/*size=*/100, /*nth=*/1), "");
  EXPECT_EQ(asked_, std::vector<int64_t>({101}));
  EXPECT_EQ(shown_.size(), 100u);
}

TEST_F(FillPageTest, WhatRarelyFitsIsLookedThroughInFewRounds) {
  const struct {
    int64_t size;
    int nth;
    size_t shown;
  } kCases[] = {{1, kUnits + 1, 1}, {100, 3'000, 7}, {1'000, kUnits, 1}};
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.size);
    EXPECT_EQ(Fill(c.size, c.nth), "") << "there are no more";
    EXPECT_EQ(shown_.size(), c.shown);
    EXPECT_LE(asked_.size(), kUnits / kLookThrough + 2);
  }
}

TEST_F(FillPageTest, PagesFollowOnOneAnother) {
  EXPECT_NE(Fill(/*size=*/2, /*nth=*/7'000), "");
  EXPECT_EQ(shown_, std::vector<std::string>({KeyOf(0), KeyOf(7'000)}));
  EXPECT_EQ(Fill(/*size=*/2, /*nth=*/7'000, KeyOf(7'000)), "");
  EXPECT_EQ(shown_, std::vector<std::string>({KeyOf(14'000)}));
}

// Looks for what is never found, slowly.
class SearchingService : public platform::Endpoint {
 public:
  SearchingService()
      : Endpoint(
            *v1::ListUnitsRequest::descriptor()->file()->FindServiceByName("RegistryService")) {
    Unary("ListUnits", this, &SearchingService::ListUnits);
  }

  bool AwaitBegin() { return begun_.WaitForNotificationWithTimeout(absl::Seconds(20)); }
  absl::Status AwaitEnd() {
    ended_.WaitForNotification();
    return status_;
  }

 private:
  absl::StatusOr<v1::ListUnitsResponse> ListUnits(const v1::ListUnitsRequest& request,
                                                  const platform::Call& call) {
    std::vector<int64_t> asked;
    const auto list = ListOf(50'000 * kLookThrough, asked);
    status_ = FillPage<v1::Unit>(
                  request, call, {1, "", ""}, /*size=*/1,
                  [&](const PageOf& page) {
                    if (!begun_.HasBeenNotified()) begun_.Notify();
                    return list(page);
                  },
                  [](v1::Unit&) -> absl::StatusOr<bool> { return false; }, [](v1::Unit&&) {})
                  .status();
    ended_.Notify();
    return v1::ListUnitsResponse();
  }

  absl::Status status_;
  absl::Notification begun_, ended_;
};

TEST(FillPageForNobodyTest, EndsWithItsCaller) {
  for (const bool cancels : {false, true}) {
    SearchingService service;
    platform::LocalServer server(service);
    const auto line = server.NewChannel();
    // It is there before time counts.
    EXPECT_TRUE(
        line->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20)));
    const auto stub = v1::RegistryService::NewStub(line);
    grpc::ClientContext context;
    if (!cancels) {
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(3));
    }
    grpc::CompletionQueue queue;
    v1::ListUnitsResponse response;
    grpc::Status status;
    const auto call = stub->AsyncListUnits(&context, v1::ListUnitsRequest(), &queue);
    call->Finish(&response, &status, nullptr);
    const bool begun = service.AwaitBegin();
    EXPECT_TRUE(begun);
    if (cancels) context.TryCancel();
    if (begun) {
      const absl::Status ended = service.AwaitEnd();
      EXPECT_TRUE(absl::IsDeadlineExceeded(ended) || absl::IsCancelled(ended)) << ended;
    }
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
  }
}

TEST_F(FillPageTest, APageWeighsNoMoreThanACallerTakesButHoldsARow) {
  const struct {
    size_t row_bytes;
    size_t shown;
  } kCases[] = {{100, 1'000}, {42 * 1024, 48}, {platform::kPageBytesMax + 1, 1}};
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.row_bytes);
    std::vector<int64_t> asked;
    size_t shown = 0, bytes = 0;
    const absl::StatusOr<std::string> next = FillPage<v1::Unit>(
        v1::ListUnitsRequest(), call_, {1, "", ""}, /*size=*/1'000, ListOf(2'000, asked),
        [&](v1::Unit& unit) -> absl::StatusOr<bool> {
          unit.set_short_name(std::string(c.row_bytes, 'x'));
          return true;
        },
        [&](v1::Unit&& unit) {
          ++shown;
          bytes += unit.ByteSizeLong();
        });
    ASSERT_TRUE(next.ok()) << next.status();
    EXPECT_NE(*next, "");
    EXPECT_EQ(shown, c.shown);
    EXPECT_TRUE(bytes <= platform::kPageBytesMax || shown == 1);
  }
}

}  // namespace
}  // namespace thidua::registry
