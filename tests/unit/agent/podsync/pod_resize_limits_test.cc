// What a resize may not do, or only later: take memory that is used, be forgotten, be decided on without knowledge.
#include <gmock/gmock.h>

#include <fstream>
#include <memory>
#include <utility>

#include "tests/unit/agent/podsync/resize_case.h"

namespace ordinal::podsync {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kOneGi = 1LL << 30;

class PodResizeLimits : public PodResize {
 protected:
  static Json OfMemory(Json spec) {
    spec["containers"][0]["resizePolicy"] =
        Json::parse(R"([{"resourceName":"memory","restartPolicy":"RestartContainer"}])");
    return spec;
  }
  static std::string Read(const std::string& path) {
    std::ifstream in(path);
    std::string text;
    in >> text;
    return text;
  }
};

TEST_F(PodResizeLimits, ALimitThatIsAddedIsLessMemory) {
  host.StartAgent();
  Start(SpecWith(Json{{"requests", {{"cpu", "500m"}, {"memory", "1Gi"}}}}));
  const std::string use = CgroupFile("memory.usage_in_bytes", host.runtime.Find("kubia-0", "main")->id);
  std::ofstream(use) << 2 * kOneGi;
  Resize(Burstable("500m", "1Gi", "2Gi"));
  host.Settle();
  EXPECT_THAT(InProgress(), HasSubstr("container \"main\" memory limit (2147483648) below current usage (2147483648)"));
  std::ofstream(use) << kOneGi;
  host.Pass(seconds(5));
  EXPECT_EQ(InProgress(), "");
  EXPECT_EQ(Has().memory_limit, 2 * kOneGi);
}

TEST_F(PodResizeLimits, NoMemoryIsTakenWhereNobodyKnowsWhatIsUsed) {
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi", "4Gi")));
  Resize(Burstable("500m", "1Gi", "2Gi"));
  host.Settle();
  EXPECT_THAT(InProgress(), HasSubstr("missing container \"main\" memory usage"));
  EXPECT_EQ(host.Count("UpdateContainer"), 0U);
}

/// A container that starts again with less takes nothing from one that runs on: neither its start nor the resize does,
/// and the next agent knows that it is left to do.
TEST_F(PodResizeLimits, ThePodKeepsWhatItUsesUntilItUsesLess) {
  Json spec = OfMemory(SpecWith(Burstable("200m", "1Gi", "4Gi")));
  spec["containers"].push_back(Containers({"side"})[0]);
  spec["containers"][1]["resources"] = Burstable("200m", "1Gi", "4Gi");
  host.StartAgent();
  host.Apply(spec);
  host.Settle();
  ASSERT_EQ(host.Running(), "main#0 side#0");
  const std::string limit = CgroupFile("memory.limit_in_bytes"), use = CgroupFile("memory.usage_in_bytes");
  std::ofstream(limit) << "8589934592";
  std::ofstream(use) << 7 * kOneGi;
  Resize(Burstable("200m", "1Gi", "2Gi"));
  host.Settle();
  EXPECT_EQ(host.Running(), "main#1 side#0");
  EXPECT_THAT(InProgress(), HasSubstr("pod memory limit (6442450944) below current usage"));
  EXPECT_EQ(Read(limit), "8589934592");
  host.KillAgent();
  std::ofstream(use) << kOneGi;
  host.StartAgent();
  host.Pass(seconds(5), seconds(1));
  EXPECT_EQ(InProgress(), "");
  EXPECT_EQ(Read(limit), "6442450944");
}

TEST_F(PodResizeLimits, AContainerMadeWithoutResourcesIsGivenThem) {
  Json spec = SpecWith(Json::object());
  spec["containers"].push_back(Containers({"side"})[0]);
  spec["containers"][1]["resources"] = Burstable("200m", "1Gi");
  host.StartAgent();
  host.Apply(spec);
  host.Settle();
  Resize(Json{{"requests", {{"cpu", "500m"}}}});
  host.Settle();
  EXPECT_EQ(host.Count("UpdateContainer main"), 1U);
  EXPECT_EQ(Has().cpu_shares, 512);
  EXPECT_EQ(InProgress(), "");
}

TEST_F(PodResizeLimits, IsNotDecidedOnWhileNobodyKnowsWhatTheNodeHas) {
  const auto there = std::make_shared<api::ResourceList>();
  for (const auto& [name, amount] : {std::pair{"cpu", "2"}, {"memory", "8Gi"}, {"pods", "10"}}) {
    (*there)[name] = *api::Quantity::Parse(amount);
  }
  host.allocatable = [there] { return *there; };
  host.StartAgent();
  Start(SpecWith(Burstable("1", "1Gi")));
  Start(SpecWith(Burstable("900m", "1Gi")), "kubia-1");
  Resize(Burstable("1200m", "1Gi"));
  host.Settle();
  ASSERT_THAT(Pending(), HasSubstr("Deferred"));
  const api::ResourceList had = std::exchange(*there, {});
  host.NodeChanged();
  Resize(Burstable("100m", "1Gi"), "kubia-1");
  host.Settle();
  EXPECT_THAT(Pending(), HasSubstr("Deferred Node didn't have enough resource"));
  EXPECT_THAT(Pending("kubia-1"), HasSubstr("Deferred It is not known what the node has"));
  EXPECT_EQ(host.Count("UpdateContainer"), 0U);
  *there = had;
  host.NodeChanged();
  host.Settle();
  EXPECT_EQ(Pending() + Pending("kubia-1"), "");
  EXPECT_EQ(Has().cpu_shares, 1228);
}

TEST_F(PodResizeLimits, OfMemoryThatSwapsIsInfeasibleButForItsLimit) {
  host.limited_swap = true;
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi", "4Gi")));
  Resize(Burstable("500m", "2Gi", "4Gi"));
  host.Settle();
  EXPECT_THAT(Pending(), HasSubstr("Infeasible In-place resize of containers with swap is not supported."));
  const std::string before = Has().unified.at("memory.high");
  Resize(Burstable("500m", "1Gi", "5Gi"));
  host.Settle();
  EXPECT_EQ(Pending(), "");
  EXPECT_EQ(Has().memory_limit, 5 * kOneGi);
  EXPECT_NE(Has().unified.at("memory.high"), before);
}

/// Exit code 0 under OnFailure would be the end of the pod.
TEST_F(PodResizeLimits, AnAgentKilledBetweenEndAndStartLeavesTheStartToTheNext) {
  fakes::FakeRuntime::Behaviour behaviour;
  behaviour.stopped_with = 0;
  host.runtime.Script("main", behaviour);
  host.StartAgent();
  Start(OfMemory(SpecWith(Burstable("200m", "1Gi"), "OnFailure")));
  host.verdict = [](const std::string& call) { return call == "StopContainer" ? Verdict::kDieAfter : Verdict::kPass; };
  Resize(Burstable("200m", "2Gi"));
  host.Settle();
  ASSERT_TRUE(host.AgentDied());
  ASSERT_EQ(host.Running(), "");
  host.verdict = [](const std::string&) { return Verdict::kPass; };
  host.StartAgent();
  host.Pass(seconds(2), seconds(1));
  EXPECT_EQ(host.Running(), "main#1");
  EXPECT_EQ(host.Phase(), "Running");
}

}  // namespace
}  // namespace ordinal::podsync
