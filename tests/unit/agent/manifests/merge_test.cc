#include "agent/manifests/merge.h"

#include <gtest/gtest.h>

#include "agent/api/kinds/deployment/fields.h"
#include "agent/api/kinds/persistent_volume/fields.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/service/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/stateful_set/fields.h"

namespace ordinal::manifests {
namespace {

using api::Json;

struct MergeCase {
  const char* what;
  const api::StructType* type;
  const char *last, *wanted, *live, *merged;
};

class Merges : public testing::TestWithParam<MergeCase> {};

TEST_P(Merges, ChangeOnlyWhatTheFileSays) {
  const MergeCase& c = GetParam();
  const Json merged = Merge(*c.type, Json::parse(c.last), Json::parse(c.wanted), Json::parse(c.live));
  EXPECT_EQ(merged, Json::parse(c.merged)) << c.what << "\n" << merged.dump(1);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Merges,
    testing::Values(
        MergeCase{
            "what controllers set stays", &api::schema::kPersistentVolume, R"({"spec": {"capacity": {}}})",
            R"({"spec": {"accessModes": ["ReadWriteOnce"]}})",
            R"({"spec": {"claimRef": {"name": "c"}}, "status": {"phase": "Bound"}})",
            R"({"spec": {"accessModes": ["ReadWriteOnce"], "claimRef": {"name": "c"}}, "status": {"phase": "Bound"}})"},
        MergeCase{
            "what is no longer written goes", &api::schema::kService,
            R"({"spec": {"selector": {"a": "1", "b": "2"}, "publishNotReadyAddresses": true}})",
            R"({"spec": {"selector": {"a": "9"}}})",
            R"({"spec": {"selector": {"a": "1", "b": "2", "c": "3"}, "publishNotReadyAddresses": true, "type": "ClusterIP"}})",
            R"({"spec": {"selector": {"a": "9", "c": "3"}, "type": "ClusterIP"}})"},
        MergeCase{
            "lists are merged by their key", &api::schema::kPodSpec,
            R"({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]})",
            R"({"containers": [{"name": "c", "image": "3"}, {"name": "a", "image": "2"}]})",
            R"({"containers": [{"name": "a", "image": "1", "imagePullPolicy": "Always"}, {"name": "b", "image": "1"},
                                     {"name": "injected", "image": "x"}]})",
            R"({"containers": [{"name": "c", "image": "3"}, {"name": "a", "image": "2", "imagePullPolicy": "Always"},
                                     {"name": "injected", "image": "x"}]})"},
        MergeCase{"a list without a key is replaced", &api::schema::kContainer, R"({"args": ["a", "b"]})",
                  R"({"args": ["c"]})", R"({"args": ["a", "b"]})", R"({"args": ["c"]})"},
        MergeCase{"finalizers are a set", &api::schema::kObjectMeta, R"({"finalizers": ["x/a", "x/b"]})",
                  R"({"finalizers": ["x/b", "x/c"]})",
                  R"({"finalizers": ["x/a", "x/b", "kubernetes.io/pv-protection"]})",
                  R"({"finalizers": ["x/b", "x/c", "kubernetes.io/pv-protection"]})"},
        MergeCase{"a volume changes its source, defaulted or written", &api::schema::kPodSpec,
                  R"({"volumes": [{"name": "v"}]})", R"({"volumes": [{"name": "v", "hostPath": {"path": "/a"}}]})",
                  R"({"volumes": [{"name": "v", "emptyDir": {}}]})",
                  R"({"volumes": [{"name": "v", "hostPath": {"path": "/a"}}]})"},
        MergeCase{"an update strategy drops the defaults of the other", &api::schema::kStatefulSetSpec, "{}",
                  R"({"updateStrategy": {"type": "OnDelete"}})",
                  R"({"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}})",
                  R"({"updateStrategy": {"type": "OnDelete"}})"},
        MergeCase{"so does a Deployment's", &api::schema::kDeploymentSpec, "{}",
                  R"({"strategy": {"type": "Recreate"}})",
                  R"({"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%"}}})",
                  R"({"strategy": {"type": "Recreate"}})"},
        MergeCase{"a probe's handler rules out the one that somebody else chose", &api::schema::kContainer, "{}",
                  R"({"livenessProbe": {"tcpSocket": {"port": 1}}})",
                  R"({"livenessProbe": {"httpGet": {"port": 80, "path": "/"}, "periodSeconds": 10}})",
                  R"({"livenessProbe": {"tcpSocket": {"port": 1}, "periodSeconds": 10}})"},
        MergeCase{"a variable's source rules out its value, and the other way round", &api::schema::kContainer, "{}",
                  R"({"env": [{"name": "a", "value": "x"},
                              {"name": "b", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]})",
                  R"({"env": [{"name": "a", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                              {"name": "b", "value": "y"}]})",
                  R"({"env": [{"name": "a", "value": "x"},
                              {"name": "b", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]})"}));

}  // namespace
}  // namespace ordinal::manifests
