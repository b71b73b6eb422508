// What binding a pod changes in it, as the reference's registry does (registry/core/pod/storage,
// setPodHostAndAnnotations). Pure.
#pragma once

#include <string>

#include "agent/api/object.h"
#include "agent/base/result.h"

namespace ordinal::objects {

/// With spec.nodeName and the condition PodScheduled True. kConflict when it has a node, or is being deleted.
Result<api::Json> Bound(const api::Object& pod, const std::string& node, WallTime now);

}  // namespace ordinal::objects
