#include "agent/observe/pod_state.h"

#include <algorithm>

namespace ordinal::observe {

bool Live(const cri::Container& container) {
  return container.state == cri::ContainerState::kRunning || container.state == cri::ContainerState::kUnknown;
}

bool HoldsAnythingLive(const PodState& state) {
  const bool container = std::any_of(state.containers.begin(), state.containers.end(), Live);
  const bool sandbox = std::any_of(state.sandboxes.begin(), state.sandboxes.end(),
                                   [](const cri::Sandbox& s) { return s.state == cri::SandboxState::kReady; });
  return container || sandbox;
}

}  // namespace ordinal::observe
