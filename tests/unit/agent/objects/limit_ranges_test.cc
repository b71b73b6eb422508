// What limit ranges give to pods, and what they refuse, in the reference's words.
#include <gmock/gmock.h>

#include "agent/api/read.h"
#include "tests/unit/agent/objects/policy_case.h"

namespace ordinal::objects {
namespace {

class LimitRangeCase : public PolicyCase {
 protected:
  void MakeRange(const char* limits, const char* name = "range") {
    Json body{{"apiVersion", "v1"}, {"kind", "LimitRange"}, {"metadata", {{"name", name}, {"namespace", "default"}}}};
    body["spec"]["limits"] = Json::parse(limits);
    Make(std::move(body));
  }
  static Json Claim(const char* storage) {
    Json body = Json::parse(R"({"apiVersion": "v1", "kind": "PersistentVolumeClaim",
      "metadata": {"name": "data", "namespace": "default"}, "spec": {"accessModes": ["ReadWriteOnce"]}})");
    body["spec"]["resources"]["requests"]["storage"] = storage;
    return body;
  }
};

TEST_F(LimitRangeCase, ContainersGetWhatTheyLeaveOut) {
  MakeRange(R"([{"type": "Container", "default": {"cpu": "1", "memory": "64Mi"}, "defaultRequest": {"cpu": "500m"}}])");
  const Json pod = Stored(Pod("p", R"([{"name": "a"}, {"name": "b", "resources": {"requests": {"cpu": "250m"}}}])"));
  const Json& containers = pod["spec"]["containers"];
  EXPECT_EQ(
      containers[0]["resources"],
      Json::parse(R"({"limits": {"cpu": "1", "memory": "64Mi"}, "requests": {"cpu": "500m", "memory": "64Mi"}})"));
  EXPECT_EQ(
      containers[1]["resources"],
      Json::parse(R"({"limits": {"cpu": "1", "memory": "64Mi"}, "requests": {"cpu": "250m", "memory": "64Mi"}})"));
  EXPECT_EQ(pod["metadata"]["annotations"]["kubernetes.io/limit-ranger"],
            "LimitRanger plugin set: cpu, memory request for container a; cpu, memory limit for container a; memory "
            "request for container b; cpu, memory limit for container b");
  EXPECT_EQ(pod["status"]["qosClass"], "Burstable") << "the class counts what was filled in";
}

TEST_F(LimitRangeCase, InitContainersToo) {
  MakeRange(R"([{"type": "Container", "default": {"cpu": "1"}, "defaultRequest": {"cpu": "1"}}])");
  Json pod = Pod("p", R"([{"name": "a", "resources": {"limits": {"cpu": "2"}}}])");
  pod["spec"]["initContainers"] = Json::parse(R"([{"name": "i", "image": "a:1"}])");
  EXPECT_EQ(Stored(pod)["metadata"]["annotations"]["kubernetes.io/limit-ranger"],
            "LimitRanger plugin set: cpu request for init container i; cpu limit for init container i");
}

TEST_F(LimitRangeCase, ALimitBelowTheRequestIsAFaultOfThePod) {
  MakeRange(R"([{"type": "Container", "default": {"cpu": "1"}}])");
  const auto made = Try(Pod("p", R"([{"name": "a", "resources": {"requests": {"cpu": "2"}}}])"));
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, testing::HasSubstr("must be no more than the cpu limit of 1"));
}

struct LimitCase {
  const char *limits, *containers, *refusal;  ///< empty: none
};
const LimitCase kLimitCases[] = {
    {R"([{"type": "Container", "min": {"cpu": "100m"}}])",
     R"([{"name": "a", "resources": {"requests": {"cpu": "50m"}}}])",
     "minimum cpu usage per Container is 100m, but request is 50m"},
    {R"([{"type": "Container", "max": {"memory": "1Gi"}}])",
     R"([{"name": "a", "resources": {"limits": {"memory": "2Gi"}}}])",
     "maximum memory usage per Container is 1Gi, but limit is 2Gi"},
    {R"([{"type": "Container", "max": {"memory": "1Gi"}}])", R"([{"name": "a"}])", ""},
    {R"([{"type": "Container", "maxLimitRequestRatio": {"cpu": "2"}}])",
     R"([{"name": "a", "resources": {"requests": {"cpu": "100m"}, "limits": {"cpu": "300m"}}}])",
     "cpu max limit to request ratio per Container is 2, but provided ratio is 3.000000"},
    {R"([{"type": "Container", "maxLimitRequestRatio": {"cpu": "2"}}])", R"([{"name": "a"}])",
     "cpu max limit to request ratio per Container is 2, but no request is specified or request is 0"},
    {R"([{"type": "Pod", "max": {"cpu": "1"}}])",
     R"([{"name": "a", "resources": {"limits": {"cpu": "600m"}}}, {"name": "b", "resources": {"limits": {"cpu": "600m"}}}])",
     "maximum cpu usage per Pod is 1, but limit is 1200m"},
    {R"([{"type": "Pod", "max": {"cpu": "1"}}])", R"([{"name": "a"}])",
     "maximum cpu usage per Pod is 1.  No limit is specified"},
    {R"([{"type": "Pod", "min": {"memory": "1Mi"}, "max": {"cpu": "1"}}])", R"([{"name": "a"}])",
     "[minimum memory usage per Pod is 1Mi.  No request is specified, maximum cpu usage per Pod is 1.  No limit is "
     "specified]"},
};
TEST_F(LimitRangeCase, WhatDoesNotKeepToTheLimitsIsRefused) {
  for (const LimitCase& one : kLimitCases) {
    MakeRange(one.limits);
    const std::string wanted = one.refusal;
    EXPECT_EQ(RefusalOf(Pod("p", one.containers)), wanted.empty() ? "" : "pods \"p\" is forbidden: " + wanted)
        << one.limits;
    Drop("LimitRange", "range");
    Drop("Pod", "p");
  }
}

