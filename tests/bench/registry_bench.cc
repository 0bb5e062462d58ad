// The registry against its engines: 100,000 units and 20,000 blocs through the public RPCs of the
// real binary, beside raw inserts of the same rows into the same engine; and whether reads and
// watches stay flat as the registry grows.
//
//   registry_bench SUMMARY.json [UNITS] [ENGINE]
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "services/platform/channel.h"
#include "services/platform/server.h"
#include "services/registry/schema.h"
#include "services/storage/database.h"
#include "tests/bench/bench.h"
#include "tests/bench/report.h"
#include "tests/system/postgresql_server.h"
#include "tests/system/process.h"
#include "thidua/registry/v1/registry_service.grpc.pb.h"

namespace thidua::bench {
namespace {

using registry::v1::RegistryService;
using storage::Bytes;
using storage::Database;
using storage::Parameter;
using storage::Row;
using storage::Transaction;

constexpr int kPerCall = 1000;
constexpr int kCallers = 4;
constexpr int kMembersOfABloc = 5;  // 20,000 blocs hold 100,000 units.
constexpr int kRounds = 3;
constexpr int kSingleCallers = 16;
constexpr int kSingles = 4000;

// The real binary over a database.
class Registry {
 public:
  Registry(const std::string& location, const std::filesystem::path& folder)
      : process_({absl::StrCat(THIDUA_BIN_DIR, "/thidua-registry"), "--listen=127.0.0.1:0",
                  absl::StrCat("--database=", location)},
                 (folder / "registry.log").string()) {
    const std::string line = process_.ReadLine();
    Must(line.rfind("ready ", 0) == 0, "the registry did not start");
    address_ = line.substr(6);
    stub_ = NewStub();
  }
  std::unique_ptr<RegistryService::Stub> NewStub() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // A connection of its own.
    return RegistryService::NewStub(
        grpc::CreateCustomChannel(address_, grpc::InsecureChannelCredentials(), arguments));
  }
  RegistryService::Stub& stub() { return *stub_; }

