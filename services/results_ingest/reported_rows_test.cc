#include "services/results_ingest/reported_rows.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/domain/khoi4_2019_testdata.h"
#include "services/domain/return_if_error.h"
#include "services/messages/instant.h"
#include "services/messages/khoi4_2019_pact_testlib.h"
#include "services/messages/resource_names.h"
#include "services/results_ingest/schema.h"
#include "services/storage/engines_testlib.h"

namespace thidua::results_ingest {
namespace {

using domain::Fault;
using testing::ElementsAre;
using testing::IsEmpty;

const absl::Time kReportTime = absl::FromUnixMillis(1561968000123);
const messages::PeriodName kPeriod = {{"khoi-4", 2019}, "6-thang"};
constexpr char kTargets[] = "blocs/khoi-4/pacts/2019/targets/";

// A row for the article's indicator of that number, the rest as text format.
v1::ResultRow Row(int number, const std::string& rest) {
  v1::ResultRow row;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(rest, &row)) << rest;
  if (row.target().empty()) {
    row.set_target(absl::StrCat(kTargets, domain::khoi4_2019::TargetId(number)));
  }
  return row;
}

std::vector<std::string> Said(const std::vector<Fault>& faults) {
  std::vector<std::string> said;
  for (const Fault& fault : faults) {
    said.push_back(absl::StrCat(fault.path, ": ", fault.reason));
    EXPECT_FALSE(fault.message.empty()) << fault.reason;
  }
  return said;
}

// Judged against a real store, of which nothing remains.
class ReportedRowsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    engine_ = new storage::SqliteEngine;
    auto database = storage::Database::Open(engine_->NewLocation(), Schema());
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = database->release();
  }
  static void TearDownTestSuite() {
    delete database_;
    delete engine_;
  }

  std::vector<JudgedRow> Judge(
      const std::vector<v1::ResultRow>& rows,
      v1::PutResultsRequest::Mode mode = v1::PutResultsRequest::MODE_ATOMIC) {
    std::vector<JudgedRow> judged(rows.size());
    const absl::Status done = database_->Write([&](storage::Transaction& transaction) {
      absl::Status status = JudgeIn(transaction, rows, judged);
      return status.ok() ? absl::CancelledError("only judged") : status;
    });
    EXPECT_EQ(done.message(), "only judged") << done;
    if (mode == v1::PutResultsRequest::MODE_PER_UNIT) RejectUnitsWithAFault(judged);
    return judged;
  }

  absl::Status JudgeIn(storage::Transaction& transaction, const std::vector<v1::ResultRow>& rows,
                       std::vector<JudgedRow>& judged) {
    results_ingest::Store store(transaction);
    audit::Trail trail(transaction, {}, "");
    RETURN_IF_ERROR(
        store.PutPact(kPeriod.pact, {"registry:1", messages::khoi4_2019::PactMessage(pact_)}));
    for (const registry::v1::Unit& unit : units_) {
      RETURN_IF_ERROR(store.PutUnit(unit.name().substr(sizeof "units/" - 1), unit));
    }
    ASSIGN_OR_RETURN(const int64_t version, store.AdvancePeriod(kPeriod, report_time_));
    for (const auto& [target, result] : current_) {
      const v1::Result* const results[] = {&result};
      RETURN_IF_ERROR(store.AppendResults(kPeriod, version, results, trail));
    }
    const messages::PeriodName before = {kPeriod.pact, "quy-1"};
    for (const auto& [target, result] : earlier_) {
      const v1::Result* const results[] = {&result};
      RETURN_IF_ERROR(store.AppendResults(before, 1, results, trail));
    }
    for (const std::string& sha256 : evidence_) {
      RETURN_IF_ERROR(store.PutEvidence({kPeriod.pact, sha256}, "so-y-te", {}, trail));
    }
    ReadyPacts pacts;
    TargetsInWords in_words;
    std::vector<const v1::ResultRow*> pointers;
    for (const v1::ResultRow& row : rows) pointers.push_back(&row);
    ASSIGN_OR_RETURN(OpenPeriod open, FindOpenPeriod(store, pacts, kPeriod, report_time_));
    ASSIGN_OR_RETURN(const Ground ground,
                     ReadGround(store, std::move(open), kPeriod, pointers, report_time_, in_words));
    ASSIGN_OR_RETURN(judged, JudgeRows(pointers, ground));
    return absl::OkStatus();
  }

  JudgedRow JudgeOne(const v1::ResultRow& row) { return Judge({row})[0]; }

  // Reports a row, and has it be what is there from now on.
  v1::Result Store(const v1::ResultRow& row) {
    const JudgedRow judged = JudgeOne(row);
    EXPECT_THAT(judged.kind,
                testing::AnyOf(v1::RowOutcome::KIND_CREATED, v1::RowOutcome::KIND_UPDATED));
    return current_[judged.target] = judged.result;
  }

  void CloseOn(domain::Date day) { pact_.periods[0].closes_on = day; }
  void ReportOn(domain::Date day, int hour = 12) {
    report_time_ = absl::FromCivil(day, domain::VietnamTime()) + absl::Hours(hour);
  }

  absl::Time report_time_ = kReportTime;
  domain::Pact pact_ = domain::khoi4_2019::ThePact();
  std::vector<registry::v1::Unit>
      units_;                          // Known to the registry; by their names in the pact else.
  ResultsByTarget current_, earlier_;  // Of the period, and of the quarter before it.
  std::vector<std::string> evidence_;

 private:
  static inline storage::SqliteEngine* engine_ = nullptr;
  static inline storage::Database* database_ = nullptr;
};

