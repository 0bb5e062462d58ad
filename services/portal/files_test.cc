// What comes in by the portal's files and goes out by them, before a real results-ingest and a real
// scoring.
#include "services/portal/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/messages/khoi4_2019_pact_testlib.h"
#include "services/platform/digest.h"
#include "services/platform/local_server_testlib.h"
#include "services/platform/refusal_testlib.h"
#include "services/portal/evidence_files.h"
#include "services/portal/result_uploads.h"
#include "services/results_ingest/schema.h"
#include "services/results_ingest/service.h"
#include "services/results_ingest/store.h"
#include "services/scoring/served_standing_testlib.h"
#include "services/sheets/table.h"

namespace thidua::portal {
namespace {

using nlohmann::json;
using results::v1::RowOutcome;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const messages::PeriodName kPeriod = {{"khoi-4", 2019}, "6-thang"};
constexpr char kPeriodPath[] = "/files/v1/blocs/khoi-4/pacts/2019/periods/6-thang";
constexpr char kPactPath[] = "/files/v1/blocs/khoi-4/pacts/2019";
constexpr char kUnit[] = "so-khoa-hoc-va-cong-nghe";

std::string Target(int number) { return domain::khoi4_2019::TargetId(number); }

// "NOT_FOUND : PATH_UNKNOWN"; "OK".
std::string Said(const absl::StatusOr<FileReply>& reply) {
  return platform::Said(platform::ToGrpcStatus(reply.status()));
}

std::vector<std::vector<sheets::Cell>> RowsOf(const std::string& bytes) {
  std::vector<std::vector<sheets::Cell>> rows;
  const auto table = sheets::OpenTable(sheets::TableSource::Bytes(bytes));
  EXPECT_TRUE(table.ok()) << table.status();
  sheets::Row row;
  while (table.ok() && (*table)->Next(row).value_or(false)) rows.push_back(row.cells);
  return rows;
}

// One for all tests: it makes hundreds of folders, and what is in it is known by the databases
// only.
class EvidenceFolder {
 public:
  EvidenceFolder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-files-evidence-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    auto files = results_ingest::EvidenceFiles::Open(folder_);
    EXPECT_TRUE(files.ok()) << files.status();
    files_ = *std::move(files);
  }
  ~EvidenceFolder() {
    files_.reset();
    std::filesystem::remove_all(folder_);
  }
  results_ingest::EvidenceFiles& files() { return *files_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<results_ingest::EvidenceFiles> files_;
};

class FilesTest : public scoring::ServedStandingTest {
 protected:
  static void SetUpTestSuite() { evidence_ = new EvidenceFolder; }
  static void TearDownTestSuite() { delete evidence_; }

  FilesTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "thidua-files-test-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    std::filesystem::create_directory(folder_ / "tmp");
    setenv("TMPDIR", (folder_ / "tmp").c_str(), 1);
    auto database = storage::Database::Open(engine_.NewLocation(), results_ingest::Schema());
    EXPECT_TRUE(database.ok()) << database.status();
    results_database_ = *std::move(database);
    feed_ = std::make_unique<platform::ChangeFeed>(0, results_database_->store_epoch_ms());
    results_service_ = std::make_unique<results_ingest::ResultsService>(*results_database_, *feed_,
                                                                        evidence_->files());
    results_server_ = std::make_unique<platform::LocalServer>(*results_service_);
    results_stub_ = results::v1::ResultsService::NewStub(results_server_->NewChannel());
    PutPact();
    Arrive(scoring::khoi4_2019::Received(1));
    files_ = std::make_unique<Files>(
        platform::Caller({"", results_server_->address(), server_->address()}, absl::Seconds(5)));
  }
  ~FilesTest() override {
    feed_->Close();
    results_server_->Stop();
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "tmp")) << "temporary files stay behind";
    unsetenv("TMPDIR");
    std::filesystem::remove_all(folder_);
  }

  // As it comes from the registry.
  void PutPact() {
    domain::Pact pact = domain::khoi4_2019::ThePact();
    pact.periods[0].opens_on = pact.periods[1].opens_on = domain::Date(2019, 1, 1);
    pact.periods[1].closes_on.reset();
    const absl::Status done = results_database_->Write([&](storage::Transaction& transaction) {
      results_ingest::Store store(transaction);
      absl::Status status =
          store.PutPact(kPeriod.pact, {"registry:1", messages::khoi4_2019::PactMessage(pact)});
      if (!status.ok()) return status;
      return store.AdvancePeriod(kPeriod, absl::Now()).status();
    });
    EXPECT_TRUE(done.ok()) << done;
  }

  using Query = std::vector<std::pair<std::string, std::string>>;
  absl::StatusOr<FileReply> Get(const std::string& path, Query query = {}) const {
    return files_->Answer({"GET", path, std::move(query)});
  }
  absl::StatusOr<FileReply> Post(const std::string& path, const std::string& body,
                                 Query query = {}) const {
    return files_->Answer({"POST", path, std::move(query), body});
  }
  // The answer to a table.
  json Plan(const std::string& table, Query query = {}) const {
    const auto reply = Post(absl::StrCat(kPeriodPath, "/results"), table, std::move(query));
    EXPECT_EQ(Said(reply), "OK");
    if (!reply.ok()) return json::object();
    EXPECT_EQ(reply->content_type, "application/json");
    EXPECT_EQ(reply->file_name, "");
    return json::parse(reply->bytes);
  }
  std::vector<results::v1::ImportOutcome> Outcomes(const std::string& import) const {
    results::v1::ListImportOutcomesRequest request;
    request.set_import(import);
    results::v1::ListImportOutcomesResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(results_stub_->ListImportOutcomes(&context, request, &response).ok());
    return {response.outcomes().begin(), response.outcomes().end()};
  }
  std::string Commit(const std::string& import) const {
    results::v1::CommitImportRequest request;
    request.set_import(import);
    grpc::ClientContext context;
    const auto reader = results_stub_->CommitImport(&context, request);
    results::v1::CommitImportResponse event;
    while (reader->Read(&event)) {
    }
    return platform::Said(reader->Finish());
  }
  int StoredResults() const {
    results::v1::GetPeriodInputsRequest request;
    request.set_name(kPeriod.ToString());
    results::v1::GetPeriodInputsResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(results_stub_->GetPeriodInputs(&context, request, &response).ok());
    return response.inputs().results_size();
  }

  static inline EvidenceFolder* evidence_ = nullptr;

  std::filesystem::path folder_;
  std::unique_ptr<storage::Database> results_database_;
  std::unique_ptr<platform::ChangeFeed> feed_;
  std::unique_ptr<results_ingest::ResultsService> results_service_;
  std::unique_ptr<platform::LocalServer> results_server_;
  std::unique_ptr<results::v1::ResultsService::Stub> results_stub_;
  std::unique_ptr<Files> files_;
};

TEST_F(FilesTest, ATableIsPlannedAndNothingIsStored) {
  const json plan = Plan(absl::StrCat("Mã chỉ tiêu,Kết quả,Người lập\n", Target(1), ",10,An\n",
                                      Target(2), ",20,An\n", Target(3), ",,An\n"),
                         {{"fileName", "bao-cao.csv"}});
  EXPECT_EQ(plan["import"]["state"], "STATE_PLANNED");
  EXPECT_EQ(plan["import"]["period"], kPeriod.ToString());
  EXPECT_EQ(plan["import"]["counts"]["created"], "2");
  EXPECT_EQ(plan["import"]["counts"]["rejected"], "0") << "a zero is printed";
  EXPECT_EQ(plan["knownRows"], "0");
  EXPECT_EQ(plan["passedOver"], json({{"withoutFigure", "1"}, {"notConfirmed", "0"}}));
  EXPECT_EQ(plan["unknownColumns"], json({"Người lập"}));
  EXPECT_THAT(plan["columns"],
              AllOf(SizeIs(2),
                    Contains(json({{"field", "ACTUAL"}, {"letter", "B"}, {"title", "Kết quả"}}))));
  EXPECT_TRUE(plan["freshnessToken"].is_string());
  EXPECT_EQ(StoredResults(), 0);
  EXPECT_EQ(Commit(plan["import"]["name"]), "OK");
  EXPECT_EQ(StoredResults(), 2);
}

TEST_F(FilesTest, AFaultyCellIsExplainedAtItsPlace) {
  const json plan =
      Plan(absl::StrCat("Mã chỉ tiêu,Kết quả\n", Target(1), ",10\n", Target(2), ",mười\n"));
  EXPECT_EQ(plan["import"]["counts"]["rejected"], "1");
  const auto outcomes = Outcomes(plan["import"]["name"]);
  ASSERT_THAT(outcomes, SizeIs(2));
  EXPECT_EQ(outcomes[1].place(), "B3");
  ASSERT_EQ(outcomes[1].outcome().faults_size(), 1);
  EXPECT_EQ(outcomes[1].outcome().faults(0).field(), "row.actual");
  EXPECT_EQ(outcomes[1].outcome().faults(0).reason(), "NUMBER_UNREADABLE");
}

