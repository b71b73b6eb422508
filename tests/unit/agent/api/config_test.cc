// ConfigMap and Secret: what they take and what they keep.
#include <gmock/gmock.h>

#include "agent/api/base64.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Json Body(const char* kind, Json members) {
  members["apiVersion"] = "v1";
  members["kind"] = kind;
  members["metadata"]["name"] = "x";
  return members;
}

TEST(Base64, IsReadAndWritten) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},        {"f", "Zg=="},          {"fo", "Zm8="},
                                                       {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"\xFF\xFE", "//4="}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(*DecodeBase64(text), bytes);
  }
  EXPECT_EQ(*DecodeBase64("Zm9v\nYmFy\n"), "foobar");
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg==Zg==", "Z===", "====", "Zm9v!", "Zm-_", "Zg=v", "Zg== "}) {
    EXPECT_FALSE(DecodeBase64(bad).ok()) << bad;
  }
}

TEST(Secret, TakesTextAndKeepsBase64) {
  const Json body =
      MustDecode(Body("Secret", {{"data", {{"a", "Zg=="}, {"b", "Zg=="}}}, {"stringData", {{"b", "foo"}}}})).body;
  EXPECT_EQ(body["data"], (Json{{"a", "Zg=="}, {"b", "Zm9v"}}));
  EXPECT_FALSE(body.contains("stringData"));
  EXPECT_EQ(body["type"], "Opaque");
}

TEST(Secret, FaultsDoNotRepeatTheValue) {
  const auto failure = MustFail(Body("Secret", {{"data", {{"key", "hunter2!"}}}}));
  EXPECT_TRUE(failure.malformed);
  EXPECT_THAT(Causes(failure.errors), ElementsAre("data[key] FieldValueTypeInvalid"));
  EXPECT_THAT(failure.errors[0].message, Not(HasSubstr("hunter2")));
}

struct Refused {
  Json body;
  std::vector<std::string> causes;
};
class Config : public testing::TestWithParam<Refused> {};

TEST_P(Config, IsRefused) {
  EXPECT_THAT(Causes(MustFail(GetParam().body).errors), testing::UnorderedElementsAreArray(GetParam().causes));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Config,
    testing::Values(
        Refused{Body("ConfigMap", {{"data", {{"a/b", ""}, {"..", ""}, {"ok.txt", ""}}}}),
                {"data[a/b] FieldValueInvalid", "data[..] FieldValueInvalid"}},
        Refused{Body("ConfigMap", {{"data", {{"a", ""}}}, {"binaryData", {{"a", ""}}}}), {"data[a] FieldValueInvalid"}},
        Refused{Body("ConfigMap", {{"binaryData", {{"a", "?"}}}}), {"binaryData[a] FieldValueTypeInvalid"}},
        Refused{Body("ConfigMap", {{"data", {{"a", std::string((1 << 20) + 1, 'x')}}}}), {" FieldValueTooLong"}},
        Refused{Body("Secret", {{"stringData", {{"a", std::string((1 << 20) + 1, 'x')}}}}), {"data FieldValueTooLong"}},
        Refused{Body("Secret", {{"type", "kubernetes.io/tls"}}),
                {"data[tls.crt] FieldValueRequired", "data[tls.key] FieldValueRequired"}},
        Refused{Body("Secret", {{"type", "kubernetes.io/basic-auth"}}),
                {"data[username] FieldValueRequired", "data[password] FieldValueRequired"}},
        Refused{Body("Secret", {{"type", "kubernetes.io/ssh-auth"}}), {"data[ssh-privatekey] FieldValueRequired"}},
        Refused{Body("Secret", {{"type", "kubernetes.io/service-account-token"}}),
                {"metadata.annotations[kubernetes.io/service-account.name] FieldValueRequired"}},
        Refused{
            Body("Secret", {{"type", "kubernetes.io/dockerconfigjson"}, {"stringData", {{".dockerconfigjson", "{"}}}}),
            {"data[.dockerconfigjson] FieldValueInvalid"}}));

TEST(Config, MayBeMadeImmutable) {
  const Json old_body = MustDecode(Body("ConfigMap", {{"data", {{"a", "1"}}}, {"immutable", true}})).body;
  Json body = old_body;
  body["data"]["a"] = "2";
  body["immutable"] = false;
  EXPECT_THAT(Causes(ValidateUpdate(*FindKind("ConfigMap"), body, old_body)),
              ElementsAre("immutable FieldValueForbidden", "data FieldValueForbidden"));
  EXPECT_TRUE(ValidateUpdate(*FindKind("ConfigMap"), old_body, old_body).empty());
  const Json secret = MustDecode(Body("Secret", {{"data", {{"a", "Zg=="}}}})).body;
  Json changed = secret;
  changed["data"]["a"] = "Zm8=";
  EXPECT_TRUE(ValidateUpdate(*FindKind("Secret"), changed, secret).empty());
  changed["type"] = "example.com/other";
  EXPECT_THAT(Causes(ValidateUpdate(*FindKind("Secret"), changed, secret)), ElementsAre("type FieldValueInvalid"));
}

}  // namespace
}  // namespace ordinal::api
