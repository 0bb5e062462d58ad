#include "services/portal/transcoding.h"

#include <gmock/gmock.h>
#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "services/domain/fault.h"
#include "services/portal/contracts_testlib.h"

namespace thidua::portal {
namespace {

using google::protobuf::Message;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr char kContract[] = R"(
  syntax = "proto3";
  package test;
  import "google/api/annotations.proto";
  import "google/protobuf/field_mask.proto";
  import "google/protobuf/timestamp.proto";
  enum Kind { KIND_UNSPECIFIED = 0; KIND_GOOD = 1; }
  message Figure { string value = 1; }
  message Row {
    string name = 1;
    Figure actual = 2;
    repeated Row parts = 3;
  }
  message Asked {
    string name = 1;
    int32 count = 2;
    int64 big = 3;
    uint64 bits = 4;
    bool flag = 5;
    Kind kind = 6;
    repeated string units = 7;
    repeated Kind kinds = 8;
    repeated int64 numbers = 9;
    google.protobuf.FieldMask update_mask = 10;
    google.protobuf.Timestamp at_time = 11;
    optional int32 limit = 12;
    optional string note = 13;
    optional bool seen = 14;
    Row row = 15;
    repeated Row rows = 16;
    oneof choice { string left = 17; int32 right = 18; }
    string request_id = 19;
    bytes raw = 20;
    map<string, int64> by_unit = 21;
  }
  service S {
    rpc Get(Asked) returns (Asked) { option (google.api.http) = { get: "/v1/{name=x/*}" }; }
    rpc Deep(Asked) returns (Asked) { option (google.api.http) = { get: "/v1/{row.name=r/*}" }; }
    rpc Post(Asked) returns (Asked) {
      option (google.api.http) = { post: "/v1/{name=x/*}" body: "*" };
    }
    rpc Patch(Asked) returns (Asked) {
      option (google.api.http) = { patch: "/v1/{row.name=r/*}" body: "row" };
    }
  }
)";

class TranscodingTest : public testing::Test {
 protected:
  TranscodingTest()
      : contracts_(ContractsOf(kContract)),
        routes_(*Routes::Of(*contracts_)),
        transcoding_(*contracts_),
        asked_(*contracts_->pool().FindMessageTypeByName("test.Asked")) {}

  absl::StatusOr<std::unique_ptr<Message>> Request(const std::string& verb,
                                                   const std::string& target,
                                                   absl::string_view body) {
    const size_t question = target.find('?');
    const auto found = routes_.Find(verb, *ReadPath(target.substr(0, question)));
    if (!found.has_value()) return absl::NotFoundError(target);
    const auto query = ReadQuery(question == std::string::npos ? "" : target.substr(question + 1));
    if (!query.ok()) return query.status();
    return transcoding_.RequestOf(*found, *query, body);
  }
  // As text on one line, or "REASON at field".
  std::string Read(const std::string& verb, const std::string& target,
                   absl::string_view body = "") {
    const auto request = Request(verb, target, body);
    if (!request.ok()) return Refused(request.status());
    google::protobuf::TextFormat::Printer printer;
    printer.SetSingleLineMode(true);
    printer.SetUseUtf8StringEscaping(true);
    std::string text;
    printer.PrintToString(**request, &text);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
  }
  std::string ReadBody(absl::string_view body) { return Read("POST", "/v1/x/1", body); }
  static std::string Refused(const absl::Status& status) {
    const auto faults = domain::FaultsOf(status);
    if (faults.empty()) return status.ToString();
    return absl::StrCat(faults[0].reason, " at ", faults[0].path);
  }
  // What is read from the JSON, printed again.
  nlohmann::json Back(absl::string_view body) {
    const auto request = Request("POST", "/v1/x/1", body);
    if (!request.ok()) return Refused(request.status());
    return nlohmann::json::parse(*transcoding_.JsonOf(asked_, (*request)->SerializeAsString()));
  }

