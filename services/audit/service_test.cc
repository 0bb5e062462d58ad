// The audit's RPCs, called through gRPC.
#include "services/audit/service.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/wrappers.pb.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/audit/checkpoint.h"
#include "services/audit/checkpoint_maker.h"
#include "services/audit/schema.h"
#include "services/audit/trail.h"
#include "services/domain/return_if_error.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/paging.h"
#include "services/platform/refusal_testlib.h"
#include "services/storage/engines_testlib.h"
#include "thidua/audit/v1/audit_service.grpc.pb.h"

namespace thidua::audit {
namespace {

using google::protobuf::StringValue;
using platform::Said;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Stub = v1::AuditService::Stub;

constexpr const char* kMigrations[] = {kSchema};

class NothingHeld : public Resources {
 public:
  std::vector<Rows> OfRoot(const std::string&) const override { return {}; }
  std::vector<Rows> OfAllRoots() const override { return {}; }
  Kept KeptOf(absl::string_view) const override { return Kept::kNothing; }
};

class AuditServiceTest : public testing::Test {
 protected:
  // One entry of each of these, which is so long.
  void Append(const std::vector<std::string>& resources, size_t size = 1) {
    const absl::Status done =
        database_->Write([&](storage::Transaction& transaction) -> absl::Status {
          for (const std::string& resource : resources) {
            Trail trail(transaction, {"uri:a", "", "T/Put"}, "");
            RETURN_IF_ERROR(
                trail.Changed<StringValue>(resource, std::nullopt, std::string(size, 'x')));
            RETURN_IF_ERROR(trail.Close());
          }
          return absl::OkStatus();
        });
    ASSERT_TRUE(done.ok()) << done;
  }

  template <typename Request, typename Response>
  std::string Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const std::string& text, Response& response) {
    Request request;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
    grpc::ClientContext context;
    return Said((stub_.get()->*method)(&context, request, &response));
  }

  // "units/a 1" of every entry, page by page; and how many pages.
  std::vector<std::string> ListAll(const std::string& request, int* pages = nullptr) {
    std::vector<std::string> listed;
    std::string token;
    do {
      v1::ListAuditEntriesResponse page;
      EXPECT_EQ(
          Call(&Stub::ListAuditEntries, absl::StrCat(request, " page_token: '", token, "'"), page),
          "OK");
      EXPECT_LE(page.ByteSizeLong(), size_t{4} * 1024 * 1024);
      for (const v1::AuditEntry& entry : page.entries()) {
        listed.push_back(absl::StrCat(entry.root(), " ", entry.number()));
      }
      token = page.next_page_token();
      if (pages != nullptr) ++*pages;
    } while (!token.empty());
    return listed;
  }

