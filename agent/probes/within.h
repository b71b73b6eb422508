// How checks are run: bounded in time, and so that what goes wrong in one ends nothing else.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "agent/base/clock.h"
#include "agent/base/scope.h"
#include "agent/base/signal.h"
#include "agent/probes/check.h"

namespace ordinal::probes {

/// Runs `check` to its end; one that ends with an exception says nothing of the container (agent/base/caught.h).
Task<Outcome> Safely(Task<Outcome> check);

/// Runs `check` safely, and gives it up when `limit` is over or the caller is cancelled: then it is cancelled, waited
/// for, and the outcome is `late`. What goes on for some seconds after that is not waited for any more.
Task<Outcome> Within(Clock& clock, Duration limit, Task<Outcome> check, Outcome late);

}  // namespace ordinal::probes
