// The settings of the node in a kubelet's words, for /configz of the node's own API. Part of the composition root.
#pragma once

#include "agent/api/object.h"
#include "agent/app/config.h"

namespace ordinal {

/// {"kubeletconfig": …}: the fields of a KubeletConfiguration (kubelet.config.k8s.io/v1beta1, Kubernetes 1.32) that
/// mean something here, as this configuration has them; it was checked with the command line. No field stands for a
/// setting that this node has not. `systemd_cgroup`: which cgroup driver the runtime uses. Pure, but for where it
/// listens.
api::Json KubeletConfigOf(const Config& config, bool systemd_cgroup);

}  // namespace ordinal
