// The one way a container is ended: by a worker that starts its successor, by one that ends its pod, by `ordinald
// down`.
#pragma once

#include <chrono>
#include <string>

#include "cri/runtime.h"

namespace ordinal::podsync {

/// The stop signal, `grace`, then KILL. Returns when the container has ended; one the runtime does not know has. A
/// second call with a shorter grace, while the first waits, counts at once.
Task<Status> EndContainer(cri::Runtime& runtime, std::string id, std::chrono::seconds grace);

}  // namespace ordinal::podsync
