#include "agent/podsync/cri_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

NodeFacts Node() {
  NodeFacts node;
  node.node_name = "node-a";
  node.memory_capacity = 64LL << 30;
  node.cpu_capacity_milli = 2000;
  node.host_ips = {"192.0.2.1"};
  node.dns.cluster_servers = {"10.96.0.10"};
  node.seccomp_profiles = "/profiles";
  return node;
}

Json JsonOf(const cri::StringMap& map) { return Json(map); }

std::optional<int64_t> Value(const Json& wrapped) {
  return wrapped.is_object() ? std::optional<int64_t>(wrapped["value"].get<int64_t>()) : std::nullopt;
}

cri::ContainerConfig ConfigOf(const api::Pod& pod, ContainerFacts facts = {}) {
  if (facts.image.id.empty()) facts.image.id = "sha256:1";
  auto config = MakeContainerConfig(pod, Node(), facts);
  EXPECT_TRUE(config.ok()) << config.error().message;
  return config.ok() ? *config : cri::ContainerConfig{};
}

class Recording : public ::testing::Test {
 protected:
  const api::Pod pod_ = PodFrom(Recorded("security-and-env.pod.json"));
  const Json sandbox_ = Recorded("security-and-env.cri-sandbox.json")["config"];
  const Json container_ = Recorded("security-and-env.cri-container.json")["config"];
};

TEST_F(Recording, Sandbox) {
  const cri::SandboxConfig config = MakeSandboxConfig(pod_, Node(), kLayout, 0);
  EXPECT_EQ(config.name, sandbox_["metadata"]["name"]);
  EXPECT_EQ(config.ns, sandbox_["metadata"]["namespace"]);
  EXPECT_EQ(config.uid, sandbox_["metadata"]["uid"]);
  EXPECT_EQ(config.attempt, 0U);
  EXPECT_EQ(config.hostname, sandbox_["hostname"]);
  EXPECT_EQ(config.log_directory, sandbox_["log_directory"]);
  EXPECT_EQ(config.cgroup_parent, sandbox_["linux"]["cgroup_parent"]);
  Json labels = sandbox_["labels"];
  labels[observe::kAgentLabel] = "node-a";
  EXPECT_EQ(JsonOf(config.labels), labels);
  ASSERT_TRUE(config.dns);
  EXPECT_EQ(Json(config.dns->searches), sandbox_["dns_config"]["searches"]);
  const Json& security = sandbox_["linux"]["security_context"];
  EXPECT_EQ(config.run_as_user, Value(security["run_as_user"]));
  EXPECT_EQ(config.run_as_group, Value(security["run_as_group"]));
  EXPECT_EQ(Json(config.supplemental_groups), security["supplemental_groups"]);
  EXPECT_EQ(static_cast<int>(config.namespaces.pid), security["namespace_options"]["pid"]);
  EXPECT_EQ(config.namespaces.network, cri::NamespaceMode::kPod);
  ASSERT_TRUE(config.seccomp);
  EXPECT_EQ(config.seccomp->type, cri::SecurityProfile::Type::kRuntimeDefault);  // recorded as {}
}

TEST_F(Recording, SandboxAnnotations) {
  // The pod's own, without what a kubelet marks its source with; and the grace an agent that comes later needs.
  Json annotations = sandbox_["annotations"];
  annotations.erase("kubernetes.io/config.seen");
  annotations.erase("kubernetes.io/config.source");
  annotations[observe::kPodTerminationGracePeriod] = "1";
  EXPECT_EQ(JsonOf(MakeSandboxConfig(pod_, Node(), kLayout, 0).annotations), annotations);
}

TEST_F(Recording, Container) {
  ContainerFacts facts;
  facts.image.id = container_["image"]["image"];
  const NodeFacts node = Node();
  facts.env = {{"10.244.0.30"}, node.host_ips, node.memory_capacity, node.cpu_capacity_milli};
  facts.mounts.push_back({"/e", "/somewhere"});
  const cri::ContainerConfig config = ConfigOf(pod_, facts);
  EXPECT_EQ(config.name, container_["metadata"]["name"]);
  EXPECT_EQ(config.image, container_["image"]["image"]);
  EXPECT_EQ(Json(config.command), container_["command"]);
  EXPECT_THAT(config.args, IsEmpty());
  EXPECT_EQ(config.log_path, container_["log_path"]);
  EXPECT_EQ(config.mounts.size(), 1U);
  Json labels = container_["labels"];
  labels[observe::kAgentLabel] = "node-a";
  EXPECT_EQ(JsonOf(config.labels), labels);
  Json annotations = container_["annotations"];
  annotations[observe::kContainerHash] = config.annotations.at(observe::kContainerHash);  // another hash function
  annotations[observe::kResources] =
      R"({"pod":{}})";  // said also where there is nothing: none at all means that nobody knows
  EXPECT_EQ(JsonOf(config.annotations), annotations);
  EXPECT_THAT(config.envs, ::testing::Contains(Pair("POD_IP", "10.244.0.30")));
}

