// A choice that rules others out may be changed by writing the new one alone: what was filled in for the old one goes.
#include <gmock/gmock.h>

#include "agent/api/decode.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

constexpr const char* kDeployments = "/apis/apps/v1/namespaces/default/deployments";
constexpr const char* kServices = "/api/v1/namespaces/default/services";
constexpr const char* kPatches[] = {"application/strategic-merge-patch+json", "application/merge-patch+json",
                                    "application/apply-patch+yaml"};

Json DeploymentBody() {
  return Json::parse(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},
    "spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
      "spec":{"containers":[{"name":"c","image":"i:1"}],"volumes":[{"name":"v"}]}}}})");
}

class ChoicesTest : public RestFixture {
 protected:
  /// Makes `body` anew and writes `spec` over it in each way of patching; the specs that this gives.
  std::vector<Json> Patched(const std::string& collection, const Json& body, const Json& spec) {
    std::vector<Json> specs;
    const std::string path = collection + "/" + body["metadata"]["name"].get<std::string>();
    for (const char* type : kPatches) {
      EXPECT_EQ(Post(collection, body).status, 201);
      Json patch = {{"apiVersion", body["apiVersion"]}, {"kind", body["kind"]}, {"spec", spec}};
      const http::Response written = Send("PATCH", path + "?fieldManager=me&force=true", Sent{patch.dump(), type, ""});
      EXPECT_EQ(written.status, 200) << type << ": " << Text(written);
      specs.push_back(Body(written).value("spec", Json()));
      EXPECT_EQ(Send("DELETE", path).status, 200);
    }
    return specs;
  }
};

TEST_F(ChoicesTest, OfAnUpdateStrategy) {
  for (const Json& spec : Patched(kDeployments, DeploymentBody(), {{"strategy", {{"type", "Recreate"}}}})) {
    EXPECT_EQ(spec["strategy"], Json({{"type", "Recreate"}}));
  }
  for (const Json& spec : Patched(kSets, SetBody("kubia"), {{"updateStrategy", {{"type", "OnDelete"}}}})) {
    EXPECT_EQ(spec["updateStrategy"], Json({{"type", "OnDelete"}}));
  }
}

TEST_F(ChoicesTest, OfAVolumesSource) {
  const Json spec = Json::parse(R"({"template":{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/a"}}]}}})");
  for (const Json& written : Patched(kDeployments, DeploymentBody(), spec)) {
    const Json& volume = written["template"]["spec"]["volumes"][0];
    EXPECT_EQ(volume["hostPath"]["path"], "/a");
    EXPECT_FALSE(volume.contains("emptyDir")) << volume;
  }
}

TEST_F(ChoicesTest, OfAServicesType) {
  const Json body = Json::parse(R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},
    "spec":{"clusterIP":"None","ports":[{"port":80}]}})");
  const Json external = {{"type", "ExternalName"}, {"externalName", "a.example"}};
  for (const Json& spec : Patched(kServices, body, external)) {
    EXPECT_EQ(spec["externalName"], "a.example");
    for (const char* member : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"}) {
      EXPECT_FALSE(spec.contains(member)) << spec;
    }
  }
  // A PUT of what was read, with another type, as the reference takes it.
  ASSERT_EQ(Post(kServices, body).status, 201);
  Json read = Body(Send("GET", std::string(kServices) + "/s"));
  read["spec"].update(external);
  const http::Response written = Send("PUT", std::string(kServices) + "/s", Sent{read.dump()});
  EXPECT_EQ(written.status, 200) << Text(written);
  EXPECT_FALSE(Body(written)["spec"].contains("clusterIP"));
}

TEST_F(ChoicesTest, WhatTheWriteItselfSaysIsJudged) {
  ASSERT_EQ(Post(kDeployments, DeploymentBody()).status, 201);
  const std::string path = std::string(kDeployments) + "/d";
  const Sent both{R"({"spec":{"strategy":{"type":"Recreate","rollingUpdate":{"maxSurge":5}}}})",
                  "application/merge-patch+json", ""};
  EXPECT_EQ(Send("PATCH", path, both).status, 422);
  Json read = Body(Send("GET", path));
  read["spec"]["strategy"]["type"] = "Recreate";
  EXPECT_EQ(Send("PUT", path, Sent{read.dump()}).status, 422);
  const Sent two{R"({"spec":{"template":{"spec":{"volumes":[{"name":"v","emptyDir":{"medium":"Memory"},
                   "hostPath":{"path":"/a"}}]}}}})",
                 "application/strategic-merge-patch+json", ""};
  EXPECT_EQ(Send("PATCH", path, two).status, 422);
}

}  // namespace
}  // namespace ordinal::apiserver::rest
