#include "services/portal/path_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thidua::portal {
namespace {

using testing::ElementsAre;
using testing::Optional;

std::vector<std::string> FieldsOf(const PathTemplate& path) {
  std::vector<std::string> fields;
  for (const auto& variable : path.variables()) fields.push_back(variable.field);
  return fields;
}

TEST(PathTemplateTest, ReadsWhatContractsWrite) {
  const auto path = PathTemplate::Parse("/v1/{period=blocs/*/pacts/*}/scorecards/{unit.name}:show");
  ASSERT_TRUE(path.ok()) << path.status();
  EXPECT_THAT(path->segments(), ElementsAre("v1", "blocs", "*", "pacts", "*", "scorecards", "*"));
  EXPECT_THAT(FieldsOf(*path), ElementsAre("period", "unit.name"));
  EXPECT_EQ(path->verb(), "show");
  EXPECT_EQ(path->variables()[0].begin, 1u);
  EXPECT_EQ(path->variables()[0].end, 5u);
}

TEST(PathTemplateTest, RefusesWhatIsNoTemplate) {
  for (const char* text :
       {"", "/", "v1/units", "/v1//units", "/v1/units/", "/v1/{name=units/*", "/v1/{name=**}",
        "/v1/**", "/v1/{name=}", "/v1/units:", "/v1/units:a/b", "/v1/{a}{b}", "/v1/{a}b"}) {
    EXPECT_FALSE(PathTemplate::Parse(text).ok()) << text;
  }
}

struct Asking {
  const char* path_template;
  const char* path;
  std::optional<std::vector<std::string>> values;
};

TEST(PathTemplateTest, Matches) {
  const char* kPeriod = "/v1/{name=blocs/*/pacts/*}";
  const Asking kAskings[] = {
      {"/v1/units", "/v1/units", {{}}},
      {"/v1/units", "/v1/units/", std::nullopt},
      {"/v1/units", "/v1/unit", std::nullopt},
      {"/v1/units", "/v1/units:resolve", std::nullopt},
      {"/v1/units:resolve", "/v1/units:resolve", {{}}},
      {"/v1/units:resolve", "/v1/units", std::nullopt},
      {kPeriod, "/v1/blocs/khoi-4/pacts/2019", {{"blocs/khoi-4/pacts/2019"}}},
      {kPeriod, "/v1/blocs//pacts/2019", std::nullopt},
      {kPeriod, "/v1/blocs/khoi-4/pacts/", std::nullopt},
      {kPeriod, "/v1/blocs/khoi-4/pacts/2019/periods", std::nullopt},
      {kPeriod, "/v1/blocs/kh%E1%BB%91i/pacts/%32019", {{"blocs/khối/pacts/2019"}}},
      {kPeriod, "/V1/blocs/khoi-4/pacts/2019", std::nullopt},
      {"/v1/{id}/draft", "/v1/a+b/draft", {{"a+b"}}},
      {"/v1/{id}:sign", "/v1/x:y:sign", {{"x:y"}}},
      // What is encoded is a part of the name, and never a verb.
      {"/v1/{id}:sign", "/v1/x%3Asign", std::nullopt},
      {"/v1/{id}", "/v1/x%3Asign", {{"x:sign"}}},
      {"/v1/{a=units/*}/x/{b}", "/v1/units/1/x/2", {{"units/1", "2"}}},
  };
  for (const Asking& asking : kAskings) {
    SCOPED_TRACE(testing::Message() << asking.path_template << " " << asking.path);
    const auto path = PathTemplate::Parse(asking.path_template);
    ASSERT_TRUE(path.ok());
    const auto asked = ReadPath(asking.path);
    ASSERT_TRUE(asked.has_value());
    EXPECT_EQ(path->Match(*asked), asking.values);
  }
}

TEST(PathTemplateTest, WhatIsNoPathIsNotRead) {
  for (const char* path : {"", "v1/units", "*", "http://x/v1/units", "/v1/%", "/v1/%4", "/v1/%zz",
                           "/v1/a%2Fb", "/v1/a%2fb", "/v1/%FF", "/v1/%C3%28"}) {
    EXPECT_FALSE(ReadPath(path).has_value()) << path;
  }
}

TEST(PathTemplateTest, PercentDecoded) {
  EXPECT_THAT(PercentDecoded("%41+%C4%90"), Optional(std::string("A+Đ")));
  EXPECT_THAT(PercentDecoded("%2541"), Optional(std::string("%41")));  // Once.
  EXPECT_EQ(PercentDecoded("a%"), std::nullopt);
  EXPECT_EQ(PercentDecoded("a%4"), std::nullopt);
  EXPECT_EQ(PercentDecoded("a%4g"), std::nullopt);
}

}  // namespace
}  // namespace thidua::portal
