#include "cri/call_counts.h"

#include <gtest/gtest.h>

namespace ordinal::cri {
namespace {

using std::chrono::milliseconds;

TEST(CallCounts, AreByTheOperationsOfAKubelet) {
  CallCounts counts;
  const char* run = "/runtime.v1.RuntimeService/RunPodSandbox";
  counts.Note(run, milliseconds(20), true);
  counts.Note(run, milliseconds(400), false);
  counts.Note("/runtime.v1.ImageService/PullImage", milliseconds(1), true);
  const CallCount* sandboxes = counts.Find("run_podsandbox");
  ASSERT_NE(sandboxes, nullptr);
  EXPECT_EQ(sandboxes->calls, 2U);
  EXPECT_EQ(sandboxes->errors, 1U);
  EXPECT_EQ(sandboxes->took.counts()[2], 1U) << "up to 31.25 ms";
  EXPECT_EQ(counts.Find("pull_image")->calls, 1U);
  EXPECT_EQ(counts.Find("stop_podsandbox"), nullptr);
}

TEST(CallCounts, OtherServicesAreNotCounted) {
  CallCounts counts;
  counts.Note("/containerd.services.content.v1.Content/Write", milliseconds(1), true);
  counts.Note("/runtime.v1.RuntimeService/Unheard", milliseconds(1), true);
  EXPECT_TRUE(counts.all().empty());
}

}  // namespace
}  // namespace ordinal::cri
