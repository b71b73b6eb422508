// How many pods a set may have that are not placed. Pure.
//
// A client chooses spec.replicas, up to 2147483647, and every pod costs memory and work. What could never run here is
// not made; it is counted in a condition of the set:
//
//   replicas 2147483647 on a node of 110 pods
//     110            placed
//     210            made, and waiting for a place: as many as the node takes, and 100
//     2147483327     held back: condition ReplicasHeldBack
//
// Of pods whose writer named their node as many count as placed as the node takes: the others are too many, too.
#pragma once

#include <vector>

#include "agent/api/kinds/node/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers {

/// What a node takes that does not say (kubelet --max-pods).
inline constexpr int64_t kDefaultPodCapacity = 110;
/// So many pods of a set may wait beyond what the node takes.
inline constexpr int64_t kWaitBeyondCapacity = 100;
/// Type of the condition, with reason NodeCapacity.
inline constexpr char kHeldBack[] = "ReplicasHeldBack";

/// status.allocatable.pods, the default without a node; at most 10,000.
int64_t PodCapacityOf(const api::Node* node);

/// How many more pods the set of `pods` may have; 0 or more.
int64_t PodRoom(const api::Refs<api::Pod>& pods, int64_t capacity);

/// Puts the condition with its number into the list, or takes it out when nothing is held back. `wanted`:
/// spec.replicas.
void SayHeldBack(int64_t held_back, int64_t wanted, int64_t capacity, WallTime now, api::Json& conditions);

}  // namespace ordinal::controllers
