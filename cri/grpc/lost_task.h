// A task that containerd's CRI plugin lost: StartContainer or RunPodSandbox was cut off (its caller died) when the
// process had been made. The plugin records an end, the process runs on, and RemoveContainer and RemovePodSandbox are
// refused for ever with "cannot delete running task <id>" (containerd 1.6: pkg/cri/server/container_start.go cleans up
// with the context that was cancelled).
#pragma once

#include <optional>
#include <string>

#include "cri/grpc/connection.h"

namespace ordinal::cri {

/// The id in such a refusal.
std::optional<std::string> LostTaskOfError(const std::string& message);

/// Kills the task and deletes it, through containerd's own service. A task that is not there is success.
Task<Status> EndLostTask(std::shared_ptr<Connection> connection, std::string id);

}  // namespace ordinal::cri
