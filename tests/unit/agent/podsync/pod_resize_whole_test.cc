// The resources of a pod as a whole (spec.resources) are changed while it runs.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/agent/podsync/resize_case.h"

namespace ordinal::podsync {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr int64_t kGibi = 1LL << 30;

class PodResizeWhole : public PodResize {
 protected:
  /// "main" has nothing of its own, "side" all.
  static Json Whole(Json resources) {
    Json spec = Spec({}, {"main", "side"});
    spec["containers"][1]["resources"] = Burstable("100m", "256Mi", "1Gi");
    spec["containers"][1]["resources"]["limits"]["cpu"] = "500m";
    spec["resources"] = std::move(resources);
    return spec;
  }

  void ResizeWhole(Json resources) {
    objects::WriteOptions options;
    options.part = objects::WriteOptions::Part::kResize;
    objects::Objects::Edit edit = [&](const api::Object& current) -> Result<Json> {
      Json next = current.body();
      next["spec"]["resources"] = resources;
      return next;
    };
    const auto written = RunTask(host.io, host.client.Change({"Pod", "default", "kubia-0"}, edit, options));
    ASSERT_TRUE(written.ok()) << written.error().message;
  }

  void StartWhole(Json resources) { StartSpec(Whole(std::move(resources))); }

  void StartSpec(Json spec) {
    host.StartAgent();
    host.Apply(std::move(spec));
    host.Settle();
    ASSERT_EQ(host.Running(), "main#0 side#0");
    cgroup_ = host.directory / ("cgroup/memory/kubepods/burstable/pod" + host.Object().uid());
    std::filesystem::create_directories(cgroup_);
    SetFile("memory.limit_in_bytes", 4 * kGibi);
    SetFile("memory.usage_in_bytes", kGibi / 4);
    SetUse("main", kGibi / 8);
    host.runtime.ClearCalls();
  }

  void SetFile(const std::string& name, int64_t value) { std::ofstream(cgroup_ + "/" + name) << value; }
  void SetUse(const std::string& container, int64_t bytes) {
    const std::string of_container = cgroup_ + "/" + host.runtime.Find("kubia-0", container)->id;
    std::filesystem::create_directories(of_container);
    std::ofstream(of_container + "/memory.usage_in_bytes") << bytes;
  }
  int64_t PodLimit() {
    std::ifstream in(cgroup_ + "/memory.limit_in_bytes");
    int64_t value = 0;
    in >> value;
    return value;
  }
  std::vector<std::string> Updates() {
    std::vector<std::string> updates = host.runtime.calls();
    std::erase_if(updates, [](const std::string& call) { return !call.starts_with("UpdateContainer"); });
    return updates;
  }
  const cri::Resources& Has(const std::string& container) {
    return host.runtime.ContainerConfigOf(host.runtime.Find("kubia-0", container)->id).resources;
  }
  Json Status(const char* member) { return host.StatusOf()[member]; }

