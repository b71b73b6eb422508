// The Node object over a memory store: what is written, and that nothing is written while nothing changes.
#include "agent/node/node_object.h"

#include <gtest/gtest.h>

#include "agent/objects/local/local_objects.h"
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
  objects::LocalObjects client_{store_, clock_, random_};
  NodeFacts facts_;
  Task<NodeFacts> LookAtFacts() {
    ++looks_;
    const NodeFacts facts = facts_;
    if (std::exchange(look_throws_, false)) throw std::runtime_error("nobody expected it");
    if (look_takes_ > Duration::zero()) co_await Sleep(clock_, look_takes_);
    co_return facts;
  }
  Task<void> WriteBeside() {
    const Status written = co_await node_.Write();
    EXPECT_TRUE(written.ok());
    ++wrote_;
  }

  std::set<Pressure> pressures_;
  std::vector<std::string> said_;  ///< reasons of events
  int looks_ = 0, wrote_ = 0;
  Duration look_takes_{0};
  bool look_throws_ = false;
  NodeObject node_{clock_, client_, [this] { return LookAtFacts(); },
                   [this](NodeFacts& facts) { facts.pressures.insert(pressures_.begin(), pressures_.end()); },
                   [this](const std::string& reason) { said_.push_back(reason); }};
};

TEST_F(NodeObjectTest, ALookThatThrowsIsAFailureOfThatWriteAlone) {
  look_throws_ = true;
  EXPECT_FALSE(RunTask(io_, node_.Write()).ok());
  Write();
  EXPECT_FALSE(Stored().empty());
}

TEST_F(NodeObjectTest, NamesThatAreNoTextAreMadeSo) {
  facts_.os_image = "Ordin\xE1rio";  // of a file in another encoding
  facts_.images = {{{"busybox\xFF"}, 1}};
  Write();
  EXPECT_EQ(Stored().body()["status"]["nodeInfo"]["osImage"], "Ordin\xEF\xBF\xBDrio");
  EXPECT_EQ(Stored().body()["status"]["images"][0]["names"][0], "busybox\xEF\xBF\xBD");
  const uint64_t revision = Stored().revision();
  Write();
  EXPECT_EQ(Stored().revision(), revision);
}

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

TEST_F(NodeObjectTest, TellsWhatTheRuntimeAndItsHandlersCan) {
  Write();
  EXPECT_FALSE(Stored().body()["status"].contains("runtimeHandlers")) << "containerd 1.6 does not tell";
  EXPECT_FALSE(Stored().body()["status"].contains("features"));
  facts_.handlers = {{"runc", {true, false}}, {"", {true, true}}};
  facts_.strict_groups = true;
  Write();
  EXPECT_EQ(Stored().body()["status"]["features"], Json::parse(R"({"supplementalGroupsPolicy":true})"));
  EXPECT_EQ(Stored().body()["status"]["runtimeHandlers"], Json::parse(R"([
    {"name":"","features":{"recursiveReadOnlyMounts":true,"userNamespaces":true}},
    {"name":"runc","features":{"recursiveReadOnlyMounts":true,"userNamespaces":false}}])"));
}

TEST_F(NodeObjectTest, HugePagesAreAResourceOfTheirOwnAndNoMemoryOfPods) {
  facts_.hugepages = {{2 << 20, 1LL << 30}, {1 << 30, 0}};
  Write();
  const Json status = Stored().body()["status"];
  for (const char* which : {"capacity", "allocatable"}) {
    EXPECT_EQ(status[which]["hugepages-2Mi"], "1048576Ki");
    EXPECT_EQ(status[which]["hugepages-1Gi"], "0");
  }
  EXPECT_EQ(status["capacity"]["memory"], "8388608Ki");
  EXPECT_EQ(status["allocatable"]["memory"], "7340032Ki");
}

TEST_F(NodeObjectTest, BeatsEveryFiveMinutesWhileNothingChangesAndNotMoreOften) {
  Write();
  const Json before = Stored().body();
  clock_.Advance(std::chrono::minutes(5) - std::chrono::seconds(1));
  Write();
  EXPECT_EQ(Stored().body(), before);
  clock_.Advance(std::chrono::seconds(1));
  Write();
  for (const Json& condition : Stored().body()["status"]["conditions"]) {
    EXPECT_EQ(condition["lastHeartbeatTime"], "2026-01-01T00:05:00Z") << condition["type"];
    EXPECT_EQ(condition["lastTransitionTime"], "2026-01-01T00:00:00Z") << condition["type"];
  }
}

