#include "agent/metrics/usage.h"

#include <gtest/gtest.h>

#include "agent/observe/pod_state.h"

namespace ordinal::metrics {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const WallTime kStart = *ParseTime("2026-01-01T00:00:00Z");

cri::ContainerUsage Used(const std::string& id, WallTime at, uint64_t nanoseconds, uint64_t bytes = 4096) {
  cri::ContainerUsage usage;
  usage.id = id;
  usage.name = "name-of-" + id;
  usage.labels = {{observe::kPodUidLabel, "uid"}};
  usage.cpu_at = usage.memory_at = at;
  usage.cpu_nanoseconds = nanoseconds;
  usage.working_set = bytes;
  return usage;
}

Sample At(WallTime at, std::vector<cri::ContainerUsage> containers, uint64_t node_cpu = 0) {
  Sample sample;
  sample.at = at;
  sample.steady = SteadyTime(at.time_since_epoch());
  sample.containers = std::move(containers);
  sample.node = {node_cpu, 1 << 20};
  return sample;
}

TEST(Rates, AreTheTimeUsedOverTheTimePassed) {
  const Sample before = At(kStart, {Used("a", kStart, 1'000'000'000)}, 5'000'000'000);
  // The runtime read its counter at a moment of its own.
  const WallTime later = kStart + seconds(2);
  const Sample after = At(later, {Used("a", kStart + milliseconds(2500), 2'250'000'000, 8192)}, 8'000'000'000);
  const Rates rates = RatesBetween(before, after);
  EXPECT_EQ(rates.at, later);
  EXPECT_EQ(rates.window, seconds(2));
  ASSERT_EQ(rates.containers.size(), 1U);
  EXPECT_EQ(rates.containers[0].uid, "uid");
  EXPECT_EQ(rates.containers[0].container, "name-of-a");
  EXPECT_EQ(rates.containers[0].nanocores, 500'000'000U);
  EXPECT_EQ(rates.containers[0].working_set, 8192U);
  EXPECT_EQ(rates.node_nanocores, 1'500'000'000U);
  EXPECT_EQ(rates.node_working_set, 1U << 20);
}

TEST(Rates, AreOfContainersThatBothSamplesKnow) {
  const WallTime later = kStart + seconds(1);
  cri::ContainerUsage unmeasured = Used("b", later, 0);
  unmeasured.cpu_at = {};
  const Sample before = At(kStart, {Used("a", kStart, 0), Used("b", kStart, 0), Used("gone", kStart, 0)});
  const Sample after = At(later, {Used("a", later, 5), unmeasured, Used("new", later, 9)});
  const Rates rates = RatesBetween(before, after);
  ASSERT_EQ(rates.containers.size(), 1U);
  EXPECT_EQ(rates.containers[0].container, "name-of-a");
  EXPECT_FALSE(Covers(before, after)) << "one is new";
  EXPECT_TRUE(Covers(before, At(later, {Used("a", later, 5), unmeasured})));
}

TEST(Rates, ACounterThatWentBackSaysNothing) {
  const WallTime later = kStart + seconds(1);
  EXPECT_EQ(RatesBetween(At(kStart, {Used("a", kStart, 9)}), At(later, {Used("a", later, 5)})).containers[0].nanocores,
            0U);
}

TEST(Rates, GoByTheTimePassedWhenTheClockWasSet) {
  for (const Duration by : {Duration(std::chrono::hours(1)), Duration(-std::chrono::hours(1)), Duration(-seconds(1))}) {
    const WallTime later = kStart + seconds(2) + by;
    const Sample before = At(kStart, {Used("a", kStart, 0)}, 0);
    Sample after = At(later, {Used("a", later, 1'000'000'000)}, 3'000'000'000);
    after.steady = before.steady + seconds(2);
    const Rates rates = RatesBetween(before, after);
    EXPECT_EQ(rates.at, later);
    EXPECT_EQ(rates.window, seconds(2));
    EXPECT_EQ(rates.containers[0].nanocores, 500'000'000U);
    EXPECT_EQ(rates.node_nanocores, 1'500'000'000U);
  }
}

TEST(NodeCounters, AreReadFromProc) {
  EXPECT_EQ(*ReadCpuNanoseconds("cpu  1 2 3 1000 2000 4 5 6 7 8\ncpu0 1 2 3 4 5 6 7 8 0 0\n", 100), 210'000'000U);
  EXPECT_FALSE(ReadCpuNanoseconds("", 100).ok());
  EXPECT_FALSE(ReadCpuNanoseconds("cpu 1 2 3\n", 100).ok());
  EXPECT_FALSE(ReadCpuNanoseconds("cpu0 1 2 3 4 5 6 7 8\n", 100).ok());
  const char* meminfo =
      "MemTotal:         1000 kB\nMemFree:           300 kB\nInactive:          250 kB\nInactive(file):    200 kB\n";
  EXPECT_EQ(*ReadWorkingSet(meminfo), 500U * 1024);
  EXPECT_FALSE(ReadWorkingSet("MemTotal: 1000 kB\n").ok());
}

}  // namespace
}  // namespace ordinal::metrics
