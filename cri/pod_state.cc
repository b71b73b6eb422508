#include "cri/pod_state.h"

#include <algorithm>

namespace ordinal::cri {

bool Live(const Container& container) {
  return container.state == ContainerState::kRunning || container.state == ContainerState::kUnknown;
}

bool HoldsAnythingLive(const PodState& state) {
  const bool container = std::any_of(state.containers.begin(), state.containers.end(), Live);
  const bool sandbox = std::any_of(state.sandboxes.begin(), state.sandboxes.end(),
                                   [](const Sandbox& s) { return s.state == SandboxState::kReady; });
  return container || sandbox;
}

}  // namespace ordinal::cri
