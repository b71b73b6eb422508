// The first processes of containers and sandboxes that run, as containerd's own service tells them: no list of CRI has
// them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "cri/grpc/connection.h"

namespace ordinal::cri {

/// By id of the container or sandbox, as the host counts processes. containerd asks the shim of each.
Task<Result<std::map<std::string, uint32_t>>> RunningTasks(std::shared_ptr<Connection> connection);

}  // namespace ordinal::cri
