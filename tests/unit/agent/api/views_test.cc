// Typed views: what they read of a document, and that odd documents read as absent members.
#include <gmock/gmock.h>

#include "agent/api/kind.h"
#include "agent/api/kinds/endpoint_slice/view.h"
#include "agent/api/kinds/persistent_volume/view.h"
#include "agent/api/kinds/persistent_volume_claim/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/service/view.h"
#include "agent/api/kinds/stateful_set/view.h"

namespace ordinal::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(ObjectView, KnowsItsKeyAndRevision) {
  const Object object(Json::parse(
      R"({"kind": "Pod", "metadata": {"namespace": "n", "name": "a", "uid": "u", "resourceVersion": "41"}})"));
  EXPECT_EQ(ToString(object.key()), "Pod n/a");
  EXPECT_EQ(object.uid(), "u");
  EXPECT_EQ(object.revision(), 41u);
  const Object next = object.WithRevision(42);
  EXPECT_EQ(next.revision(), 42u);
  EXPECT_EQ(next.body()["metadata"]["resourceVersion"], "42");
  EXPECT_EQ(object.revision(), 41u);
  EXPECT_EQ(ToString(Object(Json::parse(R"({"kind": "PersistentVolume", "metadata": {"name": "p"}})")).key()),
            "PersistentVolume p");
}

TEST(ObjectView, MetaReadsOwnersAndTimes) {
  const Meta meta = ReadMeta(Json::parse(R"({"metadata": {"name": "a", "labels": {"x": "y", "n": 1},
    "deletionTimestamp": "2026-11-21T23:15:36Z", "deletionGracePeriodSeconds": 0, "finalizers": ["f"],
    "ownerReferences": [{"apiVersion": "v1", "kind": "A", "name": "a", "uid": "1"},
                        {"apiVersion": "apps/v1", "kind": "B", "name": "b", "uid": "2", "controller": true}]}})"));
  EXPECT_TRUE(meta.deleting());
  EXPECT_EQ(meta.deletion_grace_seconds, 0);
  EXPECT_THAT(meta.labels, ElementsAre(Pair("x", "y")));
  ASSERT_NE(meta.Controller(), nullptr);
  EXPECT_EQ(meta.Controller()->uid, "2");
  EXPECT_FALSE(ReadMeta(Json("no object")).deleting());
}

TEST(PodView, ReadsWhatANodeNeeds) {
  const Pod pod = Pod::From(Object(Json::parse(R"({"kind": "Pod", "metadata": {"name": "a"}, "spec": {
    "nodeName": "n", "terminationGracePeriodSeconds": 5, "hostNetwork": true, "enableServiceLinks": false,
    "securityContext": {"fsGroup": 7, "runAsUser": 8, "supplementalGroups": [1, 2], "sysctls": [{"name": "s", "value": "v"}]},
    "dnsConfig": {"options": [{"name": "ndots", "value": "2"}, {"name": "edns0"}]},
    "volumes": [{"name": "v", "hostPath": {"path": "/a"}}],
    "containers": [{"name": "c", "image": "i", "args": ["x"], "stdin": true,
      "env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}}],
      "ports": [{"containerPort": 80, "hostPort": 8080, "name": "http"}],
      "resources": {"limits": {"memory": "1Mi"}},
      "securityContext": {"privileged": true, "capabilities": {"add": ["NET_ADMIN"]}, "seccompProfile": {"type": "RuntimeDefault"}},
      "volumeMounts": [{"name": "v", "mountPath": "/v", "readOnly": true, "subPath": "s"}]}]},
    "status": {"phase": "Running", "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}],
      "conditions": [{"type": "Ready", "status": "True"}]}})")));
  EXPECT_EQ(pod.spec.termination_grace_seconds, 5);
  EXPECT_FALSE(pod.spec.enable_service_links);
  EXPECT_EQ(pod.spec.security.fs_group, 7);
  EXPECT_EQ(pod.spec.security.run_as_user, 8);
  EXPECT_THAT(pod.spec.security.supplemental_groups, ElementsAre(1, 2));
  EXPECT_THAT(pod.spec.dns_config->options, ElementsAre(Pair("ndots", "2"), Pair("edns0", std::nullopt)));
  ASSERT_EQ(pod.spec.containers.size(), 1u);
  const Container& container = pod.spec.containers[0];
  EXPECT_EQ(container.env[1].resource, "limits.cpu");
  EXPECT_EQ(container.env[1].divisor, "1m");
  EXPECT_EQ(container.ports[0].host_port, 8080);
  EXPECT_EQ(container.limits.at("memory").Value(), 1048576);
  EXPECT_EQ(container.security.privileged, true);
  EXPECT_EQ(container.security.seccomp->type, "RuntimeDefault");
  EXPECT_TRUE(container.mounts[0].read_only);
  EXPECT_EQ(container.termination_message_path, "/dev/termination-log");
  EXPECT_EQ(pod.spec.volumes[0].source, "hostPath");
  EXPECT_EQ(pod.spec.volumes[0].spec["path"], "/a");
  EXPECT_TRUE(pod.Ready());
  EXPECT_FALSE(pod.Terminal());
  EXPECT_THAT(pod.status.pod_ips, ElementsAre("10.0.0.1"));
}

