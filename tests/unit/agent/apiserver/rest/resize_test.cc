// pods/resize as clients see it.
#include <gmock/gmock.h>

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::HasSubstr;

constexpr const char* kMergePatch = "application/merge-patch+json";

class ResizeTest : public RestFixture {
 protected:
  void SetUp() override {
    Json pod = PodBody("a");
    pod["spec"]["containers"] = Json::parse(R"([
        {"name":"c","image":"i","resources":{"requests":{"cpu":"100m","memory":"64Mi"},
         "limits":{"cpu":"1","memory":"128Mi","ephemeral-storage":"1Gi"}},
         "resizePolicy":[{"resourceName":"cpu","restartPolicy":"RestartContainer"}]},
        {"name":"d","image":"i"}])");
    pod["spec"]["initContainers"] = Json::parse(R"([
        {"name":"i","image":"i","resources":{"requests":{"cpu":"100m"}}},
        {"name":"s","image":"i","restartPolicy":"Always","resources":{"requests":{"cpu":"100m"}}}])");
    const http::Response made = Post(kPods, pod);
    ASSERT_EQ(made.status, 201) << Text(made);
  }

  http::Response Resize(const std::string& patch, const char* type = kStrategic) {
    return Send("PATCH", std::string(kPods) + "/a/resize", Sent{patch, type, ""});
  }
  Json Resources(const char* list = "containers", size_t index = 0) {
    return Body(Send("GET", std::string(kPods) + "/a/resize"))["spec"][list][index]["resources"];
  }
};

TEST_F(ResizeTest, PatchesTheResourcesOfContainersAndSidecars) {
  const http::Response done = Resize(R"({"spec":{
      "containers":[{"name":"c","resources":{"requests":{"cpu":"200m"},"limits":{"memory":"96Mi"}}}],
      "initContainers":[{"name":"s","resources":{"requests":{"cpu":"50m"}}}]}})");
  ASSERT_EQ(done.status, 200) << Text(done);
  EXPECT_EQ(Resources()["requests"], Json::parse(R"({"cpu":"200m","ephemeral-storage":"1Gi","memory":"64Mi"})"));
  EXPECT_EQ(Resources()["limits"]["memory"], "96Mi");
  EXPECT_EQ(Resources("initContainers", 1)["requests"]["cpu"], "50m");
}

TEST_F(ResizeTest, TakesAPutAndNothingButResources) {
  Json pod = Body(Send("GET", std::string(kPods) + "/a"));
  pod["spec"]["containers"][0]["resources"]["requests"]["cpu"] = "300m";
  pod["spec"]["containers"][0]["image"] = "other";
  pod["metadata"]["labels"]["x"] = "y";
  pod["status"]["phase"] = "Failed";
  const http::Response put = Send("PUT", std::string(kPods) + "/a/resize", Sent{pod.dump(), "application/json", ""});
  ASSERT_EQ(put.status, 200) << Text(put);
  const Json now = Body(Send("GET", std::string(kPods) + "/a"));
  EXPECT_EQ(now["spec"]["containers"][0]["resources"]["requests"]["cpu"], "300m");
  EXPECT_EQ(now["spec"]["containers"][0]["image"], "i");
  EXPECT_FALSE(api::Member(now["metadata"], "labels").contains("x"));
  EXPECT_EQ(now["status"]["phase"], "Pending");
}

TEST_F(ResizeTest, RefusesWhatAResizeMayNotChange) {
  const struct {
    const char *patch, *field, *message;
  } kCases[] = {
      {R"({"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":null}}}]}})", "", ""},  // the limit counts
      {R"({"spec":{"containers":[{"name":"c","resources":{"limits":{"memory":null}}}]}})",
       "spec.containers[0].resources.limits", "resource limits cannot be removed"},
      {R"({"spec":{"containers":[{"name":"c","resources":{"limits":{"ephemeral-storage":"2Gi"}}}]}})",
       "spec.containers[0].resources.limits", "only cpu and memory resources are mutable"},
      {R"({"spec":{"containers":[{"name":"c","resizePolicy":[{"resourceName":"cpu","restartPolicy":"NotRequired"}]}]}})",
       "spec.containers[0].resizePolicy", "only cpu and memory resources are mutable"},
      {R"({"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"2"}}}]}})",
       "spec.containers[0].resources.requests", "must be no more than the cpu limit of 1"},
      {R"({"spec":{"initContainers":[{"name":"i","resources":{"requests":{"cpu":"1m"}}}]}})",
       "spec.initContainers[0].resources", "resources for non-sidecar init containers are immutable"},
      {R"({"spec":{"containers":[{"name":"e","image":"i"}]}})", "spec.containers", "may not be added"},
  };
  for (const auto& [patch, field, message] : kCases) {
    const http::Response response = Resize(patch);
    if (std::string(field).empty()) {
      EXPECT_EQ(response.status, 200) << Text(response);
      continue;
    }
    EXPECT_EQ(response.status, 422) << patch << Text(response);
    EXPECT_THAT(Text(response), HasSubstr(message)) << patch;
    EXPECT_EQ(Body(response)["details"]["causes"][0]["field"], field) << patch;
  }
}

