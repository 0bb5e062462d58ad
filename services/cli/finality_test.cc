#include "services/cli/finality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/cli/pages.h"

namespace thidua::cli {
namespace {

using scoring::v1::FinalRecord;
using scoring::v1::GetRankingHistoryResponse;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/nam";

FinalRecord Record() {
  FinalRecord record;
  record.set_period(kPeriod);
  record.set_revision("000001578621600-000000000012-0003-0001");
  record.set_state(FinalRecord::STATE_FINAL);
  record.set_digest(std::string(64, 'a'));
  record.set_reason("Hội nghị tổng kết đã thống nhất");
  record.set_authority("Quyết định số 12/QĐ-UBND");
  record.mutable_final_time()->set_seconds(1578621600);  // 10/01/2020 09:00 in Vietnam.
  record.set_period_version(12);
  record.set_pact_version(2);
  record.set_scheme("schemes/kien-giang-khoi-2019/versions/1");
  record.set_engine_revision(3);
  return record;
}

FinalRecord Revoked() {
  FinalRecord record = Record();
  record.set_state(FinalRecord::STATE_REVOKED);
  record.set_revoke_reason("Báo cáo sai");
  record.set_revoke_authority("Công văn\x1B[31m 20");
  record.mutable_revoke_time()->set_seconds(1578708000);
  return record;
}

TEST(FinalityPagesTest, AHistoryTellsWhoWhyWhenAndFromWhat) {
  GetRankingHistoryResponse history;
  *history.add_finals() = Record();
  *history.add_finals() = Revoked();
  const std::string page = HistoryPage(kPeriod, history, 100);
  EXPECT_THAT(page, AllOf(HasSubstr("CÓ HIỆU LỰC · chốt lúc 10/01/2020 09:00:00"),
                          HasSubstr("Căn cứ: Quyết định số 12/QĐ-UBND"),
                          HasSubstr("Lý do: Hội nghị tổng kết đã thống nhất"),
                          HasSubstr("số liệu phiên bản 12, giao ước phiên bản 2"),
                          HasSubstr(std::string(64, 'a')), HasSubstr("ĐÃ THU HỒI"),
                          HasSubstr("Thu hồi lúc: 11/01/2020 09:00:00"),
                          HasSubstr("Lý do thu hồi: Báo cáo sai")));
  EXPECT_THAT(page, Not(HasSubstr("\x1B"))) << "no text steers the terminal";
  EXPECT_THAT(HistoryPage(kPeriod, {}, 100), HasSubstr("tạm tính"));
}

TEST(FinalityPagesTest, ARevokedRankingIsNotShownAsOfficial) {
  scoring::v1::GetRankingResponse response;
  response.mutable_ranking()->set_state(scoring::v1::Ranking::STATE_FINAL);
  *response.mutable_record() = Record();
  EXPECT_THAT(RankingPage(response, 100), HasSubstr("XẾP HẠNG CHÍNH THỨC ·"));
  *response.mutable_record() = Revoked();
  EXPECT_THAT(RankingPage(response, 100), HasSubstr("XẾP HẠNG ĐÃ THU HỒI ·"));
}

TEST(FinalityPagesTest, WhatWasDoneIsTold) {
  scoring::v1::FinaliseRankingResponse made;
  made.mutable_ranking()->set_state(scoring::v1::Ranking::STATE_FINAL);
  *made.mutable_record() = Record();
  EXPECT_THAT(FinalisedPage(made, 80),
              AllOf(HasSubstr("CHÍNH THỨC"), HasSubstr("Mã kiểm chứng"), HasSubstr("XEM TRƯỚC")));
  made.set_freshness_token("x");
  EXPECT_THAT(FinalisedPage(made, 80), Not(HasSubstr("XEM TRƯỚC")));
  scoring::v1::RevokeFinalResponse revoked;
  *revoked.mutable_record() = Revoked();
  EXPECT_THAT(RevokedPage(revoked, 80), Not(HasSubstr("Kỳ đã mở lại")));
  revoked.mutable_ranking()->set_revision("000001578621600-000000000013-0003-0002");
  EXPECT_THAT(RevokedPage(revoked, 80), HasSubstr("000000000013-0003-0002"));
}

}  // namespace
}  // namespace thidua::cli
