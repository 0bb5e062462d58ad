#include "services/platform/mutation.h"
#include "services/platform/digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/audit/schema.h"
#include "services/domain/fault.h"
#include "services/domain/return_if_error.h"
#include "services/platform/digest.h"
#include "thidua/registry/v1/registry_service.pb.h"
#include "thidua/results/v1/results_service.pb.h"

namespace thidua::platform {
namespace {

using domain::Fault;
using domain::FaultsOf;
using registry::v1::CreateBlocRequest;
using registry::v1::CreateBlocResponse;
using registry::v1::CreateUnitRequest;
using registry::v1::CreateUnitResponse;
using storage::Database;
using storage::Row;
using storage::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kMigrations[] = {kRepliesSchema, audit::kSchema,
                                       "CREATE TABLE units (name TEXT)"};

class MutationTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-mutation-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    absl::StatusOr<std::unique_ptr<Database>> database =
        Database::Open(folder_ / "test.db", kMigrations);
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = *std::move(database);
  }
  void TearDown() override {
    database_ = nullptr;
    std::filesystem::remove_all(folder_);
  }

  static CreateUnitRequest Request(const std::string& unit, const std::string& request_id) {
    CreateUnitRequest request;
    request.mutable_unit()->set_name(unit);
    request.set_request_id(request_id);
    return request;
  }

  // Adds the unit; each run answers another reply.
  absl::StatusOr<CreateUnitResponse> Create(const CreateUnitRequest& request,
                                            const std::string& actor = "unchecked") {
    return Mutate<CreateUnitResponse>(
        *database_, feed_, request, {actor, "", "Registry/CreateUnit"},
        [&](Transaction& transaction, audit::Trail& trail) -> absl::StatusOr<CreateUnitResponse> {
          ++runs_;
          RETURN_IF_ERROR(transaction.Execute("INSERT INTO units (name) VALUES ($1)",
                                              {absl::string_view(request.unit().name())}));
          RETURN_IF_ERROR(trail.Changed<registry::v1::Unit>(request.unit().name(), std::nullopt,
                                                            request.unit().SerializeAsString()));
          CreateUnitResponse response;
          *response.mutable_unit() = request.unit();
          ASSIGN_OR_RETURN(const int64_t sequence, transaction.NextSequence());
          response.mutable_unit()->set_version(sequence);
          response.set_freshness_token(absl::StrCat("run ", runs_.load()));
          return response;
        });
  }

  std::vector<std::string> Texts(absl::string_view sql) {
    std::vector<std::string> texts;
    EXPECT_TRUE(database_
                    ->Read([&](Transaction& transaction) {
                      return transaction.Query(sql, {}, [&](const Row& row) {
                        texts.push_back(row.Text(0));
                        return absl::OkStatus();
                      });
                    })
                    .ok());
    return texts;
  }
  std::vector<std::string> Units() { return Texts("SELECT name FROM units ORDER BY name"); }
  std::vector<std::string> Entries() {
    return Texts("SELECT root || ' ' || number FROM audit_entries ORDER BY root, number");
  }
  std::vector<std::string> Replies() {
    return Texts("SELECT request_id FROM replies ORDER BY request_id");
  }

  std::filesystem::path folder_;
  std::unique_ptr<Database> database_;
  ChangeFeed feed_{0};
  std::atomic<int> runs_ = 0;
};

std::string ReasonOf(const absl::Status& status) {
  const std::vector<Fault> faults = FaultsOf(status);
  return faults.size() == 1 ? absl::StrCat(faults[0].path, ": ", faults[0].reason)
                            : status.ToString();
}

