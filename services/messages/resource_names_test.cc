#include "services/messages/resource_names.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/domain/fault.h"

namespace thidua::messages {
namespace {

using Read = std::function<absl::Status(absl::string_view name, std::string& again)>;

// Each kind of name: how it is read, and put together again from what was read.
struct Kind {
  const char* sound;
  Read read;
};

template <typename Name>
Read Structured(absl::StatusOr<Name> (*read)(absl::string_view, absl::string_view)) {
  return [read](absl::string_view text, std::string& again) {
    const absl::StatusOr<Name> name = read("pact.name", text);
    if (name.ok()) again = name->ToString();
    return name.status();
  };
}

Read Slug(absl::StatusOr<std::string> (*read)(absl::string_view, absl::string_view),
          std::string (*put)(absl::string_view)) {
  return [read, put](absl::string_view text, std::string& again) {
    const absl::StatusOr<std::string> slug = read("pact.name", text);
    if (slug.ok()) again = put(*slug);
    return slug.status();
  };
}

const std::vector<Kind>& Kinds() {
  static const auto& kinds = *new std::vector<Kind>{
      {"units/so-y-te", Slug(&ReadUnitName, &UnitName)},
      {"blocs/khoi-4", Slug(&ReadBlocName, &BlocName)},
      {"schemes/kien-giang-2019/versions/12", Structured(&ReadSchemeName)},
      {"blocs/khoi-4/pacts/2019", Structured(&ReadPactName)},
      {"blocs/khoi-4/pacts/2019/targets/viec-lam", Structured(&ReadTargetName)},
      {"blocs/khoi-4/pacts/2019/periods/6-thang", Structured(&ReadPeriodName)},
      {"blocs/khoi-4/pacts/2019/periods/6-thang/results/viec-lam", Structured(&ReadResultName)},
      {"blocs/khoi-4/pacts/2019/periods/6-thang/submissions/so-y-te",
       Structured(&ReadSubmissionName)},
      {"blocs/khoi-4/pacts/2019/periods/6-thang/reports/2", Structured(&ReadReportName)},
      {"imports/so-y-te-2019-07", Slug(&ReadImportName, &ImportName)},
      {"blocs/khoi-4/pacts/2019/evidence/"
       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
       Structured(&ReadEvidenceName)},
      {"blocs/khoi-4/pacts/2019/ineligibilities/3", Structured(&ReadIneligibilityName)},
      {"blocs/khoi-4/pacts/2019/periods/nam/awardProposals/12", Structured(&ReadAwardProposalName)},
  };
  return kinds;
}

TEST(ResourceNamesTest, ReadAndPutTogetherAgainAreTheSame) {
  for (const Kind& kind : Kinds()) {
    std::string again;
    EXPECT_TRUE(kind.read(kind.sound, again).ok()) << kind.sound;
    EXPECT_EQ(again, kind.sound);
  }
}

TEST(ResourceNamesTest, APartIsWhatItSays) {
  const auto period = ReadPeriodName("", "blocs/khoi-4/pacts/2019/periods/6-thang");
  ASSERT_TRUE(period.ok());
  EXPECT_EQ(period->pact, (PactName{"khoi-4", 2019}));
  EXPECT_EQ(period->period, "6-thang");
  const auto scheme = ReadSchemeName("", "schemes/a.b/versions/9000000000");
  ASSERT_TRUE(scheme.ok());
  EXPECT_EQ(scheme->scheme, "a.b");
  EXPECT_EQ(scheme->version, 9'000'000'000);
}

TEST(ResourceNamesTest, ANameOfAnotherKindIsRefused) {
  for (const Kind& kind : Kinds()) {
    for (const Kind& other : Kinds()) {
      if (&kind == &other) continue;
      std::string again;
      EXPECT_FALSE(kind.read(other.sound, again).ok()) << kind.sound << " read " << other.sound;
    }
  }
}

TEST(ResourceNamesTest, WhatIsNoNameIsRefusedAtItsPath) {
  for (const Kind& kind : Kinds()) {
    const std::string sound = kind.sound;
    const std::string id = sound.substr(sound.rfind('/') + 1);
    const std::string parent = sound.substr(0, sound.rfind('/'));
    for (const std::string& wrong :
         {std::string(), id, parent, parent + "/", sound + "/", "/" + sound, sound + "/more/parts",
          parent + "//" + id, parent + "/Sở", parent + "/A", parent + "/-", parent + "/..",
          parent + "/" + std::string(64, 'g'), sound + " ", sound + "\n", "X" + sound}) {
      std::string again;
      const absl::Status status = kind.read(wrong, again);
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << wrong;
      const std::vector<domain::Fault> faults = domain::FaultsOf(status);
      ASSERT_EQ(faults.size(), 1u) << wrong;
      EXPECT_EQ(faults[0].path, "pact.name");
      EXPECT_EQ(faults[0].reason, "RESOURCE_NAME_INVALID");
      EXPECT_NE(faults[0].message.find("{"), std::string::npos) << "the form is to be shown";
    }
  }
}

TEST(ResourceNamesTest, AYearHasFourDigits) {
  for (const char* year : {"1900", "2019", "9999"}) {
    EXPECT_EQ(ReadPactName("", "blocs/b/pacts/" + std::string(year))->ToString(),
              "blocs/b/pacts/" + std::string(year));
  }
  for (const char* year : {"19", "20190", "1899", "0999", "2o19", "-201", "201.", "02019"}) {
    EXPECT_FALSE(ReadPactName("", "blocs/b/pacts/" + std::string(year)).ok()) << year;
  }
}

// Documents are told apart by their bytes: one digest is written in one way.
TEST(ResourceNamesTest, EvidenceIsNamedByALowerCaseDigest) {
  const std::string parent = "blocs/khoi-4/pacts/2019/evidence/";
  const auto name = ReadEvidenceName("", parent + std::string(64, 'a'));
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name->pact, (PactName{"khoi-4", 2019}));
  EXPECT_EQ(name->sha256, std::string(64, 'a'));
  for (const std::string& digest :
       {std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'A'), std::string(64, 'g')}) {
    EXPECT_FALSE(ReadEvidenceName("", parent + digest).ok()) << digest;
  }
  for (const std::string pact : {"blocs/khoi-4/pacts/19", "blocs/Khoi/pacts/2019"}) {
    EXPECT_FALSE(ReadEvidenceName("", pact + "/evidence/" + std::string(64, 'a')).ok()) << pact;
  }
}

// One version has one name.
TEST(ResourceNamesTest, AVersionCountsFromOneInOneForm) {
  for (const char* version : {"0", "01", "-1", "1.0", "v1", "99999999999999999999"}) {
    EXPECT_FALSE(ReadSchemeName("", "schemes/s/versions/" + std::string(version)).ok()) << version;
    EXPECT_FALSE(
        ReadIneligibilityName("", "blocs/b/pacts/2019/ineligibilities/" + std::string(version))
            .ok())
        << version;
    EXPECT_FALSE(ReadAwardProposalName(
                     "", "blocs/b/pacts/2019/periods/p/awardProposals/" + std::string(version))
                     .ok())
        << version;
  }
}

}  // namespace
}  // namespace thidua::messages