  const std::unique_ptr<Contracts> contracts_;
  const Routes routes_;
  const Transcoding transcoding_;
  const google::protobuf::Descriptor& asked_;
};

TEST_F(TranscodingTest, AFieldIsSaidInThePathTheQueryOrTheBody) {
  const struct {
    const char* verb;
    const char* target;
    const char* body;
    const char* request;
  } kAskings[] = {
      {"GET", "/v1/x/1", "", R"(name: "x/1")"},
      {"GET", "/v1/x/1?count=3&flag=true", "", R"(name: "x/1" count: 3 flag: true)"},
      {"GET", "/v1/x/1?count=-2147483648", "", R"(name: "x/1" count: -2147483648)"},
      {"GET", "/v1/x/1?big=9007199254740993", "", R"(name: "x/1" big: 9007199254740993)"},
      {"GET", "/v1/x/1?bits=18446744073709551615", "", R"(name: "x/1" bits: 18446744073709551615)"},
      {"GET", "/v1/x/1?kind=KIND_GOOD", "", R"(name: "x/1" kind: KIND_GOOD)"},
      {"GET", "/v1/x/1?units=a&units=%C4%90%E1%BB%A9c+b", "",
       R"(name: "x/1" units: "a" units: "Đức b")"},
      {"GET", "/v1/x/1?kinds=KIND_GOOD&numbers=1&numbers=-2", "",
       R"(name: "x/1" kinds: KIND_GOOD numbers: 1 numbers: -2)"},
      {"GET", "/v1/x/1?updateMask=row.name,atTime", "",
       R"(name: "x/1" update_mask { paths: "row.name" paths: "at_time" })"},
      {"GET", "/v1/x/1?atTime=2019-07-01T00:00:00Z", "",
       R"(name: "x/1" at_time { seconds: 1561939200 })"},
      {"GET", "/v1/x/1?at_time=2019-07-01T07:00:00%2B07:00", "",
       R"(name: "x/1" at_time { seconds: 1561939200 })"},
      {"GET", "/v1/x/1?requestId=r", "", R"(name: "x/1" request_id: "r")"},
      {"GET", "/v1/x/1?row.name=a&row.actual.value=1", "",
       R"(name: "x/1" row { name: "a" actual { value: "1" } })"},
      {"GET", "/v1/x/1?left=a", "", R"(name: "x/1" left: "a")"},
      // Zero that was said is there, where the contract tells it from nothing.
      {"GET", "/v1/x/1?limit=0&note=&seen=false", "",
       R"(name: "x/1" limit: 0 note: "" seen: false)"},
      {"GET", "/v1/x/1?right=0", "", R"(name: "x/1" right: 0)"},
      {"GET", "/v1/x/1?&&", "", R"(name: "x/1")"},
      {"GET", "/v1/r/1?count=1", "", R"(count: 1 row { name: "r/1" })"},
      {"POST", "/v1/x/1", "", R"(name: "x/1")"},
      {"POST", "/v1/x/1", "{}", R"(name: "x/1")"},
      {"POST", "/v1/x/1", R"({"name": "x/1", "count": 2})", R"(name: "x/1" count: 2)"},
      {"PATCH", "/v1/r/1", R"({"actual": {"value": "2"}})",
       R"(row { name: "r/1" actual { value: "2" } })"},
      {"PATCH", "/v1/r/1?updateMask=actual", R"({"name": "r/1"})",
       R"(update_mask { paths: "actual" } row { name: "r/1" })"},
      {"PATCH", "/v1/r/1", "", R"(row { name: "r/1" })"},

      {"GET", "/v1/x/1", "{}", "BODY_UNEXPECTED at "},
      {"GET", "/v1/x/1?nothing=1", "", "PARAMETER_UNKNOWN at nothing"},
      {"GET", "/v1/x/1?row.nothing=1", "", "PARAMETER_UNKNOWN at row.nothing"},
      {"GET", "/v1/x/1?count.x=1", "", "PARAMETER_UNKNOWN at count.x"},
      {"GET", "/v1/x/1?rows.name=1", "", "PARAMETER_UNKNOWN at rows.name"},
      {"GET", "/v1/x/1?.=1", "", "PARAMETER_UNKNOWN at ."},
      {"GET", "/v1/x/1?name=x/2", "", "PARAMETER_UNKNOWN at name"},
      {"GET", "/v1/x/1?row=a", "", "PARAMETER_INVALID at row"},
      {"GET", "/v1/x/1?rows=a", "", "PARAMETER_INVALID at rows"},
      {"GET", "/v1/x/1?byUnit=a", "", "PARAMETER_INVALID at byUnit"},
      {"GET", "/v1/x/1?raw=a", "", "PARAMETER_INVALID at raw"},
      {"GET", "/v1/x/1?count=", "", "PARAMETER_INVALID at count"},
      {"GET", "/v1/x/1?count=1.0", "", "PARAMETER_INVALID at count"},
      {"GET", "/v1/x/1?count=2147483648", "", "PARAMETER_INVALID at count"},
      {"GET", "/v1/x/1?bits=-1", "", "PARAMETER_INVALID at bits"},
      {"GET", "/v1/x/1?flag=1", "", "PARAMETER_INVALID at flag"},
      {"GET", "/v1/x/1?kind=1", "", "PARAMETER_INVALID at kind"},
      {"GET", "/v1/x/1?kind=KIND_BAD", "", "PARAMETER_INVALID at kind"},
      {"GET", "/v1/x/1?atTime=yesterday", "", "PARAMETER_INVALID at atTime"},
      {"GET", "/v1/x/1?atTime=%22%7D", "", "PARAMETER_INVALID at atTime"},
      {"GET", "/v1/x/1?atTime=%0A", "", "PARAMETER_INVALID at atTime"},
      {"GET", "/v1/x/1?count=1&count=1", "", "PARAMETER_REPEATED at count"},
      {"GET", "/v1/x/1?request_id=a&requestId=a", "", "PARAMETER_REPEATED at requestId"},
      {"GET", "/v1/x/1?left=a&right=1", "", "PARAMETER_REPEATED at right"},
      {"GET", "/v1/x/1?count=%4", "", "QUERY_UNREADABLE at "},
      {"GET", "/v1/x/1?requestId=%FF", "", "QUERY_UNREADABLE at "},
      {"POST", "/v1/x/1?count=1", "{}", "PARAMETER_UNKNOWN at count"},
      {"POST", "/v1/x/1", R"({"name": "x/2"})", "PATH_CONTRADICTED at name"},
      {"PATCH", "/v1/r/1", R"({"name": "r/2"})", "PATH_CONTRADICTED at row.name"},
      {"PATCH", "/v1/r/1?row.name=r/1", "", "PARAMETER_UNKNOWN at row.name"},
      {"PATCH", "/v1/r/1?row.actual.value=1", "", "PARAMETER_UNKNOWN at row.actual.value"},
      {"PATCH", "/v1/r/1", R"({"actual": {"valu": "2"}})", "FIELD_UNKNOWN at row.actual.valu"},
  };
  for (const auto& asking : kAskings) {
    EXPECT_EQ(Read(asking.verb, asking.target, asking.body), asking.request)
        << asking.verb << " " << asking.target << " " << asking.body;
  }
}

TEST_F(TranscodingTest, JsonIsReadAsProtobufSays) {
  EXPECT_EQ(ReadBody(R"({"big": "9007199254740993", "bits": 18446744073709551615})"),
            R"(name: "x/1" big: 9007199254740993 bits: 18446744073709551615)");
  EXPECT_EQ(ReadBody(R"({"big": 9007199254740993})"), R"(name: "x/1" big: 9007199254740993)");
  EXPECT_EQ(ReadBody(R"({"kind": "KIND_GOOD", "kinds": ["KIND_GOOD", 0]})"),
            R"(name: "x/1" kind: KIND_GOOD kinds: KIND_GOOD kinds: KIND_UNSPECIFIED)");
  EXPECT_EQ(ReadBody(R"({"updateMask": "row.name,atTime", "atTime": "2019-07-01T00:00:00Z"})"),
            R"(name: "x/1" update_mask { paths: "row.name" paths: "at_time" } )"
            R"(at_time { seconds: 1561939200 })");
  EXPECT_EQ(ReadBody(R"({"request_id": "a"})"), R"(name: "x/1" request_id: "a")");
  EXPECT_EQ(ReadBody(R"({"note": null, "row": null, "units": null})"), R"(name: "x/1")");
  EXPECT_EQ(ReadBody(R"({"note": "\u0110\u1ee9c \ud83d\ude00"})"), R"(name: "x/1" note: "Đức 😀")");
}

TEST_F(TranscodingTest, ZeroAndAbsentAreKeptApart) {
  const nlohmann::json nothing = Back("{}");
  EXPECT_EQ(nothing["count"], 0);
  EXPECT_EQ(nothing["big"], "0");
  EXPECT_EQ(nothing["flag"], false);
  EXPECT_EQ(nothing["kind"], "KIND_UNSPECIFIED");
  EXPECT_EQ(nothing["requestId"], "");
  EXPECT_EQ(nothing["units"], nlohmann::json::array());
  EXPECT_EQ(nothing["rows"], nlohmann::json::array());
  EXPECT_EQ(nothing["byUnit"], nlohmann::json::object());
  for (const char* absent :
       {"limit", "note", "seen", "row", "updateMask", "atTime", "left", "right"}) {
    EXPECT_FALSE(nothing.contains(absent)) << absent;
  }
  const nlohmann::json zero = Back(
      R"({"limit": 0, "note": "", "seen": false, "row": {}, "right": 0, "count": 0, "rows": [{}]})");
  EXPECT_EQ(zero["limit"], 0);
  EXPECT_EQ(zero["note"], "");
  EXPECT_EQ(zero["seen"], false);
  EXPECT_EQ(zero["right"], 0);
  const nlohmann::json empty_row = {{"name", ""}, {"parts", nlohmann::json::array()}};
  EXPECT_EQ(zero["row"], empty_row);
  EXPECT_EQ(zero["rows"], nlohmann::json::array({empty_row}));
  EXPECT_EQ(Back(R"({"row": {"actual": {}}})")["row"]["actual"], nlohmann::json({{"value", ""}}));
  // What was printed is read as it was.
  for (const nlohmann::json& one : {nothing, zero}) EXPECT_EQ(Back(one.dump()), one);
}

TEST_F(TranscodingTest, AnswersAreOnOneLineWithTextsOfEveryKind) {
  const auto request =
      Request("POST", "/v1/x/1", R"({"note": "a\nb\u2028\u0000\"<", "big": "-1"})");
  ASSERT_TRUE(request.ok());
  const auto json = transcoding_.JsonOf(asked_, (*request)->SerializeAsString());
  ASSERT_TRUE(json.ok());
  EXPECT_THAT(*json, Not(HasSubstr("\n")));
  EXPECT_THAT(*json, HasSubstr(R"("big":"-1")"));
  EXPECT_EQ(nlohmann::json::parse(*json)["note"], std::string("a\nb\xE2\x80\xA8\0\"<", 9));
}