TEST_F(ReportedRowsTest, ARowIsReadAsItWasWrittenAndKeptWithItsText) {
  const JudgedRow judged = JudgeOne(Row(1, R"pb(actual { text: "17.893" }
                                                stated_percent { text: "51,12%" }
                                                note: "đến 30/6")pb"));
  EXPECT_EQ(judged.kind, v1::RowOutcome::KIND_CREATED);
  EXPECT_EQ(judged.target, "chi-tieu-1");
  EXPECT_EQ(judged.unit, domain::khoi4_2019::kLabour);
  EXPECT_THAT(Said(judged.warnings), ElementsAre("actual: NUMBER_AMBIGUOUS"));
  EXPECT_THAT(judged.faults, IsEmpty());
  const v1::Result& result = judged.result;
  EXPECT_EQ(result.target(), absl::StrCat(kTargets, "chi-tieu-1"));
  EXPECT_EQ(result.actual().state(), type::v1::Quantity::STATE_VALUE);
  EXPECT_EQ(result.actual().value(), "17893");
  EXPECT_EQ(result.actual().text(), "17.893");
  EXPECT_EQ(result.actual().measure(), "lượt lao động") << "the target's own";
  EXPECT_EQ(result.stated_percent().value(), "51.12");
  EXPECT_EQ(result.stated_percent().text(), "51,12%");
  EXPECT_EQ(result.name(), "blocs/khoi-4/pacts/2019/periods/6-thang/results/chi-tieu-1");
  EXPECT_EQ(result.note(), "đến 30/6");
  EXPECT_EQ(result.revision(), 1);
  EXPECT_EQ(messages::ReadInstant(result.report_time()), kReportTime);
  EXPECT_EQ(result.correction_reason(), "");
}

// However it is sent, "nearly 100 %" is not 100 %.
TEST_F(ReportedRowsTest, AStatedPercentKeepsItsWord) {
  for (const char* row : {R"pb(stated_percent { text: "gần 100%" })pb",
                          R"pb(stated_percent { value: "100" qualifier: QUALIFIER_NEARLY })pb"}) {
    SCOPED_TRACE(row);
    const JudgedRow judged = JudgeOne(Row(9, row));
    EXPECT_EQ(judged.kind, v1::RowOutcome::KIND_CREATED)
        << testing::PrintToString(Said(judged.faults));
    EXPECT_EQ(judged.result.stated_percent().value(), "100");
    EXPECT_EQ(judged.result.stated_percent().qualifier(), type::v1::Quantity::QUALIFIER_NEARLY);
  }
}

TEST_F(ReportedRowsTest, AllFormsOfAReportAreTaken) {
  const struct {
    int number;
    const char* row;
    const char* value;
    const char* percent;
  } kRows[] = {
      {1, R"pb(actual { value: "17893" }
               stated_percent { value: "51.12" })pb",
       "17893", "51.12"},
      {5, R"pb(actual { text: "trên 4.268 tỷ đồng" }
               stated_percent { text: "62,4" })pb",
       "4268", "62.4"},
      {9, R"pb(stated_percent { text: "104,09%" })pb", "", "104.09"},
      {13, R"pb(actual { text: "0,20/00" }
                stated_percent { text: "100%" })pb",
       "0.2", "100"},
      {2, R"pb(actual { text: "0" })pb", "0", ""},
      {6, R"pb(actual { state: STATE_NOT_ASSIGNED })pb", "", ""},
      {6, R"pb(actual { state: STATE_NOT_COMPUTABLE })pb", "", ""},
  };
  for (const auto& c : kRows) {
    SCOPED_TRACE(c.row);
    const JudgedRow judged = JudgeOne(Row(c.number, c.row));
    EXPECT_EQ(judged.kind, v1::RowOutcome::KIND_CREATED)
        << testing::PrintToString(Said(judged.faults));
    EXPECT_EQ(domain::Decimal::Parse(judged.result.actual().value()).ok(), *c.value != '\0');
    if (*c.value != '\0') {
      EXPECT_EQ(*domain::Decimal::Parse(judged.result.actual().value()),
                *domain::Decimal::Parse(c.value));
    }
    EXPECT_EQ(judged.result.stated_percent().value(), c.percent);
  }
}