TEST_F(NodeObjectTest, AnyChangeOfItsStatusIsAHeartbeat) {
  Write();
  clock_.Advance(std::chrono::seconds(10));
  facts_.images.clear();
  Write();
  EXPECT_EQ(Condition("DiskPressure")["lastHeartbeatTime"], "2026-01-01T00:00:10Z");
  EXPECT_EQ(Condition("DiskPressure")["lastTransitionTime"], "2026-01-01T00:00:00Z");
}

// tests as golden/04-api/lease.json was recorded
TEST_F(NodeObjectTest, RenewsItsLeaseEveryTime) {
  for (const char* renewed : {"2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:10.000000Z"}) {
    Write();
    const auto found = RunTask(io_, store_.Get({"Lease", "kube-node-lease", "node-a"}));
    ASSERT_TRUE(found.ok()) << found.error().message;
    EXPECT_EQ(found->body()["spec"],
              Json({{"holderIdentity", "node-a"}, {"leaseDurationSeconds", 40}, {"renewTime", renewed}}));
    EXPECT_EQ(found->body()["metadata"]["ownerReferences"],
              Json::array({{{"apiVersion", "v1"}, {"kind", "Node"}, {"name", "node-a"}, {"uid", Stored().uid()}}}));
    clock_.Advance(std::chrono::seconds(10));
  }
}

TEST_F(NodeObjectTest, ALeaseOfANodeThatWasMadeAnewIsTheNewOnes) {
  Write();
  objects::DeleteOptions at_once;
  const api::ObjectKey key{"Node", "", "node-a"};
  ASSERT_TRUE(RunTask(io_, client_.Delete(key, at_once)).ok());
  Write();
  const auto lease = RunTask(io_, store_.Get({"Lease", "kube-node-lease", "node-a"}));
  ASSERT_TRUE(lease.ok());
  EXPECT_EQ(lease->body()["metadata"]["ownerReferences"][0]["uid"], Stored().uid());
}

