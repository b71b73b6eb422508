#include "agent/controllers/pod_room.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/controllers/conditions.h"

namespace ordinal::controllers {
namespace {

// No node takes more; whoever may write a node's status must not lift the bound with it.
constexpr int64_t kMostPodCapacity = 10'000;

int64_t MayWait(int64_t capacity) { return capacity + kWaitBeyondCapacity; }

}  // namespace

int64_t PodCapacityOf(const api::Node* node) {
  if (node == nullptr) return kDefaultPodCapacity;
  const auto pods = node->allocatable.find("pods");
  if (pods == node->allocatable.end()) return kDefaultPodCapacity;
  return std::clamp<int64_t>(pods->second.Value(), 0, kMostPodCapacity);
}

int64_t PodRoom(const api::Refs<api::Pod>& pods, int64_t capacity) {
  const int64_t placed =
      std::count_if(pods.begin(), pods.end(), [](const api::Pod& pod) { return !pod.spec.node_name.empty(); });
  const int64_t waiting = static_cast<int64_t>(pods.size()) - std::min(placed, capacity);
  return std::max<int64_t>(MayWait(capacity) - waiting, 0);
}

void SayHeldBack(int64_t held_back, int64_t wanted, int64_t capacity, WallTime now, api::Json& conditions) {
  if (held_back <= 0) return RemoveCondition(kHeldBack, conditions);
  SetCondition({kHeldBack, "True", "NodeCapacity",
                fmt::format("{} of {} replicas are not created: no more than {} pods of a set wait for a place on a "
                            "node that takes {}; scale down, or make room",
                            held_back, wanted, MayWait(capacity), capacity)},
               now, conditions);
}

}  // namespace ordinal::controllers
