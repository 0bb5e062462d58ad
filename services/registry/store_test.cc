#include "services/registry/store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "services/registry/schema.h"
#include "services/storage/engines_testlib.h"

namespace thidua::registry {
namespace {

using storage::Transaction;

// What a page costs on PostgreSQL does not show in its rows: the server says how many it read.
TEST(StoreCostTest, APageOfAKindReadsNoMoreThanItShowsOnPostgresql) {
  constexpr int kUnits = 5'000, kLimit = 20;
  storage::PostgresqlEngine engine;
  const auto database = storage::Database::Open(engine.NewLocation(), Schema());
  ASSERT_TRUE(database.ok()) << database.status();
  std::vector<v1::Unit> units;
  for (int i = 0; i < kUnits; ++i) {
    v1::Unit& unit = units.emplace_back();
    unit.set_name(absl::StrFormat("units/xa-%05d", i));
    unit.set_version(1);
    unit.add_namings()->set_kind(v1::Unit::KIND_COMMUNE);
  }
  const std::vector<std::vector<std::string>> no_keys(units.size());
  ASSERT_TRUE((*database)
                  ->Write([&](Transaction& transaction) {
                    audit::Trail trail(transaction, {}, "");
                    return Store(transaction).InsertUnits(units, no_keys, trail);
                  })
                  .ok());
  int64_t read = 0;
  size_t shown = 0;
  const absl::Status status = (*database)->Read([&](Transaction& transaction) -> absl::Status {
    const auto page = Store(transaction)
                          .ListUnits({"xa-04900", kPresent, kLimit,
                                      absl::StrFormat("%d", v1::Unit::KIND_COMMUNE)});
    if (!page.ok()) return page.status();
    shown = page->size();
    return transaction.Query(
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables "
        "WHERE relname = 'revisions'",
        {}, [&](const storage::Row& row) {
          read = row.Integer(0);
          return absl::OkStatus();
        });
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(shown, size_t{kLimit});
  EXPECT_GE(read, kLimit) << "the server counts";
  EXPECT_LE(read, 10 * kLimit);
}

// As it is when a registry from before there was an index is opened.
TEST(CompleteSchemaTest, PactsStoredBeforeAreFoundByTheUnitsTheyName) {
  storage::SqliteEngine engine;
  const auto database = storage::Database::Open(engine.NewLocation(), Schema());
  ASSERT_TRUE(database.ok()) << database.status();
  ASSERT_TRUE(CompleteSchema(**database).ok()) << "there is no pact yet";
  ASSERT_TRUE((*database)
                  ->Write([&](Transaction& transaction) -> absl::Status {
                    Store store(transaction);
                    audit::Trail trail(transaction, {}, "");
                    v1::Scheme scheme;
                    scheme.set_name("schemes/thang/versions/1");
                    absl::Status status = store.InsertScheme({"thang", 1}, scheme, trail);
                    for (const char* year : {"2024", "2025"}) {
                      v1::Pact pact;
                      pact.set_name(absl::StrFormat("blocs/k/pacts/%s", year));
                      pact.set_scheme(scheme.name());
                      pact.add_members()->set_unit("units/so-a");
                      v1::Target& target = *pact.add_targets();
                      target.set_name(pact.name() + "/targets/ct");
                      target.add_dependencies()->set_unit("units/so-c");
                      status.Update(store.PutPact(nullptr, pact, trail));
                    }
                    status.Update(transaction.Execute("DELETE FROM pact_units", {}));
                    return status;
                  })
                  .ok());
  for (const char* opened : {"once", "again"}) {
    ASSERT_TRUE(CompleteSchema(**database).ok()) << opened;
    const std::vector<messages::PactName> both = {{"k", 2024}, {"k", 2025}};
    const absl::Status read = (*database)->Read([&](Transaction& transaction) {
      Store store(transaction);
      EXPECT_EQ(*store.PactsNaming({"so-a"}), both);
      EXPECT_EQ(*store.PactsNaming({"so-c", "so-a"}), both);
      EXPECT_TRUE(store.PactsNaming({"so-b"})->empty());
      return absl::OkStatus();
    });
    EXPECT_TRUE(read.ok()) << read;
  }
}

}  // namespace
}  // namespace thidua::registry
