// The first real data: Khối thi đua 4 of Kiên Giang in the first half of 2019, as printed in the
// article of 05/08/2019. For tests.
#ifndef THIDUA_SERVICES_DOMAIN_KHOI4_2019_TESTDATA_H_
#define THIDUA_SERVICES_DOMAIN_KHOI4_2019_TESTDATA_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/domain/pact.h"
#include "services/domain/result.h"
#include "services/domain/review.h"

namespace thidua::domain::khoi4_2019 {

struct Indicator {
  int number;
  std::string unit;
  std::string name;
  std::string actual;  // Machine form; empty: the article prints none.
  std::string target;  // Likewise.
  std::string stated_percent;
  std::string measure;
  TargetKind kind = TargetKind::kScored;
  Direction direction = Direction::kHigherIsBetter;
  Accumulation accumulation = Accumulation::kCumulative;
  Qualifier qualifier = Qualifier::kExact;
};

inline constexpr absl::string_view kLabour = "so-lao-dong-thuong-binh-va-xa-hoi";
inline constexpr absl::string_view kTourism = "so-du-lich";
inline constexpr absl::string_view kScience = "so-khoa-hoc-va-cong-nghe";
inline constexpr absl::string_view kEducation = "so-giao-duc-va-dao-tao";
inline constexpr absl::string_view kCulture = "so-van-hoa-va-the-thao";
inline constexpr absl::string_view kHealth = "so-y-te";
inline constexpr absl::string_view kMinorities = "ban-dan-toc";

inline std::vector<Indicator> Indicators() {
  constexpr TargetKind kShown = TargetKind::kInformational;
  constexpr TargetKind kScored = TargetKind::kScored;
  constexpr Direction kHigher = Direction::kHigherIsBetter;
  constexpr Direction kLower = Direction::kLowerIsBetter;
  constexpr Accumulation kSum = Accumulation::kCumulative;
  constexpr Accumulation kRate = Accumulation::kRate;
  const std::string labour(kLabour), tourism(kTourism), science(kScience), education(kEducation),
      culture(kCulture), health(kHealth), minorities(kMinorities);
  return {
      {1, labour, "Giải quyết việc làm", "17893", "35000", "51.12", "lượt lao động"},
      {2, labour, "Chi trả trợ cấp xã hội cho đối tượng xã hội", "50460", "", "", "người", kShown},
      {3, labour, "Tham mưu ban hành văn bản quy phạm pháp luật", "5", "", "", "văn bản", kShown},
      {4, tourism, "Tổng lượt khách du lịch quốc tế", "405509", "", "63.4", "lượt"},
      {5, tourism, "Tổng doanh thu", "4268", "", "62.4", "tỷ đồng", kScored, kHigher, kSum,
       Qualifier::kAtLeast},
      {6, science, "Tổ chức lớp đào tạo, tập huấn", "8", "10", "80", "lớp"},
      {7, science, "Hỗ trợ doanh nghiệp, đơn vị đăng ký bảo hộ quyền sở hữu công nghiệp", "8", "12",
       "66.7", "doanh nghiệp, đơn vị"},
      {8, science, "Tham mưu ban hành quy định quản lý đề tài, dự án", "2", "", "", "quy định",
       kShown},
      {9, education, "Huy động trẻ từ 6-14 tuổi đến trường", "", "", "104.09", ""},
      {10, education, "Số lượng học sinh giỏi cấp tỉnh trở lên", "770", "", "154", "học sinh"},
      {11, culture, "Số lượng đăng ký khu phố văn hóa, ấp văn hóa", "949", "957", "99.16",
       "khu phố, ấp"},
      {12, culture, "Số lượng cơ quan, đơn vị, doanh nghiệp đăng ký đạt chuẩn văn hóa", "1783",
       "1818", "98.07", "cơ quan, đơn vị, doanh nghiệp"},
      {13, health, "Giảm sinh", "0.2", "", "100", "‰", kScored, kHigher, kRate},
      {14, health, "Tỷ lệ tăng dân số tự nhiên", "5.0", "", "100", "‰", kScored, kLower, kRate},
      {15, health, "Giảm tỷ lệ suy dinh dưỡng TE<5 tuổi", "13.1", "13.1", "100", "%", kScored,
       kLower, kRate},
      {16, minorities, "Tổ chức cuộc cung cấp thông tin cho người có uy tín", "5", "4", "125",
       "cuộc"},
  };
}

inline std::string TargetId(int number) { return absl::StrCat("chi-tieu-", number); }

inline Quantity Figure(const std::string& value, const std::string& measure,
                       Qualifier qualifier = Qualifier::kExact) {
  if (value.empty()) return {};
  return {QuantityState::kValue, *Decimal::Parse(value), qualifier, measure, ""};
}

// Scheme A of the field's notes: 650 + 40, 200, 100 + 10. The rule of Content 1 was not found and
// is a setting here.
inline Scheme SchemeA() {
  TargetsRule targets;
  targets.bonus_per_percent_above = 1;
  Scheme scheme;
  scheme.id = "kien-giang-khoi-2019";
  scheme.version = 1;
  scheme.name = "Thang bảng điểm Khối thi đua, năm 2019";
  scheme.legal_basis = "QĐ 809/QĐ-UBND ngày 04/4/2019";
  scheme.contents = {
      {"noi-dung-1", "Thực hiện các chỉ tiêu đăng ký", "", 650, 40, {}, targets},
      {"noi-dung-2", "Chấp hành chủ trương, chính sách", "", 200, 0, {}, AssessedRule{}},
      {"noi-dung-3", "Công tác thi đua, khen thưởng", "", 100, 10, {}, AssessedRule{}},
  };
  scheme.ranking = {RankingKey::kPercentOfAssigned, {"noi-dung-1"}};
  return scheme;
}

inline Pact ThePact() {
  Pact pact;
  pact.bloc = "khoi-4";
  pact.year = 2019;
  pact.version = 1;
  pact.scheme = SchemeA();
  pact.members = {
      {std::string(kLabour), "Sở Lao động, Thương binh và Xã hội", Role::kLeader},
      {std::string(kTourism), "Sở Du lịch", Role::kDeputy},
      {std::string(kScience), "Sở Khoa học và Công nghệ", Role::kMember},
      {std::string(kEducation), "Sở Giáo dục và Đào tạo", Role::kMember},
      {std::string(kCulture), "Sở Văn hóa và Thể thao", Role::kMember},
      {std::string(kHealth), "Sở Y tế", Role::kMember},
      {std::string(kMinorities), "Ban Dân tộc", Role::kMember},
  };
  pact.periods = {
      {"6-thang", "6 tháng đầu năm 2019", PeriodKind::kMidYear, 50, 6, Date(2019, 6, 1), {}, {}},
      {"nam", "Năm 2019", PeriodKind::kYear, 100, 12, Date(2019, 12, 1), {}, Date(2020, 1, 15)},
  };
  for (const Indicator& row : Indicators()) {
    Target target;
    target.id = TargetId(row.number);
    target.unit = row.unit;
    if (row.kind == TargetKind::kScored) target.criterion = "noi-dung-1";
    target.name = row.name;
    target.measure = row.measure;
    target.kind = row.kind;
    target.direction = row.direction;
    target.accumulation = row.accumulation;
    target.value = Figure(row.target, row.measure);
    pact.targets.push_back(target);
  }
  return pact;
}

inline std::vector<Result> TheResults() {
  std::vector<Result> results;
  for (const Indicator& row : Indicators()) {
    Result result;
    result.target = TargetId(row.number);
    result.actual = Figure(row.actual, row.measure, row.qualifier);
    if (!row.stated_percent.empty()) result.stated_percent = *Decimal::Parse(row.stated_percent);
    result.revision = 1;
    results.push_back(result);
  }
  return results;
}

}  // namespace thidua::domain::khoi4_2019

#endif  // THIDUA_SERVICES_DOMAIN_KHOI4_2019_TESTDATA_H_
