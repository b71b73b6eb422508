// What Kubernetes' admission plugins ServiceAccount and DefaultTolerationSeconds give every pod (plugin/pkg/admission;
// recorded: golden/04-api/defaults/pod.json). Pure. Its priority: priorities.cc.
#pragma once

#include "agent/api/object.h"

namespace ordinal::objects {

/// Completes the spec of a new pod. No token is mounted: there are none (docs/limits.md).
void AdmitNewPod(api::Json& body);

/// Completes the spec of a pod that is written again: what its writer left out stays as it was.
void AdmitPodChange(const api::Json& old_body, api::Json& body);

}  // namespace ordinal::objects
