// What a runtime tells of a container beside its status.
#pragma once

#include <memory>
#include <string>

#include "cri/grpc/connection.h"

namespace ordinal::cri {

/// info["info"] of ContainerStatus with verbose: JSON, of containerd's own form (pid, runtimeSpec).
Task<Result<std::string>> ContainerInfo(std::shared_ptr<Connection> connection, std::string id);

}  // namespace ordinal::cri