TEST_F(NodeObjectTest, OnlyAHeartbeatIsNotWorthADiskWrite) {
  Write();
  const api::Object before = Stored();
  clock_.Advance(std::chrono::minutes(5));
  Write();
  EXPECT_TRUE(OnlyHeartbeat(before, Stored()));
  facts_.images.clear();
  Write();
  EXPECT_FALSE(OnlyHeartbeat(before, Stored()));
  EXPECT_FALSE(OnlyHeartbeat(api::Object(), before));
  Json pod = before.body();
  pod["kind"] = "Pod";
  EXPECT_FALSE(OnlyHeartbeat(api::Object(pod), api::Object(pod)));
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

TEST_F(NodeObjectTest, SaysThatItsDiskIsShortOfSpace) {
  Write();
  EXPECT_EQ(Condition("DiskPressure")["status"], "False");
  facts_.disk_pressure = "no space left on the disk of /state";
  Write();
  EXPECT_EQ(Condition("DiskPressure")["status"], "True");
  EXPECT_EQ(Condition("DiskPressure")["reason"], "KubeletHasDiskPressure");
  EXPECT_EQ(Condition("DiskPressure")["message"], facts_.disk_pressure);
}

/// Two things make the one condition: its event comes when it does, not when one of them is over.
TEST_F(NodeObjectTest, TheEventOfAPressureComesWithItsCondition) {
  Write();
  EXPECT_TRUE(said_.empty()) << "nothing began";
  facts_.disk_pressure = "no space left on the disk of /state";
  facts_.pressures = {Pressure::kDisk};
  Write();
  EXPECT_EQ(said_, std::vector<std::string>{"NodeHasDiskPressure"});
  facts_.disk_pressure.clear();
  Write();
  EXPECT_EQ(said_.size(), 1U) << "it goes on";
  facts_.pressures = {Pressure::kMemory, Pressure::kPid};
  Write();
  EXPECT_EQ(said_, (std::vector<std::string>{"NodeHasDiskPressure", "NodeHasInsufficientMemory",
                                             "NodeHasNoDiskPressure", "NodeHasInsufficientPID"}));
  facts_.pressures.clear();
  Write();
  EXPECT_EQ(said_.size(), 6U);
  EXPECT_EQ(said_.back(), "NodeHasSufficientPID");
}

TEST_F(NodeObjectTest, SaysWhichPressureThereIsAsAKubeletDoes) {
  struct Case {
    Pressure pressure;
    const char *type, *with, *without, *message;
  };
  const Case cases[] = {
      {Pressure::kMemory, "MemoryPressure", "KubeletHasInsufficientMemory", "KubeletHasSufficientMemory",
       "kubelet has insufficient memory available"},
      {Pressure::kDisk, "DiskPressure", "KubeletHasDiskPressure", "KubeletHasNoDiskPressure",
       "kubelet has disk pressure"},
      {Pressure::kPid, "PIDPressure", "KubeletHasInsufficientPID", "KubeletHasSufficientPID",
       "kubelet has insufficient PID available"},
  };
  for (const Case& c : cases) {
    facts_.pressures.clear();
    Write();
    EXPECT_EQ(Condition(c.type)["status"], "False");
    EXPECT_EQ(Condition(c.type)["reason"], c.without);
    facts_.pressures = {c.pressure};
    Write();
    EXPECT_EQ(Condition(c.type)["status"], "True");
    EXPECT_EQ(Condition(c.type)["reason"], c.with);
    EXPECT_EQ(Condition(c.type)["message"], c.message);
  }
}

TEST_F(NodeObjectTest, KeepsNewPodsAwayByTaintsAndLeavesThoseOfOthers) {
  const auto taints = [this] {
    std::vector<std::string> keys;
    const api::Object node = Stored();
    for (const Json& taint : api::Member(api::Member(node.body(), "spec"), "taints")) {
      keys.push_back(api::ReadString(taint, "key") + ":" + api::ReadString(taint, "effect"));
    }
    return keys;
  };
  Write();
  EXPECT_TRUE(taints().empty());
  facts_.pressures = {Pressure::kMemory};
  facts_.shutting_down = true;
  Write();
  EXPECT_EQ(taints(), (std::vector<std::string>{"node.kubernetes.io/memory-pressure:NoSchedule",
                                                "node.kubernetes.io/not-ready:NoSchedule"}));
  const uint64_t revision = Stored().revision();
  Write();
  EXPECT_EQ(Stored().revision(), revision);
  ASSERT_TRUE(RunTask(io_, client_.Modify({"Node", "", "node-a"}, [](Json& body) {
                body["spec"]["taints"].push_back({{"key", "mine"}, {"effect", "NoExecute"}});
                return true;
              })).ok());
  facts_.pressures = {};
  facts_.shutting_down = false;
  facts_.disk_pressure = "no space left";
  Write();
  EXPECT_EQ(taints(), (std::vector<std::string>{"mine:NoExecute", "node.kubernetes.io/disk-pressure:NoSchedule"}));
}

TEST_F(NodeObjectTest, AllWhoAskWhileItIsWrittenShareTheNextWriteAndPressuresAreThoseOfTheMoment) {
  Write();
  looks_ = 0;
  look_takes_ = std::chrono::seconds(1);
  for (int i = 0; i < 3; ++i) {
    Spawn(io_.get_executor(), "write", WriteBeside());
    RunReady(io_);
  }
  EXPECT_EQ(looks_, 1);
  pressures_ = {Pressure::kMemory};  // after it was looked
  clock_.Advance(std::chrono::seconds(1));
  RunReady(io_);
  EXPECT_EQ(wrote_, 0) << "the first asks on behalf of the others";
  EXPECT_EQ(looks_, 2);
  EXPECT_EQ(Condition("MemoryPressure")["status"], "True");
  const Json taints = Stored().body()["spec"]["taints"];
  EXPECT_EQ(taints[0]["key"], "node.kubernetes.io/memory-pressure");
  clock_.Advance(std::chrono::seconds(1));
  RunReady(io_);
  EXPECT_EQ(wrote_, 3);
  EXPECT_EQ(looks_, 2);
}

TEST_F(NodeObjectTest, KeepsWhatOthersWroteOfIt) {
  Write();
  const auto marked = RunTask(io_, client_.Modify({"Node", "", "node-a"}, [](Json& body) {
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
