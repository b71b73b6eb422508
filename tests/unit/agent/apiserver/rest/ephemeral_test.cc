// pods/ephemeralcontainers as kubectl debug uses it.
#include <gmock/gmock.h>

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::HasSubstr;

class EphemeralContainers : public RestFixture {
 protected:
  EphemeralContainers() { EXPECT_EQ(Post(kPods, PodBody("a")).status, 201); }

  const std::string path_ = std::string(kPods) + "/a/ephemeralcontainers";
};

TEST_F(EphemeralContainers, AreAddedByAStrategicMergePatch) {
  const Sent patch{R"({"spec":{"ephemeralContainers":[{"name":"debugger","image":"busybox","stdin":true,"tty":true,
      "targetContainerName":"c"}]}})",
                   "application/strategic-merge-patch+json", ""};
  const http::Response patched = Send("PATCH", path_ + "?fieldManager=kubectl-debug", patch);
  ASSERT_EQ(patched.status, 200) << Text(patched);
  const Json pod = Body(patched);
  EXPECT_EQ(pod["kind"], "Pod");
  EXPECT_EQ(pod["spec"]["ephemeralContainers"][0]["targetContainerName"], "c");
  EXPECT_EQ(pod["spec"]["ephemeralContainers"][0]["imagePullPolicy"], "Always");
  EXPECT_EQ(pod["metadata"]["generation"], 2);
  const Json& managers = pod["metadata"]["managedFields"];
  EXPECT_TRUE(std::any_of(managers.begin(), managers.end(), [](const Json& manager) {
    return manager["manager"] == "kubectl-debug" && manager.value("subresource", "") == "ephemeralcontainers";
  })) << managers;
  EXPECT_EQ(Body(Send("GET", path_)), pod);
  // The next one is merged by its name.
  const Sent second{R"({"spec":{"ephemeralContainers":[{"name":"second","image":"busybox"}]}})",
                    "application/strategic-merge-patch+json", ""};
  EXPECT_EQ(Body(Send("PATCH", path_, second))["spec"]["ephemeralContainers"].size(), 2U);
}

TEST_F(EphemeralContainers, AreReplacedByAPutOfTheWholePod) {
  Json pod = Body(Send("GET", path_));
  pod["spec"]["ephemeralContainers"] = Json::array({Json{{"name", "debugger"}, {"image", "busybox"}}});
  pod["spec"]["containers"][0]["image"] = "other";
  const Json written = Body(Send("PUT", path_, Sent{pod.dump()}));
  EXPECT_EQ(written["spec"]["ephemeralContainers"].size(), 1U);
  EXPECT_NE(written["spec"]["containers"][0]["image"], "other");
  EXPECT_EQ(Send("PUT", path_, Sent{pod.dump()}).status, 409) << "it was read before that";
  pod = Body(Send("GET", path_));
  pod["spec"].erase("ephemeralContainers");
  const http::Response gone = Send("PUT", path_, Sent{pod.dump()});
  EXPECT_EQ(gone.status, 422);
  EXPECT_EQ(Body(gone)["details"]["causes"][0]["field"], "spec.ephemeralContainers");
  EXPECT_EQ(Body(gone)["details"]["causes"][0]["reason"], "FieldValueForbidden");
}

TEST_F(EphemeralContainers, WithFaultsAreRefused) {
  const Sent patch{R"({"spec":{"ephemeralContainers":[{"name":"d","image":"i","ports":[{"containerPort":80}]}]}})",
                   "application/strategic-merge-patch+json", ""};
  const http::Response refused = Send("PATCH", path_, patch);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(Body(refused)["details"]["causes"][0]["field"], "spec.ephemeralContainers[0].ports");
  EXPECT_EQ(Send("DELETE", path_).status, 405);
  EXPECT_EQ(Send("PATCH", std::string(kPods) + "/b/ephemeralcontainers", patch).status, 404);
}

TEST_F(EphemeralContainers, AreNobodysWhoWritesThePod) {
  Json body = PodBody("b");
  body["spec"]["ephemeralContainers"] = Json::array({Json{{"name", "d"}, {"image", "i"}}});
  EXPECT_EQ(Post(kPods, body).status, 422);
  const Sent patch{R"({"spec":{"ephemeralContainers":[{"name":"d","image":"i"}]}})",
                   "application/strategic-merge-patch+json", ""};
  EXPECT_EQ(Send("PATCH", std::string(kPods) + "/a", patch).status, 422);
}

}  // namespace
}  // namespace ordinal::apiserver::rest
