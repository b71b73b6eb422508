#include "agent/podsync/steps/stop_sandbox.h"

namespace ordinal::podsync {

Task<Status> Perform(StepContext& context, const StopSandbox& step) {
  CO_TRYV(co_await context.services.runtime.StopSandbox(step.id));
  context.memory.stopped_sandboxes.insert(step.id);
  co_return Status();
}

}  // namespace ordinal::podsync
