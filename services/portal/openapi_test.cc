#include "services/portal/openapi.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/portal/contract_comment.h"
#include "services/portal/contracts.h"

namespace thidua::portal {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::ordered_json;

constexpr char kGolden[] = THIDUA_SOURCE_DIR "/docs/integration/openapi.json";

const Json& Document() {
  static const auto* const kDocument = new Json(OpenApiDocument(Contracts::Embedded()));
  return *kDocument;
}

void ForEachOperation(const std::function<void(const std::string& path, const std::string& verb,
                                               const Json&)>& each) {
  for (const auto& [path, verbs] : Document()["paths"].items()) {
    for (const auto& [verb, operation] : verbs.items()) each(path, verb, operation);
  }
}

const Json& Operation(const std::string& path, const std::string& verb) {
  return Document().at("paths").at(path).at(verb);
}

const Json& Schema(const std::string& name) {
  return Document().at("components").at("schemas").at(name);
}

Json Resolved(const Json& json) {
  if (!json.contains("$ref")) return json;
  return Document().at(Json::json_pointer(json["$ref"].get<std::string>().substr(1)));
}

std::vector<std::string> ParameterNames(const Json& operation, const std::string& in) {
  std::vector<std::string> names;
  for (const Json& parameter : operation.value("parameters", Json::array())) {
    const Json resolved = Resolved(parameter);
    if (resolved.at("in") == in) names.push_back(resolved.at("name"));
  }
  return names;
}

std::vector<std::string> KeysOf(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

// What other systems generate their clients from does not change by accident. After a change that
// is meant: THIDUA_WRITE_GOLDEN=1 build/release/bin/portal_openapi_test
TEST(OpenApiTest, IsWhatIsCommitted) {
  const std::string written = Document().dump(1) + "\n";
  if (std::getenv("THIDUA_WRITE_GOLDEN") != nullptr) {
    std::ofstream(kGolden, std::ios::binary) << written;
  }
  std::stringstream read;
  read << std::ifstream(kGolden, std::ios::binary).rdbuf();
  const std::string golden = read.str();
  // Whole texts of this size are no help in a test's output.
  if (golden == written) return;
  const auto [was, is] =
      std::mismatch(golden.begin(), golden.end(), written.begin(), written.end());
  const auto from = std::max<std::ptrdiff_t>(0, is - written.begin() - 200);
  FAIL() << kGolden << " is not what the contracts say, which is from there on:\n"
         << written.substr(static_cast<size_t>(from), 400);
}

TEST(OpenApiTest, HasEveryRpcOfHttpOnce) {
  std::map<std::string, int> seen;
  std::set<std::string> ids;
  ForEachOperation([&](const std::string& path, const std::string& verb, const Json& operation) {
    EXPECT_TRUE(ids.insert(operation.at("operationId")).second) << verb << " " << path;
    if (operation.contains("x-thidua-rpc")) ++seen[operation["x-thidua-rpc"]];
  });
  size_t bound = 0;
  for (const auto* service : Contracts::Embedded().services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto& method = *service->method(i);
      const auto bindings = BindingsOf(method);
      EXPECT_EQ(seen[method.full_name()], static_cast<int>(bindings.size())) << method.full_name();
      bound += bindings.size();
    }
  }
  // None has taken the place of another of the same path; six are of files, three of the session.
  EXPECT_EQ(ids.size(), bound + 6 + 3);
}

TEST(OpenApiTest, EveryReferenceLeadsSomewhere) {
  std::set<std::string> reached;
  const std::function<void(const Json&)> walk = [&](const Json& json) {
    if (json.is_object() && json.contains("$ref")) {
      const std::string reference = json["$ref"];
      ASSERT_THAT(reference, StartsWith("#/"));
      EXPECT_TRUE(Document().contains(Json::json_pointer(reference.substr(1)))) << reference;
      reached.insert(reference);
    }
    for (const Json& inner : json) {
      if (inner.is_structured()) walk(inner);
    }
  };
  walk(Document());
  for (const auto& [kind, components] : Document()["components"].items()) {
    if (kind == "securitySchemes") continue;  // Named without a reference.
    for (const auto& [name, component] : components.items()) {
      EXPECT_THAT(reached, Contains(absl::StrCat("#/components/", kind, "/", name)));
      EXPECT_THAT(name, Not(HasSubstr("thidua."))) << "two of one name";
    }
  }
}

TEST(OpenApiTest, DescribesEachParameterOfEachPath) {
  const std::regex braces("\\{([^}]+)\\}");
  ForEachOperation([&](const std::string& path, const std::string& verb, const Json& operation) {
    std::vector<std::string> names;
    for (std::sregex_iterator i(path.begin(), path.end(), braces), end; i != end; ++i) {
      names.push_back((*i)[1]);
    }
    EXPECT_EQ(ParameterNames(operation, "path"), names) << verb << " " << path;
    std::set<std::string> unlike;
    for (const Json& reference : operation.value("parameters", Json::array())) {
      const Json parameter = Resolved(reference);
      EXPECT_TRUE(
          unlike.insert(absl::StrCat(parameter["in"].dump(), parameter["name"].dump())).second)
          << path << " " << parameter["name"];
      if (parameter.at("in") != "path") continue;
      EXPECT_EQ(parameter.at("required"), true);
      EXPECT_THAT(parameter.at("description").get<std::string>(), Not(IsEmpty()));
      EXPECT_TRUE(parameter["schema"].contains("pattern") || parameter["schema"].contains("enum"))
          << path << " " << parameter["name"];
    }
  });
}

TEST(OpenApiTest, TakesResourceNamesApart) {
  const Json& ranking = Operation("/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/ranking", "get");
  EXPECT_EQ(ranking["operationId"], "GetRanking");
  EXPECT_EQ(ranking["x-thidua-rpc"], "thidua.scoring.v1.ScoringService.GetRanking");
  EXPECT_THAT(ranking["tags"], ElementsAre("ScoringService"));
  EXPECT_THAT(ParameterNames(ranking, "path"), ElementsAre("bloc", "pact", "period"));
  EXPECT_THAT(ParameterNames(ranking, "query"), ElementsAre("freshnessToken", "revision"));
  const Json& card =
      Operation("/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/scorecards/units/{unit}", "get");
  EXPECT_THAT(ParameterNames(card, "query"), ElementsAre("freshnessToken", "revision"));
  // A variable that is an id alone is called as the name's part is: one path, one set of
  // parameters.
  EXPECT_THAT(KeysOf(Document()["paths"].at("/v1/schemes/{scheme}/draft")),
              ElementsAre("put", "get"));
}

TEST(OpenApiTest, AsksForWhatNeitherPathNorBodySays) {
  const Json& update = Operation("/v1/units/{unit}", "patch");
  EXPECT_THAT(ParameterNames(update, "query"),
              ElementsAre("updateMask", "requestId", "validateOnly"));
  EXPECT_THAT(ParameterNames(update, "header"), ElementsAre("Idempotency-Key"));
  EXPECT_EQ(update["requestBody"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/Unit");
  const Json& seal = Operation("/v1/blocs/{bloc}/pacts/{pact}/periods/{period}:seal", "post");
  EXPECT_THAT(ParameterNames(seal, "query"), IsEmpty());
  EXPECT_THAT(KeysOf(Schema("SealPeriodRequest")["properties"]),
              ElementsAre("periodVersion", "reason", "authority", "requestId", "validateOnly"));
  for (const Json& parameter : Operation("/v1/imports/{import}/outcomes", "get")["parameters"]) {
    if (parameter.value("name", "") != "kinds") continue;
    EXPECT_EQ(parameter["explode"], true);
    EXPECT_EQ(parameter["schema"]["items"]["$ref"], "#/components/schemas/RowOutcome.Kind");
  }
}

TEST(OpenApiTest, WritesJsonAsThePortalDoes) {
  const Json& ranking = Schema("Ranking")["properties"];
  EXPECT_EQ(ranking["pactVersion"]["format"], "int64");
  EXPECT_EQ(ranking["pactVersion"]["type"], "string");
  EXPECT_EQ(ranking["dataTime"]["format"], "date-time");
  EXPECT_EQ(ranking["rows"]["items"]["$ref"], "#/components/schemas/RankingRow");
  EXPECT_EQ(ranking["state"]["$ref"], "#/components/schemas/Ranking.State");
  // Nothing may stand beside a $ref.
  EXPECT_EQ(Schema("RankingRow")["properties"]["decidedBy"]["allOf"][0]["$ref"],
            "#/components/schemas/TieKey");
  EXPECT_THAT(Schema("Ranking.State")["enum"],
              ElementsAre("STATE_UNSPECIFIED", "STATE_PROVISIONAL", "STATE_FINAL"));
  EXPECT_THAT(Schema("Ranking.State")["description"].get<std::string>(),
              HasSubstr("`STATE_FINAL`: Made final by a decision (chính thức)"));
  EXPECT_EQ(Schema("GetReportResponse")["properties"]["content"]["format"], "byte");
}

TEST(OpenApiTest, AnswersAlwaysHaveWhatRequestsNeedNotSay) {
  const Json required = Schema("RankingRow")["required"];
  EXPECT_THAT(required, IsSupersetOf({"rank", "shared", "unit", "contents", "decidedByName"}));
  EXPECT_THAT(required, Not(Contains("exact")));
  EXPECT_FALSE(Schema("Unit").contains("required"));
  EXPECT_FALSE(Schema("Quantity").contains("required"));
  // Whatever the message holds.
  EXPECT_THAT(Schema("WatchRankingsResponse")["required"],
              ElementsAre("resumeToken", "storeId", "stale"));
}

TEST(OpenApiTest, TellsStreamsAndErrors) {
  const Json& watch = Operation("/v1/rankings:watch", "get");
  EXPECT_THAT(ParameterNames(watch, "header"), ElementsAre("Last-Event-ID"));
  const Json& answer = watch["responses"]["200"];
  EXPECT_EQ(answer["content"]["text/event-stream"]["schema"]["$ref"],
            "#/components/schemas/WatchRankingsResponse");
  EXPECT_THAT(
      answer["description"].get<std::string>(),
      AllOf(HasSubstr("`ranking`, `removed`, `snapshotEnd`, `bookmark`"), HasSubstr("`restart`")));
  ForEachOperation([](const std::string& path, const std::string&, const Json& operation) {
    EXPECT_EQ(operation["responses"]["default"]["$ref"], "#/components/responses/Error") << path;
  });
  EXPECT_THAT(Schema("ErrorInfo")["properties"]["@type"]["enum"],
              ElementsAre("type.googleapis.com/google.rpc.ErrorInfo"));
}

TEST(OpenApiTest, TellsWhoMayAsk) {
  const std::string period = "/v1/blocs/{bloc}/pacts/{pact}/periods/{period}";
  struct Case {
    std::string path, verb, callers;
    bool without_token;
  };
  const Case cases[] = {
      {"/v1/units", "get", "reader, reporter, leader, watcher, council, registrar, service", true},
      {"/v1/units", "post", "registrar", false},
      {period + "/ranking", "get",
       "reader (published); reporter, leader, watcher (published; own bloc); "
       "council, registrar, service",
       true},
      {period + "/review", "get",
       "reporter, leader, watcher (own bloc); council, registrar, service", false},
      {"/files/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/ranking.{format}", "get",
       "reader (published); reporter, leader, watcher (published; own bloc); "
       "council, registrar, service",
       true},
  };
  const Json token = {{"token", Json::array()}};
  for (const Case& one : cases) {
    const Json& operation = Operation(one.path, one.verb);
    EXPECT_THAT(operation["description"].get<std::string>(),
                testing::EndsWith(absl::StrCat("Callers: ", one.callers, ".")));
    EXPECT_EQ(operation["security"],
              one.without_token ? Json::array({Json::object(), token}) : Json::array({token}))
        << one.path;
  }
  ASSERT_TRUE(Document()["components"]["securitySchemes"].contains("token"));
  ForEachOperation([](const std::string& path, const std::string& verb, const Json& operation) {
    ASSERT_TRUE(operation.contains("security")) << verb << " " << path;
    if (path == "/session") return;
    EXPECT_EQ(operation["responses"]["401"]["$ref"], "#/components/responses/Unauthenticated");
    EXPECT_EQ(operation["responses"]["403"]["$ref"], "#/components/responses/Forbidden");
    EXPECT_EQ(KeysOf(operation["responses"]).back(), "default");
  });
}

TEST(OpenApiTest, TellsFiles) {
  const Json& report = Operation(
      "/files/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/reports/{report}.{format}", "get");
  EXPECT_THAT(ParameterNames(report, "path"),
              ElementsAre("bloc", "pact", "period", "report", "format"));
  EXPECT_THAT(
      ParameterNames(
          Operation("/files/v1/blocs/{bloc}/pacts/{pact}/periods/{period}/results.{format}", "get"),
          "query"),
      ElementsAre("freshnessToken"));
  EXPECT_THAT(KeysOf(report["responses"]["200"]["content"]),
              ElementsAre("application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                          "text/html", "text/plain"));
}

TEST(ReadableCommentTest, JoinsLinesAndKeepsParagraphsAndTerms) {
  EXPECT_EQ(ReadableComment(" One sentence\n of two lines.\n\n Another.\n"),
            "One sentence of two lines.\n\nAnother.");
  EXPECT_EQ(ReadableComment(" Every list takes\n"
                            "   page_size      1 to 1000; 0: 100.\n"
                            "                  More is served as 1000.\n"
                            "   page_token     from before.\n"
                            " and answers in order.\n"),
            "Every list takes\n\n- page_size: 1 to 1000; 0: 100. More is served as 1000.\n"
            "- page_token: from before.\n\nand answers in order.");
  EXPECT_EQ(ReadableComment("\n \n"), "");
}

}  // namespace
}  // namespace thidua::portal
