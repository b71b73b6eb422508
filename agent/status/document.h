// The document of a pod's status: the one place that writes it. Pure.
#pragma once

#include "agent/api/kinds/pod/status_view.h"

namespace ordinal::status {

/// As core/v1 PodStatus. What is empty is left out, but for what clients expect to be there (state and lastState of a
/// container, a condition's lastProbeTime, which is null).
api::Json DocumentOf(const api::PodStatus& status);

}  // namespace ordinal::status