// A figure passes as it was written, or not at all: never by way of a binary number.
TEST_F(TranscodingTest, ANumberInPlaceOfADecimalTextIsRefused) {
  for (const char* number : {"12345678901234567890.123", "0.1", "1e3", "17893", "-1", "0", "true",
                             "18446744073709551616"}) {
    EXPECT_EQ(ReadBody(absl::StrCat(R"({"rows": [{}, {"actual": {"value": )", number, "}}]}")),
              "VALUE_INVALID at rows[1].actual.value")
        << number;
  }
  EXPECT_EQ(Back(R"({"row": {"actual": {"value": "12345678901234567890.1230"}}})")["row"]["actual"],
            nlohmann::json({{"value", "12345678901234567890.1230"}}));
}

TEST_F(TranscodingTest, WholeNumbersAreNeverRounded) {
  for (const char* number : {"1.5", "9007199254740993.0", "9223372036854775808", "1e19", "\"1.5\"",
                             "\"\"", "\" 1\"", "\"9223372036854775808\""}) {
    EXPECT_EQ(ReadBody(absl::StrCat(R"({"big": )", number, "}")), "VALUE_INVALID at big") << number;
  }
}

TEST_F(TranscodingTest, WhatIsWrongWithTheJsonIsToldWithItsPlace) {
  const struct {
    std::string body;
    const char* refused;
  } kBodies[] = {
      {R"({"nope": 1})", "FIELD_UNKNOWN at nope"},
      {R"({"rows": [{"nope": 1}]})", "FIELD_UNKNOWN at rows[0].nope"},
      {R"({"rows": [{}, {"parts": [{"actual": {"nope": 1}}]}]})",
       "FIELD_UNKNOWN at rows[1].parts[0].actual.nope"},
      {R"({"kind": "KIND_BAD"})", "VALUE_INVALID at kind"},
      {R"({"count": "x"})", "VALUE_INVALID at count"},
      {R"({"count": 2147483648})", "VALUE_INVALID at count"},
      {R"({"flag": "yes"})", "VALUE_INVALID at flag"},
      {R"({"atTime": "yesterday"})", "VALUE_INVALID at at_time"},
      {R"({"row": 1})", "VALUE_INVALID at row"},
      {R"({"row": []})", "VALUE_INVALID at row"},
      {R"({"rows": {}})", "VALUE_INVALID at rows"},
      {R"({"units": "a"})", "VALUE_INVALID at units"},
      {R"({"count": {}})", "VALUE_INVALID at count"},
      {R"({"left": "a", "right": 1})", "FIELD_REPEATED at right"},
      {"{", "JSON_INVALID at "},
      {"{\"count\": 1} x", "JSON_INVALID at "},
      {"{\"count\": 1}{}", "JSON_INVALID at "},
      {"[]", "JSON_INVALID at "},
      {"1", "JSON_INVALID at "},
      {"\"x\"", "JSON_INVALID at "},
      {"null", "JSON_INVALID at "},
      {"{\"note\": \"\xFF\"}", "JSON_INVALID at note"},
      {"{\"note\": \"\xC3\x28\"}", "JSON_INVALID at note"},
      {R"({"note": "\ud800"})", "JSON_INVALID at note"},
      {"{'count': 1}", "JSON_INVALID at "},
      {"{count: 1}", "JSON_INVALID at "},
      {"{\"count\": 1,}", "JSON_INVALID at count"},
      {"{\"count\": NaN}", "JSON_INVALID at count"},
      {R"({"count": 1, "count": 2})", "FIELD_REPEATED at count"},
      {R"({"requestId": "a", "request_id": "a"})", "FIELD_REPEATED at request_id"},
      {R"({"byUnit": {"a": 1, "a": 2}})", "FIELD_REPEATED at byUnit.a"},
      {R"({"byUnit": {"a": "x"}})", "VALUE_INVALID at by_unit[0].value"},
      {R"({"row": {"name": "a"}, "row": {"name": "b"}})", "FIELD_REPEATED at row"},
  };
  for (const auto& [body, refused] : kBodies) EXPECT_EQ(ReadBody(body), refused) << body;
}