TEST_F(Recording, ContainerSecurity) {
  const cri::ContainerConfig config = ConfigOf(pod_);
  const Json& security = container_["linux"]["security_context"];
  EXPECT_EQ(Json(config.masked_paths), security["masked_paths"]);
  EXPECT_EQ(Json(config.readonly_paths), security["readonly_paths"]);
  EXPECT_EQ(Json(config.add_capabilities), security["capabilities"]["add_capabilities"]);
  EXPECT_EQ(Json(config.drop_capabilities), security["capabilities"]["drop_capabilities"]);
  EXPECT_EQ(config.no_new_privs, security["no_new_privs"]);
  EXPECT_EQ(config.readonly_rootfs, security["readonly_rootfs"]);
  EXPECT_EQ(config.run_as_user, Value(security["run_as_user"]));
  EXPECT_EQ(config.run_as_group, Value(security["run_as_group"]));
  EXPECT_EQ(Json(config.supplemental_groups), security["supplemental_groups"]);
  EXPECT_EQ(static_cast<int>(config.namespaces.pid), security["namespace_options"]["pid"]);
  ASSERT_TRUE(config.seccomp);
  EXPECT_EQ(static_cast<int>(config.seccomp->type), security["seccomp"]["profile_type"]);
  EXPECT_FALSE(config.privileged);
}

TEST(SandboxConfig, OfTheHostsNamespaces) {
  Json spec = Spec({}, {"a"});
  spec["hostNetwork"] = spec["hostPID"] = spec["hostIPC"] = true;
  spec["containers"][0]["ports"] = Json::parse(R"([{"containerPort":80,"hostPort":8080}])");
  const cri::SandboxConfig config = MakeSandboxConfig(PodWith(spec), Node(), kLayout, 3);
  EXPECT_EQ(config.attempt, 3U);
  EXPECT_EQ(config.hostname, "");  // the host's own
  EXPECT_EQ(config.namespaces.network, cri::NamespaceMode::kNode);
  EXPECT_EQ(config.namespaces.pid, cri::NamespaceMode::kNode);
  EXPECT_EQ(config.namespaces.ipc, cri::NamespaceMode::kNode);
  EXPECT_THAT(config.ports, IsEmpty());  // the process listens on the host itself
}

TEST(SandboxConfig, SharedProcessNamespace) {
  Json spec = Spec({}, {"a"});
  spec["shareProcessNamespace"] = true;
  EXPECT_EQ(MakeSandboxConfig(PodWith(spec), Node(), kLayout, 0).namespaces.pid, cri::NamespaceMode::kPod);
  EXPECT_EQ(ConfigOf(PodWith(spec)).namespaces.pid, cri::NamespaceMode::kPod);
}

TEST(SandboxConfig, HostPorts) {
  Json spec = Spec({}, {"a", "b"});
  spec["containers"][0]["ports"] = Json::parse(R"([{"containerPort":80},{"containerPort":53,"hostPort":5353,
      "protocol":"UDP","hostIP":"127.0.0.1"}])");
  spec["containers"][1]["ports"] = Json::parse(R"([{"containerPort":9,"hostPort":9,"protocol":"SCTP"}])");
  const auto ports = MakeSandboxConfig(PodWith(spec), Node(), kLayout, 0).ports;
  ASSERT_EQ(ports.size(), 2U);
  EXPECT_EQ(ports[0].protocol, cri::Protocol::kUdp);
  EXPECT_EQ(ports[0].container_port, 53);
  EXPECT_EQ(ports[0].host_port, 5353);
  EXPECT_EQ(ports[0].host_ip, "127.0.0.1");
  EXPECT_EQ(ports[1].protocol, cri::Protocol::kSctp);
}

TEST(SandboxConfig, HostnameAsFullName) {
  Json spec = Spec({}, {"a"});
  spec["subdomain"] = "kubia";
  EXPECT_EQ(MakeSandboxConfig(PodWith(spec), Node(), kLayout, 0).hostname, "kubia-0");
  spec["setHostnameAsFQDN"] = true;
  EXPECT_EQ(MakeSandboxConfig(PodWith(spec), Node(), kLayout, 0).hostname, "kubia-0.kubia.default.svc.cluster.local");
}

