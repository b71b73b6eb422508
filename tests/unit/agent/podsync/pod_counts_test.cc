// What is counted of the work on pods.
#include <gtest/gtest.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using fakes::FakeRuntime;

class PodCounts : public ::testing::Test {
 protected:
  Host host_;
};

TEST_F(PodCounts, WhatIsDoneForAPodIsCounted) {
  host_.StartAgent();
  host_.runtime.Delay(FakeRuntime::Call::kStartContainer, seconds(3));
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  host_.Pass(seconds(4));
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(host_.counts.containers.tried, 1U);
  EXPECT_EQ(host_.counts.containers.failed, 0U);
  EXPECT_EQ(host_.counts.create.count(), 1U);
  const Counts& counts = host_.counts;
  EXPECT_GE(counts.create.sum() + counts.update.sum() + counts.sync.sum(), 3.0);
  EXPECT_EQ(host_.counts.start.count(), 1U);
  EXPECT_NEAR(host_.counts.start.sum(), 3, 1);
  EXPECT_GE(counts.update.count() + counts.sync.count(), 1U);
}

TEST_F(PodCounts, OfAPodThatRanBeforeTheAgentNoStartIsCounted) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  EXPECT_EQ(host_.counts.start.count(), 1U);
  host_.KillAgent();
  host_.StartAgent();
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0");
  EXPECT_EQ(host_.counts.start.count(), 1U);
  EXPECT_EQ(host_.counts.containers.tried, 1U);
}

TEST_F(PodCounts, AStartThatFailsIsCountedAsOne) {
  host_.StartAgent();
  host_.runtime.FailNext(FakeRuntime::Call::kStartContainer,
                         MakeError(ErrorCode::kInternal, "no", "RunContainerError"));
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  EXPECT_EQ(host_.counts.containers.failed, 1U);
  EXPECT_EQ(host_.counts.start.count(), 0U);
}

}  // namespace
}  // namespace ordinal::podsync
