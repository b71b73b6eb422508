#include <gtest/gtest.h>

#include "agent/api/patch/patch.h"

namespace ordinal::api {
namespace {

struct Case {
  const char* what;
  const char* document;
  const char* patch;
  const char* result;  ///< the document afterwards, or the reason of the error
};

/// RFC 6902, appendix A, and what the pointers of RFC 6901 allow.
constexpr Case kCases[] = {
    {"add a member", R"({"a":1})", R"([{"op":"add","path":"/b","value":2}])", R"({"a":1,"b":2})"},
    {"add replaces a member", R"({"a":1})", R"([{"op":"add","path":"/a","value":2}])", R"({"a":2})"},
    {"add into a list", R"({"a":[1,3]})", R"([{"op":"add","path":"/a/1","value":2}])", R"({"a":[1,2,3]})"},
    {"add at the end", R"({"a":[1]})", R"([{"op":"add","path":"/a/-","value":[2]}])", R"({"a":[1,[2]]})"},
    {"add at the size", R"({"a":[1]})", R"([{"op":"add","path":"/a/1","value":2}])", R"({"a":[1,2]})"},
    {"add beyond the end", R"({"a":[1]})", R"([{"op":"add","path":"/a/2","value":2}])", "Invalid"},
    {"add below nothing", R"({"a":1})", R"([{"op":"add","path":"/b/c","value":2}])", "Invalid"},
    {"add below a number", R"({"a":1})", R"([{"op":"add","path":"/a/c","value":2}])", "Invalid"},
    {"add the whole document", R"({"a":1})", R"([{"op":"add","path":"","value":{"b":2}}])", R"({"b":2})"},
    {"remove a member", R"({"a":1,"b":2})", R"([{"op":"remove","path":"/b"}])", R"({"a":1})"},
    {"remove an item", R"({"a":[1,2,3]})", R"([{"op":"remove","path":"/a/1"}])", R"({"a":[1,3]})"},
    {"remove a missing member", R"({"a":1})", R"([{"op":"remove","path":"/b"}])", "Invalid"},
    {"remove a missing item", R"({"a":[]})", R"([{"op":"remove","path":"/a/0"}])", "Invalid"},
    {"remove the end", R"({"a":[1]})", R"([{"op":"remove","path":"/a/-"}])", "Invalid"},
    {"remove the whole document", R"({"a":1})", R"([{"op":"remove","path":""}])", "Invalid"},
    {"replace", R"({"a":1})", R"([{"op":"replace","path":"/a","value":null}])", R"({"a":null})"},
    {"replace a missing member", R"({"a":1})", R"([{"op":"replace","path":"/b","value":1}])", "Invalid"},
    {"move", R"({"a":{"b":1},"c":{}})", R"([{"op":"move","from":"/a/b","path":"/c/d"}])", R"({"a":{},"c":{"d":1}})"},
    {"move within a list", R"({"a":[1,2,3]})", R"([{"op":"move","from":"/a/0","path":"/a/2"}])", R"({"a":[2,3,1]})"},
    {"move into itself", R"({"a":{"b":1}})", R"([{"op":"move","from":"/a","path":"/a/b/c"}])", "Invalid"},
    {"move nothing", R"({"a":1})", R"([{"op":"move","from":"/b","path":"/c"}])", "Invalid"},
    {"move to where it is", R"({"a":1})", R"([{"op":"move","from":"/a","path":"/a"}])", R"({"a":1})"},
    {"copy", R"({"a":[1]})", R"([{"op":"copy","from":"/a","path":"/b"}])", R"({"a":[1],"b":[1]})"},
    {"test", R"({"a":{"x":[1,"y"]}})", R"([{"op":"test","path":"/a","value":{"x":[1,"y"]}}])",
     R"({"a":{"x":[1,"y"]}})"},
    {"test fails", R"({"a":"1"})", R"([{"op":"test","path":"/a","value":1}])", "Invalid"},
    {"test of what is missing", R"({"a":1})", R"([{"op":"test","path":"/b","value":1}])", "Invalid"},
    {"test that it is missing", R"({"a":1})", R"([{"op":"test","path":"/b","value":null}])", R"({"a":1})"},
    {"all or nothing", R"({"a":1})", R"([{"op":"add","path":"/a","value":2},{"op":"test","path":"/a","value":1}])",
     "Invalid"},
    {"escapes", R"({"a/b":1,"c~d":2})", R"([{"op":"remove","path":"/a~1b"},{"op":"remove","path":"/c~0d"}])", "{}"},
    {"an escaped escape", R"({"~1":1})", R"([{"op":"remove","path":"/~01"}])", "{}"},
    {"an empty name", R"({"":1})", R"([{"op":"remove","path":"/"}])", "{}"},
    {"leading zero", R"({"a":[1,2]})", R"([{"op":"remove","path":"/a/01"}])", "Invalid"},
    {"a sign", R"({"a":[1,2]})", R"([{"op":"remove","path":"/a/-1"}])", "Invalid"},
    {"a bad escape", R"({"a":1})", R"([{"op":"remove","path":"/a~2"}])", "BadRequest"},
    {"a path without slash", R"({"a":1})", R"([{"op":"remove","path":"a"}])", "BadRequest"},
    {"no path", R"({"a":1})", R"([{"op":"remove"}])", "BadRequest"},
    {"no value", R"({"a":1})", R"([{"op":"add","path":"/b"}])", "BadRequest"},
    {"no from", R"({"a":1})", R"([{"op":"copy","path":"/b"}])", "BadRequest"},
    {"no such operation", R"({"a":1})", R"([{"op":"increment","path":"/a"}])", "BadRequest"},
    {"no object", R"({"a":1})", R"([1])", "BadRequest"},
    {"no list", R"({"a":1})", R"({"op":"remove","path":"/a"})", "BadRequest"},
};

TEST(JsonPatch, FollowsTheRfc) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    const auto result = ApplyJsonPatch(Json::parse(c.document), Json::parse(c.patch));
    if (c.result[0] == '{') {
      ASSERT_TRUE(result.ok()) << result.error().message;
      EXPECT_EQ(*result, Json::parse(c.result));
    } else {
      ASSERT_FALSE(result.ok()) << *result;
      EXPECT_EQ(result.error().reason, c.result) << result.error().message;
      EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
    }
  }
}

