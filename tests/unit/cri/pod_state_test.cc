// What of a pod may still be alive (cri/pod_state.h): it keeps a successor and a reclaim of its volumes waiting.
#include "cri/pod_state.h"

#include <gtest/gtest.h>

namespace ordinal::cri {
namespace {

PodState With(std::optional<SandboxState> sandbox, std::optional<ContainerState> container) {
  PodState pod;
  if (sandbox) pod.sandboxes.emplace_back().state = *sandbox;
  if (container) pod.containers.emplace_back().state = *container;
  return pod;
}

TEST(HoldsAnythingLive, AReadySandboxAndWhateverMayRun) {
  EXPECT_FALSE(HoldsAnythingLive({}));
  EXPECT_TRUE(HoldsAnythingLive(With(SandboxState::kReady, {})));
  EXPECT_FALSE(HoldsAnythingLive(With(SandboxState::kNotReady, {})));
  EXPECT_TRUE(HoldsAnythingLive(With(SandboxState::kNotReady, ContainerState::kRunning)));
  EXPECT_TRUE(HoldsAnythingLive(With(SandboxState::kNotReady, ContainerState::kUnknown)));
  EXPECT_FALSE(HoldsAnythingLive(With(SandboxState::kNotReady, ContainerState::kCreated)));
  EXPECT_FALSE(HoldsAnythingLive(With(SandboxState::kNotReady, ContainerState::kExited)));
}

TEST(HoldsAnythingLive, OneOfMany) {
  PodState pod = With(SandboxState::kNotReady, ContainerState::kExited);
  pod.containers.emplace_back().state = ContainerState::kRunning;
  EXPECT_TRUE(HoldsAnythingLive(pod));
}

}  // namespace
}  // namespace ordinal::cri
