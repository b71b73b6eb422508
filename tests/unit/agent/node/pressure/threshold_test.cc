// Thresholds as a kubelet's flags say them.
#include "agent/node/pressure/threshold.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace ordinal::node {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

std::string Shown(const Amount& amount) {
  return amount.fraction ? fmt::format("{:g}%", *amount.fraction * 100) : fmt::format("{}", amount.quantity);
}

std::string Shown(const Result<EvictionPolicy>& policy) {
  if (!policy.ok()) return policy.error().message;
  std::string out;
  for (const Threshold& each : policy->thresholds) {
    out += fmt::format("{}<{}{}{} ", NameOf(each.signal), Shown(each.least), each.soft ? " soft" : "",
                       each.reclaim ? "+" + Shown(*each.reclaim) : "");
  }
  return out;
}

TEST(EvictionThresholds, TheDefaultsAreAKubelets) {
  EXPECT_EQ(Shown(ParseEvictionPolicy({})),
            "memory.available<104857600 nodefs.available<10% nodefs.inodesFree<5% imagefs.available<15% ");
  EXPECT_EQ(ParseEvictionPolicy({})->transition, std::chrono::minutes(5));
}

TEST(EvictionThresholds, SoftOnesHaveAGraceAndAllMayHaveAMinimumReclaim) {
  EvictionFlags flags;
  flags.hard = "pid.available<100";
  flags.soft = "memory.available<1Gi";
  flags.soft_grace_period = "memory.available=1m30s";
  flags.minimum_reclaim = "memory.available=10%";
  flags.max_pod_grace_period = 7;
  const auto policy = ParseEvictionPolicy(flags);
  EXPECT_EQ(Shown(policy), "pid.available<100 memory.available<1073741824 soft+10% ");
  EXPECT_EQ(policy->thresholds[1].grace, seconds(90));
  EXPECT_EQ(policy->max_pod_grace, seconds(7));
}

TEST(EvictionThresholds, NothingAndAllAreNoThresholds) {
  EvictionFlags flags;
  flags.hard = "memory.available<0%,nodefs.available<100%";
  EXPECT_EQ(Shown(ParseEvictionPolicy(flags)), "");
  flags.hard = "";
  EXPECT_EQ(Shown(ParseEvictionPolicy(flags)), "");
}

TEST(EvictionThresholds, WhatIsWrongNamesTheFlagAndTheCure) {
  struct Case {
    EvictionFlags flags;
    std::string fault;
  };
  const Case cases[] = {
      {{.hard = "memory.free<1Mi"}, "--eviction-hard: \"memory.free\" is no signal; there are memory.available"},
      {{.hard = "memory.available"}, "--eviction-hard: \"memory.available\" is not of the form signal<value"},
      {{.hard = "memory.available<"}, "is not of the form signal<value"},
      {{.hard = "memory.available<lots"}, "memory.available: lots is no quantity from 0 on, as 100Mi"},
      {{.hard = "memory.available<-1"}, "is no quantity"},
      {{.hard = "memory.available<120%"}, "120% is no share from 0% to 100%"},
      {{.hard = "memory.available<1%x%"}, "is no share"},
      {{.hard = "memory.available<1,memory.available<2"}, "memory.available is there twice"},
      {{.soft = "memory.available<1Gi"}, "needs a grace period: --eviction-soft-grace-period=memory.available=1m30s"},
      {{.soft = "memory.available<1Gi", .soft_grace_period = "memory.available=soon"},
       "--eviction-soft-grace-period: \"soon\" is no duration"},
      {{.minimum_reclaim = "x=1"}, "--eviction-minimum-reclaim: \"x\" is no signal"},
      {{.transition_period = "5"}, "--eviction-pressure-transition-period: \"5\" is no duration"},
  };
  for (const Case& c : cases) EXPECT_THAT(Shown(ParseEvictionPolicy(c.flags)), HasSubstr(c.fault));
}

TEST(GoDurations, AreReadAsGoWritesThem) {
  const std::pair<const char*, Duration> good[] = {{"0", Duration(0)},
                                                   {"90s", seconds(90)},
                                                   {"1h2m3s", seconds(3723)},
                                                   {"1.5m", seconds(90)},
                                                   {"500ms", std::chrono::milliseconds(500)},
                                                   {"2us", std::chrono::microseconds(2)}};
  for (const auto& [text, duration] : good) {
    const auto read = ParseGoDuration(text);
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_EQ(*read, duration) << text;
  }
  for (const char* bad : {"", "1", "s", "-1s", "1x", "1s2", "1..2s", "99999999999999h"}) {
    EXPECT_FALSE(ParseGoDuration(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace ordinal::node