  storage::SqliteEngine engine_;
  std::unique_ptr<storage::Database> database_ =
      *storage::Database::Open(engine_.NewLocation(), kMigrations);
  const NothingHeld resources_;
  AuditService service_{*database_, resources_};
  platform::LocalServer server_{service_};
  std::unique_ptr<Stub> stub_ = v1::AuditService::NewStub(server_.NewChannel());
};

TEST_F(AuditServiceTest, EntriesAreListedPageByPageRootByRoot) {
  ASSERT_TRUE(service_.CheckComplete().ok());
  Append({"units/b", "units/a", "units/a", "blocs/k/pacts/2025/targets/x", "units/a"});
  const std::vector<std::string> all = {"blocs/k/pacts/2025 1", "units/a 1", "units/a 2",
                                        "units/a 3", "units/b 1"};
  for (const int size : {1, 2, 5, 0}) {
    EXPECT_EQ(ListAll(absl::StrCat("page_size: ", size)), all) << size;
  }
  EXPECT_THAT(ListAll("root: 'units/a' page_size: 2"),
              ElementsAre("units/a 1", "units/a 2", "units/a 3"));
  EXPECT_THAT(ListAll("root: 'units/c'"), IsEmpty());

  v1::ListAuditEntriesResponse page;
  ASSERT_EQ(Call(&Stub::ListAuditEntries, "root: 'units/b'", page), "OK");
  EXPECT_EQ(page.entries(0).changes(0).resource(), "units/b");
  EXPECT_FALSE(page.entries(0).changes(0).has_after());
  EXPECT_EQ(page.entries(0).hash().size(), 64u);
  ASSERT_EQ(Call(&Stub::ListAuditEntries, "root: 'units/b' with_changes: true", page), "OK");
  EXPECT_EQ(page.entries(0).changes(0).after().value(), "x");

  EXPECT_EQ(Call(&Stub::ListAuditEntries, "page_size: -1", page),
            "INVALID_ARGUMENT page_size: OUT_OF_RANGE");
  ASSERT_EQ(Call(&Stub::ListAuditEntries, "root: 'units/a' page_size: 1", page), "OK");
  EXPECT_EQ(Call(&Stub::ListAuditEntries,
                 absl::StrCat("root: 'units/b' page_token: '", page.next_page_token(), "'"), page),
            "INVALID_ARGUMENT page_token: PAGE_TOKEN_UNKNOWN");
}

TEST_F(AuditServiceTest, APageIsNoLargerThanAMessageAndAnExportIsWhole) {
  Append(std::vector<std::string>(20, "units/a"), 600'000);
  int pages = 0;
  EXPECT_THAT(ListAll("with_changes: true page_size: 1000", &pages), SizeIs(20));
  EXPECT_GT(pages, 3);
  pages = 0;
  EXPECT_THAT(ListAll("page_size: 1000", &pages), SizeIs(20));
  EXPECT_EQ(pages, 1);

  grpc::ClientContext context;
  const auto reader = stub_->ExportAuditEntries(&context, {});
  v1::ExportAuditEntriesResponse event;
  int64_t number = 0;
  while (reader->Read(&event)) {
    EXPECT_EQ(event.entry().number(), ++number);
    EXPECT_EQ(event.entry().changes(0).after().value().size(), 600'000u);
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(number, 20);
}

TEST_F(AuditServiceTest, WhatIsGarbledHidesNothingBehindIt) {
  Append({"units/a", "units/a", "units/a"});
  ASSERT_TRUE(MakeCheckpoint(*database_, absl::Now()).ok());
  Append({"units/b"});
  ASSERT_TRUE(MakeCheckpoint(*database_, absl::Now()).ok());
  const std::string garbled = "\xFF\xFF";
  ASSERT_TRUE(
      database_
          ->Write([&](storage::Transaction& transaction) -> absl::Status {
            RETURN_IF_ERROR(transaction.Execute(
                "UPDATE audit_entries SET message = $1 WHERE root = 'units/a' AND number = 2",
                {storage::Bytes{garbled}}));
            return transaction.Execute("UPDATE audit_checkpoints SET message = $1 WHERE number = 1",
                                       {storage::Bytes{garbled}});
          })
          .ok());
  EXPECT_THAT(ListAll("page_size: 1"),
              ElementsAre("units/a 1", "units/a 2", "units/a 3", "units/b 1"));
  grpc::ClientContext context;
  const auto reader = stub_->ExportAuditEntries(&context, {});
  std::vector<v1::AuditEntry> entries;
  v1::ExportAuditEntriesResponse event;
  while (reader->Read(&event)) entries.push_back(event.entry());
  EXPECT_TRUE(reader->Finish().ok());
  ASSERT_THAT(entries, SizeIs(4));
  EXPECT_EQ(entries[1].number(), 2);
  EXPECT_EQ(entries[1].hash(), entries[2].previous_hash());
  EXPECT_EQ(entries[1].changes_size(), 0);
  v1::ListAuditCheckpointsResponse page;
  ASSERT_EQ(Call(&Stub::ListAuditCheckpoints, "", page), "OK");
  ASSERT_EQ(page.checkpoints_size(), 2);
  EXPECT_EQ(page.checkpoints(0).hash(), page.checkpoints(1).previous_hash());
}

TEST_F(AuditServiceTest, CheckpointsAreListedInTheirOrder) {
  for (int i = 0; i < 3; ++i) {
    Append({"units/a"});
    ASSERT_TRUE(MakeCheckpoint(*database_, absl::Now()).ok());
  }
  std::vector<int64_t> numbers;
  std::string token;
  do {
    v1::ListAuditCheckpointsResponse page;
    ASSERT_EQ(Call(&Stub::ListAuditCheckpoints,
                   absl::StrCat("page_size: 2 page_token: '", token, "'"), page),
              "OK");
    for (const v1::AuditCheckpoint& one : page.checkpoints()) {
      numbers.push_back(one.number());
      EXPECT_EQ(one.heads(0).number(), one.number());
    }
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3));
}

TEST_F(AuditServiceTest, VerificationTellsProgressFaultsAndCounts) {
  Append({"units/a", "units/a", "units/a"});
  ASSERT_TRUE(database_
                  ->Write([](storage::Transaction& transaction) {
                    return transaction.Execute("DELETE FROM audit_entries WHERE number = 2", {});
                  })
                  .ok());
  grpc::ClientContext context;
  const auto reader = stub_->VerifyAudit(&context, {});
  v1::VerifyAuditResponse event;
  std::vector<v1::VerifyAuditResponse> events;
  while (reader->Read(&event)) events.push_back(event);
  EXPECT_TRUE(reader->Finish().ok());
  ASSERT_GE(events.size(), 3u);
  EXPECT_TRUE(events[0].has_progress());
  EXPECT_EQ(events[0].progress().of_entries(), 3);
  EXPECT_EQ(events[events.size() - 2].fault().kind(), v1::AuditFault::KIND_ENTRY_MISSING);
  EXPECT_EQ(events[events.size() - 2].fault().message(), "Trước bút toán này thiếu số 2.");
  EXPECT_EQ(events.back().done().entries(), 2);
  EXPECT_EQ(events.back().done().faults(), 1);
}

TEST_F(AuditServiceTest, TheMakerBindsWhatWasWrittenAtItsTimeAndAtTheEnd) {
  const auto checkpoints = [this] {
    v1::ListAuditCheckpointsResponse page;
    EXPECT_EQ(Call(&Stub::ListAuditCheckpoints, "", page), "OK");
    return page.checkpoints_size();
  };
  Append({"units/a"});
  {
    CheckpointMaker maker(*database_, absl::Milliseconds(10));
    const absl::Time until = absl::Now() + absl::Seconds(20);
    while (checkpoints() == 0 && absl::Now() < until) absl::SleepFor(absl::Milliseconds(5));
    EXPECT_EQ(checkpoints(), 1);
  }
  EXPECT_EQ(checkpoints(), 1) << "nothing was written since";
  {
    CheckpointMaker maker(*database_);
    Append({"units/a"});
  }
  EXPECT_EQ(checkpoints(), 2);
}

}  // namespace
}  // namespace thidua::audit
