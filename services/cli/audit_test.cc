#include "services/cli/audit.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/contracts.h"
#include "services/platform/digest.h"

namespace thidua::cli {
namespace {

using audit::v1::AuditCheckpoint;
using audit::v1::AuditEntry;
using audit::v1::AuditFault;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

void Seal(AuditEntry& entry) {
  entry.clear_hash();
  entry.set_hash(platform::Sha256Hex(platform::DeterministicBytes(entry)));
}

// Two chains, of three entries and of one.
std::vector<AuditEntry> Chains() {
  std::vector<AuditEntry> entries;
  for (const auto& [root, count] : {std::pair("units/a", 3), std::pair("units/b", 1)}) {
    std::string previous;
    for (int i = 1; i <= count; ++i) {
      AuditEntry& entry = entries.emplace_back();
      entry.set_root(root);
      entry.set_number(i);
      entry.set_actor("uri:a\x1B[31m");
      entry.set_method("thidua.registry.v1.RegistryService/UpdateUnit");
      entry.set_previous_hash(previous);
      google::protobuf::StringValue value;
      value.set_value(absl::StrCat(i));
      auto& change = *entry.add_changes();
      change.set_resource(root);
      change.mutable_after()->PackFrom(value);
      Seal(entry);
      previous = entry.hash();
    }
  }
  return entries;
}

class AuditFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "thidua-audit-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::vector<AuditEntry>& entries) {
    const std::string file = folder_ / "entries";
    std::ofstream stream(file, std::ios::binary);
    for (const AuditEntry& entry : entries) {
      google::protobuf::util::SerializeDelimitedToOstream(entry, &stream);
    }
    return file;
  }

  std::vector<std::string> FaultsOf(const std::vector<AuditEntry>& entries,
                                    const std::vector<AuditCheckpoint>& kept = {}) {
    std::vector<std::string> faults;
    const auto done = VerifyExport(Write(entries), kept, [&](const AuditFault& fault) {
      faults.push_back(absl::StrCat(AuditFault::Kind_Name(fault.kind()), " ", fault.root(), " ",
                                    fault.number()));
    });
    EXPECT_TRUE(done.ok()) << done.status();
    EXPECT_EQ(done->entries(), static_cast<int64_t>(entries.size()));
    EXPECT_EQ(done->faults(), static_cast<int64_t>(faults.size()));
    return faults;
  }

  std::filesystem::path folder_;
};

TEST_F(AuditFileTest, WhatWasDoneToAFileIsFoundWithoutAnyService) {
  const struct {
    const char* what;
    std::function<void(std::vector<AuditEntry>&)> deed;
    std::vector<std::string> found;
  } kCases[] = {
      {"nothing", [](auto&) {}, {}},
      {"changed",
       [](auto& entries) { entries[1].set_actor("x"); },
       {"KIND_ENTRY_CHANGED units/a 2"}},
      {"changed with its hash",
       [](auto& entries) {
         entries[1].set_actor("x");
         Seal(entries[1]);
       },
       {"KIND_ENTRY_MISPLACED units/a 3"}},
      {"removed",
       [](auto& entries) { entries.erase(entries.begin() + 1); },
       {"KIND_ENTRY_MISSING units/a 3"}},
      {"twice",
       [](auto& entries) { entries.insert(entries.begin(), entries[0]); },
       {"KIND_ENTRY_MISPLACED units/a 1"}},
  };
  for (const auto& [what, deed, found] : kCases) {
    std::vector<AuditEntry> entries = Chains();
    deed(entries);
    EXPECT_EQ(FaultsOf(entries), found) << what;
  }
}

TEST_F(AuditFileTest, KeptCheckpointsBindAFileToo) {
  AuditCheckpoint kept;
  kept.set_number(1);
  for (const AuditEntry& entry : {Chains()[2], Chains()[3]}) {
    auto& head = *kept.add_heads();
    head.set_root(entry.root());
    head.set_number(entry.number());
    head.set_hash(entry.hash());
  }
  EXPECT_THAT(FaultsOf(Chains(), {kept}), IsEmpty());
  std::vector<AuditEntry> shorter = Chains();
  shorter.pop_back();
  EXPECT_THAT(FaultsOf(shorter, {kept}), ElementsAre("KIND_ENTRY_MISSING units/b 1"));
  kept.mutable_heads(0)->set_hash("x");
  EXPECT_THAT(FaultsOf(Chains(), {kept}), ElementsAre("KIND_HEAD_DISAGREES units/a 3"));
}

