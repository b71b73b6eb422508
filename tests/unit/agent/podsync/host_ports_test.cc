// A pod that was given the node, by its writer or by an earlier agent, and asks for a port where the agent listens.
#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

api::TakenPort ApiPort() {
  api::TakenPort taken;
  taken.port.host_ip = "127.0.0.1";
  taken.port.host_port = 6443;
  taken.by = "the Kubernetes API of this agent";
  return taken;
}

Json OnPort(int host_port) {
  Json spec = Spec({}, {"main"});
  spec["containers"][0]["ports"] = Json::array({Json{{"containerPort", 80}, {"hostPort", host_port}}});
  return spec;
}

TEST(HostPorts, APodOnThePortOfTheAgentIsRejectedAndNeverStarted) {
  Host host;
  host.own_ports = {ApiPort()};
  host.StartAgent();
  host.Apply(OnPort(6443));
  host.Pass(seconds(5));
  EXPECT_EQ(host.Phase(), "Failed");
  const Json status = host.StatusOf();
  EXPECT_EQ(api::ReadString(status, "reason"), "NodePorts");
  EXPECT_THAT(
      api::ReadString(status, "message"),
      HasSubstr("Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested "
                "pod ports (6443/TCP is taken by the Kubernetes API of this agent"));
  EXPECT_EQ(host.Count("RunSandbox"), 0U);
  ASSERT_EQ(host.events.size(), 1U);
  EXPECT_THAT(host.events[0], HasSubstr("Warning NodePorts Predicate NodePorts failed"));
}

/// The pod was stored and started before its port became the agent's: what leads the port to it is taken away.
TEST(HostPorts, APodThatRunsThereLosesItsSandboxWhenTheAgentComesBack) {
  Host host;
  host.StartAgent();
  host.Apply(OnPort(6443));
  host.Settle();
  ASSERT_EQ(host.Running(), "main#0");
  host.KillAgent();
  host.own_ports = {ApiPort()};
  host.StartAgent();
  host.Pass(seconds(31), seconds(1));
  EXPECT_EQ(host.Running(), "");
  EXPECT_EQ(host.Phase(), "Failed");
  EXPECT_EQ(host.Count("StopSandbox"), 1U);
  // And it stays so, also with an agent that listens elsewhere.
  host.KillAgent();
  host.own_ports.clear();
  host.StartAgent();
  host.Pass(seconds(5));
  EXPECT_EQ(host.Phase(), "Failed");
  EXPECT_EQ(host.Count("RunSandbox"), 1U);
}

/// The first start of an agent that has an API of the node: who runs on its port goes on.
TEST(HostPorts, OfTheNodesOwnApiOnlyNewPodsAreRejected) {
  Host host;
  host.StartAgent();
  host.Apply(OnPort(6443));
  host.Settle();
  ASSERT_EQ(host.Running(), "main#0");
  host.KillAgent();
  host.node_api_ports = {ApiPort()};
  host.StartAgent();
  host.Pass(seconds(31), seconds(1));
  EXPECT_EQ(host.Running(), "main#0");
  EXPECT_EQ(host.Phase(), "Running");
  EXPECT_EQ(host.Count("StopSandbox"), 0U);

  Host fresh;
  fresh.node_api_ports = {ApiPort()};
  fresh.StartAgent();
  fresh.Apply(OnPort(6443));
  fresh.Pass(seconds(5));
  EXPECT_EQ(fresh.Phase(), "Failed");
  EXPECT_EQ(api::ReadString(fresh.StatusOf(), "reason"), "NodePorts");
  EXPECT_EQ(fresh.Count("RunSandbox"), 0U);
}

TEST(HostPorts, OtherPortsAreThePods) {
  Host host;
  host.own_ports = {ApiPort()};
  host.StartAgent();
  host.Apply(OnPort(6444));
  host.Settle();
  EXPECT_EQ(host.Running(), "main#0");
}

}  // namespace
}  // namespace ordinal::podsync
