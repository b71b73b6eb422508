// The CRI v1 client: cri::Runtime on a containerd (or any CRI v1 runtime) reached through a unix socket.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cri/grpc/connection.h"
#include "cri/runtime.h"

namespace ordinal::cri {

/// Calls and results stay on the control thread. Reads (lists, statuses) ride out a restart of the runtime; calls that
/// change something are never sent twice, and fail with kUnavailable while it is away or starting.
///
/// `make_sandbox_image` is called when a sandbox cannot be made because the image that the runtime takes for sandboxes,
/// named in its error, is not there; when it succeeds the sandbox is tried again, once.
using MakeSandboxImage = std::function<Task<Status>(std::string name)>;
std::unique_ptr<Runtime> MakeGrpcRuntime(std::shared_ptr<Connection> connection,
                                         MakeSandboxImage make_sandbox_image = nullptr);

}  // namespace ordinal::cri
