// Trails, checkpoints and what verification finds of them, on either engine.
#include <gmock/gmock.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "services/audit/checkpoint.h"
#include "services/audit/genesis.h"
#include "services/audit/log.h"
#include "services/audit/schema.h"
#include "services/audit/trail.h"
#include "services/audit/verification.h"
#include "services/domain/return_if_error.h"
#include "services/platform/digest.h"
#include "services/storage/engines_testlib.h"

namespace thidua::audit {
namespace {

using google::protobuf::StringValue;
using storage::Bytes;
using storage::Database;
using storage::Parameter;
using storage::Row;
using storage::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

// Things are stored in one row each; of notes ("…/notes/…") every revision stays.
constexpr const char* kMigrations[] = {
    kSchema, "CREATE TABLE things (name TEXT PRIMARY KEY, bytes BYTEA NOT NULL)",
    "CREATE TABLE notes (name TEXT NOT NULL, revision BIGINT NOT NULL, standing BIGINT NOT NULL, "
    "bytes BYTEA NOT NULL, PRIMARY KEY (name, revision))"};
constexpr char kPact[] = "blocs/k/pacts/2025";
constexpr char kNote[] = "blocs/k/pacts/2025/notes/n";

bool IsNote(absl::string_view name) { return absl::StrContains(name, "/notes/"); }

class Things : public Resources {
 public:
  std::vector<Rows> OfRoot(const std::string& root) const override {
    const std::string within = absl::StrCat(root, "/");
    const std::string where =
        absl::StrCat(" WHERE (name = $1 OR substr(name, 1, ", within.size(), ") = $2)");
    return {
        {absl::StrCat("SELECT name, bytes FROM things", where),
         {root, within},
         {{"name", Rows::Column::kText}},
         [](const Row& row) {
           return StoredRow{row.Text(0), row.Text(1), true, StringValue::descriptor()->full_name()};
         }},
        {absl::StrCat("SELECT name, revision, standing, bytes FROM notes", where),
         {root, within},
         {{"name", Rows::Column::kText}, {"revision", Rows::Column::kInteger}},
         [](const Row& row) {
           return StoredRow{row.Text(0), row.Text(3), row.Integer(2) == 1,
                            StringValue::descriptor()->full_name()};
         },
         /*at_once=*/2}};
  }
  std::vector<Rows> OfAllRoots() const override {
    std::vector<Rows> all;
    for (const char* table : {"things", "notes"}) {
      all.push_back({absl::StrCat("SELECT DISTINCT name FROM ", table, " WHERE 1 = 1"),
                     {},
                     {{"name", Rows::Column::kText}},
                     [](const Row& row) { return StoredRow{row.Text(0)}; }});
    }
    return all;
  }
  Kept KeptOf(absl::string_view resource) const override {
    return IsNote(resource) ? Kept::kEvery : Kept::kLast;
  }
};

// A database whose audit can be tampered with.
class Tampered {
 public:
  explicit Tampered(const std::string& location)
      : database_(*Database::Open(location, kMigrations)) {}

  Database& database() { return *database_; }

  void Execute(absl::string_view sql, std::vector<Parameter> parameters = {}) {
    const absl::Status done = database_->Write(
        [&](Transaction& transaction) { return transaction.Execute(sql, parameters); });
    EXPECT_TRUE(done.ok()) << sql << "\n" << done;
  }

  // Stores the things, whose values are texts, or removes those without one; in one mutation.
  void Put(const std::vector<std::pair<std::string, std::optional<std::string>>>& things) {
    const absl::Status done = database_->Write([&](Transaction& transaction) -> absl::Status {
      Trail trail(transaction, {"uri:spiffe://a", "", "thidua.T/Put"}, "id-1");
      for (const auto& [name, text] : things) {
        std::optional<std::string> before, after;
        const bool is_note = IsNote(name);
        RETURN_IF_ERROR(transaction.Query(
            is_note
                ? "UPDATE notes SET standing = 0 WHERE name = $1 AND standing = 1 RETURNING bytes"
                : "DELETE FROM things WHERE name = $1 RETURNING bytes",
            {name}, [&, &was = before](const Row& row) {
              was = row.Text(0);
              return absl::OkStatus();
            }));
        if (text.has_value()) {
          StringValue value;
          value.set_value(*text);
          after = value.SerializeAsString();
          RETURN_IF_ERROR(transaction.Execute(
              is_note ? "INSERT INTO notes (name, revision, standing, bytes) SELECT $1, COUNT(*) + "
                        "1, 1, $2 FROM notes WHERE name = $1"
                      : "INSERT INTO things (name, bytes) VALUES ($1, $2)",
              {name, Bytes{*after}}));
        }
        RETURN_IF_ERROR(trail.Changed<StringValue>(name, std::move(before), std::move(after)));
      }
      return trail.Close();
    });
    ASSERT_TRUE(done.ok()) << done;
  }

