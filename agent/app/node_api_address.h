// Where the node's own API listens. Part of the composition root.
#pragma once

#include <string>
#include <vector>

#include "agent/app/config.h"

namespace ordinal {

/// "192.0.2.10:10250": as configured, else as a kubelet, "0.0.0.0:10250": at every address that the host has or gets.
/// "[::]:10250" where it has none but of IPv6. Empty: nowhere.
std::string NodeApiListen(const Config& config);

/// The addresses by which it is reached, for its certificate: the host's own as they are now, and where it listens
/// (perhaps the wildcard). None: nowhere.
std::vector<std::string> NodeApiAddresses(const Config& config);

}  // namespace ordinal
