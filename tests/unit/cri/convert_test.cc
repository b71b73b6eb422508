#include "cri/grpc/convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cri/grpc/runtime_config.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::cri {
namespace {

namespace pb = runtime::v1;
using ::testing::ElementsAre;

TEST(Convert, SandboxConfigKeepsEveryField) {
  SandboxConfig config;
  config.name = "kubia-0";
  config.uid = "u";
  config.ns = "default";
  config.attempt = 2;
  config.hostname = "kubia-0";
  config.log_directory = "/var/log/pods/x";
  config.dns = DnsConfig{{"169.254.20.10"}, {"svc.cluster.local"}, {"ndots:5"}};
  config.ports = {{Protocol::kUdp, 53, 5353, "127.0.0.1"}};
  config.labels["a"] = "b";
  config.annotations["c"] = "d";
  config.cgroup_parent = "/kubepods/x";
  config.sysctls["net.core.somaxconn"] = "10";
  config.namespaces.network = NamespaceMode::kNode;
  config.run_as_user = 7;
  config.supplemental_groups = {8, 9};
  config.seccomp = SecurityProfile{SecurityProfile::Type::kLocalhost, "profile.json"};
  config.selinux = SELinuxOptions{"u", "r", "t", "l"};
  const pb::PodSandboxConfig out = ToProto(config);
  EXPECT_EQ(out.metadata().name(), "kubia-0");
  EXPECT_EQ(out.metadata().uid(), "u");
  EXPECT_EQ(out.metadata().namespace_(), "default");
  EXPECT_EQ(out.metadata().attempt(), 2U);
  EXPECT_EQ(out.hostname(), "kubia-0");
  EXPECT_EQ(out.log_directory(), "/var/log/pods/x");
  EXPECT_THAT(out.dns_config().servers(), ElementsAre("169.254.20.10"));
  EXPECT_THAT(out.dns_config().searches(), ElementsAre("svc.cluster.local"));
  EXPECT_THAT(out.dns_config().options(), ElementsAre("ndots:5"));
  EXPECT_EQ(out.port_mappings(0).protocol(), pb::UDP);
  EXPECT_EQ(out.port_mappings(0).container_port(), 53);
  EXPECT_EQ(out.port_mappings(0).host_port(), 5353);
  EXPECT_EQ(out.labels().at("a"), "b");
  EXPECT_EQ(out.annotations().at("c"), "d");
  EXPECT_EQ(out.linux().cgroup_parent(), "/kubepods/x");
  EXPECT_EQ(out.linux().sysctls().at("net.core.somaxconn"), "10");
  const auto& security = out.linux().security_context();
  EXPECT_EQ(security.namespace_options().network(), pb::NODE);
  EXPECT_EQ(security.namespace_options().pid(), pb::CONTAINER);
  EXPECT_EQ(security.run_as_user().value(), 7);
  EXPECT_FALSE(security.has_run_as_group());
  EXPECT_THAT(security.supplemental_groups(), ElementsAre(8, 9));
  EXPECT_EQ(security.seccomp().localhost_ref(), "profile.json");
  EXPECT_EQ(security.selinux_options().type(), "t");
  EXPECT_FALSE(ToProto(SandboxConfig()).has_dns_config()) << "none: the host's resolv.conf";
}

TEST(Convert, ContainerConfigKeepsEveryField) {
  ContainerConfig config;
  config.name = "main";
  config.attempt = 3;
  config.image = "sha256:1";
  config.command = {"/bin/sh"};
  config.args = {"-c", "true"};
  config.working_dir = "/w";
  config.envs = {{"B", "1"}, {"A", "2"}};
  config.mounts = {{"/data", "/host/data", true, MountPropagation::kHostToContainer}};
  config.devices = {{"/dev/x", "/dev/y", "rwm"}};
  config.log_path = "main/0.log";
  config.stdin_open = config.tty = true;
  config.resources = {100'000, 50'000, 512, 64 << 20, 32 << 20, -997, {}, {}};
  config.add_capabilities = {"NET_ADMIN"};
  config.drop_capabilities = {"ALL"};
  config.run_as_group = 5;
  config.run_as_username = "nobody";
  config.no_new_privs = true;
  config.masked_paths = {"/proc/kcore"};
  config.apparmor = SecurityProfile{SecurityProfile::Type::kUnconfined, ""};
  const pb::ContainerConfig out = ToProto(config);
  EXPECT_EQ(out.metadata().attempt(), 3U);
  EXPECT_EQ(out.image().image(), "sha256:1");
  EXPECT_THAT(out.command(), ElementsAre("/bin/sh"));
  EXPECT_THAT(out.args(), ElementsAre("-c", "true"));
  EXPECT_EQ(out.envs(0).key(), "B") << "in the order given";
  EXPECT_EQ(out.mounts(0).host_path(), "/host/data");
  EXPECT_TRUE(out.mounts(0).readonly());
  EXPECT_EQ(out.mounts(0).propagation(), pb::PROPAGATION_HOST_TO_CONTAINER);
  EXPECT_EQ(out.devices(0).permissions(), "rwm");
  EXPECT_TRUE(out.stdin());
  EXPECT_TRUE(out.tty());
  EXPECT_EQ(out.linux().resources().cpu_quota(), 50'000);
  EXPECT_EQ(out.linux().resources().memory_limit_in_bytes(), 64 << 20);
  EXPECT_EQ(out.linux().resources().memory_swap_limit_in_bytes(), 32 << 20);
  EXPECT_EQ(out.linux().resources().oom_score_adj(), -997);
  const auto& security = out.linux().security_context();
  EXPECT_THAT(security.capabilities().add_capabilities(), ElementsAre("NET_ADMIN"));
  EXPECT_EQ(security.run_as_group().value(), 5);
  EXPECT_EQ(security.run_as_username(), "nobody");
  EXPECT_TRUE(security.no_new_privs());
  EXPECT_THAT(security.masked_paths(), ElementsAre("/proc/kcore"));
  EXPECT_EQ(security.apparmor().profile_type(), pb::SecurityProfile::Unconfined);
  EXPECT_FALSE(security.has_seccomp());
}

TEST(Convert, StatusesKeepTimesAddressesAndTheExit) {
  pb::PodSandboxStatus sandbox;
  sandbox.mutable_network()->set_ip("10.1.2.3");
  sandbox.mutable_network()->add_additional_ips()->set_ip("fd00::3");
  sandbox.mutable_linux()->mutable_namespaces()->mutable_options()->set_network(pb::NODE);
  sandbox.set_state(pb::SANDBOX_READY);
  EXPECT_THAT(FromProto(sandbox).ips, ElementsAre("10.1.2.3", "fd00::3"));
  EXPECT_TRUE(FromProto(sandbox).host_network);

  pb::ContainerStatus container;
  container.set_state(pb::CONTAINER_EXITED);
  container.set_created_at(5);
  container.set_started_at(1'000'000'000);
  container.set_finished_at(-62'135'596'800);  // Go's zero time
  container.set_exit_code(137);
  container.set_reason("OOMKilled");
  const Container out = FromProto(container);
  EXPECT_EQ(out.state, ContainerState::kExited);
  EXPECT_EQ(out.started_at.time_since_epoch(), std::chrono::seconds(1));
  EXPECT_EQ(out.finished_at, WallTime()) << "never";
  EXPECT_EQ(out.exit_code, 137);
  EXPECT_EQ(out.reason, "OOMKilled");
}

/// What arrives when a runtime sends this: nothing of an answer with a string field that is no text.
template <class Message>
Message Sent(const Message& message) {
  Message out;
  EXPECT_TRUE(out.ParseFromString(message.SerializeAsString())) << "the whole answer is lost";
  return out;
}

TEST(Convert, WhatIsNoTextIsMadeSo) {
  const std::string bad = "\xEF\xBF\xBD";
  pb::ContainerStatusResponse ended;
  ended.mutable_status()->set_reason("Start\xFF");
  ended.mutable_status()->set_message("exec \xE2\x82");
  const Container container = FromProto(Sent(ended).status());
  EXPECT_EQ(container.reason, "Start" + bad);
  EXPECT_EQ(container.message, "exec " + bad + bad);

  pb::StatusResponse status;
  auto* network = status.mutable_status()->add_conditions();
  network->set_type("NetworkReady");
  network->set_reason("\xFF");
  network->set_message("no \xFF");
  const auto read = ReadRuntimeStatus(Sent(status));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->message, "NetworkReady: " + bad + ": no " + bad);

  pb::Image image;
  image.set_id("a\xFF");
  image.add_repo_tags("b\xFF");
  image.add_repo_digests("c\xFF");
  image.set_username("d\xFF");
  const Image out = FromProto(image);
  EXPECT_EQ(out.id, "a" + bad);
  EXPECT_THAT(out.repo_tags, ElementsAre("b" + bad));
  EXPECT_THAT(out.repo_digests, ElementsAre("c" + bad));
  EXPECT_EQ(out.username, "d" + bad);

  pb::PodSandbox sandbox;
  (*sandbox.mutable_labels())["k\xFF"] = "v\xFF";
  EXPECT_EQ(FromProto(sandbox).labels, (StringMap{{"k" + bad, "v" + bad}}));
}

TEST(Convert, MessagesOfTheRuntimeAreBounded) {
  pb::ContainerStatus ended;
  ended.set_message(std::string(1 << 20, 'x'));
  EXPECT_EQ(FromProto(ended).message.size(), 4096U);
}

TEST(Convert, WhatOnlyNewerRuntimesRead) {
  SandboxConfig sandbox;
  sandbox.namespaces.users = IdRange{131072, 65536};
  sandbox.strict_groups = true;
  sandbox.overhead.memory_limit = 64 << 20;
  const auto linux = ToProto(sandbox).linux();
  const auto& users = linux.security_context().namespace_options().userns_options();
  EXPECT_EQ(users.mode(), pb::POD);
  ASSERT_EQ(users.uids_size(), 1);
  EXPECT_EQ(users.uids(0).host_id(), 131072U);
  EXPECT_EQ(users.uids(0).container_id(), 0U);
  EXPECT_EQ(users.gids(0).length(), 65536U);
  EXPECT_EQ(linux.security_context().supplemental_groups_policy(), pb::Strict);
  EXPECT_EQ(linux.overhead().memory_limit_in_bytes(), 64 << 20);
  const auto plain = ToProto(SandboxConfig()).linux().security_context();
  EXPECT_FALSE(plain.namespace_options().has_userns_options());
  EXPECT_EQ(plain.supplemental_groups_policy(), pb::Merge);

  ContainerConfig container;
  container.strict_groups = true;
  container.namespaces.users = IdRange{131072, 65536};
  container.mounts = {{"/a", "/host/a", true}, {"/b", "", true}};
  container.mounts[0].recursive_readonly = true;
  container.mounts[0].ids = IdRange{131072, 65536};
  container.mounts[1].image = "sha256:2";
  container.mounts[1].image_sub_path = "data";
  const pb::ContainerConfig out = ToProto(container);
  EXPECT_EQ(out.linux().security_context().supplemental_groups_policy(), pb::Strict);
  EXPECT_EQ(out.linux().security_context().namespace_options().userns_options().uids(0).length(), 65536U);
  EXPECT_TRUE(out.mounts(0).recursive_read_only());
  EXPECT_EQ(out.mounts(0).uidmappings(0).host_id(), 131072U);
  EXPECT_EQ(out.mounts(0).gidmappings(0).length(), 65536U);
  EXPECT_FALSE(out.mounts(0).has_image());
  EXPECT_EQ(out.mounts(1).image().image(), "sha256:2");
  EXPECT_EQ(out.mounts(1).image_sub_path(), "data");
  EXPECT_EQ(out.mounts(1).uidmappings_size(), 0);
}

TEST(ReadRuntimeStatus, ReadsWhatEachHandlerCan) {
  pb::StatusResponse response;
  EXPECT_TRUE(ReadRuntimeStatus(response)->handlers.empty()) << "before containerd 2.0";
  auto* usual = response.add_runtime_handlers();
  usual->mutable_features()->set_recursive_read_only_mounts(true);
  auto* other = response.add_runtime_handlers();
  other->set_name("crun");
  other->mutable_features()->set_user_namespaces(true);
  response.mutable_features()->set_supplemental_groups_policy(true);
  const auto status = ReadRuntimeStatus(response);
  ASSERT_TRUE(status.ok());
  EXPECT_TRUE(status->handlers.at("").recursive_read_only_mounts);
  EXPECT_FALSE(status->handlers.at("").user_namespaces);
  EXPECT_TRUE(status->handlers.at("crun").user_namespaces);
  EXPECT_EQ(status->supplemental_groups_policy, true);
}

TEST(ReadRuntimeStatus, ReadsTheRunningConfigurationOfContainerd) {
  pb::StatusResponse response;
  auto* runtime = response.mutable_status()->add_conditions();
  runtime->set_type("RuntimeReady");
  runtime->set_status(true);
  auto* network = response.mutable_status()->add_conditions();
  network->set_type("NetworkReady");
  network->set_reason("NetworkPluginNotReady");
  network->set_message("cni plugin not initialized");
  (*response.mutable_info())["config"] =
      fakes::ReadFile(std::string(ORDINAL_TEST_DATA) + "/cri/containerd-1.6.20-config.json");
  const auto status = ReadRuntimeStatus(response);
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_TRUE(status->runtime_ready);
  EXPECT_FALSE(status->network_ready);
  EXPECT_EQ(status->message, "NetworkReady: NetworkPluginNotReady: cni plugin not initialized");
  EXPECT_EQ(status->sandbox_image, "ordinal.test/pause:1");
  EXPECT_THAT(status->cni_bin_dirs, ElementsAre("/usr/lib/cni"));
  EXPECT_EQ(status->cni_conf_dir, "/etc/cni/net.d");
  EXPECT_EQ(status->default_runtime, "runc");
  EXPECT_FALSE(status->systemd_cgroup);
  EXPECT_TRUE(status->restrict_oom_score_adj);
}

TEST(ReadRuntimeStatus, ReadsContainerd2WhichListsPluginDirectoriesAndDoesNotNameTheSandboxImage) {
  pb::StatusResponse response;
  auto* warning = response.mutable_status()->add_conditions();
  warning->set_type("ContainerdHasNoDeprecationWarnings");
  warning->set_message("bin_dir is deprecated");
  (*response.mutable_info())["config"] =
      fakes::ReadFile(std::string(ORDINAL_TEST_DATA) + "/cri/containerd-2.1.9-config.json");
  const auto status = ReadRuntimeStatus(response);
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(status->message, "");
  EXPECT_EQ(status->sandbox_image, "");
  EXPECT_THAT(status->cni_bin_dirs, ElementsAre("/usr/lib/cni"));
  EXPECT_EQ(status->cni_conf_dir, "/etc/cni/net.d");
  EXPECT_EQ(status->default_runtime, "runc");
  EXPECT_TRUE(status->restrict_oom_score_adj);
}

TEST(ReadRuntimeStatus, LivesWithRuntimesThatSayLessOrSomethingElse) {
  pb::StatusResponse response;
  EXPECT_EQ(ReadRuntimeStatus(response)->sandbox_image, "");
  (*response.mutable_info())["config"] = R"({"sandboxImage": 7, "cni": [], "containerd": {"defaultRuntimeName": "x"}})";
  const auto odd = ReadRuntimeStatus(response);
  ASSERT_TRUE(odd.ok());
  EXPECT_EQ(odd->default_runtime, "x");
  EXPECT_EQ(odd->sandbox_image, "");
  (*response.mutable_info())["config"] = "not JSON";
  EXPECT_EQ(ReadRuntimeStatus(response).error().code, ErrorCode::kInvalid);
}

TEST(ReadRuntimeStatus, FindsTheCgroupDriverOfTheDefaultRuntime) {
  pb::StatusResponse response;
  (*response.mutable_info())["config"] =
      R"({"containerd":{"defaultRuntimeName":"b","runtimes":{"a":{"options":{"SystemdCgroup":false}},
          "b":{"options":{"SystemdCgroup":true}}}}})";
  EXPECT_TRUE(ReadRuntimeStatus(response)->systemd_cgroup);
}

}  // namespace
}  // namespace ordinal::cri
