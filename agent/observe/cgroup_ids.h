// The containers that a cgroup's path names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ordinal::observe {

/// Their ids, outermost first (a node may itself be a container): directories "<id>" or, with systemd's driver,
/// "cri-containerd-<id>.scope", of 64 hexadecimal digits. Pure.
std::vector<std::string> ContainersIn(std::string_view path);

}  // namespace ordinal::observe