  v1::AuditCheckpoint Checkpoint() {
    const auto made = MakeCheckpoint(*database_, absl::FromUnixSeconds(1'700'000'000));
    EXPECT_TRUE(made.ok() && made->has_value()) << made.status();
    return made.value_or(std::nullopt).value_or(v1::AuditCheckpoint());
  }

  std::vector<v1::AuditEntry> Entries(const std::string& root = "") {
    std::vector<v1::AuditEntry> entries;
    const absl::Status read = database_->Read([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(const auto stored,
                       Log(transaction).EntriesAfter(root, {}, {10'000, 1 << 30}));
      for (const StoredEntry& entry : stored) {
        ASSIGN_OR_RETURN(entries.emplace_back(), entry.Read());
      }
      return absl::OkStatus();
    });
    EXPECT_TRUE(read.ok()) << read;
    return entries;
  }

  // Puts another entry in the place of one; with the hash that it then has, or the old one.
  void Rewrite(const std::string& root, int64_t number,
               const std::function<void(v1::AuditEntry&)>& change, bool with_hash) {
    for (v1::AuditEntry& entry : Entries(root)) {
      if (entry.number() != number) continue;
      std::string hash = entry.hash();
      change(entry);
      entry.clear_hash();
      const std::string message = platform::DeterministicBytes(entry);
      if (with_hash) hash = platform::Sha256Hex(message);
      Execute("UPDATE audit_entries SET message = $3, hash = $4 WHERE root = $1 AND number = $2",
              {absl::string_view(root), number, Bytes{message}, absl::string_view(hash)});
    }
  }
  void RewriteCheckpoint(int64_t number, bool with_hash) {
    v1::AuditCheckpoint checkpoint;
    std::string hash;
    const absl::Status read = database_->Read([&](Transaction& transaction) {
      return transaction.Query("SELECT message, hash FROM audit_checkpoints WHERE number = $1",
                               {number}, [&](const Row& row) {
                                 EXPECT_TRUE(checkpoint.ParseFromString(row.Text(0)));
                                 hash = row.Text(1);
                                 return absl::OkStatus();
                               });
    });
    ASSERT_TRUE(read.ok()) << read;
    checkpoint.mutable_time()->set_seconds(1);
    const std::string message = platform::DeterministicBytes(checkpoint);
    if (with_hash) hash = platform::Sha256Hex(message);
    Execute("UPDATE audit_checkpoints SET message = $2, hash = $3 WHERE number = $1",
            {number, Bytes{message}, absl::string_view(hash)});
  }

  struct Verdict {
    // "ENTRY_CHANGED units/a 2", "RESOURCE_CHANGED units/a 5 units/a".
    std::vector<std::string> faults;
    v1::VerifyAuditResponse::Done done;
  };
  Verdict Verify(const v1::VerifyAuditRequest& request = {}) {
    Verdict verdict;
    const absl::Status verified = audit::Verify(
        *database_, Things(), request,
        [&](const v1::VerifyAuditResponse& response) {
          if (response.has_done()) verdict.done = response.done();
          if (!response.has_fault()) return absl::OkStatus();
          const v1::AuditFault& fault = response.fault();
          EXPECT_FALSE(fault.message().empty());
          verdict.faults.push_back(
              absl::StrCat(v1::AuditFault::Kind_Name(fault.kind()).substr(sizeof "KIND_" - 1), " ",
                           fault.root(), fault.root().empty() ? "" : " ", fault.number(),
                           fault.resource().empty() ? "" : " ", fault.resource()));
          return absl::OkStatus();
        },
        [] { return absl::OkStatus(); });
    EXPECT_TRUE(verified.ok()) << verified;
    EXPECT_EQ(verdict.done.faults(), static_cast<int64_t>(verdict.faults.size()));
    return verdict;
  }

 private:
  std::unique_ptr<Database> database_;
};

template <typename TestedEngine>
class AuditTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { engine_ = new TestedEngine; }
  static void TearDownTestSuite() { delete engine_; }

  // units/a has five entries, of which checkpoint 1 binds three and checkpoint 2 all; units/b one
  // that no checkpoint binds; notes are at their third revision, which of one says what the first
  // one said.
  std::unique_ptr<Tampered> NewTampered() {
    auto tampered = std::make_unique<Tampered>(engine_->NewLocation());
    for (const char* text : {"1", "2", "3"}) tampered->Put({{"units/a", text}});
    tampered->Put(
        {{absl::StrCat(kPact, "/targets/x"), "1"}, {absl::StrCat(kPact, "/targets/y"), "1"}});
    tampered->Put({{"units/gone", "1"}});
    tampered->Checkpoint();
    for (const char* text : {"4", "5"}) tampered->Put({{"units/a", text}});
    tampered->Put({{absl::StrCat(kPact, "/targets/y"), "2"}, {"units/gone", std::nullopt}});
    for (const auto& [note, twin] :
         {std::pair("1", "1"), std::pair("2", "2"), std::pair("3", "1")}) {
      tampered->Put({{kNote, note}, {absl::StrCat(kPact, "/notes/twin"), twin}});
    }
    tampered->Checkpoint();
    tampered->Put({{"units/b", "1"}});
    tampered->Put({{"units/b", "2"}});
    return tampered;
  }

  static inline TestedEngine* engine_ = nullptr;
};
TYPED_TEST_SUITE(AuditTest, storage::Engines, storage::EngineNames);

TYPED_TEST(AuditTest, WhatNobodyTouchedIsSound) {
  const auto tampered = this->NewTampered();
  const Tampered::Verdict verdict = tampered->Verify();
  EXPECT_THAT(verdict.faults, IsEmpty());
  EXPECT_EQ(verdict.done.entries(), 14);
  EXPECT_EQ(verdict.done.chains(), 4);
  EXPECT_EQ(verdict.done.checkpoints(), 2);
  EXPECT_EQ(verdict.done.resources(), 7);
  const Tampered::Verdict of_nothing = Tampered(this->engine_->NewLocation()).Verify();
  EXPECT_THAT(of_nothing.faults, IsEmpty());
  EXPECT_EQ(of_nothing.done.entries(), 0);
}

TYPED_TEST(AuditTest, AnEntrySaysWhoDidWhatAndProvesItself) {
  const auto tampered = this->NewTampered();
  const std::vector<v1::AuditEntry> entries = tampered->Entries(kPact);
  ASSERT_EQ(entries.size(), 5u);
  v1::AuditEntry entry = entries[1];
  EXPECT_EQ(entry.root(), kPact);
  EXPECT_EQ(entry.number(), 2);
  EXPECT_EQ(entry.actor(), "uri:spiffe://a");
  EXPECT_EQ(entry.method(), "thidua.T/Put");
  EXPECT_EQ(entry.request_id(), "id-1");
  EXPECT_NEAR(static_cast<double>(entry.time().seconds()),
              static_cast<double>(absl::ToUnixSeconds(absl::Now())), 60);
  ASSERT_EQ(entry.changes_size(), 1);
  EXPECT_EQ(entry.changes(0).resource(), absl::StrCat(kPact, "/targets/y"));
  StringValue before, after;
  ASSERT_TRUE(entry.changes(0).before().UnpackTo(&before));
  ASSERT_TRUE(entry.changes(0).after().UnpackTo(&after));
  EXPECT_EQ(before.value(), "1");
  EXPECT_EQ(after.value(), "2");
  EXPECT_EQ(entry.previous_hash(), entries[0].hash());
  EXPECT_EQ(entries[0].previous_hash(), "");
  EXPECT_FALSE(entries[0].changes(0).has_before());
  const std::string hash = entry.hash();
  entry.clear_hash();
  EXPECT_EQ(platform::Sha256Hex(platform::DeterministicBytes(entry)), hash);
  EXPECT_FALSE(tampered->Entries("units/gone")[1].changes(0).has_after());
}

TYPED_TEST(AuditTest, ALargeMutationWritesSeveralEntries) {
  Tampered tampered(this->engine_->NewLocation());
  std::vector<std::pair<std::string, std::optional<std::string>>> things;
  for (int i = 0; i < 2500; ++i) things.push_back({absl::StrCat(kPact, "/targets/", i), "1"});
  for (int i = 0; i < 3; ++i)
    things.push_back({absl::StrCat("units/large-", i), std::string(700'000, 'x')});
  for (int i = 0; i < 2; ++i) things.push_back({"units/larger", std::string(700'000, 'y')});
  things.push_back({"units/larger", "small again"});
  tampered.Put(things);
  std::vector<int> changes;
  for (const v1::AuditEntry& entry : tampered.Entries(kPact))
    changes.push_back(entry.changes_size());
  EXPECT_THAT(changes, ElementsAre(kChangesMax, kChangesMax, 500));
  EXPECT_EQ(tampered.Entries("units/larger").size(), 2u) << "and none is too heavy";
  EXPECT_THAT(tampered.Verify().faults, IsEmpty());
}

TYPED_TEST(AuditTest, ACheckpointHasTheChainsThatGrewAndThereIsNoneOfNothing) {
  Tampered tampered(this->engine_->NewLocation());
  const auto none = MakeCheckpoint(tampered.database(), absl::Now());
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_FALSE(none->has_value());
  tampered.Put({{"units/a", "1"}, {"units/b", "1"}});
  const v1::AuditCheckpoint first = tampered.Checkpoint();
  EXPECT_EQ(first.number(), 1);
  EXPECT_EQ(first.chains(), 2);
  EXPECT_EQ(first.entries(), 2);
  EXPECT_EQ(first.heads_size(), 2);
  EXPECT_FALSE((*MakeCheckpoint(tampered.database(), absl::Now())).has_value());
  tampered.Put({{"units/b", "2"}});
  v1::AuditCheckpoint second = tampered.Checkpoint();
  EXPECT_EQ(second.number(), 2);
  EXPECT_EQ(second.chains(), 2);
  EXPECT_EQ(second.entries(), 3);
  ASSERT_EQ(second.heads_size(), 1);
  EXPECT_EQ(second.heads(0).root(), "units/b");
  EXPECT_EQ(second.heads(0).number(), 2);
  EXPECT_EQ(second.heads(0).hash(), tampered.Entries("units/b")[1].hash());
  EXPECT_EQ(second.previous_hash(), first.hash());
  const std::string hash = second.hash();
  second.clear_hash();
  EXPECT_EQ(platform::Sha256Hex(platform::DeterministicBytes(second)), hash);
}

// What is done behind the service's back, and what is found.
struct Deed {
  std::string what;
  std::function<void(Tampered&)> done;
  std::vector<std::string> found;
};

std::vector<Deed> Deeds() {
  const auto sql = [](std::vector<std::string> statements) {
    return [statements](Tampered& tampered) {
      for (const std::string& statement : statements) tampered.Execute(statement);
    };
  };
  const auto somebody_else = [](v1::AuditEntry& entry) { entry.set_actor("uri:spiffe://b"); };
  return {
      {"an entry is changed",
       [=](Tampered& tampered) { tampered.Rewrite("units/a", 2, somebody_else, false); },
       {"ENTRY_CHANGED units/a 2"}},
      {"an entry is no longer one",
       sql({"UPDATE audit_entries SET message = '' WHERE root = 'units/a' AND number = 2"}),
       {"ENTRY_CHANGED units/a 2"}},
      {"an entry's hash is changed",
       sql({"UPDATE audit_entries SET hash = 'x' WHERE root = 'units/a' AND number = 2"}),
       {"ENTRY_CHANGED units/a 2"}},
      {"an entry is changed, and its hash with it",
       [=](Tampered& tampered) { tampered.Rewrite("units/a", 2, somebody_else, true); },
       {"ENTRY_MISPLACED units/a 3"}},
      {"the last entry is changed, and its hash with it",
       [=](Tampered& tampered) { tampered.Rewrite("units/b", 2, somebody_else, true); },
       {"HEAD_DISAGREES units/b 2"}},
      {"and its head's",
       [=](Tampered& tampered) {
         tampered.Rewrite("units/a", 5, somebody_else, true);
         tampered.Execute(
             "UPDATE audit_heads SET hash = (SELECT hash FROM audit_entries WHERE root = 'units/a' "
             "AND number = 5) WHERE root = 'units/a'");
       },
       {"HEAD_DISAGREES units/a 5"}},
      {"an entry is removed from the middle",
       sql({"DELETE FROM audit_entries WHERE root = 'units/a' AND number = 2"}),
       {"ENTRY_MISSING units/a 3"}},
      {"the first entries are removed",
       sql({"DELETE FROM audit_entries WHERE root = 'units/a' AND number < 3"}),
       {"ENTRY_MISSING units/a 3"}},
      {"the last entry is removed",
       sql({"DELETE FROM audit_entries WHERE root = 'units/b' AND number = 2"}),
       {"ENTRY_MISSING units/b 1"}},
      {"the last entry is removed, and the head put back",
       sql({"DELETE FROM audit_entries WHERE root = 'units/b' AND number = 2",
            "UPDATE audit_heads SET number = 1, hash = (SELECT hash FROM audit_entries WHERE "
            "root = 'units/b' AND number = 1) WHERE root = 'units/b'"}),
       {"RESOURCE_CHANGED units/b 1 units/b"}},
      {"the last entry is removed that a checkpoint binds, and the head put back",
       sql({"DELETE FROM audit_entries WHERE root = 'units/a' AND number = 5",
            "UPDATE audit_heads SET number = 4, hash = (SELECT hash FROM audit_entries WHERE "
            "root = 'units/a' AND number = 4) WHERE root = 'units/a'",
            "UPDATE things SET bytes = (SELECT bytes FROM things WHERE name = 'units/a') WHERE "
            "name = 'units/a'"}),
       {"ENTRY_MISSING units/a 5", "RESOURCE_CHANGED units/a 4 units/a"}},
      {"an entry is put in",
       sql({"UPDATE audit_entries SET number = -number WHERE root = 'units/a' AND number > 3",
            "UPDATE audit_entries SET number = 1 - number WHERE root = 'units/a' AND number < 0",
            "INSERT INTO audit_entries (root, number, hash, message) SELECT root, 4, hash, message "
            "FROM audit_entries WHERE root = 'units/a' AND number = 3"}),
       {"HEAD_DISAGREES units/a 6", "ENTRY_MISPLACED units/a 6", "ENTRY_MISPLACED units/a 5",
        "ENTRY_MISPLACED units/a 4", "HEAD_DISAGREES units/a 5"}},
      {"an entry is added at the end",
       [](Tampered& tampered) {
         v1::AuditEntry forged = tampered.Entries("units/b").back();
         forged.set_number(3);
         forged.set_previous_hash(forged.hash());
         forged.clear_hash();
         const std::string message = platform::DeterministicBytes(forged);
         tampered.Execute(
             "INSERT INTO audit_entries (root, number, hash, message) VALUES ('units/b', 3, $1, "
             "$2)",
             {absl::string_view(platform::Sha256Hex(message)), Bytes{message}});
       },
       {"HEAD_DISAGREES units/b 3"}},
      {"two entries change places",
       sql({"UPDATE audit_entries SET number = -number WHERE root = 'units/a' AND number IN (1, 2)",
            "UPDATE audit_entries SET number = 3 + number WHERE root = 'units/a' AND number < 0"}),
       {"ENTRY_MISPLACED units/a 2", "ENTRY_MISPLACED units/a 1"}},
      {"an entry says that it has another's number",
       [](Tampered& tampered) {
         tampered.Rewrite(
             "units/a", 2, [](v1::AuditEntry& entry) { entry.set_number(1); }, true);
       },
       {"ENTRY_MISPLACED units/a 2"}},
      {"an entry is put into another chain",
       sql({"UPDATE audit_entries SET root = 'units/z' WHERE root = 'units/b' AND number = 2"}),
       {"HEAD_DISAGREES units/z 2", "ENTRY_MISPLACED units/z 2", "ENTRY_MISSING units/z 2",
        "ENTRY_MISSING units/b 1"}},
      {"a head's hash is changed",
       sql({"UPDATE audit_heads SET hash = 'x' WHERE root = 'units/a'"}),
       {"HEAD_DISAGREES units/a 5"}},
      {"a head is put back",
       sql({"UPDATE audit_heads SET number = 4 WHERE root = 'units/a'"}),
       {"HEAD_DISAGREES units/a 5"}},
      {"a head is removed",
       sql({"DELETE FROM audit_heads WHERE root = 'units/a'"}),
       {"HEAD_DISAGREES units/a 5"}},
      {"a chain is removed",
       sql({"DELETE FROM audit_entries WHERE root = 'units/a'"}),
       {"ENTRY_MISSING units/a 5", "ENTRY_MISSING units/a 3"}},
      {"a chain is removed with its head",
       sql({"DELETE FROM audit_entries WHERE root = 'units/a'",
            "DELETE FROM audit_heads WHERE root = 'units/a'"}),
       {"ENTRY_MISSING units/a 3", "RESOURCE_CHANGED units/a 0 units/a"}},
      {"a checkpoint is changed",
       [](Tampered& tampered) { tampered.RewriteCheckpoint(2, false); },
       {"CHECKPOINT_CHANGED 2"}},
      {"a checkpoint is changed, and its hash with it",
       [](Tampered& tampered) { tampered.RewriteCheckpoint(1, true); },
       {"CHECKPOINT_CHANGED 2"}},
      {"a checkpoint is removed",
       sql({"DELETE FROM audit_checkpoints WHERE number = 1"}),
       {"CHECKPOINT_MISSING 1"}},
      {"the last checkpoint is removed",
       sql({"DELETE FROM audit_checkpoints WHERE number = 2"}),
       {"CHECKPOINT_MISSING 2"}},
      {"all checkpoints are removed",
       sql({"DELETE FROM audit_checkpoints"}),
       {"CHECKPOINT_MISSING 1"}},
      {"a resource is changed",
       sql({"UPDATE things SET bytes = '' WHERE name = 'units/a'"}),
       {"RESOURCE_CHANGED units/a 5 units/a"}},
      {"a resource is removed",
       sql({"DELETE FROM things WHERE name LIKE '%/targets/x'"}),
       {"RESOURCE_CHANGED blocs/k/pacts/2025 1 blocs/k/pacts/2025/targets/x"}},
      {"a resource is there again",
       sql({"INSERT INTO things (name, bytes) VALUES ('units/gone', '')"}),
       {"RESOURCE_CHANGED units/gone 2 units/gone"}},
      {"a resource is put into a root that is on record",
       sql({"INSERT INTO things (name, bytes) VALUES ('blocs/k/pacts/2025/targets/z', '')"}),
       {"RESOURCE_CHANGED blocs/k/pacts/2025 0 blocs/k/pacts/2025/targets/z"}},
      {"resources are put in, of roots that are not",
       sql({"INSERT INTO things (name, bytes) VALUES ('units/z', '')",
            "INSERT INTO notes (name, revision, standing, bytes) VALUES ('units/y/notes/1', 1, 0, "
            "''), ('units/y/notes/1', 2, 1, '')"}),
       {"RESOURCE_CHANGED units/z 0 units/z", "RESOURCE_CHANGED units/y 0 units/y/notes/1"}},
      {"a first revision is put in",
       sql({"INSERT INTO notes (name, revision, standing, bytes) VALUES "
            "('blocs/k/pacts/2025/notes/m', 1, 1, '')"}),
       {"RESOURCE_CHANGED blocs/k/pacts/2025 0 blocs/k/pacts/2025/notes/m"}},
      {"an earlier revision is changed",
       sql({"UPDATE notes SET bytes = '' WHERE name LIKE '%/n' AND revision = 1"}),
       {absl::StrCat("RESOURCE_CHANGED blocs/k/pacts/2025 5 ", kNote)}},
      {"an earlier revision is removed",
       sql({"DELETE FROM notes WHERE name LIKE '%/n' AND revision = 1"}),
       {absl::StrCat("RESOURCE_CHANGED blocs/k/pacts/2025 3 ", kNote)}},
      {"an earlier revision is put in",
       sql({absl::StrCat("INSERT INTO notes (name, revision, standing, bytes) VALUES ('", kNote,
                         "', 0, 0, '')")}),
       {absl::StrCat("RESOURCE_CHANGED blocs/k/pacts/2025 5 ", kNote)}},
      {"an earlier revision is made the present one",
       sql({"UPDATE notes SET standing = 2 - revision WHERE name LIKE '%/n' AND revision < 3",
            "UPDATE notes SET standing = 0 WHERE name LIKE '%/n' AND revision = 3"}),
       {absl::StrCat("RESOURCE_CHANGED blocs/k/pacts/2025 5 ", kNote)}},
      {"the present revision is one no longer",
       sql({"UPDATE notes SET standing = 0 WHERE name LIKE '%/n'"}),
       {absl::StrCat("RESOURCE_CHANGED blocs/k/pacts/2025 5 ", kNote)}},
      {"all revisions are removed",
       sql({"DELETE FROM notes WHERE name LIKE '%/n'"}),
       {absl::StrCat("RESOURCE_CHANGED blocs/k/pacts/2025 3 ", kNote)}},
      {"a revision is changed, and the entry of the one before",
       [=](Tampered& tampered) {
         tampered.Rewrite(kPact, 3, somebody_else, false);
         tampered.Execute("UPDATE notes SET bytes = '' WHERE name LIKE '%/n' AND revision = 2");
       },
       {"ENTRY_CHANGED blocs/k/pacts/2025 3",
        absl::StrCat("RESOURCE_CHANGED blocs/k/pacts/2025 4 ", kNote)}},
  };
}

TYPED_TEST(AuditTest, WhatIsDoneBehindTheServicesBackIsFoundAndNamed) {
  for (const Deed& deed : Deeds()) {
    const auto tampered = this->NewTampered();
    deed.done(*tampered);
    EXPECT_THAT(tampered->Verify().faults, UnorderedElementsAreArray(deed.found)) << deed.what;
  }
}

// Whoever can write all tables can make all of them anew, and be found by what is kept elsewhere
// alone.
TYPED_TEST(AuditTest, KeptCheckpointsProveWhatTheDatabaseCannot) {
  const auto tampered = this->NewTampered();
  tampered->Put({{"units/c", "1"}});
  v1::VerifyAuditRequest request;
  *request.add_kept() = tampered->Checkpoint();
  ASSERT_EQ(request.kept(0).number(), 3);
  EXPECT_THAT(tampered->Verify(request).faults, IsEmpty());
  v1::VerifyAuditRequest bare;  // Nothing but the number and the hash.
  bare.add_kept()->set_number(3);
  bare.mutable_kept(0)->set_hash(request.kept(0).hash());
  EXPECT_THAT(tampered->Verify(bare).faults, IsEmpty());

  tampered->RewriteCheckpoint(3, /*with_hash=*/true);
  EXPECT_THAT(tampered->Verify().faults, IsEmpty());
  EXPECT_THAT(tampered->Verify(request).faults, ElementsAre("CHECKPOINT_CHANGED 3"));
  EXPECT_THAT(tampered->Verify(bare).faults, ElementsAre("CHECKPOINT_CHANGED 3"));
  for (const char* table : {"audit_entries", "audit_heads", "audit_checkpoints"}) {
    tampered->Execute(absl::StrCat("DELETE FROM ", table));
  }
  EXPECT_THAT(tampered->Verify().faults, SizeIs(7)) << "what is stored has no entry";
  ASSERT_TRUE(RecordWhatStood(tampered->database(), Things()).ok());
  EXPECT_THAT(tampered->Verify().faults, IsEmpty());
  EXPECT_THAT(tampered->Verify(request).faults, ElementsAre("CHECKPOINT_MISSING 3"));
}

// What stood before there was an audit is put on record once, and held as the rest from then on.
TYPED_TEST(AuditTest, WhatStoodBeforeIsOnRecordOnce) {
  Tampered tampered(this->engine_->NewLocation());
  EXPECT_TRUE(RecordWhatStood(tampered.database(), Things()).ok());
  EXPECT_THAT(tampered.Entries(), IsEmpty()) << "nothing stood";
  for (const char* row : {"'units/a/notes/1', 1, 0, 'x'", "'units/a/notes/1', 2, 1, 'y'",
                          "'units/a/notes/2', 1, 0, 'withdrawn'", "'units/b/notes/1', 1, 1, ''"}) {
    tampered.Execute(
        absl::StrCat("INSERT INTO notes (name, revision, standing, bytes) VALUES (", row, ")"));
  }
  tampered.Execute("INSERT INTO things (name, bytes) VALUES ('units/a', 'a'), ('units/old', '')");
  EXPECT_THAT(tampered.Verify().faults,
              UnorderedElementsAre("RESOURCE_CHANGED units/a 0 units/a",
                                   "RESOURCE_CHANGED units/a 0 units/a/notes/1",
                                   "RESOURCE_CHANGED units/a 0 units/a/notes/2",
                                   "RESOURCE_CHANGED units/b 0 units/b/notes/1",
                                   "RESOURCE_CHANGED units/old 0 units/old"));
  ASSERT_TRUE(RecordWhatStood(tampered.database(), Things()).ok());
  EXPECT_THAT(tampered.Verify().faults, IsEmpty());
  ASSERT_EQ(tampered.Entries().size(), 3u);
  EXPECT_EQ(tampered.Entries()[0].actor(), "migration");
  EXPECT_EQ(tampered.Entries("units/a")[0].changes_size(), 5);

  tampered.Put({{"units/a/notes/1", "1"}, {"units/old", "2"}});
  EXPECT_THAT(tampered.Verify().faults, IsEmpty());
  tampered.Execute("UPDATE notes SET bytes = 'z' WHERE bytes = 'y'");
  tampered.Execute("DELETE FROM notes WHERE bytes = 'withdrawn'");
  tampered.Execute("INSERT INTO things (name, bytes) VALUES ('units/c', '')");
  ASSERT_TRUE(RecordWhatStood(tampered.database(), Things()).ok()) << "of no second time";
  EXPECT_THAT(tampered.Verify().faults,
              UnorderedElementsAre("RESOURCE_CHANGED units/a 2 units/a/notes/1",
                                   "RESOURCE_CHANGED units/a 1 units/a/notes/2",
                                   "RESOURCE_CHANGED units/c 0 units/c"));
}

TYPED_TEST(AuditTest, WhatIsWrittenMeanwhileIsNoFault) {
  const auto tampered = this->NewTampered();
  // Longer than what is read at once.
  std::vector<std::pair<std::string, std::optional<std::string>>> many;
  for (int i = 0; i < 1500; ++i) many.push_back({absl::StrCat("units/", i), "1"});
  // More revisions of one root than are read at once, over which the walk goes while some are
  // added.
  for (int i = 0; i < 1500; ++i) many.push_back({absl::StrCat(kPact, "/notes/", i % 500), "1"});
  tampered->Put(many);
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      tampered->Put({{i % 2 == 0 ? "units/a" : "units/0", absl::StrCat("more ", i)},
                     {absl::StrCat(kPact, "/notes/", i % 3), absl::StrCat(i)}});
      if (i % 10 == 0) tampered->Checkpoint();
    }
  });
  for (int i = 0; i < 5; ++i) {
    const Tampered::Verdict verdict = tampered->Verify();
    EXPECT_THAT(verdict.faults, IsEmpty());
    EXPECT_GE(verdict.done.entries(), 1500);
  }
  stop = true;
  writer.join();
}

TYPED_TEST(AuditTest, OfManyFaultsTheFirstAreToldAndAllAreCounted) {
  Tampered tampered(this->engine_->NewLocation());
  std::vector<std::pair<std::string, std::optional<std::string>>> many;
  for (int i = 0; i < 1200; ++i) many.push_back({absl::StrCat("units/", i), "1"});
  tampered.Put(many);
  tampered.Execute("UPDATE audit_entries SET hash = 'x'");
  int64_t told = 0, counted = 0;
  const absl::Status verified = Verify(
      tampered.database(), Things(), {},
      [&](const v1::VerifyAuditResponse& response) {
        if (response.has_fault()) ++told;
        if (response.has_done()) counted = response.done().faults();
        return absl::OkStatus();
      },
      [] { return absl::OkStatus(); });
  ASSERT_TRUE(verified.ok()) << verified;
  EXPECT_EQ(told, 1000);
  EXPECT_GE(counted, 1200);
}

TYPED_TEST(AuditTest, NothingIsVerifiedForNobody) {
  const auto tampered = this->NewTampered();
  const auto told = [](const v1::VerifyAuditResponse&) { return absl::OkStatus(); };
  EXPECT_EQ(
      Verify(tampered->database(), Things(), {}, told, [] { return absl::CancelledError("gone"); })
          .code(),
      absl::StatusCode::kCancelled);
}

TYPED_TEST(AuditTest, OfTwoCheckpointsAtOnceOneIsMade) {
  const std::string location = this->engine_->NewLocation();
  Tampered tampered(location);
  tampered.Put({{"units/a", "1"}});
  std::atomic<int> made = 0;
  std::vector<std::thread> makers;
  for (int i = 0; i < 4; ++i) {
    makers.emplace_back([&] {
      const auto one = MakeCheckpoint(tampered.database(), absl::Now());
      ASSERT_TRUE(one.ok()) << one.status();
      if (one->has_value()) ++made;
    });
  }
  for (std::thread& maker : makers) maker.join();
  EXPECT_EQ(made, 1);
}

TEST(RootTest, IsWhatAResourceBelongsTo) {
  const struct {
    const char* resource;
    const char* root;
  } kCases[] = {
      {"units/so-y-te", "units/so-y-te"},
      {"blocs/khoi-4", "blocs/khoi-4"},
      {"blocs/khoi-4/pacts/2025", "blocs/khoi-4/pacts/2025"},
      {"blocs/khoi-4/pacts/2025/targets/x", "blocs/khoi-4/pacts/2025"},
      {"blocs/khoi-4/pacts/2025/periods/nam/results/x", "blocs/khoi-4/pacts/2025"},
      {"schemes/thang/versions/1", "schemes/thang"},
      {"schemes/thang/draft", "schemes/thang"},
      {"reorganisations/sap-nhap-1", "reorganisations/sap-nhap-1"},
      {"imports/q1", "imports/q1"},
  };
  for (const auto& [resource, root] : kCases) EXPECT_EQ(RootOf(resource), root);
}

}  // namespace
}  // namespace thidua::audit
