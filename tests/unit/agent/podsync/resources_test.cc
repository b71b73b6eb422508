#include "agent/podsync/resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

constexpr int64_t kMi = 1 << 20;
constexpr int64_t kMemory = 1000 * kMi;  // of the node: 1 Mi of request is one point of oom_score_adj

Json Resources(const char* requests, const char* limits) {
  return {{"requests", Json::parse(requests)}, {"limits", Json::parse(limits)}};
}

struct Case {
  std::string name, requests, limits;
  int64_t shares, quota, memory, oom;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
class ContainerResourcesOf : public ::testing::TestWithParam<Case> {};

TEST_P(ContainerResourcesOf, OneContainer) {
  const Case& given = GetParam();
  Json spec = Spec({}, {"a"});
  spec["containers"][0]["resources"] = Resources(given.requests.c_str(), given.limits.c_str());
  const api::Pod pod = PodWith(spec);
  const cri::Resources out = ContainerResources(pod.spec, pod.spec.containers[0], {kMemory});
  EXPECT_EQ(out.cpu_period, 100'000);
  EXPECT_EQ(out.cpu_shares, given.shares);
  EXPECT_EQ(out.cpu_quota, given.quota);
  EXPECT_EQ(out.memory_limit, given.memory);
  EXPECT_EQ(out.memory_swap_limit, given.memory);
  EXPECT_EQ(out.oom_score_adj, given.oom);
}

INSTANTIATE_TEST_SUITE_P(
    Resources, ContainerResourcesOf,
    ::testing::Values(Case{"BestEffort", "{}", "{}", 2, 0, 0, 1000},
                      Case{"Guaranteed", R"({"cpu":"500m","memory":"64Mi"})", R"({"cpu":"500m","memory":"64Mi"})", 512,
                           50'000, 64 * kMi, -997},
                      Case{"CpuLimitCountsAsRequest", "{}", R"({"cpu":"250m"})", 256, 25'000, 0, 999},
                      Case{"MemoryLimitCountsAsRequest", "{}", R"({"memory":"100Mi"})", 2, 0, 100 * kMi, 900},
                      Case{"RequestOnly", R"({"cpu":"100m","memory":"100Mi"})", "{}", 102, 0, 0, 900},
                      Case{"HalfTheNode", R"({"memory":"500Mi"})", "{}", 2, 0, 0, 500},
                      Case{"TheWholeNode", R"({"memory":"1000Mi"})", "{}", 2, 0, 0, 2},
                      Case{"MoreThanTheNode", R"({"memory":"9000Mi"})", "{}", 2, 0, 0, 2},
                      Case{"NextToNothing", R"({"memory":"1"})", "{}", 2, 0, 0, 999},
                      Case{"SharesHaveAFloor", R"({"cpu":"1m"})", "{}", 2, 0, 0, 999},
                      Case{"QuotaHasAFloor", "{}", R"({"cpu":"1m"})", 2, 1000, 0, 999},
                      Case{"ManyProcessors", "{}", R"({"cpu":"64"})", 65536, 6'400'000, 0, 999}),
    [](const auto& test) { return test.param.name; });

TEST(ContainerResources, AsRecorded) {
  const api::Pod pod = PodFrom(Recorded("security-and-env.pod.json"));
  const cri::Resources out = ContainerResources(pod.spec, pod.spec.containers[0], {64LL << 30});
  const Json recorded = Recorded("security-and-env.cri-container.json")["config"]["linux"]["resources"];
  EXPECT_EQ(out.cpu_period, recorded["cpu_period"]);
  EXPECT_EQ(out.cpu_quota, recorded["cpu_quota"]);
  EXPECT_EQ(out.cpu_shares, recorded["cpu_shares"]);
  EXPECT_EQ(out.memory_limit, recorded["memory_limit_in_bytes"]);
  EXPECT_EQ(out.memory_swap_limit, recorded["memory_swap_limit_in_bytes"]);
  EXPECT_EQ(out.oom_score_adj, recorded["oom_score_adj"]);
}

cri::Resources ResourcesOf(const char* requests, const char* limits, const MemoryFacts& node,
                           Json whole = Json::object()) {
  Json spec = Spec({}, {"a"});
  spec["containers"][0]["resources"] = Resources(requests, limits);
  spec["resources"] = std::move(whole);
  const api::Pod pod = PodWith(spec);
  return ContainerResources(pod.spec, pod.spec.containers[0], node);
}

TEST(MemoryHigh, IsNineTenthsOfTheWayToTheLimitOfBurstablePodsOnCgroupV2) {
  const MemoryFacts v2{kMemory, 0, false, /*unified=*/true};
  const auto high = [&](const char* requests, const char* limits, const MemoryFacts& node) {
    const cri::StringMap unified = ResourcesOf(requests, limits, node).unified;
    return unified.contains("memory.high") ? unified.at("memory.high") : "";
  };
  EXPECT_EQ(high(R"({"memory":"100Mi"})", R"({"memory":"200Mi"})", v2), std::to_string(190 * kMi));
  EXPECT_EQ(high(R"({"memory":"100Mi"})", "{}", v2), std::to_string(910 * kMi)) << "to what the node has";
  EXPECT_EQ(high(R"({"memory":"100Mi","cpu":"1"})", R"({"memory":"100Mi","cpu":"1"})", v2), "max") << "Guaranteed";
  EXPECT_EQ(high("{}", "{}", v2), "max") << "BestEffort";
  EXPECT_EQ(high(R"({"cpu":"1"})", "{}", v2), "max") << "an update takes an earlier one away";
  EXPECT_EQ(high(R"({"memory":"100Mi"})", R"({"memory":"200Mi"})", {kMemory}), "") << "cgroup v1";
}

TEST(Swap, IsSharedByRequestsWhereItIsAllowed) {
  const MemoryFacts limited{kMemory, 100 * kMi, /*limited_swap=*/true, true};
  const MemoryFacts none{kMemory, 100 * kMi, false, true};
  const char* request = R"({"memory":"100Mi"})";
  const char* limit = R"({"memory":"200Mi"})";
  EXPECT_EQ(ResourcesOf(request, limit, limited).memory_swap_limit, 210 * kMi) << "a tenth of the swap";
  EXPECT_EQ(ResourcesOf(request, limit, none).memory_swap_limit, 200 * kMi);
  EXPECT_EQ(ResourcesOf(limit, limit, limited).memory_swap_limit, 200 * kMi) << "whose limit is its request";
  EXPECT_EQ(ResourcesOf(request, "{}", limited).unified.at("memory.swap.max"), std::to_string(10 * kMi));
  EXPECT_EQ(ResourcesOf("{}", "{}", limited).unified.at("memory.swap.max"), "0") << "BestEffort";
  EXPECT_EQ(ResourcesOf(request, "{}", none).unified.at("memory.swap.max"), "0");
  const MemoryFacts no_swap{kMemory, 0, false, true};
  EXPECT_FALSE(ResourcesOf(request, "{}", no_swap).unified.contains("memory.swap.max")) << "there may be no such file";
  const MemoryFacts v1{kMemory, 100 * kMi, /*limited_swap=*/true, false};
  EXPECT_EQ(ResourcesOf(request, limit, v1).memory_swap_limit, 200 * kMi) << "cgroup v1";
}

TEST(Swap, IsGivenByWhatTheContainerItselfAsksFor) {
  const MemoryFacts limited{kMemory, 100 * kMi, /*limited_swap=*/true, true};
  const auto swap = [&](const Json& own, const Json& whole, int64_t priority = 0) -> int64_t {
    Json spec = Spec({}, {"a", "b"});
    spec["containers"][0]["resources"] = own;
    if (!whole.is_null()) spec["resources"] = whole;
    spec["priority"] = priority;
    const api::Pod pod = PodWith(std::move(spec));
    const cri::Resources out = ContainerResources(pod.spec, pod.spec.containers[0], limited);
    if (out.memory_limit > 0) return out.memory_swap_limit - out.memory_limit;
    return std::stol(out.unified.at("memory.swap.max"));
  };
  const Json request = Resources(R"({"memory":"100Mi"})", "{}"), nothing = Json::object();
  // Given a pod that is limited as a whole to what the one container asks for: it is not that container's limit.
  EXPECT_EQ(swap(request, Resources("{}", R"({"memory":"100Mi"})")), 10 * kMi);
  EXPECT_EQ(swap(request, Resources(R"({"memory":"300Mi"})", R"({"memory":"400Mi"})")), 10 * kMi);
  EXPECT_EQ(swap(nothing, Resources(R"({"memory":"300Mi"})", R"({"memory":"400Mi"})")), 0) << "it asks for none";
  EXPECT_EQ(swap(Resources(R"({"memory":"2000Mi"})", "{}"), nullptr), 0) << "more than the node has";
  EXPECT_EQ(swap(request, nullptr, 1'999'999'999), 10 * kMi);
  EXPECT_EQ(swap(request, nullptr, api::kCriticalPriority), 0) << "a critical pod";
}

TEST(Swap, LetsNoMemoryBeChangedWithoutARestart) {
  const MemoryFacts limited{kMemory, 100 * kMi, /*limited_swap=*/true, true};
  const auto with = [](const char* requests, bool restarts) {
    Json spec = Spec({}, {"a"});
    spec["containers"][0]["resources"] = Resources(requests, "{}");
    api::Pod pod = PodWith(std::move(spec));
    pod.spec.containers[0].restarts_for_memory = restarts;
    return pod.spec;
  };
  const char *less = R"({"memory":"1Mi"})", *more = R"({"memory":"2Mi"})", *cpu = R"({"cpu":"1","memory":"1Mi"})";
  EXPECT_TRUE(ResizesWhatSwaps(with(more, false), with(less, false), limited));
  EXPECT_FALSE(ResizesWhatSwaps(with(more, true), with(less, true), limited));
  EXPECT_FALSE(ResizesWhatSwaps(with(cpu, false), with(less, false), limited));
  EXPECT_FALSE(ResizesWhatSwaps(with(more, false), with(less, false), {kMemory, 100 * kMi, false, true}));
}

TEST(Hugepages, OfEverySizeAreLimitedToWhatTheContainerHas) {
  const MemoryFacts node{kMemory, 0, false, false, {2 * kMi, 1024 * kMi}};
  const char* has = R"({"hugepages-2Mi":"4Mi","memory":"1Mi"})";
  const std::vector<cri::HugepageLimit> expected{{"2MB", 4 * kMi}, {"1GB", 0}};
  EXPECT_EQ(ResourcesOf(has, has, node).hugepages, expected);
  const Json whole = Resources("{}", R"({"hugepages-2Mi":"8Mi","hugepages-1Gi":"1Gi"})");
  const std::vector<cri::HugepageLimit> together{{"2MB", 4 * kMi}, {"1GB", 1024 * kMi}};
  EXPECT_EQ(ResourcesOf(has, has, node, whole).hugepages, together) << "what the pod has where it has none itself";
}

TEST(ContainerResources, OfPodsThatTheNodeCannotDoWithoutAreKilledLast) {
  Json spec = Spec({}, {"a"});
  for (const auto& [name, expected] : {std::pair{"system-node-critical", -997}, {"system-cluster-critical", 1000}}) {
    spec["priorityClassName"] = name;
    const api::Pod pod = PodWith(spec);
    EXPECT_EQ(ContainerResources(pod.spec, pod.spec.containers[0], {kMemory}).oom_score_adj, expected) << name;
  }
}

TEST(ResourcesOfAWholePod, BoundContainersWithoutLimitsOfTheirOwn) {
  const Json whole = Resources(R"({"cpu":"1","memory":"100Mi"})", R"({"cpu":"2","memory":"200Mi"})");
  const cri::Resources out = ResourcesOf("{}", "{}", {kMemory}, whole);
  EXPECT_EQ(out.cpu_quota, 200'000);
  EXPECT_EQ(out.memory_limit, 200 * kMi);
  EXPECT_EQ(out.oom_score_adj, 900) << "the pod's request is its own";
}

TEST(CgroupParent, NamesTheQualityOfService) {
  Json guaranteed = Spec({}, {"a"}), burstable = Spec({}, {"a"});
  guaranteed["containers"][0]["resources"] =
      Resources(R"({"cpu":"1","memory":"1Mi"})", R"({"cpu":"1","memory":"1Mi"})");
  burstable["containers"][0]["resources"] = Resources(R"({"cpu":"1"})", "{}");
  struct Row {
    Json spec;
    bool systemd;
    std::string expected;
  };
  const std::vector<Row> table = {
      {guaranteed, false, "/kubepods/poda-b"},
      {burstable, false, "/kubepods/burstable/poda-b"},
      {Spec({}, {"a"}), false, "/kubepods/besteffort/poda-b"},
      {guaranteed, true, "/kubepods.slice/kubepods-poda_b.slice"},
      {burstable, true, "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-poda_b.slice"},
      {Spec({}, {"a"}), true, "/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-poda_b.slice"},
  };
  for (const Row& row : table) EXPECT_EQ(CgroupParent(PodWith(row.spec).spec, "a-b", row.systemd), row.expected);
  const api::Pod recorded = PodFrom(Recorded("security-and-env.pod.json"));
  EXPECT_EQ(CgroupParent(recorded.spec, recorded.meta.uid, false),
            Recorded("security-and-env.cri-sandbox.json")["config"]["linux"]["cgroup_parent"]);
}

TEST(ResourceFieldValue, IsDividedAndRoundedUp) {
  Json spec = Spec({}, {"a", "bare"});
  spec["containers"][0]["resources"] = Resources(R"({"cpu":"100m"})", R"({"cpu":"250m","memory":"32Mi"})");
  const api::Pod pod = PodWith(spec);
  struct Row {
    size_t container;
    std::string resource, divisor, expected;
  };
  const std::vector<Row> table = {
      {0, "limits.cpu", "1m", "250"},       {0, "limits.cpu", "", "1"},          {0, "limits.cpu", "0", "1"},
      {0, "requests.cpu", "1m", "100"},     {0, "requests.memory", "1Mi", "32"},  // the limit is the request
      {0, "limits.memory", "", "33554432"}, {0, "limits.memory", "1Gi", "1"},    {1, "limits.memory", "1Mi", "1000"},
      {1, "limits.cpu", "1m", "2000"},      {1, "requests.cpu", "", "0"},        {1, "requests.memory", "", "0"},
  };
  for (const Row& row : table) {
    const auto value = ResourceFieldValue(pod.spec.containers[row.container], row.resource, row.divisor, kMemory, 2000);
    ASSERT_TRUE(value.ok()) << row.resource;
    EXPECT_EQ(*value, row.expected) << row.resource << " / " << row.divisor;
  }
  for (const char* resource : {"", "cpu", "limits", "limits.", "limit.cpu", "limits.ephemeral-storage"}) {
    const auto value = ResourceFieldValue(pod.spec.containers[1], resource, "", kMemory, 2000);
    ASSERT_FALSE(value.ok()) << resource;
    EXPECT_EQ(value.error().reason, "CreateContainerConfigError") << resource;
  }
}

}  // namespace
}  // namespace ordinal::podsync