TEST_F(ReportedRowsTest, ARejectedRowNamesEveryFault) {
  const struct {
    v1::ResultRow row;
    std::vector<std::string> faults;
  } kCases[] = {
      {Row(0, R"pb(target: "chi-tieu-1"
                   actual { text: "1" })pb"),
       {"target: RESOURCE_NAME_INVALID"}},
      {Row(0, R"pb(target: "blocs/khoi-4/pacts/2019/targets/chi-tieu-17")pb"),
       {"target: TARGET_UNKNOWN"}},
      {Row(0, R"pb(target: "blocs/khoi-4/pacts/2020/targets/chi-tieu-1")pb"),
       {"target: TARGET_UNKNOWN"}},
      {Row(0, R"pb(target: "blocs/khoi-5/pacts/2019/targets/chi-tieu-1")pb"),
       {"target: TARGET_UNKNOWN"}},
      {Row(1, R"pb(actual { text: "17.89.3" })pb"), {"actual: NUMBER_UNREADABLE"}},
      {Row(1, R"pb(actual { text: "5 người" })pb"), {"actual: MEASURE_DISAGREES"}},
      {Row(1, R"pb(actual { value: "-5" })pb"), {"actual: OUT_OF_RANGE"}},
      {Row(1, ""), {"actual: NOTHING_REPORTED"}},
      {Row(9, R"pb(stated_percent { text: "nhiều" })pb"), {"stated_percent: NUMBER_UNREADABLE"}},
      {Row(9, R"pb(stated_percent { text: "5‰" })pb"), {"stated_percent: MEASURE_DISAGREES"}},
      {Row(1, R"pb(actual { value: "17893" }
                   stated_percent { value: "52" })pb"),
       {"stated_percent: PERCENT_DISAGREES"}},
      {Row(1, absl::StrCat("actual { text: '?' } note: '", std::string(2001, 'a'),
                           "' correction_reason: '\\001'")),
       {"note: TOO_LONG", "correction_reason: CONTROL_CHARACTER", "actual: NUMBER_UNREADABLE"}},
  };
  for (const auto& c : kCases) {
    const JudgedRow judged = JudgeOne(c.row);
    EXPECT_EQ(judged.kind, v1::RowOutcome::KIND_REJECTED);
    EXPECT_EQ(Said(judged.faults), c.faults) << c.row.ShortDebugString();
  }
}

