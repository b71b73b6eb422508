// What requests do to kinds beyond the usual: the size of a ReplicationController, autoscalers in both versions, the
// class that an ingress gets.
#include <gmock/gmock.h>

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MoreKinds : public RestFixture {
 protected:
  Json Made(const std::string& path, const char* text) {
    const http::Response made = Post(path, Json::parse(text));
    EXPECT_EQ(made.status, 201) << Text(made);
    return Body(made);
  }
};

TEST_F(MoreKinds, AReplicationControllerHasASize) {
  const std::string all = "/api/v1/namespaces/default/replicationcontrollers";
  Made(all, R"({"apiVersion": "v1", "kind": "ReplicationController", "metadata": {"name": "web"},
    "spec": {"replicas": 2, "template": {"metadata": {"labels": {"app": "web", "tier": "a"}},
      "spec": {"containers": [{"name": "c", "image": "i"}]}}}})");
  Json scale = Body(Send("GET", all + "/web/scale"));
  EXPECT_EQ(scale["spec"]["replicas"], 2);
  EXPECT_EQ(scale["status"]["selector"], "app=web,tier=a");
  scale["spec"]["replicas"] = 5;
  EXPECT_EQ(Send("PUT", all + "/web/scale", Sent{scale.dump()}).status, 200);
  EXPECT_EQ(Body(Send("GET", all + "/web"))["spec"]["replicas"], 5);
}

TEST_F(MoreKinds, AnAutoscalerIsReadAndPatchedInBothVersions) {
  const std::string v1 = "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers";
  const std::string v2 = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers";
  const Json made = Made(v1, R"({"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "x"}, "spec": {"maxReplicas": 3, "targetCPUUtilizationPercentage": 40,
      "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}})");
  EXPECT_EQ(made["apiVersion"], "autoscaling/v1");
  EXPECT_EQ(made["spec"]["targetCPUUtilizationPercentage"], 40);
  EXPECT_EQ(Body(Send("GET", v2 + "/x"))["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"], 40);
  const Sent patch{R"({"spec": {"targetCPUUtilizationPercentage": 60}})", "application/merge-patch+json"};
  EXPECT_EQ(Send("PATCH", v1 + "/x", patch).status, 200);
  EXPECT_EQ(Body(Send("GET", v2 + "/x"))["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"], 60);
}

TEST_F(MoreKinds, AnIngressWithoutAClassGetsTheNewestDefaultOne) {
  const std::string classes = "/apis/networking.k8s.io/v1/ingressclasses";
  const std::string ingresses = "/apis/networking.k8s.io/v1/namespaces/default/ingresses";
  Json klass = Json::parse(R"({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
    "metadata": {"name": "a", "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
    "spec": {"controller": "acme.io/i"}})");
  Json ingress = Json::parse(R"({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "none"},
    "spec": {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}})");
  const auto class_of = [&](const std::string& name) {
    ingress["metadata"]["name"] = name;
    const http::Response made = Post(ingresses, ingress);
    EXPECT_EQ(made.status, 201) << Text(made);
    return Body(made)["spec"].value("ingressClassName", "");
  };
  EXPECT_EQ(class_of("none"), "");
  ASSERT_EQ(Post(classes, klass).status, 201);
  EXPECT_EQ(class_of("one"), "a");
  clock_.Advance(std::chrono::seconds(5));
  klass["metadata"]["name"] = "b";
  ASSERT_EQ(Post(classes, klass).status, 201);
  EXPECT_EQ(class_of("newest"), "b");
  ingress["spec"]["ingressClassName"] = "c";
  EXPECT_EQ(class_of("named"), "c");
  ingress["metadata"]["annotations"]["kubernetes.io/ingress.class"] = "d";
  ingress["metadata"]["name"] = "both";
  EXPECT_EQ(Post(ingresses, ingress).status, 422);
  ingress["spec"].erase("ingressClassName");
  EXPECT_EQ(class_of("by-annotation"), "");
}

TEST_F(MoreKinds, WhoWritesWhatNobodyUsesIsTold) {
  const std::string policies = "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies";
  const Json policy = Json::parse(R"({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
    "metadata": {"name": "x"}, "spec": {"podSelector": {}}})");
  EXPECT_THAT(Warnings(Post(policies, policy)), ElementsAre(HasSubstr("not enforced yet")));
  EXPECT_EQ(Send("GET", policies + "/x/status").status, 404);
}

}  // namespace
}  // namespace ordinal::apiserver::rest
