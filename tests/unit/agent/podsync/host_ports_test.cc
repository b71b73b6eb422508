// A port of the host is one pod's at a time: who comes second is refused, as by a kubelet's admission.
#include <gmock/gmock.h>

#include "agent/podsync/allocations.h"
#include "tests/fakes/fake_clock.h"
#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

class HostPortsTest : public testing::Test {
 protected:
  static std::shared_ptr<const api::Pod> Asking(const std::string& uid, const Json& port) {
    Json spec = Spec({}, {"main"});
    if (!port.is_null()) spec["containers"][0]["ports"] = Json::array({port});
    api::Pod pod = PodWith(spec);
    pod.meta.uid = pod.meta.name = uid;
    return std::make_shared<const api::Pod>(std::move(pod));
  }
  std::string Admit(const std::string& uid, const Json& port, const observe::PodState& state = {}) {
    const auto refusal = allocations_.Admit(Asking(uid, port), state);
    return refusal ? refusal->reason + ": " + refusal->message : "";
  }
  static Json Port(int number, const char* protocol = "TCP", const char* address = "") {
    return {{"containerPort", 80}, {"hostPort", number}, {"protocol", protocol}, {"hostIP", address}};
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  BlockingPool pool_{1};
  Allocations allocations_{clock_, pool_, kLayout, [] { return api::ResourceList(); }, MemoryFacts()};
};

TEST_F(HostPortsTest, TheSecondPodIsRefusedUntilTheFirstIsGone) {
  EXPECT_EQ(Admit("first", Port(8080)), "");
  EXPECT_EQ(
      Admit("second", Port(8080)),
      "NodePorts: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports (8080/TCP "
      "is taken by pod default/first: use another hostPort, or a hostIP where it does not listen)");
  allocations_.Drop("first");
  EXPECT_EQ(Admit("third", Port(8080)), "");
}

TEST_F(HostPortsTest, OthersDoNotCollide) {
  EXPECT_EQ(Admit("first", Port(8080, "TCP", "10.0.0.1")), "");
  EXPECT_EQ(Admit("protocol", Port(8080, "UDP")), "");
  EXPECT_EQ(Admit("number", Port(8081)), "");
  EXPECT_EQ(Admit("address", Port(8080, "TCP", "10.0.0.2")), "");
  EXPECT_EQ(Admit("none", nullptr), "");
  EXPECT_NE(Admit("every", Port(8080)), "");
}

TEST_F(HostPortsTest, WhatHasBegunIsNeverRefused) {
  EXPECT_EQ(Admit("first", Port(8080)), "");
  observe::PodState runs;
  runs.containers.emplace_back();
  EXPECT_EQ(Admit("second", Port(8080), runs), "");
}

}  // namespace
}  // namespace ordinal::podsync
