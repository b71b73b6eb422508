// subPath and subPathExpr of a volumeMount: where below its volume a container's mount begins. Pure.
#pragma once

#include "agent/api/kinds/pod/view.h"
#include "agent/podsync/env.h"

namespace ordinal::podsync {

/// The path relative to the volume; empty: the volume's root. kInvalid with reason CreateContainerConfigError when an
/// expression names a variable without a value, or when what comes out is absolute, leads upwards, or holds a backtick
/// or NUL (pkg/kubelet/kubelet_pods.go makeMounts; refusing backticks is ours: no shell ever sees what it would run).
Result<std::string> SubPathOf(const api::Container& container, const api::VolumeMount& mount, const Environment& env);

}  // namespace ordinal::podsync