TEST_F(FilesTest, TheSameUploadTwiceIsTheSameImport) {
  const std::string table = absl::StrCat("Mã chỉ tiêu,Kết quả\n", Target(1), ",10\n");
  const json first = Plan(table), second = Plan(table);
  EXPECT_EQ(second["import"]["name"], first["import"]["name"]);
  EXPECT_EQ(second["knownRows"], "1");
  EXPECT_NE(Plan(table + "\n")["import"]["name"], first["import"]["name"]);
  EXPECT_EQ(Plan(table, {{"import", "lan-2"}})["import"]["name"], "imports/lan-2");
  EXPECT_EQ(Plan(table, {{"import", "imports/lan-3"}})["import"]["name"], "imports/lan-3");
}

TEST_F(FilesTest, ColumnsMayBeTold) {
  const std::string table = absl::StrCat("a,b\n", Target(1), ",10\n");
  EXPECT_EQ(Said(Post(absl::StrCat(kPeriodPath, "/results"), table)),
            "INVALID_ARGUMENT : HEADER_MISSING");
  const json plan = Plan(table, {{"columns", "Mã chỉ tiêu=A,Kết quả=B"}});
  EXPECT_EQ(plan["import"]["counts"]["created"], "1");
  EXPECT_EQ(plan["import"]["counts"]["rejected"], "1") << "a row too: no row is the titles'";
}

TEST_F(FilesTest, ResultsThatGoOutAndComeBackChangeNothing) {
  const json plan = Plan(absl::StrCat("Mã chỉ tiêu,Kết quả,Ghi chú\n", Target(1),
                                      ",\"10,5\",=1+1\n", Target(2), ",trên 20,\"hai\ndòng\"\n"));
  ASSERT_EQ(Commit(plan["import"]["name"]), "OK");
  for (const char* ending : {"xlsx", "csv"}) {
    SCOPED_TRACE(ending);
    const auto table = Get(absl::StrCat(kPeriodPath, "/results.", ending));
    ASSERT_EQ(Said(table), "OK");
    EXPECT_EQ(table->file_name, absl::StrCat("ket-qua-khoi-4-2019-6-thang.", ending));
    EXPECT_FALSE(table->may_be_shown);
    const json again = Plan(table->bytes);
    EXPECT_EQ(again["import"]["counts"]["unchanged"], "2") << again;
    EXPECT_EQ(again["import"]["counts"]["rejected"], "0");
    EXPECT_EQ(again["import"]["nextRow"], "2");
    EXPECT_THAT(again["unknownColumns"], IsEmpty());
  }
}

