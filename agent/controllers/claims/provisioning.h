// What is done for a claim that has no volume and that no volume fits. Pure.
//
//   no class ──0.5 s──> the default class ──┐
//   class of this node ─────────────────────┴─> (a pod names it, if the class waits for one) ──> provisioned
//   class of another provisioner ──> left to it          no such class, or class "" ──> Pending, with an event
#pragma once

#include <optional>
#include <string>

#include "agent/controllers/claims/plan.h"

namespace ordinal::controllers::claims {

struct Remedy {
  enum class Type { kNone, kWait, kAssignClass, kMarkExternal, kProvision };
  Type type = Type::kNone;
  const api::StorageClass* storage_class = nullptr;  ///< of all but kNone and kWait
  Duration wait{};
  events::Severity severity = events::Severity::kNormal;
  std::string reason, message;  ///< to say about the claim; empty: nothing
};

Remedy RemedyFor(const api::PersistentVolumeClaim& claim, const Observed& seen);

/// The claim's class waits for a pod that names it, and there is none.
bool WaitsForConsumer(const api::PersistentVolumeClaim& claim, const Observed& seen);

/// Why this node cannot make what claim and class ask for; empty when it can.
std::string ProvisioningObstacle(const api::PersistentVolumeClaim& claim, const api::StorageClass& storage_class);

/// The volume "pvc-<uid>" for the claim, in `path` of this node.
std::string ProvisionedName(const api::PersistentVolumeClaim& claim);
api::Json ProvisionedVolume(const api::PersistentVolumeClaim& claim, const api::StorageClass& storage_class,
                            const std::string& node_name, const std::string& path);

/// Whether a bound claim may grow beyond its volume: this node made the volume, or the class says so.
bool MayGrow(const api::PersistentVolume& volume, const Observed& seen);

}  // namespace ordinal::controllers::claims
