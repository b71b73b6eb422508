// What a failed call means for the agent: gRPC's status becomes an Error with the reason that ends in a pod's status.
#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal::cri {

/// What was being done; decides the reason. Reasons are the kubelet's (pkg/kubelet/container/sync_result.go and
/// pkg/kubelet/images/types.go).
enum class Operation {
  kStatus,           ///< no reason of its own
  kRunSandbox,       ///< FailedCreatePodSandBox
  kStopSandbox,      ///< KillPodSandboxError
  kCreateContainer,  ///< CreateContainerError
  kStartContainer,   ///< RunContainerError
  kStopContainer,    ///< KillContainerError
  kInspectImage,     ///< ImageInspectError, InvalidImageName
  kPullImage,        ///< ErrImagePull, InvalidImageName
};

/// `what` says what was tried on what: "stop container 1a2b3c". The message is that, but for what the pod's own status
/// names already (create, start, pull), and the runtime's own words; it adds the cure of failures that are known by
/// theirs. Of a runtime that is away it says where it is missed, and to start it.
Error CallError(const grpc::Status& status, Operation operation, std::string_view what);

/// The code alone (google.rpc.Code to ours). UNKNOWN, containerd's answer to most failures, is kInternal.
ErrorCode ToErrorCode(grpc::StatusCode code);

}  // namespace ordinal::cri