TEST_F(FilesTest, ARankingIsATableThatSaysWhatItIs) {
  scoring::v1::GetRankingResponse shown;
  ASSERT_EQ(Ask(&scoring::v1::ScoringService::Stub::GetRanking,
                absl::StrCat("period: '", kPeriod.ToString(), "'"), &shown),
            "OK");
  const scoring::v1::Ranking& ranking = shown.ranking();
  for (const char* ending : {"xlsx", "csv"}) {
    SCOPED_TRACE(ending);
    const auto table = Get(absl::StrCat(kPeriodPath, "/ranking.", ending));
    ASSERT_EQ(Said(table), "OK");
    EXPECT_EQ(table->file_name, absl::StrCat("xep-hang-khoi-4-2019-6-thang.", ending));
    const auto rows = RowsOf(table->bytes);
    // The title, the notes, the revision; the titles of the columns; the units.
    const size_t above = static_cast<size_t>(ranking.notes_size()) + 2;
    ASSERT_THAT(rows, SizeIs(above + 1 + static_cast<size_t>(ranking.rows_size())));
    EXPECT_THAT(rows[0][0].text, AllOf(HasSubstr("TẠM TÍNH"), HasSubstr("Khối thi đua 4"),
                                       HasSubstr(ranking.period_display_name())));
    EXPECT_EQ(rows[1][0].text, ranking.notes(0));
    EXPECT_THAT(rows[above - 1][0].text,
                AllOf(HasSubstr(ranking.revision()), HasSubstr("số liệu lúc")));
    EXPECT_EQ(rows[above][1].text, "Đơn vị");
    EXPECT_EQ(rows[above].back().text, "Vì sao");
    for (int i = 0; i < ranking.rows_size(); ++i) {
      const scoring::v1::RankingRow& row = ranking.rows(i);
      const auto& cells = rows[above + 1 + static_cast<size_t>(i)];
      SCOPED_TRACE(row.unit());
      ASSERT_EQ(cells.size(), rows[above].size());
      EXPECT_EQ(cells[0].text, row.rank() == 0 ? "–" : absl::StrCat(row.rank()));
      EXPECT_EQ(cells[1].text, row.unit_display_name());
      EXPECT_EQ(cells.back().text, row.reason());
      // 332.3 in a workbook, and "332,3" in a text, are the number that the ranking has.
      const bool is_csv = absl::string_view(ending) == "csv";
      const sheets::Cell& total = cells[2];
      EXPECT_EQ(total.kind, is_csv ? sheets::CellKind::kText : sheets::CellKind::kNumber);
      std::string machine = total.text;
      if (is_csv) std::replace(machine.begin(), machine.end(), ',', '.');
      EXPECT_EQ(*domain::Decimal::Parse(machine), *domain::Decimal::Parse(row.total()));
      for (int c = 0; c < row.contents_size(); ++c) {
        if (row.contents(c).assigned()) continue;
        EXPECT_THAT(cells, Contains(testing::Field(&sheets::Cell::text, "–")));
      }
    }
  }
  board_.SetInSight(false);
  const auto stale = Get(absl::StrCat(kPeriodPath, "/ranking.csv"));
  ASSERT_EQ(Said(stale), "OK");
  EXPECT_THAT(RowsOf(stale->bytes)[1][0].text, HasSubstr("CÓ THỂ CHƯA CẬP NHẬT"));
  EXPECT_EQ(Said(Get(absl::StrCat(kPeriodPath, "/ranking.csv"), {{"revision", "khong-co"}})),
            "NOT_FOUND revision: REVISION_UNKNOWN");
}

TEST_F(FilesTest, AReportIsReadInEachForm) {
  scoring::v1::DraftReportResponse drafted;
  ASSERT_EQ(Ask(&scoring::v1::ScoringService::Stub::DraftReport,
                absl::StrCat("period: '", kPeriod.ToString(), "'"), &drafted),
            "OK");
  struct Case {
    const char* ending;
    const char* content_type;
    const char* begins;
    bool may_be_shown;
  };
  const Case cases[] = {
      {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK",
       false},
      {"html", "text/html; charset=utf-8", "<!", true},
      {"txt", "text/plain; charset=utf-8", "", false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.ending);
    const auto report = Get(absl::StrCat("/files/v1/", drafted.report().name(), ".", c.ending));
    ASSERT_EQ(Said(report), "OK");
    EXPECT_EQ(report->content_type, c.content_type);
    EXPECT_TRUE(absl::StartsWith(report->bytes, c.begins));
    EXPECT_EQ(report->file_name, absl::StrCat("bao-cao-khoi-4-2019-6-thang-1.", c.ending));
    EXPECT_EQ(report->may_be_shown, c.may_be_shown);
  }
  EXPECT_EQ(Said(Get(absl::StrCat(kPeriodPath, "/reports/9.docx"))),
            "NOT_FOUND name: REPORT_UNKNOWN");
}

TEST_F(FilesTest, EvidenceComesBackByWhatIsInIt) {
  const std::string bytes = absl::StrCat("%PDF-1.7\n", std::string((3 << 20) + 1, 'x'));
  const Query query = {{"file_name", "Báo cáo 12.pdf"}, {"unit", kUnit}};
  const auto stored = Post(absl::StrCat(kPactPath, "/evidence"), bytes, query);
  ASSERT_EQ(Said(stored), "OK");
  const json evidence = json::parse(stored->bytes);
  EXPECT_EQ(evidence["name"],
            absl::StrCat(kPeriod.pact.ToString(), "/evidence/", platform::Sha256Hex(bytes)));
  EXPECT_EQ(evidence["size"], absl::StrCat(bytes.size()));
  EXPECT_EQ(evidence["unit"], absl::StrCat("units/", kUnit));
  EXPECT_EQ(Said(Post(absl::StrCat(kPactPath, "/evidence"), bytes, query)), "OK")
      << "the same again";

  const auto fetched = Get(absl::StrCat("/files/v1/", evidence["name"].get<std::string>()));
  ASSERT_EQ(Said(fetched), "OK");
  EXPECT_EQ(platform::Sha256Hex(fetched->bytes), platform::Sha256Hex(bytes));
  EXPECT_EQ(fetched->content_type, "application/pdf");
  EXPECT_EQ(fetched->file_name, "Báo cáo 12.pdf");
  EXPECT_FALSE(fetched->may_be_shown);

  const auto text = Post(absl::StrCat(kPactPath, "/evidence"), "Biên bản",
                         {{"fileName", "a.txt"}, {"unit", absl::StrCat("units/", kUnit)}});
  ASSERT_EQ(Said(text), "OK");
  const auto shown =
      Get(absl::StrCat("/files/v1/", json::parse(text->bytes)["name"].get<std::string>()));
  ASSERT_EQ(Said(shown), "OK");
  EXPECT_EQ(shown->content_type, "text/plain; charset=utf-8");
}

