// What of a pod may still be alive (agent/observe/pod_state.h): it keeps a successor and a reclaim of its volumes
// waiting.
#include "agent/observe/pod_state.h"

#include <gtest/gtest.h>

namespace ordinal::observe {
namespace {

PodState With(std::optional<cri::SandboxState> sandbox, std::optional<cri::ContainerState> container) {
  PodState pod;
  if (sandbox) pod.sandboxes.emplace_back().state = *sandbox;
  if (container) pod.containers.emplace_back().state = *container;
  return pod;
}

TEST(HoldsAnythingLive, AReadySandboxAndWhateverMayRun) {
  EXPECT_FALSE(HoldsAnythingLive({}));
  EXPECT_TRUE(HoldsAnythingLive(With(cri::SandboxState::kReady, {})));
  EXPECT_FALSE(HoldsAnythingLive(With(cri::SandboxState::kNotReady, {})));
  EXPECT_TRUE(HoldsAnythingLive(With(cri::SandboxState::kNotReady, cri::ContainerState::kRunning)));
  EXPECT_TRUE(HoldsAnythingLive(With(cri::SandboxState::kNotReady, cri::ContainerState::kUnknown)));
  EXPECT_FALSE(HoldsAnythingLive(With(cri::SandboxState::kNotReady, cri::ContainerState::kCreated)));
  EXPECT_FALSE(HoldsAnythingLive(With(cri::SandboxState::kNotReady, cri::ContainerState::kExited)));
}

TEST(HoldsAnythingLive, OneOfMany) {
  PodState pod = With(cri::SandboxState::kNotReady, cri::ContainerState::kExited);
  pod.containers.emplace_back().state = cri::ContainerState::kRunning;
  EXPECT_TRUE(HoldsAnythingLive(pod));
}

}  // namespace
}  // namespace ordinal::observe
