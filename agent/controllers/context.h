// Context: what every controller is given besides the caches it reads.
#pragma once

#include <string>

#include "agent/base/clock.h"
#include "agent/base/random.h"
#include "agent/base/task.h"
#include "agent/events/recorder.h"
#include "agent/objects/objects.h"

namespace ordinal::controllers {

/// Copied into each controller; everything it refers to outlives the controllers. Controllers run on the control
/// thread, which is the thread of `executor`.
struct Context {
  Executor executor;
  Clock& clock;
  objects::Objects& client;
  events::Recorder& recorder;
  Random& random;
  std::string node_name;
};

}  // namespace ordinal::controllers
