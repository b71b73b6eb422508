// The Node object over a memory store: what is written, and that nothing is written while nothing changes.
#include "agent/node/node_object.h"

#include <gtest/gtest.h>

#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::node {
namespace {

using api::Json;

class NodeObjectTest : public ::testing::Test {
 protected:
  NodeObjectTest() {
    facts_.name = "node-a";
    facts_.addresses = {"192.0.2.1"};
    facts_.cpu_milli = 2000;
    facts_.memory_bytes = 8LL << 30;
    facts_.disk_bytes = 1LL << 40;
    facts_.runtime_version = "containerd://1.6.20";
    facts_.images = {{{"docker.io/library/busybox:1.35"}, 2130566}};
  }

  void Write() {
    const Status written = RunTask(io_, node_.Write());
    ASSERT_TRUE(written.ok()) << written.error().message;
  }
  api::Object Stored() {
    const auto found = RunTask(io_, store_.Get({"Node", "", "node-a"}));
    return found.ok() ? *found : api::Object();
  }
  Json Condition(const std::string& type) {
    for (const Json& condition : Stored().body()["status"]["conditions"]) {
      if (condition["type"] == type) return condition;
    }
    return Json();
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  store::MemoryStore store_;
  SeededRandom random_{1};
  store::Door door_{store_, clock_, random_};
  NodeFacts facts_;
  NodeObject node_{clock_, door_, [this]() -> Task<NodeFacts> { co_return facts_; }};
};

TEST_F(NodeObjectTest, IsCreatedWithTheFieldsOfAKubeletsNode) {
  Write();
  const Json node = Stored().body();
  EXPECT_EQ(node["metadata"]["labels"]["kubernetes.io/hostname"], "node-a");
  EXPECT_EQ(node["status"]["capacity"]["cpu"], "2");
  EXPECT_EQ(node["status"]["capacity"]["memory"], "8388608Ki");
  EXPECT_EQ(node["status"]["addresses"],
            Json::parse(R"([{"type":"InternalIP","address":"192.0.2.1"},{"type":"Hostname","address":"node-a"}])"));
  EXPECT_EQ(node["status"]["nodeInfo"]["containerRuntimeVersion"], "containerd://1.6.20");
  EXPECT_EQ(Condition("Ready")["status"], "True");
  EXPECT_EQ(Condition("Ready")["reason"], "KubeletReady");
  EXPECT_EQ(node["status"]["conditions"].size(), 4U);
}

TEST_F(NodeObjectTest, WritesNothingWhileNothingChanges) {
  Write();
  const uint64_t revision = Stored().revision();
  clock_.Advance(std::chrono::minutes(10));
  Write();
  EXPECT_EQ(Stored().revision(), revision);
}

TEST_F(NodeObjectTest, SaysWhyItIsNotReadyAndSinceWhen) {
  Write();
  const Json before = Condition("Ready");
  clock_.Advance(std::chrono::minutes(1));
  facts_.not_ready = "the container runtime does not answer";
  Write();
  const Json after = Condition("Ready");
  EXPECT_EQ(after["status"], "False");
  EXPECT_EQ(after["message"], "the container runtime does not answer");
  EXPECT_NE(after["lastTransitionTime"], before["lastTransitionTime"]);
  EXPECT_EQ(Condition("DiskPressure")["lastTransitionTime"], before["lastTransitionTime"]);
}

TEST_F(NodeObjectTest, KeepsWhatOthersWroteOfIt) {
  Write();
  const auto marked = RunTask(io_, door_.Modify({"Node", "", "node-a"}, [](Json& body) {
    body["spec"]["unschedulable"] = true;
    body["metadata"]["labels"]["disk"] = "ssd";
    return true;
  }));
  ASSERT_TRUE(marked.ok());
  facts_.images.clear();
  Write();
  EXPECT_EQ(Stored().body()["spec"]["unschedulable"], true);
  EXPECT_EQ(Stored().body()["metadata"]["labels"]["disk"], "ssd");
}

}  // namespace
}  // namespace ordinal::node
