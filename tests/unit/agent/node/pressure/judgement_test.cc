// When there is pressure, from when on pods go, and when it is over.
#include "agent/node/pressure/judgement.h"

#include <gmock/gmock.h>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::node {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr EvictionSignal kMemory = EvictionSignal::kMemoryAvailable, kDisk = EvictionSignal::kNodefsAvailable;

EvictionPolicy PolicyOf(EvictionFlags flags) { return *ParseEvictionPolicy(flags); }

Figures Memory(int64_t available, int64_t capacity = 1000) { return {{kMemory, {available, capacity}}}; }

SteadyTime After(Duration passed) { return SteadyTime(minutes(100)) + passed; }

TEST(PressureJudgement, AConditionStaysForTheTransitionPeriodAfterItsCause) {
  PressureJudge judge(PolicyOf({.hard = "memory.available<100", .transition_period = "5m"}));
  EXPECT_THAT(judge.Judge(Memory(100), After(seconds(0))).conditions, IsEmpty());
  Judgement low = judge.Judge(Memory(99), After(seconds(10)));
  EXPECT_THAT(low.conditions, ElementsAre(Pressure::kMemory));
  EXPECT_THAT(low.due, ElementsAre(0));
  Judgement high = judge.Judge(Memory(500), After(seconds(20)));
  EXPECT_THAT(high.conditions, ElementsAre(Pressure::kMemory));
  EXPECT_THAT(high.due, IsEmpty());
  EXPECT_THAT(judge.Judge(Memory(500), After(seconds(309))).conditions, ElementsAre(Pressure::kMemory));
  EXPECT_THAT(judge.Judge(Memory(500), After(seconds(310))).conditions, IsEmpty());
}

TEST(PressureJudgement, ASoftThresholdIsDueWhenItsGraceIsOverWithoutABreak) {
  PressureJudge judge(PolicyOf({.hard = "",
                                .soft = "memory.available<100",
                                .soft_grace_period = "memory.available=30s",
                                .transition_period = "0s"}));
  EXPECT_THAT(judge.Judge(Memory(50), After(seconds(0))).due, IsEmpty());
  EXPECT_THAT(judge.Judge(Memory(50), After(seconds(0))).conditions, ElementsAre(Pressure::kMemory));
  EXPECT_THAT(judge.Judge(Memory(500), After(seconds(20))).conditions, IsEmpty());
  EXPECT_THAT(judge.Judge(Memory(50), After(seconds(21))).due, IsEmpty());
  EXPECT_THAT(judge.Judge(Memory(50), After(seconds(50))).due, IsEmpty());
  EXPECT_THAT(judge.Judge(Memory(50), After(seconds(51))).due, ElementsAre(0));
}

TEST(PressureJudgement, ItIsOverOnlyWithTheMinimumReclaim) {
  PressureJudge judge(PolicyOf({.hard = "nodefs.available<10%", .minimum_reclaim = "nodefs.available=5%"}));
  const auto disk = [](int64_t available) { return Figures{{kDisk, {available, 1000}}}; };
  EXPECT_THAT(judge.Judge(disk(120), After(seconds(0))).due, IsEmpty());
  EXPECT_THAT(judge.Judge(disk(99), After(seconds(1))).due, ElementsAre(0));
  EXPECT_FALSE(judge.Satisfied(0, disk(149)));
  EXPECT_THAT(judge.Judge(disk(149), After(seconds(2))).due, ElementsAre(0));
  EXPECT_TRUE(judge.Satisfied(0, disk(150)));
  EXPECT_THAT(judge.Judge(disk(150), After(seconds(3))).due, IsEmpty());
  EXPECT_THAT(judge.Judge(disk(120), After(seconds(4))).due, IsEmpty());
}

TEST(PressureJudgement, MemoryIsReclaimedFirst) {
  PressureJudge judge(PolicyOf({.hard = "nodefs.available<10%,memory.available<100,imagefs.available<10%"}));
  const Figures low{{kMemory, {1, 1000}}, {kDisk, {1, 1000}}, {EvictionSignal::kImagefsAvailable, {1, 1000}}};
  const Judgement judged = judge.Judge(low, After(seconds(0)));
  ASSERT_EQ(judged.due.size(), 3U);
  EXPECT_EQ(judge.policy().thresholds[judged.due[0]].signal, kMemory);
  EXPECT_THAT(judged.conditions, ElementsAre(Pressure::kMemory, Pressure::kDisk));
}

TEST(PressureJudgement, WhatCannotBeAskedIsNoPressure) {
  PressureJudge judge(PolicyOf({}));
  EXPECT_THAT(judge.Judge({}, After(seconds(0))).conditions, IsEmpty());
}

TEST(PressureFigures, AreReadAsAKubeletReckonsThem) {
  fakes::ScratchDirectory proc;
  fakes::WriteFile(proc / "meminfo",
                   "MemTotal:       1000 kB\nMemFree:         200 kB\nMemAvailable:    900 kB\n"
                   "Inactive:        500 kB\nInactive(file):   50 kB\n");
  fakes::WriteFile(proc / "loadavg", "0.50 0.40 0.30 2/321 4711\n");
  fakes::WriteFile(proc / "sys/kernel/pid_max", "4194304\n");
  fakes::WriteFile(proc / "sys/kernel/threads-max", "1000\n");
  const Figures figures = ReadFigures({proc.path(), proc.path(), ""});
  EXPECT_EQ(figures.at(kMemory).available, 250 * 1024);
  EXPECT_EQ(figures.at(kMemory).capacity, 1000 * 1024);
  EXPECT_EQ(figures.at(EvictionSignal::kPidAvailable).available, 1000 - 321);
  EXPECT_EQ(figures.at(EvictionSignal::kPidAvailable).capacity, 1000);
  EXPECT_GT(figures.at(kDisk).capacity, figures.at(kDisk).available);
  EXPECT_FALSE(figures.contains(EvictionSignal::kImagefsAvailable));
  EXPECT_TRUE(ReadFigures({"/nowhere", "/nowhere", ""}).empty());
}

TEST(PressureFigures, AreWrittenInPowersOfTwo) {
  const std::pair<int64_t, const char*> cases[] = {
      {0, "0"}, {1023, "1023"}, {1024, "1Ki"}, {1832 << 10, "1832Ki"}, {100 << 20, "100Mi"}, {int64_t{1} << 40, "1Ti"}};
  for (const auto& [number, text] : cases) EXPECT_EQ(BinaryText(number), text);
}

}  // namespace
}  // namespace ordinal::node
