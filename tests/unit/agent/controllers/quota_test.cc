// The status of quotas says what there is, after every change that counts, and after a start.
#include <gmock/gmock.h>

#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

class Quotas : public Cluster {
 protected:
  static Json Quota(const char* hard) {
    return {{"apiVersion", "v1"},
            {"kind", "ResourceQuota"},
            {"metadata", {{"name", "q"}, {"namespace", "default"}}},
            {"spec", {{"hard", Json::parse(hard)}}}};
  }
  static Json Asking(const std::string& name, const char* memory) {
    Json pod = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "default"},
      "spec": {"containers": [{"name": "a", "image": "a:1"}]}})");
    pod["metadata"]["name"] = name;
    pod["spec"]["containers"][0]["resources"]["requests"]["memory"] = memory;
    return pod;
  }
  bool Used(const char* used) {
    const Json wanted = Json::parse(used);
    return Eventually([&] {
      const Json status = Get("ResourceQuota", "q")["status"];
      return api::Member(status, "used") == wanted && status["hard"] == Get("ResourceQuota", "q")["spec"]["hard"];
    });
  }
};

TEST_F(Quotas, TheStatusFollowsWhatComesGoesAndEnds) {
  Create(Asking("a", "512Mi"));
  Create(Quota(R"({"requests.memory": "4Gi", "pods": "5", "count/pods": "9", "secrets": "1", "limits.cpu": "1"})"));
  ASSERT_TRUE(
      Used(R"({"requests.memory": "512Mi", "pods": "1", "count/pods": "1", "secrets": "0", "limits.cpu": "0"})"))
      << Get("ResourceQuota", "q");
  Delete("Pod", "a");
  ASSERT_TRUE(Used(R"({"requests.memory": "0", "pods": "0", "count/pods": "0", "secrets": "0", "limits.cpu": "0"})"));
  Modify("ResourceQuota", "q", [](Json& body) { body["spec"]["hard"] = {{"requests.memory", "1Gi"}}; });
  Create(Asking("b", "1Gi"));
  ASSERT_TRUE(Used(R"({"requests.memory": "1Gi"})"));
  Modify("Pod", "b", [](Json& body) { body["status"]["phase"] = "Failed"; });
  ASSERT_TRUE(Used(R"({"requests.memory": "0"})"));
}

TEST_F(Quotas, WhatSomebodyElseWritesIntoTheStatusDoesNotStay) {
  Create(Quota(R"({"pods": "5"})"));
  ASSERT_TRUE(Used(R"({"pods": "0"})"));
  Modify("ResourceQuota", "q", [](Json& body) { body["status"]["used"]["pods"] = "4"; });
  ASSERT_TRUE(Used(R"({"pods": "0"})"));
}

}  // namespace
}  // namespace ordinal::controllers
