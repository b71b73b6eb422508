// What counts of a probe, and when it is asked next.
#include "agent/probes/state.h"

#include <gtest/gtest.h>

namespace ordinal::probes {
namespace {

using api::ProbeKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

ProbeState AfterAll(const api::Probe& probe, const std::string& outcomes) {
  ProbeState state;
  for (const char outcome : outcomes) state = After(state, probe, outcome == '+');
  return state;
}

TEST(ProbeState, CountsFromItsThresholdOn) {
  api::Probe probe;
  probe.failure_threshold = 3;
  probe.success_threshold = 2;
  EXPECT_EQ(AfterAll(probe, "+").counts, std::nullopt);
  EXPECT_EQ(AfterAll(probe, "++").counts, true);
  EXPECT_EQ(AfterAll(probe, "++--").counts, true);
  EXPECT_EQ(AfterAll(probe, "++--+--").counts, true);
  EXPECT_EQ(AfterAll(probe, "++---").counts, false);
  EXPECT_EQ(AfterAll(probe, "++---+").counts, false);
  EXPECT_EQ(AfterAll(probe, "++---++").counts, true);
}

TEST(ProbeState, WhatGoesOnAsItWasIsNoChange) {
  api::Probe probe;
  EXPECT_EQ(AfterAll(probe, "+"), AfterAll(probe, "+++++"));
  EXPECT_EQ(AfterAll(probe, "---"), AfterAll(probe, "-----"));
}

TEST(ProbeState, IsReadAsItWasWrittenAndOfItsContainerOnly) {
  api::Probe probe;
  for (const char* outcomes : {"", "+", "--", "---", "+--"}) {
    const ProbeState state = AfterAll(probe, outcomes);
    EXPECT_EQ(FromText(ToText(state, "c1"), "c1"), state) << outcomes;
    EXPECT_EQ(FromText(ToText(state, "c1"), "c2"), std::nullopt);
  }
  for (const char* text :
       {"", "{", "[]", "7", "{}", R"({"container":"c1"})", R"({"container":"c1","last":1,"run":2})",
        R"({"container":"c1","last":true,"run":"many"})", R"({"container":7,"last":true,"run":1})"}) {
    EXPECT_EQ(FromText(text, "c1"), std::nullopt) << text;
  }
  EXPECT_EQ(FromText(R"({"container":"c1","last":true,"run":-5,"counts":"yes"})", "c1")->run, 0);
  EXPECT_EQ(FromText(std::string("{\"container\":\"\xff\",\"last\":true,\"run\":1}"), "\xff"), std::nullopt);
}

class RhythmTest : public ::testing::Test {
 protected:
  RhythmTest() {
    probe_.initial_delay = seconds(5);
    probe_.period = seconds(10);
  }
  Rhythm Of(const std::string& id) const { return Rhythm::Of(probe_, ProbeKind::kReadiness, id, kStart); }

  static constexpr SteadyTime kStart{std::chrono::hours(24 * 365 * 50)};
  api::Probe probe_;
};

TEST_F(RhythmTest, BeatsOncePerPeriodAfterTheDelay) {
  const Rhythm rhythm = Of("c1");
  EXPECT_LT(rhythm.offset, seconds(10));
  const SteadyTime first = kStart + rhythm.UntilNext(kStart);
  EXPECT_GE(first, kStart + seconds(5));
  EXPECT_LT(first, kStart + seconds(15));
  EXPECT_EQ(rhythm.UntilNext(first), seconds(10));
  EXPECT_EQ(rhythm.UntilNext(first + milliseconds(1)), seconds(10) - milliseconds(1));
  EXPECT_EQ(rhythm.UntilNext(first + seconds(12345)), seconds(5));
}

TEST_F(RhythmTest, IsTheSameForANewAgentAndAnotherForAnotherContainer) {
  EXPECT_EQ(Of("c1").offset, Of("c1").offset);
  std::set<Duration> offsets;
  for (int i = 0; i < 50; ++i) offsets.insert(Of("container-" + std::to_string(i)).offset);
  EXPECT_GT(offsets.size(), 40U);
}

TEST_F(RhythmTest, AMomentFarFromTheStartHoldsNothingUp) {
  const Rhythm rhythm = Of("c1");
  EXPECT_LE(rhythm.UntilNext(kStart - std::chrono::hours(1000)), seconds(15));
  EXPECT_LE(rhythm.UntilNext(kStart + std::chrono::hours(1000)), seconds(10));
  EXPECT_EQ(rhythm.UntilAllowed(kStart - std::chrono::hours(1000)), seconds(5));
  EXPECT_EQ(rhythm.UntilAllowed(kStart + seconds(2)), seconds(3));
  EXPECT_EQ(rhythm.UntilAllowed(kStart + seconds(7)), seconds(0));
}

}  // namespace
}  // namespace ordinal::probes
