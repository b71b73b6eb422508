#include "agent/apiserver/discovery/openapi.h"

#include <gtest/gtest.h>

#include <fstream>

#include "agent/api/custom/publish.h"
#include "agent/api/object.h"
#include "agent/apiserver/discovery/answer.h"

namespace ordinal::apiserver {
namespace {

using api::Json;

http::Request Ask(std::vector<std::string> segments, const std::string& accept = "application/json, */*") {
  http::Request request;
  request.method = "GET";
  request.segments = std::move(segments);
  request.headers.emplace("accept", accept);
  return request;
}

std::string TextOf(const http::Response& response) {
  if (const auto* write = std::get_if<std::function<std::string()>>(&response.body)) return (*write)();
  return std::get<std::string>(response.body);
}

std::string HeaderOf(const http::Response& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

/// The request a client makes of "/openapi/v3/apis/apps/v1?hash=…".
http::Request Follow(const std::string& address) {
  http::Request request = Ask({});
  const size_t query = address.find("?hash=");
  request.query.emplace("hash", address.substr(query + 6));
  for (size_t from = 1; from < query;) {
    const size_t end = std::min(address.find('/', from), query);
    request.segments.push_back(address.substr(from, end - from));
    from = end + 1;
  }
  return request;
}

TEST(OpenApi, TheIndexNamesEveryServedVersionThatTheReferenceNames) {
  const Json paths = Json::parse(TextOf(ServeOpenApi(Ask({"openapi", "v3"}))))["paths"];
  std::ifstream in(std::string(ORDINAL_TEST_DATA) + "/discovery/openapi-v3-paths.json");
  const std::vector<std::string> recorded = Json::parse(in);
  for (const char* path : {"api/v1", "apis/apps/v1", "apis/discovery.k8s.io/v1", "apis/storage.k8s.io/v1",
                           "apis/authorization.k8s.io/v1"}) {
    EXPECT_TRUE(paths.contains(path)) << path;
    EXPECT_NE(std::find(recorded.begin(), recorded.end(), path), recorded.end()) << path;
  }
  EXPECT_TRUE(paths.contains("apis/apps/v1beta1")) << "old manifests are validated too";
}

TEST(OpenApi, EveryAddressOfTheIndexLeadsToADocumentThatMayBeKept) {
  const Json paths = Json::parse(TextOf(ServeOpenApi(Ask({"openapi", "v3", ""}))))["paths"];
  ASSERT_FALSE(paths.empty());
  for (const auto& [path, entry] : paths.items()) {
    const http::Response response = ServeOpenApi(Follow(entry["serverRelativeURL"]));
    ASSERT_EQ(response.status, 200) << path;
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(HeaderOf(response, "Cache-Control"), "public, immutable, max-age=31536000");
    const Json document = Json::parse(TextOf(response));
    EXPECT_EQ(document["openapi"], "3.0.0") << path;
  }
}

TEST(OpenApi, AnotherHashIsSentToTheRightAddress) {
  const http::Response response = ServeOpenApi(Follow("/openapi/v3/apis/apps/v1?hash=OLD"));
  EXPECT_EQ(response.status, 301);
  const http::Request right = Follow(HeaderOf(response, "Location"));
  EXPECT_EQ(ServeOpenApi(right).status, 200);
}

struct Form {
  const char *accept, *content_type;
};

TEST(OpenApi, AKnownDocumentIsNotSentAgain) {
  constexpr char kProtobuf[] = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
  const Form forms[] = {{"application/json", "application/json"},
                        {"application/com.github.proto-openapi.spec.v2@v1.0+protobuf", kProtobuf},
                        {kProtobuf, kProtobuf}};
  for (const Form& form : forms) {
    http::Request request = Ask({"openapi", "v2"}, form.accept);
    const http::Response first = ServeOpenApi(request);
    EXPECT_EQ(first.content_type, form.content_type);
    request.headers.emplace("if-none-match", HeaderOf(first, "ETag"));
    const http::Response second = ServeOpenApi(request);
    EXPECT_EQ(second.status, 304);
    EXPECT_EQ(TextOf(second), "");
  }
}

TEST(OpenApi, ADocumentIsOfTheKindsThatItsTagIsOf) {
  const Json definition = Json::parse(R"({"spec": {"group": "example.com", "names": {"plural": "as", "kind": "A"},
    "versions": [{"name": "v1", "served": true, "storage": true},
                 {"name": "v2", "served": true, "storage": false}]}})");
  for (const char* path : {"openapi/v2", "openapi/v3/apis/example.com/v1"}) {
    api::PublishKinds({api::custom::CustomKind::Make(definition, definition["spec"]["names"])}, SteadyTime());
    http::Request request = Ask({"openapi", "v2"});
    if (std::string(path) != "openapi/v2") request.segments = {"openapi", "v3", "apis", "example.com", "v1"};
    const http::Response response = ServeOpenApi(request);
    ASSERT_EQ(response.status, 200) << path;
    api::PublishKinds({}, SteadyTime());  // before anybody writes the body
    const std::string text = TextOf(response);
    EXPECT_EQ(HeaderOf(response, "ETag"), '"' + discovery::ContentHash(text) + '"') << path;
    EXPECT_NE(text.find("\"com.example.v1.A\":"), std::string::npos) << path;
    EXPECT_NE(HeaderOf(ServeOpenApi(request), "ETag"), HeaderOf(response, "ETag")) << path;
  }
}

struct Refused {
  std::vector<std::string> path;
  std::string accept;
  int status;
};

TEST(OpenApi, WhatIsNotServedIsRefused) {
  const Refused cases[] = {
      {{"openapi", "v3", "apis", "example.com", "v1"}, "*/*", 404},
      {{"openapi", "v3", "api", "v2"}, "*/*", 404},
      {{"openapi", "v3", "apis", "", "v1"}, "*/*", 404},
      {{"openapi", "v4"}, "*/*", 404},
      {{"openapi"}, "*/*", 404},
      {{"openapi", "v2"}, "text/html", 406},
      {{"openapi", "v3"}, "text/html", 406},
      {{"openapi", "v3", "api", "v1"}, "application/com.github.proto-openapi.spec.v3.v1.0+protobuf", 406},
  };
  for (const Refused& each : cases) {
    EXPECT_EQ(ServeOpenApi(Ask(each.path, each.accept)).status, each.status) << each.path.back() << each.accept;
  }
  http::Request post = Ask({"openapi", "v3"});
  post.method = "POST";
  EXPECT_EQ(ServeOpenApi(post).status, 405);
}

}  // namespace
}  // namespace ordinal::apiserver
