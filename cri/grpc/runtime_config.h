// Reads what containerd says about itself in CRI Status(verbose): the running configuration, not a file that may
// have changed since.
#pragma once

#include <string>

#include "cri/proto/cri.pb.h"
#include "cri/runtime.h"

namespace ordinal::cri {

/// Conditions, and info["config"]: containerd's CRI plugin configuration as JSON (containerd 1.6
/// pkg/cri/server/status.go). A runtime without it gives a status with empty strings; text that is not JSON is
/// kInvalid.
Result<RuntimeStatus> ReadRuntimeStatus(const runtime::v1::StatusResponse& response);

}  // namespace ordinal::cri