TEST_F(AuditFileTest, AFileThatIsNoneIsSaidToBeNone) {
  const auto told = [](const AuditFault&) {};
  EXPECT_FALSE(VerifyExport(folder_ / "nothing", {}, told).ok());
  std::ofstream(folder_ / "other") << "not what export writes";
  EXPECT_FALSE(VerifyExport(folder_ / "other", {}, told).ok());
  EXPECT_FALSE(ReadCheckpoints(folder_ / "other").ok());
}

TEST_F(AuditFileTest, CheckpointsAreReadAsTheyArePrinted) {
  AuditCheckpoint first, second;
  first.set_number(1);
  first.set_hash("a");
  first.mutable_time()->set_seconds(1'700'000'000);
  second.set_number(2);
  second.add_heads()->set_root("units/a");
  std::ofstream(folder_ / "kept") << platform::PrintJson(first, true)
                                  << platform::PrintJson(second, true);
  const auto read = ReadCheckpoints(folder_ / "kept");
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ((*read)[1].SerializeAsString(), second.SerializeAsString());
}

TEST(AuditPagesTest, AnEntryTellsWhoDidWhatAndSteersNoTerminal) {
  AuditEntry entry = Chains()[0];
  entry.set_on_behalf_of("token:b");
  entry.set_request_id("id-1");
  EXPECT_THAT(EntryPage(entry, 100),
              AllOf(HasSubstr("#1 units/a"), HasSubstr("thay mặt token:b"),
                    HasSubstr("RegistryService/UpdateUnit, mã yêu cầu id-1"),
                    HasSubstr("thêm units/a"), HasSubstr(entry.hash()), Not(HasSubstr("\x1B"))));
  *entry.mutable_changes(0)->mutable_before() = entry.changes(0).after();
  EXPECT_THAT(EntryPage(entry, 100), HasSubstr("sửa  units/a"));
  entry.mutable_changes(0)->clear_after();
  EXPECT_THAT(EntryPage(entry, 100), HasSubstr("xóa  units/a"));
}

TEST(AuditPagesTest, AnEntryThatCannotBeReadIsSaidToBeOne) {
  AuditEntry entry;
  entry.set_root("units/a");
  entry.set_number(7);
  entry.set_hash("abc");
  EXPECT_EQ(EntryPage(entry, 100),
            "#7 units/a\n  Không đọc được nội dung bút toán này: nó đã bị thay đổi.\n  mã   abc\n");
}

TEST(AuditPagesTest, AFaultIsNamedInWords) {
  AuditFault fault;
  fault.set_message("Một câu.");
  fault.set_number(3);
  for (int kind = AuditFault::Kind_MIN + 1; kind <= AuditFault::Kind_MAX; ++kind) {
    fault.set_kind(static_cast<AuditFault::Kind>(kind));
    EXPECT_THAT(FaultPage(fault, 80),
                AllOf(HasSubstr("#3"), HasSubstr("Một câu."), Not(testing::StartsWith("SAI ·"))))
        << kind;
  }
  audit::v1::VerifyAuditResponse::Done done;
  EXPECT_THAT(VerdictPage(done), HasSubstr("không có gì sai"));
  done.set_faults(2);
  EXPECT_THAT(VerdictPage(done), HasSubstr("2 điểm sai"));
}

TEST(AuditedServiceTest, IsOneOfThree) {
  EXPECT_EQ(*AuditedService("registry"), "registry");
  EXPECT_EQ(*AuditedService("results"), "results-ingest");
  EXPECT_EQ(*AuditedService("results-ingest"), "results-ingest");
  EXPECT_EQ(*AuditedService("scoring"), "scoring");
  EXPECT_FALSE(AuditedService("portal").ok());
}

}  // namespace
}  // namespace thidua::cli
