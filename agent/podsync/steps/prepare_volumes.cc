#include "agent/podsync/steps/prepare_volumes.h"

namespace ordinal::podsync {

Task<Status> Perform(StepContext& context, const PrepareVolumes&) {
  CO_TRY(context.volumes, context.seen.volumes);
  co_return co_await context.services.volumes.Mount(context.volumes);
}

}  // namespace ordinal::podsync
