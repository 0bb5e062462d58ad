#include "services/access/json_object.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace thidua::access {
namespace {

// So many objects within each other.
std::string Nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "{\"a\":";
  return absl::StrCat(text, "1", std::string(static_cast<size_t>(depth), '}'));
}

TEST(JsonObjectTest, IsReadAsItIs) {
  const auto object = ReadJsonObject(R"( {"a": ["ă", 1.5, null], "b": {"a": true}} )");
  ASSERT_TRUE(object.ok()) << object.status();
  EXPECT_EQ(object->at("a").at(0), "ă");
  EXPECT_EQ(object->at("a").at(1), 1.5);
  EXPECT_EQ(object->at("b").at("a"), true);
  EXPECT_TRUE(ReadJsonObject("{}").ok());
  EXPECT_TRUE(ReadJsonObject(Nested(kJsonObjectDepthMax)).ok());
}

TEST(JsonObjectTest, WhatIsNotStrictlyAnObjectIsRefused) {
  const std::string cases[] = {
      "",
      "null",
      "1",
      "[]",
      "\"{}\"",
      "{",
      "{}}",
      "{} {}",
      "{'a':1}",
      "{a:1}",
      "{\"a\":1,}",
      "{\"a\":NaN}",
      "{\"a\":Infinity}",
      "{\"a\":1e999}",
      "{\"a\":01}",
      "{\"a\":1}//",
      "{\"a\":\"\\ud800\"}",
      "{\"a\":\"\xff\"}",
      "{\"a\":\"\xc0\x80\"}",
      "{\"a\":\"\xed\xa0\x80\"}",
      "{\"a\":\"\n\"}",
      std::string("{\"a\":1}\0", 8),
      std::string("{\"a\":1}\0{\"a\":2}", 15),
      std::string("{\"a\0\":1}", 8),
      "{\"a\":1,\"a\":1}",
      "{\"a\":1,\"\\u0061\":2}",
      "{\"b\":{\"a\":1,\"c\":2,\"a\":3}}",
      "{\"b\":[{\"a\":1,\"a\":1}]}",
      Nested(kJsonObjectDepthMax + 1),
      Nested(100000),
      absl::StrCat("{\"a\":", std::string(100000, '[')),
      absl::StrCat("{\"a\":", std::string(1000, '['), std::string(1000, ']'), "}"),
  };
  for (const std::string& text : cases) {
    EXPECT_EQ(ReadJsonObject(text).status().code(), absl::StatusCode::kInvalidArgument)
        << text.substr(0, 100);
  }
}

TEST(JsonObjectTest, OneNameInDifferentObjectsIsNotTwice) {
  EXPECT_TRUE(ReadJsonObject(R"({"a":{"a":1},"b":[{"a":1},{"a":1}]})").ok());
}

// A document of the largest size that a key file may have, read in the time that it takes to go
// through it once: were it to grow with the square, this would take minutes.
TEST(JsonObjectTest, ALongListOfObjectsIsReadInOneGo) {
  std::string text = "{\"keys\":[{}";
  while (text.size() < 1024 * 1024) text += ",{}";
  const auto object = ReadJsonObject(text + "]}");
  ASSERT_TRUE(object.ok()) << object.status();
  EXPECT_GT(object->at("keys").size(), 300000u);
}

}  // namespace
}  // namespace thidua::access