TEST(StatefulSetView, ReadsSpecAndStatus) {
  const StatefulSet set = StatefulSet::From(Object(Json::parse(R"({"kind": "StatefulSet", "metadata": {"name": "a"},
    "spec": {"replicas": 3, "ordinals": {"start": 5}, "serviceName": "s", "selector": {"matchLabels": {"a": "b"}},
      "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2, "maxUnavailable": 1}},
      "template": {"spec": {}}, "volumeClaimTemplates": [{"metadata": {"name": "d"}}]},
    "status": {"currentRevision": "r1", "collisionCount": 2}})")));
  EXPECT_EQ(set.replicas, 3);
  EXPECT_EQ(set.start_ordinal, 5);
  EXPECT_EQ(set.partition, 2);
  EXPECT_EQ(set.max_unavailable, "1");
  EXPECT_TRUE(set.selector.Matches({{"a", "b"}}));
  EXPECT_EQ(set.claim_templates.size(), 1u);
  EXPECT_EQ(set.when_scaled, "Retain");
  EXPECT_EQ(set.current_revision, "r1");
}

TEST(ServiceViews, ReadPortsAndEndpoints) {
  const Service service = Service::From(Object(Json::parse(R"({"kind": "Service", "metadata": {"name": "a"},
    "spec": {"clusterIP": "None", "ports": [{"port": 80}, {"port": 81, "targetPort": "web", "name": "w"}]}})")));
  EXPECT_TRUE(service.headless());
  EXPECT_EQ(std::get<int32_t>(service.ports[0].target_port), 80);
  EXPECT_EQ(std::get<std::string>(service.ports[1].target_port), "web");
  const EndpointSlice slice = EndpointSlice::From(Object(Json::parse(R"({"kind": "EndpointSlice",
    "metadata": {"name": "a", "labels": {"kubernetes.io/service-name": "s"}}, "addressType": "IPv4",
    "endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": false}, "hostname": "h",
      "targetRef": {"kind": "Pod", "uid": "u"}}, {"addresses": ["10.0.0.2"]}], "ports": [{"name": "p", "port": 80}]})")));
  EXPECT_EQ(slice.service, "s");
  EXPECT_FALSE(slice.endpoints[0].ready);
  EXPECT_FALSE(slice.endpoints[0].serving);
  EXPECT_TRUE(slice.endpoints[1].ready);
  EXPECT_EQ(slice.endpoints[0].target_uid, "u");
  EXPECT_EQ(slice.ports[0].port, 80);
}

TEST(VolumeViews, ReadSourceAndClaim) {
  const PersistentVolume volume = PersistentVolume::From(Object(Json::parse(R"({"kind": "PersistentVolume",
    "metadata": {"name": "a"}, "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"],
    "gcePersistentDisk": {"pdName": "d"}, "claimRef": {"namespace": "n", "name": "c", "uid": "u"}},
    "status": {"phase": "Bound"}})")));
  EXPECT_EQ(volume.source, "gcePersistentDisk");
  EXPECT_EQ(volume.source_spec["pdName"], "d");
  EXPECT_EQ(volume.capacity.Value(), 1073741824);
  EXPECT_EQ(volume.claim_uid, "u");
  const auto claim = [](const char* spec) {
    return PersistentVolumeClaim::From(Object({{"kind", "PersistentVolumeClaim"}, {"spec", Json::parse(spec)}}));
  };
  EXPECT_EQ(claim("{}").storage_class, std::nullopt);
  EXPECT_EQ(claim(R"({"storageClassName": ""})").storage_class, "");
  EXPECT_EQ(claim(R"({"resources": {"requests": {"storage": 5}}})").request.Value(), 5);
  EXPECT_THAT(claim("null").access_modes, IsEmpty());
}

TEST(Registry, FindsKindsByEveryName) {
  for (const char* name : {"statefulsets", "statefulset", "sts"}) {
    ASSERT_NE(FindResource(name), nullptr) << name;
    EXPECT_EQ(FindResource(name)->kind, "StatefulSet");
  }
  EXPECT_EQ(FindResource("gadgets"), nullptr);
  EXPECT_TRUE(FindKind("apps/v1beta2", "StatefulSet").ok());
  EXPECT_FALSE(FindKind("v1", "StatefulSet").ok());
  for (const KindInfo* kind : AllKinds()) EXPECT_EQ(FindKind(kind->kind), kind);
}

}  // namespace
}  // namespace ordinal::api
