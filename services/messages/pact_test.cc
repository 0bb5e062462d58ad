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

domain::Period PeriodOf(const std::string& fields) {
  const auto pact =
      ReadPact("", Of<registry::v1::Pact>(absl::StrCat("name: '", kPact, "' periods { ", fields,
                                                       " opens_on: '2019-03-15' }")));
  EXPECT_TRUE(pact.ok()) << fields << pact.status();
  return pact.ok() ? pact->periods[0] : domain::Period();
}

TEST(ReadPactTest, APeriodReachesTheMonthOfItsKindUnlessItSaysAnother) {
  const struct {
    const char* fields;
    int month;
    const char* pace;  // "": in twelfths.
    const char* due;   // What PaceOf makes of it.
  } kCases[] = {
      {"kind: KIND_MID_YEAR", 6, "50", "1/2"},
      {"kind: KIND_MID_YEAR through_month: 5", 5, "", "5/12"},
      {"kind: KIND_MID_YEAR through_month: 5 pace_percent: '41.7'", 5, "41.7", "417/1000"},
      {"kind: KIND_YEAR", 12, "100", "1"},
      {"kind: KIND_YEAR pace_percent: '90'", 12, "90", "1"},
      {"kind: KIND_QUARTER through_month: 3", 3, "25", "1/4"},
      {"kind: KIND_QUARTER through_month: 9", 9, "75", "3/4"},
      {"kind: KIND_QUARTER through_month: 1", 1, "", "1/12"},
      {"kind: KIND_QUARTER pace_percent: '22.5'", 0, "22.5", "9/40"},
      // Refused by domain::ValidatePact; here no pace is made of it.
      {"kind: KIND_QUARTER through_month: 13", 13, "", "13/12"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.fields);
    const domain::Period period = PeriodOf(c.fields);
    EXPECT_EQ(period.through_month, c.month);
    EXPECT_EQ(period.pace_percent.has_value() ? period.pace_percent->ToString() : "", c.pace);
    EXPECT_EQ(PaceOf({}, period).ToString(), c.due);
  }
  EXPECT_FALSE(PeriodOf("kind: KIND_QUARTER through_month: -3").pace_percent.has_value());
  EXPECT_EQ(PeriodOf("kind: KIND_QUARTER through_month: 2147483647").through_month, 2147483647);
}