TEST(SandboxConfig, HostnameOverrideGoesBeforeAllOthers) {
  Json spec = Spec({}, {"a"});
  spec["subdomain"] = "kubia";
  spec["hostnameOverride"] = "db.example";
  const api::Pod pod = PodWith(spec);
  EXPECT_EQ(MakeSandboxConfig(pod, Node(), kLayout, 0).hostname, "db.example");
  EXPECT_THAT(HostsFile(pod, {"10.244.0.7"}, "cluster.local"), HasSubstr("10.244.0.7\tdb.example\n"));
  EXPECT_EQ(FullyQualifiedName(pod, "cluster.local"), "kubia-0.kubia.default.svc.cluster.local") << "DNS goes on";
}

TEST(SandboxConfig, SysctlsAreSpelledWithDots) {
  Json spec = Spec({}, {"a"});
  spec["securityContext"]["sysctls"] = Json::parse(R"([{"name": "net/ipv4/tcp_syncookies", "value": "1"}])");
  EXPECT_THAT(MakeSandboxConfig(PodWith(spec), Node(), kLayout, 0).sysctls,
              ElementsAre(Pair("net.ipv4.tcp_syncookies", "1")));
}

TEST(SandboxConfig, OverheadIsTheRuntimesToKnow) {
  Json spec = Spec({}, {"a"});
  spec["overhead"] = Json::parse(R"({"cpu": "250m", "memory": "64Mi"})");
  const cri::Resources overhead = MakeSandboxConfig(PodWith(spec), Node(), kLayout, 0).overhead;
  EXPECT_EQ(overhead.cpu_shares, 256);
  EXPECT_EQ(overhead.cpu_quota, 25'000);
  EXPECT_EQ(overhead.cpu_period, 100'000);
  EXPECT_EQ(overhead.memory_limit, 64 << 20);
}

TEST(ContainerConfig, StrictGroupsAreTheSandboxsToo) {
  Json spec = Spec({}, {"a"});
  EXPECT_FALSE(ConfigOf(PodWith(spec)).strict_groups);
  spec["securityContext"]["supplementalGroupsPolicy"] = "Strict";
  EXPECT_TRUE(ConfigOf(PodWith(spec)).strict_groups);
  EXPECT_TRUE(MakeSandboxConfig(PodWith(spec), Node(), kLayout, 0).strict_groups);
}

TEST(ContainerConfig, ASeccompProfileIsAFileOfTheNode) {
  Json spec = Spec({}, {"a"});
  spec["securityContext"]["seccompProfile"] = Json{{"type", "Localhost"}, {"localhostProfile", "deny/chmod.json"}};
  const cri::ContainerConfig config = ConfigOf(PodWith(spec));
  EXPECT_EQ(config.seccomp->type, cri::SecurityProfile::Type::kLocalhost);
  EXPECT_EQ(config.seccomp->localhost_ref, "/profiles/deny/chmod.json");
}

TEST(SandboxConfig, IsPrivilegedWhenAContainerIs) {
  Json spec = Spec({"i"}, {"a"});
  EXPECT_FALSE(MakeSandboxConfig(PodWith(spec), Node(), kLayout, 0).privileged);
  spec["initContainers"][0]["securityContext"]["privileged"] = true;
  EXPECT_TRUE(MakeSandboxConfig(PodWith(spec), Node(), kLayout, 0).privileged);
}

TEST(ContainerConfig, CommandAndArgumentsAreExpanded) {
  Json spec = Spec({}, {"a"});
  spec["containers"][0]["env"] = Json::parse(R"([{"name":"N","value":"1"}])");
  spec["containers"][0]["command"] = {"run-$(N)"};
  spec["containers"][0]["args"] = {"$(N)", "$$(N)", "$(M)"};
  const cri::ContainerConfig config = ConfigOf(PodWith(spec));
  EXPECT_THAT(config.command, ElementsAre("run-1"));
  EXPECT_THAT(config.args, ElementsAre("1", "$(N)", "$(M)"));
}

TEST(ContainerConfig, OfAnInitContainerAndARestart) {
  ContainerFacts facts;
  facts.init = true;
  facts.index = 1;
  facts.attempt = 4;
  const cri::ContainerConfig config = ConfigOf(PodWith(Spec({"i", "j"}, {"a"})), facts);
  EXPECT_EQ(config.name, "j");
  EXPECT_EQ(config.attempt, 4U);
  EXPECT_EQ(config.log_path, "j/4.log");
  EXPECT_EQ(config.annotations.at(observe::kRestartCount), "4");
}

TEST(ContainerConfig, PrivilegedSeesEverything) {
  Json spec = Spec({}, {"a"});
  spec["containers"][0]["securityContext"]["privileged"] = true;
  spec["securityContext"]["seccompProfile"]["type"] = "RuntimeDefault";
  const cri::ContainerConfig config = ConfigOf(PodWith(spec));
  EXPECT_TRUE(config.privileged);
  EXPECT_THAT(config.masked_paths, IsEmpty());
  EXPECT_THAT(config.readonly_paths, IsEmpty());
  EXPECT_EQ(config.seccomp->type, cri::SecurityProfile::Type::kUnconfined);
}

TEST(ContainerConfig, OwnSecurityWinsOverThePods) {
  Json spec = Spec({}, {"a"});
  spec["securityContext"] = Json::parse(R"({"runAsUser":1,"runAsGroup":2,"seccompProfile":{"type":"RuntimeDefault"}})");
  spec["containers"][0]["securityContext"] =
      Json::parse(R"({"runAsUser":7,"seccompProfile":{"type":"Localhost","localhostProfile":"p.json"}})");
  const cri::ContainerConfig config = ConfigOf(PodWith(spec));
  EXPECT_EQ(config.run_as_user, 7);
  EXPECT_EQ(config.run_as_group, 2);
  EXPECT_EQ(config.seccomp->type, cri::SecurityProfile::Type::kLocalhost);
  EXPECT_EQ(config.seccomp->localhost_ref, "/profiles/p.json");
}

TEST(ContainerConfig, TheImagesUserCountsWhenTheSpecNamesNone) {
  struct Row {
    std::optional<int64_t> uid;
    std::string name;
    std::optional<int64_t> expected;
    std::string expected_name;
  };
  for (const Row& row : std::vector<Row>{{5, "", 5, ""}, {{}, "app", {}, "app"}, {{}, "", 0, ""}}) {
    ContainerFacts facts;
    facts.image.id = "sha256:1";
    facts.image.uid = row.uid;
    facts.image.username = row.name;
    const cri::ContainerConfig config = ConfigOf(PodWith(Spec({}, {"a"})), facts);
    EXPECT_EQ(config.run_as_user, row.expected);
    EXPECT_EQ(config.run_as_username, row.expected_name);
  }
}

TEST(ContainerConfig, RunAsNonRootIsHeld) {
  struct Row {
    std::string security;
    std::optional<int64_t> uid;
    std::string username;
    std::string refusal;  ///< empty: it is let through
  };
  for (const Row& row : std::vector<Row>{{R"({"runAsNonRoot":true,"runAsUser":5})", {}, "", ""},
                                         {R"({"runAsNonRoot":true})", 5, "", ""},
                                         {R"({"runAsNonRoot":false})", {}, "", ""},
                                         {R"({"runAsNonRoot":true})", {}, "", "would run as root"},
                                         {R"({"runAsNonRoot":true})", 0, "", "would run as root"},
                                         {R"({"runAsNonRoot":true,"runAsUser":0})", 5, "", "would run as root"},
                                         {R"({"runAsNonRoot":true})", {}, "app", "non-numeric user \"app\""}}) {
    Json spec = Spec({}, {"a"});
    spec["securityContext"] = Json::parse(row.security);
    ContainerFacts facts;
    facts.image.id = "sha256:1";
    facts.image.uid = row.uid;
    facts.image.username = row.username;
    const auto config = MakeContainerConfig(PodWith(spec), Node(), facts);
    EXPECT_EQ(config.ok(), row.refusal.empty()) << row.security;
    if (config.ok()) continue;
    EXPECT_THAT(config.error().message, HasSubstr(row.refusal));
    EXPECT_EQ(config.error().reason, "CreateContainerConfigError");
  }
}

TEST(ContainerConfig, DeletionGraceIsNoted) {
  Json document = PodDocument(Spec({}, {"a"}));
  document["metadata"]["deletionTimestamp"] = "2026-11-21T12:00:30Z";
  document["metadata"]["deletionGracePeriodSeconds"] = 12;
  EXPECT_EQ(ConfigOf(PodFrom(document)).annotations.at(observe::kPodDeletionGracePeriod), "12");
  EXPECT_FALSE(ConfigOf(PodWith(Spec({}, {"a"}))).annotations.contains(observe::kPodDeletionGracePeriod));
}

}  // namespace
}  // namespace ordinal::podsync