TEST_F(TranscodingTest, WhatIsTooDeepIsRefusedAndWhatIsDeepIsNot) {
  const auto nested = [](int depth) {
    std::string open, close;
    for (int i = 0; i < depth; ++i) {
      absl::StrAppend(&open, R"({"parts":[)");
      absl::StrAppend(&close, "]}");
    }
    return absl::StrCat(R"({"row":)", open, close, "}");
  };
  EXPECT_THAT(ReadBody(nested(20)), HasSubstr("parts { parts {"));
  for (int depth : {200, 100'000}) EXPECT_THAT(ReadBody(nested(depth)), HasSubstr("JSON_TOO_DEEP"));
  EXPECT_EQ(ReadBody(absl::StrCat(R"({"units":)", std::string(1'000'000, '['))),
            "VALUE_INVALID at units[0]");
  EXPECT_EQ(ReadBody(std::string(1'000'000, '[')), "JSON_INVALID at ");
}

TEST_F(TranscodingTest, WhatIsLongIsTakenAndWhatIsLongAndWrongIsToldShortly) {
  const std::string long_text(16'000'000, 'a');
  const auto request = Request("POST", "/v1/x/1", absl::StrCat(R"({"note": ")", long_text, "\"}"));
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(TextOf(**request, "note"), long_text);
  for (const std::string& body :
       {absl::StrCat(R"({"kind": ")", long_text, "\"}"), absl::StrCat("{\"", long_text, "\": 1}"),
        long_text, absl::StrCat("{", std::string(1'000'000, '('))}) {
    const auto refused = Request("POST", "/v1/x/1", body);
    ASSERT_FALSE(refused.ok());
    EXPECT_LT(refused.status().message().size(), 2000u);
  }
}

