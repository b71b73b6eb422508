// cri::Streaming and cri::Stats on a containerd (or any CRI v1 runtime) reached through a unix socket.
#pragma once

#include <memory>

#include "cri/grpc/connection.h"
#include "cri/stats.h"
#include "cri/streaming.h"

namespace ordinal::cri {

std::unique_ptr<Streaming> MakeGrpcStreaming(std::shared_ptr<Connection> connection);

/// Reads ride out a restart of the runtime, as those of MakeGrpcRuntime do.
std::unique_ptr<Stats> MakeGrpcStats(std::shared_ptr<Connection> connection);

}  // namespace ordinal::cri
