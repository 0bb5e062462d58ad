// Backups, restores and moves, on both engines and from one to the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/platform/digest.h"
#include "services/results_ingest/evidence_files.h"
#include "services/storage/engines_testlib.h"
#include "services/whole_store/backup.h"
#include "services/whole_store/kept_backups.h"
#include "services/whole_store/restore.h"
#include "services/whole_store/served_store.h"
#include "services/whole_store/store_copy.h"
#include "services/whole_store/table_digest.h"
#include "thidua/results/v1/evidence.pb.h"

namespace thidua::whole_store {
namespace {

namespace fs = std::filesystem;
using storage::Bytes;
using storage::Database;
using storage::Parameter;
using storage::Transaction;
using testing::HasSubstr;

const Teller kSilent = [](const std::string&, int64_t, int64_t) {};

std::string ReadFile(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

ServedStore Results() { return *StoreOf("results-ingest"); }

absl::Status PutUnit(Transaction& transaction, absl::string_view id, absl::string_view message) {
  return transaction.Execute("INSERT INTO units (unit, message) VALUES ($1, $2)",
                             {id, Bytes{message}});
}

std::vector<TableDigest> DigestsAt(const std::string& location) {
  std::vector<TableDigest> digests;
  const auto database = Database::OpenToLook(location, storage::Company::kItsService, "");
  EXPECT_TRUE(database.ok()) << database.status();
  if (!database.ok()) return digests;
  const absl::Status read = (*database)->Read([&](Transaction& transaction) {
    auto found = DigestTables(transaction, kSilent);
    if (found.ok()) digests = *std::move(found);
    return found.status();
  });
  EXPECT_TRUE(read.ok()) << read;
  return digests;
}

// Of all but who the store is and when it was opened.
std::vector<TableDigest> WithoutEpoch(std::vector<TableDigest> digests) {
  std::erase_if(digests, [](const TableDigest& table) { return table.table == "store"; });
  return digests;
}

TableDigest Of(const std::vector<TableDigest>& digests, const std::string& table) {
  for (const TableDigest& digest : digests) {
    if (digest.table == table) return digest;
  }
  return {};
}

template <typename TestedEngine>
class WholeStoreTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { engine_ = new TestedEngine; }
  static void TearDownTestSuite() {
    delete engine_;
    engine_ = nullptr;
  }
  WholeStoreTest() {
    std::string pattern = (fs::temp_directory_path() / "thidua-whole-store-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~WholeStoreTest() override { fs::remove_all(folder_); }

  // A store of results-ingest with something in it, as its service has it open.
  std::unique_ptr<Database> Serve() {
    auto database = Database::Open(location_, Results().schema);
    EXPECT_TRUE(database.ok()) << database.status();
    return *std::move(database);
  }
  std::unique_ptr<Database> ServeWithRows() {
    auto database = Serve();
    const absl::Status written = database->Write([&](Transaction& t) -> absl::Status {
      EXPECT_TRUE(t.NextSequences(41).ok());
      EXPECT_TRUE(PutUnit(t, "so-y-te", std::string("\0\xff tỷ", 6)).ok());
      EXPECT_TRUE(PutUnit(t, "z", "").ok());
      EXPECT_TRUE(PutUnit(t, "Ê", "x").ok());
      EXPECT_TRUE(t.InsertRows("audit_heads", {"root", "number", "hash", "bound"},
                               {{"units/so-y-te", int64_t{3}, "abc", int64_t{2}}})
                      .ok());
      return t.InsertRows("audit_checkpoints", {"number", "hash", "message"},
                          {{int64_t{1}, "def", Bytes{"m"}}});
    });
    EXPECT_TRUE(written.ok()) << written;
    sha256_ = PutEvidence(*database, "Biên bản nghiệm thu", {2019, 2020});
    PutEvidence(*database, std::string(700'000, 'x'), {2019});
    return database;
  }
  std::string PutEvidence(Database& database, const std::string& content,
                          const std::vector<int64_t>& years) {
    const std::string sha256 = platform::Sha256Hex(content);
    {
      const auto files = results_ingest::EvidenceFiles::Open(EvidenceFolder(data()));
      EXPECT_TRUE(files.ok()) << files.status();
      auto incoming = (*files)->Receive(sha256, static_cast<int64_t>(content.size()));
      EXPECT_TRUE((*incoming)->Append(content).ok());
      EXPECT_TRUE((*incoming)->Keep().ok());
    }
    results::v1::Evidence evidence;
    evidence.set_size(static_cast<int64_t>(content.size()));
    for (const int64_t year : years) {
      EXPECT_TRUE(database
                      .Write([&](Transaction& t) {
                        return t.Execute(
                            "INSERT INTO evidence (bloc, year, sha256, unit, sequence, message) "
                            "VALUES ('khoi', $1, $2, 'so-y-te', 1, $3)",
                            {year, sha256, Bytes{evidence.SerializeAsString()}});
                      })
                      .ok());
    }
    return sha256;
  }

  fs::path data() const { return folder_ / "data"; }
  Place place() const { return {location_, "", data()}; }
  fs::path backup() const { return folder_ / "backups" / "1"; }
  Place NewPlace() { return {engine_->NewLocation(), "", folder_ / "restored"}; }

  static TestedEngine* engine_;
  fs::path folder_;
  const std::string location_ = engine_->NewLocation();
  std::string sha256_;
};
template <typename TestedEngine>
TestedEngine* WholeStoreTest<TestedEngine>::engine_ = nullptr;

TYPED_TEST_SUITE(WholeStoreTest, storage::Engines, storage::EngineNames);

TYPED_TEST(WholeStoreTest, ADigestIsWhatItIsSaidToBe) {
  auto served = this->ServeWithRows();
  const auto number = [](uint64_t n) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(n >> shift);
    return bytes;
  };
  const auto sized = [&](char kind, const std::string& text) {
    return std::string(1, kind) + number(text.size()) + text;
  };
  std::string said("units\0unit\0message\0", 19);
  said += sized('T', "so-y-te") + sized('B', std::string("\0\xff tỷ", 6));
  said += sized('T', "z") + sized('B', "");
  said += sized('T', "Ê") + sized('B', "x");
  EXPECT_EQ(Of(DigestsAt(this->location_), "units"),
            (TableDigest{"units", 3, platform::Sha256Hex(said)}));
  std::string heads("audit_heads\0root\0number\0hash\0bound\0", 35);
  heads += sized('T', "units/so-y-te") + "I" + number(3) + sized('T', "abc") + "I" + number(2);
  EXPECT_EQ(Of(DigestsAt(this->location_), "audit_heads").sha256, platform::Sha256Hex(heads));
}

TYPED_TEST(WholeStoreTest, IsBackedUpBesideItsServiceAndRestored) {
  auto served = this->ServeWithRows();
  const std::vector<TableDigest> before = DigestsAt(this->location_);
  const auto made = MakeBackup(Results(), this->place(), this->backup(), kSilent);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->manifest.tables, before);
  EXPECT_EQ(made->manifest.store_id, served->store_id());
  EXPECT_EQ(made->manifest.sequence, 41);
  EXPECT_EQ(made->manifest.evidence, (EvidenceCount{2, 700'000 + 24}));
  EXPECT_EQ(made->manifest.audit_heads,
            (std::vector<Manifest::AuditHead>{{"units/so-y-te", 3, "abc"}}));
  EXPECT_EQ(made->manifest.audit_checkpoint, (Manifest::AuditHead{"", 1, "def"}));
  EXPECT_EQ(DigestsAt(this->location_), before) << "nothing is written where it was";
  EXPECT_TRUE(served->Write([](Transaction& t) { return PutUnit(t, "later", ""); }).ok());

  const auto verified = VerifyBackup(this->backup(), kSilent);
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->manifest_sha256, made->manifest_sha256);
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(this->backup())) {
    files.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(files, testing::UnorderedElementsAre("store.db", "manifest.json", "evidence"));
  int backups = 0;
  for (const auto& entry : fs::directory_iterator(this->backup().parent_path())) {
    backups += entry.exists() ? 1 : 0;
  }
  EXPECT_EQ(backups, 1) << "no unfinished one is left";

  const Place place = this->NewPlace();
  const auto restored = RestoreBackup(this->backup(), place, kSilent);
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(WithoutEpoch(DigestsAt(place.database)), WithoutEpoch(before));
  EXPECT_EQ(
      ReadFile(EvidenceFolder(place.data_folder) / this->sha256_.substr(0, 2) / this->sha256_),
      "Biên bản nghiệm thu");
  const auto back = Database::OpenToLook(place.database, storage::Company::kItsService, "");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ((*back)->store_id(), served->store_id());
  EXPECT_GT((*back)->store_epoch_ms(), served->store_epoch_ms()) << "the newer state";

  // Neither over the one, nor over the other.
  EXPECT_EQ(RestoreBackup(this->backup(), place, kSilent).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(MakeBackup(Results(), this->place(), this->backup(), kSilent).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// As a job makes them every night, each under another name.
TYPED_TEST(WholeStoreTest, OfTheBackupsInAFolderTheNewestAreKept) {
  auto served = this->ServeWithRows();
  const fs::path nightly = this->folder_ / "nightly";
  const auto names = [&] {
    std::vector<std::string> found;
    const auto backups = BackupsIn(nightly);
    EXPECT_TRUE(backups.ok()) << backups.status();
    for (const KeptBackup& backup : backups.ok() ? *backups : std::vector<KeptBackup>()) {
      found.push_back(backup.path.filename().string());
    }
    return found;
  };
  EXPECT_EQ(BackupsIn(nightly).status().code(), absl::StatusCode::kNotFound);
  const auto back_up = [&](const std::string& name, const std::string& taken_at) {
    const auto made = MakeBackup(Results(), this->place(), nightly / name, kSilent);
    ASSERT_TRUE(made.ok()) << made.status();
    // The time alone: what else it says is not looked at here.
    const std::string json = ReadFile(ManifestFile(nightly / name));
    std::ofstream(ManifestFile(nightly / name))
        << absl::StrReplaceAll(json, {{made->manifest.taken_at, taken_at}});
  };
  back_up("z-first", "2019-06-28T18:10:00Z");
  back_up("a-second", "2019-06-29T18:10:00Z");
  back_up("m-third", "2019-06-30T18:10:00Z");
  EXPECT_THAT(names(), testing::ElementsAre("m-third", "a-second", "z-first"));
  // Not a backup; another service's; under way; given up.
  fs::create_directories(nightly / "lost+found");
  ASSERT_TRUE(MakeBackup(
                  *StoreOf("registry"),
                  [&] {
                    const Place place = {this->engine_->NewLocation(), "", {}};
                    EXPECT_TRUE(Database::Open(place.database, StoreOf("registry")->schema).ok());
                    return place;
                  }(),
                  nightly / "registry", kSilent)
                  .ok());
  for (const char* unfinished : {"n.part-abcdef", "o.part-ghijkl"}) {
    fs::copy(nightly / "z-first", nightly / unfinished, fs::copy_options::recursive);
  }
  fs::last_write_time(nightly / "o.part-ghijkl",
                      fs::file_time_type::clock::now() - std::chrono::hours(25));
  EXPECT_THAT(names(), testing::ElementsAre("registry", "m-third", "a-second", "z-first"));

  const auto removed = RemoveOlderBackups(nightly, "results-ingest", 2);
  ASSERT_TRUE(removed.ok()) << removed.status();
  EXPECT_THAT(*removed,
              testing::UnorderedElementsAre(nightly / "z-first", nightly / "o.part-ghijkl"));
  EXPECT_THAT(names(), testing::ElementsAre("registry", "m-third", "a-second"));
  EXPECT_FALSE(fs::exists(nightly / "z-first"));
  EXPECT_FALSE(fs::exists(nightly / "o.part-ghijkl"));
  EXPECT_TRUE(fs::exists(nightly / "n.part-abcdef")) << "may still be one";
  EXPECT_TRUE(fs::exists(nightly / "lost+found"));
  EXPECT_TRUE(RemoveOlderBackups(nightly, "results-ingest", 2)->empty());
}

// Where nobody can rename by hand, as in a container.
TYPED_TEST(WholeStoreTest, AnOldFileIsSetAsideAndNotRemoved) {
  const bool is_file = !absl::StrContains(this->location_, "://");
  std::vector<TableDigest> backed_up, lost;
  {
    auto served = this->ServeWithRows();
    ASSERT_TRUE(MakeBackup(Results(), this->place(), this->backup(), kSilent).ok());
    backed_up = DigestsAt(this->location_);
    EXPECT_TRUE(served->Write([](Transaction& t) { return PutUnit(t, "later", ""); }).ok());
    lost = DigestsAt(this->location_);
    const absl::Status in_use =
        RestoreBackup(this->backup(), this->place(), kSilent, {.set_aside = true}).status();
    EXPECT_EQ(in_use.code(), absl::StatusCode::kFailedPrecondition) << in_use;
  }
  // An unsound backup takes the place of nothing.
  const fs::path unsound = this->folder_ / "unsound";
  fs::copy(this->backup(), unsound, fs::copy_options::recursive);
  fs::remove(StoreFile(unsound));
  EXPECT_FALSE(RestoreBackup(unsound, this->place(), kSilent, {.set_aside = true}).ok());
  EXPECT_EQ(DigestsAt(this->location_), lost);

  const auto restored = RestoreBackup(this->backup(), this->place(), kSilent, {.set_aside = true});
  if (!is_file) {
    EXPECT_EQ(restored.status().code(), absl::StatusCode::kFailedPrecondition)
        << "a database is renamed by whoever looks after it";
    EXPECT_EQ(DigestsAt(this->location_), lost);
    return;
  }
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(WithoutEpoch(DigestsAt(this->location_)), WithoutEpoch(backed_up));
  std::string aside;
  for (const auto& entry : fs::directory_iterator(fs::path(this->location_).parent_path())) {
    const std::string name = entry.path().string();
    if (absl::StartsWith(name, absl::StrCat(this->location_, ".before-")) &&
        !absl::EndsWith(name, "-wal") && !absl::EndsWith(name, "-shm")) {
      aside = name;
    }
  }
  ASSERT_NE(aside, "");
  EXPECT_EQ(DigestsAt(aside), lost);
  EXPECT_TRUE(restored->old_read.ok()) << restored->old_read;

  // What cannot be read any more is set aside too, and that is told.
  const Place damaged = this->NewPlace();
  fs::create_directories(fs::path(damaged.database).parent_path());
  std::ofstream(damaged.database) << "no store";
  const auto over_it = RestoreBackup(this->backup(), damaged, kSilent, {.set_aside = true});
  ASSERT_TRUE(over_it.ok()) << over_it.status();
  EXPECT_FALSE(over_it->old_read.ok());
  // Which to name the next time, when it does not come to an end.
  Place blocked = this->NewPlace();
  blocked.data_folder = this->folder_ / "blocked";
  fs::create_directories(fs::path(blocked.database).parent_path());
  fs::copy_file(aside, blocked.database);
  fs::create_directories(blocked.data_folder);
  std::ofstream(EvidenceFolder(blocked.data_folder)) << "no folder";
  const absl::Status half =
      RestoreBackup(this->backup(), blocked, kSilent, {.set_aside = true}).status();
  EXPECT_TRUE(
      absl::StrContains(half.message(), absl::StrCat("--replaces=", blocked.database, ".before-")))
      << half;
}

// Whoever knows the old store is shown nothing that it takes for older: the clock may have been
// ahead when that one was opened last.
TYPED_TEST(WholeStoreTest, ARestoredStoreIsNewerThanTheOneThatItReplacesWhateverTheClockSays) {
  static constexpr int64_t kAhead = 9'000'000'000'000;
  {
    auto served = this->ServeWithRows();
    ASSERT_TRUE(MakeBackup(Results(), this->place(), this->backup(), kSilent).ok());
    ASSERT_TRUE(served
                    ->Write([](Transaction& t) {
                      return t.Execute("UPDATE store SET epoch_ms = $1", {kAhead});
                    })
                    .ok());
  }
  const auto opened_after = [&](const Place& place, const Old& old) -> int64_t {
    const auto restored = RestoreBackup(this->backup(), place, kSilent, old);
    EXPECT_TRUE(restored.ok()) << restored.status();
    const auto database = Database::Open(place.database, Results().schema, "");
    EXPECT_TRUE(database.ok()) << database.status();
    return database.ok() ? (*database)->store_epoch_ms() : 0;
  };
  EXPECT_LT(opened_after(this->NewPlace(), {}), kAhead) << "nobody said which";
  EXPECT_GT(opened_after(this->NewPlace(), {.database = this->location_}), kAhead);
  EXPECT_EQ(RestoreBackup(this->backup(), this->NewPlace(), kSilent,
                          {.database = this->engine_->NewLocation()})
                .status()
                .code(),
            absl::StatusCode::kNotFound);
  if (absl::StrContains(this->location_, "://")) return;
  EXPECT_GT(opened_after(this->place(), {.set_aside = true}), kAhead);
}

// Whatever a migration makes: no list of tables is kept that it could outgrow.
TYPED_TEST(WholeStoreTest, EveryTableOfEveryServiceIsInIt) {
  for (const char* service : {"registry", "results-ingest", "scoring"}) {
    SCOPED_TRACE(service);
    const ServedStore store = *StoreOf(service);
    const Place from = {this->engine_->NewLocation(), "", this->data()};
    {
      auto database = Database::Open(from.database, store.schema);
      ASSERT_TRUE(database.ok()) << database.status();
      const absl::Status written = (*database)->Write([](Transaction& t) -> absl::Status {
        const auto tables = t.Tables();
        if (!tables.ok()) return tables.status();
        for (const storage::Table& table : *tables) {
          if (absl::StartsWith(table.name, "store") || table.name == "evidence") continue;
          std::string names, places;
          std::vector<Parameter> values;
          for (const storage::Table::Column& column : table.columns) {
            values.emplace_back(int64_t{1});
            if (column.type == storage::Table::Type::kText) values.back() = "chữ";
            if (column.type == storage::Table::Type::kBytes) values.back() = Bytes{"byte"};
            const char* const comma = names.empty() ? "" : ", ";
            absl::StrAppend(&names, comma, column.name);
            absl::StrAppend(&places, comma, "$", values.size());
          }
          absl::Status made = t.Execute(
              absl::StrCat("INSERT INTO ", table.name, " (", names, ") VALUES (", places, ")"),
              values);
          if (!made.ok()) return made;
        }
        return absl::OkStatus();
      });
      ASSERT_TRUE(written.ok()) << written;
    }
    const fs::path backup = this->folder_ / absl::StrCat("of-", service);
    const auto made = MakeBackup(store, from, backup, kSilent);
    ASSERT_TRUE(made.ok()) << made.status();
    const Place to = this->NewPlace();
    const auto restored = RestoreBackup(backup, to, kSilent);
    ASSERT_TRUE(restored.ok()) << restored.status();
    const std::vector<TableDigest> there = DigestsAt(to.database);
    EXPECT_EQ(WithoutEpoch(there), WithoutEpoch(DigestsAt(from.database)));
    for (const TableDigest& table : there) {
      EXPECT_EQ(table.rows, table.table == "evidence" ? 0 : 1) << table.table;
    }
  }
}

// What is committed together is in it together.
TYPED_TEST(WholeStoreTest, ABackupIsOneMomentOfAServiceAtWork) {
  auto served = this->Serve();
  std::atomic<bool> enough = false;
  std::atomic<int> made = 0;
  std::thread writer([&] {
    for (int i = 0; !enough; ++i) {
      const absl::Status written = served->Write([&](Transaction& t) -> absl::Status {
        absl::Status put = PutUnit(t, absl::StrCat("u-", i), "");
        if (!put.ok()) return put;
        EXPECT_TRUE(t.NextSequence().ok());
        return t.InsertRows("imports",
                            {"import", "stream", "expires_at_ms", "freshness_token", "message"},
                            {{absl::StrCat("u-", i), int64_t{1}, int64_t{1}, "", Bytes{""}}});
      });
      EXPECT_TRUE(written.ok()) << written;
      ++made;
    }
  });
  for (int i = 0; i < 5; ++i) {
    const int before = made;
    while (made < before + 5 && !this->HasFailure()) std::this_thread::yield();
    const auto backup =
        MakeBackup(Results(), this->place(), this->folder_ / absl::StrCat("at-work-", i), kSilent);
    EXPECT_TRUE(backup.ok()) << backup.status();
    if (!backup.ok()) continue;
    EXPECT_GE(Of(backup->manifest.tables, "units").rows, before + 5);
    EXPECT_EQ(Of(backup->manifest.tables, "units").rows,
              Of(backup->manifest.tables, "imports").rows);
    EXPECT_EQ(Of(backup->manifest.tables, "units").rows, backup->manifest.sequence);
  }
  enough = true;
  writer.join();
}

TYPED_TEST(WholeStoreTest, WhateverWasChangedInABackupIsFound) {
  {
    auto served = this->ServeWithRows();
    ASSERT_TRUE(MakeBackup(Results(), this->place(), this->backup(), kSilent).ok());
  }
  const auto found_out = [&](const std::function<void(const fs::path&)>& change) {
    const fs::path copy = this->folder_ / "changed";
    fs::remove_all(copy);
    fs::copy(this->backup(), copy, fs::copy_options::recursive);
    change(copy);
    const absl::Status verified = VerifyBackup(copy, kSilent).status();
    EXPECT_EQ(verified.code(), absl::StatusCode::kDataLoss) << verified;
    EXPECT_EQ(RestoreBackup(copy, this->NewPlace(), kSilent).status().code(),
              absl::StatusCode::kDataLoss);
    return std::string(verified.message());
  };
  const auto say = [](const fs::path& copy, const std::string& from, const std::string& to) {
    const std::string json = ReadFile(copy / "manifest.json");
    EXPECT_THAT(json, HasSubstr(from));
    std::ofstream(copy / "manifest.json") << absl::StrReplaceAll(json, {{from, to}});
  };
  EXPECT_THAT(
      found_out([](const fs::path& copy) {
        auto database = Database::OpenToFill(StoreFile(copy).string(), Results().schema, "");
        ASSERT_TRUE(database.ok()) << database.status();
        EXPECT_TRUE((*database)
                        ->Write([](Transaction& t) {
                          return t.Execute("UPDATE units SET unit = 'zz' WHERE unit = 'z'", {});
                        })
                        .ok());
      }),
      HasSubstr("units"));
  const std::string evidence =
      absl::StrCat("evidence/", this->sha256_.substr(0, 2), "/", this->sha256_);
  found_out([&](const fs::path& copy) { fs::remove(copy / evidence); });
  found_out([&](const fs::path& copy) { std::ofstream(copy / evidence) << "Bien ban nghiem thu"; });
  found_out([&](const fs::path& copy) { say(copy, "\"hash\": \"abc\"", "\"hash\": \"abd\""); });
  found_out([&](const fs::path& copy) { say(copy, "\"hash\": \"def\"", "\"hash\": \"deg\""); });
  found_out([&](const fs::path& copy) { say(copy, "\"sequence\": 41", "\"sequence\": 40"); });
  found_out([&](const fs::path& copy) { say(copy, "\"files\": 2", "\"files\": 3"); });
  found_out([&](const fs::path& copy) { fs::resize_file(copy / "manifest.json", 100); });
  found_out([&](const fs::path& copy) {
    std::fstream file(StoreFile(copy), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(fs::file_size(StoreFile(copy)) / 2));
    file << std::string(3000, '\x5a');
  });
  EXPECT_EQ(VerifyBackup(this->folder_ / "none", kSilent).status().code(),
            absl::StatusCode::kNotFound);
}

TYPED_TEST(WholeStoreTest, DamagedEvidenceIsNotBackedUp) {
  auto served = this->ServeWithRows();
  std::ofstream(EvidenceFolder(this->data()) / this->sha256_.substr(0, 2) / this->sha256_) << "x";
  EXPECT_EQ(MakeBackup(Results(), this->place(), this->backup(), kSilent).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_FALSE(fs::exists(this->backup()));
  EXPECT_TRUE(fs::is_empty(this->backup().parent_path()));
}

TYPED_TEST(WholeStoreTest, ABackupOfAnOlderSchemaIsTakenForwardWhenRestored) {
  {
    auto older = Database::Open(this->location_, Results().schema.subspan(0, 4));
    ASSERT_TRUE(older.ok()) << older.status();
    EXPECT_TRUE((*older)->Write([](Transaction& t) { return PutUnit(t, "a", ""); }).ok());
  }
  const auto made = MakeBackup(Results(), this->place(), this->backup(), kSilent);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->manifest.schema_version, 4);
  const Place place = this->NewPlace();
  ASSERT_TRUE(RestoreBackup(this->backup(), place, kSilent).ok());
  const auto back = Database::OpenToLook(place.database, storage::Company::kItsService, "");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ((*back)->schema_version(), static_cast<int64_t>(Results().schema.size()));
  EXPECT_EQ(Of(DigestsAt(place.database), "units").rows, 1);
  ServedStore old_build = Results();
  old_build.schema = old_build.schema.subspan(0, 3);
  EXPECT_EQ(MakeBackup(old_build, this->place(), this->folder_ / "by-old", kSilent).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TYPED_TEST(WholeStoreTest, IsMovedFromAFileAndTheFileStays) {
  storage::SqliteEngine files;
  const std::string file = files.NewLocation();
  const auto fill = [&](Database& database) {
    EXPECT_TRUE(database
                    .Write([&](Transaction& t) -> absl::Status {
                      EXPECT_TRUE(t.NextSequences(7).ok());
                      return PutUnit(t, "so-y-te", std::string("\0\xff", 2));
                    })
                    .ok());
  };
  auto served = Database::Open(file, Results().schema);
  ASSERT_TRUE(served.ok()) << served.status();
  fill(**served);
  const auto move = [&] { return MoveStore(Results(), file, this->location_, "", kSilent); };
  EXPECT_EQ(move().status().code(), absl::StatusCode::kFailedPrecondition) << "it is served";
  const std::string store_id = (*served)->store_id();
  served->reset();

  const std::string before = ReadFile(file);
  const auto moved = move();
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->from, moved->to);
  EXPECT_EQ(moved->to, DigestsAt(this->location_)) << "who the store is, too";
  EXPECT_EQ(Of(moved->to, "units").rows, 1);
  EXPECT_EQ(ReadFile(file), before);
  EXPECT_EQ(move().status().code(), absl::StatusCode::kFailedPrecondition) << "it is not empty";

  auto there = this->Serve();
  EXPECT_EQ(there->store_id(), store_id);
  EXPECT_EQ(*there->Sequence(), 7);
  // Nor is a store moved to where a service is at work.
  const std::string elsewhere = this->engine_->NewLocation();
  auto other = Database::Open(elsewhere, Results().schema);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(MoveStore(Results(), file, elsewhere, "", kSilent).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// A database puts text in the order of its own language, which is not that of bytes.
class PostgresqlLanguageTest : public WholeStoreTest<storage::PostgresqlEngine> {};
TEST_F(PostgresqlLanguageTest, TheOrderOfRowsIsThatOfBytesWhateverTheServersLanguage) {
  engine_->server().Run(
      "CREATE DATABASE tieng_viet TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'vi' "
      "LOCALE 'C'");
  std::string there = location_;
  const size_t name = there.find("///") + 3;
  there.replace(name, there.find('?') - name, "tieng_viet");
  {
    auto database = Database::Open(there, Results().schema);
    ASSERT_TRUE(database.ok()) << database.status();
    EXPECT_TRUE((*database)
                    ->Write([](Transaction& t) -> absl::Status {
                      for (const char* unit : {"b", "A", "a", "ă", "B", "đ", "d"}) {
                        EXPECT_TRUE(PutUnit(t, unit, "").ok());
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    std::string first;
    EXPECT_TRUE((*database)
                    ->Read([&](Transaction& t) {
                      return t.Query("SELECT unit FROM units ORDER BY unit LIMIT 1", {},
                                     [&](const storage::Row& row) {
                                       first = row.Text(0);
                                       return absl::OkStatus();
                                     });
                    })
                    .ok());
    EXPECT_EQ(first, "a") << "and not A";
  }
  storage::SqliteEngine files;
  const std::string file = files.NewLocation();
  const auto moved = MoveStore(Results(), there, file, "", kSilent);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->from, DigestsAt(file));
}

// What a process held at most since it was asked to forget.
int64_t PeakKib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    int64_t kib = 0;
    if (absl::StartsWith(line, "VmHWM:") &&
        absl::SimpleAtoi(absl::StrReplaceAll(line.substr(6), {{"kB", ""}}), &kib)) {
      return kib;
    }
  }
  return 0;
}
void ForgetPeak() { std::ofstream("/proc/self/clear_refs") << "5"; }

TYPED_TEST(WholeStoreTest, MemoryStaysFlatWhateverTheStoreWeighs) {
  constexpr int64_t kRows = 300'000;
  constexpr int64_t kAtOnce = 10'000;
  {
    auto served = this->Serve();
    const std::string message(200, '\xfe');
    for (int64_t from = 0; from < kRows; from += kAtOnce) {
      std::vector<std::string> ids;
      for (int64_t i = from; i < from + kAtOnce; ++i) ids.push_back(absl::StrCat("đơn-vị-", i));
      std::vector<std::vector<Parameter>> rows;
      for (const std::string& id : ids) rows.push_back({id, Bytes{message}});
      ASSERT_TRUE(served
                      ->Write([&](Transaction& t) {
                        return t.InsertRows("units", {"unit", "message"}, rows);
                      })
                      .ok());
    }
  }
  ForgetPeak();
  const int64_t before = PeakKib();
  ASSERT_GT(before, 0);
  const auto made = MakeBackup(Results(), this->place(), this->backup(), kSilent);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(Of(made->manifest.tables, "units").rows, kRows);
  const Place place = this->NewPlace();
  const auto restored = RestoreBackup(this->backup(), place, kSilent);
  ASSERT_TRUE(restored.ok()) << restored.status();
  const int64_t more = PeakKib() - before;
  this->RecordProperty("more_kib", static_cast<int>(more));
  std::printf("300000 rows: %ld KiB more\n", static_cast<long>(more));
#ifndef __SANITIZE_ADDRESS__  // Which keeps what was freed.
  EXPECT_LT(more, 24 * 1024) << "the rows alone are 64 MiB";
#endif
}

}  // namespace
}  // namespace thidua::whole_store
