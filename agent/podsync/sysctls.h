// Which kernel parameters a pod may set: the safe ones, which touch no other pod, and those that whoever runs the node
// allows. Pure. Rules and lists: Kubernetes pkg/kubelet/sysctl, component-helpers/node/util/sysctl.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"

namespace ordinal::podsync {

/// The name with dots: "net/ipv4/tcp_syncookies" is net.ipv4.tcp_syncookies. With slashes as separators a dot is part
/// of a word.
std::string DottedSysctl(std::string name);

/// Why `pattern`, a name or the beginning of names with '*' at its end, cannot be allowed: nothing shows that the
/// kernel has it for each namespace. Empty: it can.
std::string FaultOfSysctlPattern(const std::string& pattern);

/// Why the pod may not have its sysctls ("forbidden sysctl: …"); empty: it may. `allowed` are good patterns.
std::string ForbiddenSysctl(const api::PodSpec& spec, const std::vector<std::string>& allowed);

}  // namespace ordinal::podsync
