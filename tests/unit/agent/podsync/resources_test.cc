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
  const cri::Resources out = ContainerResources(pod.spec, pod.spec.containers[0], kMemory);
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
  const cri::Resources out = ContainerResources(pod.spec, pod.spec.containers[0], 64LL << 30);
  const Json recorded = Recorded("security-and-env.cri-container.json")["config"]["linux"]["resources"];
  EXPECT_EQ(out.cpu_period, recorded["cpu_period"]);
  EXPECT_EQ(out.cpu_quota, recorded["cpu_quota"]);
  EXPECT_EQ(out.cpu_shares, recorded["cpu_shares"]);
  EXPECT_EQ(out.memory_limit, recorded["memory_limit_in_bytes"]);
  EXPECT_EQ(out.memory_swap_limit, recorded["memory_swap_limit_in_bytes"]);
  EXPECT_EQ(out.oom_score_adj, recorded["oom_score_adj"]);
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