TEST_F(MutationTest, TheSameIdAndBodyGetTheFirstReplyWordForWord) {
  const auto first = Create(Request("units/a", "id-1"));
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = Create(Request("units/a", "id-1"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(runs_, 1);
  EXPECT_THAT(Units(), ElementsAre("units/a"));
}

TEST_F(MutationTest, OneIdAtOnceFromManySidesRunsOnce) {
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      const auto reply = Create(Request("units/a", "id-1"));
      ASSERT_TRUE(reply.ok()) << reply.status();
      EXPECT_EQ(reply->freshness_token(), "run 1");
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(runs_, 1);
}

TEST_F(MutationTest, TheSameIdWithAnotherBodyIsRefused) {
  ASSERT_TRUE(Create(Request("units/a", "id-1")).ok());
  const auto other = Create(Request("units/b", "id-1"));
  EXPECT_EQ(other.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(other.status()), "request_id: REQUEST_ID_REUSED");
  EXPECT_EQ(runs_, 1);
  EXPECT_THAT(Units(), ElementsAre("units/a"));
}

// The bytes of both requests are the same: only their types tell them apart.
TEST_F(MutationTest, TheSameIdWithAnotherRpcIsRefused) {
  ASSERT_TRUE(Create(Request("a", "id-1")).ok());
  CreateBlocRequest request;
  request.mutable_bloc()->set_name("a");
  request.set_request_id("id-1");
  ASSERT_EQ(request.SerializeAsString(), Request("a", "id-1").SerializeAsString());
  const auto other =
      Mutate<CreateBlocResponse>(*database_, feed_, request, {}, [](Transaction&, audit::Trail&) {
        ADD_FAILURE() << "run all the same";
        return absl::StatusOr<CreateBlocResponse>(CreateBlocResponse());
      });
  EXPECT_EQ(ReasonOf(other.status()), "request_id: REQUEST_ID_REUSED");
}

// What to wait for is not what to do: a caller may ask again with a newer token.
TEST_F(MutationTest, TheFreshnessTokenIsNoPartOfTheBody) {
  results::v1::PutResultsRequest request;
  request.set_request_id("id-1");
  const auto put = [&](const std::string& freshness_token, int64_t version) {
    request.set_freshness_token(freshness_token);
    return Mutate<results::v1::PutResultsResponse>(
        *database_, feed_, request, {},
        [&](Transaction&, audit::Trail&) -> absl::StatusOr<results::v1::PutResultsResponse> {
          results::v1::PutResultsResponse response;
          response.set_period_version(version);
          return response;
        });
  };
  ASSERT_TRUE(put("older", 1).ok());
  const auto again = put("newer", 2);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->period_version(), 1);
}

TEST_F(MutationTest, WithoutAnIdEveryCallCounts) {
  ASSERT_TRUE(Create(Request("units/a", "")).ok());
  ASSERT_TRUE(Create(Request("units/a", "")).ok());
  EXPECT_THAT(Units(), ElementsAre("units/a", "units/a"));
  EXPECT_THAT(Replies(), IsEmpty());
}

TEST_F(MutationTest, ValidateOnlyAnswersAsIfDoneAndStoresNothing) {
  CreateUnitRequest request = Request("units/a", "id-1");
  request.set_validate_only(true);
  const auto validated = Create(request);
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_EQ(validated->unit().name(), "units/a");
  EXPECT_EQ(validated->freshness_token(), "") << "what was not stored cannot be waited for";
  EXPECT_THAT(Units(), IsEmpty());
  EXPECT_THAT(Replies(), IsEmpty());
  EXPECT_EQ(feed_.sequence(), 0) << "nobody is to be woken for nothing";

  // Its id is still free, and its sequence number too.
  const auto done = Create(Request("units/a", "id-1"));
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->unit().version(), 1);
  EXPECT_EQ(runs_, 2);

  // To look once more is no other use of it.
  EXPECT_TRUE(Create(request).ok());
  EXPECT_EQ(runs_, 3);
}

TEST_F(MutationTest, ARefusalStoresNothingAndLeavesItsIdFree) {
  for (const bool validate_only : {false, true}) {
    CreateUnitRequest request = Request("units/a", "id-1");
    request.set_validate_only(validate_only);
    const auto refused = Mutate<CreateUnitResponse>(
        *database_, feed_, request, {},
        [&](Transaction& transaction, audit::Trail&) -> absl::StatusOr<CreateUnitResponse> {
          EXPECT_TRUE(transaction.Execute("INSERT INTO units (name) VALUES ('half')", {}).ok());
          EXPECT_TRUE(transaction.NextSequence().ok());
          return Fault{"unit", "TAKEN", "Đã có."}.ToStatus(absl::StatusCode::kAlreadyExists);
        });
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kAlreadyExists);
    EXPECT_EQ(ReasonOf(refused.status()), "unit: TAKEN");
  }
  EXPECT_THAT(Units(), IsEmpty());
  EXPECT_THAT(Replies(), IsEmpty());
  EXPECT_EQ(feed_.sequence(), 0);
  EXPECT_TRUE(Create(Request("units/b", "id-1")).ok());
}

TEST_F(MutationTest, TheFeedMovesWithTheCommit) {
  ASSERT_TRUE(Create(Request("units/a", "id-1")).ok());
  EXPECT_EQ(feed_.sequence(), 1);
  ASSERT_TRUE(Create(Request("units/a", "id-1")).ok());
  EXPECT_EQ(feed_.sequence(), 1) << "a repeated reply is no change";
  ASSERT_TRUE(Create(Request("units/b", "")).ok());
  EXPECT_EQ(feed_.sequence(), 2);
}

TEST_F(MutationTest, IdsArePrintableAsciiOfAtMostAHundredCharacters) {
  const std::string kBad[] = {
      "two words",          " ", "tab\t", "line\n", "mã", "del\x7f", std::string("nul\0", 4),
      std::string(101, 'a')};
  for (const std::string& id : kBad) {
    const auto refused = Create(Request("units/a", id));
    EXPECT_EQ(ReasonOf(refused.status()), "request_id: REQUEST_ID_INVALID") << id;
  }
  EXPECT_EQ(runs_, 0);
  for (const std::string& id : {std::string("!"), std::string("~/'\""), std::string(100, 'a')}) {
    EXPECT_TRUE(Create(Request("units/a", id)).ok()) << id;
  }
}