 private:
  tests::Process process_;
  std::string address_;
  std::unique_ptr<RegistryService::Stub> stub_;
};

std::string UnitId(int i) { return absl::StrFormat("xa-%06d", i); }

void MakeUnit(int i, registry::v1::Unit& unit) {
  unit.set_name(absl::StrCat("units/", UnitId(i)));
  unit.set_display_name(absl::StrCat("Ủy ban nhân dân xã Tân Thạnh Đông số ", i));
  unit.set_short_name(absl::StrCat("UBND xã Tân Thạnh Đông ", i));
  unit.set_kind(i % 1000 == 0 ? registry::v1::Unit::KIND_BOARD : registry::v1::Unit::KIND_COMMUNE);
  auto& identifier = *unit.add_identifiers();
  identifier.set_system("ma-dinh-danh-dien-tu");
  identifier.set_value(
      absl::StrFormat("000.%02d.%02d.%02d.H33", i / 10000 % 100, i / 100 % 100, i % 100));
}

void MakeBloc(int i, registry::v1::Bloc& bloc) {
  bloc.set_name(absl::StrFormat("blocs/cum-%05d", i));
  bloc.set_display_name(absl::StrCat("Cụm thi đua số ", i));
  bloc.set_province("Tỉnh Kiên Giang");
  for (int k = 0; k < kMembersOfABloc; ++k) {
    auto& membership = *bloc.add_memberships();
    membership.set_unit(absl::StrCat("units/", UnitId(i * kMembersOfABloc + k)));
    membership.set_valid_from("2025-07-01");
  }
}

// Sends requests made beforehand, by as many callers as there are cores, each on a connection of
// its own: how long it took.
template <typename Request, typename Response>
double Send(Registry& registry, const std::vector<Request>& requests,
            grpc::Status (RegistryService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                          Response*)) {
  std::atomic<size_t> next = 0;
  std::vector<std::unique_ptr<RegistryService::Stub>> stubs;
  for (int c = 0; c < kCallers; ++c) stubs.push_back(registry.NewStub());
  return Seconds([&] {
    std::vector<std::thread> callers;
    for (int c = 0; c < kCallers; ++c) {
      callers.emplace_back([&, c] {
        for (size_t i = next++; i < requests.size(); i = next++) {
          Response response;
          grpc::ClientContext context;
          Must((stubs[static_cast<size_t>(c)].get()->*method)(&context, requests[i], &response));
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
  });
}

// Units `first` to `last`, a thousand a call.
double LoadUnits(Registry& registry, int first, int last) {
  std::vector<registry::v1::BatchCreateUnitsRequest> requests;
  for (int i = first; i < last; i += kPerCall) {
    registry::v1::BatchCreateUnitsRequest& request = requests.emplace_back();
    request.set_request_id(absl::StrCat("units-", i));
    for (int k = i; k < std::min(i + kPerCall, last); ++k) MakeUnit(k, *request.add_units());
  }
  return Send(registry, requests, &RegistryService::Stub::BatchCreateUnits);
}

double LoadBlocs(Registry& registry, int count) {
  std::vector<registry::v1::BatchCreateBlocsRequest> requests;
  for (int i = 0; i < count; i += kPerCall) {
    registry::v1::BatchCreateBlocsRequest& request = requests.emplace_back();
    request.set_request_id(absl::StrCat("blocs-", i));
    for (int k = i; k < std::min(i + kPerCall, count); ++k) MakeBloc(k, *request.add_blocs());
  }
  return Send(registry, requests, &RegistryService::Stub::BatchCreateBlocs);
}

// All rows that a load left in one table, as texts and numbers.
struct Table {
  std::string name;
  std::vector<absl::string_view> columns;
  std::string is_integer;  // One letter a column: i, t or b(ytes).
  std::vector<std::vector<std::string>> rows;
};

std::vector<Table> Dump(const std::string& location) {
  std::vector<Table> tables = {
      {"revisions",
       {"collection", "id", "since", "until", "version", "change_time_ms", "facet", "message"},
       "itiiiitb",
       {}},
      {"unit_keys", {"key", "unit"}, "tt", {}},
      {"memberships", {"unit", "bloc", "valid_from", "valid_until"}, "tttt", {}},
      {"replies", {"request_id", "body_sha256", "reply", "stored_at_ms"}, "ttbi", {}},
  };
  auto database = Database::Open(location, registry::Schema());
  Must(database.status());
  Must((*database)->Read([&](Transaction& transaction) {
    for (Table& table : tables) {
      std::string columns;
      for (absl::string_view column : table.columns) {
        absl::StrAppend(&columns, columns.empty() ? "" : ", ", column);
      }
      // In the order in which they came.
      const absl::Status read =
          transaction.Query(absl::StrCat("SELECT ", columns, " FROM ", table.name,
                                         table.name == "revisions" ? " ORDER BY since" : ""),
                            {}, [&](const Row& row) {
                              std::vector<std::string>& texts = table.rows.emplace_back();
                              for (size_t c = 0; c < table.columns.size(); ++c) {
                                texts.push_back(table.is_integer[c] == 'i'
                                                    ? absl::StrCat(row.Integer(static_cast<int>(c)))
                                                    : row.Text(static_cast<int>(c)));
                              }
                              return absl::OkStatus();
                            });
      if (!read.ok()) return read;
    }
    return absl::OkStatus();
  }));
  return tables;
}

// The same rows into an empty database of the engine, as many transactions as the load had calls.
double RawInserts(const std::vector<Table>& tables, const std::string& location, int transactions) {
  auto database = Database::Open(location, registry::Schema());
  Must(database.status());
  std::vector<std::vector<std::vector<Parameter>>> parameters;
  for (const Table& table : tables) {
    std::vector<std::vector<Parameter>>& rows = parameters.emplace_back();
    for (const std::vector<std::string>& texts : table.rows) {
      std::vector<Parameter>& row = rows.emplace_back();
      for (size_t c = 0; c < texts.size(); ++c) {
        switch (table.is_integer[c]) {
          case 'i':
            row.push_back(static_cast<int64_t>(std::stoll(texts[c])));
            break;
          case 't':
            row.push_back(absl::string_view(texts[c]));
            break;
          default:
            row.push_back(Bytes{texts[c]});
        }
      }
    }
  }
  return Seconds([&] {
    for (int t = 0; t < transactions; ++t) {
      Must((*database)->Write([&](Transaction& transaction) {
        for (size_t i = 0; i < tables.size(); ++i) {
          const size_t rows = parameters[i].size(), all = static_cast<size_t>(transactions);
          const size_t from = rows * static_cast<size_t>(t) / all;
          const size_t to = rows * (static_cast<size_t>(t) + 1) / all;
          const absl::Status inserted =
              transaction.InsertRows(tables[i].name, tables[i].columns,
                                     absl::MakeConstSpan(parameters[i]).subspan(from, to - from));
          if (!inserted.ok()) return inserted;
        }
        return absl::OkStatus();
      }));
    }
  });
}

// The median of many calls, in microseconds.
double Microseconds(int calls, const std::function<void(int)>& call) {
  std::vector<double> each;
  for (int i = 0; i < calls; ++i) each.push_back(1e6 * Seconds([&] { call(i); }));
  return Median(each);
}

void MeasureReads(Registry& registry, int units, const std::string& suffix, Report& report) {
  const auto any = [units](int i) { return static_cast<int>(i * 7919LL % units); };
  const std::string how = absl::StrCat("median of 300 calls, one after another, ", units, " units");
  const auto add = [&](const char* what, double us) {
    report.Add(absl::StrCat("registry_", what, "_us", suffix), us, "µs", how);
  };
  add("get_unit_as_of", Microseconds(300, [&](int i) {
        registry::v1::GetUnitRequest request;
        request.set_name(absl::StrCat("units/", UnitId(any(i))));
        request.set_as_of("2019-06-30");
        registry::v1::GetUnitResponse response;
        grpc::ClientContext context;
        Must(registry.stub().GetUnit(&context, request, &response));
      }));
  add("resolve_unit", Microseconds(300, [&](int i) {
        registry::v1::ResolveUnitRequest request;
        request.set_text(absl::StrCat("ubnd xã tân thạnh đông ", any(i)));
        registry::v1::ResolveUnitResponse response;
        grpc::ClientContext context;
        Must(registry.stub().ResolveUnit(&context, request, &response));
        Must(response.unit().name() == absl::StrCat("units/", UnitId(any(i))),
             "another unit was found");
      }));
  std::string token;
  add("list_units_page_of_100", Microseconds(300, [&](int) {
        registry::v1::ListUnitsRequest request;
        request.set_page_token(token);
        registry::v1::ListUnitsResponse response;
        grpc::ClientContext context;
        Must(registry.stub().ListUnits(&context, request, &response));
        Must(response.units_size() > 0, "an empty page");
        token = response.next_page_token();
      }));
  add("list_units_of_a_rare_kind", Microseconds(300, [&](int) {
        registry::v1::ListUnitsRequest request;
        request.set_page_size(1);
        request.set_kind(registry::v1::Unit::KIND_BOARD);
        registry::v1::ListUnitsResponse response;
        grpc::ClientContext context;
        Must(registry.stub().ListUnits(&context, request, &response));
        Must(response.units_size() == 1, "no board");
      }));
  // From a watch that stands at the present: one change until it is told.
  registry::v1::WatchRequest watch;
  watch.add_collections(registry::v1::COLLECTION_SCHEMES);  // Nothing of it: the snapshot is empty.
  watch.add_collections(registry::v1::COLLECTION_BLOCS);
  grpc::ClientContext context;
  const auto reader = registry.stub().Watch(&context, watch);
  registry::v1::WatchResponse event;
  while (reader->Read(&event) && !event.has_snapshot_end()) {
  }
  add("watch_change_told", Microseconds(100, [&](int i) {
        registry::v1::CreateBlocRequest request;
        request.mutable_bloc()->set_name(absl::StrCat("blocs/moi-", units, "-", i));
        request.mutable_bloc()->set_display_name("Khối mới");
        registry::v1::CreateBlocResponse response;
        grpc::ClientContext call;
        Must(registry.stub().CreateBloc(&call, request, &response));
        do {
          Must(reader->Read(&event), "the watch ended");
        } while (!event.has_bloc());
      }));
  context.TryCancel();
  while (reader->Read(&event)) {
  }
  reader->Finish();
}

// Sixteen callers, a unit a call, beside as many rows committed one by one.
void MeasureSingles(const Engine& engine, Report& report) {
  std::vector<double> ratios, through;
  for (int round = 0; round < kRounds; ++round) {
    TemporaryFolder folder;
    const std::string location = engine.NewLocation(folder.path());
    double served = 0;
    {
      Registry registry(location, folder.path());
      std::atomic<int> next = 0;
      served = Seconds([&] {
        std::vector<std::thread> callers;
        for (int c = 0; c < kSingleCallers; ++c) {
          callers.emplace_back([&] {
            for (int i = next.fetch_add(1); i < kSingles; i = next.fetch_add(1)) {
              registry::v1::CreateUnitRequest request;
              MakeUnit(i, *request.mutable_unit());
              request.set_request_id(absl::StrCat("unit-", i));
              registry::v1::CreateUnitResponse response;
              grpc::ClientContext context;
              Must(registry.stub().CreateUnit(&context, request, &response));
            }
          });
        }
        for (std::thread& caller : callers) caller.join();
      });
    }
    const std::vector<Table> tables = Dump(location);
    TemporaryFolder raw_folder;
    const double raw = RawInserts(tables, engine.NewLocation(raw_folder.path()), kSingles);
    ratios.push_back(raw / served);
    through.push_back(kSingles / served);
  }
  report.Add(
      absl::StrCat("registry_create_unit_vs_raw_commits_", engine.name), Median(ratios), "ratio",
      absl::StrFormat("%d callers, %d units, a commit each; raw: one after another; spread %.0f %%",
                      kSingleCallers, kSingles, 100 * Spread(ratios)));
  report.Add(absl::StrCat("registry_create_unit_per_s_", engine.name), Median(through), "units/s",
             "");
}

void MeasureLoad(const Engine& engine, int units, Report& report) {
  const int blocs = units / kMembersOfABloc;
  std::vector<double> ratios, rates;
  for (int round = 0; round < kRounds; ++round) {
    TemporaryFolder folder;
    const std::string location = engine.NewLocation(folder.path());
    double served = 0;
    {
      Registry registry(location, folder.path());
      const bool reads = round == 0;
      if (reads) {
        served += LoadUnits(registry, 0, units / 100);
        MeasureReads(registry, units / 100, absl::StrCat("_1pc_", engine.name), report);
      }
      served += LoadUnits(registry, reads ? units / 100 : 0, units);
      served += LoadBlocs(registry, blocs);
      if (reads) MeasureReads(registry, units, absl::StrCat("_", engine.name), report);
    }
    const std::vector<Table> tables = Dump(location);
    TemporaryFolder raw_folder;
    const double raw =
        RawInserts(tables, engine.NewLocation(raw_folder.path()), (units + blocs) / kPerCall);
    ratios.push_back(raw / served);
    rates.push_back((units + blocs) / served);
  }
  report.Add(
      absl::StrCat("registry_load_vs_raw_inserts_", engine.name), Median(ratios), "ratio",
      absl::StrFormat("%d units and %d blocs, %d a call; raw: the same rows, as many commits; "
                      "spread %.0f %%",
                      units, blocs, kPerCall, 100 * Spread(ratios)));
  report.Add(absl::StrCat("registry_load_per_s_", engine.name), Median(rates), "rows/s", "");
}

// The largest bloc there is, with more targets than any.
void MeasurePact(Report& report) {
  TemporaryFolder folder;
  Registry registry((folder.path() / "registry.db").string(), folder.path());
  const auto call = [&](auto method, const auto& request, auto& response) {
    grpc::ClientContext context;
    Must((registry.stub().*method)(&context, request, &response));
  };
  LoadUnits(registry, 0, 12);
  registry::v1::CreateBlocRequest bloc;
  bloc.mutable_bloc()->set_name("blocs/khoi");
  bloc.mutable_bloc()->set_display_name("Khối thi đua");
  for (int i = 0; i < 12; ++i) {
    bloc.mutable_bloc()->add_memberships()->set_unit(absl::StrCat("units/", UnitId(i)));
  }
  registry::v1::CreateBlocResponse bloc_response;
  call(&RegistryService::Stub::CreateBloc, bloc, bloc_response);
  registry::v1::PublishSchemeRequest scheme;
  scheme.set_scheme_id("thang");
  scheme.mutable_scheme()->set_display_name("Thang điểm");
  auto& content = *scheme.mutable_scheme()->add_contents();
  content.set_criterion_id("noi-dung-1");
  content.set_display_name("Nội dung 1");
  content.set_max_points("650");
  content.mutable_targets()->set_lower_is_better(
      registry::v1::TargetsRule::LOWER_IS_BETTER_TARGET_OVER_ACTUAL);
  registry::v1::PublishSchemeResponse scheme_response;
  call(&RegistryService::Stub::PublishScheme, scheme, scheme_response);
  std::vector<double> milliseconds;
  for (int year = 2001; year <= 2009; ++year) {
    registry::v1::CreatePactRequest pact;
    pact.mutable_pact()->set_name(absl::StrCat("blocs/khoi/pacts/", year));
    pact.mutable_pact()->set_scheme("schemes/thang/versions/1");
    auto& period = *pact.mutable_pact()->add_periods();
    period.set_period_id("nam");
    period.set_display_name("Năm");
    period.set_kind(registry::v1::Period::KIND_YEAR);
    period.set_opens_on(absl::StrCat(year, "-12-01"));
    registry::v1::CreatePactResponse pact_response;
    call(&RegistryService::Stub::CreatePact, pact, pact_response);
    registry::v1::RegisterTargetsRequest targets;
    targets.set_pact(pact.pact().name());
    for (int i = 0; i < 400; ++i) {
      auto& target = *targets.add_targets();
      target.set_name(absl::StrCat(pact.pact().name(), "/targets/chi-tieu-", i));
      target.set_unit(absl::StrCat("units/", UnitId(i % 12)));
      target.set_criterion_id("noi-dung-1");
      target.set_display_name(absl::StrCat("Giải quyết việc làm, chỉ tiêu số ", i));
      target.set_measure("lượt lao động");
      target.mutable_value()->set_text("35.000");
    }
    registry::v1::RegisterTargetsResponse targets_response;
    milliseconds.push_back(
        1e3 *
        Seconds([&] { call(&RegistryService::Stub::RegisterTargets, targets, targets_response); }));
  }
  report.Add("registry_register_400_targets_ms", Median(milliseconds), "ms",
             "12 units, one call, SQLite, median of 9");
}

int Run(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "registry_bench SUMMARY.json [UNITS] [sqlite|postgresql]\n");
    return 2;
  }
  const int units = argc > 2 ? std::atoi(argv[2]) : 100'000;
  Report report(argv[1]);
  tests::PostgresqlServer postgresql;
  MeasurePact(report);
  for (const Engine& engine : {Engine{"sqlite", nullptr}, Engine{"postgresql", &postgresql}}) {
    if (argc > 3 && engine.name != argv[3]) continue;
    MeasureLoad(engine, units, report);
    MeasureSingles(engine, report);
  }
  report.Save();
  return 0;
}

}  // namespace
}  // namespace thidua::bench

int main(int argc, char** argv) { return thidua::bench::Run(argc, argv); }