TEST_F(LimitRangeCase, OfAPodTheLargerOfInitContainersAndOthersCounts) {
  MakeRange(R"([{"type": "Pod", "max": {"cpu": "1"}}])");
  const auto with_init = [](const char* cpu, const char* policy) {
    Json pod = Pod("p", R"([{"name": "a", "resources": {"limits": {"cpu": "600m"}}}])");
    Json init{{"name", "i"}, {"image", "a:1"}};
    init["resources"]["limits"]["cpu"] = cpu;
    if (*policy != 0) init["restartPolicy"] = policy;
    pod["spec"]["initContainers"] = Json::array({init});
    return pod;
  };
  const std::string refused = "pods \"p\" is forbidden: maximum cpu usage per Pod is 1, but limit is ";
  EXPECT_EQ(RefusalOf(with_init("2", "")), refused + "2");
  EXPECT_EQ(RefusalOf(with_init("600m", "Always")), refused + "1200m") << "a sidecar runs beside the others";
  EXPECT_EQ(RefusalOf(with_init("1", "")), "") << "one after the other";
}

TEST_F(LimitRangeCase, SeveralCountTogether) {
  MakeRange(R"([{"type": "Container", "default": {"cpu": "1"}, "max": {"cpu": "2"}}])");
  MakeRange(R"([{"type": "Container", "default": {"memory": "1Gi"}, "min": {"cpu": "100m"}}])", "second");
  EXPECT_EQ(Stored(Pod("p"))["spec"]["containers"][0]["resources"]["limits"],
            Json::parse(R"({"cpu": "1", "memory": "1Gi"})"));
  EXPECT_EQ(
      RefusalOf(Pod("q", R"([{"name": "a", "resources": {"requests": {"cpu": "50m"}, "limits": {"cpu": "3"}}}])")),
      "pods \"q\" is forbidden: [maximum cpu usage per Container is 2, but limit is 3, minimum cpu usage per "
      "Container is 100m, but request is 50m]");
}

TEST_F(LimitRangeCase, ClaimsAreMeasuredWhenTheyAreMade) {
  MakeRange(R"([{"type": "PersistentVolumeClaim", "min": {"storage": "2Gi"}, "max": {"storage": "4Gi"}}])");
  const std::string refused = "persistentvolumeclaims \"data\" is forbidden: ";
  EXPECT_EQ(RefusalOf(Claim("1Gi")),
            refused + "minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi");
  EXPECT_EQ(RefusalOf(Claim("5Gi")),
            refused + "maximum storage usage per PersistentVolumeClaim is 4Gi, but request is 5Gi");
  EXPECT_EQ(RefusalOf(Claim("4Gi")), "");
}

TEST_F(LimitRangeCase, ClaimsAreMeasuredWhenTheyAskForOther) {
  Make(Claim("1Gi"));
  MakeRange(R"([{"type": "PersistentVolumeClaim", "min": {"storage": "2Gi"}, "max": {"storage": "4Gi"}}])");
  EXPECT_EQ(Change("PersistentVolumeClaim", "data", [](Json& body) { body["metadata"]["labels"]["a"] = "b"; }), "");
  const auto grow = [](const char* to) {
    return [to](Json& body) { body["spec"]["resources"]["requests"]["storage"] = to; };
  };
  EXPECT_EQ(Change("PersistentVolumeClaim", "data", grow("5Gi")),
            "persistentvolumeclaims \"data\" is forbidden: maximum storage usage per PersistentVolumeClaim is 4Gi, but "
            "request is 5Gi");
  EXPECT_EQ(Change("PersistentVolumeClaim", "data", grow("3Gi")), "");
}

TEST_F(LimitRangeCase, PodsThatAreThereAreLeftAloneUntilTheyAreResized) {
  Make(Pod("p", R"([{"name": "a", "resources": {"limits": {"cpu": "2"}, "requests": {"cpu": "2"}}}])"));
  MakeRange(R"([{"type": "Container", "max": {"cpu": "1"}}])");
  EXPECT_EQ(Change("Pod", "p", [](Json& body) { body["metadata"]["labels"]["a"] = "b"; }), "");
  const auto resize = [](Json& body) {
    body["spec"]["containers"][0]["resources"] = Json::parse(R"({"limits": {"cpu": "3"}, "requests": {"cpu": "3"}})");
  };
  EXPECT_EQ(Change("Pod", "p", resize, WriteOptions::Part::kResize),
            "pods \"p\" is forbidden: maximum cpu usage per Container is 1, but limit is 3");
}

}  // namespace
}  // namespace ordinal::objects
