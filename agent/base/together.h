// Together: several tasks side by side, so that their writes share one commit of the store.
#pragma once

#include <string>
#include <vector>

#include "agent/base/task.h"

namespace ordinal {

/// Runs all `tasks` to their end; the first error in their order, if any. One that ends with an exception counts as one
/// with an error (caught.h). `name` is for logs. What the tasks refer to outlives the call.
Task<Status> Together(Executor executor, std::string name, std::vector<Task<Status>> tasks);

/// The same, where a caller that is cancelled (scope.h) gets kCancelled at once and the tasks go on to their end. What
/// they refer to outlives them.
Task<Status> Apart(Executor executor, std::string name, std::vector<Task<Status>> tasks);

}  // namespace ordinal
