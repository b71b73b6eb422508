#include "agent/apiserver/rest/read_ahead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/apiserver/rest/content.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;
using testing::HasSubstr;

http::Request Sent(const std::string& type, std::string body) {
  http::Request request;
  request.method = "POST";
  request.headers.emplace("content-type", type);
  request.body = std::move(body);
  return request;
}

TEST(ReadAhead, IsForWhatTakesLong) {
  const std::string some(2'000, ' '), much(40'000, ' ');
  EXPECT_FALSE(TakesLong(Sent("application/json", "")));
  EXPECT_FALSE(TakesLong(Sent("application/json", some)));
  EXPECT_FALSE(TakesLong(Sent("application/merge-patch+json", some)));
  EXPECT_TRUE(TakesLong(Sent("application/json", much)));
  EXPECT_TRUE(TakesLong(Sent("application/apply-patch+yaml; charset=utf-8", some)));
  EXPECT_TRUE(TakesLong(Sent("application/yaml", some)));
  EXPECT_TRUE(TakesLong(Sent("application/vnd.kubernetes.protobuf", some)));
}

TEST(ReadAhead, HandsOutWhatItsReaderGave) {
  Repeats repeats;
  http::Request json = Sent("application/json", R"({"a": 1, "a": 2})");
  ReadAhead(json);
  json.body.clear();  // it is not read again
  const auto document = DocumentOf(json, "application/json", repeats);
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(*document, Json::parse(R"({"a": 2})"));
  EXPECT_TRUE(repeats.json);

  http::Request yaml = Sent("application/yaml", "a: [1, x]\n");
  ReadAhead(yaml);
  yaml.body.clear();
  EXPECT_EQ(*DocumentOf(yaml, "application/yaml", repeats), Json::parse(R"({"a": [1, "x"]})"));
}

TEST(ReadAhead, ReadsPatchesAsJson) {
  Repeats repeats;
  http::Request patch = Sent("application/strategic-merge-patch+json", R"({"a": null})");
  patch.method = "PATCH";
  ReadAhead(patch);
  patch.body.clear();
  EXPECT_EQ(*DocumentOf(patch, "application/json", repeats), Json::parse(R"({"a": null})"));
}

TEST(ReadAhead, MakesProtobufJson) {
  // {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}
  using namespace std::string_literals;
  http::Request request = Sent("application/vnd.kubernetes.protobuf",
                               "k8s\0\x0A\x0F\x0A\x02v1\x12\x09"
                               "ConfigMap\x12\x05\x0A\x03\x0A\x01"
                               "a"s);
  ReadAhead(request);
  EXPECT_EQ(request.Header("content-type"), "application/json");
  EXPECT_EQ(Json::parse(request.body)["metadata"]["name"], "a");
}

struct Bad {
  const char* type;
  std::string body;
  const char* message;
};

TEST(ReadAhead, KeepsTheFault) {
  for (const Bad& bad : {Bad{"application/yaml", "a: " + std::string(3'000'000, '['), "more than 128 levels"},
                         Bad{"application/json", std::string(3'000'000, '['), "more than 128 levels"},
                         Bad{"application/vnd.kubernetes.protobuf", "k8s\0" + std::string(2'000'000, 'x'), "too large"},
                         Bad{"application/vnd.kubernetes.protobuf", "no protobuf", "no protobuf message"}}) {
    Repeats repeats;
    http::Request request = Sent(bad.type, bad.body);
    ReadAhead(request);
    const auto document = DocumentOf(request, bad.type, repeats);
    ASSERT_FALSE(document.ok()) << bad.type;
    EXPECT_THAT(document.error().message, HasSubstr(bad.message));
  }
}

}  // namespace
}  // namespace ordinal::apiserver::rest
