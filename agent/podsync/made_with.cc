#include "agent/podsync/made_with.h"

#include <utility>

#include "agent/podsync/plan.h"

namespace ordinal::podsync {

const std::string* MadeWith(const cri::Container* container) {
  if (container == nullptr) return nullptr;
  const auto text = container->annotations.find(observe::kResources);
  return text == container->annotations.end() ? nullptr : &text->second;
}

void TakeFromContainers(const observe::PodState& state, Allocation& allocation) {
  for (auto& [name, amounts] : allocation.containers) {
    const std::string* text = MadeWith(Newest(state, name));
    if (text == nullptr) continue;
    if (const auto made_with = PortionFromText(*text)) amounts = made_with->own;
  }
  std::erase_if(allocation.containers, [](const auto& item) { return item.second.empty(); });
  if (allocation.pod.empty()) return;
  for (const cri::Container& container : state.containers) {
    const std::string* text = MadeWith(&container);
    if (text == nullptr || !TellsOfPod(*text)) continue;
    allocation.pod = PortionFromText(*text)->pod;
    return;
  }
}

bool TakeUnknown(const observe::PodState& state, const Allocation& allocation,
                 std::map<std::string, Portion>& actuated) {
  bool any = false;
  for (const cri::Container& container : state.containers) {
    if (container.state == cri::ContainerState::kExited) continue;
    const std::string* text = MadeWith(&container);
    if (text != nullptr && TellsOfPod(*text)) continue;
    Portion portion = allocation.PortionOf(container.name);
    if (text != nullptr) portion = PortionFromText(*text, allocation.pod).value_or(portion);
    any |= actuated.try_emplace(container.id, std::move(portion)).second;
  }
  return any;
}

}  // namespace ordinal::podsync
