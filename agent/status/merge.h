// A pod's status has one owner, the node, but for what others may say in it: pure.
#pragma once

#include "agent/api/object.h"

namespace ordinal::status {

/// `wanted` with what others own of `stored`: conditions of types that the node does not write, behind its own, and an
/// end. A phase Succeeded or Failed that somebody else wrote is an order to the node (pkg/kubelet/pod_workers.go: a pod
/// in such a phase is torn down) and is never taken back.
api::Json Merged(const api::Json& wanted, const api::Json& stored);

/// Whether they say the same. A member that is null is one that is not there: every write of an object through the door
/// drops those.
bool Same(const api::Json& a, const api::Json& b);

}  // namespace ordinal::status
