// From client-side to server-side apply with the same, unchanged document: no field is in dispute, since a value that a
// default filled in does not differ from one that was left out.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/api/decode.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

std::vector<Json> Examples() {
  std::vector<Json> documents;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(ORDINAL_SOURCE_DIR "/examples")) {
    if (entry.path().extension() != ".yaml" && entry.path().extension() != ".yml") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    auto parsed = api::ParseManifest(text.str());
    EXPECT_TRUE(parsed.ok()) << entry.path();
    for (auto& document : *parsed) documents.push_back(std::move(document.body));
  }
  // What no example has: defaults within what has one owner as a whole.
  documents.push_back(Json::parse(R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"},
    "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {
      "containers": [{"name": "c", "image": "i:1", "ports": [{"containerPort": 80}],
        "env": [{"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                {"name": "M", "valueFrom": {"resourceFieldRef": {"resource": "limits.memory"}}}]}],
      "tolerations": [{"key": "k"}], "volumes": [{"name": "v"}]}}}})"));
  return documents;
}

class TakeoverTest : public RestFixture {
 protected:
  /// As `kubectl apply` made it, in the version of the document.
  void ClientSide(const std::string& path, const std::string& object, Json document) {
    const std::string text = document.dump();
    document["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] = text + "\n";
    const http::Response made = Post(path + "?fieldManager=kubectl-client-side-apply", document);
    ASSERT_EQ(made.status, 201) << object << Text(made);
  }
  http::Response ServerSide(const std::string& object, const std::string& manager, const Json& document) {
    return Send("PATCH", object + "?fieldManager=" + manager,
                Sent{document.dump(), "application/apply-patch+yaml", ""});
  }
};

TEST_F(TakeoverTest, OfEveryExampleIsWithoutConflictAndChangesNothing) {
  for (const Json& document : Examples()) {
    const auto kind = api::FindKind(document["apiVersion"].get<std::string>(), document["kind"].get<std::string>());
    ASSERT_TRUE(kind.ok());
    const std::string version = document["apiVersion"];
    const std::string path = std::string(version.find('/') == std::string::npos ? "/api/" : "/apis/") + version +
                             ((*kind)->namespaced ? "/namespaces/default/" : "/") + std::string((*kind)->plural);
    const std::string object = path + "/" + document["metadata"]["name"].get<std::string>();
    ClientSide(path, object, document);
    const Json before = Body(Send("GET", object));
    // kubectl, which the annotation speaks for, and somebody for whom nothing speaks
    for (const char* manager : {"kubectl", "other"}) {
      const http::Response applied = ServerSide(object, manager, document);
      ASSERT_EQ(applied.status, 200) << object << " by " << manager << ": " << Text(applied);
      EXPECT_EQ(Body(applied).value("spec", Json()), before.value("spec", Json())) << object;
      // Then applying it once more is no write
      const http::Response again = ServerSide(object, manager, document);
      EXPECT_EQ(Body(again)["metadata"]["resourceVersion"], Body(applied)["metadata"]["resourceVersion"]) << object;
    }
    EXPECT_EQ(Body(Send("GET", object))["metadata"].value("generation", 0), before["metadata"].value("generation", 0));
  }
}

TEST_F(TakeoverTest, AValueThatDiffersIsStillInDispute) {
  Json document = Examples().back();
  const std::string path = "/apis/apps/v1/namespaces/default/deployments";
  ClientSide(path, path + "/d", document);
  document["spec"]["template"]["spec"]["containers"][0]["env"][0]["valueFrom"]["fieldRef"]["fieldPath"] =
      "spec.nodeName";
  const http::Response refused = ServerSide(path + "/d", "other", document);
  EXPECT_EQ(refused.status, 409) << Text(refused);
  EXPECT_THAT(Text(refused), testing::HasSubstr("valueFrom.fieldRef"));
}

}  // namespace
}  // namespace ordinal::apiserver::rest