class ResizeWholeTest : public RestFixture {
 protected:
  void SetUp() override {
    Json pod = PodBody("w");
    pod["spec"]["containers"] = Json::parse(R"([
        {"name":"c","image":"i","resources":{"requests":{"cpu":"100m"},"limits":{"cpu":"500m"}}},
        {"name":"d","image":"i"}])");
    pod["spec"]["resources"] =
        Json::parse(R"({"requests":{"cpu":"200m","memory":"64Mi"},"limits":{"cpu":"1","memory":"128Mi"}})");
    const http::Response made = Post(kPods, pod);
    ASSERT_EQ(made.status, 201) << Text(made);
  }
  http::Response Resize(const std::string& patch) {
    return Send("PATCH", std::string(kPods) + "/w/resize", Sent{patch, kStrategic, ""});
  }
  Json Spec() { return Body(Send("GET", std::string(kPods) + "/w"))["spec"]; }
};

TEST_F(ResizeWholeTest, PatchesTheWholeAndItsParts) {
  const http::Response done = Resize(R"({"spec":{
      "resources":{"requests":{"cpu":"400m"},"limits":{"memory":"256Mi"}},
      "containers":[{"name":"c","resources":{"requests":{"cpu":"300m"}}}]}})");
  ASSERT_EQ(done.status, 200) << Text(done);
  EXPECT_EQ(Spec()["resources"],
            Json::parse(R"({"requests":{"cpu":"400m","memory":"64Mi"},"limits":{"cpu":"1","memory":"256Mi"}})"));
  EXPECT_EQ(Spec()["containers"][0]["resources"]["requests"]["cpu"], "300m");
  EXPECT_EQ(Body(done)["metadata"]["generation"], 2);
}

TEST_F(ResizeWholeTest, RefusesWhatAWholeMayNotBe) {
  const struct {
    const char *resources, *field, *message;
  } kCases[] = {
      {R"({"limits":{"memory":null}})", "spec.resources.limits", "resource limits cannot be removed (memory)"},
      {R"({"limits":{"hugepages-2Mi":"4Mi"}})", "spec.resources.limits", "only cpu and memory resources are mutable"},
      {R"({"requests":{"cpu":"2"}})", "spec.resources.requests", "must be no more than the cpu limit of 1"},
      {R"({"requests":{"cpu":"50m"}})", "spec.resources.requests[cpu]",
       "must be no less than what the containers request together"},
      {R"({"limits":{"cpu":"400m"}})", "spec.containers[0].resources.limits[cpu]",
       "must be no more than the pod's cpu limit"},
      {R"({"requests":{"cpu":"1","memory":"128Mi"}})", "spec", "Pod QOS Class may not change as a result of resizing"},
  };
  for (const auto& [resources, field, message] : kCases) {
    const http::Response response = Resize(std::string(R"({"spec":{"resources":)") + resources + "}}");
    EXPECT_EQ(response.status, 422) << resources << Text(response);
    EXPECT_THAT(Text(response), HasSubstr(message)) << resources;
    EXPECT_THAT(Text(response), HasSubstr(std::string("\"field\":\"") + field)) << resources;
  }
}

TEST_F(ResizeWholeTest, IsTheOnlyWayToChangeThem) {
  const http::Response response = Send("PATCH", std::string(kPods) + "/w",
                                       Sent{R"({"spec":{"resources":{"requests":{"cpu":"300m"}}}})", kStrategic, ""});
  EXPECT_EQ(response.status, 422) << Text(response);
}

TEST_F(ResizeTest, RefusesAnotherClassOfService) {
  Json pod = PodBody("b");
  const http::Response made = Post(kPods, pod);
  ASSERT_EQ(made.status, 201) << Text(made);
  const http::Response response =
      Send("PATCH", std::string(kPods) + "/b/resize",
           Sent{R"({"spec":{"containers":[{"name":")" + pod["spec"]["containers"][0]["name"].get<std::string>() +
                    R"(","resources":{"requests":{"cpu":"1"}}}]}})",
                kStrategic, ""});
  EXPECT_EQ(response.status, 422);
  EXPECT_THAT(Text(response), HasSubstr("Pod QOS Class may not change as a result of resizing"));
}

TEST_F(ResizeTest, IsTheOnlyWayToChangeResources) {
  const http::Response response =
      Send("PATCH", std::string(kPods) + "/a",
           Sent{R"({"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"200m"}}}]}})", kStrategic, ""});
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Send("DELETE", std::string(kPods) + "/a/resize").status, 405);
  EXPECT_EQ(Send("PATCH", std::string(kPods) + "/none/resize", Sent{"{}", kMergePatch, ""}).status, 404);
}

}  // namespace
}  // namespace ordinal::apiserver::rest
