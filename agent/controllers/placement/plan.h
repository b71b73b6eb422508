// Whether a pod may start on this node: all its claims are bound. Pure.
//
// This agent is the only node of its control plane, so placing a pod is not a choice among nodes.
#pragma once

#include <functional>
#include <string>

#include "agent/api/kinds/persistent_volume_claim/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::placement {

struct Decision {
  enum class Type {
    kLeave,  ///< placed already, ended, or on its way out
    kBind,   ///< set spec.nodeName
    kWait,   ///< unschedulable: `message` names the claim
  };
  Type type = Type::kLeave;
  std::string message;
};

/// None for a claim that does not exist.
using FindClaim = std::function<api::Ref<api::PersistentVolumeClaim>(const std::string& ns, const std::string& name)>;

Decision Place(const api::Pod& pod, const FindClaim& find_claim);

/// Sets condition PodScheduled False, reason Unschedulable. False when it says so already, or the pod is placed.
bool ApplyWait(api::Json& pod, const std::string& message, WallTime now);

/// Says in the status that the pod is to have the node when others have left it; an empty name takes that back. False
/// when it says so already, or the pod is placed.
bool ApplyNomination(api::Json& pod, const std::string& node);
/// Marks a pod that has to make room (DisruptionTarget, PreemptionByScheduler). False when it is over, or was marked.
bool ApplyPreempted(api::Json& pod, WallTime now);

}  // namespace ordinal::controllers::placement