TEST_F(FilesTest, WhatIsNotTakenIsToldWhereAndWhy) {
  const std::string results = absl::StrCat(kPeriodPath, "/results");
  const std::string evidence = absl::StrCat(kPactPath, "/evidence");
  const Query pdf = {{"file_name", "a.pdf"}, {"unit", kUnit}};
  struct Case {
    std::string verb, path;
    Query query;
    std::string body, said;
  };
  const Case cases[] = {
      {"POST", results, {}, "", "INVALID_ARGUMENT body: FILE_EMPTY"},
      {"POST",
       results,
       {},
       std::string(kTableBytesMax + 1, 'a'),
       "INVALID_ARGUMENT body: FILE_TOO_LARGE"},
      {"POST", results, {}, "PK\x03\x04 no workbook", "INVALID_ARGUMENT : WORKBOOK_DAMAGED"},
      {"POST",
       results,
       {},
       "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old",
       "INVALID_ARGUMENT : FORMAT_XLS"},
      {"POST",
       results,
       {},
       "Mã chỉ tiêu,Kết quả\na,\"1\n",
       "INVALID_ARGUMENT dòng 2: QUOTE_UNCLOSED"},
      {"POST",
       results,
       {},
       "Đơn vị,Kết quả\nSở Y tế,1\n",
       "INVALID_ARGUMENT dòng 1: COLUMN_MISSING"},
      {"POST",
       results,
       {{"columns", "Màu=A"}},
       "a,b\n",
       "INVALID_ARGUMENT columns: COLUMNS_INVALID"},
      {"POST", results, {{"color", "red"}}, "a,b\n", "INVALID_ARGUMENT color: PARAMETER_UNKNOWN"},
      {"POST",
       results,
       {{"sheet", "a"}, {"sheet", "b"}},
       "a,b\n",
       "INVALID_ARGUMENT sheet: PARAMETER_REPEATED"},
      {"POST",
       "/files/v1/blocs/khoi-4/pacts/2019/periods/Q/results",
       {},
       "Mã chỉ tiêu,Kết quả\na,1\n",
       "INVALID_ARGUMENT period: RESOURCE_NAME_INVALID"},
      {"POST",
       results,
       {{"import", "imports/A"}},
       "Mã chỉ tiêu,Kết quả\na,1\n",
       "INVALID_ARGUMENT import: RESOURCE_NAME_INVALID"},
      {"POST", evidence, pdf, "", "INVALID_ARGUMENT body: FILE_EMPTY"},
      {"POST", evidence, pdf, std::string(kEvidenceBytesMax + 1, 'a'),
       "INVALID_ARGUMENT body: FILE_TOO_LARGE"},
      {"POST", evidence, pdf, "no PDF", "INVALID_ARGUMENT file_name: MEDIA_TYPE_DISAGREES"},
      {"POST",
       evidence,
       {{"file_name", "a.exe"}, {"unit", kUnit}},
       "MZ",
       "INVALID_ARGUMENT file_name: MEDIA_TYPE_NOT_TAKEN"},
      {"POST",
       evidence,
       {{"unit", kUnit}},
       "%PDF-",
       "INVALID_ARGUMENT file_name: MEDIA_TYPE_NOT_TAKEN"},
      {"POST",
       evidence,
       {{"file_name", "../../x.pdf"}, {"unit", kUnit}},
       "%PDF-",
       "INVALID_ARGUMENT file_name: NAME_INVALID"},
      {"POST",
       evidence,
       {{"file_name", "a\r\nSet-Cookie: x.pdf"}, {"unit", kUnit}},
       "%PDF-",
       "INVALID_ARGUMENT file_name: CONTROL_CHARACTER"},
      {"POST",
       evidence,
       {{"file_name", "a.pdf"}, {"unit", "so-khac"}},
       "%PDF-",
       "INVALID_ARGUMENT unit: UNIT_UNKNOWN"},
      {"GET",
       absl::StrCat(evidence, "/", std::string(64, 'a')),
       {},
       "",
       "NOT_FOUND name: EVIDENCE_UNKNOWN"},
      {"GET",
       absl::StrCat(evidence, "/abc"),
       {},
       "",
       "INVALID_ARGUMENT name: RESOURCE_NAME_INVALID"},
      {"GET",
       "/files/v1/blocs/../pacts/2019/periods/6-thang/results.csv",
       {},
       "",
       "INVALID_ARGUMENT period: RESOURCE_NAME_INVALID"},
      {"GET", absl::StrCat(kPeriodPath, "/results.doc"), {}, "", "NOT_FOUND : PATH_UNKNOWN"},
      {"GET", absl::StrCat(kPeriodPath, "/results"), {}, "", "NOT_FOUND : PATH_UNKNOWN"},
      {"GET", absl::StrCat(kPeriodPath, "/reports/1.pdf"), {}, "", "NOT_FOUND : PATH_UNKNOWN"},
      {"GET",
       absl::StrCat(kPeriodPath, "/reports/mot.docx"),
       {},
       "",
       "INVALID_ARGUMENT name: RESOURCE_NAME_INVALID"},
      {"GET", "/files/v1/", {}, "", "NOT_FOUND : PATH_UNKNOWN"},
      {"GET", "/files/v1/blocs/khoi-4/pacts/2019/", {}, "", "NOT_FOUND : PATH_UNKNOWN"},
      {"GET", evidence, {}, "", "NOT_FOUND : PATH_UNKNOWN"},
      {"DELETE", absl::StrCat(kPeriodPath, "/results.csv"), {}, "", "NOT_FOUND : PATH_UNKNOWN"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(Said(files_->Answer({c.verb, c.path, c.query, c.body})), c.said)
        << c.verb << " " << c.path;
  }
  EXPECT_EQ(StoredResults(), 0);
}

TEST_F(FilesTest, BodiesOfNoUseAreNotRead) {
  EXPECT_EQ(Files::BodyBytesMax(absl::StrCat(kPeriodPath, "/results")), kTableBytesMax);
  EXPECT_EQ(Files::BodyBytesMax(absl::StrCat(kPactPath, "/evidence")), kEvidenceBytesMax);
  EXPECT_EQ(Files::BodyBytesMax(absl::StrCat(kPeriodPath, "/results.csv")), 0u);
  EXPECT_EQ(Files::BodyBytesMax("/files/v1/"), 0u);
  EXPECT_TRUE(Files::Takes("/files/v1/anything"));
  EXPECT_FALSE(Files::Takes("/files"));
  EXPECT_FALSE(Files::Takes("/v1/units"));
}

TEST_F(FilesTest, ARequestEndsWithItsDeadline) {
  results_server_->Stop();
  FileRequest request = {"GET", absl::StrCat(kPeriodPath, "/results.csv"), {}};
  request.deadline = absl::Now() + absl::Milliseconds(200);
  const absl::Time begun = absl::Now();
  EXPECT_TRUE(absl::IsUnavailable(files_->Answer(request).status()));
  const std::string table = absl::StrCat("Mã chỉ tiêu,Kết quả\n", Target(1), ",10\n");
  FileRequest upload = {"POST", absl::StrCat(kPeriodPath, "/results"), {}, table};
  upload.deadline = absl::Now() + absl::Milliseconds(200);
  EXPECT_TRUE(absl::IsUnavailable(files_->Answer(upload).status()));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(4)) << "before the patience ends";
}

TEST_F(FilesTest, ManyAreAnsweredAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(Said(Get(absl::StrCat(kPeriodPath, "/ranking.xlsx"))), "OK");
        EXPECT_EQ(Plan(absl::StrCat("Mã chỉ tiêu,Kết quả\n", Target(1), ",", t * 10 + i,
                                    "\n"))["import"]["counts"]["created"],
                  "1");
        EXPECT_EQ(Said(Get(absl::StrCat(kPeriodPath, "/results.csv"))), "OK");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace thidua::portal
