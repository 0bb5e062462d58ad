// What is exported changes nothing when it is imported again.
#include "services/result_files/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "services/result_files/fake_imports_testlib.h"
#include "services/result_files/file_fault.h"
#include "services/result_files/import.h"
#include "services/sheets/table.h"

namespace thidua::result_files {
namespace {

using results::v1::PeriodInputs;
using results::v1::Result;
using type::v1::Quantity;

constexpr char kPact[] = "blocs/khoi-4/pacts/2019";
constexpr char kPeriod[] = "blocs/khoi-4/pacts/2019/periods/6-thang";

Result& AddResult(PeriodInputs& inputs, const std::string& target) {
  auto& registered = *inputs.mutable_pact()->add_targets();
  registered.set_name(absl::StrCat(kPact, "/targets/", target));
  registered.set_unit("units/so-y-te");
  registered.set_display_name(absl::StrCat("Chỉ tiêu ", target));
  registered.set_measure("tỷ đồng");
  registered.mutable_value()->set_value("35000");
  Result& result = *inputs.add_results();
  result.set_name(absl::StrCat(kPeriod, "/results/", target));
  result.set_target(registered.name());
  result.mutable_actual()->set_measure("tỷ đồng");
  result.set_revision(1);
  return result;
}

void SetValue(Result& result, const std::string& value,
              Quantity::Qualifier qualifier = Quantity::QUALIFIER_EXACT) {
  result.mutable_actual()->set_state(Quantity::STATE_VALUE);
  result.mutable_actual()->set_value(value);
  result.mutable_actual()->set_qualifier(qualifier);
}

void SetPercent(Result& result, const std::string& value, Quantity::Qualifier qualifier) {
  Quantity& percent = *result.mutable_stated_percent();
  percent.set_state(Quantity::STATE_VALUE);
  percent.set_measure("%");
  percent.set_value(value);
  percent.set_qualifier(qualifier);
}

PeriodInputs Inputs() {
  PeriodInputs inputs;
  inputs.set_name(kPeriod);
  auto& member = *inputs.mutable_pact()->add_members();
  member.set_unit("units/so-y-te");
  member.set_display_name("Sở Y tế, tỉnh");
  SetValue(AddResult(inputs, "so"), "17893");
  SetValue(AddResult(inputs, "le"), "62.40");
  SetValue(AddResult(inputs, "khong"), "0");
  SetValue(AddResult(inputs, "dai"), "123456789012345678");
  SetValue(AddResult(inputs, "tren"), "4268", Quantity::QUALIFIER_AT_LEAST);
  SetValue(AddResult(inputs, "gan"), "1.25", Quantity::QUALIFIER_NEARLY);
  SetValue(AddResult(inputs, "khoang"), "10", Quantity::QUALIFIER_ABOUT);
  AddResult(inputs, "khong-giao").mutable_actual()->set_state(Quantity::STATE_NOT_ASSIGNED);
  AddResult(inputs, "khong-tinh").mutable_actual()->set_state(Quantity::STATE_NOT_COMPUTABLE);
  Result& percent_only = AddResult(inputs, "ty-le");
  percent_only.mutable_actual()->set_state(Quantity::STATE_NOT_REPORTED);
  SetPercent(percent_only, "51.12", Quantity::QUALIFIER_NEARLY);
  Result& full = AddResult(inputs, "day-du");
  SetValue(full, "5");
  SetPercent(full, "154", Quantity::QUALIFIER_EXACT);
  full.set_note("=ghi chú, “có” \"dấu\"\nhai dòng");
  full.set_explanation("- giải trình");
  full.add_acknowledged_warnings("CUMULATIVE_FELL");
  full.add_acknowledged_warnings("PERCENT_DISAGREES");
  full.add_evidence(absl::StrCat(kPact, "/evidence/", std::string(64, 'a')));
  full.add_evidence(absl::StrCat(kPact, "/evidence/", std::string(64, 'b')));
  AddResult(inputs, "chua-co");
  inputs.mutable_results()->RemoveLast();
  AddResult(inputs, "da-bo");
  inputs.mutable_pact()->mutable_targets()->rbegin()->set_voided(true);
  return inputs;
}

class ExportTest : public testing::TestWithParam<const char*> {
 protected:
  ExportTest() {
    std::string pattern = testing::TempDir() + "export-test-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    service_.SetInputs(Inputs());
  }
  ~ExportTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
  FakeImports service_;
  platform::Caller caller_{{"", service_.address(), ""}, absl::Seconds(5)};
};

TEST_P(ExportTest, ImportedAgainItChangesNothing) {
  const std::string path = folder_ / absl::StrCat("ra", GetParam());
  const auto exported = ExportPeriod(kPeriod, path, "", caller_);
  ASSERT_TRUE(exported.ok()) << exported.status();
  EXPECT_EQ(exported->targets, 12);
  EXPECT_EQ(exported->results, 11);
  const auto sent = SendTable(
      {{path, "", {}, kPeriod}, "imports/lai", results::v1::Import::MODE_PLAN, ""}, caller_);
  ASSERT_TRUE(sent.ok()) << sent.status();
  EXPECT_EQ(sent->import.counts().unchanged(), 11) << sent->import.ShortDebugString();
  EXPECT_EQ(sent->import.next_row(), 11);
  EXPECT_EQ(sent->passed_over.without_figure, 1);
  EXPECT_TRUE(sent->columns.unknown.empty());
}

TEST_P(ExportTest, PeopleReadTheFigures) {
  const std::string path = folder_ / absl::StrCat("ra", GetParam());
  ASSERT_TRUE(ExportPeriod(kPeriod, path, "", caller_).ok());
  const auto table = sheets::OpenTable(sheets::TableSource::File(path));
  ASSERT_TRUE(table.ok()) << table.status();
  sheets::Row row;
  std::map<std::string, std::string> figures;
  while ((*table)->Next(row).value_or(false)) figures[row.cells[0].text] = row.cells[4].text;
  EXPECT_EQ(figures["Mã chỉ tiêu"], "Kết quả");
  EXPECT_EQ(figures["tren"], "trên 4.268");
  EXPECT_EQ(figures["khong-giao"], "không được giao");
  EXPECT_EQ(figures["chua-co"], "chưa báo cáo");
  EXPECT_FALSE(figures.contains("da-bo")) << "it takes no results any more";
}

INSTANTIATE_TEST_SUITE_P(Forms, ExportTest, testing::Values(".csv", ".xlsx"),
                         [](const auto& form) { return std::string(form.param).substr(1); });

TEST_F(ExportTest, WhatIsThereMayHaveBeenWorkedOnAndStays) {
  const std::string path = folder_ / "ra.csv";
  ASSERT_TRUE(ExportPeriod(kPeriod, path, "", caller_).ok());
  const auto again = ExportPeriod(kPeriod, path, "", caller_);
  EXPECT_TRUE(absl::IsAlreadyExists(again.status()));
  EXPECT_TRUE(IsAboutTheFile(again.status()));
}

TEST_F(ExportTest, AnUnknownFormIsTheCallersFault) {
  EXPECT_TRUE(IsAboutTheFile(ExportPeriod(kPeriod, folder_ / "ra.doc", "", caller_).status()));
}

}  // namespace
}  // namespace thidua::result_files