TEST(ReadPactTest, AQuarterMustSayItsMonthOrItsPace) {
  EXPECT_EQ(FaultOf(ReadPact("", Of<registry::v1::Pact>(R"pb(
                               name: "blocs/khoi-4/pacts/2019"
                               periods { kind: KIND_QUARTER opens_on: "2019-03-15" }
                             )pb"))
                        .status()),
            "periods[0].through_month: REQUIRED");
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
      {name + "periods { kind: KIND_YEAR opens_on: '2019-12-01' due_on: '2019' }",
       "periods[0].due_on: DATE_UNREADABLE"},
      {name + "targets { name: 'a' unit: 'units/a' }", "targets[0].name: RESOURCE_NAME_INVALID"},
      {name + "period_exceptions { period_id: 'nam' }",
       "period_exceptions[0].open_until: DATE_UNREADABLE"},
      {name + "period_exceptions { unit: 'a' open_until: '2020-01-31' }",
       "period_exceptions[0].unit: RESOURCE_NAME_INVALID"},
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

std::vector<std::string> FaultsOf(const absl::Status& status) {
  std::vector<std::string> faults;
  for (const domain::Fault& fault : domain::FaultsOf(status)) {
    EXPECT_FALSE(fault.message.empty());
    faults.push_back(absl::StrCat(fault.path, ": ", fault.reason));
  }
  return faults;
}

TEST(ReadPactTest, NamesEveryFaultAtOnce) {
  const auto pact =
      ReadPact("", Of<registry::v1::Pact>(R"pb(
                 name: "blocs/khoi-4/pacts/2019"
                 scheme_content {
                   contents { max_points: "x" }
                   valid_from: "2019"
                 }
                 members { unit: "a" }
                 members { unit: "units/b" }
                 members { unit: "" }
                 periods { opens_on: "x" closes_on: "y" due_on: "z" pace_percent: "w" }
                 targets {
                   name: "blocs/khoi-4/pacts/2018/targets/a"
                   unit: "a"
                   value { text: "nhiều" }
                   baseline { text: "ít" }
                   pace { month: 6 percent: "50%" }
                   dependencies { unit: "units/b" }
                   dependencies { unit: "b" }
                 }
                 targets { name: "x" unit: "units/b" }
                 period_exceptions { unit: "x" open_until: "y" }
               )pb"));
  EXPECT_EQ(FaultsOf(pact.status()), (std::vector<std::string>{
                                         "scheme_content.contents[0].max_points: NUMBER_UNREADABLE",
                                         "scheme_content.valid_from: DATE_UNREADABLE",
                                         "members[0].unit: RESOURCE_NAME_INVALID",
                                         "members[2].unit: RESOURCE_NAME_INVALID",
                                         "periods[0].kind: REQUIRED",
                                         "periods[0].pace_percent: NUMBER_UNREADABLE",
                                         "periods[0].opens_on: DATE_UNREADABLE",
                                         "periods[0].due_on: DATE_UNREADABLE",
                                         "periods[0].closes_on: DATE_UNREADABLE",
                                         "targets[0].name: RESOURCE_NAME_INVALID",
                                         "targets[0].unit: RESOURCE_NAME_INVALID",
                                         "targets[0].value: NUMBER_UNREADABLE",
                                         "targets[0].baseline: NUMBER_UNREADABLE",
                                         "targets[0].pace[0].percent: NUMBER_UNREADABLE",
                                         "targets[0].dependencies[1].unit: RESOURCE_NAME_INVALID",
                                         "targets[1].name: RESOURCE_NAME_INVALID",
                                         "period_exceptions[0].unit: RESOURCE_NAME_INVALID",
                                         "period_exceptions[0].open_until: DATE_UNREADABLE",
                                     }));
}

// Targets are of the pact that is named: without a name there is nothing to hold them against.
TEST(ReadPactTest, OfAPactWithoutASoundNameSaysThatAlone) {
  EXPECT_EQ(FaultsOf(ReadPact("", Of<registry::v1::Pact>(R"pb(
                                name: "khoi-4"
                                targets { name: "khoi-4/targets/a" }
                                targets { name: "blocs/khoi-4/pacts/2019/targets/b" }
                              )pb"))
                         .status()),
            std::vector<std::string>{"name: RESOURCE_NAME_INVALID"});
}

TEST(ReadPactTest, ReadsWhatAmendmentsAndExceptionsLeft) {
  const auto pact = ReadPact("", Of<registry::v1::Pact>(R"pb(
                               name: "blocs/khoi-4/pacts/2019"
                               voided_criterion_ids: "nd-2"
                               voided_criterion_ids: "nd-1.3"
                               period_exceptions {
                                 period_id: "nam"
                                 unit: "units/so-y-te"
                                 open_until: "2020-01-31"
                                 reason: "bão số 9"
                                 document: "CV 12/SNV"
                               }
                               period_exceptions { period_id: "nam" open_until: "2020-02-01" }
                               scheme_content { valid_from: "2019-01-01" valid_until: "2019-12-31" }
                             )pb"));
  ASSERT_TRUE(pact.ok()) << pact.status();
  EXPECT_EQ(pact->voided_criteria, (std::vector<std::string>{"nd-2", "nd-1.3"}));
  ASSERT_EQ(pact->exceptions.size(), 2u);
  EXPECT_EQ(pact->exceptions[0].period, "nam");
  EXPECT_EQ(pact->exceptions[0].unit, "so-y-te");
  EXPECT_EQ(pact->exceptions[0].open_until, Date(2020, 1, 31));
  EXPECT_EQ(pact->exceptions[0].reason, "bão số 9");
  EXPECT_EQ(pact->exceptions[0].document, "CV 12/SNV");
  EXPECT_EQ(pact->exceptions[1].unit, "") << "every member";
  EXPECT_EQ(pact->scheme.valid, (domain::Interval{Date(2019, 1, 1), Date(2019, 12, 31)}));
}

// Every field, in the form in which answers carry it.
registry::v1::Pact WholePact() {
  return Of<registry::v1::Pact>(R"pb(
    name: "blocs/khoi-4/pacts/2019"
    members { unit: "units/so-y-te" display_name: "Sở Y tế" role: ROLE_LEADER }
    members { unit: "units/so-du-lich" display_name: "Sở Du lịch" role: ROLE_DEPUTY }
    members { unit: "units/ban-dan-toc" display_name: "Ban Dân tộc" role: ROLE_MEMBER }
    periods {
      period_id: "6-thang"
      display_name: "6 tháng"
      kind: KIND_MID_YEAR
      pace_percent: "50"
      through_month: 6
      opens_on: "2019-06-01"
    }
    periods {
      period_id: "quy-1"
      display_name: "Quý I"
      kind: KIND_QUARTER
      pace_percent: "22.50"
      opens_on: "2019-03-15"
      due_on: "2019-04-01"
      closes_on: "2019-04-05"
    }
    periods {
      period_id: "thang-1"
      display_name: "Tháng 1"
      kind: KIND_QUARTER
      through_month: 1
      opens_on: "2019-01-15"
    }
    periods {
      period_id: "nam"
      display_name: "Năm"
      kind: KIND_YEAR
      pace_percent: "100"
      through_month: 12
      opens_on: "2019-12-01"
      closes_on: "2020-01-15"
    }
    targets {
      name: "blocs/khoi-4/pacts/2019/targets/a"
      unit: "units/so-y-te"
      criterion_id: "nd-1"
      display_name: "Giải quyết việc làm"
      measure: "lượt"
      kind: KIND_SCORED
      direction: DIRECTION_HIGHER_IS_BETTER
      accumulation: ACCUMULATION_CUMULATIVE
      value {
        state: STATE_VALUE
        value: "35000"
        qualifier: QUALIFIER_AT_LEAST
        measure: "lượt"
        text: "trên 35.000"
      }
      baseline { state: STATE_VALUE value: "33.10" qualifier: QUALIFIER_EXACT measure: "lượt" }
      pace { month: 6 percent: "40" }
      pace { month: 12 percent: "99.50" }
      evidence_rule: EVIDENCE_RULE_REQUIRED
      function_id: "viec-lam"
      dependencies { unit: "units/so-tai-chinh" note: "cấp kinh phí" }
      dependencies { unit: "units/so-du-lich" }
      voided: true
    }
    targets {
      name: "blocs/khoi-4/pacts/2019/targets/b"
      unit: "units/ban-dan-toc"
      display_name: "Tỷ lệ"
      kind: KIND_INFORMATIONAL
      direction: DIRECTION_LOWER_IS_BETTER
      accumulation: ACCUMULATION_RATE
      value { state: STATE_NOT_REPORTED }
      evidence_rule: EVIDENCE_RULE_REQUIRED_OR_EXPLAINED
    }
    targets {
      name: "blocs/khoi-4/pacts/2019/targets/c"
      unit: "units/ban-dan-toc"
      display_name: "Trên địa bàn"
      kind: KIND_SCORED
      direction: DIRECTION_HIGHER_IS_BETTER
      accumulation: ACCUMULATION_SNAPSHOT
      value { state: STATE_NOT_COMPUTABLE }
      baseline { state: STATE_NOT_COMPUTABLE }
      evidence_rule: EVIDENCE_RULE_NONE
    }
    voided_criterion_ids: "nd-2"
    voided_criterion_ids: "nd-3"
  )pb");
}

TEST(SetContentTest, APactIsReadAndWrittenAgainWithoutLoss) {
  const registry::v1::Pact whole = WholePact();
  const auto pact = ReadPact("", whole);
  ASSERT_TRUE(pact.ok()) << pact.status();
  EXPECT_EQ(pact->targets[0].evidence, domain::EvidenceRule::kRequired);
  EXPECT_EQ(pact->targets[0].function, "viec-lam");
  EXPECT_EQ(pact->targets[0].pace,
            (std::vector<domain::PacePoint>{{6, Decimal(40)}, {12, *Decimal::Parse("99.5")}}));
  EXPECT_EQ(
      pact->targets[0].dependencies,
      (std::vector<domain::Dependency>{{"so-tai-chinh", "cấp kinh phí"}, {"so-du-lich", ""}}));
  EXPECT_EQ(pact->targets[0].baseline.value, *Decimal::Parse("33.1"));
  EXPECT_TRUE(pact->targets[0].voided);
  EXPECT_FALSE(pact->targets[1].voided);
  EXPECT_EQ(pact->targets[1].evidence, domain::EvidenceRule::kRequiredOrExplained);
  EXPECT_EQ(pact->periods[1].due_on, Date(2019, 4, 1));

  registry::v1::Pact written;
  written.set_name(whole.name());
  SetContent(*pact, written);
  EXPECT_EQ(written.DebugString(), whole.DebugString());

  const auto again = ReadPact("", written);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->members, pact->members);
  EXPECT_EQ(again->periods, pact->periods);
  EXPECT_EQ(again->targets, pact->targets);
  EXPECT_EQ(again->voided_criteria, pact->voided_criteria);
}

TEST(SetContentTest, ReplacesWhatIsSignedAndLeavesTheRest) {
  registry::v1::Pact message = WholePact();
  message.set_version(7);
  message.set_scheme("schemes/a/versions/1");
  message.add_signatures()->set_unit("units/so-y-te");
  message.add_period_exceptions()->set_period_id("nam");
  domain::Pact pact;
  pact.members = {{"so-y-te", "Sở Y tế", Role::kMember}};
  SetContent(pact, message);
  EXPECT_EQ(message.DebugString(),
            Of<registry::v1::Pact>(R"pb(
              name: "blocs/khoi-4/pacts/2019"
              scheme: "schemes/a/versions/1"
              members { unit: "units/so-y-te" display_name: "Sở Y tế" role: ROLE_MEMBER }
              signatures { unit: "units/so-y-te" }
              version: 7
              period_exceptions { period_id: "nam" }
            )pb")
                .DebugString());
}

TEST(ReadMemberTest, TakesTheSlugOfTheUnit) {
  const auto member =
      ReadMember("", Of<registry::v1::Member>("unit: 'units/so-y-te' role: ROLE_DEPUTY"));
  ASSERT_TRUE(member.ok()) << member.status();
  EXPECT_EQ(*member, (domain::Member{"so-y-te", "", Role::kDeputy}));
  EXPECT_EQ(
      FaultsOf(ReadMember("members[1]", Of<registry::v1::Member>("unit: 'so-y-te'")).status()),
      std::vector<std::string>{"members[1].unit: RESOURCE_NAME_INVALID"});
}

TEST(ReadExceptionTest, NamesEveryFaultAtOnce) {
  const registry::v1::PeriodException message =
      Of<registry::v1::PeriodException>("unit: 'so-y-te' open_until: '31/01/2020'");
  EXPECT_EQ(FaultsOf(ReadException("exception", message).status()),
            (std::vector<std::string>{"exception.unit: RESOURCE_NAME_INVALID",
                                      "exception.open_until: DATE_UNREADABLE"}));
  EXPECT_EQ(
      FaultsOf(ReadException("", message).status()),
      (std::vector<std::string>{"unit: RESOURCE_NAME_INVALID", "open_until: DATE_UNREADABLE"}));
}

TEST(ReadAmendmentTest, ReadsTheWholeAmendment) {
  const auto amendment = ReadAmendment("", kPact, Of<registry::v1::Amendment>(R"pb(
                                         reason: "Thiên tai"
                                         document: "Phụ lục 01"
                                         put_targets {
                                           name: "blocs/khoi-4/pacts/2019/targets/a"
                                           unit: "units/so-y-te"
                                           value { value: "7" }
                                         }
                                         void_targets: "blocs/khoi-4/pacts/2019/targets/b"
                                         void_targets: "blocs/khoi-4/pacts/2019/targets/c"
                                         void_criterion_ids: "nd-2"
                                         add_members { unit: "units/so-noi-vu" role: ROLE_LEADER }
                                         remove_members: "units/so-du-lich"
                                         scheme: "schemes/a/versions/2"
                                         put_periods {
                                           period_id: "quy-3"
                                           kind: KIND_QUARTER
                                           through_month: 9
                                           opens_on: "2019-09-15"
                                         }
                                       )pb"));
  ASSERT_TRUE(amendment.ok()) << amendment.status();
  using Strings = std::vector<std::string>;
  EXPECT_EQ(amendment->reason, "Thiên tai");
  EXPECT_EQ(amendment->document, "Phụ lục 01");
  ASSERT_EQ(amendment->put_targets.size(), 1u);
  EXPECT_EQ(amendment->put_targets[0].id, "a");
  EXPECT_EQ(amendment->put_targets[0].value.value, Decimal(7));
  EXPECT_EQ(amendment->void_targets, (Strings{"b", "c"}));
  EXPECT_EQ(amendment->void_criteria, Strings{"nd-2"});
  EXPECT_EQ(amendment->add_members,
            (std::vector<domain::Member>{{"so-noi-vu", "", Role::kLeader}}));
  EXPECT_EQ(amendment->remove_members, Strings{"so-du-lich"});
  EXPECT_FALSE(amendment->scheme.has_value()) << "for the caller to find";
  ASSERT_EQ(amendment->put_periods.size(), 1u);
  EXPECT_EQ(amendment->put_periods[0].pace_percent, Decimal(75));
}

TEST(ReadAmendmentTest, NamesEveryFaultAtOnce) {
  const auto amendment =
      ReadAmendment("amendment", kPact, Of<registry::v1::Amendment>(R"pb(
                      put_targets { name: "blocs/khoi-4/pacts/2019/targets/a" unit: "a" }
                      put_targets { name: "blocs/khoi-5/pacts/2019/targets/a" unit: "units/a" }
                      void_targets: "b"
                      void_targets: "blocs/khoi-5/pacts/2019/targets/b"
                      add_members { unit: "a" }
                      remove_members: "units/b"
                      remove_members: "b"
                      put_periods { kind: KIND_QUARTER opens_on: "2019-09-15" }
                    )pb"));
  EXPECT_EQ(FaultsOf(amendment.status()),
            (std::vector<std::string>{
                "amendment.put_targets[0].unit: RESOURCE_NAME_INVALID",
                "amendment.put_targets[1].name: RESOURCE_NAME_INVALID",
                "amendment.void_targets[0]: RESOURCE_NAME_INVALID",
                "amendment.void_targets[1]: TARGET_UNKNOWN",
                "amendment.add_members[0].unit: RESOURCE_NAME_INVALID",
                "amendment.remove_members[1]: RESOURCE_NAME_INVALID",
                "amendment.put_periods[0].through_month: REQUIRED",
            }));
}

}  // namespace
}  // namespace thidua::messages