TEST_F(TranscodingTest, AFaultSpeaksToPeople) {
  const auto status = Request("POST", "/v1/x/1", R"({"kind": "KIND_BAD"})").status();
  EXPECT_THAT(domain::FaultsOf(status)[0].message, HasSubstr("Giá trị \"KIND_BAD\""));
}

TEST_F(TranscodingTest, QueriesAreReadInTheirOrder) {
  EXPECT_THAT(*ReadQuery("b=1&a=%26+%3D&c&b=2=3"),
              ElementsAre(Pair("b", "1"), Pair("a", "& ="), Pair("c", ""), Pair("b", "2=3")));
  EXPECT_THAT(*ReadQuery("%62=%2B"), ElementsAre(Pair("b", "+")));
  EXPECT_TRUE(ReadQuery("")->empty());
}

TEST_F(TranscodingTest, WhatHeadersSayIsSetWhereNothingElseIsSaid) {
  const auto message = transcoding_.NewMessage(asked_);
  EXPECT_TRUE(SetTextWhereEmpty(*message, "request_id", "a"));
  EXPECT_EQ(TextOf(*message, "request_id"), "a");
  EXPECT_TRUE(SetTextWhereEmpty(*message, "request_id", "a"));
  EXPECT_FALSE(SetTextWhereEmpty(*message, "request_id", "b"));
  EXPECT_FALSE(SetTextWhereEmpty(*message, "nothing", "b"));
  EXPECT_FALSE(SetTextWhereEmpty(*message, "count", "b"));
  EXPECT_FALSE(SetTextWhereEmpty(*message, "units", "b"));
  EXPECT_EQ(TextOf(*message, "nothing"), "");
  EXPECT_EQ(TextOf(*message, "count"), "");
}

}  // namespace
}  // namespace thidua::portal