TEST(JsonPatch, RefusesMoreOperationsThanTheReference) {
  Json patch = Json::array();
  for (size_t i = 0; i < kMostPatchOperations; ++i) patch.push_back({{"op", "test"}, {"path", ""}, {"value", {}}});
  const Json document = nullptr;
  EXPECT_TRUE(ApplyJsonPatch(document, patch).ok());
  patch.push_back(patch[0]);
  const auto refused = ApplyJsonPatch(document, patch);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "RequestEntityTooLarge");
}

TEST(JsonPatch, DoesNotLetCopiesFillTheMemory) {
  Json patch = Json::array();
  for (int i = 0; i < 40; ++i) {
    patch.push_back({{"op", "copy"}, {"from", "/list"}, {"path", "/list/-"}});
  }
  const auto refused = ApplyJsonPatch(Json::parse(R"({"list":["aaaaaaaaaaaaaaaa"]})"), patch);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "RequestEntityTooLarge");
}

TEST(JsonPatch, DoesNotNestDeeperThanATextMay) {
  Json patch = Json::array();
  std::string path;
  for (int i = 0; i < 128; ++i) {
    path += "/a";
    patch.push_back({{"op", "add"}, {"path", path}, {"value", Json::object()}});
  }
  const auto refused = ApplyJsonPatch(Json::object(), patch);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "Invalid");
  patch.erase(patch.size() - 1);
  EXPECT_TRUE(ApplyJsonPatch(Json::object(), patch).ok());
}

TEST(MergePatch, FollowsTheRfc) {
  // RFC 7386, appendix A.
  const char* cases[][3] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", R"(null)", R"(null)"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const auto& [document, patch, result] : cases) {
    EXPECT_EQ(ApplyMergePatch(Json::parse(document), Json::parse(patch)), Json::parse(result)) << patch;
  }
}

}  // namespace
}  // namespace ordinal::api
