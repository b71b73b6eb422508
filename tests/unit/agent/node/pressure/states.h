// What runs of each pod, as the test says it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/observe/pod_state.h"

namespace ordinal::node {

class SaidStates final : public observe::PodStates {
 public:
  const observe::PodState& Get(const std::string& uid) const override { return states_[uid]; }
  Task<Result<observe::PodState>> Refresh(std::string uid) override { co_return states_[uid]; }
  std::vector<std::string> AllUids() const override { return {}; }
  std::vector<std::string> UidsNamed(const std::string&, const std::string&) const override { return {}; }
  bool Synced() const override { return true; }
  Task<void> WaitSynced() override { co_return; }

  /// The pod has one container, which is in this state.
  void Set(const std::string& uid, cri::ContainerState state) {
    cri::Container container;
    container.id = "container-of-" + uid;
    container.name = "main";
    container.state = state;
    states_[uid].containers = {container};
  }

 private:
  mutable std::map<std::string, observe::PodState> states_;
};

}  // namespace ordinal::node