TEST_F(MutationTest, ExpiredRepliesGoAFewAtATime) {
  const auto keep_reply = [&](const std::string& id, absl::Duration age) {
    const absl::Status kept = database_->Write([&](Transaction& transaction) {
      return transaction.Execute(
          "INSERT INTO replies (request_id, body_sha256, reply, stored_at_ms) "
          "VALUES ($1, 'x', '', $2)",
          {absl::string_view(id), absl::ToUnixMillis(absl::Now() - age)});
    });
    ASSERT_TRUE(kept.ok()) << kept;
  };
  for (int i = 0; i < 15; ++i) {
    keep_reply(absl::StrCat("expired-", i), kRepliesKept + absl::Hours(1));
  }
  keep_reply("almost", kRepliesKept - absl::Hours(1));

  ASSERT_TRUE(Create(Request("units/a", "new-1")).ok());
  const size_t left = Replies().size();
  EXPECT_LT(left, 17u);
  EXPECT_GT(left, 2u) << "one write is not to pay for all of them";
  ASSERT_TRUE(Create(Request("units/b", "new-2")).ok());
  EXPECT_THAT(Replies(), ElementsAre("almost", "new-1", "new-2"));
}

TEST_F(MutationTest, TheFirstReplyIsFoundWithoutARun) {
  CreateUnitRequest request = Request("units/a", "id-1");
  EXPECT_FALSE(FirstReply<CreateUnitResponse>(*database_, request, {})->has_value());
  const auto done = Create(request);
  ASSERT_TRUE(done.ok()) << done.status();
  const auto first = FirstReply<CreateUnitResponse>(*database_, request, {});
  ASSERT_TRUE(first.ok() && first->has_value()) << first.status();
  EXPECT_EQ((*first)->SerializeAsString(), done->SerializeAsString());
  EXPECT_EQ(runs_, 1);

  EXPECT_EQ(
      ReasonOf(FirstReply<CreateUnitResponse>(*database_, Request("units/b", "id-1"), {}).status()),
      "request_id: REQUEST_ID_REUSED");
  EXPECT_EQ(
      ReasonOf(
          FirstReply<CreateUnitResponse>(*database_, Request("units/a", "two words"), {}).status()),
      "request_id: REQUEST_ID_INVALID");
  EXPECT_FALSE(FirstReply<CreateUnitResponse>(*database_, Request("units/a", ""), {})->has_value());
  request.set_validate_only(true);
  EXPECT_FALSE(FirstReply<CreateUnitResponse>(*database_, request, {})->has_value());
}

// One caller's id says nothing of another's, and gives nobody another's reply.
TEST_F(MutationTest, AnIdIsItsCallersOwn) {
  const auto of_a = Create(Request("units/a", "id-1"), "uri:a");
  ASSERT_TRUE(of_a.ok()) << of_a.status();
  const auto of_b = Create(Request("units/b", "id-1"), "uri:b");
  ASSERT_TRUE(of_b.ok()) << of_b.status();
  EXPECT_EQ(of_b->unit().name(), "units/b");
  EXPECT_EQ(runs_, 2);
  const auto request = Request("units/a", "id-1");
  EXPECT_TRUE(FirstReply<CreateUnitResponse>(*database_, request, {"uri:a"})->has_value());
  EXPECT_FALSE(FirstReply<CreateUnitResponse>(*database_, request, {"uri:c"})->has_value());
  EXPECT_FALSE(FirstReply<CreateUnitResponse>(*database_, request, {"unchecked"})->has_value());
}

TEST_F(MutationTest, WhatIsStoredIsOnRecordAndNothingElseIs) {
  CreateUnitRequest request = Request("units/a", "id-1");
  request.set_validate_only(true);
  ASSERT_TRUE(Create(request).ok());
  EXPECT_THAT(Entries(), IsEmpty());
  ASSERT_TRUE(Create(Request("units/a", "id-1")).ok());
  ASSERT_TRUE(Create(Request("units/a", "id-1")).ok()) << "the first reply again";
  ASSERT_FALSE(Create(Request("units/b", "id-1")).ok());
  EXPECT_THAT(Entries(), ElementsAre("units/a 1"));
  ASSERT_TRUE(Create(Request("units/a", "")).ok());
  ASSERT_TRUE(Create(Request("units/b", "")).ok());
  EXPECT_THAT(Entries(), ElementsAre("units/a 1", "units/a 2", "units/b 1"));
}

TEST_F(MutationTest, AChangeThatTheTrailIsNotToldOfIsNotMade) {
  const auto forgotten = Mutate<CreateUnitResponse>(
      *database_, feed_, Request("units/a", "id-1"), {},
      [](Transaction& transaction, audit::Trail&) -> absl::StatusOr<CreateUnitResponse> {
        RETURN_IF_ERROR(transaction.Execute("INSERT INTO units (name) VALUES ('a')", {}));
        RETURN_IF_ERROR(transaction.NextSequence().status());
        return CreateUnitResponse();
      });
  EXPECT_EQ(forgotten.status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(Units(), IsEmpty());
}

TEST(DigestTest, IsTheSha256OfTheBytes) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace thidua::platform