TEST_F(ReportedRowsTest, AnAcknowledgedWarningIsTakenAndToldAgain) {
  const JudgedRow judged = JudgeOne(Row(1, R"pb(
    actual { value: "17893" }
    stated_percent { value: "52" }
    acknowledged_warnings: "PERCENT_DISAGREES"
    acknowledged_warnings: "A_LATER_WARNING"
    acknowledged_warnings: "PERCENT_DISAGREES"
  )pb"));
  EXPECT_EQ(judged.kind, v1::RowOutcome::KIND_CREATED);
  EXPECT_THAT(Said(judged.warnings), ElementsAre("stated_percent: PERCENT_DISAGREES"));
  EXPECT_THAT(judged.result.acknowledged_warnings(),
              ElementsAre("A_LATER_WARNING", "PERCENT_DISAGREES"))
      << "sorted, each once";
}

TEST_F(ReportedRowsTest, TheSameFigureHoweverItIsTypedIsNoNewRevision) {
  const v1::Result stored = Store(Row(1, R"pb(actual { text: "17.893" }
                                              stated_percent { text: "51,12%" })pb"));
  for (const char* again : {R"pb(actual { text: "17.893" }
                                 stated_percent { text: "51,12%" })pb",
                            R"pb(actual { value: "17893" }
                                 stated_percent { value: "51.12" })pb",
                            R"pb(actual { text: "17893 lượt lao động" }
                                 stated_percent { text: "51,12" })pb",
                            R"pb(actual { value: "17893.0" }
                                 stated_percent { value: "51.12" }
                                 correction_reason: "gì đó")pb"}) {
    const JudgedRow judged = JudgeOne(Row(1, again));
    EXPECT_EQ(judged.kind, v1::RowOutcome::KIND_UNCHANGED) << again;
    EXPECT_EQ(judged.result.DebugString(), stored.DebugString());
  }
}

TEST_F(ReportedRowsTest, AnotherReportNeedsAReasonAndIsTheNextRevision) {
  Store(Row(1, R"pb(actual { value: "17893" }
                    stated_percent { value: "51.12" })pb"));
  for (const std::string other : {R"pb(actual { value: "17894" }
                                       stated_percent { value: "51.13" })pb",
                                  R"pb(actual { value: "17893" }
                                       stated_percent { value: "51.1" })pb",
                                  R"pb(actual { value: "17893" })pb",
                                  R"pb(actual { value: "17893" qualifier: QUALIFIER_AT_LEAST }
                                       stated_percent { value: "51.12" })pb",
                                  R"pb(actual { value: "17893" }
                                       stated_percent { value: "51.12" }
                                       note: "mới")pb",
                                  R"pb(actual { state: STATE_NOT_COMPUTABLE }
                                       stated_percent { value: "51.12" })pb"}) {
    const JudgedRow refused = JudgeOne(Row(1, other));
    EXPECT_EQ(refused.kind, v1::RowOutcome::KIND_REJECTED) << other;
    EXPECT_THAT(Said(refused.faults), ElementsAre("correction_reason: CORRECTION_REASON_REQUIRED"));
    const JudgedRow updated = JudgeOne(Row(1, other + R"pb(correction_reason: "sửa số")pb"));
    EXPECT_EQ(updated.kind, v1::RowOutcome::KIND_UPDATED) << other;
    EXPECT_EQ(updated.result.revision(), 2);
    EXPECT_EQ(updated.result.correction_reason(), "sửa số");
  }
}

// Whichever of the two acknowledges more: they are two reports.
TEST_F(ReportedRowsTest, AcknowledgingOtherWarningsIsAnotherReport) {
  const v1::ResultRow none = Row(1, R"pb(actual { value: "17893" }
                                         correction_reason: "x")pb");
  v1::ResultRow one = none, two = none;
  one.add_acknowledged_warnings("A");
  two.add_acknowledged_warnings("A");
  two.add_acknowledged_warnings("B");
  const v1::ResultRow* const kRows[] = {&none, &one, &two};
  for (const v1::ResultRow* first : kRows) {
    current_.clear();
    Store(*first);
    for (const v1::ResultRow* second : kRows) {
      EXPECT_EQ(JudgeOne(*second).kind,
                first == second ? v1::RowOutcome::KIND_UNCHANGED : v1::RowOutcome::KIND_UPDATED)
          << first->acknowledged_warnings_size() << " then "
          << second->acknowledged_warnings_size();
    }
  }
}

TEST_F(ReportedRowsTest, ATargetIsReportedOnceInOneRequest) {
  const std::vector<JudgedRow> judged =
      Judge({Row(6, R"pb(actual { value: "8" })pb"), Row(7, R"pb(actual { value: "8" })pb"),
             Row(6, R"pb(actual { value: "8" })pb")});
  EXPECT_EQ(judged[0].kind, v1::RowOutcome::KIND_CREATED);
  EXPECT_EQ(judged[1].kind, v1::RowOutcome::KIND_CREATED);
  EXPECT_EQ(judged[2].kind, v1::RowOutcome::KIND_REJECTED);
  EXPECT_THAT(Said(judged[2].faults), ElementsAre("target: DUPLICATE"));
}

