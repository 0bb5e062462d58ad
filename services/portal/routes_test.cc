#include "services/portal/routes.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/portal/contracts_testlib.h"

namespace thidua::portal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

TEST(RoutesTest, EveryRpcOfTheContractsIsReachedButThoseWhoseStreamsAreFiles) {
  std::vector<std::string> without;
  for (const auto* service : Contracts::Embedded().services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      if (BindingsOf(*service->method(i)).empty()) without.push_back(service->method(i)->name());
    }
  }
  // And what is for who runs the services.
  EXPECT_THAT(without, UnorderedElementsAre("ImportResults", "UploadEvidence", "DownloadEvidence",
                                            "ListAuditEntries", "ExportAuditEntries",
                                            "ListAuditCheckpoints", "VerifyAudit"));
}

TEST(RoutesTest, EachRouteIsFoundByAPathOfItsOwn) {
  const auto routes = Routes::Of(Contracts::Embedded());
  ASSERT_TRUE(routes.ok()) << routes.status();
  EXPECT_GE(routes->all().size(), 70u);
  for (const Route& route : routes->all()) {
    std::string path;
    int n = 0;
    for (const std::string& segment : route.path.segments()) {
      absl::StrAppend(&path, "/", segment == "*" ? absl::StrCat("ten-", ++n) : segment);
    }
    if (!route.path.verb().empty()) absl::StrAppend(&path, ":", route.path.verb());
    SCOPED_TRACE(path);
    const auto asked = ReadPath(path);
    ASSERT_TRUE(asked.has_value());
    const auto found = routes->Find(route.binding.verb, *asked);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->route, &route);
    EXPECT_EQ(found->values.size(), route.path.variables().size());
    for (const std::string& value : found->values) EXPECT_THAT(value, HasSubstr("ten-"));
    EXPECT_THAT(routes->VerbsAt(*asked), testing::Contains(route.binding.verb));
    EXPECT_FALSE(routes->Find("TRACE", *asked).has_value());
    // What only reads is asked by GET, and nothing that changes anything is.
    EXPECT_EQ(route.binding.verb == "GET", route.binding.body.empty());
  }
}

TEST(RoutesTest, VerbsAtAnAddress) {
  const auto routes = Routes::Of(Contracts::Embedded());
  ASSERT_TRUE(routes.ok());
  EXPECT_THAT(routes->VerbsAt(*ReadPath("/v1/units")), ElementsAre("GET", "POST"));
  EXPECT_THAT(routes->VerbsAt(*ReadPath("/v1/units/x")), ElementsAre("GET", "PATCH"));
  EXPECT_THAT(routes->VerbsAt(*ReadPath("/v1/schemes/x/draft")), ElementsAre("GET", "PUT"));
  EXPECT_THAT(routes->VerbsAt(*ReadPath("/v1/nothing")), ElementsAre());
  EXPECT_THAT(routes->VerbsAt(*ReadPath("/v1/units:nothing")), ElementsAre());
}

// A service of the two RPCs; why it cannot be served.
std::string RefusalOf(const std::string& rpcs) {
  const auto contracts = ContractsOf(absl::StrCat(R"(
      syntax = "proto3";
      package test;
      import "google/api/annotations.proto";
      message Part { string name = 1; }
      message Asked {
        string name = 1;
        int32 number = 2;
        Part part = 3;
        repeated Part parts = 4;
        repeated string names = 5;
      }
      service S { )",
                                                  rpcs, "}"));
  return std::string(Routes::Of(*contracts).status().message());
}

std::string Get(const std::string& name, const std::string& path) {
  return absl::StrCat("rpc ", name, "(Asked) returns (Part) { option (google.api.http) = { get: \"",
                      path, "\" }; }\n");
}
std::string Post(const std::string& body) {
  return absl::StrCat(
      "rpc P(Asked) returns (Part) { option (google.api.http) = { post: \"/v1/p\" body: \"", body,
      "\" }; }\n");
}

TEST(RoutesTest, WhatCannotBeServedIsRefusedAtTheStart) {
  EXPECT_EQ(RefusalOf(Get("A", "/v1/{name}") + Get("B", "/v1/{part.name=p/*}")), "");
  EXPECT_THAT(RefusalOf(Get("A", "/v1/{nothing}")), HasSubstr("no text field nothing"));
  EXPECT_THAT(RefusalOf(Get("A", "/v1/{number}")), HasSubstr("no text field number"));
  EXPECT_THAT(RefusalOf(Get("A", "/v1/{part}")), HasSubstr("no text field part"));
  EXPECT_THAT(RefusalOf(Get("A", "/v1/{names}")), HasSubstr("no text field names"));
  EXPECT_THAT(RefusalOf(Get("A", "/v1/{name.part}")), HasSubstr("no text field name.part"));
  EXPECT_THAT(RefusalOf(Get("A", "/v1/{parts.name}")), HasSubstr("no text field parts.name"));
  EXPECT_THAT(RefusalOf(Get("A", "/v1/**")), HasSubstr("path template"));
  EXPECT_THAT(RefusalOf(Get("A", "/v1/{name}") + Get("B", "/v1/units")),
              HasSubstr("test.S.A and test.S.B for the same request"));
  EXPECT_THAT(RefusalOf(Get("A", "/v1/{name=x/*}:go") + Get("B", "/v1/x/{name}:go")),
              HasSubstr("for the same request"));
  EXPECT_EQ(RefusalOf(Get("A", "/v1/{name}:go") + Get("B", "/v1/{name}")), "");
  for (const char* body : {"*", "part"}) EXPECT_EQ(RefusalOf(Post(body)), "") << body;
  for (const char* body : {"name", "parts", "nothing"}) {
    EXPECT_THAT(RefusalOf(Post(body)), HasSubstr("no message field")) << body;
  }
  EXPECT_THAT(RefusalOf("rpc C(stream Asked) returns (Part) { option (google.api.http) = "
                        "{ post: \"/v1/c\" body: \"*\" }; }"),
              HasSubstr("a stream cannot be sent"));
}

TEST(RoutesTest, WhatIsNoDescriptorSetIsRefused) {
  EXPECT_FALSE(Contracts::Read("rubbish").ok());
  google::protobuf::FileDescriptorSet set;
  set.add_file()->set_name("a.proto");
  set.mutable_file(0)->add_dependency("missing.proto");
  EXPECT_FALSE(Contracts::Read(set.SerializeAsString()).ok());
}

}  // namespace
}  // namespace thidua::portal
