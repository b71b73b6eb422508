// Addresses of the runtime's streaming server, for exec, attach and portforward.
#pragma once

#include "agent/apiserver/streams/exec.h"
#include "cri/runtime.h"
#include "cri/streaming.h"

namespace ordinal {

/// Both outlive what is returned.
apiserver::streams::AskRuntime ExecAddresses(cri::Runtime& runtime, cri::Streaming& streaming);

}  // namespace ordinal
