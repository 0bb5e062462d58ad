#include "services/domain/date.h"

#include <gtest/gtest.h>

#include <string>

#include "services/domain/fault.h"

namespace thidua::domain {
namespace {

TEST(ParseDate, ReadsADayThatExists) {
  for (const char* text : {"1900-01-01", "2019-06-30", "2020-02-29", "2000-02-29", "9999-12-31"}) {
    const absl::StatusOr<Date> date = ParseDate(text);
    ASSERT_TRUE(date.ok()) << text;
    EXPECT_EQ(DateToString(*date), text);
  }
}

TEST(ParseDate, RefusesOtherFormsAndDaysThatDoNotExist) {
  for (const char* text :
       {"", "2019-6-30", "30/6/2019", "2019/06/30", "2019-06-31", "2019-02-29", "1900-02-29",
        "2019-00-10", "2019-13-01", "2019-06-00", "2019-06-32", "1899-12-31", "0000-01-01",
        "10000-01-1", "2019-06-3a", "2019-06-30 ", " 2019-06-3", "-201-06-30", "2019-+6-30"}) {
    const absl::StatusOr<Date> date = ParseDate(text);
    ASSERT_FALSE(date.ok()) << text;
    EXPECT_EQ(FaultsOf(date.status())[0].reason, "DATE_UNREADABLE") << text;
  }
}

TEST(PrintDate, PadsDaysUnderTenAndMonthsOneAndTwo) {
  struct Row {
    Date date;
    std::string printed;
  };
  for (const Row& row :
       {Row{Date(2019, 2, 5), "05/02/2019"}, Row{Date(2019, 3, 5), "05/3/2019"},
        Row{Date(2019, 6, 30), "30/6/2019"}, Row{Date(2019, 8, 2), "02/8/2019"},
        Row{Date(2019, 1, 10), "10/01/2019"}, Row{Date(2019, 10, 9), "09/10/2019"}}) {
    EXPECT_EQ(PrintDate(row.date), row.printed);
  }
}

}  // namespace
}  // namespace thidua::domain
