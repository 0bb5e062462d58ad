// The report of Khối thi đua 4 as it is drafted from its figures, and one of a bloc with very many.
// For tests.
#ifndef THIDUA_SERVICES_SCORING_KHOI4_2019_REPORT_TESTLIB_H_
#define THIDUA_SERVICES_SCORING_KHOI4_2019_REPORT_TESTLIB_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/scoring/khoi4_2019_inputs_testlib.h"
#include "services/scoring/report.h"
#include "services/scoring/review_message.h"
#include "services/scoring/standing.h"

namespace thidua::scoring::khoi4_2019 {

inline constexpr char kYearName[] = "blocs/khoi-4/pacts/2019/periods/nam";

// The same figures, as those of the whole year.
inline ReceivedPeriod ReceivedYear() {
  ReceivedPeriod received = Received();
  received.inputs.set_name(kYearName);
  return received;
}

// With so many indicators instead: every third behind, every tenth not reported.
inline ReceivedPeriod ReceivedMany(int indicators) {
  ReceivedPeriod received = Received();
  registry::v1::Pact& pact = *received.inputs.mutable_pact();
  pact.clear_targets();
  received.inputs.clear_results();
  for (int i = 0; i < indicators; ++i) {
    registry::v1::Target& target = *pact.add_targets();
    target.set_name(absl::StrCat(kPactName, "/targets/chi-tieu-", i + 1));
    target.set_unit(pact.members(i % pact.members_size()).unit());
    target.set_criterion_id("noi-dung-1");
    target.set_display_name(
        absl::StrCat("Chỉ tiêu thứ ", i + 1,
                     ": tổ chức lớp đào tạo, tập huấn về hệ thống quản lý "
                     "và công cụ cải tiến cho các cơ quan hành chính, doanh nghiệp"));
    target.set_measure("lượt lao động");
    target.set_kind(registry::v1::Target::KIND_SCORED);
    target.mutable_value()->set_value(absl::StrCat(10'000 + i));
    if (i % 10 == 9) continue;
    results::v1::Result& result = *received.inputs.add_results();
    result.set_target(target.name());
    result.mutable_actual()->set_value(absl::StrCat((i % 3 == 0 ? 1'234 : 6'789) + i));
    result.set_revision(1 + i % 4);
  }
  return received;
}

inline std::shared_ptr<const Standing> StandingOf(const ReceivedPeriod& received) {
  const auto standing = ComputeStanding(received, absl::FromUnixSeconds(1564970000));
  EXPECT_TRUE(standing.ok()) << standing.status();
  return *standing;
}

// As DraftReport makes it.
inline v1::Report Drafted(const ReceivedPeriod& received) {
  const auto standing = StandingOf(received);
  v1::Report report;
  report.set_name(absl::StrCat(received.inputs.name(), "/reports/1"));
  report.set_state(v1::Report::STATE_DRAFT);
  report.set_bloc_display_name(received.inputs.pact().bloc_display_name());
  report.set_period_display_name(standing->period->name);
  for (const registry::v1::Period& period : received.inputs.pact().periods()) {
    if (period.period_id() == standing->period->id) report.set_period_kind(period.kind());
  }
  v1::ReportFigures& figures = *report.mutable_figures();
  figures.set_taking(1);
  *figures.mutable_pact() = received.inputs.pact();
  figures.mutable_pact()->clear_targets();
  *figures.mutable_review() = ReviewMessage(*standing);
  if (report.period_kind() == registry::v1::Period::KIND_YEAR) {
    *figures.mutable_ranking() = standing->ranking;
  }
  *report.mutable_template_() = Completed({}, figures.pact());
  return report;
}

}  // namespace thidua::scoring::khoi4_2019

#endif  // THIDUA_SERVICES_SCORING_KHOI4_2019_REPORT_TESTLIB_H_