  std::string cgroup_;
};

TEST_F(PodResizeWhole, ShowsWhatWasGivenFromTheBeginning) {
  StartWhole(Burstable("500m", "1Gi"));
  EXPECT_EQ(Status("allocatedResources"), (Json{{"cpu", "500m"}, {"memory", "1Gi"}}));
  EXPECT_EQ(Status("resources"), Burstable("500m", "1Gi"));
  EXPECT_EQ(Pending() + InProgress(), "");
}

TEST_F(PodResizeWhole, APodWithoutThemShowsNone) {
  host.StartAgent();
  Start(SpecWith(Burstable("500m", "1Gi")));
  EXPECT_FALSE(host.StatusOf().contains("resources"));
  EXPECT_FALSE(host.StatusOf().contains("allocatedResources"));
}

TEST_F(PodResizeWhole, ChangesItsOwnCgroupAndTheContainersThatHaveNoLimitsOfTheirOwn) {
  StartWhole(Burstable("500m", "1Gi"));
  ResizeWhole(Burstable("600m", "2Gi", "6Gi"));
  host.Settle();
  EXPECT_EQ(PodLimit(), 6 * kGibi);
  EXPECT_THAT(Updates(), ElementsAre(HasSubstr("main")));
  EXPECT_EQ(Has("main").memory_limit, 6 * kGibi);
  EXPECT_EQ(Has("side").memory_limit, kGibi);
  EXPECT_EQ(Status("allocatedResources"), (Json{{"cpu", "600m"}, {"memory", "2Gi"}}));
  EXPECT_EQ(Status("resources"), Burstable("600m", "2Gi", "6Gi"));
  EXPECT_EQ(ContainerStatus()["resources"], Json()) << "it has none of its own";
  EXPECT_EQ(Pending() + InProgress(), "");
  EXPECT_EQ(host.Running(), "main#0 side#0");
  EXPECT_THAT(host.Stops(), IsEmpty());
  EXPECT_THAT(host.events, Contains(HasSubstr("Normal ResizeCompleted")));
  host.Pass(seconds(60), seconds(5));
  EXPECT_EQ(Updates().size(), 1U) << "once is enough";
}

TEST_F(PodResizeWhole, OfARequestAloneTouchesThePodsCgroupAlone) {
  Json before = Burstable("500m", "1Gi");
  StartWhole(before);
  before["requests"]["cpu"] = "900m";
  ResizeWhole(before);
  host.Settle();
  EXPECT_THAT(Updates(), IsEmpty());
  EXPECT_EQ(Status("resources")["requests"]["cpu"], "900m");
  EXPECT_EQ(InProgress(), "");
}

TEST_F(PodResizeWhole, EndsNothingButWhatInheritsAndAsksForIt) {
  Json spec = Whole(Burstable("500m", "1Gi"));
  for (Json& container : spec["containers"]) {
    container["resizePolicy"] = Json::parse(R"([{"resourceName":"memory","restartPolicy":"RestartContainer"}])");
  }
  host.StartAgent();
  host.Apply(spec);
  host.Settle();
  Json more = Burstable("500m", "1Gi");
  more["limits"]["cpu"] = "3";
  ResizeWhole(more);
  host.Settle();
  EXPECT_EQ(host.Running(), "main#0 side#0") << "processors need no restart";
  ResizeWhole(Burstable("500m", "2Gi"));
  host.Settle();
  EXPECT_EQ(host.Running(), "main#0 side#0") << "nor does a request";
  ResizeWhole(Burstable("500m", "2Gi", "5Gi"));
  host.Settle();
  EXPECT_EQ(host.Running(), "main#1 side#0");
  EXPECT_EQ(Has("main").memory_limit, 5 * kGibi);
  EXPECT_EQ(InProgress(), "");
}

TEST_F(PodResizeWhole, OfLessMemoryThanAContainerUsesWaits) {
  StartWhole(Burstable("500m", "1Gi"));
  SetUse("main", 3 * kGibi);
  ResizeWhole(Burstable("500m", "1Gi", "2Gi"));
  host.Settle();
  EXPECT_THAT(InProgress(), HasSubstr("True Error attempting to set container \"main\" memory limit (2147483648) below "
                                      "current usage (3221225472)"));
  EXPECT_EQ(Status("allocatedResources")["memory"], "1Gi");
  EXPECT_EQ(Status("resources")["limits"]["memory"], "4Gi");
  EXPECT_EQ(PodLimit(), 4 * kGibi);
  SetUse("main", kGibi);
  host.Pass(seconds(5));
  EXPECT_EQ(InProgress(), "");
  EXPECT_EQ(PodLimit(), 2 * kGibi);
  EXPECT_EQ(Status("resources")["limits"]["memory"], "2Gi");
}

TEST_F(PodResizeWhole, OfLessMemoryThanThePodUsesWaits) {
  StartWhole(Burstable("500m", "1Gi"));
  SetFile("memory.usage_in_bytes", 3 * kGibi);
  ResizeWhole(Burstable("500m", "1Gi", "2Gi"));
  host.Settle();
  EXPECT_THAT(InProgress(), HasSubstr("pod memory limit (2147483648) below current usage (3221225472)"));
  EXPECT_EQ(Status("resources")["limits"]["memory"], "4Gi");
  ResizeWhole(Burstable("500m", "1Gi", "4Gi"));  // given up
  host.Pass(seconds(5));
  EXPECT_EQ(InProgress(), "");
  EXPECT_EQ(Has("main").memory_limit, 4 * kGibi);
  EXPECT_EQ(host.Running(), "main#0 side#0");
}

TEST_F(PodResizeWhole, WaitsForRoomAndMayNeverHaveIt) {
  StartWhole(Burstable("500m", "1Gi"));
  Start(SpecWith(Burstable("900m", "1Gi")), "kubia-1");
  ResizeWhole(Burstable("1200m", "1Gi"));
  host.Settle();
  EXPECT_THAT(Pending(), HasSubstr("True Deferred Node didn't have enough resource: cpu, requested: 1200, used: 900, "
                                   "capacity: 2000"));
  EXPECT_EQ(Status("allocatedResources")["cpu"], "500m");
  EXPECT_EQ(Status("resources")["requests"]["cpu"], "500m");
  Json never = Burstable("1900m", "1Gi", "16Gi");
  never["requests"]["memory"] = "12Gi";
  ResizeWhole(never);
  host.Settle();
  EXPECT_THAT(Pending(), HasSubstr("True Infeasible"));
  ResizeWhole(Burstable("1200m", "1Gi"));
  host.Delete(0, "kubia-1");
  host.Pass(seconds(5), seconds(1));
  EXPECT_EQ(Pending() + InProgress(), "");
  EXPECT_EQ(Status("allocatedResources")["cpu"], "1200m");
}

TEST_F(PodResizeWhole, ThatWaitsShowsWhatWasGivenWhateverHappensMeanwhile) {
  const Json of_class = {{"apiVersion", "node.k8s.io/v1"},
                         {"kind", "RuntimeClass"},
                         {"metadata", {{"name", "heavy"}}},
                         {"handler", "heavy"},
                         {"overhead", {{"podFixed", {{"cpu", "100m"}}}}}};
  ASSERT_TRUE(RunTask(host.io, host.client.Create(of_class)).ok());
  Json spec = Whole(Burstable("500m", "1Gi"));
  spec["runtimeClassName"] = "heavy";
  host.handler_of = [](const std::string&) -> Result<std::string> { return std::string("runc"); };
  StartSpec(std::move(spec));
  ASSERT_EQ(Status("allocatedResources")["cpu"], "600m");
  Start(SpecWith(Burstable("900m", "1Gi")), "kubia-1");
  ResizeWhole(Burstable("1200m", "1Gi"));
  host.Settle();
  ASSERT_THAT(Pending(), HasSubstr("Deferred"));
  host.reported.clear();
  host.runtime.ExitContainer(host.runtime.Find("kubia-0", "main")->id, 1);
  host.Pass(seconds(15), seconds(1));
  EXPECT_EQ(host.Running(), "main#1 side#0");
  std::erase_if(host.reported, [](const Json& each) { return !each.contains("allocatedResources"); });  // kubia-1's
  ASSERT_THAT(host.reported, Not(IsEmpty()));
  for (const Json& each : host.reported) EXPECT_EQ(each["allocatedResources"]["cpu"], "600m");
}

TEST_F(PodResizeWhole, AddsThemToAPodThatHasNone) {
  Json spec = Whole(Json::object());
  spec.erase("resources");
  StartSpec(std::move(spec));
  EXPECT_FALSE(host.StatusOf().contains("resources"));
  ResizeWhole(Burstable("500m", "1Gi"));
  host.Settle();
  EXPECT_EQ(Status("resources"), Burstable("500m", "1Gi"));
  EXPECT_EQ(Has("main").cpu_quota, 200'000) << "what it had no limit of";
  EXPECT_EQ(host.Running(), "main#0 side#0");
}

/// It keeps what it was made with, and nothing waits for it.
TEST_F(PodResizeWhole, IsDoneBesideWhatIsNeverResized) {
  StartWhole(Burstable("500m", "1Gi"));
  objects::WriteOptions options;
  options.part = objects::WriteOptions::Part::kEphemeralContainers;
  objects::Objects::Edit edit = [](const api::Object& current) -> Result<Json> {
    Json next = current.body();
    next["spec"]["ephemeralContainers"].push_back({{"name", "debug"}, {"image", "busybox:1.35"}});
    return next;
  };
  ASSERT_TRUE(RunTask(host.io, host.client.Change({"Pod", "default", "kubia-0"}, edit, options)).ok());
  host.Settle();
  ASSERT_EQ(host.Running(), "debug#0 main#0 side#0");
  ResizeWhole(Burstable("600m", "2Gi", "6Gi"));
  host.Settle();
  EXPECT_EQ(Has("main").memory_limit, 6 * kGibi);
  EXPECT_EQ(Pending() + InProgress(), "");
}

TEST_F(PodResizeWhole, IsDoneWhileAnInitContainerRuns) {
  Json spec = Whole(Burstable("500m", "1Gi"));
  spec["initContainers"] = Containers({"init"});
  host.StartAgent();
  host.Apply(spec);
  host.Settle();
  ASSERT_EQ(host.Running(), "init#0");
  ResizeWhole(Burstable("600m", "2Gi", "6Gi"));
  host.Settle();
  EXPECT_EQ(Pending() + InProgress(), "");
  EXPECT_EQ(Status("resources"), Burstable("600m", "2Gi", "6Gi"));
}

TEST_F(PodResizeWhole, AskedForWhileNoAgentRanIsSeenByTheNextOne) {
  StartWhole(Burstable("500m", "1Gi"));
  host.KillAgent();
  ResizeWhole(Burstable("600m", "2Gi", "6Gi"));
  host.StartAgent();
  host.Settle();
  EXPECT_EQ(PodLimit(), 6 * kGibi);
  EXPECT_EQ(Has("main").memory_limit, 6 * kGibi);
  EXPECT_EQ(Status("resources"), Burstable("600m", "2Gi", "6Gi"));
  EXPECT_EQ(host.Running(), "main#0 side#0");
}

TEST_F(PodResizeWhole, OneThatWaitsIsRememberedByTheNextAgent) {
  StartWhole(Burstable("500m", "1Gi"));
  Start(SpecWith(Burstable("900m", "1Gi")), "kubia-1");
  ResizeWhole(Burstable("1200m", "1Gi"));
  host.Settle();
  host.KillAgent();
  host.StartAgent();
  host.Settle();
  EXPECT_THAT(Pending(), HasSubstr("Deferred"));
  EXPECT_EQ(Status("allocatedResources")["cpu"], "500m");
}

/// Whichever call it dies at.
TEST_F(PodResizeWhole, ThatIsUnderWayIsCarriedOutByTheNextAgent) {
  for (const Verdict fate : {Verdict::kDieBefore, Verdict::kDieAfter}) {
    SCOPED_TRACE(static_cast<int>(fate));
    if (fate == Verdict::kDieBefore) StartWhole(Burstable("500m", "1Gi"));
    host.verdict = [fate](const std::string& call) {
      return call.starts_with("UpdateContainer") ? fate : Verdict::kPass;
    };
    const std::string most = fate == Verdict::kDieBefore ? "6Gi" : "5Gi";
    ResizeWhole(Burstable("600m", "2Gi", most));
    host.Settle();
    ASSERT_TRUE(host.AgentDied());
    host.verdict = [](const std::string&) { return Verdict::kPass; };
    host.StartAgent();
    host.Pass(seconds(5), seconds(1));
    EXPECT_EQ(Status("resources")["limits"]["memory"], most);
    EXPECT_EQ(PodLimit(), Has("main").memory_limit);
    EXPECT_EQ(Has("main").memory_limit, fate == Verdict::kDieBefore ? 6 * kGibi : 5 * kGibi);
    EXPECT_EQ(Pending() + InProgress(), "");
    EXPECT_EQ(host.Running(), "main#0 side#0");
  }
}

}  // namespace
}  // namespace ordinal::podsync