TEST_F(ReportedRowsTest, PerUnitKeepsOutTheRowsOfAFaultyUnitOnly) {
  const std::vector<v1::ResultRow> rows = {
      Row(6, R"pb(actual { value: "8" })pb"),     // Science, sound,
      Row(11, R"pb(actual { value: "949" })pb"),  // Culture,
      Row(7, R"pb(actual { text: "?" })pb"),      // Science, faulty.
      Row(0, R"pb(target: "nobody's")pb"),        // Whose it is cannot be told.
  };
  std::vector<JudgedRow> judged = Judge(rows, v1::PutResultsRequest::MODE_PER_UNIT);
  EXPECT_EQ(judged[0].kind, v1::RowOutcome::KIND_REJECTED);
  EXPECT_THAT(Said(judged[0].faults), ElementsAre(": UNIT_REJECTED"));
  EXPECT_EQ(judged[1].kind, v1::RowOutcome::KIND_CREATED);
  EXPECT_THAT(Said(judged[1].faults), IsEmpty());
  EXPECT_THAT(Said(judged[2].faults), ElementsAre("actual: NUMBER_UNREADABLE"));
  EXPECT_THAT(Said(judged[3].faults), ElementsAre("target: RESOURCE_NAME_INVALID"));

  judged = Judge(rows, v1::PutResultsRequest::MODE_ATOMIC);
  EXPECT_EQ(judged[0].kind, v1::RowOutcome::KIND_CREATED) << "the service refuses the whole";
}

TEST_F(ReportedRowsTest, AVoidedTargetTakesNoResults) {
  pact_.targets[5].voided = true;
  const std::vector<JudgedRow> judged =
      Judge({Row(6, R"pb(actual { value: "8" })pb"), Row(7, R"pb(actual { value: "8" })pb")});
  EXPECT_EQ(judged[0].kind, v1::RowOutcome::KIND_REJECTED);
  EXPECT_THAT(Said(judged[0].faults), ElementsAre("target: TARGET_VOIDED"));
  EXPECT_EQ(judged[1].kind, v1::RowOutcome::KIND_CREATED);
}

// The days are Vietnam's, from their first hour to their last.
TEST_F(ReportedRowsTest, EachRowIsJudgedByTheWindowOfItsUnit) {
  pact_.periods[0].due_on = domain::Date(2019, 7, 10);
  CloseOn(domain::Date(2019, 7, 20));
  pact_.exceptions = {
      {"6-thang", std::string(domain::khoi4_2019::kScience), domain::Date(2019, 7, 25), "bão", ""}};
  const auto kCreated = v1::RowOutcome::KIND_CREATED;
  const auto kRejected = v1::RowOutcome::KIND_REJECTED;
  const struct {
    domain::Date day;
    v1::RowOutcome::Kind science, culture;
    bool late;
  } kDays[] = {
      {domain::Date(2019, 7, 10), kCreated, kCreated, false},
      {domain::Date(2019, 7, 11), kCreated, kCreated, true},
      {domain::Date(2019, 7, 20), kCreated, kCreated, true},
      {domain::Date(2019, 7, 21), kCreated, kRejected, true},
      {domain::Date(2019, 7, 25), kCreated, kRejected, true},
      {domain::Date(2019, 7, 26), kRejected, kRejected, false},
  };
  for (const auto& c : kDays) {
    for (const int hour : {0, 23}) {
      SCOPED_TRACE(absl::StrCat(domain::DateToString(c.day), " at ", hour));
      ReportOn(c.day, hour);
      const std::vector<JudgedRow> judged = Judge(
          {Row(6, R"pb(actual { value: "8" })pb"), Row(11, R"pb(actual { value: "949" })pb")});
      EXPECT_EQ(judged[0].kind, c.science);
      EXPECT_EQ(judged[1].kind, c.culture);
      EXPECT_EQ(judged[0].result.late(), c.late);
      EXPECT_EQ(judged[1].result.late(), c.late && c.culture == kCreated);
      if (c.culture == kRejected) {
        EXPECT_THAT(Said(judged[1].faults), ElementsAre("target: PERIOD_CLOSED"));
      }
    }
  }
}

TEST_F(ReportedRowsTest, PerUnitKeepsOutTheUnitForWhichThePeriodIsClosed) {
  CloseOn(domain::Date(2019, 7, 20));
  pact_.exceptions = {
      {"6-thang", std::string(domain::khoi4_2019::kScience), domain::Date(2019, 7, 25), "bão", ""}};
  ReportOn(domain::Date(2019, 7, 21));
  const std::vector<JudgedRow> judged =
      Judge({Row(6, R"pb(actual { value: "8" })pb"), Row(11, R"pb(actual { value: "949" })pb")},
            v1::PutResultsRequest::MODE_PER_UNIT);
  EXPECT_EQ(judged[0].kind, v1::RowOutcome::KIND_CREATED);
  EXPECT_THAT(Said(judged[1].faults), ElementsAre("target: PERIOD_CLOSED"));
}

// Each revision says for itself whether it came late.
TEST_F(ReportedRowsTest, ACorrectionIsLateWhenItComesLate) {
  pact_.periods[0].due_on = domain::Date(2019, 7, 10);
  ReportOn(domain::Date(2019, 7, 10));
  EXPECT_FALSE(Store(Row(6, R"pb(actual { value: "8" })pb")).late());
  ReportOn(domain::Date(2019, 7, 11));
  const JudgedRow same = JudgeOne(Row(6, R"pb(actual { value: "8" })pb"));
  EXPECT_EQ(same.kind, v1::RowOutcome::KIND_UNCHANGED);
  EXPECT_FALSE(same.result.late()) << "what is there was in time";
  const JudgedRow updated = JudgeOne(Row(6, R"pb(actual { value: "9" }
                                                 correction_reason: "sửa số")pb"));
  EXPECT_EQ(updated.kind, v1::RowOutcome::KIND_UPDATED);
  EXPECT_TRUE(updated.result.late());
}

// The most that one request and one pact may hold.
TEST_F(ReportedRowsTest, TenThousandRowsAgainstTenThousandTargets) {
  const domain::Target target = pact_.targets[5];
  pact_.targets.assign(10'000, target);
  std::vector<v1::ResultRow> rows(10'000);
  for (size_t i = 0; i < rows.size(); ++i) {
    pact_.targets[i].id = absl::StrCat("t-", i);
    rows[i].set_target(absl::StrCat(kTargets, "t-", rows.size() - 1 - i));
    rows[i].mutable_actual()->set_value("8");
  }
  const absl::Time start = absl::Now();
  const std::vector<JudgedRow> judged = Judge(rows);
  RecordProperty("milliseconds", static_cast<int>(absl::ToInt64Milliseconds(absl::Now() - start)));
  for (size_t i = 0; i < judged.size(); ++i) {
    ASSERT_EQ(judged[i].kind, v1::RowOutcome::KIND_CREATED);
    ASSERT_EQ(judged[i].target, absl::StrCat("t-", rows.size() - 1 - i));
  }
}

// Each names what the register calls them, or the pact, or the papers of the day.
TEST_F(ReportedRowsTest, ATargetIsFoundByWhatDocumentsCallIt) {
  registry::v1::Unit& labour = units_.emplace_back();
  labour.set_name(messages::UnitName(domain::khoi4_2019::kLabour));
  labour.set_display_name("Sở Lao động, Thương binh và Xã hội");
  labour.add_aliases()->set_text("Sở Lao động – TB&XH");
  const struct {
    const char* unit;
    const char* target;
    const char* found;  // Or what is wrong.
  } kCases[] = {
      {"Sở Lao động – TB&XH", "Giải quyết việc làm", "chi-tieu-1"},
      {"Sở Lao động, Thương binh và Xã hội", "GIẢI QUYẾT  VIỆC LÀM;", "chi-tieu-1"},
      {"Sở Y tế", "giam sinh", "chi-tieu-13"},
      {"Sở Du lịch", "Tổng doanh thu", "chi-tieu-5"},
      {"Sở Y tế", "Giải quyết việc làm", "target_text: TARGET_UNKNOWN"},
      {"Sở Tài chính", "Giải quyết việc làm", "unit_text: UNIT_UNKNOWN"},
      {"", "Giải quyết việc làm", "unit_text: REQUIRED"},
      {"Sở Y tế", "", "target_text: REQUIRED"},
  };
  for (const auto& c : kCases) {
    v1::ResultRow row;
    row.set_unit_text(c.unit);
    row.set_target_text(c.target);
    row.mutable_actual()->set_value("0");
    const JudgedRow judged = JudgeOne(row);
    EXPECT_EQ(judged.faults.empty() ? judged.target : Said(judged.faults)[0], c.found);
  }
}

TEST_F(ReportedRowsTest, WhatIsOddIsToldAndWhatIsNearlyAlwaysWrongIsStopped) {
  // A quarter before the half-year, and what the year before came to.
  domain::Period quarter = pact_.periods[0];
  quarter.id = "quy-1";
  quarter.kind = domain::PeriodKind::kQuarter;
  quarter.pace_percent = 25;
  quarter.through_month = 3;
  pact_.periods.insert(pact_.periods.begin(), quarter);
  pact_.targets[5].baseline = domain::khoi4_2019::Figure("20", "lớp");  // 10 by mid-year.
  v1::Result& before = earlier_["chi-tieu-6"];
  before.set_target(absl::StrCat(kTargets, "chi-tieu-6"));
  before.set_revision(1);
  before.mutable_actual()->set_state(type::v1::Quantity::STATE_VALUE);
  before.mutable_actual()->set_value("7");
  const struct {
    const char* row;
    std::vector<std::string> faults, warnings;
  } kCases[] = {
      {R"pb(actual { value: "7" })pb", {}, {}},
      {R"pb(actual { value: "6" })pb", {"actual: CUMULATIVE_FELL"}, {}},
      {R"pb(actual { value: "6" }
            acknowledged_warnings: "CUMULATIVE_FELL")pb",
       {},
       {"actual: CUMULATIVE_FELL"}},
      {R"pb(actual { value: "30" })pb", {}, {}},
      {R"pb(actual { value: "31" })pb", {}, {"actual: FAR_FROM_LAST_YEAR"}},
      {R"pb(actual { value: "3" })pb", {"actual: CUMULATIVE_FELL"}, {"actual: FAR_FROM_LAST_YEAR"}},
      {R"pb(actual { state: STATE_NOT_ASSIGNED })pb", {}, {}},
  };
  for (const auto& c : kCases) {
    const JudgedRow judged = JudgeOne(Row(6, c.row));
    EXPECT_EQ(Said(judged.faults), c.faults) << c.row;
    EXPECT_EQ(Said(judged.warnings), c.warnings) << c.row;
  }
}

TEST_F(ReportedRowsTest, EvidenceIsOfThePactAndMayStillCome) {
  const std::string here(64, 'a'), elsewhere(64, 'b');
  evidence_ = {here};
  pact_.targets[5].evidence = domain::EvidenceRule::kRequired;
  pact_.targets[6].evidence = domain::EvidenceRule::kRequiredOrExplained;
  const std::string name = "blocs/khoi-4/pacts/2019/evidence/";
  const struct {
    int number;
    std::string row;
    std::vector<std::string> faults, warnings;
  } kCases[] = {
      {6, R"pb(actual { value: "8" })pb", {}, {"evidence: EVIDENCE_MISSING"}},
      {6,
       R"pb(actual { value: "8" }
            explanation: "mất")pb",
       {},
       {"evidence: EVIDENCE_MISSING"}},
      {6, R"pb(actual { state: STATE_NOT_ASSIGNED })pb", {}, {}},
      {7,
       R"pb(actual { value: "8" }
            explanation: "mất")pb",
       {},
       {}},
      {6, absl::StrCat("actual { value: '8' } evidence: '", name, here, "'"), {}, {}},
      {6,
       absl::StrCat("actual { value: '8' } evidence: '", name, elsewhere, "'"),
       {"evidence[0]: EVIDENCE_UNKNOWN"},
       {}},
      {6,
       absl::StrCat("actual { value: '8' } evidence: 'blocs/khoi-5/pacts/2019/evidence/", here,
                    "'"),
       {"evidence[0]: EVIDENCE_UNKNOWN"},
       {}},
      {6, "actual { value: '8' } evidence: 'x.pdf'", {"evidence[0]: RESOURCE_NAME_INVALID"}, {}},
  };
  for (const auto& c : kCases) {
    const JudgedRow judged = JudgeOne(Row(c.number, c.row));
    EXPECT_EQ(Said(judged.faults), c.faults) << c.row;
    if (c.faults.empty()) {
      EXPECT_EQ(Said(judged.warnings), c.warnings) << c.row;
    }
  }
}

}  // namespace
}  // namespace thidua::results_ingest
