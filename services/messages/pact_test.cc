#include "services/messages/pact.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"

namespace thidua::messages {
namespace {

using domain::Accumulation;
using domain::Date;
using domain::Decimal;
using domain::Direction;
using domain::PeriodKind;
using domain::Role;
using domain::TargetKind;

constexpr char kPact[] = "blocs/khoi-4/pacts/2019";

template <typename Message>
Message Of(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

std::string FaultOf(const absl::Status& status) {
  const std::vector<domain::Fault> faults = domain::FaultsOf(status);
  if (faults.size() != 1) return status.ToString();
  return absl::StrCat(faults[0].path, ": ", faults[0].reason);
}

TEST(ReadPactTest, ReadsTheWholePact) {
  const auto pact =
      ReadPact("", Of<registry::v1::Pact>(R"pb(
                 name: "blocs/khoi-4/pacts/2019"
                 version: 7
                 scheme_content { display_name: "Thang điểm" }
                 members { unit: "units/so-y-te" display_name: "Sở Y tế" }
                 members { unit: "units/so-du-lich" role: ROLE_LEADER }
                 members { unit: "units/ban-dan-toc" role: ROLE_DEPUTY }
                 members { unit: "units/so-xay-dung" role: ROLE_MEMBER }
                 periods {
                   period_id: "6-thang"
                   display_name: "6 tháng đầu năm"
                   kind: KIND_MID_YEAR
                   opens_on: "2019-06-01"
                 }
                 periods {
                   period_id: "quy-1"
                   kind: KIND_QUARTER
                   pace_percent: "22.5"
                   opens_on: "2019-03-15"
                   closes_on: "2019-04-05"
                 }
                 periods { period_id: "nam" kind: KIND_YEAR opens_on: "2019-12-01" }
                 targets { name: "blocs/khoi-4/pacts/2019/targets/a" unit: "units/so-y-te" }
               )pb"));
  ASSERT_TRUE(pact.ok()) << pact.status();
  EXPECT_EQ(pact->bloc, "khoi-4");
  EXPECT_EQ(pact->year, 2019);
  EXPECT_EQ(pact->version, 7);
  EXPECT_EQ(pact->scheme.name, "Thang điểm");
  ASSERT_EQ(pact->members.size(), 4u);
  EXPECT_EQ(pact->members[0].unit, "so-y-te");
  EXPECT_EQ(pact->members[0].display_name, "Sở Y tế");
  EXPECT_EQ(pact->members[0].role, Role::kMember);
  EXPECT_EQ(pact->members[1].role, Role::kLeader);
  EXPECT_EQ(pact->members[2].role, Role::kDeputy);
  EXPECT_EQ(pact->members[3].role, Role::kMember);
  ASSERT_EQ(pact->periods.size(), 3u);
  EXPECT_EQ(pact->periods[0].id, "6-thang");
  EXPECT_EQ(pact->periods[0].name, "6 tháng đầu năm");
  EXPECT_EQ(pact->periods[0].kind, PeriodKind::kMidYear);
  EXPECT_EQ(pact->periods[0].pace_percent, Decimal(50));
  EXPECT_EQ(pact->periods[0].opens_on, Date(2019, 6, 1));
  EXPECT_FALSE(pact->periods[0].closes_on.has_value());
  EXPECT_EQ(pact->periods[1].kind, PeriodKind::kQuarter);
  EXPECT_EQ(pact->periods[1].pace_percent, *Decimal::Parse("22.5"));
  EXPECT_EQ(pact->periods[1].closes_on, Date(2019, 4, 5));
  EXPECT_EQ(pact->periods[2].kind, PeriodKind::kYear);
  EXPECT_EQ(pact->periods[2].pace_percent, Decimal(100));
  ASSERT_EQ(pact->targets.size(), 1u);
  EXPECT_EQ(pact->targets[0].id, "a");
}

// 0 is no pace: domain::ValidatePact refuses it.
TEST(ReadPactTest, AQuarterMustSayItsPace) {
  const auto pact = ReadPact("", Of<registry::v1::Pact>(R"pb(
                               name: "blocs/khoi-4/pacts/2019"
                               periods { kind: KIND_QUARTER opens_on: "2019-03-15" }
                             )pb"));
  ASSERT_TRUE(pact.ok()) << pact.status();
  EXPECT_EQ(pact->periods[0].pace_percent, Decimal(0));
}

TEST(ReadPactTest, RefusesAtThePathOfTheField) {
  const std::string name = absl::StrCat("name: '", kPact, "' ");
  const struct {
    std::string pact;
    const char* fault;
  } kCases[] = {
      {"name: 'blocs/khoi-4'", "name: RESOURCE_NAME_INVALID"},
      {name + "scheme_content { name: 'x' }", "scheme_content.name: RESOURCE_NAME_INVALID"},
      {name + "members { unit: 'units/a' } members { unit: 'a' }",
       "members[1].unit: RESOURCE_NAME_INVALID"},
      {name + "periods { opens_on: '2019-06-01' }", "periods[0].kind: REQUIRED"},
      {name + "periods { kind: KIND_YEAR }", "periods[0].opens_on: DATE_UNREADABLE"},
      {name + "periods { kind: KIND_YEAR opens_on: '2019-02-29' }",
       "periods[0].opens_on: DATE_UNREADABLE"},
      {name + "periods { kind: KIND_YEAR opens_on: '2019-12-01' closes_on: '15/01/2020' }",
       "periods[0].closes_on: DATE_UNREADABLE"},
      {name + "periods { kind: KIND_YEAR opens_on: '2019-12-01' pace_percent: '100%' }",
       "periods[0].pace_percent: NUMBER_UNREADABLE"},
      {name + "targets { name: 'a' }", "targets[0].name: RESOURCE_NAME_INVALID"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(FaultOf(ReadPact("", Of<registry::v1::Pact>(c.pact)).status()), c.fault) << c.pact;
    EXPECT_EQ(FaultOf(ReadPact("pact", Of<registry::v1::Pact>(c.pact)).status()),
              absl::StrCat("pact.", c.fault));
  }
}

registry::v1::Target SoundTarget() {
  return Of<registry::v1::Target>(R"pb(
    name: "blocs/khoi-4/pacts/2019/targets/viec-lam"
    unit: "units/so-y-te"
    criterion_id: "nd-1"
    display_name: "Giải quyết việc làm"
    measure: "lượt lao động"
    value { text: "35.000" }
  )pb");
}

TEST(ReadTargetTest, ReadsTheWholeTarget) {
  registry::v1::Target message = SoundTarget();
  const auto plain = ReadTarget("targets[0]", kPact, message);
  ASSERT_TRUE(plain.ok()) << plain.status();
  EXPECT_EQ(plain->id, "viec-lam");
  EXPECT_EQ(plain->unit, "so-y-te");
  EXPECT_EQ(plain->criterion, "nd-1");
  EXPECT_EQ(plain->name, "Giải quyết việc làm");
  EXPECT_EQ(plain->measure, "lượt lao động");
  EXPECT_EQ(plain->kind, TargetKind::kScored);
  EXPECT_EQ(plain->direction, Direction::kHigherIsBetter);
  EXPECT_EQ(plain->accumulation, Accumulation::kCumulative);
  EXPECT_EQ(plain->value.value, Decimal(35000));

  message.set_kind(registry::v1::Target::KIND_INFORMATIONAL);
  message.set_direction(registry::v1::Target::DIRECTION_LOWER_IS_BETTER);
  message.set_accumulation(registry::v1::Target::ACCUMULATION_RATE);
  message.clear_value();
  const auto other = ReadTarget("targets[0]", kPact, message);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->kind, TargetKind::kInformational);
  EXPECT_EQ(other->direction, Direction::kLowerIsBetter);
  EXPECT_EQ(other->accumulation, Accumulation::kRate);
  EXPECT_EQ(other->value.state, domain::QuantityState::kNotReported) << "not known is not zero";
  message.set_accumulation(registry::v1::Target::ACCUMULATION_SNAPSHOT);
  EXPECT_EQ(ReadTarget("", kPact, message)->accumulation, Accumulation::kSnapshot);
}

TEST(ReadTargetTest, ATargetOfAnotherPactIsRefused) {
  for (const char* name : {"blocs/khoi-4/pacts/2020/targets/a", "blocs/khoi-5/pacts/2019/targets/a",
                           "blocs/khoi-4/pacts/2019/periods/a", ""}) {
    registry::v1::Target message = SoundTarget();
    message.set_name(name);
    EXPECT_EQ(FaultOf(ReadTarget("targets[3]", kPact, message).status()),
              "targets[3].name: RESOURCE_NAME_INVALID")
        << name;
  }
}

TEST(ReadTargetTest, RefusesUnitAndValueAtTheirPaths) {
  registry::v1::Target message = SoundTarget();
  message.set_unit("so-y-te");
  EXPECT_EQ(FaultOf(ReadTarget("targets[3]", kPact, message).status()),
            "targets[3].unit: RESOURCE_NAME_INVALID");
  message = SoundTarget();
  message.mutable_value()->set_text("nhiều");
  EXPECT_EQ(FaultOf(ReadTarget("targets[3]", kPact, message).status()),
            "targets[3].value: NUMBER_UNREADABLE");
  EXPECT_EQ(FaultOf(ReadTarget("", kPact, message).status()), "value: NUMBER_UNREADABLE");
}

}  // namespace
}  // namespace thidua::messages
