// The CRI v1 client: cri::Runtime on a containerd (or any CRI v1 runtime) reached through a unix socket.
#pragma once

#include <memory>

#include "cri/grpc/connection.h"
#include "cri/runtime.h"

namespace ordinal::cri {

/// Calls and results stay on the control thread. Reads (lists, statuses) ride out a restart of the runtime; calls that
/// change something are never sent twice, and fail with kUnavailable while it is away or starting.
std::unique_ptr<Runtime> MakeGrpcRuntime(std::shared_ptr<Connection> connection);

}  // namespace ordinal::cri
