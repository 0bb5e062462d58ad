#include "services/platform/update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/domain/fault.h"
#include "thidua/registry/v1/unit.pb.h"

namespace thidua::platform {
namespace {

using testing::ElementsAre;

constexpr absl::string_view kChangeable[] = {"display_name", "aliases"};

absl::StatusOr<std::vector<std::string>> Fields(std::vector<std::string> paths,
                                                const registry::v1::Unit& unit = {}) {
  google::protobuf::FieldMask mask;
  for (std::string& path : paths) mask.add_paths(std::move(path));
  return FieldsToUpdate(mask, unit, kChangeable);
}

TEST(UpdateTest, TheMaskSaysWhichFieldsEvenToEmptyThem) {
  EXPECT_THAT(*Fields({"aliases"}), ElementsAre("aliases"));
  EXPECT_THAT(*Fields({"aliases", "display_name", "aliases"}),
              ElementsAre("display_name", "aliases"));
  EXPECT_THAT(*Fields({"*"}), ElementsAre("display_name", "aliases"));
}

TEST(UpdateTest, WithoutAMaskWhatIsSetIsUpdated) {
  registry::v1::Unit unit;
  unit.set_name("units/so-y-te");
  EXPECT_EQ(domain::FaultsOf(Fields({}, unit).status())[0].reason, "UPDATE_EMPTY");
  unit.add_aliases();
  EXPECT_THAT(*Fields({}, unit), ElementsAre("aliases"));
}

TEST(UpdateTest, AFieldThatIsNotChangeableIsRefused) {
  for (const char* path : {"name", "version", "colour", "aliases.text", ""}) {
    const auto faults = domain::FaultsOf(Fields({path}).status());
    ASSERT_EQ(faults.size(), 1u) << path;
    EXPECT_EQ(faults[0].reason, "FIELD_NOT_MUTABLE") << path;
    EXPECT_EQ(faults[0].path, "update_mask");
  }
}

TEST(UpdateTest, AnEtagIsOfOneVersionOfOneResourceOfOneStore) {
  const std::string etag = Etag("registry:1", "units/so-y-te", 1);
  EXPECT_EQ(etag, Etag("registry:1", "units/so-y-te", 1));
  EXPECT_NE(etag, Etag("registry:1", "units/so-y-te", 2));
  EXPECT_NE(etag, Etag("registry:1", "units/so-du-lich", 1));
  EXPECT_NE(etag, Etag("registry:2", "units/so-y-te", 1));
}

TEST(UpdateTest, AnEtagThatIsNotThePresentOneIsAborted) {
  EXPECT_TRUE(CheckEtag("", "a").ok()) << "whatever it is";
  EXPECT_TRUE(CheckEtag("a", "a").ok());
  EXPECT_TRUE(absl::IsAborted(CheckEtag("b", "a")));
}

}  // namespace
}  // namespace thidua::platform
